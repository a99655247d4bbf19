// Results that nobody holds, in one synchronous job: finalizers do not run there, so what moved out of linear memory must be collected with its handle.
import { expect, it } from 'vitest';
import { jit, np, zeros } from '../../src/index.ts';
import { wasmBackend } from '../../src/backend/wasm/backend.ts';

it('1,000 forgotten results of 1 MiB need less memory than 400 of them', () => {
  const x = zeros([2 ** 18]);
  const f = jit((a: typeof x) => np.add(a, 1));
  f(x);
  const { heap } = wasmBackend();
  const before = heap.statistics.evictions;
  const start = process.memoryUsage().arrayBuffers;
  let peak = 0;
  for (let i = 0; i < 1000; i++) {
    f(x);
    peak = Math.max(peak, process.memoryUsage().arrayBuffers - start);
  }
  // They did move out, all but those that fit.
  expect(heap.statistics.evictions - before).toBeGreaterThan(500);
  expect(heap.liveBytes).toBeLessThan(200 * 2 ** 20);
  // Held until the job ends they would be 900 MiB. When V8 collects is its own affair: measured 85 MiB.
  expect(peak).toBeLessThan(400 * 2 ** 20);
  expect(np.sum(f(x)).itemSync()).toBe(2 ** 18);
});
