// exp, expm1, log, log1p, xlogy, xlog1py, tanh, logistic of float32. Range reduction after Cody and Waite, "Software Manual for the Elementary
// Functions", 1980; the polynomials are minimax for the relative error of the result, found by Remez' exchange with 40 digits, their
// coefficients rounded to float32 one after another. Floor 5. The bounds are measured by test/backend/math.test.ts, on every rung.
import { floatBits, type Words } from './words.ts';

/** Adding it leaves an integer in the low bits; so the sum shifted to the exponent is a power of two. */
const toInteger = 12582912;
/** ln 2 in two parts: products of the first with small integers are exact. */
const ln2High = 0.693359375;
const ln2Low = -2.12194440e-4;

export const signBit = <V>(l: Words<V>, x: V): V => l.and(x, l.int(floatBits(-0)));
/** v - n ln 2. */
const reduced = <V>(l: Words<V>, v: V, n: V): V => l.fma(n, l.float(-ln2Low), l.fma(n, l.float(-ln2High), v));

/** exp, at most 2 ulp; results below the least normal number are 0. */
export function exp<V>(l: Words<V>, x: V): V {
  // pmax and pmin keep their first operand where it is NaN. n = floor(x / ln 2) runs from -127, where the power of two is 0, to 128, where it is infinite.
  const v = l.pmin(l.pmax(x, l.float(-87.9)), l.float(89));
  const t = l.kept(l.add(l.fma(v, l.float(Math.LOG2E), l.float(-0.5)), l.float(toInteger + 127)));
  const r = reduced(l, v, l.sub(t, l.float(toInteger + 127)));
  const p = l.polynomial(r, [1.875321613624692e-3, 7.939801551401615e-3, 4.180574417114258e-2, 0.16664621233940125, 0.5000008344650269, 1, 1]);
  return l.mul(p, l.shiftLeft(t, 23));
}

/** (exp(r) - 1, 2^(n + scale)) with v = r + n ln 2, |r| <= ln 2 / 2. */
function expm1Parts<V>(l: Words<V>, v: V, scale: number): readonly [q: V, power: V] {
  const t = l.kept(l.fma(v, l.float(Math.LOG2E), l.float(toInteger + 127 + scale)));
  const r = reduced(l, v, l.sub(t, l.float(toInteger + 127 + scale)));
  const p = l.polynomial(r, [1.3859545579180121e-3, 8.36902391165495e-3, 4.166761040687561e-2, 0.1666652262210846, 0.4999999701976776]);
  return [l.fma(p, l.mul(r, r), r), l.shiftLeft(t, 23)];
}
/** expm1 for |v| <= 87: of zeros the sign is lost. */
export function expm1Within<V>(l: Words<V>, v: V): V {
  const [q, power] = expm1Parts(l, v, 0);
  return l.fma(power, q, l.sub(power, l.float(1)));
}
/** expm1, at most 2 ulp. */
export function expm1<V>(l: Words<V>, x: V): V {
  // Half of 2^n, so that 2^128 does not overflow before it is multiplied.
  const [q, power] = expm1Parts(l, l.pmin(l.pmax(x, l.float(-17.5)), l.float(89)), -1);
  const half = l.fma(power, q, l.sub(power, l.float(0.5)));
  return l.or(l.add(half, half), signBit(l, x));
}

/** (exp(r) - 1, 2^(n - 2)) with v = r + n ln 2, for |v| <= 90. */
export const expm1Quarter = <V>(l: Words<V>, v: V): readonly [q: V, power: V] => expm1Parts(l, v, -2);

/** The exponent of x with its mantissa in [sqrt(1/2), sqrt(2)), from the bits of a positive number. */
const exponentOf = <V>(l: Words<V>, x: V): V => l.shiftRight(l.isub(x, l.int(floatBits(Math.SQRT1_2))), 23);
/** log(1 + f) + k ln 2, with s = f / (2 + f): log(1 + f) = log((1 + s) / (1 - s)), a series in s^2. */
function logSum<V>(l: Words<V>, f: V, k: V): V {
  const s = l.div(f, l.add(f, l.float(2)));
  const z = l.mul(s, s);
  const p = l.mul(z, l.polynomial(z, [0.2987081706523895, 0.39977583289146423, 0.6666677594184875]));
  const h = l.mul(l.mul(f, f), l.float(0.5));
  const n = l.toFloat(k);
  const low = l.fma(s, l.add(h, p), l.mul(n, l.float(ln2Low)));
  return l.fma(n, l.float(ln2High), l.sub(f, l.sub(h, low)));
}
/** The logarithm of a positive normal number, at most 1 ulp; of anything else, a number. */
export function logNormal<V>(l: Words<V>, x: V): V {
  const k = exponentOf(l, x);
  return logSum(l, l.sub(l.isub(x, l.shiftLeft(k, 23)), l.float(1)), k);
}
/** The special values of a logarithm of u: -inf at zero, NaN below, infinity and NaN as they are. `x` is the argument. */
function logSpecials<V>(l: Words<V>, x: V, u: V, y: V): V {
  const finite = l.select(l.lt(x, l.float(Infinity)), y, x);
  const zero = l.sub(finite, l.and(l.eq(u, l.float(0)), l.float(Infinity)));
  return l.or(zero, l.lt(u, l.float(0)));
}
/** The natural logarithm, at most 1 ulp. */
export function log<V>(l: Words<V>, x: V): V {
  const tiny = l.lt(x, l.float(1.1754943508222875e-38));
  const normal = l.select(tiny, l.mul(x, l.float(8388608)), x);
  const k = exponentOf(l, normal);
  const f = l.sub(l.isub(normal, l.shiftLeft(k, 23)), l.float(1));
  return logSpecials(l, x, x, logSum(l, f, l.isub(k, l.and(tiny, l.int(23)))));
}
/** log(1 + x), at most 2 ulp. */
export function log1p<V>(l: Words<V>, x: V): V {
  const u = l.add(x, l.float(1));
  const k = exponentOf(l, u);
  // 2^-k (1 + x) - 1 with one rounding: 2^-k comes from 2^(2 - k), which is a normal number up to k = 128.
  const power = l.shiftLeft(l.isub(l.int(129), k), 23);
  const f = l.fma(l.mul(x, power), l.float(0.25), l.fma(power, l.float(0.25), l.float(-1)));
  return l.or(logSpecials(l, x, u, logSum(l, f, k)), signBit(l, x));
}
/** x log(y), at most 2 ulp: 0 for x = 0 and every y but NaN. */
export const xlogy = <V>(l: Words<V>, x: V, y: V): V => unlessZero(l, x, y, log(l, y));
/** x log(1 + y), at most 3 ulp: 0 for x = 0 and every y but NaN. */
export const xlog1py = <V>(l: Words<V>, x: V, y: V): V => unlessZero(l, x, y, log1p(l, y));
const unlessZero = <V>(l: Words<V>, x: V, y: V, logarithm: V): V => l.andNot(l.mul(x, logarithm), l.and(l.eq(x, l.float(0)), l.eq(y, y)));

/** tanh, at most 3 ulp: e / (e + 2) with e = expm1(2 |x|). */
export function tanh<V>(l: Words<V>, x: V): V {
  const a = l.pmin(l.abs(x), l.float(10));
  const e = expm1Within(l, l.add(a, a));
  return l.or(l.div(e, l.add(e, l.float(2))), signBit(l, x));
}
/** 1 / (1 + exp(-x)), at most 3 ulp. */
export const logistic = <V>(l: Words<V>, x: V): V => l.div(l.float(1), l.add(l.float(1), exp(l, l.neg(x))));
