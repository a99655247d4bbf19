// The namespace `np`: NumPy's names and argument order over typed tensors. Floor 7.
export * from './arithmetic.ts';
export * from './axes.ts';
export * from './choose.ts';
export * from './comparison.ts';
export * from './convert.ts';
export * from './create.ts';
export * from './cumulative.ts';
export * from './einsum.ts';
export * from './elementwise.ts';
export * from './extremes.ts';
export * from './join.ts';
export * from './logic.ts';
export * from './lookup.ts';
export * from './product.ts';
export * from './ranges.ts';
export * from './reduce.ts';
