// Rules that look at the size of gradients alone: sums and means of squares, signs, step sizes of their own. Floor 7.
import type { AnyTensor } from '../ir/tensor.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { eq, gt, lt } from '../primitive/comparison.ts';
import { rsqrt, sqrt } from '../primitive/power.ts';
import { sign } from '../primitive/rounding.ts';
import { clamp, select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import { guard, mean, plus, root, square, times, type Steps } from './leaf.ts';
import { countingLeafwise, expectAtLeast, expectDecay, expectPositive, leafwise, memoryless, type CountedSlots, type Slotted } from './leafwise.ts';
import type { NoState, Optimizer } from './optimizer.ts';

/** What Adagrad may be told. */
export interface AdagradOptions {
  /** What the sum of squares starts at. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Added to the sum under the root. Default 1e-7. */
  readonly eps?: number;
}
/**
 * Updates divided by the root of the sum of their squares so far. Duchi, Hazan, Singer, "Adaptive subgradient methods for online learning and
 * stochastic optimization", 2011.
 *
 * @throws `value` for a negative start or eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByRss({ initialAccumulatorValue: 0, eps: 0 });
 * rule.update([tensor([3, 0])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, 0]]
 */
export function scaleByRss(options: AdagradOptions = {}): Optimizer<[Slotted<'sumOfSquares'>]> {
  const { initialAccumulatorValue = 0.1, eps = 1e-7 } = optionsOf('scaleByRss', options, { initialAccumulatorValue: 'number', eps: 'number' });
  expectAtLeast('scaleByRss', 'initialAccumulatorValue', initialAccumulatorValue);
  expectAtLeast('scaleByRss', 'eps', eps);
  return leafwise('scaleByRss', { sumOfSquares: initialAccumulatorValue }, (g, before) => {
    const sumOfSquares = add(square(g), before.sumOfSquares);
    const some = gt(sumOfSquares, constantLike(0, g));
    // Nothing is divided by the root of 0, in the branch not taken either.
    const r = rsqrt(plus(select(some, sumOfSquares, constantLike(1, g)), guard(eps, g.dtype)));
    return [mul(select(some, r, constantLike(0, g)), g), { sumOfSquares }];
  });
}

/** What RMSProp's rule may be told. */
export interface RmsOptions {
  /** Decay of the mean square. Default 0.9. */
  readonly decay?: number;
  /** Added to the mean square, or to its root. Default 1e-8. */
  readonly eps?: number;
  /** What the mean square starts at. Default 0. */
  readonly initialScale?: number;
  /** Adds eps under the root, as TensorFlow does; else outside, as PyTorch does. Default true. */
  readonly epsInSqrt?: boolean;
  /** Corrects the means for having started at zero. Default false. */
  readonly biasCorrection?: boolean;
}
export const rmsKinds = { decay: 'number', eps: 'number', initialScale: 'number', epsInSqrt: 'flag', biasCorrection: 'flag' } as const;
function expectRms(name: string, { decay, eps, initialScale }: Required<RmsOptions>): void {
  expectDecay(name, 'decay', decay);
  expectAtLeast(name, 'eps', eps);
  expectAtLeast(name, 'initialScale', initialScale);
}
const rmsDefaults: Required<RmsOptions> = { decay: 0.9, eps: 1e-8, initialScale: 0, epsInSqrt: true, biasCorrection: false };
const corrected = (m: AnyTensor, o: Required<RmsOptions>, steps: Steps): AnyTensor => o.biasCorrection ? steps.unbiased(m, o.decay) : m;
const divided = (g: AnyTensor, s: AnyTensor, o: Required<RmsOptions>): AnyTensor => o.epsInSqrt ? mul(rsqrt(plus(s, guard(o.eps, s.dtype))), g) : div(g, root(s, o.eps));

/**
 * Updates divided by the root of their mean square, which decays. Hinton, "Neural networks for machine learning", lecture 6, 2012.
 *
 * @throws `value` for a decay outside [0, 1), a negative eps or start.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByRms({ decay: 0.75, eps: 0 });
 * rule.update([tensor([3, -8])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[2, -2]]
 */
export function scaleByRms(options: RmsOptions = {}): Optimizer<[CountedSlots<'nu'>]> {
  optionsOf('scaleByRms', options, rmsKinds);
  const o = { ...rmsDefaults, ...options };
  expectRms('scaleByRms', o);
  return countingLeafwise('scaleByRms', { nu: o.initialScale }, (g, before, { steps }) => {
    const nu = mean(before.nu, square(g), o.decay);
    return [divided(g, corrected(nu, o, steps), o), { nu }];
  });
}

/**
 * Updates divided by the root of their variance, which decays: centred RMSProp. Graves, "Generating sequences with recurrent neural
 * networks", 2013, equations 38 to 45.
 *
 * @throws `value` for a decay outside [0, 1), a negative eps or start.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByStddev({ decay: 0.5, eps: 0 });
 * rule.update([tensor([3, -8])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[2, -2]]
 */
export function scaleByStddev(options: RmsOptions = {}): Optimizer<[CountedSlots<'mu' | 'nu'>]> {
  optionsOf('scaleByStddev', options, rmsKinds);
  const o = { ...rmsDefaults, ...options };
  expectRms('scaleByStddev', o);
  return countingLeafwise('scaleByStddev', { mu: 0, nu: o.initialScale }, (g, before, { steps }) => {
    const mu = mean(before.mu, g, o.decay);
    const nu = mean(before.nu, square(g), o.decay);
    return [divided(g, sub(corrected(nu, o, steps), square(corrected(mu, o, steps))), o), { mu, nu }];
  });
}

/** What Adadelta's rule may be told. */
export interface AdadeltaRuleOptions {
  /** Decay of both means. Default 0.9. */
  readonly rho?: number;
  /** Added to both means under their roots. Default 1e-6. */
  readonly eps?: number;
}
/**
 * Updates times the ratio of the root mean squares of past updates and of gradients. Zeiler, "ADADELTA: an adaptive learning rate method", 2012.
 *
 * @throws `value` for a decay outside [0, 1) and a negative eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByAdadelta({ rho: 0, eps: 1 });
 * rule.update([tensor([1, 0])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[0.70710677, 0]]
 */
export function scaleByAdadelta(options: AdadeltaRuleOptions = {}): Optimizer<[Slotted<'eG' | 'eX'>]> {
  const { rho = 0.9, eps = 1e-6 } = optionsOf('scaleByAdadelta', options, { rho: 'number', eps: 'number' });
  expectDecay('scaleByAdadelta', 'rho', rho);
  expectAtLeast('scaleByAdadelta', 'eps', eps);
  return leafwise('scaleByAdadelta', { eG: 0, eX: 0 }, (g, before) => {
    const eG = mean(before.eG, square(g), rho);
    const e = guard(eps, g.dtype);
    const update = mul(div(sqrt(plus(before.eX, e)), sqrt(plus(eG, e))), g);
    return [update, { eG, eX: mean(before.eX, square(update), rho) }];
  });
}

/**
 * The sign of each update. Bernstein, Wang, Azizzadenesheli, Anandkumar, "signSGD: compressed optimisation for non-convex problems", 2018.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleBySign();
 * rule.update([tensor([3, 0, -8])], rule.init([tensor([0, 0, 0])]), [tensor([0, 0, 0])])[0]; // -> [[1, 0, -1]]
 */
export const scaleBySign = (): Optimizer<[NoState]> => memoryless('scaleBySign', () => sign);

/** What Rprop may be told. */
export interface RpropOptions {
  /** The factor of a step size where the gradient has changed its sign. Default 0.5. */
  readonly etaMinus?: number;
  /** The factor where it has not. Default 1.2. */
  readonly etaPlus?: number;
  /** Default 1e-6. */
  readonly minStepSize?: number;
  /** Default 50. */
  readonly maxStepSize?: number;
}
/**
 * The sign of the gradient times a step size of each parameter's own, which grows while signs agree; a step that led too far is taken back
 * by waiting for one. Riedmiller, Braun, "A direct adaptive method for faster backpropagation learning: the RPROP algorithm", 1993, in the
 * form (iRprop-) of Igel, Hüsken, 2000.
 *
 * @param learningRate the first step size.
 * @throws `value` for step sizes and factors that are not positive.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByRprop(0.5);
 * const [, state] = rule.update([tensor([3, -8])], rule.init([tensor([0, 0])]), [tensor([0, 0])]);
 * rule.update([tensor([1, 8])], state, [tensor([0, 0])])[0]; // -> [[0.6, 0]]
 */
export function scaleByRprop(learningRate: number, options: RpropOptions = {}): Optimizer<[Slotted<'stepSizes' | 'prevUpdates'>]> {
  const { etaMinus = 0.5, etaPlus = 1.2, minStepSize = 1e-6, maxStepSize = 50 } = optionsOf('scaleByRprop', options, { etaMinus: 'number', etaPlus: 'number', minStepSize: 'number', maxStepSize: 'number' });
  for (const [name, x] of [['the learning rate', learningRate], ['etaMinus', etaMinus], ['etaPlus', etaPlus], ['minStepSize', minStepSize], ['maxStepSize', maxStepSize]] as const) expectPositive('scaleByRprop', name, x);
  return leafwise('scaleByRprop', { stepSizes: learningRate, prevUpdates: 0 }, (g, before) => {
    const agreement = mul(g, before.prevUpdates);
    const zero = constantLike(0, g);
    const [same, opposite] = [eq(agreement, zero), lt(agreement, zero)];
    const grown = mul(before.stepSizes, select(opposite, constantLike(etaMinus, g), constantLike(etaPlus, g)));
    const stepSizes = select(same, before.stepSizes, clamp(constantLike(minStepSize, g), grown, constantLike(maxStepSize, g)));
    const update = select(opposite, zero, mul(stepSizes, sign(g)));
    return [update, { stepSizes, prevUpdates: update }];
  });
}

/** What the optimistic gradient may be told. */
export interface OptimisticOptions {
  /** The weight of the gradient. Default 1. */
  readonly alpha?: number;
  /** The weight of its change since the last step. Default 1. */
  readonly beta?: number;
}
/**
 * (alpha + beta) g - beta times the gradient before: descent that converges in games. Mokhtari, Ozdaglar, Pattathil, "A unified analysis of
 * extra-gradient and optimistic gradient methods for saddle point problems", 2019. The first step takes the gradient for the one before.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByOptimisticGradient();
 * const [, state] = rule.update([tensor(3)], rule.init([tensor(0)]), [tensor(0)]);
 * rule.update([tensor(2)], state, [tensor(0)])[0]; // -> [1]
 */
export function scaleByOptimisticGradient(options: OptimisticOptions = {}): Optimizer<[CountedSlots<'previousGradient'>]> {
  const { alpha = 1, beta = 1 } = optionsOf('scaleByOptimisticGradient', options, { alpha: 'number', beta: 'number' });
  return countingLeafwise('scaleByOptimisticGradient', { previousGradient: 0 }, (g, { previousGradient }, { steps }) => {
    const first = broadcastInDim(steps.scalar('first', g, t => select(gt(t, constantLike(1, t)), constantLike(0, t), constantLike(1, t))), g.shape, []);
    const before = add(mul(first, g), mul(sub(constantLike(1, first), first), previousGradient));
    return [sub(times(g, alpha + beta), times(before, beta)), { previousGradient: g }];
  });
}
