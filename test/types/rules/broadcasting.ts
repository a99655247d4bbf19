// broadcast, broadcastTo, where.
import type { Broadcast, BroadcastTo } from '../../../src/shape/broadcast.ts';
import type { Dim } from '../../../src/shape/dim.ts';
import type { Where } from '../../../src/shape/where.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;
type T = Dim<'T'>;

holds<Eq<Broadcast<[32, 784], [784]>, [32, 784]>>();
holds<Eq<Broadcast<[32, 1, 5], [7, 1]>, [32, 7, 5]>>();
holds<Eq<Broadcast<[B, 1, 5], [7, 1]>, [B, 7, 5]>>();
holds<Eq<Broadcast<[B, T], [T]>, [B, T]>>();
holds<Eq<Broadcast<[], [3]>, [3]>>();
holds<Eq<Broadcast<[0], [1]>, [0]>>();
holds<Eq<Broadcast<[B, 3], [T, 3]>, 'cannot broadcast [B, 3] with [T, 3]: B vs T'>>();
holds<Eq<Broadcast<[2, 3], [2, 4]>, 'cannot broadcast [2, 3] with [2, 4]: 3 vs 4'>>();
holds<Eq<Broadcast<[2, 0], [2, 3]>, 'cannot broadcast [2, 0] with [2, 3]: 0 vs 3'>>();

// An unknown dim beside a literal is that literal, or was 1; beside a name it may have been more than the name's 1.
holds<Eq<Broadcast<[number, 3], [4, 1]>, [4, 3]>>();
holds<Eq<Broadcast<[number], [B]>, [number]>>();
holds<Eq<Broadcast<[number], [1]>, [number]>>();
holds<Eq<Broadcast<readonly number[], [2, 4]>, readonly number[]>>();
holds<Eq<Broadcast<[...number[], 4], [2, 4]>, [...number[], 4]>>();
holds<Eq<Broadcast<[...number[], 4], [4]>, [...number[], 4]>>();
holds<Eq<Broadcast<[...number[], 4], [3]>, 'cannot broadcast [..., 4] with [3]: 4 vs 3'>>();

holds<Eq<BroadcastTo<[3], [2, 3]>, [2, 3]>>();
holds<Eq<BroadcastTo<[2, 3], [3]>, 'cannot broadcast [2, 3] to [3]'>>();
holds<Eq<BroadcastTo<[2, 3], [1, 3]>, 'cannot broadcast [2, 3] to [1, 3]'>>();
holds<Eq<BroadcastTo<[number, 3], [7, 3]>, [7, 3]>>();
holds<Eq<BroadcastTo<[3], readonly number[]>, readonly number[]>>();

holds<Eq<Where<[3], [2, 1], []>, [2, 3]>>();
holds<Eq<Where<[3], [2, 1], [4]>, 'where: cannot broadcast [3] with [2, 4]: 3 vs 4'>>();
holds<Eq<Where<[3], [2, 5], [4]>, 'where: cannot broadcast [2, 5] with [4]: 5 vs 4'>>();

export function generic<N extends number, M extends number, K extends number, S extends readonly number[], R extends readonly number[]>(): void {
  holds<Eq<Broadcast<[N, M, K], [N, M, 1]>, [N, M, K]>>();
  holds<Eq<Broadcast<[N, 1, K], [M, 1]>, [N, M, K]>>();
  holds<Eq<Broadcast<[N, M], [M]>, [N, M]>>();
  holds<Eq<Broadcast<[N, 3], [M, 3]>, `cannot broadcast [${N}, 3] with [${M}, 3]: ${N} vs ${M}`>>();
  holds<Eq<BroadcastTo<[M], [N, M]>, [N, M]>>();
  holds<Eq<BroadcastTo<[N], [M]>, `cannot broadcast [${N}] with [${M}]: ${N} vs ${M}`>>();
  holds<Eq<Where<[N, 1], [N, M], []>, [N, M]>>();
  // The rank itself may be generic.
  holds<Eq<Broadcast<[...S, 3], [3]>, [...S, 3]>>();
  holds<Eq<Broadcast<[3], [...S, 3]>, [...S, 3]>>();
  holds<Eq<Broadcast<[...S, M], [M]>, [...S, M]>>();
  holds<Eq<Broadcast<[...S, M], [...S, 1]>, [...S, M]>>();
  holds<Eq<Broadcast<[...S, 1], [...S, M]>, [...S, M]>>();
  holds<Eq<Broadcast<[...S, 4, M], [4, M]>, [...S, 4, M]>>();
  holds<Eq<Broadcast<[...S, M], []>, [...S, M]>>();
  holds<Eq<Broadcast<S, []>, S>>();
  holds<Eq<Broadcast<[], S>, S>>();
  holds<Eq<Where<[], S, S>, S>>();
  holds<Eq<Broadcast<S, S>, S>>();
  holds<Eq<Broadcast<S, [3]>, 'cannot broadcast [...] with [3]: the rank of [...] is generic'>>();
  holds<Eq<Broadcast<[...S, 2], [3]>, 'cannot broadcast [..., 2] with [3]: 2 vs 3'>>();
  holds<Eq<Broadcast<[...S, N, M], [4, M]>, `cannot broadcast [..., ${N}, ${M}] with [4, ${M}]: ${N} vs 4`>>();
  holds<Eq<Broadcast<[...S, M], [...R, M]>, `cannot broadcast [..., ${M}] with [..., ${M}]: the rank of [...] is generic`>>();
  holds<Eq<BroadcastTo<[M], [...S, M]>, [...S, M]>>();
  holds<Eq<Where<[...S, M], [...S, M], []>, [...S, M]>>();
}
