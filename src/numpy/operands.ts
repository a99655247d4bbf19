// Operands at run time: numbers adopt the tensor's dtype, dtypes agree, shapes broadcast; then primitives, which never broadcast,
// take over. Floor 7.
import { CotangentError, ShapeError } from '../error.ts';
import { agree, floatOnly } from '../dtype/agree.ts';
import { range } from '../ir/aval.ts';
import type { AnyTensor, Operand } from '../ir/tensor.ts';
import { broadcastInDim, numberLike } from '../primitive/broadcast.ts';
import { at } from '../primitive/define.ts';
import { broadcast } from '../shape/broadcast.ts';
import { show, type Shape, listed } from '../shape/dim.ts';
import { handleOf } from '../trace/handle.ts';
import { typed } from './typed.ts';

/** `x` under a shape that it broadcasts to. */
export function stretched(x: AnyTensor, shape: Shape): AnyTensor {
  const added = shape.length - x.shape.length;
  return broadcastInDim(x, shape, range(x.shape.length).map(i => i + added));
}

/** Tensors and numbers as tensors of one shape and dtype. At least one must be a tensor. */
export function aligned(name: string, operands: readonly Operand[]): AnyTensor[] {
  const [first, ...others] = operands.filter(x => typeof x !== 'number').map(x => handleOf(x, name));
  if (first === undefined) throw new CotangentError('value', `${name}: one operand must be a tensor`);
  for (const x of others) agree(first.dtype, x.dtype);
  const shape = others.reduce<Shape>((s, x) => broadcast(s, x.shape), first.shape);
  const aval = { shape, dtype: first.dtype };
  return operands.map(x => typeof x === 'number' ? numberLike(x, aval, name) : stretched(x, shape));
}

/** Aligns two operands and combines them. The second comes from a parameter whose type a rule has checked. */
export function combined(name: string, combine: (x: AnyTensor, y: AnyTensor) => AnyTensor, a: Operand, b: unknown): never {
  const pair = aligned(name, [a, typed(b)]);
  return typed(combine(at(pair, 0), at(pair, 1)));
}

/** A function of one tensor that asks for floats. */
export const onFloats = (name: string, f: (x: AnyTensor) => AnyTensor) => (x: AnyTensor): never => {
  const handle = handleOf(x, name);
  floatOnly(name, handle.dtype);
  return typed(f(handle));
};
/** A function of two operands that asks for floats, and broadcasts. */
export const ofFloats = (name: string, f: (x: AnyTensor, y: AnyTensor) => AnyTensor) => (a: Operand, b: unknown): never => combined(name, (x, y) => {
  floatOnly(name, x.dtype);
  return f(x, y);
}, a, b);

/** The list of tensors that a function takes. */
export const listedTensors = (name: string, xs: readonly AnyTensor[]): readonly AnyTensor[] => listed(name, 'the tensors', xs).map(x => handleOf(x, name));

/** A copy of a shape whose dims are natural numbers. */
export function checkedShape(shape: Shape, name: string): readonly number[] {
  const bad = listed(name, 'shape', shape).find(d => !Number.isSafeInteger(d) || d < 0);
  if (bad !== undefined) throw new ShapeError(`${name}: ${bad} in ${show(shape)} is not a dim`);
  return [...shape];
}
