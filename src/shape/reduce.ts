// Reductions: sum, mean, max, argmax and their like take axes away, or keep them as 1. Floor 0.
import { axisIndices, type At, type Axes, type AxisMessage, type MarkAxes, type SweepAxes } from './axis.ts';
import type { Shape } from './dim.ts';
import type { AnswerOf } from './same.ts';

/** `Axis` is one axis, a list, or undefined for all axes; `Keep` leaves a 1 in place of each. */
export type Reduce<S extends Shape, Axis extends Axes = undefined, Keep extends boolean = false, K = unknown> =
  [Axis] extends [number] ? ReduceOne<S, Axis, Keep, K>
  : [Axis] extends [readonly number[]] ? ReduceSome<S, Axis, Keep, K>
  : [Axis] extends [undefined]
    ? boolean extends Keep ? Shape : Keep extends true ? { -readonly [I in keyof S]: 1 } : []
    : Shape;
type ReduceOne<S extends Shape, Axis extends number, Keep extends boolean, K> =
  At<S, Axis, K> extends readonly [infer Before extends Shape, infer _, infer After extends Shape]
    ? boolean extends Keep ? Shape : Keep extends true ? [...Before, 1, ...After] : [...Before, ...After]
    : AxisMessage<S, Axis, At<S, Axis, K>, K>;
type ReduceSome<S extends Shape, Axis extends readonly number[], Keep extends boolean, K> =
  MarkAxes<S, Axis, K> extends readonly [infer M extends Shape]
    ? boolean extends Keep ? Shape : SweepAxes<M, Keep extends true ? [1] : [], K>
    : AnswerOf<MarkAxes<S, Axis, K>>;

/** The run-time twin of `Reduce`. */
export function reduce(shape: Shape, axis: Axes, keepdims = false): number[] {
  const indices = axisIndices(shape, axis);
  return shape.flatMap((dim, index) => indices.includes(index) ? keepdims ? [1] : [] : [dim]);
}
