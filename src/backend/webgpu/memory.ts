// Host data as the words that the device keeps, and back: every element is a word of 32 bits, a bool 0 or 1, half precision a float32.
// Floor 6.
import { allocate, type DType, type HostArray } from '../../dtype/dtype.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';

type Words = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;
function wordArray(d: DType, buffer: ArrayBuffer): Words {
  switch (d) {
    case 'f32': case 'f16': case 'f64': return new Float32Array(buffer);
    case 'i32': case 'i8': return new Int32Array(buffer);
    case 'u32': case 'u8': case 'bool': return new Uint32Array(buffer);
    default: return d satisfies never;
  }
}
/** A copy: the caller may change its data before the device has taken it. */
export function toWords(data: HostArray, d: DType): Words {
  const words = wordArray(d, new ArrayBuffer(4 * data.length));
  words.set(data);
  return words;
}
export function fromWords(bytes: ArrayBuffer, a: Aval): HostArray {
  const words = wordArray(a.dtype, bytes);
  if (a.dtype !== 'u8' && a.dtype !== 'i8' && a.dtype !== 'bool') return words;
  const out = allocate(a.dtype, sizeOf(a.shape));
  out.set(words);
  return out;
}
