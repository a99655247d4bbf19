// Rows of jax-js on the same device: the same programs on the same numbers, in the layouts that it has (images NCHW, kernels OIHW). `.ref` keeps an
// operand that is used again: there every use consumes one. Knows how to run one case, and no list of them.
import * as W from '../workloads.mjs';
import { installIteratorHelpers } from '../peers/jaxjs.mjs';
import { sampled } from './samples.mjs';
import { install } from './device.mjs';

const samples = 7;
const median = xs => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)] ?? NaN;
const toNCHW = [0, 3, 1, 2];
const toNHWC = [0, 2, 3, 1];
const toOIHW = [3, 2, 0, 1];
const toHWIO = [2, 3, 1, 0];

export async function init({ software }) {
  installIteratorHelpers();
  await install(software);
  const jax = await import('@jax-js/jax');
  await jax.init('webgpu');
  jax.defaultDevice('webgpu');
  const { numpy: np, lax, nn, jit, valueAndGrad, vjp, tree, blockUntilReady } = jax;
  const arrayOf = ({ data, shape }) => np.array(data).reshape(shape);
  const same = x => x;
  const turned = axes => x => np.transpose(x, axes);

  /** By suite: a function of arrays to arrays; how operands come into its layout, and results out of it. */
  const suites = {
    gemm: { f: (a, b) => [np.matmul(a, b)] },
    conv: { f: (x, w) => [lax.conv(x, w, [1, 1], 'SAME')], into: [turned(toNCHW), turned(toOIHW)], out: [turned(toNHWC)] },
    'conv gradients': {
      f: (x, w, ct) => { const [y, pull] = vjp((p, q) => lax.conv(p, q, [1, 1], 'SAME'), [x, w]); y.dispose(); return pull(ct); },
      into: [turned(toNCHW), turned(toOIHW), turned(toNCHW)], out: [turned(toNHWC), turned(toHWIO)],
    },
    elementwise: { f: x => [np.tanh(x.ref.mul(2).add(1)).mul(np.exp(np.square(x).mul(-1)))] },
    softmax: { f: x => [nn.softmax(x, 1)] },
    'layer norm': { f: x => [nn.standardize(x, -1, { epsilon: 1e-5 })] },
    'row sums': { f: x => [x.sum(1)] },
    'column sums': { f: x => [x.sum(0)] },
    attention: { f: (q, k, v) => [nn.dotProductAttention(q, k, v, { isCausal: true })] },
    'attention gradients': { f: (q, k, v) => { const [y, pull] = vjp((a, b, c) => nn.dotProductAttention(a, b, c, { isCausal: true }), [q, k, v]); return pull(y.mul(2)); } },
  };
  async function timed(step, seconds) {
    const started = performance.now();
    const [host, wall] = [[], []];
    do {
      const begun = performance.now();
      const end = step();
      host.push(performance.now() - begun);
      await end;
      wall.push(performance.now() - begun);
    } while (wall.length < samples && performance.now() - started < 1000 * seconds);
    return { hostMs: median(host), ...software ? {} : { wallMs: median(wall) }, samples: wall.length };
  }
  async function programRow(c, seconds) {
    const { f, into = [], out = [] } = suites[c.suite] ?? {};
    if (f === undefined) throw new Error(`it has no ${c.suite === 'overhead' ? 'scan' : c.suite}`);
    const operands = c.data().map((d, k) => (into[k] ?? same)(arrayOf(d)));
    await blockUntilReady(operands);
    const compiled = jit(f);
    const run = () => compiled(...operands.map(x => x.ref));
    const begun = performance.now();
    const results = run();
    await blockUntilReady(results);
    const firstMs = performance.now() - begun;
    const values = [];
    for (const [k, y] of results.entries()) values.push(await (out[k] ?? same)(y).data());
    const times = await timed(async () => { const y = run(); await blockUntilReady(y); for (const r of y) r.dispose(); }, seconds);
    for (const x of operands) x.dispose();
    return { firstMs, ...times, sample: sampled(values) };
  }
  async function callsRow(c, seconds) {
    const [x] = c.data().map(arrayOf);
    const f = jit(y => y.mul(0.5).add(1));
    const run = () => { let y = f(x.ref); for (let k = 1; k < c.turns; k++) y = f(y); return y; };
    const values = [await run().data()];
    const times = await timed(async () => { const y = run(); await y.blockUntilReady(); y.dispose(); }, seconds);
    return { ...times, sample: sampled(values) };
  }

  const normal = (seed, shape, deviation) => np.array(W.normal(seed, shape.reduce((p, q) => p * q, 1), deviation)).reshape(shape);
  const dense = (seed, from, to) => ({ w: normal(seed, [from, to], Math.sqrt(1 / from)), b: np.zeros([to]) });
  const through = ({ w, b }, x) => np.matmul(x, w).add(b);
  /** Mean cross entropy of rows of logits. */
  const crossEntropy = (logits, ids, rows, classes) => nn.logSoftmax(logits, 1).mul(nn.oneHot(ids, classes)).sum().mul(-1 / rows);
  const networks = {
    mlp({ widths, batch }) {
      const params = widths.slice(1).map((w, k) => dense(20 + k, widths[k], w));
      const forward = (p, x) => p.reduce((h, layer, k) => k === p.length - 1 ? through(layer, h) : nn.relu(through(layer, h)), x);
      return { params, loss: (p, x, y) => crossEntropy(forward(p, x), y, batch, widths.at(-1)) };
    },
    lenet({ batch }) {
      const kernel = (seed, shape) => normal(seed, shape, Math.sqrt(2 / (shape[1] * shape[2] * shape[3])));
      const params = { k1: kernel(31, [6, 1, 5, 5]), c1: np.zeros([6, 1, 1]), k2: kernel(32, [16, 6, 5, 5]), c2: np.zeros([16, 1, 1]), d1: dense(33, 400, 120), d2: dense(34, 120, 84), d3: dense(35, 84, 10) };
      const pooled = h => lax.reduceWindow(h, np.max, [2, 2], [2, 2]);
      const loss = (p, x, y) => {
        let h = pooled(nn.relu(lax.convGeneralDilated(x.reshape([batch, 1, 28, 28]), p.k1, [1, 1], 'SAME').add(p.c1)));
        h = pooled(nn.relu(lax.convGeneralDilated(h, p.k2, [1, 1], 'VALID').add(p.c2))).reshape([batch, 400]);
        return crossEntropy(through(p.d3, nn.relu(through(p.d2, nn.relu(through(p.d1, h))))), y, batch, 10);
      };
      return { params, loss };
    },
    /** Without rotary positions, which it has not got. */
    gpt({ batch, tokens, width, heads, blocks, vocabulary }) {
      const block = k => ({ g1: np.ones([width]), b1: np.zeros([width]), q: dense(k, width, width), k: dense(k + 1, width, width), v: dense(k + 2, width, width), o: dense(k + 3, width, width), g2: np.ones([width]), b2: np.zeros([width]), f: dense(k + 4, width, 4 * width), p: dense(k + 5, 4 * width, width) });
      const params = { table: normal(41, [vocabulary, width], 0.02), blocks: Array.from({ length: blocks }, (_, k) => block(50 + 6 * k)), g: np.ones([width]), b: np.zeros([width]), out: dense(42, width, vocabulary) };
      const norm = (h, g, b) => nn.standardize(h, -1, { epsilon: 1e-5 }).mul(g).add(b);
      const loss = (p, x, y) => {
        let h = np.take(p.table, x, 0);
        for (const l of p.blocks) {
          const n = norm(h.ref, l.g1, l.b1);
          const [q, k, v] = [[n.ref, l.q], [n.ref, l.k], [n, l.v]].map(([u, w]) => through(w, u).reshape([batch, tokens, heads, width / heads]));
          h = h.add(through(l.o, nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([batch, tokens, width])));
          h = h.ref.add(through(l.p, nn.gelu(through(l.f, norm(h, l.g2, l.b2)), { approximate: true })));
        }
        const logits = through(p.out, norm(h, p.g, p.b)).reshape([batch * tokens, vocabulary]);
        return crossEntropy(logits, y.reshape([batch * tokens]), batch * tokens, vocabulary);
      };
      return { params, loss };
    },
  };
  async function trainRow(c, seconds) {
    const { params: first, loss } = networks[c.about.kind](c.about);
    let params = first;
    const [x, y] = c.data().map(arrayOf);
    await blockUntilReady([params, x, y]);
    const update = jit((p, a, b) => {
      const [l, g] = valueAndGrad(loss)(tree.ref(p), a, b);
      return [tree.map((w, d) => w.sub(d.mul(c.lr)), p, g), l];
    });
    const step = async () => {
      const [next, l] = update(params, x.ref, y.ref);
      params = next;
      await blockUntilReady([l, params]);
      return l;
    };
    const begun = performance.now();
    const losses = [(await (await step()).data())[0]];
    const firstMs = performance.now() - begun;
    const times = await timed(async () => { (await step()).dispose(); }, seconds);
    losses.push((await (await step()).data())[0]);
    if (!losses.every(Number.isFinite) || !(losses[1] < losses[0])) throw new Error(`its losses do not fall: ${losses.join(', ')}`);
    return { firstMs, ...times, losses };
  }
  return { row: (c, seconds) => (c.suite === 'train step' ? trainRow : c.step === undefined ? programRow : callsRow)(c, seconds) };
}
