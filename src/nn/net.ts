// Networks as values: a layer maps an input to a network, "given parameters P, a Y". Composition is ordinary function composition.
// Floor 7. Knows no layer; a network knows neither its key nor its parameters until `init` and `apply` hand them over.
import { CotangentError } from '../error.ts';
import { sizeOf } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { net } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { key as newKey, type Key } from '../random/key.ts';
import { describe } from '../trace/describe.ts';
import { isTensor } from '../trace/handle.ts';
import { scope } from '../trace/scope.ts';
import { applyJaxpr, avalsOfTensors, flattenTensors, stageFunction } from '../transform/staging.ts';
import { leavesOf } from '../tree/map.ts';
import { unflatten } from '../tree/tree.ts';
import type { Fits } from '../shape/same.ts';
import type { Misfit, Sound } from './misfit.ts';
import { newRun, type Run } from './run.ts';

/** What a network has beside parameters, layer by layer: the state that it keeps, or `Random` where it draws numbers. */
export type Effects = readonly unknown[];
declare const random: unique symbol;
/** In a network's effects, a layer that draws numbers in training, and therefore wants a key. Nothing exists at run time. */
export interface Random { readonly [random]: true }

/**
 * A value `Y` that awaits parameters `P`. A tensor is one that awaits none (its phantom says `[null, Tensor]`), so every plain function
 * of tensors is a layer. `E` lists what the network's layers have beside parameters; most have nothing, [].
 */
export interface Net<P, Y, E extends Effects = []> { readonly [net]: readonly [P, Y, E] }

/**
 * The states that a network keeps: one for each layer that has one, in the order in which they run. (Within a call of another generic
 * function the compiler asks about the arguments before it has looked at the layer: then anything will do.)
 */
export type States<E extends Effects, K = unknown> =
  Fits<E, readonly Misfit<unknown>[], K> extends true ? [] : number extends E['length'] ? readonly unknown[] : StatesOf<E, []>;
type StatesOf<E extends Effects, Seen extends readonly unknown[]> =
  E extends readonly [infer H, ...infer R] ? StatesOf<R, H extends Random | Misfit<unknown> ? Seen : [...Seen, H]> : Seen;
/** The key that a network in training wants: none is needed where nothing is drawn. */
export type KeyFor<E extends Effects, K = unknown> =
  Fits<E, readonly Misfit<unknown>[], K> extends true ? [key?: Key] : number extends E['length'] ? [key?: Key] : Random extends E[number] ? [key: Key] : [key?: Key];
/** `P`, or what to do where a network is more than a function of its parameters. */
type Pure<P, E extends Effects, K = unknown> = Fits<E, readonly Misfit<unknown>[], K> extends true ? P : number extends E['length'] ? P : 'apply: this network keeps state or draws numbers; use nn.applyTrain or nn.applyEval';
/** What a network of one's own is made of. */
export interface NetworkSpec<P, Y> {
  /** Initial parameters. It may depend on shapes only; it is staged, so whatever the parameters do not need is never computed. */
  init(key: Key): P;
  /** The value under given parameters. */
  apply(params: P): Y;
}
/** What a network of one's own that keeps state is made of. */
export interface StatefulSpec<P, S, Y> {
  /** Initial parameters; see {@link NetworkSpec}. */
  init(key: Key): P;
  /** The state before the first step. It may depend on shapes only. */
  state(): S;
  /** The value in training, and the next state. */
  train(params: P, state: S): readonly [Y, S];
  /** The value in evaluation. */
  evaluate(params: P, state: S): Y;
}
/** What a network of one's own that draws numbers in training is made of. */
export interface RandomSpec<P, Y> {
  /** Initial parameters; see {@link NetworkSpec}. */
  init(key: Key): P;
  /** The value in training. */
  train(params: P, key: Key): Y;
  /** The value in evaluation. */
  evaluate(params: P): Y;
}

/** What composition asks of a network. */
export interface Spec {
  /** Parameters and states before training. */
  start(key: Key): Start;
  /** The value; what it takes from and gives to the run are its states and draws. */
  run(params: unknown, run: Run): unknown;
}
export interface Start { readonly params: unknown; readonly states: readonly unknown[] }

class Network {
  readonly spec: Spec;
  constructor(spec: Spec) { this.spec = spec; }
}
/** A network from what composition asks of it. */
export const composed = (spec: Spec): Net<unknown, unknown, Effects> => typed(new Network(spec));

/**
 * A network of one's own, for layers with parameters that are not made of other layers.
 *
 * @example
 * import { nn, np, ones, random, zeros, type Tensor } from 'cotangent';
 * const scaled = <N extends number>(x: Tensor<[N, 3]>) => nn.network({
 *   init: () => ones([3]),
 *   apply: (scale: Tensor<[3]>) => np.multiply(x, scale),
 * });
 * nn.init(nn.seq(scaled, nn.relu), random.key(0), zeros([2, 3])); // -> [[1, 1, 1], null]
 */
export const network = <P, Y>(spec: NetworkSpec<P, Y>): Net<P, Y> =>
  (expectMethods('network', spec, ['init', 'apply']), typed(new Network({ start: key => ({ params: spec.init(key), states: [] }), run: params => spec.apply(typed(params)) })));

/**
 * A network of one's own that keeps state: running statistics, counters, codebooks. In training it hands the next state on.
 *
 * @example
 * import { nn, np, random, zeros, type Scalar, type Tensor } from 'cotangent';
 * const counted = <N extends number>(x: Tensor<[N]>) => nn.stateful({
 *   init: () => null,
 *   state: (): Scalar => zeros([]),
 *   train: (_: null, steps: Scalar) => [x, np.add(steps, 1)] as const,
 *   evaluate: () => x,
 * });
 * nn.applyTrain(counted, null, nn.initState(counted, zeros([2])), zeros([2])); // -> [[0, 0], [1]]
 */
export const stateful = <P, S, Y>(spec: StatefulSpec<P, S, Y>): Net<P, Y, [S]> => (expectMethods('stateful', spec, ['init', 'state', 'train', 'evaluate']), typed(new Network({
  start: key => ({ params: spec.init(key), states: [spec.state()] }),
  run(params, run) {
    const state = run.take();
    if (run.mode === 'evaluate') return spec.evaluate(typed(params), typed(state));
    const [y, next] = spec.train(typed(params), typed(state));
    run.put(next);
    return y;
  },
})));

/**
 * A network of one's own that draws numbers in training, from a key of its own.
 *
 * @example
 * import { nn, np, random, zeros, type Tensor } from 'cotangent';
 * const noisy = <N extends number>(x: Tensor<[N]>) => nn.stochastic({
 *   init: () => null,
 *   train: (_: null, key) => np.add(x, random.normal(key, [1])),
 *   evaluate: () => x,
 * });
 * nn.applyEval(noisy, null, [], zeros([2])); // -> [0, 0]
 */
export const stochastic = <P, Y>(spec: RandomSpec<P, Y>): Net<P, Y, [Random]> => (expectMethods('stochastic', spec, ['init', 'train', 'evaluate']), typed(new Network({
  start: key => ({ params: spec.init(key), states: [] }),
  run: (params, run) => run.mode === 'train' ? spec.train(typed(params), run.key()) : (run.expectEffects(), spec.evaluate(typed(params))),
})));

/** What a network is made of has these methods, whoever wrote it. */
function expectMethods(name: string, spec: unknown, methods: readonly string[]): void {
  const entries = new Map<string, unknown>(typeof spec === 'object' && spec !== null ? Object.entries(spec) : []);
  const missing = methods.find(method => typeof entries.get(method) !== 'function');
  if (missing !== undefined) throw new CotangentError('value', `nn.${name}: it wants a function ${missing}; write nn.${name}({ ${methods.join(', ')} })`);
}

/** A layer whose types have been checked or forgotten. */
export type AnyLayer = (x: never) => Net<unknown, unknown, Effects>;

/** What a layer returned, as initial parameters and a function of parameters. */
function specOf(value: unknown): Spec {
  if (value instanceof Network) return value.spec;
  if (isTensor(value)) return { start: () => ({ params: null, states: [] }), run: params => { expectNone(params); return value; } };
  throw new CotangentError('value', `the layer returned ${describe(value)}; a layer returns a tensor or a network`);
}
function expectNone(params: unknown): void {
  if (params !== null) throw new CotangentError('tree', `the layer has no parameters, so null must stand in their place, got ${describe(params)}`);
}
/** The network that a layer makes of an input. */
export function meet(layer: AnyLayer, x: unknown): Spec {
  const given: unknown = layer;
  if (typeof given !== 'function') throw new CotangentError('value', `${describe(given)} is no layer; a layer is a function of its input, as nn.dense(10) and nn.relu are`);
  return specOf(layer(typed(x)));
}

/** Gives a layer the name by which paths and errors call it. */
export function named<F extends (x: never) => unknown>(name: string, layer: F): F {
  return Object.defineProperty(layer, 'name', { value: name });
}

/** An error with the path of the layer that it arose in. */
class LayerError extends CotangentError {
  readonly path: string;
  readonly reason: string;
  constructor(path: string, reason: string, cause: CotangentError) {
    super(cause.code, `layer ${path}: ${reason}`, { cause });
    this.path = path;
    this.reason = reason;
    this.name = 'CotangentError';
  }
}
/** Runs a part of a network: its equations carry the layer's name in their path, and so do its errors. */
export function inLayer<R>(name: string, f: () => R): R {
  try {
    return scope(name, f);
  } catch (error) {
    if (error instanceof LayerError) throw new LayerError(`${name}/${error.path}`, error.reason, error);
    throw error instanceof CotangentError ? new LayerError(name, error.message, error) : error;
  }
}

/** What `pick` keeps of a network's start for an input like `x`: nothing else is computed, the input least of all. */
function started(name: string, layer: AnyLayer, key: Key, x: unknown, pick: (start: Start) => unknown): unknown {
  const call = name === 'nn.init' ? 'nn.init(net, random.key(0), x)' : 'nn.initState(net, x)';
  expectInput(name, x, call);
  const plain = isTensor(x) ? undefined : leavesOf(x, `${name}: the input`).find(leaf => !isTensor(leaf));
  if (plain !== undefined) throw new CotangentError('value', `${name}: the input holds ${describe(plain)}, which is no tensor; wrap it: tensor(...)`);
  if (!isTensor(key) || key.dtype !== 'u32' || key.shape.join() !== '2') throw new CotangentError('value', `${name}: the key is ${describe(key)}; write ${call}`);
  const { leaves, structure } = flattenTensors([key, x], name);
  const start = (k: Key, input: unknown): unknown => pick(meet(layer, input).start(k));
  const { jaxpr, consts, out } = stageFunction(name, typed(start), structure, avalsOfTensors(leaves), { numbers: 'literals' });
  const used = new Set([...jaxpr.eqns.flatMap(e => e.inputs), ...jaxpr.outputs]);
  const kept = jaxpr.inputs.map(v => used.has(v));
  const pruned: Jaxpr = { ...jaxpr, inputs: jaxpr.inputs.filter((_, i) => kept[i]), numConsts: consts.filter((_, i) => kept[i]).length };
  return unflatten(out, applyJaxpr(name, pruned, [...consts, ...leaves].filter((_, i) => kept[i])));
}
/** What an untyped caller forgets is named before any layer meets it. */
function expectInput(name: string, x: unknown, call: string): void {
  if (x === undefined) throw new CotangentError('value', `${name}: there is no input x; write ${call}`);
}
/** How many states a network keeps for an input like `x`. */
export function countStates(layer: AnyLayer, x: unknown): number {
  let count = 0;
  started('nn.initState', layer, newKey(0), x, ({ states }) => { count = states.length; return null; });
  return count;
}

/**
 * Initial parameters of a network for an input like `x`. Only its shape and dtype matter: nothing is computed but the draws, and those
 * when they are needed.
 *
 * @throws where the network does not fit `x`; the message names the layer.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const params = nn.init(nn.seq(nn.dense(8), nn.relu, nn.dense(2)), random.key(0), zeros([1, 4]));
 * params[0].w.shape; // -> [4, 8]
 * params[2].b; // -> [0, 0]
 */
export function init<X, P, Y, E extends Effects, K = unknown>(layer: (x: X) => Net<P, Y, E>, key: Key, x: Sound<E, Y, X, K>): P;
export function init(layer: AnyLayer, key: Key, x: unknown): unknown { return started('nn.init', layer, key, x, start => start.params); }

/**
 * The states that a network keeps, before training, for an input like `x`: one for each layer that has one, in the order in which the
 * layers run. A network without state has [].
 *
 * @throws where the network does not fit `x`; the message names the layer.
 * @example
 * import { nn, zeros } from 'cotangent';
 * const net = nn.seq(nn.dense(2), nn.batchNorm, nn.relu, nn.dropout(0.5), nn.dense(1));
 * nn.initState(net, zeros([8, 4])); // -> [{ mean: [0, 0], variance: [1, 1] }]
 */
export function initState<X, P, Y, E extends Effects, K = unknown>(layer: (x: X) => Net<P, Y, E>, x: Sound<E, Y, X, K>): States<E, K>;
export function initState(layer: AnyLayer, x: unknown): unknown { return started('nn.initState', layer, newKey(0), x, start => start.states); }

/**
 * The value of a network at `x` under given parameters. A pure function: it works inside every transform. A network that keeps state or
 * draws numbers is refused: it has two values, and wants {@link applyTrain} or {@link applyEval}.
 *
 * @throws where the parameters or `x` do not fit the network; the message names the layer.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const net = nn.seq(nn.dense(8), nn.relu, nn.dense(2));
 * const params = nn.init(net, random.key(0), zeros([1, 4]));
 * nn.apply(net, params, zeros([3, 4])).shape; // -> [3, 2]
 */
export function apply<X, P, Y, E extends Effects, K = unknown>(layer: (x: X) => Net<P, Y, E>, params: Pure<P, E, K>, x: Sound<E, Y, X, K>): Y;
export function apply(layer: AnyLayer, params: unknown, x: unknown): unknown {
  expectInput('nn.apply', x, 'nn.apply(net, params, x)');
  return meet(layer, x).run(params, newRun('apply', [], null));
}

/**
 * The value of a network in training, with the states that it hands to the next step. A pure function: the same key draws the same
 * numbers. Each layer that draws has a key of its own, which follows from `key` and from where the layer stands.
 *
 * @param state as `initState` makes it, or as the step before returned it.
 * @param key needed where the network draws numbers, as dropout does.
 * @returns [y, the next states].
 * @throws where parameters, states or `x` do not fit the network, `value` where a key is missing.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const net = nn.seq(nn.dense(2), nn.batchNorm, nn.relu, nn.dropout(0.5), nn.dense(1));
 * const params = nn.init(net, random.key(0), zeros([8, 4]));
 * const [y, next] = nn.applyTrain(net, params, nn.initState(net, zeros([8, 4])), zeros([8, 4]), random.key(1));
 * y.shape; // -> [8, 1]
 * next[0].variance.shape; // -> [2]
 */
export function applyTrain<X, P, Y, E extends Effects, K = unknown>(layer: (x: X) => Net<P, Y, E>, params: P, state: States<E, K>, x: Sound<E, Y, X, K>, ...key: KeyFor<E, K>): [y: Y, state: States<E, K>];
export function applyTrain(layer: AnyLayer, params: unknown, state: unknown, x: unknown, key?: Key): [unknown, unknown] {
  expectInput('nn.applyTrain', x, 'nn.applyTrain(net, params, state, x)');
  const run = newRun('train', expectStates('applyTrain', state), key ?? null);
  const y = meet(layer, x).run(params, run);
  return [y, run.finish()];
}

/**
 * The value of a network in evaluation: batch norm uses its running statistics, dropout does nothing.
 *
 * @param state as training returned it; [] where the network keeps none.
 * @throws where parameters, states or `x` do not fit the network.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.applyEval(nn.batchNorm, nn.batchNormParams(1), [{ mean: tensor([2]), variance: tensor([4]) }], tensor([[2], [6]])); // -> [[0], [1.9999976]]
 */
export function applyEval<X, P, Y, E extends Effects, K = unknown>(layer: (x: X) => Net<P, Y, E>, params: P, state: States<E, K>, x: Sound<E, Y, X, K>): Y;
export function applyEval(layer: AnyLayer, params: unknown, state: unknown, x: unknown): unknown {
  expectInput('nn.applyEval', x, 'nn.applyEval(net, params, state, x)');
  const run = newRun('evaluate', expectStates('applyEval', state), null);
  const y = meet(layer, x).run(params, run);
  run.finish();
  return y;
}
function expectStates(where: string, state: unknown): readonly unknown[] {
  if (!Array.isArray(state)) throw new CotangentError('tree', `${where}: the state is ${describe(state)}, not an array; make it with nn.initState`);
  return state;
}

/**
 * How many numbers a tree of parameters holds.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * nn.countParameters(nn.init(nn.dense(10), random.key(0), zeros([1, 784]))); // -> 7850
 */
export const countParameters = (params: unknown): number =>
  flattenTensors(params, 'nn.countParameters').leaves.reduce((n, x) => n + sizeOf(x.shape), 0);
