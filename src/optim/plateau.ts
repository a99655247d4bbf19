// The rule that lowers the step where the loss stands still. Floor 7.
import { CotangentError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import { add, div, mul } from '../primitive/arithmetic.ts';
import { constant, constantLike } from '../primitive/broadcast.ts';
import { eq, gt, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { max } from '../primitive/extremum.ts';
import { select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import { plus, spreading, times, working } from './leaf.ts';
import { advanced, countOf, each, expectAtLeast, expectNatural, scalarEntry, zeroCount } from './leafwise.ts';
import { optimizer, valueOf, type Optimizer, type StateKind } from './optimizer.ts';

/** When the loss is taken to stand still. */
export interface PlateauOptions {
  /** What the scale is multiplied by there, in (0, 1). Default 0.1. */
  readonly factor?: number;
  /** How many values in a row may be no better than the best. Default 10. */
  readonly patience?: number;
  /** By how much of the best a value must be better. Default 1e-4. */
  readonly rtol?: number;
  /** By how much a value must be better. Default 0. */
  readonly atol?: number;
  /** How many values are not looked at after the scale fell. Default 0. */
  readonly cooldown?: number;
  /** How many values are averaged into one. Default 1. */
  readonly accumulationSize?: number;
  /** The least scale. Default 0. */
  readonly minScale?: number;
}
/** The scale, the best value, and where in patience, cooldown and averaging it stands. Its floats are f64 beside parameters of f64, else f32. */
export interface PlateauState {
  readonly scale: Tensor<[], Float>;
  readonly bestValue: Tensor<[], Float>;
  readonly avgValue: Tensor<[], Float>;
  readonly plateauCount: Scalar<'i32'>;
  readonly cooldownCount: Scalar<'i32'>;
  readonly count: Scalar<'i32'>;
}
/** The kind of `PlateauState`. */
export interface Plateaued extends StateKind { readonly state: PlateauState }
/**
 * Updates times a scale that falls by a factor where the loss has not become better for `patience` values. The loss is given to `update`
 * as `{ value }`.
 *
 * @throws `value` for options out of range, and where `update` is not given the loss.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.chain(optim.sgd(1), optim.reduceOnPlateau({ patience: 1, factor: 0.5 }));
 * const params = [tensor(0)];
 * const [, state] = rule.update([tensor(2)], rule.init(params), params, { value: tensor(3) });
 * rule.update([tensor(2)], state, params, { value: tensor(3) })[0]; // -> [-1]
 */
export function reduceOnPlateau(options: PlateauOptions = {}): Optimizer<[Plateaued]> {
  const { factor = 0.1, patience = 10, rtol = 1e-4, atol = 0, cooldown = 0, accumulationSize = 1, minScale = 0 } = optionsOf('reduceOnPlateau', options, { factor: 'number', patience: 'number', rtol: 'number', atol: 'number', cooldown: 'number', accumulationSize: 'number', minScale: 'number' });
  const name = 'reduceOnPlateau';
  if (!(factor > 0 && factor < 1)) throw new CotangentError('value', `${name}: factor ${factor} is not in (0, 1)`);
  if (!(rtol >= 0 && rtol <= 1)) throw new CotangentError('value', `${name}: rtol ${rtol} is not in [0, 1]`);
  expectAtLeast(name, 'atol', atol);
  if (rtol === 0 && atol === 0) throw new CotangentError('value', `${name}: rtol and atol are both 0; give one of them`);
  expectAtLeast(name, 'minScale', minScale);
  expectNatural(name, 'patience', patience);
  expectNatural(name, 'cooldown', cooldown, 0);
  expectNatural(name, 'accumulationSize', accumulationSize);
  return optimizer([{
    name,
    init({ leaves }) {
      const dtype = working(leaves);
      return { scale: constant(1, [], dtype), bestValue: constant(Infinity, [], dtype), avgValue: constant(0, [], dtype), plateauCount: zeroCount(), cooldownCount: zeroCount(), count: zeroCount() };
    },
    update(updates, state, { leaves }, given) {
      const dtype = working(leaves);
      const value = valueOf(name, given, dtype);
      const [scale, best, average] = ['scale', 'bestValue', 'avgValue'].map(n => scalarEntry(name, state, n, dtype));
      if (scale === undefined || best === undefined || average === undefined) throw new CotangentError('tree', `${name}: its state is incomplete; make it with init`);
      const [plateau, cooling, count] = [countOf(name, state, 'plateauCount'), countOf(name, state, 'cooldownCount'), countOf(name, state)];
      const now = advanced(count);
      const seen = convert(now, dtype);
      const mean = div(add(mul(plus(seen, -1), average), value), seen);
      const full = eq(now, constantLike(accumulationSize, now));
      const zero = constantLike(0, now);
      // What follows from a full average; `full` says whether it does.
      const better = lt(mean, plus(times(best, 1 - rtol), -atol));
      const standing = select(better, zero, advanced(plateau));
      const resting = gt(cooling, zero);
      const patient = lt(standing, constantLike(patience, standing));
      const lowered = max(select(patient, scale, times(scale, factor)), constantLike(minScale, scale));
      const when = (then: AnyTensor, otherwise: AnyTensor): AnyTensor => select(full, then, otherwise);
      const next = {
        scale: when(select(resting, scale, lowered), scale),
        bestValue: when(select(better, mean, best), best),
        avgValue: when(constantLike(0, mean), mean),
        plateauCount: when(select(resting, zero, select(patient, standing, zero)), plateau),
        cooldownCount: when(select(resting, plus(cooling, -1), select(patient, zero, constantLike(cooldown, cooling))), cooling),
        count: when(zero, now),
      };
      const factorNow = spreading(next.scale);
      return { updates: each(updates, g => mul(g, factorNow(g))), state: next };
    },
  }]);
}
