// Arithmetic of two operands, tensors or numbers, with broadcasting. Numbers adopt the tensor's dtype, and dtypes must agree. Floor 7.
import { floatOnly } from '../dtype/agree.ts';
import { isFloat, isSigned } from '../dtype/dtype.ts';
import type { AnyTensor, Elementwise, Operand, Second, SecondFloat } from '../ir/tensor.ts';
import * as primitive from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { lt, ne } from '../primitive/comparison.ts';
import * as extremum from '../primitive/extremum.ts';
import { and } from '../primitive/logical.ts';
import { integerPow, pow } from '../primitive/power.ts';
import { rem, round } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { handleOf } from '../trace/handle.ts';
import { logSumOfTwo } from './logSum.ts';
import { combined, ofFloats } from './operands.ts';
import { typed } from './typed.ts';

/** Of two operands, at least one a tensor; the result has their broadcast shape and their dtype. */
export type Binary = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: Second<X, Y, K>) => Elementwise<X, Y, K>;

/**
 * The sum of two operands, which broadcast.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * add(tensor([[1, 2], [3, 4]]), tensor([10, 20])); // -> [[11, 22], [13, 24]]
 * add(1, tensor([1, 2])); // -> [2, 3]
 */
export const add: Binary = (a, b) => combined('add', primitive.add, a, b);

/**
 * The difference of two operands, which broadcast.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * subtract(tensor([3, 4]), 1); // -> [2, 3]
 */
export const subtract: Binary = (a, b) => combined('subtract', primitive.sub, a, b);

/**
 * The product of two operands, element by element; they broadcast. Integers wrap.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * multiply(tensor([1, 2, 3]), 2); // -> [2, 4, 6]
 */
export const multiply: Binary = (a, b) => combined('multiply', primitive.mul, a, b);

/**
 * The quotient of two float operands, which broadcast. Division by zero follows IEEE 754.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are integers: use astype, or floorDivide.
 * @example
 * divide(tensor([1, 2, 3]), 2); // -> [0.5, 1, 1.5]
 */
export const divide = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: SecondFloat<X, Y, 'divide', K>): Elementwise<X, Y, K> => combined('divide', quotient, a, b);
function quotient(x: AnyTensor, y: AnyTensor): AnyTensor {
  floatOnly('divide', x.dtype);
  return primitive.div(x, y);
}

/**
 * The quotient rounded down, so that `a = floorDivide(a, b) * b + remainder(a, b)`. An integer divided by 0 is -1 (all ones), a float NaN.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * floorDivide(tensor([7, -7], 'i32'), 2); // -> [3, -4]
 */
export const floorDivide: Binary = (a, b) => combined('floorDivide', flooredQuotient, a, b);
function flooredQuotient(x: AnyTensor, y: AnyTensor): AnyTensor {
  if (!isSigned(x.dtype)) return primitive.div(x, y);
  const zero = constantLike(0, x);
  const rest = rem(x, y);
  // The quotient that truncates is one too high where there is a rest and it points away from the divisor.
  const high = and(and(ne(rest, zero), ne(y, zero)), ne(lt(rest, zero), lt(y, zero)));
  if (!isFloat(x.dtype)) return primitive.sub(primitive.div(x, y), select(high, constantLike(1, x), zero));
  const truncated = primitive.div(primitive.sub(x, rest), y);
  return round(primitive.sub(truncated, select(high, constantLike(1, x), zero)));
}

/**
 * The remainder of the division that rounds down: it has the sign of the divisor. Of integers the remainder by 0 is the dividend.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * remainder(tensor([7, -7]), 3); // -> [1, 2]
 */
export const remainder: Binary = (a, b) => combined('remainder', flooredRemainder, a, b);
function flooredRemainder(x: AnyTensor, y: AnyTensor): AnyTensor {
  const rest = rem(x, y);
  if (!isSigned(x.dtype)) return rest;
  const zero = constantLike(0, x);
  const low = and(ne(rest, zero), ne(lt(rest, zero), lt(y, zero)));
  return select(low, primitive.add(rest, y), rest);
}

/**
 * The first operand to the power of the second. An exponent that is an integer number multiplies, for integers too; any other
 * one is for floats. Finite derivatives are finite: `power(x, 2)` at 0 has derivative 0.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ, `value` for an integer to a negative power.
 * @example
 * power(tensor([1, 2, 3]), 2); // -> [1, 4, 9]
 * power(2, tensor([1, 0.5])); // -> [2, 1.4142135]
 */
export const power = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: Second<X, Y, K>): Elementwise<X, Y, K> => typed(powerOf(a, typed(b)));
function powerOf(a: Operand, b: Operand): AnyTensor {
  if (typeof a !== 'number' && typeof b === 'number' && Number.isSafeInteger(b)) return integerPow(handleOf(a, 'power'), b);
  return combined('power', floatPower, a, b);
}
function floatPower(x: AnyTensor, y: AnyTensor): AnyTensor {
  floatOnly('power', x.dtype);
  return pow(x, y);
}

/**
 * The greater of two operands, which broadcast. NaN propagates; where they are equal the gradient is shared equally.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * maximum(tensor([-1, 2]), 0); // -> [0, 2]
 */
export const maximum: Binary = (a, b) => combined('maximum', extremum.max, a, b);

/**
 * The lesser of two operands, which broadcast. NaN propagates; where they are equal the gradient is shared equally.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * minimum(tensor([-1, 2]), 0); // -> [-1, 0]
 */
export const minimum: Binary = (a, b) => combined('minimum', extremum.min, a, b);

/**
 * `log(exp(a) + exp(b))` without overflow, accurate where one operand is far below the other, and smooth to every order.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ or are integers.
 * @example
 * logaddexp(tensor([0, 1000]), tensor([0, 1000])); // -> [0.6931472, 1000.6931]
 */
export const logaddexp = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: SecondFloat<X, Y, 'logaddexp', K>): Elementwise<X, Y, K> => ofFloats('logaddexp', logSumOfTwo)(a, b);
export { power as pow };
