// The static memory plan: offsets of temporaries in one arena by liveness, with in-place reuse. Floor 5: sizes and steps only.
import { sizeOf } from '../ir/aval.ts';
import type { Var } from '../ir/jaxpr.ts';
import { readsOf, writesOf, type Step } from './fuse.ts';

export interface Plan {
  /** Byte offset of each temporary in the arena. */
  readonly offsets: ReadonlyMap<Var, number>;
  readonly bytes: number;
  /** Results that took the place of an operand. */
  readonly reused: number;
}
const alignment = 64;
/** Room behind each value lets vector loads of a tail read past its end. */
export const paddedBytes = (bytes: number): number => Math.ceil(bytes / alignment) * alignment + alignment;

/** Temporaries are what the steps write and nobody outside keeps. */
export function planMemory(steps: readonly Step[], kept: ReadonlySet<Var>, bytesOf: (v: Var) => number): Plan {
  const last = new Map<Var, number>();
  steps.forEach((s, i) => { for (const v of [...readsOf(s), ...writesOf(s)]) last.set(v, i); });
  const offsets = new Map<Var, number>();
  const free: { at: number; size: number }[] = [];
  let top = 0;
  let reused = 0;
  const size = (v: Var): number => paddedBytes(bytesOf(v));
  const place = (v: Var): void => {
    const n = size(v);
    let best = -1;
    free.forEach((f, i) => { if (f.size >= n && (best < 0 || f.size < (free[best]?.size ?? 0))) best = i; });
    const hole = free[best];
    if (hole === undefined) { offsets.set(v, top); top += n; return; }
    offsets.set(v, hole.at);
    hole.at += n;
    hole.size -= n;
    if (hole.size === 0) free.splice(best, 1);
  };
  const release = (at: number, n: number): void => {
    let i = free.findIndex(f => f.at > at);
    if (i < 0) i = free.length;
    free.splice(i, 0, { at, size: n });
    for (const k of [i, i - 1]) {
      const [a, b] = [free[k], free[k + 1]];
      if (a !== undefined && b !== undefined && a.at + a.size === b.at) { a.size += b.size; free.splice(k + 1, 1); }
    }
  };
  steps.forEach((s, i) => {
    const taken = new Set<Var>();
    for (const w of writesOf(s)) {
      if (kept.has(w) || offsets.has(w)) continue;
      const dying = readsOf(s).find(r => last.get(r) === i && offsets.has(r) && !taken.has(r) && size(r) === size(w) && mayOverwrite(s, r, w));
      const at = dying === undefined ? undefined : offsets.get(dying);
      if (dying !== undefined && at !== undefined) { offsets.set(w, at); taken.add(dying); reused++; } else place(w);
    }
    for (const v of new Set([...readsOf(s), ...writesOf(s)])) {
      const at = offsets.get(v);
      if (last.get(v) === i && at !== undefined && !taken.has(v)) release(at, size(v));
    }
  });
  return { offsets, bytes: top, reused };
}

/** A kernel may write over an operand that dies in it when every read of it is at the very place that is written, in the last stage. */
export function mayOverwrite(s: Step, r: Var, w: Var): boolean {
  if (s.kind !== 'kernel' || s.kernel.kind === 'rows' || sizeOf(r.aval.shape) !== sizeOf(w.aval.shape) || r.aval.dtype !== w.aval.dtype) return false;
  const { stages, nodes } = s.kernel;
  const stage = stages.at(-1);
  const store = stage?.stores.find(t => t.to === w);
  return store !== undefined && nodes.every(n => n.kind !== 'load' || n.from !== r || (n.guards.length === 0 && n.at.id === store.at.id));
}
