// The spirals example: the network learns what the linear model cannot, on points that it never saw, and draws it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { main } from '../../examples/spirals.ts';

const out = mkdtempSync(join(tmpdir(), 'cotangent-spirals-'));
afterAll(() => { rmSync(out, { recursive: true }); });

test('two hidden layers follow the arms, a line cannot; the picture shows it', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  const { line, bent } = await main({ steps: 150, out });
  expect(said.mock.calls.map(([text]) => String(text).slice(0, 27))).toEqual(['linear      9 parameters  lo', 'mlp      4547 parameters  lo', `pictures in ${out}`].map(text => text.slice(0, 27)));
  said.mockRestore();
  expect(line.accuracy).toBeLessThan(0.6);
  expect(bent.accuracy).toBeGreaterThan(0.95);
  expect(bent.losses.at(-1)).toBeLessThan(0.05);
  for (const name of ['linear', 'mlp']) expect(readFileSync(join(out, `spirals-${name}.svg`), 'utf8').split('<image').length).toBe(2);
});
