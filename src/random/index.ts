// The public namespace `random`: explicit keys, and draws that depend on nothing else. Names and bits are those of jax.random.

export { foldIn, key, split, splitBatch, type Key, type Keys } from './key.ts';
export { normal, truncatedNormal } from './normal.ts';
export { permutation } from './permutation.ts';
export { bits, uniform, type DrawOptions, type UniformOptions } from './uniform.ts';
