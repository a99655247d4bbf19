// Transforms of transforms: what an inner function closes over belongs to the outer transform, whatever the nesting.
import { describe, expect, it } from 'vitest';
import { add, broadcast, convert, dot, exp, f64, grad, i32, jit, jvp, linearize, list, max, mean, mul, neg, num, sin, stopGradient, sub, sum, tanh, tensor, transpose, valueAndGrad, vjp, vmap, type T } from '../trace/language.ts';
import { expectClose, slope, slopes } from './close.ts';

const x0 = 0.7;
const x = f64(x0);
const one = f64(1);
const derivative = (f: (v: T) => T, v: T): T => jvp(f, [v], [one])[1];

describe('orders', () => {
  const f = (v: T): T => mul(sin(v), exp(mul(v, v)));
  it('first to third order of a scalar function', () => {
    expectClose(grad(f)(x), slope(f, x0), 1e-8);
    expectClose(grad(grad(f))(x), slope(grad(f), x0), 1e-8);
    expectClose(grad(grad(grad(f)))(x), slope(grad(grad(f)), x0), 1e-7);
  });
  it('forward and reverse mode mix in every order', () => {
    const forward = (g: (v: T) => T) => (v: T): T => derivative(g, v);
    const third = num(grad(grad(grad(f)))(x));
    for (const [a, b, c] of [[grad, grad, forward], [grad, forward, grad], [forward, grad, grad], [forward, forward, forward]] as const) {
      expectClose(a(b(c(f)))(x), third, 1e-10);
    }
  });
  it('the third order of a program with products and reductions', () => {
    const w = f64([[1, -2], [0.5, 3], [-1, 0.25]]);
    const g = (v: T): T => sum(tanh(dot(mul(v, v), w)));
    const at = f64([0.3, -0.6, 0.9]);
    const along = f64([1, 0.5, -2]);
    expectClose(grad(g)(at), slopes(g, at), 1e-8);
    const h = (v: T): T => sum(mul(grad(g)(v), along));
    expectClose(grad(h)(at), slopes(h, at), 1e-8);
    const k = (v: T): T => sum(mul(grad(h)(v), along));
    expectClose(grad(k)(at), slopes(k, at), 1e-7);
  });
});

describe('perturbations are not confused', () => {
  it('grad in grad: an inner function that adds the outer variable', () => {
    expectClose(grad((v: T) => mul(v, grad((y: T) => add(v, y))(one)))(x), 1);
  });
  it('grad in grad: an inner function that multiplies by it', () => {
    expectClose(grad((v: T) => mul(v, grad((y: T) => mul(v, y))(one)))(x), 2 * x0);
  });
  it('jvp in jvp', () => {
    expectClose(derivative(v => mul(v, derivative(y => add(v, y), one)), x), 1);
  });
  it('jvp in grad and grad in jvp', () => {
    const cube = (v: T) => (y: T): T => mul(v, mul(y, y));
    expectClose(grad((v: T) => mul(v, derivative(cube(v), f64(3))))(x), 12 * x0);
    expectClose(derivative(v => mul(v, grad(cube(v))(f64(3))), x), 12 * x0);
  });
  it('three levels that all close over one another', () => {
    const f = (a: T): T => grad((b: T) => grad((c: T) => mul(mul(a, b), mul(c, mul(a, c))))(b))(a);
    // d/dc a^2 b c^2 = 2 a^2 b c, at c = b: 2 a^2 b^2; d/db = 4 a^2 b, at b = a: 4 a^3.
    expectClose(f(x), 4 * x0 ** 3);
    expectClose(grad(f)(x), 12 * x0 ** 2);
  });
});

describe('pullbacks and linear functions', () => {
  it('a pullback made and used inside an outer transform', () => {
    const f = (v: T): T => {
      const [y, back] = vjp((u: T) => mul(u, mul(u, v)), v);
      return add(y, back(v)[0]);
    };
    // y = v^3, and the pullback of v is 2 v^2 * v.
    expectClose(f(x), 3 * x0 ** 3);
    expectClose(grad(f)(x), 9 * x0 ** 2);
    expectClose(derivative(f, x), 9 * x0 ** 2);
    expectClose(list(vmap(f)(f64([1, 2]))), [3, 24]);
  });
  it('a pullback made outside and used inside later transforms', () => {
    const [, back] = vjp((u: T) => sin(u), x);
    expectClose(grad((v: T) => mul(v, back(mul(v, v))[0]))(f64(2)), 12 * Math.cos(x0));
    expectClose(list(vmap((v: T) => back(v)[0])(f64([1, 2]))), [Math.cos(x0), 2 * Math.cos(x0)]);
    expectClose(jit((v: T) => back(v)[0])(f64(3)), 3 * Math.cos(x0));
  });
  it('a linear function is used twice', () => {
    const [y, push] = linearize((v: T) => sin(v), x);
    expectClose(y, Math.sin(x0));
    expectClose(num(push(f64(2))) + num(push(f64(3))), 5 * Math.cos(x0));
  });
  it('a linear function of an outer variable is differentiated through its residuals', () => {
    expectClose(grad((v: T) => linearize((u: T) => mul(u, mul(u, u)), v)[1](one))(x), 6 * x0);
  });
});

describe('vmap, grad and closures', () => {
  it('grad inside vmap inside grad', () => {
    const xs = f64([0.3, -1, 2]);
    // d/du sin(w u v) at u = v
    const f = (w: T): T => sum(vmap((v: T) => grad((u: T) => sin(mul(w, mul(u, v))))(v))(xs));
    expectClose(f(x), [0.3, -1, 2].reduce((s, v) => s + Math.cos(x0 * v * v) * x0 * v, 0));
    expectClose(grad(f)(x), slope(f, x0), 1e-8);
    expectClose(grad(grad(f))(x), slope(grad(f), x0), 1e-8);
  });
  it('vmap over a captured batched tracer, both orders of the axes', () => {
    const [a, b] = [tensor([1, 2, 3]), tensor([10, 20])];
    expect(list(vmap((v: T) => vmap((u: T) => add(mul(v, u), v))(b))(a))).toEqual([11, 21, 22, 42, 33, 63]);
    expect(list(vmap((u: T) => vmap((v: T) => mul(v, u))(a))(b))).toEqual([10, 20, 30, 20, 40, 60]);
  });
  it('one batched value on both sides of a product', () => {
    expect(list(vmap((m: T) => dot(m, transpose(m)))(tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]])))).toEqual([5, 11, 11, 25, 61, 83, 83, 113]);
  });
  it('vmap(grad) is the gradient of each example', () => {
    const xs = f64([[1, 2], [3, 4], [5, 6]]);
    const w = f64([0.5, -0.25]);
    const loss = (p: T, v: T): T => { const s = sum(mul(p, v)); return mul(s, s); };
    const each = [[1, 2], [3, 4], [5, 6]].flatMap(v => list(grad(loss)(w, f64(v))));
    expectClose(vmap(grad(loss), { inAxes: [null, 0] })(w, xs), each);
  });
  it('vmap(jvp) is jvp(vmap)', () => {
    const xs = f64([0.1, 0.2]);
    const ts = f64([1, -3]);
    const f = (v: T): T => mul(sin(v), v);
    expectClose(vmap((v: T, t: T) => jvp(f, [v], [t])[1])(xs, ts), list(jvp(vmap(f), [xs], [ts])[1]));
  });
});

describe('jit and the other transforms', () => {
  const f = (v: T): T => mul(sin(v), mul(v, v));
  const [d, dd] = [num(grad(f)(x)), num(grad(grad(f))(x))];
  it('jit under grad, grad under jit, and deeper', () => {
    expectClose(grad(jit(f))(x), d);
    expectClose(jit(grad(f))(x), d);
    expectClose(grad(jit(grad(jit(f))))(x), dd);
    expectClose(jit(grad(jit(grad(f))))(x), dd);
    expectClose(jit(jit(f))(x), num(f(x)));
  });
  it('jit under jvp, linearize, vjp and vmap', () => {
    expectClose(jvp(jit(f), [x], [one])[1], d);
    expectClose(linearize(jit(f), x)[1](one), d);
    expectClose(vjp(jit(f), x)[1](one)[0], d);
    expectClose(vmap(jit(grad(f)))(f64([x0, x0])), [d, d]);
    expectClose(jit(vmap(grad(f)))(f64([x0, x0])), [d, d]);
  });
  it('a jitted function that closes over an outer variable', () => {
    expectClose(grad((v: T) => jit((u: T) => mul(u, v))(v))(x), 2 * x0);
    expectClose(vmap((v: T) => jit((u: T) => mul(u, v))(x))(f64([1, 2])), [x0, 2 * x0]);
  });
  it('jit(grad) of a function that closes over a concrete tensor, and over a pending one', () => {
    const w = f64(3);
    const pending = mul(w, 2);
    expectClose(jit(grad((v: T) => mul(mul(v, v), w)))(x), 6 * x0);
    expectClose(jit(grad((v: T) => mul(mul(v, v), pending)))(x), 12 * x0);
  });
});

describe('what has no derivative', () => {
  it('a constant function has gradient zero', () => {
    expectClose(grad((_: T) => f64(3))(x), 0);
    expectClose(list(grad((_: T) => f64(3))(f64([1, 2]))), [0, 0]);
  });
  it('stopGradient stops', () => {
    expectClose(grad((v: T) => mul(v, stopGradient(mul(v, v))))(x), x0 ** 2);
    expectClose(jvp((v: T) => stopGradient(v), [x], [one])[1], 0);
  });
  it('an integer path carries none', () => {
    expectClose(grad((v: T) => mul(v, convert(convert(mul(v, 10), 'i32'), 'f64')))(x), 7);
  });
  it('integer leaves have gradient null, everywhere', () => {
    interface P { scale: T; count: T }
    const p: P = { scale: f64(2), count: i32(3) };
    const f = (q: P, v: T): T => mul(mul(q.scale, v), convert(q.count, 'f64'));
    const g = grad<{ scale: T; count: null }>(f)(p, x);
    expect(g.count).toBe(null);
    expectClose(g.scale, 3 * x0);
    const [, back] = vjp<T, [{ scale: T; count: null }, T]>(f, p, x);
    expect(back(one)[0].count).toBe(null);
    expectClose(back(one)[1], 6);
    const [, dn] = jvp<[{ n: T; y: T }, { n: null; y: T }]>((q: P) => ({ n: q.count, y: mul(q.scale, q.scale) }), [p], [{ scale: one, count: null }]);
    expect(dn.n).toBe(null);
    expectClose(dn.y, 4);
  });
});

describe('small networks', () => {
  it('ties share the gradient; relu has slope 0 at 0', () => {
    expect(list(grad((v: T) => sum(max(v, f64([1, 2, 3]))))(f64([1, 5, 0])))).toEqual([0.5, 1, 0]);
  });
  it('a matrix gradient', () => {
    const w = f64([[1, -2], [3, 4]]);
    const [y, g] = valueAndGrad((m: T) => mean(max(dot(w, m), 0)))(w);
    expectClose(y, 6.25);
    expectClose(g, [0.75, 0.75, 1, 1]);
  });
  it('gradient and second derivatives of two dense layers agree with differences', () => {
    const xs = f64([[0.1, -0.4], [0.9, 0.3], [-0.5, 0.6]]);
    const w2 = f64([[0.3], [-0.2], [0.8], [0.1]]);
    const loss = (w: T): T => { const y = dot(tanh(dot(xs, w)), w2); return mean(mul(sub(y, broadcast(f64([0.5]), [3, 1])), sub(y, neg(y)))); };
    const w = f64([[0.5, -0.3, 0.2, 0.9], [0.1, 0.4, -0.7, 0.6]]);
    expectClose(grad(loss)(w), slopes(loss, w), 1e-8);
    const along = f64([[1, 2, -1, 0.5], [0, 1, 1, -2]]);
    const second = (v: T): T => sum(mul(grad(loss)(v), along));
    expectClose(grad(second)(w), slopes(second, w), 1e-8);
    expectClose(jvp(grad(loss), [w], [along])[1], list(grad(second)(w)));
  });
});
