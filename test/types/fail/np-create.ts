// Making tensors, and looking things up: ragged literals, other shapes than stated, axes that are not there.
import { arange, dim, eye, np, refine, tensor, zeros, type Dim, type Shape, type Tensor } from '../../../src/index.ts';

// @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"tensor: row 1 is [2], row 0 is [3]"'.
tensor([[1, 2, 3], [4, 5]]);
// @error TS2345: Argument of type 'number[][][]' is not assignable to parameter of type '"tensor: row 1 is [3, 1], row 0 is [2, 1]"'.
tensor([[[1], [2]], [[3], [4], [5]]]);
// @error TS2345: Argument of type '(number | number[])[]' is not assignable to parameter of type '"tensor: row 1 is [1], row 0 is []"'.
tensor([1, [2]]);
// @error TS2322: Type 'Tensor<[2], "f32">' is not assignable to type 'Tensor<[3], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2]' is not assignable to type 'readonly [3]'.
//       Type '2' is not assignable to type '3'.
export const wrong: Tensor<[3]> = tensor([1, 2]);
// @error TS2322: Type 'Tensor<[2], "bool">' is not assignable to type 'Tensor<[2], "f32">'.
//   Types of property 'dtype' are incompatible.
//     Type '"bool"' is not assignable to type '"f32"'.
export const bools: Tensor<[2]> = tensor([true, false]);
// @error TS2345: Argument of type '"text"' is not assignable to parameter of type 'NestedData'.
tensor('text');
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"arange: step is 0"'.
arange(0, 10, 0);
// @error TS2322: Type 'Tensor<[5], "i32">' is not assignable to type 'Tensor<[4], "i32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [5]' is not assignable to type 'readonly [4]'.
//       Type '5' is not assignable to type '4'.
export const four: Tensor<[4], 'i32'> = arange(5);
// @error TS2322: Type 'Tensor<[2, 3], "f32">' is not assignable to type 'Tensor<[2, 2], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2, 3]' is not assignable to type 'readonly [2, 2]'.
//       Type at position 1 in source is not compatible with type at position 1 in target.
//         Type '3' is not assignable to type '2'.
export const square: Tensor<[2, 2]> = eye(2, 3);

// take, and the axis that a number takes away
declare const table: Tensor<[1000, 16]>;
declare const ids: Tensor<[8, 20], 'i32'>;
// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [1000, 16]"'.
np.take(table, ids, { axis: 2 });
// @error TS2322: Type 'number' is not assignable to type '"axis -3 is out of range for [1000, 16]"'.
table.take(ids, { axis: -3 });
// @error TS2322: Type 'Tensor<[8, 20, 16], "f32">' is not assignable to type 'Tensor<[8, 20, 17], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [8, 20, 16]' is not assignable to type 'readonly [8, 20, 17]'.
//       Type at position 2 in source is not compatible with type at position 2 in target.
//         Type '16' is not assignable to type '17'.
export const rows: Tensor<[8, 20, 17]> = np.take(table, ids, { axis: 0 });
// @error TS2322: Type 'Tensor<[16], "f32">' is not assignable to type 'Tensor<[1, 16], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [16]' is not assignable to type 'readonly [1, 16]'.
//       Source has 1 element(s) but target requires 2.
export const row: Tensor<[1, 16]> = np.take(table, 3, { axis: 0 });
// @error TS2322: Type 'Tensor<[8, 20, 10], "f32">' is not assignable to type 'Tensor<[8, 20, 9], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [8, 20, 10]' is not assignable to type 'readonly [8, 20, 9]'.
//       Type at position 2 in source is not compatible with type at position 2 in target.
//         Type '10' is not assignable to type '9'.
export const classes: Tensor<[8, 20, 9]> = np.oneHot(ids, 10);

// Named dims, and what a check has refined.
const batch = dim('batch', 32);
// @error TS2322: Type 'Tensor<[Dim<"batch">, 10], "f32">' is not assignable to type 'Tensor<[Dim<"time">, 10], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [Dim<"batch">, 10]' is not assignable to type 'readonly [Dim<"time">, 10]'.
//       Type at position 0 in source is not compatible with type at position 0 in target.
//         Type 'Dim<"batch">' is not assignable to type 'Dim<"time">'.
//           Type 'Dim<"batch">' is not assignable to type '{ readonly [dimName]: "time"; }'.
//             Types of property '[dimName]' are incompatible.
//               Type '"batch"' is not assignable to type '"time"'.
export const other: Tensor<[Dim<'time'>, 10]> = zeros([batch, 10]);
declare const unknown: Tensor<readonly number[]>;
// @error TS2322: Type 'Tensor<[number, 10], "f32">' is not assignable to type 'Tensor<[32, 10], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [number, 10]' is not assignable to type 'readonly [32, 10]'.
//       Type at position 0 in source is not compatible with type at position 0 in target.
//         Type 'number' is not assignable to type '32'.
export const refined: Tensor<[32, 10]> = refine(unknown, [-1, 10]);
export function generic<N extends number, M extends number, S extends Shape>(n: Tensor<[N, 4]>, s: Tensor<[...S, 4]>, i: Tensor<[M], 'i32'>): void {
  // @error TS2322: Type 'number' is not assignable to type '`axis 2 is out of range for [${N}, 4]`'.
  np.take(n, i, { axis: 2 });
  // @error TS2322: Type 'number' is not assignable to type '"axis 0 of [..., 4] cannot be told: the rank is generic"'.
  np.take(s, i, { axis: 0 });
  // @error TS2322: Type 'Tensor<[M, 4], "f32">' is not assignable to type 'Tensor<[N, 4], "f32">'.
  //   Types of property 'shape' are incompatible.
  //     Type 'readonly [M, 4]' is not assignable to type 'readonly [N, 4]'.
  //       Type at position 0 in source is not compatible with type at position 0 in target.
  //         Type 'M' is not assignable to type 'N'.
  //           'M' is assignable to the constraint of type 'N', but 'N' could be instantiated with a different subtype of constraint 'number'.
  const x: Tensor<[N, 4]> = np.take(n, i, { axis: 0 });
  void x;
}
