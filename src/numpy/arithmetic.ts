// Arithmetic of two operands, tensors or numbers, with broadcasting. Floor 7.
import type { AnyTensor } from '../ir/tensor.ts';
import * as primitive from '../primitive/arithmetic.ts';
import type { When } from '../shape/same.ts';
import { aligned, expectFloat } from './operands.ts';
import { typed, type Elementwise, type Operand, type Second } from './typed.ts';

type Combine = (x: AnyTensor, y: AnyTensor) => AnyTensor;
/** Aligns both operands and combines them. */
export function combined(name: string, combine: Combine, a: Operand, b: Operand): never {
  const [x, y] = aligned(name, [a, b]);
  return typed(x === undefined || y === undefined ? null : combine(x, y));
}

/**
 * The sum of two operands, which broadcast.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * add(tensor([[1, 2], [3, 4]]), tensor([10, 20])); // -> [[11, 22], [13, 24]]
 * add(1, tensor([1, 2])); // -> [2, 3]
 */
export const add = <X extends Operand, Y extends Operand>(a: X, b: Second<X, Y, When<Y>>): Elementwise<X, Y, When<Y>> => combined('add', primitive.add, a, operand(b));

/**
 * The difference of two operands, which broadcast.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * subtract(tensor([3, 4]), 1); // -> [2, 3]
 */
export const subtract = <X extends Operand, Y extends Operand>(a: X, b: Second<X, Y, When<Y>>): Elementwise<X, Y, When<Y>> => combined('subtract', primitive.sub, a, operand(b));

/**
 * The product of two operands, element by element; they broadcast.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * multiply(tensor([1, 2, 3]), 2); // -> [2, 4, 6]
 */
export const multiply = <X extends Operand, Y extends Operand>(a: X, b: Second<X, Y, When<Y>>): Elementwise<X, Y, When<Y>> => combined('multiply', primitive.mul, a, operand(b));

/**
 * The quotient of two float operands, which broadcast.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are not floats.
 * @example
 * divide(tensor([1, 2, 3]), 2); // -> [0.5, 1, 1.5]
 */
export const divide = <X extends Operand, Y extends Operand>(a: X, b: Second<X, Y, When<Y>>): Elementwise<X, Y, When<Y>> => combined('divide', quotient, a, operand(b));
function quotient(x: AnyTensor, y: AnyTensor): AnyTensor {
  expectFloat(x, 'divide', 'use astype, or floorDivide');
  return primitive.div(x, y);
}

/** The second operand, once its type has been checked: a message is no argument that anyone can have. */
const operand = (b: unknown): Operand => typed(b);
