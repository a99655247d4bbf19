// ONNX Runtime Web on one thread: inference only, so products, elementwise operations and convolutions forward.
import { model } from '../onnx.mjs';
import * as W from '../workloads.mjs';

export const name = 'ort-web';

export async function init() {
  const loaded = await import('onnxruntime-web/wasm');
  const ort = loaded.default ?? loaded;
  ort.env.wasm.numThreads = 1;
  const hadWorker = 'Worker' in globalThis;
  ort.env.logLevel = 'error';
  const applied = async (nodes, inputs) => {
    const session = await ort.InferenceSession.create(model(nodes, inputs), { executionProviders: ['wasm'], graphOptimizationLevel: 'all', logSeverityLevel: 3 });
    // Its loader defines Worker globally, whereupon jax-js believes that there are threads.
    if (!hadWorker) delete globalThis.Worker;
    const feeds = Object.fromEntries(Object.entries(inputs).map(([key, shape], i) => [key, new ort.Tensor('float32', W.normal(31 + i, shape.reduce((p, q) => p * q)), shape)]));
    return { async step() { await session.run(feeds); } };
  };
  return {
    gemm: ({ m, k, n }) => applied([['MatMul', ['a', 'b'], 'y']], { a: [m, k], b: [k, n] }),
    conv({ b, ci, h, co, ks, pad, layout }) {
      if (layout !== 'NCHW') throw new Error('NCHW only');
      return applied([['Conv', ['a', 'w'], 'y', { kernel_shape: [ks, ks], strides: [1, 1], pads: [pad, pad, pad, pad] }]], { a: [b, ci, h, h], w: [co, ci, ks, ks] });
    },
    ew(op, R, C) {
      const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(key => ({ [key]: [R, C] }));
      const graphs = {
        add: [[['Add', ['a', 'b'], 'y']], { ...a, ...b }],
        fused: [[['Mul', ['a', 'b'], 't'], ['Exp', ['d'], 'e'], ['Mul', ['c', 'e'], 'f'], ['Add', ['t', 'f'], 'y']], { ...a, ...b, ...c, ...d }],
        exp: [[['Exp', ['a'], 'y']], a], tanh: [[['Tanh', ['a'], 'y']], a], erf: [[['Erf', ['a'], 'y']], a],
        softmax: [[['Softmax', ['a'], 'y', { axis: 1 }]], a], sum: [[['ReduceSum', ['a'], 'y', { keepdims: 0 }]], a],
        layernorm: [[['LayerNormalization', ['a', 'g', 'h'], 'y', { axis: 1 }]], { ...a, g: [C], h: [C] }],
      };
      if (graphs[op] === undefined) throw new Error(`no ${op}`);
      return applied(...graphs[op]);
    },
  };
}
