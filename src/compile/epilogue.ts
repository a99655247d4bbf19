// Epilogues of products: a kernel that computes each element of its results from one element of a product, and what stands at the same
// place of other operands, becomes part of the product's store. Each equation still rounds by itself, so no bit changes.
// Floor 5: strides only, no instructions.
import type { Eqn, Var } from '../ir/jaxpr.ts';
import { blockLimit, contractionOf, type ContractionShape, type OuterLoop } from './contraction.ts';
import { strideOf, type Form, type Loop } from './index-map.ts';
import { childrenOf, costOf, type Kernel, type NodeId } from './kernel.ts';

/** Where an operand or result of an epilogue lies: its first element, and how far a step of each loop of the product moves. */
export interface Walk {
  readonly start: number;
  readonly rows: number;
  readonly columns: number;
  readonly own: readonly number[];
  readonly shared: readonly number[];
}
export interface Epilogue {
  readonly kernel: Kernel;
  /** The node that is the product. */
  readonly product: NodeId;
  readonly loads: readonly { readonly node: NodeId; readonly from: Var; readonly walk: Walk }[];
  readonly stores: readonly { readonly to: Var; readonly value: NodeId; readonly walk: Walk }[];
  /** Whether the product itself is a result, too. */
  readonly keeps: boolean;
  /** Whether the sums need a place in memory: where they are a result, or computed in several blocks. */
  readonly inMemory: boolean;
}

/** An epilogue is computed for a block of results at once: what costs more than a few additions runs better in a loop of its own. */
const costLimit = 10;
const operandLimit = 6;

/** Whether a sum comes back to memory before it is complete. */
const inBlocks = ({ nest }: ContractionShape): boolean => nest.length === 1 && (nest[0]?.extent ?? 0) > blockLimit;

/** The kernel as an epilogue of the product of `shape` that makes `product`, or null where it is none. */
export function epilogueOf(shape: ContractionShape, product: Var, kernel: Kernel, keeps: boolean): Epilogue | null {
  if (shape.segments.length > 0) return null;
  const e = epilogueAlong([shape.rows, shape.columns, ...shape.own, ...shape.shared], product, kernel, keeps, { cost: costLimit, operands: operandLimit });
  if (e === null) return null;
  const split = ({ start, own: [rows = 0, columns = 0, ...around] }: Walk): Walk => ({ start, rows, columns, own: around.slice(0, shape.own.length), shared: around.slice(shape.own.length) });
  const walked = <A extends { readonly walk: Walk }>(x: A): A => ({ ...x, walk: split(x.walk) });
  return { ...e, loads: e.loads.map(walked), stores: e.stores.map(walked), inMemory: keeps || inBlocks(shape) };
}
/** Bounds of what an epilogue may cost, in additions, and of how many operands and results it has. */
export interface EpilogueLimits { readonly cost: number; readonly operands: number }
/** The same for a product whose result has these loops; a walk's `own` are its steps along them. */
export function epilogueAlong(loops: readonly OuterLoop[], product: Var, kernel: Kernel, keeps: boolean, limits: EpilogueLimits): Epilogue | null {
  const [stage] = kernel.stages;
  if (kernel.kind !== 'map' || kernel.stages.length !== 1 || stage === undefined) return null;
  const live = new Set<NodeId>();
  const visit = (i: NodeId): void => { if (!live.has(i)) { live.add(i); const n = kernel.nodes[i]; if (n !== undefined) childrenOf(n).forEach(visit); } };
  for (const t of stage.stores) visit(t.value);
  let found: { readonly node: NodeId; readonly at: Form } | null = null;
  let cost = 0;
  const others: { readonly node: NodeId; readonly from: Var; readonly at: Form }[] = [];
  for (const node of live) {
    const n = kernel.nodes[node];
    if (n === undefined || n.kind === 'position' || n.kind === 'test' || n.kind === 'accumulated' || (n.dtype !== 'f32' && n.dtype !== 'bool')) return null;
    if (n.kind === 'op') cost += costOf[n.op];
    if (n.kind !== 'load') continue;
    if (n.guards.length > 0 || n.dtype !== 'f32') return null;
    if (n.from !== product) { others.push({ node, from: n.from, at: n.at }); continue; }
    if (found !== null) return null;
    found = { node, at: n.at };
  }
  if (found === null || cost > limits.cost || others.length + stage.stores.length > limits.operands) return null;
  if (stage.stores.some(t => t.update !== undefined || t.to.aval.dtype !== 'f32')) return null;
  const place = placesOf(loops, found.at, kernel.rows);
  if (place === null || longer(kernel.rows).reduce((n, l) => n * l.extent, 1) !== longer(loops).reduce((n, l) => n * l.extent, 1)) return null;
  const walks = [...others.map(o => o.at), ...stage.stores.map(t => t.at)].map(at => walkOf(loops, at, kernel.rows, place));
  const known = walks.flatMap(w => w ?? []);
  if (known.length < walks.length) return null;
  return {
    kernel, product: found.node, keeps, inMemory: keeps,
    loads: others.flatMap(({ node, from }, i) => { const walk = known[i]; return walk === undefined ? [] : [{ node, from, walk }]; }),
    stores: stage.stores.flatMap(({ to, value }, i) => { const walk = known[others.length + i]; return walk === undefined ? [] : [{ to, value, walk }]; }),
  };
}

/** For each loop of the product's result the loop of the kernel that it is part of, and how many of its steps one of its own is. */
export type Places = ReadonlyMap<OuterLoop, { readonly loop: Loop; readonly steps: number }>;
const longer = <L extends { readonly extent: number }>(loops: readonly L[]): readonly L[] => loops.filter(l => l.extent > 1);
/**
 * The kernel must walk the product as dense digits, each of which is made of whole loops of the product: then the place in the product
 * says where the kernel is.
 */
export function placesOf(loops: readonly OuterLoop[], at: Form, rows: readonly Loop[], strideAlong: (l: OuterLoop) => number = l => l.c): Places | null {
  const digits = rows.map(loop => ({ loop, stride: strideOf(at, loop) })).filter(d => d.loop.extent > 1).sort((p, q) => (p.stride ?? 0) - (q.stride ?? 0));
  let size = 1;
  for (const { loop, stride } of digits) { if (stride !== size) return null; size *= loop.extent; }
  if (at.c !== 0) return null;
  const out = new Map<OuterLoop, { readonly loop: Loop; readonly steps: number }>();
  const reach = new Map<Loop, number>();
  for (const l of longer(loops)) {
    const step = strideAlong(l);
    const digit = digits.find(d => d.stride !== null && step >= d.stride && step < d.stride * d.loop.extent);
    if (digit?.stride === undefined || digit.stride === null || step % digit.stride !== 0) return null;
    const steps = step / digit.stride;
    out.set(l, { loop: digit.loop, steps });
    reach.set(digit.loop, (reach.get(digit.loop) ?? 0) + steps * (l.extent - 1));
  }
  return [...reach].every(([loop, most]) => most < loop.extent) ? out : null;
}
export function walkOf(loops: readonly OuterLoop[], at: Form, rows: readonly Loop[], places: Places): Walk | null {
  if (at.nodes.length > 0 || rows.some(l => strideOf(at, l) === null)) return null;
  const along = (l: OuterLoop): number => { const p = places.get(l); return p === undefined ? 0 : (strideOf(at, p.loop) ?? 0) * p.steps; };
  return { start: at.c, rows: 0, columns: 0, own: loops.map(along), shared: [] };
}
/** Whether two places are the same for every element. */
export const sameWalk = (x: Walk, y: Walk): boolean => x.start === y.start && x.rows === y.rows && x.columns === y.columns && x.own.join() === y.own.join() && x.shared.join() === y.shared.join();

/** The product of an equation with this kernel behind it. */
export function contractionEpilogue(e: Eqn, kernel: Kernel, keeps: boolean, pairs: boolean): Epilogue | null {
  const shape = contractionOf(e, pairs);
  const [out] = e.outputs;
  return shape === null || out === undefined ? null : epilogueOf(shape, out, kernel, keeps);
}
