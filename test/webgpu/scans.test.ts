// Every schedule of running values against the reference: all steps that may be grouped, either direction, along memory and across it, edges of
// tiles; what may not be grouped is not.
import { afterAll, describe, expect, it } from 'vitest';
import { defaultScan, scanSchedules, type ScanSchedule } from '../../kernels/wgsl/scan.ts';
import type { DType } from '../../src/dtype/dtype.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { cumlogsumexp, cummax, cummin, cumprod, cumsum } from '../../src/primitive/cumulative.ts';
import { linearRecurrence } from '../../src/primitive/linearRecurrence.ts';
import { stage } from '../../src/trace/scope.ts';
import { Dice } from '../backend/randomPrograms.ts';
import { sampleValue, type Taste } from '../backend/samples.ts';
import { expectLikeReference, run, softwareBackend } from './harness.ts';
import { runsKernels } from './software.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
interface Along { readonly axis: number; readonly reverse: boolean }
const steps: readonly (readonly [name: string, dtypes: readonly DType[], f: (x: AnyTensor, p: Along) => AnyTensor])[] = [
  ['cumsum', ['f32', 'f16', 'i32', 'u32', 'i8'], cumsum], ['cumprod', ['i32', 'u8'], cumprod], ['cummax', ['f32', 'i32', 'u8'], cummax], ['cummin', ['f32', 'f16', 'u32'], cummin],
  ['cumlogsumexp', ['f32'], cumlogsumexp],
];
const program = (shape: readonly number[], dtype: DType, f: (x: AnyTensor) => AnyTensor): Jaxpr => stage('scan', [{ shape, dtype }], ([x]) => [f(x ?? expect.fail('no operand'))]).jaxpr;

/** Every candidate that there is for any lines; one invocation a line is what others have always. */
const wanted = scanSchedules({ outer: 1, n: 5000, inner: 1, reverse: false, step: 'add', dtype: 'f32' }).filter(s => s !== 'serial');
describe.each<ScanSchedule>(wanted)('running values by %s', async how => {
  const backend = await softwareBackend({ scan: (_, candidates) => candidates.find(c => c === how) ?? 'serial' });
  afterAll(() => { backend.device.gpu.destroy(); });
  const dice = new Dice(seed + (how === 'tiles' ? 1 : 0));
  // Fewer elements than lanes, all lanes busy, a whole tile and beside it, several tiles.
  const lengths = how === 'tiles' ? [1025, 1300, 2048, 3073] : [2, 255, 256, 1023, 1024, 1025, 2500];
  it.each(steps)('%s', async (_name, dtypes, f) => {
    for (let k = 0; k < 3; k++) {
      const dtype = dice.pick(dtypes, 'f32');
      const n = dice.pick(lengths, 1025);
      const [shape, axis] = dice.pick<readonly [readonly number[], number]>([[[n], 0], [[2, n], 1], [[n, 3], 0]], [[n], 0]);
      const taste = dice.pick<Taste>(dtype === 'f16' ? ['ties'] : ['plain', 'special'], 'plain');
      const jaxpr = program(shape, dtype, x => f(x, { axis, reverse: dice.below(2) === 0 }));
      expect(dispatchesOf(backend.compile(jaxpr).program.commands)).toHaveLength(how === 'tiles' ? 3 : 1);
      // Running sums of numbers of one sign, and their roundings, grow with the length.
      await expectLikeReference(backend, jaxpr, [sampleValue({ shape, dtype }, dice, [[0.25, 1.5]], taste)], dtype === 'f16' ? 2e-3 : 1e-6, () => `SEED=${seed}\n${printJaxpr(jaxpr)}`);
    }
  });
  it('a running sum of tenths is near exact', async () => {
    const n = 20_000;
    const [sums] = await run(backend, program([n], 'f32', x => cumsum(x, { axis: 0, reverse: false })), [{ shape: [n], dtype: 'f32', data: new Float32Array(n).fill(0.1) }]);
    expect(sums?.data).toHaveLength(n);
    if (runsKernels) sums?.data.forEach((s, i) => { if (Math.abs(s / ((i + 1) * Math.fround(0.1)) - 1) > 8 * 2 ** -24) expect.fail(`element ${i}: ${s}`); });
  });
});

describe('which running values are grouped', () => {
  const shape = { outer: 1, n: 100_000, inner: 1, reverse: false, step: 'add', dtype: 'f32' } as const;
  it('not those whose parts overflow where they do not', async () => {
    expect(scanSchedules({ ...shape, step: 'mul' })).toEqual(['serial']);
    expect(scanSchedules({ ...shape, step: 'affine' })).toEqual(['serial']);
    expect(scanSchedules({ ...shape, step: 'mul', dtype: 'i32' })).toContain('tiles');
    const backend = await softwareBackend({ scan: defaultScan });
    const ends = (x: AnyTensor): AnyTensor => linearRecurrence(x, x, { axis: 0, reverse: false });
    expect(dispatchesOf(backend.compile(program([100_000], 'f32', ends)).program.commands)).toHaveLength(1);
    backend.device.gpu.destroy();
  });
  it('few long lines by tiles, many long ones by workgroups, short ones and those across memory alone', () => {
    const chosen = (s: Partial<typeof shape> | { readonly outer: number } | { readonly n: number } | { readonly inner: number }): ScanSchedule => { const all = { ...shape, ...s }; return defaultScan(all, scanSchedules(all)); };
    expect([chosen({}), chosen({ outer: 1000 }), chosen({ n: 500 }), chosen({ n: 20 }), chosen({ inner: 65536 })]).toEqual(['tiles', 'workgroup', 'workgroup', 'serial', 'serial']);
  });
});
