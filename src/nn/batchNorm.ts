// Batch normalisation with its running statistics as a value: as a layer they are its state; as functions they come in and go out. Floor 7.
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
import { optionsOf } from '../shape/options.ts';
import { expectFeatures, expectInput, parameter } from './expect.ts';
import { named, stateful, type AnyLayer, type Net } from './net.ts';
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
export const batchStatistics = <const N extends number, D extends Float = 'f32'>(features: N, options: DrawOptions<D> = {}): BatchStatistics<N, NoInfer<D>> => {
  const { dtype } = optionsOf('batchStatistics', options, { dtype: 'dtype' });
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
export const batchNormParams = <const N extends number, D extends Float = 'f32'>(features: N, options: DrawOptions<D> = {}): BatchNormParams<N, NoInfer<D>> => {
  const { dtype } = optionsOf('batchNormParams', options, { dtype: 'dtype' });
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
  x: Tensor<[...S, N], D>, params: BatchNormParams<NoInfer<N>, NoInfer<D>>, running: BatchStatistics<NoInfer<N>, NoInfer<D>>, options: BatchNormOptions = {},
): [y: Tensor<[...S, N], D>, statistics: BatchStatistics<N, D>] => {
  const { momentum = 0.9, epsilon = 1e-5 } = optionsOf('batchNormTrain', options, { momentum: 'number', epsilon: 'number' });
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
 * Evaluation: each feature (the last axis) normalised by given statistics, with the parameters of training.
 *
 * @throws `shape` where parameters or statistics have another width than `x`.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.batchNormEval(tensor([[2], [6]]), nn.batchNormParams(1), { mean: tensor([2]), variance: tensor([4]) }, { epsilon: 0 }); // -> [[0], [2]]
 */
export const batchNormEval = <S extends Shape, N extends number, D extends Float>(
  x: Tensor<[...S, N], D>, params: BatchNormParams<NoInfer<N>, NoInfer<D>>, statistics: BatchStatistics<NoInfer<N>, NoInfer<D>>, options: LayerNormOptions = {},
): Tensor<[...S, N], D> => {
  const { epsilon = 1e-5 } = optionsOf('batchNormEval', options, { epsilon: 'number' });
  const axes = expectBatch(x);
  const [mean, variance] = [parameter('batchNorm', statistics, 'mean'), parameter('batchNorm', statistics, 'variance')];
  return typed(composites.batchNormGiven(x, parameter('batchNorm', params, 'scale'), parameter('batchNorm', params, 'bias'), mean, variance, axes, epsilon));
};

type BatchNorm<S extends Shape, N extends number, D extends Float> = Net<BatchNormParams<N, D>, Tensor<[...S, N], D>, [BatchStatistics<N, D>]>;
type AnyBatch = Tensor<[...Shape, number], 'f32'>;

function normalized(x: AnyTensor, stated: number | null, dtype: Float | null, options: BatchNormOptions): never {
  const width = expectInput('batchNorm', x, stated, dtype);
  const of: Float = dtype ?? typed(x.dtype);
  const batch: AnyBatch = typed(x);
  return typed(stateful({
    init: (): BatchNormParams<number> => typed(batchNormParams(width, { dtype: of })),
    state: (): BatchStatistics<number> => typed(batchStatistics(width, { dtype: of })),
    train: (params: BatchNormParams<number>, statistics: BatchStatistics<number>) => batchNormTrain(batch, params, statistics, options),
    evaluate: (params: BatchNormParams<number>, statistics: BatchStatistics<number>) => batchNormEval(batch, params, statistics, options),
  }));
}

/**
 * A layer that normalises each feature (the last axis) over all other axes: in training by the statistics of the batch, in evaluation by
 * the running ones, which are its state. Scale starts at 1, bias at 0. See {@link batchNormTrain} for the formula; Ioffe, Szegedy, 2015.
 *
 * @example
 * import { nn, random, tensor } from 'cotangent';
 * const x = tensor([[1], [3]]);
 * const net = nn.seq(nn.batchNorm, nn.relu);
 * const params = nn.init(net, random.key(0), x);
 * const [y, next] = nn.applyTrain(net, params, nn.initState(net, x), x);
 * next; // -> [{ mean: [0.2], variance: [1.1] }]
 * nn.applyEval(net, params, next, tensor([[0.2]])); // -> [[0]]
 */
export const batchNorm = <S extends Shape, N extends number, D extends Float>(x: Tensor<[...S, N], D>, options: BatchNormOptions = {}): BatchNorm<S, N, D> =>
  normalized(x, null, null, optionsOf('batchNorm', options, { momentum: 'number', epsilon: 'number' }));

/**
 * As `batchNorm`, with options; the width stays open.
 *
 * @example
 * import { nn, zeros } from 'cotangent';
 * nn.initState(nn.batchNormWith({ momentum: 0.99 }), zeros([8, 2])); // -> [{ mean: [0, 0], variance: [1, 1] }]
 */
export const batchNormWith = (options: BatchNormOptions): (<S extends Shape, N extends number, D extends Float>(x: Tensor<[...S, N], D>) => BatchNorm<S, N, D>) => {
  optionsOf('batchNormWith', options, { momentum: 'number', epsilon: 'number' });
  const layer: AnyLayer = named('batchNorm', (x: AnyTensor) => normalized(x, null, null, options));
  return typed(layer);
};

/**
 * As `batchNorm`, with the width stated: for places where it must be known before the network meets a tensor, as in `residual`.
 *
 * @example
 * import { nn, zeros } from 'cotangent';
 * const block = nn.residual(nn.seq(nn.batchNormOf(4), nn.relu, nn.dense(4)));
 * nn.initState(block, zeros([8, 4]))[0].mean.shape; // -> [4]
 */
export const batchNormOf = <const N extends number, D extends Float = 'f32'>(width: N, given: BatchNormOptions & DrawOptions<D> = {}): (<S extends Shape>(x: Tensor<[...S, N], NoInfer<D>>) => BatchNorm<S, N, NoInfer<D>>) => {
  const { dtype, ...options } = optionsOf('batchNormOf', given, { momentum: 'number', epsilon: 'number', dtype: 'dtype' });
  expectFeatures('batchNormOf', width);
  const layer: AnyLayer = named('batchNorm', (x: AnyTensor) => normalized(x, width, dtype ?? 'f32', options));
  return typed(layer);
};

/** All axes but the last, from the end. */
function expectBatch(x: AnyTensor): readonly number[] {
  expectInput('batchNorm', x, null, null);
  return range(x.shape.length - 1).map(i => i - x.shape.length);
}
