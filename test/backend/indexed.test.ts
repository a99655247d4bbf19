// What indexes, changes, orders, accumulates, contracts and draws, on every dtype, against the reference: alone, between elementwise operations, batched,
// and inside loops and branches; shapes with 0, 1 and primes; memory poisoned before each run. Integers and selections to the bit, sums
// within a bound that is stated where it is asked.
import { describe, expect, it } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { WasmBackend } from '../../src/backend/wasm/backend.ts';
import { bytesOf } from '../../src/backend/wasm/memory.ts';
import { allocate, dtypeInfo, dtypes, isFloat, isInt, roundTo, type DType } from '../../src/dtype/dtype.ts';
import { range, sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { NDArray, Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { argmax, argmin } from '../../src/primitive/argmax.ts';
import { add, neg } from '../../src/primitive/arithmetic.ts';
import { optimizationBarrier } from '../../src/primitive/barrier.ts';
import { constantLike } from '../../src/primitive/broadcast.ts';
import { condP } from '../../src/primitive/cond.ts';
import { convGeneralP } from '../../src/primitive/conv.ts';
import { convert } from '../../src/primitive/convert.ts';
import { cumlogsumexp, cummax, cummin, cumprod, cumsum } from '../../src/primitive/cumulative.ts';
import { dotGeneral, dotGeneralP } from '../../src/primitive/dot.ts';
import { dynamicSlice, dynamicUpdateSlice } from '../../src/primitive/dynamicSlice.ts';
import { gather, gatheredShape, scatterAdd, type GatherParams, type IndexMode } from '../../src/primitive/gather.ts';
import { linearRecurrence } from '../../src/primitive/linearRecurrence.ts';
import { not } from '../../src/primitive/logical.ts';
import { reduceWindowMax, reduceWindowMin, reduceWindowSum } from '../../src/primitive/reduceWindow.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { reverse } from '../../src/primitive/reverse.ts';
import { scanP } from '../../src/primitive/scan.ts';
import { scatterMax, scatterMin, scatterMul, scatterSet } from '../../src/primitive/scatter.ts';
import { selectAndGatherAdd, selectAndScatterAdd } from '../../src/primitive/selectWindow.ts';
import { sort } from '../../src/primitive/sort.ts';
import { randomBits, threefry2x32 } from '../../src/primitive/threefry.ts';
import { windowCounts, type WindowParams } from '../../src/primitive/window.ts';
import { literal } from '../../src/trace/handle.ts';
import { bind, stage } from '../../src/trace/scope.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { Choices } from '../../laws/draw.ts';
import { Dice } from './randomPrograms.ts';
import { rungs } from './ulp.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** `ROUNDS=4` looks further: all surroundings of every draw, on every rung. */
const rounds = Number(process.env['ROUNDS'] ?? 0);
const backends = rungs();

/** As `toEqual` of the bytes, which takes each of them for an object. */
function sameBytes(x: NDArray, y: NDArray | undefined): boolean {
  if (y?.data.byteLength !== x.data.byteLength) return false;
  const [a, b] = [new Uint8Array(x.data.buffer), new Uint8Array(y.data.buffer)];
  return a.length === b.length && a.every((byte, k) => byte === b[k]);
}
/** Runs twice on poisoned memory: nothing that is not written may be read. */
function run(backend: WasmBackend, jaxpr: Jaxpr, inputs: readonly NDArray[]): readonly NDArray[] {
  const buffers = inputs.map(x => backend.upload(x.data, x));
  const executable = backend.module(jaxpr);
  expect(executable.program.hosts.map(e => e.primitive.name), printJaxpr(jaxpr)).toEqual([]);
  const bytes = executable.program.arenaBytes + executable.program.scratchBytes;
  const once = (word: number): NDArray[] => {
    backend.withArena(bytes + 256, arena => { new Int32Array(backend.memory, arena, bytes / 4 + 64).fill(word); });
    // What is released last is taken first: the results lie there.
    const places = jaxpr.outputs.map(o => backend.heap.buffer(bytesOf(o.aval), 'test'));
    for (const b of places) new Uint8Array(backend.memory, b.address, b.bytes).fill(word);
    for (const b of places) backend.release(b);
    const outs = executable.run(buffers, buffers.map(() => false));
    // What lies behind temporaries and scratch memory is another's.
    backend.withArena(bytes + 256, arena => { expect(new Set(new Int32Array(backend.memory, arena + bytes, 64)), printJaxpr(jaxpr)).toEqual(new Set([word])); });
    const values = jaxpr.outputs.map((o, i): NDArray => ({ ...o.aval, data: backend.downloadSync(outs[i] ?? expect.fail('a result is missing'), o.aval) }));
    for (const b of new Set(outs)) if (!buffers.some(x => x === b)) backend.release(b);
    return values;
  };
  const [first, second] = [once(-1), once(0x7f7f7f7f)];
  first.forEach((y, i) => { if (!sameBytes(y, second[i])) expect.fail(`two runs differ in result ${i}\n${printJaxpr(jaxpr)}`); });
  for (const b of buffers) backend.release(b);
  return first;
}

/** Of floats: special values among numbers of few digits, so that sums and products are exact unless they are many. */
function values(a: Aval, dice: Dice, specials: boolean): NDArray {
  const data = allocate(a.dtype, sizeOf(a.shape));
  const { min, max } = dtypeInfo[a.dtype];
  for (let i = 0; i < data.length; i++) {
    if (isFloat(a.dtype)) data[i] = specials && dice.below(9) === 0 ? dice.pick([NaN, Infinity, -Infinity, -0, 0, 1, -1], 0) : (dice.below(257) - 128) / 64;
    else data[i] = roundTo(a.dtype, isInt(a.dtype) && dice.below(3) > 0 ? Math.min(Math.max(dice.below(7) - 2, min), max) : min + dice.below(2 ** 20) / 2 ** 20 * (max - min + 1));
  }
  return { ...a, data };
}
interface Case { readonly operands: readonly Aval[]; readonly data?: readonly (NDArray | undefined)[]; f(xs: readonly AnyTensor[]): readonly AnyTensor[] }
interface Family {
  readonly name: string;
  readonly dtypes: readonly DType[];
  /** Units in the last place of the result's magnitude for each element that may be summed; 0 where every bit is the reference's. */
  readonly ulp: number;
  /** The reference stores running values of half precision as float32 first and so rounds twice; the kernel rounds once. */
  readonly rounded?: boolean;
  readonly specials?: boolean;
  build(dice: Dice, d: DType): Case;
}
const numbers = dtypes.filter(d => d !== 'bool');
const floats = dtypes.filter(isFloat);
const dim = (dice: Dice): number => dice.pick([0, 1, 2, 3, 5, 7, 8, 13, 16, 17, 33, 67], 3);
const some = (dice: Dice, rank: number): number[] => range(rank).map(() => dim(dice));
const solid = (dice: Dice, rank: number): number[] => some(dice, rank).map(n => Math.min(Math.max(n, 1), rank > 2 ? 9 : 67));
const element = (xs: readonly AnyTensor[], i: number): AnyTensor => xs[i] ?? expect.fail('an operand is missing');

/** Operand, indices of any integer dtype, some outside, and the axis. */
function indexed(dice: Dice, d: DType): { readonly x: Aval; readonly indices: NDArray; readonly params: GatherParams } {
  const batchDims = dice.below(2);
  const shape = solid(dice, 1 + batchDims + dice.below(2));
  const axis = batchDims + dice.below(shape.length - batchDims);
  const mode = dice.pick<IndexMode>(['fill', 'zero', 'clip', 'promise'], 'fill');
  const own: Aval = { shape: [...shape.slice(0, batchDims), ...some(dice, dice.below(3)).map(n => Math.min(n, 17))], dtype: dice.pick<DType>(['i32', 'i32', 'u32', 'i8', 'u8'], 'i32') };
  const n = shape[axis] ?? 1;
  const data = allocate(own.dtype, sizeOf(own.shape));
  for (let i = 0; i < data.length; i++) data[i] = dice.below(5) > 0 ? dice.below(n) : dice.pick([n, -1, -n, 127, 2 ** 31 - 1, -(2 ** 31)], 0);
  return { x: { shape, dtype: d }, indices: { ...own, data }, params: { axis, batchDims, mode } };
}
type Scatter = (x: AnyTensor, i: AnyTensor, u: AnyTensor, p: GatherParams) => AnyTensor;
const scatters = (f: Scatter) => (dice: Dice, d: DType): Case => {
  const { x, indices, params } = indexed(dice, d);
  const updates = { shape: gatheredShape(x, indices, params, 'test'), dtype: d };
  return { operands: [x, indices, updates], data: [undefined, indices], f: xs => [f(element(xs, 0), element(xs, 1), element(xs, 2), params)] };
};
const along = (f: (x: AnyTensor, p: { readonly axis: number; readonly reverse: boolean }) => AnyTensor) => (dice: Dice, d: DType): Case => {
  const shape = some(dice, 1 + dice.below(3)).map((n, i) => i > 1 ? Math.min(n, 8) : n);
  const p = { axis: dice.below(shape.length), reverse: dice.below(2) === 0 };
  return { operands: [{ shape, dtype: d }], f: xs => [f(element(xs, 0), p)] };
};
function windows(dice: Dice): { readonly shape: readonly number[]; readonly p: WindowParams } {
  const shape = solid(dice, 1 + dice.below(3));
  const apart = dice.below(2) === 0;
  const window = shape.map(() => 1 + dice.below(dice.pick([2, 3, 6, 20], 3)));
  const each = (n: number): number[] => shape.map(() => 1 + dice.below(n));
  const p = {
    window, strides: apart ? window : each(3), padding: shape.map(n => [dice.below(3) - (n > 3 ? 1 : 0), dice.below(3)] as const),
    baseDilation: apart ? shape.map(() => 1) : each(2), windowDilation: apart ? shape.map(() => 1) : each(2),
  };
  return { shape, p };
}
const windowed = (f: (x: AnyTensor, p: WindowParams) => AnyTensor) => (dice: Dice, d: DType): Case => {
  const { shape, p } = windows(dice);
  return { operands: [{ shape, dtype: d }], f: xs => [f(element(xs, 0), p)] };
};
const selected = (back: boolean) => (dice: Dice, d: DType): Case => {
  const { shape, p } = windows(dice);
  const monoid = dice.below(2) === 0 ? 'max' : 'min';
  const own = back ? windowCounts(shape, p, 'test') : shape;
  return { operands: [{ shape: own, dtype: d }, { shape, dtype: d }], f: xs => [(back ? selectAndScatterAdd : selectAndGatherAdd)(element(xs, 0), element(xs, 1), { ...p, monoid })] };
};
/** A product or a convolution: sums of so few numbers of few digits are exact. */
const sampled = (p: Primitive) => (dice: Dice, d: DType): Case => {
  const { operands, params } = p.sample(new Choices(range(60).map(() => dice.below(1 << 20))));
  return { operands: operands.map(o => ({ shape: o.aval.shape, dtype: d })), f: xs => bind(p, xs, params) };
};
const product = (dice: Dice, d: DType): Case => {
  const [m, n, k] = solid(dice, 3).map(size => size * dice.pick([1, 1, 3], 1));
  const turned = [dice.below(2), dice.below(2)];
  const [rows, columns, depth] = [m ?? 1, n ?? 1, dice.below(9) === 0 ? 0 : k ?? 1];
  return {
    operands: [{ shape: turned[0] === 1 ? [depth, rows] : [rows, depth], dtype: d }, { shape: turned[1] === 1 ? [columns, depth] : [depth, columns], dtype: d }],
    f: xs => [dotGeneral(element(xs, 0), element(xs, 1), { lhsContract: [turned[0] === 1 ? 0 : 1], rhsContract: [turned[1] === 1 ? 1 : 0], lhsBatch: [], rhsBatch: [] })],
  };
};
const start: Aval = { shape: [], dtype: 'i32' };

const families: readonly Family[] = [
  { name: 'gather', dtypes, ulp: 0, specials: true, build(dice, d) { const { x, indices, params } = indexed(dice, d); return { operands: [x, indices], data: [undefined, indices], f: xs => [gather(element(xs, 0), element(xs, 1), params)] }; } },
  { name: 'scatterSet', dtypes, ulp: 0, specials: true, build: scatters(scatterSet) },
  { name: 'scatterMax', dtypes, ulp: 0, specials: true, build: scatters(scatterMax) },
  { name: 'scatterMin', dtypes, ulp: 0, specials: true, build: scatters(scatterMin) },
  // A rounding for each of the few updates that meet.
  { name: 'scatterAdd', dtypes: numbers, ulp: 8, specials: true, build: scatters(scatterAdd) },
  { name: 'scatterMul', dtypes: numbers, ulp: 8, build: scatters(scatterMul) },
  {
    name: 'dynamicSlice', dtypes, ulp: 0, specials: true, build(dice, d) {
      const shape = some(dice, dice.below(4)).map(n => Math.min(n, 17));
      const sizes = shape.map(n => dice.below(n + 1));
      return { operands: [{ shape, dtype: d }, ...shape.map(() => start)], f: ([x, ...at]) => x === undefined ? [] : [dynamicSlice(x, at, sizes)] };
    },
  },
  {
    name: 'dynamicUpdateSlice', dtypes, ulp: 0, specials: true, build(dice, d) {
      const shape = some(dice, dice.below(4)).map(n => Math.min(n, 17));
      const sizes = shape.map(n => dice.below(n + 1));
      return { operands: [{ shape, dtype: d }, { shape: sizes, dtype: d }, ...shape.map(() => start)], f: ([x, y, ...at]) => x === undefined || y === undefined ? [] : [dynamicUpdateSlice(x, y, at)] };
    },
  },
  { name: 'argmax', dtypes, ulp: 0, specials: true, build(dice, d) { const shape = solid(dice, 1 + dice.below(3)); const axis = dice.below(shape.length); const to = dice.pick<DType>(['i32', 'u8', 'u32'], 'i32'); return { operands: [{ shape, dtype: d }], f: xs => [argmax(element(xs, 0), axis, to)] }; } },
  { name: 'argmin', dtypes, ulp: 0, specials: true, build(dice, d) { const shape = solid(dice, 1 + dice.below(3)); const axis = dice.below(shape.length); return { operands: [{ shape, dtype: d }], f: xs => [argmin(element(xs, 0), axis)] }; } },
  { name: 'optimizationBarrier', dtypes, ulp: 0, specials: true, build: (dice, d) => ({ operands: [{ shape: some(dice, 2), dtype: d }], f: xs => optimizationBarrier([element(xs, 0), constantLike(1, element(xs, 0)), element(xs, 0)]) }) },
  {
    name: 'sort', dtypes, ulp: 0, specials: true, build(dice, d) {
      const shape = some(dice, 1 + dice.below(2));
      if (dice.below(3) === 0) shape[dice.below(shape.length)] = dice.pick([65, 129, 300], 65);
      const carried = range(dice.below(3)).map((): Aval => ({ shape, dtype: dice.pick(dtypes, 'i32') }));
      const axis = dice.below(shape.length);
      return { operands: [{ shape, dtype: d }, ...carried], f: ([x, ...rest]) => x === undefined ? [] : sort(x, rest, axis) };
    },
  },
  { name: 'cummax', dtypes, ulp: 0, specials: true, build: along(cummax) },
  { name: 'cummin', dtypes, ulp: 0, specials: true, build: along(cummin) },
  // Rounded once, from float64 sums in another order.
  { name: 'cumsum', dtypes: numbers, ulp: 1, specials: true, build: along(cumsum) },
  { name: 'cumprod', dtypes: numbers, ulp: 0, rounded: true, build: along(cumprod) },
  { name: 'cumlogsumexp', dtypes: floats, ulp: 4, specials: true, build: along(cumlogsumexp) },
  { name: 'linearRecurrence', dtypes: floats, ulp: 0, rounded: true, build: (dice, d) => { const { operands: [a = start] } = along(cumsum)(dice, d); const p = { axis: dice.below(a.shape.length), reverse: dice.below(2) === 0 }; return { operands: [a, a], f: xs => [linearRecurrence(element(xs, 0), element(xs, 1), p)] }; } },
  { name: 'reduceWindowMax', dtypes, ulp: 0, specials: true, build: windowed(reduceWindowMax) },
  { name: 'reduceWindowMin', dtypes, ulp: 0, specials: true, build: windowed(reduceWindowMin) },
  { name: 'reduceWindowSum', dtypes: numbers, ulp: 2, specials: true, build: windowed(reduceWindowSum) },
  { name: 'selectAndGatherAdd', dtypes: floats, ulp: 2, build: selected(false) },
  { name: 'selectAndScatterAdd', dtypes: floats, ulp: 2, build: selected(true) },
  { name: 'dotGeneral, matrices', dtypes: numbers, ulp: 0, build: product },
  { name: 'dotGeneral', dtypes: numbers, ulp: 0, build: sampled(dotGeneralP) },
  { name: 'convGeneral', dtypes: numbers, ulp: 0, build: sampled(convGeneralP) },
  { name: 'threefry2x32', dtypes: ['u32'], ulp: 0, build: dice => { const a: Aval = { shape: some(dice, dice.below(3)), dtype: 'u32' }; return { operands: [a, a, a, a], f: xs => threefry2x32(element(xs, 0), element(xs, 1), element(xs, 2), element(xs, 3)) }; } },
  { name: 'randomBits', dtypes: ['u32'], ulp: 0, build: dice => { const keys = some(dice, dice.below(2)); const shape = some(dice, dice.below(3)); const bytes = dice.below(2) === 0; return { operands: [{ shape: [...keys, 2], dtype: 'u32' }], f: xs => [randomBits(element(xs, 0), shape, bytes ? 'u8' : 'u32')] }; } },
];

const digits: { readonly [D in DType]: number } = { f16: 2 ** -10, f32: 2 ** -23, f64: 2 ** -52, i32: 0, u32: 0, i8: 0, u8: 0, bool: 0 };
/** To the bit where `ulp` is 0; else within so many units of the greatest magnitude that takes part. */
function expectEqual(got: readonly NDArray[], want: readonly NDArray[], ulp: number, what: () => string): void {
  got.forEach((g, k) => {
    const w = want[k] ?? expect.fail('a result is missing');
    const magnitude = ulp === 0 ? 0 : Array.from(w.data).reduce((most, x) => Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most, 1);
    for (let i = 0; i < g.data.length; i++) {
      const [a, b] = [g.data[i] ?? 0, w.data[i] ?? 0];
      // A result that rounds to infinity may be the greatest number.
      if (Object.is(a, b) || (a === 0 && b === 0) || Math.abs(a - b) <= ulp * digits[g.dtype] * magnitude) continue;
      if (ulp > 0 && isFloat(g.dtype) && Math.abs(Math.abs(a) === Infinity ? b : a) >= dtypeInfo[g.dtype].max * 0.99 && Math.sign(a) === Math.sign(b)) continue;
      expect.fail(`${g.dtype} result ${k}, element ${i}: wasm ${a}, reference ${b}\n${what()}`);
    }
  });
}

/** The same program around the operation: what fuses into it and with it, and what runs it several times. */
function variants(c: Case, dice: Dice): readonly (readonly [name: string, jaxpr: Jaxpr, operands: readonly Aval[]])[] {
  const own = stage('alone', c.operands, xs => c.f(xs), { numbers: 'literals' }).jaxpr;
  const turned = (x: AnyTensor): AnyTensor => x.dtype === 'bool' ? not(x) : isFloat(x.dtype) ? neg(x) : add(x, constantLike(1, x));
  const isIndex = (i: number): boolean => c.data?.[i] !== undefined || c.operands[i]?.shape.length === 0;
  const fused = stage('fused', c.operands, xs => c.f(xs.map((x, i) => isIndex(i) ? x : turned(x))).map(turned), { numbers: 'literals' }).jaxpr;
  const size = dice.pick([1, 3], 3);
  const mask = own.inputs.map((_, i) => i === 0 || dice.below(2) === 0);
  const { jaxpr: batched } = batchJaxpr(own, size, mask);
  // Two steps of a loop whose first operand is sliced, or a branch.
  const stacked = c.operands.map((a, i) => i === 0 ? { ...a, shape: [2, ...a.shape] } : a);
  const looped = stage('looped', stacked, ([xs, ...rest]) => {
    if (xs === undefined) return [];
    const body = stage('step', [...rest.map(x => ({ shape: x.shape, dtype: x.dtype })), c.operands[0] ?? start], args => c.f([element(args, args.length - 1), ...args.slice(0, -1)]), { numbers: 'literals' }).jaxpr;
    return bind(scanP, [...rest, xs], { jaxpr: body, length: 2, reverse: false, numConsts: rest.length, numCarry: 0, unroll: 1 });
  }, { numbers: 'literals' }).jaxpr;
  const branched = stage('branched', c.operands, xs => bind(condP, [literal(1, start), ...xs], { branches: [own, own] }), { numbers: 'literals' }).jaxpr;
  return [['alone', own, c.operands], ['fused', fused, c.operands], ['batched', batched, c.operands.map((a, i) => mask[i] === true ? { ...a, shape: [size, ...a.shape] } : a)], ['in a loop', looped, stacked], ['in a branch', branched, c.operands]];
}

/** A loop over carries of one shape whose body mixes, permutes and changes them: what may change in place, and what may not. */
function loop(dice: Dice): { readonly jaxpr: Jaxpr; readonly inputs: readonly NDArray[] } {
  const n = dice.pick([1, 4, 7, 33], 4);
  const a: Aval = { shape: [n], dtype: dice.pick<DType>(['i32', 'u8', 'f64'], 'i32') };
  const carries = 1 + dice.below(3);
  const steps = dice.below(5);
  const length = 2 + dice.below(3);
  const body = stage('body', [...range(carries).map(() => a), start, a], xs => {
    const index = element(xs, carries);
    const pool = [...xs.slice(0, carries), element(xs, carries + 1)];
    const any = (): AnyTensor => dice.pick(pool.slice(-4), element(pool, 0));
    const changes: ((x: AnyTensor) => AnyTensor)[] = [
      x => add(x, any()), x => neg(x), x => dynamicUpdateSlice(x, dynamicSlice(any(), [index], [Math.min(2, n)]), [add(index, index)]),
      x => scatterAdd(x, convert(any(), 'i32'), any(), { axis: 0 }), x => scatterSet(x, index, reshape(dynamicSlice(any(), [index], [1]), []), { axis: 0 }),
      x => gather(x, convert(any(), 'i32'), { axis: 0, mode: 'clip' }), x => cumsum(x, { axis: 0, reverse: true }), x => element(optimizationBarrier([x, any()]), dice.below(2)),
      x => element(sort(x, [any()], 0), dice.below(2)), () => constantLike(3, element(pool, 0)),
    ];
    // Some carries are changed first; what comes later still asks for what they were.
    const changed = range(carries).map(k => dice.below(3) === 0 ? null : dice.pick(changes.slice(0, 5), x => x)(element(xs, k)));
    for (const y of changed) if (y !== null) pool.unshift(y);
    for (let k = 0; k < steps; k++) pool.push(dice.pick(changes, x => x)(dice.pick(pool, element(pool, 0))));
    return [...changed.map(y => y ?? any()), add(index, constantLike(1, index)), ...range(dice.below(3)).map(any)];
  }, { numbers: 'literals' }).jaxpr;
  const xs: Aval = { ...a, shape: [length, n] };
  const { jaxpr } = stage('loop', [...range(carries).map(() => a), start, xs], args => bind(scanP, args, { jaxpr: body, length, reverse: dice.below(2) === 0, numConsts: 0, numCarry: carries + 1, unroll: 1 }), { numbers: 'literals' });
  return { jaxpr, inputs: jaxpr.inputs.map(v => values(v.aval, dice, false)) };
}

describe.each(backends.map((b, i) => [b.rung.name, i, b] as const))('on rung %s', (_rung, position, backend) => {
  it.each(families.map(f => [f.name, f] as const))('%s equals the reference', (_name, family) => {
    for (const [k, d] of family.dtypes.entries()) {
      for (let round = 0; round < Math.max(1, rounds); round++) {
        const dice = new Dice(seed + 7919 * k + 104729 * round);
        const c = family.build(dice, d);
        const all = variants(c, dice);
        const other = 1 + dice.below(all.length - 1);
        for (const [name, jaxpr, operands] of all.filter((_, v) => rounds > 0 || v === 0 || (v === other && position === 0))) {
          const inputs = operands.map((a, i): NDArray => {
            const own = c.data?.[i];
            if (own === undefined) return values(a, dice, family.specials ?? false);
            const data = allocate(a.dtype, sizeOf(a.shape));
            for (let q = 0; q < data.length; q++) data[q] = own.data[q % own.data.length] ?? 0;
            return { ...a, data };
          });
          const what = (): string => `${family.name}, ${name}, seed ${seed}, round ${round}\n${printJaxpr(jaxpr)}\n${inputs.map(x => x.data.slice(0, 40).join()).join('\n')}`;
          expectEqual(run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), d === 'f16' && family.rounded === true ? 1 : family.ulp, what);
        }
      }
    }
  });

  it('long lines are ordered, from one digit to eleven bits of it', () => {
    for (const d of dtypes) {
      for (const [shape, axis] of [[[65, 3], 0], [[2, 4095], 1], [[4099], 0], [[4096, 2], 0]] as const) {
        const a: Aval = { shape, dtype: d };
        const carried: Aval = { shape, dtype: 'i32' };
        const jaxpr = stage('sort', [a, carried], ([x, y]) => x === undefined || y === undefined ? [] : [...sort(x, [y], axis), element(sort(x, [], axis), 0)]).jaxpr;
        const dice = new Dice(seed + sizeOf(shape));
        const keys = values(a, dice, true);
        // Of few keys many are equal; of many, every digit counts.
        if (isFloat(d)) for (let i = 0; i < keys.data.length; i += 2) keys.data[i] = roundTo(d, Math.sin(i * i) * 10 ** (i % 9 - 4));
        const inputs = [keys, { ...carried, data: Int32Array.from({ length: sizeOf(shape) }, (_, i) => i) }];
        expectEqual(run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), 0, () => `${d}[${shape.join()}], seed ${seed}`);
      }
    }
  });
  it('an update just behind the last place changes nothing, of the next row neither', () => {
    const jaxpr = stage('behind', [{ shape: [2, 5], dtype: 'f32' }, { shape: [2], dtype: 'i32' }, { shape: [2, 2], dtype: 'f32' }], ([x, i, u]) => x === undefined || i === undefined || u === undefined ? [] : [scatterSet(x, i, u, { axis: 1, batchDims: 0, mode: 'fill' })]).jaxpr;
    const inputs = jaxpr.inputs.map(v => v.aval.dtype === 'i32' ? { ...v.aval, data: Int32Array.of(5, 1) } : values(v.aval, new Dice(seed + v.aval.shape.length * sizeOf(v.aval.shape)), false));
    expectEqual(run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), 0, () => printJaxpr(jaxpr));
  });
  it('what an update is computed from is not overwritten by it', () => {
    const p = { axis: 0, reverse: false };
    const jaxpr = stage('turned', [{ shape: [37], dtype: 'i32' }], ([x]) => {
      if (x === undefined) return [];
      // Made here and dead here: its place is free for the result, were it not read backwards meanwhile.
      const made = cumsum(x, p);
      return [cumsum(dynamicUpdateSlice(made, reverse(made, [0]), [literal(0, start)]), p)];
    }, { numbers: 'literals' }).jaxpr;
    const inputs = jaxpr.inputs.map(v => values(v.aval, new Dice(seed), false));
    expectEqual(run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), 0, () => printJaxpr(jaxpr));
  });
  it('carries that are exchanged do not share their buffers', () => {
    const a: Aval = { shape: [33], dtype: 'i32' };
    const p = { axis: 0, reverse: false };
    // Of running values, and of a map, which may lie where its operand lay.
    for (const f of [cumsum, neg]) {
      const body = stage('body', [a, a], ([x, y]) => x === undefined || y === undefined ? [] : [f(y, p), cumsum(reverse(x, [0]), p)], { numbers: 'literals' }).jaxpr;
      const { jaxpr } = stage('exchange', [a, a], xs => bind(scanP, xs, { jaxpr: body, length: 3, reverse: false, numConsts: 0, numCarry: 2, unroll: 1 }), { numbers: 'literals' });
      const inputs = jaxpr.inputs.map((v, i) => values(v.aval, new Dice(seed + i), false));
      expectEqual(run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), 0, () => printJaxpr(jaxpr));
    }
  });
  it('a branch is chosen by an index that is clamped to them', () => {
    const a: Aval = { shape: [5], dtype: 'i32' };
    const branches = [1, 2, 3].map(k => stage('branch', [a], ([x]) => x === undefined ? [] : [add(x, constantLike(k, x))], { numbers: 'literals' }).jaxpr);
    const { jaxpr } = stage('choice', [start, a], xs => bind(condP, xs, { branches }), { numbers: 'literals' });
    for (const index of [-(2 ** 31), -1, 0, 1, 2, 3, 2 ** 31 - 1]) {
      const inputs = [{ ...start, data: Int32Array.of(index) }, { ...a, data: Int32Array.of(1, 2, 3, 4, 5) }];
      expectEqual(run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), 0, () => `branch ${index}`);
    }
  });
  it('one key among equals is found by each of its bits', () => {
    const a: Aval = { shape: [70], dtype: 'i32' };
    const jaxpr = stage('sort', [a], ([x]) => x === undefined ? [] : sort(x, [], 0)).jaxpr;
    for (let bit = 0; bit < 32; bit++) {
      const data = new Int32Array(70).fill(7);
      data[bit] = 7 ^ (1 << bit);
      expectEqual(run(backend, jaxpr, [{ ...a, data }]), evaluateJaxpr(jaxpr, [{ ...a, data }]), 0, () => `bit ${bit}`);
    }
  });
  it('what a barrier passes on keeps the memory of its operand', () => {
    const jaxpr = stage('alias', [{ shape: [37], dtype: 'i32' }], ([x]) => {
      if (x === undefined) return [];
      const p = { axis: 0, reverse: false };
      const made = cumsum(x, p);
      const [passed = made] = optimizationBarrier([made]);
      // Both die here, one of them read at another place than is written.
      return [cumsum(add(made, reverse(passed, [0])), p)];
    }).jaxpr;
    const inputs = jaxpr.inputs.map(v => values(v.aval, new Dice(seed), false));
    expectEqual(run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), 0, () => printJaxpr(jaxpr));
  });
  it('loops change their carries in place where nobody needs what they were', () => {
    for (let k = 0; k < Math.max(40, 100 * rounds); k++) {
      const { jaxpr, inputs } = loop(new Dice(seed + 31 * k));
      expectEqual(run(backend, jaxpr, inputs), evaluateJaxpr(jaxpr, inputs), 0, () => `seed ${seed}, loop ${k}\n${printJaxpr(jaxpr)}`);
    }
  });
});
