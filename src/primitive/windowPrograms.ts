// Reductions over windows, and the derivatives of their extrema, as programs of views and elementwise operations: what backends run.
// Floor 2. Windows that do not overlap are axes of their own; few elements are folded one by one, long windows in halves of halves.
import { dtypeInfo, isFloat, type DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { MonoidName } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { add, div } from './arithmetic.ts';
import { optimizationBarrier } from './barrier.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from './broadcast.ts';
import { eq } from './comparison.ts';
import { convert } from './convert.ts';
import { at } from './define.ts';
import { max, min } from './extremum.ts';
import { and, or } from './logical.ts';
import { reduceMax, reduceMin } from './reduce.ts';
import { reshape } from './reshape.ts';
import { select } from './select.ts';
import { pad, slice } from './slice.ts';
import { windowCounts, type WindowParams } from './window.ts';

type Fold = Exclude<MonoidName, 'mul'>;
/** Of bools the greater is either, the lesser both. */
const combined: { readonly [F in Fold]: (a: AnyTensor, b: AnyTensor) => AnyTensor } = {
  add, max: (a, b) => a.dtype === 'bool' ? or(a, b) : max(a, b), min: (a, b) => a.dtype === 'bool' ? and(a, b) : min(a, b),
};
const reduced: { readonly [F in Fold]: (x: AnyTensor, axes: readonly number[]) => AnyTensor } = { add: reduceSum, max: reduceMax, min: reduceMin };
/** Padding takes no part. */
function neutral(fold: Fold, d: DType): number {
  if (fold === 'add') return 0;
  const { min: least, max: most } = isFloat(d) ? { min: -Infinity, max: Infinity } : dtypeInfo[d];
  return fold === 'max' ? least : most;
}
/** Elements of a window that are folded in one expression. */
const unrolled = 16;

/** The operand with its padding and its holes made. */
const padded = (x: AnyTensor, value: number, p: WindowParams): AnyTensor =>
  pad(x, constant(value, [], x.dtype), p.padding.map(([low]) => low), p.padding.map(([, high]) => high), p.baseDilation.map(n => n - 1));
/** What each window has at one of its places, of an operand that is padded. */
function tapOf(x: AnyTensor, place: readonly number[], counts: readonly number[], p: WindowParams): AnyTensor {
  const start = place.map((k, i) => k * at(p.windowDilation, i));
  return slice(x, start, start.map((s, i) => s + (at(counts, i) - 1) * at(p.strides, i) + 1), p.strides);
}
/** All places in a window, in row-major order. */
const placesOf = (window: readonly number[]): number[][] => window.reduce<number[][]>((list, n) => list.flatMap(place => range(n).map(k => [...place, k])), [[]]);
/** Sums of half precision are rounded once. */
const inFloat = (x: AnyTensor, fold: Fold): AnyTensor => x.dtype === 'f16' && fold === 'add' ? convert(x, 'f32') : x;

/** The fold of each window. */
export function foldedWindows(x: AnyTensor, p: WindowParams, fold: Fold, name: string): AnyTensor {
  const counts = windowCounts(x.shape, p, name);
  if (sizeOf(counts) === 0) return constant(0, counts, x.dtype);
  const y = inFloat(padded(x, neutral(fold, x.dtype), p), fold);
  return convert(foldPadded(y, counts, p, fold), x.dtype);
}
function foldPadded(x: AnyTensor, counts: readonly number[], p: WindowParams, fold: Fold): AnyTensor {
  if (sizeOf(p.window) <= unrolled) return placesOf(p.window).map(place => tapOf(x, place, counts, p)).reduce(combined[fold]);
  const apart = separated(x, counts, p);
  if (apart !== null) return reduced[fold](apart.windows, apart.axes);
  // Axis after axis: the fold of a window is that of its rows.
  return p.window.reduce((y, n, axis) => n === 1 && at(p.strides, axis) === 1 && at(y.shape, axis) === at(counts, axis) ? y : foldAxis(y, axis, at(counts, axis), p, fold), x);
}
function foldAxis(x: AnyTensor, axis: number, count: number, p: WindowParams, fold: Fold): AnyTensor {
  const [window, stride, dilation] = [at(p.window, axis), at(p.strides, axis), at(p.windowDilation, axis)];
  /** `n` elements along the axis from `first` on, `step` apart. */
  const part = (y: AnyTensor, first: number, n: number, step: number): AnyTensor =>
    slice(y, y.shape.map((_, i) => i === axis ? first : 0), y.shape.map((m, i) => i === axis ? first + (n - 1) * step + 1 : m), y.shape.map((_, i) => i === axis ? step : 1));
  // Folds of 1, 2, 4, ... neighbours: a window of n is made of those that the binary digits of n name.
  let powers = x;
  let taken = 0;
  let result: AnyTensor | null = null;
  for (let m = 1; m <= window; m *= 2) {
    if ((window & m) !== 0) {
      const digit = part(powers, taken * dilation, count, stride);
      result = result === null ? digit : combined[fold](result, digit);
      taken += m;
    }
    if (2 * m > window) break;
    const length = at(powers.shape, axis) - m * dilation;
    powers = combined[fold](part(powers, 0, length, 1), part(powers, m * dilation, length, 1));
    // Otherwise what is folded in halves would be unfolded into one expression.
    if (m === 4 || m === 32 || m === 256) [powers = powers] = optimizationBarrier([powers]);
  }
  return result ?? x;
}
/** Windows side by side as axes of their own: [counts, window] for each axis. Null where they overlap or leave gaps. */
function separated(x: AnyTensor, counts: readonly number[], p: WindowParams): { readonly windows: AnyTensor; readonly axes: readonly number[]; readonly kept: readonly number[] } | null {
  if (p.window.some((n, i) => at(p.strides, i) !== n || (n > 1 && at(p.windowDilation, i) !== 1))) return null;
  const inside = slice(x, counts.map(() => 0), counts.map((n, i) => n * at(p.window, i)));
  const rank = counts.length;
  return { windows: reshape(inside, counts.flatMap((n, i) => [n, at(p.window, i)])), axes: range(rank).map(i => 2 * i + 1), kept: range(rank).map(i => 2 * i) };
}

/** The extremum of each window, and how many elements attain it: none where it is NaN or where there is padding alone. */
function extremaOf(by: AnyTensor, p: WindowParams, monoid: 'max' | 'min', counts: readonly number[], name: string): { readonly best: AnyTensor; readonly ties: AnyTensor } {
  const [best = by] = optimizationBarrier([foldedWindows(by, p, monoid, name)]);
  // Nothing equals the NaN that padding is.
  const y = padded(by, NaN, p);
  const apart = sizeOf(p.window) > unrolled ? separated(y, counts, p) : null;
  const ties = apart !== null
    ? reduceSum(convert(eq(apart.windows, broadcastInDim(best, apart.windows.shape, apart.kept)), 'f32'), apart.axes)
    : placesOf(p.window).map(place => convert(eq(tapOf(y, place, counts, p), best), 'f32')).reduce(add);
  return { best, ties: convert(ties, by.dtype) };
}

/** The mean of `values` where `by` attains the extremum of its window; NaN where that is NaN, 0 for padding alone. */
export function gatheredExtrema(values: AnyTensor, by: AnyTensor, p: WindowParams, monoid: 'max' | 'min'): AnyTensor {
  const counts = windowCounts(by.shape, p, 'selectAndGatherAdd');
  if (sizeOf(counts) === 0) return constant(0, counts, by.dtype);
  const { best, ties } = extremaOf(by, p, monoid, counts, 'selectAndGatherAdd');
  const [x, y] = [padded(values, 0, p), padded(by, NaN, p)];
  const chosen = (v: AnyTensor, b: AnyTensor, m: AnyTensor): AnyTensor => inFloat(select(eq(b, m), v, constantLike(0, v)), 'add');
  const [apart, apartBy] = sizeOf(p.window) > unrolled ? [separated(x, counts, p), separated(y, counts, p)] : [null, null];
  const sum = apart !== null && apartBy !== null
    ? reduceSum(chosen(apart.windows, apartBy.windows, broadcastInDim(best, apart.windows.shape, apart.kept)), apart.axes)
    : placesOf(p.window).map(place => chosen(tapOf(x, place, counts, p), tapOf(y, place, counts, p), best)).reduce(add);
  const empty = and(eq(best, best), eq(ties, constantLike(0, ties)));
  return select(empty, constantLike(0, ties), convert(div(sum, convert(ties, sum.dtype)), by.dtype));
}

/** Each of `values`, one for each window, shared among the elements at which `by` attains the window's extremum. */
export function scatteredExtrema(values: AnyTensor, by: AnyTensor, p: WindowParams, monoid: 'max' | 'min'): AnyTensor {
  const counts = windowCounts(by.shape, p, 'selectAndScatterAdd');
  if (sizeOf(counts) === 0) return constant(0, by.shape, by.dtype);
  const { best, ties } = extremaOf(by, p, monoid, counts, 'selectAndScatterAdd');
  const [share = values] = optimizationBarrier([inFloat(div(values, ties), 'add')]);
  const y = padded(by, NaN, p);
  const zero = constant(0, [], share.dtype);
  const apart = separated(y, counts, p);
  let wide: AnyTensor;
  if (apart !== null) {
    const { windows, kept } = apart;
    const [m, s] = [best, share].map(v => broadcastInDim(v, windows.shape, kept));
    const z = m === undefined || s === undefined ? windows : select(eq(windows, m), s, constantLike(0, s));
    const whole = reshape(z, counts.map((n, i) => n * at(p.window, i)));
    wide = pad(whole, zero, counts.map(() => 0), whole.shape.map((n, i) => at(y.shape, i) - n));
  } else {
    // The place of each window, spread by the strides.
    wide = placesOf(p.window).map(place => {
      const z = select(eq(tapOf(y, place, counts, p), best), share, constantLike(0, share));
      const low = place.map((k, i) => k * at(p.windowDilation, i));
      return pad(z, zero, low, counts.map((n, i) => at(y.shape, i) - at(low, i) - (n - 1) * at(p.strides, i) - 1), p.strides.map(s => s - 1));
    }).reduce(add);
  }
  // Padding and holes are taken away again.
  const own = pad(wide, zero, p.padding.map(([low]) => -low), p.padding.map(([, high]) => -high));
  return convert(slice(own, own.shape.map(() => 0), own.shape, p.baseDilation), by.dtype);
}
