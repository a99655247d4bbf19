// Rules that add to updates: a share of the parameters (weight decay), and noise. Floor 7.
import { isFloat } from '../dtype/dtype.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { pow, sqrt } from '../primitive/power.ts';
import { split, type Key } from '../random/key.ts';
import { normal } from '../random/normal.ts';
import { optionsOf } from '../shape/options.ts';
import { spreading, working } from './leaf.ts';
import { advanced, countOf, entry, expectAtLeast, shared, zeroCount, type CountState } from './leafwise.ts';
import { maskOf, type Mask } from './masks.ts';
import { optimizer, type Optimizer, type StateKind } from './optimizer.ts';
import { scalarCount, scalarFactor, type LearningRate, type RateState } from './rules.ts';

/** Which weights decay. */
export interface DecayOptions {
  /** The parameters that decay. Default all. */
  readonly mask?: Mask | undefined;
}
/**
 * Updates plus a share of the parameters: weight decay. Before an adaptive rule it is the gradient of an L2 penalty, after it decoupled
 * (Loshchilov, Hutter, "Decoupled weight decay regularization", 2019).
 *
 * @param weightDecay a number, a scalar tensor, or a schedule.
 * @throws `value` for a number that is negative or not finite, `tree` where the mask does not fit the parameters.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.addDecayedWeights(0.1, { mask: (path, leaf) => leaf.shape.length > 0 });
 * const params = { w: tensor([10, 20]), b: tensor(30) };
 * rule.update({ w: tensor([1, 1]), b: tensor(1) }, rule.init(params), params)[0]; // -> { w: [2, 3], b: 1 }
 */
export function addDecayedWeights<const L extends LearningRate>(weightDecay: L, options: DecayOptions = {}): Optimizer<[RateState<L>]> {
  const { mask } = optionsOf('addDecayedWeights', options, { mask: 'any' });
  const name = 'addDecayedWeights';
  const amount: LearningRate = weightDecay;
  if (typeof amount === 'number') expectAtLeast(name, 'the weight decay', amount);
  return optimizer([{
    name,
    init: params => {
      maskOf(name, mask, params);
      return typeof amount === 'function' ? { count: zeroCount() } : null;
    },
    update(updates, state, params) {
      const decays = maskOf(name, mask, params);
      const plusShare = (share: (p: AnyTensor) => AnyTensor): typeof updates => updates.map((g, i) => { const p = params.leaves[i]; return g && p && decays[i] === true ? add(g, share(p)) : g; });
      if (amount === 0) return { updates, state: null };
      if (typeof amount !== 'function') return { updates: plusShare(scalarFactor(name, amount, 1)), state: null };
      const count = countOf(name, state);
      return { updates: plusShare(scalarFactor(name, amount(scalarCount(count), working(params.leaves)), 1)), state: { count: advanced(count) } };
    },
  }]);
}

/** Steps, and the key of the noise to come. */
export interface NoiseState extends CountState { readonly key: Key }
/** The kind of `NoiseState`. */
export interface Noisy extends StateKind { readonly state: NoiseState }
/**
 * Updates plus normal noise of variance eta / t^gamma at step t (1 at first). Neelakantan and others, "Adding gradient noise improves learning
 * for very deep networks", 2015.
 *
 * @throws `value` for a negative eta or gamma.
 * @example
 * import { optim, random, tensor } from 'cotangent';
 * const rule = optim.addNoise(0, 0.55, random.key(0));
 * rule.update([tensor([3, 4])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[3, 4]]
 */
export function addNoise(eta: number, gamma: number, key: Key): Optimizer<[Noisy]> {
  expectAtLeast('addNoise', 'eta', eta);
  expectAtLeast('addNoise', 'gamma', gamma);
  return optimizer([{
    name: 'addNoise',
    init: () => ({ count: zeroCount(), key: shared(key) }),
    update(updates, state, { leaves }) {
      const count = advanced(countOf('addNoise', state));
      const [next, fresh] = split(typed(entry('addNoise', state, 'key')));
      const keys: readonly Key[] = split(fresh, updates.length);
      const steps = convert(count, working(leaves));
      const deviation = spreading(sqrt(div(constantLike(eta, steps), pow(steps, constantLike(gamma, steps)))));
      const noisy = updates.map((g, i) => {
        const own = keys[i];
        return g && own && isFloat(g.dtype) ? add(g, mul(deviation(g), normal(own, g.shape, { dtype: g.dtype }))) : g;
      });
      return { updates: noisy, state: { count, key: next } };
    },
  }]);
}
