// The safetensors format: named arrays after a header in JSON. Floor 7, browser-safe: bytes in, typed arrays out, and back.
// Knows nothing of trees or training; checkpoint.ts lays trees of tensors out in such files.

import type { DType } from '../dtype/dtype.ts';
import { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { decodeElements, elementCount, encodeElements, formats, storedArray, type Format, type StoredArray } from './elements.ts';
import { excerpt, failure } from './failure.ts';
import { describe } from '../trace/describe.ts';

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: { readonly [name: string]: StoredArray };
  /** Texts about the file, the header's `__metadata__`. */
  readonly metadata: { readonly [key: string]: string };
}

/** The format's own bound on the header. */
const longestHeader = 100_000_000;
const mostDimensions = 32;

const formatNames: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['F16', 'f16'], ['BF16', 'bf16'], ['F32', 'f32'], ['F64', 'f64'], ['I8', 'i8'], ['U8', 'u8'], ['I16', 'i16'], ['U16', 'u16'],
  ['I32', 'i32'], ['U32', 'u32'], ['I64', 'i64'], ['U64', 'u64'], ['BOOL', 'bool'],
]);
const nameOf: { readonly [D in DType]: string } = { f16: 'F16', f32: 'F32', f64: 'F64', i8: 'I8', u8: 'U8', i32: 'I32', u32: 'U32', bool: 'BOOL' };

/** The first key that stands twice in one object of a valid JSON text, which `JSON.parse` would let pass. */
function repeatedKey(json: string): string | undefined {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < json.length; at++) {
    const c = json[at];
    if (c === '{') open.push(new Set());
    else if (c === '[') open.push(null);
    else if (c === '}' || c === ']') open.pop();
    else if (c === '"') {
      const start = at;
      for (at++; json[at] !== '"'; at++) if (json[at] === '\\') at++;
      const keys = open.at(-1);
      let after = at + 1;
      while (/\s/.test(json[after] ?? '')) after++;
      if (keys === null || keys === undefined || json[after] !== ':') continue;
      const key = String(JSON.parse(json.slice(start, at + 1)));
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return undefined;
}

type Json = { readonly [key: string]: unknown };
const isObject = (x: unknown): x is Json => typeof x === 'object' && x !== null && !Array.isArray(x);
const isSizes = (x: unknown): x is readonly number[] => Array.isArray(x) && x.every(n => Number.isSafeInteger(n) && n >= 0);

function parseHeader(bytes: Uint8Array, name: string): Either<CotangentError, Json> {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    header = JSON.parse(text);
  } catch (error) {
    return failure(name, `the header is no JSON in UTF-8 (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!isObject(header) || bytes[0] !== 0x7b) return failure(name, `the header must be a JSON object that starts with "{", it is ${excerpt(text)}`);
  const twice = repeatedKey(text);
  return twice === undefined ? right(header) : failure(name, `the header has the key ${excerpt(twice)} twice`);
}

function parseMetadata(value: unknown, name: string): Either<CotangentError, { readonly [key: string]: string }> {
  if (value === undefined) return right({});
  const entries: (readonly [string, string])[] = [];
  if (!isObject(value)) return failure(name, '__metadata__ is no object of texts');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') return failure(name, `__metadata__ ${excerpt(key)} is no text`);
    entries.push([key, text]);
  }
  return right(Object.fromEntries(entries));
}

interface Entry { readonly name: string; readonly format: Format; readonly shape: readonly number[]; readonly begin: number; readonly end: number }

function parseEntry(key: string, value: unknown, name: string): Either<CotangentError, Entry> {
  const where = `${name}: ${key}`;
  if (!isObject(value)) return failure(where, 'its entry in the header is no object');
  const { dtype, shape, data_offsets: offsets } = value;
  const format = typeof dtype === 'string' ? formatNames.get(dtype) : undefined;
  if (format === undefined) return failure(where, `dtype ${excerpt(JSON.stringify(dtype) ?? 'missing')} is not read; known: ${[...formatNames.keys()].join(' ')}`);
  if (!isSizes(shape) || shape.length > mostDimensions) return failure(where, `${excerpt(JSON.stringify(shape) ?? 'missing')} is no shape`);
  if (!isSizes(offsets) || offsets.length !== 2) return failure(where, `${excerpt(JSON.stringify(offsets) ?? 'missing')} are no data_offsets`);
  const [begin = 0, end = 0] = offsets;
  const count = elementCount(shape);
  const size = count === undefined ? Infinity : count * formats[format].bytes;
  if (end - begin !== size) return failure(where, `${format}[${shape.join(', ')}] takes ${size} bytes, its data_offsets [${begin}, ${end}] hold ${end - begin}`);
  return right({ name: key, format, shape, begin, end });
}

/**
 * Decodes a safetensors file: arrays by name, and texts. The arrays own their memory. bf16 is widened to f32, 16-bit integers to 32 bits;
 * 64-bit integers are read where they fit 32 bits. Format: https://github.com/huggingface/safetensors, whose rules are all held: the
 * arrays cover the bytes without holes or overlaps, no key stands twice.
 *
 * Left, code `data`, naming the array: everything else.
 *
 * @example
 * const bytes = writeSafetensors({ w: { shape: [2], dtype: 'f32', data: Float32Array.of(1, 2) } });
 * readSafetensors(bytes); // -> { _tag: 'Right', right: { tensors: { w: { shape: [2], dtype: 'f32', data: [1, 2] } }, metadata: {} } }
 */
export const readSafetensors = (bytes: Uint8Array, name = 'safetensors'): Either<CotangentError, Safetensors> => {
  if (!ArrayBuffer.isView(bytes)) throw new CotangentError('value', `readSafetensors: ${describe(bytes)} is no Uint8Array; write readSafetensors(await io.readFile(path))`);
  if (bytes.length < 8) return failure(name, `a safetensors file has at least 8 bytes, this one has ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  if (length > longestHeader) return failure(name, `is no safetensors file: a header of ${length} bytes; at most ${longestHeader} are allowed`);
  const start = 8 + length;
  if (start > bytes.length) return failure(name, `truncated: the header takes ${start} bytes, the file has ${bytes.length}`);
  const header = parseHeader(bytes.subarray(8, start), name);
  if (isLeft(header)) return header;
  const { __metadata__: about, ...rest } = header.right;
  const metadata = parseMetadata(about, name);
  if (isLeft(metadata)) return metadata;
  const entries: Entry[] = [];
  for (const [key, value] of Object.entries(rest)) {
    const entry = parseEntry(key, value, name);
    if (isLeft(entry)) return entry;
    entries.push(entry.right);
  }
  const tensors: (readonly [string, StoredArray])[] = [];
  let at = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== at) return failure(`${name}: ${entry.name}`, `its bytes begin at ${entry.begin}, those before it end at ${at}: arrays must follow one another`);
    at = entry.end;
  }
  if (start + at !== bytes.length) {
    const what = start + at > bytes.length ? 'truncated' : `${bytes.length - start - at} bytes too many`;
    return failure(name, `${what}: header and arrays take ${start + at} bytes, the file has ${bytes.length}`);
  }
  for (const { name: key, format, shape, begin } of entries) {
    const data = decodeElements(bytes, format, { offset: start + begin, count: elementCount(shape) ?? 0, little: true }, `${name}: ${key}`);
    if (isLeft(data)) return data;
    tensors.push([key, storedArray(shape, formats[format].dtype, data.right)]);
  }
  return right({ tensors: Object.fromEntries(tensors), metadata: metadata.right });
};

/**
 * The safetensors file of arrays by name. The arrays stand in the order of their alignment, then of their names, and the header is
 * padded to 8 bytes, as the format's own writer does: equal contents give equal bytes.
 *
 * @param metadata texts about the file.
 * @throws `value` where an array is named `__metadata__` or its data have another number of elements than its shape.
 * @example
 * const bytes = writeSafetensors({ n: { shape: [], dtype: 'i32', data: Int32Array.of(7) } });
 * new TextDecoder().decode(bytes.subarray(8, 61)); // -> '{"n":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}'
 */
export const writeSafetensors = (tensors: { readonly [name: string]: StoredArray }, metadata: { readonly [key: string]: string } = {}): Uint8Array => {
  const width = ({ dtype }: StoredArray): number => formats[dtype].bytes;
  const names = Object.entries(tensors).sort(([a, x], [b, y]) => width(y) - width(x) || (a < b ? -1 : 1));
  let at = 0;
  const header: (readonly [string, unknown])[] = Object.keys(metadata).length > 0 ? [['__metadata__', metadata]] : [];
  for (const [name, array] of names) {
    const count = elementCount(array.shape);
    if (name === '__metadata__') throw new CotangentError('value', 'writeSafetensors: no array may be named __metadata__, the format keeps the name for texts');
    if (count !== array.data.length) throw new CotangentError('value', `writeSafetensors: ${name}: shape [${array.shape.join(', ')}] has ${count} elements, the data ${array.data.length}`);
    const end = at + count * width(array);
    header.push([name, { dtype: nameOf[array.dtype], shape: array.shape, data_offsets: [at, end] }]);
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const start = 8 + Math.ceil(json.length / 8) * 8;
  const out = new Uint8Array(start + at).fill(0x20, 8 + json.length, start);
  new DataView(out.buffer).setBigUint64(0, BigInt(start - 8), true);
  out.set(json, 8);
  let offset = start;
  for (const [, array] of names) {
    encodeElements(array, out, offset);
    offset += array.data.length * width(array);
  }
  return out;
};
