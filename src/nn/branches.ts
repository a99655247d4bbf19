// Whether two branches of a network fit when they are added, as types and at run time. Floor 7. Knows no layer.
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import type { Check, Ok } from '../shape/check.ts';
import { show, type Last, type Shape, type Show, type Unify } from '../shape/dim.ts';

/** The shape of both, or the message where they differ; what is unknown is checked at run time. */
type Sum<A extends Shape, B extends Shape, Out extends Shape, A0 extends Shape, B0 extends Shape, K> =
  Last<A, K> extends readonly [infer RA extends Shape, infer a extends number]
    ? Last<B, K> extends readonly [infer RB extends Shape, infer b extends number]
      ? Unify<a, b, K> extends readonly [infer c extends number] ? Sum<RA, RB, [c, ...Out], A0, B0, K> : Differ<A0, B0, K>
      : Last<B, K> extends 'open' ? [...A, ...Out] : Differ<A0, B0, K>
    : Last<A, K> extends 'none' ? Last<B, K> extends 'none' ? Out : Last<B, K> extends 'open' ? Out : Differ<A0, B0, K>
    : [...B, ...Out];
type Differ<A extends Shape, B extends Shape, K> = `shortcut: the branches make ${Show<A, K>} and ${Show<B, K>}; they must agree`;
type SumOf<A extends Shape, B extends Shape, K> = Sum<A, B, [], A, B, K>;
interface Answers<Y extends AnyTensor, Z extends AnyTensor, K> {
  readonly no: Y;
  readonly yes: Check<SumOf<Y['shape'], Z['shape'], K>, Tensor<Ok<SumOf<Y['shape'], Z['shape'], K>, K>, Y['dtype']>, K>;
}
type Asked<S> = S extends readonly [unknown, ...unknown[]] ? 'yes' : 'no';
/** The sum of two tensors, which do not broadcast; asked once the shape of the first is known. */
export type Summed<Y extends AnyTensor, Z extends AnyTensor, K = unknown> = Answers<Y, Z, K>[Asked<Y['shape']>];

/** The run-time twin of `Summed`. */
export const summed = (a: Shape, b: Shape): readonly number[] | string =>
  a.length === b.length && a.every((n, i) => n === b[i]) ? a : `shortcut: the branches make ${show(a)} and ${show(b)}; they must agree`;
