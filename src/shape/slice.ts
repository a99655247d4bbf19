// Slice: a range of each axis, with bounds that the compiler may know. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type Add, type Compare, type Div, type First, type HasDynamic, type IsLiteral, type IsUnion, type Shape, type Show, type ShowDim, type Sub, listed } from './dim.ts';
import type { Fits, Only } from './same.ts';

/** All of an axis, or from `start` up to before `stop` (null: to the end), by steps of `step`. Negative bounds count from the end. */
export type Range = ':' | readonly [start: number, stop: number | null] | readonly [start: number, stop: number | null, step: number];

/** The shape that `Ranges` cut out of `S`; axes without a range are taken whole. */
export type Slice<S extends Shape, Ranges extends readonly Range[], K = unknown> =
  number extends Ranges['length'] ? Shape : SliceFrom<S, Ranges, S, Ranges, K>;
type SliceFrom<S extends Shape, Ranges, S0 extends Shape, Ranges0 extends readonly Range[], K, Out extends Shape = []> =
  Ranges extends readonly [infer R, ...infer RR]
    ? First<S, K> extends readonly [infer d extends number, infer T extends Shape]
      ? R extends ':' ? SliceFrom<T, RR, S0, Ranges0, K, [...Out, d]>
      : R extends readonly [infer a extends number, infer b extends number | null, infer c extends number]
        ? Next<Cut<d, a, b, c, Out['length'], S0, K>, T, RR, S0, Ranges0, K, Out>
      : R extends readonly [infer a extends number, infer b extends number | null]
        ? Next<Cut<d, a, b, 1, Out['length'], S0, K>, T, RR, S0, Ranges0, K, Out>
      : Shape
      : First<S, K> extends 'none' ? `slice: ${Ranges0['length']} ranges for ${Show<S0, K>}`
      : HasDynamic<S, K> extends true ? Shape : `slice: axis ${Out['length']} of ${Show<S0, K>} cannot be told: the rank is generic`
    : [...Out, ...S];
type Next<Length, T extends Shape, RR, S0 extends Shape, Ranges0 extends readonly Range[], K, Out extends Shape> =
  Fits<Length, string, K> extends true ? Length : SliceFrom<T, RR, S0, Ranges0, K, [...Out, Only<Length, number, K>]>;

/** A literal bound as [sign, magnitude]; 'unknown' for others. */
type Bound<B extends number> =
  number extends B ? 'unknown' : IsUnion<B> extends true ? 'unknown'
  : `${B}` extends `-${infer N extends number}` ? ['-', N] : ['+', B];

type On<Axis extends number, S extends Shape, K> = `on axis ${Axis} of ${Show<S, K>}`;
/** The length of one axis, or a message. */
type Cut<d extends number, a extends number, b extends number | null, c extends number, Axis extends number, S extends Shape, K> =
  number extends c ? number : IsUnion<c> extends true ? number
  : `${c}` extends '0' | `-${string}` ? `slice: step ${c} ${On<Axis, S, K>} is not positive`
  : Strided<Span<d, Bound<a>, [b] extends [number] ? Bound<b> : [b] extends [null] ? ['end'] : 'unknown', a, b, Axis, S, K>, c, K>;
type Strided<Length, c extends number, K> =
  c extends 1 ? Length : Fits<Length, string, K> extends true ? Length : Div<Add<Only<Length, number, K>, Sub<c, 1>>, c>;
/** stop - start, or a message. Against a dim that is no literal only what is certain is checked. */
type Span<d extends number, A, B, a, b, Axis extends number, S extends Shape, K> =
  A extends 'unknown' ? number : B extends 'unknown' ? number
  : IsLiteral<d, K> extends true
    ? FromStart<d, A> extends infer i extends number
      ? B extends readonly ['end'] ? Between<i, d, d, a, 'the end', Axis, S, K>
      : FromStart<d, B> extends infer j extends number ? Between<i, j, d, a, b, Axis, S, K>
      : `slice: stop ${b & number} is below -${ShowDim<d, K>} ${On<Axis, S, K>}`
      : `slice: start ${a & number} is below -${ShowDim<d, K>} ${On<Axis, S, K>}`
    : Symbolic<d, A, B, a, b, Axis, S, K>;
type Between<i extends number, j extends number, d extends number, a, b, Axis extends number, S extends Shape, K> =
  Compare<j, d> extends '>' ? `slice: stop ${j} exceeds ${ShowDim<d, K>} ${On<Axis, S, K>}`
  : Compare<i, j> extends '>' ? `slice: start ${a & number} is after stop ${b & (number | string)} ${On<Axis, S, K>}`
  : Sub<j, i>;
/** A bound as an index from the start; 'below' where it lies before it. */
type FromStart<d extends number, B> =
  B extends readonly ['+', infer n extends number] ? n
  : B extends readonly ['-', infer n extends number] ? Compare<n, d> extends '>' ? 'below' : Sub<d, n>
  : 'below';
type Symbolic<d extends number, A, B, a, b, Axis extends number, S extends Shape, K> =
  A extends readonly ['+', infer i extends number]
    ? B extends readonly ['end'] ? Sub<d, i>
    : B extends readonly ['-', infer j extends number] ? Sub<Sub<d, j>, i>
    : B extends readonly ['+', infer j extends number]
      ? Compare<i, j> extends '>' ? `slice: start ${a & number} is after stop ${b & number} ${On<Axis, S, K>}` : Sub<j, i>
      : never
  : A extends readonly ['-', infer i extends number]
    ? B extends readonly ['end'] ? i
    : B extends readonly ['-', infer j extends number]
      ? Compare<j, i> extends '>' ? `slice: start ${a & number} is after stop ${b & number} ${On<Axis, S, K>}` : Sub<i, j>
      : number
  : never;

/** A range with its bounds as indices from the start. */
export interface Bounds { readonly start: number; readonly stop: number; readonly step: number }

/** What each range means on its axis; axes without a range are taken whole. Throws `index` for a range that does not lie within its axis. */
export function sliceBounds(shape: Shape, ranges: readonly Range[]): Bounds[] {
  // Axis by axis, and only then the count: the order in which the type finds what is wrong.
  const bounds = shape.map((dim, axis) => {
    const range = ranges[axis] ?? ':';
    if (range === ':') return { start: 0, stop: dim, step: 1 };
    const [a, b, step = 1] = listed('slice', 'the range', range);
    const fail = (what: string): never => {
      throw new ShapeError(`slice: ${what} on axis ${axis} of ${show(shape)}`, 'index');
    };
    const fraction = [a, b ?? 0, step].find((bound) => !Number.isInteger(bound));
    if (fraction !== undefined) fail(`${fraction} is not an integer`);
    if (step < 1) throw new ShapeError(`slice: step ${step} on axis ${axis} of ${show(shape)} is not positive`, 'index');
    const start = a < 0 ? a + dim : a;
    const stop = b === null ? dim : b < 0 ? b + dim : b;
    if (start < 0) fail(`start ${a} is below -${dim}`);
    if (stop < 0) fail(`stop ${b} is below -${dim}`);
    if (stop > dim) fail(`stop ${stop} exceeds ${dim}`);
    if (start > stop) fail(`start ${a} is after stop ${b ?? 'the end'}`);
    return { start, stop, step };
  });
  if (ranges.length > shape.length) throw new ShapeError(`slice: ${ranges.length} ranges for ${show(shape)}`, 'index');
  return bounds;
}

/** The run-time twin of `Slice`. */
export const slice = (shape: Shape, ranges: readonly Range[]): number[] =>
  sliceBounds(shape, ranges).map(({ start, stop, step }) => Math.ceil((stop - start) / step));
