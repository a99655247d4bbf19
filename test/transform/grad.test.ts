// grad and valueAndGrad: argnums, aux, trees, and what they refuse.
import { describe, expect, it } from 'vitest';
import { codeAndText } from '../tree/errors.ts';
import { add, convert, f64, grad, i32, list, mul, num, sin, sum, tensor, valueAndGrad, type T } from '../trace/language.ts';
import { expectClose } from './close.ts';

const f = (a: T, b: T, c: T): T => mul(mul(a, a), mul(b, c));
const [a, b, c] = [f64(2), f64(3), f64(5)];

describe('argnums', () => {
  it('is 0 where none is given', () => { expectClose(grad(f)(a, b, c), 60); });
  it('takes one index', () => { expectClose(grad(f, { argnums: 1 })(a, b, c), 20); });
  it('counts negative ones from the end', () => {
    expectClose(grad(f, { argnums: -1 })(a, b, c), 12);
    expectClose(grad(f, { argnums: -3 })(a, b, c), 60);
  });
  it('takes several, in their order, and gives a tuple', () => {
    const g = grad<T[]>(f, { argnums: [2, 0] })(a, b, c);
    expect(g.map(num)).toEqual([12, 60]);
    expect(grad<T[]>(f, { argnums: [1] })(a, b, c).map(num)).toEqual([20]);
    expect(grad<T[]>(f, { argnums: [-1, 2] })(a, b, c).map(num)).toEqual([12, 12]);
  });
  it.each([3, -4, 1.5])('refuses %d', argnums => {
    expect(codeAndText(() => grad(f, { argnums })(a, b, c))).toEqual(['value', `grad: argnums ${argnums} is out of range for 3 arguments`]);
  });
  it('leaves the other arguments alone, integer ones included', () => {
    expectClose(grad((x: T, n: T) => mul(x, convert(n, 'f64')))(a, i32(7)), 7);
  });
  it('one tensor in two arguments has two gradients', () => {
    expect(grad<T[]>((x: T, y: T) => mul(mul(x, x), y), { argnums: [0, 1] })(b, b).map(num)).toEqual([18, 9]);
  });
});

describe('aux', () => {
  const g = (x: T): readonly unknown[] => [sum(mul(x, x)), { n: i32(4), rows: [mul(x, 10), null] }];
  const x = f64([1, 2]);
  interface Aux { n: T; rows: [T, null] }
  it('grad gives [grads, aux]', () => {
    const [grads, aux] = grad<[T, Aux]>(g, { hasAux: true })(x);
    expect([list(grads), num(aux.n), list(aux.rows[0]), aux.rows[1]]).toEqual([[2, 4], 4, [10, 20], null]);
  });
  it('valueAndGrad gives [[value, aux], grads]', () => {
    const [[value, aux], grads] = valueAndGrad<[[T, Aux], T]>(g, { hasAux: true })(x);
    expect([num(value), list(aux.rows[0]), list(grads)]).toEqual([5, [10, 20], [2, 4]]);
  });
  it('aux may be the value itself, or depend on it, without a part in the gradient', () => {
    const [grads, aux] = grad<[T, T]>((v: T) => { const y = sum(mul(v, v)); return [y, mul(y, y)]; }, { hasAux: true })(x);
    expect([list(grads), num(aux)]).toEqual([[2, 4], 25]);
    const [again, same] = grad<[T, T]>((v: T) => { const y = sum(mul(v, v)); return [y, y]; }, { hasAux: true })(x);
    expect([list(again), num(same)]).toEqual([[2, 4], 5]);
  });
  it('works with several argnums', () => {
    const [[gx, gy], aux] = grad<[[T, T], T]>((u: T, v: T) => [mul(u, v), add(u, v)], { hasAux: true, argnums: [0, 1] })(a, b);
    expect([num(gx), num(gy), num(aux)]).toEqual([3, 2, 5]);
  });
  it('aux is differentiated by an outer transform', () => {
    expectClose(grad((v: T) => { const [g1, y] = grad<[T, T]>((u: T) => { const s = mul(u, u); return [s, mul(s, u)]; }, { hasAux: true })(v); return mul(g1, y); })(a), 64);
  });
  it('refuses a function that returns no pair', () => {
    expect(codeAndText(() => grad((v: T) => sum(v), { hasAux: true })(x))[1]).toBe('grad: with hasAux the function must return [value, aux]');
  });
});

describe('valueAndGrad', () => {
  it('gives value and gradient', () => {
    expect(valueAndGrad((x: T) => sum(sin(x)))(f64([0, Math.PI])).map(y => list(y).map(v => Math.round(v * 1e9) / 1e9))).toEqual([[0], [1, -1]]);
  });
  it('of a constant function', () => {
    const [y, g] = valueAndGrad((_: T) => f64(4))(f64([1, 2]));
    expect([num(y), list(g)]).toEqual([4, [0, 0]]);
  });
  it('of the identity', () => {
    const [y, g] = valueAndGrad((x: T) => x)(b);
    expect([num(y), num(g)]).toEqual([3, 1]);
  });
});

describe('trees', () => {
  it('the gradient has the tree of the argument, nulls and empty branches included', () => {
    interface P { layers: readonly { readonly w: T; readonly b: T | null }[]; none: null; empty: readonly never[] }
    const p: P = { layers: [{ w: f64(2), b: null }, { w: f64(3), b: f64(1) }], none: null, empty: [] };
    const net = ({ layers }: P, x: T): T => layers.reduce((h, l) => l.b === null ? mul(h, l.w) : add(mul(h, l.w), l.b), x);
    const g = grad<P>(net)(p, b);
    expect(Object.keys(g)).toEqual(['empty', 'layers', 'none']);
    expect([g.none, g.empty, g.layers[0]?.b]).toEqual([null, [], null]);
    expect(g.layers.map(l => [num(l.w), l.b === null ? null : num(l.b)])).toEqual([[9, null], [6, 1]]);
  });
  it('gradients have the dtype of their parameter', () => {
    const g = grad<{ h: T; s: T; d: T }>((p: { h: T; s: T; d: T }) => add(convert(mul(p.h, p.h), 'f32'), add(mul(p.s, p.s), convert(p.d, 'f32'))))(
      { h: tensor(2, 'f16'), s: tensor(3), d: f64(1) });
    expect([g.h.dtype, g.s.dtype, g.d.dtype]).toEqual(['f16', 'f32', 'f64']);
    expect([num(g.h), num(g.s), num(g.d)]).toEqual([4, 6, 1]);
  });
});

describe('refuses', () => {
  it.each([
    ['a vector', (x: T) => x, 'shape', 'grad: the function returns f64[2], not a scalar; sum or mean it, or use vjp or jacrev'],
    ['integers', (_: T) => i32(1), 'not-differentiable', 'grad: the function returns i32[], which has no derivative; use astype to a float dtype'],
    ['a tree', (x: T) => ({ y: sum(x) }), 'not-differentiable', 'grad: the function returns an object, not a scalar; use vjp or jacrev'],
    ['null', () => null, 'not-differentiable', 'grad: the function returns null, not a scalar; use vjp or jacrev'],
    ['a number', () => 1, 'static', 'grad: result: the number 1 is not a tensor; wrap it: tensor(1), or list the argument in static'],
    ['undefined', () => undefined, 'tree', 'grad: result: undefined is not a tensor, null, array or plain object'],
  ] as const)('a function that returns %s', (_name, g, code, text) => {
    expect(codeAndText(() => grad(g)(f64([1, 2])))).toEqual([code, text]);
  });
  it('an argument without a float leaf', () => {
    expect(codeAndText(() => grad((n: T) => convert(n, 'f64'))(i32(3)))).toEqual(
      ['not-differentiable', 'grad: argument 0 has no floating point leaf (i32[]); differentiate with respect to floats, or astype first']);
  });
  it('numbers among the arguments, by their path', () => {
    expect(codeAndText(() => grad((x: T) => x)(a, { lr: 0.1 }))).toEqual(
      ['static', 'grad: the number 0.1 at [1].lr is not a tensor; wrap it: tensor(0.1), or list the argument in static']);
  });
});
