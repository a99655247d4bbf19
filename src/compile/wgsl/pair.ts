// Numbers as unevaluated sums of two float32 (vec2f, the larger first, about 46 bits) as functions of shaders, with their logarithms, exponentials,
// sine and cosine: what float64 is to the other emitter. Dekker's and Knuth's exact sums and products (T. J. Dekker, "A floating-point technique for
// extending the available precision", 1971), in which no step may be simplified or fused: `kept`. Floor 5.
import { exp2OfFraction } from '../math/power.ts';
import { floatBits } from '../math/words.ts';
import { floatLiteral, functionText } from './code.ts';

/** The nearest float32 as a literal; below the least normal number it is zero. */
export function singleLiteral(x: number): string {
  const single = Math.fround(x);
  return floatLiteral(Math.abs(single) < 2 ** -126 ? 0 : single);
}
/** A number known to float64 precision, as a literal. */
export const pairLiteral = (x: number): string => `vec2f(${singleLiteral(x)}, ${singleLiteral(x - Math.fround(x))})`;
/** A table of such numbers, to be indexed with a counter. */
export const pairTable = (name: string, xs: readonly number[]): string => `var ${name} = array<vec2f, ${xs.length}>(${xs.map(pairLiteral).join(', ')});`;
/**
 * The sum of c[k] T_k(t) for -1 <= t <= 1 by Clenshaw's recurrence, as a function of t, right to about `least`: smaller terms are left out, and those
 * of which float32 has digits enough are summed in it.
 */
export function chebyshevText(name: string, c: readonly number[], least: number): string {
  const upTo = (size: number): number => c.reduce((n, x, k) => Math.abs(x) > size ? k + 1 : n, 1);
  const paired = upTo(least * 2 ** 21);
  const rest = c.slice(paired, upTo(least));
  const single = rest.map((x, k) => `let b${k} = fma(twice.x, b${k + 1}, ${singleLiteral(x)} - b${k + 2});`).reverse();
  return `
fn ${name}(t: vec2f) -> vec2f {
${pairTable('table', c.slice(0, paired))}
let twice = t + t;
let b${rest.length + 1} = 0.0f;
let b${rest.length} = 0.0f;
${single.join('\n')}
var next = vec2f(b0, 0.0f);
var after = vec2f(b1, 0.0f);
for (var k = ${paired - 1}i; k > 0i; k--) { let value = pair_add(pair_add(table[k], -after), pair_mul(twice, next)); after = next; next = value; }
return pair_add(pair_add(table[0], -after), pair_mul(t, next));
}`;
}
const ln2 = pairLiteral(Math.LN2);
/** Coefficients of (pi r)^k / k! in sin and cos, by turns, with their signs. */
const circle: readonly number[] = Array.from({ length: 18 }, (_, k) => { let c = k % 4 < 2 ? 1 : -1; for (let i = 1; i <= k; i++) c *= Math.PI / i; return c; });

/**
 * The library. `pair_log2` has about 40 bits: 2 / ln 2 times the series of artanh((m - 1) / (m + 1)), its first terms in two parts; of the other
 * logarithms about 46 count. `exp2_of_pair` is 0 below the least normal number: the integral part goes to the exponent.
 */
export const pairs = `
fn infinity() -> f32 { return bitcast<f32>(bits_zero | 0x7f800000u); }
fn not_a_number() -> f32 { return bitcast<f32>(bits_zero | 0x7fc00000u); }
fn is_nan(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u; }
fn kept(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ bits_zero); }
fn quick_sum(a: f32, b: f32) -> vec2f { let s = kept(a + b); return vec2f(s, b - kept(s - a)); }
fn exact_sum(a: f32, b: f32) -> vec2f { let s = kept(a + b); let p = kept(s - a); return vec2f(s, kept(a - kept(s - p)) + kept(b - p)); }
fn exact_product(a: f32, b: f32) -> vec2f {
let p = kept(a * b);
let a1 = bitcast<f32>(bitcast<u32>(a) & 0xfffff000u);
let a2 = a - a1;
let b1 = bitcast<f32>(bitcast<u32>(b) & 0xfffff000u);
let b2 = b - b1;
let rest = kept(kept(kept(a1 * b1 - p) + a1 * b2) + a2 * b1) + a2 * b2;
return vec2f(p, select(0.0f, rest, (abs(p) > 1e-30f) & (abs(p) < 1e38f)));
}
fn pair_add(a: vec2f, b: vec2f) -> vec2f { let s = exact_sum(a.x, b.x); return quick_sum(s.x, s.y + (a.y + b.y)); }
fn pair_mul(a: vec2f, b: vec2f) -> vec2f { let p = exact_product(a.x, b.x); return quick_sum(p.x, p.y + (a.x * b.y + a.y * b.x)); }
fn pair_div(a: vec2f, b: vec2f) -> vec2f {
let q = kept(a.x / b.x);
let p = exact_product(q, b.x);
return quick_sum(q, (kept(kept(a.x - p.x) - p.y) + (a.y - q * b.y)) / b.x);
}
fn pair_sqrt(a: vec2f) -> vec2f {
let s = kept(sqrt(a.x));
let p = exact_product(s, s);
return select(quick_sum(s, (kept(kept(a.x - p.x) - p.y) + a.y) / (s + s)), vec2f(0.0f), a.x == 0.0f);
}
fn pair_tail(z: vec2f) -> vec2f {
${pairTable('table', [1 / 3, 1 / 5, 1 / 7, 1 / 9])}
var sum = vec2f(z.x * fma(z.x, fma(z.x, fma(z.x, ${Math.fround(1 / 17)}f, ${Math.fround(1 / 15)}f), ${Math.fround(1 / 13)}f), ${Math.fround(1 / 11)}f), 0.0f);
for (var k = 3i; k >= 0i; k--) { sum = pair_mul(z, pair_add(table[k], sum)); }
return sum;
}
fn pair_log_ratio(f: vec2f, d: vec2f) -> vec2f {
let s = pair_div(f, d);
let t = pair_mul(s, pair_tail(pair_mul(s, s)));
return pair_add(s + s, t + t);
}
fn pair_log(x: vec2f) -> vec2f {
let large = x.x > 1.8446744e19f;
let small = x.x < 5.4210109e-20f;
let y = x * select(select(1.0f, 1.8446744073709552e19f, small), 5.421010862427522e-20f, large);
let e = (bitcast<i32>(y.x) - 0x3f3504f3i) >> 23u;
let m = y * bitcast<f32>((127i - e) << 23u);
let k = f32(e + select(select(0i, -64i, small), 64i, large));
let log = pair_log_ratio(quick_sum(m.x - 1.0f, m.y), pair_add(vec2f(1.0f, 0.0f), m));
return pair_add(pair_mul(vec2f(k, 0.0f), ${ln2}), log);
}
fn pair_log1p(x: vec2f) -> vec2f {
let near = x.x > -0.25f && x.x < 0.4f;
let u = pair_add(vec2f(1.0f, 0.0f), x);
var k = 0.0f;
var f = x;
var d = pair_add(vec2f(2.0f, 0.0f), x);
if (!near) {
let large = u.x > 1.8446744e19f;
let y = u * select(1.0f, 5.421010862427522e-20f, large);
let e = (bitcast<i32>(y.x) - 0x3f3504f3i) >> 23u;
let m = y * bitcast<f32>((127i - e) << 23u);
k = f32(e + select(0i, 64i, large));
f = quick_sum(m.x - 1.0f, m.y);
d = pair_add(vec2f(1.0f, 0.0f), m);
}
return pair_add(pair_mul(vec2f(k, 0.0f), ${ln2}), pair_log_ratio(f, d));
}
fn pair_less_log1p(x: vec2f) -> vec2f {
if (abs(x.x) > 0.4f) { return pair_add(x, -pair_log1p(x)); }
let r = pair_div(x, pair_add(vec2f(2.0f, 0.0f), x));
let t = pair_tail(pair_mul(r, r));
return pair_mul(r, pair_add(x, -(t + t)));
}
fn pair_log2(x: f32) -> vec2f {
let tiny = x < 1.1754943508222875e-38f;
let normal = select(x, x * 8388608.0f, tiny);
let k = (bitcast<i32>(normal) - ${floatBits(Math.SQRT1_2)}i) >> 23u;
let m = bitcast<f32>(bitcast<i32>(normal) - (k << 23u));
let s = pair_div(vec2f(m - 1.0f, 0.0f), exact_sum(1.0f, m));
let z = pair_mul(s, s);
let tail = z.x * fma(z.x, fma(z.x, 0.34073010658534336f, 0.4116727189977767f), 0.5770835849651513f);
let series = pair_add(${pairLiteral(2.8853900817900864)}, pair_mul(z, pair_add(${pairLiteral(0.9617966733417975)}, vec2f(tail, 0.0f))));
return pair_add(vec2f(f32(k - select(0i, 23i, tiny)), 0.0f), pair_mul(s, series));
}
${functionText('exp2_of_fraction', ['x'], (c, x = c.float(0)) => exp2OfFraction(c, x))}
fn exp2_of_pair(z: vec2f) -> f32 {
let v = clamp(z.x, -127.0f, 128.0f);
let n = floor(v);
return exp2_of_fraction((v - n) + z.y) * bitcast<f32>((i32(n) + 127i) << 23u);
}
fn pair_expm1_small(r: vec2f) -> vec2f {
let q = r * 0.0625f;
let tail = vec2f(q.x * fma(q.x, fma(q.x, fma(q.x, 0.00019841270113829523f, 0.0013888889225199819f), 0.008333333767950535f), 0.0416666679084301f), 0.0f);
var t = pair_add(${pairLiteral(1 / 6)}, tail);
t = pair_add(vec2f(0.5f, 0.0f), pair_mul(q, t));
t = pair_add(vec2f(1.0f, 0.0f), pair_mul(q, t));
t = pair_mul(q, t);
for (var k = 0i; k < 4i; k++) { t = pair_mul(t, pair_add(vec2f(2.0f, 0.0f), t)); }
return t;
}
fn exponent_of(x: f32) -> f32 { return round(x * 1.44269502162933349609375f); }
fn pair_reduced(x: vec2f, n: f32) -> vec2f { return pair_add(x, -pair_mul(vec2f(n, 0.0f), ${ln2})); }
fn power_of_two(n: f32) -> f32 { return bitcast<f32>((i32(n) + 127i) << 23u); }
fn pair_times_exp(v: vec2f, x: vec2f) -> vec2f {
let l = select(x, vec2f(clamp(x.x, -175.0f, 175.0f), 0.0f), abs(x.x) > 175.0f);
let n = exponent_of(l.x);
let half = trunc(n * 0.5f);
let product = pair_mul(v, pair_add(vec2f(1.0f, 0.0f), pair_expm1_small(pair_reduced(l, n))));
return product * power_of_two(half) * power_of_two(n - half);
}
fn pair_exp(x: vec2f) -> vec2f { return pair_times_exp(vec2f(1.0f, 0.0f), x); }
fn pair_expm1(x: vec2f) -> vec2f {
let l = select(x, vec2f(clamp(x.x, -60.0f, 80.0f), 0.0f), x.x < -60.0f || x.x > 80.0f);
let n = exponent_of(l.x);
let p = power_of_two(n);
return pair_add(exact_sum(p, -1.0f), pair_expm1_small(pair_reduced(l, n)) * p);
}
fn pair_circle(x: vec2f, quarter: i32) -> vec2f {
let r = pair_add(vec2f(x.x - 2.0f * round(x.x * 0.5f), 0.0f), vec2f(x.y, 0.0f));
let k = round(r.x + r.x);
let t = pair_add(r, vec2f(-0.5f * k, 0.0f));
let z = pair_mul(t, t);
let turns = i32(k) + quarter;
let cosine = (turns & 1i) != 0i;
${pairTable('table', circle)}
var sum = vec2f(0.0f);
for (var j = 16i; j >= 0i; j -= 2i) { sum = pair_add(table[j + select(1i, 0i, cosine)], pair_mul(z, sum)); }
let value = select(pair_mul(t, sum), sum, cosine);
return select(value, -value, (turns & 2i) != 0i);
}`;
