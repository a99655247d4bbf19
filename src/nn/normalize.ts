// layerNorm and rmsNorm: each row brought to mean 0 and variance 1, or to a mean square of 1, then scaled. Floor 7.
import type { Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { constant } from '../primitive/broadcast.ts';
import * as composites from '../primitive/compositesNorm.ts';
import type { DrawOptions } from '../random/uniform.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { expectFeatures, expectInput, parameter } from './expect.ts';
import { named, network, type AnyLayer, type Net } from './net.ts';

/** Parameters of a layer norm: what the normalised last axis is multiplied by, then what is added. */
export interface LayerNormParams<N extends number, D extends Float = 'f32'> {
  readonly scale: Tensor<[N], D>;
  readonly bias: Tensor<[N], D>;
}
/** What is added to the variance, so that a constant row has a norm. */
export interface LayerNormOptions {
  /** Default 1e-5; of an RMS norm 1e-6. */
  readonly epsilon?: number;
}

function normalized(x: AnyTensor, epsilon: number, stated: number | null, dtype: Float | null): Net<unknown, unknown> {
  const width = expectInput('layerNorm', x, stated, dtype);
  return network({
    init: () => ({ scale: constant(1, [width], x.dtype), bias: constant(0, [width], x.dtype) }),
    apply: (params: unknown) => composites.layerNorm(x, parameter('layerNorm', params, 'scale'), parameter('layerNorm', params, 'bias'), epsilon),
  });
}

/**
 * A layer: (x - mean) / sqrt(variance + epsilon) * scale + bias over the last axis; scale starts at 1, bias at 0.
 * Ba, Kiros, Hinton, "Layer normalization", 2016.
 *
 * @example
 * import { nn, random, tensor } from 'cotangent';
 * const x = tensor([[1, 2, 3], [10, 10, 10]]);
 * nn.apply(nn.layerNorm, nn.init(nn.layerNorm, random.key(0), x), x); // -> [[-1.2247, 0, 1.2247], [0, 0, 0]]
 */
export const layerNorm = <S extends Shape, N extends number, D extends Float>(x: Tensor<[...S, N], D>, options: LayerNormOptions = {}): Net<LayerNormParams<N, D>, Tensor<[...S, N], D>> => {
  const { epsilon = 1e-5 } = optionsOf('layerNorm', options, { epsilon: 'number' });
  return typed(normalized(x, epsilon, null, null));
};

/**
 * As `layerNorm`, with the width stated: for places where it must be known before the network meets a tensor, as in `residual`.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const block = nn.residual(nn.seq(nn.layerNormOf(8), nn.dense(8)));
 * nn.init(block, random.key(0), zeros([2, 8]))[0].scale.shape; // -> [8]
 */
export const layerNormOf = <const N extends number, D extends Float = 'f32'>(width: N, options: LayerNormOptions & DrawOptions<D> = {}): (<S extends Shape>(x: Tensor<[...S, N], NoInfer<D>>) => Net<LayerNormParams<N, NoInfer<D>>, Tensor<[...S, N], NoInfer<D>>>) => {
  const { epsilon = 1e-5, dtype } = optionsOf('layerNormOf', options, { epsilon: 'number', dtype: 'dtype' });
  expectFeatures('layerNormOf', width);
  const layer: AnyLayer = named('layerNorm', (x: AnyTensor) => normalized(x, epsilon, width, dtype ?? 'f32'));
  return typed(layer);
};

/** Parameters of an RMS norm: what the normalised last axis is multiplied by. */
export interface RmsNormParams<N extends number, D extends Float = 'f32'> { readonly scale: Tensor<[N], D> }

function rmsNormalized(x: AnyTensor, epsilon: number, stated: number | null, dtype: Float | null): Net<unknown, unknown> {
  const width = expectInput('rmsNorm', x, stated, dtype);
  return network({
    init: () => ({ scale: constant(1, [width], x.dtype) }),
    apply: (params: unknown) => composites.rmsNorm(x, parameter('rmsNorm', params, 'scale'), epsilon),
  });
}

/**
 * A layer: x / sqrt(mean(x^2) + epsilon) * scale over the last axis; scale starts at 1, epsilon is 1e-6 unless it is given.
 * Zhang, Sennrich, "Root mean square layer normalization", 2019.
 *
 * @example
 * import { nn, random, tensor } from 'cotangent';
 * const x = tensor([[3, 4, 0, 0]]);
 * nn.apply(nn.rmsNorm, nn.init(nn.rmsNorm, random.key(0), x), x); // -> [[1.2, 1.6, 0, 0]]
 */
export const rmsNorm = <S extends Shape, N extends number, D extends Float>(x: Tensor<[...S, N], D>, options: LayerNormOptions = {}): Net<RmsNormParams<N, D>, Tensor<[...S, N], D>> => {
  const { epsilon = 1e-6 } = optionsOf('rmsNorm', options, { epsilon: 'number' });
  return typed(rmsNormalized(x, epsilon, null, null));
};

/**
 * As `rmsNorm`, with the width stated: for places where it must be known before the network meets a tensor, as in `residual`.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * nn.init(nn.rmsNormOf(8), random.key(0), zeros([2, 8])).scale.shape; // -> [8]
 */
export const rmsNormOf = <const N extends number, D extends Float = 'f32'>(width: N, options: LayerNormOptions & DrawOptions<D> = {}): (<S extends Shape>(x: Tensor<[...S, N], NoInfer<D>>) => Net<RmsNormParams<N, NoInfer<D>>, Tensor<[...S, N], NoInfer<D>>>) => {
  const { epsilon = 1e-6, dtype } = optionsOf('rmsNormOf', options, { epsilon: 'number', dtype: 'dtype' });
  expectFeatures('rmsNormOf', width);
  const layer: AnyLayer = named('rmsNorm', (x: AnyTensor) => rmsNormalized(x, epsilon, width, dtype ?? 'f32'));
  return typed(layer);
};
