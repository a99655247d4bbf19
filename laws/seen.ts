// What random programs show while they run: one observer for all of them, so that a program staged again is the same program.
// Knows nothing of programs.
import type { TensorHandle } from '../src/trace/handle.ts';

let log: string[] | null = null;

/** The observer of every tap in a random program: keeps what it is shown while `seenWhile` listens, else forgets it. */
export function observe(x: TensorHandle): void { log?.push(`${x.dtype}[${x.shape.join()}] ${Array.from<number>(x.dataSync()).join()}`); }

/** What is shown while `run` runs, in order. */
export function seenWhile(run: () => unknown): readonly string[] {
  const before = log;
  const mine: string[] = log = [];
  try { run(); } finally { log = before; }
  return mine;
}
