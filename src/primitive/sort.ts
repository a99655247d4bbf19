// sort: rows in ascending order along one axis, other operands carried along. What shuffles, ranks, medians and top-k are made of.
// Floor 2. NaN comes last, -0 equals 0, equal keys keep their order. Tangents are carried along as values are.
import { ShapeError } from '../error.ts';
import { dtypeInfo, isFloat, type DType, type HostArray } from '../dtype/dtype.ts';
import { sameShape, showShape } from '../ir/aval.ts';
import type { Domain, Draw, Primitive, SampleOperand } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind } from '../trace/scope.ts';
import { takeAlongAxis } from './alongAxis.ts';
import { expectAxis } from './axes.ts';
import { alignBatch } from './broadcast.ts';
import { all, at, operand, pure } from './define.ts';
import { iota } from './iota.ts';
import { reverse } from './reverse.ts';
import { sliceAxis } from './slice.ts';
import { stopGradient } from './stopGradient.ts';
import { visitLines } from './walk.ts';

type SortParams = { readonly axis: number };
/** Few values, so that many keys are equal and stability shows. */
const few: Domain = { intervals: [[0, 3]] };
const many: Domain = { intervals: [[0, 2 ** 31 - 1]] };
const reals: Domain = { intervals: [[-2, 2]] };

/**
 * The first operand's elements in ascending order along `axis`, and each other operand in the order that this gives: operands of one
 * shape. Equal keys keep their order. XLA's Sort, stable, with one key.
 */
export const sortP: Primitive<SortParams> = {
  name: 'sort',
  properties: pure,
  type(inputs, { axis }) {
    const keys = operand(inputs, 0, 'sort');
    expectAxis(axis, keys.shape, 'sort');
    for (const x of inputs) {
      if (!sameShape(keys.shape, x.shape)) throw new ShapeError(`sort: keys ${showShape(keys.shape)} and values ${showShape(x.shape)} differ; sort an iota and gather with it`);
    }
    return inputs;
  },
  evaluate(inputs, { axis }, outputs) {
    const keys = at(inputs, 0);
    const n = at(keys.shape, axis);
    const words = isFloat(keys.dtype) ? [new Uint32Array(n), new Uint32Array(n)] : [new Uint32Array(n)];
    visitLines(keys.shape, axis, false, (start, _n, step) => {
      readKeys(keys.data, keys.dtype, start, step, words);
      const order = sortedOrder(words);
      inputs.forEach((x, k) => { moveRow(x.data, at(outputs, k).data, order, start, step); });
    });
  },
  rules: {
    kind: 'flat',
    jvp(x, t, { axis }) {
      if (t.every(s => s === null)) return t;
      const order = argsort(at(x, 0), axis);
      return t.map(s => s ? takeAlongAxis(s, order, axis, 'promise') : null);
    },
    batch: (x, batched, { axis }, size) => ({ outputs: bind(sortP, alignBatch(x, batched, size), { axis: axis + 1 }), batched: all(x.length) }),
  },
  linear: null,
  lowering: { kind: 'sort', axis: ({ axis }) => axis },
  ties: 'ordered',
  sample(draw) {
    const shape = [...draw.shape(1), draw.dim(), ...draw.shape(1)];
    const dtype = drawDType(draw);
    const keys: SampleOperand = { aval: { shape, dtype }, domain: isFloat(dtype) ? reals : draw.bool() ? few : many };
    const values = Array.from({ length: draw.int(0, 2) }, (): SampleOperand => ({ aval: { shape, dtype: drawDType(draw) } }));
    return { operands: [keys, ...values], params: { axis: draw.int(0, shape.length - 1) } };
  },
  ulp: 0,
};
const drawDType = (draw: Draw): DType => draw.bool() ? draw.float() : draw.integer();

/** Keys as unsigned words in the order of the keys, the least significant first. */
function readKeys(data: HostArray, dtype: DType, start: number, step: number, words: readonly Uint32Array[]): void {
  const [low, high] = words;
  if (low === undefined) return;
  if (high === undefined) {
    // The place of the sign among the bits: flipping it makes the order of signed keys that of unsigned ones.
    const flip = dtypeInfo[dtype].signed ? 0x8000_0000 : 0;
    for (let i = 0; i < low.length; i++) low[i] = (data[start + i * step] ?? 0) ^ flip;
    return;
  }
  const value = new Float64Array(1);
  const bits = new Uint32Array(value.buffer);
  for (let i = 0; i < low.length; i++) {
    const key = data[start + i * step] ?? 0;
    // Adding 0 makes 0 of -0.
    value[0] = key + 0;
    const [a = 0, b = 0] = bits;
    const negative = b >>> 31 === 1;
    // All NaNs are one, whatever their sign and bits, after every number.
    low[i] = key !== key ? 0xffff_ffff : negative ? ~a : a;
    high[i] = key !== key ? 0xffff_ffff : negative ? ~b : b ^ 0x8000_0000;
  }
}

function moveRow(from: HostArray, to: HostArray, order: Uint32Array, start: number, step: number): void {
  for (let i = 0; i < order.length; i++) to[start + i * step] = from[start + (order[i] ?? 0) * step] ?? 0;
}

/** Where each element of the sorted row stood: stable passes of a radix sort, one a byte, the low byte of the low word first. */
function sortedOrder(words: readonly Uint32Array[]): Uint32Array {
  const n = words[0]?.length ?? 0;
  let order = Uint32Array.from({ length: n }, (_, i) => i);
  let next = new Uint32Array(n);
  const starts = new Uint32Array(257);
  for (const keys of words) for (let shift = 0; shift < 32; shift += 8) {
    starts.fill(0);
    for (let i = 0; i < n; i++) { const b = ((keys[i] ?? 0) >>> shift & 255) + 1; starts[b] = (starts[b] ?? 0) + 1; }
    // A byte that all keys share orders nothing.
    if (starts.includes(n, 1)) continue;
    for (let b = 0; b < 256; b++) starts[b + 1] = (starts[b + 1] ?? 0) + (starts[b] ?? 0);
    for (let i = 0; i < n; i++) {
      const from = order[i] ?? 0;
      const b = (keys[from] ?? 0) >>> shift & 255;
      const to = starts[b] ?? 0;
      starts[b] = to + 1;
      next[to] = from;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** The keys in ascending order along `axis`, then each of the values in that order. */
export const sort = (keys: AnyTensor, values: readonly AnyTensor[], axis: number): readonly AnyTensor[] => bind(sortP, [keys, ...values], { axis });

/** Where each element of the sorted keys stood, in i32: NaN last, equal keys in their order. */
export const argsort = (keys: AnyTensor, axis: number): AnyTensor => at(sort(stopGradient(keys), [iota(keys.shape, 'i32', axis)], axis), 1);

/**
 * The `k` greatest elements along `axis`, the greatest first, and where they stood, in i32. NaN counts as greater than all numbers;
 * of equal elements the first comes first. JAX's lax.top_k.
 */
export function topK(x: AnyTensor, k: number, axis: number): readonly [values: AnyTensor, indices: AnyTensor] {
  expectAxis(axis, x.shape, 'topK');
  const n = at(x.shape, axis);
  if (!Number.isInteger(k) || k < 0 || k > n) throw new ShapeError(`topK: k is ${k}, axis ${axis} of ${showShape(x.shape)} has ${n} elements`);
  // Ascending and stable from the end: what comes last is the greatest, and of equal ones the first.
  const backwards = (y: AnyTensor): AnyTensor => reverse(y, [axis]);
  const order = at(sort(backwards(stopGradient(x)), [backwards(iota(x.shape, 'i32', axis))], axis), 1);
  const indices = backwards(sliceAxis(order, axis, n - k, n));
  return [takeAlongAxis(x, indices, axis, 'promise'), indices];
}
