// Options as a caller without types may give them: something else than an object, a name or a word that does not exist, a text for a flag.
// Beside the shape rules because every operation reads its options before anything else. Floor 0: knows no operation.
import { dtypes, isDType } from '../dtype/dtype.ts';
import { CotangentError } from '../error.ts';
import { word } from './dim.ts';

/** What an option may be: true or false, a number, an integer, text, a function, a dtype, one of some words; any: judged where it is used. */
export type OptionKind = 'flag' | 'number' | 'integer' | 'text' | 'function' | 'dtype' | 'any' | readonly string[];
type NameOf<O> = O extends unknown ? keyof O : never;
/** A kind for each option that the type has, none forgotten and none invented. */
export type OptionKinds<O> = unknown extends O ? { readonly [option: string]: OptionKind } : { readonly [Option in NameOf<NonNullable<O>>]-?: OptionKind };

const simple = { flag: 'true or false', number: 'a number', integer: 'an integer', text: 'text', function: 'a function', dtype: `one of ${dtypes.map(w => JSON.stringify(w)).join(', ')}`, any: 'another value' } as const;
const wanted = (kind: OptionKind): string => typeof kind === 'string' ? simple[kind] : `one of ${kind.map(w => JSON.stringify(w)).join(', ')}`;
function fits(kind: OptionKind, x: unknown): boolean {
  switch (kind) {
    case 'any': return true;
    case 'flag': return typeof x === 'boolean';
    case 'number': return typeof x === 'number';
    case 'integer': return Number.isSafeInteger(x);
    case 'text': return typeof x === 'string';
    case 'function': return typeof x === 'function';
    case 'dtype': return isDType(x);
    default: return typeof x === 'string' && kind.includes(x);
  }
}
// Tensors are objects that have both; no options do.
const isRecord = (x: unknown): x is { readonly [option: string]: unknown } => typeof x === 'object' && x !== null && !Array.isArray(x) && !('shape' in x && 'dtype' in x);

/**
 * The options as they were given, once they are known to be an object (or left out) that has no other names than these, with values of these kinds.
 * Values of any kind (axes, tensors, trees) are judged where they are used. Throws `options`.
 */
export function optionsOf<O>(name: string, given: O, kinds: OptionKinds<O>): O {
  if (given === undefined) return given;
  const options: unknown = given;
  const known: { readonly [option: string]: OptionKind } = kinds;
  if (!isRecord(options)) throw new CotangentError('options', `${name}: the options are ${Array.isArray(options) ? 'a list' : typeof options === 'object' && options !== null ? 'a tensor' : word(options)}, no object; write ${exampleOf(known)}`);
  for (const option in options) {
    const kind = Object.hasOwn(known, option) ? known[option] : undefined;
    if (kind === undefined) throw new CotangentError('options', `${name}: ${option} is no option; ${otherName(option, Object.keys(known))}`);
    const x = options[option];
    if (x !== undefined && !fits(kind, x)) throw new CotangentError('options', `${name}: ${option} is ${Array.isArray(x) ? 'a list' : word(x)}; write ${wanted(kind)}`);
  }
  return given;
}

function exampleOf(kinds: { readonly [option: string]: OptionKind }): string {
  const values = { flag: 'true', number: '1', integer: '1', text: "'text'", function: 'f', dtype: "'f32'", any: '...' } as const;
  const [option, kind] = Object.entries(kinds).find(([, k]) => k !== 'any') ?? Object.entries(kinds)[0] ?? ['axis', 'integer'];
  return `{ ${option}: ${typeof kind === 'string' ? option === 'axis' ? '0' : values[kind] : `'${kind[0] ?? ''}'`} }`;
}

/** What to write instead: the option of nearly the same letters, else all there are. */
function otherName(option: string, names: readonly string[]): string {
  const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/gu, '');
  const near = names.find(n => letters(n) === letters(option)) ?? names.find(n => apart(letters(n), letters(option)) <= (Math.min(n.length, option.length) > 3 ? 2 : 1));
  return near !== undefined ? `write ${near}` : names.length === 0 ? 'there are none' : `the options are ${names.join(', ')}`;
}
/** Levenshtein's distance: how many letters are put in, left out or changed. */
function apart(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}
