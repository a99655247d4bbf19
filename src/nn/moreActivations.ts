// Activations made of pieces and exponentials: elu and its kin, clipped lines, shrinkage, gates. Floor 7. Plain functions, hence layers.
// Where a branch is not taken its argument is replaced, so that it can neither overflow nor spoil a derivative; NaN passes through.
import { ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike } from '../primitive/broadcast.ts';
import { le, lt } from '../primitive/comparison.ts';
import * as pointwise from '../primitive/compositesActivation.ts';
import { expm1, logistic, tanh } from '../primitive/exponential.ts';
import { sqrt } from '../primitive/power.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import type { Check } from '../shape/check.ts';
import { show, type Div, type DivMod, type IsLiteral, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { When } from '../shape/same.ts';
import { expectFloat, expectInput, parameter } from './expect.ts';
import type { NoDim } from './misfit.ts';
import { network, type Net } from './net.ts';

const by = (x: AnyTensor, factor: number): AnyTensor => mul(x, constantLike(factor, x));
const notAbove = (x: AnyTensor, bound: number): AnyTensor => le(x, constantLike(bound, x));
/** min(max(x, low), high), with derivative 0 at both ends. */
function clipped(x: AnyTensor, low: number, high: number): AnyTensor {
  const [a, b] = [constantLike(low, x), constantLike(high, x)];
  return select(le(x, a), a, select(le(b, x), b, x));
}
/** alpha (exp(x / width) - 1) where x is not positive, x elsewhere. */
function exponentialBelow(x: AnyTensor, alpha: number, width: number): AnyTensor {
  const below = notAbove(x, 0);
  return select(below, by(expm1(by(select(below, x, constantLike(0, x)), 1 / width)), alpha), x);
}

/**
 * x where it is positive, alpha (exp(x) - 1) elsewhere (alpha 1 unless given).
 * Clevert, Unterthiner, Hochreiter, "Fast and accurate deep network learning by exponential linear units", 2016.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.elu(tensor([-1, 0, 2])); // -> [-0.6321206, 0, 2]
 */
export const elu = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: { readonly alpha?: number } = {}): Tensor<S, D> => {
  const { alpha = 1 } = optionsOf('elu', options, { alpha: 'number' });
  return typed(exponentialBelow(expectFloat('elu', x), alpha, 1));
};

/**
 * x where it is positive, alpha (exp(x / alpha) - 1) elsewhere: elu with a continuous derivative. Barron, 2017.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.celu(tensor([-2, 0, 2]), { alpha: 2 }); // -> [-1.2642411, 0, 2]
 */
export const celu = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: { readonly alpha?: number } = {}): Tensor<S, D> => {
  const { alpha = 1 } = optionsOf('celu', options, { alpha: 'number' });
  return typed(exponentialBelow(expectFloat('celu', x), alpha, alpha));
};

/**
 * 1.0507... times elu with alpha 1.6732...: what keeps mean 0 and variance 1 from layer to layer.
 * Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.selu(tensor([-1, 0, 1])); // -> [-1.1113307, 0, 1.050701]
 */
export const selu = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(by(exponentialBelow(expectFloat('selu', x), 1.6732632423543772, 1), 1.0507009873554805));

/**
 * x tanh(softplus(x)). Misra, "Mish: a self regularized non-monotonic activation function", 2020.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.mish(tensor([-1, 0, 1])); // -> [-0.30340147, 0, 0.86509836]
 */
export const mish = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => {
  const v = expectFloat('mish', x);
  return typed(mul(v, tanh(pointwise.softplus(v))));
};

/**
 * x, cut off at -1 and 1. Its derivative at both is 0.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.hardtanh(tensor([-3, 0.5, 2])); // -> [-1, 0.5, 1]
 */
export const hardtanh = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(clipped(expectFloat('hardtanh', x), -1, 1));

/**
 * max(0, x), cut off at 6. Its derivative at 0 and 6 is 0. Howard et al., "MobileNets", 2017.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.relu6(tensor([-1, 3, 8])); // -> [0, 3, 6]
 */
export const relu6 = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(clipped(expectFloat('relu6', x), 0, 6));

const hardLogistic = (x: AnyTensor): AnyTensor => by(clipped(add(x, constantLike(3, x)), 0, 6), 1 / 6);
/**
 * relu6(x + 3) / 6: a sigmoid of three lines.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.hardSigmoid(tensor([-4, 0, 4])); // -> [0, 0.5, 1]
 */
export const hardSigmoid = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => typed(hardLogistic(expectFloat('hardSigmoid', x)));

/**
 * x hardSigmoid(x), also called hard swish. Howard et al., "Searching for MobileNetV3", 2019.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.hardSilu(tensor([-3.5, 1, 4])); // -> [-0, 0.6666667, 4]
 */
export const hardSilu = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => {
  const v = expectFloat('hardSilu', x);
  return typed(mul(v, hardLogistic(v)));
};

/**
 * x / (1 + |x|).
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.softsign(tensor([-1, 0, 3])); // -> [-0.5, 0, 0.75]
 */
export const softsign = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<S, D> => {
  const v = expectFloat('softsign', x);
  const magnitude = select(lt(v, constantLike(0, v)), by(v, -1), v);
  return typed(div(v, add(constantLike(1, v), magnitude)));
};

/**
 * (x + sqrt(x^2 + b)) / 2 with b 4 unless given: a softplus without exponentials. Barron, 2021.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.squareplus(tensor([0, 1.5])); // -> [1, 2]
 */
export const squareplus = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: { readonly b?: number } = {}): Tensor<S, D> => {
  const { b = 4 } = optionsOf('squareplus', options, { b: 'number' });
  const v = expectFloat('squareplus', x);
  return typed(by(add(v, sqrt(add(mul(v, v), constantLike(b, v)))), 0.5));
};

/**
 * x moved towards 0 by `lambda` (0.5 unless given), 0 within: the proximal map of the absolute value.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.softShrink(tensor([-2, 0.25, 1])); // -> [-1.5, 0, 0.5]
 */
export const softShrink = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: { readonly lambda?: number } = {}): Tensor<S, D> => {
  const { lambda = 0.5 } = optionsOf('softShrink', options, { lambda: 'number' });
  const v = expectFloat('softShrink', x);
  return typed(sub(v, clipped(v, -lambda, lambda)));
};

/**
 * x where its magnitude exceeds `lambda` (0.5 unless given), else 0.
 *
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.hardShrink(tensor([-2, 0.25, 1])); // -> [-2, 0, 1]
 */
export const hardShrink = <S extends Shape, D extends Float>(x: Tensor<S, D>, options: { readonly lambda?: number } = {}): Tensor<S, D> => {
  const { lambda = 0.5 } = optionsOf('hardShrink', options, { lambda: 'number' });
  const v = expectFloat('hardShrink', x);
  const zero = constantLike(0, v);
  return typed(select(notAbove(v, lambda), select(lt(v, constantLike(-lambda, v)), v, zero), v));
};

/** In an open network that turns out to be odd, the message before all axes. */
type Odd<N extends number> = Halves<N, When<N>> extends infer Answer extends string ? [NoDim<Answer>] : [];
type Halves<N extends number, K> = IsLiteral<N, K> extends true ? DivMod<N, 2>[1] extends 0 ? true : `glu: ${N} features do not divide into 2 halves` : true;
/**
 * a sigmoid(b), where a and b are the halves of the last axis. Dauphin, Fan, Auli, Grangier, "Language modeling with gated convolutional
 * networks", 2017.
 *
 * @throws `shape` where the last axis is odd.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.glu(tensor([[2, 4, 0, 0]])); // -> [[1, 2]]
 */
export const glu = <S extends Shape, N extends number, D extends Float, K = unknown>(x: Check<Halves<N, K>, Tensor<[...S, N], D>, K>): Tensor<[...Odd<N>, ...S, Div<N, 2>], D> => {
  const v = expectFloat('glu', typed(x));
  const axis = v.shape.length - 1;
  const n = v.shape[axis];
  if (n === undefined) throw new ShapeError('glu: the input is a scalar; it needs a last axis of features');
  if (n % 2 !== 0) throw new ShapeError(`glu: ${n} features do not divide into 2 halves`);
  return typed(mul(sliceAxis(v, axis, 0, n / 2), logistic(sliceAxis(v, axis, n / 2, n))));
};

/** The parameter of `prelu`: the slope below 0 of each feature. */
export interface PreluParams<N extends number, D extends Float = 'f32'> { readonly slope: Tensor<[N], D> }
/**
 * A layer: x where it is positive, slope x elsewhere, with a slope for each feature (the last axis) that is learnt and starts at 0.25.
 * He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.
 *
 * @example
 * import { nn, random, tensor } from 'cotangent';
 * const x = tensor([[-4, 2]]);
 * nn.apply(nn.prelu, nn.init(nn.prelu, random.key(0), x), x); // -> [[-1, 2]]
 */
export const prelu = <S extends Shape, N extends number, D extends Float>(x: Tensor<[...S, N], D>): Net<PreluParams<N, D>, Tensor<[...S, N], D>> => {
  const width = expectInput('prelu', x, null, null);
  return typed(network({
    init: () => ({ slope: constant(0.25, [width], x.dtype) }),
    apply(params: unknown) {
      const slope = parameter('prelu', params, 'slope');
      if (slope.shape.length !== 1 || slope.shape[0] !== width) throw new ShapeError(`prelu: the input ${show(x.shape)} wants ${width} slopes, got ${show(slope.shape)}`);
      return select(notAbove(x, 0), mul(x, broadcastInDim(slope, x.shape, [x.shape.length - 1])), x);
    },
  }));
};
