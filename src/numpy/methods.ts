// The fluent methods of tensors, installed on the handle's prototype: thin names for the functions of np. Floor 7.
// Their types stand with the Tensor type (src/ir/tensor.ts); a method that is typed there and missing here is a compile error.
import type { Methods } from '../ir/tensor.ts';
import { TensorHandle } from '../trace/handle.ts';
import { add, divide, maximum, minimum, multiply, power, subtract } from './arithmetic.ts';
import { expandDims, reshape, squeeze, swapaxes, transpose } from './axes.ts';
import { equal, greater, less } from './comparison.ts';
import { astype } from './convert.ts';
import { abs, exp, log, negative, sqrt, square, tanh } from './elementwise.ts';
import { argmax } from './extremes.ts';
import { slice } from './join.ts';
import { take } from './lookup.ts';
import { dot, matmul } from './product.ts';
import { max, mean, min, sum } from './reduce.ts';
import { typed } from './typed.ts';

/** The readers are the handle's own. */
type Fluent = Exclude<keyof Methods, 'js' | 'jsSync' | 'item' | 'itemSync'>;

const functions: { readonly [Name in Fluent]: (...args: never[]) => unknown } = {
  add, sub: subtract, mul: multiply, div: divide, pow: power, maximum, minimum, greater, less, equal,
  neg: negative, abs, square, exp, log, sqrt, tanh,
  matmul, dot, sum, mean, max, min, argmax,
  reshape, transpose, swapaxes, expandDims, squeeze, slice, take, astype,
};

for (const [name, f] of Object.entries(functions)) {
  Object.defineProperty(TensorHandle.prototype, name, {
    value: function method(this: TensorHandle, ...args: readonly unknown[]): unknown { return f(typed(this), ...args.map(typed)); },
    configurable: true, writable: true,
  });
}
