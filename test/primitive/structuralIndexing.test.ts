// gather, scatterAdd, argmax, argmin: index modes, repeated indices, batch dims, NaN and ties.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { argmax, argmin } from '../../src/primitive/argmax.ts';
import { gather, scatterAdd, type IndexMode } from '../../src/primitive/gather.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { vjpJaxpr } from '../../src/transform/differentiate.ts';
import { array, counted, f32, i32, namesOf, program, run1, values } from './hostPrograms.ts';

describe('gather', () => {
  test('puts the indices\' axes where the axis was', () => {
    const table = counted([3, 2]);
    expect(run1((x, i) => gather(x, i, { axis: 0 }), table, i32([2, 2], [2, 0, 1, 1]))).toEqual(f32([2, 2, 2], [4, 5, 0, 1, 2, 3, 2, 3]));
    expect(run1((x, i) => gather(x, i, { axis: 1 }), table, i32([], [1]))).toEqual(f32([3], [1, 3, 5]));
    expect(run1((x, i) => gather(x, i, { axis: 1 }), counted([2, 3, 2]), i32([1], [2]))).toEqual(f32([2, 1, 2], [4, 5, 10, 11]));
    expect(run1((x, i) => gather(x, i, { axis: 0 }), table, array([2], 'u8', [1, 2]))).toEqual(f32([2, 2], [2, 3, 4, 5]));
  });
  test('batch dims pair rows with their own indices', () => {
    expect(run1((x, i) => gather(x, i, { axis: 1, batchDims: 1 }), counted([2, 3]), i32([2, 2], [2, 0, 1, 1]))).toEqual(f32([2, 2], [2, 0, 4, 4]));
  });
  test.each<[IndexMode, number[]]>([['fill', [NaN, 0, 2, NaN]], ['zero', [0, 0, 2, 0]], ['clip', [0, 0, 2, 2]]])('mode %s', (mode, want) => {
    expect(values(run1((x, i) => gather(x, i, { axis: 0, mode }), counted([3]), i32([4], [-1, 0, 2, 3])))).toEqual(want);
  });
  test('what is filled in, by dtype', () => {
    const filled = (dtype: 'i32' | 'u32' | 'i8' | 'u8' | 'bool'): number[] => values(run1((x, i) => gather(x, i, { axis: 0 }), array([1], dtype, [0]), i32([1], [7])));
    expect([filled('i32'), filled('i8'), filled('u32'), filled('u8'), filled('bool')]).toEqual([[-2147483648], [-128], [4294967295], [255], [1]]);
  });
  test('an empty axis can only be filled', () => {
    expect(values(run1((x, i) => gather(x, i, { axis: 0 }), f32([0], []), i32([1], [0])))).toEqual([NaN]);
    expect(() => run1((x, i) => gather(x, i, { axis: 0, mode: 'clip' }), f32([0], []), i32([1], [0]))).toThrow("gather: axis 0 of [0] is empty, so no index is inside; use mode 'fill'");
    expect(run1((x, i) => gather(x, i, { axis: 0, mode: 'clip' }), f32([0, 2], []), i32([0], [])).shape).toEqual([0, 2]);
  });
  test('refusals', () => {
    expect(() => run1((x, i) => gather(x, i, { axis: 0 }), counted([3]), f32([1], [0]))).toThrow('gather: indices are integers, got f32 (use astype)');
    expect(() => run1((x, i) => gather(x, i, { axis: 1 }), counted([3]), i32([1], [0]))).toThrow('gather: axis 1 is out of range for [3]');
    expect(() => run1((x, i) => gather(x, i, { axis: 1, batchDims: 1 }), counted([2, 3]), i32([3], [0, 0, 0]))).toThrow('the first 1 dims of [2, 3] and of the indices [3] differ');
    expect(() => run1((x, i) => gather(x, i, { axis: 0, batchDims: 1 }), counted([2, 3]), i32([2], [0, 0]))).toThrow('gather: 1 batch dims do not lie before axis 0 of [2, 3]');
  });
  test('an embedding under vmap stays one gather of the unrepeated table', () => {
    const j = program([{ shape: [5, 4], dtype: 'f32' }, { shape: [3], dtype: 'i32' }], (x, i) => gather(x, i, { axis: 0 }));
    const { jaxpr } = batchJaxpr(j, 7, [false, true]);
    expect(namesOf(jaxpr)).toEqual(['gather']);
    expect(namesOf(batchJaxpr(j, 7, [true, false]).jaxpr)).toEqual(['gather']);
    expect(namesOf(batchJaxpr(j, 7, [true, true]).jaxpr)).toEqual(['gather']);
  });
  test('the gradient adds up at repeated indices and is zero, not NaN, where an index is outside', () => {
    const j = program([{ shape: [3], dtype: 'f32' }, { shape: [4], dtype: 'i32' }], (x, i) => gather(x, i, { axis: 0 }));
    const [, back] = evaluateJaxpr(vjpJaxpr(j, [true, false]).jaxpr, [counted([3]), i32([4], [1, 1, 9, 2]), f32([4], [1, 10, 100, 1000])]);
    expect(values(back)).toEqual([0, 11, 1000]);
  });
});

describe('scatterAdd', () => {
  test('adds repeated updates and drops what is outside', () => {
    const scattered = (mode: IndexMode): number[] =>
      values(run1((x, i, u) => scatterAdd(x, i, u, { axis: 0, mode }), f32([3], [100, 200, 300]), i32([4], [0, 0, 3, -1]), f32([4], [1, 2, 4, 8])));
    expect([scattered('fill'), scattered('zero'), scattered('clip')]).toEqual([[103, 200, 300], [103, 200, 300], [111, 200, 304]]);
  });
  test('many small updates do not lose digits; integers wrap', () => {
    const many = 100_000;
    const total = run1((x, i, u) => scatterAdd(x, i, u, { axis: 0 }), f32([1], [0]), array([many], 'i32', 0), array([many], 'f32', 0.1));
    expect(values(total)).toEqual([Math.fround(many * Math.fround(0.1))]);
    expect(values(run1((x, i, u) => scatterAdd(x, i, u, { axis: 0 }), array([1], 'u8', [250]), i32([2], [0, 0]), array([2], 'u8', [5, 5])))).toEqual([4]);
  });
  test('refusals', () => {
    expect(() => run1((x, i, u) => scatterAdd(x, i, u, { axis: 0 }), counted([3]), i32([2], [0, 1]), counted([3]))).toThrow('scatterAdd: the updates have shape [3], the indices need [2]');
    expect(() => run1((x, i, u) => scatterAdd(x, i, u, { axis: 0 }), counted([3]), i32([2], [0, 1]), counted([2], 'i32'))).toThrow('scatterAdd: dtypes differ: f32 vs i32');
  });
});

describe('argmax and argmin', () => {
  test('the first extremum, the first NaN before all', () => {
    const both = (xs: number[]): number[] => [...values(run1(x => argmax(x, 0), f32([xs.length], xs))), ...values(run1(x => argmin(x, 0), f32([xs.length], xs)))];
    expect(both([1, 3, 3, 0, 0])).toEqual([1, 3]);
    expect(both([1, NaN, 9, NaN])).toEqual([1, 1]);
    expect(both([-Infinity, -Infinity])).toEqual([0, 0]);
    expect(both([-0, 0])).toEqual([0, 0]);
    expect(run1(x => argmax(x, 0), counted([2, 3]))).toEqual(i32([3], [1, 1, 1]));
    expect(run1(x => argmin(x, 1, 'u32'), array([1, 2], 'u32', [4294967295, 1]))).toEqual(array([1], 'u32', [1]));
  });
  test('refusals', () => {
    expect(() => run1(x => argmax(x, 1), counted([2, 0]))).toThrow('argmax: axis 1 of [2, 0] is empty and has no greatest element');
    expect(() => run1(x => argmin(x, 2), counted([2, 2]))).toThrow('argmin: axis 2 is out of range for [2, 2]');
    expect(() => run1(x => argmax(x, 0, 'f32'), counted([2]))).toThrow('argmax: an index is an integer, not f32; use i32');
  });
});
