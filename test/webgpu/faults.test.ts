// What goes wrong with a device, told in one line to who can do something about it: no adapter, a device that is lost, a kernel that is
// refused, memory that is not there.
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acquireAdapter, acquireDevice } from '../../src/backend/webgpu/acquire.ts';
import { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { compile, fromData, getBackend, jit, makeJaxpr, np, setBackend, tensor, whileLoop, zeros, type Tensor } from '../../src/index.ts';
import { currentBackend } from '../../src/trace/backend.ts';
import { expectComputed, softwareBackend } from './harness.ts';
import { installSoftwareGpu, runsKernels } from './software.ts';

await installSoftwareGpu();
const before = getBackend();
beforeEach(async () => { await setBackend('webgpu'); });
afterEach(() => { vi.unstubAllGlobals(); });
afterAll(async () => { await setBackend(before); });
const current = (): WebGpuBackend => { const b = currentBackend(); return b instanceof WebGpuBackend ? b : expect.fail('the backend is another'); };
const instance = Symbol.for('cotangent.webgpu.instance');
type V = Tensor<[3]>;
/** Where nothing runs, what is read is not what would be computed. */
const told = (read: Promise<unknown>): Promise<string> => read.then(() => 'nothing went wrong', (error: unknown) => error instanceof Error ? error.message : String(error));

describe('no adapter', () => {
  const offering = (requestAdapter: () => Promise<unknown>): void => { vi.stubGlobal('navigator', { gpu: { requestAdapter } }); };
  it('no GPU in sight', async () => {
    const held: unknown = Reflect.get(globalThis, instance);
    Reflect.set(globalThis, instance, {});
    vi.stubGlobal('navigator', {});
    try { await expect(acquireAdapter()).rejects.toThrow("webgpu: neither navigator.gpu nor the package webgpu is there; in Node run npm install webgpu, or use setBackend('wasm')"); } finally { Reflect.set(globalThis, instance, held); }
  });
  it('a GPU without adapters', async () => {
    offering(() => Promise.resolve(null));
    await expect(acquireAdapter()).rejects.toThrow("webgpu: this machine offers no adapter; use setBackend('wasm')");
  });
  it('an adapter that is refused, and a device that is', async () => {
    offering(() => Promise.reject(new Error('blocked by policy')));
    await expect(acquireAdapter()).rejects.toThrow("webgpu: this machine offers no adapter (blocked by policy); use setBackend('wasm')");
    vi.unstubAllGlobals();
    const adapter = await acquireAdapter();
    const refusing = { info: adapter.info, limits: adapter.limits, features: adapter.features, requestDevice: () => Promise.reject(new Error('too many devices')) };
    await expect(acquireDevice(refusing)).rejects.toThrow("webgpu: the adapter gives no device (too many devices); use setBackend('wasm')");
  });
});

describe('a device that is lost', () => {
  const words = /^webgpu: the device was lost \(destroyed.*\); await setBackend\('webgpu'\) gets a new one, tensors that lived on it are gone$/;
  it('rejects what is pending and what comes, and setBackend gets another', async () => {
    const [y, z] = [np.add(tensor([1, 2, 3]), 1), np.multiply(tensor([1, 2, 3]), 2)];
    await z.data();
    const pending = y.data();
    current().device.gpu.destroy();
    await expect(pending).rejects.toThrow(words);
    await expect(np.add(z, 1).data()).rejects.toThrow(words);
    await expect(z.data()).rejects.toThrow(words);
    await setBackend('webgpu');
    expectComputed(await np.add(tensor([1, 2, 3]), 1).js(), [2, 3, 4]);
    await expect(Promise.resolve().then(() => np.add(z, 1).data())).rejects.toThrow('add: an operand lived on a device of webgpu that was lost; load or compute it again');
  });
  it('in the midst of a loop that the host drives', async () => {
    const slow = jit((x: V): V => whileLoop((y: V) => np.less(np.max(y), 1e6), (y: V): V => np.add(y, 1), x) as V);
    const pending = slow(tensor([0, 0, 0])).data();
    setTimeout(() => { current().device.gpu.destroy(); }, 20);
    // Where nothing runs, nobody knows when the loop is over.
    expect(await told(pending)).toMatch(runsKernels ? words : /^nothing went wrong$|^webgpu: the device was lost/);
  });
  it('while its kernels are compiled: who warms up is told, or learns of it when it reads', async () => {
    const f = jit((x: V): V => np.subtract(np.multiply(np.tanh(x), 5.5), 2.25));
    const warm = told(compile(f, tensor([1, 2, 3])));
    const pending = f(tensor([1, 2, 3])).data();
    current().device.gpu.destroy();
    await expect(pending).rejects.toThrow(words);
    expect(await warm).toMatch(/^nothing went wrong$|^webgpu: the device was lost/);
    await setBackend('webgpu');
    await compile(f, tensor([1, 2, 3]));
    expectComputed(await f(tensor([0, 0, 0])).js(), [-2.25, -2.25, -2.25]);
  });
  it('a program compiled before runs on the new device', async () => {
    const f = jit((x: V): V => np.multiply(np.add(x, 1), 3));
    expectComputed(await f(tensor([1, 2, 3])).js(), [6, 9, 12]);
    const lost = current().device;
    lost.gpu.destroy();
    await lost.gpu.lost;
    await setBackend('webgpu');
    expect(current().device).not.toBe(lost);
    expectComputed(await f(tensor([1, 2, 3])).js(), [6, 9, 12]);
  });
});

describe('what the device refuses', () => {
  it('a kernel: by its name, with its text; other programs go on', async () => {
    const { gpu, pipelines } = current().device;
    await expect(pipelines.get({ code: '@compute @workgroup_size(64) fn main() { nonsense }', bindings: [], groups: 1 }, 'sum of things')).rejects.toThrow(/^webgpu: the kernel sum of things was refused: .*\n@compute @workgroup_size\(64\) fn main\(\) \{ nonsense \}$/);
    const create = gpu.createShaderModule.bind(gpu);
    gpu.createShaderModule = descriptor => create({ ...descriptor, code: `nonsense\n${descriptor.code}` });
    const f = jit((x: V): V => np.subtract(np.multiply(x, 7), 13));
    try { await expect(f(tensor([1, 2, 3])).data()).rejects.toThrow(/^webgpu: the kernel .+ was refused: line \d+: [^\n]+\n[^]*fn main/); } finally { gpu.createShaderModule = create; }
    expectComputed(await np.add(tensor([1, 2, 3]), 1).js(), [2, 3, 4]);
  });
  it('what follows a kernel that was refused is refused for the same reason', async () => {
    const { gpu } = current().device;
    const create = gpu.createShaderModule.bind(gpu);
    gpu.createShaderModule = descriptor => create({ ...descriptor, code: `nonsense\n${descriptor.code}` });
    const [f, g] = [jit((x: V): V => np.subtract(np.multiply(x, 11), 17)), jit((x: V): V => np.add(x, 1))];
    try {
      const y = f(tensor([1, 2, 3]));
      await expect(y.data()).rejects.toThrow(/was refused/);
      gpu.createShaderModule = create;
      await expect(g(y).data()).rejects.toThrow(/was refused/);
    } finally { gpu.createShaderModule = create; }
  });
  it('a command: at the next read, not on the console alone', async () => {
    const { gpu } = current().device;
    gpu.createBuffer({ size: 16, usage: 1 | 2 | 128 });
    await expect(np.add(tensor([1, 2, 3]), 5).data()).rejects.toThrow(/^webgpu: the device refused a command: /);
    expectComputed(await np.add(tensor([1, 2, 3]), 6).js(), [7, 8, 9]);
  });
});

describe('memory', () => {
  it('a value larger than a buffer of the device names both', async () => {
    const { maxBufferSize, maxStorageBufferBindingSize } = current().device.gpu.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    const n = most / 4 + 1024;
    const read = Promise.resolve().then(() => jit((x: Tensor<[]>) => np.broadcastTo(x, [n]))(tensor(1)).data());
    await expect(read).rejects.toThrow(`webgpu: program asks for a buffer of ${4 * n} bytes, this device has at most ${most}`);
  });
  it('over its budget the backend says what is in use and what to do', async () => {
    const adapter = await acquireAdapter();
    const small = new WebGpuBackend(adapter, await acquireDevice(adapter), { budget: 2 ** 20 });
    const aval = { shape: [2 ** 17], dtype: 'f32' } as const;
    const held = [small.fill(1, aval)];
    expect(() => { for (let k = 0; k < 2; k++) held.push(small.fill(1, aval)); }).toThrow(/^webgpu: upload asks for 524288 bytes, and 1048576 of the 1048576 bytes allowed are in use; await .* donate, or dispose with using$/);
    for (const b of held) small.release(b);
    expect((await small.download(small.fill(3, aval), aval)).length).toBe(2 ** 17);
    small.device.gpu.destroy();
  });
  describe('that the device has not', () => {
    const aval = { shape: [2 ** 22], dtype: 'f32' } as const;
    /** Says of the next large buffer that there is no memory for it. */
    function lackingOnce(gpu: WebGpuBackend['device']['gpu']): void {
      const pop = gpu.popErrorScope.bind(gpu);
      gpu.popErrorScope = () => { gpu.popErrorScope = pop; void pop(); return Promise.resolve({ message: 'VK_ERROR_OUT_OF_DEVICE_MEMORY' }); };
    }
    it('is told with what was asked for, to whoever reads it; it serves nobody again, and what comes after is as ever', async () => {
      const small = await softwareBackend();
      const { gpu, pool } = small.device;
      lackingOnce(gpu);
      const b = small.upload(new Float32Array(2 ** 22), aval);
      for (let k = 0; k < 2; k++) expect(await told(small.download(b, aval))).toMatch(/^webgpu: the device has no memory for 16777216 bytes that upload asks for, 16777216 in use \(VK_ERROR_OUT_OF_DEVICE_MEMORY\); await .* donate, or dispose with using$/);
      const before = pool.pooled;
      small.release(b);
      expect([pool.used, pool.pooled]).toEqual([0, before]);
      const again = small.upload(new Float32Array(2 ** 22).fill(7), aval);
      expect(again.piece).not.toBe(b.piece);
      expectComputed((await small.download(again, aval)).subarray(0, 2), [7, 7]);
      gpu.destroy();
    });
    it('is told of all that was computed from it, as often as that is read', async () => {
      const small = await softwareBackend();
      const { gpu } = small.device;
      const row = { shape: [8], dtype: 'f32' } as const;
      const total = small.compile(makeJaxpr((x: Tensor<[number]>) => np.sum(np.reshape(x, [8, 2 ** 19]), { axis: 1 }))(zeros([2 ** 22])).jaxpr);
      const twice = small.compile(makeJaxpr((x: Tensor<[8]>) => np.multiply(x, 2))(zeros([8])).jaxpr);
      await total.ready();
      await twice.ready();
      lackingOnce(gpu);
      const [sum] = total.run([small.upload(new Float32Array(2 ** 22).fill(1), aval)]);
      const [y] = twice.run([sum ?? expect.fail('no result')]);
      for (let k = 0; k < 3; k++) for (const b of [y, sum]) expect(await told(small.download(b ?? expect.fail('no result'), row))).toMatch(/^webgpu: the device has no memory for 16777216 bytes that upload asks for/);
      const [good] = total.run([small.upload(new Float32Array(2 ** 22).fill(1), aval)]);
      expectComputed(await small.download(good ?? expect.fail('no result'), row), Array.from({ length: 8 }, () => 2 ** 19));
      gpu.destroy();
    });
    it('for temporaries: the next program asks again', async () => {
      const small = await softwareBackend();
      const { jaxpr } = makeJaxpr((x: Tensor<[number]>) => np.sum(np.cumsum(np.cumsum(np.reshape(x, [4, 2 ** 18]), { axis: 0 }), { axis: 0 })))(zeros([2 ** 20]));
      const executable = small.compile(jaxpr);
      await executable.ready();
      const operand = { shape: [2 ** 20], dtype: 'f32' } as const;
      const x = small.fill(0, operand);
      await small.download(x, operand);
      lackingOnce(small.device.gpu);
      const once = executable.run([x]);
      const scalar = { shape: [], dtype: 'f32' } as const;
      for (let k = 0; k < 2; k++) expect(await told(small.download(once[0] ?? expect.fail('no result'), scalar))).toMatch(/^webgpu: the device has no memory for \d+ bytes that a program, for temporaries, asks for/);
      const [y] = executable.run([x]);
      expectComputed(await small.download(y ?? expect.fail('no result'), scalar), [0]);
      small.device.gpu.destroy();
    });
  });
  it('no more is in use after many reads than after a few', async () => {
    const { device } = current();
    const x = fromData(new Float32Array(4096), [4096]);
    let used = 0;
    for (let k = 0; k < 60; k++) {
      using y = np.add(x, k);
      await y.data();
      if (k === 9) used = device.pool.used + device.pool.pooled;
    }
    expect(device.pool.used + device.pool.pooled).toBe(used);
    expect(zeros([1]).shape).toEqual([1]);
  });
});
