// Optimisers compose as a monoid, states included, to the bit; wrapped ones carry the states of those within; none retraces, none forgets.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Scalar, Tensor } from '../../src/ir/tensor.ts';
import * as np from '../../src/numpy/index.ts';
import * as optim from '../../src/optim/index.ts';
import * as random from '../../src/random/index.ts';
import { isTensor } from '../../src/trace/handle.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { grad, valueAndGrad } from '../../src/transform/grad.ts';
import { jit } from '../../src/transform/jit.ts';
import { vmap } from '../../src/transform/vmap.ts';
import { leavesOf, pathsOf } from '../../src/tree/map.ts';
import { make, numbers } from '../nn/tensors.ts';

type Rule = optim.Optimizer<readonly optim.StateKind[]>;
const parts: readonly (() => Rule)[] = [
  () => optim.scale(0.5), () => optim.scale(-2), () => optim.identity(), () => optim.trace(0.9), () => optim.trace(0.5, { nesterov: true }), () => optim.scaleByAdam(), () => optim.scaleByRms({ biasCorrection: true }),
  () => optim.scaleByLion(), () => optim.scaleByAdadelta(), () => optim.scaleByRadam(), () => optim.clip(0.3), () => optim.clipByGlobalNorm(0.7), () => optim.addDecayedWeights(0.1), () => optim.centralize(),
  () => optim.scaleByLearningRate(optim.cosineDecaySchedule(0.1, 5)), () => optim.ema(0.8), () => optim.emaOfWeights(0.7), () => optim.masked(optim.trace(0.3), path => path === 'a'),
  () => optim.multiSteps(optim.trace(0.5), 2), () => optim.lookahead(optim.sgd(0.1), 2, 0.5), () => optim.applyIfFinite(optim.scaleByAdam(), 1), () => optim.addNoise(0.1, 0.5, random.key(3)),
  () => optim.partition({ one: optim.scale(3), two: optim.scaleBySign() }, { a: 'one', b: 'two', n: 'two', none: 'two' }),
];
interface Params { readonly a: Tensor<[2, 2]>; readonly b: Tensor<[3], 'f64'>; readonly n: Tensor<[], 'i32'>; readonly none: null }
const params: Params = { a: make([2, 2], [1, -2, 3, 0.5]), b: make([3], [0.1, -0.2, 0.3], 'f64'), n: make([], 7, 'i32'), none: null };
const gradients = [0, 1, 2].map(k => ({ a: make([2, 2], [0.3, -1, 2, k]), b: make([3], [k - 1, 0.5, -4], 'f64'), n: null, none: null }));
/** All numbers of a few steps: parameters, updates and states. */
function run(rule: Rule): unknown {
  let p = params;
  let state = rule.init(p);
  const seen: unknown[] = [read(state)];
  for (const g of gradients) {
    const [updates, next] = rule.update(g, state, p);
    [p, state] = [optim.applyUpdates(p, updates), next];
    seen.push(read(updates), read(state), read(p));
  }
  return seen;
}
const read = (tree: unknown): unknown => leavesOf(tree, 'test').map(x => isTensor(x) ? [x.dtype, ...numbers(x)] : x);
const rules = fc.array(fc.nat(parts.length - 1), { maxLength: 3 }).map(is => optim.chain(...is.map(i => parts[i]?.() ?? optim.identity())) as Rule);

describe('a monoid', () => {
  const { concat, empty } = optim.monoid;
  test('says what is missing: the parameters, the learning rate', () => {
    const rule = optim.adam(0.1);
    const w = { w: make([1], 1) };
    expect(() => { const update: unknown = Reflect.get(rule, 'update'); if (typeof update === 'function') Reflect.apply(update, rule, [w, rule.init(w)]); }).toThrow('optim.update: there are no params; write optimizer.update(grads, state, params)');
    expect(() => { Reflect.apply(optim.adam, null, [{ lr: 0.1 }]); }).toThrow('scaleByLearningRate: the learning rate is an object; write a number or a schedule: optim.adam(1e-3)');
    expect(() => { Reflect.apply(optim.sgd, null, []); }).toThrow('scaleByLearningRate: the learning rate is undefined; write');
  });
  test('concat is associative, states included', () => {
    fc.assert(fc.property(rules, rules, rules, (a, b, c) => { expect(run(concat(concat(a, b), c))).toEqual(run(concat(a, concat(b, c)))); }), { numRuns: 12 });
  }, 30_000);
  test('empty changes nothing on either side', () => {
    fc.assert(fc.property(rules, a => { expect([run(concat(empty, a)), run(concat(a, empty))]).toEqual([run(a), run(a)]); }), { numRuns: 12 });
  }, 30_000);
  test('every part alone steps, and an integer has no update', () => {
    for (const part of parts) expect(optim.applyUpdates(params, part().update(gradients[1] as never, part().init(params), params)[0]).n.itemSync()).toBe(7);
  });
  test('scale(a) after scale(b) is scale(ab)', () => {
    fc.assert(fc.property(fc.integer({ min: -8, max: 8 }), fc.integer({ min: -8, max: 8 }), (i, j) => {
      const [one] = optim.scale(2 ** i * 2 ** j).update(gradients[0] as never, [null], params);
      const both = optim.chain(optim.scale(2 ** i), optim.scale(2 ** j));
      expect(read(both.update(gradients[0] as never, both.init(params), params)[0])).toEqual(read(one));
    }), { numRuns: 20 });
  });
});

const loss = (p: Params): Scalar => np.add(np.sum(np.square(p.a)), np.astype(np.sum(np.square(p.b)), 'f32'));
describe('under jit', () => {
  test.each(parts.map((part, i) => [i, part] as const))('part %i: one trace, its state donated, the same numbers as without', (_i, part) => {
    const rule = optim.chain(part(), optim.scale(-0.01)) as Rule;
    const step = jit((p: Params, s: readonly unknown[]): readonly [Params, readonly unknown[]] => {
      const [updates, next] = rule.update(grad(loss)(p) as never, s as never, p);
      return [optim.applyUpdates(p, updates), next as readonly unknown[]];
    }, { donate: [1], maxTraces: 1 });
    let [p, s]: readonly [Params, readonly unknown[]] = [params, rule.init(params)];
    let [q, t] = [p, rule.init(params)];
    for (let k = 0; k < 3; k++) {
      [p, s] = step(p, s);
      const [updates, next] = rule.update(grad(loss)(q) as never, t, q);
      [q, t] = [optim.applyUpdates(q, updates), next];
    }
    expect(read(p)).toEqual(read(q));
    expect(read(s)).toEqual(read(t));
    expect(pathsOf(s, 'test')).toEqual(pathsOf(rule.init(params), 'test'));
  });
  test('a rate that is an argument, or lives in the state, changes without a new trace', () => {
    resetStatistics();
    const p = make([2], [1, 2]);
    const step = jit((x: typeof p, rate: Scalar): typeof p => {
      const rule = optim.sgd(rate);
      return optim.applyUpdates(x, rule.update(x, rule.init(x), x)[0]);
    });
    expect([0.5, 0.25, 0].map(r => numbers(step(p, make([], r))))).toEqual([[0.5, 1], [0.75, 1.5], [1, 2]]);
    const rule = optim.injectHyperparams(h => optim.sgd(h.learningRate), { learningRate: 0.5 });
    const injected = jit((x: typeof p, s: ReturnType<typeof rule.init<typeof p>>): typeof p => optim.applyUpdates(x, rule.update(x, s, x)[0]));
    const [state] = rule.init(p);
    expect(numbers(injected(p, [state]))).toEqual([0.5, 1]);
    expect(numbers(injected(p, [{ ...state, hyperparams: { learningRate: make([], 0.25) } }]))).toEqual([0.75, 1.5]);
    expect(statistics.staged).toBe(2);
  });
  test('the loss that a plateau waits for is an argument of the step', () => {
    const rule = optim.chain(optim.sgd(1), optim.reduceOnPlateau({ patience: 2, factor: 0.5 }));
    const step = jit((p: Scalar, s: ReturnType<typeof rule.init<Scalar>>): readonly [Scalar, typeof s] => {
      const [value, g] = valueAndGrad((x: Scalar): Scalar => np.multiply(x, 0))(p);
      const [updates, next] = rule.update(g, s, p, { value });
      return [optim.applyUpdates(p, updates), next];
    }, { maxTraces: 1 });
    let [p, s]: readonly [Scalar, ReturnType<typeof rule.init<Scalar>>] = [make([], 3), rule.init(make([], 3))];
    const scales: number[] = [];
    for (let k = 0; k < 6; k++) { [p, s] = step(p, s); scales.push(s[1].scale.itemSync()); }
    expect(scales).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25]);
  });
});

// Scales that Optax 0.2.6 gives for the same losses.
test.each([
  [{ patience: 2, cooldown: 3 }, Array.from({ length: 12 }, () => 3), [1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25]],
  [{ patience: 1, cooldown: 2, accumulationSize: 2 }, [3, 2.9, 2.9, 2.9, 2, 2, 2, 2, 2, 2, 2, 2], [1, 1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5]],
  [{ patience: 1, minScale: 0.4 }, [3, 3, 3, 3], [1, 0.5, 0.4, 0.4]],
] as const)('reduceOnPlateau with %j', (options, losses, want) => {
  const rule = optim.reduceOnPlateau({ factor: 0.5, ...options });
  const p = make([], 0);
  let state = rule.init(p);
  const scales = losses.map(value => { state = rule.update(make([], 1), state, p, { value: make([], value) })[1]; return state[0].scale.itemSync(); });
  scales.forEach((s, i) => { expect(Math.abs(s - (want[i] ?? NaN))).toBeLessThan(1e-6); });
});

describe('what wrapped rules remember', () => {
  test('masked and partition keep nothing for parameters that are left out', () => {
    const [masked] = optim.masked(optim.adam(0.1), { a: true, b: false, n: false }).init(params);
    expect(pathsOf(masked, 'test')).toEqual(['inner[0].count', 'inner[0].mu.a', 'inner[0].nu.a']);
    const [groups] = optim.partition({ fast: optim.trace(0.9), slow: optim.sgd(0.1) }, path => path === 'b' ? 'fast' : 'slow').init(params);
    expect(pathsOf(groups, 'test')).toEqual(['fast[0].trace.b']);
  });
  test('applyIfFinite forgets a step that is not finite, but not too many of them', () => {
    const rule = optim.applyIfFinite(optim.sgd(1, { momentum: 0.5 }), 1);
    const p = make([1], 0);
    let state = rule.init(p);
    const seen = [1, NaN, 1, Infinity, Infinity].map(g => { const [u, next] = rule.update(make([1], g), state, p); state = next; return numbers(u)[0]; });
    expect(seen.slice(0, 4)).toEqual([-1, 0, -1.5, 0]);
    expect(seen[4]).toBe(-Infinity);
    expect([state[0].totalNotfinite.itemSync(), state[0].notfiniteCount.itemSync(), state[0].lastFinite.itemSync()]).toEqual([3, 2, false]);
  });
  test('a count that lives through many steps, and weights that follow their mean', () => {
    const rule = optim.chain(optim.sgd(0.5), optim.emaOfWeights(0.9));
    let p = make([1], 8);
    let state = rule.init(p);
    let [mean, weight] = [0, 0];
    let x = 8;
    for (let k = 0; k < 10; k++) {
      const [u, next] = rule.update(p, state, p);
      [p, state] = [optim.applyUpdates(p, u), next];
      x /= 2;
      [mean, weight] = [0.9 * mean + 0.1 * x, 0.9 * weight + 0.1];
    }
    expect(Math.abs((numbers(optim.averagedWeights(p, state[1], 0.9))[0] ?? NaN) - mean / weight)).toBeLessThan(1e-6);
  });
});

test('vmap over steps draws a schedule', () => {
  const rate = optim.warmupCosineDecaySchedule(0, 1, 2, 6);
  const drawn = numbers(vmap((k: Scalar<'i32'>) => rate(k))(make([8], [0, 1, 2, 3, 4, 5, 6, 7], 'i32')));
  [0, 0.5, 1, (1 + Math.SQRT1_2) / 2, 0.5, (1 - Math.SQRT1_2) / 2, 0, 0].forEach((want, i) => { expect(Math.abs((drawn[i] ?? NaN) - want)).toBeLessThan(1e-6); });
});
