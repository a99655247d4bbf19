// WebGPU without a GPU, from what `npm ci` brings alone (linux-x64): Dawn of the package webgpu on a software adapter and no other. Elsewhere
// Dawn's null backend checks shaders and runs nothing.
import { lookPatiently, mapLoader, softwareDriver } from '../../examples/software-gpu.ts';

/** Whether kernels run here, or are only checked: `WEBGPU_ADAPTER=null` makes any machine one where nothing runs. */
export const runsKernels = process.platform === 'linux' && process.arch === 'x64' && process.env['WEBGPU_ADAPTER'] !== 'null';

/** Where the library looks for Dawn's instance: held for ever, since the process crashes when it is collected. */
const instance = Symbol.for('cotangent.webgpu.instance');
// The package's own types want the DOM's.
interface Dawn { create(flags: readonly string[]): unknown }
const isDawn = (x: unknown): x is Dawn => typeof x === 'object' && x !== null && 'create' in x;
async function dawn(): Promise<Dawn> {
  const name: string = 'webgpu';
  const found: unknown = await import(name).catch((error: unknown) => { throw new Error('webgpu is not in node_modules: run `npm ci`', { cause: error }); });
  if (isDawn(found)) return found;
  throw new Error('the package webgpu has changed');
}
/** The driver alone, for this process: Dawn may start in any of its threads, which see the environment of the first. */
export function mapSoftwareDriver(): void {
  if (!runsKernels) return;
  const software = softwareDriver();
  if (software === null || !mapLoader(software.loader)) throw new Error('@sparticuz/chromium is not in node_modules, or its Vulkan loader cannot be loaded: run `npm ci`');
  process.env['VK_ICD_FILENAMES'] = process.env['VK_DRIVER_FILES'] = software.driver;
}
export async function installSoftwareGpu(): Promise<void> {
  if (Reflect.get(globalThis, instance) !== undefined) return;
  mapSoftwareDriver();
  lookPatiently();
  Reflect.set(globalThis, instance, (await dawn()).create([runsKernels ? 'backend=vulkan' : 'backend=null']));
}
