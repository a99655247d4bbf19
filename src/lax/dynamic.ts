// lax: slices, at places that may be computed. Floor 7.
import { agree, intOnly } from '../dtype/agree.ts';
import type { DType, Int } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { constant } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import * as dynamic from '../primitive/dynamicSlice.ts';
import { reshape } from '../primitive/reshape.ts';
import { slice, sliceAxis } from '../primitive/slice.ts';
import { axisIndex, type At, type AxisMessage } from '../shape/axis.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { dynamicSlice as dynamicSliceShape, dynamicUpdateSlice as dynamicUpdateShape, type DynamicSlice, type DynamicUpdateSlice } from '../shape/dynamicSlice.ts';
import { handleOf } from '../trace/handle.ts';

/** The start along one axis: a number, or an integer scalar. */
export type Start = number | Tensor<[], Int>;
function startOf(start: Start, name: string): AnyTensor {
  if (typeof start === 'number') return constant(start, [], 'i32');
  const handle = handleOf(start, name);
  intOnly(name, handle.dtype);
  return convert(handle, 'i32');
}

/**
 * The block of the given sizes at starts that may be computed; they are clamped so that the block lies inside.
 *
 * @throws `shape` where the block does not fit, `index` where there is not one start for each axis.
 * @example
 * lax.dynamicSlice(tensor([1, 2, 3, 4]), [tensor(1, 'i32')], [2]); // -> [2, 3]
 * lax.dynamicSlice(tensor([1, 2, 3, 4]), [9], [2]); // -> [3, 4]
 */
export const dynamicSlice = <S extends Shape, D extends DType, const Starts extends readonly Start[], const Sizes extends Shape, K = unknown>(
  operand: Tensor<S, D>, startIndices: Starts, sliceSizes: Check<DynamicSlice<S, Starts['length'], Dims<Sizes>, K>, Sizes, K>,
): Tensor<Ok<DynamicSlice<S, Starts['length'], Dims<Sizes>, K>, K>, D> => {
  const x = handleOf(operand, 'dynamicSlice');
  const sizes: Shape = typed(sliceSizes);
  dynamicSliceShape(x.shape, startIndices.length, sizes);
  return typed(dynamic.dynamicSlice(x, startIndices.map(s => startOf(s, 'dynamicSlice')), sizes));
};

/**
 * The operand with `update` in place of its block at starts that may be computed; they are clamped so that the block lies inside.
 *
 * @throws `shape` where the block does not fit, `dtype` where the dtypes differ, `index` where there is not one start for each axis.
 * @example
 * lax.dynamicUpdateSlice(zeros([4]), tensor([7, 8]), [tensor(1, 'i32')]); // -> [0, 7, 8, 0]
 */
export const dynamicUpdateSlice = <S extends Shape, D extends DType, U extends Shape, const Starts extends readonly Start[], K = unknown>(
  operand: Tensor<S, D>, update: Tensor<U, NoInfer<D>>, startIndices: Check<DynamicUpdateSlice<S, U, Starts['length'], K>, Starts, K>,
): Tensor<S, D> => {
  const [x, block] = [handleOf(operand, 'dynamicUpdateSlice'), handleOf(update, 'dynamicUpdateSlice')];
  agree(x.dtype, block.dtype);
  const starts: readonly Start[] = typed(startIndices);
  dynamicUpdateShape(x.shape, block.shape, starts.length);
  return typed(dynamic.dynamicUpdateSlice(x, block, starts.map(s => startOf(s, 'dynamicUpdateSlice'))));
};

/** `S` with one axis of another length. */
type WithAxis<S extends Shape, Axis extends number, N extends number, K = unknown> =
  At<S, Axis, K> extends readonly [infer P extends Shape, infer _, infer Q extends Shape] ? [...P, N, ...Q] : AxisMessage<S, Axis, At<S, Axis, K>, K>;
type WithoutAxis<S extends Shape, Axis extends number, K = unknown> =
  At<S, Axis, K> extends readonly [infer P extends Shape, infer _, infer Q extends Shape] ? [...P, ...Q] : AxisMessage<S, Axis, At<S, Axis, K>, K>;

/** The starts of a block that moves along one axis. */
const alongAxis = (shape: Shape, axis: number, start: Start, name: string): AnyTensor[] => range(shape.length).map(i => startOf(i === axis ? start : 0, name));
const withAxis = (shape: Shape, axis: number, n: number): number[] => shape.map((d, i) => i === axis ? n : d);

/**
 * `size` elements of one axis (default 0) from a start that may be computed, clamped so that they lie inside.
 *
 * @throws `axis` where the axis is out of range, `shape` where it is shorter.
 * @example
 * lax.dynamicSliceInDim(tensor([1, 2, 3, 4]), tensor(2, 'i32'), 2); // -> [3, 4]
 */
export const dynamicSliceInDim = <S extends Shape, D extends DType, const N extends number, const Axis extends number = 0, K = unknown>(
  operand: Tensor<S, D>, startIndex: Start, sliceSize: Check<WithAxis<S, Axis, N, K>, N, K>, axis?: Axis): Tensor<Ok<WithAxis<S, Axis, N, K>, K>, D> => {
  const x = handleOf(operand, 'dynamicSliceInDim');
  const index = axisIndex(x.shape, axis ?? 0);
  const sizes = withAxis(x.shape, index, typed(sliceSize));
  dynamicSliceShape(x.shape, x.shape.length, sizes);
  return typed(dynamic.dynamicSlice(x, alongAxis(x.shape, index, startIndex, 'dynamicSliceInDim'), sizes));
};

/**
 * The slice of one axis (default 0) at an index that may be computed, clamped into the axis, which goes away unless `keepdims`.
 *
 * @throws `axis` where the axis is out of range or empty.
 * @example
 * lax.dynamicIndexInDim(tensor([[1, 2], [3, 4]]), tensor(1, 'i32')); // -> [3, 4]
 */
export const dynamicIndexInDim = <S extends Shape, D extends DType, const Axis extends number = 0, K = unknown>(
  operand: Tensor<S, D>, index: Start, axis?: Check<WithoutAxis<S, Axis, K>, Axis, K>): Tensor<Ok<WithoutAxis<S, Axis, K>, K>, D> => {
  const x = handleOf(operand, 'dynamicIndexInDim');
  const place = axisIndex(x.shape, typed(axis ?? 0));
  dynamicSliceShape(x.shape, x.shape.length, withAxis(x.shape, place, 1));
  const taken = dynamic.dynamicSlice(x, alongAxis(x.shape, place, index, 'dynamicIndexInDim'), withAxis(x.shape, place, 1));
  return typed(reshape(taken, x.shape.filter((_, i) => i !== place)));
};

/**
 * The operand with `update` in place of what one axis (default 0) holds from a start that may be computed.
 *
 * @throws `axis` where the axis is out of range, `shape` where the update does not fit, `dtype` where the dtypes differ.
 * @example
 * lax.dynamicUpdateSliceInDim(zeros([4]), tensor([7, 8]), tensor(2, 'i32'), 0); // -> [0, 0, 7, 8]
 */
export const dynamicUpdateSliceInDim = <S extends Shape, D extends DType>(operand: Tensor<S, D>, update: Tensor<Shape, NoInfer<D>>, startIndex: Start, axis: number): Tensor<S, D> => {
  const [x, block] = [handleOf(operand, 'dynamicUpdateSliceInDim'), handleOf(update, 'dynamicUpdateSliceInDim')];
  agree(x.dtype, block.dtype);
  const place = axisIndex(x.shape, axis);
  dynamicUpdateShape(x.shape, block.shape, x.shape.length);
  return typed(dynamic.dynamicUpdateSlice(x, block, alongAxis(x.shape, place, startIndex, 'dynamicUpdateSliceInDim')));
};

/**
 * The operand with `update`, a slice without the axis, in place of what one axis holds at an index that may be computed.
 *
 * @throws `axis` where the axis is out of range, `shape` where the update does not fit, `dtype` where the dtypes differ.
 * @example
 * lax.dynamicUpdateIndexInDim(zeros([2, 2]), tensor([7, 8]), tensor(1, 'i32'), 0); // -> [[0, 0], [7, 8]]
 */
export const dynamicUpdateIndexInDim = <S extends Shape, D extends DType>(operand: Tensor<S, D>, update: Tensor<Shape, NoInfer<D>>, index: Start, axis: number): Tensor<S, D> => {
  const [x, block] = [handleOf(operand, 'dynamicUpdateIndexInDim'), handleOf(update, 'dynamicUpdateIndexInDim')];
  agree(x.dtype, block.dtype);
  const place = axisIndex(x.shape, axis);
  const slab = block.shape.length === x.shape.length ? block : reshape(block, [...block.shape.slice(0, place), 1, ...block.shape.slice(place)]);
  dynamicUpdateShape(x.shape, slab.shape, x.shape.length);
  return typed(dynamic.dynamicUpdateSlice(x, slab, alongAxis(x.shape, place, index, 'dynamicUpdateIndexInDim')));
};

/**
 * Elements `start`, `start + stride`, ... below `limit` of one axis (default 0).
 *
 * @throws `axis` where the axis is out of range, `index` where the bounds do not lie within it.
 * @example
 * lax.sliceInDim(tensor([1, 2, 3, 4]), 1, 4, 2); // -> [2, 4]
 */
export const sliceInDim = <D extends DType>(operand: Tensor<Shape, D>, start: number | null, limit: number | null, stride = 1, axis = 0): Tensor<Shape, D> => {
  const x = handleOf(operand, 'sliceInDim');
  const place = axisIndex(x.shape, axis);
  const n = at(x.shape, place);
  const bound = (b: number): number => b < 0 ? b + n : b;
  return typed(slice(x, withAxis(x.shape.map(() => 0), place, bound(start ?? 0)), withAxis(x.shape, place, bound(limit ?? n)), withAxis(x.shape.map(() => 1), place, stride)));
};

/**
 * The slice of one axis (default 0) at a number, which takes the axis away unless `keepdims` (default true, as in JAX).
 *
 * @throws `axis` where the axis is out of range, `index` where the number is outside.
 * @example
 * lax.indexInDim(tensor([[1, 2], [3, 4]]), -1); // -> [[3, 4]]
 * lax.indexInDim(tensor([[1, 2], [3, 4]]), 0, 1, false); // -> [1, 3]
 */
export const indexInDim = <D extends DType>(operand: Tensor<Shape, D>, index: number, axis = 0, keepdims = true): Tensor<Shape, D> => {
  const x = handleOf(operand, 'indexInDim');
  const place = axisIndex(x.shape, axis);
  const from = index < 0 ? index + at(x.shape, place) : index;
  const taken = sliceAxis(x, place, from, from + 1);
  return typed(keepdims ? taken : reshape(taken, x.shape.filter((_, i) => i !== place)));
};
