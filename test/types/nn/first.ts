// Types of networks kept in a const whose first layers take any dtype: the first layer that says its own gives it to the network.
import { nn, np, random, zeros, type Dim, type Tensor } from '../../../src/index.ts';
import { is } from './is.ts';

const key = random.key(0);
declare const B: Dim<'batch'>;
const image = zeros([B, 28, 28, 1]);
const rows = zeros([32, 784]);
const steps = zeros([2, 10, 30]);

const flattened = nn.seq(nn.flatten, nn.dense(128), nn.relu, nn.dense(10));
is<[null, nn.DenseParams<784, 128>, null, nn.DenseParams<128, 10>]>()(nn.init(flattened, key, image));
is<Tensor<[Dim<'batch'>, 10]>>()(nn.apply(flattened, nn.init(flattened, key, image), image));
const normed = nn.seq(nn.layerNorm, nn.dense(10));
is<[nn.LayerNormParams<784>, nn.DenseParams<784, 10>]>()(nn.init(normed, key, rows));
is<Tensor<[5, 2, 10]>>()(nn.apply(normed, nn.init(normed, key, rows), zeros([5, 2, 784])));
const batchNormed = nn.seq(nn.batchNorm, nn.dense(10));
is<[nn.BatchStatistics<784>]>()(nn.initState(batchNormed, rows));
is<Tensor<[32, 10]>>()(nn.applyTrain(batchNormed, nn.init(batchNormed, key, rows), nn.initState(batchNormed, rows), rows)[0]);
const rms = nn.seq(nn.rmsNorm, nn.dense(4, { bias: false }), (h) => np.multiply(h, h));
is<Tensor<[32, 4]>>()(nn.apply(rms, nn.init(rms, key, rows), rows));
const pooled = nn.seq(nn.maxPool(2), nn.conv(6, 5), nn.relu, nn.flatten, nn.dense(10));
is<Tensor<[Dim<'batch'>, 10]>>()(nn.apply(pooled, nn.init(pooled, key, image), image));
const activated = nn.seq(nn.relu, nn.conv(6, 5), nn.depthwiseConv(2, 3), nn.globalAvgPool);
is<Tensor<[Dim<'batch'>, 12]>>()(nn.apply(activated, nn.init(activated, key, image), image));
const recurrent = nn.seq(nn.layerNorm, nn.gru(3), nn.lastStep, nn.dense(2));
is<Tensor<[2, 2]>>()(nn.apply(recurrent, nn.init(recurrent, key, steps), steps));

// A stated dtype is the network's, too; so is that of a function of one's own behind the layer.
const double = nn.seq(nn.flatten, nn.dense(10, { dtype: 'f64' }), nn.tanh);
is<Tensor<[3, 10], 'f64'>>()(nn.apply(double, nn.init(double, key, zeros([3, 2, 2], 'f64')), zeros([3, 2, 2], 'f64')));
const squared = <S extends readonly number[]>(x: Tensor<S>): Tensor<S> => np.multiply(x, x);
const own = nn.seq(nn.flatten, nn.dense(10), squared, nn.dense(3));
is<Tensor<[Dim<'batch'>, 3]>>()(nn.apply(own, nn.init(own, key, image), image));

// In blocks, and around a layer.
const block = nn.seq(nn.flatten, nn.dense(10));
const blocks = nn.seq(block, nn.relu, nn.densely(nn.dense(4)), nn.residual(nn.seq(nn.layerNormOf(14), nn.dense(14))));
is<Tensor<[Dim<'batch'>, 14]>>()(nn.apply(blocks, nn.init(blocks, key, image), image));

// In a function of any dtype, layers are given the input's.
export const anyDtype = <D extends 'f32' | 'f64'>(x: Tensor<[3, 4], D>): readonly [Tensor<[3, 2], D>, Tensor<[3, 2], D>] => {
  const net = nn.seq(nn.layerNorm, nn.dense(8, { dtype: x.dtype }), nn.relu, nn.dense(2, { dtype: x.dtype }));
  const params = nn.init(net, key, x);
  return [nn.apply(net, params, x), nn.applyEval(net, params, nn.initState(net, x), x)];
};
export const anyBatchNorm = <D extends 'f32' | 'f64'>(x: Tensor<[3, 4], D>): Tensor<[3, 10], D> => {
  const net = nn.seq(nn.batchNorm, nn.dense(10, { dtype: x.dtype }), nn.dropout(0.5));
  return nn.applyTrain(net, nn.init(net, key, x), nn.initState(net, x), x, key)[0];
};

// Attention after layers of any dtype; images made of rows; ids.
const attentive = nn.seq(nn.layerNorm, nn.multiHeadAttention(5), nn.dense(2));
is<Tensor<[2, 10, 2]>>()(nn.apply(attentive, nn.init(attentive, key, steps), steps));
const unrolled = nn.seq(nn.reshape([28, 28, 1]), nn.conv(8, 3), nn.relu, nn.flatten, nn.dense(10));
is<Tensor<[32, 10]>>()(nn.apply(unrolled, nn.init(unrolled, key, rows), rows));
const last = nn.seq(nn.lastStep, nn.dense(2));
is<Tensor<[2, 2]>>()(nn.apply(last, nn.init(last, key, steps), steps));
const ids = nn.seq(nn.identity, nn.embedding(50, 4), nn.dense(3));
is<Tensor<[2, 7, 3]>>()(nn.apply(ids, nn.init(ids, key, zeros([2, 7], 'i32')), zeros([2, 7], 'i32')));

// Around layers of open widths.
const kept = nn.seq(nn.dense(16), nn.residual(nn.seq(nn.layerNorm, nn.dense(32), nn.relu, nn.dense(16))), nn.dense(2));
is<Tensor<[32, 2]>>()(nn.apply(kept, nn.init(kept, key, rows), rows));
const block8 = nn.seq(nn.conv(8, 3), nn.residual(nn.seq(nn.conv(8, 3, { padding: 'same' }), nn.relu)), nn.flatten, nn.dense(2));
is<Tensor<[Dim<'batch'>, 2]>>()(nn.apply(block8, nn.init(block8, key, image), image));
const transformer = nn.seq(nn.residual(nn.seq(nn.layerNorm, nn.multiHeadAttention(5))), nn.residual(nn.seq(nn.layerNorm, nn.dense(64), nn.gelu, nn.dense(30))), nn.layerNorm);
is<Tensor<[2, 10, 30]>>()(nn.apply(transformer, nn.init(transformer, key, steps), steps));
const noisy = nn.residual(nn.seq(nn.batchNorm, nn.relu, nn.dense(30), nn.dropout(0.1)));
is<Tensor<[2, 10, 30]>>()(nn.applyTrain(noisy, nn.init(noisy, key, steps), nn.initState(noisy, steps), steps, key)[0]);
const gated = nn.seq(nn.highway(nn.dense(784)), nn.shortcut(nn.dense(4), nn.dense(4)), nn.densely(nn.dense(3)), nn.dense(2));
is<Tensor<[32, 2]>>()(nn.apply(gated, nn.init(gated, key, rows), rows));
const grown = nn.seq(nn.conv(4, 3), nn.densely(nn.conv(4, 3, { padding: 'same' })), nn.relu, nn.globalAvgPool);
is<Tensor<[Dim<'batch'>, 8]>>()(nn.apply(grown, nn.init(grown, key, image), image));
const twoWays = nn.seq(nn.bidirectional(nn.gru(8), nn.gru(8)), nn.dense(2));
is<Tensor<[2, 10, 2]>>()(nn.apply(twoWays, nn.init(twoWays, key, steps), steps));
export const anyBatch = <B extends number, T extends number>(x: Tensor<[B, T, 16]>): readonly [Tensor<[B, T, 16]>, Tensor<[B, T, 20]>] => {
  const [same, wider] = [nn.residual(nn.dense(16)), nn.densely(nn.dense(4))];
  return [nn.apply(same, nn.init(same, key, x), x), nn.apply(wider, nn.init(wider, key, x), x)];
};

// Plain functions of rows and axes: what follows sees their rank.
const turned = nn.seq(nn.dense(8), nn.permute([0, -1, 1]), nn.lstm(3));
is<Tensor<[2, 8, 3]>>()(nn.apply(turned, nn.init(turned, key, steps), steps));
const turnedFirst = nn.seq(nn.permute([0, 2, 1]), nn.dense(3));
is<Tensor<[2, 30, 3]>>()(nn.apply(turnedFirst, nn.init(turnedFirst, key, steps), steps));
is<Tensor<[30, 10, 2]>>()(nn.permute([2, 1, 0])(steps));
const halved = nn.seq(nn.layerNorm, nn.glu, nn.dense(2));
is<Tensor<[2, 10, 2]>>()(nn.apply(halved, nn.init(halved, key, steps), steps));
const squares = nn.seq(nn.flatten, nn.reshape([28, 28]), nn.dense(2));
is<Tensor<[32, 28, 2]>>()(nn.apply(squares, nn.init(squares, key, rows), rows));
export const generic = <B extends number, T extends number>(x: Tensor<[B, T, 16]>, row: Tensor<[B, 16]>): readonly [Tensor<[B, 16, T]>, Tensor<[B, T, 8]>, Tensor<[B, 4, 4]>] =>
  [nn.permute([0, 2, 1])(x), nn.glu(x), nn.reshape([4, 4])(row)];
