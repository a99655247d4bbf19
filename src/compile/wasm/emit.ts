// Loop IR to WebAssembly. One code path: every value is four lanes; what does not vary along the vector loop is a splat; tails run the
// same code on fewer lanes. So neither tails, nor splats, nor segments, nor unrolling can change a bit.
// Floor 5: emits one function for one kernel. Its parameters: a pointer for each operand and result, then scratch memory, then constants.
import { CotangentError } from '../../error.ts';
import { isFloat, roundTo, type DType } from '../../dtype/dtype.ts';
import { sizeOf } from '../../ir/aval.ts';
import type { Var } from '../../ir/jaxpr.ts';
import { guardState, strideOf, whole, type Form, type Guard, type Loop, type Ranges } from '../index-map.ts';
import { childrenOf, expensive, operandsOf, type Accumulator, type Kernel, type Monoid, type Node, type NodeId, type Stage, type Store } from '../kernel.ts';
import { unitOf } from '../lower.ts';
import { convert, settled } from './convert.ts';
import { Lanes, type Rung, type Value, type Vector } from './lanes.ts';
import { elementBytes, laneBytes, loadFour, loadLanes, loadRaw, loadSplat, store, storeRaw } from './memory.ts';
import { FunctionBuilder, Type } from './module.ts';
import { emitScalar } from './scalar.ts';
import { laneFirst, narrow, partsOf, wide, WideLanes } from './wide.ts';

export interface EmittedKernel {
  readonly f: FunctionBuilder;
  /** What the pointer parameters stand for, in order. */
  readonly arguments: readonly Var[];
  readonly scratchBytes: number;
  /** Words of the constant pool. */
  readonly pool: readonly number[];
}

/** A loop's value: a local plus an offset known now, or the offset alone. */
interface Counter { readonly local: number | null; readonly add: number }
type Env = ReadonlyMap<Loop, Counter>;
/** `lane`: whose value a computed index takes. */
interface Context { readonly env: Env; readonly lanes: number; readonly lane: number; readonly ranges: Ranges; readonly memo: Map<NodeId, Value> }

/** After so many elements the lanes of a long sum move to a second level. */
const block = 4096;
/** Rows of a transposing tile: more at a power-of-two stride fall into one cache set. */
const tileRows = 8;
const rowsPerPass = 8;
const laneMasks = [0, 1, 2, 3].map(n => [0, 1, 2, 3].map(l => l < n ? -1 : 0));

export function emitKernel(k: Kernel, rung: Rung, hostMath: number): EmittedKernel {
  return new KernelEmitter(k, rung, hostMath).run();
}

class KernelEmitter {
  readonly #k: Kernel;
  readonly #arguments: readonly Var[];
  readonly #f: FunctionBuilder;
  readonly #l: Lanes;
  readonly #hostMath: number;
  readonly #base: ReadonlyMap<Var, number>;
  readonly #scratch: number;
  #scratchBytes = 0;
  readonly #keptAt = new Map<NodeId, number>();
  readonly #accumulatorAt = new Map<number, number>();
  readonly #accumulatorLocal = new Map<number, Value>();
  /** Addresses of element zero of the vector loop, hoisted before it. */
  readonly #pointers = new Map<string, number>();

  constructor(k: Kernel, rung: Rung, hostMath: number) {
    this.#k = k;
    this.#arguments = [...new Set([...k.reads, ...k.writes])];
    this.#f = new FunctionBuilder(this.#arguments.length + 2);
    this.#base = new Map(this.#arguments.map((v, i) => [v, i]));
    this.#scratch = this.#arguments.length;
    this.#l = new Lanes(this.#f, rung, this.#arguments.length + 1);
    this.#hostMath = hostMath;
  }
  #node(i: NodeId): Node {
    const n = this.#k.nodes[i];
    if (n === undefined) throw new CotangentError('jaxpr', 'wasm: a node is missing');
    return n;
  }
  #pointerOf(v: Var): number { return this.#base.get(v) ?? 0; }
  #scratchRow(extent: number, d: DType): number {
    const at = this.#scratchBytes;
    this.#scratchBytes += Math.ceil((extent + 4) / 16) * 16 * laneBytes(d);
    return at;
  }

  run(): EmittedKernel {
    const k = this.#k;
    const rowVector = k.kind === 'lanes' ? undefined : k.rows.at(-1);
    if (k.kind === 'rows') for (const s of k.stages) for (const a of s.accumulators) this.#accumulatorAt.set(a.id, this.#scratchRow(rowVector?.extent ?? 1, a.dtype));
    for (const s of k.stages) for (const n of s.keep) this.#keptAt.set(n, this.#scratchRow(s.loops[0]?.extent ?? 1, this.#node(n).dtype));
    const root: Context = { env: new Map(), lanes: 1, lane: 0, ranges: whole, memo: new Map() };
    if (k.kind === 'map') for (const s of k.stages) this.#runMap(root, s);
    else {
      const outer = k.kind === 'rows' ? k.rows.slice(0, -1) : k.rows;
      this.#sequential(root, outer, x => {
        for (const s of k.stages) {
          this.#pointers.clear();
          if (k.kind === 'lanes') this.#runLanes(x, s); else this.#runRows(x, s);
        }
      });
    }
    this.#l.loadPool();
    return { f: this.#f, arguments: this.#arguments, scratchBytes: this.#scratchBytes + 64, pool: this.#l.pool };
  }

  // ---- indices
  /** Computes what the forms are computed from, so that they can be pushed. */
  #ready(forms: readonly Form[], x: Context, v: Loop | null, s: Stage): void {
    for (const form of forms) for (const i of form.nodes) this.#emit(i, x, v, s);
  }
  /** Pushes by * form, without the loop `skip`. */
  #index(form: Form, x: Context, skip: Loop | null, by: number): void {
    const f = this.#f;
    let c = form.c;
    let first = true;
    const join = (): void => { if (!first) f.bytes(0x6a); first = false; };
    const times = (n: number): void => { if (n !== 1) f.i32(n).bytes(0x6c); };
    for (const { atom, coefficient } of form.terms) {
      if (atom === skip) continue;
      if (atom.kind === 'loop') {
        const v = x.env.get(atom);
        if (v === undefined) throw new CotangentError('jaxpr', 'wasm: a loop is used outside itself');
        c += coefficient * v.add;
        if (v.local === null) continue;
        f.get(v.local);
      } else if (atom.kind === 'computed') {
        const value = x.memo.get(atom.node);
        if (value === undefined) throw new CotangentError('jaxpr', 'wasm: an index is used before it is computed');
        f.get(narrow(value)).simd(0x1b).bytes(x.lane);
      } else {
        this.#index(atom.of, x, null, 1);
        // The dividend is never negative.
        f.i32(atom.by).bytes(atom.kind === 'div' ? 0x6e : 0x70);
      }
      times(coefficient * by);
      join();
    }
    if (c * by !== 0 || first) { f.i32(c * by); join(); }
  }
  #shifted(x: Context, v: Loop | null, lane: number): Context {
    if (v === null || lane === 0) return x;
    const env = new Map(x.env);
    const old = env.get(v);
    if (old !== undefined) env.set(v, { local: old.local, add: old.add + lane });
    return { ...x, env, lane };
  }
  /** Pushes whether all guards hold. */
  #holds(guards: readonly Guard[], x: Context): void {
    guards.forEach((g, i) => {
      this.#index(g.index, x, null, 1);
      this.#f.i32(g.lo).bytes(0x6b).i32(g.hi - g.lo).bytes(0x49);
      if (i > 0) this.#f.bytes(0x71);
    });
  }
  #unsure(guards: readonly Guard[], x: Context): readonly Guard[] { return guards.filter(g => guardState(g, x.ranges) !== true); }
  /** Where its guards do not hold, the buffer's beginning: they are the same along the vector loop. */
  #pointer(key: string, x: Context, v: Loop, buffer: Var, at: Form, guards: readonly Guard[] = []): number {
    const known = this.#pointers.get(key);
    if (known !== undefined) return known;
    this.#index(at, x, v, elementBytes(buffer.aval.dtype));
    this.#f.get(this.#pointerOf(buffer)).bytes(0x6a);
    this.#guardAddress(buffer, guards, x);
    const local = this.#f.into(Type.i32);
    this.#pointers.set(key, local);
    return local;
  }
  #pointerKey(buffer: Var, at: Form, x: Context, v: Loop, guards: readonly Guard[] = []): string {
    const bits = guards.reduce((m, g) => m | g.index.bits, at.bits);
    const env = [...x.env].map(([l, o]) => l === v || (l.bit & bits) === 0 ? '' : `${o.local}+${o.add}`).join();
    return `${this.#pointerOf(buffer)}@${at.id}?${guards.map(g => `${g.index.id}:${g.lo}:${g.hi}`).join()}~${env}`;
  }
  /** The guards that a pointer may be chosen by, before the vector loop: a buffer shorter than the loop has no place to read instead. */
  #before(buffer: Var, guards: readonly Guard[], x: Context, v: Loop): readonly Guard[] {
    return sizeOf(buffer.aval.shape) < v.extent ? [] : this.#unsure(guards, x).filter(g => (g.index.bits & v.bit) === 0);
  }
  /** Pushes pointer + counter * bytes and returns the immediate offset to use with it. */
  #address(x: Context, v: Loop, pointer: number, bytes: number): number {
    const counter = x.env.get(v);
    if (counter === undefined) throw new CotangentError('jaxpr', 'wasm: the vector loop is not open');
    const f = this.#f.get(pointer);
    if (counter.local !== null) {
      f.get(counter.local);
      if (bytes > 1) f.i32(Math.log2(bytes)).bytes(0x74);
      f.bytes(0x6a);
    }
    return counter.add * bytes;
  }

  // ---- memory
  #guardAddress(buffer: Var, guards: readonly Guard[], x: Context): void {
    if (guards.length === 0) return;
    // Outside its guards the element is read from the buffer's beginning: any value will do.
    this.#f.get(this.#pointerOf(buffer));
    this.#holds(guards, x);
    this.#f.bytes(0x1b);
  }
  #load(x: Context, v: Loop | null, n: Node & { readonly kind: 'load' }): Value {
    const f = this.#f;
    const { dtype } = n.from.aval;
    const guards = this.#unsure(n.guards, x);
    const guardsVary = v !== null && guards.some(g => (g.index.bits & v.bit) !== 0);
    const vector = v !== null && (guardsVary || (n.at.bits & v.bit) !== 0) ? v : null;
    const bytes = elementBytes(dtype);
    const addressIn = (y: Context): number => {
      this.#index(n.at, y, null, bytes);
      f.get(this.#pointerOf(n.from)).bytes(0x6a);
      this.#guardAddress(n.from, guards, y);
      return 0;
    };
    if (vector === null) return loadSplat(this.#l, dtype, () => addressIn(x));
    const stride = strideOf(n.at, vector);
    if (bytes === 4 && x.lanes === 4 && !guardsVary && (stride === 2 || stride === -1)) {
      // Every other element of two vectors, or a vector backwards.
      addressIn(stride === 2 ? x : this.#shifted(x, vector, 3));
      const address = f.into(Type.i32);
      const first = f.get(address).memory(0x00, 2, 0).into(Type.v128);
      return stride === 2 ? this.#l.shuffle(first, f.get(address).memory(0x00, 2, 16).into(Type.v128), [0, 2, 4, 6]) : this.#l.shuffle(first, first, [3, 2, 1, 0]);
    }
    if (stride !== 1 || guardsVary) return loadLanes(this.#l, dtype, x.lanes, lane => addressIn(this.#shifted(x, vector, lane)));
    const before = this.#before(n.from, n.guards, x, vector);
    const pointer = this.#pointer(this.#pointerKey(n.from, n.at, x, vector, before), x, vector, n.from, n.at, before);
    const push = (): number => {
      const offset = this.#address(x, vector, pointer, bytes);
      if (before.length === 0) this.#guardAddress(n.from, guards, x);
      return offset;
    };
    if (x.lanes === 4) return loadFour(this.#l, dtype, push);
    const offset = push();
    const address = f.into(Type.i32);
    return loadLanes(this.#l, dtype, x.lanes, lane => { f.get(address); return offset + lane * bytes; });
  }
  #store(x: Context, v: Loop | null, s: Stage): void {
    const values = s.stores.map(t => this.#emit(t.value, x, v, s));
    s.stores.forEach((t, i) => {
      if (t.update === undefined) this.#storeOne(x, v, t, values[i] ?? 0);
      else this.#update(x, v, s, t, t.update, values[i] ?? 0);
    });
    if (v === null) return;
    for (const n of s.keep) {
      const { dtype } = this.#node(n);
      storeRaw(this.#l, this.#emit(n, x, v, s), () => (this.#keptAt.get(n) ?? 0) + this.#address(x, v, this.#scratch, laneBytes(dtype)));
    }
  }
  #storeOne(x: Context, v: Loop | null, t: Store, value: Value): void {
    const { dtype } = t.to.aval;
    const bytes = elementBytes(dtype);
    if (v === null || (t.at.bits & v.bit) === 0) {
      store(this.#l, dtype, 1, value, () => { this.#index(t.at, x, null, bytes); this.#f.get(this.#pointerOf(t.to)).bytes(0x6a); return 0; });
      return;
    }
    const pointer = this.#pointer(this.#pointerKey(t.to, t.at, x, v), x, v, t.to, t.at);
    store(this.#l, dtype, x.lanes, value, () => this.#address(x, v, pointer, bytes));
  }

  /** Elements that go to places of their own: whole vectors where these are neighbours, else one after the other, in order. */
  #update(x: Context, v: Loop | null, s: Stage, t: Store, update: NonNullable<Store['update']>, value: Value): void {
    const f = this.#f;
    const l = this.#l;
    const { dtype } = t.to.aval;
    const bytes = elementBytes(dtype);
    const { guards, combine: monoid } = update;
    this.#ready([t.at, ...guards.map(g => g.index)], x, v, s);
    const combined = (old: Value, y: Value): Value => {
      if (monoid === null) return y;
      const both = combine(l, monoid, dtype, old, y);
      // Half precision is rounded when all updates are there.
      return dtype === 'f16' ? both : settled(l, dtype, both);
    };
    const where = (y: Context, write: () => void): void => {
      if (guards.length === 0) { write(); return; }
      this.#holds(guards, y);
      f.if(write);
    };
    if (v !== null && strideOf(t.at, v) === 1 && guards.every(g => (g.index.bits & v.bit) === 0)) {
      const pointer = this.#pointer(this.#pointerKey(t.to, t.at, x, v), x, v, t.to, t.at);
      const push = (): number => this.#address(x, v, pointer, bytes);
      where(x, () => {
        if (monoid === null) { store(l, dtype, x.lanes, value, push); return; }
        const old = x.lanes === 4 ? loadFour(l, dtype, push) : loadLanes(l, dtype, x.lanes, lane => push() + lane * bytes);
        store(l, dtype, x.lanes, combined(old, value), push);
      });
      return;
    }
    for (let lane = 0; lane < (v === null ? 1 : x.lanes); lane++) {
      const y = this.#shifted(x, v, lane);
      where(y, () => {
        this.#index(t.at, y, null, bytes);
        const address = f.get(this.#pointerOf(t.to)).bytes(0x6a).into(Type.i32);
        const push = (): number => { f.get(address); return 0; };
        const own = laneFirst(l, value, lane);
        store(l, dtype, 1, monoid === null ? own : combined(loadSplat(l, dtype, push), own), push);
      });
    }
  }

  // ---- scalars
  /** An index for each lane, as words. */
  #positions(form: Form, x: Context, v: Loop | null): Vector {
    const stride = v === null || (form.bits & v.bit) === 0 ? 0 : strideOf(form, v);
    if (stride === null) return this.#lanewise(x, v, true, y => this.#index(form, y, null, 1));
    this.#index(form, x, null, 1);
    const first = this.#f.simd(0x11).into(Type.v128);
    return stride === 0 ? first : this.#l.iadd(first, this.#f.v128([0, stride, 2 * stride, 3 * stride]).into(Type.v128));
  }
  /** A value for each lane that is computed without vectors. */
  #lanewise(x: Context, v: Loop | null, varies: boolean, push: (y: Context) => void): Vector {
    push(x);
    this.#f.simd(0x11);
    if (varies) for (let lane = 1; lane < x.lanes; lane++) { push(this.#shifted(x, v, lane)); this.#f.simd(0x1c).bytes(lane); }
    return this.#f.into(Type.v128);
  }
  #constant(value: number, dtype: DType): Value {
    if (dtype === 'f64') return new WideLanes(this.#l).constant(value);
    return isFloat(dtype) ? this.#l.float(value) : this.#l.int(wordOf(dtype, value));
  }
  #emit(i: NodeId, x: Context, v: Loop | null, s: Stage): Value {
    const known = x.memo.get(i);
    if (known !== undefined) return known;
    const made = this.#emitNew(i, x, v, s);
    x.memo.set(i, made);
    return made;
  }
  #emitNew(i: NodeId, x: Context, v: Loop | null, s: Stage): Value {
    const n = this.#node(i);
    if (v !== null && s.reuse.includes(i)) {
      return loadRaw(this.#l, n.dtype, () => (this.#keptAt.get(i) ?? 0) + this.#address(x, v, this.#scratch, laneBytes(n.dtype)));
    }
    if (n.kind !== 'op') for (const child of childrenOf(n)) this.#emit(child, x, v, s);
    switch (n.kind) {
      case 'constant': return this.#constant(n.value, n.dtype);
      case 'load': return this.#load(x, v, n);
      case 'position': return convert(this.#l, this.#positions(n.at, x, v), 'i32', n.dtype);
      case 'test': {
        const guards = this.#unsure(n.guards, x);
        if (guards.length === 0) return this.#l.int(-1);
        // As unsigned numbers what lies below the lower bound is above the upper one.
        const holds = guards.map(g => {
          const at = this.#positions(g.index, x, v);
          return this.#l.ilt(g.lo === 0 ? at : this.#l.isub(at, this.#l.int(g.lo)), this.#l.int(g.hi - g.lo), false);
        });
        return holds.reduce((a, b) => this.#l.and(a, b));
      }
      case 'op': return this.#emitOp(n, x, v, s);
      case 'accumulated': {
        const local = this.#accumulatorLocal.get(n.accumulator);
        if (local !== undefined) return local;
        const row = this.#accumulatorAt.get(n.accumulator) ?? 0;
        // A float16 sum was not rounded before it was complete, a narrow integer not wrapped.
        return settled(this.#l, n.dtype, loadRaw(this.#l, n.dtype, () => row + this.#rowAddress(x, v, n.dtype)));
      }
      default: return n satisfies never;
    }
  }
  /** The place of a row's accumulator in its scratch row. */
  #rowAddress(x: Context, v: Loop | null, d: DType): number {
    if (v !== null) return this.#address(x, v, this.#scratch, laneBytes(d));
    this.#f.get(this.#scratch);
    return 0;
  }
  #emitOp(n: Node & { readonly kind: 'op' }, x: Context, v: Loop | null, s: Stage): Value {
    const [first, second, third] = n.args;
    const go = (j: NodeId): Value => this.#emit(j, x, v, s);
    if (n.op === 'select' && first !== undefined && second !== undefined && third !== undefined) {
      const test = this.#node(first);
      if (test.kind === 'test') {
        // In an interior every guard holds: no mask is needed there.
        if (this.#unsure(test.guards, x).length === 0) return go(second);
        if (test.guards.some(g => guardState(g, x.ranges) === false)) return go(third);
      }
    }
    if ((n.op === 'max' || n.op === 'min') && (n.from === 'f32' || n.from === 'f16') && first !== undefined && second !== undefined) {
      // With a constant that is a number the NaN can only be in the other operand, and one instruction keeps it.
      const isNumber = (j: NodeId): boolean => { const c = this.#node(j); return c.kind === 'constant' && !Number.isNaN(c.value) && c.value !== 0; };
      const zero = (j: NodeId): boolean => { const c = this.#node(j); return c.kind === 'constant' && Object.is(c.value, 0) && n.op === 'max'; };
      const constant = [second, first].find(j => isNumber(j) || zero(j));
      if (constant !== undefined) {
        const other = constant === second ? first : second;
        const [a, b] = [narrow(go(other)), narrow(go(constant))];
        // max(-0, 0) is 0: pmax would keep -0, so the constant zero comes first in a comparison that sends equals to it.
        if (zero(constant)) return this.#l.select(this.#l.le(a, b), b, a);
        return n.op === 'max' ? this.#l.pmax(a, b) : this.#l.pmin(a, b);
      }
    }
    const constants = n.args.map(j => { const c = this.#node(j); return c.kind === 'constant' ? c.value : null; });
    return emitScalar({ lanes: this.#l, hostMath: this.#hostMath }, { op: n.op, args: n.args.map(go), from: n.from, to: n.dtype, params: n.params, constants });
  }

  // ---- loops
  #open(x: Context, more: readonly (readonly [Loop, Counter])[], lanes: number, ranges: Ranges): Context {
    return { env: new Map([...x.env, ...more]), lanes, lane: 0, ranges, memo: new Map(x.memo) };
  }
  /** What was computed before the vector loop is known inside. */
  #inside(before: Context | undefined, x: Context): Context {
    for (const [i, value] of before?.memo ?? []) if (!x.memo.has(i)) x.memo.set(i, value);
    return x;
  }
  #reach(s: Stage): ReadonlySet<NodeId> {
    const seen = new Set<NodeId>();
    const walk = (i: NodeId): void => {
      if (seen.has(i)) return;
      seen.add(i);
      if (!s.reuse.includes(i)) childrenOf(this.#node(i)).forEach(walk);
    };
    for (const a of s.accumulators) walk(a.value);
    for (const t of s.stores) operandsOf(t).forEach(walk);
    return seen;
  }
  /** Emits now what varies with the open loops alone. */
  #hoist(x: Context, s: Stage, v: Loop | null, maxLevel: number): void {
    const open = [...x.env.keys()].reduce((m, l) => m | l.bit, 0);
    for (const i of this.#reach(s)) {
      const n = this.#node(i);
      if ((n.bits & ~open) !== 0 || n.level > maxLevel || (this.#k.kind === 'rows' && n.level > 0)) continue;
      // A select on a test may turn out to need one branch only.
      if (n.kind === 'op' && n.op === 'select' && n.args[0] !== undefined && this.#node(n.args[0]).kind === 'test') continue;
      this.#emit(i, x, v, s);
    }
  }
  #guardsOf(s: Stage): readonly Guard[] { return [...this.#reach(s)].flatMap(i => { const n = this.#node(i); return 'guards' in n ? [...n.guards] : []; }); }

  /** Four elements at a time, cut where a guard changes its answer, so that interiors run unmasked. */
  #vectorLoop(x: Context, v: Loop | null, guards: readonly Guard[], unroll: number, body: (x: Context, turn: number) => void): void {
    if (v === null) { body(this.#open(x, [], 1, x.ranges), 0); return; }
    const step = 4 * unroll;
    const cuts = new Set([0, v.extent]);
    for (const g of guards) {
      const stride = strideOf(g.index, v);
      if (stride === null || stride === 0 || (g.index.bits & ~v.bit) !== 0 || g.index.nodes.length > 0 || cuts.size >= 8) continue;
      for (const bound of [g.lo, g.hi]) {
        const at = (bound - g.index.c) / stride;
        for (const cut of [Math.floor(at / step) * step, Math.ceil(at / step) * step]) if (cut > 0 && cut < v.extent) cuts.add(cut);
      }
    }
    const list = [...cuts].sort((a, b) => a - b);
    list.slice(0, -1).forEach((from, i) => {
      const to = list[i + 1] ?? v.extent;
      const main = Math.floor((to - from) / step) * step;
      const between = (lo: number, hi: number): Ranges => l => l === v ? [lo, hi - 1] : x.ranges(l);
      if (main > step) {
        const counter = this.#f.local(Type.i32);
        this.#f.loop(counter, from, from + main, step, () => {
          for (let u = 0; u < unroll; u++) body(this.#open(x, [[v, { local: counter, add: 4 * u }]], 4, between(from, from + main)), u);
        });
      }
      for (let p = main > step ? from + main : from; p < to; p += 4) {
        body(this.#open(x, [[v, { local: null, add: p }]], Math.min(4, to - p), between(p, Math.min(to, p + 4))), ((p - from) / 4) % unroll);
      }
    });
  }
  #sequential(x: Context, loops: readonly Loop[], body: (x: Context) => void): void {
    const [l, ...rest] = loops;
    if (l === undefined) { body(x); return; }
    const counter = this.#f.local(Type.i32);
    this.#f.loop(counter, 0, l.extent, 1, () => {
      this.#pointers.clear();
      this.#sequential(this.#open(x, [[l, { local: counter, add: 0 }]], 1, x.ranges), rest, body);
    });
    this.#pointers.clear();
  }
  /** Pointers of contiguous loads and stores, before the vector loop. */
  #prepare(x: Context, s: Stage, v: Loop | null, places: readonly Context[] = [x]): void {
    if (v === null) return;
    this.#pointers.clear();
    const loads = [...this.#reach(s)].flatMap(i => { const n = this.#node(i); return n.kind === 'load' && !s.reuse.includes(i) ? [{ buffer: n.from, at: n.at, guards: n.guards }] : []; });
    const contiguous = [...loads, ...s.stores.map(t => ({ buffer: t.to, at: t.at, guards: [] }))].filter(p => (p.at.bits & v.bit) !== 0 && strideOf(p.at, v) === 1);
    for (const y of places) {
      for (const p of contiguous) {
        const before = this.#before(p.buffer, p.guards, y, v);
        this.#ready([p.at, ...before.map(g => g.index)], y, v, s);
        this.#pointer(this.#pointerKey(p.buffer, p.at, y, v, before), y, v, p.buffer, p.at, before);
      }
    }
  }

  // ---- kernels without reductions
  #runMap(root: Context, s: Stage): void {
    const k = this.#k;
    const v = k.rows.at(-1) ?? null;
    const heavy = k.nodes.some(n => n.cost >= expensive);
    const jam = v === null || v.extent < 4 ? null : this.#jamLoop(v);
    const outer = k.rows.filter(l => l !== v && l !== jam);
    const nest = (x: Context, loops: readonly Loop[]): void => {
      this.#hoist(x, s, v, 0);
      const [l, ...rest] = loops;
      if (l !== undefined) { this.#sequential(x, [l], y => nest(y, rest)); return; }
      if (jam === null || v === null) { this.#prepare(x, s, v); this.#vectorLoop(x, v, this.#guardsOf(s), heavy ? 2 : 4, y => this.#store(y, v, s)); return; }
      this.#runTiles(x, s, v, jam);
    };
    nest(root, outer);
  }
  /** The loop along which a load that is strided along the vector loop is contiguous: the two are walked in tiles. */
  #jamLoop(v: Loop): Loop | null {
    // Updates happen in order.
    if (this.#k.stages.some(s => s.stores.some(t => t.update !== undefined))) return null;
    for (const n of this.#k.nodes) {
      if (n.kind !== 'load' || n.guards.length > 0 || (n.at.bits & v.bit) === 0 || strideOf(n.at, v) === 1 || elementBytes(n.from.aval.dtype) !== 4) continue;
      const jam = this.#k.rows.find(l => l !== v && l.extent >= 4 && strideOf(n.at, l) === 1);
      if (jam !== undefined) return jam;
    }
    return null;
  }
  #runTiles(x: Context, s: Stage, v: Loop, jam: Loop): void {
    const tile = (at: Counter, width: number): void => {
      const rows = Array.from({ length: width }, (_, r): readonly [Loop, Counter] => [jam, { local: at.local, add: at.add + r }]);
      const opened = rows.map(row => this.#open(x, [row], 1, x.ranges));
      this.#prepare(x, s, v, opened);
      this.#vectorLoop(x, v, this.#guardsOf(s), 1, y => {
        for (let g = 0; g < width; g += 4) {
          const four = rows.slice(g, g + 4).map((row, r) => this.#inside(opened[g + r], this.#open(y, [row], y.lanes, y.ranges)));
          if (four.length === 4 && y.lanes === 4) this.#transposeLoads(s, four, v, jam);
          for (const c of four) this.#store(c, v, s);
        }
      });
    };
    const main = Math.floor(jam.extent / tileRows) * tileRows;
    if (main > 0) { const counter = this.#f.local(Type.i32); this.#f.loop(counter, 0, main, tileRows, () => tile({ local: counter, add: 0 }, tileRows)); }
    for (let p = main; p < jam.extent; p += 4) tile({ local: null, add: p }, Math.min(4, jam.extent - p));
    this.#pointers.clear();
  }
  /** Loads that are contiguous along the jam loop: four vectors, transposed in registers. */
  #transposeLoads(s: Stage, four: readonly Context[], v: Loop, jam: Loop): void {
    const [origin] = four;
    if (origin === undefined) return;
    const f = this.#f;
    const shuffle = (a: Vector, b: Vector, lanes: readonly number[]): Vector => f.get(a).get(b).simd(13).bytes(...lanes.flatMap(i => [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3])).into(Type.v128);
    for (const i of this.#reach(s)) {
      const n = this.#node(i);
      if (n.kind !== 'load' || n.guards.length > 0 || (n.at.bits & v.bit) === 0 || strideOf(n.at, jam) !== 1 || strideOf(n.at, v) === 1 || strideOf(n.at, v) === null || elementBytes(n.from.aval.dtype) !== 4) continue;
      this.#ready([n.at], origin, v, s);
      const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = [0, 1, 2, 3].map(lane => {
        this.#index(n.at, this.#shifted(origin, v, lane), null, 4);
        return f.get(this.#pointerOf(n.from)).bytes(0x6a).memory(0, 2, 0).into(Type.v128);
      });
      const [a, b, c, d] = [shuffle(r0, r1, [0, 4, 1, 5]), shuffle(r2, r3, [0, 4, 1, 5]), shuffle(r0, r1, [2, 6, 3, 7]), shuffle(r2, r3, [2, 6, 3, 7])];
      const columns = [shuffle(a, b, [0, 1, 4, 5]), shuffle(a, b, [2, 3, 6, 7]), shuffle(c, d, [0, 1, 4, 5]), shuffle(c, d, [2, 3, 6, 7])];
      columns.forEach((column, r) => four[r]?.memo.set(i, column));
    }
  }

  // ---- reductions
  /** Registers for a value, and their assignment. */
  #register(d: DType): Value { const v = (): Vector => this.#f.local(Type.v128); return d === 'f64' ? { lo: v(), hi: v() } : v(); }
  #assign(to: Value, from: Value): void {
    const parts = partsOf(from);
    partsOf(to).forEach((t, i) => { this.#f.get(parts[i] ?? 0).set(t); });
  }
  #unit(a: Accumulator): Value { return this.#constant(unitOf(a.monoid, a.dtype), a.dtype); }
  #combine(a: Accumulator, x: Value, y: Value): Value { return combine(this.#l, a.monoid, a.dtype, x, y); }
  /** Lane by lane the faster extremum, which loses NaN: remembered beside. */
  #combineLanes(a: Accumulator, x: Value, y: Value): Value {
    if (!losesNaN(a)) return this.#combine(a, x, y);
    return a.monoid === 'max' ? this.#l.pmax(narrow(x), narrow(y)) : this.#l.pmin(narrow(x), narrow(y));
  }
  /** The lanes of a tail that exist, and the unit in the others. */
  #tail(a: Accumulator, value: Value, lanes: number): Value {
    const mask = this.#f.v128(laneMasks[lanes] ?? []).into(Type.v128);
    return a.dtype === 'f64' ? new WideLanes(this.#l).select(mask, wide(value), wide(this.#unit(a))) : this.#l.select(mask, narrow(value), narrow(this.#unit(a)));
  }
  /** All lanes combined with their neighbours, then with those two further. */
  #acrossLanes(a: Accumulator, x: Value): Value {
    const l = this.#l;
    const swapped = typeof x === 'number' ? l.shuffle(x, x, [1, 0, 3, 2]) : { lo: l.shuffle(x.lo, x.lo, [2, 3, 0, 1]), hi: l.shuffle(x.hi, x.hi, [2, 3, 0, 1]) };
    const pairs = this.#combineLanes(a, x, swapped);
    return this.#combineLanes(a, pairs, typeof pairs === 'number' ? l.shuffle(pairs, pairs, [2, 3, 0, 1]) : { lo: pairs.hi, hi: pairs.lo });
  }
  #runLanes(x: Context, s: Stage): void {
    const f = this.#f;
    const l = this.#l;
    const v = s.loops.at(-1) ?? null;
    const four = (a: Accumulator): Value[] => [0, 1, 2, 3].map(() => this.#register(a.dtype));
    const registers = s.accumulators.map(four);
    const totals = v !== null && v.extent > block ? s.accumulators.map(four) : [];
    const nans = s.accumulators.map(() => f.local(Type.v128));
    for (const n of nans) f.v128([0, 0, 0, 0]).set(n);
    this.#hoist(x, s, v, Number.MAX_SAFE_INTEGER);
    s.accumulators.forEach((a, q) => { for (const r of [...registers[q] ?? [], ...totals[q] ?? []]) this.#assign(r, this.#unit(a)); });
    this.#sequential(x, s.loops.slice(0, -1), y => {
      this.#hoist(y, s, v, 0);
      this.#prepare(y, s, v);
      const unroll = s.accumulators.length > 0 ? 4 : this.#k.nodes.some(n => n.cost >= expensive) ? 2 : 4;
      this.#vectorLoop(y, v, this.#guardsOf(s), unroll, (z, turn) => {
        const values = s.accumulators.map(a => this.#emit(a.value, z, v, s));
        s.accumulators.forEach((a, q) => {
          const register = registers[q]?.[turn] ?? 0;
          const known = values[q] ?? 0;
          const value = z.lanes < 4 ? this.#tail(a, known, z.lanes) : known;
          this.#assign(register, this.#combineLanes(a, register, value));
          const nan = nans[q] ?? 0;
          if (losesNaN(a)) f.get(l.or(nan, l.ne(narrow(value), narrow(value)))).set(nan);
        });
        if (totals.length > 0 && turn === 3 && v !== null) this.#flush(z, v, s, registers, totals);
        this.#store(z, v, s);
      });
    });
    s.accumulators.forEach((a, q) => {
      const regs = registers[q] ?? [];
      totals[q]?.forEach((t, i) => { const r = regs[i] ?? 0; this.#assign(r, this.#combineLanes(a, t, r)); });
      const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = regs;
      const both = this.#combineLanes(a, this.#combineLanes(a, r0, r1), this.#combineLanes(a, r2, r3));
      const total = this.#acrossLanes(a, both);
      // Any NaN on the way is NaN in the end.
      const anyNaN = (): Vector => f.i32(0).get(nans[q] ?? 0).simd(0x53).bytes(0x6b).simd(0x11).into(Type.v128);
      this.#accumulatorLocal.set(a.id, losesNaN(a) ? l.select(anyNaN(), l.float(NaN), narrow(total)) : settled(l, a.dtype, total));
    });
  }
  /** Every `block` elements the lanes move to a second level: the error grows with the number of blocks, not of elements. */
  #flush(z: Context, v: Loop, s: Stage, registers: readonly (readonly Value[])[], totals: readonly (readonly Value[])[]): void {
    const f = this.#f;
    const move = (): void => s.accumulators.forEach((a, q) => registers[q]?.forEach((r, i) => {
      const t = totals[q]?.[i] ?? 0;
      this.#assign(t, this.#combineLanes(a, t, r));
      this.#assign(r, this.#unit(a));
    }));
    const counter = z.env.get(v);
    if (counter === undefined) return;
    if (counter.local === null) { if ((counter.add + 4) % block === 0) move(); return; }
    f.get(counter.local).i32(counter.add + 4).bytes(0x6a).i32(block - 1).bytes(0x71, 0x45);
    f.if(move);
  }
  /** Column reductions: a scratch row of accumulators, several rows a pass. */
  #runRows(x: Context, s: Stage): void {
    const f = this.#f;
    const v = this.#k.rows.at(-1) ?? null;
    const last = s.loops.at(-1);
    const place = (z: Context, a: Accumulator): number => (this.#accumulatorAt.get(a.id) ?? 0) + this.#rowAddress(z, v, a.dtype);
    if (last === undefined) { this.#hoist(x, s, v, 0); this.#prepare(x, s, v); this.#vectorLoop(x, v, this.#guardsOf(s), 2, z => this.#store(z, v, s)); return; }
    this.#vectorLoop(x, v, [], 1, z => { for (const a of s.accumulators) storeRaw(this.#l, this.#unit(a), () => place(z, a)); });
    this.#sequential(x, s.loops.slice(0, -1), y => {
      const pass = (at: Counter, n: number): void => {
        const rows = Array.from({ length: n }, (_, r): readonly [Loop, Counter] => [last, { local: at.local, add: at.add + r }]);
        const opened = rows.map(row => this.#open(y, [row], 1, y.ranges));
        for (const c of opened) this.#hoist(c, s, v, 0);
        this.#prepare(y, s, v, opened);
        this.#vectorLoop(y, v, this.#guardsOf(s), 1, z => {
          const here = rows.map((row, r) => this.#inside(opened[r], this.#open(z, [row], z.lanes, z.ranges)));
          for (const a of s.accumulators) {
            const values = here.map(c => this.#emit(a.value, c, v, s));
            let total = loadRaw(this.#l, a.dtype, () => place(z, a));
            for (const value of values) total = this.#combine(a, total, value);
            const sum = total;
            storeRaw(this.#l, sum, () => place(z, a));
          }
        });
      };
      const main = Math.floor(last.extent / rowsPerPass) * rowsPerPass;
      if (main > 0) { const counter = f.local(Type.i32); f.loop(counter, 0, main, rowsPerPass, () => pass({ local: counter, add: 0 }, rowsPerPass)); }
      if (main < last.extent) pass({ local: null, add: main }, last.extent - main);
      this.#pointers.clear();
    });
  }
}

/** Whether its lanes are combined by an instruction that loses NaN. */
const losesNaN = (a: Accumulator): boolean => (a.dtype === 'f32' || a.dtype === 'f16') && (a.monoid === 'max' || a.monoid === 'min');
/** The word that stands for a number in integer lanes; true has all bits. */
const wordOf = (d: DType, value: number): number => d === 'bool' ? (value === 0 ? 0 : -1) : roundTo(d, value) | 0;

/** Two partial results as one: neither rounded to half nor wrapped to a byte before the end. */
function combine(l: Lanes, monoid: Monoid, dtype: DType, x: Value, y: Value): Value {
  if (dtype === 'f64') {
    const w = new WideLanes(l);
    const [a, b] = [wide(x), wide(y)];
    switch (monoid) {
      case 'add': return w.add(a, b);
      case 'mul': return w.mul(a, b);
      case 'max': return w.max(a, b);
      case 'min': return w.min(a, b);
      default: return monoid satisfies never;
    }
  }
  const [a, b] = [narrow(x), narrow(y)];
  if (dtype === 'bool') return monoid === 'max' ? l.or(a, b) : l.and(a, b);
  const float = isFloat(dtype);
  switch (monoid) {
    case 'add': return float ? l.add(a, b) : l.iadd(a, b);
    case 'mul': return float ? l.mul(a, b) : l.imul(a, b);
    case 'max': return float ? l.max(a, b) : l.imax(a, b, dtype !== 'u32');
    case 'min': return float ? l.min(a, b) : l.imin(a, b, dtype !== 'u32');
    default: return monoid satisfies never;
  }
}
