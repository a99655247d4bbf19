// Machines where no software adapter runs: Dawn's null backend checks every kernel and runs none. Forced here, so that the branch is tried everywhere.
import { expect, it } from 'vitest';
import { sampleProgram, testable } from '../backend/samples.ts';
import { defaultMapSchedule } from '../../src/compile/wgsl/mapSchedule.ts';
import { defaultSchedule } from '../../src/compile/wgsl/schedule.ts';
import { add, div } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, reduceSum } from '../../src/primitive/broadcast.ts';
import { convert } from '../../src/primitive/convert.ts';
import { reverse } from '../../src/primitive/reverse.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { stage } from '../../src/trace/scope.ts';

process.env['WEBGPU_ADAPTER'] = 'null';
const { dispatchesOf } = await import('../../src/backend/webgpu/commands.ts');
const { product, programOf } = await import('./products.ts');
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
it('products of halves run in tiles where a device keeps halves: read as vectors, summed in float32', async () => {
  const halves = await softwareBackend({ nativeHalf: true, choose: p => p.preferred });
  const jaxpr = programOf([product(64, 64, 64, false, true)], 'f16');
  const executable = halves.compile(jaxpr);
  const [first, second] = dispatchesOf(executable.program.commands);
  expect([first?.name, second?.name]).toEqual(['dotGeneral 32x32x16 4x4', undefined]);
  for (const part of ['array<vec4h>', 'vec4f(b0[', '= f16(']) expect(first?.shader.code).toContain(part);
  // Where the device has none it refuses the kernel: then there is nothing more to see.
  if (halves.device.gpu.features.has('shader-f16')) await executable.ready();
  // Elsewhere they are taken out of words, without a template.
  expect(dispatchesOf((await softwareBackend({ nativeHalf: false, choose: p => p.preferred })).compile(jaxpr).program.commands).map(d => d.name)).toEqual(['dotGeneral']);
});
it('checks kernels that take four halves as such, in maps, in rows and in squares', async () => {
  const half = await softwareBackend({ nativeHalf: true, mapSchedule: defaultMapSchedule, schedule: defaultSchedule });
  const aval = { shape: [64, 96], dtype: 'f16' } as const;
  const { jaxpr } = stage('halves', [aval, { shape: [96], dtype: 'f16' }], ([x, y]) => {
    if (x === undefined || y === undefined) return [];
    const sums = broadcastInDim(reduceSum(x, [1]), [64, 96], [0]);
    return [add(x, broadcastInDim(y, [64, 96], [1])), div(x, sums), transpose(x, [1, 0]), reverse(add(x, x), [1]), convert(x, 'f32')];
  });
  const executable = half.compile(jaxpr);
  const vectors = dispatchesOf(executable.program.commands).map(d => d.shader.code).filter(code => code.includes('array<vec4h>'));
  expect(vectors.some(code => code.includes('square0'))).toBe(true);
  expect(vectors.some(code => code.includes('fold_f32'))).toBe(true);
  if (half.device.gpu.features.has('shader-f16')) await executable.ready();
  half.device.gpu.destroy();
});
