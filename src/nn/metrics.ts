// Metrics of classifiers: top-k accuracy, confusion matrix and what follows from it, perplexity, calibration. Floor 7. No gradients are meant.
import { CotangentError, ShapeError } from '../error.ts';
import { intOnly } from '../dtype/agree.ts';
import type { Float, Int } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { argmax } from '../primitive/argmax.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, gt, lt } from '../primitive/comparison.ts';
import * as composites from '../primitive/composites.ts';
import { convert } from '../primitive/convert.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { exp } from '../primitive/exponential.ts';
import { iota } from '../primitive/iota.ts';
import { and, or } from '../primitive/logical.ts';
import { reduceMax } from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { abs, ceil } from '../primitive/rounding.ts';
import { clamp, select } from '../primitive/select.ts';
import { show, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { When } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { expectFeatures } from './expect.ts';
import { expectClasses, operands, reduce } from './loss.ts';
import { expectRowLabels, type IntegerLabels } from './lossShape.ts';

/** Scores [...rows, classes] and an integer for each row. */
function classified(name: string, scores: AnyTensor, labels: unknown): readonly [AnyTensor, AnyTensor] {
  const [x, y] = operands(name, scores, labels);
  expectClasses(name, x);
  intOnly(name, y.dtype);
  expectRowLabels(name, x, y);
  return [x, convert(y, 'i32')];
}
const meanOf = (x: AnyTensor): AnyTensor => reduce(x, {});
const oneHot = (ids: AnyTensor, classes: number): AnyTensor => {
  const shape = [...ids.shape, classes];
  return eq(broadcastInDim(ids, shape, range(ids.shape.length)), iota(shape, 'i32', ids.shape.length));
};

/**
 * The share of rows whose label is among the `k` greatest scores. Of equal scores the first counts as the greater.
 *
 * @throws `shape` where the labels do not fit, `dtype` where they are no integers, `value` where k is not between 1 and the number of classes.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.topKAccuracy(tensor([[1, 2, 3], [3, 2, 1]]), tensor([1, 2], 'i32'), 2); // -> 0.5
 */
export const topKAccuracy = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor>(
  scores: Tensor<[...S, C], D>, labels: IntegerLabels<'topKAccuracy', S, C, Y, When<Y>>, k: number,
): Tensor<[], 'f32'> => {
  const [x, y] = classified('topKAccuracy', scores, labels);
  const [last, classes] = [x.shape.length - 1, x.shape.at(-1) ?? 0];
  if (!Number.isSafeInteger(k) || k < 1 || k > classes) throw new CotangentError('value', `topKAccuracy: k is ${k}, there are ${classes} classes`);
  const own = oneHot(y, classes);
  const score = broadcastInDim(reduceMax(select(own, x, constantLike(-Infinity, x)), [last]), x.shape, range(last));
  const earlier = and(eq(x, score), lt(iota(x.shape, 'i32', last), broadcastInDim(y, x.shape, range(last))));
  const above = reduceSum(convert(or(gt(x, score), earlier), 'i32'), [last]);
  // A label outside the classes is never right.
  const exists = reduceMax(convert(own, 'i32'), [last]);
  return typed(meanOf(convert(and(lt(above, constantLike(k, above)), eq(exists, constantLike(1, exists))), 'f32')));
};

/**
 * How often label i (row) was predicted as j (column), in i32. Ids outside 0 ... classes - 1 are not counted.
 *
 * @throws `shape` where the two differ in shape, `dtype` where they are no integers.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.confusionMatrix(tensor([0, 1, 1], 'i32'), tensor([0, 0, 1], 'i32'), 2); // -> [[1, 1], [0, 1]]
 */
export const confusionMatrix = <S extends Shape, const C extends number>(predictions: Tensor<S, Int>, labels: Tensor<NoInfer<S>, Int>, classes: C): Tensor<[C, C], 'i32'> => {
  expectFeatures('confusionMatrix', classes);
  const [p, y] = [handleOf(predictions, 'confusionMatrix'), handleOf(labels, 'confusionMatrix')];
  for (const x of [p, y]) intOnly('confusionMatrix', x.dtype);
  if (show(p.shape) !== show(y.shape)) throw new ShapeError(`confusionMatrix: predictions ${show(p.shape)} and labels ${show(y.shape)} differ in shape`);
  const ids = (x: AnyTensor): AnyTensor => convert(oneHot(reshape(convert(x, 'i32'), [sizeOf(x.shape)]), classes), 'i32');
  return typed(dotGeneral(ids(y), ids(p), { lhsContract: [0], rhsContract: [0], lhsBatch: [], rhsBatch: [] }));
};

/** What a classifier is worth, class by class. */
export interface ClassScores<C extends number> {
  /** Of those predicted as the class, the share that belongs to it. */
  readonly precision: Tensor<[C]>;
  /** Of those that belong to the class, the share predicted as it. */
  readonly recall: Tensor<[C]>;
  /** The harmonic mean of both. */
  readonly f1: Tensor<[C]>;
}
/**
 * Precision, recall and F1 of each class, from a confusion matrix (rows are labels). Where nothing was predicted, or nothing is there, 0.
 *
 * @throws `shape` where the matrix is not square.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.precisionRecallF1(tensor([[1, 1], [0, 1]], 'i32')); // -> { f1: [0.6666667, 0.6666667], precision: [1, 0.5], recall: [0.5, 1] }
 */
export const precisionRecallF1 = <C extends number>(confusion: Tensor<[C, NoInfer<C>], Int>): ClassScores<C> => {
  const { hits, predicted, present } = counted('precisionRecallF1', confusion);
  return typed({ precision: share(hits, predicted), recall: share(hits, present), f1: share(mul(constantLike(2, hits), hits), add(predicted, present)) });
};

/** What a confusion matrix counts, class by class, as f32: hits, all that were predicted, all that are there. */
function counted(name: string, confusion: AnyTensor): { readonly hits: AnyTensor; readonly predicted: AnyTensor; readonly present: AnyTensor } {
  const handle = handleOf(confusion, name);
  intOnly(name, handle.dtype);
  const [rows, columns] = handle.shape;
  if (handle.shape.length !== 2 || rows !== columns) throw new ShapeError(`${name}: ${show(handle.shape)} is no square matrix`);
  const m = convert(handle, 'f32');
  const hits = reduceSum(select(eq(iota(m.shape, 'i32', 0), iota(m.shape, 'i32', 1)), m, constantLike(0, m)), [1]);
  return { hits, predicted: reduceSum(m, [0]), present: reduceSum(m, [1]) };
}
/** A share, 0 where there is nothing to share. */
function share(of: AnyTensor, all: AnyTensor): AnyTensor {
  const none = eq(all, constantLike(0, all));
  return select(none, constantLike(0, of), div(of, select(none, constantLike(1, all), all)));
}
/**
 * The F score of each class from a confusion matrix (rows are labels): the harmonic mean of precision and recall in which recall counts beta
 * times as much; with beta 1 it is F1. 0 where nothing was predicted and nothing is there. van Rijsbergen, "Information retrieval", 1979.
 *
 * @throws `shape` where the matrix is not square, `value` where beta is not positive.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.fBeta(tensor([[1, 1], [0, 1]], 'i32'), 2); // -> [0.5555556, 0.8333333]
 */
export const fBeta = <C extends number>(confusion: Tensor<[C, NoInfer<C>], Int>, beta: number): Tensor<[C]> => {
  if (!(beta > 0 && beta < Infinity)) throw new CotangentError('value', `fBeta: beta ${beta} is not a positive number`);
  const { hits, predicted, present } = counted('fBeta', confusion);
  const times = (x: AnyTensor, c: number): AnyTensor => mul(x, constantLike(c, x));
  return typed(share(times(hits, 1 + beta * beta), add(predicted, times(present, beta * beta))));
};
/**
 * How much of each class's region is found, from a confusion matrix of places (rows are labels): those predicted as the class that belong to it,
 * over all that are the one or the other (Jaccard's index). 0 where the class does not occur. The usual score of a segmentation is its `np.mean`.
 *
 * @throws `shape` where the matrix is not square.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.intersectionOverUnion(tensor([[1, 1], [0, 1]], 'i32')); // -> [0.5, 0.5]
 */
export const intersectionOverUnion = <C extends number>(confusion: Tensor<[C, NoInfer<C>], Int>): Tensor<[C]> => {
  const { hits, predicted, present } = counted('intersectionOverUnion', confusion);
  return typed(share(hits, sub(add(predicted, present), hits)));
};

/**
 * exp of the mean cross-entropy: among how many words, on average, a language model chooses.
 *
 * @throws `shape` where the labels do not fit, `dtype` where they are no integers.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.perplexity(tensor([[0, 0, 0, 0]]), tensor([2], 'i32')); // -> 4
 */
export const perplexity = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor>(
  logits: Tensor<[...S, C], D>, labels: IntegerLabels<'perplexity', S, C, Y, When<Y>>,
): Tensor<[], NoInfer<D>> => {
  const [x, y] = classified('perplexity', logits, labels);
  return typed(exp(meanOf(composites.crossEntropy(x, y))));
};

/**
 * The expected calibration error: rows are put into `bins` (15 unless given) of equal width by the probability of their prediction; the
 * difference between accuracy and mean probability of each bin, weighted by its share of rows. Bin i holds (i / bins, (i + 1) / bins].
 * Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017.
 *
 * @throws `shape` where the labels do not fit, `dtype` where they are no integers.
 * @example
 * import { nn, tensor } from 'cotangent';
 * const probabilities = tensor([[0.8, 0.2], [0.8, 0.2], [0.4, 0.6], [0.4, 0.6]]);
 * nn.calibrationError(probabilities, tensor([0, 1, 1, 1], 'i32')); // -> 0.35
 */
export const calibrationError = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor>(
  probabilities: Tensor<[...S, C], D>, labels: IntegerLabels<'calibrationError', S, C, Y, When<Y>>, options: { readonly bins?: number } = {},
): Tensor<[], NoInfer<D>> => {
  const { bins = 15 } = optionsOf('calibrationError', options, { bins: 'number' });
  expectFeatures('calibrationError', bins);
  const [x, y] = classified('calibrationError', probabilities, labels);
  const rows = sizeOf(y.shape);
  const last = x.shape.length - 1;
  const confidence = reshape(reduceMax(x, [last]), [rows]);
  const right = reshape(convert(eq(argmax(x, last), y), x.dtype), [rows]);
  const place = sub(ceil(mul(confidence, constantLike(bins, confidence))), constantLike(1, confidence));
  const bin = convert(clamp(constant(0, [rows], x.dtype), place, constant(bins - 1, [rows], x.dtype)), 'i32');
  const members = convert(oneHot(bin, bins), x.dtype);
  // |sum of (right - confidence)| of each bin, over all rows: the bin's share times the difference of its means.
  const gaps = dotGeneral(sub(right, confidence), members, { lhsContract: [0], rhsContract: [0], lhsBatch: [], rhsBatch: [] });
  const total = reduceSum(abs(gaps), [0]);
  return typed(div(total, constantLike(Math.max(1, rows), total)));
};
