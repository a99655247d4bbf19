// sin, cos, tan on four float32 lanes. The argument is reduced in float64 lanes after Cody and Waite, "Software Manual for the Elementary
// Functions", 1980, which leaves it right to the last place below 2^30; beyond, the host computes.
// Floor 5. The bounds are measured by test/backend/math.test.ts, on every rung.
import { cosineOf, sineOf, tangentOf } from '../math/circular.ts';
import { byHost, type ScalarContext } from './host.ts';
import type { Lanes, Vector } from './lanes.ts';
import { WideLanes } from './wide.ts';

/** pi / 2 in two parts; the first has 23 bits, so that its products with integers below 2^30 are exact. */
const halfPiHigh = 1.5707962512969970703125;
const halfPiLow = 7.549789954891882e-8;
const reach = 2 ** 30;

/** (r, k): x = r + k pi / 2 with |r| <= pi / 4. k modulo 2^32. */
function quadrant(l: Lanes, x: Vector): readonly [r: Vector, k: Vector] {
  const w = new WideLanes(l);
  const v = w.promote(x);
  // Adding it leaves an integer in the low bits.
  const toInteger = w.constant(6755399441055744);
  const t = w.fma(v, w.constant(2 / Math.PI), toInteger);
  const n = w.sub(t, toInteger);
  const r = w.fma(n, w.constant(-halfPiLow), w.fma(n, w.constant(-halfPiHigh), v));
  return [w.demote(r), w.low(t)];
}
/** sin(x + turns pi / 2). */
function turned(c: ScalarContext, x: Vector, turns: 0 | 1): Vector {
  const l = c.lanes;
  const [r, quarter] = quadrant(l, x);
  const k = turns === 0 ? quarter : l.iadd(quarter, l.int(turns));
  const z = l.mul(r, r);
  const odd = l.shiftRight(l.shiftLeft(k, 31), 31);
  const y = l.select(odd, cosineOf(l, z), sineOf(l, r, z));
  const signed = l.xor(y, l.and(l.shiftLeft(k, 30), l.int(-2147483648)));
  return l.rarely(l.ge(l.abs(x), l.float(reach)), signed, () => byHost(c, turns === 0 ? 'sin' : 'cos', [x]));
}
/** tan, at most 4 ulp: in odd quarters minus the reciprocal. */
export function tan(c: ScalarContext, x: Vector): Vector {
  const l = c.lanes;
  const [r, k] = quadrant(l, x);
  const z = l.mul(r, r);
  const t = tangentOf(l, r, z);
  const y = l.select(l.shiftRight(l.shiftLeft(k, 31), 31), l.div(l.float(-1), t), t);
  return l.rarely(l.ge(l.abs(x), l.float(reach)), y, () => byHost(c, 'tan', [x]));
}
/** sin, at most 2 ulp. */
export const sin = (c: ScalarContext, x: Vector): Vector => turned(c, x, 0);
/** cos, at most 2 ulp. */
export const cos = (c: ScalarContext, x: Vector): Vector => turned(c, x, 1);
