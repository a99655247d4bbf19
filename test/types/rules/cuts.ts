// slice, pad.
import type { Add, Dim, Sub } from '../../../src/shape/dim.ts';
import type { Pad } from '../../../src/shape/pad.ts';
import type { Slice } from '../../../src/shape/slice.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;

holds<Eq<Slice<[60000, 784], [[0, 128]]>, [128, 784]>>();
holds<Eq<Slice<[10, 20, 3], [':', [5, 15]]>, [10, 10, 3]>>();
holds<Eq<Slice<[10, 20, 3], [[-3, null], [1, -1, 2]]>, [3, 9, 3]>>();
holds<Eq<Slice<[10], [[4, 4]]>, [0]>>();
holds<Eq<Slice<[10], [[0, 10, 4]]>, [3]>>();
// Of a named dim a length follows where both bounds count from one end; or it has a name of its own.
holds<Eq<Slice<[B, 20], [[1, null], [2, 4]]>, [Dim<'B-1'>, 2]>>();
holds<Eq<Slice<[B], [[0, 5]]>, [5]>>();
holds<Eq<Slice<[B], [[-5, -2]]>, [3]>>();
holds<Eq<Slice<[B], [[-5, null]]>, [5]>>();
holds<Eq<Slice<[B], [[0, -1]]>, [Dim<'B-1'>]>>();
holds<Eq<Slice<[B], [[-5, 4]]>, [number]>>();
holds<Eq<Slice<[10], [[number, 4]]>, [number]>>();
holds<Eq<Slice<[10], [[0, 2 | 3]]>, [number]>>();
holds<Eq<Slice<readonly number[], [[0, 2]]>, readonly number[]>>();
holds<Eq<Slice<[10, 20], [[0, 11]]>, 'slice: stop 11 exceeds 10 on axis 0 of [10, 20]'>>();
holds<Eq<Slice<[10, 20], [[5, 3]]>, 'slice: start 5 is after stop 3 on axis 0 of [10, 20]'>>();
holds<Eq<Slice<[10, 20], [[-2, -3]]>, 'slice: start -2 is after stop -3 on axis 0 of [10, 20]'>>();
holds<Eq<Slice<[10, 20], [[11, null]]>, 'slice: start 11 is after stop the end on axis 0 of [10, 20]'>>();
holds<Eq<Slice<[10, 20], [[-11, 3]]>, 'slice: start -11 is below -10 on axis 0 of [10, 20]'>>();
holds<Eq<Slice<[10, 20], [[0, -11]]>, 'slice: stop -11 is below -10 on axis 0 of [10, 20]'>>();
holds<Eq<Slice<[10, 20], [[5, 10, 0]]>, 'slice: step 0 on axis 0 of [10, 20] is not positive'>>();
holds<Eq<Slice<[B], [[5, 3]]>, 'slice: start 5 is after stop 3 on axis 0 of [B]'>>();
holds<Eq<Slice<[10], [':', ':']>, 'slice: 2 ranges for [10]'>>();

holds<Eq<Pad<[10, 20], [[1, 2], [0, 0]]>, [13, 20]>>();
holds<Eq<Pad<[10, 20], [[1, -2], [0, 0, 1]]>, [9, 39]>>();
holds<Eq<Pad<[0], [[0, 0, 3]]>, [0]>>();
holds<Eq<Pad<[B], [[1, 1]]>, [Dim<'B+2'>]>>();
holds<Eq<Pad<[B], [[-1, 0]]>, [Dim<'B-1'>]>>();
holds<Eq<Pad<[3], [[number, 1]]>, [number]>>();
holds<Eq<Pad<[number], [[1, 1]]>, [number]>>();
holds<Eq<Pad<[3, 20], [[-2, -2]]>, 'pad: [-2, -2] takes more than axis 0 of [3, 20] has'>>();
holds<Eq<Pad<[3], [[1, 1], [1, 1]]>, 'pad: 2 paddings for [3]'>>();
holds<Eq<Pad<[3], [[1, 1, -1]]>, 'pad: interior -1 on axis 0 of [3] is negative'>>();

export function generic<N extends number>(): void {
  holds<Eq<Slice<[N, 10], [[0, 5], [2, null]]>, [5, 8]>>();
  holds<Eq<Slice<[N, 10], [[1, null]]>, [Sub<N, 1>, 10]>>();
  holds<Eq<Slice<[N, 10], [':', [0, 11]]>, `slice: stop 11 exceeds 10 on axis 1 of [${N}, 10]`>>();
  holds<Eq<Pad<[N, 10], [[1, 1], [2, 2]]>, [Add<N, 2>, 14]>>();
  holds<Eq<Pad<[N, 10], [[0, 0], [2, 2]]>, [N, 14]>>();
  holds<Eq<Pad<[N, 3], [[0, 0], [-2, -2]]>, `pad: [-2, -2] takes more than axis 1 of [${N}, 3] has`>>();
}
