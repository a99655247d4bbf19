// Batch normalisation with its running statistics as a value: in training they come in and go out, in inference they are given. Floor 7.
import type { Float } from '../dtype/dtype.ts';
import { CotangentError } from '../error.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, mul } from '../primitive/arithmetic.ts';
import { constant, constantLike } from '../primitive/broadcast.ts';
import * as composites from '../primitive/compositesNorm.ts';
import { stopGradient } from '../primitive/stopGradient.ts';
import type { Shape } from '../shape/dim.ts';
import type { DrawOptions } from '../random/uniform.ts';
import { expectFeatures, expectInput, parameter } from './expect.ts';
import { named, network, type AnyLayer, type Net } from './net.ts';
import type { LayerNormOptions } from './normalize.ts';

/** What the normalised features are multiplied by, then what is added. */
export interface BatchNormParams<N extends number, D extends Float = 'f32'> {
  readonly scale: Tensor<[N], D>;
  readonly bias: Tensor<[N], D>;
}
/** Mean and variance of each feature: of a batch, or running over many. Not trained, so not among the parameters. */
export interface BatchStatistics<N extends number, D extends Float = 'f32'> {
  readonly mean: Tensor<[N], D>;
  readonly variance: Tensor<[N], D>;
}
/** What training with batch statistics may be told. */
export interface BatchNormOptions extends LayerNormOptions {
  /** How much of the running statistics is kept at each step. Default 0.9. */
  readonly momentum?: number;
}

/**
 * Running statistics before the first batch: mean 0, variance 1.
 *
 * @example
 * import { nn } from 'cotangent';
 * nn.batchStatistics(2); // -> { mean: [0, 0], variance: [1, 1] }
 */
export const batchStatistics = <const N extends number, D extends Float = 'f32'>(features: N, { dtype }: DrawOptions<D> = {}): BatchStatistics<N, NoInfer<D>> => {
  expectFeatures('batchStatistics', features);
  return typed({ mean: constant(0, [features], dtype ?? 'f32'), variance: constant(1, [features], dtype ?? 'f32') });
};

/**
 * Parameters before training: scale 1, bias 0.
 *
 * @example
 * import { nn } from 'cotangent';
 * nn.batchNormParams(2); // -> { bias: [0, 0], scale: [1, 1] }
 */
export const batchNormParams = <const N extends number, D extends Float = 'f32'>(features: N, { dtype }: DrawOptions<D> = {}): BatchNormParams<N, NoInfer<D>> => {
  expectFeatures('batchNormParams', features);
  return typed({ scale: constant(1, [features], dtype ?? 'f32'), bias: constant(0, [features], dtype ?? 'f32') });
};

/**
 * Training: (x - mean) / sqrt(variance + epsilon) * scale + bias for each feature (the last axis), with the statistics of this batch over
 * all other axes, and the running statistics moved towards them. No gradient flows into the running statistics; the variance that they
 * follow is that of a sample (divided by n - 1), as in PyTorch, so that inference sees an unbiased one.
 * Ioffe, Szegedy, "Batch normalization", 2015.
 *
 * @returns [y, the next running statistics].
 * @throws `shape` where parameters or statistics have another width than `x`.
 * @example
 * import { nn, tensor } from 'cotangent';
 * const [y, next] = nn.batchNormTrain(tensor([[1], [3]]), nn.batchNormParams(1), nn.batchStatistics(1), { epsilon: 0 });
 * y; // -> [[-1], [1]]
 * next; // -> { mean: [0.2], variance: [1.1] }
 */
export const batchNormTrain = <S extends Shape, N extends number, D extends Float>(
  x: Tensor<[...S, N], D>, params: BatchNormParams<NoInfer<N>, NoInfer<D>>, running: BatchStatistics<NoInfer<N>, NoInfer<D>>, { momentum = 0.9, epsilon = 1e-5 }: BatchNormOptions = {},
): [y: Tensor<[...S, N], D>, statistics: BatchStatistics<N, D>] => {
  if (!(momentum >= 0 && momentum <= 1)) throw new CotangentError('options', `batchNorm: momentum ${momentum} is not between 0 and 1`);
  const axes = expectBatch(x);
  const [y, mean, variance] = composites.batchNorm(x, parameter('batchNorm', params, 'scale'), parameter('batchNorm', params, 'bias'), axes, epsilon);
  const count = sizeOf(x.shape.slice(0, -1));
  const unbiased = mul(variance, constantLike(count / Math.max(1, count - 1), variance));
  const moved = (name: 'mean' | 'variance', now: AnyTensor): AnyTensor =>
    add(mul(parameter('batchNorm', running, name), constantLike(momentum, now)), mul(stopGradient(now), constantLike(1 - momentum, now)));
  return typed([y, { mean: moved('mean', mean), variance: moved('variance', unbiased) }]);
};

/**
 * Inference: a layer that normalises each feature (the last axis) by given statistics. Its parameters are those of training.
 *
 * @throws `shape` where parameters or statistics have another width than the input.
 * @example
 * import { nn, tensor } from 'cotangent';
 * const layer = nn.batchNorm({ mean: tensor([2]), variance: tensor([4]) }, { epsilon: 0 });
 * nn.apply(layer, nn.batchNormParams(1), tensor([[2], [6]])); // -> [[0], [2]]
 */
export const batchNorm = <N extends number, D extends Float>(statistics: BatchStatistics<N, D>, { epsilon = 1e-5 }: LayerNormOptions = {}): (<S extends Shape>(x: Tensor<[...S, N], D>) => Net<BatchNormParams<N, D>, Tensor<[...S, N], D>>) => {
  const layer: AnyLayer = named('batchNorm', (x: AnyTensor) => {
    const axes = expectBatch(x);
    const [mean, variance] = [parameter('batchNorm', statistics, 'mean'), parameter('batchNorm', statistics, 'variance')];
    const width = x.shape.at(-1) ?? 0;
    return network({
      init: () => ({ scale: constant(1, [width], x.dtype), bias: constant(0, [width], x.dtype) }),
      apply: (params: unknown) => composites.batchNormGiven(x, parameter('batchNorm', params, 'scale'), parameter('batchNorm', params, 'bias'), mean, variance, axes, epsilon),
    });
  });
  return typed(layer);
};

/** All axes but the last, from the end. */
function expectBatch(x: AnyTensor): readonly number[] {
  expectInput('batchNorm', x, null, null);
  return range(x.shape.length - 1).map(i => i - x.shape.length);
}
