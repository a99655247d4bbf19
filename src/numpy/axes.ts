// The same elements under other axes: reshape, transpose, new and removed axes, flip, broadcastTo. Floor 7.
import type { DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, ReduceAxes, Tensor } from '../ir/tensor.ts';
import * as primitive from '../primitive/reshape.ts';
import { reverse } from '../primitive/reverse.ts';
import { transpose as permuted } from '../primitive/transpose.ts';
import { axisIndex, axisIndices, type Axes } from '../shape/axis.ts';
import { broadcastTo as broadcastToShape, type BroadcastTo } from '../shape/broadcast.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Dims, Product, Shape } from '../shape/dim.ts';
import { expandDims as expandDimsShape, type ExpandDims } from '../shape/expandDims.ts';
import { movedAxes, type MoveAxis } from '../shape/moveaxis.ts';
import { reshape as reshapeShape, type Reshape } from '../shape/reshape.ts';
import { squeeze as squeezeShape, type Squeeze } from '../shape/squeeze.ts';
import { swapaxes as swapaxesShape, transpose as transposeShape, type SwapAxes, type Transpose } from '../shape/transpose.ts';
import { handleOf } from '../trace/handle.ts';
import { stretched } from './operands.ts';
import { typed } from './typed.ts';

/** A rule's twin on the tensor's shape gives the result's; the elements keep their order. */
function reshaped(name: string, x: AnyTensor, rule: (shape: Shape) => readonly number[]): never {
  const handle = handleOf(x, name);
  return typed(primitive.reshape(handle, rule(handle.shape)));
}

/**
 * The same elements in row-major order under another shape; one -1 stands for what is left over.
 *
 * @throws `shape` where the number of elements differs.
 * @example
 * reshape(tensor([1, 2, 3, 4]), [2, -1]); // -> [[1, 2], [3, 4]]
 */
export const reshape = <S extends Shape, D extends DType, const T extends Shape, K = unknown>(
  x: Tensor<S, D>, shape: Check<Reshape<S, Dims<T, K>, K>, T, K>): Tensor<Ok<Reshape<S, Dims<T, K>, K>, K>, D> =>
  reshaped('reshape', x, s => reshapeShape(s, typed(shape)));

/**
 * All elements in row-major order along one axis.
 *
 * @example
 * ravel(tensor([[1, 2], [3, 4]])); // -> [1, 2, 3, 4]
 */
export const ravel = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<[Product<S>], D> => reshaped('ravel', x, s => [sizeOf(s)]);

/**
 * A new axis of length 1, which is axis `axis` of the result; negative ones count from the result's end.
 *
 * @throws `axis` where there is no such place.
 * @example
 * expandDims(tensor([1, 2]), -1); // -> [[1], [2]]
 */
export const expandDims = <S extends Shape, D extends DType, const Axis extends number, K = unknown>(
  x: Tensor<S, D>, axis: Check<ExpandDims<S, Axis, K>, Axis, K>): Tensor<Ok<ExpandDims<S, Axis, K>, K>, D> =>
  reshaped('expandDims', x, s => expandDimsShape(s, typed(axis)));

/**
 * Takes axes of length 1 away: one, a list of them, or all.
 *
 * @throws `shape` where a named axis is not 1, `axis` where it is out of range.
 * @example
 * squeeze(tensor([[[1, 2]]])); // -> [1, 2]
 * squeeze(tensor([[[1, 2]]]), 0); // -> [[1, 2]]
 */
export const squeeze = <S extends Shape, D extends DType, const Axis extends Axes = undefined, K = unknown>(
  x: Tensor<S, D>, axis?: Check<Squeeze<S, Axis, K>, Axis, K>): Tensor<Ok<Squeeze<S, Axis, K>, K>, D> =>
  reshaped('squeeze', x, s => squeezeShape(s, typed(axis)));

/**
 * Axis i of the result is axis `permutation[i]` of `x`; without a permutation the axes are reversed.
 *
 * @throws `axis` where it is no permutation of the axes.
 * @example
 * transpose(tensor([[1, 2, 3], [4, 5, 6]])); // -> [[1, 4], [2, 5], [3, 6]]
 */
export const transpose = <S extends Shape, D extends DType, const P extends readonly number[] | undefined = undefined, K = unknown>(
  x: Tensor<S, D>, permutation?: Check<Transpose<S, P, K>, P, K>): Tensor<Ok<Transpose<S, P, K>, K>, D> =>
  typed(reordered(handleOf(x, 'transpose'), typed(permutation)));
function reordered(x: AnyTensor, permutation: readonly number[] | undefined): AnyTensor {
  transposeShape(x.shape, permutation);
  const rank = x.shape.length;
  return permuted(x, permutation === undefined ? range(rank).reverse() : permutation.map(axis => axis < 0 ? axis + rank : axis));
}

/**
 * Exchanges two axes.
 *
 * @throws `axis` where one is out of range.
 * @example
 * swapaxes(tensor([[1, 2], [3, 4]]), 0, 1); // -> [[1, 3], [2, 4]]
 */
export const swapaxes = <S extends Shape, D extends DType, const A extends number, const B extends number, K = unknown>(
  x: Tensor<S, D>, a: A, b: Check<SwapAxes<S, A, B, K>, B, K>): Tensor<Ok<SwapAxes<S, A, B, K>, K>, D> => {
  const handle = handleOf(x, 'swapaxes');
  const { shape } = handle;
  const [i, j] = [axisIndex(shape, a), axisIndex(shape, typed(b))];
  swapaxesShape(shape, i, j);
  return typed(permuted(handle, range(shape.length).map(axis => axis === i ? j : axis === j ? i : axis)));
};

/**
 * Moves one axis to another place; the others keep their order.
 *
 * @throws `axis` where one is out of range.
 * @example
 * moveaxis(zeros([2, 3, 4]), 0, -1).shape; // -> [3, 4, 2]
 */
export const moveaxis = <S extends Shape, D extends DType, const From extends number, const To extends number, K = unknown>(
  x: Tensor<S, D>, source: From, destination: Check<MoveAxis<S, From, To, K>, To, K>): Tensor<Ok<MoveAxis<S, From, To, K>, K>, D> => {
  const handle = handleOf(x, 'moveaxis');
  return typed(permuted(handle, movedAxes(handle.shape, source, typed(destination))));
};

/**
 * The elements of some axes, or of all, in opposite order.
 *
 * @throws `axis` where one is out of range or given twice.
 * @example
 * flip(tensor([[1, 2], [3, 4]]), 1); // -> [[2, 1], [4, 3]]
 */
export const flip = <S extends Shape, D extends DType, const Axis extends Axes = undefined, K = unknown>(
  x: Tensor<S, D>, axis?: ReduceAxes<S, Axis, true, K>): Tensor<S, D> => {
  const handle = handleOf(x, 'flip');
  return typed(reverse(handle, axisIndices(handle.shape, typed(axis)).sort((a, b) => a - b)));
};

/**
 * `x` stretched to exactly the given shape: axes of length 1 repeat, new axes come first.
 *
 * @throws `shape` where it does not stretch so.
 * @example
 * broadcastTo(tensor([1, 2]), [2, 2]); // -> [[1, 2], [1, 2]]
 */
export const broadcastTo = <S extends Shape, D extends DType, const T extends Shape, K = unknown>(
  x: Tensor<S, D>, shape: Check<BroadcastTo<S, Dims<T, K>, K>, T, K>): Tensor<Ok<BroadcastTo<S, Dims<T, K>, K>, K>, D> => {
  const handle = handleOf(x, 'broadcastTo');
  return typed(stretched(handle, broadcastToShape(handle.shape, typed(shape))));
};
export { transpose as permuteDims };
