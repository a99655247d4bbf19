// The steps of a flat program: literals that are read from memory are stored first, then what can be fused is fused.
// Floor 5: what a target can fuse is the target's to say.
import { sizeOf } from '../ir/aval.ts';
import { Var, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import { fuse, readsOf, writesOf, type Step, type Target } from './fuse.ts';
import type { Prologue } from './prologue.ts';

/** Which variables to store besides those that must be: the laws cut programs anywhere, and no cut may change a bit. */
export type Cut = (j: Jaxpr) => readonly Var[];

/** The steps of a flat program, which is the given one with its literals stored where memory is read. */
export function stepsOf(flat: Jaxpr, target: Target, cut: Cut = () => []): { readonly program: Jaxpr; readonly steps: readonly Step[] } {
  const { program, splats } = withStoredLiterals(flat, target);
  const steps = fuse(program, target, cut(program));
  const results = new Set<Var>(program.outputs.filter(o => o instanceof Var));
  return { program, steps: withSplats(withEpilogues(withPrologues(steps, results, target), results, target), splats) };
}

/** Steps in which products take in the kernel that makes an operand, where nobody else reads it. */
function withPrologues(steps: readonly Step[], results: ReadonlySet<Var>, target: Target): readonly Step[] {
  if (target.prologue === undefined) return steps;
  const list: (Step | null)[] = [...steps];
  const madeAt = new Map<Var, number>();
  const readers = new Map<Var, number>();
  steps.forEach((s, i) => {
    for (const v of writesOf(s)) madeAt.set(v, i);
    for (const v of readsOf(s)) readers.set(v, (readers.get(v) ?? 0) + 1);
  });
  steps.forEach((s, i) => {
    if (s.kind !== 'equation' || s.eqn.primitive.lowering.kind !== 'contraction') return;
    const prologues = new Map<number, Prologue>();
    s.eqn.inputs.forEach((a, k) => {
      const at = a instanceof Var ? madeAt.get(a) : undefined;
      const maker = at === undefined ? undefined : list[at];
      if (!(a instanceof Var) || at === undefined || maker?.kind !== 'kernel' || results.has(a) || readers.get(a) !== 1 || maker.kernel.writes.length !== 1) return;
      const p = target.prologue?.(s.eqn, maker.kernel, k);
      if (p === undefined || p === null) return;
      prologues.set(k, p);
      list[at] = null;
    });
    if (prologues.size > 0) list[i] = { ...s, prologues };
  });
  return list.flatMap(s => s ?? []);
}
/** Steps in which products take in the kernel that follows them, where one does and its other operands are there. */
function withEpilogues(steps: readonly Step[], results: ReadonlySet<Var>, target: Target): readonly Step[] {
  if (target.epilogue === undefined) return steps;
  const list: (Step | null)[] = [...steps];
  const madeAt = new Map<Var, number>();
  const readAt = new Map<Var, number[]>();
  steps.forEach((s, i) => {
    for (const v of writesOf(s)) madeAt.set(v, i);
    for (const v of readsOf(s)) readAt.set(v, [...readAt.get(v) ?? [], i]);
  });
  steps.forEach((s, i) => {
    const product = s.kind === 'equation' ? s.eqn.outputs[0] : undefined;
    if (s.kind !== 'equation' || product === undefined || s.eqn.primitive.lowering.kind !== 'contraction') return;
    const readers = readAt.get(product) ?? [];
    for (const j of readers) {
      const k = list[j];
      if (k === null || k?.kind !== 'kernel') continue;
      const early = k.kernel.reads.every(v => v === product || (madeAt.get(v) ?? -1) < i);
      // What else the kernel needs may be made behind the product, which then moves there, unless somebody reads it before.
      if (!early && readers[0] !== j) continue;
      const e = target.epilogue?.(s.eqn, k.kernel, readers.length > 1 || results.has(product));
      if (e === undefined || e === null) continue;
      const to = early ? i : j;
      list[i] = null;
      list[j] = null;
      list[to] = { ...s, epilogue: e };
      for (const v of [product, ...k.kernel.writes]) madeAt.set(v, to);
      return;
    }
  });
  return list.flatMap(s => s ?? []);
}
/** Loops, branches and products read their operands from memory; the host takes literals as they are. */
export function needsStoredOperands(e: Eqn): boolean {
  const { kind } = e.primitive.lowering;
  return kind === 'control' || kind === 'identity' || kind === 'recurrence' || kind === 'sort' || kind === 'contraction';
}
/** Literal operands of equations that read memory are values there: each becomes a variable that a splat kernel writes. */
function withStoredLiterals(j: Jaxpr, target: Target): { readonly program: Jaxpr; readonly splats: ReadonlyMap<Var, number> } {
  const splats = new Map<Var, number>();
  const eqns = j.eqns.map(e => {
    if (target.fusible(e) || !needsStoredOperands(e) || e.inputs.every(a => a instanceof Var)) return e;
    return { ...e, inputs: e.inputs.map(a => { if (a instanceof Var) return a; const v = new Var(a.aval); splats.set(v, a.value); return v; }) };
  });
  return { program: { ...j, eqns }, splats };
}
function withSplats(steps: readonly Step[], splats: ReadonlyMap<Var, number>): readonly Step[] {
  if (splats.size === 0) return steps;
  return steps.flatMap(s => {
    if (s.kind !== 'equation') return [s];
    const before = s.eqn.inputs.flatMap((a): Step[] => {
      const value = a instanceof Var ? splats.get(a) : undefined;
      return value === undefined || !(a instanceof Var) || sizeOf(a.aval.shape) === 0 ? [] : [{ kind: 'splat', variable: a, value }];
    });
    return [...before, s];
  });
}
