// Joining and cutting: concatenate, stack, split, slice, pad. Floor 7.
import { listedTensors } from './operands.ts';
import { agree } from '../dtype/agree.ts';
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { numberLike } from '../primitive/broadcast.ts';
import * as primitive from '../primitive/concatenate.ts';
import { at } from '../primitive/define.ts';
import { reshape } from '../primitive/reshape.ts';
import { pad as padded, slice as sliced, sliceAxis } from '../primitive/slice.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import { concatenate as concatenateShape, stack as stackShape, type Concatenate, type Stack } from '../shape/concatenate.ts';
import type { Shape } from '../shape/dim.ts';
import { insertAxis } from '../shape/expandDims.ts';
import { optionsOf } from '../shape/options.ts';
import { pad as padShape, type Pad, type Padding } from '../shape/pad.ts';
import { sliceBounds, type Range, type Slice } from '../shape/slice.ts';
import { split as splitShape, type Split } from '../shape/split.ts';
import { handleOf } from '../trace/handle.ts';
import type { AgreeAll, DTypeOfAll, ShapesOf, Tensors } from './several.ts';
import { typed } from './typed.ts';

/** A list of tensors of one dtype; it comes from a parameter whose type a rule has checked. */
function listed(name: string, xs: unknown): readonly AnyTensor[] {
  const list: readonly AnyTensor[] = listedTensors(name, typed(xs));
  const handles = list.map(x => handleOf(x, name));
  for (const x of handles) agree(at(handles, 0).dtype, x.dtype);
  return handles;
}

type ConcatenateRule<Ts extends readonly AnyTensor[], Axis extends number, K> = Both<AgreeAll<Ts, K>, Concatenate<ShapesOf<Ts>, Axis, K>, K>;
/**
 * Tensors one after another along an axis that they have (default 0).
 *
 * @throws `shape` where other axes differ, `axis` where the axis is out of range, `dtype` where the dtypes differ.
 * @example
 * concatenate([tensor([[1, 2]]), tensor([[3, 4], [5, 6]])]); // -> [[1, 2], [3, 4], [5, 6]]
 */
export const concatenate = <const Ts extends readonly AnyTensor[], const Axis extends number = 0, K = unknown>(
  xs: Check<ConcatenateRule<Ts, Axis, K>, Ts, K>, axis?: Axis): Tensor<Ok<ConcatenateRule<Ts, Axis, K>, K>, DTypeOfAll<Ts, K>> => {
  const list = listed('concatenate', xs);
  concatenateShape(list.map(x => x.shape), axis);
  return typed(primitive.concatenate(list, axisIndex(at(list, 0).shape, axis ?? 0)));
};

type StackRule<Ts extends readonly AnyTensor[], Axis extends number, K> = Both<AgreeAll<Ts, K>, Stack<ShapesOf<Ts>, Axis, K>, K>;
/**
 * Tensors of one shape side by side along a new axis (default 0).
 *
 * @throws `shape` where the shapes differ, `axis` where there is no such place, `dtype` where the dtypes differ.
 * @example
 * stack([tensor([1, 2]), tensor([3, 4])], 1); // -> [[1, 3], [2, 4]]
 */
export const stack = <const Ts extends readonly AnyTensor[], const Axis extends number = 0, K = unknown>(
  xs: Check<StackRule<Ts, Axis, K>, Ts, K>, axis?: Axis): Tensor<Ok<StackRule<Ts, Axis, K>, K>, DTypeOfAll<Ts, K>> => {
  const list = listed('stack', xs);
  const shape = stackShape(list.map(x => x.shape), axis);
  const place = (axis ?? 0) < 0 ? shape.length + (axis ?? 0) : axis ?? 0;
  return typed(primitive.concatenate(list.map(x => reshape(x, insertAxis(x.shape, place, 1))), place));
};

/** A number of equal pieces, or the indices to cut before. */
export type Cuts = number | readonly number[];
/**
 * The pieces of a tensor along an axis (default 0): a number of equal ones, or those between the listed indices.
 *
 * @throws `shape` where the axis does not divide so, `index` where indices are not ascending or outside, `axis` where it is out of range.
 * @example
 * split(tensor([1, 2, 3, 4]), 2); // -> [[1, 2], [3, 4]]
 * split(tensor([1, 2, 3, 4]), [1])[1]; // -> [2, 3, 4]
 */
export const split = <S extends Shape, D extends DType, const Where extends Cuts, const Axis extends number = 0, K = unknown>(
  x: Tensor<S, D>, where: Check<Split<S, Where, Axis, K>, Where, K>, axis?: Axis): Tensors<Split<S, Where, Axis, K>, D> => {
  const handle = handleOf(x, 'split');
  const index = axisIndex(handle.shape, axis ?? 0);
  let start = 0;
  const pieces = splitShape(handle.shape, typed(where), axis).map(shape => {
    const from = start;
    start += at(shape, index);
    return sliceAxis(handle, index, from, start);
  });
  return typed(pieces);
};

/**
 * A range of each axis: `':'` for all of it, `[start, stop]`, or `[start, stop, step]`; a `stop` of null is the end, negative bounds
 * count from the end, axes without a range are taken whole.
 *
 * @throws `index` where a range does not lie within its axis.
 * @example
 * slice(tensor([[1, 2, 3], [4, 5, 6]]), [':', [1, null]]); // -> [[2, 3], [5, 6]]
 * slice(tensor([1, 2, 3, 4]), [[0, null, 2]]); // -> [1, 3]
 */
export const slice = <S extends Shape, D extends DType, const R extends readonly Range[], K = unknown>(
  x: Tensor<S, D>, ranges: Check<Slice<S, R, K>, R, K>): Tensor<Ok<Slice<S, R, K>, K>, D> => {
  const handle = handleOf(x, 'slice');
  const bounds = sliceBounds(handle.shape, typed(ranges));
  return typed(sliced(handle, bounds.map(b => b.start), bounds.map(b => b.stop), bounds.map(b => b.step)));
};

/** What a tensor is padded with. */
export interface PadOptions {
  /** What the new elements are; default 0. A number that the dtype can hold. */
  readonly constantValues?: number;
}
/**
 * Lengthens axes by a constant: for each axis how many elements before and after it, and, if given, between any two. Negative amounts cut.
 *
 * @throws `shape` where there are more paddings than axes, or an axis would be shorter than nothing.
 * @example
 * pad(tensor([1, 2]), [[1, 2]]); // -> [0, 1, 2, 0, 0]
 * pad(tensor([1, 2]), [[0, 0, 1]], { constantValues: 9 }); // -> [1, 9, 2]
 */
export const pad = <S extends Shape, D extends DType, const P extends readonly Padding[], K = unknown>(
  x: Tensor<S, D>, paddings: Check<Pad<S, P, K>, P, K>, options: PadOptions = {}): Tensor<Ok<Pad<S, P, K>, K>, D> => {
  const handle = handleOf(x, 'pad');
  const given: readonly Padding[] = typed(paddings);
  padShape(handle.shape, given);
  const amounts = handle.shape.map((_, axis) => given[axis] ?? [0, 0]);
  const value = numberLike(optionsOf('pad', options, { constantValues: 'number' }).constantValues ?? 0, { shape: [], dtype: handle.dtype }, 'pad');
  return typed(padded(handle, value, amounts.map(p => p[0]), amounts.map(p => p[1]), amounts.map(p => p[2] ?? 0)));
};
