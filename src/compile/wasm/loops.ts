// Loops of a kernel: the vector loop, cut where guards change their answers, sequential loops, and what is computed before them.
// Floor 5.
import { strideOf, type Guard, type Loop, type Ranges } from '../index-map.ts';
import { childrenOf, operandsOf, type NodeId, type Stage } from '../kernel.ts';
import { open, type Context } from './context.ts';
import { Type, type FunctionBuilder } from './module.ts';
import type { Values } from './values.ts';

export class Loops {
  readonly #values: Values;
  readonly #f: FunctionBuilder;
  constructor(values: Values) {
    this.#values = values;
    this.#f = values.lanes.f;
  }
  /** The nodes that a stage needs. */
  reach(s: Stage): ReadonlySet<NodeId> {
    const seen = new Set<NodeId>();
    const walk = (i: NodeId): void => {
      if (seen.has(i)) return;
      seen.add(i);
      if (!s.reuse.includes(i)) childrenOf(this.#values.node(i)).forEach(walk);
    };
    for (const a of s.accumulators) walk(a.value);
    for (const t of s.stores) operandsOf(t).forEach(walk);
    return seen;
  }
  /** Emits now what varies with the open loops alone. */
  hoist(x: Context, s: Stage, v: Loop | null, maxLevel: number): void {
    const known = [...x.env.keys()].reduce((m, l) => m | l.bit, 0);
    for (const i of this.reach(s)) {
      const n = this.#values.node(i);
      if ((n.bits & ~known) !== 0 || n.level > maxLevel || (this.#values.kernel.kind === 'rows' && n.level > 0)) continue;
      // A select on a test may turn out to need one branch only.
      if (n.kind === 'op' && n.op === 'select' && n.args[0] !== undefined && this.#values.node(n.args[0]).kind === 'test') continue;
      this.#values.emit(i, x, v, s);
    }
  }
  guardsOf(s: Stage): readonly Guard[] { return [...this.reach(s)].flatMap(i => { const n = this.#values.node(i); return 'guards' in n ? [...n.guards] : []; }); }

  /** Four elements at a time, cut where a guard changes its answer, so that interiors run unmasked. */
  vectorLoop(x: Context, v: Loop | null, guards: readonly Guard[], unroll: number, body: (x: Context, turn: number) => void): void {
    if (v === null) { body(open(x, [], 1, x.ranges), 0); return; }
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
          for (let u = 0; u < unroll; u++) body(open(x, [[v, { local: counter, add: 4 * u }]], 4, between(from, from + main)), u);
        });
      }
      for (let p = main > step ? from + main : from; p < to; p += 4) {
        body(open(x, [[v, { local: null, add: p }]], Math.min(4, to - p), between(p, Math.min(to, p + 4))), ((p - from) / 4) % unroll);
      }
    });
  }
  sequential(x: Context, loops: readonly Loop[], body: (x: Context) => void): void {
    const [l, ...rest] = loops;
    if (l === undefined) { body(x); return; }
    const counter = this.#f.local(Type.i32);
    this.#f.loop(counter, 0, l.extent, 1, () => {
      this.#values.addresses.clear();
      this.sequential(open(x, [[l, { local: counter, add: 0 }]], 1, x.ranges), rest, body);
    });
    this.#values.addresses.clear();
  }
  /** Pointers of contiguous loads and stores, before the vector loop. */
  prepare(x: Context, s: Stage, v: Loop | null, places: readonly Context[] = [x]): void {
    if (v === null) return;
    this.#values.addresses.clear();
    const loads = [...this.reach(s)].flatMap(i => { const n = this.#values.node(i); return n.kind === 'load' && !s.reuse.includes(i) ? [{ buffer: n.from, at: n.at, guards: n.guards }] : []; });
    const contiguous = [...loads, ...s.stores.map(t => ({ buffer: t.to, at: t.at, guards: [] }))].filter(p => (p.at.bits & v.bit) !== 0 && strideOf(p.at, v) === 1);
    for (const y of places) {
      for (const p of contiguous) {
        const before = this.#values.addresses.before(p.buffer, p.guards, y, v);
        this.#values.ready([p.at, ...before.map(g => g.index)], y, v, s);
        this.#values.addresses.pointer(this.#values.addresses.pointerKey(p.buffer, p.at, y, v, before), y, v, p.buffer, p.at, before);
      }
    }
  }
}
