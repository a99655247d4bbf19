import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { drawDigits } from '../../src/data/digits.ts';
import { datasetOfGreys, drawnDataset } from '../../src/data/dataset.ts';
import { logisticRegression, nearestNeighbours } from './classifiers.ts';

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

describe('drawDigits', () => {
  it('draws the same bytes on every machine', () => {
    const { images, labels, size } = drawDigits({ count: 500, seed: 42 });
    expect([images.length, labels.length, size]).toEqual([500 * 784, 500, 28]);
    expect([digest(images), digest(labels)]).toEqual(['c473bbd73310bafa', '153775dfe37bd9f6']);
    expect(digest(drawDigits({ count: 100, seed: -(2 ** 40) - 5, size: 16 }).images)).toBe('f9550a65653b676c');
  });

  it('draws image i alike however many are drawn', () => {
    const all = drawDigits({ count: 30, seed: 3 });
    const later = drawDigits({ count: 10, seed: 3, from: 20 });
    expect(later.images).toEqual(all.images.slice(20 * 784));
    expect(later.labels).toEqual(all.labels.slice(20));
    expect(drawDigits({ count: 5, seed: 3 }).images).toEqual(all.images.slice(0, 5 * 784));
    expect(drawDigits({ count: 0 }).images.length).toBe(0);
  });

  it('draws other images for every bit of the seed, and no image twice', () => {
    const seeds = [0, 1, -1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52, -(2 ** 32), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => digest(drawDigits({ count: 4, seed }).images))).size).toBe(seeds.length);
    const { images } = drawDigits({ count: 2000, seed: 1 });
    expect(new Set(Array.from({ length: 2000 }, (_, i) => digest(images.subarray(784 * i, 784 * (i + 1))))).size).toBe(2000);
  });

  it('draws the classes equally often, with ink mostly inside the frame', () => {
    const { images, labels } = drawDigits({ count: 5000, seed: 9 });
    for (let digit = 0; digit < 10; digit++) {
      const share = labels.filter((label) => label === digit).length / 5000;
      expect(share).toBeGreaterThan(0.08);
      expect(share).toBeLessThan(0.12);
    }
    let faint = 0;
    let atEdge = 0;
    for (let i = 0; i < 5000; i++) {
      const image = images.subarray(784 * i, 784 * (i + 1));
      if (image.filter((grey) => grey > 100).length < 15) faint++;
      if (image.some((grey, pixel) => grey > 100 && (pixel < 28 || pixel >= 756 || pixel % 28 === 0 || pixel % 28 === 27))) atEdge++;
    }
    expect(faint).toBeLessThan(10);
    expect(atEdge).toBeLessThan(400);
  });

  it('refuses what is no count, seed or size', () => {
    expect(() => drawDigits({ count: -1 })).toThrow('drawDigits: count must be an integer from 0 to 2739137, got -1');
    expect(() => drawDigits({ count: 1.5 })).toThrow('got 1.5');
    expect(() => drawDigits({ count: 1, size: 7 })).toThrow('drawDigits: size must be an integer from 8 to 1024, got 7');
    expect(() => drawDigits({ count: 1, seed: Number.NaN })).toThrow('drawDigits: seed must be an integer');
    expect(() => drawDigits({ count: 1, seed: 2 ** 53 })).toThrow('drawDigits: seed must be an integer');
    expect(() => drawDigits({ count: 1, from: -1 })).toThrow('drawDigits: from must be an integer');
  });
});

describe('the drawn dataset', () => {
  it('has two parts that share no image', () => {
    const { train, test, features, classes, name } = drawnDataset({ seed: 5, size: 16, train: 30, test: 20 });
    expect([train.count, test.count, features, classes, name]).toEqual([30, 20, 256, 10, 'drawn digits']);
    const all = drawDigits({ count: 50, seed: 5, size: 16 });
    expect([...train.x, ...test.x]).toEqual([...Float32Array.from(all.images, (grey) => grey / 255)]);
    expect([...train.y, ...test.y]).toEqual([...all.labels]);
  });

  it('has as many classes as its largest label says', () => {
    const part = (labels: readonly number[]): { images: Uint8Array; labels: Uint8Array } => ({ images: new Uint8Array(labels.length), labels: Uint8Array.from(labels) });
    expect(datasetOfGreys(part([0, 1]), part([4]), 1, 'n').classes).toBe(5);
  });

  it('is beyond a linear model and nearest neighbours, yet not beyond reach', () => {
    const dataset = drawnDataset({ seed: 0, train: 4000, test: 1000 });
    const linear = logisticRegression(dataset, 12);
    const neighbours = nearestNeighbours(dataset);
    expect(linear).toBeLessThan(0.92);
    expect(neighbours).toBeLessThan(0.97);
    expect(linear).toBeGreaterThan(0.75);
    expect(neighbours).toBeGreaterThan(0.85);
  });
});
