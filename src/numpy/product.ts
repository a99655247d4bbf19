// Products of tensors: matmul. Floor 7.
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { range } from '../ir/aval.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { reshape } from '../primitive/reshape.ts';
import { transpose } from '../primitive/transpose.ts';
import { broadcast } from '../shape/broadcast.ts';
import { matmul as matmulShape, type MatMul } from '../shape/matmul.ts';
import type { Shape } from '../shape/dim.ts';
import type { Fits, When } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { broadcastedTo, expectAgreement } from './operands.ts';
import { typed, type Agree, type Check, type CommonDType, type Ok } from './typed.ts';

type Product<X, Y, K> = X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? ProductOf<A, D, B, E, K> : never : never;
type ProductOf<A extends Shape, D, B extends Shape, E, K> = Fits<Agree<D, E, K>, string, K> extends true ? Agree<D, E, K> : MatMul<A, B, K>;
type RightOperand<X, Y, K> = X extends Tensor<infer A, infer D> ? Y extends Tensor<infer B, infer E> ? Check<ProductOf<A, D, B, E, K>, Y, K> : Y : Y;

/**
 * The matrix product. Vectors stand for a row on the left and a column on the right; leading axes are batches and broadcast.
 *
 * @throws `shape` where the inner dims differ or the batch dims do not broadcast, `dtype` where the dtypes differ.
 * @example
 * matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])); // -> [3, 7]
 */
export const matmul = <X extends AnyTensor, Y extends AnyTensor>(a: X, b: RightOperand<X, Y, When<Y>>): Tensor<Ok<Product<X, Y, When<Y>>, When<Y>>, CommonDType<X, Y, When<Y>>> =>
  typed(product(handleOf(a, 'matmul'), handleOf(typed(b), 'matmul')));

function product(a: AnyTensor, b: AnyTensor): AnyTensor {
  expectAgreement(a.dtype, b.dtype);
  const shape = matmulShape(a.shape, b.shape);
  if (b.shape.length <= 2) return dotGeneral(a, b, { lhsContract: [a.shape.length - 1], rhsContract: [Math.max(0, b.shape.length - 2)], lhsBatch: [], rhsBatch: [] });
  const batch = broadcast(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const axes = range(batch.length);
  if (a.shape.length <= 2) {
    // Rows of a matrix on the left of a batch are one more free axis, which belongs before the columns.
    const free = a.shape.length - 1;
    const out = dotGeneral(a, b, { lhsContract: [free], rhsContract: [b.shape.length - 2], lhsBatch: [], rhsBatch: [] });
    return free === 0 ? out : transpose(out, [...axes.map(i => i + 1), 0, batch.length + 1]);
  }
  const left = broadcastedTo(a, [...batch, ...a.shape.slice(-2)]);
  const right = broadcastedTo(b, [...batch, ...b.shape.slice(-2)]);
  return reshape(dotGeneral(left, right, { lhsContract: [batch.length + 1], rhsContract: [batch.length], lhsBatch: axes, rhsBatch: axes }), shape);
}
