// How vitest runs suites on WebGPU: as those of npm test, after the device's thread was made.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
export default defineConfig({
  resolve: { alias: [{ find: /^cotangent$/, replacement: source('src/index.ts') }, { find: /^cotangent\/laws$/, replacement: source('laws/index.ts') }] },
  test: {
    root: source(''), include: ['test/**/*.test.ts'], pool: 'forks', maxWorkers: 1, testTimeout: 60_000, hookTimeout: 60_000,
    globalSetup: ['test/webgpu/suites/bundleThread.ts'], setupFiles: ['test/webgpu/suites/asDefault.ts'],
  },
});
