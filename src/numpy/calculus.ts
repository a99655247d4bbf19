// Differences, sums and products of neighbours along an axis: diff, gradient, trapezoid, interp, convolve. Floor 7.
import { agree, floatOnly } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Reduced, ReduceAxes, Tensor } from '../ir/tensor.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, ge, gt, lt, ne } from '../primitive/comparison.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convGeneral } from '../primitive/conv.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { max, min } from '../primitive/extremum.ts';
import { gather } from '../primitive/gather.ts';
import { reshape } from '../primitive/reshape.ts';
import { reverse } from '../primitive/reverse.ts';
import { floor } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { axisIndex, type At, type AxisMessage } from '../shape/axis.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Add, Dims, Shape, Sub } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

type Shorter<S extends Shape, Axis extends number, N extends number, K> =
  At<S, Axis, K> extends readonly [infer P extends Shape, infer d extends number, infer Q extends Shape] ? [...P, Sub<d, N>, ...Q] : AxisMessage<S, Axis, At<S, Axis, K>, K>;
/** How often differences are taken, and along which axis (default the last). */
export interface DiffOptions<N, Axis> { readonly n?: N; readonly axis?: Axis }
const pairs = (x: AnyTensor, axis: number): readonly [later: AnyTensor, earlier: AnyTensor] => {
  const n = at(x.shape, axis);
  return [sliceAxis(x, axis, Math.min(1, n), n), sliceAxis(x, axis, 0, Math.max(0, n - 1))];
};

/**
 * The differences of neighbours along an axis (the last by default), `n` times over; of bools where neighbours differ.
 *
 * @throws `axis` where the axis is out of range, `shape` where `n` is no natural number or exceeds the axis.
 * @example
 * diff(tensor([1, 4, 9, 16])); // -> [3, 5, 7]
 * diff(tensor([1, 4, 9, 16]), { n: 2 }); // -> [2, 2]
 */
export const diff = <S extends Shape, D extends DType, const N extends number = 1, const Axis extends number = -1, K = unknown>(
  x: Check<Shorter<S, Axis, N, K>, Tensor<S, D>, K>, options?: DiffOptions<N, Axis>): Tensor<Ok<Shorter<S, Axis, N, K>, K>, D> => {
  const handle = handleOf(typed(x), 'diff');
  const { n = 1, axis = -1 }: DiffOptions<number, number> = optionsOf('diff', options, { n: 'integer', axis: 'integer' }) ?? {};
  const place = axisIndex(handle.shape, axis);
  if (!Number.isInteger(n) || n < 0 || n > at(handle.shape, place)) throw new ShapeError(`diff: ${n} times along axis ${axis} of [${handle.shape.join(', ')}]`);
  return typed(range(n).reduce<AnyTensor>(y => {
    const [later, earlier] = pairs(y, place);
    return handle.dtype === 'bool' ? ne(later, earlier) : sub(later, earlier);
  }, handle));
};

/**
 * The differences of neighbours in the flat tensor.
 *
 * @example
 * ediff1d(tensor([[1, 4], [9, 16]])); // -> [3, 5, 7]
 */
export const ediff1d = <D extends Float | Int>(x: Tensor<Shape, D>): Tensor<[number], D> => {
  const handle = handleOf(x, 'ediff1d');
  const [later, earlier] = pairs(reshape(handle, [handle.shape.reduce((n, d) => n * d, 1)]), 0);
  return typed(sub(later, earlier));
};

/**
 * The derivative of samples along one axis (default the last): central differences, one-sided at both ends. Points lie `spacing` apart (default 1),
 * a number or the places of the points.
 *
 * @throws `dtype` for integers, `axis` where the axis is out of range, `shape` where it has fewer than two points, or there is not one place for each.
 * @example
 * gradient(tensor([1, 4, 9, 16])); // -> [3, 4, 6, 7]
 */
export const gradient = <S extends Shape, D extends Float>(x: Tensor<S, D>, spacing: number | Tensor<[number], NoInfer<D>> = 1, options: { readonly axis?: number } = {}): Tensor<S, D> => {
  const handle = handleOf(x, 'gradient');
  floatOnly('gradient', handle.dtype);
  const axis = axisIndex(handle.shape, optionsOf('gradient', options, { axis: 'integer' }).axis ?? -1);
  const n = at(handle.shape, axis);
  if (n < 2) throw new ShapeError(`gradient: axis ${axis} of [${handle.shape.join(', ')}] has fewer than two points`);
  const cut = (y: AnyTensor, from: number, to: number): AnyTensor => sliceAxis(y, axis, from, to);
  const [later, earlier] = pairs(handle, axis);
  const gaps = gapsOf('gradient', spacing, n, handle, axis);
  const slopes = div(sub(later, earlier), gaps);
  // Where points lie unevenly, the slopes on both sides weigh as the opposite gaps do: exact for parabolas.
  const [left, right] = [cut(gaps, 0, n - 2), cut(gaps, 1, n - 1)];
  const inner = div(add(mul(cut(slopes, 0, n - 2), right), mul(cut(slopes, 1, n - 1), left)), add(left, right));
  return typed(concatenate([cut(slopes, 0, 1), inner, cut(slopes, n - 2, n - 1)], axis));
};
/** The gaps between n points along an axis, in the shape of differences of `x`. */
function gapsOf(name: string, spacing: number | AnyTensor, n: number, x: AnyTensor, axis: number): AnyTensor {
  const shape = x.shape.map((d, i) => i === axis ? n - 1 : d);
  if (typeof spacing === 'number') return constant(spacing, shape, x.dtype);
  const places = handleOf(spacing, name);
  agree(x.dtype, places.dtype);
  if (places.shape.length !== 1 || places.shape[0] !== n) throw new ShapeError(`${name}: places [${places.shape.join(', ')}] for ${n} points along axis ${axis}`);
  const [later, earlier] = pairs(places, 0);
  return broadcastInDim(sub(later, earlier), shape, [axis]);
}

/** The places of the points along the axis, or their distance. */
export interface TrapezoidOptions<Axis, D extends DType> { readonly x?: Tensor<[number], D>; readonly dx?: number; readonly axis?: Axis }
/**
 * The integral of samples along an axis (default the last) by the trapezoidal rule. Points lie `dx` apart (default 1), or at `x`.
 *
 * @throws `dtype` for integers, `axis` where the axis is out of range, `shape` where there is not one place for each point.
 * @example
 * trapezoid(tensor([1, 2, 3])); // -> 4
 */
export const trapezoid = <S extends Shape, D extends Float, const Axis extends number = -1, K = unknown>(
  y: Tensor<S, D>, options?: TrapezoidOptions<ReduceAxes<S, Axis, false, K>, NoInfer<D>>): Reduced<S, D, Axis, false, K> => {
  const handle = handleOf(y, 'trapezoid');
  floatOnly('trapezoid', handle.dtype);
  const axis = axisIndex(handle.shape, typed(optionsOf('trapezoid', options, { x: 'any', dx: 'number', axis: 'integer' })?.axis ?? -1));
  const n = at(handle.shape, axis);
  const [later, earlier] = pairs(handle, axis);
  const middle = mul(add(later, earlier), constantLike(0.5, later));
  const places = options?.x;
  const weighted = n === 0 ? middle : places === undefined ? mul(middle, constantLike(options?.dx ?? 1, middle)) : mul(middle, gapsOf('trapezoid', places, n, handle, axis));
  return typed(reduceSum(weighted, [axis]));
};

/** What stands outside the points: by default the value at the nearer end. */
export interface InterpOptions { readonly left?: number; readonly right?: number; readonly period?: number }
/**
 * The values at `x` of the line through points whose places `xp` increase; outside of them the value at the nearer end, or `left` and `right`.
 * With a period, points and places are taken modulo it: `xp` must increase within one period.
 *
 * @throws `dtype` where dtypes differ or are integers, `shape` where points and values differ in number or there are none.
 * @example
 * interp(tensor([0, 1.5, 9]), tensor([1, 2]), tensor([10, 20])); // -> [10, 15, 20]
 */
export const interp = <S extends Shape, D extends Float, N extends number>(x: Tensor<S, D>, xp: Tensor<[N], NoInfer<D>>, fp: Tensor<[NoInfer<N>], NoInfer<D>>, options: InterpOptions = {}): Tensor<S, D> => {
  const [given, points, values] = [handleOf(x, 'interp'), handleOf(xp, 'interp'), handleOf(fp, 'interp')];
  floatOnly('interp', given.dtype);
  agree(given.dtype, points.dtype);
  agree(given.dtype, values.dtype);
  const n = at(points.shape, 0);
  if (n === 0 || values.shape[0] !== n) throw new ShapeError(`interp: places [${points.shape.join(', ')}] and values [${values.shape.join(', ')}] of the points`);
  optionsOf('interp', options, { left: 'number', right: 'number', period: 'number' });
  return typed(options.period === undefined ? alongLine(given, points, values, options) : periodic(given, points, values, options.period));
};
function alongLine(x: AnyTensor, xp: AnyTensor, fp: AnyTensor, { left, right }: InterpOptions): AnyTensor {
  const n = at(xp.shape, 0);
  const rank = x.shape.length;
  const shape = [...x.shape, n];
  // The point before: as many as are not above, less one; kept so that one follows it.
  const counted = reduceSum(convert(ge(broadcastInDim(x, shape, range(rank)), broadcastInDim(xp, shape, [rank])), 'i32'), [rank]);
  const before = min(max(sub(counted, constantLike(1, counted)), constantLike(0, counted)), constantLike(Math.max(0, n - 2), counted));
  const after = min(add(before, constantLike(1, before)), constantLike(n - 1, before));
  const pick = (y: AnyTensor, index: AnyTensor): AnyTensor => gather(y, index, { axis: 0, mode: 'clip' });
  const [x0, x1, f0, f1] = [pick(xp, before), pick(xp, after), pick(fp, before), pick(fp, after)];
  const gap = sub(x1, x0);
  const flat = eq(gap, constantLike(0, gap));
  const inner = add(f0, mul(sub(f1, f0), div(sub(x, x0), select(flat, constantLike(1, gap), gap))));
  const ends = (at0: boolean): AnyTensor => {
    const i = at0 ? 0 : n - 1;
    const number = at0 ? left : right;
    return number === undefined ? broadcastInDim(reshape(sliceAxis(fp, 0, i, i + 1), []), x.shape, []) : constantLike(number, x);
  };
  const end = (i: number): AnyTensor => broadcastInDim(reshape(sliceAxis(xp, 0, i, i + 1), []), x.shape, []);
  const above = gt(x, end(n - 1));
  const value = select(lt(x, end(0)), ends(true), select(above, ends(false), n === 1 ? f0 : inner));
  return select(ne(x, x), x, value);
}
/** The points repeated once on each side. */
function periodic(x: AnyTensor, xp: AnyTensor, fp: AnyTensor, period: number): AnyTensor {
  if (!(Math.abs(period) > 0)) throw new ShapeError(`interp: the period is ${period}; it must not be 0`);
  const p = constantLike(Math.abs(period), xp);
  const shifted = concatenate([sub(xp, p), xp, add(xp, p)], 0);
  const wrap = (y: AnyTensor): AnyTensor => {
    const size = constantLike(Math.abs(period), y);
    const first = broadcastInDim(reshape(sliceAxis(xp, 0, 0, 1), []), y.shape, []);
    const away = sub(y, first);
    const whole = flooredQuotient(away, size);
    return sub(y, mul(whole, size));
  };
  return alongLine(wrap(x), shifted, concatenate([fp, fp, fp], 0), {});
}
const flooredQuotient = (x: AnyTensor, y: AnyTensor): AnyTensor => floor(div(x, y));

// ---- convolution of vectors ------------------------------------------------------------------------------------------------

/** Which part: all overlaps, as many as the longer operand has elements, or those where the shorter one lies inside. */
export type Overlap = 'full' | 'same' | 'valid';
const overlaps: readonly Overlap[] = ['full', 'same', 'valid'];
function slid(name: string, a: AnyTensor, b: AnyTensor, mode: Overlap, turned: boolean): AnyTensor {
  const [x, w] = [handleOf(a, name), handleOf(b, name)];
  floatOnly(name, x.dtype);
  agree(x.dtype, w.dtype);
  const [n, m] = [x.shape[0] ?? 0, w.shape[0] ?? 0];
  if (x.shape.length !== 1 || w.shape.length !== 1 || n === 0 || m === 0) throw new ShapeError(`${name}: [${x.shape.join(', ')}] and [${w.shape.join(', ')}] are not two vectors with elements`);
  // All overlaps; the parts are cut from them as NumPy cuts them.
  const all = convGeneral(reshape(x, [1, 1, n]), reshape(turned ? reverse(w, [0]) : w, [1, 1, m]), {
    lhs: [0, 1, 2], rhs: [0, 1, 2], out: [0, 1, 2], strides: [1], padding: [[m - 1, m - 1]], lhsDilation: [1], rhsDilation: [1], featureGroups: 1, batchGroups: 1,
  });
  const flat = reshape(all, [n + m - 1]);
  const [long, short] = [Math.max(n, m), Math.min(n, m)];
  if (mode === 'full') return flat;
  if (mode === 'valid') return sliceAxis(flat, 0, short - 1, long);
  // Of an even kernel the middle lies one to the left; where a correlation exchanges its operands it is turned round, and so is the middle.
  const from = !turned && m > n ? short - 1 - Math.floor((short - 1) / 2) : Math.floor((short - 1) / 2);
  return sliceAxis(flat, 0, from, from + long);
}
type OverlapLength<N extends number, M extends number, Mode extends Overlap> = Mode extends 'full' ? Sub<Add<N, M>, 1> : number;

/**
 * The convolution of two vectors: `out[k] = sum a[i] b[k - i]`. `full` (the default) has n + m - 1 elements.
 *
 * @throws `dtype` where dtypes differ or are integers, `shape` where one is no vector or is empty.
 * @example
 * convolve(tensor([1, 2, 3]), tensor([0, 1, 0.5])); // -> [0, 1, 2.5, 4, 1.5]
 */
export const convolve = <N extends number, M extends number, D extends Float, const Mode extends Overlap = 'full'>(a: Tensor<[N], D>, b: Tensor<[M], NoInfer<D>>, options?: { readonly mode?: Mode }): Tensor<Dims<[OverlapLength<N, M, Mode>]>, D> =>
  typed(slid('convolve', a, b, optionsOf('convolve', options, { mode: overlaps })?.mode ?? 'full', true));

/**
 * The correlation of two vectors: `out[k] = sum a[i + k] b[i]`. `valid` (the default) has the places where the shorter one lies inside.
 *
 * @throws `dtype` where dtypes differ or are integers, `shape` where one is no vector or is empty.
 * @example
 * correlate(tensor([1, 2, 3]), tensor([0, 1, 0.5])); // -> [3.5]
 */
export const correlate = <N extends number, M extends number, D extends Float, const Mode extends Overlap = 'valid'>(a: Tensor<[N], D>, b: Tensor<[M], NoInfer<D>>, options?: { readonly mode?: Mode }): Tensor<Dims<[OverlapLength<N, M, Mode>]>, D> =>
  typed(slid('correlate', a, b, optionsOf('correlate', options, { mode: overlaps })?.mode ?? 'valid', false));
