// Where a device ends: workgroups in one dimension, elements that an index tells apart, bytes of a buffer and of what a kernel sees as one.
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import { compileProgram, type CompiledProgram, type Limits } from '../../src/backend/webgpu/program.ts';
import { plainScheduling } from '../../src/compile/wgsl/schedule.ts';
import { groupsOf } from '../../src/compile/wgsl/shader.ts';
import type { DType } from '../../src/dtype/dtype.ts';
import { sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { xor } from '../../src/primitive/logical.ts';
import { reduceMax } from '../../src/primitive/reduce.ts';
import { stage } from '../../src/trace/scope.ts';
import { run, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });
const along = { axis: 0, reverse: false };
const limits: Limits = { maxBindings: 8, maxBindingBytes: 2 ** 27, nativeHalf: false, template: () => null, scheduling: plainScheduling };
const program = (shape: readonly number[], dtype: DType, f: (x: AnyTensor) => AnyTensor): Jaxpr => stage('limits', [{ shape, dtype }], ([x]) => [f(x ?? expect.fail('no operand'))]).jaxpr;
const compiled = (j: Jaxpr, some: Partial<Limits> = {}): CompiledProgram => compileProgram(j, { ...limits, ...some });

describe('workgroups', () => {
  it('are folded into two dimensions where one has too few', () => {
    expect(groupsOf(1)).toEqual({ x: 1, y: 1 });
    expect(groupsOf(65535)).toEqual({ x: 65535, y: 1 });
    expect(groupsOf(65536)).toEqual({ x: 65535, y: 2 });
    // One workgroup a row, and one invocation an element, of the most elements that there are.
    for (const groups of [2 ** 31 - 1, 2 ** 25]) {
      const { x, y } = groupsOf(groups);
      expect(Math.max(x, y)).toBeLessThanOrEqual(65535);
      expect(x * y).toBeGreaterThanOrEqual(groups);
    }
    const [map] = dispatchesOf(compiled(program([2 ** 25 + 3], 'f32', x => add(x, x))).commands);
    expect(map?.shader.groups).toBe(2 ** 17 + 1);
    // Workgroups of the second dimension behind the last have no part in any turn.
    const [turns] = dispatchesOf(compiled(program([2 ** 30], 'f32', x => add(x, x))).commands);
    expect(turns?.shader.groups).toBe(2 ** 18);
    expect(turns?.shader.code).toContain(`if (flat >= ${2 ** 26}u) { return; }`);
    const [rows] = dispatchesOf(compiled(program([300_000, 100], 'f32', x => reduceMax(x, [1]))).commands);
    expect(rows?.shader.groups).toBeGreaterThan(65_535);
  });
  it('a map of more workgroups than one dimension has', async () => {
    const n = 64 * 4 * 65_535 + 517;
    const jaxpr = program([n], 'u8', x => add(x, constantLike(3, x)));
    expect(dispatchesOf(compiled(jaxpr).commands).map(d => d.shader.groups)).toEqual([65_538]);
    const data = new Uint8Array(n);
    for (let k = 0; k < n; k++) data[k] = k % 251;
    const [got] = await run(backend, jaxpr, [{ shape: [n], dtype: 'u8', data }]);
    expect(got?.data).toHaveLength(n);
    if (!runsKernels) return;
    let wrong = 0;
    got?.data.forEach((x, k) => { if (x !== (((data[k] ?? 0) + 3) & 255)) wrong++; });
    expect(wrong).toBe(0);
  });
});

describe('elements', () => {
  it('of a value are at most what an index tells apart', () => {
    for (const dtype of ['u8', 'f16', 'f32'] as const) {
      expect(() => backend.compile(program([65536, 32768], dtype, x => reduceMax(x, [0, 1])))).toThrow(`webgpu: ${dtype}[65536,32768] has 2147483648 elements, a kernel tells at most 2147483647 apart; split it along an axis`);
    }
    expect(() => backend.upload(new Uint8Array(), { shape: [2 ** 31], dtype: 'bool' })).toThrow('webgpu: bool[2147483648] has 2147483648 elements');
    expect(() => compiled(program([2 ** 31 - 1], 'u8', x => add(x, x)))).not.toThrow();
  });
  it('of what is folded without being stored, too: at most what a counter of 32 bits counts', () => {
    const sum = (rows: number): Jaxpr => program([2 ** 16], 'f32', x => reduceSum(broadcastInDim(x, [rows, 2 ** 16], [1]), [0, 1]));
    expect(() => compiled(sum(2 ** 15))).not.toThrow();
    expect(() => compiled(sum(2 ** 16))).toThrow('webgpu: a reduction over 4294967296 elements in one kernel; its counter has 32 bits: reduce fewer axes at a time');
  });
});

describe('bytes', () => {
  it('behind 2^31 others of one memory have places that are numbers, too', () => {
    // 22 values of nearly 4 GiB together, bound as one.
    const avals = Array.from({ length: 21 }, (): Aval => ({ shape: [195_224_832], dtype: 'u8' }));
    const { jaxpr } = stage('far', avals, xs => [xs.reduce<AnyTensor>((a, b) => xor(a, b), xs[0] ?? expect.fail('no operand'))]);
    const code = dispatchesOf(compiled(jaxpr, { maxBindingBytes: 2 ** 32 - 4 }).commands).map(d => d.shader.code).join('\n');
    expect(code).toContain('u32(-');
    expect([...code.matchAll(/\b(\d+)i\b/g)].filter(([, n]) => Number(n) >= 2 ** 31)).toEqual([]);
  });
  it('a value that just fits in a buffer gets one', async () => {
    const small = await softwareBackend({}, { maxBufferSize: 4_000_003, maxStorageBufferBindingSize: 4_000_001 });
    const { pool } = small.device;
    const held = pool.take(4_000_000, 'a test');
    expect([held.bytes, held.piece.handle.size]).toEqual([4_000_000, 4_000_000]);
    expect(() => pool.take(4_000_004, 'a test')).toThrow('webgpu: a test asks for a buffer of 4000004 bytes, this device has at most 4000001');
    expect(pool.staging(4_000_000).size).toBe(4_000_000);
    small.device.gpu.destroy();
  });
  it('temporaries that a kernel does not see as one are refused by name', () => {
    const two = program([5000], 'f32', x => cumsum(cumsum(x, along), along));
    expect(() => compiled(two, { maxBindingBytes: 20_000 })).not.toThrow();
    expect(() => compiled(two, { maxBindingBytes: 19_999 })).toThrow('webgpu: the kernel cumsum works on 20000 bytes of temporaries, this device binds at most 19999; split the operation along an axis');
  });
  it('a kernel of many values that lie far apart binds copies that lie together', async () => {
    const operands = Array.from({ length: 9 }, (_, i): NDArray => ({ shape: [40], dtype: 'f32', data: Float32Array.from({ length: 40 }, (__, k) => (k * (i + 1)) % 5) }));
    // Between the values that are added up at the end lies what is long.
    const { jaxpr } = stage('far', operands.map((x): Aval => x), xs => {
      const sums = xs.map(x => cumsum(x, along));
      const long = cumsum(broadcastInDim(xs[0] ?? expect.fail('no operand'), [40, 500], [0]), { axis: 1, reverse: false });
      const more = xs.map(x => cumsum(add(x, broadcastInDim(reduceMax(long, [0, 1]), [40], [])), along));
      return [[...sums, ...more].reduce((a, b) => add(a, b))];
    });
    const longest = 4 * sizeOf([40, 500]);
    const { commands } = compiled(jaxpr, { maxBindingBytes: longest });
    for (const d of dispatchesOf(commands)) for (const b of d.shader.bindings) if (b.place.piece.kind === 'arena') expect(b.place.piece.bytes).toBeLessThanOrEqual(longest);
    const few = await softwareBackend({}, { maxStorageBuffersPerShaderStage: 8, maxStorageBufferBindingSize: longest });
    const [got] = await run(few, jaxpr, operands);
    if (runsKernels) expect(got?.data).toEqual(evaluateJaxpr(jaxpr, operands)[0]?.data);
    few.device.gpu.destroy();
  });
});
