// Whether two branches of a network fit when they are added, as types and at run time. Floor 7. Knows no layer.
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { show, type Last, type Shape, type Show, type Unify } from '../shape/dim.ts';

/** The shape of both, or the message where they differ; what is unknown is checked at run time. */
type Sum<A extends Shape, B extends Shape, Out extends Shape, K> =
  Last<A, K> extends readonly [infer RA extends Shape, infer a extends number]
    ? Last<B, K> extends readonly [infer RB extends Shape, infer b extends number]
      ? Unify<a, b, K> extends readonly [infer c extends number] ? Sum<RA, RB, [c, ...Out], K> : 'differ'
      : Last<B, K> extends 'open' ? [...A, ...Out] : 'differ'
    : Last<A, K> extends 'none' ? Last<B, K> extends 'none' ? Out : Last<B, K> extends 'open' ? Out : 'differ'
    : [...B, ...Out];
interface Answers<Y extends AnyTensor, Z extends AnyTensor, K> {
  readonly no: Y;
  readonly yes: Sum<Y['shape'], Z['shape'], [], K> extends infer Answer
    ? Answer extends Shape ? Tensor<Answer, Y['dtype']> : `shortcut: the branches make ${Show<Y['shape'], K>} and ${Show<Z['shape'], K>}; they must agree`
    : never;
}
type Asked<S> = S extends readonly [unknown, ...unknown[]] ? 'yes' : 'no';
/** The sum of two tensors, which do not broadcast; asked once the shape of the first is known. */
export type Summed<Y extends AnyTensor, Z extends AnyTensor, K = unknown> = Answers<Y, Z, K>[Asked<Y['shape']>];

/** The run-time twin of `Summed`. */
export const summed = (a: Shape, b: Shape): readonly number[] | string =>
  a.length === b.length && a.every((n, i) => n === b[i]) ? a : `shortcut: the branches make ${show(a)} and ${show(b)}; they must agree`;
