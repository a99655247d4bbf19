// Elements of arrays as files hold them: 1 to 8 bytes each, either end first, widened to the dtypes that tensors have.
// Floor 7, browser-safe: bytes in, typed arrays out, and back. Knows nothing of file formats.

import { allocate, roundF16 } from '../dtype/dtype.ts';
import type { DType, HostArray } from '../dtype/dtype.ts';
import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { right } from '../fp.ts';
import type { DataTypes } from '../ir/tensor.ts';
import { failure } from './failure.ts';

/** An array of a file: its shape, and its elements in row-major order. `fromData(data, shape, dtype)` makes it a tensor. */
export type StoredArray = { [D in DType]: { readonly shape: readonly number[]; readonly dtype: D; readonly data: DataTypes[D] } }[DType];

/** How a file holds elements. */
export type Format = 'f16' | 'bf16' | 'f32' | 'f64' | 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'bool';

/** Bytes of an element, and the dtype that holds all its values (64-bit integers: where they fit 32 bits). */
export const formats: { readonly [F in Format]: { readonly bytes: number; readonly dtype: DType } } = {
  f16: { bytes: 2, dtype: 'f16' }, bf16: { bytes: 2, dtype: 'f32' }, f32: { bytes: 4, dtype: 'f32' }, f64: { bytes: 8, dtype: 'f64' },
  i8: { bytes: 1, dtype: 'i8' }, u8: { bytes: 1, dtype: 'u8' }, i16: { bytes: 2, dtype: 'i32' }, u16: { bytes: 2, dtype: 'u32' },
  i32: { bytes: 4, dtype: 'i32' }, u32: { bytes: 4, dtype: 'u32' }, i64: { bytes: 8, dtype: 'i32' }, u64: { bytes: 8, dtype: 'u32' },
  bool: { bytes: 1, dtype: 'bool' },
};

/** The number that 16 bits stand for (IEEE 754 binary16). */
export function halfOfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The 16 bits of the half nearest to `x`. */
export function bitsOfHalf(x: number): number {
  if (Number.isNaN(x)) return 0x7e00;
  const value = roundF16(x);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  if (magnitude === Infinity) return sign | 0x7c00;
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24);
  const exponent = Math.floor(Math.log2(magnitude));
  return sign | ((exponent + 15) << 10) | (magnitude * 2 ** (10 - exponent) - 1024);
}

const scratch = new DataView(new ArrayBuffer(4));
const bfloat = (bits: number): number => {
  scratch.setUint32(0, bits << 16 >>> 0);
  return scratch.getFloat32(0);
};

/** What reads the element at a byte; 64-bit integers come as the nearest number, which is exact where it fits 32 bits. */
const readers: { readonly [F in Format]: (view: DataView, at: number, little: boolean) => number } = {
  f16: (view, at, little) => halfOfBits(view.getUint16(at, little)),
  bf16: (view, at, little) => bfloat(view.getUint16(at, little)),
  f32: (view, at, little) => view.getFloat32(at, little),
  f64: (view, at, little) => view.getFloat64(at, little),
  i8: (view, at) => view.getInt8(at),
  u8: (view, at) => view.getUint8(at),
  i16: (view, at, little) => view.getInt16(at, little),
  u16: (view, at, little) => view.getUint16(at, little),
  i32: (view, at, little) => view.getInt32(at, little),
  u32: (view, at, little) => view.getUint32(at, little),
  i64: (view, at, little) => Number(view.getBigInt64(at, little)),
  u64: (view, at, little) => Number(view.getBigUint64(at, little)),
  bool: (view, at) => view.getUint8(at),
};

/** Whether the machine's typed arrays have the low byte first. */
const littleMachine = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Formats whose bytes are those of a typed array of the same dtype. */
const plain: ReadonlySet<Format> = new Set<Format>(['f32', 'f64', 'i8', 'u8', 'i32', 'u32']);

/** Where the elements stand: `count` of them from byte `offset` on, all inside the bytes. */
export interface Extent {
  readonly offset: number;
  readonly count: number;
  readonly little: boolean;
}

/**
 * The elements as a typed array of the format's dtype, which owns its memory. Left, code `data`, naming the element: 64-bit integers
 * beyond 32 bits, and bools that are neither 0 nor 1.
 */
export function decodeElements(bytes: Uint8Array, format: Format, { offset, count, little }: Extent, name: string): Either<CotangentError, HostArray> {
  const { bytes: width, dtype } = formats[format];
  const out = allocate(dtype, count);
  if (plain.has(format) && (width === 1 || little === littleMachine)) {
    new Uint8Array(out.buffer).set(bytes.subarray(offset, offset + count * width));
    return right(out);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, count * width);
  const read = readers[format];
  const checked = format === 'i64' || format === 'u64' || format === 'bool';
  for (let i = 0; i < count; i++) {
    const value = read(view, i * width, little);
    out[i] = value;
    if (checked && (format === 'bool' ? value > 1 : out[i] !== value)) {
      return failure(name, format === 'bool' ? `element ${i} is ${value}, a bool is 0 or 1` : `element ${i} is ${value}, beyond ${dtype}; only 32-bit integers are held, store smaller ones`);
    }
  }
  return right(out);
}

/** Writes elements low byte first, f16 as halves, from byte `offset` on. */
export function encodeElements({ dtype, data }: StoredArray, out: Uint8Array, offset: number): void {
  if (dtype === 'f16') {
    const view = new DataView(out.buffer, out.byteOffset + offset);
    for (let i = 0; i < data.length; i++) view.setUint16(2 * i, bitsOfHalf(data[i] ?? 0), true);
    return;
  }
  const own = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  out.set(own, offset);
  const width = data.BYTES_PER_ELEMENT;
  if (!littleMachine && width > 1) for (let at = offset; at < offset + own.length; at += width) out.subarray(at, at + width).reverse();
}

/** An array of the given parts. The data must be what `decodeElements` or `allocate` gives for the dtype. */
export function storedArray(shape: readonly number[], dtype: DType, data: HostArray): StoredArray {
  // That dtype and data belong together is what its callers see to; TypeScript cannot follow a union through a table.
  return { shape, dtype, data } as StoredArray;
}

/** The product of dims, or undefined where one is no size or the product is beyond what a file can hold. */
export function elementCount(shape: readonly number[]): number | undefined {
  let product = 1;
  for (const dim of shape) {
    if (!Number.isSafeInteger(dim) || dim < 0) return undefined;
    product *= dim;
  }
  return Number.isSafeInteger(product) ? product : undefined;
}
