// igamma, igammac, their derivatives by the shape, and the density of the gamma distribution, of float32 in WGSL: the reference's series, continued
// fraction and uniform expansion in numbers of two parts, which loops end when float32 can tell no more. Floor 5.
import { temme } from '../../../primitive/incompleteGammaFunction.ts';
import { jets, type Jets, type Special } from './jets.ts';
import { singleLiteral, pairLiteral } from '../pair.ts';

const horner = (c: readonly number[], x: string): string => c.slice(0, -1).reduceRight((sum, k) => `fma(${sum}, ${x}, ${singleLiteral(k)})`, singleLiteral(c.at(-1) ?? 0));
/** Masses below this power of e are nothing, and what they are multiplied by need not be computed. */
export const nothing = '-200.0f';

/** `gamma_mass` is the logarithm of x^a e^-x / Gamma(a + 1). */
export const massText = `
fn gamma_mass(a: f32, x: f32) -> vec2f {
let shape = vec2f(a, 0.0f);
if (a < 15.0f) {
let least = vec2f(min(x, 1e4f), 0.0f);
return pair_add(pair_mul(shape, pair_log(least)), -pair_add(least, pair_lgamma1p(shape)));
}
var d = pair_div(exact_sum(x, -a), shape);
if (d.x > 1e4f) { return vec2f(-300.0f, 0.0f); }
var deviance = vec2f(0.0f);
if (d.x > -0.9f) {
let rate = pair_less_log1p(d);
if (a * rate.x > 300.0f) { return vec2f(-300.0f, 0.0f); }
deviance = pair_mul(shape, rate);
} else {
if (a > 300.0f) { return vec2f(-300.0f, 0.0f); }
deviance = pair_add(exact_sum(x, -a), -pair_mul(shape, pair_log(pair_div(vec2f(x, 0.0f), shape))));
}
return -pair_add(pair_add(stirling_remainder(shape), deviance), pair_add(pair_log(shape), ${pairLiteral(Math.log(2 * Math.PI))}) * 0.5f);
}`;
export const igammaText = `
fn erfc_times_exp(y: vec2f, w: vec2f) -> vec2f {
if (y.x < 2.5f) {
var sum = y;
var term = y;
for (var k = 1i; k < 80i && term.x > 1e-13f * sum.x; k++) { term = pair_div(pair_mul(term, w + w), vec2f(2.0f * f32(k) + 1.0f, 0.0f)); sum = pair_add(sum, term); }
return pair_add(pair_exp(w), -pair_mul(${pairLiteral(2 / Math.sqrt(Math.PI))}, sum));
}
var t = vec2f(0.0f);
for (var k = 40i; k > 0i; k--) { t = pair_div(vec2f(0.5f * f32(k), 0.0f), pair_add(y, t)); }
return pair_div(${pairLiteral(1 / Math.sqrt(Math.PI))}, pair_add(y, t));
}
fn igamma_uniform(a: f32, x: f32, sign: f32) -> f32 {
let d = pair_div(exact_sum(x, -a), vec2f(a, 0.0f));
let half = pair_less_log1p(d);
let inside = sign * d.x > 0.0f;
if (a * half.x > 150.0f) { return select(1.0f, 0.0f, inside); }
let w = pair_mul(vec2f(a, 0.0f), half);
let eta = select(-1.0f, 1.0f, d.x > 0.0f) * sqrt(2.0f * half.x);
let by = 1.0f / a;
let correction = ${temme.map(c => horner(c, 'eta')).reduceRight((sum, c) => `fma(${sum}, by, ${c})`)};
let small = select(-sign, sign, inside) * correction / sqrt(6.2831854820251465f * a);
let tail = pair_times_exp(pair_add(erfc_times_exp(pair_sqrt(w), w) * 0.5f, vec2f(small, 0.0f)), -w);
return select(pair_add(vec2f(1.0f, 0.0f), -tail).x, tail.x, inside);
}
fn igamma_series(a: f32, x: f32) -> vec2f {
var sum = vec2f(1.0f, 0.0f);
var term = sum;
for (var k = 1i; k < 200000i && term.x > 1e-12f * sum.x; k++) { term = pair_mul(term, pair_div(vec2f(x, 0.0f), exact_sum(a, f32(k)))); sum = pair_add(sum, term); }
return sum;
}
fn igamma_fraction(a: f32, x: f32) -> vec2f {
let one = vec2f(1.0f, 0.0f);
var b = pair_add(exact_sum(x, -a), one);
var c = vec2f(1e30f, 0.0f);
var d = pair_div(one, b);
var h = d;
for (var k = 1i; k < 200000i; k++) {
let numerator = pair_mul(vec2f(f32(k), 0.0f), exact_sum(a, -f32(k)));
b = pair_add(b, vec2f(2.0f, 0.0f));
d = pair_add(pair_mul(numerator, d), b);
d = pair_div(one, select(d, vec2f(1e-30f, 0.0f), d.x == 0.0f));
c = pair_add(b, pair_div(numerator, c));
c = select(c, vec2f(1e-30f, 0.0f), c.x == 0.0f);
let step = pair_mul(c, d);
h = pair_mul(h, step);
if (abs((step.x - 1.0f) + step.y) <= 1e-12f) { break; }
}
return h;
}
fn igamma_small_shape(a: f32, x: f32) -> f32 {
let shape = vec2f(a, 0.0f);
let log = pair_add(pair_mul(shape, pair_log(vec2f(x, 0.0f))), -pair_lgamma1p(shape));
var sum = vec2f(0.0f);
var term = vec2f(1.0f, 0.0f);
for (var k = 1i; k < 200i; k++) {
term = pair_div(pair_mul(term, vec2f(-x, 0.0f)), vec2f(f32(k), 0.0f));
sum = pair_add(sum, pair_div(term, exact_sum(a, f32(k))));
if (abs(term.x) <= 1e-13f * abs(sum.x)) { break; }
}
return -pair_add(pair_expm1(log), pair_mul(pair_times_exp(shape, log), sum)).x;
}
fn igamma(a: f32, x: f32, upper: bool) -> f32 {
if (is_nan(a) || is_nan(x) || a < 0.0f || x < 0.0f || (a == 0.0f && x == 0.0f)) { return not_a_number(); }
if (x >= infinity() || a == 0.0f) { return select(1.0f, 0.0f, upper); }
if (x == 0.0f || a >= infinity()) { return select(0.0f, 1.0f, upper); }
if (a >= 200.0f && abs(x - a) < 0.15f * a) { return igamma_uniform(a, x, select(-1.0f, 1.0f, upper)); }
let below = x <= 1.1f || x <= a;
if (upper && x <= 1.1f) {
var direct = 1.1f * x < a;
if (x <= 0.5f) { direct = -0.4f / pair_log(vec2f(x, 0.0f)).x < a; }
if (!direct) { return igamma_small_shape(a, x); }
}
let mass = gamma_mass(a, x);
var value = vec2f(0.0f);
if (mass.x > ${nothing}) {
if (below) { value = igamma_series(a, x); } else { value = pair_mul(vec2f(a, 0.0f), igamma_fraction(a, x)); }
value = pair_times_exp(value, mass);
}
return select(value.x, pair_add(vec2f(1.0f, 0.0f), -value).x, below == upper);
}`;

/** x^a / Gamma(a + 1) as a jet in a, divided by its value. */
const factorPart = ({ prefix, type }: Jets, order: number): string => `
fn ${prefix}_gamma_factor(a: f32, x: f32) -> ${type} {
var d: array<vec2f, ${order + 1}>;
for (var k = 1i; k <= ${order}i; k++) { d[k] = -pair_polygamma(k - 1i, exact_sum(a, 1.0f)); }
d[1] = pair_add(d[1], pair_log(vec2f(x, 0.0f)));
return ${prefix}_exp_of_rest(${prefix}_compose(d, 0i));
}`;
/** The derivative of an order, at least 1, of igamma with respect to a. */
export function igammaDerivative(order: number): Special {
  const j = jets(order, 0);
  const { prefix: p, type } = j;
  const name = `igamma_derivative_${order}`;
  return { name, texts: [j.text, factorPart(j, order), `
fn ${p}_gamma_series(shape: ${type}, x: f32) -> ${type} {
var sum = ${p}_constant(vec2f(1.0f, 0.0f));
var term = sum;
for (var k = 1i; k < 200000i; k++) {
term = ${p}_div(${p}_scale(vec2f(x, 0.0f), term), ${p}_shift(shape, f32(k)));
sum = ${p}_add(sum, term);
if (${p}_negligible(term, sum)) { break; }
}
return sum;
}
fn ${p}_gamma_fraction(shape: ${type}, x: f32) -> ${type} {
let one = ${p}_constant(vec2f(1.0f, 0.0f));
let minus = ${p}_scale(vec2f(-1.0f, 0.0f), shape);
var progress = Progress(1e30f, 0i, false);
var b = ${p}_shift(${p}_shift(minus, x), 1.0f);
var c = ${p}_constant(vec2f(1e30f, 0.0f));
var d = ${p}_div(one, b);
var h = d;
for (var k = 1i; k < 200000i; k++) {
let numerator = ${p}_scale(vec2f(-f32(k), 0.0f), ${p}_shift(minus, f32(k)));
b = ${p}_shift(b, 2.0f);
d = ${p}_div(one, ${p}_add(${p}_mul(numerator, d), b));
c = ${p}_add(b, ${p}_div(numerator, c));
let next = ${p}_mul(h, ${p}_mul(c, d));
progress = progressed(progress, ${p}_change(h, next));
h = next;
if (progress.rests) { break; }
}
return h;
}
fn ${name}(a: f32, x: f32) -> f32 {
if (is_nan(a) || is_nan(x) || a < 0.0f || x < 0.0f || (a == 0.0f && x == 0.0f)) { return not_a_number(); }
if (x == 0.0f || a >= infinity() || x >= infinity()) { return 0.0f; }
let mass = gamma_mass(a, x);
if (mass.x <= ${nothing}) { return 0.0f; }
let shape = ${p}_variable(vec2f(a, 0.0f), 0i);
let below = x <= 1.1f || x <= a;
var rest = ${p}_constant(vec2f(0.0f));
if (below) { rest = ${p}_gamma_series(shape, x); } else { rest = ${p}_mul(shape, ${p}_gamma_fraction(shape, x)); }
let value = pair_times_exp(${p}_derivative(${p}_mul(${p}_gamma_factor(a, x), rest)), mass).x;
return select(-value, value, below);
}`] };
}
/** The derivative of an order with respect to a of (a - 1) ... (a - shift) x^(a - 1 - shift) e^-x / Gamma(a). */
export function gammaDensity(order: number, shift: number): Special {
  const j = jets(order, 0);
  const { prefix: p } = j;
  const name = `gamma_density_${order}_${shift}`;
  return { name, texts: [j.text, ...order === 0 ? [] : [factorPart(j, order)], `
fn ${name}(a: f32, x: f32) -> f32 {
if (is_nan(a) || is_nan(x) || a < 0.0f || x < 0.0f) { return not_a_number(); }
if (x >= infinity() || a >= infinity()) { return 0.0f; }
var product = ${p}_variable(vec2f(a, 0.0f), 0i);
for (var k = 1i; k <= ${shift}i; k++) { product = ${p}_mul(product, ${p}_variable(exact_sum(a, -f32(k)), 0i)); }
if (x == 0.0f) {
let power = a - ${shift + 1}.0f;
if (power > 0.0f) { return 0.0f; }
if (power == 0.0f && ${order} == 0) { return pair_mul(product[0], pair_exp(-pair_lgamma1p(vec2f(a, 0.0f)))).x; }
return infinite_or_zero(product[0].x, ${order === 0 ? '0.0f' : 'product[1].x'}, ${order}i);
}
let l = pair_add(gamma_mass(a, x), -pair_mul(vec2f(${shift + 1}.0f, 0.0f), pair_log(vec2f(x, 0.0f))));
return pair_times_exp(${p}_derivative(${order === 0 ? 'product' : `${p}_mul(product, ${p}_gamma_factor(a, x))`}), l).x;
}`] };
}
/** The derivatives of a product times a power at 0: each order brings a factor log x, less one for a zero of the product. */
export const infiniteOrZeroText = `
fn infinite_or_zero(head: f32, slope: f32, n: i32) -> f32 {
let even = (n & 1i) == 0i;
if (head != 0.0f) { return select(-head, head, even) * infinity(); }
if (n == 0i || slope == 0.0f) { return select(0.0f, not_a_number(), n != 0i); }
return slope * select(infinity(), -infinity(), even);
}`;
