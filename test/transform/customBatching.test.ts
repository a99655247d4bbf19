// customBatching: under vmap the rule is asked; everywhere else the function is what it computes. The rules of these tests add a thousand
// for each example of the batch, so that they show where they are used.
import { describe, expect, it } from 'vitest';
import { codeAndText, codeOf } from '../tree/errors.ts';
import { add, f64, grad, i32, jit, jvp, list, listAll, lt, makeJaxpr, mul, num, sin, sub, sum, vmap, type T } from '../trace/language.ts';
import { expectClose } from './close.ts';
import { cond, customBatching, linearTranspose, scan } from './custom.ts';

/** x y; batched, a thousand more an example. */
const seen: unknown[] = [];
const marked = customBatching((a: T, b: T) => mul(a, b), (size: number, [ab, bb]: readonly [boolean, boolean], a: T, b: T) => {
  seen.push([size, ab, bb]);
  return [add(mul(a, b), size * 1000), ab || bb];
});
const xs = f64([1, 2]);

describe('customBatching', () => {
  it('without vmap is the function', () => {
    expect(num(marked(f64(2), f64(3)))).toBe(6);
    expect(num(jit(marked)(f64(2), f64(3)))).toBe(6);
    expect(num(grad(marked)(f64(2), f64(3)))).toBe(3);
    expect(num(jvp(marked, [f64(2), f64(3)], [f64(1), f64(10)])[1])).toBe(23);
    expect(makeJaxpr(marked)(f64(2), f64(3)).jaxpr.eqns.map(e => e.primitive.name)).toEqual(['customBatching']);
  });
  it('under vmap is the rule, told what is batched', () => {
    seen.length = 0;
    expect(list(vmap(marked)(xs, xs))).toEqual([2001, 2004]);
    expect(list(vmap(marked, { inAxes: [0, null] })(xs, f64(3)))).toEqual([2003, 2006]);
    expect(list(jit(vmap(marked))(f64([1, 2, 3]), f64([1, 2, 3])))).toEqual([3001, 3004, 3009]);
    expect(seen).toEqual([[2, true, true], [2, true, false], [3, true, true]]);
  });
  it('inside loops and branches that are mapped', () => {
    expect(list(vmap((v: T) => scan((k: T) => [marked(k, v), null], v, null, { length: 1 })[0])(xs))).toEqual([2001, 2004]);
    expect(list(vmap((v: T) => cond(lt(f64(0), 1), marked, sub, v, v))(xs))).toEqual([2001, 2004]);
  });
  it('derivatives are those of the function, before and after', () => {
    expectClose(grad((v: T) => sum(vmap(marked)(v, v)))(xs), [2, 4]);
    expectClose(vmap(grad(grad((v: T) => marked(v, mul(v, v)))))(xs), [6, 12]);
    expect(num(linearTranspose((v: T) => marked(v, f64(5)), f64(0))(f64(2))[0])).toBe(10);
  });
  it('trees, and one boolean for a whole result', () => {
    const f = customBatching<{ s: T; n: T }>((p: { a: T; n: T }, b: T) => ({ s: sin(mul(p.a, b)), n: p.n }),
      (_size: number, [p]: readonly [{ a: boolean; n: boolean }, boolean], { a, n }: { a: T; n: T }, b: T) => [{ s: sin(mul(a, b)), n }, { s: p.a, n: p.n }]);
    const g = (a: T): { s: T; n: T } => f({ a, n: i32(7) }, f64(2));
    const out = vmap<{ s: T; n: T }>(g)(xs);
    expectClose(out.s, [Math.sin(2), Math.sin(4)]);
    expect(listAll(out.n)).toEqual([7, 7]);
    const h = customBatching<readonly [T, T]>((v: T) => [v, v], (_size: number, [b]: readonly [boolean], v: T) => [[v, mul(v, 2)], b]);
    expect(listAll(vmap(h)(xs))).toEqual([1, 2, 2, 4]);
  });
  it('captures what is not batched', () => {
    const f = (k: T) => (v: T): T => customBatching((u: T) => mul(u, k), (_size: number, [b]: readonly [boolean], u: T) => [mul(u, 100), b])(v);
    expect(num(grad((k: T) => f(k)(f64(5)))(f64(2)))).toBe(5);
    expect(list(vmap(f(f64(3)))(xs))).toEqual([100, 200]);
  });
});
describe('errors', () => {
  const withRule = (rule: (...args: never[]) => unknown) => customBatching((v: T) => sin(v), rule);
  it.each([
    ['no pair', (_n: number, _b: unknown, v: T) => v, 'tree', 'customBatching: the rule must return [out, outBatched]'],
    ['another tree', (_n: number, _b: unknown, v: T) => [[v], true], 'tree', 'customBatching: the rule returns the tree [*], the function *; they must be equal'],
    ['a shape that is not a batch', (_n: number, _b: unknown, v: T) => [sum(v), true], 'shape', 'customBatching: the rule returns f64[] as result 0, batched it must be f64[2]'],
    ['a batch that is said to be none', (_n: number, _b: unknown, v: T) => [v, false], 'shape', 'customBatching: the rule returns f64[2] as result 0, not batched it must be f64[]'],
    ['no booleans', (_n: number, _b: unknown, v: T) => [v, 1], 'tree', 'customBatching: outBatched has number where a boolean is wanted'],
    ['a tensor captured by the rule', (_n: number, _b: unknown, v: T) => [add(v, xs), true], 'capture', 'customBatching: the rule of the function captures f64[2]; a batching rule sees its arguments alone, pass it as an argument'],
  ] as const)('%s', (_name, rule, code, text) => {
    expect(codeAndText(() => vmap(withRule(rule))(xs))).toEqual([code, text]);
    expect(num(withRule(rule)(f64(0)))).toBe(0);
  });
  it('a captured value that is batched', () => {
    expect(codeAndText(() => vmap((k: T) => customBatching(function scaled(v: T) { return mul(v, k); }, (_n: number, [b]: readonly [boolean], v: T) => [v, b])(f64(1)))(xs)))
      .toEqual(['capture', 'customBatching: scaled captures f64[], which is batched; pass it as an argument']);
    expect(codeOf(() => withRule(() => [])(3))).toBe('static');
  });
});
