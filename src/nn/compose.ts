// Composition of layers: one after the other, around an identity, side by side. Floor 7. Knows no layer.
import { CotangentError, ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { sameAval, showAval } from '../ir/aval.ts';
import type { Tensor } from '../ir/tensor.ts';
import { add } from '../primitive/arithmetic.ts';
import { typed } from '../numpy/typed.ts';
import { foldIn, type Key } from '../random/key.ts';
import type { Shape } from '../shape/dim.ts';
import { isTensor } from '../trace/handle.ts';
import { describe, inLayer, meet, named, network, type AnyLayer, type Net } from './net.ts';
import type { From, Seq } from './signatures.ts';

/** `dense_0`, `relu_0`, `dense_1`: each layer's name, numbered among those of its kind. */
function numbered(layers: readonly AnyLayer[]): readonly string[] {
  const count = new Map<string, number>();
  return layers.map(layer => {
    const kind = layer.name === '' ? 'layer' : layer.name;
    const n = count.get(kind) ?? 0;
    count.set(kind, n + 1);
    return `${kind}_${n}`;
  });
}

function chained(layers: readonly AnyLayer[]): AnyLayer {
  const names = numbered(layers);
  const nameOf = (i: number): string => names[i] ?? 'layer';
  return named('seq', x => network({
    init(key: Key): readonly unknown[] {
      let value: unknown = x;
      return layers.map((layer, i) => inLayer(nameOf(i), () => {
        const spec = meet(layer, value);
        const params = spec.init(foldIn(key, i));
        value = spec.apply(params);
        return params;
      }));
    },
    apply(params: readonly unknown[]): unknown {
      if (!Array.isArray(params) || params.length !== layers.length) throw new CotangentError('tree', `seq: ${layers.length} layers take an array of ${layers.length} parameter trees, got ${describe(params)}`);
      return layers.reduce<unknown>((value, layer, i) => inLayer(nameOf(i), () => meet(layer, value).apply(params[i])), x);
    },
  }));
}

/**
 * Two to sixteen layers, one after the other. Its parameters are the tuple of theirs, null for layers that have none. Batch, rank and
 * input width stay open until the network meets a tensor. Equations carry paths such as `dense_1`; so do errors.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const net = nn.seq(nn.dense(128), nn.relu, nn.dense(10));
 * const params = nn.init(net, random.key(0), zeros([1, 784]));
 * nn.apply(net, params, zeros([5, 32, 784])).shape; // -> [5, 32, 10]
 */
export const seq: Seq = typed((...layers: readonly AnyLayer[]) => chained(layers));

/**
 * As `seq`, with an input of the right shape first (its values do not matter): every layer is checked against a known shape, and
 * functions without type annotations can be layers.
 *
 * @example
 * import { nn, np, random, zeros } from 'cotangent';
 * const net = nn.from(zeros([2, 3]), nn.dense(8), h => np.multiply(h, h), nn.dense(5));
 * nn.apply(net, nn.init(net, random.key(0), zeros([2, 3])), zeros([2, 3])).shape; // -> [2, 5]
 */
export const from: From = typed((_x: unknown, ...layers: readonly AnyLayer[]) => chained(layers));

/**
 * x + f(x), for a layer that keeps the shape. He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016.
 *
 * @throws `shape` where `f` does not keep the shape or the dtype.
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const block = nn.residual(nn.seq(nn.denseFrom(8, 32), nn.relu, nn.dense(8)));
 * nn.apply(block, nn.init(block, random.key(0), zeros([2, 8])), zeros([2, 8])).shape; // -> [2, 8]
 */
export function residual<P, X>(f: (x: X) => Net<P, NoInfer<X>>): (x: X) => Net<P, X>;
export function residual(f: AnyLayer): AnyLayer {
  return named('residual', x => {
    const spec = meet(f, x);
    return network({ init: (key: Key) => spec.init(key), apply: (params: unknown) => sumOf(x, spec.apply(params)) });
  });
}
function sumOf(x: unknown, y: unknown): unknown {
  if (!isTensor(x) || !isTensor(y)) throw new CotangentError('value', `residual: takes a layer from tensors to tensors, got ${describe(x)} to ${describe(y)}`);
  if (!sameAval(x.aval, y.aval)) throw new ShapeError(`residual: the layer makes ${showAval(y.aval)} of ${showAval(x.aval)}; it must keep shape and dtype`);
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
export function fanout<X, P, Y, Q, Z>(f: (x: X) => Net<P, Y>, g: (x: X) => Net<Q, Z>): (x: X) => Net<[P, Q], [Y, Z]>;
export function fanout(f: AnyLayer, g: AnyLayer): AnyLayer {
  const layers = [f, g];
  const names = numbered(layers);
  const each = <R>(run: (layer: AnyLayer, i: number) => R): R[] => layers.map((layer, i) => inLayer(names[i] ?? 'layer', () => run(layer, i)));
  return named('fanout', x => network({
    init: (key: Key) => each((layer, i) => meet(layer, x).init(foldIn(key, i))),
    apply(params: readonly unknown[]): readonly unknown[] {
      if (!Array.isArray(params) || params.length !== 2) throw new CotangentError('tree', `fanout: two layers take a pair of parameter trees, got ${describe(params)}`);
      return each((layer, i) => meet(layer, x).apply(params[i]));
    },
  }));
}
