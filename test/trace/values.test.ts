// Values through the public face, on every backend there is: what goes in comes out, copied, whatever it is.
import { inspect } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { allocate } from '../../src/dtype/dtype.ts';
import { backends, fromData, full, getBackend, grad, jit, np, setBackend, tensor, vmap, zeros, type DType, type Tensor } from 'cotangent';

const before = getBackend();
afterAll(() => setBackend(before));

describe.each(backends().filter(name => name !== 'webgpu'))('%s', backend => {
  beforeEach(() => setBackend(backend));

  it('host data is copied in, never aliased', async () => {
    const data = Float32Array.of(1, 2, 3);
    const x = fromData(data, [3], 'f32');
    data.fill(9);
    expect(await x.js()).toEqual([1, 2, 3]);
    const nested = [[1, 2], [3, 4]];
    const y = tensor([[1, 2], [3, 4]]);
    nested[0]?.fill(7);
    expect(await y.js()).toEqual([[1, 2], [3, 4]]);
  });
  it('every read is a fresh copy, before and after a computation has used the tensor', async () => {
    const x = tensor([1, 2, 3]);
    const first = await x.data();
    first.fill(9);
    const y = np.add(x, 1);
    expect(await y.js()).toEqual([2, 3, 4]);
    const second = x.dataSync();
    second.fill(7);
    expect([await x.js(), Array.from(await y.data()), y.dataSync() === y.dataSync()]).toEqual([[1, 2, 3], [2, 3, 4], false]);
  });
  it('tells its rank and its number of elements, traced or not', () => {
    const x = zeros([2, 3, 4]);
    expect([x.ndim, x.size]).toEqual([3, 24]);
    expect([tensor(5).ndim, tensor(5).size, zeros([0, 3]).ndim, zeros([0, 3]).size]).toEqual([0, 1, 2, 0]);
    const seen: number[] = [];
    const note = jit((t: Tensor<[2, 3, 4]>) => { seen.push(t.ndim, t.size); return vmap((row: Tensor<[3, 4]>) => { seen.push(row.ndim, row.size); return np.sum(row); })(t); });
    note(x);
    expect(seen).toEqual([3, 24, 2, 12]);
    x[Symbol.dispose]();
    expect([x.ndim, x.size]).toEqual([3, 24]);
  });
  it('NaN, infinities and -0 pass unharmed through host, copies and arithmetic', async () => {
    const special = [NaN, Infinity, -Infinity, -0, 0, Math.fround(1e-45), 3.4028234663852886e38];
    const x = tensor(special);
    expect(Array.from(await x.data())).toEqual(special);
    const copied = np.reshape(np.reshape(x, [7, 1]), [7]);
    expect(Array.from(await copied.data())).toEqual(special);
    expect(Array.from(await np.negative(x).data())).toEqual(special.map(v => -v));
    expect((await np.multiply(x, 1).js()).map(v => Object.is(v, -0))).toEqual([false, false, false, true, false, false, false]);
  });
  it('scalars', async () => {
    const x = tensor(2.5);
    expect([x.shape, await x.js(), await x.item(), x.itemSync(), Array.from(await x.data()), await np.multiply(x, x).item()]).toEqual([[], 2.5, 2.5, 2.5, [2.5], 6.25]);
    expect(await np.greater(x, 2).item()).toBe(true);
  });
  it('empty tensors', async () => {
    const x = zeros([0, 3]);
    expect([await x.js(), (await x.data()).length, await np.sum(x).item(), await np.sum(x, { axis: 0 }).js()]).toEqual([[], 0, 0, [0, 0, 0]]);
    expect(await np.add(x, 1).js()).toEqual([]);
    expect(await zeros([2, 0]).js()).toEqual([[], []]);
    expect(await grad((v: ReturnType<typeof zeros<[0, 3]>>) => np.sum(np.multiply(v, v)))(x).js()).toEqual([]);
    expect(await vmap((v: ReturnType<typeof zeros<[3]>>) => np.sum(v))(x).js()).toEqual([]);
  });
  it('rank 8', async () => {
    const x = full([1, 2, 1, 2, 1, 1, 2, 1], 3);
    const y = np.transpose(np.add(x, np.astype(np.arange(8), 'f32').reshape([1, 2, 1, 2, 1, 1, 2, 1])), [7, 6, 5, 4, 3, 2, 1, 0]);
    expect(y.shape).toEqual([1, 2, 1, 1, 2, 1, 2, 1]);
    expect(Array.from(await y.data())).toEqual([3, 7, 5, 9, 4, 8, 6, 10]);
    expect(await np.sum(y).item()).toBe(52);
  });
  const cases: readonly (readonly [DType, readonly number[], readonly (number | boolean)[]])[] = [
    ['f32', [0.1], [Math.fround(0.1)]], ['f64', [0.1], [0.1]], ['f16', [0.1, -Infinity], [0.0999755859375, -Infinity]],
    ['i32', [-5, 2147483647], [-5, 2147483647]], ['u32', [4294967295], [4294967295]], ['u8', [255], [255]], ['i8', [-128], [-128]], ['bool', [0, 1], [false, true]],
  ];
  it.each(cases)('%s values', async (dtype, given, want) => {
    const data = allocate(dtype, given.length);
    data.set(given);
    const x = fromData(data, [given.length], dtype);
    expect([x.dtype, await x.js()]).toEqual([dtype, want]);
    const moved = jit((v: typeof x) => np.reshape(v, [given.length, 1]))(x);
    expect(Array.from(await moved.data(), v => dtype === 'bool' ? v !== 0 : v)).toEqual(want);
  });
  it('prints, and reads itself to do so', async () => {
    const y = np.add(tensor([[1, 2], [3, 4]]), 1);
    await Promise.resolve();
    expect(inspect(y)).toBe('f32[2,2] [[2., 3.],\n          [4., 5.]]');
    expect(JSON.stringify({ y })).toBe('{"y":[[2,3],[4,5]]}');
  });
  it('reads of one tick that ask for each other\'s inputs agree', async () => {
    const x = np.add(tensor([1, 2]), 1);
    const y = np.multiply(x, x);
    expect(await Promise.all([y.js(), x.js(), np.sum(y).item()])).toEqual([[4, 9], [2, 3], 13]);
  });
});

describe('the public face', () => {
  it('refuses a backend that is not there, with those that are', async () => {
    await expect(setBackend('cuda')).rejects.toThrow(`setBackend: no backend "cuda"; there are ${backends().join(', ')}`);
  });
});
