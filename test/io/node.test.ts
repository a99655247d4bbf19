import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CotangentError } from '../../src/error.ts';
import { isLeft, isRight } from '../../src/fp.ts';
import { datasetOfIdx } from '../../src/io/mnist.ts';
import { decodeDigits, loadDigits } from '../../src/io/node.ts';
import { bytesOf, idxFile, mutated, words } from './fixtures.ts';

let root = '';
beforeAll(() => { root = mkdtempSync(join(tmpdir(), 'cotangent-digits-')); });
afterAll(() => { rmSync(root, { recursive: true, force: true }); });

let made = 0;
/** A fresh directory with these files. */
const directory = (files: Readonly<Record<string, Uint8Array>>): string => {
  const path = join(root, String(made++));
  mkdirSync(path);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
  return path;
};

const file = (name: string, bytes: Uint8Array): string => join(directory({ [name]: bytes }), name);

const refusal = async (path: string): Promise<string> => {
  const decoded = await decodeDigits(path);
  if (isRight(decoded)) return 'accepted';
  expect(decoded.left.code).toBe('data');
  return decoded.left.message.replaceAll(path, 'PATH');
};

/** `count` images of 2 x 3 pixels; image i is filled with 10 * i + first, its label is i % 10. */
const images = (count: number, first = 0): Uint8Array => idxFile([count, 2, 3], Array.from({ length: 6 * count }, (_, i) => 10 * Math.floor(i / 6) + first));
const labels = (count: number): Uint8Array => idxFile([count], Array.from({ length: count }, (_, i) => i % 10));

describe('a directory of IDX files', () => {
  it('is split in the order of the file where there is only one part', async () => {
    const { train, test, features, classes, name } = await loadDigits(directory({
      't10k-images-idx3-ubyte.gz': gzipSync(images(10)), 't10k-labels-idx1-ubyte.gz': gzipSync(labels(10)),
      'train-labels-idx1-ubyte': labels(60), // labels without images are of no use
    }));
    expect([train.count, test.count, features, classes, name]).toEqual([8, 2, 6, 10, String(made - 1)]);
    expect(train.y).toEqual(Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    expect(test.y).toEqual(Int32Array.of(8, 9));
    expect(train.x.length).toBe(48);
    expect(train.x[7]).toBe(Math.fround(10 / 255));
    expect(test.x).toEqual(Float32Array.from({ length: 12 }, (_, i) => (i < 6 ? 80 : 90) / 255));
  });

  it('gives both parts where both are there, packed or not, under either name', async () => {
    const { train, test, classes } = await loadDigits(directory({
      'train-images.idx3-ubyte': images(3), 'train-labels-idx1-ubyte.gz': gzipSync(labels(3)),
      't10k-images-idx3-ubyte': images(12, 1), 't10k-labels-idx1-ubyte': labels(12),
    }));
    expect([train.count, test.count, classes]).toEqual([3, 12, 10]);
    expect(test.x[0]).toBe(Math.fround(1 / 255));
  });

  it('tells in one line what is missing or malformed', async () => {
    expect(await refusal(directory({ 'notes.txt': bytesOf('x') }))).toBe('PATH: holds no train-images-idx3-ubyte and no t10k-images-idx3-ubyte (or .gz)');
    expect(await refusal(directory({ 'train-labels-idx1-ubyte': labels(3) }))).toBe('PATH: holds no train-images-idx3-ubyte and no t10k-images-idx3-ubyte (or .gz)');
    const pair = (image: Uint8Array, label: Uint8Array): string => directory({ 't10k-images-idx3-ubyte': image, 't10k-labels-idx1-ubyte': label });
    expect(await refusal(directory({ 'train-images-idx3-ubyte': images(3) }))).toBe('PATH: holds train-images-idx3-ubyte but no train-labels-idx1-ubyte (or .gz)');
    expect(await refusal(pair(images(10), labels(9)))).toBe('PATH/t10k-labels-idx1-ubyte: has 9 labels for 10 images');
    expect(await refusal(pair(images(10).slice(0, -1), labels(10)))).toBe('PATH/t10k-images-idx3-ubyte: truncated: IDX dimensions [10, 2, 3] take 76 bytes, the file has 75');
    expect(await refusal(pair(images(10), labels(10).slice(0, 5)))).toContain('PATH/t10k-labels-idx1-ubyte: truncated');
    expect(await refusal(pair(labels(10), labels(10)))).toBe('PATH/t10k-images-idx3-ubyte: expected images as u8[count, height, width], got u8[10]');
    expect(await refusal(pair(images(10), images(10)))).toBe('PATH/t10k-labels-idx1-ubyte: expected labels as u8[count], got u8[10, 2, 3]');
    expect(await refusal(pair(images(0), labels(0)))).toBe('PATH/t10k-images-idx3-ubyte: holds no pixels, shape [0, 2, 3]');
    expect(await refusal(pair(images(4), labels(4)))).toBe('PATH: holds 4 images; at least 5 are needed to set some aside for testing');
    expect(await refusal(pair(gzipSync(images(10)).subarray(0, 30), labels(10)))).toContain('PATH/t10k-images-idx3-ubyte: damaged or truncated gzip data');
    expect(await refusal(directory({
      'train-images-idx3-ubyte': images(5), 'train-labels-idx1-ubyte': labels(5), 't10k-images-idx3-ubyte': idxFile([5, 2, 2], new Uint8Array(20)), 't10k-labels-idx1-ubyte': labels(5),
    }))).toBe('PATH: training images have 6 pixels, test images 4');
  });
});

describe('a CSV file', () => {
  const rows = Array.from({ length: 10 }, (_, i) => `${i},${16 - i},${i % 2}`);

  it('is read packed or not, whatever its name', async () => {
    const plain = await loadDigits(file('digits.csv', bytesOf(rows.join('\n'))));
    const packed = await loadDigits(file('digits', gzipSync(`x,y,label\r\n${rows.join('\r\n')}\r\n`)));
    expect([plain.train.count, plain.test.count, plain.features, plain.classes, plain.name]).toEqual([8, 2, 2, 2, 'digits.csv']);
    expect({ ...packed, name: 'digits.csv' }).toEqual(plain);
    const other = await loadDigits(file('digits.csv', bytesOf(rows.join('\n'))), { seed: 1 });
    expect(other).not.toEqual(plain);
  });

  it('tells in one line what is missing or malformed', async () => {
    expect(await refusal(join(root, 'absent'))).toBe('PATH: no such file or directory');
    expect(await refusal(file('digits.csv', bytesOf('')))).toBe('PATH: the file is empty');
    expect(await refusal(file('digits.csv', bytesOf([...rows, '1,2'].join('\n'))))).toBe('PATH: row 11 has 2 columns, row 1 has 3');
    expect(await refusal(file('digits.csv', bytesOf([...rows, '1,2,x'].join('\n'))))).toBe('PATH: row 11, column 3: "x" is not a finite number');
    expect(await refusal(file('digits.csv', bytesOf([...rows, '1,2,0.5'].join('\n'))))).toBe('PATH: row 11, column 3: the label must be an integer from 0 to 999, got 0.5');
    expect(await refusal(file('labels', labels(10)))).toBe('PATH: looks like an IDX file; give the directory that holds images and labels');
    expect(await refusal(file('utf16.csv', new Uint8Array(Buffer.from(rows.join('\n'), 'utf16le'))))).toBe('PATH: is no CSV file in UTF-8 (it holds zero bytes)');
    expect(await refusal(file('digits.csv.gz', gzipSync(rows.join('\n')).subarray(0, -4)))).toContain('PATH: damaged or truncated gzip data');
  });

  it('is no device, which might never end', async () => {
    expect(await refusal(devNull)).toBe('PATH: is not a regular file');
  });
});

describe('loading', () => {
  it('throws what decoding answers', async () => {
    await expect(loadDigits(join(root, 'absent'))).rejects.toThrow(CotangentError);
    await expect(loadDigits(join(root, 'absent'))).rejects.toThrow('absent: no such file or directory');
  });

  it('answers every damaged file with a dataset or one line', async () => {
    const word = words(4);
    const csv = bytesOf(Array.from({ length: 12 }, (_, i) => `${i},${i * i},${i % 3}`).join('\n'));
    const whole = [csv, new Uint8Array(gzipSync(csv)), images(10), new Uint8Array(gzipSync(images(10)))];
    const path = directory({ 't10k-labels-idx1-ubyte': labels(10) });
    let refused = 0;
    for (let round = 0; round < 2000; round++) {
      const kind = round % whole.length;
      const target = kind < 2 ? join(path, 'table') : path;
      writeFileSync(kind < 2 ? target : join(path, 't10k-images-idx3-ubyte'), mutated(whole[kind] ?? csv, word));
      const decoded = await decodeDigits(target);
      if (isLeft(decoded)) {
        refused++;
        if (decoded.left.code !== 'data' || !/^[^\n\r]{10,400}$/.test(decoded.left.message)) expect.fail(decoded.left.message);
        continue;
      }
      const { train, test, features } = decoded.right;
      for (const part of [train, test]) {
        if (part.count < 1 || part.x.length !== part.count * features || part.y.length !== part.count || !part.x.every((x) => Number.isFinite(x) && (part === test || (x >= 0 && x <= 1)))) expect.fail(`round ${round}`);
      }
    }
    expect(refused).toBeGreaterThan(500);
    expect(refused).toBeLessThan(2000);
  });
});

describe('IDX files as bytes', () => {
  it('are the dataset that their directory is', async () => {
    const files = { 'train-images.idx3-ubyte': images(7), 'train-labels-idx1-ubyte.gz': new Uint8Array(gzipSync(labels(7))), 't10k-images-idx3-ubyte.gz': new Uint8Array(gzipSync(images(4, 2))), 't10k-labels-idx1-ubyte': labels(4), 'notes.txt': bytesOf('notes') };
    const decoded = await datasetOfIdx(new Map(Object.entries(files)), 'dropped');
    expect(isRight(decoded) && decoded.right).toEqual({ ...await loadDigits(directory(files)), name: 'dropped' });
  });

  it('say in one line which one is wrong', async () => {
    const told = async (files: Readonly<Record<string, Uint8Array>>): Promise<string> => {
      const decoded = await datasetOfIdx(new Map(Object.entries(files)), 'the files');
      return isLeft(decoded) ? decoded.left.message : 'accepted';
    };
    expect(await told({})).toBe('the files: holds no train-images-idx3-ubyte and no t10k-images-idx3-ubyte (or .gz)');
    expect(await told({ 'train-images-idx3-ubyte': images(9) })).toBe('the files: holds train-images-idx3-ubyte but no train-labels-idx1-ubyte (or .gz)');
    expect(await told({ 'train-images-idx3-ubyte': images(9), 'train-labels-idx1-ubyte': labels(8) })).toBe('train-labels-idx1-ubyte: has 8 labels for 9 images');
    expect(await told({ 'train-images-idx3-ubyte.gz': new Uint8Array(gzipSync(images(9))).subarray(0, 40), 'train-labels-idx1-ubyte': labels(9) })).toMatch(/^train-images-idx3-ubyte\.gz: /);
  });
});
