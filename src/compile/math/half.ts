// Half precision in float32: values are rounded to the nearest number of IEEE 754 binary16, ties to even. Floor 5.
// f16 is float32 that is rounded after each instruction.
import { floatBits, type Words } from './words.ts';

/** Next above the greatest half: what rounds to it is infinite. */
export const overflow = 65536;

/**
 * Float32 rounded to half. Adding 2^(exponent + 13), whose last place is the last place of a half, and taking it away again rounds;
 * below 2^-14 the spacing stays 2^-24, that of 0.5.
 */
export function roundHalf<V>(l: Words<V>, x: V): V {
  const infinity = l.int(floatBits(Infinity));
  // pmin and pmax keep NaN where it is their first operand.
  const a = l.pmin(l.abs(x), l.float(overflow));
  const m = l.pmax(l.mul(l.and(a, infinity), l.float(2 ** 13)), l.float(0.5));
  const r = l.sub(l.kept(l.add(a, m)), m);
  // The bits of 65536 are among those of infinity.
  const bounded = l.or(r, l.and(l.ge(r, l.float(overflow)), infinity));
  return l.or(bounded, l.and(x, l.int(floatBits(-0))));
}
