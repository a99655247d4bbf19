// The namespace `np`: NumPy's names and argument order over typed tensors. Floor 7.
export * from './arithmetic.ts';
export * from './create.ts';
export * from './product.ts';
export * from './reduce.ts';
