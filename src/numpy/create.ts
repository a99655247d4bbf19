// Making tensors: from nested literals and typed arrays, which are copied, and splats and ranges, which own no memory. Floor 7.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import { allocate, roundTo, type DType, type HostArray, infoOf } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { DataTypes, Tensor } from '../ir/tensor.ts';
import { show, type Dims, type IsUnion, type Shape, type Show, word } from '../shape/dim.ts';
import { avalOf, literal, newHandle } from '../trace/handle.ts';
import { checkedShape } from './operands.ts';
import { typed } from './typed.ts';

/** Numbers or booleans in nested arrays. */
export type NestedData = number | boolean | readonly NestedData[];

/** The shape of nested data, or a message where rows differ. */
export type NestedShape<T, K = unknown> =
  [NestedData] extends [T] ? Shape
  : T extends readonly [] ? [0]
  : T extends readonly (infer E)[]
    ? NestedShape<E, K> extends infer R ? IsUnion<R> extends true ? Ragged<T, K> : R extends readonly number[] ? [T['length'], ...R] : R : never
    : [];
/** Walks the rows to the first that differs from row 0; only where one does. */
type Ragged<T, K, Index extends readonly unknown[] = [], First = null> =
  T extends readonly [infer H, ...infer R]
    ? NestedShape<H, K> extends infer S
      ? S extends Shape
        ? First extends Shape
          ? [S] extends [First] ? Ragged<R, K, [...Index, 0], First> : `tensor: row ${Index['length']} is ${Show<S, K>}, row 0 is ${Show<First, K>}`
          : Ragged<R, K, [0], S>
        : S
      : never
    : Shape;
type LeafOf<T> = [NestedData] extends [T] ? number | boolean : T extends readonly (infer E)[] ? LeafOf<E> : T;
/** Booleans make a bool tensor, numbers an f32 one. */
export type DTypeOfData<T> = DTypeOfLeaf<LeafOf<T>>;
type DTypeOfLeaf<L> = [L] extends [never] ? 'f32' : [L] extends [boolean] ? 'bool' : [L] extends [number] ? 'f32' : 'f32' | 'bool';
type DataArgument<T, K> = NestedShape<T, K> extends infer M extends string ? M : T;
type ShapeOfData<T> = NestedShape<T> extends readonly [...infer S extends Shape] ? S : never;

/**
 * A tensor of the given numbers or booleans. Numbers make f32, booleans bool, unless a dtype is given.
 *
 * @param data nested arrays; the shape of literals is part of the type.
 * @throws `shape` where rows differ in shape, `dtype` where a number is no value of the dtype.
 * @example
 * tensor([[1, 2], [3, 4]]); // -> [[1, 2], [3, 4]]
 * tensor([1, 2], 'i32').dtype; // -> 'i32'
 */
export function tensor<const T extends NestedData, D extends DType = DTypeOfData<T>, K = unknown>(data: DataArgument<T, K>, dtype?: D): Tensor<ShapeOfData<T>, NoInfer<D>>;
export function tensor(data: NestedData, dtype?: DType): never {
  const shape = shapeOfData(data);
  const wanted = dtype ?? (holdsBooleans(data) ? 'bool' : 'f32');
  const host = allocate(wanted, sizeOf(shape));
  let next = 0;
  const fill = (x: NestedData): void => {
    if (typeof x === 'number' || typeof x === 'boolean') host[next++] = stored(x, wanted, dtype === undefined);
    else for (const row of x) fill(row);
  };
  fill(data);
  return typed(newHandle({ shape, dtype: wanted }, { kind: 'host', data: host }));
}
const isRows = (data: NestedData): data is readonly NestedData[] => Array.isArray(data);
function shapeOfData(data: NestedData): readonly number[] {
  if (typeof data === 'number' || typeof data === 'boolean') return [];
  if (!isRows(data)) throw new CotangentError('value', `tensor: ${typeof data} is no number, boolean or array of them; typed arrays go through fromData`);
  const [first, ...others] = data;
  if (first === undefined) return [0];
  const shape = shapeOfData(first);
  others.forEach((row, i) => {
    const other = shapeOfData(row);
    if (other.length !== shape.length || other.some((d, k) => d !== shape[k])) throw new ShapeError(`tensor: row ${i + 1} is ${show(other)}, row 0 is ${show(shape)}`);
  });
  return [data.length, ...shape];
}
const holdsBooleans = (data: NestedData): boolean => typeof data === 'boolean' || (typeof data === 'object' && data[0] !== undefined && holdsBooleans(data[0]));

/** The value as the dtype holds it. Floats round; anything that would become another number is refused. */
function stored(x: number | boolean, dtype: DType, strict = false): number {
  if (typeof x === 'boolean') {
    if (strict && dtype !== 'bool') throw new DTypeError(`tensor: ${x} among numbers; give a dtype`);
    return x ? 1 : 0;
  }
  const given: unknown = x;
  if (typeof given !== 'number') throw new CotangentError('value', `tensor: ${word(given)} is no number`);
  const { kind } = infoOf(dtype);
  if (kind === 'bool' && (strict || (x !== 0 && x !== 1))) throw new DTypeError(`tensor: the number ${x} is not a value of bool; use true and false`);
  const rounded = roundTo(dtype, x);
  if (kind === 'int' && rounded !== x) throw new DTypeError(`tensor: the number ${x} is not a value of ${dtype}; round it or choose another dtype`);
  if (kind === 'float' && Number.isFinite(x) && !Number.isFinite(rounded)) throw new DTypeError(`tensor: the number ${x} is beyond ${dtype}; choose a wider dtype`);
  return rounded;
}

/** The dtype that a typed array's elements have when none is given. */
type DTypeOfArray<A extends HostArray> =
  A extends Float32Array ? 'f32' : A extends Float64Array ? 'f64' : A extends Int32Array ? 'i32' : A extends Uint32Array ? 'u32'
  : A extends Uint8Array ? 'u8' : A extends Int8Array ? 'i8' : never;
function dtypeOfArray(data: HostArray): DType {
  if (data instanceof Float32Array) return 'f32';
  if (data instanceof Float64Array) return 'f64';
  if (data instanceof Int32Array) return 'i32';
  if (data instanceof Uint32Array) return 'u32';
  return data instanceof Int8Array ? 'i8' : 'u8';
}

/**
 * A tensor of the elements of a typed array in row-major order. The array is copied: later changes to it change nothing.
 *
 * @param dtype what the elements are, by default the array's own type. Another one must hold every element.
 * @throws `shape` where the array has another number of elements, `dtype` where an element is no value of the dtype.
 * @example
 * fromData(new Float32Array([1, 2, 3, 4]), [2, 2]); // -> [[1, 2], [3, 4]]
 */
export function fromData<A extends DataTypes[DType], const S extends Shape, D extends DType = DTypeOfArray<A>>(data: A, shape: S, dtype?: D): Tensor<Dims<S>, NoInfer<D>>;
export function fromData(data: HostArray, shape: Shape, dtype: DType = dtypeOfArray(data)): never {
  const dims = checkedShape(shape, 'fromData');
  const n = sizeOf(dims);
  if (data.length !== n) throw new ShapeError(`fromData: ${show(dims)} has ${n} elements, the array has ${data.length}`);
  const host = allocate(dtype, n);
  if (dtype === dtypeOfArray(data)) host.set(data);
  else for (let i = 0; i < n; i++) host[i] = stored(data[i] ?? 0, dtype);
  return typed(newHandle({ shape: dims, dtype }, { kind: 'host', data: host }));
}

const splat = (value: number, shape: Shape, dtype: DType, name: string): never =>
  typed(literal(stored(value, dtype), { shape: checkedShape(shape, name), dtype }));

/**
 * Zeros (false for bool). A splat: it owns no memory.
 *
 * @example
 * zeros([2, 3]); // -> [[0, 0, 0], [0, 0, 0]]
 */
export const zeros = <const S extends Shape, D extends DType = 'f32'>(shape: S, dtype?: D): Tensor<Dims<S>, NoInfer<D>> => splat(0, shape, dtype ?? 'f32', 'zeros');

/**
 * Ones (true for bool). A splat: it owns no memory.
 *
 * @example
 * ones([2], 'i32'); // -> [1, 1]
 */
export const ones = <const S extends Shape, D extends DType = 'f32'>(shape: S, dtype?: D): Tensor<Dims<S>, NoInfer<D>> => splat(1, shape, dtype ?? 'f32', 'ones');

/**
 * One number or boolean everywhere. A splat: it owns no memory.
 *
 * @throws `dtype` where the number is no value of the dtype.
 * @example
 * full([2, 2], 7); // -> [[7, 7], [7, 7]]
 */
export function full<const S extends Shape, V extends number | boolean, D extends DType = V extends boolean ? 'bool' : 'f32'>(shape: S, value: V, dtype?: D): Tensor<Dims<S>, NoInfer<D>>;
export function full(shape: Shape, value: number | boolean, dtype: DType = typeof value === 'boolean' ? 'bool' : 'f32'): never {
  const given: unknown = value;
  if (typeof given !== 'number' && typeof given !== 'boolean') throw new CotangentError('value', `full: ${word(given)} is no number`);
  return splat(Number(value), shape, dtype, 'full');
}

/**
 * Zeros with the shape and dtype of `x`.
 *
 * @example
 * zerosLike(tensor([1, 2])); // -> [0, 0]
 */
export const zerosLike = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> => typed(literal(0, avalOf(x)));

/**
 * Ones with the shape and dtype of `x`.
 *
 * @example
 * onesLike(tensor([3, 2])); // -> [1, 1]
 */
export const onesLike = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> => typed(literal(1, avalOf(x)));
export { tensor as array, tensor as asarray };

/**
 * One number or boolean everywhere, with the shape and dtype of `x`.
 *
 * @throws `dtype` where the dtype cannot hold it.
 * @example
 * fullLike(tensor([3, 2]), 7); // -> [7, 7]
 */
export const fullLike = <S extends Shape, D extends DType>(x: Tensor<S, D>, value: number | boolean): Tensor<S, D> => {
  const { shape, dtype } = avalOf(x);
  return splat(Number(value), shape, dtype, 'fullLike');
};
export { zeros as empty, zerosLike as emptyLike };
