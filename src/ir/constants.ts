// Host values as text: named by the hash of their content, their bytes in base64, little-endian. Floor 1: arrays and avals only.
import { allocate, isDType, type HostArray } from '../dtype/dtype.ts';
import { showAval, sizeOf, type Aval } from './aval.ts';
import type { NDArray } from './primitive.ts';
import { sha256 } from './sha256.ts';

/** A value as it is stored: `f32[2,3]`, and its bytes. */
export interface StoredConstant { readonly aval: string; readonly data: string }

/** The name of a value: equal for equal types and bytes alone. NaNs keep their bits. */
export function contentHash(x: NDArray): string {
  const bytes = bytesOf(x);
  const head = new TextEncoder().encode(`${showAval(x)}:`);
  const all = new Uint8Array(head.length + bytes.length);
  all.set(head);
  all.set(bytes, head.length);
  return sha256(all);
}
export const storeConstant = (x: NDArray): StoredConstant => ({ aval: showAval(x), data: toBase64(bytesOf(x)) });

/** The value, or what is wrong with it. */
export function loadConstant(stored: StoredConstant): NDArray | string {
  const aval = parseAval(stored.aval);
  if (aval === null) return `${JSON.stringify(stored.aval)} is no type`;
  const bytes = fromBase64(stored.data);
  if (bytes === null) return 'its data is not base64';
  const data = allocate(aval.dtype, 0);
  const want = sizeOf(aval.shape) * data.BYTES_PER_ELEMENT;
  if (bytes.length !== want) return `${stored.aval} takes ${want} bytes, its data has ${bytes.length}`;
  return { shape: aval.shape, dtype: aval.dtype, data: fromBytes(aval, bytes) };
}

/** `f32[2,3]` as an aval; null where the text is none. */
export function parseAval(text: string): Aval | null {
  const found = /^(\w+)\[((?:\d+(?:,\d+)*)?)\]$/.exec(text);
  if (found === null) return null;
  const [, dtype, dims = ''] = found;
  const shape = dims === '' ? [] : dims.split(',').map(Number);
  return isDType(dtype) && shape.every(Number.isSafeInteger) && Number.isSafeInteger(sizeOf(shape)) ? { shape, dtype } : null;
}

/** Little-endian whatever the machine: files travel. */
const swaps = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;
function bytesOf(x: NDArray): Uint8Array {
  // In wide mode floats lie in float64: what is stored has the width of the dtype.
  const exact = allocate(x.dtype, 0).constructor === x.data.constructor ? x.data : copyInto(allocate(x.dtype, x.data.length), x.data);
  const bytes = new Uint8Array(exact.buffer, exact.byteOffset, exact.byteLength);
  return swaps ? swapped(bytes, exact.BYTES_PER_ELEMENT) : bytes;
}
function fromBytes(a: Aval, bytes: Uint8Array): HostArray {
  const data = allocate(a.dtype, sizeOf(a.shape));
  new Uint8Array(data.buffer).set(swaps ? swapped(bytes, data.BYTES_PER_ELEMENT) : bytes);
  return data;
}
function copyInto(to: HostArray, from: HostArray): HostArray { to.set(from); return to; }
function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = bytes.slice();
  for (let i = 0; i < out.length; i += width) out.subarray(i, i + width).reverse();
  return out;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digitOf = Int8Array.from({ length: 128 }, (_, code) => alphabet.indexOf(String.fromCharCode(code)));

/** RFC 4648 with padding. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const n = (a << 16) | (b << 8) | c;
    parts.push(alphabet.charAt(n >> 18) + alphabet.charAt((n >> 12) & 63)
      + (i + 1 < bytes.length ? alphabet.charAt((n >> 6) & 63) : '=') + (i + 2 < bytes.length ? alphabet.charAt(n & 63) : '='));
  }
  return parts.join('');
}
/** Null where the text is not base64 as `toBase64` writes it. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array(text.length / 4 * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let n = 0;
    for (let k = 0; k < 4; k++) {
      const digit = i + k >= text.length - padding ? 0 : digitOf[text.charCodeAt(i + k)] ?? -1;
      if (digit < 0) return null;
      n = (n << 6) | digit;
    }
    for (let k = 16; k >= 0 && at < bytes.length; k -= 8) bytes[at++] = (n >> k) & 255;
    // Bits under the padding are zero: one text for each sequence of bytes.
    if (i + 4 === text.length && (n & ((1 << (8 * padding)) - 1)) !== 0) return null;
  }
  return bytes;
}
