// `node test/bench/gpu/run.mjs [pattern] [--json=FILE] [--software] [--peers=none] [--seconds=N] [--tune]`: the built library on the GPU of this
// machine, each row checked before it is timed, then jax-js on the same rows; one JSON file, written whole after each row. Where there is no GPU, or
// with `--software`, times mean nothing: small sizes, and what is told is whether results are right, how many kernels are dispatched, how many bytes
// they take, and what the host spends. Rows are computed by another process: what crashes or hangs there costs one row. Exit status 1: a row was wrong.
import { fork } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { large, small } from './cases.mjs';
import { apart } from './samples.mjs';
import { writeWhole } from './vulkan.mjs';

const option = name => process.argv.find(a => a.startsWith(`--${name}=`))?.slice(name.length + 3);
const has = name => process.argv.includes(`--${name}`);
const pattern = new RegExp(process.argv.slice(2).find(a => !a.startsWith('--')) ?? '');
const file = option('json') ?? 'gpu.json';
/** All in all, so that a machine that is lent for minutes comes back with what was measured. */
const deadline = performance.now() + 1000 * Number(option('seconds') ?? 540);
const left = () => deadline - performance.now();
/** Seconds until a process is there, and until a row is: what takes longer hangs. And seconds of measuring in a row. */
const [mostStart, mostRow, measuring] = [60, 150, 6];
const peerBound = 1e-3;

/** A process that computes rows; a new one where the last is gone. */
class Worker {
  #child = null;
  #waiting = null;
  #said = '';
  constructor(who, options) { this.who = who; this.options = options; }
  /** The next message, or why there is none. */
  #next(seconds) {
    return new Promise(resolve => {
      const timer = setTimeout(() => { this.stop(`took longer than ${Math.round(seconds)} s`); }, 1000 * seconds);
      this.#waiting = answer => { clearTimeout(timer); this.#waiting = null; resolve(answer); };
    });
  }
  async start(seconds = mostStart) {
    if (this.#child !== null) return null;
    const child = fork(join(dirname(fileURLToPath(import.meta.url)), 'worker.mjs'), [this.who, JSON.stringify(this.options)], { serialization: 'advanced', execArgv: ['--expose-gc'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.#child = child;
    this.#said = '';
    child.stderr.on('data', text => { this.#said = `${this.#said}${text}`.slice(-1000); });
    child.on('message', message => { if (this.#child === child) this.#waiting?.(message); });
    child.on('exit', (code, signal) => {
      if (this.#child !== child) return;
      this.#child = null;
      this.#waiting?.({ gone: `the process ended (${signal ?? `status ${code}`})${this.#said === '' ? '' : `: ${this.#said.trim().split('\n').at(-1)}`}` });
    });
    return this.#next(seconds);
  }
  async row(index, seconds) {
    const started = await this.start(Math.min(mostStart, seconds));
    const lacking = started?.refused ?? started?.gone;
    if (lacking !== undefined) { this.stop(); return { ok: false, problem: lacking }; }
    const answer = this.#next(Math.min(mostRow, seconds));
    this.#child.send({ index, seconds: Math.min(measuring, seconds / 4) });
    const { row, gone } = await answer;
    return row ?? { ok: false, problem: gone };
  }
  stop(why) {
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGKILL');
    this.#waiting?.({ gone: why });
  }
}

const report = { about: { node: process.version, platform: `${process.platform}-${process.arch}`, started: new Date().toISOString() }, peak: null, ended: null, rows: [] };
const save = () => { writeWhole(file, `${JSON.stringify(report, null, 1)}\n`); };
const workers = [];
const worker = (who, options) => { const w = new Worker(who, options); workers.push(w); return w; };
function end(why, status) {
  report.ended = why;
  report.about.seconds = Math.round(performance.now() / 1000);
  save();
  for (const w of workers) w.stop(why);
  const wrong = report.rows.filter(r => r.ok === false).length;
  console.log(`${report.rows.length} rows, ${wrong} wrong, ${report.rows.filter(r => r.ok === null).length} left: ${file} (${why})`);
  process.exit(status ?? (wrong === 0 && report.rows.length > 0 ? 0 : 1));
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { end(signal, 130); });
process.on('uncaughtException', error => { end(String(error?.stack ?? error), 1); });

// ---- the machine: its GPU, or the processor that plays one
save();
const options = software => ({ software, timestamps: has('timestamps'), tune: has('tune'), large: has('large') || !software });
let ours = worker('cotangent', options(has('software')));
let first = await ours.start();
const isSmall = () => first.ready?.about.software === true && !has('large');
if (!has('software') && (first.ready === undefined || isSmall())) {
  console.log(`no GPU here: ${first.refused ?? first.gone ?? first.ready.about.adapter.description}; the processor plays one`);
  report.about.noGpu = first.refused ?? first.gone ?? first.ready.about.adapter.description;
  ours.stop();
  ours = worker('cotangent', options(true));
  first = await ours.start();
}
if (first.ready === undefined) end(`no adapter: ${first.refused ?? first.gone}`, 1);
const { about, peak } = first.ready;
Object.assign(report.about, about);
report.peak = peak;
const { software } = about;
console.log(`${about.adapter.description || about.adapter.device || about.adapter.architecture}${software ? ' (software: times mean nothing)' : ''}`);
if (peak !== null) console.log(`peak: ${peak.f32Gflops.toFixed(0)} GFLOP/s of f32, a copy at ${peak.copyGBs.toFixed(0)} GB/s`);
const cases = isSmall() ? small : large;
const chosen = cases.flatMap((c, index) => pattern.test(`${c.suite} ${c.name}`) ? [{ c, index }] : []);
/** Every row stands in the file from the beginning; `ok` is null until it was computed. */
report.rows = chosen.map(({ c }) => ({ suite: c.suite, name: c.name, ok: null }));
save();

// ---- the library
const numbers = [];
/** What times come to. */
function rates(c, { leastGpuMs: ms }) {
  if (ms === undefined || peak === null) return {};
  return {
    ...c.flops === undefined ? {} : { gflops: c.flops / ms / 1e6, ofPeak: c.flops / ms / 1e6 / peak.f32Gflops }, ...c.bytes === undefined ? {} : { gbs: c.bytes / ms / 1e6, ofCopy: c.bytes / ms / 1e6 / peak.copyGBs },
  };
}
const told = row => [row.gpuMs === undefined ? null : `${row.gpuMs.toFixed(3)} ms`, row.gflops === undefined ? null : `${row.gflops.toFixed(0)} GFLOP/s (${(100 * row.ofPeak).toFixed(0)} %)`, row.gbs === undefined ? null : `${row.gbs.toFixed(0)} GB/s (${(100 * row.ofCopy).toFixed(0)} %)`,
  row.dispatches === undefined ? null : `${row.dispatches} dispatches${row.hostMicrosecondsPerDispatch === undefined ? '' : `, ${row.hostMicrosecondsPerDispatch.toFixed(1)} us of the host each`}`, row.bytes === undefined ? null : `${row.bytes} bytes`,
  row.error === undefined ? null : `error ${row.error?.toExponential(1)}`, row.problem ?? null].filter(t => t !== null).join(', ');
for (const [k, { c, index }] of chosen.entries()) {
  if (left() <= 0) break;
  const { sample = null, tuning = null, ...row } = await ours.row(index, left() / 1000);
  // What the deadline cut off is neither right nor wrong.
  if (row.problem?.startsWith('took longer') && left() <= 100) { report.rows[k].problem = row.problem; break; }
  numbers[k] = sample;
  if (tuning !== null) report.tuning = tuning;
  Object.assign(report.rows[k], row, rates(c, row),
    c.step !== undefined && row.wallMs !== undefined ? { callMicroseconds: 1000 * row.wallMs / c.turns } : {},
    // Of many submits the host encodes most after the call has returned.
    row.dispatches > 0 && row.submits <= 3 ? { hostMicrosecondsPerDispatch: 1000 * row.leastHostMs / row.dispatches } : {}, row.tuned === undefined ? {} : { tuned: { ...row.tuned, ...rates(c, row.tuned) } });
  save();
  console.log(`${row.ok ? 'right ' : 'WRONG '}  ${c.suite} ${c.name}: ${told(report.rows[k])}`);
}

// ---- jax-js, from call to end, as `wallMs` is
if (option('peers') !== 'none') {
  ours.stop();
  const peer = worker('jaxjs', options(software));
  for (const [k, { c, index }] of chosen.entries()) {
    const row = report.rows[k];
    if (left() <= 0) { if (row.ok !== null) row.peer = { name: 'jax-js', problem: 'no time was left' }; continue; }
    if (row.ok === null) continue;
    const { sample = null, ok: _, ...got } = await peer.row(index, Math.min(left() / 1000, software ? 120 : 40));
    row.peer = { name: 'jax-js', ...got };
    if (got.wallMs !== undefined && row.wallMs !== undefined) row.peer.times = got.wallMs / row.wallMs;
    if (sample !== null && numbers[k]) row.peer.apart = apart(sample, numbers[k]);
    if (row.peer.apart !== undefined && !(row.peer.apart <= peerBound)) row.peer.problem = 'its results are others';
    save();
    console.log(`jax-js  ${c.suite} ${c.name}: ${[got.wallMs === undefined ? null : `${got.wallMs.toFixed(2)} ms against ${row.wallMs?.toFixed(2)}`, row.peer.apart === undefined ? null : `apart ${row.peer.apart.toExponential(1)}`, row.peer.problem ?? 'ran'].filter(t => t !== null).join(', ')}`);
  }
}
end(report.rows.some(r => r.ok === null) ? 'the time was up' : 'done');
