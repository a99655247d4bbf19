// gather and scatterAdd: each other's transposes. Elements of one axis at integer indices, as take and embeddings need them.
// Floor 2. Indices count from 0; negative ones, which count from the end, are the public layer's.
import { DTypeError, ShapeError } from '../error.ts';
import { dtypeInfo, isFloat, type DType } from '../dtype/dtype.ts';
import { sameShape, showShape, sizeOf, type Aval } from '../ir/aval.ts';
import type { Domain, Draw, ElementBuilder, NDArray, Place, Primitive, SampleOperand, Violation } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf, zerosLike } from '../trace/handle.ts';
import { bind1 } from '../trace/scope.ts';
import { expectAxis } from './axes.ts';
import { alignBatch, constantLike } from './broadcast.ts';
import { ge, lt } from './comparison.ts';
import { at, expectCount, expectDType, isLinear, operand, pure } from './define.ts';
import { or } from './logical.ts';
import { moveAxis } from './transpose.ts';

/**
 * What an index outside the axis means. `fill`: NaN for floats, the least value for signed integers, the greatest for unsigned ones,
 * true for bool. `zero`: zero, the derivative of `fill`. `clip`: the nearest index inside. `promise`: the program promises that there
 * is none (the reference clips). Scattering drops what is outside under `fill` and `zero`.
 */
export type IndexMode = 'fill' | 'zero' | 'clip' | 'promise';
export type GatherParams = {
  /** The indexed axis of the operand, after its batch dims. */
  readonly axis: number;
  /** How many leading axes operand and indices share, one set of indices for each. */
  readonly batchDims: number;
  readonly mode: IndexMode;
};

/** The mode of the tangents: what is filled in does not depend on the operand. */
export const linearMode = (mode: IndexMode): IndexMode => mode === 'fill' ? 'zero' : mode;

/** The operand's shape with the axis replaced by the indices' own axes. */
export function gatheredShape(x: Aval, indices: Aval, { axis, batchDims, mode }: GatherParams, name: string): readonly number[] {
  expectAxis(axis, x.shape, name);
  if (!Number.isInteger(batchDims) || batchDims < 0 || batchDims > axis) throw new ShapeError(`${name}: ${batchDims} batch dims do not lie before axis ${axis} of ${showShape(x.shape)}`, 'axis');
  if (dtypeInfo[indices.dtype].kind !== 'int') throw new DTypeError(`${name}: indices are integers, got ${indices.dtype} (use astype)`);
  if (!sameShape(x.shape.slice(0, batchDims), indices.shape.slice(0, batchDims))) {
    throw new ShapeError(`${name}: the first ${batchDims} dims of ${showShape(x.shape)} and of the indices ${showShape(indices.shape)} differ`);
  }
  const nowhere = at(x.shape, axis) === 0 && sizeOf(indices.shape) > 0 && (mode === 'clip' || mode === 'promise');
  if (nowhere) throw new ShapeError(`${name}: axis ${axis} of ${showShape(x.shape)} is empty, so no index is inside; use mode 'fill'`, 'index');
  return [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
}

/** `out[b, p, k, q] = operand[b, p, indices[b, k], q]`, where b, p, k and q each stand for any number of axes. XLA's Gather along one axis. */
export const gatherP: Primitive<GatherParams> = {
  name: 'gather',
  properties: pure,
  type(inputs, params) {
    expectCount(inputs, 2, 'gather');
    const x = operand(inputs, 0, 'gather');
    return [{ shape: gatheredShape(x, operand(inputs, 1, 'gather'), params, 'gather'), dtype: x.dtype }];
  },
  evaluate(inputs, params, outputs) {
    const x = at(inputs, 0);
    const out = at(outputs, 0).data;
    const absent = params.mode === 'fill' ? fillValue(x.dtype) : 0;
    visitRows(x.shape, at(inputs, 1), params, (row, n, from) => {
      if (from < 0) for (let q = 0; q < n; q++) out[row + q] = absent;
      else for (let q = 0; q < n; q++) out[row + q] = x.data[from + q] ?? 0;
    });
  },
  rules: {
    kind: 'flat',
    jvp: ([, indices], [t], params) => [t && indices ? gather(t, indices, { ...params, mode: linearMode(params.mode) }) : null],
    batch(inputs, batched, params, size) {
      const [x, indices] = inputs;
      if (x === undefined || indices === undefined) return { outputs: [], batched: [] };
      const { axis, batchDims } = params;
      if (batchDims === 0 && batched[1] !== true) return { outputs: [gather(x, indices, { ...params, axis: axis + 1 })], batched: [true] };
      // Batched indices of one operand are more indices: the operand is not repeated.
      if (batchDims === 0 && batched[0] !== true) return { outputs: [moveAxis(gather(x, indices, params), axis, 0)], batched: [true] };
      const [xs, all] = alignBatch(inputs, batched, size);
      return { outputs: xs && all ? [gather(xs, all, { ...params, axis: axis + 1, batchDims: batchDims + 1 })] : [], batched: [true] };
    },
  },
  linear: {
    transpose([ct], [x, indices], params) {
      if (!ct || x === undefined || !indices?.known) return [null, null];
      return [scatterAdd(zerosLike(x.aval), indices.known, ct, { ...params, mode: linearMode(params.mode) }), null];
    },
    // `fill` is affine: zeros give NaN where an index is outside.
    linearIn: (_n, { mode }) => mode === 'fill' ? [] : [[0]],
  },
  lowering: {
    kind: 'element',
    element(b, index, params, inputs) {
      const at = indexedPlace(b, index, params, inputs);
      return b.guarded(at.guards, () => b.operand(0, at.index), () => b.constant(params.mode === 'fill' ? fillValue(inputs[0]?.dtype ?? 'f32') : 0));
    },
  },
  violations: ([x, indices], params) => indexViolations(x, indices, params),
  sample(draw) {
    const { x, indices, params } = drawGather(draw);
    return { operands: [x, indices], params };
  },
  ulp: 0,
};

/** The operand plus the updates at the indices; updates at equal indices add up. XLA's Scatter along one axis, with add. */
export const scatterAddP: Primitive<GatherParams> = {
  name: 'scatterAdd',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, params) {
    expectCount(inputs, 3, 'scatterAdd');
    const x = operand(inputs, 0, 'scatterAdd');
    const updates = operand(inputs, 2, 'scatterAdd');
    expectDType(x, 'number', 'scatterAdd');
    const shape = gatheredShape(x, operand(inputs, 1, 'scatterAdd'), params, 'scatterAdd');
    if (!sameShape(shape, updates.shape)) throw new ShapeError(`scatterAdd: the updates have shape ${showShape(updates.shape)}, the indices need ${showShape(shape)}`);
    if (updates.dtype !== x.dtype) throw new DTypeError(`scatterAdd: dtypes differ: ${x.dtype} vs ${updates.dtype} (use astype)`);
    return [x];
  },
  evaluate(inputs, params, outputs) {
    const x = at(inputs, 0);
    const updates = at(inputs, 2).data;
    const out = at(outputs, 0).data;
    // Many updates may meet at one element: floats add up in float64 and are rounded once.
    const sums = isFloat(x.dtype) ? new Float64Array(x.data) : out;
    if (sums === out) out.set(x.data);
    visitRows(x.shape, at(inputs, 1), params, (row, n, to) => {
      if (to >= 0) for (let q = 0; q < n; q++) sums[to + q] = (sums[to + q] ?? 0) + (updates[row + q] ?? 0);
    });
    if (sums !== out) out.set(sums);
  },
  rules: {
    kind: 'flat',
    jvp([x, indices, updates], [t, , tUpdates], params) {
      if (x === undefined || indices === undefined || updates === undefined || (!t && !tUpdates)) return [null];
      if (!tUpdates) return [t ?? null];
      return [scatterAdd(t ?? zerosLike(avalOf(x)), indices, tUpdates, params)];
    },
    batch(inputs, batched, params, size) {
      const { axis, batchDims } = params;
      const shared = batchDims === 0 && batched[1] !== true;
      const [x, indices, updates] = alignBatch(inputs, shared ? [batched[0] === true, true, batched[2] === true] : batched, size);
      if (x === undefined || indices === undefined || updates === undefined) return { outputs: [], batched: [] };
      return { outputs: [scatterAdd(x, indices, updates, { ...params, axis: axis + 1, batchDims: shared ? 0 : batchDims + 1 })], batched: [true] };
    },
  },
  linear: {
    transpose([ct], [x, indices, updates], params) {
      if (!ct || !indices?.known) return [null, null, null];
      const pulled = isLinear(updates) ? gather(ct, indices.known, { ...params, mode: linearMode(params.mode) }) : null;
      return [isLinear(x) ? ct : null, null, pulled];
    },
    linearIn: () => [[0], [2], [0, 2]],
  },
  lowering: { kind: 'update', updates: 2, combine: 'add', place: indexedPlace },
  violations: ([x, indices], params) => indexViolations(x, indices, params),
  sample(draw) {
    const { x, indices, params } = drawGather(draw);
    const updates = gatheredShape(x.aval, indices.aval, params, 'scatterAdd');
    return { operands: [x, indices, { aval: { shape: updates, dtype: x.aval.dtype } }], params };
  },
  ulp: 1,
};

/** Where `fill` and `promise` meet an index outside. `clip` and `zero` ask for what they get. */
export function indexViolations(x: AnyTensor | undefined, indices: AnyTensor | undefined, { axis, mode }: GatherParams): readonly Violation[] {
  if (x === undefined || indices === undefined || mode === 'clip' || mode === 'zero') return [];
  const count = at(x.shape, axis);
  const { signed, max } = dtypeInfo[indices.dtype];
  // A narrow dtype may not hold the size of a long axis; then none of its values lies past the end.
  const above = count > max ? [] : [ge(indices, constantLike(count, indices))];
  const below = signed ? [lt(indices, constantLike(0, indices))] : [];
  const [first, second] = [...below, ...above];
  if (first === undefined) return [];
  return [{ what: `index {} is outside ${count === 0 ? 'the empty axis' : `0..${count - 1}`}`, found: second === undefined ? first : or(first, second), value: indices }];
}

/** The place in the operand that an element of the gathered array is taken from, or goes to. */
export function indexedPlace<I, N>(b: ElementBuilder<I, N>, index: readonly I[], { axis, batchDims, mode }: GatherParams, [x, indices]: readonly Aval[]): Place<I> {
  const own = (indices?.shape.length ?? 0) - batchDims;
  const count = x?.shape[axis] ?? 0;
  const clips = mode === 'clip' || mode === 'promise';
  // Where an index may lie outside, all that does is one place before the axis and one behind it.
  const [lo, hi] = clips ? [0, Math.max(0, count - 1)] : [-1, count];
  const i = b.loaded(1, [...index.slice(0, batchDims), ...index.slice(axis, axis + own)], lo, hi);
  return { index: [...index.slice(0, axis), i, ...index.slice(axis + own)], guards: clips ? [] : [{ index: i, lo: 0, hi: count }] };
}

/** What stands for an element that is not there. */
function fillValue(dtype: DType): number {
  const { kind, signed, min, max } = dtypeInfo[dtype];
  return kind === 'float' ? NaN : kind === 'bool' ? 1 : signed ? min : max;
}

/** Visits each contiguous row of the gathered array with the place in the operand that its index names; -1 where it is outside. */
export function visitRows(shape: readonly number[], indices: NDArray, { axis, batchDims, mode }: GatherParams, visit: (row: number, n: number, place: number) => void): void {
  const batch = sizeOf(shape.slice(0, batchDims));
  const outer = sizeOf(shape.slice(batchDims, axis));
  const count = shape[axis] ?? 0;
  const inner = sizeOf(shape.slice(axis + 1));
  const perBatch = batch === 0 ? 0 : indices.data.length / batch;
  const clips = mode === 'clip' || mode === 'promise';
  let row = 0;
  for (let b = 0; b < batch; b++) {
    for (let p = 0; p < outer; p++) {
      const base = (b * outer + p) * count;
      for (let k = 0; k < perBatch; k++, row += inner) {
        let i = indices.data[b * perBatch + k] ?? 0;
        if (clips) i = i < 0 ? 0 : i >= count ? count - 1 : i;
        visit(row, inner, i < 0 || i >= count ? -1 : (base + i) * inner);
      }
    }
  }
}

export function drawGather(draw: Draw): { x: SampleOperand; indices: SampleOperand; params: GatherParams } {
  const n = draw.int(1, 4);
  const shared = draw.int(0, 2) === 0 ? [draw.dim()] : [];
  const before = draw.shape(1);
  const shape = [...shared, ...before, n, ...draw.shape(1)];
  const mode = draw.pick<IndexMode>(['fill', 'clip', 'promise', 'zero']);
  const domain: Domain = { intervals: [mode === 'promise' ? [0, n - 1] : [-1, n]] };
  return {
    x: { aval: { shape, dtype: draw.float() } },
    indices: { aval: { shape: [...shared, ...draw.shape(2)], dtype: 'i32' }, domain },
    params: { axis: shared.length + before.length, batchDims: shared.length, mode },
  };
}

export type GatherOptions = { readonly axis: number; readonly batchDims?: number; readonly mode?: IndexMode };
export const complete = ({ axis, batchDims = 0, mode = 'fill' }: GatherOptions): GatherParams => ({ axis, batchDims, mode });
/** Elements of one axis of `x` at the indices. */
export const gather = (x: AnyTensor, indices: AnyTensor, options: GatherOptions): AnyTensor => bind1(gatherP, [x, indices], complete(options));
/** `x` with the updates added at the indices of one axis. */
export const scatterAdd = (x: AnyTensor, indices: AnyTensor, updates: AnyTensor, options: GatherOptions): AnyTensor => bind1(scatterAddP, [x, indices, updates], complete(options));
