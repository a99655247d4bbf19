// What helps to set a run up: learning a few examples by heart, and the learning-rate range test.
import { describe, expect, it } from 'vitest';
import { data, nn, np, optim, plot, random, stopGradient, tensor, train, zeros, type Scalar, type Tensor } from '../../src/index.ts';
import { parseXml } from '../plot/xml.ts';

const net = nn.seq(nn.dense(8), nn.tanh, nn.dense(2));
const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
const xor = { x, y: tensor([0, 1, 1, 0], 'i32') };
type Batch = typeof xor;
const params = () => nn.init(net, random.key(0), x);
type Params = ReturnType<typeof params>;
const loss = (p: Params, batch: Batch): Scalar => nn.crossEntropy(nn.apply(net, p, batch.x), batch.y);
const quiet = { output: null } as const;

describe('overfit', () => {
  it('says that a sound network learns a few examples, and stops there', async () => {
    const written: string[] = [];
    const found = await train.overfit({ params: params(), loss, optimizer: optim.adam(0.05), batch: xor, output: { write: words => { written.push(words); } } });
    expect(found).toMatchObject({ learned: true, unreached: [] });
    expect(found.losses.length).toBeLessThan(400);
    expect(found.loss).toBeLessThanOrEqual((found.losses[0] ?? 0) / 100);
    expect(found.loss).toBe(found.losses.at(-1));
    expect(found.verdict).toMatch(/^train\.overfit: learnt: the loss fell from 0\.\d+ to 0\.00\d+ in \d+ steps$/);
    expect(written).toEqual([`${found.verdict}\n`]);
  });
  it('leaves the parameters that it was given', async () => {
    const given = params();
    const before = await given[0].w.js();
    await train.overfit({ params: given, loss, optimizer: optim.adam(0.05), batch: xor, steps: 5, ...quiet });
    expect(await given[0].w.js()).toEqual(before);
  });
  it('says so of labels that contradict each other: no network fits them', async () => {
    const found = await train.overfit({ params: nn.init(net, random.key(0), x), loss: (p: Params) => nn.crossEntropy(nn.apply(net, p, zeros([4, 2])), xor.y), optimizer: optim.adam(0.05), batch: xor, steps: 60, ...quiet });
    expect(found.learned).toBe(false);
    expect(found.loss).toBeCloseTo(Math.log(2), 3);
    expect(found.verdict).toContain('NOT learnt: after 60 steps the loss is 0.693');
  });
  it('names the parameters that no gradient reaches', async () => {
    const cut = (p: Params): Scalar => nn.crossEntropy(nn.apply(nn.dense(2), p[2], stopGradient(nn.apply(nn.seq(nn.dense(8), nn.tanh), [p[0], null], x))), xor.y);
    const found = await train.overfit({ params: params(), loss: cut, optimizer: optim.sgd(1e-3), batch: xor, steps: 10, ...quiet });
    expect(found.unreached).toEqual(['[0].b', '[0].w']);
    expect(found.verdict).toMatch(/wanted [\d.]+: no gradient reaches \[0\]\.b, \[0\]\.w$/);
  });
  it('tells a rate that is too great from one that is too small', async () => {
    const bowl = (p: { readonly w: Tensor<[2]> }): Scalar => np.sum(np.square(p.w));
    const at = { params: { w: tensor([3, 4]) }, loss: bowl, batch: xor, steps: 20, ...quiet };
    expect((await train.overfit({ ...at, optimizer: optim.sgd(1.2) })).verdict).toMatch(/it grew; try a smaller learning rate$/);
    expect((await train.overfit({ ...at, optimizer: optim.sgd(0.01) })).verdict).toMatch(/still falling; give it more steps, or a greater learning rate$/);
  });
  it('carries a state, and refuses what makes no run', async () => {
    const counted = await train.overfit({ params: { w: tensor([1]) }, state: { n: zeros([]) }, loss: (p, _b, _k, s) => [np.sum(np.square(p.w)), { n: np.add(s.n, 1) }], optimizer: optim.sgd(0.4), batch: xor, ...quiet });
    expect(counted.learned).toBe(true);
    await expect(train.overfit({ params: params(), loss, optimizer: optim.sgd(0.1), batch: xor, steps: 0 })).rejects.toThrow('train.overfit: 0 steps; a positive integer is wanted');
    await expect(train.overfit({ params: params(), loss: p => np.subtract(loss(p, xor), 5), optimizer: optim.sgd(0.1), batch: xor, ...quiet })).rejects.toThrow(/of a loss that may be negative say what counts as learnt: below/);
    await expect(train.overfit({ params: { w: tensor([-1]) }, loss: p => np.sum(np.log(p.w)), optimizer: optim.sgd(0.1), batch: xor, ...quiet })).rejects.toThrow(/^train\.overfit: step 1: the loss is NaN: checkNaN: .*log made NaN/);
  });
});

describe('what a run cannot do without', () => {
  const wanted = { params: 'there are no params; write params: nn.init(net, random.key(0), x)', loss: 'there is no loss; give a function of parameters and batch' };
  it.each([
    ['params', wanted.params], ['loss', wanted.loss],
    ['optimizer', 'optimizer is no optimiser; call the function that makes it: optim.adam(1e-3)'], ['batch', 'there is no batch; give a few examples: batch: { x, y }'],
  ])('overfit without %s', async (name, says) => {
    const { [name]: _without, ...rest }: { readonly [option: string]: unknown } = { params: params(), loss, optimizer: optim.adam(0.05), batch: xor, ...quiet };
    await expect(Reflect.apply(train.overfit, null, [rest])).rejects.toThrow(`train.overfit: ${says}`);
  });
  it.each([
    ['params', wanted.params], ['loss', wanted.loss],
    ['optimizer', 'optimizer is no function of a learning rate; give one: optim.adam, or'], ['batches', 'batches is no loader; write data.batches('],
  ])('findLearningRate without %s', async (name, says) => {
    const batches = data.batches(data.source(data.moons(random.key(1), 64)), { size: 32, last: 'drop' });
    const { [name]: _without, ...rest }: { readonly [option: string]: unknown } = { params: params(), loss, optimizer: optim.sgd, batches };
    await expect(Reflect.apply(train.findLearningRate, null, [rest])).rejects.toThrow(`train.findLearningRate: ${says}`);
  });
});

describe('findLearningRate', () => {
  const examples = data.moons(random.key(1), 64);
  const batches = data.batches(data.source(examples), { size: 32, last: 'drop', key: random.key(3) });
  interface Moons { readonly x: Tensor<[32, 2]>; readonly y: Tensor<[32], 'i32'> }
  const moonLoss = (p: Params, b: Moons): Scalar => nn.crossEntropy(nn.apply(net, p, b.x), b.y);

  it('tries rates that grow by one factor, and stops where the loss runs away', async () => {
    const found = await train.findLearningRate({ params: params(), loss: moonLoss, optimizer: rate => optim.sgd(rate, { momentum: 0.9 }), batches, from: 1e-4, to: 1e3, steps: 71 });
    expect(found.rates.length).toBe(found.losses.length);
    expect(found.rates.length).toBeLessThan(71);
    found.rates.forEach((r, i) => { expect(r / (1e-4 * 10 ** (i / 10))).toBeCloseTo(1, 9); });
    const least = Math.min(...found.losses);
    expect(found.suggestion).toBeGreaterThan(1e-3);
    expect(found.suggestion).toBeLessThan(found.rates[found.losses.indexOf(least)] ?? 0);
  });
  // f(w) = w^2 / 2 by plain descent: w' = (1 - rate) w, so every loss is known, and the rate of each step with it.
  it('uses at each step the rate that it reports', async () => {
    const found = await train.findLearningRate({ params: { w: tensor([1]) }, loss: (p: { readonly w: Tensor<[1]> }) => np.multiply(np.sum(np.square(p.w)), 0.5), optimizer: optim.sgd, batches, from: 1e-3, to: 0.9, steps: 20 });
    let w = 1;
    expect(found.losses.length).toBe(20);
    found.losses.forEach((v, i) => {
      expect(Math.abs(v - w * w / 2)).toBeLessThan(1e-5);
      w *= 1 - (found.rates[i] ?? 0);
    });
  });
  it('suggests nothing where nothing falls, and refuses what makes no test', async () => {
    const flat = await train.findLearningRate({ params: { w: tensor([1]) }, loss: (p: { readonly w: Tensor<[1]> }) => np.add(np.multiply(np.sum(p.w), 0), 1), optimizer: optim.sgd, batches, steps: 12 });
    expect(flat.suggestion).toBe(null);
    expect(flat.losses.length).toBe(12);
    const at = { params: params(), loss: moonLoss, optimizer: optim.adam, batches } as const;
    await expect(train.findLearningRate({ ...at, from: 1, to: 0.1 })).rejects.toThrow('train.findLearningRate: rates from 1 to 0.1; positive ones are wanted, the smaller first');
    await expect(train.findLearningRate({ ...at, steps: 3 })).rejects.toThrow('train.findLearningRate: 3 steps; an integer of at least 10 is wanted');
    await expect(train.findLearningRate({ ...at, params: { w: tensor([-1]) }, loss: (p: { readonly w: Tensor<[1]> }) => np.sum(np.log(p.w)) })).rejects.toThrow('train.findLearningRate: the first loss is NaN, or its gradient is not finite; look for it with checkNaN');
  });
  it('is drawn with its suggestion', async () => {
    const found = await train.findLearningRate({ params: params(), loss: moonLoss, optimizer: optim.adam, batches, steps: 40 });
    const svg = await plot.learningRates(found, { title: 'Range test' });
    expect(parseXml(svg).name).toBe('svg');
    expect(svg).toContain(`steepest at ${Number((found.suggestion ?? 0).toPrecision(2))}`);
    expect(await plot.learningRates({ ...found, suggestion: null })).toContain('no rate suggested');
    await expect(plot.learningRates({ rates: [1, 2], losses: tensor([1]) })).rejects.toThrow('plot.learningRates: 2 rates for 1 losses');
    await expect(plot.learningRates({ rates: [0, 2], losses: [1, 2] })).rejects.toThrow('plot.learningRates: a rate is not positive');
  });
});
