// Three right programs and more of every rule of places and windows, beside those that the neighbours hold.
import { lax, nn, np, type Dim, type Tensor } from '../../../src/index.ts';
import { is } from '../nn/is.ts';

declare const x: Tensor<[32, 784]>;
declare const v: Tensor<[5]>;
declare const cube: Tensor<[2, 3, 4]>;
declare const named: Tensor<[Dim<'batch'>, 10]>;
declare const table: Tensor<[6, 1], 'i32'>;
declare const sequence: Tensor<[2, 12, 4]>;
declare const image: Tensor<[2, 9, 8, 4]>;
declare const planes: Tensor<[2, 4, 9, 8]>;
declare const batched: Tensor<[Dim<'batch'>, 12, 4]>;
declare const volume: Tensor<[2, 6, 7, 8, 4]>;
declare const kernel1: Tensor<[3, 4, 8]>;
declare const kernel2: Tensor<[3, 3, 4, 8]>;
declare const kernel3: Tensor<[3, 3, 3, 4, 8]>;
declare const grouped: Tensor<[3, 3, 2, 8]>;
declare const planar: Tensor<[8, 4, 3, 3]>;

is<Tensor<[7, 2, 3, 2]>>()(np.einsum('...ij,...jk->...ik', np.zeros([7, 1, 3, 4]), np.zeros([2, 4, 2])));
is<Tensor<[2, 3]>>()(np.einsum('b...d,d->b...', cube, np.zeros([4])));
is<Tensor<[4, 2, 3]>>()(np.einsum('...i->i...', cube));
is<Tensor<[3]>>()(np.einsum('ii->i', np.zeros([3, 3])));
is<Tensor<[4]>>()(np.einsum('iij->j', np.zeros([3, 3, 4])));
is<Tensor<[2]>>()(np.einsum('bii->b', np.zeros([2, 3, 3])));

is<Tensor<[2]>>()(np.slice(v, [[1, null, 2]]));
is<Tensor<[3]>>()(np.slice(v, [[-3, null]]));
is<Tensor<[2, 3, 1]>>()(np.slice(cube, [':', ':', [-3, -1, 3]]));
is<Tensor<[Dim<'batch-1'>, 5]>>()(np.slice(named, [[1, null], [0, null, 2]]));

is<Tensor<[784]>>()(np.take(x, 31, { axis: 0 }));
is<Tensor<[]>>()(np.take(v, -5, { axis: 0 }));
is<Tensor<[Dim<'batch'>]>>()(np.take(named, 9, { axis: -1 }));

is<Tensor<[5]>>()(lax.cummax(v, 0));
is<Tensor<[Dim<'batch'>, 10]>>()(lax.cumlogsumexp(named, -1));
is<Tensor<[2, 3, 4]>>()(lax.cummin(cube, 1, true));

const rows = { updateWindowDims: [1], insertedWindowDims: [0], scatterDimsToOperandDims: [0] } as const;
is<Tensor<[32, 784]>>()(lax.scatter(x, table, np.zeros([6, 784]), rows));
is<Tensor<[32, 784]>>()(lax.scatterMax(x, np.zeros([2, 3, 1], 'i32'), np.zeros([2, 3, 784]), { ...rows, updateWindowDims: [2] }));
is<Tensor<[5]>>()(lax.scatterMul(v, table, np.zeros([6]), { updateWindowDims: [], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }));

is<Tensor<[2, 10, 8]>>()(lax.convGeneral(sequence, kernel1));
is<Tensor<[2, 12, 8]>>()(lax.convGeneral(sequence, kernel1, { padding: 'same' }));
is<Tensor<[Dim<'batch'>, 10, 8]>>()(lax.convGeneral(batched, kernel1));
is<Tensor<[2, 7, 6, 8]>>()(lax.convGeneral(image, kernel2));
is<Tensor<[2, 9, 8, 8]>>()(lax.convGeneral(image, kernel2, { padding: 1 }));
is<Tensor<[2, 9, 8, 3]>>()(lax.convGeneral(image, np.zeros([1, 1, 4, 3])));
is<Tensor<[2, 4, 5, 6, 8]>>()(lax.convGeneral(volume, kernel3));
is<Tensor<[2, 3, 4, 4, 8]>>()(lax.convGeneral(volume, kernel3, { strides: 2, padding: 'same' }));
is<Tensor<[2, 6, 7, 8, 1]>>()(lax.convGeneral(volume, np.zeros([1, 1, 1, 4, 1])));

is<Tensor<[2, 4, 3, 8]>>()(lax.convGeneral(image, kernel2, { strides: 2 }));
is<Tensor<[2, 3, 6, 8]>>()(lax.convGeneral(image, kernel2, { strides: [3, 1] }));
is<Tensor<[2, 4, 8]>>()(lax.convGeneral(sequence, kernel1, { strides: 3, padding: 'same' }));
is<Tensor<[2, 9, 7, 8]>>()(lax.convGeneral(image, kernel2, { padding: [[2, 0], [0, 1]] }));
is<Tensor<[2, 9, 8]>>()(lax.convGeneral(sequence, kernel1, { padding: [[-1, 0]] }));
is<Tensor<[2, 5, 4, 8]>>()(lax.convGeneral(image, kernel2, { dilation: 2 }));
is<Tensor<[2, 3, 6, 8]>>()(lax.convGeneral(image, kernel2, { dilation: [3, 1] }));
is<Tensor<[2, 12, 8]>>()(lax.convGeneral(sequence, kernel1, { dilation: 4, padding: 'same' }));
is<Tensor<[2, 15, 13, 8]>>()(lax.convGeneral(image, kernel2, { inputDilation: 2 }));
is<Tensor<[2, 21, 8]>>()(lax.convGeneral(sequence, kernel1, { inputDilation: [2] }));
is<Tensor<[2, 23, 20, 8]>>()(lax.convGeneral(image, kernel2, { inputDilation: 3, dilation: [1, 1] }));
is<Tensor<[2, 7, 6, 8]>>()(lax.convGeneral(image, grouped, { groups: 2 }));
is<Tensor<[2, 7, 6, 8]>>()(lax.convGeneral(image, np.zeros([3, 3, 1, 8]), { groups: 4 }));
is<Tensor<[2, 10, 6]>>()(lax.convGeneral(sequence, np.zeros([3, 2, 6]), { groups: 2 }));
is<Tensor<[2, 8, 7, 6]>>()(lax.convGeneral(planes, planar, { layout: 'NCHW' }));
is<Tensor<[2, 8, 5, 4]>>()(lax.convGeneral(planes, planar, { layout: 'NCHW', strides: 2, padding: 1 }));
is<Tensor<[2, 8, 9, 8]>>()(lax.convGeneral(planes, np.zeros([8, 2, 1, 1]), { layout: 'NCHW', groups: 2 }));

is<Tensor<[2, 24, 8]>>()(lax.convTranspose(sequence, kernel1, { strides: 2 }));
is<Tensor<[2, 8, 18, 16]>>()(lax.convTranspose(planes, np.zeros([8, 4, 3, 3]), { strides: 2, layout: 'NCHW' }));

is<Tensor<[2, 7, 6, 4]>>()(nn.maxPool(3, { stride: 1 })(image));
is<Tensor<[2, 5, 4, 4]>>()(nn.maxPool(3, { stride: 2, padding: 1 })(image));
is<Tensor<[2, 9, 8, 4]>>()(nn.avgPool(3, { stride: 1, padding: 'same' })(image));
is<Tensor<[2, 5, 4]>>()(nn.avgPool([4], { stride: 2 })(sequence));
is<Tensor<[2, 3, 4]>>()(lax.reduceWindow(cube, 'max', [1, 1, 3], { strides: 1, padding: 'same' }));

is<Tensor<[2, 3, 2, 4]>>()(nn.adaptiveAvgPool([3, 2])(image));
is<Tensor<[2, 5, 4]>>()(nn.adaptiveAvgPool(5)(sequence));
is<Tensor<[2, 2, 2, 2, 4]>>()(nn.adaptiveAvgPool([2, 2, 2])(volume));

is<Tensor<[32, 784]>>()(np.triu(x));
is<Tensor<[Dim<'batch'>, 10]>>()(np.triu(named, { k: -1 }));
is<Tensor<[24]>>()(np.ravel(cube));
is<Tensor<[2, 3, 4]>>()(np.tril(cube, { k: -1 }));
is<Tensor<[2, 3, 4]>>()(np.flip(cube));
is<Tensor<[Dim<'batch'>, 10]>>()(np.flip(named, -1));

is<Tensor<[2, 2, 2]>>()(lax.dynamicSlice(cube, [0, 1, 2], [2, 2, 2]));
is<Tensor<[1, 4]>>()(lax.dynamicSlice(x, [np.zeros([], 'i32'), 0], [1, 4]));
is<Tensor<[2, 3, 4]>>()(lax.dynamicUpdateSlice(cube, np.zeros([1, 3, 2]), [0, 0, 1]));
is<Tensor<[32, 784]>>()(lax.dynamicUpdateSlice(x, np.zeros([32, 1]), [0, np.zeros([], 'i32')]));
is<Tensor<[5]>>()(lax.dynamicUpdateSlice(v, np.zeros([2]), [3]));

is<Tensor<[32]>>()(np.dot(x, np.zeros([784])));
is<Tensor<[2, 3]>>()(np.inner(cube, np.zeros([4])));
is<Tensor<[]>>()(np.inner(v, v));
is<Tensor<[2, 1, 3, 4]>>()(np.expandDims(cube, 1));
is<Tensor<[Dim<'batch'>, 10, 1]>>()(np.expandDims(named, -1));
is<Tensor<[10, Dim<'batch'>]>>()(np.swapaxes(named, 0, 1));
is<Tensor<[4, 3, 2]>>()(np.swapaxes(cube, 0, 2));
is<Tensor<[6, 5]>>()(np.squeeze(np.zeros([6, 1, 5]), 1));
is<Tensor<[2, 4, 5]>>()(np.pad(cube, [[0, 0], [0, 1], [1, 0]]));
is<Tensor<[Dim<'batch'>, 14]>>()(np.pad(named, [[0, 0], [2, 2]]));
