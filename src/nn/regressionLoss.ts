// Losses of numbers and directions: absolute, Huber, log-cosh, cosine, Kullback-Leibler. Floor 7. Shapes are equal; nothing is broadcast.
import { CotangentError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, le, lt } from '../primitive/comparison.ts';
import * as pointwise from '../primitive/compositesActivation.ts';
import { exp, log, log1p } from '../primitive/exponential.ts';
import { rsqrt } from '../primitive/power.ts';
import { abs } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { When } from '../shape/same.ts';
import { expectClasses, operands, reduce, reductions, type LossOptions, type Reduced, type Reduction } from './loss.ts';
import { expectLike, type Like } from './lossShape.ts';

const by = (x: AnyTensor, factor: number): AnyTensor => mul(x, constantLike(factor, x));
const sumLast = (x: AnyTensor): AnyTensor => reduceSum(x, [x.shape.length - 1]);
/** Two operands of one shape and dtype. */
function alike(name: string, prediction: AnyTensor, target: unknown): readonly [AnyTensor, AnyTensor] {
  const [p, t] = operands(name, prediction, target);
  expectLike(name, p, t);
  return [p, t];
}

/**
 * |prediction - target|, by default its mean over all elements. Its derivative where they are equal is 0.
 *
 * @throws `shape` where the shapes differ (nothing is broadcast), `dtype` where the dtypes do.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.absoluteError(tensor([1, 2]), tensor([1, 4])); // -> 1
 */
export const absoluteError = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  prediction: Tensor<S, D>, target: Like<'absoluteError', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('absoluteError', options, { reduction: reductions });
  const [p, t] = alike('absoluteError', prediction, target);
  return typed(reduce(abs(sub(p, t)), options));
};

/** What Huber's loss may be told. */
export interface HuberOptions<R extends Reduction> extends LossOptions<R> {
  /** Where the parabola becomes a line. Default 1. */
  readonly delta?: number;
}
/**
 * e^2 / 2 for errors e up to delta, delta (|e| - delta / 2) beyond. Huber, "Robust estimation of a location parameter", 1964.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}; `options` where delta is not positive.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.huber(tensor([0, 0]), tensor([0.5, 3]), { reduction: 'none' }); // -> [0.125, 2.5]
 */
export const huber = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  prediction: Tensor<S, D>, target: Like<'huber', S, D, Y, When<Y>>, options: HuberOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('huber', options, { delta: 'number', reduction: reductions });
  const [p, t] = alike('huber', prediction, target);
  const { delta = 1 } = options;
  if (!(delta > 0)) throw new CotangentError('options', `huber: delta ${delta} is not positive`);
  const size = abs(sub(p, t));
  const small = le(size, constantLike(delta, size));
  const inside = select(small, size, constantLike(0, size));
  return typed(reduce(select(small, by(mul(inside, inside), 0.5), sub(by(size, delta), constantLike(delta * delta / 2, size))), options));
};

/**
 * log(cosh(prediction - target)), without overflow: near 0 half the square, far away the magnitude less log 2.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.logCosh(tensor([0, 1000]), tensor([0, 0]), { reduction: 'none' }); // -> [0, 999.30685]
 */
export const logCosh = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  prediction: Tensor<S, D>, target: Like<'logCosh', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('logCosh', options, { reduction: reductions });
  const [p, t] = alike('logCosh', prediction, target);
  const e = sub(p, t);
  return typed(reduce(sub(add(e, pointwise.softplus(by(e, -2))), constantLike(Math.LN2, e)), options));
};

/** What a cosine may be told. */
export interface CosineOptions<R extends Reduction> extends LossOptions<R> {
  /** What squared lengths are raised to at least, so that a zero row has a direction. Default 1e-8. */
  readonly epsilon?: number;
}
function cosine(p: AnyTensor, t: AnyTensor, epsilon: number): AnyTensor {
  const inverse = (v: AnyTensor): AnyTensor => {
    const square = sumLast(mul(v, v));
    return rsqrt(select(lt(square, constantLike(epsilon, square)), constantLike(epsilon, square), square));
  };
  return mul(sumLast(mul(p, t)), mul(inverse(p), inverse(t)));
}
/**
 * The cosine of the angle between rows: predictions and targets along the last axis.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.cosineSimilarity(tensor([[3, 4], [1, 0]]), tensor([[6, 8], [0, 2]])); // -> [1, 0]
 */
export const cosineSimilarity = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor>(
  prediction: Tensor<[...S, C], D>, target: Like<'cosineSimilarity', [...S, C], D, Y, When<Y>>, options: { readonly epsilon?: number } = {},
): Tensor<S, NoInfer<D>> => {
  const { epsilon = 1e-8 } = optionsOf('cosineSimilarity', options, { epsilon: 'number' });
  const [p, t] = alike('cosineSimilarity', prediction, target);
  expectClasses('cosineSimilarity', p);
  return typed(cosine(p, t, epsilon));
};
/**
 * 1 - cosine of the angle between rows, by default its mean over all rows.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.cosineDistance(tensor([[3, 4], [1, 0]]), tensor([[6, 8], [0, 2]])); // -> 0.5
 */
export const cosineDistance = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  prediction: Tensor<[...S, C], D>, target: Like<'cosineDistance', [...S, C], D, Y, When<Y>>, options: CosineOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('cosineDistance', options, { epsilon: 'number', reduction: reductions });
  const [p, t] = alike('cosineDistance', prediction, target);
  expectClasses('cosineDistance', p);
  const similarity = cosine(p, t, options.epsilon ?? 1e-8);
  return typed(reduce(sub(constantLike(1, similarity), similarity), options));
};

/**
 * The divergence of Kullback and Leibler of the last axis: sum of t (log t - log p), for log-probabilities of the prediction and
 * probabilities of the target. A target of 0 adds 0.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.klDivergence(nn.logSoftmax(tensor([[0, 0]])), tensor([[1, 0]])); // -> 0.6931472
 */
export const klDivergence = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  logPrediction: Tensor<[...S, C], D>, target: Like<'klDivergence', [...S, C], D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('klDivergence', options, { reduction: reductions });
  const [p, t] = alike('klDivergence', logPrediction, target);
  expectClasses('klDivergence', p);
  const none = eq(t, constantLike(0, t));
  const one = constantLike(1, t);
  const terms = mul(t, sub(log(select(none, one, t)), select(none, constantLike(0, p), p)));
  return typed(reduce(sumLast(terms), options));
};

/**
 * exp(prediction) - target prediction: the negative log-likelihood of counts under a Poisson distribution whose log-rate is predicted,
 * but for what does not depend on the prediction.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.poissonNll(tensor([0, 1]), tensor([2, 0]), { reduction: 'none' }); // -> [1, 2.7182817]
 */
export const poissonNll = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  logRate: Tensor<S, D>, target: Like<'poissonNll', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('poissonNll', options, { reduction: reductions });
  const [p, t] = alike('poissonNll', logRate, target);
  return typed(reduce(sub(exp(p), mul(t, p)), options));
};

/** What the Gaussian likelihood may be told. */
export interface GaussianNllOptions<R extends Reduction> extends LossOptions<R> {
  /** The least variance that is believed. Default 1e-6. */
  readonly eps?: number;
}
/**
 * (log variance + (prediction - target)^2 / variance) / 2: the negative log-likelihood under a normal distribution whose mean and variance are
 * predicted, but for log(2 pi) / 2. Variances below `eps` count as `eps`, with no gradient. Nix, Weigend, "Estimating the mean and variance of the
 * target probability distribution", 1994.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}; `options` where eps is not positive.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.gaussianNll(tensor([0, 1]), tensor([2, 1]), tensor([4, 1])); // -> 0.5965736
 */
export const gaussianNll = <S extends Shape, D extends Float, Y extends AnyTensor, Z extends AnyTensor, R extends Reduction = 'mean'>(
  prediction: Tensor<S, D>, target: Like<'gaussianNll', S, D, Y, When<Y>>, variance: Like<'gaussianNll', S, D, Z, When<Z>>, options: GaussianNllOptions<R> = {},
): Reduced<S, D, R> => {
  const { eps = 1e-6 } = optionsOf('gaussianNll', options, { eps: 'number', reduction: reductions });
  if (!(eps > 0)) throw new CotangentError('options', `gaussianNll: eps ${eps} is not positive`);
  const [p, t] = alike('gaussianNll', prediction, target);
  const [, v] = alike('gaussianNll', prediction, variance);
  const believed = select(le(v, constantLike(eps, v)), constantLike(eps, v), v);
  const error = sub(p, t);
  return typed(reduce(by(add(log(believed), div(mul(error, error), believed)), 0.5), options));
};

/**
 * (log(1 + prediction) - log(1 + target))^2 for numbers above -1: errors count in proportion. Keras cuts both off at 0; here they are taken as they are.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.squaredLogError(tensor([1, 99]), tensor([0, 99]), { reduction: 'none' }); // -> [0.480453, 0]
 */
export const squaredLogError = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  prediction: Tensor<S, D>, target: Like<'squaredLogError', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('squaredLogError', options, { reduction: reductions });
  const [p, t] = alike('squaredLogError', prediction, target);
  const error = sub(log1p(p), log1p(t));
  return typed(reduce(mul(error, error), options));
};

/**
 * 100 |prediction - target| / |target|, in per cent; targets nearer to 0 than 1e-7 count as 1e-7, as in Keras.
 *
 * @throws `shape`, `dtype` as {@link absoluteError}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.percentageError(tensor([90, 3]), tensor([100, 2]), { reduction: 'none' }); // -> [10, 50]
 */
export const percentageError = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  prediction: Tensor<S, D>, target: Like<'percentageError', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('percentageError', options, { reduction: reductions });
  const [p, t] = alike('percentageError', prediction, target);
  const size = abs(t);
  const least = constantLike(1e-7, size);
  return typed(reduce(by(div(abs(sub(p, t)), select(le(size, least), least, size)), 100), options));
};
