// The element types: what they are called, how many bytes they take, how a number is rounded or wrapped into one.
// Floor 0: knows nothing of tensors. Which dtypes a backend supports is the backend's business.
import { DTypeError } from '../error.ts';

/** Floating point dtypes. Only these have tangents. */
export type Float = 'f32' | 'f64' | 'f16';
/** Integer dtypes. `i32` and `u32` wrap on overflow, as do the packed `u8` and `i8`. */
export type Int = 'i32' | 'u32' | 'u8' | 'i8';
/** Every element type. */
export type DType = Float | Int | 'bool';

/** The typed arrays that host data lives in. f16 is a Float32Array whose values are representable in half precision. */
export type HostArray = Float32Array | Float64Array | Int32Array | Uint32Array | Uint8Array | Int8Array;

export interface DTypeInfo {
  readonly kind: 'float' | 'int' | 'bool';
  /** Bytes of one element as a backend stores it. */
  readonly bytes: number;
  readonly signed: boolean;
  /** The least and the greatest finite value. */
  readonly min: number;
  readonly max: number;
  /** Stands for the dtype in hashes and binary forms; never reused. */
  readonly code: number;
}

export const dtypeInfo: { readonly [D in DType]: DTypeInfo } = {
  f32: { kind: 'float', bytes: 4, signed: true, min: -3.4028234663852886e38, max: 3.4028234663852886e38, code: 1 },
  f64: { kind: 'float', bytes: 8, signed: true, min: -Number.MAX_VALUE, max: Number.MAX_VALUE, code: 2 },
  f16: { kind: 'float', bytes: 2, signed: true, min: -65504, max: 65504, code: 3 },
  i32: { kind: 'int', bytes: 4, signed: true, min: -2147483648, max: 2147483647, code: 4 },
  u32: { kind: 'int', bytes: 4, signed: false, min: 0, max: 4294967295, code: 5 },
  u8: { kind: 'int', bytes: 1, signed: false, min: 0, max: 255, code: 6 },
  i8: { kind: 'int', bytes: 1, signed: true, min: -128, max: 127, code: 7 },
  bool: { kind: 'bool', bytes: 1, signed: false, min: 0, max: 1, code: 8 },
};

export const dtypes: readonly DType[] = ['f32', 'f64', 'f16', 'i32', 'u32', 'u8', 'i8', 'bool'];

export const isDType = (x: unknown): x is DType => typeof x === 'string' && Object.hasOwn(dtypeInfo, x);
/** What is known of a dtype. Throws `dtype` for a word that is none. */
export function infoOf(d: DType): DTypeInfo {
  const info: DTypeInfo | undefined = dtypeInfo[d];
  return info ?? unknownDType(d);
}
function unknownDType(d: unknown): never {
  throw new DTypeError(`${typeof d === 'string' ? JSON.stringify(d) : (d === undefined || d === null ? String(d) : typeof d === 'object' ? 'an object' : `a ${typeof d}`)} is no dtype; dtypes are ${dtypes.join(', ')}`);
}
export const isFloat = (d: DType): d is Float => infoOf(d).kind === 'float';
export const isInt = (d: DType): d is Int => infoOf(d).kind === 'int';
export const isSigned = (d: DType): boolean => infoOf(d).signed;

/** A zero-filled host array of `n` elements. `wide` keeps every float in float64, for the reference backend's wide mode. */
export function allocate(dtype: DType, n: number, wide = false): HostArray {
  switch (dtype) {
    case 'f32':
    case 'f16': return wide ? new Float64Array(n) : new Float32Array(n);
    case 'f64': return new Float64Array(n);
    case 'i32': return new Int32Array(n);
    case 'u32': return new Uint32Array(n);
    case 'i8': return new Int8Array(n);
    case 'u8':
    case 'bool': return new Uint8Array(n);
    default: return dtype satisfies never;
  }
}

/** `x` rounded to the nearest half precision number, ties to even (IEEE 754 binary16). */
export function roundF16(x: number): number {
  if (!Number.isFinite(x) || x === 0) return x;
  const magnitude = Math.abs(x);
  // Below 2^-14 the spacing is fixed at 2^-24; above, it is 2^(exponent - 10).
  const exponent = magnitude < 2 ** -14 ? -14 : Math.floor(Math.log2(magnitude));
  const spacing = 2 ** (exponent - 10);
  const rounded = roundHalfEven(magnitude / spacing) * spacing;
  const value = rounded > 65504 ? Infinity : rounded;
  return x < 0 ? -value : value;
}

/** The nearest integer, halves to the even one, as IEEE 754 roundTiesToEven. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return floor === 0 && Object.is(Math.sign(x), -0) ? -0 : floor;
  if (rest > 0.5) return floor + 1 === 0 ? -0 : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1 === 0 ? -0 : floor + 1;
}

/** What `x` becomes when an equation's result is stored in `dtype`: floats round, integers wrap, bool is 0 or 1. */
export function roundTo(dtype: DType, x: number): number {
  switch (dtype) {
    case 'f32': return Math.fround(x);
    case 'f64': return x;
    case 'f16': return roundF16(x);
    case 'i32': return x | 0;
    case 'u32': return x >>> 0;
    case 'u8': return x & 255;
    case 'i8': return (x << 24) >> 24;
    case 'bool': return x ? 1 : 0;
    default: return dtype satisfies never;
  }
}
