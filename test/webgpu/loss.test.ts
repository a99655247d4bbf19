// A device that is lost at a bad moment: just before it is asked for, in the midst of a scan, with many reads on their way.
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { getBackend, jit, np, scan, setBackend, tensor, type Tensor } from '../../src/index.ts';
import { currentBackend } from '../../src/trace/backend.ts';
import { expectComputed } from './harness.ts';
import { installSoftwareGpu } from './software.ts';

await installSoftwareGpu();
const before = getBackend();
beforeEach(async () => { await setBackend('webgpu'); });
afterAll(async () => { await setBackend(before); });
const current = (): WebGpuBackend => { const b = currentBackend(); return b instanceof WebGpuBackend ? b : expect.fail('the backend is another'); };
type V = Tensor<[3]>;
const lost = 'webgpu: the device was lost (destroyed';
const words = (read: Promise<unknown>): Promise<string> => read.then(() => 'read', (error: unknown) => error instanceof Error ? error.message : String(error));

describe('a device that is lost', () => {
  it.each(['before', 'after'])('in the tick in which setBackend is called, %s the call', async when => {
    const dying = current().device;
    if (when === 'before') dying.gpu.destroy();
    const asked = setBackend('webgpu');
    if (when === 'after') dying.gpu.destroy();
    await asked;
    expect(current().device).not.toBe(dying);
    expectComputed(await np.add(tensor([1, 2, 3]), 1).js(), [2, 3, 4]);
  });
  it('in the midst of a scan', async () => {
    const turns = 500;
    const f = jit((x: V) => scan((c: V, _: null) => { const next = np.add(np.sin(c), 1); return [next, next] as const; }, x, null, { length: turns }));
    const [last, all] = f(tensor([1, 2, 3]));
    const reads = [words(last.data()), words(all.data())];
    // Given to the device or still waiting for its pipelines: what comes after is never a value.
    current().device.gpu.destroy();
    for (const said of await Promise.all(reads)) expect(said).toContain(lost);
    await setBackend('webgpu');
    const [again] = f(tensor([1, 2, 3]));
    expect(await again.data()).toHaveLength(3);
  });
  it('between the scans of a chain: all that depends on it is lost, in order', async () => {
    const f = jit((x: V) => scan((c: V, _: null) => [np.add(np.multiply(c, 0.5), 1), null] as const, x, null, { length: 50 })[0]);
    let x: V = tensor([1, 2, 3]);
    await f(x).data();
    for (let k = 0; k < 10; k++) {
      x = f(x);
      if (k === 5) current().device.gpu.destroy();
    }
    expect(await words(x.data())).toContain(lost);
  });
  it('with many reads on their way: every one is told, none hangs', async () => {
    const f = jit((x: V): V => np.multiply(x, 3));
    await f(tensor([1, 2, 3])).data();
    const reads = Array.from({ length: 20 }, (_, k) => words(f(tensor([k, k, k])).data()));
    current().device.gpu.destroy();
    const told = await Promise.all(reads);
    expect(told.filter(t => !t.includes(lost))).toEqual([]);
    expect(await words(f(tensor([1, 2, 3])).data())).toContain(lost);
  });
  it('asked for twice at once there is one new device', async () => {
    current().device.gpu.destroy();
    const [first, second] = await Promise.all([setBackend('webgpu').then(() => current().device), setBackend('webgpu').then(() => current().device)]);
    expect(first).toBe(second);
    expectComputed(await np.add(tensor([1, 2, 3]), 1).js(), [2, 3, 4]);
  });
  it('again and again: each new device runs', async () => {
    const f = jit((x: V): V => np.add(np.multiply(x, 2), 1));
    for (let k = 0; k < 4; k++) {
      expectComputed(await f(tensor([k, 1, 2])).js(), [2 * k + 1, 3, 5]);
      current().device.gpu.destroy();
      await setBackend('webgpu');
    }
    expect(current().lost).toBe(false);
  });
});
