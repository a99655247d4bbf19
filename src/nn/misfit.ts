// How a network that does not fit its input says so to the compiler. Types only. Floor 7. Knows no layer.
// In an open `seq` shapes are known only when the input comes, and by then no parameter is left to blame: so each layer that has a rule
// leaves the rule's message in what it returns, and whoever takes a network with its input (`init`, `apply`) asks for it.
import type { DType, Float } from '../dtype/dtype.ts';
import type { First, Shape } from '../shape/dim.ts';
import type { Fits, Same } from '../shape/same.ts';

declare const misfit: unique symbol;
/** What does not fit: among a network's effects, or (of layers that are plain functions) as the first dim of a result. */
export interface Misfit<Message> { readonly [misfit]: Message }
type MessageOf<T> = T extends Misfit<infer Message> ? Message : never;
/** The first axis of a shape that cannot be. */
export type NoDim<Message> = number & Misfit<Message>;

/** The effects of a rule's answer: none, or its message. */
export type Faults<Answer, K = unknown> = Fits<Answer, string, K> extends true ? Same<Answer, never, K> extends true ? [] : [Misfit<Answer>] : [];
/**
 * The effects of a layer of dtype `D`, by its input's: `Takes<'dense', 'f32'>[E]`. A table: it waits until `E` is known, and costs a third of
 * a question.
 */
export interface Takes<Name extends string, D extends Float> {
  readonly f32: Taken<Name, D, 'f32'>;
  readonly f64: Taken<Name, D, 'f64'>;
  readonly f16: Taken<Name, D, 'f16'>;
  readonly i32: NoFloat<Name, D, 'i32'>;
  readonly u32: NoFloat<Name, D, 'u32'>;
  readonly i8: NoFloat<Name, D, 'i8'>;
  readonly u8: NoFloat<Name, D, 'u8'>;
  readonly bool: NoFloat<Name, D, 'bool'>;
}
type Taken<Name extends string, D extends Float, E extends Float> =
  E extends D ? [] : [Foreign<`${Name}: the layer has dtype ${D}, the input ${E} (use astype, or the option dtype)`, D>];
type NoFloat<Name extends string, D extends Float, E extends DType> = [Foreign<`${Name}: ${E} is no float dtype (use astype)`, D>];
/** The effects of a layer that takes integers, by its input's dtype. */
export interface TakesIds<Name extends string> {
  readonly f32: NoInt<Name, 'f32'>;
  readonly f64: NoInt<Name, 'f64'>;
  readonly f16: NoInt<Name, 'f16'>;
  readonly i32: [];
  readonly u32: [];
  readonly i8: [];
  readonly u8: [];
  readonly bool: NoInt<Name, 'bool'>;
}
type NoInt<Name extends string, E extends DType> = [Misfit<`${Name}: ${E} is no integer dtype (use astype)`>];
declare const own: unique symbol;
/** A misfit of dtypes, which also says whether the layer's is known. */
interface Foreign<Message, D extends Float> extends Misfit<Message> { readonly [own]: (dtype: D) => void }
/** `Else`, or the message that an earlier layer left in the shape. */
export type Earlier<S extends Shape, Else, K = unknown> =
  First<S, K> extends readonly [infer d, unknown] ? Fits<d, Misfit<unknown>, K> extends true ? [Misfit<MessageOf<d>>] : Else : Else;

type FirstOf<E> = E extends readonly [infer H, ...infer R] ? H extends Misfit<infer Message> ? Message : FirstOf<R> : never;
/** A value that says that something did not fit: its first dim does, or it has no shape at all, or it is a part of a pair. */
type Lost = { readonly shape: readonly [Misfit<unknown>, ...unknown[]] } | string | readonly [Lost, unknown] | readonly [unknown, Lost];
type NoResult = 'this network does not fit its input: one of its layers has no result for it (nn.from, which begins with the input, names the layer)';
/** What a lost value says; nothing new where the input itself followed a mistake. */
type Words<Y, X, K> =
  [Y] extends [never] ? [X] extends [Lost] ? X : NoResult
  : Y extends string ? Y
  : Y extends readonly [infer A, infer B] ? Fits<A, Lost, K> extends true ? Words<A, X, K> : Words<B, X, K>
  : Y extends { readonly shape: infer S } ? [S] extends [never] ? [X] extends [Lost] ? X : NoResult : S extends readonly [infer d, ...unknown[]] ? MessageOf<d> : X : X;

// Tables and a question that waits, as in image.ts: else the compiler would infer from the input through every branch of these.
interface Told<E extends readonly unknown[]> { readonly faults: FirstOf<E> }
interface Lacking<Y, X, K> { readonly value: Words<Y, X, K> }
type Once<Name extends string, K> = [K] extends [infer _] ? Name : never;
/** Among effects that wait for a dtype: the layer's is known, that of its input is a type parameter. */
type Undecided = Foreign<unknown, 'f32'> | Foreign<unknown, 'f64'> | Foreign<unknown, 'f16'>;
type AnyDType = 'a layer of this network has a dtype of its own, the input a type parameter: give the layers { dtype: x.dtype }';
/**
 * The type of the input of a network with effects `E` and value `Y`: `X`, or the message of the first layer that does not fit. Whatever
 * waits for a type parameter is left to run time.
 */
export type Sound<E extends readonly unknown[], Y, X, K = unknown, F = Extract<E[number], Misfit<unknown>>> =
  Fits<F, never, K> extends true ? Fits<Y, Lost, K> extends true ? Lacking<Y, X, K>[Once<'value', K>] : X
  : Fits<Foreign<never, Float>, F, K> extends true ? Told<E>[Once<'faults', K>]
  : Fits<F, Undecided, K> extends true ? AnyDType : X;
