// The types that transforms of functions share: tangents, batched trees, products of trees. Types only.
import type { DType, Float } from '../dtype/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { InsertAxis } from '../shape/expandDims.ts';

type Shape = readonly number[];

// Whether something is a tensor is asked with `infer` for both parameters: the answer about a `Tensor<[N, 3]>` with a type parameter inside
// then comes at once, where against `Tensor<Shape, infer D>` it would wait for N.

/**
 * What a derivative with respect to a tree is: float leaves keep their type; integer, boolean and key leaves have no tangent, null.
 */
export type Tangent<P> = P extends Tensor<infer _S, infer D> ? (D extends Float ? P : null) : P extends null ? null : { [K in keyof P]: Tangent<P[K]> };
/** The dtype of a number that is computed from all float leaves of a tree: f64 if one of them is, else f32. */
export type WidestIn<T> = 'f64' extends DTypeIn<T> ? 'f64' : 'f32';
type DTypeIn<T> = T extends Tensor<infer _S, infer D> ? D : T extends null ? never : { [K in keyof T]: DTypeIn<T[K]> }[keyof T & (T extends readonly unknown[] ? number : keyof T)];
export type TangentArgs<A extends readonly unknown[]> = { [I in keyof A]: Tangent<A[I]> };
/** The tangents of the arguments that `argnums` lists, in its order. */
export type TangentsAt<A extends readonly unknown[], I> =
  I extends number ? Tangent<ArgumentAt<A, I>> : I extends readonly number[] ? { -readonly [K in keyof I]: Tangent<ArgumentAt<A, I[K] & number>> } : never;
/** One argument; negative indices count from the end. */
export type ArgumentAt<A extends readonly unknown[], I extends number> = `${I}` extends `-${infer N extends number}` ? FromEnd<A, N> : A[I];
type FromEnd<A extends readonly unknown[], N extends number, Seen extends readonly unknown[] = [unknown]> =
  A extends readonly [...infer Before, infer Last] ? Seen['length'] extends N ? Last : FromEnd<Before, N, [...Seen, unknown]> : unknown;

/** One block for each pair of a leaf of A (outer) and a leaf of B (inner): shapes side by side. */
export type Outer<A, B> = A extends Tensor<infer S, infer D>
  ? B extends Tensor<infer T, DType> ? Tensor<[...S, ...T], D> : B extends null ? null : { [K in keyof B]: Outer<A, B[K]> }
  : A extends null ? null : { [K in keyof A]: Outer<A[K], B> };
/** A Jacobian with respect to the arguments that `argnums` lists. */
export type OuterAt<R, A extends readonly unknown[], I> =
  I extends number ? Outer<R, Tangent<ArgumentAt<A, I>>> : I extends readonly number[] ? OuterEach<R, { -readonly [K in keyof I]: Tangent<ArgumentAt<A, I[K] & number>> }> : never;
type OuterEach<R, B> = Outer<R, B>;

// ---- vmap: axes are literals per argument, or trees of literals; null is "not mapped"
/** The tree with a new axis of size N where the axis tree says so. */
export type LiftTree<P, N extends number, Ax> =
  Ax extends number ? LiftAll<P, N, Ax>
  : Ax extends null ? P
  : P extends Tensor<infer _S, infer _D> ? P : P extends null ? P
  : { [K in keyof P]: LiftTree<P[K], N, K extends keyof Ax ? Ax[K] : null> };
type LiftAll<P, N extends number, Ax extends number> =
  P extends Tensor<infer S, infer D> ? Tensor<Inserted<InsertAxis<S, Ax, N>>, D> : P extends null ? null : { [K in keyof P]: LiftAll<P[K], N, Ax> };
/** A shape rule gives a message when the axis does not exist; the call is then refused at run time with that text. */
type Inserted<R> = R extends readonly [...infer Q extends Shape] ? Q : never;
type AxisAt<Axes, I> = Axes extends readonly unknown[] ? (I extends keyof Axes ? Axes[I] : never) : Axes;
export type LiftArgs<A extends readonly unknown[], N extends number, Axes> = { [I in keyof A]: LiftTree<A[I], N, AxisAt<Axes, I>> };
/** One axis for all arguments, or a tuple with an axis tree for each. */
export type AxesOf<A extends readonly unknown[]> = number | null | { readonly [I in keyof A]: unknown };

// ---- loops
declare const rows: unique symbol;
/** What a batch adds to its tensor's type where its rows are more than tensors: a loop over keys gets keys. Nothing exists at run time. */
export interface RowsOf<R> { readonly [rows]: R }
/** Each leaf without its leading axis. */
export type UnstackTree<X> = UnstackAs<X>[X extends Tensor<infer _S, infer _D> ? 'leaf' : X extends null ? 'none' : 'tree'];
// A table, not a conditional type: from an annotated `x` the compiler would infer X backwards through that, down into the methods of tensors.
interface UnstackAs<X> {
  readonly leaf: X extends RowsOf<infer R> ? R : X extends Tensor<infer S, infer D> ? Tensor<RemoveLeading<S>, D> : never;
  readonly none: null;
  readonly tree: { [K in keyof X]: UnstackTree<X[K]> };
}
type RemoveLeading<S extends Shape> = S extends readonly [infer _, ...infer R extends Shape] ? R : number extends S['length'] ? readonly number[] : never;
/** Each leaf with a new leading axis of `N`: what a loop of `N` steps makes of its body's results, or `N` copies of a layer of its parameters. */
export type Stacked<P, N extends number> = StackedAs<P, N>[P extends Tensor<infer _S, infer _D> ? 'leaf' : P extends null ? 'none' : 'tree'];
interface StackedAs<P, N extends number> {
  readonly leaf: P extends Tensor<infer S, infer D> ? Tensor<[N, ...S], D> : never;
  readonly none: null;
  readonly tree: { [K in keyof P]: Stacked<P[K], N> };
}
/** The leading dim of the leaves. (`any`, which overloads are compared at, would descend for ever.) */
export type LeadingDim<X> =
  0 extends 1 & X ? number : X extends Tensor<infer S, infer _D> ? S[0] & number : X extends null ? number : X extends readonly (infer E)[] ? LeadingDim<E> : X extends object ? LeadingDim<X[keyof X]> : number;
