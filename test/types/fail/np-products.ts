// Products whose axes do not meet.
import { np, zeros, type Dim, type Shape, type Tensor } from '../../../src/index.ts';

declare const x: Tensor<[32, 784]>;
declare const batch: Tensor<[8, 32, 784]>;
declare const named: Tensor<[Dim<'batch'>, Dim<'width'>]>;

// matmul. A wrong literal:
// @error TS2345: Argument of type 'Tensor<[100, 10], "f32">' is not assignable to parameter of type '"matmul: inner dims differ, [32, 784] x [100, 10]: 784 vs 100"'.
np.matmul(x, zeros([100, 10]));
// @error TS2345: Argument of type 'Tensor<[785], "f32">' is not assignable to parameter of type '"matmul: inner dims differ, [32, 784] x [785]: 784 vs 785"'.
x.matmul(zeros([785]));
// @error TS2345: Argument of type 'Tensor<[7, 784, 10], "f32">' is not assignable to parameter of type '"matmul: batch dims, cannot broadcast [8] with [7]: 8 vs 7"'.
np.matmul(batch, zeros([7, 784, 10]));
// a wrong rank:
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"matmul: right operand [] needs rank >= 1"'.
np.matmul(x, zeros([]));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"matmul: left operand [] needs rank >= 1"'.
np.matmul(zeros([]), x);
// @error TS2345: Argument of type 'Tensor<[8, 32, 784], "f32">' is not assignable to parameter of type '"matmul: inner dims differ, [784] x [8, 32, 784]: 784 vs 32"'.
np.matmul(zeros([784]), batch);
// named dims:
// @error TS2345: Argument of type 'Tensor<[Dim<"batch">, Dim<"width">], "f32">' is not assignable to parameter of type '"matmul: inner dims differ, [batch, width] x [batch, width]: width vs batch"'.
np.matmul(named, named);
// generic dims:
export function matmul<N extends number, M extends number, S extends Shape>(n: Tensor<[N, M]>, s: Tensor<[...S, 4]>): void {
  // @error TS2345: Argument of type 'Tensor<[N, M], "f32">' is not assignable to parameter of type '`matmul: inner dims differ, [${N}, ${M}] x [${N}, ${M}]: ${M} vs ${N}`'.
  np.matmul(n, n);
  // @error TS2345: Argument of type 'Tensor<[3, 3], "f32">' is not assignable to parameter of type '`matmul: inner dims differ, [${N}, ${M}] x [3, 3]: ${M} vs 3`'.
  np.matmul(n, zeros([3, 3]));
  // @error TS2345: Argument of type 'Tensor<[N, M], "f32">' is not assignable to parameter of type '`matmul: inner dims differ, [..., 4] x [${N}, ${M}]: 4 vs ${N}`'.
  np.matmul(s, n);
}

// dot
// @error TS2345: Argument of type 'Tensor<[4], "f32">' is not assignable to parameter of type '"dot: inner dims differ, [3] x [4]: 3 vs 4"'.
np.dot(zeros([3]), zeros([4]));
// @error TS2345: Argument of type 'Tensor<[2, 783, 5], "f32">' is not assignable to parameter of type '"dot: inner dims differ, [32, 784] x [2, 783, 5]: 784 vs 783"'.
x.dot(zeros([2, 783, 5]));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"dot: inner dims differ, [32, 784] x [32, 784]: 784 vs 32"'.
np.dot(x, x);
export function dot<N extends number, M extends number>(n: Tensor<[N]>, m: Tensor<[M]>): void {
  // @error TS2345: Argument of type 'Tensor<[M], "f32">' is not assignable to parameter of type '`dot: inner dims differ, [${N}] x [${M}]: ${N} vs ${M}`'.
  np.dot(n, m);
}

// inner and tensordot
// @error TS2345: Argument of type 'Tensor<[3, 783], "f32">' is not assignable to parameter of type '"dotGeneral: contracting dims differ, [32, 784] x [3, 783]: axis -1 is 784, axis -1 is 783"'.
np.inner(x, zeros([3, 783]));
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"axis -1 is out of range for []"'.
np.inner(x, zeros([]));
// @error TS2345: Argument of type 'Tensor<[784, 32], "f32">' is not assignable to parameter of type '"dotGeneral: contracting dims differ, [32, 784] x [784, 32]: axis -2 is 32, axis 0 is 784"'.
np.tensordot(x, zeros([784, 32]));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"dotGeneral: contracting dims differ, [32, 784] x [32, 784]: axis 0 is 32, axis 1 is 784"'.
np.tensordot(x, x, [[0], [1]]);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"dotGeneral: 2 contracting axes on the left, 1 on the right"'.
np.tensordot(x, x, [[0, 1], [0]]);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.tensordot(x, x, [[2], [0]]);
// @error TS2345: Argument of type 'Tensor<[784], "f32">' is not assignable to parameter of type '"axis 1 is out of range for [784]"'.
np.tensordot(x, zeros([784]), 2);
export function inner<N extends number, M extends number>(n: Tensor<[2, N]>, m: Tensor<[3, M]>): void {
  // @error TS2345: Argument of type 'Tensor<[3, M], "f32">' is not assignable to parameter of type '`dotGeneral: contracting dims differ, [2, ${N}] x [3, ${M}]: axis -1 is ${N}, axis -1 is ${M}`'.
  np.inner(n, m);
  // @error TS2345: Argument of type 'Tensor<[3, M], "f32">' is not assignable to parameter of type '`dotGeneral: contracting dims differ, [2, ${N}] x [3, ${M}]: axis -1 is ${N}, axis 0 is 3`'.
  np.tensordot(n, m, 1);
}

// einsum
// @error TS2345: Argument of type '"bqd,bkd->bqk"' is not assignable to parameter of type '"einsum: index 'd' is 4 and 3 (operand 'bkd' [2, 5, 3])"'.
np.einsum('bqd,bkd->bqk', zeros([2, 3, 4]), zeros([2, 5, 3]));
// @error TS2345: Argument of type '"bqd,bkd->bqk"' is not assignable to parameter of type '"einsum: index 'b' is 2 and 5 (operand 'bkd' [5, 4])"'.
np.einsum('bqd,bkd->bqk', zeros([2, 3, 4]), zeros([5, 4]));
// @error TS2345: Argument of type '"ij->ijk"' is not assignable to parameter of type '"einsum: output index 'k' is not in any operand"'.
np.einsum('ij->ijk', zeros([2, 3]));
// @error TS2345: Argument of type '"ij,jk"' is not assignable to parameter of type '"einsum: 'ij,jk' has no '->'"'.
np.einsum('ij,jk', zeros([2, 3]), zeros([3, 4]));
// @error TS2345: Argument of type '"ij,jk->ik"' is not assignable to parameter of type '"einsum: more operands in the subscripts than given"'.
np.einsum('ij,jk->ik', zeros([2, 3]));
// @error TS2345: Argument of type '"ii->i"' is not assignable to parameter of type '"einsum: index 'i' is 2 and 3 (operand 'ii' [2, 3])"'.
np.einsum('ii->i', zeros([2, 3]));
// @error TS2345: Argument of type '"...i,...i->..."' is not assignable to parameter of type '"einsum: cannot broadcast [2] with [4]: 2 vs 4"'.
np.einsum('...i,...i->...', zeros([2, 3]), zeros([4, 3]));
export function einsum<N extends number, M extends number>(n: Tensor<[2, N]>, m: Tensor<[3, M]>): void {
  // @error TS2345: Argument of type '"ik,jk->ij"' is not assignable to parameter of type '`einsum: index 'k' is ${N} and ${M} (operand 'jk' [3, ${M}])`'.
  np.einsum('ik,jk->ij', n, m);
}
