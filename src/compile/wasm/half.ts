// Half precision in float64 lanes: values are rounded to the nearest number of IEEE 754 binary16, ties to even. Floor 5.
import { overflow } from '../math/half.ts';
import { floatBits } from '../math/words.ts';
import type { Lanes, Vector, Wide } from './lanes.ts';
import { WideLanes } from './wide.ts';

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
