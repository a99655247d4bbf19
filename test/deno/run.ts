// `npm run test:deno`: the tests of the WebGPU backend under Deno, whose WebGPU (wgpu) translates WGSL by another compiler (naga) than Dawn's. The
// tests are those of Node, bundled as for a page. Deno is not installed by npm here: it is what DENO names, or the one on the PATH; where there is none,
// that is said, and the command fails. On linux-x64 the adapter is the software one that npm brings, elsewhere the machine's own.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleTests, ofNode, root, scriptOf } from '../browser/bundles.ts';
import type { Outcome } from '../browser/harness.ts';
import { softwareDriver } from '../../examples/software-gpu.ts';

const deno = process.env['DENO'] ?? 'deno';
/** What a file may take, in milliseconds, on a machine that is busy. */
const patience = 600_000;

function outcomeOf(text: string): Outcome | null {
  const last = text.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{"passed"')) return null;
  return JSON.parse(last) as Outcome;
}
async function main(): Promise<number> {
  const version = spawnSync(deno, ['--version'], { encoding: 'utf8' });
  if (version.error !== undefined || version.status !== 0) {
    console.log(`test:deno: there is no ${deno} here, so nothing was run: put it on the PATH, or name it: DENO=/path/to/deno npm run test:deno`);
    return 1;
  }
  const files = readdirSync(join(root, 'test/webgpu')).filter(f => f.endsWith('.test.ts') && !ofNode.has(f) && f.includes(process.argv[2] ?? '')).map(f => `test/webgpu/${f}`).sort();
  const directory = join(root, 'node_modules/.cache/deno');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [path, text] of await bundleTests(files, 'test/deno/page.ts', '.js')) writeFileSync(join(directory, path), text);
  const adapter = softwareDriver();
  const env = { ...process.env, ...adapter === null ? {} : { LD_LIBRARY_PATH: dirname(adapter.loader), VK_ICD_FILENAMES: adapter.driver, VK_DRIVER_FILES: adapter.driver } };
  let [passed, failed] = [0, 0];
  for (const f of files) {
    const started = performance.now();
    const { stdout, stderr, signal, status } = spawnSync(deno, ['run', '--allow-all', '--no-config', '--unstable-webgpu', join(directory, 'page.js'), `./${scriptOf(f).replace(/\.ts$/, '.js')}`], { cwd: directory, env, encoding: 'utf8', timeout: patience });
    const outcome = outcomeOf(stdout);
    const failures = outcome === null ? [`no report (${signal ?? status}): ${`${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n')}`] : outcome.failures.map(x => `${x.name}: ${x.words}`);
    const count = outcome === null ? 0 : outcome.passed;
    passed += count;
    failed += failures.length + (outcome !== null && count + failures.length === 0 ? 1 : 0);
    console.log(`${failures.length === 0 && count > 0 ? 'passed' : 'FAILED'}  ${f} (${count + failures.length} tests, ${((performance.now() - started) / 1000).toFixed(1)} s)`);
    for (const words of failures) console.log(`        ${words.split('\n').join('\n        ')}`);
  }
  console.log(`under ${version.stdout.split('\n')[0] ?? 'deno'}: ${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
process.exitCode = await main();
