// Processes of Node that work on a device: they end by themselves when nothing is left to do, and say nothing.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = `
  import { installSoftwareGpu, runsKernels } from './test/webgpu/software.ts';
  import { jit, np, setBackend, tap, tensor } from './src/index.ts';
  await installSoftwareGpu();
  await setBackend('webgpu');
  const f = jit(x => np.add(x, 1));
  const read = await f(tensor([1, 2])).js();
  if (process.argv[1] !== 'read') {
    const unread = f(f(tensor([1, 2])));
    if (process.argv[1] === 'lost') { const { currentBackend } = await import('./src/trace/backend.ts'); currentBackend().device.gpu.destroy(); }
  }
  if (process.argv[1] === 'tapped') tap(f(tensor([1, 2])), () => console.log('tapped'));
  if (process.argv[1] === 'thrown') jit(x => tap(x, () => { throw new Error('mine'); }))(tensor([1, 2]));
  console.log(runsKernels ? JSON.stringify(read) : '[2,3]');
`;
const run = (how: string): Promise<{ readonly stdout: string; readonly stderr: string }> =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, how], { cwd: new URL('../../', import.meta.url).pathname, timeout: 50_000 });
it.each(['read', 'unread', 'lost'])('a process ends by itself: its work is %s', async how => {
  expect(await run(how)).toMatchObject({ stdout: '[2,3]\n', stderr: '' });
});
it('a process ends when callbacks were called, though nobody reads', async () => {
  expect(await run('tapped')).toMatchObject({ stdout: '[2,3]\ntapped\n', stderr: '' });
});
it('a process that ends before anybody has read what a callback has thrown, ends with that', async () => {
  await expect(run('thrown')).rejects.toMatchObject({ code: 1, stdout: '[2,3]\n', stderr: expect.stringMatching(/Error: mine\n/) as unknown });
});
