// What layers check of their arguments, inputs and parameters. Floor 7.
import { CotangentError, DTypeError, ShapeError } from '../error.ts';
import { floatOnly } from '../dtype/agree.ts';
import type { Float } from '../dtype/dtype.ts';
import { sameShape, showAval } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { show } from '../shape/dim.ts';
import { describe } from '../trace/describe.ts';
import { handleOf, isTensor, type TensorHandle } from '../trace/handle.ts';
import type { Key } from '../random/key.ts';
import type { Initializer } from './initializers.ts';

/** A layer's width is a natural number, and not zero. */
export function expectFeatures(layer: string, features: number): void {
  if (!Number.isSafeInteger(features) || features < 1) throw new CotangentError('value', `${layer}: ${features} is not a number of features; give a positive integer`);
}

/** The handle of a float tensor. */
export function expectFloat(name: string, x: AnyTensor): TensorHandle {
  const handle = handleOf(x, name);
  floatOnly(name, handle.dtype);
  return handle;
}

/** The width of a layer's input, which must be the stated one where there is one, and of the layer's dtype. */
export function expectInput(layer: string, x: AnyTensor, stated: number | null, dtype: Float | null): number {
  const { aval } = expectFloat(layer, x);
  const width = aval.shape.at(-1);
  if (width === undefined) throw new ShapeError(`${layer}: the input is a scalar; it needs a last axis of features`);
  if (stated !== null && stated !== width) throw new ShapeError(`${layer}: the input ${show(aval.shape)} has ${width} features, the layer takes ${stated}`);
  if (dtype !== null && dtype !== aval.dtype) throw new DTypeError(`${layer}: the layer has dtype ${dtype}, the input ${aval.dtype} (use astype, or the option dtype)`);
  return width;
}

/** One tensor of a layer's parameters, by its name. */
export function parameter(layer: string, params: unknown, name: string): TensorHandle {
  const entries = typeof params === 'object' && params !== null && !isTensor(params) ? new Map<string, unknown>(Object.entries(params)) : new Map<string, unknown>();
  const x = entries.get(name);
  if (isTensor(x)) return x;
  throw new CotangentError('tree', `${layer}: its parameter ${name} is ${entries.has(name) ? describe(x) : `missing from ${describe(params)}`}; make parameters with nn.init`);
}

/** One tensor of a layer's parameters, which must have the shape that the layer makes of this input. */
export function parameterOf(layer: string, params: unknown, name: string, shape: readonly number[]): TensorHandle {
  const x = parameter(layer, params, name);
  if (!sameShape(x.shape, shape)) throw new ShapeError(`${layer}: its parameter ${name} is ${showAval(x.aval)}, the layer wants ${show(shape)}; make parameters with nn.init`);
  return x;
}

/** What an initialiser of a layer drew, which must be what was asked for. */
export function started(layer: string, init: Initializer, key: Key, shape: readonly number[], dtype: Float): AnyTensor {
  const x = init(key, shape, { dtype });
  if (show(x.shape) !== show(shape) || x.dtype !== dtype) throw new ShapeError(`${layer}: its initialiser made ${x.dtype}${show(x.shape)}, the parameter is ${dtype}${show(shape)}`);
  return x;
}
