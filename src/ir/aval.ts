// Abstract values: what is known of a value before it is computed, its shape and dtype.
// Floor 1: knows nothing of tensors or programs.
import { show } from '../shape/dim.ts';
import { isFloat, type DType, infoOf } from '../dtype/dtype.ts';

/** Shape and dtype. Dims are concrete numbers in a program. */
export interface Aval { readonly shape: readonly number[]; readonly dtype: DType }

export const aval = (shape: readonly number[], dtype: DType): Aval => ({ shape, dtype });
export const sizeOf = (shape: readonly number[]): number => { let n = 1; for (const d of shape) n *= d; return n; };
export const bytesOf = (a: Aval): number => infoOf(a.dtype).bytes * sizeOf(a.shape);
export const sameShape = (a: readonly number[], b: readonly number[]): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
};
export const sameAval = (a: Aval, b: Aval): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);
/** `f32[2,3]`, as JAX prints it. */
export const showAval = (a: Aval): string => `${a.dtype}[${a.shape.join(',')}]`;
/** `[2, 3]`, as the error messages print shapes. */
export const showShape: (shape: readonly number[]) => string = show;
/** Only floating point values have tangents; of any other the tangent is the symbolic zero, `null`. */
export const hasTangent = (a: Aval): boolean => isFloat(a.dtype);
/** Row-major strides, in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  for (let i = shape.length - 1, n = 1; i >= 0; i--) { strides[i] = n; n *= shape[i] ?? 1; }
  return strides;
}
/** 0, 1, ..., n - 1. */
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
