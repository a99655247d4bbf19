// Elements narrower than a word: bytes lie four to a word, halves two, the first in the lowest bits. How one is taken out of its word, and
// how its bits are made. Floor 5: in integers, since drivers round, flush and lose NaN each in its own way when they convert halves.
import { dtypeInfo, type DType } from '../../dtype/dtype.ts';
import type { Code, Term } from './code.ts';

/** Bytes of an element in the memory of the device. */
export const elementBytes = (d: DType): number => dtypeInfo[d].bytes;
/** Elements that share a word. */
export const perWord = (d: DType): number => Math.max(1, 4 / elementBytes(d));

/** Statements that bring an element from memory. */
export const loadLength = (d: DType): number => 1 + 2 * Number(perWord(d) > 1);

const fromHalf = `
fn from_half(bits: u32) -> f32 {
  let size = bits & 0x7fffu;
  let number = select((size << 13u) + 0x38000000u, (size << 13u) | 0x7f800000u, size >= 0x7c00u);
  let small = bitcast<u32>(f32(size) * 0x1p-24f);
  return bitcast<f32>(select(number, small, size < 0x400u) | ((bits & 0x8000u) << 16u));
}`;
/** Rounds to the nearest, half to even: what carries out of the greatest half is the infinity behind it. */
const toHalf = `
fn to_half(word: u32) -> u32 {
  let size = word & 0x7fffffffu;
  let number = (size - 0x38000000u + 0xfffu + ((size >> 13u) & 1u)) >> 13u;
  let small = u32(round(bitcast<f32>(min(size, 0x38800000u)) * 0x1p24f));
  let large = select(0x7c00u, 0x7e00u, size > 0x7f800000u);
  return select(select(number, large, size >= 0x47800000u), small, size < 0x38800000u) | ((word >> 16u) & 0x8000u);
}`;

/** The number of a place among those in a word, as the bits below it. */
export const shiftAt = (d: DType, index: string): string => elementBytes(d) === 1 ? `((${index} & 3u) << 3u)` : `((${index} & 1u) << 4u)`;
/** The number of the word that an element lies in. */
export const wordAt = (d: DType, index: string): string => `${index} >> ${elementBytes(d) === 1 ? 2 : 1}u`;
/** The bits of an element in the lowest place. */
export const maskOf = (d: DType): string => elementBytes(d) === 1 ? '255u' : '65535u';

/** An element out of its word. */
export function unpacked(c: Code, d: DType, word: string, shift: string): Term {
  switch (d) {
    case 'bool': return c.let('bool', `((${word} >> ${shift}) & 255u) != 0u`);
    case 'u8': return c.let('u32', `(${word} >> ${shift}) & 255u`);
    case 'i8': return c.let('i32', `bitcast<i32>(${word} << (24u - ${shift})) >> 24u`);
    case 'f16': return c.call('f32', 'from_half', [fromHalf], `${word} >> ${shift}`);
    case 'f32': case 'f64': case 'i32': case 'u32': return { code: word, type: 'u32' };
    default: return d satisfies never;
  }
}
/** The bits of an element in the lowest place, all others zero. */
export function packed(c: Code, d: DType, x: Term): Term {
  switch (d) {
    case 'bool': return c.let('u32', `select(0u, 1u, ${c.bool(x)})`);
    case 'u8': case 'i8': return c.let('u32', `${c.u32(x)} & 255u`);
    case 'f16': return c.call('u32', 'to_half', [toHalf], c.u32({ ...x, code: c.f32(x), type: 'f32' }));
    case 'f32': case 'f64': case 'i32': case 'u32': return { code: c.u32(x), type: 'u32' };
    default: return d satisfies never;
  }
}
