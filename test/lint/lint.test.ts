// The linter refuses what it is meant to refuse: every breach planted in `planted/planted.ts` is found, and nothing else there.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { node, ROOT } from '../types/harness/compiler.ts';

const PLANTED = 'test/lint/planted/planted.ts';

it('finds every planted breach', async () => {
  const expected = readFileSync(`${ROOT}${PLANTED}`, 'utf8').split('\n').flatMap((row, index) => {
    const rules = / \/\/ ([a-z-]+(?: [a-z-]+)*)$/.exec(row)?.[1] ?? '';
    return rules.split(' ').filter((rule) => rule !== '').map((rule) => `${index + 1} ${rule}`);
  });
  const { status, output } = await node(['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '-f', 'unix', PLANTED]);
  const found = [...output.matchAll(/:(\d+):\d+: .*\[Error\/\w+\(([a-z-]+)\)\]$/gm)].map(([, line, rule]) => `${line} ${rule}`);
  expect(status).toBe(1);
  expect([...new Set(found)].sort()).toEqual(expected.sort());
});
