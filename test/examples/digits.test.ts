// The main example as people run it: what it prints and writes, how well each network learns, that a seed means the same bits, how it refuses.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { dim } from 'cotangent';
import { main } from '../../examples/digits.ts';
import { main as predict } from '../../examples/digits-predict.ts';
import { metadataOf, type Config } from '../../examples/digits-run.ts';
import { io } from '../../src/index.ts';
import { loadDigits } from '../../examples/digits-data.ts';
import { learn, probabilities, type Lesson } from '../../examples/digits-learn.ts';
import { modelNames, withModel } from '../../examples/digits-models.ts';
import { isLeft, type Either } from '../../src/fp.ts';
import { drawDigits } from '../../src/data/digits.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
interface Run { readonly code: number; readonly out: readonly string[]; readonly error: readonly string[] }
const lines = (text: string): string[] => text.split('\n').filter(line => line !== '');
const run = (...args: readonly string[]): Promise<Run> => new Promise(done => {
  const child = execFile(process.execPath, ['--import', 'tsx', 'examples/digits.ts', ...args], { cwd: root }, (_error, stdout, stderr) => {
    done({ code: child.exitCode ?? -1, out: lines(stdout), error: lines(stderr) });
  });
});

const folder = mkdtempSync(join(tmpdir(), 'cotangent-digits-'));
const [csv, few, many] = [join(folder, 'digits.csv'), join(folder, 'few.csv'), join(folder, 'many.csv')];
/** How each network is trained small, and the least share of the validation part that it then gets right: far above a tenth, which is chance. */
const small = {
  mlp: { epochs: 6, batch: 32, lr: 2e-3, least: 0.5 },
  lenet: { epochs: 6, batch: 32, lr: 4e-3, least: 0.5 },
  resnet: { epochs: 4, batch: 32, lr: 4e-3, least: 0.5 },
  vit: { epochs: 6, batch: 32, lr: 2e-3, least: 0.2 },
};
async function given<T>(value: Promise<Either<Error, T>>): Promise<T> {
  const read = await value;
  if (isLeft(read)) throw read.left;
  return read.right;
}
/** Small drawn digits, one a row, the label last. */
const table = (count: number): string => {
  const { images, labels } = drawDigits({ count, seed: 5, size: 14 });
  return Array.from(labels, (label, i) => [...images.subarray(i * 196, (i + 1) * 196), label].join()).join('\n');
};
beforeAll(() => {
  writeFileSync(csv, table(1000));
  writeFileSync(few, table(120));
  writeFileSync(many, table(500));
  writeFileSync(join(folder, 'torn.csv'), '1,2,0\n3,4,5,1\n');
  writeFileSync(join(folder, 'flat.csv'), '1,2,0\n3,4,1\n5,6,0\n7,8,1\n9,10,0\n');
  writeFileSync(join(folder, 'broken.safetensors'), 'no checkpoint');
});
afterAll(() => { rmSync(folder, { recursive: true }); });

const at = (...path: readonly string[]): string => join(folder, ...path);
const accuracyOf = ({ out }: Run): number => Number(/^test accuracy (\d+\.\d\d) %$/.exec(out.at(-1) ?? '')?.[1]);

describe('a run', () => {
  let first: Run;
  beforeAll(async () => { first = await run('--model', 'mlp', '--data', csv, '--epochs', '8', '--out', at('mlp')); });
  test('says what it learns from, where its files are, and at last what it reached', () => {
    expect([first.code, first.error]).toEqual([0, []]);
    expect(first.out.slice(0, 2)).toEqual([
      'digits.csv (14 x 14, made 28 x 28): 720 to learn from, 80 set aside, 200 to be judged by, 10 classes',
      'multi-layer perceptron: 235146 parameters; 8 epochs of 11 steps, 64 examples a step, learning rate up to 0.002, seed 0, backend wasm',
    ]);
    expect(first.out.at(-2)).toMatch(/^88 steps in [\d.]+ s; .*mlp has report\.html, metrics\.jsonl, checkpoint\.safetensors and config\.json$/);
    expect(accuracyOf(first)).toBeGreaterThan(80);
  });
  test('leaves its settings, its metrics and its report', () => {
    expect(JSON.parse(readFileSync(at('mlp', 'config.json'), 'utf8'))).toMatchObject({ model: 'mlp', data: csv, epochs: 8, seed: 0, backend: 'wasm', training: 720, classes: 10 });
    const metrics = lines(readFileSync(at('mlp', 'metrics.jsonl'), 'utf8')).map(line => JSON.parse(line) as { readonly [name: string]: number });
    expect(metrics.filter(m => 'loss' in m)).toHaveLength(88);
    expect(metrics.filter(m => 'validationAccuracy' in m)).toHaveLength(8);
    const report = readFileSync(at('mlp', 'report.html'), 'utf8');
    for (const word of [first.out.at(-1)?.slice('test accuracy '.length) ?? '', 'Learning', 'What was taken for what', 'Worst mistakes', 'Time', 'dense_2', '235,146']) expect(report).toContain(word);
  });
  test('is not written over', async () => {
    const before = readFileSync(at('mlp', 'checkpoint.safetensors'));
    const again = await run('--data', csv, '--out', at('mlp'));
    expect([again.code, again.out]).toEqual([2, []]);
    expect(again.error).toEqual([expect.stringMatching(/mlp: holds a run already; --resume .*mlp goes on with it, another --out begins a new one$/)]);
    expect(readFileSync(at('mlp', 'checkpoint.safetensors')).equals(before)).toBe(true);
  });
});

/** A command inside this process: what it says, and its exit code. */
async function within(command: (argv: readonly string[]) => Promise<number>, args: readonly string[]): Promise<Run> {
  const [out, error]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line: unknown) => { out.push(String(line)); }),
    vi.spyOn(console, 'error').mockImplementation((line: unknown) => { error.push(String(line)); }),
    vi.spyOn(process.stdout, 'write').mockImplementation(() => true),
  ];
  try { return { code: await command(args), out, error }; } finally { for (const spy of spies) spy.mockRestore(); }
}
const inside = (...args: readonly string[]): Promise<Run> => within(main, args);
const bits = (name: string): Buffer => readFileSync(at(name, 'checkpoint.safetensors'));

test('the same seed gives the same bits, another one others; a finished run that is resumed stays as it is', async () => {
  const args = ['--model', 'mlp', '--data', few, '--batch', '16', '--epochs', '2'];
  const [one, two, other] = [await inside(...args, '--out', at('one')), await inside(...args, '--out', at('two')), await inside(...args, '--seed', '1', '--out', at('other'))];
  expect([one.code, two.code, other.code, ...one.error]).toEqual([0, 0, 0]);
  expect(bits('two').equals(bits('one'))).toBe(true);
  expect(bits('other').equals(bits('one'))).toBe(false);
  const again = await inside('--resume', at('two'));
  expect([again.code, again.out.at(-1)]).toEqual([0, one.out.at(-1)]);
  expect(bits('two').equals(bits('one'))).toBe(true);
});

describe.each(modelNames)('%s', (model) => {
  const settings = { model, data: null, seed: 3, ...small[model] };
  test('learns, and goes on after an interruption bit by bit', async () => {
    const digits = await given(loadDigits(many, 3));
    await withModel(model, dim('classes', 10), async (network) => {
      const lesson = (path: string, more: Partial<Lesson['fit']> = {}): Lesson => ({ digits, settings, fit: { output: null, checkpoint: { path, metadata: metadataOf(config) }, resume: null, ...more } });
      const config: Config = { format: 1, ...settings, backend: 'wasm', examples: digits.name, training: digits.training.count, classes: 10 };
      const whole = await learn(network, lesson(at(`${model}-whole`)));
      const share = whole.metrics['validationAccuracy'] ?? 0;
      expect(share).toBeGreaterThan(small[model].least);
      const shares = await probabilities(network, whole, { ...digits.test, count: 1, x: digits.test.x.subarray(0, 784), y: digits.test.y.subarray(0, 1) });
      await writeFile(at('one.png'), await io.writePng({ height: 28, width: 28, channels: 1, data: Uint8Array.from(digits.test.x.subarray(0, 784), v => Math.round(255 * v)) }));
      const told = await within(predict, ['--checkpoint', at(`${model}-whole`), '--image', at('one.png')]);
      expect([told.code, told.error]).toEqual([0, []]);
      const best = Math.max(...shares);
      expect(told.out.at(-1)).toMatch(new RegExp(`^digit ${shares.indexOf(best)} \\(\\d+\\.\\d %\\)$`));
      expect(Math.abs(Number(/\((.*) %/.exec(told.out.at(-1) ?? '')?.[1]) - 100 * best)).toBeLessThan(5);
      const half = Math.floor(whole.step / 2) + 1;
      const controller = new AbortController();
      const part = await learn(network, lesson(at(`${model}-part`), { signal: controller.signal, onStep: ({ step }) => { if (step === half) controller.abort(); } }));
      expect(part).toMatchObject({ step: half, ended: 'stopped' });
      await learn(network, lesson(at(`${model}-part`), { resume: at(`${model}-part`) }));
      expect(readFileSync(at(`${model}-part`)).equals(readFileSync(at(`${model}-whole`)))).toBe(true);
    });
  });
});

describe('mistakes are one line', () => {
  test.each([
    [['--stpes', '5'], 2, /^unknown flag "--stpes"; flags: .* \(see --help\)$/],
    [['--data', at('nowhere')], 2, /nowhere: no such file or directory$/],
    [['--data', at('torn.csv')], 2, /torn\.csv: .*row 2/],
    [['--data', at('flat.csv')], 2, /flat\.csv: 2 numbers make no square image$/],
    [['--resume', at('nowhere')], 2, /nowhere: cannot be read \(no such file or directory\)$/],
    [['--resume', at('broken.safetensors')], 2, /broken\.safetensors: /],
    [['--backend', 'abacus'], 2, /^--backend must be one of reference, wasm, webgpu, auto, got "abacus" /],
    [['--data', few, '--epochs', '1', '--out', at('torn.csv', 'below')], 2, /below.*: cannot be written/],
    [['--model', 'mlp', '--data', few, '--batch', '16', '--epochs', '4', '--lr', '1e30', '--out', at('far')], 1, /^train\.fit: step \d+ .*(NaN|Infinity|not finite)/],
  ])('%j', async (args, wanted, words) => {
    const { code, error } = await inside(...args);
    expect([code, error]).toEqual([wanted, [expect.stringMatching(words)]]);
    expect(error[0]).not.toContain('\n');
  });
});

describe('mistakes of npm run predict are one line', () => {
  test.each([
    [['--image', 'x.png'], 2, /^which checkpoint\? --checkpoint FILE \(see --help\)$/],
    [['--checkpoint', at('nowhere'), '--image', 'x.png'], 2, /nowhere: cannot be read \(no such file or directory\)$/],
    [['--checkpoint', at('broken.safetensors'), '--image', 'x.png'], 2, /broken\.safetensors: /],
    [['--checkpoint', at('other.safetensors'), '--image', 'x.png'], 2, /other\.safetensors: was not written by npm start \(its settings are missing\)$/],
    [['--checkpoint', at('mlp'), '--image', at('nowhere.png')], 2, /nowhere\.png: cannot be read \(no such file or directory\)$/],
    [['--checkpoint', at('mlp'), '--image', at('torn.csv')], 2, /torn\.csv: is no PNG image/],
  ])('%j', async (args, wanted, words) => {
    await io.saveCheckpoint(at('other.safetensors'), {}, { step: '1' });
    const { code, out, error } = await within(predict, args);
    expect([code, out, error]).toEqual([wanted, [], [expect.stringMatching(words)]]);
    expect(error[0]).not.toContain('\n');
  });
});
