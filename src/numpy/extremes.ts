// Where the extremes are: argmax and argmin. Floor 7.
import type { DType } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Reduced, ReduceAxes, ReduceOptions, Tensor } from '../ir/tensor.ts';
import * as primitive from '../primitive/argmax.ts';
import { reshape } from '../primitive/reshape.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { reduce } from '../shape/reduce.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

function indexed(name: string, x: AnyTensor, options: unknown, find: (x: AnyTensor, axis: number) => AnyTensor): never {
  const handle = handleOf(x, name);
  const { axis, keepdims }: { readonly axis?: number; readonly keepdims?: boolean } = typed(optionsOf(name, options, { axis: 'any', keepdims: 'flag' }) ?? {});
  const shape = reduce(handle.shape, axis, keepdims ?? false);
  const found = axis === undefined ? find(reshape(handle, [sizeOf(handle.shape)]), 0) : find(handle, axisIndex(handle.shape, axis));
  return typed(reshape(found, shape));
}

/**
 * The index of the first greatest element along an axis, or of the flat tensor; of the first NaN if there is one. i32.
 *
 * @throws `axis` where the axis is out of range or empty.
 * @example
 * argmax(tensor([[1, 5], [4, 3]]), { axis: 1 }); // -> [1, 0]
 */
export const argmax = <S extends Shape, D extends DType, const Axis extends number | undefined = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, 'i32', Axis, Keep, K> => indexed('argmax', x, options, primitive.argmax);

/**
 * The index of the first least element along an axis, or of the flat tensor; of the first NaN if there is one. i32.
 *
 * @throws `axis` where the axis is out of range or empty.
 * @example
 * argmin(tensor([[1, 5], [4, 3]])); // -> 0
 */
export const argmin = <S extends Shape, D extends DType, const Axis extends number | undefined = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, 'i32', Axis, Keep, K> => indexed('argmin', x, options, primitive.argmin);
