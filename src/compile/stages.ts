// Steps from loop IR to loop IR: neighbouring loops that every index walks as one become one; costly row values are kept in scratch.
// Floor 5.
import { walksAsOne, type Form, type Guard, type IndexSpace } from './index-map.ts';
import { isFloat } from '../dtype/dtype.ts';
import { bitsOfLoops, childrenOf, expensive, operandsOf, type Kernel, type Node, type NodeId, type Stage, type Store } from './kernel.ts';

/** Elements of the longest row that is kept in scratch memory. */
const scratchRow = 16384;

/** Merges neighbouring loops of a map kernel: longer vector loops, fewer tails. */
export function collapse(k: Kernel, space: IndexSpace): Kernel {
  if (k.kind !== 'map') return k;
  for (let r = k.rows.length - 1; r > 0; r--) {
    const [a, b] = [k.rows[r - 1], k.rows[r]];
    if (a === undefined || b === undefined) continue;
    const both = a.bit | b.bit;
    const free = (f: Form): boolean => (f.bits & both) === 0;
    // Places that are computed are not walked at all.
    const walked = (t: Store): boolean => walksAsOne(t.at, a, b) && (t.update?.guards ?? []).every(g => free(g.index));
    const walks = (n: Node): boolean => {
      switch (n.kind) {
        case 'load': return walksAsOne(n.at, a, b) && n.guards.every(g => free(g.index));
        case 'position': return free(n.at);
        case 'test': return n.guards.every(g => free(g.index));
        case 'constant': case 'op': case 'accumulated': return true;
        default: return n satisfies never;
      }
    };
    if (!k.nodes.every(walks) || !k.stages.every(s => s.stores.every(walked))) continue;
    const one = space.merged(a, b);
    const merge = (f: Form): Form => space.merge(f, a, b, one);
    const varies = (bits: number): number => (bits & a.bit) !== 0 ? (bits & ~a.bit) | b.bit : bits;
    const rows = [...k.rows.slice(0, r - 1), one, ...k.rows.slice(r + 1)];
    // Loops that were not merged keep their identity; forms that name b name the merged loop now.
    const guards = (list: readonly Guard[]): readonly Guard[] => list.map(g => ({ ...g, index: merge(g.index) }));
    const nodes = k.nodes.map((n): Node => n.kind === 'load' ? { ...n, at: merge(n.at), guards: guards(n.guards), bits: varies(n.bits) } : { ...n, bits: varies(n.bits) });
    return collapse({ ...k, rows, nodes, stages: k.stages.map(s => ({ ...s, stores: s.stores.map(t => ({ ...t, at: merge(t.at), ...(t.update === undefined ? {} : { update: { ...t.update, guards: guards(t.update.guards) } }) })) })) }, space);
  }
  return k;
}

/** What a later stage would compute again at the same place, and costs much, stays in a scratch row. */
export function keepRows(stages: readonly Stage[], nodes: readonly Node[]): Stage[] {
  const keep = stages.map((): NodeId[] => []);
  const reuse = stages.map((): NodeId[] => []);
  const computed = stages.map(() => new Set<NodeId>());
  const loopsKey = (s: Stage): string => s.loops.map(l => l.id).join();
  stages.forEach((s, i) => {
    const inner = bitsOfLoops(s.loops);
    const fits = s.loops.length === 1 && (s.loops[0]?.extent ?? 0) <= scratchRow;
    const mine = reuse[i];
    const seen = computed[i];
    if (mine === undefined || seen === undefined) return;
    const walk = (id: NodeId): void => {
      const n = nodes[id];
      if (n === undefined || seen.has(id) || mine.includes(id) || (n.bits & inner) === 0) return;
      const from = fits && n.cost >= expensive && n.kind !== 'load' && isFloat(n.dtype)
        ? stages.findIndex((t, j) => j < i && loopsKey(t) === loopsKey(s) && computed[j]?.has(id) === true) : -1;
      if (from >= 0) {
        mine.push(id);
        if (keep[from]?.includes(id) === false) keep[from]?.push(id);
        return;
      }
      seen.add(id);
      childrenOf(n).forEach(walk);
    };
    for (const a of s.accumulators) walk(a.value);
    for (const t of s.stores) operandsOf(t).forEach(walk);
  });
  return stages.map((s, i) => ({ ...s, keep: keep[i] ?? [], reuse: reuse[i] ?? [] }));
}
