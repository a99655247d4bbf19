// Split: an array cut into pieces along an axis. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import { show, type Add, type Compare, type DivMod, type IsLiteral, type IsUnion, type Shape, type Show, type ShowDim, type Sub, listed } from './dim.ts';
import type { AnswerOf, Same, Stop } from './same.ts';

// A rule that gives several shapes gives a tuple of them; `readonly Shape[]` where their number is unknown.

type Pieces<P extends Shape, Sizes extends Shape, Q extends Shape> = { -readonly [I in keyof Sizes]: [...P, Sizes[I], ...Q] };
type Total<Sizes extends Shape, Sum extends number = 0> =
  Sizes extends readonly [infer d extends number, ...infer R extends Shape] ? Total<R, Add<Sum, d>> : Sum;

/** Pieces of the given sizes, as `lax.split`. */
export type SplitSizes<S extends Shape, Sizes extends Shape, Axis extends number = 0, K = unknown> =
  At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape]
    ? number extends Sizes['length'] ? readonly [...P, number, ...Q][]
    : Same<Total<Sizes>, d, K> extends true ? Pieces<P, Sizes, Q>
    : Same<d, number, K> extends true ? Pieces<P, Sizes, Q>
    : Same<Total<Sizes>, number, K> extends true ? Pieces<P, Sizes, Q>
    : `split: sizes ${Show<Sizes, K>} sum to ${ShowDim<Total<Sizes>, K>}, axis ${Axis} of ${Show<S, K>} is ${ShowDim<d, K>}`
    : ManyOr<AxisMessage<S, Axis, At<S, Axis, K>, K>>;
type ManyOr<R> = R extends Shape ? readonly Shape[] : R;

/** The run-time twin of `SplitSizes`. */
export function splitSizes(shape: Shape, sizes: readonly number[], axis = 0): number[][] {
  const index = axisIndex(shape, axis);
  const bad = listed('split', 'sizes', sizes).find((dim) => !Number.isInteger(dim) || dim < 0);
  if (bad !== undefined) throw new ShapeError(`split: ${bad} in ${show(sizes)} is not a size`);
  const total = sizes.reduce((sum, dim) => sum + dim, 0);
  if (total !== shape[index]) {
    throw new ShapeError(`split: sizes ${show(sizes)} sum to ${total}, axis ${axis} of ${show(shape)} is ${shape[index]}`);
  }
  return sizes.map((dim) => shape.map((old, i) => i === index ? dim : old));
}

/** As `np.split`: `Where` is a number of equal pieces, or the list of indices to cut before. */
export type Split<S extends Shape, Where extends number | readonly number[], Axis extends number = 0, K = unknown> =
  At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape]
    ? [Where] extends [number] ? EqualPieces<S, P, d, Q, Where, Axis, K>
    : [Where] extends [readonly number[]]
      ? CutSizes<S, d, Where, Where, Axis, K> extends readonly [infer Sizes extends Shape] ? Pieces<P, Sizes, Q>
      : CutSizes<S, d, Where, Where, Axis, K> extends Stop<unknown> ? AnswerOf<CutSizes<S, d, Where, Where, Axis, K>> : readonly [...P, number, ...Q][]
    : readonly Shape[]
    : ManyOr<AxisMessage<S, Axis, At<S, Axis, K>, K>>;

type EqualPieces<S extends Shape, P extends Shape, d extends number, Q extends Shape, N extends number, Axis extends number, K> =
  number extends N ? readonly [...P, number, ...Q][] : IsUnion<N> extends true ? readonly [...P, number, ...Q][]
  : `${N}` extends '0' | `-${string}` ? `split: ${N} pieces`
  : IsLiteral<d, K> extends true
    ? DivMod<d, N> extends readonly [infer size extends number, 0] ? Copies<[...P, size, ...Q], N, K>
    : `split: axis ${Axis} of ${Show<S, K>} is ${ShowDim<d, K>}, which does not divide into ${N} equal pieces`
  : Copies<[...P, DivMod<d, N>[0], ...Q], N, K>;
type Repeat<T, N extends number, Out extends T[] = []> = Out['length'] extends N ? Out : Repeat<T, N, [...Out, T]>;
/** `N` of a `T` as a tuple; a list of them where the number is not known, or has more than three digits. */
export type Copies<T, N extends number, K = unknown> =
  IsLiteral<N, K> extends true
    ? IsUnion<N> extends true ? T[]
    : `${N}` extends `${infer _}${infer _}${infer _}${infer _}${string}` ? T[] : Repeat<T, N>
    : T[];

/** [the sizes between the cuts], or a stop, or 'unknown'. */
type CutSizes<S extends Shape, d extends number, Cuts, Cuts0 extends Shape, Axis extends number, K, From extends number = 0, Sizes extends Shape = []> =
  Cuts extends readonly [infer c extends number, ...infer R]
    ? Same<c, number, K> extends true ? 'unknown'
    : `${c}` extends `-${string}` ? NotAscending<Cuts0, K>
    : Compare<From, c> extends '>' ? NotAscending<Cuts0, K>
    : CutSizes<S, d, R, Cuts0, Axis, K, c, [...Sizes, Sub<c, From>]>
    : Cuts extends readonly []
      ? IsLiteral<d, K> extends true
        ? Compare<From, d> extends '>' ? Stop<`split: index ${From} exceeds axis ${Axis} of ${Show<S, K>}`> : [[...Sizes, Sub<d, From>]]
        : [[...Sizes, Sub<d, From>]]
      : 'unknown';
type NotAscending<Cuts extends Shape, K> = Stop<`split: indices ${Show<Cuts, K>} are not ascending`>;

/** The run-time twin of `Split`. */
export function split(shape: Shape, where: number | readonly number[], axis = 0): number[][] {
  const index = axisIndex(shape, axis);
  const dim = shape[index] ?? 0;
  if (typeof where === 'number') {
    if (!Number.isInteger(where) || where < 1) throw new ShapeError(`split: ${where} pieces`);
    if (dim % where !== 0) {
      throw new ShapeError(`split: axis ${axis} of ${show(shape)} is ${dim}, which does not divide into ${where} equal pieces`);
    }
    return splitSizes(shape, Array.from({ length: where }, () => dim / where), axis);
  }
  if (listed('split', 'the cuts', where).some((cut, n) => !Number.isInteger(cut) || cut < (where[n - 1] ?? 0))) throw new ShapeError(`split: indices ${show(where)} are not ascending`, 'index');
  const last = where[where.length - 1] ?? 0;
  if (last > dim) throw new ShapeError(`split: index ${last} exceeds axis ${axis} of ${show(shape)}`, 'index');
  return splitSizes(shape, [...where, dim].map((cut, n) => cut - (where[n - 1] ?? 0)), axis);
}
