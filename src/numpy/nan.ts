// Reductions that pass over NaN. Integers have none, and are reduced as they are. Floor 7.
import { floatOnly, sumDType, type SumDType } from '../dtype/agree.ts';
import { isFloat, type DType } from '../dtype/dtype.ts';
import type { AnyTensor, Floats, Reduced, ReduceAxes, ReduceOptions, Tensor } from '../ir/tensor.ts';
import { div, mul, sub } from '../primitive/arithmetic.ts';
import { constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, ne } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { reduceMax, reduceMin, reduceProd } from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { sqrt } from '../primitive/power.ts';
import { select } from '../primitive/select.ts';
import type { Axes } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { cumprod, cumsum, type AxisOption, type Running } from './cumulative.ts';
import { argmax, argmin } from './extremes.ts';
import { stretched } from './operands.ts';
import { max, min, type VarianceOptions } from './reduce.ts';
import { reduced, reductionOptions, varianceOptions, type Plan } from './reductionPlan.ts';
import { typed } from './typed.ts';

/** `x` with `value` where it is NaN. */
const without = (x: AnyTensor, value: number): AnyTensor => isFloat(x.dtype) ? select(ne(x, x), constantLike(value, x), x) : x;
/** How many elements are numbers, in their own dtype. */
const countOf = (x: AnyTensor, axes: readonly number[]): AnyTensor => reduceSum(convert(eq(x, x), x.dtype), axes);

type Summing = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>) => Reduced<S, SumDType<D, K>, Axis, Keep, K>;
/**
 * The sum of the elements that are no NaN; 0 where there is none.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * nansum(tensor([1, NaN, 3])); // -> 4
 */
export const nansum: Summing = (x, options) => reduced('nansum', x, options, (t, { axes }) => reduceSum(convert(without(t, 0), sumDType(t.dtype)), axes));

/**
 * The product of the elements that are no NaN; 1 where there is none.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * nanprod(tensor([2, NaN, 3])); // -> 6
 */
export const nanprod: Summing = (x, options) => reduced('nanprod', x, options, (t, { axes }) => reduceProd(convert(without(t, 1), sumDType(t.dtype)), axes));

type Averaging<Name extends string> = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, Name, K>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>) => Reduced<S, D, Axis, Keep, K>;
const meanOf = (x: AnyTensor, axes: readonly number[]): AnyTensor => div(reduceSum(without(x, 0), axes), countOf(x, axes));
/**
 * The mean of the elements that are no NaN; NaN where there is none.
 *
 * @throws `dtype` for integers and bools, `axis` where an axis is out of range or given twice.
 * @example
 * nanmean(tensor([1, NaN, 3])); // -> 2
 */
export const nanmean: Averaging<'nanmean'> = (x, options) => reduced('nanmean', x, options, (t, { axes }) => {
  floatOnly('nanmean', t.dtype);
  return meanOf(t, axes);
});

function varianceOf(name: string, x: AnyTensor, { axes, kept }: Plan, ddof: number): AnyTensor {
  floatOnly(name, x.dtype);
  const centred = without(sub(x, stretched(reshape(meanOf(x, axes), kept), x.shape)), 0);
  const count = countOf(x, axes);
  return div(reduceSum(mul(centred, centred), axes), sub(count, constantLike(ddof, count)));
}
/**
 * The variance of the elements that are no NaN; NaN where there is none.
 *
 * @throws `dtype` for integers and bools, `axis` where an axis is out of range or given twice.
 * @example
 * nanvar(tensor([1, NaN, 3])); // -> 1
 */
export const nanvar = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, 'nanvar', K>, options?: VarianceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('nanvar', x, options, (t, plan) => varianceOf('nanvar', t, plan, options?.ddof ?? 0), varianceOptions);

/**
 * The standard deviation of the elements that are no NaN; NaN where there is none.
 *
 * @throws `dtype` for integers and bools, `axis` where an axis is out of range or given twice.
 * @example
 * nanstd(tensor([1, NaN, 3])); // -> 1
 */
export const nanstd = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, 'nanstd', K>, options?: VarianceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('nanstd', x, options, (t, plan) => sqrt(varianceOf('nanstd', t, plan, options?.ddof ?? 0)), varianceOptions);

type Extreme = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>) => Reduced<S, D, Axis, Keep, K>;
function extreme(name: string, plain: typeof max, reduce: (x: AnyTensor, axes: readonly number[]) => AnyTensor, least: number): Extreme {
  return (x, options) => {
    const { dtype } = handleOf(x, name);
    optionsOf(name, options, reductionOptions);
    // Refuses empty axes, too.
    const usual = plain(x, options);
    if (!isFloat(dtype)) return usual;
    return reduced(name, x, options, (t, { axes }) => {
      const found = reduce(without(t, least), axes);
      const count = countOf(t, axes);
      return select(eq(count, constantLike(0, count)), constantLike(NaN, found), found);
    });
  };
}
/**
 * The greatest of the elements that are no NaN; NaN where there is none.
 *
 * @throws `axis` where an axis is out of range, given twice or empty.
 * @example
 * nanmax(tensor([1, NaN, 3])); // -> 3
 */
export const nanmax: Extreme = extreme('nanmax', max, reduceMax, -Infinity);

/**
 * The least of the elements that are no NaN; NaN where there is none.
 *
 * @throws `axis` where an axis is out of range, given twice or empty.
 * @example
 * nanmin(tensor([1, NaN, 3])); // -> 1
 */
export const nanmin: Extreme = extreme('nanmin', min, reduceMin, Infinity);

type Index = <S extends Shape, D extends DType, const Axis extends number | undefined = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>) => Reduced<S, 'i32', Axis, Keep, K>;
/**
 * The index of the first greatest element that is no NaN; -1 where there is none, as in JAX. i32.
 *
 * @throws `axis` where the axis is out of range or empty.
 * @example
 * nanargmax(tensor([1, NaN, 3])); // -> 2
 */
export const nanargmax: Index = (x, options) => indexed('nanargmax', x, options, argmax, -Infinity);

/**
 * The index of the first least element that is no NaN; -1 where there is none, as in JAX. i32.
 *
 * @throws `axis` where the axis is out of range or empty.
 * @example
 * nanargmin(tensor([NaN, 1, 3])); // -> 1
 */
export const nanargmin: Index = (x, options) => indexed('nanargmin', x, options, argmin, Infinity);
function indexed(name: string, x: AnyTensor, options: unknown, find: Index, least: number): never {
  const handle = handleOf(x, name);
  optionsOf(name, options, reductionOptions);
  const found: AnyTensor = typed(find(typed(without(handle, least)), typed(options)));
  if (!isFloat(handle.dtype)) return typed(found);
  // A number that equals the replacement may stand after a NaN that was replaced: among those the first number is meant.
  return reduced(name, x, options, (t, { axes }) => {
    const count = countOf(t, axes);
    const flat = reshape(found, count.shape);
    const replaced = without(t, least);
    const bestAll = least < 0 ? reduceMax(replaced, axes) : reduceMin(replaced, axes);
    const onlyReplacements = eq(bestAll, constantLike(least, bestAll));
    const numbers: AnyTensor = convert(eq(t, t), 'i32');
    const firstNumber = reshape(argmax(typed(numbers), typed(options)), count.shape);
    return select(eq(count, constantLike(0, count)), constantLike(-1, flat), select(onlyReplacements, firstNumber, flat));
  });
}

type Along = <S extends Shape, D extends DType, const Axis extends number | undefined = undefined, K = unknown>(
  x: Tensor<S, D>, options?: AxisOption<ReduceAxes<S, Axis, true, K>>) => Running<S, Axis, SumDType<D, K>>;
/**
 * As `cumsum`, with NaN as 0.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * nancumsum(tensor([1, NaN, 3])); // -> [1, 1, 4]
 */
export const nancumsum: Along = (x, options) => typed(cumsum(typed(without(handleOf(x, 'nancumsum'), 0)), typed(optionsOf('nancumsum', options, { axis: 'any' }))));

/**
 * As `cumprod`, with NaN as 1.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * nancumprod(tensor([2, NaN, 3])); // -> [2, 2, 6]
 */
export const nancumprod: Along = (x, options) => typed(cumprod(typed(without(handleOf(x, 'nancumprod'), 1)), typed(optionsOf('nancumprod', options, { axis: 'any' }))));
