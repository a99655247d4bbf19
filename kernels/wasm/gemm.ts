// Matrix products in WebAssembly SIMD, specialised to their shape: C[M, N] = sum over K of A[M, K] B[K, N], float32, any strides.
// After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008: B is packed in panels of `nr` columns, a
// register block of mr x nr is updated for each k. Must equal dotGeneral up to rounding; the order of additions follows from K alone.
import { Lanes, type Rung, type Vector } from '../../src/compile/wasm/lanes.ts';
import { FunctionBuilder, Type, type ModuleBuilder } from '../../src/compile/wasm/module.ts';

/** One loop around the products: how far a step moves each operand, in elements. */
export interface BatchLoop { readonly extent: number; readonly a: number; readonly b: number; readonly c: number }
export interface GemmShape {
  readonly m: number; readonly n: number; readonly k: number;
  /** Strides in elements. C is stored by rows: its column stride is 1. */
  readonly aRow: number; readonly aK: number; readonly bK: number; readonly bColumn: number; readonly cRow: number;
  readonly batch: readonly BatchLoop[];
}
export interface Gemm {
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

/** Adds a product of this shape to the module. */
export function emitGemm(module: ModuleBuilder, rung: Rung, s: GemmShape): Gemm {
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
  const more = blocks > 1 ? compute(true) : -1;

  const f = new FunctionBuilder(4);
  const [aParam, bParam, cParam, scratch] = [0, 1, 2, 3];
  const product = (a: number, b: number, c: number): void => {
    for (let block = 0; block < blocks; block++) {
      const start = block * kc;
      const depth = Math.min(kc, s.k - start);
      f.get(b).i32(start * s.bK * 4).bytes(0x6a).get(scratch ?? 3).i32(tileBytes).bytes(0x6a).i32(depth).call(pack);
      f.get(a).i32(start * s.aK * 4).bytes(0x6a).get(scratch ?? 3).i32(tileBytes).bytes(0x6a).get(c).get(scratch ?? 3).i32(depth).call(block === 0 ? first : more);
    }
  };
  const around = (loops: readonly BatchLoop[], a: number, b: number, c: number): void => {
    const [loop, ...rest] = loops;
    if (loop === undefined) { product(a, b, c); return; }
    const [na, nb, nc, counter] = [f.local(Type.i32), f.local(Type.i32), f.local(Type.i32), f.local(Type.i32)];
    f.get(a).set(na).get(b).set(nb).get(c).set(nc);
    f.loop(counter, 0, loop.extent, 1, () => {
      around(rest, na, nb, nc);
      const advance = (p: number, by: number): void => { if (by !== 0) f.get(p).i32(by * 4).bytes(0x6a).set(p); };
      advance(na, loop.a);
      advance(nb, loop.b);
      advance(nc, loop.c);
    });
  };
  around(s.batch, aParam ?? 0, bParam ?? 1, cParam ?? 2);
  return { index: module.add(f), scratchBytes: tileBytes + packed + 64 };
}

/** (depth, a, b, c): a block of rows x nr sums over `depth` products. Edge blocks go to a tile of nr columns. */
function emitMicro(module: ModuleBuilder, rung: Rung, rows: number, s: GemmShape, edge: boolean, accumulate: boolean): number {
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
function emitPack(module: ModuleBuilder, rung: Rung, s: GemmShape, panels: number, columnsLeft: number): number {
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
