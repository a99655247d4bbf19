// What the host computes of single numbers for the lanes of a kernel: float64 functions, equal to the reference to the bit.
// Floor 6.
import { hostFunctions, type HostFunction } from '../../compile/wasm/host.ts';
import { scaledBessel0, scaledBessel1 } from '../../primitive/besselFunction.ts';
import { complementaryErrorFunction, errorFunction, inverseErrorFunction } from '../../primitive/errorFunction.ts';
import { logisticOf } from '../../primitive/exponential.ts';
import { digammaOf, logGamma } from '../../primitive/gammaFunction.ts';
import { upperGamma } from '../../primitive/incompleteGammaFunction.ts';
import { powerOf } from '../../primitive/power.ts';
import { atan2Of } from '../../primitive/trigonometric.ts';
import { xlog1pyOf, xlogyOf } from '../../primitive/xlogy.ts';

const functions: { readonly [F in HostFunction]: (x: number, y: number) => number } = {
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sin: Math.sin, cos: Math.cos, tanh: Math.tanh, logistic: logisticOf,
  erf: errorFunction, erfinv: inverseErrorFunction, pow: powerOf, rem: (x, y) => x % y,
  cbrt: Math.cbrt, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan, atan2: atan2Of,
  sinh: Math.sinh, cosh: Math.cosh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh, xlogy: xlogyOf, xlog1py: xlog1pyOf,
  erfc: complementaryErrorFunction, lgamma: logGamma, digamma: digammaOf, igammac: upperGamma, besselI0e: scaledBessel0, besselI1e: scaledBessel1,
};
const numbered = hostFunctions.map(name => functions[name]);

/** The function of that number at x and y; those of one number ignore y. */
export const hostMath = (x: number, y: number, number: number): number => numbered[number]?.(x, y) ?? NaN;
