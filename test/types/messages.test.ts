// Programs that must not compile do not, and the compiler says exactly the words that stand above each wrong line.
// `UPDATE=1 npx vitest run test/types/messages.test.ts` writes the present words into the comments; read the diff.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { diagnostics, ROOT, tsc, type Diagnostic } from './harness/compiler.ts';
import { expectations, mismatches, updated } from './harness/expectation.ts';

const DIRECTORY = 'test/types/fail';
const fixtures = readdirSync(`${ROOT}${DIRECTORY}`).filter((name) => name.endsWith('.ts')).sort();

describe('programs that must not compile', () => {
  let found: readonly Diagnostic[] = [];
  beforeAll(async () => {
    const { output } = await tsc(['--noEmit', '-p', DIRECTORY]);
    found = diagnostics(output);
    if (process.env['UPDATE'] !== '1') return;
    for (const name of fixtures) {
      const path = `${DIRECTORY}/${name}`;
      const source = readFileSync(path, 'utf8');
      writeFileSync(path, updated(source, of(path, found)));
    }
    // The comments may have grown: the lines moved, so the errors are asked for again.
    found = diagnostics((await tsc(['--noEmit', '-p', DIRECTORY])).output);
  });

  it.each(fixtures)('%s', (name) => {
    const path = `${DIRECTORY}/${name}`;
    const source = readFileSync(`${ROOT}${path}`, 'utf8');
    expect(expectations(source).length, 'a fixture shows at least three wrong programs').toBeGreaterThanOrEqual(3);
    expect(mismatches(source, of(path, found))).toEqual([]);
  });
});

const of = (path: string, all: readonly Diagnostic[]): readonly Diagnostic[] => all.filter((one) => one.path === path);

describe('the harness', () => {
  const source = [
    'const fine = 1;',
    "// @error TS2322: Type 'string' is not assignable to type 'number'.",
    "const wrong: number = 'a';",
    '  // @error TS2345: Argument.',
    '  //   Link.',
    '  //     Link of the link.',
    '  // @error TS1: Second.',
    '  call(wrong);',
  ].join('\n');
  const agreeing: readonly Diagnostic[] = [
    { path: 'a.ts', line: 3, code: 'TS2322', text: "Type 'string' is not assignable to type 'number'." },
    { path: 'a.ts', line: 8, code: 'TS2345', text: 'Argument.\n  Link.\n    Link of the link.' },
    { path: 'a.ts', line: 8, code: 'TS1', text: 'Second.' },
  ];
  const [first, second, third] = agreeing;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three diagnostics stand above');

  it('reads what the compiler prints', () => {
    expect(diagnostics([
      "a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.",
      'a.ts(8,1): error TS2345: Argument.', '  Link.', '    Link of the link.',
      'a.ts(8,4): error TS1: Second.', '',
    ].join('\n'))).toEqual(agreeing);
  });

  it('refuses a compiler that did not start', () => {
    expect(() => diagnostics("error TS5058: The specified path does not exist: 'x'.\n")).toThrow('the compiler did not run');
  });

  it('is content where all words agree', () => {
    expect(mismatches(source, agreeing)).toEqual([]);
  });

  it('names an error that is missing', () => {
    expect(mismatches(source, [second, third])).toEqual(["line 3: expected TS2322: Type 'string' is not assignable to type 'number'."]);
  });

  it('names an error that nobody expects', () => {
    expect(mismatches(source, [...agreeing, { path: 'a.ts', line: 1, code: 'TS9', text: 'New.' }]))
      .toEqual(['line 1: the compiler says TS9: New.']);
  });

  it('compares every word, the last link included', () => {
    expect(mismatches(source, [first, { ...second, text: 'Argument.\n  Link.\n    Another link.' }, third])).toEqual([
      'line 8: expected TS2345: Argument.\n  Link.\n    Link of the link.',
      'line 8: the compiler says TS2345: Argument.\n  Link.\n    Another link.',
    ]);
  });

  it('counts equal errors of one line', () => {
    expect(mismatches(source, [...agreeing, third])).toEqual(['line 8: expected 2 errors, the compiler has 3']);
  });

  it('is never content with an open marker', () => {
    expect(mismatches('// @error\nwrong();', [])).toEqual(['line 2: expected an error']);
    expect(mismatches('// @error\nwrong();', [{ path: 'a.ts', line: 2, code: 'TS1', text: 'Words.' }]))
      .toEqual(['line 2: expected an error', 'line 2: the compiler says TS1: Words.']);
  });

  it('updates words, but neither adds nor drops a marker', () => {
    const open = 'fine();\n  // @error\n  wrong();\n// @error TS1: Old.\n//   Old link.\nagain();\n// @error TS2: Lost.\ncompiles();';
    const now: readonly Diagnostic[] = [
      { path: 'a.ts', line: 1, code: 'TS7', text: 'Unexpected.' },
      { path: 'a.ts', line: 3, code: 'TS8', text: 'Words.\n  Link.' },
      { path: 'a.ts', line: 6, code: 'TS1', text: 'New.' },
    ];
    expect(updated(open, now)).toBe(
      'fine();\n  // @error TS8: Words.\n  //   Link.\n  wrong();\n// @error TS1: New.\nagain();\n// @error TS2: Lost.\ncompiles();');
    expect(updated(source, agreeing)).toBe(source);
  });
});
