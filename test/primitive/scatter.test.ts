// Scatters that set, multiply and bound, takeAlongAxis and flat indices: modes, repeated indices, derivatives of both orders.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { alongAxis, flatIndex, takeAlongAxis } from '../../src/primitive/alongAxis.ts';
import { mul } from '../../src/primitive/arithmetic.ts';
import { constant, reduceSum } from '../../src/primitive/broadcast.ts';
import { gather, type IndexMode } from '../../src/primitive/gather.ts';
import { scatterMax, scatterMin, scatterMul, scatterSet } from '../../src/primitive/scatter.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
import { array, avalOfArray, counted, f32, i32, namesOf, program, run1, values } from './hostPrograms.ts';

type Scatter = typeof scatterSet;
const run = (f: Scatter, x: readonly number[], i: readonly number[], u: readonly number[], mode: IndexMode = 'fill'): number[] =>
  values(run1((a, b, c) => f(a, b, c, { axis: 0, mode }), f32([x.length], x), i32([i.length], i), f32([u.length], u)));
/** Gradients of the sum of the result, weighted, with respect to operand and updates. */
function gradients(f: Scatter, x: NDArray, i: NDArray, u: NDArray, weights: NDArray, mode: IndexMode = 'fill'): number[][] {
  const j = program([avalOfArray(x), avalOfArray(i), avalOfArray(u), avalOfArray(weights)], (a, b, c, w) => reduceSum(mul(f(a, b, c, { axis: 0, mode }), w), [0]));
  return evaluateJaxpr(vjpJaxpr(j, [true, false, true, false]).jaxpr, [x, i, u, weights, f32([], [1])]).slice(1).map(values);
}

describe('values', () => {
  test('the last of several updates stays; the others meet', () => {
    expect(run(scatterSet, [1, 2, 3], [0, 2, 0], [10, 20, 30])).toEqual([30, 2, 20]);
    expect(run(scatterMul, [1, 2, 3], [0, 2, 0], [10, 20, 30])).toEqual([300, 2, 60]);
    expect(run(scatterMax, [15, 2, 3], [0, 2, 0], [10, 20, 30])).toEqual([30, 2, 20]);
    expect(run(scatterMin, [15, 2, 3], [0, 2, 0], [10, 20, 30])).toEqual([10, 2, 3]);
  });
  test('what is outside is dropped, or clipped', () => {
    for (const [mode, want] of [['fill', [1, 5, 2]], ['zero', [1, 5, 2]], ['clip', [7, 5, 9]]] as const) expect(run(scatterSet, [1, 5, 2], [-1, 3], [7, 9], mode)).toEqual(want);
    expect(run(scatterMax, [1, 5, 2], [-1, 3], [NaN, 9])).toEqual([1, 5, 2]);
  });
  test('rows, batch dims and any dtype', () => {
    expect(run1((x, i, u) => scatterSet(x, i, u, { axis: 0 }), counted([3, 2]), i32([1], [1]), f32([1, 2], [8, 9]))).toEqual(f32([3, 2], [0, 1, 8, 9, 4, 5]));
    expect(run1((x, i, u) => scatterSet(x, i, u, { axis: 1, batchDims: 1 }), counted([2, 3]), i32([2, 1], [2, 0]), f32([2, 1], [8, 9]))).toEqual(f32([2, 3], [0, 1, 8, 9, 4, 5]));
    expect(values(run1((x, i, u) => scatterSet(x, i, u, { axis: 0 }), array([3], 'bool', 0), i32([1], [1]), array([1], 'bool', 1)))).toEqual([0, 1, 0]);
    expect(values(run1((x, i, u) => scatterMul(x, i, u, { axis: 0 }), i32([1], [65537]), i32([2], [0, 0]), i32([2], [65537, 3])))).toEqual([Number(BigInt.asIntN(32, 65537n * 65537n * 3n))]);
    expect(values(run1((x, i, u) => scatterMul(x, i, u, { axis: 0 }), f32([1], [1]), i32([3], [0, 0, 0]), f32([3], [1e30, 1e30, 1e-30])))).toEqual([Math.fround(Math.fround(1e30) * Math.fround(1e30) * Math.fround(1e-30))]);
  });
  test('NaN is never lost to an extremum', () => {
    expect(run(scatterMax, [1, NaN], [0, 1], [NaN, 3])).toEqual([NaN, NaN]);
    expect(run(scatterMin, [1, NaN], [0, 1], [NaN, 3])).toEqual([NaN, NaN]);
  });
  test('refusals', () => {
    expect(() => run(scatterSet, [1], [0, 0], [1])).toThrow('scatterSet: the updates have shape [1], the indices need [2]');
    expect(() => run1((x, i, u) => scatterMul(x, i, u, { axis: 0 }), counted([2]), i32([1], [0]), counted([1], 'i32'))).toThrow('scatterMul: dtypes differ: f32 vs i32 (use astype)');
    expect(() => run1((x, i, u) => scatterMul(x, i, u, { axis: 0 }), array([1], 'bool', 1), i32([1], [0]), array([1], 'bool', 1))).toThrow('scatterMul: takes number dtypes, got bool[1]');
    expect(() => run1((x, i, u) => scatterMin(x, i, u, { axis: 0 }), counted([2]), counted([1]), counted([1]))).toThrow('scatterMin: indices are integers, got f32 (use astype)');
  });
  test('a batch that shares its indices does not repeat them', () => {
    const j = program([{ shape: [4], dtype: 'f32' }, { shape: [2], dtype: 'i32' }, { shape: [2], dtype: 'f32' }], (x, i, u) => scatterSet(x, i, u, { axis: 0 }));
    expect(namesOf(batchJaxpr(j, 3, [true, false, true]).jaxpr)).toEqual(['scatterSet']);
    expect(namesOf(batchJaxpr(j, 3, [true, true, true]).jaxpr)).toEqual(['scatterSet']);
  });
});

describe('derivatives', () => {
  const x = f32([3], [1, 5, 2]);
  const weights = f32([3], [1, 10, 100]);
  test('of set: what was overwritten has none, and of repeated updates only the last has one', () => {
    expect(gradients(scatterSet, x, i32([3], [0, 2, 0]), f32([3], [7, 8, 9]), weights)).toEqual([[0, 10, 0], [0, 100, 1]]);
    expect(gradients(scatterSet, x, i32([2], [-1, 3]), f32([2], [7, 8]), weights)).toEqual([[1, 10, 100], [0, 0]]);
    expect(gradients(scatterSet, x, i32([2], [-1, 0]), f32([2], [7, 8]), weights, 'clip')).toEqual([[0, 10, 100], [0, 1]]);
  });
  test('of mul: each update times all others at its index, zeros included', () => {
    expect(gradients(scatterMul, x, i32([4], [0, 2, 0, 0]), f32([4], [2, 3, 5, 7]), weights)).toEqual([[70, 10, 300], [35, 200, 14, 10]]);
    expect(gradients(scatterMul, x, i32([4], [0, 2, 0, 0]), f32([4], [2, 3, 0, 7]), weights)).toEqual([[0, 10, 300], [0, 200, 14, 0]]);
    expect(gradients(scatterMul, x, i32([3], [0, 0, 2]), f32([3], [0, 0, 0]), weights)).toEqual([[0, 10, 0], [0, 0, 200]]);
    // Outside: dropped. Clipped: the neighbour's updates are the others.
    expect(gradients(scatterMul, x, i32([3], [-1, -1, 0]), f32([3], [2, 3, 5]), weights)).toEqual([[5, 10, 100], [0, 0, 1]]);
    expect(gradients(scatterMul, x, i32([3], [-7, -1, 0]), f32([3], [2, 3, 5]), weights, 'clip')).toEqual([[30, 10, 100], [15, 10, 6]]);
    expect(gradients(scatterMul, x, array([2], 'u32', [4294967295, 2]), f32([2], [2, 3]), weights, 'clip')).toEqual([[1, 10, 600], [600, 400]]);
    expect(gradients(scatterMul, x, array([2], 'i8', [-128, 0]), f32([2], [2, 3]), weights, 'clip')).toEqual([[6, 10, 100], [3, 2]]);
  });
  test('of min and max: ties between the operand and the updates share equally', () => {
    expect(gradients(scatterMax, x, i32([4], [0, 1, 1, 2]), f32([4], [3, 5, 5, 0]), f32([3], [1, 30, 100]))).toEqual([[0, 10, 100], [1, 10, 10, 0]]);
    expect(gradients(scatterMin, x, i32([3], [1, 1, -1]), f32([3], [4, 4, 4]), weights)).toEqual([[1, 0, 100], [5, 5, 0]]);
    const { jaxpr } = jvpJaxpr(program([{ shape: [1], dtype: 'f32' }, { shape: [1], dtype: 'i32' }, { shape: [1], dtype: 'f32' }], (a, i, u) => scatterMax(a, i, u, { axis: 0 })), [true, false, false]);
    expect(values(evaluateJaxpr(jaxpr, [f32([1], [NaN]), i32([1], [0]), f32([1], [1]), f32([1], [1])])[1])).toEqual([NaN]);
  });
  test('second order of mul with two zeros at one index', () => {
    const j = program([{ shape: [3], dtype: 'f64' }], u => reduceSum(scatterMul(mul(u, u), i32Of(u), u, { axis: 0 }), [0]));
    const g = vjpJaxpr(j, [true]).jaxpr;
    const h = jvpJaxpr(g, [true, false], [true, true]).jaxpr;
    // f(u) = u0^2 u0 u1 u2 + u1^2 + u2^2 at u = (2, 0, 0): d2f/du1du2 = u0^3 = 8, d2f/du1^2 = 2.
    const out = evaluateJaxpr(h, [array([3], 'f64', [2, 0, 0]), array([], 'f64', [1]), array([3], 'f64', [0, 1, 0])]);
    expect(values(out[3])).toEqual([0, 2, 8]);
  });
});
/** Zeros of i32, made in the program. */
const i32Of = (u: AnyTensor): AnyTensor => constant(0, u.shape, 'i32');

describe('takeAlongAxis and flat indices', () => {
  test('each line by its own indices', () => {
    expect(run1((x, i) => takeAlongAxis(x, i, 1), counted([2, 3]), i32([2, 2], [2, 0, 1, 1]))).toEqual(f32([2, 2], [2, 0, 4, 4]));
    expect(run1((x, i) => takeAlongAxis(x, i, 0), counted([2, 3]), i32([1, 3], [1, 0, 1]))).toEqual(f32([1, 3], [3, 1, 5]));
    expect(values(run1((x, i) => takeAlongAxis(x, i, 0), counted([2]), i32([2], [1, 2])))).toEqual([1, NaN]);
    const put = run1((x, i, u) => alongAxis([x, i, u], 0, ([a = x, b = i, c = u], options) => scatterSet(a, b, c, options)), counted([2, 3]), i32([1, 3], [1, 0, 1]), f32([1, 3], [7, 8, 9]));
    expect(put).toEqual(f32([2, 3], [0, 8, 2, 7, 4, 9]));
    expect(() => run1((x, i) => takeAlongAxis(x, i, 1), counted([2, 3]), i32([3, 2], [2, 0, 1, 1, 0, 0]))).toThrow('takeAlongAxis: [2, 3] and [3, 2] differ on another axis than 1');
    expect(() => run1((x, i) => takeAlongAxis(x, i, 2), counted([2, 3]), i32([2, 3], [0, 0, 0, 0, 0, 0]))).toThrow('takeAlongAxis: axis 2 is out of range for [2, 3]');
  });
  test('several indices at once; outside one axis is outside', () => {
    const [rows, columns] = [i32([4], [1, 0, 2, 1]), i32([4], [2, 3, 0, -1])];
    expect(values(run1((i, j) => flatIndex([2, 3], [i, j]), rows, columns))).toEqual([5, -1, -1, -1]);
    expect(values(run1((i, j) => flatIndex([2, 3], [i, j], 'clip'), rows, columns))).toEqual([5, 2, 3, 3]);
    expect(values(run1((x, i, j) => gather(x, flatIndex([2, 3], [i, j]), { axis: 0 }), counted([6]), rows, columns))).toEqual([5, NaN, NaN, NaN]);
    expect(() => run1(i => flatIndex([2, 3], [i]), rows)).toThrow('flatIndex: 1 indices for the axes [2, 3]');
    expect(() => run1((i, j) => flatIndex([2, 3], [i, j]), rows, i32([1], [0]))).toThrow('flatIndex: indices [4] and [1] differ in shape');
    expect(() => run1((i, j) => flatIndex([65536, 65536], [i, j]), rows, columns)).toThrow('has more elements than i32 counts');
  });
});
