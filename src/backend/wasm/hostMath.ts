// What the host computes of single numbers for the lanes of a kernel: float64 functions, equal to the reference to the bit.
// Floor 6.
import { hostFunctions, type HostFunction } from '../../compile/wasm/host.ts';
import { errorFunction, inverseErrorFunction } from '../../primitive/errorFunction.ts';
import { logisticOf } from '../../primitive/exponential.ts';
import { powerOf } from '../../primitive/power.ts';

const functions: { readonly [F in HostFunction]: (x: number, y: number) => number } = {
  exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p, sin: Math.sin, cos: Math.cos, tanh: Math.tanh, logistic: logisticOf,
  erf: errorFunction, erfinv: inverseErrorFunction, pow: powerOf, rem: (x, y) => x % y,
};
const numbered = hostFunctions.map(name => functions[name]);

/** The function of that number at x and y; those of one number ignore y. */
export const hostMath = (x: number, y: number, number: number): number => numbered[number]?.(x, y) ?? NaN;
