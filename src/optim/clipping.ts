// Rules that bound updates, by value or by norm, or bring them to a norm; and the global norm itself. Floor 7.
import { ShapeError } from '../error.ts';
import { hasTangent, range, showAval, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq, lt, ne } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { max } from '../primitive/extremum.ts';
import { or } from '../primitive/logical.ts';
import { sqrt } from '../primitive/power.ts';
import { clamp, select } from '../primitive/select.ts';
import { optionsOf } from '../shape/options.ts';
import { avalOf } from '../trace/handle.ts';
import { flattenTensors } from '../transform/staging.ts';
import type { WidestIn } from '../transform/types.ts';
import { norm, normOfAll, plus, rootMeanSquare, spreading, square, times, working } from './leaf.ts';
import { expectAtLeast, expectPositive, memoryless } from './leafwise.ts';
import type { NoState, Optimizer } from './optimizer.ts';

/**
 * The Euclidean norm of all float leaves of a tree together; f64 if one of them is, else f32. Integers and null do not count.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * optim.globalNorm({ w: tensor([3, 0]), b: tensor(4) }); // -> 5
 */
export const globalNorm = <T>(tree: T): Tensor<[], WidestIn<T>> =>
  typed(normOfAll(flattenTensors(tree, 'optim.globalNorm').leaves.filter(x => hasTangent(x.aval))));

/**
 * Each element of the updates kept within `maxDelta` of 0.
 *
 * @throws `value` for a bound that is not positive.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.clip(1);
 * rule.update([tensor([3, -0.5])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, -0.5]]
 */
export function clip(maxDelta: number): Optimizer<[NoState]> {
  expectPositive('clip', 'maxDelta', maxDelta);
  return memoryless('clip', () => g => clamp(constantLike(-maxDelta, g), g, constantLike(maxDelta, g)));
}

/** The factor that brings a norm down to a bound, 1 below it. */
function shrinking(size: AnyTensor, bound: number): AnyTensor {
  const one = constantLike(1, size);
  const small = lt(size, constantLike(bound, size));
  return select(small, one, div(constantLike(bound, size), select(small, one, size)));
}

/**
 * Each leaf scaled down to a Euclidean norm of at most `maxNorm`.
 *
 * @throws `value` for a bound that is not positive.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.clipByNorm(1);
 * rule.update([tensor([3, 4]), tensor(0.5)], rule.init([tensor([0, 0]), tensor(0)]), [tensor([0, 0]), tensor(0)])[0]; // -> [[0.6, 0.8], 0.5]
 */
export function clipByNorm(maxNorm: number): Optimizer<[NoState]> {
  expectPositive('clipByNorm', 'maxNorm', maxNorm);
  return memoryless('clipByNorm', () => g => mul(g, spreading(shrinking(norm(g), maxNorm))(g)));
}

/**
 * All leaves scaled down by one factor, so that their Euclidean norm together is at most `maxNorm`. Pascanu, Mikolov, Bengio, "On the
 * difficulty of training recurrent neural networks", 2013.
 *
 * @throws `value` for a bound that is not positive.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.clipByGlobalNorm(1);
 * rule.update([tensor(3), tensor(4)], rule.init([tensor(0), tensor(0)]), [tensor(0), tensor(0)])[0]; // -> [0.6, 0.8]
 */
export function clipByGlobalNorm(maxNorm: number): Optimizer<[NoState]> {
  expectPositive('clipByGlobalNorm', 'maxNorm', maxNorm);
  return memoryless('clipByGlobalNorm', updates => {
    const factor = spreading(shrinking(normOfAll(updates), maxNorm));
    return g => mul(g, factor(g));
  });
}

/**
 * Each leaf scaled down to a root mean square of at most `threshold`. Shazeer, Stern, "Adafactor", 2018, section 6.
 *
 * @throws `value` for a bound that is not positive.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.clipByBlockRms(1);
 * rule.update([tensor([2, 2])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[1, 1]]
 */
export function clipByBlockRms(threshold: number): Optimizer<[NoState]> {
  expectPositive('clipByBlockRms', 'threshold', threshold);
  return memoryless('clipByBlockRms', () => g => {
    const excess = times(rootMeanSquare(g), 1 / threshold);
    return div(g, spreading(max(excess, constantLike(1, excess)))(g));
  });
}

/** The norms of the units of a leaf: of a vector as a whole, of the columns of a matrix, of the filters of a convolution. */
function unitwise(x: AnyTensor): AnyTensor {
  const { shape } = x;
  const wide = convert(x, working([x]));
  const vector = shape.filter(d => d !== 1).length <= 1;
  const axes = vector ? range(shape.length) : shape.length <= 3 ? [0] : range(shape.length - 1);
  const kept = range(shape.length).filter(a => !axes.includes(a));
  return broadcastInDim(sqrt(reduceSum(square(wide), axes)), shape, kept);
}
/** What adaptive clipping may be told. */
export interface AdaptiveClipOptions {
  /** The least norm that parameters are taken to have. Default 1e-3. */
  readonly eps?: number;
}
/**
 * Each unit's update scaled down to `clipping` times the norm of its parameters. Brock, De, Smith, Simonyan, "High-performance large-scale
 * image recognition without normalization", 2021. Units are the columns of matrices and the filters of convolutions (their last axis).
 *
 * @throws `value` for a bound or eps that is not positive, `shape` for a rank above 4.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.adaptiveGradClip(0.5);
 * const params = [tensor([3, 4])];
 * rule.update([tensor([30, 40])], rule.init(params), params)[0]; // -> [[1.5, 2]]
 */
export function adaptiveGradClip(clipping: number, options: AdaptiveClipOptions = {}): Optimizer<[NoState]> {
  const { eps = 1e-3 } = optionsOf('adaptiveGradClip', options, { eps: 'number' });
  expectPositive('adaptiveGradClip', 'clipping', clipping);
  expectPositive('adaptiveGradClip', 'eps', eps);
  return memoryless('adaptiveGradClip', () => (g, p) => {
    if (g.shape.length > 4) throw new ShapeError(`adaptiveGradClip: ${showAval(avalOf(g))} has no known units; leave it out by optim.masked`);
    const [size, weight] = [unitwise(g), unitwise(p)];
    const bound = times(max(weight, constantLike(eps, weight)), clipping);
    const factor = div(bound, max(size, constantLike(1e-6, size)));
    return select(lt(size, bound), g, mul(g, convert(factor, g.dtype)));
  });
}

/** What normalising may be told. */
export interface NormalizeOptions {
  /** The norm that comes out. Default 1. */
  readonly scaleFactor?: number;
  /** Added to the norm. Default 1e-6. */
  readonly eps?: number;
}
/**
 * All leaves divided by their Euclidean norm together.
 *
 * @throws `value` for a factor that is not positive and a negative eps.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.normalizeByUpdateNorm({ eps: 0 });
 * rule.update([tensor(3), tensor(4)], rule.init([tensor(0), tensor(0)]), [tensor(0), tensor(0)])[0]; // -> [0.6, 0.8]
 */
export function normalizeByUpdateNorm(options: NormalizeOptions = {}): Optimizer<[NoState]> {
  const { scaleFactor = 1, eps = 1e-6 } = optionsOf('normalizeByUpdateNorm', options, { scaleFactor: 'number', eps: 'number' });
  expectPositive('normalizeByUpdateNorm', 'scaleFactor', scaleFactor);
  expectAtLeast('normalizeByUpdateNorm', 'eps', eps);
  return memoryless('normalizeByUpdateNorm', updates => {
    const size = spreading(times(plus(normOfAll(updates), eps), 1 / scaleFactor));
    return g => div(g, size(g));
  });
}

/** What the trust ratio may be told. */
export interface TrustRatioOptions {
  /** The least norm that parameters and updates are taken to have. Default 0. */
  readonly minNorm?: number;
  /** A factor of the ratio. Default 1. */
  readonly trustCoefficient?: number;
  /** Added to the norm of the update. Default 0. */
  readonly eps?: number;
}
/**
 * Each leaf scaled by the norm of its parameter over its own, where neither is 0. You, Gitman, Ginsburg, "Large batch training of
 * convolutional networks", 2017; You and others, "Large batch optimization for deep learning: training BERT in 76 minutes", 2020.
 *
 * @throws `value` for negative options.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByTrustRatio();
 * const params = [tensor([3, 4]), tensor(0)];
 * rule.update([tensor([1, 0]), tensor(7)], rule.init(params), params)[0]; // -> [[5, 0], 7]
 */
export function scaleByTrustRatio(options: TrustRatioOptions = {}): Optimizer<[NoState]> {
  const { minNorm = 0, trustCoefficient = 1, eps = 0 } = optionsOf('scaleByTrustRatio', options, { minNorm: 'number', trustCoefficient: 'number', eps: 'number' });
  for (const [name, x] of [['minNorm', minNorm], ['trustCoefficient', trustCoefficient], ['eps', eps]] as const) expectAtLeast('scaleByTrustRatio', name, x);
  return memoryless('scaleByTrustRatio', () => (g, p) => {
    const [weight, size] = [norm(p, minNorm), norm(g, minNorm)];
    const zero = constantLike(0, size);
    const one = constantLike(1, size);
    const none = or(eq(weight, zero), eq(size, zero));
    const ratio = select(none, one, div(times(weight, trustCoefficient), select(none, one, plus(size, eps))));
    return mul(g, spreading(ratio)(g));
  });
}

/**
 * Each leaf times the norm of its parameter, which counts as at least `minScale`.
 *
 * @throws `value` for a negative `minScale`.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByParamBlockNorm();
 * const params = [tensor([3, 4])];
 * rule.update([tensor([1, 2])], rule.init(params), params)[0]; // -> [[5, 10]]
 */
export function scaleByParamBlockNorm(minScale = 1e-3): Optimizer<[NoState]> {
  expectAtLeast('scaleByParamBlockNorm', 'minScale', minScale);
  return memoryless('scaleByParamBlockNorm', () => (g, p) => mul(g, spreading(norm(p, minScale))(g)));
}
/**
 * Each leaf times the root mean square of its parameter, which counts as at least `minScale`.
 *
 * @throws `value` for a negative `minScale`.
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.scaleByParamBlockRms();
 * const params = [tensor([3, 3])];
 * rule.update([tensor([1, 2])], rule.init(params), params)[0]; // -> [[3, 6]]
 */
export function scaleByParamBlockRms(minScale = 1e-3): Optimizer<[NoState]> {
  expectAtLeast('scaleByParamBlockRms', 'minScale', minScale);
  return memoryless('scaleByParamBlockRms', () => (g, p) => {
    const rms = rootMeanSquare(p);
    return mul(g, spreading(max(rms, constantLike(minScale, rms)))(g));
  });
}

/**
 * Matrices and higher ranks less their mean over all axes but the first. Yong, Huang, Hua, Zhang, "Gradient centralization", 2020.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.centralize();
 * const zero = [tensor([[0, 0], [0, 0]])];
 * rule.update([tensor([[1, 3], [5, 5]])], rule.init(zero), zero)[0]; // -> [[[-1, 1], [0, 0]]]
 */
export const centralize = (): Optimizer<[NoState]> => memoryless('centralize', () => g => {
  if (g.shape.length < 2) return g;
  const sum = reduceSum(g, range(g.shape.length).slice(1));
  return sub(g, broadcastInDim(times(sum, 1 / Math.max(1, sizeOf(g.shape.slice(1)))), g.shape, [0]));
});

/**
 * Zero in place of NaN.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.zeroNans();
 * rule.update([tensor([NaN, 2])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[0, 2]]
 */
export const zeroNans = (): Optimizer<[NoState]> => memoryless('zeroNans', () => g => select(ne(g, g), constantLike(0, g), g));

/**
 * Updates kept from taking parameters below zero: those that would are cut to minus the parameter.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.keepParamsNonnegative();
 * const params = [tensor([1, 1])];
 * rule.update([tensor([-3, -0.5])], rule.init(params), params)[0]; // -> [[-1, -0.5]]
 */
export const keepParamsNonnegative = (): Optimizer<[NoState]> => memoryless('keepParamsNonnegative', () => (u, p) => select(lt(add(p, u), constantLike(0, p)), neg(p), u));

/**
 * No updates: for parameters that are not trained, in `partition` or `masked`.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.setToZero();
 * rule.update([tensor([3, 4])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[0, 0]]
 */
export const setToZero = (): Optimizer<[NoState]> => memoryless('setToZero', () => g => constantLike(0, g));

/**
 * Updates as they come: what `chain()` is, with a name.
 *
 * @example
 * import { optim, tensor } from 'cotangent';
 * const rule = optim.identity();
 * rule.update([tensor([3, 4])], rule.init([tensor([0, 0])]), [tensor([0, 0])])[0]; // -> [[3, 4]]
 */
export const identity = (): Optimizer<[NoState]> => memoryless('identity', () => g => g);
