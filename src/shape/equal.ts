// Whether two shapes are the same. Floor 0: knows no operation.
import type { IsDynamic, Last, Shape, Unify } from './dim.ts';
import type { Same } from './same.ts';

/** `true` where two shapes are equal as far as they are known; the rest is checked at run time. */
export type Equal<A extends Shape, B extends Shape, K> =
  Same<A, B, K> extends true ? true
  : Last<A, K> extends readonly [infer RA extends Shape, infer a extends number]
    ? Last<B, K> extends readonly [infer RB extends Shape, infer b extends number]
      ? Unify<a, b, K> extends 'differ' ? false : Equal<RA, RB, K>
      : IsDynamic<B, K>
    : Last<A, K> extends 'none' ? IsDynamic<B, K>
    : IsDynamic<A, K> extends true ? true : IsDynamic<B, K>;
