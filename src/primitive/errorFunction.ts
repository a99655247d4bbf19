// The error function and its inverse on numbers, in float64, to within a few units in the last place.
// Floor 2: arithmetic only, knows no record. Coefficients were fitted with 60-digit arithmetic.
import { chebyshev } from './quadrature.ts';

const twoOverSqrtPi = 1.1283791670955126;

/** Taylor coefficients of erf(x) / x in x^2: 2 / sqrt(pi) * (-1)^n / (n! (2n + 1)). At |x| = 1 the next one is 1e-20. */
export const erfSeries: readonly number[] = [
  1.1283791670955126, -0.37612638903183754, 0.11283791670955126, -0.026866170645131252, 0.005223977625442188, -0.0008548327023450853,
  0.00012055332981789664, -1.492565035840625e-5, 1.6462114365889248e-6, -1.6365844691234924e-7, 1.4807192815879218e-8, -1.2290555301717928e-9,
  9.422759064650411e-11, -6.7113668551641105e-12, 4.4632242632864775e-13, -2.7835162072109215e-14, 1.6342614095367152e-15, -9.063970842808673e-17,
  4.763348040515068e-18, -2.3784598852774293e-19,
];
/**
 * exp(x^2) erfc(x) on 1 <= x <= 6 as a polynomial in t = 9.6 / (x + 2) - 2.2, which runs over [-1, 1]: a truncated Chebyshev
 * expansion with an error of 3e-18. The variable is the one of Shepherd and Laframboise, Math. Comp. 36 (1981), 249-253.
 */
const scaledComplement: readonly number[] = [
  0.2214295402299318, 0.16189356804102495, 0.038560570425182406, 0.005588816281841378, 0.00019713917772835564, -8.079220428770654e-5,
  -7.340517941470624e-6, 1.979561974691787e-6, 1.6349938636339256e-7, -7.005371491880312e-8, -5.886321053854852e-10, 2.6250035432507722e-9,
  -2.6866682864095234e-10, -7.46844869131507e-11, 2.211621110863333e-11, 4.768762673351584e-13, -9.32059013818178e-13,
];

/** x exp(x^2) erfc(x) for x >= 6, Chebyshev coefficients in t = 72 / x^2 - 1. */
const scaledTail: readonly number[] = [
  0.5603874949378894, -0.0037644967870190307, 3.698729804476604e-5, -5.912293529244797e-7, 1.2927848568567902e-8, -3.554450382700824e-10,
  1.169123615029381e-11, -4.4516637926929027e-13, 1.9171763060217432e-14, -9.178540101208144e-16, 4.820238777304872e-17,
];

/** Horner's rule. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * x + (coefficients[i] ?? 0);
  return value;
}

/** 1 - erf(x) for 1 <= x, to full relative accuracy; from 28 on it is below the least number. */
function complement(x: number): number {
  if (x >= 28) return 0;
  // x^2 does not fit in 53 bits; the square of its first 24 bits does, and the rest is a small factor.
  const head = Math.fround(x);
  const scaled = x < 6 ? polynomial(scaledComplement, 9.6 / (x + 2) - 2.2) : chebyshev(scaledTail, 72 / (x * x) - 1) / x;
  return Math.exp(-head * head) * Math.exp((head - x) * (head + x)) * scaled;
}

/** 1 - erf(x), to full relative accuracy also where it is tiny. */
export function complementaryErrorFunction(x: number): number {
  return x >= 1 ? complement(x) : x <= -1 ? 2 - complement(-x) : 1 - errorFunction(x);
}

/** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export function errorFunction(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude < 1) return x * polynomial(erfSeries, x * x);
  if (magnitude >= 1) return x < 0 ? complement(magnitude) - 1 : 1 - complement(magnitude);
  return NaN;
}

/** The x with erf(x) = y; infinite at -1 and 1, NaN outside. Halley's iteration triples the digits of a start that has two. */
export function inverseErrorFunction(y: number): number {
  const magnitude = Math.abs(y);
  if (!(magnitude < 1)) return magnitude === 1 ? y * Infinity : NaN;
  let x: number;
  if (magnitude < 0.5) {
    // The first four terms of the Maclaurin series, then two steps.
    x = magnitude * polynomial([0.886226925452758, 0.2320136665346545, 0.12755617530559796, 0.08655212924154754], y * y);
    for (let i = 0; i < 2; i++) x = halley(x, errorFunction(x) - magnitude);
  } else {
    // S. Winitzki, "A handy approximation for the error function and its inverse" (2008): two to three digits everywhere.
    const shape = 0.147;
    const log = Math.log((1 - magnitude) * (1 + magnitude));
    const half = 2 / (Math.PI * shape) + log / 2;
    x = Math.sqrt(Math.sqrt(half * half - log / shape) - half);
    // 1 - |y| is exact, so that the difference of complements keeps the digits that the difference of values would lose.
    for (let i = 0; i < 3; i++) x = halley(x, x < 1 ? errorFunction(x) - magnitude : (1 - magnitude) - complement(x));
  }
  return y < 0 ? -x : y === 0 ? y : x;
}
/** One step towards the root of erf(x) - y, whose second derivative is -2x times its first. */
function halley(x: number, residual: number): number {
  const newton = residual / (twoOverSqrtPi * Math.exp(-x * x));
  return x - newton / (1 + x * newton);
}
