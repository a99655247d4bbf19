// The IDX format of the MNIST files: a magic number, big-endian dimensions, big-endian elements in row-major order.
// Floor 7, browser-safe: bytes in, typed arrays out; nothing is allocated before the size was checked against the bytes.

import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { right } from '../fp.ts';
import { failure } from './failure.ts';

/** The contents of an IDX file. `dtype` names what `data` holds; 16-bit integers are widened to `i32`. */
export type IdxArray = { readonly shape: readonly number[] } & (
  | { readonly dtype: 'u8'; readonly data: Uint8Array }
  | { readonly dtype: 'i8'; readonly data: Int8Array }
  | { readonly dtype: 'i32'; readonly data: Int32Array }
  | { readonly dtype: 'f32'; readonly data: Float32Array }
  | { readonly dtype: 'f64'; readonly data: Float64Array }
);

const elementBytes: ReadonlyMap<number, number> = new Map([[0x08, 1], [0x09, 1], [0x0b, 2], [0x0c, 4], [0x0d, 4], [0x0e, 8]]);

/** Far more than any data has; few enough that the product of the dimensions is a number. */
const mostDimensions = 16;

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;

/** The elements from `offset` on: `count` of them exist, and `type` is one of `elementBytes`. */
const readElements = (view: DataView, type: number, shape: readonly number[], offset: number, count: number): IdxArray => {
  const fill = <A extends Int32Array | Float32Array | Float64Array>(data: A, at: (byteOffset: number) => number): A => {
    const width = (view.byteLength - offset) / count;
    for (let index = 0; index < count; index++) data[index] = at(offset + index * width);
    return data;
  };
  const bytes = (): ArrayBuffer => new Uint8Array(view.buffer, view.byteOffset + offset, count).slice().buffer;
  switch (type) {
    case 0x09: return { shape, dtype: 'i8', data: new Int8Array(bytes()) };
    case 0x0b: return { shape, dtype: 'i32', data: fill(new Int32Array(count), (at) => view.getInt16(at)) };
    case 0x0c: return { shape, dtype: 'i32', data: fill(new Int32Array(count), (at) => view.getInt32(at)) };
    case 0x0d: return { shape, dtype: 'f32', data: fill(new Float32Array(count), (at) => view.getFloat32(at)) };
    case 0x0e: return { shape, dtype: 'f64', data: fill(new Float64Array(count), (at) => view.getFloat64(at)) };
    default: return { shape, dtype: 'u8', data: new Uint8Array(bytes()) };
  }
};

/**
 * Decodes an IDX file (uncompressed; see `gunzip`). The result owns its memory. Format: "The IDX file format"
 * in http://yann.lecun.com/exdb/mnist.
 *
 * Left, code `data`: a wrong magic number, an unknown element type, and every disagreement between the dimensions and
 * the number of bytes, in either direction.
 *
 * @example
 * const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9);
 * readIdx(bytes); // -> { _tag: 'Right', right: { shape: [2], dtype: 'u8', data: [7, 9] } }
 */
export const readIdx = (bytes: Uint8Array, name = 'idx'): Either<CotangentError, IdxArray> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4) return failure(name, `an IDX file has at least 4 bytes, this one has ${bytes.length}`);
  if (view.getUint16(0) !== 0) {
    const gzip = view.getUint16(0) === 0x1f8b ? ' (a gzip file: unpack it with gunzip first)' : '';
    return failure(name, `an IDX file starts with the bytes 0x00 0x00, this one with ${hex(view.getUint8(0))} ${hex(view.getUint8(1))}${gzip}`);
  }
  const type = view.getUint8(2);
  const width = elementBytes.get(type);
  if (width === undefined) return failure(name, `unknown IDX element type ${hex(type)}; known: ${[...elementBytes.keys()].map(hex).join(' ')}`);
  const rank = view.getUint8(3);
  if (rank > mostDimensions) return failure(name, `an IDX file of ${rank} dimensions; at most ${mostDimensions} are read`);
  const offset = 4 + 4 * rank;
  if (bytes.length < offset) return failure(name, `truncated: an IDX header of ${rank} dimensions takes ${offset} bytes, the file has ${bytes.length}`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, dim) => product * dim, 1);
  const expected = offset + count * width;
  if (bytes.length !== expected) {
    const what = bytes.length < expected ? 'truncated' : `${bytes.length - expected} bytes too many`;
    return failure(name, `${what}: IDX dimensions [${shape.join(', ')}] take ${expected} bytes, the file has ${bytes.length}`);
  }
  return right(readElements(view, type, shape, offset, count));
};
