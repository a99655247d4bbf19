// Known dims and dtypes are invariant; only unknown dims accept anything, and never the other way round.
import type { Tensor } from '../../../src/ir/tensor.ts';

declare const x: Tensor<[32, 784]>;
declare const dynamic: Tensor<[number, 784]>;
declare const ids: Tensor<[32], 'i32'>;

// A wrong literal.
// @error TS2322: Type 'Tensor<[32, 784], "f32">' is not assignable to type 'Tensor<[32, 785], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [32, 784]' is not assignable to type 'readonly [32, 785]'.
//       Type at position 1 in source is not compatible with type at position 1 in target.
//         Type '784' is not assignable to type '785'.
export const wider: Tensor<[32, 785]> = x;
// A wrong rank.
// @error TS2322: Type 'Tensor<[32, 784], "f32">' is not assignable to type 'Tensor<[25088], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [32, 784]' is not assignable to type 'readonly [25088]'.
//       Source has 2 element(s) but target allows only 1.
export const flat: Tensor<[25088]> = x;
// A wrong dtype.
// @error TS2322: Type 'Tensor<[32], "i32">' is not assignable to type 'Tensor<[32], "f32">'.
//   Types of property 'dtype' are incompatible.
//     Type '"i32"' is not assignable to type '"f32"'.
export const floats: Tensor<[32]> = ids;
// An unknown dim is not a known one.
// @error TS2322: Type 'Tensor<[number, 784], "f32">' is not assignable to type 'Tensor<[32, 784], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [number, 784]' is not assignable to type 'readonly [32, 784]'.
//       Type at position 0 in source is not compatible with type at position 0 in target.
//         Type 'number' is not assignable to type '32'.
export const known: Tensor<[32, 784]> = dynamic;
// Generic dims are equal to themselves alone.
export function rows<N extends number, M extends number>(a: Tensor<[N, 784]>): void {
  // @error TS2322: Type 'Tensor<[N, 784], "f32">' is not assignable to type 'Tensor<[M, 784], "f32">'.
  //   Types of property 'shape' are incompatible.
  //     Type 'readonly [N, 784]' is not assignable to type 'readonly [M, 784]'.
  //       Type at position 0 in source is not compatible with type at position 0 in target.
  //         Type 'N' is not assignable to type 'M'.
  //           'N' is assignable to the constraint of type 'M', but 'M' could be instantiated with a different subtype of constraint 'number'.
  const other: Tensor<[M, 784]> = a;
}
// One dim twice is the same number twice, not the union of two.
declare function paired<B extends number>(a: Tensor<[B, 784]>, b: Tensor<[B, 10]>): void;
declare const labels: Tensor<[31, 10]>;
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type 'Tensor<[31 | 32, 784], "f32">'.
//   Types of property '[dims]' are incompatible.
//     Type 'readonly [(n: 32) => void, (n: 784) => void]' is not assignable to type 'readonly [(n: 31 | 32) => void, (n: 784) => void]'.
//       Type at position 0 in source is not compatible with type at position 0 in target.
//         Type '(n: 32) => void' is not assignable to type '(n: 31 | 32) => void'.
//           Types of parameters 'n' and 'n' are incompatible.
//             Type '31 | 32' is not assignable to type '32'.
//               Type '31' is not assignable to type '32'.
paired(x, labels);

// One mistake is one error, however the chain goes on.
declare const row: Tensor<[3]>;
// @error TS2345: Argument of type 'Tensor<[3], "f32">' is not assignable to parameter of type '"matmul: inner dims differ, [32, 784] x [3]: 784 vs 3"'.
export const chain = x.matmul(row).add(1).mul(row).greater(0).astype('f32').sum({ axis: 0 }).expandDims(0).exp().take(0);
