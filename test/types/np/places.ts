// Programs that must compile, and what comes out: diagonals, grids, orders, repetitions, windows, blocks, gathers and scatters.
import { lax, np, type Dim, type Shape, type Tensor } from '../../../src/index.ts';
import { is } from '../nn/is.ts';

declare const x: Tensor<[32, 784]>;
declare const v: Tensor<[5]>;
declare const cube: Tensor<[2, 3, 4]>;
declare const named: Tensor<[Dim<'batch'>, 10]>;
declare const ids: Tensor<[6, 1], 'i32'>;
declare const unknown: Tensor<readonly number[]>;

is<Tensor<[32, 7]>>()(np.takeAlongAxis(x, np.zeros([32, 7], 'i32'), 1));
is<Tensor<[32, 2]>>()(np.takeAlongAxis(x, np.zeros([1, 2], 'i32'), -1));
is<Tensor<[Dim<'batch'>, 1]>>()(np.takeAlongAxis(named, np.zeros([1, 1], 'i32'), 1));

is<Tensor<[2, 10]>>()(np.tile(v, [2, 2]));
is<Tensor<[64, 784]>>()(np.tile(x, [2, 1]));
is<Tensor<[Dim<'batch'>, 30]>>()(np.tile(named, 3));
is<Tensor<[10]>>()(np.repeat(v, 2));
is<Tensor<[32, 1568]>>()(np.repeat(x, 2, { axis: 1 }));
is<Tensor<[Dim<'batch'>, 20]>>()(np.repeat(named, 2, { axis: -1 }));
is<Tensor<[5]>>()(np.roll(v, 2));
is<Tensor<[32, 784]>>()(np.roll(x, [1, 2], { axis: [0, 1] }));
is<Tensor<[Dim<'batch'>, 10]>>()(np.roll(named, -1, { axis: 0 }));
is<Tensor<[2, 3, 4]>>()(np.flip(cube, [0, 2]));
is<Tensor<[3, 2, 4]>>()(np.rot90(cube));

is<Tensor<[2, 3, 4]>>()(lax.cumsum(cube, 2, true));
is<Tensor<[24]>>()(np.cumsum(cube));
is<Tensor<[Dim<'batch'>, 10]>>()(np.cumprod(named, { axis: 1 }));
is<Tensor<[2, 3, 4]>>()(np.sort(cube));
is<Tensor<[24]>>()(np.sort(cube, { axis: null }));
is<Tensor<[32, 784], 'i32'>>()(np.argsort(x, { axis: 0 }));
is<[Tensor<[32, 3]>, Tensor<[32, 3], 'i32'>]>()(np.topK(x, 3));
is<[Tensor<[Dim<'batch'>, 2]>, Tensor<[Dim<'batch'>, 2], 'i32'>]>()(lax.topK(named, 2));
is<[Tensor<[4, 784]>, Tensor<[4, 784], 'i32'>]>()(np.topK(x, 4, { axis: 0 }));

is<[Tensor<[3, 5]>, Tensor<[3, 5], 'i32'>]>()(np.meshgrid([v, np.arange(3)]));
is<[Tensor<[5, 3]>, Tensor<[5, 3], 'i32'>]>()(np.meshgrid([v, np.arange(3)], { indexing: 'ij' }));
is<[Tensor<[5]>]>()(np.meshgrid([v]));

is<[Tensor<[3, 4]>, Tensor<[3, 4]>]>()(np.unstack(cube));
is<[Tensor<[2, 4]>, Tensor<[2, 4]>, Tensor<[2, 4]>]>()(np.unstack(cube, { axis: -2 }));
is<Tensor<[10]>[]>()(np.unstack(named));
is<Tensor<readonly number[]>[]>()(np.unstack(unknown));
is<Tensor<[]>[]>()(np.unstack(np.zeros([1000])));
is<Tensor<[1]>[]>()(np.split(np.zeros([1000]), 1000));

is<Tensor<[5, 5]>>()(np.diag(v));
is<Tensor<[7, 7]>>()(np.diag(v, { k: -2 }));
is<Tensor<[31]>>()(np.diag(x, { k: -1 }));
is<Tensor<[4, 2]>>()(np.diagonal(cube));
is<Tensor<[3, 2]>>()(np.diagonal(cube, { axis1: 0, axis2: 2 }));
is<Tensor<[4]>>()(np.trace(cube));
is<Tensor<[2, 3, 4]>>()(np.tril(cube));
is<Tensor<[32, 784]>>()(np.triu(x, { k: 1 }));
is<Tensor<[Dim<'batch'>, 10]>>()(np.tril(named));

is<Tensor<[25]>>()(np.kron(v, v));
is<Tensor<[32, 3920]>>()(np.kron(x, v));
is<Tensor<[2, 96, 3136]>>()(np.kron(cube, x));
is<Tensor<[5, 24]>>()(np.outer(v, cube));
is<Tensor<[25]>>()(np.ravel(np.outer(v, v)));
is<Tensor<[3, 4, 2]>>()(np.moveaxis(cube, 0, -1));
is<Tensor<[2, 4, 3]>>()(np.moveaxis(cube, -1, 1));
is<Tensor<[10, Dim<'batch'>]>>()(np.moveaxis(named, 0, 1));

is<Tensor<[2, 5]>>()(np.vstack([v, v]));
is<Tensor<[10]>>()(np.hstack([v, v]));
is<Tensor<[32, 1568]>>()(np.hstack([x, x]));
is<Tensor<[1, 5, 2]>>()(np.dstack([v, v]));
is<Tensor<[5, 2]>>()(np.columnStack([v, v]));
is<Tensor<[789]>>()(np.append(np.zeros([784]), v));
is<Tensor<[4]>>()(np.diff(v));
is<Tensor<[32, 782]>>()(np.diff(x, { n: 2 }));

is<Tensor<[4]>>()(lax.reduceWindow(v, 'max', 2));
is<Tensor<[16, 392]>>()(lax.reduceWindow(x, 'sum', 2, { strides: 2 }));
is<Tensor<[3, 784]>>()(lax.reduceWindow(np.zeros([3, 784]), 'mean', [3, 1], { padding: 'same' }));
is<Tensor<[2, 9, 9, 8]>>()(lax.convGeneral(np.zeros([2, 5, 5, 3]), np.zeros([1, 1, 3, 8]), { inputDilation: 2 }));

is<Tensor<[2]>>()(lax.dynamicSlice(v, [0], [2]));
is<Tensor<[1, 784]>>()(lax.dynamicSlice(x, [3, 0], [1, 784]));
is<Tensor<[4, 784]>>()(lax.dynamicSliceInDim(x, 3, 4));
is<Tensor<[784]>>()(lax.dynamicIndexInDim(x, 3));
is<Tensor<[32, 784]>>()(lax.dynamicUpdateSlice(x, np.zeros([1, 784]), [3, 0]));

const rows = { offsetDims: [1], collapsedSliceDims: [0], startIndexMap: [0] } as const;
is<Tensor<[6, 784]>>()(lax.gather(x, ids, rows, [1, 784]));
is<Tensor<[6, 10]>>()(lax.gather(x, ids, rows, [1, 10]));
is<Tensor<[2, 6, 3, 2]>>()(lax.gather(cube, ids, { offsetDims: [0, 2, 3], collapsedSliceDims: [], startIndexMap: [2] }, [2, 3, 2]));
is<Tensor<[32, 784]>>()(lax.scatterAdd(x, ids, np.zeros([6, 784]), { updateWindowDims: [1], insertedWindowDims: [0], scatterDimsToOperandDims: [0] }));
is<Tensor<readonly number[]>>()(np.sort(unknown));

export function generic<N extends number, S extends Shape>(n: Tensor<[N, 3]>, s: Tensor<[...S, 3]>): void {
  is<Tensor<[N, 3]>>()(np.sort(n));
  is<Tensor<[N, 3]>>()(np.tril(n));
  is<[Tensor<[N, 2]>, Tensor<[N, 2], 'i32'>]>()(np.topK(n, 2));
  is<Tensor<[...S, 3]>>()(np.flip(s, -1));
  is<Tensor<[3, N]>>()(np.moveaxis(n, 0, 1));
}
