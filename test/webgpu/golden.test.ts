// The kernels of fixed programs are those that were committed, and a device takes them: who changes them sees what changes.
import { expect, it } from 'vitest';
import { acquireAdapter, hasSubgroups } from '../../src/backend/webgpu/acquire.ts';
import { files, golden } from './golden.ts';
import { softwareBackend } from './harness.ts';

const renew = 'the kernels have changed: look at the difference, then run `npm run wgsl` and commit test/webgpu/golden';
it.each(golden)('%s', (_name, emitted, committed) => { expect(emitted(), renew).toBe(committed()); });
it('there is a file for each program, and no other', () => { expect(files(), renew).toEqual(golden.map(([name]) => name).sort()); });
it('the device takes all of them', async () => {
  const { device } = await softwareBackend();
  // Folds by subgroups among them, which other tests try where a device has subgroups.
  expect(await hasSubgroups(await acquireAdapter())).toBe(true);
  const modules = golden.map(([name, emitted]) => ({ name, texts: emitted().split(/^\/\/ .*: \d+ workgroups.*$/m).slice(1).map(t => t.trim()).filter(t => t !== '' && !t.startsWith('// (')) }));
  for (const { name, texts } of modules) for (const code of texts) {
    const { messages } = await device.gpu.createShaderModule({ label: name, code }).getCompilationInfo();
    expect(messages.filter(m => m.type === 'error').map(m => `${name}: ${m.message}`)).toEqual([]);
  }
  expect(modules.flatMap(m => m.texts).length).toBeGreaterThan(golden.length);
  device.gpu.destroy();
});
