// Makes WebGPU what tests run on, whatever backend they choose: for suites that were written for backends that compute on the spot. What they compute
// in float64 is computed in float32; SUITES_ON=reference does that on the reference, for comparison.
import { afterEach, expect, vi } from 'vitest';
import { mapSoftwareDriver } from '../software.ts';
import type { Narrowed } from './narrowed.ts';

const onReference = process.env['SUITES_ON'] === 'reference';
const device = vi.hoisted((): { backend: Narrowed | null } => ({ backend: null }));
// What tests install themselves, by its object.
vi.mock('../../../src/backend/reference/backend.ts', async original => device.backend === null ? original() : { referenceBackend: device.backend });
const { Narrowed: Doubles } = await import('./narrowed.ts');
const { watchdog } = await import('./watchdog.ts');
if (!onReference) mapSoftwareDriver();
const works = watchdog();
const backend = new Doubles(works, onReference ? (await vi.importActual<typeof import('../../../src/backend/reference/backend.ts')>('../../../src/backend/reference/backend.ts')).referenceBackend : new (await import('./remote.ts')).RemoteWebGpu());
device.backend = backend;
await import('../../../src/index.ts');
const { installBackend, registerBackend } = await import('../../../src/trace/backend.ts');
for (const name of ['reference', 'wasm', 'webgpu']) registerBackend(name, () => Promise.resolve(backend));
installBackend(backend);

declare module 'vitest' {
  interface TaskMeta {
    /** Programs that ran, and what of them was in float64. */
    programs?: number;
    doubles?: number;
  }
}
afterEach(({ task }) => {
  works();
  Object.assign(task.meta, { programs: backend.ran, doubles: backend.doubles });
  [backend.ran, backend.doubles] = [0, 0];
});

/** How far results of float32 may lie from what a test of float64 wants: rounding errors of 2^-24 of the largest operands, some hundreds of them. */
const single = 1e-4;
/** A bound that float32 cannot meet, widened; others as they are. */
const bound = (b: number): number => backend.doubles > 0 && b > 0 && b < single ? single : b;
const told = (pass: boolean, got: unknown, what: string, limit: number) => ({ pass, message: () => `expected ${String(got)} ${pass ? 'not ' : ''}to be ${what} ${limit}` });
expect.extend({
  toBeLessThan(got: number, limit: number) { return told(got < bound(limit), got, 'less than', bound(limit)); },
  toBeLessThanOrEqual(got: number, limit: number) { return told(got <= bound(limit), got, 'less than or equal to', bound(limit)); },
  toBeCloseTo(got: number, want: number, digits = 2) { const limit = bound(10 ** -digits / 2); return told(got === want || Math.abs(got - want) < limit, got, `as close to ${want} as`, limit); },
});
