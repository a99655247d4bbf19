// Contractions on both rungs against plain loops in float64: every edge of the register blocks, random loops in random layouts, windows.
// Results and scratch memory are poisoned with NaN; what stands behind a result must stay.
import { describe, expect, it } from 'vitest';
import { emitContraction } from '../../kernels/wasm/contraction.ts';
import { askForFusedInstructions, engine } from '../../src/backend/wasm/engine.ts';
import { shapeOf } from '../../src/compile/contraction.ts';
import type { Rung } from '../../src/compile/wasm/lanes.ts';
import { FunctionBuilder, ModuleBuilder } from '../../src/compile/wasm/module.ts';
import type { ContractionLoop } from '../../src/ir/primitive.ts';
import { bestRung } from '../../src/backend/wasm/backend.ts';
import { Dice } from './randomPrograms.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
askForFusedInstructions();
const rungs: readonly Rung[] = [{ name: 'simd', fma: false }, ...(bestRung().fma ? [{ name: 'relaxed', fma: true } as const, { name: 'relaxed', fma: true, ordered: true } as const, { name: 'revectorized', fma: true, pairs: true } as const] : [])];
const { Memory, Module, Instance } = engine();
const memory = new Memory({ initial: 400, maximum: 400 });

interface Operands { readonly lhs: Float32Array; readonly rhs: Float32Array; readonly out: number }
/** Runs the loops on a rung, in a module that may have products of other loops already. */
function run(loops: readonly ContractionLoop[], rung: Rung, { lhs, rhs, out }: Operands, others: readonly (readonly ContractionLoop[])[] = []): Float32Array {
  const shape = shapeOf(loops);
  if (shape === null) expect.fail('nothing to multiply');
  const module = new ModuleBuilder([]);
  for (const other of others) { const s = shapeOf(other); if (s !== null) emitContraction(module, rung, s); }
  const { index, scratchBytes } = emitContraction(module, rung, shape);
  const place = (from: number, n: number): number => Math.ceil((from + 4 * n) / 64) * 64 + 64;
  const atL = 1024;
  const atR = place(atL, lhs.length);
  const atC = place(atR, rhs.length);
  const scratch = place(atC, out);
  const floats = new Float32Array(memory.buffer);
  floats.fill(NaN, 0, (scratch + scratchBytes) / 4 + 64);
  floats.set(lhs, atL / 4);
  floats.set(rhs, atR / 4);
  const f = new FunctionBuilder(1);
  f.i32(shape.swapped ? atR : atL).i32(shape.swapped ? atL : atR).i32(atC).i32(scratch).call(index);
  module.add(f, 'run');
  const { exports } = new Instance(new Module(module.encode()), { e: { m: memory } });
  const start = exports['run'];
  if (typeof start !== 'function') expect.fail('no function');
  start(0);
  for (let i = 0; i < 16; i++) expect(floats[atC / 4 + out + i]).toBeNaN();
  for (let i = 0; i < 16; i++) expect(floats[(scratch + scratchBytes) / 4 + i]).toBeNaN();
  return floats.slice(atC / 4, atC / 4 + out);
}
/** Sums in float64, and the sum of magnitudes that bounds the error. */
function exactly(loops: readonly ContractionLoop[], { lhs, rhs, out }: Operands): { readonly sums: Float64Array; readonly sizes: Float64Array; readonly terms: number } {
  const [sums, sizes] = [new Float64Array(out), new Float64Array(out)];
  const walk = (i: number, l: number, r: number, o: number): void => {
    const loop = loops[i];
    if (loop === undefined) {
      const product = (lhs[l] ?? NaN) * (rhs[r] ?? NaN);
      sums[o] = (sums[o] ?? 0) + product;
      sizes[o] = (sizes[o] ?? 0) + Math.abs(product);
      return;
    }
    for (let k = 0; k < loop.extent; k++) walk(i + 1, l + k * loop.lhs, r + k * loop.rhs, o + k * loop.out);
  };
  walk(0, 0, 0, 0);
  return { sums, sizes, terms: loops.reduce((n, l) => l.out === 0 ? n * l.extent : n, 1) };
}
function check(loops: readonly ContractionLoop[], rung: Rung, x: Operands, what: string, others: readonly (readonly ContractionLoop[])[] = []): void {
  const got = run(loops, rung, x, others);
  const { sums, sizes, terms } = exactly(loops, x);
  for (let i = 0; i < x.out; i++) {
    const [g, s, size] = [got[i] ?? NaN, sums[i] ?? NaN, sizes[i] ?? NaN];
    if (Number.isNaN(s) && Number.isNaN(g)) continue;
    if (g === s) continue;
    // Each product and each addition is rounded once.
    const bound = (terms + 1) * 2 ** -24 * size + 1e-38;
    if (!(Math.abs(g - s) <= bound)) expect.fail(`element ${i}: ${g} instead of ${s}, bound ${bound}; ${rung.name} ${what} ${JSON.stringify(loops)} ${JSON.stringify(shapeOf(loops, rung.pairs))}`);
  }
}
const extentOf = (loops: readonly ContractionLoop[], of: (l: ContractionLoop) => number): number => 1 + loops.reduce((n, l) => n + (l.extent - 1) * of(l), 0);
function operands(loops: readonly ContractionLoop[], dice: Dice, special = false): Operands {
  const values = (n: number): Float32Array => Float32Array.from({ length: n }, () => special && dice.below(40) === 0 ? dice.pick([NaN, Infinity, -Infinity, 0], 0) : (dice.below(4001) - 2000) / 1000);
  return { lhs: values(extentOf(loops, l => l.lhs)), rhs: values(extentOf(loops, l => l.rhs)), out: extentOf(loops, l => l.out) };
}
const product = (m: number, k: number, n: number, transposedA: boolean, transposedB: boolean): readonly ContractionLoop[] => [
  { extent: m, lhs: transposedA ? 1 : k, rhs: 0, out: n }, { extent: n, lhs: 0, rhs: transposedB ? k : 1, out: 1 }, { extent: k, lhs: transposedA ? m : 1, rhs: transposedB ? 1 : n, out: 0 },
];

const extents = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 16, 17, 24, 29, 31];
/** Axes of the result and of the sum in random order in each operand; some sums are windows over an axis of the rows. */
function randomLoops(dice: Dice): readonly ContractionLoop[] {
  interface Axis { readonly kind: 'batch' | 'row' | 'column' | 'sum'; readonly extent: number; readonly window: { readonly extent: number; readonly stride: number; readonly dilation: number } | null }
  const axes: Axis[] = [];
  let work = 1;
  const take = (kind: Axis['kind'], most: number): void => {
    for (let i = dice.below(most + 1); i > 0; i--) {
      const extent = dice.pick(extents, 3);
      const windowed = kind === 'row' && dice.below(3) === 0 ? { extent: 1 + dice.below(5), stride: 1 + dice.below(2), dilation: 1 + dice.below(2) } : null;
      if (work * extent * (windowed?.extent ?? 1) > 60_000) continue;
      work *= extent * (windowed?.extent ?? 1);
      axes.push({ kind, extent, window: windowed });
    }
  };
  take('sum', 3); take('row', 2); take('column', 2); take('batch', 2);
  const shuffled = (list: readonly Axis[]): readonly Axis[] => list.map(a => [dice.below(1e6), a] as const).sort((p, q) => p[0] - q[0]).map(p => p[1]);
  const strides = (list: readonly Axis[], size: (a: Axis) => number): Map<Axis, number> => {
    const at = new Map<Axis, number>();
    let next = 1;
    for (const a of shuffled(list)) { at.set(a, next); next *= size(a); }
    return at;
  };
  const left = strides(axes.filter(a => a.kind !== 'column'), a => a.window === null ? a.extent : (a.extent - 1) * a.window.stride + (a.window.extent - 1) * a.window.dilation + 1);
  const windows = new Map<Axis, number>();
  let next = 1;
  for (const a of axes) if (a.window !== null) { windows.set(a, next); next *= a.window.extent; }
  const right = strides(axes.filter(a => a.kind !== 'row'), a => a.extent);
  const out = strides(axes.filter(a => a.kind !== 'sum'), a => a.extent);
  const loops = axes.flatMap((a): ContractionLoop[] => [
    { extent: a.extent, lhs: (left.get(a) ?? 0) * (a.window?.stride ?? 1), rhs: (right.get(a) ?? 0) * next, out: out.get(a) ?? 0 },
    ...(a.window === null ? [] : [{ extent: a.window.extent, lhs: (left.get(a) ?? 0) * a.window.dilation, rhs: windows.get(a) ?? 0, out: 0 }]),
  ]);
  // Either operand may come first.
  return dice.below(2) === 0 ? loops : loops.map(l => ({ ...l, lhs: l.rhs, rhs: l.lhs }));
}

describe.each(rungs.map(r => [`${r.name}${r.ordered === true ? ', ordered' : ''}`, r] as const))('on rung %s', (_name, rung) => {
  it('products at every edge of a block, transposed and not', () => {
    const dice = new Dice(7);
    for (let m = 1; m <= 9; m++) for (let n = 1; n <= 25; n += m === 1 || m === 7 ? 1 : 3) {
      const [ta, tb] = [dice.below(2) === 0, dice.below(2) === 0];
      const loops = product(m, 1 + dice.below(9), n, ta, tb);
      check(loops, rung, operands(loops, dice), 'product');
    }
  });
  it.each([[90, 7, 40], [173, 400, 5], [5, 401, 50], [85, 801, 13], [84, 64, 37], [2, 500, 66], [1, 700, 100], [300, 33, 1], [1, 1000, 1]])('%i x %i x %i', (m, k, n) => {
    const dice = new Dice(m);
    for (const [ta, tb] of [[false, false], [true, false], [false, true], [true, true]] as const) {
      const loops = product(m, k, n, ta, tb);
      check(loops, rung, operands(loops, dice), 'product');
    }
  });
  it('random loops in random layouts', () => {
    const dice = new Dice(seed);
    for (let i = 0; i < 150; i++) {
      const loops = randomLoops(dice);
      check(loops, rung, operands(loops, dice), `SEED=${seed} program ${i}`);
    }
  });
  it('products of one module do not mix up their functions', () => {
    // They differ in one stride, one extent or one operand each.
    const of = (m: number, k: number, n: number, a: number, turned = false): readonly ContractionLoop[] =>
      [{ extent: m, lhs: a, rhs: 0, out: n }, { extent: n, lhs: 0, rhs: turned ? k : 1, out: 1 }, { extent: k, lhs: 1, rhs: turned ? 1 : n, out: 0 }];
    const all = [of(9, 5, 7, 5), of(9, 5, 7, 6), of(8, 5, 7, 5), of(9, 5, 6, 5), of(9, 300, 7, 300), of(9, 5, 7, 5, true), of(9, 5, 8, 5), of(9, 5, 12, 5), of(9, 5, 16, 5), of(9, 5, 24, 5)];
    const dice = new Dice(seed);
    for (const loops of all) check(loops, rung, operands(loops, dice), 'one of several', all.filter(x => x !== loops));
  });
  it('NaN and infinities reach the results they belong to, and no others', () => {
    const dice = new Dice(seed);
    for (let i = 0; i < 60; i++) {
      const loops = randomLoops(dice);
      check(loops, rung, operands(loops, dice, true), `SEED=${seed} program ${i}`);
    }
  });
  it('long sums over several axes, convolutions and their gradients', () => {
    const dice = new Dice(3);
    // Channels first and last, forward and with respect to the kernel: two images of 9 x 9 with 5 features, a window of 3 x 3, 7 features.
    const [n, h, c, w, o] = [2, 9, 5, 3, 7];
    const p = h - w + 1;
    const image = [{ n: h * h * c, y: h * c, x: c, c: 1 }, { n: c * h * h, y: h, x: 1, c: h * h }];
    const kernel = [{ y: w * c * o, x: c * o, c: o, o: 1 }, { y: w, x: 1, c: w * w, o: c * w * w }];
    const result = [{ n: p * p * o, y: p * o, x: o, o: 1 }, { n: o * p * p, y: p, x: 1, o: p * p }];
    for (const l of [0, 1]) for (const gradient of [false, true]) {
      const [i, k, r] = [image[l], kernel[l], result[l]];
      if (i === undefined || k === undefined || r === undefined) expect.fail('no layout');
      const loops: ContractionLoop[] = [
        { extent: n, lhs: i.n, rhs: 0, out: r.n }, { extent: p, lhs: i.y, rhs: 0, out: r.y }, { extent: p, lhs: i.x, rhs: 0, out: r.x }, { extent: o, lhs: 0, rhs: k.o, out: r.o },
        { extent: w, lhs: i.y, rhs: k.y, out: 0 }, { extent: w, lhs: i.x, rhs: k.x, out: 0 }, { extent: c, lhs: i.c, rhs: k.c, out: 0 },
      ];
      const turned = gradient ? loops.map(x => ({ ...x, rhs: x.out, out: x.rhs })) : loops;
      check(turned, rung, operands(turned, dice), gradient ? 'd/dw' : 'conv');
    }
    const long: ContractionLoop[] = [{ extent: 900, lhs: 3, rhs: 5, out: 0 }, { extent: 3, lhs: 1, rhs: 0, out: 5 }, { extent: 5, lhs: 0, rhs: 1, out: 1 }, { extent: 4, lhs: 2700, rhs: 4500, out: 0 }, { extent: 2, lhs: 10_800, rhs: 0, out: 15 }];
    check(long, rung, operands(long, dice), 'long');
  });
});

it('the form of the blocks changes no bit of a product', () => {
  const [, plain, ...others] = rungs;
  if (plain === undefined) { expect(bestRung().fma).toBe(false); return; }
  const dice = new Dice(seed);
  for (let i = 0; i < 60; i++) {
    const loops = product(1 + dice.below(40), 1 + dice.below(600), 1 + dice.below(40), dice.below(2) === 0, dice.below(2) === 0);
    const x = operands(loops, dice);
    const want = run(loops, plain, x);
    for (const rung of others) expect(run(loops, rung, x), `SEED=${seed} ${rung.name} ${JSON.stringify(loops)}`).toEqual(want);
  }
});
