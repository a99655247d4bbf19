// What computes in the digits example. WebGPU, asked for by name, takes a GPU; where there is none, the software adapter that the development
// dependencies bring (linux-x64). Knows nothing of networks.
import { setBackend } from 'cotangent';
import { hasHardwareAdapter } from '../src/backend/webgpu/acquire.ts';
import { lookPatiently, offerSoftwareGpu } from './software-gpu.ts';

/** Chooses a backend by its name, and says where a GPU is only played. */
export async function computeOn(name: string): Promise<void> {
  if (name === 'webgpu') offerSoftwareGpu();
  await setBackend(name);
  if (name !== 'webgpu' || await hasHardwareAdapter()) return;
  lookPatiently();
  console.log('webgpu: no GPU here; a software adapter computes instead, many times slower');
}
