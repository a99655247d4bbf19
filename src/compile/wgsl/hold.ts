// What later stages of a row need of earlier ones: values that stay in workgroup memory between them, where a row is too long for registers. Each
// invocation reads what it wrote itself. And greatest values with sums of exponentials over them, which one pass can take.
// Floor 5: decided from the nodes of a kernel alone.
import { isFloat } from '../../dtype/dtype.ts';
import { bitsOfLoops, childrenOf, expensive, operandsOf, type Accumulator, type Kernel, type Node, type NodeId, type Stage } from '../kernel.ts';
import { wordOf } from './convert.ts';

/** What a stage finds in the slots of workgroup memory, and what it leaves there. */
export interface HeldStage { readonly reuse: ReadonlyMap<NodeId, number>; readonly keep: ReadonlyMap<NodeId, number> }
/** `slots`: the words that each holds, one for an element of a row. */
export interface Held { readonly slots: readonly ('f32' | 'i32' | 'u32')[]; readonly stages: ReadonlyMap<Stage, HeldStage> }

const loopsOf = (s: Stage): string => s.loops.map(l => l.id).join();
const rootsOf = (s: Stage): readonly NodeId[] => [...s.accumulators.map(a => a.value), ...s.stores.flatMap(operandsOf)];

/** The values that stages take from earlier ones over the same loops, or null where none does. */
export function heldOf(kernel: Kernel, stages: readonly Stage[]): Held | null {
  const node = (i: NodeId): Node | undefined => kernel.nodes[i];
  const worth = memoised((i: NodeId): boolean => {
    const n = node(i);
    return n !== undefined && (n.kind === 'load' || n.cost >= expensive || childrenOf(n).some(worth));
  });
  const made = new Map<string, Map<NodeId, number>>();
  const reuse = stages.map(() => new Set<NodeId>());
  stages.forEach((s, at) => {
    if (s.loops.length === 0) return;
    const inner = bitsOfLoops(s.loops);
    const before = made.get(loopsOf(s)) ?? new Map<NodeId, number>();
    made.set(loopsOf(s), before);
    const now = new Set<NodeId>();
    const visit = (i: NodeId): void => {
      const n = node(i);
      if (n === undefined || (n.bits & inner) === 0 || now.has(i)) return;
      if (before.has(i) && worth(i)) { reuse[at]?.add(i); return; }
      now.add(i);
      childrenOf(n).forEach(visit);
    };
    rootsOf(s).forEach(visit);
    for (const i of now) if (!before.has(i)) before.set(i, at);
  });
  const last = new Map<NodeId, number>();
  reuse.forEach((list, at) => { for (const i of list) last.set(i, at); });
  if (last.size === 0) return null;
  const slots: ('f32' | 'i32' | 'u32')[] = [];
  const until: number[] = [];
  const slotOf = new Map<NodeId, number>();
  const out = new Map<Stage, HeldStage>();
  stages.forEach((s, at) => {
    const keep = new Map<NodeId, number>();
    for (const [i, end] of last) {
      if (made.get(loopsOf(s))?.get(i) !== at) continue;
      const type = wordOf(node(i)?.dtype ?? 'f32');
      const cell = type === 'bool' ? 'u32' : type;
      // What was read for the last time in this stage makes room in it.
      let slot = slots.findIndex((t, k) => t === cell && (until[k] ?? 0) <= at);
      if (slot < 0) slot = slots.push(cell) - 1;
      until[slot] = end;
      keep.set(i, slot);
      slotOf.set(i, slot);
    }
    out.set(s, { keep, reuse: new Map([...reuse[at] ?? []].map(i => [i, slotOf.get(i) ?? 0])) });
  });
  return { slots, stages: out };
}
function memoised(f: (i: NodeId) => boolean): (i: NodeId) => boolean {
  const known = new Map<NodeId, boolean>();
  return i => { let x = known.get(i); if (x === undefined) known.set(i, x = f(i)); return x; };
}

/** Two stages over the same loops as one: the greatest of x, and sums of exp(x - shift), where the shift is the greatest, or constant where that is infinite. */
export interface Online {
  readonly first: Stage;
  readonly second: Stage;
  readonly greatest: Accumulator;
  readonly shift: NodeId;
}
export function onlineOf(kernel: Kernel, stages: readonly Stage[]): Online | null {
  const node = (i: NodeId | undefined): Node | undefined => i === undefined ? undefined : kernel.nodes[i];
  const walks = stages.filter(s => s.loops.length > 0);
  for (const [k, first] of walks.entries()) {
    const second = walks[k + 1];
    if (second === undefined || loopsOf(second) !== loopsOf(first) || second.stores.length > 0 || second.accumulators.length === 0) continue;
    const inner = bitsOfLoops(first.loops);
    const shifts = second.accumulators.map(a => {
      const e = node(a.value);
      const difference = e?.kind === 'op' && e.op === 'exp' && a.monoid === 'add' && isFloat(a.dtype) && a.dtype !== 'f16' ? node(e.args[0]) : undefined;
      const [x, shift] = difference?.kind === 'op' && difference.op === 'sub' ? difference.args : [];
      const greatest = first.accumulators.find(m => m.monoid === 'max' && m.value === x && m.dtype === 'f32');
      return greatest === undefined || shift === undefined || !isShift(kernel, shift, greatest) || ((node(shift)?.bits ?? inner) & inner) !== 0 ? null : { greatest, shift };
    });
    const [one] = shifts;
    if (one !== undefined && one !== null && shifts.every(s => s?.shift === one.shift && s.greatest === one.greatest)) return { first, second, ...one };
  }
  return null;
}
/** select(isFinite(greatest), greatest, constant). */
function isShift({ nodes }: Kernel, i: NodeId, greatest: Accumulator): boolean {
  const n = nodes[i];
  if (n?.kind !== 'op' || n.op !== 'select') return false;
  const [test, value, otherwise] = n.args.map(a => nodes[a]);
  const isGreatest = (x: Node | undefined): boolean => x?.kind === 'accumulated' && x.accumulator === greatest.id;
  return isGreatest(value) && otherwise?.kind === 'constant' && test?.kind === 'op' && test.op === 'isFinite' && isGreatest(nodes[test.args[0] ?? -1]);
}
