// takeAlongAxis: for each line along an axis its own indices; the other axes broadcast. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import { broadcast, type Broadcast } from './broadcast.ts';
import { show, type Shape, type Show } from './dim.ts';
import type { Fits, Only } from './same.ts';

/** The shape of the ids, whose axes but `Axis` are broadcast with those of `S`. */
export type TakeAlongAxis<S extends Shape, Ids extends Shape, Axis extends number, K = unknown> =
  number extends S['length'] | Ids['length'] ? Shape
  : S['length'] extends Ids['length']
    ? At<S, Axis, K> extends readonly [infer P extends Shape, infer _, infer Q extends Shape]
      ? At<Ids, Axis, K> extends readonly [infer P2 extends Shape, infer d extends number, infer Q2 extends Shape]
        ? Broadcast<[...P, 1, ...Q], [...P2, 1, ...Q2], K> extends infer B
          ? Fits<B, string, K> extends true ? `takeAlongAxis: ${B & string}`
          : At<Only<B, Shape, K>, Axis, K> extends readonly [infer P3 extends Shape, infer __, infer Q3 extends Shape] ? [...P3, d, ...Q3] : Shape
          : never
        : Shape
      : AxisMessage<S, Axis, At<S, Axis, K>, K>
  : `takeAlongAxis: ranks differ, ${Show<S, K>} and ids ${Show<Ids, K>}`;

/** The run-time twin of `TakeAlongAxis`. */
export function takeAlongAxis(shape: Shape, ids: Shape, axis: number): number[] {
  if (shape.length !== ids.length) throw new ShapeError(`takeAlongAxis: ranks differ, ${show(shape)} and ids ${show(ids)}`);
  const index = axisIndex(shape, axis);
  const others = (dims: Shape): number[] => dims.map((dim, i) => i === index ? 1 : dim);
  try {
    return broadcast(others(shape), others(ids)).map((dim, i) => i === index ? ids[i] ?? 0 : dim);
  } catch (error) {
    throw error instanceof ShapeError ? new ShapeError(`takeAlongAxis: ${error.message}`) : error;
  }
}
