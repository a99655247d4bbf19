// Host arrays as the laws need them: values in a domain, batches, sums and products. Pure functions of NDArrays.
// Knows no records and no programs.
import { allocate, dtypeInfo, isFloat, roundTo } from '../src/dtype/dtype.ts';
import { sizeOf, stridesOf, type Aval } from '../src/ir/aval.ts';
import type { Domain, NDArray } from '../src/ir/primitive.ts';
import type { Random } from './random.ts';

/** A host array made element by element. Floats are kept in float64 where `wide`. */
export function arrayOf(a: Aval, element: (i: number) => number, wide = false): NDArray {
  const data = allocate(a.dtype, sizeOf(a.shape), wide);
  for (let i = 0; i < data.length; i++) data[i] = wide && isFloat(a.dtype) ? element(i) : roundTo(a.dtype, element(i));
  return { shape: a.shape, dtype: a.dtype, data };
}
export const elementOf = (x: NDArray, i: number): number => x.data[i] ?? NaN;
export const zerosOf = (a: Aval): NDArray => arrayOf(a, () => 0, true);

/** How values are drawn: within the domain; with many equal ones; or the hard numbers, the domain disregarded. */
export type Taste = 'plain' | 'ties' | 'hard' | 'special';
/** Where derivatives are forced to zero, functions saturate, and kinks lie. */
const hardNumbers = [0, 1, -1, 0, 1000, -1000, 0.5, 2, -0, 0] as const;
const specialNumbers = [NaN, Infinity, -Infinity, -0, 0, 1, -1, 1e-310, 3.4e38, -1e300, 0.5] as const;
const everywhere: Domain = { intervals: [[-2, 2]] };

/**
 * Values of an operand: floats uniformly in one of the domain's intervals, integers within its bounds. Ties are among the numbers that
 * `levels` gives: operands with equal ones are tied with each other, too.
 */
export function valuesIn(a: Aval, domain: Domain = everywhere, random: Random, taste: Taste = 'plain', levels: Random = random): NDArray {
  const { kind, min, max } = dtypeInfo[a.dtype];
  if (kind === 'bool') return arrayOf(a, () => random.int(0, 1));
  const { intervals } = domain;
  if (kind === 'int') {
    const lo = Math.max(min, Math.ceil(Math.min(...intervals.map(i => i[0]))));
    const hi = Math.min(max, Math.floor(Math.max(...intervals.map(i => i[1]))));
    // Bounds that a record states for integers are meant: an index inside, a count of steps.
    const free = lo <= -2 && hi >= 2 && taste === 'special';
    return arrayOf(a, () => free && random.int(0, 2) === 0 ? (random.bool() ? min : max) : random.int(lo, hi));
  }
  if (taste === 'hard') return arrayOf(a, () => hardNumbers[random.int(0, hardNumbers.length - 1)] ?? 0);
  if (taste === 'special') return arrayOf(a, () => specialNumbers[random.int(0, specialNumbers.length - 1)] ?? 0);
  const within = (from: Random): number => {
    const [lo, hi] = intervals[from.int(0, intervals.length - 1)] ?? [-2, 2];
    return lo + (hi - lo) * from.uniform();
  };
  if (taste === 'plain') return arrayOf(a, () => within(random));
  const few = [within(levels), within(levels)];
  return arrayOf(a, () => few[random.int(0, 1)] ?? 0);
}

/** Whether every element lies inside one of the domain's intervals, far enough from its ends for a difference quotient. */
export function liesIn(x: NDArray, domain: Domain | undefined): boolean {
  const margin = isFloat(x.dtype) ? 1e-3 : 0;
  if (domain === undefined) return x.data.every(v => Math.abs(v) <= 8);
  return x.data.every(v => domain.intervals.some(([lo, hi]) => v >= lo + margin && v <= hi - margin));
}

/** A direction of the shape of `x`, in float64, scaled as its elements are: magnitudes between max(1, |x|) / 4 and max(1, |x|). */
export function directionAt(x: NDArray, random: Random): NDArray {
  return arrayOf({ shape: x.shape, dtype: x.dtype }, i => {
    const size = Math.abs(elementOf(x, i));
    return random.signed() * (size > 1 && size < Infinity ? size : 1);
  }, true);
}
/** A direction of magnitudes between 1/4 and 1. */
export const direction = (a: Aval, random: Random): NDArray => arrayOf(a, () => random.signed(), true);

/** `x + s * t`, in float64. */
export const plus = (x: NDArray, s: number, t: NDArray): NDArray => arrayOf(x, i => elementOf(x, i) + s * elementOf(t, i), true);
export const combine = (a: number, x: NDArray, b: number, y: NDArray): NDArray => arrayOf(x, i => a * elementOf(x, i) + b * elementOf(y, i), true);

/** The sum of products and the sum of their magnitudes, against which a difference is judged. */
export interface Inner { readonly value: number; readonly magnitude: number }
export function inner(xs: readonly (NDArray | null)[], ys: readonly (NDArray | null)[]): Inner {
  let value = 0;
  let magnitude = 0;
  xs.forEach((x, k) => {
    const y = ys[k];
    if (x === null || y === null || y === undefined) return;
    for (let i = 0; i < x.data.length; i++) {
      const product = elementOf(x, i) * elementOf(y, i);
      value += product;
      magnitude += Math.abs(product);
    }
  });
  return { value, magnitude };
}
/** The greatest finite magnitude, at least 1: the size of the numbers from which a result was computed. */
export function magnitudeOf(...lists: readonly (readonly (NDArray | null)[])[]): number {
  let most = 1;
  for (const list of lists) for (const x of list) if (x !== null) for (const v of x.data) { const m = Math.abs(v); if (m > most && m < Infinity) most = m; }
  return most;
}

/** Arrays of one aval side by side along a new axis. */
export function stack(xs: readonly NDArray[], like: Aval, axis: number): NDArray {
  const outer = sizeOf(like.shape.slice(0, axis));
  const rest = sizeOf(like.shape.slice(axis));
  const shape = [...like.shape.slice(0, axis), xs.length, ...like.shape.slice(axis)];
  const data = allocate(like.dtype, sizeOf(shape), xs[0]?.data instanceof Float64Array);
  xs.forEach((x, k) => { for (let o = 0; o < outer; o++) for (let r = 0; r < rest; r++) data[(o * xs.length + k) * rest + r] = elementOf(x, o * rest + r); });
  return { shape, dtype: like.dtype, data };
}
/** The k-th slice along an axis. */
export function sliceAt(x: NDArray, axis: number, k: number): NDArray {
  const n = x.shape[axis] ?? 0;
  const outer = sizeOf(x.shape.slice(0, axis));
  const rest = sizeOf(x.shape.slice(axis + 1));
  const shape = x.shape.filter((_, i) => i !== axis);
  const data = x.data.slice(0, outer * rest);
  for (let o = 0; o < outer; o++) for (let r = 0; r < rest; r++) data[o * rest + r] = elementOf(x, (o * n + k) * rest + r);
  return { shape, dtype: x.dtype, data };
}
/** Output axis i is input axis `order[i]`. */
export function permuted(x: NDArray, order: readonly number[]): NDArray {
  const shape = order.map(d => x.shape[d] ?? 1);
  const strides = stridesOf(x.shape);
  const to = stridesOf(shape);
  const data = x.data.slice();
  for (let i = 0; i < data.length; i++) {
    let from = 0;
    order.forEach((d, k) => { from += (Math.floor(i / (to[k] ?? 1)) % (shape[k] ?? 1)) * (strides[d] ?? 0); });
    data[i] = elementOf(x, from);
  }
  return { shape, dtype: x.dtype, data };
}
/** Exchanges two axes. */
export const swapped = (x: NDArray, a: number, b: number): NDArray => permuted(x, x.shape.map((_, i) => i === a ? b : i === b ? a : i));
export const copyOf = (x: NDArray): NDArray => ({ ...x, data: x.data.slice() });
