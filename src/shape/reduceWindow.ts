// Reductions over windows along every axis, with holes between the elements and between those of a window. Floor 0.
import type { Add, IsUnion, Mul, Shape, Sub } from './dim.ts';
import type { AnswerOf } from './same.ts';
import { eachAxis, expectPositive, windows, type ExpectEach, type PerAxis, type SpatialWindows, type WindowOptions, type WindowPadding, type Windows } from './window.ts';

/** How many windows lie along each axis of `S`. */
export type ReduceWindow<
  S extends Shape, Window extends PerAxis, Stride extends PerAxis = 1, Padding extends WindowPadding = 'valid', Dilation extends PerAxis = 1, Base extends PerAxis = 1, K = unknown,
> =
  Lists<S['length'], Window, Stride, Padding, Dilation, Base> extends null
    ? Windows<'reduceWindow', Spread<S, Base>, Each<S, Window>, Stride, Padding, Dilation, [], S, K> extends readonly [infer Counts extends Shape] ? Counts
      : AnswerOf<Windows<'reduceWindow', Spread<S, Base>, Each<S, Window>, Stride, Padding, Dilation, [], S, K>>
    : AnswerOf<Lists<S['length'], Window, Stride, Padding, Dilation, Base>>;
type Lists<Rank extends number, Window, Stride, Padding, Dilation, Base> =
  ExpectEach<'reduceWindow', 'windows', Window, Rank> extends null
    ? ExpectEach<'reduceWindow', 'strides', Stride, Rank> extends null
      ? ExpectEach<'reduceWindow', 'paddings', Padding, Rank> extends null
        ? ExpectEach<'reduceWindow', 'dilations', Dilation, Rank> extends null ? ExpectEach<'reduceWindow', 'dilations', Base, Rank>
        : ExpectEach<'reduceWindow', 'dilations', Dilation, Rank>
      : ExpectEach<'reduceWindow', 'paddings', Padding, Rank>
    : ExpectEach<'reduceWindow', 'strides', Stride, Rank>
  : ExpectEach<'reduceWindow', 'windows', Window, Rank>;
type Each<S extends Shape, N> = N extends number ? { -readonly [I in keyof S]: N } : N extends readonly number[] ? number extends N['length'] ? { -readonly [I in keyof S]: number } : N : never;

/** The lengths of axes with `N - 1` holes between any two elements. */
export type Spread<S extends Shape, N extends PerAxis> = [N] extends [1] ? S : SpreadEach<S, N>;
type SpreadEach<S extends Shape, N extends PerAxis, I extends readonly unknown[] = [], Out extends Shape = []> =
  S extends readonly [infer d extends number, ...infer R extends Shape] ? SpreadEach<R, N, [...I, 0], [...Out, Apart<d, N extends readonly number[] ? N[I['length']] : N>]> : S extends readonly [] ? Out : Shape;
type Apart<d extends number, n> =
  n extends 1 ? d : n extends number ? number extends n ? number : IsUnion<n> extends true ? number : d extends 0 ? 0 : number extends d ? number : Add<Mul<Sub<d, 1>, n>, 1> : number;
/** The run-time twin of `Spread`: dims with holes, one number for each. */
export const spread = (dims: Shape, holes: readonly number[]): number[] => dims.map((d, i) => d === 0 ? 0 : (d - 1) * (holes[i] ?? 1) + 1);

export interface ReduceWindowOptions extends WindowOptions { readonly baseDilation?: PerAxis | undefined }
/** The windows of a reduction with everything about them known. */
export interface ReduceWindowPlan extends SpatialWindows { readonly window: readonly number[]; readonly baseDilation: readonly number[] }
/** What a reduction over windows does along each axis. Throws what `ReduceWindow` says. */
export function planReduceWindow(shape: Shape, window: PerAxis, options: ReduceWindowOptions = {}): ReduceWindowPlan {
  const rank = shape.length;
  const each = eachAxis('reduceWindow', 'windows', window, rank);
  const { strides = 1, padding = 'valid', dilation = 1 } = options;
  eachAxis('reduceWindow', 'strides', strides, rank);
  if (typeof padding === 'object' && padding.length !== rank) windows('reduceWindow', shape, each, { padding }, 0, shape);
  eachAxis('reduceWindow', 'dilations', dilation, rank);
  const baseDilation = eachAxis('reduceWindow', 'dilations', options.baseDilation ?? 1, rank);
  baseDilation.forEach((n, axis) => expectPositive('reduceWindow', 'dilation', n, axis, shape));
  return { ...windows('reduceWindow', spread(shape, baseDilation), each, options, 0, shape), window: each, baseDilation };
}
/** The run-time twin of `ReduceWindow`. */
export const reduceWindow = (shape: Shape, window: PerAxis, options: ReduceWindowOptions = {}): readonly number[] => planReduceWindow(shape, window, options).counts;
