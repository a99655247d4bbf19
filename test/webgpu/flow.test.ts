// Loops, branches and orders on WebGPU: turns of odd and even number, decisions inside decisions, loops that wait for the host inside others;
// how many submits they take; kernels of more values than a device binds.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { cond, foriLoop, lax, np, scan, switchCase, tensor, whileLoop, type Tensor } from '../../src/index.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import type { Aval } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { sortP } from '../../src/primitive/sort.ts';
import { add } from '../../src/primitive/arithmetic.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { expectBitsOfReference, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

let backend: WebGpuBackend;
beforeAll(async () => { backend = await softwareBackend(); });
afterAll(() => { backend.device.gpu.destroy(); });

type S = Tensor<[]>;
type V = Tensor<[3]>;
/** Runs a function on both backends, which agree to the bit; the submits of the device, but for those that read, are as expected. Where nothing runs, kernels are checked. */
async function expectAgreement(f: (...xs: never[]) => AnyTensor | readonly AnyTensor[], operands: readonly NDArray[], expected: (submits: number) => void): Promise<void> {
  const { jaxpr, consts } = stage('program', operands.map((x): Aval => x), xs => { const y = f(...xs as never[]); return Array.isArray(y) ? y as readonly AnyTensor[] : [y as AnyTensor]; });
  // Numbers of the program are captured: they come first.
  const inputs = [...consts.map((c): NDArray => ({ shape: c.shape, dtype: c.dtype, data: c.dataSync() })), ...operands];
  const before = backend.device.submits;
  await expectBitsOfReference(backend, jaxpr, inputs);
  // All results are read together, by one submit.
  if (runsKernels) expected(backend.device.submits - before - 1);
}
const once = (submits: number): void => { expect(submits).toBe(1); };
const scalar = (x: number, dtype: 'f32' | 'i32' = 'f32'): NDArray => ({ shape: [], dtype, data: dtype === 'f32' ? Float32Array.of(x) : Int32Array.of(x) });
const vector = (...xs: readonly number[]): NDArray => ({ shape: [xs.length], dtype: 'f32', data: Float32Array.from(xs) });

describe('flow on webgpu', () => {
  it('what has no elements goes through loops and branches, though nobody stored it', async () => {
    await expectAgreement((x: V) => {
      const none = np.reshape(np.astype(np.reshape(lax.slice(x, [1], [1]), [0, 3]), 'i32'), [0]);
      const rows = np.reshape(lax.slice(x, [1], [1]), [0, 3]);
      const [sum] = scan((c: V, row: V) => [np.add(c, row), null] as const, x, rows);
      return cond(np.greater(np.sum(x), 0), (y: V, z: AnyTensor) => np.add(y, np.astype(np.sum(z as V), 'f32')), (y: V, z: AnyTensor) => np.subtract(y, np.astype(np.sum(z as V), 'f32')), sum, none as AnyTensor) as never;
    }, [vector(1, 2, 3)], once);
  });
  it.each([0, 1, 2, 3, 8])('a scan of %i steps, both ways, is one submit', async n => {
    const xs: NDArray = { shape: [n, 3], dtype: 'f32', data: Float32Array.from({ length: 3 * n }, (_, i) => i + 1) };
    for (const reverse of [false, true]) {
      await expectAgreement((c: V, x: Tensor<[number, 3]>) => { const [last, ys] = scan((a: V, y: V) => { const z = np.add(np.multiply(a, 2), y); return [z, np.subtract(z, a)] as const; }, c, x, { reverse }); return [last, ys]; }, [vector(1, 2, 3), xs], once);
    }
  });
  it('a scan in a scan', async () => {
    const xs: NDArray = { shape: [2, 3, 3], dtype: 'f32', data: Float32Array.from({ length: 18 }, (_, i) => i % 7) };
    await expectAgreement((c: V, x: Tensor<[2, 3, 3]>) => {
      const [last, ys] = scan((a: V, rows: Tensor<[3, 3]>) => { const [b, zs] = scan((q: V, r: V) => [np.add(q, r), np.multiply(q, r)] as const, a, rows); return [b, zs] as const; }, c, x);
      return [last, ys];
    }, [vector(1, 1, 1), xs], once);
  });
  it('branches are chosen on the device, inside others and inside loops', async () => {
    const f = (i: S, x: V): V => cond(np.less(i, 2), (y: V): V => cond(np.less(i, 1), (z: V): V => np.add(z, 1), (z: V): V => np.add(z, 2), y), (y: V): V => np.multiply(y, 5), x) as V;
    for (const i of [0, 1, 2]) await expectAgreement(f, [scalar(i), vector(1, 2, 3)], once);
    const g = (x: V): V => foriLoop(0, 5, (i: Tensor<[], 'i32'>, y: V): V => cond(np.equal(np.remainder(i, 2), 0), (z: V): V => np.add(z, 1), (z: V): V => np.multiply(z, 2), y) as V, x) as V;
    await expectAgreement(g, [vector(1, 2, 3)], once);
  });
  it('an index beyond the branches chooses the nearest', async () => {
    const f = (i: Tensor<[], 'i32'>, x: V): V => switchCase(i, [(y: V): V => np.add(y, 1), (y: V): V => np.multiply(y, 2), (y: V): V => np.negative(y)], x) as V;
    for (const i of [-7, 0, 1, 2, 9]) await expectAgreement(f, [scalar(i, 'i32'), vector(1, 2, 3)], once);
  });
  it.each([0, 1, 2, 5, 6, 7, 40])('a while loop of %i turns is given to the device several turns at a time', async n => {
    await expectAgreement((end: Tensor<[], 'i32'>, x: V) => {
      const [, y] = whileLoop(([i]: readonly [Tensor<[], 'i32'>, V]) => np.less(i, end), ([i, z]: readonly [Tensor<[], 'i32'>, V]) => [np.add(i, 1), np.add(np.multiply(z, 0.5), 1)] as const, [tensor(0, 'i32'), x] as const);
      return y;
    }, [scalar(n, 'i32'), vector(64, 0, -64)], submits => { expect(submits).toBeLessThanOrEqual(2 + Math.max(1, Math.ceil(Math.log2(n + 2))) + n / 16); });
  });
  it.each([0, 1, 2, 5, 6, 19])('a while loop of %i turns whose carries change places', async n => {
    await expectAgreement((end: Tensor<[], 'i32'>, x: V) => {
      const [, a, b] = whileLoop(([i]: readonly [Tensor<[], 'i32'>, V, V]) => np.less(i, end), ([i, p, q]: readonly [Tensor<[], 'i32'>, V, V]) => [np.add(i, 1), q, np.add(p, q)] as const, [tensor(0, 'i32'), x, np.negative(x)] as const);
      return [a, b];
    }, [scalar(n, 'i32'), vector(1, 2, 5)], submits => { expect(submits).toBeGreaterThan(0); });
  });
  it('a while loop in a while loop, and in a branch', async () => {
    const inner = (x: S): S => whileLoop((y: S) => np.less(y, 10), (y: S): S => np.add(y, 3), x) as S;
    const nested = (x: S): S => whileLoop((y: S) => np.less(y, 30), (y: S): S => np.add(inner(y), 4), x) as S;
    for (const x of [0, 20, 31]) await expectAgreement(nested, [scalar(x)], submits => { expect(submits).toBeGreaterThan(1); });
    for (const x of [0, 20]) await expectAgreement((y: S): S => cond(np.less(y, 5), inner, (z: S): S => np.negative(z), y) as S, [scalar(x)], submits => { expect(submits).toBeGreaterThan(0); });
  });
  it('orders lines of every length to the bit', async () => {
    const dice = new Dice(3);
    for (const [shape, axis] of [[[5, 300], 1], [[70, 3], 0], [[64], 0], [[2049], 0]] as const) {
      const { jaxpr } = stage('sort', [{ shape, dtype: 'f32' }, { shape, dtype: 'i32' }], xs => bind(sortP, xs, { axis }));
      const n = shape.reduce((a: number, b: number) => a * b, 1);
      const inputs: NDArray[] = [
        { shape, dtype: 'f32', data: Float32Array.from({ length: n }, () => dice.pick([NaN, 0, -0, 1, -1, Infinity, -Infinity, dice.below(50)], 0)) },
        { shape, dtype: 'i32', data: Int32Array.from({ length: n }, (_, k) => k) },
      ];
      await expectBitsOfReference(backend, jaxpr, inputs);
    }
  });
  it('kernels of more values than a device binds', async () => {
    const n = 30;
    const inputs = Array.from({ length: n }, (_, i): NDArray => vector(i, i * i, 1));
    const avals = inputs.map((x): Aval => x);
    for (const body of [
      (xs: readonly AnyTensor[]) => [concatenate(xs, 0)],
      (xs: readonly AnyTensor[]) => [xs.reduce((a, b) => add(a, b))],
      (xs: readonly AnyTensor[]) => { const sum = xs.reduce((a, b) => add(a, b)); return xs.map(x => add(x, sum)); },
    ]) {
      const { jaxpr } = stage('many', avals, body);
      await expectBitsOfReference(backend, jaxpr, inputs);
    }
  });
});
