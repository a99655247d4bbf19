// Machines where no software adapter runs: Dawn's null backend checks every kernel and runs none. Forced here, so that the branch is tried everywhere.
import { expect, it } from 'vitest';
import { sampleProgram, testable } from '../backend/samples.ts';

process.env['WEBGPU_ADAPTER'] = 'null';
const { refusal, run, softwareBackend } = await import('./harness.ts');
const { runsKernels } = await import('./software.ts');
const backend = await softwareBackend();

it('checks a kernel of every primitive', async () => {
  expect(runsKernels).toBe(false);
  const programs = testable.map(p => sampleProgram(p, 7, 0).jaxpr).filter(jaxpr => refusal(backend, jaxpr) === null);
  await Promise.all(programs.map(jaxpr => backend.compile(jaxpr).ready()));
  expect(programs.length).toBeGreaterThan(100);
});
it('gives values that nothing computed, of the right size', async () => {
  const { jaxpr, inputs } = sampleProgram(testable.find(p => p.name === 'add') ?? expect.fail('there is no add'), 7, 0);
  const [y] = await run(backend, jaxpr, inputs);
  expect(y?.data).toHaveLength(inputs[0]?.data.length ?? NaN);
});
it('refuses a kernel that is wrong', async () => {
  await expect(backend.device.pipelines.get({ code: '@compute @workgroup_size(64) fn main() { let x: u32 = 1.5; }', bindings: [], groups: 1 }, 'wrong')).rejects.toThrow(/^webgpu: the kernel wrong was refused: line 1: /);
});
