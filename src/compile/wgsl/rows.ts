// Rows walked in one shader, stage by stage: steps of one element or of four, in registers, in loops, or through workgroup memory.
// Floor 5: how rows are spread over invocations, others decide.
import { CotangentError } from '../../error.ts';
import type { Loop } from '../index-map.ts';
import { bitsOfLoops, operandsOf, type Accumulator, type NodeId, type Stage } from '../kernel.ts';
import type { Term } from './code.ts';
import { settled } from './convert.ts';
import { foldLanes, Shared, unitTerm, type Group } from './fold.ts';
import type { Held } from './hold.ts';
import { block, inBlocks } from './schedule.ts';
import { groupSize } from './shader.ts';
import { combined, foldType, Scope, turnsOf, type Values } from './values.ts';

/** How a row is walked: by whom, where each begins, how far each step goes, and how many neighbours it takes. */
export interface Walk {
  readonly group: Group;
  readonly start: string;
  readonly stride: number;
  readonly by: 1 | 4;
  /** Elements that an invocation holds from stage to stage, at most. */
  readonly registers: number;
  /** What lies in workgroup memory from stage to stage. */
  readonly held: Held | null;
  /** Where what stands for the whole row is stored; null: everywhere. */
  readonly first: string | null;
  /** Where the row exists at all; null: everywhere. */
  readonly exists: string | null;
}
export interface Total { readonly a: Accumulator; readonly variable: Term }
export const alone: Group = { size: groupSize, lanes: 1, subgroups: false };
export const serialWalk: Walk = { group: alone, start: '0u', stride: 1, by: 1, registers: 0, held: null, first: null, exists: null };
const both = (...tests: readonly (string | null)[]): string | null => {
  const there = tests.filter(t => t !== null);
  return there.length === 0 ? null : there.length === 1 ? there[0] ?? null : there.map(t => `(${t})`).join(' & ');
};

/** A step of a walk: one element, or four neighbours in a block of their own. */
export interface Step { readonly around: Scope; readonly parts: readonly Scope[] }

/** The stages of a row, in one shader. */
export class Rows {
  readonly values: Values;
  readonly shared = new Shared();
  /** Steps that are held, by the loops that they walk. */
  readonly #held = new Map<string, readonly Step[]>();
  constructor(values: Values) { this.values = values; }

  /** The results of its folds, before they are rounded. */
  stage(s: Stage, rowScope: Scope, w: Walk): readonly Total[] {
    const { values } = this;
    const c = values.code;
    const roots = [...s.accumulators.map(a => a.value), ...s.stores.flatMap(operandsOf)];
    // What does not vary with the inner loops is computed once, before them.
    values.hoist(roots, bitsOfLoops(s.loops), rowScope);
    if (s.loops.length === 0) { values.stores(s.stores, rowScope, both(w.exists, w.first)); return []; }
    const totals = s.accumulators.map(a => ({ a, variable: this.begin(a) }));
    this.#walk(s, rowScope, w, totals.map(t => t.variable));
    for (const { a, variable } of totals) {
      foldLanes(c, this.shared, a, variable, w.group);
      this.finish(a, variable, rowScope);
    }
    return totals;
  }
  begin(a: Accumulator): Term { return this.values.code.variable(foldType(a.dtype), unitTerm(this.values.code, a).code); }
  /** Later stages read it under the name of its node. */
  finish(a: Accumulator, total: Term, rowScope: Scope): void {
    const settledTotal = settled(this.values.code, a.dtype, total);
    for (const i of this.nodesOf(a)) rowScope.set(i, settledTotal);
  }
  nodesOf(a: Accumulator): readonly NodeId[] { return this.values.kernel.nodes.flatMap((n, i) => n.kind === 'accumulated' && n.accumulator === a.id ? [i] : []); }
  fold(a: Accumulator, into: Term, x: Term): void {
    const { code: c } = this.values;
    c.line(`${into.code} = ${c.as(into.type, combined(c, a.monoid, a.dtype, into, x))};`);
  }

  /** One step from the number of its first element among those of its size. */
  step(s: Stage, number: string, rowScope: Scope, by: 1 | 4): Step {
    const { values } = this;
    const around = new Scope(rowScope);
    values.counters(s.loops, number, around, by);
    const last = s.loops.at(-1);
    if (by === 1 || last === undefined) return { around, parts: [around] };
    values.hoist([...s.accumulators.map(a => a.value), ...s.stores.flatMap(operandsOf)], last.bit, around);
    return { around, parts: values.parts(last, around) };
  }
  #walk(s: Stage, rowScope: Scope, w: Walk, totals: readonly Term[]): void {
    const { values } = this;
    const c = values.code;
    const units = turnsOf(s.loops) / w.by;
    const steps = Math.ceil(units / w.stride);
    if (steps * w.by <= w.registers) {
      const key = s.loops.map(l => l.id).join();
      const known = this.#held.get(key);
      const inside = (k: number): string | null => (k + 1) * w.stride <= units ? null : `(${w.start} + ${k * w.stride}u < ${units}u)`;
      const held = known ?? Array.from({ length: steps }, (_, k) => {
        const at = c.let('u32', `${w.start} + ${k * w.stride}u`).code;
        return this.step(s, inside(k) === null ? at : c.let('u32', `min(${at}, ${units - 1}u)`).code, rowScope, w.by);
      });
      if (known === undefined) this.#held.set(key, held);
      held.forEach((step, k) => this.#take(s, step, totals, both(w.exists, inside(k)), inside(k)));
      return;
    }
    const memory = w.held?.stages.get(s);
    const slot = (k: number): string => { const type = w.held?.slots[k] ?? 'f32'; return this.shared.array(`held${k}`, w.by === 1 ? type : `vec4<${type}>`, units); };
    this.inSteps(s.accumulators, s.loops, w, totals, (number, into) => {
      const step = this.step(s, number, rowScope, w.by);
      for (const [i, k] of memory?.reuse ?? []) {
        const type = foldType(values.node(i).dtype);
        const cell = c.fresh('held');
        c.line(`let ${cell} = ${slot(k)}[${number}];`);
        step.parts.forEach((part, j) => {
          const x = w.by === 1 ? cell : `${cell}.${'xyzw'[j] ?? 'x'}`;
          part.set(i, type === 'bool' ? c.let('bool', `${x} != 0u`) : { code: x, type });
        });
      }
      this.#take(s, step, into, w.exists, null);
      for (const [i, k] of memory?.keep ?? []) {
        const cells = step.parts.map(part => { const x = values.value(i, part); return x.type === 'bool' ? `select(0u, 1u, ${x.code})` : x.code; });
        c.line(`${slot(k)}[${number}] = ${w.by === 1 ? cells[0] ?? '' : `vec4<${w.held?.slots[k] ?? 'f32'}>(${cells.join(', ')})`};`);
      }
    });
  }
  /** Folds a step, and stores it. `inside`: where it lies in the row: what is held was computed for some element in any case, and counts where it is one. */
  #take(s: Stage, { around, parts }: Step, into: readonly Term[], exists: string | null, inside: string | null): void {
    const { values } = this;
    const c = values.code;
    for (const part of parts) s.accumulators.forEach((a, k) => {
      const [variable, x] = [into[k], values.value(a.value, part)];
      if (variable === undefined) return;
      this.fold(a, variable, inside === null ? x : c.let(variable.type, `select(${unitTerm(c, a).code}, ${c.as(variable.type, x)}, ${inside})`));
    });
    if (parts.length === 1) values.stores(s.stores, around, exists); else values.storesOfFour(s.stores, around, parts, exists);
  }
  /** All steps of a walk, in loops; sums of many in blocks, each of which is folded into the whole by `merge`. */
  inSteps(accumulators: readonly Accumulator[], loops: readonly Loop[], w: Walk, totals: readonly Term[], body: (number: string, into: readonly Term[]) => void,
    merge = (into: readonly Term[], parts: readonly Term[]): void => accumulators.forEach((a, k) => { const [x, y] = [into[k], parts[k]]; if (x !== undefined && y !== undefined) this.fold(a, x, y); })): void {
    const c = this.values.code;
    const n = turnsOf(loops);
    const units = n / w.by;
    const steps = Math.ceil(units / w.stride);
    if (n + block * w.stride * w.by > 2 ** 32) throw new CotangentError('unsupported', `webgpu: a reduction over ${n} elements in one kernel; its counter has 32 bits: reduce fewer axes at a time`);
    const even = units % w.stride === 0;
    const at = (q: string, into: readonly Term[]): void => {
      const t = c.let('u32', `${w.start} + ${w.stride === 1 ? q : `${q} * ${w.stride}u`}`).code;
      if (even) body(t, into); else c.block(`if (${t} < ${units}u)`, () => body(t, into));
    };
    const [q, b] = [c.fresh('q'), c.fresh('b')];
    if (!inBlocks(steps * w.by, accumulators)) { c.block(`for (var ${q} = 0u; ${q} < ${steps}u; ${q}++)`, () => at(q, totals)); return; }
    const each = block / w.by;
    c.block(`for (var ${b} = 0u; ${b} < ${Math.ceil(steps / each)}u; ${b}++)`, () => {
      const parts = accumulators.map(a => this.begin(a));
      c.block(`for (var ${q} = 0u; ${q} < ${each}u; ${q}++)`, () => {
        const inside = c.let('u32', `${b} * ${each}u + ${q}`).code;
        // Steps behind the last are outside the row, where a row is no multiple of the stride: elsewhere they are told apart here.
        if (even && steps % each !== 0) c.block(`if (${inside} < ${steps}u)`, () => at(inside, parts)); else at(inside, parts);
      });
      merge(totals, parts);
    });
  }
}
