// Panels of the second operand of a product: what one block of registers reads, in the order in which it reads it, zero beyond the last column.
// Four columns that are contiguous along the sum are transposed in registers, so a transposed operand costs no pass of its own.
import type { ContractionShape, OuterLoop } from '../../src/compile/contraction.ts';
import type { Vector } from '../../src/compile/wasm/lanes.ts';
import { FunctionBuilder, Type, type ModuleBuilder } from '../../src/compile/wasm/module.ts';

/** `count` panels from column `first` on: the vectors of a row, and how many lanes of the last exist. */
export interface Panel { readonly vectors: number; readonly lanes: number; readonly first: number; readonly count: number }

/** (source, destination, depth): all panels of one block of the sum. `depth` counts the turns of the sum where it is the only one. */
export function emitPack(module: ModuleBuilder, s: ContractionShape, panels: readonly Panel[]): number {
  const f = new FunctionBuilder(3);
  const [source, to, depth] = [0, 1, 2] as const;
  const from = f.local(Type.i32);
  const { b: stride } = s.columns;
  const [inner, ...outer] = [...s.nest].reverse();
  if (inner === undefined) return -1;
  const step = (p: number, by: number): void => { if (by !== 0) f.get(p).i32(by).bytes(0x6a).set(p); };
  /** One turn of the sum: a row of the panel. */
  const row = (p: Panel): void => {
    for (let q = 0; q < p.vectors; q++) {
      const lanes = q === p.vectors - 1 ? p.lanes : 4;
      if (stride === 1 && lanes === 4) { f.get(to).get(from).memory(0, 2, 16 * q).memory(0x0b, 2, 16 * q); continue; }
      if (lanes < 4) f.get(to).v128([0, 0, 0, 0]).memory(0x0b, 2, 16 * q);
      for (let lane = 0; lane < lanes; lane++) f.get(to).get(from).plain(0x2a, 2, (4 * q + lane) * stride * 4).plain(0x38, 2, 16 * q + 4 * lane);
    }
  };
  const counted = (turns: () => void, body: () => void): void => {
    const counter = f.local(Type.i32);
    turns();
    f.set(counter).doWhile(() => { body(); f.get(counter).i32(-1).bytes(0x6a).tee(counter); });
  };
  /** The innermost sum, from where `from` points. */
  const run = (p: Panel, push: () => void): void => {
    const turn = (): void => { row(p); step(from, inner.b * 4); step(to, 16 * p.vectors); };
    if (inner.b !== 1 || stride === 1 || p.lanes < 4) { counted(push, turn); return; }
    push();
    f.i32(2).bytes(0x76);
    const fours = f.into(Type.i32);
    f.get(fours).if(() => counted(() => f.get(fours), () => {
      for (let q = 0; q < p.vectors; q++) {
        const loaded = [0, 1, 2, 3].map(lane => f.get(from).memory(0, 2, (4 * q + lane) * stride * 4).into(Type.v128));
        transposed(f, loaded).forEach((v, k) => f.get(to).get(v).memory(0x0b, 2, 16 * (k * p.vectors + q)));
      }
      step(from, 16);
      step(to, 4 * 16 * p.vectors);
    }));
    push();
    f.i32(3).bytes(0x71);
    const left = f.into(Type.i32);
    f.get(left).if(() => counted(() => f.get(left), turn));
  };
  const around = (loops: readonly OuterLoop[], p: Panel): void => {
    const [l, ...rest] = loops;
    if (l === undefined) { if (outer.length === 0) run(p, () => f.get(depth)); else run(p, () => f.i32(inner.extent)); return; }
    const next = rest[0] ?? inner;
    counted(() => f.i32(l.extent), () => { around(rest, p); step(from, (l.b - next.extent * next.b) * 4); });
  };
  for (const p of panels) {
    const start = f.local(Type.i32);
    f.get(source).i32(p.first * stride * 4).bytes(0x6a).set(start);
    const one = (): void => { f.get(start).set(from); around([...outer].reverse(), p); step(start, 4 * p.vectors * stride * 4); };
    if (p.count === 1) one(); else counted(() => f.i32(p.count), one);
  }
  return module.add(f);
}

/** Four vectors as the columns of what they were the rows of. */
function transposed(f: FunctionBuilder, r: readonly Vector[]): readonly Vector[] {
  const [r0 = 0, r1 = 0, r2 = 0, r3 = 0] = r;
  const shuffle = (a: Vector, b: Vector, lanes: readonly number[]): Vector => f.get(a).get(b).simd(13).bytes(...lanes.flatMap(i => [4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3])).into(Type.v128);
  const [a, b, c, d] = [shuffle(r0, r1, [0, 4, 1, 5]), shuffle(r2, r3, [0, 4, 1, 5]), shuffle(r0, r1, [2, 6, 3, 7]), shuffle(r2, r3, [2, 6, 3, 7])];
  return [shuffle(a, b, [0, 1, 4, 5]), shuffle(a, b, [2, 3, 6, 7]), shuffle(c, d, [0, 1, 4, 5]), shuffle(c, d, [2, 3, 6, 7])];
}
