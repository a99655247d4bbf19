// Integers that float32 does not hold are rounded to the nearest, half to even, whatever the device would do.
import { afterAll, expect, it } from 'vitest';
import { fromData, lax, makeJaxpr, type Tensor } from '../../src/index.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
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
