// Donation on WebGPU: results take the place of donated operands, whatever else reads these; what is shared is copied, and what was given away
// has no value any more.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { WebGpuBackend } from '../../src/backend/webgpu/backend.ts';
import type { DeviceBuffer } from '../../src/backend/webgpu/buffers.ts';
import { CotangentError } from '../../src/error.ts';
import { compile, getBackend, jit, nn, np, optim, random, setBackend, tensor, tree, valueAndGrad, zeros, type Scalar, type Tensor } from '../../src/index.ts';
import type { Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { callP } from '../../src/primitive/call.ts';
import { max } from '../../src/primitive/extremum.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { currentBackend } from '../../src/trace/backend.ts';
import { statistics } from '../../src/trace/statistics.ts';
import { mixedProgram } from '../backend/mixedPrograms.ts';
import { randomProgram } from '../backend/randomPrograms.ts';
import { expectNear } from '../backend/samples.ts';
import { expectComputed, softwareBackend } from './harness.ts';
import { installSoftwareGpu, runsKernels } from './software.ts';

await installSoftwareGpu();
const before = getBackend();
beforeAll(async () => { await setBackend('webgpu'); });
afterAll(async () => { await setBackend(before); });
const current = (): WebGpuBackend => { const b = currentBackend(); return b instanceof WebGpuBackend ? b : expect.fail('the backend is another'); };
type V = Tensor<[3]>;
const codeOf = (f: () => unknown): string => { try { f(); return 'nothing'; } catch (error) { return error instanceof CotangentError ? error.code : String(error); } };

describe('a program', () => {
  it('computes the same in place: of floats, of all dtypes, with every operand donated, or some', async () => {
    const seed = Number(process.env['SEED'] ?? 4100);
    const backend = await softwareBackend();
    let inPlace = 0;
    /** Runs it, every operand given that `given` says. */
    const run = async (jaxpr: Jaxpr, inputs: readonly NDArray[], given: (i: number) => boolean): Promise<readonly NDArray[]> => {
      const buffers = inputs.map(x => backend.upload(x.data, x));
      const executable = backend.compile(jaxpr, inputs.map((_, i) => given(i)));
      const outs = executable.run(buffers, inputs.map((_, i) => given(i)));
      inPlace += outs.filter((y, i) => buffers.includes(y as DeviceBuffer) && executable.program.results[i]?.kind === 'donated').length;
      const values = await Promise.all(jaxpr.outputs.map(async (o, i): Promise<NDArray> => ({ ...o.aval, data: await backend.download(outs[i] ?? expect.fail('a result is missing'), o.aval) })));
      for (const b of new Set([...buffers, ...outs])) backend.release(b);
      return values;
    };
    for (let k = 0; k < 16; k++) {
      const { jaxpr: inner, inputs } = k % 2 === 0 ? randomProgram(seed + k) : mixedProgram(seed + k, 14, ['f32', 'i32', 'u8', 'f16', 'bool']);
      // Beside its own results, one of each operand that may take its place: some before it is read last, some then.
      const { jaxpr } = stage('donated', inputs.map((x): Aval => x), xs => {
        const changed = (odd: boolean): readonly AnyTensor[] => xs.flatMap((x, i) => x.dtype === 'bool' || odd !== (i % 2 === 1) ? [] : [max(x, constantLike(0, x))]);
        return [...changed(k % 4 < 2), ...bind(callP, xs, { name: 'inner', jaxpr: inner }), ...changed(k % 4 >= 2)];
      });
      const [exact, wide] = [evaluateJaxpr(jaxpr, inputs), evaluateJaxpr(jaxpr, inputs, 'wide')];
      for (const given of [() => true, (i: number) => i % 2 === k % 2]) {
        const got = await run(jaxpr, inputs, given);
        if (runsKernels) expectNear(got, exact, wide, 3e-4, () => `seed ${seed + k}\n${printJaxpr(jaxpr)}`);
      }
    }
    expect(inPlace).toBeGreaterThan(4);
    backend.device.gpu.destroy();
  });
  it('that others read before: they see what it was', async () => {
    const f = jit((w: V, g: V) => [np.subtract(w, np.multiply(g, 0.5)), np.sum(np.multiply(w, w))] as const, { donate: [0] });
    const [next, norm] = f(tensor([1, 2, 3]), tensor([2, 2, 2]));
    expectComputed(await next.js(), [0, 1, 2]);
    if (runsKernels) expect(await norm.item()).toBe(14);
  });
  it('that others read later, when the result stands already: it lies elsewhere', async () => {
    const f = jit((x: V) => { const y = np.maximum(x, 0); return [y, np.add(np.cumsum(y), x)] as const; }, { donate: [0] });
    const [y, z] = f(tensor([-1, 2, -3]));
    expectComputed(await y.js(), [0, 2, 0]);
    expectComputed(await z.js(), [-1, 4, -1]);
  });
  it('its failure is told by what was to lie in the place of an operand', async () => {
    const { gpu } = current().device;
    const create = gpu.createShaderModule.bind(gpu);
    gpu.createShaderModule = descriptor => create({ ...descriptor, code: `nonsense\n${descriptor.code}` });
    const f = jit((x: V): V => np.subtract(np.multiply(x, 7.5), 1.25), { donate: [0] });
    try { await expect(f(tensor([1, 2, 3])).data()).rejects.toThrow(/was refused/); } finally { gpu.createShaderModule = create; }
  });
});

describe('a tensor', () => {
  const f = jit(function shrink(x: V): V { return np.multiply(x, 0.5); }, { donate: [0] });
  it('that is given away takes no other memory, and has no value any more', async () => {
    const { pool } = current().device;
    let x = tensor([8, 16, 32]) as V;
    await x.data();
    x = f(x);
    await x.data();
    const bytes = pool.used + pool.pooled;
    const copied = statistics.donationsCopied;
    const old = x;
    for (let k = 0; k < 3; k++) x = f(x);
    expect(codeOf(() => np.add(old, 1))).toBe('donated');
    await expect(Promise.resolve().then(() => old.data())).rejects.toThrow('f32[3] was donated to shrink and has no value any more; use its result, or do not donate it');
    expectComputed(await x.js(), [0.5, 1, 2]);
    expect([pool.used + pool.pooled, statistics.donationsCopied]).toEqual([bytes, copied]);
  });
  it('that is being read keeps its value for who asked before', async () => {
    const x = np.add(tensor([1, 2, 3]), 1);
    await x.data();
    const [first, more] = [x.data(), np.add(x, 10)];
    const later = more.data();
    const y = f(x);
    expectComputed(await first, [2, 3, 4]);
    expectComputed(await later, [12, 13, 14]);
    expectComputed(await y.js(), [1, 1.5, 2]);
  });
  it('that another handle holds is copied', async () => {
    const copied = statistics.donationsCopied;
    const x = np.add(tensor([2, 4, 6]), 0);
    const kept = jit((v: V): V => v)(x);
    const y = f(x);
    expectComputed(await y.js(), [1, 2, 3]);
    expectComputed(await kept.js(), [2, 4, 6]);
    expect(statistics.donationsCopied).toBe(copied + 1);
  });
});

it('training holds the parameters once: every step writes them where they lie, and warming up makes that very program', async () => {
  const net = nn.seq(nn.dense(64), nn.tanh, nn.dense(4));
  const [x, y] = [zeros([8, 32]), zeros([8, 4])];
  const optimizer = optim.adam(0.01);
  let params = nn.init(net, random.key(1), x);
  type Params = typeof params;
  let state = optimizer.init(params);
  type State = typeof state;
  const step = jit((p: Params, s: State, a: Tensor<[8, 32]>, b: Tensor<[8, 4]>): [Params, State, Scalar] => {
    const [loss, gradient] = valueAndGrad((q: Params): Scalar => nn.squaredError(nn.apply(net, q, a), b))(p);
    const [updates, next] = optimizer.update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, loss];
  }, { donate: [0, 1] });
  const { gpu, pool } = current().device;
  await Promise.all([...tree.leaves([params, state, x, y] as const)].map(t => t.data()));
  await compile(step, params, state, x, y);
  let made = 0;
  const create = gpu.createComputePipelineAsync.bind(gpu);
  gpu.createComputePipelineAsync = descriptor => { made++; return create(descriptor); };
  const used: number[] = [];
  for (let k = 0; k < 6; k++) {
    const [p, s, loss] = step(params, state, x, y);
    [params, state] = [p, s];
    await loss.data();
    loss[Symbol.dispose]();
    used.push(pool.used + pool.pooled);
  }
  gpu.createComputePipelineAsync = create;
  expect(made).toBe(0);
  expect(new Set(used.slice(1)).size).toBe(1);
  // Three values a parameter, the examples, the step, the loss: each with the least that a buffer has.
  const bytes = [...Array.from({ length: 3 }, () => [32 * 64, 64, 64 * 4, 4]).flat(), 8 * 32, 8 * 4, 1, 1].reduce((n, k) => n + Math.max(256, 4 * k), 0);
  expect(used.at(-1)).toBeLessThan(1.5 * bytes);
});
