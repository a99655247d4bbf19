// Loops over strided host arrays that the reference rules share. Floor 2: numbers only, no records.
import type { HostArray } from '../dtype/dtype.ts';
import { range, sizeOf, stridesOf } from '../ir/aval.ts';
import type { NDArray } from '../ir/primitive.ts';

/** `out[i] = x[offset + sum(index(i) * strides)]` over the output's shape in row-major order. */
export function moveElements(x: ArrayLike<number>, out: HostArray, shape: readonly number[], strides: readonly number[], offset: number): void {
  const rank = shape.length;
  const inner = rank === 0 ? 1 : shape[rank - 1] ?? 1;
  const step = rank === 0 ? 0 : strides[rank - 1] ?? 0;
  const index = new Array<number>(rank).fill(0);
  const n = sizeOf(shape);
  for (let i = 0, from = offset; i < n;) {
    for (let k = 0, at = from; k < inner; k++, at += step) out[i++] = x[at] ?? 0;
    // Advance the outer axes like an odometer.
    for (let d = rank - 2; d >= 0; d--) {
      const stride = strides[d] ?? 0;
      const size = shape[d] ?? 1;
      from += stride;
      index[d] = (index[d] ?? 0) + 1;
      if ((index[d] ?? 0) < size) break;
      from -= stride * size;
      index[d] = 0;
    }
  }
}

/** Visits each output element of a reduction over `axes` with the contiguous run of elements that it reduces. */
export function foldAxes(x: NDArray, axes: readonly number[], visit: (data: ArrayLike<number>, start: number, n: number, i: number) => void): void {
  const kept = range(x.shape.length).filter(i => !axes.includes(i));
  const trailing = axes.every((a, i) => a === x.shape.length - axes.length + i);
  const order = [...kept, ...axes];
  const n = sizeOf(axes.map(a => x.shape[a] ?? 1));
  const outer = sizeOf(kept.map(a => x.shape[a] ?? 1));
  let data: ArrayLike<number> = x.data;
  if (!trailing) {
    const strides = stridesOf(x.shape);
    const moved = x.data.slice();
    moveElements(x.data, moved, order.map(i => x.shape[i] ?? 1), order.map(i => strides[i] ?? 0), 0);
    data = moved;
  }
  for (let i = 0; i < outer; i++) visit(data, i * n, n, i);
}

/** Visits each line along `axis`: where it begins, how many elements it has, how far apart they lie (backwards where `reverse`). */
export function visitLines(shape: readonly number[], axis: number, reverse: boolean, visit: (first: number, n: number, step: number) => void): void {
  const n = shape[axis] ?? 0;
  const inner = sizeOf(shape.slice(axis + 1));
  const lines = n === 0 ? 0 : sizeOf(shape) / n;
  const step = reverse ? -inner : inner;
  for (let line = 0; line < lines; line++) {
    const start = Math.floor(line / inner) * n * inner + line % inner;
    visit(reverse ? start + (n - 1) * inner : start, n, step);
  }
}
