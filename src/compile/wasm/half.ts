// Half precision in float32 and float64 lanes: values are rounded to the nearest number of IEEE 754 binary16, ties to even.
// Floor 5. No machine has lanes of half precision; f16 is float32 lanes, rounded after each instruction.
import { floatBits, type Lanes, type Vector, type Wide } from './lanes.ts';
import { WideLanes } from './wide.ts';

/** Next above the greatest half: what rounds to it is infinite. */
const overflow = 65536;

/**
 * Float32 lanes rounded to half. Adding 2^(exponent + 13), whose last place is the last place of a half, and taking it away again rounds;
 * below 2^-14 the spacing stays 2^-24, that of 0.5.
 */
export function roundHalf(l: Lanes, x: Vector): Vector {
  const infinity = l.int(floatBits(Infinity));
  // pmin and pmax keep NaN where it is their first operand.
  const a = l.pmin(l.abs(x), l.float(overflow));
  const m = l.pmax(l.mul(l.and(a, infinity), l.float(2 ** 13)), l.float(0.5));
  const r = l.sub(l.add(a, m), m);
  // The bits of 65536 are among those of infinity.
  const bounded = l.or(r, l.and(l.ge(r, l.float(overflow)), infinity));
  return l.or(bounded, l.and(x, l.int(floatBits(-0))));
}

/** Float64 lanes rounded to half in one step; the result is exact in float32 lanes. */
export function demoteToHalf(l: Lanes, x: Wide): Vector {
  const w = new WideLanes(l);
  const infinity = w.constant(Infinity);
  const a = w.pmin(w.abs(x), w.constant(overflow));
  const m = w.pmax(w.mul(w.and(a, infinity), w.constant(2 ** 42)), w.constant(2 ** 28));
  const r = w.demote(w.sub(w.add(a, m), m));
  const bounded = l.or(r, l.and(l.ge(r, l.float(overflow)), l.int(floatBits(Infinity))));
  return l.or(bounded, l.and(w.high(x), l.int(floatBits(-0))));
}
