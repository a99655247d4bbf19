import { defineConfig, mergeConfig } from 'vitest/config';
import base from '../../../vitest.config.ts';

export default mergeConfig(base, defineConfig({ test: { root: new URL('../../../', import.meta.url).pathname, globalSetup: ['test/webgpu/suites/bundleThread.ts'], setupFiles: ['test/webgpu/suites/asDefault.ts'] } }));
