// The namespace `lax`: the primitives, and structured control flow, under JAX's names. Floor 7.
export * from './elementwise.ts';
export * from './collective.ts';
export * from './conv.ts';
export * from './dynamic.ts';
export * from './gather.ts';
export * from './reduce.ts';
export * from './running.ts';
export * from './shapes.ts';
export * from './special.ts';
export * from './structural.ts';
export { stopGradient } from '../numpy/convert.ts';
export { associativeScan, cond, foriLoop, map, scan, switchCase, whileLoop } from '../transform/control.ts';
