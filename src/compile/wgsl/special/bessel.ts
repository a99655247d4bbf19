// The modified Bessel functions of the first kind of integer order, scaled by exp(-|x|), of float32 in WGSL: the reference's expansions in numbers of
// two parts. Floor 5.
import { i0Far, i0Near, i1Far, i1Near } from '../../../primitive/besselFunction.ts';
import { chebyshevText } from '../pair.ts';

/** What counts beside 1: float32 has 24 bits, 2^-40 is well below. */
const least = 1e-12;
const expansion = (name: string, near: readonly number[], far: readonly number[]): string => `${chebyshevText(`${name}_near`, near, least)}
${chebyshevText(`${name}_far`, far, least)}
fn scaled_${name}(m: f32) -> vec2f {
if (m <= 8.0f) { return ${name}_near(quick_sum(-1.0f, 0.25f * m)); }
return bessel_over_root(${name}_far(pair_add(vec2f(-1.0f, 0.0f), pair_div(vec2f(16.0f, 0.0f), vec2f(m, 0.0f)))), m);
}`;
/** `scaled_i0` and `scaled_i1` are those of order 0 and 1, the latter up to 8 divided by m. The root is that of a quarter, whose square does not overflow. */
export const besselText = `
fn bessel_over_root(value: vec2f, m: f32) -> vec2f { return pair_div(value, pair_sqrt(vec2f(0.25f * m, 0.0f))) * 0.5f; }
${expansion('i0', i0Near, i0Far)}
${expansion('i1', i1Near, i1Far)}
fn bessel_1(m: f32) -> vec2f {
let value = scaled_i1(m);
if (m > 8.0f) { return value; }
return pair_mul(vec2f(m, 0.0f), value);
}
fn bessel_i0e(x: f32) -> f32 {
if (is_nan(x)) { return x; }
if (abs(x) >= infinity()) { return 0.0f; }
return scaled_i0(abs(x)).x;
}
fn bessel_i1e(x: f32) -> f32 {
let m = abs(x);
// Near zero the function is its slope, where parts of products would be flushed.
if (is_nan(x) || m < 8.6736174e-19f) { return x * 0.5f; }
let value = select(bessel_1(m).x, 0.0f, m >= infinity());
return bitcast<f32>(bitcast<u32>(value) | (bitcast<u32>(x) & 0x80000000u));
}
fn bessel_ie(n: i32, x: f32) -> f32 {
if (is_nan(x)) { return x; }
let m = abs(x);
if (m == 0.0f || m >= infinity()) { return 0.0f; }
let size = vec2f(m, 0.0f);
var value = bessel_1(m);
if (m > f32(20i + n * n)) {
var below = scaled_i0(m);
for (var k = 1i; k < n; k++) {
let next = pair_add(below, -pair_mul(pair_div(vec2f(2.0f * f32(k), 0.0f), size), value));
below = value;
value = next;
}
} else {
var ratio = vec2f(0.0f);
var product = vec2f(1.0f, 0.0f);
for (var k = n + 30i + i32(ceil(m)); k > 1i; k--) {
ratio = pair_div(size, pair_add(vec2f(2.0f * f32(k), 0.0f), pair_mul(size, ratio)));
if (k <= n) { product = pair_mul(product, ratio); }
}
value = pair_mul(product, value);
}
return select(value.x, -value.x, x < 0.0f && (n & 1i) == 1i);
}`;
