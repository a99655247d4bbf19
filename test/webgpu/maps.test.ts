// Every schedule of maps against the reference: edges of vectors, of squares and of workgroups, all dtypes, broadcasts, views, results beside each
// other, rows of loops, results in place of operands.
import { afterAll, describe, expect, it } from 'vitest';
import { mapScheduleName, mapSchedulesOf, type MapSchedule, type MapShape } from '../../src/compile/wgsl/mapSchedule.ts';
import { dtypes, isFloat, type DType } from '../../src/dtype/dtype.ts';
import { range, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { add, mul } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim } from '../../src/primitive/broadcast.ts';
import { ge } from '../../src/primitive/comparison.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { convert } from '../../src/primitive/convert.ts';
import { cumsum } from '../../src/primitive/cumulative.ts';
import { gather } from '../../src/primitive/gather.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { reverse } from '../../src/primitive/reverse.ts';
import { select } from '../../src/primitive/select.ts';
import { pad, slice } from '../../src/primitive/slice.ts';
import { transpose } from '../../src/primitive/transpose.ts';
import { scan } from '../../src/index.ts';
import { literal } from '../../src/trace/handle.ts';
import { stage } from '../../src/trace/scope.ts';
import { mixedProgram } from '../backend/mixedPrograms.ts';
import { Dice, randomProgram } from '../backend/randomPrograms.ts';
import { sampleValue } from '../backend/samples.ts';
import { expectBitsOfReference, expectLikeReference, softwareBackend } from './harness.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const known = dtypes.filter(d => d !== 'f64');
const number = (x: AnyTensor): AnyTensor => x.dtype === 'bool' ? convert(x, 'u8') : x;
const twice = (x: AnyTensor): AnyTensor => { const y = number(x); return convert(add(y, y), x.dtype); };
const row = (x: AnyTensor): AnyTensor => reshape(slice(x, x.shape.map(() => 0), x.shape.map((n, i) => i === x.shape.length - 1 ? n : 1), x.shape.map(() => 1)), [x.shape.at(-1) ?? 1]);
const spreadRow = (x: AnyTensor): AnyTensor => broadcastInDim(row(x), x.shape, [x.shape.length - 1]);
const swapped = (x: AnyTensor): AnyTensor => transpose(x, [...range(x.shape.length - 2), x.shape.length - 1, x.shape.length - 2]);

type Case = readonly [shape: readonly number[], dtype: DType];
type Program = readonly [name: string, cases: readonly Case[], f: (x: AnyTensor, y: AnyTensor) => readonly AnyTensor[]];
const maps: readonly Program[] = [
  ['sums', [[[8], 'f32'], [[1028], 'i32'], [[5, 4, 12], 'f16'], [[2, 3, 6], 'u8'], [[7, 5], 'f32'], [[2, 260], 'bool']], (x, y) => [add(number(x), number(y))]],
  ['comparisons, and several results', [[[4, 8], 'f16'], [[3, 8], 'i8'], [[12], 'f32'], [[7, 3], 'u32']], (x, y) => [ge(x, y), twice(x), convert(ge(y, x), 'f16'), convert(y, 'u8')]],
  ['rows and columns beside all', [[[4, 8], 'f32'], [[6, 5], 'f32'], [[3, 64], 'u8'], [[3, 1028], 'f16']], (x, y) => {
    const column = broadcastInDim(reshape(slice(y, [0, 0], [y.shape[0] ?? 1, 1], [1, 1]), [y.shape[0] ?? 1]), x.shape, [0]);
    return [select(ge(x, spreadRow(y)), column, spreadRow(y))];
  }],
  // Neither four neighbours of a row of seven begin where memory has a vector, nor is memory of six elements one of vectors.
  ['parts of rows', [[[4, 7], 'f32'], [[6], 'i32'], [[2, 6], 'f16']], (x, y) => {
    const part = (z: AnyTensor, from: number): AnyTensor => slice(z, z.shape.map((_, i) => i === z.shape.length - 1 ? from : 0), z.shape.map((n, i) => i === z.shape.length - 1 ? from + 4 : n), z.shape.map(() => 1));
    return [add(part(x, 0), part(x, 2)), add(part(y, 1), part(y, 0))];
  }],
  ['views along the rows', [[[4, 8], 'f32'], [[3, 16], 'i8'], [[12], 'f16']], (x, y) => [
    slice(twice(x), x.shape.map(() => 0), x.shape, x.shape.map((_, i) => i === 0 ? 1 : 2)), reverse(y, [x.shape.length - 1]),
    slice(x, x.shape.map((_, i) => i === 0 ? 0 : 4), x.shape, x.shape.map(() => 1)), slice(y, x.shape.map((_, i) => i === 0 ? 0 : 1), x.shape.map((n, i) => i === 0 ? n : n - 3), x.shape.map(() => 1)),
  ]],
  ['joined and padded', [[[4, 8], 'f32'], [[3, 12], 'u8'], [[5, 3], 'f32']], (x, y) => [
    concatenate([x, twice(y)], 1), concatenate([x, y, x], 0), pad(x, literal(1, { shape: [], dtype: x.dtype }), x.shape.map((_, i) => 4 * i), x.shape.map(() => 4)),
    // Where only the end of four neighbours exists.
    pad(slice(y, [0, 2], y.shape, [1, 1]), literal(1, { shape: [], dtype: x.dtype }), [0, 2], [0, 0]),
  ]],
];
const turned: readonly Program[] = [
  ['turned', [[[33, 40], 'f32'], [[2, 36, 32], 'u32'], [[3, 20, 64], 'f16']], x => [swapped(x)]],
  ['turned beside what is not', [[[36, 36], 'f32'], [[2, 33, 33], 'i32'], [[1, 64, 64], 'i8']], (x, y) => [select(ge(x, swapped(y)), swapped(x), y)]],
  ['the first axis last', [[[36, 2, 20], 'bool'], [[40, 35], 'u8']], x => [transpose(twice(x), [...range(x.shape.length - 1).map(i => i + 1), 0])]],
];
/** Every candidate that there is for any map, by its name. */
const wanted = mapSchedulesOf({ count: 4096, statements: 4, fours: true, words: false, across: { rows: 64, columns: 64, by: [1, 4] } }).map(mapScheduleName);

describe.each(wanted)('schedule %s', async name => {
  let taken = 0;
  const choose = (_: MapShape, candidates: readonly MapSchedule[]): MapSchedule => {
    const s = candidates.find(c => mapScheduleName(c) === name);
    if (s !== undefined) taken++;
    return s ?? { kind: 'elements', turns: 1 };
  };
  // Halves as such, where the device has them, and halves in words.
  const backend = await softwareBackend({ mapSchedule: choose });
  const backends = backend.device.gpu.features.has('shader-f16') ? [backend, await softwareBackend({ mapSchedule: choose, nativeHalf: false })] : [backend];
  afterAll(() => { for (const b of backends) b.device.gpu.destroy(); });
  const dice = new Dice(seed + wanted.indexOf(name));
  const drawn = (a: Aval): ReturnType<typeof sampleValue> => sampleValue(a, dice, [[-3, 3]], isFloat(a.dtype) ? dice.pick(['plain', 'ties', 'special'], 'plain') : 'plain');
  it.each(name.startsWith('tiles') ? turned : maps)('%s', async (_what, cases, f) => {
    for (const [shape, dtype] of cases) {
      const avals: readonly Aval[] = [{ shape, dtype }, { shape, dtype }];
      const { jaxpr } = stage('map', avals, ([x, y]) => x === undefined || y === undefined ? [] : f(x, y));
      for (const b of dtype === 'f16' ? backends : [backend]) await expectLikeReference(b, jaxpr, avals.map(drawn), 1e-6, () => `SEED=${seed}\n${printJaxpr(jaxpr)}`);
    }
  });
  it('rows of a loop, and what is gathered', async () => {
    for (const n of [8, 5]) {
      const rows = (d: DType): Jaxpr => stage('rows', [{ shape: [n], dtype: d }, { shape: [3, n], dtype: d }, { shape: [6], dtype: 'i32' }], ([c, xs, i]) => {
        if (c === undefined || xs === undefined || i === undefined) return [];
        const [last, [ys, parts]] = scan((h: AnyTensor, x: AnyTensor) => [select(ge(h, x), h, x), [twice(x), twice(slice(x, [0], [4], [1]))]] as never, c as never, xs as never) as unknown as readonly [AnyTensor, readonly [AnyTensor, AnyTensor]];
        return [last, ys, parts, gather(xs, i, { axis: 0, mode: 'fill' })];
      }).jaxpr;
      for (const d of ['f32', 'f16', 'u8', 'bool'] as const) {
        const jaxpr = rows(d);
        await expectBitsOfReference(backend, jaxpr, [drawn({ shape: [n], dtype: d }), drawn({ shape: [3, n], dtype: d }), { shape: [6], dtype: 'i32', data: Int32Array.of(0, 2, 1, 7, -1, 2) }]);
      }
    }
  });
  it('a result may lie where its operand lay', async () => {
    const { jaxpr } = stage('in place', [{ shape: [40, 36], dtype: 'f32' }], ([x]) => {
      const sums = cumsum(x ?? expect.fail('no operand'), { axis: 1, reverse: false });
      const more = add(mul(sums, sums), spreadRow(x ?? sums));
      return [cumsum(more, { axis: 1, reverse: true })];
    });
    await expectLikeReference(backend, jaxpr, [drawn({ shape: [40, 36], dtype: 'i32' })].map(x => ({ ...x, dtype: 'f32' as const, data: Float32Array.from(x.data) })), 1e-6);
  });
  it('random programs', async () => {
    for (let k = 0; k < (name.startsWith('tiles') ? 1 : 3); k++) {
      const plain = randomProgram(seed + 7 * k + wanted.indexOf(name));
      await expectLikeReference(backend, plain.jaxpr, plain.inputs, 3e-4, () => `SEED=${seed}\n${printJaxpr(plain.jaxpr)}`);
      const mixed = mixedProgram(seed + 7 * k + wanted.indexOf(name), 14, known);
      await expectLikeReference(dice.pick(backends, backend), mixed.jaxpr, mixed.inputs, 1e-6, () => `SEED=${seed}\n${printJaxpr(mixed.jaxpr)}`);
    }
  });
  it('was tried', () => { expect(taken).toBeGreaterThan(1); });
});
