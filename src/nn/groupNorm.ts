// groupNorm, instanceNorm: each example's features normalised by groups, over space. Floor 7. What batch norm is where batches are small.
import { ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, mul } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant } from '../primitive/broadcast.ts';
import * as composites from '../primitive/compositesNorm.ts';
import { reshape } from '../primitive/reshape.ts';
import type { Check } from '../shape/check.ts';
import { show, type DivMod, type IsLiteral, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { When } from '../shape/same.ts';
import type { BatchNormParams } from './batchNorm.ts';
import { expectFeatures, expectInput, parameter } from './expect.ts';
import type { Faults } from './misfit.ts';
import { named, network, type AnyLayer, type Net } from './net.ts';
import type { LayerNormOptions } from './normalize.ts';

type Groups<N extends number, G extends number, K> =
  IsLiteral<N, K> extends true ? DivMod<N, G>[1] extends 0 ? true : `groupNorm: ${N} features do not divide into ${G} groups` : true;

/** (x - mean) / sqrt(variance + epsilon) for each example and group, then scale and bias of each feature. */
function grouped(name: string, x: AnyTensor, params: unknown, groups: number, epsilon: number): AnyTensor {
  const width = x.shape.at(-1) ?? 0;
  const parts = [...x.shape.slice(0, -1), groups, width / groups];
  const over = [...range(x.shape.length - 2).map(i => i + 1 - parts.length), -1];
  const each = (value: number): AnyTensor => constant(value, [x.shape[0] ?? 0, groups], x.dtype);
  const [unit] = composites.batchNorm(reshape(x, parts), each(1), each(0), over, epsilon);
  const [scale, bias] = (['scale', 'bias'] as const).map(which => {
    const p = parameter(name, params, which);
    if (p.shape.length !== 1 || p.shape[0] !== width) throw new ShapeError(`${name}: input ${show(x.shape)} wants scale and bias of ${width}, got ${show(p.shape)}`);
    return broadcastInDim(p, x.shape, [x.shape.length - 1]);
  }) as [AnyTensor, AnyTensor];
  return add(mul(reshape(unit, x.shape), scale), bias);
}
function layer(name: string, x: AnyTensor, groups: (width: number) => number, epsilon: number): Net<unknown, unknown> {
  const width = expectInput(name, x, null, null);
  if (x.shape.length < 2) throw new ShapeError(`${name}: input ${show(x.shape)} must be [n, ...space, features]`);
  const count = groups(width);
  if (width % count !== 0) throw new ShapeError(`groupNorm: ${width} features do not divide into ${count} groups`);
  return network({
    init: () => ({ scale: constant(1, [width], x.dtype), bias: constant(0, [width], x.dtype) }),
    apply: (params: unknown) => grouped(name, x, params, count, epsilon),
  });
}

/**
 * A layer: each example of [n, ...space, features] normalised over space and each of `groups` groups of neighbouring features; scale starts
 * at 1, bias at 0. Wu, He, "Group normalization", 2018.
 *
 * @throws `shape` where the groups do not divide the features.
 * @example
 * import { nn, random, tensor } from 'cotangent';
 * const x = tensor([[[1, 3, 10, 20]]]);
 * nn.apply(nn.groupNorm(2, { epsilon: 0 }), nn.init(nn.groupNorm(2), random.key(0), x), x); // -> [[[-1, 1, -1, 1]]]
 */
export const groupNorm = <const G extends number>(groups: G, options: LayerNormOptions = {}): (<S extends Shape, N extends number, D extends Float, K = unknown>(x: Check<Groups<N, G, K>, Tensor<[...S, N], D>, K>) => Net<BatchNormParams<N, D>, Tensor<[...S, N], D>, Faults<Groups<N, G, When<N>>, When<N>>>) => {
  const { epsilon = 1e-5 } = optionsOf('groupNorm', options, { epsilon: 'number' });
  expectFeatures('groupNorm', groups);
  const made: AnyLayer = named('groupNorm', (x: AnyTensor) => layer('groupNorm', x, () => groups, epsilon));
  return typed(made);
};

/**
 * A layer: each feature of each example of [n, ...space, features] normalised over space; scale starts at 1, bias at 0.
 * Ulyanov, Vedaldi, Lempitsky, "Instance normalization", 2016.
 *
 * @example
 * import { nn, random, tensor } from 'cotangent';
 * const x = tensor([[[1], [3]]]);
 * nn.apply(nn.instanceNorm, nn.init(nn.instanceNorm, random.key(0), x), x); // -> [[[-0.999995], [0.999995]]]
 */
export const instanceNorm = <S extends Shape, N extends number, D extends Float>(x: Tensor<[...S, N], D>, options: LayerNormOptions = {}): Net<BatchNormParams<N, D>, Tensor<[...S, N], D>> => {
  const { epsilon = 1e-5 } = optionsOf('instanceNorm', options, { epsilon: 'number' });
  return typed(layer('instanceNorm', x, width => width, epsilon));
};
