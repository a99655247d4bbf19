// Contractions in WebAssembly SIMD, specialised to their shape: C[rows, columns] = sum of A B, float32, of any strides, in loops of
// the result and of the sum. Matrix products, convolutions and the gradients of both are such loops.
// After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008: a block of registers is updated for each
// product, B is read in panels. Must equal the reference up to rounding; the order of additions follows from the shape alone.
import { blockLimit, type ContractionShape, type OuterLoop } from '../../src/compile/contraction.ts';
import type { Rung, Vector } from '../../src/compile/wasm/lanes.ts';
import { FunctionBuilder, Type, type ModuleBuilder } from '../../src/compile/wasm/module.ts';
import { emitPack, type Panel } from './pack.ts';

export interface EmittedContraction {
  /** Index of a function (a, b, c, scratch). */
  readonly index: number;
  readonly scratchBytes: number;
}
/**
 * Rows of a block by its vectors. The engine of Node 20 loads all operands of a step before it multiplies, so sums and operands together
 * must fit into fifteen registers; at least eight sums hide the latency. Of separate instructions 2 x 4 vectors were fastest, of fused ones 3 x 3.
 */
const rowsOf = { fused: [0, 7, 4, 3, 2, 2, 1], separate: [0, 7, 4, 4, 2, 2, 1], pairs: [0, 7, 6, 4, 6, 2, 2, 2, 1] } as const;
type Blocks = keyof typeof rowsOf;
/** Pairs of vectors are found from the stores on: results must be neighbours. */
const blocksOf = (rung: Rung, s: ContractionShape): Blocks => rung.pairs === true && s.columns.c === 1 ? 'pairs' : rung.fma ? 'fused' : 'separate';
function widest(blocks: Blocks, rows: number): number {
  if (rows === 1) return blocks === 'pairs' ? 8 : 6;
  return rows === 2 || blocks !== 'fused' ? 4 : 3;
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

/** Adds a contraction of this shape to the module. */
export function emitContraction(module: ModuleBuilder, rung: Rung, s: ContractionShape): EmittedContraction {
  let known = emitted.get(module);
  if (known === undefined) emitted.set(module, known = { contractions: new Map(), kernels: new Map() });
  const key = JSON.stringify({ ...s, swapped: false });
  let made = known.contractions.get(key);
  if (made === undefined) known.contractions.set(key, made = emitNew(module, rung, s, known.kernels));
  return made;
}
function emitNew(module: ModuleBuilder, rung: Rung, s: ContractionShape, kernels: Map<string, number>): EmittedContraction {
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
  const micro = (rows: number, p: Panel, accumulate: boolean): number => {
    const key = `${rows},${p.vectors},${p.lanes},${accumulate}|${strides}`;
    let index = kernels.get(key);
    if (index === undefined) kernels.set(key, index = emitMicro(module, rung, rows, p, s, accumulate));
    return index;
  };
  /** (depth, a, b, c): all rows of a stripe over one panel. */
  const over = (rows: number, p: Panel, accumulate: boolean): number => {
    const f = new FunctionBuilder(4);
    const height = Math.min(rows, rowsOf[blocksOf(rung, s)][p.vectors] ?? 1);
    const { full, rest } = heights(rows, height);
    const walk = (h: number, count: number): void => {
      f.get(0).get(1).get(2).get(3).i32(count).call(micro(h, p, accumulate));
      for (const [pointer, stride] of [[1, s.rows.a], [3, s.rows.c]] as const) f.get(pointer).i32(count * h * stride * 4).bytes(0x6a).set(pointer);
    };
    if (full > 0) walk(height, full);
    for (const h of rest) walk(h, 1);
    return module.add(f);
  };
  /** (a, panels of B, c, depth): one block of the sum, all rows, all columns. */
  const compute = (accumulate: boolean): number => {
    const f = new FunctionBuilder(4);
    const [a, b, c] = [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
    const startOf = (p: Panel): void => {
      f.get(1);
      if (s.packed) f.get(3).i32(p.first * 4).bytes(0x6c, 0x6a);
      else f.i32(p.first * 4).bytes(0x6a);
      f.set(b).get(c).i32(p.first * s.columns.c * 4).bytes(0x6a).set(column);
    };
    const column = f.local(Type.i32);
    const pass = (rows: number): void => {
      for (const p of panels) {
        const f1 = over(rows, p, accumulate);
        startOf(p);
        const one = (): void => { f.get(3).get(a).get(b).get(column).call(f1); };
        if (p.count === 1) { one(); continue; }
        f.loop(f.local(Type.i32), 0, p.count, 1, () => {
          one();
          f.get(b);
          if (s.packed) f.get(3).i32(16 * p.vectors).bytes(0x6c); else f.i32(16 * p.vectors);
          f.bytes(0x6a).set(b).get(column).i32(16 * p.vectors * s.columns.c).bytes(0x6a).set(column);
        });
      }
    };
    f.get(0).set(a).get(2).set(c);
    const stripes = Math.floor(s.rows.extent / stripe);
    const left = s.rows.extent % stripe;
    const down = (): void => { f.get(a).i32(stripe * s.rows.a * 4).bytes(0x6a).set(a).get(c).i32(stripe * s.rows.c * 4).bytes(0x6a).set(c); };
    if (stripes > 0) f.loop(f.local(Type.i32), 0, stripes, 1, () => { pass(stripe); down(); });
    if (left > 0) pass(left);
    return module.add(f);
  };
  const first = compute(false);
  const more = blocks > 1 || s.segments.length > 0 ? compute(true) : -1;
  return { index: emitLoops(module, s, { blocks, depth, total, pack, first, more, packed }), scratchBytes: (packsAtOnce(s, packed, blocks) ? packed * blocks * turnsOf(s.segments) : packed) + 64 };
}

interface Parts { readonly blocks: number; readonly depth: number; readonly total: number; readonly pack: number; readonly first: number; readonly more: number; readonly packed: number }
/** Panels of B for all turns of the sums are packed at once where they fit. */
const packLimit = 4 * 2 ** 20;
const turnsOf = (loops: readonly OuterLoop[]): number => loops.reduce((n, l) => n * l.extent, 1);
const packsAtOnce = (s: ContractionShape, packed: number, blocks: number): boolean => s.packed && s.shared.length > 0 && packed * blocks * turnsOf(s.segments) <= packLimit;

/** (a, b, c, scratch): the loops around the products. */
function emitLoops(module: ModuleBuilder, s: ContractionShape, p: Parts): number {
  const f = new FunctionBuilder(4);
  const pointers = (): readonly [number, number, number] => [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
  const advance = (local: number, by: number): void => { if (by !== 0) f.get(local).i32(by * 4).bytes(0x6a).set(local); };
  /** Runs the body for each turn, with pointers that move with it. */
  const around = (loops: readonly OuterLoop[], [a, b, c]: readonly [number, number, number], body: (at: readonly [number, number, number]) => void): void => {
    const [loop, ...rest] = loops;
    if (loop === undefined) { body([a, b, c]); return; }
    const [na, nb, nc] = pointers();
    f.get(a).set(na).get(b).set(nb).get(c).set(nc);
    f.loop(f.local(Type.i32), 0, loop.extent, 1, () => {
      around(rest, [na, nb, nc], body);
      advance(na, loop.a);
      advance(nb, loop.b);
      advance(nc, loop.c);
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
  const computeBlock = (a: number, b: number, c: number, start: number, depth: number, block: number): void => {
    const call = (index: number): void => {
      f.get(a).i32(start * inner.a * 4).bytes(0x6a);
      if (s.packed) f.get(panel); else f.get(b).i32(start * inner.b * 4).bytes(0x6a);
      f.get(c).i32(depth).call(index);
    };
    if (block > 0) { call(p.more); return; }
    if (!summed) { call(p.first); return; }
    f.get(segment).if(() => call(p.more), () => call(p.first));
  };
  const nextSegment = (): void => { if (summed) f.get(segment).i32(1).bytes(0x6a).set(segment); };
  const toFirstPanel = (): void => { f.get(3).set(panel); };
  const nextPanel = (): void => { f.get(panel).i32(p.packed).bytes(0x6a).set(panel); };

  around(s.own, [0, 1, 2], start => {
    if (packsAtOnce(s, p.packed, p.blocks)) {
      toFirstPanel();
      around(s.segments, start, ([, b]) => blocksOf((k, depth) => { packBlock(b, k, depth); nextPanel(); }));
      around(s.shared, start, ([a, b, c]) => {
        toFirstPanel();
        if (summed) f.i32(0).set(segment);
        around(s.segments, [a, b, c], ([x, y]) => { blocksOf((k, depth, block) => { computeBlock(x, y, c, k, depth, block); nextPanel(); }); nextSegment(); });
      });
      return;
    }
    if (summed) f.i32(0).set(segment);
    toFirstPanel();
    around(s.segments, start, ([a, b, c]) => {
      blocksOf((k, depth, block) => {
        if (s.packed) packBlock(b, k, depth);
        around(s.shared, [a, b, c], ([x, y, z]) => computeBlock(x, y, z, k, depth, block));
      });
      nextSegment();
    });
  });
  return module.add(f);
}

/** (depth, a, b, c, count): `count` blocks of rows x vectors of sums, below each other. `depth` counts the turns of the sum where it is the only one. */
function emitMicro(module: ModuleBuilder, rung: Rung, rows: number, p: Panel, s: ContractionShape, accumulate: boolean): number {
  const f = new FunctionBuilder(5);
  const [depth, fromA, fromB, c, count] = [0, 1, 2, 3, 4] as const;
  const [a, b] = [f.local(Type.i32), f.local(Type.i32)];
  const sums = Array.from({ length: rows }, () => Array.from({ length: p.vectors }, () => f.local(Type.v128)));
  const columns = Array.from({ length: p.vectors }, () => f.local(Type.v128));
  const x = f.local(Type.v128);
  const each = (visit: (sum: Vector, at: number, lanes: number) => void): void =>
    sums.forEach((row, r) => row.forEach((sum, q) => visit(sum, (r * s.rows.c + 4 * q * s.columns.c) * 4, q === p.vectors - 1 ? p.lanes : 4)));

  f.bytes(0x03, 0x40).get(fromA).set(a).get(fromB).set(b);
  each((sum, at, lanes) => {
    if (!accumulate) { f.v128([0, 0, 0, 0]).set(sum); return; }
    if (lanes === 4 && s.columns.c === 1) { f.get(c).memory(0, 2, at).set(sum); return; }
    f.v128([0, 0, 0, 0]).set(sum);
    for (let lane = 0; lane < lanes; lane++) f.get(c).get(sum).memory(0x56, 2, at + lane * s.columns.c * 4, lane).set(sum);
  });
  const step = (): void => {
    columns.forEach((v, q) => f.get(b).memory(0, 2, 16 * q).set(v));
    sums.forEach((row, r) => {
      f.get(a).memory(9, 2, r * s.rows.a * 4).set(x);
      row.forEach((sum, q) => {
        const column = columns[q] ?? x;
        if (rung.fma) f.get(x).get(column).get(sum).simd(0x105).set(sum);
        else f.get(sum).get(x).get(column).simd(0xe6).simd(0xe4).set(sum);
      });
    });
  };
  const move = (pointer: number, by: number): void => { if (by !== 0) f.get(pointer).i32(by * 4).bytes(0x6a).set(pointer); };
  const width = 4 * p.vectors;
  /** The sums from the outside in. After a loop A and B stand where it began, plus all its turns. */
  const loops = (list: readonly OuterLoop[], only: boolean): void => {
    const [l, ...rest] = list;
    if (l === undefined) { step(); if (s.packed) move(b, width); return; }
    const counter = f.local(Type.i32);
    if (only) f.get(depth); else f.i32(l.extent);
    f.set(counter);
    f.doWhile(() => {
      loops(rest, false);
      const [next] = rest;
      move(a, l.a - (next === undefined ? 0 : next.extent * next.a));
      if (!s.packed) move(b, l.b - (next === undefined ? 0 : next.extent * next.b));
      f.get(counter).i32(-1).bytes(0x6a).tee(counter);
    });
  };
  loops(s.nest, s.nest.length === 1);
  each((sum, at, lanes) => {
    if (lanes === 4 && s.columns.c === 1) { f.get(c).get(sum).memory(0x0b, 2, at); return; }
    for (let lane = 0; lane < lanes; lane++) f.get(c).get(sum).memory(0x5a, 2, at + lane * s.columns.c * 4, lane);
  });
  move(fromA, rows * s.rows.a);
  move(c, rows * s.rows.c);
  f.get(count).i32(-1).bytes(0x6a).tee(count).bytes(0x0d, 0, 0x0b);
  return module.add(f);
}
