// mixup and cutmix against their definitions: what each example and its label became is a known mixture of two.
import { describe, expect, it } from 'vitest';
import { data, jit, np, random, tensor, type Tensor } from '../../src/index.ts';

const n = 64;
const classes = (): Tensor<[64, 64]> => np.eye(n);
// Image k is k everywhere, so that each pixel tells which image it is from.
const images = (): Tensor<[64, 6, 8, 1]> => np.multiply(np.ones([n, 6, 8, 1]), np.reshape(np.astype(np.arange(n), 'f32'), [n, 1, 1, 1])) as Tensor<[64, 6, 8, 1]>;
/** Where row i has a weight: at i and at its partner (or only at i). */
async function mixture(labels: Tensor<[64, 64]>): Promise<{ readonly own: number; readonly partner: number }[]> {
  return (await labels.js()).map((row, i) => {
    const own = row[i] ?? 0;
    const partner = row.findIndex((v, j) => j !== i && v > 0);
    expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(row.filter(v => v > 0).length).toBeLessThanOrEqual(2);
    return { own, partner: partner < 0 ? i : partner };
  });
}

describe('mixup', () => {
  it('mixes an example and its label by the same share, with one partner each', async () => {
    const [mixed, labels] = data.mixup(random.key(3), images(), classes(), 0.7);
    const found = await mixture(labels);
    const pixels = await mixed.js();
    found.forEach(({ own, partner }, i) => {
      for (const v of [pixels[i]?.[0]?.[0]?.[0], pixels[i]?.[5]?.[7]?.[0]]) expect(v).toBeCloseTo(own * i + (1 - own) * partner, 3);
    });
    // Each is the partner of exactly one.
    expect(new Set(found.map(f => f.partner)).size).toBe(n);
  });
  it('draws shares of Beta(alpha, alpha): mean 1/2, variance 1 / (4 (2 alpha + 1))', async () => {
    const alpha = 0.4;
    const shares: number[] = [];
    for (let k = 0; k < 12; k++) {
      const [, labels] = data.mixup(random.key(k), np.ones([n, 1]), classes(), alpha);
      for (const { own, partner, i } of (await mixture(labels)).map((m, i) => ({ ...m, i }))) if (partner !== i) shares.push(own);
    }
    const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
    const variance = shares.reduce((a, b) => a + (b - mean) ** 2, 0) / shares.length;
    const want = 1 / (4 * (2 * alpha + 1));
    // Four standard errors of about 750 draws (the share of a pair whose partner is itself, or is drawn as exactly 1, cannot be seen).
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(want / shares.length));
    expect(Math.abs(variance - want)).toBeLessThan(4 * 0.25 / Math.sqrt(shares.length));
  });
  it('is the same jitted, and refuses what does not fit', async () => {
    const mix = (key: random.Key) => data.mixup(key, images(), classes());
    expect(await jit(mix)(random.key(1))[0].js()).toEqual(await mix(random.key(1))[0].js());
    expect(() => data.mixup(random.key(0), images(), classes(), 0)).toThrow('data.mixup: alpha 0; a positive number is wanted');
    expect(() => data.mixup(random.key(0), np.ones([3, 2]), np.ones([2, 2]) as never)).toThrow('data.mixup: examples f32[3,2] want soft labels [3, classes], got f32[2,2]; of integers make them with np.oneHot');
    expect(() => data.mixup(random.key(0), np.ones([3, 2]), tensor([0, 1, 2], 'i32') as never)).toThrow(/got i32\[3\]; of integers make them with np\.oneHot$/);
  });
});

describe('cutmix', () => {
  it('puts a rectangle of the partner in, and mixes the labels by the area that stayed', async () => {
    const [mixed, labels] = data.cutmix(random.key(5), images(), classes());
    const found = await mixture(labels);
    const pixels = await mixed.js();
    let seen = 0;
    pixels.forEach((image, i) => {
      const { own, partner } = found[i] ?? { own: 0, partner: 0 };
      const places = image.flatMap((row, y) => row.flatMap(([v], x) => v === i ? [] : [{ v, y, x }]));
      if (partner === i) return;
      expect(places.every(p => p.v === partner)).toBe(true);
      expect(own).toBeCloseTo(1 - places.length / 48, 5);
      const [ys, xs] = [new Set(places.map(p => p.y)), new Set(places.map(p => p.x))];
      expect(places.length).toBe(ys.size * xs.size);
      for (const axis of [ys, xs]) if (axis.size > 0) expect(Math.max(...axis) - Math.min(...axis) + 1).toBe(axis.size);
      seen += places.length > 0 ? 1 : 0;
    });
    expect(seen).toBeGreaterThan(n / 2);
  });
  it('takes half of the area on the mean where nothing is cut off, less at the edges', async () => {
    let [sum, count] = [0, 0];
    for (let k = 0; k < 8; k++) {
      const [, labels] = data.cutmix(random.key(k), images(), classes());
      for (const { own } of await mixture(labels)) { sum += own; count++; }
    }
    // The rectangle has side s = sqrt(1 - u) of each axis, u even; of a centre that is even, too, the part 1 - s / 4 of each side lies
    // inside. E[s^2 (1 - s / 4)^2] = 1/2 - 1/5 + 1/48 = 0.3208; the standard deviation of one area is below 0.25.
    expect(Math.abs(sum / count - (1 - 0.3208))).toBeLessThan(4 * 0.25 / Math.sqrt(count));
  });
  it('is the same jitted, and refuses what is no image', async () => {
    const mix = (key: random.Key) => data.cutmix(key, images(), classes());
    expect(await jit(mix)(random.key(1))[0].js()).toEqual(await mix(random.key(1))[0].js());
    expect(() => data.cutmix(random.key(0), np.ones([3, 2]) as never, np.ones([3, 2]) as never)).toThrow('data.cutmix: images are [batch, height, width, channels], got f32[3,2]');
  });
});
