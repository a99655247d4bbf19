// Long loops: few compilations, flat memory, nothing disposed by hand.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { referenceBackend } from '../../src/backend/reference/backend.ts';
import { wasmBackend } from '../../src/backend/wasm/backend.ts';
import { installBackend } from '../../src/trace/backend.ts';
import { clearExecutables } from '../../src/trace/executables.ts';
import { newHandle } from '../../src/trace/handle.ts';
import { resetStatistics, statistics } from '../../src/trace/statistics.ts';
import { bytesInUse } from './gc.ts';
import { add, dot, grad, jit, list, mean, mul, num, sub, tensor, type T } from './language.ts';

beforeEach(() => { clearExecutables(); resetStatistics(); });

const MiB = 2 ** 20;
const filled = (n: number, value: number, shape: readonly number[] = [n]): T => newHandle({ shape, dtype: 'f32' }, { kind: 'host', data: new Float32Array(n).fill(value) });

describe.each([['reference', () => referenceBackend], ['wasm', wasmBackend]] as const)('10,000 steps of SGD that nobody reads, on %s', (_name, backend) => {
  beforeAll(() => { installBackend(backend()); });
  afterAll(() => { installBackend(referenceBackend); });
  const w0 = tensor([1, 2, 3]);
  const loss = (w: T, x: T): T => { const d = sub(mul(w, x), 1); return mean(mul(d, d)); };
  const run = (steps: number): T => {
    let w = w0;
    for (let i = 0; i < steps; i++) w = sub(w, mul(grad(loss)(w, tensor([1, 0.5, 0.25])), 0.01 * (1 - i / 20_000)));
    return w;
  };
  it('unjitted, with a learning rate that changes: at most 5 compilations, flat memory', async () => {
    run(500);
    const before = await bytesInUse();
    resetStatistics();
    const w = run(10_000);
    expect(statistics.compiled).toBeLessThanOrEqual(5);
    expect(statistics.programs).toBeLessThanOrEqual(10_000 + 1);
    const after = await bytesInUse();
    expect((after - before) / MiB).toBeLessThan(3);
    list(w).forEach((v, i) => expect(v).toBeCloseTo([1, 2, 4][i] ?? 0, 0));
  });
  it('and the heap does not swell within the synchronous loop', () => {
    run(1000);
    const first = process.memoryUsage().heapUsed;
    let most = 0;
    let w = w0;
    for (let i = 0; i < 2000; i++) {
      w = sub(w, mul(grad(loss)(w, tensor([1, 0.5, 0.25])), 0.01));
      if (i % 100 === 0) most = Math.max(most, process.memoryUsage().heapUsed);
    }
    // Between collections garbage piles up, but a bounded pile of it.
    expect((most - first) / MiB).toBeLessThan(100);
    expect(num(mean(w))).toBeGreaterThan(0);
  });
});

describe('large values', () => {
  it('a fresh batch of 256 KiB a step: the batches are let go', async () => {
    const step = (w: T, x: T): T => sub(w, mul(grad((v: T) => mean(mul(dot(x, v), dot(x, v))))(w), 0.1));
    let w = filled(256, 0.1, [256, 1]);
    for (let i = 0; i < 5; i++) w = step(w, filled(256 * 256, i / 100, [256, 256]));
    list(w);
    const before = await bytesInUse();
    let most = 0;
    for (let i = 0; i < 60; i++) {
      w = step(w, filled(256 * 256, i / 100, [256, 256]));
      if (i % 20 === 19) most = Math.max(most, await bytesInUse() - before);
    }
    expect(most / MiB).toBeLessThan(3);
    expect(list(w)).toHaveLength(256);
  });
  it('a jitted step with a state of 1 MiB: two states at most', async () => {
    const step = jit((s: T) => add(mul(s, 0.9), 0.1), { donate: [0] });
    let s = filled(MiB / 4, 0);
    for (let i = 0; i < 3; i++) s = step(s);
    const before = await bytesInUse();
    for (let i = 0; i < 20; i++) s = step(s);
    expect((await bytesInUse() - before) / MiB).toBeLessThan(2);
    expect(list(mean(s))[0]).toBeGreaterThan(0.8);
  });
  it('what is recorded and dropped unread costs nothing', async () => {
    const x = filled(MiB, 1);
    const before = await bytesInUse();
    for (let i = 0; i < 2000; i++) mul(x, x);
    expect([statistics.executed, (await bytesInUse() - before) / MiB < 1]).toEqual([0, true]);
  });
});

describe('the caches', () => {
  it('many different programs do not pile up', async () => {
    const program = (n: number): void => { list(add(filled(n, 1), filled(n, 2))); list(jit((x: T) => mul(x, x))(filled(n, 1))); };
    for (let n = 1; n < 550; n++) program(n);
    const before = await bytesInUse();
    for (let n = 550; n < 1000; n++) program(n);
    expect((await bytesInUse() - before) / MiB).toBeLessThan(4);
  });
});
