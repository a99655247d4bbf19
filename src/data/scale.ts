// Normalisation that is fitted on some tensor, the training part, and applied to others. Floor 7.

import type { Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import * as np from '../numpy/index.ts';
import { typed } from '../numpy/typed.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';

/** An affine map of tensors, and its inverse. Both are pure and may be jitted or differentiated. */
export interface Scaling<D extends Float> {
  /** What is taken away first, shaped to broadcast. */
  readonly shift: AnyTensor;
  /** What is divided by then. */
  readonly scale: AnyTensor;
  readonly apply: <S extends Shape>(x: Tensor<S, D>) => Tensor<S, D>;
  readonly invert: <S extends Shape>(x: Tensor<S, D>) => Tensor<S, D>;
}

/** Options of the fits. */
export interface ScaleOptions {
  /** The axes that are summed up; default 0, so that each feature has its own scale. Images by channel: [0, 1, 2]. */
  readonly axis?: number | readonly number[];
}

type Untyped = Tensor<Shape>;
const loose = (x: AnyTensor): Untyped => typed(x);
/** The same broadcasts for every shape that the fit's own axes fit: np checks them at each call. */
function scaling<D extends Float>(shift: Untyped, scale: Untyped): Scaling<D> {
  return {
    shift, scale,
    apply: <S extends Shape>(x: Tensor<S, D>): Tensor<S, D> => typed(np.divide(np.subtract(loose(x), shift), scale)),
    invert: <S extends Shape>(x: Tensor<S, D>): Tensor<S, D> => typed(np.add(np.multiply(loose(x), scale), shift)),
  };
}
/** A feature that never varies is left at its distance from the mean. */
const orOne = (scale: Untyped): Untyped => typed(np.where(np.equal(scale, 0), np.onesLike(scale), scale));

/**
 * Mean 0 and standard deviation 1, of what it is fitted on: x becomes (x - mean) / deviation. Where the deviation is 0 it counts as 1.
 *
 * @example
 * import { data, tensor } from 'cotangent';
 * const fitted = data.standardize(tensor([[1, 10], [3, 10]]));
 * fitted.apply(tensor([[1, 10], [5, 12]])); // -> [[-1, 0], [3, 2]]
 * fitted.invert(tensor([[0, 0]])); // -> [[2, 10]]
 */
export function standardize<S extends Shape, D extends Float>(train: Tensor<S, D>, options: ScaleOptions = {}): Scaling<D> {
  const { axis = 0 } = optionsOf('data.standardize', options, { axis: 'any' });
  const x = loose(train);
  return scaling(typed(np.mean(x, { axis, keepdims: true })), orOne(typed(np.std(x, { axis, keepdims: true }))));
}

/**
 * From 0, at the least, to 1, at the greatest of what it is fitted on: x becomes (x - min) / (max - min). Where both are equal the
 * difference counts as 1.
 *
 * @example
 * import { data, tensor } from 'cotangent';
 * data.rescale(tensor([[0, 5], [10, 5]])).apply(tensor([[5, 6]])); // -> [[0.5, 1]]
 */
export function rescale<S extends Shape, D extends Float>(train: Tensor<S, D>, options: ScaleOptions = {}): Scaling<D> {
  const { axis = 0 } = optionsOf('data.rescale', options, { axis: 'any' });
  const x = loose(train);
  const least: Untyped = typed(np.min(x, { axis, keepdims: true }));
  return scaling(least, orOne(np.subtract(loose(typed(np.max(x, { axis, keepdims: true }))), least)));
}
