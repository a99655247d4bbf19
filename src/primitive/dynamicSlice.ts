// dynamicSlice and dynamicUpdateSlice: a block whose place is computed. They are each other's transposes.
// Floor 2. The starts are i32 scalars, one for each axis, clamped so that the block lies inside.
import { DTypeError, ShapeError } from '../error.ts';
import { range, sameShape, showAval, showShape, stridesOf, type Aval } from '../ir/aval.ts';
import type { Draw, ElementBuilder, NDArray, NoParams, Primitive, SampleOperand } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf, zerosLike } from '../trace/handle.ts';
import { bind1 } from '../trace/scope.ts';
import { add, sub } from './arithmetic.ts';
import { addBatchAxis, broadcastInDim, constant, constantLike } from './broadcast.ts';
import { ge, lt } from './comparison.ts';
import { at, isLinear, knownOf, noParams, operand, pure } from './define.ts';
import { max, min } from './extremum.ts';
import { gather } from './gather.ts';
import { iota } from './iota.ts';
import { and } from './logical.ts';
import { select } from './select.ts';
import { placeElements } from './slice.ts';
import { moveAxis } from './transpose.ts';
import { moveElements } from './walk.ts';

type DynamicSliceParams = { readonly sizes: readonly number[] };

function expectStarts(starts: readonly Aval[], shape: readonly number[], sizes: readonly number[], name: string): void {
  if (sizes.length !== shape.length) throw new ShapeError(`${name}: a block of ${showShape(sizes)} in ${showShape(shape)}: ranks differ`);
  if (starts.length !== shape.length) throw new ShapeError(`${name}: ${showShape(shape)} needs ${shape.length} starts, got ${starts.length}`, 'index');
  for (const s of starts) if (s.shape.length > 0 || s.dtype !== 'i32') throw new DTypeError(`${name}: a start is a scalar of i32, got ${showAval(s)} (use astype)`);
  sizes.forEach((n, i) => {
    if (!Number.isInteger(n) || n < 0 || n > at(shape, i)) throw new ShapeError(`${name}: a block of ${showShape(sizes)} does not fit into ${showShape(shape)} along axis ${i}`);
  });
}
const clampedStarts = (starts: readonly NDArray[], shape: readonly number[], sizes: readonly number[]): number[] =>
  starts.map((s, i) => Math.min(Math.max(s.data[0] ?? 0, 0), at(shape, i) - at(sizes, i)));

/** The block of the given sizes at the starts. Operands: the tensor, then a start for each axis. XLA's DynamicSlice. */
export const dynamicSliceP: Primitive<DynamicSliceParams> = {
  name: 'dynamicSlice',
  properties: { ...pure, zeroPreserving: true },
  type(inputs, { sizes }) {
    const x = operand(inputs, 0, 'dynamicSlice');
    expectStarts(inputs.slice(1), x.shape, sizes, 'dynamicSlice');
    return [{ shape: sizes, dtype: x.dtype }];
  },
  evaluate(inputs, { sizes }, outputs) {
    const x = at(inputs, 0);
    const strides = stridesOf(x.shape);
    const offset = clampedStarts(inputs.slice(1), x.shape, sizes).reduce((sum, s, i) => sum + s * at(strides, i), 0);
    moveElements(x.data, at(outputs, 0).data, sizes, strides, offset);
  },
  rules: {
    kind: 'flat',
    jvp: ([, ...starts], [t], { sizes }) => [t ? dynamicSlice(t, starts, sizes) : null],
    batch([x, ...starts], [xBatched = false, ...batched], { sizes }, size) {
      return { outputs: x === undefined ? [] : [batchedSlice(x, xBatched, starts, batched, sizes, size)], batched: [true] };
    },
  },
  linear: {
    transpose([ct], [x, ...starts]) {
      if (!ct || x === undefined) return [null];
      return [dynamicUpdateSlice(zerosLike(x.aval), ct, starts.flatMap(s => s.known ?? [])), ...starts.map(() => null)];
    },
    linearIn: () => [[0]],
  },
  lowering: { kind: 'element', element: (b, index, { sizes }, [x]) => b.operand(0, placeInside(b, index, 1, sizes, x?.shape ?? [])) },
  sample(draw) {
    const { x, sizes, starts } = drawBlock(draw);
    return { operands: [x, ...starts], params: { sizes } };
  },
  ulp: 0,
};

/** The first operand with the second in place of its block at the starts. XLA's DynamicUpdateSlice. */
export const dynamicUpdateSliceP: Primitive<NoParams> = {
  name: 'dynamicUpdateSlice',
  properties: { ...pure, zeroPreserving: true },
  type(inputs) {
    const x = operand(inputs, 0, 'dynamicUpdateSlice');
    const update = operand(inputs, 1, 'dynamicUpdateSlice');
    if (x.dtype !== update.dtype) throw new DTypeError(`dynamicUpdateSlice: dtypes differ: ${x.dtype} vs ${update.dtype} (use astype)`);
    expectStarts(inputs.slice(2), x.shape, update.shape, 'dynamicUpdateSlice');
    return [x];
  },
  evaluate(inputs, _params, outputs) {
    const [x, update] = [at(inputs, 0), at(inputs, 1)];
    const out = at(outputs, 0);
    out.data.set(x.data);
    placeElements(update, out, clampedStarts(inputs.slice(2), x.shape, update.shape), x.shape.map(() => 1));
  },
  rules: {
    kind: 'flat',
    jvp([x, update, ...starts], [t, tUpdate]) {
      if (x === undefined || update === undefined || (!t && !tUpdate)) return [null];
      return [dynamicUpdateSlice(t ?? zerosLike(avalOf(x)), tUpdate ?? zerosLike(avalOf(update)), starts)];
    },
    batch([x, update, ...starts], [xBatched, updateBatched, ...batched], _params, size) {
      if (x === undefined || update === undefined) return { outputs: [], batched: [] };
      const whole = xBatched === true ? x : addBatchAxis(x, size);
      const blocks = updateBatched === true ? update : addBatchAxis(update, size);
      return { outputs: [batchedUpdate(whole, blocks, starts, batched)], batched: [true] };
    },
  },
  linear: {
    transpose([ct], [x, update, ...starts]) {
      if (!ct || update === undefined) return [null, null];
      const places = starts.flatMap(s => knownOf(s) ?? []);
      return [
        isLinear(x) ? dynamicUpdateSlice(ct, zerosLike(update.aval), places) : null,
        isLinear(update) ? dynamicSlice(ct, places, update.aval.shape) : null,
        ...starts.map(() => null),
      ];
    },
    linearIn: () => [[0], [1], [0, 1]],
  },
  lowering: { kind: 'update', updates: 1, combine: null, place: (b, index, _params, [x, update]) => ({ index: placeInside(b, index, 2, update?.shape ?? [], x?.shape ?? []), guards: [] }) },
  sample(draw) {
    const { x, sizes, starts } = drawBlock(draw);
    return { operands: [x, { aval: { shape: sizes, dtype: x.aval.dtype } }, ...starts], params: noParams };
  },
  ulp: 0,
};

/** The place of an element of the block; operand `first + i` is the start along axis i. */
const placeInside = <I, N>(b: ElementBuilder<I, N>, index: readonly I[], first: number, sizes: readonly number[], shape: readonly number[]): I[] =>
  index.map((i, axis) => b.math.add(b.loaded(first + axis, [], 0, at(shape, axis) - at(sizes, axis)), i));

function drawBlock(draw: Draw): { readonly x: SampleOperand; readonly sizes: readonly number[]; readonly starts: readonly SampleOperand[] } {
  const shape = draw.shape(3);
  return {
    x: { aval: { shape, dtype: draw.float() } },
    // Smaller than the axis, mostly, so that it has several places; now and then nothing.
    sizes: shape.map(n => draw.int(0, 9) === 9 ? 0 : Math.min(n, draw.int(1, Math.max(1, n)))),
    // Outside as well, where they are clamped.
    starts: shape.map(n => ({ aval: { shape: [], dtype: 'i32' as const }, domain: { intervals: [[-1, n]] as const } })),
  };
}

/** Starts of a batch, inside 0..last. */
const clamped = (starts: AnyTensor, last: number): AnyTensor => min(max(starts, constantLike(0, starts)), constantLike(last, starts));

/** The axes whose start is shared are sliced at once, the others gathered at `start + 0, 1, 2, ...` one after the other. */
function batchedSlice(x: AnyTensor, xBatched: boolean, starts: readonly AnyTensor[], batched: readonly boolean[], sizes: readonly number[], size: number): AnyTensor {
  const shape = xBatched ? x.shape.slice(1) : x.shape;
  const own = range(shape.length).filter(i => batched[i] === true && at(sizes, i) < at(shape, i));
  const zero = constant(0, [], 'i32');
  const shared = starts.map((s, i) => batched[i] === true ? zero : s);
  const common = shape.map((n, i) => batched[i] === true && at(sizes, i) < n ? n : at(sizes, i));
  let y = xBatched ? dynamicSlice(x, [zero, ...shared], [size, ...common]) : dynamicSlice(x, shared, common);
  let hasBatch = xBatched;
  for (const axis of own) {
    const n = at(sizes, axis);
    const indices = add(broadcastInDim(clamped(at(starts, axis), at(shape, axis) - n), [size, n], [0]), iota([size, n], 'i32', 1));
    // An operand that all examples share is not repeated: its first gather makes the batch.
    y = hasBatch ? gather(y, indices, { axis: axis + 1, batchDims: 1, mode: 'promise' }) : moveAxis(gather(y, indices, { axis, mode: 'promise' }), axis, 0);
    hasBatch = true;
  }
  return hasBatch ? y : addBatchAxis(y, size);
}

/** Each block is stretched over the whole of its example, and chosen where it belongs. */
function batchedUpdate(x: AnyTensor, update: AnyTensor, starts: readonly AnyTensor[], batched: readonly boolean[]): AnyTensor {
  if (!batched.includes(true)) return dynamicUpdateSlice(x, update, [constant(0, [], 'i32'), ...starts]);
  if (update.shape.includes(0)) return x;
  const [size = 0] = x.shape;
  let stretched = update;
  let inside: AnyTensor | null = null;
  starts.forEach((s, i) => {
    const [n, m] = [at(x.shape, i + 1), at(update.shape, i + 1)];
    if (n === m) return;
    const first = clamped(batched[i] === true ? s : addBatchAxis(s, size), n - m);
    const within = sub(iota([size, n], 'i32', 1), broadcastInDim(first, [size, n], [0]));
    stretched = gather(stretched, within, { axis: i + 1, batchDims: 1, mode: 'clip' });
    const holds = and(ge(within, constantLike(0, within)), lt(within, constantLike(m, within)));
    const wide = broadcastInDim(holds, x.shape, [0, i + 1]);
    inside = inside === null ? wide : and(inside, wide);
  });
  return inside === null ? stretched : select(inside, stretched, x);
}

/** The block of `sizes` at the starts, one i32 scalar for each axis. Does nothing, and records nothing, where it is the whole. */
export function dynamicSlice(x: AnyTensor, starts: readonly AnyTensor[], sizes: readonly number[]): AnyTensor {
  return sameShape(x.shape, sizes) ? x : bind1(dynamicSliceP, [x, ...starts], { sizes });
}
/** `x` with `update` in place of the block at the starts. */
export const dynamicUpdateSlice = (x: AnyTensor, update: AnyTensor, starts: readonly AnyTensor[]): AnyTensor => bind1(dynamicUpdateSliceP, [x, update, ...starts], noParams);
