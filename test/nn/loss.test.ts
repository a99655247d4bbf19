// Losses against their definitions in plain numbers, with their gradients; reductions; what is refused.
import { describe, expect, test } from 'vitest';
import type { Scalar, Tensor } from '../../src/ir/tensor.ts';
import * as nn from '../../src/nn/index.ts';
import { grad } from '../../src/transform/grad.ts';
import { make, numbers } from './tensors.ts';

const expectClose = (got: readonly number[], want: readonly number[], tolerance = 1e-12): void => {
  expect(got.length).toBe(want.length);
  got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `${v} vs ${want[i]}`).toBeLessThanOrEqual(tolerance); });
};
const logits = make([3, 4], [1, -2, 0.5, 3, 0, 0, 0, 0, -1, 5, 2, 2], 'f64');
const labels = make([3], [3, 0, 2], 'i32');
const soft = make([3, 4], [0, 0, 0, 1, 0.25, 0.25, 0.25, 0.25, 0.5, 0, 0.5, 0], 'f64');
const logSoftmax = (row: readonly number[]): number[] => { const s = Math.log(row.reduce((a, v) => a + Math.exp(v), 0)); return row.map(v => v - s); };
const logProbabilities = logits.jsSync().map(logSoftmax);
const each = [3, 0, 2].map((label, i) => -(logProbabilities[i]?.[label] ?? NaN));
const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

describe('crossEntropy', () => {
  test('of integer labels', () => {
    expectClose(numbers(nn.crossEntropy(logits, labels, { reduction: 'none' })), each);
    expectClose(numbers(nn.crossEntropy(logits, labels)), [mean(each)]);
    expectClose(numbers(nn.crossEntropy(logits, labels, { reduction: 'sum' })), [3 * mean(each)]);
  });
  test('of soft labels', () => {
    const want = soft.jsSync().map((row, i) => -row.reduce((s, t, j) => s + t * (logProbabilities[i]?.[j] ?? NaN), 0));
    expectClose(numbers(nn.crossEntropy(logits, soft, { reduction: 'none' })), want);
    expectClose(numbers(nn.crossEntropy(logits, soft)), [mean(want)]);
  });
  test('its gradient is softmax less the label', () => {
    const hot = [3, 0, 2].flatMap(label => [0, 1, 2, 3].map(j => j === label ? 1 : 0));
    const p = logProbabilities.flat().map(Math.exp);
    const integer = grad((x: Tensor<[3, 4], 'f64'>): Scalar<'f64'> => nn.crossEntropy(x, labels))(logits);
    expectClose(numbers(integer), p.map((v, i) => (v - (hot[i] ?? NaN)) / 3));
    const softly = grad((x: Tensor<[3, 4], 'f64'>): Scalar<'f64'> => nn.crossEntropy(x, soft))(logits);
    expectClose(numbers(softly), p.map((v, i) => (v - (numbers(soft)[i] ?? NaN)) / 3));
  });
  test('is finite for logits of any size, and zero where it is sure and right', () => {
    const far = make([2, 2], [1e4, -1e4, 0, 1e30]);
    expect(numbers(nn.crossEntropy(far, make([2], [0, 1], 'i32'), { reduction: 'none' }))).toEqual([0, 0]);
    expect(numbers(nn.crossEntropy(far, make([2], [1, 0], 'i32'), { reduction: 'none' }))).toEqual([2e4, Math.fround(1e30)]);
    const g = grad((x: Tensor<[2, 2]>): Scalar => nn.crossEntropy(x, make([2], [1, 0], 'i32')))(far);
    expect(numbers(g)).toEqual([0.5, -0.5, -0.5, 0.5]);
  });
  test('a class that is ruled out costs nothing where its label is zero', () => {
    const out = make([3], [0, 0, -Infinity]);
    expectClose(numbers(nn.crossEntropy(out, make([3], [0.5, 0.5, 0]))), [Math.log(2)], 1e-7);
    expectClose(numbers(nn.crossEntropy(out, make([], 1, 'i32'))), [Math.log(2)], 1e-7);
  });
  test('a label outside the classes gives NaN', () => {
    expect(numbers(nn.crossEntropy(logits, make([3], [4, 0, -1], 'i32'), { reduction: 'none' })).map(Number.isNaN)).toEqual([true, false, true]);
    expect(numbers(nn.crossEntropy(logits, make([3], [4, 0, 1], 'u8'))).map(Number.isNaN)).toEqual([true]);
  });
});

describe('squaredError', () => {
  const a = make([2, 2], [1, 2, 3, 4]);
  const b = make([2, 2], [1, 0, 0, 0]);
  test('and its reductions', () => {
    expect(nn.squaredError(a, b, { reduction: 'none' }).jsSync()).toEqual([[0, 4], [9, 16]]);
    expect(nn.squaredError(a, b).itemSync()).toBe(7.25);
    expect(nn.squaredError(a, b, { reduction: 'sum' }).itemSync()).toBe(29);
  });
  test('its gradient', () => {
    expect(numbers(grad((x: Tensor<[2, 2]>): Scalar => nn.squaredError(x, b))(a))).toEqual([0, 1, 1.5, 2]);
  });
});

describe('binaryCrossEntropy', () => {
  const x = [-3, -0.5, 0, 2];
  const t = [0, 1, 0.25, 1];
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
  test('is what its definition says, with the gradient sigmoid - target', () => {
    const want = x.map((v, i) => -(t[i] ?? NaN) * Math.log(sigmoid(v)) - (1 - (t[i] ?? NaN)) * Math.log(1 - sigmoid(v)));
    expectClose(numbers(nn.binaryCrossEntropy(make([4], x, 'f64'), make([4], t, 'f64'), { reduction: 'none' })), want);
    const g = grad((v: Tensor<[4], 'f64'>): Scalar<'f64'> => nn.binaryCrossEntropy(v, make([4], t, 'f64'), { reduction: 'sum' }))(make([4], x, 'f64'));
    expectClose(numbers(g), x.map((v, i) => sigmoid(v) - (t[i] ?? NaN)));
  });
  test('keeps small losses, and large ones finite', () => {
    const losses = numbers(nn.binaryCrossEntropy(make([3], [50, 1000, -1000]), make([3], [1, 0, 1]), { reduction: 'none' }));
    expect(losses.slice(1)).toEqual([1000, 1000]);
    expect(Math.abs((losses[0] ?? NaN) / Math.exp(-50) - 1)).toBeLessThan(1e-6);
  });
});

describe('accuracy', () => {
  test('counts the rows that are right', () => {
    expect(nn.accuracy(logits, labels).itemSync()).toBeCloseTo(2 / 3, 7);
    expect(nn.accuracy(logits, make([3], [3, 0, 1], 'u8')).itemSync()).toBe(1);
    expect(nn.accuracy(make([2], [0, 1]), make([], 0, 'i32')).itemSync()).toBe(0);
  });
});

describe('mistakes', () => {
  const loose = (f: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown => f(...(args as never[]));
  test.each([
    [() => loose(nn.squaredError, make([2, 1], 0), make([2], 0)), 'squaredError: prediction [2, 1] and target [2] differ in shape'],
    [() => loose(nn.squaredError, make([2], 0), make([2], 0, 'f64')), 'squaredError: dtypes differ: f32 vs f64 (use astype)'],
    [() => loose(nn.squaredError, make([2], 0, 'i32'), make([2], 0, 'i32')), 'squaredError: i32 is no float dtype (use astype)'],
    [() => loose(nn.squaredError, make([2], 0), 3), 'squaredError: 3 is not a tensor; wrap it: tensor(...)'],
    [() => loose(nn.squaredError, make([2], 0), make([2], 0), { reduction: 'average' }), 'squaredError: reduction is "average"; write one of "mean", "sum", "none"'],
    [() => loose(nn.crossEntropy, make([3, 4], 0), make([2], 0, 'i32')), 'crossEntropy: logits [3, 4] take labels [3], got [2]'],
    [() => loose(nn.crossEntropy, make([3, 4], 0), make([3], 0)), 'crossEntropy: logits [3, 4] and soft labels [3] differ in shape'],
    [() => loose(nn.crossEntropy, make([], 0), make([], 0, 'i32')), 'crossEntropy: the logits are a scalar; they need a last axis of classes'],
    [() => loose(nn.binaryCrossEntropy, make([2], 0), make([3], 0)), 'binaryCrossEntropy: prediction [2] and target [3] differ in shape'],
    [() => loose(nn.accuracy, make([3, 4], 0), make([3], 0)), 'accuracy: f32 is no integer dtype (use astype)'],
    [() => loose(nn.accuracy, make([3, 4], 0), make([3, 1], 0, 'i32')), 'accuracy: logits [3, 4] take labels [3], got [3, 1]'],
  ])('%#', (wrong, words) => { expect(wrong).toThrow(words); });
});
