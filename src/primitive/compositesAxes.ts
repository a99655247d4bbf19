// What composites share: axes counted from the end, reduced values spread again over what they were reduced from, and f16 computed in f32.
// Floor 2. Knows no composite.
import { ShapeError } from '../error.ts';
import { range, showAval, sizeOf } from '../ir/aval.ts';
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf } from '../trace/handle.ts';
import { div, sub } from './arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from './broadcast.ts';
import { convert } from './convert.ts';
import { at, expectDType } from './define.ts';
import { reduceMax } from './reduce.ts';
import { isFinite } from './rounding.ts';
import { select } from './select.ts';
import { stopGradient } from './stopGradient.ts';

/** An axis of a float tensor counted from the end, -1 being the last. */
export function fromEnd(x: AnyTensor, axis: number, name: string): number {
  const rank = x.shape.length;
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) throw new ShapeError(`${name}: axis ${axis} is out of range for ${showAval(avalOf(x))}`, 'axis');
  expectDType(avalOf(x), 'float', name);
  return axis < 0 ? axis : axis - rank;
}
/** Axes from the end as indices, in the order given. */
export const indicesOf = (x: AnyTensor, axes: readonly number[]): number[] => axes.map(a => a + x.shape.length);
/** A value reduced over `axes` (from the end, in increasing order) at the shape of `x` again. */
export const spread = (y: AnyTensor, x: AnyTensor, axes: readonly number[]): AnyTensor => {
  const reduced = indicesOf(x, axes);
  return broadcastInDim(y, x.shape, range(x.shape.length).filter(i => !reduced.includes(i)));
};
export const sumOver = (x: AnyTensor, axes: readonly number[]): AnyTensor => reduceSum(x, indicesOf(x, axes));
export function meanOver(x: AnyTensor, axes: readonly number[]): AnyTensor {
  const sum = sumOver(x, axes);
  return div(sum, constantLike(sizeOf(indicesOf(x, axes).map(a => at(x.shape, a))), sum));
}
/** The same for one axis. */
export const along = (y: AnyTensor, x: AnyTensor, axis: number): AnyTensor => spread(y, x, [axis]);
export const sumAlong = (x: AnyTensor, axis: number): AnyTensor => sumOver(x, [axis]);

/** The greatest values over `axes`, 0 where that is infinite or NaN; they only shift exponents, so they carry no derivative. */
export function shiftOf(x: AnyTensor, axes: readonly number[]): AnyTensor {
  const greatest = reduceMax(stopGradient(x), indicesOf(x, axes));
  return select(isFinite(greatest), greatest, constantLike(0, greatest));
}
/** x less its greatest value along the axis; where that is infinite nothing is subtracted, so that -inf stays -inf. */
export const shifted = (x: AnyTensor, axis: number): AnyTensor => sub(x, along(shiftOf(x, [axis]), x, axis));

/** What is summed or exponentiated has f32 at least; f16 would overflow at 65504. */
export const widened = (x: AnyTensor): AnyTensor => x.dtype === 'f16' ? convert(x, 'f32') : x;
/** The counterpart: what was computed in f32 in the dtype that it belongs to. */
export const inDType = (x: AnyTensor, dtype: DType): AnyTensor => x.dtype === dtype ? x : convert(x, dtype);
export const first = (xs: readonly AnyTensor[]): AnyTensor => at(xs, 0);
