// np's work on axes, joins, lookups and products against plain loops over indices.
import { describe, expect, it } from 'vitest';
import { arange, assertShape, dim, eye, fromData, full, grad, linspace, np, ones, refine, setBackend, tensor, withDim, zeros, zerosLike, type AnyTensor, type Shape, type Tensor } from '../../src/index.ts';
import { handleOf } from '../../src/trace/handle.ts';

await setBackend('reference');

let state = 99;
const random = (): number => { state = (Math.imul(state, 1664525) + 1013904223) | 0; return (state >>> 0) / 2 ** 32; };
const int = (lo: number, hi: number): number => lo + Math.floor(random() * (hi - lo + 1));
const count = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);
const indices = (shape: Shape): number[][] => shape.reduce<number[][]>((all, d) => all.flatMap((i) => Array.from({ length: d }, (_, k) => [...i, k])), [[]]);
const position = (shape: Shape, index: readonly number[]): number => index.reduce((p, i, axis) => p * (shape[axis] ?? 1) + i, 0);
type F64 = Tensor<Shape, 'f64'>;
const draw = (shape: Shape): F64 => fromData(Float64Array.from({ length: count(shape) }, () => int(-9, 9)), shape as number[]);
const values = (x: AnyTensor): number[] => Array.from(x.dataSync() as ArrayLike<number>);
/** The element at an index; axes of length 1, and missing leading ones, repeat. */
const reader = (x: AnyTensor): ((index: readonly number[]) => number) => {
  const data = values(x);
  return (index) => data[position(x.shape, index.slice(index.length - x.shape.length).map((i, axis) => (x.shape[axis] === 1 ? 0 : i)))] ?? NaN;
};
/** The tensor whose element at each index is what `f` says. */
function expectElements(got: AnyTensor, shape: Shape, f: (index: readonly number[]) => number): void {
  expect(got.shape).toEqual(shape);
  expect(values(got)).toEqual(indices(shape).map(f));
}

describe('making', () => {
  it('tensors of literals', () => {
    expect(tensor([[1, 2], [3, 4]]).jsSync()).toEqual([[1, 2], [3, 4]]);
    expect([tensor([]).shape, tensor([[], []]).shape, tensor(3).shape, tensor([[[1]]]).shape]).toEqual([[0], [2, 0], [], [1, 1, 1]]);
    expect([tensor([true, false]).dtype, tensor([1]).dtype, tensor([1], 'u8').dtype, tensor([1, 0], 'bool').jsSync()]).toEqual(['bool', 'f32', 'u8', [true, false]]);
    expect(tensor([NaN, -0, Infinity]).jsSync()).toEqual([NaN, -0, Infinity]);
    expect(tensor([0.1]).jsSync()).toEqual([Math.fround(0.1)]);
    expect(tensor([0.1], 'f16').jsSync()).toEqual([0.0999755859375]);
    const deep = Array.from({ length: 8 }).reduce<unknown>((x) => [x], 1) as number[];
    expect(tensor(deep).shape).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  });
  it('refuses what is no such value', () => {
    const data = (x: unknown): never => x as never;
    expect(() => tensor(data([[1, 2], [3]]))).toThrow('tensor: row 1 is [1], row 0 is [2]');
    expect(() => tensor(data([[[1]], [[1], [2]]]))).toThrow('tensor: row 1 is [2, 1], row 0 is [1, 1]');
    expect(() => tensor(data([1, [2]]))).toThrow('tensor: row 1 is [1], row 0 is []');
    expect(() => tensor(data('x'))).toThrow('tensor: string is no number, boolean or array of them; typed arrays go through fromData');
    expect(() => tensor([0.5], 'i32')).toThrow('tensor: the number 0.5 is not a value of i32; round it or choose another dtype');
    expect(() => tensor([-1], 'u32')).toThrow('tensor: the number -1 is not a value of u32');
    expect(() => tensor([300], 'u8')).toThrow('not a value of u8');
    expect(() => tensor([NaN], 'i32')).toThrow('tensor: the number NaN is not a value of i32');
    expect(() => tensor([1e39])).toThrow('tensor: the number 1e+39 is beyond f32; choose a wider dtype');
    expect(() => tensor([70000], 'f16')).toThrow('beyond f16');
    expect(() => tensor(data([1, true]))).toThrow('tensor: true among numbers; give a dtype');
    expect(() => tensor(data([true, 1]))).toThrow('tensor: the number 1 is not a value of bool; use true and false');
    expect(() => full([2], 1.5, 'i32')).toThrow('1.5 is not a value of i32');
    expect(() => zeros(data([2, -1]))).toThrow('zeros: -1 in [2, -1] is not a dim');
    expect(() => ones(data([1.5]))).toThrow('ones: 1.5 in [1.5] is not a dim');
  });
  it('host data is copied in', () => {
    const host = new Float32Array([1, 2, 3, 4]);
    const x = fromData(host, [2, 2]);
    host.fill(9);
    expect(x.jsSync()).toEqual([[1, 2], [3, 4]]);
    const read = x.dataSync();
    read.fill(7);
    expect(x.jsSync()).toEqual([[1, 2], [3, 4]]);
    expect(fromData(new Uint8Array([1, 0]), [2], 'bool').jsSync()).toEqual([true, false]);
    expect(fromData(new Float64Array([1, 2]), [2], 'i32').jsSync()).toEqual([1, 2]);
    expect(() => fromData(new Float32Array([1.5]), [1], 'i32')).toThrow('1.5 is not a value of i32');
    expect(() => fromData(host, [3])).toThrow('fromData: [3] has 3 elements, the array has 4');
  });
  it('splats own no memory', () => {
    for (const x of [zeros([1000, 1000]), ones([1e6]), full([3], 2.5), zerosLike(tensor([1, 2])), np.onesLike(tensor([1], 'i32'))]) expect(handleOf(x).cell.state.kind).toBe('literal');
    expect(np.onesLike(tensor([3, 4], 'i32')).jsSync()).toEqual([1, 1]);
    expect(full([2], true).jsSync()).toEqual([true, true]);
  });
  it('ranges', () => {
    expect(arange(0).shape).toEqual([0]);
    expect(arange(3, 0).jsSync()).toEqual([]);
    expect(arange(5, 0, -2).jsSync()).toEqual([5, 3, 1]);
    expect(arange(-3, 3, 2).jsSync()).toEqual([-3, -1, 1]);
    expect(arange(0, 1, 0.1, { dtype: 'f64' }).jsSync()).toEqual([0, 0.1, 0.2, 0.30000000000000004, 0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8, 0.9]);
    expect(() => arange(0, 1, 0.5)).toThrow("arange: 0.5 is not a value of i32; pass { dtype: 'f32' }");
    expect(linspace(1, 2, 3).jsSync()).toEqual([1, 1.5, 2]);
    expect(linspace(0, 1, 4, { endpoint: false }).jsSync()).toEqual([0, 0.25, 0.5, 0.75]);
    expect([linspace(5, 6, 1).jsSync(), linspace(5, 6, 0).jsSync(), linspace(0, 1).shape]).toEqual([[5], [], [50]]);
    expect(eye(3, 2, { k: -1 }).jsSync()).toEqual([[0, 0], [1, 0], [0, 1]]);
    expect(eye(2, 2, { dtype: 'bool' }).jsSync()).toEqual([[true, false], [false, true]]);
  });
  it('dims, refine, assertShape, withDim', () => {
    expect(dim('batch', 3) + 1).toBe(4);
    expect(() => dim('batch', -1)).toThrow('dim: batch is -1, which is not a dim');
    const x: Tensor<Shape> = ones([2, 3]);
    expect(refine(x, [-1, 3])).toBe(x);
    expect(() => refine(x, [2, 4])).toThrow('refine: the shape is [2, 3], not [2, 4]');
    expect(() => refine(x, [-1])).toThrow('refine: the shape is [2, 3], not [?]');
    expect(() => { assertShape(x, [3, 3]); }).toThrow('assertShape: the shape is [2, 3], not [3, 3]');
    expect(withDim(4, (n) => np.matmul(ones([2, n]), ones([n, 1]))).jsSync()).toEqual([[4], [4]]);
    expect(() => withDim(0.5, () => 0)).toThrow('withDim: 0.5 is not a dim');
  });
});

describe('axes', () => {
  const x = draw([2, 3, 4]);
  const e = reader(x);
  it('transpose, swapaxes, moveaxis, flip', () => {
    expectElements(np.transpose(x), [4, 3, 2], ([i = 0, j = 0, k = 0]) => e([k, j, i]));
    expectElements(np.transpose(x, [1, -1, 0]), [3, 4, 2], ([i = 0, j = 0, k = 0]) => e([k, i, j]));
    expectElements(np.swapaxes(x, 0, -1), [4, 3, 2], ([i = 0, j = 0, k = 0]) => e([k, j, i]));
    expectElements(np.moveaxis(x, 0, -1), [3, 4, 2], ([i = 0, j = 0, k = 0]) => e([k, i, j]));
    expectElements(np.moveaxis(x, -1, 0), [4, 2, 3], ([i = 0, j = 0, k = 0]) => e([j, k, i]));
    expectElements(np.flip(x), [2, 3, 4], ([i = 0, j = 0, k = 0]) => e([1 - i, 2 - j, 3 - k]));
    expectElements(np.flip(x, [-1, 0]), [2, 3, 4], ([i = 0, j = 0, k = 0]) => e([1 - i, j, 3 - k]));
  });
  it('reshape, ravel, expandDims, squeeze, broadcastTo', () => {
    expect(values(np.reshape(x, [4, -1]))).toEqual(values(x));
    expect([np.reshape(x, [4, -1]).shape, np.ravel(x).shape, np.expandDims(x, -1).shape, np.expandDims(x, 1).shape]).toEqual([[4, 6], [24], [2, 3, 4, 1], [2, 1, 3, 4]]);
    expect([np.squeeze(zeros([1, 3, 1])).shape, np.squeeze(zeros([1, 3, 1]), -1).shape, np.squeeze(zeros([1, 3, 1]), [0, 2]).shape]).toEqual([[3], [1, 3], [3]]);
    const row = draw([3, 1]);
    expectElements(np.broadcastTo(row, [2, 3, 4]), [2, 3, 4], reader(row));
    expect(np.reshape(zeros([0, 3]), [0, -1]).shape).toEqual([0, 3]);
  });
});

describe('joining and cutting', () => {
  it('concatenate and stack', () => {
    const [a, b, c] = [draw([2, 3]), draw([2, 1]), draw([2, 2])];
    const [ea, eb, ec] = [reader(a), reader(b), reader(c)];
    expectElements(np.concatenate([a, b, c], -1), [2, 6], ([i = 0, j = 0]) => (j < 3 ? ea([i, j]) : j < 4 ? eb([i, 0]) : ec([i, j - 4])));
    const [p, q] = [draw([2, 3]), draw([2, 3])];
    const both = [reader(p), reader(q)];
    expectElements(np.stack([p, q], 1), [2, 2, 3], ([i = 0, s = 0, j = 0]) => both[s]?.([i, j]) ?? NaN);
    expectElements(np.stack([p, q], -1), [2, 3, 2], ([i = 0, j = 0, s = 0]) => both[s]?.([i, j]) ?? NaN);
    expect(() => np.concatenate([p, 1 as unknown as F64] as const)).toThrow('concatenate: 1 is not a tensor; wrap it: tensor(...)');
  });
  it('split undoes concatenate', () => {
    const x = draw([2, 6]);
    expect(values(np.concatenate(np.split(x, 3, 1), 1))).toEqual(values(x));
    expect(np.split(x, [1, 4], -1).map((y) => y.shape)).toEqual([[2, 1], [2, 3], [2, 2]]);
    expect(np.split(tensor([1, 2, 3]), [0, 0, 3]).map(values)).toEqual([[], [], [1, 2, 3], []]);
  });
  it('slice', () => {
    const x = draw([4, 7]);
    const e = reader(x);
    expectElements(np.slice(x, [[1, 3]]), [2, 7], ([i = 0, j = 0]) => e([i + 1, j]));
    expectElements(np.slice(x, [':', [-6, -1, 2]]), [4, 3], ([i = 0, j = 0]) => e([i, 1 + 2 * j]));
    expectElements(np.slice(x, [[3, null], [0, null, 3]]), [1, 3], ([i = 0, j = 0]) => e([i + 3, 3 * j]));
    expect(np.slice(x, [[2, 2]]).shape).toEqual([0, 7]);
  });
  it('pad: before, after, between, cut', () => {
    expect(np.pad(tensor([[1, 2], [3, 4]]), [[1, 0], [0, 2]], { constantValues: 9 }).jsSync()).toEqual([[9, 9, 9, 9], [1, 2, 9, 9], [3, 4, 9, 9]]);
    expect(np.pad(tensor([1, 2, 3], 'i32'), [[1, -1, 1]]).jsSync()).toEqual([0, 1, 0, 2, 0]);
    expect(() => np.pad(tensor([1], 'i32'), [[1, 1]], { constantValues: 0.5 })).toThrow(/0\.5 is not a value of i32/);
  });
});

describe('lookups', () => {
  it('take: ids of any shape stand in the axis', () => {
    const table = draw([5, 4, 3]);
    const e = reader(table);
    for (const axis of [0, 1, 2, -1]) {
      const place = axis < 0 ? axis + 3 : axis;
      const size = table.shape[place] ?? 1;
      const ids = Array.from({ length: 6 }, () => int(-size, size - 1));
      const shape = [...table.shape.slice(0, place), 2, 3, ...table.shape.slice(place + 1)];
      const taken = np.take(table, np.reshape(tensor(ids, 'i32'), [2, 3]), { axis });
      expectElements(taken, shape, (index) => {
        const id = ids[position([2, 3], index.slice(place, place + 2))] ?? NaN;
        return e([...index.slice(0, place), id < 0 ? id + size : id, ...index.slice(place + 2)]);
      });
    }
    expect(np.take(tensor([[1, 2], [3, 4]]), tensor([3, -1], 'i32')).jsSync()).toEqual([4, 4]);
    expect(np.take(tensor([[1, 2], [3, 4]]), 1, { axis: -1 }).jsSync()).toEqual([2, 4]);
    expect(np.take(tensor([5, 6]), tensor([1, 0], 'u8')).jsSync()).toEqual([6, 5]);
    expect(np.take(tensor([5, 6, 7]), tensor([-1], 'i8')).jsSync()).toEqual([7]);
    expect(() => np.take(tensor([5]), tensor([0]) as unknown as Tensor<[1], 'i32'>)).toThrow('take: f32 is no integer dtype (use astype)');
  });
  it('take: rows that are taken twice have twice the gradient', () => {
    const ids = tensor([0, 2, 2, -1, 7], 'i32');
    expect(grad((t: Tensor<[3]>) => np.sum(np.take(t, ids, { axis: 0, mode: 'clip' })))(zeros([3])).jsSync()).toEqual([1, 0, 4]);
    expect(grad((t: Tensor<[3]>) => np.sum(np.where(np.less(ids, 3), np.take(t, ids), 0)))(zeros([3])).jsSync()).toEqual([1, 0, 3]);
  });
  it('oneHot', () => {
    expect(np.oneHot(tensor([[1, 0]], 'i32'), 3, 'i32').jsSync()).toEqual([[[0, 1, 0], [1, 0, 0]]]);
    expect(np.oneHot(tensor([-1, 3], 'i32'), 3).jsSync()).toEqual([[0, 0, 0], [0, 0, 0]]);
    expect(np.oneHot(tensor([2], 'u8'), 300).shape).toEqual([1, 300]);
  });
});

describe('products', () => {
  /** 0 for -0: a sum of one product is that product, and this one begins at 0. */
  const unsigned = (v: number): number => v + 0;
  const naive = (labels: readonly (readonly string[])[], output: readonly string[], xs: readonly AnyTensor[]): { shape: number[]; data: number[] } => {
    const sizes = new Map<string, number>();
    labels.forEach((list, n) => { list.forEach((label, axis) => { sizes.set(label, Math.max(sizes.get(label) ?? 1, xs[n]?.shape[axis] ?? 1)); }); });
    const all = [...output, ...[...sizes.keys()].filter((label) => !output.includes(label))];
    const shape = output.map((label) => sizes.get(label) ?? 1);
    const data = new Array<number>(count(shape)).fill(0);
    const readers = xs.map(reader);
    for (const index of indices(all.map((label) => sizes.get(label) ?? 1))) {
      const factor = labels.reduce((product, list, n) => product * (readers[n]?.(list.map((label) => index[all.indexOf(label)] ?? 0)) ?? NaN), 1);
      const to = position(shape, index.slice(0, output.length));
      data[to] = (data[to] ?? 0) + factor;
    }
    return { shape, data };
  };
  it('einsum: random subscripts', () => {
    for (let n = 0; n < 150; n++) {
      const letters = ['a', 'b', 'c', 'd', 'e'];
      const sizes = new Map(letters.map((letter) => [letter, int(1, 3)]));
      const operands = Array.from({ length: int(1, 3) }, () => Array.from({ length: int(0, 4) }, () => letters[int(0, 4)] ?? 'a'));
      const used = [...new Set(operands.flat())];
      const output = used.filter(() => random() < 0.5).sort(() => random() - 0.5);
      const xs = operands.map((list) => draw(list.map((letter) => sizes.get(letter) ?? 1)));
      const want = naive(operands, output, xs);
      const subscripts: string = `${operands.map((list) => list.join('')).join(', ')} -> ${output.join('')}`;
      const got = np.einsum(subscripts, ...xs);
      expect([subscripts, got.shape, values(got).map(unsigned)]).toEqual([subscripts, want.shape, want.data]);
    }
  });
  it('einsum: ellipses broadcast', () => {
    const [a, b] = [draw([2, 1, 3, 4]), draw([5, 4, 2])];
    const want = naive([['p', 'q', 'i', 'j'], ['q', 'j', 'k']], ['p', 'q', 'i', 'k'], [a, b]);
    const got = np.einsum('...ij,...jk->...ik', a, b);
    expect([got.shape, values(got)]).toEqual([want.shape, want.data]);
    expect(values(np.einsum('...->...', a))).toEqual(values(a));
    expect(np.einsum('...i->...', ones([2, 1, 3])).jsSync()).toEqual([[3], [3]]);
    expect(np.einsum('...,...->...', ones([2, 1]), ones([1, 3])).shape).toEqual([2, 3]);
    expect(np.einsum('...,...->...', ones([1, 1]), ones([1])).shape).toEqual([1, 1]);
  });
  it('einsum: a diagonal has its gradient on the diagonal', () => {
    expect(grad((x: Tensor<[2, 2]>) => np.einsum('ii->', x))(zeros([2, 2])).jsSync()).toEqual([[1, 0], [0, 1]]);
    expect(np.einsum('iii->i', np.reshape(arange(27, { dtype: 'f32' }), [3, 3, 3])).jsSync()).toEqual([0, 13, 26]);
  });
  it('matmul: vectors, matrices, batches that broadcast', () => {
    for (let n = 0; n < 60; n++) {
      const batch = Array.from({ length: int(0, 2) }, () => int(1, 3));
      const cut = (): number[] => batch.slice(int(0, batch.length)).map((d) => (random() < 0.3 ? 1 : d));
      const [m, k, o] = [int(1, 4), int(1, 4), int(1, 4)];
      const a = draw(random() < 0.2 ? [k] : [...cut(), m, k]);
      const b = draw(random() < 0.2 ? [k] : [...cut(), k, o]);
      const labels = (x: F64, own: readonly string[]): string[] => (x.shape.length === 1 ? ['k'] : [...['p', 'q'].slice(4 - x.shape.length), ...own]);
      const [la, lb] = [labels(a, ['m', 'k']), labels(b, ['k', 'o'])];
      const leading = ['p', 'q'].filter((label) => la.includes(label) || lb.includes(label));
      const want = naive([la, lb], [...leading, ...(la.includes('m') ? ['m'] : []), ...(lb.includes('o') ? ['o'] : [])], [a, b]);
      const got = np.matmul(a, b);
      expect([got.shape, values(got).map(unsigned)]).toEqual([want.shape, want.data]);
    }
  });
  it('dot, inner, outer, tensordot', () => {
    const [a, b, v] = [draw([2, 3, 4]), draw([5, 4, 2]), draw([4])];
    const check = (got: AnyTensor, want: { shape: number[]; data: number[] }): void => { expect([got.shape, values(got).map(unsigned)]).toEqual([want.shape, want.data]); };
    check(np.dot(a, b), naive([['i', 'j', 'k'], ['p', 'k', 'q']], ['i', 'j', 'p', 'q'], [a, b]));
    check(np.dot(a, v), naive([['i', 'j', 'k'], ['k']], ['i', 'j'], [a, v]));
    check(np.dot(v, b), naive([['k'], ['p', 'k', 'q']], ['p', 'q'], [v, b]));
    check(np.dot(tensor(2, 'f64'), v), { shape: [4], data: values(v).map((x) => 2 * x) });
    check(np.inner(a, v), naive([['i', 'j', 'k'], ['k']], ['i', 'j'], [a, v]));
    check(np.outer(v, draw([2, 0])), { shape: [4, 0], data: [] });
    check(np.outer(v, v), naive([['i'], ['j']], ['i', 'j'], [v, v]));
    check(np.tensordot(a, b, [[2], [1]]), naive([['i', 'j', 'k'], ['p', 'k', 'q']], ['i', 'j', 'p', 'q'], [a, b]));
    const w = draw([3, 4]);
    check(np.tensordot(a, w), naive([['i', 'j', 'k'], ['j', 'k']], ['i'], [a, w]));
    check(np.tensordot(v, v, 0), naive([['i'], ['j']], ['i', 'j'], [v, v]));
    expect(np.matmul(tensor([2147483647], 'i32'), tensor([2], 'i32')).itemSync()).toBe(-2);
  });
  it('einsum contracts the cheap pair first', () => {
    // (v v) before (v m): the intermediate is a scalar, not a matrix. The result is the same either way.
    const m = draw([3, 3]);
    const v = draw([3]);
    const want = naive([['i', 'j'], ['i'], ['j']], [], [m, v, v]);
    expect(values(np.einsum('ij,i,j->', m, v, v))).toEqual(want.data);
  });
});

describe('methods', () => {
  const x = tensor([[1, 2], [3, 4]]);
  it('are the functions of np', () => {
    expect(x.add(1).mul(2).sub(x).div(2).jsSync()).toEqual([[1.5, 2], [2.5, 3]]);
    expect(x.pow(2).sum({ axis: 0 }).jsSync()).toEqual([10, 20]);
    expect(x.matmul(x).dot(x).jsSync()).toEqual(np.dot(np.matmul(x, x), x).jsSync());
    expect([x.max().itemSync(), x.min().itemSync(), x.mean().itemSync(), x.argmax().itemSync()]).toEqual([4, 1, 2.5, 3]);
    expect(x.transpose().reshape([-1]).slice([[1, 3]]).jsSync()).toEqual([3, 2]);
    expect(x.swapaxes(0, 1).expandDims(0).squeeze().take(tensor([1], 'i32'), { axis: 0 }).jsSync()).toEqual([[2, 4]]);
    expect(x.neg().abs().square().sqrt().jsSync()).toEqual([[1, 2], [3, 4]]);
    expect([x.exp().log().jsSync()[0]?.[0], x.tanh().astype('i32').jsSync()]).toEqual([expect.closeTo(1, 6), [[0, 0], [0, 0]]]);
    expect([x.greater(2).jsSync(), x.less(2).jsSync(), x.equal(2).jsSync()]).toEqual([[[false, false], [true, true]], [[true, false], [false, false]], [[false, true], [false, false]]]);
    expect([x.maximum(2).jsSync(), x.minimum(2).jsSync()]).toEqual([[[2, 2], [3, 4]], [[1, 2], [2, 2]]]);
    expect(grad((y: Tensor<[2]>) => y.mul(y).sum())(tensor([1, 2])).jsSync()).toEqual([2, 4]);
  });
  it('are not enumerable, and say who was called on what', () => {
    expect(Object.keys(x)).not.toContain('add');
    expect(() => { Reflect.apply(Reflect.get(x, 'add'), {}, [1]); }).toThrow('add: an object is not a tensor; wrap it: tensor(...)');
  });
});
