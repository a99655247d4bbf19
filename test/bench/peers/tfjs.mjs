// TensorFlow.js on its WebAssembly backend: eager, images NHWC. It has no gradient of a convolution with respect to the kernel.
import { createRequire, register } from 'node:module';
import { dirname } from 'node:path';
import * as W from '../workloads.mjs';

export const name = 'tfjs-wasm';

export async function init() {
  const require = createRequire(import.meta.url);
  const tf = require('@tensorflow/tfjs-core');
  // Gradients are modules of their own, which name each other without extensions.
  register(`data:text/javascript,${encodeURIComponent("export const resolve = (name, context, next) => next(name, context).catch(() => next(`${name}.js`, context))")}`);
  await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  // The plain backend fills the gaps of the other.
  require('@tensorflow/tfjs-backend-cpu');
  const { setWasmPaths } = require('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  await tf.setBackend('wasm');
  await tf.ready();
  const A = (data, shape) => tf.tensor(data, shape, 'float32');
  const V = (data, shape) => tf.variable(A(data, shape));
  const random = (seed, shape) => A(W.normal(seed, shape.reduce((p, q) => p * q)), shape);
  const { add, mul, sub, matMul, mean, relu, reshape, square, sqrt, sum, transpose } = tf;
  const crossEntropy = (logits, y, rows) => mul(sum(mul(tf.logSoftmax(logits), y)), -1 / rows);
  const applied = f => ({ step() { tf.dispose(tf.tidy(f)); } });
  const trained = (loss, variables, optimizer) => ({ async step() {
    const l = tf.tidy(() => optimizer.minimize(loss, true, variables));
    [this.loss] = await l.data();
    l.dispose();
  } });
  const gelu = x => mul(mul(x, 0.5), add(tf.tanh(mul(add(x, mul(mul(mul(x, x), x), 0.044715)), Math.sqrt(2 / Math.PI))), 1));
  const norm = (x, g, b) => {
    const c = sub(x, mean(x, -1, true));
    return add(mul(mul(c, tf.rsqrt(add(mean(square(c), -1, true), 1e-5))), g), b);
  };
  return {
    async gemm({ m, k, n }) {
      const [a, b] = [A(W.uniform(1, m * k), [m, k]), A(W.uniform(2, k * n), [k, n])];
      return applied(() => matMul(a, b));
    },
    async conv({ b, ci, h, co, ks, pad, layout }) {
      if (layout !== 'NHWC') throw new Error('NHWC only');
      const [x, w] = [random(41, [b, h, h, ci]), random(42, [ks, ks, ci, co])];
      return applied(() => tf.conv2d(x, w, 1, pad === 0 ? 'valid' : 'same'));
    },
    async convGradient({ b, ci, h, co, ks, pad, layout }, wanted) {
      if (layout !== 'NHWC' || wanted !== 'input') throw new Error('NHWC, d/dx only');
      const out = h + 2 * pad - ks + 1;
      const [x, w, ct] = [random(41, [b, h, h, ci]), random(42, [ks, ks, ci, co]), random(43, [b, out, out, co])];
      const pull = tf.grad(v => tf.conv2d(v, w, 1, pad === 0 ? 'valid' : 'same'));
      return applied(() => pull(x, ct));
    },
    async ew(op, R, C) {
      const [a, b, c, d] = [31, 32, 33, 34].map(seed => random(seed, [R, C]));
      const [gain, bias] = [51, 52].map(seed => random(seed, [C]));
      const functions = {
        add: () => add(a, b), fused: () => add(mul(a, b), mul(c, tf.exp(d))), chain: () => sub(mul(sqrt(tf.abs(add(mul(a, 2), 1))), 0.5), 1), exp: () => tf.exp(a), tanh: () => tf.tanh(a), erf: () => tf.erf(a),
        gelu: () => gelu(a), softmax: () => tf.softmax(a), layernorm: () => norm(a, gain, bias), sum: () => sum(a), rowsum: () => sum(a, 1), colsum: () => sum(a, 0),
        transpose: () => add(transpose(a), 0.5), cumsum: () => tf.cumsum(a, 1),
      };
      if (functions[op] === undefined) throw new Error(`no ${op}`);
      return applied(functions[op]);
    },
    async mlp(rule) {
      const { B, I, H, O, lr, adamLr } = W.MLP;
      const d = W.mlpData();
      const p = [V(d.w1, [I, H]), V(d.b1, [H]), V(d.w2, [H, O]), V(d.b2, [O])];
      const [x, y] = [A(d.x, [B, I]), A(d.y, [B, O])];
      const loss = () => crossEntropy(add(matMul(relu(add(matMul(x, p[0]), p[1])), p[2]), p[3]), y, B);
      return trained(loss, p, rule === 'adam' ? tf.train.adam(adamLr, 0.9, 0.999, 1e-8) : tf.train.sgd(lr));
    },
    async transformer() {
      const { B, T, D, Hh, F, lr } = W.TF;
      const d = W.tfData();
      const shapes = { g1: [D], be1: [D], wq: [D, D], wk: [D, D], wv: [D, D], wo: [D, D], g2: [D], be2: [D], wf: [D, F], bf: [F], wp: [F, D], bp: [D] };
      const p = Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, V(d[key], shape)]));
      const [x, y] = [A(d.x, [B, T, D]), A(d.y, [B, T, D])];
      const mask = A(Float32Array.from({ length: T * T }, (_, i) => i % T > Math.floor(i / T) ? -1e9 : 0), [T, T]);
      const linear = (h, w, width) => reshape(matMul(reshape(h, [B * T, -1]), w), [B, T, width]);
      const heads = h => transpose(reshape(h, [B, T, Hh, D / Hh]), [0, 2, 1, 3]);
      const loss = () => {
        const h = norm(x, p.g1, p.be1);
        const [q, k, v] = [p.wq, p.wk, p.wv].map(w => heads(linear(h, w, D)));
        const weights = tf.softmax(add(mul(matMul(q, k, false, true), 1 / Math.sqrt(D / Hh)), mask));
        const r = add(x, linear(reshape(transpose(matMul(weights, v), [0, 2, 1, 3]), [B, T, D]), p.wo, D));
        const o = add(r, add(linear(gelu(add(linear(norm(r, p.g2, p.be2), p.wf, F), p.bf)), p.wp, D), p.bp));
        return mean(square(sub(o, y)));
      };
      return trained(loss, Object.values(p), tf.train.sgd(lr));
    },
  };
}
