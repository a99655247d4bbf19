// The Tensor type: a shape and a dtype that the compiler checks. Types only; handles and tracers are made in src/trace.
// Floor 1. Must not know how a value is computed or stored.
// Users' projects need not know `Symbol.dispose`: the declaration brings it along.
/// <reference lib="esnext.disposable" preserve="true" />
import type { DType, Float, Int } from '../dtype/dtype.ts';

type Shape = readonly number[];
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

/**
 * Members whose types mention a tensor's own shape and dtype. They speak of `this`, never of the type parameters of
 * `Tensor`, so that they leave its variance, and the inference through it, untouched.
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
}

/** An array of shape `S`, with known dims invariant. */
export interface Tensor<S extends Shape = Shape, D extends DType = 'f32'> extends Methods {
  readonly shape: Readonly<S>;
  readonly dtype: D;
  readonly [dims]: { readonly [I in keyof S]: Invariant<S[I]> };
  readonly [kind]: InvariantDType<D>;
  readonly [net]: readonly [null, Tensor<S, D>];
  /** The elements in row-major order, once they are computed. */
  data(): Promise<DataOf<D>>;
  /** As `data`, at once; throws `unsupported` where the device cannot. */
  dataSync(): DataOf<D>;
  /** Gives the memory back now; reading later throws `disposed`. Never needed for correctness. */
  [Symbol.dispose](): void;
  toString(): string;
}
export type AnyTensor = Tensor<Shape, DType>;
export type Scalar<D extends DType = 'f32'> = Tensor<[], D>;
export type Mut<S extends Shape> = { -readonly [I in keyof S]: S[I] };
