// Reductions, squeeze, expandDims, transpose, swapaxes.
import type { Dim } from '../../../src/shape/dim.ts';
import type { ExpandDims, InsertAxis } from '../../../src/shape/expandDims.ts';
import type { Reduce } from '../../../src/shape/reduce.ts';
import type { Squeeze } from '../../../src/shape/squeeze.ts';
import type { SwapAxes, Transpose } from '../../../src/shape/transpose.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;
type T = Dim<'T'>;

holds<Eq<Reduce<[B, 3, 4], -1>, [B, 3]>>();
holds<Eq<Reduce<[B, 3, 4], -1, true>, [B, 3, 1]>>();
holds<Eq<Reduce<[2, 3, 4], [0, -1]>, [3]>>();
holds<Eq<Reduce<[2, 3, 4], [0, 1], true>, [1, 1, 4]>>();
holds<Eq<Reduce<[2, 3, 4]>, []>>();
holds<Eq<Reduce<[2, 3, 4], undefined, true>, [1, 1, 1]>>();
holds<Eq<Reduce<[2, 3, 4], []>, [2, 3, 4]>>();
holds<Eq<Reduce<[2, 3], 2>, 'axis 2 is out of range for [2, 3]'>>();
holds<Eq<Reduce<[2, 3], -3>, 'axis -3 is out of range for [2, 3]'>>();
holds<Eq<Reduce<[2, 3, 4], [0, -3]>, 'axis -3 of [2, 3, 4] is given twice in [0, -3]'>>();
holds<Eq<Reduce<[2, 3, 4], [0, 3]>, 'axis 3 is out of range for [2, 3, 4]'>>();
// An axis known at run time only, or one of several, leaves the rank unknown.
holds<Eq<Reduce<[2, 3, 4], number>, readonly number[]>>();
holds<Eq<Reduce<[2, 3, 4], 0 | 1>, readonly number[]>>();
holds<Eq<Reduce<[2, 3, 4], number[]>, readonly number[]>>();
holds<Eq<Reduce<[2, 3, 4], 0, boolean>, readonly number[]>>();
holds<Eq<Reduce<readonly number[], -1>, readonly number[]>>();
holds<Eq<Reduce<readonly number[], [-1, 0]>, readonly number[]>>();
holds<Eq<Reduce<[...number[], 3], -1>, number[]>>();
holds<Eq<Reduce<[...number[], 3], 0>, readonly number[]>>();

holds<Eq<Squeeze<[2, 1, 3], 1>, [2, 3]>>();
holds<Eq<Squeeze<[2, 1, 3], -2>, [2, 3]>>();
holds<Eq<Squeeze<[2, 1, 3, 1]>, [2, 3]>>();
holds<Eq<Squeeze<[2, 1, 3, 1], [1, 3]>, [2, 3]>>();
holds<Eq<Squeeze<[B, 1], [-1]>, [B]>>();
holds<Eq<Squeeze<[number, 3], 0>, [3]>>();
// Without axes a name or an unknown dim may turn out to be 1.
holds<Eq<Squeeze<[B, 1]>, readonly number[]>>();
holds<Eq<Squeeze<[2, 1, 3], 0>, 'squeeze: axis 0 of [2, 1, 3] is not 1'>>();
holds<Eq<Squeeze<[2, 1, 3, 1], [1, 2]>, 'squeeze: axis 2 of [2, 1, 3, 1] is not 1'>>();
holds<Eq<Squeeze<[2, 1], 2>, 'axis 2 is out of range for [2, 1]'>>();

holds<Eq<ExpandDims<[2, 3], 1>, [2, 1, 3]>>();
holds<Eq<InsertAxis<[2, 3], -2, 9>, [2, 9, 3]>>();
holds<Eq<InsertAxis<[2, 3], 2, B>, [2, 3, B]>>();
holds<Eq<InsertAxis<[2, 3], number, 9>, readonly number[]>>();
holds<Eq<ExpandDims<[2, 3], 3>, 'axis 3 is out of range for inserting into [2, 3]'>>();
holds<Eq<ExpandDims<[2, 3], -4>, 'axis -4 is out of range for inserting into [2, 3]'>>();

holds<Eq<Transpose<[B, 12, T, 64], [0, 2, 1, 3]>, [B, T, 12, 64]>>();
holds<Eq<Transpose<[B, 12, T, 64]>, [64, T, 12, B]>>();
holds<Eq<Transpose<[B, 12, T], [-1, 0, -2]>, [T, B, 12]>>();
holds<Eq<Transpose<readonly number[]>, readonly number[]>>();
holds<Eq<Transpose<[2, 3], number[]>, readonly number[]>>();
holds<Eq<Transpose<[2, 3], [0, 0]>, 'transpose: [0, 0] is not a permutation of the axes of [2, 3]'>>();
holds<Eq<Transpose<[2, 3], [0, 5]>, 'transpose: [0, 5] is not a permutation of the axes of [2, 3]'>>();
holds<Eq<Transpose<[2, 3], [0]>, 'transpose: [0] is not a permutation of the axes of [2, 3]'>>();

holds<Eq<SwapAxes<[2, 3, 4], 0, -1>, [4, 3, 2]>>();
holds<Eq<SwapAxes<[2, 3, 4], 2, -1>, [2, 3, 4]>>();
holds<Eq<SwapAxes<[2, 3, 4], 3, -1>, 'axis 3 is out of range for [2, 3, 4]'>>();
holds<Eq<SwapAxes<[2, 3, 4], 2, -4>, 'axis -4 is out of range for [2, 3, 4]'>>();

export function generic<N extends number, M extends number, S extends readonly number[]>(): void {
  holds<Eq<Reduce<[N, M, 4], -1, true>, [N, M, 1]>>();
  holds<Eq<Reduce<[N, M], 2>, `axis 2 is out of range for [${N}, ${M}]`>>();
  holds<Eq<Squeeze<[N, 1], 1>, [N]>>();
  holds<Eq<Squeeze<[N, 1], 0>, `squeeze: axis 0 of [${N}, 1] is not 1`>>();
  holds<Eq<Squeeze<[N, 1], [0]>, `squeeze: axis 0 of [${N}, 1] is not 1`>>();
  holds<Eq<Transpose<[N, 12, M, 64], [0, 2, 1, 3]>, [N, M, 12, 64]>>();
  holds<Eq<Transpose<[N, M]>, [M, N]>>();
  holds<Eq<ExpandDims<[N, M], 1>, [N, 1, M]>>();
  // Over a generic rank axes are counted from the end.
  holds<Eq<Reduce<[...S, M], -1>, [...S]>>();
  holds<Eq<Reduce<[...S, M], -1, true>, [...S, 1]>>();
  holds<Eq<Reduce<[...S, N, M], [-1, -2]>, [...S]>>();
  holds<Eq<Reduce<[...S, N, M], [-2], true>, [...S, 1, M]>>();
  holds<Eq<Reduce<[...S, N, M], 0>, `axis 0 of [..., ${N}, ${M}] cannot be told: the rank is generic`>>();
  holds<Eq<Squeeze<[...S, 1], -1>, [...S]>>();
  holds<Eq<SwapAxes<[...S, N, M], -1, -2>, [...S, M, N]>>();
  holds<Eq<ExpandDims<[...S, N], -1>, [...S, N, 1]>>();
  holds<Eq<ExpandDims<[...S, N], -2>, [...S, 1, N]>>();
  holds<Eq<ExpandDims<S, 0>, [1, ...S]>>();
  holds<Eq<ExpandDims<S, -1>, [...S, 1]>>();
}
