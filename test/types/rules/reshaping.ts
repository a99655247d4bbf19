// reshape.
import type { Dim, Mul } from '../../../src/shape/dim.ts';
import type { Reshape } from '../../../src/shape/reshape.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;
type T = Dim<'T'>;

holds<Eq<Reshape<[32, 784], [32, 28, 28]>, [32, 28, 28]>>();
holds<Eq<Reshape<[60000, 28, 28], [-1, 56]>, [840000, 56]>>();
holds<Eq<Reshape<[6], [-1]>, [6]>>();
holds<Eq<Reshape<[1], []>, []>>();
holds<Eq<Reshape<[], [1, 1]>, [1, 1]>>();
// Named dims are cancelled, whatever their order; a product of those left over is a name of its own.
holds<Eq<Reshape<[B, T, 768], [B, T, 12, 64]>, [B, T, 12, 64]>>();
holds<Eq<Reshape<[12, T, 5], [T, 4, 3, 5]>, [T, 4, 3, 5]>>();
holds<Eq<Reshape<[B, 28, 28], [B, -1]>, [B, 784]>>();
holds<Eq<Reshape<[B, 28, 28], [-1, 784]>, [B, 784]>>();
holds<Eq<Reshape<[B, 6], [-1, B]>, [6, B]>>();
holds<Eq<Reshape<[B, T, 768], [-1, 768]>, [Dim<'B*T'>, 768]>>();
// Unknown dims are never cancelled: two of them need not be equal.
holds<Eq<Reshape<[number, 28, 28], [-1, 784]>, [number, 784]>>();
holds<Eq<Reshape<[number, 28, 28], [number, -1]>, [number, number]>>();
holds<Eq<Reshape<[number, 4], [number, 5]>, [number, 5]>>();
holds<Eq<Reshape<[number], [-1, 0]>, [number, 0]>>();
holds<Eq<Reshape<readonly number[], [-1, 3]>, [number, 3]>>();
holds<Eq<Reshape<[2, 3], readonly number[]>, readonly number[]>>();
// Empty ones.
holds<Eq<Reshape<[0, 3], [0, 5]>, [0, 5]>>();
holds<Eq<Reshape<[2, 0, 3], [-1, 3]>, [0, 3]>>();
holds<Eq<Reshape<[0, 28, 28], [0, -1]>, [0, 784]>>();

holds<Eq<Reshape<[32, 784], [32, 783]>, 'reshape: [32, 784] has 25088 elements, [32, 783] has 25056'>>();
holds<Eq<Reshape<[B, 10], [10]>, 'reshape: [B, 10] has B*10 elements, [10] has 10'>>();
holds<Eq<Reshape<[2, 3], [4, -1]>, 'reshape: [2, 3] (6 elements) does not divide into [4, -1]'>>();
holds<Eq<Reshape<[2, 3], [0, -1]>, 'reshape: [2, 3] (6 elements) does not divide into [0, -1]'>>();
holds<Eq<Reshape<[2, 3], [-1, -1]>, 'reshape: [-1, -1] has more than one -1'>>();

export function generic<N extends number, M extends number>(): void {
  holds<Eq<Reshape<[N, M, 768], [N, M, 12, 64]>, [N, M, 12, 64]>>();
  holds<Eq<Reshape<[N, 28, 28], [N, 784]>, [N, 784]>>();
  holds<Eq<Reshape<[N, 28, 28], [N, -1]>, [N, 784]>>();
  holds<Eq<Reshape<[N, M, 768], [-1, 768]>, [Mul<N, M>, 768]>>();
  holds<Eq<Reshape<[N, 3], [M, 3]>, `reshape: [${N}, 3] has ${Mul<N, 3>} elements, [${M}, 3] has ${Mul<M, 3>}`>>();
}
