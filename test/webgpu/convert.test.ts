// Integers that float32 does not hold are rounded to the nearest, half to even, whatever the device would do.
import { afterAll, expect, it } from 'vitest';
import { fromData, lax, makeJaxpr, type Tensor } from '../../src/index.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { iota } from '../../src/primitive/iota.ts';
import { slice } from '../../src/primitive/slice.ts';
import { stage } from '../../src/trace/scope.ts';
import { run, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

const backend = await softwareBackend();
afterAll(() => { backend.device.gpu.destroy(); });

/** Where nothing runs there are values, which nothing computed. */
function expectFloats([got]: readonly NDArray[], words: Uint32Array | Int32Array): void {
  if (runsKernels) expect([...got?.data ?? []]).toEqual(Array.from(words, n => Math.fround(n))); else expect(got?.data).toHaveLength(words.length);
}
const edges = [24, 25, 28, 31, 32].flatMap(bits => [-385, -384, -257, -256, -129, -128, -127, -3, -2, -1, 0, 1, 2, 3, 127, 128, 129, 384].map(d => 2 ** bits + d));
const mixed = Array.from({ length: 400 }, (_, k) => Math.imul(k + 1, 2654435761) >>> 0);
it('u32 to f32 is rounded once', async () => {
  const words = Uint32Array.from([0, 1, ...edges.filter(n => n < 2 ** 32), ...mixed]);
  const { jaxpr } = makeJaxpr((x: Tensor<[number], 'u32'>) => lax.convertElementType(x, 'f32'))(fromData(words, [words.length], 'u32'));
  const read = await run(backend, jaxpr, [{ shape: [words.length], dtype: 'u32', data: words }]);
  expectFloats(read, words);
});
it('i32 to f32 is rounded once', async () => {
  const words = Int32Array.from([0, ...edges.filter(n => n < 2 ** 31), ...mixed.map(n => n | 0)].flatMap(n => [n, -n]));
  words[1] = -(2 ** 31);
  const { jaxpr } = makeJaxpr((x: Tensor<[number], 'i32'>) => lax.convertElementType(x, 'f32'))(fromData(words, [words.length], 'i32'));
  const read = await run(backend, jaxpr, [{ shape: [words.length], dtype: 'i32', data: words }]);
  expectFloats(read, words);
});
it('so are places that are counted in f32, where they are beyond what it holds', async () => {
  const counted = (from: number): Jaxpr => stage('counted', [], () => [slice(iota([from + 40], 'f32', 0), [from], [from + 40], [1])]).jaxpr;
  const rounds = (from: number): boolean => backend.compile(counted(from)).program.commands.some(c => c.kind === 'dispatch' && c.shader.code.includes('rounded_float'));
  expect([rounds(2 ** 24 - 39), rounds(2 ** 24 - 38)]).toEqual([false, true]);
  const words = Uint32Array.from({ length: 40 }, (_, k) => 2 ** 25 + k);
  expectFloats(await run(backend, counted(2 ** 25), []), words);
});
