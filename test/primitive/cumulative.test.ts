// Cumulative reductions and linear recurrences: values, both directions, special numbers, derivatives at zeros and ties, twice.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { reduceSum } from '../../src/primitive/broadcast.ts';
import { cumlogsumexp, cummax, cummin, cumprod, cumsum } from '../../src/primitive/cumulative.ts';
import { linearRecurrence } from '../../src/primitive/linearRecurrence.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { array, avalOfArray, counted, f32, i32, program, run1, values } from './hostPrograms.ts';

type Body = (x: AnyTensor) => AnyTensor;
const forward = { axis: 0, reverse: false };
const backward = { axis: 0, reverse: true };
const f64 = (xs: readonly number[]): NDArray => array([xs.length], 'f64', xs);
/** The tangent of `f` at `x`, row by row of the Jacobian's columns. */
const column = (f: Body, x: NDArray, t: readonly number[]): number[] =>
  values(evaluateJaxpr(jvpJaxpr(program([avalOfArray(x)], f), [true]).jaxpr, [x, array(x.shape, x.dtype, t)])[1]);
const gradient = (f: Body, x: NDArray): number[] =>
  values(evaluateJaxpr(vjpJaxpr(program([avalOfArray(x)], y => reduceSum(f(y), [0])), [true]).jaxpr, [x, array([], x.dtype, [1])])[1]);
/** The derivative of the gradient of the sum, in one direction. */
function hessianProduct(f: Body, x: NDArray, direction: readonly number[]): number[] {
  const g = vjpJaxpr(program([avalOfArray(x)], y => reduceSum(f(y), [0])), [true]).jaxpr;
  return values(evaluateJaxpr(jvpJaxpr(g, [true, false], [true, true]).jaxpr, [x, array([], x.dtype, [1]), array(x.shape, x.dtype, direction)])[3]);
}

describe('values', () => {
  test('both directions, any axis, empty ones', () => {
    expect(values(run1(x => cumsum(x, forward), f32([4], [1, 2, 3, 4])))).toEqual([1, 3, 6, 10]);
    expect(values(run1(x => cumsum(x, backward), f32([4], [1, 2, 3, 4])))).toEqual([10, 9, 7, 4]);
    expect(values(run1(x => cumprod(x, forward), f32([4], [1, 2, 3, 4])))).toEqual([1, 2, 6, 24]);
    expect(values(run1(x => cummax(x, forward), f32([4], [1, 3, 2, 4])))).toEqual([1, 3, 3, 4]);
    expect(values(run1(x => cummin(x, backward), f32([4], [1, 3, 2, 4])))).toEqual([1, 2, 2, 4]);
    expect(run1(x => cumsum(x, { axis: 1, reverse: false }), counted([2, 3, 2]))).toEqual(f32([2, 3, 2], [0, 1, 2, 4, 6, 9, 6, 7, 14, 16, 24, 27]));
    expect(run1(x => cumprod(x, { axis: 1, reverse: true }), counted([3, 0, 2])).shape).toEqual([3, 0, 2]);
    expect(values(run1((a, b) => linearRecurrence(a, b, forward), f32([3], [9, 2, 3]), f32([3], [1, 10, 100])))).toEqual([1, 12, 136]);
    expect(values(run1((a, b) => linearRecurrence(a, b, backward), f32([3], [3, 2, 9]), f32([3], [100, 10, 1])))).toEqual([136, 12, 1]);
  });
  test('integers wrap, bools and packed integers keep their order', () => {
    expect(values(run1(x => cumsum(x, forward), i32([3], [2147483647, 1, 1])))).toEqual([2147483647, -2147483648, -2147483647]);
    expect(values(run1(x => cumprod(x, forward), array([3], 'u32', [4294967295, 4294967295, 3])))).toEqual([4294967295, 1, 3]);
    expect(values(run1(x => cummax(x, forward), array([4], 'bool', [0, 1, 0, 0])))).toEqual([0, 1, 1, 1]);
    expect(values(run1(x => cumsum(x, forward), array([3], 'u8', [200, 100, 1])))).toEqual([200, 44, 45]);
  });
  test('float32 sums are rounded at the end, not at each step', () => {
    const n = 100000;
    const sums = values(run1(x => cumsum(x, forward), array([n], 'f32', 0.1)));
    expect(sums[n - 1]).toBe(Math.fround(n * Math.fround(0.1)));
  });
  test('NaN stays, infinities do not make one', () => {
    expect(values(run1(x => cummax(x, forward), f32([3], [1, NaN, 5])))).toEqual([1, NaN, NaN]);
    expect(values(run1(x => cumlogsumexp(x, forward), f32([4], [-Infinity, -Infinity, 0, Infinity])))).toEqual([-Infinity, -Infinity, 0, Infinity]);
    expect(values(run1(x => cumlogsumexp(x, forward), f32([2], [NaN, 0])))).toEqual([NaN, NaN]);
    expect(values(run1(x => cumlogsumexp(x, forward), f64([1000, 1000, -1000])))).toEqual([1000, 1000 + Math.log(2), 1000 + Math.log(2)]);
    // The first factor has nothing before it.
    expect(values(run1((a, b) => linearRecurrence(a, b, forward), f32([2], [Infinity, 2]), f32([2], [1, 1])))).toEqual([1, 3]);
  });
  test('refusals', () => {
    expect(() => run1(x => cumsum(x, { axis: 1, reverse: false }), counted([2]))).toThrow('cumsum: axis 1 is out of range for [2]');
    expect(() => run1(x => cumprod(x, forward), array([1], 'bool', 1))).toThrow('cumprod: takes number dtypes, got bool[1]');
    expect(() => run1(x => cumlogsumexp(x, forward), counted([1], 'i32'))).toThrow('cumlogsumexp: takes float dtypes, got i32[1]');
    expect(() => run1((a, b) => linearRecurrence(a, b, forward), counted([2]), counted([3]))).toThrow('linearRecurrence: shapes differ, f32[2] vs f32[3]');
  });
});

describe('derivatives', () => {
  test('a cumulative product with zeros', () => {
    // p = [a, ab, abc, abcd] with b = 0.
    expect(column(x => cumprod(x, forward), f64([2, 0, 5, 7]), [0, 1, 0, 0])).toEqual([0, 2, 10, 70]);
    expect(column(x => cumprod(x, forward), f64([2, 0, 0, 7]), [0, 1, 0, 0])).toEqual([0, 2, 0, 0]);
    expect(gradient(x => cumprod(x, forward), f64([2, 0, 5]))).toEqual([1, 12, 0]);
    expect(gradient(x => cumprod(x, backward), f64([5, 0, 2]))).toEqual([0, 12, 1]);
    expect(hessianProduct(x => cumprod(x, forward), f64([2, 0, 0, 7]), [0, 1, 0, 0])).toEqual([1, 0, 16, 0]);
    expect(hessianProduct(x => cumprod(x, forward), f64([3, 0]), [1, 0])).toEqual([0, 1]);
  });
  test('ties of an extremum share equally, and the count starts again with a new one', () => {
    const f: Body = x => cummax(x, forward);
    expect(column(f, f64([3, 3, 3, 5, 5]), [1, 0, 0, 0, 0])).toEqual([1, 1 / 2, 1 / 3, 0, 0]);
    expect(column(f, f64([3, 3, 3, 5, 5]), [0, 0, 0, 0, 1])).toEqual([0, 0, 0, 0, 1 / 2]);
    expect(column(f, f64([3, 1, 3, 2]), [0, 0, 1, 0])).toEqual([0, 0, 1 / 2, 1 / 2]);
    expect(column(x => cummin(x, backward), f64([4, 1, 1]), [0, 1, 0])).toEqual([1 / 2, 1 / 2, 0]);
    expect(column(f, f64([-Infinity, -Infinity]), [1, 0])).toEqual([1, 1 / 2]);
    expect(column(f, f64([1, NaN, 2]), [1, 1, 1])).toEqual([1, NaN, NaN]);
    expect(hessianProduct(f, f64([3, 3, 1]), [1, 2, 3])).toEqual([0, 0, 0]);
  });
  test('cumlogsumexp at infinities', () => {
    const f: Body = x => cumlogsumexp(x, forward);
    expect(column(f, f64([-Infinity, 0, 0]), [1, 0, 0])).toEqual([1, 0, 0]);
    expect(column(f, f64([0, Infinity, 0]), [0, 1, 0])).toEqual([0, 1, 1]);
    expect(column(f, f64([0, 0, 1000]), [1, 0, 0])).toEqual([1, 0.5, 0]);
    expect(hessianProduct(f, f64([0, 0]), [1, 0]).map(v => Math.round(v * 1e12) / 1e12)).toEqual([0.25, -0.25]);
  });
  test('the transpose of a sum runs the other way', () => {
    expect(gradient(x => cumsum(x, forward), f64([1, 1, 1]))).toEqual([3, 2, 1]);
    expect(gradient(x => cumsum(x, backward), f64([1, 1, 1]))).toEqual([1, 2, 3]);
  });
});
