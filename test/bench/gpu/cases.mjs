// What is measured: programs with their data, how much they compute or move, and how they are known to be right. Sizes for a GPU, and small ones for
// software adapters. Knows no device.
import * as W from '../workloads.mjs';

const f32 = (shape, seed, scale = 1) => ({ shape, dtype: 'f32', data: W.normal(seed, shape.reduce((p, q) => p * q, 1), scale) });
/** Large operands: a table of normal numbers again and again, each time from another place. */
function tiled(shape, seed) {
  const n = shape.reduce((p, q) => p * q, 1);
  const table = W.normal(seed, Math.min(n, 65521));
  const data = new Float32Array(n);
  for (let at = 0; at < n; at += table.length) data.set(table.subarray(0, Math.min(table.length, n - at)), at);
  return { shape, dtype: 'f32', data };
}
const ids = (shape, seed, count) => { const g = W.generator(seed); return { shape, dtype: 'i32', data: Int32Array.from({ length: shape.reduce((p, q) => p * q, 1) }, () => Math.floor(g.uniformOne() * count)) }; };

/** Rows of a product, in float64, against those that were computed; the largest difference over the largest value. */
function productError([a, b], y, [m, k, n]) {
  let [most, worst] = [0, 0];
  for (const i of [0, 1, Math.floor(m / 2) + 3, m - 1].filter((r, at, all) => r < m && all.indexOf(r) === at)) {
    for (let j = 0; j < n; j += Math.max(1, Math.floor(n / 97))) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a.data[i * k + p] * b.data[p * n + j];
      most = Math.max(most, Math.abs(sum));
      worst = Math.max(worst, Math.abs(sum - y[i * n + j]));
    }
  }
  return worst / most;
}

/** `bound`: how far results may be from the reference's, as a part of the largest value. */
const gemm = n => ({
  suite: 'gemm', name: `${n}`, flops: 2 * n ** 3, bytes: 12 * n * n, bound: 2e-5, data: () => [tiled([n, n], 1), tiled([n, n], 2)],
  program: ({ np }) => (a, b) => np.matmul(a, b), error: (data, y) => productError(data, y, [n, n, n]),
});
const conv = (b, h, ci, co, ks = 3) => ({
  suite: 'conv', name: `${b}x${h}x${h}x${ci} ${ks}x${ks} to ${co}`, flops: 2 * b * h * h * ci * co * ks * ks, bound: 2e-5, data: () => [tiled([b, h, h, ci], 3), f32([ks, ks, ci, co], 4)],
  program: ({ lax }) => (x, w) => lax.convGeneral(x, w, { padding: 'same' }),
});
const convGradient = (b, h, ci, co, ks = 3) => ({
  suite: 'conv gradients', name: `${b}x${h}x${h}x${ci} ${ks}x${ks} to ${co}`, flops: 4 * b * h * h * ci * co * ks * ks, bound: 5e-5, data: () => [tiled([b, h, h, ci], 3), f32([ks, ks, ci, co], 4), tiled([b, h, h, co], 5)],
  program: ({ lax, vjp }) => (x, w, ct) => { const [, pull] = vjp((p, q) => lax.convGeneral(p, q, { padding: 'same' }), x, w); return pull(ct); },
});
/** `written`: how many times as much is written as is read. */
const rows = (suite, m, n, program, written = 1) => ({ suite, name: `${m}x${n}`, bytes: 4 * m * n * (1 + written), bound: 1e-5, data: () => [tiled([m, n], 6)], program });
const attention = (b, t, h, d) => ({
  suite: 'attention', name: `${b} of ${t}, ${h} heads of ${d}, causal`, flops: 2 * b * h * t * t * d, bound: 2e-5, data: () => [7, 8, 9].map(seed => tiled([b, t, h, d], seed)),
  program: ({ nn }) => (q, k, v) => nn.attention(q, k, v, { causal: true }),
});
const attentionGradient = (b, t, h, d) => ({
  ...attention(b, t, h, d), suite: 'attention gradients', flops: 7 * b * h * t * t * d, bound: 5e-5,
  program: ({ nn, np, grad }) => (q, k, v) => grad((x, y, z) => np.sum(np.square(nn.attention(x, y, z, { causal: true }))), { argnums: [0, 1, 2] })(q, k, v),
});
/** Many small dependent kernels: what a dispatch costs. */
const overhead = turns => ({
  suite: 'overhead', name: `a scan of ${turns} turns on 64 numbers`, turns, bound: 1e-5, data: () => [f32([64], 10)],
  program: ({ np, scan }) => x => scan(c => [np.add(np.multiply(c, 0.5), 1), null], x, null, { length: turns })[0],
});

/** Many calls of one small kernel, each of the result of the one before. */
const calls = turns => ({ suite: 'overhead', name: `${turns} calls of a kernel on 64 numbers`, turns, bound: 1e-5, data: () => [f32([64], 10)], step: ({ np }) => x => np.add(np.multiply(x, 0.5), 1) });

/** Training by SGD: a network of `nn`, its examples, its loss. Right where the first losses are the reference's. */
/** `about`: which network, for peers. */
const training = (name, about, { net, data, loss, flops, lr = 0.05, bound = 2e-4, check }) => ({ suite: 'train step', name, about, flops, lr, bound, net, data, loss, check });
const mlp = (widths, batch) => training(`MLP ${widths.join('-')}, batch ${batch}`, { kind: 'mlp', widths, batch }, {
  flops: 6 * batch * widths.slice(1).reduce((n, w, k) => n + w * widths[k], 0), data: () => [f32([batch, widths[0]], 11, 0.5), ids([batch], 12, widths.at(-1))],
  net: ({ nn }) => nn.seq(...widths.slice(1, -1).flatMap(w => [nn.dense(w), nn.relu]), nn.dense(widths.at(-1))), loss: ({ nn }) => (y, t) => nn.crossEntropy(y, t),
});
const lenet = batch => training(`LeNet-5, batch ${batch}`, { kind: 'lenet', batch }, {
  flops: 6 * batch * (28 * 28 * 6 * 25 + 10 * 10 * 16 * 150 + 400 * 120 + 120 * 84 + 84 * 10), data: () => [f32([batch, 28, 28, 1], 13, 0.5), ids([batch], 14, 10)],
  net: ({ nn }) => nn.seq(nn.conv(6, 5, { padding: 'same' }), nn.relu, nn.maxPool(2), nn.conv(16, 5), nn.relu, nn.maxPool(2), nn.flatten, nn.dense(120), nn.relu, nn.dense(84), nn.relu, nn.dense(10)),
  loss: ({ nn }) => (y, t) => nn.crossEntropy(y, t),
});
function gpt({ batch, tokens, width, heads, blocks, vocabulary }, check) {
  const parameters = blocks * 12 * width * width + vocabulary * width;
  return training(`GPT ${blocks} blocks of ${width}, ${heads} heads, vocabulary ${vocabulary}, batch ${batch} of ${tokens}`, { kind: 'gpt', batch, tokens, width, heads, blocks, vocabulary }, {
    flops: 6 * batch * tokens * parameters + 6 * blocks * batch * tokens * tokens * width, lr: 0.01, bound: 5e-4, check,
    data: () => [ids([batch, tokens], 15, vocabulary), ids([batch, tokens], 16, vocabulary)],
    net: ({ nn }) => nn.seq(nn.embedding(vocabulary, width), nn.repeat(blocks, nn.transformerBlock(width, heads, 4 * width, { causal: true, rotary: true })), nn.layerNormOf(width), nn.dense(vocabulary)),
    loss: ({ nn, np }) => (y, t) => np.mean(nn.crossEntropy(y, t)),
  });
}

const layerNorm = ({ np, lax }) => x => { const c = np.subtract(x, np.mean(x, { axis: 1, keepdims: true })); return np.multiply(c, lax.rsqrt(np.add(np.mean(np.square(c), { axis: 1, keepdims: true }), 1e-5))); };
const softmax = ({ nn }) => x => nn.softmax(x);
const elementwise = ({ np }) => x => np.multiply(np.tanh(np.add(np.multiply(x, 2), 1)), np.exp(np.negative(np.square(x))));
const sums = ({ np }) => x => np.sum(x, { axis: 1 });
const columns = ({ np }) => x => np.sum(x, { axis: 0 });

/** The same code in small is what a run on software adapters shows to be right. */
const smallGpt = gpt({ batch: 2, tokens: 16, width: 32, heads: 2, blocks: 2, vocabulary: 65 });
export const small = [
  gemm(64), gemm(96), conv(2, 12, 4, 8), convGradient(2, 12, 4, 8), rows('elementwise', 64, 300, elementwise), rows('softmax', 32, 300, softmax), rows('layer norm', 32, 300, layerNorm), rows('row sums', 64, 300, sums), rows('column sums', 300, 64, columns),
  attention(1, 32, 2, 16), attentionGradient(1, 32, 2, 16), overhead(200), calls(200), mlp([64, 32, 16, 10], 8), lenet(4), gpt({ batch: 2, tokens: 8, width: 16, heads: 2, blocks: 1, vocabulary: 65 }),
];
/** 256 MB and more where memory is the limit: caches hold tens of them. */
export const large = [
  ...[512, 1024, 2048, 4096, 8192].map(gemm), conv(32, 56, 64, 64), conv(32, 28, 128, 128), conv(32, 14, 256, 256), convGradient(32, 28, 128, 128),
  rows('elementwise', 8192, 8192, elementwise), rows('softmax', 65536, 1024, softmax), rows('softmax', 512, 131072, softmax), rows('layer norm', 65536, 1024, layerNorm), rows('row sums', 65536, 1024, sums, 0), rows('column sums', 65536, 1024, columns, 0),
  attention(8, 1024, 12, 64), attention(2, 4096, 16, 128), attentionGradient(8, 1024, 12, 64), overhead(1000), calls(1000), mlp([784, 256, 128, 10], 128), lenet(64), lenet(512), gpt({ batch: 4, tokens: 512, width: 768, heads: 12, blocks: 12, vocabulary: 50257 }, smallGpt),
];
