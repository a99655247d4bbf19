// One kernel from a set of stored variables: each element of each root is pulled through the equations down to what is stored.
// Where a pull cannot go on inside this kernel it names the variable that must be stored (Conflict), and that kernel is tried again.
// Floor 5: asks records for their lowering, never for their name.
import { CotangentError } from '../error.ts';
import { range as upTo, sizeOf } from '../ir/aval.ts';
import { Var, type Atom, type Eqn } from '../ir/jaxpr.ts';
import type { ElementBuilder, Params, ScalarOp } from '../ir/primitive.ts';
import { dtypeInfo, isFloat, type DType } from '../dtype/dtype.ts';
import { readBy } from './fusible.ts';
import { guardState, IndexSpace, maxLoops, range, whole, type Form, type Guard, type Loop } from './index-map.ts';
import { bitsOfLoops, childrenOf, costOf, expensive, operandsOf, type Accumulator, type Kernel, type Monoid, type Node, type NodeId, type Scalar, type Stage, type Store } from './kernel.ts';
import { collapse, keepRows } from './stages.ts';

/** This variable must be stored. */
export class Conflict extends Error {
  readonly variable: Var;
  constructor(variable: Var) { super('a value must be stored'); this.variable = variable; }
}
interface Definition { readonly eqn: Eqn; readonly result: number }
export type Definitions = ReadonlyMap<Var, Definition>;
export interface Lowered { readonly kernel: Kernel; readonly inlined: ReadonlySet<Var> }

interface Begun { readonly variable: Var; readonly pulled: number; readonly nodes: number }
/** Larger kernels gain nothing and cost registers. */
const nodeLimit = 220;
const solid = (shape: readonly number[]): number[] => shape.filter(n => n !== 1);
const keyOf = (dims: readonly number[]): string => dims.join();

/** What scalar instructions and loads become on a target, in instructions of its own, and the most of them in one kernel, and in a loop's body. */
export interface Length { of(op: ScalarOp, from: DType, to: DType, params: Params): number; load(d: DType): number; readonly most: number; readonly inLoop: number }
const unbounded: Length = { of: () => 0, load: () => 0, most: 0, inLoop: Infinity };

export const lower = (roots: readonly Var[], stored: ReadonlySet<Var>, definitions: Definitions, length: Length = unbounded): Lowered => new Lowering(roots, stored, definitions, length).run();

export function unitOf(m: Monoid, dtype: DType): number {
  if (m === 'add' || m === 'mul') return m === 'add' ? 0 : 1;
  const { min, max } = isFloat(dtype) ? { min: -Infinity, max: Infinity } : dtypeInfo[dtype];
  return m === 'max' ? min : max;
}

class Lowering {
  readonly #roots: readonly Var[];
  readonly #stored: ReadonlySet<Var>;
  readonly #definitions: Definitions;
  readonly #length: Length;
  /** What is being computed, from the root on; and what is done, with the nodes that it took. */
  readonly #path: Begun[] = [];
  readonly #done: Begun[] = [];
  /** The length of what was pulled so far. */
  #pulled = 0;
  /** What each accumulator folds, and what it is. */
  readonly #folds: { readonly operand: Atom; readonly result: Var }[] = [];
  readonly #space = new IndexSpace();
  readonly #nodes: Node[] = [];
  readonly #consed = new Map<string, NodeId>();
  readonly #memo = new Map<string, NodeId>();
  readonly #ids = new Map<Var, number>();
  readonly #accumulators: Accumulator[] = [];
  /** The place at which each root of this kernel is computed. */
  readonly #own = new Map<Var, string>();
  /** The loops of each solid shape that is walked, and of each set of reduced extents. */
  readonly #domains = new Map<string, readonly Loop[]>();
  readonly #inner = new Map<string, readonly Loop[]>();
  readonly #inlined = new Set<Var>();
  #rows: readonly Loop[] | null = null;
  #kind: Kernel['kind'] = 'map';
  #domain: readonly Loop[] = [];
  #domainSize = 1;

  constructor(roots: readonly Var[], stored: ReadonlySet<Var>, definitions: Definitions, length: Length) {
    this.#roots = roots;
    this.#stored = stored;
    this.#definitions = definitions;
    this.#length = length;
  }

  #id(v: Var): number {
    let id = this.#ids.get(v);
    if (id === undefined) this.#ids.set(v, id = this.#ids.size);
    return id;
  }
  #fresh(extent: number, v: Var): Loop {
    if (this.#space.loopCount >= maxLoops) throw new Conflict(v);
    return this.#space.loop(extent);
  }
  #node(id: NodeId): Node {
    const n = this.#nodes[id];
    if (n === undefined) throw new CotangentError('jaxpr', 'compile: a node is missing');
    return n;
  }

  /** Hash-consed: equal expressions are one node. */
  #make(s: Scalar, dtype: DType): NodeId {
    const key = `${keyOfScalar(s, v => this.#id(v))}:${dtype}`;
    const seen = this.#consed.get(key);
    if (seen !== undefined) return seen;
    const children = childrenOf(s).map(i => this.#node(i));
    const bits = s.kind === 'accumulated' ? bitsOfLoops(this.#rows ?? [])
      : children.reduce((m, c) => m | c.bits, 0) | ('at' in s ? s.at.bits : 0) | ('guards' in s ? s.guards.reduce((m, g) => m | g.index.bits, 0) : 0);
    const level = s.kind === 'accumulated' ? (this.#accumulators[s.accumulator]?.level ?? 0) + 1 : Math.max(0, ...children.map(c => c.level));
    const cost = Math.min(1e6, children.reduce((n, c) => n + c.cost, 0) + (s.kind === 'op' ? costOf[s.op] : 1));
    this.#nodes.push({ ...s, dtype, bits, level, cost });
    this.#consed.set(key, this.#nodes.length - 1);
    return this.#nodes.length - 1;
  }
  #select(test: NodeId, x: NodeId, y: NodeId, dtype: DType): NodeId {
    return x === y ? x : this.#make({ kind: 'op', op: 'select', args: [test, x, y], from: dtype, params: {} }, dtype);
  }

  #pull(a: Atom, index: readonly Form[], guards: readonly Guard[]): NodeId {
    if (!(a instanceof Var)) return this.#make({ kind: 'constant', value: a.value }, a.aval.dtype);
    const key = `${this.#id(a)}|${index.map(i => i.id).join()}|${guardsKey(guards)}`;
    const seen = this.#memo.get(key);
    if (seen !== undefined) return seen;
    const id = this.#pullNew(a, index, guards);
    this.#memo.set(key, id);
    return id;
  }
  #pullNew(v: Var, index: readonly Form[], guards: readonly Guard[]): NodeId {
    const definition = this.#definitions.get(v);
    const place = index.map(i => i.id).join();
    // A root pulled before it is stored must be stored where it was pulled.
    if (this.#roots.includes(v) && !this.#own.has(v)) this.#own.set(v, place);
    const home = this.#own.get(v);
    if (definition === undefined || (this.#stored.has(v) && home === undefined)) {
      const at = this.#space.linear(v.aval.shape, index);
      return this.#make({ kind: 'load', from: v, at, guards: guards.filter(g => (g.index.bits & at.bits) !== 0 || g.index.nodes.some(n => at.nodes.includes(n))) }, v.aval.dtype);
    }
    if (home !== undefined && home !== place) throw new Conflict(v);
    if (home === undefined && (this.#nodes.length > nodeLimit || this.#path.length > nodeLimit || this.#pulled > this.#length.most)) throw new Conflict(this.#middle(v));
    this.#inlined.add(v);
    const begun: Begun = { variable: v, pulled: this.#pulled, nodes: this.#nodes.length };
    this.#path.push(begun);
    const id = this.#compute(v, definition, index, guards);
    this.#path.pop();
    this.#done.push({ ...begun, nodes: this.#nodes.length - begun.nodes });
    return id;
  }
  /**
   * Where a kernel that has grown too long, or too deep, is best cut: near its middle, so that what is left has room. What is being computed has
   * counted its length and its depth on the way down, what is computed has its nodes. Of values equally near, the smallest.
   */
  #middle(v: Var): Var {
    const { most } = this.#length;
    const halves = this.#nodes.length > nodeLimit ? this.#done.map(d => ({ variable: d.variable, part: d.nodes / nodeLimit }))
      : this.#path.map((b, depth) => ({ variable: b.variable, part: this.#pulled > most ? b.pulled / most : depth / nodeLimit }));
    let [best, least] = [v, Infinity];
    for (const { variable, part } of halves) {
      if (part < 0.25 || part > 0.75 || this.#stored.has(variable) || this.#roots.includes(variable)) continue;
      const cost = sizeOf(variable.aval.shape) * (1 + Math.abs(part - 0.5));
      if (cost < least) [best, least] = [variable, cost];
    }
    return best;
  }
  #compute(v: Var, { eqn: e, result }: Definition, index: readonly Form[], guards: readonly Guard[]): NodeId {
    const { lowering } = e.primitive;
    const { dtype } = v.aval;
    switch (lowering.kind) {
      case 'scalar': {
        const from = readBy(lowering.op, e.inputs, dtype);
        // Counted on the way down: what it is made of knows what is already there.
        this.#pulled += this.#length.of(lowering.op, from, dtype, e.params);
        const args = e.inputs.map(a => this.#pull(a, index, guards));
        return this.#unrepeated(v, costOf[lowering.op], this.#make({ kind: 'op', op: lowering.op, args, from, params: e.params }, dtype));
      }
      case 'element': {
        const cost = lowering.cost?.(e.params) ?? 0;
        return this.#unrepeated(v, cost, lowering.element(this.#builder(e, dtype, guards), index, e.params, e.inputs.map(a => a.aval), result));
      }
      case 'reduction': {
        const x = e.inputs[0];
        if (x === undefined) throw new Conflict(v);
        return this.#reduce(v, lowering.monoid, x, lowering.axes(e.params), index, guards);
      }
      case 'update':
      case 'recurrence':
      case 'sort':
      case 'identity':
      case 'decomposition':
      case 'contraction':
      case 'control':
      case 'program':
      case 'host': throw new Conflict(v);
      default: return lowering satisfies never;
    }
  }
  /** A broadcast would compute what costs much again along the vector loop: better to store it. */
  #unrepeated(v: Var, cost: number, id: NodeId): NodeId {
    const last = this.#domain.at(-1);
    if (cost >= expensive && last !== undefined && (this.#node(id).bits & last.bit) !== 0 && sizeOf(v.aval.shape) * 4 <= this.#domainSize) throw new Conflict(v);
    return id;
  }
  /** The value of an integer node, the nearest in lo..hi, as an index. */
  #asIndex(id: NodeId, lo: number, hi: number): Form {
    const n = this.#node(id);
    if (n.kind === 'constant') return this.#space.constant(Math.min(Math.max(n.value, lo), hi));
    if (n.kind === 'position' && (n.dtype === 'i32' || n.dtype === 'u32')) {
      const [least, most] = range(n.at, whole);
      if (least >= lo && most <= hi) return n.at;
    }
    const unsigned = n.dtype === 'u32';
    const dtype = unsigned ? 'u32' : 'i32';
    const word = n.dtype === dtype ? id : this.#make({ kind: 'op', op: 'convert', args: [id], from: n.dtype, params: {} }, dtype);
    const [least, most] = [unsigned ? Math.max(lo, 0) : lo, hi].map(value => this.#make({ kind: 'constant', value }, dtype));
    if (least === undefined || most === undefined) throw new CotangentError('jaxpr', 'compile: an index without bounds');
    const inside = this.#make({ kind: 'op', op: 'clamp', args: [least, word, most], from: dtype, params: {} }, dtype);
    return this.#space.computed(inside, unsigned ? Math.max(lo, 0) : lo, hi, this.#node(inside).bits);
  }
  #builder(e: Eqn, dtype: DType, guards: readonly Guard[]): ElementBuilder<Form, NodeId> {
    let inForce = guards;
    return {
      math: this.#space,
      operand: (i, index, exists = []) => {
        const a = e.inputs[i];
        if (a === undefined) throw new CotangentError('jaxpr', `${e.primitive.name}: its lowering asks for operand ${i}`);
        return this.#pull(a, index, [...inForce, ...exists.filter(g => guardState(g, whole) !== true)]);
      },
      position: (at, d = dtype) => this.#make({ kind: 'position', at }, d),
      constant: (value, d = dtype) => this.#make({ kind: 'constant', value }, d),
      scalar: (op, args, from, to = from) => {
        this.#pulled += this.#length.of(op, from, to, {});
        return this.#make({ kind: 'op', op, args, from, params: {} }, to);
      },
      loaded: (i, index, lo, hi) => {
        const a = e.inputs[i];
        if (a === undefined) throw new CotangentError('jaxpr', `${e.primitive.name}: its lowering asks for operand ${i}`);
        return this.#asIndex(this.#pull(a, index, inForce), lo, hi);
      },
      guarded: (tests, inside, outside) => {
        const unsure = tests.filter(g => guardState(g, whole) !== true);
        if (unsure.some(g => g.hi <= g.lo || guardState(g, whole) === false)) return outside();
        if (unsure.length === 0) return inside();
        const before = inForce;
        inForce = [...before, ...unsure];
        const x = inside();
        inForce = before;
        return this.#select(this.#make({ kind: 'test', guards: unsure }, 'bool'), x, outside(), dtype);
      },
    };
  }

  #reduce(v: Var, monoid: Monoid, x: Atom, axes: readonly number[], index: readonly Form[], guards: readonly Guard[]): NodeId {
    const { shape } = x.aval;
    const { dtype } = v.aval;
    if (sizeOf(shape) === 0) return this.#make({ kind: 'constant', value: unitOf(monoid, dtype) }, dtype);
    const kept = upTo(shape.length).filter(i => !axes.includes(i));
    const full: Form[] = shape.map(() => this.#space.constant(0));
    const mine: Loop[] = [];
    kept.forEach((a, k) => {
      const at = index[k] ?? this.#space.constant(0);
      full[a] = at;
      if (shape[a] === 1) return;
      // The place must be this kernel's row, exactly.
      const [term] = at.terms;
      if (term === undefined || at.terms.length !== 1 || term.coefficient !== 1 || at.c !== 0 || term.atom.kind !== 'loop' || term.atom.extent !== shape[a]) throw new Conflict(v);
      mine.push(term.atom);
    });
    const reduced = axes.filter(a => shape[a] !== 1);
    if (reduced.length === 0) return this.#pull(x, full, guards);
    const rows = this.#rows;
    if (guards.length > 0 || (rows !== null && (rows.length !== mine.length || rows.some((l, i) => l !== mine[i]))) || new Set(mine).size !== mine.length) throw new Conflict(v);
    const order = reduced.includes(shape.reduce((last, n, i) => n === 1 ? last : i, -1)) ? 'lanes' : 'rows';
    if (this.#kind !== 'map' && this.#kind !== order) throw new Conflict(v);
    if (order === 'rows' && (this.#domain.length !== mine.length || this.#domain.some((l, i) => l !== mine[i]))) throw new Conflict(v);
    const extents = reduced.map(a => shape[a] ?? 1);
    const key = keyOf(extents);
    let inner = this.#inner.get(key);
    if (inner === undefined) {
      const rest = this.#domain.filter(l => !mine.includes(l));
      this.#inner.set(key, inner = keyOf(rest.map(l => l.extent)) === key ? rest : extents.map(n => this.#fresh(n, v)));
    }
    const loops = inner;
    const outside = this.#domain.filter(l => !mine.includes(l) && !loops.includes(l));
    // Otherwise a row would be stored across memory.
    if (outside.length > 0 || (order === 'lanes' && this.#domain.length > mine.length && this.#domain.at(-1) !== loops.at(-1))) throw new Conflict(v);
    this.#rows = mine;
    this.#kind = order;
    reduced.forEach((a, k) => { const l = loops[k]; if (l !== undefined) full[a] = this.#space.at(l); });
    const here = shape.flatMap((n, i): Loop[] => { const atom = n === 1 ? undefined : full[i]?.terms[0]?.atom; return atom?.kind === 'loop' ? [atom] : []; });
    const solidKey = keyOf(solid(shape));
    if (!this.#domains.has(solidKey)) this.#domains.set(solidKey, here);
    const [outerDomain, outerSize] = [this.#domain, this.#domainSize];
    this.#domain = here;
    this.#domainSize = sizeOf(shape);
    const value = this.#pull(x, full, []);
    this.#domain = outerDomain;
    this.#domainSize = outerSize;
    const id = this.#accumulators.length;
    this.#folds.push({ operand: x, result: v });
    this.#accumulators.push({ id, monoid, dtype, value, loops, order, level: this.#node(value).level });
    return this.#make({ kind: 'accumulated', accumulator: id }, dtype);
  }

  run(): Lowered {
    const stores: (Store & { readonly loops: readonly Loop[] })[] = [];
    // Results of rows first: they say what a row is.
    for (const root of [...this.#roots].sort((a, b) => sizeOf(a.aval.shape) - sizeOf(b.aval.shape))) stores.push(this.#storeRoot(root));
    const rows = this.#rows ?? stores[0]?.loops ?? [];
    const stages = this.#stages(stores, rows);
    if (this.#length.inLoop < Infinity) for (const s of stages) this.#checkBody(s);
    const list = this.#kind === 'lanes' ? keepRows(stages, this.#nodes) : stages;
    const live = liveNodes(list, this.#nodes);
    const reads = new Set<Var>();
    for (const i of live) { const n = this.#node(i); if (n.kind === 'load') reads.add(n.from); }
    const dead: Node = { kind: 'constant', value: 0, dtype: 'f32', bits: 0, cost: 0, level: 0 };
    const nodes = this.#nodes.map((n, i) => live.has(i) ? n : dead);
    return { kernel: collapse({ kind: this.#kind, rows, stages: list, nodes, reads: [...reads], writes: [...this.#roots] }, this.#space), inlined: this.#inlined };
  }
  /** Long bodies are computed without loops: what a long one folds is stored, and so is what the stores of a long one need of all rows. */
  #checkBody(s: Stage): void {
    const bits = bitsOfLoops(s.loops);
    const lengthOf = (roots: readonly NodeId[]): number => {
      let sum = 0;
      for (const i of liveFrom(roots, this.#nodes)) {
        const n = this.#node(i);
        if ((n.bits & bits) !== 0) sum += n.kind === 'op' ? this.#length.of(n.op, n.from, n.dtype, n.params) : n.kind === 'load' ? this.#length.load(n.dtype) : 1;
      }
      return sum;
    };
    if (s.loops.length === 0 || lengthOf([...s.accumulators.map(a => a.value), ...s.stores.flatMap(operandsOf)]) <= this.#length.inLoop) return;
    const [root, ...others] = this.#roots;
    // Apart they may be short.
    if (root !== undefined && others.length > 0) throw new Conflict(root);
    const [longest] = s.accumulators.map(a => ({ length: lengthOf([a.value]), operand: this.#folds[a.id]?.operand })).sort((a, b) => b.length - a.length);
    if (longest?.operand instanceof Var && !this.#stored.has(longest.operand)) throw new Conflict(longest.operand);
    const row = s.stores.length === 0 ? undefined : this.#folds.find(f => !this.#stored.has(f.result));
    if (row !== undefined) throw new Conflict(row.result);
  }
  #storeRoot(root: Var): Store & { readonly loops: readonly Loop[] } {
    const definition = this.#definitions.get(root);
    if (definition?.eqn.primitive.lowering.kind === 'update') return this.#storeUpdate(root, definition.eqn);
    const { shape } = root.aval;
    const dims = solid(shape);
    const key = keyOf(dims);
    const rows = this.#rows;
    const isRow = rows !== null && keyOf(rows.map(l => l.extent)) === key;
    let loops = isRow ? rows : this.#domains.get(key);
    if (loops === undefined) {
      if (this.#domains.size > 0) throw new Conflict(root);
      this.#domains.set(key, loops = dims.map(n => this.#fresh(n, root)));
    }
    if (rows !== null && this.#kind === 'rows' && !isRow) throw new Conflict(root);
    let next = 0;
    const walked = loops;
    const index = shape.map(n => { const l = n === 1 ? undefined : walked[next++]; return l === undefined ? this.#space.constant(0) : this.#space.at(l); });
    this.#domain = loops;
    this.#domainSize = sizeOf(shape);
    const place = index.map(i => i.id).join();
    if (this.#own.has(root) && this.#own.get(root) !== place) throw new Conflict(root);
    this.#own.set(root, place);
    return { to: root, at: this.#space.linear(shape, index), value: this.#pull(root, index, []), loops };
  }
  /** The only root of its kernel: a walk over the updates, each of which goes to its place. */
  #storeUpdate(root: Var, e: Eqn): Store & { readonly loops: readonly Loop[] } {
    const { lowering } = e.primitive;
    const updates = lowering.kind === 'update' ? e.inputs[lowering.updates] : undefined;
    if (lowering.kind !== 'update' || updates === undefined) throw new Conflict(root);
    const { shape, dtype } = updates.aval;
    const loops: Loop[] = [];
    const index = shape.map(n => {
      if (n === 1) return this.#space.constant(0);
      const l = this.#fresh(n, root);
      loops.push(l);
      return this.#space.at(l);
    });
    this.#domains.set(keyOf(solid(shape)), loops);
    this.#domain = loops;
    this.#domainSize = sizeOf(shape);
    const place = lowering.place(this.#builder(e, dtype, []), index, e.params, e.inputs.map(a => a.aval));
    const guards = place.guards.filter(g => guardState(g, whole) !== true);
    return { to: root, at: this.#space.linear(root.aval.shape, place.index), value: this.#pull(updates, index, []), loops, update: { guards, combine: lowering.combine } };
  }
  /** One stage for each level of reductions and each set of inner loops. */
  #stages(stores: readonly (Store & { readonly loops: readonly Loop[] })[], rows: readonly Loop[]): Stage[] {
    const rowBits = bitsOfLoops(rows);
    const open = new Map<string, { readonly level: number; readonly loops: readonly Loop[]; readonly accumulators: Accumulator[]; readonly stores: Store[] }>();
    const stage = (level: number, loops: readonly Loop[]): { accumulators: Accumulator[]; stores: Store[] } => {
      const key = `${level}|${loops.map(l => l.id).join()}`;
      let s = open.get(key);
      if (s === undefined) open.set(key, s = { level, loops, accumulators: [], stores: [] });
      return s;
    };
    for (const a of this.#accumulators) stage(a.level, a.loops).accumulators.push(a);
    for (const { loops, ...s } of stores) {
      const inner = loops.filter(l => (l.bit & rowBits) === 0);
      if (this.#rows !== null && loops.length !== inner.length + rows.length) throw new Conflict(s.to);
      // What is stored once a row waits for all reductions.
      const level = Math.max(...operandsOf(s).map(i => this.#node(i).level));
      stage(inner.length > 0 ? level : Number.MAX_SAFE_INTEGER, inner).stores.push(s);
    }
    return [...open.values()].sort((a, b) => a.level - b.level).map(({ loops, accumulators, stores: list }) => ({ loops, accumulators, stores: list, keep: [], reuse: [] }));
  }
}

const guardsKey = (guards: readonly Guard[]): string => guards.map(g => `${g.index.id}:${g.lo}:${g.hi}`).join();
function keyOfScalar(s: Scalar, idOf: (v: Var) => number): string {
  switch (s.kind) {
    case 'constant': return `c${Object.is(s.value, -0) ? '-0' : s.value}`;
    case 'load': return `l${idOf(s.from)}@${s.at.id}?${guardsKey(s.guards)}`;
    case 'position': return `p${s.at.id}`;
    case 'test': return `t${guardsKey(s.guards)}`;
    case 'op': return `o${s.op}(${s.args.join()})${s.from}${JSON.stringify(s.params)}`;
    case 'accumulated': return `a${s.accumulator}`;
    default: return s satisfies never;
  }
}
/** Nodes that some effect needs. */
export const liveNodes = (stages: readonly Stage[], nodes: readonly Node[]): ReadonlySet<NodeId> =>
  liveFrom(stages.flatMap(s => [...s.accumulators.map(a => a.value), ...s.stores.flatMap(operandsOf)]), nodes);
function liveFrom(roots: readonly NodeId[], nodes: readonly Node[]): ReadonlySet<NodeId> {
  const live = new Set<NodeId>();
  const visit = (i: NodeId): void => {
    const n = nodes[i];
    if (n === undefined || live.has(i)) return;
    live.add(i);
    childrenOf(n).forEach(visit);
  };
  roots.forEach(visit);
  return live;
}
