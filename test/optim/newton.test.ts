// Newton's method with conjugate gradients against the same algorithm in plain numbers; products with Hessians; where curvature is negative.
import { describe, expect, test } from 'vitest';
import type { Scalar, Tensor } from '../../src/ir/tensor.ts';
import * as np from '../../src/numpy/index.ts';
import * as optim from '../../src/optim/index.ts';
import { grad } from '../../src/transform/grad.ts';
import { hessian } from '../../src/transform/jacobian.ts';
import { jit } from '../../src/transform/jit.ts';
import { make, numbers } from '../nn/tensors.ts';

type V = Tensor<[2], 'f64'>;
// Rosenbrock's valley, (1 - x)^2 + 100 (y - x^2)^2.
const at = (v: V, i: number): Scalar<'f64'> => np.take(v, i, { axis: 0 });
const valley = (v: V): Scalar<'f64'> => np.add(np.square(np.subtract(1, at(v, 0))), np.multiply(100, np.square(np.subtract(at(v, 1), np.square(at(v, 0))))));
type P = readonly [number, number];
const plainValley = ([x, y]: P): number => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
const slope = ([x, y]: P): P => [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)];
const curve = ([x, y]: P): readonly [P, P] => [[2 - 400 * (y - 3 * x * x), -400 * x], [-400 * x, 200]];
const dot = (a: P, b: P): number => a[0] * b[0] + a[1] * b[1];
const plus = (a: P, c: number, b: P): P => [a[0] + c * b[0], a[1] + c * b[1]];

/** Algorithm 7.1 of Nocedal and Wright, with Armijo's rule. */
function plainStep(x: P, damping: number): P {
  const g = slope(x);
  const h = curve(x);
  const apply = (v: P): P => plus([dot(h[0], v), dot(h[1], v)], damping, v);
  const size = Math.hypot(...g);
  let [z, r, d]: [P, P, P] = [[0, 0], [-g[0], -g[1]], [-g[0], -g[1]]];
  for (let k = 0; k < 50 && Math.hypot(...r) > Math.min(0.5, Math.sqrt(size)) * size; k++) {
    const hd = apply(d);
    const curvature = dot(d, hd);
    if (curvature <= 0) { z = k === 0 ? d : z; break; }
    const alpha = dot(r, r) / curvature;
    const next = plus(r, -alpha, hd);
    z = plus(z, alpha, d);
    d = plus(next, dot(next, next) / dot(r, r), d);
    r = next;
  }
  let t = 1;
  while (plainValley(plus(x, t, z)) > plainValley(x) + 1e-4 * t * dot(g, z)) t /= 2;
  return plus(x, t, z);
}
const steps = (rule: optim.Optimizer<readonly optim.StateKind[]>, start: P, count: number): readonly P[] => {
  const step = jit((v: V): V => optim.applyUpdates(v, rule.update(grad(valley)(v), rule.init(v), v, { valueFn: valley })[0]));
  const seen: P[] = [];
  let v: V = make([2], start, 'f64');
  for (let k = 0; k < count; k++) { v = step(v); const [x = NaN, y = NaN] = numbers(v); seen.push([x, y]); }
  return seen;
};

describe('newtonCg', () => {
  test.each([[[-1.2, 1], 0], [[2, -1], 0], [[-1.2, 1], 0.5], [[0, 2], 0]] as const)('from %s, damped by %d, goes where the plain numbers go', (start, damping) => {
    let p: P = start;
    steps(optim.newtonCg({ damping }), start, 20).forEach((v, k) => {
      p = plainStep(p, damping);
      expect(Math.hypot(v[0] - p[0], v[1] - p[1]), `step ${k}: ${v.join()} vs ${p.join()}`).toBeLessThan(1e-10);
    });
  });
  test('arrives at the minimum, faster at the end than by any factor', () => {
    const distances = steps(optim.newtonCg(), [-1.2, 1], 120).map(v => Math.hypot(v[0] - 1, v[1] - 1));
    expect(distances.at(-1)).toBeLessThan(1e-12);
    // The order is 1.5 where the residual's bound is sqrt |g| of |g|: 1e-3, 3e-5, 2e-7, but for a constant of the valley's condition.
    const near = distances.findIndex(d => d < 1e-3);
    expect(distances[near + 2]).toBeLessThan(1e-6);
    expect(distances[near + 3]).toBeLessThan(1e-10);
  });
  test('goes down from where the curvature is negative, and leaves a null gradient alone', () => {
    const f = (p: { x: Scalar<'f64'>; n: Tensor<[], 'i32'> }): Scalar<'f64'> => np.subtract(np.power(p.x, 4), np.square(p.x));
    let p = { x: make([], 0.1, 'f64'), n: make([], 3, 'i32') };
    const rule = optim.newtonCg();
    for (let k = 0; k < 12; k++) {
      const before = f(p).itemSync();
      const [u] = rule.update(grad(f)(p), rule.init(p), p, { valueFn: f });
      p = optim.applyUpdates(p, u);
      expect(f(p).itemSync()).toBeLessThanOrEqual(before);
    }
    expect(Math.abs(p.x.itemSync() - Math.SQRT1_2)).toBeLessThan(1e-10);
    expect(p.n.itemSync()).toBe(3);
  });
  test('follows the gradient where there is no curvature at all', () => {
    const rule = optim.newtonCg();
    const line = (v: V): Scalar<'f64'> => np.multiply(3, np.sum(v));
    const v: V = make([2], [1, 1], 'f64');
    expect(numbers(rule.update(grad(line)(v), rule.init(v), v, { valueFn: line })[0])).toEqual([-3, -3]);
  });
  test('stands still at a minimum', () => {
    const rule = optim.newtonCg();
    const v: V = make([2], [1, 1], 'f64');
    expect(numbers(rule.update(grad(valley)(v), rule.init(v), v, { valueFn: valley })[0]).map(Math.abs)).toEqual([0, 0]);
  });
  test('asks for the loss', () => {
    const rule = optim.newtonCg();
    const v: V = make([2], [1, 1], 'f64');
    expect(() => rule.update(v, rule.init(v), v)).toThrow('newtonCg: needs the loss; call update(grads, state, params, { valueFn: loss })');
  });
});

test('hvp is the Hessian times a vector, under jit too', () => {
  const x: V = make([2], [0.3, -0.7], 'f64');
  const v: V = make([2], [2, 5], 'f64');
  const want = numbers(np.matmul(hessian(valley)(x), v));
  for (const got of [optim.hvp(valley, x, v), jit((a: V, b: V): V => optim.hvp(valley, a, b))(x, v)]) numbers(got).forEach((y, i) => { expect(Math.abs(y - (want[i] ?? NaN))).toBeLessThan(1e-9); });
});
test('conjugate gradients solve trees of equations, in as many steps as there are unknowns', () => {
  type Tree = { readonly a: V; readonly b: Scalar<'f64'> };
  const m = make([2, 2], [4, 1, 1, 3], 'f64');
  const apply = ({ a, b }: Tree): Tree => ({ a: np.matmul(m, a), b: np.multiply(b, 2) });
  const b: Tree = { a: make([2], [1, 2], 'f64'), b: make([], 5, 'f64') };
  const x = optim.conjugateGradient(apply, b, { tolerance: 1e-12, maxIterations: 3 });
  [1 / 11, 7 / 11].forEach((w, i) => { expect(Math.abs((numbers(x.a)[i] ?? NaN) - w)).toBeLessThan(1e-12); });
  expect(Math.abs(x.b.itemSync() - 2.5)).toBeLessThan(1e-12);
  expect(numbers(optim.conjugateGradient((v: V): V => v, make([2], 0, 'f64')))).toEqual([0, 0]);
  expect(() => optim.conjugateGradient(v => v, make([2], 0, 'i32'))).toThrow('conjugateGradient: b has a leaf of i32; all must be floats');
});
