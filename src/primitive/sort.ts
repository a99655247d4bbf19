// sort: rows of integers in ascending order along one axis, other integers carried along. What shuffles and ranks are made of.
// Floor 2. Integers have no tangents: values of any dtype are reordered by gathering at a sorted iota.
import { DTypeError, ShapeError } from '../error.ts';
import { dtypeInfo, isInt, type HostArray } from '../dtype/dtype.ts';
import { sameShape, showAval, showShape, sizeOf } from '../ir/aval.ts';
import type { Domain, Primitive, SampleOperand } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind } from '../trace/scope.ts';
import { expectAxis } from './axes.ts';
import { alignBatch } from './broadcast.ts';
import { all, at, operand, pure } from './define.ts';

type SortParams = { readonly axis: number };
/** Few values, so that many keys are equal and stability shows. */
const few: Domain = { intervals: [[0, 3]] };
const many: Domain = { intervals: [[0, 2 ** 31 - 1]] };

/**
 * The first operand's elements in ascending order along `axis`, and each other operand in the order that this gives: operands of one
 * shape, integers all. Equal keys keep their order. XLA's Sort, stable, with one key.
 */
export const sortP: Primitive<SortParams> = {
  name: 'sort',
  properties: pure,
  type(inputs, { axis }) {
    const keys = operand(inputs, 0, 'sort');
    expectAxis(axis, keys.shape, 'sort');
    for (const x of inputs) {
      if (!sameShape(keys.shape, x.shape)) throw new ShapeError(`sort: keys ${showShape(keys.shape)} and values ${showShape(x.shape)} differ; sort an iota and gather with it`);
      if (!isInt(x.dtype)) throw new DTypeError(`sort: takes integers, got ${showAval(x)}; sort an iota and gather with it`);
    }
    return inputs;
  },
  evaluate(inputs, { axis }, outputs) {
    const keys = at(inputs, 0);
    const n = at(keys.shape, axis);
    const inner = sizeOf(keys.shape.slice(axis + 1));
    const row = new Uint32Array(n);
    // The place of the sign among the bits: flipping it makes the order of signed keys that of unsigned ones.
    const flip = dtypeInfo[keys.dtype].signed ? 0x8000_0000 : 0;
    for (let r = 0; r < keys.data.length / Math.max(n, 1); r++) {
      const start = Math.floor(r / inner) * n * inner + r % inner;
      for (let i = 0; i < n; i++) row[i] = (keys.data[start + i * inner] ?? 0) ^ flip;
      const order = sortedOrder(row);
      inputs.forEach((x, k) => { moveRow(x.data, at(outputs, k).data, order, start, inner); });
    }
  },
  rules: {
    kind: 'flat',
    jvp: x => x.map(() => null),
    batch: (x, batched, { axis }, size) => ({ outputs: bind(sortP, alignBatch(x, batched, size), { axis: axis + 1 }), batched: all(x.length) }),
  },
  linear: null,
  lowering: { kind: 'kernel', template: 'sort' },
  sample(draw) {
    const shape = [...draw.shape(1), draw.dim(), ...draw.shape(1)];
    const keys: SampleOperand = { aval: { shape, dtype: draw.integer() }, domain: draw.bool() ? few : many };
    const values = Array.from({ length: draw.int(0, 2) }, (): SampleOperand => ({ aval: { shape, dtype: draw.integer() } }));
    return { operands: [keys, ...values], params: { axis: draw.int(0, shape.length - 1) } };
  },
  ulp: 0,
};

function moveRow(from: HostArray, to: HostArray, order: Uint32Array, start: number, step: number): void {
  for (let i = 0; i < order.length; i++) to[start + i * step] = from[start + (order[i] ?? 0) * step] ?? 0;
}

/** Where each element of the sorted row stood: four stable passes of a radix sort, one a byte, the low byte first. */
function sortedOrder(keys: Uint32Array): Uint32Array {
  const n = keys.length;
  let order = Uint32Array.from(keys, (_, i) => i);
  let next = new Uint32Array(n);
  const starts = new Uint32Array(257);
  for (let shift = 0; shift < 32; shift += 8) {
    starts.fill(0);
    for (let i = 0; i < n; i++) { const b = ((keys[i] ?? 0) >>> shift & 255) + 1; starts[b] = (starts[b] ?? 0) + 1; }
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
