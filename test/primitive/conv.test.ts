// convGeneral: against its definition for every parameter, exact integers, its refusals; that batching and gradients are convolutions.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { convGeneral, convGeneralP, phasedProgram, type ConvParams } from '../../src/primitive/conv.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { vjpJaxpr } from '../../src/transform/differentiate.ts';
import { optimise } from '../../src/pass/passes.ts';
import { application, array, avalOfArray, counted, f32, i32, namesOf, program, Random, run1, values } from './hostPrograms.ts';

/** NHWC by HWIO, of any number of spatial axes. */
const nhwc = (rank: number, more: Partial<ConvParams> = {}): ConvParams => {
  const space = Array.from({ length: rank }, (_, i) => i);
  const ones = space.map(() => 1);
  return {
    strides: ones, padding: space.map(() => [0, 0]), lhsDilation: ones, rhsDilation: ones, featureGroups: 1, batchGroups: 1,
    lhs: [0, rank + 1, ...space.map(i => i + 1)], rhs: [rank + 1, rank, ...space], out: [0, rank + 1, ...space.map(i => i + 1)], ...more,
  };
};

/** Element of an array by the position along each axis of a list. */
function element(x: NDArray, axes: readonly number[], position: readonly number[]): number {
  const index = x.shape.map(() => 0);
  axes.forEach((a, i) => { index[a] = position[i] ?? 0; });
  let flat = 0;
  x.shape.forEach((n, a) => { flat = flat * n + (index[a] ?? 0); });
  return x.data[flat] ?? NaN;
}
const positions = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>((all, n) => all.flatMap(p => Array.from({ length: n }, (_, i) => [...p, i])), [[]]);

/** The sum in the record's docstring, term by term, at every so manieth element. */
function definition(x: NDArray, w: NDArray, p: ConvParams, out: NDArray, every = 1): void {
  const sizes = (y: NDArray, axes: readonly number[]): number[] => axes.map(a => y.shape[a] ?? 0);
  const [filters = 0, channels = 0, ...window] = sizes(w, p.rhs);
  const [examples = 0] = sizes(out, p.out);
  const groups = p.featureGroups * p.batchGroups;
  for (const [n = 0, o = 0, ...at] of positions(sizes(out, p.out)).filter((_, i) => i % every === 0)) {
    const group = Math.floor(o / (filters / groups));
    let sum = 0;
    for (const [c = 0, ...k] of positions([channels, ...window])) {
      const place = at.map((i, d) => (i * (p.strides[d] ?? 1) + (k[d] ?? 0) * (p.rhsDilation[d] ?? 1) - (p.padding[d]?.[0] ?? 0)) / (p.lhsDilation[d] ?? 1));
      const inside = place.every((i, d) => Number.isInteger(i) && i >= 0 && i < (x.shape[p.lhs[d + 2] ?? 0] ?? 0));
      if (!inside) continue;
      const source = [p.batchGroups > 1 ? group * examples + n : n, p.featureGroups > 1 ? group * channels + c : c, ...place];
      sum += element(x, p.lhs, source) * element(w, p.rhs, [o, c, ...k]);
    }
    expect(element(out, p.out, [n, o, ...at])).toBeCloseTo(sum, 12);
  }
}

describe('values', () => {
  test('random strides, paddings, dilations, groups and axes agree with the definition', () => {
    const random = new Random(11);
    let elements = 0;
    for (let s = 0; s < 150; s++) {
      const a = application(convGeneralP, random);
      const [x, w] = a.inputs;
      const params = a.jaxpr.eqns[0]?.params;
      const [out] = evaluateJaxpr(a.jaxpr, a.inputs);
      if (!x || !w || !params || !out) throw new Error('one convolution');
      // The parameters are the record's own.
      definition(x, w, params as ConvParams, out);
      elements += out.data.length;
    }
    expect(elements).toBeGreaterThan(2000);
  });
  test('more positions and more terms than one block holds', () => {
    const random = new Random(12);
    const x = random.array({ shape: [1, 20, 20, 260], dtype: 'f64' });
    const w = random.array({ shape: [3, 3, 260, 3], dtype: 'f64' });
    const p = nhwc(2, { padding: [[1, 1], [0, 2]] });
    const out = run1((a, b) => convGeneral(a, b, p), x, w);
    expect(out.shape).toEqual([1, 20, 20, 3]);
    definition(x, w, p, out, 23);
  });
  test('one, two and three spatial axes, by hand', () => {
    expect(run1((x, w) => convGeneral(x, w, nhwc(1)), f32([1, 4, 1], [1, 2, 3, 4]), f32([2, 1, 1], [10, 1]))).toEqual(f32([1, 3, 1], [12, 23, 34]));
    expect(run1((x, w) => convGeneral(x, w, nhwc(2, { strides: [2, 2] })), counted([1, 4, 4, 1]), array([2, 2, 1, 1], 'f32', 1))).toEqual(f32([1, 2, 2, 1], [10, 18, 42, 50]));
    expect(run1((x, w) => convGeneral(x, w, nhwc(3)), counted([1, 2, 2, 2, 1]), counted([2, 2, 2, 1, 1]))).toEqual(f32([1, 1, 1, 1, 1], [140]));
    expect(run1((x, w) => convGeneral(x, w, nhwc(0)), counted([2, 3]), counted([3, 2]))).toEqual(f32([2, 2], [10, 13, 28, 40]));
  });
  test('dilation of the input spreads it, of the kernel reaches further', () => {
    expect(values(run1((x, w) => convGeneral(x, w, nhwc(1, { lhsDilation: [2], padding: [[1, 1]] })), f32([1, 3, 1], [1, 2, 3]), f32([2, 1, 1], [10, 1])))).toEqual([1, 10, 2, 20, 3, 30]);
    expect(values(run1((x, w) => convGeneral(x, w, nhwc(1, { rhsDilation: [3] })), f32([1, 5, 1], [1, 2, 3, 4, 5]), f32([2, 1, 1], [10, 1])))).toEqual([14, 25]);
    // As long as the input was, after what dilation added is cut away again.
    expect(values(run1((x, w) => convGeneral(x, w, nhwc(1, { lhsDilation: [2], padding: [[0, -2]] })), f32([1, 3, 1], [1, 2, 3]), f32([1, 1, 1], [1])))).toEqual([1, 0, 2]);
  });
  test('negative padding cuts', () => {
    expect(values(run1((x, w) => convGeneral(x, w, nhwc(1, { padding: [[-1, -2]] })), f32([1, 5, 1], [1, 2, 3, 4, 5]), f32([1, 1, 1], [2])))).toEqual([4, 6]);
  });
  test('a window that does not fit gives an empty result, with gradients of zero', () => {
    const f = program([{ shape: [1, 2, 1], dtype: 'f32' }, { shape: [3, 1, 1], dtype: 'f32' }], (x, w) => convGeneral(x, w, nhwc(1)));
    expect(f.outputs[0]?.aval.shape).toEqual([1, 0, 1]);
    const [, dx, dw] = evaluateJaxpr(vjpJaxpr(f, [true, true]).jaxpr, [counted([1, 2, 1]), counted([3, 1, 1]), f32([1, 0, 1], [])]);
    expect([values(dx), values(dw)]).toEqual([[0, 0], [0, 0, 0]]);
  });
  test('integers wrap exactly; sums of f32 are rounded once; padding meets infinity', () => {
    const [xs, ws] = [[123456789, -987654321, 2147483647], [314159265, 271828182, -2147483648]];
    const exact = xs.reduce((sum, x, i) => sum + BigInt(x) * BigInt(ws[i] ?? 0), 0n);
    expect(values(run1((x, w) => convGeneral(x, w, nhwc(1)), i32([1, 3, 1], xs), i32([3, 1, 1], ws)))).toEqual([Number(BigInt.asIntN(32, exact))]);
    expect(values(run1((x, w) => convGeneral(x, w, nhwc(1, { padding: [[1, 0]] })), array([1, 2, 1], 'u32', [4294967295, 3]), array([2, 1, 1], 'u32', [7, 5])))).toEqual([4294967291, 8]);
    const n = 1000;
    expect(values(run1((x, w) => convGeneral(x, w, nhwc(1)), array([1, n, 1], 'f32', 0.1), array([n, 1, 1], 'f32', 1)))).toEqual([Math.fround(n * Math.fround(0.1))]);
    expect(values(run1((x, w) => convGeneral(x, w, nhwc(1, { padding: [[1, 0]] })), f32([1, 1, 1], [1]), f32([2, 1, 1], [Infinity, 1])))).toEqual([NaN]);
  });
  test('refusals', () => {
    const conv = (x: readonly number[], w: readonly number[], p: ConvParams) => () => program([{ shape: x, dtype: 'f32' }, { shape: w, dtype: 'f32' }], (a, b) => convGeneral(a, b, p));
    expect(conv([32, 28, 28, 1], [3, 3, 3, 8], nhwc(2))).toThrow('convGeneral: input [32, 28, 28, 1] has 1 channels, kernel [3, 3, 3, 8] wants 3');
    expect(conv([1, 4, 4], [3, 1, 8], nhwc(1, { featureGroups: 2 }))).toThrow('convGeneral: input [1, 4, 4] has 4 channels, kernel [3, 1, 8] wants 1 x 2 groups');
    expect(conv([1, 4, 2], [3, 1, 3], nhwc(1, { featureGroups: 2 }))).toThrow('the 3 output features of kernel [3, 1, 3] do not divide into 2 groups');
    expect(conv([3, 4, 1], [3, 1, 2], nhwc(1, { batchGroups: 2 }))).toThrow('the 3 examples of input [3, 4, 1] do not divide into 2 groups');
    expect(conv([2, 4, 2], [3, 1, 2], nhwc(1, { featureGroups: 2, batchGroups: 2 }))).toThrow('2 feature groups and 2 batch groups exclude each other');
    expect(conv([2, 4, 2], [3, 2, 2], nhwc(1, { featureGroups: 0 }))).toThrow('convGeneral: 0 groups');
    expect(conv([2, 4, 2], [3, 2], nhwc(1))).toThrow('convGeneral: input [2, 4, 2] and kernel [3, 2] need one rank, of 2 or more');
    expect(conv([2, 4, 2], [3, 2, 2], nhwc(1, { lhs: [0, 2, 2] }))).toThrow('convGeneral: [0, 2, 2] are not the axes of the input [2, 4, 2]');
    expect(conv([2, 4, 2], [3, 2, 2], nhwc(1, { strides: [0] }))).toThrow('convGeneral: stride 0 of axis 0 of [4] is not a positive integer');
    expect(conv([2, 4, 2], [3, 2, 2], nhwc(1, { padding: [[-3, -2]] }))).toThrow('convGeneral: padding [-3, -2] leaves -1 elements of axis 0 of [4]');
    expect(conv([2, 4, 2], [3, 2, 2], nhwc(1, { padding: [] }))).toThrow('convGeneral: [4] needs 1 windows, strides, paddings and dilations, got 1, 1, 0, 1, 1');
    expect(() => run1((x, w) => convGeneral(x, w, nhwc(1)), counted([1, 2, 1]), counted([1, 1, 1], 'i32'))).toThrow('convGeneral: dtypes differ: f32 vs i32 (use astype)');
    expect(() => run1((x, w) => convGeneral(x, w, nhwc(1)), counted([1, 2, 1], 'bool'), counted([1, 1, 1], 'bool'))).toThrow('takes number dtypes, got bool');
  });
});

describe('structure', () => {
  const image = { shape: [2, 6, 5, 4], dtype: 'f32' } as const;
  const convs = (j: Jaxpr): number => namesOf(j).filter(n => n === 'convGeneral').length;
  const dense = program([image, { shape: [3, 3, 4, 8], dtype: 'f32' }], (x, w) => convGeneral(x, w, nhwc(2, { strides: [2, 1], padding: [[1, 1], [1, 1]] })));
  const grouped = program([image, { shape: [3, 3, 2, 8], dtype: 'f32' }], (x, w) => convGeneral(x, w, nhwc(2, { featureGroups: 2 })));
  test('a batch is one convolution, whatever is batched', () => {
    for (const j of [dense, grouped]) for (const mask of [[true, false], [false, true], [true, true]]) {
      const { jaxpr } = batchJaxpr(j, 7, mask);
      expect(convs(jaxpr)).toBe(1);
      expect(namesOf(jaxpr).every(n => ['convGeneral', 'reshape', 'transpose'].includes(n))).toBe(true);
      expect(jaxpr.outputs[0]?.aval.shape).toEqual([7, ...j.outputs[0]?.aval.shape ?? []]);
    }
    // Further examples need no view of the kernel, and none of the result but its splitting.
    expect(namesOf(batchJaxpr(dense, 7, [true, false]).jaxpr)).toEqual(['reshape', 'convGeneral', 'reshape']);
    expect(batchJaxpr(dense, 7, [true, true]).jaxpr.eqns.find(e => e.primitive === convGeneralP)?.params['featureGroups']).toBe(7);
  });
  test('an empty batch has an empty result of the right shape', () => {
    for (const mask of [[true, false], [false, true], [true, true]]) expect(batchJaxpr(grouped, 0, mask).jaxpr.outputs[0]?.aval.shape).toEqual([0, 2, 4, 3, 8]);
  });
  test('both gradients are convolutions', () => {
    for (const j of [dense, grouped]) {
      const { jaxpr } = vjpJaxpr(j, [true, true]);
      expect(convs(jaxpr)).toBe(3);
      expect(namesOf(jaxpr).every(n => ['convGeneral', 'reshape', 'transpose', 'reverse'].includes(n))).toBe(true);
    }
    // The kernel of the first gradient is a view; nothing at all is moved for the second.
    expect(namesOf(vjpJaxpr(dense, [false, true]).jaxpr)).toEqual(['convGeneral', 'convGeneral']);
  });
  test('a gradient by hand', () => {
    const f = program([{ shape: [1, 4, 1], dtype: 'f32' }, { shape: [2, 1, 1], dtype: 'f32' }], (x, w) => convGeneral(x, w, nhwc(1, { strides: [2] })));
    const [, dx, dw] = evaluateJaxpr(vjpJaxpr(f, [true, true]).jaxpr, [f32([1, 4, 1], [1, 2, 3, 4]), f32([2, 1, 1], [10, 1]), f32([1, 2, 1], [1, 100])]);
    expect([values(dx), values(dw)]).toEqual([[10, 1, 1000, 100], [301, 402]]);
  });
  test('nothing is lost between examples: a batch of a batch', () => {
    const twice = batchJaxpr(batchJaxpr(grouped, 2, [false, true]).jaxpr, 3, [true, true]).jaxpr;
    const random = new Random(3);
    const [x, w] = [random.array({ shape: [3, ...image.shape], dtype: 'f32' }), random.array({ shape: [3, 2, 3, 3, 2, 8], dtype: 'f32' })];
    const [out] = evaluateJaxpr(twice, [x, w]);
    const each = Array.from({ length: 6 }, (_, i) => {
      const part = (y: NDArray, k: number, n: number): NDArray => ({ ...y, shape: y.shape.slice(-4), data: y.data.slice(k * n, (k + 1) * n) });
      return values(evaluateJaxpr(grouped, [part(x, Math.floor(i / 2), 240), part(w, i, 144)])[0]);
    });
    expect(values(out)).toEqual(each.flat());
    expect(avalOfArray(w).shape.length).toBe(6);
  });
});

describe('what backends run', () => {
  test('by phases is the same convolution: whatever the paddings, dilations, groups and axes, and where something is infinite', () => {
    const random = new Random(5);
    let compared = 0;
    for (let s = 0; s < 300; s++) {
      const rank = random.int(1, 2);
      const space = Array.from({ length: rank }, (_, i) => i);
      const draw = (least: number, most: number): number[] => space.map(() => random.int(least, most));
      const [featureGroups, batchGroups] = random.pick<readonly [number, number]>([[1, 1], [2, 1], [1, 2]]);
      const axes = (): number[] => random.pick<number[]>([[0, rank + 1, ...space.map(i => i + 1)], [rank + 1, rank, ...space], [1, 0, ...space.map(i => rank + 1 - i)]]);
      const params: ConvParams = {
        strides: random.int(0, 3) === 0 ? draw(1, 2) : draw(1, 1), lhsDilation: draw(1, 3), rhsDilation: random.int(0, 3) === 0 ? draw(1, 2) : draw(1, 1),
        padding: space.map(() => [random.int(-2, 4), random.int(-2, 4)] as const), featureGroups, batchGroups, lhs: axes(), rhs: axes(), out: axes(),
      };
      if (params.lhsDilation.every((n, i) => n === 1 || params.strides[i] !== 1 || params.rhsDilation[i] !== 1)) continue;
      const sized = (n: readonly number[], at: readonly number[]): number[] => { const shape = n.map(() => 0); n.forEach((v, i) => { shape[at[i] ?? 0] = v; }); return shape; };
      const dtype = random.pick<'f32' | 'i32'>(['f32', 'i32']);
      const inputs = [sized([2 * batchGroups, 2 * featureGroups, ...draw(3, 6)], params.lhs), sized([2 * featureGroups * batchGroups, 2, ...draw(1, 5)], params.rhs)]
        .map(shape => array(shape, dtype, Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => dtype === 'f32' && random.int(0, 60) === 0 ? random.pick<number>([Infinity, NaN]) : random.int(-4, 4))));
      const avals = inputs.map(avalOfArray);
      let out;
      try { [out] = convGeneralP.type(avals, params); } catch { continue; }
      if (out === undefined) continue;
      const got = evaluateJaxpr(phasedProgram(params, avals, out), inputs);
      const want = run1((x, w) => convGeneral(x, w, params), ...inputs);
      // Of zeros the sign may differ.
      expect(got.map(y => [y.shape, Array.from(y.data, v => v + 0)]), JSON.stringify(params)).toEqual([[out.shape, Array.from(want.data, v => v + 0)]]);
      compared++;
    }
    expect(compared).toBeGreaterThan(100);
  });
  test('the gradient of a strided convolution multiplies no zeros where that is much', () => {
    const pulled = (features: number): Jaxpr => {
      const f = program([{ shape: [2, 16, 16, features], dtype: 'f32' }, { shape: [3, 3, features, features], dtype: 'f32' }], (x, w) => convGeneral(x, w, nhwc(2, { strides: [2, 2], padding: [[1, 1], [1, 1]] })));
      return optimise(vjpJaxpr(f, [true, false]).jaxpr);
    };
    const work = (j: Jaxpr): readonly number[] => j.eqns.filter(e => e.primitive === convGeneralP).map(e => (e.primitive.flops?.(e.inputs.map(a => a.aval), e.params, e.outputs.map(v => v.aval), () => 0) ?? 0) / 2);
    const forward = 2 * 8 * 8 * 9 * 64 * 64;
    // Forward, then the nine places of the kernel in four phases: as many products as forward.
    expect(work(pulled(64))).toEqual([forward, forward / 9, forward * 2 / 9, forward * 2 / 9, forward * 4 / 9]);
    expect(work(pulled(4)).length).toBe(2);
  });
});
