// Types of lists of tensors: their shapes, the dtype they must share, and lists of results. Types only. Floor 7.
import type { Agree } from '../dtype/agree.ts';
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import type { Shape } from '../shape/dim.ts';
import type { Fits } from '../shape/same.ts';

/** The shapes of a list of tensors. */
export type ShapesOf<Ts extends readonly AnyTensor[]> = { -readonly [I in keyof Ts]: Ts[I] extends Tensor<infer S, infer _> ? S : never };

/** [the dtype that all of a list have], or a message. */
export type AgreeAll<Ts, K = unknown> =
  Ts extends readonly [Tensor<infer _, infer D>, ...infer R] ? AgreeWith<D, R, K>
  : Ts extends readonly Tensor<infer _, infer D>[] ? [D] : never;
type AgreeWith<D, Ts, K> =
  Ts extends readonly [Tensor<infer _, infer E>, ...infer R]
    ? Fits<Agree<D, E, K>, string, K> extends true ? Agree<D, E, K> : Agree<D, E, K> extends readonly [infer C] ? AgreeWith<C, R, K> : never
    : [D];
/** The dtype of a list of tensors. */
export type DTypeOfAll<Ts, K = unknown> = AgreeAll<Ts, K> extends readonly [infer D extends DType] ? D : never;

/** A tensor for each shape that a rule has answered; none where it has a message. */
export type Tensors<Answer, D extends DType> = Answer extends readonly Shape[] ? { -readonly [I in keyof Answer]: Answer[I] extends Shape ? Tensor<Answer[I], D> : never } : never;
