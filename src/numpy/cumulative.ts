// Running reductions along an axis: cumsum, cumprod. Floor 7.
import { sumDType, type SumDType } from '../dtype/agree.ts';
import type { DType } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { AnyTensor, ReduceAxes, Tensor } from '../ir/tensor.ts';
import { convert } from '../primitive/convert.ts';
import * as primitive from '../primitive/cumulative.ts';
import { reshape } from '../primitive/reshape.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Product, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

/** Which axis runs; absent, the flat tensor. */
export interface AxisOption<Axis> { readonly axis?: Axis }
/** Of one axis the shape stays; the flat tensor has one axis. */
export type Running<S extends Shape, Axis, D extends DType> = Tensor<[Axis] extends [number] ? S : [Product<S>], D>;
type Along = <S extends Shape, D extends DType, const Axis extends number | undefined = undefined, K = unknown>(
  x: Tensor<S, D>, options?: AxisOption<ReduceAxes<S, Axis, true, K>>) => Running<S, Axis, SumDType<D, K>>;

function along(name: string, run: (x: AnyTensor, p: { readonly axis: number; readonly reverse: boolean }) => AnyTensor): (x: AnyTensor, options?: AxisOption<unknown>) => never {
  return (x, options) => {
    const handle = handleOf(x, name);
    const axis: number | undefined = typed(optionsOf(name, options, { axis: 'any' })?.axis);
    const source = axis === undefined ? reshape(handle, [sizeOf(handle.shape)]) : handle;
    return typed(run(convert(source, sumDType(source.dtype)), { axis: axisIndex(source.shape, axis ?? 0), reverse: false }));
  };
}

/**
 * The sum of all elements up to each one along an axis, or of the flat tensor; of bool, i8 and u8 in 32 bits.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * cumsum(tensor([1, 2, 3])); // -> [1, 3, 6]
 */
export const cumsum: Along = along('cumsum', primitive.cumsum);

/**
 * The product of all elements up to each one along an axis, or of the flat tensor; of bool, i8 and u8 in 32 bits.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * cumprod(tensor([[1, 2], [3, 4]]), { axis: 1 }); // -> [[1, 2], [3, 12]]
 */
export const cumprod: Along = along('cumprod', primitive.cumprod);

export { cumprod as cumulativeProd, cumsum as cumulativeSum };
