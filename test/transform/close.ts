// Agreement of numbers, and derivatives by central differences in double precision.
import { expect } from 'vitest';
import { f64, list, listAll, num, shape, type T } from '../trace/language.ts';

/** Agreement to `tolerance` relative to the greater of 1 and the magnitude. */
export function expectClose(got: readonly number[] | number | T, want: readonly number[] | number, tolerance = 1e-12): void {
  const a = typeof got === 'number' ? [got] : Array.isArray(got) ? got.map(Number) : list(got);
  const b = typeof want === 'number' ? [want] : want;
  expect(a.length).toBe(b.length);
  const off = a.map((x, i) => { const y = b[i] ?? NaN; const distance = Math.abs(x - y) / Math.max(1, Math.abs(y)); return Object.is(x, y) ? 0 : Number.isNaN(distance) ? Infinity : distance; });
  expect(Math.max(0, ...off), `${a.join()} against ${b.join()}`).toBeLessThanOrEqual(tolerance);
}
/** The derivative of a scalar function of a scalar. */
export function slope(f: (x: T) => T, at: number, step = 6e-6): number {
  return (num(f(f64(at + step))) - num(f(f64(at - step)))) / (2 * step);
}
/** The gradient of a scalar function, element by element. */
export function slopes(f: (x: T) => T, at: T, step = 6e-6): number[] {
  const x = list(at);
  const moved = (i: number, by: number): number => {
    const values = Float64Array.from(x);
    values[i] = (values[i] ?? 0) + by;
    return num(f(reshaped(values, shape(at))));
  };
  return x.map((_, i) => (moved(i, step) - moved(i, -step)) / (2 * step));
}
type Nest = number | Nest[];
function reshaped(values: Float64Array, dims: readonly number[]): T {
  let next = 0;
  const build = (axis: number): Nest => axis === dims.length ? values[next++] ?? NaN : Array.from({ length: dims[axis] ?? 0 }, () => build(axis + 1));
  return f64(build(0));
}
/** Two trees of tensors agree. */
export const expectTreesClose = (got: unknown, want: unknown, tolerance = 1e-12): void => expectClose(listAll(got), listAll(want), tolerance);
