// The WebAssembly backend against the reference: every primitive on its own samples, random programs, and random cuts of their fusion.
import { describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import type { Cut } from '../../src/compile/steps.ts';
import { allocate, isFloat, roundTo } from '../../src/dtype/dtype.ts';
import { aval, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray, Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { primitives } from '../../src/primitive/index.ts';
import { reduceMax } from '../../src/primitive/reduce.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Choices } from '../../laws/draw.ts';
import { Dice, randomProgram } from './randomPrograms.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const backend = new WasmBackend();
const separate = new WasmBackend({ rung: { name: 'simd', fma: false } });
/** Programs run on the rung of this machine and on that without fused instructions in turns. */
const rungOf = (k: number): WasmBackend => k % 2 === 0 ? backend : separate;

function runWasm(jaxpr: Jaxpr, inputs: readonly NDArray[], cut?: Cut, on = backend): readonly NDArray[] {
  const buffers = inputs.map(x => on.upload(x.data, aval(x.shape, x.dtype)));
  const outs = on.compile(jaxpr, cut).run(buffers, buffers.map(() => false));
  const values = jaxpr.outputs.map((o, i): NDArray => { const b = outs[i]; if (b === undefined) expect.fail('a result is missing'); return { ...o.aval, data: on.downloadSync(b, o.aval) }; });
  for (const b of new Set([...buffers, ...outs])) on.release(b);
  return values;
}
/** Near in the sense of one float32 equation: relative to the exact value, with room for cancellation inside. */
function expectNear(got: readonly NDArray[], want: readonly NDArray[], wide: readonly NDArray[], tolerance: number, what: () => string): void {
  got.forEach((g, i) => {
    const [w, exact] = [want[i], wide[i]];
    if (w === undefined || exact === undefined) expect.fail('a result is missing');
    for (let k = 0; k < g.data.length; k++) {
      const a: number = g.data[k] ?? NaN;
      const b: number = w.data[k] ?? NaN;
      const c: number = exact.data[k] ?? NaN;
      if (Object.is(a, b) || a === b) continue;
      const near = isFloat(g.dtype) && Number.isFinite(a) && Number.isFinite(c) && Math.abs(a - c) <= tolerance * Math.max(1, Math.abs(c));
      // What underflows in float32 may be zero.
      const tiny = Math.abs(c) < 1.2e-38 && Math.abs(a) < 1.2e-38;
      // What overflows when rounded is infinite.
      const huge = Math.abs(c) > 3.4e38 && Math.abs(a) === Infinity;
      if (!near && !tiny && !huge) expect.fail(`result ${i}, element ${k}: wasm ${a}, reference ${b}, exact ${c}\n${what()}`);
    }
  });
}

/** How values are drawn: in the domain; few different ones there; or special ones, where floats are. */
type Taste = 'plain' | 'ties' | 'special';
const tastes: readonly Taste[] = ['plain', 'plain', 'ties', 'plain', 'special'];
function sampleValue(a: Aval, dice: Dice, intervals: readonly (readonly [number, number])[] | undefined, taste: Taste): NDArray {
  const data = allocate(a.dtype, sizeOf(a.shape));
  for (let i = 0; i < data.length; i++) {
    const [lo, hi] = dice.pick(intervals ?? [[-2, 2] as const], [-2, 2]);
    const x = taste === 'special' && isFloat(a.dtype) && dice.below(2) === 0 ? dice.pick(unordered, NaN)
      : lo + (hi - lo) * (taste === 'ties' ? (1 + dice.below(2)) / 3 : dice.below(10_001) / 10_000);
    data[i] = a.dtype === 'bool' ? dice.below(2) : isFloat(a.dtype) ? roundTo(a.dtype, x) : roundTo(a.dtype, Math.round(x));
  }
  return { ...a, data };
}
/** Special values whose sums and products do not depend on the order in which they are taken. */
const unordered = [0, -0, NaN, Infinity, -Infinity, 1, -1, 0.5, -2.5, 1e-6, -0, Infinity];
const specials = [0, -0, NaN, Infinity, -Infinity, 1, -1, 0.5, 88.7, -88.7, 89, 1e-30, -1e-6, 3e38, 16777217, -2.5, 2.5, 1e6];

describe('every primitive on wasm', () => {
  const testable = primitives.filter((p: Primitive) => !p.properties.namedAxis && p.properties.effect === 'none');
  it.each(testable.map(p => [p.name, p] as const))('%s equals the reference', (_name, p) => {
    for (let k = 0; k < 40; k++) {
      const taste = tastes[k % tastes.length] ?? 'plain';
      const dice = new Dice(seed + 977 * k);
      const draw = new Choices(Array.from({ length: 60 }, () => dice.below(1 << 20)), 'f32');
      const { operands, params } = p.sample(draw);
      const { jaxpr } = stage('sample', operands.map(o => o.aval), xs => bind(p, xs, params));
      const inputs = operands.map(o => sampleValue(o.aval, dice, o.domain?.intervals, taste));
      const what = (): string => `seed ${seed}\n${printJaxpr(jaxpr)}\n${inputs.map(x => x.data.join()).join('\n')}`;
      const [want, wide] = [evaluateJaxpr(jaxpr, inputs), evaluateJaxpr(jaxpr, inputs, 'wide')];
      expectNear(runWasm(jaxpr, inputs), want, wide, 1e-6 * Math.max(4, p.ulp), what);
    }
  });
  it.each(testable.filter(p => p.properties.elementwise && p.lowering.kind === 'scalar').map(p => [p.name, p] as const))('%s at special values', (_name, p) => {
    const { operands, params } = p.sample(new Choices([], 'f32'));
    const n = specials.length * specials.length;
    const wideOperands = operands.map(o => ({ ...o.aval, shape: [n] }));
    let jaxpr: Jaxpr;
    try { jaxpr = stage('special', wideOperands, xs => bind(p, xs, params)).jaxpr; } catch { expect.fail(`${p.name} takes no vectors`); }
    const inputs = wideOperands.map((a, i): NDArray => {
      const data = allocate(a.dtype, n);
      for (let k = 0; k < n; k++) data[k] = roundTo(a.dtype, specials[(i === 0 ? k : Math.floor(k / specials.length)) % specials.length] ?? 0);
      return { ...a, data };
    });
    const [want, wide] = [evaluateJaxpr(jaxpr, inputs), evaluateJaxpr(jaxpr, inputs, 'wide')];
    expectNear(runWasm(jaxpr, inputs), want, wide, 1e-6 * Math.max(4, p.ulp), () => printJaxpr(jaxpr));
  });
});

describe('programs on wasm', () => {
  it('nothing is read before the beginning of a value that is joined to others, where memory begins', () => {
    const a = aval([33, 33, 7], 'f32');
    const inputs = [sampleValue(a, new Dice(1), undefined, 'plain')];
    const programs: { readonly [name: string]: (x: AnyTensor) => AnyTensor } = {
      two: x => concatenate([x, x], 0),
      three: x => concatenate([x, x, concatenate([x, x, x], 0)], 0),
      'two of two': x => concatenate([concatenate([x, x], 1), concatenate([x, x], 1)], 1),
      rows: x => reduceMax(concatenate([concatenate([x, x], 1), concatenate([x, x], 1)], 1), [2]),
      columns: x => reduceMax(concatenate([x, concatenate([x, x], 0)], 0), [0]),
    };
    for (const [name, f] of Object.entries(programs)) {
      // Of a backend of its own: its first values lie at the beginning.
      const { jaxpr } = stage(name, [a], ([x]) => [f(x ?? expect.fail('no operand'))]);
      expect(runWasm(jaxpr, inputs, undefined, new WasmBackend()), name).toEqual(evaluateJaxpr(jaxpr, inputs));
    }
  });
  it('random programs equal the reference', () => {
    for (let k = 0; k < 150; k++) {
      const { jaxpr, inputs } = randomProgram(seed + k);
      const wide = evaluateJaxpr(jaxpr, inputs, 'wide');
      expectNear(runWasm(jaxpr, inputs, undefined, rungOf(k)), evaluateJaxpr(jaxpr, inputs), wide, 3e-4, () => `seed ${seed + k}\n${printJaxpr(jaxpr)}`);
    }
  });
  it('no cut of the fusion changes a bit', () => {
    for (let k = 0; k < 80; k++) {
      const { jaxpr, inputs } = randomProgram(seed + 5000 + k);
      const dice = new Dice(seed + k);
      const plain = runWasm(jaxpr, inputs, undefined, rungOf(k));
      const cut: Cut = j => j.eqns.flatMap(e => e.outputs.filter(() => dice.below(3) === 0));
      runWasm(jaxpr, inputs, cut, rungOf(k)).forEach((y, i) => expect(new Uint8Array(y.data.buffer), `seed ${seed + 5000 + k}\n${printJaxpr(jaxpr)}`).toEqual(new Uint8Array(plain[i]?.data.buffer ?? new ArrayBuffer(0))));
    }
  });
});
