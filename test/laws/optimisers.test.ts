// laws.optimiser on every gradient transformation that `optim` has (a new one without an entry here fails), and on wrong ones of each kind.
import { describe, expect, it } from 'vitest';
import * as laws from '../../laws/index.ts';
import { np, optim, random, setBackend, tensor, type Tensor } from '../../src/index.ts';
import type { OptimiserOptions } from '../../laws/index.ts';

type Rule = optim.Optimizer<readonly optim.StateKind[]>;
type Claims = Pick<OptimiserOptions<unknown>, 'rests' | 'descends' | 'steps'>;
const { chain, scale, sgd } = optim;
/** A rule that only turns gradients into others descends once it is scaled by a small negative number. */
const then = (rule: Rule, rate = 0.05): Rule => chain(rule, scale(-rate)) as Rule;
const moves: Claims = { rests: false };
const still: Claims = { descends: false };

const rules: { readonly [name: string]: readonly [rule: () => Rule, claims?: Claims] } = {
  adabelief: [() => optim.adabelief(0.05)], adadelta: [() => optim.adadelta(1)], adagrad: [() => optim.adagrad(0.1)], adam: [() => optim.adam(0.1)], adamax: [() => optim.adamax(0.1)],
  adamaxw: [() => optim.adamaxw(0.1, { weightDecay: 0.01 }), moves], adamw: [() => optim.adamw(0.1, { weightDecay: 0.01 }), moves], adan: [() => optim.adan(0.05)], amsgrad: [() => optim.amsgrad(0.1)],
  lamb: [() => optim.lamb(0.05)], lars: [() => optim.lars(0.5, { trustCoefficient: 0.1 })], lion: [() => optim.lion(0.05), moves], nadam: [() => optim.nadam(0.1)], nadamw: [() => optim.nadamw(0.05, { weightDecay: 0.01 }), moves],
  noisySgd: [() => optim.noisySgd(0.05, random.key(1)), { ...moves, descends: false }], novograd: [() => optim.novograd(0.05)], optimisticGradientDescent: [() => optim.optimisticGradientDescent(0.05)],
  polyakSgd: [() => optim.polyakSgd({ maxLearningRate: 0.2 })], radam: [() => optim.radam(0.1)], rmsprop: [() => optim.rmsprop(0.05)], rprop: [() => optim.rprop(0.05)], sgd: [() => sgd(0.1)], signSgd: [() => optim.signSgd(0.05)],
  yogi: [() => optim.yogi(0.1), moves], newtonCg: [() => chain(optim.newtonCg(), scale(0.5)) as Rule],
  muon: [() => optim.muon(0.02) as Rule], scaleByMuon: [() => optim.partition({ one: then(optim.scaleByMuon(), 0.02), two: sgd(0.05) }, (_, { shape }) => shape.length === 2 ? 'one' : 'two') as Rule],
  lbfgs: [() => optim.lbfgs() as Rule], scaleByLbfgs: [() => then(optim.scaleByLbfgs(), 0.1)],
  scaleByZoomLinesearch: [() => chain(sgd(0.1), optim.scaleByZoomLinesearch()) as Rule], scaleByBacktrackingLinesearch: [() => chain(sgd(0.1), optim.scaleByBacktrackingLinesearch()) as Rule],
  scale: [() => scale(-0.1)], scaleByLearningRate: [() => optim.scaleByLearningRate(0.1)], scaleBySchedule: [() => optim.scaleBySchedule(optim.linearSchedule(-0.2, -0.1, 5))], trace: [() => then(optim.trace(0.9), 0.02)],
  scaleByAdam: [() => then(optim.scaleByAdam())], scaleByAdamax: [() => then(optim.scaleByAdamax())], scaleByAdan: [() => then(optim.scaleByAdan())], scaleByAmsgrad: [() => then(optim.scaleByAmsgrad())],
  scaleByBelief: [() => then(optim.scaleByBelief())], scaleByLion: [() => then(optim.scaleByLion())], scaleByNovograd: [() => then(optim.scaleByNovograd())], scaleByRadam: [() => then(optim.scaleByRadam())],
  scaleByYogi: [() => then(optim.scaleByYogi()), moves], scaleByAdadelta: [() => then(optim.scaleByAdadelta(), 1)], scaleByOptimisticGradient: [() => then(optim.scaleByOptimisticGradient())], scaleByRms: [() => then(optim.scaleByRms())],
  scaleByRprop: [() => then(optim.scaleByRprop(0.05), 1)], scaleByRss: [() => then(optim.scaleByRss())], scaleBySign: [() => then(optim.scaleBySign())], scaleByStddev: [() => then(optim.scaleByStddev()), still],
  scaleByPolyak: [() => then(optim.scaleByPolyak({ maxLearningRate: 0.2 }), 1)], scaleByTrustRatio: [() => then(optim.scaleByTrustRatio())], scaleByParamBlockNorm: [() => then(optim.scaleByParamBlockNorm())],
  scaleByParamBlockRms: [() => then(optim.scaleByParamBlockRms())],
  adaptiveGradClip: [() => then(optim.adaptiveGradClip(0.5))], centralize: [() => then(optim.centralize()), still], clip: [() => then(optim.clip(0.5))], clipByBlockRms: [() => then(optim.clipByBlockRms(0.5))],
  clipByGlobalNorm: [() => then(optim.clipByGlobalNorm(1))], clipByNorm: [() => then(optim.clipByNorm(1))], identity: [() => then(optim.identity())], keepParamsNonnegative: [() => chain(sgd(0.1), optim.keepParamsNonnegative()) as Rule, { rests: false, descends: false }],
  normalizeByUpdateNorm: [() => then(optim.normalizeByUpdateNorm())], setToZero: [() => optim.setToZero(), still], zeroNans: [() => then(optim.zeroNans())],
  addDecayedWeights: [() => then(optim.addDecayedWeights(0.01)), moves], addNoise: [() => optim.addNoise(0.01, 0.5, random.key(3)), { ...moves, descends: false }],
  ema: [() => then(optim.ema(0.8))], emaOfWeights: [() => chain(sgd(0.1), optim.emaOfWeights(0.7)) as Rule], reduceOnPlateau: [() => chain(sgd(0.1), optim.reduceOnPlateau()) as Rule],
  freeze: [() => chain(sgd(0.1), optim.freeze(path => path.endsWith('b'))) as Rule, still], masked: [() => then(optim.masked(optim.trace(0.3), path => path.endsWith('a')))],
  partition: [() => optim.partition({ one: sgd(0.1), two: optim.signSgd(0.05) }, path => path.endsWith('a') ? 'one' : 'two') as Rule],
  applyIfFinite: [() => optim.applyIfFinite(optim.adam(0.1), 2)], injectHyperparams: [() => optim.injectHyperparams(h => sgd(h.rate), { rate: 0.1 })], lookahead: [() => optim.lookahead(sgd(0.1), 3, 0.5)],
  multiSteps: [() => optim.multiSteps(sgd(0.3), 3)], chain: [() => chain(optim.clip(2), optim.trace(0.5), sgd(0.05)) as Rule],
};
/** Names of `optim` that make no rule. */
const noRules = [
  'applyUpdates', 'averagedWeights', 'conjugateGradient', 'constantSchedule', 'cosineDecaySchedule', 'cosineOnecycleSchedule', 'exponentialDecay', 'globalNorm', 'hvp', 'incrementalUpdate', 'joinSchedules', 'linearOnecycleSchedule',
  'linearSchedule', 'monoid', 'periodicUpdate', 'piecewiseConstantSchedule', 'piecewiseInterpolateSchedule', 'polynomialSchedule', 'sgdrSchedule', 'warmupConstantSchedule', 'warmupCosineDecaySchedule', 'warmupExponentialDecaySchedule',
];

it('every rule of optim has an entry', () => {
  expect([...Object.keys(rules), ...noRules].sort()).toEqual(Object.keys(optim).sort());
});
describe('the laws hold of', () => {
  it.each(Object.entries(rules).map(([name, [rule, claims = {}]], i) => [name, i, rule, claims] as const))('%s', async (_name, i, rule, claims) => {
    await setBackend('reference');
    expect(laws.optimiser(rule(), { runs: 2, seed: 11 + i, ...claims }).runs).toBe(2);
    // Bits are what a compiling backend may lose: there one case, jitted and plain.
    await setBackend('wasm');
    expect(laws.optimiser(rule(), { runs: 1, seed: 1 + i, only: [21], ...claims }).runs).toBe(1);
  });
});

describe('what is wrong is found', () => {
  const one = (part: Partial<Rule['parts'][number]>): Rule => {
    const base = sgd(0.1);
    return { ...base, ...optim.chain({ parts: [{ name: 'wrong', init: () => ({ n: tensor([0]) }), update: (updates, state) => ({ updates, state }), ...part }] }) } as Rule;
  };
  const found = (rule: Rule, options: Claims = still): string => {
    try { laws.optimiser(rule, { runs: 6, seed: 3, ...options }); } catch (error) { return error instanceof laws.LawError ? `${error.law}: ${error.message}` : `no law: ${String(error)}`; }
    return 'nothing';
  };
  it.each<readonly [string, Rule, Claims, RegExp]>([
    ['a state that grows', one({ update: (updates, state) => ({ updates, state: { n: np.append(typedN(state), tensor([1])) } }) }), still, /^44: .*shapes or dtypes changed/s],
    ['a state that changes its tree', one({ update: updates => ({ updates, state: { m: tensor([0]) } }) }), still, /^44: .*its tree is another one/s],
    ['an update of another shape', one({ update: (updates, state) => ({ updates: updates.map(u => u && np.reshape(u as Tensor<[number]>, [1, -1])), state }) }), still, /^4[45]: /],
    ['a rule that remembers outside its state', counting(), still, /^46: .*a second call against the first/s],
    ['an ascent', scale(0.1), {}, /^48: a quadratic is descended|^48: /],
    ['one that moves by itself', chain(optim.addDecayedWeights(0.1), sgd(0.1)) as Rule, {}, /^47: .*claim it by rests: false/s],
    ['a false claim', sgd(0.1), { rests: false }, /^47: .*though rests: false was claimed/s],
  ])('%s', (_name, rule, claims, message) => { expect(found(rule, claims)).toMatch(message); });
  function counting(): Rule {
    let calls = 0;
    return one({ update: (updates, state) => { calls++; return { updates: updates.map(u => u && np.multiply(u as Tensor<[number]>, calls)), state }; } });
  }
  it('its report names the rule, the law, the case and the seed', () => {
    expect(found(scale(0.1), {})).toMatch(/law 48 does not hold for scale: a quadratic is descended[^]*parameters [^]*was 3\.2[^]*SEED=3/);
  });
});
const typedN = (state: unknown): Tensor<[number]> => (state as { readonly n: Tensor<[number]> }).n;

it('takes parameters of the form that a rule is made for', () => {
  const params = { w: tensor([[1, 2]]), b: tensor([0.5]) };
  const masked = optim.masked(optim.adam(0.1), { w: true, b: false });
  expect(() => laws.optimiser(masked, { runs: 1, ...still })).toThrow(/the mask/);
  expect(laws.optimiser(optim.chain(masked, optim.masked(sgd(0.1), { w: false, b: true })), { runs: 3, params }).runs).toBe(3);
});
