// gatherWindows and scatterWindows: JAX's gather and scatter in full generality, as the gathers and scatters of one axis.
// Floor 2. No records: the axes that windows move along become one flat axis, and each index a place on it; derivatives, batching and lowering
// are those of the primitives.
import { DTypeError, ShapeError } from '../error.ts';
import { dtypeInfo } from '../dtype/dtype.ts';
import { range, sizeOf } from '../ir/aval.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import type { CompleteGather } from '../shape/gather.ts';
import { add, mul } from './arithmetic.ts';
import { broadcastInDim, constant, constantLike } from './broadcast.ts';
import { ge, le } from './comparison.ts';
import { convert } from './convert.ts';
import { at } from './define.ts';
import { max, min } from './extremum.ts';
import { gather, type GatherOptions, type IndexMode } from './gather.ts';
import { iota } from './iota.ts';
import { and } from './logical.ts';
import { reshape } from './reshape.ts';
import { select } from './select.ts';
import { sliceAxis } from './slice.ts';
import { transpose } from './transpose.ts';

/** How the operand's axes are grouped: batching ones, those along which windows move or are cut, and those taken whole. */
interface Plan {
  readonly batching: readonly number[];
  readonly moved: readonly number[];
  readonly whole: readonly number[];
  /** The batch axes of the indices: those that run together with the operand's, then the others. */
  readonly order: readonly number[];
}
function planOf(shape: readonly number[], batchRank: number, d: CompleteGather, sizes: readonly number[]): Plan {
  const own = range(shape.length).filter(axis => !d.operandBatchingDims.includes(axis));
  const moves = (axis: number): boolean => d.startIndexMap.includes(axis) || sizes[axis] !== shape[axis] || d.collapsedSliceDims.includes(axis);
  return {
    batching: d.operandBatchingDims, moved: own.filter(moves), whole: own.filter(axis => !moves(axis)),
    order: [...d.startIndicesBatchingDims, ...range(batchRank).filter(axis => !d.startIndicesBatchingDims.includes(axis))],
  };
}

/** The operand with its axes grouped: [...batching, the moved ones as one, ...whole]. */
function grouped(x: AnyTensor, { batching, moved, whole }: Plan): AnyTensor {
  const dims = (axes: readonly number[]): number[] => axes.map(axis => at(x.shape, axis));
  if (sizeOf(dims(moved)) > 2 ** 31 - 1) throw new ShapeError('gather: the indexed axes have more elements than i32 counts', 'index');
  return reshape(transpose(x, [...batching, ...moved, ...whole]), [...dims(batching), sizeOf(dims(moved)), ...dims(whole)]);
}
function ungrouped(x: AnyTensor, shape: readonly number[], { batching, moved, whole }: Plan): AnyTensor {
  const order = [...batching, ...moved, ...whole];
  return transpose(reshape(x, order.map(axis => at(shape, axis))), range(shape.length).map(axis => order.indexOf(axis)));
}

/** Places on the flat axis: [...the batch of the indices in the plan's order, ...the window along the moved axes]; -1 for a window that is not inside. */
function places(shape: readonly number[], indices: AnyTensor, d: CompleteGather, sizes: readonly number[], mode: IndexMode, plan: Plan): AnyTensor {
  if (dtypeInfo[indices.dtype].kind !== 'int') throw new DTypeError(`gather: indices are integers, got ${indices.dtype} (use astype)`);
  const last = indices.shape.length - 1;
  const batch = plan.order.map(axis => at(indices.shape, axis));
  const window = plan.moved.map(axis => at(sizes, axis));
  const full = [...batch, ...window];
  // An unsigned index beyond i32 is outside every axis: it is brought to the greatest i32 first.
  const most = constantLike(2 ** 31 - 1, indices);
  const signed = convert(indices.dtype === 'u32' ? min(indices, most) : indices, 'i32');
  const starts = transpose(signed, [...plan.order, last]);
  let flat: AnyTensor = constant(0, full, 'i32');
  let inside: AnyTensor | null = null;
  plan.moved.forEach((axis, k) => {
    const n = at(shape, axis);
    const along = iota(full, 'i32', batch.length + k);
    const entry = d.startIndexMap.indexOf(axis);
    let place = along;
    if (entry >= 0) {
      const given = reshape(sliceAxis(starts, last, entry, entry + 1), batch);
      const room = constantLike(n - at(sizes, axis), given);
      const zero = constantLike(0, given);
      // Clamped in every mode, so that no sum overflows; what is not inside is marked below.
      const start = min(max(given, zero), room);
      place = add(broadcastInDim(start, full, range(batch.length)), along);
      const holds = and(ge(given, zero), le(given, room));
      inside = inside === null ? holds : and(inside, holds);
    }
    flat = add(mul(flat, constantLike(n, flat)), place);
  });
  if (inside === null || mode === 'clip' || mode === 'promise') return flat;
  return select(broadcastInDim(inside, full, range(batch.length)), flat, constantLike(-1, flat));
}
/** Where each axis of [...batch in the plan's order, ...window along moved, ...whole] stands in the result. */
function resultAxes(batchRank: number, d: CompleteGather, plan: Plan): number[] {
  const kept = range(batchRank + d.offsetDims.length).filter(axis => !d.offsetDims.includes(axis));
  const dropped = [...d.collapsedSliceDims, ...d.operandBatchingDims];
  const windowAxes = [...plan.moved, ...plan.whole].filter(axis => !dropped.includes(axis));
  const ascending = [...windowAxes].sort((a, b) => a - b);
  return [...plan.order.map(axis => at(kept, axis)), ...windowAxes.map(axis => at(d.offsetDims, ascending.indexOf(axis)))];
}

/** The windows of `sizes` at the indices. The shape is the one that the rule `Gather` states, which has checked the operands. */
export function gatherWindows(x: AnyTensor, indices: AnyTensor, d: CompleteGather, sizes: readonly number[], mode: IndexMode): AnyTensor {
  const batchRank = indices.shape.length - 1;
  const plan = planOf(x.shape, batchRank, d, sizes);
  const options = optionsOf(plan, mode);
  const taken = gather(grouped(x, plan), places(x.shape, indices, d, sizes, mode, plan), options);
  const dims = windowDims(taken.shape, batchRank, d, plan, sizes);
  const to = resultAxes(batchRank, d, plan);
  return transpose(reshape(taken, dims), range(to.length).map(axis => to.indexOf(axis)));
}
const optionsOf = (plan: Plan, mode: IndexMode): GatherOptions => ({ axis: plan.batching.length, batchDims: plan.batching.length, mode });
/** The dims of what was taken without the axes of length 1 that the result does not have. */
function windowDims(shape: readonly number[], batchRank: number, d: CompleteGather, plan: Plan, sizes: readonly number[]): readonly number[] {
  const kept = plan.moved.filter(axis => !d.collapsedSliceDims.includes(axis)).map(axis => at(sizes, axis));
  return [...shape.slice(0, batchRank), ...kept, ...shape.slice(batchRank + plan.moved.length)];
}

/** `x` with `updates` put, by a scatter of one axis, into the windows of `sizes` at the indices. */
export function scatterWindows(
  x: AnyTensor, indices: AnyTensor, updates: AnyTensor, d: CompleteGather, sizes: readonly number[], mode: IndexMode,
  scatter: (x: AnyTensor, indices: AnyTensor, updates: AnyTensor, options: GatherOptions) => AnyTensor,
): AnyTensor {
  const batchRank = indices.shape.length - 1;
  const plan = planOf(x.shape, batchRank, d, sizes);
  const to = resultAxes(batchRank, d, plan);
  const arranged = transpose(updates, to);
  const window = plan.moved.map(axis => at(sizes, axis));
  const rows = reshape(arranged, [...arranged.shape.slice(0, batchRank), ...window, ...plan.whole.map(axis => at(x.shape, axis))]);
  const target = places(x.shape, indices, d, sizes, mode, plan);
  return ungrouped(scatter(grouped(x, plan), target, rows, optionsOf(plan, mode)), x.shape, plan);
}
