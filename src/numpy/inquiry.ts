// Questions about shapes and dtypes, which need no computation, and NumPy's constants. Floor 7.
import { agree } from '../dtype/agree.ts';
import { isFloat, isInt, isSigned, type DType, type Float, type Int, infoOf } from '../dtype/dtype.ts';
import { CotangentError } from '../error.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { axisIndex } from '../shape/axis.ts';
import { broadcast } from '../shape/broadcast.ts';
import type { Shape } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';

/** The ratio of a circle's circumference to its diameter. */
export const pi = Math.PI;
/** The base of the natural logarithm. */
export const e = Math.E;
/** The Euler-Mascheroni constant. */
export const eulerGamma = 0.5772156649015329;
/** Positive infinity. */
export const inf = Infinity;
/** Not a number. */
export const nan = NaN;

/**
 * The shape of a tensor.
 *
 * @example
 * shape(zeros([2, 3])); // -> [2, 3]
 */
export const shape = <S extends Shape>(x: Tensor<S, DType>): Readonly<S> => x.shape;

/**
 * How many axes a tensor has.
 *
 * @example
 * ndim(zeros([2, 3])); // -> 2
 */
export const ndim = (x: AnyTensor): number => handleOf(x, 'ndim').shape.length;

/**
 * How many elements a tensor has, or how long one axis is.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * size(zeros([2, 3])); // -> 6
 * size(zeros([2, 3]), 1); // -> 3
 */
export function size(x: AnyTensor, axis?: number): number {
  const own = handleOf(x, 'size').shape;
  return axis === undefined ? own.reduce((n, d) => n * d, 1) : own[axisIndex(own, axis)] ?? 0;
}

/**
 * The shape that several shapes broadcast to.
 *
 * @throws `shape` where they do not.
 * @example
 * broadcastShapes([2, 1], [3]); // -> [2, 3]
 */
export const broadcastShapes = (...shapes: readonly Shape[]): Shape => shapes.reduce<Shape>((s, t) => broadcast(s, t), []);

/** What is known of a float dtype. */
export interface FloatInfo { readonly bits: number; readonly eps: number; readonly max: number; readonly min: number; readonly tiny: number; readonly smallestSubnormal: number }
const digits: { readonly [D in Float]: readonly [mantissaBits: number, leastExponent: number] } = { f32: [23, -126], f64: [52, -1022], f16: [10, -14] };
/**
 * The limits of a float dtype: bits, the distance from 1 to the next number, the finite range, the least normal and subnormal numbers.
 *
 * @throws `dtype` for another dtype.
 * @example
 * finfo('f16').max; // -> 65504
 */
export function finfo(dtype: Float): FloatInfo {
  if (!isFloat(dtype)) throw new CotangentError('dtype', `finfo: ${String(dtype)} is no float dtype (use iinfo)`);
  const { bytes, min, max } = infoOf(dtype);
  const [mantissaBits, leastExponent] = digits[dtype];
  return { bits: 8 * bytes, eps: 2 ** -mantissaBits, max, min, tiny: 2 ** leastExponent, smallestSubnormal: 2 ** (leastExponent - mantissaBits) };
}

/** What is known of an integer dtype. */
export interface IntegerInfo { readonly bits: number; readonly max: number; readonly min: number }
/**
 * The limits of an integer dtype.
 *
 * @throws `dtype` for another dtype.
 * @example
 * iinfo('u8').max; // -> 255
 */
export function iinfo(dtype: Int): IntegerInfo {
  if (!isInt(dtype)) throw new CotangentError('dtype', `iinfo: ${String(dtype)} is no integer dtype (use finfo)`);
  const { bytes, min, max } = infoOf(dtype);
  return { bits: 8 * bytes, max, min };
}

/** Kinds of dtypes, as the array API names them. */
export type Kind = 'bool' | 'signed integer' | 'unsigned integer' | 'integral' | 'real floating' | 'numeric';
/**
 * Whether a dtype is of a kind.
 *
 * @example
 * isdtype('u8', 'unsigned integer'); // -> true
 */
export function isdtype(dtype: DType, kind: Kind): boolean {
  switch (kind) {
    case 'bool': return dtype === 'bool';
    case 'signed integer': return isInt(dtype) && isSigned(dtype);
    case 'unsigned integer': return isInt(dtype) && !isSigned(dtype);
    case 'integral': return isInt(dtype);
    case 'real floating': return isFloat(dtype);
    case 'numeric': return dtype !== 'bool';
    default: return kind satisfies never;
  }
}

/**
 * The dtype that tensors have together: the one of all of them, since nothing is promoted.
 *
 * @throws `dtype` where they differ, `value` for none.
 * @example
 * resultType(tensor([1]), tensor([2])); // -> 'f32'
 */
export function resultType(...tensors: readonly AnyTensor[]): DType {
  const [first, ...others] = tensors.map(x => handleOf(x, 'resultType').dtype);
  if (first === undefined) throw new CotangentError('value', 'resultType: no tensors');
  return others.reduce<DType>((d, other) => agree(d, other), first);
}
