// The words of the compiler are the words at run time: each wrong statement on literal shapes in test/types/fail/np-*.ts is run, and
// must throw exactly the message that the compiler gave.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../types/harness/compiler.ts';

const DIRECTORY = `${ROOT}test/types/fail`;
const CACHE = `${ROOT}node_modules/.cache/cotangent-docs`;

interface Wrong { readonly fixture: string; readonly statement: string; readonly message: string }

/** The statements at the top of a fixture whose parameter's type is a message in plain words. */
function wrongStatements(fixture: string, text: string): Wrong[] {
  const rows = text.split('\n');
  return rows.flatMap((row, i) => {
    const message = /^\/\/ @error TS\d+: .*(?:parameter of type|'this' of type|to type) '"(.*)"'\.$/.exec(row)?.[1];
    const statement = rows.slice(i + 1).find((line) => !line.startsWith('//'));
    if (message === undefined || statement === undefined || /\bnamed\b/.test(statement)) return [];
    // The type of an operand cannot know which operation it is for; the error at run time can.
    if (message === 'one operand must be a tensor') return [];
    return [{ fixture, statement: statement.replace(/^export const \w+: .* = /, ''), message }];
  });
}

/** A module with the fixture's declared tensors as zeros, and its wrong statements as functions. */
function runnable(text: string, wrong: readonly Wrong[]): string {
  const declared = [...text.matchAll(/^declare const (\w+): Tensor<(\[[\d, ]*\])(?:, ('\w+'))?>;$/gm)]
    .map(([, name = '', shape = '', dtype = "'f32'"]) => `const ${name} = C.zeros(${shape}, ${dtype});`);
  return [
    "import * as C from 'cotangent';", 'const { arange, lax, np, tensor, zeros } = C; void [arange, lax, np, tensor, zeros];',
    ...declared, ...[...text.matchAll(/^const \w+ = .* as const;$/gm)].map(([statement]) => statement), `export const statements = [${wrong.map(({ statement }) => `() => { ${statement} }`).join(',\n')}];`,
  ].join('\n');
}

const fixtures = readdirSync(DIRECTORY).filter((name) => /^np-.*\.ts$/.test(name)).sort();
const found = fixtures.map((fixture) => {
  const text = readFileSync(`${DIRECTORY}/${fixture}`, 'utf8');
  const wrong = wrongStatements(fixture, text);
  return { fixture, wrong, module: runnable(text, wrong) };
});

describe('a wrong statement throws what the compiler says', () => {
  mkdirSync(CACHE, { recursive: true });
  const directory = mkdtempSync(`${CACHE}/np-`);
  afterAll(() => { rmSync(directory, { recursive: true }); });

  it('in many fixtures', () => {
    expect(found.reduce((n, { wrong }) => n + wrong.length, 0)).toBeGreaterThanOrEqual(70);
  });

  describe.each(found)('$fixture', ({ fixture, wrong, module }) => {
    let statements: readonly (() => unknown)[] = [];
    beforeAll(async () => {
      const path = `${directory}/${fixture}`;
      writeFileSync(path, module);
      const loaded: unknown = await import(/* @vite-ignore */ path);
      statements = (loaded as { readonly statements: readonly (() => unknown)[] }).statements;
    });
    it.each(wrong.map((one, index) => [one.statement, one.message, index] as const))('%s', (_statement, message, index) => {
      expect(statements[index]).toThrow(expect.objectContaining({ message }));
    });
  });
});
