// exp, expm1, log, log1p, tanh, logistic, xlogy, xlog1py and the hyperbolic functions on four float64 lanes. Range reduction after Cody and
// Waite, "Software Manual for the Elementary Functions", 1980; polynomials by Remez' exchange with 50 digits, that of the logarithm from
// fdlibm (Sun Microsystems, 1993). Floor 5. The bounds are measured by test/backend/math.test.ts, on every rung.
import type { Vector, Wide } from './lanes.ts';
import type { WideLanes } from './wide.ts';

/** Adding it leaves an integer in the low word. */
const toInteger = 6755399441055744;
/** ln 2 in two parts: products of the first with small integers are exact. */
const ln2High = 6.93147180369123816490e-1;
const ln2Low = 1.90821492927058770002e-10;
const twoTo54 = 2 ** 54;
const leastNormal = 2.2250738585072014e-308;

/** (r, n): v = r + n ln 2 with |r| <= ln 2 / 2. */
function reduced(w: WideLanes, v: Wide): readonly [r: Wide, n: Vector] {
  const t = w.fma(v, w.constant(Math.LOG2E), w.constant(toInteger));
  const n = w.sub(t, w.constant(toInteger));
  return [w.fma(n, w.constant(-ln2Low), w.fma(n, w.constant(-ln2High), v)), w.low(t)];
}
/** y 2^n for -2044 <= n <= 2046, in two steps, so that neither overflows early, and results below the least normal number keep their digits. */
function scaled(w: WideLanes, y: Wide, n: Vector): Wide {
  const { l } = w;
  const half = l.shiftRight(n, 1);
  return w.mul(w.mul(y, w.powerOfTwo(half)), w.powerOfTwo(l.isub(n, half)));
}
/** (exp(r) - 1 - r) / r^2. */
const exponentialTail = (w: WideLanes, r: Wide): Wide => w.polynomial(r, [
  2.5117911083483725e-8, 2.763127868190036e-7, 2.755721612283961e-6, 2.4801489947375367e-5, 1.9841269917606098e-4, 1.388888894701036e-3,
  8.333333333307092e-3, 4.1666666666515445e-2, 0.166666666666667, 0.5000000000000012,
]);
/** exp(v + low) for a small `low`; NaN stays NaN. */
export function expOfSum(w: WideLanes, v: Wide, low: Wide | null): Wide {
  const [high, n] = reduced(w, w.pmin(w.pmax(v, w.constant(-746)), w.constant(710)));
  const r = low === null ? high : w.add(high, low);
  const q = exponentialTail(w, r);
  return scaled(w, w.add(w.fma(w.mul(r, r), q, r), w.constant(1)), n);
}
/** 2^(v + low) for |v| <= 1100, v of 42 bits or integral, and a small `low`, without loss in the product with ln 2. */
export function exp2Tail(w: WideLanes, v: Wide, low: Wide): Wide {
  const t = w.add(w.add(v, low), w.constant(toInteger));
  const fraction = w.sub(v, w.sub(t, w.constant(toInteger)));
  const head = w.head(w.add(fraction, low));
  const tail = w.sub(low, w.sub(head, fraction));
  const u = w.mul(head, w.constant(6.93147182464599609375e-1));
  const more = w.fma(tail, w.constant(Math.LN2), w.mul(head, w.constant(-1.90465429995776804525e-9)));
  const r = w.add(u, more);
  const lost = w.sub(more, w.sub(r, u));
  const q = exponentialTail(w, r);
  return scaled(w, w.add(w.constant(1), w.add(r, w.fma(w.mul(r, r), q, w.fma(lost, r, lost)))), w.low(t));
}
/** exp, at most 1 ulp. */
export const exp = (w: WideLanes, x: Wide): Wide => expOfSum(w, x, null);

/** (exp(r) - 1, 2^(n + scale)) with v = r + n ln 2. */
function expm1Parts(w: WideLanes, v: Wide, scale: number): readonly [q: Wide, power: Wide] {
  const [r, n] = reduced(w, v);
  const q = w.polynomial(r, [
    1.7464657212727026e-9, 2.5105754928227776e-8, 2.7568643923610747e-7, 2.7557254120041145e-6, 2.4801573701437558e-5, 1.9841269875816472e-4,
    1.388888889602397e-3, 8.333333333325857e-3, 4.16666666666514e-2, 0.1666666666666667, 0.5000000000000001,
  ]);
  return [w.fma(w.mul(r, r), q, r), w.powerOfTwo(scale === 0 ? n : w.l.iadd(n, w.l.int(scale)))];
}
/** expm1 for |v| <= 700: of zeros the sign is lost. */
function expm1Within(w: WideLanes, v: Wide): Wide {
  const [q, power] = expm1Parts(w, v, 0);
  return w.fma(power, q, w.sub(power, w.constant(1)));
}
/** expm1, at most 2 ulp. */
export function expm1(w: WideLanes, x: Wide): Wide {
  // Half of 2^n, so that 2^1024 does not overflow before it is multiplied.
  const [q, power] = expm1Parts(w, w.pmin(w.pmax(x, w.constant(-40)), w.constant(710)), -1);
  const half = w.fma(power, q, w.sub(power, w.constant(0.5)));
  return w.or(w.add(half, half), w.signBit(x));
}

/** The exponent of x, whose mantissa then lies in [sqrt(1/2), sqrt(2)), from the high words of positive numbers. */
const exponentOf = (w: WideLanes, x: Wide): Vector => w.l.shiftRight(w.l.isub(w.high(x), w.l.int(0x3fe6a09e)), 20);
/** x 2^-k of normal numbers, from their words. */
const mantissaOf = (w: WideLanes, x: Wide, k: Vector): Wide => w.fromWords(w.low(x), w.l.isub(w.high(x), w.l.shiftLeft(k, 20)));
/** (mantissa in [sqrt(1/2), sqrt(2)), exponent) of positive finite numbers. */
export function split(w: WideLanes, x: Wide): readonly [mantissa: Wide, exponent: Vector] {
  const { l } = w;
  const tiny = w.less(x, w.constant(leastNormal));
  const normal = w.choose(tiny, w.mul(x, w.constant(twoTo54)), x);
  const k = exponentOf(w, normal);
  return [mantissaOf(w, normal, k), l.isub(k, l.and(w.low(tiny), l.int(54)))];
}
/** log(1 + f) + k ln 2, with s = f / (2 + f): log(1 + f) = log((1 + s) / (1 - s)), a series in s^2. */
function logSum(w: WideLanes, f: Wide, k: Vector): Wide {
  const s = w.div(f, w.add(f, w.constant(2)));
  const z = w.mul(s, s);
  const p = w.mul(z, w.polynomial(z, [
    1.479819860511658591e-1, 1.531383769920937332e-1, 1.818357216161805012e-1, 2.222219843214978396e-1, 2.857142874366239149e-1,
    3.999999999940941908e-1, 6.666666666666735130e-1,
  ]));
  const h = w.mul(w.mul(f, f), w.constant(0.5));
  const n = w.fromInt(k);
  const low = w.fma(s, w.add(h, p), w.mul(n, w.constant(ln2Low)));
  return w.fma(n, w.constant(ln2High), w.sub(f, w.sub(h, low)));
}
/** The special values of a logarithm of u: -inf at zero, NaN below, infinity and NaN as they are. `x` is the argument. */
function logSpecials(w: WideLanes, x: Wide, u: Wide, y: Wide): Wide {
  const [zero, infinity] = [w.constant(0), w.constant(Infinity)];
  const finite = w.choose(w.less(x, infinity), y, x);
  return w.or(w.sub(finite, w.and(w.same(u, zero), infinity)), w.less(u, zero));
}
/** The natural logarithm, at most 1 ulp. */
export function log(w: WideLanes, x: Wide): Wide {
  const [m, k] = split(w, x);
  return logSpecials(w, x, x, logSum(w, w.sub(m, w.constant(1)), k));
}
/** log(1 + x), at most 2 ulp. */
export function log1p(w: WideLanes, x: Wide): Wide {
  const { l } = w;
  const u = w.add(x, w.constant(1));
  const k = exponentOf(w, u);
  // 2^-k (1 + x) - 1 with one rounding: 2^-k comes from 2^(2 - k), which is a normal number up to k = 1024.
  const power = w.powerOfTwo(l.isub(l.int(2), k));
  const quarter = w.constant(0.25);
  const f = w.fma(w.mul(x, power), quarter, w.fma(power, quarter, w.constant(-1)));
  return w.or(logSpecials(w, x, u, logSum(w, f, k)), w.signBit(x));
}
const unlessZero = (w: WideLanes, x: Wide, y: Wide, logarithm: Wide): Wide => w.andNot(w.mul(x, logarithm), w.and(w.same(x, w.constant(0)), w.same(y, y)));
/** x log(y), at most 2 ulp: 0 for x = 0 and every y but NaN. */
export const xlogy = (w: WideLanes, x: Wide, y: Wide): Wide => unlessZero(w, x, y, log(w, y));
/** x log(1 + y), at most 3 ulp: 0 for x = 0 and every y but NaN. */
export const xlog1py = (w: WideLanes, x: Wide, y: Wide): Wide => unlessZero(w, x, y, log1p(w, y));

/** tanh, at most 3 ulp: e / (e + 2) with e = expm1(2 |x|). */
export function tanh(w: WideLanes, x: Wide): Wide {
  const a = w.pmin(w.abs(x), w.constant(20));
  const e = expm1Within(w, w.add(a, a));
  return w.or(w.div(e, w.add(e, w.constant(2))), w.signBit(x));
}
/** 1 / (1 + exp(-x)), at most 2 ulp: below 0 as exp(x) / (1 + exp(x)), which does not underflow early. */
export function logistic(w: WideLanes, x: Wide): Wide {
  const [one, zero] = [w.constant(1), w.constant(0)];
  const e = exp(w, w.neg(w.abs(x)));
  return w.div(w.choose(w.less(x, zero), e, one), w.add(e, one));
}

/** Beyond it both are infinite. */
const end = 710.6;
/** (exp(r) - 1, 2^(n - 2)) with |x| = r + n ln 2. */
const expm1Quarter = (w: WideLanes, x: Wide): readonly [q: Wide, power: Wide] => expm1Parts(w, w.pmin(w.abs(x), w.constant(end)), -2);
/** sinh, at most 3 ulp: (e + e / (e + 1)) / 2 with e = expm1 |x|, of which a quarter overflows later than the result. */
export function sinh(w: WideLanes, x: Wide): Wide {
  const [q, power] = expm1Quarter(w, x);
  const quarter = w.fma(power, q, w.sub(power, w.constant(0.25)));
  const twice = w.add(quarter, quarter);
  return w.or(w.add(twice, w.div(quarter, w.add(twice, w.constant(0.5)))), w.signBit(x));
}
/** cosh, at most 2 ulp: (e + 1 / e) / 2 with e = exp |x|. */
export function cosh(w: WideLanes, x: Wide): Wide {
  const [q, power] = expm1Quarter(w, x);
  const quarter = w.fma(power, q, power);
  return w.add(w.add(quarter, quarter), w.div(w.constant(0.125), quarter));
}

/** From here on the square of a number swallows 1. */
const large = 2 ** 54;
/** log1p(u), and log(2 u) where `beyond`. */
const logOf = (w: WideLanes, beyond: Wide, u: Wide): Wide => w.add(log1p(w, u), w.and(beyond, w.constant(Math.LN2)));
/** asinh, at most 3 ulp: log(|x| + sqrt(x^2 + 1)), written without cancellation. */
export function asinh(w: WideLanes, x: Wide): Wide {
  const [a, one] = [w.abs(x), w.constant(1)];
  const beyond = w.atMost(w.constant(large), a);
  const square = w.mul(a, a);
  const u = w.add(a, w.div(square, w.add(one, w.sqrt(w.add(square, one)))));
  return w.or(logOf(w, beyond, w.choose(beyond, a, u)), w.signBit(x));
}
/** acosh, at most 3 ulp: log(x + sqrt(x^2 - 1)); NaN below 1. */
export function acosh(w: WideLanes, x: Wide): Wide {
  const beyond = w.atMost(w.constant(large), x);
  const t = w.sub(x, w.constant(1));
  const u = w.add(t, w.sqrt(w.mul(t, w.add(t, w.constant(2)))));
  return w.or(logOf(w, beyond, w.choose(beyond, x, u)), w.less(t, w.constant(0)));
}
/** atanh, at most 3 ulp: log1p(2 |x| / (1 - |x|)) / 2; infinite at -1 and 1, NaN outside. */
export function atanh(w: WideLanes, x: Wide): Wide {
  const a = w.abs(x);
  const y = log1p(w, w.div(w.add(a, a), w.sub(w.constant(1), a)));
  return w.or(w.mul(y, w.constant(0.5)), w.signBit(x));
}
