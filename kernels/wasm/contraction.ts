// Contractions in WebAssembly SIMD, specialised to their shape: matrix products, C[M, N] = sum over K of A[M, K] B[K, N], float32, of any
// strides, in loops of the result and of the sum. Products, convolutions and the gradients of both are such loops.
// After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008: B is packed in panels of `nr` columns, a
// register block of mr x nr is updated for each k. Must equal the reference up to
// rounding; the order of additions follows from the shape alone.
import type { ContractionShape, OuterLoop } from '../../src/compile/contraction.ts';
import { Lanes, type Rung, type Vector } from '../../src/compile/wasm/lanes.ts';
import { FunctionBuilder, Type, type ModuleBuilder } from '../../src/compile/wasm/module.ts';

export interface EmittedContraction {
  /** Index of a function (a, b, c, scratch). */
  readonly index: number;
  readonly scratchBytes: number;
}

/** Columns of a panel: two vectors. */
const nr = 8;
/** Products of one block of K stay in the first level cache with the panel of B. */
const kBlock = 384;
const mBlock = 96;
const align = (n: number): number => Math.ceil(n / 64) * 64;

/** Adds a contraction of this shape to the module. */
export function emitContraction(module: ModuleBuilder, rung: Rung, s: ContractionShape): EmittedContraction {
  // Fifteen vector registers: 12 sums, 2 of B, 1 of A; without fused multiply-add the product needs one more.
  const mr = Math.min(rung.fma ? 6 : 5, s.m);
  const blocks = Math.max(1, Math.ceil(s.k / kBlock));
  const kc = Math.ceil(s.k / blocks);
  const panels = Math.ceil(s.n / nr);
  const fullPanels = Math.floor(s.n / nr);
  const columnsLeft = s.n % nr;
  const rowPanels = Math.ceil(s.m / mr);
  const rowsLeft = s.m % mr;
  const tileBytes = align(mr * nr * 4);
  const packed = align(panels * nr * kc * 4);
  const pack = emitPack(module, rung, s, panels, columnsLeft);
  const kernels = new Map<string, number>();
  const micro = (rows: number, edge: boolean, accumulate: boolean): number => {
    const key = `${rows},${edge},${accumulate}`;
    let index = kernels.get(key);
    if (index === undefined) kernels.set(key, index = emitMicro(module, rung, rows, s, edge, !edge && accumulate));
    return index;
  };

  /** (a, panel of packed B, c, tile, kc): all tiles of one block of K. */
  const compute = (accumulate: boolean): number => {
    const f = new FunctionBuilder(5);
    const [a0, b0, c0, tile, depth] = [0, 1, 2, 3, 4];
    const [i, ib, ie, j, a, b, c, x] = Array.from({ length: 8 }, () => f.local(Type.i32));
    if (a0 === undefined || b0 === undefined || c0 === undefined || tile === undefined || depth === undefined || i === undefined || ib === undefined
      || ie === undefined || j === undefined || a === undefined || b === undefined || c === undefined || x === undefined) return -1;
    const perBlock = Math.max(1, Math.floor(mBlock / mr));
    const tileOf = (rows: number): void => {
      // c = c0 + i * mr * cRow * 4 + j * nr * 4
      f.get(c0).get(i).i32(mr * s.cRow * 4).bytes(0x6c, 0x6a).get(j).i32(nr * 4).bytes(0x6c, 0x6a).set(c);
      const whole = (): void => { f.get(depth).get(a).get(b).get(c).call(micro(rows, false, accumulate)); };
      const edge = (): void => {
        f.get(depth).get(a).get(b).get(tile).call(micro(rows, true, accumulate));
        // The columns that exist are copied, or added.
        for (let r = 0; r < rows; r++) {
          for (let q = 0; q < columnsLeft; q++) {
            const at = (r * s.cRow + q) * 4;
            f.get(c);
            if (accumulate) f.get(c).plain(0x2a, 2, at);
            f.get(tile).plain(0x2a, 2, (r * nr + q) * 4);
            if (accumulate) f.bytes(0x92);
            f.plain(0x38, 2, at);
          }
        }
      };
      if (columnsLeft === 0) whole();
      else if (fullPanels === 0) edge();
      else f.get(j).i32(fullPanels).bytes(0x48).if(whole, edge);
    };
    f.loop(ib, 0, rowPanels, perBlock, () => {
      f.get(ib).i32(perBlock).bytes(0x6a).set(ie);
      f.get(ie).i32(rowPanels).bytes(0x4a).if(() => f.i32(rowPanels).set(ie));
      f.get(b0).set(b);
      f.loop(j, 0, panels, 1, () => {
        f.get(ib).set(i).bytes(0x03, 0x40);
        f.get(a0).get(i).i32(mr * s.aRow * 4).bytes(0x6c, 0x6a).set(a);
        if (rowsLeft === 0) tileOf(mr);
        else if (rowPanels === 1) tileOf(rowsLeft);
        else f.get(i).i32(rowPanels - 1).bytes(0x48).if(() => tileOf(mr), () => tileOf(rowsLeft));
        f.get(i).i32(1).bytes(0x6a).tee(i).get(ie).bytes(0x48, 0x0d, 0, 0x0b);
        f.get(b).get(depth).i32(nr * 4).bytes(0x6c, 0x6a).set(b);
      });
    });
    return module.add(f);
  };
  const first = compute(false);
  const more = blocks > 1 || s.sums.length > 0 ? compute(true) : -1;

  return { index: emitLoops(module, s, { blocks, kc, pack, first, more, tileBytes, packed }), scratchBytes: tileBytes + packedBytes(s, packed) + 64 };
}

interface Parts { readonly blocks: number; readonly kc: number; readonly pack: number; readonly first: number; readonly more: number; readonly tileBytes: number; readonly packed: number }
/** Panels of B for all turns of the sums are packed at once where they fit. */
const packLimit = 4 * 2 ** 20;
const turnsOf = (loops: readonly OuterLoop[]): number => loops.reduce((n, l) => n * l.extent, 1);
const packsAtOnce = (s: ContractionShape, packed: number): boolean => s.outer.some(l => l.b === 0) && packed * Math.ceil(s.k / kBlock) * turnsOf(s.sums) <= packLimit;
const packedBytes = (s: ContractionShape, packed: number): number => packsAtOnce(s, packed) ? packed * Math.ceil(s.k / kBlock) * turnsOf(s.sums) : packed;

/** (a, b, c, scratch): the loops around the products. */
function emitLoops(module: ModuleBuilder, s: ContractionShape, p: Parts): number {
  const f = new FunctionBuilder(4);
  const scratch = 3;
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
  const summed = s.sums.length > 0;
  const panel = f.local(Type.i32);
  const blocksOf = (each: (start: number, depth: number, block: number) => void): void => {
    for (let block = 0; block < p.blocks; block++) each(block * p.kc, Math.min(p.kc, s.k - block * p.kc), block);
  };
  const packBlock = (b: number, start: number, depth: number): void => { f.get(b).i32(start * s.bK * 4).bytes(0x6a).get(panel).i32(depth).call(p.pack); };
  const computeBlock = (a: number, c: number, start: number, depth: number, block: number): void => {
    const operands = (): void => { f.get(a).i32(start * s.aK * 4).bytes(0x6a).get(panel).get(c).get(scratch).i32(depth); };
    if (block > 0) { operands(); f.call(p.more); return; }
    if (!summed) { operands(); f.call(p.first); return; }
    f.get(segment).if(() => { operands(); f.call(p.more); }, () => { operands(); f.call(p.first); });
  };
  const nextSegment = (): void => { if (summed) f.get(segment).i32(1).bytes(0x6a).set(segment); };
  const toFirstPanel = (): void => { f.get(scratch).i32(p.tileBytes).bytes(0x6a).set(panel); };
  const nextPanel = (): void => { f.get(panel).i32(p.packed).bytes(0x6a).set(panel); };
  const shared = s.outer.filter(l => l.b === 0);
  const own = s.outer.filter(l => l.b !== 0);

  around(own, [0, 1, 2], at => {
    const start = at;
    if (packsAtOnce(s, p.packed)) {
      toFirstPanel();
      around(s.sums, start, ([, b]) => blocksOf((k, depth) => { packBlock(b, k, depth); nextPanel(); }));
      around(shared, start, ([a, , c]) => {
        toFirstPanel();
        if (summed) f.i32(0).set(segment);
        around(s.sums, [a, start[1], c], ([x]) => { blocksOf((k, depth, block) => { computeBlock(x, c, k, depth, block); nextPanel(); }); nextSegment(); });
      });
      return;
    }
    if (summed) f.i32(0).set(segment);
    around(s.sums, start, ([a, b, c]) => {
      blocksOf((k, depth, block) => {
        toFirstPanel();
        packBlock(b, k, depth);
        around(shared, [a, b, c], ([x, , y]) => computeBlock(x, y, k, depth, block));
      });
      nextSegment();
    });
  });
  return module.add(f);
}

/** (depth, a, b, c): a block of rows x nr sums over `depth` products. Edge blocks go to a tile of nr columns. */
function emitMicro(module: ModuleBuilder, rung: Rung, rows: number, s: ContractionShape, edge: boolean, accumulate: boolean): number {
  const f = new FunctionBuilder(4);
  const [depth, a, b, c] = [0, 1, 2, 3];
  if (depth === undefined || a === undefined || b === undefined || c === undefined) return -1;
  const cRow = (edge ? nr : s.cRow) * 4;
  const sums = Array.from({ length: rows }, () => [f.local(Type.v128), f.local(Type.v128)] as const);
  const [b0, b1, x] = [f.local(Type.v128), f.local(Type.v128), f.local(Type.v128)];
  sums.forEach((pair, r) => pair.forEach((sum, q) => {
    if (accumulate) f.get(c).memory(0, 2, r * cRow + 16 * q); else f.v128([0, 0, 0, 0]);
    f.set(sum);
  }));
  f.doWhile(() => {
    f.get(b).memory(0, 2, 0).set(b0).get(b).memory(0, 2, 16).set(b1);
    sums.forEach((pair, r) => {
      f.get(a).memory(9, 2, r * s.aRow * 4).set(x);
      pair.forEach((sum, q) => {
        const column = q === 0 ? b0 : b1;
        if (rung.fma) f.get(x).get(column).get(sum).simd(0x105).set(sum);
        else f.get(sum).get(x).get(column).simd(0xe6).simd(0xe4).set(sum);
      });
    });
    f.get(a).i32(s.aK * 4).bytes(0x6a).set(a);
    f.get(b).i32(nr * 4).bytes(0x6a).set(b);
    f.get(depth).i32(-1).bytes(0x6a).tee(depth);
  });
  sums.forEach((pair, r) => pair.forEach((sum, q) => f.get(c).get(sum).memory(0x0b, 2, r * cRow + 16 * q)));
  return module.add(f);
}

/** (source, destination, depth): panels of nr columns, zero beyond the last column. */
function emitPack(module: ModuleBuilder, rung: Rung, s: ContractionShape, panels: number, columnsLeft: number): number {
  const f = new FunctionBuilder(3);
  const l = new Lanes(f, rung, 0);
  const [source, to, depth] = [0, 1, 2];
  if (source === undefined || to === undefined || depth === undefined) return -1;
  const [j, k, from, four] = [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
  const whole = columnsLeft === 0 ? panels : panels - 1;
  const step = (p: number, by: number): void => { f.get(p).i32(by).bytes(0x6a).set(p); };
  /** One row of a panel, column by column. */
  const columnwise = (columns: number): void => {
    if (columns < nr) f.get(to).v128([0, 0, 0, 0]).memory(0x0b, 2, 0).get(to).v128([0, 0, 0, 0]).memory(0x0b, 2, 16);
    for (let q = 0; q < columns; q++) f.get(to).get(from).plain(0x2a, 2, q * s.bColumn * 4).plain(0x38, 2, 4 * q);
  };
  const rowsOf = (columns: number): void => {
    f.get(source).get(j).i32(nr * s.bColumn * 4).bytes(0x6c, 0x6a).set(from);
    f.i32(0).set(k);
    if (columns === nr && s.bColumn !== 1 && s.bK === 1) {
      // Columns are contiguous along K: four by four, transposed in registers.
      f.get(depth).i32(-4).bytes(0x71).set(four);
      f.get(four).if(() => f.doWhile(() => {
        for (const half of [0, 1]) {
          const r = [0, 1, 2, 3].map(q => f.get(from).memory(0, 2, (4 * half + q) * s.bColumn * 4).into(Type.v128));
          transposed(f, r).forEach((v: Vector, row) => f.get(to).get(v).memory(0x0b, 2, row * nr * 4 + 16 * half));
        }
        step(from, 16);
        step(to, 4 * nr * 4);
        f.get(k).i32(4).bytes(0x6a).tee(k).get(four).bytes(0x48);
      }));
    }
    f.get(k).get(depth).bytes(0x48).if(() => f.doWhile(() => {
      if (columns === nr && s.bColumn === 1) f.get(to).get(from).memory(0, 2, 0).memory(0x0b, 2, 0).get(to).get(from).memory(0, 2, 16).memory(0x0b, 2, 16);
      else columnwise(columns);
      step(from, s.bK * 4);
      step(to, nr * 4);
      f.get(k).i32(1).bytes(0x6a).tee(k).get(depth).bytes(0x48);
    }));
  };
  if (whole > 0) f.loop(j, 0, whole, 1, () => rowsOf(nr));
  if (columnsLeft > 0) { f.i32(whole).set(j); rowsOf(columnsLeft); }
  l.loadPool();
  return module.add(f);
}

/** Four vectors as the columns of what they were the rows of. */
function transposed(f: FunctionBuilder, r: readonly Vector[]): readonly Vector[] {
  const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = r;
  const shuffle = (a: Vector, b: Vector, lanes: readonly number[]): Vector => f.get(a).get(b).simd(13).bytes(...lanes.flatMap(i => [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3])).into(Type.v128);
  const [a, b, c, d] = [shuffle(r0, r1, [0, 4, 1, 5]), shuffle(r2, r3, [0, 4, 1, 5]), shuffle(r0, r1, [2, 6, 3, 7]), shuffle(r2, r3, [2, 6, 3, 7])];
  return [shuffle(a, b, [0, 1, 4, 5]), shuffle(a, b, [2, 3, 6, 7]), shuffle(c, d, [0, 1, 4, 5]), shuffle(c, d, [2, 3, 6, 7])];
}
