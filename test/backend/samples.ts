// Samples of every primitive as programs of one equation, and how near a result must be: for every backend that is compared with the reference.
import { expect } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { allocate, isFloat, roundTo } from '../../src/dtype/dtype.ts';
import { sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray, Primitive } from '../../src/ir/primitive.ts';
import { primitives } from '../../src/primitive/index.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Choices } from '../../laws/draw.ts';
import { Dice } from './randomPrograms.ts';

/** Near in the sense of one float32 equation: relative to the exact value, with room for cancellation inside. */
export function expectNear(got: readonly NDArray[], want: readonly NDArray[], wide: readonly NDArray[], tolerance: number, what: () => string): void {
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
      if (!near && !tiny && !huge) expect.fail(`result ${i}, element ${k}: got ${a}, reference ${b}, exact ${c}\n${what()}`);
    }
  });
}

/** How values are drawn: in the domain; few different ones there; or special ones, where floats are. */
export type Taste = 'plain' | 'ties' | 'special';
export const tastes: readonly Taste[] = ['plain', 'plain', 'ties', 'plain', 'special'];
export function sampleValue(a: Aval, dice: Dice, intervals: readonly (readonly [number, number])[] | undefined, taste: Taste): NDArray {
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
export const specials = [0, -0, NaN, Infinity, -Infinity, 1, -1, 0.5, 88.7, -88.7, 89, 1e-30, -1e-6, 3e38, 16777217, -2.5, 2.5, 1e6];

/** The primitives that programs of samples can be made of. */
export const testable: readonly Primitive[] = primitives.filter((p: Primitive) => !p.properties.namedAxis && p.properties.effect === 'none');
export interface SampleProgram { readonly jaxpr: Jaxpr; readonly inputs: readonly NDArray[]; readonly what: () => string }
/** The k-th sample of a primitive as a program of one equation, with values of its operands. */
export function sampleProgram(p: Primitive, seed: number, k: number): SampleProgram {
  const taste = tastes[k % tastes.length] ?? 'plain';
  const dice = new Dice(seed + 977 * k);
  const draw = new Choices(Array.from({ length: 60 }, () => dice.below(1 << 20)), 'f32');
  const { operands, params } = p.sample(draw);
  const { jaxpr } = stage('sample', operands.map(o => o.aval), xs => bind(p, xs, params));
  const inputs = operands.map(o => sampleValue(o.aval, dice, o.domain?.intervals, taste));
  return { jaxpr, inputs, what: () => `seed ${seed}\n${printJaxpr(jaxpr)}\n${inputs.map(x => x.data.join()).join('\n')}` };
}
export const scalarPrimitives: readonly Primitive[] = testable.filter(p => p.properties.elementwise && p.lowering.kind === 'scalar');
/** A primitive at all pairs of special values. */
export function specialProgram(p: Primitive): SampleProgram {
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
  return { jaxpr, inputs, what: () => printJaxpr(jaxpr) };
}
/** How far one equation may be from the exact value. */
export const toleranceOf = (p: Primitive): number => 1e-6 * Math.max(4, p.ulp);
