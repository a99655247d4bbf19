// The Hurwitz zeta function on numbers, in float64, and its derivatives with respect to the exponent.
// Floor 2: arithmetic only, knows no record.
import { Jets, type Jet } from './jet.ts';

/** B_2j / (2j)!, j = 1 ... 12. */
export const bernoulli: readonly number[] = [
  1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160, -691 / 1307674368000, 1 / 74724249600, -3617 / 10670622842880000,
  // oxlint-disable-next-line eslint/no-loss-of-precision -- the nearest doubles of the exact integers are meant
  43867 / 5109094217170944000, -174611 / 802857662698291200000, 77683 / 14101100039391805440000, -236364091 / 1693824136731743669452800000,
];
/** From here, plus half the exponent, on twelve terms of Euler and Maclaurin suffice; they are cut short where they no longer count. */
const far = 12;

/**
 * The sum of (q + k)^-s over k >= 0 (DLMF 25.11.1), for s > 1: NaN below 1, infinite at 1. For q <= 0 the exponent must be an integer:
 * infinite (even) or NaN (odd) at the poles q = 0, -1, -2, ...
 *
 * Summed as far as q + k >= 12 + s / 2, then by Euler's and Maclaurin's formula (DLMF 25.11.28).
 */
export function hurwitzZeta(s: number, q: number): number {
  if (Number.isNaN(q) || !(s >= 1)) return NaN;
  if (q <= 0) return leftOfZero(s, q);
  if (s === 1) return Infinity;
  if (q === Infinity) return 0;
  if (s === Infinity) return q < 1 ? Infinity : q === 1 ? 1 : 0;
  let sum = 0;
  let a = q;
  for (; a < far + s / 2; a++) {
    const term = a ** -s;
    sum += term;
    if (sum === Infinity) return Infinity;
    if (term * (a + s) <= 1e-18 * (s - 1) * sum) return sum;
  }
  const power = a ** -s;
  sum += a ** (1 - s) / (s - 1) + 0.5 * power;
  let factor = power * s / a;
  for (let j = 0; j < bernoulli.length; j++) {
    const term = (bernoulli[j] ?? 0) * factor;
    sum += term;
    if (Math.abs(term) <= 1e-17 * sum) break;
    factor *= (s + 2 * j + 1) / a * ((s + 2 * j + 2) / a);
  }
  return sum;
}

/** Of an integer exponent: all (f + k)^-s with k an integer, less those left of q. Those of an odd exponent cancel in pairs around 0, exactly at halves. */
function leftOfZero(s: number, q: number): number {
  if (!Number.isInteger(s) || q === -Infinity) return NaN;
  const sign = s % 2 === 0 ? 1 : -1;
  if (Number.isInteger(q)) return sign > 0 ? Infinity : NaN;
  if (s === 1) return Infinity;
  const f = q - Math.floor(q);
  return (hurwitzZeta(s, f) + sign * hurwitzZeta(s, 1 - f)) - sign * hurwitzZeta(s, 1 - q);
}

/** The derivative of order n of `hurwitzZeta` with respect to s, for q > 0; NaN for q <= 0, where the exponents are integers. */
export function hurwitzZetaDerivative(n: number, s: number, q: number): number {
  if (n === 0) return hurwitzZeta(s, q);
  if (!(s > 1) || !(q > 0)) return NaN;
  if (s === Infinity || q === Infinity) return 0;
  const j = new Jets(n, 0);
  const exponent = j.variable('a', s);
  const power = (base: number): Jet => j.exp(j.scale(-Math.log(base), exponent));
  let sum = j.constant(0);
  let a = q;
  // Derivatives weigh large terms more: by powers of the logarithm, which vanishes at 1.
  for (let k = 0; a < far + s / 2; a = q + ++k) {
    const term = power(a);
    sum = j.add(sum, term);
    const [latest, whole] = [Math.abs(term[n] ?? 0), Math.abs(sum[n] ?? 0)];
    if (!(whole < Infinity) || (a > 2 && k > 0 && latest * (a + s) <= 1e-18 * (s - 1) * whole)) return j.derivative(sum);
  }
  const last = power(a);
  sum = j.add(sum, j.scale(0.5, last), j.scale(a, j.divide(last, j.shift(exponent, -1))));
  let factor = j.scale(1 / a, j.multiply(last, exponent));
  for (let k = 0; k < bernoulli.length; k++) {
    sum = j.add(sum, j.scale(bernoulli[k] ?? 0, factor));
    factor = j.scale(1 / a / a, j.multiply(factor, j.multiply(j.shift(exponent, 2 * k + 1), j.shift(exponent, 2 * k + 2))));
  }
  return j.derivative(sum);
}
