// What a page meets when the browser's process for graphics ends under it: errors that say so, and a device again for who asks for one.
// Described for the page alone: Node has no such process.
import { expect, it } from 'vitest';
import { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { jit, np, scan, setBackend, tensor, type Tensor } from '../../src/index.ts';
import { currentBackend } from '../../src/trace/backend.ts';

type V = Tensor<[3]>;
const current = (): WebGpuBackend => { const b = currentBackend(); return b instanceof WebGpuBackend ? b : expect.fail('the backend is another'); };
const words = /^webgpu: the device was lost \(.*\); await setBackend\('webgpu'\) gets a new one, tensors that lived on it are gone$/;

it('the process for graphics ends: what is read is rejected, setBackend gets a new device, programs run on it', async () => {
  await setBackend('webgpu');
  const f = jit((x: V): V => np.multiply(np.add(x, 1), 3));
  const long = jit((x: V): V => scan((c: V, _: null) => [np.add(np.sin(c), 1), null] as const, x, null, { length: 2000 })[0]);
  expect(await f(tensor([1, 2, 3])).js()).toEqual([6, 9, 12]);
  const held = f(tensor([1, 2, 3]));
  await held.data();
  const lost = current().device;
  await Promise.all([long(tensor([1, 2, 3])).data().then(() => 'in time', (e: unknown) => { expect(String(e)).toContain('webgpu: the device was lost'); }), fetch('/crash-the-gpu', { method: 'POST' })]);
  await lost.gpu.lost;
  await expect(f(held).data()).rejects.toThrow(words);
  await expect(held.data()).rejects.toThrow(words);
  await setBackend('webgpu');
  expect(current().device).not.toBe(lost);
  expect(await f(tensor([1, 2, 3])).js()).toEqual([6, 9, 12]);
  await expect(Promise.resolve().then(() => f(held).data())).rejects.toThrow('an operand lived on a device of webgpu that was lost; load or compute it again');
});
