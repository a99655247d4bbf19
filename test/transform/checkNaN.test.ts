// checkNaN names the first equation that makes a NaN, forward or backward, with its place and operands.
import { describe, expect, it } from 'vitest';
import { add, div, dot, exp, f64, grad, i32, jit, jvp, list, lt, mul, neg, num, sub, sum, take, tanh, tensor, valueAndGrad, vmap, where, type T } from '../trace/language.ts';
import { log, sin } from '../../src/primitive/exponential.ts';
import { sqrt } from '../../src/primitive/power.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { scope } from '../../src/trace/scope.ts';
import { codeAndText, codeOf, here, rejection } from '../tree/errors.ts';
import { expectClose } from './close.ts';
import { checkNaN, cond, scan, tap, whileLoop } from './flow.ts';

const ln = (x: T): T => handleOf(log(x));
const root = (x: T): T => handleOf(sqrt(x));
const sine = (x: T): T => handleOf(sin(x));
const x = f64(2);
const text = (f: () => unknown): string => {
  const [code, message] = codeAndText(f);
  expect(code).toBe('nan');
  return message;
};

describe('what it says', () => {
  it('the primitive, the index, the ranges of the operands, the path and the line', () => {
    let line = '';
    const f = (v: T): T => scope('mlp', () => scope('dense', () => {
      line = here(1);
      return handleOf(log(v));
    }));
    const y = checkNaN(f)(tensor([[1, 2], [3, -4]]));
    const [said, where] = text(() => list(y)).split(' (recorded in ');
    expect(said).toBe('checkNaN: log made NaN at [1, 1] of f32[2,2] from operands f32[2,2] in -4..3');
    expect(where).toMatch(/^mlp\/dense at \S+\)$/);
    expect(where).toContain(line);
  });
  it('all operands, those of one value and integers included', () => {
    expect(text(() => num(checkNaN((v: T) => div(v, v))(f64(0))))).toMatch(/^checkNaN: div made NaN at \[\] of f64\[\] from operands f64\[\] = 0 and f64\[\] = 0 \(recorded/);
    expect(text(() => list(checkNaN((v: T, i: T) => take(v, i))(f64([1, 5]), i32([0, 7]))))).toMatch(/gather made NaN at \[1\] of f64\[2\] from operands f64\[2\] in 1\.\.5 and i32\[2\] in 0\.\.7/);
  });
  it('is thrown at the read, at every read, synchronous or not', async () => {
    const y = checkNaN(ln)(f64(-1));
    const later = mul(y, 2);
    expect(codeOf(() => num(y))).toBe('nan');
    expect(codeOf(() => num(y))).toBe('nan');
    expect(codeOf(() => num(later))).toBe('nan');
    expect((await rejection(() => y.data()))[0]).toBe('nan');
  });
  it('one line, also where the path is empty and the line unknown', () => {
    expect(text(() => num(checkNaN(ln)(f64(-1))))).toMatch(/^checkNaN: log made NaN at \[\] of f64\[\] from operands f64\[\] = -1 \(recorded in .*checkNaN\.test\.ts:\d+:\d+\)$/);
  });
  it('the lines of this function, though one of the same structure ran before', () => {
    const first = (v: T): T => scope('first', () => grad((u: T) => root(neg(u)))(v));
    const second = (v: T): T => scope('second', () => grad((u: T) => root(neg(u)))(v));
    num(grad((u: T) => root(neg(u)))(f64(-1)));
    expectClose(checkNaN(first)(f64(-1)), -0.5);
    expect(text(() => num(checkNaN(second)(x)))).toContain('(recorded in second at ');
    expect(text(() => num(checkNaN(first)(x)))).toContain('(recorded in first at ');
  });
});

describe('what it stops at', () => {
  it('nothing where all is well', () => {
    const f = (v: T): T => tanh(mul(v, v));
    expectClose(checkNaN(f)(x), Math.tanh(4));
    expectClose(checkNaN(grad(f))(x), num(grad(f)(x)));
    expect(list(checkNaN<T>((v: T) => add(v, 1))(i32([1, 2])))).toEqual([2, 3]);
  });
  it('the first of several', () => {
    expect(text(() => num(checkNaN((v: T) => add(root(neg(v)), ln(neg(v))))(x)))).toContain('sqrt made NaN');
  });
  it('not at a NaN that came in, or that an operand already had', () => {
    expect(num(checkNaN((v: T) => mul(v, 2))(f64(NaN)))).toBe(NaN);
    expect(num(checkNaN((v: T) => add(mul(v, 2), ln(neg(v))))(f64(NaN)))).toBe(NaN);
    expect(text(() => num(checkNaN((v: T) => add(f64(NaN), ln(v)))(f64(-1))))).toContain('log made NaN');
  });
  it('at one that where hides later', () => {
    expect(text(() => num(checkNaN((v: T) => where(lt(v, 0), v, ln(v)))(f64(-1))))).toContain('log made NaN');
  });
  it('at infinities if asked', () => {
    const f = (v: T): T => ln(v);
    expect(num(checkNaN(f)(f64(0)))).toBe(-Infinity);
    expect(text(() => num(checkNaN(f, { infinities: true })(f64(0))))).toMatch(/log made an infinity at \[\] of f64\[\] from operands f64\[\] = 0/);
    expect(text(() => num(checkNaN(f, { infinities: true })(f64(-1))))).toContain('log made NaN');
    expect(text(() => num(checkNaN((v: T) => exp(exp(v)), { infinities: true })(f64(800))))).toContain('exp made an infinity');
    expect(num(checkNaN((v: T) => mul(v, 2), { infinities: true })(f64(Infinity)))).toBe(Infinity);
  });
});

describe('transforms', () => {
  const f = (v: T): T => scope('loss', () => sum(root(v)));
  it('of grad: the backward pass is watched', () => {
    // d sqrt(v)^2 at 0 is 0 * inf; the value is well.
    const g = (v: T): T => scope('norm', () => { const r = root(v); return mul(r, r); });
    expect(num(checkNaN(g)(f64(0)))).toBe(0);
    const message = text(() => num(checkNaN(grad(g))(f64(0))));
    expect(message).toMatch(/^checkNaN: \w+ made NaN at \[\] of f64\[\] from operands .* \(recorded in norm at .*checkNaN\.test\.ts:\d+:\d+\)$/);
    expect(text(() => list(checkNaN<[T, T]>(valueAndGrad((v: T) => sum(ln(v))))(f64([1, -1]))[0]))).toContain('log made NaN at [1]');
  });
  it('under jit the call throws; under grad, jvp and vmap the read does', () => {
    expectClose(jit(checkNaN(f))(x), Math.SQRT2);
    const bad = f64(-1);
    expect(text(() => jit(checkNaN(f))(bad))).toContain('sqrt made NaN');
    expect(text(() => num(grad(checkNaN(f))(bad)))).toContain('sqrt made NaN');
    expect(text(() => num(jvp(checkNaN(f), [bad], [x])[1]))).toContain('sqrt made NaN');
    expect(text(() => list(vmap(checkNaN(f))(f64([1, -1]))))).toContain('sqrt made NaN at [1] of f64[2]');
    expect(text(() => num(checkNaN(jit(f))(bad)))).toContain('(recorded in loss at ');
    expect(text(() => num(checkNaN(jit(grad(jit(f))))(bad)))).toContain('sqrt made NaN');
  });
  it('its derivatives are those of the function, to second order', () => {
    const g = (v: T): T => mul(sine(v), exp(v));
    expectClose(grad(checkNaN(g))(x), num(grad(g)(x)));
    expectClose(grad(grad(checkNaN(g)))(x), num(grad(grad(g))(x)));
    expectClose(grad(checkNaN(grad(checkNaN(g))))(x), num(grad(grad(g))(x)));
    expectClose(vmap(grad(checkNaN(g)))(f64([1, 2])), [1, 2].map(v => num(grad(g)(f64(v)))));
    expectClose(jit(grad(checkNaN(g)))(x), num(grad(g)(x)));
  });
  it('the backward pass of grad(checkNaN(f)) is watched, too', () => {
    const g = (v: T): T => { const r = root(v); return mul(r, r); };
    expect(text(() => num(grad(checkNaN(g))(f64(0))))).toContain('made NaN');
  });
  it('effects inside happen at once', () => {
    const seen: number[] = [];
    checkNaN((v: T) => tap(mul(v, v), (u: T) => { seen.push(num(u)); }))(x);
    expect(seen).toEqual([4]);
  });
});

describe('nested programs', () => {
  it('the step of a scan, counted from 0', () => {
    const f = (v: T): T => scan((c: T, u: T) => [sub(c, u), root(c)], v, f64([1, 1, 1, 1]))[0];
    expect(num(checkNaN(f)(f64(9)))).toBe(5);
    expect(text(() => num(checkNaN(f)(f64(1.5))))).toMatch(/sqrt made NaN at \[\] of f64\[\] from operands f64\[\] = -0\.5, in step 2 of scan \(counted from 0\) \(recorded/);
  });
  it('the steps of loops in loops, innermost first', () => {
    const f = (v: T): T => scan((c: T) => scan((d: T) => [root(sub(d, 1)), null], c, null, { length: 2 }), v, null, { length: 3 })[0];
    // 26, 5, 2, 1, 0, then the root of -1.
    expect(text(() => num(checkNaN(f)(f64(26))))).toContain('from operands f64[] = -1, in step 0 of scan in step 2 of scan (counted from 0)');
  });
  it('infinities, too, if asked', () => {
    const f = (v: T): T => scan<[T, null]>((c: T, u: T) => [div(c, u), null], v, f64([1, 0]))[0];
    expect(text(() => num(checkNaN(f, { infinities: true })(x)))).toMatch(/^checkNaN: div made an infinity .*step 1 of scan/);
    expect(num(checkNaN(f)(x))).toBe(Infinity);
  });
  it('a while loop, and the branch of a cond', () => {
    const f = (v: T): T => whileLoop((c: T) => lt(c, 5), (c: T) => cond(lt(c, 2), (u: T) => add(u, 1), (u: T) => root(neg(u)), c), v);
    expect(text(() => num(checkNaN(f)(f64(0))))).toMatch(/sqrt made NaN .* in step 2 of while \(counted from 0\)/);
    expect(text(() => num(checkNaN((v: T) => whileLoop((c: T) => lt(ln(c), 5), (c: T) => sub(c, 1), v))(f64(1.5))))).toMatch(/log made NaN .* in step 2 of while/);
  });
  it('the line inside a branch that vmap has taken apart, and in a loop that it has rewritten', () => {
    let line = '';
    const branch = (v: T): T => cond(lt(v, 0), (u: T) => {
      line = here(1);
      return handleOf(log(u));
    }, (u: T) => u, v);
    expect(text(() => list(checkNaN(vmap(branch))(f64([1, -1]))))).toContain(line);
    const loop = (v: T): T => whileLoop((c: T) => lt(c, 10), (c: T) => {
      line = here(1);
      return handleOf(sqrt(c));
    }, v);
    expect(text(() => list(checkNaN(vmap(loop))(f64([20, -1]))))).toContain(line);
  });
  it('the backward pass of a scan', () => {
    const f = (v: T): T => scan((c: T, u: T) => [add(c, mul(root(mul(u, v)), root(mul(u, v)))), null], f64(0), f64([1, 0, 1]))[0];
    expectClose(checkNaN(f)(x), 4);
    expect(text(() => num(checkNaN(grad(f))(x)))).toMatch(/made NaN .* in step \d of scan \(counted from 0\)/);
  });
  it('matrices in a jitted function', () => {
    const f = jit((w: T, v: T) => ln(dot(v, w)));
    expect(text(() => list(checkNaN(f)(f64([[1, -1], [1, 1]]), f64([[1, 1], [3, 1]]))))).toContain('log made NaN at [1, 1] of f64[2,2] from operands f64[2,2] in -2..4');
  });
});
