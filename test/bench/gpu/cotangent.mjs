// Rows of the library itself: each checked against WebAssembly, or a sum in float64, then timed. Knows how to run one case, and no list of them.
import * as ct from '../../../dist/src/index.js';
import { acquireAdapter, isSoftware } from '../../../dist/src/backend/webgpu/acquire.js';
import { currentBackend } from '../../../dist/src/trace/backend.js';
import { describe, install, passTimer, peak, toggles } from './device.mjs';
import { sampled } from './samples.mjs';

const samples = 7;
const median = xs => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)] ?? NaN;
const least = xs => Math.min(...xs);
/** `timestamps` tries the timing itself on a software adapter; `tune` measures candidates of kernels, and each row again with the fastest. */
export async function init({ software: asked, timestamps, tune }) {
  await install(asked);
  const adapter = await acquireAdapter();
  const software = isSoftware(adapter);
  let device = null;
  let timer = null;
  /** The device, and its clock: a row that lost the one before leaves the others another. */
  async function onGpu() {
    await ct.setBackend('webgpu');
    const now = currentBackend().device;
    if (now === device) return;
    device = now;
    timer = software && !timestamps ? null : passTimer(device.gpu);
  }
  await onGpu();
  /** When all that was asked for is done: what the library has not yet given the device, too, since few submits are unfinished at a time. */
  async function finished() {
    await new Promise((done, failed) => { device.submit({ waitFor: () => null, encode: () => null, failed, done }); });
    await device.gpu.queue.onSubmittedWorkDone();
  }
  const tensors = data => data.map(({ data: numbers, shape, dtype }) => ct.fromData(numbers, shape, dtype));
  const dropped = y => { for (const r of ct.tree.leaves(y)) r[Symbol.dispose](); };

  /**
   * What a call costs: on the host until it returns, on the device by timestamps, and from call to end with the device idle before. The fewer
   * times, the longer it takes: `seconds` in all. On software adapters dispatches alone, and what the host spends.
   */
  async function measured(call, seconds) {
    const started = performance.now();
    const late = () => performance.now() - started > 1000 * seconds;
    const [host, gpu, wall] = [[], [], []];
    // Engines compile what is called often, and only then the host's share is what it will be.
    for (let k = 0; k < 30 && performance.now() - started < Math.min(100, 100 * seconds); k++) { call(); await finished(); }
    const [before, given] = [device.dispatches, device.submits];
    await timer?.take();
    do {
      const begun = performance.now();
      call();
      host.push(performance.now() - begun);
      await finished();
      wall.push(performance.now() - begun);
      if (timer !== null) gpu.push(await timer.take() / 1e6);
    } while (host.length < (software ? 4 * samples : samples) && !late());
    // Many at a time: the device need not wait for the host.
    const many = software || late() ? 0 : Math.max(1, Math.min(100, Math.round(300 / median(wall))));
    const begun = performance.now();
    for (let k = 0; k < many; k++) call();
    await finished();
    const steady = (performance.now() - begun) / many;
    await timer?.take();
    const count = host.length + many;
    return {
      hostMs: median(host), leastHostMs: least(host), ...software ? {} : { wallMs: median(wall), ...many === 0 ? {} : { steadyMs: steady } }, ...timer === null ? {} : { gpuMs: median(gpu), leastGpuMs: least(gpu) },
      dispatches: (device.dispatches - before) / count, submits: (device.submits - given) / count, samples: host.length,
    };
  }
  /** The largest difference over the largest value, over all results. */
  function distance(got, want) {
    let worst = 0;
    want.forEach((w, k) => {
      let [most, apart] = [1e-30, 0];
      for (let i = 0; i < w.length; i++) {
        most = Math.max(most, Math.abs(w[i]));
        const d = Math.abs(got[k][i] - w[i]);
        apart = d > apart || Number.isNaN(d) ? d : apart;
        if (Number.isNaN(apart)) { worst = NaN; return; }
      }
      worst = Math.max(worst, apart / most);
    });
    return worst;
  }
  const readAll = y => Promise.all(ct.tree.leaves(y).map(r => r.data()));
  /** What a case computes: a program, or a kernel that is called again and again. */
  function callOf(c) {
    if (c.step === undefined) return ct.jit(c.program(ct));
    const f = ct.jit(c.step(ct));
    return x => {
      let y = f(x);
      for (let k = 1; k < c.turns; k++) { const next = f(y); y[Symbol.dispose](); y = next; }
      return y;
    };
  }
  async function valuesOn(c, backend) {
    await ct.setBackend(backend);
    return readAll(callOf(c)(...tensors(c.data())));
  }
  async function programRow(c, seconds) {
    const data = c.data();
    const operands = tensors(data);
    const call = callOf(c);
    const begun = performance.now();
    const results = call(...operands);
    const values = await readAll(results);
    const firstMs = performance.now() - begun;
    dropped(results);
    const error = c.error === undefined ? distance(values, await valuesOn(c, 'wasm')) : c.error(data, values[0]);
    await onGpu();
    if (!(error <= c.bound)) return { firstMs, error, ok: false };
    const again = () => measured(() => { dropped(call(...operands)); }, seconds);
    const row = { firstMs, error, ok: true, ...await again(), bytes: device.pool.used, sample: sampled(values) };
    if (tune && !software && c.step === undefined) {
      await ct.tune(c.program(ct), ...operands);
      const tuned = await readAll(call(...operands));
      row.tuned = { apart: distance(tuned, values), ...await again() };
    }
    for (const x of operands) x[Symbol.dispose]();
    return row;
  }
  function trainer(c) {
    const [x, y] = tensors(c.data());
    const net = c.net(ct);
    const sgd = ct.optim.sgd(c.lr);
    const body = (p, a, b) => {
      const [loss, gradient] = ct.valueAndGrad(q => c.loss(ct)(ct.nn.apply(net, q, a), b))(p);
      return [ct.optim.applyUpdates(p, sgd.update(gradient, sgd.init(p), p)[0]), loss];
    };
    const step = ct.jit(body, { donate: [0] });
    let state = ct.nn.init(net, ct.random.key(0), x);
    return {
      step() { const [next, loss] = step(state, x, y); state = next; return loss; },
      tune: () => ct.tune(body, state, x, y),
      drop() { dropped([state, x, y]); },
    };
  }
  async function firstLosses(c, backend, count) {
    await (backend === 'webgpu' ? onGpu() : ct.setBackend(backend));
    const t = trainer(c);
    const losses = [];
    for (let k = 0; k < count; k++) losses.push(await t.step().item());
    t.drop();
    return losses;
  }
  async function trainRow(c, seconds) {
    // What is too large for the reference is checked in small, and by its own losses: finite, and falling.
    const checkedBy = c.check ?? c;
    const [got, want] = [await firstLosses(checkedBy, 'webgpu', 3), await firstLosses(checkedBy, 'wasm', 3)];
    const error = distance([got], [want]);
    await onGpu();
    if (!(error <= c.bound)) return { error, ok: false, losses: got };
    const begun = performance.now();
    const t = trainer(c);
    const losses = [await t.step().item()];
    const firstMs = performance.now() - begun;
    const again = () => measured(() => { t.step()[Symbol.dispose](); }, seconds);
    const row = { firstMs, error, ok: true, ...await again(), bytes: device.pool.used, losses };
    losses.push(await t.step().item());
    row.ok = losses.every(Number.isFinite) && losses[1] < losses[0];
    if (tune && !software) {
      await t.tune();
      const loss = await t.step().item();
      row.tuned = { loss, ...await again() };
      row.ok &&= Number.isFinite(loss);
    }
    t.drop();
    return row;
  }
  return {
    about: { adapter: describe(adapter), software, toggles: software ? [] : toggles },
    peak: timer === null ? null : await peak(device.gpu, timer, software ? 2 ** -10 : 1),
    async row(c, seconds) {
      await onGpu();
      const row = await (c.suite === 'train step' ? trainRow : programRow)(c, seconds);
      globalThis.gc?.();
      return tune && !software ? { ...row, tuning: ct.tuning() } : row;
    },
  };
}
