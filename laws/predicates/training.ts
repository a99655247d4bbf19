// The laws of gradient transformations: the form of states and updates, purity, jit, chains, zero gradients, descent.
// Knows no rule by name.
import { hasTangent, sizeOf } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { chain } from '../../src/optim/optimizer.ts';
import { scale, trace } from '../../src/optim/rules.ts';
import { add, mul, sub } from '../../src/primitive/arithmetic.ts';
import { constant, reduceSum } from '../../src/primitive/broadcast.ts';
import { convert } from '../../src/primitive/convert.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { isTensor, type TensorHandle } from '../../src/trace/handle.ts';
import { structureKey, flatten, leavesAt } from '../../src/tree/tree.ts';
import { treeOf, type Training } from '../arbitrary/training.ts';
import { arrayOf, copyOf, elementOf } from '../array.ts';
import { identical } from '../close.ts';
import { agree, broken, holds, silent, type Law, type Verdict } from '../law.ts';
import { jittedStepOf, ruleOf, stepOf, tensorsOf, type AnyRule } from '../untyped.ts';

/** Leaves as host arrays, with the form of their tree. */
interface Held { readonly form: string; readonly leaves: readonly NDArray[] }
const held = (tree: unknown): Held => {
  const { leaves, structure } = flatten(tree, isTensor, 'laws.optimiser');
  return { form: structureKey(structure), leaves: leaves.map(read) };
};
/** The same numbers in tensors of their own: of a state that is a literal still, the compiler computes a part beforehand, with other roundings. */
const stored = (tree: unknown): unknown => {
  const { leaves, structure } = flatten(tree, isTensor, 'laws.optimiser');
  return treeOf(structure, leaves.map(read));
};
const read = (x: TensorHandle): NDArray => copyOf({ shape: x.shape, dtype: x.dtype, data: x.dataSync() });

/** Half the squared distance from 0.3, with another curvature along each element: what quadratics a case has follows from its parameters. */
const curvature = (i: number): number => 0.5 + (i * 7 % 11) / 7;
const target = 0.3;
function quadratic(params: readonly NDArray[]): { readonly value: number; readonly gradients: readonly (NDArray | null)[] } {
  let value = 0;
  const gradients = params.map((p, j) => {
    if (!hasTangent(p)) return null;
    for (let i = 0; i < p.data.length; i++) value += curvature(i + j) * (elementOf(p, i) - target) ** 2 / 2;
    return arrayOf(p, i => curvature(i + j) * (elementOf(p, i) - target));
  });
  return { value, gradients };
}

/** The same as a function of tensors, for rules that evaluate the loss elsewhere. */
const lossOf = (t: Training) => (params: unknown): AnyTensor => leavesAt(t.structure, params, 'laws.optimiser').flatMap((x, j) => {
  if (!isTensor(x) || !hasTangent(x.aval)) return [];
  const [c] = tensorsOf([arrayOf({ shape: x.shape, dtype: 'f64' }, i => curvature(i + j) / 2)]);
  const far = convert(sub(x, constant(target, x.shape, x.dtype)), 'f64');
  return c === undefined ? [] : [reduceSum(mul(c, mul(far, far)), x.shape.map((_, i) => i))];
}).reduce<AnyTensor>((a, b) => add(a, b), constant(0, [], 'f64'));
/** The parameters plus the updates, in their dtypes. */
function moved(t: Training, params: readonly NDArray[], updates: unknown): readonly NDArray[] {
  const found = leavesAt(t.structure, updates, 'laws.optimiser');
  return params.map((p, i) => {
    const u = found[i];
    if (!isTensor(u)) return p;
    const d = read(u);
    return arrayOf(p, k => elementOf(p, k) + elementOf(d, k));
  });
}

interface Stepped { readonly updates: Held; readonly state: Held; readonly params: readonly NDArray[] }
/** The state at first, and what each step of the gradients gives, unjitted. */
function steps(t: Training, rule: AnyRule, gradients: Training['gradients'] = t.gradients): { readonly first: Held; readonly made: readonly Stepped[] } {
  let params = t.params;
  const tree = treeOf(t.structure, params);
  let state = rule.init(tree);
  const first = held(state);
  const made = gradients.map((g): Stepped => {
    const now = treeOf(t.structure, params);
    const [updates, next] = stepOf(rule, treeOf(t.structure, g), state, now, quadratic(params).value, lossOf(t));
    state = next;
    params = moved(t, params, updates);
    return { updates: held(updates), state: held(next), params };
  });
  return { first, made };
}
const avals = (xs: readonly NDArray[]): string => xs.map(x => `${x.dtype}[${x.shape.join(',')}]`).join(' ');

export const statesKeepTheirForm: Law<Training> = {
  number: 44, name: 'the state keeps its tree, shapes and dtypes from step to step',
  holds(t) {
    const { first, made } = steps(t, t.rule);
    for (const [k, { state }] of made.entries()) {
      if (state.form !== first.form) return broken({ what: `the state after step ${k + 1} against init`, differ: 'its tree is another one', left: state.form, right: first.form });
      if (avals(state.leaves) !== avals(first.leaves)) return broken({ what: `the state after step ${k + 1} against init`, differ: 'shapes or dtypes changed', left: avals(state.leaves), right: avals(first.leaves) });
    }
    return holds;
  },
};

export const updatesFitParameters: Law<Training> = {
  number: 45, name: 'updates have the tree, shapes and dtypes of the parameters; what has no gradient has no update',
  holds(t) {
    const [updates] = stepOf(t.rule, treeOf(t.structure, t.gradients[0] ?? []), t.rule.init(treeOf(t.structure, t.params)), treeOf(t.structure, t.params), quadratic(t.params).value, lossOf(t));
    const found = leavesAt(t.structure, updates, 'laws.optimiser');
    for (const [i, p] of t.params.entries()) {
      const u = found[i];
      const got = isTensor(u) ? avals([read(u)]) : 'null';
      const want = hasTangent(p) ? avals([p]) : 'null';
      if (got !== want) return broken({ what: `the update of leaf ${i}, which is ${avals([p])}`, differ: `${got} instead of ${want}` });
    }
    return holds;
  },
};

export const updateIsPure: Law<Training> = {
  number: 46, name: 'update is pure: called twice it gives the same, and its arguments are what they were',
  holds(t) {
    const params = treeOf(t.structure, t.params);
    const gradients = treeOf(t.structure, t.gradients[0] ?? []);
    const state = t.rule.init(params);
    const before = [held(params), held(gradients), held(state)];
    const call = (): Held => held(stepOf(t.rule, gradients, state, params, 1, lossOf(t)));
    const [one, two] = [call(), call()];
    const after = [held(params), held(gradients), held(state)];
    for (const [k, name] of ['parameters', 'gradients', 'state'].entries()) {
      const verdict = same(`the ${name} after update against before`, after[k], before[k]);
      if (verdict.kind === 'broken') return verdict;
    }
    return same('a second call against the first', two, one);
  },
};

const same = (what: string, left: Held | undefined, right: Held | undefined): Verdict =>
  left?.form === right?.form ? agree(what, left?.leaves ?? [], right?.leaves ?? [], listed) : broken({ what, differ: 'trees differ', left: left?.form ?? '', right: right?.form ?? '' });
const listed = (left: readonly (NDArray | null)[], right: readonly (NDArray | null)[]): string | null => {
  for (const [i, x] of left.entries()) {
    const y = right[i];
    const differ = x === null || y === null || y === undefined ? null : identical(x, y);
    if (differ !== null) return `leaf ${i}: ${differ}`;
  }
  return left.length === right.length ? null : `${left.length} leaves against ${right.length}`;
};

export const jitIsUpdate: Law<Training> = {
  number: 21, name: 'jit(update) = update, on the current backend, and a second step traces nothing',
  holds(t) {
    const params = treeOf(t.structure, t.params);
    const [first = [], second = []] = t.gradients;
    const jitted = jittedStepOf(t.rule, lossOf(t));
    const state = stored(t.rule.init(params));
    const plain = stepOf(t.rule, treeOf(t.structure, first), state, params, 1, lossOf(t));
    const verdict = same('the jitted step', held(jitted(treeOf(t.structure, first), state, params, 1)), held(plain));
    if (verdict.kind === 'broken') return verdict;
    const next = stored(plain[1]);
    resetStatistics();
    const again = held(jitted(treeOf(t.structure, second), next, params, 1));
    if (statistics.staged > 0) return broken({ what: 'the second jitted step', differ: 'it was traced again: its state has another form, or the rule depends on something outside' });
    return same('the second jitted step', again, held(stepOf(t.rule, treeOf(t.structure, second), next, params, 1, lossOf(t))));
  },
};

export const chainIsMonoid: Law<Training> = {
  number: 39, name: 'chains associate, and the empty chain is neutral on both sides, states included',
  holds(t) {
    const [a, b] = [ruleOf(trace(0.5)), ruleOf(scale(-2))];
    const all = (rule: AnyRule): Held => {
      const { first, made } = steps(t, rule);
      return { form: [first, ...made.map(s => s.state)].map(s => s.form).join(' '), leaves: [...first.leaves, ...made.flatMap(s => [...s.updates.leaves, ...s.state.leaves])] };
    };
    const joined = (...rules: readonly AnyRule[]): AnyRule => ruleOf(chain(...rules));
    const verdict = same('(a, rule), b against a, (rule, b)', all(joined(joined(a, t.rule), b)), all(joined(a, joined(t.rule, b))));
    if (verdict.kind === 'broken') return verdict;
    const alone = all(t.rule);
    const left = same('the empty chain before the rule', all(joined(joined(), t.rule)), alone);
    return left.kind === 'broken' ? left : same('the empty chain after the rule', all(joined(t.rule, joined())), alone);
  },
};

export const restsAtZero: Law<Training> = {
  number: 47, name: 'gradients of zero do what is claimed: nothing, or something',
  holds(t) {
    const zero = t.params.map(p => hasTangent(p) ? arrayOf(p, () => 0) : null);
    const { made } = steps(t, t.rule, [zero, zero]);
    const moved = made.flatMap((s, k) => s.updates.leaves.flatMap((u, i) => Array.from(u.data, Number).some(v => v !== 0) ? [`step ${k + 1}, update ${i}: ${Array.from(u.data, String).join(', ')}`] : []));
    if (t.claims.rests) return moved.length === 0 ? holds : broken({ what: 'updates of zero gradients', differ: `they are not zero (claim it by rests: false): ${moved[0] ?? ''}` });
    if (t.params.every(p => !hasTangent(p) || sizeOf(p.shape) === 0)) return silent;
    return moved.length > 0 ? holds : broken({ what: 'updates of zero gradients', differ: 'they are zero, though rests: false was claimed' });
  },
};

export const descends: Law<Training> = {
  number: 48, name: 'a quadratic is descended',
  holds(t) {
    if (!t.claims.descends) return silent;
    let { params } = t;
    const before = quadratic(params).value;
    if (before === 0) return silent;
    let state = t.rule.init(treeOf(t.structure, params));
    const jitted = jittedStepOf(t.rule, lossOf(t));
    for (let k = 0; k < t.claims.steps; k++) {
      const { value, gradients } = quadratic(params);
      const [updates, next] = jitted(treeOf(t.structure, gradients), state, treeOf(t.structure, params), value);
      state = next;
      params = moved(t, params, updates);
    }
    const after = quadratic(params).value;
    return after < before ? holds : broken({ what: `the quadratic after ${t.claims.steps} steps`, differ: `it is ${after}, and was ${before}` });
  },
};
