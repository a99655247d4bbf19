// Products of vectors and of matrices with vectors: vdot, vecdot, matvec, vecmat, kron, cross; matrices transposed. Floor 7.
import { agree, type Agree } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, CommonDType, MatMulOperand, MatMulResult, Second, Elementwise, Tensor } from '../ir/tensor.ts';
import { mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, reduceSum } from '../primitive/broadcast.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { at } from '../primitive/define.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { axisIndex } from '../shape/axis.ts';
import { broadcast, type Broadcast } from '../shape/broadcast.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import type { Shape } from '../shape/dim.ts';
import { expandDims } from '../shape/expandDims.ts';
import { kron as kronShape, type Kron } from '../shape/kron.ts';
import { handleOf } from '../trace/handle.ts';
import { swapaxes } from './axes.ts';
import { aligned, stretched } from './operands.ts';
import { matmul } from './product.ts';
import { typed } from './typed.ts';

/**
 * The sum of products of all elements, both operands taken flat.
 *
 * @throws `shape` where the numbers of elements differ, `dtype` where the dtypes differ.
 * @example
 * vdot(tensor([[1, 2], [3, 4]]), tensor([1, 1, 1, 1])); // -> 10
 */
export const vdot = <D extends DType>(a: Tensor<Shape, D>, b: Tensor<Shape, NoInfer<D>>): Tensor<[], D> => {
  const [x, y] = [handleOf(a, 'vdot'), handleOf(b, 'vdot')];
  agree(x.dtype, y.dtype);
  const [n, m] = [sizeOf(x.shape), sizeOf(y.shape)];
  if (n !== m) throw new ShapeError(`vdot: [${x.shape.join(', ')}] has ${n} elements, [${y.shape.join(', ')}] has ${m}`);
  return typed(dotGeneral(reshape(x, [n]), reshape(y, [n]), { lhsContract: [0], rhsContract: [0], lhsBatch: [], rhsBatch: [] }));
};

type WithoutLast<S extends Shape> = S extends readonly [...infer R extends Shape, number] ? R : Shape;
type VecdotRule<X, Y, K> = X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, Broadcast<A, B, K>, K> : never : never;
/**
 * The sum of products along the last axis; the operands broadcast.
 *
 * @throws `shape` where they do not broadcast, `axis` for scalars, `dtype` where the dtypes differ.
 * @example
 * vecdot(tensor([[1, 2], [3, 4]]), tensor([1, 10])); // -> [21, 43]
 */
export const vecdot = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: Check<VecdotRule<X, Y, K>, Y, K>): Tensor<WithoutLast<Ok<VecdotRule<X, Y, K>, K>>, CommonDType<X, Y, K>> => {
  const pair = aligned('vecdot', [a, typed(b)]);
  const x = at(pair, 0);
  const last = axisIndex(x.shape, -1);
  return typed(reduceSum(mul(x, at(pair, 1)), [last]));
};

type AsColumn<S extends Shape> = S extends readonly [...infer R extends Shape, infer n extends number] ? [...R, n, 1] : Shape;
type AsRow<S extends Shape> = S extends readonly [...infer R extends Shape, infer n extends number] ? [...R, 1, n] : Shape;
type ColumnOf<X> = X extends Tensor<infer S, infer D> ? Tensor<AsColumn<S>, D> : never;
type RowOf<X> = X extends Tensor<infer S, infer D> ? Tensor<AsRow<S>, D> : never;
type DropLast<X> = X extends Tensor<infer S, infer D> ? Tensor<WithoutLast<S>, D> : never;
type DropLastButOne<X> = X extends Tensor<infer S, infer D> ? Tensor<S extends readonly [...infer R extends Shape, number, infer n extends number] ? [...R, n] : Shape, D> : never;

/** The message, or the operand itself. */
type Blamed<Answer, Y> = [Answer] extends [string] ? Answer : Y;
/**
 * Matrices times vectors: the last axis of `b` is summed with the last of `a`; leading axes broadcast.
 *
 * @throws `shape` where the inner dims differ, `dtype` where the dtypes differ.
 * @example
 * matvec(tensor([[1, 2], [3, 4]]), tensor([[1, 0], [1, 1]])); // -> [[1, 3], [3, 7]]
 */
export const matvec = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: Blamed<MatMulOperand<X, ColumnOf<Y>, K>, Y>): DropLast<MatMulResult<X, ColumnOf<Y>, K>> => {
  const y = handleOf(typed(b), 'matvec');
  const product: AnyTensor = typed(matmul(a, typed(reshape(y, expandDims(y.shape, -1)))));
  return typed(reshape(product, product.shape.slice(0, -1)));
};

/**
 * Vectors times matrices: the last axis of `a` is summed with the last but one of `b`; leading axes broadcast.
 *
 * @throws `shape` where the inner dims differ, `dtype` where the dtypes differ.
 * @example
 * vecmat(tensor([[1, 0], [1, 1]]), tensor([[1, 2], [3, 4]])); // -> [[1, 2], [4, 6]]
 */
export const vecmat = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: MatMulOperand<RowOf<X>, Y, K>): DropLastButOne<MatMulResult<RowOf<X>, Y, K>> => {
  const x = handleOf(a, 'vecmat');
  const product: AnyTensor = typed(matmul(typed(reshape(x, expandDims(x.shape, -2))), typed(b)));
  return typed(reshape(product, [...product.shape.slice(0, -2), ...product.shape.slice(-1)]));
};

type KronRule<X, Y, K> = X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, Kron<A, B, K>, K> : never : never;
/**
 * The Kronecker product: each element of `a` times the whole of `b`. Axes are counted from the last one.
 *
 * @throws `dtype` where the dtypes differ.
 * @example
 * kron(tensor([1, 10]), tensor([1, 2, 3])); // -> [1, 2, 3, 10, 20, 30]
 */
export const kron = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: Check<KronRule<X, Y, K>, Y, K>): Tensor<Ok<KronRule<X, Y, K>, K>, CommonDType<X, Y, K>> => {
  const [x, y] = [handleOf(a, 'kron'), handleOf(typed(b), 'kron')];
  agree(x.dtype, y.dtype);
  const shape = kronShape(x.shape, y.shape);
  const rank = shape.length;
  const dims = (s: Shape): number[] => range(rank).map(i => s[i - rank + s.length] ?? 1);
  const [left, right] = [dims(x.shape), dims(y.shape)];
  const wide = left.flatMap((d, i) => [d, at(right, i)]);
  const [p, q] = [broadcastInDim(reshape(x, left), wide, range(rank).map(i => 2 * i)), broadcastInDim(reshape(y, right), wide, range(rank).map(i => 2 * i + 1))];
  return typed(reshape(mul(p, q), shape));
};

/**
 * The matrices of the last two axes transposed.
 *
 * @throws `axis` where there are no two axes.
 * @example
 * matrixTranspose(tensor([[1, 2], [3, 4]])); // -> [[1, 3], [2, 4]]
 */
export const matrixTranspose = <R extends Shape, M extends number, N extends number, D extends DType>(x: Tensor<[...R, M, N], D>): Tensor<[...R, N, M], D> => typed(swapaxes(x, -2, -1));

/**
 * The cross product of vectors of three dims, along the last axis; the operands broadcast.
 *
 * @throws `shape` where they do not broadcast or the last axis is not 3, `dtype` where the dtypes differ.
 * @example
 * cross(tensor([1, 0, 0]), tensor([0, 1, 0])); // -> [0, 0, 1]
 */
export const cross = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: Second<X, Y, K>): Elementwise<X, Y, K> => {
  const [x, y] = [handleOf(a, 'cross'), handleOf(typed(b), 'cross')];
  agree(x.dtype, y.dtype);
  const shape = broadcast(x.shape, y.shape);
  const last = shape.length - 1;
  if (x.shape.at(-1) !== 3 || y.shape.at(-1) !== 3) throw new ShapeError(`cross: [${x.shape.join(', ')}] x [${y.shape.join(', ')}]: the last axis must be 3`);
  const [p, q] = [stretched(x, shape), stretched(y, shape)];
  const part = (t: AnyTensor, i: number): AnyTensor => sliceAxis(t, last, i % 3, i % 3 + 1);
  return typed(concatenate(range(3).map(i => sub(mul(part(p, i + 1), part(q, i + 2)), mul(part(p, i + 2), part(q, i + 1)))), last));
};
