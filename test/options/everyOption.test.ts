// Every public function that takes options, found by the types, refuses in one line: what is no object, names that do not exist, and
// values of another kind than the type says. Options are read before anything else, so that the other arguments hardly matter.
import { describe, expect, it } from 'vitest';
import * as laws from '../../laws/index.ts';
import { CotangentError } from '../../src/error.ts';
import * as cotangent from '../../src/index.ts';
import { random, tensor } from '../../src/index.ts';
import { publicOptions, type Stated } from './publicOptions.ts';

const x = tensor([[1, 2, 3], [4, 5, 6]]);
const v = tensor([1, 2, 3]);
const ids = tensor([0, 1], 'i32');
/** What stands before the options of functions that look at it first; the others are given matrices. */
const before: { readonly [name: string]: readonly unknown[] } = {
  'np.tri': [2, 2], 'np.meshgrid': [[v, v]], 'np.logspace': [0, 1, 3], 'np.geomspace': [1, 2, 3], 'np.takeAlongAxis': [v, ids, 0], 'np.quantile': [x, 0.5], 'np.percentile': [x, 50], 'np.nanquantile': [x, 0.5],
  'np.nanpercentile': [x, 50], 'np.identity': [2], 'np.eye': [2, 2], eye: [2, 2], 'np.bartlett': [3], 'np.hanning': [3], 'np.hamming': [3], 'np.blackman': [3], 'np.kaiser': [3, 1], 'np.pad': [x, [[1, 1], [1, 1]]],
  'np.arange': [0, 3, 1], arange: [0, 3, 1], 'np.digitize': [v, v], 'np.bincount': [ids], 'np.partition': [x, 0], 'np.argpartition': [x, 0], 
  'nn.initializers.zeros': [random.key(0), [2]], 'nn.initializers.ones': [random.key(0), [2]],
  'optim.warmupExponentialDecaySchedule': [0, 1, 1, 1, 0.5],
};
const found = publicOptions();
function functionNamed(name: string): (...args: readonly unknown[]) => unknown {
  const root: unknown = name.startsWith('laws.') ? { laws } : cotangent;
  const f = name.split('.').reduce<unknown>((at, part) => (at as { readonly [name: string]: unknown })[part], root);
  if (typeof f !== 'function') throw new Error(`${name} is no function`);
  return f as (...args: readonly unknown[]) => unknown;
}
async function refused(name: string, index: number, given: unknown): Promise<string> {
  try {
    await functionNamed(name)(...before[name] ?? Array.from({ length: index }, () => x), given);
    return 'nothing was refused';
  } catch (error) {
    return error instanceof CotangentError ? error.message : `no error of the library's: ${String(error)}`;
  }
}
const wrong: { readonly [S in Exclude<Stated, 'other'>]: readonly [value: unknown, shown: string] } = {
  flag: ['yes', '"yes"'], number: ['many', 'many'], text: [7, '7'], function: [7, '7'], words: ['no such word', '"no such word"'],
};
it('they are found in the types', () => {
  expect(found.length).toBeGreaterThan(300);
  expect(found.map(f => f.name)).toEqual(expect.arrayContaining(['np.sum', 'nn.conv', 'optim.adam', 'optim.rmsprop', 'random.normal', 'data.batches', 'io.readPng', 'train.fit', 'plot.curves', 'jit', 'vmap', 'grad', 'lax.scatterAdd', 'laws.primitive']));
});
describe.each(found.map(f => [f.name, f] as const))('%s', (name, { index, options }) => {
  it('refuses', async () => {
    for (const given of ['x', 3, true, [1], x, () => 1]) {
      expect(await refused(name, index, given)).toMatch(/^[\w.]+: the options are .*, no object; write \{ \w+: .* \}$/u);
    }
    expect(await refused(name, index, { noSuchOption: 1 })).toMatch(/^[\w.]+: noSuchOption is no option; the options are [\w, ]+$/u);
    for (const [option, stated] of options) {
      if (stated === 'other') continue;
      const [value, shown] = wrong[stated];
      const said = await refused(name, index, { [option]: value });
      expect(said, option).toContain(shown);
      expect(said).not.toContain('\n');
      expect(said).not.toMatch(/^no error|^nothing/u);
    }
  });
});

describe('options inside of options, and what to write instead', () => {
  const fit = { params: [], loss: () => x, optimizer: cotangent.optim.sgd(0.1), batches: { epoch: () => [] }, steps: 1 };
  it.each<readonly [string, object, string]>([
    ['a validation', { ...fit, validation: { batches: [], metric: () => ({}) } }, 'train.fit: validation: metric is no option; write metrics'],
    ['early stopping', { ...fit, earlyStopping: { metric: 'loss', patience: 1.5 } }, 'train.fit: earlyStopping.patience 1.5 is no natural number'],
    ['another mode', { ...fit, earlyStopping: { metric: 'loss', mode: 'auto' } }, 'train.fit: earlyStopping: mode is "auto"; write one of "min", "max"'],
    ['a checkpoint', { ...fit, checkpoint: { file: 'x' } }, 'train.fit: checkpoint: file is no option; the options are path, every, metadata'],
    ['one that never comes', { ...fit, checkpoint: { path: 'x', every: 0 } }, 'train.fit: checkpoint.every 0 is no integer of at least 1'],
    ['no loss', { ...fit, loss: undefined }, 'train.fit: there is no loss; give a function of parameters and batch'],
    ['an optimiser that was not called', { ...fit, optimizer: cotangent.optim.adam }, 'train.fit: optimizer is no optimiser; call the function that makes it: optim.adam(1e-3)'],
    ['a list of batches', { ...fit, batches: [1] }, "train.fit: batches is no loader; write data.batches(data.source({ x, y }), { size: 32, last: 'drop' })"],
    ['a rate', { ...fit, learningRate: 0.1 }, 'train.fit: learningRate is no option; the options are params, loss, optimizer, state, batches, epochs, steps, key, validation, earlyStopping, checkpoint, resume, metricsFile, onStep, onEpoch, signal, interrupt, output'],
  ])('train.fit: %s', async (_name, given, message) => { expect(await refused('train.fit', 0, given)).toBe(message); });
  it.each<readonly [string, number, object, string]>([
    ['optim.adam', 1, { beta1: 0.9 }, 'adam: beta1 is no option; the options are b1, b2, eps, epsRoot, nesterov'],
    ['optim.adamw', 1, { weight_decay: 0.1 }, 'adamw: weight_decay is no option; write weightDecay'],
    ['nn.conv', 2, { strides: 2 }, 'conv: strides is no option; write stride'],
    ['nn.layerNormOf', 1, { bias: false }, 'layerNormOf: bias is no option; the options are epsilon, dtype'],
    ['random.normal', 2, { dtype: 'float32' }, 'random.normal: dtype is "float32"; write one of "f32", "f64", "f16", "i32", "u32", "u8", "i8", "bool"'],
    ['vmap', 1, { in_axes: 0 }, 'vmap: in_axes is no option; write inAxes'],
    ['jit', 1, { staticArgnums: 0 }, 'jit: staticArgnums is no option; the options are donate, static, maxTraces, check'],
  ])('%s %#', async (name, index, given, message) => { expect(await refused(name, index, given)).toBe(message); });
});
