// Window reductions, from which pooling is made: padding, dilation, NaN, ties, and the gradients of max, sum and mean.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { reduceWindowMax, reduceWindowMean, reduceWindowMin, reduceWindowSum } from '../../src/primitive/reduceWindow.ts';
import { selectAndGatherAdd, selectAndScatterAdd } from '../../src/primitive/selectWindow.ts';
import type { WindowParams } from '../../src/primitive/window.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { array, avalOfArray, counted, f32, i32, namesOf, program, run1, values, type Body } from './hostPrograms.ts';

const windows = (window: readonly number[], more: Partial<WindowParams> = {}): WindowParams => {
  const ones = window.map(() => 1);
  return { window, strides: ones, padding: window.map(() => [0, 0]), baseDilation: ones, windowDilation: ones, ...more };
};
/** Cotangent of the operand for cotangents of the result. */
const pulled = (f: Body, x: NDArray, ct: NDArray): number[] => values(evaluateJaxpr(vjpJaxpr(program([avalOfArray(x)], f), [true]).jaxpr, [x, ct])[1]);

describe('values', () => {
  test('two axes, strides, padding, dilations', () => {
    expect(run1(x => reduceWindowSum(x, windows([2, 2], { strides: [2, 2] })), counted([4, 4]))).toEqual(f32([2, 2], [10, 18, 42, 50]));
    expect(run1(x => reduceWindowMax(x, windows([2, 2])), counted([3, 3]))).toEqual(f32([2, 2], [4, 5, 7, 8]));
    expect(run1(x => reduceWindowMin(x, windows([1, 2])), counted([2, 3]))).toEqual(f32([2, 2], [0, 1, 3, 4]));
    const along = (more: Partial<WindowParams>, n = 2): number[] => values(run1(x => reduceWindowSum(x, windows([n], more)), f32([4], [1, 2, 3, 4])));
    expect(along({ padding: [[1, 1]] })).toEqual([1, 3, 5, 7, 4]);
    expect(along({ padding: [[-1, 0]] })).toEqual([5, 7]);
    expect(along({ windowDilation: [2] })).toEqual([4, 6]);
    expect(along({ baseDilation: [2] })).toEqual([1, 2, 2, 3, 3, 4]);
    expect(along({ strides: [3] })).toEqual([3]);
    expect(along({}, 5)).toEqual([]);
  });
  test('padding is never the extremum, and a window of padding alone gives the neutral element', () => {
    const padded = windows([2], { padding: [[2, 0]] });
    expect(values(run1(x => reduceWindowMax(x, padded), f32([2], [-5, -7])))).toEqual([-Infinity, -5, -5]);
    expect(values(run1(x => reduceWindowMin(x, padded), f32([2], [5, 7])))).toEqual([Infinity, 5, 5]);
    expect(values(run1(x => reduceWindowMax(x, padded), i32([2], [-5, -7])))).toEqual([-2147483648, -5, -5]);
    expect(values(run1(x => reduceWindowMin(x, padded), array([2], 'u8', [5, 7])))).toEqual([255, 5, 5]);
    expect(values(run1(x => reduceWindowMax(x, windows([2])), array([3], 'bool', [0, 0, 1])))).toEqual([0, 1]);
  });
  test('NaN is never lost, and does not spread beyond its windows', () => {
    const x = f32([4], [1, NaN, 3, 4]);
    expect(values(run1(y => reduceWindowMax(y, windows([2])), x))).toEqual([NaN, NaN, 4]);
    expect(values(run1(y => reduceWindowMin(y, windows([2])), x))).toEqual([NaN, NaN, 3]);
    expect(values(run1(y => reduceWindowSum(y, windows([2])), x))).toEqual([NaN, NaN, 7]);
  });
  test('a mean counts the elements that are there', () => {
    expect(values(run1(x => reduceWindowMean(x, windows([3], { padding: [[1, 1]] })), f32([3], [2, 4, 9])))).toEqual([3, 5, 6.5]);
  });
  test('integer sums wrap', () => {
    expect(values(run1(x => reduceWindowSum(x, windows([2])), i32([2], [2147483647, 1])))).toEqual([-2147483648]);
  });
  test('refusals', () => {
    expect(() => run1(x => reduceWindowSum(x, windows([2])), counted([2, 2]))).toThrow('reduceWindowSum: [2, 2] needs 2 windows, strides, paddings and dilations, got 1, 1, 1, 1, 1');
    expect(() => run1(x => reduceWindowMax(x, windows([0])), counted([2]))).toThrow('reduceWindowMax: window 0 of axis 0 of [2] is not a positive integer');
    expect(() => run1(x => reduceWindowMin(x, windows([1], { padding: [[-2, -1]] })), counted([2]))).toThrow('reduceWindowMin: padding [-2, -1] leaves -1 elements of axis 0 of [2]');
    expect(() => run1(x => reduceWindowSum(x, windows([1])), array([2], 'bool', 1))).toThrow('reduceWindowSum: takes number dtypes, got bool[2]');
    const select = { ...windows([2]), monoid: 'max' as const };
    expect(() => run1((t, x) => selectAndGatherAdd(t, x, select), counted([2]), counted([3]))).toThrow('selectAndGatherAdd: shapes differ, [2] vs [3]');
    expect(() => run1((t, x) => selectAndScatterAdd(t, x, select), counted([3]), counted([3]))).toThrow('selectAndScatterAdd: [3] are not the [2] windows of [3]');
    expect(() => run1((t, x) => selectAndGatherAdd(t, x, select), counted([3]), counted([3], 'i32'))).toThrow('selectAndGatherAdd: takes float dtypes, got i32[3]');
  });
});

describe('gradients', () => {
  test('ties share equally, in each window by itself', () => {
    // Windows [3, 3], [3, 1], [1, 1].
    expect(pulled(x => reduceWindowMax(x, windows([2])), f32([4], [3, 3, 1, 1]), f32([3], [1, 10, 100]))).toEqual([0.5, 10.5, 50, 50]);
    expect(pulled(x => reduceWindowMin(x, windows([2])), f32([4], [3, 3, 1, 1]), f32([3], [1, 10, 100]))).toEqual([0.5, 0.5, 60, 50]);
    expect(pulled(x => reduceWindowMax(x, windows([2, 2])), array([2, 2], 'f32', -0), f32([1, 1], [8]))).toEqual([2, 2, 2, 2]);
    expect(pulled(x => reduceWindowMax(x, windows([2])), f32([2], [0, -0]), f32([1], [8]))).toEqual([4, 4]);
  });
  test('infinities take part, padding does not', () => {
    const padded = windows([2], { padding: [[1, 0]] });
    expect(pulled(x => reduceWindowMax(x, padded), f32([2], [-Infinity, -Infinity]), f32([2], [6, 8]))).toEqual([10, 4]);
  });
  test('where the extremum is NaN the tangent is NaN; of padding alone it is zero', () => {
    const { jaxpr } = jvpJaxpr(program([{ shape: [2], dtype: 'f32' }], x => reduceWindowMax(x, windows([1], { padding: [[1, 0]] }))), [true]);
    expect(values(evaluateJaxpr(jaxpr, [f32([2], [NaN, 5]), f32([2], [3, 7])])[1])).toEqual([0, NaN, 7]);
    const pairs = jvpJaxpr(program([{ shape: [3], dtype: 'f32' }], x => reduceWindowMax(x, windows([2]))), [true]).jaxpr;
    expect(values(evaluateJaxpr(pairs, [f32([3], [NaN, 5, 1]), f32([3], [3, 7, 9])])[1])).toEqual([NaN, 7]);
    expect(values(evaluateJaxpr(pairs, [f32([3], [5, NaN, 1]), f32([3], [3, 7, 9])])[1])).toEqual([NaN, NaN]);
  });
  test('of a sum: a sum over the windows that hold each element; of a mean: its share of each', () => {
    const j = program([{ shape: [5], dtype: 'f32' }], x => reduceWindowSum(x, windows([2], { strides: [2] })));
    expect(namesOf(vjpJaxpr(j, [true]).jaxpr)).toEqual(['reduceWindowSum', 'reduceWindowSum']);
    expect(pulled(x => reduceWindowSum(x, windows([2], { strides: [2] })), counted([5]), f32([2], [1, 10]))).toEqual([1, 1, 10, 10, 0]);
    expect(pulled(x => reduceWindowMean(x, windows([3], { padding: [[1, 1]] })), counted([3]), f32([3], [6, 6, 6]))).toEqual([5, 8, 5]);
  });
  test('the gradient of max pooling is one equation, and so is that gradient\'s own', () => {
    const pool = program([{ shape: [4], dtype: 'f32' }], x => reduceWindowMax(x, windows([2], { strides: [2] })));
    const first = vjpJaxpr(pool, [true]).jaxpr;
    expect(namesOf(first)).toEqual(['reduceWindowMax', 'selectAndScatterAdd']);
    expect(namesOf(vjpJaxpr(first, [false, true], [false, true]).jaxpr)).toEqual(['reduceWindowMax', 'selectAndScatterAdd', 'selectAndGatherAdd']);
  });
});
