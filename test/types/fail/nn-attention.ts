// Attention and norms whose operands do not go together.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as nn from '../../../src/nn/index.ts';
import type { Key } from '../../../src/random/key.ts';

declare const key: Key;
declare const q: Tensor<[2, 5, 4, 8]>;
declare const k: Tensor<[2, 7, 4, 8]>;
declare const deep: Tensor<[2, 7, 4, 9]>;
declare const heads: Tensor<[2, 7, 3, 8]>;
declare const other: Tensor<[3, 7, 4, 8]>;
declare const long: Tensor<[2, 9, 4, 8]>;
declare const flat: Tensor<[5, 8]>;
declare const double: Tensor<[2, 7, 4, 8], 'f64'>;

// Keys beside queries.
// @error TS2345: Argument of type 'Tensor<[2, 7, 4, 9], "f32">' is not assignable to parameter of type '"attention: queries [2, 5, 4, 8] and keys [2, 7, 4, 9] may differ in length only"'.
nn.attention(q, deep, deep);
// @error TS2345: Argument of type 'Tensor<[2, 7, 3, 8], "f32">' is not assignable to parameter of type '"attention: queries [2, 5, 4, 8] and keys [2, 7, 3, 8] may differ in length only"'.
nn.attention(q, heads, heads);
// @error TS2345: Argument of type 'Tensor<[3, 7, 4, 8], "f32">' is not assignable to parameter of type '"attention: queries [2, 5, 4, 8] and keys [3, 7, 4, 8] may differ in length only"'.
nn.attention(q, other, other);
// @error TS2345: Argument of type 'Tensor<[2, 7, 4, 8], "f64">' is not assignable to parameter of type '"dtypes differ: f32 vs f64 (use astype)"'.
nn.attention(q, double, double);
// Values beside keys.
// @error TS2345: Argument of type 'Tensor<[2, 9, 4, 8], "f32">' is not assignable to parameter of type '"attention: keys [2, 7, 4, 8] and values [2, 9, 4, 8] may differ in depth only"'.
nn.attention(q, k, long);
// @error TS2345: Argument of type 'Tensor<[2, 7, 3, 8], "f32">' is not assignable to parameter of type '"attention: keys [2, 7, 4, 8] and values [2, 7, 3, 8] may differ in depth only"'.
nn.attention(q, k, heads);
// @error TS2345: Argument of type 'Tensor<[2, 7, 4, 8], "f64">' is not assignable to parameter of type '"dtypes differ: f32 vs f64 (use astype)"'.
nn.attention(q, k, double);
// @error TS2345: Argument of type 'Tensor<[5, 8], "f32">' is not assignable to parameter of type '"attention: queries [5, 8] must be [..., length, heads, depth]"'.
nn.attention(flat, flat, flat);
// A mask is bool, lengths are integers.
// @error TS2322: Type 'Tensor<[2, 5, 4, 8], "f32">' is not assignable to type 'Tensor<Shape, "bool">'.
//   Types of property 'dtype' are incompatible.
//     Type '"f32"' is not assignable to type '"bool"'.
nn.attention(q, k, k, { mask: q });
// @error TS2322: Type 'Tensor<[2, 5, 4, 8], "f32">' is not assignable to type 'Tensor<Shape, Int>'.
//   Types of property 'dtype' are incompatible.
//     Type '"f32"' is not assignable to type 'Int'.
nn.attention(q, k, k, { keyLengths: q });

// multiHeadAttention.
declare const x: Tensor<[2, 10, 30]>;
declare const wide: Tensor<[2, 10, 32], 'f64'>;
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type '"multiHeadAttention: 30 features do not divide into 4 heads"'.
nn.init(nn.multiHeadAttention(4), key, x);
// @error TS2345: Argument of type 'Tensor<[2, 10, 32], "f64">' is not assignable to parameter of type '"multiHeadAttention: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.multiHeadAttention(2), key, wide);
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type '"multiHeadAttention: 20 features do not divide into 8 heads"'.
nn.from(x, nn.dense(20), nn.multiHeadAttention(8), nn.relu);

// A layer's dtype is its own, not that of what it meets.
// @error TS2345: Argument of type 'Tensor<[2, 10, 32], "f64">' is not assignable to parameter of type '"dense: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.from(wide, nn.dense(20), nn.tanh), key, wide);
// @error TS2345: Argument of type 'Tensor<[2, 10, 32], "f64">' is not assignable to parameter of type '"multiHeadAttention: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.from(wide, nn.multiHeadAttention(2), nn.tanh);
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 32], "f32">) => Net<RmsNormParams<32, "f32">, Tensor<[...S, 32], "f32">, []>' is not assignable to parameter of type '(x: Tensor<[2, 10, 32], "f64">) => Net<RmsNormParams<32, "f32">, Tensor<[2, 10, 32], "f32">, []>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[2, 10, 32], "f64">' is not assignable to type 'Tensor<[2, 10, 32], "f32">'.
//       Types of property 'dtype' are incompatible.
//         Type '"f64"' is not assignable to type '"f32"'.
nn.from(wide, nn.rmsNormOf(32), nn.tanh);
// @error TS2345: Argument of type 'Tensor<[2, 10, 32], "f64">' is not assignable to parameter of type '"conv: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.from(wide, nn.conv(4, 2), nn.tanh), key, wide);

// rmsNorm.
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type 'Tensor<[2, 10, 8], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2, 10, 30]' is not assignable to type 'readonly [2, 10, 8]'.
//       Type at position 2 in source is not compatible with type at position 2 in target.
//         Type '30' is not assignable to type '8'.
nn.rmsNormOf(8)(x);
// @error TS2322: Type 'Tensor<[2, 10, 30], "f32">' is not assignable to type 'Tensor<[30], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2, 10, 30]' is not assignable to type 'readonly [30]'.
//       Source has 3 element(s) but target allows only 1.
nn.apply(nn.rmsNorm, { scale: x }, x);
declare const ids: Tensor<[3], 'i32'>;
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type 'Tensor<[3], Float>'.
//   Types of property 'dtype' are incompatible.
//     Type '"i32"' is not assignable to type 'Float'.
nn.rmsNorm(ids);

// Batch norm: parameters and statistics of another width or dtype.
// @error TS2345: Argument of type 'BatchNormParams<31, "f32">' is not assignable to parameter of type 'BatchNormParams<30, "f32">'.
//   The types of 'scale.shape' are incompatible between these types.
//     Type 'readonly [31]' is not assignable to type 'readonly [30]'.
//       Type '31' is not assignable to type '30'.
nn.batchNormTrain(x, nn.batchNormParams(31), nn.batchStatistics(30));
// @error TS2345: Argument of type 'BatchStatistics<31, "f32">' is not assignable to parameter of type 'BatchStatistics<30, "f32">'.
//   The types of 'mean.shape' are incompatible between these types.
//     Type 'readonly [31]' is not assignable to type 'readonly [30]'.
//       Type '31' is not assignable to type '30'.
nn.batchNormTrain(x, nn.batchNormParams(30), nn.batchStatistics(31));
// @error TS2345: Argument of type 'BatchNormParams<32, "f32">' is not assignable to parameter of type 'BatchNormParams<32, "f64">'.
//   The types of 'scale.dtype' are incompatible between these types.
//     Type '"f32"' is not assignable to type '"f64"'.
nn.batchNormTrain(wide, nn.batchNormParams(32), nn.batchStatistics(32));
// @error TS2345: Argument of type 'Tensor<[2, 10, 30], "f32">' is not assignable to parameter of type 'Tensor<[2, 10, 31], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2, 10, 30]' is not assignable to type 'readonly [2, 10, 31]'.
//       Type at position 2 in source is not compatible with type at position 2 in target.
//         Type '30' is not assignable to type '31'.
nn.batchNormOf(31)(x);
// @error TS2345: Argument of type 'Tensor<[2, 10, 32], "f64">' is not assignable to parameter of type 'Tensor<[2, 10, 32], "f32">'.
//   Types of property 'dtype' are incompatible.
//     Type '"f64"' is not assignable to type '"f32"'.
nn.batchNormOf(32)(wide);
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 30], "f32">) => BatchNorm<S, 30, "f32">' is not assignable to parameter of type '(x: Tensor<[2, 10, 20], "f32">) => Net<BatchNormParams<30, "f32">, Tensor<[2, 10, 30], "f32">, [BatchStatistics<30, "f32">]>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[2, 10, 20], "f32">' is not assignable to type 'Tensor<[2, 10, 30], "f32">'.
//       Types of property 'shape' are incompatible.
//         Type 'readonly [2, 10, 20]' is not assignable to type 'readonly [2, 10, 30]'.
//           Type at position 2 in source is not compatible with type at position 2 in target.
//             Type '20' is not assignable to type '30'.
nn.from(x, nn.dense(20), nn.batchNormOf(30));
