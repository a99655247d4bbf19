// flatten: what dense layers take of an image. Floor 7.
import { ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { reshape } from '../primitive/reshape.ts';
import type { Shape } from '../shape/dim.ts';
import { expectFloat } from './expect.ts';
import type { HeadOf, TailOf } from './image.ts';
import type { NoDim } from './misfit.ts';

type Examples<S extends Shape> = S extends readonly [] ? NoDim<'flatten: the input is a scalar; it needs a first axis of examples'> : HeadOf<S>;
/**
 * [n, ...rest] to [n, product of the rest], in row-major order: a layer between images and dense layers.
 *
 * @throws `shape` for a scalar.
 * @example
 * import { nn, zeros } from 'cotangent';
 * nn.flatten(zeros([32, 5, 5, 16])).shape; // -> [32, 400]
 */
export const flatten = <S extends Shape, D extends Float>(x: Tensor<S, D>): Tensor<[Examples<S>, TailOf<S>], D> => {
  const handle = expectFloat('flatten', x);
  const [n, ...rest] = handle.shape;
  if (n === undefined) throw new ShapeError('flatten: the input is a scalar; it needs a first axis of examples');
  return typed(reshape(handle, [n, sizeOf(rest)]));
};
