// Metrics of scores and numbers: areas under the ROC and the precision-recall curve, binary accuracy, R squared. Floor 7. No gradients are meant.
import { ShapeError } from '../error.ts';
import { intOnly } from '../dtype/agree.ts';
import type { Float, Int } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, gt, ne } from '../primitive/comparison.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convert } from '../primitive/convert.ts';
import { cummax, cummin, cumsum } from '../primitive/cumulative.ts';
import { at } from '../primitive/define.ts';
import { iota } from '../primitive/iota.ts';
import { or } from '../primitive/logical.ts';
import { reduceMax } from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { sort } from '../primitive/sort.ts';
import { show, type Shape } from '../shape/dim.ts';
import type { When } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { expectFloat } from './expect.ts';
import { operands, reduce } from './loss.ts';
import { expectLike, type Like } from './lossShape.ts';

/** Examples by ascending score: which are positive, and for each how many of a kind stand before, and up to the end of, those of its score. */
interface Ranked {
  readonly count: number;
  readonly positive: AnyTensor;
  readonly positives: AnyTensor;
  /** Of all examples, and of the positive ones, how many have a lower score. */
  readonly below: AnyTensor;
  readonly positivesBelow: AnyTensor;
  /** Of the positive ones, how many have no higher score. */
  readonly positivesUpTo: AnyTensor;
  /** How many have no higher score. */
  readonly upTo: AnyTensor;
  /** Whether a score is NaN, or a label is neither 0 nor 1. */
  readonly unfit: AnyTensor;
}
function ranked(name: string, scores: AnyTensor, labels: AnyTensor): Ranked {
  const [x, y] = [expectFloat(name, scores), handleOf(labels, name)];
  intOnly(name, y.dtype);
  if (show(x.shape) !== show(y.shape)) throw new ShapeError(`${name}: scores ${show(x.shape)} and labels ${show(y.shape)} differ in shape`);
  const count = sizeOf(x.shape);
  if (count === 0) throw new ShapeError(`${name}: there are no examples in ${show(x.shape)}`);
  const flat = [count];
  const ids = reshape(convert(y, 'i32'), flat);
  const [sorted, positive] = (r => [at(r, 0), at(r, 1)] as const)(sort(reshape(x, flat), [ids], 0));
  const one = constant(1, [1], 'bool');
  const differs = ne(sliceAxis(sorted, 0, 1, count), sliceAxis(sorted, 0, 0, count - 1));
  const [first, final] = [concatenate([one, differs], 0), concatenate([differs, one], 0)];
  const along = { axis: 0, reverse: false };
  const zero = constant(0, flat, 'i32');
  const most = constant(count, flat, 'i32');
  const place = iota(flat, 'i32', 0);
  const so = cumsum(positive, along);
  // Counts only grow, so the greatest at a beginning so far is that of this score's beginning.
  const before = (n: AnyTensor): AnyTensor => cummax(select(first, n, zero), along);
  const until = (n: AnyTensor): AnyTensor => cummin(select(final, n, most), { axis: 0, reverse: true });
  const odd = or(ne(sorted, sorted), or(gt(zero, positive), gt(positive, constant(1, flat, 'i32'))));
  return {
    count, positive, positives: reduceSum(positive, [0]), below: before(place), positivesBelow: before(sub(so, positive)),
    upTo: until(add(place, constantLike(1, place))), positivesUpTo: until(so), unfit: reduceMax(convert(odd, 'i32'), [0]),
  };
}
/** The sum of `shares` over the positive examples, divided by their number; NaN where that says nothing. */
function overPositives({ positive, positives, unfit, count }: Ranked, shares: AnyTensor, others: boolean): AnyTensor {
  const p = convert(positives, 'f32');
  const empty = others ? or(eq(p, constantLike(0, p)), eq(p, constantLike(count, p))) : eq(p, constantLike(0, p));
  const nothing = or(empty, gt(unfit, constantLike(0, unfit)));
  const sum = reduceSum(mul(shares, convert(positive, 'f32')), [0]);
  return select(nothing, constantLike(NaN, sum), div(sum, select(nothing, constantLike(1, p), p)));
}
const float = (x: AnyTensor): AnyTensor => convert(x, 'f32');

/**
 * The area under the ROC curve: how likely a positive example (label 1) has a greater score than a negative one (label 0); of equal scores
 * each counts half. Scores may be logits or probabilities: only their order matters. NaN where all labels are equal, one is neither 0 nor 1,
 * or a score is NaN. Fawcett, "An introduction to ROC analysis", 2006. Exact, by sorting; give all examples at once, for means over batches differ.
 *
 * @throws `shape` where scores and labels differ in shape or there are none, `dtype` where the labels are no integers.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.rocAuc(tensor([0.1, 0.4, 0.35, 0.8]), tensor([0, 0, 1, 1], 'i32')); // -> 0.75
 */
export const rocAuc = <S extends Shape, D extends Float>(scores: Tensor<S, D>, labels: Tensor<NoInfer<S>, Int>): Tensor<[], 'f32'> => {
  const r = ranked('rocAuc', scores, labels);
  // Twice the negatives below, and those beside once more.
  const beaten = add(sub(r.below, r.positivesBelow), sub(r.upTo, r.positivesUpTo));
  const negatives = float(sub(constantLike(r.count, r.positives), r.positives));
  const none = eq(negatives, constantLike(0, negatives));
  const share = div(float(beaten), broadcastInDim(mul(select(none, constantLike(1, negatives), negatives), constantLike(2, negatives)), [r.count], []));
  return typed(overPositives(r, share, true));
};

/**
 * The area under the precision-recall curve, as average precision: the mean over all positive examples (label 1) of the precision at their
 * score. Steps are not joined by lines, which would promise too much (Davis, Goadrich, "The relationship between precision-recall and ROC
 * curves", 2006). NaN where there is no positive example, a label is neither 0 nor 1, or a score is NaN.
 *
 * @throws as {@link rocAuc}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.averagePrecision(tensor([0.1, 0.4, 0.35, 0.8]), tensor([0, 0, 1, 1], 'i32')); // -> 0.8333333
 */
export const averagePrecision = <S extends Shape, D extends Float>(scores: Tensor<S, D>, labels: Tensor<NoInfer<S>, Int>): Tensor<[], 'f32'> => {
  const r = ranked('averagePrecision', scores, labels);
  const hits = sub(broadcastInDim(r.positives, [r.count], []), r.positivesBelow);
  return typed(overPositives(r, div(float(hits), float(sub(constantLike(r.count, r.below), r.below))), false));
};

/**
 * The share of elements whose logit is above `threshold` (0 unless given: probability one half) exactly where the target is 1.
 *
 * @throws `shape` where the shapes differ, `dtype` where the dtypes do.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.binaryAccuracy(tensor([2, -1, 0.5]), tensor([1, 0, 0])); // -> 0.6666667
 */
export const binaryAccuracy = <S extends Shape, D extends Float, Y extends AnyTensor>(logits: Tensor<S, D>, targets: Like<'binaryAccuracy', S, D, Y, When<Y>>, threshold = 0): Tensor<[], 'f32'> => {
  const [x, t] = operands('binaryAccuracy', logits, targets);
  expectLike('binaryAccuracy', x, t);
  const found = convert(gt(x, constantLike(threshold, x)), x.dtype);
  return typed(reduce(convert(eq(found, t), 'f32'), {}));
};

/**
 * The coefficient of determination, 1 - sum (target - prediction)^2 / sum (target - mean target)^2, over all elements: 1 for a perfect
 * prediction, 0 for one that is no better than the mean. NaN or -inf where all targets are equal.
 *
 * @throws `shape` where the shapes differ, `dtype` where the dtypes do.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.rSquared(tensor([2.5, 0, 2, 8]), tensor([3, -0.5, 2, 7])); // -> 0.9486081
 */
export const rSquared = <S extends Shape, D extends Float, Y extends AnyTensor>(prediction: Tensor<S, D>, target: Like<'rSquared', S, D, Y, When<Y>>): Tensor<[], NoInfer<D>> => {
  const [p, t] = operands('rSquared', prediction, target);
  expectLike('rSquared', p, t);
  const squares = (e: AnyTensor): AnyTensor => reduceSum(mul(e, e), range(e.shape.length));
  const share = div(squares(sub(t, p)), squares(sub(t, broadcastInDim(reduce(t, {}), t.shape, []))));
  return typed(sub(constantLike(1, share), share));
};
