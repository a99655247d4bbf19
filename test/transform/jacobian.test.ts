// jacfwd, jacrev, hessian: blocks of trees, agreement of both modes on maps that are neither square nor symmetric.
import { describe, expect, it } from 'vitest';
import { codeAndText } from '../tree/errors.ts';
import { add, convert, dot, exp, f64, grad, hessian, i32, jacfwd, jacrev, jit, list, mul, shape, sin, sum, tanh, transpose, vmap, type T } from '../trace/language.ts';
import { expectClose, expectTreesClose, slopes } from './close.ts';

const w = f64([[1, -2, 0.5], [3, 0.25, -1]]);
/** R^3 -> R^2, neither square nor symmetric. */
const f = (x: T): T => mul(dot(w, sin(x)), add(dot(w, mul(x, x)), 1));
const x = f64([0.3, -0.8, 1.2]);

describe('one argument, one result', () => {
  it('rows are gradients of the results', () => {
    const j = jacrev(f)(x);
    expect(shape(j)).toEqual([2, 3]);
    const row = (k: number): number[] => slopes(v => sum(mul(f(v), f64(k === 0 ? [1, 0] : [0, 1]))), x);
    expectClose(j, [...row(0), ...row(1)], 1e-8);
  });
  it('forward and reverse mode agree', () => { expectClose(jacfwd(f)(x), list(jacrev(f)(x))); });
  it('of scalars: a scalar', () => {
    expect([shape(jacfwd(sin)(f64(1))), shape(jacrev(sin)(f64(1)))]).toEqual([[], []]);
    expectClose(jacfwd(sin)(f64(1)), Math.cos(1));
  });
  it('of higher ranks: shapes stand side by side', () => {
    const g = (m: T): T => transpose(mul(m, m));
    const m = f64([[1, 2, 3], [4, 5, 6]]);
    expect([shape(jacfwd(g)(m)), shape(jacrev(g)(m))]).toEqual([[3, 2, 2, 3], [3, 2, 2, 3]]);
    expectClose(jacfwd(g)(m), list(jacrev(g)(m)));
    expect(list(jacrev(g)(m)).filter(v => v !== 0)).toEqual([2, 8, 4, 10, 6, 12]);
  });
  it('of a constant and of a linear function', () => {
    expect(list(jacfwd((_: T) => f64([1, 2]))(x))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(list(jacrev((_: T) => f64([1, 2]))(x))).toEqual([0, 0, 0, 0, 0, 0]);
    expect(list(jacrev((v: T) => dot(w, v))(x))).toEqual(list(w));
  });
  it('of empty tensors', () => {
    const none = f64([]);
    expect([shape(jacfwd((v: T) => mul(v, v))(none)), shape(jacrev((v: T) => mul(v, v))(none))]).toEqual([[0, 0], [0, 0]]);
  });
});

describe('trees', () => {
  interface P { w: T; b: T }
  const p: P = { w: f64([[1, 2, 3], [4, 5, 6]]), b: f64([0.5, -0.5]) };
  const g = (q: P, v: T): { y: T; z: [T] } => { const y = tanh(add(dot(q.w, v), q.b)); return { y, z: [sum(mul(y, y))] }; };
  interface Blocks { y: P; z: [P] }
  it('a block for each result and each leaf of the argument', () => {
    const forward = jacfwd<Blocks>(g)(p, x);
    expect([shape(forward.y.w), shape(forward.y.b), shape(forward.z[0].w), shape(forward.z[0].b)]).toEqual([[2, 2, 3], [2, 2], [2, 3], [2]]);
    expectTreesClose(forward, jacrev<Blocks>(g)(p, x));
    expectTreesClose(forward.z[0], grad<P>((q: P) => g(q, x).z[0])(p));
  });
  it('argnums: the second, and both', () => {
    const second = jacfwd<{ y: T; z: [T] }>(g, { argnums: 1 })(p, x);
    expect(shape(second.y)).toEqual([2, 3]);
    expectTreesClose(second, jacrev<{ y: T; z: [T] }>(g, { argnums: -1 })(p, x));
    const both = jacrev<{ y: [P, T]; z: [[P, T]] }>(g, { argnums: [0, 1] })(p, x);
    expectTreesClose(both.y[1], second.y);
    expectTreesClose(both.y[0], jacfwd<Blocks>(g)(p, x).y);
    expectTreesClose(jacfwd<{ y: [P, T]; z: [[P, T]] }>(g, { argnums: [0, 1] })(p, x), both);
  });
  it('arguments of equal size have columns of their own', () => {
    const g2 = (a: T, b: T): T => add(mul(a, a), mul(b, 3));
    const [a, b] = [f64([1, 2]), f64([5, 7])];
    for (const jacobian of [jacfwd, jacrev]) {
      const [ja, jb] = jacobian<[T, T]>(g2, { argnums: [0, 1] })(a, b);
      expect([list(ja), list(jb)]).toEqual([[2, 0, 0, 4], [3, 0, 0, 3]]);
    }
    const twice = (v: T): { s: T; d: T } => ({ s: mul(v, v), d: mul(v, 3) });
    const rows = jacrev<{ s: T; d: T }>(twice)(a);
    expect([list(rows.s), list(rows.d)]).toEqual([[2, 0, 0, 4], [3, 0, 0, 3]]);
  });
  it('integer leaves are null', () => {
    const j = jacrev<{ n: null; v: T }>(({ n, v }: { n: T; v: T }) => mul(v, convert(n, 'f64')))({ n: i32(3), v: f64([1, 2]) });
    expect([j.n, list(j.v)]).toEqual([null, [3, 0, 0, 3]]);
  });
});

describe('hessian', () => {
  const h = (v: T): T => exp(sum(mul(mul(v, v), f64([0.1, 0.2, 0.3]))));
  it('is the Jacobian of the gradient, and symmetric', () => {
    const m = hessian(h)(x);
    expect(shape(m)).toEqual([3, 3]);
    expectClose(m, list(jacrev(grad(h))(x)));
    expectClose(m, list(transpose(m)));
    const g = grad(h);
    expectClose(m, [0, 1, 2].flatMap(k => slopes(v => sum(mul(g(v), f64([0, 1, 2].map(i => i === k ? 1 : 0)))), x)), 1e-7);
  });
  it('over a tree: block [a][b] has the shape of a, then that of b', () => {
    interface P { a: T; b: T }
    const p: P = { a: f64([1, 2]), b: f64([[0.5, 1, -1], [2, 0, 3]]) };
    const q = ({ a, b }: P): T => sum(mul(dot(a, b), dot(mul(a, a), b)));
    const blocks = hessian<{ a: P; b: P }>(q)(p);
    expect([shape(blocks.a.a), shape(blocks.a.b), shape(blocks.b.a), shape(blocks.b.b)]).toEqual([[2, 2], [2, 2, 3], [2, 3, 2], [2, 3, 2, 3]]);
    expectClose(blocks.a.b, list(transpose(blocks.b.a, [2, 0, 1])));
    expectTreesClose(blocks, jacrev(grad(q))(p));
  });
  it('argnums', () => {
    const q = (a: T, b: T): T => sum(mul(mul(a, a), b));
    expectClose(hessian(q, { argnums: 1 })(x, x), [0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const both = hessian<[[T, T], [T, T]]>(q, { argnums: [0, 1] })(f64([2]), f64([5]));
    expect(both.map(row => row.map(list))).toEqual([[[10], [4]], [[4], [0]]]);
  });
  it('inside jit, vmap and grad', () => {
    expectClose(jit(hessian(h))(x), list(hessian(h)(x)));
    const rows = f64([[0.3, -0.8, 1.2], [1, 0, -1]]);
    expectClose(vmap(hessian(h))(rows), [...list(hessian(h)(x)), ...list(hessian(h)(f64([1, 0, -1])))]);
    const trace = (v: T): T => sum(mul(hessian(h)(v), f64([[1, 0, 0], [0, 1, 0], [0, 0, 1]])));
    expectClose(grad(trace)(x), slopes(trace, x), 1e-7);
  });
});

describe('refuses', () => {
  it.each([['jacfwd', jacfwd], ['jacrev', jacrev]] as const)('integer results: %s', (name, jacobian) => {
    expect(codeAndText(() => jacobian((v: T) => convert(v, 'i32'))(x))).toEqual(
      ['not-differentiable', `${name}: the function returns i32[3], which has no derivative; use astype to a float dtype`]);
  });
  it('a hessian of a vector', () => {
    expect(codeAndText(() => hessian(sin)(x))).toEqual(['shape', 'hessian: the function returns f64[3], not a scalar; sum or mean it, or use jacfwd of jacrev']);
  });
  it('argnums out of range', () => {
    expect(codeAndText(() => jacfwd(sin, { argnums: 1 })(x))).toEqual(['value', 'jacfwd: argnums 1 is out of range for 1 arguments']);
  });
  it('integer arguments', () => {
    expect(codeAndText(() => jacrev((n: T) => convert(n, 'f64'))(i32([1])))[0]).toBe('not-differentiable');
  });
});
