// The backend that is chosen by who names it only: where the engine can, its results are those of wasm; elsewhere a clear line.
import { afterAll, expect, it } from 'vitest';
import { backends, explain, fromData, getBackend, grad, jit, nn, np, setBackend, tensor, to, type Tensor } from 'cotangent';
import { askForPairs } from '../../src/backend/wasm/engine.ts';
import { bestRung } from '../../src/backend/wasm/backend.ts';

const before = getBackend();
afterAll(async () => { await setBackend(before); });
const name = 'wasm-revectorize';

it('is not there unasked', async () => {
  expect(backends()).not.toContain(name);
  await setBackend('auto');
  expect(getBackend()).not.toBe(name);
});
it('runs where the engine joins vectors, and says what it takes elsewhere', async () => {
  await setBackend('wasm');
  const [x, w] = [[7, 33], [33, 50]].map(([m = 0, n = 0], seed) => fromData(Float32Array.from({ length: m * n }, (_, i) => Math.sin(i + seed)), [m, n]) as Tensor<[number, number]>);
  if (x === undefined || w === undefined) expect.fail('no operands');
  const f = jit(grad((a: typeof x, b: typeof w) => np.sum(nn.gelu(np.matmul(a, b)))));
  const plain = f(x, w).dataSync();
  if (!askForPairs() || !bestRung().fma) {
    await expect(setBackend(name)).rejects.toThrow(expect.objectContaining({ code: 'unsupported', message: `${name}: this engine cannot join vectors; it takes Node 24 or later on x64 (use setBackend('wasm'))` }) as Error);
    expect([getBackend(), backends().includes(name)]).toEqual(['wasm', false]);
    return;
  }
  await setBackend(name);
  expect([getBackend(), backends().includes(name)]).toEqual([name, true]);
  expect(f(await to(x, name), await to(w, name)).dataSync()).toEqual(plain);
  expect(explain((a: Tensor<[1]>) => np.add(a, 1))(tensor([1]))).toContain('rung revectorized');
});
