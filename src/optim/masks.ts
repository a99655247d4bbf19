// Rules for some parameters only: masks and labels, given as trees or as functions of the path; masked, partition, freeze. Floor 7.
import { CotangentError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { isPlainObject, leafCount, leafPaths, showPath, type Structure } from '../tree/tree.ts';
import { setToZero } from './clipping.ts';
import { entry } from './leafwise.ts';
import { initParts, optimizer, updateParts, type Given, type NoState, type Optimizer, type Parameters, type Part, type StateKind, type StatesOf, type Step, type Update } from './optimizer.ts';

/** A parameter as a mask sees it. */
export interface Leaf { readonly shape: readonly number[]; readonly dtype: DType }
/** One value for all leaves below, or a tree of them that branches as the parameters do. */
export type Labels<L> = L | readonly Labels<L>[] | { readonly [key: string]: Labels<L> };
/** Which parameters: a tree of booleans, each for all leaves below it, or a function of the path (`layers[0].w`) and of the shape. */
export type Mask = Labels<boolean> | ((path: string, leaf: Leaf) => boolean);

/** A value for each leaf, from a tree that may end above the leaves, or from a function of the path. */
export function labelsOf<L>(where: string, what: string, labels: unknown, isLabel: (x: unknown) => x is L, { leaves, structure }: Parameters): readonly L[] {
  const refused = (path: readonly (string | number)[], got: unknown): CotangentError =>
    new CotangentError('tree', `${where}: at ${showPath(path)} the ${what} is ${got === undefined ? 'missing' : Array.isArray(got) ? `an array of ${got.length}` : isPlainObject(got) ? `an object with ${Object.keys(got).sort().join(', ') || 'no keys'}` : JSON.stringify(got) ?? typeof got}, which does not fit the parameters`);
  if (typeof labels === 'function') {
    const f: (path: string, leaf: Leaf) => unknown = typed(labels);
    const paths = leafPaths(structure);
    return leaves.map((x, i) => {
      const path = paths[i] ?? [];
      const label = f(showPath(path), { shape: x.shape, dtype: x.dtype });
      if (!isLabel(label)) throw refused(path, label);
      return label;
    });
  }
  const found: L[] = [];
  const visit = (s: Structure, label: unknown, path: readonly (string | number)[]): void => {
    if (isLabel(label)) { for (let i = leafCount(s); i > 0; i--) found.push(label); return; }
    if (s.kind === 'null' && (label === null || label === undefined)) return;
    if (s.kind === 'array' && Array.isArray(label) && label.length === s.children.length) {
      const items: readonly unknown[] = label;
      s.children.forEach((c, i) => { visit(c, items[i], [...path, i]); });
      return;
    }
    if (s.kind === 'object' && isPlainObject(label) && Object.keys(label).every(k => s.keys.includes(k))) {
      s.children.forEach((c, i) => { const k = s.keys[i] ?? ''; visit(c, label[k], [...path, k]); });
      return;
    }
    throw refused(path, label);
  };
  visit(structure, labels, []);
  return found;
}
const isBoolean = (x: unknown): x is boolean => typeof x === 'boolean';
/** Which leaves a mask names; without one, all. */
export const maskOf = (where: string, mask: Mask | undefined, params: Parameters): readonly boolean[] =>
  mask === undefined ? params.leaves.map(() => true) : labelsOf(where, 'mask', mask, isBoolean, params);

/** Parameters of which some are left out: null stands in their places. */
export type Some<P> = P extends Tensor<infer _S, infer _D> | null ? P | null : { [K in keyof P]: Some<P[K]> };
function some({ leaves, structure }: Parameters, keep: readonly boolean[]): Parameters {
  let next = 0;
  const cut = (s: Structure): Structure => {
    switch (s.kind) {
      case 'leaf': return keep[next++] === true ? s : { kind: 'null' };
      case 'null': return s;
      case 'array': return { ...s, children: s.children.map(cut) };
      case 'object': return { ...s, children: s.children.map(cut) };
      default: return s satisfies never;
    }
  };
  return { leaves: leaves.filter((_, i) => keep[i] === true), structure: cut(structure) };
}
const kept = <T>(all: readonly T[], keep: readonly boolean[]): readonly T[] => all.filter((_, i) => keep[i] === true);
/** The list with those that were kept put back in their places. */
function putBack<T>(all: readonly T[], keep: readonly boolean[], changed: readonly T[]): readonly T[] {
  let next = 0;
  return all.map((x, i) => keep[i] === true ? changed[next++] ?? x : x);
}
/** A part that runs others on the leaves that `keep` names. `valueFn` is a function of all parameters, so they do not get it. */
function runOn(parts: readonly Part[], keep: readonly boolean[], updates: readonly Update[], state: unknown, params: Parameters, given: Given): Step {
  const step = updateParts(parts, kept(updates, keep), state, some(params, keep), { ...given, valueFn: null, grads: kept(given.grads, keep) });
  return { updates: putBack(updates, keep, step.updates), state: step.state };
}

/** The state of rules that see some of the parameters. */
export interface MaskedState<Ks extends readonly StateKind[], P> { readonly inner: StatesOf<Ks, Some<P>> }
/** The kind of `MaskedState`. */
export interface Masked<Ks extends readonly StateKind[]> extends StateKind { readonly state: MaskedState<Ks, this['params']> }
/**
 * A rule for the parameters that the mask names; the updates of the others pass unchanged. Its state holds null for those.
 *
 * @param mask a tree of booleans, each for all leaves below it, or a function of the path and the shape.
 * @throws `tree` where the mask does not fit the parameters.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.masked(optim.scale(0), path => path.endsWith('b'));
 * const params = { w: tensor([1, 2]), b: tensor(3) };
 * rule.update(params, rule.init(params), params)[0]; // -> { w: [1, 2], b: 0 }
 */
export function masked<Ks extends readonly StateKind[]>(inner: Optimizer<Ks>, mask: Mask): Optimizer<[Masked<Ks>]>;
export function masked({ parts }: { readonly parts: readonly Part[] }, mask: Mask): never {
  return optimizer([{
    name: 'masked',
    init: params => ({ inner: initParts(parts, some(params, maskOf('masked', mask, params))) }),
    update(updates, state, params, given) {
      const step = runOn(parts, maskOf('masked', mask, params), updates, entry('masked', state, 'inner'), params, given);
      return { updates: step.updates, state: { inner: step.state } };
    },
  }]);
}

type KindsOf<O> = O extends Optimizer<infer Ks> ? Ks : never;
/** The states of several rules by label, each for its own parameters. */
export type PartitionState<Os, P> = { readonly [L in keyof Os]: StatesOf<KindsOf<Os[L]>, Some<P>> };
/** The kind of `PartitionState`. */
export interface Partitioned<Os> extends StateKind { readonly state: PartitionState<Os, this['params']> }
/**
 * A rule for each group of parameters. Each parameter has the label of its group, so none is left out: `setToZero` keeps what is not trained.
 *
 * @param labels a tree of labels, each for all leaves below it, or a function of the path and the shape.
 * @throws `tree` where the labels do not fit the parameters, or name no rule.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.partition({ slow: optim.sgd(0.1), fast: optim.sgd(1) }, path => path.startsWith('head') ? 'fast' : 'slow');
 * const params = { body: { w: tensor([1, 2]) }, head: { w: tensor(3) } };
 * rule.update(params, rule.init(params), params)[0]; // -> { body: { w: [-0.1, -0.2] }, head: { w: -3 } }
 */
export function partition<const Os extends { readonly [label: string]: { readonly parts: readonly Part[] } }>(
  optimizers: Os, labels: Labels<NoInfer<keyof Os & string>> | ((path: string, leaf: Leaf) => NoInfer<keyof Os & string>)): Optimizer<[Partitioned<Os>]>;
export function partition(optimizers: { readonly [label: string]: { readonly parts: readonly Part[] } }, labels: unknown): never {
  const groups = Object.entries(optimizers).sort(([a], [b]) => a < b ? -1 : 1);
  const isLabel = (x: unknown): x is string => typeof x === 'string' && Object.hasOwn(optimizers, x);
  const keeps = (params: Parameters): ReadonlyMap<string, readonly boolean[]> => {
    const found = labelsOf('partition', `label (one of ${groups.map(([l]) => l).join(', ')})`, labels, isLabel, params);
    return new Map(groups.map(([label]) => [label, found.map(l => l === label)]));
  };
  return optimizer([{
    name: 'partition',
    init(params) {
      const keep = keeps(params);
      return Object.fromEntries(groups.map(([label, { parts }]) => [label, initParts(parts, some(params, keep.get(label) ?? []))]));
    },
    update(updates, state, params, given) {
      const keep = keeps(params);
      let now = updates;
      const next = groups.map(([label, { parts }]) => {
        const step = runOn(parts, keep.get(label) ?? [], now, entry('partition', state, label), params, given);
        now = step.updates;
        return [label, step.state] as const;
      });
      return { updates: now, state: Object.fromEntries(next) };
    },
  }]);
}

/**
 * No updates for the parameters that the mask names, those of the others unchanged: put it last in a chain.
 *
 * @throws `tree` where the mask does not fit the parameters.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.chain(optim.sgd(1), optim.freeze({ w: true, b: false }));
 * const params = { w: tensor([1, 2]), b: tensor(3) };
 * rule.update(params, rule.init(params), params)[0]; // -> { w: [0, 0], b: -3 }
 */
export const freeze = (mask: Mask): Optimizer<[Masked<[NoState]>]> => masked(setToZero(), mask);
