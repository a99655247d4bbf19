// A value of the user's in a few words, for messages. Floor 1: knows tensors, nothing of what they are for.
import { isTensor } from './handle.ts';

/** `f32[2, 3]`, `an array of 2`, `an object with w, b`, `the number 0`, `a function`, `undefined`. */
export function describe(x: unknown): string {
  if (x === null || x === undefined) return String(x);
  if (isTensor(x)) return `${x.dtype}[${x.shape.join(', ')}]`;
  if (Array.isArray(x)) return `an array of ${x.length}`;
  if (typeof x === 'number') return `the number ${x}`;
  if (x instanceof Promise) return 'a promise';
  return typeof x === 'object' ? `an object with ${Object.keys(x).slice(0, 8).join(', ') || 'no keys'}` : `a ${typeof x}`;
}
