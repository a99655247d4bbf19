// sin, cos, tan of float32 in WGSL. The argument is reduced with integers, exactly, whatever its size: its mantissa is multiplied by the bits
// of 2 / pi that matter (M. Payne, R. Hanek, "Radian reduction for trigonometric functions", 1983). Minimax polynomials as on every backend.
// Floor 5.
import { cosineOf, sineOf, tangentOf } from '../math/circular.ts';
import type { Code, Term } from './code.ts';

/** 2 / pi, the first word before a word of zeros, so that an argument below 1 finds its bits too. */
const twoOverPi = [0x28be60db, 0x9391054a, 0x7f09d5f4, 0x7d4d3770, 0x36d8a566, 0x4f10e410];
/**
 * (bits of r, k): |x| = r + k pi / 2 with |r| <= pi / 4. The fraction of |x| 2 / pi has 62 bits; its first 32 after the leading zeros are
 * multiplied by pi / 2. Beyond infinity, and for NaN, r is NaN.
 */
const quadrant = `
fn wide_product(a: u32, b: u32) -> vec2u {
let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
let low = al * bl; let first = ah * bl + (low >> 16u); let second = al * bh + (first & 0xffffu);
return vec2u((second << 16u) | (low & 0xffffu), ah * bh + (first >> 16u) + (second >> 16u));
}
fn quadrant(word: u32) -> vec2u {
let size = word & 0x7fffffffu;
let small = size < 0x3f000000u;
let infinite = size >= 0x7f800000u;
let mantissa = (size << 8u) | 0x80000000u;
let exponent = select((size >> 23u) - 126u, 0u, small | infinite);
var table = array<u32, 7>(0u, ${twoOverPi.map(w => `${w}u`).join(', ')});
let i = exponent >> 5u;
let by = exponent & 31u;
let rest = 31u - by;
let w0 = table[i]; let w1 = table[i + 1u]; let w2 = table[i + 2u]; let w3 = table[min(i + 3u, 6u)];
let high = (w0 << by) | ((w1 >> 1u) >> rest);
let middle = (w1 << by) | ((w2 >> 1u) >> rest);
let low = (w2 << by) | ((w3 >> 1u) >> rest);
let p0 = wide_product(mantissa, low);
let p1 = wide_product(mantissa, middle);
let s0 = p1.x + p0.y;
let s1 = p1.y + select(0u, 1u, s0 < p1.x) + mantissa * high;
let f1 = s1 & 0x3fffffffu;
let upper = f1 >= 0x20000000u;
let k = (s1 >> 30u) + select(0u, 1u, upper);
let g0 = select(s0, ~s0 + 1u, upper);
let g1 = select(f1, 0x40000000u - f1 - select(1u, 0u, s0 == 0u), upper);
let sign = select(0u, 0x80000000u, upper);
let zeros = select(countLeadingZeros(g1), 32u + countLeadingZeros(g0 | 1u), g1 == 0u);
let shift = zeros & 31u;
let top = select(g1, g0, zeros >= 32u);
let next = select(g0, 0u, zeros >= 32u);
let leading = (top << shift) | ((next >> 1u) >> (31u - shift));
let scaled = wide_product(leading, 0xc90fdaa2u).y;
let r = f32(scaled) * bitcast<f32>((98u - zeros) << 23u);
return select(vec2u(select(bitcast<u32>(r) | sign, 0x7fc00000u, infinite), k), vec2u(size, 0u), small);
}`;

/** (r, k) of an argument: k counts quarters of a turn, for negative arguments backwards. */
function reduced(c: Code, x: Term): readonly [r: Term, k: Term] {
  const word = c.let('u32', c.u32(x));
  const both = c.call('u32', 'quadrant', [quadrant], word.code);
  const r = c.let('f32', `bitcast<f32>(${both.code}.x ^ (${word.code} & 0x80000000u))`);
  return [r, c.let('u32', `select(${both.code}.y, 0u - ${both.code}.y, ${word.code} > 0x7fffffffu)`)];
}
function turned(c: Code, x: Term, turns: number): Term {
  const [r, quarter] = reduced(c, x);
  const k = c.let('u32', `${quarter.code} + ${turns}u`).code;
  const z = c.mul(r, r);
  const y = c.select(c.let('bool', `(${k} & 1u) != 0u`), cosineOf<Term>(c, z), sineOf<Term>(c, r, z));
  return c.let('f32', `bitcast<f32>(${c.u32(y)} ^ ((${k} & 2u) << 30u))`);
}
/** sin, at most 2 ulp. */
export const sin = (c: Code, x: Term): Term => turned(c, x, 0);
/** cos, at most 2 ulp. */
export const cos = (c: Code, x: Term): Term => turned(c, x, 1);
/** tan, at most 4 ulp: in odd quarters minus the reciprocal. */
export function tan(c: Code, x: Term): Term {
  const [r, k] = reduced(c, x);
  const t = tangentOf<Term>(c, r, c.mul(r, r));
  return c.select(c.let('bool', `(${k.code} & 1u) != 0u`), c.div(c.float(-1), t), t);
}
