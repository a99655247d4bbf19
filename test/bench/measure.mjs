// Time of repeated steps, measured in turns so that what else the machine does hits all alike. Processor time of this process: a shared machine
// delays, but does not add to it. The least of the samples counts for ratios, the median is shown beside it.

const now = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
const median = xs => [...xs].sort((a, b) => a - b)[xs.length >> 1];

/** Runs a few steps; returns what `sample` needs. `first` is the time of the first, in milliseconds. What takes seconds is measured twice. */
export async function warm(step, milliseconds) {
  const begin = performance.now();
  await step();
  const first = performance.now() - begin;
  if (first > 1500) {
    const again = now();
    await step();
    return { step, first, each: now() - again, times: [now() - again], long: true };
  }
  let steps = 1;
  for (const start = now(); now() - start < milliseconds && steps < 5000; steps++) await step();
  const start = now();
  let timed = 0;
  do { await step(); timed++; } while (now() - start < 2 && timed < 1000);
  return { step, first, each: (now() - start) / timed, times: [] };
}
/** One sample of about so many milliseconds. */
export async function sample(w, milliseconds) {
  if (w.long) return;
  const count = Math.max(1, Math.min(20_000, Math.round(milliseconds / Math.max(w.each, 1e-4))));
  const start = now();
  for (let i = 0; i < count; i++) { const wait = w.step(); if (wait !== undefined) await wait; }
  w.times.push((now() - start) / count);
}
export const least = w => Math.min(...w.times);
export const middle = w => median(w.times);
