// laws.optimiser: what must hold of every gradient transformation, on random trees of parameters and gradients.
// Stands above the predicates; knows no rule by name.
import fc from 'fast-check';
import type { NDArray } from '../src/ir/primitive.ts';
import type { Optimizer, StateKind } from '../src/optim/optimizer.ts';
import { optionsOf } from '../src/shape/options.ts';
import { flattenTensors } from '../src/transform/staging.ts';
import { unflatten } from '../src/tree/tree.ts';
import { trees, type Training } from './arbitrary/training.ts';
import { chainIsMonoid, descends, jitIsUpdate, restsAtZero, statesKeepTheirForm, updateIsPure, updatesFitParameters } from './predicates/training.ts';
import { Random } from './random.ts';
import type { Report } from './report.ts';
import { runKinds, runLaws, trial, type RunOptions } from './run.ts';
import { showArray } from './show.ts';
import { readAll, ruleOf } from './untyped.ts';

/** How an optimiser is tried, and what is claimed of it. */
export interface OptimiserOptions<P> extends RunOptions {
  /** Parameters of the form that the rule is made for, where its masks or labels name some. Default: random trees. */
  readonly params?: P;
  /** Whether gradients of zero, from the first step on, leave the parameters where they are. Default true; false of weight decay and noise, and then it must be so. */
  readonly rests?: boolean;
  /** Whether it is a descent: on random quadratics it must then end lower than it began. Default true; false of a part such as a clipping. */
  readonly descends?: boolean;
  /** How many steps it has for the descent. Default 20. */
  readonly steps?: number;
}

/**
 * Tries the laws of gradient transformations on a rule: the state keeps its form and dtypes from step to step, so that it can be donated
 * and stored; updates have those of the parameters, and are null for what has no gradient; `update` is pure, and the same jitted, traced
 * once; chains associate, with `identity` on either side; zero gradients do what is claimed; a quadratic is descended.
 *
 * @param options `runs` (default 8), `params`, `rests`, `descends`, `steps`, `seed`, `only`.
 * @throws `LawError` with the smallest failing case and its seed.
 * @example
 * import { optim } from 'cotangent';
 * import * as laws from 'cotangent/laws';
 * laws.optimiser(optim.adam(0.1), { runs: 2 }).runs; // -> 2
 * laws.optimiser(optim.clip(1), { runs: 2, descends: false }).runs; // -> 2
 */
export function optimiser<Ks extends readonly StateKind[], P>(optimizer: Optimizer<Ks>, options: OptimiserOptions<P> = {}): Report {
  optionsOf('laws.optimiser', options, { ...runKinds, params: 'any', rests: 'flag', descends: 'flag', steps: 'integer' });
  const rule = ruleOf(optimizer);
  const given = options.params === undefined ? null : flattenTensors(options.params, 'laws.optimiser');
  const avals = given?.leaves.map(x => x.aval);
  const values = given === null ? [] : readAll(() => given.leaves);
  const name = rule.parts.map(p => p.name).join(', ') || 'the empty chain';
  return runLaws(name, fc.nat(), seed => {
    const random = new Random(seed);
    const training: Training = {
      rule, ...trees(random, given === null || avals === undefined ? null : { structure: given.structure, avals, values }),
      claims: { rests: options.rests ?? true, descends: options.descends ?? true, steps: options.steps ?? 20 },
    };
    return {
      show: () => showTraining(training),
      trials: [statesKeepTheirForm, updatesFitParameters, updateIsPure, jitIsUpdate, chainIsMonoid, restsAtZero, descends].map(l => trial(l, training, random)),
    };
  }, { runs: 8, ...options });
}

const showTraining = (t: Training): string => {
  const tree = (xs: readonly (NDArray | null)[]): string => JSON.stringify(unflatten(t.structure, xs.map(showArray)));
  return [`parameters ${tree(t.params)}`, ...t.gradients.map((g, k) => `gradients ${k}: ${tree(g)}`)].join('\n');
};
