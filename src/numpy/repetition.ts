// The elements again, or elsewhere: tile, repeat, roll, turns of a matrix. Floor 7.
import { ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { broadcastInDim } from '../primitive/broadcast.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { at } from '../primitive/define.ts';
import { reshape } from '../primitive/reshape.ts';
import { reverse } from '../primitive/reverse.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { transpose } from '../primitive/transpose.ts';
import { axisIndex, axisIndices, type Axes } from '../shape/axis.ts';
import type { Check, Ok } from '../shape/check.ts';
import { roll as rollShape, type Roll } from '../shape/cumulative.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { repeat as repeatShape, tile as tileShape, type Repeat, type Tile } from '../shape/tile.ts';
import { handleOf } from '../trace/handle.ts';
import { checkedShape } from './operands.ts';
import { typed } from './typed.ts';

/**
 * The array over and over: each axis as many times as `reps` says, counted from the last axis on.
 *
 * @throws `shape` where a number of repetitions is no natural number.
 * @example
 * tile(tensor([1, 2]), 2); // -> [1, 2, 1, 2]
 * tile(tensor([1, 2]), [2, 1]); // -> [[1, 2], [1, 2]]
 */
export const tile = <S extends Shape, D extends DType, const Reps extends number | readonly number[], K = unknown>(
  x: Tensor<S, D>, reps: Check<Tile<S, Reps, K>, Reps, K>): Tensor<Ok<Tile<S, Reps, K>, K>, D> => {
  const handle = handleOf(x, 'tile');
  const given: number | readonly number[] = typed(reps);
  const shape = tileShape(handle.shape, given);
  const list = typeof given === 'number' ? [given] : given;
  const rank = shape.length;
  const own = range(rank).map(i => handle.shape[i - rank + handle.shape.length] ?? 1);
  const times = range(rank).map(i => list[i - rank + list.length] ?? 1);
  const wide = broadcastInDim(reshape(handle, own), own.flatMap((d, i) => [at(times, i), d]), range(rank).map(i => 2 * i + 1));
  return typed(reshape(wide, shape));
};

/**
 * Each element of an axis, or of the flat tensor, `n` times.
 *
 * @throws `axis` where the axis is out of range, `shape` where `n` is no natural number.
 * @example
 * repeat(tensor([1, 2]), 2); // -> [1, 1, 2, 2]
 * repeat(tensor([[1], [2]]), 2, { axis: 1 }); // -> [[1, 1], [2, 2]]
 */
export const repeat = <S extends Shape, D extends DType, const N extends number, const Axis extends number | undefined = undefined, K = unknown>(
  x: Tensor<S, D>, n: Check<Repeat<S, N, Axis, K>, N, K>, options?: { readonly axis?: Axis }): Tensor<Ok<Repeat<S, N, Axis, K>, K>, D> => {
  const handle = handleOf(x, 'repeat');
  const times: number = typed(n);
  const axis: number | undefined = optionsOf('repeat', options, { axis: 'any' })?.axis;
  const shape = repeatShape(handle.shape, times, axis);
  const source = axis === undefined ? reshape(handle, [sizeOf(handle.shape)]) : handle;
  const place = axisIndex(source.shape, axis ?? 0);
  const wide = [...source.shape.slice(0, place + 1), times, ...source.shape.slice(place + 1)];
  return typed(reshape(broadcastInDim(source, wide, range(source.shape.length).map(i => i <= place ? i : i + 1)), shape));
};

/**
 * The elements moved by `shift` along an axis, or in the flat tensor; those that leave come back in at the other end. A list of shifts has a list
 * of axes.
 *
 * @throws `axis` where an axis is out of range, `shape` where there is another number of shifts than of axes, or one is no integer.
 * @example
 * roll(tensor([1, 2, 3, 4]), 1); // -> [4, 1, 2, 3]
 * roll(tensor([[1, 2], [3, 4]]), -1, { axis: 1 }); // -> [[2, 1], [4, 3]]
 */
export const roll = <S extends Shape, D extends DType, const Shift extends number | readonly number[], const Axis extends Axes = undefined, K = unknown>(
  x: Tensor<S, D>, shift: Check<Roll<S, Shift, Axis, K>, Shift, K>, options?: { readonly axis?: Axis }): Tensor<S, D> => {
  return typed(rolledBy(handleOf(x, 'roll'), typed(shift), optionsOf('roll', options, { axis: 'any' })?.axis));
};
function rolledBy(x: AnyTensor, shift: number | readonly number[], axis: Axes): AnyTensor {
  rollShape(x.shape, shift, axis);
  if (axis === undefined) {
    const total = typeof shift === 'number' ? shift : shift.reduce((sum, s) => sum + s, 0);
    return reshape(rolled(reshape(x, [sizeOf(x.shape)]), 0, total), x.shape);
  }
  return axisIndices(x.shape, axis).reduce<AnyTensor>((y, place, i) => rolled(y, place, typeof shift === 'number' ? shift : shift[i] ?? at(shift, 0)), x);
}
function rolled(x: AnyTensor, axis: number, shift: number): AnyTensor {
  if (!Number.isSafeInteger(shift)) throw new ShapeError(`roll: shift ${shift} is not an integer`);
  const n = at(x.shape, axis);
  const cut = n === 0 ? 0 : ((-shift % n) + n) % n;
  return cut === 0 ? x : concatenate([sliceAxis(x, axis, cut, n), sliceAxis(x, axis, 0, cut)], axis);
}

/**
 * The columns in opposite order: axis 1 reversed.
 *
 * @throws `axis` where there is no axis 1.
 * @example
 * fliplr(tensor([[1, 2], [3, 4]])); // -> [[2, 1], [4, 3]]
 */
export const fliplr = <S extends readonly [number, number, ...number[]], D extends DType>(x: Tensor<S, D>): Tensor<S, D> => flipped('fliplr', x, 1);

/**
 * The rows in opposite order: axis 0 reversed.
 *
 * @throws `axis` for a scalar.
 * @example
 * flipud(tensor([[1, 2], [3, 4]])); // -> [[3, 4], [1, 2]]
 */
export const flipud = <S extends readonly [number, ...number[]], D extends DType>(x: Tensor<S, D>): Tensor<S, D> => flipped('flipud', x, 0);
function flipped(name: string, x: AnyTensor, axis: number): never {
  const handle = handleOf(x, name);
  return typed(reverse(handle, [axisIndex(handle.shape, axis)]));
}

/** Even numbers of quarter turns leave the shape, odd ones exchange the axes. */
type Turned<S extends Shape, N extends number> =
  number extends N ? Shape : `${N}` extends `${string}${0 | 2 | 4 | 6 | 8}` ? S : S extends readonly [infer a extends number, infer b extends number, ...infer R extends Shape] ? [b, a, ...R] : Shape;
/**
 * The plane of the first two axes turned by `k` quarters (default 1), from the first axis towards the second.
 *
 * @throws `axis` where there are no two axes, `shape` where `k` is no integer.
 * @example
 * rot90(tensor([[1, 2], [3, 4]])); // -> [[2, 4], [1, 3]]
 */
export const rot90 = <S extends readonly [number, number, ...number[]], D extends DType, const N extends number = 1>(x: Tensor<S, D>, k?: N): Tensor<Turned<S, N>, D> => {
  const handle = handleOf(x, 'rot90');
  axisIndex(handle.shape, 1);
  const turns: number = k ?? 1;
  if (!Number.isInteger(turns)) throw new ShapeError(`rot90: ${turns} turns; pass an integer`);
  const swap = (y: AnyTensor): AnyTensor => transpose(y, [1, 0, ...range(y.shape.length - 2).map(i => i + 2)]);
  switch (((turns % 4) + 4) % 4) {
    case 1: return typed(reverse(swap(handle), [0]));
    case 2: return typed(reverse(handle, [0, 1]));
    case 3: return typed(reverse(swap(handle), [1]));
    default: return typed(handle);
  }
};

/**
 * The elements in a row, over and over, under a shape of any size.
 *
 * @throws `shape` where there are no elements to fill it with.
 * @example
 * resize(tensor([1, 2, 3]), [2, 2]); // -> [[1, 2], [3, 1]]
 */
export const resize = <D extends DType, const T extends Shape>(x: Tensor<Shape, D>, shape: T): Tensor<Dims<T>, D> => {
  const handle = handleOf(x, 'resize');
  const dims = checkedShape(shape, 'resize');
  const [n, wanted] = [sizeOf(handle.shape), sizeOf(dims)];
  if (n === 0 && wanted > 0) throw new ShapeError(`resize: [${handle.shape.join(', ')}] has no elements to fill [${dims.join(', ')}] with`);
  const times = n === 0 ? 0 : Math.ceil(wanted / n);
  const flat = reshape(broadcastInDim(reshape(handle, [n]), [times, n], [1]), [times * n]);
  return typed(reshape(sliceAxis(flat, 0, 0, wanted), dims));
};
