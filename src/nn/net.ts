// Networks as values: a layer maps an input to a network, "given parameters P, a Y". Composition is ordinary function composition.
// Floor 7. Knows no layer; a network knows neither its key nor its parameters until `init` and `apply` hand them over.
import { CotangentError } from '../error.ts';
import { sizeOf } from '../ir/aval.ts';
import type { Jaxpr } from '../ir/jaxpr.ts';
import type { net } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import type { Key } from '../random/key.ts';
import { isTensor } from '../trace/handle.ts';
import { scope } from '../trace/scope.ts';
import { applyJaxpr, avalsOfTensors, flattenTensors, stageFunction } from '../transform/staging.ts';
import { unflatten } from '../tree/tree.ts';

/**
 * A value `Y` that awaits parameters `P`. A tensor is one that awaits none (its phantom says `[null, Tensor]`), so every plain function
 * of tensors is a layer.
 */
export interface Net<P, Y> { readonly [net]: readonly [P, Y] }

/** What a network of one's own is made of. */
export interface NetworkSpec<P, Y> {
  /** Initial parameters. It may depend on shapes only; it is staged, so whatever the parameters do not need is never computed. */
  init(key: Key): P;
  /** The value under given parameters. */
  apply(params: P): Y;
}

class Network {
  readonly spec: NetworkSpec<unknown, unknown>;
  constructor(spec: NetworkSpec<unknown, unknown>) { this.spec = spec; }
}

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
export const network = <P, Y>(spec: NetworkSpec<P, Y>): Net<P, Y> => typed(new Network(typed(spec)));

/** A layer whose types have been checked or forgotten. */
export type AnyLayer = (x: never) => Net<unknown, unknown>;

/** What a layer returned, as initial parameters and a function of parameters. */
export function specOf(value: unknown): NetworkSpec<unknown, unknown> {
  if (value instanceof Network) return value.spec;
  if (isTensor(value)) return { init: () => null, apply: params => { expectNone(params); return value; } };
  throw new CotangentError('value', `the layer returned ${describe(value)}; a layer returns a tensor or a network`);
}
function expectNone(params: unknown): void {
  if (params !== null) throw new CotangentError('tree', `the layer has no parameters, so null must stand in their place, got ${describe(params)}`);
}
/** The network that a layer makes of an input. */
export const meet = (layer: AnyLayer, x: unknown): NetworkSpec<unknown, unknown> => specOf(layer(typed(x)));

/** A value in a word, for messages. */
export function describe(x: unknown): string {
  if (x === null || x === undefined) return String(x);
  if (isTensor(x)) return `${x.dtype}[${x.shape.join(', ')}]`;
  if (Array.isArray(x)) return `an array of ${x.length}`;
  return typeof x === 'object' ? `an object with ${Object.keys(x).join(', ') || 'no keys'}` : `a ${typeof x}`;
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
export function init<X, P, Y>(layer: (x: X) => Net<P, Y>, key: Key, x: X): P;
export function init(layer: AnyLayer, key: Key, x: unknown): unknown {
  const { leaves, structure } = flattenTensors([key, x], 'nn.init');
  const start = (k: Key, input: unknown): unknown => meet(layer, input).init(k);
  const { jaxpr, consts, out } = stageFunction('nn.init', typed(start), structure, avalsOfTensors(leaves), { numbers: 'literals' });
  // The input, which only lent its shape, must not be computed for it.
  const used = new Set([...jaxpr.eqns.flatMap(e => e.inputs), ...jaxpr.outputs]);
  const kept = jaxpr.inputs.map(v => used.has(v));
  const pruned: Jaxpr = { ...jaxpr, inputs: jaxpr.inputs.filter((_, i) => kept[i]), numConsts: consts.filter((_, i) => kept[i]).length };
  return unflatten(out, applyJaxpr('nn.init', pruned, [...consts, ...leaves].filter((_, i) => kept[i])));
}

/**
 * The value of a network at `x` under given parameters. A pure function: it works inside every transform.
 *
 * @throws where the parameters or `x` do not fit the network; the message names the layer.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const net = nn.seq(nn.dense(8), nn.relu, nn.dense(2));
 * const params = nn.init(net, random.key(0), zeros([1, 4]));
 * nn.apply(net, params, zeros([3, 4])).shape; // -> [3, 2]
 */
export function apply<X, P, Y>(layer: (x: X) => Net<P, Y>, params: P, x: X): Y;
export function apply(layer: AnyLayer, params: unknown, x: unknown): unknown { return meet(layer, x).apply(params); }

/**
 * How many numbers a tree of parameters holds.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * nn.countParameters(nn.init(nn.dense(10), random.key(0), zeros([1, 784]))); // -> 7850
 */
export const countParameters = (params: unknown): number =>
  flattenTensors(params, 'nn.countParameters').leaves.reduce((n, x) => n + sizeOf(x.shape), 0);
