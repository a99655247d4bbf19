// Draws of categories from logits, by the greatest of logits with Gumbel noise. Floor 7.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import { isFloat, type Float } from '../dtype/dtype.ts';
import { range, showAval, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { argmax } from '../primitive/argmax.ts';
import { add } from '../primitive/arithmetic.ts';
import { broadcastInDim } from '../primitive/broadcast.ts';
import { reshape } from '../primitive/reshape.ts';
import { topK } from '../primitive/sort.ts';
import { transpose } from '../primitive/transpose.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import type { Reduce } from '../shape/reduce.ts';
import { handleOf } from '../trace/handle.ts';
import { gumbelDraw } from './inverse.ts';
import { drawing, type Key } from './key.ts';

/** What a draw of categories may be told. */
export interface CategoricalOptions<Axis, S> {
  /** The axis of the categories. Default the last. */
  readonly axis?: Axis;
  /** The shape of the draws: it ends in that of the logits without the axis. Default just that. */
  readonly shape?: S;
  /** Whether a category may be drawn more than once among the leading axes of `shape`. Default true. */
  readonly replace?: boolean;
}
type BatchOf<S extends Shape, Axis extends number, K> = Ok<Reduce<S, Axis, false, K>, K>;
/**
 * Indices of categories with probabilities softmax(logits), by the greatest of logits with Gumbel noise.
 *
 * @throws `axis` where the logits have no such axis, `shape` where the shape does not end in that of the logits, `value` for more draws without
 * replacement than there are categories.
 * @example
 * import { random, tensor } from 'cotangent';
 * random.categorical(random.key(0), tensor([[0, 100, 0], [100, 0, 0]])); // -> [1, 0]
 */
export const categorical = <S extends Shape, D extends Float, const Axis extends number = -1, const T extends Shape | undefined = undefined, K = unknown>(
  key: Key, logits: Tensor<S, D>, options: CategoricalOptions<Check<Reduce<S, Axis, false, K>, Axis, K>, T> = {}): Tensor<T extends Shape ? Dims<T> : BatchOf<S, Axis, K>, 'i32'> =>
  typed(drawing(key, 'random.categorical', k => categories(k, logits, typed(options))));
function categories(key: Key, logits: AnyTensor, { axis = -1, shape, replace = true }: CategoricalOptions<number, Shape>): AnyTensor {
  const name = 'random.categorical';
  const x = handleOf(logits, name);
  const { dtype } = x;
  if (!isFloat(dtype)) throw new DTypeError(`${name}: the logits are ${showAval(x.aval)}; use astype to a float dtype`);
  const along = axisIndex(x.shape, axis);
  const size = x.shape[along] ?? 0;
  if (size === 0) throw new ShapeError(`${name}: ${showAval(x.aval)} has no categories along axis ${axis}`);
  const batch = x.shape.filter((_, i) => i !== along);
  const full = shape === undefined ? batch : [...shape];
  const lead = full.length - batch.length;
  if (lead < 0 || !batch.every((d, i) => full[lead + i] === d || d === 1)) throw new ShapeError(`${name}: the shape [${full.join(', ')}] does not end in [${batch.join(', ')}], that of the logits without axis ${axis}`);
  const prefix = full.slice(0, lead);
  if (replace) {
    const own = full.slice(lead);
    const each = [...prefix, ...own.slice(0, along), size, ...own.slice(along)];
    return argmax(add(gumbelDraw(key, each, dtype), broadcastInDim(x, each, range(x.shape.length).map(i => i + lead))), along + lead);
  }
  const k = sizeOf(prefix);
  if (k > size) throw new CotangentError('value', `${name}: ${k} draws without replacement from ${size} categories`);
  const noisy = add(x, gumbelDraw(key, x.shape, dtype));
  const last = transpose(noisy, [...range(x.shape.length).filter(i => i !== along), along]);
  const [, chosen] = topK(last, k, batch.length);
  return reshape(transpose(chosen, [batch.length, ...range(batch.length)]), full);
}
