// matmul, dot, dotGeneral, einsum.
import type { Dim } from '../../../src/shape/dim.ts';
import type { Dot } from '../../../src/shape/dot.ts';
import type { DotGeneral } from '../../../src/shape/dotGeneral.ts';
import type { Einsum } from '../../../src/shape/einsum.ts';
import type { MatMul } from '../../../src/shape/matmul.ts';
import { holds, type Eq } from './eq.ts';

type B = Dim<'B'>;
type T = Dim<'T'>;

holds<Eq<MatMul<[32, 784], [784, 10]>, [32, 10]>>();
holds<Eq<MatMul<[B, 12, T, 64], [B, 12, 64, T]>, [B, 12, T, T]>>();
holds<Eq<MatMul<[B, 12, T, 64], [64, T]>, [B, 12, T, T]>>();
holds<Eq<MatMul<[784], [784, 10]>, [10]>>();
holds<Eq<MatMul<[784], [784]>, []>>();
holds<Eq<MatMul<[5, 784], [784]>, [5]>>();
holds<Eq<MatMul<[784], [4, 784, 2]>, [4, 2]>>();
holds<Eq<MatMul<[4, 1, 2, 3], [5, 3, 2]>, [4, 5, 2, 2]>>();
holds<Eq<MatMul<[number, 784], [784, 10]>, [number, 10]>>();
holds<Eq<MatMul<[32, number], [784, 10]>, [32, 10]>>();
holds<Eq<MatMul<readonly number[], [5, 3]>, readonly number[]>>();
holds<Eq<MatMul<[5, 3], readonly number[]>, readonly number[]>>();
holds<Eq<MatMul<[...number[], 3], [3, 2]>, [...number[], 2]>>();
holds<Eq<MatMul<[32, 784], [100, 10]>, 'matmul: inner dims differ, [32, 784] x [100, 10]: 784 vs 100'>>();
holds<Eq<MatMul<[32, 784], [100]>, 'matmul: inner dims differ, [32, 784] x [100]: 784 vs 100'>>();
holds<Eq<MatMul<[], [4, 784, 2]>, 'matmul: left operand [] needs rank >= 1'>>();
holds<Eq<MatMul<[4], []>, 'matmul: right operand [] needs rank >= 1'>>();
holds<Eq<MatMul<[4, 2, 3], [5, 3, 2]>, 'matmul: batch dims, cannot broadcast [4] with [5]: 4 vs 5'>>();

holds<Eq<Dot<[2, 3], [4, 3, 5]>, [2, 4, 5]>>();
holds<Eq<Dot<[], [4, 3]>, [4, 3]>>();
holds<Eq<Dot<[B, 3], [3]>, [B]>>();
holds<Eq<Dot<[2, 3], [4, 5]>, 'dot: inner dims differ, [2, 3] x [4, 5]: 3 vs 4'>>();

type Batched = { lhsContract: [2]; rhsContract: [1]; lhsBatch: [0]; rhsBatch: [0] };
holds<Eq<DotGeneral<[8, 2, 3], [8, 3, 5], Batched>, [8, 2, 5]>>();
holds<Eq<DotGeneral<[B, 2, 3], [number, 3, 5], Batched>, [B, 2, 5]>>();
holds<Eq<DotGeneral<[2, 3], [4, 5], { lhsContract: []; rhsContract: []; lhsBatch: []; rhsBatch: [] }>, [2, 3, 4, 5]>>();
holds<Eq<DotGeneral<[8, 2, 3], [8, 4, 5], Batched>, 'dotGeneral: contracting dims differ, [8, 2, 3] x [8, 4, 5]: axis 2 is 3, axis 1 is 4'>>();
holds<Eq<DotGeneral<[8, 2, 3], [9, 3, 5], Batched>, 'dotGeneral: batch dims differ, [8, 2, 3] x [9, 3, 5]: axis 0 is 8, axis 0 is 9'>>();
holds<Eq<DotGeneral<[8, 2, 3], [8, 4, 5], { lhsContract: [2]; rhsContract: []; lhsBatch: []; rhsBatch: [] }>, 'dotGeneral: 1 contracting axes on the left, 0 on the right'>>();
holds<Eq<DotGeneral<[8, 2, 3], [8, 3, 5], { lhsContract: [0]; rhsContract: [0]; lhsBatch: [0]; rhsBatch: [0] }>, 'axis 0 of [8, 2, 3] is given twice in [0, 0]'>>();
holds<Eq<DotGeneral<[2, 3], [3, 5], { lhsContract: number[]; rhsContract: number[]; lhsBatch: []; rhsBatch: [] }>, readonly number[]>>();

holds<Eq<Einsum<'bhqd,bhkd->bhqk', [[B, 12, T, 64], [B, 12, T, 64]]>, [B, 12, T, T]>>();
holds<Eq<Einsum<'ij, jk -> ik', [[2, 3], [3, 4]]>, [2, 4]>>();
holds<Eq<Einsum<'ij,jk->ik', [[2, number], [3, 4]]>, [2, 4]>>();
holds<Eq<Einsum<'ii->i', [[3, 3]]>, [3]>>();
holds<Eq<Einsum<'ij->', [[3, 4]]>, []>>();
holds<Eq<Einsum<'...ij,...jk->...ik', [[7, 2, 3], [3, 4]]>, [7, 2, 4]>>();
holds<Eq<Einsum<'b...d,d->b...', [[7, 2, 3, 4], [4]]>, [7, 2, 3]>>();
holds<Eq<Einsum<'ij->i', [readonly number[]]>, readonly number[]>>();
holds<Eq<Einsum<string, [[2, 3]]>, readonly number[]>>();
holds<Eq<Einsum<'ij,jk->ik', [[2, 3], [4, 5]]>, "einsum: index 'j' is 3 and 4 (operand 'jk' [4, 5])">>();
holds<Eq<Einsum<'ij,jk->ik', [[2, 3]]>, 'einsum: more operands in the subscripts than given'>>();
holds<Eq<Einsum<'ij->ij', [[2, 3], [2, 3]]>, 'einsum: more operands given than in the subscripts'>>();
holds<Eq<Einsum<'ij->ii', [[3, 3]]>, "einsum: output index 'i' is given twice">>();
holds<Eq<Einsum<'ij->k', [[3, 3]]>, "einsum: output index 'k' is not in any operand">>();
holds<Eq<Einsum<'ij->i', [[3]]>, "einsum: operand 'ij' names more axes than [3] has">>();
holds<Eq<Einsum<'i->i', [[3, 4]]>, "einsum: operand 'i' names fewer axes than [3, 4] has">>();
holds<Eq<Einsum<'...i->i', [[3, 4]]>, "einsum: the operands have '...', the output 'i' has not">>();
holds<Eq<Einsum<'ij,jk', [[2, 3], [3, 4]]>, "einsum: 'ij,jk' has no '->'">>();

export function generic<N extends number, M extends number, K extends number, S extends readonly number[]>(): void {
  holds<Eq<MatMul<[N, M], [M, K]>, [N, K]>>();
  holds<Eq<MatMul<[N, M, 64], [N, 64, M]>, [N, M, M]>>();
  holds<Eq<MatMul<[N, M], [K, 3]>, `matmul: inner dims differ, [${N}, ${M}] x [${K}, 3]: ${M} vs ${K}`>>();
  holds<Eq<MatMul<[...S, M], [M, K]>, [...S, K]>>();
  holds<Eq<MatMul<[...S, M], [M]>, [...S]>>();
  holds<Eq<MatMul<[...S, M, K], [...S, K, 4]>, [...S, M, 4]>>();
  holds<Eq<MatMul<S, [3, 4]>, 'matmul: left operand [...] is of generic rank'>>();
  holds<Eq<Dot<[...S, M], [M, K]>, [...S, K]>>();
  holds<Eq<DotGeneral<[N, 2, M], [N, M, 5], Batched>, [N, 2, 5]>>();
  holds<Eq<Einsum<'bqd,bkd->bqk', [[N, M, 64], [N, M, 64]]>, [N, M, M]>>();
  holds<Eq<Einsum<'...i,io->...o', [[...S, M], [M, 64]]>, [...S, 64]>>();
  holds<Eq<Einsum<'ij,jk->ik', [[N, M], [K, 64]]>, `einsum: index 'j' is ${M} and ${K} (operand 'jk' [${K}, 64])`>>();
}
