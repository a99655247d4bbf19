// What is said of a run of laws: counts, the judged share, the seed; and of a broken law all that is needed to see it again.
// Knows nothing of how laws are run.
import { removeDead } from '../src/ir/jaxpr.ts';
import { printJaxpr } from '../src/ir/print.ts';
import type { Share } from './judge.ts';
import type { Breach } from './law.ts';
import type { Point } from './point.ts';
import { showArray } from './show.ts';

/** How often one law was tried, and how often it had something to say. */
export interface LawCount { readonly number: number; readonly name: string; readonly held: number; readonly silent: number; readonly milliseconds: number }
/** What a run of laws found when all of them held. */
export interface Report {
  readonly subject: string;
  readonly seed: number;
  /** Random cases tried. */
  readonly runs: number;
  /** Derivatives compared with finite differences, of all there were. */
  readonly share: Share;
  readonly laws: readonly LawCount[];
  readonly milliseconds: number;
}
/**
 * One line: the subject, cases, laws, judged share, time, seed.
 *
 * @example
 * import * as laws from 'cotangent/laws';
 * laws.showReport(laws.shapeLaws({ runs: 2, seed: 7 })).startsWith('shapes: 2 cases, laws 36 37, '); // -> true
 */
export function showReport(r: Report): string {
  const spoken = new Set(r.laws.filter(l => l.held > 0).map(l => l.number));
  const judged = r.share.of === 0 ? '' : `, judged ${r.share.judged} of ${r.share.of} derivatives (${(100 * r.share.judged / r.share.of).toFixed(1)} %)`;
  return `${r.subject}: ${r.runs} cases, laws ${[...spoken].sort((a, b) => a - b).join(' ')}${judged}, ${r.milliseconds.toFixed(0)} ms, seed ${r.seed}`;
}

/** A law does not hold: the message is the report, with the smallest case that was found. */
export class LawError extends Error {
  /** The number of the law. */
  readonly law: number;
  readonly lawName: string;
  readonly subject: string;
  readonly seed: number;
  constructor(law: { readonly number: number; readonly name: string }, subject: string, seed: number, message: string) {
    super(message);
    this.name = 'LawError';
    this.law = law.number;
    this.lawName = law.name;
    this.subject = subject;
    this.seed = seed;
  }
}

/** A program at a point: dead equations removed, one line an input. */
export function showPoint(p: Point): string {
  const j = removeDead(p.jaxpr);
  const inputs = j.inputs.map((_, i) => `  input ${i}${p.active[i] === true ? ' (active)' : ''}: ${showArray(p.inputs[i] ?? null)}`);
  const under = p.axis === null ? '' : `\n  under the mapped axis '${p.axis.name}' of size ${p.axis.size}, which comes first`;
  return `${printJaxpr(j)}${under}${inputs.length === 0 ? '' : `\n${inputs.join('\n')}`}`;
}
export function showBreach(b: Breach): string {
  const side = (name: string, text: string | undefined): string => text === undefined ? '' : `\n${name}:\n${indented(text)}`;
  const program = b.program === undefined ? '' : `\nderived program:\n${indented(printJaxpr(b.program))}`;
  return `${b.what}: ${b.differ}${side('left', b.left)}${side('right', b.right)}${program}`;
}
export const indented = (text: string): string => text.split('\n').map(l => `  ${l}`).join('\n');
