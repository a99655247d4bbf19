// Commands that the device refuses, and who hears of it: the values that they were to write, and what is computed from them, as often as these
// are read; nobody else; and where nobody reads, the page.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import type { DeviceBuffer } from '../../src/backend/webgpu/buffers.ts';
import type { WebGpuExecutable } from '../../src/backend/webgpu/executable.ts';
import { Faults } from '../../src/backend/webgpu/faults.ts';
import { cond, makeJaxpr, np, whileLoop, zeros, type Tensor } from '../../src/index.ts';
import { expectComputed, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

let backend: WebGpuBackend;
beforeAll(async () => { backend = await softwareBackend(); });
afterAll(() => { backend.device.gpu.destroy(); });
afterEach(() => { vi.unstubAllGlobals(); });

type V = Tensor<[3]>;
const vector = { shape: [3], dtype: 'f32' } as const;
const compiled = (f: (x: V) => V, on = backend): WebGpuExecutable => on.compile(makeJaxpr(f)(zeros([3])).jaxpr);
const upload = (xs: readonly number[], on = backend): DeviceBuffer => on.upload(Float32Array.from(xs), vector);
const read = (b: DeviceBuffer | undefined, on = backend): Promise<ArrayLike<number>> => on.download(b ?? expect.fail('no result'), vector);
const told = (b: DeviceBuffer | undefined, on = backend): Promise<string> => read(b, on).then(() => 'nothing went wrong', (error: unknown) => error instanceof Error ? error.message : String(error));
const only = (outs: readonly unknown[]): DeviceBuffer => (outs[0] ?? expect.fail('no result')) as DeviceBuffer;

describe('a command that is refused', () => {
  it('is told by its results and by what is computed from them, each time, with the name and the text of the kernel, and by nothing else', async () => {
    const [f, g] = [compiled(x => np.subtract(np.multiply(x, 7.5), 13)), compiled(x => np.add(x, 1))];
    await Promise.all([f.ready(), g.ready()]);
    const { gpu } = backend.device;
    const create = gpu.createBindGroup.bind(gpu);
    gpu.createBindGroup = descriptor => { gpu.createBindGroup = create; return create({ ...descriptor, entries: descriptor.entries.slice(1) }); };
    const x = upload([1, 2, 3]);
    const y = only(f.run([x]));
    const [z, good] = [only(g.run([y])), only(g.run([x]))];
    // Read together: one does not fail for the others.
    const words = /^webgpu: the device refused a command of the kernel map kernel of mul sub: [^\n]+\n[^]*fn main/;
    const reads = [told(y), told(z), read(good)] as const;
    expect([await reads[0], await reads[1]]).toEqual([expect.stringMatching(words), expect.stringMatching(words)]);
    expectComputed(await reads[2], [2, 3, 4]);
    expect([await told(z), await told(only(g.run([z])))]).toEqual([expect.stringMatching(words), expect.stringMatching(words)]);
    // What was bound wrongly is not the bind group of a buffer that works.
    expectComputed(await read(only(f.run([upload([2, 2, 2])]))), [2, 2, 2]);
  });
  it('data that the device does not take: their value says so, and what waits behind them is done', async () => {
    const { queue } = backend.device.gpu;
    const f = compiled(x => np.multiply(x, 3.25));
    // Not compiled yet: what follows waits.
    const first = only(f.run([upload([1, 2, 3])]));
    const write = queue.writeBuffer.bind(queue);
    queue.writeBuffer = () => { queue.writeBuffer = write; throw new RangeError('no room'); };
    const x = upload([4, 5, 6]);
    expect(await told(x)).toBe('webgpu: the device did not take 12 bytes of data: no room');
    expectComputed(await read(first), [3.25, 6.5, 9.75]);
    expect(await told(only(f.run([x])))).toContain('did not take');
    expectComputed(await read(only(f.run([upload([0, 0, 2])]))), [0, 0, 6.5]);
  });
  it('memory that a read needs: what was asked for is named, and the value can be read later', async () => {
    const large = { shape: [2 ** 20], dtype: 'f32' } as const;
    const b = backend.upload(new Float32Array(2 ** 20).fill(2), large);
    await b.outcome.answered;
    const { gpu } = backend.device;
    const pop = gpu.popErrorScope.bind(gpu);
    gpu.popErrorScope = () => { gpu.popErrorScope = pop; void pop(); return Promise.resolve({ message: 'VK_ERROR_OUT_OF_HOST_MEMORY' }); };
    await expect(backend.download(b, large)).rejects.toThrow(/^webgpu: the device has no memory for 4194304 bytes that a read asks for, \d+ in use \(VK_ERROR_OUT_OF_HOST_MEMORY\)/);
    expectComputed((await backend.download(b, large)).subarray(0, 2), [2, 2]);
  });
});

describe('memory', () => {
  it('that waits in the pool is not destroyed while what waits for the device uses it', async () => {
    const small = await softwareBackend({ budget: 2 ** 13 + 256 });
    const f = compiled(x => np.multiply(np.add(x, 0.5), 6), small);
    const x = upload([1, 2, 3], small);
    // Its kernels are being compiled when the value is given up, and its memory is needed.
    const y = only(f.run([x]));
    small.release(x);
    const held = [small.fill(1, { shape: [1900], dtype: 'f32' })];
    expectComputed(await read(y, small), [9, 15, 21]);
    expect(held[0]?.piece.broken).toBe(false);
    small.device.gpu.destroy();
  });
  it('of the counts of branches is one buffer, however many programs there are', async () => {
    const { gpu } = backend.device;
    const create = gpu.createBuffer.bind(gpu);
    let made = 0;
    gpu.createBuffer = descriptor => { if (descriptor.label === 'counts') made++; return create(descriptor); };
    for (let k = 0; k < 4; k++) {
      const f = compiled(x => cond(np.less(np.sum(x), k), (y: V): V => np.add(y, k), (y: V): V => np.multiply(y, k + 2), x) as V);
      expectComputed(await read(only(f.run([upload([1, 1, 0])]))), k > 2 ? [1 + k, 1 + k, k] : [k + 2, k + 2, 0]);
    }
    gpu.createBuffer = create;
    expect(made).toBe(1);
  });
});

it('a loop whose body has no kernels', async () => {
  const f = compiled(x => whileLoop((y: V) => np.less(np.max(y), 0), (y: V): V => y, x) as V);
  // Where nothing runs, nobody knows when the loop is over.
  const got = runsKernels ? Array.from(await read(only(f.run([upload([1, 2, 3])])))) : await f.ready().then(() => [1, 2, 3]);
  expect(got).toEqual([1, 2, 3]);
});

describe('what nobody reads', () => {
  it('a page hears of as of what a callback throws, after a while, and only what no reader has heard', () => {
    const [reported, later]: [unknown[], (() => void)[]] = [[], []];
    vi.stubGlobal('setTimeout', (f: () => void) => { later.push(f); });
    vi.stubGlobal('reportError', (error: unknown) => { reported.push(error); });
    vi.stubGlobal('process', undefined);
    let reading = true;
    const faults = new Faults(() => reading);
    const [one, two, three] = [new Error('one'), new Error('two'), new Error('three')];
    faults.note(one);
    faults.tell(two);
    faults.complain(three);
    faults.heard(one);
    // Who reads by then may hear of it yet.
    for (const f of later.splice(0)) f();
    expect([reported, later.length]).toEqual([[], 2]);
    reading = false;
    for (const f of later.splice(0)) f();
    vi.unstubAllGlobals();
    expect(reported).toEqual([two, three]);
    // Who reads next hears of it all the same.
    expect([faults.beside(null), faults.complaint(), faults.complaint()]).toEqual([two, three, null]);
  });
});
