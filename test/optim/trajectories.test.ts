// Twenty steps in float64, on a quadratic and on a small network, against what Optax 0.2.6 computes; where we differ from it on purpose, or it
// has no such rule, against the published rule in plain numbers.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as np from '../../src/numpy/index.ts';
import * as optim from '../../src/optim/index.ts';
import type { Scalar, Tensor } from '../../src/ir/tensor.ts';
import { valueAndGrad } from '../../src/transform/grad.ts';
import { jit } from '../../src/transform/jit.ts';
import { make, numbers } from '../nn/tensors.ts';
import { leavesOf } from '../../src/tree/map.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';

interface Golden { readonly quadratic: { readonly [name: string]: readonly number[] }; readonly mlp: { readonly [name: string]: readonly number[] } }
const golden: Golden = JSON.parse(readFileSync(new URL('../fixtures/optim/optax_0.2.6.json', import.meta.url), 'utf8'));

type F64<S extends readonly number[]> = Tensor<S, 'f64'>;
interface Quadratic { readonly a: F64<[3]>; readonly b: F64<[2]> }
const start = [1, -2, 3, 0.5, -0.25];
const curvature = [1, 4, 0.3, 2, 7];
const quadraticStart = (): Quadratic => ({ a: make([3], start.slice(0, 3), 'f64'), b: make([2], start.slice(3), 'f64') });
const quadratic = ({ a, b }: Quadratic): Scalar<'f64'> => {
  const half = (x: F64<[3]> | F64<[2]>, c: readonly number[]): Scalar<'f64'> => np.multiply(np.sum(np.multiply(np.square(x as F64<[number]>), make([x.shape[0] as number], c, 'f64'))), 0.5);
  return np.add(half(a, curvature.slice(0, 3)), half(b, curvature.slice(3)));
};

interface Mlp { readonly w1: F64<[3, 4]>; readonly b1: F64<[4]>; readonly w2: F64<[4, 2]>; readonly b2: F64<[2]> }
const wave = (n: number, s: number): number[] => Array.from({ length: n }, (_, i) => Math.sin(i * 1.7 + s));
const mlpStart = (): Mlp => ({ w1: make([3, 4], wave(12, 0.1), 'f64'), b1: make([4], wave(4, 0.2), 'f64'), w2: make([4, 2], wave(8, 0.3), 'f64'), b2: make([2], wave(2, 0.4), 'f64') });
const inputs = make([5, 3], wave(15, 0.5), 'f64');
const targets = make([5, 2], wave(10, 0.6), 'f64');
const mlp = ({ w1, b1, w2, b2 }: Mlp): Scalar<'f64'> =>
  np.mean(np.square(np.subtract(np.add(np.matmul(np.tanh(np.add(np.matmul(inputs, w1), b1)), w2), b2), targets)));

type Rule = optim.Optimizer<readonly optim.StateKind[]>;
/** Twenty jitted steps; all leaves in the order of their names. */
function descend<P>(loss: (p: P) => Scalar<'f64'>, first: P, rule: Rule): number[] {
  const step = jit((p: P, s: optim.StatesOf<readonly optim.StateKind[], P>): readonly [P, typeof s] => {
    const [value, grads] = valueAndGrad(loss)(p);
    const [updates, next] = rule.update(grads, s, p, { value, valueFn: loss });
    return [optim.applyUpdates(p, updates), next];
  });
  let [p, s] = [first, rule.init(first)];
  for (let k = 0; k < 20; k++) [p, s] = step(p, s);
  return leavesOf(p, 'test').flatMap(x => numbers(x as AnyTensor));
}
const weights = (path: string): boolean => path.startsWith('w') || path === 'a';
const { chain, sgd } = optim;
const cases: { readonly [name: string]: () => Rule } = {
  sgd: () => sgd(0.05), momentum: () => sgd(0.02, { momentum: 0.9 }), nesterov: () => sgd(0.02, { momentum: 0.9, nesterov: true }),
  adagrad: () => optim.adagrad(0.1), adagradStart: () => optim.adagrad(0.1, { initialAccumulatorValue: 0, eps: 1e-3 }),
  rmsprop: () => optim.rmsprop(0.05), rmspropOutside: () => optim.rmsprop(0.05, { decay: 0.8, eps: 1e-3, initialScale: 0.5, epsInSqrt: false, biasCorrection: true }),
  rmspropCentered: () => optim.rmsprop(0.05, { centered: true, momentum: 0.9, nesterov: true }),
  rmspropCenteredCorrected: () => optim.rmsprop(0.01, { decay: 0.7, eps: 1e-2, centered: true, biasCorrection: true }),
  rmspropMomentum: () => optim.rmsprop(0.01, { momentum: 0.8 }),
  adadelta: () => optim.adadelta(1), adadeltaDecay: () => optim.adadelta(0.5, { rho: 0.8, eps: 1e-4, weightDecay: 0.1, weightDecayMask: weights }),
  adam: () => optim.adam(0.1), adamOptions: () => optim.adam(0.03, { b1: 0.5, b2: 0.9, eps: 1e-3, epsRoot: 1e-4 }),
  adamw: () => optim.adamw(0.1, { weightDecay: 0.2, mask: weights }), nadam: () => optim.nadam(0.1), nadamw: () => optim.nadamw(0.05, { weightDecay: 0.1 }),
  adamax: () => optim.adamax(0.1), adamaxw: () => optim.adamaxw(0.1, { weightDecay: 0.2 }), amsgrad: () => optim.amsgrad(0.1, { b2: 0.7 }),
  adabelief: () => optim.adabelief(0.05, { b1: 0.8, b2: 0.9, eps: 1e-4, epsRoot: 1e-5 }),
  adabeliefNesterov: () => optim.adabelief(0.05, { b1: 0.8, b2: 0.9, eps: 1e-4, epsRoot: 1e-5, nesterov: true }),
  yogi: () => optim.yogi(0.1, { b2: 0.8 }), radam: () => optim.radam(0.1), radamShort: () => optim.radam(0.1, { b2: 0.9, threshold: 4.5, nesterov: true }),
  lion: () => optim.lion(0.02, { weightDecay: 0.1 }), adan: () => optim.adan(0.05, { weightDecay: 0.1 }), lamb: () => optim.lamb(0.05, { weightDecay: 0.01 }),
  lars: () => optim.lars(0.5, { weightDecay: 0.1, weightDecayMask: weights, trustCoefficient: 0.02, trustRatioMask: weights }),
  novograd: () => optim.novograd(0.02, { weightDecay: 0.01 }), signSgd: () => optim.signSgd(0.02),
  optimisticGradientDescent: () => optim.optimisticGradientDescent(0.05, { alpha: 0.9, beta: 0.6 }), polyakSgd: () => optim.polyakSgd({ maxLearningRate: 0.3, scaling: 0.5, fMin: 0.01 }),
  muon: () => optim.muon(0.05), muonOptions: () => optim.muon(0.02, { nsCoeffs: [2, -1.5, 0.5], nsSteps: 3, beta: 0.8, eps: 1e-3, weightDecay: 0.1, nesterov: false, adaptive: true, adamB1: 0.7, adamB2: 0.9, adamEpsRoot: 1e-4, adamWeightDecay: 0.05 }),
  lbfgs: () => optim.lbfgs(), lbfgsShort: () => optim.lbfgs({ memorySize: 3, scaleInitPrecond: false, linesearch: optim.scaleByBacktrackingLinesearch({ maxBacktrackingSteps: 15 }) }),
  lbfgsFixed: () => chain(optim.scaleByLbfgs({ memorySize: 2 }), sgd(0.3)), zoom: () => chain(sgd(0.01), optim.scaleByZoomLinesearch({ maxLinesearchSteps: 20 })),
  zoomTight: () => chain(sgd(1.5), optim.scaleByZoomLinesearch({ maxLinesearchSteps: 6, maxLearningRate: 2, increaseFactor: 3, slopeRtol: 0.1, curvRtol: 0.01, initialGuessStrategy: 'one' })),
  backtracking: () => chain(sgd(1), optim.scaleByBacktrackingLinesearch({ maxBacktrackingSteps: 10, slopeRtol: 0.3, decreaseFactor: 0.5, increaseFactor: 3, maxLearningRate: 0.9 })),
  clip: () => chain(optim.clip(0.3), sgd(0.1)), clipByGlobalNorm: () => chain(optim.clipByGlobalNorm(0.5), sgd(0.1)), clipByBlockRms: () => chain(optim.clipByBlockRms(0.3), sgd(0.1)),
  adaptiveGradClip: () => chain(optim.adaptiveGradClip(0.1), sgd(0.1)), normalizeByUpdateNorm: () => chain(optim.normalizeByUpdateNorm({ scaleFactor: 0.5 }), sgd(0.1)),
  centralize: () => chain(optim.centralize(), sgd(0.1)), paramBlockNorm: () => chain(optim.scaleByParamBlockNorm(), sgd(0.02)), paramBlockRms: () => chain(optim.scaleByParamBlockRms(), sgd(0.02)),
  trustRatio: () => chain(optim.scaleByTrustRatio({ minNorm: 0.1, trustCoefficient: 0.5, eps: 1e-3 }), sgd(0.05)),
  ema: () => chain(optim.ema(0.8), sgd(0.1)), emaBiased: () => chain(optim.ema(0.8, { debias: false }), sgd(0.1)), zeroNans: () => chain(optim.zeroNans(), sgd(0.1)),
  keepParamsNonnegative: () => chain(sgd(0.3), optim.keepParamsNonnegative()),
  addDecayedWeights: () => chain(optim.addDecayedWeights(0.3, { mask: weights }), sgd(0.05)), masked: () => chain(optim.masked(optim.trace(0.9), weights), sgd(0.03)),
  partition: () => optim.partition({ yes: optim.adam(0.1), no: sgd(0.05) }, path => weights(path) ? 'yes' : 'no'),
  multiSteps: () => optim.multiSteps(optim.adam(0.1), 3), multiStepsSum: () => optim.multiSteps(optim.adam(0.1), 4, { useGradMean: false }), applyIfFinite: () => optim.applyIfFinite(optim.adam(0.1), 3),
  reduceOnPlateau: () => chain(optim.adam(0.4), optim.reduceOnPlateau({ factor: 0.5, patience: 2, cooldown: 1, accumulationSize: 2, minScale: 0.1, rtol: 0.05 })),
  scheduleLinear: () => optim.adam(optim.linearSchedule(0.2, 0.01, 12, { transitionBegin: 3 })), schedulePolynomial: () => sgd(optim.polynomialSchedule(0.1, 0.01, 2.5, 15)),
  scheduleExponential: () => sgd(optim.exponentialDecay(0.1, 7, 0.5)), scheduleStaircase: () => sgd(optim.exponentialDecay(0.1, 4, 0.5, { transitionBegin: 2, staircase: true, endValue: 0.02 })),
  scheduleCosine: () => sgd(optim.cosineDecaySchedule(0.1, 15, { alpha: 0.1, exponent: 1.5 })), schedulePiecewise: () => sgd(optim.piecewiseConstantSchedule(0.1, { 5: 0.5, 12: 0.1 })),
  scheduleInterpolate: () => sgd(optim.piecewiseInterpolateSchedule('cosine', 0.01, { 5: 10, 12: 0.1 })), scheduleWarmupCosine: () => optim.adam(optim.warmupCosineDecaySchedule(0.01, 0.2, 5, 18, { endValue: 0.02 })),
  scheduleWarmupExponential: () => sgd(optim.warmupExponentialDecaySchedule(0, 0.1, 5, 10, 0.3)), scheduleWarmupConstant: () => sgd(optim.warmupConstantSchedule(0, 0.1, 5)),
  scheduleSgdr: () => sgd(optim.sgdrSchedule([{ initValue: 0, peakValue: 0.1, warmupSteps: 2, decaySteps: 8 }, { initValue: 0.01, peakValue: 0.05, warmupSteps: 3, decaySteps: 10 }])),
  scheduleLinearOnecycle: () => sgd(optim.linearOnecycleSchedule(20, 0.1)), scheduleCosineOnecycle: () => sgd(optim.cosineOnecycleSchedule(20, 0.1)),
  decayedSchedule: () => chain(optim.addDecayedWeights(optim.constantSchedule(0.1)), sgd(0.1)), scaleBySchedule: () => chain(optim.scaleBySchedule(optim.linearSchedule(1, 0, 10)), sgd(0.1)),
};
const expectClose = (got: readonly number[], want: readonly number[]): void => {
  expect(got.length).toBe(want.length);
  got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `${i}: ${v} vs ${want[i]}`).toBeLessThan(1e-10); });
};

test('every value of the fixture is asked for', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(golden.quadratic).sort());
  expect(Object.keys(cases).sort()).toEqual(Object.keys(golden.mlp).sort());
});
describe.each(Object.entries(cases))('%s, as Optax', (name, make) => {
  test('on the quadratic', () => { expectClose(descend(quadratic, quadraticStart(), make()), golden.quadratic[name] ?? []); });
  test('on the network', () => { expectClose(descend(mlp, mlpStart(), make()), golden.mlp[name] ?? []); });
});

/** Twenty steps on the quadratic in plain numbers, leaf by leaf: `step` is given all gradients and changes the numbers. */
function plain(step: (x: number[], g: readonly number[], k: number) => void): number[] {
  const x = [...start];
  for (let k = 0; k < 20; k++) step(x, x.map((v, i) => v * (curvature[i] ?? NaN)), k);
  return x;
}
describe('in plain numbers', () => {
  test('rprop: iRprop- of Igel and Huesken', () => {
    const sizes = start.map(() => 0.05);
    const last = start.map(() => 0);
    expectClose(descend(quadratic, quadraticStart(), optim.rprop(0.05, { maxStepSize: 0.3 })), plain((x, g) => {
      g.forEach((gi, i) => {
        const agreement = gi * (last[i] ?? 0);
        if (agreement > 0) sizes[i] = Math.min((sizes[i] ?? 0) * 1.2, 0.3);
        if (agreement < 0) sizes[i] = Math.max((sizes[i] ?? 0) * 0.5, 1e-6);
        last[i] = agreement < 0 ? 0 : gi;
        x[i] = (x[i] ?? 0) - Math.sign(last[i] ?? 0) * (sizes[i] ?? 0);
      });
    }));
  });
  test('lookahead around momentum: algorithm 1 of Zhang and others', () => {
    const slow = [...start];
    const trace = start.map(() => 0);
    expectClose(descend(quadratic, quadraticStart(), optim.lookahead(sgd(0.02, { momentum: 0.9 }), 4, 0.3)), plain((x, g, k) => {
      g.forEach((gi, i) => {
        trace[i] = gi + 0.9 * (trace[i] ?? 0);
        x[i] = (x[i] ?? 0) - 0.02 * (trace[i] ?? 0);
        if (k % 4 === 3) { slow[i] = (slow[i] ?? 0) + 0.3 * ((x[i] ?? 0) - (slow[i] ?? 0)); x[i] = slow[i] ?? 0; }
      });
    }));
  });
  test('clipByNorm, leaf by leaf', () => {
    expectClose(descend(quadratic, quadraticStart(), chain(optim.clipByNorm(0.5), sgd(0.1))), plain((x, g) => {
      for (const [from, to] of [[0, 3], [3, 5]] as const) {
        const size = Math.hypot(...g.slice(from, to));
        for (let i = from; i < to; i++) x[i] = (x[i] ?? 0) - 0.1 * (g[i] ?? 0) * Math.min(1, 0.5 / size);
      }
    }));
  });
});
