// lax: what JAX has here as well as in numpy, and choices among several tensors. Floor 7.
import { listed } from '../shape/dim.ts';
import { intOnly } from '../dtype/agree.ts';
import { isSigned, type DType, type Float, type Int } from '../dtype/dtype.ts';
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { eye } from '../numpy/ranges.ts';
import type { Tensors } from '../numpy/several.ts';
import { typed } from '../numpy/typed.ts';
import { add, mul } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { lt } from '../primitive/comparison.ts';
import { convGeneral as convolve } from '../primitive/conv.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { and, shiftRightArithmetic, shiftRightLogical } from '../primitive/logical.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Check } from '../shape/check.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { splitSizes, type SplitSizes } from '../shape/split.ts';
import { handleOf } from '../trace/handle.ts';

export { expandDims, squeeze } from '../numpy/axes.ts';
export { full, fullLike } from '../numpy/create.ts';
export { broadcastShapes } from '../numpy/inquiry.ts';
export { stack } from '../numpy/join.ts';
export { dot, matmul as batchMatmul, tensordot } from '../numpy/product.ts';
export { tile } from '../numpy/repetition.ts';
export { unstack } from '../numpy/stacking.ts';

/**
 * New leading axes of the given sizes, along which the tensor repeats.
 *
 * @throws `shape` where a size is no natural number.
 * @example
 * lax.broadcast(tensor([1, 2]), [2]); // -> [[1, 2], [1, 2]]
 */
export const broadcast = <S extends Shape, D extends DType, const N extends Shape>(x: Tensor<S, D>, sizes: N): Tensor<[...Dims<N>, ...S], D> => {
  const handle = handleOf(x, 'broadcast');
  return typed(broadcastInDim(handle, [...sizes, ...handle.shape], range(handle.shape.length).map(i => i + sizes.length)));
};

/**
 * Leading axes of length 1, as many as the rank asks for.
 *
 * @throws `shape` where the tensor has a higher rank.
 * @example
 * lax.broadcastToRank(tensor([1, 2]), 2); // -> [[1, 2]]
 */
export const broadcastToRank = <D extends DType>(x: Tensor<Shape, D>, rank: number): Tensor<Shape, D> => {
  const handle = handleOf(x, 'broadcastToRank');
  if (!Number.isInteger(rank) || rank < handle.shape.length) throw new ShapeError(`broadcastToRank: [${handle.shape.join(', ')}] to rank ${rank}`);
  return typed(reshape(handle, [...range(rank - handle.shape.length).map(() => 1), ...handle.shape]));
};

/**
 * Axes `start` up to before `stop` as one.
 *
 * @throws `axis` where they are no axes.
 * @example
 * lax.collapse(zeros([2, 3, 4]), 0, 2).shape; // -> [6, 4]
 */
export const collapse = <D extends DType>(x: Tensor<Shape, D>, start: number, stop: number): Tensor<Shape, D> => {
  const handle = handleOf(x, 'collapse');
  const from = axisIndex(handle.shape, start);
  const to = axisIndex(handle.shape, stop - 1);
  if (to < from) throw new ShapeError(`collapse: axes ${start} up to before ${stop} of [${handle.shape.join(', ')}]`, 'axis');
  return typed(reshape(handle, [...handle.shape.slice(0, from), sizeOf(handle.shape.slice(from, to + 1)), ...handle.shape.slice(to + 1)]));
};

/**
 * Pieces of the given sizes along an axis (default 0).
 *
 * @throws `axis` where the axis is out of range, `shape` where the sizes do not add up to it.
 * @example
 * lax.split(tensor([1, 2, 3]), [1, 2])[1]; // -> [2, 3]
 */
export const split = <S extends Shape, D extends DType, const Sizes extends Shape, const Axis extends number = 0, K = unknown>(
  x: Tensor<S, D>, sizes: Check<SplitSizes<S, Sizes, Axis, K>, Sizes, K>, axis?: Axis): Tensors<SplitSizes<S, Sizes, Axis, K>, D> => {
  const handle = handleOf(x, 'split');
  const place = axisIndex(handle.shape, axis ?? 0);
  let start = 0;
  return typed(splitSizes(handle.shape, typed(sizes), axis).map(shape => {
    const from = start;
    start += at(shape, place);
    return sliceAxis(handle, place, from, start);
  }));
};

/**
 * Element by element the case that `which` names: an index (clipped), or a bool, where false is the first. `which` is a scalar, or of their shape.
 *
 * @throws `value` for no cases, `shape` where shapes differ, `dtype` where `which` is a float.
 * @example
 * lax.selectN(tensor([2, 0], 'i32'), tensor([1, 2]), tensor([3, 4]), tensor([5, 6])); // -> [5, 2]
 */
export const selectN = <S extends Shape, D extends DType>(which: Tensor<Shape, Int | 'bool'>, ...cases: readonly Tensor<S, D>[]): Tensor<S, D> => {
  const index: AnyTensor = handleOf(which, 'selectN');
  const list: readonly AnyTensor[] = cases.map(x => handleOf(x, 'selectN'));
  const first = list[0];
  if (first === undefined) throw new CotangentError('value', 'selectN: no cases; pass at least one');
  if (index.dtype === 'bool' && list.length > 2) throw new DTypeError(`selectN: a bool chooses between two cases, not ${list.length}; use i32`);
  if (index.dtype !== 'bool') intOnly('selectN', index.dtype);
  const wide = index.shape.length === 0 ? broadcastInDim(index, first.shape, []) : index;
  const named = convert(wide, 'i32');
  // From the last case down: an index below i + 1 chooses case i or an earlier one.
  return typed(list.slice(0, -1).reduceRight<AnyTensor>((rest, x, i) => select(lt(named, constantLike(i + 1, named)), x, rest), at(list, list.length - 1)));
};

/**
 * The upper 32 bits of the 64-bit product of integers of 32 bits.
 *
 * @throws `dtype` for other dtypes.
 * @example
 * lax.mulhi(tensor([2 ** 30], 'i32'), tensor([8], 'i32')); // -> [2]
 */
export const mulhi = <S extends Shape, D extends 'i32' | 'u32'>(x: Tensor<S, D>, y: Tensor<NoInfer<S>, NoInfer<D>>): Tensor<S, D> => {
  const [a, b]: readonly [AnyTensor, AnyTensor] = [handleOf(x, 'mulhi'), handleOf(y, 'mulhi')];
  if (a.dtype !== 'i32' && a.dtype !== 'u32') throw new DTypeError(`mulhi: ${a.dtype} is not i32 or u32`);
  const c = (value: number): AnyTensor => constantLike(value, a);
  const high = (t: AnyTensor): AnyTensor => isSigned(a.dtype) ? shiftRightArithmetic(t, c(16)) : shiftRightLogical(t, c(16));
  const low = (t: AnyTensor): AnyTensor => and(t, c(0xffff));
  const [ah, al, bh, bl] = [high(a), low(a), high(b), low(b)];
  // Schoolbook in halves of 16 bits (Hacker's Delight, 8-2): no partial sum overflows.
  const t = add(mul(ah, bl), shiftRightLogical(mul(al, bl), c(16)));
  const w1 = add(mul(al, bh), low(t));
  return typed(add(add(mul(ah, bh), high(t)), high(w1)));
};

/**
 * The windows of an image as features: for each place the elements of its window, [n, ...places, c times the window's size] beside [n, ...space, c].
 *
 * @throws `shape` where the windows do not fit.
 * @example
 * lax.convGeneralDilatedPatches(tensor([[[1], [2], [3]]]), [2]); // -> [[[1, 2], [2, 3]]]
 */
export const convGeneralDilatedPatches = <D extends Float>(x: Tensor<Shape, D>, window: readonly number[], options: { readonly strides?: readonly number[] } = {}): Tensor<Shape, D> => {
  optionsOf('convGeneralDilatedPatches', options, { strides: 'any' });
  const image = handleOf(x, 'convGeneralDilatedPatches');
  const rank = image.shape.length;
  if (listed('convGeneralDilatedPatches', 'window', window).length !== rank - 2) throw new ShapeError(`convGeneralDilatedPatches: window [${window.join(', ')}] for the spatial axes of [${image.shape.join(', ')}]`);
  const [c, size] = [at(image.shape, rank - 1), sizeOf(window)];
  // One output feature for each element of the window, in each group of one input feature.
  const unit = reshape(convert(handleOf(eye(size), 'convGeneralDilatedPatches'), image.dtype), [...window, 1, size]);
  const kernel = reshape(broadcastInDim(unit, [...window, 1, c, size], [...range(window.length), window.length, window.length + 2]), [...window, 1, c * size]);
  const axes = [0, rank - 1, ...range(rank - 2).map(i => i + 1)];
  const ones = window.map(() => 1);
  return typed(convolve(image, kernel, {
    lhs: axes, rhs: [rank - 1, rank - 2, ...range(rank - 2)], out: axes, strides: options.strides ?? ones, padding: window.map(() => [0, 0] as const), lhsDilation: ones, rhsDilation: ones, featureGroups: c, batchGroups: 1,
  }));
};
