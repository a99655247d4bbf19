// The optimisers that people ask for by name, each a chain of rules. Optax's names, defaults and order. Floor 7.
import { typed } from '../numpy/typed.ts';
import type { Key } from '../random/key.ts';
import { optionsOf } from '../shape/options.ts';
import { scaleByTrustRatio, type TrustRatioOptions } from './clipping.ts';
import { addDecayedWeights, addNoise, type Noisy } from './decay.ts';
import type { CountedSlots, Slotted } from './leafwise.ts';
import { masked, type Mask, type Masked } from './masks.ts';
import {
  momentKinds, scaleByAdam, scaleByAdamax, scaleByAdan, scaleByAmsgrad, scaleByBelief, scaleByLion, scaleByNovograd, scaleByRadam, scaleByYogi,
  type AdamOptions, type AdanOptions, type LionOptions, type Moments, type NovogradOptions, type RadamOptions, type YogiOptions,
} from './moments.ts';
import { chain, type NoState, type Optimizer } from './optimizer.ts';
import { scale, scaleByLearningRate, trace, type LearningRate, type RateState, type Traced } from './rules.ts';
import {
  rmsKinds, scaleByAdadelta, scaleByOptimisticGradient, scaleByRms, scaleByRprop, scaleByRss, scaleBySign, scaleByStddev,
  type AdadeltaRuleOptions, type AdagradOptions, type OptimisticOptions, type RmsOptions, type RpropOptions,
} from './squares.ts';

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
 * @throws `value` for a negative rate and a momentum outside [0, 1).
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
export function sgd(learningRate: LearningRate, options: { readonly momentum?: number | undefined; readonly nesterov?: boolean } = {}): never {
  const { momentum, nesterov = false } = optionsOf('sgd', options, { momentum: 'any', nesterov: 'flag' });
  const rate = scaleByLearningRate(learningRate);
  return typed(momentum === undefined ? rate : chain(trace(momentum, { nesterov }), rate));
}

/**
 * Adam. Kingma, Ba, "Adam: a method for stochastic optimization", 2015.
 *
 * @param learningRate a number, a scalar tensor, or a function of the step.
 * @throws `value` for a negative rate or eps and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adam(1e-3);
 * const params = { w: tensor([1, 2]) };
 * const [updates, state] = rule.update({ w: tensor([5, -5]) }, rule.init(params), params);
 * optim.applyUpdates(params, updates); // -> { w: [0.999, 2.001] }
 * state[0].count; // -> 1
 */
export const adam = <const L extends LearningRate>(learningRate: L, options: AdamOptions = {}): Optimizer<[Moments, RateState<L>]> =>
  chain(scaleByAdam(optionsOf('adam', options, { ...momentKinds, epsRoot: 'number', nesterov: 'flag' })), scaleByLearningRate(learningRate));

/** Which weights decay, and by how much of the learning rate. */
export interface WeightDecayOptions {
  readonly weightDecay?: number;
  /** The parameters that decay. Default all. */
  readonly mask?: Mask;
}
const decayKinds = { weightDecay: 'number', mask: 'any' } as const;
/**
 * Adam with decoupled weight decay (default 1e-4). Loshchilov, Hutter, "Decoupled weight decay regularization", 2019.
 *
 * @throws `value` for numbers out of range, `tree` where the mask does not fit the parameters.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adamw(0.1, { weightDecay: 0.5, mask: path => path === 'w' });
 * const params = { w: tensor([2, 2]), b: tensor(2) };
 * const [updates] = rule.update({ w: tensor([1, 0]), b: tensor(1) }, rule.init(params), params);
 * updates; // -> { w: [-0.2, -0.1], b: -0.1 }
 */
export const adamw = <const L extends LearningRate>(learningRate: L, given: AdamOptions & WeightDecayOptions = {}): Optimizer<[Moments, NoState, RateState<L>]> => {
  const { weightDecay = 1e-4, mask, ...options } = optionsOf('adamw', given, { ...momentKinds, epsRoot: 'number', nesterov: 'flag', ...decayKinds });
  return chain(scaleByAdam(options), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
};

/**
 * Adam with Nesterov's look ahead. Dozat, "Incorporating Nesterov momentum into Adam", 2016.
 *
 * @throws `value` for a negative rate or eps and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.nadam(0.1, { b1: 0 });
 * rule.update([tensor([5, -5])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const nadam = <const L extends LearningRate>(learningRate: L, options: Omit<AdamOptions, 'nesterov'> = {}): Optimizer<[Moments, RateState<L>]> => adam(learningRate, { ...optionsOf('nadam', options, { ...momentKinds, epsRoot: 'number' }), nesterov: true });

/**
 * NAdam with decoupled weight decay (default 1e-4).
 *
 * @throws `value` for numbers out of range, `tree` where the mask does not fit the parameters.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.nadamw(0.1, { weightDecay: 0.5 });
 * rule.update([tensor(0)], rule.init([tensor(2)]), [tensor(2)])[0]; // -> [-0.1]
 */
export const nadamw = <const L extends LearningRate>(learningRate: L, options: Omit<AdamOptions, 'nesterov'> & WeightDecayOptions = {}): Optimizer<[Moments, NoState, RateState<L>]> => adamw(learningRate, { ...optionsOf('nadamw', options, { ...momentKinds, epsRoot: 'number', ...decayKinds }), nesterov: true });

/**
 * Adam by the greatest size of a gradient, which decays. Kingma, Ba, 2015, section 7.1.
 *
 * @throws `value` for a negative rate or eps and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adamax(0.1);
 * rule.update([tensor([5, -5])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const adamax = <const L extends LearningRate>(learningRate: L, options: Omit<AdamOptions, 'nesterov' | 'epsRoot'> = {}): Optimizer<[Moments, RateState<L>]> =>
  chain(scaleByAdamax(optionsOf('adamax', options, momentKinds)), scaleByLearningRate(learningRate));

/**
 * AdaMax with decoupled weight decay (default 1e-4).
 *
 * @throws `value` for numbers out of range, `tree` where the mask does not fit the parameters.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adamaxw(0.1, { weightDecay: 0.5 });
 * rule.update([tensor(0)], rule.init([tensor(2)]), [tensor(2)])[0]; // -> [-0.1]
 */
export const adamaxw = <const L extends LearningRate>(learningRate: L, given: Omit<AdamOptions, 'nesterov' | 'epsRoot'> & WeightDecayOptions = {}): Optimizer<[Moments, NoState, RateState<L>]> => {
  const { weightDecay = 1e-4, mask, ...options } = optionsOf('adamaxw', given, { ...momentKinds, ...decayKinds });
  return chain(scaleByAdamax(options), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
};

/**
 * Adam by the greatest mean square so far. Reddi, Kale, Kumar, "On the convergence of Adam and beyond", 2018.
 *
 * @throws `value` for a negative rate or eps and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.amsgrad(0.1);
 * rule.update([tensor([5, -5])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const amsgrad = <const L extends LearningRate>(learningRate: L, options: Omit<AdamOptions, 'nesterov'> = {}): Optimizer<[CountedSlots<'mu' | 'nu' | 'nuMax'>, RateState<L>]> =>
  chain(scaleByAmsgrad(optionsOf('amsgrad', options, { ...momentKinds, epsRoot: 'number' })), scaleByLearningRate(learningRate));

/**
 * Adam by the belief in gradients. Zhuang and others, "AdaBelief optimizer", 2020.
 *
 * @throws `value` for a negative rate or eps and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adabelief(0.1, { b1: 0.5, b2: 0.5 });
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.2, 0.2]]
 */
export const adabelief = <const L extends LearningRate>(learningRate: L, options: AdamOptions = {}): Optimizer<[Moments, RateState<L>]> => chain(scaleByBelief(optionsOf('adabelief', options, { ...momentKinds, epsRoot: 'number', nesterov: 'flag' })), scaleByLearningRate(learningRate));

/**
 * Yogi. Zaheer, Reddi, Sachan, Kale, Kumar, "Adaptive methods for nonconvex optimization", 2018.
 *
 * @throws `value` for a negative rate or eps and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.yogi(0.1, { eps: 0, initialAccumulatorValue: 0 });
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const yogi = <const L extends LearningRate>(learningRate: L, options: YogiOptions = {}): Optimizer<[Moments, RateState<L>]> => chain(scaleByYogi(optionsOf('yogi', options, { initialAccumulatorValue: 'number', ...momentKinds, epsRoot: 'number' })), scaleByLearningRate(learningRate));

/**
 * Adam, rectified. Liu, Jiang, He and others, "On the variance of the adaptive learning rate and beyond", 2020.
 *
 * @throws `value` for a negative rate or eps, decays outside [0, 1) and a threshold not above 4.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.radam(0.1);
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.4, 0.4]]
 */
export const radam = <const L extends LearningRate>(learningRate: L, options: RadamOptions = {}): Optimizer<[Moments, RateState<L>]> => chain(scaleByRadam(optionsOf('radam', options, { threshold: 'number', ...momentKinds, epsRoot: 'number', nesterov: 'flag' })), scaleByLearningRate(learningRate));

/**
 * Adaptive Nesterov momentum, with decoupled weight decay (default 0). Xie, Zhou, Li, Lin, Yan, 2022.
 *
 * @throws `value` for a negative rate or eps and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adan(0.1);
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const adan = <const L extends LearningRate>(learningRate: L, given: AdanOptions & WeightDecayOptions = {}): Optimizer<[CountedSlots<'m' | 'v' | 'n' | 'g'>, NoState, RateState<L>]> => {
  const { weightDecay = 0, mask, ...options } = optionsOf('adan', given, { b1: 'number', b2: 'number', b3: 'number', eps: 'number', epsRoot: 'number', ...decayKinds });
  return chain(scaleByAdan({ epsRoot: 1e-8, ...options }), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
};

/**
 * Lion: the sign of a mean, with decoupled weight decay (default 1e-3). Chen, Liang, Huang and others, 2023. Rates are about a tenth of Adam's.
 *
 * @throws `value` for a negative rate and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.lion(0.1, { weightDecay: 0 });
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const lion = <const L extends LearningRate>(learningRate: L, given: LionOptions & WeightDecayOptions = {}): Optimizer<[CountedSlots<'mu'>, NoState, RateState<L>]> => {
  const { weightDecay = 1e-3, mask, ...options } = optionsOf('lion', given, { b1: 'number', b2: 'number', ...decayKinds });
  return chain(scaleByLion(options), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
};

/**
 * Adagrad. Duchi, Hazan, Singer, 2011.
 *
 * @throws `value` for a negative rate, start or eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adagrad(0.1, { initialAccumulatorValue: 0, eps: 0 });
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const adagrad = <const L extends LearningRate>(learningRate: L, options: AdagradOptions = {}): Optimizer<[Slotted<'sumOfSquares'>, RateState<L>]> => chain(scaleByRss(optionsOf('adagrad', options, { initialAccumulatorValue: 'number', eps: 'number' })), scaleByLearningRate(learningRate));

/** What RMSProp may be told. */
export interface RmspropOptions extends RmsOptions {
  /** Divides by the root of the variance, not of the mean square. Default false. */
  readonly centered?: boolean;
  /** The decay of the trace of steps; absent, there is none. */
  readonly momentum?: number;
  /** With momentum: look ahead along the trace. Default false. */
  readonly nesterov?: boolean;
}
type RmsKind<O> = O extends { readonly centered: true } ? CountedSlots<'mu' | 'nu'> : CountedSlots<'nu'>;
type TraceKinds<O> = O extends { readonly momentum: number } ? [Traced] : [];
/**
 * RMSProp, centred or with momentum if asked for. Hinton, lecture 6 of "Neural networks for machine learning", 2012. The trace is of steps, after
 * the learning rate, as in Optax and TensorFlow.
 *
 * @throws `value` for a negative rate or eps and decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.rmsprop(0.1, { decay: 0.75, eps: 0 });
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.2, 0.2]]
 */
export function rmsprop<const L extends LearningRate, const O extends RmspropOptions = { readonly centered?: false }>(learningRate: L, options?: O): Optimizer<[RmsKind<O>, RateState<L>, ...TraceKinds<O>]>;
export function rmsprop(learningRate: LearningRate, given: RmspropOptions = {}): never {
  const { centered = false, momentum, nesterov = false, ...options } = optionsOf('rmsprop', given, { ...rmsKinds, centered: 'flag', momentum: 'number', nesterov: 'flag' });
  const sizes = centered ? scaleByStddev(options) : scaleByRms(options);
  return typed(chain(sizes, scaleByLearningRate(learningRate), ...momentum === undefined ? [] : [trace(momentum, { nesterov })]));
}

/** What Adadelta may be told. */
export interface AdadeltaOptions extends AdadeltaRuleOptions {
  /** Added to the gradient, times the parameter. Default 0. */
  readonly weightDecay?: number;
  /** The parameters that decay. Default all. */
  readonly weightDecayMask?: Mask;
}
/**
 * Adadelta. Zeiler, "ADADELTA: an adaptive learning rate method", 2012, whose learning rate is 1.
 *
 * @throws `value` for a negative rate or eps and a decay outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adadelta(1, { rho: 0, eps: 1 });
 * rule.update([tensor([1, -1])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[-0.70710677, 0.70710677]]
 */
export const adadelta = <const L extends LearningRate = 1>(learningRate: L, given: AdadeltaOptions = {}): Optimizer<[NoState, Slotted<'eG' | 'eX'>, RateState<L>]> => {
  const { weightDecay = 0, weightDecayMask, ...options } = optionsOf('adadelta', given, { weightDecay: 'number', weightDecayMask: 'any', rho: 'number', eps: 'number' });
  return chain(addDecayedWeights(weightDecay, { mask: weightDecayMask }), scaleByAdadelta(options), scaleByLearningRate(learningRate));
};

/**
 * The sign of the gradient. Bernstein, Wang, Azizzadenesheli, Anandkumar, 2018.
 *
 * @throws `value` for a negative rate.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.signSgd(0.1);
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const signSgd = <const L extends LearningRate>(learningRate: L): Optimizer<[NoState, RateState<L>]> => chain(scaleBySign(), scaleByLearningRate(learningRate));

/**
 * Rprop. Riedmiller, Braun, 1993; Igel, Hüsken, 2000 (iRprop-). For full batches.
 *
 * @param learningRate the first step size.
 * @throws `value` for step sizes and factors that are not positive.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.rprop(0.1);
 * rule.update([tensor([4, -4])], rule.init([tensor([1, 2])]), [tensor([1, 2])])[0]; // -> [[-0.1, 0.1]]
 */
export const rprop = (learningRate: number, options: RpropOptions = {}): Optimizer<[Slotted<'stepSizes' | 'prevUpdates'>, NoState]> => chain(scaleByRprop(learningRate, optionsOf('rprop', options, { etaMinus: 'number', etaPlus: 'number', minStepSize: 'number', maxStepSize: 'number' })), scale(-1));

/** What LAMB may be told beside Adam's options. */
export interface LambOptions extends Omit<AdamOptions, 'nesterov'>, WeightDecayOptions {}
/**
 * Adam with a step for each leaf in proportion to the norm of its parameter. You and others, "Large batch optimization for deep learning", 2020.
 *
 * @throws `value` for a negative rate, eps or decay and decays of means outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.lamb(0.1);
 * const params = [tensor([2])];
 * rule.update([tensor([5])], rule.init(params), params)[0]; // -> [[-0.2]]
 */
export const lamb = <const L extends LearningRate>(learningRate: L, given: LambOptions = {}): Optimizer<[Moments, NoState, NoState, RateState<L>]> => {
  const { weightDecay = 0, mask, ...options } = optionsOf('lamb', given, { ...momentKinds, epsRoot: 'number', ...decayKinds });
  return chain(scaleByAdam({ eps: 1e-6, ...options }), addDecayedWeights(weightDecay, { mask }), scaleByTrustRatio(), scaleByLearningRate(learningRate));
};

/** What LARS may be told. */
export interface LarsOptions extends Omit<TrustRatioOptions, 'minNorm'> {
  /** Added to the gradient, times the parameter. Default 0. */
  readonly weightDecay?: number;
  /** The parameters that decay. Default all. */
  readonly weightDecayMask?: Mask;
  /** The parameters whose step follows their norm. Default all. */
  readonly trustRatioMask?: Mask;
  /** The decay of the trace. Default 0.9. */
  readonly momentum?: number;
  /** Default false. */
  readonly nesterov?: boolean;
}
/**
 * Momentum with a step for each leaf in proportion to the norm of its parameter. You, Gitman, Ginsburg, 2017.
 *
 * @throws `value` for a negative rate or decay and a momentum outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.lars(0.1, { trustCoefficient: 1 });
 * const params = [tensor([3, 4])];
 * rule.update([tensor([1, 0])], rule.init(params), params)[0]; // -> [[-0.5, 0]]
 */
export const lars = <const L extends LearningRate>(learningRate: L, options: LarsOptions = {}): Optimizer<[NoState, Masked<[NoState]>, RateState<L>, Traced]> => {
  const { weightDecay = 0, weightDecayMask, trustRatioMask = true, momentum = 0.9, nesterov = false, trustCoefficient = 0.001, eps = 0 } = optionsOf('lars', options, { weightDecay: 'number', weightDecayMask: 'any', trustRatioMask: 'any', momentum: 'number', nesterov: 'flag', eps: 'number', trustCoefficient: 'number' });
  return chain(addDecayedWeights(weightDecay, { mask: weightDecayMask }), masked(scaleByTrustRatio({ trustCoefficient, eps }), trustRatioMask), scaleByLearningRate(learningRate), trace(momentum, { nesterov }));
};

/**
 * NovoGrad. Ginsburg, Castonguay and others, 2019.
 *
 * @throws `value` for a negative rate, eps or decay and decays of means outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.novograd(1);
 * rule.update([tensor([3, 4])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[-0.6, -0.8]]
 */
export const novograd = <const L extends LearningRate>(learningRate: L, options: NovogradOptions = {}): Optimizer<[Moments, RateState<L>]> => chain(scaleByNovograd(optionsOf('novograd', options, { weightDecay: 'number', ...momentKinds, epsRoot: 'number' })), scaleByLearningRate(learningRate));

/**
 * Gradient descent with noise of variance eta / t^gamma. Neelakantan and others, 2015. The key is needed: there is no hidden one.
 *
 * @throws `value` for a negative rate, eta or gamma.
 * @example
 * import { optim, random, tensor } from 'cotangent';
 * const rule = optim.noisySgd(1, random.key(0), { eta: 0 });
 * rule.update([tensor(3)], rule.init([tensor(0)]), [tensor(0)])[0]; // -> [-3]
 */
export const noisySgd = <const L extends LearningRate>(learningRate: L, key: Key, options: { readonly eta?: number; readonly gamma?: number } = {}): Optimizer<[Noisy, RateState<L>]> => {
  const { eta = 0.01, gamma = 0.55 } = optionsOf('noisySgd', options, { eta: 'number', gamma: 'number' });
  return chain(addNoise(eta, gamma, key), scaleByLearningRate(learningRate));
};

/**
 * Optimistic gradient descent, for games. Mokhtari, Ozdaglar, Pattathil, 2019.
 *
 * @throws `value` for a negative rate.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.optimisticGradientDescent(0.5);
 * rule.update([tensor(3)], rule.init([tensor(0)]), [tensor(0)])[0]; // -> [-1.5]
 */
export const optimisticGradientDescent = <const L extends LearningRate>(learningRate: L, options: OptimisticOptions = {}): Optimizer<[CountedSlots<'previousGradient'>, RateState<L>]> =>
  chain(scaleByOptimisticGradient(optionsOf('optimisticGradientDescent', options, { alpha: 'number', beta: 'number' })), scaleByLearningRate(learningRate));
