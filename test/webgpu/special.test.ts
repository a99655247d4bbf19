// How far the special functions are from the exact value on WebGPU, in units in the last place of float32, over their domains: small and large
// operands, both sides of the means where tails cross, shapes and arguments of every size. Special values are compared with the other primitives.
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { primitives } from '../../src/primitive/index.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { ulps } from '../backend/ulp.ts';
import { run, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });
const n = 768;
/** Measured on thousands of operands: half a unit nearly everywhere, 1.7 where a result of besselIe is so small that its factors lose their lower parts. */
const bound = 2;
const dice = new Dice(seed);
const plain = (lo: number, hi: number): number => lo + (hi - lo) * dice.below(1_000_001) / 1e6;
/** Of every size: 2 to a power. */
const sized = (lo: number, hi: number): number => 2 ** plain(lo, hi);
/** A shape and an argument within six deviations of its mean. */
const aroundMean = (hi: number): readonly number[] => { const a = sized(0, hi); return [a, Math.max(0, a * (1 + plain(-6, 6) / Math.sqrt(a)))]; };
const ofGamma = (): readonly number[] => dice.pick([() => [plain(0, 20), plain(0, 30)], () => [sized(-20, 20), sized(-20, 20)], () => aroundMean(40)], () => [1, 1])();
function ofBeta(): readonly number[] {
  if (dice.below(2) === 0) return [plain(0, 20), plain(0, 20), plain(0, 1)];
  const [a, b] = [sized(-8, 16), sized(-8, 16)];
  const mean = a / (a + b);
  return [a, b, Math.min(1, Math.max(0, mean + plain(-6, 6) * Math.sqrt(mean * (1 - mean) / (a + b))))];
}
const cases: readonly (readonly [name: string, params: { readonly [key: string]: number }, draw: () => readonly number[]])[] = [
  ['polygamma', { order: 1 }, () => [dice.below(3) === 0 ? sized(-40, 60) : plain(-10, 20)]],
  ['zeta', { order: 0 }, () => dice.below(2) === 0 ? [plain(1, 30), plain(0.01, 30)] : [1 + sized(-20, 20), sized(-60, 60)]],
  ['igamma', { order: 0 }, ofGamma], ['igammac', {}, ofGamma], ['gammaDensity', { order: 0, shift: 0 }, ofGamma],
  ['betainc', { orderA: 0, orderB: 0 }, ofBeta], ['betaDensity', { orderA: 0, orderB: 0, shiftA: 0, shiftB: 0 }, ofBeta],
  ['sinc', { order: 0 }, () => [dice.below(2) === 0 ? plain(-10, 10) : sized(-60, 20)]], ['sinc', { order: 2 }, () => [dice.below(2) === 0 ? plain(-10, 10) : sized(-60, 20)]],
  ['besselIe', { order: 3 }, () => [dice.below(2) === 0 ? plain(-60, 60) : sized(-20, 60)]],
];

describe.runIf(runsKernels)('special functions on webgpu', () => {
  it.each(cases)('%s %o', async (name, params, draw) => {
    const p = primitives.find(x => x.name === name) ?? expect.fail(`there is no ${name}`);
    const rows = Array.from({ length: n }, () => draw().map(Math.fround));
    const operands = rows[0]?.map(() => ({ shape: [n], dtype: 'f32' as const })) ?? [];
    const { jaxpr } = stage(name, operands, xs => bind(p, xs, params));
    const inputs = operands.map((a, i): NDArray => ({ ...a, data: Float32Array.from(rows, r => r[i] ?? 0) }));
    const [got] = await run(backend, jaxpr, inputs);
    const [exact] = evaluateJaxpr(jaxpr, inputs, 'wide');
    rows.forEach((row, i) => {
      const error = ulps(got?.data[i] ?? NaN, exact?.data[i] ?? NaN);
      if (!(error <= bound)) expect.fail(`seed ${seed}: ${name}(${row.join(', ')}) is ${got?.data[i]}, exactly ${exact?.data[i]}: ${error} ulp`);
    });
  });
});
