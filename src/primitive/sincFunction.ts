// sin(pi x) / (pi x) and its derivatives on numbers, in float64. Floor 2: arithmetic only, knows no record.
import { cosPi, factorial, sinPi } from './gammaFunction.ts';
import { gauss20, integrate } from './quadrature.ts';

/**
 * The derivative of order n of sin(pi x) / (pi x), which is 1 at 0. With z = pi x and s the same function of z, from
 * z s^(n) + n s^(n - 1) = sin(z + n pi / 2) upwards where that is stable, else by the integral of t^n cos(z t + n pi / 2) over [0, 1].
 */
export function sincDerivative(n: number, x: number): number {
  if (Math.abs(x) === Infinity) return 0;
  const z = Math.PI * x;
  const scale = Math.PI ** n;
  if (n === 0) return x === 0 ? 1 : sinPi(x) / z;
  // sin, cos, -sin, -cos
  const turn = (k: number): number => (k % 2 === 0 ? sinPi(x) : cosPi(x)) * (k % 4 < 2 ? 1 : -1);
  if (Math.abs(z) > n + 2) {
    let value = sinPi(x) / z;
    for (let k = 1; k <= n; k++) value = (turn(k) - k * value) / z;
    return scale * value;
  }
  if (Math.abs(z) < 0.5) return scale * series(n, z);
  return scale * integrate(t => t ** n * Math.cos(z * t + n * Math.PI / 2), 0, 1, gauss20);
}
/** The Maclaurin series, differentiated: terms (-1)^k z^(2k - n) / ((2k + 1) (2k - n)!). */
function series(n: number, z: number): number {
  const first = Math.ceil(n / 2);
  let sum = 0;
  for (let k = first; k < first + 12; k++) sum += (k % 2 === 0 ? 1 : -1) * z ** (2 * k - n) / ((2 * k + 1) * factorial(2 * k - n));
  return sum;
}
