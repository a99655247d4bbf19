// Loops and branches that cannot be: carries that change, branches that differ, xs that cannot be sliced, predicates that are no bool.
import { cond, foriLoop, lax, np, scan, switchCase, tensor, whileLoop, zeros, type Scalar, type Tensor } from '../../../src/index.ts';

declare const c: Tensor<[4]>;
declare const xs: Tensor<[10, 3]>;
declare const flag: Tensor<[], 'bool'>;
declare const index: Tensor<[], 'i32'>;

// The carry leaves the body as it entered: shape, dtype, tree.
// @error TS2322: Type 'Tensor<[7], "f32">' is not assignable to type 'Tensor<[4], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [7]' is not assignable to type 'readonly [4]'.
//       Type '7' is not assignable to type '4'.
scan((h, x) => [np.concatenate([h, x]), x], c, xs);
// @error TS2322: Type 'Tensor<[4], "f64">' is not assignable to type 'Tensor<[4], "f32">'.
//   Types of property 'dtype' are incompatible.
//     Type '"f64"' is not assignable to type '"f32"'.
scan((h, x) => [np.astype(h, 'f64'), x], c, xs);
// @error TS2322: Type '[Tensor<[4], "f32">, Tensor<[4], "f32">]' is not assignable to type 'Tensor<[4], "f32">'.
scan((h, x) => [[h, h], x], c, xs);
// @error TS2353: Object literal may only specify known properties, and 'b' does not exist in type '{ readonly a: Tensor<[4], "f32">; }'.
scan(({ a }, x) => [{ b: a }, x], { a: c }, xs);
// A body returns a pair.
// @error TS2322: Type 'Tensor<[4], "f32">' is not assignable to type 'readonly [NoInfer<Tensor<[4], "f32">>, unknown]'.
scan((h) => h, c, xs);
// The slice has the shape that it has.
// @error TS2345: Argument of type '(h: Tensor<[4]>, x: Tensor<[4]>) => [Tensor<[4], "f32">, Tensor<[4], "f32">]' is not assignable to parameter of type '(carry: Tensor<[4], "f32">, x: Tensor<[3], "f32">) => readonly [NoInfer<Tensor<[4], "f32">>, Tensor<[4], "f32">]'.
//   Types of parameters 'x' and 'x' are incompatible.
//     Type 'Tensor<[3], "f32">' is not assignable to type 'Tensor<[4], "f32">'.
//       Types of property 'shape' are incompatible.
//         Type 'readonly [3]' is not assignable to type 'readonly [4]'.
//           Type '3' is not assignable to type '4'.
scan((h: Tensor<[4]>, x: Tensor<[4]>) => [np.add(h, x), x], c, xs);
// What cannot be sliced.
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"scan: xs has a scalar leaf; every leaf needs a leading axis"'.
scan((h, x) => [h, x], c, zeros([]));
// @error TS2345: Argument of type '{ a: Tensor<[10, 3], "f32">; b: Tensor<[], "f32">; }' is not assignable to parameter of type '"scan: xs has a scalar leaf; every leaf needs a leading axis"'.
scan((h, x) => [h, x], c, { a: xs, b: tensor(1) });
// @error TS2345: Argument of type '{ a: Tensor<[10, 3], "f32">; b: Tensor<[9], "f32">; }' is not assignable to parameter of type '"scan: the leaves of xs have different lengths"'.
scan((h, x) => [h, x], c, { a: xs, b: zeros([9]) });
// @error TS2345: Argument of type '5' is not assignable to parameter of type '"scan: xs has a leaf that is not a tensor; wrap it: tensor(...)"'.
scan((h, x) => [h, x], c, 5);
// @error TS2345: Argument of type '3' is not assignable to parameter of type '"scan: the carry has a leaf that is not a tensor; wrap it: tensor(...)"'.
scan((h, x) => [h, x], 3, xs);
// Lengths.
// @error TS2322: Type 'number' is not assignable to type '"scan: length -1 is not a natural number"'.
scan((h) => [h, h], c, null, { length: -1 });
// @error TS2322: Type 'number' is not assignable to type '"scan: length 2.5 is not a natural number"'.
scan((h) => [h, h], c, null, { length: 2.5 });
// @error TS2322: Type 'number' is not assignable to type '"scan: xs have 10 slices, length is 9"'.
scan((h, x) => [h, x], c, xs, { length: 9 });
// As many ys as steps.
// @error TS2322: Type 'Tensor<[10, 3], "f32">' is not assignable to type 'Tensor<[11, 3], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [10, 3]' is not assignable to type 'readonly [11, 3]'.
//       Type at position 0 in source is not compatible with type at position 0 in target.
//         Type '10' is not assignable to type '11'.
export const ys: Tensor<[11, 3]> = scan((h, x) => [h, x], c, xs)[1];
// @error TS2322: Type 'Tensor<[10, 4], "f32">' is not assignable to type 'Tensor<[11, 4], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [10, 4]' is not assignable to type 'readonly [11, 4]'.
//       Type at position 0 in source is not compatible with type at position 0 in target.
//         Type '10' is not assignable to type '11'.
export const counted: Tensor<[11, 4]> = scan((h) => [h, h], c, null, { length: 10 })[1];

// A condition is a bool scalar.
// @error TS2345: Argument of type '(x: Scalar) => Scalar' is not assignable to parameter of type '(carry: Tensor<[], "f32">) => Tensor<[], "bool">'.
//   Type 'Scalar' is not assignable to type 'Tensor<[], "bool">'.
//     Types of property 'dtype' are incompatible.
//       Type '"f32"' is not assignable to type '"bool"'.
whileLoop((x: Scalar) => x, (x: Scalar) => np.multiply(x, 2), tensor(1));
// @error TS2345: Argument of type '(x: Tensor<[4]>) => Tensor<[4], "bool">' is not assignable to parameter of type '(carry: Tensor<[4], "f32">) => Tensor<[], "bool">'.
//   Type 'Tensor<[4], "bool">' is not assignable to type 'Tensor<[], "bool">'.
//     Types of property 'shape' are incompatible.
//       Type 'readonly [4]' is not assignable to type 'readonly []'.
//         Source has 1 element(s) but target allows only 0.
whileLoop((x: Tensor<[4]>) => np.less(x, 1), (x: Tensor<[4]>) => np.multiply(x, 2), c);
// @error TS2322: Type 'Tensor<[], "i32">' is not assignable to type 'Tensor<[], "f32">'.
//   Types of property 'dtype' are incompatible.
//     Type '"i32"' is not assignable to type '"f32"'.
whileLoop((x: Scalar) => np.less(x, 100), (x) => np.astype(x, 'i32'), tensor(1));
// @error TS2322: Type 'Tensor<[2], "f32">' is not assignable to type 'Tensor<[], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2]' is not assignable to type 'readonly []'.
//       Source has 1 element(s) but target allows only 0.
whileLoop((x: Scalar) => np.less(x, 100), (x) => np.stack([x, x]), tensor(1));
// @error TS2322: Type 'Tensor<[8], "f32">' is not assignable to type 'Tensor<[4], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [8]' is not assignable to type 'readonly [4]'.
//       Type '8' is not assignable to type '4'.
foriLoop(0, 10, (_i, h) => np.concatenate([h, h]), c);
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type 'number | Tensor<[], "i32">'.
//   Type 'Tensor<[], "f32">' is not assignable to type 'Tensor<[], "i32">'.
//     Types of property 'dtype' are incompatible.
//       Type '"f32"' is not assignable to type '"i32"'.
foriLoop(0, tensor(10), (_i, h) => h, c);

// Branches return the same.
// @error TS2322: Type 'Tensor<[4], "f32">' is not assignable to type 'Tensor<[8], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [4]' is not assignable to type 'readonly [8]'.
//       Type '4' is not assignable to type '8'.
cond(flag, (x) => np.concatenate([x, x]), (x) => x, c);
// @error TS2322: Type 'Tensor<[4], "i32">' is not assignable to type 'Tensor<[4], "f32">'.
//   Types of property 'dtype' are incompatible.
//     Type '"i32"' is not assignable to type '"f32"'.
cond(flag, (x) => x, (x) => np.astype(x, 'i32'), c);
// @error TS2322: Type 'Tensor<[4], "f32">' is not assignable to type 'readonly [Tensor<[4], "f32">]'.
cond(flag, (x) => [x], (x) => x, c);
// A predicate is a bool scalar tensor.
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type 'Tensor<[], "bool">'.
//   Types of property 'dtype' are incompatible.
//     Type '"f32"' is not assignable to type '"bool"'.
cond(tensor(1), (x) => x, (x) => x, c);
// @error TS2345: Argument of type 'Tensor<[4], "bool">' is not assignable to parameter of type 'Tensor<[], "bool">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [4]' is not assignable to type 'readonly []'.
//       Source has 1 element(s) but target allows only 0.
cond(np.less(c, 1), (x) => x, (x) => x, c);
// @error TS2345: Argument of type 'boolean' is not assignable to parameter of type 'Tensor<[], "bool">'.
cond(true, (x) => x, (x) => x, c);
// Operands are what the branches take.
// @error TS2345: Argument of type 'Tensor<[10, 3], "f32">' is not assignable to parameter of type 'Tensor<[4], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [10, 3]' is not assignable to type 'readonly [4]'.
//       Source has 2 element(s) but target allows only 1.
cond(flag, (x: Tensor<[4]>) => x, (x: Tensor<[4]>) => x, xs);
// @error TS2345: Argument of type '[(x: Tensor<[4], "f32">) => Tensor<[4], "f32">, (x: Tensor<[4], "f32">) => Tensor<[], "f32">]' is not assignable to parameter of type 'readonly [(operands_0: Tensor<[4], "f32">) => Tensor<[4], "f32">, ...((operands_0: Tensor<[4], "f32">) => NoInfer<Tensor<[4], "f32">>)[]]'.
//   Type at position 1 in source is not compatible with type at position 1 in target.
//     Type '(x: Tensor<[4], "f32">) => Tensor<[], "f32">' is not assignable to type '(operands_0: Tensor<[4], "f32">) => NoInfer<Tensor<[4], "f32">>'.
//       Type 'Tensor<[], "f32">' is not assignable to type 'Tensor<[4], "f32">'.
//         Types of property 'shape' are incompatible.
//           Type 'readonly []' is not assignable to type 'readonly [4]'.
//             Source has 0 element(s) but target requires 1.
switchCase(index, [(x) => x, (x) => np.sum(x)], c);
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type 'Tensor<[], "i32">'.
//   Types of property 'dtype' are incompatible.
//     Type '"f32"' is not assignable to type '"i32"'.
switchCase(tensor(1), [(x) => x], c);
// @error TS2345: Argument of type '[]' is not assignable to parameter of type 'readonly [(operands_0: Tensor<[4], "f32">) => unknown, ...((operands_0: Tensor<[4], "f32">) => unknown)[]]'.
//   Source has 0 element(s) but target requires 1.
switchCase(index, [], c);

// lax.map slices as scan does.
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"map: xs has a scalar leaf; every leaf needs a leading axis"'.
lax.map((x) => x, tensor(1));
// @error TS2345: Argument of type '{ a: Tensor<[10, 3], "f32">; b: Tensor<[9], "f32">; }' is not assignable to parameter of type '"map: the leaves of xs have different lengths"'.
lax.map((x) => x, { a: xs, b: zeros([9]) });
// @error TS2345: Argument of type 'Tensor<[10, 3], "f32">' is not assignable to parameter of type '"matmul: inner dims differ, [10, 3] x [10, 3]: 3 vs 10"'.
lax.associativeScan((a, b) => np.matmul(a, b), xs);
