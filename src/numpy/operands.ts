// Operands at run time: numbers adopt the tensor's dtype, dtypes agree, shapes broadcast; then primitives, which never broadcast,
// take over. Floor 7.
import { CotangentError, DTypeError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { broadcastInDim, numberLike } from '../primitive/broadcast.ts';
import { broadcast } from '../shape/broadcast.ts';
import type { Shape } from '../shape/dim.ts';
import { avalOf, handleOf } from '../trace/handle.ts';

/** `x` under a shape that it broadcasts to. */
export function broadcastedTo(x: AnyTensor, shape: Shape): AnyTensor {
  const added = shape.length - x.shape.length;
  return broadcastInDim(x, shape, range(x.shape.length).map(i => i + added));
}

/** Throws `dtype` where two dtypes differ: nothing is promoted silently. */
export function expectAgreement(a: DType, b: DType): void {
  if (a !== b) throw new DTypeError(`dtypes differ: ${a} vs ${b} (use astype)`);
}

/** Tensors and numbers as tensors of one shape and dtype. At least one must be a tensor. */
export function aligned(name: string, operands: readonly (AnyTensor | number)[]): AnyTensor[] {
  const tensors = operands.filter(x => typeof x !== 'number').map(x => handleOf(x, name));
  const [first, ...others] = tensors;
  if (first === undefined) throw new CotangentError('value', `${name}: one operand must be a tensor; wrap a number: tensor(...)`);
  for (const x of others) expectAgreement(first.dtype, x.dtype);
  const shape = others.reduce<Shape>((s, x) => broadcast(s, x.shape), first.shape);
  const aval = { shape, dtype: first.dtype };
  return operands.map(x => typeof x === 'number' ? numberLike(x, aval, name) : broadcastedTo(x, shape));
}

/** Refuses dtypes that an operation has no meaning for, and says what to use instead. */
export function expectFloat(x: AnyTensor, name: string, remedy = 'use astype'): void {
  const { dtype, shape } = avalOf(x);
  if (dtype !== 'f32' && dtype !== 'f64' && dtype !== 'f16') throw new DTypeError(`${name}: takes float dtypes, got ${dtype}[${shape.join(',')}] (${remedy})`);
}
