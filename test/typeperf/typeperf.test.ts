// What typed programs cost the compiler: instantiations per fixture against the committed counts.
// `UPDATE=1 npx vitest run test/typeperf` writes them; the diff belongs into the commit that changed them, with its reason.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../types/harness/compiler.ts';
import { fixture, judge, measure, type Counts } from './measure.ts';

const DIRECTORY = 'test/typeperf/fixtures';
const COMMITTED = `${ROOT}test/typeperf/instantiations.json`;

const read = (): Counts => {
  const parsed: unknown = JSON.parse(readFileSync(COMMITTED, 'utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new Error('instantiations.json is no object');
  return Object.fromEntries(Object.entries(parsed).map(([name, count]) => [name, Number(count)]));
};

describe('type instantiations', () => {
  it('stay within a tenth of the committed counts', async () => {
    const fixtures = readdirSync(`${ROOT}${DIRECTORY}`).filter((name) => name.endsWith('.ts')).sort()
      .map((name) => fixture(`${DIRECTORY}/${name}`, readFileSync(`${ROOT}${DIRECTORY}/${name}`, 'utf8')));
    expect(fixtures.length).toBeGreaterThan(0);
    const counts = await measure(fixtures);
    if (process.env['UPDATE'] === '1') writeFileSync(COMMITTED, `${JSON.stringify(counts, null, 2)}\n`);
    expect(judge(counts, read(), fixtures)).toEqual([]);
    // The order in which the compiler meets modules moves a count by 9 from run to run; 36 layers more would each add one at least.
    expect(Math.abs((counts['nn-repeat-48'] ?? NaN) - (counts['nn-repeat-12'] ?? NaN)), 'types do not grow with depth').toBeLessThan(36);
  }, 240_000);
});

describe('the judge', () => {
  const small = fixture('test/typeperf/fixtures/small.ts', "import { a } from '../../../src/a.ts';\nimport 'fp-ts';\na();");
  const bound = fixture('test/typeperf/fixtures/bound.ts', '// What it is.\n// @budget 10000\n');

  it('reads modules and budget', () => {
    expect(small).toEqual({ name: 'small', path: 'test/typeperf/fixtures/small.ts', modules: ['fp-ts', 'src/a.ts'], budget: undefined });
    expect(bound.budget).toBe(10_000);
  });
  it('allows a tenth', () => {
    expect(judge({ small: 1100 }, { small: 1000 }, [small])).toEqual([]);
  });
  it('refuses more', () => {
    expect(judge({ small: 1101 }, { small: 1000 }, [small])).toEqual(['small: 1101 instantiations, 1000 committed']);
  });
  it('refuses a broken budget, whatever is committed', () => {
    expect(judge({ bound: 10_001 }, { bound: 10_001 }, [bound])).toEqual(['bound: 10001 instantiations, 10000 are its budget']);
  });
  it('refuses a fixture without a count and a count without a fixture', () => {
    expect(judge({ small: 5 }, { gone: 5 }, [small])).toEqual([
      'small: 5 instantiations, none committed (UPDATE=1 writes them)', 'gone: committed, but there is no such fixture']);
  });
  it('sees types that were made costlier', async () => {
    const path = 'node_modules/.cache/cotangent-typeperf/costly.ts';
    mkdirSync(dirname(`${ROOT}${path}`), { recursive: true });
    const costly = (depth: number): string => `type Count<N extends number, A extends readonly unknown[] = []> = A['length'] extends N ? A : Count<N, [...A, 0]>;
export type Counted = Count<${depth}>['length'];
export const counted: Counted = ${depth};\n`;
    const count = async (depth: number): Promise<number> => {
      writeFileSync(`${ROOT}${path}`, costly(depth));
      return (await measure([fixture(path, costly(depth))]))['costly'] ?? 0;
    };
    const [few, many] = [await count(100), await count(400)];
    expect(few).toBeGreaterThan(0);
    expect(judge({ small: many }, { small: few }, [small])).toHaveLength(1);
  });
});
