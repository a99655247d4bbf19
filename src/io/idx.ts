// The IDX format of the MNIST files: a magic number, big-endian dimensions, big-endian elements in row-major order.
// Floor 7, browser-safe: bytes in, typed arrays out; nothing is allocated before the size was checked against the bytes.

import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { decodeElements, formats, storedArray, type Format, type StoredArray } from './elements.ts';
import { failure } from './failure.ts';

/** The contents of an IDX file. `dtype` names what `data` holds; 16-bit integers are widened to `i32`. */
export type IdxArray = StoredArray;

/** How elements are held, by the third byte of the file. */
const elementFormats: ReadonlyMap<number, Format> = new Map<number, Format>([[0x08, 'u8'], [0x09, 'i8'], [0x0b, 'i16'], [0x0c, 'i32'], [0x0d, 'f32'], [0x0e, 'f64']]);

/** Far more than any data has; few enough that the product of the dimensions is a number. */
const mostDimensions = 16;

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;

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
  const format = elementFormats.get(type);
  if (format === undefined) return failure(name, `unknown IDX element type ${hex(type)}; known: ${[...elementFormats.keys()].map(hex).join(' ')}`);
  const rank = view.getUint8(3);
  if (rank > mostDimensions) return failure(name, `an IDX file of ${rank} dimensions; at most ${mostDimensions} are read`);
  const offset = 4 + 4 * rank;
  if (bytes.length < offset) return failure(name, `truncated: an IDX header of ${rank} dimensions takes ${offset} bytes, the file has ${bytes.length}`);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const count = shape.reduce((product, dim) => product * dim, 1);
  const expected = offset + count * formats[format].bytes;
  if (bytes.length !== expected) {
    const what = bytes.length < expected ? 'truncated' : `${bytes.length - expected} bytes too many`;
    return failure(name, `${what}: IDX dimensions [${shape.join(', ')}] take ${expected} bytes, the file has ${bytes.length}`);
  }
  const data = decodeElements(bytes, format, { offset, count, little: false }, name);
  return isLeft(data) ? data : right(storedArray(shape, formats[format].dtype, data.right));
};
