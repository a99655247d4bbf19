// customJvp: its rule is the derivative, forward and transposed, to every order and under every transform. The rules of these tests are
// ten times too steep, so that they show where they are used.
import { describe, expect, it } from 'vitest';
import { softmax } from '../../src/primitive/composites.ts';
import { checkJaxpr } from '../../src/ir/check.ts';
import { handleOf, literal } from '../../src/trace/handle.ts';
import { codeAndText, here } from '../tree/errors.ts';
import { add, convert, cos, div, exp, f64, grad, hessian, i32, jacfwd, jacrev, jit, jvp, linearize, list, listAll, lt, makeJaxpr, mul, neg, num, sin, stopGradient, sub, sum, tensor, vjp, vmap, where, type T } from '../trace/language.ts';
import { expectClose, slope } from './close.ts';
import { cond, customJvp, linearTranspose, scan, straightThrough, whileLoop } from './custom.ts';

type Pair = readonly [T, T];
/** sin, whose derivative is 10 cos. */
const steep = customJvp((v: T) => sin(v), ([v]: readonly [T], [t]: readonly [T]) => [sin(v), mul(t, mul(cos(v), 10))]);
const x0 = 0.7;
const x = f64(x0);
const [s, c] = [Math.sin(x0), Math.cos(x0)];
const xs = f64([0.1, 0.9]);
const tens = [0.1, 0.9].map(v => 10 * Math.cos(v));

describe('the rule', () => {
  it('is the derivative, forward and reverse; the value is the function', () => {
    expectClose(steep(x), s);
    expectClose(jvp(steep, [x], [f64(2)])[1], 20 * c);
    expectClose(jvp(steep, [x], [f64(2)])[0], s);
    expectClose(grad(steep)(x), 10 * c);
    expectClose(linearize(steep, x)[1](f64(2)), 20 * c);
    expectClose(vjp(steep, x)[1](f64(2))[0], 20 * c);
  });
  it('to the second and third order, in every mixture', () => {
    expectClose(grad(grad(steep))(x), -10 * s);
    expectClose(grad(grad(grad(steep)))(x), -10 * c);
    expectClose(jvp(grad(steep), [x], [f64(1)])[1], -10 * s);
    expectClose(grad((v: T) => jvp(steep, [v], [f64(1)])[1])(x), -10 * s);
    expectClose(jvp((v: T) => jvp(grad(steep), [v], [f64(1)])[1], [x], [f64(1)])[1], -10 * c);
    expectClose(hessian((v: T) => sum(steep(v)))(xs), [-10 * Math.sin(0.1), 0, 0, -10 * Math.sin(0.9)]);
  });
  it('under jit, vmap, scan and cond, inside and outside grad', () => {
    expectClose(jit(grad(jit(steep)))(x), 10 * c);
    expectClose(vmap(grad(steep))(xs), tens);
    expectClose(grad((v: T) => sum(vmap(steep)(v)))(xs), tens);
    expectClose(vmap(grad(grad(steep)))(xs), [-10 * Math.sin(0.1), -10 * Math.sin(0.9)]);
    expectClose(grad((v: T) => sum(vmap((u: T) => vmap(steep)(u))(v)))(f64([[0.1], [0.9]])), tens);
    expectClose(grad((v: T) => sum(scan((k: T, u: T) => [add(k, steep(u)), k], f64(0), v)[0]))(xs), tens);
    expectClose(grad((v: T) => scan((k: T) => [steep(k), null], v, null, { length: 2 })[0])(x), 100 * Math.cos(s) * c);
    expectClose(grad((v: T) => cond(lt(v, 1), steep, neg, v))(x), 10 * c);
    expectClose(grad((v: T) => cond(lt(v, 0), steep, neg, v))(x), -1);
    expectClose(jvp((v: T) => whileLoop((u: T) => lt(0.5, u), (u: T) => sub(steep(u), 0.2), v), [x], [f64(1)])[1], 10 * c);
    expectClose(jacfwd(steep)(xs), [tens[0] ?? 0, 0, 0, tens[1] ?? 0]);
    expectClose(jacrev(steep)(xs), [tens[0] ?? 0, 0, 0, tens[1] ?? 0]);
  });
  it('leaves one equation, well typed, and is gone once differentiated', () => {
    const { jaxpr } = makeJaxpr(steep)(x);
    expect(checkJaxpr(jaxpr).eqns.map(e => e.primitive.name)).toEqual(['customJvp']);
    expect(String(makeJaxpr(grad(steep))(x))).not.toContain('customJvp');
  });
});

describe('arguments and results', () => {
  /** x y and x + n, with tangents that are ten and a hundred times too steep. */
  const both = customJvp<{ p: T; n: T }>(
    (a: { x: T; n: T }, y: T) => ({ p: mul(a.x, y), n: add(a.n, 1) }),
    ([a, y]: readonly [{ x: T; n: T }, T], [da, dy]: readonly [{ x: T; n: null }, T]) => [{ p: mul(a.x, y), n: add(a.n, 1) }, { p: add(mul(mul(da.x, y), 10), mul(mul(a.x, dy), 100)), n: da.n }],
  );
  const a = { x: f64(2), n: i32(7) };
  it('are trees; integers have no tangent', () => {
    expect(listAll(both(a, f64(3)))).toEqual([8, 6]);
    const [y, dy] = jvp<[{ p: T; n: T }, { p: T; n: null }]>(both, [a, f64(3)], [{ x: f64(1), n: null }, f64(1)]);
    expect([num(y.p), num(y.n), num(dy.p), dy.n]).toEqual([6, 8, 230, null]);
    expect(listAll(grad<[{ x: T; n: null }, T]>((v: typeof a, y: T) => both(v, y).p, { argnums: [0, 1] })(a, f64(3)))).toEqual([30, 200]);
  });
  it('a tangent that is missing is zero', () => {
    expect(num(jvp<[{ p: T }, { p: T }]>(both, [a, f64(3)], [{ x: null, n: null }, f64(1)])[1].p)).toBe(200);
    expect(num(grad((y: T) => both(a, y).p)(f64(3)))).toBe(200);
  });
  it('dy may be null where it is zero', () => {
    const flat = customJvp((v: T) => sin(v), ([v]: readonly [T]) => [sin(v), null]);
    expect(num(grad(flat)(x))).toBe(0);
    expect(num(jvp(flat, [x], [f64(1)])[1])).toBe(0);
  });
  it('some batched: the same as one at a time', () => {
    const f = (v: T, y: T): T => both({ x: v, n: i32(1) }, y).p;
    const ys = f64([3, 5]);
    expectClose(vmap(f, { inAxes: [null, 0] })(f64(2), ys), [6, 10]);
    expectClose(vmap(grad(f), { inAxes: [null, 0] })(f64(2), ys), [30, 50]);
    expectClose(vmap(grad(f, { argnums: 1 }), { inAxes: [null, 0] })(f64(2), ys), [200, 200]);
    expectClose(grad((v: T) => sum(vmap(f, { inAxes: [null, 0] })(v, ys)))(f64(2)), 80);
    expectClose(grad((v: T) => sum(vmap(f, { inAxes: [null, 0] })(f64(2), v)))(ys), [200, 200]);
    expectClose(grad((v: T) => sum(vmap(f, { inAxes: [0, null] })(v, f64(3))))(xs), [30, 30]);
    expectClose(jvp((v: T) => vmap(f, { inAxes: [null, 0] })(v, ys), [f64(2)], [f64(1)])[1], [30, 50]);
  });
  it('a value that is the same for all examples, with tangents that differ', () => {
    const first = customJvp((v: T) => v, ([v, z]: Pair, [t]: Pair) => [v, mul(t, z)]);
    const f = (v: T, z: T): T => vmap(first, { inAxes: [null, 0] })(v, z);
    expectClose(f(x, xs), [x0, x0]);
    expectClose(jvp(f, [x, xs], [f64(1), null])[1], [0.1, 0.9]);
    expectClose(grad((v: T) => sum(f(v, xs)))(x), 1);
  });
  it('nondiff arguments are anything, and in place', () => {
    const scaled = customJvp((k: number, v: T, name: string) => mul(v, k + name.length), ([k, v, name]: readonly [number, T, string], ts: readonly unknown[]) => {
      expect([ts[0], ts[2]]).toEqual([null, null]);
      return [mul(v, k + name.length), mul(ts[1] as T, k * 100)];
    }, { nondiff: [0, 2] });
    expect(num(scaled(2, f64(5), 'abc'))).toBe(25);
    expect(num(grad((v: T) => scaled(2, v, 'abc'))(f64(5)))).toBe(200);
  });
});

describe('a rule made of other transforms', () => {
  const loop = (v: T): T => scan((k: T, i: T) => [sin(mul(k, i)), null], v, f64([1, 2, 3]))[0];
  it.each([
    ['a loop', loop],
    ['a branch', (v: T) => cond(lt(v, 1), (u: T) => mul(sin(u), u), neg, v)],
    ['a jitted function', jit((v: T) => mul(sin(v), exp(v)))],
    ['a composite', (v: T) => sum(mul(handleOf(softmax(mul(f64([1, 2, 3]), v))), f64([1, 5, 2])))],
    ['a custom function', (v: T) => mul(steep(v), 0.1)],
  ] as const)('jvp of %s', (_name, f) => {
    const wrapped = customJvp(f, ([v]: readonly [T], [t]: readonly [T]) => jvp(f, [v], [t]));
    const want = _name === 'a custom function' ? c : slope(f, x0);
    expectClose(jvp(wrapped, [x], [f64(1)])[1], want, 1e-8);
    expectClose(grad(wrapped)(x), want, 1e-8);
    expectClose(vmap(grad(wrapped))(f64([x0, x0])), [want, want], 1e-8);
    expectClose(grad((v: T) => sum(vmap(wrapped)(v)))(f64([x0, x0])), [want, want], 1e-8);
    expectClose(grad(grad(wrapped))(x), num(grad(grad(f))(x)), 1e-12);
    expectClose(jit(grad(grad(wrapped)))(x), num(grad(grad(f))(x)), 1e-12);
  });
  it('a rule that calls its own function\'s kind: custom within custom', () => {
    const outer = customJvp((v: T) => mul(steep(v), v), ([v]: readonly [T], [t]: readonly [T]) => [mul(steep(v), v), mul(t, steep(v))]);
    expectClose(grad(outer)(x), s);
    expectClose(grad(grad(outer))(x), 10 * c);
    expectClose(grad(grad(grad(outer)))(x), -10 * s);
    expectClose(grad((v: T) => steep(outer(v)))(x), 10 * Math.cos(s * x0) * s);
  });
});

describe('a rule that calls its function', () => {
  /** A logistic function whose derivative is ten times too steep, in terms of itself. */
  const logistic = customJvp((v: T) => div(f64(1), add(exp(neg(v)), 1)), ([v]: readonly [T], [t]: readonly [T]) => { const y = logistic(v); return [y, mul(t, mul(mul(y, sub(1, y)), 10))]; });
  const y0 = 1 / (1 + Math.exp(-x0));
  const first = 10 * y0 * (1 - y0);
  const second = 10 * first * (1 - 2 * y0);
  const third = 10 * second * (1 - 2 * y0) - 20 * first * first;
  it('at its primals: derivatives of every order are the rule\'s', () => {
    expectClose(grad(logistic)(x), first);
    expectClose(grad(grad(logistic))(x), second);
    expectClose(grad(grad(grad(logistic)))(x), third);
    expectClose(jvp(grad((v: T) => jvp(logistic, [v], [f64(1)])[1]), [x], [f64(1)])[1], third);
    expectClose(vmap(grad(grad(grad(logistic))))(f64([x0, x0])), [third, third]);
    const gradSum = (f: (v: T) => T) => (v: T): T => grad((u: T) => sum(f(u)))(v);
    expectClose(jit(gradSum(gradSum(gradSum(vmap(logistic)))))(f64([x0, x0])), [third, third]);
    expectClose(grad(grad((v: T) => scan((k: T) => [logistic(k), null], v, null, { length: 1 })[0]))(x), second);
  });
  it('computes the value once', () => {
    expect(makeJaxpr(grad(logistic))(x).jaxpr.eqns.map(e => e.primitive.name)).toEqual(['customJvp', 'sub', 'mul', 'mul', 'mul']);
  });
  it('at other arguments, to the third order; then it says so', () => {
    const shifted = customJvp((v: T) => sin(v), ([v]: readonly [T], [t]: readonly [T]) => [shifted(v), mul(t, shifted(add(v, Math.PI / 2)))]);
    expectClose(shifted(x), s);
    expectClose(grad(shifted)(x), c);
    expectClose(grad(grad(shifted))(x), -s);
    expectClose(vmap(grad(grad(grad(shifted))))(f64([x0, x0])), [-c, -c]);
    expect(codeAndText(() => grad(grad(grad(grad(shifted))))(x))).toEqual(['not-differentiable', 'the rule of the function calls the function at other arguments: such derivatives end at the third order; write the rule without the call']);
  });
  it('two that call each other', () => {
    const sine = customJvp((v: T) => sin(v), ([v]: readonly [T], [t]: readonly [T]) => [sine(v), mul(t, cosine(v))]);
    const cosine = customJvp((v: T) => cos(v), ([v]: readonly [T], [t]: readonly [T]) => [cosine(v), neg(mul(t, sine(v)))]);
    expectClose(grad(grad(grad(sine)))(x), -c);
    expectClose(grad(grad(grad(grad(cosine))))(x), c);
  });
});

describe('straightThrough', () => {
  const step = straightThrough(v => convert(convert(v, 'i32'), 'f64'));
  it('has the value of the function and the derivative of the identity', () => {
    expect(list(step(f64([1.7, -2.5])))).toEqual([1, -2]);
    expect(list(grad((v: T) => sum(mul(step(v), f64([3, 5]))))(f64([1.7, -2.5])))).toEqual([3, 5]);
    expect(num(grad(grad((v: T) => mul(step(v), step(v))))(f64(1.7)))).toBe(2);
    expect(list(vmap(grad((v: T) => mul(step(v), v)))(f64([1.5, 2.5])))).toEqual([2.5, 4.5]);
  });
});

describe('linear functions', () => {
  it('are transposed as what they compute', () => {
    const linear = customJvp((v: T) => mul(v, 3), ([v]: readonly [T], [t]: readonly [T]) => [mul(v, 3), mul(t, 3)]);
    expect(num(linearTranspose(linear, x)(f64(2))[0])).toBe(6);
  });
});

describe('errors', () => {
  const one = f64(1);
  it('a captured value that carries a tangent is refused and named, with its line', () => {
    const line = here(1);
    const [code, text] = codeAndText(() => grad((v: T) => customJvp(function shifted(u: T) { return add(u, v); }, ([u]: readonly [T], [t]: readonly [T]) => [add(u, v), t])(one))(x));
    expect(code).toBe('capture');
    expect(text).toMatch(/^customJvp: shifted captures f64\[\] \(traced inside grad called at .*\), which carries a tangent; pass it as an argument, or stopGradient it first$/);
    expect(text).toContain(line);
    expect(codeAndText(() => jvp((v: T) => customJvp((u: T) => u, ([u]: readonly [T], [t]: readonly [T]) => [u, mul(t, v)])(one), [x], [x]))[0]).toBe('capture');
  });
  it('one that carries none is not: a constant, a stopped value, an integer', () => {
    const f = (v: T): T => customJvp((u: T) => mul(u, stopGradient(v)), ([u]: readonly [T], [t]: readonly [T]) => [mul(u, stopGradient(v)), mul(t, stopGradient(v))])(v);
    const stopped = (v: T): T => { const w = stopGradient(v); return customJvp((u: T) => mul(u, w), ([u]: readonly [T], [t]: readonly [T]) => [mul(u, w), mul(t, w)])(v); };
    expect(codeAndText(() => grad(f)(x))[0]).toBe('capture');
    expectClose(grad(stopped)(x), x0);
    expectClose(vmap(grad(stopped))(xs), [0.1, 0.9]);
  });
  it.each([
    ['no pair', () => sin(x), 'tree', 'customJvp: the rule must return [y, dy]'],
    ['another tree', ([v]: readonly [T]) => [[v], v], 'tree', 'customJvp: the rule returns the tree [*], the function *; they must be equal'],
    ['another shape', ([v]: readonly [T], [t]: readonly [T]) => [add(v, f64([1, 2])), t], 'shape', 'customJvp: the rule returns f64[2] as result 0, the function f64[]; they must be equal'],
    ['a tangent of another shape', ([v]: readonly [T]) => [sin(v), f64([1])], 'shape', 'customJvp: the rule\'s dy: tangent is f64[1], the value is f64[]'],
    ['a number', ([v]: readonly [T]) => [sin(v), 1], 'static', 'customJvp: the rule\'s dy: the number 1 is not a tensor; wrap it: tensor(...)'],
  ] as const)('%s', (_name, rule, code, text) => {
    const f = customJvp((v: T) => sin(v), rule);
    for (const call of [() => f(x), () => jit(f)(x), () => vmap(f)(xs), () => grad(f)(x)]) expect(codeAndText(call)).toEqual([code, text]);
  });
  it('a rule that is not linear in the tangents, or whose value depends on them', () => {
    const square = customJvp((v: T) => sin(v), ([v]: readonly [T], [t]: readonly [T]) => [sin(v), mul(t, t)]);
    expect(codeAndText(() => grad(square)(x))[0]).toBe('not-linear');
    const leaky = customJvp((v: T) => sin(v), ([v]: readonly [T], [t]: readonly [T]) => [add(sin(v), t), t]);
    expect(codeAndText(() => grad(leaky)(x))).toEqual(['not-linear', 'customJvp: the rule of the function computes result 0 from a tangent; y depends on the primals alone']);
  });
  it('a dy that is written down as zero, batched too; one that is made from values alone is refused', () => {
    const flat = customJvp((v: T) => mul(v, v), ([v]: readonly [T]) => [mul(v, v), literal(0, { shape: [], dtype: 'f64' })]);
    expect(num(grad((v: T) => add(flat(v), v))(x))).toBe(1);
    expect(num(jvp((v: T) => add(flat(v), v), [x], [f64(1)])[1])).toBe(1);
    expect(list(vmap(grad((v: T) => add(flat(v), v)))(xs))).toEqual([1, 1]);
    expectClose(grad((v: T) => sum(mul(vmap(flat)(v), v)))(xs), list(mul(xs, xs)));
    const negated = customJvp((v: T) => mul(v, v), ([v]: readonly [T]) => [mul(v, v), neg(neg(literal(0, { shape: [], dtype: 'f64' })))]);
    expect(num(grad((v: T) => add(negated(v), v))(x))).toBe(1);
    const affine = customJvp((v: T) => sin(v), ([v]: readonly [T]) => [sin(v), cos(v)]);
    expect(codeAndText(() => grad(affine)(x))).toEqual(['not-linear', 'customJvp: the rule of the function returns a dy that does not depend on the tangents; return null where the derivative is zero']);
  });
  it('arguments that are no tensors, nondiff out of range', () => {
    expect(codeAndText(() => steep(3))).toEqual(['static', 'customJvp: the number 3 at [0] is not a tensor; wrap it: tensor(3), or list the argument in static']);
    expect(codeAndText(() => customJvp((v: T) => v, () => [x, x], { nondiff: [1] })(x))).toEqual(['value', 'customJvp: nondiff 1 is out of range for 1 arguments']);
  });
  it('dtypes are kept', () => {
    expect(grad(steep)(tensor(1)).dtype).toBe('f32');
    expect(where(lt(x, 1), sub(x, 1), x).dtype).toBe('f64');
  });
});
