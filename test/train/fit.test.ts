import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { data, io, nn, np, optim, random, tensor, train, tree, zeros, type Scalar, type Tensor } from '../../src/index.ts';
import { isLeft } from '../../src/fp.ts';

let directory = '';
beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'cotangent-')); });
afterAll(() => rm(directory, { recursive: true }));

const net = nn.seq(nn.dense(8), nn.tanh, nn.dense(2));
const { x, y } = data.moons(random.key(1), 96);
const examples = data.source({ x, y });
const start = () => nn.init(net, random.key(0), zeros([16, 2]));
type Params = ReturnType<typeof start>;
interface Batch { readonly x: Tensor<[16, 2]>; readonly y: Tensor<[16], 'i32'> }
// Draws from its key, so that resumption shows whether keys go on as they were.
const loss = (params: Params, batch: Batch, key: random.Key): Scalar =>
  nn.crossEntropy(nn.apply(net, params, np.add(batch.x, np.multiply(random.normal(key, [16, 2]), 0.05))), batch.y);
const common = () => ({
  optimizer: optim.adam(0.05), key: random.key(7), output: null, interrupt: false,
  batches: data.batches(examples, { size: 16, last: 'drop', key: random.key(2) }),
} as const);
const options = () => ({ ...common(), params: start(), loss });
const bits = (variables: unknown): Promise<unknown> => Promise.all(tree.leaves(variables as Params).map(async leaf => Array.from(new Uint8Array((await leaf.data()).slice().buffer))));
const validation = {
  batches: data.batches(examples, { size: 40, last: 'keep' }),
  metrics: (p: Params, b: { readonly x: Tensor<[number, 2]>; readonly y: Tensor<[number], 'i32'> }) => ({ accuracy: nn.accuracy(nn.apply(net, p, b.x), b.y) }),
};

describe('fit', () => {
  it('learns, and leaves the parameters that it was given', async () => {
    const params = start();
    const before = await bits(params);
    const fitted = await train.fit({ ...options(), params, epochs: 25, validation });
    expect(fitted).toMatchObject({ step: 150, epoch: 25, batch: 0, ended: 'done' });
    expect(fitted.metrics['accuracy']).toBeGreaterThan(0.95);
    expect([fitted.losses.length, fitted.validations.length]).toEqual([150, 25]);
    expect(fitted.loss).toBeLessThan(fitted.losses[0] ?? 0);
    expect(await bits(params)).toEqual(before);
  });
  it('weighs a validation by the examples of its batches', async () => {
    const fitted = await train.fit({ ...options(), epochs: 1, validation });
    expect(fitted.metrics['accuracy']).toBeCloseTo(await nn.accuracy(nn.apply(net, fitted.params, x), y).item(), 6);
  });
  it('gives the same bits when it is stopped in the middle of an epoch and resumed', async () => {
    const [path, metricsFile] = [join(directory, 'run.safetensors'), join(directory, 'metrics.jsonl')];
    const whole = await train.fit({ ...options(), steps: 20 });
    const part = await train.fit({ ...options(), steps: 20, checkpoint: { path }, metricsFile, onStep: ({ step }) => step === 9 ? 'stop' : undefined });
    expect(part).toMatchObject({ step: 9, epoch: 1, batch: 3, ended: 'stopped' });
    const rest = await train.fit({ ...options(), steps: 20, resume: path, checkpoint: { path }, metricsFile });
    expect(rest.losses.length).toBe(11);
    expect([...part.losses, ...rest.losses]).toEqual([...whole.losses]);
    expect(await bits([rest.params, rest.optimizer])).toEqual(await bits([whole.params, whole.optimizer]));
    const lines = io.readJsonLines(await readFile(metricsFile, 'utf8'));
    expect(isLeft(lines) ? lines.left.message : lines.right.map(r => r['step'])).toEqual(Array.from({ length: 20 }, (_, k) => k + 1));
  });
  it('is stopped by a signal after the step, with a checkpoint', async () => {
    const path = join(directory, 'aborted.safetensors');
    const controller = new AbortController();
    const fitted = await train.fit({ ...options(), steps: 1000, checkpoint: { path }, signal: controller.signal, onStep: ({ step }) => { if (step === 5) controller.abort(); } });
    expect(fitted).toMatchObject({ step: 5, ended: 'stopped' });
    expect((await io.loadCheckpoint(path, { params: fitted.params, optimizer: fitted.optimizer, state: null })).metadata).toEqual({ step: '5', epoch: '0', batch: '5' });
  });
  it('writes texts of its own into the checkpoint, which do not hide where it stands', async () => {
    const path = join(directory, 'told.safetensors');
    const fitted = await train.fit({ ...options(), steps: 2, checkpoint: { path, metadata: { net: '[8, 2]', step: 'none' } } });
    const { metadata } = await io.loadCheckpoint(path, { params: fitted.params }, { surplus: 'ignore' });
    expect(metadata).toEqual({ net: '[8, 2]', step: '2', epoch: '0', batch: '2' });
  });
  it('says nothing of a run without steps', async () => {
    const written: string[] = [];
    await train.fit({ ...options(), steps: 0, output: { write: text => written.push(text) } });
    expect(written).toEqual([]);
  });
  it('lets timers and signals have their turn while steps are made: neither waits for the end of a run', async () => {
    const controller = new AbortController();
    setTimeout(() => { controller.abort(); });
    const fitted = await train.fit({ ...options(), steps: 20_000, signal: controller.signal });
    expect(fitted.ended).toBe('stopped');
    let turned = false;
    setTimeout(() => { turned = true; });
    await train.fit({ ...options(), steps: 20_000, onStep: () => turned ? 'stop' : undefined });
    expect(turned).toBe(true);
  });
  it('is stopped by Ctrl-C, once, and listens no longer afterwards', async () => {
    const before = process.listenerCount('SIGINT');
    const fitted = await train.fit({ ...options(), steps: 1000, interrupt: true, onStep: ({ step }) => { if (step === 3) process.emit('SIGINT'); } });
    expect(fitted).toMatchObject({ step: 3, ended: 'stopped' });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
  it('stops early and returns the best', async () => {
    const measured: number[] = [];
    const size = (p: Params): Scalar => np.sum(np.square(p[0].w));
    const fitted = await train.fit({
      ...options(), epochs: 50, validation: { ...validation, metrics: (p: Params) => ({ size: size(p) }) },
      earlyStopping: { metric: 'size', patience: 2 }, onEpoch: ({ metrics }) => { measured.push(metrics['size'] ?? 0); },
    });
    expect(fitted.ended).toBe('early');
    expect(fitted.metrics['size']).toBe(Math.min(...measured));
    expect(measured.at(-1)).toBeGreaterThan(Math.min(...measured));
    expect(await size(fitted.params).item()).toBeCloseTo(Math.min(...measured), 4);
    await expect(train.fit({ ...options(), epochs: 1, validation, earlyStopping: { metric: 'loss' } })).rejects.toThrow('train.fit: early stopping by loss, the validation has accuracy');
  });
  it('stops at what is not finite, names the equation, and loses nothing', async () => {
    const path = join(directory, 'nan.safetensors');
    const params = { w: tensor([4, 1]) };
    // The square root falls without end: w passes 0 after some steps.
    const run = train.fit({ ...common(), params, loss: (p: typeof params) => np.sum(np.sqrt(p.w)), optimizer: optim.sgd(0.5), steps: 50, checkpoint: { path } });
    await expect(run).rejects.toThrow(/^train\.fit: step \d+ \(epoch \d+, batch \d+\): the loss is NaN: checkNaN: .*sqrt made NaN at \[1\] of f32\[2\]/);
    const { tree: kept, metadata } = await io.loadCheckpoint(path, { params, optimizer: optim.sgd(0.5).init(params), state: null });
    expect(Number(metadata['step'])).toBeGreaterThan(0);
    expect(await np.all(np.isfinite(kept.params.w)).item()).toBe(true);
  });
  it('carries the state of a network', async () => {
    const params = { w: tensor([1, 2]) };
    const fitted = await train.fit({ ...common(), params, state: { seen: zeros([]) }, steps: 5, loss: (p, _batch, _key, s) => [np.sum(np.square(p.w)), { seen: np.add(s.seen, 1) }] });
    expect(await fitted.state.seen.item()).toBe(5);
  });
  it('refuses what makes no run', async () => {
    await expect(train.fit({ ...options() })).rejects.toThrow('train.fit: give either epochs or steps');
    await expect(train.fit({ ...options(), steps: 1, epochs: 1 })).rejects.toThrow('train.fit: give either epochs or steps');
    await expect(train.fit({ ...options(), steps: 1.5 })).rejects.toThrow('train.fit: steps 1.5 is no natural number');
    await expect(train.fit({ ...options(), steps: 1, earlyStopping: { metric: 'a' } })).rejects.toThrow('train.fit: early stopping needs a validation');
    await expect(train.fit({ ...options(), steps: 1, resume: join(directory, 'none') })).rejects.toThrow('none: cannot be read (no such file or directory)');
    expect(await train.fit({ ...options(), steps: 0 })).toMatchObject({ step: 0, ended: 'done' });
  });
  it.each([
    [{ validation: { batches: validation.batches } }, 'train.fit: validation: there are no metrics; write'],
    [{ validation: { metrics: validation.metrics } }, 'train.fit: validation: batches is no loader; write data.batches('],
    [{ validation, earlyStopping: {} }, 'train.fit: earlyStopping: there is no metric; name'],
  ])('refuses a half of what it is told: %#', async (half, says) => {
    await expect(Reflect.apply(train.fit, null, [{ ...options(), steps: 1, ...half }])).rejects.toThrow(says);
  });
  it.each(['params', 'loss', 'optimizer', 'batches'] as const)('says what to write where there is no %s', async name => {
    const says = { params: 'train.fit: there are no params; write params: nn.init(net, random.key(0), x)', loss: 'train.fit: there is no loss; give', optimizer: 'train.fit: optimizer is no optimiser; call', batches: 'train.fit: batches is no loader; write data.batches(' };
    const { [name]: _without, ...rest } = { ...options(), steps: 1 };
    await expect(Reflect.apply(train.fit, null, [rest])).rejects.toThrow(says[name]);
  });
});

describe('progress', () => {
  const status = { step: 50, steps: 200, epoch: 1, loss: 0.123456, seconds: 10, made: 50, metrics: { accuracy: 0.9375 } };
  it('is one line', () => {
    expect(train.statusLine(status)).toBe('epoch 1  step  50/200  loss 0.1235  accuracy 0.9375  5.0 steps/s');
    expect(train.statusLine({ ...status, loss: 1e-7, seconds: 0, metrics: {} })).toBe('epoch 1  step  50/200  loss 1.00e-7  0.0 steps/s');
    expect(train.statusLine({ ...status, epoch: 4, epochs: 4 })).toMatch(/^epoch 4\/4 /);
    expect([0, 65, 3723, Infinity].map(train.duration)).toEqual(['0:00', '1:05', '1:02:03', '-:--']);
  });
  it('fits the terminal', () => {
    expect(train.statusBar(status, 120)).toBe(`[${'='.repeat(8)}${' '.repeat(22)}] 25%  epoch 1  step  50/200  loss 0.1235  accuracy 0.9375  5.0 steps/s  ETA 0:30`);
    // Where it is narrow, metrics go first, then the speed; the time that is left stays.
    expect(train.statusBar({ ...status, epochs: 4 }, 84)).toBe(' 25%  epoch 2/4  step  50/200  loss 0.1235  accuracy 0.9375  5.0 steps/s  ETA 0:30');
    expect(train.statusBar(status, 65)).toBe(' 25%  epoch 1  step  50/200  loss 0.1235  5.0 steps/s  ETA 0:30');
    for (let columns = 1; columns < 130; columns++) expect(train.statusBar(status, columns).length).toBeLessThan(columns);
  });
  it('is drawn over on a terminal, and told now and then elsewhere', () => {
    const told = (isTTY: boolean): string => {
      const written: string[] = [];
      const shown = train.reporter({ write: text => written.push(text), isTTY, columns: 60 }, 5);
      for (let k = 0; k < 12; k++) shown.show({ ...status, step: k, seconds: k }, k === 11);
      return written.join('');
    };
    expect(told(false).split('\n').length).toBe(5);
    expect(told(true).split('\r\u001b[2K').length).toBe(12);
    expect(told(true).split('\n').length).toBe(2);
  });
});
