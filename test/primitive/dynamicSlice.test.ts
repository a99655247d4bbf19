// dynamicSlice and dynamicUpdateSlice: clamping, gradients, and batches whose examples have starts of their own.
import { describe, expect, test } from 'vitest';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { dynamicSlice, dynamicUpdateSlice } from '../../src/primitive/dynamicSlice.ts';
import { batchJaxpr } from '../../src/transform/batch.ts';
import { vjpJaxpr } from '../../src/transform/differentiate.ts';
import { counted, f32, i32, namesOf, program, run1, values } from './hostPrograms.ts';

const start = (n: number) => i32([], [n]);
const scalar = { shape: [], dtype: 'i32' } as const;

test('the block is moved to lie inside', () => {
  for (const [from, want] of [[-5, [0, 1]], [0, [0, 1]], [1, [1, 2]], [2, [2, 3]], [3, [2, 3]], [100, [2, 3]]] as const) {
    expect(values(run1((x, s) => dynamicSlice(x, [s], [2]), counted([4]), start(from)))).toEqual(want);
  }
  expect(run1((x, s, t) => dynamicSlice(x, [s, t], [1, 2]), counted([2, 3]), start(1), start(5))).toEqual(f32([1, 2], [4, 5]));
  expect(run1((x, u, s, t) => dynamicUpdateSlice(x, u, [s, t]), counted([2, 3]), f32([1, 2], [8, 9]), start(-1), start(1))).toEqual(f32([2, 3], [0, 8, 9, 3, 4, 5]));
  expect(run1((x, s) => dynamicSlice(x, [s], [0]), counted([4]), start(9)).shape).toEqual([0]);
});

test('the gradients are each other', () => {
  const j = program([{ shape: [4], dtype: 'f32' }, scalar], (x, s) => dynamicSlice(x, [s], [2]));
  expect(namesOf(vjpJaxpr(j, [true, false]).jaxpr)).toEqual(['dynamicSlice', 'dynamicUpdateSlice']);
  expect(values(evaluateJaxpr(vjpJaxpr(j, [true, false]).jaxpr, [counted([4]), start(7), f32([2], [5, 6])])[1])).toEqual([0, 0, 5, 6]);
  const k = program([{ shape: [4], dtype: 'f32' }, { shape: [2], dtype: 'f32' }, scalar], (x, u, s) => dynamicUpdateSlice(x, u, [s]));
  const back = evaluateJaxpr(vjpJaxpr(k, [true, true, false]).jaxpr, [counted([4]), f32([2], [8, 9]), start(1), f32([4], [1, 2, 3, 4])]);
  expect(back.slice(1).map(values)).toEqual([[1, 0, 0, 4], [2, 3]]);
});

describe('batches', () => {
  const j = program([{ shape: [4, 3], dtype: 'f32' }, scalar, scalar], (x, s, t) => dynamicSlice(x, [s, t], [2, 2]));
  test('that share their starts stay one slice', () => {
    expect(namesOf(batchJaxpr(j, 5, [true, false, false]).jaxpr)).toEqual(['dynamicSlice']);
  });
  test('with starts of their own gather, without repeating a shared operand', () => {
    const { jaxpr } = batchJaxpr(j, 2, [false, true, false]);
    expect(namesOf(jaxpr).filter(n => n === 'gather')).toHaveLength(1);
    expect(jaxpr.eqns.every(e => e.primitive.name !== 'broadcastInDim' || e.outputs[0]?.aval.dtype === 'i32')).toBe(true);
    expect(values(evaluateJaxpr(jaxpr, [counted([4, 3]), i32([2], [9, -1]), start(1)])[0])).toEqual([7, 8, 10, 11, 1, 2, 4, 5]);
  });
  test('a whole axis is no axis to look along', () => {
    const whole = program([{ shape: [4, 3], dtype: 'f32' }, scalar, scalar], (x, s, t) => dynamicSlice(x, [s, t], [4, 2]));
    expect(namesOf(batchJaxpr(whole, 2, [true, true, false]).jaxpr)).toEqual(['dynamicSlice']);
  });
  test('of updates with starts of their own', () => {
    const k = program([{ shape: [4], dtype: 'f32' }, { shape: [2], dtype: 'f32' }, scalar], (x, u, s) => dynamicUpdateSlice(x, u, [s]));
    const { jaxpr } = batchJaxpr(k, 3, [false, false, true]);
    expect(values(evaluateJaxpr(jaxpr, [counted([4]), f32([2], [8, 9]), i32([3], [0, 1, 9])])[0])).toEqual([8, 9, 2, 3, 0, 8, 9, 3, 0, 1, 8, 9]);
    expect(namesOf(batchJaxpr(k, 3, [true, true, false]).jaxpr)).toEqual(['dynamicUpdateSlice']);
    // Beside the block along one axis is outside, whatever the other axis says.
    const block = program([{ shape: [3, 3], dtype: 'f32' }, { shape: [2, 1], dtype: 'f32' }, scalar, scalar], (x, u, s, t) => dynamicUpdateSlice(x, u, [s, t]));
    const out = evaluateJaxpr(batchJaxpr(block, 2, [false, false, true, true]).jaxpr, [counted([3, 3]), f32([2, 1], [10, 20]), i32([2], [0, 1]), i32([2], [2, 0])])[0];
    expect(values(out)).toEqual([0, 1, 10, 3, 4, 20, 6, 7, 8, 0, 1, 2, 10, 4, 5, 20, 7, 8]);
  });
});

test('refusals', () => {
  expect(() => run1((x, s) => dynamicSlice(x, [s], [5]), counted([4]), start(0))).toThrow('dynamicSlice: a block of [5] does not fit into [4] along axis 0');
  expect(() => run1((x, s) => dynamicSlice(x, [s], [1, 1]), counted([2, 2]), start(0))).toThrow('dynamicSlice: [2, 2] needs 2 starts, got 1');
  expect(() => run1((x, s) => dynamicSlice(x, [s], [1]), counted([2]), i32([1], [0]))).toThrow('dynamicSlice: a start is a scalar of i32, got i32[1] (use astype)');
  expect(() => run1((x, s) => dynamicSlice(x, [s], [1]), counted([2]), f32([], [0]))).toThrow('dynamicSlice: a start is a scalar of i32, got f32[] (use astype)');
  expect(() => run1((x, u, s) => dynamicUpdateSlice(x, u, [s]), counted([2]), counted([1], 'i32'), start(0))).toThrow('dynamicUpdateSlice: dtypes differ: f32 vs i32 (use astype)');
  expect(() => run1((x, u, s) => dynamicUpdateSlice(x, u, [s, s]), counted([2, 2]), counted([2]), start(0))).toThrow('dynamicUpdateSlice: a block of [2] in [2, 2]: ranks differ');
});
