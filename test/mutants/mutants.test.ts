// The mutants are made of the sources as they are, and the machinery that tries them works. `npm run mutants` tries all of them.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { catalogue } from './catalogue.ts';
import { checkout, copyTree, removeTree } from './copy.ts';
import { runKillers } from './kill.ts';
import { misfit, mutantsOf, plant, type Mutant } from './mutant.ts';

describe('the catalogue', () => {
  it('stands in the sources: the text of each mutant exactly once', () => {
    expect(catalogue.flatMap(m => misfit(checkout, m) ?? [])).toEqual([]);
  });
  it('has no name twice, and files of tests that exist', () => {
    const names = catalogue.map(m => `${m.file}: ${m.name}`);
    expect(names.filter((n, i) => names.indexOf(n) !== i)).toEqual([]);
    expect(catalogue.filter(m => m.killer.startsWith('test/') && !existsSync(join(checkout, m.killer))).map(m => m.killer)).toEqual([]);
    expect(catalogue.length).toBeGreaterThan(400);
  });
  it('says where a source has changed', () => {
    const [gone, everywhere, idle] = mutantsOf('src/primitive/arithmetic.ts', {
      gone: ['laws.primitive:neg', 'no such text', 'x'], everywhere: ['laws.primitive:neg', 'import', 'x'], idle: ['laws.primitive:neg', 'divideInteger(a: number', 'divideInteger(a: number'],
    });
    const said = (m: Mutant | undefined): string | null => m === undefined ? null : misfit(checkout, m);
    expect(said(gone)).toContain('its text stands there 0 times');
    expect(said(everywhere)).toMatch(/stands there \d+ times, it must be once/);
    expect(said(idle)).toContain('changes nothing');
  });
});

describe('a mutant', () => {
  const root = copyTree();
  afterAll(() => { removeTree(root); });
  const cheap = ['neg: the cotangent is not negated', 'reduceSum: the batch axis is summed', 'select: the mask of the cotangent is dropped']
    .map(name => catalogue.find(m => m.name === name)).filter(m => m !== undefined);

  it('is made in a copy and undone there', () => {
    const [m] = cheap;
    expect(cheap.length).toBe(3);
    if (m === undefined) return;
    const read = (tree: string): string => readFileSync(join(tree, m.file), 'utf8');
    const before = read(checkout);
    const undo = plant(root, m);
    expect([read(checkout), read(root)]).toEqual([before, before.replace(m.find, () => m.replace)]);
    undo();
    expect(read(root)).toBe(before);
  });
  it('is not noticed where there is none', async () => {
    expect(await runKillers(root, cheap.map(m => m.killer), 1)).toMatchObject({ noticed: null, trouble: null });
  }, 240_000);
  it.each(cheap.map(m => [m.name, m] as const))('dies: %s', async (_name, m) => {
    const undo = plant(root, m);
    try {
      const { noticed, trouble } = await runKillers(root, [m.killer], 1);
      expect([typeof noticed, trouble]).toEqual(['string', null]);
      expect(noticed).toMatch(/^law \d+: /);
    } finally { undo(); }
  }, 240_000);
  it('that does not even load is trouble, not a kill', async () => {
    const [m] = mutantsOf('src/primitive/arithmetic.ts', { broken: ['laws.primitive:neg', 'export const negP = ', 'export const negQ = '] });
    if (m === undefined) return;
    const undo = plant(root, m);
    try { expect(await runKillers(root, [m.killer], 1)).toMatchObject({ noticed: null, trouble: 'the laws could not be tried' }); } finally { undo(); }
  }, 240_000);
});
