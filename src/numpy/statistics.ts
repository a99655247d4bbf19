// Statistics beside mean and variance: weighted means, covariances, ranges, counts, histograms of bins that are known. Floor 7.
import { agree, floatOnly, intOnly } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import { sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Floats, Reduced, ReduceAxes, ReduceOptions, Tensor } from '../ir/tensor.ts';
import { div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike, reduceSum } from '../primitive/broadcast.ts';
import { gt, lt } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { scatterAdd } from '../primitive/gather.ts';
import { sqrt } from '../primitive/power.ts';
import { reshape } from '../primitive/reshape.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { transpose } from '../primitive/transpose.ts';
import type { Axes } from '../shape/axis.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { edgesOf, membership } from './bins.ts';
import { diagonal } from './diagonals.ts';
import { stretched } from './operands.ts';
import { max, min } from './reduce.ts';
import { reduced, reductionOptions } from './reductionPlan.ts';
import { typed } from './typed.ts';

/** As a reduction's options, with weights that broadcast to the tensor. */
export interface AverageOptions<Axis, Keep, D extends DType> extends ReduceOptions<Axis, Keep> { readonly weights?: Tensor<Shape, D> }
/**
 * The weighted mean over the axes; without weights the mean. NaN where the weights sum to 0.
 *
 * @throws `dtype` for integers and bools, and where dtypes differ; `shape` where the weights do not broadcast; `axis` where an axis is out of range.
 * @example
 * average(tensor([1, 2, 4]), { weights: tensor([1, 1, 2]) }); // -> 2.75
 */
export const average = <S extends Shape, D extends DType, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Floats<S, D, 'average', K>, options?: AverageOptions<ReduceAxes<S, Axis, Keep, K>, Keep, NoInfer<D>>): Reduced<S, D, Axis, Keep, K> =>
  reduced('average', x, options, (t, { axes }) => {
    floatOnly('average', t.dtype);
    const given = options?.weights;
    const weights: AnyTensor = given === undefined ? constantLike(1, t) : handleOf(given, 'average');
    agree(t.dtype, weights.dtype);
    const wide = stretched(weights, t.shape);
    return div(reduceSum(mul(t, wide), axes), reduceSum(wide, axes));
  }, averageOptions);
const averageOptions = { ...reductionOptions, weights: 'any' } as const;

/**
 * The greatest less the least element over the axes.
 *
 * @throws `axis` where an axis is out of range, given twice or empty.
 * @example
 * ptp(tensor([3, 1, 7])); // -> 6
 */
export const ptp = <S extends Shape, D extends Float | Int, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, D>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, D, Axis, Keep, K> => {
  optionsOf('ptp', options, { axis: 'any', keepdims: 'flag' });
  return typed(sub(typed(max(x, options)), typed(min(x, options))));
};

/**
 * How many elements are not 0 over the axes, as i32. NaN counts.
 *
 * @throws `axis` where an axis is out of range or given twice.
 * @example
 * countNonzero(tensor([0, 1, 2])); // -> 2
 */
export const countNonzero = <S extends Shape, const Axis extends Axes = undefined, const Keep extends boolean = false, K = unknown>(
  x: Tensor<S, DType>, options?: ReduceOptions<ReduceAxes<S, Axis, Keep, K>, Keep>): Reduced<S, 'i32', Axis, Keep, K> =>
  reduced('countNonzero', x, options, (t, { axes }) => reduceSum(convert(convert(t, 'bool'), 'i32'), axes));

/** Whether rows (the default) or columns are variables, and what is taken from the number of observations before dividing: default 1. */
export interface CovarianceOptions<R> { readonly rowvar?: R; readonly ddof?: number }
type Square<S extends Shape, R> =
  S extends readonly [number] ? [] : S extends readonly [infer m extends number, infer n extends number] ? R extends false ? [n, n] : [m, m] : Shape;
function covariance(name: string, x: AnyTensor, { rowvar = true, ddof = 1 }: CovarianceOptions<boolean>): AnyTensor {
  floatOnly(name, x.dtype);
  if (x.shape.length < 1 || x.shape.length > 2) throw new ShapeError(`${name}: [${x.shape.join(', ')}] is neither a vector nor a matrix of observations`);
  const rows = x.shape.length === 1 ? reshape(x, [1, at(x.shape, 0)]) : rowvar ? x : transpose(x, [1, 0]);
  const n = at(rows.shape, 1);
  const sums = reduceSum(rows, [1]);
  const centred = sub(rows, broadcastInDim(div(sums, constantLike(n, sums)), rows.shape, [0]));
  const products = dotGeneral(centred, centred, { lhsContract: [1], rhsContract: [1], lhsBatch: [], rhsBatch: [] });
  return div(products, constantLike(n - ddof, products));
}

/**
 * The covariances of variables, which are rows (or columns, `rowvar: false`) of observations; of a vector its variance. Divided by n - 1.
 *
 * @throws `dtype` for integers and bools, `shape` for more than two axes.
 * @example
 * cov(tensor([[1, 2, 3], [1, 2, 6]])); // -> [[1, 2.5], [2.5, 7]]
 */
export const cov = <S extends Shape, D extends Float, const R extends boolean = true>(x: Tensor<S, D>, options?: CovarianceOptions<R>): Tensor<Square<S, R>, D> => {
  const found = covariance('cov', handleOf(x, 'cov'), optionsOf('cov', options, { rowvar: 'flag', ddof: 'number' }) ?? {});
  return typed(x.shape.length === 1 ? reshape(found, []) : found);
};

/**
 * The correlations of variables, which are rows (or columns, `rowvar: false`) of observations, kept within [-1, 1].
 *
 * @throws `dtype` for integers and bools, `shape` for more than two axes.
 * @example
 * corrcoef(tensor([[1, 2, 3], [3, 2, 1]])); // -> [[1, -1], [-1, 1]]
 */
export const corrcoef = <S extends Shape, D extends Float, const R extends boolean = true>(x: Tensor<S, D>, options?: { readonly rowvar?: R }): Tensor<Square<S, R>, D> => {
  const products = covariance('corrcoef', handleOf(x, 'corrcoef'), optionsOf('corrcoef', options, { rowvar: 'flag' }) ?? {});
  const spread = sqrt(handleOf(diagonal(typed(products)), 'corrcoef'));
  const scaled = div(div(products, broadcastInDim(spread, products.shape, [0])), broadcastInDim(spread, products.shape, [1]));
  const [least, greatest] = [constantLike(-1, scaled), constantLike(1, scaled)];
  const kept = select(gt(scaled, greatest), greatest, select(lt(scaled, least), least, scaled));
  return typed(x.shape.length === 1 ? reshape(kept, []) : kept);
};

// ---- histograms --------------------------------------------------------------------------------------------------------------

/** How often each of 0 ... length - 1 occurs, or the sums of weights. Others are dropped. */
function countInto(ids: AnyTensor, length: number, weights: AnyTensor | null): AnyTensor {
  const flat = reshape(ids, [sizeOf(ids.shape)]);
  const updates = weights === null ? constant(1, flat.shape, 'i32') : reshape(weights, flat.shape);
  return scatterAdd(constant(0, [length], updates.dtype), flat, updates, { axis: 0 });
}

/** How many counts there are (data do not decide it), and what each element counts for. */
export interface CountOptions<L, D extends DType> { readonly length: L; readonly weights?: Tensor<Shape, D> }
/**
 * How often each of 0, 1, ..., length - 1 occurs among integers; others are not counted. i32, or the sums of weights in their dtype.
 *
 * @throws `dtype` where the elements are no integers, `shape` where there is not one weight for each.
 * @example
 * bincount(tensor([0, 2, 2], 'i32'), { length: 4 }); // -> [1, 0, 2, 0]
 */
export const bincount = <const L extends number, D extends Float | Int = 'i32'>(x: Tensor<Shape, Int>, options: CountOptions<L, D>): Tensor<Dims<[L]>, D> => {
  const ids = handleOf(x, 'bincount');
  intOnly('bincount', ids.dtype);
  const { length, weights }: CountOptions<number, D> = optionsOf('bincount', options ?? null, { length: 'integer', weights: 'any' });
  if (!Number.isSafeInteger(length) || length < 0) throw new ShapeError(`bincount: ${length} is not a dim`);
  return typed(countInto(ids, length, weights === undefined ? null : weightsOf('bincount', weights, ids)));
};
function weightsOf(name: string, weights: AnyTensor, x: AnyTensor): AnyTensor {
  const handle = handleOf(weights, name);
  if (sizeOf(handle.shape) !== sizeOf(x.shape)) throw new ShapeError(`${name}: weights [${handle.shape.join(', ')}] for elements [${x.shape.join(', ')}]`);
  return handle;
}

/** The range of the bins, and what each element counts for. */
export interface HistogramOptions<D extends DType> {
  /** The least and the greatest edge; by default those of the elements. */
  readonly range?: readonly [low: number, high: number];
  readonly weights?: Tensor<Shape, D>;
  /** Divides the counts by their sum and the widths of the bins. */
  readonly density?: boolean;
}

/**
 * The edges of equal bins over the range of the elements, or over a given one.
 *
 * @throws `dtype` for integers and bools, `shape` where the number of bins is not positive, `value` for an empty range.
 * @example
 * histogramBinEdges(tensor([1, 2, 5]), 2); // -> [1, 3, 5]
 */
export const histogramBinEdges = <D extends Float, const N extends number>(x: Tensor<Shape, D>, bins: N, options: { readonly range?: readonly [low: number, high: number] } = {}): Tensor<Shape, D> => {
  const handle = handleOf(x, 'histogramBinEdges');
  floatOnly('histogramBinEdges', handle.dtype);
  return typed(edgesOf('histogramBinEdges', handle, bins, optionsOf('histogramBinEdges', options, { range: 'any' }).range));
};

/**
 * [how many elements fall into each bin, the edges of the bins]. Bins hold their lower edge, the last one its upper edge too. A number makes equal
 * bins over the range of the elements, or over a given one; a vector holds the edges. Counts have the dtype of the elements, as in JAX.
 *
 * @throws `dtype` for integers and bools, `shape` where the number of bins is not positive, `value` for an empty range.
 * @example
 * histogram(tensor([1, 2, 2, 5]), 2)[0]; // -> [3, 1]
 * histogram(tensor([1, 2, 2, 5]), tensor([0, 2, 6]))[0]; // -> [1, 3]
 */
export const histogram = <D extends Float>(x: Tensor<Shape, D>, bins: number | Tensor<readonly [number], NoInfer<D>>, options: HistogramOptions<NoInfer<D>> = {}): [Tensor<readonly [number], D>, Tensor<readonly [number], D>] => {
  const handle = handleOf(x, 'histogram');
  floatOnly('histogram', handle.dtype);
  optionsOf('histogram', options, { range: 'any', weights: 'any', density: 'flag' });
  const edges: AnyTensor = typeof bins === 'number' ? edgesOf('histogram', handle, bins, options.range) : handleOf(bins, 'histogram');
  agree(handle.dtype, edges.dtype);
  const n = at(edges.shape, 0) - 1;
  const flat = reshape(handle, [sizeOf(handle.shape)]);
  const inside = membership(flat, edges);
  const shape = [at(flat.shape, 0), n];
  const given = options.weights;
  const weights = given === undefined ? constantLike(1, flat) : reshape(weightsOf('histogram', given, handle), flat.shape);
  const counts = reduceSum(select(inside, broadcastInDim(weights, shape, [0]), constant(0, shape, flat.dtype)), [0]);
  const result = options.density === true ? div(div(counts, broadcastInDim(reduceSum(counts, [0]), [n], [])), sub(sliceAxis(edges, 0, 1, n + 1), sliceAxis(edges, 0, 0, n))) : counts;
  return typed([result, edges]);
};
