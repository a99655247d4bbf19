// pow, cbrt and the float remainder on four float64 lanes. pow after fdlibm's (Sun Microsystems, 1993): the logarithm has a tail. Floor 5.
// The bounds are measured by test/backend/math.test.ts, on every rung.
import { cubeRoot } from '../math/cubeRoot.ts';
import { byHostWide, type ScalarContext } from './host.ts';
import type { Wide } from './lanes.ts';
import { exp2Tail, split } from './mathWideExponential.ts';
import { WideLanes } from './wide.ts';

/** log2 of positive finite numbers as a sum: the first part has 21 bits, the whole an absolute error below 2^-64 or a relative one. */
function log2(w: WideLanes, a: Wide): readonly [high: Wide, low: Wide] {
  const [m, k] = split(w, a);
  const [one, three] = [w.constant(1), w.constant(3)];
  const [u, sum] = [w.sub(m, one), w.add(m, one)];
  const v = w.div(one, sum);
  // s = (m - 1) / (m + 1) in two parts; 3 atanh(s) / s = 3 + s^2 + s^4 p.
  const s = w.mul(u, v);
  const sHead = w.head(s);
  const sumHead = w.head(sum);
  const sumTail = w.sub(m, w.sub(sumHead, one));
  const sTail = w.mul(v, w.sub(w.sub(u, w.mul(sHead, sumHead)), w.mul(sHead, sumTail)));
  const z = w.mul(s, s);
  const p = w.polynomial(z, [
    0.1798510372606952, 0.17512038068589683, 0.2000448544689852, 0.23076835065022186, 0.27272728309000105, 0.33333333326276043,
    0.42857142857167785, 0.5999999999999996,
  ]);
  const rest = w.add(w.mul(w.mul(z, z), p), w.mul(sTail, w.add(sHead, s)));
  const square = w.mul(sHead, sHead);
  const factor = w.head(w.add(w.add(three, square), rest));
  const factorTail = w.sub(rest, w.sub(w.sub(factor, three), square));
  const product = w.mul(sHead, factor);
  const productTail = w.add(w.mul(sTail, factor), w.mul(factorTail, s));
  const high = w.head(w.add(product, productTail));
  const low = w.sub(productTail, w.sub(high, product));
  // Times 2 / (3 ln 2).
  const scaledHigh = w.mul(high, w.constant(9.61796700954437255859e-1));
  const scaledLow = w.add(w.mul(high, w.constant(-7.02846165095275826516e-9)), w.mul(low, w.constant(9.61796693925975554329e-1)));
  const n = w.fromInt(k);
  const total = w.head(w.add(w.add(scaledHigh, scaledLow), n));
  return [total, w.sub(scaledLow, w.sub(w.sub(total, n), scaledHigh))];
}
/** x to the power y as C's pow, at most 2 ulp. */
export function pow(w: WideLanes, x: Wide, y: Wide): Wide {
  const [zero, one, infinity, end] = [w.constant(0), w.constant(1), w.constant(Infinity), w.constant(1100)];
  const a = w.abs(x);
  const [logHigh, logLow] = log2(w, a);
  // Beyond 2^65 the exponent can grow no more powerful: no logarithm but that of 1 is below 2^-53.
  const exponent = w.pmin(w.pmax(y, w.constant(-(2 ** 65))), w.constant(2 ** 65));
  const head = w.head(exponent);
  const high = w.mul(head, logHigh);
  const low = w.add(w.mul(w.sub(exponent, head), logHigh), w.mul(exponent, logLow));
  const sum = w.add(high, low);
  const inside = w.less(w.abs(sum), end);
  const bounded = w.pmin(w.pmax(sum, w.neg(end)), end);
  const finite = exp2Tail(w, w.choose(inside, high, bounded), w.and(inside, low));
  // Zero and infinity are themselves or each other, which is one pattern of bits.
  const extreme = w.or(w.same(a, zero), w.same(a, infinity));
  const magnitude = w.choose(extreme, w.xor(a, w.and(w.less(y, zero), infinity)), finite);
  // An odd y keeps the sign; a y that is no integer has no power of a negative number.
  const integral = w.same(w.trunc(y), y);
  const half = w.mul(y, w.constant(0.5));
  const odd = w.andNot(integral, w.same(w.trunc(half), half));
  const signed = w.xor(magnitude, w.and(odd, w.signBit(x)));
  const negative = w.and(w.less(x, zero), w.less(a, infinity));
  const real = w.or(signed, w.andNot(negative, integral));
  // NaN where an operand is NaN; but 1 to any power, anything to the power 0, and -1 to an infinite one, are 1.
  const nan = w.or(w.nan(x), w.nan(y));
  const always = w.or(w.or(w.same(x, one), w.same(y, zero)), w.and(w.same(a, one), w.same(w.abs(y), infinity)));
  return w.choose(always, one, w.or(real, nan));
}

/** cbrt, at most 1 ulp: the root of a float32, and one step of Halley's iteration. */
export function cbrt(w: WideLanes, x: Wide): Wide {
  const { l } = w;
  const a = w.abs(x);
  const tiny = w.less(a, w.constant(2.2250738585072014e-308));
  const normal = w.choose(tiny, w.mul(a, w.constant(2 ** 54)), a);
  const high = w.high(normal);
  // floor(k / 3) of the exponent by a product, which is exact for numbers of this size.
  const shifted = l.iadd(l.shiftRight(high, 20), l.int(3072 - 1023));
  const third = l.isub(l.shiftRight(l.imul(shifted, l.int(21846)), 16), l.int(1024));
  // The mantissa with the exponent that is left, in [1, 8).
  const m = w.fromWords(w.low(normal), l.isub(high, l.shiftLeft(l.iadd(third, l.iadd(third, third)), 20)));
  const y = w.promote(cubeRoot(l, w.demote(m)));
  const cube = w.mul(w.mul(y, y), y);
  const root = w.sub(y, w.div(w.mul(y, w.sub(cube, m)), w.add(w.add(cube, cube), m)));
  const scaled = w.mul(root, w.powerOfTwo(l.isub(third, l.and(w.low(tiny), l.int(18)))));
  const finite = w.and(w.less(w.constant(0), a), w.less(a, w.constant(Infinity)));
  return w.choose(finite, w.or(scaled, w.signBit(x)), x);
}

/** The remainder of the division that truncates, exact; the sign is the dividend's. */
export function remainder(c: ScalarContext, x: Wide, y: Wide): Wide {
  const w = new WideLanes(c.lanes);
  const [a, b, zero] = [w.abs(x), w.abs(y), w.constant(0)];
  const quotient = w.trunc(w.div(a, b));
  // Below 2^21 the products of the quotient with both halves of the divisor are exact, and so are the differences; the quotient may be one too large.
  const head = w.head(b);
  const rest = w.sub(w.sub(a, w.mul(quotient, head)), w.mul(quotient, w.sub(b, head)));
  const positive = w.choose(w.less(rest, zero), w.add(rest, b), rest);
  const usual = w.or(w.choose(w.less(a, b), a, positive), w.signBit(x));
  return w.rarely(w.atMost(w.constant(2 ** 21), quotient), usual, () => byHostWide(c, 'rem', [x, y]));
}
