// Draws: keys, shapes that parameters reach, dtypes that distributions have.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as random from '../../../src/random/index.ts';

declare const key: random.Key;
declare const words: Tensor<[2], 'u32'>;
declare const three: Tensor<[3]>;
declare const counts: Tensor<[3], 'i32'>;
declare const wide: Tensor<[3], 'f64'>;

// Two words are no key.
// @error TS2345: Argument of type 'Tensor<[2], "u32">' is not assignable to parameter of type 'Key'.
//   Property '[brand]' is missing in type 'Tensor<[2], "u32">' but required in type '{ readonly [brand]: "key"; }'.
random.gamma(words, 2, [3]);
// The shape asked for is one that the parameters broadcast to.
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"cannot broadcast [3] with [2]: 3 vs 2"'.
random.bernoulli(key, three, [2]);
// So are two parameters' together.
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"cannot broadcast [3] with [4, 2]: 3 vs 2"'.
random.beta(key, three, 2, [4, 2]);
// A rate is a float.
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type 'Parameter'.
//   Type 'Tensor<[3], "i32">' is not assignable to type 'Tensor<Shape, Float>'.
//     Types of property 'dtype' are incompatible.
//       Type '"i32"' is not assignable to type 'Float'.
random.poisson(key, counts);
// Integers are not floats.
// @error TS2322: Type '"i32"' is not assignable to type 'Float | undefined'.
random.exponential(key, [3], { dtype: 'i32' });
// Floats are no integers.
// @error TS2322: Type '"f32"' is not assignable to type 'Int | undefined'.
random.randint(key, [3], 0, 10, { dtype: 'f32' });
// Bounds have the dtype of the draws.
// @error TS2322: Type 'Tensor<[3], "f64">' is not assignable to type 'number | Tensor<Shape, "f32"> | undefined'.
//   Type 'Tensor<[3], "f64">' is not assignable to type 'Tensor<Shape, "f32">'.
//     Types of property 'dtype' are incompatible.
//       Type '"f64"' is not assignable to type '"f32"'.
random.uniform(key, [3], { minval: wide });
// Logits have that axis.
// @error TS2322: Type 'number' is not assignable to type '"axis 1 is out of range for [3]"'.
random.categorical(key, three, { axis: 1 });
// A covariance's factor is square, and of the mean's length.
// @error TS2345: Argument of type 'Tensor<[3], "f32">' is not assignable to parameter of type 'Tensor<readonly [3, 3], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [3]' is not assignable to type 'readonly [3, 3]'.
//       Source has 1 element(s) but target requires 2.
random.multivariateNormal(key, three, three);
