// Cotangent in a headless Chromium: the built package as pages load it, and the tests of the backends. Run after `npm run build`, by
// `npm run test:browser`; it prints a line for each page and ends with 1 where anything failed.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPage } from '../../examples/browser/vite.ts';
import { builtPackage, bundle, bundleTests, ofNode, root, scriptOf } from './bundles.ts';
import { startChromium, whyNoChromium, type Chromium } from './chromium.ts';
import type { Outcome } from './harness.ts';
import { useLivePage, useLivePageOnWebGpu } from './livePage.ts';
import { plain } from './plain.ts';
import type { Report, Result } from './programs.ts';
import { serve, type PageOfScripts, type Server } from './server.ts';

const here = (path: string): string => join(root, 'test/browser', path);
const softwareGpu = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];
/** What a page may take, in milliseconds, on a machine that is busy. */
const patience = 240_000;

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
  const report = await Promise.race([server.report(), late, page.broken.then(() => null)]);
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
const nearnessOfEngines: { readonly [dtype: string]: number } = { f32: 1e-6, f64: 1e-14, f16: 1e-3 };
function nearBy(nearness: { readonly [dtype: string]: number }, got: Result | undefined, want: Result): boolean {
  const bound = nearness[want.dtype] ?? 0;
  return got?.dtype === want.dtype && got.values.length === want.values.length
    && want.values.every((w, i) => { const g = got.values[i]; return g === w || typeof g === 'number' && typeof w === 'number' && Math.abs(g - w) <= bound * Math.max(1, Math.abs(w)); });
}
/** Functions of the device's own, and orders of sums that differ, over the sixty steps of the training. */
const nearnessOnWebGpu: { readonly [dtype: string]: number } = { f32: 3e-5, f16: 1e-3 };
/** The results of a page that differ from those of Node. Both have been plain text, so that NaN and -0 are words. */
function differences(got: Report, want: Report, same: (got: Result | undefined, want: Result) => boolean): string[] {
  if (got.error !== undefined) return [`an error: ${got.error}`];
  return Object.entries(want.results).flatMap(([name, w]) => same(got.results[name], w) ? [] : [`${name}: ${JSON.stringify(got.results[name])}\nin Node: ${JSON.stringify(w)}`]);
}
const near = (got: Result | undefined, want: Result): boolean => nearBy(nearnessOfEngines, got, want);
/** Subnormal numbers may be zeros, of the same sign. */
const nearOnWebGpu = (got: Result | undefined, want: Result): boolean => nearBy(nearnessOnWebGpu, got, { ...want, values: want.values.map((w, i) => typeof w === 'number' && Math.abs(w) < 2 ** -126 && got?.values[i] === '-0' && w < 0 ? '-0' : w) });
const toTheBit = (got: Result | undefined, want: Result): boolean => JSON.stringify(got) === JSON.stringify(want);

interface PageOfPrograms { readonly path: string; readonly wasm: boolean; /** Where the page runs them, if not where it would by itself. */ readonly on?: string; readonly backend: string; readonly same: typeof near; readonly name: string }
const onWasm: readonly PageOfPrograms[] = [
  { path: 'with', wasm: true, backend: 'wasm', same: toTheBit, name: 'programs under a strict policy with wasm-unsafe-eval, on wasm, to the bit as in Node' },
  { path: 'without', wasm: false, backend: 'reference', same: near, name: 'programs under a policy that forbids WebAssembly, on the reference as in Node' },
];
const onWebGpu: readonly PageOfPrograms[] = [
  { path: 'gpu', wasm: false, on: 'webgpu', backend: 'webgpu', same: nearOnWebGpu, name: 'programs on WebGPU under a policy that forbids WebAssembly, as on the reference in Node' },
];
/** The programs as a page loads them, and what they compute in Node by backend: there they run one after another. */
interface Programs { readonly modules: ReadonlyMap<string, string>; readonly wanted: ReadonlyMap<string, Report> }
async function inNode(): Promise<Programs> {
  const modules = await bundle({ entries: { programs: here('programs.ts'), programsPage: here('programsPage.ts') }, plugins: [builtPackage], alias: {}, ending: '.js' });
  const directory = join(root, 'node_modules/.cache/browser/programs');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  for (const [path, text] of modules) writeFileSync(join(directory, path), text);
  const { runPrograms } = await import(pathToFileURL(join(directory, 'programs.js')).href) as typeof import('./programs.ts');
  const computed = new Map<string, Report>();
  for (const backend of ['wasm', 'reference']) {
    const report = JSON.parse(plain(await runPrograms(backend))) as Report;
    if (report.error !== undefined) throw new Error(`programs in Node: ${report.error}`);
    computed.set(backend, report);
  }
  return { modules, wanted: computed };
}
async function programs(chromium: Chromium, { modules, wanted: computed }: Programs, pages: readonly PageOfPrograms[]): Promise<void> {
  const server = await serve(modules, new Map(pages.map(({ path, wasm }): [string, PageOfScripts] => [path, { scripts: ['programsPage.js'], wasm }])));
  for (const { path, on, backend, same, name } of pages) {
    const started = performance.now();
    const want = computed.get(backend === 'wasm' ? backend : 'reference');
    if (want === undefined) throw new Error(`programs in Node: none ran on ${backend}`);
    const { report, said } = await visit(chromium, server, on === undefined ? path : `${path}?on=${on}`);
    // What does not exist there is not computed there.
    const there = Object.fromEntries(Object.entries(want.results).filter(([, { dtype }]) => on !== 'webgpu' || dtype !== 'f64'));
    const count = Object.keys(there).length + 1;
    if (!isReport(report)) judge(name, [`no report; the page said: ${said.slice(-5).join('\n')}`], 1, started);
    else judge(name, [...report.backend === backend ? [] : [`the backend is ${report.backend}`], ...differences(report, { ...want, results: there }, same)], count, started);
  }
  await server.close();
}

/** Files of tests of a directory, but for those of Node alone, if they were asked for. */
const testsIn = (directory: string): readonly string[] => readdirSync(join(root, directory)).filter(f => f.endsWith('.test.ts') && !ofNode.has(f)).map(f => `${directory}/${f}`).sort();
async function tests(chromium: Chromium, all: readonly string[]): Promise<void> {
  const files = all.filter(f => f.includes(wanted));
  if (files.length === 0) return;
  const server = await serve(await bundleTests(files), new Map([['tests', { scripts: ['testPage.ts'], wasm: true }]]), new Map([['crash-the-gpu', chromium.crashGpu]]));
  for (const f of files) {
    const started = performance.now();
    const { report, said } = await visit(chromium, server, `tests?tests=${scriptOf(f)}`);
    if (!isOutcome(report)) { judge(f, [`no report; the page said: ${said.slice(-5).join('\n')}`], 1, started); continue; }
    const count = report.passed + report.failures.length;
    judge(f, count === 0 ? [`no tests; the page said: ${said.slice(-5).join('\n')}`] : report.failures.map(x => `${x.name}: ${x.words}`), Math.max(1, count), started);
  }
  await server.close();
}

/** Starts a browser for some tests, and ends it whatever happens. */
async function within(flags: readonly string[], use: (chromium: Chromium) => Promise<void>): Promise<void> {
  const chromium = await startChromium(flags);
  try { await use(chromium); } finally { await chromium.close(); }
}
const asksForPages = wanted === '' || wanted === 'page';
async function page(chromium: Chromium, name: string, use: (chromium: Chromium) => Promise<readonly string[]>): Promise<void> {
  if (!asksForPages) return;
  const started = performance.now();
  judge(name, await use(chromium), 1, started);
}
const why = whyNoChromium();
if (why !== null) console.log(`browser tests skipped: ${why}`);
else {
  if (!existsSync(join(root, 'dist/src/index.js'))) throw new Error('the package is not built: npm run build');
  const made = wanted === '' || wanted === 'programs' ? await inNode() : null;
  if (asksForPages) await buildPage('warn');
  // Two browsers side by side: what one of them waits for is mostly one thread.
  const both = [
    // As a browser is: it offers no adapter to a machine that has no GPU.
    within([], async chromium => {
      if (made !== null) await programs(chromium, made, onWasm);
      await page(chromium, 'the page of examples/browser', useLivePage);
      await tests(chromium, testsIn('test/backend'));
    }),
    // With the adapter that the browser brings in software.
    within(softwareGpu, async chromium => {
      if (made !== null) await programs(chromium, made, onWebGpu);
      await page(chromium, 'the page of examples/browser on WebGPU', useLivePageOnWebGpu);
      await tests(chromium, [...testsIn('test/webgpu'), 'test/browser/webgpuProcess.ts']);
    }),
  ];
  await Promise.allSettled(both);
  await Promise.all(both);
  console.log(`browser tests: ${passed} passed, ${failed} failed`);
  const summary = process.env['BROWSER_SUMMARY'];
  if (summary !== undefined) writeFileSync(summary, JSON.stringify({ numPassedTests: passed, numFailedTests: failed }));
  if (failed > 0 || passed === 0) process.exitCode = 1;
}
