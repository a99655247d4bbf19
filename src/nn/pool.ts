// Pooling over windows of the spatial axes: functions of images [n, ...space, features], and therefore layers. Floor 7.
import type { Float } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { min } from '../primitive/extremum.ts';
import { gather } from '../primitive/gather.ts';
import { iota } from '../primitive/iota.ts';
import { reduceMax } from '../primitive/reduce.ts';
import { reduceWindowMax, reduceWindowSum } from '../primitive/reduceWindow.ts';
import { select } from '../primitive/select.ts';
import type { WindowParams } from '../primitive/window.ts';
import type { Check } from '../shape/check.ts';
import type { First, Shape } from '../shape/dim.ts';
import { image, type Image as ImageParts } from '../shape/image.ts';
import { optionsOf } from '../shape/options.ts';
import { planAdaptivePool, planPool, type AdaptivePool, type Pool, type PoolPlan } from '../shape/pool.ts';
import type { AnswerOf } from '../shape/same.ts';
import type { PerAxis, WindowPadding } from '../shape/window.ts';
import type { TensorHandle } from '../trace/handle.ts';
import { expectImage, type Asked, type FeaturesOf, type HeadOf, type Places, type Unasked, type Whole } from './image.ts';
import { named } from './net.ts';

/** How windows lie: one number for all spatial axes, or one for each. */
export interface PoolLayerOptions<Stride extends PerAxis | undefined, Padding, Dilation extends PerAxis> {
  /** From window to window. Default: the window's own size, so that windows touch without overlap. */
  readonly stride?: Stride;
  /** `valid` (the default), `same`, one number for all ends, or [low, high] for each spatial axis. Padding takes no part. */
  readonly padding?: Padding;
  /** From element to element of a window. Default 1. */
  readonly dilation?: Dilation;
}

type PoolRule<S extends Shape, W extends PerAxis, St extends PerAxis | undefined, P extends WindowPadding, Di extends PerAxis, K> = Pool<S, W, St, P, Di, 'NHWC', K>;
/** See `Answers` in image.ts. */
interface PoolAnswers<S extends Shape, D extends Float, W extends PerAxis, St extends PerAxis | undefined, P extends WindowPadding, Di extends PerAxis, K = unknown> extends Unasked<S, D> {
  readonly whole: Whole<[S, D, W, St, P, Di, K]>;
  readonly image: Check<PoolRule<S, W, St, P, Di, K>, Tensor<S, D>, K>;
  readonly places: Places<PoolRule<S, W, St, P, Di, K>, K>;
}
type PoolImage<S extends Shape, D extends Float, W extends PerAxis, St extends PerAxis | undefined, P extends WindowPadding, Di extends PerAxis, K> =
  [K, Whole<[S, D, W, St, P, Di, K]>] extends [infer _, infer __] ? First<S, K> extends 'open' ? Tensor<S, D> : PoolAnswers<S, D, W, St, P, Di, K>[Asked<S, 'image', 'any'>] : never;
type PoolLayer<W extends PerAxis, St extends PerAxis | undefined, P extends WindowPadding, Di extends PerAxis> =
  <S extends Shape, D extends Float, K = unknown>(x: PoolImage<S, D, W, St, P, Di, K>) => Tensor<[...PoolAnswers<S, D, W, St, P, Di>[Asked<S, 'places'>], FeaturesOf<S>], D>;

/** The windows on the whole image: examples and features are not pooled. */
const onImage = (p: PoolPlan): WindowParams => ({
  window: [1, ...p.window, 1], strides: [1, ...p.strides, 1], padding: [[0, 0], ...p.padding, [0, 0]],
  baseDilation: [1, ...p.window.map(() => 1), 1], windowDilation: [1, ...p.dilation, 1],
});
function pooling(name: string, window: PerAxis, options: PoolLayerOptions<PerAxis | undefined, WindowPadding, PerAxis>, pool: (x: AnyTensor, plan: PoolPlan) => AnyTensor): (x: AnyTensor) => AnyTensor {
  return named(name, input => {
    const x = expectImage(name, input, null);
    return pool(x, planPool(x.shape, window, { strides: options.stride ?? window, padding: options.padding, dilation: options.dilation }));
  });
}

/**
 * The greatest element of each window, for each feature. Equal greatest elements share the gradient.
 *
 * @throws `shape` where the window does not fit.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.maxPool(2)(tensor([[[1], [5], [2], [0]]])); // -> [[[5], [2]]]
 */
export const maxPool = <const W extends PerAxis, const St extends PerAxis | undefined = undefined, const P extends WindowPadding = 'valid', const Di extends PerAxis = 1>(
  window: W, options: PoolLayerOptions<St, P, Di> = {},
): PoolLayer<W, St, P, Di> => typed(pooling('maxPool', window, optionsOf('maxPool', options, { stride: 'any', padding: 'any', dilation: 'any' }), (x, plan) => reduceWindowMax(x, onImage(plan))));

/**
 * The mean of each window, for each feature; padding is not counted.
 *
 * @throws `shape` where the window does not fit.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.avgPool(2)(tensor([[[1], [5], [2], [0]]])); // -> [[[3], [1]]]
 */
export const avgPool = <const W extends PerAxis, const St extends PerAxis | undefined = undefined, const P extends WindowPadding = 'valid', const Di extends PerAxis = 1>(
  window: W, options: PoolLayerOptions<St, P, Di> = {},
): PoolLayer<W, St, P, Di> => typed(pooling('avgPool', window, optionsOf('avgPool', options, { stride: 'any', padding: 'any', dilation: 'any' }), meanOfWindows));

function meanOfWindows(x: AnyTensor, plan: PoolPlan): AnyTensor {
  const sums = reduceWindowSum(x, onImage(plan));
  if (plan.padding.every(([low, high]) => low <= 0 && high <= 0)) return div(sums, constantLike(sizeOf(plan.window), sums));
  // How many elements are no padding depends on the place only.
  const counts = reduceWindowSum(constant(1, [1, ...x.shape.slice(1, -1), 1], x.dtype), onImage(plan));
  return div(sums, broadcastInDim(counts, sums.shape, range(sums.shape.length)));
}

interface GlobalAnswers<Name extends string, S extends Shape, D extends Float, K = unknown> extends Unasked<S, D> {
  readonly whole: Whole<[Name, S, D, K]>;
  readonly image: Check<GlobalRule<Name, S, K>, Tensor<S, D>, K>;
}
type GlobalImage<Name extends string, S extends Shape, D extends Float, K> =
  [K, Whole<[Name, S, D, K]>] extends [infer _, infer __] ? First<S, K> extends 'open' ? Tensor<S, D> : GlobalAnswers<Name, S, D, K>[Asked<S, 'image', 'any'>] : never;
type GlobalRule<Name extends string, S extends Shape, K> =
  ImageParts<Name, S, 'NHWC', K> extends readonly [infer n extends number, Shape, infer c extends number, unknown] ? [n, c] : AnswerOf<ImageParts<Name, S, 'NHWC', K>>;
// Of an open shape, too, the result has two axes, so that a dense layer can follow in `seq`.
function global(name: string, x: unknown, pool: (x: TensorHandle, axes: readonly number[]) => AnyTensor): never {
  const handle = expectImage(name, typed(x), null);
  const { space } = image(name, handle.shape, 'NHWC');
  return typed(pool(handle, range(space.length).map(i => i + 1)));
}

/**
 * The mean over all spatial axes: [n, ...space, features] to [n, features].
 *
 * @throws `shape` where there is no spatial axis.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.globalAvgPool(tensor([[[1], [5], [3]]])); // -> [[3]]
 */
export const globalAvgPool = <S extends Shape, D extends Float, K = unknown>(x: GlobalImage<'globalAvgPool', S, D, K>): Tensor<[HeadOf<S>, FeaturesOf<S>], D> =>
  global('globalAvgPool', x, (v, axes) => {
    const sums = reduceSum(v, axes);
    return div(sums, constantLike(sizeOf(v.shape.slice(1, -1)), sums));
  });

/**
 * The greatest element over all spatial axes: [n, ...space, features] to [n, features].
 *
 * @throws `shape` where there is no spatial axis.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.globalMaxPool(tensor([[[1], [5], [3]]])); // -> [[5]]
 */
export const globalMaxPool = <S extends Shape, D extends Float, K = unknown>(x: GlobalImage<'globalMaxPool', S, D, K>): Tensor<[HeadOf<S>, FeaturesOf<S>], D> =>
  global('globalMaxPool', x, reduceMax);

type AdaptiveRule<S extends Shape, Size extends PerAxis, K> = AdaptivePool<S, Size, 'NHWC', K>;
interface AdaptiveAnswers<S extends Shape, D extends Float, Size extends PerAxis, K = unknown> extends Unasked<S, D> {
  readonly whole: Whole<[S, D, Size, K]>;
  readonly image: Check<AdaptiveRule<S, Size, K>, Tensor<S, D>, K>;
  readonly places: Places<AdaptiveRule<S, Size, K>, K>;
}
type AdaptiveImage<S extends Shape, D extends Float, Size extends PerAxis, K> =
  [K, Whole<[S, D, Size, K]>] extends [infer _, infer __] ? First<S, K> extends 'open' ? Tensor<S, D> : AdaptiveAnswers<S, D, Size, K>[Asked<S, 'image', 'any'>] : never;
type AdaptiveLayer<Size extends PerAxis> =
  <S extends Shape, D extends Float, K = unknown>(x: AdaptiveImage<S, D, Size, K>) => Tensor<[...AdaptiveAnswers<S, D, Size>[Asked<S, 'places'>], FeaturesOf<S>], D>;

/**
 * The means of `size` windows along each spatial axis, whatever its length: window i begins at floor(i n / size) and ends before
 * ceil((i + 1) n / size), as in PyTorch.
 *
 * @throws `shape` where a size is not positive or a spatial axis is empty.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.adaptiveAvgPool(2)(tensor([[[1], [5], [3]]])); // -> [[[3], [4]]]
 */
export const adaptiveAvgPool = <const Size extends PerAxis>(size: Size): AdaptiveLayer<Size> =>
  typed(adaptive('adaptiveAvgPool', size, 0, (elements, axes, windows) => {
    const sums = reduceSum(elements, axes);
    return windows.reduce<AnyTensor>((y, { lengths }, i) => div(y, broadcastInDim(convert(lengths, elements.dtype), y.shape, [i + 1])), sums);
  }));

/**
 * The greatest elements of `size` windows along each spatial axis, whatever its length: window i begins at floor(i n / size) and ends before
 * ceil((i + 1) n / size), as in PyTorch. Equal greatest elements share the gradient.
 *
 * @throws `shape` where a size is not positive or a spatial axis is empty.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.adaptiveMaxPool(2)(tensor([[[1], [5], [3]]])); // -> [[[5], [5]]]
 */
export const adaptiveMaxPool = <const Size extends PerAxis>(size: Size): AdaptiveLayer<Size> =>
  typed(adaptive('adaptiveMaxPool', size, -Infinity, reduceMax));

/** `pool` over the windows of an image, laid out as [n, ...(windows, elements), features]: `axes` are those of the elements, `absent` fills shorter windows. */
function adaptive(name: string, size: PerAxis, absent: number, pool: (elements: AnyTensor, axes: readonly number[], windows: readonly AdaptiveWindows[]) => AnyTensor): (x: AnyTensor) => AnyTensor {
  return named(name, input => {
    const x = expectImage(name, input, null);
    const space = x.shape.slice(1, -1);
    const windows = planAdaptivePool(x.shape, size).windows.map((w, i) => adaptiveWindows(space[i] ?? 0, w));
    // From the last axis on, so that the axes before it keep their numbers.
    const all = windows.reduceRight<AnyTensor>((y, { places }, i) => gather(y, places, { axis: i + 1, mode: 'promise' }), x);
    const present = windows.flatMap(({ inside }, i) => inside === null ? [] : [broadcastInDim(inside, all.shape, [2 * i + 1, 2 * i + 2])]);
    const elements = present.reduce<AnyTensor>((y, inside) => select(inside, y, constant(absent, y.shape, y.dtype)), all);
    return pool(elements, windows.map((_, i) => 2 * i + 2), windows);
  });
}
/** The windows of one axis: where their elements lie and which of these are the window's own (null: all), both [windows, greatest length]. */
interface AdaptiveWindows { readonly places: AnyTensor; readonly inside: AnyTensor | null; readonly lengths: AnyTensor }
function adaptiveWindows(n: number, windows: readonly (readonly [start: number, end: number])[]): AdaptiveWindows {
  const [size, longest] = [windows.length, Math.max(...windows.map(([start, end]) => end - start))];
  const [row, step] = [iota([size, longest], 'i32', 0), iota([size, longest], 'i32', 1)];
  const c = (value: number): AnyTensor => constant(value, row.shape, 'i32');
  const start = div(mul(row, c(n)), c(size));
  const end = div(add(mul(add(row, c(1)), c(n)), c(size - 1)), c(size));
  const place = add(start, step);
  const even = windows.every(([a, b]) => b - a === longest);
  return { places: even ? place : min(place, c(n - 1)), inside: even ? null : lt(place, end), lengths: reduceMax(sub(end, start), [1]) };
}
