// Reordering axes: transpose by a permutation, or reversing all axes; swapaxes. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import { show, type Shape, type Show, listed } from './dim.ts';
import type { Same } from './same.ts';

type Reversed<S extends Shape, Out extends Shape = []> =
  S extends readonly [infer d extends number, ...infer R extends Shape] ? Reversed<R, [d, ...Out]>
  : S extends readonly [] ? Out : Shape;

/** Axis i of the result is axis `Permutation[i]` of `S`; without a permutation the axes are reversed. */
export type Transpose<S extends Shape, Permutation extends readonly number[] | undefined = undefined, K = unknown> =
  [Permutation] extends [readonly number[]]
    ? number extends S['length'] | Permutation['length'] ? Shape
    : Permutation['length'] extends S['length'] ? Permuted<S, Permutation, Permutation, S, K> : NoPermutation<S, Permutation, K>
    : Reversed<S>;
/** Takes the dims one by one; those taken are marked in `Left`, so that none is taken twice. */
type Permuted<S extends Shape, P extends Shape, P0 extends Shape, Left extends Shape, K, Out extends Shape = []> =
  P extends readonly [infer Axis extends number, ...infer R extends Shape]
    ? At<Left, Axis, K> extends readonly [infer Before extends Shape, infer d extends number, infer After extends Shape]
      ? Same<d, -1, K> extends true ? NoPermutation<S, P0, K> : Permuted<S, R, P0, [...Before, -1, ...After], K, [...Out, d]>
      : At<Left, Axis, K> extends 'outside' ? NoPermutation<S, P0, K> : Shape
    : Out;
type NoPermutation<S extends Shape, P extends Shape, K> = `transpose: ${Show<P, K>} is not a permutation of the axes of ${Show<S, K>}`;

/** The run-time twin of `Transpose`. */
export function transpose(shape: Shape, permutation?: readonly number[]): number[] {
  if (permutation === undefined) return [...shape].reverse();
  const indices = listed('transpose', 'the permutation', permutation).map((axis) => axis < 0 ? axis + shape.length : axis);
  const dims = indices.map((index) => shape[index]).filter((dim) => dim !== undefined);
  if (dims.length === shape.length && new Set(indices).size === shape.length && indices.length === shape.length) return dims;
  throw new ShapeError(`transpose: ${show(permutation)} is not a permutation of the axes of ${show(shape)}`, 'axis');
}

/** `S` with two axes exchanged. */
export type SwapAxes<S extends Shape, A extends number, B extends number, K = unknown> =
  At<S, A, K> extends readonly [infer P extends Shape, infer a extends number, infer Q extends Shape]
    ? At<[...P, -1, ...Q], B, K> extends readonly [infer R extends Shape, infer b extends number, infer T extends Shape]
      ? Same<b, -1, K> extends true ? [...P, a, ...Q] : Exchanged<[...R, a, ...T], A, b, K>
      : AxisMessage<S, B, At<[...P, -1, ...Q], B, K>, K>
    : AxisMessage<S, A, At<S, A, K>, K>;
type Exchanged<S extends Shape, A extends number, b extends number, K> =
  At<S, A, K> extends readonly [infer P extends Shape, infer _, infer Q extends Shape] ? [...P, b, ...Q] : never;

/** The run-time twin of `SwapAxes`. */
export function swapaxes(shape: Shape, a: number, b: number): number[] {
  const i = axisIndex(shape, a);
  const j = axisIndex(shape, b);
  const result = [...shape];
  result[i] = shape[j] ?? 0;
  result[j] = shape[i] ?? 0;
  return result;
}
