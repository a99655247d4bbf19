// What convolutions and poolings share: the type of an image operand, which names the misfit at its layer, and the run-time side of both.
// Floor 7. Images are [n, ...space, features].
import { DTypeError } from '../error.ts';
import { range } from '../ir/aval.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import type { Ok } from '../shape/check.ts';
import type { Div, First, Last, Mul, Product, Shape } from '../shape/dim.ts';
import type { Fits } from '../shape/same.ts';
import type { PerAxis } from '../shape/window.ts';
import type { TensorHandle } from '../trace/handle.ts';
import { expectFloat } from './expect.ts';
import type { NoDim } from './misfit.ts';

type Each<Space extends Shape, N> = N extends number ? { -readonly [I in keyof Space]: N } : N extends readonly number[] ? { -readonly [I in keyof N]: N[I] } : never;
/** [...window, input features of a group, output features] for an image `S`. */
export type KernelOf<S extends Shape, Window extends PerAxis, O extends number, Groups extends number, K> =
  First<S, K> extends readonly [infer _, infer R extends Shape]
    ? Last<R, K> extends readonly [infer Space extends Shape, infer c extends number] ? [...Each<Space, Window>, Div<c, Groups>, O] : number[]
    : number[];
/** [...window, 1, output features], where each of the image's features has `Multiplier` of its own. */
export type DepthwiseKernelOf<S extends Shape, Window extends PerAxis, Multiplier extends number, K> =
  First<S, K> extends readonly [infer _, infer R extends Shape]
    ? Last<R, K> extends readonly [infer Space extends Shape, infer c extends number] ? [...Each<Space, Window>, 1, Mul<c, Multiplier>] : number[]
    : number[];
// What a layer asks of its image and answers is a table (an interface `Answers`), looked up by a question of the shape alone. A conditional
// type would be walked through, both branches of every rule inside, wherever the compiler infers through it, wants its constraint, or finds out
// how an alias varies with its parameters: 150,000 instantiations for the first convolution and 4,500 for each, against 10,000 and 900.
// Hence, too, `whole`, which comes first in each table and in what stands in a signature: it differs as soon as a parameter does, and ends the walk.

/** Differs with every part of `Parts`. `[K, Whole<Parts>] extends [infer _, infer __]` is true, and waits as long as `K` is a parameter. */
export interface Whole<Parts> { readonly whole: (parts: Parts) => Parts }
/** Looks `Answer` up once the rank of the shape is known; until then there is any shape, or what else is said of it. */
export type Asked<S extends Shape, Answer extends string, Otherwise extends string = 'shape'> = S extends readonly [unknown, ...unknown[]] | readonly [] ? Answer : Otherwise;
/** The answers while nothing is known. */
export interface Unasked<S extends Shape, D extends DType> {
  readonly shape: Shape;
  readonly feature: number;
  readonly any: Tensor<S, D>;
  readonly none: [];
}
/** A shape without its features: results of layers say `[...this, features]`, so that in an open network the next layer sees them. */
export type ButFeatures<S> = S extends readonly [...infer R extends Shape, number] ? R : S extends Shape ? Shape : never;
/** As `ButFeatures` of a rule's answer; where it is a message, one dim that carries it on. */
export type Places<Answer, K = unknown> = Fits<Answer, string, K> extends true ? [NoDim<Answer>] : ButFeatures<Ok<Answer, K>>;
/** How many features an image has. */
export type FeaturesOf<S extends Shape> = S extends readonly [...unknown[], infer c extends number] ? c : number;
/** The first dim of a shape. */
export type HeadOf<S extends Shape> = S extends readonly [infer n extends number, ...unknown[]] ? n : number;
/** The number of elements of one example. */
export type TailOf<S extends Shape> = S extends readonly [unknown, ...infer R extends Shape] ? Product<R> : number;

/** The image of a layer: floats and, where it is stated, of the layer's dtype. Its rank is what the plans of the shape rules check. */
export function expectImage(layer: string, x: AnyTensor, dtype: Float | null): TensorHandle {
  const handle = expectFloat(layer, x);
  if (dtype !== null && dtype !== handle.dtype) throw new DTypeError(`${layer}: the layer has dtype ${dtype}, the input ${handle.dtype} (use astype, or the option dtype)`);
  return handle;
}
/** A window as a list, one size for each spatial axis of the image. */
export const windowOver = (x: AnyTensor, window: PerAxis): readonly number[] => typeof window === 'number' ? range(x.shape.length - 2).map(() => window) : window;

/** Dimension numbers of images and kernels whose features are last, as primitives take them. */
export function featuresLast(rank: number): { readonly lhs: readonly number[]; readonly rhs: readonly number[]; readonly out: readonly number[] } {
  const image = [0, rank - 1, ...range(rank - 2).map(i => i + 1)];
  return { lhs: image, rhs: [rank - 1, rank - 2, ...range(rank - 2)], out: image };
}
