// Grids and rows of numbers: meshgrid, indices, logspace, geomspace, window functions. Numbers are computed once, on the host. Floor 7.
import { CotangentError } from '../error.ts';
import type { DType, Float } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { scaledBessel0 } from '../primitive/besselFunction.ts';
import { broadcastInDim } from '../primitive/broadcast.ts';
import { iota } from '../primitive/iota.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Dims } from '../shape/dim.ts';
import { meshgrid as meshgridShape, type Indexing, type Meshgrid } from '../shape/meshgrid.ts';
import { optionsOf } from '../shape/options.ts';
import { fromData } from './create.ts';
import { checkedShape, listedTensors } from './operands.ts';
import { eye, type DTypeOption, type LinspaceOptions } from './ranges.ts';
import type { ShapesOf } from './several.ts';
import { typed } from './typed.ts';

type Grids<Ts extends readonly AnyTensor[], I extends Indexing, K> = { -readonly [J in keyof Ts]: Ts[J] extends Tensor<infer _, infer D> ? Tensor<Ok<Meshgrid<ShapesOf<Ts>, I, K>, K>, D> : never };
/**
 * Vectors spread over the grid of all their combinations: one tensor for each. `xy` (the default) puts the first vector along axis 1, `ij` along axis 0.
 *
 * @throws `shape` where one is no vector.
 * @example
 * meshgrid([tensor([1, 2]), tensor([3, 4, 5])])[0]; // -> [[1, 2], [1, 2], [1, 2]]
 */
export const meshgrid = <const Ts extends readonly AnyTensor[], const I extends Indexing = 'xy', K = unknown>(
  xs: Check<Meshgrid<ShapesOf<Ts>, I, K>, Ts, K>, options?: { readonly indexing?: I }): Grids<Ts, I, K> => {
  const given: readonly AnyTensor[] = typed(xs);
  const list: readonly AnyTensor[] = listedTensors('meshgrid', given);
  const indexing: Indexing = optionsOf('meshgrid', options, { indexing: ['xy', 'ij'] })?.indexing ?? 'xy';
  const shape = meshgridShape(list.map(x => x.shape), indexing);
  return typed(list.map((x, i) => broadcastInDim(x, shape, [indexing === 'xy' && i < 2 && list.length > 1 ? 1 - i : i])));
};

/**
 * For each axis of a shape the index along it at every place: a tensor [rank, ...shape] of i32.
 *
 * @example
 * indices([2, 2]); // -> [[[0, 0], [1, 1]], [[0, 1], [0, 1]]]
 */
export const indices = <const S extends readonly number[]>(dimensions: S): Tensor<[S['length'], ...Dims<S>], 'i32'> => {
  const shape = checkedShape(dimensions, 'indices');
  const data = Int32Array.from({ length: shape.length * shape.reduce((n, d) => n * d, 1) });
  let next = 0;
  for (const axis of range(shape.length)) {
    const inner = shape.slice(axis + 1).reduce((n, d) => n * d, 1);
    const total = shape.reduce((n, d) => n * d, 1);
    for (let i = 0; i < total; i++) data[next++] = Math.floor(i / inner) % (shape[axis] ?? 1);
  }
  return typed(fromData(data, [shape.length, ...shape], 'i32'));
};

/** How the numbers of `logspace` are spaced: their base, default 10. */
export interface LogspaceOptions<D> extends LinspaceOptions<D> { readonly base?: number }
/**
 * `n` powers of a base (default 10) whose exponents lie at equal distances.
 *
 * @throws `shape` where `n` is no natural number.
 * @example
 * logspace(0, 2, 3); // -> [1, 10, 100]
 */
export const logspace = <const N extends number = 50, D extends Float = 'f32'>(start: number, stop: number, n?: N, options: LogspaceOptions<D> = {}): Tensor<Dims<[N]>, NoInfer<D>> =>
  spaced('logspace', n ?? 50, optionsOf('logspace', options, { endpoint: 'flag', base: 'number', dtype: 'dtype' }), t => (options.base ?? 10) ** (start * (1 - t) + stop * t));

/**
 * `n` numbers at equal ratios from `start` to `stop`, both included.
 *
 * @throws `value` where one is 0 or their signs differ, `shape` where `n` is no natural number.
 * @example
 * geomspace(1, 8, 4); // -> [1, 2, 4, 8]
 */
export const geomspace = <const N extends number = 50, D extends Float = 'f32'>(start: number, stop: number, n?: N, options: LinspaceOptions<D> = {}): Tensor<Dims<[N]>, NoInfer<D>> => {
  if (!(start * stop > 0)) throw new CotangentError('value', `geomspace: from ${start} to ${stop} there is no ratio; both must be positive, or both negative`);
  const ends = Math.log(stop / start);
  return spaced('geomspace', n ?? 50, optionsOf('geomspace', options, { endpoint: 'flag', dtype: 'dtype' }), t => t === 0 ? start : t === 1 ? stop : start * Math.exp(ends * t));
};
function spaced(name: string, n: number, options: { readonly endpoint?: boolean; readonly dtype?: DType }, f: (t: number) => number): never {
  checkedShape([n], name);
  const gaps = options.endpoint === false ? n : n - 1;
  return typed(fromData(Float64Array.from(range(n), i => f(gaps === 0 ? 0 : i / gaps)), [n], options.dtype ?? 'f32'));
}

/**
 * The identity matrix.
 *
 * @example
 * identity(2); // -> [[1, 0], [0, 1]]
 */
export const identity = <const N extends number, D extends DType = 'f32'>(n: N, options: DTypeOption<D> = {}): Tensor<Dims<[N, N]>, NoInfer<D>> => typed(eye<N, N, D>(n, n, optionsOf('identity', options, { dtype: 'dtype' })));

// ---- window functions ------------------------------------------------------------------------------------------------------

type Windowing = <const N extends number, D extends Float = 'f32'>(n: N, options?: DTypeOption<D>) => Tensor<Dims<[N]>, NoInfer<D>>;
/** Of `n` points the value at -1 ... 1. One point is the middle. */
const windowing = (name: string, f: (t: number) => number): Windowing => (n, options) => {
  const count: number = n;
  checkedShape([count], name);
  return typed(fromData(Float64Array.from(range(count), i => f(count === 1 ? 0 : 2 * i / (count - 1) - 1)), [count], optionsOf(name, options, { dtype: 'dtype' })?.dtype ?? 'f32'));
};

/**
 * The triangular window of `n` points, 0 at both ends.
 *
 * @example
 * bartlett(5); // -> [0, 0.5, 1, 0.5, 0]
 */
export const bartlett: Windowing = windowing('bartlett', t => 1 - Math.abs(t));

/**
 * The Hann window of `n` points: half a cosine, 0 at both ends.
 *
 * @example
 * hanning(5); // -> [0, 0.5, 1, 0.5, 0]
 */
export const hanning: Windowing = windowing('hanning', t => 0.5 + 0.5 * Math.cos(Math.PI * t));

/**
 * The Hamming window of `n` points: 0.54 + 0.46 cos.
 *
 * @example
 * hamming(3); // -> [0.08, 1, 0.08]
 */
export const hamming: Windowing = windowing('hamming', t => 0.54 + 0.46 * Math.cos(Math.PI * t));

/**
 * The Blackman window of `n` points.
 *
 * @example
 * blackman(1); // -> [1]
 */
export const blackman: Windowing = windowing('blackman', t => 0.42 + 0.5 * Math.cos(Math.PI * t) + 0.08 * Math.cos(2 * Math.PI * t));

/**
 * The Kaiser window of `n` points: `I0(beta sqrt(1 - t^2)) / I0(beta)`.
 *
 * @example
 * kaiser(3, 0); // -> [1, 1, 1]
 */
export const kaiser = <const N extends number, D extends Float = 'f32'>(n: N, beta: number, options: DTypeOption<D> = {}): Tensor<Dims<[N]>, NoInfer<D>> => {
  // Scaled by exp(-|x|), so that a great beta does not overflow.
  const i0e = (x: number): number => scaledBessel0(x);
  return windowing('kaiser', t => {
    const x = beta * Math.sqrt(Math.max(0, 1 - t * t));
    return i0e(x) / i0e(beta) * Math.exp(Math.abs(x) - Math.abs(beta));
  })<N, D>(n, options);
};

/**
 * One axis of a grid for each length, of length 1 along the others: together they broadcast to the grid.
 *
 * @example
 * ogrid([2, 3])[0]; // -> [[0], [1]]
 */
export const ogrid = (shape: readonly number[]): Tensor<readonly number[], 'i32'>[] =>
  checkedShape(shape, 'ogrid').map((n, axis) => typed(iota(shape.map((_, i) => i === axis ? n : 1), 'i32', axis)));
