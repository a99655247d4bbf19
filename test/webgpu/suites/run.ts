// Runs suites that were written for other backends on WebGPU, and compares what fails with what is known to differ (differences.json): nothing
// else may, and what is listed there must. `npm run test:webgpu` runs them all, the paths given to it, or with --few those of every change; each
// file is told as it ends. Float64 is computed in float32: where a test then fails, it must fail at the same place on the reference, in float32, too.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { startVitest } from 'vitest/node';
import { runsKernels } from '../software.ts';
import { fileOf, resultsOf, root, type Result } from './results.ts';

/** All that compute something on the current backend (test/laws asks the reference, test/trace backends of its own); the few that run with every change are those that say most in least time. */
export const suites: readonly string[] = ['test/data', 'test/examples', 'test/golden', 'test/nn', 'test/numpy', 'test/optim', 'test/primitive', 'test/random', 'test/trace/values', 'test/train', 'test/transform'];
export const few: readonly string[] = ['test/data/mix', 'test/examples/xor', 'test/random/random', 'test/transform/grad'];

/** By the reason: of each test, or file, that cannot pass, a part of what it says. */
type Differences = { readonly [reason: string]: { readonly [test: string]: string } };
const isRecord = (x: unknown): x is { readonly [key: string]: unknown } => typeof x === 'object' && x !== null;
function isDifferences(x: unknown): x is Differences { return isRecord(x) && Object.values(x).every(tests => isRecord(tests) && Object.values(tests).every(v => typeof v === 'string')); }

/** Seconds after which, and after each more of which, a file that has not ended is told. */
const patience = 60;
/** Runs files, and tells the results of each as it ends, with the seconds it took; returns what broke outside of tests. */
async function run(paths: readonly string[], on: 'webgpu' | 'reference', say: (line: string) => void, tell: (file: string, results: readonly Result[], seconds: number) => void): Promise<readonly string[]> {
  process.env['SUITES_ON'] = on;
  const ended = new Set<string>();
  let before = performance.now();
  let current = '';
  const slow = setInterval(() => {
    const seconds = (performance.now() - before) / 1000;
    if (current !== '' && seconds >= patience) say(`  ${current}: ${seconds.toFixed(0)} s so far`);
  }, patience * 1000);
  const since = (): number => { const now = performance.now(), took = now - before; before = now; return took / 1000; };
  const vitest = await startVitest('test', [...paths], {
    config: `${root}test/webgpu/suites/vitest.config.ts`, root, watch: false,
    reporters: [{
      onTestRunStart() { since(); },
      onTestModuleQueued(module) { current = fileOf(module); },
      onTestModuleEnd(module) {
        current = '';
        ended.add(module.moduleId);
        tell(fileOf(module), resultsOf(module), since());
      },
    }],
  });
  clearInterval(slow);
  // A process that dies, or hangs until it is ended, leaves its file without an end.
  for (const module of vitest.state.getTestModules()) if (!ended.has(module.moduleId)) tell(fileOf(module), resultsOf(module), since());
  const errors = vitest.state.getUnhandledErrors().map(error => isRecord(error) && typeof error['message'] === 'string' ? error['message'] : String(error));
  await vitest.close();
  return errors;
}

/** How many tests passed, how many of these ran kernels, and in how many these stood for float64; those that float32 fails anywhere; those listed. */
export interface Outcome { readonly passed: number; readonly ran: number; readonly narrowed: number; readonly bounds: number; readonly different: number; readonly faults: readonly string[] }

/** Runs the files whose paths begin as given, and says what becomes of each. */
export async function runSuites(paths: readonly string[], say: (line: string) => void): Promise<Outcome> {
  const read: unknown = JSON.parse(readFileSync(new URL('differences.json', import.meta.url), 'utf8'));
  if (!isDifferences(read)) throw new Error('differences.json: not what is wanted');
  const known = new Map(Object.values(read).flatMap(tests => Object.entries(tests)));
  const faults: string[] = [];
  const fault = (text: string): void => { faults.push(text); say(`  FAULT ${text}`); };
  const suspects = new Map<string, Result>();
  const counts = { passed: 0, ran: 0, narrowed: 0, bounds: 0, different: 0 };
  const errors = await run(paths, 'webgpu', say, (file, results, seconds) => {
    const tests = new Set(results.map(r => r.name));
    const [before, doubted] = [{ ...counts }, suspects.size];
    const failures: string[] = [];
    for (const result of results) {
      const { name, failure, doubles, narrowed, programs } = result;
      const difference = known.get(name);
      if (failure === null) {
        counts.passed++;
        if (programs > 0) counts.ran++;
        if (doubles > 0) counts.narrowed++;
        if (difference !== undefined) failures.push(`${name}: is listed as different (${difference}), and passes`);
      } else if (difference !== undefined) {
        if (failure.message.includes(difference)) counts.different++; else failures.push(`${name}: fails otherwise than listed: ${failure.message}`);
      } else if (narrowed) suspects.set(name, result);
      else failures.push(`${name}: ${failure.message}`);
    }
    for (const name of known.keys()) if (name.startsWith(`${file} > `) && !tests.has(name) && !tests.has(file)) failures.push(`${name}: is listed as different, and there is no such test`);
    say([
      `${file}: ${counts.passed - before.passed} passed (${counts.ran - before.ran} ran kernels)`, ...counts.different > before.different ? [`${counts.different - before.different} differ as listed`] : [],
      ...suspects.size > doubted ? [`${suspects.size - doubted} fail after float32 stood for float64, which the reference will be asked about`] : [], ...failures.length > 0 ? [`${failures.length} faults`] : [], `${seconds.toFixed(1)} s`,
    ].join(', '));
    failures.forEach(fault);
  });
  errors.forEach(fault);
  const files = [...new Set([...suspects.values()].map(r => r.file))];
  if (files.length > 0) {
    say(`the same in float32 on the reference: ${files.length} files`);
    const there = new Map<string, Result['failure']>();
    await run(files, 'reference', say, (file, results, seconds) => {
      for (const r of results) there.set(r.name, r.failure);
      const same = [...suspects.values()].filter(s => s.file === file && s.failure?.line === there.get(s.name)?.line).length;
      say(`${file}: ${same} fail in float32 at the same line, ${seconds.toFixed(1)} s`);
    });
    for (const { name, failure } of suspects.values()) {
      const other = there.get(name) ?? null;
      if (other !== null && other.line === failure?.line) counts.bounds++;
      else fault(`${name}: ${failure?.message ?? ''}${other === null ? '' : ` (in float32 the reference fails elsewhere: ${other.message})`}`);
    }
  }
  return { ...counts, faults };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const given = process.argv.slice(2);
  if (!runsKernels) { console.log('no software adapter runs on this machine: nothing was run'); process.exit(0); }
  const { passed, ran, narrowed, bounds, different, faults } = await runSuites(given.includes('--few') ? few : given.length > 0 ? given : suites, line => { console.log(line); });
  if (faults.length > 0) console.log(`\nfaults:\n${faults.map(f => `  ${f}`).join('\n')}`);
  console.log(`on WebGPU: ${passed} tests passed (${ran} ran kernels, ${narrowed} with float32 for float64), ${bounds} have bounds that no float32 meets, ${different} differ as listed in test/webgpu/suites/differences.json, ${faults.length} faults`);
  // Vitest sets a code of its own for tests that fail as listed.
  process.exit(faults.length === 0 ? 0 : 1);
}
