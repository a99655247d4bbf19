// Derivatives of the special functions, orders 1 to 3, forward and reverse: against finite differences where they are smooth, and against
// the mathematics where functions end, saturate, overflow or have a kink.
import { describe, expect, it } from 'vitest';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { mul } from '../../src/primitive/arithmetic.ts';
import { betaDensity, betainc } from '../../src/primitive/beta.ts';
import { besselI0e, besselI1e, besselIe } from '../../src/primitive/bessel.ts';
import { clz, nextAfter, populationCount, reducePrecision } from '../../src/primitive/bits.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { convert } from '../../src/primitive/convert.ts';
import { digamma, lgamma, polygamma, zeta } from '../../src/primitive/gamma.ts';
import { acosh, asinh, atanh, cosh, sinh } from '../../src/primitive/hyperbolic.ts';
import { gammaDensity, igamma, igammac } from '../../src/primitive/incompleteGamma.ts';
import { cbrt } from '../../src/primitive/power.ts';
import { erfc } from '../../src/primitive/special.ts';
import { acos, asin, atan, atan2, sinc, tan } from '../../src/primitive/trigonometric.ts';
import { xlog1py, xlogy } from '../../src/primitive/xlogy.ts';
import { jvpJaxpr } from '../../src/transform/differentiate.ts';
import { derivative, difference, partial, program, value, type Direction, type ScalarFunction } from './elementwiseHarness.ts';

const modes: readonly Direction[] = ['forward', 'reverse'];
const inf = Infinity;
/** The derivative in both modes, which must agree. */
function d(f: ScalarFunction, point: readonly number[], ...by: readonly number[]): number {
  const [forward = NaN, reverse = NaN] = modes.map(m => derivative(f, point, by, m));
  if (Number.isFinite(forward)) expect(Math.abs(forward - reverse)).toBeLessThanOrEqual(1e-11 * Math.max(1, Math.abs(forward)));
  else expect(reverse).toBe(forward);
  return forward + 0;
}
const close = (got: number, want: number, tolerance = 1e-13): void => { expect(Math.abs(got - want)).toBeLessThanOrEqual(tolerance * Math.abs(want)); };

const smooth: readonly (readonly [name: string, f: ScalarFunction, points: readonly (readonly number[])[]])[] = [
  ['tan', tan, [[0.7], [-1.1]]], ['asin', asin, [[0.6], [-0.3]]], ['acos', acos, [[0.6], [-0.3]]], ['atan', atan, [[0.7], [-2.5]]],
  ['atan2', atan2, [[0.7, 1.2], [-0.7, -1.2], [0.4, -1.9]]], ['sinc', sinc, [[0.02], [0.3], [-1.7]]],
  ['sinh', sinh, [[0.7]]], ['cosh', cosh, [[-0.7]]], ['asinh', asinh, [[0.7], [-3]]], ['acosh', acosh, [[1.7], [4]]], ['atanh', atanh, [[0.6], [-0.4]]],
  ['cbrt', cbrt, [[0.7], [-2.5]]], ['xlogy', xlogy, [[0.7, 1.6], [-1.3, 0.6]]], ['xlog1py', xlog1py, [[0.7, 1.6], [-1.3, -0.4]]], ['erfc', erfc, [[0.7], [-1.4]]],
  ['lgamma', lgamma, [[0.7], [3.4], [-1.4]]], ['digamma', digamma, [[0.7], [3.4], [-1.4]]], ['polygamma 2', x => polygamma(2, x), [[0.8], [3.4]]],
  ['zeta', zeta, [[2.4, 1.3], [3.7, 2.2]]],
  ['igamma', igamma, [[0.8, 0.6], [1.7, 3.2], [4.2, 3.1]]], ['igammac', igammac, [[0.8, 0.6], [1.7, 3.2], [4.2, 3.1]]], ['gammaDensity', (a, x) => gammaDensity(a, x), [[1.7, 1.2]]],
  ['betainc', betainc, [[0.8, 1.7, 0.3], [2.3, 1.2, 0.7]]], ['betaDensity', betaDensity, [[1.8, 2.7, 0.3]]],
  ['besselI0e', besselI0e, [[0.7], [-2.5], [9.5]]], ['besselI1e', besselI1e, [[0.7], [-2.5]]], ['besselIe 2', x => besselIe(2, x), [[0.7], [-2.5]]],
];
describe.each(smooth)('%s', (_name, f, points) => {
  it('has first, second and third derivatives that agree with differences', () => {
    for (const point of points) for (const direction of modes) for (const i of point.keys()) {
      let lower = program(f, point.length);
      for (const by of [i, 0, point.length - 1]) {
        const upper = partial(lower, by, direction);
        const [got, want] = [value(upper, point), difference(lower, point, by)];
        expect(Math.abs(got - want) / Math.max(1, Math.abs(want))).toBeLessThan(2e-7);
        lower = upper;
      }
    }
  });
});

describe('where a careless rule gives NaN, or loses its digits', () => {
  it('sinc at 0, to every order', () => {
    const orders = [[0], [0, 0], [0, 0, 0], [0, 0, 0, 0]].map(by => d(sinc, [0], ...by));
    expect([orders[0], orders[2]]).toEqual([0, 0]);
    close(orders[1] ?? NaN, -(Math.PI ** 2) / 3);
    close(orders[3] ?? NaN, Math.PI ** 4 / 5);
    close(d(sinc, [1e-12], 0), -(Math.PI ** 2) / 3 * 1e-12);
    close(d(sinc, [1e300], 0), 1e-300);
  });
  it('xlogy and xlog1py at 0', () => {
    expect([d(xlogy, [0, 2], 0), d(xlogy, [0, 2], 1), d(xlogy, [0, 2], 0, 1), d(xlogy, [0, 2], 1, 0), d(xlogy, [0, 2], 1, 1)]).toEqual([Math.log(2), 0, 0.5, 0.5, 0]);
    expect([d(xlogy, [0, 0], 0), d(xlogy, [0, 0], 1), d(xlogy, [2, 0], 1)]).toEqual([-inf, 0, inf]);
    expect([d(xlog1py, [0, 1], 0), d(xlog1py, [0, 1], 1), d(xlog1py, [0, 1], 0, 1), d(xlog1py, [0, -1], 1)]).toEqual([Math.log(2), 0, 0.5, 0]);
    close(d(xlog1py, [3, 1e-10], 0), Math.log1p(1e-10));
    // An entropy, of which one share is 0.
    expect(d(p => xlogy(p, p), [1], 0)).toBe(1);
  });
  it('atan2 of huge and tiny operands; 0 at the origin', () => {
    for (const r of [1e-200, 1, 1e200]) {
      close(d(atan2, [r, r], 0) * r, 0.5);
      close(d(atan2, [r, r], 1) * r, -0.5);
      close(d(atan2, [0, -r], 0) * r, -1);
    }
    expect([d(atan2, [0, 0], 0), d(atan2, [0, 0], 1), d(atan2, [3, 0], 0), d(atan2, [3, 0], 1)]).toEqual([0, 0, 0, -1 / 3]);
  });
  it('inverse functions at their branch points, and next to them', () => {
    expect([d(asin, [1], 0), d(asin, [-1], 0), d(acos, [1], 0), d(acosh, [1], 0), d(atanh, [1], 0), d(cbrt, [0], 0)]).toEqual([inf, inf, -inf, inf, inf, inf]);
    expect([d(asin, [0], 0), d(acos, [0], 0), d(atan, [0], 0), d(asinh, [0], 0), d(atanh, [0], 0), d(tan, [0], 0), d(sinh, [0], 0), d(cosh, [0], 0)])
      .toEqual([1, -1, 1, 1, 1, 1, 1, 0]);
    const e = 2 ** -40;
    close(d(asin, [1 - e], 0), 1 / Math.sqrt(e * (2 - e)));
    close(d(acosh, [1 + e], 0), 1 / Math.sqrt(e * (2 + e)));
    close(d(atanh, [1 - e], 0), 1 / (e * (2 - e)));
  });
  it('squares do not overflow', () => {
    close(d(asinh, [1e300], 0), 1e-300, 1e-12);
    close(d(acosh, [1e300], 0), 1e-300, 1e-12);
    expect([d(atan, [1e300], 0), d(atan, [-1000], 0)]).toEqual([0, 1 / 1000001]);
    expect([d(sinh, [1000], 0), d(cosh, [1000], 0), d(cosh, [-1000], 0)]).toEqual([inf, inf, -inf]);
  });
  it('erfc where it is tiny or saturated', () => {
    close(d(erfc, [10], 0), -2 / Math.sqrt(Math.PI) * Math.exp(-100));
    for (const x of [1000, -1000]) for (const by of [[0], [0, 0], [0, 0, 0]]) expect(d(erfc, [x], ...by)).toBe(0);
  });
  it('lgamma: Euler\'s constant, Basel\'s sum and Apery\'s constant', () => {
    close(d(lgamma, [1], 0), -0.5772156649015329);
    close(d(lgamma, [1], 0, 0), Math.PI ** 2 / 6);
    close(d(lgamma, [1], 0, 0, 0), -2 * 1.2020569031595942);
    close(d(lgamma, [2 ** -300], 0), -(2 ** 300));
    close(d(lgamma, [1e300], 0), Math.log(1e300));
    expect([d(lgamma, [0], 0), d(lgamma, [-2], 0)]).toEqual([NaN, NaN]);
  });
  it('zeta by q and by s, in either order', () => {
    expect(d(zeta, [2, 1], 1)).toBeCloseTo(-2 * 1.2020569031595942, 10);
    close(d(zeta, [2, 1], 1), -2 * 1.2020569031595942);
    // zeta'(2), -0.9375482543158437538 (OEIS A073002).
    close(d(zeta, [2, 1], 0), -0.9375482543158438);
    close(d(zeta, [2.5, 1.5], 0, 1), d(zeta, [2.5, 1.5], 1, 0), 1e-12);
    close(d(zeta, [3, -1.5], 1), -3 * d(lgamma, [-1.5], 0, 0, 0, 0) / 6, 1e-12);
  });
  it('igamma at x = 0: 1 - exp(-x) and its integrals', () => {
    const orders = (a: number): number[] => [[1], [1, 1], [1, 1, 1]].map(by => Math.round(1e14 * d(igamma, [a, 0], ...by)) / 1e14);
    expect(orders(1)).toEqual([1, -1, 1]);
    expect(orders(2)).toEqual([0, 1, -2]);
    expect(orders(3)).toEqual([0, 0, 1]);
    expect(orders(4)).toEqual([0, 0, 0]);
    expect([d(igamma, [2, 0], 0), d(igamma, [2, 0], 0, 0), d(igamma, [2, 0], 0, 1), d(igamma, [0.5, 0], 1), d(igammac, [2, 0], 0), d(igammac, [1, 0], 1)]).toEqual([0, 0, 0, inf, 0, -1]);
  });
  it('igamma far out is flat; its slope in a large shape is the density', () => {
    expect([d(igamma, [3, 1000], 0), d(igamma, [3, 1000], 1), d(igamma, [3, 1000], 0, 1), d(igammac, [3, 1000], 1)]).toEqual([0, 0, 0, 0]);
    // Exponential integrals: dP/da at a = 0 is -E_1(x), and E_1(1) = 0.21938393439552027368.
    close(d(igamma, [0, 1], 0), -0.21938393439552029);
    close(d(igamma, [0, 2], 0), -0.04890051070806112);
  });
  it('betainc at 0 and 1: polynomials', () => {
    const orders = (a: number, b: number, x: number): number[] => [[2], [2, 2], [2, 2, 2]].map(by => Math.round(1e10 * d(betainc, [a, b, x], ...by)) / 1e10);
    expect(orders(1, 3, 0)).toEqual([3, -6, 6]);
    expect(orders(2, 2, 0)).toEqual([0, 6, -12]);
    expect(orders(3, 1, 1)).toEqual([3, 6, 6]);
    expect(orders(1, 1, 0.25)).toEqual([1, 0, 0]);
    for (const x of [0, 1]) expect([d(betainc, [2, 3, x], 0), d(betainc, [2, 3, x], 1), d(betainc, [2, 3, x], 0, 1)]).toEqual([0, 0, 0]);
    expect([d(betainc, [0.5, 2, 0], 2), d(betainc, [2, 0.5, 1], 2)]).toEqual([inf, inf]);
    // I_x(1, b) = 1 - (1 - x)^b and I_x(a, 1) = x^a.
    close(d(betainc, [1, 2.5, 0.3], 1), -(0.7 ** 2.5) * Math.log(0.7));
    close(d(betainc, [2.5, 1, 0.3], 0), 0.3 ** 2.5 * Math.log(0.3));
    close(d(betainc, [2.5, 1, 0.9], 0, 0), 0.9 ** 2.5 * Math.log(0.9) ** 2, 1e-12);
    expect(d(betainc, [1, 0, 0.5], 0)).toBe(0);
  });
  it('Bessel functions at 0, and next to it, where a quotient by x would cancel', () => {
    expect([d(besselI0e, [0], 0), d(besselI1e, [0], 0), d(besselI0e, [1e-10], 0)].map(v => Math.round(1e9 * v) / 1e9)).toEqual([0, 0.5, -1]);
    expect(d(x => besselIe(2, x), [0], 0, 0)).toBe(0.25);
    close(d(besselI1e, [1e-10], 0, 0), -1, 1e-9);
    close(d(besselI1e, [-1e-10], 0, 0), 1, 1e-9);
  });
});

describe('what moves with its operand, and what has no tangent', () => {
  it('rounding and stepping are the identity to the derivative', () => {
    expect([d(nextAfter, [0.5, 3], 0), d(nextAfter, [0.5, 3], 1), d(nextAfter, [0.5, 0.5], 0)]).toEqual([1, 0, 1]);
    expect(d(x => mul(reducePrecision(x, { exponentBits: 5, mantissaBits: 2 }), x), [1.3], 0)).toBeCloseTo(1.25 + 1.3, 15);
  });
  it('counts of bits have none', () => {
    const counts: ScalarFunction = x => mul(convert(populationCount(convert(x, 'i32')), 'f64'), convert(clz(convert(x, 'i32')), 'f64'));
    expect(jvpJaxpr(program(counts, 1), [true]).outActive).toEqual([false]);
    const constant: ScalarFunction = (x: AnyTensor) => igamma(constantLike(2, x), x);
    expect(d(constant, [1], 0)).toBeCloseTo(Math.exp(-1), 15);
  });
});
