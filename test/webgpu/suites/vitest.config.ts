// How vitest runs suites on WebGPU: as those of npm test, after the device's thread was made.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
export default defineConfig({
  resolve: { alias: [{ find: /^cotangent$/, replacement: source('src/index.ts') }, { find: /^cotangent\/laws$/, replacement: source('laws/index.ts') }] },
  test: {
    root: source(''), include: ['test/**/*.test.ts'], pool: 'forks', maxWorkers: 1,
    // A software adapter's time says nothing; what hangs is ended by its watchdog.
    testTimeout: 3_600_000, hookTimeout: 3_600_000,
    globalSetup: ['test/webgpu/suites/bundleThread.ts'], setupFiles: ['test/webgpu/suites/asDefault.ts'],
  },
});
