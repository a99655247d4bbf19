import { describe, expect, it } from 'vitest';
import { drawStrokes, type StrokesOptions } from '../../src/data/strokes.ts';

const ring = (x: number, y: number, r: number): number[] => Array.from({ length: 33 }, (_, i) => [x + r * Math.cos(i * Math.PI / 16), y + r * Math.sin(i * Math.PI / 16)]).flat();
/** A six, more or less: a leaning back and a ring below. */
const six = [[0.6, 0.1, 0.4, 0.4, 0.34, 0.7], ring(0.5, 0.72, 0.16)];
const moved = (strokes: readonly number[][], scale: number, x0: number, y0: number): number[][] => strokes.map(s => s.map((v, i) => scale * v + (i % 2 === 0 ? x0 : y0)));

interface Box { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number; readonly x: number; readonly y: number }
/** The box of what is inked, and the centre of mass. */
function boxOf(image: Uint8Array, size: number): Box {
  let [left, right, top, bottom, sum, x, y] = [size, 0, size, 0, 0, 0, 0];
  image.forEach((v, p) => {
    const [column, row] = [p % size, Math.floor(p / size)];
    if (v > 128) [left, right, top, bottom] = [Math.min(left, column), Math.max(right, column), Math.min(top, row), Math.max(bottom, row)];
    [sum, x, y] = [sum + v, x + v * (column + 0.5), y + v * (row + 0.5)];
  });
  return { left, right, top, bottom, x: x / sum, y: y / sum };
}
const apart = (a: Uint8Array, b: Uint8Array): number => a.reduce((most, v, i) => Math.max(most, Math.abs(v - (b[i] ?? 0))), 0);

describe('drawStrokes', () => {
  it('gives the same image wherever and however large strokes were drawn', () => {
    const image = drawStrokes(six);
    for (const [scale, x, y] of [[1, 5, -3], [300, 0, 0], [0.01, 0.5, 0.5], [1e6, 1e6, 0]] as const) expect(apart(drawStrokes(moved(six, scale, x, y)), image)).toBeLessThanOrEqual(1);
    expect(drawStrokes(six.map(s => Float32Array.from(s))).length).toBe(784);
  });

  it('makes the longer side 18 of 28 pixels and puts the box, or the mass, into the middle', () => {
    for (const size of [28, 56]) {
      // The pen has half its width on both ends.
      const { left, right, top, bottom } = boxOf(drawStrokes(six, { size }), size);
      expect(Math.abs(bottom - top + 1 - (18 + 2.7) * size / 28)).toBeLessThan(2);
      expect(Math.abs(left + right - (size - 1))).toBeLessThanOrEqual(1);
      expect(Math.abs(top + bottom - (size - 1))).toBeLessThanOrEqual(1);
    }
    // A six has its mass below the middle.
    expect(boxOf(drawStrokes(six), 28).y).toBeGreaterThan(14.5);
    const { x, y } = boxOf(drawStrokes(six, { centre: 'mass' }), 28);
    expect([Math.abs(x - 14), Math.abs(y - 14)].every(d => d < 0.05)).toBe(true);
    const lying = boxOf(drawStrokes([[0, 0, 100, 0]], { box: 0.5 }), 28);
    expect([lying.right - lying.left + 1, lying.bottom - lying.top + 1]).toEqual([16, 2]);
  });

  it('draws with the pen that it is given', () => {
    const ink = (options: StrokesOptions): number => drawStrokes(six, options).reduce((sum, v) => sum + v, 0);
    expect(ink({ radius: 2 }) / ink({ radius: 1 })).toBeGreaterThan(1.7);
  });

  it('draws dots, and nothing where there is nothing', () => {
    const dot = drawStrokes([[7, 9]]);
    expect(boxOf(dot, 28)).toMatchObject({ left: 13, right: 14, top: 13, bottom: 14 });
    expect(drawStrokes([[7, 9, 7, 9], []])).toEqual(dot);
    // What is nearer together than its coordinates can tell is one too.
    expect(drawStrokes([[1e9, 1e9, 1e9 - 2 ** -22, 1e9]])).toEqual(dot);
    expect(drawStrokes([]).every(v => v === 0)).toBe(true);
    expect(drawStrokes([[], []]).every(v => v === 0)).toBe(true);
  });

  it('refuses what is no stroke and no option', () => {
    expect(() => drawStrokes([[1, 2, 3]])).toThrow('data.drawStrokes: stroke 0 has 3 coordinates; pairs of x and y are wanted');
    for (const bad of [Number.NaN, Infinity, -1e10]) expect(() => drawStrokes([[0, 0], [1, bad]])).toThrow(`data.drawStrokes: coordinate 1 of stroke 1 is ${bad}; numbers from -1000000000 to 1000000000 are wanted`);
    expect(() => drawStrokes([], { size: 9.5 })).toThrow('data.drawStrokes: size must be an integer, got 9.5');
    expect(() => drawStrokes([], { size: 7 })).toThrow('data.drawStrokes: size must be from 8 to 1024, got 7');
    expect(() => drawStrokes([], { box: 2 })).toThrow('data.drawStrokes: box must be from 0.1 to 1, got 2');
    expect(() => drawStrokes([], { radius: Number.NaN })).toThrow('data.drawStrokes: radius must be from 0.1 to 14, got NaN');
  });
});
