// Products for the tests of their template, and how they are checked: one program, its kernels chosen by the test, against the reference.
import { expect } from 'vitest';
import type { Candidate, Problem } from '../../kernels/wgsl/template.ts';
import type { Choose } from '../../kernels/wgsl/templates.ts';
import { dispatchesOf, type Dispatch } from '../../src/backend/webgpu/commands.ts';
import { aval, range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import { stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { expectLikeReference, softwareBackend } from './harness.ts';

export const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
export const given = (x: AnyTensor | undefined): AnyTensor => x ?? expect.fail('an operand is missing');
export type Case = readonly [lhs: readonly number[], rhs: readonly number[], f: (x: AnyTensor, y: AnyTensor) => readonly AnyTensor[]];

/** A product of matrices, each stored either way; with batches in front, or between. */
export function product(m: number, n: number, k: number, turnedA: boolean, turnedB: boolean, batch: readonly number[] = []): Case {
  const b = batch.length;
  const dims = { lhsContract: [b + (turnedA ? 0 : 1)], rhsContract: [b + (turnedB ? 1 : 0)], lhsBatch: range(b), rhsBatch: range(b) };
  return [[...batch, ...turnedA ? [k, m] : [m, k]], [...batch, ...turnedB ? [n, k] : [k, n]], (x, y) => [dotGeneral(x, y, dims)]];
}
/** One program of several products: their kernels are compiled side by side. */
export function programOf(cases: readonly Case[], dtype: 'f32' | 'f16' = 'f32'): Jaxpr {
  return stage('products', cases.flatMap(([lhs, rhs]) => [aval(lhs, dtype), aval(rhs, dtype)]), xs => cases.flatMap(([, , f], i) => f(given(xs[2 * i]), given(xs[2 * i + 1])))).jaxpr;
}
export const drawn = (a: Aval, dice: Dice): NDArray => ({ ...a, data: Float32Array.from({ length: sizeOf(a.shape) }, () => (dice.below(33) - 16) / 16) });
export type { Choose };
export async function checkProgram(jaxpr: Jaxpr, choose: Choose, kernels: RegExp, count: number): Promise<readonly Dispatch[]> {
  const backend = await softwareBackend({ choose });
  const dice = new Dice(seed);
  const inputs = jaxpr.inputs.map(v => drawn(v.aval, dice));
  const dispatches = dispatchesOf(backend.compile(jaxpr).program.commands);
  expect(dispatches.filter(d => kernels.test(d.name)).length, dispatches.map(d => d.name).join()).toBe(count);
  await expectLikeReference(backend, jaxpr, inputs, 1e-5, () => `SEED=${seed}\n${printJaxpr(jaxpr)}\n${dispatches.map(d => d.shader.code).join('\n')}`);
  backend.device.gpu.destroy();
  return dispatches;
}
export const check = (cases: readonly Case[], choose: Choose, kernels: RegExp, count = cases.length): Promise<readonly Dispatch[]> => checkProgram(programOf(cases), choose, kernels, count);
export const named = (name: string) => (p: Problem): Candidate | null => p.candidates.find(c => c.name === name) ?? null;
export const ways = [[false, false], [false, true], [true, false], [true, true]] as const;
