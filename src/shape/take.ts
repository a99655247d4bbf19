// Lookups by integer ids: take along an axis, embedding, and oneHot, which is the same seen as a matrix. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import { show, type Compare, type First, type HasDynamic, type IsLiteral, type IsUnion, type Product, type Shape, type Show } from './dim.ts';
import type { Fits, Only } from './same.ts';

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

/** What is wrong with one number in place of the ids: it lies outside the axis. `true` where nothing is, or where it cannot be told. */
export type TakeIndex<S extends Shape, Id, Axis extends number | undefined = undefined, K = unknown> =
  Fits<Id, number, K> extends true
    ? [Axis] extends [number]
      ? At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, Shape] ? Inside<Only<Id, number, K>, d, P['length'], S, K> : true
      : [Axis] extends [undefined] ? HasDynamic<S, K> extends true ? true : InsideFlat<Only<Id, number, K>, Product<S>, K> : true
    : true;
type InsideFlat<Id extends number, Count, K> = Count extends number ? Inside<Id, Count, 0, [Count], K> : true;
type Inside<Id extends number, d extends number, Axis extends number, S extends Shape, K> =
  number extends Id ? true : IsUnion<Id> extends true ? true : IsLiteral<d, K> extends true
    ? `${Id}` extends `-${infer n extends number}` ? Compare<n, d> extends '>' ? `take: index ${Id} is outside axis ${Axis} of ${Show<S, K>}` : true
    : IsLiteral<Id, K> extends true ? Compare<Id, d> extends '<' ? true : `take: index ${Id} is outside axis ${Axis} of ${Show<S, K>}` : true
    : true;

/** The run-time twin of `TakeIndex`: the index counted from the start. Throws `index`. */
export function takeIndex(shape: Shape, id: number, axis: number): number {
  const count = shape[axis] ?? 0;
  const index = id < 0 ? id + count : id;
  if (!Number.isInteger(id) || index < 0 || index >= count) throw new ShapeError(`take: index ${id} is outside axis ${axis} of ${show(shape)}`, 'index');
  return index;
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
