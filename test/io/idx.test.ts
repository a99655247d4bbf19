import { describe, expect, it } from 'vitest';
import { CotangentError } from '../../src/error.ts';
import { isLeft, isRight } from '../../src/fp.ts';
import { readIdx } from '../../src/io/idx.ts';
import { idxFile, mutated, words } from './fixtures.ts';

const message = (bytes: Uint8Array): string => {
  const decoded = readIdx(bytes, 'f');
  expect(isLeft(decoded)).toBe(true);
  if (!isLeft(decoded)) return '';
  expect(decoded.left).toBeInstanceOf(CotangentError);
  expect(decoded.left.code).toBe('data');
  return decoded.left.message;
};

const value = (bytes: Uint8Array): unknown => {
  const decoded = readIdx(bytes);
  return isRight(decoded) ? decoded.right : decoded.left.message;
};

describe('readIdx', () => {
  it('reads each element type, most significant byte first', () => {
    expect(value(idxFile([2, 3], [1, 2, 3, 4, 5, 255]))).toEqual({ shape: [2, 3], dtype: 'u8', data: Uint8Array.of(1, 2, 3, 4, 5, 255) });
    expect(value(idxFile([2], [1, 255], 0x09))).toEqual({ shape: [2], dtype: 'i8', data: Int8Array.of(1, -1) });
    expect(value(idxFile([2], [1, 2, 255, 254], 0x0b))).toEqual({ shape: [2], dtype: 'i32', data: Int32Array.of(258, -2) });
    expect(value(idxFile([2], [1, 2, 3, 4, 255, 255, 255, 254], 0x0c))).toEqual({ shape: [2], dtype: 'i32', data: Int32Array.of(0x01020304, -2) });
    expect(value(idxFile([1], [0x3f, 0xc0, 0, 0], 0x0d))).toEqual({ shape: [1], dtype: 'f32', data: Float32Array.of(1.5) });
    expect(value(idxFile([1], [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], 0x0e))).toEqual({ shape: [1], dtype: 'f64', data: Float64Array.of(-1.5) });
  });

  it('reads scalars and empty arrays', () => {
    expect(value(idxFile([], [7]))).toEqual({ shape: [], dtype: 'u8', data: Uint8Array.of(7) });
    expect(value(idxFile([0, 28, 28], []))).toEqual({ shape: [0, 28, 28], dtype: 'u8', data: new Uint8Array(0) });
    expect(value(idxFile([3, 0], [], 0x0d))).toEqual({ shape: [3, 0], dtype: 'f32', data: new Float32Array(0) });
  });

  it('reads from the middle of a buffer, and copies', () => {
    const file = idxFile([2], [5, 6]);
    const larger = new Uint8Array(file.length + 7);
    larger.set(file, 3);
    const decoded = readIdx(larger.subarray(3, 3 + file.length));
    larger.fill(0);
    expect(isRight(decoded) && decoded.right.data).toEqual(Uint8Array.of(5, 6));
  });

  it('says in one line what is wrong', () => {
    expect(message(new Uint8Array(0))).toBe('f: an IDX file has at least 4 bytes, this one has 0');
    expect(message(Uint8Array.of(1, 2, 8, 1, 0))).toBe('f: an IDX file starts with the bytes 0x00 0x00, this one with 0x01 0x02');
    expect(message(Uint8Array.of(0x1f, 0x8b, 8, 0, 0))).toBe('f: an IDX file starts with the bytes 0x00 0x00, this one with 0x1f 0x8b (a gzip file: unpack it with gunzip first)');
    expect(message(Uint8Array.of(0, 0, 0x0a, 0))).toBe('f: unknown IDX element type 0x0a; known: 0x08 0x09 0x0b 0x0c 0x0d 0x0e');
    expect(message(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1))).toBe('f: truncated: an IDX header of 3 dimensions takes 16 bytes, the file has 8');
    expect(message(idxFile([2, 2], [1, 2, 3]))).toBe('f: truncated: IDX dimensions [2, 2] take 16 bytes, the file has 15');
    expect(message(idxFile([2], [1, 2, 3]))).toBe('f: 1 bytes too many: IDX dimensions [2] take 10 bytes, the file has 11');
  });

  it('allocates nothing for dimensions that the bytes do not bear out', () => {
    expect(message(idxFile(Array.from({ length: 16 }, () => 0xffff_ffff), [1]))).toContain('truncated');
    expect(message(idxFile([0x7fff_ffff], [1], 0x0e))).toBe('f: truncated: IDX dimensions [2147483647] take 17179869184 bytes, the file has 9');
    expect(message(idxFile(Array.from({ length: 17 }, () => 1), [1]))).toBe('f: an IDX file of 17 dimensions; at most 16 are read');
  });

  it('answers every damaged file with an array of the stated size or one line', () => {
    const word = words(1);
    const files = [idxFile([3, 4, 4], Array.from({ length: 48 }, (_, i) => i)), idxFile([5], [0, 1, 2, 3, 4]), idxFile([2], new Uint8Array(16), 0x0e)];
    let refused = 0;
    for (let round = 0; round < 6000; round++) {
      const bytes = mutated(files[round % files.length] ?? new Uint8Array(0), word);
      const decoded = readIdx(bytes, 'f');
      if (isLeft(decoded)) {
        refused++;
        if (decoded.left.code !== 'data' || !/^f: [^\n]{10,}$/.test(decoded.left.message)) expect.fail(decoded.left.message);
      } else if (decoded.right.data.length !== decoded.right.shape.reduce((a, b) => a * b, 1)) expect.fail(bytes.join());
    }
    expect(refused).toBeGreaterThan(3000);
    expect(refused).toBeLessThan(6000);
  });
});
