// The regularised incomplete gamma functions P and Q on numbers, in float64, each to its own last digits also where the other is
// nearly 1; the density x^(a - 1) e^-x / Gamma(a); and the derivatives of these with respect to a.
// Floor 2: arithmetic only, knows no record.
import { complementaryErrorFunction } from './errorFunction.ts';
import { logGamma, logGammaStep, polygammaOf, stirlingRemainder } from './gammaFunction.ts';
import { Jets, Progress, type Jet } from './jet.ts';

/** Steps of a series or continued fraction; those that need more, shapes beyond 1e8 next to their mean, are asymptotic or NaN. */
const mostSteps = 200_000;

/** x - log(1 + x), without cancellation next to 0. */
export function lessLog1p(x: number): number {
  if (Math.abs(x) > 0.4) return x - Math.log1p(x);
  // log((1 + r) / (1 - r)) = 2 (r + r^3 / 3 + ...) with r = x / (2 + x), from which r x + 2 r = x.
  const r = x / (2 + x);
  const u = r * r;
  let [sum, power] = [0, u];
  for (let k = 3; ; k += 2) {
    const next = sum + power / k;
    if (next === sum) return r * (x - 2 * sum);
    sum = next;
    power *= u;
  }
}

/**
 * x^a e^-x / Gamma(a + 1), the mass of a Poisson distribution: for large a by its saddle point, where the logarithms would cancel
 * (C. Loader, "Fast and accurate computation of binomial probabilities", 2000).
 */
function mass(a: number, x: number): number {
  if (a < 15) return powerTimesExp(a, x) * Math.exp(-logGamma(a + 1));
  const d = (x - a) / a;
  const deviance = d > -0.9 ? a * lessLog1p(d) : x - a + a * Math.log(a / x);
  return Math.exp(-stirlingRemainder(a) - deviance) / Math.sqrt(2 * Math.PI * a);
}

/** x^p e^-x for |p| < 20: in halves, one of which may be subnormal where the product is not. */
const powerTimesExp = (p: number, x: number): number => x > 2000 ? 0 : Math.exp(-x / 2) * x ** p * Math.exp(-x / 2);

/** The sum of x^k / ((a + 1) ... (a + k)): all terms are positive. */
function series(a: number, x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; k < mostSteps; k++) {
    term *= x / (a + k);
    sum += term;
    if (term <= 1e-17 * sum) return sum;
  }
  return NaN;
}
/** Q Gamma(a) x^-a e^x, a continued fraction (DLMF 8.9.2), from which Lentz's method as W. J. Thompson and A. R. Barnett give it. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let k = 1; k < mostSteps; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / nonzero(numerator * d + b);
    c = nonzero(b + numerator / c);
    const step = c * d;
    h *= step;
    if (Math.abs(step - 1) <= 2e-16) return h;
  }
  return NaN;
}
const nonzero = (x: number): number => x === 0 ? 1e-300 : x;

/**
 * Coefficients of eta^j a^-k in Temme's uniform expansion (N. M. Temme, SIAM J. Math. Anal. 10 (1979), 757-766; DLMF 8.12), computed
 * with rational numbers. For a >= 20,000 and |eta| < 0.2 what is left out is below 1e-17.
 */
export const temme: readonly (readonly number[])[] = [
  [
    -0.3333333333333333, 0.08333333333333333, -0.014814814814814815, 0.0011574074074074073, 0.0003527336860670194, -0.0001787551440329218,
    3.919263178522438e-5, -2.185448510679992e-6, -1.85406221071516e-6, 8.296711340953087e-7, -1.7665952736826078e-7, 6.707853543401498e-9,
    1.0261809784240309e-8,
  ],
  [
    -0.001851851851851852, -0.003472222222222222, 0.0026455026455026454, -0.0009902263374485596, 0.00020576131687242798,
    -4.018775720164609e-7, -1.8098550334489977e-5, 7.64916091608111e-6, -1.6120900894563446e-6, 4.647127802807434e-9,
  ],
  [0.004133597883597883, -0.0026813271604938273, 0.0007716049382716049, 2.0093878600823047e-6, -0.0001073665322636516, 5.2923448829120125e-5],
  [0.0006494341563786008, 0.00022947209362139917, -0.0004691894943952557],
];
/** P (sign -1) or Q (sign 1) of a large a, for x near it. */
function uniform(a: number, x: number, sign: 1 | -1): number {
  const d = (x - a) / a;
  const half = lessLog1p(d);
  const eta = Math.sign(d) * Math.sqrt(2 * half);
  let correction = 0;
  for (let k = temme.length - 1; k >= 0; k--) correction = correction / a + polynomial(temme[k] ?? [], eta);
  return 0.5 * complementaryErrorFunction(sign * eta * Math.sqrt(a / 2)) + sign * correction * Math.exp(-a * half) / Math.sqrt(2 * Math.PI * a);
}
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + (coefficients[i] ?? 0);
  return value;
}
const isUniform = (a: number, x: number): boolean => a >= 20_000 && Math.abs(x - a) < 0.15 * a;

/** Q of a small a and an x below about 1, where P is nearly 1: 1 - x^a / Gamma(a + 1), and the rest of the series of P (W. Gautschi, ACM TOMS 5 (1979), 466-481). */
function smallShape(a: number, x: number): number {
  const log = a * Math.log(x) - logGammaStep(1, a);
  let [sum, term] = [0, 1];
  for (let k = 1; k < 200; k++) {
    term *= -x / k;
    sum += term / (a + k);
    if (Math.abs(term) <= 1e-18 * Math.abs(sum)) break;
  }
  return -Math.expm1(log) - Math.exp(log) * a * sum;
}

/** Arguments whose value is a limit, or not defined; null elsewhere. `lower` is P there. */
function edge(a: number, x: number): number | null {
  if (!(a >= 0) || !(x >= 0) || (a === 0 && x === 0)) return NaN;
  if (x === Infinity || a === 0) return 1;
  return x === 0 || a === Infinity ? 0 : null;
}

/** P(a, x), the integral of t^(a - 1) e^-t / Gamma(a) from 0 to x, for a, x >= 0; NaN elsewhere and at a = x = 0. DLMF 8.2.4. */
export function lowerGamma(a: number, x: number): number {
  const known = edge(a, x);
  if (known !== null) return known;
  if (isUniform(a, x)) return uniform(a, x, -1);
  if (x <= 1.1 || x <= a) return mass(a, x) * series(a, x);
  return 1 - mass(a, x) * a * fraction(a, x);
}
/** Q(a, x) = 1 - P(a, x). */
export function upperGamma(a: number, x: number): number {
  const known = edge(a, x);
  if (known !== null) return known === 0 ? 1 : known === 1 ? 0 : NaN;
  if (isUniform(a, x)) return uniform(a, x, 1);
  if (x > 1.1) return x <= a ? 1 - mass(a, x) * series(a, x) : mass(a, x) * a * fraction(a, x);
  // P is small where x^a is: then nothing cancels.
  const direct = x <= 0.5 ? -0.4 / Math.log(x) < a : 1.1 * x < a;
  return direct ? 1 - mass(a, x) * series(a, x) : smallShape(a, x);
}

/** The derivative of order n of P with respect to a. */
export function lowerGammaDerivative(n: number, a: number, x: number): number {
  if (n === 0) return lowerGamma(a, x);
  const known = edge(a, x);
  if (known !== null && (Number.isNaN(known) || x === 0 || a === Infinity || x === Infinity)) return Number.isFinite(known) ? 0 : NaN;
  const j = new Jets(n, 0);
  const shape = j.variable('a', a);
  if (x <= 1.1 || x <= a) return j.derivative(j.multiply(j.scale(mass(a, x), factorJet(j, a, x)), seriesJet(j, shape, x)));
  return -j.derivative(j.multiply(j.multiply(j.scale(mass(a, x), factorJet(j, a, x)), shape), fractionJet(j, shape, x)));
}
/** x^a / Gamma(a + 1) as a jet in a, divided by its value. */
function factorJet(j: Jets, a: number, x: number): Jet {
  return j.exp(j.compose('a', k => k === 0 ? 0 : (k === 1 ? Math.log(x) : 0) - polygammaOf(k - 1, a + 1)));
}
function seriesJet(j: Jets, shape: Jet, x: number): Jet {
  let sum = j.constant(1);
  let term = sum;
  for (let k = 1; k < mostSteps; k++) {
    term = j.divide(j.scale(x, term), j.shift(shape, k));
    sum = j.add(sum, term);
    if (j.negligible(term, sum)) return sum;
  }
  return j.constant(NaN);
}
/** As `fraction`, on jets. */
function fractionJet(j: Jets, shape: Jet, x: number): Jet {
  const minus = j.scale(-1, shape);
  const progress = new Progress();
  let b = j.shift(minus, x + 1);
  let c = j.constant(1e300);
  let d = j.divide(j.constant(1), b);
  let h = d;
  for (let k = 1; k < mostSteps; k++) {
    const numerator = j.scale(-k, j.shift(minus, k));
    b = j.shift(b, 2);
    d = j.divide(j.constant(1), j.add(j.multiply(numerator, d), b));
    c = j.add(b, j.divide(numerator, c));
    const next = j.multiply(h, j.multiply(c, d));
    if (progress.rests(j.change(h, next))) return next;
    h = next;
  }
  return j.constant(NaN);
}

/**
 * The derivative of order n with respect to a of (a - 1) ... (a - shift) x^(a - 1 - shift) e^-x / Gamma(a): of shift 0 the density of
 * the gamma distribution. Its derivative with respect to x is the one with the shift one greater, less itself: so the family is closed.
 */
export function gammaDensityDerivative(n: number, shift: number, a: number, x: number): number {
  if (!(a >= 0) || !(x >= 0)) return NaN;
  if (x === Infinity || a === Infinity) return 0;
  const j = new Jets(n, 0);
  // a / Gamma(a + 1) has no pole at 0.
  let product = j.variable('a', a);
  for (let k = 1; k <= shift; k++) product = j.multiply(product, j.variable('a', a - k));
  const power = a - 1 - shift;
  if (x === 0) return power > 0 ? 0 : power === 0 && n === 0 ? (product[0] ?? 0) * Math.exp(-logGamma(a + 1)) : infiniteOrZero(product, n);
  // Near the origin x^a may vanish where x^power does not.
  const value = a < 15 ? powerTimesExp(power, x) * Math.exp(-logGamma(a + 1)) : massOver(a, x, shift + 1);
  return j.derivative(j.scale(value, j.multiply(product, factorJet(j, a, x))));
}
/** x^(a - less) e^-x / Gamma(a + 1), where the mass itself may be subnormal. */
function massOver(a: number, x: number, less: number): number {
  const value = mass(a, x);
  return value > 1e-280 ? value / x ** less : Math.exp((a - less) * Math.log(x) - x - logGamma(a + 1));
}
/** The derivatives of product times x^power at x = 0 for a power <= 0: each order brings a factor log x, less one for a zero of the product. */
export function infiniteOrZero(product: Jet, n: number): number {
  const [head = 0, slope = 0] = product;
  if (head !== 0) return head * (n % 2 === 0 ? Infinity : -Infinity);
  return n === 0 ? 0 : slope * (n % 2 === 1 ? Infinity : -Infinity);
}
