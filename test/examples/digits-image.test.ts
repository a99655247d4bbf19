// How pictures become what the networks know: light or dark, large or small, coloured or not, the digit is the same.
import { describe, expect, it } from 'vitest';
import { fitted, resized, type Grey } from '../../examples/digits-image.ts';
import { drawDigits } from '../../src/data/digits.ts';
import { isLeft } from '../../src/fp.ts';
import type { Image } from '../../src/io/png.ts';

const digit = drawDigits({ count: 1, seed: 4, size: 28 }).images;
const grey = (height: number, width: number, at: (y: number, x: number) => number): Image => ({ height, width, channels: 1, data: Uint8Array.from({ length: height * width }, (_, i) => at(Math.floor(i / width), i % width)) });
/** A ring of ink 200 on paper 10, in a picture of 60 x 90. */
const ring = (dy = 0, dx = 0): Image => grey(60, 90, (y, x) => { const r = Math.hypot(y - 30 - dy, x - 40 - dx); return r > 9 && r < 14 ? 200 : 10; });
const inverted = (image: Image): Image => ({ ...image, data: image.data.map(v => 255 - v) });
const fit = (image: Image): { readonly ink: readonly number[]; readonly told: string } => {
  const got = fitted(image, 'x.png');
  if (isLeft(got)) throw got.left;
  return { ink: [...got.right.image.ink], told: got.right.told };
};
const near = (a: readonly number[], b: readonly number[]): number => Math.max(...a.map((v, i) => Math.abs(v - (b[i] ?? NaN))));

describe('a picture', () => {
  it('of 28 x 28 is taken as it is, whichever way round', () => {
    const image: Image = { height: 28, width: 28, channels: 1, data: digit };
    expect(fit(image).told).toBe('28 x 28, light on dark, taken as it is');
    expect(near(fit(image).ink, Array.from(digit, v => v / 255))).toBeLessThan(1e-6);
    expect(fit(inverted(image)).told).toBe('28 x 28, dark on light, taken as it is');
    expect(near(fit(inverted(image)).ink, fit(image).ink)).toBeLessThan(1e-6);
  });
  it('of any other size has its ink in the middle, 20 pixels long, wherever it was', () => {
    const { ink, told } = fit(ring());
    expect(told).toBe('90 x 60, light on dark; its ink of 27 x 27 pixels fitted into 28 x 28');
    const rows = ink.flatMap((v, i) => v > 0.1 ? [Math.floor(i / 28)] : []);
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([4, 23]);
    const mass = (place: (i: number) => number): number => ink.reduce((sum, v, i) => sum + v * place(i), 0) / ink.reduce((sum, v) => sum + v, 0);
    expect(Math.abs(mass(i => Math.floor(i / 28)) - 13.5)).toBeLessThan(0.5);
    expect(Math.abs(mass(i => i % 28) - 13.5)).toBeLessThan(0.5);
    expect(near(fit(ring(-12, 25)).ink, ink)).toBeLessThan(1e-6);
    expect(near(fit(inverted(ring())).ink, ink)).toBeLessThan(1e-6);
  });
  it('may have colours and opacity: what is transparent is white paper', () => {
    const black = ring();
    const dark = (k: number): boolean => (black.data[k] ?? 0) === 200;
    const rgba: Image = { ...black, channels: 4, data: Uint8Array.from({ length: black.data.length * 4 }, (_, i) => i % 4 === 3 && dark(i >> 2) ? 255 : 0) };
    expect(fit(rgba).told).toMatch(/^90 x 60, dark on light; /);
    expect(near(fit(rgba).ink, fit(black).ink)).toBeLessThan(1e-6);
    const blue: Image = { ...black, channels: 3, data: Uint8Array.from({ length: black.data.length * 3 }, (_, i) => dark(Math.floor(i / 3)) ? [0, 0, 160][i % 3] ?? 0 : 255) };
    expect(near(fit(blue).ink, fit(black).ink)).toBeLessThan(1e-6);
    // White ink on nothing, which white paper would hide.
    const chalk: Image = { ...black, channels: 2, data: Uint8Array.from({ length: black.data.length * 2 }, (_, i) => i % 2 === 0 ? 255 : dark(i >> 1) ? 255 : 0) };
    expect(fit(chalk).told).toMatch(/^90 x 60, light on dark; /);
    expect(near(fit(chalk).ink, fit(black).ink)).toBeLessThan(1e-6);
  });
  it.each([[grey(40, 40, () => 255)], [grey(28, 28, () => 3)], [grey(1, 1, () => 0)]])('without ink is refused', (image) => {
    const got = fitted(image, 'x.png');
    expect(isLeft(got) && got.left.message).toMatch(/^x\.png: holds no digit/);
  });
});

describe('resized', () => {
  const ramp: Grey = { height: 4, width: 8, ink: Float32Array.from({ length: 32 }, (_, i) => i % 8) };
  it('keeps what is even, and means', () => {
    for (const [h, w] of [[1, 1], [3, 5], [4, 8], [28, 28]] as const) {
      expect(near([...resized({ ...ramp, ink: ramp.ink.map(() => 0.25) }, h, w).ink], Array.from({ length: h * w }, () => 0.25))).toBeLessThan(1e-6);
    }
    const half = resized(ramp, 2, 4).ink;
    expect(half.reduce((a, b) => a + b, 0) / half.length).toBeCloseTo(3.5, 5);
  });
  it('changes nothing where the size stays', () => { expect(near([...resized(ramp, 4, 8).ink], [...ramp.ink])).toBeLessThan(1e-6); });
});
