// dotGeneral: the general product of two tensors. It is its own transpose, with the roles of the axes exchanged.
// Floor 2. matmul, einsum and the gradients of both are this one operation; nothing is ever transposed in memory for it.
import { listed } from '../shape/dim.ts';
import { DTypeError, ShapeError } from '../error.ts';
import { isFloat } from '../dtype/dtype.ts';
import { range, showShape, sizeOf, stridesOf, type Aval } from '../ir/aval.ts';
import type { NDArray, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents } from './arithmetic.ts';
import { expectAxis } from './axes.ts';
import { contractFloats, contractIntegers, offsetsAlong, type Operand } from './contraction.ts';
import { at, expectCount, expectDType, operand, pure } from './define.ts';
import { moveAxis, transpose } from './transpose.ts';

/** Axis `lhsContract[i]` is summed against `rhsContract[i]`; axes `lhsBatch[i]` and `rhsBatch[i]` run together; all others are free. */
export type DotDims = {
  readonly lhsContract: readonly number[];
  readonly rhsContract: readonly number[];
  readonly lhsBatch: readonly number[];
  readonly rhsBatch: readonly number[];
};

const freeAxes = (rank: number, contract: readonly number[], batch: readonly number[]): number[] => range(rank).filter(i => !contract.includes(i) && !batch.includes(i));
const shifted = (axes: readonly number[]): number[] => axes.map(a => a + 1);

/** The result's axes: the batch axes, then the free axes of lhs, then those of rhs. XLA's DotGeneral. */
export const dotGeneralP: Primitive<DotDims> = {
  name: 'dotGeneral',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, dims) {
    expectCount(inputs, 2, 'dotGeneral');
    const x = operand(inputs, 0, 'dotGeneral');
    const y = operand(inputs, 1, 'dotGeneral');
    expectDType(x, 'number', 'dotGeneral');
    if (x.dtype !== y.dtype) throw new DTypeError(`dotGeneral: dtypes differ: ${x.dtype} vs ${y.dtype} (use astype)`);
    expectPairs(x, y, dims.lhsContract, dims.rhsContract, 'contracted');
    expectPairs(x, y, dims.lhsBatch, dims.rhsBatch, 'batch');
    expectDistinct(x, [...dims.lhsContract, ...dims.lhsBatch]);
    expectDistinct(y, [...dims.rhsContract, ...dims.rhsBatch]);
    const axes = (a: Aval, list: readonly number[]): number[] => list.map(i => at(a.shape, i));
    const shape = [
      ...axes(x, dims.lhsBatch),
      ...axes(x, freeAxes(x.shape.length, dims.lhsContract, dims.lhsBatch)),
      ...axes(y, freeAxes(y.shape.length, dims.rhsContract, dims.rhsBatch)),
    ];
    return [{ shape, dtype: x.dtype }];
  },
  flops: ([x], dims, [out]) => 2 * sizeOf(out?.shape ?? []) * sizeOf(dims.lhsContract.map(i => at(x?.shape ?? [], i))),
  evaluate(inputs, dims, outputs) {
    const lhs = arrange(at(inputs, 0), dims.lhsContract, dims.lhsBatch);
    const rhs = arrange(at(inputs, 1), dims.rhsContract, dims.rhsBatch);
    const out = at(outputs, 0);
    if (isFloat(out.dtype)) contractFloats(lhs, rhs, out.data);
    else contractIntegers(lhs, rhs, out.data);
  },
  rules: {
    kind: 'flat',
    jvp: ([x, y], [s, t], dims) => [addTangents(s && y ? dotGeneral(s, y, dims) : null, t && x ? dotGeneral(x, t, dims) : null)],
    batch([x, y], batched, dims) {
      if (x === undefined || y === undefined) return { outputs: [], batched: [] };
      const lhs = { lhsContract: shifted(dims.lhsContract), lhsBatch: shifted(dims.lhsBatch) };
      const rhs = { rhsContract: shifted(dims.rhsContract), rhsBatch: shifted(dims.rhsBatch) };
      const batchDims = dims.lhsBatch.length;
      if (batched[0] === true && batched[1] === true) {
        return { outputs: [dotGeneral(x, y, { ...lhs, ...rhs, lhsBatch: [0, ...lhs.lhsBatch], rhsBatch: [0, ...rhs.rhsBatch] })], batched: [true] };
      }
      // With one operand shared by all examples the batch axis is one more free axis of the other: still one product.
      if (batched[0] === true) return { outputs: [moveAxis(dotGeneral(x, y, { ...dims, ...lhs }), batchDims, 0)], batched: [true] };
      const position = x.shape.length - dims.lhsContract.length;
      return { outputs: [moveAxis(dotGeneral(x, y, { ...dims, ...rhs }), position, 0)], batched: [true] };
    },
  },
  linear: {
    transpose([ct], [x, y], dims) {
      if (!ct || x === undefined || y === undefined) return [null, null];
      if (y.known) return [cotangentOfLhs(ct, y.known, x.aval, dims), null];
      return [null, x.known ? cotangentOfRhs(ct, x.known, y.aval, dims) : null];
    },
    linearIn: () => [[0], [1]],
  },
  lowering: {
    kind: 'contraction',
    contract(dims, [x, y], out) {
      if (x === undefined || y === undefined) return [];
      const [xs, ys, os] = [stridesOf(x.shape), stridesOf(y.shape), stridesOf(out.shape)];
      const plan = planOf(x.shape.length, y.shape.length, dims);
      const freeX = freeAxes(x.shape.length, dims.lhsContract, dims.lhsBatch);
      const freeY = freeAxes(y.shape.length, dims.rhsContract, dims.rhsBatch);
      return [
        ...dims.lhsBatch.map((a, i) => ({ extent: at(x.shape, a), lhs: at(xs, a), rhs: at(ys, at(dims.rhsBatch, i)), out: at(os, i) })),
        ...freeX.map((a, i) => ({ extent: at(x.shape, a), lhs: at(xs, a), rhs: 0, out: at(os, at(plan.lhsFree, i)) })),
        ...freeY.map((a, i) => ({ extent: at(y.shape, a), lhs: 0, rhs: at(ys, a), out: at(os, at(plan.rhsFree, i)) })),
        ...dims.lhsContract.map((a, i) => ({ extent: at(x.shape, a), lhs: at(xs, a), rhs: at(ys, at(dims.rhsContract, i)), out: 0 })),
      ];
    },
  },
  algebra: {
    absorb(dims, i, permutation) {
      const [contract, batch] = i === 0 ? [dims.lhsContract, dims.lhsBatch] : [dims.rhsContract, dims.rhsBatch];
      const before = (axes: readonly number[]): number[] => axes.map(a => at(permutation, a));
      // The free axes must keep their order, or the result would be permuted.
      const free = before(freeAxes(permutation.length, contract, batch));
      if (free.some((a, k) => k > 0 && a < at(free, k - 1))) return null;
      return i === 0 ? { ...dims, lhsContract: before(contract), lhsBatch: before(batch) } : { ...dims, rhsContract: before(contract), rhsBatch: before(batch) };
    },
  },
  sample(draw) {
    const batch = draw.shape(1);
    const contract = draw.shape(2);
    const dtype = draw.float();
    // Each operand's axes stand in an order of their own.
    const arranged = (free: readonly number[]): { shape: number[]; batch: number[]; contract: number[] } => {
      const sizes = [...batch, ...contract, ...free];
      const order = range(sizes.length);
      if (draw.bool()) order.reverse();
      const place = (i: number): number => order.indexOf(i);
      return { shape: order.map(i => at(sizes, i)), batch: batch.map((_, i) => place(i)), contract: contract.map((_, i) => place(batch.length + i)) };
    };
    const x = arranged(draw.shape(1));
    const y = arranged(draw.shape(1));
    return {
      operands: [{ aval: { shape: x.shape, dtype } }, { aval: { shape: y.shape, dtype } }],
      params: { lhsContract: x.contract, rhsContract: y.contract, lhsBatch: x.batch, rhsBatch: y.batch },
    };
  },
  ulp: 4,
};

function expectPairs(x: Aval, y: Aval, lhs: readonly number[], rhs: readonly number[], kind: string): void {
  if (listed('dotGeneral', `${kind} axes`, lhs).length !== listed('dotGeneral', `${kind} axes`, rhs).length) throw new ShapeError(`dotGeneral: ${lhs.length} ${kind} axes of ${showShape(x.shape)} against ${rhs.length} of ${showShape(y.shape)}`);
  lhs.forEach((i, k) => {
    const j = at(rhs, k);
    expectAxis(i, x.shape, 'dotGeneral');
    expectAxis(j, y.shape, 'dotGeneral');
    if (x.shape[i] !== y.shape[j]) {
      throw new ShapeError(`dotGeneral: ${kind} axes differ, axis ${i} of ${showShape(x.shape)} vs axis ${j} of ${showShape(y.shape)}: ${x.shape[i]} vs ${y.shape[j]}`);
    }
  });
}
function expectDistinct(x: Aval, axes: readonly number[]): void {
  if (new Set(axes).size !== axes.length) throw new ShapeError(`dotGeneral: an axis of ${showShape(x.shape)} is named twice in ${showShape(axes)}`, 'axis');
}

function arrange(x: NDArray, contract: readonly number[], batch: readonly number[]): Operand {
  const strides = stridesOf(x.shape);
  const along = (axes: readonly number[]): Int32Array => offsetsAlong(axes, x.shape, strides);
  return { data: x.data, batch: along(batch), free: along(freeAxes(x.shape.length, contract, batch)), contract: along(contract) };
}

/** Where the result has its batch axes and the free axes of both operands. */
interface Plan { readonly batch: number[]; readonly lhsFree: number[]; readonly rhsFree: number[] }
function planOf(lhsRank: number, rhsRank: number, d: DotDims): Plan {
  const b = d.lhsBatch.length;
  const m = lhsRank - d.lhsContract.length - b;
  const n = rhsRank - d.rhsContract.length - b;
  return { batch: range(b), lhsFree: range(m).map(i => b + i), rhsFree: range(n).map(i => b + m + i) };
}
/** The contracted axes of one operand, in the order in which their partners stand in the other. */
const byPartner = (own: readonly number[], partner: readonly number[]): number[] => range(own.length).sort((i, j) => at(partner, i) - at(partner, j)).map(i => at(own, i));
/** Gives axis i of `x` the place `places[i]`. */
const arrangeAxes = (x: AnyTensor, places: readonly number[]): AnyTensor => transpose(x, range(places.length).map(i => places.indexOf(i)));

/** The cotangent times rhs, contracted over the free axes of rhs: batch, free axes of lhs, contracted axes. */
function cotangentOfLhs(ct: AnyTensor, y: AnyTensor, x: Aval, d: DotDims): AnyTensor {
  const plan = planOf(x.shape.length, y.shape.length, d);
  const product = dotGeneral(ct, y, {
    lhsContract: plan.rhsFree, rhsContract: freeAxes(y.shape.length, d.rhsContract, d.rhsBatch), lhsBatch: plan.batch, rhsBatch: d.rhsBatch,
  });
  return arrangeAxes(product, [...d.lhsBatch, ...freeAxes(x.shape.length, d.lhsContract, d.lhsBatch), ...byPartner(d.lhsContract, d.rhsContract)]);
}
/** lhs times the cotangent, contracted over the free axes of lhs: batch, contracted axes, free axes of rhs. */
function cotangentOfRhs(ct: AnyTensor, x: AnyTensor, y: Aval, d: DotDims): AnyTensor {
  const plan = planOf(x.shape.length, y.shape.length, d);
  const product = dotGeneral(x, ct, {
    lhsContract: freeAxes(x.shape.length, d.lhsContract, d.lhsBatch), rhsContract: plan.lhsFree, lhsBatch: d.lhsBatch, rhsBatch: plan.batch,
  });
  return arrangeAxes(product, [...d.rhsBatch, ...byPartner(d.rhsContract, d.lhsContract), ...freeAxes(y.shape.length, d.rhsContract, d.rhsBatch)]);
}

/** The general product of two tensors of one dtype. */
export const dotGeneral = (x: AnyTensor, y: AnyTensor, dims: DotDims): AnyTensor => bind1(dotGeneralP, [x, y], dims);
