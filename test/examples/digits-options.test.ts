import { describe, expect, it } from 'vitest';
import { defaultRun, helpText, parseDigitsCommand, progressLine } from '../../examples/digits-options.ts';
import { isRight } from '../../src/fp.ts';

const parse = (line: string): unknown => {
  const parsed = parseDigitsCommand(line.split(' ').filter((word) => word !== ''));
  if (isRight(parsed)) return parsed.right;
  expect(parsed.left.code).toBe('options');
  expect(parsed.left.message).toMatch(/^[^\n]+ \(see --help\)$/);
  return parsed.left.message.replace(' (see --help)', '');
};

const flags = '--data --steps --batch --lr --seed --hidden --help';

describe('the command line of the digits example', () => {
  it('is understood', () => {
    expect(parse('')).toEqual({ kind: 'run', ...defaultRun });
    expect(parse('--data mnist --steps 20 --batch 8 --lr 0.5 --seed 7 --hidden 16'))
      .toEqual({ kind: 'run', data: 'mnist', steps: 20, batch: 8, lr: 0.5, seed: 7, hidden: 16 });
    expect(parse('--lr=1e-2 --data=a=b.csv --seed 0')).toEqual({ kind: 'run', ...defaultRun, lr: 0.01, data: 'a=b.csv', seed: 0 });
    expect(parse('--steps 5 --steps 6')).toEqual({ kind: 'run', ...defaultRun, steps: 6 });
    expect(parse('--data -')).toEqual({ kind: 'run', ...defaultRun, data: '-' });
  });

  it('may ask for help, whatever else it says', () => {
    expect(parse('--help')).toEqual({ kind: 'help' });
    expect(parse('--bogus -h')).toEqual({ kind: 'help' });
    for (const flag of flags.split(' ')) expect(helpText).toContain(`  ${flag} `);
  });

  it('is refused in one line', () => {
    expect(parse('--stpes 5')).toBe(`unknown flag "--stpes"; flags: ${flags}`);
    expect(parse('--toString 5')).toBe(`unknown flag "--toString"; flags: ${flags}`);
    expect(parse('--=5')).toBe(`unknown flag "--"; flags: ${flags}`);
    expect(parse('mnist')).toBe(`unexpected argument "mnist"; flags: ${flags}`);
    expect(parse('-x')).toBe(`unexpected argument "-x"; flags: ${flags}`);
    expect(parse('--steps')).toBe('--steps needs a value: --steps 500');
    expect(parse('--data --steps 5')).toBe('--data needs a value: --data PATH');
    expect(parse('--data=')).toBe('--data needs a value: --data PATH');
    for (const word of ['0', '-1', '1.5', '1e3', 'ten', '0x10', '100000001', 'NaN', '']) {
      expect(parse(`--steps=${word}`)).toBe(word === '' ? '--steps needs a value: --steps 500' : `--steps must be a whole number from 1 to 100000000, got "${word}"`);
    }
    for (const word of ['0', '-1', 'fast', 'Infinity', '1e999', '1e-999', '1,5', 'NaN']) expect(parse(`--lr ${word}`)).toBe(`--lr must be a positive number, got "${word}"`);
    expect(parse('--seed -1')).toBe('--seed must be a whole number from 0 to 4294967295, got "-1"');
    expect(parse('--batch 0')).toBe('--batch must be a whole number from 1 to 1000000, got "0"');
    expect(parse('--hidden 70000')).toBe('--hidden must be a whole number from 1 to 65536, got "70000"');
  });
});

describe('a line of progress', () => {
  it('tells where the run stands', () => {
    const at = { step: 200, steps: 1000, loss: 0.31239, accuracy: 0.941, seconds: 0.5 };
    expect(progressLine(at)).toBe('step  200/1000  loss 0.3124  test 94.10 %  400 steps/s  2.0 s left');
    expect(progressLine({ ...at, accuracy: undefined, seconds: 20 })).toBe('step  200/1000  loss 0.3124  test    -     10 steps/s  1 min 20 s left');
    expect(progressLine({ ...at, seconds: 9 })).toBe('step  200/1000  loss 0.3124  test 94.10 %  22 steps/s  36 s left');
    expect(progressLine({ ...at, seconds: 6000 })).toBe('step  200/1000  loss 0.3124  test 94.10 %  0.033 steps/s  6 h 40 min left');
    expect(progressLine({ ...at, step: 1000, accuracy: 1, seconds: 59.97 })).toBe('step 1000/1000  loss 0.3124  test 100.00 %  17 steps/s  done in 1 min 00 s');
  });

  it('says nothing of speed before there is any', () => {
    expect(progressLine({ step: 0, steps: 10, loss: Number.NaN, accuracy: 0.1, seconds: 0 })).toBe('step  0/10  loss NaN  test 10.00 %');
  });
});
