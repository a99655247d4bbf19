// The contraction that every product is made of, with JAX's dimension numbers: which axes are summed over, which are batch
// axes. The result has the batch axes, then the free axes of the left, then those of the right. Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndices, type At, type MarkAxes, type SweepAxes } from './axis.ts';
import { show, type Shape, type Show, type ShowDim, type Unify } from './dim.ts';
import type { AnswerOf, Stop } from './same.ts';

/** Axis `lhsContract[i]` is summed against `rhsContract[i]`; axes `lhsBatch[i]` and `rhsBatch[i]` run together; all others are free. */
export interface DotDimensions {
  readonly lhsContract: readonly number[];
  readonly rhsContract: readonly number[];
  readonly lhsBatch: readonly number[];
  readonly rhsBatch: readonly number[];
}

/** The dims of `S` at the listed axes; a type that is no shape where one is not known. */
type Pick<S extends Shape, Axes, K, Out extends Shape = []> =
  Axes extends readonly [infer Axis extends number, ...infer R]
    ? At<S, Axis, K> extends readonly [infer _, infer d extends number, infer __] ? Pick<S, R, K, [...Out, d]> : 'not known'
    : Out;
/** [the unified dims], or a stop. */
type Paired<A extends Shape, B extends Shape, X, Y, LX, LY, Kind extends string, K, Out extends Shape = []> =
  X extends readonly [infer a extends number, ...infer RX]
    ? Y extends readonly [infer b extends number, ...infer RY]
      ? LX extends readonly [infer l extends number, ...infer RLX] ? LY extends readonly [infer r extends number, ...infer RLY]
        ? Unify<a, b, K> extends readonly [infer d extends number] ? Paired<A, B, RX, RY, RLX, RLY, Kind, K, [...Out, d]>
        : Stop<`dotGeneral: ${Kind} dims differ, ${Show<A, K>} x ${Show<B, K>}: axis ${l} is ${ShowDim<a, K>}, axis ${r} is ${ShowDim<b, K>}`>
        : never : never
      : Stop<Shape>
    : X extends string ? Stop<Shape> : [Out];
type CountMessage<L extends Shape, R extends Shape, Kind extends string> =
  `dotGeneral: ${L['length']} ${Kind} axes on the left, ${R['length']} on the right`;

export type DotGeneral<A extends Shape, B extends Shape, D extends DotDimensions, K = unknown> =
  D['lhsContract']['length'] extends D['rhsContract']['length']
    ? D['lhsBatch']['length'] extends D['rhsBatch']['length']
      ? Marked<A, [...D['lhsBatch'], ...D['lhsContract']], B, [...D['rhsBatch'], ...D['rhsContract']], D, K>
      : CountMessage<D['lhsBatch'], D['rhsBatch'], 'batch'>
    : CountMessage<D['lhsContract'], D['rhsContract'], 'contracting'>;
type Marked<A extends Shape, LA extends readonly number[], B extends Shape, LB extends readonly number[], D extends DotDimensions, K> =
  MarkAxes<A, LA, K> extends readonly [infer MA extends Shape]
    ? MarkAxes<B, LB, K> extends readonly [infer MB extends Shape]
      ? AllPaired<A, B, D, K> extends readonly [infer Batch extends Shape] ? [...Batch, ...SweepAxes<MA, [], K>, ...SweepAxes<MB, [], K>] : AnswerOf<AllPaired<A, B, D, K>>
      : AnswerOf<MarkAxes<B, LB, K>>
    : AnswerOf<MarkAxes<A, LA, K>>;
/** [the batch dims], or a stop. */
type AllPaired<A extends Shape, B extends Shape, D extends DotDimensions, K> =
  Paired<A, B, Pick<A, D['lhsContract'], K>, Pick<B, D['rhsContract'], K>, D['lhsContract'], D['rhsContract'], 'contracting', K> extends readonly [infer _ extends Shape]
    ? Paired<A, B, Pick<A, D['lhsBatch'], K>, Pick<B, D['rhsBatch'], K>, D['lhsBatch'], D['rhsBatch'], 'batch', K>
    : Paired<A, B, Pick<A, D['lhsContract'], K>, Pick<B, D['rhsContract'], K>, D['lhsContract'], D['rhsContract'], 'contracting', K>;

/** The run-time twin of `DotGeneral`. */
export function dotGeneral(a: Shape, b: Shape, { lhsContract, rhsContract, lhsBatch, rhsBatch }: DotDimensions): number[] {
  sameCount('contracting', lhsContract, rhsContract);
  sameCount('batch', lhsBatch, rhsBatch);
  const left = axisIndices(a, [...lhsBatch, ...lhsContract]);
  const right = axisIndices(b, [...rhsBatch, ...rhsContract]);
  sameDims('contracting', a, b, lhsContract, rhsContract);
  sameDims('batch', a, b, lhsBatch, rhsBatch);
  return [
    ...left.slice(0, lhsBatch.length).map((index) => a[index] ?? 0),
    ...a.filter((_, index) => !left.includes(index)),
    ...b.filter((_, index) => !right.includes(index)),
  ];
}

function sameCount(kind: string, left: readonly number[], right: readonly number[]): void {
  if (left.length !== right.length) throw new ShapeError(`dotGeneral: ${left.length} ${kind} axes on the left, ${right.length} on the right`);
}
function sameDims(kind: string, a: Shape, b: Shape, left: readonly number[], right: readonly number[]): void {
  left.forEach((axis, n) => {
    const other = right[n] ?? 0;
    if (a.at(axis) === b.at(other)) return;
    throw new ShapeError(`dotGeneral: ${kind} dims differ, ${show(a)} x ${show(b)}: axis ${axis} is ${a.at(axis)}, axis ${other} is ${b.at(other)}`);
  });
}
