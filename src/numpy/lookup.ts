// Lookups by integers: take and oneHot. Floor 7.
import { intOnly } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import { isSigned, type DType, type Int } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Ids, TakeAxis, TakeIds, Taken, TakeOptions, Tensor } from '../ir/tensor.ts';
import { add } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike } from '../primitive/broadcast.ts';
import { eq, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { gather } from '../primitive/gather.ts';
import { iota } from '../primitive/iota.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { take as takeShape, takeIndex } from '../shape/take.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

/**
 * The elements of an axis at integer ids, or of the flat tensor where no axis is given; ids of any shape stand in its place, one
 * number takes the axis away. Negative ids count from the end. An id outside gives NaN (the least value of signed, the greatest of unsigned
 * integers, true), or with `mode: 'clip'` the nearest element; `'promise'` says that there is none. A number outside is refused.
 *
 * @throws `axis` where the axis is out of range, `dtype` where the ids are no integers, `index` for a number outside.
 * @example
 * take(tensor([[1, 2], [3, 4], [5, 6]]), tensor([-1, 0], 'i32'), { axis: 0 }); // -> [[5, 6], [1, 2]]
 * take(tensor([10, 20]), tensor([1, 2], 'i32')); // -> [20, NaN]
 * take(tensor([[1, 2], [3, 4]]), 1, { axis: 1 }); // -> [2, 4]
 */
export const take = <S extends Shape, D extends DType, I extends Ids, const Axis extends number | undefined = undefined, K = unknown>(
  x: Tensor<S, D>, ids: TakeIds<S, I, Axis, K>, options?: TakeOptions<TakeAxis<S, I, Axis, K>>): Taken<S, D, I, Axis, K> => typed(taken(handleOf(x, 'take'), typed(ids), typed(optionsOf('take', options, { axis: 'any', mode: ['fill', 'clip', 'promise'] }) ?? {})));

function taken(x: AnyTensor, ids: Ids, options: TakeOptions<number | undefined>): AnyTensor {
  const source = options.axis === undefined ? reshape(x, [sizeOf(x.shape)]) : x;
  const axis = axisIndex(source.shape, options.axis ?? 0);
  const count = source.shape[axis] ?? 0;
  if (typeof ids === 'number') return takenAt(source, axis, ids);
  const handle = handleOf(ids, 'take');
  intOnly('take', handle.dtype);
  const shape = takeShape(source.shape, handle.shape, axis);
  const fromStart = isSigned(handle.dtype) ? fromEnd(convert(handle, 'i32'), count) : handle;
  return reshape(gather(source, fromStart, { axis, mode: options.mode ?? 'fill' }), shape);
}
/** Ids of the last elements, -1 and so on, as ids from the first one. */
function fromEnd(ids: AnyTensor, count: number): AnyTensor {
  return select(lt(ids, constantLike(0, ids)), add(ids, constantLike(count, ids)), ids);
}
function takenAt(x: AnyTensor, axis: number, id: number): AnyTensor {
  const index = takeIndex(x.shape, id, axis);
  return reshape(sliceAxis(x, axis, index, index + 1), takeShape(x.shape, [], axis));
}

/**
 * A new last axis of `n` elements: 1 at the id, 0 elsewhere. An id outside 0 ... n - 1 gives zeros alone.
 *
 * @throws `dtype` where the ids are no integers.
 * @example
 * oneHot(tensor([0, 2], 'i32'), 3); // -> [[1, 0, 0], [0, 0, 1]]
 */
export const oneHot = <S extends Shape, const N extends number, D extends DType = 'f32'>(ids: Tensor<S, Int>, n: N, dtype?: D): Tensor<[...S, ...Dims<[N]>], NoInfer<D>> => {
  const handle = handleOf(ids, 'oneHot');
  intOnly('oneHot', handle.dtype);
  const count: number = n;
  if (!Number.isSafeInteger(count) || count < 0) throw new ShapeError(`oneHot: ${count} is not a dim`);
  const shape = [...handle.shape, count];
  const same = eq(broadcastInDim(handle, shape, range(handle.shape.length)), iota(shape, handle.dtype, handle.shape.length));
  return typed(convert(same, dtype ?? 'f32'));
};
