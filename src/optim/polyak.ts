// The Polyak step: as long as the loss is above its least value. Floor 7.
import { CotangentError } from '../error.ts';
import { div, mul } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { gt } from '../primitive/comparison.ts';
import { max, min } from '../primitive/extremum.ts';
import { select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import { normOfAll, plus, spreading, square } from './leaf.ts';
import { each, expectAtLeast, expectPositive } from './leafwise.ts';
import { chain, optimizer, valueOf, type NoState, type Optimizer } from './optimizer.ts';
import { scaleByLearningRate, type LearningRate, type RateState } from './rules.ts';

/** What the Polyak step may be told. */
export interface PolyakOptions {
  /** The least value of the loss. Default 0. */
  readonly fMin?: number;
  /** The greatest step. Default 1. */
  readonly maxLearningRate?: number;
  /** Added to the square of the gradients' norm. Default 0. */
  readonly eps?: number;
  /** `sps+` takes no step up where the loss is below `fMin`. Default `sps`. */
  readonly variant?: 'sps' | 'sps+';
}
/**
 * Updates times (loss - fMin) / ||updates||^2, at most `maxLearningRate`. The loss is given to `update` as `{ value }`.
 * Loizou, Vaswani, Laradji, Lacoste-Julien, "Stochastic Polyak step-size for SGD", 2021.
 *
 * @throws `value` for options out of range, and where `update` is not given the loss.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByPolyak();
 * rule.update([tensor(4)], rule.init([tensor(0)]), [tensor(0)], { value: tensor(8) })[0]; // -> [2]
 */
export function scaleByPolyak(options: PolyakOptions = {}): Optimizer<[NoState]> {
  const { fMin = 0, maxLearningRate = 1, eps = 0, variant = 'sps' } = optionsOf('scaleByPolyak', options, { fMin: 'number', maxLearningRate: 'number', eps: 'number', variant: ['sps', 'sps+'] });
  const name = 'scaleByPolyak';
  if (!Number.isFinite(fMin)) throw new CotangentError('value', `${name}: fMin ${fMin} is not finite`);
  expectPositive(name, 'maxLearningRate', maxLearningRate);
  expectAtLeast(name, 'eps', eps);
  return optimizer([{
    name,
    init: () => null,
    update(updates, _state, _params, given) {
      const size = square(normOfAll(updates));
      const difference = plus(valueOf(name, given, size.dtype), -fMin);
      const zero = constantLike(0, size);
      const gap = variant === 'sps+' ? max(difference, zero) : difference;
      const divisor = plus(size, eps);
      // Float64's epsilon, which the square of a norm is taken to be zero below.
      const moves = gt(divisor, constantLike(2 ** -52, divisor));
      const step = select(moves, min(div(gap, select(moves, divisor, constantLike(1, divisor))), constantLike(maxLearningRate, gap)), zero);
      const factor = spreading(step);
      return { updates: each(updates, g => mul(g, factor(g))), state: null };
    },
  }]);
}

/** What descent by Polyak steps may be told. */
export interface PolyakSgdOptions<L extends LearningRate> extends PolyakOptions {
  /** A factor of the step. Default 1. */
  readonly scaling?: L;
}
/**
 * Gradient descent by Polyak steps. The loss is given to `update` as `{ value }`. Loizou and others, 2021.
 *
 * @throws `value` for options out of range, and where `update` is not given the loss.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.polyakSgd();
 * rule.update([tensor(4)], rule.init([tensor(0)]), [tensor(0)], { value: tensor(8) })[0]; // -> [-2]
 */
export function polyakSgd<const L extends LearningRate = number>(given: PolyakSgdOptions<L> = {}): Optimizer<[RateState<L>, NoState]> {
  const { scaling, ...options } = optionsOf('polyakSgd', given, { scaling: 'any', fMin: 'number', maxLearningRate: 'number', eps: 'number', variant: ['sps', 'sps+'] });
  return chain(scaleByLearningRate(scaling ?? 1), scaleByPolyak(options)) as never;
}
