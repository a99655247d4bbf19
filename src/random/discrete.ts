// Draws of integers and booleans: randint, bernoulli, rademacher, geometric. JAX's bits, to the bit where no logarithm is taken.
// Floor 7.
import { CotangentError, DTypeError } from '../error.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import { showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { stretched } from '../numpy/operands.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { constant, constantLike } from '../primitive/broadcast.ts';
import { eq, le, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { log, log1p } from '../primitive/exponential.ts';
import { floor, rem } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { randomBits } from '../primitive/threefry.ts';
import { broadcastTo } from '../shape/broadcast.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { drawing, split, type Key } from './key.ts';
import { expectWithin, readParameters, type Asked, type Drawn, type Parameter, type Together } from './parameter.ts';
import { unitUniform } from './uniform.ts';

/**
 * true with probability p.
 *
 * @param p a number, or a tensor of floats (NaN gives false).
 * @throws `value` for a number outside [0, 1], `shape` where `p` does not broadcast to the shape.
 * @example
 * import { random } from 'cotangent';
 * random.bernoulli(random.key(0), 0.3, [4]); // -> [false, false, false, false]
 */
export const bernoulli = <A extends Parameter, const S extends Shape | undefined = undefined, K = unknown>(key: Key, p: A, shape?: Asked<Together<A, number, K>, S, K>): Tensor<Drawn<Together<A, number, K>, S>, 'bool'> => {
  expectWithin('random.bernoulli', 'p', p, 0, 1);
  const read = readParameters('random.bernoulli', [p], typed(shape), undefined);
  return typed(drawing(key, 'random.bernoulli', k => lt(unitUniform(k, read.shape, read.dtype), at(read.values, 0))));
};

/** -1 or 1, as numbers of a dtype. */
export const signs = (key: Key, shape: readonly number[], dtype: DType): AnyTensor => {
  const half = lt(unitUniform(key, shape, 'f32'), constant(0.5, shape, 'f32'));
  return select(half, constant(1, shape, dtype), constant(-1, shape, dtype));
};
/**
 * -1 or 1, equally likely.
 *
 * @throws `dtype` for unsigned integers.
 * @example
 * import { random } from 'cotangent';
 * random.rademacher(random.key(0), [4]); // -> [-1, -1, 1, 1]
 */
export const rademacher = <const S extends Shape, D extends Float | 'i32' | 'i8' = 'i32'>(key: Key, shape: S, options: { readonly dtype?: D } = {}): Tensor<Dims<S>, NoInfer<D>> => {
  optionsOf('random.rademacher', options, { dtype: 'dtype' });
  const dtype: DType = options.dtype ?? 'i32';
  const signed: readonly DType[] = ['i32', 'i8', 'f32', 'f64', 'f16'];
  if (!signed.includes(dtype)) throw new DTypeError(`random.rademacher: ${dtype} has no -1`);
  return typed(drawing(key, 'random.rademacher', k => signs(k, [...shape], dtype)));
};

/** The integers that each dtype holds. */
const bounds: { readonly [D in Int]: readonly [number, number] } = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1], i8: [-128, 127], u8: [0, 255] };
/** An integer, or a tensor of integers of the dtype. */
export type IntegerBound<D extends Int = 'i32'> = number | Tensor<Shape, D>;
/**
 * Integers in [minval, maxval), equally likely up to 2^-32 of the span. Where `maxval` is not above
 * `minval` all are `minval`.
 *
 * @throws `value` for numbers that are no integers of the dtype (`maxval` may be one above), and a number `maxval` not above `minval`.
 * @example
 * import { random } from 'cotangent';
 * random.randint(random.key(0), [4], 0, 10).shape; // -> [4]
 */
export function randint<const S extends Shape, D extends Int = 'i32'>(key: Key, shape: S, minval: IntegerBound<NoInfer<D>>, maxval: IntegerBound<NoInfer<D>>, options?: { readonly dtype?: D }): Tensor<Dims<S>, NoInfer<D>>;
export function randint(key: Key, shape: Shape, minval: number | AnyTensor, maxval: number | AnyTensor, options: { readonly dtype?: Int } = {}): AnyTensor {
  const { dtype = 'i32' } = optionsOf('random.randint', options, { dtype: 'dtype' });
  const name = 'random.randint';
  const limits = Object.hasOwn(bounds, dtype) ? bounds[dtype] : undefined;
  if (limits === undefined) throw new DTypeError(`${name}: draws integers, not ${dtype}; use random.uniform`);
  const [least, most] = limits;
  for (const [what, x, above] of [['minval', minval, 0], ['maxval', maxval, 1]] as const) {
    if (typeof x !== 'number') {
      const h = handleOf(x, name);
      if (h.dtype !== dtype) throw new DTypeError(`${name}: ${what} is ${showAval(h.aval)}, the draws are ${dtype}; use astype`);
      broadcastTo(h.shape, shape);
    } else if (!Number.isInteger(x) || x < least || x > most + above) throw new CotangentError('value', `${name}: ${what} ${x} is no integer ${above === 0 ? `of ${dtype}` : `in ${dtype} or one above`}`);
  }
  if (typeof minval === 'number' && typeof maxval === 'number' && maxval <= minval) throw new CotangentError('value', `${name}: maxval ${maxval} is not above minval ${minval}`);
  return drawing(key, name, k => integers(k, [...shape], minval, maxval, dtype));
}
function integers(key: Key, shape: readonly number[], minval: number | AnyTensor, maxval: number | AnyTensor, dtype: Int): AnyTensor {
  // Bytes are drawn among words.
  if (dtype === 'u8' || dtype === 'i8') {
    const wide = (x: number | AnyTensor): number | AnyTensor => typeof x === 'number' ? x : convert(x, 'i32');
    return convert(integers(key, shape, wide(minval), wide(maxval), 'i32'), dtype);
  }
  const [k1, k2] = split(key);
  const [high, low] = [randomBits(k1, shape), randomBits(k2, shape)];
  const most = bounds[dtype][1];
  const tensor = (x: number | AnyTensor): AnyTensor => typeof x === 'number' ? constant(Math.min(x, most), shape, dtype) : stretched(x, shape);
  const [a, b] = [tensor(minval), tensor(maxval)];
  const width = convert(sub(b, a), 'u32');
  // A span of 0 stands for all 2^32 integers; x % 0 is x.
  const whole = typeof maxval === 'number' && maxval > most ? add(width, constantLike(1, width)) : width;
  const span = select(le(b, a), constantLike(1, width), whole);
  const once = rem(constantLike(2 ** 16, span), span);
  const factor = rem(mul(once, once), span);
  const offset = rem(add(mul(rem(high, span), factor), rem(low, span)), span);
  return add(a, convert(offset, dtype));
}

/** Indices below a number. */
export const integersBelow = (key: Key, shape: readonly number[], n: number): AnyTensor => integers(key, shape, 0, n, 'i32');

/**
 * How many trials it takes until one succeeds, 1 at least, each with probability p.
 *
 * @throws `value` for a number outside (0, 1].
 * @example
 * import { np, random } from 'cotangent';
 * np.min(random.geometric(random.key(0), 0.3, [100])).itemSync() >= 1; // -> true
 */
export const geometric = <A extends Parameter, const S extends Shape | undefined = undefined, K = unknown>(key: Key, p: A, shape?: Asked<Together<A, number, K>, S, K>): Tensor<Drawn<Together<A, number, K>, S>, 'i32'> => {
  if (typeof p === 'number' && !(p > 0 && p <= 1)) throw new CotangentError('value', `random.geometric: p ${p} is not in (0, 1]`);
  const read = readParameters('random.geometric', [p], typed(shape), undefined);
  return typed(drawing(key, 'random.geometric', k => {
    const u = unitUniform(k, read.shape, read.dtype);
    const inside = select(eq(u, constantLike(0, u)), constantLike(1, u), u);
    const trials = floor(div(log(inside), log1p(mul(at(read.values, 0), constantLike(-1, u)))));
    return add(convert(trials, 'i32'), constant(1, read.shape, 'i32'));
  }));
};
