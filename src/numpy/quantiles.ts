// Order statistics: quantiles, percentiles, medians, of all elements or of those that are no NaN. Floor 7.
import { floatOnly } from '../dtype/agree.ts';
import { CotangentError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Floats, Reduced, ReduceAxes, ReduceOptions } from '../ir/tensor.ts';
import { add, mul, sub } from '../primitive/arithmetic.ts';
import { takeAlongAxis } from '../primitive/alongAxis.ts';
import { broadcastInDim, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, ne } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { max } from '../primitive/extremum.ts';
import { reduceMax } from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { ceil, floor, round } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { sort } from '../primitive/sort.ts';
import { transpose } from '../primitive/transpose.ts';
import type { Axes } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';
import { planOf, reductionOptions } from './reductionPlan.ts';
import { typed } from './typed.ts';

/** What lies between two elements: their interpolation, one of them, or the point half way. */
export type QuantileMethod = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint';
/** As a reduction's options; `method` says what lies between two elements (default `linear`). */
export interface QuantileOptions<Axis, Keep> extends ReduceOptions<Axis, Keep> { readonly method?: QuantileMethod }
type Quantile<Name extends string> = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, Name, K>, q: number, options?: QuantileOptions<ReduceAxes<S, Axis, Keep, K>, Keep>) => Reduced<S, D, Axis, Keep, K>;
type Median<Name extends string> = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, Name, K>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>) => Reduced<S, D, Axis, Keep, K>;

const quantileOptions = { ...reductionOptions, method: ['linear', 'lower', 'higher', 'nearest', 'midpoint'] } as const;
function quantileOf(name: string, x: unknown, q: number, options: unknown, overNaN: boolean): never {
  const handle = handleOf(typed(x), name);
  floatOnly(name, handle.dtype);
  if (!(q >= 0 && q <= 1)) throw new CotangentError('value', `${name}: ${q} lies outside of [0, 1]`);
  const plan = planOf(name, handle.shape, options, name.endsWith('median') ? reductionOptions : quantileOptions);
  const { method = 'linear' }: { readonly method?: QuantileMethod } = typed(options ?? {});
  const others = range(handle.shape.length).filter(axis => !plan.axes.includes(axis));
  const n = sizeOf(plan.axes.map(axis => at(handle.shape, axis)));
  if (n === 0) throw new CotangentError('axis', `${name}: the axes of [${handle.shape.join(', ')}] that are reduced have no elements`);
  const outer = others.map(axis => at(handle.shape, axis));
  const rows = reshape(transpose(handle, [...others, ...plan.axes]), [...outer, n]);
  const sorted = at(sort(rows, [], outer.length), 0);
  return typed(reshape(between(rows, sorted, q, method, overNaN), plan.shape));
}
/** The element of each sorted row at a fraction of the way from the first to the last (number). NaN, if it counts, makes the row NaN. */
function between(rows: AnyTensor, sorted: AnyTensor, q: number, method: QuantileMethod, overNaN: boolean): AnyTensor {
  const last = rows.shape.length - 1;
  const outer = rows.shape.slice(0, last);
  const isNaN = convert(ne(rows, rows), 'i32');
  const count = reduceSum(isNaN, [last]);
  const most = sub(constantLike(at(rows.shape, last) - 1, count), overNaN ? count : constantLike(0, count));
  const none = constantLike(0, most);
  // In f32 at least, so that f16 can count.
  const wide = rows.dtype === 'f16' ? 'f32' : rows.dtype;
  const place = mul(convert(max(most, none), wide), constantLike(q, convert(most, wide)));
  const [below, above] = [floor(place), ceil(place)];
  const take = (index: AnyTensor): AnyTensor => reshape(takeAlongAxis(sorted, reshape(convert(index, 'i32'), [...outer, 1]), last, 'clip'), outer);
  const pick: { readonly [M in QuantileMethod]: () => AnyTensor } = {
    lower: () => take(below), higher: () => take(above), nearest: () => take(round(place)),
    midpoint: () => mul(add(take(below), take(above)), constantLike(0.5, take(below))),
    linear: () => {
      const [a, b] = [take(below), take(above)];
      // Where both are one element, infinite ones above all, there is nothing to interpolate.
      return select(eq(a, b), a, add(a, mul(convert(sub(place, below), a.dtype), sub(b, a))));
    },
  };
  const how: (() => AnyTensor) | undefined = pick[method];
  if (how === undefined) throw new CotangentError('options', `quantile: method ${JSON.stringify(method)} is none of ${Object.keys(pick).join(', ')}`);
  const value = how();
  const spoiled = overNaN ? reduceMax(broadcastInDim(eq(count, constantLike(at(rows.shape, last), count)), [...outer, 1], range(last)), [last]) : ne(count, none);
  return select(spoiled, constantLike(NaN, value), value);
}

/**
 * The element at a fraction `q` of the way from the least to the greatest, interpolated between its neighbours. NaN if one is NaN.
 *
 * @throws `dtype` for integers and bools, `value` for a `q` outside [0, 1], `axis` where an axis is out of range, given twice or empty.
 * @example
 * quantile(tensor([1, 2, 3, 4]), 0.5); // -> 2.5
 */
export const quantile: Quantile<'quantile'> = (x, q, options) => quantileOf('quantile', x, q, options, false);

/**
 * The element at `q` percent of the way from the least to the greatest. NaN if one is NaN.
 *
 * @throws `dtype` for integers and bools, `value` for a `q` outside [0, 100], `axis` where an axis is out of range, given twice or empty.
 * @example
 * percentile(tensor([1, 2, 3, 4]), 25, { method: 'lower' }); // -> 1
 */
export const percentile: Quantile<'percentile'> = (x, q, options) => quantileOf('percentile', x, q / 100, options, false);

/**
 * The middle element, or the mean of the two middle ones. NaN if one is NaN.
 *
 * @throws `dtype` for integers and bools, `axis` where an axis is out of range, given twice or empty.
 * @example
 * median(tensor([[3, 1, 2], [6, 4, 9]]), { axis: 1 }); // -> [2, 6]
 */
export const median: Median<'median'> = (x, options) => quantileOf('median', x, 0.5, options, false);

/**
 * As `quantile`, of the elements that are no NaN; NaN where there is none.
 *
 * @throws `dtype` for integers and bools, `value` for a `q` outside [0, 1], `axis` where an axis is out of range, given twice or empty.
 * @example
 * nanquantile(tensor([1, NaN, 3]), 0.5); // -> 2
 */
export const nanquantile: Quantile<'nanquantile'> = (x, q, options) => quantileOf('nanquantile', x, q, options, true);

/**
 * As `percentile`, of the elements that are no NaN; NaN where there is none.
 *
 * @throws `dtype` for integers and bools, `value` for a `q` outside [0, 100], `axis` where an axis is out of range, given twice or empty.
 * @example
 * nanpercentile(tensor([1, NaN, 3]), 100); // -> 3
 */
export const nanpercentile: Quantile<'nanpercentile'> = (x, q, options) => quantileOf('nanpercentile', x, q / 100, options, true);

/**
 * As `median`, of the elements that are no NaN; NaN where there is none.
 *
 * @throws `dtype` for integers and bools, `axis` where an axis is out of range, given twice or empty.
 * @example
 * nanmedian(tensor([1, NaN, 3, 7])); // -> 3
 */
export const nanmedian: Median<'nanmedian'> = (x, options) => quantileOf('nanmedian', x, 0.5, options, true);
