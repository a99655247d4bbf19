// Norms: values against plain numbers, running statistics, and a small residual network with batch statistics against finite
// differences, its statistics handed on from step to step; its f32 form on every backend against the reference.
import { afterAll, describe, expect, test } from 'vitest';
import { backends, fromData, getBackend, grad, jit, nn, np, optim, random, setBackend, tensor, tree, valueAndGrad, vmap, zeros, type AnyTensor, type Scalar, type Tensor } from 'cotangent';
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
const meanOf = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
const varianceOf = (xs: readonly number[]): number => meanOf(xs.map(v => (v - meanOf(xs)) ** 2));

describe('rmsNorm', () => {
  const x = draw([3, 5]);
  test('divides each row by its root mean square', () => {
    const scale = draw([5], 2);
    const want = x.jsSync().flatMap(row => row.map((v, i) => v / Math.sqrt(meanOf(row.map(u => u * u)) + 1e-6) * (numbers(scale)[i] ?? NaN)));
    expectClose(numbers(nn.apply(nn.rmsNorm, { scale }, x)), want);
    expectClose(numbers(nn.apply(nn.rmsNormOf(5, { epsilon: 0.5, dtype: 'f64' }), { scale: np.ones([5], 'f64') }, x)),
      x.jsSync().flatMap(row => row.map(v => v / Math.sqrt(meanOf(row.map(u => u * u)) + 0.5))));
  });
  test('a row of zeros stays zero, with a finite gradient', () => {
    const f = (v: Tensor<[1, 3]>): Scalar => np.sum(nn.apply(nn.rmsNorm, { scale: np.ones([3]) }, v));
    expectClose(numbers(grad(f)(zeros([1, 3]))), [1000, 1000, 1000], 0.1);
  });
});

describe('batch norm', () => {
  const x = draw([4, 3, 2]);
  const columns = [0, 1].map(c => numbers(x).filter((_, i) => i % 2 === c));
  const params = { scale: tensor([2, -1], 'f64'), bias: tensor([0.5, 3], 'f64') };
  const running = { mean: tensor([1, 2], 'f64'), variance: tensor([3, 4], 'f64') };
  test('training normalises by the statistics of the batch and moves the running ones', () => {
    const [y, next] = nn.batchNormTrain(x, params, running, { momentum: 0.75 });
    const want = numbers(x).map((v, i) => {
      const column = columns[i % 2] ?? [];
      return (v - meanOf(column)) / Math.sqrt(varianceOf(column) + 1e-5) * ([2, -1][i % 2] ?? NaN) + ([0.5, 3][i % 2] ?? NaN);
    });
    expectClose(numbers(y), want);
    expectClose(numbers(next.mean), columns.map((c, i) => 0.75 * (1 + i) + 0.25 * meanOf(c)));
    expectClose(numbers(next.variance), columns.map((c, i) => 0.75 * (3 + i) + 0.25 * varianceOf(c) * 12 / 11));
  });
  test('inference normalises by given statistics; training\'s parameters are its own', () => {
    const y = nn.batchNormEval(x, params, running, { epsilon: 0 });
    expectClose(numbers(y), numbers(x).map((v, i) => i % 2 === 0 ? (v - 1) / Math.sqrt(3) * 2 + 0.5 : -(v - 2) / 2 + 3));
    const start = nn.init(nn.seq(nn.dense(2, { dtype: 'f64' }), nn.batchNorm), random.key(0), x);
    expect([numbers(start[1].scale), numbers(start[1].bias)]).toEqual([[1, 1], [0, 0]]);
    expectClose(numbers(nn.applyEval(nn.batchNormWith({ epsilon: 0 }), params, [running], x)), numbers(y));
  });
  test('a large mean costs no digits', () => {
    const far = tensor([[1e4 + 1], [1e4 - 1], [1e4 + 1], [1e4 - 1]]);
    const [y] = nn.batchNormTrain(far, nn.batchNormParams(1), nn.batchStatistics(1), { epsilon: 0 });
    expect(numbers(y)).toEqual([1, -1, 1, -1]);
  });
  test('no gradient flows through the running statistics', () => {
    const g = grad((v: typeof x) => { const [, next] = nn.batchNormTrain(v, params, running); return np.add(np.sum(next.mean), np.sum(next.variance)); })(x);
    expect(numbers(g).every(v => v === 0)).toBe(true);
  });
  test('under vmap each example has its own batch', () => {
    const both = np.stack([x, np.multiply(x, 3)], 0);
    const f = (v: typeof x) => nn.batchNormTrain(v, params, running)[0];
    expectClose(numbers(vmap(f)(both)), [...numbers(f(x)), ...numbers(f(np.multiply(x, 3)))]);
  });
  test('mistakes', () => {
    const loose = nn.batchNormTrain as (...args: readonly unknown[]) => unknown;
    expect(() => loose(x, nn.batchNormParams(3, { dtype: 'f64' }), running)).toThrow('batchNorm: f64[4,3,2] wants scale and bias of shape [2], got f64[3]');
    expect(() => loose(x, nn.batchNormParams(2), running)).toThrow('batchNorm: dtypes differ: f64 vs f32 (use astype)');
    expect(() => loose(x, params, running, { momentum: 2 })).toThrow('batchNorm: momentum 2 is not between 0 and 1');
    expect(() => loose(tensor(1, 'f64'), params, running)).toThrow('batchNorm: the input is a scalar; it needs a last axis of features');
    expect(() => (nn.applyEval as (...args: readonly unknown[]) => unknown)(nn.batchNorm, params, [nn.batchStatistics(3, { dtype: 'f64' })], x)).toThrow('batchNorm: f64[4,3,2] wants mean and variance of shape [2], got f64[3]');
  });
});

// A residual network with batch norm and dropout, its statistics handed on: He, Zhang, Ren, Sun, 2016, with two blocks.
const net64 = nn.from(zeros([Number(4), 8, 8, 1], 'f64'),
  nn.conv(4, 3, { padding: 'same', dtype: 'f64' }),
  nn.shortcut(nn.seq(nn.conv(4, 3, { padding: 'same', dtype: 'f64' }), nn.batchNorm, nn.silu, nn.conv(4, 3, { padding: 'same', dtype: 'f64' }), nn.batchNorm), nn.identity), nn.silu,
  nn.shortcut(nn.seq(nn.conv(6, 3, { stride: 2, padding: 'same', dtype: 'f64' }), nn.batchNorm), nn.seq(nn.conv(6, 1, { stride: 2, padding: 'same', dtype: 'f64' }), nn.batchNorm)), nn.silu,
  nn.globalAvgPool, nn.dropout(0.2), nn.dense(3, { dtype: 'f64' }));
const net32 = nn.from(zeros([Number(4), 8, 8, 1]),
  nn.conv(4, 3, { padding: 'same' }),
  nn.shortcut(nn.seq(nn.conv(4, 3, { padding: 'same' }), nn.batchNorm, nn.silu, nn.conv(4, 3, { padding: 'same' }), nn.batchNorm), nn.identity), nn.silu,
  nn.shortcut(nn.seq(nn.conv(6, 3, { stride: 2, padding: 'same' }), nn.batchNorm), nn.seq(nn.conv(6, 1, { stride: 2, padding: 'same' }), nn.batchNorm)), nn.silu,
  nn.globalAvgPool, nn.dropout(0.2), nn.dense(3));

describe('a small residual network with batch statistics and dropout', () => {
  const y = tensor([0, 2, 1, 1], 'i32');
  const x = draw([4, 8, 8, 1], 9);
  const start = nn.initState(net64, x);
  test('differentiates in training, its mask given by the key: against finite differences in f64', () => {
    const params = nn.init(net64, random.key(3), x);
    expectGradient('a ResNet of two blocks', (p: typeof params) => nn.crossEntropy(nn.applyTrain(net64, p, start, x, random.key(7))[0], y), params, { directions: 6, coordinates: 40 });
  }, 120_000);
  test('and in evaluation', () => {
    const params = nn.init(net64, random.key(3), x);
    expectGradient('a ResNet of two blocks, evaluated', (p: typeof params) => nn.crossEntropy(nn.applyEval(net64, p, start, x), y), params, { directions: 4, coordinates: 20 });
  }, 120_000);
  test('learns with its statistics as auxiliary results; evaluation with them agrees with training', () => {
    let params = nn.init(net64, random.key(3), x);
    let state = start;
    const step = jit(valueAndGrad((p: typeof params, s: typeof state, k: random.Key) => {
      const [logits, next] = nn.applyTrain(net64, p, s, x, k);
      return [nn.crossEntropy(logits, y), next] as const;
    }, { hasAux: true }));
    const descent = optim.sgd(0.1);
    let slots = descent.init(params);
    const losses: number[] = [];
    for (let i = 0; i < 25; i++) {
      const [[loss, next], g] = step(params, state, random.foldIn(random.key(1), i));
      losses.push(loss.itemSync());
      const [updates, after] = descent.update(g, slots, params);
      params = optim.applyUpdates(params, updates);
      slots = after;
      state = [...next];
    }
    expect(losses.at(-1) ?? NaN).toBeLessThan(0.6 * (losses[0] ?? NaN));
    expect(state.length).toBe(4);
    expect(state.every(s => numbers(s.mean).some(v => Math.abs(v) > 1e-3) && numbers(s.variance).every(v => v > 0 && v !== 1))).toBe(true);
    // The same batch again and again: the running statistics arrive at its own, the variance as that of a sample.
    for (let i = 0; i < 200; i++) state = [...step(params, state, random.key(i))[0][1]];
    const biased = nn.initState(net64, x).map((_, i) => {
      const s = state[i] ?? start[0];
      const n = i < 2 ? 4 * 64 : 4 * 16;
      return { mean: s.mean, variance: np.multiply(s.variance, (n - 1) / n) };
    }) as unknown as typeof state;
    const hidden = nn.from(x, nn.conv(4, 3, { padding: 'same', dtype: 'f64' }), nn.shortcut(nn.seq(nn.conv(4, 3, { padding: 'same', dtype: 'f64' }), nn.batchNorm, nn.silu, nn.conv(4, 3, { padding: 'same', dtype: 'f64' }), nn.batchNorm), nn.identity));
    const [stem, block] = params;
    const two = [biased[0], biased[1]] as const;
    expectClose(numbers(nn.applyEval(hidden, [stem, block], [...two], x)), numbers(nn.applyTrain(hidden, [stem, block], [...two], x)[0]), 1e-6);
  }, 120_000);
  test.each(backends().filter(name => name === 'wasm'))('in f32 on %s, values, statistics and gradient are those of the reference', async name => {
    const data = Float32Array.from({ length: 4 * 64 }, (_, i) => Math.sin(i * i));
    const run = async (backend: string): Promise<unknown> => {
      await setBackend(backend);
      const v = fromData(data, [4, 8, 8, 1]);
      const params = nn.init(net32, random.key(3), v);
      const labels = tensor([0, 2, 1, 1], 'i32');
      const loss = (p: typeof params, s: ReturnType<typeof states>) => { const [logits, next] = nn.applyTrain(net32, p, s, v, random.key(5)); return [nn.crossEntropy(logits, labels), next] as const; };
      const states = () => nn.initState(net32, v);
      const result = jit(valueAndGrad(loss, { hasAux: true }))(params, states());
      return tree.unflatten(tree.structure(result), (tree.leaves(result) as Tensor[]).map(t => fromData(t.dataSync(), [...t.shape])));
    };
    const want = await run('reference');
    const got = await run(name);
    await setBackend('reference');
    expectTreesAgree(got, want, 2e-4);
  }, 60_000);
});
