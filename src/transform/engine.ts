// Where the rules of primitives that hold programs find the transforms: tied here, so that the rooms have no cycle.
import { CotangentError } from '../error.ts';
import type { ProgramTransforms } from '../ir/primitive.ts';

let engine: ProgramTransforms | null = null;
export const installTransforms = (t: ProgramTransforms): void => { engine = t; };
export function transforms(): ProgramTransforms {
  if (engine === null) throw new CotangentError('unsupported', 'the transforms are not installed: import from cotangent, not from its inner files');
  return engine;
}
