// The same values in another dtype, and the same values without a derivative. Floor 7.
import type { DType } from '../dtype/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import { convert } from '../primitive/convert.ts';
import { stopGradient as stopped } from '../primitive/stopGradient.ts';
import type { Shape } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

/**
 * The values in another dtype. Floats become integers by truncation, saturate at the bounds, and NaN becomes 0; integers wrap; everything but
 * 0 is true. Between floats the gradient passes through.
 *
 * @example
 * astype(tensor([1.7, -2.9]), 'i32'); // -> [1, -2]
 */
export const astype = <S extends Shape, D extends DType>(x: Tensor<S, DType>, dtype: D): Tensor<S, D> => typed(convert(handleOf(x, 'astype'), dtype));

/**
 * The same values, whose derivative is zero.
 *
 * @example
 * grad((x: Scalar) => np.multiply(x, stopGradient(x)))(tensor(3)); // -> 3
 */
export const stopGradient = <S extends Shape, D extends DType>(x: Tensor<S, D>): Tensor<S, D> => typed(stopped(handleOf(x, 'stopGradient')));
