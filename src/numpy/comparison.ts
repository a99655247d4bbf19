// Comparisons, which give bools, and questions about whole tensors. NaN is unequal to everything, itself included. Floor 7.
import { isFloat, type DType } from '../dtype/dtype.ts';
import { sameShape } from '../ir/aval.ts';
import type { AnyTensor, Comparison, Operand, Scalar, Second } from '../ir/tensor.ts';
import { add, mul, sub } from '../primitive/arithmetic.ts';
import { constant, constantLike } from '../primitive/broadcast.ts';
import { eq, ge, gt, le, lt, ne } from '../primitive/comparison.ts';
import { and, or } from '../primitive/logical.ts';
import { reduceMin } from '../primitive/reduce.ts';
import { abs, isFinite } from '../primitive/rounding.ts';
import { handleOf } from '../trace/handle.ts';
import { agree } from '../dtype/agree.ts';
import { range } from '../ir/aval.ts';
import { aligned, combined } from './operands.ts';
import { typed } from './typed.ts';
import { at } from '../primitive/define.ts';
import { optionsOf } from '../shape/options.ts';

/** Of two operands, at least one a tensor; the result is bool and has their broadcast shape. */
export type Compare = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: Second<X, Y, K>) => Comparison<X, Y, K>;

/**
 * Where two operands are equal.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * equal(tensor([1, 2]), 2); // -> [false, true]
 */
export const equal: Compare = (a, b) => combined('equal', eq, a, b);

/**
 * Where two operands differ.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * notEqual(tensor([1, 2]), 2); // -> [true, false]
 */
export const notEqual: Compare = (a, b) => combined('notEqual', ne, a, b);

/**
 * Where the first operand is below the second.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * less(tensor([1, 2]), 2); // -> [true, false]
 */
export const less: Compare = (a, b) => combined('less', lt, a, b);

/**
 * Where the first operand is not above the second.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * lessEqual(tensor([1, 2, 3]), 2); // -> [true, true, false]
 */
export const lessEqual: Compare = (a, b) => combined('lessEqual', le, a, b);

/**
 * Where the first operand is above the second.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * greater(tensor([1, 2, 3]), 2); // -> [false, false, true]
 */
export const greater: Compare = (a, b) => combined('greater', gt, a, b);

/**
 * Where the first operand is not below the second.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * greaterEqual(tensor([1, 2, 3]), 2); // -> [false, true, true]
 */
export const greaterEqual: Compare = (a, b) => combined('greaterEqual', ge, a, b);

/** How near is near enough: `|a - b| <= atol + rtol |b|`. */
export interface Tolerance {
  /** Relative to the second operand; default 1e-5. */
  readonly rtol?: number;
  /** Absolute; default 1e-8. */
  readonly atol?: number;
  /** Whether NaN is near NaN; default false. */
  readonly equalNan?: boolean;
}

/**
 * Where two operands are nearly equal: `|a - b| <= atol + rtol |b|`. Infinities are near themselves; integers are compared exactly.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * isclose(tensor([1, 1.1]), 1.000001); // -> [true, false]
 */
export const isclose = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: Second<X, Y, K>, tolerance: Tolerance = {}): Comparison<X, Y, K> =>
  typed(near('isclose', a, typed(b), tolerance));
function near(name: string, a: Operand, b: Operand, tolerance: Tolerance): AnyTensor {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = optionsOf(name, tolerance, { rtol: 'number', atol: 'number', equalNan: 'flag' });
  const pair = aligned(name, [a, b]);
  const x = at(pair, 0);
  const y = at(pair, 1);
  const same = eq(x, y);
  if (!isFloat(x.dtype)) return same;
  const bound = add(constantLike(atol, y), mul(constantLike(rtol, y), abs(y)));
  const within = and(isFinite(y), le(abs(sub(x, y)), bound));
  return or(or(same, within), equalNan ? and(ne(x, x), ne(y, y)) : constant(0, x.shape, 'bool'));
}

/**
 * Whether two operands are nearly equal everywhere, as {@link isclose}: a bool scalar.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes differ.
 * @example
 * allclose(tensor([1, 2]), tensor([1, 2.00001])); // -> true
 */
export const allclose = <X extends Operand, Y extends Operand, K = unknown>(a: X, b: Second<X, Y, K>, tolerance: Tolerance = {}): Scalar<'bool'> =>
  typed(everywhere(near('allclose', a, typed(b), tolerance)));
const everywhere = (x: AnyTensor): AnyTensor => reduceMin(x, range(x.shape.length));

/**
 * Whether two tensors have one shape and equal elements: a bool scalar. Tensors of different shapes are not equal.
 *
 * @throws `dtype` where the dtypes differ.
 * @example
 * arrayEqual(tensor([1, 2]), tensor([1, 2])); // -> true
 * arrayEqual(tensor([1, 2]), tensor([1])); // -> false
 */
export const arrayEqual = (a: AnyTensor, b: AnyTensor): Scalar<'bool'> => typed(sameElements(handleOf(a, 'arrayEqual'), handleOf(b, 'arrayEqual')));
function sameElements(a: AnyTensor, b: AnyTensor): AnyTensor {
  agree(a.dtype, b.dtype);
  const result: DType = 'bool';
  return sameShape(a.shape, b.shape) ? everywhere(eq(a, b)) : constant(0, [], result);
}
