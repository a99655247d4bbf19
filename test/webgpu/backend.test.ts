// WebGPU as users meet it: chosen by name, read with await, its tensors its own; errors that say what to do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromData, getBackend, grad, jit, np, setBackend, tensor, to, valueAndGrad, type Tensor } from '../../src/index.ts';
import { expectComputed } from './harness.ts';
import { installSoftwareGpu, runsKernels } from './software.ts';

type F3 = Tensor<[3]>;
const before = getBackend();
beforeAll(async () => { await installSoftwareGpu(); await setBackend('webgpu'); });
afterAll(async () => { await setBackend(before); });

describe('webgpu', () => {
  it('runs jitted programs: elementwise, reductions, products', async () => {
    const f = jit((x: Tensor<[2, 3]>, w: Tensor<[3, 4]>) => np.sum(np.tanh(np.matmul(x, w)), { axis: 0 }));
    const [x, w] = [[[1, 2, 3], [4, 5, 6]], [[0.1, -0.2, 0.3, 0.4], [0.5, 0.1, -0.3, 0.2], [-0.4, 0.3, 0.1, -0.1]]] as const;
    const got = await f(tensor(x), tensor(w)).js();
    await setBackend('reference');
    const want = f(tensor(x), tensor(w)).jsSync();
    await setBackend('webgpu');
    expectComputed(got, want, 5);
  });
  it('runs pending operations and gradients', async () => {
    const x = tensor([1, 2, 3]);
    expectComputed(await np.add(np.multiply(x, x), 1).js(), [2, 5, 10]);
    expectComputed(await grad((y: F3) => np.sum(np.multiply(y, np.multiply(y, y))))(x).js(), [3, 12, 27]);
  });
  it('trains: a jitted step on donated parameters', async () => {
    const step = jit((w: F3, x: F3) => {
      const [loss, g] = valueAndGrad((v: F3) => np.mean(np.square(np.subtract(v, x))))(w);
      return [np.subtract(w, np.multiply(g, 0.9)), loss] as const;
    }, { donate: [0] });
    const target = tensor([1, -2, 0.5]);
    let w = tensor([0, 0, 0]) as F3;
    let loss = tensor(0) as Tensor<[]>;
    for (let k = 0; k < 60; k++) { const [next, now] = step(w, target); [w, loss] = [next, now]; if (k % 10 === 0) await loss.item(); }
    expectComputed(await w.js(), [1, -2, 0.5], 5);
    if (runsKernels) expect(await loss.item()).toBeLessThan(1e-8);
  });
  it('is read with await', async () => {
    const y = np.add(tensor([1, 2, 3]), 1);
    expect(() => y.dataSync()).toThrow('webgpu: a device is read asynchronously; use await x.data(), await x.js() or await x.item()');
    expectComputed(await y.js(), [2, 3, 4]);
  });
  it('owns its tensors, and gives copies to others', async () => {
    const y = np.add(tensor([1, 2, 3]), 1);
    await y.data();
    await setBackend('reference');
    expect(() => np.add(y, 1).dataSync()).toThrow("an operand lives on webgpu, the current backend is reference; move it: await to(x, 'reference')");
    expectComputed(np.add(await to(y, 'reference'), 1).jsSync(), [3, 4, 5]);
    await setBackend('webgpu');
  });
  it('has no float64, and says so', () => {
    expect(() => jit((x: Tensor<[1], 'f64'>) => np.add(x, 1))(fromData(Float64Array.of(1), [1]))).toThrow("webgpu: f64 does not exist on this backend; use astype(x, 'f32'), or setBackend('wasm')");
  });
  it('packs and unpacks every dtype', async () => {
    for (const [dtype, data] of [['i8', Int8Array.of(-128, 127, -1)], ['u8', Uint8Array.of(0, 255, 7)], ['u32', Uint32Array.of(0, 4294967295, 5)], ['i32', Int32Array.of(-2147483648, 2147483647, 0)]] as const) {
      const got = await np.add(fromData(data, [3], dtype), 0).data();
      expect(got).toBeInstanceOf(data.constructor);
      expectComputed(got, data);
    }
  });
  it('is not what auto chooses where the adapter is software', async () => {
    await setBackend('auto');
    expect(getBackend()).not.toBe('webgpu');
    await setBackend('webgpu');
  });
});
