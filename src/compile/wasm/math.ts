// Elementary functions on four float32 lanes, exact at NaN, infinities and zeros. Range reduction and minimax polynomials after
// Cody and Waite, "Software Manual for the Elementary Functions", 1980, with the single precision coefficients of Cephes (Moshier, 1989).
// Floor 5. A function that is not here is computed lane by lane in float64 by the host's own.
import type { ScalarOp } from '../../ir/primitive.ts';
import { floatBits, type Lanes, type Vector } from './lanes.ts';

/** 2^n for integral n in -150..128, applied in two factors so that neither overflows. */
function scaleByPowerOfTwo(l: Lanes, x: Vector, n: Vector): Vector {
  const half = l.shiftRight(n, 1);
  const power = (k: Vector): Vector => l.shiftLeft(l.iadd(k, l.int(127)), 23);
  return l.mul(l.mul(x, power(half)), power(l.isub(n, half)));
}

/** exp, at most 2 ulp. */
export function exp(l: Lanes, x: Vector): Vector {
  // pmax and pmin keep their first operand where it is NaN.
  const v = l.pmin(l.pmax(x, l.float(-104)), l.float(89));
  const n = l.nearest(l.mul(v, l.float(Math.LOG2E)));
  const r = l.fma(n, l.float(2.12194440e-4), l.fma(n, l.float(-0.693359375), v));
  const p = l.polynomial(r, [1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]);
  const y = l.add(l.fma(p, l.mul(r, r), r), l.float(1));
  return scaleByPowerOfTwo(l, y, l.toInt(n));
}

/** The natural logarithm, at most 2 ulp; -inf at zero, NaN below it. */
export function log(l: Lanes, x: Vector): Vector {
  const tiny = l.lt(x, l.float(1.1754943508222875e-38));
  const scaled = l.select(tiny, l.mul(x, l.float(8388608)), x);
  const exponent = l.isub(l.iadd(l.shiftRight(scaled, 23, false), l.int(-126)), l.and(tiny, l.int(23)));
  const mantissa = l.or(l.and(scaled, l.int(0x007fffff)), l.int(floatBits(0.5)));
  // The mantissa lies in [0.5, 1): below sqrt(1/2) it is doubled.
  const low = l.lt(mantissa, l.float(Math.SQRT1_2));
  const e = l.toFloat(l.iadd(exponent, low));
  const m = l.sub(l.add(mantissa, l.and(low, mantissa)), l.float(1));
  const z = l.mul(m, m);
  const p = l.polynomial(m, [7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1]);
  const y = l.fma(e, l.float(-2.12194440e-4), l.mul(l.mul(m, z), p));
  const sum = l.fma(e, l.float(0.693359375), l.add(m, l.fma(z, l.float(-0.5), y)));
  const positive = l.select(l.eq(x, l.float(Infinity)), x, sum);
  const zero = l.select(l.eq(x, l.float(0)), l.float(-Infinity), positive);
  // Below zero, and NaN.
  return l.select(l.ge(x, l.float(0)), zero, l.float(NaN));
}

/** tanh, at most 3 ulp; odd to the sign of zero. */
export function tanh(l: Lanes, x: Vector): Vector {
  const sign = l.and(x, l.int(floatBits(-0)));
  const a = l.abs(x);
  const z = l.mul(a, a);
  const small = l.fma(l.mul(l.polynomial(z, [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1]), z), a, a);
  const large = l.sub(l.float(1), l.div(l.float(2), l.add(exp(l, l.add(a, a)), l.float(1))));
  return l.or(l.select(l.lt(a, l.float(0.625)), small, large), sign);
}

/** 1 / (1 + exp(-x)), at most 3 ulp. */
export const logistic = (l: Lanes, x: Vector): Vector => l.div(l.float(1), l.add(l.float(1), exp(l, l.neg(x))));

/** The functions that have a vector form here. */
export const vectorMath: { readonly [O in ScalarOp]?: (l: Lanes, x: Vector) => Vector } = { exp, log, tanh, logistic };
