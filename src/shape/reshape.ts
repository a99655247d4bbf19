// Reshape: the same elements, other axes; one -1 stands for what is left over. Floor 0.
import { ShapeError } from '../error.ts';
import { show, size, type Compare, type DivMod, type IsLiteral, type Mul, type Product, type Shape, type Show, type ShowDim, listed } from './dim.ts';
import type { Same } from './same.ts';

// Dims that occur on both sides are cancelled first, so that named and generic dims pass through untouched, and only what is
// left is multiplied. Unknown dims are never cancelled: two of them need not be equal. The twin cancels too: with it a batch
// of no examples, [0, 28, 28] to [0, -1], has the result that the type has promised.

/** [what is left of A, what is left of B], with each dim that is in both taken out of both. */
type Cancel<A extends Shape, B extends Shape, K, RestA extends Shape = []> =
  A extends readonly [infer a extends number, ...infer RA extends Shape]
    ? Same<a, number, K> extends true ? Cancel<RA, B, K, [...RestA, a]>
    : Without<B, a, K> extends readonly [infer RB extends Shape] ? Cancel<RA, RB, K, RestA> : Cancel<RA, B, K, [...RestA, a]>
    : [RestA, B];
/** [B without its first dim that equals a], or 'absent'. */
type Without<B extends Shape, a extends number, K, Seen extends Shape = []> =
  B extends readonly [infer b extends number, ...infer RB extends Shape]
    ? Same<a, b, K> extends true ? [[...Seen, ...RB]] : Without<RB, a, K, [...Seen, b]>
    : 'absent';

/** [before, after] the one -1; 'none'; 'several' */
type Hole<T extends Shape, K, Before extends Shape = []> =
  T extends readonly [infer d extends number, ...infer R extends Shape]
    ? Same<d, -1, K> extends true ? Hole<R, K> extends 'none' ? [Before, R] : 'several' : Hole<R, K, [...Before, d]>
    : 'none';

/** Does a dim hold that is known at run time only? */
type HasUnknown<S extends Shape, K> =
  S extends readonly [infer d extends number, ...infer R extends Shape] ? Same<d, number, K> extends true ? true : HasUnknown<R, K> : false;
type HasZero<S extends Shape, K> =
  S extends readonly [infer d extends number, ...infer R extends Shape] ? Same<d, 0, K> extends true ? true : HasZero<R, K> : false;
/** [the product of the literal dims, the others] */
type Literals<S extends Shape, K, P extends number = 1, Others extends Shape = []> =
  S extends readonly [infer d extends number, ...infer R extends Shape]
    ? IsLiteral<d, K> extends true ? Literals<R, K, Mul<P, d>, Others> : Literals<R, K, P, [...Others, d]>
    : [P, Others];

/** `T` with its -1, if it has one, filled in. */
export type Reshape<S extends Shape, T extends Shape, K = unknown> =
  number extends S['length'] ? FilledBlindly<T, K>
  : number extends T['length'] ? Shape
  : Hole<T, K> extends readonly [infer Before extends Shape, infer After extends Shape]
    ? Cancel<S, [...Before, ...After], K> extends readonly [infer L extends Shape, infer R extends Shape]
      ? Filled<S, T, Before, After, L, R, K> : never
  : Hole<T, K> extends 'several' ? `reshape: ${Show<T, K>} has more than one -1`
  : Cancel<S, T, K> extends readonly [infer L extends Shape, infer R extends Shape] ? Sized<S, T, L, R, K> : never;

type Sized<S extends Shape, T extends Shape, L extends Shape, R extends Shape, K> =
  [L, R] extends [readonly [], readonly []] ? T
  : HasUnknown<[...L, ...R], K> extends true ? T
  : Same<Product<L>, Product<R>, K> extends true ? T
  : HasZero<S, K> extends true ? HasZero<T, K> extends true ? T : Resized<S, T, K>
  : Resized<S, T, K>;
type Resized<S extends Shape, T extends Shape, K> =
  `reshape: ${Show<S, K>} has ${ShowDim<Product<S>, K>} elements, ${Show<T, K>} has ${ShowDim<Product<T>, K>}`;

type Filled<S extends Shape, T extends Shape, Before extends Shape, After extends Shape, L extends Shape, R extends Shape, K> =
  HasUnknown<R, K> extends true ? [...Before, number, ...After]
  : R extends readonly [] ? [...Before, Product<L>, ...After]
  : Literals<R, K> extends readonly [infer Q extends number, readonly []]
    ? LessTrailing<L, Q, K> extends readonly [infer Rest extends Shape] ? [...Before, Product<Rest>, ...After]
    : Literals<L, K> extends readonly [infer P extends number, infer Others extends Shape]
      ? Divided<P, Q> extends readonly [infer N extends number, 0] ? [...Before, Mul<Product<Others>, N>, ...After]
      : HasUnknown<Others, K> extends true ? [...Before, number, ...After]
      : Indivisible<S, T, K>
    : never
  : HasUnknown<L, K> extends true ? [...Before, number, ...After] : Indivisible<S, T, K>;
/** [L without those of its last dims whose product is Q]: the common case, flattening, without a long division. */
type LessTrailing<L extends Shape, Q extends number, K, P extends number = 1> =
  Same<P, Q, K> extends true ? [L]
  : L extends readonly [...infer R extends Shape, infer d extends number]
    ? IsLiteral<d, K> extends true ? Compare<P, Q> extends '<' ? LessTrailing<R, Q, K, Mul<d, P>> : 'none' : 'none'
    : 'none';
type Divided<P extends number, Q extends number> = Q extends 0 ? 'by zero' : DivMod<P, Q>;
type Indivisible<S extends Shape, T extends Shape, K> = `reshape: ${Show<S, K>} (${ShowDim<Product<S>, K>} elements) does not divide into ${Show<T, K>}`;

/** Of unknown rank nothing can be checked; a -1 becomes unknown. */
type FilledBlindly<T extends Shape, K> = { -readonly [I in keyof T]: Same<T[I], -1, K> extends true ? number : T[I] };

/** The run-time twin of `Reshape`. */
export function reshape(shape: Shape, target: Shape): number[] {
  const holes = listed('reshape', 'shape', target).filter((dim) => dim === -1).length;
  if (holes > 1) throw new ShapeError(`reshape: ${show(target)} has more than one -1`);
  const bad = target.find((dim) => dim !== -1 && !(Number.isSafeInteger(dim) && dim >= 0));
  if (bad !== undefined) throw new ShapeError(`reshape: ${bad} in ${show(target)} is not a dim`);
  if (holes === 0) {
    if (size(shape) === size(target)) return [...target];
    throw new ShapeError(`reshape: ${show(shape)} has ${size(shape)} elements, ${show(target)} has ${size(target)}`);
  }
  const left: number[] = [];
  const right = target.filter((dim) => dim !== -1);
  for (const dim of shape) {
    const index = right.indexOf(dim);
    if (index < 0) left.push(dim);
    else right.splice(index, 1);
  }
  const filled = size(left) / size(right);
  if (Number.isInteger(filled)) return target.map((dim) => dim === -1 ? filled : dim);
  throw new ShapeError(`reshape: ${show(shape)} (${size(shape)} elements) does not divide into ${show(target)}`);
}
