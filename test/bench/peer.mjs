// Cotangent as a peer of a benchmark harness: `name`, and `init()` with the workloads that every peer runs on the same data.
// `init` takes the URL of another harness's workload definitions, if they are not those beside this file. What is missing here throws.
import * as ct from '../../dist/src/index.js';

export const name = 'cotangent';

/** @param {string} workloads URL of the module that defines the data, shapes and flop counts. */
export async function init(workloads = new URL('workloads.mjs', import.meta.url).href) {
  const W = await import(workloads);
  const { fromData, jit, np, nn, lax, tree, valueAndGrad, vjp } = ct;
  const A = (d, s) => fromData(Float32Array.from(d), s);
  const xent = (logits, y, B) => np.multiply(np.sum(np.multiply(nn.logSoftmax(logits), y)), -1 / B);
  const sgd = (p, g, lr) => tree.map((a, b) => np.subtract(a, np.multiply(b, lr)), p, g);
  const pulled = (f, x, ct) => { const [, pull] = vjp(f, x); const back = pull(ct); return Array.isArray(back) ? back[0] : back; };
  const settle = async x => { await x.data(); };
  const trained = (flops, step, first) => {
    let state = first;
    return { flops, async step() { const out = step(...state.args); state = { args: out.slice(0, -1) }; this.loss = await out.at(-1).item(); } };
  };
  const sgdStep = (loss, p, x, y, lr) => {
    const step = jit((q, a, b) => { const [l, g] = valueAndGrad(loss)(q, a, b); return [sgd(q, g, lr), l]; }, { donate: [0] });
    return q => step(q, x, y);
  };
  return {
    matmul(n) { return this.gemm({ m: n, k: n, n }); },
    async gemm({ m, k, n }) {
      const a = A(W.uniform(1, m * k), [m, k]);
      const b = A(W.uniform(2, k * n), [k, n]);
      const f = jit((x, y) => np.matmul(x, y));
      await settle(f(a, b));
      return {
        flops: 2 * m * k * n,
        step() { f(a, b)[Symbol.dispose](); },
        async check() { const c = await f(a, b).data(); return Number(c.at(0)) + Number(c.at(-1)); },
      };
    },
    async conv({ b, ci, h, co, ks, pad, layout }) {
      const [x, w] = layout === 'NHWC' ? [[b, h, h, ci], [ks, ks, ci, co]] : [[b, ci, h, h], [co, ci, ks, ks]];
      const [image, kernel] = [x, w].map((s, i) => A(W.normal(41 + i, s.reduce((p, q) => p * q)), s));
      const f = jit((p, q) => lax.convGeneral(p, q, { padding: pad, layout }));
      await settle(f(image, kernel));
      return { step() { f(image, kernel)[Symbol.dispose](); } };
    },
    async convGradient({ b, ci, h, co, ks, pad, layout }, wanted) {
      const out = h + 2 * pad - ks + 1;
      const [x, w, y] = layout === 'NHWC' ? [[b, h, h, ci], [ks, ks, ci, co], [b, out, out, co]] : [[b, ci, h, h], [co, ci, ks, ks], [b, co, out, out]];
      const [image, kernel, cotangent] = [x, w, y].map((s, i) => A(W.normal(41 + i, s.reduce((p, q) => p * q)), s));
      const conv = (p, q) => lax.convGeneral(p, q, { padding: pad, layout });
      const f = wanted === 'input' ? jit((p, q, ct) => pulled(r => conv(r, q), p, ct)) : jit((p, q, ct) => pulled(r => conv(p, r), q, ct));
      await settle(f(image, kernel, cotangent));
      return { step() { f(image, kernel, cotangent)[Symbol.dispose](); } };
    },
    async mlp(opt) {
      const { B, I, H, O, lr, adamLr } = W.MLP;
      const d = W.mlpData();
      const p = { w1: A(d.w1, [I, H]), b1: A(d.b1, [H]), w2: A(d.w2, [H, O]), b2: A(d.b2, [O]) };
      const x = A(d.x, [B, I]);
      const y = A(d.y, [B, O]);
      const loss = (q, a, b) => xent(np.add(np.matmul(nn.relu(np.add(np.matmul(a, q.w1), q.b1)), q.w2), q.b2), b, B);
      if (opt === 'sgd') { const step = sgdStep(loss, p, x, y, lr); return trained(W.MLP.flopsPerStep, step, { args: [p] }); }
      const adam = ct.optim.adam(adamLr);
      const step = jit((q, s, a, b) => {
        const [l, g] = valueAndGrad(loss)(q, a, b);
        const [u, t] = adam.update(g, s, q);
        return [ct.optim.applyUpdates(q, u), t, l];
      }, { donate: [0, 1] });
      return trained(W.MLP.flopsPerStep, (q, s) => step(q, s, x, y), { args: [p, adam.init(p)] });
    },
    async lenet(pool) {
      const { B, lr } = W.LENET;
      const d = W.lenetData();
      const p = {
        k1: A(d.k1, [6, 1, 5, 5]), c1: A(d.c1, [6, 1, 1]), k2: A(d.k2, [16, 6, 5, 5]), c2: A(d.c2, [16, 1, 1]), w1: A(d.w1, [400, 120]), b1: A(d.b1, [120]),
        w2: A(d.w2, [120, 84]), b2: A(d.b2, [84]), w3: A(d.w3, [84, 10]), b3: A(d.b3, [10]),
      };
      const x = A(d.x, [B, 1, 28, 28]);
      const y = A(d.y, [B, 10]);
      // Windows that do not overlap: a reshape and a reduction over two of its axes.
      const windows = h => np.reshape(h, [h.shape[0], h.shape[1], h.shape[2] / 2, 2, h.shape[3] / 2, 2]);
      const pooled = h => pool === 'max' ? np.max(windows(h), { axis: [3, 5] }) : np.mean(windows(h), { axis: [3, 5] });
      const conv = (h, k, padding) => lax.convGeneral(h, k, { padding, layout: 'NCHW' });
      const loss = (q, a, b) => {
        let h = pooled(nn.relu(np.add(conv(a, q.k1, 2), q.c1)));
        h = np.reshape(pooled(nn.relu(np.add(conv(h, q.k2, 0), q.c2))), [B, 400]);
        h = nn.relu(np.add(np.matmul(h, q.w1), q.b1));
        h = nn.relu(np.add(np.matmul(h, q.w2), q.b2));
        return xent(np.add(np.matmul(h, q.w3), q.b3), b, B);
      };
      return trained(W.LENET.flopsPerStep, sgdStep(loss, p, x, y, lr), { args: [p] });
    },
    async transformer() {
      const { B, T, D, Hh, F, lr } = W.TF;
      const d = W.tfData();
      const shapes = { g1: [D], be1: [D], wq: [D, D], wk: [D, D], wv: [D, D], wo: [D, D], g2: [D], be2: [D], wf: [D, F], bf: [F], wp: [F, D], bp: [D] };
      const p = Object.fromEntries(Object.entries(shapes).map(([k, s]) => [k, A(d[k], s)]));
      const x = A(d.x, [B, T, D]);
      const y = A(d.y, [B, T, D]);
      const ln = (h, g, b) => {
        const c = np.subtract(h, np.mean(h, { axis: -1, keepdims: true }));
        return np.add(np.multiply(np.divide(c, np.sqrt(np.add(np.mean(np.square(c), { axis: -1, keepdims: true }), 1e-5))), g), b);
      };
      const mask = np.greaterEqual(np.reshape(ct.arange(T), [T, 1]), np.reshape(ct.arange(T), [1, T]));
      const loss = (q, a, b) => {
        const h = ln(a, q.g1, q.be1);
        const heads = w => np.reshape(np.matmul(h, w), [B, T, Hh, D / Hh]);
        const scores = np.divide(np.einsum('bqhd,bkhd->bhqk', heads(q.wq), heads(q.wk)), Math.sqrt(D / Hh));
        const attention = nn.softmax(np.where(mask, scores, -1e30));
        const mixed = np.reshape(np.einsum('bhqk,bkhd->bqhd', attention, heads(q.wv)), [B, T, D]);
        const r = np.add(a, np.matmul(mixed, q.wo));
        const f = nn.gelu(np.add(np.matmul(ln(r, q.g2, q.be2), q.wf), q.bf));
        const o = np.add(r, np.add(np.matmul(f, q.wp), q.bp));
        return np.mean(np.square(np.subtract(o, b)));
      };
      return trained(W.TF.flopsPerStep, sgdStep(loss, p, x, y, lr), { args: [p] });
    },
    async ew(kind, R = W.EW.R, C = W.EW.C) {
      const arrays = [0, 1, 2, 3].map(i => A(W.normal(31 + i, R * C), [R, C]));
      const [gain, bias] = [51, 52].map(seed => A(W.normal(seed, C), [C]));
      const functions = {
        add: (a, b) => np.add(a, b), softmax: a => nn.softmax(a), gelu: a => nn.gelu(a), sum: a => np.sum(a), rowsum: a => np.sum(a, { axis: 1 }), colsum: a => np.sum(a, { axis: 0 }),
        fused: (a, b, c, d) => np.add(np.multiply(a, b), np.multiply(c, np.exp(d))), tanh: a => np.tanh(a), erf: a => lax.erf(a),
        layernorm: a => {
          const c = np.subtract(a, np.mean(a, { axis: -1, keepdims: true }));
          return np.add(np.multiply(np.divide(c, np.sqrt(np.add(np.mean(np.square(c), { axis: -1, keepdims: true }), 1e-5))), gain), bias);
        },
        transpose: a => np.add(np.transpose(a), 0.5), chain: a => np.subtract(np.multiply(np.sqrt(np.abs(np.add(np.multiply(a, 2), 1))), 0.5), 1), exp: a => np.exp(a),
        sort: a => np.sort(a, { axis: 1 }), cumsum: a => np.cumsum(a, { axis: 1 }),
      };
      if (functions[kind] === undefined) throw new Error(`no ${kind}`);
      const operands = arrays.slice(0, functions[kind].length);
      const f = jit(functions[kind]);
      await settle(f(...operands));
      return { bytes: 8 * R * C, step() { f(...operands)[Symbol.dispose](); } };
    },
  };
}
