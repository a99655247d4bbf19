// pow and the float remainder on four float32 lanes, by way of float64 lanes. Floor 5. The bounds are measured by
// test/backend/math.test.ts, on every rung.
import { signBit } from '../math/exponential.ts';
import { exp2OfFraction, powerOf } from '../math/power.ts';
import { floatBits } from '../math/words.ts';
import { byHost, type ScalarContext } from './host.ts';
import type { Lanes, Vector, Wide } from './lanes.ts';
import { WideLanes } from './wide.ts';

/** log2 of positive finite float32 lanes, with a relative error of 1e-11. */
function log2(l: Lanes, w: WideLanes, a: Vector): Wide {
  const tiny = l.lt(a, l.float(1.1754943508222875e-38));
  const normal = l.select(tiny, l.mul(a, l.float(8388608)), a);
  const k = l.shiftRight(l.isub(normal, l.int(floatBits(Math.SQRT1_2))), 23);
  const m = w.promote(l.isub(normal, l.shiftLeft(k, 23)));
  const one = w.constant(1);
  const s = w.div(w.sub(m, one), w.add(m, one));
  const p = w.polynomial(w.mul(s, s), [0.34073010658534336, 0.4116727189977767, 0.5770835849651513, 0.9617966733417975, 2.8853900817900864]);
  return w.fma(s, p, w.fromInt(l.isub(k, l.and(tiny, l.int(23)))));
}
/** 2^z: the integral part of z in the exponent, a minimax polynomial for the rest. NaN stays. */
export function exp2(l: Lanes, w: WideLanes, z: Wide): Vector {
  const v = w.pmin(w.pmax(z, w.constant(-127)), w.constant(128));
  const n = w.floor(v);
  const p = exp2OfFraction(l, w.demote(w.sub(v, n)));
  return l.mul(p, l.shiftLeft(l.iadd(w.lowWord(n), l.int(127)), 23));
}

/** x to the power y as C's pow, at most 2 ulp; results below the least normal number are 0. */
export function pow(l: Lanes, x: Vector, y: Vector): Vector {
  const w = new WideLanes(l);
  return powerOf(l, x, y, a => exp2(l, w, w.mul(w.promote(y), log2(l, w, a))));
}

/** The remainder of the division that truncates, exact; the sign is the dividend's. */
export function remainder(c: ScalarContext, x: Vector, y: Vector): Vector {
  const l = c.lanes;
  const w = new WideLanes(l);
  const [a, b] = [l.abs(x), l.abs(y)];
  const [wideA, wideB] = [w.promote(a), w.promote(b)];
  // Below 2^28 the truncated quotient of float32 numbers, its product with the divisor, and the difference are exact in float64.
  const quotient = w.trunc(w.div(wideA, wideB));
  const rest = w.demote(w.sub(wideA, w.mul(quotient, wideB)));
  const usual = l.or(l.select(l.lt(a, b), a, rest), signBit(l, x));
  return l.rarely(w.ge(quotient, w.constant(2 ** 28)), usual, () => byHost(c, 'rem', [x, y]));
}
