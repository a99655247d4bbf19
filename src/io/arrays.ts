// Between tensors and the arrays that files hold. Floor 7.

import { storedArray } from './elements.ts';
import { fromData } from '../numpy/create.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import type { StoredArray } from './elements.ts';

/**
 * A tensor of an array that a file held. Its shape is known when the file is read: `assertShape` or `refine` say what it must be.
 *
 * @example
 * import { io } from 'cotangent';
 * io.tensorOf({ shape: [2], dtype: 'i32', data: Int32Array.of(1, 2) }); // -> [1, 2]
 */
export const tensorOf = ({ shape, dtype, data }: StoredArray): AnyTensor => fromData(data, shape, dtype);

/**
 * The elements of a tensor, once they are computed, as an array that the writers take.
 *
 * @example
 * import { io, tensor } from 'cotangent';
 * await io.arrayOf(tensor([1, 2])); // -> { shape: [2], dtype: 'f32', data: [1, 2] }
 */
export const arrayOf = async (x: AnyTensor): Promise<StoredArray> => storedArray(x.shape, x.dtype, await x.data());
