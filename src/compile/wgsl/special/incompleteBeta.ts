// betainc, its derivatives by the shapes, and the density of the beta distribution, of float32 in WGSL: the reference's continued fraction and saddle
// point in numbers of two parts. Floor 5.
import { nothing } from './incompleteGamma.ts';
import { jets, type Jets, type Special } from './jets.ts';
import { pairLiteral } from '../pair.ts';

const one = 'vec2f(1.0f, 0.0f)';
/**
 * `lgamma_step` is log Gamma(a + b) - log Gamma(a): from 24 on by Stirling's formula, in which nothing cancels, below it by the recurrence.
 * `beta_mass` is the logarithm of x^(a - p) (1 - x)^(b - q) / (a b B(a, b)).
 */
export const betaText = `
fn lgamma_step(a: f32, b: f32) -> vec2f {
let last = i32(ceil(max(0.0f, 24.0f - a)));
let step = vec2f(b, 0.0f);
let start = exact_sum(a, f32(last));
let finish = pair_add(start, step);
var sum = vec2f(0.0f);
for (var k = 0i; k <= last; k++) {
let log = pair_log1p(pair_div(step, exact_sum(a, f32(k))));
// Beside a number that is larger by far the logarithm is the quotient, which may itself be too small for float32.
sum = pair_add(sum, select(-log, select(pair_mul(pair_add(finish, vec2f(-0.5f, 0.0f)), log), step, b < 1e-20f * start.x), k == last));
}
let first = pair_div(pair_div(pair_mul(${pairLiteral(-1 / 12)}, step), start), finish);
let u = 1.0f / start.x / start.x;
let v = 1.0f / finish.x / finish.x;
let rest = fma(v, fma(v, -0.0005952381179668009f, 0.0007936508045531809f), -0.0027777778450399637f) * v / finish.x - fma(u, fma(u, -0.0005952381179668009f, 0.0007936508045531809f), -0.0027777778450399637f) * u / start.x;
return pair_add(pair_add(sum, pair_mul(step, pair_add(pair_log(start), vec2f(-1.0f, 0.0f)))), pair_add(first, vec2f(rest, 0.0f)));
}
fn beta_deviance(k: vec2f, ratio: vec2f, difference: vec2f) -> vec2f {
if (abs(difference.x) < 0.4f * k.x) { return pair_mul(k, pair_less_log1p(-pair_div(difference, k))); }
return -pair_add(pair_mul(k, ratio), difference);
}
fn beta_mass(a: f32, b: f32, x: vec2f, y: vec2f, p: f32, q: f32) -> vec2f {
let least = min(a, b);
let most = max(a, b);
var log_x = pair_log(x);
if (x.x >= 0.5f) { log_x = pair_log1p(-y); }
var log_y = pair_log(y);
if (y.x >= 0.5f) { log_y = pair_log1p(-x); }
if (least < 15.0f) {
let powers = pair_add(pair_mul(exact_sum(a, -p), log_x), pair_mul(exact_sum(b, -q), log_y));
if (!(powers.x > -1e6f)) { return vec2f(-300.0f, 0.0f); }
return pair_add(powers, pair_add(lgamma_step(most, least), -pair_add(pair_lgamma1p(vec2f(least, 0.0f)), pair_log(vec2f(most, 0.0f)))));
}
let n = exact_sum(a, b);
let in_a = vec2f(a, 0.0f);
let in_b = vec2f(b, 0.0f);
var d = pair_add(pair_mul(n, y), -in_b);
if (x.x < y.x) { d = pair_add(in_a, -pair_mul(n, x)); }
let part_a = pair_log(pair_div(in_a, n));
let part_b = pair_log(pair_div(in_b, n));
let both = pair_add(beta_deviance(in_a, pair_add(log_x, -part_a), d), beta_deviance(in_b, pair_add(log_y, -part_b), -d));
if (!(both.x < 300.0f)) { return vec2f(-300.0f, 0.0f); }
let remainders = pair_add(stirling_remainder(n), -pair_add(stirling_remainder(in_a), stirling_remainder(in_b)));
let roots = pair_add(part_a, pair_add(pair_log(in_b), ${pairLiteral(-Math.log(2 * Math.PI))})) * 0.5f;
let powers = pair_add(pair_mul(vec2f(p, 0.0f), log_x), pair_mul(vec2f(q, 0.0f), log_y));
return pair_add(pair_add(remainders, -both), pair_add(roots, -pair_add(powers, pair_add(pair_log(in_a), pair_log(in_b)))));
}
fn betainc_small_shape(a: f32, b: f32, y: vec2f, log_y: vec2f) -> f32 {
let in_b = vec2f(b, 0.0f);
let log = pair_add(pair_mul(in_b, log_y), pair_add(lgamma_step(a, b), -pair_lgamma1p(in_b)));
var sum = vec2f(0.0f);
var term = ${one};
for (var k = 1i; k < 10000i; k++) {
term = pair_mul(term, pair_mul(pair_div(exact_sum(f32(k), -a), vec2f(f32(k), 0.0f)), y));
sum = pair_add(sum, pair_div(term, exact_sum(b, f32(k))));
if (abs(term.x) <= 1e-13f * abs(sum.x)) { break; }
}
return -pair_add(pair_expm1(log), pair_mul(pair_times_exp(in_b, log), sum)).x;
}
fn betainc_edge(a: f32, b: f32, x: f32) -> vec2f {
if (is_nan(a) || is_nan(b) || is_nan(x) || a < 0.0f || b < 0.0f || x < 0.0f || x > 1.0f) { return vec2f(1.0f, not_a_number()); }
let at_zero = a == 0.0f || b >= infinity();
let at_one = b == 0.0f || a >= infinity();
if (at_zero && at_one) { return vec2f(1.0f, not_a_number()); }
if (x == 0.0f || x == 1.0f) { return vec2f(1.0f, x); }
return vec2f(select(0.0f, 1.0f, at_zero || at_one), select(0.0f, 1.0f, at_zero));
}`;

const fractionPart = ({ prefix: p, type }: Jets): string => `
fn ${p}_beta_fraction(a: ${type}, b: ${type}, x: vec2f) -> ${type} {
let one = ${p}_constant(${one});
let sum = ${p}_add(a, b);
var progress = Progress(1e30f, 0i, false);
var c = one;
var d = ${p}_div(one, ${p}_shift(${p}_scale(-x, ${p}_div(sum, ${p}_shift(a, 1.0f))), 1.0f));
var h = d;
var before = h;
for (var k = 2i; k < 400000i; k++) {
let m = f32(k >> 1u);
let twice = ${p}_shift(a, 2.0f * m);
var term = one;
if ((k & 1i) == 0i) {
before = h;
term = ${p}_scale(pair_mul(vec2f(m, 0.0f), x), ${p}_div(${p}_div(${p}_shift(b, -m), ${p}_shift(a, 2.0f * m - 1.0f)), twice));
} else {
term = ${p}_scale(-x, ${p}_mul(${p}_div(${p}_shift(a, m), twice), ${p}_div(${p}_shift(sum, m), ${p}_shift(a, 2.0f * m + 1.0f))));
}
d = ${p}_div(one, ${p}_shift(${p}_mul(term, d), 1.0f));
c = ${p}_shift(${p}_div(term, c), 1.0f);
h = ${p}_mul(h, ${p}_mul(c, d));
if ((k & 1i) == 1i) {
progress = progressed(progress, ${p}_change(before, h));
if (progress.rests) { break; }
}
}
return h;
}`;
/** What `beta_mass` is the logarithm of as a jet in a and b, divided by its value. */
const factorPart = ({ prefix: p, type }: Jets, m: number, n: number): string => `
fn ${p}_beta_factor(a: f32, b: f32, x: f32) -> ${type} {
var in_a: array<vec2f, ${m + n + 1}>;
var in_b: array<vec2f, ${m + n + 1}>;
var in_both: array<vec2f, ${m + n + 1}>;
for (var k = 1i; k <= ${m + n}i; k++) {
for (var which = 0i; which < 3i; which++) {
var at = exact_sum(a, 1.0f);
if (which == 1i) { at = exact_sum(b, 1.0f); }
if (which == 2i) { at = exact_sum(a, b); }
let value = pair_polygamma(k - 1i, at);
if (which == 0i) { in_a[k] = -value; } else if (which == 1i) { in_b[k] = -value; } else { in_both[k] = value; }
}
}
in_a[1] = pair_add(in_a[1], pair_log(vec2f(x, 0.0f)));
in_b[1] = pair_add(in_b[1], pair_log1p(vec2f(-x, 0.0f)));
return ${p}_exp_of_rest(${p}_add(${p}_compose(in_both, 2i), ${p}_add(${p}_compose(in_a, 0i), ${p}_compose(in_b, 1i))));
}`;
/** The derivative of orders m, n of I_x(a, b) with respect to a and b. */
export function betainc(m: number, n: number): Special {
  const j = jets(m, n);
  const { prefix: p } = j;
  const plain = m + n === 0;
  const name = `betainc_${m}_${n}`;
  return { name, texts: [j.text, fractionPart(j), ...plain ? [] : [factorPart(j, m, n)], `
fn ${name}(a: f32, b: f32, x: f32) -> f32 {
let known = betainc_edge(a, b, x);
${plain ? 'if (known.x != 0.0f) { return known.y; }' : 'if (known.x != 0.0f && (is_nan(known.y) || x == 0.0f || x == 1.0f || a + b >= infinity())) { return select(0.0f, known.y, is_nan(known.y)); }'}
let in_x = vec2f(x, 0.0f);
let in_y = exact_sum(1.0f, -x);
let mass = beta_mass(a, b, in_x, in_y, 0.0f, 0.0f);
let below = x < (a + 1.0f) / (a + b + 2.0f);
var value = vec2f(0.0f);
if (mass.x > ${nothing}) {
let shape_a = ${p}_variable(vec2f(a, 0.0f), 0i);
let shape_b = ${p}_variable(vec2f(b, 0.0f), 1i);
var first = shape_a;
var second = shape_b;
var at = in_x;
if (!below) { first = shape_b; second = shape_a; at = in_y; }
let rest = ${p}_mul(second, ${p}_beta_fraction(first, second, at));
value = pair_times_exp(${p}_derivative(${plain ? 'rest' : `${p}_mul(${p}_beta_factor(a, b, x), rest)`}), mass);
}
${plain ? `if (below) { return value.x; }
let whole = pair_add(${one}, -value);
if (b < 1.0f && whole.x < 0.5f) {
var log_y = pair_log(in_y);
if (x < 0.5f) { log_y = pair_log1p(-in_x); }
return betainc_small_shape(a, b, in_y, log_y);
}
return whole.x;` : 'return select(-value.x, value.x, below);'}
}`] };
}
/**
 * The derivative of orders m, n with respect to a and b of (a - 1) ... (a - p) (b - 1) ... (b - q) x^(a - 1 - p) (1 - x)^(b - 1 - q) / B(a, b).
 */
export function betaDensity(m: number, n: number, p: number, q: number): Special {
  const j = jets(m, n);
  const f = j.prefix;
  const plain = m + n === 0;
  const name = `beta_density_${m}_${n}_${p}_${q}`;
  const falling = (shape: string, which: number, last: number): string => Array.from({ length: last }, (_, k) => `product = ${f}_mul(product, ${f}_variable(exact_sum(${shape}, -${k + 1}.0f), ${which}i));`).join(' ');
  /** At x = 0, where the power of x is 0, 1 or infinite; with the parts exchanged, at 1. */
  const origin = (own: number, other: number, shift: number, otherShift: number): Special => {
    const [inOwn, inOther] = [jets(own, 0), jets(other, 0)];
    const [g, h] = [inOwn.prefix, inOther.prefix];
    const title = `beta_origin_${own}_${other}_${shift}_${otherShift}`;
    const product = (prefix: string, variable: string, last: number): string => `var ${variable}_product = ${prefix}_variable(vec2f(${variable}, 0.0f), 0i);\n${Array.from({ length: last }, (_, k) => `${variable}_product = ${prefix}_mul(${variable}_product, ${prefix}_variable(exact_sum(${variable}, -${k + 1}.0f), 0i));`).join('\n')}`;
    return { name: title, texts: [inOwn.text, inOther.text, `
fn ${title}(a: f32, b: f32) -> f32 {
let power = a - ${shift + 1}.0f;
if (power > 0.0f) { return 0.0f; }
${product(g, 'a', shift)}
var left = infinite_or_zero(a_product[0].x, ${own === 0 ? '0.0f' : 'a_product[1].x'}, ${own}i);
if (power == 0.0f && ${own} == 0) { left = a_product[0].x; }
${product(h, 'b', otherShift)}
${other === 0 ? 'let factor = b_product;' : `var d: array<vec2f, ${other + 1}>;
for (var k = 1i; k <= ${other}i; k++) { d[k] = pair_add(pair_polygamma(k - 1i, exact_sum(a, b)), -pair_polygamma(k - 1i, exact_sum(b, 1.0f))); }
let factor = ${h}_mul(b_product, ${h}_exp_of_rest(${h}_compose(d, 0i)));`}
let least = min(a, b);
let most = max(a, b);
let l = pair_add(lgamma_step(most, least), -pair_add(pair_log(vec2f(most, 0.0f)), pair_lgamma1p(vec2f(least, 0.0f))));
let right = pair_times_exp(${h}_derivative(factor), l).x;
if (left == 0.0f || right == 0.0f) { return 0.0f; }
return left * right;
}`] };
  };
  const [zero, last] = [origin(m, n, p, q), origin(n, m, q, p)];
  return { name, texts: [j.text, ...plain ? [] : [factorPart(j, m, n)], ...zero.texts, ...last.texts, `
fn ${name}(a: f32, b: f32, x: f32) -> f32 {
if (is_nan(a) || is_nan(b) || is_nan(x) || a < 0.0f || b < 0.0f || x < 0.0f || x > 1.0f || (a == 0.0f && b == 0.0f)) { return not_a_number(); }
if (a >= infinity() || b >= infinity()) { return select(0.0f, not_a_number(), a == b || a == 0.0f || b == 0.0f); }
if (x == 0.0f) { return ${zero.name}(a, b); }
if (x == 1.0f) { return ${last.name}(b, a); }
// The product of two tiny shapes would be nothing: they are taken greater, and the mass less.
let up_a = a < 1e-12f;
let up_b = b < 1e-12f;
var product = ${f}_scale(vec2f(select(1.0f, ${2 ** 64}f, up_a), 0.0f), ${f}_variable(vec2f(a, 0.0f), 0i));
${falling('a', 0, p)}
product = ${f}_mul(product, ${f}_scale(vec2f(select(1.0f, ${2 ** 64}f, up_b), 0.0f), ${f}_variable(vec2f(b, 0.0f), 1i)));
${falling('b', 1, q)}
let less = pair_mul(vec2f(select(0.0f, -64.0f, up_a) + select(0.0f, -64.0f, up_b), 0.0f), ${pairLiteral(Math.LN2)});
let mass = pair_add(less, beta_mass(a, b, vec2f(x, 0.0f), exact_sum(1.0f, -x), ${p + 1}.0f, ${q + 1}.0f));
return pair_times_exp(${f}_derivative(${plain ? 'product' : `${f}_mul(product, ${f}_beta_factor(a, b, x))`}), mass).x;
}`] };
}
