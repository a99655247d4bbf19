// Losses and regularisers: values worked out in NumPy from the papers' formulas (float64) and PyTorch's documented examples, gradients against
// finite differences, the ends where logarithms and roots have none, mistakes.
import { describe, expect, test } from 'vitest';
import { grad, nn, np, setBackend, tensor, type AnyTensor, type Scalar, type Tensor } from 'cotangent';
import { expectGradient } from './differences.ts';

await setBackend('reference');
const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const loose = (f: unknown) => f as (...args: readonly unknown[]) => unknown;
type Matrix = Tensor<[2, 3], 'f64'>;
const matrix = (rows: number[][]): Matrix => tensor(rows, 'f64') as unknown as Matrix;
const P = matrix([[0.3, -1.2, 2], [1.1, 0.4, -0.7]]);
const T = matrix([[0.5, -1, 0.1], [-2, 0.4, 0.9]]);
const signs = matrix([[1, -1, 1], [-1, 1, 1]]);
const far = matrix([[0, 1, 0.5], [1, 1, -1]]);
const soft = matrix([[0.2, 0.3, 0.5], [0, 1, 0]]);
const hard = matrix([[1, 0, 1], [0, 1, 1]]);
const variances = matrix([[0.5, 1, 2], [0.2, 0.3, 4]]);
const labels = tensor([2, 0], 'i32');
const weights = tensor([1, 2, 0.5], 'f64') as unknown as Tensor<[3], 'f64'>;
const none = { reduction: 'none' } as const;
const expectClose = (got: AnyTensor, want: readonly number[], tolerance = 1e-13): void => {
  const values = numbers(got);
  expect(values.length).toBe(want.length);
  values.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `element ${i}: ${v} against ${want[i]}`).toBeLessThan(tolerance * Math.max(1, Math.abs(want[i] ?? NaN))); });
};

const cases: readonly (readonly [string, (p: Matrix, reduction: 'none' | 'mean' | 'sum') => AnyTensor, readonly number[]])[] = [
  ['absoluteError', (p, reduction) => nn.absoluteError(p, T, { reduction }), [0.2, 0.2, 1.9, 3.1, 0, 1.6]],
  ['huber', (p, reduction) => nn.huber(p, T, { delta: 0.6, reduction }), [0.02, 0.02, 0.96, 1.68, 0, 0.78]],
  ['logCosh', (p, reduction) => nn.logCosh(p, T, { reduction }), [0.01986807184000736, 0.01986807184000736, 1.228977035894934, 2.408880193563893, 0, 0.9468061526024851]],
  ['cosineDistance', (p, reduction) => nn.cosineDistance(p, T, { reduction }), [1 - 0.5871970430820864, 1 + 0.8781659522750728]],
  ['klDivergence', (p, reduction) => nn.klDivergence(nn.logSoftmax(p), soft, { reduction }), [0.4720182308882172, 1.2079520141095887]],
  ['poissonNll', (p, reduction) => nn.poissonNll(p, np.abs(T), { reduction }), [1.1998588075760033, 1.501194211912202, 7.18905609893065, 0.8041660239464332, 1.3318246976412702, 1.1265853037914095]],
  ['negativeLogLikelihood', (p, reduction) => nn.negativeLogLikelihood(nn.logSoftmax(p), labels, { reduction }), [0.20167124495279065, 0.5079520141095888]],
  ['crossEntropy, smoothed', (p, reduction) => nn.crossEntropy(p, labels, { smoothing: 0.1, reduction }), [0.9 * 0.20167124495279065 + (1.901671244952791 + 3.401671244952791 + 0.20167124495279065) / 30, 0.9 * 0.5079520141095888 + (0.5079520141095888 + 1.2079520141095887 + 2.307952014109589) / 30]],
  ['crossEntropy of soft labels, weighted', (p, reduction) => nn.crossEntropy(p, soft, { weights, reduction }), [2.4717548072004307, 2.4159040282191775]],
  ['hinge', (p, reduction) => nn.hinge(p, signs, { reduction }), [0.7, 0, 0, 2.1, 0.6, 1.7]],
  ['multiMargin', (p, reduction) => nn.multiMargin(p, labels, { reduction }), [0, 0.1]],
  ['multiMargin, squared', (p, reduction) => nn.multiMargin(p, labels, { power: 2, margin: 2, reduction }), [0.3 ** 2 / 3, (1.3 ** 2 + 0.2 ** 2) / 3]],
  ['contrastive', (p, reduction) => nn.contrastive(p, T, tensor([1, 0], 'f64') as unknown as Tensor<[2], 'f64'>, { margin: 4, reduction }), [1.845, 0.13078916599007362]],
  ['tripletMargin', (p, reduction) => nn.tripletMargin(p, T, far, { reduction }), [0.2413850698350022, 3.810319710189955]],
  // By Optax 0.2.6.
  ['binaryFocal', (p, reduction) => nn.binaryFocal(p, hard, { reduction }), [0.10039327548859708, 0.014106878868773638, 0.0018035628352403748, 0.7809174947580414, 0.0826219242202346, 0.4925448796165086]],
  ['binaryFocal, weighted', (p, reduction) => nn.binaryFocal(p, hard, { alpha: 0.25, gamma: 1.5, reduction }), [0.03847383842645747, 0.02199074543189288, 0.0013059538663947692, 0.6761771472448124, 0.03260573968338532, 0.15063869871090482]],
  // In NumPy, equal to Keras 3.15's to the 7 digits that it computes.
  ['focal', (p, reduction) => nn.focal(p, labels, { reduction }), [0.006726957339968319, 0.08057219418666035]],
  ['focal of soft labels', (p, reduction) => nn.focal(p, soft, { reduction }), [1.2322285478873602, 0.5939130018591462]],
  ['focal, weighted', (p, reduction) => nn.focal(p, labels, { gamma: 0.5, weights, reduction }), [0.04309309206308179, 0.3205629401505838]],
  ['dice', (p, reduction) => nn.dice(nn.sigmoid(p), hard, { reduction }), [0.2105494024868123, 0.49439794265454506]],
  ['dice, smoothed', (p, reduction) => nn.dice(nn.sigmoid(p), hard, { smooth: 1, reduction }), [0.16562467591188856, 0.38877451955719744]],
  // Keras gives alpha to the false negatives; the paper, as here, to the false positives.
  ['tversky', (p, reduction) => nn.tversky(nn.sigmoid(p), hard, { alpha: 0.3, beta: 0.7, reduction }), [0.23650126393922932, 0.5113505630489457]],
  ['squaredHinge', (p, reduction) => nn.squaredHinge(p, signs, { reduction }), [0.49, 0, 0, 4.41, 0.36, 2.89]],
  ['squaredLogError', (p, reduction) => nn.squaredLogError(np.abs(p), np.abs(T), { reduction }), [0.020477851450672435, 0.009084030374332738, 1.0066151216505184, 0.12721701563369794, 0, 0.012371141905672789]],
  ['percentageError', (p, reduction) => nn.percentageError(p, T, { reduction }), [40, 20, 1900, 155, 0, 177.77777777777777]],
  // PyTorch's formulas in NumPy.
  ['marginRanking', (p, reduction) => nn.marginRanking(p, T, signs, { margin: 0.4, reduction }), [0.6, 0.2, 0, 3.5, 0.4, 2]],
  ['gaussianNll', (p, reduction) => nn.gaussianNll(p, T, variances, { reduction }), [-0.30657359027997266, 0.02, 1.2490735902799726, 23.22028104378295, -0.6019864021629681, 1.0131471805599452]],
  ['infoNce', (p, reduction) => nn.infoNce(p, T, { temperature: 0.5, reduction }), [0.17407009030529474, 5.50407844327057]],
];

describe('losses', () => {
  test.each(cases)('%s: values, mean and sum, gradient', (name, loss, want) => {
    expectClose(loss(P, 'none'), want);
    const sum = want.reduce((a, b) => a + b, 0);
    expectClose(loss(P, 'sum'), [sum]);
    expectClose(loss(P, 'mean'), [sum / want.length]);
    // Where prediction and target are equal the magnitude has a kink, so the point is moved.
    const moved = np.add(P, 0.013) as Matrix;
    expectGradient(name, (p: Matrix) => loss(p, 'sum') as Scalar<'f64'>, moved);
  });
  test('weighted cross-entropy of integer labels is divided by the weights of the labels, as in PyTorch', () => {
    expectClose(nn.crossEntropy(P, labels, { weights }), [0.40585842439065606]);
    expectClose(nn.crossEntropy(P, labels, { weights, smoothing: 0.1, ...none }), [0.3842803721399147, 0.5930845476780819]);
    expectClose(nn.crossEntropy(P, labels, { weights, smoothing: 0.1 }), [0.6515766132119978]);
    expect(numbers(nn.crossEntropy(P, tensor([3, -1], 'i32'), { smoothing: 0.1, ...none }))).toEqual([NaN, NaN]);
    expectClose(nn.crossEntropy(P, labels, { smoothing: 0, weights: np.ones([3], 'f64') }), numbers(nn.crossEntropy(P, labels)));
  });
  test('the example in PyTorch\'s documentation of MultiMarginLoss', () => {
    expectClose(nn.multiMargin(tensor([[0.1, 0.2, 0.4, 0.8]]), tensor([3], 'i32')), [0.325], 1e-7);
  });
  test('at the ends values and gradients are finite', () => {
    const zero = matrix([[0, 0, 0], [0, 0, 0]]);
    const losses: readonly ((p: Matrix) => Scalar<'f64'>)[] = [
      p => nn.cosineDistance(p, T), p => nn.contrastive(p, zero, tensor([1, 0], 'f64') as unknown as Tensor<[2], 'f64'>), p => nn.tripletMargin(p, zero, zero), p => nn.logCosh(p, zero), p => nn.huber(p, zero), p => nn.absoluteError(p, zero),
    ];
    for (const loss of losses) {
      expect(Number.isFinite(loss(zero).itemSync())).toBe(true);
      expect(numbers(grad(loss)(zero)).every(Number.isFinite)).toBe(true);
    }
    expect(numbers(grad((p: Matrix) => nn.absoluteError(p, P))(P))).toEqual([0, 0, 0, 0, 0, 0]);
    // A log-probability of -inf where nothing is wanted.
    const certain = matrix([[-Infinity, 0, -Infinity], [-Infinity, 0, -Infinity]]);
    expect(nn.klDivergence(certain, matrix([[0, 1, 0], [0, 1, 0]])).itemSync()).toBe(0);
    expect(numbers(nn.logCosh(matrix([[1e5, -1e5, 0], [0, 0, 0]]), zero, none)).slice(0, 2)).toEqual([1e5 - Math.LN2, 1e5 - Math.LN2]);
  });
  test('focal losses: gamma 0 is the cross-entropy, saturated logits have finite losses and gradients, a label outside gives NaN', () => {
    expectClose(nn.focal(P, labels, { gamma: 0, ...none }), numbers(nn.crossEntropy(P, labels, none)));
    expectClose(nn.binaryFocal(P, hard, { gamma: 0, ...none }), numbers(nn.binaryCrossEntropy(P, hard, none)));
    expect(numbers(nn.focal(P, tensor([3, -1], 'i32'), none))).toEqual([NaN, NaN]);
    const far = matrix([[1000, -1000, 0], [-1000, 1000, 1000]]);
    for (const gamma of [0, 0.5, 1, 2]) {
      for (const loss of [(p: Matrix) => nn.focal(p, labels, { gamma }), (p: Matrix) => nn.binaryFocal(p, hard, { gamma }), (p: Matrix) => nn.focal(p, matrix([[1, 0, 0], [0, 1, 0]]), { gamma })]) {
        expect(Number.isFinite(loss(far).itemSync()), `gamma ${gamma}`).toBe(true);
        expect(numbers(grad(loss)(far)).every(Number.isFinite), `gamma ${gamma}`).toBe(true);
      }
    }
  });
  test('a region that is not there and not found is no loss; a variance below eps has no gradient', () => {
    const none = matrix([[0, 0, 0], [0, 0, 0]]);
    expect([nn.dice(none, none).itemSync(), nn.tversky(none, none).itemSync()]).toEqual([0, 0]);
    expect(numbers(grad((v: Matrix) => nn.gaussianNll(P, T, v))(none))).toEqual([0, 0, 0, 0, 0, 0]);
  });
  test('cosineSimilarity', () => { expectClose(nn.cosineSimilarity(P, T), [0.5871970430820864, -0.8781659522750728]); });
  test('mistakes', () => {
    const wide = tensor([[1, 2]], 'f64');
    for (const [name, f] of Object.entries({ absoluteError: nn.absoluteError, huber: nn.huber, logCosh: nn.logCosh, cosineDistance: nn.cosineDistance, klDivergence: nn.klDivergence, poissonNll: nn.poissonNll, hinge: nn.hinge, infoNce: nn.infoNce, contrastive: nn.contrastive, tripletMargin: nn.tripletMargin, squaredHinge: nn.squaredHinge, marginRanking: nn.marginRanking, gaussianNll: nn.gaussianNll, squaredLogError: nn.squaredLogError, percentageError: nn.percentageError, binaryFocal: nn.binaryFocal, dice: nn.dice, tversky: nn.tversky })) {
      expect(() => loose(f)(P, wide, .../contrastive|tripletMargin|marginRanking|gaussianNll/u.test(name) ? [wide] : []), name).toThrow(`${name}: prediction [2, 3] and target [1, 2] differ in shape`);
    }
    for (const [name, f] of Object.entries({ negativeLogLikelihood: nn.negativeLogLikelihood, multiMargin: nn.multiMargin })) {
      expect(() => loose(f)(P, tensor([1, 2, 0], 'i32')), name).toThrow(`${name}: logits [2, 3] take labels [2], got [3]`);
      expect(() => loose(f)(P, P), name).toThrow(`${name}: f64 is no integer dtype`);
    }
    expect(() => loose(nn.focal)(P, tensor([1, 2, 0], 'i32'))).toThrow('focal: logits [2, 3] take labels [2], got [3]');
    expect(() => nn.focal(P, labels, { gamma: -1 })).toThrow('focal: gamma -1 is not a number of at least 0');
    expect(() => loose(nn.focal)(P, labels, { weights: tensor([1, 2], 'f64') })).toThrow('focal: logits [2, 3] take 3 weights, got f64[2]');
    expect(() => nn.binaryFocal(P, hard, { alpha: 2 })).toThrow('binaryFocal: alpha 2 is not in [0, 1]');
    expect(() => loose(nn.dice)(tensor([1, 0]), tensor([1, 0]))).toThrow('dice: the prediction [2] must be [examples, ...places]; one example is [1, ...places]');
    expect(() => nn.tversky(P, hard, { beta: -1 })).toThrow('tversky: beta -1 is not a number of at least 0');
    expect(() => nn.gaussianNll(P, T, variances, { eps: 0 })).toThrow('gaussianNll: eps 0 is not positive');
    expect(() => nn.huber(P, T, { delta: 0 })).toThrow('huber: delta 0 is not positive');
    expect(() => nn.crossEntropy(P, labels, { smoothing: 1.5 })).toThrow('crossEntropy: the smoothing 1.5 is not in [0, 1]');
    expect(() => loose(nn.crossEntropy)(P, labels, { weights: tensor([1, 2], 'f64') })).toThrow('crossEntropy: logits [2, 3] take 3 weights, got [2]');
    expect(() => loose(nn.crossEntropy)(P, labels, { weights: tensor([1, 2, 3]) })).toThrow('crossEntropy: dtypes differ: logits of f64 and weights of f32 (use astype)');
    expect(() => nn.infoNce(P, T, { temperature: 0 })).toThrow('infoNce: the temperature 0 is not positive');
    expect(() => loose(nn.multiMargin)(P, labels, { power: 3 })).toThrow('multiMargin: the power 3 is neither 1 nor 2');
  });
});

describe('regularisers', () => {
  const tree = [{ b: tensor([0.5], 'f64'), w: P }, null, { ids: labels }] as const;
  test('sum over all float leaves; their gradients', () => {
    const flat = [0.5, 0.3, 1.2, 2, 1.1, 0.4, 0.7];
    expectClose(nn.l1(tree), [flat.reduce((a, b) => a + b, 0)]);
    expectClose(nn.l2(tree), [flat.reduce((a, b) => a + b * b, 0)]);
    expectClose(nn.l1l2(tree, { l1: 0.3, l2: 2 }), [flat.reduce((a, b) => a + 0.3 * b + 2 * b * b, 0)]);
    const point = { w: T };
    expectClose(nn.l2Towards({ w: P }, point), [0.04 + 0.04 + 1.9 ** 2 + 3.1 ** 2 + 1.6 ** 2]);
    expectGradient('l1', (p: { readonly w: Matrix }) => nn.l1(p), { w: P });
    expectGradient('l2', (p: { readonly w: Matrix }) => nn.l2(p), { w: P });
    expectGradient('l2Towards', (p: { readonly w: Matrix }) => nn.l2Towards(p, point), { w: P });
    expect(nn.l2(null as { readonly w: Matrix } | null).itemSync()).toBe(0);
  });
  test('the orthogonal penalty is Keras\'s', () => {
    // By NumPy, from Keras's definition.
    const w = tensor([[1, 2, -1], [0.5, 0, 3], [2, 2, 2]], 'f64');
    expectClose(nn.orthogonalPenalty(w), [0.4904643818082645]);
    expectClose(nn.orthogonalPenalty(w, { mode: 'columns' }), [0.5465643318149963]);
    expect(nn.orthogonalPenalty(tensor([[0, 0], [1, 1]])).itemSync()).toBe(0);
    expect(grad(nn.orthogonalPenalty<'f32'>)(tensor([[0, 0], [0, 0]])).jsSync()).toEqual([[0, 0], [0, 0]]);
    expect(() => nn.orthogonalPenalty(tensor([[1, 2]]))).toThrow('orthogonalPenalty: f32[1,2] is no matrix of at least two rows');
  });
  test('mistakes', () => {
    expect(() => nn.l2([P, tensor([1])])).toThrow('l2: the tree holds f64 and f32; give one dtype at a time');
    expect(() => loose(nn.l2Towards)({ w: P }, { v: P })).toThrow('l2Towards: the trees differ');
  });
});
