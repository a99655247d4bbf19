// Vulkan for Node: a loader, and SwiftShader, a driver that computes on the processor, out of the package that the tests use; in a pack they lie
// beside it. And where NVIDIA's driver is on this machine. Knows nothing of WebGPU.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const tarball = join(root, 'node_modules/@sparticuz/chromium/bin/swiftshader.tar.br');
const files = ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'];

/** Writes a file whole or not at all. */
export function writeWhole(path, content) {
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, content);
  renameSync(part, path);
}
/** The loader and the driver into a directory. */
export function unpackVulkan(directory) {
  const tar = brotliDecompressSync(readFileSync(tarball));
  mkdirSync(directory, { recursive: true });
  for (let at = 0; at + 512 <= tar.length;) {
    const name = basename(tar.toString('utf8', at, at + 100).split('\0', 1)[0]);
    const size = Number.parseInt(tar.toString('utf8', at + 124, at + 136), 8) || 0;
    if (files.includes(name)) writeWhole(join(directory, name), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  const missing = files.filter(f => !existsSync(join(directory, f)));
  if (missing.length > 0) throw new Error(`@sparticuz/chromium has no ${missing.join(', ')}`);
}
/** Where they lie, or null where the package is not installed. */
function vulkanDirectory() {
  const packed = join(root, 'vulkan');
  if (existsSync(packed)) return packed;
  if (!existsSync(tarball)) return null;
  const unpacked = join(root, 'node_modules/.cache/swiftshader');
  if (!files.every(f => existsSync(join(unpacked, f)))) unpackVulkan(unpacked);
  return unpacked;
}
/** NVIDIA's driver where the loader does not look by itself; containers often hold the library without its description. */
function nvidiaDriver() {
  const known = ['/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json', '/usr/share/vulkan/icd.d/nvidia_icd.json', '/etc/vulkan/icd.d/nvidia_icd.json'].find(existsSync);
  if (known !== undefined) return known;
  const library = ['/usr/lib/x86_64-linux-gnu', '/usr/local/nvidia/lib64', '/usr/lib64'].map(d => join(d, 'libGLX_nvidia.so.0')).find(existsSync);
  if (library === undefined) return null;
  const file = join(mkdtempSync(join(tmpdir(), 'cotangent-icd-')), 'nvidia_icd.json');
  writeFileSync(file, JSON.stringify({ file_format_version: '1.0.0', ICD: { library_path: library, api_version: '1.3.0' } }));
  return file;
}
/** Maps a loader into the process, where Dawn finds it by its name, and tells it of the driver: SwiftShader for `software`, else this machine's. */
export function offerVulkan(software) {
  const directory = vulkanDirectory();
  if (directory !== null) {
    // Node complains that the loader is none of its modules; RTLD_NODELETE (0x1000) leaves it mapped.
    try { process.dlopen({ exports: {} }, join(directory, 'libvulkan.so.1'), constants.dlopen.RTLD_NOW | 0x1000); } catch (error) { if (!String(error).includes('self-register')) throw error; }
  }
  if (software && directory === null) throw new Error('there is no software adapter: npm ci');
  const driver = software ? join(directory, 'vk_swiftshader_icd.json') : process.env.VK_DRIVER_FILES ?? nvidiaDriver();
  if (driver !== null) process.env.VK_DRIVER_FILES = process.env.VK_ICD_FILENAMES = driver;
}
