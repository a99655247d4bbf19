// Optimisers as pairs of functions: `init` makes a state, `update` turns gradients into updates and the state into the next one.
// They compose: a chain's state is the flat tuple of its parts' states, so it does not matter how a chain was put together. As Optax.
// Floor 7. Knows no rule.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import { hasTangent, sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add } from '../primitive/arithmetic.ts';
import { convert } from '../primitive/convert.ts';
import { describe } from '../trace/describe.ts';
import { handleOf, isTensor, type TensorHandle } from '../trace/handle.ts';
import { scope } from '../trace/scope.ts';
import { flattenTensors } from '../transform/staging.ts';
import type { Tangent } from '../transform/types.ts';
import { leafPaths, leavesAt, showPath, unflatten, type Structure } from '../tree/tree.ts';

/** A type of states, as a function of the parameters' type: an interface whose `state` speaks of `this['params']`. */
export interface StateKind {
  readonly params: unknown;
  readonly state: unknown;
}
/** The state of that kind for parameters `P`. */
export type StateOf<K extends StateKind, P> = (K & { readonly params: P })['state'];
/** The states of a chain, in order. */
export type StatesOf<Ks extends readonly StateKind[], P> = { [I in keyof Ks]: StateOf<Ks[I], P> };
/** Of parts that remember nothing. */
export interface NoState extends StateKind { readonly state: null }

/** A gradient, or what became of one; null where the parameter has none. */
export type Update = AnyTensor | null;
/** The parameters of one call, flattened. */
export interface Parameters {
  readonly leaves: readonly TensorHandle[];
  readonly structure: Structure;
}
/** What some rules ask for beside the gradients. */
export interface Extra<P> {
  /** The loss at the parameters: `reduceOnPlateau`, `polyakSgd` and line searches look at it. */
  readonly value?: Tensor<[], Float>;
  /** The loss as a function of the parameters: `newtonCg` and line searches evaluate it elsewhere. */
  readonly valueFn?: (params: P) => Tensor<[], Float>;
}
/** `Extra` as parts see it, with the gradients that the whole optimiser was given. */
export interface Given {
  readonly value: AnyTensor | null;
  readonly valueFn: ((params: unknown) => unknown) | null;
  readonly grads: readonly Update[];
}
/** What a part makes of one step. */
export interface Step { readonly updates: readonly Update[]; readonly state: unknown }
/** One rule: its state is a tree of its own, its updates are listed as the parameters' leaves are. */
export interface Part {
  readonly name: string;
  init(params: Parameters): unknown;
  update(updates: readonly Update[], state: unknown, params: Parameters, given: Given): Step;
}

/** An optimiser, or a part of one. */
export interface Optimizer<Ks extends readonly StateKind[]> {
  readonly parts: readonly Part[];
  /** The state before the first step. It computes nothing: zeros own no memory. */
  init<P>(params: P): StatesOf<Ks, P>;
  /**
   * The updates, to be added to the parameters by `applyUpdates`, and the next state. A pure function: it works inside jit.
   *
   * @param extra what a few rules ask for: the loss, or the loss as a function of the parameters.
   * @throws `tree`, `shape` or `dtype` where gradients, state and parameters do not fit each other; `value` where a rule lacks what it asks for.
   */
  update<P>(grads: NoInfer<Tangent<P>>, state: NoInfer<StatesOf<Ks, P>>, params: P, extra?: NoInfer<Extra<P>>): [updates: Tangent<P>, state: StatesOf<Ks, P>];
}

/** The optimiser of a list of parts. Its kind is what the signature around it states. */
export function optimizer(parts: readonly Part[]): never {
  return typed({
    parts,
    init: (params: unknown) => {
      const read = flattenTensors(params, 'optim.init');
      return initParts(parts, read);
    },
    update: (grads: unknown, state: unknown, params: unknown, extra: Extra<never> = {}) => {
      if (params === undefined) throw new CotangentError('tree', 'optim.update: there are no params; write optimizer.update(grads, state, params)');
      const read = flattenTensors(params, 'optim.update');
      const updates = readUpdates('optim.update', grads, read);
      // The caller's function takes the caller's parameters, which is what the parts call it with.
      const step = updateParts(parts, updates, state, read, { value: extra.value ?? null, valueFn: typed(extra.valueFn ?? null), grads: updates });
      return [unflatten(read.structure, step.updates), step.state];
    },
  });
}
/** The states of parts, in order. */
export function initParts(parts: readonly Part[], params: Parameters): readonly unknown[] {
  const given: unknown = parts;
  if (!Array.isArray(given)) throw new CotangentError('value', 'optim: what is wrapped is no optimiser; call the function that makes it: optim.sgd(0.1)');
  return parts.map(part => part.init(params));
}
/** Parts one after the other, each named in what it records. */
export function updateParts(parts: readonly Part[], grads: readonly Update[], state: unknown, params: Parameters, given: Given): Step {
  if (!Array.isArray(state) || state.length !== parts.length) {
    throw new CotangentError('tree', `optim.update: the state of ${parts.map(p => p.name).join(', ') || 'an empty chain'} is an array of ${parts.length}; make it with init`);
  }
  const states: readonly unknown[] = state;
  let updates = grads;
  const next = parts.map((part, i) => scope(part.name, () => {
    const step = part.update(updates, states[i], params, given);
    updates = step.updates;
    return step.state;
  }));
  return { updates, state: next };
}
/** The loss that a rule asks for, as a scalar of the dtype. */
export function valueOf(part: string, { value }: Given, dtype: DType): AnyTensor {
  if (value === null) throw new CotangentError('value', `${part}: needs the loss; call update(grads, state, params, { value: loss })`);
  const x = handleOf(value, part);
  if (x.shape.length > 0 || !hasTangent(x.aval)) throw new ShapeError(`${part}: the loss is ${showAval(x.aval)}, it must be a float scalar`);
  return convert(x, dtype);
}

/** What stands at each leaf of the parameters, checked against them. */
export function readUpdates(where: string, tree: unknown, { leaves, structure }: Parameters): readonly Update[] {
  const path = (i: number): string => showPath(leafPaths(structure)[i] ?? []);
  return leavesAt(structure, tree, where).map((x, i) => {
    const p = leaves[i];
    if (x === null || x === undefined || p === undefined) return null;
    if (!isTensor(x)) throw new CotangentError('tree', `${where}: ${describe(x)} at ${path(i)} is no tensor`);
    if (!sameShape(x.shape, p.shape)) throw new ShapeError(`${where}: ${showAval(x.aval)} at ${path(i)}, the parameter is ${showAval(p.aval)}`);
    if (x.dtype !== p.dtype) throw new DTypeError(`${where}: ${showAval(x.aval)} at ${path(i)}, the parameter is ${showAval(p.aval)}`);
    return x;
  });
}

/** The parts of what should be an optimiser. */
export function partsOf(where: string, o: { readonly parts: readonly Part[] }): readonly Part[] {
  const given: unknown = o;
  const parts: unknown = typeof given === 'object' && given !== null && 'parts' in given ? given.parts : null;
  if (!Array.isArray(parts)) throw new CotangentError('value', `${where}: ${describe(given)} is no optimiser; ${Array.isArray(given) ? `leave the brackets out: ${where}(a, b)` : 'call the function that makes it: optim.sgd(0.1)'}`);
  return o.parts;
}

type Chained<Os extends readonly unknown[]> = Os extends readonly [Optimizer<infer Ks>, ...infer R] ? [...Ks, ...Chained<R>] : [];
/**
 * Parts one after the other: each takes the updates of the one before. `chain()` changes nothing, and it does not matter how chains are
 * nested: the state is the flat tuple of the parts' states.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.chain(optim.trace(0.9), optim.scale(-0.1));
 * const params = { w: tensor([1, 2]) };
 * const [updates] = rule.update({ w: tensor([10, 20]) }, rule.init(params), params);
 * updates; // -> { w: [-1, -2] }
 */
export function chain<const Os extends readonly { readonly parts: readonly Part[] }[]>(...optimizers: Os): Optimizer<Chained<Os>>;
export function chain(...optimizers: readonly { readonly parts: readonly Part[] }[]): Optimizer<readonly StateKind[]> {
  return optimizer(optimizers.flatMap(o => partsOf('chain', o)));
}

/**
 * The parameters plus the updates. Leaves without an update (integers) stay as they are.
 *
 * @throws `tree`, `shape` or `dtype` where the updates do not fit the parameters.
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.applyUpdates({ w: tensor([1, 2]), steps: tensor(3, 'i32') }, { w: tensor([10, 20]), steps: null }); // -> { w: [11, 22], steps: 3 }
 */
export function applyUpdates<P>(params: P, updates: NoInfer<Tangent<P>>): P;
export function applyUpdates(params: unknown, updates: unknown): unknown {
  const read = flattenTensors(params, 'optim.applyUpdates');
  const us = readUpdates('optim.applyUpdates', updates, read);
  return scope('applyUpdates', () => unflatten(read.structure, read.leaves.map((p, i) => { const u = us[i]; return u ? add(p, u) : p; })));
}
