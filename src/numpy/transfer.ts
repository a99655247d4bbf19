// Moving tensors between backends. Floor 7.
import { CotangentError } from '../error.ts';
import type { DType } from '../dtype/dtype.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { Shape } from '../shape/dim.ts';
import { backends } from '../trace/backend.ts';
import { handleOf } from '../trace/handle.ts';
import { fromData } from './create.ts';
import { typed } from './typed.ts';

/**
 * The tensor for use on another backend: its values are read once, and the backend takes them when it needs them. A tensor that is there
 * already, or that no backend has computed yet, is returned as it is.
 *
 * @throws `unsupported` where there is no such backend.
 * @example
 * await to(tensor([1, 2]), 'reference'); // -> [1, 2]
 */
export async function to<S extends Shape, D extends DType>(x: Tensor<S, D>, backend: string): Promise<Tensor<S, D>> {
  if (!backends().includes(backend)) throw new CotangentError('unsupported', `to: no backend ${JSON.stringify(backend)}; there are ${backends().join(', ')}`);
  const { state } = handleOf(x, 'to').cell;
  if (state.kind === 'host' || state.kind === 'literal' || (state.kind === 'buffer' && state.backend.name === backend)) return x;
  return typed(fromData(await x.data(), x.shape, x.dtype));
}
