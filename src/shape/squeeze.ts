// Squeeze: axes of length 1 are taken away, those named or all. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndices, type At, type Axes, type AxisMessage, type MarkAxes, type SweepAxes } from './axis.ts';
import { show, type IsLiteral, type Shape, type Show } from './dim.ts';
import type { AnswerOf, Same } from './same.ts';

/** `Axis` is one axis, a list, or undefined for all axes of length 1 (then the rank is known only if all dims are literal). */
export type Squeeze<S extends Shape, Axis extends Axes = undefined, K = unknown> =
  [Axis] extends [number] ? One<S, Axis, K>
  : [Axis] extends [readonly number[]] ? Some<S, Axis, K>
  : [Axis] extends [undefined] ? All<S, K> : Shape;
type IsOne<d extends number, K> = Same<d, 1, K> extends true ? true : Same<d, number, K> extends true ? true : false;
type NotOne<S extends Shape, Axis extends number, K> = `squeeze: axis ${Axis} of ${Show<S, K>} is not 1`;
type One<S extends Shape, Axis extends number, K> =
  At<S, Axis, K> extends readonly [infer Before extends Shape, infer d extends number, infer After extends Shape]
    ? IsOne<d, K> extends true ? [...Before, ...After] : NotOne<S, Axis, K>
    : AxisMessage<S, Axis, At<S, Axis, K>, K>;
type Some<S extends Shape, Axes extends readonly number[], K> =
  MarkAxes<S, Axes, K> extends readonly [infer M extends Shape]
    ? FirstNotOne<S, Axes, K> extends infer Axis extends number ? NotOne<S, Axis, K> : SweepAxes<M, [], K>
    : AnswerOf<MarkAxes<S, Axes, K>>;
type FirstNotOne<S extends Shape, Axes extends readonly number[], K> =
  Axes extends readonly [infer Axis extends number, ...infer R extends readonly number[]]
    ? At<S, Axis, K> extends readonly [infer _ extends Shape, infer d extends number, infer __ extends Shape] ? IsOne<d, K> extends true ? FirstNotOne<S, R, K> : Axis : null
    : null;
type All<S extends Shape, K, Out extends Shape = []> =
  S extends readonly [infer d extends number, ...infer R extends Shape]
    ? IsLiteral<d, K> extends true ? All<R, K, d extends 1 ? Out : [...Out, d]> : Shape
    : S extends readonly [] ? Out : Shape;

/** The run-time twin of `Squeeze`. */
export function squeeze(shape: Shape, axis?: Axes): number[] {
  if (axis === undefined) return shape.filter((dim) => dim !== 1);
  const indices = axisIndices(shape, axis);
  const given = typeof axis === 'number' ? [axis] : axis;
  indices.forEach((index, n) => {
    if (shape[index] !== 1) throw new ShapeError(`squeeze: axis ${given[n]} of ${show(shape)} is not 1`);
  });
  return shape.filter((_, index) => !indices.includes(index));
}
