// Metrics: counted in plain numbers, on drawn predictions; ties, empty classes, ids outside.
import { describe, expect, test } from 'vitest';
import { nn, random, setBackend, tensor, zeros, type AnyTensor } from 'cotangent';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const loose = (f: unknown) => f as (...args: readonly unknown[]) => unknown;
const [rows, classes] = [200, 5];
const scores = random.normal(random.key(1), [200, 5]);
const labels = random.randint(random.key(2), [200], 0, 5);
const table = scores.jsSync();
const y = numbers(labels);
const best = table.map(row => row.indexOf(Math.max(...row)));

describe('metrics', () => {
  test('topKAccuracy', () => {
    for (let k = 1; k <= classes; k++) {
      const want = table.filter((row, i) => row.filter((v, j) => v > (row[y[i] ?? 0] ?? 0) || (v === row[y[i] ?? 0] && j < (y[i] ?? 0))).length < k).length / rows;
      expect(nn.topKAccuracy(scores, labels, k).itemSync()).toBeCloseTo(want, 6);
    }
    expect(nn.topKAccuracy(scores, labels, 1).itemSync()).toBe(nn.accuracy(scores, labels).itemSync());
    // Of equal scores the first is the greater; a label that is no class is never right.
    expect([0, 1, 2, 3].map(l => nn.topKAccuracy(zeros([1, 3]), tensor([l], 'i32'), 2).itemSync())).toEqual([1, 1, 0, 0]);
    expect(() => nn.topKAccuracy(scores, labels, 6)).toThrow('topKAccuracy: k is 6, there are 5 classes');
  });
  test('confusionMatrix, precision, recall and F1', () => {
    const matrix = nn.confusionMatrix(tensor(best, 'i32'), labels, 5);
    const want = Array.from({ length: 25 }, (_, at) => y.filter((l, i) => l === Math.floor(at / 5) && best[i] === at % 5).length);
    expect(numbers(matrix)).toEqual(want);
    const { precision, recall, f1 } = nn.precisionRecallF1(matrix);
    for (let c = 0; c < 5; c++) {
      const hit = want[6 * c] ?? NaN;
      const [p, r] = [hit / best.filter(v => v === c).length, hit / y.filter(v => v === c).length];
      expect([numbers(precision)[c], numbers(recall)[c], numbers(f1)[c]].map(v => Number(v?.toFixed(5)))).toEqual([p, r, 2 * p * r / (p + r)].map(v => Number(v.toFixed(5))));
    }
    expect(numbers(nn.confusionMatrix(tensor([0, 7, -1, 1], 'i32'), tensor([0, 0, 1, 9], 'i32'), 2))).toEqual([1, 0, 0, 0]);
    const empty = nn.precisionRecallF1(tensor([[2, 0], [0, 0]], 'i32'));
    expect([numbers(empty.precision), numbers(empty.recall), numbers(empty.f1)]).toEqual([[1, 0], [1, 0], [1, 0]]);
    expect(() => loose(nn.precisionRecallF1)(zeros([2, 3], 'i32'))).toThrow('precisionRecallF1: [2, 3] is no square matrix');
    expect(() => loose(nn.confusionMatrix)(tensor([0], 'i32'), tensor([0, 1], 'i32'), 2)).toThrow('confusionMatrix: predictions [1] and labels [2] differ in shape');
  });
  test('perplexity is exp of the mean cross-entropy', () => {
    expect(nn.perplexity(scores, labels).itemSync()).toBeCloseTo(Math.exp(nn.crossEntropy(scores, labels).itemSync()), 4);
  });
  test('calibrationError', () => {
    const probabilities = nn.softmax(scores);
    const p = probabilities.jsSync();
    for (const bins of [1, 7, 15]) {
      let want = 0;
      for (let b = 0; b < bins; b++) {
        const inside = p.map((row, i) => ({ top: Math.max(...row), right: row.indexOf(Math.max(...row)) === y[i] })).filter(({ top }) => top > b / bins && top <= (b + 1) / bins);
        want += Math.abs(inside.reduce((s, { top, right }) => s + (right ? 1 : 0) - top, 0)) / rows;
      }
      expect(nn.calibrationError(probabilities, labels, { bins }).itemSync()).toBeCloseTo(want, 5);
    }
    expect(nn.calibrationError(tensor([[1, 0], [1, 0]]), tensor([0, 0], 'i32')).itemSync()).toBe(0);
  });
});
