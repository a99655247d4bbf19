// The device: from `navigator.gpu` in a browser, from the optional package `webgpu` (Dawn) in Node. Floor 6.
import { MemoryError } from '../../error.ts';
import type { Gpu, GpuAdapter, GpuDevice } from './gpu.ts';

const isGpu = (x: unknown): x is Gpu => typeof x === 'object' && x !== null && 'requestAdapter' in x && typeof x.requestAdapter === 'function';
const fromNavigator = (): unknown => { const navigator: unknown = Reflect.get(globalThis, 'navigator'); return typeof navigator === 'object' && navigator !== null && 'gpu' in navigator ? navigator.gpu : undefined; };

interface Dawn { readonly create: (flags: readonly string[]) => unknown }
const isDawn = (x: unknown): x is Dawn => typeof x === 'object' && x !== null && 'create' in x && typeof x.create === 'function';
/** Dawn's instance is never let go: a process in which it is collected while a device lives crashes. */
const instance = Symbol.for('cotangent.webgpu.instance');
async function fromPackage(): Promise<unknown> {
  const held: unknown = Reflect.get(globalThis, instance);
  if (held !== undefined) return held;
  const process: unknown = Reflect.get(globalThis, 'process');
  if (typeof process !== 'object' || process === null || !('versions' in process)) return undefined;
  // Not written where bundlers and compilers look for it: the package is optional.
  const name = ['web', 'gpu'].join('');
  let dawn: unknown;
  try { dawn = await import(/* @vite-ignore */ name); } catch { return undefined; }
  if (!isDawn(dawn)) return undefined;
  const made = dawn.create([]);
  Reflect.set(globalThis, instance, made);
  return made;
}
/** What offers adapters on this machine, or null. */
export async function findGpu(): Promise<Gpu | null> {
  const found = fromNavigator() ?? await fromPackage();
  return isGpu(found) ? found : null;
}
export const isSoftware = (a: GpuAdapter): boolean => a.isFallbackAdapter === true || a.info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|software|basic render|null-backend/i.test(`${a.info.architecture} ${a.info.device} ${a.info.description}`);

export async function findAdapter(): Promise<GpuAdapter | null> {
  const gpu = await findGpu();
  return gpu === null ? null : await gpu.requestAdapter({ powerPreference: 'high-performance' }) ?? await gpu.requestAdapter();
}
export async function hasHardwareAdapter(): Promise<boolean> {
  const adapter = await findAdapter().catch(() => null);
  return adapter !== null && !isSoftware(adapter);
}
const toldFeatures = ['subgroups', 'shader-f16', 'timestamp-query'];
/** What measured choices belong to: adapter, driver and features, as far as they are told. */
export const deviceName = ({ info }: GpuAdapter, { features, limits }: GpuDevice): string =>
  [info.vendor, info.architecture, info.device, info.description, ...toldFeatures.filter(f => features.has(f)), limits.maxComputeWorkgroupStorageSize, limits.maxComputeInvocationsPerWorkgroup].join('|');
const wordsOf = (error: unknown): string => error instanceof Error ? error.message : String(error);
export async function acquireAdapter(): Promise<GpuAdapter> {
  let why = '';
  const adapter = await findAdapter().catch((error: unknown) => { why = ` (${wordsOf(error)})`; return null; });
  if (adapter !== null) return adapter;
  const has = await findGpu() !== null;
  throw new MemoryError('unsupported', has ? `webgpu: this machine offers no adapter${why}; use setBackend('wasm')` : "webgpu: neither navigator.gpu nor the package webgpu is there; in Node run npm install webgpu, or use setBackend('wasm')");
}
/** Whether kernels may fold by subgroups, and ask which one they are in. */
export const hasSubgroups = async (a: GpuAdapter): Promise<boolean> => a.features.has('subgroups') && (await findGpu())?.wgslLanguageFeatures?.has('subgroup_id') === true;
const wanted = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxStorageBuffersPerShaderStage', 'maxComputeWorkgroupStorageSize', 'maxComputeInvocationsPerWorkgroup', 'maxComputeWorkgroupSizeX'] as const;
/** A device with the limits that the adapter has: by default it would get the least that the standard promises. */
export const acquireDevice = (adapter: GpuAdapter): Promise<GpuDevice> => adapter.requestDevice({
  requiredLimits: Object.fromEntries(wanted.map(name => [name, adapter.limits[name]])),
  requiredFeatures: ['subgroups', 'timestamp-query', 'shader-f16'].filter(f => adapter.features.has(f)),
}).catch((error: unknown) => { throw new MemoryError('unsupported', `webgpu: the adapter gives no device (${wordsOf(error)}); use setBackend('wasm')`, { cause: error }); });
