// What people forget, swap or take from another network, said in one line: the operation, what came, what to write instead.
// Untyped callers only: the compiler refuses all of these.
import { describe, expect, it } from 'vitest';
import { data, io, jit, nn, np, ones, optim, random, tensor, train, zeros } from '../../src/index.ts';

const loose = <R>(f: (...args: never[]) => R, ...args: readonly unknown[]): R => Reflect.apply(f, null, args) as R;
const key = random.key(0);
const told = (f: () => unknown): Promise<unknown> => Promise.resolve().then(f).then(() => 'no error', (error: unknown) => [Reflect.get(Object(error), 'code'), Reflect.get(Object(error), 'message')]);

describe('parameters of another network', () => {
  const image = zeros([1, 8, 8, 3]);
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    ['dense', () => loose(nn.apply, nn.dense(3), { w: zeros([4, 5]), b: zeros([5]) }, zeros([2, 4])), 'dense: its parameter w is f32[4,5], the layer wants [4, 3]; make parameters with nn.init'],
    ['dense without a bias', () => loose(nn.apply, nn.dense(3, { bias: false }), { w: zeros([4]) }, zeros([2, 4])), 'dense: its parameter w is f32[4], the layer wants [4, 3]; make parameters with nn.init'],
    ['conv, features', () => loose(nn.apply, nn.conv(4, 3), { w: zeros([3, 3, 3, 5]), b: zeros([5]) }, image), 'conv: its parameter w is f32[3,3,3,5], the layer wants [3, 3, 3, 4]; make parameters with nn.init'],
    ['conv, window', () => loose(nn.apply, nn.conv(4, 3), { w: zeros([5, 5, 3, 4]), b: zeros([4]) }, image), 'conv: its parameter w is f32[5,5,3,4], the layer wants [3, 3, 3, 4]; make parameters with nn.init'],
    ['depthwiseConv', () => loose(nn.apply, nn.depthwiseConv(2, 3), { w: zeros([3, 3, 1, 9]), b: zeros([9]) }, image), 'depthwiseConv: its parameter w is f32[3,3,1,9], the layer wants [3, 3, 1, 6]; make parameters with nn.init'],
    ['convTranspose', () => loose(nn.apply, nn.convTranspose(4, 3), { w: zeros([3, 3, 3, 5]), b: zeros([5]) }, image), 'convTranspose: its parameter w is f32[3,3,3,5], the layer wants [3, 3, 3, 4]; make parameters with nn.init'],
    ['embedding', () => loose(nn.apply, nn.embedding(10, 3), { w: zeros([12, 3]) }, tensor([1], 'i32')), 'embedding: its parameter w is f32[12,3], the layer wants [10, 3]; make parameters with nn.init'],
    ['learnedPositions', () => loose(nn.apply, nn.learnedPositions(10), { w: zeros([12, 4]) }, zeros([2, 3, 4])), 'learnedPositions: its parameter w is f32[12,4], the layer wants [10, 4]; make parameters with nn.init'],
    ['lstm', () => loose(nn.apply, nn.lstm(3), nn.init(nn.lstm(5), key, zeros([2, 6, 4])), zeros([2, 6, 4])), 'lstm: its parameter wh is f32[5,4,5], the layer wants [3, 4, 3]; make parameters with nn.init'],
    ['a bias for all gates', () => loose(nn.apply, nn.lstm(3), { ...nn.init(nn.lstm(3), key, zeros([2, 6, 4])), b: zeros([3]) }, zeros([2, 6, 4])), 'lstm: its parameter b is f32[3], the layer wants [4, 3]; make parameters with nn.init'],
    ['multiHeadAttention', () => loose(nn.apply, nn.multiHeadAttention(2), nn.init(nn.multiHeadAttention(4), key, zeros([2, 3, 8])), zeros([2, 3, 8])), 'multiHeadAttention.query: wants parameters of shapes [8, 2, 4] and [2, 4], got f32[8,4,2]'],
    ['groupNorm', () => loose(nn.apply, nn.groupNorm(2), { scale: ones([5]), bias: zeros([5]) }, zeros([2, 3, 4])), 'groupNorm: input [2, 3, 4] wants scale and bias of 4, got [5]'],
    ['rmsNorm', () => loose(nn.apply, nn.rmsNorm, { scale: ones([5]) }, zeros([2, 4])), 'rmsNorm: f32[2,4] wants scale of shape [4], got f32[5]'],
    ['batchNorm, statistics', () => loose(nn.applyEval, nn.batchNorm, nn.batchNormParams(4), [nn.batchStatistics(5)], zeros([2, 4])), 'batchNorm: f32[2,4] wants mean and variance of shape [4], got f32[5]'],
  ];
  it.each(cases)('%s', async (_, wrong, words) => { expect(await told(wrong)).toEqual(['shape', words]); });
});

describe('arguments that are not there, or not what they should be', () => {
  const net = nn.dense(3);
  const x = zeros([2, 4]);
  const w = { w: tensor([1, 2]) };
  const cases: readonly (readonly [string, () => unknown, string, string])[] = [
    ['init without a key', () => loose(nn.init, net, undefined, x), 'value', 'nn.init: the key is undefined; write nn.init(net, random.key(0), x)'],
    ['init with a seed', () => loose(nn.init, net, 0, x), 'value', 'nn.init: the key is the number 0; write nn.init(net, random.key(0), x)'],
    ['init with two arguments', () => loose(nn.init, net, x), 'value', 'nn.init: there is no input x; write nn.init(net, random.key(0), x)'],
    ['init with the key last', () => loose(nn.init, net, x, key), 'value', 'nn.init: the key is f32[2, 4]; write nn.init(net, random.key(0), x)'],
    ['init with an array', () => loose(nn.init, net, key, [[1, 2]]), 'value', 'nn.init: the input holds the number 1, which is no tensor; wrap it: tensor(...)'],
    ['initState without an input', () => loose(nn.initState, nn.batchNorm), 'value', 'nn.initState: there is no input x; write nn.initState(net, x)'],
    ['apply without parameters', () => loose(nn.apply, net, x), 'value', 'nn.apply: there is no input x; write nn.apply(net, params, x)'],
    ['applyTrain without states', () => loose(nn.applyTrain, nn.batchNorm, nn.batchNormParams(4), x), 'value', 'nn.applyTrain: there is no input x; write nn.applyTrain(net, params, state, x)'],
    ['loadCheckpoint without a tree', () => loose(io.loadCheckpoint, 'a.safetensors'), 'value', 'io.loadCheckpoint: there is no tree to read into; write io.loadCheckpoint(path, nn.init(net, random.key(0), x)), or io.readSafetensors(bytes) for all that is in it'],
    ['loadCheckpoint, swapped', () => loose(io.loadCheckpoint, w, 'a.safetensors'), 'value', "io.loadCheckpoint: the path is an object with w; write io.loadCheckpoint('file', ...)"],
    ['saveCheckpoint, swapped', () => loose(io.saveCheckpoint, w, 'a.safetensors'), 'value', "io.saveCheckpoint: the path is an object with w; write io.saveCheckpoint('file', ...)"],
    ['readCheckpoint without a tree', () => loose(io.readCheckpoint, new Uint8Array(0)), 'value', 'io.readCheckpoint: there is no tree to read into; write io.readCheckpoint(bytes, nn.init(net, random.key(0), x)), or io.readSafetensors(bytes) for all that is in it'],
    ['a draw from a seed', () => loose(random.normal, 0, [2]), 'static', 'random.normal: the key is the number 0; make one with random.key(seed)'],
    ['dropout by a seed', () => loose(nn.applyTrain, nn.dropout(0.5), null, [], x, 0), 'static', 'random.uniform: the key is the number 0; make one with random.key(seed)'],
    ['an axis in an object', () => loose(np.concatenate, [x, x], { axis: 1 }), 'axis', 'axis an object is out of range for [2, 4]'],
    ['kFold of tensors', () => loose(data.kFold, { x }, 2), 'value', 'data.kFold: the examples are an object with x, no source; write data.source({ x, y })'],
    ['split by one number', () => loose(data.split, data.source({ x }), 0.8), 'value', 'data.split: the shares are the number 0.8; write [0.8, 0.2]'],
    ['chain of a list', () => loose(optim.chain, [optim.sgd(1), optim.sgd(1)]), 'value', 'chain: an array of 2 is no optimiser; leave the brackets out: chain(a, b)'],
    ['chain of a function', () => loose(optim.chain, optim.adam), 'value', 'chain: a function is no optimiser; call the function that makes it: optim.sgd(0.1)'],
    ['a dtype in an object', () => loose(zeros, [2], { dtype: 'i32' }), 'dtype', 'an object is no dtype; dtypes are f32, f64, f16, i32, u32, u8, i8, bool'],
  ];
  it.each(cases)('%s', async (_, wrong, code, words) => { expect(await told(wrong)).toEqual([code, words]); });
});

describe('a loss that does not fit its run', () => {
  const line = nn.dense(1);
  const batches = data.batches(data.source({ x: tensor([[0], [1]]), y: tensor([[1], [3]]) }), { size: 2, last: 'drop' });
  const params = nn.init(line, key, zeros([2, 1]));
  const error = (p: typeof params, { x, y }: { x: never; y: never }): never => nn.squaredError(nn.apply(line, p, x), y) as never;
  const run = (options: object): Promise<unknown> => told(() => loose(train.fit, { params, optimizer: optim.sgd(0.1), batches, steps: 1, output: null, ...options }));
  it.each([
    ['a pair, and no state', { loss: (p: never, b: never) => [error(p, b), null] }, 'options', 'train.fit: the loss returns an array of 2, a loss without state returns a scalar; for [loss, next state] give the first state: state: nn.initState(net, x)'],
    ['a state that is not given', { loss: (p: never, b: never, _: never, s: never) => [error(p, b), s] }, 'options', 'train.fit: the loss takes a state, and there is none; give the first one: state: nn.initState(net, x)'],
    ['a state, and a scalar', { state: [], loss: error }, 'options', 'train.fit: the loss returns f32[], with the option state it returns [loss, next state]; return both, or leave state out'],
    ['the pair turned round', { state: [], loss: (p: never, b: never) => [[], error(p, b)] }, 'options', 'train.fit: the loss is an array of 0, no tensor; return a scalar: nn.crossEntropy(nn.apply(net, params, x), y)'],
    ['a loss for each example', { loss: (p: never, { x }: { x: never }) => nn.apply(line, p, x) }, 'shape', 'train.fit: the loss is f32[2, 1], no scalar; take its np.mean or np.sum'],
    ['no value', { loss: () => {} }, 'options', 'train.fit: the loss is undefined, no tensor; return a scalar: nn.crossEntropy(nn.apply(net, params, x), y)'],
    ['a promise', { loss: async (p: never, b: never) => error(p, b) }, 'async', 'train.fit: the loss returns a promise; a loss is a pure function of tensors, await outside of it'],
    ['a seed for a key', { key: 0, loss: error }, 'options', 'train.fit: the key is the number 0; write key: random.key(0)'],
  ])('%s', async (_, options, code, words) => { expect(await run(options)).toEqual([code, words]); });
  it('and one that does', async () => { expect(await run({ state: [], loss: (p: never, b: never, _: never, s: never) => [error(p, b), s] })).toBe('no error'); });
});

describe('a full cache', () => {
  const width = zeros([1, 4, 8]);
  const params = nn.init(nn.multiHeadAttention(2, { causal: true }), key, width);
  const one = (t: number) => random.normal(random.key(t), [1, 1, 8]);
  const x = np.concatenate([one(0), one(1), one(2)], 1);
  it('is named where its length is known, and the results before are those of causal attention', async () => {
    let cache = nn.attentionCache([1], 2, 2, 4);
    const ys: number[][] = [];
    for (const t of [0, 1] as const) {
      const [y, next] = nn.multiHeadAttentionStep(params, cache, one(t));
      ys.push(Array.from(await y.data()));
      cache = next;
    }
    const whole = nn.apply(nn.multiHeadAttention(2, { causal: true }), params, x);
    const want = Array.from(await whole.data());
    ys.flat().forEach((v, i) => { expect(v).toBeCloseTo(want[i] ?? NaN, 5); });
    expect(await told(() => nn.multiHeadAttentionStep(params, cache, one(2)))).toEqual(['shape', 'multiHeadAttentionStep: the cache has room for 2 positions and holds 2, 1 more does not fit; make a longer one: nn.attentionCache(batch, longest, heads, depth)']);
  });
  it('is NaN under jit, where it is not', async () => {
    const step = jit((cache: nn.AttentionCache<[1], 2, 2, 4>) => nn.multiHeadAttentionStep(params, cache, one(0)));
    let cache = nn.attentionCache([1], 2, 2, 4);
    const sums: number[] = [];
    for (let t = 0; t < 3; t++) {
      const [y, next] = step(cache);
      sums.push(await np.sum(y).item());
      cache = next;
    }
    expect(sums.map(Number.isNaN)).toEqual([false, false, true]);
  });
});
