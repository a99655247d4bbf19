// Products of tensors over shared axes: matmul, dot, inner, outer, tensordot. One dotGeneral each. Floor 7.
import { agree, type Agree } from '../dtype/agree.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, CommonDType, DotOperand, DotResult, MatMulOperand, MatMulResult, Tensor } from '../ir/tensor.ts';
import { mul } from '../primitive/arithmetic.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { reshape } from '../primitive/reshape.ts';
import { transpose } from '../primitive/transpose.ts';
import { axisIndices } from '../shape/axis.ts';
import { broadcast } from '../shape/broadcast.ts';
import type { Both, Check, Ok } from '../shape/check.ts';
import type { Product } from '../shape/dim.ts';
import { dot as dotShape } from '../shape/dot.ts';
import { dotGeneral as dotGeneralShape, type DotGeneral } from '../shape/dotGeneral.ts';
import { matmul as matmulShape } from '../shape/matmul.ts';
import { handleOf } from '../trace/handle.ts';
import { stretched } from './operands.ts';
import { typed } from './typed.ts';

/** Two tensors of one dtype; the second comes from a parameter whose type a rule has checked. */
function multiplied(name: string, a: AnyTensor, b: unknown, f: (a: AnyTensor, b: AnyTensor) => AnyTensor): never {
  const left = handleOf(a, name);
  const right = handleOf(typed(b), name);
  agree(left.dtype, right.dtype);
  return typed(f(left, right));
}
const contract = (a: AnyTensor, b: AnyTensor, left: readonly number[], right: readonly number[]): AnyTensor =>
  dotGeneral(a, b, { lhsContract: left, rhsContract: right, lhsBatch: [], rhsBatch: [] });

/**
 * The matrix product. A vector stands for a row on the left and for a column on the right; leading axes are batches and broadcast.
 *
 * @throws `shape` where the inner dims differ or the batch dims do not broadcast, `dtype` where the dtypes differ.
 * @example
 * matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])); // -> [3, 7]
 */
export const matmul = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: MatMulOperand<X, Y, K>): MatMulResult<X, Y, K> => multiplied('matmul', a, b, matrixProduct);
function matrixProduct(a: AnyTensor, b: AnyTensor): AnyTensor {
  const shape = matmulShape(a.shape, b.shape);
  const last = a.shape.length - 1;
  if (b.shape.length <= 2) return contract(a, b, [last], [Math.max(0, b.shape.length - 2)]);
  if (last <= 1) {
    // Rows of a matrix on the left of a batch are one more free axis, which belongs before the columns.
    const product = contract(a, b, [last], [b.shape.length - 2]);
    const batch = range(b.shape.length - 2);
    return last === 0 ? product : transpose(product, [...batch.map(i => i + 1), 0, batch.length + 1]);
  }
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const n = batch.length;
  const axes = range(n);
  const left = stretched(a, [...batch, ...a.shape.slice(-2)]);
  const right = stretched(b, [...batch, ...b.shape.slice(-2)]);
  return reshape(dotGeneral(left, right, { lhsContract: [n + 1], rhsContract: [n], lhsBatch: axes, rhsBatch: axes }), shape);
}

/**
 * NumPy's dot: the sum of products over the last axis of `a` and the last but one of `b` (its only one, if it is a vector). Scalars scale.
 *
 * @throws `shape` where the inner dims differ, `dtype` where the dtypes differ.
 * @example
 * dot(tensor([1, 2, 3]), tensor([4, 5, 6])); // -> 32
 */
export const dot = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: DotOperand<X, Y, K>): DotResult<X, Y, K> => multiplied('dot', a, b, dotProduct);
function dotProduct(a: AnyTensor, b: AnyTensor): AnyTensor {
  const shape = dotShape(a.shape, b.shape);
  if (a.shape.length === 0 || b.shape.length === 0) return mul(stretched(a, shape), stretched(b, shape));
  return contract(a, b, [a.shape.length - 1], [Math.max(0, b.shape.length - 2)]);
}

/** A product over the listed axes of both operands. */
interface Contracting<L extends readonly number[], R extends readonly number[]> { readonly lhsContract: L; readonly rhsContract: R; readonly lhsBatch: []; readonly rhsBatch: [] }
type ContractRule<X, Y, L extends readonly number[], R extends readonly number[], K> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, DotGeneral<A, B, Contracting<L, R>, K>, K> : never : never;
type ContractOperand<X, Y, L extends readonly number[], R extends readonly number[], K> = Check<ContractRule<X, Y, L, R, K>, Y, K>;
type Contracted<X, Y, L extends readonly number[], R extends readonly number[], K> = Tensor<Ok<ContractRule<X, Y, L, R, K>, K>, CommonDType<X, Y, K>>;

function contracted(a: AnyTensor, b: AnyTensor, left: readonly number[], right: readonly number[]): AnyTensor {
  dotGeneralShape(a.shape, b.shape, { lhsContract: left, rhsContract: right, lhsBatch: [], rhsBatch: [] });
  return contract(a, b, axisIndices(a.shape, left), axisIndices(b.shape, right));
}

/**
 * The sum of products over the last axes of both operands.
 *
 * @throws `shape` where these axes differ, `axis` for a scalar, `dtype` where the dtypes differ.
 * @example
 * inner(tensor([[1, 2], [3, 4]]), tensor([[1, 0], [0, 1]])); // -> [[1, 2], [3, 4]]
 */
export const inner = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: ContractOperand<X, Y, [-1], [-1], K>): Contracted<X, Y, [-1], [-1], K> =>
  multiplied('inner', a, b, (x, y) => contracted(x, y, [-1], [-1]));

/** How many axes are summed over (the last of `a` with the first of `b`), or which ones. */
export type ContractedAxes = number | readonly [left: readonly number[], right: readonly number[]];
interface LastAxes { 0: []; 1: [-1]; 2: [-2, -1]; 3: [-3, -2, -1]; 4: [-4, -3, -2, -1] }
interface FirstAxes { 0: []; 1: [0]; 2: [0, 1]; 3: [0, 1, 2]; 4: [0, 1, 2, 3] }
type LeftAxes<Axes> = Axes extends readonly [infer L extends readonly number[], unknown] ? L : Axes extends keyof LastAxes ? LastAxes[Axes] : readonly number[];
type RightAxes<Axes> = Axes extends readonly [unknown, infer R extends readonly number[]] ? R : Axes extends keyof FirstAxes ? FirstAxes[Axes] : readonly number[];

/**
 * The sum of products over several axes: by a number, the last ones of `a` with the first ones of `b` (default 2), or by two lists.
 *
 * @throws `shape` where these axes differ, `axis` where one is out of range, `dtype` where the dtypes differ.
 * @example
 * tensordot(tensor([[1, 2], [3, 4]]), tensor([[1, 2], [3, 4]])); // -> 30
 * tensordot(tensor([1, 2]), tensor([[1, 2], [3, 4]]), [[0], [1]]); // -> [5, 11]
 */
export const tensordot = <X extends AnyTensor, Y extends AnyTensor, const Axes extends ContractedAxes = 2, K = unknown>(
  a: X, b: ContractOperand<X, Y, LeftAxes<Axes>, RightAxes<Axes>, K>, axes?: Axes): Contracted<X, Y, LeftAxes<Axes>, RightAxes<Axes>, K> =>
  multiplied('tensordot', a, b, (x, y) => {
    const given: ContractedAxes = axes ?? 2;
    const [left, right] = typeof given === 'number' ? [range(given).map(i => i - given), range(given)] : given;
    return contracted(x, y, left, right);
  });

type OuterRule<X, Y, K> =
  X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Both<Agree<D, E, K>, [Product<A>, Product<B>], K> : never : never;
/**
 * Every element of `a` times every element of `b`, both taken flat: a matrix.
 *
 * @throws `dtype` where the dtypes differ.
 * @example
 * outer(tensor([1, 2]), tensor([3, 4, 5])); // -> [[3, 4, 5], [6, 8, 10]]
 */
export const outer = <X extends AnyTensor, Y extends AnyTensor, K = unknown>(a: X, b: Check<OuterRule<X, Y, K>, Y, K>): Tensor<Ok<OuterRule<X, Y, K>, K>, CommonDType<X, Y, K>> =>
  multiplied('outer', a, b, (x, y) => contract(reshape(x, [sizeOf(x.shape)]), reshape(y, [sizeOf(y.shape)]), [], []));
