// Loops and branches that cannot be: carries that change, branches that differ, xs that cannot be sliced, predicates that are no bool.
import { cond, foriLoop, lax, np, scan, switchCase, tensor, whileLoop, zeros, type Scalar, type Tensor } from '../../../src/index.ts';

declare const c: Tensor<[4]>;
declare const xs: Tensor<[10, 3]>;
declare const flag: Tensor<[], 'bool'>;
declare const index: Tensor<[], 'i32'>;

// The carry leaves the body as it entered: shape, dtype, tree.
// @error TS2345: Argument of type '(h: Tensor<[4], "f32">, x: Tensor<[3], "f32">) => [Tensor<[7], "f32">, Tensor<[3], "f32">]' is not assignable to parameter of type '"scan: the carry enters the body as f32[4] and leaves it as f32[7]; they must be equal"'.
scan((h, x) => [np.concatenate([h, x]), x], c, xs);
// @error TS2345: Argument of type '(h: Tensor<[4], "f32">, x: Tensor<[3], "f32">) => [Tensor<[4], "f64">, Tensor<[3], "f32">]' is not assignable to parameter of type '"scan: the carry enters the body as f32[4] and leaves it as f64[4]; they must be equal"'.
scan((h, x) => [np.astype(h, 'f64'), x], c, xs);
// @error TS2345: Argument of type '(h: Tensor<[4], "f32">, x: Tensor<[3], "f32">) => [[Tensor<[4], "f32">, Tensor<[4], "f32">], Tensor<[3], "f32">]' is not assignable to parameter of type '"scan: the carry enters the body as f32[4] and leaves it as a list of 2; they must be equal"'.
scan((h, x) => [[h, h], x], c, xs);
// @error TS2345: Argument of type '({ a }: { readonly a: Tensor<[4], "f32">; }, x: Tensor<[3], "f32">) => [{ b: Tensor<[4], "f32">; }, Tensor<[3], "f32">]' is not assignable to parameter of type '"scan: the carry at a enters the body as f32[4] and leaves it as nothing; they must be equal"'.
scan(({ a }, x) => [{ b: a }, x], { a: c }, xs);
// Which leaf it is; however the body is written: as a block, annotated, by name, generic.
// @error TS2345: Argument of type '([h, { k }]: readonly [Tensor<[4], "f32">, { readonly k: Tensor<[], "i32">; }], x: Tensor<[3], "f32">) => [[Tensor<[4], "f32">, { k: Tensor<[4], "f32">; }], Tensor<[3], "f32">]' is not assignable to parameter of type '"scan: the carry at [1].k enters the body as i32[] and leaves it as f32[4]; they must be equal"'.
scan(([h, { k }], x) => { const next = h.add(1); return [[next, { k: next }], x]; }, [c, { k: index }], xs);
// @error TS2345: Argument of type '(h: Tensor<[4]>, x: Tensor<[3]>) => [Tensor<[3], "f32">, Tensor<[4], "f32">]' is not assignable to parameter of type '"scan: the carry enters the body as f32[4] and leaves it as f32[3]; they must be equal"'.
scan((h: Tensor<[4]>, x: Tensor<[3]>) => { return [x, h]; }, c, xs);
declare const swapped: <N extends number, M extends number>(h: Tensor<[N]>, x: Tensor<[M]>) => [Tensor<[M]>, Tensor<[N]>];
// @error TS2345: Argument of type '<N extends number, M extends number>(h: Tensor<[N], "f32">, x: Tensor<[M], "f32">) => [Tensor<[M], "f32">, Tensor<[N], "f32">]' is not assignable to parameter of type '"scan: the carry enters the body as f32[4] and leaves it as f32[3]; they must be equal"'.
scan(swapped, c, xs);
export const generic = <N extends number, M extends number>(h: Tensor<[N]>, x: Tensor<[M, N]>): unknown =>
  // @error TS2345: Argument of type '(s: Tensor<[N], "f32">, row: Tensor<[N], "f32">) => [Tensor<[], "f32">, Tensor<[N], "f32">]' is not assignable to parameter of type '`scan: the carry enters the body as f32[${N}] and leaves it as f32[]; they must be equal`'.
  scan((s, row) => [s.sum(), row], h, x);
// @error TS2345: Argument of type '(h: Tensor<[5]>, x: Tensor<[3]>) => [Tensor<[5], "f32">, Tensor<[3], "f32">]' is not assignable to parameter of type '"scan: the carry is f32[4], the function takes f32[5]"'.
scan((h: Tensor<[5]>, x: Tensor<[3]>) => [h, x], c, xs);
// A body returns a pair.
// @error TS2345: Argument of type '(h: Tensor<[4], "f32">) => void' is not assignable to parameter of type '"scan: the function must return [carry, y]"'.
scan((h) => { h.add(1); }, c, xs);
// @error TS2345: Argument of type '(h: Tensor<[4], "f32">) => Tensor<[4], "f32">' is not assignable to parameter of type '"scan: the function must return [carry, y]"'.
scan((h) => h, c, xs);
// The slice has the shape that it has.
// @error TS2345: Argument of type '(h: Tensor<[4]>, x: Tensor<[4]>) => [Tensor<[4], "f32">, Tensor<[4], "f32">]' is not assignable to parameter of type '"scan: a slice of xs is f32[3], the function takes f32[4]"'.
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
// @error TS2345: Argument of type '(x: Scalar) => Scalar' is not assignable to parameter of type '"whileLoop: the condition returns f32[], it must be a bool scalar"'.
whileLoop((x: Scalar) => x, (x: Scalar) => np.multiply(x, 2), tensor(1));
// @error TS2345: Argument of type '(x: Tensor<[4]>) => Tensor<[4], "bool">' is not assignable to parameter of type '"whileLoop: the condition returns bool[4], it must be a bool scalar"'.
whileLoop((x: Tensor<[4]>) => np.less(x, 1), (x: Tensor<[4]>) => np.multiply(x, 2), c);
// @error TS2345: Argument of type '(x: Scalar) => Tensor<[], "i32">' is not assignable to parameter of type '"whileLoop: the carry enters the body as f32[] and leaves it as i32[]; they must be equal"'.
whileLoop((x: Scalar) => np.less(x, 100), (x) => np.astype(x, 'i32'), tensor(1));
// @error TS2345: Argument of type '(x: Scalar) => Tensor<[2], "f32">' is not assignable to parameter of type '"whileLoop: the carry enters the body as f32[] and leaves it as f32[2]; they must be equal"'.
whileLoop((x: Scalar) => np.less(x, 100), (x) => np.stack([x, x]), tensor(1));
// @error TS2345: Argument of type '(_i: Tensor<[], "i32">, h: Tensor<[4], "f32">) => Tensor<[8], "f32">' is not assignable to parameter of type '"foriLoop: the carry enters the body as f32[4] and leaves it as f32[8]; they must be equal"'.
foriLoop(0, 10, (_i, h) => np.concatenate([h, h]), c);
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"foriLoop: a bound is f32[], it must be a number or i32[]"'.
foriLoop(0, tensor(10), (_i, h) => h, c);

// Branches return the same.
// @error TS2345: Argument of type '(x: Tensor<[4], "f32">) => Tensor<[4], "f32">' is not assignable to parameter of type '"cond: the result is f32[8] in onTrue and f32[4] in onFalse; branches must agree"'.
cond(flag, (x) => np.concatenate([x, x]), (x) => x, c);
// @error TS2345: Argument of type '(x: Tensor<[4], "f32">) => Tensor<[4], "i32">' is not assignable to parameter of type '"cond: the result is f32[4] in onTrue and i32[4] in onFalse; branches must agree"'.
cond(flag, (x) => x, (x) => np.astype(x, 'i32'), c);
// @error TS2345: Argument of type '(x: Tensor<[4], "f32">) => Tensor<[4], "f32">' is not assignable to parameter of type '"cond: the result is a list of 1 in onTrue and f32[4] in onFalse; branches must agree"'.
cond(flag, (x) => [x], (x) => x, c);
// @error TS2345: Argument of type '(x: Tensor<[4], "f32">) => { a: [Tensor<[4], "f32">, Tensor<[], "f32">]; }' is not assignable to parameter of type '"cond: the result at a[1] is f32[4] in onTrue and f32[] in onFalse; branches must agree"'.
cond(flag, (x) => ({ a: [x, x] }), (x) => { const y = x.sum(); return { a: [x, y] }; }, c);
// A predicate is a bool scalar tensor.
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"cond: the predicate is f32[], it must be a bool scalar"'.
cond(tensor(1), (x) => x, (x) => x, c);
// @error TS2345: Argument of type 'Tensor<[4], "bool">' is not assignable to parameter of type '"cond: the predicate is bool[4], it must be a bool scalar"'.
cond(np.less(c, 1), (x) => x, (x) => x, c);
// @error TS2345: Argument of type 'true' is not assignable to parameter of type '"cond: the predicate is a boolean, not a tensor; wrap it: tensor(...)"'.
cond(true, (x) => x, (x) => x, c);
// Operands are what the branches take.
// @error TS2345: Argument of type 'Tensor<[10, 3], "f32">' is not assignable to parameter of type 'Tensor<[4], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [10, 3]' is not assignable to type 'readonly [4]'.
//       Source has 2 element(s) but target allows only 1.
cond(flag, (x: Tensor<[4]>) => x, (x: Tensor<[4]>) => x, xs);
// @error TS2322: Type '(x: Tensor<[4], "f32">) => Tensor<[], "f32">' is not assignable to type '"switchCase: the result is f32[4] in branch 0 and f32[] in branch 1; branches must agree"'.
switchCase(index, [(x) => x, (x) => np.sum(x)], c);
// @error TS2322: Type '(x: Tensor<[4], "f32">) => { x: Tensor<[4], "i32">; }' is not assignable to type '"switchCase: the result at x is f32[4] in branch 0 and i32[4] in branch 2; branches must agree"'.
switchCase(index, [(x) => ({ x }), (x) => ({ x }), (x) => ({ x: x.astype('i32') })], c);
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type 'Tensor<[], "i32">'.
//   Types of property 'dtype' are incompatible.
//     Type '"f32"' is not assignable to type '"i32"'.
switchCase(tensor(1), [(x: Tensor<[4]>) => x], c);
// @error TS2345: Argument of type '[]' is not assignable to parameter of type 'Branches<[Tensor<[4], "f32">], unknown, unknown, unknown, unknown, unknown>'.
//   Source has 0 element(s) but target requires 1.
switchCase(index, [], c);

// lax.map slices as scan does.
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"map: xs has a scalar leaf; every leaf needs a leading axis"'.
lax.map((x) => x, tensor(1));
// @error TS2345: Argument of type '{ a: Tensor<[10, 3], "f32">; b: Tensor<[9], "f32">; }' is not assignable to parameter of type '"map: the leaves of xs have different lengths"'.
lax.map((x) => x, { a: xs, b: zeros([9]) });
// @error TS2345: Argument of type 'Tensor<[10, 3], "f32">' is not assignable to parameter of type '"matmul: inner dims differ, [10, 3] x [10, 3]: 3 vs 10"'.
lax.associativeScan((a, b) => np.matmul(a, b), xs);
// @error TS2345: Argument of type '(a: Tensor<[10, 3], "f32">, b: Tensor<[10, 3], "f32">) => Tensor<[], "f32">' is not assignable to parameter of type '"associativeScan: the function takes f32[10,3] and returns f32[]; they must be equal"'.
lax.associativeScan((a, b) => np.sum(np.add(a, b)), xs);
