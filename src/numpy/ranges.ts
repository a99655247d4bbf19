// Numbers in a row: arange, linspace; and the identity matrix. Floor 7.
import { DTypeError } from '../error.ts';
import { isFloat, roundTo, type DType, type Float, type Int } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add, mul } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { eq } from '../primitive/comparison.ts';
import { convert } from '../primitive/convert.ts';
import { iota } from '../primitive/iota.ts';
import { arange as arangeShape, type Arange } from '../shape/arange.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Dims } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { fromData } from './create.ts';
import { checkedShape } from './operands.ts';
import { typed } from './typed.ts';

/** The dtype of new numbers. */
export interface DTypeOption<D> { readonly dtype?: D }

/**
 * `start`, `start + step`, ... below `stop`; from 0 by 1 where only a stop is given. The length of literal numbers is part of the type.
 * Integers by default, as i32; whole numbers are computed where they are used and own no memory.
 *
 * @throws `shape` for a step of 0, `dtype` for fractions without a float dtype.
 * @example
 * arange(4); // -> [0, 1, 2, 3]
 * arange(1, 10, 3); // -> [1, 4, 7]
 * arange(0, 1, 0.25, { dtype: 'f32' }); // -> [0, 0.25, 0.5, 0.75]
 */
export function arange<const Stop extends number, D extends Float | Int = 'i32', K = unknown>(stop: Stop, options?: DTypeOption<D>): Tensor<Ok<Arange<0, Stop>, K>, NoInfer<D>>;
export function arange<const Start extends number, const Stop extends number, const Step extends number = 1, D extends Float | Int = 'i32', K = unknown>(
  start: Start, stop: Stop, step?: Check<Arange<Start, Stop, Step>, Step, K>, options?: DTypeOption<D>): Tensor<Ok<Arange<Start, Stop, Step>, K>, NoInfer<D>>;
export function arange(first: number, second?: number | DTypeOption<DType>, step?: unknown, options?: DTypeOption<DType>): never {
  optionsOf('arange', options, { dtype: 'dtype' });
  return typeof second === 'number' ? typed(counted(first, second, typed(step ?? 1), optionsOf('arange', options, { dtype: 'dtype' })?.dtype)) : typed(counted(0, first, 1, optionsOf('arange', second, { dtype: 'dtype' })?.dtype));
}
function counted(start: number, stop: number, step: number, dtype: DType = 'i32'): AnyTensor {
  const shape = arangeShape(start, stop, step);
  const fraction = [start, step].find(x => !Number.isInteger(x));
  if (fraction === undefined) {
    const steps = iota(shape, dtype, 0);
    const spaced = step === 1 ? steps : mul(steps, constantLike(roundTo(dtype, step), steps));
    return start === 0 ? spaced : add(spaced, constantLike(roundTo(dtype, start), steps));
  }
  if (!isFloat(dtype)) throw new DTypeError(`arange: ${fraction} is not a value of ${dtype}; pass { dtype: 'f32' }`);
  return fromData(Float64Array.from(range(shape[0] ?? 0), i => start + i * step), shape, dtype);
}

/** The dtype of the numbers, and whether they end with `stop`. */
export interface LinspaceOptions<D> extends DTypeOption<D> {
  /** Whether `stop` is the last number; default true. */
  readonly endpoint?: boolean;
}
/**
 * `n` numbers at equal distances from `start` to `stop`, both included; f32 unless another float dtype is given.
 *
 * @throws `shape` where `n` is no natural number.
 * @example
 * linspace(0, 1, 5); // -> [0, 0.25, 0.5, 0.75, 1]
 */
export const linspace = <const N extends number = 50, D extends Float = 'f32'>(start: number, stop: number, n?: N, options?: LinspaceOptions<D>): Tensor<Dims<[N]>, NoInfer<D>> => {
  optionsOf('linspace', options, { endpoint: 'flag', dtype: 'dtype' });
  const count: number = n ?? 50;
  checkedShape([count], 'linspace');
  const gaps = optionsOf('linspace', options, { endpoint: 'flag', dtype: 'dtype' })?.endpoint === false ? count : count - 1;
  // Interpolated from both ends, so that the last number is `stop` to the bit.
  const at = (i: number): number => gaps === 0 ? start : start * (1 - i / gaps) + stop * (i / gaps);
  return typed(fromData(Float64Array.from(range(count), at), [count], options?.dtype ?? 'f32'));
};

/** The dtype of the matrix, and which diagonal holds the ones. */
export interface EyeOptions<D> extends DTypeOption<D> {
  /** Which diagonal: above the main one where positive, below where negative; default 0. */
  readonly k?: number;
}
/**
 * Ones on a diagonal, zeros elsewhere. Owns no memory.
 *
 * @param m columns, by default as many as rows.
 * @example
 * eye(2); // -> [[1, 0], [0, 1]]
 * eye(2, 3, { k: 1, dtype: 'i32' }); // -> [[0, 1, 0], [0, 0, 1]]
 */
export const eye = <const N extends number, const M extends number = N, D extends DType = 'f32'>(n: N, m?: M, options?: EyeOptions<D>): Tensor<Dims<[N, M]>, NoInfer<D>> => {
  optionsOf('eye', options, { k: 'number', dtype: 'dtype' });
  const shape = checkedShape([n, m ?? n], 'eye');
  const rows = iota(shape, 'i32', 0);
  const diagonal = add(rows, constantLike(optionsOf('eye', options, { k: 'integer', dtype: 'dtype' })?.k ?? 0, rows));
  return typed(convert(eq(diagonal, iota(shape, 'i32', 1)), options?.dtype ?? 'f32'));
};
