// The main example as people run it: what it prints, how well it learns, that a seed means the same run, how it refuses.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
const csv = join(folder, 'digits.csv');
/** Small drawn digits, one a row, the label last. */
beforeAll(() => {
  const { images, labels } = drawDigits({ count: 2000, seed: 5, size: 14 });
  writeFileSync(csv, Array.from(labels, (label, i) => [...images.subarray(i * 196, (i + 1) * 196), label].join()).join('\n'));
  writeFileSync(join(folder, 'torn.csv'), '1,2,0\n3,4,5,1\n');
});
afterAll(() => { rmSync(folder, { recursive: true }); });

/** What a run says apart from how fast it was. */
const said = ({ out }: Run): string[] => out.map(line => line.replace(/\s+[\d.]+ steps\/s.*$| in [\d.]+ s \(.*$/, ''));

describe('a run on a table', () => {
  const args = ['--data', csv, '--steps', '200', '--batch', '32', '--hidden', '48', '--lr', '0.01'];
  let first: Run;
  beforeAll(async () => { first = await run(...args); });
  test('says what it learns from, how it goes, and what it reached', () => {
    expect([first.code, first.error]).toEqual([0, []]);
    expect(first.out.slice(0, 2)).toEqual([
      'digits.csv: 1600 to learn from, 400 to be judged by, 196 pixels, 10 classes',
      'network 196-48-48-10: 12298 parameters; Adam, learning rate 0.01 falling to 0, 32 examples a step, seed 0',
    ]);
    expect(first.out).toHaveLength(2 + 10 + 1);
    for (const line of first.out.slice(2, 12)) expect(line).toMatch(/^step +\d+\/200 {2}loss \d\.\d{4} {2}test +\d+\.\d\d % {2}\d[\d.]* steps\/s {2}(.+ left|done in .+)$/);
    expect(first.out.at(-1)).toMatch(/^test accuracy \d+\.\d\d % after 200 steps in [\d.]+ s \(\d+ steps\/s\)$/);
  });
  test('learns', () => {
    const losses = first.out.slice(2, 12).map(line => Number(/loss ([\d.]+)/.exec(line)?.[1]));
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) / 2);
    expect(Number(/accuracy ([\d.]+) %/.exec(first.out.at(-1) ?? '')?.[1])).toBeGreaterThan(75);
  });
  test('is the same for the same seed, and another for another', async () => {
    expect(said(await run(...args))).toEqual(said(first));
    expect(said(await run(...args, '--seed', '1')).slice(2)).not.toEqual(said(first).slice(2));
  });
});

test('without data it draws its own', async () => {
  const { code, out, error } = await run('--steps', '2', '--hidden', '8', '--batch', '16');
  expect([code, error, out[0]]).toEqual([0, [], 'drawn digits: 6000 to learn from, 2000 to be judged by, 784 pixels, 10 classes']);
  expect(out).toHaveLength(2 + 2 + 1);
});

describe('mistakes are one line and exit code 2', () => {
  test.each([
    [['--stpes', '5'], /^unknown flag "--stpes"; flags: .* \(see --help\)$/],
    [['--data', join(folder, 'nowhere')], /nowhere: no such file or directory$/],
    [['--data', join(folder, 'torn.csv')], /torn\.csv: .*row 2/],
  ])('%j', async (args, words) => {
    const { code, out, error } = await run(...args);
    expect([code, out]).toEqual([2, []]);
    expect(error).toHaveLength(1);
    expect(error[0]).toMatch(words);
  });
});

test('a learning rate that is far too large is reported, not printed as NaN for ever', async () => {
  const { code, error } = await run('--data', csv, '--steps', '40', '--lr', '1e30');
  expect([code, error]).toEqual([1, [expect.stringMatching(/^the loss is (NaN|Infinity) at step \d+; try a smaller --lr$/)]]);
});
