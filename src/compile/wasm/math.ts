// Elementary functions on four float32 lanes: which instructions have a vector form. Floor 5. What has none is computed lane by lane by the host.
import type { ScalarOp } from '../../ir/primitive.ts';
import type { ScalarContext } from './host.ts';
import type { Lanes, Vector, Wide } from './lanes.ts';
import { erf, erfc, erfinv } from './mathErrorFunction.ts';
import { exp, expm1, log, log1p, logistic, tanh, xlog1py, xlogy } from './mathExponential.ts';
import { acosh, asinh, atanh, cosh, sinh } from './mathHyperbolic.ts';
import { acos, asin, atan, atan2 } from './mathInverse.ts';
import { cbrt, pow, remainder } from './mathPower.ts';
import { cos, sin, tan } from './mathTrigonometric.ts';

type VectorFunction = (c: ScalarContext, x: Vector, y: Vector) => Vector;
type WideFunction = (c: ScalarContext, x: Wide, y: Wide) => Wide;
const ofOne = (f: (l: Lanes, x: Vector) => Vector): VectorFunction => (c, x) => f(c.lanes, x);
const ofTwo = (f: (l: Lanes, x: Vector, y: Vector) => Vector): VectorFunction => (c, x, y) => f(c.lanes, x, y);

/** The float32 functions that have a vector form; `y` is the second operand of those that have one. */
export const vectorMath: { readonly [O in ScalarOp]?: VectorFunction } = {
  exp: ofOne(exp), expm1: ofOne(expm1), log: ofOne(log), log1p: ofOne(log1p), xlogy: ofTwo(xlogy), xlog1py: ofTwo(xlog1py),
  tanh: ofOne(tanh), logistic: ofOne(logistic), erf: ofOne(erf), erfc: ofOne(erfc), erfinv: ofOne(erfinv),
  sin, cos, tan, asin: ofOne(asin), acos: ofOne(acos), atan: ofOne(atan), atan2: ofTwo(atan2),
  sinh: ofOne(sinh), cosh: ofOne(cosh), asinh: ofOne(asinh), acosh: ofOne(acosh), atanh: ofOne(atanh),
  pow: ofTwo(pow), cbrt: ofOne(cbrt), rem: remainder,
};
/** The float64 functions that have one. */
export const wideMath: { readonly [O in ScalarOp]?: WideFunction } = {};
