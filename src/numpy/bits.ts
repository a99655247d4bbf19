// Bits of bytes: eight truth values packed into one u8, and back. Floor 7.
import { DTypeError } from '../error.ts';
import type { DType, Int } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { mul } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { and, shiftRightLogical } from '../primitive/logical.ts';
import { reshape } from '../primitive/reshape.ts';
import { pad, sliceAxis } from '../primitive/slice.ts';
import { moveAxis } from '../primitive/transpose.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { fromData } from './create.ts';
import { typed } from './typed.ts';

/** Which bit of a byte comes first: the highest (`big`, the default) or the lowest. */
export type BitOrder = 'big' | 'little';
/** As the tensor along an axis; flat without one. */
type Along<S extends Shape, Axis> = Axis extends number ? { [I in keyof S]: number } : [number];
/** What packing may be told. */
export interface PackOptions<Axis> { readonly axis?: Axis; readonly bitorder?: BitOrder }
/** What unpacking may be told. */
export interface UnpackOptions<Axis> extends PackOptions<Axis> {
  /** How many bits are wanted: fewer cut the end off, more add zeros, negative ones leave so many out at the end. Default all. */
  readonly count?: number;
}
const orders = ['big', 'little'] as const;
/** How far each bit of a byte lies from its lowest, in order. */
const places = (order: BitOrder = 'big'): AnyTensor => typed(fromData(Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7], i => order === 'big' ? 7 - i : i), [8], 'i32'));

/** The axis last, or all of it flat; and how to bring it back. */
function lines(x: AnyTensor, axis: number | undefined): readonly [AnyTensor, (y: AnyTensor) => AnyTensor] {
  if (axis === undefined) return [reshape(x, [sizeOf(x.shape)]), y => y];
  const place = axisIndex(x.shape, axis);
  return [moveAxis(x, place, x.shape.length - 1), y => moveAxis(y, y.shape.length - 1, place)];
}

/**
 * Eight truth values after the other as the bits of one byte, along an axis or of the flat tensor; what is not 0 is true. A last byte that is not full is
 * filled with zeros.
 *
 * @throws `dtype` for floats, `axis` where the axis is out of range.
 * @example
 * np.packbits(tensor([1, 0, 1, 0, 0, 0, 0, 0, 1], 'u8')); // -> [160, 128]
 * np.packbits(tensor([1, 0, 1], 'u8'), { bitorder: 'little' }); // -> [5]
 */
export const packbits = <S extends Shape, const Axis extends number | undefined = undefined>(x: Tensor<S, Int | 'bool'>, options: PackOptions<Axis> = {}): Tensor<Along<S, Axis>, 'u8'> => {
  const { axis, bitorder } = optionsOf('packbits', options, { axis: 'integer', bitorder: orders });
  const handle = handleOf(x, 'packbits');
  expectWhole('packbits', handle.dtype);
  const [rows, back] = lines(convert(convert(handle, 'bool'), 'i32'), axis);
  const last = rows.shape.length - 1;
  const bytes = Math.ceil(at(rows.shape, last) / 8);
  const full = pad(rows, constant(0, [], 'i32'), rows.shape.map(() => 0), rows.shape.map((d, i) => i === last ? bytes * 8 - d : 0));
  const bits = reshape(full, [...rows.shape.slice(0, -1), bytes, 8]);
  const weights = fromData(Int32Array.from([0, 1, 2, 3, 4, 5, 6, 7], i => 2 ** (bitorder === 'little' ? i : 7 - i)), [8], 'i32');
  return typed(back(convert(reduceSum(mul(bits, broadcastInDim(typed(weights), bits.shape, [last + 1])), [last + 1]), 'u8')));
};
function expectWhole(name: string, dtype: DType): void {
  if (dtype === 'f32' || dtype === 'f64' || dtype === 'f16') throw new DTypeError(`${name}: ${dtype} is neither integer nor bool; compare, or use astype, first`);
}

/**
 * The bits of bytes as zeros and ones, along an axis or of the flat tensor: the inverse of {@link packbits}.
 *
 * @throws `dtype` for another dtype than u8, `axis` where the axis is out of range.
 * @example
 * np.unpackbits(tensor([160], 'u8')); // -> [1, 0, 1, 0, 0, 0, 0, 0]
 * np.unpackbits(tensor([160], 'u8'), { count: 3 }); // -> [1, 0, 1]
 */
export const unpackbits = <S extends Shape, const Axis extends number | undefined = undefined>(x: Tensor<S, 'u8'>, options: UnpackOptions<Axis> = {}): Tensor<Along<S, Axis>, 'u8'> => {
  const { axis, bitorder, count } = optionsOf('unpackbits', options, { axis: 'integer', bitorder: orders, count: 'integer' });
  const handle = handleOf(x, 'unpackbits');
  if (handle.dtype !== 'u8') throw new DTypeError(`unpackbits: ${handle.dtype} are no bytes; use astype to u8`);
  const [rows, back] = lines(convert(handle, 'i32'), axis);
  const last = rows.shape.length - 1;
  const shape = [...rows.shape, 8];
  const shifted = shiftRightLogical(broadcastInDim(rows, shape, rows.shape.map((_, i) => i)), broadcastInDim(places(bitorder), shape, [last + 1]));
  const all = at(rows.shape, last) * 8;
  const bits = convert(reshape(and(shifted, constantLike(1, shifted)), [...rows.shape.slice(0, -1), all]), 'u8');
  const wanted = count === undefined ? all : count < 0 ? Math.max(0, all + count) : count;
  const cut = sliceAxis(bits, last, 0, Math.min(all, wanted));
  return typed(back(wanted <= all ? cut : pad(cut, constant(0, [], 'u8'), cut.shape.map(() => 0), cut.shape.map((_, i) => i === last ? wanted - all : 0))));
};
