// The regularised incomplete beta function on numbers, in float64, to its own last digits also where it is tiny; the density of the
// beta distribution; and the derivatives of both with respect to the two shapes.
// Floor 2: arithmetic only, knows no record.
import { logGamma, logGammaStep, polygammaOf, stirlingRemainder } from './gammaFunction.ts';
import { infiniteOrZero, lessLog1p } from './incompleteGammaFunction.ts';
import { Jets, Progress, type Jet } from './jet.ts';

/** Steps of the continued fraction: shapes beyond about 1e9 next to their mean need more, and give NaN. */
const mostSteps = 200_000;

/** k log(k / m) + m - k, from k, log(m / k) and k - m, each as well as it is known. */
function deviance(k: number, logRatio: number, difference: number): number {
  return Math.abs(difference) < 0.4 * k ? k * lessLog1p(-difference / k) : -k * logRatio - difference;
}
/**
 * x^(a - p) (1 - x)^(b - q) / (a b B(a, b)), which has no pole where one shape is 0. Of two large shapes by their saddle point (C. Loader, "Fast and accurate computation of binomial
 * probabilities", 2000): the logarithms would cancel.
 */
function mass(a: number, b: number, x: number, y: number, p = 0, q = 0): number {
  const [least, most] = a < b ? [a, b] : [b, a];
  const [logX, logY] = [x < 0.5 ? Math.log(x) : Math.log1p(-y), y < 0.5 ? Math.log(y) : Math.log1p(-x)];
  if (least >= 15) {
    const n = a + b;
    const d = x < y ? a - n * x : n * y - b;
    const both = deviance(a, logX - Math.log(a / n), d) + deviance(b, logY - Math.log(b / n), -d);
    const value = Math.exp(stirlingRemainder(n) - stirlingRemainder(a) - stirlingRemainder(b) - both) * Math.sqrt(a / n) * Math.sqrt(b / (2 * Math.PI));
    if (value > 1e-280 || p + q === 0) return value / a / b / x ** p / y ** q;
  }
  return Math.exp((a - p) * logX + (b - q) * logY + logGammaStep(most, least) - logGamma(least + 1)) / most;
}

/** a I_x(a, b) B(a, b) / (x^a (1 - x)^b), a continued fraction (DLMF 8.17.22), by Lentz's method. It converges for x < 1, fast below the mean. */
function fraction(a: number, b: number, x: number): number {
  let [c, d] = [1, 1 / nonzero(1 - (a + b) * x / (a + 1))];
  let h = d;
  for (let m = 1; m < mostSteps; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonzero(1 + even * d);
    c = nonzero(1 + even / c);
    h *= d * c;
    const odd = -(a + m) * (a + b + m) / (a + 2 * m) * x / (a + 2 * m + 1);
    d = 1 / nonzero(1 + odd * d);
    c = nonzero(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) <= 2e-16) return h;
  }
  return NaN;
}
const nonzero = (x: number): number => x === 0 ? 1e-300 : x;

/**
 * 1 - I_y(b, a) for b < 1, where that is nearly 1: by the series of I_y (DLMF 8.17.7 with 15.2.1) as far as it differs from its first
 * term, and by expm1 of that term.
 */
function smallShape(a: number, b: number, y: number, logY: number): number {
  const log = b * logY + logGammaStep(a, b) - logGammaStep(1, b);
  let [sum, term] = [0, 1];
  for (let n = 1; n < 10_000; n++) {
    term *= (n - a) / n * y;
    sum += term / (b + n);
    if (Math.abs(term) <= 1e-18 * Math.abs(sum)) break;
  }
  return -Math.expm1(log) - Math.exp(log) * b * sum;
}

/** I_x(a, b) for x below about the mean; y is 1 - x. */
function tail(a: number, b: number, x: number, y: number): number {
  const weight = mass(a, b, x, y) * b;
  return weight === 0 ? 0 : weight * fraction(a, b, x);
}

/** Arguments whose value is a limit, or not defined; null elsewhere. */
function edge(a: number, b: number, x: number): number | null {
  if (!(a >= 0) || !(b >= 0) || !(x >= 0) || x > 1) return NaN;
  const [atZero, atOne] = [a === 0 || b === Infinity, b === 0 || a === Infinity];
  if (atZero && atOne) return NaN;
  if (x === 0 || x === 1) return x;
  return atZero ? 1 : atOne ? 0 : null;
}

/** I_x(a, b), the integral of t^(a - 1) (1 - t)^(b - 1) / B(a, b) from 0 to x, for a, b >= 0 and 0 <= x <= 1; NaN elsewhere. DLMF 8.17.2. */
export function incompleteBeta(a: number, b: number, x: number): number {
  const known = edge(a, b, x);
  if (known !== null) return known;
  const y = 1 - x;
  if (x < (a + 1) / (a + b + 2)) return tail(a, b, x, y);
  // 1 less the other tail (DLMF 8.17.4), which is nearly 1 only for a small b.
  const value = 1 - tail(b, a, y, x);
  return b < 1 && value < 0.5 ? smallShape(a, b, y, x < 0.5 ? Math.log1p(-x) : Math.log(y)) : value;
}

/** The derivative of orders m, n of I_x(a, b) with respect to a and b. */
export function incompleteBetaDerivative(m: number, n: number, a: number, b: number, x: number): number {
  if (m === 0 && n === 0) return incompleteBeta(a, b, x);
  const known = edge(a, b, x);
  if (known !== null && (Number.isNaN(known) || x === 0 || x === 1 || a + b === Infinity)) return Number.isFinite(known) ? 0 : NaN;
  const j = new Jets(m, n);
  const y = 1 - x;
  const [inA, inB] = [j.variable('a', a), j.variable('b', b)];
  const factor = j.scale(mass(a, b, x, y), factorJet(j, a, b, x));
  if (x < (a + 1) / (a + b + 2)) return j.derivative(j.multiply(j.multiply(factor, inB), fractionJet(j, inA, inB, x)));
  return -j.derivative(j.multiply(j.multiply(factor, inA), fractionJet(j, inB, inA, y)));
}
/** What `mass` computes as a jet in a and b, divided by its value. */
function factorJet(j: Jets, a: number, b: number, x: number): Jet {
  const power = (base: number): (k: number) => number => k => k === 1 ? base : 0;
  return j.exp(j.add(
    j.compose('a', power(Math.log(x))), j.compose('b', power(Math.log1p(-x))),
    j.compose('a + b', k => k === 0 ? 0 : polygammaOf(k - 1, a + b)),
    j.compose('a', k => k === 0 ? 0 : -polygammaOf(k - 1, a + 1)), j.compose('b', k => k === 0 ? 0 : -polygammaOf(k - 1, b + 1)),
  ));
}
/** As `fraction`, on jets. */
function fractionJet(j: Jets, a: Jet, b: Jet, x: number): Jet {
  const one = j.constant(1);
  const sum = j.add(a, b);
  const progress = new Progress();
  let c = one;
  let d = j.divide(one, j.shift(j.scale(-x, j.divide(sum, j.shift(a, 1))), 1));
  let h = d;
  const step = (term: Jet): void => {
    d = j.divide(one, j.shift(j.multiply(term, d), 1));
    c = j.shift(j.divide(term, c), 1);
    h = j.multiply(h, j.multiply(c, d));
  };
  for (let m = 1; m < mostSteps; m++) {
    const before = h;
    const twice = j.shift(a, 2 * m);
    step(j.scale(m * x, j.divide(j.shift(b, -m), j.multiply(j.shift(a, 2 * m - 1), twice))));
    // Where b - m is 0 the fraction stands still for half a step; a whole one always moves it.
    step(j.scale(-x, j.divide(j.multiply(j.shift(a, m), j.shift(sum, m)), j.multiply(twice, j.shift(a, 2 * m + 1)))));
    if (progress.rests(j.change(before, h))) return h;
  }
  return j.constant(NaN);
}

/**
 * The derivative of orders m, n with respect to a and b of (a - 1) ... (a - p) (b - 1) ... (b - q) x^(a - 1 - p) (1 - x)^(b - 1 - q) / B(a, b):
 * without shifts p, q the density of the beta distribution. Its derivative with respect to x is the one with p one greater, less the one
 * with q one greater: so the family is closed.
 */
export function betaDensityDerivative(m: number, n: number, p: number, q: number, a: number, b: number, x: number): number {
  if (!(a >= 0) || !(b >= 0) || !(x >= 0) || x > 1 || a + b === 0) return NaN;
  if (a + b === Infinity) return a === b || a === 0 || b === 0 ? NaN : 0;
  if (x === 0) return atOrigin(m, n, p, q, a, b);
  if (x === 1) return atOrigin(n, m, q, p, b, a);
  const j = new Jets(m, n);
  const value = mass(a, b, x, 1 - x, p + 1, q + 1);
  return j.derivative(j.scale(value, j.multiply(j.multiply(falling(j, 'a', a, p), falling(j, 'b', b, q)), factorJet(j, a, b, x))));
}
/** shape (shape - 1) ... (shape - last), as a jet. */
function falling(j: Jets, which: 'a' | 'b', shape: number, last: number): Jet {
  let product = j.variable(which, shape);
  for (let k = 1; k <= last; k++) product = j.multiply(product, j.variable(which, shape - k));
  return product;
}
/** At x = 0, where the power of x is 0, 1 or infinite, and that of 1 - x is 1. */
function atOrigin(m: number, n: number, p: number, q: number, a: number, b: number): number {
  const power = a - 1 - p;
  if (power > 0) return 0;
  const inA = new Jets(m, 0);
  const inB = new Jets(n, 0);
  const own = falling(inA, 'a', a, p);
  const left = power === 0 && m === 0 ? own[0] ?? 0 : infiniteOrZero(own, m);
  const log = inB.compose('a', k => k === 0 ? logGamma(a + b) - logGamma(a + 1) - logGamma(b + 1) : polygammaOf(k - 1, a + b) - polygammaOf(k - 1, b + 1));
  const right = inB.derivative(inB.multiply(falling(inB, 'a', b, q), inB.exp(log)));
  // Nothing times an infinity is nothing, as it is next to here.
  return left === 0 || right === 0 ? 0 : left * right;
}
