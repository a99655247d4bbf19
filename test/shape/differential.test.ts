// Every shape rule exists twice, as a type and at run time. Random questions are put to both: the answers, and the texts of
// the messages, must be equal. The compiler runs once, over one generated file. SEED=... repeats a run.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CotangentError } from '../../src/error.ts';
import { diagnostics, ROOT, tsc } from '../types/harness/compiler.ts';
import { makers as basicMakers, source, text, type Case, type Source } from './cases.ts';
import { placeHomes, placeMakers } from './placeCases.ts';
import { windowHomes, windowMakers } from './windowCases.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const perRule = 90;

const makers: Readonly<Record<string, (r: Source) => Case>> = { ...basicMakers, ...windowMakers, ...placeMakers };

/** The file that each rule's type comes from. */
const homes: Readonly<Record<string, string>> = {
  'shape/arange.ts': 'Arange, Iota',
  'shape/broadcast.ts': 'Broadcast, BroadcastTo',
  'shape/concatenate.ts': 'Concatenate, Stack',
  'shape/dot.ts': 'Dot',
  'shape/dotGeneral.ts': 'DotGeneral',
  'shape/einsum.ts': 'Einsum',
  'shape/expandDims.ts': 'ExpandDims',
  'shape/matmul.ts': 'MatMul',
  'shape/pad.ts': 'Pad',
  'shape/reduce.ts': 'Reduce',
  'shape/reshape.ts': 'Reshape',
  'shape/slice.ts': 'Slice',
  'shape/split.ts': 'Split, SplitSizes',
  'shape/squeeze.ts': 'Squeeze',
  'shape/take.ts': 'Embedding, OneHot, Take, TakeIndex',
  'shape/transpose.ts': 'SwapAxes, Transpose',
  'shape/where.ts': 'Where',
  'dtype/agree.ts': 'Agree, FloatOnly, IntOnly, SumDType',
  ...windowHomes,
  ...placeHomes,
};

/** The twin's answer, or its message. */
function answer({ type, twin }: Case): { readonly expected: string; readonly failed: boolean } {
  try {
    return { expected: text(twin()), failed: false };
  } catch (error) {
    if (error instanceof CotangentError) return { expected: text(error.message), failed: true };
    throw new Error(`${type}: the twin threw ${String(error)}`, { cause: error });
  }
}

interface Assertion { readonly rule: string; readonly type: string; readonly expected: string; readonly failed: boolean; readonly claim: string }
const random = source(seed);
const ask = (make: (r: Source) => Case, rule: string): Assertion[] => {
  const asked = make(random);
  const { expected, failed } = answer(asked);
  return [
    { rule, type: asked.type, expected, failed, claim: `Eq<${asked.type}, ${expected}>` },
    // With some numbers unknown less is known, but nothing else: what comes out is among what the type allows.
    ...(failed ? [] : [{ rule, type: asked.vague, expected, failed, claim: `Allows<${asked.vague}, ${expected}>` }]),
  ];
};
const assertions: readonly Assertion[] = Object.entries(makers).flatMap(([rule, make]) =>
  Array.from({ length: perRule }, () => ask(make, rule)).flat());

/** Asks the compiler; gives the places of the assertions that it rejects, and what it says of each. */
async function rejected(claims: readonly string[]): Promise<ReadonlyMap<number, string>> {
  const head = [
    ...Object.entries(homes).map(([file, names]) => `import type { ${names} } from '${ROOT}src/${file}';`),
    'type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : { readonly found: A };',
    'type Allows<A, B> = [B] extends [A] ? true : { readonly found: A };',
    'declare function holds<T extends true>(): void;',
  ];
  const folder = `${ROOT}node_modules/.cache/differential-${process.pid}`;
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(`${folder}/tsconfig.json`, JSON.stringify({ extends: `${ROOT}tsconfig.json`, compilerOptions: { types: [] }, include: ['cases.ts'] }));
    writeFileSync(`${folder}/cases.ts`, [...head, ...claims.map((claim) => `holds<${claim}>();`), ''].join('\n'));
    const found = diagnostics((await tsc(['-p', folder])).output);
    return new Map(found.map(({ line, text: said }) => [line - head.length - 1, said]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe(`types and twins agree (SEED=${seed})`, () => {
  const planted = ['Eq<Broadcast<[2, 3], [4]>, "cannot broadcast [2, 3] with [4]: 3 vs 5">', 'Allows<Broadcast<[number, 3], [2, 1]>, [4, 3]>'];
  const asked = rejected([...assertions.map(({ claim }) => claim), ...planted]);

  test(`${assertions.length} random claims over ${Object.keys(makers).length} rules`, async () => {
    const found = await asked;
    const wrong = assertions.flatMap(({ type, expected }, index) => found.has(index) ? [`${type}: the twin says ${expected}; ${found.get(index)}`] : []);
    expect(wrong).toEqual([]);
    expect(assertions.length).toBeGreaterThanOrEqual(2000);
  });
  test('planted differences are found', async () => {
    const found = await asked;
    expect([...found.keys()].filter((place) => place >= assertions.length)).toEqual([assertions.length, assertions.length + 1]);
  });
  test('every rule was asked for shapes, and all but those that cannot fail for messages', () => {
    for (const rule of Object.keys(makers)) {
      const ofRule = assertions.filter((assertion) => assertion.rule === rule);
      expect(ofRule.filter(({ failed }) => !failed).length, `${rule}: shapes`).toBeGreaterThan(10);
      if (!['OneHot', 'Kron', 'SpreadImage'].includes(rule)) expect(ofRule.filter(({ failed }) => failed).length, `${rule}: messages`).toBeGreaterThan(0);
    }
  });
});
