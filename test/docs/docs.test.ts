// Every example that people read compiles under the strict options and does what it says: docstrings of src and laws, and the README.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planted, readSources, type Sources } from '../architecture/sources.ts';
import { diagnostics, ROOT, tsc, type Diagnostic } from '../types/harness/compiler.ts';
import { expectations, mismatches } from '../types/harness/expectation.ts';
import { result, throws } from './check.ts';
import { publicFace } from './exports.ts';
import { documented, examplesOf, examplesOfModule, examplesOfPage, type Example } from './extract.ts';
import { program } from './program.ts';

const CACHE = `${ROOT}node_modules/.cache/cotangent-docs`;
const sources = readSources(['src', 'laws']);
const examples: readonly Example[] = [
  ...[...sources].flatMap(([path, text]) => examplesOfModule(path, text)),
  ...(existsSync(`${ROOT}README.md`) ? examplesOfPage('README.md', readFileSync(`${ROOT}README.md`, 'utf8')) : []),
];

/** Writes the modules of the examples and compiles them in one run: the errors of each, by its place. */
async function compile(all: readonly Example[], from: Sources, directory: string): Promise<readonly (readonly string[])[]> {
  const inRoot = relative(ROOT, directory);
  const wrong: string[][] = all.map((example, index) => {
    try {
      writeFileSync(`${directory}/${index}.ts`, program(example, from, inRoot));
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
  writeFileSync(`${directory}/tsconfig.json`, JSON.stringify({
    extends: `${ROOT}tsconfig.json`,
    compilerOptions: { noUnusedLocals: false, noUnusedParameters: false },
    files: all.flatMap((_, index) => (wrong[index]?.length === 0 ? [`${index}.ts`] : [])), include: [], exclude: [],
  }));
  const { output } = await tsc(['--noEmit', '-p', directory]);
  const found = new Map<string, Diagnostic[]>();
  for (const one of diagnostics(output)) found.set(one.path, [...(found.get(one.path) ?? []), one]);
  return all.map((example, index) => {
    const actual = found.get(`${inRoot}/${index}.ts`) ?? [];
    const place = (line: number): string => `${example.path}:${example.rows[line - 1]?.line ?? '(imports)'}`;
    // The added imports are the first line of the module: its second line is the example's first.
    const inExample = actual.map((one) => ({ ...one, line: one.line - 1 }));
    const complaints = mustNotCompile(example)
      ? mismatches(example.rows.map(({ text }) => text).join('\n'), inExample).map((words) => `${place(1)}: ${words}`)
      : inExample.map(({ line, code, text }) => `${place(line)}: ${code}: ${text}`);
    return [...(wrong[index] ?? []), ...complaints];
  });
}

/** An example may show what the compiler says to a wrong program, in the words of `test/types/fail`; such a one is not run. */
const mustNotCompile = ({ rows }: Example): boolean => expectations(rows.map(({ text }) => text).join('\n')).length > 0;

function temporary(): string {
  mkdirSync(CACHE, { recursive: true });
  return mkdtempSync(`${CACHE}/run-`);
}

/** Makes the modules that may run into such as Node runs by itself, the library once for all of them: a thousand are too many to be made one by one. */
async function make(all: readonly Example[], errors: readonly (readonly string[])[], directory: string): Promise<void> {
  await build({
    entryPoints: all.flatMap((example, index) => errors[index]?.length === 0 && !mustNotCompile(example) ? [`${directory}/${index}.ts`] : []),
    outdir: `${directory}/made`, outExtension: { '.js': '.mjs' }, alias: { 'cotangent': `${ROOT}src/index.ts`, 'cotangent/laws': `${ROOT}laws/index.ts` },
    bundle: true, splitting: true, ignoreAnnotations: true, packages: 'external', format: 'esm', platform: 'node', target: 'node20', logLevel: 'silent',
  });
}
const run = (directory: string, index: number): Promise<unknown> => import(/* @vite-ignore */ pathToFileURL(`${directory}/made/${index}.mjs`).href);

describe('the examples', () => {
  const directory = temporary();
  let errors: readonly (readonly string[])[] = [];
  beforeAll(async () => {
    errors = await compile(examples, sources, directory);
    await make(examples, errors, directory);
  }, 240_000);
  afterAll(() => { rmSync(directory, { recursive: true }); });

  it.each(examples.map((example, index) => [`${example.path}:${example.rows[0]?.line ?? 0} ${example.subject}`, index] as const))('%s', async (_name, index) => {
    expect(errors[index]).toEqual([]);
    const example = examples[index];
    if (example !== undefined && !mustNotCompile(example)) await run(directory, index);
  });
});

describe('the public face', () => {
  it('is documented, an example with every function', () => {
    const missing = ['src/index.ts', 'laws/index.ts'].flatMap((entry) => [...publicFace(entry, sources)].flatMap(([name, { module, name: inner }]) => {
      const declaration = documented(module, sources.get(module) ?? '').filter((one) => one.name === inner);
      const lacks = (test: (one: (typeof declaration)[number]) => boolean): boolean => declaration.length > 0 && !declaration.some(test);
      if (lacks(({ docstring }) => docstring.length > 0)) return [`${name} (${module}): no docstring`];
      const functions = declaration.some(({ callable }) => callable);
      return functions && lacks(({ docstring }) => examplesOf(docstring).length > 0) ? [`${name} (${module}): no example`] : [];
    }));
    expect(missing).toEqual([]);
  });
});

describe('the extraction', () => {
  const text = [
    '/**', ' * Adds.', ' * @param a what', ' * @example', ' * add(1, 2); // -> 3', ' *', ' * add(2, 2); // -> 4', ' * @throws never', ' */',
    'export function add(a: number, b: number): number { return a + b; }',
    '/** Doubles. @example is no tag here. */', 'export const double = (a: number): number => add(a, a);',
    '/** Halves.', ' * @example half(4) // -> 2', ' */', 'export const half = (a: number): number => a / 2;',
    '/**', ' * @example', ' * ```ts', ' * const a = zero(); // -> 0', ' * ```', ' * words', ' * ```sh', ' * npm test', ' * ```', ' */',
    'export const zero = (): 0 => 0;',
    '/** @example hidden() */', 'const hidden = 1;', 'void hidden;',
  ].join('\n');

  it('finds examples and where they stand', () => {
    expect(examplesOfModule('src/a.ts', text)).toEqual([
      { path: 'src/a.ts', subject: 'add', rows: [{ text: 'add(1, 2); // -> 3', line: 5 }, { text: 'add(2, 2); // -> 4', line: 7 }] },
      { path: 'src/a.ts', subject: 'half', rows: [{ text: 'half(4) // -> 2', line: 14 }] },
      { path: 'src/a.ts', subject: 'zero', rows: [{ text: 'const a = zero(); // -> 0', line: 20 }] },
    ]);
  });

  it('finds the blocks of a page', () => {
    expect(examplesOfPage('README.md', '# A\n```ts\na();\n```\n```sh\nnpm test\n```\n```ts\nb();\nc();\n```'))
      .toEqual([
        { path: 'README.md', subject: 'block at line 3', rows: [{ text: 'a();', line: 3 }] },
        { path: 'README.md', subject: 'block at line 9', rows: [{ text: 'b();', line: 9 }, { text: 'c();', line: 10 }] },
      ]);
  });
});

describe('an example', () => {
  const library = planted({
    'src/deep/add.ts': 'export const add = (a: number, b: number): number => a + b;\nexport interface Pair { a: number }\nexport const unused = 1;',
    'src/index.ts': "export { add, type Pair } from './deep/add.ts';\nexport * as deep from './deep/add.ts';",
  });
  const example = (path: string, ...rows: readonly string[]): Example =>
    ({ path, subject: 'add', rows: rows.map((row, index) => ({ text: row, line: 11 + index })) });

  it('imports what it leaves out, and checks what it states', () => {
    expect(program(example('src/deep/add.ts', 'const three = add(1, 2); // -> 3', 'const p: Pair = { a: three };', 'deep.add(p.a, 1); // -> 4', "add('a', 1); // throws no"), library, 'node_modules/x')
      .split('\n')).toEqual([
      "import { result as __result, throws as __throws } from '../../test/docs/check.ts'; import 'cotangent'; "
        + "import { type Pair, add } from '../../src/deep/add.ts'; import { deep } from 'cotangent'; void __result; void __throws;",
      'const three = add(1, 2); await __result((three), "3"); // -> 3',
      'const p: Pair = { a: three };',
      'const __1 = (deep.add(p.a, 1)); await __result(__1, "4"); // -> 4',
      'await __throws(async () => (add(\'a\', 1)), "no"); // throws no',
      'export {};', '',
    ]);
  });

  it('may state a result below, over several rows', () => {
    expect(program(example('src/deep/add.ts', 'add(1, 2);', '// -> [1,', '//     2]', 'add(2, 3);'), library, 'x').split('\n').slice(1, 5))
      .toEqual(['const __0 = (add(1, 2)); await __result(__0, "[1,\\n     2]");', '// -> [1,', '//     2]', 'add(2, 3);']);
  });

  it('may not state a result where none is checked', () => {
    expect(() => program(example('src/deep/add.ts', 'const f = () => {', '  add(1, 2); // -> 3', '};'), library, 'x')).toThrow('1 results are stated, 0 stand');
  });

  it('that is wrong fails: in its types, in its result, by an error', async () => {
    const directory = temporary();
    try {
      const path = 'src/error.ts';
      const all = [
        example(path, "new CotangentError('oops', 'm');"),
        example(path, "new CotangentError('shape', 'm').code; // -> 'axis'"),
        example(path, "new CotangentError('shape', 'm').code; // -> 'shape'"),
        example(path, "throw new CotangentError('shape', 'm');"),
        example(path, '// @error TS2322: No such words.', "const x: string = new CotangentError('shape', 'm').name;", 'const y: number = x;'),
        example(path, '// @error TS2322: Type \'string\' is not assignable to type \'number\'.', "const x: number = new CotangentError('shape', 'm').name;"),
      ];
      const errors = await compile(all, readSources(['src']), directory);
      await make(all, errors, directory);
      expect(errors).toEqual([
        [expect.stringContaining('src/error.ts:11: TS2345: ')], [], [], [],
        ['src/error.ts:11: line 2: expected TS2322: No such words.',
          "src/error.ts:11: line 3: the compiler says TS2322: Type 'string' is not assignable to type 'number'."],
        [],
      ]);
      await expect(run(directory, 1)).rejects.toThrow("the example says 'axis', it is 'shape'");
      await run(directory, 2);
      await expect(run(directory, 3)).rejects.toThrow('m');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('a stated result', () => {
  const tensor = (values: unknown, text: string): unknown => ({ js: () => Promise.resolve(values), toString: () => text });
  const right: readonly (readonly [value: unknown, words: string])[] = [
    [3, '3'], [-0, '-0'], [Number.NaN, 'NaN'], [-Infinity, '-Infinity'], ['text', 'text'], ['text', "'text'"], [true, 'true'], [null, 'null'], [undefined, 'undefined'],
    [0.8414709568023682, '0.8415'], [2.0000001, '2'], [1e-7, '1e-7'], [1234567, '1.234567e6'],
    [[1, [2, Number.NaN]], '[1, [2, NaN]]'], [Float32Array.of(1, 2), '[1, 2]'], [[1, -2], '[1,\n -2]'],
    [{ a: 1, b: [2] }, '{ a: 1, b: [2] }'],
    [tensor([[1, 2]], 'f32[1,2] [[1, 2]]'), '[[1, 2]]'], [tensor([[1, 2]], 'f32[1,2] [[1, 2]]'), 'f32[1,2]\n  [[1, 2]]'],
    [{ w: tensor(2, ''), b: null }, '{ w: 2, b: null }'], [Promise.resolve(3), '3'],
  ];
  it.each(right)('%o is %s', async (value, words) => { await expect(result(value, words)).resolves.toBeUndefined(); });

  const wrong: readonly (readonly [value: unknown, words: string])[] = [
    [3, '4'], [0, '-0'], [-0, '0'], [1, 'NaN'], [Infinity, '-Infinity'], ['text', 'texts'], [null, 'undefined'], [1, 'true'],
    [0.8416, '0.8415'], [0.54, '0.5'], [2.00001, '2'], [1e-7, '0'],
    [[1, 2, 3], '[1, 2]'], [[1, 2], '[2, 1]'], [{ a: 1, c: 1 }, '{ a: 1 }'], [{ a: 1 }, '{ b: 1 }'], [[1], '{ a: 1 }'],
    [tensor([[1, 2]], 'f32[1,2]'), '[1, 2]'], [tensor([[1, 2]], 'f32[1,2]'), 'f32[2,1]'], [() => 1, '1'],
  ];
  it.each(wrong)('%o is not %s', async (value, words) => { await expect(result(value, words)).rejects.toThrow('the example says'); });

  it('may be an error', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('no such axis'));
    await expect(throws(failing, 'no such axis')).resolves.toBeUndefined();
    await expect(throws(failing, 'no such shape')).rejects.toThrow('it throws no such axis');
    await expect(throws(() => Promise.resolve(), 'no such axis')).rejects.toThrow('it does not');
  });
});
