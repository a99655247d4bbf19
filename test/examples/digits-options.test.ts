// The command lines of the digits example: what is understood, what is refused, always in one line.
import { describe, expect, it, test } from 'vitest';
import { parsePredict, parseStart, predictHelp, startHelp } from '../../examples/digits-options.ts';
import { modelNames, recipes } from '../../examples/digits-models.ts';
import type { CotangentError } from '../../src/error.ts';
import { isRight, type Either } from '../../src/fp.ts';

const reader = (parse: (argv: readonly string[]) => Either<CotangentError, unknown>) => (line: string): unknown => {
  const parsed = parse(line.split(' ').filter((word) => word !== ''));
  if (isRight(parsed)) return parsed.right;
  expect(parsed.left.code).toBe('options');
  expect(parsed.left.message).toMatch(/^[^\n]+ \(see --help\)$/);
  return parsed.left.message.replace(' (see --help)', '');
};
const start = reader(parseStart);
const predict = reader(parsePredict);

describe('npm start', () => {
  const settings = { model: 'lenet', data: null, seed: 0, epochs: recipes.lenet.epochs, batch: recipes.lenet.batch, lr: recipes.lenet.lr };
  const flags = '--model --data --backend --epochs --batch --lr --seed --out --resume --help';

  it('is understood', () => {
    expect(start('')).toEqual({ kind: 'new', settings, backend: null, out: null });
    expect(start('--model vit --data mnist --epochs 2 --batch 8 --lr 0.5 --seed 7 --backend wasm --out here'))
      .toEqual({ kind: 'new', settings: { model: 'vit', data: 'mnist', epochs: 2, batch: 8, lr: 0.5, seed: 7 }, backend: 'wasm', out: 'here' });
    expect(start('--lr=1e-2 --data=a=b.csv --seed 0')).toMatchObject({ settings: { ...settings, lr: 0.01, data: 'a=b.csv' } });
    expect(start('--epochs 5 --epochs 6')).toMatchObject({ settings: { ...settings, epochs: 6 } });
    for (const model of modelNames) expect(start(`--model ${model}`)).toMatchObject({ settings: { model, epochs: recipes[model].epochs, batch: recipes[model].batch, lr: recipes[model].lr } });
  });

  it('goes on with a run', () => {
    expect(start('--resume runs/a')).toEqual({ kind: 'resume', from: 'runs/a', changed: {}, backend: null });
    expect(start('--resume runs/a --epochs 20 --data moved --backend wasm')).toEqual({ kind: 'resume', from: 'runs/a', changed: { epochs: 20, data: 'moved' }, backend: 'wasm' });
    for (const flag of ['--model mlp', '--seed 1', '--lr 1', '--batch 2', '--out b']) {
      expect(start(`--resume a ${flag}`)).toBe(`${flag.split(' ')[0]} cannot be given with --resume: the run goes on where it is, as it began`);
    }
  });

  it('may ask for help, whatever else it says', () => {
    expect(start('--help')).toEqual({ kind: 'help' });
    expect(start('--bogus -h')).toEqual({ kind: 'help' });
    for (const flag of flags.split(' ')) expect(startHelp).toContain(`  ${flag} `);
    for (const line of startHelp.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });

  it('is refused in one line', () => {
    expect(start('--stpes 5')).toBe(`unknown flag "--stpes"; flags: ${flags}`);
    expect(start('--toString 5')).toBe(`unknown flag "--toString"; flags: ${flags}`);
    expect(start('--=5')).toBe(`unknown flag "--"; flags: ${flags}`);
    expect(start('mnist')).toBe(`unexpected argument "mnist"; flags: ${flags}`);
    expect(start('-x')).toBe(`unexpected argument "-x"; flags: ${flags}`);
    expect(start('--epochs')).toBe('--epochs needs a value: --epochs 10');
    expect(start('--data --epochs 5')).toBe('--data needs a value: --data PATH');
    expect(start('--data=')).toBe('--data needs a value: --data PATH');
    expect(start('--model LeNet')).toBe('--model must be one of mlp, lenet, resnet, vit, got "LeNet"');
    for (const word of ['0', '-1', '1.5', '1e3', 'ten', '0x10', '100001', 'NaN']) expect(start(`--epochs=${word}`)).toBe(`--epochs must be a whole number from 1 to 100000, got "${word}"`);
    for (const word of ['0', '-1', 'fast', 'Infinity', '1e999', '1e-999', '1,5', 'NaN']) expect(start(`--lr ${word}`)).toBe(`--lr must be a positive number, got "${word}"`);
    expect(start('--seed -1')).toBe('--seed must be a whole number from 0 to 4294967295, got "-1"');
    expect(start('--batch 0')).toBe('--batch must be a whole number from 1 to 100000, got "0"');
  });
});

test('npm run predict', () => {
  expect(predict('--checkpoint runs/a --image x.png')).toEqual({ kind: 'predict', checkpoint: 'runs/a', image: 'x.png', backend: null });
  expect(predict('--image x.png --checkpoint=a --backend reference')).toEqual({ kind: 'predict', checkpoint: 'a', image: 'x.png', backend: 'reference' });
  expect(predict('--help')).toEqual({ kind: 'help' });
  for (const flag of ['--checkpoint', '--image', '--backend', '--help']) expect(predictHelp).toContain(`  ${flag} `);
  expect(predict('--image x.png')).toBe('which checkpoint? --checkpoint FILE');
  expect(predict('--checkpoint a')).toBe('which picture? --image FILE.png');
  expect(predict('--checkpoint a --image')).toBe('--image needs a value: --image FILE.png');
  expect(predict('x.png')).toBe('unexpected argument "x.png"; flags: --checkpoint --image --backend --help');
});
