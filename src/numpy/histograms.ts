// Histograms over several axes at once. Floor 7.
import { agree, floatOnly } from '../dtype/agree.ts';
import { ShapeError } from '../error.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { div, mul, sub } from '../primitive/arithmetic.ts';
import { broadcastInDim, constant, reduceSum } from '../primitive/broadcast.ts';
import { convert } from '../primitive/convert.ts';
import { at } from '../primitive/define.ts';
import { dotGeneral } from '../primitive/dot.ts';
import { reshape } from '../primitive/reshape.ts';
import { sliceAxis } from '../primitive/slice.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { edgesOf, membership } from './bins.ts';
import { typed } from './typed.ts';

/** The range of each axis, what each example counts for, and whether counts become densities. */
export interface HistogramddOptions<D extends DType> {
  /** The least and the greatest edge of each axis; null, or none at all: those of the examples. */
  readonly range?: readonly (readonly [low: number, high: number] | null)[];
  readonly weights?: Tensor<[number], D>;
  /** Divides the counts by their sum and the volumes of the bins. */
  readonly density?: boolean;
}
const kinds = { range: 'any', weights: 'any', density: 'flag' } as const;
/** A number of equal bins for every axis, or for each axis a number or a vector of edges. */
export type BinsOfAxes<D extends Float> = number | readonly (number | Tensor<readonly [number], D>)[];

function counted(name: string, axes: readonly AnyTensor[], bins: BinsOfAxes<Float>, options: HistogramddOptions<DType>): readonly [AnyTensor, readonly AnyTensor[]] {
  const each = typeof bins === 'number' ? axes.map(() => bins) : bins;
  if (each.length !== axes.length) throw new ShapeError(`${name}: bins for ${each.length} axes of ${axes.length}; give one number, or one entry for each`);
  const limits = options.range;
  if (limits !== undefined && limits.length !== axes.length) throw new ShapeError(`${name}: ranges for ${limits.length} axes of ${axes.length}; give one for each`);
  const edges = axes.map((x, i): AnyTensor => {
    const own = each[i] ?? 10;
    if (typeof own === 'number') return edgesOf(name, x, own, limits?.[i] ?? undefined);
    const handle = handleOf(own, name);
    agree(x.dtype, handle.dtype);
    return handle;
  });
  const n = at(axes[0]?.shape ?? [0], 0);
  const { dtype } = axes[0] ?? { dtype: 'f32' as const };
  const given = options.weights === undefined ? constant(1, [n], dtype) : handleOf(options.weights, name);
  if (given.shape.length !== 1 || given.shape[0] !== n) throw new ShapeError(`${name}: weights [${given.shape.join(', ')}] for ${n} examples`);
  agree(dtype, given.dtype);
  const held = axes.map((x, i) => convert(membership(x, edges[i] ?? x), typed(dtype)));
  const counts = held.map(h => at(h.shape, 1));
  // What an example counts for in each cell of the axes so far, [examples, cells]; the last axis sums over the examples.
  const cells = held.slice(0, -1).reduce((before, h) => {
    const [m, k] = [at(before.shape, 1), at(h.shape, 1)];
    return reshape(mul(broadcastInDim(before, [n, m, k], [0, 1]), broadcastInDim(h, [n, m, k], [0, 2])), [n, m * k]);
  }, reshape(given, [n, 1]));
  const last = held.at(-1) ?? cells;
  const table = reshape(dotGeneral(cells, last, { lhsContract: [0], rhsContract: [0], lhsBatch: [], rhsBatch: [] }), counts);
  if (options.density !== true) return [table, edges];
  const widths = edges.map(e => sub(sliceAxis(e, 0, 1, at(e.shape, 0)), sliceAxis(e, 0, 0, at(e.shape, 0) - 1)));
  const sum = reduceSum(table, range(counts.length));
  return [widths.reduce((t, w, axis) => div(t, broadcastInDim(w, counts, [axis])), div(table, broadcastInDim(sum, counts, []))), edges];
}

/**
 * [how many examples fall into each cell, the edges of the bins of each axis] of examples [n, axes]. Cells hold their lower edges, the last ones their
 * upper edges too. Counts have the dtype of the examples, as in JAX.
 *
 * @throws `dtype` for integers and bools, `shape` where the examples are no matrix, or bins, ranges or weights do not fit them, `value` for an empty range.
 * @example
 * const [cells, [across]] = np.histogramdd(tensor([[0, 0], [0, 1], [2, 1]]), 2);
 * cells; // -> [[1, 1], [0, 1]]
 * across; // -> [0, 1, 2]
 */
export const histogramdd = <D extends Float>(sample: Tensor<readonly [number, number], D>, bins: BinsOfAxes<NoInfer<D>> = 10, options: HistogramddOptions<NoInfer<D>> = {}): [Tensor<Shape, D>, Tensor<readonly [number], D>[]] => {
  optionsOf('histogramdd', options, kinds);
  const handle = handleOf(sample, 'histogramdd');
  floatOnly('histogramdd', handle.dtype);
  if (handle.shape.length !== 2) throw new ShapeError(`histogramdd: examples [${handle.shape.join(', ')}] are no matrix [n, axes]`);
  const axes = range(at(handle.shape, 1)).map(i => reshape(sliceAxis(handle, 1, i, i + 1), [at(handle.shape, 0)]));
  if (axes.length === 0) throw new ShapeError('histogramdd: the examples have no axes');
  return typed(counted('histogramdd', axes, bins, typed(options)));
};

/**
 * [how many points fall into each cell, the edges along x, the edges along y]: rows of the counts are bins of `x`, as in NumPy.
 *
 * @throws `dtype` for integers and bools, `shape` where `x` and `y` are no vectors of one length, `value` for an empty range.
 * @example
 * np.histogram2d(tensor([0, 0, 2]), tensor([0, 1, 1]), 2)[0]; // -> [[1, 1], [0, 1]]
 */
export const histogram2d = <N extends number, D extends Float>(x: Tensor<[N], D>, y: Tensor<[NoInfer<N>], NoInfer<D>>, bins: BinsOfAxes<NoInfer<D>> = 10, options: HistogramddOptions<NoInfer<D>> = {}): [Tensor<readonly [number, number], D>, Tensor<readonly [number], D>, Tensor<readonly [number], D>] => {
  optionsOf('histogram2d', options, kinds);
  const [a, b] = [handleOf(x, 'histogram2d'), handleOf(y, 'histogram2d')];
  floatOnly('histogram2d', a.dtype);
  agree(a.dtype, b.dtype);
  if (a.shape.length !== 1 || b.shape.length !== 1 || a.shape[0] !== b.shape[0]) throw new ShapeError(`histogram2d: [${a.shape.join(', ')}] and [${b.shape.join(', ')}] are no vectors of one length`);
  const [table, [ex, ey]] = counted('histogram2d', [a, b], bins, typed(options));
  return typed([table, ex, ey]);
};
