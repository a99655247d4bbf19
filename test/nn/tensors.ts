// What the tests of random, nn and optim share: tensors from plain numbers on the reference backend.
import '../../src/trace/pending.ts';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { allocate, type DType } from '../../src/dtype/dtype.ts';
import { sizeOf } from '../../src/ir/aval.ts';
import type { AnyTensor, Tensor } from '../../src/ir/tensor.ts';
import type { Dims, Shape } from '../../src/shape/dim.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { newHandle } from '../../src/trace/handle.ts';

installBackend(referenceBackend);

/** A tensor of the given values, in row-major order; one number fills it. */
export function make<const S extends Shape, D extends DType = 'f32'>(shape: S, values: readonly number[] | number, dtype?: D): Tensor<Dims<S>, D>;
export function make(shape: Shape, values: readonly number[] | number, dtype: DType = 'f32'): AnyTensor {
  const data = allocate(dtype, sizeOf(shape));
  if (typeof values === 'number') data.fill(values);
  else data.set(values);
  return newHandle({ shape, dtype }, { kind: 'host', data });
}
/** The elements of a tensor. */
export const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
