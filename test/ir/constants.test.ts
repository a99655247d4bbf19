// Constants: content hashes, base64, and bytes that come back as they went.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate, dtypes } from '../../src/dtype/dtype.ts';
import { contentHash, fromBase64, loadConstant, parseAval, storeConstant, toBase64 } from '../../src/ir/constants.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { sha256 } from '../../src/ir/sha256.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('sha256', () => {
  it('the known answers of FIPS 180-4', () => {
    expect(sha256(new TextEncoder().encode('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(sha256(bytes())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
  it('agrees with the one of Node at every length around a block, and on a megabyte', () => {
    for (const n of [1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000, 1 << 20]) {
      const x = Uint8Array.from({ length: n }, (_, i) => (i * 37 + n) & 255);
      expect(sha256(x)).toBe(createHash('sha256').update(x).digest('hex'));
    }
  });
});

describe('base64', () => {
  it('agrees with the one of Node, both ways', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), x => {
      expect(toBase64(x)).toBe(Buffer.from(x).toString('base64'));
      expect(fromBase64(toBase64(x))).toEqual(x);
    }));
  });
  it.each(['A', 'AAA', 'AA=A', '====', 'A===', 'AB==', 'AAB=', 'A A=', 'Aé==', 'AAA*'])('refuses %s', text => {
    expect(fromBase64(text)).toBe(null);
  });
});

describe('parseAval', () => {
  it('reads what is printed', () => {
    expect(['f32[]', 'i32[0]', 'bool[2,3,4]'].map(parseAval)).toEqual([
      { shape: [], dtype: 'f32' }, { shape: [0], dtype: 'i32' }, { shape: [2, 3, 4], dtype: 'bool' }]);
  });
  it.each(['', 'f32', 'f32[', 'f32[-1]', 'f32[1.5]', 'f32[1,]', 'f99[1]', 'toString[1]', 'f32[1e3]', ' f32[1]', 'f32[99999999999999999999]', 'f32[9007199254740991,2]'])('refuses %j', text => {
    expect(parseAval(text)).toBe(null);
  });
});

describe('constants', () => {
  it.each(dtypes)('%s come back bit by bit', dtype => {
    const data = allocate(dtype, 6);
    data.set([0, -0, 1, NaN, Infinity, -1]);
    const x: NDArray = { shape: [2, 3], dtype, data };
    const back = loadConstant(storeConstant(x));
    if (typeof back === 'string') throw new Error(back);
    expect([back.shape, back.dtype, back.data.constructor]).toEqual([x.shape, x.dtype, data.constructor]);
    expect(new Uint8Array(back.data.buffer)).toEqual(new Uint8Array(data.buffer));
    expect(contentHash(back)).toBe(contentHash(x));
  });
  it('the hash tells types, shapes and -0 apart, and is the same for equal content', () => {
    const x = (shape: number[], data: Float32Array | Int32Array, dtype: 'f32' | 'i32' = 'f32'): string => contentHash({ shape, dtype, data });
    const hashes = [x([2], Float32Array.of(0, 1)), x([1, 2], Float32Array.of(0, 1)), x([2], Float32Array.of(-0, 1)), x([2], Int32Array.of(0, 1), 'i32'), x([2], Float32Array.of(1, 0))];
    expect(new Set(hashes).size).toBe(5);
    expect(x([2], Float32Array.of(0, 1))).toBe(hashes[0]);
  });
  it('a view into a greater buffer stores its own part alone', () => {
    const part = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    expect(contentHash({ shape: [2], dtype: 'f32', data: part })).toBe(contentHash({ shape: [2], dtype: 'f32', data: Float32Array.of(1, 2) }));
  });
  it('what the wide mode keeps in float64 is stored in its own width', () => {
    expect(storeConstant({ shape: [1], dtype: 'f32', data: Float64Array.of(1.5) })).toEqual({ aval: 'f32[1]', data: 'AADAPw==' });
  });
  it.each([
    [{ aval: 'f32', data: '' }, '"f32" is no type'],
    [{ aval: 'f32[1]', data: '*' }, 'its data is not base64'],
    [{ aval: 'f32[2]', data: 'AADAPw==' }, 'f32[2] takes 8 bytes, its data has 4'],
    [{ aval: 'f32[1000000000000]', data: '' }, 'f32[1000000000000] takes 4000000000000 bytes, its data has 0'],
  ])('refuses %j', (stored, what) => { expect(loadConstant(stored)).toBe(what); });
});
