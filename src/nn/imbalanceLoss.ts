// Losses for classes of very different sizes: focal cross-entropies of logits, overlaps (Dice, Tversky) of probabilities. Floor 7.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import { isInt, type Float } from '../dtype/dtype.ts';
import { range, showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, le, lt } from '../primitive/comparison.ts';
import * as composites from '../primitive/composites.ts';
import * as pointwise from '../primitive/compositesActivation.ts';
import { convert } from '../primitive/convert.ts';
import { exp, logistic } from '../primitive/exponential.ts';
import { iota } from '../primitive/iota.ts';
import { and } from '../primitive/logical.ts';
import { pow } from '../primitive/power.ts';
import { select } from '../primitive/select.ts';
import { show, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { When } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { expectClasses, operands, reduce, reductions, type LossOptions, type Reduced, type Reduction } from './loss.ts';
import { expectLike, expectRowLabels, expectSoftLabels, type LabelsOf, type Like } from './lossShape.ts';

const by = (x: AnyTensor, c: number): AnyTensor => mul(x, constantLike(c, x));
const less = (c: number, x: AnyTensor): AnyTensor => sub(constantLike(c, x), x);
/** x^gamma for x >= 0, with derivative 0 at 0. */
function focused(x: AnyTensor, gamma: number): AnyTensor {
  if (gamma === 0) return constantLike(1, x);
  const none = le(x, constantLike(0, x));
  return select(none, constantLike(0, x), pow(select(none, constantLike(1, x), x), constantLike(gamma, x)));
}
function expectGamma(name: string, gamma: number): void {
  if (!(gamma >= 0 && gamma < Infinity)) throw new CotangentError('options', `${name}: gamma ${gamma} is not a number of at least 0`);
}

/** What a binary focal loss may be told. */
export interface BinaryFocalOptions<R extends Reduction> extends LossOptions<R> {
  /** How much less what is right already weighs: its loss is multiplied by (1 - p)^gamma. Default 2; with 0 it is a cross-entropy. */
  readonly gamma?: number;
  /** What targets of 1 weigh, from 0 to 1; those of 0 weigh 1 - alpha. Default: both weigh 1. The paper takes 0.25. */
  readonly alpha?: number;
}
/**
 * The cross-entropy of logits x and targets t in [0, 1], times (1 - p)^gamma, where p is the probability given to the target: many easy
 * negatives do not drown the few that matter. Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", 2017.
 *
 * @throws `shape` where the shapes differ (nothing is broadcast), `dtype` where the dtypes do, `options` for gamma below 0 or alpha outside [0, 1].
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.binaryFocal(tensor([0, 100]), tensor([1, 1]), { reduction: 'none' }); // -> [0.1732868, 0]
 */
export const binaryFocal = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  logits: Tensor<S, D>, targets: Like<'binaryFocal', S, D, Y, When<Y>>, options: BinaryFocalOptions<R> = {},
): Reduced<S, D, R> => {
  const { gamma = 2, alpha } = optionsOf('binaryFocal', options, { gamma: 'number', alpha: 'number', reduction: reductions });
  const [x, t] = operands('binaryFocal', logits, targets);
  expectLike('binaryFocal', x, t);
  expectGamma('binaryFocal', gamma);
  if (alpha !== undefined && !(alpha >= 0 && alpha <= 1)) throw new CotangentError('options', `binaryFocal: alpha ${alpha} is not in [0, 1]`);
  // 1 - p as sums of products, each without cancellation.
  const missed = add(mul(logistic(x), less(1, t)), mul(logistic(neg(x)), t));
  const losses = mul(focused(missed, gamma), pointwise.binaryCrossEntropy(x, t));
  return typed(reduce(alpha === undefined ? losses : mul(add(by(t, alpha), by(less(1, t), 1 - alpha)), losses), options));
};

/** What a focal loss may be told. */
export interface FocalOptions<R extends Reduction, C extends number, D extends Float> extends LossOptions<R> {
  /** As of the binary one. Default 2. */
  readonly gamma?: number;
  /** What each class weighs. Default: all weigh 1. */
  readonly weights?: Tensor<[C], D>;
}
/**
 * The cross-entropy of logits along the last axis, each class's term times (1 - p)^gamma for its probability p: rows that are right already
 * count little. Labels are integers, one a row (one outside the classes gives NaN), or a distribution for each row. Lin and others, 2017.
 *
 * @throws `shape` where the labels or the weights do not fit the logits, `dtype` where soft labels have another dtype, `options` for gamma below 0.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.focal(tensor([[0, 0], [0, 1000]]), tensor([0, 1], 'i32'), { reduction: 'none' }); // -> [0.1732868, 0]
 */
export const focal = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  logits: Tensor<[...S, C], D>, labels: LabelsOf<'focal', S, C, D, Y, When<Y>>, options: FocalOptions<R, NoInfer<C>, NoInfer<D>> = {},
): Reduced<S, D, R> => {
  const { gamma = 2, weights } = optionsOf('focal', options, { gamma: 'number', weights: 'any', reduction: reductions });
  const [x, y] = operands('focal', logits, labels);
  expectClasses('focal', x);
  expectGamma('focal', gamma);
  const last = x.shape.length - 1;
  const hard = isInt(y.dtype);
  if (hard) expectRowLabels('focal', x, y);
  else expectSoftLabels('focal', x, y);
  const ids = convert(y, 'i32');
  const target = hard ? convert(eq(broadcastInDim(ids, x.shape, range(last)), iota(x.shape, 'i32', last)), x.dtype) : y;
  const logs = composites.logSoftmax(x);
  const terms = mul(mul(target, focused(less(1, exp(logs)), gamma)), neg(finite(logs, target)));
  const losses = reduceSum(weights === undefined ? terms : mul(terms, broadcastInDim(weightsOf(x, weights), x.shape, [last])), [last]);
  if (!hard) return typed(reduce(losses, options));
  const known = and(le(constant(0, y.shape, 'i32'), ids), lt(ids, constant(x.shape[last] ?? 0, y.shape, 'i32')));
  return typed(reduce(select(known, losses, constantLike(NaN, losses)), options));
};
/** Log-probabilities where something is wanted; 0 elsewhere, where they may be -inf. */
const finite = (logs: AnyTensor, target: AnyTensor): AnyTensor => select(eq(target, constantLike(0, target)), constantLike(0, logs), logs);
function weightsOf(x: AnyTensor, given: AnyTensor): AnyTensor {
  const weights = handleOf(given, 'focal');
  if (weights.dtype !== x.dtype) throw new DTypeError(`focal: dtypes differ: logits of ${x.dtype} and weights of ${weights.dtype} (use astype)`);
  if (weights.shape.length !== 1 || weights.shape[0] !== x.shape.at(-1)) throw new ShapeError(`focal: logits ${show(x.shape)} take ${x.shape.at(-1)} weights, got ${showAval(weights.aval)}`);
  return weights;
}

/** What a Dice loss may be told. */
export interface DiceOptions<R extends Reduction> extends LossOptions<R> {
  /** Added to both sides of the fraction, so that nothing found where nothing is counts as found. Default 1e-7; 1 is usual for small regions. */
  readonly smooth?: number;
}
/** What a Tversky loss may be told. */
export interface TverskyOptions<R extends Reduction> extends DiceOptions<R> {
  /** What each false positive weighs. Default 0.5, which makes it the Dice loss. */
  readonly alpha?: number;
  /** What each false negative weighs. Default 0.5. */
  readonly beta?: number;
}
/** 1 - (hits + smooth) / (hits + alpha wrong + beta missed + smooth), for each example. */
function overlap(name: string, probabilities: AnyTensor, targets: unknown, { alpha, beta, smooth }: { readonly alpha: number; readonly beta: number; readonly smooth: number }): AnyTensor {
  const [p, t] = operands(name, probabilities, targets);
  expectLike(name, p, t);
  if (p.shape.length < 2) throw new ShapeError(`${name}: the prediction ${show(p.shape)} must be [examples, ...places]; one example is [1, ...places]`);
  for (const [what, c] of Object.entries({ alpha, beta, smooth })) if (!(c >= 0 && c < Infinity)) throw new CotangentError('options', `${name}: ${what} ${c} is not a number of at least 0`);
  const inside = (x: AnyTensor): AnyTensor => reduceSum(x, range(p.shape.length).slice(1));
  const hits = inside(mul(p, t));
  const beside = add(by(inside(mul(p, less(1, t))), alpha), by(inside(mul(less(1, p), t)), beta));
  const plus = (x: AnyTensor): AnyTensor => add(x, constantLike(smooth, x));
  return less(1, div(plus(hits), plus(add(hits, beside))));
}
/**
 * How far a predicted region is from overlapping the true one: 1 - 2 |A B| / (|A| + |B|) for each example [places ...] of probabilities and
 * targets in [0, 1]. Milletari, Navab, Ahmadi, "V-Net", 2016 (with sums in place of squares, as in Keras). Give probabilities
 * (`nn.sigmoid(logits)`), and for each class of its own a `vmap` over the classes.
 *
 * @throws `shape` where the shapes differ or have no axis of examples, `dtype` where the dtypes do, `options` for a negative `smooth`.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.dice(tensor([[1, 1, 0, 0], [0, 0, 0, 0]]), tensor([[1, 0, 0, 0], [0, 0, 0, 0]]), { reduction: 'none' }); // -> [0.3333333, 0]
 */
export const dice = <N extends number, S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  probabilities: Tensor<[N, ...S], D>, targets: Like<'dice', [N, ...S], D, Y, When<Y>>, options: DiceOptions<R> = {},
): Reduced<[N], D, R> => {
  const { smooth = 1e-7 } = optionsOf('dice', options, { smooth: 'number', reduction: reductions });
  // Both sides halved: 2 hits / (|A| + |B|) is hits / (hits + (wrong + missed) / 2).
  return typed(reduce(overlap('dice', probabilities, targets, { alpha: 0.5, beta: 0.5, smooth: smooth / 2 }), options));
};
/**
 * As `dice`, with false positives and false negatives weighed apart: 1 - hits / (hits + alpha false positives + beta false negatives). With
 * beta above alpha fewer things are missed. Salehi, Erdogmus, Gholipour, "Tversky loss function for image segmentation", 2017.
 *
 * @throws `shape`, `dtype` as {@link dice}; `options` for negative weights.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.tversky(tensor([[1, 1, 1, 0]]), tensor([[1, 0, 0, 1]]), { alpha: 0.3, beta: 0.7 }); // -> 0.5652174
 */
export const tversky = <N extends number, S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  probabilities: Tensor<[N, ...S], D>, targets: Like<'tversky', [N, ...S], D, Y, When<Y>>, options: TverskyOptions<R> = {},
): Reduced<[N], D, R> => {
  const { alpha = 0.5, beta = 0.5, smooth = 1e-7 } = optionsOf('tversky', options, { alpha: 'number', beta: 'number', smooth: 'number', reduction: reductions });
  return typed(reduce(overlap('tversky', probabilities, targets, { alpha, beta, smooth }), options));
};
