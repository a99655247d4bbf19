// The public namespace `nn.initializers`: how weights start. Floor 7. An initialiser is a function from a key, a shape and a dtype to a tensor;
// layers take one as the option `init`. Names and formulas are those of jax.nn.initializers.
import { CotangentError, ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { eq } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { iota } from '../primitive/iota.ts';
import { sqrt } from '../primitive/power.ts';
import { reshape } from '../primitive/reshape.ts';
import { transpose } from '../primitive/transpose.ts';
import { normal as drawNormal, truncatedNormal as drawTruncated } from '../random/normal.ts';
import { uniform as drawUniform } from '../random/uniform.ts';
import type { Key } from '../random/key.ts';
import { show, listed } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { scan } from '../transform/control.ts';
import type { AnyFunction } from '../transform/staging.ts';

/** What an initialiser is told beside key and shape. */
export interface InitializerOptions { readonly dtype?: Float }
/** How weights start: a draw of a shape. Kernels are [...window, inputs, features]. */
export type Initializer = (key: Key, shape: readonly number[], options?: InitializerOptions) => AnyTensor;

const dtypeIn = (options: InitializerOptions | undefined): Float => optionsOf('initializers', options, { dtype: 'dtype' })?.dtype ?? 'f32';

/** The standard deviation of a normal number that is cut off at two of its own. */
const truncatedDeviation = 0.87962566103423978;
const scaled = (x: AnyTensor, factor: number): AnyTensor => mul(x, constantLike(factor, x));
function expectSpread(name: string, value: number): void {
  if (!(value >= 0 && value < Infinity)) throw new CotangentError('options', `${name}: ${value} is no spread; give a number that is not negative`);
}

/**
 * All elements one value.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.constant(0.1)(random.key(0), [2]); // -> [0.1, 0.1]
 */
export const constantly = (value: number): Initializer => (_key, shape, options) => constant(value, [...listed('initializers', 'shape', shape)], dtypeIn(options));
export { constantly as constant };
/**
 * All elements 0.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.zeros(random.key(0), [2]); // -> [0, 0]
 */
export const zeros: Initializer = constantly(0);
/**
 * All elements 1.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.ones(random.key(0), [2]); // -> [1, 1]
 */
export const ones: Initializer = constantly(1);
/**
 * The identity matrix times `scale`; of [inputs, features] that differ, ones on the main diagonal. As Keras's Identity.
 *
 * @throws `shape`, when it starts weights, where the rank is not 2.
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.identity()(random.key(0), [2, 3]); // -> [[1, 0, 0], [0, 1, 0]]
 */
export const identity = (scale = 1): Initializer => (_key, shape, options) => {
  const dtype = dtypeIn(options);
  const [inputs, features] = listed('initializers', 'shape', shape);
  if (inputs === undefined || features === undefined || shape.length !== 2) throw new ShapeError(`initializers.identity: ${show(shape)} is no matrix; it starts [inputs, features]`);
  return scaled(convert(eq(iota([inputs, features], 'i32', 0), iota([inputs, features], 'i32', 1)), dtype), scale);
};
/**
 * Uniform between 0 and `scale`.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.uniform(0.01)(random.key(0), [3, 4]).shape; // -> [3, 4]
 */
export const uniform = (scale = 0.01): Initializer => {
  expectSpread('initializers.uniform', scale);
  return (key, shape, options) => scaled(drawUniform(key, shape, { dtype: dtypeIn(options) }), scale);
};
/**
 * Normal with mean 0 and a standard deviation.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.normal(0.02)(random.key(0), [3, 4]).shape; // -> [3, 4]
 */
export const normal = (deviation = 0.01): Initializer => {
  expectSpread('initializers.normal', deviation);
  return (key, shape, options) => scaled(drawNormal(key, shape, { dtype: dtypeIn(options) }), deviation);
};
/**
 * Normal, cut off at two deviations. As in JAX the deviation is that before the cut.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.truncatedNormal(0.02)(random.key(0), [3, 4]).shape; // -> [3, 4]
 */
export const truncatedNormal = (deviation = 0.01): Initializer => {
  expectSpread('initializers.truncatedNormal', deviation);
  return (key, shape, options) => scaled(drawTruncated(key, -2, 2, shape, { dtype: dtypeIn(options) }), deviation);
};

/** What variance scaling is told. */
export interface VarianceScalingOptions {
  /** Default 1. */
  readonly scale?: number;
  /** What the scale is divided by: how many inputs a feature has, how many features an input has, or the mean of both. Default fanIn. */
  readonly mode?: 'fanIn' | 'fanOut' | 'fanAvg';
  /** Default truncatedNormal, corrected for the cut. */
  readonly distribution?: 'truncatedNormal' | 'normal' | 'uniform';
}
/**
 * Mean 0 and variance scale / fan, whatever the distribution. Of [...window, inputs, features], the fan-in is window times inputs and the
 * fan-out window times features.
 *
 * @throws `shape`, when it draws, where the rank is below 2.
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.varianceScaling({ scale: 2, mode: 'fanOut' })(random.key(0), [3, 3, 8, 16]).shape; // -> [3, 3, 8, 16]
 */
export const varianceScaling = (scaling: VarianceScalingOptions = {}): Initializer => {
  const { scale = 1, mode = 'fanIn', distribution = 'truncatedNormal' } = optionsOf('initializers.varianceScaling', scaling, { scale: 'number', mode: ['fanIn', 'fanOut', 'fanAvg'], distribution: ['truncatedNormal', 'normal', 'uniform'] });
  expectSpread('initializers.varianceScaling', scale);
  return (key, shape, options) => {
    const dtype = dtypeIn(options);
    const [inputs, features] = [listed('initializers', 'shape', shape).at(-2), shape.at(-1)];
    if (inputs === undefined || features === undefined) throw new ShapeError(`initializers: ${show(shape)} has no axis of inputs and axis of features`);
    const window = sizeOf(shape.slice(0, -2));
    const fan = window * (mode === 'fanIn' ? inputs : mode === 'fanOut' ? features : (inputs + features) / 2);
    const variance = scale / Math.max(1, fan);
    switch (distribution) {
      case 'truncatedNormal': return scaled(drawTruncated(key, -2, 2, shape, { dtype }), Math.sqrt(variance) / truncatedDeviation);
      case 'normal': return scaled(drawNormal(key, shape, { dtype }), Math.sqrt(variance));
      case 'uniform': return scaled(drawUniform(key, shape, { dtype, minval: -1, maxval: 1 }), Math.sqrt(3 * variance));
      default: return distribution satisfies never;
    }
  };
};
/**
 * Variance 1 / fan-in, cut-off normal. LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.lecunNormal(random.key(0), [784, 128]).shape; // -> [784, 128]
 */
export const lecunNormal: Initializer = varianceScaling();
/**
 * Variance 1 / fan-in, uniform.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.lecunUniform(random.key(0), [784, 128]).shape; // -> [784, 128]
 */
export const lecunUniform: Initializer = varianceScaling({ distribution: 'uniform' });
/**
 * Variance 2 / (fan-in + fan-out), cut-off normal. Glorot, Bengio, "Understanding the difficulty of training deep networks", 2010.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.glorotNormal(random.key(0), [784, 128]).shape; // -> [784, 128]
 */
export const glorotNormal: Initializer = varianceScaling({ mode: 'fanAvg' });
/**
 * Variance 2 / (fan-in + fan-out), uniform.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.glorotUniform(random.key(0), [784, 128]).shape; // -> [784, 128]
 */
export const glorotUniform: Initializer = varianceScaling({ mode: 'fanAvg', distribution: 'uniform' });
/**
 * Variance 2 / fan-in, cut-off normal: what keeps the variance through relu. He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.heNormal(random.key(0), [784, 128]).shape; // -> [784, 128]
 */
export const heNormal: Initializer = varianceScaling({ scale: 2 });
/**
 * Variance 2 / fan-in, uniform.
 *
 * @example
 * import { nn, random } from 'cotangent';
 * nn.initializers.heUniform(random.key(0), [784, 128]).shape; // -> [784, 128]
 */
export const heUniform: Initializer = varianceScaling({ scale: 2, distribution: 'uniform' });

/**
 * Orthogonal columns, or rows where there are fewer of them, evenly distributed, times `scale`. Axes but the last are taken together.
 * Saxe, McClelland, Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear networks", 2014.
 *
 * @throws `shape`, when it draws, where the rank is below 2.
 * @example
 * import { nn, np, random } from 'cotangent';
 * const w = nn.initializers.orthogonal()(random.key(0), [8, 3]);
 * w.shape; // -> [8, 3]
 */
export const orthogonal = (scale = 1): Initializer => (key, shape, options) => {
  const dtype = dtypeIn(options);
  const features = shape.at(-1);
  if (shape.length < 2 || features === undefined) throw new ShapeError(`initializers: ${show(shape)} has no axis of inputs and axis of features`);
  const others = sizeOf(shape.slice(0, -1));
  const [long, short] = [Math.max(features, others), Math.min(features, others)];
  const q = gramSchmidt(drawNormal(key, [long, short], { dtype }));
  // As JAX: [features, others], then the features go last.
  const rows = features < others ? transpose(q, [1, 0]) : q;
  return scaled(reshape(transpose(rows, [1, 0]), [...shape]), scale);
};
/** The orthogonal factor of QR, its columns in the direction of the matrix's own. Each column is cleared of the others twice: once loses digits. */
function gramSchmidt(a: AnyTensor): AnyTensor {
  const [n = 0, m = 0] = a.shape;
  const along = (x: AnyTensor, y: AnyTensor, axis: number): AnyTensor => dotGeneral(x, y, { lhsContract: [axis], rhsContract: [0], lhsBatch: [], rhsBatch: [] });
  const cleared = (q: AnyTensor, v: AnyTensor): AnyTensor => sub(v, along(q, along(q, v, 0), 1));
  const step = (q: AnyTensor, [column, place]: readonly [AnyTensor, AnyTensor]): readonly [AnyTensor, null] => {
    const v = cleared(q, cleared(q, column));
    const length = sqrt(reduceSum(mul(v, v), [0]));
    const unit = div(v, broadcastInDim(length, [n], []));
    return [add(q, mul(broadcastInDim(unit, [n, m], [0]), broadcastInDim(place, [n, m], [1]))), null];
  };
  const places = convert(eq(iota([m, m], 'i32', 0), iota([m, m], 'i32', 1)), typed(a.dtype));
  const loop: AnyFunction = scan;
  return (loop as (...args: readonly unknown[]) => readonly [AnyTensor, null])(step, constantLike(0, a), [transpose(a, [1, 0]), places])[0];
}
