// Elements narrower than a word: what they take in memory, and that nobody changes or believes the elements beside its own. Memory is
// poisoned before each run: neighbours that are not written, and bytes behind the last element, are none that happen to be zero.
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import { fromHalves, toHalves } from '../../src/backend/webgpu/memory.ts';
import { allocate, dtypes, isFloat, roundF16, roundTo, type DType } from '../../src/dtype/dtype.ts';
import { cond, foriLoop, np, scan, whileLoop, type Tensor } from '../../src/index.ts';
import { sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, neg } from '../../src/primitive/arithmetic.ts';
import { optimizationBarrier } from '../../src/primitive/barrier.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { ge } from '../../src/primitive/comparison.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { convert } from '../../src/primitive/convert.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { max } from '../../src/primitive/extremum.ts';
import { scatterAdd } from '../../src/primitive/gather.ts';
import { xor } from '../../src/primitive/logical.ts';
import { reduceMax } from '../../src/primitive/reduce.ts';
import { scatterSet } from '../../src/primitive/scatter.ts';
import { sort } from '../../src/primitive/sort.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { stage } from '../../src/trace/scope.ts';
import { mixedProgram } from '../backend/mixedPrograms.ts';
import { expectNear } from '../backend/samples.ts';
import { softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });
const { device } = backend;

const narrow = ['bool', 'u8', 'i8', 'f16'] as const;
const known = dtypes.filter(d => d !== 'f64');
const drawn = (shape: readonly number[], dtype: DType, salt: number): NDArray => {
  const data = allocate(dtype, sizeOf(shape));
  for (let k = 0; k < data.length; k++) data[k] = roundTo(dtype, isFloat(dtype) ? Math.sin(k + salt) * 9 : dtype === 'bool' ? (k * 7 + salt) % 3 : Math.imul(k + salt, 2654435761) >> 7);
  return { shape, dtype, data };
};
/** Runs a program in memory full of ones and zeros that nobody wrote there. */
async function runPoisoned(jaxpr: Jaxpr, inputs: readonly NDArray[]): Promise<readonly NDArray[]> {
  const executable = backend.compile(jaxpr);
  await executable.ready();
  const buffers = inputs.map(x => backend.upload(x.data, x));
  const dirty = (bytes: number): Uint8Array => new Uint8Array(bytes).fill(0xa5);
  for (const r of executable.program.results.map(x => x.kind === 'own' ? device.pool.take(x.bytes, 'poison') : null)) {
    if (r === null) continue;
    device.write(r, dirty(r.piece.handle.size));
    backend.release(r);
  }
  const { handle } = device.arena(executable.program.arenaBytes);
  device.gpu.queue.writeBuffer(handle, 0, dirty(handle.size));
  const outs = executable.run(buffers);
  const values = await Promise.all(jaxpr.outputs.map(async (o, i): Promise<NDArray> => ({ ...o.aval, data: await backend.download(outs[i] ?? expect.fail('a result is missing'), o.aval) })));
  for (const b of new Set([...buffers, ...outs])) backend.release(b);
  return values;
}
async function expectSameProgram(jaxpr: Jaxpr, inputs: readonly NDArray[], what: () => string = () => printJaxpr(jaxpr)): Promise<void> {
  if (runsKernels) expectNear(await runPoisoned(jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), evaluateJaxpr(jaxpr, inputs, 'wide'), 1e-6, what);
  else await backend.compile(jaxpr).ready();
}
/** A function of tensors on both backends; numbers that it captures come first. */
async function expectSame(f: (...xs: never[]) => AnyTensor | readonly AnyTensor[], operands: readonly NDArray[]): Promise<void> {
  const { jaxpr, consts } = stage('packed', operands.map((x): Aval => x), xs => { const y = f(...xs as never[]); return Array.isArray(y) ? y as readonly AnyTensor[] : [y as AnyTensor]; });
  await expectSameProgram(jaxpr, [...consts.map((c): NDArray => ({ shape: c.shape, dtype: c.dtype, data: c.dataSync() })), ...operands]);
}
const number = (x: AnyTensor): AnyTensor => x.dtype === 'bool' ? convert(x, 'u8') : x;
const changed = (x: AnyTensor): AnyTensor => x.dtype === 'bool' ? xor(x, constantLike(1, x)) : add(x, constantLike(3, x));

describe('memory', () => {
  it.each([['u8', 1], ['i8', 1], ['bool', 1], ['f16', 2], ['f32', 4]] as const)('an element of %s takes %i bytes', (dtype, bytes) => {
    const before = device.pool.used;
    const images: Aval = { shape: [1000, 28, 28], dtype };
    const held = backend.upload(allocate(dtype, sizeOf(images.shape)), images);
    expect(held.bytes).toBe(bytes * 784_000);
    // Buffers grow in steps of a quarter at most.
    expect(device.pool.used - before).toBeLessThan(1.25 * bytes * 784_000);
    backend.release(held);
  });
  it('temporaries and results are packed', () => {
    const shape = [512, 512];
    const program = (dtype: DType): { readonly arenaBytes: number; readonly own: number } => {
      const { jaxpr } = stage('packed', [{ shape, dtype }], ([x]) => { const y = optimizationBarrier([changed(x ?? expect.fail('no operand'))])[0] ?? expect.fail('no value'); return [changed(optimizationBarrier([changed(y)])[0] ?? y)]; });
      const { arenaBytes, results } = backend.compile(jaxpr).program;
      return { arenaBytes, own: results.reduce((n, r) => n + (r.kind === 'own' ? r.bytes : 0), 0) };
    };
    const words = program('f32');
    for (const [dtype, part] of [['u8', 4], ['bool', 4], ['f16', 2]] as const) {
      const { arenaBytes, own } = program(dtype);
      expect(own).toBe(words.own / part);
      expect(arenaBytes).toBeLessThanOrEqual(words.arenaBytes / part + 1024);
    }
  });
  it('whole words are written where elements follow each other, without atomic operations', () => {
    const code = (f: (x: AnyTensor) => AnyTensor, shape: readonly number[]): string => dispatchesOf(backend.compile(stage('packed', [{ shape, dtype: 'u8' }], ([x]) => [f(x ?? expect.fail('no operand'))]).jaxpr).program.commands).map(d => d.shader.code).join('\n');
    for (const n of [2, 3, 4, 5, 4096]) expect(code(changed, [n])).not.toContain('atomic');
    expect(code(changed, [1])).not.toContain('atomic');
    expect(code(x => reduceMax(x, [1]), [9, 100])).toContain('atomicOr');
  });
});

describe('halves', () => {
  it('every half of the host is a float32 and back', () => {
    const bits = Uint16Array.from({ length: 65536 }, (_, k) => k);
    const numbers = fromHalves(bits);
    expect(numbers).toHaveLength(65536);
    numbers.forEach((x, k) => { if (!Object.is(roundF16(x), x)) expect.fail(`${k}: ${x}`); });
    toHalves(numbers).forEach((b, k) => { if (b !== k && !Number.isNaN(numbers[k])) expect.fail(`${k} came back as ${b}`); });
  });
  const all = fromHalves(Uint16Array.from({ length: 65536 }, (_, k) => k));
  const copy = stage('packed', [{ shape: [256, 256], dtype: 'f16' }], ([x]) => [transpose(x ?? expect.fail('no operand'), [1, 0])]).jaxpr;
  it.runIf(runsKernels)('all 65,536 come back from the device', async () => {
    const [got] = await runPoisoned(copy, [{ shape: [256, 256], dtype: 'f16', data: all }]);
    got?.data.forEach((x, k) => { const want = all[(k % 256) * 256 + Math.floor(k / 256)] ?? NaN; if (!Object.is(x, want)) expect.fail(`element ${k}: ${x} instead of ${want}`); });
    expect(got?.data).toHaveLength(65536);
  });
  it.runIf(runsKernels)('all become float32 exactly', async () => {
    const { jaxpr } = stage('packed', [{ shape: [65536], dtype: 'f16' }], ([x]) => [convert(x ?? expect.fail('no operand'), 'f32')]);
    const [got] = await runPoisoned(jaxpr, [{ shape: [65536], dtype: 'f16', data: all }]);
    all.forEach((x, k) => { if (!Object.is(got?.data[k], x)) expect.fail(`half ${k}: ${got?.data[k]} instead of ${x}`); });
  });
  it.runIf(runsKernels)('float32 is rounded to the nearest half, ties to even', async () => {
    // Both neighbours of every half, the middle between two, and the float32 beside the middle.
    const words = new Uint32Array(1);
    const float = new Float32Array(words.buffer);
    const next = (x: number, by: number): number => { float[0] = x; words[0] = (words[0] ?? 0) + by; return float[0] ?? NaN; };
    const numbers = Float32Array.from([...all.subarray(0, 0x7c01)].flatMap((x, k) => {
      const above = k < 0x7bff ? all[k + 1] ?? NaN : 65536;
      const middle = Math.fround(x + (Math.min(above, 65536) - x) / 2);
      return Number.isFinite(x) ? [x, middle, next(middle, 1), next(middle, -1)].flatMap(y => [y, -y]) : [x, -x, NaN];
    }));
    const { jaxpr } = stage('packed', [{ shape: [numbers.length], dtype: 'f32' }], ([x]) => [convert(x ?? expect.fail('no operand'), 'f16')]);
    const [got] = await runPoisoned(jaxpr, [{ shape: [numbers.length], dtype: 'f32', data: numbers }]);
    numbers.forEach((x, k) => { if (!Object.is(got?.data[k], roundF16(x))) expect.fail(`${x}: ${got?.data[k]} instead of ${roundF16(x)}`); });
  });
  it('sums of halves are rounded when they are complete', async () => {
    const indices: NDArray = { shape: [300], dtype: 'i32', data: Int32Array.from({ length: 300 }, (_, k) => k % 3) };
    await expectSame((x: AnyTensor, i: AnyTensor, u: AnyTensor) => scatterAdd(x, i, u, { axis: 0, mode: 'fill' }), [
      drawn([5], 'f16', 1), indices, { shape: [300], dtype: 'f16', data: allocate('f16', 300).fill(roundF16(0.3)) },
    ]);
  });
});

describe('elements beside each other', () => {
  it.each(narrow)('%s of every length: maps, rows, running values, changes', async dtype => {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9, 64, 257]) {
      await expectSame((x: AnyTensor, y: AnyTensor) => {
        const a = changed(x);
        return [a, ge(x, y), convert(ge(y, x), 'f16'), convert(x, 'u8'), concatenate([a, y, x], 0), cumsum(number(x), { axis: 0, reverse: n % 2 === 0 })];
      }, [drawn([n], dtype, n), drawn([n], dtype, 3 * n)]);
    }
    for (const n of [1, 2, 3, 5, 9]) {
      await expectSame((x: AnyTensor) => [reduceMax(x, [1]), reduceMax(x, [0]), transpose(x, [1, 0]), ...sort(x, [x], 1)], [drawn([n, 70], dtype, n)]);
      const places: NDArray = { shape: [n], dtype: 'i32', data: Int32Array.from({ length: n }, (_, k) => (5 * k) % 7) };
      await expectSame((x: AnyTensor, i: AnyTensor, u: AnyTensor) => [scatterSet(x, i, u, { axis: 0, mode: 'fill' }), ...x.dtype === 'bool' ? [] : [scatterAdd(x, i, u, { axis: 0, mode: 'fill' })]], [drawn([7], dtype, 1), places, drawn([n], dtype, 2)]);
    }
  });
  it.each(narrow)('%s: rows of loops begin anywhere in a word, and are stacked there', async dtype => {
    for (const n of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      for (const length of [1, 5]) {
        for (const reverse of n % 2 === 0 ? [true] : [false]) {
          await expectSame((c: AnyTensor, xs: AnyTensor) => {
            const [last, [ys, zs]] = scan((a: AnyTensor, x: AnyTensor) => { const y = number(x).dtype === x.dtype ? max(a, x) : xor(a, x); return [y, [changed(x), ge(y, x)]] as never; }, c as never, xs as never, { reverse }) as unknown as readonly [AnyTensor, readonly [AnyTensor, AnyTensor]];
            return [last, ys, zs];
          }, [drawn([n], dtype, n), drawn([length, n], dtype, 2)]);
        }
      }
    }
    // Rows of rows: of one, two, three and five elements.
    for (const shape of [[2, 3, 1], [3, 2, 5], [3, 3, 3], [2, 4, 2]] as const) {
      await expectSame((c: AnyTensor, xs: AnyTensor) => {
        const [last, ys] = scan((a: AnyTensor, rows: AnyTensor) => scan((b: AnyTensor, x: AnyTensor) => [changed(b), xor(convert(b, 'u8'), convert(x, 'u8'))] as never, a as never, rows as never) as never, c as never, xs as never) as unknown as readonly [AnyTensor, AnyTensor];
        return [last, ys];
      }, [drawn([shape[2]], dtype, 5), drawn(shape, dtype, 6)]);
    }
  });
  it('answers of loops and branches are bytes among others', async () => {
    await expectSame((x: Tensor<[3], 'u8'>) => whileLoop((y: Tensor<[3], 'u8'>) => np.less(np.max(y), 100), (y: Tensor<[3], 'u8'>) => np.add(y, 7) as never, x) as never, [drawn([3], 'u8', 0)].map(x => ({ ...x, data: Uint8Array.of(1, 2, 50) })));
    // A loop in a loop waits for the host at each turn.
    await expectSame((x: Tensor<[], 'i8'>) => whileLoop((y: Tensor<[], 'i8'>) => np.less(y, 60), (y: Tensor<[], 'i8'>) => whileLoop((z: Tensor<[], 'i8'>) => np.less(z, 10), (z: Tensor<[], 'i8'>) => np.add(z, 3) as never, np.add(y, 9) as never) as never, x) as never, [{ shape: [], dtype: 'i8', data: Int8Array.of(-20) }]);
    await expectSame((x: Tensor<[5], 'bool'>) => foriLoop(0, 5, (i: Tensor<[], 'i32'>, y: Tensor<[5], 'bool'>) => cond(np.equal(np.remainder(i, 2), 0), (z: Tensor<[5], 'bool'>) => np.logicalNot(z), (z: Tensor<[5], 'bool'>) => z, y) as never, x) as never, [drawn([5], 'bool', 1)]);
  });
  it('random programs in poisoned memory', async () => {
    for (let k = 0; k < 16; k++) {
      const { jaxpr, inputs } = mixedProgram(seed + k, 14, k % 2 === 0 ? narrow : known);
      await expectSameProgram(jaxpr, inputs, () => `seed ${seed + k}\n${printJaxpr(jaxpr)}`);
    }
  });
});

it('kernels of more narrow values than a device binds', async () => {
  const operands = known.flatMap((dtype, i) => [drawn([7], dtype, i), drawn([7], dtype, 9 * i)]);
  for (const maxStorageBuffersPerShaderStage of [8, 10]) {
    const few = await softwareBackend({}, { maxStorageBuffersPerShaderStage });
    const { jaxpr } = stage('many', operands.map((x): Aval => x), xs => {
      const sum = xs.map(x => convert(x, 'f32')).reduce((a, b) => add(a, b));
      return [sum, ...xs.map(x => convert(ge(convert(x, 'f32'), sum), x.dtype)), concatenate(xs.map(x => convert(x, 'u8')), 0), neg(sum)];
    });
    const { commands } = few.compile(jaxpr).program;
    for (const d of dispatchesOf(commands)) expect(d.shader.bindings.length).toBeLessThanOrEqual(maxStorageBuffersPerShaderStage);
    if (runsKernels) {
      const bytes = operands.map(x => few.upload(x.data, x));
      const outs = few.compile(jaxpr).run(bytes);
      const want = evaluateJaxpr(jaxpr, operands);
      for (const [k, o] of jaxpr.outputs.entries()) expect((await few.download(outs[k] ?? expect.fail('a result is missing'), o.aval))).toEqual(want[k]?.data);
    }
    few.device.gpu.destroy();
  }
});
