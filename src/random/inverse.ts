// Continuous draws that are functions of one or two simpler ones: exponential, Laplace, Gumbel, logistic, Cauchy and their kin. Floor 7.
// JAX's formulas, so equal to JAX's up to the last places of log and tan; gradients pass through the parameters (pathwise).
import { CotangentError } from '../error.ts';
import { roundTo, type Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import { constantLike, reduceSum } from '../primitive/broadcast.ts';
import { le, lt } from '../primitive/comparison.ts';
import { at } from '../primitive/define.ts';
import { cos, exp, log, log1p, sin } from '../primitive/exponential.ts';
import { pow, sqrt } from '../primitive/power.ts';
import { abs, sign } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { signs } from './discrete.ts';
import { drawing, expectKey, split, type Key } from './key.ts';
import { normalDraw } from './normal.ts';
import { expectWithin, readParameters, type Asked, type Drawn, type DrawnDType, type Parameter, type Read, type Together } from './parameter.ts';
import { expectFloat, uniformBetween, unitUniform, type DrawOptions } from './uniform.ts';

/** The least positive normal number, the distance from 1 to the next number, and half of it. */
export const tiny: { readonly [D in Float]: number } = { f32: 2 ** -126, f64: 2 ** -1022, f16: 2 ** -14 };
const epsilon: { readonly [D in Float]: number } = { f32: 2 ** -23, f64: 2 ** -52, f16: 2 ** -10 };

const times = (x: AnyTensor, c: number): AnyTensor => mul(x, constantLike(c, x));
const plus = (x: AnyTensor, c: number): AnyTensor => add(x, constantLike(c, x));

/** A distribution without parameters. */
type Standard = <const S extends Shape, D extends Float = 'f32'>(key: Key, shape: S, options?: DrawOptions<D>) => Tensor<Dims<S>, NoInfer<D>>;
const standard = (name: string, draw: (key: Key, shape: Shape, dtype: Float) => AnyTensor): Standard => (key, shape, options) => {
  const dtype: Float = optionsOf(name, options, { dtype: 'dtype' })?.dtype ?? 'f32';
  expectFloat(dtype, name);
  expectKey(key, name);
  return typed(draw(key, shape, dtype));
};

export const exponentialDraw = (key: Key, shape: Shape, dtype: Float): AnyTensor => neg(log1p(neg(unitUniform(key, shape, dtype))));
export const gumbelDraw = (key: Key, shape: Shape, dtype: Float): AnyTensor => neg(log(neg(log(uniformBetween(key, shape, dtype, tiny[dtype], 1)))));

/**
 * Numbers with density exp(-x) for x >= 0: mean 1.
 *
 * @example
 * import { np, random } from 'cotangent';
 * np.min(random.exponential(random.key(0), [100])).itemSync() >= 0; // -> true
 */
export const exponential: Standard = standard('random.exponential', exponentialDraw);

/**
 * Numbers with density exp(-|x|) / 2: mean 0, variance 2.
 *
 * @example
 * import { random } from 'cotangent';
 * random.laplace(random.key(0), [2, 3]).shape; // -> [2, 3]
 */
export const laplace: Standard = standard('random.laplace', (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, roundTo(dtype, -1 + epsilon[dtype] / 2), 1);
  return mul(sign(u), log1p(neg(abs(u))));
});

/**
 * Numbers with distribution function exp(-exp(-x)): the greatest of many. Added to logits their argmax is a draw of the category.
 *
 * @example
 * import { random } from 'cotangent';
 * random.gumbel(random.key(0), [2, 3]).shape; // -> [2, 3]
 */
export const gumbel: Standard = standard('random.gumbel', gumbelDraw);

/**
 * Numbers with distribution function 1 / (1 + exp(-x)).
 *
 * @example
 * import { random } from 'cotangent';
 * random.logistic(random.key(0), [2, 3]).shape; // -> [2, 3]
 */
export const logistic: Standard = standard('random.logistic', (key, shape, dtype) => {
  const u = uniformBetween(key, shape, dtype, tiny[dtype], 1);
  return sub(log(u), log1p(neg(u)));
});

/**
 * Numbers with density 1 / (pi (1 + x^2)), which have no mean.
 *
 * @example
 * import { random } from 'cotangent';
 * random.cauchy(random.key(0), [2, 3]).shape; // -> [2, 3]
 */
export const cauchy: Standard = standard('random.cauchy', (key, shape, dtype) => {
  const angle = times(plus(uniformBetween(key, shape, dtype, epsilon[dtype], 1), -0.5), roundTo(dtype, Math.PI));
  return div(sin(angle), cos(angle));
});

/**
 * Lengths of vectors of three standard normal numbers.
 *
 * @example
 * import { random } from 'cotangent';
 * random.maxwell(random.key(0), [2, 3]).shape; // -> [2, 3]
 */
export const maxwell: Standard = standard('random.maxwell', (key, shape, dtype) => {
  const x = normalDraw(key, [...shape, 3], dtype);
  return sqrt(reduceSum(mul(x, x), [shape.length]));
});

/** A draw with parameters: they are read, the key counts as used once. */
export function drawn(name: string, key: Key, parameters: readonly (number | AnyTensor)[], shape: unknown, dtype: Float | undefined, draw: (key: Key, read: Read) => AnyTensor): never {
  const read = readParameters(name, parameters, typed(shape), dtype);
  return typed(drawing(key, name, k => draw(k, read)));
}
const first = ({ values }: Read): AnyTensor => at(values, 0);

/**
 * exp(sigma z) for standard normal z.
 *
 * @throws `value` for a negative number sigma.
 * @example
 * import { random } from 'cotangent';
 * random.lognormal(random.key(0), 0.5, [2, 3]).shape; // -> [2, 3]
 */
export const lognormal = <A extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, sigma: A, shape?: Asked<Together<A, number, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, number, K>, S>, DrawnDType<A, number, D>> => {
  const { dtype } = optionsOf('random.lognormal', options, { dtype: 'dtype' });
  expectWithin('random.lognormal', 'sigma', sigma, 0, Infinity);
  return drawn('random.lognormal', key, [sigma], shape, dtype, (k, r) => exp(mul(normalDraw(k, r.shape, r.dtype), first(r))));
};

/**
 * Numbers with density b / x^(b + 1) for x >= 1.
 *
 * @throws `value` for a number b that is not positive.
 * @example
 * import { np, random } from 'cotangent';
 * np.min(random.pareto(random.key(0), 3, [100])).itemSync() >= 1; // -> true
 */
export const pareto = <A extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, b: A, shape?: Asked<Together<A, number, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, number, K>, S>, DrawnDType<A, number, D>> => {
  const { dtype } = optionsOf('random.pareto', options, { dtype: 'dtype' });
  expectWithin('random.pareto', 'b', b, 0, Infinity, 'open');
  return drawn('random.pareto', key, [b], shape, dtype, (k, r) => exp(div(exponentialDraw(k, r.shape, r.dtype), first(r))));
};

/**
 * Lengths of vectors of two normal numbers of a standard deviation.
 *
 * @throws `value` for a number that is not positive.
 * @example
 * import { np, random } from 'cotangent';
 * np.min(random.rayleigh(random.key(0), 2, [100])).itemSync() >= 0; // -> true
 */
export const rayleigh = <A extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, scale: A, shape?: Asked<Together<A, number, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, number, K>, S>, DrawnDType<A, number, D>> => {
  const { dtype } = optionsOf('random.rayleigh', options, { dtype: 'dtype' });
  expectWithin('random.rayleigh', 'the scale', scale, 0, Infinity, 'open');
  // 1 - u is never 0, whose logarithm has no root.
  return drawn('random.rayleigh', key, [scale], shape, dtype, (k, r) => mul(first(r), sqrt(times(exponentialDraw(k, r.shape, r.dtype), 2))));
};

/**
 * Weibull numbers: scale e^(1 / concentration) for e with density exp(-e).
 *
 * @throws `value` for numbers that are not positive.
 * @example
 * import { random } from 'cotangent';
 * random.weibullMin(random.key(0), 1, 2, [2, 3]).shape; // -> [2, 3]
 */
export const weibullMin = <A extends Parameter, B extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, scale: A, concentration: B, shape?: Asked<Together<A, B, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, B, K>, S>, DrawnDType<A, B, D>> => {
  const { dtype } = optionsOf('random.weibullMin', options, { dtype: 'dtype' });
  expectWithin('random.weibullMin', 'the scale', scale, 0, Infinity, 'open');
  expectWithin('random.weibullMin', 'the concentration', concentration, 0, Infinity, 'open');
  return drawn('random.weibullMin', key, [scale, concentration], shape, dtype, (k, r) => {
    const c = at(r.values, 1);
    return mul(pow(exponentialDraw(k, r.shape, r.dtype), div(constantLike(1, c), c)), first(r));
  });
};

/**
 * Numbers whose density rises in a line from `left` to `mode` and falls in another to `right`.
 *
 * @throws `value` for numbers that are not in order.
 * @example
 * import { np, random } from 'cotangent';
 * np.max(random.triangular(random.key(0), -1, 0, 2, [100])).itemSync() <= 2; // -> true
 */
export const triangular = <const S extends Shape, D extends Float = 'f32', K = unknown>(key: Key, left: number, mode: number, right: number, shape: Asked<[], S, K>, options: DrawOptions<D> = {}): Tensor<Dims<S>, NoInfer<D>> => {
  const { dtype } = optionsOf('random.triangular', options, { dtype: 'dtype' });
  if (!(left <= mode && mode <= right && left < right)) throw new CotangentError('value', `random.triangular: left ${left}, mode ${mode}, right ${right} are not in order`);
  return drawn('random.triangular', key, [left, mode, right], shape, dtype, (k, { values, shape: full, dtype: d }) => {
    const [l, m, r] = [at(values, 0), at(values, 1), at(values, 2)];
    const u = unitUniform(k, full, d);
    const width = sub(r, l);
    const rising = add(l, sqrt(mul(mul(u, width), sub(m, l))));
    const falling = sub(r, sqrt(mul(mul(sub(constantLike(1, u), u), width), sub(r, m))));
    return select(lt(u, div(sub(m, l), width)), rising, falling);
  });
};

/**
 * Inverse Gaussian numbers of a mean, with shape parameter 1. Michael, Schucany, Haas, "Generating random variates using transformations with
 * multiple roots", 1976. The gradient with respect to the mean is that of the root that was taken.
 *
 * @throws `value` for a number that is not positive.
 * @example
 * import { np, random } from 'cotangent';
 * np.min(random.wald(random.key(0), 1, [100])).itemSync() > 0; // -> true
 */
export const wald = <A extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, mean: A, shape?: Asked<Together<A, number, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, number, K>, S>, DrawnDType<A, number, D>> => {
  const { dtype } = optionsOf('random.wald', options, { dtype: 'dtype' });
  expectWithin('random.wald', 'the mean', mean, 0, Infinity, 'open');
  return drawn('random.wald', key, [mean], shape, dtype, (k, r) => {
    const [k1, k2] = split(k);
    const m = first(r);
    const v = normalDraw(k1, r.shape, r.dtype);
    const y = mul(v, v);
    const m2 = mul(m, m);
    const x = sub(add(m, times(mul(m2, y), 0.5)), mul(times(m, 0.5), sqrt(add(times(mul(m, y), 4), mul(m2, mul(y, y))))));
    return select(le(unitUniform(k2, r.shape, r.dtype), div(m, add(m, x))), x, div(m2, x));
  });
};

/**
 * A Maxwell number with a random sign, times `scale`, plus `loc`.
 *
 * @throws `value` for a negative number `scale`.
 * @example
 * import { random } from 'cotangent';
 * random.doubleSidedMaxwell(random.key(0), 0, 1, [2, 3]).shape; // -> [2, 3]
 */
export const doubleSidedMaxwell = <A extends Parameter, B extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, loc: A, scale: B, shape?: Asked<Together<A, B, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, B, K>, S>, DrawnDType<A, B, D>> => {
  const { dtype } = optionsOf('random.doubleSidedMaxwell', options, { dtype: 'dtype' });
  expectWithin('random.doubleSidedMaxwell', 'the scale', scale, 0, Infinity);
  return drawn('random.doubleSidedMaxwell', key, [loc, scale], shape, dtype, (k, r) => {
    const [k1, k2] = split(k);
    const x = normalDraw(k1, [...r.shape, 3], r.dtype);
    const size = sqrt(reduceSum(mul(x, x), [r.shape.length]));
    return add(mul(mul(signs(k2, r.shape, r.dtype), size), at(r.values, 1)), first(r));
  });
};
