// Four neighbours along a loop as one: which loads of a kernel take four elements at once, whether its stores may, and in which memory.
// Floor 5: decided from places and loops; what is computed in between stays element by element.
import { guardState, strideOf, whole, type Form, type Loop } from '../index-map.ts';
import type { Kernel, NodeId, Stage, Store } from '../kernel.ts';
import { liveNodes } from '../lower.ts';
import type { Var } from '../../ir/jaxpr.ts';
import { elementBytes, perWord } from './packed.ts';
import { keyOf, type Placement } from './shader.ts';

/** Elements that are taken at once. */
export const quad = 4;
/** How a kernel walks a loop by fours. */
export interface Quads {
  readonly loop: Loop;
  /** Loads of four neighbours. */
  readonly loads: ReadonlySet<NodeId>;
  /** Memory that is bound as vectors of four. */
  readonly pieces: ReadonlySet<string>;
}

/** Whether four turns of a loop, from a multiple of four on, are four neighbours from a multiple of four on. */
export const sideBySide = (f: Form, l: Loop): boolean => strideOf(f, l) === 1 && f.c % quad === 0 && f.terms.every(t => t.atom === l || t.coefficient % quad === 0);
/** Whether elements are words, or halves, of their own: vectors of them are bound as such. */
const isWhole = (v: Var, { nativeHalf }: Placement): boolean => perWord(v.aval.dtype) === 1 || (v.aval.dtype === 'f16' && nativeHalf === true);
/** Whether four neighbours of a value are one vector of its memory, or whole words. */
export function hasVectors(v: Var, placement: Placement): boolean {
  const { piece, slices } = placement(v);
  return piece.kind !== 'counts' && slices.every(s => s.stride % quad === 0) && (!isWhole(v, placement) || piece.bytes % (quad * elementBytes(v.aval.dtype)) === 0);
}
/** The memory of values that is bound as vectors. */
export const vectorsOf = (values: readonly Var[], placement: Placement): readonly string[] => values.filter(v => isWhole(v, placement)).map(v => keyOf(placement(v).piece));

/** The quads of stages along a loop, or null where a store is none: it would write a part of a vector. */
export function quadsOf(kernel: Kernel, stages: readonly Stage[], loop: Loop | undefined, placement: Placement): Quads | null {
  if (loop === undefined || loop.extent % quad !== 0) return null;
  const stores = stages.flatMap(s => s.stores);
  const along = (t: Store): boolean => (t.at.bits & loop.bit) !== 0;
  const key = (v: Var): string => keyOf(placement(v).piece);
  // What is stored once a row is written by the element.
  const byElement = new Set(stores.filter(t => !along(t)).map(t => key(t.to)));
  const vectors = (v: Var, at: Form): boolean => sideBySide(at, loop) && hasVectors(v, placement) && !byElement.has(key(v));
  if (!stores.every(t => !along(t) || (t.update === undefined && vectors(t.to, t.at)))) return null;
  const loads = new Set<NodeId>();
  const together: Var[] = stores.filter(along).map(t => t.to);
  for (const i of liveNodes(stages, kernel.nodes)) {
    const n = kernel.nodes[i];
    if (n?.kind !== 'load' || !vectors(n.from, n.at) || n.guards.some(g => guardState(g, whole) !== true && (g.index.bits & loop.bit) !== 0)) continue;
    loads.add(i);
    together.push(n.from);
  }
  return { loop, loads, pieces: new Set(vectorsOf(together, placement)) };
}
