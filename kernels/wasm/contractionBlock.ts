// Blocks of registers of a contraction: rows x vectors of sums over one stretch of the sum, and what becomes of them when they are complete.
// An epilogue runs on the sums while they are in registers; each of its equations rounds by itself, as it would in a kernel of its own.
import type { ContractionShape, OuterLoop } from '../../src/compile/contraction.ts';
import type { Epilogue, Walk } from '../../src/compile/epilogue.ts';
import { whole } from '../../src/compile/index-map.ts';
import type { NodeId } from '../../src/compile/kernel.ts';
import { Addresses } from '../../src/compile/wasm/addresses.ts';
import type { Context } from '../../src/compile/wasm/context.ts';
import { Lanes, type Rung, type Value, type Vector } from '../../src/compile/wasm/lanes.ts';
import { FunctionBuilder, Type, type ModuleBuilder } from '../../src/compile/wasm/module.ts';
import { Values } from '../../src/compile/wasm/values.ts';
import { narrow } from '../../src/compile/wasm/wide.ts';
import type { Panel } from './pack.ts';

/** `pool`: words of the constants of the epilogue. */
export interface EmittedBlock { readonly index: number; readonly pool: readonly number[] }
/** The parameter from which on the epilogue's pointers come. */
const firstOfEpilogue = 5;

/**
 * (depth, a, b, c, count, what the epilogue takes, constants): `count` blocks of rows x vectors of sums, below each other. `depth` counts the
 * turns of the sum where it is the only one. The epilogue computes its results from complete sums.
 */
export function emitBlock(module: ModuleBuilder, rung: Rung, rows: number, p: Panel, s: ContractionShape, accumulate: boolean, epilogue: Epilogue | null): EmittedBlock {
  const walks = epilogue === null ? [] : [...epilogue.loads, ...epilogue.stores].map(x => x.walk);
  const f = new FunctionBuilder(epilogue === null ? 5 : 6 + walks.length);
  const [depth, fromA, fromB, c, count] = [0, 1, 2, 3, 4] as const;
  const [a, b] = [f.local(Type.i32), f.local(Type.i32)];
  const sums = Array.from({ length: rows }, () => Array.from({ length: p.vectors }, () => f.local(Type.v128)));
  const columns = Array.from({ length: p.vectors }, () => f.local(Type.v128));
  const x = f.local(Type.v128);
  const each = (visit: (sum: Vector, at: number, lanes: number) => void): void =>
    sums.forEach((row, r) => row.forEach((sum, q) => visit(sum, (r * s.rows.c + 4 * q * s.columns.c) * 4, q === p.vectors - 1 ? p.lanes : 4)));

  f.bytes(0x03, 0x40).get(fromA).set(a).get(fromB).set(b);
  // What may be added to -0 without a change is -0: a sum of one product is that product.
  const first = [...s.nest, ...s.segments].every(l => l.extent === 1) ? 1 << 31 : 0;
  each((sum, at, lanes) => {
    if (!accumulate) { f.v128([first, first, first, first]).set(sum); return; }
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
  const store = (pointer: number, value: Vector, at: number, lanes: number, stride: number): void => {
    if (lanes === 4 && stride === 1) { f.get(pointer).get(value).memory(0x0b, 2, at); return; }
    for (let lane = 0; lane < lanes; lane++) f.get(pointer).get(value).memory(0x5a, 2, at + lane * stride * 4, lane);
  };
  if (epilogue === null || epilogue.keeps) each((sum, at, lanes) => store(c, sum, at, lanes, s.columns.c));
  const pool = epilogue === null ? [] : emitEpilogue(f, rung, epilogue, sums, p, store);
  move(fromA, rows * s.rows.a);
  move(c, rows * s.rows.c);
  walks.forEach((w, i) => move(firstOfEpilogue + i, rows * w.rows));
  f.get(count).i32(-1).bytes(0x6a).tee(count).bytes(0x0d, 0, 0x0b);
  return { index: module.add(f), pool };
}

/** The results of the epilogue of one block; returns the words of its constants. */
function emitEpilogue(f: FunctionBuilder, rung: Rung, e: Epilogue, sums: readonly (readonly Vector[])[], p: Panel, store: (pointer: number, value: Vector, at: number, lanes: number, stride: number) => void): readonly number[] {
  const lanes = new Lanes(f, rung, firstOfEpilogue + e.loads.length + e.stores.length);
  const values = new Values(e.kernel, lanes, new Addresses(f, []), 0, -1);
  const [stage] = e.kernel.stages;
  if (stage === undefined) return [];
  /** What does not move along the rows, or the columns, is loaded once. */
  const loaded = new Map<string, Vector>();
  const load = (i: number, { rows, columns }: Walk, r: number, q: number, count: number): Vector => {
    const at = (r * rows + 4 * q * columns) * 4;
    const key = `${i}:${at}:${count}`;
    const known = loaded.get(key);
    if (known !== undefined) return known;
    const pointer = firstOfEpilogue + i;
    let made: Vector;
    if (columns === 0) made = f.get(pointer).memory(9, 2, at).into(Type.v128);
    else if (columns === 1 && count === 4) made = f.get(pointer).memory(0, 2, at).into(Type.v128);
    else {
      made = f.v128([0, 0, 0, 0]).into(Type.v128);
      for (let lane = 0; lane < count; lane++) f.get(pointer).get(made).memory(0x56, 2, at + lane * columns * 4, lane).set(made);
    }
    loaded.set(key, made);
    return made;
  };
  sums.forEach((row, r) => row.forEach((sum, q) => {
    const count = q === p.vectors - 1 ? p.lanes : 4;
    const memo = new Map<NodeId, Value>([[e.product, sum]]);
    e.loads.forEach(({ node, walk }, i) => memo.set(node, load(i, walk, r, q, count)));
    const context: Context = { env: new Map(), lanes: count, lane: 0, ranges: whole, memo };
    const results = e.stores.map(t => narrow(values.emit(t.value, context, null, stage)));
    e.stores.forEach(({ walk }, i) => store(firstOfEpilogue + e.loads.length + i, results[i] ?? sum, (r * walk.rows + 4 * q * walk.columns) * 4, count, walk.columns));
  }));
  lanes.loadPool();
  return lanes.pool;
}
