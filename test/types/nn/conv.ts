// Types of convolutional networks: kernels inferred from images, the arithmetic of windows, open batch and size, generic functions.
import type { Scalar, Tensor } from '../../../src/ir/tensor.ts';
import * as lax from '../../../src/lax/index.ts';
import * as nn from '../../../src/nn/index.ts';
import { zeros } from '../../../src/numpy/create.ts';
import * as random from '../../../src/random/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import { grad } from '../../../src/transform/grad.ts';
import { jit } from '../../../src/transform/jit.ts';
import { is } from './is.ts';

const key = random.key(0);
declare const n: number;
declare const B: Dim<'batch'>;
declare const H: Dim<'height'>;
const digits = zeros([32, 28, 28, 1]);

// One layer: 1-D, 2-D, 3-D; stride, padding, dilation, groups, dtype.
is<nn.Net<nn.ConvParams<[5, 5, 1, 6], 6>, Tensor<[32, 24, 24, 6]>>>()(nn.conv(6, 5)(digits));
is<Tensor<[32, 14, 14, 6]>>()(nn.apply(nn.conv(6, 3, { stride: 2, padding: 'same' }), { w: zeros([3, 3, 1, 6]), b: zeros([6]) }, digits));
is<Tensor<[32, 30, 20, 6]>>()(nn.apply(nn.conv(6, [1, 5], { padding: [[1, 1], [0, 0]], dilation: [1, 2] }), { w: zeros([1, 5, 1, 6]), b: zeros([6]) }, digits));
is<nn.ConvParams<[3, 8, 16], 16>>()(nn.init(nn.conv(16, 3), key, zeros([2, 10, 8])));
is<nn.ConvParams<[2, 2, 2, 3, 4], 4, 'f64'>>()(nn.init(nn.conv(4, 2, { dtype: 'f64' }), key, zeros([1, 5, 5, 5, 3], 'f64')));
is<nn.ConvParams<[3, 3, 2, 12], 12>>()(nn.init(nn.conv(12, 3, { groups: 4 }), key, zeros([1, 9, 9, 8])));
is<nn.ConvParams<[3, 3, 1, 16], 16>>()(nn.init(nn.depthwiseConv(2, 3), key, zeros([1, 9, 9, 8])));
is<Tensor<[1, 7, 7, 16]>>()(nn.apply(nn.depthwiseConv(2, 3), { w: zeros([3, 3, 1, 16]), b: zeros([16]) }, zeros([1, 9, 9, 8])));
is<Tensor<[1, 14, 14, 4]>>()(nn.apply(nn.convTranspose(4, 3, { stride: 2 }), { w: zeros([3, 3, 8, 4]), b: zeros([4]) }, zeros([1, 7, 7, 8])));
// Without a bias.
is<{ readonly w: Tensor<[3, 8, 16]> }>()(nn.init(nn.conv(16, 3, { bias: false }), key, zeros([2, 10, 8])));
is<{ readonly w: Tensor<[3, 3, 1, 16]> }>()(nn.init(nn.depthwiseConv(2, 3, { bias: false }), key, zeros([1, 9, 9, 8])));
is<{ readonly w: Tensor<[2, 2, 2, 3, 4], 'f64'> }>()(nn.init(nn.convTranspose(4, 2, { bias: false, dtype: 'f64' }), key, zeros([1, 5, 5, 5, 3], 'f64')));
is<Tensor<[32, 26, 26, 6]>>()(nn.apply(nn.from(digits, nn.conv(6, 3, { bias: false }), nn.relu), [{ w: zeros([3, 3, 1, 6]) }, null], digits));
// Named and unknown dims.
is<nn.Net<nn.ConvParams<[3, 3, 1, 6], 6>, Tensor<[Dim<'batch'>, Dim<'height-2'>, 26, 6]>>>()(nn.conv(6, 3)(zeros([B, H, 28, 1])));
is<nn.Net<nn.ConvParams<[3, 3, 1, 6], 6>, Tensor<[number, 26, 26, 6]>>>()(nn.conv(6, 3)(zeros([n, 28, 28, 1])));

// Pooling.
is<Tensor<[32, 14, 14, 1]>>()(nn.maxPool(2)(digits));
is<Tensor<[32, 13, 13, 1], 'f64'>>()(nn.avgPool(3, { stride: 2 })(zeros([32, 28, 28, 1], 'f64')));
is<Tensor<[32, 14, 14, 1]>>()(nn.maxPool(3, { stride: 2, padding: 1 })(digits));
is<Tensor<[32, 1]>>()(nn.globalAvgPool(digits));
is<Tensor<[Dim<'batch'>, 8]>>()(nn.globalMaxPool(zeros([B, H, 28, 8])));
is<Tensor<[32, 7, 5, 1]>>()(nn.adaptiveAvgPool([7, 5])(digits));
is<Tensor<[32, 7, 5, 1]>>()(nn.adaptiveMaxPool([7, 5])(digits));
is<Tensor<[Dim<'batch'>, 3, 3, 8], 'f64'>>()(nn.adaptiveMaxPool(3)(zeros([B, H, 28, 8], 'f64')));
is<Tensor<[32, 784]>>()(nn.flatten(digits));
is<Tensor<[Dim<'batch'>, 784], 'f64'>>()(nn.flatten(zeros([B, 28, 28, 1], 'f64')));
is<Tensor<[2, 12]>>()(nn.apply(nn.seq(nn.flatten, nn.relu), [null, null], zeros([2, 3, 4])));

// LeNet-5, value first, and open until it meets a tensor.
const closed = nn.from(digits, nn.conv(6, 5, { padding: 'same' }), nn.tanh, nn.avgPool(2), nn.conv(16, 5), nn.tanh, nn.avgPool(2), nn.flatten, nn.dense(120), nn.tanh, nn.dense(10));
is<Tensor<[400, 120]>>()(nn.init(closed, key, digits)[7].w);
is<Tensor<[32, 10]>>()(nn.apply(closed, nn.init(closed, key, digits), digits));
const lenet = nn.seq(nn.conv(6, 5, { padding: 'same' }), nn.tanh, nn.avgPool(2), nn.conv(16, 5), nn.tanh, nn.avgPool(2), nn.flatten, nn.dense(120), nn.tanh, nn.dense(10));
const p = nn.init(lenet, key, digits);
is<nn.ConvParams<[5, 5, 6, 16], 16>>()(p[3]);
is<nn.DenseParams<400, 120>>()(p[7]);
is<Tensor<[32, 10]>>()(nn.apply(lenet, p, digits));
is<Tensor<[Dim<'batch'>, 10]>>()(nn.apply(lenet, p, zeros([B, 28, 28, 1])));
is<Tensor<[number, 10]>>()(nn.apply(lenet, p, zeros([n, 28, 28, 1])));
const loss = <N extends number>(q: typeof p, x: Tensor<[N, 28, 28, 1]>, y: Tensor<[N], 'i32'>): Scalar => nn.crossEntropy(nn.apply(lenet, q, x), y);
is<Tensor<[5, 5, 6, 16]>>()(jit(grad(loss))(p, digits, zeros([32], 'i32'))[3].w);
// Generic in the batch, with the images known: misfits are named at their layer, and any batch goes through.
const generic = <N extends number>(x: Tensor<[N, 28, 28, 1]>) => nn.from(x, nn.conv(6, 5), nn.relu, nn.maxPool(2), nn.flatten, nn.dense(10))(x);
is<Tensor<[864, 10]>>()(nn.init(generic, key, digits)[4].w);
is<Tensor<[5, 10]>>()(nn.apply(generic, nn.init(generic, key, digits), zeros([5, 28, 28, 1])));

// Residual blocks and global pooling, in both forms.
const resnet = nn.from(digits, nn.conv(8, 3, { padding: 'same' }), nn.residual(nn.seq(nn.conv(8, 3, { padding: 'same' }), nn.relu, nn.conv(8, 3, { padding: 'same' }))), nn.globalAvgPool, nn.dense(10));
is<Tensor<[3, 3, 8, 8]>>()(nn.init(resnet, key, digits)[1][2].w);
is<Tensor<[32, 10]>>()(nn.apply(resnet, nn.init(resnet, key, digits), digits));
const open = nn.seq(nn.conv(8, 3, { stride: 2 }), nn.relu, nn.depthwiseConv(1, 3), nn.conv(16, 1), nn.globalAvgPool, nn.dense(10));
is<Tensor<[2, 10]>>()(nn.apply(open, nn.init(open, key, zeros([1, 28, 28, 3])), zeros([2, 28, 28, 3])));
is<nn.ConvParams<[3, 3, 1, 8], 8>>()(nn.init(open, key, zeros([1, 28, 28, 3]))[2]);

// lax.
is<Tensor<[2, 26, 26, 8]>>()(lax.convGeneral(zeros([2, 28, 28, 3]), zeros([3, 3, 3, 8])));
is<Tensor<[2, 8, 14, 14], 'f64'>>()(lax.convGeneral(zeros([2, 3, 28, 28], 'f64'), zeros([8, 3, 3, 3], 'f64'), { layout: 'NCHW', strides: 2, padding: 'same' }));
is<Tensor<[2, 10, 4], 'i32'>>()(lax.convGeneral(zeros([2, 12, 6], 'i32'), zeros([3, 3, 4], 'i32'), { groups: 2 }));
is<Tensor<[2, 56, 56, 8]>>()(lax.convTranspose(zeros([2, 28, 28, 3]), zeros([3, 3, 3, 8]), { strides: 2 }));
is<Tensor<[2, 17, 8]>>()(lax.convTranspose(zeros([2, 7, 3]), zeros([5, 3, 8]), { strides: 2, padding: 'valid' }));
is<Tensor<[Dim<'batch'>, 5, 8]>>()(lax.convTranspose(zeros([B, 5, 3]), zeros([3, 3, 8])));
export const size = <N extends number, C extends number>(x: Tensor<[N, 8, 8, C]>, w: Tensor<[3, 3, C, 4]>): Tensor<[N, 6, 6, 4]> => lax.convGeneral(x, w);
