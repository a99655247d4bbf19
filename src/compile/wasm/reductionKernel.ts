// Kernels with reductions: rows whose lanes are folded as a fixed tree, and columns that are added up in a row of scratch memory.
// Floor 5: the order of a reduction follows from its shape and axes alone.
import type { DType } from '../../dtype/dtype.ts';
import type { Loop } from '../index-map.ts';
import { expensive, type Accumulator, type Stage } from '../kernel.ts';
import { unitOf } from '../lower.ts';
import { inside, open, type Context, type Counter } from './context.ts';
import { settled } from './convert.ts';
import type { Lanes, Value, Vector } from './lanes.ts';
import type { Loops } from './loops.ts';
import { loadRaw, storeRaw } from './memory.ts';
import { Type, type FunctionBuilder } from './module.ts';
import { combine } from './monoid.ts';
import { storeStage } from './stores.ts';
import type { Values } from './values.ts';
import { narrow, partsOf, wide, WideLanes } from './wide.ts';

/** After so many elements the lanes of a long sum move to a second level. */
const block = 4096;
const rowsPerPass = 8;
const laneMasks = [0, 1, 2, 3].map(n => [0, 1, 2, 3].map(l => l < n ? -1 : 0));

export class ReductionKernel {
  readonly #values: Values;
  readonly #loops: Loops;
  readonly #f: FunctionBuilder;
  readonly #l: Lanes;
  constructor(values: Values, loops: Loops) {
    this.#values = values;
    this.#loops = loops;
    this.#f = values.lanes.f;
    this.#l = values.lanes;
  }
  /** Registers for a value, and their assignment. */
  #register(d: DType): Value { const v = (): Vector => this.#f.local(Type.v128); return d === 'f64' ? { lo: v(), hi: v() } : v(); }
  #assign(to: Value, from: Value): void {
    const parts = partsOf(from);
    partsOf(to).forEach((t, i) => { this.#f.get(parts[i] ?? 0).set(t); });
  }
  #unit(a: Accumulator): Value { return this.#values.constant(unitOf(a.monoid, a.dtype), a.dtype); }
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
  lanes(x: Context, s: Stage): void {
    const f = this.#f;
    const l = this.#l;
    const v = s.loops.at(-1) ?? null;
    const four = (a: Accumulator): Value[] => [0, 1, 2, 3].map(() => this.#register(a.dtype));
    const registers = s.accumulators.map(four);
    const totals = v !== null && v.extent > block ? s.accumulators.map(four) : [];
    const nans = s.accumulators.map(() => f.local(Type.v128));
    for (const n of nans) f.v128([0, 0, 0, 0]).set(n);
    this.#loops.hoist(x, s, v, Number.MAX_SAFE_INTEGER);
    s.accumulators.forEach((a, q) => { for (const r of [...registers[q] ?? [], ...totals[q] ?? []]) this.#assign(r, this.#unit(a)); });
    this.#loops.sequential(x, s.loops.slice(0, -1), y => {
      this.#loops.hoist(y, s, v, 0);
      this.#loops.prepare(y, s, v);
      const unroll = s.accumulators.length > 0 ? 4 : this.#values.kernel.nodes.some(n => n.cost >= expensive) ? 2 : 4;
      this.#loops.vectorLoop(y, v, this.#loops.guardsOf(s), unroll, (z, turn) => {
        const values = s.accumulators.map(a => this.#values.emit(a.value, z, v, s));
        s.accumulators.forEach((a, q) => {
          const register = registers[q]?.[turn] ?? 0;
          const known = values[q] ?? 0;
          const value = z.lanes < 4 ? this.#tail(a, known, z.lanes) : known;
          this.#assign(register, this.#combineLanes(a, register, value));
          const nan = nans[q] ?? 0;
          if (losesNaN(a)) f.get(l.or(nan, l.ne(narrow(value), narrow(value)))).set(nan);
        });
        if (totals.length > 0 && turn === 3 && v !== null) this.#flush(z, v, s, registers, totals);
        storeStage(this.#values, z, v, s);
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
      this.#values.accumulatorLocal.set(a.id, losesNaN(a) ? l.select(anyNaN(), l.float(NaN), narrow(total)) : settled(l, a.dtype, total));
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
  rows(x: Context, s: Stage): void {
    const f = this.#f;
    const v = this.#values.kernel.rows.at(-1) ?? null;
    const last = s.loops.at(-1);
    const place = (z: Context, a: Accumulator): number => (this.#values.accumulatorAt.get(a.id) ?? 0) + this.#values.rowAddress(z, v, a.dtype);
    if (last === undefined) { this.#loops.hoist(x, s, v, 0); this.#loops.prepare(x, s, v); this.#loops.vectorLoop(x, v, this.#loops.guardsOf(s), 2, z => storeStage(this.#values, z, v, s)); return; }
    this.#loops.vectorLoop(x, v, [], 1, z => { for (const a of s.accumulators) storeRaw(this.#l, this.#unit(a), () => place(z, a)); });
    this.#loops.sequential(x, s.loops.slice(0, -1), y => {
      const pass = (at: Counter, n: number): void => {
        const rows = Array.from({ length: n }, (_, r): readonly [Loop, Counter] => [last, { local: at.local, add: at.add + r }]);
        const opened = rows.map(row => open(y, [row], 1, y.ranges));
        for (const c of opened) this.#loops.hoist(c, s, v, 0);
        this.#loops.prepare(y, s, v, opened);
        this.#loops.vectorLoop(y, v, this.#loops.guardsOf(s), 1, z => {
          const here = rows.map((row, r) => inside(opened[r], open(z, [row], z.lanes, z.ranges)));
          for (const a of s.accumulators) {
            const values = here.map(c => this.#values.emit(a.value, c, v, s));
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
      this.#values.addresses.clear();
    });
  }
}

/** Whether its lanes are combined by an instruction that loses NaN. */
const losesNaN = (a: Accumulator): boolean => (a.dtype === 'f32' || a.dtype === 'f16') && (a.monoid === 'max' || a.monoid === 'min');
