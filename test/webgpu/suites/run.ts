// Runs suites that were written for other backends on WebGPU, and compares what fails with what is known to differ (differences.json): nothing
// else may, and what is listed there must. `npm run test:webgpu` runs them all, the paths given to it, or with --few those of every change.
// Float64 is computed in float32: where a test then fails, it must fail at the same place on the reference, in float32, too.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startVitest, type Vitest } from 'vitest/node';
import { runsKernels } from '../software.ts';

const root = new URL('../../../', import.meta.url).pathname;
/** All that compute something on the current backend (test/laws asks the reference, test/trace backends of its own); the few that run with every change are those that say most in least time. */
export const suites: readonly string[] = ['test/data', 'test/examples', 'test/golden', 'test/nn', 'test/numpy', 'test/optim', 'test/primitive', 'test/random', 'test/trace/values', 'test/train', 'test/transform'];
export const few: readonly string[] = ['test/data/mix', 'test/examples/xor', 'test/random/random', 'test/transform/grad'];

/** By the reason: of each test, or file, that cannot pass, a part of what it says. */
type Differences = { readonly [reason: string]: { readonly [test: string]: string } };
const isRecord = (x: unknown): x is { readonly [key: string]: unknown } => typeof x === 'object' && x !== null;
function isDifferences(x: unknown): x is Differences { return isRecord(x) && Object.values(x).every(tests => isRecord(tests) && Object.values(tests).every(v => typeof v === 'string')); }

/** What became of a test: `failure` with the line of the test that it failed at. */
interface Result { readonly name: string; readonly file: string; readonly failure: { readonly message: string; readonly line: number | null } | null; readonly programs: number; readonly doubles: number }
interface Failed { readonly message: string; readonly stacks?: readonly { readonly file: string; readonly line: number }[] }
const failureOf = (error: Failed | undefined, file: string): Result['failure'] => ({ message: error?.message ?? 'failed', line: error?.stacks?.find(s => s.file === file)?.line ?? null });

function resultsOf(vitest: Vitest): readonly Result[] {
  return vitest.state.getTestModules().flatMap(module => {
    const file = relative(root, module.moduleId);
    const [broken] = module.errors();
    if (broken !== undefined) return [{ name: file, file, failure: failureOf(broken, module.moduleId), programs: 0, doubles: 1 }];
    const seen = new Map<string, number>();
    return [...module.children.allTests()].map((test): Result => {
      const result = test.result();
      const { programs = 0, doubles = 0 } = test.meta();
      // Tests of one name are told apart by their order.
      const times = (seen.get(test.fullName) ?? 0) + 1;
      seen.set(test.fullName, times);
      return { name: `${file} > ${test.fullName}${times > 1 ? ` (${times})` : ''}`, file, failure: result.state === 'failed' ? failureOf(result.errors[0], module.moduleId) : null, programs, doubles };
    });
  });
}
async function run(paths: readonly string[], on: 'webgpu' | 'reference'): Promise<{ readonly results: readonly Result[]; readonly errors: readonly string[] }> {
  process.env['SUITES_ON'] = on;
  const vitest = await startVitest('test', [...paths], { config: `${root}test/webgpu/suites/vitest.config.ts`, root, watch: false, reporters: [{}] });
  const errors = vitest.state.getUnhandledErrors().map(error => error instanceof Error ? error.message : String(error));
  const results = resultsOf(vitest);
  await vitest.close();
  return { results, errors };
}

/** How many tests passed, how many of these ran kernels, and in how many these stood for float64; those that float32 fails anywhere; those listed. */
export interface Outcome { readonly passed: number; readonly ran: number; readonly narrowed: number; readonly bounds: number; readonly different: number; readonly faults: readonly string[] }

/** Runs the files whose paths begin as given. */
export async function runSuites(paths: readonly string[]): Promise<Outcome> {
  const read: unknown = JSON.parse(readFileSync(new URL('differences.json', import.meta.url), 'utf8'));
  if (!isDifferences(read)) throw new Error('differences.json: not what is wanted');
  const known = new Map(Object.values(read).flatMap(tests => Object.entries(tests)));
  const { results, errors } = await run(paths, 'webgpu');
  const suspects = results.filter(r => r.failure !== null && r.doubles > 0 && !known.has(r.name));
  const files = [...new Set(suspects.map(r => r.file))];
  const same = new Map(files.length === 0 ? [] : (await run(files, 'reference')).results.map(r => [r.name, r.failure]));
  const faults = [...errors];
  const passed = results.filter(r => r.failure === null);
  let [bounds, different] = [0, 0];
  for (const { name, failure, doubles } of results) {
    const difference = known.get(name);
    if (failure === null) {
      if (difference !== undefined) faults.push(`${name}: is listed as different (${difference}), and passes`);
    } else if (difference !== undefined) {
      if (failure.message.includes(difference)) different++; else faults.push(`${name}: fails otherwise than listed: ${failure.message}`);
    } else {
      const there = same.get(name) ?? null;
      if (doubles > 0 && there !== null && there.line === failure.line) bounds++;
      else faults.push(`${name}: ${failure.message}${there === null ? '' : ` (in float32 the reference fails elsewhere: ${there.message})`}`);
    }
  }
  return { passed: passed.length, ran: passed.filter(r => r.programs > 0).length, narrowed: passed.filter(r => r.doubles > 0).length, bounds, different, faults };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const given = process.argv.slice(2);
  if (!runsKernels) { console.log('no software adapter runs on this machine: nothing was run'); process.exit(0); }
  const { passed, ran, narrowed, bounds, different, faults } = await runSuites(given.includes('--few') ? few : given.length > 0 ? given : suites);
  for (const f of faults) console.log(f);
  console.log(`on WebGPU: ${passed} tests passed (${ran} ran kernels, ${narrowed} with float32 for float64), ${bounds} have bounds that no float32 meets, ${different} differ as listed in test/webgpu/suites/differences.json, ${faults.length} faults`);
  // Vitest sets a code of its own for tests that fail as listed.
  process.exit(faults.length === 0 ? 0 : 1);
}
