// Logic on truth values, and on the bits of integers. Floor 7.
import { isSigned, type Int } from '../dtype/dtype.ts';
import type { AnyTensor, Comparison, Elementwise, Second, Tensor } from '../ir/tensor.ts';
import { convert } from '../primitive/convert.ts';
import * as logical from '../primitive/logical.ts';
import type { Shape } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';
import { combined } from './operands.ts';
import { typed } from './typed.ts';

/** Everything but 0 is true. */
const truth = (x: AnyTensor): AnyTensor => convert(x, 'bool');
const onTruth = (combine: (x: AnyTensor, y: AnyTensor) => AnyTensor) => (x: AnyTensor, y: AnyTensor): AnyTensor => combine(truth(x), truth(y));

/** Of two tensors, which broadcast; the result is bool. */
export type Logic = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: Second<X, Y, K>) => Comparison<X, Y, K>;

/**
 * Where both operands hold; of numbers everything but 0 does.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * logicalAnd(tensor([true, true]), tensor([true, false])); // -> [true, false]
 */
export const logicalAnd: Logic = (a, b) => combined('logicalAnd', onTruth(logical.and), a, b);

/**
 * Where at least one operand holds; of numbers everything but 0 does.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * logicalOr(tensor([false, true]), tensor([false, false])); // -> [false, true]
 */
export const logicalOr: Logic = (a, b) => combined('logicalOr', onTruth(logical.or), a, b);

/**
 * Where exactly one operand holds; of numbers everything but 0 does.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * logicalXor(tensor([true, true]), tensor([true, false])); // -> [false, true]
 */
export const logicalXor: Logic = (a, b) => combined('logicalXor', onTruth(logical.xor), a, b);

/**
 * Where the operand does not hold; of numbers only 0 does not.
 *
 * @example
 * logicalNot(tensor([true, false])); // -> [false, true]
 */
export const logicalNot = <S extends Shape>(x: Tensor<S, Int | 'bool' | 'f32' | 'f64' | 'f16'>): Tensor<S, 'bool'> => typed(logical.not(truth(handleOf(x, 'logicalNot'))));

/** A tensor of integers or bools, or a number beside one. */
export type Bits = Tensor<Shape, Int | 'bool'> | number;
/** Of two operands with bits, at least one a tensor, which broadcast. */
export type Bitwise = <X extends Bits, Y extends Bits, K = unknown>(a: X, b: Second<X, Y, K>) => Elementwise<X, Y, K>;

/**
 * The bits that both operands have.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * bitwiseAnd(tensor([12, 10], 'i32'), 6); // -> [4, 2]
 */
export const bitwiseAnd: Bitwise = (a, b) => combined('bitwiseAnd', logical.and, a, b);

/**
 * The bits that at least one operand has.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * bitwiseOr(tensor([12, 10], 'i32'), 3); // -> [15, 11]
 */
export const bitwiseOr: Bitwise = (a, b) => combined('bitwiseOr', logical.or, a, b);

/**
 * The bits that exactly one operand has.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * bitwiseXor(tensor([12, 10], 'i32'), 6); // -> [10, 12]
 */
export const bitwiseXor: Bitwise = (a, b) => combined('bitwiseXor', logical.xor, a, b);

/**
 * The bits that the operand has not.
 *
 * @example
 * bitwiseNot(tensor([0, 5], 'i32')); // -> [-1, -6]
 */
export const bitwiseNot = <S extends Shape, D extends Int | 'bool'>(x: Tensor<S, D>): Tensor<S, D> => typed(logical.not(handleOf(x, 'bitwiseNot')));

/** A tensor of integers, or a number beside one. */
export type Integers = Tensor<Shape, Int> | number;
/** Of integers, at least one operand a tensor, which broadcast. */
export type Shift = <X extends Integers, Y extends Integers, K = unknown>(a: X, b: Second<X, Y, K>) => Elementwise<X, Y, K>;

/**
 * The bits of `a` moved up by `b` places; by its width or more, 0.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * leftShift(tensor([1, 3], 'i32'), 4); // -> [16, 48]
 */
export const leftShift: Shift = (a, b) => combined('leftShift', logical.shiftLeft, a, b);

/**
 * The bits of `a` moved down by `b` places: signed integers keep their sign, by the width or more nothing else remains.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * rightShift(tensor([16, -16], 'i32'), 2); // -> [4, -4]
 */
export const rightShift: Shift = (a, b) => combined('rightShift', (x, y) => isSigned(x.dtype) ? logical.shiftRightArithmetic(x, y) : logical.shiftRightLogical(x, y), a, b);

export { bitwiseNot as bitwiseInvert, bitwiseNot as invert, leftShift as bitwiseLeftShift, rightShift as bitwiseRightShift };
