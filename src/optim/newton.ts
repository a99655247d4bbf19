// Newton's method without Hessians: products of the Hessian with vectors, conjugate gradients on them, and the optimiser made of both. Floor 7.
import { CotangentError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { hasTangent, range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { gt, le, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { min } from '../primitive/extremum.ts';
import { and, not } from '../primitive/logical.ts';
import { sqrt } from '../primitive/power.ts';
import { select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import { whileLoop } from '../transform/control.ts';
import { jvp, linearize } from '../transform/forward.ts';
import { grad } from '../transform/grad.ts';
import { flattenTensors } from '../transform/staging.ts';
import type { Tangent } from '../transform/types.ts';
import { unflatten } from '../tree/tree.ts';
import { spreading, times, working } from './leaf.ts';
import { expectAtLeast, expectNatural } from './leafwise.ts';
import { optimizer, readUpdates, type NoState, type Optimizer } from './optimizer.ts';

type List = readonly AnyTensor[];
type ListFunction = (xs: List) => List;
const gradient: (f: (xs: List) => AnyTensor) => ListFunction = typed(grad);
const linearised: (f: ListFunction, xs: List) => readonly [List, ListFunction] = typed(linearize);
const loop: (c: (s: readonly unknown[]) => AnyTensor, b: (s: readonly unknown[]) => readonly unknown[], init: readonly unknown[]) => readonly unknown[] = typed(whileLoop);

/**
 * The product of the Hessian of `f` at `params` with `v`, for the price of about two gradients: the derivative of the gradient along `v`.
 * Pearlmutter, "Fast exact multiplication by the Hessian", 1994.
 *
 * @throws `tree`, `shape` or `dtype` where `v` does not fit the parameters.
 * @example
 * import { np, optim, tensor, type Scalar } from 'cotangent';
 * const f = (x: ReturnType<typeof tensor<[1, 2]>>): Scalar => np.sum(np.power(x, 3));
 * optim.hvp(f, tensor([1, 2]), tensor([1, 10])); // -> [6, 120]
 */
export function hvp<P>(f: (params: P) => Tensor<[], Float>, params: NoInfer<P>, v: NoInfer<Tangent<P>>): Tangent<P>;
export function hvp(f: unknown, params: unknown, v: unknown): unknown {
  const derivative: (g: unknown, xs: readonly unknown[], ts: readonly unknown[]) => readonly [unknown, unknown] = typed(jvp);
  const slope: (g: unknown) => unknown = typed(grad);
  return derivative(slope(f), [params], [v])[1];
}

/** Inner product of two lists of leaves, as a scalar of the dtype. */
const inner = (a: List, b: List, dtype: 'f32' | 'f64'): AnyTensor =>
  a.map((x, i) => reduceSum(mul(convert(x, dtype), convert(at(b, i), dtype)), range(x.shape.length))).reduce((s, t) => add(s, t), constant(0, [], dtype));
/** a + c b, leaf by leaf, for a scalar c. */
function plusTimes(a: List, c: AnyTensor, b: List): List {
  const factor = spreading(c);
  return a.map((x, i) => add(x, mul(factor(x), at(b, i))));
}
const where = (p: AnyTensor, a: List, b: List): List => a.map((x, i) => select(broadcastInDim(p, x.shape, []), x, at(b, i)));

interface Solution { readonly x: List; readonly iterations: AnyTensor }
/**
 * Solves apply(x) = b from x = 0 until the residual's norm is below `bound`. Where a direction of negative curvature is met it stops: at the first
 * one with b itself, later with what it has (Nocedal, Wright, algorithm 7.1).
 */
function solve(apply: ListFunction, b: List, bound: AnyTensor, most: number, dtype: 'f32' | 'f64'): Solution {
  const n = b.length;
  const lists = (s: readonly unknown[]): readonly [List, List, List] => [typed(s[0]), typed(s[1]), typed(s[2])];
  const scalars = (s: readonly unknown[]): readonly [AnyTensor, AnyTensor, AnyTensor] => [typed(s[3]), typed(s[4]), typed(s[5])];
  const zero = constant(0, [], dtype);
  const start = [b.map(x => constantLike(0, x)), b, b, inner(b, b, dtype), constant(0, [], 'i32'), constant(n === 0 ? 1 : 0, [], 'bool')];
  const [x, , , , iterations] = loop(s => {
    const [rr, k, done] = scalars(s);
    return and(not(done), and(gt(sqrt(rr), bound), lt(k, constant(most, [], 'i32'))));
  }, s => {
    const [z, r, d] = lists(s);
    const [rr, k] = scalars(s);
    const hd = apply(d);
    const curvature = inner(d, hd, dtype);
    const bent = le(curvature, zero);
    const one = constantLike(1, rr);
    const alpha = div(rr, select(bent, one, curvature));
    const r1 = plusTimes(r, neg(alpha), hd);
    const rr1 = inner(r1, r1, dtype);
    const first = lt(k, constantLike(1, k));
    const stopped = where(first, d, z);
    return [
      where(bent, stopped, plusTimes(z, alpha, d)), r1, plusTimes(r1, div(rr1, rr), d), rr1,
      add(k, constantLike(1, k)), bent,
    ];
  }, start);
  return { x: typed(x), iterations: typed(iterations) };
}

/** When conjugate gradients stop. */
export interface ConjugateGradientOptions {
  /** Stops where the residual's norm is below this part of that of `b`. Default 1e-5. */
  readonly tolerance?: number;
  /** Stops after so many steps. Default ten times the number of unknowns. */
  readonly maxIterations?: number;
}
/**
 * Solves apply(x) = b for a symmetric positive definite linear map of trees. Hestenes, Stiefel, 1952. It stops where it meets a direction that
 * the map does not make longer, so look at the residual where the map may not be positive.
 *
 * @throws `tree`, `shape` or `dtype` where the map's result is not like `b`.
 * @example
 * import { np, optim, tensor } from 'cotangent';
 * const a = tensor([[4, 1], [1, 3]]);
 * np.allclose(optim.conjugateGradient(x => np.matmul(a, x), tensor([1, 2])), tensor([1 / 11, 7 / 11])); // -> true
 */
export function conjugateGradient<X>(apply: (x: X) => NoInfer<X>, b: X, options?: ConjugateGradientOptions): X;
export function conjugateGradient(apply: (x: unknown) => unknown, b: unknown, options: ConjugateGradientOptions = {}): unknown {
  const { tolerance = 1e-5, maxIterations } = optionsOf('conjugateGradient', options, { tolerance: 'number', maxIterations: 'number' });
  const name = 'conjugateGradient';
  expectAtLeast(name, 'tolerance', tolerance);
  if (maxIterations !== undefined) expectNatural(name, 'maxIterations', maxIterations);
  const read = flattenTensors(b, name);
  const bad = read.leaves.find(x => !hasTangent(x.aval));
  if (bad !== undefined) throw new CotangentError('dtype', `${name}: b has a leaf of ${bad.dtype}; all must be floats`);
  const dtype = working(read.leaves);
  const size = sqrt(inner(read.leaves, read.leaves, dtype));
  const most = maxIterations ?? 10 * Math.max(1, read.leaves.reduce((k, x) => k + x.shape.reduce((p, d) => p * d, 1), 0));
  const map: ListFunction = xs => readUpdates(name, apply(unflatten(read.structure, xs)), read).map((y, i) => y ?? constantLike(0, at(xs, i)));
  return unflatten(read.structure, solve(map, read.leaves, times(size, tolerance), most, dtype).x);
}

/** How Newton's direction is found, and how far it is followed. */
export interface NewtonOptions {
  /** The most products with the Hessian in one step. Default 50. */
  readonly maxIterations?: number;
  /** Added to the Hessian's diagonal (Levenberg, Marquardt). Default 0. */
  readonly damping?: number;
  /** The most halvings of the step until the loss falls enough; 0 takes it whole. Default 25. */
  readonly maxHalvings?: number;
}
/**
 * Newton's method with conjugate gradients: the step p solves H p = -g so well that it converges faster than linearly, by products of the
 * Hessian with vectors, and is halved until the loss falls enough (Armijo). Directions of negative curvature end the search for p, so every step goes
 * down. Nocedal, Wright, "Numerical optimization", 2006, algorithm 7.1. The loss is given to `update` as `{ valueFn }`.
 *
 * @throws `value` for options out of range, and where `update` is not given the loss.
 * @example
 * import { grad, np, optim, tensor, type Scalar } from 'cotangent';
 * const f = (x: ReturnType<typeof tensor<[1, 2]>>): Scalar => np.sum(np.square(np.subtract(x, tensor([3, 4]))));
 * const rule = optim.newtonCg();
 * const x = tensor([1, 2]);
 * const [updates] = rule.update(grad(f)(x), rule.init(x), x, { valueFn: f });
 * optim.applyUpdates(x, updates); // -> [3, 4]
 */
export function newtonCg(options: NewtonOptions = {}): Optimizer<[NoState]> {
  const { maxIterations = 50, damping = 0, maxHalvings = 25 } = optionsOf('newtonCg', options, { maxIterations: 'number', damping: 'number', maxHalvings: 'number' });
  const name = 'newtonCg';
  expectNatural(name, 'maxIterations', maxIterations);
  expectNatural(name, 'maxHalvings', maxHalvings, 0);
  expectAtLeast(name, 'damping', damping);
  return optimizer([{
    name,
    init: () => null,
    update(updates, _state, { leaves, structure }, { valueFn }) {
      if (valueFn === null) throw new CotangentError('value', `${name}: needs the loss; call update(grads, state, params, { valueFn: loss })`);
      const moving = leaves.map((_, i) => updates[i] ? i : -1).filter(i => i >= 0);
      const free = moving.map(i => at(leaves, i));
      const g = moving.map(i => at(updates, i)).filter(x => x !== null);
      if (free.length === 0) return { updates, state: null };
      const dtype = working(free);
      const loss = (xs: List): AnyTensor => typed(valueFn(unflatten(structure, leaves.map((x, i) => { const k = moving.indexOf(i); return k < 0 ? x : at(xs, k); }))));
      const [, push] = linearised(xs => gradient(loss)(xs), free);
      const hessian: ListFunction = v => damping === 0 ? push(v) : push(v).map((h, i) => add(h, times(at(v, i), damping)));
      const size = sqrt(inner(g, g, dtype));
      // min(1/2, sqrt |g|) |g|: a rough solution far from the minimum, a good one near it.
      const bound = mul(min(constantLike(0.5, size), sqrt(size)), size);
      const p = solve(hessian, g.map(x => neg(x)), bound, maxIterations, dtype).x;
      const step = maxHalvings === 0 ? constant(1, [], dtype) : halved(loss, free, p, inner(g, p, dtype), maxHalvings, dtype);
      const factor = spreading(step);
      return { updates: updates.map((u, i) => { const k = moving.indexOf(i); return k < 0 ? u : mul(factor(at(p, k)), at(p, k)); }), state: null };
    },
  }]);
}
/** The step, 1 or a half of one that is too long, down which the loss falls by a ten-thousandth of what its slope promises; 0 where none does. */
function halved(loss: (xs: List) => AnyTensor, x: List, p: List, slope: AnyTensor, most: number, dtype: 'f32' | 'f64'): AnyTensor {
  const here = convert(loss(x), dtype);
  const there = (t: AnyTensor): AnyTensor => convert(loss(plusTimes(x, t, p)), dtype);
  const enough = (t: AnyTensor): AnyTensor => le(there(t), add(here, mul(times(t, 1e-4), slope)));
  const one = constant(1, [], dtype);
  const [t, , found] = loop(s => and(not(typed(s[2])), lt(typed(s[1]), constant(most, [], 'i32'))), s => {
    const next = times(typed(s[0]), 0.5);
    const k: AnyTensor = typed(s[1]);
    return [next, add(k, constantLike(1, k)), enough(next)];
  }, [one, constant(0, [], 'i32'), enough(one)]);
  return select(typed(found), typed(t), sub(one, one));
}
