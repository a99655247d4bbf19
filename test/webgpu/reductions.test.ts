// Every schedule of rows against the reference, with and without subgroups: edges of workgroups, all monoids, several stages, what is stored
// along a row beside what is stored for it; sums of many numbers stay near exact.
import { afterAll, describe, expect, it } from 'vitest';
import { acquireAdapter, hasSubgroups } from '../../src/backend/webgpu/acquire.ts';
import { dispatchesOf } from '../../src/backend/webgpu/commands.ts';
import { defaultSchedule, scheduleName, schedulesOf, type RowShape, type Schedule } from '../../src/compile/wgsl/schedule.ts';
import type { DType } from '../../src/dtype/dtype.ts';
import { range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { div, mul, sub } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constantLike, reduceSum } from '../../src/primitive/broadcast.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { exp, tanh } from '../../src/primitive/exponential.ts';
import { reduceMax, reduceMin, reduceProd } from '../../src/primitive/reduce.ts';
import { isFinite } from '../../src/primitive/rounding.ts';
import { select } from '../../src/primitive/select.ts';
import { slice } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { stage } from '../../src/trace/scope.ts';
import { Dice, randomProgram } from '../backend/randomPrograms.ts';
import { sampleValue, type Taste } from '../backend/samples.ts';
import { expectLikeReference, run, softwareBackend } from './harness.ts';
import { installSoftwareGpu, runsKernels } from './software.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
type Unary = (x: AnyTensor, axes: readonly number[]) => readonly AnyTensor[];
/** A result of rows at the shape of what they were made of. */
const back = (r: AnyTensor, x: AnyTensor, axes: readonly number[]): AnyTensor => broadcastInDim(r, x.shape, range(x.shape.length).filter(a => !axes.includes(a)));
const along = (r: (x: AnyTensor, axes: readonly number[]) => AnyTensor) => (x: AnyTensor, axes: readonly number[]): AnyTensor => back(r(x, axes), x, axes);
const shifted = (x: AnyTensor, axes: readonly number[]): AnyTensor => exp(sub(x, along(reduceMax)(x, axes)));
const scaled = (x: AnyTensor, by: number): AnyTensor => mul(x, constantLike(by, x));
const mean = (x: AnyTensor, axes: readonly number[]): AnyTensor => scaled(reduceSum(x, axes), 1 / Math.max(1, axes.reduce((n, a) => n * (x.shape[a] ?? 1), 1)));
const centred = (x: AnyTensor, axes: readonly number[]): AnyTensor => sub(x, along(mean)(x, axes));

/** The greatest value is subtracted where it is finite. */
const softmaxOfAnything: Unary = (x, axes) => {
  const greatest = reduceMax(x, axes);
  const e = exp(sub(x, back(select(isFinite(greatest), greatest, constantLike(0, greatest)), x, axes)));
  return [div(e, along(reduceSum)(e, axes)), reduceSum(e, axes), reduceMin(x, axes)];
};
const programs: readonly (readonly [name: string, dtypes: readonly DType[], f: Unary])[] = [
  ['sums', ['f32', 'f16', 'i32', 'u32', 'u8', 'i8'], (x, axes) => [reduceSum(x, axes)]],
  ['sums of squares and extrema', ['f32', 'i32', 'u32'], (x, axes) => [reduceSum(mul(x, x), axes), reduceMax(x, axes), reduceMin(x, axes)]],
  ['extrema', ['f32', 'f16', 'bool', 'i8', 'u32'], (x, axes) => [reduceMax(x, axes), reduceMin(x, axes)]],
  ['products', ['f32', 'i32'], (x, axes) => [reduceProd(x, axes)]],
  ['softmax', ['f32', 'f16'], (x, axes) => { const e = shifted(x, axes); return [div(e, along(reduceSum)(e, axes))]; }],
  ['softmax of anything', ['f32'], softmaxOfAnything],
  // The second stage leaves exponentials, the third reads what the first one read.
  ['softmax and what it is of', ['f32', 'f16'], (x, axes) => { const e = shifted(x, axes); return [mul(div(e, along(reduceSum)(e, axes)), x)]; }],
  ['softmax and its sums', ['f32'], (x, axes) => { const e = shifted(x, axes); return [div(e, along(reduceSum)(e, axes)), reduceSum(e, axes)]; }],
  ['normalised rows', ['f32'], (x, axes) => { const c = centred(x, axes); return [mul(c, back(tanh(mean(mul(c, c), axes)), x, axes)), mean(x, axes)]; }],
  ['variances', ['f32'], (x, axes) => { const c = centred(x, axes); return [mean(mul(c, c), axes)]; }],
  ['rows of a view', ['f32', 'i32'], (x, axes) => { const y = x.shape.includes(0) ? x : slice(x, x.shape.map(() => 0), x.shape, x.shape.map(n => Math.min(n, 2))); return [reduceSum(y, axes)]; }],
  ['what was a column', ['f32'], (x, axes) => [reduceSum(scaled(transpose(x, range(x.shape.length).reverse()), 2), axes)]],
];
/** Around where lanes are all busy, once or several times; blocks of a sum begin at 128 turns. */
const lengthsOf = (lanes: number): readonly number[] => [1, 3, lanes - 1, lanes, lanes + 1, 2 * lanes, 2 * lanes + 1, 5 * lanes + 3, ...lanes < 64 ? [129 * lanes + 1, 192 * lanes] : []].filter(n => n > 0);
const tastes: readonly Taste[] = ['plain', 'plain', 'ties', 'special'];
/** Sums of special values are NaN whichever way; rounded sums of random signs need room. */
const boundOf = (d: DType): number => d === 'f16' ? 4e-3 : 2e-5;

/** Rows of which nothing is finite, or only some. */
const endless = (x: NDArray, lines: number): NDArray => {
  const data = Float32Array.from(x.data);
  const n = data.length / Math.max(1, lines);
  for (let k = 0; k < data.length; k++) {
    const line = Math.floor(k / n) % 5;
    const at = k % n;
    if (line === 1 || (line === 2 && at % 7 !== 3) || (line === 4 && at < n / 2)) data[k] = -Infinity;
    if (line === 3 && at % 11 === 5) data[k] = at % 2 === 0 ? NaN : Infinity;
    if (line === 4 && at >= n / 2) data[k] = -1000 + at;
  }
  return { ...x, data };
};
/** Every candidate that there is for any rows, by its name. */
const wanted = [...new Set([true, false].flatMap(along => [16, 300, 5000].map((longest): RowShape => ({ rows: 8, longest, along, again: true, statements: 4, folds: true, fours: true, held: 4, online: true, workgroupBytes: 32768, subgroups: true }))).flatMap(schedulesOf).map(scheduleName))];
/** Of those by fours, and of those that leave values in workgroup memory, these are tried on many programs. */
const thorough = new Set(['16 of 64 by fours', '64 of 64 registers by fours', '256 of 256 by fours', '256 of 256 memory', '256 of 256 memory by fours', '256 of 256 online', '256 of 256 online by fours', 'split by 64 by fours']);
await installSoftwareGpu();
/** Not every compiler of WGSL knows subgroups. */
const subgroupsHere = await hasSubgroups(await acquireAdapter());
describe.each(wanted.filter(name => subgroupsHere || !name.includes('subgroups')))('schedule %s', async name => {
  const subgroups = name.includes('subgroups');
  let taken = 0;
  const choose = (_: unknown, candidates: readonly Schedule[]): Schedule => {
    const s = candidates.find(c => scheduleName(c) === name);
    if (s === undefined) return { kind: 'serial' };
    taken++;
    return s;
  };
  const backend = await softwareBackend({ schedule: choose, subgroups });
  afterAll(() => { backend.device.gpu.destroy(); });
  const dice = new Dice(seed + 31 * wanted.indexOf(name));
  const one = / (?:memory|online|fours)/.test(name) || name === 'split by 1 subgroups';
  // What either half of its name is tried for is tried once.
  const brief = one && (subgroups || !thorough.has(name));
  const often = /^(?:softmax|normalised|extrema|sums$)/;
  it.each(programs.filter(([what]) => brief ? what === 'softmax of anything' : !one || (name.includes('online') ? what === 'softmax of anything' : often.test(what))))('%s', async (what, dtypes, f) => {
    const columns = name.startsWith('split by 1');
    const lanes = Number(/\d+/.exec(name)?.[0] ?? 1);
    for (let k = 0; k < (name.includes('online') ? 3 : lanes === 256 || one ? 1 : 2); k++) {
      const dtype = dice.pick(dtypes, 'f32');
      // Of one element there is nothing to fold: what is tried once has more.
      const length = dice.pick(name.startsWith('split') && one ? lengthsOf(4 * lanes).filter(l => l > 4 * lanes) : name.includes('registers') ? lengthsOf(lanes).filter(l => l > 1 && l <= 6 * lanes) : lengthsOf(lanes).filter(l => l > 1 || !one), 3);
      const n = name.includes('fours') ? 4 * Math.ceil(length / 4) : length;
      // Of one column the rows are along memory.
      const few = columns && brief ? 2 + dice.below(3) : n > 300 ? 1 + dice.below(3) : dice.pick(one ? [1, 2, 5, 17] : [0, 1, 2, 3, 5, 16, 17, 33], 3);
      const [shape, axes] = dice.below(3) === 0 ? [[few, 4, name.includes('fours') ? 4 * Math.ceil(n / 16) : Math.ceil(n / 4)], columns ? [0, 1] : [1, 2]] : columns ? [[n, few], [0]] : [[few, n], [1]];
      const aval: Aval = { shape, dtype };
      const { jaxpr } = stage('reduction', [aval], ([x]) => f(x ?? expect.fail('no operand'), axes));
      const taste = dtype === 'f16' || jaxpr.eqns.some(e => e.primitive.name === 'reduceProd') ? 'ties' : dice.pick(tastes, 'plain');
      const inputs = [sampleValue(aval, dice, [[0.25, 1.5]], taste)];
      if (what === 'softmax of anything' && dice.below(2) === 0) inputs.splice(0, 1, ...inputs.map(x => endless(x, few)));
      await expectLikeReference(backend, jaxpr, inputs, boundOf(dtype), () => `SEED=${seed}, ${name}\n${printJaxpr(jaxpr)}`);
    }
  });
  it.each(brief ? [] : [seed + wanted.indexOf(name)])('a random program, from %i', async from => {
    const { jaxpr, inputs } = randomProgram(from);
    await expectLikeReference(backend, jaxpr, inputs, 3e-4, () => `SEED=${seed}\n${printJaxpr(jaxpr)}`);
  });
  it('was tried', () => { expect(taken).toBeGreaterThan(0); });
});

describe('greatest values and sums in one pass', () => {
  it.each(['256 of 256 online', '256 of 256 online by fours'])('%s: long rows, whose greatest value is found late, and sums in blocks', async name => {
    const backend = await softwareBackend({ schedule: (_, candidates) => candidates.find(c => scheduleName(c) === name) ?? expect.fail('no such schedule') });
    const aval: Aval = { shape: [3, 128 * 256 + 1024], dtype: 'f32' };
    const { jaxpr } = stage('reduction', [aval], ([x]) => softmaxOfAnything(x ?? expect.fail('no operand'), [1]));
    const last = [-Infinity, 100, -1000];
    const data = Float32Array.from({ length: sizeOf(aval.shape) }, (_, k) => k % 1000 === 0 ? last[Math.floor(k / (128 * 256 + 1024))] ?? 0 : k % 3000 < 1500 ? -Infinity : (k % (128 * 256 + 1024)) / 500 - 200 + Math.sin(k));
    await expectLikeReference(backend, jaxpr, [{ ...aval, data }], 1e-5, () => name);
    backend.device.gpu.destroy();
  });
});

describe('schedules by default', async () => {
  const backend = await softwareBackend({ schedule: defaultSchedule, subgroups: true });
  afterAll(() => { backend.device.gpu.destroy(); });
  const reduction = (shape: readonly number[], axes: readonly number[], f: Unary = (x, a) => [reduceSum(x, a)]): ReturnType<typeof stage>['jaxpr'] => stage('reduction', [{ shape, dtype: 'f32' }], ([x]) => f(x ?? expect.fail('no operand'), axes)).jaxpr;
  const shadersOf = (shape: readonly number[], axes: readonly number[], f?: Unary): readonly { readonly groups: number; readonly code: string }[] => dispatchesOf(backend.compile(reduction(shape, axes, f)).program.commands).map(d => d.shader);
  const tenths = async (shape: readonly number[], axes: readonly number[]): Promise<ArrayLike<number>> => {
    const input: NDArray = { shape, dtype: 'f32', data: new Float32Array(sizeOf(shape)).fill(0.1) };
    return (await run(backend, reduction(shape, axes), [input]))[0]?.data ?? expect.fail('no result');
  };
  const tenth = Math.fround(0.1);
  const many: readonly (readonly [shape: readonly number[], axes: readonly number[]])[] = [[[1_000_000], [0]], [[300_000, 3], [0]], [[2, 500_000], [1]], [[20, 30_000], [1]]];
  it.each(many)('a sum of tenths of %j over %j is near exact', async (shape, axes) => {
    const sums = await tenths(shape, axes);
    expect(sums.length * axes.reduce((n, a) => n * (shape[a] ?? 1), 1)).toBe(sizeOf(shape));
    const exact = tenth * axes.reduce((n, a) => n * (shape[a] ?? 1), 1);
    // Parts of one length err alike: a tree over them adds that up, subgroups in an order of their own make it less.
    if (runsKernels) for (const s of Array.from(sums)) expect(Math.abs(s - exact) / exact).toBeLessThan((subgroupsHere ? 8 : 12) * 2 ** -24);
  });
  it('long rows are many workgroups, then one for each row', () => {
    expect(shadersOf([1_000_000], [0]).map(s => s.groups)).toEqual([489, 1]);
    // A column of ten million: neighbours in memory are neighbours in a workgroup.
    expect(shadersOf([3_000_000, 3], [0]).map(s => s.groups)).toEqual([192, 3]);
    expect(shadersOf([8, 100_000], [1], (x, axes) => { const e = shifted(x, axes); return [div(e, along(reduceSum)(e, axes))]; }).map(s => s.groups)).toEqual([392, 392, 392]);
  });
  it('rows that fit stay in registers: softmax reads each element once, and computes its exponential once', () => {
    const [only, ...more] = shadersOf([64, 512], [1], (x, axes) => { const e = shifted(x, axes); return [div(e, along(reduceSum)(e, axes))]; });
    expect(more).toEqual([]);
    expect(only?.groups).toBe(64);
    // Two vectors of four each.
    expect(only?.code.split('b0[').length).toBe(1 + 2);
  });
  it('longer rows stay in workgroup memory, and are read once; still longer ones are read twice', () => {
    const softmax: Unary = (x, axes) => softmaxOfAnything(x, axes).slice(0, 1);
    const read = (n: number): readonly number[] => shadersOf([64, n], [1], softmax).map(s => s.code.split('b0[').length - 1);
    const { maxComputeWorkgroupStorageSize: bytes } = backend.device.gpu.limits;
    const most = 4 * Math.floor((bytes - 3072) / 16);
    expect(most > 4096 ? read(most) : [1]).toEqual([1]);
    expect(read(Math.max(4096, most) + 4)).toEqual([2]);
    return backend.compile(reduction([64, most], [1], softmax)).ready();
  });
  it('rows that several rows share a workgroup with are stored once, in place too', async () => {
    // Three rows of four in a workgroup of four times sixteen: the last walks the third row once more, and must not store it, whose elements others read.
    const { jaxpr } = stage('in place', [{ shape: [3, 100], dtype: 'f32' }], ([x]) => {
      const sums = cumsum(x ?? expect.fail('no operand'), { axis: 1, reverse: false });
      const e = shifted(sums, [1]);
      return [cumsum(div(e, along(reduceSum)(e, [1])), { axis: 1, reverse: false })];
    });
    const sixteen = await softwareBackend({ schedule: (_, candidates) => candidates.find(c => scheduleName(c) === '16 of 64') ?? { kind: 'serial' } });
    const { commands } = sixteen.compile(jaxpr).program;
    const shader = dispatchesOf(commands).map(d => d.shader).find(s => s.code.includes('min(place, 2u)')) ?? expect.fail('no row kernel');
    // In place: the kernel has one memory.
    expect(shader.bindings.length).toBe(1);
    await expectLikeReference(sixteen, jaxpr, [{ shape: [3, 100], dtype: 'f32', data: Float32Array.from({ length: 300 }, (_, i) => Math.sin(i * i) / 4) }], 1e-4);
    sixteen.device.gpu.destroy();
  });
});
