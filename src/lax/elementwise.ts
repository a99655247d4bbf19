// lax: the elementwise primitives under JAX's names. Operands have one shape and one dtype: np broadcasts, lax does not. Floor 7.
import type { DType, Float, Int } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import * as arithmetic from '../primitive/arithmetic.ts';
import * as comparison from '../primitive/comparison.ts';
import * as exponential from '../primitive/exponential.ts';
import * as extremum from '../primitive/extremum.ts';
import * as logical from '../primitive/logical.ts';
import * as power from '../primitive/power.ts';
import * as rounding from '../primitive/rounding.ts';
import * as choice from '../primitive/select.ts';
import * as special from '../primitive/special.ts';
import { typed } from '../numpy/typed.ts';
import type { Shape } from '../shape/dim.ts';

type OnFloats = <S extends Shape, D extends Float>(x: Tensor<S, D>) => Tensor<S, D>;
type OnNumbers = <S extends Shape, D extends Float | Int>(x: Tensor<S, D>) => Tensor<S, D>;
type OfTwo<Most extends DType> = <S extends Shape, D extends Most>(x: Tensor<S, D>, y: Tensor<NoInfer<S>, NoInfer<D>>) => Tensor<S, D>;
type Compare = <S extends Shape, D extends DType>(x: Tensor<S, D>, y: Tensor<NoInfer<S>, NoInfer<D>>) => Tensor<S, 'bool'>;
const of = (f: (x: AnyTensor) => AnyTensor) => (x: AnyTensor): never => typed(f(x));
const ofTwo = (f: (x: AnyTensor, y: AnyTensor) => AnyTensor) => (x: AnyTensor, y: AnyTensor): never => typed(f(x, y));

/**
 * The negative of each element.
 *
 * @example
 * lax.neg(tensor([1, -2])); // -> [-1, 2]
 */
export const neg: OnNumbers = of(arithmetic.neg);

/**
 * The magnitude of each element.
 *
 * @example
 * lax.abs(tensor([1, -2])); // -> [1, 2]
 */
export const abs: OnNumbers = of(rounding.abs);

/**
 * -1, 0 or 1 with the sign of each element.
 *
 * @example
 * lax.sign(tensor([3, -2])); // -> [1, -1]
 */
export const sign: OnNumbers = of(rounding.sign);

/**
 * The greatest integer that is not above each element.
 *
 * @example
 * lax.floor(tensor([1.7, -1.2])); // -> [1, -2]
 */
export const floor: OnFloats = of(rounding.floor);

/**
 * The least integer that is not below each element.
 *
 * @example
 * lax.ceil(tensor([1.2, -1.7])); // -> [2, -1]
 */
export const ceil: OnFloats = of(rounding.ceil);

/**
 * The nearest integer, halves to the even one.
 *
 * @example
 * lax.round(tensor([0.5, 1.5])); // -> [0, 2]
 */
export const round: OnFloats = of(rounding.round);

/**
 * The exponential function.
 *
 * @example
 * lax.exp(tensor([0])); // -> [1]
 */
export const exp: OnFloats = of(exponential.exp);

/**
 * `exp(x) - 1`, accurate near 0.
 *
 * @example
 * lax.expm1(tensor([0])); // -> [0]
 */
export const expm1: OnFloats = of(exponential.expm1);

/**
 * The natural logarithm.
 *
 * @example
 * lax.log(tensor([1])); // -> [0]
 */
export const log: OnFloats = of(exponential.log);

/**
 * `log(1 + x)`, accurate near 0.
 *
 * @example
 * lax.log1p(tensor([0])); // -> [0]
 */
export const log1p: OnFloats = of(exponential.log1p);

/**
 * The square root.
 *
 * @example
 * lax.sqrt(tensor([4])); // -> [2]
 */
export const sqrt: OnFloats = of(power.sqrt);

/**
 * One divided by the square root.
 *
 * @example
 * lax.rsqrt(tensor([4])); // -> [0.5]
 */
export const rsqrt: OnFloats = of(power.rsqrt);

/**
 * The sine, of radians.
 *
 * @example
 * lax.sin(tensor([0])); // -> [0]
 */
export const sin: OnFloats = of(exponential.sin);

/**
 * The cosine, of radians.
 *
 * @example
 * lax.cos(tensor([0])); // -> [1]
 */
export const cos: OnFloats = of(exponential.cos);

/**
 * The hyperbolic tangent.
 *
 * @example
 * lax.tanh(tensor([0])); // -> [0]
 */
export const tanh: OnFloats = of(exponential.tanh);

/**
 * `1 / (1 + exp(-x))`.
 *
 * @example
 * lax.logistic(tensor([0])); // -> [0.5]
 */
export const logistic: OnFloats = of(exponential.logistic);

/**
 * The error function.
 *
 * @example
 * lax.erf(tensor([0])); // -> [0]
 */
export const erf: OnFloats = of(special.erf);

/**
 * The inverse of the error function on [-1, 1].
 *
 * @example
 * lax.erfInv(tensor([0])); // -> [0]
 */
export const erfInv: OnFloats = of(special.erfinv);

/**
 * Which elements are neither infinite nor NaN.
 *
 * @example
 * lax.isFinite(tensor([1, NaN])); // -> [true, false]
 */
export const isFinite: <S extends Shape>(x: Tensor<S, Float>) => Tensor<S, 'bool'> = of(rounding.isFinite);

/**
 * A constant integer power.
 *
 * @throws `value` where the exponent is no integer, or negative for integers.
 * @example
 * lax.integerPow(tensor([2, 3]), 3); // -> [8, 27]
 */
export const integerPow = <S extends Shape, D extends Float | Int>(x: Tensor<S, D>, exponent: number): Tensor<S, D> => typed(power.integerPow(x, exponent));

/**
 * The sum.
 *
 * @example
 * lax.add(tensor([1, 2]), tensor([3, 4])); // -> [4, 6]
 */
export const add: OfTwo<Float | Int> = ofTwo(arithmetic.add);

/**
 * The difference.
 *
 * @example
 * lax.sub(tensor([1, 2]), tensor([3, 5])); // -> [-2, -3]
 */
export const sub: OfTwo<Float | Int> = ofTwo(arithmetic.sub);

/**
 * The product.
 *
 * @example
 * lax.mul(tensor([1, 2]), tensor([3, 4])); // -> [3, 8]
 */
export const mul: OfTwo<Float | Int> = ofTwo(arithmetic.mul);

/**
 * The quotient; of integers truncated.
 *
 * @example
 * lax.div(tensor([7, -7], 'i32'), tensor([2, 2], 'i32')); // -> [3, -3]
 */
export const div: OfTwo<Float | Int> = ofTwo(arithmetic.div);

/**
 * The remainder of the division that truncates, with the sign of the dividend.
 *
 * @example
 * lax.rem(tensor([7, -7]), tensor([3, 3])); // -> [1, -1]
 */
export const rem: OfTwo<Float | Int> = ofTwo(rounding.rem);

/**
 * The greater; NaN propagates.
 *
 * @example
 * lax.max(tensor([1, 4]), tensor([3, 2])); // -> [3, 4]
 */
export const max: OfTwo<Float | Int> = ofTwo(extremum.max);

/**
 * The lesser; NaN propagates.
 *
 * @example
 * lax.min(tensor([1, 4]), tensor([3, 2])); // -> [1, 2]
 */
export const min: OfTwo<Float | Int> = ofTwo(extremum.min);

/**
 * The first operand to the power of the second.
 *
 * @example
 * lax.pow(tensor([2, 3]), tensor([3, 2])); // -> [8, 9]
 */
export const pow: OfTwo<Float> = ofTwo(power.pow);

/**
 * Where the operands are equal.
 *
 * @example
 * lax.eq(tensor([1, 2]), tensor([2, 2])); // -> [false, true]
 */
export const eq: Compare = ofTwo(comparison.eq);

/**
 * Where they differ.
 *
 * @example
 * lax.ne(tensor([1, 2]), tensor([2, 2])); // -> [true, false]
 */
export const ne: Compare = ofTwo(comparison.ne);

/**
 * Where the first is below the second.
 *
 * @example
 * lax.lt(tensor([1, 2]), tensor([2, 2])); // -> [true, false]
 */
export const lt: Compare = ofTwo(comparison.lt);

/**
 * Where the first is not above the second.
 *
 * @example
 * lax.le(tensor([1, 2]), tensor([2, 2])); // -> [true, true]
 */
export const le: Compare = ofTwo(comparison.le);

/**
 * Where the first is above the second.
 *
 * @example
 * lax.gt(tensor([1, 2]), tensor([2, 2])); // -> [false, false]
 */
export const gt: Compare = ofTwo(comparison.gt);

/**
 * Where the first is not below the second.
 *
 * @example
 * lax.ge(tensor([1, 2]), tensor([2, 2])); // -> [false, true]
 */
export const ge: Compare = ofTwo(comparison.ge);

/**
 * The bits that both have.
 *
 * @example
 * lax.bitwiseAnd(tensor([12], 'i32'), tensor([6], 'i32')); // -> [4]
 */
export const bitwiseAnd: OfTwo<Int | 'bool'> = ofTwo(logical.and);

/**
 * The bits that at least one has.
 *
 * @example
 * lax.bitwiseOr(tensor([12], 'i32'), tensor([6], 'i32')); // -> [14]
 */
export const bitwiseOr: OfTwo<Int | 'bool'> = ofTwo(logical.or);

/**
 * The bits that exactly one has.
 *
 * @example
 * lax.bitwiseXor(tensor([12], 'i32'), tensor([6], 'i32')); // -> [10]
 */
export const bitwiseXor: OfTwo<Int | 'bool'> = ofTwo(logical.xor);

/**
 * The bits that the operand has not; of bools the opposite.
 *
 * @example
 * lax.bitwiseNot(tensor([true, false])); // -> [false, true]
 */
export const bitwiseNot: <S extends Shape, D extends Int | 'bool'>(x: Tensor<S, D>) => Tensor<S, D> = of(logical.not);

/**
 * Bits moved up; by the width or more, 0.
 *
 * @example
 * lax.shiftLeft(tensor([12], 'i32'), tensor([6], 'i32')); // -> [768]
 */
export const shiftLeft: OfTwo<Int> = ofTwo(logical.shiftLeft);

/**
 * Bits moved down, zeros above.
 *
 * @example
 * lax.shiftRightLogical(tensor([12], 'i32'), tensor([6], 'i32')); // -> [0]
 */
export const shiftRightLogical: OfTwo<Int> = ofTwo(logical.shiftRightLogical);

/**
 * Bits moved down, the sign above.
 *
 * @example
 * lax.shiftRightArithmetic(tensor([12], 'i32'), tensor([6], 'i32')); // -> [0]
 */
export const shiftRightArithmetic: OfTwo<Int> = ofTwo(logical.shiftRightArithmetic);

/**
 * `onTrue` where the predicate holds, else `onFalse`.
 *
 * @example
 * lax.select(tensor([true, false]), tensor([1, 2]), tensor([3, 4])); // -> [1, 4]
 */
export const select = <S extends Shape, D extends DType>(pred: Tensor<S, 'bool'>, onTrue: Tensor<NoInfer<S>, D>, onFalse: Tensor<NoInfer<S>, NoInfer<D>>): Tensor<S, D> =>
  typed(choice.select(pred, onTrue, onFalse));

/**
 * `x` kept between two bounds of its shape. Its derivative is 0 on the bounds.
 *
 * @example
 * lax.clamp(zeros([3]), tensor([-1, 0.5, 2]), ones([3])); // -> [0, 0.5, 1]
 */
export const clamp = <S extends Shape, D extends Float | Int>(min: Tensor<NoInfer<S>, NoInfer<D>>, x: Tensor<S, D>, max: Tensor<NoInfer<S>, NoInfer<D>>): Tensor<S, D> =>
  typed(choice.clamp(min, x, max));
