// The learning-rate range test: one short run whose rate grows from step to step, and what its losses say. Floor 7.

import { CotangentError } from '../error.ts';
import type { Loader } from '../data/loader.ts';
import { tensor } from '../numpy/create.ts';
import { typed } from '../numpy/typed.ts';
import type { Optimizer, StateKind } from '../optim/optimizer.ts';
import type { Schedule } from '../optim/rules.ts';
import { exponentialDecay } from '../optim/schedules.ts';
import { key as newKey, type Key } from '../random/key.ts';
import { optionsOf } from '../shape/options.ts';
import type { Loss, StatefulLoss } from './step.ts';
import { breather } from './breath.ts';
import { begin, demand, ownCopy } from './variables.ts';

/** What is trained, and which rates are tried. */
export interface RateOptions<P, T, Ks extends readonly StateKind[]> {
  /** The parameters before the first step. They stay as they are. */
  readonly params: P;
  /** An optimiser of a learning rate: `optim.adam`, or `rate => optim.sgd(rate, { momentum: 0.9 })`. */
  readonly optimizer: (learningRate: Schedule) => Optimizer<Ks>;
  /** Gone through as often as there are steps. */
  readonly batches: Loader<T>;
  /** The first rate. Default 1e-6. */
  readonly from?: number;
  /** The rate that the last step would have. Default 10. */
  readonly to?: number;
  /** How many steps at most, each with a rate greater by the same factor. Default 100. */
  readonly steps?: number;
  /** The run ends where the smoothed loss is so many times its least so far, and where a loss or gradient is not finite. Default 4. */
  readonly grown?: number;
  /** What the loss draws from: step k gets `foldIn(key, k)`. Default `random.key(0)`. */
  readonly key?: Key;
}

/** The losses of a range test; `plot.learningRates` draws them. */
export interface RateTest {
  /** The rate of each step that was made. */
  readonly rates: Float64Array;
  /** The loss before that step. */
  readonly losses: Float64Array;
  /** The losses, each the mean of its neighbours, without a lag. */
  readonly smoothed: Float64Array;
  /** The rate at which the smoothed loss falls most steeply; null where it does not fall. */
  readonly suggestion: number | null;
}

type AnyOptions = RateOptions<unknown, unknown, readonly StateKind[]> & { readonly loss: unknown; readonly state?: unknown };
const where = 'train.findLearningRate';

/**
 * The learning-rate range test: trains with a rate that grows by the same factor at each step, until the loss runs away, and suggests the
 * rate at which it fell most steeply. L. N. Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3.
 *
 * @throws `options` for rates or steps that make no test, `nan` where the very first loss or gradient is not finite.
 * @example
 * import { data, nn, optim, random, train } from 'cotangent';
 * const { x, y } = data.moons(random.key(1), 64);
 * const net = nn.seq(nn.dense(8), nn.tanh, nn.dense(2));
 * const found = await train.findLearningRate({
 *   params: nn.init(net, random.key(0), x),
 *   loss: (params, batch) => nn.crossEntropy(nn.apply(net, params, batch.x), batch.y),
 *   optimizer: optim.sgd,
 *   batches: data.batches(data.source({ x, y }), { size: 32, last: 'drop' }),
 *   steps: 50,
 * });
 * found.suggestion !== null && found.suggestion > 1e-3; // -> true
 */
export function findLearningRate<P, T, Ks extends readonly StateKind[], S>(options: RateOptions<P, T, Ks> & { readonly state: S; readonly loss: StatefulLoss<NoInfer<P>, NoInfer<T>, NoInfer<S>> }): Promise<RateTest>;
export function findLearningRate<P, T, Ks extends readonly StateKind[]>(options: RateOptions<P, T, Ks> & { readonly loss: Loss<NoInfer<P>, NoInfer<T>> }): Promise<RateTest>;
export async function findLearningRate(typedOptions: unknown): Promise<unknown> {
  optionsOf('train.findLearningRate', typedOptions, { params: 'any', optimizer: 'function', batches: 'any', from: 'number', to: 'number', steps: 'number', grown: 'number', key: 'any', state: 'any', loss: 'function' });
  const options: AnyOptions = typed(typedOptions);
  demand(where, { ...options }, ['params', 'loss', 'batches']);
  if (typeof options.optimizer !== 'function') throw new CotangentError('options', `${where}: optimizer is no function of a learning rate; give one: optim.adam, or rate => optim.sgd(rate, { momentum: 0.9 })`);
  const { batches, from = 1e-6, to = 10, steps = 100, grown = 4, key = newKey(0) } = options;
  if (!(from > 0 && to > from && Number.isFinite(to))) throw new CotangentError('options', `${where}: rates from ${from} to ${to}; positive ones are wanted, the smaller first`);
  if (!Number.isSafeInteger(steps) || steps < 10) throw new CotangentError('options', `${where}: ${steps} steps; an integer of at least 10 is wanted`);
  if (!(grown > 1)) throw new CotangentError('options', `${where}: grown ${grown}; a number above 1 is wanted`);
  const factor = to / from;
  const optimizer = options.optimizer(exponentialDecay(from, steps - 1, factor));
  const { initial, run } = begin(where, options, optimizer);
  let variables = await ownCopy(where, initial);
  const losses: number[] = [];
  const breathe = breather();
  let [running, weight, least] = [0, 0, Number.POSITIVE_INFINITY];
  for (let epoch = 0, at = 0; at < steps; epoch++) {
    for await (const batch of batches.epoch(epoch)) {
      const stepped = run(variables, batch, key, tensor(at, 'i32'));
      variables = stepped.variables;
      const [now, finite] = await Promise.all([stepped.loss.item(), stepped.finite.item()]);
      if (!finite) {
        if (at === 0) throw new CotangentError('nan', `${where}: the first loss is ${now}, or its gradient is not finite; look for it with checkNaN`);
        return judged(losses, from, factor, steps);
      }
      losses.push(now);
      await breathe();
      [running, weight] = [0.9 * running + 0.1 * now, 0.9 * weight + 0.1];
      least = Math.min(least, running / weight);
      // Of a loss that may be negative, it has run away where it stands as far above its least value as that is from 0.
      if (running / weight > least + (grown - 1) * Math.abs(least) && losses.length > 5) return judged(losses, from, factor, steps);
      if (++at >= steps) break;
    }
  }
  return judged(losses, from, factor, steps);
}

/** Means over windows, centred; at the ends the windows are as wide as there is room on both sides. */
function centred(xs: readonly number[], reach: number): Float64Array {
  return Float64Array.from(xs, (_, i) => {
    const r = Math.min(reach, i, xs.length - 1 - i);
    const window = xs.slice(i - r, i + r + 1);
    return window.reduce((a, b) => a + b, 0) / window.length;
  });
}

function judged(losses: readonly number[], from: number, factor: number, steps: number): RateTest {
  const rates = Float64Array.from(losses, (_, i) => from * factor ** (i / (steps - 1)));
  const smoothed = centred(losses, Math.max(1, Math.round(steps / 20)));
  let lowest = 0;
  smoothed.forEach((v, i) => { if (v < (smoothed[lowest] ?? v)) lowest = i; });
  // The steepest fall before the least loss. Steps are even in the logarithm of the rate, so differences are slopes.
  let [at, slope] = [-1, 0];
  for (let i = 1; i < lowest; i++) {
    const here = (smoothed[i + 1] ?? 0) - (smoothed[i - 1] ?? 0);
    if (here < slope) [at, slope] = [i, here];
  }
  return { rates, losses: Float64Array.from(losses), smoothed, suggestion: at < 0 ? null : rates[at] ?? null };
}
