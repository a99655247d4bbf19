// Joining and cutting under NumPy's other names: vstack, hstack, dstack, append, insert, delete, unstack. Floor 7.
import { agree } from '../dtype/agree.ts';
import { CotangentError, ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Operand, ReduceAxes, Tensor } from '../ir/tensor.ts';
import { numberLike } from '../primitive/broadcast.ts';
import * as primitive from '../primitive/concatenate.ts';
import { at } from '../primitive/define.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { axisIndex, type At } from '../shape/axis.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import { concatenate as concatenateShape, type Concatenate } from '../shape/concatenate.ts';
import type { Add, Product, Shape, Sub } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { Reduce } from '../shape/reduce.ts';
import type { Copies } from '../shape/split.ts';
import { handleOf } from '../trace/handle.ts';
import { concatenate, split } from './join.ts';
import { stretched } from './operands.ts';
import type { AgreeAll, DTypeOfAll } from './several.ts';
import { typed } from './typed.ts';

export { concatenate as concat };

type OneOrMore<S extends Shape> = S extends readonly [] ? [1] : S;
type TwoOrMore<S extends Shape> = S extends readonly [] ? [1, 1] : S extends readonly [infer n extends number] ? [1, n] : S;
type ThreeOrMore<S extends Shape> =
  S extends readonly [] ? [1, 1, 1] : S extends readonly [infer n extends number] ? [1, n, 1] : S extends readonly [infer m extends number, infer n extends number] ? [m, n, 1] : S;
/** A vector as a column. */
type Columns<S extends Shape> = S extends readonly [] ? [1, 1] : S extends readonly [infer n extends number] ? [n, 1] : S;

const atLeast = (shape: Shape, rank: 1 | 2 | 3): readonly number[] => {
  const [m = 1, n = 1] = shape;
  if (shape.length >= rank) return shape;
  return rank === 1 ? [1] : rank === 2 ? [1, shape.length === 0 ? 1 : m] : shape.length === 2 ? [m, n, 1] : [1, shape.length === 0 ? 1 : m, 1];
};
function raised(name: string, x: AnyTensor, rank: 1 | 2 | 3): never {
  const handle = handleOf(x, name);
  return typed(reshape(handle, atLeast(handle.shape, rank)));
}

/**
 * A scalar as a vector; all else as it is.
 *
 * @example
 * atleast1d(tensor(3)); // -> [3]
 */
export const atleast1d = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<OneOrMore<S>, D> => raised('atleast1d', x, 1);

/**
 * A scalar or a vector as a matrix of one row; all else as it is.
 *
 * @example
 * atleast2d(tensor([1, 2])); // -> [[1, 2]]
 */
export const atleast2d = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<TwoOrMore<S>, D> => raised('atleast2d', x, 2);

/**
 * A scalar, vector [n] or matrix [m, n] as [1, 1, 1], [1, n, 1] or [m, n, 1]; all else as it is.
 *
 * @example
 * atleast3d(tensor([1, 2])); // -> [[[1], [2]]]
 */
export const atleast3d = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<ThreeOrMore<S>, D> => raised('atleast3d', x, 3);

type Raised<Ts, How extends 1 | 2 | 3 | 'columns'> = { -readonly [I in keyof Ts]: Ts[I] extends Tensor<infer S, infer _> ? { 1: OneOrMore<S>; 2: TwoOrMore<S>; 3: ThreeOrMore<S>; columns: Columns<S> }[How] : never };
type ShapesRaised<Ts extends readonly AnyTensor[], How extends 1 | 2 | 3 | 'columns'> = Raised<Ts, How> extends infer R extends readonly Shape[] ? R : never;
type JoinRule<Ts extends readonly AnyTensor[], How extends 1 | 2 | 3 | 'columns', Axis extends number, K> = Both<AgreeAll<Ts, K>, Concatenate<ShapesRaised<Ts, How>, Axis, K>, K>;
type Joined<Ts extends readonly AnyTensor[], How extends 1 | 2 | 3 | 'columns', Axis extends number, K> = Tensor<Ok<JoinRule<Ts, How, Axis, K>, K>, DTypeOfAll<Ts, K>>;
/** Vectors are joined along axis 0, all else along axis 1. */
type SideAxis<Ts> = Ts extends readonly [Tensor<infer S, infer _>, ...unknown[]] ? number extends S['length'] ? number : S['length'] extends 0 | 1 ? 0 : 1 : number;

function joined(name: string, xs: unknown, shapeOf: (shape: Shape) => readonly number[], axisOf: (rank: number) => number): never {
  const given: readonly AnyTensor[] = typed(xs);
  const list = given.map(x => handleOf(x, name)).map(x => reshape(x, shapeOf(x.shape)));
  const [first] = list;
  if (first === undefined) throw new CotangentError('value', `${name}: no operands`);
  for (const x of list) agree(first.dtype, x.dtype);
  const axis = axisOf(first.shape.length);
  concatenateShape(list.map(x => x.shape), axis);
  return typed(primitive.concatenate(list, axis));
}

/**
 * Tensors one below the other: vectors as rows, all else along axis 0.
 *
 * @throws `shape` where other axes differ, `dtype` where the dtypes differ.
 * @example
 * vstack([tensor([1, 2]), tensor([3, 4])]); // -> [[1, 2], [3, 4]]
 */
export const vstack = <const Ts extends readonly AnyTensor[], K = unknown>(xs: Check<JoinRule<Ts, 2, 0, K>, Ts, K>): Joined<Ts, 2, 0, K> => joined('vstack', xs, s => atLeast(s, 2), () => 0);

/**
 * Tensors side by side: vectors one after another, all else along axis 1.
 *
 * @throws `shape` where other axes differ, `dtype` where the dtypes differ.
 * @example
 * hstack([tensor([1, 2]), tensor([3])]); // -> [1, 2, 3]
 */
export const hstack = <const Ts extends readonly AnyTensor[], K = unknown>(xs: Check<JoinRule<Ts, 1, SideAxis<Ts>, K>, Ts, K>): Joined<Ts, 1, SideAxis<Ts>, K> => joined('hstack', xs, s => atLeast(s, 1), rank => rank === 1 ? 0 : 1);

/**
 * Tensors one behind the other, along axis 2.
 *
 * @throws `shape` where other axes differ, `dtype` where the dtypes differ.
 * @example
 * dstack([tensor([1, 2]), tensor([3, 4])]); // -> [[[1, 3], [2, 4]]]
 */
export const dstack = <const Ts extends readonly AnyTensor[], K = unknown>(xs: Check<JoinRule<Ts, 3, 2, K>, Ts, K>): Joined<Ts, 3, 2, K> => joined('dstack', xs, s => atLeast(s, 3), () => 2);

/**
 * Vectors as the columns of a matrix; matrices side by side.
 *
 * @throws `shape` where the rows differ in number, `dtype` where the dtypes differ.
 * @example
 * columnStack([tensor([1, 2]), tensor([3, 4])]); // -> [[1, 3], [2, 4]]
 */
export const columnStack = <const Ts extends readonly AnyTensor[], K = unknown>(xs: Check<JoinRule<Ts, 'columns', 1, K>, Ts, K>): Joined<Ts, 'columns', 1, K> =>
  joined('columnStack', xs, s => s.length <= 1 ? [s[0] ?? 1, 1] : s, () => 1);

type AppendRule<X, Y, Axis extends number | undefined, K> =
  X extends Tensor<infer A, infer _> ? Y extends Tensor<infer B, infer __>
    ? Both<AgreeAll<[X, Y], K>, [Axis] extends [number] ? Concatenate<[A, B], Axis, K> : [Add<Product<A>, Product<B>>], K> : never : never;
/**
 * Two tensors one after another along an axis, or both taken flat.
 *
 * @throws `shape` where other axes differ, `axis` where the axis is out of range, `dtype` where the dtypes differ.
 * @example
 * append(tensor([[1, 2]]), tensor([3])); // -> [1, 2, 3]
 */
export const append = <X extends AnyTensor, Y extends AnyTensor, const Axis extends number | undefined = undefined, K = unknown>(
  x: X, values: Check<AppendRule<X, Y, Axis, K>, Y, K>, options?: { readonly axis?: Axis }): Tensor<Ok<AppendRule<X, Y, Axis, K>, K>, DTypeOfAll<[X, Y], K>> => {
  const list = [handleOf(x, 'append'), handleOf(typed(values), 'append')];
  agree(at(list, 0).dtype, at(list, 1).dtype);
  const axis: number | undefined = optionsOf('append', options, { axis: 'any' })?.axis;
  if (axis === undefined) return typed(primitive.concatenate(list.map(y => reshape(y, [sizeOf(y.shape)])), 0));
  concatenateShape(list.map(y => y.shape), axis);
  return typed(primitive.concatenate(list, axisIndex(at(list, 0).shape, axis)));
};

type Slices<S extends Shape, D extends DType, Axis extends number, K> =
  At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape] ? Copies<Tensor<[...P, ...Q], D>, d, K> : Tensor<Ok<Reduce<S, Axis, false, K>, K>, D>[];
/**
 * The slices along an axis (default 0), as a list of tensors without it: a tuple where the axis has a known length.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * const [a, b] = unstack(tensor([[1, 2], [3, 4]]));
 * b.sub(a); // -> [2, 2]
 */
export const unstack = <S extends Shape, D extends DType, const Axis extends number = 0, K = unknown>(
  x: Tensor<S, D>, options?: { readonly axis?: ReduceAxes<S, Axis, false, K> }): Slices<S, D, Axis, K> => {
  optionsOf('unstack', options, { axis: 'any' });
  const handle = handleOf(x, 'unstack');
  const axis = axisIndex(handle.shape, typed(optionsOf('unstack', options, { axis: 'any' })?.axis ?? 0));
  const rest = handle.shape.filter((_, i) => i !== axis);
  return typed(range(at(handle.shape, axis)).map(i => reshape(sliceAxis(handle, axis, i, i + 1), rest)));
};

/**
 * `n` pieces of an axis (default 0), of equal lengths as nearly as possible, the longer ones first; or those between indices.
 *
 * @throws `axis` where the axis is out of range, `shape` where `n` is not positive.
 * @example
 * arraySplit(tensor([1, 2, 3]), 2); // -> [[1, 2], [3]]
 */
export const arraySplit = <D extends DType>(x: Tensor<Shape, D>, n: number | readonly number[], axis = 0): Tensor<Shape, D>[] => {
  const handle = handleOf(x, 'arraySplit');
  const place = axisIndex(handle.shape, axis);
  const length = at(handle.shape, place);
  if (typeof n === 'number' && (!Number.isInteger(n) || n < 1)) throw new ShapeError(`arraySplit: ${n} pieces; pass a positive integer`);
  const cuts = typeof n === 'number' ? range(n - 1).map(i => Math.floor(length / n) * (i + 1) + Math.min(i + 1, length % n)) : n.map(i => Math.min(Math.max(i < 0 ? i + length : i, 0), length));
  const bounds = [0, ...cuts, length];
  return range(bounds.length - 1).map(i => typed(sliceAxis(handle, place, at(bounds, i), Math.max(at(bounds, i), at(bounds, i + 1)))));
};

type SplitAlong<Axis extends number> = <S extends Shape, D extends DType>(x: Tensor<S, D>, where: number | readonly number[]) => Tensor<Otherwise<S, Axis>, D>[];
type Otherwise<S extends Shape, Axis extends number> = At<S, Axis, unknown> extends readonly [infer P extends Shape, infer _, infer Q extends Shape] ? [...P, number, ...Q] : Shape;
const splitting = (axisOf: (rank: number) => number) => (x: AnyTensor, where: number | readonly number[]): never => typed(split(x, typed(where), axisOf(x.shape.length)));

/**
 * The pieces of axis 0, as `split`.
 *
 * @throws `shape` where the axis does not divide so, `axis` for a scalar.
 * @example
 * vsplit(tensor([[1, 2], [3, 4]]), 2)[1]; // -> [[3, 4]]
 */
export const vsplit: SplitAlong<0> = splitting(() => 0);

/**
 * The pieces of axis 1 (of a vector, of axis 0), as `split`.
 *
 * @throws `shape` where the axis does not divide so, `axis` for a scalar.
 * @example
 * hsplit(tensor([[1, 2], [3, 4]]), 2)[1]; // -> [[2], [4]]
 */
export const hsplit = <D extends DType>(x: Tensor<Shape, D>, where: number | readonly number[]): Tensor<Shape, D>[] => splitting(rank => rank === 1 ? 0 : 1)(x, where);

/**
 * The pieces of axis 2, as `split`.
 *
 * @throws `shape` where the axis does not divide so, `axis` where there is none.
 * @example
 * dsplit(tensor([[[1, 2]]]), 2)[1]; // -> [[[2]]]
 */
export const dsplit: SplitAlong<2> = splitting(() => 2);

/** `S` with one element fewer, or (for a list of places) an unknown number. */
type Removed<S extends Shape, I extends number | readonly number[], Axis extends number | undefined, K> =
  [Axis] extends [number]
    ? At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape] ? [...P, Fewer<d, I>, ...Q] : Shape
    : [Fewer<Product<S>, I>];
type Fewer<d extends number, I> = I extends number ? Sub<d, 1> : number;
/**
 * The elements but those at some places, of an axis or of the flat tensor. Places are numbers; data do not decide the shape. Called `delete`.
 *
 * @throws `axis` where the axis is out of range, `index` where a place is outside.
 * @example
 * np.delete(tensor([1, 2, 3]), 1); // -> [1, 3]
 */
const removed = <S extends Shape, D extends DType, const I extends number | readonly number[], const Axis extends number | undefined = undefined, K = unknown>(
  x: Tensor<S, D>, places: I, options?: { readonly axis?: Axis }): Tensor<Removed<S, I, Axis, K>, D> => typed(removedFrom(handleOf(x, 'delete'), places, optionsOf('delete', options, { axis: 'any' })?.axis));
export { removed as delete };
function removedFrom(x: AnyTensor, places: number | readonly number[], axis: number | undefined): AnyTensor {
  const source = axis === undefined ? reshape(x, [sizeOf(x.shape)]) : x;
  const place = axisIndex(source.shape, axis ?? 0);
  const n = at(source.shape, place);
  const gone = new Set((typeof places === 'number' ? [places] : places).map(i => indexIn('delete', i, n, source.shape, place)));
  const kept = range(n).filter(i => !gone.has(i));
  // Runs of neighbours, so that few slices are joined.
  const runs: (readonly [number, number])[] = [];
  for (const i of kept) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[1] === i) runs[runs.length - 1] = [last[0], i + 1];
    else runs.push([i, i + 1]);
  }
  return runs.length === 0 ? sliceAxis(source, place, 0, 0) : primitive.concatenate(runs.map(([from, to]) => sliceAxis(source, place, from, to)), place);
}
function indexIn(name: string, i: number, n: number, shape: Shape, axis: number): number {
  const index = i < 0 ? i + n : i;
  if (!Number.isInteger(i) || index < 0 || index >= n) throw new ShapeError(`${name}: index ${i} is outside axis ${axis} of [${shape.join(', ')}]`, 'index');
  return index;
}

/** `S` with one element more. */
type Inserted<S extends Shape, Axis extends number | undefined, K> =
  [Axis] extends [number]
    ? At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape] ? [...P, Add<d, 1>, ...Q] : Shape
    : [Add<Product<S>, 1>];
/**
 * One slice more, before a place of an axis, or of the flat tensor: a number, or a tensor that broadcasts to the slice.
 *
 * @throws `axis` where the axis is out of range, `index` where the place is outside, `dtype` where the dtypes differ.
 * @example
 * insert(tensor([1, 2, 3]), 1, 9); // -> [1, 9, 2, 3]
 */
export const insert = <S extends Shape, D extends DType, const Axis extends number | undefined = undefined, K = unknown>(
  x: Tensor<S, D>, place: number, value: number | Tensor<Shape, NoInfer<D>>, options?: { readonly axis?: Axis }): Tensor<Inserted<S, Axis, K>, D> =>
  typed(insertedInto(handleOf(x, 'insert'), place, value, optionsOf('insert', options, { axis: 'any' })?.axis));
function insertedInto(x: AnyTensor, where: number, value: Operand, axis: number | undefined): AnyTensor {
  const source = axis === undefined ? reshape(x, [sizeOf(x.shape)]) : x;
  const place = axisIndex(source.shape, axis ?? 0);
  const n = at(source.shape, place);
  const i = where === n ? n : indexIn('insert', where, n, source.shape, place);
  const slab = source.shape.map((d, a) => a === place ? 1 : d);
  const slice = source.shape.filter((_, a) => a !== place);
  let added: AnyTensor;
  if (typeof value === 'number') added = numberLike(value, { shape: slab, dtype: source.dtype }, 'insert');
  else {
    const given = handleOf(value, 'insert');
    agree(source.dtype, given.dtype);
    added = reshape(stretched(given, slice), slab);
  }
  return primitive.concatenate([sliceAxis(source, place, 0, i), added, sliceAxis(source, place, i, n)], place);
}
