// Counters of what was staged, run and compiled: read by tests and benches, never by the system itself.
export interface Statistics {
  /** Equations executed, nested ones included, in all and by primitive. */
  readonly executed: number;
  readonly byName: Map<string, number>;
  /** Programs made into executables, hits in their cache, programs run. */
  compiled: number;
  hits: number;
  programs: number;
  /** Pending chains that were cut because they grew too long. */
  cuts: number;
  /** Functions staged. */
  staged: number;
  /** Donated buffers that had to be copied because someone else still holds them. */
  donationsCopied: number;
}
let executed = 0;
const byName = new Map<string, number>();
/** Runs of whole programs whose equations are not counted one by one yet: by the names of their equations. */
const runs = new Map<readonly string[], number>();
function settle(): void {
  for (const [names, times] of runs) {
    executed += times * names.length;
    for (const name of names) byName.set(name, (byName.get(name) ?? 0) + times);
  }
  runs.clear();
}
export const statistics: Statistics = {
  get executed() { settle(); return executed; },
  get byName() { settle(); return byName; },
  compiled: 0, hits: 0, programs: 0, cuts: 0, staged: 0, donationsCopied: 0,
};
export function resetStatistics(): void {
  Object.assign(statistics, { compiled: 0, hits: 0, programs: 0, cuts: 0, staged: 0, donationsCopied: 0 });
  executed = 0;
  byName.clear();
  runs.clear();
}
export function countExecution(name: string): void {
  executed++;
  byName.set(name, (byName.get(name) ?? 0) + 1);
}
/** Counts a run of all the equations of a program, which are the same list at each run. */
export function countProgram(names: readonly string[]): void {
  runs.set(names, (runs.get(names) ?? 0) + 1);
  if (runs.size > 256) settle();
}
