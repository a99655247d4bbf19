// Blocks, bits, histograms over several axes and polynomials of least squares, against NumPy 2's values.
import { describe, expect, it } from 'vitest';
import { grad, jit, np, setBackend, tensor, vmap, type AnyTensor, type Scalar, type Tensor } from '../../src/index.ts';

await setBackend('reference');
const values = (x: AnyTensor): number[] => Array.from(x.dataSync(), Number);
const expectClose = (got: AnyTensor, want: readonly number[], bound = 1e-11): void => {
  expect(values(got)).toHaveLength(want.length);
  values(got).forEach((g, i) => expect(Math.abs(g - (want[i] ?? NaN))).toBeLessThanOrEqual(bound * Math.max(1, Math.abs(g))));
};

describe('block', () => {
  const a = tensor([[1, 2], [3, 4]]);
  it('joins from the innermost lists outwards', () => {
    expect(np.block([[a, np.zeros([2, 1])], [np.ones([1, 3])]]).jsSync()).toEqual([[1, 2, 0], [3, 4, 0], [1, 1, 1]]);
    expect(np.block([tensor([1, 2]), tensor(9)]).jsSync()).toEqual([1, 2, 9]);
    expect(np.block([[[a]], [[np.multiply(a, 2)]]]).shape).toEqual([2, 2, 2]);
    expect(np.block(a).jsSync()).toEqual([[1, 2], [3, 4]]);
    expect(grad((x: Tensor<[2, 2]>): Scalar => np.sum(np.square(np.block([[x, x]]))))(a).jsSync()).toEqual([[4, 8], [12, 16]]);
  });
  it('refuses what does not fit', () => {
    expect(() => np.block([a, [a]])).toThrow('block: blocks at depth 0 beside blocks at depth 1; nest all to one depth');
    expect(() => np.block([])).toThrow('block: a list of blocks is empty');
    expect(() => np.block([a, 3 as never])).toThrow('block: the number 3 is neither a tensor nor a list of blocks; wrap it: tensor(...)');
    expect(() => np.block([[a, np.zeros([3, 1])]])).toThrow(/concatenate/u);
  });
  it('applyOverAxes keeps the rank', () => {
    const x = np.reshape(np.arange(24), [2, 3, 4]);
    expect(np.applyOverAxes((y, axis) => np.sum(y, { axis }), x, [0, 2]).jsSync()).toEqual([[[60], [92], [124]]]);
    expect(np.applyOverAxes((y, axis) => np.cumsum(y, { axis }), x, -1).shape).toEqual([2, 3, 4]);
    expect(() => np.applyOverAxes(y => np.sum(y), x, 0)).toThrow('applyOverAxes: the function made [] of [2, 3, 4]; it may keep the axis or take it away');
  });
});

describe('bits', () => {
  const b = tensor([[1, 0, 1, 1, 0, 0, 0, 1, 1, 0], [0, 1, 1, 0, 1, 0, 0, 0, 0, 1]], 'u8');
  it('packs', () => {
    expect(np.packbits(b).jsSync()).toEqual([177, 154, 16]);
    expect(np.packbits(b, { axis: 0 }).jsSync()).toEqual([[128, 64, 192, 128, 64, 0, 0, 128, 128, 64]]);
    expect(np.packbits(b, { axis: 1 }).jsSync()).toEqual([[177, 128], [104, 64]]);
    expect(np.packbits(b, { axis: -1, bitorder: 'little' }).jsSync()).toEqual([[141, 1], [22, 2]]);
    expect(np.packbits(tensor([-3, 0, 7], 'i32')).jsSync()).toEqual([160]);
    expect(np.packbits(np.zeros([0], 'bool')).shape).toEqual([0]);
    expect(() => np.packbits(tensor([0.5]) as never)).toThrow('packbits: f32 is neither integer nor bool');
  });
  const u = tensor([[7, 160], [255, 3]], 'u8');
  it('unpacks', () => {
    expect(np.unpackbits(u).jsSync()).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(np.unpackbits(u, { axis: 1, count: -3 }).jsSync()).toEqual([[0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]]);
    expect(np.unpackbits(u, { axis: 0, count: 18, bitorder: 'little' }).jsSync()).toEqual([[1, 0], [1, 0], [1, 0], [0, 0], [0, 0], [0, 1], [0, 0], [0, 1], [1, 1], [1, 1], [1, 0], [1, 0], [1, 0], [1, 0], [1, 0], [1, 0], [0, 0], [0, 0]]);
    expect(() => np.unpackbits(tensor([1], 'i32') as never)).toThrow('unpackbits: i32 are no bytes; use astype to u8');
  });
  it('are inverse, jitted and batched, too', () => {
    for (const axis of [undefined, 0, 1] as const) for (const bitorder of ['big', 'little'] as const) {
      const options = axis === undefined ? { bitorder } : { axis, bitorder };
      expect(jit((x: typeof u) => np.packbits(np.unpackbits(x, options), options))(u).jsSync()).toEqual(axis === undefined ? [7, 160, 255, 3] : u.jsSync());
    }
    expect(vmap((row: Tensor<[2], 'u8'>) => np.unpackbits(row))(u).jsSync()).toEqual(np.unpackbits(u, { axis: 1 }).jsSync());
  });
});

describe('histograms over several axes', () => {
  const points = tensor([[0.1, 0.2], [0.9, 0.8], [0.4, 0.1], [0.5, 0.5], [1, 0], [0.3, 0.95]], 'f64');
  const [x, y] = [tensor([0.1, 0.9, 0.4, 0.5, 1, 0.3], 'f64'), tensor([0.2, 0.8, 0.1, 0.5, 0, 0.95], 'f64')];
  const range = [[0, 1], [0, 1]] as const;
  it('of two: counts and densities', () => {
    const [counts, ex, ey] = np.histogram2d(x, y, [2, 3], { range });
    expect(counts.jsSync()).toEqual([[2, 0, 1], [1, 1, 1]]);
    expectClose(ex, [0, 0.5, 1]);
    expectClose(ey, [0, 1 / 3, 2 / 3, 1]);
    expectClose(np.histogram2d(x, y, [2, 3], { range, density: true, weights: tensor([1, 2, 3, 4, 5, 6], 'f64') })[0], [1.1428571428571428, 0, 1.714285714285714, 1.4285714285714286, 1.1428571428571428, 0.5714285714285714]);
    expect(np.histogram2d(x, y, [tensor([0, 0.5, 1], 'f64'), 3], { range: [null, [0, 1]] })[0].jsSync()).toEqual([[2, 0, 1], [1, 1, 1]]);
  });
  it('of three, over the range of the examples', () => {
    const [counts, edges] = np.histogramdd(np.concatenate([points, np.expandDims(x, 1)], 1), [2, 2, 3]);
    expect(counts.jsSync()).toEqual([[[1, 1, 0], [1, 1, 0]], [[0, 0, 1], [0, 0, 1]]]);
    expect(edges.map(e => e.shape)).toEqual([[3], [3], [4]]);
    expectClose(edges[1] ?? x, [0, 0.475, 0.95]);
  });
  it('refuses what does not fit', () => {
    expect(() => np.histogramdd(points, [2])).toThrow('histogramdd: bins for 1 axes of 2; give one number, or one entry for each');
    expect(() => np.histogramdd(x as never)).toThrow('histogramdd: examples [6] are no matrix [n, axes]');
    expect(() => np.histogram2d(x, y, 2, { weights: tensor([1], 'f64') })).toThrow('histogram2d: weights [1] for 6 examples');
    expect(() => np.histogram2d(x, y, 2, { range: [[1, 0], null] })).toThrow('histogram2d: the range from 1 to 0 is empty');
  });
});

describe('polyfit', () => {
  const x = tensor([0.1, 0.7, 1.5, 2.2, 3.1, 3.9, 4.4], 'f64');
  const y = tensor([1.2, -0.3, 0.8, 2.9, 4.2, 3.3, -1], 'f64');
  const w = tensor([1, 2, 1, 0.5, 1, 3, 1], 'f64');
  it('NumPy\'s coefficients', () => {
    expectClose(np.polyfit(x, y, 3), [-0.7358661225004793, 4.36929248882707, -5.554293082962822, 1.7206037727991919]);
    expectClose(np.polyfit(x, y, 3, { w }), [-0.7770726827639605, 4.662762457221344, -6.023869286272128, 1.8628413776661379]);
    expectClose(np.polyfit(x, np.stack([y, np.square(y)], 1), 2), [-0.5665096312391953, -1.6881852368635577, 2.812552266722029, 9.58810133578966, -0.6130539188038752, -3.563351646661308]);
    expectClose(np.polyfit(x, y, 0), [values(np.mean(y))[0] ?? NaN]);
    expectClose(jit((a: typeof x, b: typeof y) => np.polyfit(a, b, 3))(x, y), values(np.polyfit(x, y, 3)));
  });
  it('goes through points that lie on a polynomial; its slope in y is that of a linear map', () => {
    const p = tensor([0.5, -2, 1, 3], 'f64');
    expectClose(np.polyfit(x, np.polyval(p, x), 3), values(p));
    // The sum of the coefficients is the value at 1: a linear function of y, so that the gradient times y gives it back.
    const atOne = (b: typeof y): Scalar<'f64'> => np.sum(np.polyfit(x, b, 3));
    expectClose(np.sum(np.multiply(grad(atOne)(y), y)), [atOne(y).itemSync()]);
  });
  it('refuses, or says that points do not determine it', () => {
    expect(values(np.polyfit(tensor([1, 1, 1], 'f64'), tensor([1, 2, 3], 'f64'), 1))).toEqual([NaN, NaN]);
    expect(() => np.polyfit(tensor([1, 2]), tensor([1, 2]), 2)).toThrow('polyfit: 2 points do not determine the 3 coefficients of degree 2');
    expect(() => np.polyfit(tensor([1, 2]), tensor([1, 2, 3]) as never, 1)).toThrow('polyfit: x [2] and y [3] are no vectors of one length');
    expect(() => np.polyfit(tensor([1, 2]), tensor([1, 2]), 0.5)).toThrow('polyfit: the degree 0.5 is no natural number');
  });
});
