// Losses: how far a prediction is from its target, as one number or one a row; and the accuracy of a classifier. Floor 7.
import { CotangentError, ShapeError } from '../error.ts';
import { intOnly } from '../dtype/agree.ts';
import { isInt, type Float } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { div, mul, sub } from '../primitive/arithmetic.ts';
import { argmax } from '../primitive/argmax.ts';
import { constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq } from '../primitive/comparison.ts';
import * as composites from '../primitive/composites.ts';
import * as pointwise from '../primitive/compositesActivation.ts';
import { convert } from '../primitive/convert.ts';
import type { Shape } from '../shape/dim.ts';
import type { When } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { expectFloat } from './expect.ts';
import { expectLike, expectRowLabels, expectSoftLabels, type IntegerLabels, type LabelsOf, type Like } from './lossShape.ts';

/** What becomes of the single losses: their mean (the default), their sum, or nothing. */
export type Reduction = 'mean' | 'sum' | 'none';
/** What a loss may be told. */
export interface LossOptions<R extends Reduction = 'mean'> { readonly reduction?: R }
/** One number, or the losses as they are. */
export type Reduced<S extends Shape, D extends Float, R extends Reduction> = R extends 'none' ? Tensor<S, NoInfer<D>> : Tensor<[], NoInfer<D>>;

function reduce(losses: AnyTensor, { reduction = 'mean' }: LossOptions<Reduction>): AnyTensor {
  const all = range(losses.shape.length);
  switch (reduction) {
    case 'none': return losses;
    case 'sum': return reduceSum(losses, all);
    case 'mean': { const sum = reduceSum(losses, all); return div(sum, constantLike(sizeOf(losses.shape), sum)); }
    default: throw new CotangentError('options', `reduction ${JSON.stringify(reduction satisfies never)} is not one of mean, sum, none`);
  }
}
/** The two operands as handles, the first of a float dtype. */
function operands(name: string, prediction: AnyTensor, target: unknown): readonly [AnyTensor, AnyTensor] {
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
  const [p, t] = operands('squaredError', prediction, target);
  expectLike('squaredError', p, t);
  const error = sub(p, t);
  return typed(reduce(mul(error, error), options));
};

/**
 * -log softmax(logits)[label] along the last axis, by default its mean over all rows. Labels are integers, one a row (one outside the
 * classes gives NaN), or a distribution over the classes for each row.
 *
 * @throws `shape` where the labels do not fit the logits, `dtype` where soft labels have another dtype.
 * @example
 * import { nn, tensor } from 'cotangent';
 * const logits = tensor([[0, 0], [0, 1000]]);
 * nn.crossEntropy(logits, tensor([0, 1], 'i32'), { reduction: 'none' }); // -> [0.6931472, 0]
 * nn.crossEntropy(logits, tensor([[0.5, 0.5], [0, 1]])); // -> 0.3465736
 */
export const crossEntropy = <S extends Shape, C extends number, D extends Float, Y extends AnyTensor, R extends Reduction = 'mean'>(
  logits: Tensor<[...S, C], D>, labels: LabelsOf<'crossEntropy', S, C, D, Y, When<Y>>, options: LossOptions<R> = {},
): Reduced<S, D, R> => {
  const [x, y] = operands('crossEntropy', logits, labels);
  expectClasses('crossEntropy', x);
  if (isInt(y.dtype)) {
    expectRowLabels('crossEntropy', x, y);
    return typed(reduce(composites.crossEntropy(x, y), options));
  }
  expectSoftLabels('crossEntropy', x, y);
  return typed(reduce(composites.crossEntropySoft(x, y), options));
};
function expectClasses(name: string, logits: AnyTensor): void {
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
