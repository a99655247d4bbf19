// Examples to learn from, as a pure description: how many there are, and how some of them are taken. Floor 7.
// Knows nothing of batches, orders or epochs: loader.ts makes those.

import { CotangentError } from '../error.ts';
import { allocate, type DType, type HostArray } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { fromData } from '../numpy/create.ts';
import type { Key } from '../random/key.ts';
import { permutation } from '../random/permutation.ts';
import { describe } from '../trace/describe.ts';
import { isTensor } from '../trace/handle.ts';
import { leavesOf, pathsOf, structureOf } from '../tree/map.ts';
import { unflatten } from '../tree/tree.ts';

/** A tree of tensors with the first dim of each replaced by `B`. */
export type Rows<C, B extends number> =
  C extends Tensor<infer S, infer D> ? S extends readonly [number, ...infer R extends readonly number[]] ? Tensor<[B, ...R], D> : never
  : C extends null ? null : C extends object ? { [K in keyof C]: Rows<C[K], B> } : never;

/** `count` examples. `take` gives those with the given numbers, as a tree of tensors whose first axis counts them. */
export interface Source<T> {
  readonly count: number;
  readonly take: (ids: Int32Array) => Promise<T>;
}

const countOf = (leaf: unknown, path: string): number => {
  const what = path === '' ? 'the column' : path;
  if (!isTensor(leaf)) throw new CotangentError('tree', `data.source: ${what} is ${describe(leaf)}, no tensor; wrap it: tensor(x)`);
  const [count] = leaf.shape;
  if (count === undefined) throw new CotangentError('shape', `data.source: ${what} is a scalar; its first axis must count the examples`);
  return count;
};

/** The rows of a row-major array, copied. */
function rowsOf(data: HostArray, shape: readonly number[], dtype: DType, ids: Int32Array): AnyTensor {
  const rest = shape.slice(1);
  const width = rest.reduce((product, dim) => product * dim, 1);
  const out = allocate(dtype, ids.length * width);
  for (let row = 0; row < ids.length; row++) {
    const from = (ids[row] ?? 0) * width;
    out.set(data.subarray(from, from + width), row * width);
  }
  return fromData(out, [ids.length, ...rest], dtype);
}

function checkedIds(ids: Int32Array, count: number): Int32Array {
  for (const id of ids) if (id < 0 || id >= count) throw new CotangentError('index', `data: example ${id} of ${count} is asked for`);
  return ids;
}

/**
 * Examples that stand in tensors: the first axis of every column counts them. The columns are read once, at the first batch.
 *
 * @param columns a tensor, or a tree of them (nulls are passed on).
 * @throws `shape` where two columns count differently, `tree` where a leaf is no tensor.
 * @example
 * import { data, tensor } from 'cotangent';
 * const examples = data.source({ x: tensor([[1, 2], [3, 4], [5, 6]]), y: tensor([7, 8, 9]) });
 * await examples.take(Int32Array.of(2, 0)); // -> { x: [[5, 6], [1, 2]], y: [9, 7] }
 */
export function source<C>(columns: C): Source<Rows<C, number>>;
export function source(columns: unknown): Source<unknown> {
  const leaves = leavesOf(columns, 'data.source');
  const paths = pathsOf(columns, 'data.source');
  const counts = leaves.map((leaf, at) => countOf(leaf, paths[at] ?? ''));
  const count = counts[0];
  if (count === undefined) throw new CotangentError('tree', 'data.source: there is no column; give a tensor or a tree of them');
  counts.forEach((other, at) => {
    if (other !== count) throw new CotangentError('shape', `data.source: ${paths[at]} has ${other} examples, ${paths[0]} has ${count}`);
  });
  const structure = structureOf(columns, 'data.source');
  const tensors = leaves.filter(isTensor);
  let read: Promise<readonly HostArray[]> | undefined;
  return {
    count,
    take: async (ids) => {
      checkedIds(ids, count);
      const arrays = await (read ??= Promise.all(tensors.map(x => x.data())));
      return unflatten(structure, tensors.map((x, at) => rowsOf(arrays[at] ?? new Float32Array(0), x.shape, x.dtype, ids)));
    },
  };
}

/**
 * The examples with the given numbers, in their order.
 *
 * @throws `index` where there is no such example.
 * @example
 * import { data, tensor } from 'cotangent';
 * const odd = data.subset(data.source(tensor([10, 11, 12, 13])), Int32Array.of(1, 3));
 * await odd.take(Int32Array.of(0, 1)); // -> [11, 13]
 */
export function subset<T>(examples: Source<T>, ids: Int32Array): Source<T> {
  const chosen = checkedIds(ids, examples.count).slice();
  return { count: chosen.length, take: wanted => examples.take(checkedIds(wanted, chosen.length).map(id => chosen[id] ?? 0)) };
}

/** The numbers of all examples, in the order of the key if there is one. */
/** How many examples a source has; a tensor, or a tree of some, is none yet. */
function examplesIn(where: string, examples: unknown): number {
  const count: unknown = typeof examples === 'object' && examples !== null && 'take' in examples && 'count' in examples ? examples.count : null;
  if (typeof count !== 'number') throw new CotangentError('value', `${where}: the examples are ${describe(examples)}, no source; write data.source({ x, y })`);
  return count;
}
async function ordered(count: number, key: Key | undefined): Promise<Int32Array> {
  return key === undefined ? Int32Array.from({ length: count }, (_, id) => id) : permutation(key, count).data();
}

/** One source for each part. */
export type Parts<F extends readonly unknown[], T> = { -readonly [I in keyof F]: Source<T> };

/**
 * Divides examples into parts that have none in common, after shuffling them by the key where one is given. Shares are rounded so that
 * the parts together are all examples if the shares sum to 1; every example is in one part at most.
 *
 * @param shares one number in (0, 1] for each part; they sum to at most 1.
 * @throws `value` where they do not, or where a part would be empty.
 * @example
 * import { data, random, tensor } from 'cotangent';
 * const [train, test] = await data.split(data.source(tensor([0, 1, 2, 3, 4])), [0.8, 0.2], random.key(0));
 * [train.count, test.count]; // -> [4, 1]
 */
export async function split<T, const F extends readonly number[]>(examples: Source<T>, shares: F, key?: Key): Promise<Parts<F, T>>;
export async function split(examples: Source<unknown>, shares: readonly number[], key?: Key): Promise<readonly Source<unknown>[]> {
  const count = examplesIn('data.split', examples);
  const given: unknown = shares;
  if (!Array.isArray(given)) throw new CotangentError('value', `data.split: the shares are ${describe(given)}; write [0.8, 0.2]`);
  const sum = shares.reduce((a, b) => a + b, 0);
  if (!shares.every(share => share > 0 && share <= 1) || sum > 1 + 1e-9) {
    throw new CotangentError('value', `data.split: shares [${shares.join(', ')}] sum to ${sum}; each is in (0, 1] and their sum at most 1`);
  }
  const order = await ordered(count, key);
  let before = 0;
  return shares.map((share, at) => {
    const [from, to] = [Math.round(before * count), Math.round(Math.min(1, before + share) * count)];
    before += share;
    if (to <= from) throw new CotangentError('value', `data.split: part ${at} (${share} of ${count} examples) is empty`);
    return subset(examples, order.slice(from, to));
  });
}

/** The examples to learn from and those to be judged by, in one of k ways. */
export interface Fold<T> {
  readonly train: Source<T>;
  readonly validation: Source<T>;
}

/**
 * The k ways to set every k-th part of the examples aside (cross-validation). Each example is set aside once; the parts differ by one
 * example at most.
 *
 * @throws `value` where k is no integer from 2 to the number of examples.
 * @example
 * import { data, tensor } from 'cotangent';
 * const folds = await data.kFold(data.source(tensor([0, 1, 2, 3, 4])), 2);
 * folds.map(({ train, validation }) => [train.count, validation.count]); // -> [[3, 2], [2, 3]]
 */
export async function kFold<T>(examples: Source<T>, k: number, key?: Key): Promise<readonly Fold<T>[]> {
  const count = examplesIn('data.kFold', examples);
  if (!Number.isInteger(k) || k < 2 || k > count) throw new CotangentError('value', `data.kFold: ${k} parts of ${count} examples; an integer from 2 to ${count} is wanted`);
  const order = await ordered(count, key);
  return Array.from({ length: k }, (_, fold) => {
    const [from, to] = [Math.floor(fold * count / k), Math.floor((fold + 1) * count / k)];
    const rest = new Int32Array(count - (to - from));
    rest.set(order.subarray(0, from));
    rest.set(order.subarray(to), from);
    return { train: subset(examples, rest), validation: subset(examples, order.slice(from, to)) };
  });
}

/**
 * The same examples, all taken from their source once, at the first batch, and kept in memory: for sources that read or decode.
 *
 * @example
 * import { data, tensor } from 'cotangent';
 * await data.cache(data.source(tensor([5, 6, 7]))).take(Int32Array.of(1)); // -> [6]
 */
export function cache<T>(examples: Source<T>): Source<T> {
  let kept: Promise<Source<Rows<T, number>>> | undefined;
  return {
    count: examples.count,
    take: async (ids) => {
      const all = await (kept ??= ordered(examples.count, undefined).then(order => examples.take(order)).then(tree => source(tree)));
      // Rows of rows of a T are a T: what was taken has `number` rows already.
      return all.take(ids) as Promise<T>;
    },
  };
}
