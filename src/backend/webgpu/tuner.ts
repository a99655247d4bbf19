// The tuner: measures the candidates of a problem and keeps the fastest. What is wrong or refused is dropped before it is measured; what is
// much slower than the leader after a few samples, too. The times alone decide, and among equal ones the order of the candidates.
// After cubecl's autotune. Floor 6: knows candidates and a bench, no device.
import type { Alternatives, Named } from '../../compile/wgsl/alternatives.ts';
import type { TunedChoice, Tuning } from '../../trace/tuning.ts';

/** Where candidates are tried. */
export interface Bench {
  /** Whether the candidate computes what it should; rejects where the device refuses it. */
  verify(c: Named): Promise<boolean>;
  /** Microseconds of this many runs. */
  time(c: Named, samples: number): Promise<readonly number[]>;
}
export interface Measured { readonly candidate: Named; readonly microseconds: number }
const firstSamples = 3;
const moreSamples = 7;
/** Slower than the leader by this factor is out. */
const survives = 1.5;
/** Times closer than this are equal: the earlier candidate stays. */
const tie = 1.02;

const median = (xs: readonly number[]): number => { const sorted = [...xs].sort((a, b) => a - b); return sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity; };
/** The fastest candidate that is right, or null where none is. `preferred` comes first among equals. */
export async function fastest(p: Alternatives<Named>, bench: Bench): Promise<Measured | null> {
  const order = [...p.candidates].sort((a, b) => Number(b === p.preferred) - Number(a === p.preferred));
  let running: { readonly candidate: Named; readonly samples: readonly number[] }[] = [];
  for (const candidate of order) {
    try {
      if (await bench.verify(candidate)) running.push({ candidate, samples: await bench.time(candidate, firstSamples) });
    } catch { /* What the device refuses is no candidate there. */ }
  }
  const leader = Math.min(...running.map(r => Math.min(...r.samples)));
  running = running.filter(r => Math.min(...r.samples) <= leader * survives);
  const times: Measured[] = [];
  for (const { candidate, samples } of running) {
    try { times.push({ candidate, microseconds: median([...samples, ...running.length === 1 ? [] : await bench.time(candidate, moreSamples)]) }); } catch { /* Likewise. */ }
  }
  const best = Math.min(...times.map(t => t.microseconds));
  return times.find(t => t.microseconds <= best * tie) ?? null;
}

/** The choices of a run: those of this device are looked up, those of others are kept. */
export class Choices {
  readonly device: string;
  readonly #known = new Map<string, TunedChoice>();
  /** Changes with every choice: what was compiled under another is not this run's. */
  generation = 0;
  constructor(device: string) { this.device = device; }
  #key(c: { readonly device: string; readonly template: string; readonly shapeClass: string }): string { return JSON.stringify([c.device, c.template, c.shapeClass]); }
  get tuning(): Tuning { return { version: 1, choices: [...this.#known].sort(([a], [b]) => a < b ? -1 : 1).map(([, c]) => c) }; }
  replace(t: Tuning): void {
    this.#known.clear();
    for (const c of t.choices) this.#known.set(this.#key(c), c);
    this.generation++;
  }
  add(p: Alternatives<Named>, { candidate, microseconds }: Measured): void {
    const choice = { device: this.device, template: p.template, shapeClass: p.shapeClass, candidate: candidate.name, microseconds };
    this.#known.set(this.#key(choice), choice);
    this.generation++;
  }
  /** The name of what was chosen. */
  of(p: Alternatives<Named>): string | undefined { return this.#known.get(this.#key({ device: this.device, template: p.template, shapeClass: p.shapeClass }))?.candidate; }
  /** The candidate that was measured to be fastest, or the one that follows from the shape. What gains nothing from a template was not measured. */
  candidate<C extends Named, P extends C | null>(p: Alternatives<C> & { readonly preferred: P }): C | P {
    const name = p.preferred === null ? undefined : this.of(p);
    return p.candidates.find(c => c.name === name) ?? p.preferred;
  }
  /** Measures the problems that nothing is known of, one of each class. */
  async measure<T>(problems: readonly { readonly problem: Alternatives<Named>; readonly trial: T }[], bench: (trial: T, use: (b: Bench) => Promise<Measured | null>) => Promise<Measured | null>): Promise<void> {
    for (const { problem, trial } of problems) {
      if (problem.preferred === null || problem.candidates.length < 2 || this.of(problem) !== undefined) continue;
      const best = await bench(trial, b => fastest(problem, b));
      if (best !== null) this.add(problem, best);
    }
  }
}
