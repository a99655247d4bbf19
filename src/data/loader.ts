// Batches as async iterables: which examples, in which order, is a pure function of the key and the number of the epoch, so training
// can go on in the middle of one. Floor 7.

import { CotangentError } from '../error.ts';
import { foldIn, type Key } from '../random/key.ts';
import { permutation } from '../random/permutation.ts';
import { optionsOf } from '../shape/options.ts';
import type { Rows, Source } from './source.ts';

/** The batches of an epoch, for every epoch. Iterating over the loader itself is its epoch 0. */
export interface Loader<T> extends AsyncIterable<T> {
  /** How many batches an epoch has. */
  readonly length: number;
  /** The batches of epoch `k`, from batch `from` (default 0) on. */
  readonly epoch: (k: number, from?: number) => AsyncIterable<T>;
}

/** What becomes of the last batch of an epoch where the examples run out: left out, kept as short as it is, or filled up with the epoch's first. */
export type Last = 'drop' | 'keep' | 'wrap';

/** Options of `batches`. */
export interface BatchOptions<B extends number, L extends Last> {
  readonly size: B;
  readonly last: L;
  /** Orders the examples of each epoch anew: epoch k by `foldIn(key, k)`. Without a key they keep their order. */
  readonly key?: Key;
}

/** Batches of `B` examples; of an unknown number where the last may be shorter. */
export type Batch<T, B extends number, L extends Last> = 'keep' extends L ? T : Rows<T, B>;

const loader = <T>(length: number, epoch: (k: number, from: number) => AsyncGenerator<T>): Loader<T> => ({
  length,
  epoch: (k, from = 0) => {
    if (!Number.isInteger(k) || k < 0 || !Number.isInteger(from) || from < 0 || from > length) {
      throw new CotangentError('value', `data: epoch ${k} from batch ${from}; epochs are 0, 1, ... and have ${length} batches`);
    }
    return { [Symbol.asyncIterator]: () => epoch(k, from) };
  },
  [Symbol.asyncIterator]: () => epoch(0, 0),
});

/**
 * Batches of examples.
 *
 * @param options `size` of a batch; `last`: what becomes of the last one (`drop`, `keep` or `wrap`); `key`: shuffles.
 * @throws `value` where the size is no positive integer, or there are too few examples for one batch.
 * @example
 * import { data, tensor } from 'cotangent';
 * const batches = data.batches(data.source(tensor([1, 2, 3, 4, 5])), { size: 2, last: 'drop' });
 * const sums: number[] = [];
 * for await (const x of batches) sums.push(await x.sum().item()); // x is a Tensor<[2]>
 * sums; // -> [3, 7]
 */
export function batches<T, const B extends number, const L extends Last>(examples: Source<T>, options: BatchOptions<B, L>): Loader<Batch<T, B, L>>;
export function batches(examples: Source<unknown>, options: BatchOptions<number, Last>): Loader<unknown> {
  const { size, last, key } = optionsOf('data.batches', options, { size: 'number', last: ['drop', 'keep', 'wrap'], key: 'any' }) ?? {};
  if (typeof examples !== 'object' || examples === null || typeof examples.take !== 'function') throw new CotangentError('value', 'data.batches: the examples are no source; write data.batches(data.source({ x, y }), { size: 32, last: \'drop\' })');
  if (size === undefined || last === undefined) throw new CotangentError('options', `data.batches: there is no ${size === undefined ? 'size' : 'last'}; write { size: 32, last: 'drop' } (or keep, or wrap: what becomes of a batch that is not full)`);
  const { count } = examples;
  if (!Number.isInteger(size) || size < 1) throw new CotangentError('value', `data.batches: size ${size} is no positive integer`);
  const length = last === 'drop' ? Math.floor(count / size) : Math.ceil(count / size);
  if (length === 0) throw new CotangentError('value', `data.batches: ${count} examples make no batch of ${size}; take fewer a batch, or last: 'keep'`);
  return loader(length, async function* (k, from) {
    const order = key === undefined ? Int32Array.from({ length: count }, (_, id) => id) : await permutation(foldIn(key, k), count).data();
    for (let at = from; at < length; at++) {
      const ids = order.slice(at * size, (at + 1) * size);
      yield await examples.take(last === 'wrap' && ids.length < size ? Int32Array.from({ length: size }, (_, row) => order[(at * size + row) % count] ?? 0) : ids);
    }
  });
}

/**
 * The batches with `f` applied to each: decoding, normalisation, augmentation. `f` gets the numbers of epoch and batch, from which it
 * derives its key (`foldIn`), so that what it draws does not depend on where training began.
 *
 * @example
 * import { data, tensor } from 'cotangent';
 * const doubled = data.map(data.batches(data.source(tensor([1, 2])), { size: 2, last: 'keep' }), x => x.mul(2));
 * const seen: number[][] = [];
 * for await (const x of doubled) seen.push(await x.js());
 * seen; // -> [[2, 4]]
 */
export const map = <T, U>(batchesOf: Loader<T>, f: (batch: T, at: { readonly epoch: number; readonly batch: number }) => U | Promise<U>): Loader<U> =>
  loader(batchesOf.length, async function* (k, from) {
    let at = from;
    for await (const batch of batchesOf.epoch(k, from)) yield await f(batch, { epoch: k, batch: at++ });
  });

/**
 * The same batches, `ahead` of them asked for before they are needed: for sources and maps that wait for disks or decoders.
 *
 * @throws `value` where `ahead` is no positive integer.
 * @example
 * import { data, tensor } from 'cotangent';
 * const early = data.prefetch(data.batches(data.source(tensor([1, 2])), { size: 1, last: 'keep' }), 2);
 * early.length; // -> 2
 */
export function prefetch<T>(batchesOf: Loader<T>, ahead: number): Loader<T> {
  if (!Number.isInteger(ahead) || ahead < 1) throw new CotangentError('value', `data.prefetch: ${ahead} batches ahead; a positive integer is wanted`);
  return loader(batchesOf.length, async function* (k, from) {
    const inner = batchesOf.epoch(k, from)[Symbol.asyncIterator]();
    const waiting: Promise<IteratorResult<T>>[] = [];
    const ask = (): void => {
      const next = inner.next();
      // One that fails is told when its turn comes; until then, or if it never comes, it must not count as unhandled.
      next.catch(() => {});
      waiting.push(next);
    };
    try {
      for (let i = 0; i < ahead; i++) ask();
      for (;;) {
        const step = await waiting.shift();
        if (step === undefined || step.done === true) return;
        ask();
        yield step.value;
      }
    } finally {
      await inner.return?.();
    }
  });
}
