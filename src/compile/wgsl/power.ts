// pow, erfc and the float remainder of float32 in WGSL, where there is no float64: logarithms and squares as sums of two numbers, the remainder
// by long division of integers. Floor 5.
import { erf } from '../math/errorFunction.ts';
import { exp2OfFraction, powerOf } from '../math/power.ts';
import { floatBits } from '../math/words.ts';
import type { Code, Term } from './code.ts';
import { addPairs, constantPair, exactProduct, exactSum, mulPairs, quickSum, timesPair, type Pair } from './pair.ts';

/** log2 of a positive finite number, to about 40 bits: 2 / ln 2 times the series of artanh((m - 1) / (m + 1)), its first terms in two parts. */
function log2(c: Code, a: Term): Pair<Term> {
  const tiny = c.lt(a, c.float(2 ** -126));
  const normal = c.select(tiny, c.mul(a, c.float(2 ** 23)), a);
  const k = c.shiftRight(c.isub(normal, c.int(floatBits(Math.SQRT1_2))), 23);
  const m = c.let('f32', c.f32(c.isub(normal, c.shiftLeft(k, 23))));
  const f = c.sub(m, c.float(1));
  const d = exactSum<Term>(c, c.float(1), m);
  // The quotient, and what is left of f after it.
  const s1 = c.kept(c.div(f, d.high));
  const back = exactProduct<Term>(c, s1, d.high);
  const s2 = c.div(c.sub(c.sub(c.kept(c.sub(f, back.high)), back.low), c.mul(s1, d.low)), d.high);
  const s = quickSum<Term>(c, s1, s2);
  const z = mulPairs<Term>(c, s, s);
  const tail = c.mul(z.high, c.polynomial(z.high, [0.34073010658534336, 0.4116727189977767, 0.5770835849651513]));
  const series = addPairs<Term>(c, constantPair<Term>(c, 2.8853900817900864), mulPairs<Term>(c, z, addPairs<Term>(c, constantPair<Term>(c, 0.9617966733417975), { high: tail, low: c.float(0) })));
  const whole = c.toFloat(c.isub(k, c.and(tiny, c.int(23))));
  return addPairs<Term>(c, { high: whole, low: c.float(0) }, mulPairs<Term>(c, s, series));
}
/** 2 to a power in two parts: the integral part goes to the exponent. Below the least normal number it is 0. */
function exp2(c: Code, z: Pair<Term>): Term {
  const v = c.pmin(c.pmax(z.high, c.float(-127)), c.float(128));
  const n = c.floor(v);
  const p = exp2OfFraction<Term>(c, c.add(c.sub(v, n), z.low));
  return c.mul(p, c.shiftLeft(c.iadd(c.toInt(n), c.int(127)), 23));
}
/** At most 2 ulp. */
export function pow(c: Code, x: Term, y: Term): Term {
  // The logarithm of no number but 1 is so small that a greater exponent would leave a finite power.
  const within = c.pmin(c.pmax(y, c.float(-(2 ** 40))), c.float(2 ** 40));
  return powerOf<Term>(c, x, y, a => exp2(c, timesPair<Term>(c, within, log2(c, a))));
}

/** erfc, at most 6 ulp: as on wasm, with x^2 in two parts. */
export function erfc(c: Code, x: Term): Term {
  const a = c.pmin(c.abs(x), c.float(20));
  const square = exactProduct<Term>(c, a, a);
  const gauss = exp2(c, timesPair<Term>(c, c.float(-1), mulPairs<Term>(c, square, constantPair<Term>(c, Math.LOG2E))));
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
  const bits = c.call('u32', 'remainder_of', remainderText, c.u32(x), c.u32(y));
  return c.let('f32', c.f32(bits));
}
