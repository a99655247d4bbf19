// The runner: ties laws to fast-check. Each case is elaborated from raw choices; the first broken law is shrunk and reported with its seed.
// Knows neither records nor programs: what a case is, its caller says.
import fc from 'fast-check';
import { refusesMode } from './point.ts';
import { addShares, noShare, type Share } from './judge.ts';
import { broken, silent, type Breach, type Law, type Verdict } from './law.ts';
import type { Random } from './random.ts';
import { indented, LawError, showBreach, type LawCount, type Report } from './report.ts';

/** How many cases to try, and from which seed. */
export interface RunOptions {
  /** Random cases to try. */
  readonly runs?: number;
  /** What all choices follow from; the environment's SEED by default, else a fresh one. Every report names it. */
  readonly seed?: number;
  /** The least share of derivatives that finite differences must be able to judge (default 0.8). */
  readonly share?: number;
  /** Only the laws with these numbers. */
  readonly only?: readonly number[];
}

/** Their kinds, for those who read them. */
export const runKinds = { runs: 'integer', seed: 'integer', share: 'number', only: 'any' } as const;

/** One law about one subject, ready to be tried. */
export interface Trial {
  readonly law: { readonly number: number; readonly name: string };
  /** Whether its derivatives count for the judged share. */
  readonly counts: boolean;
  run(): Verdict;
}
export const trial = <A>(law: Law<A>, subject: A, random: Random, counts = false): Trial => ({ law, counts, run: () => law.holds(subject, random.split(law.number)) });

/** What is tried for one random choice, and how a report shows it. */
export interface Case { readonly trials: readonly Trial[]; show(): string }

/** The seed that the environment names (SEED=...), else a fresh one. */
export function seedOf(options: RunOptions): number {
  if (options.seed !== undefined) return options.seed;
  const environment = 'process' in globalThis ? (globalThis as { readonly process?: { readonly env?: { readonly [name: string]: string | undefined } } }).process?.env : undefined;
  const named = Number(environment?.['SEED'] ?? NaN);
  return Number.isInteger(named) ? named | 0 : Math.floor(Math.random() * 2 ** 31);
}

/** An error of the system is a broken law too: no law's program may throw. */
function verdictOf(t: Trial): Verdict {
  try { return t.run(); } catch (error) {
    if (refusesMode(error)) return silent;
    return broken(thrown(error));
  }
}
const thrown = (error: unknown): Breach => ({
  what: 'an error was thrown',
  differ: error instanceof Error ? `${error.name}: ${error.message}\n${(error.stack ?? '').split('\n').filter(l => l.includes(' at ')).slice(0, 6).join('\n')}` : String(error),
});
const buildable = { number: 16, name: 'samples are well typed, and well-typed programs can be built and transformed' };

/**
 * Tries every trial of every case. Throws a `LawError` with the smallest case that breaks a law, or when too few derivatives could be judged.
 */
export function runLaws<Raw>(subject: string, choices: fc.Arbitrary<Raw>, caseOf: (raw: Raw) => Case, options: RunOptions = {}): Report {
  const seed = seedOf(options);
  const start = performance.now();
  const counts = new Map<string, LawCount>();
  let runs = 0;
  let share: Share = noShare;
  // Once a law is broken, shrinking asks for that law alone.
  let target: string | null = null;
  let failing: { readonly law: Trial['law']; readonly text: string } | null = null;

  /** A case whose program cannot even be built breaks a law, too, unless another one is being shrunk. */
  const made = (raw: Raw): Case | null => {
    try { return caseOf(raw); } catch (error) {
      if (target !== null && target !== buildable.name) return null;
      target = buildable.name;
      failing = { law: buildable, text: showBreach(thrown(error)) };
      throw error;
    }
  };
  const property = fc.property(choices, raw => {
    const c = made(raw);
    if (c === null) return;
    if (target === null) runs++;
    for (const t of c.trials) {
      if ((target !== null && t.law.name !== target) || options.only?.includes(t.law.number) === false) continue;
      const before = performance.now();
      const verdict = verdictOf(t);
      if (verdict.kind === 'broken') {
        target = t.law.name;
        failing = { law: t.law, text: `${c.show()}\n${showBreach(verdict.breach)}` };
        throw new Error(t.law.name);
      }
      const count = counts.get(t.law.name) ?? { number: t.law.number, name: t.law.name, held: 0, silent: 0, milliseconds: 0 };
      counts.set(t.law.name, {
        ...count, held: count.held + (verdict.kind === 'holds' ? 1 : 0), silent: count.silent + (verdict.kind === 'silent' ? 1 : 0),
        milliseconds: count.milliseconds + performance.now() - before,
      });
      if (t.counts && verdict.kind === 'holds' && verdict.share !== undefined) share = addShares(share, verdict.share);
    }
  });
  const details = fc.check(property, { seed, numRuns: options.runs ?? 25, endOnFailure: false });
  const found = failing as { readonly law: Trial['law']; readonly text: string } | null;
  if (details.failed) {
    if (found === null) throw details.errorInstance instanceof Error ? details.errorInstance : new Error(String(details.errorInstance));
    const text = [
      `law ${found.law.number} does not hold for ${subject}: ${found.law.name}`, indented(found.text),
      `found in case ${details.numRuns} of seed ${seed}, shrunk ${details.numShrinks} times; again: SEED=${seed}`,
    ].join('\n');
    throw new LawError(found.law, subject, seed, text);
  }
  const least = options.share ?? 0.8;
  if (share.of > 0 && share.judged < least * share.of) {
    throw new LawError({ number: 1, name: 'judged share' }, subject, seed, `${subject}: finite differences could judge ${share.judged} of ${share.of} derivatives, less than ${100 * least} %: its samples lie on kinks or overflow; seed ${seed}`);
  }
  const laws: LawCount[] = [...counts.values()];
  return { subject, seed, runs, share, laws, milliseconds: performance.now() - start };
}
