// scatterSet, scatterMul, scatterMin, scatterMax: updates of one axis at integer indices that replace, multiply or bound what is there.
// Floor 2. Axes and index modes are those of gather; scatterAdd stands there, as its transpose. Updates at one index meet in row-major
// order: the last one written stays.
import { DTypeError, ShapeError } from '../error.ts';
import { isFloat } from '../dtype/dtype.ts';
import { range, sameShape, showShape, sizeOf, type Aval } from '../ir/aval.ts';
import type { Mask, MonoidName, NDArray, Primitive, TangentOf, TransposeRule } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf, zerosLike } from '../trace/handle.ts';
import { bind1 } from '../trace/scope.ts';
import { addTangents, div, mul } from './arithmetic.ts';
import { alignBatch, broadcastInDim, constant, constantLike } from './broadcast.ts';
import { eq } from './comparison.ts';
import { convert } from './convert.ts';
import { at, expectCount, expectDType, isLinear, operand, pure, type Accepts } from './define.ts';
import { max, min } from './extremum.ts';
import { complete, drawGather, gather, gatheredShape, indexedPlace, indexViolations, linearMode, scatterAdd, visitRows, type GatherOptions, type GatherParams } from './gather.ts';
import { iota } from './iota.ts';
import { linearRecurrence, previous } from './linearRecurrence.ts';
import { reshape } from './reshape.ts';
import { choose, select } from './select.ts';
import { sort } from './sort.ts';

interface ScatterSpec {
  readonly name: string;
  readonly accepts: Accepts;
  readonly combine: (old: number, update: number) => number;
  /** The same by name; null where an update replaces what is there. */
  readonly monoid: MonoidName | null;
  readonly integer?: (old: number, update: number) => number;
  readonly zeroPreserving?: boolean;
  jvp(x: readonly AnyTensor[], t: readonly TangentOf[], out: AnyTensor, p: GatherParams): TangentOf;
  readonly linear?: TransposeRule<GatherParams>;
  readonly ulp: number;
}

function scatter(spec: ScatterSpec): Primitive<GatherParams> {
  const { name } = spec;
  const record: Primitive<GatherParams> = {
    name,
    properties: { ...pure, zeroPreserving: spec.zeroPreserving ?? false },
    type: (inputs, p) => [scatteredAval(inputs, p, name, spec.accepts)],
    evaluate(inputs, p, outputs) {
      const x = at(inputs, 0);
      combineRows(x, at(inputs, 1), at(inputs, 2), p, at(outputs, 0), isFloat(x.dtype) ? spec.combine : spec.integer ?? spec.combine);
    },
    rules: {
      kind: 'flat',
      jvp: (x, t, p, outs) => [t.some(s => s !== null) ? spec.jvp(x, t, at(outs, 0), p) : null],
      batch: (x, batched, p, size) => ({ outputs: [batchedScatter(record, x, batched, p, size)], batched: [true] }),
    },
    linear: spec.linear ?? null,
    lowering: { kind: 'update', updates: 2, combine: spec.monoid, place: indexedPlace },
    violations: ([x, indices], p) => indexViolations(x, indices, p),
    sample(draw) {
      const { x, indices, params } = drawGather(draw);
      const updates = gatheredShape(x.aval, indices.aval, params, name);
      return { operands: [x, indices, { aval: { shape: updates, dtype: x.aval.dtype } }], params };
    },
    ulp: spec.ulp,
  };
  return record;
}

function scatteredAval(inputs: readonly Aval[], p: GatherParams, name: string, which: Accepts): Aval {
  expectCount(inputs, 3, name);
  const x = operand(inputs, 0, name);
  const updates = operand(inputs, 2, name);
  expectDType(x, which, name);
  const shape = gatheredShape(x, operand(inputs, 1, name), p, name);
  if (!sameShape(shape, updates.shape)) throw new ShapeError(`${name}: the updates have shape ${showShape(updates.shape)}, the indices need ${showShape(shape)}`);
  if (updates.dtype !== x.dtype) throw new DTypeError(`${name}: dtypes differ: ${x.dtype} vs ${updates.dtype} (use astype)`);
  return x;
}

function combineRows(x: NDArray, indices: NDArray, updates: NDArray, p: GatherParams, out: NDArray, combine: (old: number, update: number) => number): void {
  // Many updates may meet at one element: floats are combined in float64 and rounded once.
  const results = isFloat(x.dtype) ? new Float64Array(x.data) : x.data.slice();
  visitRows(x.shape, indices, p, (row, n, to) => {
    if (to >= 0) for (let q = 0; q < n; q++) results[to + q] = combine(results[to + q] ?? 0, updates.data[row + q] ?? 0);
  });
  out.data.set(results);
}

function batchedScatter(record: Primitive<GatherParams>, inputs: readonly AnyTensor[], batched: Mask, p: GatherParams, size: number): AnyTensor {
  // Indices that all examples share need no repetition where none are paired with examples yet.
  const shared = p.batchDims === 0 && batched[1] !== true;
  const operands = alignBatch(inputs, shared ? [batched[0] === true, true, batched[2] === true] : batched, size);
  return bind1(record, operands, { ...p, axis: p.axis + 1, batchDims: shared ? 0 : p.batchDims + 1 });
}

/** The operand with the updates in place of what is at the indices; the last of several at one index stays. XLA's Scatter that returns the update. */
export const scatterSetP = scatter({
  name: 'scatterSet', accepts: 'any', ulp: 0, zeroPreserving: true, monoid: null,
  combine: (_old, update) => update,
  // Which updates stay depends on the indices alone: it is linear.
  jvp: ([x, indices, updates], [t, , tUpdates], _out, p) => x && indices && updates ? scatterSet(t ?? zerosLike(avalOf(x)), indices, tUpdates ?? zerosLike(avalOf(updates)), p) : null,
  linear: {
    transpose([ct], [x, indices, updates], p) {
      if (!ct || x === undefined || updates === undefined || !indices?.known) return [null, null, null];
      const mode = linearMode(p.mode);
      const pulled = (places: AnyTensor): AnyTensor => {
        const taken = gather(ct, places, { ...p, mode });
        return select(staying(places, x.aval, p), taken, constantLike(0, taken));
      };
      return [
        isLinear(x) ? scatterSet(ct, indices.known, zerosLike(updates.aval), p) : null,
        null,
        isLinear(updates) ? pulled(indices.known) : null,
      ];
    },
    linearIn: () => [[0], [2], [0, 2]],
  },
});

/** Where `indices` stand among the axes of the updates. */
const indexAxes = (indices: readonly number[], { axis, batchDims }: GatherParams): number[] => range(indices.length).map(i => i < batchDims ? i : axis + i - batchDims);

/** Which updates stay: of those that meet at one index, the last. In the shape of the updates. */
function staying(indices: AnyTensor, x: Aval, p: GatherParams): AnyTensor {
  const shared = x.shape.slice(0, p.batchDims);
  const places = indices.shape.slice(p.batchDims);
  const own = { axis: p.batchDims, batchDims: p.batchDims, mode: p.mode };
  const order = broadcastInDim(reshape(iota([sizeOf(places)], 'i32', 0), places), indices.shape, range(places.length).map(i => i + shared.length));
  const last = scatterSet(constant(-1, [...shared, at(x.shape, p.axis)], 'i32'), indices, order, own);
  const stays = eq(gather(last, indices, { ...own, mode: linearMode(p.mode) }), order);
  return broadcastInDim(stays, gatheredShape(x, avalOf(indices), p, 'scatterSet'), indexAxes(indices.shape, p));
}

/** The operand times the updates at the indices. XLA's Scatter with mul. */
export const scatterMulP = scatter({
  name: 'scatterMul', accepts: 'number', ulp: 4, monoid: 'mul',
  combine: (old, update) => old * update, integer: Math.imul,
  jvp([x, indices, updates], [t, , tUpdates], _out, p) {
    if (!x || !indices || !updates) return null;
    const factors = (): AnyTensor => scatterMul(constantLike(1, x), indices, updates, p);
    const byOperand = t ? mul(t, factors()) : null;
    if (!tUpdates) return byOperand;
    const byUpdates = mul(x, derivativeOfFactors(x, indices, updates, tUpdates, p));
    return addTangents(byOperand, byUpdates);
  },
});
/** The operand or the greatest update at the indices; NaN where one is NaN. Ties share the gradient. XLA's Scatter with max. */
export const scatterMaxP = scatter({ name: 'scatterMax', accepts: 'any', ulp: 0, monoid: 'max', combine: (a, b) => Math.max(a, b), jvp: tiesAt });
/** The operand or the least update at the indices; NaN where one is NaN. Ties share the gradient. XLA's Scatter with min. */
export const scatterMinP = scatter({ name: 'scatterMin', accepts: 'any', ulp: 0, monoid: 'min', combine: (a, b) => Math.min(a, b), jvp: tiesAt });

/** The mean of the tangents of those that attain the extremum, the operand and updates alike. */
function tiesAt([x, indices, updates]: readonly AnyTensor[], [t, , tUpdates]: readonly TangentOf[], out: AnyTensor, p: GatherParams): TangentOf {
  if (!x || !indices || !updates) return null;
  const [byOperand, byUpdates] = [eq(x, out), eq(updates, gather(out, indices, p))];
  const total = scatterAdd(
    choose(byOperand, t, null) ?? constantLike(0, x), indices,
    choose(byUpdates, tUpdates, null) ?? constantLike(0, updates), p,
  );
  return div(total, scatterAdd(convert(byOperand, x.dtype), indices, convert(byUpdates, x.dtype), p));
}

/** For each element of `x` the sum over the updates at it of their tangents, each times all other updates there. Nothing is divided. */
function derivativeOfFactors(x: AnyTensor, indices: AnyTensor, updates: AnyTensor, t: AnyTensor, p: GatherParams): AnyTensor {
  const { axis, batchDims, mode } = p;
  const flat = [...indices.shape.slice(0, batchDims), sizeOf(indices.shape.slice(batchDims))];
  const lines = [...updates.shape.slice(0, axis), at(flat, batchDims), ...updates.shape.slice(axis + indices.shape.length - batchDims)];
  // Updates at one index become neighbours; a product of all before a neighbour and all after it leaves out it alone.
  const [places, order] = sort(insideOf(reshape(indices, flat), at(x.shape, axis), p), [iota(flat, 'i32', batchDims)], batchDims);
  if (places === undefined || order === undefined) return constantLike(0, x);
  const sorted = (y: AnyTensor): AnyTensor => gather(reshape(y, lines), order, { axis, batchDims, mode: 'promise' });
  const factors = sorted(updates);
  const productOfOthers = (reverse: boolean): AnyTensor => {
    const neighbour = previous(places, { axis: batchDims, reverse }, -1);
    const together = broadcastInDim(eq(places, neighbour), lines, [...range(batchDims), axis]);
    const along = { axis, reverse };
    const step = select(together, previous(factors, along, 0), constantLike(0, factors));
    return linearRecurrence(step, select(together, constantLike(0, factors), constantLike(1, factors)), along);
  };
  const contributions = mul(sorted(t), mul(productOfOthers(false), productOfOthers(true)));
  return scatterAdd(constantLike(0, x), places, contributions, { axis, batchDims, mode: linearMode(mode) });
}
/** Under `clip` and `promise`, the indices that are meant. */
function insideOf(indices: AnyTensor, count: number, { mode }: GatherParams): AnyTensor {
  if (mode === 'fill' || mode === 'zero' || count === 0) return indices;
  // A narrow dtype may not hold the last index.
  const wide = indices.dtype === 'u32' ? indices : convert(indices, 'i32');
  return min(max(wide, constantLike(0, wide)), constantLike(count - 1, wide));
}

/** `x` with the updates in place of what is at the indices of one axis. */
export const scatterSet = (x: AnyTensor, indices: AnyTensor, updates: AnyTensor, options: GatherOptions): AnyTensor => bind1(scatterSetP, [x, indices, updates], complete(options));
/** `x` with what is at the indices of one axis multiplied by the updates. */
export const scatterMul = (x: AnyTensor, indices: AnyTensor, updates: AnyTensor, options: GatherOptions): AnyTensor => bind1(scatterMulP, [x, indices, updates], complete(options));
/** `x` with what is at the indices of one axis replaced by an update that is greater. */
export const scatterMax = (x: AnyTensor, indices: AnyTensor, updates: AnyTensor, options: GatherOptions): AnyTensor => bind1(scatterMaxP, [x, indices, updates], complete(options));
/** `x` with what is at the indices of one axis replaced by an update that is less. */
export const scatterMin = (x: AnyTensor, indices: AnyTensor, updates: AnyTensor, options: GatherOptions): AnyTensor => bind1(scatterMinP, [x, indices, updates], complete(options));
