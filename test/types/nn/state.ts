// Types of networks that keep state or draw numbers: states in a row, keys where they are needed, nothing where nothing is.
import type { Scalar, Tensor } from '../../../src/ir/tensor.ts';
import * as nn from '../../../src/nn/index.ts';
import { zeros } from '../../../src/numpy/create.ts';
import * as random from '../../../src/random/index.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import { valueAndGrad } from '../../../src/transform/grad.ts';
import { jit } from '../../../src/transform/jit.ts';
import { is } from './is.ts';

const key = random.key(0);
declare const B: Dim<'batch'>;
declare const n: number;

// One state for each layer that keeps one; draws leave no trace in it.
const net = nn.seq(nn.dense(8), nn.batchNorm, nn.relu, nn.dropout(0.1), nn.seq(nn.dense(4), nn.batchNorm), nn.dense(2));
const x = zeros([B, 3]);
const params = nn.init(net, key, x);
const state = nn.initState(net, x);
is<nn.BatchNormParams<8>>()(params[1]);
is<null>()(params[3]);
is<[nn.BatchStatistics<8>, nn.BatchStatistics<4>]>()(state);
const [y, next] = nn.applyTrain(net, params, state, x, key);
is<Tensor<[Dim<'batch'>, 2]>>()(y);
is<[nn.BatchStatistics<8>, nn.BatchStatistics<4>]>()(next);
is<Tensor<[Dim<'batch'>, 2]>>()(nn.applyEval(net, params, state, x));
is<Tensor<[number, 2]>>()(nn.applyEval(net, params, next, zeros([n, 3])));

// Draws alone keep no state; state alone wants no key; what has neither is as ever.
const drops = nn.seq(nn.dense(8), nn.dropout(0.5));
is<[]>()(nn.initState(drops, x));
is<Tensor<[2, 8]>>()(nn.applyTrain(drops, nn.init(drops, key, zeros([2, 3])), [], zeros([2, 3]), key)[0]);
const norms = nn.seq(nn.batchNormOf(3), nn.tanh);
is<[nn.BatchStatistics<3>]>()(nn.applyTrain(norms, nn.init(norms, key, zeros([2, 3])), nn.initState(norms, zeros([2, 3])), zeros([2, 3]))[1]);
const plain = nn.seq(nn.dense(8), nn.relu);
is<[Tensor<[2, 8]>, []]>()(nn.applyTrain(plain, nn.init(plain, key, zeros([2, 3])), [], zeros([2, 3])));
is<Tensor<[2, 8]>>()(nn.applyEval(plain, nn.init(plain, key, zeros([2, 3])), [], zeros([2, 3])));
is<null>()(nn.init(nn.dropout(0.5), key, x));

// Residual layers, pairs, halves, repeats.
const block = <const C extends number>(c: C) => nn.residual(nn.seq(nn.batchNormOf(c), nn.relu, nn.dropout(0.1), nn.denseFrom(c, c)));
is<[nn.BatchStatistics<4>]>()(nn.initState(block(4), zeros([2, 4])));
is<[nn.BatchStatistics<3>, nn.BatchStatistics<3>]>()(nn.initState(nn.fanout(nn.batchNorm, nn.batchNorm), zeros([2, 3])));
const halves: [Tensor<[2, 3]>, Tensor<[2, 5]>] = [zeros([2, 3]), zeros([2, 5])];
is<[nn.BatchStatistics<3>]>()(nn.initState(nn.parallel(nn.batchNorm, nn.relu), halves));
const deep = nn.seq(nn.dense(4), nn.repeat(6, block(4)), nn.batchNorm);
const deepState = nn.initState(deep, zeros([2, 3]));
is<Tensor<[6, 4]>>()(deepState[0].mean);
is<Tensor<[4]>>()(deepState[1].variance);
is<Tensor<[2, 4]>>()(nn.applyTrain(deep, nn.init(deep, key, zeros([2, 3])), deepState, zeros([2, 3]), key)[0]);
const after3 = (v: Tensor<[2, 3]>) => nn.apply(nn.relu, null, v);
is<[null, nn.BatchNormParams<3>]>()(nn.init(nn.compose((v: Tensor<[2, 3]>) => nn.batchNorm(v), after3), key, zeros([2, 3])));

// A convolutional network, closed and open.
const images = zeros([8, 32, 32, 3]);
is<[nn.BatchStatistics<16>]>()(nn.initState(nn.from(images, nn.conv(16, 3), nn.batchNorm, nn.relu), images));
const open = nn.seq(nn.conv(16, 3, { padding: 'same' }), nn.batchNorm, nn.relu, nn.globalAvgPool, nn.dropout(0.2), nn.dense(10));
is<[nn.BatchStatistics<16>]>()(nn.initState(open, images));
is<Tensor<[8, 10]>>()(nn.applyTrain(open, nn.init(open, key, images), nn.initState(open, images), images, key)[0]);
// A residual network with batch norm and dropout, as one writes it: images of a stated size, any number of them.
const stage = <const C extends number>(c: C) => nn.seq(nn.conv(c, 3, { padding: 'same' }), nn.batchNorm, nn.relu, nn.conv(c, 3, { padding: 'same' }), nn.batchNorm);
const half = <const C extends number>(c: C) => nn.seq(nn.conv(c, 3, { stride: 2, padding: 'same' }), nn.batchNorm, nn.relu, nn.conv(c, 3, { padding: 'same' }), nn.batchNorm);
const project = <const C extends number>(c: C) => nn.seq(nn.conv(c, 1, { stride: 2, padding: 'same' }), nn.batchNorm);
const photos = zeros([n, 32, 32, 3]);
const resnet = nn.from(photos,
  nn.conv(16, 3, { padding: 'same' }), nn.batchNorm, nn.relu,
  nn.shortcut(stage(16), nn.identity), nn.relu,
  nn.shortcut(half(32), project(32)), nn.relu,
  nn.shortcut(half(64), project(64)), nn.relu,
  nn.globalAvgPool, nn.dropout(0.2), nn.dense(10));
const resParams = nn.init(resnet, key, photos);
is<Tensor<[3, 3, 16, 32]>>()(resParams[5][0][0].w);
is<nn.BatchNormParams<64>>()(resParams[7][1][1]);
const resState = nn.initState(resnet, photos);
is<nn.BatchStatistics<64>>()(resState[8]);
is<Tensor<[number, 10]>>()(nn.applyTrain(resnet, resParams, resState, zeros([8, 32, 32, 3]), key)[0]);
is<Tensor<[number, 10]>>()(nn.applyEval(resnet, resParams, resState, zeros([B, 32, 32, 3])));
// A batch that is still a type parameter passes shortcuts of both kinds.
const small = <N extends number>(x: Tensor<[N, 8, 8, 4]>) => nn.from(x, nn.shortcut(stage(4), nn.identity), nn.relu, nn.shortcut(half(8), project(8)), nn.globalAvgPool)(x);
is<Tensor<[number, 8]>>()(nn.applyEval(small<number>, nn.init(small<number>, key, zeros([n, 8, 8, 4])), nn.initState(small<number>, zeros([n, 8, 8, 4])), zeros([n, 8, 8, 4])));
is<Tensor<[5, 8]>>()(nn.applyEval(small<5>, nn.init(small<5>, key, zeros([5, 8, 8, 4])), nn.initState(small<5>, zeros([5, 8, 8, 4])), zeros([5, 8, 8, 4])));
const resLoss = <N extends number>(p: typeof resParams, s: typeof resState, v: Tensor<[N, 32, 32, 3]>, labels: Tensor<[N], 'i32'>, k: random.Key): [Scalar, typeof resState] => {
  const [logits, after] = nn.applyTrain(resnet, p, s, v, k);
  return [nn.crossEntropy(logits, labels), after];
};
is<Tensor<[3, 3, 16, 32]>>()(jit(valueAndGrad(resLoss, { hasAux: true }))(resParams, resState, images, zeros([8], 'i32'), key)[1][5][0][0].w);

// The same for any number of images: the sum of the branches is asked about while that number is a type parameter.
const anyNumber = <N extends number>(v: Tensor<[N, 32, 32, 3]>) => nn.from(v,
  nn.conv(16, 3, { padding: 'same' }), nn.batchNorm, nn.relu,
  nn.shortcut(half(32), project(32)), nn.relu,
  nn.repeat(4, nn.seq(nn.shortcut(stage(32), nn.identity), nn.relu)),
  nn.globalAvgPool, nn.dense(10))(v);
is<Tensor<[8, 10]>>()(nn.applyEval(anyNumber, nn.init(anyNumber, key, zeros([1, 32, 32, 3])), nn.initState(anyNumber, zeros([B, 32, 32, 3])), images));
is<Tensor<[4, 32]>>()(nn.initState(anyNumber, photos)[4].mean);

// A training step: the loss hands the next state on; it stays generic in the batch.
const loss = <N extends number>(p: typeof params, s: typeof state, v: Tensor<[N, 3]>, labels: Tensor<[N], 'i32'>, k: random.Key): [Scalar, typeof state] => {
  const [logits, after] = nn.applyTrain(net, p, s, v, k);
  return [nn.crossEntropy(logits, labels), after];
};
const step = jit(valueAndGrad(loss, { hasAux: true }));
const [[value, after], grads] = step(params, state, zeros([32, 3]), zeros([32], 'i32'), key);
is<Scalar>()(value);
is<[nn.BatchStatistics<8>, nn.BatchStatistics<4>]>()(after);
is<nn.DenseParams<3, 8>>()(grads[0]);

// Networks of one's own.
const counted = <S extends readonly number[]>(v: Tensor<S>) => nn.stateful({ init: () => null, state: (): Scalar => zeros([]), train: (_: null, s: Scalar) => [v, s] as const, evaluate: () => v });
is<[Scalar, nn.BatchStatistics<3>]>()(nn.initState(nn.seq(counted, nn.batchNorm), zeros([2, 3])));
const noisy = <S extends readonly number[]>(v: Tensor<S>) => nn.stochastic({ init: () => null, train: (_: null, k) => { is<random.Key>()(k); return v; }, evaluate: () => v });
is<Tensor<[2, 3]>>()(nn.applyTrain(nn.seq(noisy, nn.relu), [null, null], [], zeros([2, 3]), key)[0]);
