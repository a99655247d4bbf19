// Shuffling: sorts by fresh random keys, as often as it takes for every order to be equally likely. Equal to JAX's to the bit.
// Floor 7: a program of tensors.
import { CotangentError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { gather } from '../primitive/gather.ts';
import { iota } from '../primitive/iota.ts';
import { sort } from '../primitive/sort.ts';
import { randomBits } from '../primitive/threefry.ts';
import { axisIndex } from '../shape/axis.ts';
import type { Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';
import { drawing, split, type Key } from './key.ts';

/**
 * 0 ... n - 1 in random order. Two elements whose 32-bit keys are equal keep their order in one round; three times as many bits as
 * name an element make that unlikely in all of them (the stopping rule of XLA's shuffle).
 */
export function shuffled(key: Key, n: number): AnyTensor {
  const rounds = Math.ceil(3 * Math.log(Math.max(1, n)) / Math.log(2 ** 32 - 1));
  let order = iota([n], 'i32', 0);
  let rest = key;
  for (let round = 0; round < rounds; round++) {
    const [next, fresh] = split(rest);
    order = sort(randomBits(fresh, [n]), [order], 0)[1] ?? order;
    rest = next;
  }
  return order;
}

/**
 * The integers 0 ... n - 1, or the slices of a tensor along an axis (default 0), in random order.
 *
 * @throws `value` when `n` is no natural number, `axis` when the tensor has no such axis.
 * @example
 * import { random } from 'cotangent';
 * random.permutation(random.key(0), 10); // -> [0, 1, 8, 5, 6, 4, 3, 2, 7, 9]
 */
export function permutation<const N extends number>(key: Key, n: N): Tensor<[N], 'i32'>;
export function permutation<S extends Shape, D extends DType>(key: Key, x: Tensor<S, D>, options?: { readonly axis?: number }): Tensor<S, D>;
export function permutation(key: Key, x: number | AnyTensor, options: { readonly axis?: number } = {}): AnyTensor {
  const { axis = 0 } = optionsOf('random.permutation', options, { axis: 'number' });
  return drawing(key, 'random.permutation', k => permuted(k, x, axis));
}
export function permuted(key: Key, x: number | AnyTensor, axis: number): AnyTensor {
  if (typeof x === 'number') {
    if (!Number.isInteger(x) || x < 0) throw new CotangentError('value', `random.permutation: ${x} is not a natural number`);
    return shuffled(key, x);
  }
  const along = axisIndex(handleOf(x, 'random.permutation').shape, axis);
  return gather(x, shuffled(key, x.shape[along] ?? 0), { axis: along, mode: 'promise' });
}
