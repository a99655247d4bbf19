// Parameters of distributions: numbers and tensors that broadcast to the shape of the draws, and give them their dtype. Floor 7.
import { CotangentError, DTypeError } from '../error.ts';
import { agree } from '../dtype/agree.ts';
import { isFloat, type DType, type Float } from '../dtype/dtype.ts';
import { showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { stretched } from '../numpy/operands.ts';
import { numberLike } from '../primitive/broadcast.ts';
import { broadcast, broadcastTo, type Broadcast, type BroadcastTo } from '../shape/broadcast.ts';
import type { Check, Ok } from '../shape/check.ts';
import type { Dims, Shape } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';

/** A number, or a tensor of floats. */
export type Parameter = number | Tensor<Shape, Float>;
type ShapeIn<P> = P extends Tensor<infer S, infer _> ? S : [];
/** The shape that parameters have together; of numbers []. */
export type Together<A, B = number, K = unknown> = Ok<Broadcast<ShapeIn<A>, ShapeIn<B>, K>, K>;
type Reached<Own extends Shape, S, K> = S extends Shape ? BroadcastTo<Own, Dims<S>, K> : true;
/** The shape asked for: `S`, or the message where the parameters do not broadcast to it. */
export type Asked<Own extends Shape, S, K = unknown> = Check<Reached<Own, S, K>, S, K>;
/** The shape of the draws: the one asked for, else that of the parameters. */
export type Drawn<Own extends Shape, S> = S extends Shape ? Dims<S> : Own;
/** The dtype of the draws: that of a tensor among the parameters, else the one asked for. */
export type DrawnDType<A, B, D extends Float> = A extends Tensor<infer _, infer E extends Float> ? E : B extends Tensor<infer _, infer E extends Float> ? E : D;

export interface Read { readonly values: readonly AnyTensor[]; readonly shape: readonly number[]; readonly dtype: Float }
const float = (dtype: DType): dtype is Float => isFloat(dtype);

/** Parameters as tensors of one shape and one float dtype. */
export function readParameters(name: string, parameters: readonly (number | AnyTensor)[], shape: Shape | undefined, dtype: DType | undefined): Read {
  const tensors = parameters.filter(p => typeof p !== 'number').map(p => handleOf(p, name));
  for (const t of tensors) {
    if (!float(t.dtype)) throw new DTypeError(`${name}: a parameter is ${showAval(t.aval)}; use astype to a float dtype`);
    if (dtype !== undefined && t.dtype !== dtype) throw new DTypeError(`${name}: a parameter is ${showAval(t.aval)}, but dtype is ${dtype}; give the parameter that dtype by astype`);
  }
  const [first, ...others] = tensors;
  for (const o of others) if (first !== undefined) agree(first.dtype, o.dtype);
  const drawn = first?.dtype ?? dtype ?? 'f32';
  if (!float(drawn)) throw new DTypeError(`${name}: draws floats, not ${drawn}; draw f32 and use astype`);
  const own = tensors.reduce<Shape>((s, t) => broadcast(s, t.shape), []);
  const full = shape === undefined ? [...own] : broadcastTo(own, shape);
  const aval = { shape: full, dtype: drawn };
  return { values: parameters.map(p => typeof p === 'number' ? numberLike(p, aval, name) : stretched(p, full)), shape: full, dtype: drawn };
}

/** Refuses a number outside an interval; tensors are not looked at here. */
export function expectWithin(name: string, what: string, p: number | AnyTensor, least: number, most: number, open: 'open' | 'closed' = 'closed'): void {
  if (typeof p !== 'number') return;
  const inside = open === 'open' ? p > least && p < most : p >= least && p <= most;
  if (inside) return;
  const words = most === Infinity ? open === 'open' ? 'a positive number' : 'a number of at least 0' : `in ${open === 'open' ? `(${least}, ${most})` : `[${least}, ${most}]`}`;
  throw new CotangentError('value', `${name}: ${what} ${p} is not ${words}`);
}
