// Gamma numbers by rejection, and what is made of them: beta, Dirichlet, chi-square, Student's t, F. Floor 7.
// Marsaglia, Tsang, "A simple method for generating gamma variables", 2000, with JAX's stream of keys; gradients with respect to the shape
// parameter by implicit reparameterisation: Figurnov, Mohamed, Mnih, "Implicit reparameterization gradients", 2018.
import { ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import { range, showAval, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import { constant, constantLike } from '../primitive/broadcast.ts';
import { eq, ge, gt, le, lt } from '../primitive/comparison.ts';
import { softmax } from '../primitive/composites.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { exp, log, log1p } from '../primitive/exponential.ts';
import { max } from '../primitive/extremum.ts';
import { digamma } from '../primitive/gamma.ts';
import { gammaDensity, igammaGradA } from '../primitive/incompleteGamma.ts';
import { iota } from '../primitive/iota.ts';
import { and, or } from '../primitive/logical.ts';
import { pow, sqrt } from '../primitive/power.ts';
import { reduceMax } from '../primitive/reduce.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { stopGradient } from '../primitive/stopGradient.ts';
import { threefry2x32 } from '../primitive/threefry.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { whileLoop } from '../transform/control.ts';
import { customJvp } from '../transform/customJvp.ts';
import { drawn } from './inverse.ts';
import { split, wordsOf, type Key } from './key.ts';
import { normalDraw, normalFromUnit } from './normal.ts';
import { expectWithin, type Asked, type Drawn, type DrawnDType, type Parameter, type Together } from './parameter.ts';
import { unitFromWords, type DrawOptions } from './uniform.ts';

/** A key for each element, as two arrays of words. */
type Lanes = readonly [AnyTensor, AnyTensor];
/** The i-th key that each one splits into. */
function child([k0, k1]: Lanes, i: number): Lanes {
  return threefry2x32(k0, k1, constantLike(0, k0), constantLike(i, k0));
}
/** One uniform number of each key. */
const unitOf = ([k0, k1]: Lanes, dtype: Float): AnyTensor => unitFromWords(threefry2x32(k0, k1, constantLike(0, k0), constantLike(0, k0)), dtype);
const where = (p: AnyTensor, a: readonly AnyTensor[], b: readonly AnyTensor[]): readonly AnyTensor[] => a.map((x, i) => select(p, x, at(b, i)));
const anyTrue = (p: AnyTensor): AnyTensor => gt(reduceMax(convert(p, 'i32'), range(p.shape.length)), constant(0, [], 'i32'));
/** Repeats `step` on the elements for which `unfinished` holds, as long as there are any. */
function rejection(start: readonly AnyTensor[], unfinished: (state: readonly AnyTensor[]) => AnyTensor, step: (state: readonly AnyTensor[]) => readonly AnyTensor[]): readonly AnyTensor[] {
  const loop = whileLoop as (c: unknown, b: unknown, init: unknown) => readonly AnyTensor[];
  return loop((s: readonly AnyTensor[]) => anyTrue(unfinished(s)), (s: readonly AnyTensor[]) => where(unfinished(s), step(s), s), start);
}

/** Gamma numbers of shape `a` (one array), or their logarithms, without a gradient. */
function sampled(key: Key, a: AnyTensor, dtype: Float, logSpace: boolean): AnyTensor {
  const n = at(a.shape, 0);
  const one = constantLike(1, a);
  const times = (x: AnyTensor, c: number): AnyTensor => mul(x, constantLike(c, x));
  const [w0, w1] = wordsOf(key, [n]);
  const keys = threefry2x32(w0, w1, constant(0, [n], 'u32'), iota([n], 'u32', 0));
  const large = ge(a, one);
  const d = sub(select(large, a, add(a, one)), constantLike(1 / 3, a));
  const c = div(constantLike(1 / 3, a), sqrt(d));
  const lanesOf = (s: readonly AnyTensor[]): Lanes => [at(s, 0), at(s, 1)];
  // [two words, x^2, v, u]: the first state is refused, so that every element is drawn once.
  const start = [...child(keys, 0), constantLike(0, a), one, constantLike(2, a)];
  const refused = (s: readonly AnyTensor[]): AnyTensor => {
    const [x2, v, u] = [at(s, 2), at(s, 3), at(s, 4)];
    return and(ge(u, sub(one, times(x2, 0.0331))), ge(log(u), add(times(x2, 0.5), mul(d, add(sub(one, v), log(v))))));
  };
  const [, , , v] = rejection(start, refused, s => {
    const lanes = lanesOf(s);
    const [, , x, root] = rejection([...child(lanes, 1), constantLike(0, a), constantLike(-1, a)], t => le(at(t, 3), constantLike(0, a)), t => {
      const x1 = normalFromUnit(unitOf(child(lanesOf(t), 1), dtype), dtype);
      return [...child(lanesOf(t), 0), x1, add(one, mul(x1, c))];
    });
    if (x === undefined || root === undefined) throw new ShapeError('random.gamma: the state of the loop is incomplete');
    return [...child(lanes, 0), mul(x, x), mul(mul(root, root), root), unitOf(child(lanes, 2), dtype)];
  });
  if (v === undefined) throw new ShapeError('random.gamma: the state of the loop is incomplete');
  const u = unitOf(child(keys, 1), dtype);
  // Below 1 the draw of a + 1 is multiplied by u^(1 / a). There is no gamma number of a negative shape.
  const legal = gt(a, constantLike(0, a));
  if (logSpace) {
    const e = log1p(neg(u));
    const boost = select(or(large, eq(e, constantLike(0, e))), constantLike(0, a), div(e, a));
    return select(legal, add(add(log(d), log(v)), boost), constantLike(NaN, a));
  }
  const boost = select(large, one, pow(sub(one, u), div(one, a)));
  return select(legal, mul(mul(d, v), boost), constantLike(NaN, a));
}

/** Below this the distribution function is x^a / Gamma(a + 1) to all digits, and its density may overflow. */
const small: { readonly [D in Float]: number } = { f32: 2 ** -100, f64: 2 ** -900, f16: 2 ** -13 };
/** dx/da along the quantile that was drawn: - (dP/da) / (dP/dx). */
function slope(a: AnyTensor, x: AnyTensor): AnyTensor {
  const few = lt(x, constantLike(small[floatOf(x)], x));
  const one = constantLike(1, x);
  const inside = select(few, one, x);
  const general = neg(div(igammaGradA(a, inside), gammaDensity(a, inside)));
  const positive = gt(x, constantLike(0, x));
  const near = mul(x, div(sub(digamma(add(a, one)), log(select(positive, x, one))), a));
  return select(few, near, general);
}
/** The same for y = log x. */
function logSlope(a: AnyTensor, y: AnyTensor): AnyTensor {
  const x = exp(y);
  const few = lt(x, constantLike(small[floatOf(x)], x));
  const one = constantLike(1, x);
  const inside = select(few, one, x);
  const general = neg(div(igammaGradA(a, inside), mul(inside, gammaDensity(a, inside))));
  return select(few, div(sub(digamma(add(a, one)), y), a), general);
}
const floatOf = (x: AnyTensor): Float => x.dtype === 'f64' || x.dtype === 'f16' ? x.dtype : 'f32';
type Implicit = (a: AnyTensor, x: AnyTensor) => AnyTensor;
/** The draw, with the derivative of the quantile; to any order, since the rule speaks of the draw itself. */
const implicit = (of: Implicit): Implicit => {
  const rule = ([a, x]: readonly [AnyTensor, AnyTensor], [da]: readonly [AnyTensor | null, unknown]): readonly [AnyTensor, AnyTensor] => {
    const y = draw(a, x);
    return [y, mul(da ?? constantLike(0, y), of(a, y))];
  };
  const draw: Implicit = typed(customJvp((_a: AnyTensor, x: AnyTensor) => x, rule as never));
  return draw;
};
const implicitGamma = implicit(slope);
const implicitLogGamma = implicit(logSlope);

/** Gamma numbers of any shape, or their logarithms, with their gradient. */
function gammaDraw(key: Key, a: AnyTensor, dtype: Float, logSpace: boolean): AnyTensor {
  const flat = reshape(stopGradient(a), [sizeOf(a.shape)]);
  const x = stopGradient(reshape(sampled(key, flat, dtype, logSpace), a.shape));
  return logSpace ? implicitLogGamma(a, x) : implicitGamma(a, x);
}

/**
 * Gamma numbers of shape `a` and scale 1: mean a, variance a. The gradient with respect to `a` is that of the quantile.
 *
 * @throws `value` for a number that is not positive; a tensor's elements that are not give NaN.
 * @example
 * import { grad, np, random, tensor, type Scalar } from 'cotangent';
 * random.gamma(random.key(0), 2.5, [2, 3]).shape; // -> [2, 3]
 * const mean = (a: Scalar): Scalar => np.mean(random.gamma(random.key(1), a, [1000]));
 * Math.abs(grad(mean)(tensor(3)).itemSync() - 1) < 0.1; // -> true
 */
export const gamma = <A extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, a: A, shape?: Asked<Together<A, number, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, number, K>, S>, DrawnDType<A, number, D>> => {
  const { dtype } = optionsOf('random.gamma', options, { dtype: 'dtype' });
  expectWithin('random.gamma', 'a', a, 0, Infinity, 'open');
  return drawn('random.gamma', key, [a], shape, dtype, (k, r) => gammaDraw(k, at(r.values, 0), r.dtype, false));
};

/**
 * Logarithms of gamma numbers of shape `a`: where `a` is small the numbers themselves would be 0.
 *
 * @throws `value` for a number that is not positive; a tensor's elements that are not give NaN.
 * @example
 * import { random } from 'cotangent';
 * Number.isFinite(random.loggamma(random.key(0), 0.001).itemSync()); // -> true
 */
export const loggamma = <A extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, a: A, shape?: Asked<Together<A, number, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, number, K>, S>, DrawnDType<A, number, D>> => {
  const { dtype } = optionsOf('random.loggamma', options, { dtype: 'dtype' });
  expectWithin('random.loggamma', 'a', a, 0, Infinity, 'open');
  return drawn('random.loggamma', key, [a], shape, dtype, (k, r) => gammaDraw(k, at(r.values, 0), r.dtype, true));
};

/**
 * Beta numbers in [0, 1] with density in proportion to x^(a - 1) (1 - x)^(b - 1). Gradients with respect to both pass through two gamma numbers.
 *
 * @throws `value` for numbers that are not positive; elements of tensors that are not give NaN.
 * @example
 * import { random } from 'cotangent';
 * random.beta(random.key(0), 2, 3, [2, 3]).shape; // -> [2, 3]
 */
export const beta = <A extends Parameter, B extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, a: A, b: B, shape?: Asked<Together<A, B, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, B, K>, S>, DrawnDType<A, B, D>> => {
  const { dtype } = optionsOf('random.beta', options, { dtype: 'dtype' });
  expectWithin('random.beta', 'a', a, 0, Infinity, 'open');
  expectWithin('random.beta', 'b', b, 0, Infinity, 'open');
  return drawn('random.beta', key, [a, b], shape, dtype, (k, r) => {
    const [keyA, keyB] = split(k);
    const [la, lb] = [gammaDraw(keyA, at(r.values, 0), r.dtype, true), gammaDraw(keyB, at(r.values, 1), r.dtype, true)];
    const most = stopGradient(max(la, lb));
    const [ga, gb] = [exp(sub(la, most)), exp(sub(lb, most))];
    return div(ga, add(ga, gb));
  });
};

/**
 * Points of a simplex with density in proportion to the product of x_i^(alpha_i - 1), along the last axis of `alpha`.
 *
 * @param shape that of the points' batch; default that of `alpha` without its last axis.
 * @throws `shape` for a scalar, elements that are not positive give NaN.
 * @example
 * import { np, random, tensor } from 'cotangent';
 * const points = random.dirichlet(random.key(0), tensor([1, 2, 3]), [4]);
 * points.shape; // -> [4, 3]
 * np.allclose(np.sum(points, { axis: 1 }), tensor([1, 1, 1, 1])); // -> true
 */
export function dirichlet<const S extends Shape, N extends number, D extends Float, const T extends Shape = S>(key: Key, alpha: Tensor<readonly [...S, N], D>, shape?: T): Tensor<[...Dims<T>, N], D>;
export function dirichlet(key: Key, alpha: AnyTensor, shape?: Shape): AnyTensor {
  const x = handleOf(alpha, 'random.dirichlet');
  const size = x.shape.at(-1);
  if (size === undefined) throw new ShapeError(`random.dirichlet: alpha is ${showAval(x.aval)}, it needs an axis of categories`);
  return drawn('random.dirichlet', key, [x], [...shape ?? x.shape.slice(0, -1), size], undefined, (k, r) => softmax(gammaDraw(k, at(r.values, 0), r.dtype, true), r.shape.length - 1));
}

/**
 * Chi-square numbers: sums of `df` squares of standard normal numbers.
 *
 * @throws `value` for a number that is not positive.
 * @example
 * import { random } from 'cotangent';
 * random.chisquare(random.key(0), 3, [2, 3]).shape; // -> [2, 3]
 */
export const chisquare = <A extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, df: A, shape?: Asked<Together<A, number, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, number, K>, S>, DrawnDType<A, number, D>> => {
  const { dtype } = optionsOf('random.chisquare', options, { dtype: 'dtype' });
  expectWithin('random.chisquare', 'df', df, 0, Infinity, 'open');
  return drawn('random.chisquare', key, [df], shape, dtype, (k, r) => chisquareDraw(k, at(r.values, 0), r.dtype));
};
function chisquareDraw(key: Key, df: AnyTensor, dtype: Float): AnyTensor {
  const two = constantLike(2, df);
  return mul(exp(gammaDraw(key, div(df, two), dtype, true)), two);
}

/**
 * Student's t: a standard normal number over the root of a chi-square one per degree of freedom.
 *
 * @throws `value` for a number that is not positive.
 * @example
 * import { random } from 'cotangent';
 * random.t(random.key(0), 5, [2, 3]).shape; // -> [2, 3]
 */
export const t = <A extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, df: A, shape?: Asked<Together<A, number, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, number, K>, S>, DrawnDType<A, number, D>> => {
  const { dtype } = optionsOf('random.t', options, { dtype: 'dtype' });
  expectWithin('random.t', 'df', df, 0, Infinity, 'open');
  return drawn('random.t', key, [df], shape, dtype, (k, r) => {
    const [keyN, keyG] = split(k);
    const half = div(at(r.values, 0), constantLike(2, at(r.values, 0)));
    return mul(normalDraw(keyN, r.shape, r.dtype), sqrt(div(half, gammaDraw(keyG, half, r.dtype, false))));
  });
};

/**
 * F: the ratio of two chi-square numbers per degree of freedom.
 *
 * @throws `value` for numbers that are not positive.
 * @example
 * import { random } from 'cotangent';
 * random.f(random.key(0), 5, 7, [2, 3]).shape; // -> [2, 3]
 */
export const f = <A extends Parameter, B extends Parameter, const S extends Shape | undefined = undefined, D extends Float = 'f32', K = unknown>(
  key: Key, dfnum: A, dfden: B, shape?: Asked<Together<A, B, K>, S, K>, options: DrawOptions<D> = {}): Tensor<Drawn<Together<A, B, K>, S>, DrawnDType<A, B, D>> => {
  const { dtype } = optionsOf('random.f', options, { dtype: 'dtype' });
  expectWithin('random.f', 'dfnum', dfnum, 0, Infinity, 'open');
  expectWithin('random.f', 'dfden', dfden, 0, Infinity, 'open');
  return drawn('random.f', key, [dfnum, dfden], shape, dtype, (k, r) => {
    const [keyD, keyN] = split(k);
    const [num, den] = [at(r.values, 0), at(r.values, 1)];
    return div(div(chisquareDraw(keyN, num, r.dtype), num), div(chisquareDraw(keyD, den, r.dtype), den));
  });
};
