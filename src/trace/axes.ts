// The names of the axes that are being mapped over while a function is staged (vmap's axisName).
// Floor 1: a stack of names and sizes.
import { ShapeError } from '../error.ts';

interface NamedAxis { readonly name: string; readonly size: number }
const stack: NamedAxis[] = [];

/** Runs `f` while the axis is bound. */
export function withNamedAxis<R>(name: string | null, size: number, f: () => R): R {
  if (name === null) return f();
  stack.push({ name, size });
  try { return f(); } finally { stack.pop(); }
}
/** The size of a bound axis, or an error that lists those that are bound. */
export function sizeOfNamedAxis(name: string, where: string): number {
  const found = stack.filter(a => a.name === name).at(-1);
  if (found !== undefined) return found.size;
  const bound = stack.length === 0 ? 'none is bound' : `bound: ${stack.map(a => `'${a.name}'`).join(', ')}`;
  throw new ShapeError(`${where}: no axis named '${name}' (${bound}); call it inside vmap(f, { axisName: '${name}' })`, 'axis');
}
/** The bound axes as text: part of the signature of what is staged under them. */
export const axisEnvironment = (): string => stack.map(a => `${a.name}:${a.size}`).join();
