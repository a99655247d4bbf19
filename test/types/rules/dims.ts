// Dims: digit arithmetic, named dims, and how dims and shapes are written.
import type { AddNat, CompareNat, DivModNat, MulNat, SubNat } from '../../../src/shape/digits.ts';
import type { Add, Compare, Dim, Dims, Div, IsLiteral, Mul, Show, Sub } from '../../../src/shape/dim.ts';
import type { Fits, Only, Same } from '../../../src/shape/same.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'batch'>;
type T = Dim<'time'>;

holds<Eq<AddNat<999, 1>, 1000>>();
holds<Eq<AddNat<784, 19216>, 20000>>();
holds<Eq<AddNat<9007199254740000, 991>, 9007199254740991>>();
holds<Eq<SubNat<1000, 1>, 999>>();
holds<Eq<SubNat<5, 5>, 0>>();
holds<Eq<SubNat<3, 5>, never>>();
holds<Eq<MulNat<784, 60000>, 47040000>>();
holds<Eq<MulNat<99999, 99999>, 9999800001>>();
holds<Eq<MulNat<0, 7>, 0>>();
holds<Eq<CompareNat<99, 100>, '<'>>();
holds<Eq<CompareNat<200, 199>, '>'>>();
holds<Eq<CompareNat<7, 7>, '='>>();
holds<Eq<DivModNat<47040000, 60000>, [784, 0]>>();
holds<Eq<DivModNat<100, 7>, [14, 2]>>();
holds<Eq<DivModNat<6, 7>, [0, 6]>>();
holds<Eq<DivModNat<2147483647, 65536>, [32767, 65535]>>();
holds<Eq<DivModNat<3, 0>, never>>();

holds<Eq<Add<B, 1>, Dim<'batch+1'>>>();
holds<Eq<Sub<Add<B, 1>, 1>, B>>();
holds<Eq<Mul<Add<B, 1>, T>, Dim<'(batch+1)*time'>>>();
holds<Eq<Div<T, 2>, Dim<'time/2'>>>();
holds<Eq<Add<B, 0>, B>>();
holds<Eq<Mul<1, T>, T>>();
holds<Eq<Add<number, 3>, number>>();
holds<Eq<Compare<B, 3>, '?'>>();

holds<Eq<Show<[]>, '[]'>>();
holds<Eq<Show<[32, 784]>, '[32, 784]'>>();
holds<Eq<Show<readonly [B, number, 3]>, '[batch, ?, 3]'>>();
holds<Eq<Show<readonly number[]>, '[...]'>>();
holds<Eq<Show<[...number[], 3]>, '[..., 3]'>>();

holds<Eq<Dims<readonly [B, 2 | 3, 3, number, -1]>, [B, number, 3, number, -1]>>();
holds<Eq<[IsLiteral<1>, IsLiteral<784>, IsLiteral<B>, IsLiteral<number>], [true, true, false, false]>>();

/** What is answered about type parameters at once. */
export function generic<N extends number, M extends number, S extends readonly number[], R extends readonly number[]>(): void {
  holds<Eq<Same<N, N>, true>>();
  holds<Eq<Same<N, M>, boolean>>();
  holds<Eq<Same<N, 1>, boolean>>();
  holds<Eq<Same<N, number>, boolean>>();
  holds<Eq<Same<[...S, N], [...S, N]>, true>>();
  holds<Eq<Same<[...S, N], [...R, N]>, boolean>>();
  holds<Eq<Fits<S, readonly number[]>, true>>();
  holds<Eq<Fits<number[], S>, boolean>>();
  holds<Eq<Only<[...S, 3], readonly number[]>, [...S, 3]>>();
  holds<Eq<Only<`[${N}]`, readonly number[]>, never>>();
  holds<Eq<IsLiteral<N>, false>>();
  holds<Eq<Dims<readonly [N, 2 | 3]>, [N, number]>>();
  holds<Eq<Show<[N, M, 3]>, `[${N}, ${M}, 3]`>>();
  holds<Eq<Show<[...S, N]>, `[..., ${N}]`>>();
}

/** Arithmetic waits for type parameters, and is computed where they are known. */
type Halved<N extends number> = Div<Mul<N, 3>, 2>;
holds<Eq<Halved<4>, 6>>();
holds<Eq<Halved<B>, Dim<'batch*3/2'>>>();
