// Phases made continuous: unwrap. Floor 7.
import { floatOnly } from '../dtype/agree.ts';
import type { Float } from '../dtype/dtype.ts';
import { CotangentError } from '../error.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { add, sub } from '../primitive/arithmetic.ts';
import { constantLike } from '../primitive/broadcast.ts';
import { eq, gt, lt } from '../primitive/comparison.ts';
import { concatenate } from '../primitive/concatenate.ts';
import { at } from '../primitive/define.ts';
import { and } from '../primitive/logical.ts';
import { select } from '../primitive/select.ts';
import { sliceAxis } from '../primitive/slice.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { remainder } from './arithmetic.ts';
import { cumsum } from './cumulative.ts';
import { fabs } from './magnitude.ts';
import { typed } from './typed.ts';

/** The axis (default the last), the period (default 2 pi), and the jump from which on a difference is corrected (default, and least, half a period). */
export interface UnwrapOptions { readonly axis?: number; readonly period?: number; readonly discont?: number }
/**
 * Phases without jumps: to each element as many periods are added as bring it within half a period of the one before it.
 * A difference of exactly half a period keeps its sign. As in NumPy.
 *
 * @throws `dtype` for integers and bools, `axis` where the axis is out of range, `value` where the period is not positive.
 * @example
 * unwrap(tensor([1, 2, 3, 0, 1, 5]), { period: 4 }); // -> [1, 2, 3, 4, 5, 5]
 */
export const unwrap = <S extends Shape, D extends Float>(x: Tensor<S, D>, options?: UnwrapOptions): Tensor<S, D> => {
  const handle = handleOf(x, 'unwrap');
  floatOnly('unwrap', handle.dtype);
  const { axis = -1, period = 2 * Math.PI, discont = period / 2 } = optionsOf('unwrap', options, { axis: 'integer', period: 'number', discont: 'number' }) ?? {};
  if (!(period > 0 && period < Infinity)) throw new CotangentError('value', `unwrap: the period ${period} is not a positive number`);
  if (Number.isNaN(discont)) throw new CotangentError('value', 'unwrap: discont is NaN; write a number');
  const place = axisIndex(handle.shape, axis);
  const n = at(handle.shape, place);
  return typed(n < 2 ? handle : continued(handle, place, n, period, discont));
};
function continued(x: AnyTensor, axis: number, n: number, period: number, discont: number): AnyTensor {
  const later = sliceAxis(x, axis, 1, n);
  const step = sub(later, sliceAxis(x, axis, 0, n - 1));
  const number = (value: number): AnyTensor => constantLike(value, step);
  const turned: AnyTensor = sub(typed(remainder(typed(add(step, number(period / 2))), typed(number(period)))), number(period / 2));
  const kept = select(and(eq(turned, number(-period / 2)), gt(step, number(0))), number(period / 2), turned);
  const correction = select(lt(typed(fabs(typed(step))), number(discont)), number(0), sub(kept, step));
  return concatenate([sliceAxis(x, axis, 0, 1), add(later, typed(cumsum(typed(correction), { axis })))], axis);
}
