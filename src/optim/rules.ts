// The rules that every optimiser is made of: scale, the learning rate, momentum. Floor 7.
// Arithmetic is done in the dtype of each parameter; its state has that dtype, too.
import { CotangentError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { hasTangent } from '../ir/aval.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import { add, mul, neg } from '../primitive/arithmetic.ts';
import { numberLike } from '../primitive/broadcast.ts';
import { optionsOf } from '../shape/options.ts';
import { avalOf, handleOf, isTensor } from '../trace/handle.ts';
import type { Tangent } from '../transform/types.ts';
import { spreading, times, working } from './leaf.ts';
import { advanced, countOf, each, expectAtLeast, expectDecay, leafwise, zeroCount, type Counted } from './leafwise.ts';
import { optimizer, type NoState, type Optimizer, type StateKind, type Update } from './optimizer.ts';

/**
 * A number that depends on the step, which is 0 at the first one. The dtype is a wish, f64 beside parameters of f64 and else f32: a
 * schedule may return any float.
 */
export type Schedule = (step: Scalar<'i32'>, dtype?: 'f32' | 'f64') => Tensor<[], Float>;
/** A number, a scalar tensor (such as an argument of the jitted step), or a schedule. */
export type LearningRate = number | Tensor<[], Float> | Schedule;

/** What a learning rate remembers: a schedule counts steps, a number nothing. */
export type RateState<L> = L extends Schedule ? Counted : NoState;

/** `x` times a number or a scalar. */
export function scalarFactor(part: string, factor: number | AnyTensor, sign: 1 | -1): (x: AnyTensor) => AnyTensor {
  if (typeof factor === 'number') {
    if (Number.isNaN(factor)) throw new CotangentError('value', `${part}: the factor is NaN`);
    return x => mul(x, numberLike(sign * factor, avalOf(x), part));
  }
  const scalar = handleOf(factor, part);
  if (scalar.shape.length > 0 || !hasTangent(scalar.aval)) throw new CotangentError('value', `${part}: the factor ${scalar.dtype}[${scalar.shape.join(', ')}] is no float scalar`);
  const spread = spreading(sign === 1 ? scalar : neg(scalar));
  return x => mul(x, spread(x));
}
/** The count as a schedule's argument: an i32 scalar, as `countOf` has checked. */
export const scalarCount = (count: AnyTensor): Scalar<'i32'> => count as Scalar<'i32'>;

type WithFactor = (updates: readonly Update[], times: (x: AnyTensor) => AnyTensor, leaves: readonly AnyTensor[]) => readonly Update[];
/** A rule with a factor that may be a number, a scalar or a schedule; a schedule counts steps in the state. */
export function scheduled(name: string, factor: LearningRate, sign: 1 | -1, use: WithFactor): never {
  return optimizer([{
    name,
    init: () => typeof factor === 'function' ? { count: zeroCount() } : null,
    update(updates, state, { leaves }) {
      if (typeof factor !== 'function') return { updates: use(updates, scalarFactor(name, factor, sign), leaves), state: null };
      const count = countOf(name, state);
      const now = factor(scalarCount(count), working(leaves));
      return { updates: use(updates, scalarFactor(name, now, sign), leaves), state: { count: advanced(count) } };
    },
  }]);
}
const scaled: WithFactor = (updates, times) => each(updates, x => times(x));

/**
 * Updates times a number or a scalar tensor.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const half = optim.scale(0.5);
 * half.update([tensor(4)], half.init([tensor(1)]), [tensor(1)])[0]; // -> [2]
 */
export const scale = (factor: number | Tensor<[], Float>): Optimizer<[NoState]> => scheduled('scale', factor, 1, scaled);

/**
 * Updates times a schedule of the step, which is 0 at first.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleBySchedule(optim.linearSchedule(1, 0, 4));
 * const [, state] = rule.update([tensor(6)], rule.init([tensor(0)]), [tensor(0)]);
 * rule.update([tensor(6)], state, [tensor(0)])[0]; // -> [4.5]
 */
export const scaleBySchedule = (schedule: Schedule): Optimizer<[Counted]> => scheduled('scaleBySchedule', schedule, 1, scaled);

/**
 * Updates times minus the learning rate: the last part of a descent. A schedule is called with the step, 0 at first.
 *
 * @throws `value` for a number that is negative or not finite.
 * @example
 * import { np, optim, tensor } from 'cotangent';
 * const rate = optim.scaleByLearningRate(step => np.divide(1, np.add(np.astype(step, 'f32'), 1)));
 * const [first, state] = rate.update([tensor(6)], rate.init([tensor(0)]), [tensor(0)]);
 * first; // -> [-6]
 * rate.update([tensor(6)], state, [tensor(0)])[0]; // -> [-3]
 */
export function scaleByLearningRate<const L extends LearningRate>(learningRate: L): Optimizer<[RateState<L>]> {
  const name = 'scaleByLearningRate';
  const given: unknown = learningRate;
  if (typeof given === 'number') expectAtLeast(name, 'the learning rate', given);
  else if (typeof given !== 'function' && !isTensor(given)) throw new CotangentError('value', `${name}: the learning rate is ${given === undefined ? 'undefined' : typeof given === 'object' ? 'an object' : `a ${typeof given}`}; write a number or a schedule: optim.adam(1e-3)`);
  return scheduled(name, learningRate, -1, scaled);
}

/** How a trace looks ahead. */
export interface TraceOptions {
  /** Takes the step from where the trace will lead (Nesterov). Default false. */
  readonly nesterov?: boolean;
}
/** A decaying sum of gradients, for each parameter that has one. */
export interface TraceState<P> { readonly trace: Tangent<P> }
/** The kind of `TraceState`. */
export interface Traced extends StateKind { readonly state: TraceState<this['params']> }

/**
 * A decaying sum of the updates, trace' = g + decay trace, in their place: momentum. With Nesterov g + decay trace'.
 * Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning", 2013.
 *
 * @throws `value` for a decay outside [0, 1).
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.trace(0.5);
 * const [, state] = rule.update([tensor(4)], rule.init([tensor(0)]), [tensor(0)]);
 * rule.update([tensor(4)], state, [tensor(0)])[0]; // -> [6]
 */
export function trace(decay: number, options: TraceOptions = {}): Optimizer<[Traced]> {
  const { nesterov = false } = optionsOf('trace', options, { nesterov: 'flag' });
  expectDecay('trace', 'decay', decay);
  return leafwise('trace', { trace: 0 }, (g, { trace: before }) => {
    const after = add(g, times(before, decay));
    return [nesterov ? add(g, times(after, decay)) : after, { trace: after }];
  });
}
