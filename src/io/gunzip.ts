// Unpacking gzip, in Node and in browsers, with a bound on what comes out.
// Floor 7, browser-safe: Node's zlib is asked for at run time, so no bundler ever meets the import.

import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { right } from '../fp.ts';
import { failure } from './failure.ts';

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

const tooLarge = (name: string, limit: number): Either<CotangentError, never> =>
  failure(name, `unpacks to more than the limit of ${limit} bytes`);

const damaged = (name: string, error: unknown): Either<CotangentError, never> =>
  failure(name, `damaged or truncated gzip data (${error instanceof Error ? error.message : String(error)})`);

/** Node's zlib, or undefined elsewhere. */
const nodeZlib = (): typeof import('node:zlib') | undefined => {
  if (typeof process === 'undefined' || typeof process.getBuiltinModule !== 'function') return undefined;
  return process.getBuiltinModule('node:zlib');
};

const gunzipWithZlib = (zlib: typeof import('node:zlib'), bytes: Uint8Array, name: string, limit: number): Promise<Either<CotangentError, Uint8Array>> =>
  new Promise((resolve) => {
    zlib.gunzip(bytes, { maxOutputLength: limit }, (error, unpacked) => {
      if (error === null) resolve(right(new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength)));
      else resolve('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(name, limit) : damaged(name, error));
    });
  });

/**
 * The browsers' way: `gunzip` through the platform's DecompressionStream. Exported for the tests; use `gunzip`.
 *
 * @example
 * const empty = Uint8Array.of(31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0);
 * await gunzipWithStream(empty, 'empty.gz', 2 ** 30); // -> { _tag: 'Right', right: [] }
 */
export const gunzipWithStream = async (bytes: Uint8Array, name: string, limit: number): Promise<Either<CotangentError, Uint8Array>> => {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  // Both ends report the same failure; the reader's is the one that is told, this one must only not go unhandled.
  const ignore = (): void => {};
  writer.write(bytes).catch(ignore);
  writer.close().catch(ignore);
  const readable: ReadableStream<Uint8Array> = stream.readable;
  const reader = readable.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > limit) {
        reader.cancel().catch(ignore);
        return tooLarge(name, limit);
      }
      chunks.push(value);
    }
  } catch (error) {
    return damaged(name, error);
  }
  const unpacked = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    unpacked.set(chunk, offset);
    offset += chunk.length;
  }
  return right(unpacked);
};

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
  const { name = 'gzip', limit = defaultLimit } = options;
  if (!isGzip(bytes)) return failure(name, 'is no gzip data (it does not start with the bytes 0x1f 0x8b)');
  const zlib = nodeZlib();
  return zlib === undefined ? gunzipWithStream(bytes, name, limit) : gunzipWithZlib(zlib, bytes, name, limit);
};
