// Moveaxis: one axis goes to another place, the others keep their order. Floor 0.
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import type { Shape } from './dim.ts';
import { insertAxis, type InsertAxis } from './expandDims.ts';

/** `S` with axis `From` as axis `To`. */
export type MoveAxis<S extends Shape, From extends number, To extends number, K = unknown> =
  At<S, From, K> extends readonly [infer Before extends Shape, infer d extends number, infer After extends Shape]
    ? InsertAxis<[...Before, ...After], To, d, K>
    : AxisMessage<S, From, At<S, From, K>, K>;

/** The permutation that moves the axis: axis i of the result is axis `moved[i]`. Throws what `MoveAxis` says. */
export function movedAxes(shape: Shape, source: number, destination: number): number[] {
  const from = axisIndex(shape, source);
  const others = shape.map((_, axis) => axis).filter(axis => axis !== from);
  insertAxis(others.map(axis => shape[axis] ?? 0), destination, shape[from] ?? 0);
  return insertAxis(others, destination, from);
}

/** The run-time twin of `MoveAxis`. */
export const moveaxis = (shape: Shape, source: number, destination: number): number[] => movedAxes(shape, source, destination).map(axis => shape[axis] ?? 0);
