// Programs on the software adapter: compiled, run and read, on one backend for the whole file.
import { expect } from 'vitest';
import { acquireAdapter, acquireDevice } from '../../src/backend/webgpu/acquire.ts';
import { WebGpuBackend, type WebGpuOptions } from '../../src/backend/webgpu/backend.ts';
import { CotangentError } from '../../src/error.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { installSoftwareGpu } from './software.ts';

export async function softwareBackend(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  await installSoftwareGpu();
  const adapter = await acquireAdapter();
  return new WebGpuBackend(adapter, await acquireDevice(adapter), options);
}
export async function run(backend: WebGpuBackend, jaxpr: Jaxpr, inputs: readonly NDArray[]): Promise<readonly NDArray[]> {
  const executable = backend.compile(jaxpr);
  const buffers = inputs.map(x => backend.upload(x.data, x));
  const outs = executable.run(buffers);
  const values = await Promise.all(jaxpr.outputs.map(async (o, i): Promise<NDArray> => ({ ...o.aval, data: await backend.download(outs[i] ?? expect.fail('a result is missing'), o.aval) })));
  for (const b of new Set([...buffers, ...outs])) backend.release(b);
  return values;
}
/** Whether the program was refused when it was compiled, by an error that names a primitive. */
export function refusal(backend: WebGpuBackend, jaxpr: Jaxpr): string | null {
  try { backend.compile(jaxpr); return null; } catch (error) {
    if (error instanceof CotangentError && error.code === 'unsupported' && error.message.startsWith('webgpu: ')) return error.message;
    throw error;
  }
}
