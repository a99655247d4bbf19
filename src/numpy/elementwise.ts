// Functions of one tensor, element by element. Plain generic functions, so that each is a layer too. Floor 7.
import type { DType, Float, Int } from '../dtype/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as arithmetic from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { eq, ne } from '../primitive/comparison.ts';
import * as exponential from '../primitive/exponential.ts';
import * as rounding from '../primitive/rounding.ts';
import * as power from '../primitive/power.ts';
import * as trigonometric from '../primitive/trigonometric.ts';
import type { Shape } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';
import { onFloats } from './operands.ts';
import { typed } from './typed.ts';

/** A function of floats that keeps shape and dtype. */
export type FloatFunction = <S extends Shape, D extends Float>(x: Tensor<S, D>) => Tensor<S, D>;
/** A function of floats and integers that keeps shape and dtype. */
export type NumberFunction = <S extends Shape, D extends Float | Int>(x: Tensor<S, D>) => Tensor<S, D>;
/** A question about floats. */
export type FloatPredicate = <S extends Shape>(x: Tensor<S, Float>) => Tensor<S, 'bool'>;

/**
 * The negative of each element. Integers wrap.
 *
 * @example
 * negative(tensor([1, -2])); // -> [-1, 2]
 */
export const negative: NumberFunction = x => typed(arithmetic.neg(handleOf(x, 'negative')));

/**
 * The magnitude of each element; abs'(0) = 0.
 *
 * @example
 * abs(tensor([-1.5, 2])); // -> [1.5, 2]
 */
export const abs: NumberFunction = x => typed(rounding.abs(handleOf(x, 'abs')));

/**
 * -1, 0 or 1 with the sign of each element; zeros and NaN are themselves. Its derivative is 0.
 *
 * @example
 * sign(tensor([-3, 0, 5])); // -> [-1, 0, 1]
 */
export const sign: NumberFunction = x => typed(rounding.sign(handleOf(x, 'sign')));

/**
 * The square of each element. Integers wrap.
 *
 * @example
 * square(tensor([-3, 2])); // -> [9, 4]
 */
export const square: NumberFunction = x => typed(power.integerPow(handleOf(x, 'square'), 2));

/**
 * The greatest integer that is not above each element. Its derivative is 0.
 *
 * @example
 * floor(tensor([1.7, -1.2])); // -> [1, -2]
 */
export const floor: FloatFunction = onFloats('floor', rounding.floor);

/**
 * The least integer that is not below each element. Its derivative is 0.
 *
 * @example
 * ceil(tensor([1.2, -1.7])); // -> [2, -1]
 */
export const ceil: FloatFunction = onFloats('ceil', rounding.ceil);

/**
 * The nearest integer, halves to the even one. Its derivative is 0.
 *
 * @example
 * round(tensor([0.5, 1.5, 2.4])); // -> [0, 2, 2]
 */
export const round: FloatFunction = onFloats('round', rounding.round);

/**
 * The exponential function.
 *
 * @example
 * exp(tensor([0, 1])); // -> [1, 2.7182817]
 */
export const exp: FloatFunction = onFloats('exp', exponential.exp);

/**
 * `exp(x) - 1`, accurate near 0.
 *
 * @example
 * expm1(tensor([0, 1e-6])); // -> [0, 1.0000005e-6]
 */
export const expm1: FloatFunction = onFloats('expm1', exponential.expm1);

/**
 * The natural logarithm: -Infinity at 0, NaN below.
 *
 * @example
 * log(tensor([1, 0])); // -> [0, -Infinity]
 */
export const log: FloatFunction = onFloats('log', exponential.log);

/**
 * `log(1 + x)`, accurate near 0.
 *
 * @example
 * log1p(tensor([0, 1e-6])); // -> [0, 9.999995e-7]
 */
export const log1p: FloatFunction = onFloats('log1p', exponential.log1p);

/**
 * The logarithm to base 2.
 *
 * @example
 * log2(tensor([1, 8])); // -> [0, 3]
 */
export const log2: FloatFunction = onFloats('log2', x => arithmetic.div(exponential.log(x), constantLike(Math.LN2, x)));

/**
 * The logarithm to base 10.
 *
 * @example
 * log10(tensor([1, 100])); // -> [0, 2]
 */
export const log10: FloatFunction = onFloats('log10', x => arithmetic.div(exponential.log(x), constantLike(Math.LN10, x)));

/**
 * The square root: NaN below 0. Its derivative at 0 is infinite.
 *
 * @example
 * sqrt(tensor([4, 2])); // -> [2, 1.4142135]
 */
export const sqrt: FloatFunction = onFloats('sqrt', power.sqrt);

/**
 * One divided by each element.
 *
 * @example
 * reciprocal(tensor([2, 4])); // -> [0.5, 0.25]
 */
export const reciprocal: FloatFunction = onFloats('reciprocal', x => power.integerPow(x, -1));

/**
 * The sine, of radians. Right for large arguments too.
 *
 * @example
 * sin(tensor([0, Math.PI / 2])); // -> [0, 1]
 */
export const sin: FloatFunction = onFloats('sin', exponential.sin);

/**
 * The cosine, of radians. Right for large arguments too.
 *
 * @example
 * cos(tensor([0])); // -> [1]
 */
export const cos: FloatFunction = onFloats('cos', exponential.cos);

/**
 * The tangent, of radians.
 *
 * @example
 * tan(tensor([0, Math.PI / 4])); // -> [0, 1]
 */
export const tan: FloatFunction = onFloats('tan', trigonometric.tan);

/**
 * The hyperbolic tangent.
 *
 * @example
 * tanh(tensor([0, 100])); // -> [0, 1]
 */
export const tanh: FloatFunction = onFloats('tanh', exponential.tanh);

/**
 * Which elements are NaN.
 *
 * @example
 * isnan(tensor([1, NaN])); // -> [false, true]
 */
export const isnan: FloatPredicate = onFloats('isnan', x => ne(x, x));

/**
 * Which elements are infinite.
 *
 * @example
 * isinf(tensor([1, -Infinity, NaN])); // -> [false, true, false]
 */
export const isinf: FloatPredicate = onFloats('isinf', x => eq(rounding.abs(x), constantLike(Infinity, x)));

/**
 * Which elements are neither infinite nor NaN.
 *
 * @example
 * isfinite(tensor([1, Infinity, NaN])); // -> [true, false, false]
 */
export const isfinite: FloatPredicate = onFloats('isfinite', rounding.isFinite);

/** A tensor of any shape and dtype. */
export type Unchanged = <S extends Shape, D extends DType>(x: Tensor<S, D>) => Tensor<S, D>;
