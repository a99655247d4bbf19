// Kernels with rows as shaders, by schedule: rows walked by one invocation, or by several that fold what they found; or rows in parts, whose
// results stand in memory between shaders. Floor 5: which schedule, others decide.
import { CotangentError } from '../../error.ts';
import type { Aval } from '../../ir/aval.ts';
import type { Var } from '../../ir/jaxpr.ts';
import { childrenOf, operandsOf, type Accumulator, type Kernel, type NodeId, type Stage } from '../kernel.ts';
import { Code, type Term } from './code.ts';
import { foldLanes, unitTerm, type Group } from './fold.ts';
import { heldOf, onlineOf, type Held, type Online } from './hold.ts';
import { onlineStage } from './online.ts';
import { quad, quadsOf, type Quads } from './quads.ts';
import { alone, Rows, serialWalk, type Total, type Walk } from './rows.ts';
import type { Schedule, Split, Together } from './schedule.ts';
import { groupSize, invocationGroups, openInvocations, shaderText, type Bindings, type Placement, type Shader } from './shader.ts';
import { combined, foldDType, foldType, Scope, turnsOf, Values } from './values.ts';

/** Memory for what stands between two shaders of one kernel. */
export type Scratch = (a: Aval) => Var;
export interface RowKernel { readonly kernel: Kernel; readonly stages: readonly Stage[]; readonly bindings: () => Bindings; readonly scratch: Scratch; readonly quads: Quads | null; readonly held: Held | null; readonly online: Online | null }

/** How the rows of a kernel can be read, and what they leave from stage to stage. */
export function rowAccess(kernel: Kernel, stages: readonly Stage[], placement: Placement | null): Pick<RowKernel, 'quads' | 'held' | 'online'> {
  if (kernel.kind !== 'lanes') return { quads: null, held: null, online: null };
  const last = new Set(stages.flatMap(s => s.loops.slice(-1)));
  const [loop] = last;
  const quads = placement === null || last.size !== 1 ? null : quadsOf(kernel, stages, loop, placement);
  return { quads: quads === null || quads.loads.size === 0 ? null : quads, held: heldOf(kernel, stages), online: onlineOf(kernel, stages) };
}
export function rowShaders(k: RowKernel, s: Schedule): readonly Shader[] {
  switch (s.kind) {
    case 'serial': return [serial(k)];
    case 'together': return [together(k, s)];
    case 'split': return new SplitRows(k, s).shaders();
    default: return s satisfies never;
  }
}
function start({ kernel, bindings, quads }: RowKernel, by: 1 | 4): Rows {
  const values = new Values(kernel, new Code(), bindings());
  if (by === quad && quads !== null) values.byFours(quads);
  return new Rows(values);
}
const finished = ({ values: { bindings, code }, shared }: Rows, size: number, groups: number): Shader => ({ code: shaderText(bindings, size, code, shared.list), bindings: bindings.list, groups });

function serial(k: RowKernel): Shader {
  const rows = start(k, 1);
  const count = turnsOf(k.kernel.rows);
  openInvocations(rows.values.code, count);
  const scope = new Scope(null);
  rows.values.counters(k.kernel.rows, 'flat', scope);
  for (const s of k.stages) rows.stage(s, scope, serialWalk);
  return finished(rows, groupSize, invocationGroups(count));
}
const openGroups = (c: Code, count: number): void => { c.line('let group = workgroup.y * workgroups.x + workgroup.x;', `if (group >= ${count}u) { return; }`); };
function together(k: RowKernel, { lanes, size, registers, by, memory, online, subgroups }: Together): Shader {
  const rows = start(k, by);
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
  const walk: Walk = { group: { size, lanes, subgroups }, start: mine, stride: lanes, by, registers, held: memory ? k.held : null, first: `${mine} == 0u`, exists: exact ? null : `place < ${count}u` };
  for (const s of k.stages) {
    if (!online || k.online === null || (s !== k.online.first && s !== k.online.second)) rows.stage(s, scope, walk);
    else if (s === k.online.second) onlineStage(rows, k.online, scope, walk);
  }
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
    const rows = start(this.#k, this.#s.by);
    const { values } = rows;
    const c = values.code;
    const { parts, lanes, subgroups } = this.#s;
    const count = this.#count * parts;
    const scope = new Scope(null);
    const group: Group = this.#along ? { size: lanes, lanes, subgroups } : alone;
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
    const totals = rows.stage(s, scope, { group, start: first, stride: parts * lanes, by: this.#s.by, registers: 0, held: null, first: null, exists: null });
    this.#leave(rows, totals, [parts, this.#count], `i32(part * ${this.#count}u + row)`);
    return finished(rows, group.size, this.#along ? count : invocationGroups(count));
  }
  /** Complete results of a row: written for later shaders, or stored as the kernel says. */
  #perRow(complete: readonly Accumulator[], s: Stage | null): Shader {
    const rows = start(this.#k, this.#s.by);
    const { values } = rows;
    const c = values.code;
    const size = this.#s.parts > 512 ? 256 : groupSize;
    const group: Group = { size, lanes: size, subgroups: this.#s.subgroups };
    openGroups(c, this.#count);
    c.line('let row = group;');
    const scope = new Scope(null);
    values.counters(this.#k.kernel.rows, 'row', scope);
    if (s !== null) {
      this.#collect(rows, s.stores.flatMap(operandsOf), scope, group);
      rows.stage(s, scope, { group, start: 'lane', stride: size, by: 1, registers: 0, held: null, first: 'lane == 0u', exists: null });
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
