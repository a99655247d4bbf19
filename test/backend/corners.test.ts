// Corners that random programs meet now and then, each in a program of its own, on every rung, in memory that is full of garbage.
import { describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { allocate } from '../../src/dtype/dtype.ts';
import { aval, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { add, mul } from '../../src/primitive/arithmetic.ts';
import { pad, slice } from '../../src/primitive/slice.ts';
import { sort } from '../../src/primitive/sort.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { literal } from '../../src/trace/handle.ts';
import { stage } from '../../src/trace/scope.ts';
import { scan } from '../transform/flow.ts';
import { makeJaxpr, tensor, type T } from '../trace/language.ts';
import { expectSameBytes, garbage, runPoisoned } from './poisoned.ts';
import { rungs } from './ulp.ts';

const counted = (a: Aval): NDArray => {
  const data = allocate(a.dtype, sizeOf(a.shape));
  for (let i = 0; i < data.length; i++) data[i] = (i * 37) % 101 - 50;
  return { ...a, data };
};
const staged = (avals: readonly Aval[], f: (xs: readonly AnyTensor[]) => readonly AnyTensor[]): Jaxpr => stage('corner', avals, f, { numbers: 'literals' }).jaxpr;
const first = (xs: readonly AnyTensor[]): AnyTensor => xs[0] ?? expect.fail('an operand is missing');
const zero = literal(0, { shape: [], dtype: 'f32' });

function expectReference(on: WasmBackend, jaxpr: Jaxpr): void {
  const inputs = jaxpr.inputs.map(v => counted(v.aval));
  for (const word of garbage) expectSameBytes(runPoisoned(on, jaxpr, inputs, undefined, word), evaluateJaxpr(jaxpr, inputs), () => `${on.rung.name}, memory full of ${word}`);
}

describe.each(rungs().map(b => [b.rung.name, b] as const))('on rung %s', (_rung, backend) => {
  it.each([[2, 9, 3], [3, 70, 5], [4, 2, 2]])('lines across memory are sorted in each of several blocks: [%i, %i, %i]', (...shape) => {
    expectReference(backend, staged([aval(shape, 'f32')], xs => sort(first(xs), [], 1)));
  });
  it.each([1, 2, 3, 5, 6, 7, 9])('running sums of %i lines that lie side by side', inner => {
    expectReference(backend, staged([aval([3, 5, inner], 'f32')], xs => [cumsum(first(xs), { axis: 1, reverse: false }), cumsum(first(xs), { axis: 1, reverse: true })]));
  });
  it('two reads of one place under different guards', () => {
    const rows = (x: AnyTensor, n: number): AnyTensor => pad(slice(x, [0, 0], [n, 32], [1, 1]), zero, [1, 0], [7 - n, 0], [0, 0]);
    expectReference(backend, staged([aval([6, 32], 'f32')], xs => [add(rows(first(xs), 3), rows(first(xs), 6)), add(rows(first(xs), 6), rows(first(xs), 2))]));
  });
  it.each([4, 5, 6, 7, 9, 11, 13])('transposed rows that are left after tiles of %i do not run into the next value', rows => {
    const own = [aval([32, rows], 'f32'), aval([64], 'f32')];
    const made = staged(own, ([x, y]) => {
      if (x === undefined || y === undefined) return [];
      const next = add(y, y);
      return [mul(transpose(x, [1, 0]), transpose(x, [1, 0])), next];
    });
    expectReference(backend, made);
    expectReference(backend, { ...made, outputs: [...made.outputs].reverse() });
  });
  it('a scan in reverse begins at the last row', () => {
    expectReference(backend, makeJaxpr((xs: T) => scan((carry: T, x: T) => [mul(carry, tensor(2)), add(carry, x)], tensor(1), xs, { reverse: true }))(tensor([1, 2, 3, 4, 5])).jaxpr);
  });
  it('an argument that is given away is not overwritten before its last reader', () => {
    const jaxpr = staged([aval([40], 'f32')], xs => { const x = first(xs); return [add(x, x), cumsum(x, { axis: 0, reverse: false }), mul(x, x)]; });
    const inputs = jaxpr.inputs.map(v => counted(v.aval));
    const buffers = inputs.map(x => backend.upload(x.data, x));
    const outs = backend.module(jaxpr).run(buffers, [true]);
    const got = jaxpr.outputs.map((o, i): NDArray => ({ ...o.aval, data: backend.downloadSync(outs[i] ?? expect.fail('a result is missing'), o.aval) }));
    for (const b of new Set(outs)) backend.release(b);
    expectSameBytes(got, evaluateJaxpr(jaxpr, inputs), () => backend.rung.name);
  });
});
