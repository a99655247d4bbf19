// erfc on four float32 lanes, by way of float64 lanes. Floor 5. The bound is measured by test/backend/math.test.ts, on every rung.
import { erf } from '../math/errorFunction.ts';
import type { Lanes, Vector } from './lanes.ts';
import { exp2 } from './mathPower.ts';
import { WideLanes } from './wide.ts';

/**
 * erfc, at most 3 ulp: 1 - erf below 1/4; above, exp(-x^2), and exp(x^2) erfc(x), which is t = 1 / (x + 2) times a minimax polynomial in t.
 * Both are computed in float64 lanes: x^2 has more digits than float32, and so does the sum of the polynomial's large terms.
 */
export function erfc(l: Lanes, x: Vector): Vector {
  const w = new WideLanes(l);
  const v = w.promote(x);
  const gauss = exp2(l, w, w.mul(w.mul(v, v), w.constant(-Math.LOG2E)));
  const t = w.div(w.constant(1), w.add(v, w.constant(2)));
  const p = w.polynomial(t, [
    -33.247013092041016, 79.3246841430664, -68.24842071533203, 20.736011505126953, -1.7303937673568726, 3.403183698654175, 1.9274775981903076,
    1.1305190324783325, 0.5641481280326843,
  ]);
  return l.select(l.ge(x, l.float(0.25)), l.mul(gauss, w.demote(w.mul(t, p))), l.sub(l.float(1), erf(l, x)));
}
