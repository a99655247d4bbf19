// Ends this process when nothing was heard of it for long, whatever it hangs in: the files that other processes run are told all the same.
import { Worker } from 'node:worker_threads';

/** Far more than the longest that any test computes without its backend, or waits for one program. */
const patience = 900_000;
const source = `
const { workerData: { beats, patience } } = require('node:worker_threads');
for (let before = -1; before !== Atomics.load(beats, 0);) {
  before = Atomics.load(beats, 0);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patience);
}
process.kill(process.pid, 'SIGKILL');`;
/** Starts to watch; what it returns says that the process lives. */
export function watchdog(): () => void {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  new Worker(source, { eval: true, workerData: { beats, patience: Number(process.env['SUITES_PATIENCE'] ?? patience) } }).unref();
  return () => { Atomics.add(beats, 0, 1); };
}
