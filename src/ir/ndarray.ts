// Host values: allocation and splats for the reference rules. Floor 1: knows nothing of tensors or backends.
import { allocate } from '../dtype/dtype.ts';
import { sizeOf, type Aval } from './aval.ts';
import type { NDArray } from './primitive.ts';

/** A zero-filled host value. */
export const emptyArray = (a: Aval, wide = false): NDArray => ({ shape: a.shape, dtype: a.dtype, data: allocate(a.dtype, sizeOf(a.shape), wide) });
/** A host value whose elements are all `value`. */
export function splatArray(value: number, a: Aval, wide = false): NDArray {
  const x = emptyArray(a, wide);
  if (value !== 0 || Object.is(value, -0)) x.data.fill(value);
  return x;
}
