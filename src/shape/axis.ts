// Finding an axis: from the front by 0, 1, 2, from the end by -1, -2. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type First, type HasDynamic, type IsUnion, type Last, type Shape, type Show, listed, word } from './dim.ts';
import type { Same, Stop } from './same.ts';

/** An axis known at run time only, or one of several. */
export type IsUnknownAxis<Axis extends number> = number extends Axis ? true : IsUnion<Axis>;

/**
 * [the dims before the axis, its dim, the dims after]; or 'outside', 'dynamic' where the axis lies among unknown ones,
 * 'generic' where it lies among those that a type parameter stands for.
 */
export type At<S extends Shape, Axis extends number, K> =
  IsUnknownAxis<Axis> extends true ? 'dynamic'
  : `${Axis}` extends `-${infer N extends number}` ? FromEnd<S, N, K> : FromStart<S, Axis, K>;
type FromEnd<S extends Shape, N extends number, K, After extends Shape = []> =
  Last<S, K> extends readonly [infer R extends Shape, infer d extends number]
    ? [d, ...After]['length'] extends N ? [R, d, After] : FromEnd<R, N, K, [d, ...After]>
    : NotFound<S, Last<S, K>, K>;
type FromStart<S extends Shape, N extends number, K, Before extends Shape = []> =
  First<S, K> extends readonly [infer d extends number, infer R extends Shape]
    ? Before['length'] extends N ? [Before, d, R] : FromStart<R, N, K, [...Before, d]>
    : NotFound<S, First<S, K>, K>;
type NotFound<S extends Shape, End, K> = End extends 'none' ? 'outside' : HasDynamic<S, K> extends true ? 'dynamic' : 'generic';

/** What a rule answers that found no axis. */
export type AxisMessage<S extends Shape, Axis extends number, Found, K> =
  Found extends 'outside' ? `axis ${Axis} is out of range for ${Show<S, K>}`
  : Found extends 'dynamic' ? Shape
  : `axis ${Axis} of ${Show<S, K>} cannot be told: the rank is generic`;

/** The axis as an index from the front. Throws `axis` where `shape` has no such axis. */
export function axisIndex(shape: Shape, axis: number): number {
  const index = axis < 0 ? axis + shape.length : axis;
  if (!Number.isInteger(axis) || index < 0 || index >= shape.length) {
    throw new ShapeError(`axis ${word(axis)} is out of range for ${show(shape)}`, 'axis');
  }
  return index;
}

/** One axis, several, or (undefined) all of them. */
export type Axes = number | readonly number[] | undefined;

/** The axes as indices from the front, in the order given. Throws `axis` where one is out of range or named twice. */
export function axisIndices(shape: Shape, axes: Axes): number[] {
  if (axes === undefined) return shape.map((_, index) => index);
  const given = typeof axes === 'number' ? [axes] : listed('axes', 'the value', axes);
  const indices: number[] = [];
  for (const axis of given) {
    const index = axisIndex(shape, axis);
    if (indices.includes(index)) throw new ShapeError(`axis ${axis} of ${show(shape)} is given twice in ${show(given)}`, 'axis');
    indices.push(index);
  }
  return indices;
}

/** Stands in a shape for an axis that was taken out. No dim is negative. */
type Marked = -1;
/**
 * [`S` with the listed axes marked], or a stop. Folds over the list: each axis is
 * looked up in the shape marked so far, so one that is given twice meets its own mark.
 */
export type MarkAxes<S extends Shape, Axes extends readonly number[], K, S0 extends Shape = S, Given extends Shape = Axes> =
  Axes extends readonly [infer Axis extends number, ...infer R extends readonly number[]]
    ? At<S, Axis, K> extends readonly [infer Before extends Shape, infer d extends number, infer After extends Shape]
      ? Same<d, Marked, K> extends true ? Stop<`axis ${Axis} of ${Show<S0, K>} is given twice in ${Show<Given, K>}`>
      : MarkAxes<[...Before, Marked, ...After], R, K, S0, Given>
      : Stop<AxisMessage<S0, Axis, At<S, Axis, K>, K>>
    : Axes extends readonly [] ? [S] : Stop<Shape>;
/** The marked axes removed, or replaced by `With`. */
export type SweepAxes<S extends Shape, With extends Shape, K, Out extends Shape = []> =
  Last<S, K> extends readonly [infer R extends Shape, infer d extends number]
    ? SweepAxes<R, With, K, Same<d, Marked, K> extends true ? [...With, ...Out] : [d, ...Out]>
    : [...S, ...Out];
