// Draws from what is given: elements of a tensor, correlated normal numbers, points of balls. Floor 7.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import { isFloat, type DType, type Float } from '../dtype/dtype.ts';
import { range, showAval, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { stretched } from '../numpy/operands.ts';
import { searchsorted } from '../numpy/sorting.ts';
import { add, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { cumsum } from '../primitive/cumulative.ts';
import { log } from '../primitive/exponential.ts';
import { gather } from '../primitive/gather.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { topK } from '../primitive/sort.ts';
import { axisIndex } from '../shape/axis.ts';
import { broadcast, broadcastTo } from '../shape/broadcast.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { integersBelow } from './discrete.ts';
import { gumbelDraw } from './inverse.ts';
import { drawing, type Key } from './key.ts';
import { normalDraw } from './normal.ts';
import { permuted } from './permutation.ts';
import { unitUniform } from './uniform.ts';

/** What a choice may be told. */
export interface ChoiceOptions {
  /** Whether an element may be chosen more than once. Default true. */
  readonly replace?: boolean;
  /** Probabilities of the elements, which need not sum to 1. Default equal ones. */
  readonly p?: Tensor<[number], Float>;
}
/**
 * Elements of a vector, or the integers 0 ... n - 1, chosen at random.
 *
 * @throws `value` for more elements than there are without replacement, or none to choose from; `shape` for probabilities of another number.
 * @example
 * import { random, tensor } from 'cotangent';
 * random.choice(random.key(0), tensor([10, 20, 30]), [4]).shape; // -> [4]
 * random.choice(random.key(0), 3, [2], { p: tensor([0, 1, 0]) }); // -> [1, 1]
 */
export function choice<const S extends Shape>(key: Key, a: number, shape: S, options?: ChoiceOptions): Tensor<Dims<S>, 'i32'>;
export function choice<D extends DType, const S extends Shape>(key: Key, a: Tensor<[number], D>, shape: S, options?: ChoiceOptions): Tensor<Dims<S>, D>;
export function choice<R extends Shape, D extends DType, const S extends Shape>(key: Key, a: Tensor<readonly [number, ...R], D>, shape: S, options?: ChoiceOptions): Tensor<[...Dims<S>, ...R], D>;
export function choice(key: Key, a: number | AnyTensor, shape: Shape, options: ChoiceOptions = {}): AnyTensor {
  const { replace = true, p } = optionsOf('random.choice', options, { replace: 'flag', p: 'any' });
  const name = 'random.choice';
  const x = typeof a === 'number' ? null : handleOf(a, name);
  if (x !== null && x.shape.length === 0) throw new ShapeError(`${name}: ${showAval(x.aval)} has no elements to choose from; give a vector, or a number`);
  const n = x === null ? Number(a) : x.shape[axisIndex(x.shape, 0)] ?? 0;
  if (!Number.isSafeInteger(n) || n < 0) throw new CotangentError('value', `${name}: ${n} is not a natural number`);
  const draws = sizeOf(shape);
  if (n === 0 && draws > 0) throw new CotangentError('value', `${name}: there is nothing to choose from`);
  if (!replace && draws > n) throw new CotangentError('value', `${name}: ${draws} elements cannot be chosen from ${n} without replacement`);
  const weights = p === undefined ? null : handleOf(p, name);
  if (weights !== null) {
    if (!isFloat(weights.dtype)) throw new DTypeError(`${name}: p is ${showAval(weights.aval)}; use astype to a float dtype`);
    if (weights.shape.length !== 1 || weights.shape[0] !== n) throw new ShapeError(`${name}: p is ${showAval(weights.aval)}, there are ${n} elements`);
  }
  return drawing(key, name, k => {
    if (weights === null && !replace) {
      const order = sliceAxis(permuted(k, x ?? n, 0), 0, 0, draws);
      return reshape(order, [...shape, ...order.shape.slice(1)]);
    }
    const indices = reshape(weights === null ? integersBelow(k, [...shape], n) : weighted(k, weights, [...shape], replace), [...shape]);
    return x === null ? indices : gather(x, indices, { axis: 0, mode: 'promise' });
  });
}
function weighted(key: Key, p: AnyTensor, shape: readonly number[], replace: boolean): AnyTensor {
  const dtype: Float = p.dtype === 'f64' || p.dtype === 'f16' ? p.dtype : 'f32';
  if (!replace) return topK(add(gumbelDraw(key, p.shape, dtype), log(p)), sizeOf(shape), 0)[1];
  const upTo = cumsum(p, { axis: 0, reverse: false });
  const last = p.shape[0] ?? 0;
  const u = unitUniform(key, shape, dtype);
  const total = broadcastInDim(reshape(sliceAxis(upTo, 0, last - 1, last), []), shape, []);
  const search = searchsorted as (a: AnyTensor, v: AnyTensor) => AnyTensor;
  return search(upTo, mul(total, sub(constantLike(1, u), u)));
}

/**
 * Normal numbers of a mean (the last axis) and a covariance, given by its lower Cholesky factor L: mean + L z.
 *
 * @param factor [..., n, n]: JAX takes the covariance L L^T in its place.
 * @param shape that of the batch; default that of mean and factor together.
 * @throws `shape` where mean and factor do not fit each other or the shape.
 * @example
 * import { random, tensor } from 'cotangent';
 * random.multivariateNormal(random.key(0), tensor([1, 2]), tensor([[1, 0], [0.5, 2]]), [3]).shape; // -> [3, 2]
 */
export function multivariateNormal<B extends Shape, N extends number, D extends Float>(key: Key, mean: Tensor<readonly [...B, N], D>, factor: Tensor<readonly [N, N], D>): Tensor<[...B, N], D>;
export function multivariateNormal<B extends Shape, N extends number, D extends Float, const S extends Shape>(key: Key, mean: Tensor<readonly [...B, N], D>, factor: Tensor<readonly [...Shape, N, N], D>, shape: S): Tensor<[...Dims<S>, N], D>;
export function multivariateNormal(key: Key, mean: AnyTensor, factor: AnyTensor, shape?: Shape): AnyTensor {
  const name = 'random.multivariateNormal';
  const [m, l] = [handleOf(mean, name), handleOf(factor, name)];
  const n = m.shape.at(-1);
  if (n === undefined || l.shape.length < 2 || l.shape.at(-1) !== n || l.shape.at(-2) !== n) throw new ShapeError(`${name}: the mean is ${showAval(m.aval)}, so the factor must be [..., ${n ?? 'n'}, ${n ?? 'n'}], got ${showAval(l.aval)}`);
  if (!isFloat(m.dtype) || l.dtype !== m.dtype) throw new DTypeError(`${name}: the mean is ${m.dtype}, the factor ${l.dtype}; both must be one float dtype`);
  const { dtype } = m;
  const own = broadcast(m.shape.slice(0, -1), l.shape.slice(0, -2));
  const batch = shape === undefined ? own : broadcastTo(own, shape);
  return drawing(key, name, k => {
    const z = broadcastInDim(normalDraw(k, [...batch, n], dtype), [...batch, n, n], [...range(batch.length), batch.length + 1]);
    const spread = reduceSum(mul(stretched(l, [...batch, n, n]), z), [batch.length + 1]);
    return add(stretched(m, [...batch, n]), spread);
  });
}
