// erf and erfinv of float32. Floor 5. The bounds are measured by test/backend/math.test.ts, on every rung.
import { expm1Within, logNormal, signBit } from './exponential.ts';
import { floatBits, type Words } from './words.ts';

/**
 * erf, at most 3 ulp: -expm1(-x g(x)) for x >= 0 with g(x) = -log(erfc(x)) / x, which is smooth; its minimax polynomial is weighted by
 * what an error does to the result. Near zero nothing cancels, and where erf is 1 nothing is left of the error.
 */
export function erf<V>(l: Words<V>, x: V): V {
  // The polynomial is g - 1 of the negated argument. At -3.93 the result is -1.
  const a = l.pmax(l.or(x, l.int(floatBits(-0))), l.float(-3.93));
  const g = l.polynomial(a, [
    -3.983208807767369e-5, -3.750516043510288e-4, -1.2365488801151514e-3, 2.240680914837867e-4, 1.9332509487867355e-2, 0.10281726717948914,
    -0.6366162300109863, 0.1283792108297348,
  ]);
  return l.or(l.abs(expm1Within(l, l.fma(a, g, a))), signBit(l, x));
}

/**
 * erfinv, at most 4 ulp; infinite at -1 and 1, NaN outside. x times a function of w = -log(1 - x^2), after M. Giles, "Approximating the
 * erfinv function" (GPU Computing Gems, 2011): one polynomial below w = 5, another in sqrt(w) above, where one argument in 300 lies.
 */
export function erfinv<V>(l: Words<V>, x: V): V {
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
