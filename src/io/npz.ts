// NumPy's NPZ format: a ZIP archive of NPY files, one array each. Floor 7, browser-safe.

import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { optionsOf } from '../shape/options.ts';
import type { StoredArray } from './elements.ts';
import { failure } from './failure.ts';
import { readNpy, writeNpy } from './npy.ts';
import { readZip, writeZip } from './zip.ts';

/** Names the file in messages and bounds the unpacked size. */
export interface NpzOptions {
  readonly name?: string;
  /** The most bytes that may come out of the archive. Default 1 GiB. */
  readonly limit?: number;
}

/**
 * Decodes an NPZ file, packed (`savez_compressed`) or not, into its arrays by name. Each is read as `readNpy` reads it.
 *
 * Left, code `data`: no archive, damaged members, members that are no NPY files, two of one name, more output than `limit`.
 *
 * @example
 * const bytes = writeNpz({ x: { shape: [2], dtype: 'f32', data: Float32Array.of(1, 2) } });
 * await readNpz(bytes); // -> { _tag: 'Right', right: { x: { shape: [2], dtype: 'f32', data: [1, 2] } } }
 */
export const readNpz = async (bytes: Uint8Array, options: NpzOptions = {}): Promise<Either<CotangentError, { readonly [name: string]: StoredArray }>> => {
  const { name = 'npz', limit = 2 ** 30 } = optionsOf('io.readNpz', options, { name: 'text', limit: 'number' });
  const members = await readZip(bytes, name, limit);
  if (isLeft(members)) return members;
  const arrays = new Map<string, StoredArray>();
  for (const member of members.right) {
    const key = member.name.replace(/\.npy$/, '');
    if (arrays.has(key)) return failure(name, `holds two arrays named ${JSON.stringify(key)}`);
    const array = readNpy(member.bytes, `${name}: ${member.name}`);
    if (isLeft(array)) return array;
    arrays.set(key, array.right);
  }
  return right(Object.fromEntries(arrays));
};

/**
 * The NPZ file of arrays by name, not packed, as `numpy.savez` writes it.
 *
 * @throws `value` beyond 4 GiB.
 * @example
 * writeNpz({ x: { shape: [], dtype: 'i32', data: Int32Array.of(7) } }).length; // -> 240
 */
export const writeNpz = (arrays: { readonly [name: string]: StoredArray }): Uint8Array =>
  writeZip(Object.entries(arrays).map(([name, array]) => ({ name: `${name}.npy`, bytes: writeNpy(array) })));
