// Where the values of a program are while it is compiled: bodies see the places of what surrounds them. Floor 6.
import { checkCount, keyOf, wordBytes, type Piece, type Place, type Placement } from '../../compile/wgsl/shader.ts';
import { perWord } from '../../compile/wgsl/packed.ts';
import { CotangentError } from '../../error.ts';
import { showAval, sizeOf, type Aval } from '../../ir/aval.ts';
import { Var, type Atom } from '../../ir/jaxpr.ts';

export type Places = Map<Var, Place>;
/** Whole words. Throws `unsupported` for more elements than a kernel tells apart. */
export function bytesOf(a: Aval): number {
  const n = sizeOf(a.shape);
  checkCount(n, () => showAval(a));
  return wordBytes * Math.ceil(n / perWord(a.dtype));
}
export const whole = (piece: Piece): Place => ({ piece, slices: [] });
export const arenaPlace = (v: Var, offset: number): Place => whole({ kind: 'arena', offset, bytes: bytesOf(v.aval), dtype: v.aval.dtype });
export function placeIn(places: ReadonlyMap<Var, Place>, v: Var): Place {
  const p = places.get(v);
  if (p !== undefined) return p;
  // What has no elements is stored nowhere; bodies that nobody runs, and empty loops, are given it all the same.
  if (sizeOf(v.aval.shape) === 0) return arenaPlace(v, 0);
  throw new CotangentError('jaxpr', 'webgpu: a value has no place');
}
/** `nativeHalf`: whether kernels read and write halves as such. */
export const placementIn = (places: ReadonlyMap<Var, Place>, nativeHalf: boolean): Placement => Object.assign((v: Var): Place => placeIn(places, v), { nativeHalf });
export function samePlace(a: Place, b: Place): boolean {
  return keyOf(a.piece) === keyOf(b.piece) && a.slices.length === b.slices.length && a.slices.every((s, i) => s.turn === b.slices[i]?.turn && s.stride === b.slices[i].stride);
}
export const variables = (atoms: readonly Atom[]): readonly Var[] => atoms.map(a => { if (a instanceof Var) return a; throw new CotangentError('jaxpr', 'webgpu: a literal operand was not stored'); });
