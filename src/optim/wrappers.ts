// Rules around other rules: accumulation over several steps, refusal of updates that are not finite, lookahead, hyperparameters in the state.
// Floor 7.
import { CotangentError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { hasTangent, range, showAval } from '../ir/aval.ts';
import type { AnyTensor, Scalar, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike } from '../primitive/broadcast.ts';
import { eq, gt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { and, or } from '../primitive/logical.ts';
import { isFinite } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { reduceMin } from '../primitive/reduce.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf, isTensor } from '../trace/handle.ts';
import { cond } from '../transform/control.ts';
import type { Tangent } from '../transform/types.ts';
import { unflatten } from '../tree/tree.ts';
import { spreading, times, working } from './leaf.ts';
import { advanced, countOf, each, entry, expectNatural, filled, scalarEntry, shared, treeOf, zeroCount } from './leafwise.ts';
import { initParts, optimizer, updateParts, type Given, type Optimizer, type Parameters, type Part, type StateKind, type StatesOf, type Step, type Update } from './optimizer.ts';
import { scalarCount, type Schedule } from './rules.ts';

interface Composed { readonly parts: readonly Part[] }
/** Leaves without an update stay null; zeros for the others. */
const noUpdates = (updates: readonly Update[]): readonly Update[] => each(updates, g => constantLike(0, g));
/** Runs parts where the predicate holds; else nothing moves. */
function where(predicate: AnyTensor, parts: readonly Part[], updates: readonly Update[], state: unknown, params: Parameters, given: Given): Step {
  const choose = cond as (p: unknown, a: () => unknown, b: () => unknown) => unknown;
  const [after, next] = choose(predicate, () => {
    const step = updateParts(parts, updates, state, params, given);
    return [step.updates, step.state];
  }, () => [noUpdates(updates), state]) as readonly [readonly Update[], unknown];
  return { updates: after, state: next };
}

/** How steps are gathered. */
export interface MultiStepsOptions {
  /** Steps by the mean of the gradients, not by their sum. Default true. */
  readonly useGradMean?: boolean;
}
/** Where in a group of steps it stands, how many groups are done, the mean or the sum of gradients so far, and the state within. */
export interface MultiStepsState<Ks extends readonly StateKind[], P> {
  readonly miniStep: Scalar<'i32'>;
  readonly gradientStep: Scalar<'i32'>;
  readonly accGrads: Tangent<P>;
  readonly inner: StatesOf<Ks, P>;
}
/** The kind of `MultiStepsState`. */
export interface Gathered<Ks extends readonly StateKind[]> extends StateKind { readonly state: MultiStepsState<Ks, this['params']> }
/**
 * Gradient accumulation: a rule that steps at every k-th call, by the mean of the k gradients; the other calls give zeros.
 *
 * @throws `value` when `k` is no natural number.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.multiSteps(optim.sgd(1), 2);
 * const [first, state] = rule.update([tensor(2)], rule.init([tensor(0)]), [tensor(0)]);
 * first; // -> [0]
 * rule.update([tensor(4)], state, [tensor(0)])[0]; // -> [-3]
 */
export function multiSteps<Ks extends readonly StateKind[]>(inner: Optimizer<Ks>, k: number, options?: MultiStepsOptions): Optimizer<[Gathered<Ks>]>;
export function multiSteps({ parts }: Composed, k: number, options: MultiStepsOptions = {}): never {
  const { useGradMean = true } = optionsOf('multiSteps', options, { useGradMean: 'flag' });
  const name = 'multiSteps';
  expectNatural(name, 'k', k);
  return optimizer([{
    name,
    init: params => ({ miniStep: zeroCount(), gradientStep: zeroCount(), accGrads: filled(params, 0), inner: initParts(parts, params) }),
    update(updates, state, params, given) {
      const mini = countOf(name, state, 'miniStep');
      const done = countOf(name, state, 'gradientStep');
      const before = treeOf(name, state, 'accGrads', params);
      const share = spreading(convert(advanced(mini), working(params.leaves)));
      const gathered = updates.map((g, i) => {
        const a = before[i] ?? null;
        if (!g || !a) return a;
        return useGradMean ? add(a, div(sub(g, a), share(a))) : add(a, g);
      });
      const emit = eq(mini, constantLike(k - 1, mini));
      const ready = updates.map((g, i) => g && (gathered[i] ?? null));
      const step = where(emit, parts, ready, entry(name, state, 'inner'), params, given);
      const kept = gathered.map(a => a && select(broadcastInDim(emit, a.shape, []), constantLike(0, a), a));
      return {
        updates: step.updates,
        state: {
          miniStep: select(emit, constantLike(0, mini), advanced(mini)), gradientStep: add(done, convert(emit, 'i32')),
          accGrads: unflatten(params.structure, kept), inner: step.state,
        },
      };
    },
  }]);
}

/** How often updates were refused: in a row, in all; and whether the last one was finite. */
export interface FiniteState<Ks extends readonly StateKind[], P> {
  readonly notfiniteCount: Scalar<'i32'>;
  readonly lastFinite: Tensor<[], 'bool'>;
  readonly totalNotfinite: Scalar<'i32'>;
  readonly inner: StatesOf<Ks, P>;
}
/** The kind of `FiniteState`. */
export interface Finite<Ks extends readonly StateKind[]> extends StateKind { readonly state: FiniteState<Ks, this['params']> }
/**
 * A rule that does not step, and remembers nothing, where a gradient is infinite or NaN; after so many such steps in a row it does.
 *
 * @throws `value` when the number is no natural number or 0.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.applyIfFinite(optim.sgd(1), 5);
 * const [updates, state] = rule.update([tensor(NaN)], rule.init([tensor(0)]), [tensor(0)]);
 * updates; // -> [0]
 * state[0].totalNotfinite; // -> 1
 */
export function applyIfFinite<Ks extends readonly StateKind[]>(inner: Optimizer<Ks>, maxConsecutiveErrors: number): Optimizer<[Finite<Ks>]>;
export function applyIfFinite({ parts }: Composed, maxConsecutiveErrors: number): never {
  const name = 'applyIfFinite';
  expectNatural(name, 'maxConsecutiveErrors', maxConsecutiveErrors, 0);
  return optimizer([{
    name,
    init: params => ({ notfiniteCount: zeroCount(), lastFinite: constant(1, [], 'bool'), totalNotfinite: zeroCount(), inner: initParts(parts, params) }),
    update(updates, state, params, given) {
      const finite = updates.flatMap(g => g ? [allTrue(isFinite(g))] : []).reduce((a, b) => and(a, b), constant(1, [], 'bool'));
      const row = countOf(name, state, 'notfiniteCount');
      const total = countOf(name, state, 'totalNotfinite');
      const zero = constantLike(0, row);
      const now = select(finite, zero, advanced(row));
      const step = where(or(finite, gt(now, constantLike(maxConsecutiveErrors, now))), parts, updates, entry(name, state, 'inner'), params, given);
      return { updates: step.updates, state: { notfiniteCount: now, lastFinite: finite, totalNotfinite: select(finite, total, advanced(total)), inner: step.state } };
    },
  }]);
}
const allTrue = (x: AnyTensor): AnyTensor => eq(reduceMin(convert(x, 'i32'), range(x.shape.length)), constant(1, [], 'i32'));

/** The slow weights, the steps since they last moved, and the state within. */
export interface LookaheadState<Ks extends readonly StateKind[], P> {
  readonly slow: Tangent<P>;
  readonly stepsSinceSync: Scalar<'i32'>;
  readonly inner: StatesOf<Ks, P>;
}
/** The kind of `LookaheadState`. */
export interface Looked<Ks extends readonly StateKind[]> extends StateKind { readonly state: LookaheadState<Ks, this['params']> }
/**
 * A rule for fast weights, and slow ones that follow: at every `syncPeriod`-th step the slow weights move a part of the way to the fast ones,
 * which then start from there. Zhang, Lucas, Hinton, Ba, "Lookahead optimizer: k steps forward, 1 step back", 2019. The parameters are the fast
 * weights and the state holds the slow ones (in Optax the parameters are a pair of both).
 *
 * @param slowStepSize the part of the way, in [0, 1].
 * @throws `value` for a period that is no natural number and a step outside [0, 1].
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.lookahead(optim.sgd(1), 2, 0.5);
 * let params = [tensor(0)];
 * let state = rule.init(params);
 * for (let step = 0; step < 2; step++) {
 *   const [updates, next] = rule.update([tensor(-3)], state, params);
 *   [params, state] = [optim.applyUpdates(params, updates), next];
 * }
 * params; // -> [3]
 */
export function lookahead<Ks extends readonly StateKind[]>(inner: Optimizer<Ks>, syncPeriod: number, slowStepSize: number): Optimizer<[Looked<Ks>]>;
export function lookahead({ parts }: Composed, syncPeriod: number, slowStepSize: number): never {
  const name = 'lookahead';
  expectNatural(name, 'syncPeriod', syncPeriod);
  if (!(slowStepSize >= 0 && slowStepSize <= 1)) throw new CotangentError('value', `${name}: slowStepSize ${slowStepSize} is not in [0, 1]`);
  return optimizer([{
    name,
    init: params => ({ slow: unflatten(params.structure, params.leaves.map(p => hasTangent(p.aval) ? shared(p) : null)), stepsSinceSync: zeroCount(), inner: initParts(parts, params) }),
    update(updates, state, params, given) {
      const step = updateParts(parts, updates, entry(name, state, 'inner'), params, given);
      const slow = treeOf(name, state, 'slow', params);
      const since = advanced(countOf(name, state, 'stepsSinceSync'));
      const sync = eq(since, constantLike(syncPeriod, since));
      const moved = step.updates.map((u, i) => {
        const [p, s] = [params.leaves[i], slow[i]];
        if (!u || !p || !s) return { update: u, slow: s ?? null };
        const now = broadcastInDim(sync, u.shape, []);
        const next = add(s, times(sub(add(p, u), s), slowStepSize));
        return { update: select(now, sub(next, p), u), slow: select(now, next, s) };
      });
      return {
        updates: moved.map(m => m.update),
        state: { slow: unflatten(params.structure, moved.map(m => m.slow)), stepsSinceSync: select(sync, constantLike(0, since), since), inner: step.state },
      };
    },
  }]);
}

/** Hyperparameters as they were at the last step, and the state within. */
export interface InjectState<H, Ks extends readonly StateKind[], P> {
  readonly count: Scalar<'i32'>;
  readonly hyperparams: { readonly [K in keyof H]: Tensor<[], H[K] extends Tensor<[], infer D extends Float> ? D : Float> };
  readonly inner: StatesOf<Ks, P>;
}
/** The kind of `InjectState`. */
export interface Injected<H, Ks extends readonly StateKind[]> extends StateKind { readonly state: InjectState<H, Ks, this['params']> }
type Hyperparams = { readonly [name: string]: number | Tensor<[], Float> | Schedule };
/**
 * A rule whose numbers live in the state, where a running program reads them: they can be logged, and changed between steps without a new
 * trace. A number becomes a scalar (f64 beside parameters of f64, else f32), a schedule is asked at each step.
 *
 * @param make the rule for hyperparameters that are scalars; it is called when the rule is made and at each step.
 * @throws `value` for a hyperparameter that is no float scalar.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.injectHyperparams(h => optim.sgd(h.learningRate), { learningRate: 0.1 });
 * const [state] = rule.init([tensor(0)]);
 * const changed = { ...state, hyperparams: { learningRate: tensor(2) } };
 * rule.update([tensor(1)], [changed], [tensor(0)])[0]; // -> [-2]
 */
export function injectHyperparams<const H extends Hyperparams, Ks extends readonly StateKind[]>(
  make: (hyperparams: { readonly [K in keyof H]: Tensor<[], Float> }) => Optimizer<Ks>, hyperparams: H): Optimizer<[Injected<H, Ks>]>;
export function injectHyperparams(make: (h: never) => Composed, hyperparams: Hyperparams): never {
  const name = 'injectHyperparams';
  const names = Object.keys(hyperparams).sort();
  const dtypeOf = (params: Parameters): 'f32' | 'f64' => working(params.leaves);
  const record = (value: (key: string) => AnyTensor): { readonly [key: string]: AnyTensor } => Object.fromEntries(names.map(k => [k, value(k)]));
  const at = (count: AnyTensor, params: Parameters, kept: (key: string, value: number | AnyTensor) => AnyTensor): { readonly [key: string]: AnyTensor } => record(k => {
    const h = hyperparams[k] ?? NaN;
    return typeof h === 'function' ? handleOf(h(scalarCount(count), dtypeOf(params)), `${name}: ${k}`) : kept(k, h);
  });
  const inner = (values: { readonly [key: string]: AnyTensor }): readonly Part[] => make(typed(values)).parts;
  return optimizer([{
    name,
    init(params) {
      const count = zeroCount();
      const values = at(count, params, (k, h) => {
        if (typeof h === 'number') return constant(h, [], dtypeOf(params));
        const { aval } = handleOf(h, `${name}: ${k}`);
        if (aval.shape.length > 0 || !hasTangent(aval)) throw new CotangentError('value', `${name}: ${k} is ${showAval(aval)}, it must be a float scalar`);
        return shared(h);
      });
      return { count, hyperparams: values, inner: initParts(inner(values), params) };
    },
    update(updates, state, params, given) {
      const count = countOf(name, state);
      const stored = entry(name, state, 'hyperparams');
      const values = at(count, params, k => { const x = entry(`${name}: hyperparams`, stored, k); return scalarEntry(`${name}: hyperparams`, stored, k, isTensor(x) && hasTangent(x.aval) ? x.dtype : 'f32'); });
      const step = updateParts(inner(values), updates, entry(name, state, 'inner'), params, given);
      return { updates: step.updates, state: { count: advanced(count), hyperparams: values, inner: step.state } };
    },
  }]);
}
