// Convolutions and transposed convolutions of any number of spatial axes: [n, ...space, c] by [...window, in, out], or the features first. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type Add, type Compare, type DivMod, type First, type IsLiteral, type Mul, type Shape, type Show, type ShowDim, type Sub, type Unify } from './dim.ts';
import { image, imageOf, kernel, type Image, type ImageOf, type Kernel, type KernelParts, type ImageParts } from './image.ts';
import { spread, type Spread as SpreadAxes } from './reduceWindow.ts';
import type { AnswerOf, Same, Stop } from './same.ts';
import { eachAxis, expectPairs, expectPositive, windows, type ExpectEach, type IsVague, type Layout, type On, type PerAxis, type Positive, type SpatialWindows, type WindowOptions, type WindowPadding, type Windows } from './window.ts';

// ---- convolution ----------------------------------------------------------------------------------------------------------

/** The image whose elements lie `N` apart along each spatial axis, with holes between; or a message. */
export type SpreadImage<X extends Shape, N extends PerAxis, L extends Layout = 'NHWC', K = unknown> =
  [N] extends [1] ? X
  : Image<'conv', X, L, K> extends readonly [infer n extends number, infer Space extends Shape, infer c extends number, infer Offset extends readonly unknown[]]
    ? HolesFault<N, Space, Offset, X, K> extends null ? ImageOf<n, SpreadAxes<Space, N>, c, L> : AnswerOf<HolesFault<N, Space, Offset, X, K>>
    : AnswerOf<Image<'conv', X, L, K>>;
type HolesFault<N extends PerAxis, Space extends Shape, Offset extends readonly unknown[], X extends Shape, K> =
  ExpectEach<'conv', 'input dilations', N, Space['length']> extends null ? HolesOn<N, Space, Offset, X, K> : ExpectEach<'conv', 'input dilations', N, Space['length']>;
type HolesOn<N extends PerAxis, Space extends Shape, Offset extends readonly unknown[], X extends Shape, K, I extends readonly unknown[] = []> =
  First<Space, K> extends readonly [infer _, infer R extends Shape]
    ? Positive<'conv', 'input dilation', On<N, I['length']> & number, [...Offset, ...I]['length'] & number, X, K> extends null ? HolesOn<N, R, Offset, X, K, [...I, 0]>
    : Positive<'conv', 'input dilation', On<N, I['length']> & number, [...Offset, ...I]['length'] & number, X, K>
  : null;

/** The run-time twin of `SpreadImage`, and one number for each spatial axis. */
export function spreadImage(x: Shape, inputDilation: PerAxis, layout: Layout): { readonly shape: readonly number[]; readonly holes: readonly number[] } {
  const of = image('conv', x, layout);
  const holes = eachAxis('conv', 'input dilations', inputDilation, of.space.length);
  holes.forEach((n, i) => expectPositive('conv', 'input dilation', n, of.offset + i, x));
  return { shape: imageOf(of.examples, spread(of.space, holes), of.features, layout), holes };
}

/**
 * The shape of a convolution. Stride and dilation are one number or one for each spatial axis; with groups the kernel has
 * `in / groups` input features. What does not fit is named in this order: ranks, lists, features, axes.
 */
export type Conv<
  X extends Shape, W extends Shape, Stride extends PerAxis = 1, Padding extends WindowPadding = 'valid', Dilation extends PerAxis = 1,
  Groups extends number = 1, L extends Layout = 'NHWC', K = unknown,
> =
  Image<'conv', X, L, K> extends readonly [infer n extends number, infer Space extends Shape, infer c extends number, infer Offset extends readonly unknown[]]
    ? Kernel<'conv', W, L, K> extends readonly [infer Window extends Shape, infer c2 extends number, infer o extends number]
      ? Misfit<'conv', X, W, Space, Window, c, c2, o, Stride, Padding, Dilation, Groups, K> extends null
        ? Windows<'conv', Space, Window, Stride, Padding, Dilation, Offset, X, K> extends readonly [infer Counts extends Shape]
          ? ImageOf<n, Counts, o, L>
          : AnswerOf<Windows<'conv', Space, Window, Stride, Padding, Dilation, Offset, X, K>>
        : AnswerOf<Misfit<'conv', X, W, Space, Window, c, c2, o, Stride, Padding, Dilation, Groups, K>>
      : AnswerOf<Kernel<'conv', W, L, K>>
    : AnswerOf<Image<'conv', X, L, K>>;

/** The first of these that is a stop; null where none is. */
type FirstStop<Checks extends readonly unknown[]> =
  Checks extends readonly [infer C, ...infer R] ? C extends null ? FirstStop<R> : C : null;
/** What does not fit between input, kernel and options, before any axis is looked at. */
type Misfit<
  Op extends string, X extends Shape, W extends Shape, Space extends Shape, Window extends Shape, c extends number, c2 extends number, o extends number,
  Stride, Padding, Dilation, Groups extends number, K,
> = FirstStop<[
  Ranks<Op, X, W, Space, Window, K>,
  ExpectEach<Op, 'strides', Stride, Space['length']>,
  ExpectEach<Op, 'paddings', Padding, Space['length']>,
  ExpectEach<Op, 'dilations', Dilation, Space['length']>,
  Features<Op, X, W, c, c2, o, Groups, K>,
]>;
type Ranks<Op extends string, X extends Shape, W extends Shape, Space extends Shape, Window extends Shape, K> =
  number extends Space['length'] | Window['length'] ? Stop<Shape>
  : Space['length'] extends Window['length'] ? null
  : Stop<`${Op}: input ${Show<X, K>} has ${Space['length']} spatial axes, kernel ${Show<W, K>} has ${Window['length']}`>;
type Features<Op extends string, X extends Shape, W extends Shape, c extends number, c2 extends number, o extends number, Groups extends number, K> =
  IsVague<Groups> extends true ? null
  : `${Groups}` extends '0' | `-${string}` ? Stop<`${Op}: ${Groups} groups`>
  : Unify<c, [Groups] extends [1] ? c2 : Mul<c2, Groups>, K> extends 'differ'
    ? Stop<`${Op}: input ${Show<X, K>} has ${ShowDim<c, K>} channels, kernel ${Show<W, K>} wants ${ShowDim<c2, K>}${Groups extends 1 ? '' : ` x ${Groups} groups`}`>
  : Groups extends 1 ? null
  : IsLiteral<o, K> extends true
    ? DivMod<o, Groups>[1] extends 0 ? null : Stop<`${Op}: ${ShowDim<o, K>} output channels of kernel ${Show<W, K>} do not divide into ${Groups} groups`>
  : null;

export interface ConvOptions extends WindowOptions {
  readonly groups?: number | undefined;
  readonly layout?: Layout | undefined;
}
/** A convolution with its padding in numbers, and the shape it gives. */
export interface ConvPlan extends SpatialWindows { readonly shape: readonly number[] }

function expectFeatures(op: string, x: Shape, w: Shape, { features }: ImageParts, { input, output }: KernelParts, groups: number): void {
  if (!Number.isInteger(groups) || groups < 1) throw new ShapeError(`${op}: ${groups} groups`);
  if (features !== input * groups) throw new ShapeError(`${op}: input ${show(x)} has ${features} channels, kernel ${show(w)} wants ${input}${groups === 1 ? '' : ` x ${groups} groups`}`);
  if (output % groups !== 0) throw new ShapeError(`${op}: ${output} output channels of kernel ${show(w)} do not divide into ${groups} groups`);
}
function expectRanks(op: string, x: Shape, w: Shape, { space }: ImageParts, { window }: KernelParts, options: WindowOptions): void {
  if (space.length !== window.length) throw new ShapeError(`${op}: input ${show(x)} has ${space.length} spatial axes, kernel ${show(w)} has ${window.length}`);
  eachAxis(op, 'strides', options.strides ?? 1, space.length);
  expectPairs(op, options.padding ?? 'valid', space.length);
  eachAxis(op, 'dilations', options.dilation ?? 1, space.length);
}

/** What a convolution does along each spatial axis, and its shape. Throws what `Conv` says. */
export function planConv(x: Shape, w: Shape, options: ConvOptions = {}): ConvPlan {
  const { groups = 1, layout = 'NHWC' } = options;
  const [of, by] = [image('conv', x, layout), kernel('conv', w, layout)];
  expectRanks('conv', x, w, of, by, options);
  expectFeatures('conv', x, w, of, by, groups);
  const plan = windows('conv', of.space, by.window, options, of.offset, x);
  return { ...plan, shape: imageOf(of.examples, plan.counts, by.output, layout) };
}
/** The run-time twin of `Conv`. */
export const conv = (x: Shape, w: Shape, options: ConvOptions = {}): readonly number[] => planConv(x, w, options).shape;

// ---- transposed convolution -------------------------------------------------------------------------------------------------

/** `same`: strides times as long. `valid`: every place that a window reaches. Or how much goes before and after the input once it is spread by the strides. */
export type TransposePadding = 'valid' | 'same' | readonly (readonly [low: number, high: number])[];

/** The shape of a transposed convolution: the input is spread by the strides, then convolved with stride 1. As JAX's conv_transpose. */
export type ConvTranspose<
  X extends Shape, W extends Shape, Stride extends PerAxis = 1, Padding extends TransposePadding = 'same', Dilation extends PerAxis = 1, L extends Layout = 'NHWC', K = unknown,
> =
  Image<'convTranspose', X, L, K> extends readonly [infer n extends number, infer Space extends Shape, infer c extends number, infer Offset extends readonly unknown[]]
    ? Kernel<'convTranspose', W, L, K> extends readonly [infer Window extends Shape, infer c2 extends number, infer o extends number]
      ? Misfit<'convTranspose', X, W, Space, Window, c, c2, o, Stride, Padding, Dilation, 1, K> extends null
        ? Grown<Space, Window, Stride, Padding, Dilation, Offset, X, K> extends readonly [infer Counts extends Shape]
          ? ImageOf<n, Counts, o, L>
          : AnswerOf<Grown<Space, Window, Stride, Padding, Dilation, Offset, X, K>>
        : AnswerOf<Misfit<'convTranspose', X, W, Space, Window, c, c2, o, Stride, Padding, Dilation, 1, K>>
      : AnswerOf<Kernel<'convTranspose', W, L, K>>
    : AnswerOf<Image<'convTranspose', X, L, K>>;

type NumberOn<N, I extends number> = N extends readonly number[] ? number extends N['length'] ? number : N[I] : N;
type PairOn<P, I extends number> = P extends readonly unknown[] ? number extends P['length'] ? 'unknown' : P[I] : P;
/** [the lengths along `Space`], or a stop. */
type Grown<Space, Window, Stride, Padding, Dilation, Offset extends readonly unknown[], X extends Shape, K, I extends readonly unknown[] = [], Out extends Shape = []> =
  Space extends readonly [infer n extends number, ...infer RS]
    ? Window extends readonly [infer w extends number, ...infer RW]
      ? [NumberOn<Stride, I['length']>, NumberOn<Dilation, I['length']>] extends readonly [infer s extends number, infer d extends number]
        ? OneGrown<n, w, s, PairOn<Padding, I['length']>, d, [...Offset, ...I]['length'] & number, X, K> extends readonly [infer count extends number]
          ? Grown<RS, RW, Stride, Padding, Dilation, Offset, X, K, [...I, 0], [...Out, count]>
          : OneGrown<n, w, s, PairOn<Padding, I['length']>, d, [...Offset, ...I]['length'] & number, X, K>
        : Stop<Shape>
      : Stop<Shape>
    : [Out];
type NotPositive<what extends string, n extends number, Axis extends number, X extends Shape, K> =
  `${n}` extends '0' | `-${string}` ? Stop<`convTranspose: ${what} ${n} on axis ${Axis} of ${Show<X, K>} is not positive`> : null;
type OneGrown<n extends number, w extends number, s extends number, padding, d extends number, Axis extends number, X extends Shape, K> =
  FirstStop<[NotPositive<'window', w, Axis, X, K>, NotPositive<'stride', s, Axis, X, K>, NotPositive<'dilation', d, Axis, X, K>]> extends infer Bad
    ? Bad extends null
      ? IsVague<s> extends true ? [number]
      : [padding] extends ['same'] ? [Mul<n, s>]
      : true extends IsVague<d> | IsVague<w> ? [number]
      : [padding] extends ['valid'] ? [Add<Mul<n, s>, Overhang<Reach<w, d>, s>>]
      : padding extends readonly [infer low extends number, infer high extends number]
        ? true extends IsVague<low> | IsVague<high> ? [number] : Explicit<n, Reach<w, d>, s, low, high, Axis, X, K>
        : [number]
      : Bad
    : never;
type Reach<w extends number, d extends number> = d extends 1 ? w : Add<Mul<Sub<w, 1>, d>, 1>;
type Overhang<reach extends number, s extends number> = Compare<reach, s> extends '>' ? Sub<reach, s> : 0;
type Spread<n extends number, s extends number> = n extends 0 ? 0 : s extends 1 ? n : Add<Mul<Sub<n, 1>, s>, 1>;
type Below<A extends number> = `${A}` extends `-${infer N extends number}` ? N : 0;
type Above<A extends number> = `${A}` extends `-${string}` ? 0 : A;
type Explicit<n extends number, reach extends number, s extends number, low extends number, high extends number, Axis extends number, X extends Shape, K> =
  Same<n, number, K> extends true ? [number]
  : IsLiteral<n, K> extends true
    ? Compare<Add<Spread<n, s>, Add<Above<low>, Above<high>>>, Add<reach, Add<Below<low>, Below<high>>>> extends '<'
      ? Stop<`convTranspose: window ${reach} does not fit into axis ${Axis} of ${Show<X, K>} padded by [${low}, ${high}]`>
      : [Sub<Add<Spread<n, s>, Add<Above<low>, Above<high>>>, Sub<Add<reach, Add<Below<low>, Below<high>>>, 1>>]
  : [Sub<Add<Spread<n, s>, Add<Above<low>, Above<high>>>, Sub<Add<reach, Add<Below<low>, Below<high>>>, 1>>];

export interface ConvTransposeOptions {
  readonly strides?: PerAxis | undefined;
  readonly padding?: TransposePadding | undefined;
  readonly dilation?: PerAxis | undefined;
  readonly layout?: Layout | undefined;
}
/** What a transposed convolution does along each spatial axis: `strides` spread the input, `padding` is that of the spread input. Throws what `ConvTranspose` says. */
export function planConvTranspose(x: Shape, w: Shape, options: ConvTransposeOptions = {}): ConvPlan {
  const { padding = 'same', layout = 'NHWC' } = options;
  const [of, by] = [image('convTranspose', x, layout), kernel('convTranspose', w, layout)];
  const given: unknown = padding;
  if (typeof given === 'number') throw new ShapeError(`convTranspose: padding ${given} is not 'valid', 'same' or a list of pairs [low, high]`);
  expectRanks('convTranspose', x, w, of, by, options);
  expectFeatures('convTranspose', x, w, of, by, 1);
  const strides = eachAxis('convTranspose', 'strides', options.strides ?? 1, of.space.length);
  const dilation = eachAxis('convTranspose', 'dilations', options.dilation ?? 1, of.space.length);
  const pairs: (readonly [number, number])[] = [];
  const counts = of.space.map((n, i) => {
    const [window = 1, s = 1, d = 1, axis] = [by.window[i], strides[i], dilation[i], of.offset + i];
    for (const [what, value] of [['window', window], ['stride', s], ['dilation', d]] as const) expectPositive('convTranspose', what, value, axis, x);
    const reach = (window - 1) * d + 1;
    const pair = pairFor(padding, i, reach, s);
    const spread = n === 0 ? 0 : (n - 1) * s + 1;
    pairs.push(pair);
    if (padding === 'same') return n * s;
    if (padding === 'valid') return n * s + Math.max(reach - s, 0);
    const fraction = pair.find((amount) => !Number.isInteger(amount));
    if (fraction !== undefined) throw new ShapeError(`convTranspose: padding ${fraction} on axis ${axis} of ${show(x)} is not an integer`);
    const free = spread + pair[0] + pair[1] - reach;
    if (free < 0) throw new ShapeError(`convTranspose: window ${reach} does not fit into axis ${axis} of ${show(x)} padded by [${pair[0]}, ${pair[1]}]`);
    return free + 1;
  });
  return { counts, strides, padding: pairs, dilation, shape: imageOf(of.examples, counts, by.output, layout) };
}
/** JAX's conv_transpose_padding. */
function pairFor(padding: TransposePadding, i: number, reach: number, s: number): readonly [number, number] {
  if (padding === 'same') {
    const total = reach + s - 2;
    const low = s > reach - 1 ? reach - 1 : Math.ceil(total / 2);
    return [low, total - low];
  }
  if (padding === 'valid') return [reach - 1, s - 1 + Math.max(reach - s, 0)];
  return padding[i] ?? [0, 0];
}
/** The run-time twin of `ConvTranspose`. */
export const convTranspose = (x: Shape, w: Shape, options: ConvTransposeOptions = {}): readonly number[] => planConvTranspose(x, w, options).shape;
