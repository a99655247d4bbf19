// The reference evaluation of convGeneral: the product of a matrix of patches, never stored whole, with the kernel.
// Floor 2: numbers only, no records.
import { isFloat } from '../dtype/dtype.ts';
import { range, sizeOf, stridesOf } from '../ir/aval.ts';
import type { NDArray } from '../ir/primitive.ts';
import { contractFloats, contractIntegers, offsetsAlong } from './contraction.ts';
import { placeElements } from './slice.ts';
import { dilatedLength, type PaddingPair } from './window.ts';

export type ConvParams = {
  readonly strides: readonly number[];
  readonly padding: readonly PaddingPair[];
  /** `n - 1` holes between two elements of the input: n > 1 makes a transposed convolution. */
  readonly lhsDilation: readonly number[];
  /** `n - 1` holes between two elements of the kernel. */
  readonly rhsDilation: readonly number[];
  /** Group g of the kernel's output features sees group g of the input's features. */
  readonly featureGroups: number;
  /** Group g of the kernel's output features sees group g of the examples. What makes the gradient of a grouped convolution one. */
  readonly batchGroups: number;
  /** Where the input has its batch axis, its feature axis, its spatial axes. `[0, 3, 1, 2]` is NHWC. */
  readonly lhs: readonly number[];
  /** Where the kernel has its output features, its input features, its spatial axes. `[3, 2, 0, 1]` is HWIO. */
  readonly rhs: readonly number[];
  /** Where the result has its batch axis, its feature axis, its spatial axes. */
  readonly out: readonly number[];
};

/** Patches are packed in blocks: this many positions, and this many products of each sum, at a time. */
const blockRows = 256;
const blockDepth = 2048;

const pick = (xs: readonly number[], axes: readonly number[]): number[] => axes.map(a => xs[a] ?? 0);
const times = (xs: readonly number[], ys: readonly number[]): number[] => xs.map((x, i) => x * (ys[i] ?? 1));
/** Offsets of all positions along axes of the given sizes and strides, in row-major order. */
const offsets = (sizes: readonly number[], strides: readonly number[]): Int32Array => offsetsAlong(range(sizes.length), sizes, strides);

export function convolve(input: NDArray, kernel: NDArray, out: NDArray, p: ConvParams): void {
  const [batchAxis = 0, featureAxis = 1, ...spatial] = p.lhs;
  const [outAxis = 0, inAxis = 1, ...window] = p.rhs;
  const [outBatch = 0, outFeature = 1, ...outSpatial] = p.out;
  const x = padded(input, p, spatial);
  const [xs, ws, os] = [stridesOf(x.shape), stridesOf(kernel.shape), stridesOf(out.shape)];
  const groups = p.featureGroups * p.batchGroups;
  const positions = [out.shape[outBatch] ?? 0, ...pick(out.shape, outSpatial)];
  const columns = (kernel.shape[outAxis] ?? 0) / groups;
  const terms = [kernel.shape[inAxis] ?? 0, ...pick(kernel.shape, window)];
  // One place in the input is the sum of where its position starts and where its term lies from there.
  const from = offsets(positions, [xs[batchAxis] ?? 0, ...times(pick(xs, spatial), p.strides)]);
  const along = offsets(terms, [xs[featureAxis] ?? 0, ...times(pick(xs, spatial), p.rhsDilation)]);
  const weights = offsets(terms, [ws[inAxis] ?? 0, ...pick(ws, window)]);
  const filters = offsets([columns], [ws[outAxis] ?? 0]);
  const to = offsets(positions, [os[outBatch] ?? 0, ...pick(os, outSpatial)]);
  const toColumns = offsets([columns], [os[outFeature] ?? 0]);
  // A group has its own features or its own examples of the input, and its own features of the kernel and of the result.
  const groupStep = p.batchGroups > 1 ? (out.shape[outBatch] ?? 0) * (xs[batchAxis] ?? 0) : (kernel.shape[inAxis] ?? 0) * (xs[featureAxis] ?? 0);
  const float = isFloat(out.dtype);
  const contract = float ? contractFloats : contractIntegers;
  const allocated = Math.min(blockRows, from.length) * columns;
  const [sums, part] = float ? [new Float64Array(allocated), new Float64Array(allocated)] : [new Int32Array(allocated), new Int32Array(allocated)];
  for (let g = 0; g < groups; g++) {
    const [inputBase, kernelBase, outBase] = [Int32Array.of(g * groupStep), Int32Array.of(g * columns * (ws[outAxis] ?? 0)), g * columns * (os[outFeature] ?? 0)];
    for (let r = 0; r < from.length; r += blockRows) {
      const free = from.subarray(r, r + blockRows);
      // A sum of one product is that product, be it -0.
      sums.fill(along.length === 1 ? -0 : 0);
      for (let k = 0; k < along.length; k += blockDepth) {
        contract(
          { data: x.data, batch: inputBase, free, contract: along.subarray(k, k + blockDepth) },
          { data: kernel.data, batch: kernelBase, free: filters, contract: weights.subarray(k, k + blockDepth) },
          part,
        );
        // Integer sums wrap when stored.
        for (let i = 0; i < free.length * columns; i++) sums[i] = (sums[i] ?? 0) + (part[i] ?? 0);
      }
      for (let i = 0; i < free.length; i++) {
        const row = outBase + (to[r + i] ?? 0);
        for (let j = 0; j < columns; j++) out.data[row + (toColumns[j] ?? 0)] = sums[i * columns + j] ?? 0;
      }
    }
  }
}

/** The input with its padding and its holes filled with zeros. */
function padded(x: NDArray, p: ConvParams, spatial: readonly number[]): NDArray {
  const low = x.shape.map(() => 0);
  const steps = x.shape.map(() => 1);
  const shape = [...x.shape];
  spatial.forEach((axis, i) => {
    const [before, after] = p.padding[i] ?? [0, 0];
    low[axis] = before;
    steps[axis] = p.lhsDilation[i] ?? 1;
    shape[axis] = before + dilatedLength(x.shape[axis] ?? 0, p.lhsDilation[i] ?? 1) + after;
  });
  if (shape.every((n, i) => n === x.shape[i] && low[i] === 0 && (steps[i] === 1 || n <= 1))) return x;
  const size = sizeOf(shape);
  const out: NDArray = { shape, dtype: x.dtype, data: isFloat(x.dtype) ? new Float64Array(size) : new Int32Array(size) };
  placeElements(x, out, low, steps);
  return out;
}
