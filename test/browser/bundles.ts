// What pages are made of: modules bundled for browsers, tests of Node among them. Knows no page by name and runs none.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

export const root = new URL('../../', import.meta.url).pathname;
/** Tests that need Node itself: its files, its processes, its collector, its own Dawn. */
export const ofNode: ReadonlySet<string> = new Set(['hostEquations.test.ts', 'forgotten.test.ts', 'process.test.ts', 'digits.test.ts', 'nullAdapter.test.ts', 'halves.test.ts', 'runtime.test.ts', 'golden.test.ts']);
const harness = join(root, 'test/browser/harness.ts');

/** Modules of the library come from what was built. */
export const builtPackage: Plugin = {
  name: 'the built package',
  setup: b => {
    b.onResolve({ filter: /^cotangent$/ }, () => ({ path: join(root, 'dist/src/index.js') }));
    b.onResolve({ filter: /^\.\.\/\.\.\/src\// }, ({ path }) => ({ path: join(root, 'dist', path.replace('../../', '').replace(/\.ts$/, '.js')) }));
  },
};
/** A page reads no files: what tests read from the disk is written into them. */
const listed: Plugin = {
  name: 'what tests read from the disk',
  setup: b => {
    const json = (path: string): string => readFileSync(join(root, path), 'utf8');
    b.onLoad({ filter: /backend[/\\]hostEquations\.ts$/ }, () => ({ contents: `export const committed = () => (${json('test/backend/host-equations.json')});` }));
    b.onLoad({ filter: /webgpu[/\\]missing\.ts$/ }, () => ({ contents: `export const missing = ${json('test/webgpu/missing.json')};` }));
  },
};
/** A page has its adapter from the browser. */
const gpuOfThePage: Plugin = {
  name: 'the adapter of the page',
  setup: b => { b.onLoad({ filter: /webgpu[/\\]software\.ts$/ }, () => ({ contents: 'export const runsKernels = true; export const installSoftwareGpu = () => Promise.resolve();' })); },
};
/** A file of tests after the whole library, so that the library is what all pages share, apart from the tests: errors name lines outside of it. */
const afterLibrary: Plugin = {
  name: 'after the library',
  setup(b) {
    b.onResolve({ filter: /^tests:/ }, ({ path }) => ({ path: path.slice('tests:'.length), namespace: 'tests' }));
    b.onLoad({ filter: /./, namespace: 'tests' }, ({ path }) => ({ contents: `import ${JSON.stringify(join(root, 'src/index.ts'))};\nimport ${JSON.stringify(path)};`, resolveDir: root }));
  },
};

/** Modules by their paths. */
export async function bundle(options: { readonly entries: { readonly [name: string]: string }; readonly plugins: Plugin[]; readonly alias: { readonly [name: string]: string }; readonly ending: '.js' | '.ts' }): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: { ...options.entries }, plugins: options.plugins, alias: { ...options.alias }, outdir: root, bundle: true, splitting: true, write: false, outExtension: { '.js': options.ending },
    format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'warning',
    define: { 'process.env': JSON.stringify(process.env['SEED'] === undefined ? {} : { SEED: process.env['SEED'] }) },
  });
  return new Map(outputFiles.map(file => [file.path.slice(root.length), file.text]));
}
/** Files of tests, each as a script of the name that `scriptOf` gives it, and the script that runs what they describe. */
export const bundleTests = (files: readonly string[], page = 'test/browser/testPage.ts', ending: '.js' | '.ts' = '.ts'): Promise<ReadonlyMap<string, string>> => bundle({
  entries: { [basename(page, '.ts')]: join(root, page), ...Object.fromEntries(files.map(f => [basename(f, '.ts'), `tests:${join(root, f)}`])) },
  // In a page the lines that errors name end as those of the sources.
  plugins: [listed, gpuOfThePage, afterLibrary], alias: { vitest: harness }, ending,
});
export const scriptOf = (file: string): string => basename(file);
