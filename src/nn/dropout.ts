// Layers that draw numbers in training and do nothing in evaluation: dropout and its kin, noise. Floor 7.
import { CotangentError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { range, sameShape } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, mul } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { lt } from '../primitive/comparison.ts';
import { select } from '../primitive/select.ts';
import { normal } from '../random/normal.ts';
import { uniform } from '../random/uniform.ts';
import type { Key } from '../random/key.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { expectFloat } from './expect.ts';
import { named, stochastic, type AnyLayer, type Net, type Random } from './net.ts';

/** A layer that draws in training, and keeps shape and dtype. */
type Noise = <S extends Shape, D extends Float>(x: Tensor<S, D>) => Net<null, Tensor<S, D>, [Random]>;

/** What dropout may be told. */
export interface DropoutOptions {
  /** Axes along which elements are dropped together: the spatial axes of images, say. Negative ones count from the end. */
  readonly shared?: readonly number[];
}

function expectRate(name: string, rate: number): void {
  if (!(rate >= 0 && rate < 1)) throw new CotangentError('options', `${name}: the rate ${rate} is not in [0, 1)`);
}
/** A mask that is true with probability `keep`, drawn once along the shared axes. */
function kept(x: AnyTensor, key: Key, keep: number, shared: readonly number[]): AnyTensor {
  const axes = shared.map(a => axisIndex(x.shape, a));
  const own = x.shape.map((n, i) => axes.includes(i) ? 1 : n);
  const u = uniform(key, own);
  const mask = lt(u, constantLike(keep, u));
  return sameShape(own, x.shape) ? mask : broadcastInDim(mask, x.shape, range(x.shape.length));
}
/** A layer from what it does in training. */
const noise = (name: string, train: (x: AnyTensor, key: Key) => AnyTensor): Noise => {
  const layer: AnyLayer = named(name, (x: AnyTensor) => {
    const v = expectFloat(name, x);
    return stochastic({ init: () => null, train: (_: null, key) => train(v, key), evaluate: () => v });
  });
  return typed(layer);
};

/**
 * `x` with each element set to zero with probability `rate`, and the others divided by 1 - rate, so that the mean stays.
 * Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout", 2014.
 *
 * @throws `options` where the rate is not in [0, 1).
 * @example
 * import { nn, ones, random } from 'cotangent';
 * nn.drop(random.key(0), ones([6]), 0.5); // -> [0, 0, 2, 2, 0, 2]
 */
export const drop = <S extends Shape, D extends Float>(key: Key, x: Tensor<S, D>, rate: number, options: DropoutOptions = {}): Tensor<S, D> => {
  const { shared = [] } = optionsOf('drop', options, { shared: 'any' });
  expectRate('drop', rate);
  const v = expectFloat('drop', x);
  return rate === 0 ? x : typed(select(kept(v, key, 1 - rate, shared), mul(v, constantLike(1 / (1 - rate), v)), constantLike(0, v)));
};

/**
 * A layer that drops elements in training ({@link drop}) and does nothing in evaluation.
 *
 * @throws `options` where the rate is not in [0, 1).
 * @example
 * import { nn, ones, random } from 'cotangent';
 * const net = nn.seq(nn.dropout(0.5), nn.relu);
 * nn.applyEval(net, [null, null], [], ones([3])); // -> [1, 1, 1]
 * nn.applyTrain(net, [null, null], [], ones([1000]), random.key(0))[0].shape; // -> [1000]
 */
export const dropout = (rate: number, options: DropoutOptions = {}): Noise => {
  optionsOf('dropout', options, { shared: 'any' });
  expectRate('dropout', rate);
  return noise('dropout', (x, key) => drop(key, typed(x), rate, options));
};

/**
 * A layer that drops whole examples (the first axis) in training: within a residual layer, its branch is left out for them.
 * Huang, Sun, Liu, Sedra, Weinberger, "Deep networks with stochastic depth", 2016.
 *
 * @throws `options` where the rate is not in [0, 1).
 * @example
 * import { nn, ones } from 'cotangent';
 * const block = nn.residual(nn.seq(nn.denseFrom(4, 4), nn.dropPath(0.1)));
 * nn.initState(block, ones([2, 4])); // -> []
 */
export const dropPath = (rate: number): Noise => {
  expectRate('dropPath', rate);
  return noise('dropPath', (x, key) => drop(key, typed(x), rate, { shared: range(x.shape.length).slice(1) }));
};

/**
 * A layer that drops elements to the least value of selu, and scales so that mean 0 and variance 1 stay.
 * Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017.
 *
 * @throws `options` where the rate is not in [0, 1).
 * @example
 * import { nn, ones } from 'cotangent';
 * nn.applyEval(nn.alphaDropout(0.1), null, [], ones([2])); // -> [1, 1]
 */
export const alphaDropout = (rate: number): Noise => {
  expectRate('alphaDropout', rate);
  // -lambda alpha, to which selu tends.
  const least = -1.0507009873554805 * 1.6732632423543772;
  const scale = 1 / Math.sqrt((1 - rate) * (1 + rate * least * least));
  return noise('alphaDropout', (x, key) => {
    const y = select(kept(x, key, 1 - rate, []), x, constantLike(least, x));
    return add(mul(y, constantLike(scale, y)), constantLike(-scale * rate * least, y));
  });
};

/**
 * A layer that adds normal noise of a standard deviation in training.
 *
 * @example
 * import { nn, ones } from 'cotangent';
 * nn.applyEval(nn.gaussianNoise(0.1), null, [], ones([2])); // -> [1, 1]
 */
export const gaussianNoise = (deviation: number): Noise => {
  if (!(deviation >= 0 && deviation < Infinity)) throw new CotangentError('options', `gaussianNoise: ${deviation} is no standard deviation`);
  return noise('gaussianNoise', (x, key) => add(x, mul(drawn(x, key), constantLike(deviation, x))));
};

/**
 * A layer that multiplies by normal noise of mean 1 and variance rate / (1 - rate) in training. Srivastava et al., "Dropout", 2014, section 10.
 *
 * @throws `options` where the rate is not in [0, 1).
 * @example
 * import { nn, ones } from 'cotangent';
 * nn.applyEval(nn.gaussianDropout(0.1), null, [], ones([2])); // -> [1, 1]
 */
export const gaussianDropout = (rate: number): Noise => {
  expectRate('gaussianDropout', rate);
  return noise('gaussianDropout', (x, key) => mul(x, add(constantLike(1, x), mul(drawn(x, key), constantLike(Math.sqrt(rate / (1 - rate)), x)))));
};
const drawn = (x: AnyTensor, key: Key): AnyTensor => normal(key, x.shape, { dtype: typed(x.dtype) });
