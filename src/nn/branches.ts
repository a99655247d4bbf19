// Whether the branches of a network fit each other or their input, as types and at run time. Floor 7. Knows no layer.
// What does not fit is among the effects, so that it is told in one line where the network meets its input.
import type { Agree } from '../dtype/agree.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { show, type Add, type Last, type Shape, type Show, type Unify } from '../shape/dim.ts';
import type { Fits, Same } from '../shape/same.ts';
import type { ButFeatures, FeaturesOf, Whole } from './image.ts';
import type { Earlier, Misfit } from './misfit.ts';

type DTypeOf<X> = X extends { readonly dtype: infer D extends DType } ? D : DType;
/** All axes of a tensor but the last: at once where they can be told apart, which an open network's next layer needs to see. */
type Front<X, K = unknown> = X extends { readonly shape: infer S extends Shape } ? Last<S, K> extends readonly [infer R extends Shape, infer _] ? R : ButFeatures<S> : Shape;
export type Width<X, K = unknown> = X extends { readonly shape: infer S extends Shape } ? Last<S, K> extends readonly [infer _, infer c extends number] ? c : FeaturesOf<S> : number;

/** Are two shapes equal? Of dims that are unknown or of an unknown number it is true. */
type Equal<A extends Shape, B extends Shape, K> =
  Last<A, K> extends readonly [infer RA extends Shape, infer a extends number]
    ? Last<B, K> extends readonly [infer RB extends Shape, infer b extends number]
      ? Unify<a, b, K> extends 'differ' ? false : Equal<RA, RB, K>
      : Last<B, K> extends 'open' ? true : false
    : Last<A, K> extends 'none' ? Last<B, K> extends 'none' | 'open' ? true : false : true;
type ButLast<S extends Shape, K> = Last<S, K> extends readonly [infer R extends Shape, infer _] ? R : S;
type EqualButLast<S extends Shape, T extends Shape, K> = Equal<ButLast<S, K>, ButLast<T, K>, K>;

type Keep<Name extends string, S extends Shape, T extends Shape, D extends DType, E extends DType, K> = `${Name}: the layer makes ${E}${Show<T, K>} of ${D}${Show<S, K>}; it must keep shape and dtype`;
type Sum<S extends Shape, T extends Shape, K> = `shortcut: the branches make ${Show<S, K>} and ${Show<T, K>}; they must agree`;
type Join<S extends Shape, T extends Shape, K> = `densely: the layer makes ${Show<T, K>} of ${Show<S, K>}; it may change the last axis only (in convolutions, padding 'same' does)`;
type Pair<S extends Shape, T extends Shape, K> = `bidirectional: the layers make ${Show<S, K>} and ${Show<T, K>}; they may differ on the last axis only`;

// Asked once rank and width are known, by a table, as in image.ts; the other axes may be type parameters.
interface Answers<Name extends string, S extends Shape, T extends Shape, D extends DType, E extends DType, K = unknown> {
  readonly whole: Whole<[Name, S, T, D, E, K]>;
  readonly none: [];
  readonly keep: [Fits<T, S, K>, Same<E, D, K>] extends [true, true] ? [] : [Equal<S, T, K>, Agree<D, E, K>] extends [true, readonly unknown[]] ? [] : Earlier<S, [Misfit<Keep<Name, S, T, D, E, K>>], K>;
  readonly sum: Equal<S, T, K> extends true ? [] : Earlier<S, [Misfit<Sum<S, T, K>>], K>;
  readonly beside: EqualButLast<S, T, K> extends true ? [] : Earlier<S, [Misfit<Join<S, T, K>>], K>;
  readonly twoWays: EqualButLast<S, T, K> extends true ? [] : Earlier<S, [Misfit<Pair<S, T, K>>], K>;
}
type Asked<S, Question> = S extends readonly [...unknown[], infer c] ? [c] extends [infer _] ? Question : never : 'none';

type Judged<Question extends 'keep' | 'sum' | 'beside' | 'twoWays', X, Y, Name extends string = ''> =
  [X, Y] extends [Tensor<infer S, infer D>, Tensor<infer T, infer E>] ? Answers<Name, S, T, D, E>[Asked<S, Question>] : [];

/** The dtype of a tensor of floats. */
export type FloatOf<Y> = Y extends { readonly dtype: infer D extends Float } ? D : Float;
/** The effects of a layer that must keep its input's shape and dtype. */
export type Kept<Name extends string, X, Y> = Judged<'keep', X, Y, Name>;
/** A tensor of the shape of the first, and of the dtype of the second, which may be known earlier. */
export type Shaped<X, Y> = X extends Tensor<infer S, infer _> ? Tensor<S, DTypeOf<Y>> : X;
/** The sum of two tensors, which do not broadcast. */
export type Summed<Y, Z> = { readonly value: Tensor<[...Front<Y>, Width<Y>], DTypeOf<Y>>; readonly faults: Judged<'sum', Y, Z> };
/** Two tensors joined along their last axes: an input and what a layer makes of it. */
export type Beside<X, Y> = { readonly value: Tensor<[...Front<X>, Add<Width<X>, Width<Y>>], DTypeOf<X>>; readonly faults: Judged<'beside', X, Y> };
/** As `Beside`, what two layers make of one input. */
export type TwoWays<Y, Z> = { readonly value: Tensor<[...Front<Y>, Add<Width<Y>, Width<Z>>], DTypeOf<Y>>; readonly faults: Judged<'twoWays', Y, Z> };

const equal = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);
/** The run-time twin of `Summed`. */
export const summed = (a: Shape, b: Shape): readonly number[] | string => equal(a, b) ? a : `shortcut: the branches make ${show(a)} and ${show(b)}; they must agree`;
/** The run-time twin of `Beside`. */
export const beside = (x: Shape, y: Shape): readonly number[] | string => equal(x.slice(0, -1), y.slice(0, -1)) && x.length > 0 && y.length > 0 ? joined(x, y) : `densely: the layer makes ${show(y)} of ${show(x)}; it may change the last axis only (in convolutions, padding 'same' does)`;
/** The run-time twin of `TwoWays`. */
export const twoWays = (y: Shape, z: Shape): readonly number[] | string => equal(y.slice(0, -1), z.slice(0, -1)) ? joined(y, z) : `bidirectional: the layers make ${show(y)} and ${show(z)}; they may differ on the last axis only`;
const joined = (a: Shape, b: Shape): readonly number[] => [...a.slice(0, -1), (a.at(-1) ?? 0) + (b.at(-1) ?? 0)];
