// Lookups by integer ids: take along an axis, embedding, and oneHot, which is the same seen as a matrix. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import { show, type Shape, type Show, type First } from './dim.ts';

/** Axis `Axis` of `S` replaced by the axes of the ids; without an axis `S` is taken flat. */
export type Take<S extends Shape, Ids extends Shape, Axis extends number | undefined = undefined, K = unknown> =
  [Axis] extends [number]
    ? At<S, Axis, K> extends readonly [infer P extends Shape, infer _, infer Q extends Shape] ? [...P, ...Ids, ...Q] : AxisMessage<S, Axis, At<S, Axis, K>, K>
    : [Axis] extends [undefined] ? Ids : Shape;

/** The run-time twin of `Take`. */
export function take(shape: Shape, ids: Shape, axis?: number): number[] {
  if (axis === undefined) return [...ids];
  const index = axisIndex(shape, axis);
  return [...shape.slice(0, index), ...ids, ...shape.slice(index + 1)];
}

/** One row of the table for each id. */
export type Embedding<Table extends Shape, Ids extends Shape, K = unknown> =
  First<Table, K> extends readonly [infer _, infer R extends Shape] ? [...Ids, ...R]
  : First<Table, K> extends 'none' ? `embedding: table ${Show<Table, K>} needs rank >= 1` : Shape;

/** The run-time twin of `Embedding`. */
export function embedding(table: Shape, ids: Shape): number[] {
  if (table.length === 0) throw new ShapeError(`embedding: table ${show(table)} needs rank >= 1`);
  return [...ids, ...table.slice(1)];
}

/** A new last axis of length `N`. */
export type OneHot<Ids extends Shape, N extends number> = [...Ids, N];

/** The run-time twin of `OneHot`. */
export const oneHot = (ids: Shape, n: number): number[] => [...ids, n];
