// layerNorm: each row brought to mean 0 and variance 1, then scaled and shifted. Floor 7.
import type { Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { constant } from '../primitive/broadcast.ts';
import * as composites from '../primitive/composites.ts';
import type { Shape } from '../shape/dim.ts';
import type { DenseOptions } from './dense.ts';
import { expectFeatures, expectInput, parameter } from './expect.ts';
import { named, network, type AnyLayer, type Net } from './net.ts';

/** Parameters of a layer norm: what the normalised last axis is multiplied by, then what is added. */
export interface LayerNormParams<N extends number, D extends Float = 'f32'> {
  readonly scale: Tensor<[N], D>;
  readonly bias: Tensor<[N], D>;
}
/** What is added to the variance, so that a constant row has a norm. */
export interface LayerNormOptions {
  /** Default 1e-5. */
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
export const layerNorm = <S extends Shape, N extends number, D extends Float>(x: Tensor<[...S, N], D>, { epsilon = 1e-5 }: LayerNormOptions = {}): Net<LayerNormParams<N, D>, Tensor<[...S, N], D>> =>
  typed(normalized(x, epsilon, null, null));

/**
 * As `layerNorm`, with the width stated: for places where it must be known before the network meets a tensor, as in `residual`.
 *
 * @example
 * import { nn, random, zeros } from 'cotangent';
 * const block = nn.residual(nn.seq(nn.layerNormOf(8), nn.dense(8)));
 * nn.init(block, random.key(0), zeros([2, 8]))[0].scale.shape; // -> [8]
 */
export const layerNormOf = <const N extends number, D extends Float = 'f32'>(width: N, { epsilon = 1e-5, dtype }: LayerNormOptions & DenseOptions<D> = {}): (<S extends Shape>(x: Tensor<[...S, N], D>) => Net<LayerNormParams<N, D>, Tensor<[...S, N], D>>) => {
  expectFeatures('layerNormOf', width);
  const layer: AnyLayer = named('layerNorm', (x: AnyTensor) => normalized(x, epsilon, width, dtype ?? 'f32'));
  return typed(layer);
};
