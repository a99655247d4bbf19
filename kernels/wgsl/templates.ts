// The table of templates: what the backend asks before it computes an equation in any other way.
import type { Eqn } from '../../src/ir/jaxpr.ts';
import { attentionTemplate } from './attention.ts';
import { productTemplate } from './productTemplate.ts';
import type { Candidate, Limits, Problem, Template } from './template.ts';

export const templates: readonly Template[] = [productTemplate, attentionTemplate];

/** What a template makes of an equation, or null where none knows it. */
export function problemOf(e: Eqn, limits: Limits): Problem | null {
  for (const t of templates) { const p = t.problem(e, limits); if (p !== null) return p; }
  return null;
}

/** Which candidate computes an equation of a problem; null where none is to. The same at each call. */
export type Choose = (p: Problem, e: Eqn) => Candidate | null;
export const byShape: Choose = p => p.preferred;
/** For each equation what computes it, on a device of these limits. */
export const chosenBy = (limits: Limits, choose: Choose) => (e: Eqn): { readonly problem: Problem; readonly candidate: Candidate } | null => {
  const problem = problemOf(e, limits);
  const candidate = problem === null ? null : choose(problem, e);
  return problem === null || candidate === null ? null : { problem, candidate };
};
