// Host data as the bytes that the device keeps, and back: bytes, bools and words travel as they are, half precision as its bits.
// Floor 6.
import { roundHalfEven, type DType, type HostArray } from '../../dtype/dtype.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';

/** A copy, in whole words: the caller may change its data before the device has taken it. */
export function toBytes(data: HostArray, d: DType): Uint8Array<ArrayBuffer> {
  const source = d === 'f16' ? toHalves(data) : data;
  const out = new Uint8Array(Math.ceil(source.byteLength / 4) * 4);
  out.set(new Uint8Array(source.buffer, source.byteOffset, source.byteLength));
  return out;
}
/** The elements of a value; the bytes may be some more. */
export function fromBytes(bytes: ArrayBuffer, a: Aval): HostArray {
  const n = sizeOf(a.shape);
  switch (a.dtype) {
    case 'f32': case 'f64': return new Float32Array(bytes, 0, n);
    case 'i32': return new Int32Array(bytes, 0, n);
    case 'u32': return new Uint32Array(bytes, 0, n);
    case 'i8': return new Int8Array(bytes, 0, n);
    case 'u8': case 'bool': return new Uint8Array(bytes, 0, n);
    case 'f16': return fromHalves(new Uint16Array(bytes, 0, n));
    default: return a.dtype satisfies never;
  }
}

/** The bits of the nearest numbers of half precision, ties to even. */
export function toHalves(data: HostArray): Uint16Array<ArrayBuffer> {
  const numbers = new Float32Array(data);
  const words = new Uint32Array(numbers.buffer);
  const out = new Uint16Array(words.length);
  words.forEach((word, i) => {
    const size = word & 0x7fffffff;
    const sign = (word >>> 16) & 0x8000;
    if (size >= 0x47800000) { out[i] = sign | (size > 0x7f800000 ? 0x7e00 : 0x7c00); return; }
    if (size >= 0x38800000) { out[i] = sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13); return; }
    // Below 2^-14 halves are 2^-24 apart.
    out[i] = sign | roundHalfEven(Math.abs(numbers[i] ?? 0) * 2 ** 24);
  });
  return out;
}
export function fromHalves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Float32Array(bits.length);
  bits.forEach((b, i) => {
    const [exponent, fraction] = [(b >>> 10) & 31, b & 1023];
    const size = exponent === 31 ? fraction === 0 ? Infinity : NaN : exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
    out[i] = b >= 0x8000 ? -size : size;
  });
  return out;
}
