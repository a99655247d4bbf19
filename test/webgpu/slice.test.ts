import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getBackend, jit, np, setBackend, tensor, type Tensor } from '../../src/index.ts';
import { installSoftwareGpu } from './software.ts';

const before = getBackend();
beforeAll(async () => { await installSoftwareGpu(); await setBackend('webgpu'); });
afterAll(async () => { await setBackend(before); });
describe('webgpu', () => {
  it('adds', async () => {
    const f = jit((x: Tensor<[3]>) => np.sum(np.exp(np.add(x, 1))));
    const y = await f(tensor([1, 2, 3])).item();
    expect(y).toBeCloseTo(Math.exp(2) + Math.exp(3) + Math.exp(4), 4);
  });
});
