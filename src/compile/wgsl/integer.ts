// Division, shifts and counts of integers in WGSL. Floor 5. x / 0 is all ones, x % 0 is x, MIN / -1 is MIN, MIN % -1 is 0; shifts by the
// width or more leave nothing, or the sign. Nothing here is left to what WGSL says of such operands.
import type { Code, Term } from './code.ts';

type IntegerType = 'i32' | 'u32';
const zero = { i32: '0i', u32: '0u' } as const;
const one = { i32: '1i', u32: '1u' } as const;
/** A divisor that gives the quotient wherever there is one. -1 divides by negation: MIN is its own. */
function safe(c: Code, type: IntegerType, b: string): string {
  return c.let(type, type === 'i32' ? `select(${b}, ${one[type]}, (${b} == 0i) | (${b} == -1i))` : `select(${b}, ${one[type]}, ${b} == 0u)`).code;
}
export function divide(c: Code, type: IntegerType, a: Term, b: Term): Term {
  const [x, y] = [c.as(type, a), c.as(type, b)];
  const q = c.let(type, `${x} / ${safe(c, type, y)}`).code;
  const signed = type === 'i32' ? c.let(type, `select(${q}, 0i - ${x}, ${y} == -1i)`).code : q;
  return c.let(type, `select(${signed}, ${type === 'i32' ? '-1i' : '0xffffffffu'}, ${y} == ${zero[type]})`);
}
export function remainder(c: Code, type: IntegerType, a: Term, b: Term): Term {
  const [x, y] = [c.as(type, a), c.as(type, b)];
  const r = c.let(type, `${x} % ${safe(c, type, y)}`).code;
  return c.let(type, `select(${r}, ${x}, ${y} == ${zero[type]})`);
}

export type Shift = 'left' | 'logical' | 'arithmetic';
/** `width`: bits of the dtype, whose word may be wider. By a literal that is less it is one statement: rounds of random bits are made of these. */
export function shift(c: Code, kind: Shift, type: IntegerType, a: Term, by: Term, width: number): Term {
  const known = by.number !== undefined && by.number >= 0 && by.number < width;
  const n = known ? `${by.number}u` : c.let('u32', c.u32(by)).code;
  const beyond = `${n} >= ${width}u`;
  const low = known ? n : c.let('u32', `${n} & 31u`).code;
  const typed = (x: Term): Term => x.type === type ? x : c.let(type, c.as(type, x));
  const own = (bits: string): string => width === 32 ? bits : `(${bits} & ${2 ** width - 1}u)`;
  if (kind === 'arithmetic') {
    const x = width === 32 ? c.i32(a) : `((${c.i32(a)} << ${32 - width}u) >> ${32 - width}u)`;
    return typed(c.let('i32', known ? `${x} >> ${low}` : `${x} >> select(${low}, ${width - 1}u, ${beyond})`));
  }
  const moved = kind === 'left' ? `${c.u32(a)} << ${low}` : `${own(c.u32(a))} >> ${low}`;
  return typed(c.let('u32', known ? moved : `select(${moved}, 0u, ${beyond})`));
}
const ownBits = (c: Code, a: Term, width: number): string => width === 32 ? c.u32(a) : `(${c.u32(a)} & ${2 ** width - 1}u)`;
export const populationCount = (c: Code, type: IntegerType, a: Term, width: number): Term => c.let(type, `${type}(countOneBits(${ownBits(c, a, width)}))`);
export const countLeadingZeros = (c: Code, type: IntegerType, a: Term, width: number): Term => c.let(type, `${type}(countLeadingZeros(${ownBits(c, a, width)}) - ${32 - width}u)`);
