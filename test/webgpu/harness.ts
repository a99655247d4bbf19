// Programs on the software adapter: compiled, run and read, on one backend for the whole file.
import { expect } from 'vitest';
import { acquireAdapter, acquireDevice, hasSubgroups } from '../../src/backend/webgpu/acquire.ts';
import { WebGpuBackend, type WebGpuOptions } from '../../src/backend/webgpu/backend.ts';
import { convertsHalves } from '../../src/backend/webgpu/half.ts';
import type { GpuLimits } from '../../src/backend/webgpu/gpu.ts';
import { CotangentError } from '../../src/error.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import { expectNear } from '../backend/samples.ts';
import { installSoftwareGpu, runsKernels } from './software.ts';

/** `less`: limits below those of the adapter. Folds by subgroups are tried where the adapter has subgroups: not every compiler of WGSL knows them. */
export async function softwareBackend(options: WebGpuOptions = {}, less: Partial<GpuLimits> = {}): Promise<WebGpuBackend> {
  await installSoftwareGpu();
  const adapter = await acquireAdapter();
  const gpu = await acquireDevice(adapter);
  const { limits } = gpu;
  Object.defineProperty(gpu, 'limits', { value: new Proxy(limits, { get: (_, name) => Reflect.get(less, name) ?? Reflect.get(limits, name, limits) }) });
  return new WebGpuBackend(adapter, gpu, { nativeHalf: await convertsHalves(gpu), ...options, subgroups: options.subgroups === true && await hasSubgroups(adapter) });
}
export async function run(backend: WebGpuBackend, jaxpr: Jaxpr, inputs: readonly NDArray[]): Promise<readonly NDArray[]> {
  const executable = backend.compile(jaxpr);
  const buffers = inputs.map(x => backend.upload(x.data, x));
  const outs = executable.run(buffers);
  const values = await Promise.all(jaxpr.outputs.map(async (o, i): Promise<NDArray> => ({ ...o.aval, data: await backend.download(outs[i] ?? expect.fail('a result is missing'), o.aval) })));
  for (const b of new Set([...buffers, ...outs])) backend.release(b);
  return values;
}
/** The results equal the reference's within `bound`; where nothing runs, the device takes every kernel. */
export async function expectLikeReference(backend: WebGpuBackend, jaxpr: Jaxpr, inputs: readonly NDArray[], bound: number, what: () => string = () => printJaxpr(jaxpr)): Promise<void> {
  if (runsKernels) expectNear(await run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), evaluateJaxpr(jaxpr, inputs, 'wide'), bound, what);
  else await backend.compile(jaxpr).ready();
}
/** The results are the reference's to the bit; where nothing runs, the device takes every kernel. */
export async function expectBitsOfReference(backend: WebGpuBackend, jaxpr: Jaxpr, inputs: readonly NDArray[]): Promise<void> {
  if (!runsKernels) { await backend.compile(jaxpr).ready(); return; }
  const want = evaluateJaxpr(jaxpr, inputs);
  (await run(backend, jaxpr, inputs)).forEach((got, k) => { expect(got.data).toEqual(want[k]?.data); });
}
/** What was read is as wanted; where nothing runs there are as many values, which nothing computed. */
export function expectComputed(got: ArrayLike<number>, want: ArrayLike<number>, digits?: number): void {
  expect(got).toHaveLength(want.length);
  if (!runsKernels) return;
  if (digits === undefined) expect(Array.from(got)).toEqual(Array.from(want));
  else Array.from(want, (w, i) => { expect(got[i] ?? NaN).toBeCloseTo(w, digits); });
}
/** Whether the program was refused when it was compiled, by an error that names a primitive. */
export function refusal(backend: WebGpuBackend, jaxpr: Jaxpr): string | null {
  try { backend.compile(jaxpr); return null; } catch (error) {
    if (error instanceof CotangentError && error.code === 'unsupported' && error.message.startsWith('webgpu: ')) return error.message;
    throw error;
  }
}
