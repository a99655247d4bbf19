// Suites that were written for other backends, unchanged on WebGPU: a few with every change; all of them by `npm run test:webgpu`.
import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { runsKernels } from '../software.ts';

const root = new URL('../../../', import.meta.url).pathname;
it('pass on WebGPU as on the backends they were written for', async () => {
  const said = await new Promise<string>(done => {
    // The child is a run of its own, not a part of this one.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
    execFile(process.execPath, ['--import', 'tsx', 'test/webgpu/suites/run.ts', '--few'], { cwd: root, env, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) => { done(stdout.trim().split('\n').at(-1) ?? stderr); });
  });
  expect(said).toMatch(runsKernels ? /^on WebGPU: [1-9]\d+ tests passed \([1-9]\d+ ran kernels, [1-9]\d* with float32 for float64\), \d+ have bounds that no float32 meets, \d+ differ as listed .*, 0 faults$/ : 'no software adapter runs on this machine: nothing was run');
}, 600_000);
