// Dtypes that do not go together: nothing is promoted, and floats are asked for by name.
import { np, tensor, zeros, type DType, type Tensor } from '../../../src/index.ts';

declare const ids: Tensor<[3], 'i32'>;
declare const x: Tensor<[3]>;

// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type '"dtypes differ: f32 vs i32 (use astype)"'.
np.add(x, ids);
// @error TS2345: Argument of type 'Tensor<[3], "f64">' is not assignable to parameter of type '"dtypes differ: f32 vs f64 (use astype)"'.
x.mul(zeros([3], 'f64'));
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type '"dtypes differ: f32 vs i32 (use astype)"'.
np.matmul(x, ids);
// @error TS2345: Argument of type '(Tensor<[3], "f32"> | Tensor<[3], "i32">)[]' is not assignable to parameter of type '"dtypes differ: f32 vs i32 (use astype)"'.
np.concatenate([x, ids]);
// @error TS2345: Argument of type '(Tensor<[3], "f16"> | Tensor<[3], "f32">)[]' is not assignable to parameter of type '"dtypes differ: f32 vs f16 (use astype)"'.
np.stack([x, x, zeros([3], 'f16')]);
// @error TS2345: Argument of type '"i,i->"' is not assignable to parameter of type '"dtypes differ: f32 vs i32 (use astype)"'.
np.einsum('i,i->', x, ids);
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type '"dtypes differ: f32 vs i32 (use astype)"'.
np.where(np.greater(x, 0), x, ids);
// @error TS2345: Argument of type 'Tensor<[3], "u32">' is not assignable to parameter of type '"dtypes differ: i32 vs u32 (use astype)"'.
np.equal(ids, zeros([3], 'u32'));

// Means and quotients of integers: say in which float dtype.
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type '"mean: i32 is no float dtype (use astype)"'.
np.mean(ids);
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type '"var: i32 is no float dtype (use astype)"'.
np.var(ids, { axis: 0 });
// @error TS2345: Argument of type 'Tensor<[3], "bool">' is not assignable to parameter of type '"std: bool is no float dtype (use astype)"'.
np.std(zeros([3], 'bool'));
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type '"logsumexp: i32 is no float dtype (use astype)"'.
np.logsumexp(ids);
// @error TS2684: The 'this' context of type 'Tensor<[3], "i32">' is not assignable to method's 'this' of type '"mean: i32 is no float dtype (use astype)"'.
ids.mean();
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"divide: i32 is no float dtype (use astype)"'.
np.divide(ids, 2);
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type '"divide: i32 is no float dtype (use astype)"'.
ids.div(ids);
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type '"logaddexp: i32 is no float dtype (use astype)"'.
np.logaddexp(ids, ids);
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type 'Tensor<[3], Float>'.
//   Types of property 'dtype' are incompatible.
//     Type '"i32"' is not assignable to type 'Float'.
np.exp(ids);
// @error TS2684: The 'this' context of type 'Tensor<[3], "i32">' is not assignable to method's 'this' of type '"exp: i32 is no float dtype (use astype)"'.
ids.exp();
// @error TS2345: Argument of type 'Tensor<[3], "i32">' is not assignable to parameter of type 'Tensor<[3], Float>'.
//   Types of property 'dtype' are incompatible.
//     Type '"i32"' is not assignable to type 'Float'.
np.isnan(ids);

// Bits are for integers and bools, ids are integers.
// @error TS2345: Argument of type 'Tensor<[3], "f32">' is not assignable to parameter of type 'Bits'.
//   Type 'Tensor<[3], "f32">' is not assignable to type 'Tensor<Shape, "bool" | Int>'.
//     Types of property 'dtype' are incompatible.
//       Type '"f32"' is not assignable to type '"bool" | Int'.
np.bitwiseAnd(x, x);
// @error TS2345: Argument of type 'Tensor<[3], "f32">' is not assignable to parameter of type 'Ids'.
//   Type 'Tensor<[3], "f32">' is not assignable to type 'Tensor<Shape, Int>'.
//     Types of property 'dtype' are incompatible.
//       Type '"f32"' is not assignable to type 'Int'.
np.take(x, x);
// @error TS2345: Argument of type 'Tensor<[3], "f32">' is not assignable to parameter of type 'Tensor<[3], Int>'.
//   Types of property 'dtype' are incompatible.
//     Type '"f32"' is not assignable to type 'Int'.
np.oneHot(x, 10);

// Generic dtypes are equal to themselves alone.
export function generic<D extends DType, E extends DType>(a: Tensor<[3], D>, b: Tensor<[3], E>): void {
  // @error TS2345: Argument of type 'Tensor<[3], E>' is not assignable to parameter of type '`dtypes differ: ${D} vs ${E} (use astype)`'.
  np.add(a, b);
  // @error TS2345: Argument of type 'Tensor<[3], "f32">' is not assignable to parameter of type '`dtypes differ: ${D} vs f32 (use astype)`'.
  np.add(a, tensor([1, 2, 3]));
  // @error TS2345: Argument of type 'Tensor<[3], E>' is not assignable to parameter of type '`dtypes differ: ${D} vs ${E} (use astype)`'.
  np.dot(a, b);
}
