// What a long run costs: memory that stays as it is over ten thousand steps, objects of the device that are made once, submits in flight, reads that
// go together. Counted, never timed; on the null adapter, which takes every command and computes nothing.
import { afterAll, describe, expect, it } from 'vitest';
import { compile, getBackend, jit, nn, np, optim, random, setBackend, tensor, tree, valueAndGrad, zeros, type Scalar, type Tensor } from '../../src/index.ts';
import type { GpuBufferHandle, GpuDevice } from '../../src/backend/webgpu/gpu.ts';
import { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { Outcome } from '../../src/backend/webgpu/outcome.ts';
import { currentBackend } from '../../src/trace/backend.ts';
import { bytesInUse, collect } from '../trace/gc.ts';

process.env['WEBGPU_ADAPTER'] = 'null';
const { installSoftwareGpu } = await import('./software.ts');
await installSoftwareGpu();
const before = getBackend();
await setBackend('webgpu');
afterAll(async () => { await setBackend(before); });
const current = (): WebGpuBackend => { const b = currentBackend(); return b instanceof WebGpuBackend ? b : expect.fail('the backend is another'); };
const { device } = current();

/** Counts what the device is asked to make, and what of it lives: every object has a name that says when it is over. */
class Counted {
  buffers = 0;
  bytes = 0;
  groups = 0;
  pipelines = 0;
  readonly #undo: (() => void)[] = [];
  constructor(gpu: GpuDevice) {
    const wrap = <K extends 'createBuffer' | 'createBindGroup' | 'createComputePipelineAsync'>(name: K, around: (make: GpuDevice[K]) => GpuDevice[K]): void => {
      const made = gpu[name];
      gpu[name] = around(made.bind(gpu) as GpuDevice[K]);
      this.#undo.push(() => { gpu[name] = made; });
    };
    wrap('createBuffer', make => descriptor => {
      const b: GpuBufferHandle = make(descriptor);
      this.buffers++;
      this.bytes += descriptor.size;
      const destroy = b.destroy.bind(b);
      b.destroy = () => { this.buffers--; this.bytes -= descriptor.size; destroy(); };
      return b;
    });
    wrap('createBindGroup', make => descriptor => { this.groups++; return make(descriptor); });
    wrap('createComputePipelineAsync', make => descriptor => { this.pipelines++; return make(descriptor); });
  }
  stop(): void { for (const f of this.#undo) f(); }
}
/** A step of a small network with Adam, on parameters that are given away or kept. */
function training(donate: readonly number[]): { step(): Scalar; read(): Promise<unknown> } {
  const net = nn.seq(nn.dense(8), nn.tanh, nn.dense(2));
  const [x, y] = [zeros([4, 3]), zeros([4, 2])];
  const optimizer = optim.adam(0.01);
  let params = nn.init(net, random.key(1), x);
  type Params = typeof params;
  let state = optimizer.init(params);
  type State = typeof state;
  const f = jit((p: Params, s: State, a: Tensor<[4, 3]>, b: Tensor<[4, 2]>): [Params, State, Scalar] => {
    const [loss, gradient] = valueAndGrad((q: Params): Scalar => nn.squaredError(nn.apply(net, q, a), b))(p);
    const [updates, next] = optimizer.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, loss];
  }, { donate });
  return {
    step() { const [p, s, loss] = f(params, state, x, y); [params, state] = [p, s]; return loss; },
    read: () => Promise.all(tree.leaves([params, state] as const).map(t => t.data())),
  };
}

/** Buffers that live, their bytes, the pipelines and the bind groups made so far: each time `every` steps are over. */
async function longRun(t: ReturnType<typeof training>, steps: number, every: number): Promise<{ readonly objects: readonly (readonly number[])[]; readonly heap: readonly number[]; readonly groups: number; readonly pipelines: number }> {
  const counted = new Counted(device.gpu);
  const [objects, heap]: [(readonly number[])[], number[]] = [[], []];
  await t.read();
  for (let k = 0; k <= steps; k++) {
    const loss = t.step();
    if (k % every === every / 2) await loss.data();
    loss[Symbol.dispose]();
    if (k > 0 && k % every === 0) { objects.push([counted.buffers, counted.bytes, counted.pipelines, counted.groups]); heap.push(await bytesInUse()); }
  }
  counted.stop();
  return { objects, heap, groups: counted.groups, pipelines: counted.pipelines };
}
describe('a long run makes nothing after its first steps, and the heap stays as it is', () => {
  it('parameters that are given away', async () => {
    const { objects, heap, groups, pipelines } = await longRun(training([0, 1]), 10_000, 1000);
    expect(new Set(objects.slice(1).map(o => o.join())).size, objects.join(' ')).toBe(1);
    // Results get the memory that they had: few pieces take turns.
    expect(groups).toBeLessThanOrEqual(5 * pipelines);
    expect(((heap.at(-1) ?? 0) - (heap[1] ?? 0)) / 2 ** 20).toBeLessThan(1);
  });
  it('parameters that are kept, whose memory returns when they are collected: which buffers serve next is the choice of the collector', async () => {
    const { objects, heap } = await longRun(training([]), 500, 50);
    const bytes = objects.map(([, n = 0]) => n);
    expect(Math.max(...bytes.slice(1))).toBeLessThan(2 * (bytes[1] ?? 0));
    expect(((heap.at(-1) ?? 0) - (heap[1] ?? 0)) / 2 ** 20).toBeLessThan(1);
  });
});

describe('the device', () => {
  const tick = (): Promise<void> => new Promise(resolve => { setTimeout(resolve, 1); });
  it('has at most three submits unfinished, those of loops too', async () => {
    const { gpu } = device;
    const f = jit((x: Tensor<[3]>): Tensor<[3]> => np.add(x, 1));
    const x = tensor([1, 2, 3]);
    await Promise.all([compile(f, x), f(x).data()]);
    await gpu.queue.onSubmittedWorkDone();
    await tick();
    const [submit, settled] = [gpu.queue.submit.bind(gpu.queue), gpu.queue.onSubmittedWorkDone.bind(gpu.queue)];
    const done: (() => void)[] = [];
    let [given, most] = [0, 0];
    gpu.queue.submit = commands => { given++; most = Math.max(most, given - done.filter(d => d === over).length); submit(commands); };
    const over = (): void => { /* Its work is done. */ };
    gpu.queue.onSubmittedWorkDone = () => new Promise<void>(resolve => { done.push(resolve); });
    /** Ends what was given first. */
    const end = async (): Promise<void> => { const k = done.findIndex(d => d !== over); const d = done[k]; if (d !== undefined) { done[k] = over; d(); } await tick(); };
    // As a loop does, between reads of its own.
    const loop = (): void => { device.drive({ waitFor: () => null, failed: error => { throw error; }, async steps() { for (let k = 0; k < 2; k++) await device.flush(new Outcome(), gpu.createCommandEncoder(), []); } }); };
    const results = [f(x), f(x)];
    loop();
    results.push(f(x), f(x));
    await tick();
    expect(given).toBe(3);
    for (let k = 1; k <= 6; k++) { await end(); expect(given).toBe(Math.min(6, 3 + k)); }
    expect(most).toBe(3);
    gpu.queue.submit = submit;
    gpu.queue.onSubmittedWorkDone = settled;
    for (const d of done) d();
    await Promise.all(results.map(r => r.data()));
  });
  it('is read by one submit and one map where several values are asked for together; staging buffers serve again', async () => {
    const [a, b, c] = [tensor([1, 2, 3]), np.add(tensor([1, 2]), 1), np.add(tensor([5], 'u8'), tensor([1], 'u8'))];
    await Promise.all([a, b, c].map(x => x.data()));
    const counted = new Counted(device.gpu);
    const submits = device.submits;
    for (let k = 0; k < 5; k++) expect((await Promise.all([b, c].map(x => x.data()))).map(v => v.length)).toEqual([2, 1]);
    counted.stop();
    expect([device.submits - submits, counted.buffers]).toEqual([5, 0]);
  });
  it('reads what was asked for before a write that follows', async () => {
    const x = np.add(tensor([1, 2, 3]), 1);
    await x.data();
    const submits = device.submits;
    const first = x.data();
    const y = jit((v: Tensor<[3]>): Tensor<[3]> => np.multiply(v, 2), { donate: [0] })(x);
    await Promise.all([first, y.data()]);
    // Not one map of both: between them the memory is written.
    expect(device.submits - submits).toBe(3);
  });
  it('is the same however often another backend is chosen in between, and makes nothing new', async () => {
    const f = jit((x: Tensor<[3]>): Tensor<[3]> => np.add(np.multiply(x, 3), 1));
    const values = async (name: string): Promise<void> => { await setBackend(name); using y = f(tensor([1, 2, 3])); await y.data(); };
    for (let k = 0; k < 3; k++) for (const name of ['wasm', 'webgpu']) await values(name);
    await collect();
    const counted = new Counted(device.gpu);
    for (let k = 0; k < 100; k++) { for (const name of ['wasm', 'reference', 'webgpu']) await values(name); if (k % 10 === 9) await collect(); }
    counted.stop();
    expect(current().device).toBe(device);
    expect([counted.pipelines, counted.buffers, counted.groups < 40]).toEqual([0, 0, true]);
  });
});
