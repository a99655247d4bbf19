// Milliseconds of programs that index, scan, sort, draw and pool on wasm: `npx tsx test/bench/indexed.ts [name ...] [--fma]`.
// The least of up to 60 runs, or of those in a second and a half.
import v8 from 'node:v8';
import '../../src/trace/pending.ts';
import '../../src/transform/staging.ts';
import { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { allocate, isFloat, type DType } from '../../src/dtype/dtype.ts';
import { range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { argmax } from '../../src/primitive/argmax.ts';
import { add, mul } from '../../src/primitive/arithmetic.ts';
import { broadcastInDim, constant, constantLike } from '../../src/primitive/broadcast.ts';
import { convert } from '../../src/primitive/convert.ts';
import { cummax, cumlogsumexp, cumsum } from '../../src/primitive/cumulative.ts';
import { dotGeneral } from '../../src/primitive/dot.ts';
import { dynamicUpdateSlice } from '../../src/primitive/dynamicSlice.ts';
import { gather, scatterAdd } from '../../src/primitive/gather.ts';
import { linearRecurrence } from '../../src/primitive/linearRecurrence.ts';
import { reduceWindowMax, reduceWindowSum } from '../../src/primitive/reduceWindow.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { scanP } from '../../src/primitive/scan.ts';
import { selectAndScatterAdd } from '../../src/primitive/selectWindow.ts';
import { argsort, sort } from '../../src/primitive/sort.ts';
import { erfinv } from '../../src/primitive/special.ts';
import { randomBits } from '../../src/primitive/threefry.ts';
import { shiftRightLogical } from '../../src/primitive/logical.ts';
import { bind, stage } from '../../src/trace/scope.ts';

const args = process.argv.slice(2);
const named = args.filter(a => !a.startsWith('--'));
// Node 20 and 22 have the fused instructions behind this flag.
if (args.includes('--fma')) v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
const backend = new WasmBackend(args.includes('--fma') ? {} : { rung: { name: 'simd', fma: false } });

const million = 2 ** 20;
const f32 = (...shape: number[]): Aval => ({ shape, dtype: 'f32' });
const i32 = (...shape: number[]): Aval => ({ shape, dtype: 'i32' });
const zero = constant(0, [], 'i32');
const pooling = (rank: number, axes: readonly number[], window: number, stride: number) => ({
  window: range(rank).map(i => axes.includes(i) ? window : 1), strides: range(rank).map(i => axes.includes(i) ? stride : 1),
  padding: range(rank).map((): readonly [number, number] => [0, 0]), baseDilation: range(rank).map(() => 1), windowDilation: range(rank).map(() => 1),
});
const along = (axis: number) => ({ axis, reverse: false });
const matmul = { lhsContract: [1], rhsContract: [0], lhsBatch: [], rhsBatch: [] };
type Build = (xs: readonly AnyTensor[]) => readonly AnyTensor[];
const of = (f: (...xs: AnyTensor[]) => AnyTensor): Build => xs => [f(...xs)];
/** Writes the rows of a matrix one by one into a carry. */
const written = (n: number, width: number): Build => ([buffer, rows]) => {
  const body = stage('row', [f32(n, width), i32(), f32(width)], ([b, i, row]) => b === undefined || i === undefined || row === undefined ? []
    : [dynamicUpdateSlice(b, reshape(row, [1, width]), [i, zero]), add(i, constantLike(1, i))], { numbers: 'literals' }).jaxpr;
  return buffer === undefined || rows === undefined ? [] : bind(scanP, [buffer, zero, rows], { jaxpr: body, length: n, reverse: false, unroll: 1, numConsts: 0, numCarry: 2 });
};

const cases: readonly (readonly [name: string, operands: readonly Aval[], build: Build])[] = [
  ['embedding lookup 8192 of [32768,64]', [f32(32768, 64), i32(8192)], of((x, i) => gather(x, i, { axis: 0 }))],
  ['embedding lookup + 1, fused', [f32(32768, 64), i32(8192)], of((x, i) => { const y = gather(x, i, { axis: 0 }); return add(mul(y, y), constantLike(1, y)); })],
  ['embedding gradient', [i32(8192), f32(8192, 64)], of((i, u) => scatterAdd(constant(0, [32768, 64], 'f32'), i, u, { axis: 0 }))],
  ['take 2^20 of 2^20', [f32(million), i32(million)], of((x, i) => gather(x, i, { axis: 0 }))],
  ['scatterAdd 2^20 into 2^20', [f32(million), i32(million), f32(million)], of((x, i, u) => scatterAdd(x, i, u, { axis: 0 }))],
  ['argmax 1024x1024, rows', [f32(1024, 1024)], of(x => argmax(x, 1))],
  ['argmax 1024x1024, columns', [f32(1024, 1024)], of(x => argmax(x, 0))],
  ['cumsum 2^20', [f32(million)], of(x => cumsum(x, along(0)))],
  ['cumsum 1024x1024, rows', [f32(1024, 1024)], of(x => cumsum(x, along(1)))],
  ['cumsum 1024x1024, columns', [f32(1024, 1024)], of(x => cumsum(x, along(0)))],
  ['cummax 2^20', [f32(million)], of(x => cummax(x, along(0)))],
  ['cumlogsumexp 2^16', [f32(2 ** 16)], of(x => cumlogsumexp(x, along(0)))],
  ['linearRecurrence 1024x1024, columns', [f32(1024, 1024), f32(1024, 1024)], of((a, b) => linearRecurrence(a, b, along(0)))],
  ['linearRecurrence 2^20', [f32(million), f32(million)], of((a, b) => linearRecurrence(a, b, along(0)))],
  ['sort 2^20', [f32(million)], xs => sort(xs[0] ?? zero, [], 0)],
  ['argsort 2^20', [f32(million)], of(x => argsort(x, 0))],
  ['sort 1024x1024, rows', [f32(1024, 1024)], xs => sort(xs[0] ?? zero, [], 1)],
  ['sort 65536x16, rows', [f32(65536, 16)], xs => sort(xs[0] ?? zero, [], 1)],
  ['bits 2^20', [{ shape: [2], dtype: 'u32' }], of(k => randomBits(k, [million]))],
  ['normal 2^20', [{ shape: [2], dtype: 'u32' }], of(k => { const b = randomBits(k, [million]); const u = mul(convert(shiftRightLogical(b, constantLike(9, b)), 'f32'), constant(2 ** -22, [million], 'f32')); return erfinv(add(u, constantLike(-0.99999994, u))); })],
  ['maxpool 2x2 NHWC 64x28x28x32', [f32(64, 28, 28, 32)], of(x => reduceWindowMax(x, pooling(4, [1, 2], 2, 2)))],
  ['maxpool 2x2 NHWC gradient', [f32(64, 14, 14, 32), f32(64, 28, 28, 32)], of((t, x) => selectAndScatterAdd(t, x, { ...pooling(4, [1, 2], 2, 2), monoid: 'max' }))],
  ['maxpool 2x2 NCHW 64x32x28x28', [f32(64, 32, 28, 28)], of(x => reduceWindowMax(x, pooling(4, [2, 3], 2, 2)))],
  ['maxpool 2x2 NCHW gradient', [f32(64, 32, 14, 14), f32(64, 32, 28, 28)], of((t, x) => selectAndScatterAdd(t, x, { ...pooling(4, [2, 3], 2, 2), monoid: 'max' }))],
  ['maxpool 3x3 stride 2 NHWC 16x57x57x32', [f32(16, 57, 57, 32)], of(x => reduceWindowMax(x, pooling(4, [1, 2], 3, 2)))],
  ['maxpool 3x3 stride 2 NHWC gradient', [f32(16, 28, 28, 32), f32(16, 57, 57, 32)], of((t, x) => selectAndScatterAdd(t, x, { ...pooling(4, [1, 2], 3, 2), monoid: 'max' }))],
  ['windowed sum of 64 over 2^18', [f32(2 ** 18)], of(x => reduceWindowSum(x, pooling(1, [0], 64, 1)))],
  ['scan writing 1000 rows of 1024', [f32(1000, 1024), f32(1000, 1024)], written(1000, 1024)],
  ['matmul 256 f64', [{ shape: [256, 256], dtype: 'f64' }, { shape: [256, 256], dtype: 'f64' }], of((x, y) => dotGeneral(x, y, matmul))],
  ['matmul 256 f16', [{ shape: [256, 256], dtype: 'f16' }, { shape: [256, 256], dtype: 'f16' }], of((x, y) => dotGeneral(x, y, matmul))],
  ['matmul 256 i32', [i32(256, 256), i32(256, 256)], of((x, y) => dotGeneral(x, y, matmul))],
  ['broadcast embedding bias', [f32(1000, 64), i32(64, 128), f32(64)], of((x, i, b) => add(gather(x, i, { axis: 0 }), broadcastInDim(b, [64, 128, 64], [2])))],
];

function filled(a: Aval, k: number): ReturnType<typeof allocate> {
  const data = allocate(a.dtype, sizeOf(a.shape));
  const bound: { readonly [D in DType]?: number } = { i32: 1000, u32: 2 ** 32 };
  for (let i = 0; i < data.length; i++) {
    const u = (Math.imul(i + 1, 2654435761 + k) ^ (Math.imul(i, 40503) >>> 7)) >>> 0;
    data[i] = isFloat(a.dtype) ? u / 2 ** 31 - 1 : u % (bound[a.dtype] ?? 100);
  }
  return data;
}
for (const [name, operands, build] of cases) {
  if (named.length > 0 && !named.some(n => name.includes(n))) continue;
  const { jaxpr } = stage(name, operands, build, { numbers: 'literals' });
  const inputs = operands.map((a, k) => backend.upload(filled(a, k), a));
  const t = performance.now();
  const executable = backend.compile(jaxpr);
  const compiled = performance.now() - t;
  let best = Infinity;
  const deadline = performance.now() + 1500;
  for (let run = 0; run < 3 || (run < 60 && performance.now() < deadline); run++) {
    const begin = performance.now();
    const out = executable.run(inputs, inputs.map(() => false));
    best = Math.min(best, performance.now() - begin);
    for (const b of new Set(out)) backend.release(b);
  }
  for (const b of inputs) backend.release(b);
  process.stdout.write(`${name.padEnd(40)} ${best.toFixed(3).padStart(9)} ms   compiled in ${compiled.toFixed(1)} ms\n`);
}
