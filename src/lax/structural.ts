// lax: the primitives that move, join, reduce and multiply, under JAX's names. Parameters are complete: no defaults, no axes from
// the end; np has those. Floor 7.
import { listed } from '../shape/dim.ts';
import type { Agree } from '../dtype/agree.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import type { AnyTensor, CommonDType, Reduced, ReduceAxes, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import * as index from '../primitive/argmax.ts';
import * as barrier from '../primitive/barrier.ts';
import * as broadcast from '../primitive/broadcast.ts';
import * as join from '../primitive/concatenate.ts';
import * as conversion from '../primitive/convert.ts';
import * as product from '../primitive/dot.ts';
import * as counting from '../primitive/iota.ts';
import * as reduction from '../primitive/reduce.ts';
import * as reshaping from '../primitive/reshape.ts';
import * as reversal from '../primitive/reverse.ts';
import * as cut from '../primitive/slice.ts';
import * as permutation from '../primitive/transpose.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import type { Concatenate } from '../shape/concatenate.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import type { DotDimensions, DotGeneral } from '../shape/dotGeneral.ts';
import type { Pad } from '../shape/pad.ts';
import type { Reduce } from '../shape/reduce.ts';
import type { Reshape } from '../shape/reshape.ts';
import type { Transpose } from '../shape/transpose.ts';

/**
 * Places axis i of `x` at axis `dims[i]` of the given shape; axes of length 1 stretch, the other axes of the result repeat.
 *
 * @throws `shape` where it does not fit.
 * @example
 * lax.broadcastInDim(tensor([1, 2]), [2, 2], [0]); // -> [[1, 1], [2, 2]]
 */
export const broadcastInDim = <const T extends Shape, D extends DType>(x: Tensor<Shape, D>, shape: T, dims: readonly number[]): Tensor<Dims<T>, D> =>
  typed(broadcast.broadcastInDim(x, shape, dims));

/**
 * The same elements in row-major order under another shape.
 *
 * @throws `shape` where the number of elements differs.
 * @example
 * lax.reshape(tensor([1, 2, 3, 4]), [2, 2]); // -> [[1, 2], [3, 4]]
 */
export const reshape = <S extends Shape, D extends DType, const T extends Shape, K = unknown>(
  x: Tensor<S, D>, shape: Check<Reshape<S, Dims<T, K>, K>, T, K>): Tensor<Ok<Reshape<S, Dims<T, K>, K>, K>, D> => typed(reshaping.reshape(x, typed(shape)));

/**
 * Axis i of the result is axis `permutation[i]` of `x`.
 *
 * @throws `axis` where it is no permutation of the axes.
 * @example
 * lax.transpose(tensor([[1, 2], [3, 4]]), [1, 0]); // -> [[1, 3], [2, 4]]
 */
export const transpose = <S extends Shape, D extends DType, const P extends readonly number[], K = unknown>(
  x: Tensor<S, D>, axes: Check<Transpose<S, P, K>, P, K>): Tensor<Ok<Transpose<S, P, K>, K>, D> => typed(permutation.transpose(x, typed(axes)));

/**
 * The elements of some axes (in increasing order) in opposite order.
 *
 * @throws `axis` where one is out of range.
 * @example
 * lax.rev(tensor([1, 2, 3]), [0]); // -> [3, 2, 1]
 */
export const rev = <S extends Shape, D extends DType>(x: Tensor<S, D>, dimensions: readonly number[]): Tensor<S, D> => typed(reversal.reverse(x, dimensions));

/**
 * Elements `start`, `start + stride`, ... below `limit` of each axis.
 *
 * @throws `index` where bounds do not lie within the shape.
 * @example
 * lax.slice(tensor([1, 2, 3, 4]), [1], [4], [2]); // -> [2, 4]
 */
export const slice = <D extends DType>(x: Tensor<Shape, D>, startIndices: readonly number[], limitIndices: readonly number[], strides?: readonly number[]): Tensor<Shape, D> =>
  typed(cut.slice(x, startIndices, limitIndices, strides));

/**
 * Lengthens axes by the scalar `value`: for each axis how many before, after, and between any two elements. Negative amounts before and after cut.
 *
 * @throws `shape` where an axis would be shorter than nothing, `dtype` where the dtypes differ.
 * @example
 * lax.pad(tensor([1, 2]), tensor(0), [[1, 0, 1]]); // -> [0, 1, 0, 2]
 */
export const pad = <S extends Shape, D extends DType, const P extends readonly (readonly [low: number, high: number, interior: number])[], K = unknown>(
  x: Tensor<S, D>, value: Tensor<[], NoInfer<D>>, paddings: Check<Pad<S, P, K>, P, K>): Tensor<Ok<Pad<S, P, K>, K>, D> => {
  const amounts: readonly (readonly [number, number, number])[] = listed('pad', 'paddings', typed(paddings));
  amounts.forEach(one => listed('pad', 'one of the paddings', one));
  return typed(cut.pad(x, value, amounts.map(p => p[0]), amounts.map(p => p[1]), amounts.map(p => p[2])));
};

type Shapes<Ts extends readonly AnyTensor[]> = { -readonly [I in keyof Ts]: Ts[I] extends Tensor<infer S, infer _> ? S : never };
/**
 * Tensors of one dtype one after another along an axis.
 *
 * @throws `shape` where other axes differ, `dtype` where the dtypes differ.
 * @example
 * lax.concatenate([tensor([1]), tensor([2, 3])], 0); // -> [1, 2, 3]
 */
export const concatenate = <const Ts extends readonly Tensor<Shape, D>[], D extends DType, const Axis extends number, K = unknown>(
  xs: Ts, dimension: Check<Concatenate<Shapes<Ts>, Axis, K>, Axis, K>): Tensor<Ok<Concatenate<Shapes<Ts>, Axis, K>, K>, Ts[number]['dtype']> => typed(join.concatenate(xs, typed(dimension)));

/**
 * 0, 1, ..., size - 1.
 *
 * @example
 * lax.iota('i32', 3); // -> [0, 1, 2]
 */
export const iota = <D extends Float | Int, const N extends number>(dtype: D, size: N): Tensor<Dims<[N]>, D> => typed(counting.iota([size], dtype, 0));

/**
 * Indices along one axis, as a tensor of the given shape.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * lax.broadcastedIota('i32', [2, 2], 1); // -> [[0, 1], [0, 1]]
 */
export const broadcastedIota = <D extends Float | Int, const S extends Shape>(dtype: D, shape: S, dimension: number): Tensor<Dims<S>, D> => typed(counting.iota(shape, dtype, dimension));

type Reduction = <S extends Shape, D extends DType, const Axes extends readonly number[], K = unknown>(x: Tensor<S, D>, axes: ReduceAxes<S, Axes, false, K>) => Reduced<S, D, Axes, false, K>;
const reducing = (f: (x: AnyTensor, axes: readonly number[]) => AnyTensor) => (x: AnyTensor, axes: unknown): never => typed(f(x, typed(axes)));

/**
 * The sum over axes in increasing order.
 *
 * @throws `axis` where one is out of range.
 * @example
 * lax.reduceSum(tensor([[1, 2], [3, 4]]), [0]); // -> [4, 6]
 */
export const reduceSum: Reduction = reducing(broadcast.reduceSum);

/**
 * The greatest element over axes in increasing order; of bools whether one holds.
 *
 * @throws `axis` where one is out of range.
 * @example
 * lax.reduceMax(tensor([[1, 2], [3, 4]]), [0]); // -> [3, 4]
 */
export const reduceMax: Reduction = reducing(reduction.reduceMax);

/**
 * The least element over axes in increasing order; of bools whether all hold.
 *
 * @throws `axis` where one is out of range.
 * @example
 * lax.reduceMin(tensor([[1, 2], [3, 4]]), [0]); // -> [1, 2]
 */
export const reduceMin: Reduction = reducing(reduction.reduceMin);

/**
 * The product over axes in increasing order.
 *
 * @throws `axis` where one is out of range.
 * @example
 * lax.reduceProd(tensor([[1, 2], [3, 4]]), [0]); // -> [3, 8]
 */
export const reduceProd: Reduction = reducing(reduction.reduceProd);

type Where = <S extends Shape, const Axis extends number, I extends Int = 'i32', K = unknown>(
  x: Tensor<S, DType>, axis: Check<Reduce<S, Axis, false, K>, Axis, K>, indexDtype?: I) => Tensor<Ok<Reduce<S, Axis, false, K>, K>, I>;

/**
 * The index of the first greatest element along an axis; of the first NaN if there is one.
 *
 * @throws `axis` where the axis is out of range or empty.
 * @example
 * lax.argmax(tensor([1, 5, 3]), 0); // -> 1
 */
export const argmax: Where = (x, axis, indexDtype) => typed(index.argmax(x, typed(axis), indexDtype));

/**
 * The index of the first least element along an axis; of the first NaN if there is one.
 *
 * @throws `axis` where the axis is out of range or empty.
 * @example
 * lax.argmin(tensor([4, 2, 3]), 0); // -> 1
 */
export const argmin: Where = (x, axis, indexDtype) => typed(index.argmin(x, typed(axis), indexDtype));

/**
 * The general product: listed axes are summed over in pairs, batch axes run together, all others are free. Batch axes come first, then the
 * free ones of `x`, then those of `y`.
 *
 * @throws `shape` where paired axes differ, `dtype` where the dtypes differ.
 * @example
 * lax.dotGeneral(tensor([1, 2]), tensor([3, 4]), { lhsContract: [0], rhsContract: [0], lhsBatch: [], rhsBatch: [] }); // -> 11
 */
export const dotGeneral = <X extends AnyTensor, Y extends AnyTensor, const Dimensions extends DotDimensions, K = unknown>(
  x: X, y: Y, dimensions: Check<DotRule<X, Y, Dimensions, K>, Dimensions, K>): Tensor<Ok<DotRule<X, Y, Dimensions, K>, K>, CommonDType<X, Y, K>> =>
  typed(product.dotGeneral(x, y, typed(dimensions)));
type DotRule<X, Y, Dimensions extends DotDimensions, K> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, DotGeneral<A, B, Dimensions, K>, K> : never : never;

/**
 * The values in another dtype.
 *
 * @example
 * lax.convertElementType(tensor([1.5]), 'i32'); // -> [1]
 */
export const convertElementType = <S extends Shape, D extends DType>(x: Tensor<S, DType>, dtype: D): Tensor<S, D> => typed(conversion.convert(x, dtype));

/**
 * The same bits as another dtype of the same width.
 *
 * @throws `dtype` where the widths differ.
 * @example
 * lax.bitcastConvertType(tensor([1]), 'i32'); // -> [1065353216]
 */
export const bitcastConvertType = <S extends Shape, D extends DType>(x: Tensor<S, DType>, dtype: D): Tensor<S, D> => typed(conversion.bitcast(x, dtype));

/**
 * The same values, through which no pass merges, moves or removes anything.
 *
 * @example
 * lax.optimizationBarrier([tensor([1]), tensor([2])])[1]; // -> [2]
 */
export const optimizationBarrier = <const Ts extends readonly AnyTensor[]>(xs: Ts): Ts => typed(barrier.optimizationBarrier(xs));
