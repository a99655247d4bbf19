// lax: convolutions, typed by the shape rules. Floor 7. Kernels are [...window, in, out] beside images [n, ...space, c], and
// [out, in, ...window] beside [n, c, ...space]; they are not turned round.
import { agree, type Agree } from '../dtype/agree.ts';
import type { AnyTensor, CommonDType, Tensor } from '../ir/tensor.ts';
import { range } from '../ir/aval.ts';
import { typed } from '../numpy/typed.ts';
import { convGeneral as convolve } from '../primitive/conv.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import { planConv, planConvTranspose, spreadImage, type Conv, type ConvPlan, type ConvTranspose, type SpreadImage, type TransposePadding } from '../shape/conv.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { Layout, PerAxis, WindowPadding } from '../shape/window.ts';
import { handleOf } from '../trace/handle.ts';

/** How the windows of a convolution lie: one number for all spatial axes, or one for each. */
export interface ConvTransposeOptions<Stride, Padding, Dilation, L> {
  readonly strides?: Stride;
  readonly padding?: Padding;
  /** Of the kernel. */
  readonly dilation?: Dilation;
  /** Where the features stand: last (NHWC, the default) or before the spatial axes (NCHW), for any number of spatial axes. */
  readonly layout?: L;
}
/** With groups, group g of the output features sees group g of the input features. */
export interface ConvOptions<Stride, Padding, Dilation, Groups, L, Spread = 1> extends ConvTransposeOptions<Stride, Padding, Dilation, L> {
  readonly groups?: Groups;
  /** Of the input: so far apart lie its elements, with zeros between. */
  readonly inputDilation?: Spread;
}

type ConvRule<X, W, St extends PerAxis, P extends WindowPadding, Di extends PerAxis, G extends number, L extends Layout, Sp extends PerAxis, K> =
  X extends Tensor<infer A, infer D> ? W extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, SpreadConv<A, B, St, P, Di, G, L, Sp, K>, K> : never : never;
type SpreadConv<A extends Shape, B extends Shape, St extends PerAxis, P extends WindowPadding, Di extends PerAxis, G extends number, L extends Layout, Sp extends PerAxis, K> =
  [Sp] extends [1] ? Conv<A, B, St, P, Di, G, L, K> : Both<SpreadImage<A, Sp, L, K>, Conv<Ok<SpreadImage<A, Sp, L, K>, K>, B, St, P, Di, G, L, K>, K>;
type TransposeRule<X, W, St extends PerAxis, P extends TransposePadding, Di extends PerAxis, L extends Layout, K> =
  X extends Tensor<infer A, infer D> ? W extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, ConvTranspose<A, B, St, P, Di, L, K>, K> : never : never;

/** Dimension numbers of a layout, as the primitive takes them. */
function dimensionNumbers(rank: number, layout: Layout): { readonly lhs: readonly number[]; readonly rhs: readonly number[]; readonly out: readonly number[] } {
  if (layout === 'NCHW') return { lhs: range(rank), rhs: range(rank), out: range(rank) };
  const image = [0, rank - 1, ...range(rank - 2).map(i => i + 1)];
  return { lhs: image, rhs: [rank - 1, rank - 2, ...range(rank - 2)], out: image };
}
/** Strides lie on the result of a convolution (`holes` then says how far apart the input lies), on the input of a transposed one. */
function run(x: AnyTensor, w: unknown, layout: Layout, groups: number, holes: ((x: AnyTensor) => readonly number[]) | null, plan: (x: AnyTensor, w: AnyTensor) => ConvPlan): never {
  const [image, kernel] = [handleOf(x, 'convGeneral'), handleOf(typed(w), 'convGeneral')];
  agree(image.dtype, kernel.dtype);
  const { strides, padding, dilation } = plan(image, kernel);
  const ones = strides.map(() => 1);
  return typed(convolve(image, kernel, {
    ...dimensionNumbers(image.shape.length, layout), padding, rhsDilation: dilation, featureGroups: groups, batchGroups: 1,
    strides: holes === null ? ones : strides, lhsDilation: holes === null ? strides : holes(image),
  }));
}

/**
 * The convolution of images [n, ...space, in] with a kernel [...window, in / groups, out], over any number of spatial axes.
 * JAX's conv_general_dilated.
 *
 * @param options strides (1), padding (`valid`, `same`, a number, or [low, high] for each axis), dilation (1) of the kernel and inputDilation (1), groups (1), layout (`NHWC`).
 * @throws `shape` where input, kernel and options do not fit, `dtype` where the dtypes differ.
 * @example
 * lax.convGeneral(tensor([[[1], [2], [4]]]), tensor([[[1]], [[10]]])); // -> [[[21], [42]]]
 */
export const convGeneral = <X extends AnyTensor, W extends AnyTensor, const St extends PerAxis = 1, const P extends WindowPadding = 'valid', const Di extends PerAxis = 1, const G extends number = 1, const L extends Layout = 'NHWC', const Sp extends PerAxis = 1, K = unknown>(
  x: X, kernel: Check<ConvRule<X, W, St, P, Di, G, L, Sp, K>, W, K>, options: ConvOptions<St, P, Di, G, L, Sp> = {},
): Tensor<Ok<ConvRule<X, W, St, P, Di, G, L, Sp, K>, K>, CommonDType<X, W, K>> => {
  optionsOf('convGeneral', options, { groups: 'number', inputDilation: 'any', strides: 'any', padding: 'any', dilation: 'any', layout: ['NHWC', 'NCHW'] });
  const { strides, padding, dilation, groups = 1, layout = 'NHWC', inputDilation = 1 }: ConvOptions<PerAxis, WindowPadding, PerAxis, number, Layout, PerAxis> = options;
  return run(x, kernel, layout, groups, a => spreadImage(a.shape, inputDilation, layout).holes, (a, w) => planConv(spreadImage(a.shape, inputDilation, layout).shape, w.shape, { strides, padding, dilation, groups, layout }));
};

/**
 * The transposed convolution: the images are spread by the strides, then convolved. With padding `same` (the default) the result is
 * `strides` times as long along each spatial axis. JAX's conv_transpose.
 *
 * @param options strides (1), padding (`same`, `valid`, or [low, high] of the spread input for each axis), dilation (1), layout (`NHWC`).
 * @throws `shape` where input, kernel and options do not fit, `dtype` where the dtypes differ.
 * @example
 * lax.convTranspose(tensor([[[1], [2]]]), tensor([[[1]], [[1]]]), { strides: 2 }); // -> [[[1], [1], [2], [2]]]
 */
export const convTranspose = <X extends AnyTensor, W extends AnyTensor, const St extends PerAxis = 1, const P extends TransposePadding = 'same', const Di extends PerAxis = 1, const L extends Layout = 'NHWC', K = unknown>(
  x: X, kernel: Check<TransposeRule<X, W, St, P, Di, L, K>, W, K>, options: ConvTransposeOptions<St, P, Di, L> = {},
): Tensor<Ok<TransposeRule<X, W, St, P, Di, L, K>, K>, CommonDType<X, W, K>> => {
  optionsOf('convTranspose', options, { strides: 'any', padding: 'any', dilation: 'any', layout: ['NHWC', 'NCHW'] });
  const { strides, padding, dilation, layout = 'NHWC' }: ConvTransposeOptions<PerAxis, TransposePadding, PerAxis, Layout> = options;
  return run(x, kernel, layout, 1, null, (a, w) => planConvTranspose(a.shape, w.shape, { strides, padding, dilation, layout }));
};

export { convGeneral as convGeneralDilated };
