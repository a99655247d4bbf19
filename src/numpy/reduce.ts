// Reductions over one axis, several, or all; axes from the end are negative, `keepdims` leaves a 1 in their place. Floor 7.
import { floatOnly, sumDType, type SumDType } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Floats, Reduced, ReduceAxes, ReduceOptions, Tensor } from '../ir/tensor.ts';
import { div, mul, sub } from '../primitive/arithmetic.ts';
import { constantLike, reduceSum } from '../primitive/broadcast.ts';
import * as composites from '../primitive/composites.ts';
import { convert } from '../primitive/convert.ts';
import * as reduction from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { sqrt } from '../primitive/power.ts';
import type { Axes } from '../shape/axis.ts';
import { show, type Shape } from '../shape/dim.ts';
import { stretched } from './operands.ts';
import { reduced, varianceOptions, type Plan } from './reductionPlan.ts';

/**
 * The sum over the axes. Floats are added pairwise, so the error grows as the logarithm of their number; bool, i8 and u8 are summed in 32 bits.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * sum(tensor([[1, 2], [3, 4]])); // -> 10
 * sum(tensor([[1, 2], [3, 4]]), { axis: 0, keepdims: true }); // -> [[4, 6]]
 */
export const sum = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, SumDType<D, K>, Axis, Keep, K> =>
  reduced('sum', x, options, (t, { axes }) => reduceSum(convert(t, sumDType(t.dtype)), axes));

/**
 * The product over the axes; of bool, i8 and u8 in 32 bits. Integers wrap. Its gradient is right where elements are zero.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * prod(tensor([[1, 2], [3, 4]]), { axis: 1 }); // -> [2, 12]
 */
export const prod = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, SumDType<D, K>, Axis, Keep, K> =>
  reduced('prod', x, options, (t, { axes }) => reduction.reduceProd(convert(t, sumDType(t.dtype)), axes));

const countOf = (x: AnyTensor, { axes }: Plan): number => sizeOf(axes.map(a => x.shape[a] ?? 1));
const meanOf = (x: AnyTensor, plan: Plan): AnyTensor => {
  const total = reduceSum(x, plan.axes);
  return div(total, constantLike(countOf(x, plan), total));
};

/**
 * The arithmetic mean over the axes; NaN where there is nothing to average.
 *
 * @throws `dtype` for integers and bools: say with astype in which float dtype to count, `axis` where an axis is out of range or given twice.
 * @example
 * mean(tensor([[1, 2], [3, 4]]), { axis: 0 }); // -> [2, 3]
 */
export const mean = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, 'mean', K>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('mean', x, options, (t, plan) => {
    floatOnly('mean', t.dtype);
    return meanOf(t, plan);
  });

/** As a reduction's options; `ddof` is taken from the number of elements before dividing by it: 1 for a sample's variance. */
export interface VarianceOptions<Axis, Keep> extends ReduceOptions<Axis, Keep> { readonly ddof?: number }
function varianceOf(name: string, x: AnyTensor, plan: Plan, ddof: number): AnyTensor {
  floatOnly(name, x.dtype);
  const centred = sub(x, stretched(reshape(meanOf(x, plan), plan.kept), x.shape));
  const total = reduceSum(mul(centred, centred), plan.axes);
  return div(total, constantLike(countOf(x, plan) - ddof, total));
}

/**
 * The variance over the axes, from the deviations from the mean, so that a large mean costs no digits.
 *
 * @throws `dtype` for integers and bools: use astype, `axis` where an axis is out of range or given twice.
 * @example
 * np.var(tensor([1, 2, 3, 4])); // -> 1.25
 * np.var(tensor([1, 2, 3, 4]), { ddof: 1 }); // -> 1.6666666
 */
const variance = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, 'var', K>, options?: VarianceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('var', x, options, (t, plan) => varianceOf('var', t, plan, options?.ddof ?? 0), varianceOptions);
export { variance as var };

/**
 * The standard deviation over the axes: the square root of the variance.
 *
 * @throws `dtype` for integers and bools: use astype, `axis` where an axis is out of range or given twice.
 * @example
 * std(tensor([2, 4, 4, 4, 5, 5, 7, 9])); // -> 2
 */
export const std = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, 'std', K>, options?: VarianceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('std', x, options, (t, plan) => sqrt(varianceOf('std', t, plan, options?.ddof ?? 0)), varianceOptions);

function extremum(name: 'max' | 'min', x: AnyTensor, plan: Plan): AnyTensor {
  const empty = plan.axes.find(a => x.shape[a] === 0);
  if (empty !== undefined && sizeOf(plan.shape) > 0) throw new ShapeError(`${name}: axis ${empty} of ${show(x.shape)} is empty and has no ${name === 'max' ? 'greatest' : 'least'} element`, 'axis');
  return name === 'max' ? reduction.reduceMax(x, plan.axes) : reduction.reduceMin(x, plan.axes);
}

/**
 * The greatest element over the axes; NaN if one is NaN. Equal greatest elements share the gradient.
 *
 * @throws `axis` where an axis is out of range, given twice or empty.
 * @example
 * max(tensor([[1, 5], [3, 4]]), { axis: 1 }); // -> [5, 4]
 */
export const max = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('max', x, options, (t, plan) => extremum('max', t, plan));

/**
 * The least element over the axes; NaN if one is NaN. Equal least elements share the gradient.
 *
 * @throws `axis` where an axis is out of range, given twice or empty.
 * @example
 * min(tensor([[1, 5], [3, 4]]), { axis: 1 }); // -> [1, 3]
 */
export const min = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('min', x, options, (t, plan) => extremum('min', t, plan));

/**
 * Whether an element holds over the axes; of numbers everything but 0 does. False where there is none.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * any(tensor([[false, true], [false, false]]), { axis: 1 }); // -> [true, false]
 */
export const any = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, 'bool', Axis, Keep, K> =>
  reduced('any', x, options, (t, { axes }) => reduction.reduceMax(convert(t, 'bool'), axes));

/**
 * Whether all elements hold over the axes; of numbers everything but 0 does. True where there is none.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * all(tensor([[true, true], [false, true]]), { axis: 1 }); // -> [true, false]
 */
export const all = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, 'bool', Axis, Keep, K> =>
  reduced('all', x, options, (t, { axes }) => reduction.reduceMin(convert(t, 'bool'), axes));

/**
 * `log(sum(exp(x)))` over the axes, without overflow. Its gradient is softmax.
 *
 * @throws `dtype` for integers and bools, `axis` where an axis is out of range or given twice.
 * @example
 * logsumexp(tensor([1000, 1000])); // -> 1000.6931
 */
export const logsumexp = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, 'logsumexp', K>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> =>
  reduced('logsumexp', x, options, (t, { axes }) => {
    floatOnly('logsumexp', t.dtype);
    return composites.logsumexp(t, axes);
  });
export { max as amax, min as amin };
