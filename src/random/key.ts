// Keys: where random numbers come from. A key is two words; it is split, never used twice, and nothing is drawn behind the caller's back.
// Floor 7. Everything here is a program of tensors, so it works inside every transform. Equal to JAX's threefry keys to the bit.
import { CotangentError, DTypeError, TraceError } from '../error.ts';
import { showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { broadcastInDim, constant, numberLike } from '../primitive/broadcast.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convert } from '../primitive/convert.ts';
import { iota } from '../primitive/iota.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { threefry2x32 } from '../primitive/threefry.ts';
import { describe } from '../trace/describe.ts';
import { handleOf, isTensor, newHandle } from '../trace/handle.ts';
import type { RowsOf } from '../transform/types.ts';
import { useKey, without } from './watch.ts';

declare const brand: unique symbol;
/** The state of a random number generator, as a value: two words that only `key`, `split` and `foldIn` make. It has no tangent. */
export type Key = Tensor<[2], 'u32'> & { readonly [brand]: 'key' };

/** `N` keys as a tuple; an array where the number is known at run time only, or has more than three digits. */
export type Keys<N extends number> =
  N extends unknown
    ? number extends N ? readonly Key[]
    : `${N}` extends `-${string}` | `${string}.${string}` | `${infer _}${infer _}${infer _}${infer _}${string}` ? readonly Key[]
    : KeyTuple<N>
  : never;
/** `N` keys as one tensor, which `vmap`, `scan` and `lax.map` hand out one by one. */
export type KeyBatch<N extends number> = Tensor<[N, 2], 'u32'> & RowsOf<Key>;
type KeyTuple<N extends number, K extends readonly Key[] = []> = K['length'] extends N ? K : KeyTuple<N, [...K, Key]>;

/** The one place where two words become a key. */
const branded = (words: AnyTensor): Key => words as Key;

/** Refuses what is no key: a run-time check for untyped callers. The key counts as used, but for a stream of it where one is named. */
export function expectKey(key: Key, where: string, stream: number | 'unknown' | null = null): Key {
  const given: unknown = key;
  if (!isTensor(given)) throw new TraceError('static', `${where}: the key is ${describe(given)}; make one with random.key(seed)`);
  const { aval } = handleOf(key, where);
  if (aval.dtype !== 'u32' || aval.shape.length !== 1 || aval.shape[0] !== 2) throw new DTypeError(`${where}: a key is u32[2], got ${showAval(aval)}; make one with random.key(seed)`);
  useKey(key, where, stream);
  return key;
}
/** A draw that uses its key by splitting it: all that happens to the key inside is this one use. */
export function drawing<R>(key: Key, where: string, draw: (key: Key) => R): R {
  expectKey(key, where);
  return without(() => draw(key));
}

/** Both words of a key, each repeated over a shape. */
export function wordsOf(key: Key, shape: readonly number[]): readonly [AnyTensor, AnyTensor] {
  const word = (i: number): AnyTensor => broadcastInDim(reshape(sliceAxis(key, 0, i, i + 1), []), shape, []);
  return [word(0), word(1)];
}

/** The keys (u32[n, 2]) that `key` makes of the counters (u32[n]). */
function derive(key: Key, counters: AnyTensor): AnyTensor {
  const { shape } = counters;
  const columns = [...shape, 1];
  const [k0, k1] = wordsOf(key, shape);
  const [a, b] = threefry2x32(k0, k1, constant(0, shape, 'u32'), counters);
  return concatenate([reshape(a, columns), reshape(b, columns)], shape.length);
}

/**
 * A key from a seed: any safe integer (its 64 bits in two's complement), or an integer scalar.
 *
 * @throws `value` when the seed is no safe integer.
 * @example
 * import { random } from 'cotangent';
 * random.key(42); // -> [0, 42]
 */
export function key(seed: number | Tensor<[], 'i32'> | Tensor<[], 'u32'>): Key {
  if (typeof seed !== 'number') return branded(concatenate([constant(0, [1], 'u32'), reshape(convert(handleOf(seed, 'random.key'), 'u32'), [1])], 0));
  if (!Number.isSafeInteger(seed)) throw new CotangentError('value', `random.key: the seed ${seed} is not a safe integer`);
  const words = Uint32Array.of(Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0);
  return branded(newHandle({ shape: [2], dtype: 'u32' }, { kind: 'host', data: words }));
}

/**
 * Independent keys, in place of the one that is split: use that one no more.
 *
 * @throws `value` when `n` is no natural number.
 * @example
 * import { random } from 'cotangent';
 * const [weights, noise] = random.split(random.key(0));
 * weights; // -> [1797259609, 2579123966]
 * noise; // -> [928981903, 3453687069]
 */
export function split(key: Key): [Key, Key];
export function split<const N extends number>(key: Key, n: N): Keys<N>;
export function split(key: Key, n = 2): readonly Key[] {
  const rows = splitBatch(key, n);
  return Array.from({ length: n }, (_, i) => branded(reshape(sliceAxis(rows, 0, i, i + 1), [2])));
}

/**
 * The keys of `split` as one tensor, for `vmap` or `scan` over a function that takes a key.
 *
 * @throws `value` when `n` is no natural number.
 * @example
 * import { random, vmap } from 'cotangent';
 * const draws = vmap((k: random.Key) => random.uniform(k, [2]))(random.splitBatch(random.key(0), 3));
 * draws.shape; // -> [3, 2]
 */
export function splitBatch<const N extends number>(key: Key, n: N): KeyBatch<N>;
export function splitBatch(key: Key, n: number): AnyTensor {
  expectKey(key, 'random.split');
  if (!Number.isInteger(n) || n < 0) throw new CotangentError('value', `random.split: ${n} keys cannot be made; give a natural number`);
  return derive(key, iota([n], 'u32', 0));
}

/**
 * A key that depends on `key` and on an integer, such as the number of a step: what `split` would have at that index.
 *
 * @throws `value` when a number is no integer of 32 bits.
 * @example
 * import { random } from 'cotangent';
 * random.foldIn(random.key(0), 7); // -> [2716826189, 292468403]
 */
export function foldIn(key: Key, data: number | Tensor<[], 'i32'> | Tensor<[], 'u32'>): Key {
  expectKey(key, 'random.foldIn', typeof data === 'number' ? data : 'unknown');
  return branded(derive(key, counterOf(data)));
}
function counterOf(data: number | AnyTensor): AnyTensor {
  if (typeof data !== 'number') return convert(handleOf(data, 'random.foldIn'), 'u32');
  if (!Number.isInteger(data) || data < -(2 ** 31) || data >= 2 ** 32) throw new CotangentError('value', `random.foldIn: ${data} is not an integer of 32 bits`);
  return numberLike(data >>> 0, { shape: [], dtype: 'u32' }, 'random.foldIn');
}
