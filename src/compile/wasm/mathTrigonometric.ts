// sin, cos, tan on four float32 lanes. The argument is reduced in float64 lanes after Cody and Waite, "Software Manual for the Elementary
// Functions", 1980, which leaves it right to the last place below 2^30; beyond, the host computes. Minimax polynomials by Remez' exchange.
// Floor 5. The bounds are measured by test/backend/math.test.ts, on every rung.
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
function sine(l: Lanes, r: Vector, z: Vector): Vector {
  return l.mul(r, l.polynomial(z, [-1.951828453456983e-4, 8.332189172506332e-3, -0.16666655242443085, 1]));
}
function cosine(l: Lanes, z: Vector): Vector {
  return l.polynomial(z, [2.4462200599373318e-5, -1.3887612149119377e-3, 4.1666653007268906e-2, -0.5, 1]);
}
/** sin(x + turns pi / 2). */
function turned(c: ScalarContext, x: Vector, turns: 0 | 1): Vector {
  const l = c.lanes;
  const [r, quarter] = quadrant(l, x);
  const k = turns === 0 ? quarter : l.iadd(quarter, l.int(turns));
  const z = l.mul(r, r);
  const odd = l.shiftRight(l.shiftLeft(k, 31), 31);
  const y = l.select(odd, cosine(l, z), sine(l, r, z));
  const signed = l.xor(y, l.and(l.shiftLeft(k, 30), l.int(-2147483648)));
  return l.rarely(l.ge(l.abs(x), l.float(reach)), signed, () => byHost(c, turns === 0 ? 'sin' : 'cos', [x]));
}
/** tan, at most 4 ulp: in odd quarters minus the reciprocal. */
export function tan(c: ScalarContext, x: Vector): Vector {
  const l = c.lanes;
  const [r, k] = quadrant(l, x);
  const z = l.mul(r, r);
  const p = l.polynomial(z, [9.259922429919243e-3, 3.3630954567342997e-3, 2.4251729249954224e-2, 5.347230285406113e-2, 0.13337847590446472, 0.3333320915699005, 1]);
  const t = l.mul(r, p);
  const y = l.select(l.shiftRight(l.shiftLeft(k, 31), 31), l.div(l.float(-1), t), t);
  return l.rarely(l.ge(l.abs(x), l.float(reach)), y, () => byHost(c, 'tan', [x]));
}
/** sin, at most 2 ulp. */
export const sin = (c: ScalarContext, x: Vector): Vector => turned(c, x, 0);
/** cos, at most 2 ulp. */
export const cos = (c: ScalarContext, x: Vector): Vector => turned(c, x, 1);
