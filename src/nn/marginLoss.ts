// Losses of margins and pairs: hinge, multi-margin, negative log-likelihood, contrastive, triplet, InfoNCE. Floor 7.
import { CotangentError, ShapeError } from '../error.ts';
import { intOnly } from '../dtype/agree.ts';
import type { Float } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, le } from '../primitive/comparison.ts';
import * as composites from '../primitive/composites.ts';
import { convert } from '../primitive/convert.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { gather } from '../primitive/gather.ts';
import { iota } from '../primitive/iota.ts';
import { sqrt } from '../primitive/power.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { show, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { When } from '../shape/same.ts';
import { expectClasses, operands, reduce, reductions, type LossOptions, type Reduced, type Reduction } from './loss.ts';
import { expectLike, expectRowLabels, type IntegerLabels, type Like } from './lossShape.ts';

/** max(x, 0), with derivative 0 at 0. */
const positive = (x: AnyTensor): AnyTensor => select(le(x, constantLike(0, x)), constantLike(0, x), x);
const sumLast = (x: AnyTensor): AnyTensor => reduceSum(x, [x.shape.length - 1]);
/** Each row's element at its label; NaN where there is none. */
function chosen(x: AnyTensor, labels: AnyTensor): AnyTensor {
  const rows = range(x.shape.length - 1).reduce((n, i) => n * (x.shape[i] ?? 1), 1);
  const classes = x.shape.at(-1) ?? 0;
  const picked = gather(reshape(x, [rows, classes]), reshape(convert(labels, 'i32'), [rows, 1]), { axis: 1, batchDims: 1 });
  return reshape(picked, labels.shape);
}
function rowOperands(name: string, scores: AnyTensor, labels: unknown): readonly [AnyTensor, AnyTensor] {
  const [x, y] = operands(name, scores, labels);
  expectClasses(name, x);
  intOnly(name, y.dtype);
  expectRowLabels(name, x, y);
  return [x, y];
}

/**
 * -logProbabilities[label] along the last axis: what is left of a cross-entropy behind a log-softmax. A label outside the classes gives NaN.
 *
 * @throws `shape` where the labels do not fit, `dtype` where they are no integers.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.negativeLogLikelihood(nn.logSoftmax(tensor([[0, 0]])), tensor([1], 'i32')); // -> 0.6931472
 */
export const negativeLogLikelihood = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  logProbabilities: Tensor<[...S, C], D>, labels: IntegerLabels<'negativeLogLikelihood', S, C, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('negativeLogLikelihood', options, { reduction: reductions });
  const [x, y] = rowOperands('negativeLogLikelihood', logProbabilities, labels);
  return typed(reduce(neg(chosen(x, y)), options));
};

/**
 * max(0, 1 - target score) for targets -1 and 1. Its derivative at the margin is 0. Cortes, Vapnik, "Support-vector networks", 1995.
 *
 * @throws `shape` where the shapes differ (nothing is broadcast), `dtype` where the dtypes do.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.hinge(tensor([0.5, -2]), tensor([1, -1]), { reduction: 'none' }); // -> [0.5, 0]
 */
export const hinge = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  scores: Tensor<S, D>, target: Like<'hinge', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('hinge', options, { reduction: reductions });
  const [x, t] = operands('hinge', scores, target);
  expectLike('hinge', x, t);
  return typed(reduce(positive(sub(constantLike(1, x), mul(t, x))), options));
};

/** What a loss with a margin may be told. */
export interface MarginOptions<R extends Reduction> extends LossOptions<R> {
  /** Default 1. */
  readonly margin?: number;
}
/** What a multi-class margin may be told. */
export interface MultiMarginOptions<R extends Reduction> extends MarginOptions<R> {
  /** The power of each violation. Default 1. */
  readonly power?: 1 | 2;
}
/**
 * For each row the sum over the other classes of max(0, margin - score[label] + score[class])^power, divided by the number of classes.
 * As PyTorch's MultiMarginLoss; Crammer, Singer, 2001.
 *
 * @throws `shape` where the labels do not fit, `dtype` where they are no integers.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.multiMargin(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([3], 'i32')); // -> 0.325
 */
export const multiMargin = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  scores: Tensor<[...S, C], D>, labels: IntegerLabels<'multiMargin', S, C, Y, When<Y>>, options: MultiMarginOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('multiMargin', options, { power: 'number', margin: 'number', reduction: reductions });
  const [x, y] = rowOperands('multiMargin', scores, labels);
  const { margin = 1, power = 1 } = options;
  if (power !== 1 && power !== 2) throw new CotangentError('options', `multiMargin: the power ${String(power)} is neither 1 nor 2`);
  const last = x.shape.length - 1;
  const rows = range(last);
  const own = broadcastInDim(chosen(x, y), x.shape, rows);
  const violation = positive(add(sub(x, own), constantLike(margin, x)));
  const others = select(eq(broadcastInDim(convert(y, 'i32'), x.shape, rows), iota(x.shape, 'i32', last)), constantLike(0, x), power === 1 ? violation : mul(violation, violation));
  const sums = sumLast(others);
  return typed(reduce(div(sums, constantLike(x.shape[last] ?? 1, sums)), options));
};

/** The length of each row's difference, with a zero derivative where there is none. */
function distance(a: AnyTensor, b: AnyTensor): AnyTensor {
  const e = sub(a, b);
  const square = sumLast(mul(e, e));
  const none = eq(square, constantLike(0, square));
  return select(none, constantLike(0, square), sqrt(select(none, constantLike(1, square), square)));
}
/**
 * max(0, 1 - target score)^2 for targets -1 and 1: a hinge without a kink, for which far mistakes weigh more.
 * Rosasco and others, "Are loss functions all the same?", 2004.
 *
 * @throws `shape` where the shapes differ (nothing is broadcast), `dtype` where the dtypes do.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.squaredHinge(tensor([0.5, -2]), tensor([1, 1]), { reduction: 'none' }); // -> [0.25, 9]
 */
export const squaredHinge = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  scores: Tensor<S, D>, targets: Like<'squaredHinge', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('squaredHinge', options, { reduction: reductions });
  const [x, t] = operands('squaredHinge', scores, targets);
  expectLike('squaredHinge', x, t);
  const gap = positive(sub(constantLike(1, x), mul(t, x)));
  return typed(reduce(mul(gap, gap), options));
};

/**
 * max(0, margin - order (a - b)): `a` should be above `b` where the order is 1, below where it is -1, by the margin (0 unless given).
 * Herbrich, Graepel, Obermayer, "Large margin rank boundaries for ordinal regression", 2000.
 *
 * @throws `shape` where the shapes differ (nothing is broadcast), `dtype` where the dtypes do.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.marginRanking(tensor([2, 1]), tensor([1, 3]), tensor([1, 1]), { margin: 0.5, reduction: 'none' }); // -> [0, 2.5]
 */
export const marginRanking = <S extends Shape, D extends Float, Y extends AnyTensor, Z extends AnyTensor, R extends Reduction = 'mean'>(
  a: Tensor<S, D>, b: Like<'marginRanking', S, D, Y, When<Y>>, order: Like<'marginRanking', S, D, Z, When<Z>>, options: MarginOptions<R> = {},
): Reduced<S, D, R> => {
  const { margin = 0 } = optionsOf('marginRanking', options, { margin: 'number', reduction: reductions });
  const [x, y] = operands('marginRanking', a, b);
  const [, t] = operands('marginRanking', a, order);
  expectLike('marginRanking', x, y);
  expectLike('marginRanking', x, t);
  return typed(reduce(positive(sub(constantLike(margin, x), mul(t, sub(x, y)))), options));
};

/**
 * For pairs of rows: half the squared distance of those that belong together (`same` 1), half of max(0, margin - distance)^2 of those that
 * do not (`same` 0). Hadsell, Chopra, LeCun, "Dimensionality reduction by learning an invariant mapping", 2006.
 *
 * @throws `shape` where the rows differ in shape, or `same` has not one number a row.
 * @example
 * import { nn, tensor } from 'cotangent';
 * const [a, b] = [tensor([[0, 0], [0, 0]]), tensor([[0.6, 0.8], [0.3, 0.4]])];
 * nn.contrastive(a, b, tensor([1, 0]), { reduction: 'none' }); // -> [0.5, 0.125]
 */
export const contrastive = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  a: Tensor<[...S, C], D>, b: Like<'contrastive', [...S, C], D, Y, When<Y>>, same: Tensor<NoInfer<S>, NoInfer<D>>, options: MarginOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('contrastive', options, { margin: 'number', reduction: reductions });
  const [x, y] = operands('contrastive', a, b);
  expectLike('contrastive', x, y);
  expectClasses('contrastive', x);
  const d = distance(x, y);
  const [, t] = operands('contrastive', a, same);
  expectLike('contrastive', d, t);
  const gap = positive(sub(constantLike(options.margin ?? 1, d), d));
  const losses = add(mul(t, mul(d, d)), mul(sub(constantLike(1, t), t), mul(gap, gap)));
  return typed(reduce(mul(losses, constantLike(0.5, losses)), options));
};

/**
 * max(0, |anchor - positive| - |anchor - negative| + margin) for each row. Schroff, Kalenichenko, Philbin, "FaceNet", 2015.
 *
 * @throws `shape` where the rows differ in shape, `dtype` where the dtypes differ.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.tripletMargin(tensor([[0, 0]]), tensor([[3, 4]]), tensor([[0, 5.5]])); // -> 0.5
 */
export const tripletMargin = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, Z extends AnyTensor, R extends Reduction = 'mean'>(
  anchor: Tensor<[...S, C], D>, near: Like<'tripletMargin', [...S, C], D, Y, When<Y>>, far: Like<'tripletMargin', [...S, C], D, Z, When<Z>>, options: MarginOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('tripletMargin', options, { margin: 'number', reduction: reductions });
  const [x, y] = operands('tripletMargin', anchor, near);
  const [, z] = operands('tripletMargin', anchor, far);
  expectLike('tripletMargin', x, y);
  expectLike('tripletMargin', x, z);
  expectClasses('tripletMargin', x);
  const gap = sub(distance(x, y), distance(x, z));
  return typed(reduce(positive(add(gap, constantLike(options.margin ?? 1, gap))), options));
};

/** What InfoNCE may be told. */
export interface InfoNceOptions<R extends Reduction> extends LossOptions<R> {
  /** What products are divided by. Default 0.1. */
  readonly temperature?: number;
}
/**
 * Row i of `queries` belongs to row i of `keys` and to no other: the cross-entropy of their products, divided by the temperature. Give rows of
 * length 1. van den Oord, Li, Vinyals, "Representation learning with contrastive predictive coding", 2018.
 *
 * @throws `shape` where the two are not matrices of one shape.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.infoNce(tensor([[1, 0], [0, 1]]), tensor([[1, 0], [0, 1]]), { temperature: 1 }); // -> 0.3132617
 */
export const infoNce = <N extends number, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  queries: Tensor<[N, C], D>, keys: Like<'infoNce', [N, C], D, Y, When<Y>>, options: InfoNceOptions<R> = {},
): Reduced<[N], D, R> => {
  optionsOf('infoNce', options, { temperature: 'number', reduction: reductions });
  const [q, k] = operands('infoNce', queries, keys);
  expectLike('infoNce', q, k);
  if (q.shape.length !== 2) throw new ShapeError(`infoNce: takes matrices, got ${show(q.shape)}`);
  const { temperature = 0.1 } = options;
  if (!(temperature > 0)) throw new CotangentError('options', `infoNce: the temperature ${temperature} is not positive`);
  const products = dotGeneral(q, k, { lhsContract: [1], rhsContract: [1], lhsBatch: [], rhsBatch: [] });
  return typed(reduce(composites.crossEntropy(mul(products, constantLike(1 / temperature, products)), iota([q.shape[0] ?? 0], 'i32', 0)), options));
};
