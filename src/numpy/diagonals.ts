// Diagonals of matrices, and what lies above and below them. Floor 7.
import { ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add, mul } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, numberLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, ge } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { gather } from '../primitive/gather.ts';
import { iota } from '../primitive/iota.ts';
import { not } from '../primitive/logical.ts';
import { cumprod } from '../primitive/cumulative.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { reshape } from '../primitive/reshape.ts';
import { reverse } from '../primitive/reverse.ts';
import { select } from '../primitive/select.ts';
import { transpose } from '../primitive/transpose.ts';
import { axisIndices } from '../shape/axis.ts';
import type { Check, Ok } from '../shape/check.ts';
import { diag as diagShape, diagonal as diagonalShape, expectOffset, triangle, type Diag, type Diagonal, type Triangle } from '../shape/diagonal.ts';
import type { Dims, Product, Shape } from '../shape/dim.ts';
import { sumDType, type SumDType } from '../dtype/agree.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { fromData } from './create.ts';
import { checkedShape, stretched } from './operands.ts';
import type { DTypeOption } from './ranges.ts';
import { typed } from './typed.ts';

/** Which diagonal: above the main one where positive, below where negative; default 0. */
export interface DiagonalOption<N> { readonly k?: N }
const places = { k: 'integer', axis1: 'integer', axis2: 'integer' } as const;
/** Which diagonal, of the matrices that which two axes span (default the first two). */
export interface DiagonalOptions<N, A, B> extends DiagonalOption<N> { readonly axis1?: A; readonly axis2?: B }

/** How row + k compares with the column, for each place of a matrix. */
function beside(shape: readonly number[], k: number, compare: (a: AnyTensor, b: AnyTensor) => AnyTensor): AnyTensor {
  const rows = iota(shape, 'i32', 0);
  return compare(add(rows, constantLike(k, rows)), iota(shape, 'i32', 1));
}
function diagonalOf(x: AnyTensor, k: number, axis1: number, axis2: number): AnyTensor {
  const [i = 0, j = 1] = axisIndices(x.shape, [axis1, axis2]);
  const shape = diagonalShape(x.shape, k, axis1, axis2);
  const others = range(x.shape.length).filter(axis => axis !== i && axis !== j);
  const [n, m, length] = [at(x.shape, i), at(x.shape, j), at(shape, shape.length - 1)];
  const flat = reshape(transpose(x, [...others, i, j]), [...others.map(axis => at(x.shape, axis)), n * m]);
  const steps = iota([length], 'i32', 0);
  const places = add(mul(steps, constantLike(m + 1, steps)), constantLike(k < 0 ? -k * m : Math.min(k, n * m), steps));
  return gather(flat, places, { axis: others.length, mode: 'promise' });
}

/**
 * The diagonal of the matrices that two axes span, as a new last axis.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * diagonal(tensor([[1, 2], [3, 4]])); // -> [1, 4]
 * diagonal(tensor([[1, 2], [3, 4]]), { k: 1 }); // -> [2]
 */
export const diagonal = <S extends Shape, D extends DType, const N extends number = 0, const A extends number = 0, const B extends number = 1, K = unknown>(
  x: Check<Diagonal<S, N, A, B, K>, Tensor<S, D>, K>, options?: DiagonalOptions<N, A, B>): Tensor<Ok<Diagonal<S, N, A, B, K>, K>, D> => {
  const { k = 0, axis1 = 0, axis2 = 1 }: DiagonalOptions<number, number, number> = optionsOf('diagonal', options, places) ?? {};
  return typed(diagonalOf(handleOf(typed(x), 'diagonal'), k, axis1, axis2));
};

/**
 * The sum of the diagonal of the matrices that two axes span; of bool, i8 and u8 in 32 bits.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * trace(tensor([[1, 2], [3, 4]])); // -> 5
 */
export const trace = <S extends Shape, D extends DType, const N extends number = 0, const A extends number = 0, const B extends number = 1, K = unknown>(
  x: Check<Diagonal<S, N, A, B, K>, Tensor<S, D>, K>, options?: DiagonalOptions<N, A, B>): Tensor<AllButLast<Ok<Diagonal<S, N, A, B, K>, K>>, SumDType<D, K>> => {
  const { k = 0, axis1 = 0, axis2 = 1 }: DiagonalOptions<number, number, number> = optionsOf('trace', options, places) ?? {};
  const values = diagonalOf(handleOf(typed(x), 'trace'), k, axis1, axis2);
  return typed(reduceSum(convert(values, sumDType(values.dtype)), [values.shape.length - 1]));
};
type AllButLast<S extends Shape> = S extends readonly [...infer R extends Shape, number] ? R : Shape;

/**
 * Of a vector the square matrix with it on a diagonal, of a matrix its diagonal.
 *
 * @throws `shape` for anything else.
 * @example
 * diag(tensor([1, 2])); // -> [[1, 0], [0, 2]]
 * diag(tensor([[1, 2], [3, 4]]), { k: -1 }); // -> [3]
 */
export const diag = <S extends Shape, D extends DType, const N extends number = 0, K = unknown>(
  x: Check<Diag<S, N, K>, Tensor<S, D>, K>, options?: DiagonalOption<N>): Tensor<Ok<Diag<S, N, K>, K>, D> => {
  const handle = handleOf(typed(x), 'diag');
  const k: number = optionsOf('diag', options, places)?.k ?? 0;
  const shape = diagShape(handle.shape, k);
  return typed(handle.shape.length === 2 ? diagonalOf(handle, k, 0, 1) : onDiagonal(handle, shape, k));
};
/** A vector on a diagonal of zeros: each row holds the element that belongs to it, where it meets the diagonal. */
function onDiagonal(x: AnyTensor, shape: readonly number[], k: number): AnyTensor {
  if (x.shape[0] === 0) return constant(0, shape, x.dtype);
  const spread = gather(x, iota(shape, 'i32', k < 0 ? 1 : 0), { axis: 0, mode: 'clip' });
  return select(beside(shape, k, eq), spread, constantLike(0, spread));
}

/**
 * The square matrix with the elements, taken flat, on a diagonal.
 *
 * @example
 * diagflat(tensor([[1], [2]])); // -> [[1, 0], [0, 2]]
 */
export const diagflat = <S extends Shape, D extends DType, const N extends number = 0, K = unknown>(x: Tensor<S, D>, options?: DiagonalOption<N>): Tensor<Ok<Diag<[Product<S>], N, K>, K>, D> => {
  const handle = handleOf(x, 'diagflat');
  const flat = reshape(handle, [sizeOf(handle.shape)]);
  const k: number = optionsOf('diagflat', options, places)?.k ?? 0;
  return typed(onDiagonal(flat, diagShape(flat.shape, k), k));
};

type TriangleOperand<S extends Shape, D extends DType, Name extends string, K> = Check<Triangle<S, Name, K>, Tensor<S, D>, K>;
function masked(name: string, x: unknown, k: number, lower: boolean): never {
  const handle = handleOf(typed(x), name);
  triangle(handle.shape, name);
  expectOffset(name, k);
  const inside = lower ? beside(handle.shape.slice(-2), k, ge) : not(beside(handle.shape.slice(-2), k - 1, ge));
  return typed(select(stretched(inside, handle.shape), handle, constantLike(0, handle)));
}
/**
 * The elements on a diagonal and below it, zeros above; of the last two axes.
 *
 * @throws `shape` where there are no two axes.
 * @example
 * tril(tensor([[1, 2], [3, 4]])); // -> [[1, 0], [3, 4]]
 */
export const tril = <S extends Shape, D extends DType, K = unknown>(x: TriangleOperand<S, D, 'tril', K>, options: DiagonalOption<number> = {}): Tensor<S, D> => masked('tril', x, optionsOf('tril', options, places).k ?? 0, true);

/**
 * The elements on a diagonal and above it, zeros below; of the last two axes.
 *
 * @throws `shape` where there are no two axes.
 * @example
 * triu(tensor([[1, 2], [3, 4]])); // -> [[1, 2], [0, 4]]
 */
export const triu = <S extends Shape, D extends DType, K = unknown>(x: TriangleOperand<S, D, 'triu', K>, options: DiagonalOption<number> = {}): Tensor<S, D> => masked('triu', x, optionsOf('triu', options, places).k ?? 0, false);

/** The dtype of a matrix, and a diagonal. */
export interface TriangleOptions<D> extends DTypeOption<D>, DiagonalOption<number> {}
/**
 * Ones on a diagonal and below it, zeros above.
 *
 * @param m columns, by default as many as rows.
 * @example
 * tri(2); // -> [[1, 0], [1, 1]]
 */
export const tri = <const N extends number, const M extends number = N, D extends DType = 'f32'>(n: N, m?: M, options?: TriangleOptions<D>): Tensor<Dims<[N, M]>, NoInfer<D>> =>
  typed(convert(beside(checkedShape([n, m ?? n], 'tri'), optionsOf('tri', options, { k: 'integer', dtype: 'dtype' })?.k ?? 0, ge), options?.dtype ?? 'f32'));

/** Which powers, and whether they rise from left to right. */
export interface VanderOptions<N> { readonly n?: N; readonly increasing?: boolean }
/**
 * The powers of each element of a vector, the highest first: row i is `x[i]^(n-1), ..., x[i], 1`.
 *
 * @example
 * vander(tensor([2, 3]), { n: 3 }); // -> [[4, 2, 1], [9, 3, 1]]
 */
export const vander = <N extends number, D extends DType, const M extends number = N>(x: Tensor<[N], D>, options?: VanderOptions<M>): Tensor<[N, M], D> => {
  const handle = handleOf(x, 'vander');
  const length = at(handle.shape, 0);
  const n = at(checkedShape([optionsOf('vander', options, { increasing: 'flag', n: 'integer' })?.n ?? length], 'vander'), 0);
  const ones = constantLike(1, broadcastInDim(handle, [length, Math.min(1, n)], [0]));
  const factors = n <= 1 ? ones : concatenate([ones, broadcastInDim(handle, [length, n - 1], [0])], 1);
  const rising = cumprod(factors, { axis: 1, reverse: false });
  return typed(options?.increasing === true ? rising : reverse(rising, [1]));
};

/** Indices of a triangle of an n x m matrix: [rows, columns], on the host, since their number is known. */
function placesIn(name: string, n: number, m: number, inside: (row: number, column: number) => boolean): [Tensor<[number], 'i32'>, Tensor<[number], 'i32'>] {
  checkedShape([n, m], name);
  const found = range(n).flatMap(row => range(m).filter(column => inside(row, column)).map(column => [row, column] as const));
  const vector = (values: readonly number[]): Tensor<[number], 'i32'> => typed(fromData(Int32Array.from(values), [values.length], 'i32'));
  return [vector(found.map(p => p[0])), vector(found.map(p => p[1]))];
}
/** Which diagonal, and how many columns (default as many as rows). */
export interface IndicesOptions extends DiagonalOption<number> { readonly m?: number }
/**
 * [rows, columns] of the places on a diagonal and below it.
 *
 * @throws `shape` where a size is no natural number.
 * @example
 * trilIndices(2); // -> [[0, 1, 1], [0, 0, 1]]
 */
export const trilIndices = (n: number, options: IndicesOptions = {}): [Tensor<[number], 'i32'>, Tensor<[number], 'i32'>] => {
  const { k = 0, m = n } = optionsOf('trilIndices', options, { k: 'integer', m: 'integer' });
  return placesIn('trilIndices', n, m, (row, column) => row + k >= column);
};

/**
 * [rows, columns] of the places on a diagonal and above it.
 *
 * @throws `shape` where a size is no natural number.
 * @example
 * triuIndices(2); // -> [[0, 0, 1], [0, 1, 1]]
 */
export const triuIndices = (n: number, options: IndicesOptions = {}): [Tensor<[number], 'i32'>, Tensor<[number], 'i32'>] => {
  const { k = 0, m = n } = optionsOf('triuIndices', options, { k: 'integer', m: 'integer' });
  return placesIn('triuIndices', n, m, (row, column) => row + k <= column);
};

/**
 * [rows, columns] of the main diagonal of a square matrix.
 *
 * @throws `shape` where the size is no natural number.
 * @example
 * diagIndices(2); // -> [[0, 1], [0, 1]]
 */
export const diagIndices = (n: number): [Tensor<[number], 'i32'>, Tensor<[number], 'i32'>] => placesIn('diagIndices', n, n, (row, column) => row === column);

/**
 * The matrix with a number on its main diagonal. It returns; nothing is written in place.
 *
 * @throws `shape` for another rank than 2, `dtype` where the dtype cannot hold the number.
 * @example
 * fillDiagonal(zeros([2, 2]), 7); // -> [[7, 0], [0, 7]]
 */
export const fillDiagonal = <N extends number, M extends number, D extends DType>(x: Tensor<[N, M], D>, value: number): Tensor<[N, M], D> => {
  const handle = handleOf(x, 'fillDiagonal');
  if (handle.shape.length !== 2) throw new ShapeError(`fillDiagonal: [${handle.shape.join(', ')}] is no matrix`);
  return typed(select(beside(handle.shape, 0, eq), numberLike(value, handle, 'fillDiagonal'), handle));
};
