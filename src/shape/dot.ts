// `dot` of NumPy: all leading axes of the left with all leading axes of the right; rank 0 scales. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type IsDynamic, type Last, type Shape, type Show, type ShowDim, type Unify } from './dim.ts';

/** A = [...RA, k] with B = [...BB, k, n] is [...RA, ...BB, n]; with B = [k] it is [...RA]. */
export type Dot<A extends Shape, B extends Shape, K = unknown> =
  Last<A, K> extends 'none' ? B : Last<B, K> extends 'none' ? A
  : Last<A, K> extends readonly [infer RA extends Shape, infer k extends number]
    ? Last<B, K> extends readonly [infer RB extends Shape, infer n extends number]
      ? Last<RB, K> extends readonly [infer BB extends Shape, infer k2 extends number]
        ? Unify<k, k2, K> extends 'differ' ? InnerMessage<A, B, k, k2, K> : [...RA, ...BB, n]
        : Last<RB, K> extends 'none'
          ? Unify<k, n, K> extends 'differ' ? InnerMessage<A, B, k, n, K> : [...RA]
          : Unclear<A, B, RB, K>
      : Unclear<A, B, B, K>
    : Unclear<A, B, A, K>;
type InnerMessage<A extends Shape, B extends Shape, k extends number, k2 extends number, K> =
  `dot: inner dims differ, ${Show<A, K>} x ${Show<B, K>}: ${ShowDim<k, K>} vs ${ShowDim<k2, K>}`;
type Unclear<A extends Shape, B extends Shape, Open extends Shape, K> =
  IsDynamic<Open, K> extends true ? Shape : `dot: ${Show<A, K>} x ${Show<B, K>}: the rank of [...] is generic`;

/** The run-time twin of `Dot`. */
export function dot(a: Shape, b: Shape): number[] {
  if (a.length === 0) return [...b];
  if (b.length === 0) return [...a];
  const k = a[a.length - 1];
  const k2 = b.length === 1 ? b[0] : b[b.length - 2];
  if (k !== k2) throw new ShapeError(`dot: inner dims differ, ${show(a)} x ${show(b)}: ${k} vs ${k2}`);
  return [...a.slice(0, -1), ...b.slice(0, -2), ...(b.length === 1 ? [] : b.slice(-1))];
}
