// The three-way broadcast of where: condition, then, else. Floor 0.
import { ShapeError } from '../error.ts';
import { broadcast, type Broadcast } from './broadcast.ts';
import type { Shape } from './dim.ts';
import type { Fits, Only } from './same.ts';

export type Where<Condition extends Shape, A extends Shape, B extends Shape, K = unknown> =
  Fits<Broadcast<A, B, K>, string, K> extends true ? `where: ${Broadcast<A, B, K> & string}`
  : Fits<Broadcast<Condition, Only<Broadcast<A, B, K>, Shape, K>, K>, string, K> extends true
    ? `where: ${Broadcast<Condition, Only<Broadcast<A, B, K>, Shape, K>, K> & string}`
    : Broadcast<Condition, Only<Broadcast<A, B, K>, Shape, K>, K>;

/** The run-time twin of `Where`. */
export function where(condition: Shape, a: Shape, b: Shape): number[] {
  try {
    return broadcast(condition, broadcast(a, b));
  } catch (error) {
    throw error instanceof ShapeError ? new ShapeError(`where: ${error.message}`) : error;
  }
}
