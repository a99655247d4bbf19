// Questions whose answers have as many elements as the data decide: with a size that is given, as JAX asks for under jit. Floor 7.
import { listed } from '../shape/dim.ts';
import { agree } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { sizeOf, stridesOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike } from '../primitive/broadcast.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convert } from '../primitive/convert.ts';
import { cumsum } from '../primitive/cumulative.ts';
import { at } from '../primitive/define.ts';
import { gather } from '../primitive/gather.ts';
import { iota } from '../primitive/iota.ts';
import { lt, ne } from '../primitive/comparison.ts';
import { and, not, or } from '../primitive/logical.ts';
import { reshape } from '../primitive/reshape.ts';
import { rem } from '../primitive/rounding.ts';
import { scatterSet } from '../primitive/scatter.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { sort } from '../primitive/sort.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { isin } from './indexing.ts';
import { any } from './reduce.ts';
import { typed } from './typed.ts';

/** How many elements the answer has, and what fills it up where there are fewer. */
export interface SizeOptions<N> { readonly size: N; readonly fillValue?: number }
/** The size must be said, so there are always options. */
const sized = <N>(name: string, options: SizeOptions<N>): SizeOptions<N> => optionsOf(name, options ?? null, { size: 'integer', fillValue: 'number' });
function sizeIn(name: string, size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw new ShapeError(`${name}: ${size} is not a dim`);
  return size;
}

/** The places of a flat tensor that hold, in order; `fill` beyond the last one. */
function placesOf(mask: AnyTensor, size: number, fill: number): AnyTensor {
  const n = at(mask.shape, 0);
  const counts = cumsum(convert(mask, 'i32'), { axis: 0, reverse: false });
  // Each one that holds goes where its count says, the others outside.
  const one = constantLike(1, counts);
  const target = select(mask, sub(counts, one), constantLike(size, counts));
  return scatterSet(constant(fill, [size], 'i32'), target, iota([n], 'i32', 0), { axis: 0 });
}

/**
 * The first `size` places of the flat tensor that are not 0, as i32; the fill value (0) stands for those that are missing.
 *
 * @throws `shape` where the size is no natural number.
 * @example
 * flatnonzero(tensor([0, 5, 0, 7]), { size: 3, fillValue: -1 }); // -> [1, 3, -1]
 */
export const flatnonzero = <const N extends number>(x: Tensor<Shape, DType>, options: SizeOptions<N>): Tensor<Dims<[N]>, 'i32'> => {
  const handle = handleOf(x, 'flatnonzero');
  return typed(placesOf(convert(reshape(handle, [sizeOf(handle.shape)]), 'bool'), sizeIn('flatnonzero', sized('flatnonzero', options).size), options.fillValue ?? 0));
};

/**
 * For each axis the indices of the first `size` elements that are not 0, as i32; the fill value (0) stands for those that are missing.
 *
 * @throws `shape` where the size is no natural number.
 * @example
 * nonzero(tensor([[0, 5], [7, 0]]), { size: 2 }); // -> [[0, 1], [1, 0]]
 */
export const nonzero = <const N extends number>(x: Tensor<Shape, DType>, options: SizeOptions<N>): Tensor<Dims<[N]>, 'i32'>[] => {
  const handle = handleOf(x, 'nonzero');
  const total = sizeOf(handle.shape);
  const flat = placesOf(convert(reshape(handle, [total]), 'bool'), sizeIn('nonzero', sized('nonzero', options).size), -1);
  return indicesOf(flat, handle.shape, options.fillValue ?? 0).map(index => typed(index));
};
function indicesOf(flat: AnyTensor, shape: readonly number[], fill: number): AnyTensor[] {
  const missing = lt(flat, constantLike(0, flat));
  const strides = stridesOf(shape);
  return shape.map((n, axis) => {
    const index = rem(div(flat, constantLike(Math.max(1, at(strides, axis)), flat)), constantLike(Math.max(1, n), flat));
    return select(missing, constantLike(fill, index), index);
  });
}

/**
 * The indices of the first `size` elements that are not 0, one row each, as i32; the fill value (0) stands for those that are missing.
 *
 * @throws `shape` where the size is no natural number.
 * @example
 * argwhere(tensor([[0, 5], [7, 0]]), { size: 2 }); // -> [[0, 1], [1, 0]]
 */
export const argwhere = <S extends Shape, const N extends number>(x: Tensor<S, DType>, options: SizeOptions<N>): Tensor<[...Dims<[N]>, S['length']], 'i32'> => {
  const handle = handleOf(x, 'argwhere');
  const size = sizeIn('argwhere', sized('argwhere', options).size);
  const columns = nonzero(handle, options).map(c => reshape(handleOf(c, 'argwhere'), [size, 1]));
  return typed(columns.length === 0 ? constant(0, [size, 0], 'i32') : concatenate(columns, 1));
};

/**
 * For each axis of a shape the index that places of the flat array have along it. Places are taken as they are.
 *
 * @throws `dtype` where the places are no integers.
 * @example
 * unravelIndex(tensor([5, 1], 'i32'), [2, 3]); // -> [[1, 0], [2, 1]]
 */
export const unravelIndex = <S extends Shape>(places: Tensor<S, 'i32'>, shape: Shape): Tensor<S, 'i32'>[] => {
  const handle = handleOf(places, 'unravelIndex');
  const strides = stridesOf(shape);
  return shape.map((n, axis) => typed(rem(div(handle, constantLike(Math.max(1, at(strides, axis)), handle)), constantLike(Math.max(1, n), handle))));
};

/**
 * The places of the flat array that indices along each axis name, as i32.
 *
 * @throws `shape` where there is not one index tensor for each axis.
 * @example
 * ravelMultiIndex([tensor([1, 0], 'i32'), tensor([2, 1], 'i32')], [2, 3]); // -> [5, 1]
 */
export const ravelMultiIndex = <S extends Shape>(indices: readonly Tensor<S, 'i32'>[], shape: Shape): Tensor<S, 'i32'> => {
  if (listed('ravelMultiIndex', 'the indices', indices).length !== listed('ravelMultiIndex', 'shape', shape).length || indices.length === 0) throw new ShapeError(`ravelMultiIndex: ${indices.length} indices for [${shape.join(', ')}]`);
  const list: readonly AnyTensor[] = indices.map(x => handleOf(x, 'ravelMultiIndex'));
  return typed(list.reduce<AnyTensor>((sum, x, axis) => axis === 0 ? x : add(mul(sum, constantLike(shape[axis] ?? 1, sum)), x), at(list, 0)));
};

/** The sorted elements, and which of them differ from the one before. NaN, which differs from itself, is one element. */
function distinct(flat: AnyTensor): readonly [sorted: AnyTensor, first: AnyTensor] {
  const n = at(flat.shape, 0);
  const sorted = at(sort(flat, [], 0), 0);
  const [later, earlier] = [sliceAxis(sorted, 0, Math.min(1, n), n), sliceAxis(sorted, 0, 0, Math.max(0, n - 1))];
  const bothNaN = and(ne(later, later), ne(earlier, earlier));
  const differs = and(ne(later, earlier), not(bothNaN));
  return [sorted, n === 0 ? constant(0, [0], 'bool') : concatenate([constant(1, [1], 'bool'), differs], 0)];
}
/** Elements at places; beyond the last place the fill value, by default the first element. */
function picked(sorted: AnyTensor, places: AnyTensor, fill: number | undefined): AnyTensor {
  const missing = lt(places, constantLike(0, places));
  const first = constantLike(0, places);
  if (at(sorted.shape, 0) === 0) return constant(fill ?? 0, places.shape, sorted.dtype);
  const values = gather(sorted, select(missing, first, places), { axis: 0, mode: 'promise' });
  return fill === undefined ? values : select(missing, constantLike(fill, values), values);
}

/**
 * The first `size` different elements in ascending order; where there are fewer, the least one (or the fill value) stands for those that are missing.
 *
 * @throws `shape` where the size is no natural number.
 * @example
 * unique(tensor([3, 1, 3, 2]), { size: 3 }); // -> [1, 2, 3]
 */
export const unique = <D extends DType, const N extends number>(x: Tensor<Shape, D>, options: SizeOptions<N>): Tensor<Dims<[N]>, D> => {
  const handle = handleOf(x, 'unique');
  const [sorted, first] = distinct(reshape(handle, [sizeOf(handle.shape)]));
  return typed(picked(sorted, placesOf(first, sizeIn('unique', sized('unique', options).size), -1), options.fillValue));
};

type OfTwoSets = <D extends DType, const N extends number>(a: Tensor<Shape, D>, b: Tensor<Shape, NoInfer<D>>, options: SizeOptions<N>) => Tensor<Dims<[N]>, D>;
/** NaN equals nothing, as in NumPy: it is among the first where they have one, among the second never. `nan` says which elements it is. */
function ofTwoSets(name: string, keep: (inA: AnyTensor, inB: AnyTensor, nan: AnyTensor) => AnyTensor): OfTwoSets {
  return (a, b, options) => {
    const [x, y] = [handleOf(a, name), handleOf(b, name)];
    agree(x.dtype, y.dtype);
    const flat = [x, y].map(t => reshape(t, [sizeOf(t.shape)]));
    const [sorted, first] = distinct(concatenate(flat, 0));
    const among = (t: AnyTensor): AnyTensor => isin(typed(sorted), typed(t));
    const nan = ne(sorted, sorted);
    const anyNaN: AnyTensor = broadcastInDim(handleOf(any(typed(ne(at(flat, 0), at(flat, 0)))), name), nan.shape, []);
    const kept = and(first, keep(or(among(at(flat, 0)), and(nan, anyNaN)), among(at(flat, 1)), nan));
    return typed(picked(sorted, placesOf(kept, sizeIn(name, sized(name, options).size), -1), options.fillValue));
  };
}

/**
 * The first `size` elements that occur in either of two tensors, ascending, each once; the fill value stands for those that are missing.
 *
 * @throws `dtype` where the dtypes differ, `shape` where the size is no natural number.
 * @example
 * union1d(tensor([3, 1]), tensor([2, 3]), { size: 4, fillValue: -1 }); // -> [1, 2, 3, -1]
 */
export const union1d: OfTwoSets = ofTwoSets('union1d', (inA, inB, nan) => or(or(inA, inB), nan));

/**
 * The first `size` elements that occur in both of two tensors, ascending, each once; the fill value stands for those that are missing.
 *
 * @throws `dtype` where the dtypes differ, `shape` where the size is no natural number.
 * @example
 * intersect1d(tensor([3, 1]), tensor([2, 3]), { size: 2, fillValue: -1 }); // -> [3, -1]
 */
export const intersect1d: OfTwoSets = ofTwoSets('intersect1d', (inA, inB) => and(inA, inB));

/**
 * The first `size` elements of the first tensor that do not occur in the second, ascending, each once; the fill value stands for those that are missing.
 *
 * @throws `dtype` where the dtypes differ, `shape` where the size is no natural number.
 * @example
 * setdiff1d(tensor([3, 1]), tensor([2, 3]), { size: 1 }); // -> [1]
 */
export const setdiff1d: OfTwoSets = ofTwoSets('setdiff1d', (inA, inB) => and(inA, not(inB)));

/**
 * The first `size` elements that occur in exactly one of two tensors, ascending, each once; the fill value stands for those that are missing.
 *
 * @throws `dtype` where the dtypes differ, `shape` where the size is no natural number.
 * @example
 * setxor1d(tensor([3, 1]), tensor([2, 3]), { size: 2 }); // -> [1, 2]
 */
export const setxor1d: OfTwoSets = ofTwoSets('setxor1d', (inA, inB, nan) => or(ne(inA, inB), nan));
