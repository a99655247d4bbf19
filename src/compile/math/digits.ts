// nextAfter and reducePrecision of float32 and of half precision in it: arithmetic on their bits. Floor 5. Exact, subnormal numbers included.
import { floatBits, type Words } from './words.ts';

/** Away from zero. */
const outwards = <V>(l: Words<V>, a: V, b: V): V => l.not(l.xor(l.lt(a, b), l.gt(a, l.float(0))));
/** Zeros go to `least` with the sign of `b`, equal operands to `b`, NaN stays. */
function ends<V>(l: Words<V>, a: V, b: V, next: V, least: V): V {
  const sign = l.int(floatBits(-0));
  const fromZero = l.select(l.eq(a, l.float(0)), l.or(least, l.and(b, sign)), next);
  const unequal = l.select(l.eq(a, b), b, fromZero);
  return l.select(l.or(l.ne(a, a), l.ne(b, b)), l.float(NaN), unequal);
}
/** The next float32 after `a` towards `b`. */
export function nextFloat<V>(l: Words<V>, a: V, b: V): V {
  // Bits without their sign count the numbers from zero on.
  return ends(l, a, b, l.select(outwards(l, a, b), l.iadd(a, l.int(1)), l.isub(a, l.int(1))), l.int(1));
}
/** The same of half precision, in float32. */
export function nextHalf<V>(l: Words<V>, a: V, b: V): V {
  const away = outwards(l, a, b);
  const size = l.abs(a);
  // A half is every 2^13th float32, but 2^-24 apart below 2^-14, from where inwards they are subnormal.
  const step = l.int(2 ** 13);
  const normal = l.select(away, l.iadd(size, step), l.isub(size, step));
  const least = l.float(2 ** -24);
  const subnormal = l.select(away, l.add(size, least), l.sub(size, least));
  const bound = l.float(2 ** -14);
  const isSmall = l.or(l.lt(size, bound), l.andNot(l.eq(size, bound), away));
  const next = l.select(l.eq(size, l.float(Infinity)), l.float(65504), l.select(isSmall, subnormal, normal));
  return ends(l, a, b, l.or(next, l.and(a, l.int(floatBits(-0)))), least);
}
/** Fewer digits, ties to even, and a smaller range: infinite beyond it, a zero of its sign below. */
export function reducePrecision<V>(l: Words<V>, a: V, dtype: 'f16' | 'f32', exponentBits: number, mantissaBits: number): V {
  const [exponents, digits] = dtype === 'f16' ? [5, 10] : [8, 23];
  const bias = exponentBits < exponents ? 2 ** (exponentBits - 1) - 1 : null;
  let y = mantissaBits < digits ? roundedBits(l, a, 23 - mantissaBits) : a;
  if (dtype === 'f16' && mantissaBits < digits) {
    // Below 2^-14 the digits of a half stand still: rounding is to multiples of one number, which adding a large one does.
    const large = l.float(2 ** (23 - 14 - mantissaBits));
    const size = l.abs(a);
    const small = l.or(l.sub(l.kept(l.add(size, large)), large), l.and(a, l.int(floatBits(-0))));
    y = l.select(l.lt(size, l.float(2 ** -14)), small, y);
  }
  if (bias !== null) {
    const sign = l.and(y, l.int(floatBits(-0)));
    const size = l.abs(y);
    y = l.select(l.ge(size, l.float(2 ** (bias + 1))), l.or(sign, l.float(Infinity)), l.select(l.lt(size, l.float(2 ** (1 - bias))), sign, y));
  }
  return l.select(l.lt(l.abs(a), l.float(Infinity)), y, a);
}
/** Without the last `dropped` bits: half of their range is added, less one where the last bit that stays is 0. */
function roundedBits<V>(l: Words<V>, a: V, dropped: number): V {
  const last = l.and(l.shiftRight(a, dropped, false), l.int(1));
  return l.and(l.iadd(a, l.iadd(last, l.int(2 ** (dropped - 1) - 1))), l.int(-(2 ** dropped)));
}
