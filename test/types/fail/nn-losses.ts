// Losses never broadcast: prediction and target have one shape, integer labels the shape of the rows.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as nn from '../../../src/nn/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';

declare const p: Tensor<[32, 10]>;
declare const q: Tensor<[32, 9]>;
declare const column: Tensor<[32, 1]>;
declare const row: Tensor<[32]>;
declare const double: Tensor<[32, 10], 'f64'>;
declare const ids: Tensor<[32], 'i32'>;
declare const fewer: Tensor<[31], 'i32'>;
declare const batch: Tensor<[Dim<'batch'>, 10]>;
declare const time: Tensor<[Dim<'time'>, 10]>;

// @error TS2345: Argument of type 'Tensor<[32, 9], "f32">' is not assignable to parameter of type '"squaredError: prediction [32, 10] and target [32, 9] differ in shape"'.
nn.squaredError(p, q);
// Where arithmetic would broadcast, and compare every pair.
// @error TS2345: Argument of type 'Tensor<[32], "f32">' is not assignable to parameter of type '"squaredError: prediction [32, 1] and target [32] differ in shape"'.
nn.squaredError(column, row);
// @error TS2345: Argument of type 'Tensor<[32, 1], "f32">' is not assignable to parameter of type '"squaredError: prediction [32, 10] and target [32, 1] differ in shape"'.
nn.squaredError(p, column);
// @error TS2345: Argument of type 'Tensor<[32, 10], "f64">' is not assignable to parameter of type '"squaredError: dtypes differ: f32 vs f64 (use astype)"'.
nn.squaredError(p, double);
// @error TS2345: Argument of type 'Tensor<[Dim<"time">, 10], "f32">' is not assignable to parameter of type '"squaredError: prediction [batch, 10] and target [time, 10] differ in shape"'.
nn.squaredError(batch, time);
// @error TS2345: Argument of type 'Tensor<[31], "i32">' is not assignable to parameter of type '"crossEntropy: logits [32, 10] take labels [32], got [31]"'.
nn.crossEntropy(p, fewer);
// @error TS2345: Argument of type 'Tensor<[32, 9], "f32">' is not assignable to parameter of type '"crossEntropy: logits [32, 10] and soft labels [32, 9] differ in shape"'.
nn.crossEntropy(p, q);
// @error TS2345: Argument of type 'Tensor<[32], "f32">' is not assignable to parameter of type '"crossEntropy: logits [32, 10] and soft labels [32] differ in shape"'.
nn.crossEntropy(p, row);
// @error TS2345: Argument of type 'Tensor<[32], "i32">' is not assignable to parameter of type '"crossEntropy: logits [batch, 10] take labels [batch], got [32]"'.
nn.crossEntropy(batch, ids);
// @error TS2345: Argument of type 'Tensor<[32, 1], "f32">' is not assignable to parameter of type '"binaryCrossEntropy: prediction [32] and target [32, 1] differ in shape"'.
nn.binaryCrossEntropy(row, column);
// @error TS2345: Argument of type 'Tensor<[32], "f32">' is not assignable to parameter of type '"accuracy: f32 is no integer dtype (use astype)"'.
nn.accuracy(p, row);
// @error TS2345: Argument of type 'Tensor<[31], "i32">' is not assignable to parameter of type '"accuracy: logits [32, 10] take labels [32], got [31]"'.
nn.accuracy(p, fewer);
// A loss without a prediction of floats.
// @error TS2345: Argument of type 'Tensor<[32], "i32">' is not assignable to parameter of type 'Tensor<[32], Float>'.
//   Types of property 'dtype' are incompatible.
//     Type '"i32"' is not assignable to type 'Float'.
nn.squaredError(ids, ids);
export function generic<N extends number, M extends number>(a: Tensor<[N, 10]>, b: Tensor<[M, 10]>, c: Tensor<[M], 'i32'>): void {
  // @error TS2345: Argument of type 'Tensor<[M, 10], "f32">' is not assignable to parameter of type '`squaredError: prediction [${N}, 10] and target [${M}, 10] differ in shape`'.
  nn.squaredError(a, b);
  // @error TS2345: Argument of type 'Tensor<[M], "i32">' is not assignable to parameter of type '`crossEntropy: logits [${N}, 10] take labels [${N}], got [${M}]`'.
  nn.crossEntropy(a, c);
}
export function ranks<S extends readonly number[], T extends readonly number[]>(a: Tensor<[...S, 10]>, b: Tensor<[...T, 10]>): void {
  // @error TS2345: Argument of type 'Tensor<[...T, 10], "f32">' is not assignable to parameter of type '"squaredError: prediction [..., 10] and target [..., 10] differ in shape"'.
  nn.squaredError(a, b);
}
// A reduction that there is not.
// @error TS2322: Type '"average"' is not assignable to type 'Reduction | undefined'.
nn.squaredError(p, p, { reduction: 'average' });
