// Before the suites run on WebGPU: the device's thread as one file, since Node's threads load no TypeScript.
import { buildSync } from 'esbuild';

const root = new URL('../../../', import.meta.url);
export const bundled = new URL('node_modules/.cache/webgpu-thread/thread.mjs', root);
export function setup(): void {
  buildSync({
    entryPoints: [new URL('test/webgpu/suites/deviceThread.ts', root).pathname], outfile: bundled.pathname, bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error',
    // Where the one module that asks for its place stands.
    define: { 'import.meta.url': JSON.stringify(new URL('examples/software-gpu.ts', root).href) },
  });
}
