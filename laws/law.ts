// What a law is: a number, a name, and a pure predicate that says whether it holds of something. Types and small builders.
// Knows nothing of how laws are run.
import type { Jaxpr } from '../src/ir/jaxpr.ts';
import { showList } from './show.ts';
import type { Close } from './close.ts';
import type { Share } from './judge.ts';
import type { NDArray } from '../src/ir/primitive.ts';
import type { Random } from './random.ts';

/** How a law is broken: what was compared, where it parts, and both sides. */
export interface Breach {
  readonly what: string;
  readonly differ: string;
  readonly left?: string;
  readonly right?: string;
  /** The derived program that gave the wrong result. */
  readonly program?: Jaxpr;
}
export type Verdict =
  | { readonly kind: 'holds'; readonly share?: Share }
  /** The law says nothing here (a derivative of integers). */
  | { readonly kind: 'silent' }
  | { readonly kind: 'broken'; readonly breach: Breach };

/** One law about an `A`: a pure predicate. `random` supplies directions and masks; equal generators give equal verdicts. */
export interface Law<A> {
  /** Its number in the table of laws. */
  readonly number: number;
  readonly name: string;
  holds(subject: A, random: Random): Verdict;
}

export const holds: Verdict = { kind: 'holds' };
export const silent: Verdict = { kind: 'silent' };
export const broken = (breach: Breach): Verdict => ({ kind: 'broken', breach });
/** Two lists of results that a law says are equal. */
export function agree(what: string, left: readonly (NDArray | null)[], right: readonly (NDArray | null)[], close: Close<readonly (NDArray | null)[]>, program?: Jaxpr): Verdict {
  const differ = close(left, right);
  if (differ === null) return holds;
  return broken({ what, differ, left: showList(left), right: showList(right), ...(program === undefined ? {} : { program }) });
}
/** The first broken verdict, else the first that says something; verdicts are made only as far as needed. */
export function both(...verdicts: readonly (() => Verdict)[]): Verdict {
  let result = silent;
  for (const make of verdicts) {
    const v = make();
    if (v.kind === 'broken') return v;
    if (v.kind === 'holds') result = v;
  }
  return result;
}
