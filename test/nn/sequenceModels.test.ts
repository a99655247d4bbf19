// Transformers, caches, positions, group norm, both directions, highways: against formulas in plain numbers, against each other, and in their
// gradients against finite differences.
import { describe, expect, test } from 'vitest';
import { jit, nn, np, random, setBackend, tensor, tree, vmap, zeros, type AnyTensor, type Tensor } from 'cotangent';
import { expectGradient } from './differences.ts';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const loose = (f: unknown) => f as (...args: readonly unknown[]) => unknown;
const draw = <const S extends readonly number[]>(shape: S, seed = 1) => random.normal(random.key(seed), shape, { dtype: 'f64' });
function expectClose(got: readonly number[], want: readonly number[], tolerance = 1e-12): void {
  expect(got.length).toBe(want.length);
  got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `element ${i}: ${v} against ${want[i]}`).toBeLessThanOrEqual(tolerance); });
}
const key = random.key(0);

describe('positions', () => {
  test('the sinusoidal table is that of the paper', () => {
    const want = Array.from({ length: 5 }, (_, p) => Array.from({ length: 6 }, (__, j) => { const a = p / 10_000 ** (2 * Math.floor(j / 2) / 6); return j % 2 === 0 ? Math.sin(a) : Math.cos(a); }));
    expectClose(numbers(nn.sinusoidalTable(5, 6, { dtype: 'f64' })), want.flat());
    expectClose(numbers(nn.sinusoidal(np.zeros([2, 5, 6], 'f64'))), [...want, ...want].flat());
    expect(() => nn.sinusoidalTable(2, 5)).toThrow('sinusoidalTable: 5 features do not divide into pairs');
    expect(() => nn.sinusoidal(zeros([4]))).toThrow('sinusoidal: input [4] must be [..., length, features]');
  });
  test('rotations turn pairs by their positions; products depend on distances alone', () => {
    const x = draw([4, 2, 6]);
    const rows = x.jsSync() as number[][][];
    const want = rows.map((heads, p) => heads.map(h => h.map((v, j) => {
      const i = j % 3;
      const a = p / 100 ** (2 * i / 6);
      return j < 3 ? v * Math.cos(a) - (h[j + 3] ?? NaN) * Math.sin(a) : v * Math.cos(a) + (h[j - 3] ?? NaN) * Math.sin(a);
    })));
    expectClose(numbers(nn.rotary(x, { base: 100 })), want.flat(2));
    const [q, k] = [draw([1, 1, 8], 2), draw([1, 1, 8], 3)];
    const product = (a: number, b: number): number => np.sum(np.multiply(nn.rotary(q, { offset: tensor(a, 'i32') }), nn.rotary(k, { offset: tensor(b, 'i32') }))).itemSync();
    expectClose([product(7, 4), product(103, 100)], [product(3, 0), product(3, 0)], 1e-11);
    expectGradient('rotary', (v: Tensor<[4, 2, 6], 'f64'>) => np.sum(np.multiply(np.square(nn.rotary(v)), draw([4, 2, 6], 9))), x);
    expect(() => nn.rotary(zeros([2, 1, 3]))).toThrow('rotary: 3 features do not divide into pairs');
    expect(() => nn.rotary(zeros([2, 4]))).toThrow('rotary: input [2, 4] must be [..., length, heads, depth]');
  });
  test('learnt positions add their rows', () => {
    const layer = nn.learnedPositions(5, { dtype: 'f64' });
    const x = draw([2, 3, 4]);
    const params = nn.init(layer, key, x);
    const w = params.w.jsSync() as number[][];
    expectClose(numbers(nn.apply(layer, params, x)), numbers(x).map((v, i) => v + (w[Math.floor(i / 4) % 3]?.[i % 4] ?? NaN)));
    expectGradient('learnedPositions', (p: typeof params) => np.sum(np.square(nn.apply(layer, p, x))), params);
    expect(() => nn.apply(layer, params, draw([2, 6, 4]))).toThrow('learnedPositions: the input [2, 6, 4] has 6 positions, there are 5');
  });
});

describe('group norm', () => {
  const x = draw([2, 3, 2, 4]);
  const params = { scale: draw([4], 2), bias: draw([4], 3) };
  const byHand = (groups: number): number[] => {
    const [v, s, b] = [numbers(x), numbers(params.scale), numbers(params.bias)];
    const groupOf = (i: number): string => `${Math.floor(i / 24)}|${Math.floor((i % 4) / (4 / groups))}`;
    return v.map((u, i) => {
      const mates = v.filter((_, j) => groupOf(j) === groupOf(i));
      const mean = mates.reduce((p, q) => p + q, 0) / mates.length;
      const variance = mates.reduce((p, q) => p + (q - mean) ** 2, 0) / mates.length;
      return (u - mean) / Math.sqrt(variance + 1e-5) * (s[i % 4] ?? NaN) + (b[i % 4] ?? NaN);
    });
  };
  test.each([1, 2, 4] as const)('of %i groups normalises each example and group', groups => {
    const layer = (v: typeof x): nn.Net<typeof params, typeof x> => groups === 1 ? nn.groupNorm(1)(v) : groups === 2 ? nn.groupNorm(2)(v) : nn.groupNorm(4)(v);
    expectClose(numbers(nn.apply(layer, params, x)), byHand(groups));
    if (groups === 4) expectClose(numbers(nn.apply(nn.instanceNorm, params, x)), byHand(4));
    expectGradient(`groupNorm(${groups})`, (p: { readonly params: typeof params; readonly x: typeof x }) => np.sum(np.multiply(np.square(nn.apply(layer, p.params, p.x)), draw([2, 3, 2, 4], 8))), { params, x });
  });
  test('an example does not see the others', () => {
    expectClose(numbers(vmap((v: Tensor<[3, 2, 4], 'f64'>) => nn.apply(nn.groupNorm(2), params, np.expandDims(v, 0)))(x)), byHand(2));
  });
  test('mistakes', () => { expect(() => loose(nn.apply)(nn.groupNorm(3), params, x)).toThrow('groupNorm: 4 features do not divide into 3 groups'); });
});

describe('attention to something else', () => {
  test('crossAttention of a sequence to itself is self-attention', () => {
    const x = draw([2, 5, 6]);
    const layer = nn.multiHeadAttention(2, { dtype: 'f64' });
    const params = nn.init(layer, key, x);
    const want = numbers(nn.apply(layer, params, x));
    const cross = nn.crossAttention(2, { dtype: 'f64' });
    const own: [typeof x, typeof x] = [x, x];
    expectClose(numbers(nn.apply(cross, params, own)), want);
    const memory = draw([2, 3, 6], 4);
    const pair: [typeof x, typeof memory] = [x, memory];
    const y = nn.apply(cross, params, pair);
    expect(y.shape).toEqual([2, 5, 6]);
    // The order of the memory does not matter.
    const flipped: typeof pair = [x, np.flip(memory, 1)];
    expectClose(numbers(nn.apply(cross, params, flipped)), numbers(y));
    expectGradient('crossAttention', (p: typeof params) => np.sum(np.square(nn.apply(cross, p, pair))), params);
    expect(() => loose(nn.apply)(cross, params, [x, draw([2, 3, 4])])).toThrow('crossAttention: the input [2, 3, 4] has 4 features, the layer takes 6');
  });
  test.each([false, true])('steps with a cache give what causal attention gives, in pieces of any length (rotary: %s)', turns => {
    const x = draw([2, 7, 8]);
    const layer = nn.multiHeadAttention(2, { causal: true, rotary: turns, dtype: 'f64' });
    const params = nn.init(layer, key, x);
    const want = nn.apply(layer, params, x).jsSync() as number[][][];
    let cache = nn.attentionCache([2], 9, 2, 4, { dtype: 'f64' });
    const step = jit((p: typeof params, c: typeof cache, v: Tensor<[2, number, 8], 'f64'>) => nn.multiHeadAttentionStep(p, c, v, { rotary: turns }));
    for (const [from, to] of [[0, 3], [3, 4], [4, 7]] as const) {
      const [y, next] = step(params, cache, np.slice(x, [':', [from, to], ':']) as Tensor<[2, number, 8], 'f64'>);
      expectClose(numbers(y), want.flatMap(rows => rows.slice(from, to)).flat());
      cache = next;
    }
    expect(cache.length.itemSync()).toBe(7);
    // Two places are left: three positions do not fit, and nothing is overwritten in silence.
    expect(numbers(step(params, cache, draw([2, 3, 8]) as Tensor<[2, number, 8], 'f64'>)[0]).every(Number.isNaN)).toBe(true);
    expect(numbers(step(params, cache, draw([2, 2, 8]) as Tensor<[2, number, 8], 'f64'>)[0]).every(Number.isFinite)).toBe(true);
  });
  test('mistakes', () => {
    const params = nn.init(nn.multiHeadAttention(2), key, zeros([1, 1, 8]));
    const step = loose(nn.multiHeadAttentionStep);
    expect(() => step(params, nn.attentionCache([2], 9, 2, 4), zeros([1, 1, 8]))).toThrow('multiHeadAttentionStep: a cache of keys [2, 9, 2, 4] does not fit the input [1, 1, 8]');
    expect(() => step(params, nn.attentionCache([1], 9, 2, 4, { dtype: 'f64' }), zeros([1, 1, 8]))).toThrow('dtypes differ: a cache of f64 and an input of f32 (use astype)');
    expect(() => nn.attentionCache([1], 0, 2, 4)).toThrow('attentionCache: 0 is not a number of features');
  });
});

describe('the transformer block', () => {
  const x = draw([2, 5, 8]);
  const options = { causal: true, dtype: 'f64' } as const;
  const block = nn.transformerBlock(8, 2, 12, options);
  const params = nn.init(block, key, x);
  test('is its formula', () => {
    const h = np.add(x, nn.apply(nn.multiHeadAttention(2, options), params.attention, nn.apply(nn.layerNorm, params.attentionNorm, x)));
    const dense = (p: nn.DenseParams<number, number, 'f64'>, v: Tensor<[2, 5, number], 'f64'>): Tensor<[2, 5, number], 'f64'> => np.add(np.matmul(v, p.w), p.b) as Tensor<[2, 5, number], 'f64'>;
    const want = np.add(h, dense(params.out, nn.gelu(dense(params.hidden, nn.apply(nn.layerNorm, params.mlpNorm, h)))) as typeof h);
    expectClose(numbers(nn.apply(block, params, x)), numbers(want));
    const after = nn.transformerBlock(8, 2, 12, { ...options, norm: 'after' });
    const a = nn.apply(nn.layerNorm, params.attentionNorm, np.add(x, nn.apply(nn.multiHeadAttention(2, options), params.attention, x)));
    expectClose(numbers(nn.apply(after, params, x)), numbers(nn.apply(nn.layerNorm, params.mlpNorm, np.add(a, dense(params.out, nn.gelu(dense(params.hidden, a))) as typeof a))));
  });
  test('differentiates; repeats; drops with a key', () => {
    expectGradient('transformerBlock', (p: typeof params) => np.sum(np.square(nn.apply(block, p, x))), params, { coordinates: 30 });
    const deep = nn.repeat(3, nn.transformerBlock(8, 2, 12, { ...options, dropout: 0.5, rotary: true }));
    const stacked = nn.init(deep, key, x);
    expect(stacked.attention.query.w.shape).toEqual([3, 8, 2, 4]);
    const [a] = nn.applyTrain(deep, stacked, [], x, key);
    const [b] = nn.applyTrain(deep, stacked, [], x, random.key(1));
    expect(numbers(a)).not.toEqual(numbers(b));
    expect(nn.applyEval(deep, stacked, [], x).shape).toEqual([2, 5, 8]);
  });
  test('steps give what the whole gives', () => {
    const want = nn.apply(block, params, x).jsSync() as number[][][];
    let cache = nn.attentionCache([2], 5, 2, 4, { dtype: 'f64' });
    for (let t = 0; t < 5; t++) {
      const [y, next] = nn.transformerBlockStep(params, cache, np.slice(x, [':', [t, t + 1], ':']) as Tensor<[2, 1, 8], 'f64'>);
      expectClose(numbers(y), want.flatMap(rows => rows[t] ?? []));
      cache = next;
    }
  });
  test('mistakes', () => {
    expect(() => loose(nn.apply)(block, { ...params, out: undefined }, x)).toThrow('dense: its parameter w is missing');
    expect(() => loose(nn.apply)(block, null, x)).toThrow('transformerBlock: its parameters attentionNorm are missing from null; make parameters with nn.init');
    expect(() => nn.init(loose(nn.transformerBlock)(9, 2, 12, options) as typeof block, key, draw([2, 5, 9]) as never)).toThrow('multiHeadAttention: 9 features do not divide into 2 heads');
  });
});

describe('sequences', () => {
  const x = draw([2, 4, 3]);
  test('bidirectional joins both directions', () => {
    const [forth, back] = [nn.lstm(5, { dtype: 'f64' }), nn.lstm(6, { dtype: 'f64' })];
    const layer = nn.bidirectional(forth, back);
    const params = nn.init(layer, key, x);
    const [a, b] = [nn.apply(forth, params[0], x), nn.apply(nn.lstm(6, { dtype: 'f64', reverse: true }), params[1], x)];
    expectClose(numbers(nn.apply(layer, params, x)), numbers(np.concatenate([a, b], -1)));
    expectClose(numbers(nn.lastStep(a)), (a.jsSync() as number[][][]).flatMap(rows => rows[3] ?? []));
    expectGradient('bidirectional', (p: typeof params) => np.sum(np.square(nn.apply(layer, p, x))), params);
    expect(() => loose(nn.apply)(layer, params, tensor([1, 2], 'f64'))).toThrow('bidirectional: the input [2] has no time axis; it takes [..., time, features]');
  });
  test('highway mixes by its gate, which starts nearly closed', () => {
    const layer = nn.highway(nn.seq(nn.denseFrom(3, 3, { dtype: 'f64' }), nn.tanh));
    const params = nn.init(layer, key, x);
    expect(numbers(params.gate.b)).toEqual([-1, -1, -1]);
    const t = nn.sigmoid(nn.apply(nn.dense(3, { dtype: 'f64' }), params.gate, x));
    const f = nn.apply(nn.seq(nn.denseFrom(3, 3, { dtype: 'f64' }), nn.tanh), params.layer, x);
    expectClose(numbers(nn.apply(layer, params, x)), numbers(np.add(np.multiply(t, f), np.multiply(np.subtract(1, t), x))));
    expectGradient('highway', (p: typeof params) => np.sum(np.square(nn.apply(layer, p, x))), params);
    expect(() => loose(nn.init)(nn.highway(nn.denseFrom(3, 4, { dtype: 'f64' }) as never), key, x)).not.toThrow();
    expect(() => loose(nn.apply)(nn.highway(nn.denseFrom(3, 4, { dtype: 'f64' }) as never), { gate: params.gate, layer: nn.init(nn.denseFrom(3, 4, { dtype: 'f64' }), key, x) }, x)).toThrow('highway: the layer makes f64[2, 4, 4] of f64[2, 4, 3]; it must keep shape and dtype');
  });
  test('reshape, permute, lambda', () => {
    expect(nn.reshape([2, 6])(x).shape).toEqual([2, 2, 6]);
    expect(nn.permute([2, 0, 1])(x).shape).toEqual([3, 2, 4]);
    expect(nn.permute([-1, 0, 1])(x).shape).toEqual([3, 2, 4]);
    const net = nn.seq(nn.lambda('pair', (v: typeof x) => [v, np.multiply(v, 2)] as const), ([a, b]) => np.add(a, b));
    expectClose(numbers(nn.apply(net, [null, null], x)), numbers(x).map(v => 3 * v));
    expect(() => loose(nn.reshape([5]))(x)).toThrow('reshape: examples of [2, 4, 3] have 12 elements, [5] has 5');
  });
  test('tied embeddings share their table', () => {
    const net = nn.tied(7, 4, nn.layerNormOf(4));
    const ids = tensor([[1, 6, 6]], 'i32');
    const params = nn.init(net, key, ids);
    const h = nn.apply(nn.layerNorm, params.body, nn.apply(nn.embedding(7, 4), params.embedding, ids));
    expectClose(numbers(nn.apply(net, params, ids)), numbers(np.matmul(h, np.transpose(params.embedding.w))), 1e-6);
    expect(tree.leaves(params).length).toBe(3);
    expect(() => loose(nn.unembed)(params.embedding, zeros([3]))).toThrow('unembed: vectors [3] do not fit a table [7, 4]');
  });
});
