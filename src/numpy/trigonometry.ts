// Trigonometric and hyperbolic functions, their inverses, and angles in degrees. NumPy has two names for each inverse. Floor 7.
import type { Elementwise, Operand, SecondFloat } from '../ir/tensor.ts';
import { add, div, mul } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { eq, lt } from '../primitive/comparison.ts';
import { max } from '../primitive/extremum.ts';
import * as hyperbolic from '../primitive/hyperbolic.ts';
import { and, or } from '../primitive/logical.ts';
import { sqrt } from '../primitive/power.ts';
import { abs, isFinite } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { stopGradient } from '../primitive/stopGradient.ts';
import * as trigonometric from '../primitive/trigonometric.ts';
import type { FloatFunction } from './elementwise.ts';
import { ofFloats, onFloats } from './operands.ts';

/**
 * The inverse sine, in radians; NaN outside [-1, 1].
 *
 * @example
 * asin(tensor([0, 1])); // -> [0, 1.5707964]
 */
export const asin: FloatFunction = onFloats('asin', trigonometric.asin);

/**
 * The inverse cosine, in radians; NaN outside [-1, 1].
 *
 * @example
 * acos(tensor([1, 0])); // -> [0, 1.5707964]
 */
export const acos: FloatFunction = onFloats('acos', trigonometric.acos);

/**
 * The inverse tangent, in radians.
 *
 * @example
 * atan(tensor([0, 1])); // -> [0, 0.7853982]
 */
export const atan: FloatFunction = onFloats('atan', trigonometric.atan);

/**
 * The hyperbolic sine.
 *
 * @example
 * sinh(tensor([0, 1])); // -> [0, 1.1752012]
 */
export const sinh: FloatFunction = onFloats('sinh', hyperbolic.sinh);

/**
 * The hyperbolic cosine.
 *
 * @example
 * cosh(tensor([0, 1])); // -> [1, 1.5430806]
 */
export const cosh: FloatFunction = onFloats('cosh', hyperbolic.cosh);

/**
 * The inverse hyperbolic sine.
 *
 * @example
 * asinh(tensor([0, 1])); // -> [0, 0.8813736]
 */
export const asinh: FloatFunction = onFloats('asinh', hyperbolic.asinh);

/**
 * The inverse hyperbolic cosine; NaN below 1.
 *
 * @example
 * acosh(tensor([1, 2])); // -> [0, 1.316958]
 */
export const acosh: FloatFunction = onFloats('acosh', hyperbolic.acosh);

/**
 * The inverse hyperbolic tangent; NaN outside [-1, 1].
 *
 * @example
 * atanh(tensor([0, 0.5])); // -> [0, 0.54930615]
 */
export const atanh: FloatFunction = onFloats('atanh', hyperbolic.atanh);

export { acos as arccos, acosh as arccosh, asin as arcsin, asinh as arcsinh, atan as arctan, atanh as arctanh };

/**
 * `sin(pi x) / (pi x)`, 1 at 0, with all derivatives there.
 *
 * @example
 * sinc(tensor([0, 0.5, 1])); // -> [1, 0.63661975, 0]
 */
export const sinc: FloatFunction = onFloats('sinc', x => trigonometric.sinc(x));

/**
 * Radians as degrees.
 *
 * @example
 * degrees(tensor([0, Math.PI])); // -> [0, 180]
 */
export const degrees: FloatFunction = onFloats('degrees', x => mul(x, constantLike(180 / Math.PI, x)));

/**
 * Degrees as radians.
 *
 * @example
 * radians(tensor([0, 180])); // -> [0, 3.1415927]
 */
export const radians: FloatFunction = onFloats('radians', x => mul(x, constantLike(Math.PI / 180, x)));

export { degrees as rad2deg, radians as deg2rad };

/** Of two float operands, at least one a tensor, which broadcast. */
type OfTwo<Name extends string> = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: SecondFloat<X, Y, Name, K>) => Elementwise<X, Y, K>;

/**
 * The angle of the point (x, y) with the first axis, in radians from -pi to pi. The first operand is y.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are integers.
 * @example
 * atan2(tensor([1, 0]), tensor([1, -1])); // -> [0.7853982, 3.1415927]
 */
export const atan2: OfTwo<'atan2'> = ofFloats('atan2', trigonometric.atan2);
export { atan2 as arctan2 };

/**
 * `sqrt(a^2 + b^2)`, without overflow. Its derivative at (0, 0) is 0.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are integers.
 * @example
 * hypot(tensor([3, 0]), tensor([4, 0])); // -> [5, 0]
 */
export const hypot: OfTwo<'hypot'> = ofFloats('hypot', (x, y) => {
  const one = constantLike(1, x);
  const size = stopGradient(max(abs(x), abs(y)));
  // Scaled by the greater one; where that is 0, infinite or NaN there is nothing to scale, and nothing to differentiate.
  const scalable = and(isFinite(size), lt(constantLike(0, x), size));
  const scale = select(scalable, size, one);
  const [a, b] = [div(x, scale), div(y, scale)];
  const squares = select(scalable, add(mul(a, a), mul(b, b)), one);
  const infinity = constantLike(Infinity, x);
  const infinite = or(eq(abs(x), infinity), eq(abs(y), infinity));
  return select(scalable, mul(scale, sqrt(squares)), select(infinite, infinity, size));
});
