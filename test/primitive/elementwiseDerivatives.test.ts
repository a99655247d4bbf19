// Derivatives of the elementwise records, order 1 to 3, forward and reverse: against finite differences where they are
// smooth, and against the mathematics at the points where a careless rule gives NaN.
import { describe, expect, it } from 'vitest';
import { aval } from '../../src/ir/aval.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { add, div, mul, sub } from '../../src/primitive/arithmetic.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { gt } from '../../src/primitive/comparison.ts';
import { bitcast, convert } from '../../src/primitive/convert.ts';
import { cos, exp, expm1, log, log1p, logistic, sin, tanh } from '../../src/primitive/exponential.ts';
import { max, min } from '../../src/primitive/extremum.ts';
import { integerPow, pow, rsqrt, sqrt } from '../../src/primitive/power.ts';
import { abs, ceil, floor, rem, round, sign } from '../../src/primitive/rounding.ts';
import { clamp, select } from '../../src/primitive/select.ts';
import { erf, erfinv } from '../../src/primitive/special.ts';
import { stage } from '../../src/trace/scope.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { derivative, difference, partial, program, value, type Direction, type ScalarFunction } from './elementwiseHarness.ts';

const modes: readonly Direction[] = ['forward', 'reverse'];
/** The derivative in both modes, which must agree to the last few bits; NaN agrees with NaN. */
function d(f: ScalarFunction, point: readonly number[], ...by: readonly number[]): number {
  const [forward = NaN, reverse = NaN] = modes.map(m => derivative(f, point, by, m));
  if (Number.isFinite(forward)) expect(Math.abs(forward - reverse)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(forward)));
  else expect(reverse).toBe(forward);
  return forward + 0;
}
const square = (x: AnyTensor): AnyTensor => mul(x, x);

const smooth: readonly (readonly [name: string, f: ScalarFunction, points: readonly (readonly number[])[]])[] = [
  ['abs', abs, [[1.3], [-0.7]]], ['exp', exp, [[0.3], [-1.2]]], ['expm1', expm1, [[0.3], [-1.2]]], ['log', log, [[0.7], [2.5]]], ['log1p', log1p, [[0.7], [-0.4]]],
  ['sqrt', sqrt, [[0.7], [2.5]]], ['rsqrt', rsqrt, [[0.7], [2.5]]], ['sin', sin, [[0.7], [-2.5]]], ['cos', cos, [[0.7], [-2.5]]], ['tanh', tanh, [[0.7], [-1.5]]],
  ['logistic', logistic, [[0.7], [-2.5]]], ['erf', erf, [[0.7], [-1.4]]], ['erfinv', erfinv, [[0.6], [-0.3]]],
  ['integerPow 5', x => integerPow(x, 5), [[0.7], [-1.4]]], ['integerPow 2', x => integerPow(x, 2), [[0.7]]], ['integerPow -3', x => integerPow(x, -3), [[0.9], [-1.4]]],
  ['pow', pow, [[0.7, 1.6], [1.8, -0.6]]], ['rem', (x, y) => mul(rem(x, y), x), [[4.4, 1.3], [-4.4, 1.3], [4.4, -1.3]]],
  ['max', (x, y) => max(square(x), y), [[1.2, 0.3], [0.3, 1.2]]], ['min', (x, y) => min(square(x), y), [[1.2, 0.3], [0.3, 1.2]]],
  ['clamp', (l, x, h) => clamp(square(l), square(x), square(h)), [[0.5, 0.8, 1.2], [0.5, 0.2, 1.2], [0.5, 1.5, 1.2], [1.2, 0.8, 0.5]]],
  ['select', (x, y) => select(gt(x, y), mul(square(x), y), div(y, x)), [[1.2, 0.3], [0.4, 1.2]]],
  ['convert', x => mul(convert(x, 'f64'), x), [[0.7]]],
];

describe.each(smooth)('%s', (_name, f, points) => {
  it('has first, second and third derivatives that agree with differences', () => {
    for (const point of points) {
      for (const direction of modes) {
        for (const i of point.keys()) {
          let lower = program(f, point.length);
          for (const by of [i, 0, point.length - 1]) {
            const upper = partial(lower, by, direction);
            const got = value(upper, point);
            const want = difference(lower, point, by);
            expect(Math.abs(got - want) / Math.max(1, Math.abs(want))).toBeLessThan(1e-7);
            lower = upper;
          }
        }
      }
    }
  });
});

describe('points where a careless rule gives NaN', () => {
  const squareByPow: ScalarFunction = x => pow(x, constantLike(2, x));
  it('pow at a base of 0', () => {
    expect([d(squareByPow, [0], 0), d(squareByPow, [0], 0, 0), d(squareByPow, [0], 0, 0, 0), d(squareByPow, [0], 0, 0, 0, 0)]).toEqual([0, 2, 0, 0]);
    expect(d(x => pow(x, constantLike(3, x)), [0], 0, 0, 0)).toBe(6);
    expect([d(pow, [0, 1], 0), d(pow, [0, 1], 0, 0)]).toEqual([1, 0]);
    expect([d(pow, [0, 2], 1), d(pow, [0, 2], 1, 1), d(pow, [0, 2], 0, 1), d(pow, [0, 2], 1, 0)]).toEqual([0, 0, 0, 0]);
    expect([d(pow, [0, 0.5], 0), d(pow, [0, 0.5], 1)]).toEqual([Infinity, 0]);
    expect([d(pow, [0, 0], 0), d(pow, [0, 0], 1)]).toEqual([0, 0]);
  });
  it('pow at an exponent of 0, and of negative bases', () => {
    expect([d(pow, [2, 0], 0), d(pow, [2, 0], 0, 0), d(pow, [2, 0], 0, 1), d(pow, [2, 0], 1)]).toEqual([0, 0, 0.5, Math.log(2)]);
    expect([d(pow, [-2, 3], 0), d(pow, [-2, 3], 0, 0), d(pow, [-2, -1], 0)]).toEqual([12, -12, -0.25]);
  });
  it('integerPow at 0 and with exponents 0 and 1', () => {
    expect([0, 1, 2, 3].map(n => d(x => integerPow(x, n), [0], 0))).toEqual([0, 1, 0, 0]);
    expect([0, 1, 2, 3].map(n => d(x => integerPow(x, n), [0], 0, 0))).toEqual([0, 0, 2, 0]);
    expect(d(x => integerPow(x, 3), [0], 0, 0, 0)).toBe(6);
    expect([d(x => integerPow(x, -1), [2], 0), d(x => integerPow(x, -2), [-2], 0)]).toEqual([-0.25, 0.25]);
  });
  it('saturated functions at +-1000 have zeros, to every order', () => {
    for (const f of [tanh, logistic, erf]) {
      for (const x of [1000, -1000]) for (const by of [[0], [0, 0], [0, 0, 0]]) expect(d(f, [x], ...by), `${f.name} at ${x}`).toBe(0);
    }
    expect(d(expm1, [-1000], 0)).toBe(0);
  });
  it('expm1 and log1p keep their digits', () => {
    expect(d(expm1, [-30], 0)).toBe(Math.exp(-30));
    expect(d(expm1, [1e-9], 0)).toBe(Math.exp(1e-9));
    expect(d(log1p, [1e-9], 0)).toBe(1 / (1 + 1e-9));
    expect(d(exp, [709], 0)).toBe(Math.exp(709));
  });
  it('sqrt at 0 is steep, tanh and erf at 0 are not', () => {
    expect(d(sqrt, [0], 0)).toBe(Infinity);
    expect(d(tanh, [0], 0)).toBe(1);
    expect(d(erf, [0], 0)).toBeCloseTo(2 / Math.sqrt(Math.PI), 15);
    expect([d(sin, [1e6], 0), d(sin, [1e6], 0, 0)]).toEqual([Math.cos(1e6), -Math.sin(1e6)]);
  });
  it('what select does not choose', () => {
    const safe: ScalarFunction = x => select(gt(x, constantLike(0, x)), x, log(x));
    expect([d(safe, [2], 0), d(safe, [2], 0, 0)]).toEqual([1, 0]);
    const unchosen: ScalarFunction = (x, y) => select(gt(x, constantLike(0, x)), x, log(y));
    expect([d(unchosen, [2, -1], 0), d(unchosen, [2, -1], 1)]).toEqual([1, 0]);
  });
});

describe('conventions', () => {
  it('steps have no tangents, and abs has 0 at 0', () => {
    for (const f of [sign, floor, ceil, round]) expect(jvpJaxpr(program(f, 1), [true]).outActive, f.name).toEqual([false]);
    expect([d(abs, [0], 0), d(abs, [-2], 0)]).toEqual([0, -1]);
    const comparison = stage('test', [aval([], 'f64')], ([x]) => x === undefined ? [] : [gt(x, x)]).jaxpr;
    expect(jvpJaxpr(comparison, [true]).outActive).toEqual([false]);
  });
  it('ties in max and min share the gradient equally', () => {
    for (const f of [max, min]) {
      expect([d(f, [1, 1], 0), d(f, [1, 1], 1)]).toEqual([0.5, 0.5]);
      expect(d(x => f(x, x), [3], 0)).toBe(1);
      expect(d(x => f(x, constantLike(0, x)), [0], 0)).toBe(0.5);
    }
    expect([d(max, [2, 1], 0), d(max, [2, 1], 1), d(min, [2, 1], 0), d(min, [2, 1], 1)]).toEqual([1, 0, 0, 1]);
  });
  it('a clamped value has derivative 1 strictly inside, 0 on the bounds and outside', () => {
    const x: ScalarFunction = v => clamp(constantLike(-1, v), v, constantLike(1, v));
    expect([-2, -1, 0.5, 1, 2].map(v => d(x, [v], 0))).toEqual([0, 0, 1, 0, 0]);
    expect([0, 1, 2].map(i => d(clamp, [-1, -2, 1], i))).toEqual([1, 0, 0]);
    expect([0, 1, 2].map(i => d(clamp, [-1, 2, 1], i))).toEqual([0, 0, 1]);
    // Bounds the wrong way round: the upper one wins.
    for (const x of [-2, 0, 2]) expect([0, 1, 2].map(i => d(clamp, [1, x, -1], i))).toEqual([0, 0, 1]);
  });
  it('rem: 1 for the dividend, minus the truncated quotient for the divisor, next to a step too', () => {
    expect([d(rem, [7.5, 2], 0), d(rem, [7.5, 2], 1), d(rem, [-7.5, 2], 1), d(rem, [7.5, -2], 1), d(rem, [1, Infinity], 1)]).toEqual([1, -3, 3, 3, 0]);
    // 1 / 0.1 rounds up to 10, but the remainder is that of the quotient 9.
    expect([1 / 0.1, 1 % 0.1 > 0.09, d(rem, [1, 0.1], 1)]).toEqual([10, true, -9]);
  });
});

describe('dtypes of derivatives', () => {
  it('a gradient passes through casts between floats and comes back in its own dtype', () => {
    const f = stage('test', [aval([], 'f32')], ([x]) => x === undefined ? [] : [mul(convert(x, 'f64'), constantLike(3, convert(x, 'f64')))]).jaxpr;
    const back = vjpJaxpr(f, [true]).jaxpr;
    const [, gradient] = evaluateJaxpr(back, [{ shape: [], dtype: 'f32', data: Float32Array.of(2) }, { shape: [], dtype: 'f64', data: Float64Array.of(1) }]);
    expect(gradient?.dtype).toBe('f32');
    expect([...gradient?.data ?? []]).toEqual([3]);
  });
  it('nothing passes through a cast to integers or to bits', () => {
    for (const f of [(x: AnyTensor) => convert(x, 'i32'), (x: AnyTensor) => convert(x, 'bool'), (x: AnyTensor) => bitcast(x, 'u32')]) {
      const j = stage('test', [aval([], 'f32')], ([x]) => x === undefined ? [] : [f(x)]).jaxpr;
      expect(jvpJaxpr(j, [true]).outActive).toEqual([false]);
    }
  });
  it('integers have no tangents through any rule', () => {
    const j = stage('test', [aval([], 'f64'), aval([], 'i32')], ([x, n]) => x === undefined || n === undefined ? [] : [add(x, convert(sub(max(n, abs(n)), rem(n, n)), 'f64'))]).jaxpr;
    expect(jvpJaxpr(j, [true, false]).outActive).toEqual([true]);
  });
});
