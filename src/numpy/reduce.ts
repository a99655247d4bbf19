// Reductions over one axis, several, or all. Floor 7.
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { reduceSum } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { reshape } from '../primitive/reshape.ts';
import { axisIndices, type Axes } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { reduce, type Reduce } from '../shape/reduce.ts';
import type { Same } from '../shape/same.ts';
import { handleOf } from '../trace/handle.ts';
import { typed, type Check, type Ok } from './typed.ts';

/** Which axes a reduction takes away, and whether it leaves a 1 in place of each. */
export interface ReduceOptions<Axis, Keep> {
  /** One axis, a list of axes, or (absent) all. Negative ones count from the end. */
  readonly axis?: Axis;
  readonly keepdims?: Keep;
}
interface Options { readonly axis?: Axes; readonly keepdims?: boolean }
type Reduced<S extends Shape, Axis extends Axes, Keep extends boolean, D extends DType, K> = Tensor<Ok<Reduce<S, Axis, Keep, K>, K>, D>;
type AxisOf<S extends Shape, Axis extends Axes, Keep extends boolean, K> = Check<Reduce<S, Axis, Keep, K>, Axis, K>;

/** The axes in increasing order, and the shape of the result. */
export function reduction(shape: Shape, options: { readonly axis?: unknown; readonly keepdims?: boolean | undefined } = {}): { readonly axes: readonly number[]; readonly shape: readonly number[] } {
  const { axis, keepdims }: Options = typed(options);
  return { axes: axisIndices(shape, axis).sort((a, b) => a - b), shape: reduce(shape, axis, keepdims ?? false) };
}

/** Sums of packed integers and bools are 32 bits wide. */
export type SumDType<D extends DType, K = unknown> =
  Same<D, 'bool', K> extends true ? 'i32' : Same<D, 'i8', K> extends true ? 'i32' : Same<D, 'u8', K> extends true ? 'u32' : D;
const sumDType = (d: DType): DType => d === 'bool' || d === 'i8' ? 'i32' : d === 'u8' ? 'u32' : d;

/**
 * The sum over the axes. Floats are added pairwise, so the error grows as the logarithm of the count; bool, i8 and u8 are summed in 32 bits.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * sum(tensor([[1, 2], [3, 4]])); // -> 10
 * sum(tensor([[1, 2], [3, 4]]), { axis: 0, keepdims: true }); // -> [[4, 6]]
 */
export const sum = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<AxisOf<S, Axis, Keep, K>, Keep>,
): Reduced<S, Axis, Keep, SumDType<D, K>, K> => typed(sumOf(x, options));
function sumOf(x: AnyTensor, options: { readonly axis?: unknown; readonly keepdims?: boolean } | undefined): AnyTensor {
  const { axes, shape } = reduction(handleOf(x, 'sum').shape, options);
  return reshape(reduceSum(convert(x, sumDType(x.dtype)), axes), shape);
}
