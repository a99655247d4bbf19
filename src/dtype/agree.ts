// Which dtypes go together, and what comes out: as types and at run time, with the same messages.
// Floor 0: knows nothing of tensors.
import { DTypeError } from '../error.ts';
import type { Fits, Same } from '../shape/same.ts';
import { dtypeInfo, isFloat, isInt, type DType, type Float, type Int } from './dtype.ts';

// Nothing is promoted: two tensors must have one dtype, and a number takes that of the tensor beside it.

/** [the dtype of two operands], or a message. One that is not known is checked at run time. */
export type Agree<D, E, K = unknown> =
  Same<D, E, K> extends true ? [D]
  : Same<D, DType, K> extends true ? [E]
  : Same<E, DType, K> extends true ? [D]
  : `dtypes differ: ${D & string} vs ${E & string} (use astype)`;

/** The run-time twin of `Agree`. */
export function agree(d: DType, e: DType): DType {
  if (d !== e) throw new DTypeError(`dtypes differ: ${d} vs ${e} (use astype)`);
  return d;
}

/** The number beside a tensor of dtype `d`, which it takes over. Throws where an integer or bool dtype cannot hold it. */
export function adopt(value: number, d: DType): number {
  const { min, max } = dtypeInfo[d];
  if (isFloat(d) || (Number.isInteger(value) && value >= min && value <= max)) return value;
  throw new DTypeError(`${value} is not ${d.startsWith('i') ? 'an' : 'a'} ${d} (use astype)`);
}

/** The message of an operation that computes with floats only, where a dtype is certainly none; else `true`. */
export type FloatOnly<D, Name extends string, K = unknown> = Fits<D, Int | 'bool', K> extends true ? `${Name}: ${D & string} is no float dtype (use astype)` : true;

/** The run-time twin of `FloatOnly`. */
export function floatOnly(op: string, d: DType): DType {
  if (!isFloat(d)) throw new DTypeError(`${op}: ${d} is no float dtype (use astype)`);
  return d;
}

/** The message of an operation whose operand holds indices, where a dtype is certainly no integer; else `true`. */
export type IntOnly<D, Name extends string, K = unknown> = Fits<D, Float | 'bool', K> extends true ? `${Name}: ${D & string} is no integer dtype (use astype)` : true;

/** The run-time twin of `IntOnly`. */
export function intOnly(op: string, d: DType): DType {
  if (!isInt(d)) throw new DTypeError(`${op}: ${d} is no integer dtype (use astype)`);
  return d;
}

/** What a sum or product of `D` is: counts of bools and sums of bytes do not fit their dtype, so they are 32 bits wide, as in JAX. */
export type SumDType<D extends DType, K = unknown> =
  Same<D, 'bool', K> extends true ? 'i32' : Same<D, 'i8', K> extends true ? 'i32' : Same<D, 'u8', K> extends true ? 'u32' : D;

/** The run-time twin of `SumDType`. */
export const sumDType = (d: DType): DType => d === 'bool' || d === 'i8' ? 'i32' : d === 'u8' ? 'u32' : d;
