// Where windows lie on an axis: counts, dilated lengths, and the padding under which a sum over windows is transposed.
// Floor 2: numbers only, no records. Convolutions and window reductions share it.
import { ShapeError } from '../error.ts';
import { showShape, sizeOf, stridesOf } from '../ir/aval.ts';
import type { Draw } from '../ir/primitive.ts';

/** How many elements go before the first and after the last one; negative ones are cut away. */
export type PaddingPair = readonly [low: number, high: number];

/** Windows along each axis of a list. `baseDilation - 1` holes lie between two elements of the operand, `windowDilation - 1` between two of the window. */
export type WindowParams = {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly padding: readonly PaddingPair[];
  readonly baseDilation: readonly number[];
  readonly windowDilation: readonly number[];
};

/** The length of `n` elements that lie `dilation` apart. */
export const dilatedLength = (n: number, dilation: number): number => n === 0 ? 0 : (n - 1) * dilation + 1;

/** How many windows fit along each axis. Throws where the parameters make no sense for `shape`. */
export function windowCounts(shape: readonly number[], p: WindowParams, name: string): number[] {
  const rank = shape.length;
  const lists = [p.window, p.strides, p.padding, p.baseDilation, p.windowDilation];
  if (lists.some(list => list.length !== rank)) {
    throw new ShapeError(`${name}: ${showShape(shape)} needs ${rank} windows, strides, paddings and dilations, got ${lists.map(list => list.length).join(', ')}`);
  }
  return shape.map((n, i) => {
    for (const [what, list] of [['window', p.window], ['stride', p.strides], ['dilation', p.baseDilation], ['dilation', p.windowDilation]] as const) {
      const value = list[i] ?? 0;
      if (!Number.isInteger(value) || value < 1) throw new ShapeError(`${name}: ${what} ${value} of axis ${i} of ${showShape(shape)} is not a positive integer`);
    }
    const [low, high] = p.padding[i] ?? [0, 0];
    const padded = dilatedLength(n, p.baseDilation[i] ?? 1) + low + high;
    if (!Number.isInteger(padded) || padded < 0) throw new ShapeError(`${name}: padding [${low}, ${high}] leaves ${padded} elements of axis ${i} of ${showShape(shape)}`);
    const free = padded - dilatedLength(p.window[i] ?? 1, p.windowDilation[i] ?? 1);
    return free < 0 ? 0 : Math.floor(free / (p.strides[i] ?? 1)) + 1;
  });
}

/**
 * The windows of the transpose: over `counts` results that lie `strides` apart, each element of the operand sums the
 * results of the windows that hold it. Where the window has weights, they are taken in reverse.
 */
export function transposedWindows(shape: readonly number[], counts: readonly number[], p: WindowParams): WindowParams {
  const padding = shape.map((n, i): PaddingPair => {
    const window = dilatedLength(p.window[i] ?? 1, p.windowDilation[i] ?? 1);
    const low = window - 1 - (p.padding[i]?.[0] ?? 0);
    const high = dilatedLength(n, p.baseDilation[i] ?? 1) + window - 1 - dilatedLength(counts[i] ?? 0, p.strides[i] ?? 1) - low;
    return [low, high];
  });
  return { ...p, padding, strides: p.baseDilation, baseDilation: p.strides };
}

/** The same windows with a further leading axis that they do not reach along. */
export const batchedWindows = (p: WindowParams): WindowParams => ({
  window: [1, ...p.window], strides: [1, ...p.strides], padding: [[0, 0], ...p.padding], baseDilation: [1, ...p.baseDilation], windowDilation: [1, ...p.windowDilation],
});

/** Visits the windows in row-major order; the first `n` entries of `places` say where the elements inside the operand lie. */
export function visitWindows(shape: readonly number[], counts: readonly number[], p: WindowParams, visit: (o: number, places: Int32Array, n: number) => void): void {
  const strides = stridesOf(shape);
  const inside = shape.map((n, d) => Array.from({ length: counts[d] ?? 0 }, (_, o) => placesAlong(n, o, d, p).map(i => i * (strides[d] ?? 0))));
  const places = new Int32Array(sizeOf(p.window));
  const index = shape.map(() => 0);
  const total = sizeOf(counts);
  for (let o = 0; o < total; o++) {
    let n = 1;
    places[0] = 0;
    for (let d = 0; d < index.length; d++) {
      const own = inside[d]?.[index[d] ?? 0] ?? [];
      // Each place so far becomes `own.length` places, from the last one on, so that none is overwritten unread.
      for (let i = n - 1; i >= 0; i--) {
        const base = places[i] ?? 0;
        for (let j = own.length - 1; j >= 0; j--) places[i * own.length + j] = base + (own[j] ?? 0);
      }
      n *= own.length;
    }
    visit(o, places, n);
    for (let d = index.length - 1; d >= 0; d--) {
      index[d] = (index[d] ?? 0) + 1;
      if ((index[d] ?? 0) < (counts[d] ?? 0)) break;
      index[d] = 0;
    }
  }
}
/** The elements of axis `d` that window `o` holds. */
function placesAlong(n: number, o: number, d: number, p: WindowParams): number[] {
  const dilation = p.baseDilation[d] ?? 1;
  const first = o * (p.strides[d] ?? 1) - (p.padding[d]?.[0] ?? 0);
  const found: number[] = [];
  for (let k = 0; k < (p.window[d] ?? 1); k++) {
    const i = (first + k * (p.windowDilation[d] ?? 1)) / dilation;
    if (Number.isInteger(i) && i >= 0 && i < n) found.push(i);
  }
  return found;
}

/** Windows on an operand of a random shape. */
export function drawWindows(draw: Draw): { readonly shape: readonly number[]; readonly params: WindowParams } {
  const shape = draw.shape(2);
  const each = (lo: number, hi: number): number[] => shape.map(() => draw.int(lo, hi));
  const baseDilation = each(1, 2);
  // What padding cuts is there.
  const padding = shape.map((n): PaddingPair => n > 1 ? [draw.int(-1, 2), draw.int(-1, 2)] : [draw.int(0, 2), draw.int(0, 2)]);
  return { shape, params: { window: each(1, 3), strides: each(1, 2), padding, baseDilation, windowDilation: each(1, 2) } };
}
