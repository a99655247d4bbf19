// broadcastInDim and reduceSum: each other's transposes. The ground floor of the primitives: it knows no other.
import { word } from '../shape/dim.ts';
import { CotangentError, ShapeError } from '../error.ts';
import { roundTo, type DType } from '../dtype/dtype.ts';
import { range, sameShape, showShape, sizeOf, stridesOf, type Aval } from '../ir/aval.ts';
import type { NDArray, Primitive } from '../ir/primitive.ts';
import type { AnyTensor } from '../ir/tensor.ts';
import { avalOf, literal, numberInput } from '../trace/handle.ts';
import { bind1, numbersAreLiterals } from '../trace/scope.ts';
import { expectAxes, expectShape } from './axes.ts';
import { at, expectCount, expectDType, operand, pure, view, type Accepts } from './define.ts';
import { foldAxes, moveElements } from './walk.ts';

type BroadcastParams = { readonly shape: readonly number[]; readonly dims: readonly number[] };

/**
 * Places operand axis i at output axis `dims[i]` (strictly increasing); axes of size 1 stretch, the other output axes repeat.
 * XLA's BroadcastInDim.
 */
export const broadcastInDimP: Primitive<BroadcastParams> = {
  name: 'broadcastInDim',
  properties: view,
  type(inputs, { shape, dims }) {
    expectCount(inputs, 1, 'broadcastInDim');
    const x = operand(inputs, 0, 'broadcastInDim');
    expectShape(shape, 'broadcastInDim');
    const ordered = dims.every((d, i) => d >= 0 && d < shape.length && (i === 0 || d > (dims[i - 1] ?? -1)));
    if (dims.length !== x.shape.length || !ordered) throw new ShapeError(`broadcastInDim: dims ${showShape(dims)} do not place ${showShape(x.shape)} in ${showShape(shape)}`);
    dims.forEach((d, i) => {
      if (x.shape[i] !== 1 && x.shape[i] !== shape[d]) throw new ShapeError(`broadcastInDim: axis ${i} of ${showShape(x.shape)} does not fit axis ${d} of ${showShape(shape)}`);
    });
    return [{ shape, dtype: x.dtype }];
  },
  evaluate(inputs, { shape, dims }, outputs) {
    const x = at(inputs, 0);
    const strides = stridesOf(x.shape);
    const byAxis = shape.map(() => 0);
    dims.forEach((d, i) => { byAxis[d] = x.shape[i] === 1 ? 0 : strides[i] ?? 0; });
    moveElements(x.data, at(outputs, 0).data, shape, byAxis, 0);
  },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], { shape, dims }) => [t ? broadcastInDim(t, shape, dims) : null],
    batch: ([x], _batched, { shape, dims }, size) => ({
      outputs: x === undefined ? [] : [broadcastInDim(x, [size, ...shape], [0, ...dims.map(d => d + 1)])],
      batched: [true],
    }),
  },
  linear: {
    transpose([ct], [x], { shape, dims }) {
      if (!ct || x === undefined || x.known !== null) return [null];
      const operandShape = x.aval.shape;
      // Axes that the operand has at full size stay; those it lacks or holds at size 1 are summed.
      const kept = new Set(dims.filter((d, i) => operandShape[i] === shape[d]));
      const summed = reduceSum(ct, range(shape.length).filter(d => !kept.has(d)));
      return [sameShape(summed.shape, operandShape) ? summed : broadcastInDim(summed, operandShape, range(dims.length).filter(i => kept.has(dims[i] ?? -1)))];
    },
    linearIn: () => [[0]],
  },
  lowering: {
    kind: 'element',
    element: (b, index, { dims }, [x]) => b.operand(0, dims.map((d, i) => x?.shape[i] === 1 ? b.math.constant(0) : at(index, d))),
  },
  sample(draw) {
    const shape = draw.shape(3);
    const dims = range(shape.length).filter(() => draw.bool());
    const operandShape = dims.map(d => draw.int(0, 3) === 0 ? 1 : shape[d] ?? 1);
    return { operands: [{ aval: { shape: operandShape, dtype: draw.float() } }], params: { shape, dims } };
  },
  ulp: 0,
};

type ReduceParams = { readonly axes: readonly number[] };

/** Sums over `axes` (strictly increasing). Blocked pairwise, so the error grows with the logarithm of the count. XLA's Reduce with add. */
export const reduceSumP: Primitive<ReduceParams> = {
  name: 'reduceSum',
  properties: { ...pure, zeroPreserving: true },
  type: (inputs, { axes }) => [reducedAval(inputs, axes, 'reduceSum')],
  evaluate(inputs, { axes }, outputs) { reduceWith(at(inputs, 0), axes, at(outputs, 0), sumOf); },
  rules: {
    kind: 'flat',
    jvp: (_x, [t], { axes }) => [t ? reduceSum(t, axes) : null],
    batch: ([x], _batched, { axes }) => ({ outputs: x === undefined ? [] : [reduceSum(x, axes.map(a => a + 1))], batched: [true] }),
  },
  linear: {
    transpose([ct], [x], { axes }) {
      if (!ct || x === undefined || x.known !== null) return [null];
      const { shape } = x.aval;
      return [broadcastInDim(ct, shape, range(shape.length).filter(i => !axes.includes(i)))];
    },
    linearIn: () => [[0]],
  },
  lowering: { kind: 'reduction', monoid: 'add', axes: ({ axes }) => axes },
  sample(draw) {
    const shape = draw.shape(3);
    return { operands: [{ aval: { shape, dtype: draw.float() } }], params: { axes: range(shape.length).filter(() => draw.bool()) } };
  },
  ulp: 4,
};

/** The aval of a reduction over `axes`, which must be in range and strictly increasing. */
export function reducedAval(inputs: readonly Aval[], axes: readonly number[], name: string, which: Accepts = 'number'): Aval {
  expectCount(inputs, 1, name);
  const x = operand(inputs, 0, name);
  expectDType(x, which, name);
  expectAxes(axes, x.shape, name);
  return { shape: x.shape.filter((_, i) => !axes.includes(i)), dtype: x.dtype };
}

/** Calls `fold(row, start, n)` for every output element on a contiguous run of the elements it reduces. */
export function reduceWith(x: NDArray, axes: readonly number[], out: NDArray, fold: (data: ArrayLike<number>, start: number, n: number) => number): void {
  foldAxes(x, axes, (data, start, n, i) => { out.data[i] = fold(data, start, n); });
}

/** Pairwise in blocks of 32: the error of n terms grows as log n, in float64 far below any float32 bound. A sum of one term is that term, be it -0. */
function sumOf(data: ArrayLike<number>, start: number, n: number): number {
  if (n === 1) return data[start] ?? 0;
  if (n <= 32) {
    let s = 0;
    for (let i = start; i < start + n; i++) s += data[i] ?? 0;
    return s;
  }
  const half = n >> 1;
  return sumOf(data, start, half) + sumOf(data, start + half, n - half);
}

/** Does nothing, and records nothing, where the shape is the same. */
export function broadcastInDim(x: AnyTensor, shape: readonly number[], dims: readonly number[]): AnyTensor {
  return sameShape(x.shape, shape) ? x : bind1(broadcastInDimP, [x], { shape, dims });
}
export function reduceSum(x: AnyTensor, axes: readonly number[]): AnyTensor {
  return axes.length === 0 ? x : bind1(reduceSumP, [x], { axes });
}

/** A number of the user's as a tensor of the given aval. Refuses a number that the dtype cannot hold. */
export function numberLike(value: number, a: Aval, where: string): AnyTensor {
  const stored = roundTo(a.dtype, value);
  const narrowed = a.dtype !== 'f32' && a.dtype !== 'f64' && a.dtype !== 'f16' && stored !== value;
  if (narrowed) throw new CotangentError('dtype', `${where}: the number ${value} is not a value of ${a.dtype}; use astype on the tensor or round the number`);
  // 0 and 1 are part of a program's structure: rules and passes recognise them.
  return stored === 0 || stored === 1 || numbersAreLiterals() ? literal(stored, a) : broadcastInDim(numberInput(stored, a.dtype), a.shape, []);
}

/** Gives an unbatched operand the batch axis. */
export const addBatchAxis = (x: AnyTensor, size: number): AnyTensor => broadcastInDim(x, [size, ...x.shape], range(x.shape.length).map(i => i + 1));
/** All operands with the batch axis first. */
export const alignBatch = (xs: readonly AnyTensor[], batched: readonly boolean[], size: number): AnyTensor[] => xs.map((x, i) => batched[i] === true ? x : addBatchAxis(x, size));

export const sizeOfTensor = (x: AnyTensor): number => sizeOf(x.shape);
/** A constant of a rule, with the shape and dtype of `x`. */
export const constantLike = (value: number, x: AnyTensor): AnyTensor => literal(aNumber(value), avalOf(x));
export const constant = (value: number, shape: readonly number[], dtype: DType): AnyTensor => literal(roundTo(dtype, aNumber(value)), { shape, dtype });
/** A caller without types may give words where a number is wanted: they would become NaN. */
function aNumber(value: number): number {
  const given: unknown = value;
  if (typeof given === 'number' || typeof given === 'boolean') return value;
  throw new CotangentError('value', `${word(given)} is no number`);
}
