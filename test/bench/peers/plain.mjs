// Plain JavaScript on typed arrays: what somebody would write without a library. Loops over rows innermost, no blocking.
import * as W from '../workloads.mjs';

export const name = 'plain JS';
const zeros = n => new Float32Array(n);

/** c = a b, [m, k] x [k, n]. */
function product(a, b, c, m, k, n) {
  c.fill(0);
  for (let i = 0; i < m; i++) {
    for (let q = 0; q < k; q++) { const s = a[i * k + q]; for (let j = 0; j < n; j++) c[i * n + j] += s * b[q * n + j]; }
  }
}
/** c = a' b, [k, m]' x [k, n]. */
function productOfTransposed(a, b, c, m, k, n) {
  c.fill(0);
  for (let q = 0; q < k; q++) {
    for (let i = 0; i < m; i++) { const s = a[q * m + i]; for (let j = 0; j < n; j++) c[i * n + j] += s * b[q * n + j]; }
  }
}
/** c = a b', [m, k] x [n, k]'. */
function productWithTransposed(a, b, c, m, k, n) {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) { let s = 0; for (let q = 0; q < k; q++) s += a[i * k + q] * b[j * k + q]; c[i * n + j] = s; }
  }
}
function dense(w, b, rows, wide, narrow) {
  const [dw, db] = [zeros(w.length), zeros(b.length)];
  return {
    forward(x, y) { product(x, w, y, rows, wide, narrow); for (let i = 0; i < y.length; i++) y[i] += b[i % narrow]; },
    backward(x, dy, dx) {
      productOfTransposed(x, dy, dw, wide, rows, narrow);
      db.fill(0);
      for (let i = 0; i < dy.length; i++) db[i % narrow] += dy[i];
      if (dx !== null) productWithTransposed(dy, w, dx, rows, narrow, wide);
    },
    pairs: [[w, dw], [b, db]],
  };
}
function crossEntropy(z, labels, dz, rows, count) {
  let loss = 0;
  for (let i = 0; i < rows; i++) {
    let top = -Infinity;
    for (let j = 0; j < count; j++) top = Math.max(top, z[i * count + j]);
    let total = 0;
    for (let j = 0; j < count; j++) total += Math.exp(z[i * count + j] - top);
    const log = Math.log(total) + top;
    loss += log - z[i * count + labels[i]];
    for (let j = 0; j < count; j++) dz[i * count + j] = (Math.exp(z[i * count + j] - log) - (j === labels[i] ? 1 : 0)) / rows;
  }
  return loss / rows;
}

export async function init() {
  return {
    async gemm({ m, k, n }) {
      const [a, b, c] = [W.uniform(1, m * k), W.uniform(2, k * n), zeros(m * n)];
      return { step() { product(a, b, c, m, k, n); } };
    },
    async ew(op, R, C) {
      const [a, b, c, d] = [31, 32, 33, 34].map(seed => W.normal(seed, R * C));
      const y = zeros(R * C);
      const map = f => () => { for (let i = 0; i < y.length; i++) y[i] = f(i); };
      const functions = {
        add: map(i => a[i] + b[i]), fused: map(i => a[i] * b[i] + c[i] * Math.exp(d[i])), chain: map(i => Math.sqrt(Math.abs(a[i] * 2 + 1)) * 0.5 - 1), exp: map(i => Math.exp(a[i])), tanh: map(i => Math.tanh(a[i])),
        gelu: map(i => 0.5 * a[i] * (1 + Math.tanh(0.7978845608 * (a[i] + 0.044715 * a[i] ** 3)))), transpose: map(i => a[(i % R) * C + Math.floor(i / R)] + 0.5),
        sum() { let s = 0; for (let i = 0; i < a.length; i++) s += a[i]; y[0] = s; },
        rowsum() { for (let i = 0; i < R; i++) { let s = 0; for (let j = 0; j < C; j++) s += a[i * C + j]; y[i] = s; } },
        colsum() { y.fill(0, 0, C); for (let i = 0; i < R; i++) for (let j = 0; j < C; j++) y[j] += a[i * C + j]; },
        cumsum() { for (let i = 0; i < R; i++) { let s = 0; for (let j = 0; j < C; j++) { s += a[i * C + j]; y[i * C + j] = s; } } },
        sort() { y.set(a); for (let i = 0; i < R; i++) y.subarray(i * C, i * C + C).sort(); },
        softmax() {
          for (let i = 0; i < R; i++) {
            let [top, total] = [-Infinity, 0];
            for (let j = 0; j < C; j++) top = Math.max(top, a[i * C + j]);
            for (let j = 0; j < C; j++) { y[i * C + j] = Math.exp(a[i * C + j] - top); total += y[i * C + j]; }
            for (let j = 0; j < C; j++) y[i * C + j] /= total;
          }
        },
      };
      if (functions[op] === undefined) throw new Error(`no ${op}`);
      return { step: functions[op] };
    },
    async mlp(rule) {
      const { B, I, H, O, lr, adamLr } = W.MLP;
      const d = W.mlpData();
      const [first, second] = [dense(d.w1, d.b1, B, I, H), dense(d.w2, d.b2, B, H, O)];
      const [h, dh, z, dz] = [zeros(B * H), zeros(B * H), zeros(B * O), zeros(B * O)];
      const pairs = [...first.pairs, ...second.pairs];
      const moments = pairs.map(([w]) => [zeros(w.length), zeros(w.length)]);
      let count = 0;
      return { step() {
        count++;
        first.forward(d.x, h);
        for (let i = 0; i < h.length; i++) if (h[i] < 0) h[i] = 0;
        second.forward(h, z);
        this.loss = crossEntropy(z, d.lab, dz, B, O);
        second.backward(h, dz, dh);
        for (let i = 0; i < h.length; i++) if (h[i] === 0) dh[i] = 0;
        first.backward(d.x, dh, null);
        pairs.forEach(([w, g], k) => {
          if (rule === 'sgd') { for (let i = 0; i < w.length; i++) w[i] -= lr * g[i]; return; }
          const [m, v] = moments[k];
          const [c1, c2] = [1 / (1 - 0.9 ** count), 1 / (1 - 0.999 ** count)];
          for (let i = 0; i < w.length; i++) {
            m[i] = 0.9 * m[i] + 0.1 * g[i];
            v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
            w[i] -= adamLr * m[i] * c1 / (Math.sqrt(v[i] * c2) + 1e-8);
          }
        });
      } };
    },
  };
}
