// Contractions in WebAssembly SIMD, specialised to their shape: C[rows, columns] = sum of A B, float32, of any strides, in loops of
// the result and of the sum. Matrix products, convolutions and the gradients of both are such loops.
// After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008: a block of registers is updated for each
// product, B is read in panels. Must equal the reference up to rounding; the order of additions follows from the shape alone.
import { blockLimit, type ContractionShape, type OuterLoop } from '../../src/compile/contraction.ts';
import type { Epilogue, Walk } from '../../src/compile/epilogue.ts';
import type { Rung } from '../../src/compile/wasm/lanes.ts';
import { FunctionBuilder, Type, type ModuleBuilder } from '../../src/compile/wasm/module.ts';
import { emitBlock } from './contractionBlock.ts';
import { emitPack, type Panel } from './pack.ts';

export interface EmittedContraction {
  /** Index of a function (a, b, c, scratch); with an epilogue also its loads, its stores, and the constants. */
  readonly index: number;
  /** Words of the constant pool. */
  readonly pool: readonly number[];
  readonly scratchBytes: number;
}
/**
 * Rows of a block by its vectors. The engine of Node 20 and 22 loads all operands of a step before it multiplies, so sums and operands together
 * must fit into fifteen registers; at least eight sums hide the latency. Of separate instructions 4 x 4 vectors were fastest, of fused ones
 * 3 x 3; where loads keep their order 6 x 2, by an eighth.
 */
const rowsOf = { fused: [0, 7, 4, 3, 2, 2, 1], separate: [0, 7, 4, 4, 2, 2, 1], ordered: [0, 7, 6, 3, 2, 2, 1], pairs: [0, 7, 6, 4, 6, 2, 2, 2, 1] } as const;
type Blocks = keyof typeof rowsOf;
/** Pairs of vectors are found from the stores on: results must be neighbours. */
const blocksOf = (rung: Rung, s: ContractionShape): Blocks => rung.pairs === true && s.columns.c === 1 ? 'pairs' : !rung.fma ? 'separate' : rung.ordered === true ? 'ordered' : 'fused';
function widest(blocks: Blocks, rows: number): number {
  if (rows === 1) return blocks === 'pairs' ? 8 : 6;
  if (rows === 2 || blocks === 'separate' || blocks === 'pairs') return 4;
  return blocks === 'ordered' && rows > 3 ? 2 : 3;
}
/** Rows that pass over a panel before the next one: a multiple of the blocks' rows, small enough for A to stay in the second level cache. */
const stripe = 24;
const align = (n: number): number => Math.ceil(n / 64) * 64;

/** Panels of `n` columns: as many of the widest as there are, and one for the rest. */
function panelsOf(n: number, vectors: number): readonly Panel[] {
  const full = Math.floor(n / (4 * vectors));
  const left = n - full * 4 * vectors;
  return [
    ...(full > 0 ? [{ vectors, lanes: 4, first: 0, count: full }] : []),
    ...(left > 0 ? [{ vectors: Math.ceil(left / 4), lanes: (left - 1) % 4 + 1, first: full * 4 * vectors, count: 1 }] : []),
  ];
}
/** Heights of blocks that make up `rows`: the last two share what is left, rather than leave a thin one. */
function heights(rows: number, height: number): { readonly full: number; readonly rest: readonly number[] } {
  const full = Math.floor(rows / height);
  const left = rows % height;
  if (left === 0) return { full, rest: [] };
  if (full === 0 || 2 * left >= height) return { full, rest: [left] };
  return { full: full - 1, rest: [Math.ceil((height + left) / 2), Math.floor((height + left) / 2)] };
}

/** What a module has already: products of one shape are one function, and register blocks of one form serve all shapes. */
interface Emitted { readonly contractions: Map<string, EmittedContraction>; readonly kernels: Map<string, number> }
const emitted = new WeakMap<ModuleBuilder, Emitted>();

/** Adds a contraction of this shape to the module, with what becomes of each result before it is stored. */
export function emitContraction(module: ModuleBuilder, rung: Rung, s: ContractionShape, epilogue: Epilogue | null = null): EmittedContraction {
  let known = emitted.get(module);
  if (known === undefined) emitted.set(module, known = { contractions: new Map(), kernels: new Map() });
  if (epilogue !== null) return emitNew(module, rung, s, known.kernels, epilogue);
  const key = JSON.stringify({ ...s, swapped: false });
  let made = known.contractions.get(key);
  if (made === undefined) known.contractions.set(key, made = emitNew(module, rung, s, known.kernels, null));
  return made;
}
function emitNew(module: ModuleBuilder, rung: Rung, s: ContractionShape, kernels: Map<string, number>, epilogue: Epilogue | null): EmittedContraction {
  const panels = panelsOf(s.columns.extent, widest(blocksOf(rung, s), s.rows.extent));
  const inner = s.nest.at(-1);
  const total = s.nest.reduce((n, l) => n * l.extent, 1);
  const blocks = s.nest.length === 1 && inner !== undefined ? Math.ceil(inner.extent / blockLimit) : 1;
  const depth = Math.ceil(total / blocks);
  const packed = s.packed ? align(depth * 4 * panels.reduce((n, p) => n + p.count * 4 * p.vectors, 0)) : 0;
  const pack = s.packed ? emitPack(module, s, panels) : -1;
  // Of a sum of one loop the number of turns is a parameter.
  const sums = s.nest.map(l => `${s.nest.length === 1 ? '' : l.extent}:${l.a}:${s.packed ? '' : l.b}`).join();
  const strides = `${s.rows.a},${s.rows.c},${s.columns.c},${s.packed}|${sums}`;
  /** The operands and results of the epilogue, the constants behind them: in the last block alone. */
  const walks = epilogue === null ? [] : [...epilogue.loads, ...epilogue.stores].map(x => x.walk);
  const more = (last: boolean): readonly Walk[] => last ? walks : [];
  const parameters = (own: number, last: boolean): number => own + (last && epilogue !== null ? walks.length + 1 : 0);
  const constants: number[] = [];
  const own = new Map<string, number>();
  const micro = (rows: number, p: Panel, accumulate: boolean, last: boolean): number => {
    if (last && epilogue !== null) {
      const key = `${rows},${p.vectors},${p.lanes},${accumulate}`;
      let index = own.get(key);
      if (index === undefined) {
        const made = emitBlock(module, rung, rows, p, s, accumulate, epilogue);
        own.set(key, index = made.index);
        constants.splice(0, constants.length, ...made.pool);
      }
      return index;
    }
    const key = `${rows},${p.vectors},${p.lanes},${accumulate}|${strides}`;
    let index = kernels.get(key);
    if (index === undefined) kernels.set(key, index = emitBlock(module, rung, rows, p, s, accumulate, null).index);
    return index;
  };
  /** Pushes what the epilogue takes, from the first parameter or local that holds it, and the constants. */
  const pushMore = (f: FunctionBuilder, from: (i: number) => number, last: boolean, pool: number): void => {
    more(last).forEach((_, i) => f.get(from(i)));
    if (last && epilogue !== null) f.get(pool);
  };
  /** (depth, a, b, c): all rows of a stripe over one panel. */
  const over = (rows: number, p: Panel, accumulate: boolean, last: boolean): number => {
    const f = new FunctionBuilder(parameters(4, last));
    const height = Math.min(rows, rowsOf[blocksOf(rung, s)][p.vectors] ?? 1);
    const { full, rest } = heights(rows, height);
    const walk = (h: number, count: number): void => {
      f.get(0).get(1).get(2).get(3).i32(count);
      pushMore(f, i => 4 + i, last, 4 + walks.length);
      f.call(micro(h, p, accumulate, last));
      for (const [pointer, stride] of [[1, s.rows.a], [3, s.rows.c], ...more(last).map((w, i) => [4 + i, w.rows] as const)] as const) f.get(pointer).i32(count * h * stride * 4).bytes(0x6a).set(pointer);
    };
    if (full > 0) walk(height, full);
    for (const h of rest) walk(h, 1);
    return module.add(f);
  };
  /** (a, panels of B, c, depth): one block of the sum, all rows, all columns. */
  const compute = (accumulate: boolean, last: boolean): number => {
    const f = new FunctionBuilder(parameters(4, last));
    const [rowsOfMore, columnsOfMore] = [more(last).map(() => f.local(Type.i32)), more(last).map(() => f.local(Type.i32))];
    const [a, b, c] = [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
    const startOf = (p: Panel): void => {
      f.get(1);
      if (s.packed) f.get(3).i32(p.first * 4).bytes(0x6c, 0x6a);
      else f.i32(p.first * 4).bytes(0x6a);
      f.set(b).get(c).i32(p.first * s.columns.c * 4).bytes(0x6a).set(column);
      more(last).forEach((w, i) => f.get(rowsOfMore[i] ?? 0).i32(p.first * w.columns * 4).bytes(0x6a).set(columnsOfMore[i] ?? 0));
    };
    const column = f.local(Type.i32);
    const pass = (rows: number): void => {
      for (const p of panels) {
        const f1 = over(rows, p, accumulate, last);
        startOf(p);
        const one = (): void => { f.get(3).get(a).get(b).get(column); pushMore(f, i => columnsOfMore[i] ?? 0, last, 4 + walks.length); f.call(f1); };
        if (p.count === 1) { one(); continue; }
        f.loop(f.local(Type.i32), 0, p.count, 1, () => {
          one();
          f.get(b);
          if (s.packed) f.get(3).i32(16 * p.vectors).bytes(0x6c); else f.i32(16 * p.vectors);
          f.bytes(0x6a).set(b).get(column).i32(16 * p.vectors * s.columns.c).bytes(0x6a).set(column);
          more(last).forEach((w, i) => { if (w.columns !== 0) f.get(columnsOfMore[i] ?? 0).i32(16 * p.vectors * w.columns).bytes(0x6a).set(columnsOfMore[i] ?? 0); });
        });
      }
    };
    f.get(0).set(a).get(2).set(c);
    more(last).forEach((_, i) => f.get(4 + i).set(rowsOfMore[i] ?? 0));
    const stripes = Math.floor(s.rows.extent / stripe);
    const left = s.rows.extent % stripe;
    const down = (): void => {
      f.get(a).i32(stripe * s.rows.a * 4).bytes(0x6a).set(a).get(c).i32(stripe * s.rows.c * 4).bytes(0x6a).set(c);
      more(last).forEach((w, i) => f.get(rowsOfMore[i] ?? 0).i32(stripe * w.rows * 4).bytes(0x6a).set(rowsOfMore[i] ?? 0));
    };
    if (stripes > 0) f.loop(f.local(Type.i32), 0, stripes, 1, () => { pass(stripe); down(); });
    if (left > 0) pass(left);
    return module.add(f);
  };
  const first = compute(false, blocks === 1);
  const middle = blocks > 2 || (blocks > 1 && epilogue === null) || s.segments.length > 0 ? compute(true, false) : -1;
  const final = blocks > 1 && epilogue !== null ? compute(true, true) : middle;
  return { pool: constants, index: emitLoops(module, s, { blocks, depth, total, pack, first, middle, final, packed, epilogue }), scratchBytes: (packsAtOnce(s, packed, blocks) ? packed * blocks * turnsOf(s.segments) : packed) + 64 };
}

interface Parts { readonly blocks: number; readonly depth: number; readonly total: number; readonly pack: number; readonly first: number; readonly middle: number; readonly final: number; readonly packed: number; readonly epilogue: Epilogue | null }
/** Panels of B for all turns of the sums are packed at once where they fit. */
const packLimit = 4 * 2 ** 20;
const turnsOf = (loops: readonly OuterLoop[]): number => loops.reduce((n, l) => n * l.extent, 1);
const packsAtOnce = (s: ContractionShape, packed: number, blocks: number): boolean => s.packed && s.shared.length > 0 && packed * blocks * turnsOf(s.segments) <= packLimit;

/** To A, B and C, and to what the epilogue takes. */
type Pointers = readonly [a: number, b: number, c: number, ...others: readonly number[]];
/** (a, b, c, scratch): the loops around the products. */
function emitLoops(module: ModuleBuilder, s: ContractionShape, p: Parts): number {
  const walks = p.epilogue === null ? [] : [...p.epilogue.loads, ...p.epilogue.stores].map(x => x.walk);
  const f = new FunctionBuilder(p.epilogue === null ? 4 : 5 + walks.length);
  walks.forEach((w, i) => { if (w.start !== 0) f.get(4 + i).i32(w.start * 4).bytes(0x6a).set(4 + i); });
  const advance = (local: number, by: number): void => { if (by !== 0) f.get(local).i32(by * 4).bytes(0x6a).set(local); };
  /** Runs the body for each turn, with pointers that move with it: to A, B, C, then to what the epilogue takes. */
  const around = (loops: readonly OuterLoop[], at: Pointers, body: (at: Pointers) => void): void => {
    const [loop, ...rest] = loops;
    if (loop === undefined) { body(at); return; }
    const moves = [loop.a, loop.b, loop.c, ...walks.map(w => [s.own, s.shared].reduce((n, list, i) => n + ((i === 0 ? w.own : w.shared)[list.indexOf(loop)] ?? 0), 0))];
    const moved = at.map((pointer, i) => { const x = f.local(Type.i32); f.get(pointer).set(x); return { x, by: moves[i] ?? 0 }; });
    const [na = 0, nb = 0, nc = 0, ...others] = moved.map(m => m.x);
    f.loop(f.local(Type.i32), 0, loop.extent, 1, () => {
      around(rest, [na, nb, nc, ...others], body);
      for (const m of moved) advance(m.x, m.by);
    });
  };
  /** The first turn of a sum stores, the others add. */
  const segment = f.local(Type.i32);
  const summed = s.segments.length > 0;
  const panel = f.local(Type.i32);
  const inner = s.nest.at(-1) ?? { a: 0, b: 0 };
  const blocksOf = (each: (start: number, depth: number, block: number) => void): void => {
    for (let block = 0; block < p.blocks; block++) each(block * p.depth, Math.min(p.depth, p.total - block * p.depth), block);
  };
  const packBlock = (b: number, start: number, depth: number): void => { f.get(b).i32(start * inner.b * 4).bytes(0x6a).get(panel).i32(depth).call(p.pack); };
  const computeBlock = ([a, b, c, ...others]: Pointers, start: number, depth: number, block: number): void => {
    const call = (index: number): void => {
      f.get(a).i32(start * inner.a * 4).bytes(0x6a);
      if (s.packed) f.get(panel); else f.get(b).i32(start * inner.b * 4).bytes(0x6a);
      f.get(c).i32(depth);
      if (p.epilogue !== null && block === p.blocks - 1) { for (const x of others) f.get(x); f.get(4 + walks.length); }
      f.call(index);
    };
    if (block > 0) { call(block === p.blocks - 1 ? p.final : p.middle); return; }
    if (!summed) { call(p.first); return; }
    f.get(segment).if(() => call(p.middle), () => call(p.first));
  };
  const nextSegment = (): void => { if (summed) f.get(segment).i32(1).bytes(0x6a).set(segment); };
  const toFirstPanel = (): void => { f.get(3).set(panel); };
  const nextPanel = (): void => { f.get(panel).i32(p.packed).bytes(0x6a).set(panel); };

  around(s.own, [0, 1, 2, ...walks.map((_, i) => 4 + i)], start => {
    if (packsAtOnce(s, p.packed, p.blocks)) {
      toFirstPanel();
      around(s.segments, start, ([, b]) => blocksOf((k, depth) => { packBlock(b, k, depth); nextPanel(); }));
      around(s.shared, start, ([a, b, c, ...others]) => {
        toFirstPanel();
        if (summed) f.i32(0).set(segment);
        around(s.segments, [a, b, c], ([x, y]) => { blocksOf((k, depth, block) => { computeBlock([x, y, c, ...others], k, depth, block); nextPanel(); }); nextSegment(); });
      });
      return;
    }
    if (summed) f.i32(0).set(segment);
    toFirstPanel();
    around(s.segments, start, at => {
      const [, b] = at;
      blocksOf((k, depth, block) => {
        if (s.packed) packBlock(b, k, depth);
        around(s.shared, at, here => computeBlock(here, k, depth, block));
      });
      nextSegment();
    });
  });
  return module.add(f);
}
