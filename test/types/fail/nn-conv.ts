// Convolutional networks, attention and norms that do not fit: the misfit is named at its layer.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as lax from '../../../src/lax/index.ts';
import * as nn from '../../../src/nn/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import type { Key } from '../../../src/random/key.ts';

declare const key: Key;
declare const x: Tensor<[32, 28, 28, 1]>;
declare const rows: Tensor<[32, 784]>;
declare const three: Tensor<[1, 28, 28, 3]>;
declare const named: Tensor<[Dim<'batch'>, 28, 28, 3]>;
declare const kernel: Tensor<[3, 3, 3, 8]>;
declare const double: Tensor<[3, 3, 1, 8], 'f64'>;

// conv.
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: window 29 does not fit into axis 1 of [32, 28, 28, 1]"'.
nn.init(nn.conv(6, 29), key, x);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"conv: input [32, 784] must be [n, ...space, c]"'.
nn.init(nn.conv(6, 3), key, rows);
// @error TS2345: Argument of type 'Tensor<[Dim<"batch">, 28, 28, 3], "f32">' is not assignable to parameter of type '"conv: input [batch, 28, 28, 3] has 3 channels, kernel [3, 3, 1, 6] wants 1 x 2 groups"'.
nn.init(nn.conv(6, 3, { groups: 2 }), key, named);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: input [32, 28, 28, 1] has 2 spatial axes, kernel [3, 3, 3, 1, 6] has 3"'.
nn.init(nn.conv(6, [3, 3, 3]), key, x);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: the layer has dtype f64, the input f32 (use astype, or the option dtype)"'.
nn.init(nn.conv(6, 3, { dtype: 'f64' }), key, x);
// A padding of another library's.
// @error TS2820: Type '"SAME"' is not assignable to type 'WindowPadding | undefined'. Did you mean '"same"'?
lax.convGeneral(three, kernel, { padding: 'SAME' });
// @error TS2820: Type '"SAME"' is not assignable to type 'WindowPadding | undefined'. Did you mean '"same"'?
nn.conv(6, 3, { padding: 'SAME' });
// In the middle of a network.
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: window 13 does not fit into axis 1 of [32, 12, 12, 6]"'.
nn.from(x, nn.conv(6, 5), nn.relu, nn.maxPool(2), nn.conv(16, 13));
// depthwiseConv.
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: window 29 does not fit into axis 1 of [32, 28, 28, 1]"'.
nn.init(nn.depthwiseConv(2, 29), key, x);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"conv: stride 0 on axis 1 of [32, 28, 28, 1] is not positive"'.
nn.init(nn.depthwiseConv(2, 3, { stride: 0 }), key, x);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"conv: input [32, 784] must be [n, ...space, c]"'.
nn.init(nn.depthwiseConv(2, 3), key, rows);
// convTranspose.
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"convTranspose: 3 strides for 2 spatial axes"'.
nn.init(nn.convTranspose(4, 3, { stride: [2, 2, 2] }), key, x);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"convTranspose: window 31 does not fit into axis 1 of [32, 28, 28, 1] padded by [0, 0]"'.
nn.init(nn.convTranspose(4, 31, { padding: [[0, 0], [0, 0]] }), key, x);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"convTranspose: input [32, 784] must be [n, ...space, c]"'.
nn.init(nn.convTranspose(4, 3), key, rows);
// Pooling.
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"pool: window 29 does not fit into axis 1 of [32, 28, 28, 1]"'.
nn.maxPool(29)(x);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"pool: 3 windows for 2 spatial axes"'.
nn.maxPool([2, 2, 2])(x);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"pool: input [32, 784] must be [n, ...space, c]"'.
nn.maxPool(2)(rows);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"pool: window 0 on axis 1 of [32, 28, 28, 1] is not positive"'.
nn.avgPool(0)(x);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"pool: 1 paddings for 2 spatial axes"'.
nn.avgPool(3, { padding: [[1, 1]] })(x);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"pool: input [32, 784] must be [n, ...space, c]"'.
nn.avgPool(2)(rows);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"globalAvgPool: input [32, 784] must be [n, ...space, c]"'.
nn.globalAvgPool(rows);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"globalMaxPool: input [32, 784] must be [n, ...space, c]"'.
nn.globalMaxPool(rows);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"adaptivePool: size 0 on axis 1 of [32, 28, 28, 1] is not positive"'.
nn.adaptiveAvgPool(0)(x);
// @error TS2345: Argument of type 'Tensor<[32, 28, 28, 1], "f32">' is not assignable to parameter of type '"adaptivePool: 3 sizes for 2 spatial axes"'.
nn.adaptiveAvgPool([7, 7, 7])(x);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"adaptivePool: input [32, 784] must be [n, ...space, c]"'.
nn.adaptiveAvgPool(7)(rows);
// After flatten widths must agree; ids are no images.
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 3455], "f32">) => Net<DenseParams<3455, 10, "f32">, Tensor<[...S, 10], "f32">, []>' is not assignable to parameter of type '(x: Tensor<[32, 3456], "f32">) => Net<DenseParams<3455, 10, "f32">, Tensor<[32, 10], "f32">, []>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[32, 3456], "f32">' is not assignable to type 'Tensor<[32, 3455], "f32">'.
//       Types of property 'shape' are incompatible.
//         Type 'readonly [32, 3456]' is not assignable to type 'readonly [32, 3455]'.
//           Type at position 1 in source is not compatible with type at position 1 in target.
//             Type '3456' is not assignable to type '3455'.
nn.from(x, nn.conv(6, 5), nn.flatten, nn.denseFrom(3455, 10));
declare const ids: Tensor<[32, 28], 'i32'>;
// @error TS2345: Argument of type 'Tensor<[32, 28], "i32">' is not assignable to parameter of type 'Tensor<[32, 28], Float>'.
//   Types of property 'dtype' are incompatible.
//     Type '"i32"' is not assignable to type 'Float'.
nn.flatten(ids);

// lax.
// @error TS2345: Argument of type 'Tensor<[3, 3, 3, 8], "f32">' is not assignable to parameter of type '"conv: input [32, 28, 28, 1] has 1 channels, kernel [3, 3, 3, 8] wants 3"'.
lax.convGeneral(x, kernel);
// @error TS2345: Argument of type 'Tensor<[3, 3, 1, 8], "f64">' is not assignable to parameter of type '"dtypes differ: f32 vs f64 (use astype)"'.
lax.convGeneral(x, double);
// @error TS2345: Argument of type 'Tensor<[3, 3, 3, 8], "f32">' is not assignable to parameter of type '"conv: input [batch, 28, 28, 3] has 28 channels, kernel [3, 3, 3, 8] wants 3"'.
lax.convGeneral(named, kernel, { layout: 'NCHW' });
// @error TS2345: Argument of type 'Tensor<[3, 3, 3, 8], "f32">' is not assignable to parameter of type '"convTranspose: input [32, 28, 28, 1] has 1 channels, kernel [3, 3, 3, 8] wants 3"'.
lax.convTranspose(x, kernel);
// @error TS2345: Argument of type 'Tensor<[3, 3, 3, 8], "f32">' is not assignable to parameter of type '"convTranspose: stride -1 on axis 1 of [batch, 28, 28, 3] is not positive"'.
lax.convTranspose(named, kernel, { strides: -1 });
// @error TS2345: Argument of type 'Tensor<[3, 3, 1, 8], "f64">' is not assignable to parameter of type '"dtypes differ: f32 vs f64 (use astype)"'.
lax.convTranspose(x, double);
