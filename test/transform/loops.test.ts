// scan and its relatives: derivatives of every order by every operand, vmap in every place, against loops written out.
import { describe, expect, it } from 'vitest';
import { add, broadcast, convert, div, dot, exp, f64, grad, hessian, i32, jacfwd, jacrev, jit, jvp, linearize, list, listAll, lt, makeJaxpr, mul, neg, num, shape, sin, sub, sum, take, tanh, tensor, valueAndGrad, vjp, vmap, where, type T } from '../trace/language.ts';
import { literal } from '../../src/trace/handle.ts';
import { codeAndText, codeOf } from '../tree/errors.ts';
import { expectClose, expectTreesClose, slope, slopes } from './close.ts';
import { associativeScan, foriLoop, map, scan, whileLoop } from './flow.ts';

const x0 = 0.7;
const x = f64(x0);
const one = f64(1);
const data = [0.1, -0.4, 0.9, 0.2];
const xs = f64(data);

type Rnn = (w: T, v: T, h?: T) => T;
/** The carry, the slices and a captured value, all in the gradient. */
const rnn: Rnn = (w, v, h = f64(0.5)) => {
  const [c, ys] = scan((s: T, u: T) => { const n = tanh(add(mul(s, w), u)); return [n, mul(n, n)]; }, h, v);
  return add(c, sum(ys));
};
/** The same, written out. */
const unrolled: Rnn = (w, v, h = f64(0.5)) => {
  let s = h;
  let total: T | null = null;
  for (let i = 0; i < (v.shape[0] ?? 0); i++) {
    s = tanh(add(mul(s, w), take(v, i32(i))));
    total = total === null ? mul(s, s) : add(total, mul(s, s));
  }
  return total === null ? s : add(s, total);
};

describe('scan', () => {
  it('returns the last carry and all ys, over trees', () => {
    const [[a, n], ys] = scan<[[T, T], { s: T; twice: [T] }]>(([c, k]: [T, T], { u }: { u: T }) => [[add(c, u), add(k, 1)], { s: c, twice: [mul(u, 2)] }], [f64(10), i32(0)], { u: xs, none: null });
    expectClose(a, 10.8);
    expect([num(n), n.dtype]).toEqual([4, 'i32']);
    expectClose(ys.s, [10, 10.1, 9.7, 10.6]);
    expectClose(ys.twice[0], data.map(v => 2 * v));
  });
  it('slices of any rank, and steps that return no y', () => {
    const [c, ys] = scan<[T, null]>((s: T, row: T) => [add(s, row), null], f64([0, 0]), f64([[1, 2], [3, 4], [5, 6]]));
    expect([list(c), ys]).toEqual([[9, 12], null]);
  });
  it('a length without xs, and the unroll hint, which means nothing', () => {
    expect(num(scan((c: T) => [mul(c, 2), null], f64(1), null, { length: 10 })[0])).toBe(1024);
    expect(list(scan((c: T, v: T) => [c, mul(v, 2)], f64(1), xs, { unroll: 4 })[1])).toEqual(data.map(v => 2 * v));
  });
  it('reverse steps from the last slice, and ys keep the order of xs', () => {
    const [c, ys] = scan((s: T, v: T) => { const n = add(mul(s, 2), v); return [n, n]; }, f64(0), f64([1, 2, 3]), { reverse: true });
    expect([num(c), list(ys)]).toEqual([17, [17, 8, 3]]);
  });
  it('is the unrolled loop, jitted too', () => {
    expectClose(rnn(x, xs), num(unrolled(x, xs)));
    expectClose(jit(rnn)(x, xs), num(unrolled(x, xs)));
  });
  it('length 0: the carry as it came, ys without rows, and derivatives of both', () => {
    const empty = f64([]);
    const [c, ys] = scan((s: T, v: T) => [mul(s, v), broadcast(v, [2])], x, empty);
    expect([num(c), shape(ys), list(ys)]).toEqual([x0, [0, 2], []]);
    expectTreesClose(grad(rnn, { argnums: [0, 2] })(x, empty, f64(0.5)), [f64(0), f64(1)]);
    expect(list(grad(rnn, { argnums: 1 })(x, empty))).toEqual([]);
    expectTreesClose(jvp(rnn, [x, empty, one], [one, empty, f64(3)]), [one, f64(3)]);
    expectClose(vmap((h: T) => rnn(x, empty, h))(f64([1, 2])), [1, 2]);
    expectClose(grad(grad((h: T) => mul(rnn(x, empty, h), h)))(x), 2);
  });
  it('ys that pass slices, captured values and constants through', () => {
    const [, [a, b, c, d]] = scan<[null, [T, T, T, T]]>((_: null, v: T) => [null, [v, x, f64(2), v]], null, xs);
    expectTreesClose([a, b, c, d], [xs, broadcast(x, [4]), broadcast(f64(2), [4]), xs]);
    const f = (w: T, v: T): T => { const [, [p, q]] = scan<[null, [T, T]]>((_: null, u: T) => [null, [u, w]], null, v); return sum(mul(p, q)); };
    expectTreesClose(grad(f, { argnums: [0, 1] })(x, xs), [f64(0.8), broadcast(x, [4])]);
  });
});

describe('derivatives of scan', () => {
  const byW = (w: T): T => rnn(w, xs);
  it('by a captured value, to order three, in every mix of modes', () => {
    expectClose(grad(byW)(x), slope(byW, x0), 1e-8);
    expectClose(grad(grad(byW))(x), slope(grad(byW), x0), 1e-8);
    expectClose(grad(grad(grad(byW)))(x), slope(grad(grad(byW)), x0), 1e-7);
    const forward = (f: (v: T) => T) => (v: T): T => jvp(f, [v], [one])[1];
    const [d, dd, ddd] = [num(grad(byW)(x)), num(grad(grad(byW))(x)), num(grad(grad(grad(byW)))(x))];
    expectClose(forward(byW)(x), d, 1e-11);
    for (const [a, b] of [[forward, grad], [grad, forward], [forward, forward]] as const) expectClose(a(b(byW))(x), dd, 1e-10);
    for (const [a, b, c] of [[forward, grad, grad], [grad, forward, grad], [grad, grad, forward], [forward, forward, forward]] as const) expectClose(a(b(c(byW)))(x), ddd, 1e-9);
  });
  it('by the carry, to order three', () => {
    const byH = (h: T): T => rnn(x, xs, h);
    expectClose(grad(byH)(f64(0.5)), slope(byH, 0.5), 1e-8);
    expectClose(grad(grad(byH))(f64(0.5)), slope(grad(byH), 0.5), 1e-8);
    expectClose(grad(grad(grad(byH)))(f64(0.5)), slope(grad(grad(byH)), 0.5), 1e-7);
  });
  it('by the slices, to order three', () => {
    const byXs = (v: T): T => rnn(x, v);
    const along = f64([1, -2, 0.5, 3]);
    expectClose(grad(byXs)(xs), slopes(byXs, xs), 1e-8);
    const second = (v: T): T => sum(mul(grad(byXs)(v), along));
    expectClose(grad(second)(xs), slopes(second, xs), 1e-8);
    const third = (v: T): T => sum(mul(grad(second)(v), along));
    expectClose(grad(third)(xs), slopes(third, xs), 1e-7);
  });
  it('all at once equal the written-out loop, and the Hessian is symmetric', () => {
    const argnums = [0, 1, 2];
    expectTreesClose(grad(rnn, { argnums })(x, xs, f64(0.5)), grad(unrolled, { argnums })(x, xs, f64(0.5)));
    const h = list(hessian((v: T) => rnn(x, v))(xs));
    expectClose(h, list(hessian((v: T) => unrolled(x, v))(xs)), 1e-11);
    expectClose(h, [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15].map(i => h[i] ?? NaN), 1e-12);
  });
  it('forward and reverse Jacobians of the ys agree; linearize and vjp share the loop', () => {
    const f = (v: T): T => scan((s: T, u: T) => { const n = tanh(add(mul(s, x), u)); return [n, mul(n, u)]; }, f64(0.5), v)[1];
    expectClose(jacrev(f)(xs), list(jacfwd(f)(xs)), 1e-12);
    const [, push] = linearize(f, xs);
    const [, pull] = vjp(f, xs);
    const [t, w] = [f64([1, 2, 3, 4]), f64([0.5, -1, 2, 1])];
    expectClose(sum(mul(push(t), w)), num(sum(mul(t, pull(w)[0]))), 1e-12);
    expectClose(pull(mul(w, 2))[0], list(pull(w)[0]).map(v => 2 * v));
  });
  it('a reverse scan', () => {
    const back = (w: T): T => { const [c, ys] = scan((s: T, u: T) => { const n = sin(add(mul(s, w), u)); return [n, mul(n, u)]; }, one, xs, { reverse: true }); return add(c, sum(mul(ys, ys))); };
    const flipped = f64([...data].reverse());
    const front = (w: T): T => { const [c, ys] = scan((s: T, u: T) => { const n = sin(add(mul(s, w), u)); return [n, mul(n, u)]; }, one, flipped); return add(c, sum(mul(ys, ys))); };
    expectClose(back(x), num(front(x)));
    expectClose(grad(back)(x), slope(back, x0), 1e-8);
    expectClose(grad(grad(back))(x), num(grad(grad(front))(x)), 1e-12);
    expectClose(jvp(back, [x], [one])[1], num(grad(front)(x)));
  });
  it('a carry that becomes active inside the body, after one step or after two', () => {
    const f = (w: T): T => {
      const [[a], ys] = scan<[[T, T, T], T]>(([c, s, r]: [T, T, T], v: T) => [[add(c, mul(s, v)), mul(r, v), w], s], [f64(0), f64(1), f64(1)], f64([1, 2, 3]));
      return add(a, sum(mul(ys, ys)));
    };
    expectClose(grad(f)(x), slope(f, x0), 1e-8);
    expectClose(jvp(f, [x], [one])[1], num(grad(f)(x)));
    expectClose(grad(grad(f))(x), slope(grad(f), x0), 1e-7);
  });
  it('a carry that nothing active reaches costs no tangent', () => {
    const f = (w: T): T => scan<[[T, T], null]>(([c, k]: [T, T]) => [[mul(c, w), sin(k)], null], [one, one], null, { length: 3 })[0][0];
    expectClose(grad(f)(x), 3 * x0 ** 2);
    const { jaxpr } = makeJaxpr((w: T) => jvp(f, [w], [one])[1])(x);
    // carry, tangent of the first, the second: three, not four.
    expect(jaxpr.eqns.map(e => e.params['numCarry']).filter(n => n !== undefined)).toEqual([3]);
  });
  it('integer and boolean carries', () => {
    const f = (w: T): T => scan<[[T, T, T], null]>(([c, k, flip]: [T, T, T], v: T) => [[mul(c, where(flip, mul(w, convert(k, 'f64')), w)), add(k, v), lt(k, 2)], null],
      [one, i32(1), tensor(1, 'bool')], i32([2, 1, 4]))[0][0];
    // w * 1, then k = 3 with flip (1 < 2), then k = 4 without (3 < 2).
    expectClose(f(x), 3 * x0 ** 3);
    expectClose(grad(f)(x), 9 * x0 ** 2);
    expectClose(grad(grad(f))(x), 18 * x0);
    expectClose(vmap(grad(f))(f64([1, 2])), [9, 36]);
  });
  it('grad inside the body, and the derivative of that', () => {
    const newton = (c: T): T => scan<[T, null]>((r: T, v: T) => { const p = (t: T): T => sub(mul(mul(t, t), v), c); return [sub(r, div(p(r), grad(p)(r))), null]; }, one, f64([1, 1, 1, 1, 1, 1]))[0];
    expectClose(newton(f64(2)), Math.SQRT2);
    expectClose(grad(newton)(f64(2)), 1 / (2 * Math.SQRT2), 1e-8);
    expectClose(jit(grad(newton))(f64(2)), 1 / (2 * Math.SQRT2), 1e-8);
    expectClose(vmap(newton)(f64([2, 9])), [Math.SQRT2, 3], 1e-3);
  });
  it('only some results are used, or none', () => {
    expectClose(grad((w: T) => rnnParts(w)[0])(x), slope(w => rnnParts(w)[0], x0), 1e-8);
    expectClose(grad((w: T) => sum(rnnParts(w)[1]))(x), slope(w => sum(rnnParts(w)[1]), x0), 1e-8);
    expectClose(grad((w: T) => { rnnParts(w); return mul(w, w); })(x), 2 * x0);
  });
  it('matrices as carry and captured values', () => {
    const w = f64([[0.5, -0.3], [0.2, 0.9]]);
    const seq = f64([[0.1, 0.2], [-0.3, 0.4], [0.5, -0.6]]);
    const f = (m: T): T => { const [h, ys] = scan((s: T, u: T) => { const n = tanh(add(dot(s, m), u)); return [n, n]; }, f64([0.1, -0.1]), seq); return add(sum(mul(h, h)), sum(ys)); };
    expectClose(grad(f)(w), slopes(f, w), 1e-8);
    const g = (m: T): T => sum(mul(grad(f)(m), f64([[1, 2], [-1, 0.5]])));
    expectClose(grad(g)(w), slopes(g, w), 1e-8);
  });
  it('scan in scan, and its gradient by everything', () => {
    const nested = (w: T, rows: T): T => scan<[T, T]>((c: T, row: T) => { const [d, ys] = scan((s: T, u: T) => [sin(add(mul(s, w), mul(u, c))), mul(s, u)], c, row); return [d, sum(ys)]; }, x, rows)[0];
    const rows = f64([[0.1, 0.2, 0.3], [-0.5, 0.4, 0.8]]);
    expectClose(grad(nested)(f64(0.9), rows), slope(w => nested(w, rows), 0.9), 1e-8);
    expectClose(grad(nested, { argnums: 1 })(f64(0.9), rows), slopes(r => nested(f64(0.9), r), rows), 1e-8);
    expectClose(grad(grad(nested))(f64(0.9), rows), slope(w => grad(nested)(w, rows), 0.9), 1e-8);
    expectClose(vmap(grad(nested), { inAxes: [0, null] })(f64([0.9, -0.2]), rows), [num(grad(nested)(f64(0.9), rows)), num(grad(nested)(f64(-0.2), rows))]);
  });
  it('captured tracers of outer transforms', () => {
    const f = (a: T): T => grad((b: T) => scan((c: T, v: T) => [mul(c, add(mul(a, b), v)), null], a, xs)[0])(a);
    expectClose(grad(f)(x), slope(f, x0), 1e-7);
    expectClose(vmap((a: T) => scan((c: T, v: T) => [add(c, mul(a, v)), null], x, xs)[0])(f64([1, 2])), [x0 + 0.8, x0 + 1.6]);
  });
});
const rnnParts = (w: T): [T, T] => scan((s: T, u: T) => { const n = tanh(add(mul(s, w), u)); return [n, mul(n, w)]; }, f64(0.5), xs);

describe('vmap of scan', () => {
  const ws = f64([0.2, 0.7]);
  const rows = [[0.1, -0.4, 0.9], [0.3, 0.5, 0.6]];
  const batch = f64(rows);
  const hs = f64([0.5, -1]);
  const each = (f: (w: T, v: T, h: T) => T, w: (i: number) => T, v: (i: number) => T, h: (i: number) => T): number[] => [0, 1].flatMap(i => list(f(w(i), v(i), h(i))));
  const [wi, vi, hi] = [(i: number): T => f64([0.2, 0.7][i] ?? 0), (i: number): T => f64(rows[i] ?? []), (i: number): T => f64([0.5, -1][i] ?? 0)];
  it.each([
    ['captured', [0, null, null]], ['xs', [null, 0, null]], ['carry', [null, null, 0]], ['captured and xs', [0, 0, null]], ['captured and carry', [0, null, 0]],
    ['xs and carry', [null, 0, 0]], ['all', [0, 0, 0]],
  ] as const)('batched: %s', (_name, inAxes) => {
    const pick = <A>(i: 0 | 1 | 2, all: A, first: A): A => inAxes[i] === 0 ? all : first;
    const args = [pick(0, ws, wi(0)), pick(1, batch, vi(0)), pick(2, hs, hi(0))];
    const only = (i: 0 | 1 | 2, f: (k: number) => T) => (k: number): T => f(inAxes[i] === 0 ? k : 0);
    const want = (f: (w: T, v: T, h: T) => T): number[] => each(f, only(0, wi), only(1, vi), only(2, hi));
    expectClose(vmap(rnn, { inAxes })(...args), want(rnn));
    const g = grad(rnn, { argnums: 0 });
    expectClose(vmap(g, { inAxes })(...args), want(g));
    const gx = grad(rnn, { argnums: 1 });
    expectClose(vmap(gx, { inAxes })(...args), want(gx));
    const gh = grad(rnn, { argnums: 2 });
    expectClose(vmap(gh, { inAxes })(...args), want(gh));
  });
  it('a carry that becomes batched inside the body', () => {
    const f = (w: T): T => scan<[[T, T], T]>(([a, b]: [T, T], v: T) => [[add(a, b), mul(w, v)], a], [one, one], xs)[0][0];
    expectClose(vmap(f)(ws), [0.2, 0.7].map(w => num(f(f64(w)))));
  });
  it('results that depend on no batched value stay unbatched', () => {
    const f = vmap<[T, T]>((w: T) => scan((c: T, v: T) => [mul(c, v), mul(w, v)], one, xs), { outAxes: [null, 0] });
    expect(shape(f(ws)[0])).toEqual([]);
    expect(shape(f(ws)[1])).toEqual([2, 4]);
  });
  it('a reverse scan, ys of higher rank, the batch axis in other places', () => {
    const f = (w: T): T => scan((c: T, v: T) => { const n = add(mul(c, w), v); return [n, broadcast(n, [2])]; }, one, xs, { reverse: true })[1];
    expectClose(vmap(f)(ws), [0.2, 0.7].flatMap(w => list(f(f64(w)))));
    expect(shape(vmap(f, { outAxes: 2 })(ws))).toEqual([4, 2, 2]);
  });
  it('scan in vmap in grad; vmap in scan in grad; scan in vmap in vmap', () => {
    const f = (w: T): T => sum(vmap((v: T) => rnn(w, v))(batch));
    expectClose(grad(f)(x), slope(f, x0), 1e-8);
    expectClose(grad(grad(f))(x), slope(grad(f), x0), 1e-8);
    const g = (w: T): T => sum(scan((c: T, v: T) => [vmap((u: T) => mul(u, add(w, v)))(c), null], ws, xs)[0]);
    expectClose(grad(g)(x), slope(g, x0), 1e-8);
    const h = vmap((w: T) => vmap((v: T) => rnn(w, v))(batch));
    expectClose(h(ws), [0.2, 0.7].flatMap(w => rows.map(r => num(rnn(f64(w), f64(r))))));
  });
});

describe('other loops', () => {
  it('foriLoop with concrete bounds is a scan: any derivative', () => {
    const f = (w: T): T => foriLoop(1, 4, (i: T, c: T) => mul(c, add(w, convert(i, 'f64'))), one);
    expectClose(f(x), (x0 + 1) * (x0 + 2) * (x0 + 3));
    expectClose(grad(f)(x), slope(f, x0), 1e-8);
    expectClose(vmap(f)(f64([0, 1])), [6, 24]);
    expect(num(foriLoop(3, 1, (_i: T, c: T) => mul(c, 2), one))).toBe(1);
    expect(makeJaxpr(f)(x).jaxpr.eqns.map(e => e.primitive.name)).toContain('scan');
  });
  it('foriLoop with a traced bound is a while loop: forward mode', () => {
    const f = (n: T, w: T): T => foriLoop(0, n, (i: T, c: T) => add(mul(c, w), convert(i, 'f64')), one);
    expectClose(jit(f)(i32(3), x), num(foriLoop(0, 3, (i: T, c: T) => add(mul(c, x), convert(i, 'f64')), one)));
    expectClose(jvp((w: T) => f(i32(3), w), [x], [one])[1], slope(w => f(i32(3), w), x0), 1e-8);
    expectClose(vmap(f, { inAxes: [0, null] })(i32([0, 1, 3]), x), [0, 1, 3].map(n => num(f(i32(n), x))));
    expectClose(foriLoop(i32(2), 4, (i: T, c: T) => add(c, i), i32(0)), 5);
  });
  it('map is one example after another, with a batch size and a remainder, and its gradient', () => {
    const f = (v: T): T => mul(sin(v), x);
    const want = data.map(v => Math.sin(v) * x0);
    for (const batchSize of [1, 2, 3, 4, 5]) expectClose(map(f, xs, { batchSize }), want);
    expectClose(map(f, xs), want);
    const g = (batchSize: number) => (w: T): T => sum(map((v: T) => exp(mul(v, w)), xs, { batchSize }));
    for (const n of [1, 3, 4]) {
      expectClose(grad(g(n))(x), slope(g(n), x0), 1e-8);
      expectClose(grad(grad(g(n)))(x), data.reduce((s, v) => s + v * v * Math.exp(v * x0), 0));
    }
    expect(shape(map((v: T) => broadcast(v, [3]), f64([]), { batchSize: 2 }))).toEqual([0, 3]);
    expectTreesClose(map(({ a, b }: { a: T; b: T }) => [add(a, b), a], { a: xs, b: xs }, { batchSize: 3 }), [mul(xs, 2), xs]);
  });
  it('associativeScan is every prefix, of every length, in both directions', () => {
    for (let n = 1; n <= 9; n++) {
      const v = Array.from({ length: n }, (_, i) => 1 + 0.1 * i);
      const prefix = v.map((_, i) => v.slice(0, i + 1).reduce((a, b) => a * b));
      const suffix = v.map((_, i) => v.slice(i).reduce((a, b) => a * b));
      expectClose(associativeScan(mul, f64(v)), prefix);
      expectClose(associativeScan(mul, f64(v), { reverse: true }), suffix);
    }
    expect(list(associativeScan(add, f64([])))).toEqual([]);
  });
  it('associativeScan keeps the order of its operands, over trees, and differentiates', () => {
    // Affine maps composed: (a, b) then (c, d) is (a c, b c + d). Not commutative.
    interface Affine { a: T; b: T }
    const compose = (p: Affine, q: Affine): Affine => ({ a: mul(p.a, q.a), b: add(mul(p.b, q.a), q.b) });
    const [as, bs] = [f64([0.5, -1, 2, 0.3, 1.5]), f64([1, 2, -1, 0.5, 3])];
    const recurrence = (reverse: boolean) => (v: T): T => scan((c: T, [p, q]: [T, T]) => { const n = add(mul(c, p), q); return [n, n]; }, f64(0), [v, bs], { reverse })[1];
    for (const reverse of [false, true]) {
      const f = (v: T): T => associativeScan<Affine>(compose, { a: v, b: bs }, { reverse }).b;
      expectClose(f(as), list(recurrence(reverse)(as)));
      expectClose(grad((v: T) => sum(mul(f(v), f(v))))(as), list(grad((v: T) => { const y = recurrence(reverse)(v); return sum(mul(y, y)); })(as)), 1e-11);
      expectClose(vmap(f)(f64([list(as), list(bs)])), [...list(f(as)), ...list(f(bs))]);
    }
  });
});

describe('whileLoop', () => {
  const power = (w: T): T => whileLoop(([c]: [T, T]) => lt(c, 100), ([c, k]: [T, T]) => [mul(c, w), add(k, 1)], [f64(3), f64(0)]);
  const doubling = (v: T): [T, T] => whileLoop<[T, T]>(([c]: [T, T]) => lt(c, 100), ([c, k]: [T, T]) => [mul(c, 2), add(k, 1)], [v, f64(0)]);
  it('repeats while the condition holds, perhaps never', () => {
    expect(listAll(doubling(f64(3)))).toEqual([192, 6]);
    expect(listAll(doubling(f64(100)))).toEqual([100, 0]);
    expect(listAll(jit(doubling)(f64(3)))).toEqual([192, 6]);
  });
  it('forward mode: by the carry, by a captured value, of captured values of the condition, of second order', () => {
    expectTreesClose(jvp(doubling, [f64(3)], [one])[1], [f64(64), f64(0)]);
    const f = (w: T): T => whileLoop(([c]: [T, T]) => lt(c, mul(w, 50)), ([c, k]: [T, T]) => [mul(c, w), add(k, c)], [f64(3), f64(0)]) as unknown as T;
    const total = (w: T): T => { const [c, k] = f(w) as unknown as [T, T]; return add(c, mul(k, w)); };
    expectClose(jvp(total, [f64(1.9)], [one])[1], slope(total, 1.9), 1e-7);
    const d = (w: T): T => jvp(total, [w], [one])[1];
    expectClose(jvp(d, [f64(1.9)], [one])[1], slope(d, 1.9), 1e-7);
    expectClose(jacfwd(total)(f64(1.9)), slope(total, 1.9), 1e-7);
  });
  it('a carry that becomes active inside the body', () => {
    const f = (w: T): T => (whileLoop<[T, T, T]>(([k]: [T, T, T]) => lt(k, 3), ([k, a, b]: [T, T, T]) => [add(k, 1), add(a, b), mul(w, w)], [f64(0), f64(0), f64(0)]))[1];
    expectClose(jvp(f, [x], [one])[1], 4 * x0);
  });
  it('vmap with different trip counts: each example stops by itself', () => {
    const [c, k] = vmap<[T, T]>(doubling)(f64([3, 100, 49, 99]));
    expect([list(c), list(k)]).toEqual([[192, 100, 196, 198], [6, 0, 2, 1]]);
    expect(listAll(vmap(power)(f64([2, 5])))).toEqual([192, 375, 6, 3]);
  });
  it('vmap of a loop whose condition is not batched, of one whose condition captures, of jvp', () => {
    const f = (w: T): T => (whileLoop<[T, T]>(([i]: [T, T]) => lt(i, 3), ([i, c]: [T, T]) => [add(i, 1), mul(c, w)], [f64(0), one]))[1];
    expectClose(vmap(f)(f64([2, 3])), [8, 27]);
    const limit = (n: T): T => whileLoop((c: T) => lt(c, n), (c: T) => mul(c, 2), one);
    expectClose(vmap(limit)(f64([5, 1, 64])), [8, 1, 64]);
    expectClose(vmap((w: T) => jvp(f, [w], [one])[1])(f64([2, 3])), [12, 27]);
    expectClose(vmap((v: T) => jvp((u: T) => doubling(u)[0], [v], [one])[1])(f64([3, 99])), [64, 2]);
    // A carry that only the body's captured value batches, and one that stays what it was.
    const [a, b] = vmap<[T, T]>((w: T) => whileLoop(([c]: [T, T]) => lt(c, 10), ([c, d]: [T, T]) => [add(c, w), d], [f64(0), x]))(f64([3, 7]));
    expect([list(a), list(b)]).toEqual([[12, 14], [x0, x0]]);
  });
  it('an example that has stopped does not spoil the others with what its further steps would give', () => {
    const f = (v: T): T => whileLoop((c: T) => lt(c, 1000), (c: T) => exp(c), v);
    const got = list(vmap(f)(f64([5, 0])));
    expectClose(got, [num(f(f64(5))), num(f(f64(0)))]);
  });
  it('reverse mode is refused, with the remedy, also where the loop stands deep inside', () => {
    const [code, text] = codeAndText(() => grad((v: T) => doubling(v)[0])(f64(3)));
    expect([code, text]).toEqual(['forward-mode', expect.stringMatching(/^whileLoop has no reverse mode.*use scan or foriLoop with concrete bounds, or forward mode/)]);
    expect(codeOf(() => vjp((v: T) => doubling(v)[0], f64(3)))).toBe('forward-mode');
    expect(codeOf(() => grad((v: T) => scan((c: T) => [doubling(c)[0], null], v, null, { length: 2 })[0])(x))).toBe('forward-mode');
    expect(codeOf(() => grad((v: T) => foriLoop(0, i32(3), (_i: T, c: T) => mul(c, v), one))(x))).toBe('forward-mode');
  });
  it('reverse mode passes a loop that carries nothing differentiated: a bound, a captured value, a count', () => {
    const count = (v: T): T => whileLoop((k: T) => lt(convert(k, 'f64'), v), (k: T) => add(k, 1), i32(0));
    const counted = (v: T): T => mul(v, convert(count(v), 'f64'));
    expectClose(grad(counted)(f64(3.5)), 4);
    expectClose(vmap(grad(counted))(f64([3.5, 1.2])), [4, 2]);
    expectClose(grad(grad((v: T) => mul(v, counted(v))))(f64(3.5)), 8);
    expectClose(grad((v: T) => mul(v, whileLoop((k: T) => lt(k, v), (k: T) => add(k, 1), f64(0))))(f64(3.5)), 4);
    expectClose(grad((v: T) => mul(v, convert(whileLoop((k: T) => lt(k, 10), (k: T) => add(k, convert(v, 'i32')), i32(0)), 'f64')))(f64(3.5)), 12);
  });
  it('reverse mode of what does not depend on the loop works', () => {
    expectClose(grad((v: T) => mul(v, doubling(f64(3))[0]))(x), 192);
    expectClose(valueAndGrad((v: T) => mul(v, whileLoop((k: T) => lt(k, 5), (k: T) => add(k, 1), f64(0))))(x)[1], 5);
  });
});

describe('programs', () => {
  const ones = (n: number): T => { const v = literal(0.1, { shape: [n], dtype: 'f64' }); return v; };
  it('do not grow with the length', () => {
    const text = (n: number): string => String(makeJaxpr(grad((w: T) => rnn(w, ones(n))))(x)).replaceAll(`[${n}]`, '[n]').replaceAll(`length=${n}`, 'length=n').replaceAll(`(${n},)`, '(n,)');
    expect(text(3)).toBe(text(3000));
    const fori = (n: number): number => String(makeJaxpr(grad((w: T) => foriLoop(0, n, (_i: T, c: T) => sin(mul(c, w)), one)))(x)).split('\n').length;
    expect(fori(3)).toBe(fori(3000));
  });
  it('a chain of second derivatives of a scan stays a fixed number of loops', () => {
    const loops = (f: (w: T) => T): number => makeJaxpr(f)(x).jaxpr.eqns.filter(e => e.primitive.name === 'scan').length;
    expect(loops(grad((w: T) => rnn(w, xs)))).toBe(2);
  });
});

describe('what is refused', () => {
  const cases: readonly (readonly [string, () => unknown, string, RegExp])[] = [
    ['a carry that changes its shape', () => scan((c: T) => [broadcast(c, [2]), null], x, null, { length: 2 }), 'shape', /^scan: the carry enters the body as f64\[\] and leaves it as f64\[2\]; they must be equal$/],
    ['a carry that changes its dtype', () => scan((c: T) => [convert(c, 'f32'), null], x, null, { length: 2 }), 'shape', /^scan: the carry enters the body as f64\[\] and leaves it as f32\[\]/],
    ['a carry that changes its tree', () => scan((c: T) => [[c, c], null], x, null, { length: 2 }), 'tree', /^scan: the carry enters the body as f64\[\] and leaves it as a list of 2; they must be equal$/],
    ['a carry that changes deep in its tree', () => scan(({ h, k: [a] }: { h: T; k: T[] }) => [{ h, k: [convert(a as T, 'f32')] }, null], { h: x, k: [x] }, null, { length: 2 }), 'shape', /^scan: the carry at k\[0\] enters the body as f64\[\] and leaves it as f32\[\]; they must be equal$/],
    ['a carry that loses a leaf', () => scan(({ h }: { h: T }) => [{ h }, null], { h: x, k: x }, null, { length: 2 }), 'tree', /^scan: the carry at k enters the body as f64\[\] and leaves it as nothing; they must be equal$/],
    ['a carry that gains a leaf', () => foriLoop(0, i32(2), (_i: T, h: T[]) => [...h, x], [x]), 'tree', /^foriLoop: the carry enters the body as a list of 1 and leaves it as a list of 2; they must be equal$/],
    ['a body that returns no pair', () => scan((c: T) => c, x, null, { length: 2 }), 'tree', /^scan: the function must return \[carry, y\], got the tree \*$/],
    ['a negative length', () => scan((c: T) => [c, null], x, null, { length: -1 }), 'shape', /^scan: length -1 is not a natural number$/],
    ['a fractional length', () => scan((c: T) => [c, null], x, null, { length: 1.5 }), 'shape', /^scan: length 1\.5 is not/],
    ['no length', () => scan((c: T) => [c, null], x, null), 'value', /^scan: xs has no leaf; give \{ length \}$/],
    ['xs of different lengths', () => scan((c: T) => [c, null], x, [xs, f64([1, 2])]), 'shape', /^scan: xs have different lengths: leaf 1 has 2, leaf 0 has 4$/],
    ['a length that xs do not have', () => scan((c: T) => [c, null], x, xs, { length: 3 }), 'shape', /^scan: xs have different lengths: leaf 0 has 4, length is 3$/],
    ['a scalar among xs', () => scan((c: T) => [c, null], x, [xs, x]), 'shape', /^scan: xs has a scalar leaf f64\[\]/],
    ['a number as carry', () => scan((c: T) => [c, null], 3, xs), 'static', /^scan: init: the number 3 is not a tensor; wrap it: tensor\(3\)/],
    ['an instance among xs', () => scan((c: T) => [c, null], x, [new Date()]), 'tree', /^scan: xs: an instance of Date at \[0\]/],
    ['a promise from the body', () => scan((c: T) => Promise.resolve([c, null]), x, xs), 'async', /^scan: the function returns a promise/],
    ['a whileLoop carry that changes', () => whileLoop((c: T) => lt(c, 1), (c: T) => convert(c, 'f32'), x), 'shape', /^whileLoop: the carry enters the body as f64\[\] and leaves it as f32\[\]/],
    ['a whileLoop tree that changes', () => whileLoop((c: T) => lt(c, 1), (c: T) => [c], x), 'tree', /^whileLoop: the carry enters the body as f64\[\] and leaves it as a list of 1/],
    ['a condition that is no bool', () => whileLoop((c: T) => c, (c: T) => c, x), 'dtype', /^whileLoop: the condition returns f64\[\], it must be a bool scalar$/],
    ['a condition of rank 1', () => whileLoop((c: T) => lt(c, 1), (c: T) => c, xs), 'dtype', /^whileLoop: the condition returns bool\[4\]/],
    ['a condition that returns a tree', () => whileLoop((c: T) => [lt(c, 1), c], (c: T) => c, x), 'dtype', /^whileLoop: the condition returns/],
    ['a condition that returns nothing', () => whileLoop(() => null, (c: T) => c, x), 'dtype', /^whileLoop: the condition returns/],
    ['fractional bounds', () => foriLoop(0, 2.5, (_i: T, c: T) => c, x), 'value', /^foriLoop: bounds 0 and 2\.5 must be integers$/],
    ['a fractional bound beside a traced one', () => foriLoop(0.5, i32(2), (_i: T, c: T) => c, x), 'value', /^foriLoop: .*0\.5.* integer/],
    ['a bound of another dtype', () => foriLoop(0, x, (_i: T, c: T) => c, x), 'dtype', /^foriLoop: .*f64\[\].*i32/],
    ['a foriLoop carry that changes', () => foriLoop(0, 3, (_i: T, c: T) => broadcast(c, [2]), x), 'shape', /^foriLoop: the carry enters the body as f64\[\] and leaves it as f64\[2\]/],
    ['a batch size of zero', () => map((v: T) => v, xs, { batchSize: 0 }), 'value', /^map: batchSize 0 is not a positive integer$/],
    ['an associativeScan of ragged leaves', () => associativeScan((a: T) => a, [xs, f64([1])]), 'shape', /^associativeScan: xs have different lengths/],
    ['an associativeScan of nothing', () => associativeScan((a: T) => a, null), 'value', /^associativeScan: xs has no leaf/],
    ['an associativeScan whose function changes the tree', () => associativeScan((a: T) => [a, a], xs), 'tree', /^associativeScan: the function/],
    ['an associativeScan whose function changes the shape', () => associativeScan((a: T) => sum(a), xs), 'shape', /^associativeScan: the function/],
  ];
  it.each(cases)('%s', (_name, f, code, text) => {
    expect(codeAndText(f)).toEqual([code, expect.stringMatching(text)]);
  });
  it('the same, jitted and batched', () => {
    const f = (v: T): T => scan((c: T) => [broadcast(c, [2]), null], v, null, { length: 2 })[0];
    expect(codeOf(() => jit(f)(x))).toBe('shape');
    expect(codeOf(() => vmap(f)(xs))).toBe('shape');
    expect(codeOf(() => grad(f)(x))).toBe('shape');
  });
  it('a failed body leaves nothing behind', () => {
    expect(() => scan(() => { throw new Error('mine'); }, x, xs)).toThrow('mine');
    expectClose(neg(x), -x0);
  });
});
