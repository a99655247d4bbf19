// Powers of float32: what is special about them, and 2^x for a fraction. How the logarithm gets the digits that its product needs the emitters
// say. Floor 5.
import { signBit } from './exponential.ts';
import type { Words } from './words.ts';

/** 2^x for 0 <= x <= 1. */
export const exp2OfFraction = <V>(l: Words<V>, x: V): V => l.polynomial(x, [
  2.15659718378447e-4, 1.2482289457693696e-3, 9.673775173723698e-3, 5.548618361353874e-2, 0.24022908508777618, 0.6931470632553101, 1,
]);

/** x to the power y as C's pow; `finite` is |x|^y for positive finite |x|. */
export function powerOf<V>(l: Words<V>, x: V, y: V, finite: (a: V) => V): V {
  const [zero, one, infinity] = [l.float(0), l.float(1), l.float(Infinity)];
  const a = l.abs(x);
  // Zero and infinity are themselves or each other, which is one pattern of bits.
  const extreme = l.or(l.eq(a, zero), l.eq(a, infinity));
  const magnitude = l.select(extreme, l.xor(a, l.and(l.lt(y, zero), infinity)), finite(a));
  // An odd y keeps the sign; a y that is no integer has no power of a negative number.
  const integral = l.eq(l.trunc(y), y);
  const half = l.mul(y, l.float(0.5));
  const odd = l.andNot(integral, l.eq(l.trunc(half), half));
  const signed = l.xor(magnitude, l.and(odd, signBit(l, x)));
  const negative = l.and(l.lt(x, zero), l.lt(a, infinity));
  const real = l.or(signed, l.andNot(negative, integral));
  // NaN where an operand is NaN; but 1 to any power, anything to the power 0, and -1 to an infinite one, are 1.
  const nan = l.or(l.ne(x, x), l.ne(y, y));
  const always = l.or(l.or(l.eq(x, one), l.eq(y, zero)), l.and(l.eq(a, one), l.eq(l.abs(y), infinity)));
  return l.select(always, one, l.or(real, nan));
}
