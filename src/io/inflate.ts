// Packing and unpacking by the platform's DEFLATE, in Node and in browsers, with a bound on what comes out.
// Floor 7, browser-safe: Node's zlib is asked for at run time, so no bundler ever meets the import.

import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { right } from '../fp.ts';
import { failure } from './failure.ts';

/** DEFLATE data bare (RFC 1951), with zlib's header (RFC 1950), or with gzip's (RFC 1952). */
export type Packing = 'deflate-raw' | 'deflate' | 'gzip';

/** What the packing is called in messages. */
const words: { readonly [P in Packing]: string } = { 'deflate-raw': 'deflate', deflate: 'zlib', gzip: 'gzip' };

const tooLarge = (name: string, limit: number): Either<CotangentError, never> =>
  failure(name, `unpacks to more than the limit of ${limit} bytes`);

const damaged = (packing: Packing, name: string, error: unknown): Either<CotangentError, never> =>
  failure(name, `damaged or truncated ${words[packing]} data (${error instanceof Error ? error.message : String(error)})`);

type Zlib = typeof import('node:zlib');

/** Node's zlib, or undefined elsewhere. */
const nodeZlib = (): Zlib | undefined => {
  if (typeof process === 'undefined' || typeof process.getBuiltinModule !== 'function') return undefined;
  return process.getBuiltinModule('node:zlib');
};

const inflateWithZlib = (zlib: Zlib, bytes: Uint8Array, packing: Packing, name: string, limit: number): Promise<Either<CotangentError, Uint8Array>> => {
  const unpack = { 'deflate-raw': zlib.inflateRaw, deflate: zlib.inflate, gzip: zlib.gunzip }[packing];
  return new Promise((resolve) => {
    unpack(bytes, { maxOutputLength: Math.max(1, limit) }, (error, unpacked) => {
      if (error === null) resolve(unpacked.length > limit ? tooLarge(name, limit) : right(new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.byteLength)));
      else resolve('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(name, limit) : damaged(packing, name, error));
    });
  });
};

/** All that comes out of a transforming stream that `bytes` go into. `undefined` where it is more than `limit`; rejects as the stream does. */
const through = async (stream: DecompressionStream | CompressionStream, bytes: Uint8Array, limit: number): Promise<Uint8Array | undefined> => {
  const writer = stream.writable.getWriter();
  // Both ends report the same failure; the reader's is the one that is told, this one must only not go unhandled.
  const ignore = (): void => {};
  writer.write(bytes.slice()).catch(ignore);
  writer.close().catch(ignore);
  const readable: ReadableStream<Uint8Array> = stream.readable;
  const reader = readable.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      reader.cancel().catch(ignore);
      return undefined;
    }
    chunks.push(value);
  }
  const all = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
};

/** The browsers' way: `inflate` through the platform's DecompressionStream. Exported for the tests; use `inflate`. */
export const inflateWithStream = async (bytes: Uint8Array, packing: Packing, name: string, limit: number): Promise<Either<CotangentError, Uint8Array>> => {
  try {
    const unpacked = await through(new DecompressionStream(packing), bytes, limit);
    return unpacked === undefined ? tooLarge(name, limit) : right(unpacked);
  } catch (error) {
    return damaged(packing, name, error);
  }
};

/**
 * Unpacks DEFLATE data, in Node through zlib, elsewhere through DecompressionStream. Left, code `data`: damaged or truncated data, more
 * output than `limit` bytes.
 */
export const inflate = (bytes: Uint8Array, packing: Packing, name: string, limit: number): Promise<Either<CotangentError, Uint8Array>> => {
  const zlib = nodeZlib();
  return zlib === undefined ? inflateWithStream(bytes, packing, name, limit) : inflateWithZlib(zlib, bytes, packing, name, limit);
};

/** Packs bytes; `inflate` gives them back. */
export const deflate = async (bytes: Uint8Array, packing: Packing): Promise<Uint8Array> => {
  const zlib = nodeZlib();
  if (zlib !== undefined) return new Uint8Array({ 'deflate-raw': zlib.deflateRawSync, deflate: zlib.deflateSync, gzip: zlib.gzipSync }[packing](bytes));
  return await through(new CompressionStream(packing), bytes, Infinity) ?? new Uint8Array(0);
};
