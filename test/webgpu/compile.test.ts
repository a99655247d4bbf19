// What is compiled for a device: kernels that no driver takes long for, and before a program is called.
import { afterAll, describe, expect, it } from 'vitest';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import { compile, explain, getBackend, jit, lax, np, setBackend, tensor, type Tensor } from '../../src/index.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, mul, neg } from '../../src/primitive/arithmetic.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { convert } from '../../src/primitive/convert.ts';
import { reduceMax } from '../../src/primitive/reduce.ts';
import { reduceWindowMax } from '../../src/primitive/reduceWindow.ts';
import { pad } from '../../src/primitive/slice.ts';
import { literal } from '../../src/trace/handle.ts';
import { pow } from '../../src/primitive/power.ts';
import { broadcastInDim, reduceSum } from '../../src/primitive/broadcast.ts';
import { sin } from '../../src/primitive/exponential.ts';
import { executableFor } from '../../src/trace/executables.ts';
import { currentBackend } from '../../src/trace/backend.ts';
import { stage } from '../../src/trace/scope.ts';
import { expectLikeReference, softwareBackend } from './harness.ts';

const backend = await softwareBackend();
const before = getBackend();
afterAll(async () => { await setBackend(before); backend.device.gpu.destroy(); });
const x: NDArray = { shape: [3, 5], dtype: 'f32', data: Float32Array.from({ length: 15 }, (_, i) => 0.5 + i / 30) };
const program = (f: (x: AnyTensor) => AnyTensor): ReturnType<typeof stage>['jaxpr'] => stage('program', [{ shape: [3, 5], dtype: 'f32' }], ([v]) => [f(v ?? expect.fail('no operand'))]).jaxpr;
const times = (n: number, f: (x: AnyTensor) => AnyTensor) => (v: AnyTensor): AnyTensor => { let y = v; for (let i = 0; i < n; i++) y = f(y); return y; };

describe('kernels on webgpu', () => {
  it('a value that 2^60 paths lead to is looked at once', async () => {
    const jaxpr = program(v => reduceSum(times(60, y => mul(add(y, mul(y, v)), y))(v), [1]));
    expect(dispatchesOf(backend.compile(jaxpr).program.commands).length).toBe(1);
    await backend.compile(jaxpr).ready();
  });
  // A driver's time grows faster than a shader's length: functions are inlined where they are called.
  it.each([['of straight code', 40, (y: AnyTensor) => pow(y, y)], ['of calls', 60, sin]] as const)('long programs %s are several kernels', async (_what, n, f) => {
    const jaxpr = program(times(n, f));
    const { commands } = backend.compile(jaxpr).program;
    const lengths = dispatchesOf(commands).map(d => d.shader.code.split('\n').length);
    expect(lengths.length).toBeGreaterThan(2);
    expect(lengths.length).toBeLessThan(n / 3);
    expect(Math.max(...lengths)).toBeLessThan(2500);
    await expectLikeReference(backend, jaxpr, [x], 1e-4, () => 'a long program');
  });
  it('long bodies of reductions are computed outside of their loops', async () => {
    const loopsOf = (jaxpr: ReturnType<typeof program>): readonly number[] => dispatchesOf(backend.compile(jaxpr).program.commands).filter(d => d.shader.code.includes('for (')).map(d => d.shader.code.split('\n').length);
    // A maximum over 60 places of halves, in three results; what is computed of a row and of what all of it sums to.
    const window = { window: [4, 5, 3], windowDilation: [2, 1, 2], strides: [3, 1, 3], padding: [[0, 0], [1, 2], [1, 2]] as const, baseDilation: [1, 1, 1] };
    const { jaxpr } = stage('windows', [{ shape: [8, 35, 1], dtype: 'u32' }], ([v]) => {
      const halves = neg(convert(pad(v ?? expect.fail('no operand'), literal(1, { shape: [], dtype: 'u32' }), [2, 0, 0], [1, 0, 0], [1, 0, 0]), 'f16'));
      const greatest = reduceWindowMax(concatenate([halves, halves], 2), window);
      return [greatest, reduceMax(greatest, [1]), reduceMax(greatest, [0])];
    });
    expect(loopsOf(jaxpr).length).toBeGreaterThan(0);
    expect(Math.max(...loopsOf(jaxpr))).toBeLessThan(200);
    await expectLikeReference(backend, jaxpr, [{ shape: [8, 35, 1], dtype: 'u32', data: Uint32Array.from({ length: 280 }, (_, i) => (i * 37) % 101) }], 0);
    const rows = program(v => times(9, y => pow(y, y))(mul(v, broadcastInDim(reduceSum(v, [1]), [3, 5], [0]))));
    expect(loopsOf(rows).length).toBeGreaterThan(0);
    expect(Math.max(...loopsOf(rows))).toBeLessThan(800);
    await expectLikeReference(backend, rows, [{ ...x, data: x.data.map(y => y / 8) }], 1e-4);
    // Short bodies stay where they are.
    expect(dispatchesOf(backend.compile(program(v => reduceSum(pow(v, v), [1]))).program.commands).length).toBe(1);
  });
  it('explain names the kernels, their workgroups and bytes, and looks into loops', async () => {
    await setBackend('webgpu');
    const text = explain((v: Tensor<[100]>) => np.sum(np.tanh(np.matmul(v, v))))(np.ones([100])).split('\n');
    expect(text.find(l => l.startsWith('kernels'))).toMatch(/^kernels \(webgpu\): [12] dispatches in the program, [12] pipelines$/);
    expect(text.filter(l => / workgroups, \d+ bytes bound, \d+ lines of WGSL\)$/.test(l))[0]).toContain('(1 workgroups, ');
    const loop = explain((v: Tensor<[3]>) => lax.scan((c: Tensor<[3]>, _: null) => [np.add(np.tanh(c), 1), null], v, null, { length: 7 }))(tensor([1, 2, 3])).split('\n');
    expect(loop.filter(l => l === '  7 turns of').length).toBe(1);
    expect(loop.filter(l => l.startsWith('    map kernel of')).join('\n')).toContain('tanh');
  });
  it('compile waits until the device has every kernel, and tells what it refuses', async () => {
    await setBackend('webgpu');
    const f = jit((y: Tensor<[3]>) => np.tanh(np.add(y, 0.125)));
    await compile(f, tensor([1, 2, 3]));
    const refused = new Error('refused');
    const current = currentBackend();
    const { jaxpr } = stage('program', [{ shape: [2], dtype: 'f32' }], xs => xs);
    const executable = executableFor(current, jaxpr);
    executable.ready = () => Promise.reject(refused);
    const g = jit((y: Tensor<[2]>) => y);
    await expect(compile(g, tensor([1, 2]))).rejects.toBe(refused);
  });
});
