// Elementwise operations whose shapes do not broadcast: np functions, methods, comparisons, where and clip.
import { np, zeros, type Dim, type Shape, type Tensor } from '../../../src/index.ts';

declare const x: Tensor<[32, 784]>;
declare const mask: Tensor<[32, 1], 'bool'>;
declare const named: Tensor<[Dim<'batch'>, 784]>;

// A wrong literal.
// @error TS2345: Argument of type 'Tensor<[783], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784] with [783]: 784 vs 783"'.
np.add(x, zeros([783]));
// @error TS2345: Argument of type 'Tensor<[32], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784] with [32]: 784 vs 32"'.
x.sub(zeros([32]));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"cannot broadcast [783] with [32, 784]: 783 vs 784"'.
np.maximum(zeros([783]), x);
// @error TS2345: Argument of type 'Tensor<[31, 784], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784] with [31, 784]: 32 vs 31"'.
np.less(x, zeros([31, 784]));
// @error TS2345: Argument of type 'Tensor<[31, 784], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784] with [31, 784]: 32 vs 31"'.
np.isclose(x, zeros([31, 784]));
// A wrong rank: the axes meet at the end.
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"cannot broadcast [8, 32] with [32, 784]: 32 vs 784"'.
np.multiply(zeros([8, 32]), x);
// @error TS2345: Argument of type 'Tensor<[2, 3, 32], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784] with [2, 3, 32]: 784 vs 32"'.
x.mul(zeros([2, 3, 32]));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784, 3] with [32, 784]: 3 vs 784"'.
np.power(zeros([32, 784, 3]), x);
// Named dims are equal to their own name alone.
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"cannot broadcast [batch, 784] with [32, 784]: batch vs 32"'.
np.add(named, zeros([32, 784]));
// @error TS2345: Argument of type 'Tensor<[2, 783], "f32">' is not assignable to parameter of type '"cannot broadcast [batch, 784] with [2, 783]: 784 vs 783"'.
named.add(zeros([2, 783]));
// Generic dims and ranks.
export function generic<N extends number, M extends number, S extends Shape>(n: Tensor<[N, 3]>, m: Tensor<[M, 3]>, s: Tensor<[...S, 3]>): void {
  // @error TS2345: Argument of type 'Tensor<[M, 3], "f32">' is not assignable to parameter of type '`cannot broadcast [${N}, 3] with [${M}, 3]: ${N} vs ${M}`'.
  np.add(n, m);
  // @error TS2345: Argument of type 'Tensor<[4], "f32">' is not assignable to parameter of type '"cannot broadcast [..., 3] with [4]: 3 vs 4"'.
  np.add(s, zeros([4]));
  // @error TS2345: Argument of type 'Tensor<[5, 3], "f32">' is not assignable to parameter of type '`cannot broadcast [${N}, 3] with [5, 3]: ${N} vs 5`'.
  n.sub(zeros([5, 3]));
}

// where: the branches first, then the condition.
// @error TS2345: Argument of type 'Tensor<[783], "f32">' is not assignable to parameter of type '"where: cannot broadcast [32, 784] with [783]: 784 vs 783"'.
np.where(mask, x, zeros([783]));
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"where: cannot broadcast [32, 1] with [31, 784]: 32 vs 31"'.
np.where(mask, zeros([31, 784]), 0);
// @error TS2345: Argument of type 'Tensor<[2, 31, 1], "f32">' is not assignable to parameter of type '"where: cannot broadcast [32, 1] with [2, 31, 1]: 32 vs 31"'.
np.where(mask, 1, zeros([2, 31, 1]));
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type 'Tensor<[32, 784], "bool">'.
//   Types of property 'dtype' are incompatible.
//     Type '"f32"' is not assignable to type '"bool"'.
np.where(x, 1, 0);
export function chosen<N extends number, M extends number>(n: Tensor<[N]>, m: Tensor<[M]>): void {
  // @error TS2345: Argument of type 'Tensor<[M], "f32">' is not assignable to parameter of type '`where: cannot broadcast [${N}] with [${M}]: ${N} vs ${M}`'.
  np.where(np.greater(n, 0), n, m);
  // @error TS2345: Argument of type 'Tensor<[M], "f32">' is not assignable to parameter of type '`where: cannot broadcast [${N}] with [${M}]: ${N} vs ${M}`'.
  np.where(np.greater(n, 0), m, m);
}

// clip: each bound broadcasts.
// @error TS2345: Argument of type 'Tensor<[783], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784] with [783]: 784 vs 783"'.
np.clip(x, zeros([783]), null);
// @error TS2345: Argument of type 'Tensor<[32], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784] with [32]: 784 vs 32"'.
np.clip(x, 0, zeros([32]));
// @error TS2345: Argument of type 'Tensor<[3, 32, 783], "f32">' is not assignable to parameter of type '"cannot broadcast [32, 784] with [3, 32, 783]: 784 vs 783"'.
np.clip(x, 0, zeros([3, 32, 783]));

// Two numbers are no operation of tensors.
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"one operand must be a tensor"'.
np.add(1, 2);
