// tile, repeat, cumulative, flip, roll, takeAlongAxis.
import type { Dim } from '../../../src/shape/dim.ts';
import type { Cumulative, Flip, Roll } from '../../../src/shape/cumulative.ts';
import type { TakeAlongAxis } from '../../../src/shape/takeAlongAxis.ts';
import type { Repeat, Tile } from '../../../src/shape/tile.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;

holds<Eq<Tile<[2, 3], 4>, [2, 12]>>();
holds<Eq<Tile<[2, 3], [4, 1, 2]>, [4, 2, 6]>>();
holds<Eq<Tile<[B, 3], [2, 2]>, [Dim<'B*2'>, 6]>>();
holds<Eq<Tile<[B, 3], [1, 0]>, [B, 0]>>();
holds<Eq<Tile<[2, 3], [number, 2]>, [number, 6]>>();
holds<Eq<Tile<readonly number[], [2]>, readonly number[]>>();
holds<Eq<Tile<[2, 3], [-1, 2]>, 'tile: -1 repetitions'>>();
holds<Eq<Tile<[2, 3], [3, -4]>, 'tile: -4 repetitions'>>();
holds<Eq<Tile<[], -2>, 'tile: -2 repetitions'>>();

holds<Eq<Repeat<[2, 3], 4>, [24]>>();
holds<Eq<Repeat<[2, 3], 4, -1>, [2, 12]>>();
holds<Eq<Repeat<[B, 3], 2, 0>, [Dim<'B*2'>, 3]>>();
holds<Eq<Repeat<[2, 3], number, 0>, [number, 3]>>();
holds<Eq<Repeat<[2, 3], 4, 2>, 'axis 2 is out of range for [2, 3]'>>();
holds<Eq<Repeat<[2, 3], -1>, 'repeat: -1 repetitions'>>();
holds<Eq<Repeat<[B], 2, -2>, 'axis -2 is out of range for [B]'>>();

holds<Eq<Cumulative<[2, 3], 1>, [2, 3]>>();
holds<Eq<Cumulative<[2, 3]>, [6]>>();
holds<Eq<Cumulative<[B, 3], -2>, [B, 3]>>();
holds<Eq<Cumulative<[2, 3], 2>, 'axis 2 is out of range for [2, 3]'>>();
holds<Eq<Cumulative<[B], -2>, 'axis -2 is out of range for [B]'>>();
holds<Eq<Cumulative<[], 0>, 'axis 0 is out of range for []'>>();

holds<Eq<Flip<[2, 3]>, [2, 3]>>();
holds<Eq<Flip<[2, B], [0, -1]>, [2, B]>>();
holds<Eq<Flip<[2, 3], 1>, [2, 3]>>();
holds<Eq<Flip<[2, 3], 2>, 'axis 2 is out of range for [2, 3]'>>();
holds<Eq<Flip<[2, 3], [1, -1]>, 'axis -1 of [2, 3] is given twice in [1, -1]'>>();
holds<Eq<Flip<[2, 3], [0, 5]>, 'axis 5 is out of range for [2, 3]'>>();

holds<Eq<Roll<[2, 3], 1>, [2, 3]>>();
holds<Eq<Roll<[2, B], [1, -2], [0, 1]>, [2, B]>>();
holds<Eq<Roll<[2, 3], 1, [0, 1]>, [2, 3]>>();
holds<Eq<Roll<[2, 3], [1, 2], [0]>, 'roll: 2 shifts for 1 axes'>>();
holds<Eq<Roll<[2, 3], 1, 2>, 'axis 2 is out of range for [2, 3]'>>();
holds<Eq<Roll<[2, 3], 1, [0, 0]>, 'axis 0 of [2, 3] is given twice in [0, 0]'>>();

holds<Eq<TakeAlongAxis<[2, 3], [2, 5], 1>, [2, 5]>>();
holds<Eq<TakeAlongAxis<[2, 3, 4], [1, 7, 4], 1>, [2, 7, 4]>>();
holds<Eq<TakeAlongAxis<[B, 3], [B, 1], -1>, [B, 1]>>();
holds<Eq<TakeAlongAxis<[2, 3], [number, 5], 1>, [2, 5]>>();
holds<Eq<TakeAlongAxis<[2, 3], [3, 5], 1>, 'takeAlongAxis: cannot broadcast [2, 1] with [3, 1]: 2 vs 3'>>();
holds<Eq<TakeAlongAxis<[2, 3], [5], 0>, 'takeAlongAxis: ranks differ, [2, 3] and ids [5]'>>();
holds<Eq<TakeAlongAxis<[2, 3], [2, 5], 2>, 'axis 2 is out of range for [2, 3]'>>();

export function generic<N extends number, I extends number>(): void {
  holds<Eq<Tile<[N, 3], [1, 2]>, [N, 6]>>();
  holds<Eq<Cumulative<[N, 3], 0>, [N, 3]>>();
  holds<Eq<Flip<[N, 3], 2>, `axis 2 is out of range for [${N}, 3]`>>();
  holds<Eq<Repeat<[N, 3], 2, 1>, [N, 6]>>();
  holds<Eq<Roll<[N, 3], 2, 1>, [N, 3]>>();
  holds<Eq<TakeAlongAxis<[N, 3], [N, I], 1>, [N, I]>>();
}
