// The house stands: floors, cycles, packages and forbidden words, on the real sources and on planted breaches of each rule.
import { describe, expect, it } from 'vitest';
import { floorOf, floorViolations } from './floors.ts';
import { forbidden } from './forbidden.ts';
import { planted, readSources } from './sources.ts';

const SHIPPED = ['src', 'kernels', 'laws', 'examples'] as const;

describe('the sources', () => {
  it('keep to their floors, without cycles', () => {
    const sources = readSources([...SHIPPED, 'test']);
    expect(sources.size).toBeGreaterThan(5);
    expect(floorViolations(sources)).toEqual([]);
  });

  it('hold no forbidden words', () => {
    expect(forbidden(readSources(SHIPPED))).toEqual([]);
  });
});

describe('the floors', () => {
  const breaches: readonly (readonly [name: string, files: Readonly<Record<string, string>>, lines: readonly string[]])[] = [
    ['an import of a higher floor',
      { 'src/shape/a.ts': "import { b } from '../ir/b.ts';", 'src/ir/b.ts': '' },
      ['src/shape/a.ts:1: floor 0 imports src/ir/b.ts of floor 1']],
    ['trace above ir',
      { 'src/ir/a.ts': "\nimport { b } from '../trace/b.ts';", 'src/trace/b.ts': '' },
      ['src/ir/a.ts:2: floor 1 imports src/trace/b.ts of floor 1.5']],
    ['a type-only import',
      { 'src/ir/a.ts': "import type { B } from '../transform/b.ts';", 'src/transform/b.ts': '' },
      ['src/ir/a.ts:1: floor 1 imports src/transform/b.ts of floor 3']],
    ['a re-export',
      { 'src/tree/a.ts': "export * from '../backend/b.ts';", 'src/backend/b.ts': '' },
      ['src/tree/a.ts:1: floor 0 imports src/backend/b.ts of floor 6']],
    ['a type-only re-export',
      { 'src/tree/a.ts': "export type { B } from '../pass/b.ts';", 'src/pass/b.ts': '' },
      ['src/tree/a.ts:1: floor 0 imports src/pass/b.ts of floor 4']],
    ['a dynamic import',
      { 'src/tree/a.ts': "export const b = () => import('../nn/b.ts');", 'src/nn/b.ts': '' },
      ['src/tree/a.ts:1: floor 0 imports src/nn/b.ts of floor 7']],
    ['an import type',
      { 'src/tree/a.ts': "export type B = import('../lax/b.ts').B;", 'src/lax/b.ts': '' },
      ['src/tree/a.ts:1: floor 0 imports src/lax/b.ts of floor 7']],
    ['the public face below its top',
      { 'src/nn/a.ts': "import { grad } from '../index.ts';", 'src/index.ts': '' },
      ['src/nn/a.ts:1: floor 7 imports src/index.ts of floor 7.5']],
    ['laws, examples and tests from src',
      { 'src/index.ts': "import '../laws/a.ts';\nimport '../examples/a.ts';\nimport '../test/a.ts';", 'laws/a.ts': '', 'examples/a.ts': '', 'test/a.ts': '' },
      ['src/index.ts:1: floor 7.5 imports laws/a.ts of floor 8', 'src/index.ts:2: floor 7.5 imports examples/a.ts of floor 9', 'src/index.ts:3: floor 7.5 imports test/a.ts of floor 10']],
    ['a directory without a floor',
      { 'src/utils/a.ts': '', 'src/extra.ts': '' },
      ['src/utils/a.ts: stands on no floor', 'src/extra.ts: stands on no floor']],
    ['a specifier that names no source',
      { 'src/shape/a.ts': "import './b.js';", 'src/shape/b.ts': '' },
      ['src/shape/a.ts:1: ./b.js is no source file (write the .ts extension)']],
    ['a cycle of two, through types alone',
      { 'src/shape/a.ts': "import type { B } from './b.ts';", 'src/shape/b.ts': "import type { A } from './a.ts';" },
      ['cycle: src/shape/a.ts <-> src/shape/b.ts']],
    ['a cycle across rooms of one floor',
      { 'src/nn/a.ts': "import '../optim/b.ts';", 'src/optim/b.ts': "export * from './c.ts';", 'src/optim/c.ts': "import '../nn/a.ts';" },
      ['cycle: src/nn/a.ts <-> src/optim/b.ts <-> src/optim/c.ts']],
    ['a module that imports itself',
      { 'src/nn/a.ts': "import './a.ts';" },
      ['cycle: src/nn/a.ts']],
    ['Node in the closure of the public face',
      { 'src/index.ts': "export * from './io/load.ts';", 'src/io/load.ts': "import './node.ts';", 'src/io/node.ts': "import { readFile } from 'node:fs/promises';" },
      ['src/io/node.ts:1: node:fs/promises is reached from src/index.ts, which runs in browsers']],
    ['Node in the closure of the laws, however it is asked for',
      { 'laws/index.ts': "export const load = () => import('node:fs');\nexport * from 'node:path';\nimport 'worker_threads';" },
      ['laws/index.ts:3: laws/ may not import worker_threads',
        'laws/index.ts:1: node:fs is reached from laws/index.ts, which runs in browsers',
        'laws/index.ts:2: node:path is reached from laws/index.ts, which runs in browsers',
        'laws/index.ts:3: worker_threads is reached from laws/index.ts, which runs in browsers']],
    ['fp-ts outside of its one module',
      { 'src/nn/a.ts': "import { pipe } from 'fp-ts/lib/function.js';" },
      ['src/nn/a.ts:1: fp-ts/lib/function.js goes through src/fp.ts']],
    ['fp-ts by a path that bare Node cannot resolve',
      { 'src/fp.ts': "export { pipe } from 'fp-ts/function';" },
      ['src/fp.ts:1: src/ may not import fp-ts/function']],
    ['a package that is no dependency',
      { 'src/nn/a.ts': "import fc from 'fast-check';", 'kernels/a.ts': "import { match } from 'ts-pattern';", 'laws/a.ts': "import 'vitest';" },
      ['src/nn/a.ts:1: src/ may not import fast-check', 'kernels/a.ts:1: kernels/ may not import ts-pattern', 'laws/a.ts:1: laws/ may not import vitest']],
  ];
  it.each(breaches)('refuse %s', (_name, files, lines) => {
    expect(floorViolations(planted(files))).toEqual(lines);
  });

  it('allow what the house allows', () => {
    expect(floorViolations(planted({
      'src/error.ts': '',
      'src/fp.ts': "export * as E from 'fp-ts/lib/Either.js';",
      'src/shape/a.ts': "import { b } from './b.ts'; import '../error.ts';",
      'src/shape/b.ts': "// import '../nn/a.ts'\nexport const text = \"import '../nn/a.ts'\";",
      'src/nn/a.ts': "import { match } from 'ts-pattern'; import '../optim/a.ts'; import '../shape/a.ts';",
      'src/optim/a.ts': '',
      'src/io/node.ts': "import 'node:fs';",
      'src/index.ts': "export * as nn from './nn/a.ts'; import type { Zlib } from 'node:zlib'; export type F = typeof import('node:fs');",
      'laws/index.ts': "import fc from 'fast-check'; import '../src/index.ts';",
      'examples/digits.ts': "import '../src/io/node.ts'; import '../laws/index.ts';",
      'test/a.test.ts': "import ts from 'typescript'; import '../examples/digits.ts';",
    }))).toEqual([]);
  });

  it('find the floor by whole names', () => {
    expect(floorOf('src/shape/dim.ts')).toBe(0);
    expect(floorOf('src/shapes/dim.ts')).toBeUndefined();
    expect(floorOf('src/error.ts.ts')).toBeUndefined();
  });
});

describe('the forbidden words', () => {
  const words: readonly (readonly [text: string, reason: string])[] = [
    ['export const f = (x: any) => x;', 'any'],
    ['export type F = (...rest: any[]) => void;', 'any'],
    ['export const f = (x: string) => x as any;', 'any'],
    ['export const f = (x: string) => x as unknown as number;', 'as unknown as'],
    ['export const f = (x: string) => (x as unknown) as number;', 'as unknown as'],
    ['export const f = (x: string | null) => x!.length;', 'non-null !'],
    ['export default 1;', 'default export'],
    ['export default function f() {}', 'default export'],
    ['export const f = (x: string) => eval(x);', 'eval()'],
    ['export const f = (x: string) => globalThis.eval(x);', 'eval()'],
    ["export const f = new Function('return 1');", 'Function()'],
    ["export const f = Function('return 1');", 'Function()'],
    ['// @ts-ignore', '@ts-ignore'],
    ['/* @ts-nocheck */', '@ts-nocheck'],
    ['// @ts-expect-error', '@ts-expect-error'],
    ['// oxlint-disable-next-line no-console', 'oxlint-disable'],
    ['/* oxlint-disable no-console -- a reason */', 'oxlint-disable'],
    ['// eslint-disable-next-line no-console -- a reason', 'eslint-disable'],
  ];
  it.each(words)('are found in %s', (text, reason) => {
    expect(forbidden(planted({ 'src/a.ts': `\n${text}` }))).toEqual([`src/a.ts:2: ${reason}`]);
  });

  it('may be spoken of', () => {
    expect(forbidden(planted({
      'src/c.ts': '// oxlint-disable-next-line no-console -- the one place that prints',
      'src/b.ts': '/**\n * // @ts-expect-error\n * add(1);\n */',
      'src/a.ts': "// no any, no eval(), never x as any\nexport const text = 'as unknown as any; eval(1)';\nexport const f = (x: unknown) => x as string;",
    }))).toEqual([]);
  });
});
