// The rules that optimisers are made of: scale, trace (momentum), Adam's moments, the learning rate. Floor 7.
// Arithmetic is done in the dtype of each parameter; its state has that dtype, too.
import { CotangentError } from '../error.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import { add, div, mul, neg } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, numberLike } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { expm1 } from '../primitive/exponential.ts';
import { sqrt } from '../primitive/power.ts';
import { hasTangent } from '../ir/aval.ts';
import { avalOf, handleOf, isTensor, zerosLike } from '../trace/handle.ts';
import type { Tangent } from '../transform/types.ts';
import { leavesAt, unflatten } from '../tree/tree.ts';
import { optimizer, type NoState, type Optimizer, type Parameters, type Part, type StateKind, type Update } from './optimizer.ts';

/** A learning rate as a function of the step, which is 0 at the first one. */
export type Schedule = (step: Scalar<'i32'>) => Tensor<[], Float>;
/** A number, a scalar tensor (such as an argument of the jitted step), or a schedule. */
export type LearningRate = number | Tensor<[], Float> | Schedule;

/** The state of a part that counts steps. */
export interface CountState { readonly count: Scalar<'i32'> }
/** A decaying sum of gradients, for each parameter that has one. */
export interface TraceState<P> { readonly trace: Tangent<P> }
/** Steps, and decaying means of the gradients (mu) and of their squares (nu). */
export interface AdamState<P> extends CountState { readonly mu: Tangent<P>; readonly nu: Tangent<P> }

/** The kind of `CountState`, whatever the parameters are. */
export interface Counted extends StateKind { readonly state: CountState }
/** The kind of `TraceState`. */
export interface Traced extends StateKind { readonly state: TraceState<this['params']> }
/** The kind of `AdamState`. */
export interface Moments extends StateKind { readonly state: AdamState<this['params']> }
/** What a learning rate remembers: a schedule counts steps, a number nothing. */
export type RateState<L> = L extends Schedule ? Counted : NoState;

const zeroCount = (): AnyTensor => constant(0, [], 'i32');
/** Zeros for each leaf that has a gradient. */
const zeros = ({ leaves, structure }: Parameters): unknown => unflatten(structure, leaves.map(p => hasTangent(p.aval) ? zerosLike(p.aval) : null));
/** The entry of a part's state, by its name. */
function entry(part: string, state: unknown, name: string): unknown {
  const found = typeof state === 'object' && state !== null ? new Map<string, unknown>(Object.entries(state)).get(name) : undefined;
  if (found === undefined) throw new CotangentError('tree', `${part}: its state has no ${name}; make it with init`);
  return found;
}
function countOf(part: string, state: unknown): AnyTensor {
  const count = entry(part, state, 'count');
  if (!isTensor(count) || count.dtype !== 'i32' || count.shape.length > 0) throw new CotangentError('tree', `${part}: the count of its state is no i32 scalar; make it with init`);
  return count;
}
/** A tree of the state that stands beside the parameters, leaf by leaf. */
const treeOf = (part: string, state: unknown, name: string, { structure }: Parameters): readonly Update[] =>
  leavesAt(structure, entry(part, state, name), `${part}: ${name}`).map(x => isTensor(x) ? x : null);
const each = (updates: readonly Update[], f: (g: AnyTensor, i: number) => AnyTensor): readonly Update[] => updates.map((g, i) => g && f(g, i));
const times = (x: AnyTensor, c: number): AnyTensor => mul(x, constantLike(c, x));
const advanced = (count: AnyTensor): AnyTensor => add(count, constantLike(1, count));

/** A scalar at the shape and dtype of `x`; converted once a dtype, which few trees have more than one of. */
function spreading(scalar: AnyTensor): (x: AnyTensor) => AnyTensor {
  const converted = new Map<DType, AnyTensor>();
  return x => {
    let s = converted.get(x.dtype);
    if (s === undefined) converted.set(x.dtype, s = convert(scalar, x.dtype));
    return broadcastInDim(s, x.shape, []);
  };
}

function scalarFactor(part: string, factor: number | AnyTensor, sign: 1 | -1): (x: AnyTensor) => AnyTensor {
  if (typeof factor === 'number') {
    if (Number.isNaN(factor)) throw new CotangentError('value', `${part}: the factor is NaN`);
    return x => mul(x, numberLike(sign * factor, avalOf(x), part));
  }
  const scalar = handleOf(factor, part);
  if (scalar.shape.length > 0 || !hasTangent(scalar.aval)) throw new CotangentError('value', `${part}: the factor ${scalar.dtype}[${scalar.shape.join(', ')}] is no float scalar`);
  const spread = spreading(sign === 1 ? scalar : neg(scalar));
  return x => mul(x, spread(x));
}

function stateless(name: string, change: () => (x: AnyTensor) => AnyTensor): Part {
  return { name, init: () => null, update: updates => { const f = change(); return { updates: each(updates, x => f(x)), state: null }; } };
}

/**
 * Updates times a number or a scalar tensor.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const half = optim.scale(0.5);
 * half.update([tensor(4)], half.init([tensor(1)]), [tensor(1)])[0]; // -> [2]
 */
export const scale = (factor: number | Tensor<[], Float>): Optimizer<[NoState]> => optimizer([stateless('scale', () => scalarFactor('scale', factor, 1))]);

/**
 * Updates times minus the learning rate: the last part of a descent. A schedule is called with the step, 0 at first.
 *
 * @example
 * import { np, optim, tensor } from 'cotangent';
 * const rate = optim.scaleByLearningRate(step => np.divide(1, np.add(np.astype(step, 'f32'), 1)));
 * const [first, state] = rate.update([tensor(6)], rate.init([tensor(0)]), [tensor(0)]);
 * first; // -> [-6]
 * rate.update([tensor(6)], state, [tensor(0)])[0]; // -> [-3]
 */
export function scaleByLearningRate<const L extends LearningRate>(learningRate: L): Optimizer<[RateState<L>]>;
export function scaleByLearningRate(learningRate: LearningRate): Optimizer<[Counted] | [NoState]> {
  const name = 'scaleByLearningRate';
  if (typeof learningRate !== 'function') return optimizer([stateless(name, () => scalarFactor(name, learningRate, -1))]);
  const part: Part = {
    name,
    init: () => ({ count: zeroCount() }),
    update(updates, state) {
      const count = countOf(name, state);
      const factor = scalarFactor(name, learningRate(scalarCount(count)), -1);
      return { updates: each(updates, x => factor(x)), state: { count: advanced(count) } };
    },
  };
  return optimizer([part]);
}
/** The count as the schedule's argument: an i32 scalar, as `countOf` has checked. */
const scalarCount = (count: AnyTensor): Scalar<'i32'> => count as Scalar<'i32'>;

/** How a trace looks ahead. */
export interface TraceOptions {
  /** Takes the step from where the trace will lead (Nesterov). Default false. */
  readonly nesterov?: boolean;
}

/**
 * A decaying sum of the updates, trace' = g + decay trace, in their place: momentum. With Nesterov g + decay trace'.
 * Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in deep learning", 2013.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.trace(0.5);
 * const [, state] = rule.update([tensor(4)], rule.init([tensor(0)]), [tensor(0)]);
 * rule.update([tensor(4)], state, [tensor(0)])[0]; // -> [6]
 */
export function trace(decay: number, { nesterov = false }: TraceOptions = {}): Optimizer<[Traced]> {
  expectDecay('trace', 'decay', decay);
  const part: Part = {
    name: 'trace',
    init: params => ({ trace: zeros(params) }),
    update(updates, state, params) {
      const before = treeOf('trace', state, 'trace', params);
      const pushed = (g: AnyTensor, t: Update): AnyTensor => t ? add(g, times(t, decay)) : g;
      const after = each(updates, (g, i) => pushed(g, before[i] ?? null));
      return { updates: nesterov ? each(updates, (g, i) => pushed(g, after[i] ?? null)) : after, state: { trace: unflatten(params.structure, after) } };
    },
  };
  return optimizer([part]);
}

/** The decays and the guard of Adam. */
export interface AdamOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly b1?: number;
  /** Decay of the mean of their squares. Default 0.999. */
  readonly b2?: number;
  /** Added to the root of the mean square. Default 1e-8; in f16, which cannot hold that, at least 2^-14. */
  readonly eps?: number;
}

/**
 * Updates divided by the root of their mean square, both means corrected for having started at zero.
 * Kingma, Ba, "Adam: a method for stochastic optimization", 2015.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByAdam();
 * rule.update([tensor([3, -0.1])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, -1]]
 */
export function scaleByAdam({ b1 = 0.9, b2 = 0.999, eps = 1e-8 }: AdamOptions = {}): Optimizer<[Moments]> {
  expectDecay('scaleByAdam', 'b1', b1);
  expectDecay('scaleByAdam', 'b2', b2);
  if (!(eps >= 0)) throw new CotangentError('value', `scaleByAdam: eps ${eps} is negative`);
  const part: Part = {
    name: 'scaleByAdam',
    init: params => ({ count: zeroCount(), mu: zeros(params), nu: zeros(params) }),
    update(updates, state, params) {
      const count = advanced(countOf('scaleByAdam', state));
      const moment = (name: 'mu' | 'nu', decay: number, of: (g: AnyTensor) => AnyTensor): readonly Update[] => {
        const before = treeOf('scaleByAdam', state, name, params);
        return updates.map((g, i) => {
          const m = before[i] ?? null;
          return g ? m ? add(times(of(g), 1 - decay), times(m, decay)) : times(of(g), 1 - decay) : m;
        });
      };
      const mu = moment('mu', b1, g => g);
      const nu = moment('nu', b2, g => mul(g, g));
      const [meanWeight, squareWeight] = [weightAfter(count, b1), weightAfter(count, b2)];
      const directions = each(updates, (g, i) => {
        const [m, v] = [mu[i] ?? g, nu[i] ?? g];
        const root = sqrt(div(v, squareWeight(v)));
        return div(div(m, meanWeight(m)), add(root, constantLike(guard(eps, root.dtype), root)));
      });
      return { updates: directions, state: { count, mu: unflatten(params.structure, mu), nu: unflatten(params.structure, nu) } };
    },
  };
  return optimizer([part]);
}
/** In f16 squares of small gradients are 0, and so is 1e-8: without a guard that it can hold, 0 / 0 would follow. */
const guard = (eps: number, dtype: DType): number => dtype === 'f16' ? Math.max(eps, 2 ** -14) : eps;
/** 1 - decay^count, the weight that a decaying mean has gathered; without the cancellation that the difference would suffer. */
function weightAfter(count: AnyTensor, decay: number): (x: AnyTensor) => AnyTensor {
  const byDType = new Map<DType, AnyTensor>();
  return x => {
    let weight = byDType.get(x.dtype);
    if (weight === undefined) {
      const steps = convert(count, x.dtype);
      weight = decay === 0 ? constantLike(1, steps) : neg(expm1(times(steps, Math.log(decay))));
      byDType.set(x.dtype, weight);
    }
    return broadcastInDim(weight, x.shape, []);
  };
}
function expectDecay(part: string, name: string, decay: number): void {
  if (!(decay >= 0 && decay < 1)) throw new CotangentError('value', `${part}: ${name} ${decay} is not in [0, 1)`);
}
