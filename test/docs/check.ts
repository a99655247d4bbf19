// What a self-checking example calls: compares a value with the words of its comment. Imported by every generated module.
// Knows tensors only by their `js()`.
import { inspect } from 'node:util';
import ts from 'typescript';

/** Throws unless the value is what the words say: the same text as it prints, or the same value. */
export async function result(value: unknown, words: string): Promise<void> {
  const settled = await plain(await value);
  const texts = printings(await value);
  if (texts.some((text) => squeeze(text) === squeeze(words))) return;
  const expected = literal(words);
  if (expected !== undefined && agree(settled, expected.value)) return;
  throw new Error(`the example says ${words}, it is ${texts.at(-1) ?? inspect(settled)}`);
}

/** Throws unless the program throws an error whose message contains the words. */
export async function throws(f: () => Promise<unknown>, words: string): Promise<void> {
  let message: string;
  try {
    await f();
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
    if (squeeze(message).includes(squeeze(words))) return;
    throw new Error(`the example says it throws ${words}, it throws ${message}`, { cause: error });
  }
  throw new Error(`the example says it throws ${words}, it does not`);
}

/** How a value may be written: as itself, as `inspect` shows it, with tensors as nested arrays. */
function printings(value: unknown): readonly string[] {
  const own = typeof value === 'string' ? [value] : [];
  const text = hasOwnText(value) ? [value.toString()] : [];
  return [...own, ...text, inspect(value, { breakLength: Infinity, depth: Infinity })];
}

const hasOwnText = (value: unknown): value is { readonly toString: () => string } =>
  typeof value === 'object' && value !== null && value.toString !== Object.prototype.toString && !Array.isArray(value);

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Tensors to numbers and nested arrays, typed arrays to arrays, all the way down. */
async function plain(value: unknown): Promise<unknown> {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(Object.values(value), Number);
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== 'object' || value === null) return value;
  if ('js' in value && typeof value.js === 'function') {
    const read: unknown = value.js();
    return plain(await read);
  }
  return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([key, inner]) => [key, await plain(inner)] as const)));
}

/** A number as an example writes it: the digits decide how closely it is meant. */
interface Written {
  readonly number: number;
  readonly decimals: number;
  readonly digits: number;
}

/** The value of words that are a literal (numbers as written), `undefined` where they are none. */
function literal(words: string): { readonly value: unknown } | undefined {
  const file = ts.createSourceFile('words.ts', `(${words})`, ts.ScriptTarget.ES2022, true);
  const statement = file.statements[0];
  if (file.statements.length !== 1 || statement === undefined || !ts.isExpressionStatement(statement)) return undefined;
  const outer = statement.expression;
  return ts.isParenthesizedExpression(outer) ? valueOf(outer.expression) : undefined;
}

const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true], ['false', false], ['null', null], ['undefined', undefined], ['NaN', Number.NaN], ['Infinity', Infinity],
]);

function valueOf(node: ts.Expression): { readonly value: unknown } | undefined {
  if (ts.isNumericLiteral(node)) return { value: written(node.getText()) };
  if (ts.isStringLiteral(node)) return { value: node.text };
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken) {
    const inner = valueOf(node.operand)?.value;
    if (inner === Infinity) return { value: -Infinity };
    return isWritten(inner) ? { value: { ...inner, number: -inner.number } } : undefined;
  }
  if (ts.isArrayLiteralExpression(node)) {
    const items = node.elements.map(valueOf);
    return items.includes(undefined) ? undefined : { value: items.map((item) => item?.value) };
  }
  if (ts.isObjectLiteralExpression(node)) {
    const entries = node.properties.map((property) => {
      const inner = ts.isPropertyAssignment(property) ? valueOf(property.initializer) : undefined;
      return inner === undefined ? undefined : [property.name?.getText().replace(/^['"]|['"]$/g, '') ?? '', inner.value] as const;
    });
    const whole = entries.filter((entry) => entry !== undefined);
    return whole.length === entries.length ? { value: Object.fromEntries(whole) } : undefined;
  }
  return CONSTANTS.has(node.getText()) ? { value: CONSTANTS.get(node.getText()) } : undefined;
}

function written(text: string): Written {
  const [, fraction = '', exponent = '0'] = /^\d*\.?(\d*)(?:e([-+]?\d+))?$/i.exec(text) ?? [];
  const digits = text.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '').length;
  return { number: Number(text), decimals: fraction.length - Number(exponent), digits };
}

const isWritten = (x: unknown): x is Written => typeof x === 'object' && x !== null && 'digits' in x && 'decimals' in x;

/**
 * Whether a value is the one written. Four or more digits are read as rounded: half a unit of the last one may be missing. Fewer mean
 * the number itself, up to float32 (one part in a million).
 */
function agree(actual: unknown, expected: unknown): boolean {
  if (isWritten(expected)) {
    const { number, decimals, digits } = expected;
    if (typeof actual !== 'number') return false;
    const rounding = digits >= 4 ? 0.5000001 * 10 ** -decimals : 0;
    const same = Object.is(actual, number) || (actual === 0 && number === 0 && !Object.is(number, -0) && !Object.is(actual, -0));
    return same || (number !== 0 && Math.abs(actual - number) <= Math.max(1e-6 * Math.abs(number), rounding));
  }
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length && expected.every((inner, index) => agree(actual[index], inner));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return false;
    const keys = Object.keys(expected);
    const [got, want] = [new Map(Object.entries(actual)), new Map(Object.entries(expected))];
    return keys.length === got.size && keys.every((key) => got.has(key) && agree(got.get(key), want.get(key)));
  }
  return Object.is(actual, expected);
}
