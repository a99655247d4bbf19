// WebGPU without a GPU, from what `npm ci` brings alone (linux-x64): Dawn of the package webgpu, SwiftShader and a Vulkan loader from the tarball
// of @sparticuz/chromium. Elsewhere Dawn's null backend checks shaders and runs nothing.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { unpackTar } from '../browser/chromium.ts';

const root = new URL('../../', import.meta.url).pathname;
/** Whether kernels run here, or are only checked: `WEBGPU_ADAPTER=null` makes any machine one where nothing runs. */
export const runsKernels = process.platform === 'linux' && process.arch === 'x64' && process.env['WEBGPU_ADAPTER'] !== 'null';

/** The directory of the adapter and of the Vulkan loader that npm brings, unpacked. */
export function swiftShader(): string {
  const directory = join(root, 'node_modules/.cache/swiftshader');
  if (!existsSync(join(directory, 'vk_swiftshader_icd.json'))) {
    mkdirSync(directory, { recursive: true });
    unpackTar(brotliDecompressSync(readFileSync(join(root, 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br'))), directory);
  }
  return directory;
}
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
export async function installSoftwareGpu(): Promise<void> {
  if (Reflect.get(globalThis, instance) !== undefined) return;
  if (!runsKernels) { Reflect.set(globalThis, instance, (await dawn()).create(['backend=null'])); return; }
  const directory = swiftShader();
  // Node complains that the loader is none of its modules, and RTLD_NODELETE (0x1000) leaves it mapped: Dawn finds it by its name.
  try { process.dlopen({ exports: {} }, join(directory, 'libvulkan.so.1'), constants.dlopen.RTLD_NOW | 0x1000); } catch (error) { if (!String(error).includes('self-register')) throw error; }
  process.env['VK_ICD_FILENAMES'] = process.env['VK_DRIVER_FILES'] = join(directory, 'vk_swiftshader_icd.json');
  Reflect.set(globalThis, instance, (await dawn()).create(['backend=vulkan']));
}
