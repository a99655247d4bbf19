// States and keys: what layers take and hand on, in which order, and what happens where they are missing.
import { describe, expect, test } from 'vitest';
import { grad, jit, nn, np, ones, random, setBackend, tensor, vmap, zeros, type AnyTensor, type Scalar, type Tensor } from 'cotangent';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const key = random.key(0);
const x = random.normal(random.key(5), [8, 3]);
const loose = (f: unknown) => f as (...args: readonly unknown[]) => unknown;
const counted = <S extends readonly number[]>(v: Tensor<S>) => nn.stateful({
  init: () => null, state: (): Scalar => zeros([]),
  train: (_: null, steps: Scalar) => [v, np.add(steps, 1)] as const, evaluate: () => v,
});

describe('states', () => {
  const net = nn.seq(nn.dense(4), nn.batchNorm, nn.seq(counted, nn.dense(2), nn.batchNorm), counted);
  test('come in the order of the layers and go out in it', () => {
    const start = nn.initState(net, x);
    expect([start[0].mean.shape, start[1].shape, start[2].mean.shape, start[3].shape]).toEqual([[4], [], [2], []]);
    const params = nn.init(net, key, x);
    const [, next] = nn.applyTrain(net, params, start, x);
    const [, after] = nn.applyTrain(net, params, next, x);
    expect([next[1].itemSync(), next[3].itemSync(), after[1].itemSync(), after[3].itemSync()]).toEqual([1, 1, 2, 2]);
    expect(numbers(start[0].mean)).toEqual([0, 0, 0, 0]);
    expect(numbers(nn.applyEval(net, params, start, x)).length).toBe(16);
  });
  test('a network without state is itself in both modes, and no key is needed', () => {
    const plain = nn.seq(nn.dense(4), nn.tanh);
    const params = nn.init(plain, key, x);
    expect(nn.initState(plain, x)).toEqual([]);
    const want = numbers(nn.apply(plain, params, x));
    const [y, next] = nn.applyTrain(plain, params, [], x);
    expect([numbers(y), next, numbers(nn.applyEval(plain, params, [], x))]).toEqual([want, [], want]);
  });
  test('of repeated layers are stacked, and each copy has its own', () => {
    const block = nn.residual(nn.seq(nn.batchNormOf(3), nn.denseFrom(3, 3)));
    const deep = nn.repeat(3, block);
    const params = nn.init(deep, key, x);
    const state = nn.initState(deep, x);
    expect(state[0].mean.shape).toEqual([3, 3]);
    const [y, next] = nn.applyTrain(deep, params, state, x);
    // The same, copy by copy.
    const copy = <T>(i: number, stack: T): T => (Array.isArray(stack) ? stack.map(s => copy(i, s) as unknown) : (stack as object) instanceof Object && 'shape' in (stack as object) ? np.take(stack as never, i as never, { axis: 0 } as never) : Object.fromEntries(Object.entries(stack as object).map(([k, v]) => [k, copy(i, v) as unknown]))) as T;
    let h: AnyTensor = x;
    const means: number[] = [];
    for (let i = 0; i < 3; i++) {
      const [v, [s]] = loose(nn.applyTrain)(block, copy(i, params), nn.initState(block, x), h) as [AnyTensor, [nn.BatchStatistics<3>]];
      h = v;
      means.push(...numbers(s.mean));
    }
    numbers(y).forEach((v, i) => { expect(v).toBeCloseTo(numbers(h)[i] ?? NaN, 5); });
    numbers(next[0].mean).forEach((v, i) => { expect(v).toBeCloseTo(means[i] ?? NaN, 5); });
  });
  test('mistakes', () => {
    const params = nn.init(net, key, x);
    const start = nn.initState(net, x);
    const [train, evaluate, apply] = [loose(nn.applyTrain), loose(nn.applyEval), loose(nn.apply)];
    expect(() => train(net, params, start.slice(0, 3), x)).toThrow('layer counted_0: the network keeps more than the 3 states that were given; make them with nn.initState');
    expect(() => evaluate(net, params, [...start, start[0]], x)).toThrow('the network keeps 4 states, got 5; make them with nn.initState');
    expect(() => train(net, params, null, x)).toThrow('applyTrain: the state is null, not an array; make it with nn.initState');
    expect(() => apply(net, params, x)).toThrow('layer batchNorm_0: apply: this network keeps state or draws numbers; use nn.applyTrain or nn.applyEval');
    expect(() => apply(nn.dropout(0.5), null, x)).toThrow('apply: this network keeps state or draws numbers');
    expect(() => train(nn.seq(nn.relu, nn.dropout(0.5)), [null, null], [], x)).toThrow('layer dropout_0: the network draws numbers in training; give nn.applyTrain a key');
    expect(() => nn.dropout(1)).toThrow('dropout: the rate 1 is not in [0, 1)');
    expect(() => nn.dropout(-0.1)).toThrow('dropout: the rate -0.1 is not in [0, 1)');
    expect(() => loose(nn.apply)(nn.shortcut(nn.denseFrom(3, 4), nn.denseFrom(3, 5)), nn.init(nn.fanout(nn.denseFrom(3, 4), nn.denseFrom(3, 5)), key, x), x)).toThrow('shortcut: the branches make [8, 4] and [8, 5]; they must agree');
  });
});

describe('draws', () => {
  const big = ones([200, 50]);
  test('each layer has a key of its own; the same key draws the same', () => {
    const two = nn.fanout(nn.dropout(0.5), nn.dropout(0.5));
    const [[a, b]] = nn.applyTrain(two, [null, null], [], big, key);
    const [[c]] = nn.applyTrain(two, [null, null], [], big, key);
    const [[d]] = nn.applyTrain(two, [null, null], [], big, random.key(1));
    expect(numbers(a)).not.toEqual(numbers(b));
    expect(numbers(c)).toEqual(numbers(a));
    expect(numbers(d)).not.toEqual(numbers(a));
    const copies = nn.applyTrain(nn.repeat(2, nn.dropout(0.5)), null, [], big, key)[0];
    // Two independent masks: a quarter of the elements is left, four times as large.
    expect(numbers(copies).filter(v => v !== 0).every(v => v === 4)).toBe(true);
    expect(Math.abs(numbers(copies).filter(v => v !== 0).length / 10_000 - 0.25)).toBeLessThan(0.02);
  });
  test('dropout keeps the mean and drops its share; evaluation does nothing', () => {
    const kept = numbers(nn.drop(key, big, 0.3));
    expect(new Set(kept)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    // Five deviations of a binomial share.
    expect(Math.abs(kept.filter(v => v === 0).length / 10_000 - 0.3)).toBeLessThan(5 * Math.sqrt(0.21 / 10_000));
    expect(numbers(nn.applyEval(nn.dropout(0.3), null, [], x))).toEqual(numbers(x));
    expect(numbers(nn.drop(key, x, 0))).toEqual(numbers(x));
  });
  test('shared axes are dropped together; dropPath drops examples', () => {
    const rows = nn.drop(key, big, 0.5, { shared: [-1] }).jsSync();
    expect(rows.every(row => row.every(v => v === row[0]))).toBe(true);
    expect(rows.some(row => row[0] === 0) && rows.some(row => row[0] === 2)).toBe(true);
    const paths = nn.applyTrain(nn.dropPath(0.5), null, [], ones([40, 2, 3]), key)[0].jsSync();
    expect(paths.every(e => e.flat().every(v => v === e[0]?.[0]))).toBe(true);
  });
  test('the gradient passes through the mask that was drawn', () => {
    const f = (v: Tensor<[200, 50]>): Scalar => np.sum(nn.drop(key, v, 0.5));
    expect(numbers(grad(f)(big))).toEqual(numbers(nn.drop(key, big, 0.5)));
  });
  test('alpha dropout and multiplicative noise keep mean and variance', () => {
    const z = random.normal(random.key(2), [100, 200]);
    const moments = (v: readonly number[]): readonly [number, number] => { const m = v.reduce((s, u) => s + u, 0) / v.length; return [m, v.reduce((s, u) => s + (u - m) ** 2, 0) / v.length]; };
    const [mean, variance] = moments(numbers(nn.applyTrain(nn.alphaDropout(0.2), null, [], z, key)[0]));
    // Twenty thousand draws: a deviation of the mean is 0.007, of the variance about 0.012.
    expect([Math.abs(mean) < 0.04, Math.abs(variance - 1) < 0.06]).toEqual([true, true]);
    const [m2, v2] = moments(numbers(nn.applyTrain(nn.gaussianDropout(0.2), null, [], ones([100, 200]), key)[0]));
    expect([Math.abs(m2 - 1) < 0.02, Math.abs(v2 - 0.25) < 0.02]).toEqual([true, true]);
    const [m3, v3] = moments(numbers(nn.applyTrain(nn.gaussianNoise(0.1), null, [], zeros([100, 200]), key)[0]));
    expect([Math.abs(m3) < 0.004, Math.abs(v3 - 0.01) < 0.001]).toEqual([true, true]);
  });
  test('work jitted, and batched over keys', () => {
    const net = nn.seq(nn.dense(4), nn.dropout(0.5), nn.dense(1));
    const params = nn.init(net, key, x);
    const run = (k: random.Key) => nn.applyTrain(net, params, [], x, k)[0];
    expect(numbers(jit(run)(key))).toEqual(numbers(run(key)));
    expect(numbers(vmap(run)(random.splitBatch(key, 2)))).toEqual([...numbers(run(random.split(key)[0])), ...numbers(run(random.split(key)[1]))]);
  });
});

describe('composition', () => {
  test('compose is seq the other way round, parameters included', () => {
    const [f, g] = [nn.denseFrom(3, 4), nn.tanh];
    const params = nn.init(nn.seq(f, g), key, x);
    expect(numbers(nn.apply(nn.compose(nn.tanh, (v: Tensor<[8, 3]>) => f(v)), params, x))).toEqual(numbers(nn.apply(nn.seq(f, g), params, x)));
  });
  test('what does not fit is told at run time in the compiler\'s words', () => {
    const images = zeros([2, 28, 28, 3]);
    const start = (layer: unknown, input: unknown): unknown => loose(nn.init)(layer, key, input);
    const apply = (layer: unknown, params: unknown, input: unknown): unknown => loose(nn.apply)(layer, params, input);
    expect(() => apply(nn.residual(nn.dense(10)), start(nn.dense(10), x), x)).toThrow(`residual: the layer makes f32[8, 10] of f32[8, ${x.shape[1]}]; it must keep shape and dtype`);
    expect(() => apply(nn.densely(nn.conv(4, 3)), start(nn.conv(4, 3), images), images)).toThrow("densely: the layer makes [2, 26, 26, 4] of [2, 28, 28, 3]; it may change the last axis only (in convolutions, padding 'same' does)");
    const steps = zeros([2, 10, 30]);
    expect(() => apply(nn.bidirectional(nn.gru(3), nn.seq(nn.reshape([5, 60]), nn.gru(3))), [start(nn.gru(3), steps), [null, start(nn.gru(3), zeros([2, 5, 60]))]], steps))
      .toThrow('bidirectional: the layers make [2, 10, 3] and [2, 5, 3]; they may differ on the last axis only');
  });
  test('parallel runs each half, densely joins input and output', () => {
    const pair: [Tensor<[8, 3]>, Tensor<[2]>] = [x, tensor([-1, 2])];
    const net = nn.parallel(nn.dense(2), nn.relu);
    const [y, z] = nn.apply(net, nn.init(net, key, pair), pair);
    expect([y.shape, numbers(z)]).toEqual([[8, 2], [0, 2]]);
    expect(() => loose(nn.apply)(net, [null, null], x)).toThrow('parallel: takes a pair, got f32[8, 3]');
    const joined = nn.densely(nn.dense(2));
    const params = nn.init(joined, key, x);
    expect(nn.apply(joined, params, x).jsSync().map(r => r.slice(0, 3))).toEqual(x.jsSync());
    expect(numbers(nn.apply(joined, params, x)).length).toBe(40);
  });
});
