// concatenate, stack, split.
import type { Add, Dim } from '../../../src/shape/dim.ts';
import type { Concatenate, Stack } from '../../../src/shape/concatenate.ts';
import type { Split, SplitSizes } from '../../../src/shape/split.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;
type T = Dim<'T'>;

holds<Eq<Concatenate<[[2, 3], [2, 4], [2, 5]], -1>, [2, 12]>>();
holds<Eq<Concatenate<[[2, 3], [4, 3]]>, [6, 3]>>();
holds<Eq<Concatenate<[[B, 3], [T, 3]], 0>, [Dim<'B+T'>, 3]>>();
holds<Eq<Concatenate<[[number, 3], [4, 3]], 1>, [4, 6]>>();
holds<Eq<Concatenate<[2, 3][], 1>, [2, number]>>();
holds<Eq<Concatenate<[[2, 3], [3, 3]], 1>, 'concatenate: [2, 3] and [3, 3] differ on axis 0: 2 vs 3'>>();
holds<Eq<Concatenate<[[2, 3, 4], [2, 3, 4], [2, 3, 5]], 1>, 'concatenate: [2, 3, 4] and [2, 3, 5] differ on axis 2: 4 vs 5'>>();
holds<Eq<Concatenate<[[2, 3], [3]], 0>, 'concatenate: ranks differ: [2, 3] and [3]'>>();
holds<Eq<Concatenate<[[2, 3], [3]], 1>, 'concatenate: ranks differ: [2, 3] and [3]'>>();
holds<Eq<Concatenate<[[2, 3]], 2>, 'axis 2 is out of range for [2, 3]'>>();
holds<Eq<Concatenate<[], 0>, 'concatenate: no operands'>>();

holds<Eq<Stack<[[2, 3], [2, 3]]>, [2, 2, 3]>>();
holds<Eq<Stack<[[B, 3], [B, 3], [B, 3]], 1>, [B, 3, 3]>>();
holds<Eq<Stack<[[B, 3], [number, 3]], -1>, [B, 3, 2]>>();
holds<Eq<Stack<[2, 3][]>, [number, 2, 3]>>();
holds<Eq<Stack<[[2, 3], [2, 4]]>, 'stack: shapes differ: [2, 3] and [2, 4]'>>();
holds<Eq<Stack<[[2, 3], [2]]>, 'stack: shapes differ: [2, 3] and [2]'>>();
holds<Eq<Stack<[[2, 3], [2, 3]], 3>, 'axis 3 is out of range for inserting into [2, 3]'>>();

holds<Eq<SplitSizes<[B, 2304], [768, 768, 768], -1>, [[B, 768], [B, 768], [B, 768]]>>();
holds<Eq<SplitSizes<[7], number[]>, readonly [number][]>>();
holds<Eq<SplitSizes<[B, 2304], [768, 768, 767], 1>, 'split: sizes [768, 768, 767] sum to 2303, axis 1 of [B, 2304] is 2304'>>();
holds<Eq<Split<[B, 2304], 3, -1>, [[B, 768], [B, 768], [B, 768]]>>();
holds<Eq<Split<[T], 2>, [[Dim<'T/2'>], [Dim<'T/2'>]]>>();
holds<Eq<Split<[7], [2, 4]>, [[2], [2], [3]]>>();
holds<Eq<Split<[B], [2, 4]>, [[2], [2], [Dim<'B-4'>]]>>();
holds<Eq<Split<[7], []>, [[7]]>>();
holds<Eq<Split<[7, 2], number>, readonly [number, 2][]>>();
holds<Eq<Split<[7], 2>, 'split: axis 0 of [7] is 7, which does not divide into 2 equal pieces'>>();
holds<Eq<Split<[7], [2, 8]>, 'split: index 8 exceeds axis 0 of [7]'>>();
holds<Eq<Split<[7], [4, 2]>, 'split: indices [4, 2] are not ascending'>>();
holds<Eq<Split<[7], 0>, 'split: 0 pieces'>>();
holds<Eq<Split<[7], 1, 1>, 'axis 1 is out of range for [7]'>>();

export function generic<N extends number, M extends number, S extends readonly number[]>(): void {
  holds<Eq<Concatenate<[[N, 3], [M, 3]], 0>, [Add<N, M>, 3]>>();
  holds<Eq<Concatenate<[[N, 3], [M, 3]], 1>, `concatenate: [${N}, 3] and [${M}, 3] differ on axis 0: ${N} vs ${M}`>>();
  holds<Eq<Concatenate<[[...S, 3], [...S, 4]], -1>, [...S, 7]>>();
  holds<Eq<Stack<[[N, 3], [N, 3]]>, [2, N, 3]>>();
  holds<Eq<Stack<[[N, 3], [M, 3]]>, `stack: shapes differ: [${N}, 3] and [${M}, 3]`>>();
  holds<Eq<Stack<[S, S]>, [2, ...S]>>();
  holds<Eq<SplitSizes<[N, 2304], [768, 768, 768], -1>, [[N, 768], [N, 768], [N, 768]]>>();
  holds<Eq<SplitSizes<[...S, 2304], [768, 1536], -1>, [[...S, 768], [...S, 1536]]>>();
  holds<Eq<Split<[N, 8], 2, 1>, [[N, 4], [N, 4]]>>();
}
