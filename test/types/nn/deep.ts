// Types of repeated and recurrent networks: stacked parameters, states, pairs; batch, time and width stay open.
import type { Scalar, Tensor } from '../../../src/ir/tensor.ts';
import { attention } from '../../../examples/transformer-block.ts';
import * as nn from '../../../src/nn/index.ts';
import { add, multiply } from '../../../src/numpy/arithmetic.ts';
import { zeros } from '../../../src/numpy/create.ts';
import * as random from '../../../src/random/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import { scan } from '../../../src/transform/control.ts';
import { grad } from '../../../src/transform/grad.ts';
import { jit } from '../../../src/transform/jit.ts';
import { is } from '../../../test/types/nn/is.ts';

const key = random.key(0);
declare const n: number;
declare const B: Dim<'batch'>;
declare const T: Dim<'time'>;

// repeat: every leaf gets a leading axis.
const block = nn.residual(nn.seq(nn.layerNormOf(768), nn.dense(3072), nn.gelu, nn.dense(768)));
const gpt = nn.seq(nn.embedding(50257, 768), nn.repeat(12, block), nn.layerNorm, nn.dense(50257));
const p = nn.init(gpt, key, zeros([B, T], 'i32'));
is<Tensor<[12, 768]>>()(p[1][0].scale);
is<Tensor<[12, 768, 3072]>>()(p[1][1].w);
is<null>()(p[1][2]);
is<Tensor<[12, 768]>>()(p[1][3].b);
is<Tensor<[Dim<'batch'>, Dim<'time'>, 50257]>>()(nn.apply(gpt, p, zeros([B, T], 'i32')));
is<Tensor<[2, 3, 50257]>>()(nn.apply(gpt, p, zeros([2, 3], 'i32')));
is<Tensor<[number, 8, 8]>>()(nn.init(nn.repeat(n, nn.denseFrom(8, 8)), key, zeros([8])).w);
is<Tensor<[2, 8]>>()(nn.apply(nn.repeat(3, nn.denseFrom(8, 8), { checkpoint: 'dots' }), { w: zeros([3, 8, 8]), b: zeros([3, 8]) }, zeros([2, 8])));
is<null>()(nn.init(nn.repeat(3, nn.relu), key, zeros([8])));
// Repeats nest.
const twice = nn.repeat(2, nn.repeat(3, nn.denseFrom(8, 8, { dtype: 'f64' })));
is<Tensor<[2, 3, 8, 8], 'f64'>>()(nn.init(twice, key, zeros([5, 8], 'f64')).w);
// Blocks of one's own, batch and time open.
const heads = nn.repeat(12, nn.residual(attention(32, 4, 8, 'f32')));
is<Tensor<[12, 32, 4, 8]>>()(nn.init(heads, key, zeros([2, 7, 32])).q);
is<Tensor<[2, 7, 32]>>()(nn.apply(heads, nn.init(heads, key, zeros([2, 7, 32])), zeros([2, 7, 32])));
// A generic loss stays generic.
const loss = <N extends number, M extends number>(q: typeof p, ids: Tensor<[N, M], 'i32'>, next: Tensor<[N, M], 'i32'>): Scalar => nn.crossEntropy(nn.apply(gpt, q, ids), next);
is<Tensor<[12, 768, 3072]>>()(jit(grad(loss))(p, zeros([2, 3], 'i32'), zeros([2, 3], 'i32'))[1][1].w);

// fanout and identity.
const pair = nn.fanout(nn.dense(8), nn.dense(4));
is<[nn.DenseParams<3, 8>, nn.DenseParams<3, 4>]>()(nn.init(pair, key, zeros([2, 3])));
is<[Tensor<[2, 8]>, Tensor<[2, 4]>]>()(nn.apply(pair, nn.init(pair, key, zeros([2, 3])), zeros([2, 3])));
const gated = nn.seq(nn.fanout(nn.dense(8), nn.dense(8)), ([a, b]) => multiply(nn.sigmoid(a), b), nn.dense(2));
is<Tensor<[5, 2]>>()(nn.apply(gated, nn.init(gated, key, zeros([5, 3])), zeros([5, 3])));
is<Tensor<[5, 3], 'i32'>>()(nn.identity(zeros([5, 3], 'i32')));
const skip = nn.seq(nn.fanout(nn.denseFrom(3, 3), nn.identity), ([a, b]) => add(a, b));
is<[[nn.DenseParams<3, 3>, null], null]>()(nn.init(skip, key, zeros([5, 3])));

// Recurrent layers: batch, time and width open.
const gru = nn.seq(nn.gru(64), nn.dense(10));
is<nn.GruParams<8, 64>>()(nn.init(gru, key, zeros([2, 50, 8]))[0]);
is<Tensor<[8, 3, 64]>>()(nn.init(gru, key, zeros([2, 50, 8]))[0].wx);
is<Tensor<[2, 50, 10]>>()(nn.apply(gru, nn.init(gru, key, zeros([2, 50, 8])), zeros([2, 50, 8])));
is<Tensor<[50, 10]>>()(nn.apply(gru, nn.init(gru, key, zeros([50, 8])), zeros([50, 8])));
is<Tensor<[Dim<'batch'>, Dim<'time'>, 10]>>()(nn.apply(gru, nn.init(gru, key, zeros([1, 1, 8])), zeros([B, T, 8])));
is<Tensor<[2, 5, 16], 'f64'>>()(nn.apply(nn.lstm(16, { dtype: 'f64' }), nn.init(nn.lstm(16, { dtype: 'f64' }), key, zeros([5, 3], 'f64')), zeros([2, 5, 3], 'f64')));
is<nn.LstmParams<3, 16>>()(nn.init(nn.lstm(16), key, zeros([5, 3])));
// After any layer, and before any: what leaves its axes open, as embeddings do, and what drops the time.
const reader = nn.seq(nn.embedding(50, 32), nn.lstm(64), nn.bidirectional(nn.gru(3), nn.rnn(4)), nn.lastStep, nn.dense(9));
is<nn.LstmParams<32, 64>>()(nn.init(reader, key, zeros([2, 5], 'i32'))[1]);
is<Tensor<[Dim<'batch'>, 9]>>()(nn.apply(reader, nn.init(reader, key, zeros([2, 5], 'i32')), zeros([B, T], 'i32')));
const beside = nn.densely(nn.gru(4));
is<Tensor<[2, 5, 7]>>()(nn.apply(beside, nn.init(beside, key, zeros([2, 5, 3])), zeros([2, 5, 3])));
const attentive = nn.densely(nn.multiHeadAttention(3));
is<Tensor<[2, 5, 12]>>()(nn.apply(attentive, nn.init(attentive, key, zeros([2, 5, 6])), zeros([2, 5, 6])));
export const openReader = <V extends number, E extends number, U extends number>(v: V, e: E, u: U) => nn.seq(nn.embedding(v, e), nn.lstm(u), nn.dense(v));
is<nn.LstmParams<4, 5>>()(nn.init(openReader(3, 4, 5), key, zeros([2, 5], 'i32'))[1]);
is<nn.RnnParams<3, 16>>()(nn.init(nn.rnn(16, { initial: zeros([16]) }), key, zeros([2, 5, 3])));
nn.gru(16, { initial: zeros([2, 16]), reverse: true });
nn.lstm(16, { initial: { c: zeros([2, 16]), h: zeros([16]) } });
is<Tensor<[2, 5, 9]>>()(nn.apply(nn.seq(nn.rnn(16), nn.gru(4), nn.lstm(9)), nn.init(nn.seq(nn.rnn(16), nn.gru(4), nn.lstm(9)), key, zeros([5, 3])), zeros([2, 5, 3])));

// Cells: any batch, inside scan too.
const gp = nn.init(nn.gru(64), key, zeros([1, 8]));
is<Tensor<[2, 64]>>()(nn.gruCell(gp, zeros([2, 64]), zeros([2, 8])));
is<Tensor<[64]>>()(nn.gruCell(gp, zeros([64]), zeros([8])));
is<Tensor<[3, 64]>>()(nn.rnnCell({ wx: zeros([8, 64]), wh: zeros([64, 64]), b: zeros([64]) }, zeros([3, 64]), zeros([3, 8])));
const lp = nn.init(nn.lstm(64), key, zeros([1, 8]));
is<nn.LstmState<[2, 64]>>()(nn.lstmCell(lp, { c: zeros([2, 64]), h: zeros([2, 64]) }, zeros([2, 8])));
const [last, ys] = scan((s: nn.LstmState<[64]>, x: Tensor<[8]>) => { const t = nn.lstmCell(lp, s, x); return [t, t.h]; }, { c: zeros([64]), h: zeros([64]) }, zeros([50, 8]));
is<Tensor<[64]>>()(last.c);
is<Tensor<[50, 64]>>()(ys);
export const generic = <N extends number>(h: Tensor<[N, 64]>, x: Tensor<[N, 8]>): Tensor<[N, 64]> => nn.gruCell(gp, h, x);
// An annotated slice says nothing of the stack: inference does not run backwards.
is<[Tensor<[64]>, Tensor<[50, 64]>]>()(scan((s: Tensor<[64]>, x: Tensor<[64]>) => [add(s, x), x], zeros([64]), zeros([50, 64])));
