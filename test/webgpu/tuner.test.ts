// The tuner with a clock of the test's own: who survives, who is dropped, who wins ties; choices as data; what is compiled anew. And the bench
// on the software adapter: that it tells right kernels from wrong ones, and reads the clock of the device. No time decides a test.
import { afterAll, describe, expect, it } from 'vitest';
import type { Candidate, Problem } from '../../kernels/wgsl/template.ts';
import { acquireAdapter, acquireDevice } from '../../src/backend/webgpu/acquire.ts';
import { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import { DeviceBench } from '../../src/backend/webgpu/bench.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import type { GpuComputePass } from '../../src/backend/webgpu/gpu.ts';
import { WebGpuExecutable } from '../../src/backend/webgpu/executable.ts';
import type { Limits } from '../../src/backend/webgpu/program.ts';
import { problemsIn, type Trial } from '../../src/backend/webgpu/trials.ts';
import { Choices, fastest, type Bench } from '../../src/backend/webgpu/tuner.ts';
import { getBackend, np, ones, setBackend, tune, tuning, type Tensor } from '../../src/index.ts';
import { mul, sub } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim } from '../../src/primitive/broadcast.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { reduceMax } from '../../src/primitive/reduce.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { executableFor } from '../../src/trace/executables.ts';
import { stage } from '../../src/trace/scope.ts';
import { decodeTuning, type TunedChoice } from '../../src/trace/tuning.ts';
import { byShape, chosenBy } from '../../kernels/wgsl/templates.ts';
import { plainScheduling } from '../../src/compile/wgsl/schedule.ts';
import { installSoftwareGpu, runsKernels } from './software.ts';
import { product, programOf } from './products.ts';

const candidate = (name: string): Candidate => ({ name, emit: () => [] });
/** What each candidate takes, at each sample; `wrong` computes something else, and `refused` nothing. */
type Times = { readonly [name: string]: readonly number[] | 'wrong' | 'refused' };
function problemOf(times: Times, preferred: string | null = null, shapeClass = 'class'): Problem {
  const candidates = Object.keys(times).map(candidate);
  return { template: 'fake', shapeClass, candidates, preferred: candidates.find(c => c.name === preferred) ?? null, epilogue: () => null };
}
/** Tells what was asked for. */
function benchOf(times: Times, told: string[]): Bench {
  const at = new Map<string, number>();
  return {
    verify: c => times[c.name] === 'refused' ? Promise.reject(new Error('refused')) : Promise.resolve(times[c.name] !== 'wrong'),
    time(c, samples) {
      told.push(`${c.name} ${samples}`);
      const list = times[c.name];
      const from = at.get(c.name) ?? 0;
      at.set(c.name, from + samples);
      return Promise.resolve(Array.from({ length: samples }, (_, i) => Array.isArray(list) ? Number(list[Math.min(from + i, list.length - 1)]) : NaN));
    },
  };
}
async function best(times: Times, preferred: string | null = null): Promise<{ readonly name: string | null; readonly microseconds: number; readonly told: readonly string[] }> {
  const told: string[] = [];
  const found = await fastest(problemOf(times, preferred), benchOf(times, told));
  return { name: found?.candidate.name ?? null, microseconds: found?.microseconds ?? NaN, told };
}

describe('the fastest candidate', () => {
  it('is looked for among those that are not much slower than the leader', async () => {
    expect(await best({ a: [30], b: [10], c: [14], d: [15.1] })).toEqual({ name: 'b', microseconds: 10, told: ['a 3', 'b 3', 'c 3', 'd 3', 'b 7', 'c 7'] });
  });
  it('is right: what computes something else, or is refused, is never timed', async () => {
    expect(await best({ a: 'wrong', b: [10], c: 'refused' })).toEqual({ name: 'b', microseconds: 10, told: ['b 3'] });
    expect((await best({ a: 'wrong', c: 'refused' })).name).toBeNull();
  });
  it('is so by the median of all samples: one that was fast once is not', async () => {
    expect((await best({ a: [1, 50, 50, 50], b: [1.4] })).name).toBe('b');
  });
  it('among equals is the preferred one, else the first', async () => {
    expect((await best({ a: [10], b: [10], c: [9.9] })).name).toBe('a');
    expect((await best({ a: [10], b: [10], c: [9.9] }, 'b')).name).toBe('b');
    expect((await best({ a: [10], b: [10], c: [9] }, 'b')).name).toBe('c');
  });
});

const choice = (device: string, name: string, shapeClass = 'class'): TunedChoice => ({ device, template: 'fake', shapeClass, candidate: name, microseconds: 5 });
describe('choices', () => {
  it('hold for the device, the template and the class that they were measured for', () => {
    const c = new Choices('gpu');
    const p = problemOf({ a: [1], b: [1] }, 'a');
    const names = (): readonly (string | undefined)[] => [c.candidate(p)?.name, c.candidate({ ...p, shapeClass: 'other' })?.name, c.candidate({ ...p, template: 'other' })?.name];
    expect([names(), c.generation]).toEqual([['a', 'a', 'a'], 0]);
    c.replace({ version: 1, choices: [choice('gpu', 'b'), choice('another', 'b', 'other')] });
    expect([names(), c.generation]).toEqual([['b', 'a', 'a'], 1]);
    // What does not exist here, and what gains nothing from a template.
    expect(c.candidate(problemOf({ a: [1] }, 'a'))?.name).toBe('a');
    expect(c.candidate(problemOf({ a: [1], b: [1] }))).toBeNull();
    expect(decodeTuning(JSON.parse(JSON.stringify(c.tuning)))).toEqual(c.tuning);
  });
  it('are measured once for each class, and not where there is nothing to choose', async () => {
    const c = new Choices('gpu');
    const times: Times = { a: [10], b: [5] };
    const measured: string[] = [];
    const problems = [problemOf(times, 'a', 'one'), problemOf(times, 'a', 'one'), problemOf(times, null, 'two'), problemOf({ a: [1] }, 'a', 'three'), problemOf(times, 'b', 'four')].map(problem => ({ problem, trial: problem.shapeClass }));
    const measure = (): Promise<void> => c.measure(problems, (e, use) => { measured.push(e); return use(benchOf(times, [])); });
    await measure();
    expect(measured).toEqual(['one', 'four']);
    expect(c.tuning.choices.map(x => [x.device, x.shapeClass, x.candidate, x.microseconds])).toEqual([['gpu', 'four', 'b', 5], ['gpu', 'one', 'b', 5]]);
    await measure();
    expect(measured.length).toBe(2);
  });
  it.each([[null, 'no version and choices'], [{ version: 2, choices: [] }, 'version 2 is unknown'], [{ version: 1, choices: {} }, 'choices are no array'], [{ version: 1, choices: [{ ...choice('g', 'a'), microseconds: '5' }] }, 'choice 0 lacks']])('%j is none', (data, why) => {
    expect(() => decodeTuning(data)).toThrow(why);
  });
});

const limits: Limits = { maxBindings: 8, maxBindingBytes: 2 ** 27, nativeHalf: false, scheduling: plainScheduling, template: chosenBy({ workgroupBytes: 16384, invocations: 256, bindings: 8, bindingBytes: 2 ** 27 }, byShape) };
describe('on a device', () => {
  const before = getBackend();
  const devices: { destroy(): void }[] = [];
  afterAll(async () => { await setBackend(before); for (const d of devices) d.destroy(); });
  /** The software adapter under another name, so that choices hold on it. */
  async function renamed(): Promise<WebGpuBackend> {
    await installSoftwareGpu();
    const adapter = await acquireAdapter();
    const gpu = await acquireDevice(adapter);
    devices.push(gpu);
    return new WebGpuBackend({ info: { vendor: 'fake', architecture: 'fake', device: '', description: '' }, limits: adapter.limits, features: adapter.features, requestDevice: () => Promise.resolve(gpu) }, gpu);
  }
  const matrices = programOf([product(40, 24, 64, false, false)]);

  it('another choice is another executable', async () => {
    const backend = await renamed();
    const names = (): readonly string[] => { const e = executableFor(backend, matrices); return e instanceof WebGpuExecutable ? dispatchesOf(e.program.commands).map(d => d.name) : []; };
    expect(names()).toEqual(['dotGeneral 32x32x16 4x4']);
    const [found] = problemsIn(matrices, limits);
    const { tunable: { tuning: empty } } = backend;
    expect(empty).toEqual({ version: 1, choices: [] });
    const choices = [{ device: 'fake|fake|||none', template: 'product', shapeClass: found?.problem.shapeClass ?? '', candidate: 'in registers', microseconds: 1 }];
    backend.tunable.useTuning({ version: 1, choices });
    expect(names()).toEqual(['dotGeneral 32x32x16 4x4']);
    const features = ['subgroups', 'shader-f16', 'timestamp-query'].filter(f => backend.device.gpu.features.has(f));
    const device = ['fake', 'fake', '', '', ...features, backend.device.gpu.limits.maxComputeWorkgroupStorageSize, backend.device.gpu.limits.maxComputeInvocationsPerWorkgroup].join('|');
    backend.tunable.useTuning({ version: 1, choices: choices.map(c => ({ ...c, device })) });
    expect(names()).toEqual(['dotGeneral in registers']);
  });
  it('the bench tells what computes the product from what does not, and reads the clock', async () => {
    const backend = await renamed();
    const right = { name: 'in registers' };
    const lazy: Candidate = { name: 'lazy', emit: () => [] };
    const withLazy: Limits = { ...limits, template: e => { const p = limits.template(e); return p === null ? null : { ...p, problem: { ...p.problem, candidates: [...p.problem.candidates, lazy] } }; } };
    const [found] = problemsIn(matrices, withLazy);
    const { trial } = found ?? expect.fail('there is no product');
    await DeviceBench.with(backend, trial, async bench => {
      if (runsKernels) expect([await bench.verify(right), await bench.verify(lazy)]).toEqual([true, false]);
      if (backend.device.gpu.features.has('timestamp-query')) {
        const times = await bench.time(right, 3);
        expect(times.length).toBe(3);
        expect(times.every(t => t >= 0)).toBe(true);
      }
    });
  });
  it('measures maps, rows and running values in all their schedules, and takes what was fastest; choices are data', async () => {
    const backend = await renamed();
    // The clock of the test: fewer workgroups take less time.
    let timed = 0;
    const clock = (samples: number, encode: (pass: GpuComputePass) => void): Promise<readonly number[]> => {
      let groups = 0;
      timed++;
      encode({ setPipeline: () => undefined, setBindGroup: () => undefined, dispatchWorkgroups(x, y = 1) { groups += x * y; }, dispatchWorkgroupsIndirect: () => undefined, end: () => undefined });
      return Promise.resolve(new Array<number>(samples).fill(groups));
    };
    Object.defineProperty(backend.device, 'timed', { value: clock });
    Object.defineProperty(backend.device.gpu, 'features', { value: new Set(['timestamp-query']) });
    const program = stage('all', [{ shape: [4, 198], dtype: 'f32' }], ([x]) => {
      if (x === undefined) return [];
      const shifted = sub(x, broadcastInDim(reduceMax(x, [1]), [4, 198], [0]));
      return [shifted, mul(transpose(x, [1, 0]), transpose(x, [1, 0])), cumsum(x, { axis: 1, reverse: false })];
    }).jaxpr;
    const told = problemsIn(program, { ...limits, scan: () => 'serial' });
    expect(told.map(p => p.problem.template).sort()).toEqual(['map', 'rows', 'running values']);
    await backend.tunable.tune(program);
    const { tuning: measured } = backend.tunable;
    if (runsKernels) {
      // Each candidate is right, so each was timed.
      expect(timed).toBeGreaterThanOrEqual(told.reduce((n, p) => n + p.problem.candidates.length, 0));
      expect(measured.choices.map(c => [c.template, c.candidate])).toEqual([['map', 'fours, 4 turns'], ['rows', 'serial'], ['running values', 'serial']]);
    }
    const count = timed;
    await backend.tunable.tune(program);
    expect(timed).toBe(runsKernels ? count : 2 * count);
    // The choices are used, here and where they are given as data; another device keeps its own.
    const codes = (b: WebGpuBackend): string => { const e = executableFor(b, program); return e instanceof WebGpuExecutable ? dispatchesOf(e.program.commands).map(d => d.shader.code).join() : ''; };
    const other = await renamed();
    expect(codes(other)).toContain('workgroupBarrier');
    other.tunable.useTuning(decodeTuning(JSON.parse(JSON.stringify(measured))));
    if (runsKernels) for (const b of [backend, other]) expect(codes(b)).not.toContain('workgroupBarrier');
    other.tunable.useTuning({ version: 1, choices: measured.choices.map(c => ({ ...c, device: 'another' })) });
    expect(codes(other)).toContain('workgroupBarrier');
  });
  it('a schedule that leaves results unwritten is not right, and one that there is not is refused', async () => {
    const backend = await renamed();
    const [found] = problemsIn(stage('rows', [{ shape: [8, 40], dtype: 'f32' }], ([x]) => x === undefined ? [] : [reduceMax(x, [1])]).jaxpr, limits);
    const { problem, trial } = found ?? expect.fail('there are no rows');
    const lazy: Trial = { ...trial, planned(name) { const made = trial.planned(name === 'lazy' ? null : name); return name === 'lazy' ? { ...made, plan: { ...made.plan, block: { ...made.plan.block, steps: [] } } } : made; } };
    await DeviceBench.with(backend, lazy, async bench => {
      await expect(bench.verify({ name: '1000 of 1000' })).rejects.toThrow('tune: there is no 1000 of 1000 here');
      if (runsKernels) expect([await bench.verify({ name: '64 of 64' }), await bench.verify({ name: 'lazy' })]).toEqual([true, false]);
    });
    expect(problem.candidates.map(c => c.name)).toContain('16 of 64');
  });
  it('software is never tuned, and a backend with one kernel for each equation has no choices', async () => {
    const f = (x: Tensor<[8, 8]>): Tensor<[8, 8]> => np.matmul(x, x);
    await setBackend('webgpu');
    await expect(tune(f, ones([8, 8]))).rejects.toThrow('tune: this adapter computes in software');
    await setBackend('webgpu', { tuning: { version: 1, choices: [choice('gpu', 'b')] } });
    expect(tuning().choices.length).toBe(1);
    await setBackend('webgpu', { tuning: { version: 1, choices: [] } });
    await expect(setBackend('wasm', { tuning: tuning() })).rejects.toThrow('setBackend: wasm has one kernel for each equation');
    await setBackend('wasm');
    await expect(tune(f, ones([8, 8]))).rejects.toThrow('tune: the backend wasm has one kernel for each equation');
    expect(tuning()).toEqual({ version: 1, choices: [] });
  });
});
