// checkKeys: runs a function and refuses a key that is used twice. Where keys are used, key.ts tells it. Floor 7.
import { CotangentError } from '../error.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import type { Cell } from '../trace/cell.ts';
import { cellOf, handleOf } from '../trace/handle.ts';
import { captureSource } from '../trace/source.ts';
import { underlying } from '../transform/jit.ts';
import type { AnyFunction } from '../transform/staging.ts';

/** One use of a key: by which function, in which of its streams (null: all of them), at which line. */
interface Use { readonly by: string; readonly stream: number | null; readonly line: string }
/** What has been used while a function is watched: traced keys by their identity, others by their two words, so that a seed used again is found. */
interface Watch { readonly traced: WeakMap<Cell, Use[]>; readonly concrete: Map<string, Use[]> }
let watching: Watch | null = null;

/** Records a use, and throws where the key has been used before. `stream` is the number that is folded in, `unknown` one known at run time only. */
export function useKey(key: AnyTensor, by: string, stream: number | 'unknown' | null = null): void {
  const watch = watching;
  if (watch === null || stream === 'unknown') return;
  const uses = usesOf(watch, key);
  const line = captureSource().line;
  // A number that is folded in makes another key than a second number does; everything else takes the whole key.
  const before = uses.find(u => u.stream === null || stream === null || u.stream === stream);
  if (before !== undefined) {
    throw new CotangentError('key-reuse', `${by}: the key was used before, by ${before.by} at ${before.line}, and is used again at ${line}; use each key once: split it, or fold in a number`);
  }
  uses.push({ by, stream, line });
}
function usesOf(watch: Watch, key: AnyTensor): Use[] {
  const cell = cellOf(key);
  if (cell.state.kind === 'tracer') {
    const known = watch.traced.get(cell);
    if (known !== undefined) return known;
    const fresh: Use[] = [];
    watch.traced.set(cell, fresh);
    return fresh;
  }
  const words = without(() => Array.from<number>(handleOf(key).dataSync()).join());
  let uses = watch.concrete.get(words);
  if (uses === undefined) watch.concrete.set(words, uses = []);
  return uses;
}
/** Runs `f` unwatched: what a draw does with its own key, after that was counted as used. */
export function without<R>(f: () => R): R {
  const outer = watching;
  watching = null;
  try { return f(); } finally { watching = outer; }
}

/**
 * `f`, with an error where a key is used twice: by two draws, by a draw and by `split`, by two splits, or folded with the same number twice.
 * Keys are compared by their value where they have one, so a seed that is used again is found; inside a transform, by identity. A debug mode: keys
 * are read at once, which costs time. A jitted `f` is run without jit; functions jitted inside are watched when they are traced.
 *
 * @throws `key-reuse` with both places.
 * @example
 * import { random } from 'cotangent';
 * const sample = (key: random.Key) => [random.normal(key, [2]), random.uniform(key, [2])];
 * let message = '';
 * try { random.checkKeys(sample)(random.key(0)); } catch (error) { message = String(error); }
 * message.includes('random.uniform: the key was used before, by random.normal at '); // -> true
 * random.checkKeys((key: random.Key) => random.split(key, 3).map(k => random.normal(k, [2]).shape))(random.key(0)); // -> [[2], [2], [2]]
 */
export function checkKeys<A extends readonly unknown[], R>(f: (...args: A) => R): (...args: A) => R {
  const plain = underlying(f as AnyFunction) as (...args: A) => R;
  return (...args) => {
    const outer = watching;
    watching = { traced: new WeakMap(), concrete: new Map() };
    try { return plain(...args); } finally { watching = outer; }
  };
}
