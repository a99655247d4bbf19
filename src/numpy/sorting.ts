// Order: sort, argsort, the k greatest, and places in a sorted row. NaN comes last, equal elements keep their order. Floor 7.
import { listedTensors } from './operands.ts';
import { agree } from '../dtype/agree.ts';
import { CotangentError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { broadcastInDim, reduceSum } from '../primitive/broadcast.ts';
import { ge, gt, le, lt, ne } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { iota } from '../primitive/iota.ts';
import { and, not, or } from '../primitive/logical.ts';
import { reshape } from '../primitive/reshape.ts';
import { reverse } from '../primitive/reverse.ts';
import { sliceAxis } from '../primitive/slice.ts';
import * as primitive from '../primitive/sort.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Check, Ok } from '../shape/check.ts';
import { cumulative, type Cumulative } from '../shape/cumulative.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { topK as topKShape, type TopK } from '../shape/topK.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

/** Which axis is put in order (default -1; null: the flat tensor), and which way. */
export interface SortOptions<Axis> {
  readonly axis?: Axis;
  /** The greatest first; NaN then comes first. Default false. */
  readonly descending?: boolean;
}
type AxisOf<Axis> = Axis extends null ? undefined : Axis;
type SortAxis<S extends Shape, Axis extends number | null, K> = Check<Cumulative<S, AxisOf<Axis>, K>, Axis, K>;

/** The tensor or the flat tensor, and the axis that is put in order. */
function rows(name: string, x: AnyTensor, options: unknown): { readonly rows: AnyTensor; readonly axis: number; readonly descending: boolean } {
  const handle = handleOf(x, name);
  const { axis = -1, descending = false }: SortOptions<number | null> = typed(optionsOf(name, options, { axis: 'any', descending: 'flag' }) ?? {});
  cumulative(handle.shape, axis ?? undefined);
  const source = axis === null ? reshape(handle, [sizeOf(handle.shape)]) : handle;
  return { rows: source, axis: axisIndex(source.shape, axis ?? 0), descending };
}
/** Stable both ways: what descends is sorted ascending from the end. */
function inOrder({ rows: x, axis, descending }: ReturnType<typeof rows>): readonly AnyTensor[] {
  const turned = (y: AnyTensor): AnyTensor => descending ? reverse(y, [axis]) : y;
  return primitive.sort(turned(x), [turned(iota(x.shape, 'i32', axis))], axis).map(turned);
}

/**
 * The elements of an axis (the last by default; of the flat tensor where `axis` is null) in ascending order, NaN last.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * sort(tensor([3, 1, 2])); // -> [1, 2, 3]
 * sort(tensor([3, 1, 2]), { descending: true }); // -> [3, 2, 1]
 */
export const sort = <S extends Shape, D extends DType, const Axis extends number | null = -1, K = unknown>(
  x: Tensor<S, D>, options?: SortOptions<SortAxis<S, Axis, K>>): Tensor<Ok<Cumulative<S, AxisOf<Axis>, K>, K>, D> => typed(at(inOrder(rows('sort', x, options)), 0));

/**
 * Where the elements of an axis in ascending order stand, as i32; equal elements keep their order.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * argsort(tensor([3, 1, 2])); // -> [1, 2, 0]
 */
export const argsort = <S extends Shape, const Axis extends number | null = -1, K = unknown>(
  x: Tensor<S, DType>, options?: SortOptions<SortAxis<S, Axis, K>>): Tensor<Ok<Cumulative<S, AxisOf<Axis>, K>, K>, 'i32'> => typed(at(inOrder(rows('argsort', x, options)), 1));

/**
 * An order that puts element `kth` of an axis where sorting would, with none greater before it. It is the sorted one.
 *
 * @throws `axis` where the axis is out of range, `index` where there is no such element.
 * @example
 * partition(tensor([3, 1, 2]), 1); // -> [1, 2, 3]
 */
export const partition = <S extends Shape, D extends DType, const Axis extends number | null = -1, K = unknown>(
  x: Tensor<S, D>, kth: number, options?: SortOptions<SortAxis<S, Axis, K>>): Tensor<Ok<Cumulative<S, AxisOf<Axis>, K>, K>, D> => typed(at(inOrder(expectPlace('partition', kth, rows('partition', x, options))), 0));

/**
 * Where the elements that `partition` gives stand, as i32.
 *
 * @throws `axis` where the axis is out of range, `index` where there is no such element.
 * @example
 * argpartition(tensor([3, 1, 2]), 1); // -> [1, 2, 0]
 */
export const argpartition = <S extends Shape, const Axis extends number | null = -1, K = unknown>(
  x: Tensor<S, DType>, kth: number, options?: SortOptions<SortAxis<S, Axis, K>>): Tensor<Ok<Cumulative<S, AxisOf<Axis>, K>, K>, 'i32'> => typed(at(inOrder(expectPlace('argpartition', kth, rows('argpartition', x, options))), 1));
function expectPlace(name: string, kth: number, plan: ReturnType<typeof rows>): ReturnType<typeof rows> {
  const n = at(plan.rows.shape, plan.axis);
  if (!Number.isInteger(kth) || kth < -n || kth >= n) throw new CotangentError('index', `${name}: element ${kth} is outside axis ${plan.axis} of [${plan.rows.shape.join(', ')}]`);
  return plan;
}

/**
 * The order of several keys, the last of them first: where the elements stand when sorted by the last key, ties by the one before, and so on. i32.
 *
 * @throws `value` for no keys, `shape` where the keys differ in shape, `axis` where the axis is out of range.
 * @example
 * lexsort([tensor([2, 1, 3]), tensor([0, 0, -1])]); // -> [2, 1, 0]
 */
export const lexsort = <S extends Shape>(keys: readonly Tensor<S, DType>[], axis = -1): Tensor<S, 'i32'> => {
  const handles: AnyTensor[] = [...listedTensors('lexsort', keys)];
  const [first] = handles;
  if (first === undefined) throw new CotangentError('value', 'lexsort: no keys; pass at least one');
  const along = axisIndex(first.shape, axis);
  // Stable sorts, the least important key first: each carries the keys that follow, and the order so far.
  let carried: readonly AnyTensor[] = [...handles, iota(first.shape, 'i32', along)];
  while (carried.length > 1) carried = primitive.sort(at(carried, 0), carried.slice(1), along).slice(1);
  return typed(at(carried, 0));
};

/**
 * [the `k` greatest elements of the last axis, the greatest first; where they stood, as i32].
 *
 * @throws `shape` where the axis has fewer elements, `axis` where the axis is out of range.
 * @example
 * topK(tensor([1, 5, 3]), 2); // -> [[5, 3], [1, 2]]
 */
export const topK = <S extends Shape, D extends DType, const N extends number, const Axis extends number = -1, K = unknown>(
  x: Tensor<S, D>, k: Check<TopK<S, N, Axis, K>, N, K>, options?: { readonly axis?: Axis }): [Tensor<Ok<TopK<S, N, Axis, K>, K>, D>, Tensor<Ok<TopK<S, N, Axis, K>, K>, 'i32'>] => {
  const handle = handleOf(x, 'topK');
  const axis = optionsOf('topK', options, { axis: 'integer' })?.axis ?? -1;
  topKShape(handle.shape, typed(k), axis);
  return typed(primitive.topK(handle, typed(k), axisIndex(handle.shape, axis)));
};

/** On which side of equal elements a place lies. Default `left`. */
export interface SearchOptions { readonly side?: 'left' | 'right' }
/** Element by element how many of the sorted row come before: all of them are compared, which the compiler fuses into one pass. */
function before(row: AnyTensor, values: AnyTensor, side: 'left' | 'right'): AnyTensor {
  const shape = [...values.shape, at(row.shape, 0)];
  const rank = values.shape.length;
  const [a, v] = [broadcastInDim(row, shape, [rank]), broadcastInDim(values, shape, range(rank))];
  // NaN counts as greater than every number, and equal to itself.
  const numbers = side === 'left' ? lt(a, v) : le(a, v);
  const nan = ne(v, v);
  const found = or(numbers, side === 'left' ? and(nan, not(ne(a, a))) : nan);
  return reduceSum(convert(found, 'i32'), [rank]);
}

/**
 * Where values would go in a sorted vector so that it stays sorted, as i32: before equal elements, or after them with `side: 'right'`.
 *
 * @throws `dtype` where the dtypes differ.
 * @example
 * searchsorted(tensor([1, 2, 2, 5]), tensor([0, 2, 9])); // -> [0, 1, 4]
 * searchsorted(tensor([1, 2, 2, 5]), tensor(2), { side: 'right' }); // -> 3
 */
export const searchsorted = <N extends number, D extends DType, S extends Shape>(sorted: Tensor<[N], D>, values: Tensor<S, NoInfer<D>>, options: SearchOptions = {}): Tensor<S, 'i32'> => {
  const [row, asked] = [handleOf(sorted, 'searchsorted'), handleOf(values, 'searchsorted')];
  agree(row.dtype, asked.dtype);
  return typed(before(row, asked, optionsOf('searchsorted', options, { side: ['left', 'right'] }).side ?? 'left'));
};

/**
 * Which bin each element falls into: bins whose edges rise (or fall) monotonically, each with its lower edge, or with its upper one where `right`. i32.
 *
 * @throws `dtype` where the dtypes differ.
 * @example
 * digitize(tensor([0.5, 1, 9]), tensor([0, 1, 2])); // -> [1, 2, 3]
 */
export const digitize = <S extends Shape, D extends DType, N extends number>(x: Tensor<S, D>, bins: Tensor<[N], NoInfer<D>>, options: { readonly right?: boolean } = {}): Tensor<S, 'i32'> => {
  const [values, edges] = [handleOf(x, 'digitize'), handleOf(bins, 'digitize')];
  agree(values.dtype, edges.dtype);
  const shape = [...values.shape, at(edges.shape, 0)];
  const rank = values.shape.length;
  const [e, v] = [broadcastInDim(edges, shape, [rank]), broadcastInDim(values, shape, range(rank))];
  // The number of edges below; with falling edges, of those above: both are a count, so the direction need not be known.
  const rises = not(gt(at(endsOf(edges), 0), at(endsOf(edges), 1)));
  const [up, down] = optionsOf('digitize', options, { right: 'flag' }).right === true ? [lt(e, v), ge(e, v)] : [le(e, v), gt(e, v)];
  const wide = broadcastInDim(rises, shape, []);
  return typed(reduceSum(convert(or(and(wide, up), and(not(wide), down)), 'i32'), [rank]));
};
function endsOf(edges: AnyTensor): readonly [AnyTensor, AnyTensor] {
  const n = at(edges.shape, 0);
  if (n === 0) throw new CotangentError('value', 'digitize: no bin edges; pass at least one');
  const pick = (i: number): AnyTensor => reshape(sliceAxis(edges, 0, i, i + 1), []);
  return [pick(0), pick(n - 1)];
}
