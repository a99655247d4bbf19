// jax-js, on its WebAssembly backend unless another is named. `.ref` keeps an operand that is used again: there every use consumes one.
import * as W from '../workloads.mjs';

export const name = 'jax-js';

/** On 'wasm', or on 'webgpu' where there is such a device. */
export async function init(device = 'wasm') {
  installIteratorHelpers();
  const jax = await import('@jax-js/jax');
  await jax.init(device);
  jax.defaultDevice(device);
  const { numpy: np, lax, nn, jit, valueAndGrad, vjp, tree, blockUntilReady } = jax;
  const A = (data, shape) => np.array(data).reshape(shape);
  const random = (seed, shape) => A(W.normal(seed, shape.reduce((p, q) => p * q)), shape);
  const crossEntropy = (logits, y, rows) => nn.logSoftmax(logits, 1).mul(y).sum().mul(-1 / rows);
  /** A case that applies one function to the same operands again and again. */
  const applied = async (f, operands) => {
    await blockUntilReady(operands);
    const compiled = jit(f);
    return { async step() { const y = compiled(...operands.map(x => x.ref)); await y.blockUntilReady(); y.dispose(); } };
  };
  const sgd = (loss, first, x, y, lr) => {
    let params = first;
    const update = jit((p, a, b) => {
      const [l, g] = valueAndGrad(loss)(tree.ref(p), a, b);
      return [tree.map((w, d) => w.sub(d.mul(lr)), p, g), l];
    });
    return { async step() {
      const [next, l] = update(params, x.ref, y.ref);
      params = next;
      await blockUntilReady([l, params]);
      this.loss = l.js();
    } };
  };
  return {
    gemm: ({ m, k, n }) => applied((a, b) => np.matmul(a, b), [A(W.uniform(1, m * k), [m, k]), A(W.uniform(2, k * n), [k, n])]),
    conv({ b, ci, h, co, ks, pad, layout }) {
      if (layout !== 'NCHW') throw new Error('NCHW only');
      return applied((x, w) => lax.conv(x, w, [1, 1], [[pad, pad], [pad, pad]]), [random(41, [b, ci, h, h]), random(42, [co, ci, ks, ks])]);
    },
    convGradient({ b, ci, h, co, ks, pad, layout }, wanted) {
      if (layout !== 'NCHW') throw new Error('NCHW only');
      const out = h + 2 * pad - ks + 1;
      const f = (x, w, ct) => {
        const conv = (p, q) => lax.conv(p, q, [1, 1], [[pad, pad], [pad, pad]]);
        const [y, pull] = wanted === 'input' ? vjp(p => conv(p, w), [x]) : vjp(q => conv(x, q), [w]);
        y.dispose();
        return pull(ct)[0];
      };
      return applied(f, [random(41, [b, ci, h, h]), random(42, [co, ci, ks, ks]), random(43, [b, co, out, out])]);
    },
    ew(op, R, C) {
      const arrays = [31, 32, 33, 34].map(seed => random(seed, [R, C]));
      const functions = {
        add: (a, b) => a.add(b), fused: (a, b, c, d) => a.mul(b).add(c.mul(np.exp(d))), chain: a => np.sqrt(np.abs(a.mul(2).add(1))).mul(0.5).sub(1), exp: a => np.exp(a), tanh: a => np.tanh(a),
        gelu: a => nn.gelu(a, { approximate: true }), softmax: a => nn.softmax(a, 1), layernorm: (a, g, b) => nn.standardize(a, -1, { epsilon: 1e-5 }).mul(g).add(b), sum: a => a.sum(),
        rowsum: a => a.sum(1), colsum: a => a.sum(0), transpose: a => a.transpose().add(0.5), cumsum: a => np.cumsum(a, 1), sort: a => np.sort(a, 1),
      };
      const f = functions[op];
      if (f === undefined) throw new Error(`no ${op}`);
      return applied(f, op === 'layernorm' ? [arrays[0], random(51, [C]), random(52, [C])] : arrays.slice(0, f.length));
    },
    async mlp(rule) {
      const { B, I, H, O, lr, adamLr } = W.MLP;
      const d = W.mlpData();
      const start = { w1: A(d.w1, [I, H]), b1: A(d.b1, [H]), w2: A(d.w2, [H, O]), b2: A(d.b2, [O]) };
      const [x, y] = [A(d.x, [B, I]), A(d.y, [B, O])];
      const loss = (p, a, b) => crossEntropy(np.matmul(nn.relu(np.matmul(a, p.w1).add(p.b1)), p.w2).add(p.b2), b, B);
      if (rule === 'sgd') return sgd(loss, start, x, y, lr);
      const [b1, b2, eps] = [0.9, 0.999, 1e-8];
      let state = [start, tree.map(a => np.zerosLike(a.ref), start), tree.map(a => np.zerosLike(a.ref), start)];
      let count = 0;
      const update = jit((p, m, v, c1, c2, a, b) => {
        const [l, g] = valueAndGrad(loss)(tree.ref(p), a, b);
        const first = tree.map((u, d1) => u.mul(b1).add(d1.ref.mul(1 - b1)), m, g);
        const second = tree.map((u, d2) => u.mul(b2).add(d2.ref.mul(d2).mul(1 - b2)), v, g);
        const next = tree.map((w, u, s) => w.sub(u.ref.mul(c1.ref).div(np.sqrt(s.ref.mul(c2.ref)).add(eps)).mul(adamLr)), p, first, second);
        c1.dispose();
        c2.dispose();
        return [next, first, second, l];
      });
      return { async step() {
        count++;
        const [p, m, v, l] = update(...state, np.array(1 / (1 - b1 ** count)), np.array(1 / (1 - b2 ** count)), x.ref, y.ref);
        state = [p, m, v];
        await blockUntilReady([l, state]);
        this.loss = l.js();
      } };
    },
    async lenet(pool) {
      const { B, lr } = W.LENET;
      const d = W.lenetData();
      const start = {
        k1: A(d.k1, [6, 1, 5, 5]), c1: A(d.c1, [6, 1, 1]), k2: A(d.k2, [16, 6, 5, 5]), c2: A(d.c2, [16, 1, 1]), w1: A(d.w1, [400, 120]), b1: A(d.b1, [120]),
        w2: A(d.w2, [120, 84]), b2: A(d.b2, [84]), w3: A(d.w3, [84, 10]), b3: A(d.b3, [10]),
      };
      const pooled = h => lax.reduceWindow(h, pool === 'max' ? np.max : np.mean, [2, 2], [2, 2]);
      const loss = (p, a, b) => {
        let h = pooled(nn.relu(lax.convGeneralDilated(a, p.k1, [1, 1], [[2, 2], [2, 2]]).add(p.c1)));
        h = pooled(nn.relu(lax.convGeneralDilated(h, p.k2, [1, 1], 'VALID').add(p.c2))).reshape([B, 400]);
        h = nn.relu(np.matmul(nn.relu(np.matmul(h, p.w1).add(p.b1)), p.w2).add(p.b2));
        return crossEntropy(np.matmul(h, p.w3).add(p.b3), b, B);
      };
      return sgd(loss, start, A(d.x, [B, 1, 28, 28]), A(d.y, [B, 10]), lr);
    },
    async transformer() {
      const { B, T, D, Hh, F, lr } = W.TF;
      const d = W.tfData();
      const shapes = { g1: [D], be1: [D], wq: [D, D], wk: [D, D], wv: [D, D], wo: [D, D], g2: [D], be2: [D], wf: [D, F], bf: [F], wp: [F, D], bp: [D] };
      const start = Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, A(d[key], shape)]));
      const norm = (h, g, b) => nn.standardize(h, -1, { epsilon: 1e-5 }).mul(g).add(b);
      const loss = (p, a, b) => {
        const h = norm(a.ref, p.g1, p.be1);
        const [q, k, v] = [[h.ref, p.wq], [h.ref, p.wk], [h, p.wv]].map(([u, w]) => np.matmul(u, w).reshape([B, T, Hh, D / Hh]));
        const r = a.add(np.matmul(nn.dotProductAttention(q, k, v, { isCausal: true }).reshape([B, T, D]), p.wo));
        const f = nn.gelu(np.matmul(norm(r.ref, p.g2, p.be2), p.wf).add(p.bf), { approximate: true });
        return np.square(r.add(np.matmul(f, p.wp).add(p.bp)).sub(b)).mean();
      };
      return sgd(loss, start, A(d.x, [B, T, D]), A(d.y, [B, T, D]), lr);
    },
  };
}

/** Node 20 has no iterator helpers, which its einsum needs. */
export function installIteratorHelpers() {
  const prototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  const helpers = {
    * map(f) { let i = 0; for (const x of this) yield f(x, i++); },
    * filter(f) { let i = 0; for (const x of this) if (f(x, i++)) yield x; },
    toArray() { return [...this]; },
  };
  for (const [key, value] of Object.entries(helpers)) if (prototype[key] === undefined) Object.defineProperty(prototype, key, { configurable: true, value });
}
