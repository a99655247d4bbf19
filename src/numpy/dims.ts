// Between types and numbers that are known at run time only: named dims, dims of data, and shapes that are checked once. Floor 7.
import { ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { show, type Dim, type Shape } from '../shape/dim.ts';
import type { Same } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

/**
 * A dim that is known by name: shapes with it are written `[batch, 784]`, and two dims of one name are taken to be equal.
 *
 * @throws `shape` where `n` is no natural number.
 * @example
 * const batch = dim('batch', 32);
 * const x: Tensor<[Dim<'batch'>, 784]> = zeros([batch, 784]);
 * x.shape[0]; // -> 32
 */
export function dim<const Name extends string>(name: Name, n: number): Dim<Name> {
  if (!Number.isSafeInteger(n) || n < 0) throw new ShapeError(`dim: ${name} is ${n}, which is not a dim`);
  return typed(n);
}

/**
 * Runs `f` with a number that is known at run time only as a dim of its own type: inside, it is equal to itself and to no other.
 *
 * @throws `shape` where `n` is no natural number.
 * @example
 * withDim(3, n => np.matmul(zeros([2, n]), ones([n, 4])).shape); // -> [2, 4]
 */
export function withDim<R>(n: number, f: <N extends number>(n: N) => R): R {
  if (!Number.isSafeInteger(n) || n < 0) throw new ShapeError(`withDim: ${n} is not a dim`);
  return f(n);
}

/** -1 stands for a dim that stays unknown. */
type Refined<S extends Shape, K = unknown> = { -readonly [I in keyof S]: Same<S[I], -1, K> extends true ? number : S[I] };
function expectShape(name: string, x: AnyTensor, shape: Shape): void {
  const own = handleOf(x, name).shape;
  const fits = own.length === shape.length && own.every((d, axis) => shape[axis] === -1 || shape[axis] === d);
  if (!fits) throw new ShapeError(`${name}: the shape is ${show(own)}, not ${show(shape).replaceAll('-1', '?')}`);
}

/**
 * The same tensor with the shape that it is checked to have; -1 leaves a dim unknown.
 *
 * @throws `shape` where it has another shape.
 * @example
 * const rows: Tensor<readonly number[]> = zeros([2, 3]);
 * const x: Tensor<[number, 3]> = refine(rows, [-1, 3]);
 * x.shape; // -> [2, 3]
 */
export function refine<D extends DType, const S extends Shape>(x: Tensor<Shape, D>, shape: S): Tensor<Refined<S>, D> {
  expectShape('refine', x, shape);
  return typed(x);
}

/**
 * Checks the shape of a tensor, and tells the compiler; -1 leaves a dim unknown.
 *
 * @throws `shape` where it has another shape.
 * @example
 * const rows: Tensor<readonly number[]> = zeros([2, 3]);
 * assertShape(rows, [2, 3]);
 * const x: Tensor<[2, 3]> = rows;
 * x.shape; // -> [2, 3]
 */
export function assertShape<D extends DType, const S extends Shape>(x: Tensor<Shape, D>, shape: S): asserts x is Tensor<Refined<S>, D> {
  expectShape('assertShape', x, shape);
}
