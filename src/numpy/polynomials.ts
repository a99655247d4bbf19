// Polynomials as vectors of coefficients, the highest power first. Floor 7.
import { agree } from '../dtype/agree.ts';
import { CotangentError, ShapeError } from '../error.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add, div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike } from '../primitive/broadcast.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import type { Add, Shape, Sub } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';
import { convolve } from './calculus.ts';
import { fromData } from './create.ts';
import { typed } from './typed.ts';

function coefficients(name: string, p: AnyTensor): AnyTensor {
  const handle = handleOf(p, name);
  if (handle.shape.length !== 1) throw new ShapeError(`${name}: coefficients [${handle.shape.join(', ')}] are no vector`);
  return handle;
}

/**
 * The value of a polynomial at each element of `x`, by Horner's rule.
 *
 * @throws `shape` where the coefficients are no vector, `dtype` where the dtypes differ.
 * @example
 * polyval(tensor([1, 0, -1]), tensor([2, 3])); // -> [3, 8]
 */
export const polyval = <D extends Float | Int, S extends Shape>(p: Tensor<[number], D>, x: Tensor<S, NoInfer<D>>): Tensor<S, D> => {
  const [c, point]: readonly [AnyTensor, AnyTensor] = [coefficients('polyval', p), handleOf(x, 'polyval')];
  agree(c.dtype, point.dtype);
  const term = (i: number): AnyTensor => broadcastInDim(reshape(sliceAxis(c, 0, i, i + 1), []), point.shape, []);
  const n = at(c.shape, 0);
  return typed(range(n).reduce<AnyTensor>((sum, i) => i === 0 ? term(0) : add(mul(sum, point), term(i)), constantLike(0, point)));
};

/** The coefficients with zeros before them. */
const padded = (p: AnyTensor, n: number): AnyTensor => at(p.shape, 0) >= n ? p : concatenate([constant(0, [n - at(p.shape, 0)], p.dtype), p], 0);
function together(name: string, p: AnyTensor, q: AnyTensor, f: (a: AnyTensor, b: AnyTensor) => AnyTensor): never {
  const [a, b] = [coefficients(name, p), coefficients(name, q)];
  agree(a.dtype, b.dtype);
  const n = Math.max(at(a.shape, 0), at(b.shape, 0));
  return typed(f(padded(a, n), padded(b, n)));
}
/**
 * The sum of two polynomials.
 *
 * @throws `shape` where coefficients are no vector, `dtype` where the dtypes differ.
 * @example
 * polyadd(tensor([1, 2]), tensor([5])); // -> [1, 7]
 */
export const polyadd = <D extends Float | Int>(p: Tensor<[number], D>, q: Tensor<[number], NoInfer<D>>): Tensor<[number], D> => together('polyadd', p, q, add);

/**
 * The difference of two polynomials.
 *
 * @throws `shape` where coefficients are no vector, `dtype` where the dtypes differ.
 * @example
 * polysub(tensor([1, 2]), tensor([5])); // -> [1, -3]
 */
export const polysub = <D extends Float | Int>(p: Tensor<[number], D>, q: Tensor<[number], NoInfer<D>>): Tensor<[number], D> => together('polysub', p, q, sub);

/**
 * The product of two polynomials.
 *
 * @throws `shape` where coefficients are no vector or empty, `dtype` where the dtypes differ or are integers.
 * @example
 * polymul(tensor([1, 1]), tensor([1, -1])); // -> [1, 0, -1]
 */
export const polymul = <N extends number, M extends number, D extends Float>(p: Tensor<[N], D>, q: Tensor<[M], NoInfer<D>>): Tensor<[Sub<Add<N, M>, 1>], D> => typed(convolve(p, q));

function order(name: string, m: number): void {
  if (!Number.isInteger(m) || m < 0) throw new CotangentError('value', `${name}: order ${m} is no natural number`);
}
const numbers = (values: readonly number[], dtype: DType): AnyTensor => convert(handleOf(fromData(Float64Array.from(values), [values.length], 'f64'), 'polyder'), dtype);
/**
 * The coefficients of the derivative, `m` times over.
 *
 * @throws `shape` where the coefficients are no vector, `value` where the order is no natural number.
 * @example
 * polyder(tensor([1, 2, 3])); // -> [2, 2]
 */
export const polyder = <D extends Float>(p: Tensor<[number], D>, m = 1): Tensor<[number], D> => {
  order('polyder', m);
  return typed(range(m).reduce<AnyTensor>(c => {
    const n = Math.max(0, at(c.shape, 0) - 1);
    return mul(sliceAxis(c, 0, 0, n), numbers(range(n).map(i => n - i), c.dtype));
  }, coefficients('polyder', p)));
};

/**
 * The coefficients of an integral that is 0 at 0, `m` times over.
 *
 * @throws `shape` where the coefficients are no vector, `value` where the order is no natural number.
 * @example
 * polyint(tensor([2, 2])); // -> [1, 2, 0]
 */
export const polyint = <D extends Float>(p: Tensor<[number], D>, m = 1): Tensor<[number], D> => {
  order('polyint', m);
  return typed(range(m).reduce<AnyTensor>(c => {
    const n = at(c.shape, 0);
    return concatenate([div(c, numbers(range(n).map(i => n - i), c.dtype)), constant(0, [1], c.dtype)], 0);
  }, coefficients('polyint', p)));
};

/**
 * The coefficients of the monic polynomial with the given roots.
 *
 * @throws `shape` where the roots are no vector.
 * @example
 * poly(tensor([1, -1])); // -> [1, 0, -1]
 */
export const poly = <N extends number, D extends Float>(roots: Tensor<[N], D>): Tensor<[Add<N, 1>], D> => {
  const r = coefficients('poly', roots);
  return typed(range(at(r.shape, 0)).reduce<AnyTensor>((p, i) => {
    const zero = constant(0, [1], p.dtype);
    const [up, by] = [concatenate([p, zero], 0), concatenate([zero, p], 0)];
    return sub(up, mul(by, broadcastInDim(reshape(sliceAxis(r, 0, i, i + 1), []), by.shape, [])));
  }, constant(1, [1], r.dtype)));
};
