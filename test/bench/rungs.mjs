// What is felt besides rates: overheads of calls, first calls, loops, and memory over time. Each yields { name, value, unit, wanted }.
// Things that need a fresh process run in a child: `node rungs.mjs NAME`.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as ct from '../../dist/src/index.js';
import * as W from './workloads.mjs';

const { fromData, grad, jit, np, scan, tree, valueAndGrad, zeros } = ct;
const dispose = x => x[Symbol.dispose]();
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };

/** The least milliseconds of a turn, over samples of `turns`. */
function least(f, turns, samples = 15) {
  for (let i = 0; i < turns; i++) f();
  let best = Infinity;
  for (let s = 0; s < samples; s++) {
    const start = cpu();
    for (let i = 0; i < turns; i++) f();
    best = Math.min(best, (cpu() - start) / turns);
  }
  return best;
}

function calls() {
  const x = fromData(new Float32Array(16), [16]);
  const tiny = jit(a => np.add(a, 1));
  const leaves = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`p${i}`, fromData(new Float32Array(2), [2])]));
  const many = jit(p => tree.map(a => np.multiply(a, 0.9), p));
  let recorded = x;
  let count = 0;
  const record = () => {
    // A pending chain is run at 512 equations: another begins before.
    if (++count % 500 === 0) recorded = x;
    recorded = np.add(recorded, x);
  };
  return [
    { name: 'call of a tiny jitted function', value: 1000 * least(() => dispose(tiny(x)), 3000), unit: 'us', wanted: 10 },
    { name: 'call with 40 leaves', value: 1000 * least(() => { for (const y of Object.values(many(leaves))) dispose(y); }, 500), unit: 'us', wanted: 40 },
    { name: 'recording one unjitted operation', value: 1000 * least(record, 2000), unit: 'us', wanted: 3 },
  ];
}

function loops() {
  const counting = length => { const f = jit(c => scan(k => [np.add(k, 1), null], c, null, { length })[0]); return () => dispose(f(zeros([4]))); };
  const [short, long] = [counting(1000), counting(11_000)];
  const overhead = 1000 * (least(long, 20) - least(short, 20)) / 10_000;
  const [T, B, U] = [1000, 32, 128];
  const weights = { wi: fromData(W.normal(1, U * 3 * U, 0.05), [U, 3 * U]), wh: fromData(W.normal(2, U * 3 * U, 0.05), [U, 3 * U]), b: fromData(new Float32Array(3 * U), [3 * U]) };
  const xs = fromData(W.normal(3, T * B * U, 0.1), [T, B, U]);
  const part = (x, i) => x.slice([':', [i * U, (i + 1) * U]]);
  const cell = (p, h, x) => {
    const [a, g] = [np.add(np.matmul(x, p.wi), p.b), np.matmul(h, p.wh)];
    const [r, z] = [0, 1].map(i => ct.nn.sigmoid(np.add(part(a, i), part(g, i))));
    const n = np.tanh(np.add(part(a, 2), np.multiply(r, part(g, 2))));
    return np.add(np.multiply(np.subtract(1, z), n), np.multiply(z, h));
  };
  const loss = p => np.mean(np.square(scan((h, x) => { const y = cell(p, h, x); return [y, y]; }, zeros([B, U]), xs)[1]));
  const step = jit(p => grad(loss)(p));
  const whole = least(() => { for (const g of Object.values(step(weights))) dispose(g); }, 1, 4);
  const product = (m, k, n) => { const [a, b] = [fromData(W.normal(1, m * k), [m, k]), fromData(W.normal(2, k * n), [k, n])]; const f = jit((x, y) => np.matmul(x, y)); return least(() => dispose(f(a, b)), 200); };
  const products = 2 * T * (product(B, U, 3 * U) + product(B, 3 * U, U) + product(U, B, 3 * U));
  return [
    { name: 'scan, overhead of an iteration', value: overhead, unit: 'us', wanted: 1 },
    { name: `GRU of 1,000 steps forward and backward: ${whole.toFixed(0)} ms over its products' ${products.toFixed(0)} ms`, value: whole / products, unit: 'x', wanted: 1.3 },
  ];
}

/** Programs of fresh processes; each writes one number. */
const fresh = {
  async first(model) {
    const { init } = await import('./peer.mjs');
    const peer = await init();
    const work = await (model === 'transformer' ? peer.transformer() : peer[model](model === 'mlp' ? 'sgd' : 'max'));
    const start = performance.now();
    await work.step();
    return performance.now() - start;
  },
  async steps() {
    const { wasmBackend } = await import('../../dist/src/backend/wasm/backend.js');
    const x = fromData(W.normal(1, 32 * 64), [32, 64]);
    const update = jit(p => { const [l, g] = valueAndGrad(q => np.mean(np.square(np.matmul(x, q))))(p); return [np.subtract(p, np.multiply(g, 0.01)), l]; }, { donate: [0] });
    let p = fromData(W.normal(2, 64 * 64), [64, 64]);
    const pages = () => wasmBackend().memory.byteLength;
    let before = 0;
    for (let i = 0; i < 10_000; i++) {
      p = update(p)[0];
      if (i === 1000) before = pages();
      if (i % 100 === 0) await new Promise(done => { setTimeout(done); });
    }
    return 100 * (pages() / before - 1);
  },
  forgotten() {
    const x = fromData(new Float32Array(2 ** 18), [2 ** 18]);
    const f = jit(a => np.add(a, 1));
    for (let i = 0; i < 10_000; i++) f(x);
    return process.resourceUsage().maxRSS / 1024;
  },
  async growing() {
    const { wasmBackend } = await import('../../dist/src/backend/wasm/backend.js');
    const f = x => np.add(x, 1);
    await f(zeros([4])).data();
    const before = wasmBackend().memory.byteLength;
    const data = new Float32Array(4e6);
    for (let i = 1; i <= 200; i++) {
      const x = fromData(data.subarray(0, 20_000 * i), [20_000 * i]);
      const y = f(x);
      y.dataSync();
      dispose(x);
      dispose(y);
    }
    return (wasmBackend().memory.byteLength - before) / (2 * 16e6);
  },
};
const child = (...args) => Number(execFileSync(process.execPath, [fileURLToPath(import.meta.url), ...args], { encoding: 'utf8' }));

export async function * rungs() {
  yield * calls();
  yield * loops();
  for (const [model, wanted] of [['mlp', 100], ['lenet', 150], ['transformer', 250]]) {
    yield { name: `first call of the ${model} step`, value: Math.min(...[1, 2, 3].map(() => child('first', model))), unit: 'ms', wanted };
  }
  yield { name: '10,000 steps: growth of linear memory after the first 1,000', value: child('steps'), unit: '%', wanted: 5 };
  yield { name: '10,000 forgotten 1 MB results in one job: peak memory of the process', value: child('forgotten'), unit: 'MiB', wanted: 256 };
  yield { name: '200 disposed arrays of growing size: linear memory over the live peak', value: child('growing'), unit: 'x', wanted: 2 };
}

const [, program, name, ...args] = process.argv;
if (program === fileURLToPath(import.meta.url)) process.stdout.write(String(await fresh[name](...args)));
