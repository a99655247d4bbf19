// Composites: the decomposition is the meaning, a hand-written pair is the reverse mode, in every nesting. The pair of these tests
// is ten times too steep, so that it shows where it is used.
import { describe, expect, it } from 'vitest';
import { checkJaxpr } from '../../src/ir/check.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { composite as record } from '../../src/primitive/composite.ts';
import { handleOf } from '../../src/trace/handle.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { linearizeJaxpr } from '../../src/transform/differentiate.ts';
import { codeAndText } from '../tree/errors.ts';
import { add, convert, cos, div, f64, grad, hessian, i32, jacrev, jit, jvp, list, makeJaxpr, mul, neg, num, sin, sub, sum, tanh, vmap, type T } from '../trace/language.ts';
import { expectClose, slope } from './close.ts';

type Body = (xs: readonly T[]) => readonly T[];
const handles = (f: Body) => (xs: readonly AnyTensor[]): readonly AnyTensor[] => f(xs.map(x => handleOf(x)));
const composite = (name: string, f: Body, pair?: { readonly forward: Body; readonly backward: Body }) => (...xs: readonly T[]): readonly T[] =>
  record(name, {}, xs, handles(f), pair && { forward: handles(pair.forward), backward: handles(pair.backward) }).map(y => handleOf(y));
const one = (ys: readonly T[]): T => { const [y] = ys; if (y === undefined) throw new Error('no result'); return y; };

/** sin, whose pullback is 10 cos. */
const steepSin = (x: T): T => one(composite('steep', ([v]) => v === undefined ? [] : [sin(v)], {
  forward: ([v]) => v === undefined ? [] : [sin(v), v],
  backward: ([v, ct]) => v === undefined || ct === undefined ? [] : [mul(ct, mul(cos(v), 10))],
})(x));
const x0 = 0.7;
const x = f64(x0);

describe('a pair', () => {
  it('is the reverse mode; values and forward mode are the decomposition', () => {
    expectClose(steepSin(x), Math.sin(x0));
    expectClose(grad(steepSin)(x), 10 * Math.cos(x0));
    expectClose(jvp(steepSin, [x], [f64(1)])[1], Math.cos(x0));
  });
  it('to the second and third order', () => {
    expectClose(grad(grad(steepSin))(x), -10 * Math.sin(x0));
    expectClose(grad(grad(grad(steepSin)))(x), -10 * Math.cos(x0));
    expectClose(grad((v: T) => jvp(grad(steepSin), [v], [f64(1)])[1])(x), -10 * Math.cos(x0));
    expectClose(hessian((v: T) => sum(steepSin(v)))(f64([x0, 1])), [-10 * Math.sin(x0), 0, 0, -10 * Math.sin(1)]);
  });
  it('under jit, and jitted', () => {
    expectClose(grad(jit(steepSin))(x), 10 * Math.cos(x0));
    expectClose(jit(grad(steepSin))(x), 10 * Math.cos(x0));
    expectClose(jit(grad(grad(grad(steepSin))))(x), -10 * Math.cos(x0));
  });
  it('under vmap, inside and outside grad', () => {
    const xs = f64([0.1, 0.9]);
    const want = [0.1, 0.9].map(v => 10 * Math.cos(v));
    expectClose(vmap(grad(steepSin))(xs), want);
    expectClose(grad((v: T) => sum(vmap(steepSin)(v)))(xs), want);
    expectClose(vmap(grad(grad(steepSin)))(xs), [0.1, 0.9].map(v => -10 * Math.sin(v)));
    expectClose(grad((v: T) => sum(vmap(grad(steepSin))(v)))(xs), [0.1, 0.9].map(v => -10 * Math.sin(v)));
    expectClose(grad((v: T) => sum(vmap((u: T) => vmap(steepSin)(u))(v)))(f64([[0.1], [0.9]])), want);
  });
});

/** x y, whose pullback is ten times too steep in x and a hundred times in y. */
const product = (x: T, y: T): T => one(composite('product', ([a, b]) => a && b ? [mul(a, b)] : [], {
  forward: ([a, b]) => a && b ? [mul(a, b), a, b] : [],
  backward: ([a, b, ct]) => a && b && ct ? [mul(mul(ct, b), 10), mul(mul(ct, a), 100)] : [],
})(x, y));

describe('several inputs', () => {
  it('each has its own cotangent', () => {
    expect(grad<T[]>(product, { argnums: [0, 1] })(f64(2), f64(3)).map(num)).toEqual([30, 200]);
    expect(num(grad(product, { argnums: 1 })(f64(2), f64(3)))).toBe(200);
  });
  it('partially batched: the pair stays in use, and the unbatched input gets the sum', () => {
    const xs = f64([1, 2, 4]);
    const y = f64(3);
    const total = (a: T, b: T): T => sum(vmap(product, { inAxes: [0, null] })(a, b));
    const [ga, gb] = grad<[T, T]>(total, { argnums: [0, 1] })(xs, y);
    expect([list(ga), num(gb)]).toEqual([[30, 30, 30], 700]);
    const swapped = (a: T, b: T): T => sum(vmap(product, { inAxes: [null, 0] })(b, a));
    const [ha, hb] = grad<[T, T]>(swapped, { argnums: [0, 1] })(xs, y);
    expect([list(ha), num(hb)]).toEqual([[300, 300, 300], 70]);
    expect(list(vmap(grad(product), { inAxes: [0, null] })(xs, y))).toEqual([30, 30, 30]);
    expect(list(vmap(grad(product, { argnums: 1 }), { inAxes: [0, null] })(xs, y))).toEqual([100, 200, 400]);
  });
  it('partially batched: what all examples share is not repeated for the linear half', () => {
    const linear = linearizeJaxpr(makeJaxpr(product)(f64(2), f64(3)).jaxpr, [true, true]).linear;
    expect(linear.eqns.map(e => e.primitive.name)).toEqual(['linearComposite']);
    // Residuals x and y, then the two tangents: of all those, the examples share y.
    const { jaxpr } = batchJaxpr(linear, 5, [true, false, true, true]);
    expect(jaxpr.eqns.map(e => [e.primitive.name, e.inputs.map(i => i.aval.shape)])).toEqual([['linearComposite', [[5], [], [5], [5]]]]);
  });
  it('partially batched, second order: over the decomposition of the pair', () => {
    const xs = f64([1, 2, 4]);
    const mixed = grad((b: T) => sum(vmap((a: T) => grad(product)(a, b))(xs)))(f64(3));
    expect(num(mixed)).toBe(30);
    expectClose(jacrev(grad((a: T, b: T) => sum(vmap(product, { inAxes: [0, null] })(a, b)), { argnums: 1 }))(xs, f64(3)), [100, 100, 100]);
  });
});

describe('integer inputs', () => {
  /** x times n, n an integer: the backward program gives no cotangent for it. */
  const repeat = (v: T, n: T): T => one(composite('repeat', ([a, k]) => a && k ? [mul(a, convert(k, 'f64'))] : [], {
    forward: ([a, k]) => a && k ? [mul(a, convert(k, 'f64')), k] : [],
    backward: ([k, ct]) => k && ct ? [mul(ct, mul(convert(k, 'f64'), 10))] : [],
  })(v, n));
  it('pass as residuals', () => {
    expectClose(grad(repeat)(x, i32(3)), 30);
    expectClose(vmap(grad(repeat))(f64([1, 2]), i32([3, 4])), [30, 40]);
    expectClose(grad((v: T) => sum(vmap(repeat, { inAxes: [0, null] })(v, i32(5))))(f64([1, 2])), [50, 50]);
  });
});

describe('several results', () => {
  const both = (v: T): readonly T[] => composite('both', ([a]) => a ? [sin(a), mul(a, a)] : [], {
    forward: ([a]) => a ? [sin(a), mul(a, a), a] : [],
    backward: ([a, s, q]) => a && s && q ? [add(mul(s, cos(a)), mul(q, mul(a, 2)))] : [],
  })(v);
  it('a cotangent that is zero is filled in', () => {
    expectClose(grad((v: T) => one(both(v)))(x), Math.cos(x0));
    expectClose(grad((v: T) => both(v)[1] ?? v)(x), 2 * x0);
    expectClose(grad((v: T) => { const [s, q] = both(v); return s && q ? mul(s, q) : v; })(x), slope(v => mul(sin(v), mul(v, v)), x0), 1e-8);
  });
});

describe('without a pair', () => {
  const plain = (v: T): T => one(composite('plain', ([a]) => a ? [mul(tanh(a), a)] : [])(v));
  const same = (v: T): T => mul(tanh(v), v);
  it('every transform differentiates the decomposition', () => {
    expectClose(grad(plain)(x), num(grad(same)(x)));
    expectClose(grad(grad(grad(plain)))(x), num(grad(grad(grad(same)))(x)));
    expectClose(jvp(plain, [x], [f64(2)])[1], 2 * num(grad(same)(x)));
    expectClose(vmap(grad(plain))(f64([0.1, 0.2])), list(vmap(grad(same))(f64([0.1, 0.2]))));
  });
});

describe('structure', () => {
  it('the name stays visible in forward and backward programs', () => {
    const names = makeJaxpr(grad(steepSin))(x).jaxpr.eqns.map(e => [e.primitive.name, e.params['name']]);
    expect(names).toEqual([['composite', 'steep.forward'], ['linearComposite', 'steep']]);
    expect(String(makeJaxpr(steepSin)(x))).toContain('name=steep');
  });
  it('programs are well typed at each order', () => {
    let f = (v: T): T => steepSin(v);
    for (let order = 0; order < 3; order++) {
      checkJaxpr(makeJaxpr(f)(x).jaxpr);
      checkJaxpr(makeJaxpr(vmap(f))(f64([1, 2])).jaxpr);
      f = grad(f) as (v: T) => T;
    }
    expect(printJaxpr(makeJaxpr(f)(x).jaxpr)).toContain('cos');
  });
  it('the body may not capture tensors', () => {
    expect(codeAndText(() => composite('c', () => [x])())).toEqual(['capture', 'c: the body of a composite may not capture tensors; pass them as inputs']);
  });
  it.each([
    ['a product', (ct: T) => mul(ct, ct), 'mul is not linear in operands 0 and 1'],
    ['a sum with something else', (ct: T, v: T) => add(ct, v), 'add is not linear in operand 0'],
    ['a division by it', (ct: T, v: T) => div(v, ct), 'div is not linear in operand 1'],
    ['a nonlinear function', (ct: T) => sin(ct), 'sin is not linear'],
  ])('a backward program that is not linear in the cotangents is refused: %s', (_name, backward, text) => {
    const wrong = (v: T): T => one(composite('wrong', ([a]) => a ? [sin(a)] : [], {
      forward: ([a]) => a ? [sin(a), a] : [],
      backward: ([a, ct]) => a && ct ? [backward(ct, a)] : [],
    })(v));
    const [code, message] = codeAndText(() => grad(wrong)(x));
    expect(code).toBe('not-linear');
    expect(message).toContain(text);
  });
  it.each([
    ['forward results that differ', { forward: ([a]: readonly T[]) => a ? [convert(a, 'f32'), a] : [], backward: ([a, ct]: readonly T[]) => a && ct ? [ct] : [] }, 'wrong: forward gives f32[] where the body gives f64[]'],
    ['too few forward results', { forward: () => [], backward: () => [] }, 'wrong: forward gives nothing where the body gives f64[]'],
    ['a cotangent of another type', { forward: ([a]: readonly T[]) => a ? [sub(a, 1), a] : [], backward: ([a, ct]: readonly T[]) => a && ct ? [convert(neg(ct), 'f32')] : [] }, 'wrong: backward gives f32[] for an input f64[]'],
    ['too few cotangents', { forward: ([a]: readonly T[]) => a ? [sub(a, 1), a] : [], backward: () => [] }, 'wrong: backward gives nothing for an input f64[]'],
  ])('a pair with %s is refused where it is made', (_name, pair, text) => {
    expect(codeAndText(() => composite('wrong', ([a]) => a ? [sub(a, 1)] : [], pair)(x))).toEqual(['jaxpr', text]);
  });
});
