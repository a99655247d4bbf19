// Places that are not there: diagonals, grids, orders, repetitions, windows, blocks, gathers and scatters.
import { lax, np, type Dim, type Shape, type Tensor } from '../../../src/index.ts';

declare const x: Tensor<[32, 784]>;
declare const v: Tensor<[5]>;
declare const cube: Tensor<[2, 3, 4]>;
declare const scalar: Tensor<[]>;
declare const named: Tensor<[Dim<'batch'>, 10]>;
declare const ids: Tensor<[6, 1], 'i32'>;
declare const pairs: Tensor<[6, 2], 'i32'>;

// takeAlongAxis
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.takeAlongAxis(x, ids, 2);
// @error TS2345: Argument of type '1' is not assignable to parameter of type '"takeAlongAxis: cannot broadcast [32, 1] with [6, 1]: 32 vs 6"'.
np.takeAlongAxis(x, pairs, 1);
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"takeAlongAxis: ranks differ, [2, 3, 4] and ids [6, 1]"'.
np.takeAlongAxis(cube, ids, 0);

// flip, roll, tile, repeat
// @error TS2345: Argument of type '1' is not assignable to parameter of type '"axis 1 is out of range for [5]"'.
np.flip(v, 1);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"roll: 2 shifts for 1 axes"'.
np.roll(x, [1, 2], { axis: [0] });
// @error TS2345: Argument of type '1' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.roll(x, 1, { axis: 2 });
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"roll: 3 shifts for 2 axes"'.
np.roll(named, [1, 2, 3], { axis: [0, 1] });
// @error TS2345: Argument of type '-1' is not assignable to parameter of type '"tile: -1 repetitions"'.
np.tile(v, -1);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"tile: -3 repetitions"'.
np.tile(x, [2, -3]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"tile: -1 repetitions"'.
np.tile(named, [-1, 1]);
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.repeat(x, 2, { axis: 2 });
// @error TS2345: Argument of type '-2' is not assignable to parameter of type '"repeat: -2 repetitions"'.
np.repeat(x, -2);
// @error TS2345: Argument of type '3' is not assignable to parameter of type '"axis -3 is out of range for [batch, 10]"'.
np.repeat(named, 3, { axis: -3 });

// cumulative
// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [32, 784]"'.
np.cumprod(x, { axis: 2 });
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"axis 2 is out of range for [batch, 10]"'.
lax.cummax(named, 2);
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"axis 0 is out of range for []"'.
lax.cumlogsumexp(scalar, 0);
// @error TS2322: Type 'number' is not assignable to type '"axis 2 is out of range for [32, 784]"'.
np.sort(x, { axis: 2 });
// @error TS2322: Type 'number' is not assignable to type '"axis -2 is out of range for [5]"'.
np.argsort(v, { axis: -2 });

// topK
// @error TS2345: Argument of type '6' is not assignable to parameter of type '"topK: k is 6, axis -1 of [5] has 5 elements"'.
np.topK(v, 6);
// @error TS2345: Argument of type '33' is not assignable to parameter of type '"topK: k is 33, axis 0 of [32, 784] has 32 elements"'.
np.topK(x, 33, { axis: 0 });
// @error TS2345: Argument of type '-1' is not assignable to parameter of type '"topK: k is -1"'.
lax.topK(v, -1);

// meshgrid
// @error TS2345: Argument of type '(Tensor<[5], "f32"> | Tensor<[32, 784], "f32">)[]' is not assignable to parameter of type '"meshgrid: operand 1 is [32, 784], not a vector"'.
np.meshgrid([v, x]);
// @error TS2345: Argument of type '(Tensor<[], "f32"> | Tensor<[5], "f32">)[]' is not assignable to parameter of type '"meshgrid: operand 0 is [], not a vector"'.
np.meshgrid([scalar, v]);
// @error TS2345: Argument of type 'never[]' is not assignable to parameter of type '"meshgrid: no vectors"'.
np.meshgrid([], { indexing: 'ij' });

// diag, diagonal, trace
// @error TS2345: Argument of type 'Tensor<[2, 3, 4], "f32">' is not assignable to parameter of type '"diag: [2, 3, 4] is neither a vector nor a matrix"'.
np.diag(cube);
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"diag: [] is neither a vector nor a matrix"'.
np.diag(scalar);
// @error TS2345: Argument of type 'Tensor<[5], "f32">' is not assignable to parameter of type '"axis 1 is out of range for [5]"'.
np.diagonal(v);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"axis 2 is out of range for [32, 784]"'.
np.diagonal(x, { axis1: 0, axis2: 2 });
// @error TS2345: Argument of type 'Tensor<[2, 3, 4], "f32">' is not assignable to parameter of type '"axis -2 of [2, 3, 4] is given twice in [1, -2]"'.
np.diagonal(cube, { axis1: 1, axis2: -2 });
// @error TS2345: Argument of type 'Tensor<[5], "f32">' is not assignable to parameter of type '"axis 1 is out of range for [5]"'.
np.trace(v);

// tril, triu
// @error TS2345: Argument of type 'Tensor<[5], "f32">' is not assignable to parameter of type '"tril: [5] has no rows and columns"'.
np.tril(v);
// @error TS2345: Argument of type 'Tensor<[], "f32">' is not assignable to parameter of type '"triu: [] has no rows and columns"'.
np.triu(scalar);
// @error TS2345: Argument of type 'Tensor<[5], "f32">' is not assignable to parameter of type '"triu: [5] has no rows and columns"'.
np.triu(v, { k: 1 });

// kron, outer: only dtypes can differ
// @error TS2345: Argument of type 'Tensor<[6, 1], "i32">' is not assignable to parameter of type '"dtypes differ: f32 vs i32 (use astype)"'.
np.kron(v, ids);
// @error TS2345: Argument of type 'Tensor<[6, 2], "i32">' is not assignable to parameter of type '"dtypes differ: f32 vs i32 (use astype)"'.
np.outer(v, pairs);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"dtypes differ: i32 vs f32 (use astype)"'.
np.kron(ids, x);

// vstack, hstack, dstack
// @error TS2345: Argument of type '(Tensor<[5], "f32"> | Tensor<[32, 784], "f32">)[]' is not assignable to parameter of type '"concatenate: [1, 5] and [32, 784] differ on axis 1: 5 vs 784"'.
np.vstack([v, x]);
// @error TS2345: Argument of type '(Tensor<[32, 784], "f32"> | Tensor<[2, 3, 4], "f32">)[]' is not assignable to parameter of type '"concatenate: ranks differ: [32, 784] and [2, 3, 4]"'.
np.hstack([x, cube]);
// @error TS2345: Argument of type '(Tensor<[32, 784], "f32"> | Tensor<[Dim<"batch">, 10], "f32">)[]' is not assignable to parameter of type '"concatenate: [32, 784, 1] and [batch, 10, 1] differ on axis 0: 32 vs batch"'.
np.dstack([x, named]);

// reduceWindow
// @error TS2345: Argument of type '6' is not assignable to parameter of type '"reduceWindow: window 6 does not fit into axis 0 of [5]"'.
lax.reduceWindow(v, 'max', 6);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"reduceWindow: 1 windows for 2 spatial axes"'.
lax.reduceWindow(x, 'sum', [2]);
// @error TS2345: Argument of type '2' is not assignable to parameter of type '"reduceWindow: stride 0 on axis 0 of [5] is not positive"'.
lax.reduceWindow(v, 'mean', 2, { strides: 0 });

// dynamicSlice and dynamicUpdateSlice
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"dynamicSlice: a block of [6] does not fit into [5] along axis 0"'.
lax.dynamicSlice(v, [0], [6]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"dynamicSlice: 1 starts for [32, 784]"'.
lax.dynamicSlice(x, [0], [2, 2]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"dynamicSlice: a block of [2] in [32, 784]: ranks differ"'.
lax.dynamicSlice(x, [0, 0], [2]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"dynamicUpdateSlice: a block of [32, 784] in [5]: ranks differ"'.
lax.dynamicUpdateSlice(v, x, [0]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"dynamicUpdateSlice: a block of [2, 3, 4] in [5]: ranks differ"'.
lax.dynamicUpdateSlice(v, cube, [0]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"dynamicUpdateSlice: 1 starts for [32, 784]"'.
lax.dynamicUpdateSlice(x, x, [0]);

// gather
const rows = { offsetDims: [1], collapsedSliceDims: [0], startIndexMap: [0] } as const;
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"gather: the window along axis 0 of [32, 784], which the result does not have, is 2, not 1"'.
lax.gather(x, ids, rows, [2, 784]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"gather: a window of 785 does not fit into axis 1 of [32, 784]"'.
lax.gather(x, ids, rows, [1, 785]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"gather: 1 slice sizes for [32, 784]"'.
lax.gather(x, ids, rows, [1]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"gather: indices [6, 2] have 2 entries for 1 indexed axes"'.
lax.gather(x, pairs, rows, [1, 784]);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"gather: 2 offset dims for 1 kept axes of [32, 784]"'.
lax.gather(x, ids, { offsetDims: [0, 1], collapsedSliceDims: [0], startIndexMap: [0] }, [1, 784]);

// scatter
const intoRows = { updateWindowDims: [1], insertedWindowDims: [0], scatterDimsToOperandDims: [0] } as const;
declare const updates: Tensor<[6, 784]>;
// @error TS2345: Argument of type '{ readonly updateWindowDims: readonly [1]; readonly insertedWindowDims: readonly [0]; readonly scatterDimsToOperandDims: readonly [0]; }' is not assignable to parameter of type '"scatter: indices [6, 2] have 2 entries for 1 indexed axes"'.
lax.scatterAdd(x, pairs, updates, intoRows);
// @error TS2345: Argument of type '{ readonly updateWindowDims: readonly [1]; readonly insertedWindowDims: readonly [0]; readonly scatterDimsToOperandDims: readonly [0]; }' is not assignable to parameter of type '"scatter: updates [6, 784] do not have a window dim for each kept axis of [5]"'.
lax.scatter(v, ids, updates, intoRows);
// @error TS2345: Argument of type '{ readonly updateWindowDims: readonly [1]; readonly insertedWindowDims: readonly [0]; readonly scatterDimsToOperandDims: readonly [0]; }' is not assignable to parameter of type '"scatter: updates [7, 672] have batch dims [7], the indices [6]"'.
lax.scatterMax(x, ids, np.reshape(updates, [7, 672]), intoRows);

export function generic<N extends number, S extends Shape>(n: Tensor<[N]>, s: Tensor<[...S, 3]>): void {
  // @error TS2345: Argument of type 'Tensor<[N], "f32">' is not assignable to parameter of type '`tril: [${N}] has no rows and columns`'.
  np.tril(n);
  // @error TS2345: Argument of type 'Tensor<[N], "f32">' is not assignable to parameter of type 'AnswerOf<Stop<`axis 1 is out of range for [${N}]`>>'.
  np.diagonal(n);
  // @error TS2345: Argument of type '4' is not assignable to parameter of type '"topK: k is 4, axis -1 of [..., 3] has 3 elements"'.
  np.topK(s, 4);
  // @error TS2322: Type 'number' is not assignable to type '`axis 1 is out of range for [${N}]`'.
  np.sort(n, { axis: 1 });
}
