// Scaled dot-product attention: queries [..., T, heads, depth], keys [..., S, heads, depth], values [..., S, heads, features]
// give [..., T, heads, features]. Floor 0.
import { ShapeError } from '../error.ts';
import type { Both } from './check.ts';
import { show, type IsDynamic, type Last, type Shape, type Show, type Unify } from './dim.ts';
import type { Equal } from './equal.ts';
import type { AnswerOf, Stop } from './same.ts';

/** [leading axes, length, heads, depth], or a stop. */
type Parts<what extends string, S extends Shape, K> =
  Last<S, K> extends readonly [infer R extends Shape, infer depth extends number]
    ? Last<R, K> extends readonly [infer Q extends Shape, infer heads extends number]
      ? Last<Q, K> extends readonly [infer Batch extends Shape, infer length extends number] ? [Batch, length, heads, depth]
      : NoParts<what, S, Last<Q, K>, K>
    : NoParts<what, S, Last<R, K>, K>
  : NoParts<what, S, Last<S, K>, K>;
type NoParts<what extends string, S extends Shape, End, K> =
  End extends 'none' ? Stop<`attention: ${what} ${Show<S, K>} must be [..., length, heads, depth]`>
  : IsDynamic<S, K> extends true ? Stop<Shape> : Stop<`attention: the rank of ${what} ${Show<S, K>} is generic`>;

/** The shape of keys `Y` beside queries `X`, or what is wrong with them: they may differ in length. */
export type AttentionKeys<X extends Shape, Y extends Shape, K = unknown> =
  Parts<'queries', X, K> extends readonly [infer BX extends Shape, infer _ extends number, infer h extends number, infer d extends number]
    ? Parts<'keys', Y, K> extends readonly [infer BY extends Shape, infer _ extends number, infer h2 extends number, infer d2 extends number]
      ? [Unify<d, d2, K>, Unify<h, h2, K>, Equal<BX, BY, K>] extends readonly [readonly [number], readonly [number], true] ? Y
      : `attention: queries ${Show<X, K>} and keys ${Show<Y, K>} may differ in length only`
    : AnswerOf<Parts<'keys', Y, K>>
  : AnswerOf<Parts<'queries', X, K>>;

type Values<X extends Shape, Y extends Shape, Z extends Shape, K> =
  Parts<'queries', X, K> extends readonly [infer BX extends Shape, infer t extends number, infer h extends number, infer _ extends number]
    ? Parts<'keys', Y, K> extends readonly [infer BY extends Shape, infer s extends number, infer h2 extends number, infer _ extends number]
      ? Parts<'values', Z, K> extends readonly [infer BZ extends Shape, infer s2 extends number, infer h3 extends number, infer e extends number]
        ? [Unify<s, s2, K>, Unify<h2, h3, K>, Equal<BY, BZ, K>] extends readonly [readonly [number], readonly [number], true] ? [...BX, t, h, e]
        : `attention: keys ${Show<Y, K>} and values ${Show<Z, K>} may differ in depth only`
      : AnswerOf<Parts<'values', Z, K>>
    : AnswerOf<Parts<'keys', Y, K>>
  : AnswerOf<Parts<'queries', X, K>>;
/** The shape of the result, or what is wrong with keys `Y` beside queries `X`, or with values `Z` beside keys: they may differ in depth. */
export type Attention<X extends Shape, Y extends Shape, Z extends Shape, K = unknown> = Both<AttentionKeys<X, Y, K>, Values<X, Y, Z, K>, K>;

interface AttentionParts { readonly batch: Shape; readonly length: number; readonly heads: number; readonly depth: number }
function parts(what: string, shape: Shape): AttentionParts {
  if (shape.length < 3) throw new ShapeError(`attention: ${what} ${show(shape)} must be [..., length, heads, depth]`);
  return { batch: shape.slice(0, -3), length: shape.at(-3) ?? 0, heads: shape.at(-2) ?? 0, depth: shape.at(-1) ?? 0 };
}
const fits = (a: AttentionParts, b: AttentionParts): boolean => a.heads === b.heads && show(a.batch) === show(b.batch);

/** The run-time twin of `AttentionKeys` and `Attention`: the shape of the result. */
export function attention(queries: Shape, keys: Shape, values: Shape): readonly number[] {
  const [q, k] = [parts('queries', queries), parts('keys', keys)];
  if (!fits(q, k) || q.depth !== k.depth) throw new ShapeError(`attention: queries ${show(queries)} and keys ${show(keys)} may differ in length only`);
  const v = parts('values', values);
  if (!fits(k, v) || k.length !== v.length) throw new ShapeError(`attention: keys ${show(keys)} and values ${show(values)} may differ in depth only`);
  return [...q.batch, q.length, q.heads, v.depth];
}
