// Runs suites that were written for other backends on WebGPU, and compares what fails with what is known to differ (differences.json): nothing
// else may, and what is listed there must. `npm run test:webgpu` runs them all, the paths given to it, or with --few those of every change.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startVitest } from 'vitest/node';
import { runsKernels } from '../software.ts';

const root = new URL('../../../', import.meta.url).pathname;
/** All that runs on any backend; the few that run with every change are those that say most in least time. */
export const suites: readonly string[] = ['test/data', 'test/examples', 'test/nn', 'test/numpy', 'test/optim', 'test/primitive', 'test/random', 'test/trace', 'test/train', 'test/transform'];
export const few: readonly string[] = ['test/data/mix', 'test/examples/xor', 'test/random/random'];

/** What a test that is written in float64 meets, by design. */
const noDoubles = 'webgpu: f64 does not exist on this backend';
/** For each other test, or file, that cannot pass: a part of what it says. */
type Differences = { readonly [test: string]: string };
function isDifferences(x: unknown): x is Differences { return typeof x === 'object' && x !== null && Object.values(x).every(v => typeof v === 'string'); }
export interface Outcome { readonly passed: number; readonly doubles: number; readonly different: number; readonly faults: readonly string[] }

/** Runs the files whose paths begin as given. */
export async function runSuites(paths: readonly string[]): Promise<Outcome> {
  const read: unknown = JSON.parse(readFileSync(new URL('differences.json', import.meta.url), 'utf8'));
  const known = isDifferences(read) ? read : {};
  const vitest = await startVitest('test', [...paths], { config: `${root}test/webgpu/suites/vitest.config.ts`, root, watch: false, reporters: [{}] });
  const faults: string[] = [];
  let [passed, doubles, different] = [0, 0, 0];
  const judge = (name: string, failure: string | null): void => {
    const difference = known[name];
    if (failure === null && difference === undefined) passed++;
    else if (failure === null) faults.push(`${name}: is listed as different (${difference}), and passes`);
    else if (failure.includes(noDoubles)) doubles++;
    else if (difference === undefined) faults.push(`${name}: ${failure}`);
    else if (failure.includes(difference)) different++;
    else faults.push(`${name}: fails otherwise than listed: ${failure}`);
  };
  for (const file of vitest.state.getTestModules()) {
    const path = relative(root, file.moduleId);
    const [broken] = file.errors();
    if (broken !== undefined) { judge(path, broken.message); continue; }
    for (const test of file.children.allTests()) {
      const result = test.result();
      judge(`${path} > ${test.fullName}`, result.state === 'failed' ? result.errors[0]?.message ?? 'failed' : null);
    }
  }
  for (const error of vitest.state.getUnhandledErrors()) faults.push(error instanceof Error ? error.message : String(error));
  await vitest.close();
  return { passed, doubles, different, faults };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const given = process.argv.slice(2);
  if (!runsKernels) { console.log('no software adapter runs on this machine: nothing was run'); process.exit(0); }
  const { passed, doubles, different, faults } = await runSuites(given.includes('--few') ? few : given.length > 0 ? given : suites);
  for (const f of faults) console.log(f);
  console.log(`on WebGPU: ${passed} tests passed, ${doubles} are written in float64, which is refused, ${different} differ as listed in test/webgpu/suites/differences.json, ${faults.length} faults`);
  // Vitest sets a code of its own for tests that fail as listed.
  process.exit(faults.length === 0 ? 0 : 1);
}
