// Elementary functions on four float32 lanes: which instructions have a vector form. Floor 5. What has none is computed lane by lane by the host.
import type { ScalarOp } from '../../ir/primitive.ts';
import type { ScalarContext } from './host.ts';
import type { Lanes, Vector } from './lanes.ts';
import { erf, erfinv } from './mathErrorFunction.ts';
import { exp, expm1, log, log1p, logistic, tanh } from './mathExponential.ts';
import { pow, remainder } from './mathPower.ts';
import { cos, sin } from './mathTrigonometric.ts';

type VectorFunction = (c: ScalarContext, x: Vector, y: Vector) => Vector;
const ofOne = (f: (l: Lanes, x: Vector) => Vector): VectorFunction => (c, x) => f(c.lanes, x);

/** The float32 functions that have a vector form; `y` is the second operand of those that have one. */
export const vectorMath: { readonly [O in ScalarOp]?: VectorFunction } = {
  exp: ofOne(exp), expm1: ofOne(expm1), log: ofOne(log), log1p: ofOne(log1p), tanh: ofOne(tanh), logistic: ofOne(logistic),
  sin, cos, erf: ofOne(erf), erfinv: ofOne(erfinv), pow: (c, x, y) => pow(c.lanes, x, y), rem: remainder,
};
