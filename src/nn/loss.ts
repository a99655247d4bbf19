// Losses: how far a prediction is from its target, as one number or one a row; and the accuracy of a classifier. Floor 7.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import { intOnly } from '../dtype/agree.ts';
import { isInt, type Float } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { argmax } from '../primitive/argmax.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, le, lt } from '../primitive/comparison.ts';
import * as composites from '../primitive/composites.ts';
import * as pointwise from '../primitive/compositesActivation.ts';
import { convert } from '../primitive/convert.ts';
import { iota } from '../primitive/iota.ts';
import { and } from '../primitive/logical.ts';
import { select } from '../primitive/select.ts';
import { show, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import type { When } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { expectFloat } from './expect.ts';
import { expectLike, expectRowLabels, expectSoftLabels, type IntegerLabels, type LabelsOf, type Like } from './lossShape.ts';

/** What becomes of the single losses: their mean (the default), their sum, or nothing. */
export type Reduction = 'mean' | 'sum' | 'none';
export const reductions = ['mean', 'sum', 'none'] as const;
/** What a loss may be told. */
export interface LossOptions<R extends Reduction = 'mean'> { readonly reduction?: R }
/** One number, or the losses as they are. */
export type Reduced<S extends Shape, D extends Float, R extends Reduction> = R extends 'none' ? Tensor<S, NoInfer<D>> : Tensor<[], NoInfer<D>>;

export function reduce(losses: AnyTensor, { reduction = 'mean' }: LossOptions<Reduction>): AnyTensor {
  const all = range(losses.shape.length);
  switch (reduction) {
    case 'none': return losses;
    case 'sum': return reduceSum(losses, all);
    case 'mean': { const sum = reduceSum(losses, all); return div(sum, constantLike(sizeOf(losses.shape), sum)); }
    default: throw new CotangentError('options', `reduction ${JSON.stringify(reduction satisfies never)} is not one of mean, sum, none`);
  }
}
/** The two operands as handles, the first of a float dtype. */
export function operands(name: string, prediction: AnyTensor, target: unknown): readonly [AnyTensor, AnyTensor] {
  return [expectFloat(name, prediction), handleOf(typed(target), name)];
}

/**
 * (prediction - target)^2, by default its mean over all elements.
 *
 * @throws `shape` where the shapes differ (nothing is broadcast), `dtype` where the dtypes do.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.squaredError(tensor([1, 2]), tensor([1, 4])); // -> 2
 * nn.squaredError(tensor([1, 2]), tensor([1, 4]), { reduction: 'none' }); // -> [0, 4]
 */
export const squaredError = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  prediction: Tensor<S, D>, target: Like<'squaredError', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('squaredError', options, { reduction: reductions });
  const [p, t] = operands('squaredError', prediction, target);
  expectLike('squaredError', p, t);
  const error = sub(p, t);
  return typed(reduce(mul(error, error), options));
};

/** What a cross-entropy may be told. */
export interface CrossEntropyOptions<R extends Reduction, C extends number, D extends Float> extends LossOptions<R> {
  /** How much of each label is shared out evenly among all classes, from 0 to 1. Default 0. Szegedy et al., 2016. */
  readonly smoothing?: number;
  /** What a mistake about each class weighs. With integer labels the mean is divided by the weights of the labels. */
  readonly weights?: Tensor<[C], D>;
}

/**
 * -log softmax(logits)[label] along the last axis, by default its mean over all rows. Labels are integers, one a row (one outside the
 * classes gives NaN), or a distribution over the classes for each row. Smoothing and weights are those of PyTorch's CrossEntropyLoss.
 *
 * @throws `shape` where the labels do not fit the logits, `dtype` where soft labels have another dtype.
 * @example
 * import { nn, tensor } from 'cotangent';
 * const logits = tensor([[0, 0], [0, 1000]]);
 * nn.crossEntropy(logits, tensor([0, 1], 'i32'), { reduction: 'none' }); // -> [0.6931472, 0]
 * nn.crossEntropy(logits, tensor([[0.5, 0.5], [0, 1]])); // -> 0.3465736
 * nn.crossEntropy(tensor([[0, 0]]), tensor([1], 'i32'), { smoothing: 0.1, weights: tensor([1, 3]) }); // -> 0.6700423
 */
export const crossEntropy = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  logits: Tensor<[...S, C], D>, labels: LabelsOf<'crossEntropy', S, C, D, Y, When<Y>>, options: CrossEntropyOptions<R, NoInfer<C>, NoInfer<D>> = {},
): Reduced<S, D, R> => {
  optionsOf('crossEntropy', options, { smoothing: 'number', weights: 'any', reduction: reductions });
  const [x, y] = operands('crossEntropy', logits, labels);
  expectClasses('crossEntropy', x);
  if (isInt(y.dtype)) expectRowLabels('crossEntropy', x, y);
  else expectSoftLabels('crossEntropy', x, y);
  const { smoothing = 0, weights } = options;
  if (!(smoothing >= 0 && smoothing <= 1)) throw new CotangentError('options', `crossEntropy: the smoothing ${smoothing} is not in [0, 1]`);
  if (weights === undefined && smoothing === 0) return typed(reduce(isInt(y.dtype) ? composites.crossEntropy(x, y) : composites.crossEntropySoft(x, y), options));
  return typed(smoothed(x, y, smoothing, weights === undefined ? null : weightsOf(x, weights), options));
};
function weightsOf(x: AnyTensor, given: AnyTensor): AnyTensor {
  const weights = handleOf(given, 'crossEntropy');
  if (weights.dtype !== x.dtype) throw new DTypeError(`crossEntropy: dtypes differ: logits of ${x.dtype} and weights of ${weights.dtype} (use astype)`);
  if (weights.shape.length !== 1 || weights.shape[0] !== x.shape.at(-1)) throw new ShapeError(`crossEntropy: logits ${show(x.shape)} take ${x.shape.at(-1)} weights, got ${show(weights.shape)}`);
  return weights;
}
/** Every label becomes a distribution, mixed with the even one; weights multiply each class's term. */
function smoothed(x: AnyTensor, y: AnyTensor, smoothing: number, weights: AnyTensor | null, options: LossOptions<Reduction>): AnyTensor {
  const last = x.shape.length - 1;
  const classes = x.shape[last] ?? 0;
  const hard = isInt(y.dtype);
  const target = hard ? convert(eq(broadcastInDim(convert(y, 'i32'), x.shape, range(last)), iota(x.shape, 'i32', last)), x.dtype) : y;
  const mixed = add(mul(target, constantLike(1 - smoothing, target)), constantLike(smoothing / classes, target));
  const spread = weights === null ? null : broadcastInDim(weights, x.shape, [last]);
  const losses = composites.crossEntropySoft(x, spread === null ? mixed : mul(mixed, spread));
  const valid = hard ? and(le(constant(0, y.shape, 'i32'), convert(y, 'i32')), lt(convert(y, 'i32'), constant(classes, y.shape, 'i32'))) : null;
  const kept = valid === null ? losses : select(valid, losses, constantLike(NaN, losses));
  if (!hard || spread === null || (options.reduction ?? 'mean') !== 'mean') return reduce(kept, options);
  const all = range(x.shape.length);
  return div(reduce(kept, { reduction: 'sum' }), reduceSum(mul(target, spread), all));
}
export function expectClasses(name: string, logits: AnyTensor): void {
  if (logits.shape.length === 0) throw new ShapeError(`${name}: the logits are a scalar; they need a last axis of classes`);
}

/**
 * -t log sigmoid(x) - (1 - t) log(1 - sigmoid(x)) for logits x and targets t in [0, 1], by default its mean over all elements.
 *
 * @throws `shape` where the shapes differ (nothing is broadcast), `dtype` where the dtypes do.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.binaryCrossEntropy(tensor([0, 100]), tensor([1, 0]), { reduction: 'none' }); // -> [0.6931472, 100]
 */
export const binaryCrossEntropy = <S extends Shape, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  logits: Tensor<S, D>, targets: Like<'binaryCrossEntropy', S, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  optionsOf('binaryCrossEntropy', options, { reduction: reductions });
  const [x, t] = operands('binaryCrossEntropy', logits, targets);
  expectLike('binaryCrossEntropy', x, t);
  return typed(reduce(pointwise.binaryCrossEntropy(x, t), options));
};

/**
 * The share of rows whose greatest logit stands at the label.
 *
 * @throws `shape` where the labels do not fit the logits, `dtype` where they are no integers.
 * @example
 * import { nn, tensor } from 'cotangent';
 * nn.accuracy(tensor([[1, 2], [3, 0], [0, 5]]), tensor([1, 0, 0], 'i32')); // -> 0.6666667
 */
export const accuracy = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor>(
  logits: Tensor<[...S, C], D>, labels: IntegerLabels<'accuracy', S, C, Y, When<Y>>,
): Tensor<[], 'f32'> => {
  const [x, y] = operands('accuracy', logits, labels);
  expectClasses('accuracy', x);
  intOnly('accuracy', y.dtype);
  expectRowLabels('accuracy', x, y);
  const right = eq(argmax(x, x.shape.length - 1), convert(y, 'i32'));
  return typed(reduce(convert(right, 'f32'), {}));
};
