// What typed signatures are made of: rules that answer with a shape or a message, operands that are tensors or numbers, and the
// one place where an untyped result is given the type that its rule has stated. Floor 7.
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import type { Broadcast } from '../shape/broadcast.ts';
import type { Shape } from '../shape/dim.ts';
import type { Fits, Only, Same } from '../shape/same.ts';

/** What a primitive answered, with the static type that the shape rule states: trusted, because the rule's twin has checked it. */
export const typed = (x: unknown): never => x as never;

/** A tensor, or a number that adopts the other operand's dtype. */
export type Operand = AnyTensor | number;

/** The parameter's type: the rule's message where it has one, else `T`. */
export type Check<R, T, K = unknown> = Fits<R, string, K> extends true ? R : T;
/** The rule's shape, never where it has a message, so that no second error follows. */
export type Ok<R, K = unknown> = Only<R, Shape, K>;

/** The dtype of two operands, or a message. An unknown dtype is checked at run time. */
export type Agree<D, E, K = unknown> =
  Same<D, E, K> extends true ? readonly [D]
  : Same<D, DType, K> extends true ? readonly [E]
  : Same<E, DType, K> extends true ? readonly [D]
  : `dtypes differ: ${D & string} vs ${E & string} (use astype)`;

type BroadcastOf<A extends Shape, D, B extends Shape, E, K> =
  Fits<Agree<D, E, K>, string, K> extends true ? Agree<D, E, K> : Broadcast<A, B, K>;
/** The second operand of a broadcasting operation. */
export type Second<X, Y, K = unknown> =
  Y extends number ? X extends number ? 'one operand must be a tensor' : Y
  : X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Check<BroadcastOf<A, D, B, E, K>, Y, K> : Y : Y;
/** The shape of two operands; numbers have none of their own. */
export type BroadcastShape<X, Y, K = unknown> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Ok<BroadcastOf<A, D, B, E, K>, K> : A
  : Y extends Tensor<infer B, DType> ? B : never;
type Agreed<A> = A extends readonly [infer D extends DType] ? D : never;
export type CommonDType<X, Y, K = unknown> =
  X extends Tensor<Shape, infer D> ? Y extends Tensor<Shape, infer E> ? Agreed<Agree<D, E, K>> : D
  : Y extends Tensor<Shape, infer E> ? E : never;
/** The result of a broadcasting operation that keeps the dtype. */
export type Elementwise<X, Y, K = unknown> = Tensor<BroadcastShape<X, Y, K>, CommonDType<X, Y, K>>;
/** The result of a broadcasting comparison. */
export type Comparison<X, Y, K = unknown> = Tensor<BroadcastShape<X, Y, K>, 'bool'>;
