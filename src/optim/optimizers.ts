// The optimisers that people ask for by name, each a chain of rules. Floor 7.
import { typed } from '../numpy/typed.ts';
import { chain, type Optimizer } from './optimizer.ts';
import { scaleByAdam, scaleByLearningRate, trace, type AdamOptions, type LearningRate, type Moments, type RateState, type Traced } from './rules.ts';

/** What gradient descent may be told. */
export interface SgdOptions {
  /** The decay of the trace of gradients; absent, there is no momentum. */
  readonly momentum?: number;
  /** With momentum: look ahead along the trace. Default false. */
  readonly nesterov?: boolean;
}

/**
 * Gradient descent, with momentum if asked for.
 *
 * @param learningRate a number, a scalar tensor, or a function of the step.
 * @example
 * import { grad, np, optim, tensor, type Scalar } from 'cotangent';
 * const rule = optim.sgd(0.1);
 * const params = tensor([1, -2]);
 * const g = grad((p: typeof params): Scalar => np.sum(np.square(p)))(params);
 * const [updates] = rule.update(g, rule.init(params), params);
 * optim.applyUpdates(params, updates); // -> [0.8, -1.6]
 */
export function sgd<const L extends LearningRate>(learningRate: L, options: SgdOptions & { readonly momentum: number }): Optimizer<[Traced, RateState<L>]>;
export function sgd<const L extends LearningRate>(learningRate: L, options?: { readonly momentum?: undefined }): Optimizer<[RateState<L>]>;
export function sgd(learningRate: LearningRate, { momentum, nesterov = false }: { readonly momentum?: number | undefined; readonly nesterov?: boolean } = {}): never {
  const rate = scaleByLearningRate(learningRate);
  return typed(momentum === undefined ? rate : chain(trace(momentum, { nesterov }), rate));
}

/**
 * Adam. Kingma, Ba, "Adam: a method for stochastic optimization", 2015.
 *
 * @param learningRate a number, a scalar tensor, or a function of the step.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adam(1e-3);
 * const params = { w: tensor([1, 2]) };
 * const [updates, state] = rule.update({ w: tensor([5, -5]) }, rule.init(params), params);
 * optim.applyUpdates(params, updates); // -> { w: [0.999, 2.001] }
 * state[0].count; // -> 1
 */
export const adam = <const L extends LearningRate>(learningRate: L, options: AdamOptions = {}): Optimizer<[Moments, RateState<L>]> =>
  chain(scaleByAdam(options), scaleByLearningRate(learningRate));

