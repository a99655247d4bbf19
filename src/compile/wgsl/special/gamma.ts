// lgamma, digamma, polygamma and zeta of float32 in WGSL: the reference's expansions in numbers of two parts. Floor 5. Next to the zeros that
// these have on the negative axis the error is absolute: 1e-12 of the terms that cancel there.
import { aroundRoot, digammaTail, halfLogTwoPi, nearTwo, stirling } from '../../../primitive/gammaFunction.ts';
import { bernoulli } from '../../../primitive/hurwitzZeta.ts';
import { chebyshevText, singleLiteral, pairLiteral, pairTable } from '../pair.ts';

/** What counts in 46 bits. */
const least = 1e-13;
/** The sum of c[k] u^k, its first term in two parts. */
function inSquares(c: readonly number[], u: string): string {
  const rest = c.slice(1, 7).reduceRight((sum, x) => sum === '' ? singleLiteral(x) : `fma(${u}, ${sum}, ${singleLiteral(x)})`, '');
  return `pair_add(${pairLiteral(c[0] ?? 0)}, vec2f(${u} * ${rest}, 0.0f))`;
}

export const gammaText = `${chebyshevText('near_two', nearTwo, least)}
${chebyshevText('around_root', aroundRoot, least)}
fn stirling_remainder(x: vec2f) -> vec2f { let u = 1.0f / x.x / x.x; return pair_div(${inSquares(stirling, 'u')}, x); }
fn pair_lgamma1p(a: vec2f) -> vec2f {
let large = a.x >= 9.0f;
let x = pair_add(vec2f(1.0f, 0.0f), a);
var one = a;
var product = select(vec2f(1.0f, 0.0f), x, large);
while (!large && one.x > 2.0f) { product = pair_mul(product, one); one = pair_add(one, vec2f(-1.0f, 0.0f)); }
let log = pair_log(product);
if (large) {
return pair_add(pair_mul(pair_add(x, vec2f(-0.5f, 0.0f)), pair_add(log, vec2f(-1.0f, 0.0f))), pair_add(${pairLiteral(halfLogTwoPi - 0.5)}, stirling_remainder(x)));
}
let two = pair_add(one, vec2f(-1.0f, 0.0f));
return pair_add(pair_mul(pair_mul(one, two), near_two(two)), log);
}
fn pair_lgamma(x: vec2f) -> vec2f {
let small = x.x < 1.0f;
let y = pair_lgamma1p(select(pair_add(x, vec2f(-1.0f, 0.0f)), x, small));
if (!small) { return y; }
return pair_add(y, -pair_log(x));
}
fn pair_digamma(x: vec2f) -> vec2f {
var y = x;
var sum = vec2f(0.0f);
if (y.x < 1.0f) { sum = -pair_div(vec2f(1.0f, 0.0f), y); y = pair_add(y, vec2f(1.0f, 0.0f)); }
if (y.x >= 10.0f) {
let r = pair_div(vec2f(1.0f, 0.0f), y);
let u = r.x * r.x;
return pair_add(pair_log(y), -pair_add(r * 0.5f, pair_mul(pair_mul(r, r), ${inSquares(digammaTail, 'u')})));
}
while (y.x > 2.0f) { y = pair_add(y, vec2f(-1.0f, 0.0f)); sum = pair_add(sum, pair_div(vec2f(1.0f, 0.0f), y)); }
let distance = pair_add(pair_add(exact_sum(y.x, -1.461632132530212402343750f), vec2f(y.y, 0.0f)), ${pairLiteral(1.4616321449683622 - Math.fround(1.4616321449683622) + 9.549995429965697e-17)} * -1.0f);
return pair_add(sum, pair_mul(distance, around_root(pair_add(y + y, vec2f(-3.0f, 0.0f)))));
}
fn zeta_scaled(s: f32, q: vec2f) -> vec2f {
if (q.x < 1e-30f) { return vec2f(1.0f, 0.0f); }
let exponent = vec2f(-s, 0.0f);
let first = s - 1.0f;
let far = 10.0f + 0.5f * s;
var sum = vec2f(0.0f);
var a = q;
var power = vec2f(1.0f, 0.0f);
for (var k = 1i; k < 200i && a.x < far; k++) {
sum = pair_add(sum, power);
if (power.x * (a.x + s) <= 1e-12f * first * sum.x) { return sum; }
let by = vec2f(f32(k), 0.0f);
a = pair_add(q, by);
power = pair_exp(pair_mul(exponent, pair_log1p(pair_div(by, q))));
}
${pairTable('table', bernoulli.slice(0, 10))}
let r = pair_div(vec2f(1.0f, 0.0f), a);
var factor = pair_mul(vec2f(s, 0.0f), r);
var tail = pair_add(pair_div(a, exact_sum(s, -1.0f)), vec2f(0.5f, 0.0f));
for (var j = 0i; j < 10i; j++) {
let term = pair_mul(table[j], factor);
tail = pair_add(tail, term);
if (abs(term.x) <= 1e-13f * tail.x) { break; }
let m = 2.0f * f32(j) + 1.0f;
factor = pair_mul(factor, pair_mul(pair_mul(exact_sum(s, m), r), pair_mul(exact_sum(s, m + 1.0f), r)));
}
return pair_add(sum, pair_mul(power, tail));
}
fn zeta_times_exp(s: f32, q: f32, l: vec2f) -> f32 {
let parts = select(1i, 3i, q <= 0.0f);
let sign = select(1.0f, -1.0f, floor(s * 0.5f) * 2.0f != s);
var sum = vec2f(0.0f);
for (var k = 0i; k < parts; k++) {
var at = vec2f(q, 0.0f);
if (parts == 3i) {
let f = exact_sum(q, -floor(q));
at = f;
if (k == 1i) { at = pair_add(vec2f(1.0f, 0.0f), -f); }
if (k == 2i) { at = exact_sum(1.0f, -q); }
}
let log = pair_log(at);
var scaled = vec2f(0.0f);
var exponent = pair_add(l, -pair_mul(vec2f(s, 0.0f), log));
// Far out the terms are an integral, of which the least power is taken out.
if (at.x > 1e12f) {
scaled = pair_div(vec2f(1.0f, 0.0f), exact_sum(s, -1.0f));
exponent = pair_add(exponent, log);
} else { scaled = zeta_scaled(s, at); }
let value = pair_times_exp(scaled, exponent) * select(1.0f, select(sign, -sign, k == 2i), k > 0i);
if (abs(value.x) >= infinity()) { return value.x; }
sum = pair_add(sum, value);
}
return sum.x;
}
fn zeta(order: f32, q: f32) -> f32 {
if (is_nan(order) || is_nan(q) || !(order >= 1.0f)) { return not_a_number(); }
let infinite = order >= infinity();
let s = min(order, 1e30f);
if (q <= 0.0f) {
if (floor(s) != s || infinite || q <= -infinity()) { return not_a_number(); }
let odd = floor(s * 0.5f) * 2.0f != s;
if (floor(q) == q) { return select(infinity(), not_a_number(), odd); }
if (s == 1.0f) { return infinity(); }
return zeta_times_exp(s, q, vec2f(0.0f));
}
if (s == 1.0f) { return infinity(); }
if (q >= infinity()) { return 0.0f; }
if (infinite) { return select(select(0.0f, 1.0f, q == 1.0f), infinity(), q < 1.0f); }
return zeta_times_exp(s, q, vec2f(0.0f));
}
fn pair_polygamma(n: i32, x: vec2f) -> vec2f {
if (n == 0i) { return pair_digamma(x); }
let s = f32(n + 1i);
var factorial = vec2f(1.0f, 0.0f);
for (var k = 2i; k <= n; k++) { factorial = pair_mul(factorial, vec2f(f32(k), 0.0f)); }
let value = pair_mul(factorial, pair_times_exp(zeta_scaled(s, x), pair_mul(vec2f(-s, 0.0f), pair_log(x))));
return select(-value, value, (n & 1i) == 1i);
}
fn lgamma(x: f32) -> f32 {
if (is_nan(x)) { return x; }
if (abs(x) > 4.08500340e36f || (x <= 0.0f && floor(x) == x)) { return infinity(); }
if (x > 0.0f) { return pair_lgamma(vec2f(x, 0.0f)).x; }
if (abs(x) < 1e-20f) { return -pair_log(vec2f(-x, 0.0f)).x; }
let r = pair_circle(vec2f(x, 0.0f), 0i);
return pair_add(${pairLiteral(Math.log(Math.PI))}, -pair_add(pair_log(select(r, -r, r.x < 0.0f)), pair_lgamma1p(vec2f(-x, 0.0f)))).x;
}
fn digamma(x: f32) -> f32 {
if (is_nan(x) || x >= infinity()) { return x; }
if (x == 0.0f) { return not_a_number(); }
if (abs(x) < 1e-20f) { return -1.0f / x; }
if (x > 0.0f) { return pair_digamma(vec2f(x, 0.0f)).x; }
if (floor(x) == x) { return not_a_number(); }
let cotangent = pair_div(pair_circle(vec2f(x, 0.0f), 1i), pair_circle(vec2f(x, 0.0f), 0i));
return pair_add(pair_digamma(exact_sum(1.0f, -x)), -pair_mul(${pairLiteral(Math.PI)}, cotangent)).x;
}`;
/** polygamma of an order, from the logarithm of its factorial. */
export const polygammaText = (order: number, logFactorial: number): string => `
fn polygamma_${order}(x: f32) -> f32 {
if (is_nan(x)) { return x; }
if (x >= infinity()) { return ${order % 2 === 1 ? '' : '-'}0.0f; }
if (x <= 0.0f && (floor(x) == x)) { return ${order % 2 === 1 ? 'select(infinity(), not_a_number(), x <= -infinity())' : 'not_a_number()'}; }
let value = zeta_times_exp(${order + 1}.0f, x, ${pairLiteral(logFactorial)});
return ${order % 2 === 1 ? 'value' : '-value'};
}`;
