// Three wrong programs and more of every rule of places and windows that its neighbours do not hold already.
import { lax, nn, np, type Dim, type Tensor } from '../../../src/index.ts';

declare const x: Tensor<[32, 784]>;
declare const v: Tensor<[5]>;
declare const cube: Tensor<[2, 3, 4]>;
declare const named: Tensor<[Dim<'batch'>, 10]>;
declare const ids: Tensor<[6, 1], 'i32'>;
declare const updates: Tensor<[6, 784]>;
declare const sequence: Tensor<[2, 12, 4]>;
declare const image: Tensor<[2, 9, 8, 4]>;
declare const planes: Tensor<[2, 4, 9, 8]>;
declare const volume: Tensor<[2, 6, 7, 8, 4]>;
declare const kernel1: Tensor<[3, 4, 8]>;
declare const kernel2: Tensor<[3, 3, 4, 8]>;
declare const kernel3: Tensor<[3, 3, 3, 4, 8]>;
declare const grouped: Tensor<[3, 3, 2, 8]>;
declare const planar: Tensor<[8, 4, 3, 3]>;

// einsum with an ellipsis, and with an index that repeats
// @error TS2345: Argument of type '"...ij,...jk->...ik"' is not assignable to parameter of type '"einsum: cannot broadcast [2] with [5]: 2 vs 5"'.
np.einsum('...ij,...jk->...ik', cube, np.zeros([5, 4, 2]));
// @error TS2345: Argument of type '"...i->i"' is not assignable to parameter of type '"einsum: the operands have '...', the output 'i' has not"'.
np.einsum('...i->i', cube);
// @error TS2345: Argument of type '"b...d,d->b..."' is not assignable to parameter of type '"einsum: index 'd' is 4 and 5 (operand 'd' [5])"'.
np.einsum('b...d,d->b...', cube, v);
// @error TS2345: Argument of type '"ii->i"' is not assignable to parameter of type '"einsum: index 'i' is 32 and 784 (operand 'ii' [32, 784])"'.
np.einsum('ii->i', x);
// @error TS2345: Argument of type '"iij->j"' is not assignable to parameter of type '"einsum: index 'i' is 2 and 3 (operand 'iij' [2, 3, 4])"'.
np.einsum('iij->j', cube);
// @error TS2345: Argument of type '"ij->jj"' is not assignable to parameter of type '"einsum: output index 'j' is given twice"'.
np.einsum('ij->jj', x);

// slice with steps and bounds from the end
// @error TS2345: Argument of type '(number | null)[][]' is not assignable to parameter of type '"slice: step 0 on axis 0 of [32, 784] is not positive"'.
np.slice(x, [[0, null, 0]]);
// @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"slice: step -1 on axis 0 of [32, 784] is not positive"'.
np.slice(x, [[0, 8, -1]]);
// @error TS2345: Argument of type '(number | null)[][]' is not assignable to parameter of type '"slice: start -33 is below -32 on axis 0 of [32, 784]"'.
np.slice(x, [[-33, null]]);
// @error TS2345: Argument of type 'number[][]' is not assignable to parameter of type '"slice: start -2 is after stop -3 on axis 0 of [5]"'.
np.slice(v, [[-2, -3]]);
// @error TS2322: Type 'Tensor<[2], "f32">' is not assignable to type 'Tensor<[3], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [2]' is not assignable to type 'readonly [3]'.
//       Type '2' is not assignable to type '3'.
export const odd: Tensor<[3]> = np.slice(v, [[1, null, 2]]);

// take at a number
// @error TS2345: Argument of type '32' is not assignable to parameter of type '"take: index 32 is outside axis 0 of [32, 784]"'.
np.take(x, 32, { axis: 0 });
// @error TS2345: Argument of type '-6' is not assignable to parameter of type '"take: index -6 is outside axis 0 of [5]"'.
np.take(v, -6, { axis: 0 });
// @error TS2345: Argument of type '3' is not assignable to parameter of type '"take: index 3 is outside axis 1 of [2, 3, 4]"'.
np.take(cube, 3, { axis: 1 });
// @error TS2345: Argument of type '10' is not assignable to parameter of type '"take: index 10 is outside axis 1 of [batch, 10]"'.
np.take(named, 10, { axis: -1 });

// cumulative
// @error TS2345: Argument of type '1' is not assignable to parameter of type '"axis 1 is out of range for [5]"'.
lax.cumsum(v, 1);
// @error TS2345: Argument of type '-4' is not assignable to parameter of type '"axis -4 is out of range for [2, 3, 4]"'.
lax.cummin(cube, -4);

// gather, scatter
// @error TS2345: Argument of type '{ updateWindowDims: number[]; insertedWindowDims: number[]; scatterDimsToOperandDims: number[]; }' is not assignable to parameter of type '"scatter: updates [6, 28, 28] have batch dims [6, 28], the indices [6]"'.
lax.scatterMin(x, ids, np.reshape(updates, [6, 28, 28]), { updateWindowDims: [1], insertedWindowDims: [0], scatterDimsToOperandDims: [0] });

// conv over one axis
// @error TS2345: Argument of type 'Tensor<[13, 4, 8], "f32">' is not assignable to parameter of type '"conv: window 13 does not fit into axis 1 of [2, 12, 4]"'.
lax.convGeneral(sequence, np.zeros([13, 4, 8]));
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: input [2, 12, 4] has 1 spatial axes, kernel [3, 3, 4, 8] has 2"'.
lax.convGeneral(sequence, kernel2);
// @error TS2345: Argument of type 'Tensor<[3, 5, 8], "f32">' is not assignable to parameter of type '"conv: input [2, 12, 4] has 4 channels, kernel [3, 5, 8] wants 5"'.
lax.convGeneral(sequence, np.zeros([3, 5, 8]));

// conv over two axes
// @error TS2345: Argument of type 'Tensor<[10, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: window 10 does not fit into axis 1 of [2, 9, 8, 4]"'.
lax.convGeneral(image, np.zeros([10, 3, 4, 8]));
// @error TS2345: Argument of type 'Tensor<[3, 4, 8], "f32">' is not assignable to parameter of type '"conv: input [2, 9, 8, 4] has 2 spatial axes, kernel [3, 4, 8] has 1"'.
lax.convGeneral(image, kernel1);
// @error TS2345: Argument of type 'Tensor<[3, 3, 3, 8], "f32">' is not assignable to parameter of type '"conv: input [2, 9, 8, 4] has 4 channels, kernel [3, 3, 3, 8] wants 3"'.
lax.convGeneral(image, np.zeros([3, 3, 3, 8]));

// conv over three axes
// @error TS2345: Argument of type 'Tensor<[3, 3, 9, 4, 8], "f32">' is not assignable to parameter of type '"conv: window 9 does not fit into axis 3 of [2, 6, 7, 8, 4]"'.
lax.convGeneral(volume, np.zeros([3, 3, 9, 4, 8]));
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: input [2, 6, 7, 8, 4] has 3 spatial axes, kernel [3, 3, 4, 8] has 2"'.
lax.convGeneral(volume, kernel2);
// @error TS2345: Argument of type 'Tensor<[3, 3, 3, 2, 8], "f32">' is not assignable to parameter of type '"conv: input [2, 6, 7, 8, 4] has 4 channels, kernel [3, 3, 3, 2, 8] wants 2"'.
lax.convGeneral(volume, np.zeros([3, 3, 3, 2, 8]));

// stride
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: stride 0 on axis 1 of [2, 9, 8, 4] is not positive"'.
lax.convGeneral(image, kernel2, { strides: 0 });
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: stride -2 on axis 2 of [2, 9, 8, 4] is not positive"'.
lax.convGeneral(image, kernel2, { strides: [1, -2] });
// @error TS2345: Argument of type 'Tensor<[3, 3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: 2 strides for 3 spatial axes"'.
lax.convGeneral(volume, kernel3, { strides: [2, 2] });

// padding
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: 1 paddings for 2 spatial axes"'.
lax.convGeneral(image, kernel2, { padding: [[1, 1]] });
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: window 3 does not fit into axis 1 of [2, 9, 8, 4] padded by [-4, -3]"'.
lax.convGeneral(image, kernel2, { padding: [[-4, -3], [0, 0]] });
// @error TS2345: Argument of type 'Tensor<[15, 4, 8], "f32">' is not assignable to parameter of type '"conv: window 15 does not fit into axis 1 of [2, 12, 4] padded by [1, 1]"'.
lax.convGeneral(sequence, np.zeros([15, 4, 8]), { padding: 1 });

// dilation of the kernel
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: window 11 does not fit into axis 1 of [2, 9, 8, 4]"'.
lax.convGeneral(image, kernel2, { dilation: 5 });
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: dilation 0 on axis 2 of [2, 9, 8, 4] is not positive"'.
lax.convGeneral(image, kernel2, { dilation: [1, 0] });
// @error TS2345: Argument of type 'Tensor<[3, 4, 8], "f32">' is not assignable to parameter of type '"conv: 2 dilations for 1 spatial axes"'.
lax.convGeneral(sequence, kernel1, { dilation: [1, 1] });

// dilation of the input
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: input dilation 0 on axis 1 of [2, 9, 8, 4] is not positive"'.
lax.convGeneral(image, kernel2, { inputDilation: 0 });
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: 3 input dilations for 2 spatial axes"'.
lax.convGeneral(image, kernel2, { inputDilation: [2, 2, 2] });
// @error TS2345: Argument of type 'Tensor<[24, 4, 8], "f32">' is not assignable to parameter of type '"conv: window 24 does not fit into axis 1 of [2, 23, 4]"'.
lax.convGeneral(sequence, np.zeros([24, 4, 8]), { inputDilation: 2 });

// groups
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: input [2, 9, 8, 4] has 4 channels, kernel [3, 3, 4, 8] wants 4 x 2 groups"'.
lax.convGeneral(image, kernel2, { groups: 2 });
// @error TS2345: Argument of type 'Tensor<[3, 3, 2, 7], "f32">' is not assignable to parameter of type '"conv: 7 output channels of kernel [3, 3, 2, 7] do not divide into 2 groups"'.
lax.convGeneral(image, np.zeros([3, 3, 2, 7]), { groups: 2 });
// @error TS2345: Argument of type 'Tensor<[3, 3, 2, 8], "f32">' is not assignable to parameter of type '"conv: 0 groups"'.
lax.convGeneral(image, grouped, { groups: 0 });

// features first
// @error TS2345: Argument of type 'Tensor<[8, 4, 3, 3], "f32">' is not assignable to parameter of type '"conv: input [2, 9, 8, 4] has 9 channels, kernel [8, 4, 3, 3] wants 4"'.
lax.convGeneral(image, planar, { layout: 'NCHW' });
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"conv: input [2, 4, 9, 8] has 4 channels, kernel [3, 3, 4, 8] wants 3"'.
lax.convGeneral(planes, kernel2, { layout: 'NCHW' });
// @error TS2345: Argument of type 'Tensor<[8, 4, 3, 9], "f32">' is not assignable to parameter of type '"conv: window 9 does not fit into axis 3 of [2, 4, 9, 8]"'.
lax.convGeneral(planes, np.zeros([8, 4, 3, 9]), { layout: 'NCHW' });

// conv transposed
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"convTranspose: input [2, 12, 4] has 1 spatial axes, kernel [3, 3, 4, 8] has 2"'.
lax.convTranspose(sequence, kernel2);
// @error TS2345: Argument of type 'Tensor<[3, 3, 4, 8], "f32">' is not assignable to parameter of type '"convTranspose: dilation 0 on axis 1 of [2, 9, 8, 4] is not positive"'.
lax.convTranspose(image, kernel2, { dilation: 0 });

// pooling with overlap and padding
// @error TS2345: Argument of type 'Tensor<[2, 9, 8, 4], "f32">' is not assignable to parameter of type '"pool: window 10 does not fit into axis 1 of [2, 9, 8, 4]"'.
nn.maxPool(10, { stride: 1 })(image);
// @error TS2345: Argument of type 'Tensor<[2, 9, 8, 4], "f32">' is not assignable to parameter of type '"pool: stride 0 on axis 2 of [2, 9, 8, 4] is not positive"'.
nn.maxPool(3, { stride: [1, 0] })(image);
// @error TS2345: Argument of type 'Tensor<[2, 9, 8, 4], "f32">' is not assignable to parameter of type '"pool: window 12 does not fit into axis 1 of [2, 9, 8, 4] padded by [1, 1]"'.
nn.avgPool(12, { stride: 2, padding: 1 })(image);
// @error TS2345: Argument of type 'Tensor<[2, 9, 8, 4], "f32">' is not assignable to parameter of type '"pool: 3 paddings for 2 spatial axes"'.
nn.avgPool(3, { stride: 2, padding: [[1, 1], [0, 0], [0, 0]] })(image);
// @error TS2345: Argument of type 'number[]' is not assignable to parameter of type '"reduceWindow: window 5 does not fit into axis 2 of [2, 3, 4]"'.
lax.reduceWindow(cube, 'max', [1, 1, 5], { strides: 1 });
// @error TS2345: Argument of type '3' is not assignable to parameter of type '"reduceWindow: window 3 does not fit into axis 0 of [5] padded by [-2, -1]"'.
lax.reduceWindow(v, 'sum', 3, { strides: 1, padding: [[-2, -1]] });

// adaptive pooling
// @error TS2345: Argument of type 'Tensor<[2, 9, 8, 4], "f32">' is not assignable to parameter of type '"adaptivePool: size -1 on axis 2 of [2, 9, 8, 4] is not positive"'.
nn.adaptiveAvgPool([2, -1])(image);
// @error TS2345: Argument of type 'Tensor<[2, 6, 7, 8, 4], "f32">' is not assignable to parameter of type '"adaptivePool: 2 sizes for 3 spatial axes"'.
nn.adaptiveAvgPool([2, 2])(volume);

// meshgrid
// @error TS2345: Argument of type '(Tensor<[2], "f32"> | Tensor<[5], "f32"> | Tensor<[2, 3, 4], "f32">)[]' is not assignable to parameter of type '"meshgrid: operand 2 is [2, 3, 4], not a vector"'.
np.meshgrid([v, np.zeros([2]), cube], { indexing: 'ij' });

// diag
// @error TS2345: Argument of type 'Tensor<[1, 2, 3, 4], "f32">' is not assignable to parameter of type '"diag: [1, 2, 3, 4] is neither a vector nor a matrix"'.
np.diag(np.zeros([1, 2, 3, 4]), { k: 1 });

// tril, triu
// @error TS2345: Argument of type 'Tensor<[3], "f32">' is not assignable to parameter of type '"tril: [3] has no rows and columns"'.
np.tril(np.zeros([3]), { k: -1 });
// @error TS2345: Argument of type 'Tensor<[25088], "f32">' is not assignable to parameter of type '"triu: [25088] has no rows and columns"'.
np.triu(np.ravel(x));

// kron, outer
// @error TS2345: Argument of type 'Tensor<[5], "f32">' is not assignable to parameter of type '"dtypes differ: i32 vs f32 (use astype)"'.
np.outer(ids, v);
// @error TS2345: Argument of type 'Tensor<[3], "f64">' is not assignable to parameter of type '"dtypes differ: f32 vs f64 (use astype)"'.
np.outer(x, np.zeros([3], 'f64'));
// @error TS2345: Argument of type 'Tensor<[5], "f32">' is not assignable to parameter of type '"dtypes differ: f64 vs f32 (use astype)"'.
np.kron(np.zeros([2, 2], 'f64'), v);

// tensordot
// @error TS2345: Argument of type 'Tensor<[4, 3, 5], "f32">' is not assignable to parameter of type '"dotGeneral: contracting dims differ, [2, 3, 4] x [4, 3, 5]: axis -2 is 3, axis 0 is 4"'.
np.tensordot(cube, np.zeros([4, 3, 5]), 2);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"dotGeneral: 2 contracting axes on the left, 1 on the right"'.
np.tensordot(cube, x, [[0, 1], [0]]);

// moveaxis
// @error TS2345: Argument of type '0' is not assignable to parameter of type '"axis 3 is out of range for [2, 3, 4]"'.
np.moveaxis(cube, 3, 0);
// @error TS2345: Argument of type '-3' is not assignable to parameter of type '"axis -3 is out of range for inserting into [10]"'.
np.moveaxis(named, 0, -3);

// expandDims
// @error TS2345: Argument of type '4' is not assignable to parameter of type '"axis 4 is out of range for inserting into [2, 3, 4]"'.
np.expandDims(cube, 4);

// ravel: every tensor has one, so only what is made of it can be wrong
// @error TS2322: Type 'Tensor<[25088], "f32">' is not assignable to type 'Tensor<[25087], "f32">'.
//   Types of property 'shape' are incompatible.
//     Type 'readonly [25088]' is not assignable to type 'readonly [25087]'.
//       Type '25088' is not assignable to type '25087'.
export const short: Tensor<[25087]> = np.ravel(x);
// @error TS2345: Argument of type 'Tensor<[5], "f32">' is not assignable to parameter of type '"cannot broadcast [24] with [5]: 24 vs 5"'.
np.add(np.ravel(cube), v);
// @error TS2345: Argument of type 'Tensor<[32, 784], "f32">' is not assignable to parameter of type '"matmul: inner dims differ, [24] x [32, 784]: 24 vs 32"'.
np.matmul(np.ravel(cube), x);
