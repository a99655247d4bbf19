// Makes WebGPU what tests run on, whatever backend they choose: for suites that were written for backends that compute on the spot.
import { vi } from 'vitest';
import { mapSoftwareDriver } from '../software.ts';
import { RemoteWebGpu } from './remote.ts';

const device = vi.hoisted((): { backend: RemoteWebGpu | null } => ({ backend: null }));
mapSoftwareDriver();
device.backend = new RemoteWebGpu();
// What tests install themselves, by its object.
vi.mock('../../../src/backend/reference/backend.ts', () => ({ referenceBackend: device.backend }));
await import('../../../src/index.ts');
const { installBackend, registerBackend } = await import('../../../src/trace/backend.ts');
const backend = device.backend;
for (const name of ['reference', 'wasm', 'webgpu']) registerBackend(name, () => Promise.resolve(backend));
installBackend(backend);
