// reshape, transpose, slice, pad, reverse, concatenate, iota, stopGradient, optimizationBarrier: values, refusals, and what is not recorded.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { optimizationBarrier } from '../../src/primitive/barrier.ts';
import { concatenate } from '../../src/primitive/concatenate.ts';
import { constant, reduceSum } from '../../src/primitive/broadcast.ts';
import { iota } from '../../src/primitive/iota.ts';
import { reshape } from '../../src/primitive/reshape.ts';
import { reverse } from '../../src/primitive/reverse.ts';
import { pad, slice, sliceAxis } from '../../src/primitive/slice.ts';
import { stopGradient } from '../../src/primitive/stopGradient.ts';
import { moveAxis, transpose } from '../../src/primitive/transpose.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { counted, f32, i32, namesOf, program, run, run1, values, type Body } from './hostPrograms.ts';

const refusal = (f: Body, ...shapes: readonly (readonly number[])[]): (() => unknown) => () => program(shapes.map(shape => ({ shape, dtype: 'f32' as const })), f);

describe('reshape and transpose', () => {
  test('keep the elements', () => {
    expect(run1(x => reshape(x, [3, 2]), counted([2, 3]))).toEqual(counted([3, 2]));
    expect(run1(x => reshape(x, []), f32([1, 1], [7]))).toEqual(f32([], [7]));
    expect(run1(x => transpose(x, [1, 0]), counted([2, 3]))).toEqual(f32([3, 2], [0, 3, 1, 4, 2, 5]));
    expect(run1(x => transpose(x, [2, 0, 1]), counted([2, 3, 2]))).toEqual(f32([2, 2, 3], [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]));
    expect(run1(x => transpose(x, [2, 1, 0]), counted([2, 0, 3])).shape).toEqual([3, 0, 2]);
    expect(run1(x => moveAxis(x, 2, 0), counted([2, 3, 4])).shape).toEqual([4, 2, 3]);
  });
  test('refuse what does not fit', () => {
    expect(refusal(x => reshape(x, [4]), [2, 3])).toThrow('reshape: [2, 3] has 6 elements, [4] has 4');
    expect(refusal(x => reshape(x, [-2, -3]), [2, 3])).toThrow('reshape: [-2, -3] is not a shape; dims are natural numbers');
    expect(refusal(x => transpose(x, [0, 0]), [2, 3])).toThrow('transpose: [0, 0] is not a permutation of the axes of [2, 3]');
    expect(refusal(x => transpose(x, [0]), [2, 3])).toThrow('is not a permutation');
  });
});

describe('slice and pad', () => {
  test('slice takes start, start + stride, ... below limit', () => {
    expect(run1(x => slice(x, [1], [6], [2]), counted([7]))).toEqual(f32([3], [1, 3, 5]));
    expect(run1(x => slice(x, [0, 1], [2, 3]), counted([2, 3]))).toEqual(f32([2, 2], [1, 2, 4, 5]));
    expect(run1(x => slice(x, [3], [3]), counted([3])).shape).toEqual([0]);
    expect(run1(x => sliceAxis(x, 1, 1, 2), counted([2, 3]))).toEqual(f32([2, 1], [1, 4]));
  });
  test('pad puts values before, after and between; negative padding cuts', () => {
    const padded = (low: number, high: number, interior: number): number[] =>
      values(run1((x, v) => pad(x, v, [low], [high], [interior]), f32([3], [1, 2, 3]), f32([], [9])));
    expect(padded(1, 2, 0)).toEqual([9, 1, 2, 3, 9, 9]);
    expect(padded(0, 0, 2)).toEqual([1, 9, 9, 2, 9, 9, 3]);
    expect(padded(-1, 1, 0)).toEqual([2, 3, 9]);
    expect(padded(-1, -1, 1)).toEqual([9, 2, 9]);
    expect(padded(-2, 0, 1)).toEqual([2, 9, 3]);
    expect(padded(-5, 5, 0)).toEqual([9, 9, 9]);
    expect(padded(5, -5, 0)).toEqual([9, 9, 9]);
    expect(values(run1((x, v) => pad(x, v, [1, 0], [0, 1]), counted([2, 2]), f32([], [-1])))).toEqual([-1, -1, -1, 0, 1, -1, 2, 3, -1]);
    expect(values(run1((x, v) => pad(x, v, [1], [1], [3]), f32([0], []), f32([], [4])))).toEqual([4, 4]);
  });
  test('refuse what is outside', () => {
    expect(refusal(x => slice(x, [1], [4]), [3])).toThrow('slice: bounds 1:4 of axis 0 are not within 0:3 of [3]');
    expect(refusal(x => slice(x, [2], [1]), [3])).toThrow('slice: bounds 2:1 of axis 0 are not within 0:3 of [3]');
    expect(refusal(x => slice(x, [0], [3], [-1]), [3])).toThrow('use reverse for a negative step');
    expect(refusal(x => slice(x, [0], [2]), [3, 3])).toThrow('slice: [3, 3] needs 2 starts, limits and strides, got 1, 1 and 1');
    expect(refusal((x, v) => pad(x, v, [-2], [-2]), [3], [])).toThrow('pad: padding [-2, -2] leaves -1 elements of axis 0 of [3]');
    expect(refusal((x, v) => pad(x, v, [1], [1]), [3], [1])).toThrow('pad: the padding value is a scalar, got [1]');
    expect(refusal((x, v) => pad(x, v, [1], [1], [-1]), [3], [])).toThrow('pad: interior padding -1 of axis 0 is not a natural number');
  });
  test('the gradient of the sum of a slice is zero outside it', () => {
    const { jaxpr } = vjpJaxpr(program([{ shape: [4], dtype: 'f32' }], x => reduceSum(slice(x, [1], [3]), [0])), [true]);
    expect(evaluateJaxpr(jaxpr, [counted([4]), f32([], [1])])[1]).toEqual(f32([4], [0, 1, 1, 0]));
  });
  test('the padding value collects the cotangents outside, infinities inside notwithstanding', () => {
    const padding: Body = (x, v) => pad(x, v, [1], [2], [1]);
    const { jaxpr } = vjpJaxpr(program([{ shape: [2], dtype: 'f32' }, { shape: [], dtype: 'f32' }], padding), [true, true]);
    const back = evaluateJaxpr(jaxpr, [f32([2], [1, 2]), f32([], [0]), f32([6], [1, Infinity, 3, 5, 7, 11])]);
    expect(back.slice(1).map(values)).toEqual([[Infinity, 5], [22]]);
  });
});

describe('reverse, concatenate, iota', () => {
  test('values', () => {
    expect(run1(x => reverse(x, [0, 1]), counted([2, 3]))).toEqual(f32([2, 3], [5, 4, 3, 2, 1, 0]));
    expect(run1(x => reverse(x, [1]), counted([2, 3]))).toEqual(f32([2, 3], [2, 1, 0, 5, 4, 3]));
    expect(run1(x => reverse(x, [0]), counted([0, 3])).shape).toEqual([0, 3]);
    expect(run1((x, y, z) => concatenate([x, y, z], 1), counted([2, 1]), counted([2, 0]), counted([2, 2]))).toEqual(f32([2, 3], [0, 0, 1, 1, 2, 3]));
    expect(run1((x, y) => concatenate([x, y], 0), i32([1], [4]), i32([2], [5, 6]))).toEqual(i32([3], [4, 5, 6]));
    expect(run1(() => iota([2, 3], 'i32', 1))).toEqual(i32([2, 3], [0, 1, 2, 0, 1, 2]));
    expect(run1(() => iota([2, 3], 'f32', 0))).toEqual(f32([2, 3], [0, 0, 0, 1, 1, 1]));
    expect(run1(() => iota([0], 'i32', 0)).shape).toEqual([0]);
  });
  test('refusals', () => {
    expect(refusal(x => reverse(x, [2]), [2, 3])).toThrow('reverse: axis 2 is out of range for [2, 3]');
    expect(refusal(x => reverse(x, [1, 0]), [2, 3])).toThrow('reverse: axes [1, 0] are not strictly increasing');
    expect(refusal((x, y) => concatenate([x, y], 0), [2, 3], [2, 4])).toThrow('concatenate: operand 1 of shape [2, 4] does not join [2, 3] along axis 0');
    expect(refusal((x, y) => concatenate([x, y], 0), [2], [2, 1])).toThrow('does not join');
    expect(() => program([{ shape: [1], dtype: 'f32' }, { shape: [1], dtype: 'i32' }], (x, y) => concatenate([x, y], 0))).toThrow('concatenate: dtypes differ: f32 vs i32 (use astype)');
    expect(() => program([], () => concatenate([], 0))).toThrow('concatenate: operand 0 is missing');
    expect(() => program([], () => iota([2], 'bool', 0))).toThrow('iota: counts in numbers');
    expect(() => program([], () => iota([2], 'i32', 1))).toThrow('iota: axis 1 is out of range for [2]');
  });
});

describe('stopGradient and optimizationBarrier', () => {
  const twoScalars = [{ shape: [], dtype: 'f32' }, { shape: [], dtype: 'f32' }] as const;
  test('are identities', () => {
    expect(run1(x => stopGradient(x), counted([3]))).toEqual(counted([3]));
    expect(run((x, y) => optimizationBarrier([x, y]), counted([3]), i32([], [5]))).toEqual([counted([3]), i32([], [5])]);
  });
  test('no tangent passes stopGradient', () => {
    expect(jvpJaxpr(program(twoScalars, x => stopGradient(x)), [true, true]).outActive).toEqual([false]);
  });
  test('tangents and cotangents pass a barrier of their own', () => {
    const j = program(twoScalars, (x, y) => optimizationBarrier([x, y]));
    expect(namesOf(jvpJaxpr(j, [true, false]).jaxpr)).toEqual(['optimizationBarrier', 'optimizationBarrier']);
    expect(jvpJaxpr(j, [true, false]).outActive).toEqual([true, false]);
    expect(namesOf(vjpJaxpr(j, [true, true]).jaxpr)).toEqual(['optimizationBarrier', 'optimizationBarrier']);
  });
});

test('nothing is recorded where nothing changes', () => {
  const unchanged: readonly Body[] = [
    x => reshape(x, [2, 3]), x => transpose(x, [0, 1]), x => slice(x, [0, 0], [2, 3]), x => reverse(x, []), x => concatenate([x], 0),
    x => pad(x, constant(5, [], 'f32'), [0, 0], [0, 0]), () => optimizationBarrier([]),
  ];
  for (const f of unchanged) expect(namesOf(program([{ shape: [2, 3], dtype: 'f32' }], f))).toEqual([]);
  expect(namesOf(program([{ shape: [2], dtype: 'i32' }], x => stopGradient(x)))).toEqual([]);
  // Views of splats are splats.
  expect(namesOf(program([], () => slice(transpose(reshape(constant(2, [6], 'f32'), [2, 3]), [1, 0]), [1, 0], [2, 2])))).toEqual([]);
});
