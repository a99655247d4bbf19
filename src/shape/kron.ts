// The Kronecker product: each element of one array times the whole of another. Axes are counted from the last one. Floor 0.
import type { IsDynamic, Last, Mul, Shape, Show } from './dim.ts';

/** Each axis the product of both, counted from the last axis on; what the shorter of the two lacks is 1. */
export type Kron<A extends Shape, B extends Shape, K = unknown> = KronFrom<A, B, A, B, [], K>;
type KronFrom<A extends Shape, B extends Shape, A0 extends Shape, B0 extends Shape, Out extends Shape, K> =
  Last<A, K> extends readonly [infer RA extends Shape, infer a extends number]
    ? Last<B, K> extends readonly [infer RB extends Shape, infer b extends number] ? KronFrom<RA, RB, A0, B0, [Mul<a, b>, ...Out], K>
    : Last<B, K> extends 'none' ? [...A, ...Out] : OpenRank<B, A0, B0, K>
  : Last<A, K> extends 'none' ? [...B, ...Out] : OpenRank<A, A0, B0, K>;
type OpenRank<S extends Shape, A0 extends Shape, B0 extends Shape, K> =
  IsDynamic<S, K> extends true ? Shape : `kron: ${Show<A0, K>} x ${Show<B0, K>} cannot be told: the rank is generic`;

/** The run-time twin of `Kron`. */
export function kron(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => (a[i - rank + a.length] ?? 1) * (b[i - rank + b.length] ?? 1));
}
