// A new axis: of length 1 for expandDims, of any length for stack and for results of vmap. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type First, type HasDynamic, type IsUnion, type Last, type Shape, type Show } from './dim.ts';

/** `S` with a new axis of length `D` that is axis `Axis` of the result; negative axes count from the result's end. */
export type InsertAxis<S extends Shape, Axis extends number, D extends number, K = unknown> =
  number extends Axis ? Shape : IsUnion<Axis> extends true ? Shape
  : `${Axis}` extends `-${infer N extends number}` ? FromEnd<S, N, Axis, D, S, K> : FromStart<S, Axis, D, S, K>;
type FromEnd<S extends Shape, N extends number, Axis extends number, D extends number, S0 extends Shape, K, After extends Shape = []> =
  [D, ...After]['length'] extends N ? [...S, D, ...After]
  : Last<S, K> extends readonly [infer R extends Shape, infer d extends number] ? FromEnd<R, N, Axis, D, S0, K, [d, ...After]>
  : NoPlace<S, S0, Axis, Last<S, K>, K>;
type FromStart<S extends Shape, Axis extends number, D extends number, S0 extends Shape, K, Before extends Shape = []> =
  Before['length'] extends Axis ? [...Before, D, ...S]
  : First<S, K> extends readonly [infer d extends number, infer R extends Shape] ? FromStart<R, Axis, D, S0, K, [...Before, d]>
  : NoPlace<S, S0, Axis, First<S, K>, K>;
type NoPlace<S extends Shape, S0 extends Shape, Axis extends number, End, K> =
  End extends 'none' ? `axis ${Axis} is out of range for inserting into ${Show<S0, K>}`
  : HasDynamic<S, K> extends true ? Shape : `axis ${Axis} of ${Show<S0, K>} cannot be told: the rank is generic`;

/** `S` with a new axis of length 1. */
export type ExpandDims<S extends Shape, Axis extends number, K = unknown> = InsertAxis<S, Axis, 1, K>;

/** The run-time twin of `InsertAxis`. */
export function insertAxis(shape: Shape, axis: number, dim: number): number[] {
  const index = axis < 0 ? axis + shape.length + 1 : axis;
  if (!Number.isInteger(axis) || index < 0 || index > shape.length) {
    throw new ShapeError(`axis ${axis} is out of range for inserting into ${show(shape)}`, 'axis');
  }
  return [...shape.slice(0, index), dim, ...shape.slice(index)];
}

/** The run-time twin of `ExpandDims`. */
export const expandDims = (shape: Shape, axis: number): number[] => insertAxis(shape, axis, 1);
