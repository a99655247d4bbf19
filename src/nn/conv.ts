// Convolutional layers over any number of spatial axes: conv, depthwiseConv, convTranspose. Floor 7.
// Images are [n, ...space, features], kernels [...window, in, out]; what does not fit is named by the shape rules.
import { DTypeError, ShapeError } from '../error.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import { sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add } from '../primitive/arithmetic.ts';
import { broadcastInDim } from '../primitive/broadcast.ts';
import { convGeneral } from '../primitive/conv.ts';
import { foldIn } from '../random/key.ts';
import { planConv, planConvTranspose, type Conv, type ConvPlan, type ConvTranspose, type TransposePadding } from '../shape/conv.ts';
import { show, type Mul, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { PerAxis, WindowPadding } from '../shape/window.ts';
import type { TensorHandle } from '../trace/handle.ts';
import { biasIn, biasStart, weightKinds, type Biased, type BiasOptions } from './bias.ts';
import { expectFeatures, parameter, started } from './expect.ts';
import { expectImage, featuresLast, windowOver, type Asked, type DepthwiseKernelOf, type FeaturesOf, type KernelOf, type Places, type Unasked, type Whole } from './image.ts';
import { lecunNormal, type Initializer } from './initializers.ts';
import type { Earlier, Faults, Takes } from './misfit.ts';
import { named, network, type Net } from './net.ts';

/** Parameters of a convolution: a kernel [...window, in, out] and a bias for each output feature. */
export interface ConvParams<W extends Shape, O extends number, D extends Float = 'f32'> {
  readonly w: Tensor<W, D>;
  readonly b: Tensor<[O], D>;
}
/** How windows lie: one number for all spatial axes, or one for each. */
export interface ConvLayerOptions<Stride extends PerAxis, Padding, Dilation extends PerAxis, D extends Float, B extends boolean = true> extends BiasOptions<B> {
  /** From window to window; of a transposed convolution, from element to element of the input. Default 1. */
  readonly stride?: Stride;
  /** `valid` (the default), `same`, one number for all ends, or [low, high] for each spatial axis. */
  readonly padding?: Padding;
  /** From element to element of the kernel. Default 1. */
  readonly dilation?: Dilation;
  /** Of the parameters, the input and the output. Default f32. */
  readonly dtype?: D;
  /** How the kernel starts. Default LeCun normal; see `nn.initializers`. */
  readonly init?: Initializer;
}
/** With groups, output feature group g sees input feature group g only. */
export interface GroupedConvOptions<Stride extends PerAxis, Padding, Dilation extends PerAxis, Groups extends number, D extends Float, B extends boolean = true> extends ConvLayerOptions<Stride, Padding, Dilation, D, B> {
  readonly groups?: Groups;
}

type ConvRule<S extends Shape, W extends PerAxis, O extends number, St extends PerAxis, P extends WindowPadding, Di extends PerAxis, G extends number, K> =
  Conv<S, KernelOf<S, W, O, G, K>, St, P, Di, G, 'NHWC', K>;
/** See `Answers` in image.ts. */
interface ConvAnswers<S extends Shape, D extends DType, W extends PerAxis, O extends number, St extends PerAxis, P extends WindowPadding, Di extends PerAxis, G extends number, K = unknown> extends Unasked<S, D> {
  readonly whole: Whole<[S, D, W, O, St, P, Di, G, K]>;
  readonly kernel: KernelOf<S, W, O, G, K>;
  readonly places: Places<ConvRule<S, W, O, St, P, Di, G, K>, K>;
  readonly faults: Earlier<S, Faults<ConvRule<S, W, O, St, P, Di, G, K>, K>, K>;
}

/**
 * A convolution over the spatial axes of [n, ...space, in], with a bias. The kernel is not turned round. Its parameters are a kernel
 * [...window, in / groups, features], drawn LeCun normal, and a bias, which starts at 0; with
 * `bias: false`, as before a norm, they are the kernel only.
 *
 * @param window the kernel's size: one number for all spatial axes of the input, or one for each.
 * @throws `shape` where the window does not fit or the groups do not divide the features; the compiler says so where the network meets
 * its input: in `from`, `init`, `apply`.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const layer = nn.conv(16, 3, { stride: 2, padding: 'same' });
 * const params = nn.init(layer, random.key(0), zeros([1, 28, 28, 3]));
 * params.w.shape; // -> [3, 3, 3, 16]
 * nn.apply(layer, params, zeros([8, 28, 28, 3])).shape; // -> [8, 14, 14, 16]
 * Object.keys(nn.init(nn.conv(16, 3, { bias: false }), random.key(0), zeros([1, 28, 28, 3]))); // -> ['w']
 */
export const conv = <const O extends number, const W extends PerAxis, const St extends PerAxis = 1, const P extends WindowPadding = 'valid', const Di extends PerAxis = 1, const G extends number = 1, D extends Float = 'f32', B extends boolean = true>(
  features: O, window: W, options: GroupedConvOptions<St, P, Di, G, D, B> = {},
): (<S extends Shape, E extends DType>(x: Tensor<S, E>) => Net<Biased<ConvParams<ConvAnswers<S, NoInfer<D>, W, O, St, P, Di, G>[Asked<S, 'kernel'>], O, NoInfer<D>>, B>, Tensor<[...ConvAnswers<S, NoInfer<D>, W, O, St, P, Di, G>[Asked<S, 'places'>], O], NoInfer<D>>, [...Takes<'conv', D>[E], ...ConvAnswers<S, NoInfer<D>, W, O, St, P, Di, G>[Asked<S, 'faults', 'none'>]]>) => {
  optionsOf('conv', options, { groups: 'number', stride: 'any', padding: 'any', dilation: 'any', ...weightKinds });
  expectFeatures('conv', features);
  const groups: number = options.groups ?? 1;
  return typed(convolution('conv', options, x => {
    const channels = x.shape.at(-1) ?? 0;
    const kernel = [...windowOver(x, window), Math.floor(channels / groups), features];
    return { kernel, plan: w => planConv(x.shape, w, { strides: options.stride, padding: options.padding, dilation: options.dilation, groups }), groups };
  }));
};

type DepthwiseRule<S extends Shape, W extends PerAxis, M extends number, St extends PerAxis, P extends WindowPadding, Di extends PerAxis, K> =
  Conv<S, DepthwiseKernelOf<S, W, M, K>, St, P, Di, FeaturesOf<S>, 'NHWC', K>;
interface DepthwiseAnswers<S extends Shape, D extends DType, W extends PerAxis, M extends number, St extends PerAxis, P extends WindowPadding, Di extends PerAxis, K = unknown> extends Unasked<S, D> {
  readonly whole: Whole<[S, D, W, M, St, P, Di, K]>;
  readonly kernel: DepthwiseKernelOf<S, W, M, K>;
  readonly features: Mul<FeaturesOf<S>, M>;
  readonly places: Places<DepthwiseRule<S, W, M, St, P, Di, K>, K>;
  readonly faults: Earlier<S, Faults<DepthwiseRule<S, W, M, St, P, Di, K>, K>, K>;
}
type DepthwiseFeatures<S extends Shape, D extends DType, W extends PerAxis, M extends number, St extends PerAxis, P extends WindowPadding, Di extends PerAxis> = DepthwiseAnswers<S, D, W, M, St, P, Di>[Asked<S, 'features', 'feature'>];

/**
 * A convolution that keeps features apart: each has `multiplier` kernels of its own, [...window, 1, in * multiplier] in all.
 *
 * @throws `shape` where the window does not fit.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const layer = nn.depthwiseConv(2, 3, { padding: 'same' });
 * const params = nn.init(layer, random.key(0), zeros([1, 8, 8, 5]));
 * params.w.shape; // -> [3, 3, 1, 10]
 */
export const depthwiseConv = <const M extends number, const W extends PerAxis, const St extends PerAxis = 1, const P extends WindowPadding = 'valid', const Di extends PerAxis = 1, D extends Float = 'f32', B extends boolean = true>(
  multiplier: M, window: W, options: ConvLayerOptions<St, P, Di, D, B> = {},
): (<S extends Shape, E extends DType>(x: Tensor<S, E>) => Net<Biased<ConvParams<DepthwiseAnswers<S, NoInfer<D>, W, M, St, P, Di>[Asked<S, 'kernel'>], DepthwiseFeatures<S, NoInfer<D>, W, M, St, P, Di>, NoInfer<D>>, B>, Tensor<[...DepthwiseAnswers<S, NoInfer<D>, W, M, St, P, Di>[Asked<S, 'places'>], DepthwiseFeatures<S, NoInfer<D>, W, M, St, P, Di>], NoInfer<D>>, [...Takes<'depthwiseConv', D>[E], ...DepthwiseAnswers<S, NoInfer<D>, W, M, St, P, Di>[Asked<S, 'faults', 'none'>]]>) => {
  optionsOf('depthwiseConv', options, { stride: 'any', padding: 'any', dilation: 'any', ...weightKinds });
  expectFeatures('depthwiseConv', multiplier);
  return typed(convolution('depthwiseConv', options, x => {
    const groups = x.shape.at(-1) ?? 0;
    const kernel = [...windowOver(x, window), 1, groups * multiplier];
    return { kernel, plan: w => planConv(x.shape, w, { strides: options.stride, padding: options.padding, dilation: options.dilation, groups }), groups };
  }));
};

type TransposeRule<S extends Shape, W extends PerAxis, O extends number, St extends PerAxis, P extends TransposePadding, Di extends PerAxis, K> =
  ConvTranspose<S, KernelOf<S, W, O, 1, K>, St, P, Di, 'NHWC', K>;
interface TransposeAnswers<S extends Shape, D extends DType, W extends PerAxis, O extends number, St extends PerAxis, P extends TransposePadding, Di extends PerAxis, K = unknown> extends Unasked<S, D> {
  readonly whole: Whole<[S, D, W, O, St, P, Di, K]>;
  readonly kernel: KernelOf<S, W, O, 1, K>;
  readonly places: Places<TransposeRule<S, W, O, St, P, Di, K>, K>;
  readonly faults: Earlier<S, Faults<TransposeRule<S, W, O, St, P, Di, K>, K>, K>;
}

/**
 * A transposed convolution, which makes images larger: the input is spread by the stride, then convolved. With padding `same` (the
 * default) the result is `stride` times as long along each spatial axis. As JAX's conv_transpose, the kernel is not turned round.
 *
 * @throws `shape` where the window does not fit.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const layer = nn.convTranspose(4, 3, { stride: 2 });
 * const params = nn.init(layer, random.key(0), zeros([1, 7, 7, 8]));
 * nn.apply(layer, params, zeros([1, 7, 7, 8])).shape; // -> [1, 14, 14, 4]
 */
export const convTranspose = <const O extends number, const W extends PerAxis, const St extends PerAxis = 1, const P extends TransposePadding = 'same', const Di extends PerAxis = 1, D extends Float = 'f32', B extends boolean = true>(
  features: O, window: W, options: ConvLayerOptions<St, P, Di, D, B> = {},
): (<S extends Shape, E extends DType>(x: Tensor<S, E>) => Net<Biased<ConvParams<TransposeAnswers<S, NoInfer<D>, W, O, St, P, Di>[Asked<S, 'kernel'>], O, NoInfer<D>>, B>, Tensor<[...TransposeAnswers<S, NoInfer<D>, W, O, St, P, Di>[Asked<S, 'places'>], O], NoInfer<D>>, [...Takes<'convTranspose', D>[E], ...TransposeAnswers<S, NoInfer<D>, W, O, St, P, Di>[Asked<S, 'faults', 'none'>]]>) => {
  optionsOf('convTranspose', options, { stride: 'any', padding: 'any', dilation: 'any', ...weightKinds });
  expectFeatures('convTranspose', features);
  return typed(convolution('convTranspose', options, x => ({
    kernel: [...windowOver(x, window), x.shape.at(-1) ?? 0, features],
    plan: w => planConvTranspose(x.shape, w, { strides: options.stride, padding: options.padding, dilation: options.dilation }),
    groups: 1, transposed: true,
  })));
};

interface Starts extends BiasOptions<boolean> { readonly dtype?: Float; readonly init?: Initializer }
/** What a layer makes of an image: the shape of its kernel, and what a kernel does. */
interface Convolution {
  readonly kernel: readonly number[];
  readonly plan: (kernel: Shape) => ConvPlan;
  readonly groups: number;
  readonly transposed?: boolean;
}
function convolution(layer: string, { dtype = 'f32', init = lecunNormal, ...told }: Starts, meet: (x: TensorHandle) => Convolution): (x: AnyTensor) => Net<unknown, unknown> {
  const start = biasStart(layer, told);
  return named(layer, input => {
    const x = expectImage(layer, input, dtype);
    const { kernel, plan, groups, transposed = false } = meet(x);
    plan(kernel);
    const features = kernel.at(-1) ?? 0;
    return network({
      init(key) {
        const w = started(layer, init, key, kernel, dtype);
        return start === null ? { w } : { w, b: started(layer, start, foldIn(key, 1), [features], dtype) };
      },
      apply(params: unknown) {
        const [w, b] = [parameter(layer, params, 'w'), biasIn(layer, params, start)];
        const along = plan(w.shape);
        if (!sameShape(w.shape, kernel)) throw new ShapeError(`${layer}: its parameter w is ${showAval(w.aval)}, the layer wants ${show(kernel)}; make parameters with nn.init`);
        expectParameters(layer, x, w, b);
        const ones = along.strides.map(() => 1);
        const y = convGeneral(x, w, {
          ...featuresLast(x.shape.length), padding: along.padding, rhsDilation: along.dilation, featureGroups: groups, batchGroups: 1,
          strides: transposed ? ones : along.strides, lhsDilation: transposed ? along.strides : ones,
        });
        return b === null ? y : add(y, broadcastInDim(b, y.shape, [y.shape.length - 1]));
      },
    });
  });
}
function expectParameters(layer: string, x: TensorHandle, w: TensorHandle, b: TensorHandle | null): void {
  const features = w.shape.at(-1);
  if (b !== null && (b.shape.length !== 1 || b.shape[0] !== features)) throw new ShapeError(`${layer}: kernel ${showAval(w.aval)} wants a bias of ${features}, got ${showAval(b.aval)}`);
  if (x.dtype !== w.dtype || (b !== null && x.dtype !== b.dtype)) throw new DTypeError(`${layer}: dtypes differ: the input is ${x.dtype}, the parameters are ${w.dtype}${b === null ? '' : ` and ${b.dtype}`} (use astype)`);
}
