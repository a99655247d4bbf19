// Kernels without reductions: nested loops around one vector loop, or tiles where a load is contiguous along another loop.
// Floor 5.
import { strideOf, type Loop } from '../index-map.ts';
import { expensive, type Stage } from '../kernel.ts';
import { inside, open, shifted, type Context, type Counter } from './context.ts';
import type { Vector } from './lanes.ts';
import type { Loops } from './loops.ts';
import { elementBytes } from './memory.ts';
import { Type, type FunctionBuilder } from './module.ts';
import { storeStage } from './stores.ts';
import type { Values } from './values.ts';

/** Rows of a transposing tile: more at a power-of-two stride fall into one cache set. */
const tileRows = 8;

export class MapKernel {
  readonly #values: Values;
  readonly #loops: Loops;
  readonly #f: FunctionBuilder;
  constructor(values: Values, loops: Loops) {
    this.#values = values;
    this.#loops = loops;
    this.#f = values.lanes.f;
  }
  run(root: Context, s: Stage): void {
    const k = this.#values.kernel;
    const v = k.rows.at(-1) ?? null;
    const heavy = k.nodes.some(n => n.cost >= expensive);
    const jam = v === null || v.extent < 4 ? null : this.#jamLoop(v);
    const outer = k.rows.filter(l => l !== v && l !== jam);
    const nest = (x: Context, loops: readonly Loop[]): void => {
      this.#loops.hoist(x, s, v, 0);
      const [l, ...rest] = loops;
      if (l !== undefined) { this.#loops.sequential(x, [l], y => nest(y, rest)); return; }
      if (jam === null || v === null) { this.#loops.prepare(x, s, v); this.#loops.vectorLoop(x, v, this.#loops.guardsOf(s), heavy ? 2 : 4, y => storeStage(this.#values, y, v, s)); return; }
      this.#runTiles(x, s, v, jam);
    };
    nest(root, outer);
  }
  /** The loop along which a load that is strided along the vector loop is contiguous: the two are walked in tiles. */
  #jamLoop(v: Loop): Loop | null {
    // Updates happen in order.
    if (this.#values.kernel.stages.some(s => s.stores.some(t => t.update !== undefined))) return null;
    for (const n of this.#values.kernel.nodes) {
      if (n.kind !== 'load' || n.guards.length > 0 || (n.at.bits & v.bit) === 0 || strideOf(n.at, v) === 1 || elementBytes(n.from.aval.dtype) !== 4) continue;
      const jam = this.#values.kernel.rows.find(l => l !== v && l.extent >= 4 && strideOf(n.at, l) === 1);
      if (jam !== undefined) return jam;
    }
    return null;
  }
  #runTiles(x: Context, s: Stage, v: Loop, jam: Loop): void {
    const tile = (at: Counter, width: number): void => {
      const rows = Array.from({ length: width }, (_, r): readonly [Loop, Counter] => [jam, { local: at.local, add: at.add + r }]);
      const opened = rows.map(row => open(x, [row], 1, x.ranges));
      this.#loops.prepare(x, s, v, opened);
      this.#loops.vectorLoop(x, v, this.#loops.guardsOf(s), 1, y => {
        for (let g = 0; g < width; g += 4) {
          const four = rows.slice(g, g + 4).map((row, r) => inside(opened[g + r], open(y, [row], y.lanes, y.ranges)));
          if (four.length === 4 && y.lanes === 4) this.#transposeLoads(s, four, v, jam);
          for (const c of four) storeStage(this.#values, c, v, s);
        }
      });
    };
    const main = Math.floor(jam.extent / tileRows) * tileRows;
    if (main > 0) { const counter = this.#f.local(Type.i32); this.#f.loop(counter, 0, main, tileRows, () => tile({ local: counter, add: 0 }, tileRows)); }
    for (let p = main; p < jam.extent; p += 4) tile({ local: null, add: p }, Math.min(4, jam.extent - p));
    this.#values.addresses.clear();
  }
  /** Loads that are contiguous along the jam loop: four vectors, transposed in registers. */
  #transposeLoads(s: Stage, four: readonly Context[], v: Loop, jam: Loop): void {
    const [origin] = four;
    if (origin === undefined) return;
    const f = this.#f;
    const shuffle = (a: Vector, b: Vector, lanes: readonly number[]): Vector => f.get(a).get(b).simd(13).bytes(...lanes.flatMap(i => [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3])).into(Type.v128);
    for (const i of this.#loops.reach(s)) {
      const n = this.#values.node(i);
      if (n.kind !== 'load' || n.guards.length > 0 || (n.at.bits & v.bit) === 0 || strideOf(n.at, jam) !== 1 || strideOf(n.at, v) === 1 || strideOf(n.at, v) === null || elementBytes(n.from.aval.dtype) !== 4) continue;
      this.#values.ready([n.at], origin, v, s);
      const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = [0, 1, 2, 3].map(lane => {
        this.#values.addresses.index(n.at, shifted(origin, v, lane), null, 4);
        return f.get(this.#values.addresses.pointerOf(n.from)).bytes(0x6a).memory(0, 2, 0).into(Type.v128);
      });
      const [a, b, c, d] = [shuffle(r0, r1, [0, 4, 1, 5]), shuffle(r2, r3, [0, 4, 1, 5]), shuffle(r0, r1, [2, 6, 3, 7]), shuffle(r2, r3, [2, 6, 3, 7])];
      const columns = [shuffle(a, b, [0, 1, 4, 5]), shuffle(a, b, [2, 3, 6, 7]), shuffle(c, d, [0, 1, 4, 5]), shuffle(c, d, [2, 3, 6, 7])];
      columns.forEach((column, r) => four[r]?.memo.set(i, column));
    }
  }
}
