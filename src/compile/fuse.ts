// Fusion by demand: begin with as few stored variables as possible, lower, and store what a lowering could not inline.
// Floor 5: what a target can fuse is the target's to say; what it cannot is one step of its own.
import { CotangentError } from '../error.ts';
import { sizeOf } from '../ir/aval.ts';
import { Var, type Atom, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import type { Epilogue } from './epilogue.ts';
import type { Prologue } from './prologue.ts';
import { costOf, expensive, type Kernel } from './kernel.ts';
import { Conflict, lower, type Definitions, type Length, type Lowered } from './lower.ts';

/**
 * A fused kernel; a kernel that changes its result, which begins as a copy of `from` (without a kernel nothing changes); an equation that is a
 * step of its own (a template, a loop, a host function), with what makes its operands and what it does to its results before it stores them; or a literal that must stand in memory.
 */
export type Step =
  | { readonly kind: 'kernel'; readonly kernel: Kernel }
  | { readonly kind: 'update'; readonly from: Atom; readonly to: Var; readonly kernel: Kernel | null }
  | { readonly kind: 'equation'; readonly eqn: Eqn; readonly epilogue?: Epilogue; readonly prologues?: Prologues }
  | { readonly kind: 'splat'; readonly variable: Var; readonly value: number };
/** What makes operands where they are loaded, by their number. */
export type Prologues = ReadonlyMap<number, Prologue>;
/** What an equation reads to compute its own result: its operands, or what these are made of. */
export const operandsRead = ({ eqn, prologues }: Extract<Step, { readonly kind: 'equation' }>): readonly Var[] =>
  eqn.inputs.flatMap((a, i) => prologues?.get(i)?.loads.map(l => l.from) ?? (a instanceof Var ? [a] : []));
export function writesOf(s: Step): readonly Var[] {
  switch (s.kind) {
    case 'kernel': return s.kernel.writes;
    case 'update': return [s.to];
    case 'splat': return [s.variable];
    case 'equation': return s.epilogue === undefined ? s.eqn.outputs : [...s.epilogue.inMemory ? s.eqn.outputs : [], ...s.epilogue.kernel.writes];
    default: return s satisfies never;
  }
}
export function readsOf(s: Step): readonly Var[] {
  switch (s.kind) {
    case 'kernel': return s.kernel.reads;
    case 'update': return [...(s.from instanceof Var ? [s.from] : []), ...s.kernel?.reads ?? []];
    case 'splat': return [];
    case 'equation': return [...operandsRead(s), ...s.epilogue?.loads.map(l => l.from) ?? []];
    default: return s satisfies never;
  }
}

export interface Target {
  /** Whether the equation may be part of a fused kernel. */
  fusible(e: Eqn): boolean;
  /** Most results of one kernel. */
  readonly maxStores: number;
  /** Bounds the text of a kernel, where a driver compiles it and takes longer than linear time; absent where nothing needs it. */
  readonly length?: Length;
  /** The kernel as part of the equation's own stores; absent where no equation has any. `keeps`: the result itself is needed, too. */
  epilogue?(e: Eqn, kernel: Kernel, keeps: boolean): Epilogue | null;
  /** The kernel that makes an operand, by its number, as part of the equation's own loads; absent where no equation has any. */
  prologue?(e: Eqn, kernel: Kernel, operand: number): Prologue | null;
}

/** The steps of a flat program. `cut`: store these too (the laws use it: no cut may change a result). */
export function fuse(j: Jaxpr, target: Target, cut: readonly Var[] = []): readonly Step[] {
  const definitions = new Map<Var, { readonly eqn: Eqn; readonly result: number }>();
  const stored = new Set<Var>([...j.inputs, ...cut]);
  for (const o of j.outputs) if (o instanceof Var) stored.add(o);
  for (const e of j.eqns) {
    e.outputs.forEach((v, result) => definitions.set(v, { eqn: e, result }));
    if (target.fusible(e)) continue;
    for (const v of e.outputs) stored.add(v);
    // What is changed must stand in memory; what it is changed by is computed where it is needed.
    for (const a of isUpdate(e) ? e.inputs.slice(0, 1) : e.inputs) if (a instanceof Var) stored.add(a);
  }
  const plan = new Fusion(j, target, definitions, stored);
  for (;;) {
    plan.settle();
    const { steps, recomputed } = plan.assemble();
    if (recomputed.length === 0) return steps;
    recomputed.forEach(v => plan.store(v));
  }
}

const isUpdate = (e: Eqn): boolean => e.primitive.lowering.kind === 'update';
const isEmpty = (v: Atom | undefined): boolean => v === undefined || sizeOf(v.aval.shape) === 0;

function attempt(roots: readonly Var[], stored: ReadonlySet<Var>, definitions: Definitions, length: Length | undefined): Lowered | Conflict {
  try { return lower(roots, stored, definitions, length); } catch (error) {
    if (error instanceof Conflict) return error;
    throw error;
  }
}

class Fusion {
  readonly #program: Jaxpr;
  readonly #target: Target;
  readonly #definitions: Definitions;
  readonly #stored: Set<Var>;
  /** Lowerings of single roots: valid as long as no value they inlined is stored since. */
  readonly #alone = new Map<Var, Lowered>();
  /** Lowerings of several roots, by their numbers. */
  readonly #joined = new Map<string, Lowered | null>();
  readonly #ids = new Map<Var, number>();
  /** Where each equation stands. */
  readonly #order: ReadonlyMap<Eqn, number>;
  constructor(program: Jaxpr, target: Target, definitions: Definitions, stored: Set<Var>) {
    this.#program = program;
    this.#order = new Map(program.eqns.map((e, i) => [e, i]));
    this.#target = target;
    this.#definitions = definitions;
    this.#stored = stored;
  }
  #lowerAlone(v: Var): Lowered | Conflict {
    const known = this.#alone.get(v);
    if (known !== undefined && ![...known.inlined].some(x => x !== v && this.#stored.has(x))) return known;
    const made = attempt([v], this.#stored, this.#definitions, this.#target.length);
    if (!(made instanceof Conflict)) this.#alone.set(v, made);
    return made;
  }

  /** Each time, one value more is stored: this comes to an end. */
  store(variable: Var): void {
    if (this.#stored.has(variable)) throw new CotangentError('jaxpr', 'compile: a stored value conflicts with itself');
    this.#stored.add(variable);
  }
  /** Stores what single roots cannot inline, until each can be lowered. What stands before a newly stored value has not inlined it. */
  settle(): void {
    const { eqns } = this.#program;
    for (let i = 0; i < eqns.length; i++) {
      const e = eqns[i];
      const conflict = e === undefined ? undefined : this.#rootsOf(e).map(v => this.#lowerAlone(v)).find(l => l instanceof Conflict);
      if (conflict === undefined) continue;
      this.store(conflict.variable);
      const definition = this.#definitions.get(conflict.variable)?.eqn;
      i = Math.min(i, definition === undefined ? 0 : this.#order.get(definition) ?? 0) - 1;
    }
  }
  /** The results of an equation that a kernel computes into memory. */
  #rootsOf(e: Eqn): readonly Var[] {
    if (isUpdate(e)) {
      const { lowering } = e.primitive;
      return lowering.kind !== 'update' || isEmpty(e.inputs[lowering.updates]) ? [] : e.outputs.filter(v => !isEmpty(v));
    }
    return this.#target.fusible(e) ? e.outputs.filter(v => this.#stored.has(v) && !isEmpty(v)) : [];
  }
  /** What `settle` has made sure of. */
  #settled(v: Var): Lowered {
    const made = this.#lowerAlone(v);
    if (made instanceof Conflict) throw new CotangentError('jaxpr', 'compile: fusion does not settle');
    return made;
  }

  /** The steps, and what should be stored because several of them compute it. All roots are settled. */
  assemble(): { readonly steps: readonly Step[]; readonly recomputed: readonly Var[] } {
    const steps: Step[] = [];
    const lowered: (Lowered | null)[] = [];
    const madeAt = new Map<Var, number>();
    for (const e of this.#program.eqns) {
      if (isUpdate(e)) {
        const [to] = e.outputs;
        const [from] = e.inputs;
        if (to === undefined || from === undefined || isEmpty(to)) continue;
        const [root] = this.#rootsOf(e);
        const alone = root === undefined ? null : this.#settled(root);
        madeAt.set(to, steps.length);
        steps.push({ kind: 'update', from, to, kernel: alone?.kernel ?? null });
        lowered.push(alone);
        continue;
      }
      if (!this.#target.fusible(e)) {
        for (const v of e.outputs) madeAt.set(v, steps.length);
        steps.push({ kind: 'equation', eqn: e });
        lowered.push(null);
        continue;
      }
      for (const v of this.#rootsOf(e)) {
        const alone = this.#settled(v);
        const joined = this.#join(v, alone, steps, lowered, madeAt);
        if (joined >= 0) { madeAt.set(v, joined); continue; }
        madeAt.set(v, steps.length);
        steps.push({ kind: 'kernel', kernel: alone.kernel });
        lowered.push(alone);
      }
    }
    return { steps, recomputed: this.#recomputed(lowered) };
  }
  /** Joins an earlier kernel that reads or writes what this one reads, where nothing between them stands in the way. */
  #join(v: Var, alone: Lowered, steps: Step[], lowered: (Lowered | null)[], madeAt: ReadonlyMap<Var, number>): number {
    const reads = new Set(alone.kernel.reads);
    for (let g = steps.length - 1; g >= 0; g--) {
      const s = steps[g];
      if (s === undefined || s.kind !== 'kernel' || s.kernel.writes.length >= this.#target.maxStores) continue;
      const { kernel } = s;
      if (!kernel.reads.some(b => reads.has(b)) && !kernel.writes.some(b => reads.has(b))) continue;
      if (alone.kernel.reads.some(b => (madeAt.get(b) ?? -1) >= g && !kernel.writes.includes(b))) continue;
      const both = this.#lowerJoined(kernel.writes, v);
      if (both === null) continue;
      steps[g] = { kind: 'kernel', kernel: both.kernel };
      lowered[g] = both;
      return g;
    }
    return -1;
  }
  /** As one kernel, or null where that cannot be: what failed once is not tried again, though more is stored by then. */
  #lowerJoined(writes: readonly Var[], v: Var): Lowered | null {
    const key = [...writes, v].map(x => this.#id(x)).join();
    const known = this.#joined.get(key);
    if (known === null || (known !== undefined && ![...known.inlined].some(x => x !== v && !writes.includes(x) && this.#stored.has(x)))) return known;
    const made = attempt([...writes, v], this.#stored, this.#definitions, this.#target.length);
    const result = made instanceof Conflict ? null : made;
    this.#joined.set(key, result);
    return result;
  }
  #id(v: Var): number {
    let id = this.#ids.get(v);
    if (id === undefined) this.#ids.set(v, id = this.#ids.size);
    return id;
  }
  /** Expensive variables that two kernels compute, the last ones; not those of kernels that change when a later one is stored. */
  #recomputed(lowered: readonly (Lowered | null)[]): readonly Var[] {
    const cost = new Map<Var, number>();
    const of = (v: unknown): number => v instanceof Var ? cost.get(v) ?? 0 : 0;
    const order: Var[] = [];
    for (const e of this.#program.eqns) {
      if (!this.#target.fusible(e)) continue;
      const own = ownCost(e);
      const sum = own + e.inputs.reduce((n, a) => n + Math.min(50, of(a)), 0);
      for (const v of e.outputs) { cost.set(v, sum); order.push(v); }
    }
    const written = new Set(lowered.flatMap(l => l === null ? [] : [...l.kernel.writes]));
    const views = new Set<Var>(this.#program.eqns.flatMap(e => e.primitive.lowering.kind === 'element' && ownCost(e) === 0 ? e.outputs : []));
    const makers = new Map<Var, number[]>();
    lowered.forEach((l, g) => { for (const v of l?.inlined ?? []) { const list = makers.get(v); if (list === undefined) makers.set(v, [g]); else list.push(g); } });
    const changing = new Set<number>();
    return order.reverse().filter((v) => {
      const makersOfV = makers.get(v) ?? [];
      if (makersOfV.length < 2 || written.has(v) || of(v) < expensive || sizeOf(v.aval.shape) <= 1 || views.has(v) || makersOfV.some(g => changing.has(g))) return false;
      for (const g of makersOfV) changing.add(g);
      return true;
    });
  }
}
/** What one element costs beyond those it is made of, in additions. */
function ownCost({ primitive: { lowering }, params }: Eqn): number {
  switch (lowering.kind) {
    case 'reduction': return 100;
    case 'scalar': return costOf[lowering.op];
    case 'element': return lowering.cost?.(params) ?? 0;
    case 'update': case 'recurrence': case 'sort': case 'identity': case 'decomposition': case 'contraction': case 'program': case 'control': case 'host': return 0;
    default: return lowering satisfies never;
  }
}
