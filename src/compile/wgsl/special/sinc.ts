// sinc with its derivatives, of float32 in WGSL: numbers of two parts. Floor 5.
import { pairLiteral } from '../pair.ts';

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
