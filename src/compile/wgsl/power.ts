// pow, erfc and the float remainder of float32 in WGSL, where there is no float64: logarithms and squares as sums of two numbers, the remainder
// by long division of integers. Floor 5.
import { erf } from '../math/errorFunction.ts';
import { powerOf } from '../math/power.ts';
import type { Code, Term } from './code.ts';
import { pairLiteral, pairs } from './pair.ts';

const library: readonly string[] = [pairs, `
fn power_of(a: f32, y: f32) -> f32 { return exp2_of_pair(pair_mul(vec2f(y, 0.0f), pair_log2(a))); }
fn exp_of_minus_square(a: f32) -> f32 { return exp2_of_pair(-pair_mul(exact_product(a, a), ${pairLiteral(Math.LOG2E)})); }`];
/** At most 2 ulp. */
export function pow(c: Code, x: Term, y: Term): Term {
  // The logarithm of no number but 1 is so small that a greater exponent would leave a finite power.
  const within = c.pmin(c.pmax(y, c.float(-(2 ** 40))), c.float(2 ** 40));
  return powerOf<Term>(c, x, y, a => c.call('f32', 'power_of', library, c.f32(a), c.f32(within)));
}

/** erfc, at most 6 ulp: as on wasm, with x^2 in two parts. */
export function erfc(c: Code, x: Term): Term {
  const a = c.pmin(c.abs(x), c.float(20));
  const gauss = c.call('f32', 'exp_of_minus_square', library, c.f32(a));
  const t = c.div(c.float(1), c.add(a, c.float(2)));
  const p = c.polynomial(t, [
    -33.247013092041016, 79.3246841430664, -68.24842071533203, 20.736011505126953, -1.7303937673568726, 3.403183698654175, 1.9274775981903076,
    1.1305190324783325, 0.5641481280326843,
  ]);
  const far = c.mul(gauss, c.mul(t, p));
  const near = c.sub(c.float(1), c.let('f32', c.f32(erf<Term>(c, x))));
  const y = c.select(c.ge(x, c.float(0.25)), far, near);
  return c.select(c.isNaN(x), x, y);
}

// Long division, one digit a turn. Without branches but the loop's: drivers inline it wherever it is called.
const remainderText = `
fn remainder_of(x: u32, y: u32) -> u32 {
let a = x & 0x7fffffffu;
let b = y & 0x7fffffffu;
let invalid = (a >= 0x7f800000u) | (b > 0x7f800000u) | (b == 0u);
let below = a < b;
let mantissa_a = (a & 0x7fffffu) | select(0x800000u, 0u, a < 0x800000u);
let mantissa_b = (b & 0x7fffffu) | select(0x800000u, select(0u, 1u, b == 0u), b < 0x800000u);
let zeros_a = countLeadingZeros(mantissa_a) - 8u;
let zeros_b = countLeadingZeros(mantissa_b) - 8u;
let first = i32(max(a >> 23u, 1u)) - i32(zeros_a);
let last = i32(max(b >> 23u, 1u)) - i32(zeros_b);
let divisor = mantissa_b << zeros_b;
var rest = mantissa_a << zeros_a;
let turns = select(first - last, 0i, invalid | below);
for (var k = 0i; k < turns; k++) { rest = select(rest, rest - divisor, rest >= divisor) << 1u; }
rest = select(rest, rest - divisor, rest >= divisor);
let shift = countLeadingZeros(rest | 1u) - 8u;
let exponent = last - i32(shift);
let digits = rest << shift;
let normal = (u32(max(exponent, 0i)) << 23u) | (digits & 0x7fffffu);
let subnormal = digits >> u32(clamp(1i - exponent, 0i, 31i));
let size = select(select(normal, subnormal, exponent <= 0i), 0u, rest == 0u);
return select(select((x & 0x80000000u) | size, x, below), 0x7fc00000u, invalid);
}`;
/** The remainder of the division that truncates, exact; the sign is the dividend's. */
export function floatRemainder(c: Code, x: Term, y: Term): Term {
  const bits = c.call('u32', 'remainder_of', [remainderText], c.u32(x), c.u32(y));
  return c.let('f32', c.f32(bits));
}
