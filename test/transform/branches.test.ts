// cond and switchCase: one branch runs; derivatives of every order; vmap with the predicate batched and not.
import { describe, expect, it } from 'vitest';
import { add, broadcast, convert, div, exp, f64, grad, hessian, i32, jit, jvp, linearize, list, listAll, lt, makeJaxpr, mul, neg, num, shape, sin, sum, tensor, vjp, vmap, type T } from '../trace/language.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { codeAndText, codeOf } from '../tree/errors.ts';
import { expectClose, expectTreesClose, slope, slopes } from './close.ts';
import { cond, scan, switchCase } from './flow.ts';

const x0 = 0.7;
const x = f64(x0);
const one = f64(1);
const names = (f: (...args: never[]) => unknown, ...args: readonly T[]): string[] => makeJaxpr(f)(...args).jaxpr.eqns.map(e => e.primitive.name);

/** Captures its own argument in both branches. */
const f = (v: T): T => cond(lt(v, 0), (u: T) => mul(u, mul(v, 3)), (u: T) => sin(mul(u, v)), v);
const truth = (v: number): number => v < 0 ? 3 * v * v : Math.sin(v * v);

describe('values', () => {
  it('the branch of the predicate, concrete, jitted, of a constant predicate', () => {
    for (const v of [x0, -x0, 0]) {
      expectClose(f(f64(v)), truth(v));
      expectClose(jit(f)(f64(v)), truth(v));
    }
    expect(num(cond(tensor(1, 'bool'), () => f64(1), () => f64(2)))).toBe(1);
    expect(num(cond(tensor(0, 'bool'), () => f64(1), () => f64(2)))).toBe(2);
  });
  it('one branch runs', () => {
    resetStatistics();
    num(f(x));
    expect([statistics.byName.get('sin'), statistics.byName.get('cond')]).toEqual([1, 1]);
    num(f(f64(-1)));
    expect(statistics.byName.get('sin')).toBe(1);
    num(grad(f)(f64(-1)));
    expect([statistics.byName.get('sin'), statistics.byName.get('cos') ?? 0]).toEqual([1, 0]);
  });
  it('operands and results are trees; branches may ignore, pass through or repeat them', () => {
    const g = (p: T): unknown => cond<unknown>(lt(p, 0), (a: { u: T }, b: [T]) => ({ r: [a.u, b[0]], s: null }), (a: { u: T }) => ({ r: [a.u, f64(9)], s: null }), { u: p }, [mul(p, 10)]);
    expect(listAll(g(f64(-1)))).toEqual([-1, -10]);
    expect(listAll(g(f64(2)))).toEqual([2, 9]);
  });
  it('switchCase chooses by index and clamps it', () => {
    const g = (i: T, v: T): T => switchCase(i, [(u: T) => u, (u: T) => mul(u, 10), (u: T) => neg(u)], v);
    expect([-5, 0, 1, 2, 7].map(i => num(g(i32(i), f64(3))))).toEqual([3, 3, 30, -3, -3]);
    expect(list(vmap(g, { inAxes: [0, null] })(i32([-5, 0, 1, 2, 7]), f64(3)))).toEqual([3, 3, 30, -3, -3]);
    expect(num(switchCase(i32(4), [(u: T) => mul(u, 2)], f64(3)))).toBe(6);
  });
  it('a predicate that is computed from the operand', () => {
    const g = jit((v: T) => cond(lt(sum(v), 1), (u: T) => sum(u), (u: T) => sum(mul(u, u)), v));
    expect([num(g(f64([0.1, 0.2]))), num(g(f64([2, 3])))]).toEqual([0.1 + 0.2, 13]);
  });
});

describe('derivatives', () => {
  it.each([x0, -x0])('of first, second and third order at %s, in both modes', v => {
    const at = f64(v);
    expectClose(grad(f)(at), slope(f, v), 1e-8);
    expectClose(grad(grad(f))(at), slope(grad(f), v), 1e-8);
    expectClose(grad(grad(grad(f)))(at), slope(grad(grad(f)), v), 1e-7);
    expectClose(jvp(f, [at], [one])[1], slope(f, v), 1e-8);
    const forward = (g: (u: T) => T) => (u: T): T => jvp(g, [u], [one])[1];
    for (const [a, b] of [[forward, forward], [forward, grad], [grad, forward]] as const) expectClose(a(b(f))(at), num(grad(grad(f))(at)), 1e-11);
    expectClose(jit(grad(grad(f)))(at), num(grad(grad(f))(at)));
  });
  it('linearize and vjp share the choice', () => {
    const [y, push] = linearize(f, x);
    const [, pull] = vjp(f, x);
    expectClose(y, truth(x0));
    expectClose(push(f64(2)), 2 * slope(f, x0), 1e-8);
    expectClose(pull(f64(3))[0], 3 * slope(f, x0), 1e-8);
  });
  it('branches whose results are active in one of them only', () => {
    const g = (v: T): T => { const [a, b] = cond<[T, T]>(lt(v, 1), (u: T) => [mul(u, u), f64(5)], (u: T) => [f64(2), exp(u)], v); return add(a, mul(b, 3)); };
    for (const v of [0.5, 1.5]) {
      expectClose(grad(g)(f64(v)), slope(g, v), 1e-8);
      expectClose(jvp(g, [f64(v)], [one])[1], slope(g, v), 1e-8);
      expectClose(grad(grad(g))(f64(v)), slope(grad(g), v), 1e-7);
    }
  });
  it('branches with residuals of different number, shape and dtype', () => {
    const g = (v: T): T => cond(lt(sum(v), 1),
      (u: T) => sum(mul(mul(u, u), mul(convert(convert(mul(u, 10), 'i32'), 'f64'), u))),
      (u: T) => { const s = sum(u); return mul(sin(s), exp(s)); }, v);
    for (const v of [f64([0.11, 0.32, 0.25]), f64([0.7, 0.9, 0.3])]) {
      expectClose(grad(g)(v), slopes(g, v), 1e-7);
      expectClose(hessian(g)(v), jacobianOf(grad(g), v), 1e-6);
    }
  });
  it('several operands, some of them integers, by each', () => {
    const g = (a: T, n: T, b: T): T => cond(lt(a, b), (p: T, k: T, q: T) => mul(mul(p, q), convert(k, 'f64')), (p: T, _k: T, q: T) => div(p, q), a, n, b);
    expectTreesClose(grad(g, { argnums: [0, 2] })(f64(2), i32(3), f64(5)), [f64(15), f64(6)]);
    expectTreesClose(grad(g, { argnums: [0, 2] })(f64(4), i32(3), f64(2)), [f64(0.5), f64(-1)]);
    expect(vjp<T, [T, null, T]>(g, f64(2), i32(3), f64(5))[1](one)[1]).toBe(null);
  });
  it('a NaN in the branch that is not taken does not reach the gradient', () => {
    const g = (v: T): T => cond(lt(v, 1), (u: T) => mul(u, 2), (u: T) => div(u, add(v, neg(v))), v);
    expectClose(grad(g)(x), 2);
    expectClose(jvp(g, [x], [one])[1], 2);
  });
  it('switchCase, by its operand and by what the branches capture', () => {
    const g = (k: number) => (w: T): T => switchCase(i32(k), [(u: T) => mul(u, w), (u: T) => sin(mul(mul(u, w), w)), () => f64(4)], x);
    for (const k of [0, 1, 2]) {
      expectClose(grad(g(k))(f64(1.3)), slope(g(k), 1.3), 1e-8);
      expectClose(grad(grad(g(k)))(f64(1.3)), slope(grad(g(k)), 1.3), 1e-7);
    }
  });
  it('captured tracers of an outer transform; grad in a branch; cond in cond', () => {
    const g = (a: T): T => grad((b: T) => cond(lt(b, 0), (u: T) => mul(u, a), (u: T) => mul(mul(u, u), mul(a, b)), b))(a);
    // d/db a b^3 at b = a: 3 a^3
    expectClose(g(x), 3 * x0 ** 3);
    expectClose(grad(g)(x), 9 * x0 ** 2);
    const h = (v: T): T => cond(lt(v, 1), (u: T) => grad((t: T) => mul(mul(t, t), mul(t, v)))(u), (u: T) => u, v);
    expectClose(grad(h)(x), 9 * x0 ** 2);
    const nested = (v: T): T => cond(lt(v, 0), (u: T) => cond(lt(u, -1), (t: T) => mul(t, v), (t: T) => neg(t), u), (u: T) => mul(u, mul(u, v)), v);
    for (const v of [-2, -0.5, 0.5]) expectClose(grad(nested)(f64(v)), slope(nested, v), 1e-8);
    expectClose(vmap(grad(nested))(f64([-2, -0.5, 0.5])), [-4, -1, 0.75]);
  });
  it('inside a scan, whose steps take different branches', () => {
    const g = (w: T): T => scan((c: T, v: T) => [cond(lt(v, 0), (u: T) => mul(u, w), (u: T) => sin(add(u, mul(w, v))), c), null], one, f64([1, -1, 0.5, -2]))[0];
    expectClose(grad(g)(x), slope(g, x0), 1e-8);
    expectClose(grad(grad(g))(x), slope(grad(g), x0), 1e-7);
    expectClose(jvp(g, [x], [one])[1], slope(g, x0), 1e-8);
    expectClose(vmap(grad(g))(f64([x0, 0.2])), [slope(g, x0), slope(g, 0.2)], 1e-8);
  });
});
const jacobianOf = (g: (v: T) => T, at: T): number[] => list(at).flatMap((_, k) => slopes(v => sum(mul(g(v), f64(list(at).map((_v, i) => i === k ? 1 : 0)))), at));

describe('vmap', () => {
  const batch = f64([-0.7, 0.7, -2, 0]);
  const each = [-0.7, 0.7, -2, 0];
  it('of a batched predicate selects among both', () => {
    expectClose(vmap(f)(batch), each.map(truth));
    expect(names(vmap(f), batch)).toContain('select');
    expect(names(vmap(f), batch)).not.toContain('cond');
  });
  it('of derivatives, and derivatives of it', () => {
    const want = each.map(v => num(grad(f)(f64(v))));
    expectClose(vmap(grad(f))(batch), want);
    expectClose(grad((v: T) => sum(vmap(f)(v)))(batch), want);
    expectClose(vmap((v: T) => jvp(f, [v], [one])[1])(batch), want);
    expectClose(vmap(grad(grad(f)))(batch), each.map(v => num(grad(grad(f))(f64(v)))));
  });
  it('of an unbatched predicate keeps one branch', () => {
    const g = (p: T) => vmap((u: T) => cond(lt(p, 0), (a: T) => neg(a), (a: T) => mul(a, p), u));
    expectClose(g(x)(f64([1, 2])), [x0, 2 * x0]);
    expectClose(g(f64(-1))(f64([1, 2])), [-1, -2]);
    expect(names(g(x), f64([1, 2]))).toContain('cond');
  });
  it('results that one branch batches and the other does not', () => {
    const g = vmap<[T, T]>((u: T) => cond<[T, T]>(lt(x, 1), (a: T) => [a, f64(3)], () => [f64(1), f64(4)], u), { outAxes: [0, null] });
    expect(g(f64([1, 2])).map(list)).toEqual([[1, 2], [3]]);
    const h = vmap((u: T) => cond(lt(x, 0), (a: T) => a, () => f64(1), u));
    expect(list(h(f64([5, 6])))).toEqual([1, 1]);
  });
  it('a batched predicate over operands that are not, of any shape', () => {
    const m = f64([[1, 2], [3, 4]]);
    const g = (p: T): T => cond(lt(p, 0), (a: T) => mul(a, 10), (a: T) => broadcast(sum(a), [2, 2]), m);
    expect(list(vmap(g)(f64([-1, 1])))).toEqual([10, 20, 30, 40, 10, 10, 10, 10]);
    expect(shape(vmap(g)(f64([-1, 1])))).toEqual([2, 2, 2]);
  });
  it('nested vmaps, with the predicate batched by the outer one alone', () => {
    const g = vmap((p: T) => vmap((u: T) => cond(lt(p, 0), (a: T) => neg(a), (a: T) => mul(a, p), u))(f64([1, 2])));
    expect(list(g(f64([-1, 3])))).toEqual([-1, -2, 3, 6]);
  });
});

describe('what is refused', () => {
  const cases: readonly (readonly [string, () => unknown, string, RegExp])[] = [
    ['branches that return different trees', () => cond(lt(x, 1), (u: T) => [u], (u: T) => u, x), 'tree', /^cond: the result is a list of 1 in onTrue and f64\[\] in onFalse; branches must agree$/],
    ['branches that return different shapes', () => cond(lt(x, 1), (u: T) => broadcast(u, [2]), (u: T) => u, x), 'shape', /^cond: the result is f64\[2\] in onTrue and f64\[\] in onFalse; branches must agree$/],
    ['branches that return different dtypes', () => cond(lt(x, 1), (u: T) => convert(u, 'f32'), (u: T) => u, x), 'shape', /^cond: the result is f32\[\] in onTrue and f64\[\] in onFalse/],
    ['a predicate that is no bool', () => cond(x, (u: T) => u, (u: T) => u, x), 'dtype', /^cond: the predicate is f64\[\], it must be a bool scalar$/],
    ['a predicate of rank 1', () => cond(lt(f64([1, 2]), 1), (u: T) => u, (u: T) => u, x), 'dtype', /^cond: the predicate is bool\[2\]/],
    ['a JavaScript boolean', () => cond(true, (u: T) => u, (u: T) => u, x), 'static', /^cond: true is not a tensor; wrap it: tensor\(\.\.\.\)$/],
    ['an index that is no i32', () => switchCase(x, [(u: T) => u], x), 'dtype', /^switchCase: the index is f64\[\], it must be an i32 scalar$/],
    ['no branches', () => switchCase(i32(0), [], x), 'value', /^switchCase: no branches/],
    ['a number among the operands', () => cond(lt(x, 1), (u: T) => u, (u: T) => u, 3), 'static', /^cond: the number 3 at \[0\] is not a tensor; wrap it/],
    ['switchCase branches that differ', () => switchCase(i32(0), [(u: T) => u, (u: T) => u, (u: T) => convert(u, 'f32')], x), 'shape', /^switchCase: the result is f64\[\] in branch 0 and f32\[\] in branch 2/],
  ];
  it.each(cases)('%s', (_name, g, code, text) => {
    expect(codeAndText(g)).toEqual([code, expect.stringMatching(text)]);
  });
  it('the same, jitted, batched and differentiated', () => {
    const g = (v: T): T => cond(lt(v, 1), (u: T) => broadcast(u, [2]), (u: T) => u, v);
    for (const run of [() => jit(g)(x), () => vmap(g)(f64([1, 2])), () => grad(g)(x)]) expect(codeOf(run)).toBe('shape');
  });
});
