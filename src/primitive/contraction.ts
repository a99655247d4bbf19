// The reference evaluation of dotGeneral: batched sums of products of strided host arrays, accumulated in float64.
// Floor 2: numbers only, no records. About 4 GFLOP/s on one core of a 3 GHz server, square matrices of 256 to 1024.
import type { HostArray } from '../dtype/dtype.ts';

/** One operand: where its elements lie, by position along the batch, free and contracted axes (each flattened in row-major order). */
export interface Operand {
  readonly data: HostArray;
  readonly batch: Int32Array;
  readonly free: Int32Array;
  readonly contract: Int32Array;
}

/** Offsets of all positions along some axes, in row-major order. */
export function offsetsAlong(axes: readonly number[], shape: readonly number[], strides: readonly number[]): Int32Array {
  let offsets = Int32Array.of(0);
  for (const a of axes) {
    const n = shape[a] ?? 1;
    const stride = strides[a] ?? 0;
    const next = new Int32Array(offsets.length * n);
    for (let i = 0, k = 0; i < offsets.length; i++) for (let j = 0; j < n; j++) next[k++] = (offsets[i] ?? 0) + j * stride;
    offsets = next;
  }
  return offsets;
}

/** `out[b, m, n] = sum over k of lhs[b, m, k] * rhs[b, n, k]`, for floats. A sum of one product is that product, be it -0. */
export function contractFloats(lhs: Operand, rhs: Operand, out: HostArray): void {
  const [rows, columns, depth] = [lhs.free.length, rhs.free.length, lhs.contract.length];
  // Tiles of four by four pay off only where both sides can fill them.
  if (depth === 1 || Math.min(rows, columns) <= 2) { contractEach(lhs, rhs, out, sumOfProducts); return; }
  const left = new Float64Array(panels(rows) * depth);
  const right = new Float64Array(panels(columns) * depth);
  const tile = new Float64Array(16);
  for (let b = 0; b < lhs.batch.length; b++) {
    pack(lhs, lhs.batch[b] ?? 0, left);
    pack(rhs, rhs.batch[b] ?? 0, right);
    const base = b * rows * columns;
    for (let m = 0; m < rows; m += 4) {
      const height = Math.min(4, rows - m);
      for (let n = 0; n < columns; n += 4) {
        multiplyTile(left, m * depth, right, n * depth, depth, tile);
        const width = Math.min(4, columns - n);
        for (let i = 0; i < height; i++) {
          const to = base + (m + i) * columns + n;
          for (let j = 0; j < width; j++) out[to + j] = tile[4 * i + j] ?? 0;
        }
      }
    }
  }
}

/** The same for integers of at most 32 bits: products and sums wrap, so the result is exact modulo 2^32. */
export const contractIntegers = (lhs: Operand, rhs: Operand, out: HostArray): void => { contractEach(lhs, rhs, out, wrappingSumOfProducts); };

const panels = (n: number): number => 4 * Math.ceil(n / 4);

/** Panels of four positions of the free axis, each with its contracted axis outermost; what is missing from the last one stays zero. */
function pack({ data, free, contract }: Operand, base: number, into: Float64Array): void {
  const depth = contract.length;
  const n = free.length;
  let o = 0;
  let p = 0;
  for (; p + 4 <= n; p += 4) {
    const f0 = base + (free[p] ?? 0);
    const f1 = base + (free[p + 1] ?? 0);
    const f2 = base + (free[p + 2] ?? 0);
    const f3 = base + (free[p + 3] ?? 0);
    for (let k = 0; k < depth; k++, o += 4) {
      const c = contract[k] ?? 0;
      into[o] = data[f0 + c] ?? 0;
      into[o + 1] = data[f1 + c] ?? 0;
      into[o + 2] = data[f2 + c] ?? 0;
      into[o + 3] = data[f3 + c] ?? 0;
    }
  }
  for (let r = 0; p + r < n; r++) {
    const f = base + (free[p + r] ?? 0);
    for (let k = 0; k < depth; k++) into[o + 4 * k + r] = data[f + (contract[k] ?? 0)] ?? 0;
  }
}

/** Sixteen sums at once, so that each loaded element serves four products. */
function multiplyTile(left: Float64Array, l: number, right: Float64Array, r: number, depth: number, tile: Float64Array): void {
  let s00 = 0, s01 = 0, s02 = 0, s03 = 0;
  let s10 = 0, s11 = 0, s12 = 0, s13 = 0;
  let s20 = 0, s21 = 0, s22 = 0, s23 = 0;
  let s30 = 0, s31 = 0, s32 = 0, s33 = 0;
  for (let k = 0; k < depth; k++, l += 4, r += 4) {
    const y0 = right[r] ?? 0;
    const y1 = right[r + 1] ?? 0;
    const y2 = right[r + 2] ?? 0;
    const y3 = right[r + 3] ?? 0;
    const x0 = left[l] ?? 0;
    s00 += x0 * y0; s01 += x0 * y1; s02 += x0 * y2; s03 += x0 * y3;
    const x1 = left[l + 1] ?? 0;
    s10 += x1 * y0; s11 += x1 * y1; s12 += x1 * y2; s13 += x1 * y3;
    const x2 = left[l + 2] ?? 0;
    s20 += x2 * y0; s21 += x2 * y1; s22 += x2 * y2; s23 += x2 * y3;
    const x3 = left[l + 3] ?? 0;
    s30 += x3 * y0; s31 += x3 * y1; s32 += x3 * y2; s33 += x3 * y3;
  }
  tile[0] = s00; tile[1] = s01; tile[2] = s02; tile[3] = s03;
  tile[4] = s10; tile[5] = s11; tile[6] = s12; tile[7] = s13;
  tile[8] = s20; tile[9] = s21; tile[10] = s22; tile[11] = s23;
  tile[12] = s30; tile[13] = s31; tile[14] = s32; tile[15] = s33;
}

type Sum = (x: HostArray, i: number, xs: Int32Array, y: HostArray, j: number, ys: Int32Array) => number;

/** One sum for each element of the result: for vectors and integers. */
function contractEach(lhs: Operand, rhs: Operand, out: HostArray, sum: Sum): void {
  const [rows, columns] = [lhs.free.length, rhs.free.length];
  let o = 0;
  for (let b = 0; b < lhs.batch.length; b++) {
    for (let m = 0; m < rows; m++) {
      const i = (lhs.batch[b] ?? 0) + (lhs.free[m] ?? 0);
      for (let n = 0; n < columns; n++) out[o++] = sum(lhs.data, i, lhs.contract, rhs.data, (rhs.batch[b] ?? 0) + (rhs.free[n] ?? 0), rhs.contract);
    }
  }
}
function sumOfProducts(x: HostArray, i: number, xs: Int32Array, y: HostArray, j: number, ys: Int32Array): number {
  if (xs.length === 1) return (x[i + (xs[0] ?? 0)] ?? 0) * (y[j + (ys[0] ?? 0)] ?? 0);
  let s = 0;
  for (let k = 0; k < xs.length; k++) s += (x[i + (xs[k] ?? 0)] ?? 0) * (y[j + (ys[k] ?? 0)] ?? 0);
  return s;
}
function wrappingSumOfProducts(x: HostArray, i: number, xs: Int32Array, y: HostArray, j: number, ys: Int32Array): number {
  let s = 0;
  for (let k = 0; k < xs.length; k++) s = (s + Math.imul(x[i + (xs[k] ?? 0)] ?? 0, y[j + (ys[k] ?? 0)] ?? 0)) | 0;
  return s;
}
