// Options as a caller without types may give them: something else than an object, a word that is none of those that exist, a text for a flag.
// Beside the shape rules because every operation reads its options before anything else. Floor 0: knows no operation.
import { CotangentError } from '../error.ts';
import { word } from './dim.ts';

/** What an option may be: true or false, a number, an integer, or one of some words. */
export type OptionKind = 'flag' | 'number' | 'integer' | readonly string[];

const wanted = (kind: OptionKind): string => kind === 'flag' ? 'true or false' : kind === 'number' ? 'a number' : kind === 'integer' ? 'an integer'
  : `one of ${kind.map(w => JSON.stringify(w)).join(', ')}`;
const fits = (kind: OptionKind, x: unknown): boolean => kind === 'flag' ? typeof x === 'boolean' : kind === 'number' ? typeof x === 'number'
  : kind === 'integer' ? Number.isSafeInteger(x) : typeof x === 'string' && kind.includes(x);
// Tensors are objects that have both; no options do.
const isRecord = (x: unknown): x is { readonly [option: string]: unknown } => typeof x === 'object' && x !== null && !Array.isArray(x) && !('shape' in x && 'dtype' in x);

/**
 * The options as they were given, once they are known to be an object (or left out) whose values are of the kinds that are named.
 * Options of no kind here (axes, dtypes, tensors) are judged where they are used. Throws `options`.
 */
export function optionsOf<O>(name: string, given: O, kinds: { readonly [option: string]: OptionKind } = {}): O {
  if (given === undefined) return given;
  const options: unknown = given;
  if (!isRecord(options)) {
    const example = Object.entries(kinds).map(([option, kind]) => `${option}: ${kind === 'flag' ? 'true' : typeof kind === 'string' ? '1' : `'${kind[0] ?? ''}'`}`)[0] ?? 'axis: 0';
    throw new CotangentError('options', `${name}: the options are ${Array.isArray(options) ? 'a list' : word(options)}, no object; write { ${example} }`);
  }
  for (const [option, kind] of Object.entries(kinds)) {
    const x = options[option];
    if (x !== undefined && !fits(kind, x)) throw new CotangentError('options', `${name}: ${option} is ${Array.isArray(x) ? 'a list' : word(x)}; write ${wanted(kind)}`);
  }
  return given;
}
