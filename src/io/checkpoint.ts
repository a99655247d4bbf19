// Checkpoints: a tree of tensors as a safetensors file whose names are the paths of its leaves. Floor 7, browser-safe.
// Knows nothing of training: what is in the tree (parameters, optimiser state, key, step) is its user's business.

import { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { optionsOf } from '../shape/options.ts';
import { describe } from '../trace/describe.ts';
import { isTensor } from '../trace/handle.ts';
import { leavesOf, pathsOf, structureOf } from '../tree/map.ts';
import { unflatten } from '../tree/tree.ts';
import { arrayOf, tensorOf } from './arrays.ts';
import { failure } from './failure.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';

/** Options of `readCheckpoint`. */
export interface CheckpointOptions {
  /** What becomes of tensors that the wanted tree has not, such as the optimiser's where only parameters are wanted: `refuse` (default), or `ignore`. */
  readonly surplus?: 'refuse' | 'ignore';
}

/** What a checkpoint holds. */
export interface Checkpoint<P> {
  readonly tree: P;
  /** The texts that were written with it. */
  readonly metadata: { readonly [key: string]: string };
}

/** Refuses a missing tree before anything is read: what is in a file does not say what tree it belongs in. */
export function expectLike(like: unknown, where: string, from: string): void {
  if (like === undefined) throw new CotangentError('value', `${where}: there is no tree to read into; write ${where}(${from}, nn.init(net, random.key(0), x)), or io.readSafetensors(bytes) for all that is in it`);
}
function tensorsOf(tree: unknown, where: string): readonly (readonly [string, AnyTensor])[] {
  const paths = pathsOf(tree, where);
  return leavesOf(tree, where).map((leaf, at) => {
    const path = paths[at] ?? '';
    if (!isTensor(leaf)) throw new CotangentError('tree', `${where}: ${path} is ${describe(leaf)}, no tensor; wrap it: tensor(x), or write it as metadata`);
    return [path, leaf];
  });
}

/**
 * The checkpoint of a tree of tensors, bit by bit: a safetensors file that names each leaf by its path (`mlp[0].w`).
 *
 * @param metadata texts about it.
 * @throws `tree` where a leaf is no tensor.
 * @example
 * import { io, tensor } from 'cotangent';
 * const params = { w: tensor([1, 2]), b: tensor(3) };
 * const bytes = await io.writeCheckpoint(params, { step: '7' });
 * io.readCheckpoint(bytes, params); // -> { _tag: 'Right', right: { tree: { b: 3, w: [1, 2] }, metadata: { step: '7' } } }
 */
export async function writeCheckpoint(tree: unknown, metadata: { readonly [key: string]: string } = {}): Promise<Uint8Array> {
  const named = tensorsOf(tree, 'io.writeCheckpoint');
  // All reads at once: they are one program.
  const arrays = await Promise.all(named.map(async ([path, x]) => [path, await arrayOf(x)] as const));
  return writeSafetensors(Object.fromEntries(arrays), metadata);
}

/**
 * Reads a checkpoint into a tree like `like`, which says the structure, shapes and dtypes that it must have (new parameters from
 * `nn.init` do; their values are not read).
 *
 * Left, code `data`: all that `readSafetensors` refuses, and, naming the leaf: tensors that are missing, left over, or of another shape
 * or dtype.
 *
 * @example
 * import { io, tensor, zeros } from 'cotangent';
 * const bytes = await io.writeCheckpoint({ w: tensor([1, 2]) });
 * const other = io.readCheckpoint(bytes, { w: zeros([3]) });
 * other._tag === 'Left' && other.left.message; // -> 'checkpoint: w is f32[2], f32[3] is wanted'
 */
export function readCheckpoint<P>(bytes: Uint8Array, like: P, name = 'checkpoint', options: CheckpointOptions = {}): Either<CotangentError, Checkpoint<P>> {
  expectLike(like, 'io.readCheckpoint', 'bytes');
  const { surplus = 'refuse' } = optionsOf('io.readCheckpoint', options, { surplus: ['refuse', 'ignore'] });
  const file = readSafetensors(bytes, name);
  if (isLeft(file)) return file;
  const { tensors, metadata } = file.right;
  const wanted = tensorsOf(like, 'io.readCheckpoint');
  const show = (x: { readonly shape: readonly number[]; readonly dtype: string }): string => `${x.dtype}[${x.shape.join(',')}]`;
  for (const [path, x] of wanted) {
    const stored = Object.hasOwn(tensors, path) ? tensors[path] : undefined;
    if (stored === undefined) return failure(name, `holds no ${path}, ${show(x)} is wanted`);
    if (show(stored) !== show(x)) return failure(name, `${path} is ${show(stored)}, ${show(x)} is wanted`);
  }
  const names = new Set(wanted.map(([path]) => path));
  const unwanted = surplus === 'ignore' ? undefined : Object.keys(tensors).find(path => !names.has(path));
  if (unwanted !== undefined) return failure(name, `holds ${unwanted}, which the wanted tree has not; leave it with { surplus: 'ignore' }`);
  const leaves = wanted.flatMap(([path]) => tensors[path] ?? []).map(tensorOf);
  const tree = unflatten(structureOf(like, 'io.readCheckpoint'), leaves);
  // Leaf by leaf of the same shape and dtype as in `like`: this is what makes it a P.
  return right({ tree: tree as P, metadata });
}
