// Activations: plain functions of tensors, and therefore layers. Floor 7.
// All are finite, with finite derivatives, wherever the mathematics is; NaN passes through.
import type { Float } from '../dtype/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { mul, neg } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { le } from '../primitive/comparison.ts';
import * as composites from '../primitive/composites.ts';
import * as pointwise from '../primitive/compositesActivation.ts';
import { logistic, tanh as tanhOf } from '../primitive/exponential.ts';
import { select } from '../primitive/select.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { expectFloat } from './expect.ts';

/**
 * max(x, 0). Its derivative at 0 is 0.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.relu(tensor([-1, 0, 2])); // -> [0, 0, 2]
 */
export function relu<S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> {
  const v = expectFloat('relu', x);
  const zero = constantLike(0, v);
  // Asked this way round, NaN is kept.
  return typed(select(le(v, zero), zero, v));
}

/**
 * x where it is positive, `slope` x elsewhere (default 0.01). Its derivative at 0 is `slope`.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.leakyRelu(tensor([-1, 0, 2]), { slope: 0.5 }); // -> [-0.5, 0, 2]
 */
export function leakyRelu<S extends Shape, D extends Float>(x: Tensor<S, D>, options: { readonly slope?: number } = {}): Tensor<S, D> {
  const { slope = 0.01 } = optionsOf('leakyRelu', options, { slope: 'number' });
  const v = expectFloat('leakyRelu', x);
  return typed(select(le(v, constantLike(0, v)), mul(v, constantLike(slope, v)), v));
}

/**
 * x times the normal distribution function of x, by the tanh form unless `approximate` is false.
 * Hendrycks, Gimpel, "Gaussian error linear units", 2016.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.gelu(tensor([-1, 0, 1])); // -> [-0.158808, 0, 0.841192]
 */
export const gelu = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: { readonly approximate?: boolean } = {}): Tensor<S, D> => {
  const { approximate = true } = optionsOf('gelu', options, { approximate: 'flag' });
  return typed(pointwise.gelu(expectFloat('gelu', x), approximate));
};

/**
 * The hyperbolic tangent.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.tanh(tensor([0, 1])); // -> [0, 0.76159416]
 */
export const tanh = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(tanhOf(expectFloat('tanh', x)));

/**
 * 1 / (1 + exp(-x)).
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.sigmoid(tensor([0, 2])); // -> [0.5, 0.880797]
 */
export const sigmoid = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(logistic(expectFloat('sigmoid', x)));

/**
 * x sigmoid(x), also called swish. Ramachandran, Zoph, Le, "Searching for activation functions", 2017.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.silu(tensor([0, 2])); // -> [0, 1.761594]
 */
export const silu = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(pointwise.silu(expectFloat('silu', x)));

/**
 * log(1 + exp(x)), without overflow.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.softplus(tensor([0, 100])); // -> [0.6931472, 100]
 */
export const softplus = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(pointwise.softplus(expectFloat('softplus', x)));

/**
 * log(1 / (1 + exp(-x))), without overflow.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.logSigmoid(tensor([0, -100])); // -> [-0.6931472, -100]
 */
export const logSigmoid = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(neg(pointwise.softplus(neg(expectFloat('logSigmoid', x)))));

/** Which axis a normalising activation runs along. */
export interface AxisOption {
  /** Default -1, the last. */
  readonly axis?: number;
}

/**
 * exp(x) / sum(exp(x)) along an axis, without overflow.
 *
 * @throws `axis` where the tensor has no such axis.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.softmax(tensor([[0, 0], [1000, 0]])); // -> [[0.5, 0.5], [1, 0]]
 */
export const softmax = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: AxisOption = {}): Tensor<S, D> => {
  const { axis = -1 } = optionsOf('softmax', options, { axis: 'number' });
  return typed(composites.softmax(expectFloat('softmax', x), axis));
};

/**
 * log(softmax(x)) along an axis, without overflow.
 *
 * @throws `axis` where the tensor has no such axis.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.logSoftmax(tensor([0, 1000])); // -> [-1000, 0]
 */
export const logSoftmax = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: AxisOption = {}): Tensor<S, D> => {
  const { axis = -1 } = optionsOf('logSoftmax', options, { axis: 'number' });
  return typed(composites.logSoftmax(expectFloat('logSoftmax', x), axis));
};
