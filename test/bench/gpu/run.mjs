// `node test/bench/gpu/run.mjs [pattern] [--json=FILE] [--software] [--peers=none] [--seconds=N]`: the built library on the GPU of this machine, each row
// checked before it is timed, in one JSON file. On a software adapter (or with `--software`) times mean nothing: small sizes, and what is told is whether results
// are right, how many kernels are dispatched, how many bytes they take, and what the host spends. Exit status 1: a row was wrong.
import { writeFileSync } from 'node:fs';
import * as ct from '../../../dist/src/index.js';
import { acquireAdapter, isSoftware } from '../../../dist/src/backend/webgpu/acquire.js';
import { currentBackend } from '../../../dist/src/trace/backend.js';
import { large, small } from './cases.mjs';
import { describe, install, passTimer, peak, toggles } from './device.mjs';

const option = name => process.argv.find(a => a.startsWith(`--${name}=`))?.slice(name.length + 3);
const pattern = new RegExp(process.argv.slice(2).find(a => !a.startsWith('--')) ?? '');
const asked = process.argv.includes('--software');
const file = option('json') ?? 'gpu.json';
/** All in all, so that a machine that is lent for minutes comes back with what was measured. */
const deadline = performance.now() + 1000 * Number(option('seconds') ?? 540);
const samples = 7;

await install(asked);
const adapter = await acquireAdapter();
const software = asked || isSoftware(adapter);
const about = { adapter: describe(adapter), software, toggles: software ? [] : toggles, node: process.version, platform: `${process.platform}-${process.arch}`, started: new Date().toISOString() };
console.log(`${about.adapter.description || about.adapter.device || about.adapter.architecture}${software ? ' (software: times mean nothing)' : ''}`);
let device = null;
let timer = null;
/** The device, and its clock: a row that lost the one before leaves the others another. */
async function onGpu() {
  await ct.setBackend('webgpu');
  const now = currentBackend().device;
  if (now === device) return;
  device = now;
  // `--timestamps` tries the timing itself on a software adapter.
  timer = software && !process.argv.includes('--timestamps') ? null : passTimer(device.gpu);
}
await onGpu();
const report = { about, peak: null, rows: [] };
const save = () => { writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`); };
if (timer !== null) {
  report.peak = await peak(device.gpu, timer, software ? 2 ** -10 : 1);
  console.log(`peak: ${report.peak.f32Gflops.toFixed(0)} GFLOP/s of f32, a copy at ${report.peak.copyGBs.toFixed(0)} GB/s`);
}

const median = xs => xs.toSorted((a, b) => a - b)[Math.floor(xs.length / 2)] ?? NaN;
const least = xs => Math.min(...xs);
const tensors = data => data.map(({ data: numbers, shape, dtype }) => ct.fromData(numbers, shape, dtype));
const flat = y => ct.tree.leaves(y);
/** The largest difference over the largest value, over all results. */
function distance(got, want) {
  let worst = 0;
  want.forEach((w, k) => {
    const g = got[k];
    let [most, apart] = [1e-30, 0];
    for (let i = 0; i < w.length; i++) {
      most = Math.max(most, Math.abs(w[i]));
      const d = Math.abs(g[i] - w[i]);
      apart = d > apart || Number.isNaN(d) ? d : apart;
      if (Number.isNaN(apart)) { worst = NaN; return; }
    }
    worst = Math.max(worst, apart / most);
  });
  return worst;
}
const finished = () => device.gpu.queue.onSubmittedWorkDone();
/**
 * What a call costs: on the host until it returns, on the device by timestamps, and from call to end with the device idle before.
 * `settle` waits for the device. A call is repeated until a sample is long enough.
 */
async function measured(call, settle) {
  const dispatches = device.dispatches;
  const submits = device.submits;
  const [host, gpu, wall] = [[], [], []];
  await timer?.take();
  for (let k = 0; k < samples && performance.now() < deadline; k++) {
    const begun = performance.now();
    call();
    host.push(performance.now() - begun);
    await settle();
    wall.push(performance.now() - begun);
    if (timer !== null) gpu.push(await timer.take() / 1e6);
  }
  const count = host.length;
  // Many at a time: the device need not wait for the host.
  const many = software ? 3 : Math.max(3, Math.min(100, Math.round(300 / median(wall))));
  const begun = performance.now();
  for (let k = 0; k < many; k++) call();
  await settle();
  const steady = (performance.now() - begun) / many;
  await timer?.take();
  return {
    hostMs: median(host), leastHostMs: least(host), wallMs: median(wall), steadyMs: steady, ...timer === null ? {} : { gpuMs: median(gpu), leastGpuMs: least(gpu) },
    dispatches: (device.dispatches - dispatches) / (count + many), submits: (device.submits - submits) / (count + many),
  };
}
/** A program's results on a backend, and how long its first call took. */
async function computed(c, backend) {
  await (backend === 'webgpu' ? onGpu() : ct.setBackend(backend));
  const begun = performance.now();
  const results = flat(ct.jit(c.program(ct))(...tensors(c.data())));
  const values = await Promise.all(results.map(r => r.data()));
  return { values, firstMs: performance.now() - begun };
}
async function programRow(c) {
  await onGpu();
  const data = c.data();
  const operands = tensors(data);
  const f = ct.jit(c.program(ct));
  const begun = performance.now();
  const results = flat(f(...operands));
  const values = await Promise.all(results.map(r => r.data()));
  const firstMs = performance.now() - begun;
  const error = c.error === undefined ? distance(values, (await computed(c, 'wasm')).values) : c.error(data, values[0]);
  await onGpu();
  for (const r of results) r[Symbol.dispose]();
  if (!(error <= c.bound)) return { firstMs, error, ok: false };
  const times = await measured(() => { for (const r of flat(f(...operands))) r[Symbol.dispose](); }, finished);
  const row = { firstMs, error, ok: true, ...times, bytes: device.pool.used };
  for (const x of operands) x[Symbol.dispose]();
  return row;
}

function trainer(c) {
  const [x, y] = tensors(c.data());
  const net = c.net(ct);
  const sgd = ct.optim.sgd(c.lr);
  const params = ct.nn.init(net, ct.random.key(0), x);
  const step = ct.jit((p, a, b) => {
    const [loss, gradient] = ct.valueAndGrad(q => c.loss(ct)(ct.nn.apply(net, q, a), b))(p);
    return [ct.optim.applyUpdates(p, sgd.update(gradient, sgd.init(p), p)[0]), loss];
  }, { donate: [0] });
  let state = params;
  return { step() { const [next, loss] = step(state, x, y); state = next; return loss; } };
}
async function firstLosses(c, backend, count) {
  await (backend === 'webgpu' ? onGpu() : ct.setBackend(backend));
  const t = trainer(c);
  const losses = [];
  for (let k = 0; k < count; k++) losses.push(await t.step().item());
  return losses;
}
async function trainRow(c) {
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
  const times = await measured(() => { t.step()[Symbol.dispose](); }, finished);
  losses.push(await t.step().item());
  const falls = losses.every(Number.isFinite) && losses[1] < losses[0];
  return { firstMs, error, ok: falls, losses, ...times, bytes: device.pool.used };
}
/** jax-js on the same device, where it is installed and has the case: from call to end, as `wallMs` is. */
async function peerOf() {
  if (option('peers') === 'none') return null;
  try { return await (await import('../peers/jaxjs.mjs')).init('webgpu'); } catch (error) { console.log(`jax-js is left out: ${String(error.message).split('\n')[0]}`); return null; }
}
const peer = await peerOf();
async function peerMs(c) {
  if (peer === null || c.peer === undefined || c.flops > 2e11) return {};
  try {
    const [kind, ...args] = c.peer;
    const one = await peer[kind](...args);
    await one.step();
    const times = [];
    for (let k = 0; k < samples && performance.now() < deadline; k++) { const begun = performance.now(); await one.step(); times.push(performance.now() - begun); }
    return { peerMs: median(times) };
  } catch (error) { return { peerError: String(error.message).split('\n')[0] }; }
}

for (const c of software && !process.argv.includes('--large') ? small : large) {
  if (!pattern.test(`${c.suite} ${c.name}`)) continue;
  const head = { suite: c.suite, name: c.name };
  if (performance.now() > deadline) { report.rows.push({ ...head, ok: null, late: true }); console.log(`late    ${c.suite} ${c.name}`); continue; }
  let row;
  try { row = { ...head, ...c.suite === 'train step' ? await trainRow(c) : await programRow(c), ...await peerMs(c) }; } catch (error) { row = { ...head, ok: false, problem: error instanceof Error ? error.message.slice(0, 2000) : String(error) }; }
  const ms = row.leastGpuMs;
  if (ms !== undefined) Object.assign(row, c.flops === undefined ? {} : { gflops: c.flops / ms / 1e6, ofPeak: c.flops / ms / 1e6 / report.peak.f32Gflops }, c.bytes === undefined ? {} : { gbs: c.bytes / ms / 1e6, ofCopy: c.bytes / ms / 1e6 / report.peak.copyGBs });
  if (row.dispatches > 0) row.hostMicrosecondsPerDispatch = 1000 * row.leastHostMs / row.dispatches;
  report.rows.push(row);
  save();
  const told = [row.gpuMs === undefined ? null : `${row.gpuMs.toFixed(3)} ms`, row.gflops === undefined ? null : `${row.gflops.toFixed(0)} GFLOP/s (${(100 * row.ofPeak).toFixed(0)} %)`, row.gbs === undefined ? null : `${row.gbs.toFixed(0)} GB/s (${(100 * row.ofCopy).toFixed(0)} %)`,
    row.dispatches === undefined ? null : `${row.dispatches} dispatches, ${row.hostMicrosecondsPerDispatch?.toFixed(1) ?? '?'} us of the host each`, row.bytes === undefined ? null : `${row.bytes} bytes`, row.peerMs === undefined ? null : `jax-js ${row.peerMs.toFixed(2)} ms against ${row.wallMs.toFixed(2)}`,
    row.error === undefined ? null : `error ${row.error.toExponential(1)}`, row.problem ?? null].filter(t => t !== null);
  console.log(`${row.ok ? 'right ' : 'WRONG '}  ${c.suite} ${c.name}: ${told.join(', ')}`);
}
save();
const wrong = report.rows.filter(r => r.ok === false).length;
console.log(`${report.rows.length} rows, ${wrong} wrong, ${report.rows.filter(r => r.late).length} left for lack of time: ${file}`);
// Dawn's instance outlives everything: the process is ended, not waited for.
process.exit(wrong === 0 && report.rows.length > 0 ? 0 : 1);
