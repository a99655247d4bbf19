// Attention: values against plain loops under every kind of mask, the layer against the composite, and a causal transformer block against
// finite differences; its f32 form on every backend against the reference.
import { afterAll, describe, expect, test } from 'vitest';
import { backends, fromData, getBackend, grad, jit, nn, np, random, setBackend, tensor, tree, vmap, zeros, type AnyTensor, type Scalar, type Tensor } from 'cotangent';
import { expectGradient, expectTreesAgree } from './differences.ts';

const before = getBackend();
afterAll(async () => { await setBackend(before); });
await setBackend('reference');

const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const draw = <const S extends readonly number[]>(shape: S, seed = 1) => random.normal(random.key(seed), shape, { dtype: 'f64' });
function expectClose(got: readonly number[], want: readonly number[], tolerance = 1e-12): void {
  expect(got.length).toBe(want.length);
  got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `element ${i}: ${v} against ${want[i]}`).toBeLessThanOrEqual(tolerance); });
}

/** Attention in plain loops; `sees(b, h, t, s)` says which keys a query sees. */
function plain(q: AnyTensor, k: AnyTensor, v: AnyTensor, scale: number, sees: (b: number, h: number, t: number, s: number) => boolean): number[] {
  const [B = 0, T = 0, H = 0, D = 0] = q.shape;
  const [, S = 0, , E = 0] = [k.shape[0], k.shape[1], k.shape[2], v.shape[3]];
  const at = (x: AnyTensor) => { const data = numbers(x); const [, n = 0, h = 0, d = 0] = x.shape; return (b: number, i: number, g: number, j: number): number => data[((b * n + i) * h + g) * d + j] ?? NaN; };
  const [qa, ka, va] = [at(q), at(k), at(v)];
  const out: number[] = [];
  for (let b = 0; b < B; b++) for (let t = 0; t < T; t++) for (let h = 0; h < H; h++) {
    const weights = Array.from({ length: S }, (_, s) => {
      if (!sees(b, h, t, s)) return 0;
      let score = 0;
      for (let d = 0; d < D; d++) score += qa(b, t, h, d) * ka(b, s, h, d);
      return Math.exp(score * scale);
    });
    const sum = weights.reduce((a, c) => a + c, 0);
    for (let e = 0; e < E; e++) out.push(sum === 0 ? 0 : weights.reduce((a, w, s) => a + w * va(b, s, h, e), 0) / sum);
  }
  return out;
}

describe('attention', () => {
  const q = draw([2, 4, 3, 5], 1);
  const k = draw([2, 6, 3, 5], 2);
  const v = draw([2, 6, 3, 2], 3);
  const scale = 1 / Math.sqrt(5);
  test('every query sees every key', () => {
    expect(nn.attention(q, k, v).shape).toEqual([2, 4, 3, 2]);
    expectClose(numbers(nn.attention(q, k, v)), plain(q, k, v, scale, () => true));
    expectClose(numbers(nn.attention(q, k, v, { scale: 2 })), plain(q, k, v, 2, () => true));
  });
  test('causal', () => { expectClose(numbers(nn.attention(q, k, v, { causal: true })), plain(q, k, v, scale, (_b, _h, t, s) => s <= t)); });
  test('masks broadcast over examples, heads and queries', () => {
    const bits = (n: number): boolean[] => Array.from({ length: n }, (_, i) => Math.sin(i * i + 1) > -0.3);
    const full = bits(2 * 3 * 4 * 6);
    const mask = np.reshape(tensor(full), [2, 3, 4, 6]);
    expectClose(numbers(nn.attention(q, k, v, { mask })), plain(q, k, v, scale, (b, h, t, s) => full[((b * 3 + h) * 4 + t) * 6 + s] === true));
    const some = bits(2 * 6);
    expectClose(numbers(nn.attention(q, k, v, { mask: np.reshape(tensor(some), [2, 1, 1, 6]), causal: true })), plain(q, k, v, scale, (b, _h, t, s) => s <= t && some[b * 6 + s] === true));
    const keys = bits(6);
    expectClose(numbers(nn.attention(q, k, v, { mask: tensor(keys) })), plain(q, k, v, scale, (_b, _h, _t, s) => keys[s] === true));
  });
  test('key lengths, of any integer dtype; none leaves zeros', () => {
    const lengths = [4, 0];
    for (const dtype of ['i32', 'u8'] as const) {
      expectClose(numbers(nn.attention(q, k, v, { keyLengths: tensor(lengths, dtype) })), plain(q, k, v, scale, (b, _h, _t, s) => s < (lengths[b] ?? 0)));
    }
  });
  test('what padding holds does not matter, nor does it take a gradient', () => {
    const total = (a: typeof k): Scalar<'f64'> => np.sum(np.square(nn.attention(q, a, v, { keyLengths: tensor([4, 6], 'i32') })));
    const g = grad(total)(k).jsSync();
    expect(g[0]?.slice(4).flat(2).every(x => x === 0)).toBe(true);
    expect(g[1]?.flat(2).every(x => x !== 0)).toBe(true);
  });
  test('any leading axes, and vmap over one with shared keys', () => {
    const one = nn.attention(draw([4, 3, 5], 1), draw([6, 3, 5], 2), draw([6, 3, 2], 3));
    expect(one.shape).toEqual([4, 3, 2]);
    const [k0, v0] = [np.squeeze(np.slice(k, [[0, 1]]), 0), np.squeeze(np.slice(v, [[0, 1]]), 0)];
    const shared = vmap((a: Tensor<[4, 3, 5], 'f64'>) => nn.attention(a, k0, v0))(q);
    const [first] = nn.attention(q, k, v).jsSync();
    expectClose(numbers(shared).slice(0, 24), (first ?? []).flat(2));
  });
  const loose = nn.attention as (...args: readonly unknown[]) => unknown;
  test.each([
    [() => loose(q, draw([2, 6, 3, 4]), v), 'attention: queries [2, 4, 3, 5] and keys [2, 6, 3, 4] may differ in length only', 'shape'],
    [() => loose(q, k, draw([2, 5, 3, 2])), 'attention: keys [2, 6, 3, 5] and values [2, 5, 3, 2] may differ in depth only', 'shape'],
    [() => loose(draw([2, 3]), k, v), 'attention: queries [2, 3] must be [..., length, heads, depth]', 'shape'],
    [() => loose(q, k, v, { mask: zeros([5, 6], 'bool') }), 'attention: a mask [5, 6] does not broadcast to [..., heads, queries, keys] [2, 3, 4, 6]', 'shape'],
    [() => loose(q, k, v, { mask: zeros([4, 6]) }), 'attention: the mask must be bool, got f32[4,6] (compare it with 0)', 'dtype'],
    [() => loose(q, k, v, { keyLengths: tensor([1, 2, 3], 'i32') }), 'attention: queries [2, 4, 3, 5] want key lengths of shape [2], got [3]', 'shape'],
    [() => loose(q, k, zeros([2, 6, 3, 2])), 'dtypes differ: f64 vs f32 (use astype)', 'dtype'],
  ])('mistakes %#', (run, message, code) => { expect(run).toThrow(expect.objectContaining({ message, code }) as Error); });
});

describe('multiHeadAttention', () => {
  const layer = nn.multiHeadAttention(2, { causal: true, dtype: 'f64' });
  const x = draw([2, 5, 6]);
  const params = nn.init(layer, random.key(4), x);
  test('projects, attends in each head, mixes', () => {
    const project = (p: nn.Projection<[6, 2, 3], [2, 3], 'f64'>) => np.add(np.einsum('btw,whd->bthd', x, p.w), p.b);
    const mixed = nn.attention(project(params.query), project(params.key), project(params.value), { causal: true });
    expectClose(numbers(nn.apply(layer, params, x)), numbers(np.add(np.einsum('bthd,hdw->btw', mixed, params.out.w), params.out.b)));
    expect(nn.countParameters(params)).toBe(4 * 36 + 4 * 6);
  });
  test('starts with variance 1 / fan-in in every projection, each drawn anew', () => {
    const wide = nn.init(nn.multiHeadAttention(4), random.key(1), zeros([1, 1, 128]));
    const all = [wide.query.w, wide.key.w, wide.value.w, wide.out.w].map(numbers);
    for (const w of all) expect(Math.abs(128 * w.reduce((s, u) => s + u * u, 0) / w.length - 1)).toBeLessThan(0.05);
    expect(new Set(all.map(w => w[0])).size).toBe(4);
  });
  test('does not look ahead', () => {
    const changed = np.where(np.greaterEqual(np.reshape(np.arange(5), [5, 1]), 3), np.multiply(x, -2), x);
    const [a, b] = [nn.apply(layer, params, x).jsSync(), nn.apply(layer, params, changed).jsSync()];
    expect(a.map(e => e.slice(0, 3))).toEqual(b.map(e => e.slice(0, 3)));
    expect(a[0]?.[3]).not.toEqual(b[0]?.[3]);
  });
  const start = nn.init as (...args: readonly unknown[]) => unknown;
  test.each([
    [() => start(nn.seq(nn.multiHeadAttention(4), nn.relu), random.key(0), zeros([1, 5, 6])), 'layer multiHeadAttention_0: multiHeadAttention: 6 features do not divide into 4 heads'],
    [() => (nn.apply as (...args: readonly unknown[]) => unknown)(layer, params, draw([6])), 'multiHeadAttention: input [6] must be [..., length, features]'],
    [() => (nn.apply as (...args: readonly unknown[]) => unknown)(layer, { ...params, key: params.out }, x), 'multiHeadAttention.key: wants parameters of shapes [6, 2, 3] and [2, 3], got f64[2,3,6]'],
    [() => (nn.apply as (...args: readonly unknown[]) => unknown)(layer, null, x), 'multiHeadAttention.query: its parameter w is missing from null; make parameters with nn.init'],
  ])('mistakes %#', (run, message) => { expect(run).toThrow(message); });
});

/** A causal block of a transformer: RMS norms, attention in heads, an MLP. */
const block = <D extends 'f32' | 'f64'>(dtype: D) => <B extends number, T extends number>(ids: Tensor<[B, T], 'i32'>) => nn.from(
  ids, nn.embedding(7, 8, { dtype }),
  nn.residual(nn.seq(nn.rmsNorm, nn.multiHeadAttention(2, { causal: true, dtype }))),
  nn.residual(nn.seq(nn.rmsNorm, nn.dense(16, { dtype }), nn.silu, nn.dense(8, { dtype }))),
  nn.rmsNorm, nn.dense(7, { dtype }),
)(ids);
describe('a causal attention block', () => {
  const ids = [[0, 3, 1, 6, 2], [4, 4, 2, 5, 0]];
  const next = [[3, 1, 6, 2, 4], [4, 2, 5, 0, 1]];
  test('differentiates: against finite differences in f64', () => {
    const net = block('f64');
    const x = tensor(ids, 'i32') as Tensor<[2, 5], 'i32'>;
    const y = tensor(next, 'i32') as Tensor<[2, 5], 'i32'>;
    const params = nn.init(net<2, 5>, random.key(5), x);
    expectGradient('a causal attention block', (p: typeof params) => nn.crossEntropy(nn.apply(net<2, 5>, p, x), y), params, { directions: 8, coordinates: 60 });
  }, 120_000);
  test.each(backends().filter(name => name === 'wasm'))('in f32 on %s, value and gradient are those of the reference', async name => {
    const net = block('f32');
    const run = async (backend: string): Promise<unknown> => {
      await setBackend(backend);
      const x = tensor(ids, 'i32') as Tensor<[2, 5], 'i32'>;
      const y = tensor(next, 'i32') as Tensor<[2, 5], 'i32'>;
      const params = nn.init(net<2, 5>, random.key(5), x);
      const loss = (p: typeof params): Scalar => nn.crossEntropy(nn.apply(net<2, 5>, p, x), y);
      const result = [jit(loss)(params), jit(grad(loss))(params)];
      return tree.unflatten(tree.structure(result), (tree.leaves(result) as Tensor[]).map(t => fromData(t.dataSync(), [...t.shape])));
    };
    const want = await run('reference');
    const got = await run(name);
    await setBackend('reference');
    expectTreesAgree(got, want, 1e-4);
  }, 60_000);
});
