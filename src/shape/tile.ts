// Repetition: tile repeats the array as a whole, repeat each of its elements. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import { size, type IsDynamic, type Last, type Mul, type Product, type Shape, type Show, listed } from './dim.ts';

/** Each axis as many times as `Reps` says, counted from the last axis on; what the shorter of the two lacks is 1. */
export type Tile<S extends Shape, Reps extends number | readonly number[], K = unknown> =
  [Reps] extends [number] ? TileBy<S, [Reps], S, [], K> : [Reps] extends [readonly number[]] ? number extends Reps['length'] ? Shape : TileBy<S, Reps, S, [], K> : Shape;
type TileBy<S extends Shape, Reps extends Shape, S0 extends Shape, Out extends Shape, K> =
  Last<Reps, K> extends readonly [infer RR extends Shape, infer r extends number]
    ? `${r}` extends `-${string}` ? `tile: ${r} repetitions`
    : Last<S, K> extends readonly [infer RS extends Shape, infer d extends number] ? TileBy<RS, RR, S0, [[r] extends [1] ? d : Mul<d, r>, ...Out], K>
    : Last<S, K> extends 'none' ? TileBy<[], RR, S0, [r, ...Out], K>
    : IsDynamic<S, K> extends true ? Shape : `tile: the rank of ${Show<S0, K>} is generic`
    : [...S, ...Out];

/** The run-time twin of `Tile`. */
export function tile(shape: Shape, reps: number | readonly number[]): number[] {
  const given = typeof reps === 'number' ? [reps] : listed('tile', 'the repetitions', reps);
  const bad = [...given].reverse().find((r) => !Number.isInteger(r) || r < 0);
  if (bad !== undefined) throw new ShapeError(`tile: ${bad} repetitions`);
  const rank = Math.max(shape.length, given.length);
  return Array.from({ length: rank }, (_, i) => (shape[i - rank + shape.length] ?? 1) * (given[i - rank + given.length] ?? 1));
}

/** Axis `Axis` with each element `N` times; without an axis the elements in a row, each `N` times. */
export type Repeat<S extends Shape, N extends number, Axis extends number | undefined = undefined, K = unknown> =
  `${N}` extends `-${string}` ? `repeat: ${N} repetitions`
  : [Axis] extends [number]
    ? At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape] ? [...P, Mul<d, N>, ...Q] : AxisMessage<S, Axis, At<S, Axis, K>, K>
  : [Axis] extends [undefined] ? [Mul<Product<S>, N>] : Shape;

/** The run-time twin of `Repeat`. */
export function repeat(shape: Shape, n: number, axis?: number): number[] {
  if (!Number.isInteger(n) || n < 0) throw new ShapeError(`repeat: ${n} repetitions`);
  if (axis === undefined) return [size(shape) * n];
  const index = axisIndex(shape, axis);
  return shape.map((dim, i) => i === index ? dim * n : dim);
}
