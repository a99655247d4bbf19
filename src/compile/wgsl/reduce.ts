// Kernels with rows as shaders, by schedule: rows walked by one invocation, or by several that fold what they found; or rows in parts, whose
// results stand in memory between shaders. Floor 5: which schedule, others decide.
import { CotangentError } from '../../error.ts';
import type { Aval } from '../../ir/aval.ts';
import type { Var } from '../../ir/jaxpr.ts';
import { bitsOfLoops, childrenOf, operandsOf, type Accumulator, type Kernel, type NodeId, type Stage } from '../kernel.ts';
import { Code, type Term } from './code.ts';
import { settled } from './convert.ts';
import { foldLanes, Shared, unitTerm, type Group } from './fold.ts';
import { block, inBlocks, type Schedule, type Split, type Together } from './schedule.ts';
import { groupSize, invocationGroups, openInvocations, shaderText, type Bindings, type Shader } from './shader.ts';
import { combined, foldDType, foldType, Scope, turnsOf, Values } from './values.ts';

/** How a row is walked: by whom, where each begins, and how far each step goes. */
export interface Walk {
  readonly group: Group;
  readonly start: string;
  readonly stride: number;
  /** Elements that an invocation holds from stage to stage, at most. */
  readonly registers: number;
  /** Where what stands for the whole row is stored; null: everywhere. */
  readonly first: string | null;
  /** Where the row exists at all; null: everywhere. */
  readonly exists: string | null;
}
interface Total { readonly a: Accumulator; readonly variable: Term }
const alone: Group = { size: groupSize, lanes: 1, subgroups: false };
export const serialWalk: Walk = { group: alone, start: '0u', stride: 1, registers: 0, first: null, exists: null };
const both = (...tests: readonly (string | null)[]): string | null => {
  const there = tests.filter(t => t !== null);
  return there.length === 0 ? null : there.length === 1 ? there[0] ?? null : there.map(t => `(${t})`).join(' & ');
};

/** The stages of a row, in one shader. */
export class Rows {
  readonly values: Values;
  readonly shared = new Shared();
  /** Scopes of the elements that are held, by the loops that walk them. */
  readonly #held = new Map<string, readonly Scope[]>();
  constructor(values: Values) { this.values = values; }

  /** The results of its folds, before they are rounded. */
  stage(s: Stage, rowScope: Scope, w: Walk): readonly Total[] {
    const { values } = this;
    const c = values.code;
    const roots = [...s.accumulators.map(a => a.value), ...s.stores.flatMap(operandsOf)];
    // What does not vary with the inner loops is computed once, before them.
    values.hoist(roots, bitsOfLoops(s.loops), rowScope);
    if (s.loops.length === 0) { values.stores(s.stores, rowScope, both(w.exists, w.first)); return []; }
    const totals = s.accumulators.map(a => ({ a, variable: this.#begin(a) }));
    this.#walk(s, rowScope, w, totals);
    for (const { a, variable } of totals) {
      foldLanes(c, this.shared, a, variable, w.group);
      this.finish(a, variable, rowScope);
    }
    return totals;
  }
  #begin(a: Accumulator): Term { return this.values.code.variable(foldType(a.dtype), unitTerm(this.values.code, a).code); }
  /** Later stages read it under the name of its node. */
  finish(a: Accumulator, total: Term, rowScope: Scope): void {
    const settledTotal = settled(this.values.code, a.dtype, total);
    this.values.kernel.nodes.forEach((n, i) => { if (n.kind === 'accumulated' && n.accumulator === a.id) rowScope.set(i, settledTotal); });
  }

  #walk(s: Stage, rowScope: Scope, w: Walk, totals: readonly Total[]): void {
    const { values } = this;
    const c = values.code;
    const n = turnsOf(s.loops);
    const steps = Math.ceil(n / w.stride);
    if (n + block * w.stride > 2 ** 32) throw new CotangentError('unsupported', `webgpu: a reduction over ${n} elements in one kernel; its counter has 32 bits: reduce fewer axes at a time`);
    const even = n % w.stride === 0;
    const element = (into: readonly Term[], scope: Scope, inside: string | null, held: boolean): void => {
      s.accumulators.forEach((a, k) => {
        const [variable, x] = [into[k], values.value(a.value, scope)];
        if (variable === undefined) return;
        // What is held was computed for some element in any case, and counts where it is one.
        const y = held && inside !== null ? c.let(variable.type, `select(${unitTerm(c, a).code}, ${c.as(variable.type, x)}, ${inside})`) : x;
        c.line(`${variable.code} = ${c.as(variable.type, combined(c, a.monoid, a.dtype, variable, y))};`);
      });
      values.stores(s.stores, scope, both(w.exists, held ? inside : null));
    };
    const variables = totals.map(t => t.variable);
    if (steps <= w.registers) {
      const key = s.loops.map(l => l.id).join();
      let held = this.#held.get(key);
      if (held === undefined) {
        held = Array.from({ length: steps }, (_, k) => {
          const scope = new Scope(rowScope);
          const at = c.let('u32', `${w.start} + ${k * w.stride}u`).code;
          values.counters(s.loops, (k + 1) * w.stride <= n ? at : c.let('u32', `min(${at}, ${n - 1}u)`).code, scope);
          return scope;
        });
        this.#held.set(key, held);
      }
      held.forEach((scope, k) => element(variables, scope, (k + 1) * w.stride <= n ? null : `(${w.start} + ${k * w.stride}u < ${n}u)`, true));
      return;
    }
    const at = (q: string, into: readonly Term[]): void => {
      const t = c.let('u32', `${w.start} + ${w.stride === 1 ? q : `${q} * ${w.stride}u`}`).code;
      const body = (): void => {
        const scope = new Scope(rowScope);
        values.counters(s.loops, t, scope);
        element(into, scope, null, false);
      };
      if (even) body(); else c.block(`if (${t} < ${n}u)`, body);
    };
    const [q, b] = [c.fresh('q'), c.fresh('b')];
    if (!inBlocks(steps, s)) { c.block(`for (var ${q} = 0u; ${q} < ${steps}u; ${q}++)`, () => at(q, variables)); return; }
    const blocks = Math.ceil(steps / block);
    c.block(`for (var ${b} = 0u; ${b} < ${blocks}u; ${b}++)`, () => {
      const parts = s.accumulators.map(a => this.#begin(a));
      c.block(`for (var ${q} = 0u; ${q} < ${block}u; ${q}++)`, () => {
        const inside = c.let('u32', `${b} * ${block}u + ${q}`).code;
        // Steps behind the last are outside the row, where a row is no multiple of the stride: elsewhere they are told apart here.
        if (even && steps % block !== 0) c.block(`if (${inside} < ${steps}u)`, () => at(inside, parts)); else at(inside, parts);
      });
      s.accumulators.forEach((a, k) => {
        const [variable, part] = [variables[k], parts[k]];
        if (variable !== undefined && part !== undefined) c.line(`${variable.code} = ${c.as(variable.type, combined(c, a.monoid, a.dtype, variable, part))};`);
      });
    });
  }
}

/** Memory for what stands between two shaders of one kernel. */
export type Scratch = (a: Aval) => Var;
export interface RowKernel { readonly kernel: Kernel; readonly stages: readonly Stage[]; readonly bindings: () => Bindings; readonly scratch: Scratch; readonly subgroups: boolean }

export function rowShaders(k: RowKernel, s: Schedule): readonly Shader[] {
  switch (s.kind) {
    case 'serial': return [serial(k)];
    case 'together': return [together(k, s)];
    case 'split': return new SplitRows(k, s).shaders();
    default: return s satisfies never;
  }
}
const start = ({ kernel, bindings }: RowKernel): Rows => new Rows(new Values(kernel, new Code(), bindings()));
const finished = ({ values: { bindings, code }, shared }: Rows, size: number, groups: number): Shader => ({ code: shaderText(bindings, size, code, shared.list), bindings: bindings.list, groups });

function serial(k: RowKernel): Shader {
  const rows = start(k);
  const count = turnsOf(k.kernel.rows);
  openInvocations(rows.values.code, count);
  const scope = new Scope(null);
  rows.values.counters(k.kernel.rows, 'flat', scope);
  for (const s of k.stages) rows.stage(s, scope, serialWalk);
  return finished(rows, groupSize, invocationGroups(count));
}
const openGroups = (c: Code, count: number): void => { c.line('let group = workgroup.y * workgroups.x + workgroup.x;', `if (group >= ${count}u) { return; }`); };
function together(k: RowKernel, { lanes, size, registers }: Together): Shader {
  const rows = start(k);
  const c = rows.values.code;
  const count = turnsOf(k.kernel.rows);
  const each = size / lanes;
  const groups = Math.ceil(count / each);
  openGroups(c, groups);
  const scope = new Scope(null);
  // Invocations behind the last row walk it, too: all of a workgroup meet where lanes fold.
  const exact = count % each === 0;
  if (each > 1) c.line(`let place = group * ${each}u + lane / ${lanes}u;`, `let mine = lane % ${lanes}u;`);
  rows.values.counters(k.kernel.rows, each === 1 ? 'group' : exact ? 'place' : c.let('u32', `min(place, ${count - 1}u)`).code, scope);
  const mine = each === 1 ? 'lane' : 'mine';
  const walk: Walk = { group: { size, lanes, subgroups: k.subgroups }, start: mine, stride: lanes, registers, first: `${mine} == 0u`, exists: exact ? null : `place < ${count}u` };
  for (const s of k.stages) rows.stage(s, scope, walk);
  return finished(rows, size, groups);
}

class SplitRows {
  readonly #k: RowKernel;
  readonly #s: Split;
  readonly #count: number;
  /** What each accumulator left: a result for each part and row, or for each row. */
  readonly #left = new Map<number, { readonly memory: Var; readonly complete: boolean }>();
  readonly #along: boolean;
  constructor(k: RowKernel, s: Split) {
    this.#k = k;
    this.#s = s;
    this.#count = turnsOf(k.kernel.rows);
    this.#along = s.lanes > 1;
  }
  shaders(): readonly Shader[] {
    const { stages } = this.#k;
    const out: Shader[] = [];
    stages.forEach((s, i) => {
      if (s.loops.length === 0) { out.push(this.#perRow([], s)); return; }
      out.push(this.#perPart(s));
      // Across memory an invocation that wanted a total would fold all parts by itself.
      if (!this.#along && s.accumulators.length > 0 && stages.slice(i + 1).some(t => t.loops.length > 0)) out.push(this.#perRow(s.accumulators, null));
    });
    return out;
  }
  /** Results for each part of each row, and stores along it. */
  #perPart(s: Stage): Shader {
    const rows = start(this.#k);
    const { values } = rows;
    const c = values.code;
    const { parts, lanes } = this.#s;
    const count = this.#count * parts;
    const scope = new Scope(null);
    const group: Group = this.#along ? { size: lanes, lanes, subgroups: this.#k.subgroups } : alone;
    if (this.#along) {
      openGroups(c, count);
      c.line(`let part = group % ${parts}u;`, `let row = group / ${parts}u;`);
    } else {
      openInvocations(c, count);
      c.line(`let part = flat / ${this.#count}u;`, `let row = flat % ${this.#count}u;`);
    }
    values.counters(this.#k.kernel.rows, 'row', scope);
    this.#collect(rows, [...s.accumulators.map(a => a.value), ...s.stores.flatMap(operandsOf)], scope, group);
    const first = this.#along ? c.let('u32', `part * ${lanes}u + lane`).code : 'part';
    const totals = rows.stage(s, scope, { group, start: first, stride: parts * lanes, registers: 0, first: null, exists: null });
    this.#leave(rows, totals, [parts, this.#count], `i32(part * ${this.#count}u + row)`);
    return finished(rows, group.size, this.#along ? count : invocationGroups(count));
  }
  /** Complete results of a row: written for later shaders, or stored as the kernel says. */
  #perRow(complete: readonly Accumulator[], s: Stage | null): Shader {
    const rows = start(this.#k);
    const { values } = rows;
    const c = values.code;
    const size = this.#s.parts > 512 ? 256 : groupSize;
    const group: Group = { size, lanes: size, subgroups: this.#k.subgroups };
    openGroups(c, this.#count);
    c.line('let row = group;');
    const scope = new Scope(null);
    values.counters(this.#k.kernel.rows, 'row', scope);
    if (s !== null) {
      this.#collect(rows, s.stores.flatMap(operandsOf), scope, group);
      rows.stage(s, scope, { group, start: 'lane', stride: size, registers: 0, first: 'lane == 0u', exists: null });
    }
    this.#leave(rows, complete.map(a => ({ a, variable: this.#fold(rows, a, group) })), [this.#count], 'i32(row)');
    return finished(rows, size, this.#count);
  }
  /** Writes results for the shaders that follow. */
  #leave({ values: { code: c, bindings } }: Rows, totals: readonly Total[], shape: readonly number[], at: string): void {
    const put = (): void => totals.forEach(({ a, variable }) => {
      const memory = this.#k.scratch({ shape, dtype: cell(a) });
      this.#left.set(a.id, { memory, complete: shape.length === 1 });
      bindings.store(c, memory, at, word(c, variable));
    });
    if (totals.length === 0) return;
    if (this.#along || shape.length === 1) c.block('if (lane == 0u)', put); else put();
  }
  /** Brings the results that values need into scope. */
  #collect(rows: Rows, roots: readonly NodeId[], scope: Scope, group: Group): void {
    const needed = accumulatorsBelow(rows.values, roots);
    for (const a of this.#k.stages.flatMap(s => s.accumulators)) {
      const left = this.#left.get(a.id);
      if (left === undefined || !needed.has(a.id)) continue;
      rows.finish(a, left.complete ? this.#get(rows, a, left.memory, 'row') : this.#fold(rows, a, group), scope);
    }
  }
  #fold(rows: Rows, a: Accumulator, group: Group): Term {
    const { values: { code: c } } = rows;
    const memory = this.#left.get(a.id)?.memory;
    if (memory === undefined) throw new CotangentError('jaxpr', 'webgpu: a part of a sum is missing');
    const total = c.variable(foldType(a.dtype), unitTerm(c, a).code);
    const p = c.fresh('p');
    c.block(`for (var ${p} = lane; ${p} < ${this.#s.parts}u; ${p} += ${group.lanes}u)`, () => {
      const x = this.#get(rows, a, memory, `(${p} * ${this.#count}u + row)`);
      c.line(`${total.code} = ${c.as(total.type, combined(c, a.monoid, a.dtype, total, x))};`);
    });
    foldLanes(c, rows.shared, a, total, group);
    return total;
  }
  #get({ values: { code: c, bindings } }: Rows, a: Accumulator, memory: Var, at: string): Term {
    const x = bindings.load(c, memory, `i32(${at})`);
    return a.dtype === 'bool' ? c.let('bool', `${x.code} != 0u`) : x;
  }
}
function accumulatorsBelow(values: Values, roots: readonly NodeId[]): ReadonlySet<number> {
  const [seen, found] = [new Set<NodeId>(), new Set<number>()];
  const visit = (i: NodeId): void => {
    if (seen.has(i)) return;
    seen.add(i);
    const n = values.node(i);
    if (n.kind === 'accumulated') found.add(n.accumulator); else childrenOf(n).forEach(visit);
  };
  roots.forEach(visit);
  return found;
}
/** A bool is a word between shaders. */
const cell = (a: Accumulator): Aval['dtype'] => a.dtype === 'bool' ? 'u32' : foldDType(a.dtype);
const word = (c: Code, t: Term): Term => t.type === 'bool' ? c.let('u32', `select(0u, 1u, ${t.code})`) : t;
