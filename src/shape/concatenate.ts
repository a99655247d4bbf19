// Joining arrays along an axis that they have (concatenate), or along a new one (stack). Floor 0.
import { ShapeError } from '../error.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';
import { show, type Add, type First, type HasDynamic, type IsLiteral, type Shape, type Show, type ShowDim, type Unify } from './dim.ts';
import { insertAxis, type InsertAxis } from './expandDims.ts';
import type { AnswerOf, Fits, Same, Stop } from './same.ts';

/** Two shapes that must be equal: [the better known dims]; or [the first axis that differs, its two dims]; or 'rank', 'open'. */
type UnifyAll<A extends Shape, B extends Shape, K, Out extends Shape = []> =
  First<A, K> extends readonly [infer a extends number, infer RA extends Shape]
    ? First<B, K> extends readonly [infer b extends number, infer RB extends Shape]
      ? Unify<a, b, K> extends readonly [infer d extends number] ? UnifyAll<RA, RB, K, [...Out, d]> : [Out['length'], a, b]
      : First<B, K> extends 'none' ? 'rank' : HasDynamic<B, K> extends true ? 'open' : 'rank'
    : First<A, K> extends 'none'
      ? First<B, K> extends 'none' ? [Out] : First<B, K> extends 'open' ? HasDynamic<B, K> extends true ? 'open' : 'rank' : 'rank'
      : Fits<A, B, K> extends true ? [[...Out, ...A]] : HasDynamic<A, K> extends true ? 'open' : HasDynamic<B, K> extends true ? 'open' : 'rank';

// ---- concatenate ------------------------------------------------------------------------------------------------------

/** The shapes of `Operands` joined along `Axis`. A list of unknown length gives that axis an unknown length. */
export type Concatenate<Operands extends readonly Shape[], Axis extends number = 0, K = unknown> =
  [Operands] extends [readonly [infer S extends Shape, ...infer R extends readonly Shape[]]]
    ? At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape]
      ? Joined<S, P, d, Q, R, Axis, K>
      : AxisMessage<S, Axis, At<S, Axis, K>, K>
    : [Operands] extends [readonly []] ? 'concatenate: no operands'
    : At<Operands[number], Axis, K> extends readonly [infer P extends Shape, infer _, infer Q extends Shape] ? [...P, number, ...Q] : Shape;
/** Joins the shapes `Rest` to [...P, d, ...Q], which is what the operands so far give; S is the first of them. */
type Joined<S extends Shape, P extends Shape, d extends number, Q extends Shape, Rest, Axis extends number, K> =
  Rest extends readonly [infer T extends Shape, ...infer R extends readonly Shape[]]
    ? At<T, Axis, K> extends readonly [infer P2 extends Shape, infer d2 extends number, infer Q2 extends Shape]
      ? UnifyAll<P, P2, K> extends readonly [infer P3 extends Shape]
        ? UnifyAll<Q, Q2, K> extends readonly [infer Q3 extends Shape]
          ? Joined<S, P3, Add<d, d2>, Q3, R, Axis, K>
          : Differ<S, T, UnifyAll<Q, Q2, K>, [...P, d], K>
        : Differ<S, T, UnifyAll<P, P2, K>, [], K>
      : At<T, Axis, K> extends 'outside' ? Ranks<S, T, K> : AxisMessage<T, Axis, At<T, Axis, K>, K>
    : Rest extends readonly [] ? [...P, d, ...Q] : Shape;
type Ranks<S extends Shape, T extends Shape, K> = `concatenate: ranks differ: ${Show<S, K>} and ${Show<T, K>}`;
type Differ<S extends Shape, T extends Shape, Why, Before extends Shape, K> =
  RanksDiffer<S['length'], T['length'], K> extends true ? Ranks<S, T, K>
  : Why extends readonly [infer I extends number, infer a extends number, infer b extends number]
    ? `concatenate: ${Show<S, K>} and ${Show<T, K>} differ on axis ${SumOfLengths<Before, I>}: ${ShowDim<a, K>} vs ${ShowDim<b, K>}`
    : Why extends 'open' ? Shape : Ranks<S, T, K>;
type RanksDiffer<a extends number, b extends number, K> =
  IsLiteral<a, K> extends true ? IsLiteral<b, K> extends true ? Same<a, b, K> extends true ? false : true : false : false;
type SumOfLengths<Before extends Shape, I extends number> = Add<Before['length'], I>;

/** The run-time twin of `Concatenate`. */
export function concatenate(shapes: readonly Shape[], axis = 0): number[] {
  const [first, ...others] = shapes;
  if (first === undefined) throw new ShapeError('concatenate: no operands');
  const index = axisIndex(first, axis);
  const result = [...first];
  for (const other of others) {
    if (other.length !== first.length) throw new ShapeError(`concatenate: ranks differ: ${show(first)} and ${show(other)}`);
    const bad = first.findIndex((dim, i) => i !== index && dim !== other[i]);
    if (bad >= 0) throw new ShapeError(`concatenate: ${show(first)} and ${show(other)} differ on axis ${bad}: ${first[bad]} vs ${other[bad]}`);
    result[index] = (result[index] ?? 0) + (other[index] ?? 0);
  }
  return result;
}

// ---- stack ------------------------------------------------------------------------------------------------------------

/** The shapes of `Operands`, which must be equal, along a new axis `Axis`. */
export type Stack<Operands extends readonly Shape[], Axis extends number = 0, K = unknown> =
  [Operands] extends [readonly [infer S extends Shape, ...infer R extends readonly Shape[]]]
    ? Alike<S, S, R, K> extends readonly [infer T extends Shape] ? InsertAxis<T, Axis, Operands['length'], K> : AnswerOf<Alike<S, S, R, K>>
    : [Operands] extends [readonly []] ? 'stack: no operands' : InsertAxis<Operands[number], Axis, number, K>;
type Alike<S extends Shape, Known extends Shape, Rest, K> =
  Rest extends readonly [infer T extends Shape, ...infer R]
    ? UnifyAll<Known, T, K> extends readonly [infer U extends Shape] ? Alike<S, U, R, K>
    : UnifyAll<Known, T, K> extends 'open' ? Stop<Shape> : Stop<`stack: shapes differ: ${Show<S, K>} and ${Show<T, K>}`>
    : Rest extends readonly [] ? [Known] : Stop<Shape>;

/** The run-time twin of `Stack`. */
export function stack(shapes: readonly Shape[], axis = 0): number[] {
  const [first, ...others] = shapes;
  if (first === undefined) throw new ShapeError('stack: no operands');
  const other = others.find((shape) => shape.length !== first.length || shape.some((dim, i) => dim !== first[i]));
  if (other !== undefined) throw new ShapeError(`stack: shapes differ: ${show(first)} and ${show(other)}`);
  return insertAxis(first, axis, shapes.length);
}
