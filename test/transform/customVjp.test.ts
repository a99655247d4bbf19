// customVjp: its rule is the reverse mode, to every order and under every transform. The rules of these tests are ten times too steep, so
// that they show where they are used.
import { describe, expect, it } from 'vitest';
import { checkJaxpr } from '../../src/ir/check.ts';
import { linearizeJaxpr, transposeJaxpr } from '../../src/transform/differentiate.ts';
import { codeAndText, codeOf, here } from '../tree/errors.ts';
import { add, cos, f64, grad, hessian, i32, jacfwd, jacrev, jit, jvp, linearize, listAll, lt, makeJaxpr, max, mul, neg, num, sin, stopGradient, sum, tensor, vjp, vmap, type T } from '../trace/language.ts';
import { expectClose } from './close.ts';
import { checkpoint, cond, customJvp, customVjp, linearTranspose, scan, whileLoop } from './custom.ts';

/** sin, whose pullback is 10 cos. */
const steep = customVjp((v: T) => sin(v), (v: T) => [sin(v), v], (v: T, ct: T) => [mul(ct, mul(cos(v), 10))]);
const x0 = 0.7;
const x = f64(x0);
const [s, c] = [Math.sin(x0), Math.cos(x0)];
const xs = f64([0.1, 0.9]);
const tens = [0.1, 0.9].map(v => 10 * Math.cos(v));

describe('the rule', () => {
  it('is the reverse mode; the value is the function', () => {
    expectClose(steep(x), s);
    expectClose(jit(steep)(x), s);
    expectClose(vmap(steep)(xs), [Math.sin(0.1), Math.sin(0.9)]);
    expectClose(grad(steep)(x), 10 * c);
    expectClose(vjp(steep, x)[1](f64(2))[0], 20 * c);
    expectClose(jacrev(steep)(xs), [tens[0] ?? 0, 0, 0, tens[1] ?? 0]);
  });
  it('to the second and third order, forward over reverse too', () => {
    expectClose(grad(grad(steep))(x), -10 * s);
    expectClose(grad(grad(grad(steep)))(x), -10 * c);
    expectClose(jvp(grad(steep), [x], [f64(1)])[1], -10 * s);
    expectClose(jvp((v: T) => jvp(grad(steep), [v], [f64(1)])[1], [x], [f64(1)])[1], -10 * c);
    expectClose(hessian((v: T) => sum(steep(v)))(xs), [-10 * Math.sin(0.1), 0, 0, -10 * Math.sin(0.9)]);
  });
  it('under jit, vmap, scan, cond and checkpoint, inside and outside grad', () => {
    expectClose(jit(grad(jit(steep)))(x), 10 * c);
    expectClose(vmap(grad(steep))(xs), tens);
    expectClose(grad((v: T) => sum(vmap(steep)(v)))(xs), tens);
    expectClose(vmap(grad(grad(steep)))(xs), [-10 * Math.sin(0.1), -10 * Math.sin(0.9)]);
    expectClose(grad((v: T) => sum(vmap((u: T) => vmap(steep)(u))(v)))(f64([[0.1], [0.9]])), tens);
    expectClose(grad((v: T) => sum(scan((k: T, u: T) => [add(k, steep(u)), k], f64(0), v)[0]))(xs), tens);
    expectClose(grad((v: T) => scan((k: T) => [steep(k), null], v, null, { length: 2 })[0])(x), 100 * Math.cos(s) * c);
    expectClose(grad((v: T) => sum(vmap((u: T) => scan((k: T) => [steep(k), null], u, null, { length: 2 })[0])(v)))(f64([x0, x0])), [100 * Math.cos(s) * c, 100 * Math.cos(s) * c]);
    expectClose(grad((v: T) => cond(lt(v, 1), steep, neg, v))(x), 10 * c);
    expectClose(grad((v: T) => cond(lt(v, 0), steep, neg, v))(x), -1);
    expectClose(grad((v: T) => sum(vmap((u: T) => cond(lt(u, 0.5), steep, neg, u))(v)))(xs), [tens[0] ?? 0, -1]);
    expectClose(grad(checkpoint((v: T) => mul(steep(steep(v)), 2)))(x), 200 * Math.cos(s) * c);
    expectClose(grad(grad(checkpoint(steep)))(x), -10 * s);
  });
  it('leaves one equation, well typed, and is gone once differentiated', () => {
    expect(checkJaxpr(makeJaxpr(steep)(x).jaxpr).eqns.map(e => e.primitive.name)).toEqual(['customVjp']);
    const text = String(makeJaxpr(grad(steep))(x));
    expect(text).not.toContain('custom');
  });
  it('is linear in the cotangents alone: its residuals cannot be transposed in', () => {
    const square = customVjp((v: T) => mul(v, v), (v: T) => [mul(v, v), v], (v: T, ct: T) => [mul(ct, mul(v, 2))]);
    // By the residual, 2 v t is linear in v.
    const j = linearizeJaxpr(makeJaxpr(square)(x).jaxpr, [true]);
    expect([j.residuals, j.linear.eqns.map(e => e.primitive.name)]).toEqual([1, ['customTangent']]);
    expect(codeAndText(() => transposeJaxpr(j.linear, [true, false]))).toEqual(['not-linear', expect.stringMatching(/^customVjp: the residuals of .* were to be transposed; the rule is linear in the cotangents alone$/)]);
  });
  it('computes cotangents only of what is differentiated', () => {
    const f = customVjp((a: T, b: T) => mul(a, b), (a: T, b: T) => [mul(a, b), [a, b]], ([a, b]: readonly [T, T], ct: T) => [mul(ct, b), mul(ct, sin(a))]);
    expect(String(makeJaxpr((v: T) => grad((u: T) => f(u, v))(v))(x))).not.toContain('sin');
    expect(String(makeJaxpr((v: T) => grad((u: T) => f(v, u))(v))(x))).toContain('sin');
  });
});

describe('arguments and results', () => {
  /** x y and n + 1, with cotangents ten and a hundred times too steep. */
  const both = customVjp<{ p: T; n: T }>(
    (a: { x: T; n: T }, y: T) => ({ p: mul(a.x, y), n: add(a.n, 1) }),
    (a: { x: T; n: T }, y: T) => [{ p: mul(a.x, y), n: add(a.n, 1) }, { saved: [a.x, y] }],
    (r: { saved: readonly [T, T] }, ct: { p: T; n: null }) => [{ x: mul(mul(ct.p, r.saved[1]), 10), n: ct.n }, mul(mul(ct.p, r.saved[0]), 100)],
  );
  const a = { x: f64(2), n: i32(7) };
  it('are trees; integers have no cotangent', () => {
    expect(listAll(both(a, f64(3)))).toEqual([8, 6]);
    expect(listAll(grad<[{ x: T; n: null }, T]>((v: typeof a, y: T) => both(v, y).p, { argnums: [0, 1] })(a, f64(3)))).toEqual([30, 200]);
    expect(num(grad((y: T) => both(a, y).p)(f64(3)))).toBe(200);
  });
  it('null is zero, for a leaf and for a whole argument', () => {
    const none = customVjp((v: { a: T; b: T }, y: T) => add(mul(v.a, v.b), y), (v: { a: T; b: T }, y: T) => [add(mul(v.a, v.b), y), null], (_r: null, ct: T) => [{ a: ct, b: null }, null]);
    expect(listAll(grad<unknown>((v: { a: T; b: T }, y: T) => none(v, y), { argnums: [0, 1] })({ a: x, b: x }, x))).toEqual([1, 0, 0]);
    const zero = customVjp((v: { a: T }) => sin(v.a), (v: { a: T }) => [sin(v.a), null], () => [null]);
    expect(listAll(grad<unknown>(zero)({ a: x }))).toEqual([0]);
  });
  it('some batched: arguments that the examples share get the sum', () => {
    const f = (v: T, y: T): T => both({ x: v, n: i32(1) }, y).p;
    const ys = f64([3, 5]);
    expectClose(vmap(f, { inAxes: [null, 0] })(f64(2), ys), [6, 10]);
    expectClose(vmap(grad(f), { inAxes: [null, 0] })(f64(2), ys), [30, 50]);
    expectClose(vmap(grad(f, { argnums: 1 }), { inAxes: [null, 0] })(f64(2), ys), [200, 200]);
    expectClose(grad((v: T) => sum(vmap(f, { inAxes: [null, 0] })(v, ys)))(f64(2)), 80);
    expectClose(grad((v: T) => sum(vmap(f, { inAxes: [null, 0] })(f64(2), v)))(ys), [200, 200]);
    expectClose(grad((v: T) => sum(vmap((w: T) => vmap(f, { inAxes: [null, 0] })(w, ys))(v)))(xs), [80, 80]);
    expectClose(grad((v: T) => sum(vmap((w: T) => sum(vmap(f, { inAxes: [0, null] })(v, w)))(ys)))(xs), [80, 80]);
    const second = (v: T): T => grad((u: T) => sum(vmap((w: T) => mul(f(u, w), f(u, w)))(ys)))(v);
    expectClose(grad(second)(f64(2)), 2 * 10 * (9 + 25));
  });
  it('a constant value whose rule is not: each example gets its own cotangent', () => {
    const fixed = customVjp((v: T) => mul(v, 0), () => [f64(1), null], (_r: null, ct: T) => [ct]);
    const flat = customVjp(() => f64(1), () => [f64(1), null], (_r: null, ct: T) => [ct]);
    for (const f of [fixed, flat]) expectClose(grad((v: T) => sum(mul(vmap(f)(v), f64([3, 5]))))(xs), [3, 5]);
  });
  it('a backward half that is not linear: clipping', () => {
    const clip = customVjp((v: T) => v, (v: T) => [v, null], (_r: null, ct: T) => [neg(max(neg(ct), -1))]);
    expectClose(grad((v: T) => sum(mul(clip(v), f64([0.5, 9]))))(xs), [0.5, 1]);
    expectClose(grad((v: T) => sum(mul(vmap(clip)(v), f64([0.5, 9]))))(xs), [0.5, 1]);
  });
  it('nondiff arguments are anything: in place for f and fwd, first for bwd', () => {
    const calls: unknown[] = [];
    const f = customVjp(
      (k: number, v: T, name: string, w: T) => mul(mul(v, w), k + name.length),
      (k: number, v: T, name: string, w: T) => [mul(mul(v, w), k + name.length), [v, w]],
      (k: number, name: string, [v, w]: readonly [T, T], ct: T) => { calls.push([k, name]); return [mul(mul(ct, w), k * 100), mul(ct, v)]; },
      { nondiff: [0, 2] },
    );
    expect(num(f(2, f64(5), 'abc', f64(3)))).toBe(75);
    expect(listAll(grad<unknown>((v: T, w: T) => f(2, v, 'abc', w), { argnums: [0, 1] })(f64(5), f64(3)))).toEqual([600, 5]);
    expect(calls[0]).toEqual([2, 'abc']);
  });
});

describe('a rule that calls custom functions', () => {
  it('its own: the derivative of y is the rule again, and the value is computed once', () => {
    const square = customVjp((v: T) => mul(v, v), (v: T) => [square(v), v], (v: T, ct: T) => [mul(ct, mul(v, 20))]);
    const product = (v: T): T => mul(square(v), square(v));
    // d/dv y^2 = 2 y y', and again 2 y'^2 + 2 y y'', with y' = 20 v and y'' = 20.
    expectClose(grad(product)(x), 40 * x0 ** 3);
    expectClose(grad(grad(product))(x), 2 * 400 * x0 ** 2 + 2 * x0 ** 2 * 20);
    expectClose(vmap(grad(grad(product)))(f64([x0])), [2 * 400 * x0 ** 2 + 2 * x0 ** 2 * 20]);
    expect(makeJaxpr((v: T) => vjp(square, v)[0])(x).jaxpr.eqns.map(e => e.primitive.name)).toEqual(['customVjp']);
  });
  it('its own, backwards, to the third order; then it says so', () => {
    const shifted = customVjp((v: T) => sin(v), (v: T) => [shifted(v), v], (v: T, ct: T) => [mul(ct, shifted(add(v, Math.PI / 2)))]);
    expectClose(grad(grad(grad(shifted)))(x), -c);
    expect(codeOf(() => grad(grad(grad(grad(shifted))))(x))).toBe('not-differentiable');
  });
  it('others: custom within custom', () => {
    const inner = customJvp((v: T) => sin(v), ([v]: readonly [T], [t]: readonly [T]) => [sin(v), mul(t, mul(cos(v), 10))]);
    const outer = customVjp((v: T) => mul(inner(steep(v)), v), (v: T) => { const y = inner(steep(v)); return [mul(y, v), y]; }, (y: T, ct: T) => [mul(ct, y)]);
    expectClose(grad(outer)(x), Math.sin(s));
    expectClose(grad(grad(outer))(x), 100 * Math.cos(s) * c);
    expectClose(jit(vmap(grad(grad(outer))))(f64([x0])), [100 * Math.cos(s) * c]);
  });
});

describe('linear functions', () => {
  it('are transposed by their rule', () => {
    const linear = customVjp((v: T) => mul(v, 3), (v: T) => [mul(v, 3), null], (_r: null, ct: T) => [mul(ct, 30)]);
    expect(num(linearTranspose(linear, x)(f64(2))[0])).toBe(60);
    expect(num(linearTranspose((v: T) => add(linear(v), v), x)(f64(2))[0])).toBe(62);
  });
  it('the linear half of a custom function is transposed by its rule too', () => {
    const [, push] = linearize(steep, x);
    expectClose(linearTranspose(push, x)(f64(2))[0], 20 * c);
    expectClose(linearTranspose((t: T) => vmap(push)(t), xs)(f64([1, 2]))[0], [10 * c, 20 * c]);
  });
});

describe('errors', () => {
  const one = f64(1);
  it('forward mode names customJvp', () => {
    const text = 'customVjp: the function has a reverse-mode rule only; jvp, linearize and jacfwd need customJvp, or use grad, vjp, jacrev';
    expect(codeAndText(() => jvp(steep, [x], [one]))).toEqual(['forward-mode', text]);
    expect(codeAndText(() => jit((v: T) => jvp(steep, [v], [one])[1])(x))).toEqual(['forward-mode', text]);
    expect(codeOf(() => jvp((v: T) => whileLoop((u: T) => lt(0.5, u), steep, v), [x], [one]))).toBe('forward-mode');
    expect(codeOf(() => num(linearize(steep, x)[1](one)))).toBe('forward-mode');
    expect(codeOf(() => num(jacfwd(steep)(x)))).toBe('forward-mode');
  });
  it('a captured value that carries a tangent is refused and named, with its line; one that carries none is not', () => {
    const line = here(1);
    const [code, text] = codeAndText(() => grad((v: T) => customVjp(function shifted(u: T) { return add(u, v); }, (u: T) => [add(u, v), null], (_r: null, ct: T) => [ct])(one))(x));
    expect(code).toBe('capture');
    expect(text).toMatch(/^customVjp: shifted captures f64\[\] \(traced inside grad called at .*\), which carries a tangent; pass it as an argument, or stopGradient it first$/);
    expect(text).toContain(line);
    const backward = (v: T): T => customVjp((u: T) => u, (u: T) => [u, null], (_r: null, ct: T) => [mul(ct, v)])(one);
    expect(codeOf(() => grad(backward)(x))).toBe('capture');
    expect(codeOf(() => grad((v: T) => scan((k: T) => [customVjp((u: T) => mul(u, v), (u: T) => [u, null], (_r: null, ct: T) => [ct])(k), null], one, null, { length: 2 })[0])(x))).toBe('capture');
    const stopped = (v: T): T => { const w = stopGradient(v); return customVjp((u: T) => mul(u, w), (u: T) => [mul(u, w), null], (_r: null, ct: T) => [mul(ct, mul(w, 10))])(v); };
    expectClose(grad(stopped)(x), 10 * x0);
    expectClose(vmap(grad(stopped))(xs), [1, 9]);
    expectClose(grad((v: T) => sum(vmap(stopped)(v)))(xs), [1, 9]);
  });
  const fwd = (v: T): unknown => [sin(v), v];
  const bwd = (v: T, ct: T): unknown => [mul(ct, v)];
  it.each([
    ['no pair', (v: T) => sin(v), bwd, 'tree', 'customVjp: fwd must return [y, residuals]'],
    ['another tree', (v: T) => [[v], v], bwd, 'tree', 'customVjp: fwd returns the tree [*], the function *; they must be equal'],
    ['another dtype', (v: T) => [tensor(1), v], bwd, 'dtype', 'customVjp: fwd returns f32[] as result 0, the function f64[]; they must be equal (use astype)'],
    ['a residual that is no tensor', (v: T) => [sin(v), 3], bwd, 'static', 'customVjp: result: the number 3 at [1] is not a tensor; wrap it: tensor(3), or list the argument in static'],
    ['no tuple', fwd, (v: T, ct: T) => mul(v, ct), 'tree', 'customVjp: bwd must return a tuple of 1 cotangent, one for each differentiable argument, got no array'],
    ['too many', fwd, (v: T) => [v, v], 'tree', 'customVjp: bwd must return a tuple of 1 cotangent, one for each differentiable argument, got 2'],
    ['a cotangent of another shape', fwd, () => [f64([1, 2])], 'shape', 'customVjp: bwd, argument 0: tangent is f64[2], the value is f64[]'],
    ['a cotangent of another dtype', fwd, () => [tensor(1)], 'dtype', 'customVjp: bwd, argument 0: tangent is f32[], the value is f64[]'],
  ] as const)('%s', (_name, forward, backward, code, text) => {
    const f = customVjp((v: T) => sin(v), forward, backward);
    for (const call of [() => f(x), () => jit(f)(x), () => vmap(f)(xs), () => grad(f)(x)]) expect(codeAndText(call)).toEqual([code, text]);
  });
  it('arguments that are no tensors, nondiff out of range', () => {
    expect(codeOf(() => steep(3))).toBe('static');
    expect(codeAndText(() => customVjp((v: T) => v, fwd, bwd, { nondiff: [-1] })(x))).toEqual(['value', 'customVjp: nondiff -1 is out of range for 1 arguments']);
  });
});
