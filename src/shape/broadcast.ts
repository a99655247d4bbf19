// NumPy broadcasting: shapes are aligned at their last axes, and a dim of 1 stretches. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type IsDynamic, type IsLiteral, type Last, type Shape, type Show, type ShowDim } from './dim.ts';
import type { Fits, Same } from './same.ts';

/** One axis: [the resulting dim], or 'differ'. In brackets, because a test on a bare type parameter would wait. */
export type BroadcastDim<a extends number, b extends number, K = unknown> =
  Same<a, b, K> extends true ? [a]
  : Same<a, 1, K> extends true ? [b]
  : Same<b, 1, K> extends true ? [a]
  : Same<a, number, K> extends true ? IsLiteral<b, K> extends true ? [b] : [number]
  : Same<b, number, K> extends true ? IsLiteral<a, K> extends true ? [a] : [number]
  : 'differ';

type Aligned<A extends Shape, B extends Shape, Tail extends Shape, A0 extends Shape, B0 extends Shape, K> =
  Last<A, K> extends readonly [infer RA extends Shape, infer a extends number]
    ? Last<B, K> extends readonly [infer RB extends Shape, infer b extends number]
      ? BroadcastDim<a, b, K> extends readonly [infer d extends number]
        ? Aligned<RA, RB, [d, ...Tail], A0, B0, K>
        : `cannot broadcast ${Show<A0, K>} with ${Show<B0, K>}: ${ShowDim<a, K>} vs ${ShowDim<b, K>}`
      : Last<B, K> extends 'none' ? [...A, ...Tail] : BesideOpen<A, B, Tail, A0, B0, K>
    : Last<A, K> extends 'none' ? Before<B, Tail, K>
    : Last<B, K> extends 'none' ? Before<A, Tail, K>
    : Same<A, B, K> extends true ? [...A, ...Tail]
    : BesideOpen<B, A, Tail, A0, B0, K>;
/** Beside a scalar a generic shape is itself: TypeScript does not see that `[...S]` is `S`. */
type Before<S extends Shape, Tail extends Shape, K> = Same<Tail['length'], 0, K> extends true ? S : [...S, ...Tail];
/** The leading axes of B, or of both, are unknown or generic. */
type BesideOpen<A extends Shape, B extends Shape, Tail extends Shape, A0 extends Shape, B0 extends Shape, K> =
  IsDynamic<B, K> extends true ? Leading<Tail, K>
  : IsDynamic<A, K> extends true ? Leading<Tail, K>
  : `cannot broadcast ${Show<A0, K>} with ${Show<B0, K>}: the rank of [...] is generic`;
type Leading<Tail extends Shape, K> = Same<Tail['length'], 0, K> extends true ? Shape : [...number[], ...Tail];

/**
 * The shape of an elementwise operation. A dim equals itself, 1 stretches; an unknown dim is checked at run time. Ranks may
 * be generic: `[...S, 3]` with `[3]` is `[...S, 3]`.
 */
export type Broadcast<A extends Shape, B extends Shape, K = unknown> =
  Same<A, B, K> extends true ? A : Aligned<A, B, [], A, B, K>;

/** The run-time twin of `Broadcast`. */
export function broadcast(a: Shape, b: Shape): number[] {
  if ([a, b].some((given: unknown) => !Array.isArray(given))) throw new ShapeError(`cannot broadcast ${show(a)} with ${show(b)}: a shape is a list of dims`);
  const rank = Math.max(a.length, b.length);
  const result: number[] = [];
  // From the last axis on, as the type does, so that both name the same pair of dims.
  for (let back = 1; back <= rank; back++) {
    const x = a[a.length - back] ?? 1;
    const y = b[b.length - back] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new ShapeError(`cannot broadcast ${show(a)} with ${show(b)}: ${x} vs ${y}`);
    result.unshift(x === 1 ? y : x);
  }
  return result;
}

/** `S` stretched to exactly `T`. */
export type BroadcastTo<S extends Shape, T extends Shape, K = unknown> =
  Fits<Broadcast<S, T, K>, string, K> extends true ? Broadcast<S, T, K>
  : Reaches<S, T, K> extends true ? T : `cannot broadcast ${Show<S, K>} to ${Show<T, K>}`;
/** Is each dim of S, from the last on, 1 or equal to that of T, or unknown? */
type Reaches<S extends Shape, T extends Shape, K> =
  Last<S, K> extends readonly [infer R extends Shape, infer s extends number]
    ? Last<T, K> extends readonly [infer U extends Shape, infer t extends number]
      ? Same<s, t, K> extends true ? Reaches<R, U, K>
      : Same<s, 1, K> extends true ? Reaches<R, U, K>
      : Same<s, number, K> extends true ? Reaches<R, U, K>
      : Same<t, number, K> extends true ? Reaches<R, U, K>
      : false
      : IsDynamic<T, K>
    : Last<S, K> extends 'none' ? true : IsDynamic<S, K> extends true ? true : Same<S, T, K>;

/** The run-time twin of `BroadcastTo`. */
export function broadcastTo(shape: Shape, target: Shape): number[] {
  const result = broadcast(shape, target);
  if (result.length !== target.length || result.some((dim, axis) => dim !== target[axis])) {
    throw new ShapeError(`cannot broadcast ${show(shape)} to ${show(target)}`);
  }
  return result;
}
