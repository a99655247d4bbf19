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
    // The counts for who runs all checks (.ci/run) go to a file, the words to the terminal.
    reporters: summary === undefined ? ['default'] : ['default', ['json', { outputFile: summary }]],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The modules made from documentation lie where vitest would leave them to Node, which knows no aliases.
    server: { deps: { inline: [/cotangent-docs/] } },
  },
});
