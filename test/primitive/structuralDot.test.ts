// dotGeneral: against the sum over all indices, exact integers, and how batching keeps one product.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { dotGeneral, dotGeneralP, type DotDims } from '../../src/primitive/dot.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { vjpJaxpr } from '../../src/transform/differentiate.ts';
import { array, counted, f32, i32, namesOf, program, Random, run1, values } from './hostPrograms.ts';

const matmulDims: DotDims = { lhsContract: [1], rhsContract: [0], lhsBatch: [], rhsBatch: [] };

/** [b, m, k] times [b, k, n], written as its definition. */
function definition(x: NDArray, y: NDArray): number[] {
  const [B = 0, M = 0, K = 0] = x.shape;
  const N = y.shape[2] ?? 0;
  const out: number[] = [];
  for (let b = 0; b < B; b++) for (let m = 0; m < M; m++) for (let n = 0; n < N; n++) {
    let s = 0;
    for (let k = 0; k < K; k++) s += (x.data[(b * M + m) * K + k] ?? NaN) * (y.data[(b * K + k) * N + n] ?? NaN);
    out.push(s);
  }
  return out;
}

describe('values', () => {
  test('every size around the tiles, and empty ones', () => {
    const random = new Random(5);
    const dims: DotDims = { lhsContract: [2], rhsContract: [1], lhsBatch: [0], rhsBatch: [0] };
    for (const M of [0, 1, 2, 3, 4, 5, 8, 9]) for (const N of [0, 1, 3, 4, 6, 7]) for (const K of [0, 1, 5]) {
      const x = random.array({ shape: [2, M, K], dtype: 'f64' });
      const y = random.array({ shape: [2, K, N], dtype: 'f64' });
      const out = run1((a, b) => dotGeneral(a, b, dims), x, y);
      expect(out.shape).toEqual([2, M, N]);
      expect(values(out)).toEqual(definition(x, y));
    }
  });
  test('axes in any order; batch, lhs free, rhs free come out', () => {
    // einsum('kbm,nkb->bmn')
    const x = counted([2, 3, 4]);
    const y = counted([5, 2, 3]);
    const out = run1((a, b) => dotGeneral(a, b, { lhsContract: [0], rhsContract: [1], lhsBatch: [1], rhsBatch: [2] }), x, y);
    expect(out.shape).toEqual([3, 4, 5]);
    const want: number[] = [];
    for (let b = 0; b < 3; b++) for (let m = 0; m < 4; m++) for (let n = 0; n < 5; n++) {
      want.push([0, 1].reduce((s, k) => s + (k * 12 + b * 4 + m) * (n * 6 + k * 3 + b), 0));
    }
    expect(values(out)).toEqual(want);
  });
  test('float32 sums are rounded once', () => {
    const n = 1000;
    const out = run1((a, b) => dotGeneral(a, b, { lhsContract: [0], rhsContract: [0], lhsBatch: [], rhsBatch: [] }), array([n], 'f32', 0.1), array([n], 'f32', 1));
    expect(values(out)).toEqual([Math.fround(n * Math.fround(0.1))]);
  });
  test('zeros do not hide NaN or infinity', () => {
    expect(values(run1((a, b) => dotGeneral(a, b, matmulDims), f32([1, 2], [0, 1]), f32([2, 1], [NaN, 1])))).toEqual([NaN]);
    const x = array([4, 2], 'f32', 0);
    expect(values(run1((a, b) => dotGeneral(a, b, matmulDims), x, array([2, 4], 'f32', Infinity))).every(v => Number.isNaN(v))).toBe(true);
  });
  test('integers are exact modulo 2^32', () => {
    const xs = [123456789, -987654321, 2147483647];
    const ys = [314159265, 271828182, -2147483648];
    const exact = xs.reduce((s, x, i) => s + BigInt(x) * BigInt(ys[i] ?? 0), 0n);
    expect(values(run1((a, b) => dotGeneral(a, b, matmulDims), i32([1, 3], xs), i32([3, 1], ys)))).toEqual([Number(BigInt.asIntN(32, exact))]);
    expect(values(run1((a, b) => dotGeneral(a, b, matmulDims), array([1, 2], 'u32', [4294967295, 3]), array([2, 1], 'u32', [4294967295, 5])))).toEqual([16]);
    expect(values(run1((a, b) => dotGeneral(a, b, matmulDims), array([1, 1], 'u8', [200]), array([1, 1], 'u8', [2])))).toEqual([144]);
  });
  test('refusals', () => {
    const product = (dims: DotDims) => () => run1((a, b) => dotGeneral(a, b, dims), counted([2, 3]), counted([4, 5]));
    expect(product(matmulDims)).toThrow('dotGeneral: contracted axes differ, axis 1 of [2, 3] vs axis 0 of [4, 5]: 3 vs 4');
    expect(product({ ...matmulDims, lhsContract: [] })).toThrow('dotGeneral: 0 contracted axes of [2, 3] against 1 of [4, 5]');
    expect(product({ ...matmulDims, lhsContract: [2] })).toThrow('dotGeneral: axis 2 is out of range for [2, 3]');
    expect(() => run1((a, b) => dotGeneral(a, b, { lhsContract: [0], rhsContract: [0], lhsBatch: [0], rhsBatch: [0] }), counted([2]), counted([2]))).toThrow('an axis of [2] is named twice');
    expect(() => run1((a, b) => dotGeneral(a, b, matmulDims), counted([2, 3]), counted([3, 2], 'i32'))).toThrow('dotGeneral: dtypes differ: f32 vs i32');
    expect(() => run1((a, b) => dotGeneral(a, b, matmulDims), array([1, 1], 'bool', 1), array([1, 1], 'bool', 1))).toThrow('takes number dtypes, got bool');
  });
});

describe('batching', () => {
  const dense = program([{ shape: [3, 4], dtype: 'f32' }, { shape: [4, 5], dtype: 'f32' }], (x, w) => dotGeneral(x, w, matmulDims));
  test('with shared weights stays one product whose free axes grow', () => {
    const { jaxpr } = batchJaxpr(dense, 7, [true, false]);
    expect(namesOf(jaxpr)).toEqual(['dotGeneral']);
    expect(jaxpr.eqns[0]?.params).toEqual({ lhsContract: [2], rhsContract: [0], lhsBatch: [], rhsBatch: [] });
    expect(jaxpr.eqns[0]?.inputs.map(a => a.aval.shape)).toEqual([[7, 3, 4], [4, 5]]);
    // Weights per example: one product again, then a view.
    expect(namesOf(batchJaxpr(dense, 7, [false, true]).jaxpr)).toEqual(['dotGeneral', 'transpose']);
  });
  test('of both operands is a batch axis', () => {
    const { jaxpr } = batchJaxpr(dense, 7, [true, true]);
    expect(namesOf(jaxpr)).toEqual(['dotGeneral']);
    expect(jaxpr.eqns[0]?.params).toEqual({ lhsContract: [2], rhsContract: [1], lhsBatch: [0], rhsBatch: [0] });
  });
  test('twice', () => {
    const { jaxpr } = batchJaxpr(batchJaxpr(dense, 7, [true, false]).jaxpr, 6, [false, true]);
    expect(namesOf(jaxpr)).toEqual(['dotGeneral', 'transpose']);
    expect(jaxpr.outputs[0]?.aval.shape).toEqual([6, 7, 3, 5]);
  });
});

test('the gradients of a product are two products, and nothing is transposed for them', () => {
  const { jaxpr } = vjpJaxpr(program([{ shape: [3, 4], dtype: 'f32' }, { shape: [4, 5], dtype: 'f32' }], (x, w) => dotGeneral(x, w, matmulDims)), [true, true]);
  expect(namesOf(jaxpr)).toEqual(['dotGeneral', 'dotGeneral', 'dotGeneral']);
  const [, dx, dw] = evaluateJaxpr(jaxpr, [counted([3, 4]), counted([4, 5]), array([3, 5], 'f32', 1)]);
  expect(values(dx)).toEqual([10, 35, 60, 85, 10, 35, 60, 85, 10, 35, 60, 85]);
  expect(values(dw)).toEqual([12, 15, 18, 21].flatMap(v => [v, v, v, v, v]));
});

test('one equation of a program carries the record itself', () => {
  const j = program([{ shape: [2, 2], dtype: 'f32' }], x => dotGeneral(x, x, matmulDims));
  expect(j.eqns[0]?.primitive).toBe(dotGeneralP);
});
