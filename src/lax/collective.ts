// lax: operations over an axis that vmap names. Floor 7.
import { listed } from '../shape/dim.ts';
import { CotangentError, ShapeError } from '../error.ts';
import type { DType, Float, Int } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { broadcastInDim, constant, constantLike } from '../primitive/broadcast.ts';
import * as collective from '../primitive/collective.ts';
import { at } from '../primitive/define.ts';
import { dynamicSlice } from '../primitive/dynamicSlice.ts';
import { gather } from '../primitive/gather.ts';
import { ge } from '../primitive/comparison.ts';
import { fromData } from '../numpy/create.ts';
import { select } from '../primitive/select.ts';
import * as sharding from '../primitive/sharding.ts';
import { reshape } from '../primitive/reshape.ts';
import { moveAxis } from '../primitive/transpose.ts';
import { axisIndex as placeOf } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { sizeOfNamedAxis } from '../trace/axes.ts';
import { handleOf } from '../trace/handle.ts';

/**
 * The sum of `x` over the axis that an enclosing `vmap(f, { axisName })` maps, at every position of it.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 * @example
 * vmap((x: Scalar) => psum(x, 'batch'), { axisName: 'batch' })(tensor([1, 2, 3])); // -> [6, 6, 6]
 */
export const psum = <S extends Shape, D extends Float | Int>(x: Tensor<S, D>, axisName: string): Tensor<S, D> => typed(collective.psum(x, axisName));

/**
 * The mean of `x` over the named axis, at every position of it.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 * @example
 * vmap((x: Scalar) => np.subtract(x, pmean(x, 'batch')), { axisName: 'batch' })(tensor([1, 2, 3])); // -> [-1, 0, 1]
 */
export const pmean = <S extends Shape, D extends Float>(x: Tensor<S, D>, axisName: string): Tensor<S, D> => typed(collective.pmean(x, axisName));

/**
 * The position along the named axis, an i32 scalar.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 * @example
 * vmap((x: Scalar<'i32'>) => np.add(x, axisIndex('batch')), { axisName: 'batch' })(tensor([10, 10], 'i32')); // -> [10, 11]
 */
export const axisIndex = (axisName: string): Tensor<[], 'i32'> => typed(collective.axisIndex(axisName));

/**
 * The greatest value of `x` over the named axis, at every position of it; NaN wins, ties share the gradient.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 * @example
 * vmap((x: Scalar) => lax.pmax(x, 'batch'), { axisName: 'batch' })(tensor([1, 3, 2])); // -> [3, 3, 3]
 */
export const pmax = <S extends Shape, D extends Float | Int>(x: Tensor<S, D>, axisName: string): Tensor<S, D> => typed(collective.pmax(x, axisName));

/**
 * The least value of `x` over the named axis, at every position of it; NaN wins, ties share the gradient.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 * @example
 * vmap((x: Scalar) => lax.pmin(x, 'batch'), { axisName: 'batch' })(tensor([1, 3, 2])); // -> [1, 1, 1]
 */
export const pmin = <S extends Shape, D extends Float | Int>(x: Tensor<S, D>, axisName: string): Tensor<S, D> => typed(collective.pmin(x, axisName));

/**
 * How many positions the named axis has.
 *
 * @throws `axis` when no axis of that name is mapped around the call.
 * @example
 * vmap((x: Scalar) => np.divide(x, lax.axisSize('batch')), { axisName: 'batch' })(tensor([4, 8])); // -> [2, 4]
 */
export const axisSize = (axisName: string): number => sizeOfNamedAxis(axisName, 'axisSize');

/** Where what is gathered stands: along a new axis (default 0), or one after another along the axis that is there. */
export interface GatherOptions { readonly axis?: number; readonly tiled?: boolean }
/**
 * The values of `x` at all positions along the named axis, at every position of it.
 *
 * @throws `axis` when no axis of that name is mapped around the call, or the place is out of range.
 * @example
 * vmap((x: Scalar) => lax.allGather(x, 'batch'), { axisName: 'batch' })(tensor([1, 2])); // -> [[1, 2], [1, 2]]
 */
export const allGather = <S extends Shape, D extends DType>(x: Tensor<S, D>, axisName: string, options: GatherOptions = {}): Tensor<Shape, D> => typed(collective.allGather(x, axisName, optionsOf('allGather', options, { axis: 'number', tiled: 'flag' })));

/** The slice of a gathered array at a position that is computed, without its axis. */
function atPosition(gathered: AnyTensor, position: AnyTensor): AnyTensor {
  const shape = gathered.shape.slice(1);
  return reshape(dynamicSlice(gathered, [position, ...shape.map(() => constant(0, [], 'i32'))], [1, ...shape]), shape);
}
/** From where each position receives; -1 for zeros. */
function receive(name: string, x: AnyTensor, axisName: string, sources: readonly number[]): AnyTensor {
  const handle = handleOf(x, name);
  const own = collective.axisIndex(axisName);
  const table: AnyTensor = handleOf(fromData(Int32Array.from(sources), [sources.length], 'i32'), name);
  const source = gather(table, own, { axis: 0, mode: 'promise' });
  const taken = atPosition(collective.allGather(handle, axisName), source);
  if (!sources.includes(-1)) return taken;
  const sent = ge(source, constantLike(0, source));
  const zero = constantLike(0, taken);
  return select(broadcastTo(sent, taken.shape), taken, zero);
}
const broadcastTo = (x: AnyTensor, shape: readonly number[]): AnyTensor => broadcastInDim(x, shape, []);

/**
 * Sends `x` along the named axis by pairs [from, to]; positions that receive nothing have zeros.
 *
 * @throws `axis` when no axis of that name is mapped around the call, `value` where a position is outside, or sends or receives twice.
 * @example
 * vmap((x: Scalar) => lax.ppermute(x, 'batch', [[0, 1], [1, 2]]), { axisName: 'batch' })(tensor([1, 2, 3])); // -> [0, 1, 2]
 */
export const ppermute = <S extends Shape, D extends DType>(x: Tensor<S, D>, axisName: string, pairs: readonly (readonly [from: number, to: number])[]): Tensor<S, D> => {
  const size = sizeOfNamedAxis(axisName, 'ppermute');
  const sources = range(size).map(() => -1);
  const used = new Set<number>();
  for (const [from, to] of listed('ppermute', 'pairs', pairs).map(pair => listed('ppermute', 'a pair', pair))) {
    const inside = [from, to].every(i => Number.isInteger(i) && i >= 0 && i < size);
    if (!inside || used.has(from) || sources[to] !== -1) throw new CotangentError('value', `ppermute: [${from}, ${to}] among ${size} positions of '${axisName}': each sends and receives once at most`);
    used.add(from);
    sources[to] = from;
  }
  return typed(receive('ppermute', x, axisName, sources));
};

/**
 * Each position i of the named axis gets what position `permutation[i]` has.
 *
 * @throws `axis` when no axis of that name is mapped around the call, `value` where it is no permutation of the positions.
 * @example
 * vmap((x: Scalar) => lax.pshuffle(x, 'batch', [2, 0, 1]), { axisName: 'batch' })(tensor([1, 2, 3])); // -> [3, 1, 2]
 */
export const pshuffle = <S extends Shape, D extends DType>(x: Tensor<S, D>, axisName: string, permutation: readonly number[]): Tensor<S, D> => {
  const size = sizeOfNamedAxis(axisName, 'pshuffle');
  if (permutation.length !== size || !range(size).every(i => permutation.includes(i))) throw new CotangentError('value', `pshuffle: [${permutation.join(', ')}] is no permutation of the ${size} positions of '${axisName}'`);
  return typed(receive('pshuffle', x, axisName, permutation));
};

/**
 * An axis of `x`, as long as the named one, is dealt out over the positions, and what they get stands along `concatAxis`.
 *
 * @throws `axis` when no axis of that name is mapped around the call or an axis is out of range, `shape` where the lengths differ.
 * @example
 * vmap((x: Tensor<[2]>) => lax.allToAll(x, 'batch', 0, 0), { axisName: 'batch' })(tensor([[1, 2], [3, 4]])); // -> [[1, 3], [2, 4]]
 */
export const allToAll = <D extends DType>(x: Tensor<Shape, D>, axisName: string, splitAxis: number, concatAxis: number): Tensor<Shape, D> => {
  const handle = handleOf(x, 'allToAll');
  const from = splitAlong('allToAll', handle, axisName, splitAxis);
  const gathered = moveAxis(collective.allGather(handle, axisName), from + 1, 0);
  const own = atPosition(gathered, collective.axisIndex(axisName));
  return typed(moveAxis(own, 0, placeOf(own.shape, concatAxis)));
};
function splitAlong(name: string, x: AnyTensor, axisName: string, axis: number): number {
  const place = placeOf(x.shape, axis);
  const size = sizeOfNamedAxis(axisName, name);
  if (at(x.shape, place) !== size) throw new ShapeError(`${name}: axis ${axis} of [${x.shape.join(', ')}] is not as long as '${axisName}', which has ${size} positions`);
  return place;
}

/**
 * The named axis and an axis of `x`, which is as long, change places.
 *
 * @throws `axis` when no axis of that name is mapped around the call or the axis is out of range, `shape` where the lengths differ.
 * @example
 * vmap((x: Tensor<[2]>) => lax.pswapaxes(x, 'batch', 0), { axisName: 'batch' })(tensor([[1, 2], [3, 4]])); // -> [[1, 3], [2, 4]]
 */
export const pswapaxes = <D extends DType>(x: Tensor<Shape, D>, axisName: string, axis: number): Tensor<Shape, D> => allToAll(x, axisName, axis, axis);

/**
 * The sum over the named axis, of which each position keeps its own part of an axis that is as long.
 *
 * @throws `axis` when no axis of that name is mapped around the call or the axis is out of range, `shape` where the lengths differ.
 * @example
 * vmap((x: Tensor<[2]>) => lax.psumScatter(x, 'batch'), { axisName: 'batch' })(tensor([[1, 2], [3, 4]])); // -> [4, 6]
 */
export const psumScatter = <D extends Float | Int>(x: Tensor<Shape, D>, axisName: string, options: { readonly scatterDimension?: number } = {}): Tensor<Shape, D> => {
  optionsOf('psumScatter', options, { scatterDimension: 'number' });
  const handle = handleOf(x, 'psumScatter');
  const place = splitAlong('psumScatter', handle, axisName, options.scatterDimension ?? 0);
  return typed(atPosition(moveAxis(collective.psum(handle, axisName), place, 0), collective.axisIndex(axisName)));
};

/**
 * The value that one position of the named axis has, at every position of it.
 *
 * @throws `axis` when no axis of that name is mapped around the call, `value` where there is no such position.
 * @example
 * vmap((x: Scalar) => lax.pbroadcast(x, 'batch', 1), { axisName: 'batch' })(tensor([1, 2, 3])); // -> [2, 2, 2]
 */
export const pbroadcast = <S extends Shape, D extends DType>(x: Tensor<S, D>, axisName: string, source: number): Tensor<S, D> => {
  const size = sizeOfNamedAxis(axisName, 'pbroadcast');
  if (!Number.isInteger(source) || source < 0 || source >= size) throw new CotangentError('value', `pbroadcast: position ${source} among ${size} of '${axisName}'`);
  return typed(receive('pbroadcast', x, axisName, range(size).map(() => source)));
};

/**
 * The same values, with the wish that axis i be spread over the mesh axis `spec[i]` (null: over none). One machine ignores it; what scales out reads it.
 *
 * @throws `axis` where there is not one entry for each axis.
 * @example
 * lax.withShardingConstraint(tensor([[1, 2], [3, 4]]), ['data', null]); // -> [[1, 2], [3, 4]]
 */
export const withShardingConstraint = <S extends Shape, D extends DType>(x: Tensor<S, D>, spec: readonly (string | null)[]): Tensor<S, D> => typed(sharding.shardingConstraint(handleOf(x, 'withShardingConstraint'), spec));
