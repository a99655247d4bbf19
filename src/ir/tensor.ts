// The Tensor type: a shape and a dtype that the compiler checks. Types only; handles and tracers are made in src/trace.
// Floor 1. Must not know how a value is computed or stored.
// Users' projects need not know `Symbol.dispose`: the declaration brings it along.
/// <reference lib="esnext.disposable" preserve="true" />
import type { Agree, FloatOnly, SumDType } from '../dtype/agree.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import type { Axes } from '../shape/axis.ts';
import type { Broadcast } from '../shape/broadcast.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import type { Dot } from '../shape/dot.ts';
import type { ExpandDims } from '../shape/expandDims.ts';
import type { MatMul } from '../shape/matmul.ts';
import type { Reduce } from '../shape/reduce.ts';
import type { Reshape } from '../shape/reshape.ts';
import type { Range, Slice } from '../shape/slice.ts';
import type { Squeeze } from '../shape/squeeze.ts';
import type { Take, TakeIndex } from '../shape/take.ts';
import type { SwapAxes, Transpose } from '../shape/transpose.ts';

declare const dims: unique symbol;
declare const kind: unique symbol;
/** A tensor is a network without parameters (see nn): this phantom says so. Nothing exists at run time. */
export declare const net: unique symbol;

/**
 * Literal, named and generic dims are invariant, unknown ones (`number`) accept anything: a `Tensor<[32, 784]>` is a
 * `Tensor<[number, 784]>`, never a `Tensor<[32 | 31, 784]>`. Without this, `f<B>(x: Tensor<[B, 784]>, y: Tensor<[B, 10]>)`
 * would accept 32 rows beside 31, by inferring `B = 32 | 31`.
 */
type Invariant<N> = number extends N ? unknown : (n: N) => void;
type InvariantDType<D> = DType extends D ? unknown : Float extends D ? unknown : Int extends D ? unknown : (d: D) => void;

/** The typed array that `data()` gives. */
export interface DataTypes {
  f32: Float32Array;
  f64: Float64Array;
  f16: Float32Array;
  i32: Int32Array;
  u32: Uint32Array;
  u8: Uint8Array;
  i8: Int8Array;
  bool: Uint8Array;
}
export type DataOf<D extends DType> = DataTypes[D];

/** The elements as numbers (booleans for `bool`) in nested arrays; a plain one where the rank is 0. */
export type Nested<S extends Shape, D extends DType> =
  number extends S['length'] ? Ragged<Element<D>>
  : S extends readonly [unknown, ...infer R extends Shape] ? Nested<R, D>[] : Element<D>;
type Element<D extends DType> = D extends 'bool' ? boolean : number;
type Ragged<E> = E | Ragged<E>[];

// ---- operands: what a parameter accepts beside another one, and what comes out -----------------------------------------

/**
 * `Tensor<S, D>`, for results in aliases. Written out there, TypeScript would print the alias instead of the tensor, and would
 * compute the arguments so late that what follows from the result in a generic function stays open.
 */
type Made<S extends Shape, D extends DType, K> = [K] extends [infer _] ? Tensor<S, D> : never;

/** A tensor, or a number, which adopts the dtype of the tensor beside it. */
export type Operand = AnyTensor | number;

/** After a mistake the left one's, so that no second error follows. */
type Agreed<Answer, D extends DType> = Answer extends readonly [infer C extends DType] ? C : D;

type Alone<X, Y> = X extends number ? Y extends number ? 'one operand must be a tensor' : true : true;
type BroadcastRule<X, Y, K> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, Broadcast<A, B, K>, K> : A
  : Y extends Tensor<infer B, infer _> ? B : [];
/** The second operand of an elementwise operation: `Y`, or the message where it does not fit the first. */
export type Second<X, Y, K = unknown> = Check<Both<Alone<X, Y>, BroadcastRule<X, Y, K>, K>, Y, K>;
/** As `Second`, for operations on floats alone. */
export type SecondFloat<X, Y, Name extends string, K = unknown> =
  Check<Both<FloatOnly<CommonDType<X, Y, K>, Name, K>, Both<Alone<X, Y>, BroadcastRule<X, Y, K>, K>, K>, Y, K>;
/** The shape of two operands broadcast; numbers have none of their own. */
export type CommonShape<X, Y, K = unknown> = Ok<BroadcastRule<X, Y, K>, K>;
/** The dtype of two operands. */
export type CommonDType<X, Y, K = unknown> =
  X extends Tensor<infer _, infer D> ? Y extends Tensor<infer __, infer E> ? Agreed<Agree<D, E, K>, D> : D
  : Y extends Tensor<infer _, infer E> ? E : never;
/** The result of an elementwise operation that keeps the dtype. */
export type Elementwise<X, Y, K = unknown> = Made<CommonShape<X, Y, K>, CommonDType<X, Y, K>, K>;
/** The result of a comparison. */
export type Comparison<X, Y, K = unknown> = Made<CommonShape<X, Y, K>, 'bool', K>;

type MatMulRule<X, Y, K> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, MatMul<A, B, K>, K> : never : never;
/** The right operand of a matrix product. */
export type MatMulOperand<X, Y, K = unknown> = Check<MatMulRule<X, Y, K>, Y, K>;
export type MatMulResult<X, Y, K = unknown> = Made<Ok<MatMulRule<X, Y, K>, K>, CommonDType<X, Y, K>, K>;
type DotRule<X, Y, K> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, Dot<A, B, K>, K> : never : never;
/** The right operand of NumPy's dot. */
export type DotOperand<X, Y, K = unknown> = Check<DotRule<X, Y, K>, Y, K>;
export type DotResult<X, Y, K = unknown> = Made<Ok<DotRule<X, Y, K>, K>, CommonDType<X, Y, K>, K>;

/** Which axes a reduction takes away: one, a list, or (absent) all; negative ones count from the end. `keepdims` leaves a 1 in their place. */
export interface ReduceOptions<Axis, Keep> {
  readonly axis?: Axis;
  readonly keepdims?: Keep;
}
/** The axes of a reduction: `Axis`, or the message where the shape has no such axes. */
export type ReduceAxes<S extends Shape, Axis extends Axes, Keep extends boolean, K = unknown> = Check<Reduce<S, Axis, Keep, K>, Axis, K>;
export type Reduced<S extends Shape, D extends DType, Axis extends Axes, Keep extends boolean, K = unknown> = Made<Ok<Reduce<S, Axis, Keep, K>, K>, D, K>;
/** A tensor of floats, or the message that names the operation. */
export type Floats<S extends Shape, D extends DType, Name extends string, K = unknown> = Check<FloatOnly<D, Name, K>, Tensor<S, D>, K>;

/** The shape that ids, which may be one number, have. */
type IdsShape<I> = I extends Tensor<infer S, infer _> ? S : [];
/** Integer ids, or one number, which takes the axis away. */
export type Ids = Tensor<Shape, Int> | number;
/** The ids, or what is wrong with the one number that stands for them. */
export type TakeIds<S extends Shape, I, Axis extends number | undefined, K = unknown> = Check<TakeIndex<S, I, Axis, K>, I, K>;
export type TakeAxis<S extends Shape, I, Axis extends number | undefined, K = unknown> = Check<Take<S, IdsShape<I>, Axis, K>, Axis, K>;
export type Taken<S extends Shape, D extends DType, I, Axis extends number | undefined, K = unknown> = Made<Ok<Take<S, IdsShape<I>, Axis, K>, K>, D, K>;
/** What an index outside an axis means: `fill` gives NaN (the least value of signed, the greatest of unsigned integers, true), `clip` the nearest element; `promise` says that there is none. */
export type TakeMode = 'fill' | 'clip' | 'promise';
export interface TakeOptions<Axis> {
  readonly axis?: Axis;
  readonly mode?: TakeMode;
}

// ---- the tensor -------------------------------------------------------------------------------------------------------

/**
 * The fluent forms of common operations, thin names for the functions of np, and the readers that depend on shape or dtype.
 * Their types speak of `this`, never of the type parameters of `Tensor`, so that they leave its variance, and the inference
 * through it, untouched. What they do is installed by the floor that has it.
 */
export interface Methods {
  /** The elements as numbers in nested arrays, once they are computed. */
  js<S extends Shape, D extends DType>(this: Tensor<S, D>): Promise<Nested<S, D>>;
  /** As `js`, at once; throws `unsupported` where the device cannot. */
  jsSync<S extends Shape, D extends DType>(this: Tensor<S, D>): Nested<S, D>;
  /** The one element of a scalar. */
  item<D extends DType>(this: Tensor<[], D>): Promise<Element<D>>;
  /** As `item`, at once; throws `unsupported` where the device cannot. */
  itemSync<D extends DType>(this: Tensor<[], D>): Element<D>;

  /** The sum with another tensor, or with a number. They broadcast. */
  add<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Elementwise<X, Y, K>;
  sub<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Elementwise<X, Y, K>;
  mul<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Elementwise<X, Y, K>;
  /** The quotient, of floats only. */
  div<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: SecondFloat<X, Y, 'divide', K>): Elementwise<X, Y, K>;
  pow<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Elementwise<X, Y, K>;
  maximum<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Elementwise<X, Y, K>;
  minimum<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Elementwise<X, Y, K>;
  greater<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Comparison<X, Y, K>;
  less<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Comparison<X, Y, K>;
  equal<X extends AnyTensor, Y extends Operand, K = unknown>(this: X, b: Second<X, Y, K>): Comparison<X, Y, K>;

  neg<S extends Shape, D extends DType>(this: Tensor<S, D>): Tensor<S, D>;
  abs<S extends Shape, D extends DType>(this: Tensor<S, D>): Tensor<S, D>;
  square<S extends Shape, D extends DType>(this: Tensor<S, D>): Tensor<S, D>;
  exp<S extends Shape, D extends DType, K = unknown>(this: Floats<S, D, 'exp', K>): Tensor<S, D>;
  log<S extends Shape, D extends DType, K = unknown>(this: Floats<S, D, 'log', K>): Tensor<S, D>;
  sqrt<S extends Shape, D extends DType, K = unknown>(this: Floats<S, D, 'sqrt', K>): Tensor<S, D>;
  tanh<S extends Shape, D extends DType, K = unknown>(this: Floats<S, D, 'tanh', K>): Tensor<S, D>;

  matmul<X extends AnyTensor, Y extends AnyTensor, K = unknown>(this: X, b: MatMulOperand<X, Y, K>): MatMulResult<X, Y, K>;
  dot<X extends AnyTensor, Y extends AnyTensor, K = unknown>(this: X, b: DotOperand<X, Y, K>): DotResult<X, Y, K>;

  /** The sum over some axes, or all; of bool, i8 and u8 in 32 bits. */
  sum<S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
    this: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, SumDType<D, K>, Axis, Keep, K>;
  /** The mean over some axes, or all, of floats only. */
  mean<S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
    this: Floats<S, D, 'mean', K>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K>;
  max<S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
    this: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K>;
  min<S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
    this: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K>;
  /** Where the maximum is along an axis, or (absent) in the flat tensor. The first of equals. */
  argmax<S extends Shape, D extends DType, const Axis extends number | undefined = undefined, const Keep extends boolean = false, K = unknown>(
    this: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, 'i32', Axis, Keep, K>;

  /** The same elements under another shape; one -1 stands for what is left over. */
  reshape<S extends Shape, D extends DType, const T extends Shape, K = unknown>(
    this: Tensor<S, D>, shape: Check<Reshape<S, Dims<T, K>, K>, T, K>): Tensor<Ok<Reshape<S, Dims<T, K>, K>, K>, D>;
  /** Axis i of the result is axis `permutation[i]`; without a permutation the axes are reversed. */
  transpose<S extends Shape, D extends DType, const P extends readonly number[] | undefined = undefined, K = unknown>(
    this: Tensor<S, D>, permutation?: Check<Transpose<S, P, K>, P, K>): Tensor<Ok<Transpose<S, P, K>, K>, D>;
  swapaxes<S extends Shape, D extends DType, const A extends number, const B extends number, K = unknown>(
    this: Tensor<S, D>, a: A, b: Check<SwapAxes<S, A, B, K>, B, K>): Tensor<Ok<SwapAxes<S, A, B, K>, K>, D>;
  /** A new axis of length 1, which is axis `axis` of the result. */
  expandDims<S extends Shape, D extends DType, const Axis extends number, K = unknown>(
    this: Tensor<S, D>, axis: Check<ExpandDims<S, Axis, K>, Axis, K>): Tensor<Ok<ExpandDims<S, Axis, K>, K>, D>;
  /** Takes axes of length 1 away: one, a list of them, or all. */
  squeeze<S extends Shape, D extends DType, const Axis extends Axes = undefined, K = unknown>(
    this: Tensor<S, D>, axis?: Check<Squeeze<S, Axis, K>, Axis, K>): Tensor<Ok<Squeeze<S, Axis, K>, K>, D>;
  /** A range of each axis: ':' for all of it, [start, stop] or [start, stop, step]. */
  slice<S extends Shape, D extends DType, const R extends readonly Range[], K = unknown>(
    this: Tensor<S, D>, ranges: Check<Slice<S, R, K>, R, K>): Tensor<Ok<Slice<S, R, K>, K>, D>;
  /** The elements, or slices along an axis, at integer indices; a number takes the axis away. */
  take<S extends Shape, D extends DType, I extends Ids, const Axis extends number | undefined = undefined, K = unknown>(
    this: Tensor<S, D>, ids: TakeIds<S, I, Axis, K>, options?: TakeOptions<TakeAxis<S, I, Axis, K>>): Taken<S, D, I, Axis, K>;
  /** The elements in another dtype. */
  astype<S extends Shape, D extends DType>(this: Tensor<S, DType>, dtype: D): Tensor<S, D>;
}

/** An array of shape `S`, with known dims invariant. */
export interface Tensor<S extends Shape = Shape, D extends DType = 'f32'> extends Methods {
  readonly shape: Readonly<S>;
  readonly dtype: D;
  /**
   * How many axes there are; known of traced tensors, too. A plain number: `S['length']` here would stay open of generic shapes and
   * cost assignability through `NoInfer`. The literal is `shape.length`.
   */
  readonly ndim: number;
  /** How many elements there are, over all axes; known of traced tensors, too. */
  readonly size: number;
  readonly [dims]: { readonly [I in keyof S]: Invariant<S[I]> };
  readonly [kind]: InvariantDType<D>;
  readonly [net]: readonly [null, Tensor<S, D>, []];
  /** The elements in row-major order, once they are computed. */
  data(): Promise<DataOf<D>>;
  /** As `data`, at once; throws `unsupported` where the device cannot. */
  dataSync(): DataOf<D>;
  /** Gives the memory back now; reading later throws `disposed`. Never needed for correctness. */
  [Symbol.dispose](): void;
  toString(): string;
}
/** A tensor of any shape and dtype. */
export type AnyTensor = Tensor<Shape, DType>;
/** A tensor of rank 0. */
export type Scalar<D extends DType = 'f32'> = Tensor<[], D>;
export type Mut<S extends Shape> = { -readonly [I in keyof S]: S[I] };
