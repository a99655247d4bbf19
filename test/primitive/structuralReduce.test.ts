// reduceMax, reduceMin, reduceProd: neutral elements, NaN, ties, zeros, and derivatives of both orders.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { reduceSum } from '../../src/primitive/broadcast.ts';
import { reduceMax, reduceMin, reduceProd } from '../../src/primitive/reduce.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { array, avalOfArray, counted, f32, i32, namesOf, program, run1, values, type Body } from './hostPrograms.ts';

/** The gradient of a function with one scalar result. */
function gradient(f: Body, x: NDArray): number[] {
  const { jaxpr } = vjpJaxpr(program([avalOfArray(x)], f), [true]);
  return values(evaluateJaxpr(jaxpr, [x, array([], x.dtype, [1])])[1]);
}
/** The derivative of the gradient in one direction: forward over reverse. */
function hessianProduct(f: Body, x: NDArray, direction: readonly number[]): number[] {
  const { jaxpr } = jvpJaxpr(vjpJaxpr(program([avalOfArray(x)], f), [true]).jaxpr, [true, false], [true, true]);
  return values(evaluateJaxpr(jaxpr, [x, array([], x.dtype, [1]), array(x.shape, x.dtype, direction)])[3]);
}

describe('values', () => {
  test('over some axes', () => {
    expect(run1(x => reduceMax(x, [0]), counted([2, 3]))).toEqual(f32([3], [3, 4, 5]));
    expect(run1(x => reduceMin(x, [1]), counted([2, 3]))).toEqual(f32([2], [0, 3]));
    expect(run1(x => reduceProd(x, [0, 1]), f32([2, 2], [1, 2, 3, 4]))).toEqual(f32([], [24]));
    expect(run1(x => reduceProd(x, [0, 2]), f32([2, 1, 2], [1, 2, 3, 4]))).toEqual(f32([1], [24]));
    expect(namesOf(program([{ shape: [2], dtype: 'f32' }], x => reduceMax(x, [])))).toEqual([]);
  });
  test('sums of rows of every length, each element once', () => {
    for (const n of [31, 32, 33, 63, 64, 65, 66, 67, 127, 129, 191, 1000, 1023]) {
      const powers = Array.from({ length: n }, (_, i) => 2 ** (i % 20));
      expect(values(run1(x => reduceSum(x, [0]), array([n], 'f64', powers)))).toEqual([powers.reduce((a, b) => a + b)]);
      expect(values(run1(x => reduceSum(x, [1]), array([2, n], 'f64', [...powers, ...powers.map(v => 3 * v)])))).toEqual([1, 3].map(k => k * powers.reduce((a, b) => a + b)));
    }
  });
  test('NaN is never lost', () => {
    for (const xs of [[1, NaN, 3], [NaN, 1, 3], [1, 3, NaN], [NaN, Infinity, -Infinity]]) {
      expect(values(run1(x => reduceMax(x, [0]), f32([3], xs)))).toEqual([NaN]);
      expect(values(run1(x => reduceMin(x, [0]), f32([3], xs)))).toEqual([NaN]);
    }
  });
  test('an empty axis gives the neutral element', () => {
    const neutral = (f: Body, dtype: NDArray['dtype']): number[] => values(run1(f, array([0], dtype, [])));
    const [greatest, least, product]: Body[] = [x => reduceMax(x, [0]), x => reduceMin(x, [0]), x => reduceProd(x, [0])];
    if (greatest === undefined || least === undefined || product === undefined) throw new Error('three reductions');
    expect([neutral(greatest, 'f32'), neutral(greatest, 'i32'), neutral(greatest, 'u8'), neutral(greatest, 'bool')]).toEqual([[-Infinity], [-2147483648], [0], [0]]);
    expect([neutral(least, 'f32'), neutral(least, 'i8'), neutral(least, 'u32'), neutral(least, 'bool')]).toEqual([[Infinity], [127], [4294967295], [1]]);
    expect([neutral(product, 'f32'), neutral(product, 'i32')]).toEqual([[1], [1]]);
  });
  test('integer products wrap exactly', () => {
    expect(values(run1(x => reduceProd(x, [0]), i32([3], [123456789, 987654321, 7])))).toEqual([Number(BigInt.asIntN(32, 123456789n * 987654321n * 7n))]);
    expect(values(run1(x => reduceProd(x, [0]), array([2], 'u32', [4294967295, 4294967295])))).toEqual([1]);
  });
  test('refusals', () => {
    expect(() => run1(x => reduceMax(x, [2]), counted([2]))).toThrow('reduceMax: axis 2 is out of range for [2]');
    expect(() => run1(x => reduceProd(x, [0]), array([1], 'bool', [1]))).toThrow('reduceProd: takes number dtypes, got bool[1]');
  });
});

describe('derivatives', () => {
  test('ties share equally, infinities included', () => {
    expect(gradient(x => reduceMax(x, [0]), f32([4], [1, 3, 3, 2]))).toEqual([0, 0.5, 0.5, 0]);
    expect(gradient(x => reduceMin(x, [0]), f32([3], [1, 1, 1]))).toEqual([Math.fround(1 / 3), Math.fround(1 / 3), Math.fround(1 / 3)]);
    expect(gradient(x => reduceMax(x, [0]), f32([2], [Infinity, 0]))).toEqual([1, 0]);
    expect(gradient(x => reduceMax(x, [0]), f32([2], [-Infinity, -Infinity]))).toEqual([0.5, 0.5]);
  });
  test('where the result is NaN the derivative is NaN', () => {
    const { jaxpr } = jvpJaxpr(program([{ shape: [2], dtype: 'f32' }], x => reduceMax(x, [0])), [true]);
    expect(values(evaluateJaxpr(jaxpr, [f32([2], [NaN, 1]), f32([2], [1, 1])])[1])).toEqual([NaN]);
  });
  test('an empty axis has no tangent', () => {
    for (const f of [reduceMax, reduceMin, reduceProd]) {
      expect(jvpJaxpr(program([{ shape: [2, 0], dtype: 'f32' }], x => f(x, [1])), [true]).outActive).toEqual([false]);
    }
  });
  test('a product with zeros', () => {
    expect(gradient(x => reduceProd(x, [0]), f32([4], [2, 3, 5, 7]))).toEqual([105, 70, 42, 30]);
    expect(gradient(x => reduceProd(x, [0]), f32([4], [2, 0, 5, 7]))).toEqual([0, 70, 0, 0]);
    expect(gradient(x => reduceProd(x, [0]), f32([4], [2, 0, 0, 7]))).toEqual([0, 0, 0, 0]);
    expect(gradient(x => reduceProd(x, [0, 1]), f32([3, 1], [0, 3, 5]))).toEqual([15, 0, 0]);
    expect(gradient(x => reduceProd(x, [0]), f32([1], [0]))).toEqual([1]);
  });
  test('the second derivative of a product with one and with two zeros', () => {
    // d2/dxi dxj is the product of all others: with zeros at 1 and 2 only that pair has one.
    expect(hessianProduct(x => reduceProd(x, [0]), f32([4], [2, 0, 0, 7]), [0, 1, 0, 0])).toEqual([0, 0, 14, 0]);
    expect(hessianProduct(x => reduceProd(x, [0]), f32([3], [2, 0, 5]), [1, 0, 0])).toEqual([0, 5, 0]);
    expect(hessianProduct(x => reduceProd(x, [0]), f32([3], [2, 3, 5]), [1, 1, 0])).toEqual([5, 5, 5]);
  });
});
