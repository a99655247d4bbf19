// topK: the greatest elements of an axis, as many as are asked for. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import { show, type Compare, type IsLiteral, type Shape, type Show, type ShowDim } from './dim.ts';

/** `S` with `N` elements along the axis. */
export type TopK<S extends Shape, N extends number, Axis extends number = -1, K = unknown> =
  At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape]
    ? `${N}` extends `-${string}` ? `topK: k is ${N}`
    : Exceeds<N, d, K> extends true ? `topK: k is ${N}, axis ${Axis} of ${Show<S, K>} has ${ShowDim<d, K>} elements` : [...P, N, ...Q]
    : AxisMessage<S, Axis, At<S, Axis, K>, K>;
type Exceeds<n extends number, d extends number, K> =
  IsLiteral<n, K> extends true ? IsLiteral<d, K> extends true ? Compare<n, d> extends '>' ? true : false : false : false;

/** The run-time twin of `TopK`. */
export function topK(shape: Shape, k: number, axis = -1): number[] {
  const index = axisIndex(shape, axis);
  if (!Number.isInteger(k) || k < 0) throw new ShapeError(`topK: k is ${k}`);
  const n = shape[index] ?? 0;
  if (k > n) throw new ShapeError(`topK: k is ${k}, axis ${axis} of ${show(shape)} has ${n} elements`);
  return shape.map((d, i) => i === index ? k : d);
}
