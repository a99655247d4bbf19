// Joining, cutting and padding that does not fit.
import { np, zeros, type Dim, type Shape, type Tensor } from '../../../src/index.ts';

declare const x: Tensor<[32, 784]>;
declare const named: Tensor<[Dim<'batch'>, 10]>;

// concatenate
// @error TS2345: Argument of type '(Tensor<[32, 783], "f32"> | Tensor<[32, 784], "f32">)[]' is not assignable to parameter of type '"concatenate: [32, 784] and [32, 783] differ on axis 1: 784 vs 783"'.
np.concatenate([x, zeros([32, 783])]);
// @error TS2345: Argument of type '(Tensor<[31, 784], "f32"> | Tensor<[32, 784], "f32">)[]' is not assignable to parameter of type '"concatenate: [32, 784] and [31, 784] differ on axis 0: 32 vs 31"'.
np.concatenate([x, zeros([31, 784])], 1);
// @error TS2345: Argument of type '(Tensor<[784], "f32"> | Tensor<[32, 784], "f32">)[]' is not assignable to parameter of type '"concatenate: ranks differ: [32, 784] and [784]"'.
np.concatenate([x, zeros([784])]);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">[]' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.concatenate([x, x], 2);
// @error TS2345: Argument of type 'never[]' is not assignable to parameter of type '"concatenate: no operands"'.
np.concatenate([]);
export function concatenate<N extends number, M extends number>(n: Tensor<[N, 3]>, m: Tensor<[M, 3]>): void {
  // @error TS2345: Argument of type '(Tensor<[M, 3], "f32"> | Tensor<[N, 3], "f32">)[]' is not assignable to parameter of type '`concatenate: [${N}, 3] and [${M}, 3] differ on axis 0: ${N} vs ${M}`'.
  np.concatenate([n, m], 1);
}

// stack
// @error TS2345: Argument of type '(Tensor<[32, 783], "f32"> | Tensor<[32, 784], "f32">)[]' is not assignable to parameter of type '"stack: shapes differ: [32, 784] and [32, 783]"'.
np.stack([x, zeros([32, 783])]);
// @error TS2345: Argument of type '(Tensor<[784], "f32"> | Tensor<[32, 784], "f32">)[]' is not assignable to parameter of type '"stack: shapes differ: [32, 784] and [784]"'.
np.stack([x, zeros([784])]);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">[]' is not assignable to parameter of type '"axis 4 is out of range for inserting into [32, 784]"'.
np.stack([x, x], 4);
export function stack<N extends number, M extends number>(n: Tensor<[N]>, m: Tensor<[M]>): void {
  // @error TS2345: Argument of type '(Tensor<[M], "f32"> | Tensor<[N], "f32">)[]' is not assignable to parameter of type '`stack: shapes differ: [${N}] and [${M}]`'.
  np.stack([n, m]);
}

// split
// @error TS2345: Argument of type '5' is not assignable to parameter of type '"split: axis 0 of [32, 784] is 32, which does not divide into 5 equal pieces"'.
np.split(x, 5);
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.split(x, 2, 2);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"split: index 40 exceeds axis 0 of [32, 784]"'.
np.split(x, [40]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"split: indices [8, 4] are not ascending"'.
np.split(x, [8, 4]);
export function split<S extends Shape>(s: Tensor<[...S, 4]>): void {
  // @error TS2345: Argument of type '3' is not assignable to parameter of type '"split: axis -1 of [..., 4] is 4, which does not divide into 3 equal pieces"'.
  np.split(s, 3, -1);
}

// slice
// @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"slice: stop 33 exceeds 32 on axis 0 of [32, 784]"'.
np.slice(x, [[0, 33]]);
// @error TS2345: Argument of type '(string | number[])[]' is not assignable to parameter of type '"slice: start 5 is after stop 2 on axis 1 of [32, 784]"'.
x.slice([':', [5, 2]]);
// @error TS2345: Argument of type '(string | number[])[]' is not assignable to parameter of type '"slice: 3 ranges for [32, 784]"'.
np.slice(x, [':', ':', [0, 1]]);
// @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"slice: step 0 on axis 0 of [32, 784] is not positive"'.
np.slice(x, [[0, 4, 0]]);
export function slice<N extends number>(n: Tensor<[N, 4]>): void {
  // @error TS2345: Argument of type '(string | number[])[]' is not assignable to parameter of type '`slice: stop 5 exceeds 4 on axis 1 of [${N}, 4]`'.
  np.slice(n, [':', [0, 5]]);
}

// pad
// @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"pad: 3 paddings for [32, 784]"'.
np.pad(x, [[0, 0], [0, 0], [1, 1]]);
// @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"pad: [-33, 0] takes more than axis 0 of [32, 784] has"'.
np.pad(x, [[-33, 0]]);
// @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"pad: interior -1 on axis 1 of [batch, 10] is negative"'.
np.pad(named, [[0, 0], [0, 0, -1]]);
export function pad<N extends number, S extends Shape>(n: Tensor<[N]>, s: Tensor<[...S, 4]>): void {
  // @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '`pad: 2 paddings for [${N}]`'.
  np.pad(n, [[0, 0], [1, 1]]);
  // @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"pad: axis 0 of [..., 4] cannot be told: the rank is generic"'.
  np.pad(s, [[1, 1]]);
}
