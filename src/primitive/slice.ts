// slice and pad: each other's transposes.
// Floor 2. Bounds are complete and within the shape; negative and absent ones are the public layer's.
import { DTypeError, ShapeError } from '../error.ts';
import { range, sameShape, showShape, sizeOf, stridesOf } from '../ir/aval.ts';
import type { NDArray, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf, literal, zerosLike } from '../trace/handle.ts';
import { bind1 } from '../trace/scope.ts';
import { alignBatch, broadcastInDim, constant, reduceSum } from './broadcast.ts';
import { at, expectCount, isLinear, operand, pure, view } from './define.ts';
import { select } from './select.ts';
import { moveElements } from './walk.ts';

type SliceParams = { readonly start: readonly number[]; readonly limit: readonly number[]; readonly strides: readonly number[] };
type PadParams = { readonly low: readonly number[]; readonly high: readonly number[]; readonly interior: readonly number[] };

/** Elements `start`, `start + stride`, ... below `limit` of each axis; strides are positive. XLA's Slice. */
export const sliceP: Primitive<SliceParams> = {
  name: 'slice',
  properties: view,
  type(inputs, { start, limit, strides }) {
    expectCount(inputs, 1, 'slice');
    const x = operand(inputs, 0, 'slice');
    const rank = x.shape.length;
    if (start.length !== rank || limit.length !== rank || strides.length !== rank) {
      throw new ShapeError(`slice: ${showShape(x.shape)} needs ${rank} starts, limits and strides, got ${start.length}, ${limit.length} and ${strides.length}`);
    }
    const shape = x.shape.map((n, i) => {
      const from = at(start, i);
      const to = at(limit, i);
      const stride = at(strides, i);
      const fits = Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= n;
      if (!fits) throw new ShapeError(`slice: bounds ${from}:${to} of axis ${i} are not within 0:${n} of ${showShape(x.shape)}`, 'index');
      if (!Number.isInteger(stride) || stride < 1) throw new ShapeError(`slice: stride ${stride} of axis ${i} is not a positive integer; use reverse for a negative step`, 'index');
      return Math.ceil((to - from) / stride);
    });
    return [{ shape, dtype: x.dtype }];
  },
  evaluate(inputs, { start, strides }, outputs) {
    const x = at(inputs, 0);
    const out = at(outputs, 0);
    const steps = stridesOf(x.shape);
    const offset = steps.reduce((sum, s, i) => sum + s * at(start, i), 0);
    moveElements(x.data, out.data, out.shape, steps.map((s, i) => s * at(strides, i)), offset);
  },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], { start, limit, strides }) => [t ? slice(t, start, limit, strides) : null],
    batch: ([x], _batched, { start, limit, strides }, size) => ({
      outputs: x === undefined ? [] : [slice(x, [0, ...start], [size, ...limit], [1, ...strides])],
      batched: [true],
    }),
  },
  linear: {
    transpose([ct], [x], { start, strides }) {
      if (!ct || x === undefined || x.known !== null) return [null];
      // What the slice left out comes back as padding: before, after and between its elements.
      const high = x.aval.shape.map((n, i) => {
        const taken = at(ct.shape, i);
        return taken === 0 ? n - at(start, i) : n - at(start, i) - (taken - 1) * at(strides, i) - 1;
      });
      return [pad(ct, literal(0, { shape: [], dtype: ct.dtype }), start, high, strides.map(s => s - 1))];
    },
    linearIn: () => [[0]],
  },
  lowering: { kind: 'element', element: (b, index, { start, strides }) => b.operand(0, index.map((i, d) => b.math.add(b.math.scale(i, at(strides, d)), b.math.constant(at(start, d))))) },
  sample(draw) {
    const shape = draw.shape(3);
    const start = shape.map(n => draw.int(0, n));
    return {
      operands: [{ aval: { shape, dtype: draw.float() } }],
      params: { start, limit: shape.map((n, i) => n - draw.int(0, n - at(start, i))), strides: shape.map(() => draw.int(1, 3)) },
    };
  },
  ulp: 0,
};

/** Size of an axis of `n` elements with `interior` positions between each two. */
const dilated = (n: number, interior: number): number => n === 0 ? 0 : n + (n - 1) * interior;

/**
 * Puts `interior` copies of the padding value (a scalar) between each two elements of an axis, `low` before and `high` after;
 * negative `low` and `high` cut what is there then. XLA's Pad.
 */
export const padP: Primitive<PadParams> = {
  name: 'pad',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, { low, high, interior }) {
    expectCount(inputs, 2, 'pad');
    const x = operand(inputs, 0, 'pad');
    const value = operand(inputs, 1, 'pad');
    const rank = x.shape.length;
    if (value.shape.length > 0) throw new ShapeError(`pad: the padding value is a scalar, got ${showShape(value.shape)}`);
    if (value.dtype !== x.dtype) throw new DTypeError(`pad: dtypes differ: ${x.dtype} vs ${value.dtype} (use astype)`);
    if (low.length !== rank || high.length !== rank || interior.length !== rank) {
      throw new ShapeError(`pad: ${showShape(x.shape)} needs ${rank} low, high and interior paddings, got ${low.length}, ${high.length} and ${interior.length}`);
    }
    const shape = x.shape.map((n, i) => {
      const between = at(interior, i);
      if (!Number.isInteger(between) || between < 0) throw new ShapeError(`pad: interior padding ${between} of axis ${i} is not a natural number`);
      const size = at(low, i) + dilated(n, between) + at(high, i);
      if (!Number.isInteger(size) || size < 0) throw new ShapeError(`pad: padding [${at(low, i)}, ${at(high, i)}] leaves ${size} elements of axis ${i} of ${showShape(x.shape)}`);
      return size;
    });
    return [{ shape, dtype: x.dtype }];
  },
  evaluate(inputs, { low, interior }, outputs) {
    const out = at(outputs, 0);
    out.data.fill(at(inputs, 1).data[0] ?? 0);
    placeElements(at(inputs, 0), out, low, interior.map(n => n + 1));
  },
  rules: {
    kind: 'flat',
    jvp([x, value], [t, tValue], { low, high, interior }) {
      if (x === undefined || value === undefined || (!t && !tValue)) return [null];
      return [pad(t ?? zerosLike(avalOf(x)), tValue ?? zerosLike(avalOf(value)), low, high, interior)];
    },
    batch(inputs, batched, { low, high, interior }, size) {
      const [x, value] = alignBatch(inputs, [batched[0] === true, true], size);
      if (x === undefined || value === undefined) return { outputs: [], batched: [] };
      const padBatch = (y: AnyTensor, v: AnyTensor): AnyTensor => pad(y, v, [0, ...low], [0, ...high], [0, ...interior]);
      if (batched[1] !== true) return { outputs: [padBatch(x, value)], batched: [true] };
      // One padding value per example: pad with anything, then choose by position.
      const padded = padBatch(x, zerosLike({ shape: [], dtype: x.dtype }));
      const inside = insideMask(x.shape, [0, ...low], [0, ...high], [0, ...interior]);
      return { outputs: [select(inside, padded, broadcastInDim(value, padded.shape, [0]))], batched: [true] };
    },
  },
  linear: {
    transpose([ct], [x, value], { low, high, interior }) {
      if (!ct || x === undefined) return [null, null];
      const { shape } = x.aval;
      const zero = literal(0, { shape: [], dtype: ct.dtype });
      const operandCotangent = (): AnyTensor => {
        const none = shape.map(() => 0);
        const cut = pad(ct, zero, low.map(n => -n), high.map(n => -n), none);
        return slice(cut, none, cut.shape, interior.map(n => n + 1));
      };
      // Not "the sum of all less that of the operand": a difference would cancel, and inf - inf is NaN.
      const valueCotangent = (): AnyTensor => {
        const outside = select(insideMask(shape, low, high, interior), constant(0, ct.shape, ct.dtype), ct);
        return reduceSum(outside, range(ct.shape.length));
      };
      return [isLinear(x) ? operandCotangent() : null, isLinear(value) ? valueCotangent() : null];
    },
    linearIn: () => [[0], [1], [0, 1]],
  },
  lowering: {
    kind: 'element',
    element(b, index, { low, interior }, [x]) {
      const places = index.map((i, d) => b.math.divMod(b.math.add(i, b.math.constant(-at(low, d))), at(interior, d) + 1));
      const guards = places.flatMap(([q, r], d) => [{ index: q, lo: 0, hi: x?.shape[d] ?? 0 }, ...(at(interior, d) > 0 ? [{ index: r, lo: 0, hi: 1 }] : [])]);
      return b.guarded(guards, () => b.operand(0, places.map(([q]) => q)), () => b.operand(1, []));
    },
  },
  sample(draw) {
    const shape = draw.shape(3);
    const dtype = draw.float();
    const interior = shape.map(() => draw.int(0, 2));
    const low = shape.map((n, i) => draw.int(0, 3) === 0 ? -draw.int(0, dilated(n, at(interior, i))) : draw.int(0, 2));
    // What is left after the low cut may be cut at the other end.
    const high = shape.map((n, i) => {
      const rest = dilated(n, at(interior, i)) + at(low, i);
      return draw.int(0, 3) === 0 ? -draw.int(0, Math.max(0, rest)) : draw.int(0, 2);
    });
    return { operands: [{ aval: { shape, dtype } }, { aval: { shape: [], dtype } }], params: { low, high, interior } };
  },
  ulp: 0,
};

/** Writes element `i` of `x` to position `low + i * step` of each axis, where that exists. */
export function placeElements(x: NDArray, out: NDArray, low: readonly number[], steps: readonly number[]): void {
  const rank = x.shape.length;
  const from = stridesOf(x.shape);
  const to = stridesOf(out.shape);
  const source = x.data;
  const target = out.data;
  const visit = (axis: number, i: number, j: number): void => {
    if (axis === rank) { target[j] = source[i] ?? 0; return; }
    const first = low[axis] ?? 0;
    const step = steps[axis] ?? 1;
    const size = out.shape[axis] ?? 0;
    const n = x.shape[axis] ?? 0;
    const begin = first < 0 ? Math.ceil(-first / step) : 0;
    const end = Math.min(n, Math.ceil((size - first) / step));
    const stride = from[axis] ?? 0;
    const move = to[axis] ?? 0;
    if (axis === rank - 1) for (let k = begin; k < end; k++) target[j + first + k * step] = source[i + k] ?? 0;
    else for (let k = begin; k < end; k++) visit(axis + 1, i + k * stride, j + (first + k * step) * move);
  };
  visit(0, 0, 0);
}

/** Where the operand's elements end up. */
function insideMask(shape: readonly number[], low: readonly number[], high: readonly number[], interior: readonly number[]): AnyTensor {
  return pad(constant(1, shape, 'bool'), constant(0, [], 'bool'), low, high, interior);
}

/** Does nothing, and records nothing, where everything is taken. */
export function slice(x: AnyTensor, start: readonly number[], limit: readonly number[], strides: readonly number[] = start.map(() => 1)): AnyTensor {
  const whole = sameShape(limit, x.shape) && start.every(s => s === 0) && strides.every((s, i) => s === 1 || (s > 1 && limit[i] === 1));
  return whole ? x : bind1(sliceP, [x], { start, limit, strides });
}
/** Elements `start` to `limit` of one axis. */
export function sliceAxis(x: AnyTensor, axis: number, start: number, limit: number): AnyTensor {
  return slice(x, x.shape.map((_, i) => i === axis ? start : 0), x.shape.map((n, i) => i === axis ? limit : n));
}
/** Does nothing, and records nothing, where no padding is asked for. */
export function pad(x: AnyTensor, value: AnyTensor, low: readonly number[], high: readonly number[], interior: readonly number[] = low.map(() => 0)): AnyTensor {
  const nothing = low.length === x.shape.length && low.every(n => n === 0) && high.every(n => n === 0) && interior.every((n, i) => n === 0 || (n > 0 && (x.shape[i] ?? 0) <= 1));
  return nothing && sizeOf(value.shape) === 1 && value.dtype === x.dtype ? x : bind1(padP, [x, value], { low, high, interior });
}
