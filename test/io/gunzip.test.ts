import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CotangentError } from '../../src/error.ts';
import type { Either } from '../../src/fp.ts';
import { isLeft, isRight } from '../../src/fp.ts';
import { gunzip, isGzip } from '../../src/io/gunzip.ts';
import { inflateWithStream } from '../../src/io/inflate.ts';
import { bytesOf, mutated, words } from './fixtures.ts';

const text = 'the same words, '.repeat(200);
const packed = new Uint8Array(gzipSync(text));
const zeros = new Uint8Array(gzipSync(new Uint8Array(1 << 20)));

const ways: readonly (readonly [string, (bytes: Uint8Array, limit: number) => Promise<Either<CotangentError, Uint8Array>>])[] = [
  ['gunzip', (bytes, limit) => gunzip(bytes, { name: 'f', limit })],
  ['inflateWithStream', (bytes, limit) => inflateWithStream(bytes, 'gzip', 'f', limit)],
];

describe.each(ways)('%s', (_name, unpack) => {
  it('unpacks', async () => {
    const result = await unpack(packed, 1e6);
    expect(isRight(result) && new TextDecoder().decode(result.right)).toBe(text);
    const empty = await unpack(new Uint8Array(gzipSync('')), 10);
    expect(isRight(empty) && empty.right.length).toBe(0);
  });

  it('stops at the limit', async () => {
    const result = await unpack(zeros, 1000);
    expect(isLeft(result) && result.left.message).toBe('f: unpacks to more than the limit of 1000 bytes');
    expect(isLeft(await unpack(zeros, (1 << 20) - 1))).toBe(true);
    expect(isRight(await unpack(zeros, 1 << 20))).toBe(true);
  });

  it('refuses what is cut off', async () => {
    for (const length of [2, 9, 12, packed.length - 9, packed.length - 1]) {
      const result = await unpack(packed.slice(0, length), 1e6);
      expect(isLeft(result) && result.left.message).toMatch(/^f: damaged or truncated gzip data \(.+\)$/);
    }
  });

  it('answers every damaged file in bounded memory', async () => {
    const word = words(2);
    let refused = 0;
    for (let round = 0; round < 2000; round++) {
      const result = await unpack(mutated(packed, word), 10_000);
      if (isLeft(result)) {
        refused++;
        if (result.left.code !== 'data' || !/^f: [^\n]{10,}$/.test(result.left.message)) expect.fail(result.left.message);
      } else if (result.right.length > 10_000) expect.fail('larger than the limit');
    }
    expect(refused).toBeGreaterThan(1000);
  });
});

describe('gzip data', () => {
  it('is known by its first two bytes', async () => {
    expect([isGzip(packed), isGzip(bytesOf('1,2')), isGzip(new Uint8Array(0))]).toEqual([true, false, false]);
    const result = await gunzip(bytesOf('1,2'), { name: 'f' });
    expect(isLeft(result) && result.left.message).toBe('f: is no gzip data (it does not start with the bytes 0x1f 0x8b)');
  });
});
