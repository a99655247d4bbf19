// Rules that keep a decaying mean of the gradients beside one of their size: Adam and its kin. Floor 7.
import { CotangentError } from '../error.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { ge, gt } from '../primitive/comparison.ts';
import { expm1 } from '../primitive/exponential.ts';
import { max } from '../primitive/extremum.ts';
import { sqrt } from '../primitive/power.ts';
import { abs, sign } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import type { Tangent } from '../transform/types.ts';
import { guard, mean, norm, plus, root, spreading, square, times, type Steps } from './leaf.ts';
import { countingLeafwise, expectAtLeast, expectDecay, type CountedSlots, type CountState } from './leafwise.ts';
import type { Optimizer, StateKind } from './optimizer.ts';

/** Steps, and decaying means of the gradients (mu) and of their squares or sizes (nu). */
export interface AdamState<P> extends CountState { readonly mu: Tangent<P>; readonly nu: Tangent<P> }
/** The kind of `AdamState`. */
export interface Moments extends StateKind { readonly state: AdamState<this['params']> }

/** The decays and the guards of Adam. */
export interface AdamOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly b1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly b2?: number;
  /** Added to the root of the mean square. Default 1e-8; in f16, which cannot hold that, at least 2^-14. */
  readonly eps?: number;
  /** Added to the mean square under the root, for derivatives through the step. Default 0. */
  readonly epsRoot?: number;
  /** Takes the mean that the next step would have (Dozat's NAdam). Default false. */
  readonly nesterov?: boolean;
}
/** The kinds of the options that all moments have. */
export const momentKinds = { b1: 'number', b2: 'number', eps: 'number' } as const;
function expectMoments(name: string, b1: number, b2: number, eps: number, epsRoot = 0): void {
  expectDecay(name, 'b1', b1);
  expectDecay(name, 'b2', b2);
  expectAtLeast(name, 'eps', eps);
  expectAtLeast(name, 'epsRoot', epsRoot);
}
/** The mean of gradients without bias, or what it will be after one more like this. */
const meanGradient = (g: AnyTensor, mu: AnyTensor, b1: number, steps: Steps, nesterov: boolean): AnyTensor => nesterov
  ? add(times(steps.unbiased(mu, b1, 1), b1), times(steps.unbiased(g, b1), 1 - b1))
  : steps.unbiased(mu, b1);

/**
 * Updates divided by the root of their mean square, both means corrected for having started at zero.
 * Kingma, Ba, "Adam: a method for stochastic optimization", 2015; with `nesterov` Dozat, "Incorporating Nesterov momentum into Adam", 2016.
 *
 * @throws `value` for decays outside [0, 1) and a negative eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByAdam();
 * rule.update([tensor([3, -0.1])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, -1]]
 */
export function scaleByAdam(options: AdamOptions = {}): Optimizer<[Moments]> {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0, nesterov = false } = optionsOf('scaleByAdam', options, { ...momentKinds, epsRoot: 'number', nesterov: 'flag' });
  expectMoments('scaleByAdam', b1, b2, eps, epsRoot);
  return countingLeafwise('scaleByAdam', { mu: 0, nu: 0 }, (g, before, { steps }) => {
    const mu = mean(before.mu, g, b1);
    const nu = mean(before.nu, square(g), b2);
    return [div(meanGradient(g, mu, b1, steps, nesterov), root(steps.unbiased(nu, b2), eps, epsRoot)), { mu, nu }];
  });
}

/**
 * As Adam, divided by the root of the greatest mean square so far. Reddi, Kale, Kumar, "On the convergence of Adam and beyond", 2018.
 *
 * @throws `value` for decays outside [0, 1) and a negative eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByAmsgrad();
 * rule.update([tensor([3, -0.1])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, -1]]
 */
export function scaleByAmsgrad(options: Omit<AdamOptions, 'nesterov'> = {}): Optimizer<[CountedSlots<'mu' | 'nu' | 'nuMax'>]> {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0 } = optionsOf('scaleByAmsgrad', options, { ...momentKinds, epsRoot: 'number' });
  expectMoments('scaleByAmsgrad', b1, b2, eps, epsRoot);
  return countingLeafwise('scaleByAmsgrad', { mu: 0, nu: 0, nuMax: 0 }, (g, before, { steps }) => {
    const mu = mean(before.mu, g, b1);
    const nu = mean(before.nu, square(g), b2);
    const nuMax = max(before.nuMax, steps.unbiased(nu, b2));
    return [div(steps.unbiased(mu, b1), root(nuMax, eps, epsRoot)), { mu, nu, nuMax }];
  });
}

/**
 * The mean gradient divided by the greatest size of a gradient, which decays. Kingma, Ba, 2015, section 7.1.
 *
 * @throws `value` for decays outside [0, 1) and a negative eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByAdamax();
 * rule.update([tensor([3, -0.5])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, -1]]
 */
export function scaleByAdamax(options: Omit<AdamOptions, 'nesterov' | 'epsRoot'> = {}): Optimizer<[Moments]> {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8 } = optionsOf('scaleByAdamax', options, momentKinds);
  expectMoments('scaleByAdamax', b1, b2, eps);
  return countingLeafwise('scaleByAdamax', { mu: 0, nu: 0 }, (g, before, { steps }) => {
    const mu = mean(before.mu, g, b1);
    const nu = max(plus(abs(g), guard(eps, g.dtype)), times(before.nu, b2));
    return [div(steps.unbiased(mu, b1), nu), { mu, nu }];
  });
}

/** What the rectified Adam may be told beside Adam's options. */
export interface RadamOptions extends AdamOptions {
  /** The length of the average of squares from which on its variance is trusted. Default 5. */
  readonly threshold?: number;
}
/**
 * As Adam, without the division while the mean square is too young to be trusted, and less of it before it is old.
 * Liu, Jiang, He, Chen, Liu, Gao, Han, "On the variance of the adaptive learning rate and beyond", 2020.
 *
 * @throws `value` for decays outside [0, 1), b2 below 0.6, a negative eps and a threshold not above 4.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByRadam();
 * rule.update([tensor([3, -0.5])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[3, -0.5]]
 */
export function scaleByRadam(options: RadamOptions = {}): Optimizer<[Moments]> {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0, nesterov = false, threshold = 5 } = optionsOf('scaleByRadam', options, { threshold: 'number', ...momentKinds, epsRoot: 'number', nesterov: 'flag' });
  expectMoments('scaleByRadam', b1, b2, eps, epsRoot);
  if (!(threshold > 4)) throw new CotangentError('value', `scaleByRadam: threshold ${threshold} is not above 4, where the variance ends`);
  const longest = 2 / (1 - b2) - 1;
  if (!(longest > 4)) throw new CotangentError('value', `scaleByRadam: b2 ${b2} averages too few squares; give at least 0.61`);
  return countingLeafwise('scaleByRadam', { mu: 0, nu: 0 }, (g, before, { steps }) => {
    const mu = mean(before.mu, g, b1);
    const nu = mean(before.nu, square(g), b2);
    const m = meanGradient(g, mu, b1, steps, nesterov);
    // rho = longest - 2 t b2^t / (1 - b2^t); 0 stands for a length below the threshold. The threshold also keeps the root real.
    const rectified = steps.scalar('rectified', g, t => {
      const gathered = neg(expm1(times(t, Math.log(b2))));
      const rho = sub(constantLike(longest, t), div(times(mul(t, sub(constantLike(1, t), gathered)), 2), gathered));
      const long = ge(rho, constantLike(threshold, rho));
      const safe = select(long, rho, constantLike(threshold, rho));
      const r = sqrt(div(times(mul(plus(safe, -4), plus(safe, -2)), longest / ((longest - 4) * (longest - 2))), safe));
      return select(long, r, constantLike(0, r));
    });
    const r = broadcastInDim(rectified, g.shape, []);
    return [select(gt(r, constantLike(0, r)), div(mul(r, m), root(steps.unbiased(nu, b2), eps, epsRoot)), m), { mu, nu }];
  });
}

/**
 * As Adam, with the mean square of how far gradients are from their mean. Zhuang, Tang, Ding, Tatikonda, Dvornek, Papademetris, Duncan,
 * "AdaBelief optimizer: adapting stepsizes by the belief in observed gradients", 2020.
 *
 * @throws `value` for decays outside [0, 1) and a negative eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByBelief({ b1: 0, eps: 1, epsRoot: 0 });
 * rule.update([tensor([3, -0.5])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[3, -0.5]]
 */
export function scaleByBelief(options: AdamOptions = {}): Optimizer<[Moments]> {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-16, epsRoot = 1e-16, nesterov = false } = optionsOf('scaleByBelief', options, { ...momentKinds, epsRoot: 'number', nesterov: 'flag' });
  expectMoments('scaleByBelief', b1, b2, eps, epsRoot);
  return countingLeafwise('scaleByBelief', { mu: 0, nu: 0 }, (g, before, { steps }) => {
    const mu = mean(before.mu, g, b1);
    const nu = plus(mean(before.nu, square(sub(g, mu)), b2), epsRoot);
    return [div(meanGradient(g, mu, b1, steps, nesterov), root(steps.unbiased(nu, b2), eps)), { mu, nu }];
  });
}

/** What Yogi may be told. */
export interface YogiOptions extends Omit<AdamOptions, 'nesterov'> {
  /** What both means start at. Default 1e-6. */
  readonly initialAccumulatorValue?: number;
}
/**
 * As Adam, with a mean square that moves by at most the square of the gradient. Zaheer, Reddi, Sachan, Kale, Kumar, "Adaptive methods for
 * nonconvex optimization", 2018.
 *
 * @throws `value` for decays outside [0, 1) and a negative eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByYogi({ b2: 0, eps: 0, initialAccumulatorValue: 0 });
 * rule.update([tensor([4, -1])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, -1]]
 */
export function scaleByYogi(options: YogiOptions = {}): Optimizer<[Moments]> {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-3, epsRoot = 0, initialAccumulatorValue = 1e-6 } = optionsOf('scaleByYogi', options, { initialAccumulatorValue: 'number', ...momentKinds, epsRoot: 'number' });
  expectMoments('scaleByYogi', b1, b2, eps, epsRoot);
  expectAtLeast('scaleByYogi', 'initialAccumulatorValue', initialAccumulatorValue);
  return countingLeafwise('scaleByYogi', { mu: initialAccumulatorValue, nu: initialAccumulatorValue }, (g, before, { steps }) => {
    const mu = mean(before.mu, g, b1);
    const g2 = square(g);
    const nu = sub(before.nu, times(mul(sign(sub(before.nu, g2)), g2), 1 - b2));
    return [div(steps.unbiased(mu, b1), root(steps.unbiased(nu, b2), eps, epsRoot)), { mu, nu }];
  });
}

/** The decays of Lion. */
export interface LionOptions {
  /** The share of the mean in the step. Default 0.9. */
  readonly b1?: number;
  /** Decay of the mean. Default 0.99. */
  readonly b2?: number;
}
/**
 * The sign of a blend of the gradient and its mean. Chen, Liang, Huang, Real and others, "Symbolic discovery of optimization algorithms", 2023.
 *
 * @throws `value` for decays outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByLion();
 * rule.update([tensor([3, -0.5, 0])], rule.init([tensor([0, 0, 0])]), [tensor([0, 0, 0])])[0]; // -> [[1, -1, 0]]
 */
export function scaleByLion(options: LionOptions = {}): Optimizer<[CountedSlots<'mu'>]> {
  const { b1 = 0.9, b2 = 0.99 } = optionsOf('scaleByLion', options, { b1: 'number', b2: 'number' });
  expectDecay('scaleByLion', 'b1', b1);
  expectDecay('scaleByLion', 'b2', b2);
  return countingLeafwise('scaleByLion', { mu: 0 }, (g, { mu }) => [sign(mean(mu, g, b1)), { mu: mean(mu, g, b2) }]);
}

/** The decays and guards of Adan. */
export interface AdanOptions {
  /** Decay of the mean of gradients. Default 0.98. */
  readonly b1?: number;
  /** Decay of the mean of their differences. Default 0.92. */
  readonly b2?: number;
  /** Decay of the mean square. Default 0.99. */
  readonly b3?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly eps?: number;
  /** Added under the root. Default 0. */
  readonly epsRoot?: number;
}
/**
 * Adaptive Nesterov momentum, with a mean of the differences of gradients. Xie, Zhou, Li, Lin, Yan, "Adan: adaptive Nesterov momentum
 * algorithm for faster optimizing deep models", 2022.
 *
 * @throws `value` for decays outside [0, 1) and a negative eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByAdan();
 * rule.update([tensor([3, -0.5])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, -1]]
 */
export function scaleByAdan(options: AdanOptions = {}): Optimizer<[CountedSlots<'m' | 'v' | 'n' | 'g'>]> {
  const { b1 = 0.98, b2 = 0.92, b3 = 0.99, eps = 1e-8, epsRoot = 0 } = optionsOf('scaleByAdan', options, { b1: 'number', b2: 'number', b3: 'number', eps: 'number', epsRoot: 'number' });
  expectMoments('scaleByAdan', b1, b2, eps, epsRoot);
  expectDecay('scaleByAdan', 'b3', b3);
  return countingLeafwise('scaleByAdan', { m: 0, v: 0, n: 0, g: 0 }, (g, before, { steps }) => {
    const late = broadcastInDim(steps.scalar('late', g, t => select(gt(t, constantLike(1, t)), constantLike(1, t), constantLike(0, t))), g.shape, []);
    const difference = mul(late, sub(g, before.g));
    const m = mean(before.m, g, b1);
    const v = mean(before.v, difference, b2);
    const n = mean(before.n, square(add(g, times(difference, 1 - b2))), b3);
    const direction = add(steps.unbiased(m, b1), times(steps.unbiased(v, b2), 1 - b2));
    return [div(direction, root(steps.unbiased(n, b3), eps, epsRoot)), { m, v, n, g }];
  });
}

/** What NovoGrad may be told. */
export interface NovogradOptions extends Omit<AdamOptions, 'nesterov'> {
  /** Added to the normed gradient, times the parameter. Default 0. */
  readonly weightDecay?: number;
}
/**
 * Gradients divided by the root of the mean square of each leaf's norm, summed with decay. Ginsburg, Castonguay and others, "Stochastic
 * gradient methods with layer-wise adaptive moments for training of deep networks", 2019.
 *
 * @throws `value` for decays outside [0, 1), a negative eps or weight decay.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByNovograd();
 * rule.update([tensor([3, 4])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[0.6, 0.8]]
 */
export function scaleByNovograd(options: NovogradOptions = {}): Optimizer<[Moments]> {
  const { b1 = 0.9, b2 = 0.25, eps = 1e-6, epsRoot = 0, weightDecay = 0 } = optionsOf('scaleByNovograd', options, { weightDecay: 'number', ...momentKinds, epsRoot: 'number' });
  expectMoments('scaleByNovograd', b1, b2, eps, epsRoot);
  expectAtLeast('scaleByNovograd', 'weightDecay', weightDecay);
  // The mean square is one number a leaf; it is kept at the leaf's shape, where it costs memory and makes the state like that of the others.
  return countingLeafwise('scaleByNovograd', { mu: 0, nu: 0 }, (g, before, { parameter, steps }) => {
    const size = spreading(square(norm(g)))(g);
    const late = broadcastInDim(steps.scalar('late', g, t => select(gt(t, constantLike(1, t)), constantLike(1, t), constantLike(0, t))), g.shape, []);
    const first = sub(constantLike(1, late), late);
    const nu = add(mul(first, size), mul(late, mean(before.nu, size, b2)));
    const normed = div(g, root(nu, eps, epsRoot));
    const mu = add(times(before.mu, b1), weightDecay === 0 ? normed : add(normed, times(parameter, weightDecay)));
    return [mu, { mu, nu }];
  });
}
