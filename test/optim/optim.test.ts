// Optimisers against the published rules, written out in plain numbers; null gradients, schedules, composition, donation under jit.
import { describe, expect, test } from 'vitest';
import type { AnyTensor, Scalar, Tensor } from '../../src/ir/tensor.ts';
import * as optim from '../../src/optim/index.ts';
import { add, div, mul } from '../../src/primitive/arithmetic.ts';
import { constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { convert } from '../../src/primitive/convert.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { grad } from '../../src/transform/grad.ts';
import { jit } from '../../src/transform/jit.ts';
import type { StateKind } from '../../src/optim/index.ts';
import { make, numbers } from '../nn/tensors.ts';

type P = { readonly a: Tensor<[3], 'f64'>; readonly b: Tensor<[2], 'f64'> };
const scalar = (x: AnyTensor): Scalar<'f64'> => x as Scalar<'f64'>;
/** a quadratic with a different curvature along each axis. */
const curvature = [1, 4, 0.3, 2, 7];
const start = [1, -2, 3, 0.5, -0.25];
const params = (): P => ({ a: make([3], start.slice(0, 3), 'f64'), b: make([2], start.slice(3), 'f64') });
const loss = ({ a, b }: P): Scalar<'f64'> => {
  const part = (x: AnyTensor, c: AnyTensor): AnyTensor => reduceSum(mul(mul(x, x), c), [0]);
  return scalar(add(part(a, make([3], curvature.slice(0, 3).map(c => c / 2), 'f64')), part(b, make([2], curvature.slice(3).map(c => c / 2), 'f64'))));
};
const slopes = (x: readonly number[]): number[] => x.map((v, i) => v * (curvature[i] ?? NaN));

/** Twenty steps of an optimiser on the quadratic. */
function descend<Ks extends readonly StateKind[]>(rule: optim.Optimizer<Ks>, steps = 20): number[] {
  let p = params();
  let state = rule.init(p);
  for (let k = 0; k < steps; k++) {
    const [updates, next] = rule.update(grad(loss)(p), state, p);
    p = optim.applyUpdates(p, updates);
    state = next;
  }
  return [...numbers(p.a), ...numbers(p.b)];
}
const expectClose = (got: readonly number[], want: readonly number[]): void => {
  expect(got.length).toBe(want.length);
  got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `${v} vs ${want[i]}`).toBeLessThan(1e-10); });
};
/** Twenty steps in plain numbers: `step(gradient, k, memory)` gives the update of one number. */
const plain = (step: (g: number, k: number, memory: { m: number; v: number }) => number): number[] => start.map((x0, i) => {
  const memory = { m: 0, v: 0 };
  let x = x0;
  for (let k = 0; k < 20; k++) x += step(x * (curvature[i] ?? NaN), k, memory);
  return x;
});

describe('twenty steps on a quadratic in f64', () => {
  test('sgd', () => { expectClose(descend(optim.sgd(0.05)), plain(g => -0.05 * g)); });
  test('sgd with momentum', () => {
    expectClose(descend(optim.sgd(0.02, { momentum: 0.9 })), plain((g, _k, s) => { s.m = g + 0.9 * s.m; return -0.02 * s.m; }));
  });
  test('sgd with Nesterov momentum', () => {
    expectClose(descend(optim.sgd(0.02, { momentum: 0.9, nesterov: true })), plain((g, _k, s) => { s.m = g + 0.9 * s.m; return -0.02 * (g + 0.9 * s.m); }));
  });
  const adam = (lr: (k: number) => number, b1: number, b2: number, eps: number): number[] => plain((g, k, s) => {
    s.m = b1 * s.m + (1 - b1) * g;
    s.v = b2 * s.v + (1 - b2) * g * g;
    return -lr(k) * (s.m / (1 - b1 ** (k + 1))) / (Math.sqrt(s.v / (1 - b2 ** (k + 1))) + eps);
  });
  test('adam', () => { expectClose(descend(optim.adam(0.1)), adam(() => 0.1, 0.9, 0.999, 1e-8)); });
  test('adam with other decays', () => {
    expectClose(descend(optim.adam(0.03, { b1: 0.5, b2: 0.9, eps: 1e-3 })), adam(() => 0.03, 0.5, 0.9, 1e-3));
    expectClose(descend(optim.adam(0.03, { b1: 0, b2: 0.9 })), adam(() => 0.03, 0, 0.9, 1e-8));
  });
  // 0.1 / (1 + k): a schedule sees 0 first.
  const decaying: optim.Schedule = step => { const k = convert(step, 'f64'); return scalar(div(constantLike(0.1, k), add(k, constantLike(1, k)))); };
  test('a schedule of the step', () => {
    expectClose(descend(optim.sgd(decaying)), plain((g, k) => -0.1 / (1 + k) * g));
    expectClose(descend(optim.adam(decaying)), adam(k => 0.1 / (1 + k), 0.9, 0.999, 1e-8));
  });
  test('a rate that is a tensor, of another dtype', () => { expectClose(descend(optim.sgd(make([], 0.25))), plain(g => -0.25 * g)); });
  test('a chain of one\'s own', () => {
    expectClose(descend(optim.chain(optim.scale(2), optim.trace(0.5), optim.scale(-0.01))), plain((g, _k, s) => { s.m = 2 * g + 0.5 * s.m; return -0.01 * s.m; }));
    expectClose(descend(optim.chain(optim.chain(optim.scale(2), optim.trace(0.5)), optim.chain(), optim.scale(-0.01))), plain((g, _k, s) => { s.m = 2 * g + 0.5 * s.m; return -0.01 * s.m; }));
  });
  test('the plain numbers descend', () => { expect(slopes(plain(g => -0.05 * g)).every((g, i) => Math.abs(g) < Math.abs(slopes(start)[i] ?? 0))).toBe(true); });
});

describe('states', () => {
  const mixed = { w: make([2], [1, 2]), d: make([1], [3], 'f64'), steps: make([], 3, 'i32'), none: null };
  const grads = { w: make([2], [5, -5]), d: make([1], [7], 'f64'), steps: null, none: null };
  test('integers have none and stay as they are; floats keep their dtype', () => {
    const rule = optim.adam(0.5);
    const state = rule.init(mixed);
    expect([state[0].mu.steps, state[0].mu.none, state[0].nu.d.dtype, state[0].count.dtype, state[1]]).toEqual([null, null, 'f64', 'i32', null]);
    const [updates, next] = rule.update(grads, state, mixed);
    expect([updates.steps, next[0].mu.steps, next[0].count.itemSync()]).toEqual([null, null, 1]);
    const after = optim.applyUpdates(mixed, updates);
    expect([numbers(after.w), after.d.dtype, numbers(after.steps)]).toEqual([[0.5, 2.5], 'f64', [3]]);
    expectClose(numbers(after.d), [3 - 0.5 * 7 / (7 + 1e-8)]);
  });
  test('the first step of adam is exact in f32, where 1 - b2 would have lost digits', () => {
    const rule = optim.scaleByAdam({ b2: 0.9999, eps: 0 });
    const p = make([1], 0);
    const [direction = NaN] = numbers(rule.update(make([1], 1e-3), rule.init(p), p)[0]);
    expect(Math.abs(direction - 1)).toBeLessThan(1e-6);
  });
  test('adam in f16: a zero gradient moves nothing, one whose square is 0 not far', () => {
    const p = make([3], 1, 'f16');
    const rule = optim.adam(0.5);
    const [updates] = rule.update(make([3], [0, 1e-4, 2], 'f16'), rule.init(p), p);
    const [still = NaN, small = NaN, large = NaN] = numbers(updates);
    expect(Math.abs(still)).toBe(0);
    expect(small).toBeGreaterThan(-1);
    expect(small).toBeLessThan(-0.1);
    expect(Math.abs(large + 0.5)).toBeLessThan(1e-3);
  });
  test('a state is made of zeros that own no memory', () => {
    resetStatistics();
    optim.adam(1).init(params());
    expect(statistics.executed).toBe(0);
  });
});

describe('under jit, with the parameters and the state donated', () => {
  test('the same numbers, one compilation, no copies', () => {
    const rule = optim.adam(0.1);
    const step = jit((p: P, s: ReturnType<typeof init>): readonly [P, ReturnType<typeof init>] => {
      const [updates, next] = rule.update(grad(loss)(p), s, p);
      return [optim.applyUpdates(p, updates), next];
    }, { donate: [0, 1] });
    const init = (p: P) => rule.init(p);
    // Captured constants of the loss are uploaded at the first step.
    let p = params();
    let s = init(p);
    [p, s] = step(p, s);
    resetStatistics();
    for (let k = 1; k < 20; k++) {
      const before = p.a;
      [p, s] = step(p, s);
      if (k === 1) expect(() => before.dataSync()).toThrow('donated');
    }
    expect(s[0].count.itemSync()).toBe(20);
    expect([statistics.staged, statistics.compiled, statistics.donationsCopied]).toEqual([0, 0, 0]);
    expect([...numbers(p.a), ...numbers(p.b)]).toEqual(descend(rule));
  });
  test('unjitted steps with a changing rate are one program', () => {
    let p = { x: make([2], [1, 2]) };
    resetStatistics();
    for (let k = 0; k < 30; k++) {
      const rule = optim.sgd(0.1 / (k + 2));
      const [updates] = rule.update({ x: make([2], 1) }, rule.init(p), p);
      p = optim.applyUpdates(p, updates);
      p.x.dataSync();
    }
    expect(statistics.compiled).toBeLessThanOrEqual(2);
  });
});

describe('mistakes', () => {
  const rule = optim.adam(0.1);
  const p = { w: make([2], 0), layers: [{ b: make([1], 0) }] };
  const g = { w: make([2], 1), layers: [{ b: make([1], 1) }] };
  const loose = (grads: unknown, state: unknown, q: unknown = p): unknown => rule.update(grads as never, state as never, q);
  test.each([
    [() => loose({ ...g, w: make([3], 0) }, rule.init(p)), 'optim.update: f32[3] at w, the parameter is f32[2]'],
    [() => loose({ ...g, layers: [{ b: make([1], 0, 'f64') }] }, rule.init(p)), 'optim.update: f64[1] at layers[0].b, the parameter is f32[1]'],
    [() => loose({ w: g.w, layers: [] }, rule.init(p)), 'optim.update: the trees differ at layers: expected an array of 1, got an array of 0'],
    [() => loose({ ...g, w: 3 }, rule.init(p)), 'optim.update: the number 3 at w is no tensor'],
    [() => loose(g, null), 'optim.update: the state of scaleByAdam, scaleByLearningRate is an array of 2; make it with init'],
    [() => loose(g, [null, null]), 'scaleByAdam: its state has no count; make it with init'],
    [() => loose(g, [{ ...rule.init(p)[0], count: make([], 0) }, null]), 'scaleByAdam: the count of its state is no i32 scalar; make it with init'],
    [() => loose(g, rule.init({ w: p.w })), 'scaleByAdam: mu: the trees differ at layers: expected an array of 1, got null'],
    [() => optim.applyUpdates(p, { ...g, w: make([3], 0) } as never), 'optim.applyUpdates: f32[3] at w, the parameter is f32[2]'],
    [() => optim.adam(0.1, { b1: 1 }), 'scaleByAdam: b1 1 is not in [0, 1)'],
    [() => optim.adam(0.1, { eps: -1 }), 'scaleByAdam: eps -1 is negative'],
    [() => optim.sgd(0.1, { momentum: -0.5 }), 'trace: decay -0.5 is not in [0, 1)'],
    [() => optim.sgd(NaN), 'scaleByLearningRate: the learning rate NaN is no number'],
    [() => optim.adam(-0.1), 'scaleByLearningRate: the learning rate -0.1 is negative'],
    [() => optim.lion(Infinity), 'scaleByLearningRate: the learning rate Infinity is not finite'],
    [() => optim.scale(NaN).update(g, [null], p), 'scale: the factor is NaN'],
    [() => optim.adamw(0.1, { weightDecay: -1 }), 'addDecayedWeights: the weight decay -1 is negative'],
    [() => optim.adamw(0.1, { mask: { w: true, layers: [true, false] } }).init(p), 'addDecayedWeights: at layers the mask is an array of 2, which does not fit the parameters'],
    [() => optim.masked(rule, { w: true, layers: [{ b: true, c: true }] }).init(p), 'masked: at layers[0] the mask is an object with b, c, which does not fit the parameters'],
    [() => optim.masked(rule, { w: true }).init(p), 'masked: at layers the mask is missing, which does not fit the parameters'],
    [() => optim.freeze(path => (path as never)).init(p), 'masked: at layers[0].b the mask is "layers[0].b", which does not fit the parameters'],
    [() => optim.partition({ a: rule, b: rule }, 'c' as never).init(p), 'partition: at (root) the label (one of a, b) is "c", which does not fit the parameters'],
    [() => optim.clip(0), 'clip: maxDelta 0 is not a positive number'],
    [() => optim.clipByGlobalNorm(-1), 'clipByGlobalNorm: maxNorm -1 is not a positive number'],
    [() => optim.multiSteps(rule, 0), 'multiSteps: k 0 is not an integer of at least 1'],
    [() => optim.lookahead(rule, 5, 2), 'lookahead: slowStepSize 2 is not in [0, 1]'],
    [() => optim.ema(1), 'ema: decay 1 is not in [0, 1)'],
    [() => optim.radam(0.1, { b2: 0.5 }), 'scaleByRadam: b2 0.5 averages too few squares; give at least 0.61'],
    [() => optim.rprop(0), 'scaleByRprop: the learning rate 0 is not a positive number'],
    [() => optim.reduceOnPlateau({ factor: 1 }), 'reduceOnPlateau: factor 1 is not in (0, 1)'],
    [() => optim.reduceOnPlateau().update(g, optim.reduceOnPlateau().init(p), p), 'reduceOnPlateau: needs the loss; call update(grads, state, params, { value: loss })'],
    [() => optim.reduceOnPlateau().update(g, optim.reduceOnPlateau().init(p), p, { value: make([2], 0) as never }), 'reduceOnPlateau: the loss is f32[2], it must be a float scalar'],
    [() => optim.cosineDecaySchedule(1, 0), 'cosineDecaySchedule: decaySteps 0 is not an integer of at least 1'],
    [() => optim.piecewiseConstantSchedule(1, { 2.5: 1 }), 'piecewiseConstantSchedule: the boundary 2.5 is not an integer of at least 0'],
    [() => optim.joinSchedules([optim.constantSchedule(1)], [3]), 'joinSchedules: 1 schedules want 0 boundaries, got 1'],
    [() => optim.warmupCosineDecaySchedule(0, 1, 10, 10), "warmupCosineDecaySchedule: decaySteps 10 counts the warm-up's 10 too, so it must be greater"],
    [() => optim.linearOnecycleSchedule(2, 1), 'linearOnecycleSchedule: 2 steps cannot be cut at the shares 0.3, 0.85'],
    [() => optim.constantSchedule(1)(make([2], 0, 'i32') as never), 'constantSchedule: the step is i32[2], a schedule takes a scalar; use vmap for many steps'],
    [() => optim.injectHyperparams(h => optim.sgd(h.rate), { rate: make([2], 0) as never }).init(p), 'injectHyperparams: rate is f32[2], it must be a float scalar'],
    [() => optim.sgd(make([1], 0) as never).update(g, [null] as never, p), 'scaleByLearningRate: the factor f32[1] is no float scalar'],
  ])('%#', (wrong, words) => { expect(wrong).toThrow(words); });
});
