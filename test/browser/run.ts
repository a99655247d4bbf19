// Cotangent in a headless Chromium: the built package as pages load it, and the tests of the WebAssembly backend. Run after `npm run build`, by
// `npm run test:browser`; it prints a line for each page and ends with 1 where anything failed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { startChromium, whyNoChromium, type Chromium } from './chromium.ts';
import type { Outcome } from './harness.ts';
import { useLivePage } from './livePage.ts';
import { plain } from './plain.ts';
import type { Report, Result } from './programs.ts';
import { serve, type PageOfScripts, type Server } from './server.ts';

const root = new URL('../../', import.meta.url).pathname;
const here = (path: string): string => join(root, 'test/browser', path);
/** What a page may take, in milliseconds, on a machine that is busy. */
const patience = 240_000;
/** Tests of the backend that need Node itself: its files and its collector. */
const ofNode = new Set(['hostEquations.test.ts', 'forgotten.test.ts']);

/** Modules of the library come from what was built. */
const built: Plugin = {
  name: 'the built package',
  setup: b => {
    b.onResolve({ filter: /^cotangent$/ }, () => ({ path: join(root, 'dist/src/index.js') }));
    b.onResolve({ filter: /^\.\.\/\.\.\/src\// }, ({ path }) => ({ path: join(root, 'dist', path.replace('../../', '').replace(/\.ts$/, '.js')) }));
  },
};
/** A page cannot read the list of what the host computes from the disk. */
const listed: Plugin = {
  name: 'the list of host equations',
  setup: b => {
    b.onLoad({ filter: /backend[/\\]hostEquations\.ts$/ }, () => ({ contents: `export const committed = () => (${readFileSync(join(root, 'test/backend/host-equations.json'), 'utf8')});` }));
  },
};
async function bundle(options: { readonly entries: { readonly [name: string]: string }; readonly plugins: Plugin[]; readonly alias: { readonly [name: string]: string }; readonly ending: '.js' | '.ts' }): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: { ...options.entries }, plugins: options.plugins, alias: { ...options.alias }, outdir: root, bundle: true, splitting: true, write: false, outExtension: { '.js': options.ending },
    format: 'esm', platform: 'browser', target: 'es2022', logLevel: 'warning',
    define: { 'process.env': JSON.stringify(process.env['SEED'] === undefined ? {} : { SEED: process.env['SEED'] }) },
  });
  return new Map(outputFiles.map(file => [file.path.slice(root.length), file.text]));
}

/** A part of the name of the only files of tests to run, if one was asked for. */
const wanted = process.argv[2] ?? '';
let [passed, failed] = [0, 0];
function judge(name: string, failures: readonly string[], count = 1, started = performance.now()): void {
  passed += count - failures.length;
  failed += failures.length;
  console.log(`${failures.length === 0 ? 'passed' : 'FAILED'}  ${name} (${count} tests, ${((performance.now() - started) / 1000).toFixed(1)} s)`);
  for (const f of failures) console.log(`        ${f.split('\n').join('\n        ')}`);
}

/** Opens a page and waits for what it reports; null where it reports nothing, and then what it said. */
async function visit(chromium: Chromium, server: Server, path: string): Promise<{ readonly report: unknown; readonly said: readonly string[] }> {
  const said: string[] = [];
  const page = await chromium.open(server.address(path), line => { said.push(line); });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>(resolve => { timer = setTimeout(() => { said.push('(no more)'); resolve(null); }, patience); });
  const report = await Promise.race([server.report(), late, page.crashed.then(() => null)]);
  clearTimeout(timer);
  await page.close();
  return { report, said };
}
const isReport = (x: unknown): x is Report => typeof x === 'object' && x !== null && 'backend' in x && 'results' in x;
const isOutcome = (x: unknown): x is Outcome => typeof x === 'object' && x !== null && 'passed' in x && 'failures' in x;

/**
 * How near results must be: `Math` of two versions of an engine may differ in the last place, so what the reference computes with it is as near as
 * that lets it be. On wasm no function is the engine's.
 */
const nearness: { readonly [dtype: string]: number } = { f32: 1e-6, f64: 1e-14, f16: 1e-3 };
function near(got: Result | undefined, want: Result): boolean {
  const bound = nearness[want.dtype] ?? 0;
  return got?.dtype === want.dtype && got.values.length === want.values.length
    && want.values.every((w, i) => { const g = got.values[i]; return g === w || typeof g === 'number' && typeof w === 'number' && Math.abs(g - w) <= bound * Math.max(1, Math.abs(w)); });
}
/** The results of a page that differ from those of Node. Both have been plain text, so that NaN and -0 are words. */
function differences(got: Report, want: Report, same: (got: Result | undefined, want: Result) => boolean): string[] {
  if (got.error !== undefined) return [`an error: ${got.error}`];
  return Object.entries(want.results).flatMap(([name, w]) => same(got.results[name], w) ? [] : [`${name}: ${JSON.stringify(got.results[name])}\nin Node: ${JSON.stringify(w)}`]);
}
const toTheBit = (got: Result | undefined, want: Result): boolean => JSON.stringify(got) === JSON.stringify(want);

async function programs(chromium: Chromium): Promise<void> {
  const modules = await bundle({ entries: { programs: here('programs.ts'), programsPage: here('programsPage.ts') }, plugins: [built], alias: {}, ending: '.js' });
  const directory = join(root, 'node_modules/.cache/browser/programs');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  for (const [path, text] of modules) writeFileSync(join(directory, path), text);
  const { runPrograms } = await import(pathToFileURL(join(directory, 'programs.js')).href) as typeof import('./programs.ts');
  const server = await serve(modules, new Map<string, PageOfScripts>([
    ['with', { scripts: ['programsPage.js'], wasm: true }],
    ['without', { scripts: ['programsPage.js'], wasm: false }],
  ]));
  for (const { path, backend, same, name } of [
    { path: 'with', backend: 'wasm', same: toTheBit, name: 'programs under a strict policy with wasm-unsafe-eval, on wasm, to the bit as in Node' },
    { path: 'without', backend: 'reference', same: near, name: 'programs under a policy that forbids WebAssembly, on the reference as in Node' },
  ]) {
    const started = performance.now();
    const want = JSON.parse(plain(await runPrograms(backend))) as Report;
    if (want.error !== undefined) throw new Error(`programs in Node: ${want.error}`);
    const { report, said } = await visit(chromium, server, path);
    const count = Object.keys(want.results).length + 1;
    if (!isReport(report)) judge(name, [`no report; the page said: ${said.slice(-5).join('\n')}`], 1, started);
    else judge(name, [...report.backend === backend ? [] : [`the backend is ${report.backend}`], ...differences(report, want, same)], count, started);
  }
  await server.close();
}

/** A file of tests after the whole library, so that the library is what all pages share, apart from the tests: errors name lines outside of it. */
const afterLibrary: Plugin = {
  name: 'after the library',
  setup(b) {
    b.onResolve({ filter: /^tests:/ }, ({ path }) => ({ path: path.slice('tests:'.length), namespace: 'tests' }));
    b.onLoad({ filter: /./, namespace: 'tests' }, ({ path }) => ({ contents: `import ${JSON.stringify(join(root, 'src/index.ts'))};\nimport ${JSON.stringify(path)};`, resolveDir: root }));
  },
};
async function backendTests(chromium: Chromium): Promise<void> {
  const files = readdirSync(join(root, 'test/backend')).filter(f => f.endsWith('.test.ts') && !ofNode.has(f) && f.includes(wanted)).sort();
  const modules = await bundle({
    entries: { testPage: here('testPage.ts'), ...Object.fromEntries(files.map(f => [basename(f, '.ts'), `tests:${join(root, 'test/backend', f)}`])) },
    // The lines that errors name end as those of the sources.
    plugins: [listed, afterLibrary], alias: { vitest: here('harness.ts') }, ending: '.ts',
  });
  const server = await serve(modules, new Map(files.map(f => [`page of ${f}`, { scripts: [f, 'testPage.ts'], wasm: true }])));
  for (const f of files) {
    const started = performance.now();
    const { report, said } = await visit(chromium, server, `page of ${f}`);
    if (!isOutcome(report)) { judge(`test/backend/${f}`, [`no report; the page said: ${said.slice(-5).join('\n')}`], 1, started); continue; }
    const count = report.passed + report.failures.length;
    judge(`test/backend/${f}`, count === 0 ? [`no tests; the page said: ${said.slice(-5).join('\n')}`] : report.failures.map(x => `${x.name}: ${x.words}`), Math.max(1, count), started);
  }
  await server.close();
}

const why = whyNoChromium();
if (why !== null) console.log(`browser tests skipped: ${why}`);
else {
  if (!existsSync(join(root, 'dist/src/index.js'))) throw new Error('the package is not built: npm run build');
  const chromium = await startChromium();
  try {
    if (wanted === '') await programs(chromium);
    if (wanted === '' || wanted === 'page') {
      const started = performance.now();
      judge('the page of examples/browser', await useLivePage(chromium), 1, started);
    }
    if (wanted !== 'page') await backendTests(chromium);
  } finally { await chromium.close(); }
  console.log(`browser tests: ${passed} passed, ${failed} failed`);
  const summary = process.env['BROWSER_SUMMARY'];
  if (summary !== undefined) writeFileSync(summary, JSON.stringify({ numPassedTests: passed, numFailedTests: failed }));
  if (failed > 0) process.exitCode = 1;
}
