// Networks at run time: parameters, values against plain arithmetic, what init computes, paths, errors that name the layer, transforms.
import { describe, expect, test } from 'vitest';
import type { AnyTensor, Scalar, Tensor } from '../../src/ir/tensor.ts';
import * as nn from '../../src/nn/index.ts';
import { mul } from '../../src/primitive/arithmetic.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import * as random from '../../src/random/index.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { grad } from '../../src/transform/grad.ts';
import { jit } from '../../src/transform/jit.ts';
import { makeJaxpr } from '../../src/transform/look.ts';
import { vmap } from '../../src/transform/vmap.ts';
import { make, numbers } from './tensors.ts';

const key = random.key(0);
const mlp = nn.seq(nn.dense(4), nn.relu, nn.dense(2));
const x = make([3, 5], Array.from({ length: 15 }, (_, i) => Math.sin(i)));

/** x w + b in plain numbers. */
const affine = (rows: number[][], w: number[][], b: number[]): number[][] =>
  rows.map(row => b.map((bias, j) => row.reduce((s, v, i) => s + v * (w[i]?.[j] ?? NaN), bias)));
const expectClose = (got: readonly number[], want: readonly number[], tolerance = 1e-6): void => {
  expect(got.length).toBe(want.length);
  got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `${v} vs ${want[i]}`).toBeLessThanOrEqual(tolerance); });
};

describe('an MLP', () => {
  const params = nn.init(mlp, key, x);
  test('has the parameters that its layers have', () => {
    expect(params[0].w.shape).toEqual([5, 4]);
    expect(params[1]).toBe(null);
    expect([params[2].w.shape, numbers(params[2].b)]).toEqual([[4, 2], [0, 0]]);
    expect(nn.countParameters(params)).toBe(5 * 4 + 4 + 4 * 2 + 2);
    expect(nn.countParameters(null)).toBe(0);
  });
  test('computes what plain numbers say', () => {
    const shifted = [{ w: params[0].w, b: make([4], [0.1, -0.2, 0.3, 0]) }, null, { w: params[2].w, b: make([2], [1, -1]) }] as const;
    const hidden = affine(x.jsSync(), params[0].w.jsSync(), [0.1, -0.2, 0.3, 0]).map(row => row.map(v => Math.max(v, 0)));
    expect(hidden.flat().some(v => v === 0) && hidden.flat().some(v => v > 0)).toBe(true);
    const want = affine(hidden, params[2].w.jsSync(), [1, -1]).flat();
    expectClose(numbers(nn.apply(mlp, [...shifted], x)), want);
    expectClose(numbers(jit((p: typeof params, v: Tensor<[3, 5]>) => nn.apply(mlp, p, v))([...shifted], x)), want);
  });
  test('without a bias: x w, and parameters that are w alone', () => {
    const bare = nn.dense(4, { bias: false });
    const { w, ...rest } = nn.init(bare, key, x);
    expect([Object.keys(rest), numbers(w)]).toEqual([[], numbers(nn.init(nn.dense(4), key, x).w)]);
    expectClose(numbers(nn.apply(bare, { w }, x)), affine(x.jsSync(), w.jsSync(), [0, 0, 0, 0]).flat());
    expect(numbers(nn.apply(nn.denseFrom(5, 4, { bias: false }), { w }, x))).toEqual(numbers(nn.apply(bare, { w }, x)));
    expect(() => nn.apply(bare, params[0], x)).toThrow('dense: its parameters hold a bias b, and the layer is told bias: false; make parameters with nn.init');
    expect(() => nn.dense(4, { bias: false, biasInit: nn.initializers.ones })).toThrow('dense: biasInit starts a bias, and bias: false leaves it out; give one of them');
  });
  test('takes any axes before the last', () => {
    const want = numbers(nn.apply(mlp, params, x));
    expect(numbers(nn.apply(mlp, params, make([5], numbers(x).slice(0, 5))))).toEqual(want.slice(0, 2));
    expect(nn.apply(mlp, params, make([2, 1, 3, 5], 0)).shape).toEqual([2, 1, 3, 2]);
    expect(numbers(vmap((row: Tensor<[5]>) => nn.apply(mlp, params, row))(x))).toEqual(want);
  });
  test('draws weights anew for each layer and key, the same for the same key', () => {
    const square = nn.seq(nn.dense(5), nn.dense(5));
    const [a, b] = nn.init(square, key, x);
    expect(numbers(a.w)).not.toEqual(numbers(b.w));
    expect(numbers(nn.init(square, key, x)[0].w)).toEqual(numbers(a.w));
    expect(numbers(nn.init(square, random.key(1), x)[0].w)).not.toEqual(numbers(a.w));
  });
  test('starts with weights of variance 1 / fan-in', () => {
    const w = numbers(nn.init(nn.dense(100), key, make([1, 400], 0)).w);
    const variance = w.reduce((s, v) => s + v * v, 0) / w.length;
    expect(Math.abs(variance * 400 - 1)).toBeLessThan(0.03);
    expect(Math.max(...w.map(Math.abs))).toBeLessThan(2 * 0.05 / 0.8796 + 1e-6);
  });
});

describe('init', () => {
  const nothingRuns = (): void => { for (const name of ['dotGeneral', 'reduceSum', 'reduceMax', 'select', 'sort', 'gather']) expect(statistics.byName.get(name) ?? 0, name).toBe(0); };
  test('computes nothing but the draws, when they are read', () => {
    resetStatistics();
    const params = nn.init(mlp, key, x);
    expect(statistics.executed).toBe(0);
    params[0].w.dataSync();
    expect(statistics.byName.get('randomBits')).toBe(2);
    nothingRuns();
  });
  test('does not compute the input that it is shown', () => {
    resetStatistics();
    const costly = dotGeneral(x, make([5, 5], 1), { lhsContract: [1], rhsContract: [0], lhsBatch: [], rhsBatch: [] });
    const params = nn.init(nn.seq(nn.dense(3), nn.layerNorm, nn.softmax), key, costly as Tensor<[3, 5]>);
    params[0].w.dataSync();
    params[1].scale.dataSync();
    nothingRuns();
    expect(costly.dataSync().length).toBe(15);
    expect(statistics.byName.get('dotGeneral')).toBe(1);
  });
  test('works inside stages: an ensemble by vmap, and under jit', () => {
    const ensemble = vmap((k: random.Key) => nn.init(mlp, k, x))(random.splitBatch(key, 3));
    expect(ensemble[0].w.shape).toEqual([3, 5, 4]);
    const one = nn.init(mlp, random.split(key, 3)[1], x);
    expect(numbers(ensemble[0].w).slice(20, 40)).toEqual(numbers(one[0].w));
    expect(ensemble[2].b.shape).toEqual([3, 2]);
    expect(numbers(jit((k: random.Key) => nn.init(mlp, k, x))(random.split(key, 3)[1])[0].w)).toEqual(numbers(one[0].w));
  });
});

describe('layers', () => {
  test('residual adds its input', () => {
    const block = nn.residual(nn.seq(nn.denseFrom(5, 7), nn.tanh, nn.dense(5)));
    const params = nn.init(block, key, x);
    const inner = nn.apply(nn.seq(nn.denseFrom(5, 7), nn.tanh, nn.dense(5)), params, x);
    expectClose(numbers(nn.apply(block, params, x)), numbers(inner).map((v, i) => v + (numbers(x)[i] ?? NaN)));
  });
  test('layerNorm normalises the last axis', () => {
    const params = nn.init(nn.layerNorm, key, x);
    const rows = nn.apply(nn.layerNorm, params, x).jsSync();
    for (const row of rows) {
      const mean = row.reduce((a, b) => a + b) / 5;
      expectClose([mean, row.reduce((s, v) => s + (v - mean) ** 2, 0) / 5], [0, 1], 1e-4);
    }
    const scaled = nn.apply(nn.layerNormOf(5), { scale: make([5], 2), bias: make([5], 3) }, x);
    expectClose(numbers(scaled), rows.flat().map(v => 2 * v + 3), 1e-5);
  });
  test('embedding looks rows up; an id outside gives NaN and no gradient', () => {
    const layer = nn.embedding(4, 2);
    const w = make([4, 2], [0, 1, 10, 11, 20, 21, 30, 31]);
    const ids = make([2, 2], [3, 0, 1, 1], 'i32');
    expect(nn.apply(layer, { w }, ids).jsSync()).toEqual([[[30, 31], [0, 1]], [[10, 11], [10, 11]]]);
    expect(numbers(nn.apply(layer, { w }, make([2], [4, -1], 'i32')))).toEqual([NaN, NaN, NaN, NaN]);
    const g = grad((p: { readonly w: Tensor<[4, 2]> }, i: Tensor<[2, 2], 'i32'>): Scalar => nn.squaredError(nn.apply(layer, p, i), make([2, 2, 2], 0), { reduction: 'sum' }))({ w }, ids);
    expect(g.w.jsSync()).toEqual([[0, 2], [40, 44], [0, 0], [60, 62]]);
    const drawn = numbers(nn.init(nn.embedding(500, 64), key, ids).w);
    expect(Math.abs(64 * drawn.reduce((s, v) => s + v * v, 0) / drawn.length - 1)).toBeLessThan(0.05);
  });
  test('a network of one\'s own, and from with untyped functions', () => {
    const scaled = (v: Tensor<[3, 5]>): nn.Net<Tensor<[5]>, Tensor<[3, 5]>> => nn.network({
      init: () => make([5], 1),
      apply: scale => mul(v, nn.apply(nn.relu, null, stretched(scale))) as Tensor<[3, 5]>,
    });
    const net = nn.from(x, scaled, h => nn.tanh(h), nn.dense(2));
    const params = nn.init(net, key, x);
    expect(numbers(params[0])).toEqual([1, 1, 1, 1, 1]);
    expectClose(numbers(nn.apply(net, params, x)), numbers(nn.apply(nn.dense(2), params[2], nn.tanh(x))));
  });
  test('in double precision throughout', () => {
    const net = nn.seq(nn.embedding(9, 4, { dtype: 'f64' }), nn.layerNormOf(4, { dtype: 'f64' }), nn.dense(3, { dtype: 'f64' }), nn.gelu);
    const params = nn.init(net, key, make([2], [1, 2], 'i32'));
    expect([params[0].w.dtype, params[1].scale.dtype, params[2].w.dtype, nn.apply(net, params, make([2], [1, 2], 'i32')).dtype]).toEqual(['f64', 'f64', 'f64', 'f64']);
  });
});
const stretched = (v: AnyTensor): Tensor<[3, 5]> => dotGeneral(make([3], 1), v, { lhsContract: [], rhsContract: [], lhsBatch: [], rhsBatch: [] }) as Tensor<[3, 5]>;

describe('paths', () => {
  test('equations carry the layers that they belong to', () => {
    const net = nn.seq(nn.dense(4), nn.relu, nn.seq(nn.dense(3), nn.residual(nn.tanh)), nn.dense(2));
    const params = nn.init(net, key, x);
    const { jaxpr } = makeJaxpr((p: typeof params, v: Tensor<[3, 5]>) => nn.apply(net, p, v))(params, x);
    const paths = jaxpr.eqns.filter(e => e.primitive.name !== 'broadcastInDim').map(e => `${e.origin.path} ${e.primitive.name}`);
    expect(paths).toEqual([
      'dense_0 dotGeneral', 'dense_0 add', 'relu_0 le', 'relu_0 select',
      'seq_0/dense_0 dotGeneral', 'seq_0/dense_0 add', 'seq_0/residual_0 tanh', 'seq_0/residual_0 add', 'dense_1 dotGeneral', 'dense_1 add',
    ]);
  });
});

describe('mistakes', () => {
  const params = nn.init(mlp, key, x);
  // What an untyped caller may pass.
  const loose = (...args: readonly unknown[]): unknown => nn.apply(...(args as [typeof mlp, typeof params, typeof x]));
  test.each([
    [() => loose(mlp, params, make([3, 6], 0)), 'layer dense_0: matmul: inner dims differ, [3, 6] x [5, 4]: 6 vs 5', 'shape'],
    [() => loose(mlp, params, make([], 0)), 'layer dense_0: dense: the input is a scalar; it needs a last axis of features', 'shape'],
    [() => loose(mlp, params, make([3, 5], 0, 'f64')), 'layer dense_0: dense: the layer has dtype f32, the input f64 (use astype, or the option dtype)', 'dtype'],
    [() => loose(mlp, params, make([3, 5], 0, 'i32')), 'layer dense_0: dense: i32 is no float dtype (use astype)', 'dtype'],
    [() => loose(mlp, params.slice(1), x), 'seq: 3 layers take an array of 3 parameter trees, got an array of 2', 'tree'],
    [() => loose(mlp, [params[0], params[0], params[2]], x), 'layer relu_0: the layer has no parameters, so null must stand in their place, got an object with b, w', 'tree'],
    [() => loose(mlp, [params[0], null, null], x), 'layer dense_1: dense: its parameter w is missing from null; make parameters with nn.init', 'tree'],
    [() => loose(mlp, [{ w: params[0].w, b: 3 }, null, params[2]], x), 'layer dense_0: dense: its parameter b is the number 3; make parameters with nn.init', 'tree'],
    [() => loose(mlp, [{ w: params[0].w, b: make([3], 0) }, null, params[2]], x), 'layer dense_0: dense: weights f32[5,4] want a bias of 4, got f32[3]', 'shape'],
    [() => loose(nn.seq(nn.dense(4), nn.seq(nn.tanh, nn.residual(nn.dense(4)))), [params[0], [null, params[2]]], x), 'layer seq_0/residual_0: dense: its parameter w is f32[4,2], the layer wants [4, 4]; make parameters with nn.init', 'shape'],
    [() => nn.init(nn.seq(nn.dense(4), nn.denseFrom(5, 2) as never), key, x), 'layer dense_1: dense: the input [3, 4] has 4 features, the layer takes 5', 'shape'],
    [() => loose(() => 3, null, x), 'the layer returned the number 3; a layer returns a tensor or a network', 'value'],
    [() => nn.dense(0), 'dense: 0 is not a number of features; give a positive integer', 'value'],
    [() => nn.embedding(4.5, 2), 'embedding: 4.5 is not a number of features; give a positive integer', 'value'],
    [() => nn.init(nn.embedding(4, 2), key, x as never), 'embedding: f32 is no integer dtype (use astype)', 'dtype'],
    [() => nn.lecunNormal(key, [3]), 'lecunNormal: [3] has no axis of inputs and axis of features', 'shape'],
    [() => nn.relu(make([2], 0, 'i32') as never), 'relu: i32 is no float dtype (use astype)', 'dtype'],
  ])('%#', (wrong, words, code) => {
    let error: unknown;
    try { wrong(); } catch (caught) { error = caught; }
    expect(error).toMatchObject({ message: words, code });
  });
});
