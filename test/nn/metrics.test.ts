// Metrics: counted in plain numbers, on drawn predictions; ties, empty classes, ids outside.
import { describe, expect, test } from 'vitest';
import { nn, np, random, setBackend, tensor, zeros, type AnyTensor } from 'cotangent';

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
  test('fBeta and intersectionOverUnion are scikit-learn 1.9\'s', () => {
    const truth = tensor([1, 1, 0, 0, 0, 3, 0, 3, 2, 0, 1, 2, 3, 0, 0, 0, 3, 2, 2, 3, 3, 1, 0, 1, 0, 1, 2, 3, 1, 0, 1, 3, 0, 1, 1, 0, 0, 2, 1, 3], 'i32');
    const found = tensor([1, 2, 1, 2, 2, 2, 1, 2, 3, 2, 2, 0, 3, 2, 3, 1, 1, 1, 3, 0, 0, 1, 2, 1, 3, 0, 2, 3, 2, 1, 0, 0, 2, 0, 1, 3, 0, 1, 2, 0], 'i32');
    const confusion = nn.confusionMatrix(found, truth, 4);
    const close = (x: AnyTensor, want: readonly number[]): void => { numbers(x).forEach((v, i) => { expect(v).toBeCloseTo(want[i] ?? NaN, 6); }); };
    close(nn.fBeta(confusion, 2), [0.07692307692307693, 0.36363636363636365, 0.13513513513513514, 0.23255813953488372]);
    close(nn.fBeta(confusion, 0.5), [0.1, 0.36363636363636365, 0.08620689655172414, 0.2702702702702703]);
    close(nn.fBeta(confusion, 1), numbers(nn.precisionRecallF1(confusion).f1));
    close(nn.intersectionOverUnion(confusion), [0.045454545454545456, 0.2222222222222222, 0.05555555555555555, 0.14285714285714285]);
    expect(numbers(nn.intersectionOverUnion(tensor([[2, 0], [0, 0]], 'i32')))).toEqual([1, 0]);
    expect(() => nn.fBeta(confusion, 0)).toThrow('fBeta: beta 0 is not a positive number');
    expect(() => loose(nn.intersectionOverUnion)(zeros([2, 3], 'i32'))).toThrow('intersectionOverUnion: [2, 3] is no square matrix');
  });
  test('rocAuc and averagePrecision are scikit-learn 1.9\'s, ties included, and what pairs and thresholds say', () => {
    const s = [1.8, 0.4, 0.1, -1.9, -0.3, -0.4, -0.1, -0.6, 0, -0.5, -1.3, 0.9, 0.9, 1.7, 0.1, -0.4, -0.5, -1.5, 1, -1.1, -1.2, -0.2, 1.5, 0.2, -1, -0.7, 0.6, -0.2, -0.8, -0.2, 0.7, 2, -1.2, -0.6, -0.8, -2.4, -0.9, -1, 1.1, -0.1, -1.6, 0.6, -0.4, -1.7, -0.6, -0.6, -0.9, 0, -2.2, -0.3, 1, 0.9, 1.1, 1.1, 1.5, -1.1, 0.8, -1.9, -0.6, -1.9];
    const l = [1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0];
    expect(nn.rocAuc(tensor(s), tensor(l, 'i32')).itemSync()).toBeCloseTo(0.5561660561660562, 6);
    expect(nn.averagePrecision(tensor(s), tensor(l, 'i32')).itemSync()).toBeCloseTo(0.43924763514824333, 6);
    for (const seed of [1, 2, 3, 4]) {
      const x = random.randint(random.key(seed), [40], 0, 2 + 5 * seed);
      const b = random.randint(random.key(10 + seed), [40], 0, 2);
      const [xs, bs] = [numbers(x), numbers(b)];
      const positive = xs.filter((_, i) => bs[i] === 1);
      const negative = xs.filter((_, i) => bs[i] === 0);
      const wins = positive.flatMap(p => negative.map((n): number => p > n ? 1 : p === n ? 0.5 : 0)).reduce((a, c) => a + c, 0);
      const scores = np.astype(x, 'f32');
      expect(nn.rocAuc(scores, b).itemSync()).toBeCloseTo(wins / positive.length / negative.length, 6);
      const precision = positive.map(p => positive.filter(q => q >= p).length / xs.filter(q => q >= p).length);
      expect(nn.averagePrecision(scores, b).itemSync()).toBeCloseTo(precision.reduce((a, c) => a + c, 0) / positive.length, 6);
      // Only the order matters, and the shape does not.
      expect(nn.rocAuc(np.reshape(np.exp(scores), [8, 5]), np.reshape(b, [8, 5])).itemSync()).toBe(nn.rocAuc(scores, b).itemSync());
    }
    const auc = (x: number[], y: number[]): number[] => [nn.rocAuc(tensor(x), tensor(y, 'i32')).itemSync(), nn.averagePrecision(tensor(x), tensor(y, 'i32')).itemSync()];
    expect(auc([1, 2], [0, 0])).toEqual([NaN, NaN]);
    expect(auc([1, 2], [1, 1])).toEqual([NaN, 1]);
    expect(auc([1, NaN], [0, 1])).toEqual([NaN, NaN]);
    expect(auc([1, 2], [0, 2])).toEqual([NaN, NaN]);
    expect(auc([-Infinity, Infinity, 0], [0, 1, 0])).toEqual([1, 1]);
    expect(auc([3], [1])).toEqual([NaN, 1]);
    expect(() => loose(nn.rocAuc)(tensor([1, 2]), tensor([1], 'i32'))).toThrow('rocAuc: scores [2] and labels [1] differ in shape');
    expect(() => loose(nn.averagePrecision)(tensor([1, 2]), tensor([1, 0]))).toThrow('averagePrecision: f32 is no integer dtype');
    expect(() => nn.rocAuc(zeros([0]), zeros([0], 'i32'))).toThrow('rocAuc: there are no examples in [0]');
  });
  test('binaryAccuracy and rSquared', () => {
    expect(nn.binaryAccuracy(tensor([0.2, -1, 3, 0]), tensor([1, 1, 1, 0])).itemSync()).toBe(0.75);
    expect(nn.binaryAccuracy(tensor([0.2, 0.4, 0.9, 0.5]), tensor([0, 1, 1, 0]), 0.5).itemSync()).toBe(0.75);
    // By scikit-learn 1.9.
    expect(nn.rSquared(tensor([0.3, -1.2, 2, 1.1, 0.4, -0.7], 'f64'), tensor([0.5, -1, 0.1, -2, 0.4, 0.9], 'f64')).itemSync()).toBeCloseTo(-1.6309095935858449, 12);
    expect(() => loose(nn.rSquared)(tensor([1, 2]), tensor([[1, 2]]))).toThrow('rSquared: prediction [2] and target [1, 2] differ in shape');
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
