// The coverage page says what the code is, and its tables say nothing that is not so.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as face from '../../src/index.ts';
import { faults, judge, type Library } from './library.ts';
import { libraries, page, pagePath } from './page.ts';

describe('docs/coverage.md', () => {
  it('is in step with the code: npm run coverage writes it', () => {
    expect(readFileSync(pagePath, 'utf8') === page() ? 'in step' : 'stale: run npm run coverage').toBe('in step');
  });
  it.each(libraries.map(library => [library.library, library] as const))('%s: the table has no faults', (_name, library) => {
    expect(faults(library, face)).toEqual([]);
  });
  it('most of what makes sense with static shapes and real numbers is here', () => {
    const share = (area: string): number => {
      const judged = libraries.flatMap(({ areas }) => areas.filter(a => a.area === area)).flatMap(a => judge(a, face)).filter(({ verdict }) => verdict.kind !== 'absent');
      return judged.filter(({ verdict }) => verdict.kind === 'here').length / judged.length;
    };
    expect(share('jax.numpy')).toBeGreaterThan(0.95);
    expect(share('jax.lax')).toBeGreaterThan(0.9);
  });
});

describe('a table', () => {
  const table = (change: object): Library => ({ library: 'L', source: 's', areas: [{ area: 'a', face: 'np', names: 'add take_along_axis nowhere', ...change }] });
  it('without faults', () => {
    expect(faults(table({}), face)).toEqual([]);
    expect(judge(table({ elsewhere: { nowhere: 'np.sum' } }).areas[0] ?? { area: '', face: '', names: '' }, face)).toEqual([
      { name: 'add', verdict: { kind: 'here', path: 'np.add', same: true } },
      { name: 'take_along_axis', verdict: { kind: 'here', path: 'np.takeAlongAxis', same: true } },
      { name: 'nowhere', verdict: { kind: 'here', path: 'np.sum', same: false } },
    ]);
  });
  it.each([
    [{ names: 'add add' }, 'a: add is listed twice'],
    [{ elsewhere: { other: 'np.sum' } }, 'a: other is explained but not listed'],
    [{ elsewhere: { nowhere: 'np.nothing' } }, 'a: nowhere is said to be np.nothing, which is not there'],
    [{ absent: { complex: 'add' } }, 'a: add is here under its own name; take its explanation out'],
    [{ elsewhere: { nowhere: 'np.sum' }, absent: { size: 'nowhere' } }, 'a: nowhere is both elsewhere and absent'],
  ])('%j is refused', (change, complaint) => {
    expect(faults(table(change), face)).toContain(complaint);
  });
});
