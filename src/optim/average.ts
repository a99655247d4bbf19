// Averages over steps: of updates (ema), of the parameters themselves, and towards other parameters. Floor 7.
import { CotangentError } from '../error.ts';
import { hasTangent } from '../ir/aval.ts';
import type { AnyTensor, Scalar } from '../ir/tensor.ts';
import { add } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { eq } from '../primitive/comparison.ts';
import { rem } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf, zerosLike } from '../trace/handle.ts';
import { flattenTensors } from '../transform/staging.ts';
import type { Tangent } from '../transform/types.ts';
import { unflatten } from '../tree/tree.ts';
import { mean, Steps, times } from './leaf.ts';
import { advanced, countingLeafwise, countOf, expectDecay, expectNatural, treeOf, zeroCount, type CountedSlots, type CountState } from './leafwise.ts';
import { optimizer, readUpdates, type Optimizer, type StateKind } from './optimizer.ts';

/** How a decaying mean starts. */
export interface EmaOptions {
  /** Corrects the mean for having started at zero. Default true. */
  readonly debias?: boolean;
}
/**
 * The decaying mean of the updates, in their place.
 *
 * @throws `value` for a decay outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.ema(0.5, { debias: false });
 * const [, state] = rule.update([tensor(4)], rule.init([tensor(0)]), [tensor(0)]);
 * rule.update([tensor(8)], state, [tensor(0)])[0]; // -> [5]
 */
export function ema(decay: number, options: EmaOptions = {}): Optimizer<[CountedSlots<'ema'>]> {
  const { debias = true } = optionsOf('ema', options, { debias: 'flag' });
  expectDecay('ema', 'decay', decay);
  return countingLeafwise('ema', { ema: 0 }, (g, before, { steps }) => {
    const after = mean(before.ema, g, decay);
    return [debias ? steps.unbiased(after, decay) : after, { ema: after }];
  });
}

/** Steps, and the mean of the parameters so far: null where a parameter has no gradient. */
export interface WeightsState<P> extends CountState { readonly ema: Tangent<P> }
/** The kind of `WeightsState`. */
export interface Averaged extends StateKind { readonly state: WeightsState<this['params']> }
/**
 * The last part of a chain: it leaves the updates as they are and keeps the decaying mean of the parameters that they lead to, for
 * evaluation by `averagedWeights`. Polyak, Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
 *
 * @throws `value` for a decay outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.chain(optim.sgd(1), optim.emaOfWeights(0.5));
 * let params = { w: tensor(4) };
 * let state = rule.init(params);
 * for (let step = 0; step < 2; step++) {
 *   const [updates, next] = rule.update({ w: tensor(2) }, state, params);
 *   [params, state] = [optim.applyUpdates(params, updates), next];
 * }
 * params; // -> { w: 0 }
 * optim.averagedWeights(params, state[1], 0.5); // -> { w: 0.6666667 }
 */
export function emaOfWeights(decay: number): Optimizer<[Averaged]> {
  expectDecay('emaOfWeights', 'decay', decay);
  return optimizer([{
    name: 'emaOfWeights',
    init: ({ leaves, structure }) => ({ count: zeroCount(), ema: unflatten(structure, leaves.map(p => hasTangent(p.aval) ? zerosLike(p.aval) : null)) }),
    update(updates, state, params) {
      const before = treeOf('emaOfWeights', state, 'ema', params);
      const after = params.leaves.map((p, i) => {
        const [u, m] = [updates[i] ?? null, before[i] ?? null];
        return m && mean(m, u ? add(p, u) : p, decay);
      });
      return { updates, state: { count: advanced(countOf('emaOfWeights', state)), ema: unflatten(params.structure, after) } };
    },
  }]);
}
/**
 * The mean of the parameters that `emaOfWeights` has kept, without the bias of its start; what has no gradient is taken from `params`, and
 * before the first step all of it is.
 *
 * @param decay the decay that `emaOfWeights` was told.
 * @throws `tree` where the state does not fit the parameters.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const params = { w: tensor(4), steps: tensor(3, 'i32') };
 * optim.averagedWeights(params, optim.emaOfWeights(0.9).init(params)[0], 0.9); // -> { w: 4, steps: 3 }
 */
export function averagedWeights<P>(params: P, state: NoInfer<WeightsState<P>>, decay: number): P;
export function averagedWeights(params: unknown, state: unknown, decay: number): unknown {
  expectDecay('averagedWeights', 'decay', decay);
  const read = flattenTensors(params, 'optim.averagedWeights');
  const means = treeOf('averagedWeights', state, 'ema', read);
  const count = countOf('averagedWeights', state);
  const none = eq(count, constantLike(0, count));
  // One step stands in for none, so that nothing is divided by zero in the branch not taken.
  const steps = new Steps(select(none, constantLike(1, count), count));
  return unflatten(read.structure, read.leaves.map((p, i) => {
    const m = means[i];
    return m ? select(broadcastInDim(none, p.shape, []), p, steps.unbiased(m, decay)) : p;
  }));
}

/**
 * Parameters moved a part of the way to new ones: stepSize new + (1 - stepSize) old. Leaves without a gradient are the new ones.
 *
 * @throws `tree`, `shape` or `dtype` where the trees differ, `value` for a step outside [0, 1].
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.incrementalUpdate({ w: tensor(8) }, { w: tensor(4) }, 0.25); // -> { w: 5 }
 */
export function incrementalUpdate<P>(newParams: P, oldParams: NoInfer<P>, stepSize: number): P;
export function incrementalUpdate(newParams: unknown, oldParams: unknown, stepSize: number): unknown {
  if (!(stepSize >= 0 && stepSize <= 1)) throw new CotangentError('value', `incrementalUpdate: stepSize ${stepSize} is not in [0, 1]`);
  const read = flattenTensors(newParams, 'optim.incrementalUpdate');
  const old = readUpdates('optim.incrementalUpdate', oldParams, read);
  return unflatten(read.structure, read.leaves.map((p, i) => { const o = old[i]; return o && hasTangent(p.aval) ? add(times(p, stepSize), times(o, 1 - stepSize)) : p; }));
}

/**
 * New parameters at every `period`-th step, old ones at the others: target networks that follow now and then.
 *
 * @param steps the number of the step, an i32 scalar; new parameters are taken where the period divides it.
 * @throws `tree`, `shape` or `dtype` where the trees differ, `value` for a period that is no natural number.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.periodicUpdate({ w: tensor(8) }, { w: tensor(4) }, tensor(6, 'i32'), 3); // -> { w: 8 }
 * optim.periodicUpdate({ w: tensor(8) }, { w: tensor(4) }, tensor(7, 'i32'), 3); // -> { w: 4 }
 */
export function periodicUpdate<P>(newParams: P, oldParams: NoInfer<P>, steps: Scalar<'i32'>, period: number): P;
export function periodicUpdate(newParams: unknown, oldParams: unknown, steps: AnyTensor, period: number): unknown {
  expectNatural('periodicUpdate', 'period', period);
  const read = flattenTensors(newParams, 'optim.periodicUpdate');
  const old = readUpdates('optim.periodicUpdate', oldParams, read);
  const count = handleOf(steps, 'periodicUpdate');
  const now = eq(rem(count, constantLike(period, count)), constantLike(0, count));
  return unflatten(read.structure, read.leaves.map((p, i) => { const o = old[i]; return o ? select(broadcastInDim(now, p.shape, []), p, o) : p; }));
}
