// Prologues of products: a kernel that makes an operand and nothing else, cheap and at the same places, becomes part of the product's loads. Each
// equation still rounds by itself, so no bit changes; what is made never stands in memory. Floor 5: strides only, no instructions.
import type { Var } from '../ir/jaxpr.ts';
import type { OuterLoop } from './contraction.ts';
import { placesOf, walkOf, type Walk } from './epilogue.ts';
import { childrenOf, costOf, type Kernel, type NodeId } from './kernel.ts';

export interface Prologue {
  readonly kernel: Kernel;
  /** The node that is the operand. */
  readonly value: NodeId;
  readonly loads: readonly { readonly node: NodeId; readonly from: Var; readonly walk: Walk }[];
}
/** An element is computed again for each tile that it is staged for: from here on storing it costs less. */
const costLimit = 8;

/**
 * The kernel as the prologue of a product whose operand moves along these loops by `stride`, or null where it is none; a walk's `own` are its steps along them.
 * `most`: elements that are read for one of the operand.
 */
export function prologueAlong(loops: readonly OuterLoop[], stride: (l: OuterLoop) => number, operand: Var, kernel: Kernel, most: number): Prologue | null {
  const [stage] = kernel.stages;
  const [store, another] = stage?.stores ?? [];
  if (kernel.kind !== 'map' || kernel.stages.length !== 1 || store === undefined || another !== undefined || store.to !== operand || store.update !== undefined) return null;
  const live = new Set<NodeId>();
  const visit = (i: NodeId): void => { if (!live.has(i)) { live.add(i); const n = kernel.nodes[i]; if (n !== undefined) childrenOf(n).forEach(visit); } };
  visit(store.value);
  const moving = loops.filter(l => l.extent > 1 && stride(l) !== 0);
  const places = placesOf(moving, store.at, kernel.rows, stride);
  if (places === null) return null;
  let cost = 0;
  const loads: { readonly node: NodeId; readonly from: Var; readonly walk: Walk }[] = [];
  for (const node of live) {
    const n = kernel.nodes[node];
    if (n?.kind === 'constant') continue;
    if (n?.kind === 'op') { cost += costOf[n.op]; continue; }
    if (n?.kind !== 'load' || n.guards.length > 0) return null;
    const walk = walkOf(loops, n.at, kernel.rows, places);
    if (walk === null) return null;
    loads.push({ node, from: n.from, walk });
  }
  return cost > costLimit || loads.length === 0 || loads.length > most ? null : { kernel, value: store.value, loads };
}
