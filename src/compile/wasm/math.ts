// Elementary functions on four float32 lanes: which instructions have a vector form. Floor 5. What has none is computed lane by lane by the host.
import type { ScalarOp } from '../../ir/primitive.ts';
import { cbrt } from '../math/cubeRoot.ts';
import { erf, erfinv } from '../math/errorFunction.ts';
import { exp, expm1, log, log1p, logistic, tanh, xlog1py, xlogy } from '../math/exponential.ts';
import { acosh, asinh, atanh, cosh, sinh } from '../math/hyperbolic.ts';
import { acos, asin, atan, atan2 } from '../math/inverse.ts';
import type { ScalarContext } from './host.ts';
import type { Lanes, Vector, Wide } from './lanes.ts';
import { erfc } from './mathErrorFunction.ts';
import { pow, remainder } from './mathPower.ts';
import { cos, sin, tan } from './mathTrigonometric.ts';
import * as wideCircular from './mathWideCircular.ts';
import * as wideExponential from './mathWideExponential.ts';
import * as widePower from './mathWidePower.ts';
import * as wideSpecial from './mathWideSpecial.ts';
import { WideLanes } from './wide.ts';

type VectorFunction = (c: ScalarContext, x: Vector, y: Vector) => Vector;
type WideFunction = (c: ScalarContext, x: Wide, y: Wide) => Wide;
const ofOne = (f: (l: Lanes, x: Vector) => Vector): VectorFunction => (c, x) => f(c.lanes, x);
const ofTwo = (f: (l: Lanes, x: Vector, y: Vector) => Vector): VectorFunction => (c, x, y) => f(c.lanes, x, y);
const wideOfOne = (f: (w: WideLanes, x: Wide) => Wide): WideFunction => (c, x) => f(new WideLanes(c.lanes), x);
const wideOfTwo = (f: (w: WideLanes, x: Wide, y: Wide) => Wide): WideFunction => (c, x, y) => f(new WideLanes(c.lanes), x, y);

/** The float32 functions that have a vector form; `y` is the second operand of those that have one. */
export const vectorMath: { readonly [O in ScalarOp]?: VectorFunction } = {
  exp: ofOne(exp), expm1: ofOne(expm1), log: ofOne(log), log1p: ofOne(log1p), xlogy: ofTwo(xlogy), xlog1py: ofTwo(xlog1py),
  tanh: ofOne(tanh), logistic: ofOne(logistic), erf: ofOne(erf), erfc: ofOne(erfc), erfinv: ofOne(erfinv),
  sin, cos, tan, asin: ofOne(asin), acos: ofOne(acos), atan: ofOne(atan), atan2: ofTwo(atan2),
  sinh: ofOne(sinh), cosh: ofOne(cosh), asinh: ofOne(asinh), acosh: ofOne(acosh), atanh: ofOne(atanh),
  pow: ofTwo(pow), cbrt: ofOne(cbrt), rem: remainder,
  lgamma: ofOne(wideSpecial.lgammaSingle), digamma: ofOne(wideSpecial.digammaSingle), besselI0e: ofOne(wideSpecial.besselI0eSingle), besselI1e: ofOne(wideSpecial.besselI1eSingle),
};
/** The float64 functions that have one. */
export const wideMath: { readonly [O in ScalarOp]?: WideFunction } = {
  exp: wideOfOne(wideExponential.exp), expm1: wideOfOne(wideExponential.expm1), log: wideOfOne(wideExponential.log), log1p: wideOfOne(wideExponential.log1p),
  xlogy: wideOfTwo(wideExponential.xlogy), xlog1py: wideOfTwo(wideExponential.xlog1py), tanh: wideOfOne(wideExponential.tanh),
  logistic: wideOfOne(wideExponential.logistic), sinh: wideOfOne(wideExponential.sinh), cosh: wideOfOne(wideExponential.cosh),
  asinh: wideOfOne(wideExponential.asinh), acosh: wideOfOne(wideExponential.acosh), atanh: wideOfOne(wideExponential.atanh),
  sin: wideCircular.sin, cos: wideCircular.cos, tan: wideCircular.tan, asin: wideOfOne(wideCircular.asin), acos: wideOfOne(wideCircular.acos),
  atan: wideOfOne(wideCircular.atan), atan2: wideOfTwo(wideCircular.atan2),
  erf: wideOfOne(wideSpecial.erf), erfc: wideOfOne(wideSpecial.erfc), erfinv: wideOfOne(wideSpecial.erfinv),
  pow: wideOfTwo(widePower.pow), cbrt: wideOfOne(widePower.cbrt), rem: widePower.remainder,
};
