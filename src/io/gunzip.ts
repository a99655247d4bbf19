// Unpacking gzip, in Node and in browsers, with a bound on what comes out. Floor 7, browser-safe.

import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { optionsOf } from '../shape/options.ts';
import { failure } from './failure.ts';
import { inflate } from './inflate.ts';

/** Names the file in messages and bounds the unpacked size. */
export interface GunzipOptions {
  readonly name?: string;
  /** The most bytes that may come out: a small file can unpack to a thousand times its size. Default 1 GiB. */
  readonly limit?: number;
}

const defaultLimit = 2 ** 30;

/**
 * `true` if the bytes start with gzip's magic number.
 *
 * @example
 * isGzip(Uint8Array.of(31, 139, 8)); // -> true
 */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * Unpacks gzip data, in Node through zlib, elsewhere through DecompressionStream.
 *
 * Left, code `data`: no gzip data, damaged or truncated data, more output than `limit`.
 *
 * @example
 * const empty = Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0);
 * await gunzip(empty, { name: 'empty.gz' }); // -> { _tag: 'Right', right: [] }
 */
export const gunzip = async (bytes: Uint8Array, options: GunzipOptions = {}): Promise<Either<CotangentError, Uint8Array>> => {
  optionsOf('io.gunzip', options, { name: 'text', limit: 'number' });
  const { name = 'gzip', limit = defaultLimit } = options;
  if (!isGzip(bytes)) return failure(name, 'is no gzip data (it does not start with the bytes 0x1f 0x8b)');
  return inflate(bytes, 'gzip', name, limit);
};
