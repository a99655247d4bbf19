import { deflateRawSync, deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CotangentError } from '../../src/error.ts';
import type { Either } from '../../src/fp.ts';
import { isLeft, isRight } from '../../src/fp.ts';
import { bitsOfHalf, halfOfBits, type StoredArray } from '../../src/io/elements.ts';
import { readNpy, writeNpy } from '../../src/io/npy.ts';
import { readNpz, writeNpz } from '../../src/io/npz.ts';
import { readPng, writePng, type Image } from '../../src/io/png.ts';
import { readSafetensors, writeSafetensors } from '../../src/io/safetensors.ts';
import { jsonLine, readJsonLines, readText } from '../../src/io/text.ts';
import { crc32, readZip, writeZip } from '../../src/io/zip.ts';
import { bytesOf, mutated, words } from './fixtures.ts';

type Answer<A> = Either<CotangentError, A>;
const value = <A>(answer: Answer<A>): A => {
  if (isLeft(answer)) throw new Error(answer.left.message);
  return answer.right;
};
const message = (answer: Answer<unknown>): string => {
  if (!isLeft(answer)) expect.fail('it was read');
  expect([answer.left instanceof CotangentError, answer.left.code]).toEqual([true, 'data']);
  return answer.left.message;
};
const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], pair => Number.parseInt(pair, 16));

const arrays: { readonly [name: string]: StoredArray } = {
  f32: { shape: [2, 2], dtype: 'f32', data: Float32Array.of(1, -0, Number.NaN, Infinity) },
  f64: { shape: [2], dtype: 'f64', data: Float64Array.of(Math.PI, -1e300) },
  f16: { shape: [3], dtype: 'f16', data: Float32Array.of(0.5, -65504, 2 ** -24) },
  i32: { shape: [], dtype: 'i32', data: Int32Array.of(-2147483648) },
  u32: { shape: [1], dtype: 'u32', data: Uint32Array.of(4294967295) },
  u8: { shape: [0, 3], dtype: 'u8', data: new Uint8Array(0) },
  i8: { shape: [2], dtype: 'i8', data: Int8Array.of(-128, 127) },
  bool: { shape: [3], dtype: 'bool', data: Uint8Array.of(0, 1, 1) },
};

/** Reads 10,000 damaged copies: each is an answer, or one line that begins with the file. How many are refused. */
async function refusals(read: (bytes: Uint8Array) => Answer<unknown> | Promise<Answer<unknown>>, files: readonly Uint8Array[]): Promise<number> {
  const word = words(3);
  let refused = 0;
  for (let round = 0; round < 10_000; round++) {
    const bytes = mutated(files[round % files.length] ?? new Uint8Array(0), word);
    const answer = await read(bytes);
    if (!isLeft(answer)) continue;
    refused++;
    if (answer.left.code !== 'data' || !/^f[:.][^\n]{10,}$/.test(answer.left.message)) expect.fail(answer.left.message);
  }
  return refused;
}

describe('halves', () => {
  it('are read and written bit by bit', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const x = halfOfBits(bits);
      if (Number.isNaN(x)) expect(bitsOfHalf(x)).toBe(0x7e00);
      else if (bitsOfHalf(x) !== bits) expect.fail(`${bits} is ${x}, which is ${bitsOfHalf(x)}`);
    }
    expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x7c00, 0x3555].map(halfOfBits)).toEqual([1, -2, 65504, 2 ** -24, 2 ** -14, Infinity, 0.333251953125]);
  });
});

describe('NPY', () => {
  // numpy 2.1: np.save of np.array([[1.5, -2], [0, 3]], '<f4'), np.array([[1, 2, 3], [4, 5, 6]], '>i2', order='F'), np.array(True).
  const header = (descr: string, fortran: string, shape: string): string => `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }`;
  const file = (head: string, body: Uint8Array, version = 1): Uint8Array => {
    const text = bytesOf(`${head}\n`);
    const lead = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
    return Uint8Array.from([0x93, ...bytesOf('NUMPY'), version, 0, ...lead, ...text, ...body]);
  };
  it('reads what NumPy writes', () => {
    expect(value(readNpy(file(header('<f4', 'False', '(2, 2)'), hex('0000c03f000000c00000000000004040'))))).toEqual({ shape: [2, 2], dtype: 'f32', data: Float32Array.of(1.5, -2, 0, 3) });
    expect(value(readNpy(file(header('>i2', 'True', '(2, 3)'), hex('000100040002000500030006'))))).toEqual({ shape: [2, 3], dtype: 'i32', data: Int32Array.of(1, 2, 3, 4, 5, 6) });
    expect(value(readNpy(file(header('|b1', 'False', '()'), Uint8Array.of(1), 2)))).toEqual({ shape: [], dtype: 'bool', data: Uint8Array.of(1) });
    expect(value(readNpy(file(header('<i8', 'False', '(2,)'), hex('0700000000000000ffffffffffffffff'), 3)))).toEqual({ shape: [2], dtype: 'i32', data: Int32Array.of(7, -1) });
    expect(value(readNpy(file(header('<f2', 'False', '(1,)'), hex('0038'))))).toEqual({ shape: [1], dtype: 'f16', data: Float32Array.of(0.5) });
  });
  it('writes the header that NumPy writes', () => {
    const bytes = writeNpy({ shape: [3], dtype: 'f64', data: new Float64Array(3) });
    expect(new TextDecoder('latin1').decode(bytes.subarray(1, 128))).toBe(`NUMPY\x01\x00\x76\x00{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }${' '.repeat(60)}\n`);
    expect(bytes.length).toBe(152);
  });
  it.each(Object.entries(arrays))('round trips %s', (_name, array) => { expect(value(readNpy(writeNpy(array)))).toEqual(array); });
  it('says in one line what is wrong', () => {
    expect(message(readNpy(bytesOf('not an npy file'), 'f'))).toBe('f: is no NPY file (it does not start with "\\x93NUMPY")');
    expect(message(readNpy(file(header('<c8', 'False', '(1,)'), new Uint8Array(8)), 'f'))).toBe('f: elements of NumPy\'s type "<c8" are not read; known: f2 f4 f8 i1 i2 i4 i8 u1 u2 u4 u8 b1');
    expect(message(readNpy(file("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)), 'f'))).toContain('structured arrays are not read: store each field');
    expect(message(readNpy(file(header('<f4', 'False', '(3,)'), new Uint8Array(8)), 'f'))).toMatch(/^f: truncated: f32\[3\] takes \d+ bytes, the file has \d+$/);
    expect(message(readNpy(file(header('<i8', 'False', '(2,)'), hex('07000000000000000000000001000000')), 'f'))).toBe('f: element 1 is 4294967296, beyond i32; only 32-bit integers are held, store smaller ones');
    expect(message(readNpy(file(header('|b1', 'False', '(1,)'), Uint8Array.of(2)), 'f'))).toBe('f: element 0 is 2, a bool is 0 or 1');
  });
  it('survives damaged files', async () => { expect(await refusals(bytes => readNpy(bytes, 'f'), Object.values(arrays).map(writeNpy))).toBeGreaterThan(5000); });
});

describe('NPZ', () => {
  it('round trips', async () => { expect(value(await readNpz(writeNpz(arrays)))).toEqual(arrays); });
  it('reads deflated members, as savez_compressed writes them', async () => {
    const raw = writeNpy({ shape: [400], dtype: 'i32', data: new Int32Array(400).fill(5) });
    const packed = new Uint8Array(deflateRawSync(raw));
    const bytes = writeZip([{ name: 'x.npy', bytes: packed }]);
    // The same archive with its member said to be deflated: method, check sum and size, in the local header and in the directory.
    const view = new DataView(bytes.buffer);
    const directory = 30 + 5 + packed.length;
    for (const at of [4, directory + 6]) {
      view.setUint16(at + 4, 8, true);
      view.setUint32(at + 10, crc32(raw), true);
      view.setUint32(at + 18, raw.length, true);
    }
    expect(value(await readNpz(bytes))).toEqual({ x: { shape: [400], dtype: 'i32', data: new Int32Array(400).fill(5) } });
    expect(message(await readNpz(bytes, { name: 'f', limit: 100 }))).toBe('f: x.npy: unpacks to more than the limit of 100 bytes');
  });
  it('has the check sum of the standard', () => { expect(crc32(bytesOf('123456789'))).toBe(0xcbf43926); });
  it('says in one line what is wrong', async () => {
    expect(message(await readNpz(bytesOf('PK is not enough of an archive'), { name: 'f' }))).toBe('f: is no ZIP archive, or a truncated one (it has no end record)');
    const bytes = writeNpz({ x: { shape: [1], dtype: 'u8', data: Uint8Array.of(1) } });
    bytes[30 + 5 + 128] = 2;
    expect(message(await readNpz(bytes, { name: 'f' }))).toBe('f: x.npy: damaged: its bytes do not have the length and check sum of the directory');
    expect(message(await readNpz(writeZip([{ name: 'a.txt', bytes: bytesOf('no array') }]), { name: 'f' }))).toContain('f: a.txt: is no NPY file');
    expect(isRight(await readZip(writeZip([]), 'f', 10))).toBe(true);
  });
  it('survives damaged files', async () => { expect(await refusals(bytes => readNpz(bytes, { name: 'f', limit: 1e6 }), [writeNpz({ a: { shape: [2], dtype: 'u8', data: Uint8Array.of(1, 2) } })])).toBeGreaterThan(5000); });
});

describe('safetensors', () => {
  // The file of the reference implementation's own test of reading: one array of 2 x 2 zeros, the header padded to 8 bytes.
  const known = Uint8Array.from([64, 0, 0, 0, 0, 0, 0, 0, ...bytesOf('{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}    '), ...new Uint8Array(16)]);
  const file = (header: string, body = 0): Uint8Array => {
    const json = bytesOf(header);
    return Uint8Array.from([json.length & 255, json.length >> 8, 0, 0, 0, 0, 0, 0, ...json, ...new Uint8Array(body)]);
  };
  it('reads and writes the bytes of the format', () => {
    const test: StoredArray = { shape: [2, 2], dtype: 'i32', data: new Int32Array(4) };
    expect(value(readSafetensors(known))).toEqual({ tensors: { test }, metadata: {} });
    expect(writeSafetensors({ test })).toEqual(known);
  });
  it('round trips all dtypes, and texts', () => {
    const metadata = { step: '7', note: 'a "quoted" line\n', empty: '' };
    const bytes = writeSafetensors(arrays, metadata);
    expect(value(readSafetensors(bytes))).toEqual({ tensors: arrays, metadata });
    expect(writeSafetensors(Object.fromEntries(Object.entries(arrays).reverse()), metadata)).toEqual(bytes);
  });
  it('widens bf16 and narrows 64-bit integers only where they fit', () => {
    const body = file('{"b":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]},"i":{"dtype":"I64","shape":[1],"data_offsets":[4,12]}}', 12);
    body.set(hex('803f40c0feffffffffffffff'), body.length - 12);
    expect(value(readSafetensors(body)).tensors).toEqual({ b: { shape: [2], dtype: 'f32', data: Float32Array.of(1, -3) }, i: { shape: [1], dtype: 'i32', data: Int32Array.of(-2) } });
    body.set(hex('0000008000000000'), body.length - 8);
    expect(message(readSafetensors(body, 'f'))).toBe('f: i: element 0 is 2147483648, beyond i32; only 32-bit integers are held, store smaller ones');
  });
  it.each([
    ['{}', 1, 'f: 1 bytes too many: header and arrays take 10 bytes, the file has 11'],
    ['{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', 1, 'f: truncated: header and arrays take 63 bytes, the file has 62'],
    ['{"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}', 3, 'f: a: its bytes begin at 1, those before it end at 0: arrays must follow one another'],
    ['{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}', 3, 'f: b: its bytes begin at 1, those before it end at 2: arrays must follow one another'],
    ['{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4, 'f: a: f32[2] takes 8 bytes, its data_offsets [0, 4] hold 4'],
    ['{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', 1, 'f: a: dtype "\\"F8_E4M3\\"" is not read; known: F16 BF16 F32 F64 I8 U8 I16 U16 I32 U32 I64 U64 BOOL'],
    ['{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}}', 1, 'f: a: "[-1]" is no shape'],
    ['{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}', 0, 'f: the header has the key "a" twice'],
    ['{"__metadata__":{"step":7}}', 0, 'f: __metadata__ "step" is no text'],
    [' {}', 0, 'f: the header must be a JSON object that starts with "{", it is " {}"'],
    ['[1]', 0, 'f: the header must be a JSON object that starts with "{", it is "[1]"'],
  ])('refuses %s', (header, body, words_) => { expect(message(readSafetensors(file(header, body), 'f'))).toBe(words_); });
  it('refuses headers longer than the file or the format allows', () => {
    expect(message(readSafetensors(Uint8Array.of(9, 0, 0, 0, 0, 0, 0, 0, 0x7b), 'f'))).toBe('f: truncated: the header takes 17 bytes, the file has 9');
    expect(message(readSafetensors(Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255), 'f'))).toContain('at most 100000000 are allowed');
  });
  it('survives damaged files', async () => { expect(await refusals(bytes => readSafetensors(bytes, 'f'), [writeSafetensors(arrays, { a: 'b' }), known])).toBeGreaterThan(5000); });
});

describe('PNG', () => {
  const grey: Image = { height: 2, width: 3, channels: 1, data: Uint8Array.of(0, 64, 128, 192, 255, 1) };
  const colour: Image = { height: 2, width: 2, channels: 3, data: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 8, 7) };
  const piece = (type: string, body: Uint8Array): Uint8Array => {
    const inner = Uint8Array.from([...bytesOf(type), ...body]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(inner));
    return Uint8Array.from([0, 0, body.length >> 8, body.length & 255, ...inner, ...sum]);
  };
  const png = (height: number, width: number, depth: number, type: number, interlace: number, rows: readonly number[], more: readonly Uint8Array[] = []): Uint8Array => Uint8Array.from([
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...piece('IHDR', Uint8Array.of(0, 0, 0, width, 0, 0, 0, height, depth, type, 0, 0, interlace)),
    ...more.flatMap(chunk => [...chunk]), ...piece('IDAT', new Uint8Array(deflateSync(Uint8Array.from(rows)))), ...piece('IEND', new Uint8Array(0)),
  ]);
  it.each([['grey', grey], ['colour', colour], ['opacity', { height: 1, width: 1, channels: 4, data: Uint8Array.of(1, 2, 3, 4) }], ['grey with opacity', { height: 1, width: 1, channels: 2, data: Uint8Array.of(1, 2) }]] as const)('round trips %s', async (_name, image) => {
    expect(value(await readPng(await writePng(image)))).toEqual(image);
  });
  it('takes each filter away', async () => {
    // Rows by hand, by the definitions: none, sub, up, average, Paeth over the same ramp.
    const rows = [0, 10, 20, 30, 1, 11, 10, 10, 2, 1, 1, 1, 3, 7, 1, 1, 4, 3, 0, 0];
    const expected = [10, 20, 30, 11, 21, 31, 12, 22, 32, 13, 18, 26, 16, 18, 26];
    expect([...value(await readPng(png(5, 3, 8, 0, 0, rows))).data]).toEqual(expected);
  });
  it('scales few bits up and sixteen down', async () => {
    expect([...value(await readPng(png(1, 5, 1, 0, 0, [0, 0b10110000]))).data]).toEqual([255, 0, 255, 255, 0]);
    expect([...value(await readPng(png(1, 3, 2, 0, 0, [0, 0b00011011]))).data]).toEqual([0, 85, 170]);
    expect([...value(await readPng(png(1, 2, 4, 0, 0, [0, 0x1f]))).data]).toEqual([17, 255]);
    expect([...value(await readPng(png(1, 2, 16, 0, 0, [0, 0x12, 0x34, 0xff, 0xff]))).data]).toEqual([0x12, 0xff]);
  });
  it('looks palettes up', async () => {
    const palette = piece('PLTE', Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(value(await readPng(png(1, 2, 1, 3, 0, [0, 0b01000000], [palette])))).toEqual({ height: 1, width: 2, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) });
    expect(value(await readPng(png(1, 2, 1, 3, 0, [0, 0b01000000], [palette, piece('tRNS', Uint8Array.of(9))])))).toEqual({ height: 1, width: 2, channels: 4, data: Uint8Array.of(1, 2, 3, 9, 4, 5, 6, 255) });
    expect(message(await readPng(png(1, 1, 8, 3, 0, [0, 2], [palette]), { name: 'f' }))).toBe('f: damaged: colour 2 of a palette of 2');
  });
  it('puts the seven passes together', async () => {
    // An 8 x 8 image whose pixel (y, x) is 8 y + x, in the order of Adam7.
    const passes = [[0, 0, 8, 8], [0, 4, 8, 8], [4, 0, 8, 4], [0, 2, 4, 4], [2, 0, 4, 2], [0, 1, 2, 2], [1, 0, 2, 1]] as const;
    const rows = passes.flatMap(([y0, x0, dy, dx]) => {
      const out: number[] = [];
      for (let y = y0; y < 8; y += dy) { out.push(0); for (let x = x0; x < 8; x += dx) out.push(8 * y + x); }
      return out;
    });
    expect([...value(await readPng(png(8, 8, 8, 0, 1, rows))).data]).toEqual(Array.from({ length: 64 }, (_, k) => k));
  });
  it('says in one line what is wrong', async () => {
    expect(message(await readPng(bytesOf('GIF89a and so on'), { name: 'f' }))).toBe('f: is no PNG image (it does not start with the bytes 0x89 "PNG")');
    expect(message(await readPng(png(2, 3, 8, 0, 0, [0, 1, 2, 3]), { name: 'f' }))).toBe('f: truncated: its rows end before the image does');
    expect(message(await readPng(png(200, 200, 8, 0, 0, []), { name: 'f', limit: 1000 }))).toBe('f: an image of 200 x 200 pixels; 1 to 1000 are read');
    expect(message(await readPng(png(1, 1, 8, 0, 0, [9, 1]), { name: 'f' }))).toBe('f: damaged: a row has filter 9; 0 to 4 exist');
    expect(message(await readPng(png(1, 1, 3, 0, 0, []), { name: 'f' }))).toBe('f: colour type 0 with 3 bits a sample is no PNG image');
    const cut = await writePng(grey);
    expect(message(await readPng(cut.slice(0, -12), { name: 'f' }))).toBe('f: truncated: it ends before its IEND chunk');
    cut[30] = 0;
    expect(message(await readPng(cut, { name: 'f' }))).toMatch(/^f: damaged: chunk "IHDR" at 8 does not have its check sum$/);
    await expect(writePng({ ...grey, height: 3 })).rejects.toThrow('writePng: an image of 3 x 3 pixels of 1 samples has 9, the data 6');
  });
  it('survives damaged files, their check sums mended', async () => {
    const mended = (bytes: Uint8Array): Uint8Array => {
      const copy = bytes.slice();
      const view = new DataView(copy.buffer);
      for (let at = 8; at + 12 <= copy.length;) {
        const end = at + 8 + view.getUint32(at);
        if (end + 4 > copy.length) break;
        view.setUint32(end, crc32(copy.subarray(at + 4, end)));
        at = end + 4;
      }
      return copy;
    };
    expect(await refusals(bytes => readPng(mended(bytes), { name: 'f', limit: 1e6 }), [await writePng(grey), await writePng(colour), png(3, 3, 1, 3, 1, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [piece('PLTE', Uint8Array.of(1, 2, 3))])])).toBeGreaterThan(3000);
  });
});

describe('text and lines of JSON', () => {
  it('are read strictly', () => {
    expect(value(readText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)))).toBe('a');
    expect(message(readText(Uint8Array.of(0x61, 0xc3, 0xa9, 0xff, 0x62), 'f'))).toBe('f: is no text in UTF-8: byte 3 of 5 fits no character');
    expect(message(readText(Uint8Array.of(0x61, 0xc3), 'f'))).toBe('f: is no text in UTF-8: byte 2 of 2 fits no character');
    expect(value(readJsonLines('{"a":1}\n\n{"b":[2]}\n'))).toEqual([{ a: 1 }, { b: [2] }]);
    expect(message(readJsonLines('{"a":1}\n[2]\n', { name: 'f' }))).toBe('f: line 2: "[2]" is no JSON object');
    expect(message(readJsonLines('{"a":1}\n{"b":', { name: 'f' }))).toBe('f: line 2: "{\\"b\\":" is no JSON');
    expect(value(readJsonLines('{"a":1}\n{"b":', { cut: 'drop' }))).toEqual([{ a: 1 }]);
    expect(jsonLine({ a: -Infinity, b: [Number.NaN], c: 'x' })).toBe('{"a":"-Infinity","b":["NaN"],"c":"x"}\n');
  });
  it('survive damage', async () => { expect(await refusals(bytes => { const text = readText(bytes, 'f'); return isLeft(text) ? text : readJsonLines(text.right, { name: 'f' }); }, [bytesOf('{"step":1,"loss":0.5}\n{"step":2,"loss":0.25,"note":"é"}\n')])).toBeGreaterThan(3000); });
});
