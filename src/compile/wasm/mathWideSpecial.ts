// erf, erfc, erfinv on four float64 lanes, fitted by Remez' exchange with 45 digits, erfinv after M. Giles, "Approximating the erfinv
// function" (GPU Computing Gems, 2011). And by way of float64, with the reference's expansions, lgamma, digamma, besselI0e, besselI1e on
// float32 lanes; in float64 itself they would lose more digits than the reference. Floor 5. The bounds are measured by test/backend/math.test.ts, on every rung.
import { i0Far, i0Near, i1Far, i1Near } from '../../primitive/besselFunction.ts';
import { erfSeries } from '../../primitive/errorFunction.ts';
import { digammaTail, halfLogTwoPi, nearTwo, stirling } from '../../primitive/gammaFunction.ts';
import type { Lanes, Vector, Wide } from './lanes.ts';
import { cosine, sine } from './mathWideCircular.ts';
import { expOfSum, log } from './mathWideExponential.ts';
import { WideLanes } from './wide.ts';

const ascending = (w: WideLanes, x: Wide, coefficients: readonly number[]): Wide => w.polynomial(x, [...coefficients].reverse());

/** 1 - erf(a) for 1/2 <= a: exp(-a^2) / (a + 2) times what hardly varies, a minimax polynomial in 1 / (a + 2). */
function complement(w: WideLanes, a: Wide): Wide {
  const x = w.pmin(a, w.constant(28));
  // x^2 does not fit in 53 bits; the square of its first 24 bits does, and the rest is a small factor.
  const head = w.promote(w.demote(x));
  const q = w.div(w.constant(1), w.add(x, w.constant(2)));
  const p = w.polynomial(w.fma(q, w.constant(5.375), w.constant(-1.1875)), [
    -1.2160803276565824e-10, -1.499023006548518e-11, 1.1943111314999353e-9, -9.630768305639152e-10, -5.223090079980934e-9,
    1.2671791299189625e-8, 3.776331007808381e-9, -7.706512289131643e-8, 1.2888500104022762e-7, 2.39584039523291e-7, -1.2753422233865414e-6,
    4.915283683734121e-7, 8.419139057293604e-6, -1.5271547258778902e-5, -5.011577060567044e-5, 1.780435410641494e-4, 3.683273311038304e-4,
    -1.903798066909939e-3, -5.266577398235813e-3, 1.8744162058410035e-2, 0.14682939185724173, 0.4642041570193871, 0.945397911138002,
  ]);
  return w.mul(expOfSum(w, w.neg(w.mul(head, head)), w.mul(w.sub(head, x), w.add(head, x))), w.mul(q, p));
}
const erfNear = (w: WideLanes, x: Wide): Wide => w.mul(x, ascending(w, w.mul(x, x), erfSeries));
/** erf, at most 2 ulp. */
export function erf(w: WideLanes, x: Wide): Wide {
  const [a, one] = [w.abs(x), w.constant(1)];
  const far = w.or(w.sub(one, complement(w, a)), w.signBit(x));
  return w.choose(w.less(a, one), erfNear(w, x), far);
}
/** erfc, at most 5 ulp. */
export function erfc(w: WideLanes, x: Wide): Wide {
  const [a, one] = [w.abs(x), w.constant(1)];
  const far = complement(w, a);
  const outside = w.choose(w.less(x, w.constant(0)), w.sub(w.constant(2), far), far);
  return w.choose(w.less(a, w.constant(0.5)), w.sub(one, erfNear(w, x)), outside);
}
/** erfinv, at most 5 ulp; infinite at -1 and 1, NaN outside. x times a function of v = -log(1 - x^2), beyond 25/4 and 16 of its root. */
export function erfinv(w: WideLanes, x: Wide): Wide {
  const one = w.constant(1);
  const u = w.mul(w.sub(one, x), w.add(one, x));
  const v = w.neg(log(w, u));
  const usual = w.polynomial(w.sub(v, w.constant(3.125)), [
    -4.323717050014136e-21, -1.6926610475442277e-19, 1.3222286570316827e-18, 1.1197172411845493e-17, -1.341577319452414e-16,
    2.0102336241065002e-17, 6.648600906289369e-15, -4.053487242253272e-14, -8.160800319246874e-14, 2.633427311224982e-12,
    -1.2974673382606214e-11, -5.41537270560006e-11, 1.0512107445216915e-9, -4.1126351636946075e-9, -2.9070366797241703e-8,
    4.234787804184019e-7, -1.3654692038836069e-6, -1.3882523364911839e-5, 1.8673420803639104e-4, -7.407025341652987e-4,
    -6.033670871430705e-3, 0.24015818242558948, 1.653654562683103,
  ]);
  const beyond = w.less(w.constant(6.25), v);
  const factor = w.rarely(beyond, usual, () => {
    const root = w.sqrt(v);
    const middle = w.polynomial(w.sub(root, w.constant(3.25)), [
      3.228963078624997e-9, 9.087638367781675e-8, -2.777479401789875e-7, 1.794923781676452e-8, 1.5054584294906804e-6, -4.0135778048092175e-6,
      2.9218977259391567e-6, 1.247515114155699e-5, -4.731771598374993e-5, 6.828489766982309e-5, 2.4031010523080085e-5, -3.55037528260509e-4,
      9.532893906483282e-4, -1.6882755553079304e-3, 2.4914420955113046e-3, -3.7512085075983434e-3, 5.370914553602604e-3, 1.0052589676941597,
      3.0838856104922203,
    ]);
    const last = w.polynomial(w.sub(root, w.constant(5)), [
      -7.174613136108305e-12, -2.4653187217352463e-10, 1.4290941941726033e-9, -3.823911769624596e-9, 7.740628105248296e-9,
      -1.4907635079318385e-8, 2.9045438400374025e-8, -6.775241455496651e-8, 2.290508670053446e-7, -9.929661227356587e-7, 4.52605154947795e-6,
      -1.96817815826644e-5, 7.599527830154988e-5, -2.1503011898259155e-4, -1.387193183901054e-4, 1.0103004648645262, 4.849906401408584,
    ]);
    const tail = w.choose(w.less(v, w.constant(16)), middle, last);
    return w.choose(w.same(v, w.constant(Infinity)), v, tail);
  });
  // Outside [-1, 1] the logarithm was NaN.
  return w.mul(x, factor);
}

/** The sum of c[k] T_k(t) for -1 <= t <= 1 by Clenshaw's recurrence. */
function chebyshev(w: WideLanes, c: readonly number[], t: Wide): Wide {
  const twice = w.add(t, t);
  let [next, afterNext] = [w.constant(c.at(-1) ?? 0), w.constant(0)];
  for (let k = c.length - 2; k > 0; k--) [next, afterNext] = [w.fma(twice, next, w.sub(w.constant(c[k] ?? 0), afterNext)), next];
  return w.fma(t, next, w.sub(w.constant(c[0] ?? 0), afterNext));
}
/** The terms that float32 can tell. */
const forSingle = (c: readonly number[]): readonly number[] => c.slice(0, c.findIndex(x => Math.abs(x) < 1e-10));
type Expansions = readonly [near: readonly number[], far: readonly number[]];
const order0: Expansions = [i0Near, i0Far];
const order1: Expansions = [i1Near, i1Far];
/** exp(-|x|) I_n(x): on [0, 8] an expansion in |x| / 4 - 1, from there on one in 16 / |x| - 1 divided by the root of |x|. */
function scaledBessel(w: WideLanes, x: Wide, [near, far]: Expansions, odd: boolean): Wide {
  const [a, one] = [w.abs(x), w.constant(1)];
  const inner = chebyshev(w, near, w.sub(w.mul(w.pmin(a, w.constant(8)), w.constant(0.25)), one));
  const small = odd ? w.mul(inner, x) : inner;
  return w.rarely(w.less(w.constant(8), a), small, () => {
    const y = w.div(chebyshev(w, far, w.sub(w.div(w.constant(16), a), one)), w.sqrt(a));
    return odd ? w.or(y, w.signBit(x)) : y;
  });
}
/** A float32 function by way of float64. */
const ofSingle = (f: (w: WideLanes, x: Wide) => Wide) => (l: Lanes, x: Vector): Vector => { const w = new WideLanes(l); return w.demote(f(w, w.promote(x))); };
const singleOf = ([near, far]: Expansions): Expansions => [forSingle(near), forSingle(far)];
/** At most 1 ulp. */
export const besselI0eSingle = ofSingle((w, x) => scaledBessel(w, x, singleOf(order0), false));
export const besselI1eSingle = ofSingle((w, x) => scaledBessel(w, x, singleOf(order1), true));

/** (sin(pi a), cos(pi a)) but for their signs, and a minus the nearest integer. */
function halfTurns(w: WideLanes, a: Wide): readonly [sin: Wide, cos: Wide, rest: Wide] {
  const rest = w.sub(a, w.nearest(a));
  const q = w.abs(rest);
  const low = w.atMost(q, w.constant(0.25));
  const r = w.mul(w.choose(low, q, w.sub(w.constant(0.5), q)), w.constant(Math.PI));
  const [z, none] = [w.mul(r, r), w.constant(0)];
  const [s, c] = [sine(w, r, none, z), cosine(w, r, none, z)];
  return [w.choose(low, s, c), w.choose(low, c, s), rest];
}
/** x, x + 1 ... x + n - 1 multiplied, as a polynomial, lowest power first. */
function rising(n: number): readonly number[] {
  let p: readonly number[] = [1];
  for (let k = 0; k < n; k++) p = [0, ...p].map((c, i) => c + k * (p[i] ?? 0));
  return p;
}
/**
 * lgamma of float32, at most 1 ulp but next to the zeros on the negative axis, where it is 4: with a = |x| the reference's expansion on
 * [0, 3], from there on Stirling's series, below 10 at a + 5; reflected for x < 0. What is a logarithm of a product is taken once.
 */
export const lgammaSingle = ofSingle((w, x) => {
  const [a, one, zero, infinity] = [w.abs(x), w.constant(1), w.constant(0), w.constant(Infinity)];
  const tiny = w.less(a, one);
  // The distances from 1 and 2 of a, or of a + 1, keep the digits of a small a.
  const fromOne = w.choose(tiny, a, w.sub(a, one));
  const fromTwo = w.sub(fromOne, one);
  const near = w.mul(w.mul(fromOne, fromTwo), chebyshev(w, nearTwo, fromTwo));
  const three = w.constant(3);
  const beyond = w.less(three, a);
  const below = w.less(a, w.constant(10));
  const core = w.rarely(beyond, near, () => {
    const y = w.choose(below, w.add(a, w.constant(5)), a);
    const inverse = w.div(one, y);
    const series = w.mul(inverse, ascending(w, w.mul(inverse, inverse), stirling));
    return w.fma(w.sub(y, w.constant(0.5)), w.sub(log(w, y), one), w.add(w.constant(halfLogTwoPi - 0.5), series));
  });
  const product = w.choose(w.atMost(a, three), w.choose(tiny, a, one), w.choose(below, ascending(w, w.pmin(a, w.constant(10)), rising(5)), one));
  const negative = w.less(x, zero);
  const [s] = halfTurns(w, a);
  // DLMF 5.5.3 with a = -x.
  const factor = w.div(w.choose(negative, w.mul(product, w.constant(Math.PI)), one), w.choose(negative, w.mul(a, s), product));
  const y = w.add(w.xor(core, w.and(negative, w.constant(-0))), log(w, factor));
  return w.choose(w.same(a, infinity), infinity, y);
});
/**
 * digamma of float32, at most 1 ulp but next to the zeros on the negative axis, where it is 4: at a + 8 with a = |x| by its asymptotic series,
 * less the sum of 1 / (a + k), which is a quotient of polynomials; reflected for x < 0.
 */
export const digammaSingle = ofSingle((w, x) => {
  const [a, one, zero] = [w.abs(x), w.constant(1), w.constant(0)];
  const steps = 8;
  const y = w.add(a, w.constant(steps));
  const inverse = w.div(one, y);
  const u = w.mul(inverse, inverse);
  const series = w.sub(w.sub(log(w, y), w.mul(inverse, w.constant(0.5))), w.mul(u, ascending(w, u, digammaTail)));
  // Where a is greater the sum is nothing, and its powers do not overflow.
  const b = w.pmin(a, w.constant(1e15));
  const product = rising(steps);
  const sum = w.div(ascending(w, b, product.slice(1).map((c, i) => c * (i + 1))), ascending(w, b, product));
  const positive = w.sub(series, sum);
  // DLMF 5.5.4 with a = -x.
  const [s, c, rest] = halfTurns(w, a);
  const cotangent = w.or(w.div(w.mul(c, w.constant(Math.PI)), s), w.signBit(rest));
  const negative = w.add(w.add(positive, w.div(one, a)), cotangent);
  const pole = w.and(w.atMost(x, zero), w.same(w.trunc(x), x));
  return w.or(w.choose(w.less(x, zero), negative, positive), pole);
});
