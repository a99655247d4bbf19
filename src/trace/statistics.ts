// Counters of what was staged, run and compiled: read by tests and benches, never by the system itself.
export interface Statistics {
  /** Equations executed, nested ones included, in all and by primitive. */
  executed: number;
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
export const statistics: Statistics = { executed: 0, byName: new Map(), compiled: 0, hits: 0, programs: 0, cuts: 0, staged: 0, donationsCopied: 0 };
export function resetStatistics(): void {
  Object.assign(statistics, { executed: 0, compiled: 0, hits: 0, programs: 0, cuts: 0, staged: 0, donationsCopied: 0 });
  statistics.byName.clear();
}
export function countExecution(name: string): void {
  statistics.executed++;
  statistics.byName.set(name, (statistics.byName.get(name) ?? 0) + 1);
}
