// Choosing element by element: where and clip. Floor 7.
import { CotangentError, DTypeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, CommonDType, Elementwise, Operand, Second, Tensor } from '../ir/tensor.ts';
import { agree, type Agree } from '../dtype/agree.ts';
import { numberLike } from '../primitive/broadcast.ts';
import * as extremum from '../primitive/extremum.ts';
import { select } from '../primitive/select.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import type { Shape } from '../shape/dim.ts';
import { where as whereShape, type Where } from '../shape/where.ts';
import { handleOf } from '../trace/handle.ts';
import { combined, stretched } from './operands.ts';
import { typed } from './typed.ts';

type DTypeRule<X, Y, K> = X extends Tensor<infer _, infer D> ? Y extends Tensor<infer __, infer E> ? Agree<D, E, K> : true : true;
// One operand after the other, so that a union of operands is one of answers.
type ShapeRule<C extends Shape, X, Y, K> =
  X extends Tensor<infer A, infer _> ? Y extends Tensor<infer B, infer __> ? Where<C, A, B, K> : Where<C, A, [], K>
  : Y extends Tensor<infer B, infer _> ? Where<C, [], B, K> : Where<C, [], [], K>;
type WhereRule<C extends Shape, X, Y, K> = Both<DTypeRule<X, Y, K>, ShapeRule<C, X, Y, K>, K>;
/** Two numbers make f32, as in `tensor`. */
type WhereDType<X, Y, K> = X extends number ? Y extends number ? 'f32' : CommonDType<X, Y, K> : CommonDType<X, Y, K>;

/**
 * `a` where the condition holds, else `b`; all three broadcast. The derivative of what was not chosen is 0, and never NaN unless the
 * branch itself is computed from a value where it has none.
 *
 * @throws `shape` where the shapes do not broadcast, `dtype` where the dtypes of `a` and `b` differ or the condition is not bool.
 * @example
 * where(tensor([true, false]), tensor([1, 2]), 0); // -> [1, 0]
 */
export const where = <C extends Shape, X extends Operand, Y extends Operand, K = unknown>(
  condition: Tensor<C, 'bool'>, a: X, b: Check<WhereRule<C, X, Y, K>, Y, K>): Tensor<Ok<WhereRule<C, X, Y, K>, K>, WhereDType<X, Y, K>> =>
  typed(chosen(condition, a, typed(b)));
function chosen(condition: AnyTensor, a: Operand, b: Operand): AnyTensor {
  const pred = handleOf(condition, 'where');
  if (pred.dtype !== 'bool') throw new DTypeError(`where: the condition is ${pred.dtype}, not bool (compare it with 0)`);
  const [x, y] = [a, b].map(v => typeof v === 'number' ? v : handleOf(v, 'where'));
  if (x === undefined || y === undefined) throw new CotangentError('value', 'where: takes a condition and two operands');
  const shape = whereShape(pred.shape, shapeOfOperand(x), shapeOfOperand(y));
  const dtype: DType = typeof x !== 'number' ? typeof y !== 'number' ? agree(x.dtype, y.dtype) : x.dtype : typeof y !== 'number' ? y.dtype : 'f32';
  const full = (v: Operand): AnyTensor => typeof v === 'number' ? numberLike(v, { shape, dtype }, 'where') : stretched(v, shape);
  return select(stretched(pred, shape), full(x), full(y));
}
const shapeOfOperand = (x: Operand): Shape => typeof x === 'number' ? [] : x.shape;

/**
 * `x` kept between two bounds, `minimum(maximum(x, low), high)`; null is no bound. NaN stays NaN.
 *
 * @throws `shape` where the bounds do not broadcast, `dtype` where the dtypes differ.
 * @example
 * clip(tensor([-2, 0.5, 3]), 0, 1); // -> [0, 0.5, 1]
 * clip(tensor([-2, 0.5, 3]), null, 1); // -> [-2, 0.5, 1]
 */
export const clip = <X extends AnyTensor, L extends Operand | null, H extends Operand | null, K = unknown>(
  x: X, low: Bound<X, L, K>, high: Bound<Bounded<X, L, K>, H, K>): Bounded<Bounded<X, L, K>, H, K> => typed(clipped(handleOf(x, 'clip'), typed(low), typed(high)));
function clipped(x: AnyTensor, low: Operand | null, high: Operand | null): AnyTensor {
  const above: AnyTensor = low === null ? x : combined('clip', extremum.max, x, low);
  return high === null ? above : combined('clip', extremum.min, above, high);
}
type Bound<X, B, K> = B extends null ? B : Second<X, B, K>;
type Bounded<X, B, K> = B extends null ? X : Elementwise<X, B, K>;
