// Text as numbers: one for each character of a text, and windows of them to predict the next from. Floor 7.

import { CotangentError } from '../error.ts';
import type { Tensor } from '../ir/tensor.ts';
import { fromData } from '../numpy/create.ts';
import { optionsOf } from '../shape/options.ts';
import type { Source } from './source.ts';

/** A numbering of characters (Unicode code points), in the order of their code points. */
export interface Characters {
  readonly vocabulary: readonly string[];
  /** The number of each character. */
  readonly encode: (text: string) => Tensor<[number], 'i32'>;
  /** The text of numbers. */
  readonly decode: (ids: Iterable<number>) => string;
}

/**
 * Numbers the characters that occur in a text.
 *
 * `encode` throws `value` where a character does not occur in it, `decode` where a number is none of theirs.
 *
 * @example
 * import { data } from 'cotangent';
 * const letters = data.characters('hello');
 * letters.vocabulary; // -> ['e', 'h', 'l', 'o']
 * letters.encode('hole'); // -> [1, 3, 2, 0]
 * letters.decode([1, 0, 2, 3]); // -> 'helo'
 */
export function characters(text: string): Characters {
  const vocabulary = [...new Set(text)].sort((a, b) => (a.codePointAt(0) ?? 0) - (b.codePointAt(0) ?? 0));
  const numbers = new Map(vocabulary.map((character, id) => [character, id]));
  return {
    vocabulary,
    encode: (other) => {
      const ids = Int32Array.from(Array.from(other, (character, at) => {
        const id = numbers.get(character);
        if (id === undefined) throw new CotangentError('value', `data.characters: character ${at}, ${JSON.stringify(character)}, is not among the ${vocabulary.length} of the vocabulary`);
        return id;
      }));
      return fromData(ids, [ids.length]);
    },
    decode: ids => Array.from(ids, (id) => {
      const character = vocabulary[id];
      if (character === undefined) throw new CotangentError('value', `data.characters: ${id} is no number of the vocabulary of ${vocabulary.length}`);
      return character;
    }).join(''),
  };
}

/** Windows of a sequence, and each one further. */
export interface Windows<T extends number> {
  readonly x: Tensor<[number, T], 'i32'>;
  readonly y: Tensor<[number, T], 'i32'>;
}

/**
 * The windows of a sequence of numbers, to predict each next one: `x` holds `length` of them, `y` those one further. Window k begins at
 * `k * stride`. Nothing is copied until a batch is taken.
 *
 * @throws `value` where the sequence is too short for one window.
 * @example
 * import { data, tensor } from 'cotangent';
 * const pairs = data.windows(Int32Array.of(5, 6, 7, 8), 2);
 * await pairs.take(Int32Array.of(1)); // -> { x: [[6, 7]], y: [[7, 8]] }
 */
export function windows<const T extends number>(ids: Int32Array, length: T, options: { readonly stride?: number } = {}): Source<Windows<T>> {
  const { stride = 1 } = optionsOf('data.windows', options, { stride: 'number' });
  for (const [what, n] of [['length', length], ['stride', stride]] as const) {
    if (!Number.isInteger(n) || n < 1) throw new CotangentError('value', `data.windows: ${what} ${n} is no positive integer`);
  }
  const count = Math.floor((ids.length - 1 - length) / stride) + 1;
  if (count < 1) throw new CotangentError('value', `data.windows: ${ids.length} numbers make no window of ${length} and the one after it`);
  const sequence = ids.slice();
  const taken = (starts: Int32Array, shift: number): Tensor<[number, T], 'i32'> => {
    const out = new Int32Array(starts.length * length);
    for (const [row, k] of starts.entries()) {
      if (k < 0 || k >= count) throw new CotangentError('index', `data: window ${k} of ${count} is asked for`);
      out.set(sequence.subarray(k * stride + shift, k * stride + shift + length), row * length);
    }
    return fromData(out, [starts.length, length]);
  };
  return { count, take: starts => Promise.resolve({ x: taken(starts, 0), y: taken(starts, 1) }) };
}
