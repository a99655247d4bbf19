// erf, erfc and erfinv on four float32 lanes. Floor 5. The bounds are measured by test/backend/math.test.ts, on every rung.
import { floatBits, type Lanes, type Vector } from './lanes.ts';
import { expm1Within, logNormal, signBit } from './mathExponential.ts';
import { exp2 } from './mathPower.ts';
import { WideLanes } from './wide.ts';

/**
 * erf, at most 3 ulp: -expm1(-x g(x)) for x >= 0 with g(x) = -log(erfc(x)) / x, which is smooth; its minimax polynomial is weighted by
 * what an error does to the result. Near zero nothing cancels, and where erf is 1 nothing is left of the error.
 */
export function erf(l: Lanes, x: Vector): Vector {
  // The polynomial is g - 1 of the negated argument. At -3.93 the result is -1.
  const a = l.pmax(l.or(x, l.int(floatBits(-0))), l.float(-3.93));
  const g = l.polynomial(a, [
    -3.983208807767369e-5, -3.750516043510288e-4, -1.2365488801151514e-3, 2.240680914837867e-4, 1.9332509487867355e-2, 0.10281726717948914,
    -0.6366162300109863, 0.1283792108297348,
  ]);
  return l.or(l.abs(expm1Within(l, l.fma(a, g, a))), signBit(l, x));
}

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

/**
 * erfinv, at most 4 ulp; infinite at -1 and 1, NaN outside. x times a function of w = -log(1 - x^2), after M. Giles, "Approximating the
 * erfinv function" (GPU Computing Gems, 2011): one polynomial below w = 5, another in sqrt(w) above, where one argument in 300 lies.
 */
export function erfinv(l: Lanes, x: Vector): Vector {
  const one = l.float(1);
  const u = l.mul(l.sub(one, x), l.add(one, x));
  const minusW = logNormal(l, u);
  const usual = l.polynomial(l.add(minusW, l.float(2.5)), [
    2.9094586295741465e-8, -3.451764314377215e-7, -3.5338784982741345e-6, 4.410848760016961e-6, 2.1861302957404405e-4, 1.2536682188510895e-3,
    -4.177705850452185e-3, -0.24664069712162018, 1.5014094114303589,
  ]);
  const rare = l.le(u, l.float(Math.exp(-5)));
  return l.mul(x, l.rarely(rare, usual, () => {
    const s = l.sub(l.sqrt(l.neg(minusW)), l.float(3));
    const tail = l.polynomial(s, [
      -2.1685866522602737e-4, 1.1363426892785355e-4, 1.370006357319653e-3, -3.6847484298050404e-3, 5.729872267693281e-3, -7.6199970208108425e-3,
      9.44074708968401e-3, 1.0016740560531616, 2.832976818084717,
    ]);
    return l.or(l.select(l.eq(u, l.float(0)), l.float(Infinity), tail), l.lt(u, l.float(0)));
  }));
}
