// Pooling: one number for each window of each feature; adaptive pooling: windows chosen so that a given number of them comes out. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type Shape, type Show } from './dim.ts';
import { image, imageOf, type Image, type ImageOf } from './image.ts';
import type { AnswerOf, Stop } from './same.ts';
import { eachAxis, expectPositive, windows, type ExpectEach, type Layout, type PerAxis, type SpatialWindows, type WindowOptions, type WindowPadding, type Windows } from './window.ts';

// ---- pooling ----------------------------------------------------------------------------------------------------------------

/** The shape of a pooling. Windows touch without overlap where no stride is given. */
export type Pool<
  X extends Shape, Window extends PerAxis, Stride extends PerAxis | undefined = undefined, Padding extends WindowPadding = 'valid', Dilation extends PerAxis = 1,
  L extends Layout = 'NHWC', K = unknown,
> =
  Image<'pool', X, L, K> extends readonly [infer n extends number, infer Space extends Shape, infer c extends number, infer Offset extends readonly unknown[]]
    ? Pooled<n, Space, c, Offset, X, Window, [Stride] extends [undefined] ? Window : Stride, Padding, Dilation, L, K>
    : AnswerOf<Image<'pool', X, L, K>>;
type Pooled<n extends number, Space extends Shape, c extends number, Offset extends readonly unknown[], X extends Shape, Window, Stride, Padding, Dilation, L extends Layout, K> =
  Lists<Space['length'], Window, Stride, Padding, Dilation> extends null
    ? Windows<'pool', Space, Each<Space, Window>, Stride, Padding, Dilation, Offset, X, K> extends readonly [infer Counts extends Shape]
      ? ImageOf<n, Counts, c, L>
      : AnswerOf<Windows<'pool', Space, Each<Space, Window>, Stride, Padding, Dilation, Offset, X, K>>
    : AnswerOf<Lists<Space['length'], Window, Stride, Padding, Dilation>>;
type Lists<Rank extends number, Window, Stride, Padding, Dilation> =
  ExpectEach<'pool', 'windows', Window, Rank> extends null
    ? ExpectEach<'pool', 'strides', Stride, Rank> extends null
      ? ExpectEach<'pool', 'paddings', Padding, Rank> extends null ? ExpectEach<'pool', 'dilations', Dilation, Rank>
      : ExpectEach<'pool', 'paddings', Padding, Rank>
    : ExpectEach<'pool', 'strides', Stride, Rank>
  : ExpectEach<'pool', 'windows', Window, Rank>;
/** One number for each axis. */
type Each<Space extends Shape, N> = N extends number ? { -readonly [I in keyof Space]: N } : N extends readonly number[] ? number extends N['length'] ? { -readonly [I in keyof Space]: number } : N : never;

export interface PoolOptions extends WindowOptions { readonly layout?: Layout | undefined }
/** The windows of a pooling, with their padding in numbers, and the shape it gives. */
export interface PoolPlan extends SpatialWindows { readonly window: readonly number[]; readonly shape: readonly number[] }

/** What a pooling does along each spatial axis, and its shape. Throws what `Pool` says. */
export function planPool(x: Shape, window: PerAxis, options: PoolOptions = {}): PoolPlan {
  const { layout = 'NHWC', strides = window } = options;
  const of = image('pool', x, layout);
  const each = eachAxis('pool', 'windows', window, of.space.length);
  const plan = windows('pool', of.space, each, { ...options, strides }, of.offset, x);
  return { ...plan, window: each, shape: imageOf(of.examples, plan.counts, of.features, layout) };
}
/** The run-time twin of `Pool`. */
export const pool = (x: Shape, window: PerAxis, options: PoolOptions = {}): readonly number[] => planPool(x, window, options).shape;

// ---- adaptive pooling -------------------------------------------------------------------------------------------------------

/** The shape of a pooling to `Size` places along each spatial axis. */
export type AdaptivePool<X extends Shape, Size extends PerAxis, L extends Layout = 'NHWC', K = unknown> =
  Image<'adaptivePool', X, L, K> extends readonly [infer n extends number, infer Space extends Shape, infer c extends number, infer Offset extends readonly unknown[]]
    ? ExpectEach<'adaptivePool', 'sizes', Size, Space['length']> extends null
      ? Sizes<Space, Each<Space, Size>, Offset, X, K> extends null
        ? Each<Space, Size> extends infer Out extends Shape ? ImageOf<n, Out, c, L> : never
        : AnswerOf<Sizes<Space, Each<Space, Size>, Offset, X, K>>
      : AnswerOf<ExpectEach<'adaptivePool', 'sizes', Size, Space['length']>>
    : AnswerOf<Image<'adaptivePool', X, L, K>>;
/** The first size that is not positive, or axis that is empty, as a stop; else null. */
type Sizes<Space, Size, Offset extends readonly unknown[], X extends Shape, K, I extends readonly unknown[] = []> =
  Space extends readonly [infer n extends number, ...infer RS]
    ? Size extends readonly [infer s extends number, ...infer RZ]
      ? `${s}` extends '0' | `-${string}` ? Stop<`adaptivePool: size ${s} on axis ${[...Offset, ...I]['length'] & number} of ${Show<X, K>} is not positive`>
      : `${n}` extends '0' ? Stop<`adaptivePool: axis ${[...Offset, ...I]['length'] & number} of ${Show<X, K>} is empty`>
      : Sizes<RS, RZ, Offset, X, K, [...I, 0]>
      : Stop<Shape>
    : Space extends readonly [] ? null : Stop<Shape>;

/** Where the windows of an adaptive pooling begin and end, for each spatial axis, and its shape. */
export interface AdaptivePoolPlan { readonly windows: readonly (readonly (readonly [start: number, end: number])[])[]; readonly shape: readonly number[] }

/** Window i of `size` on an axis of n is `floor(i n / size)` up to before `ceil((i + 1) n / size)`, as in PyTorch. Throws what `AdaptivePool` says. */
export function planAdaptivePool(x: Shape, size: PerAxis, layout: Layout = 'NHWC'): AdaptivePoolPlan {
  const { examples, space, features, offset } = image('adaptivePool', x, layout);
  const sizes = eachAxis('adaptivePool', 'sizes', size, space.length);
  const along = space.map((n, i) => {
    const s = sizes[i] ?? 1;
    expectPositive('adaptivePool', 'size', s, offset + i, x);
    if (n === 0) throw new ShapeError(`adaptivePool: axis ${offset + i} of ${show(x)} is empty`);
    return Array.from({ length: s }, (_, k): readonly [number, number] => [Math.floor(k * n / s), Math.ceil((k + 1) * n / s)]);
  });
  return { windows: along, shape: imageOf(examples, sizes, features, layout) };
}
/** The run-time twin of `AdaptivePool`. */
export const adaptivePool = (x: Shape, size: PerAxis, layout: Layout = 'NHWC'): readonly number[] => planAdaptivePool(x, size, layout).shape;
