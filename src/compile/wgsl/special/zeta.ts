// The derivatives of the Hurwitz zeta function by its exponent, of float32 in WGSL: Euler's and Maclaurin's formula on jets of numbers of two parts,
// with the power of q taken out. Floor 5.
import { bernoulli } from '../../../primitive/hurwitzZeta.ts';
import type { Jets } from './jets.ts';
import { pairTable } from '../pair.ts';

export const zetaDerivativeText = ({ prefix: p, type }: Jets, n: number): string => `
fn ${p}_power(log: vec2f) -> ${type} { var x: ${type}; x[1] = -log; return ${p}_exp_of_rest(x); }
fn zeta_derivative_${n}(order: f32, q: f32) -> f32 {
if (!(order > 1.0f) || !(q > 0.0f) || is_nan(order) || is_nan(q)) { return not_a_number(); }
if (order >= infinity() || q >= infinity()) { return 0.0f; }
let s = min(order, 1e30f);
let exponent = ${p}_variable(vec2f(s, 0.0f), 0i);
let start = vec2f(q, 0.0f);
let log_q = pair_log(start);
let l = -pair_mul(vec2f(s, 0.0f), log_q);
if (q > 1e12f) { return pair_times_exp(${p}_derivative(${p}_div(${p}_power(log_q), ${p}_shift(exponent, -1.0f))), pair_add(l, log_q)).x; }
var sum = ${p}_constant(vec2f(0.0f));
var a = start;
var last = ${p}_power(log_q);
let far = 10.0f + 0.5f * s;
var done = false;
for (var k = 1i; k < 200i && a.x < far; k++) {
sum = ${p}_add(sum, last);
if (q < 1e-30f || (a.x > 2.0f && k > 1i && abs(last[${n}].x) * (a.x + s) <= 1e-12f * (s - 1.0f) * abs(sum[${n}].x))) { done = true; break; }
let by = vec2f(f32(k), 0.0f);
a = pair_add(start, by);
let ratio = pair_log1p(pair_div(by, start));
last = ${p}_scale(pair_exp(-pair_mul(vec2f(s, 0.0f), ratio)), ${p}_power(pair_add(log_q, ratio)));
}
if (!done) {
${pairTable('table', bernoulli.slice(0, 10))}
let r = pair_div(vec2f(1.0f, 0.0f), a);
sum = ${p}_add(sum, ${p}_add(${p}_scale(vec2f(0.5f, 0.0f), last), ${p}_scale(a, ${p}_div(last, ${p}_shift(exponent, -1.0f)))));
var factor = ${p}_scale(r, ${p}_mul(last, exponent));
let square = pair_mul(r, r);
for (var j = 0i; j < 10i; j++) {
sum = ${p}_add(sum, ${p}_scale(table[j], factor));
let m = 2.0f * f32(j) + 1.0f;
factor = ${p}_scale(square, ${p}_mul(factor, ${p}_mul(${p}_shift(exponent, m), ${p}_shift(exponent, m + 1.0f))));
}
}
return pair_times_exp(${p}_derivative(sum), l).x;
}`;
