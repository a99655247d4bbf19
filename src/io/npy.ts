// NumPy's NPY format, version 1 to 3: one array in a file. Floor 7, browser-safe: bytes in, typed arrays out, and back.
// Knows nothing of tensors or archives; npz.ts reads archives of such files.

import type { DType, HostArray } from '../dtype/dtype.ts';
import { allocate } from '../dtype/dtype.ts';
import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { decodeElements, elementCount, encodeElements, formats, storedArray, type Format, type StoredArray } from './elements.ts';
import { excerpt, failure } from './failure.ts';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const mostDimensions = 32;

const descriptions: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['f2', 'f16'], ['f4', 'f32'], ['f8', 'f64'], ['i1', 'i8'], ['i2', 'i16'], ['i4', 'i32'], ['i8', 'i64'],
  ['u1', 'u8'], ['u2', 'u16'], ['u4', 'u32'], ['u8', 'u64'], ['b1', 'bool'],
]);
const described: { readonly [D in DType]: string } = { f16: '<f2', f32: '<f4', f64: '<f8', i8: '|i1', i32: '<i4', u8: '|u1', u32: '<u4', bool: '|b1' };

interface Header { readonly format: Format; readonly little: boolean; readonly fortran: boolean; readonly shape: readonly number[] }

/** The header is a Python literal of a dictionary with exactly three keys. */
function parseHeader(text: string, name: string): Either<CotangentError, Header> {
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const dims = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (descr === undefined || fortran === undefined || dims === undefined || !/^\{.*\}\s*$/s.test(text)) {
    const structured = /'descr'\s*:\s*\[/.test(text) ? ' (structured arrays are not read: store each field)' : '';
    return failure(name, `not the header of an NPY file: ${excerpt(text)}${structured}`);
  }
  const [, order = '', kind = ''] = /^([<>=|]?)(.+)$/.exec(descr) ?? [];
  const format = descriptions.get(kind);
  if (format === undefined) return failure(name, `elements of NumPy's type ${excerpt(descr)} are not read; known: ${[...descriptions.keys()].join(' ')}`);
  const parts = dims.split(',').map(part => part.trim()).filter(part => part !== '');
  const shape = parts.map(part => /^\d+L?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN);
  if (shape.length > mostDimensions || elementCount(shape) === undefined) return failure(name, `no shape of an array: (${dims})`);
  return right({ format, little: order !== '>', fortran: fortran === 'True', shape });
}

/** Elements in row-major order, from column-major ones. */
function rowMajor(data: HostArray, dtype: DType, shape: readonly number[]): HostArray {
  const out = allocate(dtype, data.length);
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      from += strides[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) { index[axis] = next; break; }
      from -= next * (strides[axis] ?? 0);
      index[axis] = 0;
    }
  }
  return out;
}

/**
 * Decodes an NPY file. The result owns its memory, row-major; f16 comes as a Float32Array, 16-bit integers are widened to 32 bits, 64-bit
 * ones are read where they fit 32 bits. Format: NumPy's `numpy.lib.format`, versions 1.0, 2.0 and 3.0.
 *
 * Left, code `data`: a wrong magic number or version, a header that is none, types that tensors do not have (complex, text, records),
 * every disagreement between the shape and the number of bytes, and integers beyond 32 bits.
 *
 * @example
 * const bytes = writeNpy({ shape: [2], dtype: 'i32', data: Int32Array.of(7, 9) });
 * readNpy(bytes); // -> { _tag: 'Right', right: { shape: [2], dtype: 'i32', data: [7, 9] } }
 */
export const readNpy = (bytes: Uint8Array, name = 'npy'): Either<CotangentError, StoredArray> => {
  if (bytes.length < 10 || magic.some((byte, at) => bytes[at] !== byte)) return failure(name, 'is no NPY file (it does not start with "\\x93NUMPY")');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = view.getUint8(6);
  if (version < 1 || version > 3) return failure(name, `NPY version ${version}; 1, 2 and 3 are read`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? 0 : view.getUint32(8, true);
  const offset = start + length;
  if (bytes.length < offset || length === 0) return failure(name, `truncated: the header takes ${offset} bytes, the file has ${bytes.length}`);
  if (length > 2 ** 16) return failure(name, `the header has ${length} bytes; at most 65536 are read`);
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(start, offset)), name);
  if (isLeft(header)) return header;
  const { format, little, fortran, shape } = header.right;
  const { bytes: width, dtype } = formats[format];
  const count = elementCount(shape) ?? 0;
  const expected = offset + count * width;
  if (bytes.length !== expected) {
    const what = bytes.length < expected ? 'truncated' : `${bytes.length - expected} bytes too many`;
    return failure(name, `${what}: ${format}[${shape.join(', ')}] takes ${expected} bytes, the file has ${bytes.length}`);
  }
  const data = decodeElements(bytes, format, { offset, count, little }, name);
  if (isLeft(data)) return data;
  return right(storedArray(shape, dtype, fortran && shape.length > 1 ? rowMajor(data.right, dtype, shape) : data.right));
};

/**
 * The NPY file of an array, version 1.0, as NumPy would write it.
 *
 * @example
 * writeNpy({ shape: [2], dtype: 'f32', data: Float32Array.of(1, 2) }).length; // -> 136
 */
export const writeNpy = (array: StoredArray): Uint8Array => {
  const { shape, dtype, data } = array;
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${described[dtype]}', 'fortran_order': False, 'shape': (${dims}), }`;
  // Padded with spaces so that the elements start at a multiple of 64 bytes.
  const header = `${text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11)}\n`;
  const width = dtype === 'f16' ? 2 : data.BYTES_PER_ELEMENT;
  const out = new Uint8Array(10 + header.length + data.length * width);
  out.set([...magic, 1, 0, header.length & 0xff, header.length >> 8]);
  out.set(new TextEncoder().encode(header), 10);
  encodeElements(array, out, 10 + header.length);
  return out;
};
