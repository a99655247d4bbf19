// lax: reductions over windows, of bits, and by any associative function of several tensors at once. Floor 7.
import type { DType, Float, Int } from '../dtype/dtype.ts';
import { CotangentError, ShapeError } from '../error.ts';
import { range, sameShape, sizeOf } from '../ir/aval.ts';
import type { AnyTensor, Reduced, ReduceAxes, Scalar, Tensor } from '../ir/tensor.ts';
import { typed } from '../numpy/typed.ts';
import { broadcastInDim, constant } from '../primitive/broadcast.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { at } from '../primitive/define.ts';
import { and, or, xor } from '../primitive/logical.ts';
import { reduceMax, reduceMin } from '../primitive/reduce.ts';
import { reduceWindowMax, reduceWindowMean, reduceWindowMin, reduceWindowSum } from '../primitive/reduceWindow.ts';
import { reshape } from '../primitive/reshape.ts';
import { slice } from '../primitive/slice.ts';
import { transpose } from '../primitive/transpose.ts';
import type { WindowParams } from '../primitive/window.ts';
import { axisIndices } from '../shape/axis.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { planReduceWindow, type ReduceWindow } from '../shape/reduceWindow.ts';
import type { PerAxis, WindowPadding } from '../shape/window.ts';
import { vmap } from '../transform/vmap.ts';
import { handleOf } from '../trace/handle.ts';

/** What becomes of the elements of a window. The mean counts no padding. */
export type WindowReduction = 'sum' | 'max' | 'min' | 'mean';
/** How windows lie: one number for all axes, or one for each. */
export interface ReduceWindowOptions<St, P, Di, Ba> {
  /** From window to window. Default 1. */
  readonly strides?: St;
  /** `valid` (the default), `same`, one number for all ends, or [low, high] for each axis. Padding takes no part. */
  readonly padding?: P;
  /** From element to element of a window. Default 1. */
  readonly windowDilation?: Di;
  /** From element to element of the operand. Default 1. */
  readonly baseDilation?: Ba;
}
/**
 * The sum, extremum or mean of the elements in each window, along every axis.
 *
 * @throws `shape` where window and options do not fit.
 * @example
 * lax.reduceWindow(tensor([1, 5, 2, 4]), 'max', 2); // -> [5, 5, 4]
 * lax.reduceWindow(tensor([1, 5, 2, 4]), 'sum', [3], { padding: 'same' }); // -> [6, 8, 11, 6]
 */
export const reduceWindow = <
  S extends Shape, D extends Float | Int, const W extends PerAxis, const St extends PerAxis = 1, const P extends WindowPadding = 'valid', const Di extends PerAxis = 1, const Ba extends PerAxis = 1, K = unknown,
>(x: Tensor<S, D>, reduction: WindowReduction, window: Check<ReduceWindow<S, W, St, P, Di, Ba, K>, W, K>, options: ReduceWindowOptions<St, P, Di, Ba> = {}): Tensor<Ok<ReduceWindow<S, W, St, P, Di, Ba, K>, K>, D> => {
  optionsOf('reduceWindow', options, { strides: 'any', padding: 'any', windowDilation: 'any', baseDilation: 'any' });
  const handle = handleOf(x, 'reduceWindow');
  const { strides, padding, windowDilation, baseDilation }: ReduceWindowOptions<PerAxis, WindowPadding, PerAxis, PerAxis> = options;
  const plan = planReduceWindow(handle.shape, typed(window), { strides, padding, dilation: windowDilation, baseDilation });
  const params: WindowParams = { window: plan.window, strides: plan.strides, padding: plan.padding, baseDilation: plan.baseDilation, windowDilation: plan.dilation };
  const run: { readonly [R in WindowReduction]: (x: AnyTensor, p: WindowParams) => AnyTensor } = { sum: reduceWindowSum, max: reduceWindowMax, min: reduceWindowMin, mean: reduceWindowMean };
  const reduced: ((x: AnyTensor, p: WindowParams) => AnyTensor) | undefined = run[reduction];
  if (reduced === undefined) throw new CotangentError('options', `reduceWindow: ${JSON.stringify(reduction)} is no reduction; take one of ${Object.keys(run).join(', ')}`);
  return typed(reduced(handle, params));
};

// ---- any associative function ------------------------------------------------------------------------------------------------

/** Adjacent elements of the leading axis are combined until one is left: about log2(n) steps. */
function folded(xs: readonly AnyTensor[], combine: (a: readonly AnyTensor[], b: readonly AnyTensor[]) => readonly AnyTensor[]): readonly AnyTensor[] {
  let list = xs;
  for (let n = at(at(list, 0).shape, 0); n > 1; n = at(at(list, 0).shape, 0)) {
    const even = n - n % 2;
    const every = (x: AnyTensor, from: number): AnyTensor => slice(x, [from, ...x.shape.slice(1).map(() => 0)], [even, ...x.shape.slice(1)], [2, ...x.shape.slice(1).map(() => 1)]);
    const combined = combine(list.map(x => every(x, 0)), list.map(x => every(x, 1)));
    const before = list;
    list = n === even ? combined : combined.map((y, i) => concatenate([y, slice(at(before, i), [even, ...y.shape.slice(1).map(() => 0)], [n, ...y.shape.slice(1)])], 0));
  }
  return list.map(x => reshape(x, x.shape.slice(1)));
}
/** With the reduced axes as one leading axis. */
function leading(x: AnyTensor, axes: readonly number[]): AnyTensor {
  const others = range(x.shape.length).filter(axis => !axes.includes(axis));
  return reshape(transpose(x, [...axes, ...others]), [sizeOf(axes.map(axis => at(x.shape, axis))), ...others.map(axis => at(x.shape, axis))]);
}

type Scalars<Ts extends readonly AnyTensor[]> = { -readonly [I in keyof Ts]: Ts[I] extends Tensor<infer _S, infer D> ? Scalar<D> : never };
type AllReduced<Ts extends readonly AnyTensor[], Axes extends readonly number[], K> = { -readonly [I in keyof Ts]: Ts[I] extends Tensor<infer S, infer D> ? Reduced<S, D, Axes, false, K> : never };
/**
 * Several tensors of one shape reduced together over some axes by an associative function of scalars; each result starts from its initial value.
 * Adjacent elements are combined first, in row-major order, so the function need not commute.
 *
 * @throws `shape` where shapes differ, `axis` where an axis is out of range or given twice, `value` where there is not one initial value for each.
 * @example
 * const [best, where] = lax.reduce([tensor([3, 7, 5]), lax.iota('i32', 3)], [tensor(-Infinity), tensor(-1, 'i32')], ([a, i], [b, j]) => {
 *   const first = np.greaterEqual(a, b);
 *   return [np.where(first, a, b), np.where(first, i, j)];
 * }, [0]);
 * best; // -> 7
 * where; // -> 1
 */
export const reduce = <const Ts extends readonly AnyTensor[], const Axes extends readonly number[], K = unknown>(
  operands: Ts, initial: Scalars<Ts>, computation: (a: Scalars<Ts>, b: Scalars<Ts>) => Scalars<Ts>, dimensions: Axes): AllReduced<Ts, Axes, K> => {
  const list: readonly AnyTensor[] = operands.map(x => handleOf(x, 'reduce'));
  const starts: readonly AnyTensor[] = typed(initial);
  const first = list[0];
  if (first === undefined || starts.length !== list.length) throw new CotangentError('value', `reduce: ${starts.length} initial values for ${list.length} operands; pass one for each`);
  const other = list.find(x => !sameShape(x.shape, first.shape));
  if (other !== undefined) throw new ShapeError(`reduce: operands [${first.shape.join(', ')}] and [${other.shape.join(', ')}] differ in shape`);
  const axes = axisIndices(first.shape, dimensions).sort((a, b) => a - b);
  const n = list.length;
  const pairwise = vmap((...xs: AnyTensor[]): AnyTensor[] => {
    const out: readonly AnyTensor[] = typed(computation(typed(xs.slice(0, n)), typed(xs.slice(n))));
    return [...out];
  });
  // Element by element, whatever the shape: the function is mapped over the flat arrays.
  const combine = (a: readonly AnyTensor[], b: readonly AnyTensor[]): readonly AnyTensor[] => {
    const { shape } = at(a, 0);
    const flat = [...a, ...b].map(x => reshape(x, [sizeOf(shape)]));
    const out: readonly AnyTensor[] = typed(Reflect.apply(pairwise, undefined, flat));
    return out.map(y => reshape(y, shape));
  };
  const rows = list.map(x => leading(x, axes));
  const rest = at(rows, 0).shape.slice(1);
  const wide = starts.map(x => broadcastInDim(handleOf(x, 'reduce'), [1, ...rest], []));
  const joined = rows.map((x, i) => concatenate([at(wide, i), x], 0));
  if (sizeOf(rest) === 0) return typed(joined.map(x => reshape(x, [at(x.shape, 0), ...rest])).map(x => broadcastInDim(reshape(slice(x, x.shape.map(() => 0), [1, ...rest]), rest), rest, range(rest.length))));
  return typed(folded(joined, combine));
};

type BitReduction = <S extends Shape, D extends Int | 'bool', const Axes extends readonly number[], K = unknown>(x: Tensor<S, D>, axes: ReduceAxes<S, Axes, false, K>) => Reduced<S, D, Axes, false, K>;
function bitwise(name: string, combine: (a: AnyTensor, b: AnyTensor) => AnyTensor, neutral: 0 | -1, ofBools: ((x: AnyTensor, axes: readonly number[]) => AnyTensor) | null): BitReduction {
  return (x, axes) => {
    const handle = handleOf(x, name);
    const list = axisIndices(handle.shape, typed(axes)).sort((a, b) => a - b);
    if (handle.dtype === 'bool' && ofBools !== null) return typed(ofBools(handle, list));
    const rows = leading(handle, list);
    const start = broadcastInDim(bits(neutral, handle.dtype), [1, ...rows.shape.slice(1)], []);
    return typed(at(folded([concatenate([start, rows], 0)], ([a], [b]) => a === undefined || b === undefined ? [] : [combine(a, b)]), 0));
  };
}
/** A scalar with no bits, or all of them. */
const bits = (neutral: 0 | -1, dtype: DType): AnyTensor => constant(neutral, [], dtype);

/**
 * The bits that all elements have, over some axes; of bools whether all hold.
 *
 * @throws `axis` where one is out of range or given twice.
 * @example
 * lax.reduceAnd(tensor([12, 6], 'i32'), [0]); // -> 4
 */
export const reduceAnd: BitReduction = bitwise('reduceAnd', and, -1, reduceMin);

/**
 * The bits that at least one element has, over some axes; of bools whether one holds.
 *
 * @throws `axis` where one is out of range or given twice.
 * @example
 * lax.reduceOr(tensor([12, 6], 'i32'), [0]); // -> 14
 */
export const reduceOr: BitReduction = bitwise('reduceOr', or, 0, reduceMax);

/**
 * The bits that an odd number of elements have, over some axes; of bools whether an odd number hold.
 *
 * @throws `axis` where one is out of range or given twice.
 * @example
 * lax.reduceXor(tensor([12, 6], 'i32'), [0]); // -> 10
 */
export const reduceXor: BitReduction = bitwise('reduceXor', xor, 0, null);
