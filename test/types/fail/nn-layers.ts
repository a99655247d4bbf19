// Networks that do not fit: the misfit is reported at its layer.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as nn from '../../../src/nn/index.ts';
import type { Key } from '../../../src/random/key.ts';

declare const key: Key;
declare const x: Tensor<[32, 784]>;
declare const narrow: Tensor<[32, 783]>;
declare const ids: Tensor<[32], 'i32'>;
const mlp = nn.seq(nn.dense(128), nn.relu, nn.dense(10));
const params = nn.init(mlp, key, x);

// A stated width that the layer before does not have.
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 100], "f32">) => Net<DenseParams<100, 10, "f32">, Tensor<[...S, 10], "f32">, []>' is not assignable to parameter of type '(x: Tensor<[...S, 128], "f32">) => Net<DenseParams<100, 10, "f32">, Tensor<[...S, 10], "f32">, []>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[...S, 128], "f32">' is not assignable to type 'Tensor<[...S, 100], "f32">'.
//       Types of property 'shape' are incompatible.
//         Type 'readonly [...Readonly<S>, 128]' is not assignable to type 'readonly [...Readonly<S>, 100]'.
//           Type at position 1 in source is not compatible with type at position 1 in target.
//             Type '128' is not assignable to type '100'.
export const misfit = nn.seq(nn.denseFrom(784, 128), nn.relu, nn.denseFrom(100, 10));
// The same through a block.
// @error TS2345: Argument of type '<S extends Shape>(x: Tensor<[...S, 32], "f32">) => Net<DenseParams<32, 10, "f32">, Tensor<[...S, 10], "f32">, []>' is not assignable to parameter of type '(x: Tensor<[32, 64], "f32">) => Net<DenseParams<32, 10, "f32">, Tensor<[32, 10], "f32">, []>'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[32, 64], "f32">' is not assignable to type 'Tensor<[32, 32], "f32">'.
//       Types of property 'shape' are incompatible.
//         Type 'readonly [32, 64]' is not assignable to type 'readonly [32, 32]'.
//           Type at position 1 in source is not compatible with type at position 1 in target.
//             Type '64' is not assignable to type '32'.
export const inBlock = nn.from(x, nn.seq(nn.dense(64), nn.tanh), nn.denseFrom(32, 10));
// Parameters were made for another width.
// @error TS2345: Argument of type '[DenseParams<784, 128, "f32">, null, DenseParams<128, 10, "f32">]' is not assignable to parameter of type '[DenseParams<783, 128, "f32">, null, DenseParams<128, 10, "f32">]'.
//   Type at position 0 in source is not compatible with type at position 0 in target.
//     Type 'DenseParams<784, 128, "f32">' is not assignable to type 'DenseParams<783, 128, "f32">'.
//       The types of 'w.shape' are incompatible between these types.
//         Type 'readonly [784, 128]' is not assignable to type 'readonly [783, 128]'.
//           Type at position 0 in source is not compatible with type at position 0 in target.
//             Type '784' is not assignable to type '783'.
nn.apply(mlp, params, narrow);
// Parameters of another network.
// @error TS2345: Argument of type '[DenseParams<784, 128, "f32">, null, DenseParams<128, 10, "f32">]' is not assignable to parameter of type '[DenseParams<784, 128, "f32">, DenseParams<128, 10, "f32">]'.
//   Source has 3 element(s) but target allows only 2.
nn.apply(nn.seq(nn.dense(128), nn.dense(10)), params, x);
// A residual layer keeps the shape.
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"residual: the layer makes f32[32, 10] of f32[32, 784]; it must keep shape and dtype"'.
nn.init(nn.residual(nn.dense(10)), key, x);
// Ids are embedded, not multiplied.
// @error TS2345: Argument of type 'Tensor<[32], "i32">' is not assignable to parameter of type '"dense: i32 is no float dtype (use astype)"'.
nn.init(nn.dense(10), key, ids);
// And images are not ids.
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"embedding: f32 is no integer dtype (use astype)"'.
nn.init(nn.embedding(100, 8), key, x);
// A generic width is no other generic width.
export function generic<N extends number, M extends number>(a: Tensor<[2, N]>, m: M): void {
  // @error TS2345: Argument of type 'Tensor<[2, N], "f32">' is not assignable to parameter of type 'Tensor<[2, M], "f32">'.
  //   Types of property 'shape' are incompatible.
  //     Type 'readonly [2, N]' is not assignable to type 'readonly [2, M]'.
  //       Type at position 1 in source is not compatible with type at position 1 in target.
  //         Type 'N' is not assignable to type 'M'.
  //           'N' is assignable to the constraint of type 'M', but 'M' could be instantiated with a different subtype of constraint 'number'.
  nn.layerNormOf(m)(a);
}
// Another dtype than the layer's.
declare const double: Tensor<[32, 784], 'f64'>;
// @error TS2345: Argument of type 'Tensor<[32, 784], "f64">' is not assignable to parameter of type '"dense: the layer has dtype f32, the input f64 (use astype, or the option dtype)"'.
nn.init(nn.dense(10), key, double);
// What is no key draws nothing.
declare const words: Tensor<[2], 'u32'>;
// @error TS2345: Argument of type 'Tensor<[2], "u32">' is not assignable to parameter of type 'Key'.
//   Property '[brand]' is missing in type 'Tensor<[2], "u32">' but required in type '{ readonly [brand]: "key"; }'.
nn.init(mlp, words, x);
// @error TS2345: Argument of type 'number' is not assignable to parameter of type 'Key'.
//   Type 'number' is not assignable to type 'Tensor<[2], "u32">'.
nn.init(mlp, 42, x);
