// Types of attention and of the norms that go with it.
import type { Tensor } from '../../../src/ir/tensor.ts';
import * as nn from '../../../src/nn/index.ts';
import { zeros } from '../../../src/numpy/create.ts';
import * as random from '../../../src/random/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import { is } from './is.ts';

const key = random.key(0);
declare const n: number;
declare const B: Dim<'batch'>;
declare const T: Dim<'time'>;

is<Tensor<[2, 5, 4, 8]>>()(nn.attention(zeros([2, 5, 4, 8]), zeros([2, 7, 4, 8]), zeros([2, 7, 4, 8]), { causal: true }));
is<Tensor<[5, 4, 3], 'f64'>>()(nn.attention(zeros([5, 4, 8], 'f64'), zeros([7, 4, 8], 'f64'), zeros([7, 4, 3], 'f64')));
is<Tensor<[Dim<'batch'>, Dim<'time'>, 4, 8]>>()(nn.attention(zeros([B, T, 4, 8]), zeros([B, T, 4, 8]), zeros([B, T, 4, 8]), { mask: zeros([5, 5], 'bool') }));
is<Tensor<[2, number, 4, 8]>>()(nn.attention(zeros([2, n, 4, 8]), zeros([2, 7, 4, 8]), zeros([2, 7, 4, 8]), { keyLengths: zeros([2], 'i32'), scale: 1 }));
export const generic = <S extends readonly number[], N extends number, M extends number>(q: Tensor<[...S, N, 4, 8]>, k: Tensor<[...S, M, 4, 8]>): Tensor<[...S, N, 4, 8]> => nn.attention(q, k, k);

const layer = nn.multiHeadAttention(4, { causal: true });
const x = zeros([2, 10, 32]);
const p = nn.init(layer, key, x);
is<nn.MultiHeadAttentionParams<32, 4, 8>>()(p);
is<Tensor<[4, 8, 32]>>()(p.out.w);
is<Tensor<[2, 10, 32]>>()(nn.apply(layer, p, x));
is<Tensor<[Dim<'batch'>, Dim<'time'>, 32]>>()(nn.apply(layer, p, zeros([B, T, 32])));
is<nn.Net<nn.MultiHeadAttentionParams<32, 4, 8, 'f64'>, Tensor<[10, 32], 'f64'>>>()(nn.multiHeadAttention(4, { dtype: 'f64' })(zeros([10, 32], 'f64')));

// A transformer: blocks open in their width, and residual inside `from`.
const block = nn.from(x, nn.residual(nn.seq(nn.rmsNorm, nn.multiHeadAttention(4))), nn.residual(nn.seq(nn.rmsNorm, nn.dense(64), nn.silu, nn.dense(32))));
const q = nn.init(block, key, x);
is<Tensor<[32]>>()(q[0][0].scale);
is<Tensor<[32, 4, 8]>>()(q[0][1].query.w);
is<Tensor<[2, 10, 32]>>()(nn.apply(block, q, x));
const open = nn.seq(nn.embedding(100, 32), nn.multiHeadAttention(2), nn.rmsNorm, nn.dense(100));
is<Tensor<[2, 10, 100]>>()(nn.apply(open, nn.init(open, key, zeros([1, 5], 'i32')), zeros([2, 10], 'i32')));
is<Tensor<[8]>>()(nn.init(nn.rmsNormOf(8), key, zeros([2, 8])).scale);
is<Tensor<[2, 8], 'f64'>>()(nn.apply(nn.rmsNorm, { scale: zeros([8], 'f64') }, zeros([2, 8], 'f64')));

// Batch norm: statistics are a value that training hands on.
const stats = nn.batchStatistics(8);
const norm = nn.batchNormParams(8);
const [y, next] = nn.batchNormTrain(zeros([2, 5, 5, 8]), norm, stats);
is<Tensor<[2, 5, 5, 8]>>()(y);
is<nn.BatchStatistics<8>>()(next);
is<nn.BatchNormParams<8>>()(nn.init(nn.batchNormOf(8), key, zeros([1, 5, 5, 8])));
const inference = nn.from(zeros([1, 5, 5, 3]), nn.conv(8, 3), nn.batchNorm, nn.relu);
is<Tensor<[1, 3, 3, 8]>>()(nn.applyEval(inference, nn.init(inference, key, zeros([1, 5, 5, 3])), [next], zeros([1, 5, 5, 3])));
is<[Tensor<[4, 3], 'f64'>, nn.BatchStatistics<3, 'f64'>]>()(nn.batchNormTrain(zeros([4, 3], 'f64'), nn.batchNormParams(3, { dtype: 'f64' }), nn.batchStatistics(3, { dtype: 'f64' })));
