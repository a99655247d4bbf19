// The WebAssembly backend against the reference: every primitive on its own samples, random programs, and random cuts of their
// fusion; on both rungs, in memory that is full of garbage.
import { describe, expect, it } from 'vitest';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import type { Cut } from '../../src/compile/steps.ts';
import { aval } from '../../src/ir/aval.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { reduceMax } from '../../src/primitive/reduce.ts';
import { stage } from '../../src/trace/scope.ts';
import { expectSameBytes, garbage, runPoisoned } from './poisoned.ts';
import { Dice, randomProgram } from './randomPrograms.ts';
import { expectNear, sampleProgram, sampleValue, scalarPrimitives, specialProgram, testable, toleranceOf } from './samples.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const backend = new WasmBackend();
const separate = new WasmBackend({ rung: { name: 'simd', fma: false } });
/** Programs run on the rung of this machine and on that without fused instructions in turns. */
const rungOf = (k: number): WasmBackend => k % 2 === 0 ? backend : separate;

describe('every primitive on wasm', () => {
  it.each(testable.map(p => [p.name, p] as const))('%s equals the reference', (_name, p) => {
    for (let k = 0; k < 40; k++) {
      const { jaxpr, inputs, what } = sampleProgram(p, seed, k);
      const [want, wide] = [evaluateJaxpr(jaxpr, inputs), evaluateJaxpr(jaxpr, inputs, 'wide')];
      expectNear(runPoisoned(rungOf(k), jaxpr, inputs, undefined, garbage[k % 3]), want, wide, toleranceOf(p), what);
    }
  });
  it.each(scalarPrimitives.map(p => [p.name, p] as const))('%s at special values', (_name, p) => {
    const { jaxpr, inputs, what } = specialProgram(p);
    const [want, wide] = [evaluateJaxpr(jaxpr, inputs), evaluateJaxpr(jaxpr, inputs, 'wide')];
    for (const on of [backend, separate]) expectNear(runPoisoned(on, jaxpr, inputs), want, wide, toleranceOf(p), what);
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
      expect(runPoisoned(new WasmBackend(), jaxpr, inputs), name).toEqual(evaluateJaxpr(jaxpr, inputs));
    }
  });
  it('random programs equal the reference', () => {
    for (let k = 0; k < 150; k++) {
      const { jaxpr, inputs } = randomProgram(seed + k);
      const wide = evaluateJaxpr(jaxpr, inputs, 'wide');
      expectNear(runPoisoned(rungOf(k), jaxpr, inputs, undefined, garbage[k % 3]), evaluateJaxpr(jaxpr, inputs), wide, 3e-4, () => `seed ${seed + k}\n${printJaxpr(jaxpr)}`);
    }
  });
  it('no cut of the fusion changes a bit', () => {
    for (let k = 0; k < 80; k++) {
      const { jaxpr, inputs } = randomProgram(seed + 5000 + k);
      const dice = new Dice(seed + k);
      const plain = runPoisoned(rungOf(k), jaxpr, inputs);
      const cut: Cut = j => j.eqns.flatMap(e => e.outputs.filter(() => dice.below(3) === 0));
      expectSameBytes(runPoisoned(rungOf(k), jaxpr, inputs, cut, garbage[1 + k % 2]), plain, () => `seed ${seed + 5000 + k}\n${printJaxpr(jaxpr)}`);
    }
  });
});
