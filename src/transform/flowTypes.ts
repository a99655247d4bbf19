// What the compiler can say of a loop's arguments: leaves without a leading axis, leading axes that differ, lengths that cannot be, numbers
// where tensors belong. Types only; at run time `control.ts` says the same.
import type { Tensor } from '../ir/tensor.ts';
import type { IsLiteral, IsUnion } from '../shape/dim.ts';
import type { Same } from '../shape/same.ts';
import type { LeadingDim } from './types.ts';

type Plain = number | string | boolean | bigint | symbol | undefined | ((...args: never[]) => unknown);

/** The leading dims of all leaves; undefined for scalars, 'plain' for what is no tensor; never for a tree without leaves. */
type LeadingDims<X> =
  0 extends 1 & X ? number : unknown extends X ? number
  : X extends Tensor<infer S, infer _D> ? S[0] : X extends null ? never : X extends Plain ? 'plain'
  : X extends readonly (infer E)[] ? LeadingDims<E> : X extends object ? LeadingDims<X[keyof X]> : never;

/** What is wrong with the xs of a loop, else null. */
export type XsRule<X, Name extends string, K = unknown> =
  [LeadingDims<X>] extends [infer N]
    ? undefined extends N ? `${Name}: xs has a scalar leaf; every leaf needs a leading axis`
    : 'plain' extends N ? `${Name}: xs has a leaf that is not a tensor; wrap it: tensor(...)`
    : Same<N, never, K> extends true ? null
    : IsUnion<N> extends true ? `${Name}: the leaves of xs have different lengths` : null
    : null;

/** What is wrong with the stated length of a loop over X, else null. */
export type LengthRule<X, L extends number, K = unknown> =
  [`${L}`] extends [`-${string}` | `${string}.${string}`] ? `scan: length ${L} is not a natural number`
  : [LeadingDims<X>] extends [infer N]
    ? IsLiteral<N & number, K> extends true ? IsLiteral<L, K> extends true ? [N] extends [L] ? null : `scan: xs have ${N & number} slices, length is ${L}` : null : null
    : null;

/** What is wrong with a carry, else null. */
export type CarryRule<C, Name extends string> = [HoldsPlain<C>] extends [false] ? null : [HoldsPlain<C>] extends [true] ? `${Name}: the carry has a leaf that is not a tensor; wrap it: tensor(...)` : null;
type HoldsPlain<C> = 0 extends 1 & C ? false : unknown extends C ? false : C extends Tensor<infer _S, infer _D> ? false : C extends null ? false : C extends Plain ? true : C extends readonly (infer E)[] ? HoldsPlain<E> : C extends object ? true extends HoldsPlain<C[keyof C]> ? true : false : false;

/** How many steps a loop over X takes: the leading dim of its leaves, or the stated length where there are none. */
export type Steps<X, L extends number> = X extends null ? L : LeadingDim<X>;
