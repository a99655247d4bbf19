// Named and unknown dims, and unknown ranks: what is known is kept, what is not is checked at run time.
import { assertShape, dim, np, refine, tensor, withDim, zeros, type AnyTensor, type DType, type Dim, type Float, type Shape, type Tensor } from '../../../src/index.ts';
import { is } from '../rules/eq.ts';

const B = dim('batch', 32);
const T = dim('time', 100);
declare const n: number;
declare const rows: Tensor<[number, 784]>;
declare const any: Tensor<Shape>;
declare const tail: Tensor<[...number[], 128]>;
declare const untyped: AnyTensor;
declare const floats: Tensor<[3], Float>;
declare const flag: boolean;

// ---- named
const h = zeros([B, T, 768]);
is<Tensor<[Dim<'batch'>, Dim<'time'>, 768]>>()(np.add(h, zeros([768])));
is<Tensor<[Dim<'batch'>, Dim<'time'>, 768]>>()(np.multiply(h, zeros([B, 1, 1])));
is<Tensor<[Dim<'batch*time'>, 768]>>()(np.reshape(h, [-1, 768]));
is<Tensor<[Dim<'batch'>, 12, Dim<'time'>, 64]>>()(np.transpose(np.reshape(h, [B, T, 12, 64]), [0, 2, 1, 3]));
is<Tensor<[Dim<'batch'>, Dim<'time'>, 768]>>()(np.reshape(zeros([B, T, 12, 64]), [B, T, -1]));
is<Tensor<[Dim<'batch'>, Dim<'time'>]>>()(np.mean(h, { axis: -1 }));
is<Tensor<[Dim<'batch'>, 10]>>()(np.matmul(zeros([B, 784]), zeros([784, 10])));
is<Tensor<[Dim<'batch'>, Dim<'time'>, Dim<'time'>]>>()(np.einsum('bqd,bkd->bqk', h, h));
is<Tensor<[Dim<'batch+1'>, 3]>>()(np.concatenate([zeros([B, 3]), zeros([1, 3])]));
is<Tensor<[2, Dim<'batch'>]>>()(np.stack([zeros([B]), zeros([B])]));
is<Tensor<[Dim<'time-1'>]>>()(np.slice(zeros([T]), [[1, null]]));
is<Tensor<[Dim<'batch'>, Dim<'time'>, 16]>>()(np.take(zeros([1000, 16]), zeros([B, T], 'i32'), { axis: 0 }));
is<Tensor<[Dim<'batch'>, 10]>>()(np.oneHot(zeros([B], 'i32'), 10));
is<Tensor<[Dim<'batch+2'>]>>()(np.pad(zeros([B]), [[1, 1]]));

// ---- unknown dims
is<Tensor<[number, 784]>>()(np.add(rows, zeros([784])));
is<Tensor<[32, 784]>>()(np.add(rows, zeros([32, 784])));
is<Tensor<[number, 10]>>()(np.matmul(rows, zeros([784, 10])));
is<Tensor<[number]>>()(np.sum(rows, { axis: 1 }));
is<Tensor<[number, 28, 28]>>()(np.reshape(rows, [-1, 28, 28]));
is<Tensor<[number, 3]>>()(zeros([n, 3]));
is<Tensor<[number, 3]>>()(zeros([flag ? 2 : 3, 3]));
is<Tensor<[number, number]>>()(tensor([[1, 2]] as number[][]));
is<Tensor<[number, 784]>>()(np.concatenate([rows, rows]));
is<Tensor<[5, 784]>>()(np.slice(rows, [[0, 5]]));
is<Tensor<[number], 'i32'>>()(np.arange(n));

// ---- unknown rank
is<Tensor<Shape>>()(np.add(any, 1));
is<Tensor<Shape>>()(np.tanh(any));
is<Tensor<Shape>>()(np.sum(any, { axis: 0 }));
is<Tensor<[]>>()(np.sum(any));
is<Tensor<[2, 3]>>()(np.reshape(any, [2, 3]));
is<Tensor<[...number[], 128]>>()(np.add(tail, zeros([128])));
is<Tensor<[...number[], 10]>>()(np.matmul(tail, zeros([128, 10])));
is<Tensor<number[]>>()(np.mean(tail, { axis: -1 }));
is<Tensor<readonly number[], DType>>()(np.add(untyped, untyped));
is<Tensor<Shape>>()(np.add(untyped, any));
is<Tensor<[3], Float>>()(np.multiply(floats, floats));

// ---- axes that are known at run time only
declare const axis: number;
is<Tensor<Shape>>()(np.sum(rows, { axis }));
is<Tensor<Shape>>()(np.expandDims(rows, axis));

// ---- the escapes
is<Tensor<[32, 784]>>()(refine(any, [32, 784]));
is<Tensor<[number, 784]>>()(refine(any, [-1, 784]));
export function asserted(x: Tensor<Shape>): Tensor<[3, 3]> {
  assertShape(x, [3, 3]);
  return x;
}
export const square: Tensor<[2, 2]> = withDim(n, (d) => np.matmul(zeros([2, d]), zeros([d, 2])));
