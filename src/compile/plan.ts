// The static memory plan: offsets of temporaries in one arena by liveness, with in-place reuse. Floor 5: sizes and steps only.
import { sizeOf } from '../ir/aval.ts';
import { Var, type Jaxpr } from '../ir/jaxpr.ts';
import { sameWalk, type Epilogue } from './epilogue.ts';
import { operandsRead, readsOf, writesOf, type Step } from './fuse.ts';

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

/** Results that are their operands, and are no one else's to keep: each with the variable whose memory it shares. */
export function aliasesOf(steps: readonly Step[], kept: ReadonlySet<Var>): ReadonlyMap<Var, Var> {
  const out = new Map<Var, Var>();
  for (const s of steps) {
    if (s.kind !== 'equation' || s.eqn.primitive.lowering.kind !== 'identity') continue;
    s.eqn.outputs.forEach((o, i) => { const x = s.eqn.inputs[i]; if (x instanceof Var && !kept.has(o)) out.set(o, out.get(x) ?? x); });
  }
  return out;
}

/** Temporaries are what the steps write and nobody outside keeps. */
export function planMemory(steps: readonly Step[], kept: ReadonlySet<Var>, bytesOf: (v: Var) => number): Plan {
  const aliases = aliasesOf(steps, kept);
  const shared = new Set(aliases.values());
  const own = (v: Var): Var => aliases.get(v) ?? v;
  const last = new Map<Var, number>();
  steps.forEach((s, i) => { for (const v of [...readsOf(s), ...writesOf(s)]) last.set(own(v), i); });
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
      if (kept.has(w) || offsets.has(w) || aliases.has(w)) continue;
      const dying = readsOf(s).find(r => last.get(r) === i && offsets.has(r) && !taken.has(r) && !shared.has(r) && size(r) === size(w) && mayOverwrite(s, r, w));
      const at = dying === undefined ? undefined : offsets.get(dying);
      if (dying !== undefined && at !== undefined) { offsets.set(w, at); taken.add(dying); reused++; } else place(w);
    }
    for (const v of new Set([...readsOf(s), ...writesOf(s)].map(own))) {
      const at = offsets.get(v);
      if (last.get(v) === i && at !== undefined && !taken.has(v)) release(at, size(v));
    }
  });
  return { offsets, bytes: top, reused };
}

/**
 * A kernel may write over an operand that dies in it when every read of it is at the very place that is written, in the last stage; an
 * update over what it changes, unless it is computed from it too.
 */
export function mayOverwrite(s: Step, r: Var, w: Var): boolean {
  if (s.kind === 'update') return s.to === w && s.from === r && s.kernel?.reads.includes(r) !== true;
  if (s.kind === 'equation') return s.epilogue !== undefined && overwrites(operandsRead(s), s.epilogue, r, w);
  if (s.kind !== 'kernel' || s.kernel.kind === 'rows' || sizeOf(r.aval.shape) !== sizeOf(w.aval.shape) || r.aval.dtype !== w.aval.dtype) return false;
  const { stages, nodes } = s.kernel;
  const stage = stages.at(-1);
  const store = stage?.stores.find(t => t.to === w);
  return store !== undefined && nodes.every(n => n.kind !== 'load' || n.from !== r || (n.guards.length === 0 && n.at.id === store.at.id));
}

/** Elements of an operand are read where the result is written, before it is: unless the product reads it, too. */
function overwrites(inputs: readonly Var[], { loads, stores }: Epilogue, r: Var, w: Var): boolean {
  const store = stores.find(t => t.to === w);
  return store !== undefined && sizeOf(r.aval.shape) === sizeOf(w.aval.shape) && r.aval.dtype === w.aval.dtype && !inputs.includes(r) && loads.every(l => l.from !== r || sameWalk(l.walk, store.walk));
}

/** Results that may take the place of an input that dies where they are made. */
export function inPlaceResults(jaxpr: Jaxpr, steps: readonly Step[], pairs: (input: Var, result: Var) => boolean = () => true): ReadonlyMap<Var, Var> {
  const out = new Map<Var, Var>();
  const last = new Map<Var, number>();
  steps.forEach((s, i) => { for (const v of readsOf(s)) last.set(v, i); });
  const taken = new Set<Var>(aliasesOf(steps, new Set()).values());
  steps.forEach((s, i) => {
    for (const w of writesOf(s)) {
      if (!jaxpr.outputs.includes(w)) continue;
      const r = readsOf(s).find(x => jaxpr.inputs.includes(x) && last.get(x) === i && !taken.has(x) && !jaxpr.outputs.includes(x) && mayOverwrite(s, x, w) && pairs(x, w));
      if (r !== undefined) { out.set(w, r); taken.add(r); }
    }
  });
  return out;
}
