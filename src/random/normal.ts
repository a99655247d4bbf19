// Normal numbers, whole and truncated, by the inverse of the distribution function, as JAX draws them.
// Floor 7: programs of tensors. Equal to JAX's up to the last places of erfinv.
import { CotangentError } from '../error.ts';
import { roundTo, type Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add, mul } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { errorFunction } from '../primitive/errorFunction.ts';
import { max } from '../primitive/extremum.ts';
import { clamp } from '../primitive/select.ts';
import { erfinv } from '../primitive/special.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { expectKey, type Key } from './key.ts';
import { boundsOf, expectFloat, uniformBetween, type DrawOptions } from './uniform.ts';

/** Half the distance from 1 to the next number: that from 1 to the one before. */
const belowOne: { readonly [D in Float]: number } = { f32: 1 - 2 ** -24, f64: 1 - 2 ** -53, f16: 1 - 2 ** -11 };

/** sqrt(2) erfinv(u), for u uniform between two values of erf. */
const fromUniform = (key: Key, shape: Shape, low: number, high: number, dtype: Float): AnyTensor => scaledErfinv(uniformBetween(key, shape, dtype, low, high), dtype);
const scaledErfinv = (u: AnyTensor, dtype: Float): AnyTensor => mul(constantLike(roundTo(dtype, Math.SQRT2), u), erfinv(u));
/** Standard normal numbers from uniform ones in [0, 1). */
export function normalFromUnit(u: AnyTensor, dtype: Float): AnyTensor {
  const { least, span } = boundsOf(-belowOne[dtype], 1, dtype);
  return scaledErfinv(max(constantLike(least, u), add(mul(u, constantLike(span, u)), constantLike(least, u))), dtype);
}

/**
 * Standard normal numbers: mean 0, variance 1.
 *
 * @example
 * import { random } from 'cotangent';
 * random.normal(random.key(0), [2, 3]).shape; // -> [2, 3]
 */
export function normal<const S extends Shape, D extends Float = 'f32'>(key: Key, shape: S, options?: DrawOptions<D>): Tensor<Dims<S>, NoInfer<D>>;
export function normal(key: Key, shape: Shape, options: DrawOptions<Float> = {}): AnyTensor {
  const { dtype = 'f32' } = optionsOf('random.normal', options, { dtype: 'dtype' });
  expectKey(key, 'random.normal');
  expectFloat(dtype, 'random.normal');
  return normalDraw(key, shape, dtype);
}
export const normalDraw = (key: Key, shape: Shape, dtype: Float): AnyTensor => fromUniform(key, shape, -belowOne[dtype], 1, dtype);

/**
 * Standard normal numbers given that they lie between two bounds, in units of the standard deviation before truncation.
 *
 * @throws `value` when `lower` is not below `upper`.
 * @example
 * import { np, random } from 'cotangent';
 * const x = random.truncatedNormal(random.key(0), -1, 2, [1000]);
 * np.max(np.abs(x)).itemSync() <= 2; // -> true
 */
export function truncatedNormal<const S extends Shape, D extends Float = 'f32'>(key: Key, lower: number, upper: number, shape: S, options?: DrawOptions<D>): Tensor<Dims<S>, NoInfer<D>>;
export function truncatedNormal(key: Key, lower: number, upper: number, shape: Shape, options: DrawOptions<Float> = {}): AnyTensor {
  const { dtype = 'f32' } = optionsOf('random.truncatedNormal', options, { dtype: 'dtype' });
  expectKey(key, 'random.truncatedNormal');
  expectFloat(dtype, 'random.truncatedNormal');
  if (!(lower < upper)) throw new CotangentError('value', `random.truncatedNormal: the bound ${lower} is not below ${upper}`);
  const root = roundTo(dtype, Math.SQRT2);
  const share = (bound: number): number => roundTo(dtype, errorFunction(roundTo(dtype, bound / root)));
  const x = fromUniform(key, shape, share(lower), share(upper), dtype);
  return clamp(constantLike(lower, x), x, constantLike(upper, x));
}
