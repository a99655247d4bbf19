// lax: gather and scatter with JAX's dimension numbers. Floor 7.
import { agree, intOnly } from '../dtype/agree.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { neg } from '../primitive/arithmetic.ts';
import { scatterAdd as addAlong, type GatherOptions } from '../primitive/gather.ts';
import { gatherWindows, scatterWindows } from '../primitive/gatherWindows.ts';
import { scatterMax as maxAlong, scatterMin as minAlong, scatterMul as mulAlong, scatterSet as setAlong } from '../primitive/scatter.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { completeGather, gather as gatherShape, scattered, type Gather, type GatherDimensions, type Scatter, type ScatterDimensions } from '../shape/gather.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';

/** What an index outside means: `fill` (the default) gives NaN (the least value of signed, the greatest of unsigned integers, true) and drops updates, `clip` moves the window inside; `promise` says that there is none. */
export interface IndexOptions { readonly mode?: 'fill' | 'clip' | 'promise' }

/**
 * Windows of one size at computed places. The last axis of the indices holds a start along each axis that `startIndexMap` lists; a window
 * that is not wholly inside counts as outside.
 *
 * @param dimensions JAX's GatherDimensionNumbers.
 * @param sliceSizes the size of the window along each axis of the operand.
 * @throws `shape` where operand, indices, dimension numbers and sizes do not fit, `dtype` where the indices are no integers.
 * @example
 * const rows = { offsetDims: [1], collapsedSliceDims: [0], startIndexMap: [0] } as const;
 * lax.gather(tensor([[1, 2], [3, 4], [5, 6]]), tensor([[2], [0]], 'i32'), rows, [1, 2]); // -> [[5, 6], [1, 2]]
 */
export const gather = <S extends Shape, D extends DType, I extends Shape, const N extends GatherDimensions, const Sizes extends Shape, K = unknown>(
  operand: Tensor<S, D>, startIndices: Tensor<I, Int>, dimensions: N, sliceSizes: Check<Gather<S, I, N, Dims<Sizes>, K>, Sizes, K>, options: IndexOptions = {},
): Tensor<Ok<Gather<S, I, N, Dims<Sizes>, K>, K>, D> => {
  optionsOf('gather', options, { mode: ['fill', 'clip', 'promise'] });
  const [x, indices] = [handleOf(operand, 'gather'), handleOf(startIndices, 'gather')];
  intOnly('gather', indices.dtype);
  const sizes: Shape = typed(sliceSizes);
  gatherShape(x.shape, indices.shape, dimensions, sizes);
  return typed(gatherWindows(x, indices, completeGather(dimensions), sizes, options.mode ?? 'fill'));
};

/** Windows of updates, put into an operand at computed places. */
export type Scattering<Most extends DType> = <S extends Shape, D extends Most, I extends Shape, U extends Shape, const N extends ScatterDimensions, K = unknown>(
  operand: Tensor<S, D>, scatterIndices: Tensor<I, Int>, updates: Tensor<U, NoInfer<D>>, dimensions: Check<Scatter<S, I, U, N, K>, N, K>, options?: IndexOptions,
) => Tensor<S, D>;
type Along = (x: AnyTensor, indices: AnyTensor, updates: AnyTensor, options: GatherOptions) => AnyTensor;
const scattering = (name: string, along: Along, prepare: (updates: AnyTensor) => AnyTensor = u => u) =>
  (operand: AnyTensor, scatterIndices: AnyTensor, updates: AnyTensor, given: unknown, options: IndexOptions = {}): never => {
    const { mode = 'fill' } = optionsOf(name, options, { mode: ['fill', 'clip', 'promise'] });
    const [x, indices, windows] = [handleOf(operand, name), handleOf(scatterIndices, name), handleOf(updates, name)];
    intOnly(name, indices.dtype);
    agree(x.dtype, windows.dtype);
    const { dimensions, sizes } = scattered(x.shape, indices.shape, windows.shape, typed(given));
    return typed(scatterWindows(x, indices, prepare(windows), dimensions, sizes, mode, along));
  };

/**
 * The operand with windows of updates in place of what was there; of several at one place the last stays. Windows that are not wholly inside are
 * dropped.
 *
 * @param dimensions JAX's ScatterDimensionNumbers.
 * @throws `shape` where operand, indices, updates and dimension numbers do not fit, `dtype` where dtypes differ or the indices are no integers.
 * @example
 * const rows = { updateWindowDims: [1], insertedWindowDims: [0], scatterDimsToOperandDims: [0] } as const;
 * lax.scatter(zeros([2, 2]), tensor([[1]], 'i32'), tensor([[5, 6]]), rows); // -> [[0, 0], [5, 6]]
 */
export const scatter: Scattering<DType> = scattering('scatter', setAlong);

/**
 * The operand plus windows of updates; those at one place add up.
 *
 * @throws `shape` where operand, indices, updates and dimension numbers do not fit, `dtype` where dtypes differ or the indices are no integers.
 * @example
 * const each = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] } as const;
 * lax.scatterAdd(zeros([3]), tensor([[2], [2]], 'i32'), tensor([1, 5]), each); // -> [0, 0, 6]
 */
export const scatterAdd: Scattering<Float | Int> = scattering('scatterAdd', addAlong);

/**
 * The operand minus windows of updates; those at one place add up.
 *
 * @throws `shape` where operand, indices, updates and dimension numbers do not fit, `dtype` where dtypes differ or the indices are no integers.
 * @example
 * const each = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] } as const;
 * lax.scatterSub(ones([2]), tensor([[0], [0]], 'i32'), tensor([1, 5]), each); // -> [-5, 1]
 */
export const scatterSub: Scattering<Float | Int> = scattering('scatterSub', addAlong, neg);

/**
 * The operand times windows of updates.
 *
 * @throws `shape` where operand, indices, updates and dimension numbers do not fit, `dtype` where dtypes differ or the indices are no integers.
 * @example
 * const each = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] } as const;
 * lax.scatterMul(ones([2]), tensor([[0], [0]], 'i32'), tensor([2, 5]), each); // -> [10, 1]
 */
export const scatterMul: Scattering<Float | Int> = scattering('scatterMul', mulAlong);

/**
 * The operand or the least update at each place; NaN where one is NaN.
 *
 * @throws `shape` where operand, indices, updates and dimension numbers do not fit, `dtype` where dtypes differ or the indices are no integers.
 * @example
 * const each = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] } as const;
 * lax.scatterMin(ones([2]), tensor([[0], [0]], 'i32'), tensor([-2, 5]), each); // -> [-2, 1]
 */
export const scatterMin: Scattering<Float | Int> = scattering('scatterMin', minAlong);

/**
 * The operand or the greatest update at each place; NaN where one is NaN.
 *
 * @throws `shape` where operand, indices, updates and dimension numbers do not fit, `dtype` where dtypes differ or the indices are no integers.
 * @example
 * const each = { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] } as const;
 * lax.scatterMax(ones([2]), tensor([[0], [0]], 'i32'), tensor([-2, 5]), each); // -> [5, 1]
 */
export const scatterMax: Scattering<Float | Int> = scattering('scatterMax', maxAlong);
