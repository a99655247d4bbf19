// besselI0e and besselI1e of float32 in WGSL, where there is no float64: the reference's Chebyshev expansions in numbers of two parts. Floor 5.
import { i0Far, i0Near, i1Far, i1Near } from '../../primitive/besselFunction.ts';
import type { Code, Term } from './code.ts';
import { addPairs, constantPair, exactProduct, mulPairs, quickSum, timesPair, type Pair } from './pair.ts';

/** The terms that float32 can tell. */
const forSingle = (c: readonly number[]): readonly number[] => c.slice(0, c.findIndex(x => Math.abs(x) < 1e-10));
const negated = (c: Code, x: Pair<Term>): Pair<Term> => ({ high: c.neg(x.high), low: c.neg(x.low) });
/** The sum of c[k] T_k(t) for -1 <= t <= 1 by Clenshaw's recurrence. */
function chebyshev(c: Code, coefficients: readonly number[], t: Pair<Term>): Pair<Term> {
  const twice = { high: c.add(t.high, t.high), low: c.add(t.low, t.low) };
  let [next, afterNext] = [constantPair<Term>(c, coefficients.at(-1) ?? 0), constantPair<Term>(c, 0)];
  const step = (by: Pair<Term>, k: number): Pair<Term> => addPairs<Term>(c, addPairs<Term>(c, constantPair<Term>(c, coefficients[k] ?? 0), negated(c, afterNext)), mulPairs<Term>(c, by, next));
  for (let k = coefficients.length - 2; k > 0; k--) [next, afterNext] = [step(twice, k), next];
  return step(t, 0);
}
/** x / y in two parts. */
function quotient(c: Code, x: Pair<Term>, y: Pair<Term>): Pair<Term> {
  const first = c.kept(c.div(x.high, y.high));
  const back = exactProduct<Term>(c, first, y.high);
  const rest = c.add(c.sub(c.kept(c.sub(x.high, back.high)), back.low), c.sub(x.low, c.mul(first, y.low)));
  return quickSum<Term>(c, first, c.div(rest, y.high));
}
const single = (c: Code, high: Term): Pair<Term> => ({ high, low: c.float(0) });
function scaledBessel(c: Code, x: Term, near: readonly number[], far: readonly number[], odd: boolean): Term {
  const a = c.abs(x);
  const inner = chebyshev(c, forSingle(near), quickSum<Term>(c, c.float(-1), c.mul(c.pmin(a, c.float(8)), c.float(0.25))));
  // Near zero the function is its slope, where products of halves would be flushed.
  const small = odd ? c.select(c.lt(a, c.float(2 ** -60)), c.mul(x, c.float(0.5)), timesPair<Term>(c, x, inner).high) : inner.high;
  const y = c.rarely(c.lt(c.float(8), a), small, () => {
    const b = c.pmin(a, c.float(2 ** 127));
    const t = addPairs<Term>(c, constantPair<Term>(c, -1), quotient(c, constantPair<Term>(c, 16), single(c, b)));
    // The root of a quarter, whose square does not overflow, and what is left of it.
    const quarter = c.mul(a, c.float(0.25));
    const s = c.kept(c.sqrt(quarter));
    const square = exactProduct<Term>(c, s, s);
    const low = c.div(c.sub(c.kept(c.sub(quarter, square.high)), square.low), c.add(s, s));
    const value = c.mul(quotient(c, chebyshev(c, forSingle(far), t), quickSum<Term>(c, s, low)).high, c.float(0.5));
    const positive = c.select(c.eq(a, c.float(Infinity)), c.float(0), value);
    return odd ? c.xor(positive, c.and(x, c.int(-2147483648))) : positive;
  });
  return c.select(c.isNaN(x), x, y);
}
/** At most 1 ulp. */
export const besselI0e = (c: Code, x: Term): Term => scaledBessel(c, x, i0Near, i0Far, false);
export const besselI1e = (c: Code, x: Term): Term => scaledBessel(c, x, i1Near, i1Far, true);
