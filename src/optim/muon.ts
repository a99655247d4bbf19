// Muon: momentum whose matrices are made orthogonal, so that no direction of a layer is forgotten. Floor 7.
import { CotangentError, ShapeError } from '../error.ts';
import { showAval } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul } from '../primitive/arithmetic.ts';
import { broadcastInDim, reduceSum } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { transpose } from '../primitive/transpose.ts';
import { optionsOf } from '../shape/options.ts';
import { avalOf } from '../trace/handle.ts';
import { addDecayedWeights } from './decay.ts';
import { guard, mean, norm, plus, spreading, times, type Steps } from './leaf.ts';
import { countingLeafwise, expectAtLeast, expectDecay, expectNatural, type CountedSlots } from './leafwise.ts';
import { partition, type Leaf, type Mask, type Partitioned } from './masks.ts';
import type { Moments } from './moments.ts';
import { chain, type NoState, type Optimizer } from './optimizer.ts';
import { adamw } from './optimizers.ts';
import { scaleByLearningRate, type LearningRate, type RateState } from './rules.ts';

/** The odd polynomial a x + b x^3 + c x^5 of one Newton-Schulz step, applied to singular values. */
export type NewtonSchulz = readonly [a: number, b: number, c: number];
/** What the rule of Muon may be told. */
export interface MuonRuleOptions {
  /** Decay of the mean of gradients. Default 0.95. */
  readonly beta?: number;
  /** The polynomial of every step. Default [3.4445, -4.775, 2.0315], of the greatest slope at 0. */
  readonly nsCoeffs?: NewtonSchulz;
  /** How many steps bring the singular values near 1. Default 5. */
  readonly nsSteps?: number;
  /** Added to the norm that the mean gradient is divided by. Default 1e-8. */
  readonly eps?: number;
  /** Takes the mean that the next step would have. Default true. */
  readonly nesterov?: boolean;
  /** Multiplies by the inner product with the mean gradient, so that steps shrink with it. Default false. */
  readonly adaptive?: boolean;
}
const ruleKinds = { beta: 'number', nsCoeffs: 'any', nsSteps: 'number', eps: 'number', nesterov: 'flag', adaptive: 'flag' } as const;

const product = (x: AnyTensor, y: AnyTensor, along: readonly [number, number]): AnyTensor => dotGeneral(x, y, { lhsContract: [along[0]], rhsContract: [along[1]], lhsBatch: [], rhsBatch: [] });
/** A matrix with singular values brought near 1. */
function orthogonalized(g: AnyTensor, [a, b, c]: NewtonSchulz, steps: number, eps: number): AnyTensor {
  const [rows = 0, columns = 0] = g.shape;
  const tall = rows > columns;
  const size = plus(norm(g), guard(eps, g.dtype));
  let x = div(tall ? transpose(g, [1, 0]) : g, spreading(size)(tall ? transpose(g, [1, 0]) : g));
  for (let k = 0; k < steps; k++) {
    const square = product(x, x, [1, 1]);
    const odd = add(times(square, b), product(times(square, c), square, [1, 0]));
    x = add(times(x, a), product(odd, x, [1, 0]));
  }
  return tall ? transpose(x, [1, 0]) : x;
}
const unbiasedMean = (g: AnyTensor, mu: AnyTensor, beta: number, steps: Steps, nesterov: boolean): AnyTensor => nesterov
  ? add(times(steps.unbiased(mu, beta, 1), beta), times(steps.unbiased(g, beta), 1 - beta))
  : steps.unbiased(mu, beta);

/**
 * The mean of gradients of each matrix [inputs, outputs], made nearly orthogonal by Newton-Schulz steps, times the root of outputs / inputs where
 * that is above 1. Jordan and others, "Muon: an optimizer for hidden layers in neural networks", 2024; as Optax's.
 *
 * @throws `shape` where a parameter is no matrix: give others to another rule by `partition`, as `muon` does; `value` for options out of range.
 * @example
 * import { np, optim, tensor } from 'cotangent';
 * const rule = optim.scaleByMuon();
 * const w = tensor([[1, 0], [0, 1]]);
 * const [u] = rule.update(tensor([[3, 0], [0, 0.1]]), rule.init(w), w);
 * np.greater(u, 0.3); // -> [[true, false], [false, true]]
 */
export function scaleByMuon(options: MuonRuleOptions = {}): Optimizer<[CountedSlots<'mu'>]> {
  const { beta = 0.95, nsCoeffs = [3.4445, -4.775, 2.0315], nsSteps = 5, eps = 1e-8, nesterov = true, adaptive = false } = optionsOf('scaleByMuon', options, ruleKinds);
  const name = 'scaleByMuon';
  expectDecay(name, 'beta', beta);
  expectNatural(name, 'nsSteps', nsSteps);
  expectAtLeast(name, 'eps', eps);
  const coefficients: unknown = nsCoeffs;
  if (!Array.isArray(coefficients) || coefficients.length !== 3 || !coefficients.every(c => Number.isFinite(c))) throw new CotangentError('value', `${name}: nsCoeffs are the three numbers of a x + b x^3 + c x^5; write [3.4445, -4.775, 2.0315]`);
  return countingLeafwise(name, { mu: 0 }, (g, before, { steps }) => {
    if (g.shape.length !== 2) throw new ShapeError(`${name}: ${showAval(avalOf(g))} is no matrix; optim.muon gives such parameters to Adam, and so does optim.partition`);
    const mu = mean(before.mu, g, beta);
    const now = unbiasedMean(g, mu, beta, steps, nesterov);
    const turned = orthogonalized(now, nsCoeffs, nsSteps, eps);
    const [inputs = 1, outputs = 1] = g.shape;
    const scaled = adaptive ? mul(turned, broadcastInDim(reduceSum(mul(now, turned), [0, 1]), g.shape, [])) : turned;
    return [convert(times(scaled, Math.sqrt(Math.max(1, outputs / Math.max(1, inputs)))), g.dtype), { mu }];
  });
}

const isMatrix = (_path: string, { shape }: Leaf): boolean => shape.length === 2;
/** What Muon may be told. */
export interface MuonOptions extends MuonRuleOptions {
  /** Of the matrices. Default 0. */
  readonly weightDecay?: number;
  /** Which matrices decay. Default all. */
  readonly weightDecayMask?: Mask;
  /** Which parameters are Muon's, by path and shape; the others are Adam's. Default all matrices; leave embeddings and the last layer to Adam. */
  readonly matrices?: (path: string, leaf: Leaf) => boolean;
  /** The rate of the parameters that are Adam's. Default: the same. */
  readonly adamLearningRate?: LearningRate;
  /** Adam's decays, guard and weight decay. Defaults 0.9, 0.999, 0, 0. */
  readonly adamB1?: number;
  readonly adamB2?: number;
  readonly adamEpsRoot?: number;
  readonly adamWeightDecay?: number;
}
/** The two rules of Muon. */
export interface MuonGroups<L extends LearningRate> {
  readonly adam: Optimizer<[Moments, NoState, RateState<LearningRate>]>;
  readonly muon: Optimizer<[CountedSlots<'mu'>, NoState, RateState<L>]>;
}
/**
 * Muon for matrices, {@link scaleByMuon}, and Adam (with Nesterov's mean, if Muon has it) for all other parameters: biases, scales, kernels of
 * convolutions. Jordan and others, 2024; as Optax's. Rates are about ten times those of Adam.
 *
 * @param learningRate a number, a scalar tensor, or a function of the step.
 * @throws `value` for options out of range, `shape` where `matrices` names a parameter that is none.
 * @example
 * import { nn, optim, random, zeros } from 'cotangent';
 * const params = nn.init(nn.seq(nn.dense(8), nn.relu, nn.dense(2)), random.key(0), zeros([1, 4]));
 * const rule = optim.muon(0.02, { adamLearningRate: 1e-3, matrices: path => path === '[0].w' });
 * const [updates] = rule.update(params, rule.init(params), params);
 * updates[2].b.shape; // -> [2]
 */
export function muon<const L extends LearningRate>(learningRate: L, options?: MuonOptions): Optimizer<[Partitioned<MuonGroups<L>>]>;
export function muon(learningRate: LearningRate, options: MuonOptions = {}): never {
  const { weightDecay = 0, weightDecayMask, matrices = isMatrix, adamLearningRate = learningRate, adamB1, adamB2, adamEpsRoot, adamWeightDecay = 0, ...rule } = optionsOf('muon', options, {
    ...ruleKinds, weightDecay: 'number', weightDecayMask: 'any', matrices: 'function', adamLearningRate: 'any', adamB1: 'number', adamB2: 'number', adamEpsRoot: 'number', adamWeightDecay: 'number',
  });
  const given = Object.fromEntries(Object.entries({ b1: adamB1, b2: adamB2, epsRoot: adamEpsRoot, eps: rule.eps }).filter(([, v]) => v !== undefined));
  return typed(partition({
    adam: adamw(adamLearningRate, { ...given, weightDecay: adamWeightDecay, nesterov: rule.nesterov ?? true }),
    muon: chain(scaleByMuon(rule), addDecayedWeights(weightDecay, weightDecayMask === undefined ? {} : { mask: weightDecayMask }), scaleByLearningRate(learningRate)),
  }, (path: string, leaf: Leaf) => matrices(path, leaf) ? 'muon' : 'adam'));
}
