// The logarithm of the gamma function and its derivatives on numbers, in float64: to a few units in the last place, except next to
// the zeros that they have on the negative axis, where the error is a few 1e-16 absolutely.
// Floor 2: arithmetic only, knows no record. Chebyshev coefficients were fitted with 60-digit arithmetic.
import { hurwitzZeta } from './hurwitzZeta.ts';
import { chebyshev, gauss10, integrate } from './quadrature.ts';

/** log Gamma(x) / ((x - 1)(x - 2)) on [1, 3], in t = x - 2. */
export const nearTwo: readonly number[] = [
  0.44148902545501423, -0.11119580321752523, 0.01951044826068884, -0.003922461463025264, 0.0008478989895953857, -0.00019153855341365593,
  4.454470184975607e-5, -1.05728743735943e-5, 2.5474336873408417e-6, -6.208535880776316e-7, 1.5268677399071546e-7, -3.782637660291326e-8,
  9.428100823624284e-9, -2.361999702184645e-9, 5.943541905817546e-10, -1.501312977072867e-10, 3.8050196458110534e-11, -9.672485299656325e-12,
  2.465348198355661e-12, -6.298868140791711e-13, 1.6128460030283787e-13, -4.137949206814042e-14, 1.0635701227757898e-14,
  -2.7382420786652826e-15, 7.060670507214892e-16, -1.8232177141662118e-16, 4.714169006756272e-17, -1.2204107319639856e-17, 3.1630451661790255e-18,
];
/** digamma(x) / (x - root) on [1, 2], in t = 2x - 3. */
export const aroundRoot: readonly number[] = [
  0.983570260441567, -0.2270640863346444, 0.03336889902393011, -0.005320077271596548, 0.0008788656937820505, -0.00014773492650606044,
  2.5060543468359146e-5, -4.2721034029993324e-6, 7.302769272465923e-7, -1.2502886813559594e-7, 2.1425009322359472e-8, -3.673295918565179e-9,
  6.299717236108931e-10, -1.080593028883266e-10, 1.853735192053638e-11, -3.18023536582553e-12, 5.456147570322795e-13, -9.360993131036438e-14,
  1.606064636295075e-14, -2.7555431377438815e-15, 4.727736178601912e-16, -8.11148420346509e-17, 1.391707769474154e-17,
];
/** The positive zero of digamma, in two parts. */
const rootHigh = 1.4616321449683622;
const rootLow = 9.549995429965697e-17;
export const halfLogTwoPi = 0.9189385332046728;

/** B_2k / (2k (2k - 1)), and B_2k / 2k: Stirling's series and that of digamma (DLMF 5.11.1 and 5.11.2), enough of them from 10 on. */
export const stirling: readonly number[] = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400, 43867 / 244188];
export const digammaTail: readonly number[] = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160, 43867 / 14364];
/** The sum of c[k] / x^(2k). */
function inSquares(c: readonly number[], x: number): number {
  const u = 1 / x / x;
  let sum = 0;
  for (let k = c.length - 1; k >= 0; k--) sum = sum * u + (c[k] ?? 0);
  return sum;
}

/** sin(pi x): the argument is reduced before it is multiplied. */
export function sinPi(x: number): number {
  const r = x - 2 * Math.round(x / 2);
  return Math.abs(r) <= 0.5 ? Math.sin(Math.PI * r) : Math.sin(Math.PI * (Math.sign(r) - r));
}
export function cosPi(x: number): number {
  const r = Math.abs(x - 2 * Math.round(x / 2));
  return r <= 0.25 ? Math.cos(Math.PI * r) : r <= 0.75 ? Math.sin(Math.PI * (0.5 - r)) : -Math.cos(Math.PI * (1 - r));
}

/** What Stirling's formula (x - 1/2) log x - x + log(2 pi) / 2 lacks of log Gamma(x), for x >= 10. */
export const stirlingRemainder = (x: number): number => inSquares(stirling, x) / x;

/** log |Gamma(x)|: infinite at 0 and the negative integers, and at both infinities. */
export function logGamma(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) === Infinity || (x <= 0 && Number.isInteger(x))) return Infinity;
  if (x >= 10) return (x - 0.5) * (Math.log(x) - 1) + (halfLogTwoPi - 0.5 + stirlingRemainder(x));
  // Reflection, DLMF 5.5.3.
  if (x < -10) return Math.log(Math.PI / Math.abs(sinPi(x))) - logGamma(1 - x);
  // The recurrence, towards [1, 3], whose zeros at 1 and 2 are factors.
  if (x > 3) {
    let [y, product] = [x, 1];
    while (y > 3) product *= --y;
    return Math.log(product) + nearOneAndTwo(y - 1, y - 2);
  }
  // Not -0 at 1.
  if (x >= 1) return nearOneAndTwo(x - 1, x - 2) + 0;
  // x + 1 would lose digits of a small x; its distances from 1 and 2 do not.
  if (x > -0.5) return nearOneAndTwo(x, x - 1) - Math.log(Math.abs(x));
  let [y, product] = [x, 1];
  while (y < 1) product *= y++;
  return nearOneAndTwo(y - 1, y - 2) - Math.log(Math.abs(product));
}
/** log Gamma between 1/2 and 3, from the distances to 1 and 2; the expansion holds a little outside [1, 3], too. */
const nearOneAndTwo = (fromOne: number, fromTwo: number): number =>
  fromTwo < -1 ? nearOneAndTwo(fromOne + 1, fromTwo + 1) - Math.log1p(fromOne) : fromOne * fromTwo * chebyshev(nearTwo, fromTwo);

/** The derivative of log Gamma: NaN at 0, the negative integers and -Infinity. */
export function digammaOf(x: number): number {
  if (x === Infinity) return Infinity;
  if (x >= 10) return Math.log(x) - 0.5 / x - inSquares(digammaTail, x) / x / x;
  if (x >= 1) {
    let [y, sum] = [x, 0];
    while (y > 2) sum += 1 / --y;
    return sum + ((y - rootHigh) - rootLow) * chebyshev(aroundRoot, 2 * y - 3);
  }
  if (x > 0) return digammaOf(x + 1) - 1 / x;
  if (Number.isInteger(x) || !(x > -Infinity)) return NaN;
  // Reflection, DLMF 5.5.4.
  return digammaOf(1 - x) - Math.PI * cosPi(x) / sinPi(x);
}

/** The derivative of order n + 1 of log Gamma, n >= 0. At 0 and the negative integers it is infinite for odd n, NaN for even n. */
export function polygammaOf(n: number, x: number): number {
  if (n === 0) return digammaOf(x);
  const zeta = hurwitzZeta(n + 1, x);
  const magnitude = x > 0 && (n > 170 || zeta < 1e-280) ? scaledPolygamma(n, x) : factorial(n) * zeta;
  return n % 2 === 1 ? magnitude : -magnitude;
}
/** n! zeta(n + 1, x), where the first factor overflows or the second one underflows: with x^(n + 1) taken out of the sum. */
function scaledPolygamma(n: number, x: number): number {
  // DLMF 5.15.8; what is left out is of order (n / x)^4 / 720.
  if (x > 1000 * n) return Math.exp(logGamma(n) - n * Math.log(x)) * (1 + n / (2 * x) + n * (n + 1) / 12 / x / x);
  let sum = 1;
  for (let k = 1, term = 1; term > 1e-17; k++) sum += term = (1 + k / x) ** (-n - 1);
  return Math.exp(logGamma(n + 1) - (n + 1) * Math.log(x)) * sum;
}
export function factorial(n: number): number {
  let product = 1;
  for (let k = 2; k <= n; k++) product *= k;
  return product;
}

/** log Gamma(a + b) - log Gamma(a) for a, b > 0, to a few units in the last place of the result also where b is tiny beside a. */
export function logGammaStep(a: number, b: number): number {
  if (b > 0.5 * a && b > 2) return logGamma(a + b) - logGamma(a);
  // The integral of digamma, away from its pole: Gamma(a + b + 2) / Gamma(a + 2) and what it lacks. The rule converges as 9.9^-20.
  if (a < 8) return integrate(digammaOf, a + 2, b, gauss10) - Math.log1p(b / a) - Math.log1p(b / (a + 1));
  return integrate(digammaOf, a, b, gauss10);
}
