// A GPU that the processor plays: SwiftShader, a Vulkan driver, and a loader of such, from the tarball of the development dependency
// @sparticuz/chromium (linux-x64). Knows nothing of the library.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const root = new URL('../', import.meta.url).pathname;
const tarball = join(root, 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br');

/** Writes a file whole or not at all, so that a run that was broken off leaves none that looks ready. */
export function writeWhole(path: string, bytes: Uint8Array): void {
  const part = `${path}.${process.pid}`;
  writeFileSync(part, bytes);
  renameSync(part, path);
}
/** The plain files of a tar archive, all into one directory. */
export function unpackTar(tar: Buffer, directory: string): void {
  for (let at = 0; at + 512 <= tar.length;) {
    const [name = ''] = tar.toString('utf8', at, at + 100).split('\0', 1);
    if (name === '') return;
    const size = Number.parseInt(tar.toString('utf8', at + 124, at + 136), 8);
    const kind = tar[at + 156];
    if ((kind === 0 || kind === 48) && !name.endsWith('fonts.conf')) writeWhole(join(directory, basename(name)), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

/** The loader's library and the driver's description; null on machines that they were not made for, or where they are not installed. */
export function softwareDriver(): { readonly loader: string; readonly driver: string } | null {
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(tarball)) return null;
  const directory = join(root, 'node_modules/.cache/swiftshader');
  const files = { loader: join(directory, 'libvulkan.so.1'), driver: join(directory, 'vk_swiftshader_icd.json') };
  if (![...Object.values(files), join(directory, 'libvk_swiftshader.so')].every(f => existsSync(f))) {
    mkdirSync(directory, { recursive: true });
    unpackTar(brotliDecompressSync(readFileSync(tarball)), directory);
  }
  return files;
}
/** Maps a Vulkan loader into the process, where Dawn finds it by its name; whether there is one. */
export function mapLoader(library: string): boolean {
  // Node complains that a loader is none of its modules, and RTLD_NODELETE (0x1000) leaves it mapped.
  try { process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | 0x1000); return true; } catch (error) { return String(error).includes('self-register'); }
}
let patient = false;
/**
 * Lets Dawn look for events now and then. While anything is awaited it does so at every turn of the event loop, through `setImmediate`: a processor that
 * does nothing else, where processors are what computes. Its function is the engine's own and has no name; every fifth turn waits a millisecond.
 */
export function lookPatiently(): void {
  if (patient) return;
  patient = true;
  const { setImmediate: soon } = globalThis;
  const isDawns = (f: unknown): boolean => typeof f === 'function' && f.name === '' && Function.prototype.toString.call(f).includes('[native code]');
  let turns = 0;
  const patiently = (f: (...args: unknown[]) => void, ...args: unknown[]): unknown => isDawns(f) && ++turns % 5 === 0 ? setTimeout(f, 1, ...args) : soon(f, ...args);
  globalThis.setImmediate = Object.assign(patiently, soon);
}
/** Adds the software adapter to those of this machine, before the first of them is asked for: Dawn takes it where there is no other. */
export function offerSoftwareGpu(): void {
  const software = softwareDriver();
  if (software !== null && (mapLoader('libvulkan.so.1') || mapLoader(software.loader))) process.env['VK_ADD_DRIVER_FILES'] = software.driver;
}
