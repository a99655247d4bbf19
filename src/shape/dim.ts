// Dims: literal (784), named (Dim<'batch'>), generic (N extends number) or unknown (number); arithmetic on them, and how
// they and shapes are written in messages, at the type level and at run time. Floor 0: knows nothing of tensors.
import { ShapeError } from '../error.ts';
import type { AddNat, CompareNat, DivModNat, MulNat, SubNat } from './digits.ts';
import type { Box, Fits, Same } from './same.ts';

/** One number an axis; `readonly number[]` where even the rank is known at run time only. */
export type Shape = readonly number[];

declare const dimName: unique symbol;
/** A number that is known by name: two dims of one name are taken to be equal. Make one with `dim('batch', 32)`. */
export type Dim<N extends string> = number & { readonly [dimName]: N };

// ---- arithmetic -------------------------------------------------------------------------------------------------------
// Literals are computed by digits, names symbolically (`Dim<'batch*time'>`); unknown stays unknown, and over type
// parameters all of it waits, so that `Add<N, 1>` in a signature is computed where the signature is used.

type NameOf<A> = A extends { readonly [dimName]: infer N extends string } ? N : `${A & number}`;
type InParentheses<S extends string> = S extends `${string}${'+' | '-'}${string}` ? `(${S})` : S;
type KindOfPair<A, B> =
  number extends A ? 'unknown' : number extends B ? 'unknown'
  : A extends { readonly [dimName]: string } ? 'named' : B extends { readonly [dimName]: string } ? 'named' : 'literal';

export type Add<A extends number, B extends number> = A extends 0 ? B : B extends 0 ? A : {
  unknown: number;
  named: Dim<`${NameOf<A>}+${NameOf<B>}`>;
  literal: AddNat<A, B>;
}[KindOfPair<A, B>];

/** A - B; never where literals go below zero. `(n+1)-1` is n. */
export type Sub<A extends number, B extends number> = B extends 0 ? A : {
  unknown: number;
  named: NameOf<A> extends `${infer N}+${NameOf<B>}` ? Dim<N> : Dim<`${NameOf<A>}-${InParentheses<NameOf<B>>}`>;
  literal: SubNat<A, B>;
}[KindOfPair<A, B>];

export type Mul<A extends number, B extends number> = A extends 1 ? B : B extends 1 ? A : {
  unknown: number;
  named: Dim<`${InParentheses<NameOf<A>>}*${InParentheses<NameOf<B>>}`>;
  literal: MulNat<A, B>;
}[KindOfPair<A, B>];

/** The quotient rounded down. */
export type Div<A extends number, B extends number> = B extends 1 ? A : {
  unknown: number;
  named: Dim<`${InParentheses<NameOf<A>>}/${InParentheses<NameOf<B>>}`>;
  literal: DivModNat<A, B>[0];
}[KindOfPair<A, B>];

/** [quotient, remainder] of literals; of others the quotient and 'unknown'. */
export type DivMod<A extends number, B extends number> = B extends 1 ? [A, 0] : {
  unknown: [number, 'unknown'];
  named: [Div<A, B>, 'unknown'];
  literal: DivModNat<A, B>;
}[KindOfPair<A, B>];

/** '<', '=', '>', or '?' where it depends on a name or on run time. */
export type Compare<A extends number, B extends number> =
  { unknown: '?'; named: '?'; literal: CompareNat<A, B> }[KindOfPair<A, B>];

/** Is a dim a literal, or one of several? Not so named, unknown and generic ones. */
export type IsLiteral<D extends number, K = unknown> =
  Box<`${D}`> extends Box<`${infer d extends Digit}${string}`> | Box<K> ? Same<d, Digit, K> extends true ? false : true : never;
type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';
/** A shape argument as a shape: not readonly, and a dim that is one of several literals (`c ? 2 : 3`) is unknown. */
export type Dims<S extends Shape, K = unknown> = { -readonly [I in keyof S]: OneDim<S[I], K> };
type OneDim<D extends number, K> = IsLiteral<D, K> extends true ? IsUnion<D> extends true ? number : D : D;
export type IsUnion<T, U = T> = T extends unknown ? [U] extends [T] ? false : true : never;

// ---- how dims and shapes are written ----------------------------------------------------------------------------------

/** `784`, `batch`, `?` for unknown dims; a type parameter keeps its name: `${N}`. */
export type ShowDim<D extends number, K = unknown> =
  Same<D, number, K> extends true ? '?'
  : Box<D> extends Box<{ readonly [dimName]: infer N extends string }> | Box<K>
    ? Same<N, string, K> extends true ? `${D}` : N : never;

/** `[32, 784]`; leading axes of unknown or generic number are `...` */
export type Show<S extends Shape, K = unknown> = ShowFrom<S, ']', '', K>;
/** `[32,784]`, as it stands behind a dtype: `f32[32,784]`. */
export type ShowTight<S extends Shape, K = unknown> = ShowFrom<S, ']', '', K, ','>;
type ShowFrom<S extends Shape, Text extends string, Comma extends string, K, Between extends string = ', '> =
  Last<S, K> extends readonly [infer R extends Shape, infer d extends number]
    ? ShowFrom<R, `${ShowDim<d, K>}${Comma}${Text}`, Between, K, Between>
    : Last<S, K> extends 'none' ? `[${Text}` : `[...${Comma}${Text}`;

/** `shape` as messages write it. */
export const show = (shape: Shape): string => Array.isArray(shape) ? `[${shape.join(', ')}]` : word(shape);
/** What is no list, in a word. */
export const word = (x: unknown): string => typeof x === 'string' ? JSON.stringify(x) : typeof x === 'object' && x !== null ? 'an object' : typeof x === 'function' ? 'a function' : String(x);
/** A list, as a caller without types may fail to give one: a shape, axes, sizes. Throws `shape` where it is none. */
export function listed<L extends readonly unknown[]>(op: string, what: string, given: L): L {
  if (!Array.isArray(given)) throw new ShapeError(`${op}: ${what} ${word(given)} is no list; write [2, 3]`);
  return given;
}

// ---- taking shapes apart ----------------------------------------------------------------------------------------------

/** [all but the last dim, the last dim]; 'none' for rank 0; 'open' where the rank is unknown or a type parameter. */
export type Last<S extends Shape, K> =
  Box<S> extends Box<readonly [...infer R extends Shape, infer d extends number]> | Box<K>
    ? Same<d, number, K> extends true ? LastUnknown<S, R, K> : [R, d] : never;
/** A pattern that could infer nothing says `number` as well. */
type LastUnknown<S extends Shape, R extends Shape, K> =
  Same<S['length'], 0, K> extends true ? 'none' : IsDynamic<R, K> extends true ? 'open' : [R, number];

/** As `Last`, for the first dim: [the first dim, all but the first]. */
export type First<S extends Shape, K> =
  Box<S> extends Box<readonly [infer d extends number, ...infer R extends Shape]> | Box<K>
    ? Same<d, number, K> extends true ? FirstUnknown<S, R, K> : [d, R] : never;
type FirstUnknown<S extends Shape, R extends Shape, K> =
  Same<S['length'], 0, K> extends true ? 'none' : IsDynamic<R, K> extends true ? 'open' : [number, R];

/** `true` for `readonly number[]`, where not one axis is known, and for never, which follows a mistake; else boolean. */
export type IsDynamic<S extends Shape, K = unknown> = Fits<number[], S, K> extends true ? true : Same<S, never, K>;

/** Two dims that must be equal: [the better known one], or 'differ'. An unknown one is checked at run time. */
export type Unify<a extends number, b extends number, K = unknown> =
  Same<a, b, K> extends true ? [a] : Same<a, number, K> extends true ? [b] : Same<b, number, K> extends true ? [a] : 'differ';

/** `true` where some leading axes are unknown, as in `[...number[], 3]`; else boolean. */
export type HasDynamic<S extends Shape, K = unknown> =
  Last<S, K> extends readonly [infer R extends Shape, infer _] ? HasDynamic<R, K> : IsDynamic<S, K>;

/** The product of the dims of a shape; 1 for rank 0. */
export type Product<S extends Shape, P extends number = 1> =
  S extends readonly [infer d extends number, ...infer R extends Shape] ? Product<R, Mul<P, d>>
  : S extends readonly [] ? P : number;

/** How many elements an array of this shape has. */
export const size = (shape: Shape): number => shape.reduce((product, dim) => product * dim, 1);
