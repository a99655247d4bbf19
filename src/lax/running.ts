// lax: running reductions and order along an axis. Floor 7.
import type { DType, Float, Int } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { CotangentError } from '../error.ts';
import { at } from '../primitive/define.ts';
import * as cumulative from '../primitive/cumulative.ts';
import * as order from '../primitive/sort.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Cumulative } from '../shape/cumulative.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { topK as topKShape, type TopK } from '../shape/topK.ts';
import { handleOf } from '../trace/handle.ts';

type Running<Most extends DType> = <S extends Shape, D extends Most, const Axis extends number = 0, K = unknown>(
  x: Tensor<S, D>, axis?: Check<Cumulative<S, Axis, K>, Axis, K>, reverse?: boolean) => Tensor<S, D>;
const running = (name: string, run: (x: AnyTensor, p: { readonly axis: number; readonly reverse: boolean }) => AnyTensor) =>
  (x: AnyTensor, axis?: unknown, reverse = false): never => {
    const handle = handleOf(x, name);
    return typed(run(handle, { axis: axisIndex(handle.shape, typed(axis ?? 0)), reverse }));
  };

/**
 * The sum of all elements up to each one along an axis (default 0), or from each one on, `reverse`.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * lax.cumsum(tensor([1, 2, 3])); // -> [1, 3, 6]
 * lax.cumsum(tensor([1, 2, 3]), 0, true); // -> [6, 5, 3]
 */
export const cumsum: Running<Float | Int> = running('cumsum', cumulative.cumsum);

/**
 * The product of all elements up to each one along an axis.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * lax.cumprod(tensor([1, 2, 3])); // -> [1, 2, 6]
 */
export const cumprod: Running<Float | Int> = running('cumprod', cumulative.cumprod);

/**
 * The greatest element up to each one along an axis; NaN from the first NaN on.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * lax.cummax(tensor([1, 3, 2])); // -> [1, 3, 3]
 */
export const cummax: Running<DType> = running('cummax', cumulative.cummax);

/**
 * The least element up to each one along an axis; NaN from the first NaN on.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * lax.cummin(tensor([3, 1, 2])); // -> [3, 1, 1]
 */
export const cummin: Running<DType> = running('cummin', cumulative.cummin);

/**
 * The logarithm of the sum of exp of all elements up to each one along an axis, without overflow.
 *
 * @throws `axis` where the axis is out of range.
 * @example
 * lax.cumlogsumexp(tensor([1000, 1000])); // -> [1000, 1000.6931]
 */
export const cumlogsumexp: Running<Float> = running('cumlogsumexp', cumulative.cumlogsumexp);

/** One tensor, or several of one shape that are moved together. */
type Sortable = AnyTensor | readonly AnyTensor[];
/**
 * The elements of an axis (default the last) in ascending order, NaN last, equal elements in their order. Of several tensors the first is the key,
 * or the first `numKeys`, and the others are moved with it.
 *
 * @throws `axis` where the axis is out of range, `shape` where shapes differ.
 * @example
 * lax.sort(tensor([3, 1, 2])); // -> [1, 2, 3]
 * lax.sort([tensor([3, 1, 2]), tensor([30, 10, 20])])[1]; // -> [10, 20, 30]
 */
export const sort = <T extends Sortable>(operands: T, options: SortOptions = {}): T => typed(sorted(operands, optionsOf('sort', options, { dimension: 'number', numKeys: 'number' })));
/** Along which axis, and by how many of the operands. */
export interface SortOptions { readonly dimension?: number; readonly numKeys?: number }
const isList = (x: Sortable): x is readonly AnyTensor[] => Array.isArray(x);
function sorted(operands: Sortable, options: SortOptions): Sortable {
  const one = !isList(operands);
  const list: readonly AnyTensor[] = (isList(operands) ? operands : [operands]).map(x => handleOf(x, 'sort'));
  if (list.length === 0) throw new CotangentError('value', 'sort: no operands');
  const axis = axisIndex(at(list, 0).shape, options.dimension ?? -1);
  const { numKeys = 1 } = options;
  if (!Number.isInteger(numKeys) || numKeys < 1 || numKeys > list.length) throw new CotangentError('value', `sort: ${numKeys} keys among ${list.length} operands`);
  // Stable, the least important key first.
  const ordered = range(numKeys).reverse().reduce<readonly AnyTensor[]>((xs, key) => {
    const [moved, ...others] = order.sort(at(xs, key), xs.filter((_, i) => i !== key), axis);
    return moved === undefined ? xs : [...others.slice(0, key), moved, ...others.slice(key)];
  }, list);
  return one ? at(ordered, 0) : ordered;
}

/**
 * [the keys in ascending order along an axis (default the last), the values moved with them].
 *
 * @throws `axis` where the axis is out of range, `shape` where the shapes differ.
 * @example
 * lax.sortKeyVal(tensor([3, 1, 2]), tensor([30, 10, 20]))[1]; // -> [10, 20, 30]
 */
export const sortKeyVal = <S extends Shape, D extends DType, E extends DType>(keys: Tensor<S, D>, values: Tensor<NoInfer<S>, E>, dimension = -1): [Tensor<S, D>, Tensor<S, E>] => {
  const [k, v] = [handleOf(keys, 'sortKeyVal'), handleOf(values, 'sortKeyVal')];
  return typed(order.sort(k, [v], axisIndex(k.shape, dimension)));
};

/**
 * [the `k` greatest elements of the last axis, the greatest first; where they stood, as i32].
 *
 * @throws `shape` where the axis has fewer elements.
 * @example
 * lax.topK(tensor([1, 5, 3]), 2); // -> [[5, 3], [1, 2]]
 */
export const topK = <S extends Shape, D extends DType, const N extends number, K = unknown>(
  x: Tensor<S, D>, k: Check<TopK<S, N, -1, K>, N, K>): [Tensor<Ok<TopK<S, N, -1, K>, K>, D>, Tensor<Ok<TopK<S, N, -1, K>, K>, 'i32'>] => {
  const handle = handleOf(x, 'topK');
  topKShape(handle.shape, typed(k));
  return typed(order.topK(handle, typed(k), handle.shape.length - 1));
};
