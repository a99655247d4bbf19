// Jets in numbers of two parts as WGSL functions: Taylor expansions in two quantities, cut off at given orders, with which partial derivatives
// are computed beside a function, as on the reference. Floor 5.
import { pairLiteral } from '../pair.ts';

/** A function of the shader with its text and those of functions that only it calls. `more`: arguments behind the operands. */
export interface Special { readonly name: string; readonly texts: readonly string[]; readonly more?: readonly string[] }

const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1);
export interface Jets { readonly prefix: string; readonly type: string; readonly text: string }
/** The functions begin with a prefix of the orders: jets of several orders may be in one shader. */
export function jets(m: number, n: number): Jets {
  const [size, width, p, order] = [(m + 1) * (n + 1), n + 1, `jet${m}_${n}`, m + n];
  const type = `array<vec2f, ${size}>`;
  // Where both orders are 0 the loops of one turn are left out.
  const each = (body: string): string => size === 1 ? `{ let k = 0; ${body} }` : `for (var k = 0i; k < ${size}i; k++) { ${body} }`;
  const cells = (body: string): string => `for (var i = 0i; i <= ${m}i; i++) { for (var j = 0i; j <= ${n}i; j++) { let at = i * ${width}i + j; ${body} } }`;
  const sum = (x: string, y: string, weight = ''): string => `var sum = vec2f(0.0f); for (var p = 0i; p <= i; p++) { for (var q = 0i; q <= j; q++) { ${weight === '' ? '' : `if (${weight} == 0i) { continue; } `}let term = pair_mul(${x}[p * ${width}i + q], ${y}[(i - p) * ${width}i + j - q]); sum = pair_add(sum, ${weight === '' ? 'term' : `pair_mul(term, vec2f(f32(${weight}), 0.0f))`}); } }`;
  const text = `
fn ${p}_constant(x: vec2f) -> ${type} { var out: ${type}; out[0] = x; return out; }
fn ${p}_variable(x: vec2f, which: i32) -> ${type} {
var out: ${type};
out[0] = x;
${m > 0 ? `if (which != 1i) { out[${width}] = vec2f(1.0f, 0.0f); }` : ''}
${n > 0 ? 'if (which != 0i) { out[1] = vec2f(1.0f, 0.0f); }' : ''}
return out;
}
fn ${p}_add(x: ${type}, y: ${type}) -> ${type} { var a = x; var b = y; ${each('a[k] = pair_add(a[k], b[k]);')} return a; }
fn ${p}_scale(x: vec2f, y: ${type}) -> ${type} { var out = y; ${each('out[k] = pair_mul(x, out[k]);')} return out; }
fn ${p}_shift(x: ${type}, by: f32) -> ${type} { var out = x; out[0] = pair_add(out[0], vec2f(by, 0.0f)); return out; }
fn ${p}_mul(a: ${type}, b: ${type}) -> ${type} {
var x = a; var y = b; var out: ${type};
${size === 1 ? 'out[0] = pair_mul(x[0], y[0]);' : cells(`${sum('x', 'y')} out[at] = sum;`)}
return out;
}
fn ${p}_div(a: ${type}, b: ${type}) -> ${type} {
var x = a; var y = b; var out: ${type};
${size === 1 ? 'out[0] = pair_div(x[0], y[0]);' : cells(`${sum('out', 'y')} out[at] = pair_div(pair_add(x[at], -sum), y[0]);`)}
return out;
}
fn ${p}_exp_of_rest(a: ${type}) -> ${type} {
var x = a; var out: ${type};
out[0] = vec2f(1.0f, 0.0f);
${size === 1 ? '' : cells(`if (at == 0i) { continue; } if (i > 0i) { ${sum('x', 'out', 'p')} out[at] = pair_div(sum, vec2f(f32(i), 0.0f)); } else { ${sum('x', 'out', 'q')} out[at] = pair_div(sum, vec2f(f32(j), 0.0f)); }`)}
return out;
}
fn ${p}_compose(derivatives: array<vec2f, ${order + 1}>, which: i32) -> ${type} {
var d = derivatives; var out: ${type};
var in_a = vec2f(1.0f, 0.0f);
for (var i = 0i; i <= ${m}i; i++) {
var in_b = vec2f(1.0f, 0.0f);
for (var j = 0i; j <= ${n}i; j++) {
if (!((i > 0i && which == 1i) || (j > 0i && which == 0i))) { out[i * ${width}i + j] = pair_div(d[i + j], pair_mul(in_a, in_b)); }
in_b = pair_mul(in_b, vec2f(f32(j + 1i), 0.0f));
}
in_a = pair_mul(in_a, vec2f(f32(i + 1i), 0.0f));
}
return out;
}
fn ${p}_derivative(x: ${type}) -> vec2f { return pair_mul(x[${size - 1}], ${pairLiteral(factorial(m) * factorial(n))}); }
fn ${p}_negligible(a: ${type}, b: ${type}) -> bool {
var step = a; var x = b; var all = true;
${each('all = all && abs(step[k].x) <= 1e-12f * abs(x[k].x);')}
return all;
}
fn ${p}_change(a: ${type}, b: ${type}) -> f32 {
var x = a; var y = b; var most = 0.0f;
${each('let step = abs((y[k].x - x[k].x) + (y[k].y - x[k].y)); if (!(step <= 1e-37f)) { most = max(most, step / abs(y[k].x)); if (is_nan(step)) { most = not_a_number(); break; } }').replace(size === 1 ? ' break;' : '\u0000', '')}
return most;
}`;
  return { prefix: p, type, text };
}
/** The tail of a loop over convergents: `change` is relative; NaN ends it. It rests, too, where small changes have long stopped shrinking. */
export const progressText = `
struct Progress { least: f32, since: i32, rests: bool }
fn progressed(before: Progress, change: f32) -> Progress {
var p = before;
if (change < p.least) { p.least = change; p.since = 0i; } else { p.since++; }
p.rests = is_nan(change) || change <= 1e-12f || (p.least < 1e-6f && p.since > 12i);
return p;
}`;
