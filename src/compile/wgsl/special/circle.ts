// sinc with its derivatives, and the scaled Bessel functions of higher orders, of float32 in WGSL: numbers of two parts. Floor 5.
import { i0Far, i1Far, i1Near } from '../../../primitive/besselFunction.ts';
import { chebyshevText, pairLiteral } from './pairs.ts';

/** The derivative of an order of sin(pi x) / (pi x): by its recurrence where that is stable, else by the Maclaurin series. */
export const sincText = (n: number): string => `
fn sinc_${n}(at: f32) -> f32 {
if (is_nan(at)) { return at; }
if (abs(at) >= infinity()) { return 0.0f; }
let x = vec2f(clamp(at, -1e37f, 1e37f), 0.0f);
let z = pair_mul(${pairLiteral(Math.PI)}, x);
var value = vec2f(0.0f);
if (abs(z.x) > ${n + 2}.0f) {
value = pair_div(pair_circle(x, 0i), z);
for (var k = 1i; k <= ${n}i; k++) { value = pair_div(pair_add(pair_circle(x, k), -pair_mul(vec2f(f32(k), 0.0f), value)), z); }
} else {
let square = pair_mul(z, z);
var term = ${n % 2 === 0 ? 'vec2f(1.0f, 0.0f)' : 'z'} * ${Math.ceil(n / 2) % 2 === 0 ? '1.0f' : '-1.0f'};
for (var k = 0i; k < ${Math.ceil((2.72 * (n + 2) + 26) / 2)}i; k++) {
let power = 2.0f * f32(k) + ${n % 2}.0f;
value = pair_add(value, pair_div(term, vec2f(power + ${n + 1}.0f, 0.0f)));
term = -pair_div(pair_mul(term, square), vec2f((power + 1.0f) * (power + 2.0f), 0.0f));
}
}
return pair_mul(${pairLiteral(Math.PI ** n)}, value).x;
}`;
const counting = (c: readonly number[]): readonly number[] => c.filter(x => Math.abs(x) > 1e-12);
export const besselText = `${chebyshevText('i0_far', counting(i0Far))}
${chebyshevText('i1_near', counting(i1Near))}
${chebyshevText('i1_far', counting(i1Far))}
fn bessel_i1(m: f32) -> vec2f {
if (m <= 8.0f) { return pair_mul(vec2f(m, 0.0f), i1_near(quick_sum(-1.0f, 0.25f * m))); }
return pair_div(i1_far(pair_add(pair_div(vec2f(16.0f, 0.0f), vec2f(m, 0.0f)), vec2f(-1.0f, 0.0f))), pair_sqrt(vec2f(m, 0.0f)));
}
fn bessel_ie(n: i32, x: f32) -> f32 {
if (is_nan(x)) { return x; }
let m = abs(x);
if (m == 0.0f || m >= infinity()) { return 0.0f; }
let size = vec2f(m, 0.0f);
var value = bessel_i1(m);
if (m > f32(20i + n * n)) {
var below = pair_div(i0_far(pair_add(pair_div(vec2f(16.0f, 0.0f), size), vec2f(-1.0f, 0.0f))), pair_sqrt(size));
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
