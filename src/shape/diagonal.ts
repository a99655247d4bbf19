// Diagonals of matrices: taken out (diagonal, trace), put in (diag), and what lies on either side of one (tril, triu). Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndices, type At, type AxisMessage, type MarkAxes, type SweepAxes } from './axis.ts';
import { show, type Add, type Compare, type First, type IsLiteral, type IsUnion, type Last, type Shape, type Show, type Sub } from './dim.ts';
import type { AnswerOf, Same } from './same.ts';

type IsVague<k extends number> = number extends k ? true : IsUnion<k>;
type Magnitude<k extends number> = `${k}` extends `-${infer j extends number}` ? j : k;
/** What is left of `a` after `b`, at least nothing. */
type Without<a extends number, b extends number, K> =
  b extends 0 ? a : IsLiteral<a, K> extends true ? Compare<a, b> extends '<' ? 0 : Sub<a, b> : number;
type Lesser<a extends number, b extends number, K> =
  Same<a, b, K> extends true ? a
  : IsLiteral<a, K> extends true ? IsLiteral<b, K> extends true ? Compare<a, b> extends '>' ? b : a : number : number;
/** How long diagonal `k` of an n x m matrix is: above the main one where `k` is positive, below where negative. */
type DiagonalLength<n extends number, m extends number, k extends number, K> =
  IsVague<k> extends true ? number
  : `${k}` extends `-${string}` ? Lesser<Without<n, Magnitude<k>, K>, m, K> : Lesser<n, Without<m, k, K>, K>;
const diagonalLength = (n: number, m: number, k: number): number => Math.max(0, k < 0 ? Math.min(n + k, m) : Math.min(n, m - k));

/** The diagonal `k` of the matrices that two axes span, as a new last axis. */
export type Diagonal<S extends Shape, k extends number = 0, Rows extends number = 0, Columns extends number = 1, K = unknown> =
  MarkAxes<S, [Rows, Columns], K> extends readonly [infer M extends Shape]
    ? At<S, Rows, K> extends readonly [Shape, infer n extends number, Shape]
      ? At<S, Columns, K> extends readonly [Shape, infer m extends number, Shape] ? [...SweepAxes<M, [], K>, DiagonalLength<n, m, k, K>] : AxisMessage<S, Columns, At<S, Columns, K>, K>
      : AxisMessage<S, Rows, At<S, Rows, K>, K>
    : AnswerOf<MarkAxes<S, [Rows, Columns], K>>;

/** The run-time twin of `Diagonal`. */
export function diagonal(shape: Shape, k = 0, rows = 0, columns = 1): number[] {
  const [i = 0, j = 0] = axisIndices(shape, [rows, columns]);
  expectOffset('diagonal', k);
  return [...shape.filter((_, axis) => axis !== i && axis !== j), diagonalLength(shape[i] ?? 0, shape[j] ?? 0, k)];
}
export function expectOffset(op: string, k: number): void {
  if (!Number.isInteger(k)) throw new ShapeError(`${op}: diagonal ${k} is not an integer`);
}

/** Of a vector the square matrix with it on diagonal `k`; of a matrix its diagonal `k`. */
export type Diag<S extends Shape, k extends number = 0, K = unknown> =
  First<S, K> extends readonly [infer n extends number, infer R extends Shape]
    ? First<R, K> extends readonly [infer m extends number, infer Q extends Shape]
      ? First<Q, K> extends 'none' ? [DiagonalLength<n, m, k, K>] : First<Q, K> extends 'open' ? Shape : NoMatrix<S, K>
      : First<R, K> extends 'none' ? [Longer<n, k>, Longer<n, k>] : Shape
    : First<S, K> extends 'none' ? NoMatrix<S, K> : Shape;
type Longer<n extends number, k extends number> = IsVague<k> extends true ? number : Add<n, Magnitude<k>>;
type NoMatrix<S extends Shape, K> = `diag: ${Show<S, K>} is neither a vector nor a matrix`;

/** The run-time twin of `Diag`. */
export function diag(shape: Shape, k = 0): number[] {
  const [n = 0, m = 0] = shape;
  if (shape.length < 1 || shape.length > 2) throw new ShapeError(`diag: ${show(shape)} is neither a vector nor a matrix`);
  expectOffset('diag', k);
  return shape.length === 1 ? [n + Math.abs(k), n + Math.abs(k)] : [diagonalLength(n, m, k)];
}

/** `S` itself where it has rows and columns, its last two axes. tril, triu. */
export type Triangle<S extends Shape, Name extends string, K = unknown> =
  Last<S, K> extends readonly [infer R extends Shape, infer _ extends number]
    ? Last<R, K> extends 'none' ? NoRows<S, Name, K> : S
    : Last<S, K> extends 'none' ? NoRows<S, Name, K> : S;
type NoRows<S extends Shape, Name extends string, K> = `${Name}: ${Show<S, K>} has no rows and columns`;

/** The run-time twin of `Triangle`. */
export function triangle(shape: Shape, name: string): number[] {
  if (shape.length < 2) throw new ShapeError(`${name}: ${show(shape)} has no rows and columns`);
  return [...shape];
}
