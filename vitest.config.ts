import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const summary = process.env['VITEST_SUMMARY'];

export default defineConfig({
  // Programs written as users write them, in examples/ and in documentation, load the sources.
  resolve: {
    alias: [
      { find: /^cotangent$/, replacement: source('src/index.ts') },
      { find: /^cotangent\/laws$/, replacement: source('laws/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // The process that hands out files does little: by default it would have a processor for itself, one of two on many machines.
    maxWorkers: '100%',
    // The counts for who runs all checks (.ci/run) go to a file, the words to the terminal.
    reporters: summary === undefined ? ['default'] : ['default', ['json', { outputFile: summary }]],
    // Long enough for a machine that does much else: only what hangs takes so long.
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
