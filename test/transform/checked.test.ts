// checked: the first index outside or division by zero, as data and at the read, through every transform and every loop.
import { describe, expect, it } from 'vitest';
import { add, bits, convert, div, exp, f64, grad, i32, jit, jvp, list, lt, makeJaxpr, mul, num, shape, sum, take, tensor, valueAndGrad, vmap, where, type T } from '../trace/language.ts';
import { crossEntropy } from '../../src/primitive/composites.ts';
import { div as divide } from '../../src/primitive/arithmetic.ts';
import { log } from '../../src/primitive/exponential.ts';
import { gather, scatterAdd, type IndexMode } from '../../src/primitive/gather.ts';
import { rem } from '../../src/primitive/rounding.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { scope } from '../../src/trace/scope.ts';
import { codeAndText, codeOf, here, rejection } from '../tree/errors.ts';
import { expectClose } from './close.ts';
import { checked, checkNaN, cond, describeViolation, foriLoop, map, scan, tap, whileLoop } from './flow.ts';

const xs = f64([10, 20, 30]);
const at = (i: T): T => take(xs, i);
const text = (f: () => unknown): string => {
  const [code, message] = codeAndText(f);
  expect(code).toBe('violation');
  return message;
};
const data = <R = T>(f: (...args: never[]) => unknown) => checked<[R, T]>(f, { data: true });

describe('indices', () => {
  it('inside: the function as it is', () => {
    expect(list(checked(at)(i32([0, 2])))).toEqual([10, 30]);
    expect(String(makeJaxpr(checked((v: T) => exp(v)))(xs))).not.toContain('throwViolation');
  });
  it('outside: the operation, the index, the bounds, the path and the line', () => {
    let line = '';
    const f = (i: T): T => scope('embed', () => {
      line = here(1);
      return handleOf(gather(xs, i, { axis: 0 }));
    });
    const y = checked(f)(i32([1, 7, -3]));
    const message = text(() => list(y));
    expect(message).toMatch(/^checked: gather of embed at \S+: index 7 is outside 0\.\.2$/);
    expect(message).toContain(line);
    expect(text(() => num(checked(at)(i32(-1))))).toMatch(/index -1 is outside 0\.\.2$/);
    expect(text(() => num(checked(at)(i32(3))))).toMatch(/index 3 is outside 0\.\.2$/);
  });
  it('is thrown at the read, each time, by everything that depends on the result', async () => {
    const y = checked(at)(i32(9));
    const later = mul(y, 2);
    expect([codeOf(() => num(y)), codeOf(() => num(y)), codeOf(() => num(later))]).toEqual(['violation', 'violation', 'violation']);
    expect((await rejection(() => y.data()))[0]).toBe('violation');
    expect(num(at(i32(0)))).toBe(10);
  });
  it.each<[IndexMode, boolean]>([['fill', true], ['promise', true], ['clip', false], ['zero', false]])('mode %s is a violation: %s', (mode, violated) => {
    const f = checked((i: T) => handleOf(gather(xs, i, { axis: 0, mode })));
    const g = checked((i: T) => handleOf(scatterAdd(xs, i, f64([1]), { axis: 0, mode })));
    for (const run of [() => list(f(i32([5]))), () => list(g(i32([5])))]) {
      if (violated) expect(text(run)).toContain('index 5 is outside 0..2');
      else expect(run()).toBeDefined();
    }
  });
  it('of other axes and dtypes, of empty axes, and none at all', () => {
    const m = f64([[1, 2, 3], [4, 5, 6]]);
    const column = checked((i: T) => handleOf(gather(m, i, { axis: 1 })));
    expect(list(column(tensor([2], 'u8')))).toEqual([3, 6]);
    expect(text(() => list(column(tensor([3], 'u32'))))).toContain('index 3 is outside 0..2');
    expect(text(() => list(column(tensor([-128], 'i8'))))).toContain('index -128 is outside 0..2');
    expect(text(() => list(checked((i: T) => take(f64([]), i))(i32([0]))))).toContain('index 0 is outside the empty axis');
    expect(list(checked(at)(i32([])))).toEqual([]);
    const long = f64(Array.from({ length: 300 }, (_, i) => i));
    expect(list(checked((i: T) => take(long, i))(tensor([255], 'u8')))).toEqual([255]);
  });
});

describe('division', () => {
  it('of integers by zero, and the remainder', () => {
    const quotient = checked((a: T, b: T) => handleOf(divide(a, b)));
    expect(list(quotient(i32([7, 8]), i32([2, -2])))).toEqual([3, -4]);
    expect(text(() => list(quotient(i32([7, 8, 9]), i32([2, 0, 0]))))).toMatch(/^checked: div of .*: division of 8 by zero$/);
    expect(text(() => num(checked((a: T, b: T) => handleOf(rem(a, b)))(i32(5), i32(0))))).toMatch(/^checked: rem of .*: division of 5 by zero$/);
    expect(text(() => list(quotient(tensor([200], 'u8'), tensor([0], 'u8'))))).toContain('division of 200 by zero');
  });
  it('of floats is no violation', () => {
    expect(num(checked((a: T, b: T) => div(a, b))(f64(1), f64(0)))).toBe(Infinity);
    expect(String(makeJaxpr(checked((a: T, b: T) => div(a, b)))(f64(1), f64(0)))).not.toContain('throwViolation');
  });
});

describe('the first violation', () => {
  const f = (i: T, j: T): T => add(take(xs, i), take(f64([1, 2]), j));
  it('in the order of the program', () => {
    expect(text(() => num(checked(f)(i32(8), i32(9))))).toContain('index 8 is outside 0..2');
    expect(text(() => num(checked(f)(i32(1), i32(9))))).toContain('index 9 is outside 0..1');
  });
  it('though nobody needs the value', () => {
    // Dead code is no part of the program; what is computed is watched.
    const [, v] = data((i: T) => [take(xs, i), f64(1)])(i32(8));
    expect(list(v)[0]).not.toBe(0);
  });
});

describe('as data', () => {
  it('zeros where all is well, and what describeViolation says', async () => {
    const f = data(at);
    const [y, v] = f(i32(1));
    expect([num(y), list(v), v.dtype, await describeViolation(v)]).toEqual([20, [0, 0], 'i32', null]);
    const [z, w] = f(i32(4));
    expect(num(z)).toBe(NaN);
    expect(await describeViolation(w)).toMatch(/^checked: gather of .*: index 4 is outside 0\.\.2$/);
  });
  it('passes through jit, vmap and grad as a value', async () => {
    const [, v] = jit<[T, T]>(data(at))(i32(4));
    expect(await describeViolation(v)).toContain('index 4 is outside');
    const [ys, all] = vmap<[T, T]>(data(at))(i32([0, 5, 6]));
    expect([list(ys), shape(all)]).toEqual([[10, NaN, NaN], [3, 2]]);
    expect(await describeViolation(all)).toMatch(/index 5 is outside 0\.\.2, in example 1$/);
    const [[, w]] = valueAndGrad<[[T, T], T]>((s: T, i: T) => { const [y, u] = data(at)(i); return [mul(s, y), u]; }, { hasAux: true })(f64(2), i32(3));
    expect(await describeViolation(w)).toContain('index 3 is outside');
  });
  it('of a function that cannot be violated', async () => {
    const [y, v] = data((u: T) => exp(u))(f64(0));
    expect([num(y), await describeViolation(v)]).toEqual([1, null]);
  });
});

describe('transforms', () => {
  const f = (s: T, i: T): T => mul(mul(s, s), take(xs, i));
  it('jit, vmap, grad and jvp of it throw, and are right where nothing is wrong', () => {
    const c = checked(f);
    expect(num(jit(c)(f64(2), i32(1)))).toBe(80);
    expect(text(() => jit(c)(f64(2), i32(5)))).toContain('index 5');
    expect(num(grad(c)(f64(2), i32(1)))).toBe(80);
    expect(num(grad(grad(c))(f64(2), i32(1)))).toBe(40);
    expect(text(() => num(grad(c)(f64(2), i32(5))))).toContain('index 5');
    expect(text(() => num(grad(grad(c))(f64(2), i32(5))))).toContain('index 5');
    expect(num(jvp(c, [f64(2), i32(1)], [f64(1), null])[1])).toBe(80);
    expect(text(() => num(jvp(c, [f64(2), i32(5)], [f64(1), null])[1]))).toContain('index 5');
    expect(list(vmap(c, { inAxes: [null, 0] })(f64(2), i32([0, 1])))).toEqual([40, 80]);
    expect(text(() => list(vmap(c, { inAxes: [null, 0] })(f64(2), i32([0, 4, 1, 5]))))).toMatch(/index 4 is outside 0\.\.2, in example 1$/);
    expect(list(vmap(grad(c), { inAxes: [0, null] })(f64([1, 2]), i32(0)))).toEqual([20, 40]);
  });
  it('of grad, of jit, of vmap', () => {
    expect(num(checked(grad(f))(f64(2), i32(1)))).toBe(80);
    expect(text(() => num(checked(grad(f))(f64(2), i32(5))))).toContain('index 5 is outside 0..2');
    expect(text(() => num(checked(jit(f))(f64(2), i32(5))))).toContain('index 5 is outside 0..2');
    expect(text(() => num(jit(checked(jit(grad(f))))(f64(2), i32(5))))).toContain('index 5 is outside 0..2');
    expect(text(() => list(checked(vmap(at))(i32([1, 2, 3]))))).toContain('index 3 is outside 0..2');
    expect(list(checked(vmap(grad(f), { inAxes: [0, null] }))(f64([1, 2]), i32(0)))).toEqual([20, 40]);
  });
  it('inside another, and inside checkNaN', () => {
    expect(text(() => num(checked(checked(at))(i32(5))))).toContain('index 5');
    expect(text(() => num(checked(checkNaN((i: T) => take(i32([1, 2]), i)))(i32(5))))).toContain('index 5 is outside 0..1');
    expect(codeOf(() => num(checkNaN(checked((i: T) => handleOf(log(at(i)))))(i32(5))))).toBe('nan');
  });
  it('composites: by their decomposition', () => {
    const loss = (logits: T, labels: T): T => sum(handleOf(crossEntropy(logits, labels)));
    const logits = f64([[1, 2, 3], [3, 2, 1]]);
    expectClose(checked(loss)(logits, i32([0, 2])), num(loss(logits, i32([0, 2]))));
    expectClose(checked(grad(loss))(logits, i32([0, 2])), list(grad(loss)(logits, i32([0, 2]))));
    expectClose(grad(checked(loss))(logits, i32([0, 2])), list(grad(loss)(logits, i32([0, 2]))));
  });
  it('effects inside happen once', () => {
    const seen: number[] = [];
    num(checked((i: T) => tap(at(i), (v: T) => { seen.push(num(v)); }))(i32(1)));
    expect(seen).toEqual([20]);
  });
});

describe('loops and branches', () => {
  it('a scan: the first step, counted from 0, and the index there', () => {
    const f = (is: T): T => scan((c: T, i: T) => [add(c, at(i)), c], f64(0), is)[0];
    expect(num(checked(f)(i32([0, 1, 2])))).toBe(60);
    expect(text(() => num(checked(f)(i32([0, 1, 5, 7]))))).toMatch(/index 5 is outside 0\.\.2, in step 2 of scan \(counted from 0\)$/);
    expect(text(() => num(checked(f)(i32([6, 1, 5]))))).toMatch(/index 6 .* in step 0 of scan/);
  });
  it('a reverse scan counts the steps it takes; length 0 takes none', () => {
    const f = (is: T): T => scan((c: T, i: T) => [add(c, at(i)), at(i)], f64(0), is, { reverse: true })[1];
    expect(text(() => list(checked(f)(i32([5, 0, 6, 0]))))).toMatch(/index 6 .* in step 1 of scan/);
    expect(list(checked(f)(i32([])))).toEqual([]);
  });
  it('values and derivatives through a checked scan', () => {
    const f = (w: T, is: T): T => { const [c, ys] = scan((s: T, i: T) => [mul(s, mul(w, at(i))), s], f64(1), is); return add(c, sum(ys)); };
    const is = i32([0, 2, 1]);
    expectClose(checked(f)(f64(0.1), is), num(f(f64(0.1), is)));
    expectClose(grad(checked(f))(f64(0.1), is), num(grad(f)(f64(0.1), is)));
    expectClose(checked(grad(f))(f64(0.1), is), num(grad(f)(f64(0.1), is)));
    expectClose(checked(grad(grad(f)))(f64(0.1), is), num(grad(grad(f))(f64(0.1), is)));
    expectClose(vmap(checked(f), { inAxes: [0, null] })(f64([0.1, 0.2]), is), [0.1, 0.2].map(w => num(f(f64(w), is))));
    expect(text(() => num(checked(grad(f))(f64(0.1), i32([0, 3, 1]))))).toMatch(/index 3 .* in step 1 of scan/);
    expect(text(() => list(vmap(checked((i: T) => f(f64(1), i)))(i32([[0, 1], [2, 4]]))))).toMatch(/index 4 is outside 0\.\.2, in step 1 of scan \(counted from 0\), in example 1$/);
  });
  it('loops in loops: every step, innermost first', () => {
    const f = (m: T): T => scan((c: T, is: T) => [scan((d: T, i: T) => [add(d, at(i)), null], c, is)[0], null], f64(0), m)[0];
    expect(text(() => num(checked(f)(i32([[0, 1], [1, 9], [8, 0]]))))).toMatch(/index 9 is outside 0\.\.2, in step 1 of scan in step 1 of scan \(counted from 0\)$/);
    const mixed = (i: T): T => add(at(i), f(i32([[0, 1], [1, 9]])));
    expect(text(() => num(checked(mixed)(i32(5))))).toMatch(/index 5 is outside 0\.\.2$/);
    expect(text(() => num(checked(mixed)(i32(1))))).toMatch(/index 9 .* in step 1 of scan in step 1 of scan/);
  });
  it('a cond: the branch taken; under a batched predicate as the examples chose', () => {
    const f = (i: T): T => cond(lt(i, 5), (j: T) => at(j), (j: T) => take(f64([1]), j), i);
    expect(num(checked(f)(i32(1)))).toBe(20);
    expect(text(() => num(checked(f)(i32(4))))).toContain('index 4 is outside 0..2');
    expect(text(() => num(checked(f)(i32(7))))).toContain('index 7 is outside 0..0');
    expect(text(() => list(vmap(checked(f))(i32([0, 7]))))).toMatch(/index 7 is outside 0\.\.0, in example 1$/);
  });
  it('a while loop: in its body, in its condition, before its first step', () => {
    const body = (n: T): T => whileLoop<[T, T]>(([i]: [T, T]) => lt(i, n), ([i, c]: [T, T]) => [add(i, 1), add(c, at(i))], [i32(0), f64(0)])[1];
    expect(num(checked(body)(i32(3)))).toBe(60);
    expect(text(() => num(checked(body)(i32(6))))).toMatch(/index 3 is outside 0\.\.2, in step 3 of while \(counted from 0\)$/);
    const test = (start: T): T => whileLoop((i: T) => lt(at(i), 25), (i: T) => add(i, 2), start);
    expect(num(checked(test)(i32(0)))).toBe(2);
    expect(text(() => num(checked(test)(i32(1))))).toMatch(/index 3 .* in step 1 of while/);
    expect(text(() => num(checked(test)(i32(4))))).toMatch(/index 4 .* in step 0 of while/);
    expect(text(() => list(vmap(checked(body))(i32([2, 4]))))).toMatch(/index 3 .* in step 3 of while \(counted from 0\), in example 1$/);
    expectClose(jvp(checked((w: T, n: T) => mul(w, body(n))), [f64(2), i32(3)], [f64(1), null])[1], 60);
  });
  it('a loop whose condition captures, with a carry of several leaves', () => {
    const f = (w: T, n: T): T => whileLoop<[T, T, T]>(([i]: [T, T, T]) => lt(i, n), ([i, c, d]: [T, T, T]) => [add(i, 1), mul(add(c, at(i)), w), add(d, c)], [i32(0), f64(0), f64(1)])[2];
    expect(num(checked(f)(f64(2), i32(3)))).toBe(num(f(f64(2), i32(3))));
  });
  it('foriLoop and map', () => {
    expect(text(() => num(checked((c: T) => foriLoop(0, 5, (i: T, s: T) => add(s, at(i)), c))(f64(0))))).toMatch(/index 3 .* in step 3 of scan/);
    expect(text(() => list(checked((is: T) => map(at, is))(i32([0, 9]))))).toMatch(/index 9 .* in step 1 of scan/);
  });
  it('loops that cannot be violated are left alone', () => {
    const f = (i: T): T => add(scan((c: T) => [exp(c), null], f64(0), null, { length: 3 })[0], at(i));
    const scans = makeJaxpr(checked(f))(i32(0)).jaxpr.eqns.filter(e => e.primitive.name === 'scan');
    expect(scans.map(e => e.params['numCarry'])).toEqual([1]);
  });
});

describe('NaN as a violation', () => {
  const ln = (v: T): T => handleOf(log(v));
  it('only if asked, only where it is made', () => {
    expect(num(checked(ln)(f64(-1)))).toBe(NaN);
    const f = checked(ln, { nan: true });
    expect(num(f(f64(1)))).toBe(0);
    expect(text(() => num(f(f64(-1))))).toMatch(/^checked: log of .*: makes a NaN$/);
    expect(num(f(f64(NaN)))).toBe(NaN);
    expect(text(() => num(checked((v: T) => add(f64(NaN), ln(v)), { nan: true })(f64(-1))))).toMatch(/^checked: log of /);
  });
  it('in a scan, under vmap, and beside indices', () => {
    const f = (v: T): T => scan((c: T) => [ln(c), null], v, null, { length: 5 })[0];
    expect(text(() => num(checked(f, { nan: true })(f64(20))))).toMatch(/makes a NaN, in step 4 of scan \(counted from 0\)$/);
    expect(text(() => list(vmap(checked(ln, { nan: true }))(f64([1, -1]))))).toMatch(/makes a NaN, in example 1$/);
    // The index is at fault before its NaN.
    expect(text(() => num(checked((i: T) => at(i), { nan: true })(i32(5))))).toContain('index 5');
    expect(list(checked((k: T) => bits(k, [2]), { nan: true })(tensor([1, 2], 'u32')))).toEqual(list(bits(tensor([1, 2], 'u32'), [2])));
    expect(num(checked((v: T) => where(lt(v, 1), convert(convert(v, 'i32'), 'f64'), v), { nan: true })(f64(0.5)))).toBe(0);
  });
});
