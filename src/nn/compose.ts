// Composition of layers: one after the other, around an identity, side by side. Floor 7. Knows no layer.
import { CotangentError, ShapeError } from '../error.ts';
import { agree } from '../dtype/agree.ts';
import type { DType } from '../dtype/dtype.ts';
import { sameAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add } from '../primitive/arithmetic.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { typed } from '../numpy/typed.ts';
import { foldIn, type Key } from '../random/key.ts';
import { beside as joinedShape, summed, type Beside, type Kept, type Shaped, type Summed } from './branches.ts';
import type { Shape } from '../shape/dim.ts';
import { describe } from '../trace/describe.ts';
import { isTensor } from '../trace/handle.ts';
import { composed, inLayer, meet, named, type AnyLayer, type Effects, type Net, type Spec, type Start } from './net.ts';
import { newRun, type Run } from './run.ts';
import type { From, Seq } from './signatures.ts';

/** `dense_0`, `relu_0`, `dense_1`: each layer's name, numbered among those of its kind. */
function numbered(layers: readonly AnyLayer[]): readonly string[] {
  const count = new Map<string, number>();
  return layers.map(layer => {
    const given: unknown = layer;
    const kind = typeof given !== 'function' || given.name === '' ? 'layer' : given.name;
    const n = count.get(kind) ?? 0;
    count.set(kind, n + 1);
    return `${kind}_${n}`;
  });
}

/** Layers with names, each in its place among a composite's. */
interface Parts {
  readonly count: number;
  /** The start of a layer at an input, and what the layer makes of it. */
  start(i: number, x: unknown, key: Key): readonly [Start, unknown];
  run(i: number, x: unknown, params: unknown, run: Run): unknown;
}
function partsOf(layers: readonly AnyLayer[]): Parts {
  const names = numbered(layers);
  const inPart = <R>(i: number, f: (layer: AnyLayer, name: string) => R): R => {
    const [layer, name] = [layers[i], names[i]];
    if (layer === undefined || name === undefined) throw new CotangentError('value', `there is no layer ${i}`);
    return inLayer(name, () => f(layer, name));
  };
  return {
    count: layers.length,
    start: (i, x, key) => inPart(i, layer => {
      const spec = meet(layer, x);
      const start = spec.start(foldIn(key, i));
      return [start, spec.run(start.params, newRun('evaluate', start.states, null))] as const;
    }),
    run: (i, x, params, run) => inPart(i, (layer, name) => {
      const inner = run.at(i, name);
      const y = meet(layer, x).run(params, inner);
      inner.observe?.({ path: inner.path, kind: layer.name, params, input: x, output: y });
      return y;
    }),
  };
}
function expectTrees(name: string, count: number, params: unknown): readonly unknown[] {
  if (!Array.isArray(params) || params.length !== count) throw new CotangentError('tree', `${name}: ${count} layers take an array of ${count} parameter trees, got ${describe(params)}`);
  return params;
}
const joined = (starts: readonly Start[]): Start => ({ params: starts.map(s => s.params), states: starts.flatMap(s => s.states) });

function chained(layers: readonly AnyLayer[], name = 'seq'): AnyLayer {
  const parts = partsOf(layers);
  return named(name, x => composed({
    start(key) {
      let value: unknown = x;
      return joined(layers.map((_, i) => {
        const [start, y] = parts.start(i, value, key);
        value = y;
        return start;
      }));
    },
    run(params, run) {
      const trees = expectTrees(name, parts.count, params);
      return layers.reduce<unknown>((value, _, i) => parts.run(i, value, trees[i], run), x);
    },
  }));
}

/** Layers side by side, each on the input that `inputOf` gives it; `join` makes one value of theirs. */
function beside(name: string, layers: readonly AnyLayer[], inputOf: (x: unknown, i: number) => unknown, join: (ys: readonly unknown[], x: unknown) => unknown): AnyLayer {
  const parts = partsOf(layers);
  return named(name, x => composed({
    start: key => joined(layers.map((_, i) => parts.start(i, inputOf(x, i), key)[0])),
    run(params, run) {
      const trees = expectTrees(name, parts.count, params);
      return join(layers.map((_, i) => parts.run(i, inputOf(x, i), trees[i], run)), x);
    },
  }));
}

/** One layer around another one: its parameters and states, another value. */
function around(name: string, f: AnyLayer, value: (x: unknown, y: unknown) => unknown): AnyLayer {
  return named(name, x => {
    const spec: Spec = meet(f, x);
    return composed({ start: key => spec.start(key), run: (params, run) => value(x, spec.run(params, run)) });
  });
}

/**
 * Two to sixteen layers, one after the other. Its parameters are the tuple of theirs, null for layers that have none; its states are
 * theirs in a row. Batch, rank, input width and dtype stay open until the network meets a tensor. Equations carry paths such as `dense_1`; so
 * do errors. A layer that wants a last axis (`dense`) cannot follow one at the beginning that takes scalars, too (`relu`, `dropout`), nor a stated
 * width (`denseFrom`, `layerNormOf`) one of any: begin with the input then, in {@link from}.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const net = nn.seq(nn.dense(128), nn.relu, nn.dense(10));
 * const params = nn.init(net, random.key(0), zeros([1, 784]));
 * nn.apply(net, params, zeros([5, 32, 784])).shape; // -> [5, 32, 10]
 */
export const seq: Seq = typed((...layers: readonly AnyLayer[]) => chained(layers));

/**
 * As `seq`, with an input of the right shape first (its values do not matter): every layer is checked against a known shape and dtype, what
 * does not fit is told at once, and functions without type annotations can be layers. For any number of examples, make it inside a function of them:
 * `<N extends number>(x: Tensor<[N, 28, 28, 1]>) => nn.from(x, nn.flatten, nn.dense(10))(x)`.
 *
 * @example
 * import { nn, np, random, zeros } from 'cotangent';
 * const net = nn.from(zeros([2, 3]), nn.dense(8), h => np.multiply(h, h), nn.dense(5));
 * nn.apply(net, nn.init(net, random.key(0), zeros([2, 3])), zeros([2, 3])).shape; // -> [2, 5]
 */
export const from: From = typed((_x: unknown, ...layers: readonly AnyLayer[]) => chained(layers));

/**
 * g after f, in the order of mathematics: `compose(g, f)` is `seq(f, g)`, parameters included. Types flow from left to right, so the widths
 * must be known; `seq` leaves them open.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * import type { Tensor } from 'cotangent';
 * const hidden = nn.denseFrom(2, 3);
 * const net = nn.compose((h: Tensor<[1, 3]>) => nn.softmax(h), (x: Tensor<[1, 2]>) => hidden(x));
 * nn.init(net, random.key(0), zeros([1, 2]))[0].w.shape; // -> [2, 3]
 */
export function compose<X, P, Y, E extends Effects, Q, Z, F extends Effects>(g: (y: Y) => Net<Q, Z, F>, f: (x: X) => Net<P, Y, E>): (x: X) => Net<[P, Q], Z, [...E, ...F]>;
export function compose(g: AnyLayer, f: AnyLayer): AnyLayer { return chained([f, g], 'compose'); }

/**
 * x + f(x), for a layer that keeps the shape; its width may stay open until it meets a tensor. Where `f` does not keep it, `init`, `apply` and
 * `from` say so. He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016.
 *
 * @throws `shape` where `f` does not keep the shape or the dtype.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const block = nn.residual(nn.seq(nn.layerNorm, nn.dense(32), nn.relu, nn.dense(8)));
 * nn.apply(block, nn.init(block, random.key(0), zeros([2, 8])), zeros([2, 8])).shape; // -> [2, 8]
 */
export function residual<P, X, Y, E extends Effects>(f: (x: X) => Net<P, Y, E>): (x: X) => Net<P, Shaped<X, Y>, [...E, ...Kept<'residual', X, Y>]>;
export function residual(f: AnyLayer): AnyLayer { return around('residual', f, (x, y) => sumOf('residual', x, y)); }

function sumOf(name: string, x: unknown, y: unknown): AnyTensor {
  if (!isTensor(x) || !isTensor(y)) throw new CotangentError('value', `${name}: takes a layer from tensors to tensors, got ${describe(x)} to ${describe(y)}`);
  if (!sameAval(x.aval, y.aval)) throw new ShapeError(`${name}: the layer makes ${describe(y)} of ${describe(x)}; it must keep shape and dtype`);
  return add(x, y);
}

/**
 * The layer that changes nothing: `seq`'s neutral element.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.identity(tensor([1, 2])); // -> [1, 2]
 */
export const identity = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> => x;

/**
 * Two layers of one input side by side: their results as a pair, their parameters as a pair. Hughes, "Generalising monads to arrows", 2000 (&&&).
 *
 * @example
 * import { nn, np, random, zeros } from 'cotangent';
 * const net = nn.seq(nn.fanout(nn.dense(4), nn.dense(4)), ([a, b]) => np.multiply(nn.sigmoid(a), b));
 * nn.apply(net, nn.init(net, random.key(0), zeros([2, 3])), zeros([2, 3])).shape; // -> [2, 4]
 */
export function fanout<X, P, Y, E extends Effects, Q, Z, F extends Effects>(f: (x: X) => Net<P, Y, E>, g: (x: X) => Net<Q, Z, F>): (x: X) => Net<[P, Q], [Y, Z], [...E, ...F]>;
export function fanout(f: AnyLayer, g: AnyLayer): AnyLayer { return beside('fanout', [f, g], x => x, ys => ys); }

/**
 * Two layers, each on its half of a pair. Hughes, "Generalising monads to arrows", 2000 (***).
 *
 * @throws `tree` where the input is no pair.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const net = nn.parallel(nn.dense(4), nn.relu);
 * const pair: [ReturnType<typeof zeros<[2, 3]>>, ReturnType<typeof zeros<[5]>>] = [zeros([2, 3]), zeros([5])];
 * nn.apply(net, nn.init(net, random.key(0), pair), pair)[0].shape; // -> [2, 4]
 */
export function parallel<X, P, Y, E extends Effects, W, Q, Z, F extends Effects>(f: (x: X) => Net<P, Y, E>, g: (w: W) => Net<Q, Z, F>): (pair: [X, W]) => Net<[P, Q], [Y, Z], [...E, ...F]>;
export function parallel(f: AnyLayer, g: AnyLayer): AnyLayer {
  return beside('parallel', [f, g], (pair, i) => {
    if (!Array.isArray(pair) || pair.length !== 2) throw new CotangentError('tree', `parallel: takes a pair, got ${describe(pair)}`);
    return (pair as readonly unknown[])[i];
  }, ys => ys);
}

/**
 * f(x) + g(x): a residual layer whose branch may change the shape, with the projection that follows it (`nn.identity` where there is
 * none). Whether the two fit is asked when the network meets a tensor.
 * He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016.
 *
 * @throws `shape` where the two results differ in shape or dtype.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const images = zeros([1, 8, 8, 4]);
 * const half = nn.seq(nn.conv(8, 3, { stride: 2, padding: 'same' }), nn.relu);
 * const net = nn.from(images, nn.shortcut(half, nn.conv(8, 1, { stride: 2, padding: 'same' })), nn.relu);
 * nn.apply(net, nn.init(net, random.key(0), images), images).shape; // -> [1, 4, 4, 8]
 */
export function shortcut<X, P, Y extends AnyTensor, E extends Effects, Q, Z extends AnyTensor, F extends Effects>(f: (x: X) => Net<P, Y, E>, g: (x: X) => Net<Q, Z, F>): (x: X) => Net<[P, Q], Summed<Y, Z>['value'], [...E, ...F, ...Summed<Y, Z>['faults']]>;
export function shortcut(f: AnyLayer, g: AnyLayer): AnyLayer {
  return beside('shortcut', [f, g], x => x, ([y, z]) => {
    if (!isTensor(y) || !isTensor(z)) throw new CotangentError('value', `shortcut: takes layers to tensors, got ${describe(y)} and ${describe(z)}`);
    agree(y.dtype, z.dtype);
    const answer = summed(y.shape, z.shape);
    if (typeof answer === 'string') throw new ShapeError(answer);
    return add(y, z);
  });
}

/**
 * x beside f(x) along the features, for a layer that keeps the other axes: what dense blocks are made of.
 * Huang, Liu, van der Maaten, Weinberger, "Densely connected convolutional networks", 2017.
 *
 * @throws `shape` where `f` changes another axis than the last.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const block = nn.seq(nn.densely(nn.dense(4)), nn.densely(nn.dense(4)));
 * nn.apply(block, nn.init(block, random.key(0), zeros([2, 8])), zeros([2, 8])).shape; // -> [2, 16]
 */
export function densely<X, P, Y extends AnyTensor, E extends Effects>(f: (x: X) => Net<P, Y, E>): (x: X) => Net<P, Beside<X, Y>['value'], [...E, ...Beside<X, Y>['faults']]>;
export function densely(f: AnyLayer): AnyLayer {
  return around('densely', f, (x, y) => {
    if (!isTensor(x) || !isTensor(y)) throw new CotangentError('value', `densely: takes a layer from tensors to tensors, got ${describe(x)} to ${describe(y)}`);
    agree(x.dtype, y.dtype);
    const answer = joinedShape(x.shape, y.shape);
    if (typeof answer === 'string') throw new ShapeError(answer);
    return concatenate([x, y], x.shape.length - 1);
  });
}
