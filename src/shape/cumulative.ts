// Operations along axes that keep the shape: cumulative reductions, sorts, flips, rolls. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, axisIndices, type At, type Axes, type AxisMessage, type MarkAxes } from './axis.ts';
import { size, type Product, type Shape } from './dim.ts';
import type { AnswerOf } from './same.ts';

/** `S` itself where it has the axis; without an axis the elements in a row. cumsum, cumprod, sort, argsort. */
export type Cumulative<S extends Shape, Axis extends number | undefined = undefined, K = unknown> =
  [Axis] extends [number] ? At<S, Axis, K> extends readonly [infer _ extends Shape, infer __ extends number, infer ___ extends Shape] ? S : AxisMessage<S, Axis, At<S, Axis, K>, K>
  : [Axis] extends [undefined] ? [Product<S>] : Shape;

/** The run-time twin of `Cumulative`. */
export function cumulative(shape: Shape, axis?: number): number[] {
  if (axis === undefined) return [size(shape)];
  axisIndex(shape, axis);
  return [...shape];
}

/** `S` itself where it has the axes: one, several, or (undefined) all. */
export type Flip<S extends Shape, Axis extends Axes = undefined, K = unknown> =
  [Axis] extends [number] ? At<S, Axis, K> extends readonly [infer _ extends Shape, infer __ extends number, infer ___ extends Shape] ? S : AxisMessage<S, Axis, At<S, Axis, K>, K>
  : [Axis] extends [readonly number[]] ? MarkAxes<S, Axis, K> extends readonly [Shape] ? S : AnswerOf<MarkAxes<S, Axis, K>>
  : [Axis] extends [undefined] ? S : Shape;

/** The run-time twin of `Flip`. */
export function flip(shape: Shape, axis?: Axes): number[] {
  axisIndices(shape, axis);
  return [...shape];
}

/** `S` itself: elements move by `Shift` along the axis and come back in at the other end; a list of shifts has a list of axes. */
export type Roll<S extends Shape, Shift extends number | readonly number[], Axis extends Axes = undefined, K = unknown> =
  Count<Shift> extends infer n
    ? Count<Axis> extends infer m
      ? n extends null ? Flip<S, Axis, K>
      : m extends null ? Flip<S, Axis, K>
      : n extends m ? Flip<S, Axis, K>
      : `roll: ${n & number} shifts for ${m & number} axes`
      : never
    : never;
/** How many; null where one number does for all, or the compiler cannot tell. */
type Count<A> = A extends readonly unknown[] ? number extends A['length'] ? null : A['length'] : null;

/** The run-time twin of `Roll`. */
export function roll(shape: Shape, shift: number | readonly number[], axis?: Axes): number[] {
  if (typeof shift === 'object' && typeof axis === 'object' && shift.length !== axis.length) throw new ShapeError(`roll: ${shift.length} shifts for ${axis.length} axes`);
  return flip(shape, axis);
}
