// Poisson numbers: by multiplication below a rate of 10, by transformed rejection from there on. JAX's streams of keys. Floor 7.
// Knuth, "The art of computer programming", volume 2, 3.4.1; Hörmann, "The transformed rejection method for generating Poisson random
// variables", 1993.
import type { Float } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { add, div, mul, neg, sub } from '../primitive/arithmetic.ts';
import { constant, constantLike } from '../primitive/broadcast.ts';
import { eq, ge, gt, le, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { log } from '../primitive/exponential.ts';
import { lgamma } from '../primitive/gamma.ts';
import { and, not, or } from '../primitive/logical.ts';
import { sqrt } from '../primitive/power.ts';
import { reduceMax } from '../primitive/reduce.ts';
import { abs, floor } from '../primitive/rounding.ts';
import { select } from '../primitive/select.ts';
import { stopGradient } from '../primitive/stopGradient.ts';
import type { Shape } from '../shape/dim.ts';
import { whileLoop } from '../transform/control.ts';
import { drawing, split, type Key } from './key.ts';
import { expectWithin, readParameters, type Asked, type Drawn, type Parameter, type Together } from './parameter.ts';
import { unitUniform } from './uniform.ts';

const loop = whileLoop as (c: unknown, b: unknown, init: unknown) => readonly AnyTensor[];
const anyTrue = (p: AnyTensor): AnyTensor => gt(reduceMax(convert(p, 'i32'), range(p.shape.length)), constant(0, [], 'i32'));
const plus = (x: AnyTensor, c: number): AnyTensor => add(x, constantLike(c, x));
const times = (x: AnyTensor, c: number): AnyTensor => mul(x, constantLike(c, x));

/** How many uniform numbers have a product above exp(-lam). */
function byProduct(key: Key, lam: AnyTensor): AnyTensor {
  const going = ([, , product]: readonly AnyTensor[]): AnyTensor => gt(product ?? lam, neg(convert(lam, 'f32')));
  const [, k = lam] = loop((s: readonly AnyTensor[]) => anyTrue(going(s)), (s: readonly AnyTensor[]) => {
    const [rng, count, product] = [at(s, 0), at(s, 1), at(s, 2)];
    const [next, fresh] = split(typed(rng));
    return [next, select(going(s), plus(count, 1), count), add(product, log(unitUniform(fresh, lam.shape, 'f32')))];
  }, [key, constant(0, lam.shape, 'i32'), constant(0, lam.shape, 'f32')]);
  return plus(k, -1);
}

function byRejection(key: Key, lam: AnyTensor, dtype: Float): AnyTensor {
  const logLam = log(lam);
  const b = plus(times(sqrt(lam), 2.53), 0.931);
  const a = plus(times(b, 0.02483), -0.059);
  const inverseAlpha = plus(div(constantLike(1.1328, b), plus(b, -3.4)), 1.1239);
  const limit = sub(constantLike(0.9277, b), div(constantLike(3.6224, b), plus(b, -2)));
  const [, k = lam] = loop((s: readonly AnyTensor[]) => anyTrue(not(at(s, 2))), (s: readonly AnyTensor[]) => {
    const [rng, found, accepted] = [at(s, 0), at(s, 1), at(s, 2)];
    const [next, key0, key1] = split(typed(rng), 3);
    const u = plus(unitUniform(key0, lam.shape, dtype), -0.5);
    const v = unitUniform(key1, lam.shape, dtype);
    const left = sub(constantLike(0.5, u), abs(u));
    const count = floor(plus(add(mul(add(div(times(a, 2), left), b), u), lam), 0.43));
    const s1 = log(div(mul(v, inverseAlpha), add(div(a, mul(left, left)), b)));
    const t = sub(add(neg(lam), mul(count, logLam)), lgamma(plus(count, 1)));
    const inside = and(ge(left, constantLike(0.07, left)), le(v, limit));
    const outside = or(lt(count, constantLike(0, count)), and(lt(left, constantLike(0.013, left)), gt(v, left)));
    const accept = or(inside, and(not(outside), le(s1, t)));
    return [next, select(accept, count, found), or(accepted, accept)];
  }, [key, constantLike(-1, lam), constant(0, lam.shape, 'bool')]);
  return convert(k, 'i32');
}

/**
 * Poisson numbers of rate `lam`, which are their mean and their variance. They have no gradient.
 *
 * @throws `value` for a negative number; elements of a tensor that are negative or NaN give -1.
 * @example
 * import { np, random } from 'cotangent';
 * np.min(random.poisson(random.key(0), 4, [100])).itemSync() >= 0; // -> true
 */
export const poisson = <A extends Parameter, const S extends Shape | undefined = undefined, K = unknown>(key: Key, lam: A, shape?: Asked<Together<A, number, K>, S, K>): Tensor<Drawn<Together<A, number, K>, S>, 'i32'> => {
  expectWithin('random.poisson', 'lam', lam, 0, Infinity);
  const read = readParameters('random.poisson', [lam], typed(shape), undefined);
  return typed(drawing(key, 'random.poisson', k => {
    const rate = stopGradient(at(read.values, 0));
    const few = not(ge(rate, constantLike(10, rate)));
    const none = constantLike(0, rate);
    const drawn = select(few, byProduct(k, select(few, rate, none)), byRejection(k, select(few, constantLike(1e4, rate), rate), read.dtype));
    return select(eq(rate, none), constantLike(0, drawn), drawn);
  }));
};
