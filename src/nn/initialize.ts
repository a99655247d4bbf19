// How weights start. Floor 7: functions from a key and a shape to a draw.
import { ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { mul } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { truncatedNormal } from '../random/normal.ts';
import type { Key } from '../random/key.ts';
import type { DrawOptions } from '../random/uniform.ts';
import { show, type Dims, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';

/** The standard deviation of a normal number that is cut off at two of its own. */
const truncatedDeviation = 0.87962566103423978;

/**
 * Weights [..., inputs, features] with mean 0 and variance 1 / fan-in, normal and cut off at two standard deviations, so that a dense
 * layer keeps the variance of its input. The fan-in is the product of all axes but the last.
 * LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998; the draw is that of jax.nn.initializers.lecun_normal.
 *
 * @throws `shape` where the rank is below 2.
 * @example
 * import { nn, random } from 'cotangent';
 * nn.lecunNormal(random.key(0), [784, 128]).shape; // -> [784, 128]
 */
export function lecunNormal<const S extends Shape, D extends Float = 'f32'>(key: Key, shape: S, options?: DrawOptions<D>): Tensor<Dims<S>, NoInfer<D>>;
export function lecunNormal(key: Key, shape: Shape, options: DrawOptions<Float> = {}): AnyTensor {
  optionsOf('lecunNormal', options, { dtype: 'dtype' });
  if (shape.length < 2) throw new ShapeError(`lecunNormal: ${show(shape)} has no axis of inputs and axis of features`);
  const fanIn = Math.max(1, sizeOf(shape.slice(0, -1)));
  const x = truncatedNormal(key, -2, 2, shape, options);
  return mul(x, constantLike(Math.sqrt(1 / fanIn) / truncatedDeviation, x));
}
