// Every layer, loss, metric, activation and initialiser of `nn` has a test of its values against something else than itself: published
// numbers, the paper's formula, or plain loops. A table says where; a new name without an entry fails, and so does a stale entry. What no
// other file states is stated at the end.
import { readFileSync } from 'node:fs';
import { expect, describe, it } from 'vitest';
import { nn, np, random, tensor, type AnyTensor, type Tensor } from '../../src/index.ts';

type Where = readonly [file: string, test: string];
const all = (names: string, file: string, test: string | null = null): { readonly [name: string]: Where } =>
  Object.fromEntries(names.split(' ').map(name => [name, [file, test ?? name] as const]));

const values: { readonly [name: string]: Where } = {
  ...all('relu leakyRelu gelu tanh sigmoid silu softplus', 'activation'),
  ...all('softmax logSoftmax', 'activation', 'along the last axis, or another'),
  ...all('elu celu selu mish hardtanh relu6 hardSigmoid hardSilu softsign squareplus softShrink hardShrink', 'moreActivations'),
  ...all('glu', 'moreActivations', 'glu: JAX\\\'s values, and its gradient'), ...all('prelu', 'moreActivations', 'prelu learns a slope for each feature'),
  ...all('absoluteError huber logCosh cosineDistance klDivergence poissonNll negativeLogLikelihood hinge multiMargin contrastive tripletMargin infoNce', 'moreLosses'),
  ...all('binaryFocal focal dice tversky squaredHinge marginRanking gaussianNll squaredLogError percentageError', 'moreLosses'),
  ...all('rocAuc averagePrecision', 'metrics', 'rocAuc and averagePrecision are scikit-learn 1.9\\\'s, ties included, and what pairs and thresholds say'), ...all('binaryAccuracy rSquared', 'metrics', 'binaryAccuracy and rSquared'),
  ...all('fBeta intersectionOverUnion', 'metrics', 'fBeta and intersectionOverUnion are scikit-learn 1.9\\\'s'),
  ...all('cosineSimilarity', 'moreLosses'), ...all('l1 l2 l1l2 l2Towards', 'moreLosses', 'sum over all float leaves; their gradients'), ...all('orthogonalPenalty', 'moreLosses', 'the orthogonal penalty is Keras\\\'s'),
  ...all('crossEntropy', 'loss', 'of integer labels'), ...all('squaredError', 'loss', 'and its reductions'), ...all('binaryCrossEntropy', 'loss', 'is what its definition says, with the gradient sigmoid - target'),
  ...all('accuracy', 'loss', 'counts the rows that are right'), ...all('topKAccuracy', 'metrics'), ...all('calibrationError', 'metrics'), ...all('perplexity', 'metrics', 'perplexity is exp of the mean cross-entropy'),
  ...all('confusionMatrix precisionRecallF1', 'metrics', 'confusionMatrix, precision, recall and F1'),
  ...all('dense seq', 'layers', 'computes what plain numbers say'), ...all('denseFrom', 'layers', 'without a bias: x w, and parameters that are w alone'),
  ...all('residual', 'layers', 'residual adds its input'), ...all('embedding', 'layers', 'embedding looks rows up; an id outside gives NaN and no gradient'), ...all('from', 'layers', 'a network of one\\\'s own, and from with untyped functions'),
  ...all('conv', 'conv', 'stride and padding'), ...all('depthwiseConv', 'conv', 'depthwise'), ...all('convTranspose', 'conv', 'transposed: the adjoint of a strided convolution with the kernel turned and its features exchanged'),
  ...all('maxPool avgPool', 'conv', 'windows overlap, padding takes no part'), ...all('globalAvgPool globalMaxPool', 'conv', 'over all of space'), ...all('adaptiveAvgPool adaptiveMaxPool', 'conv', 'adaptive over two and three axes: every window in plain loops'),
  ...all('rmsNorm rmsNormOf', 'norm', 'divides each row by its root mean square'), ...all('batchNormTrain', 'norm', 'training normalises by the statistics of the batch and moves the running ones'),
  ...all('batchNorm batchNormWith batchNormEval', 'norm', 'inference normalises by given statistics; training\\\'s parameters are its own'),
  ...all('groupNorm instanceNorm', 'sequenceModels', 'of %i groups normalises each example and group'),
  ...all('attention', 'attention', 'every query sees every key'), ...all('multiHeadAttention', 'attention', 'projects, attends in each head, mixes'),
  ...all('crossAttention', 'sequenceModels', 'crossAttention of a sequence to itself is self-attention'), ...all('multiHeadAttentionStep attentionCache', 'sequenceModels', 'steps with a cache give what causal attention gives, in pieces of any length (rotary: %s)'),
  ...all('transformerBlock', 'sequenceModels', 'is its formula'), ...all('transformerBlockStep', 'sequenceModels', 'steps give what the whole gives'),
  ...all('sinusoidal sinusoidalTable', 'sequenceModels', 'the sinusoidal table is that of the paper'), ...all('rotary', 'sequenceModels', 'rotations turn pairs by their positions; products depend on distances alone'),
  ...all('learnedPositions', 'sequenceModels', 'learnt positions add their rows'), ...all('bidirectional lastStep', 'sequenceModels', 'bidirectional joins both directions'),
  ...all('highway', 'sequenceModels', 'highway mixes by its gate, which starts nearly closed'), ...all('lambda', 'sequenceModels', 'reshape, permute, lambda'), ...all('tied', 'sequenceModels', 'tied embeddings share their table'),
  ...all('rnn gru lstm', 'recurrent'), ...all('rnnCell gruCell lstmCell', 'recurrent', 'take one step each'), ...all('repeat', 'repeat', 'in value, jitted, batched and plain'),
  ...all('drop dropout', 'state', 'dropout keeps the mean and drops its share; evaluation does nothing'), ...all('dropPath', 'state', 'shared axes are dropped together; dropPath drops examples'),
  ...all('alphaDropout gaussianDropout gaussianNoise', 'state', 'alpha dropout and multiplicative noise keep mean and variance'),
  ...all('compose', 'state', 'compose is seq the other way round, parameters included'), ...all('densely', 'state', 'parallel runs each half, densely joins input and output'),
  ...all('lecunNormal', 'initializers', 'layers take them'),
  ...all('logSigmoid layerNorm layerNormOf batchNormOf flatten reshape permute identity shortcut fanout parallel unembed', 'everyValue'),
};
const starts: { readonly [name: string]: Where } = {
  ...all('glorotUniform glorotNormal heUniform heNormal lecunUniform lecunNormal uniform normal truncatedNormal orthogonal', 'initializers'),
  ...all('zeros ones constant constantly', 'initializers', 'constants'), ...all('identity', 'initializers', 'identity: ones on the main diagonal'), ...all('varianceScaling', 'initializers', 'fans of kernels'),
};
/** They make, run, count or describe networks, and compute no values of their own. */
const without = ['apply', 'applyEval', 'applyTrain', 'batchNormParams', 'batchStatistics', 'countParameters', 'init', 'initState', 'initializers', 'layers', 'network', 'stateful', 'stochastic', 'summary'];

/** What is wrong with an entry: null where the test stands in the file and the file calls the name. */
function fault(name: string, [file, test]: Where): string | null {
  const text = readFileSync(new URL(`./${file}.test.ts`, import.meta.url), 'utf8');
  if (!text.includes(`'${test}'`)) return `${name}: no test '${test}' in ${file}`;
  return new RegExp(`\\b(?:nn|I)\\.${name}\\b`).test(text) ? null : `${name}: ${file} does not call it`;
}
it('every name has a test of its values, and every entry a test', () => {
  const mentioned = Object.keys(values);
  expect([...mentioned, ...without].sort()).toEqual(Object.keys(nn).sort());
  expect(Object.keys(starts).sort()).toEqual(Object.keys(nn.initializers).sort());
  expect([...Object.entries(values), ...Object.entries(starts)].map(([name, where]) => fault(name, where)).filter(found => found !== null)).toEqual([]);
});
it('a stale entry is found', () => {
  expect(fault('relu', ['activation', 'no such test'])).toBe('relu: no test \'no such test\' in activation');
  expect(fault('mish', ['activation', 'relu'])).toBe('mish: activation does not call it');
});

const numbers = (x: AnyTensor): number[] => Array.from(x.dataSync());
const key = random.key(0);
const x = random.normal(random.key(5), [2, 3, 4], { dtype: 'f64' });
const rows = Array.from({ length: 6 }, (_, i) => numbers(x).slice(4 * i, 4 * i + 4));
const mean = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
const scale = tensor([2, -1, 0.5, 3], 'f64') as Tensor<[4], 'f64'>;
const bias = tensor([0.5, 1, -2, 0], 'f64') as Tensor<[4], 'f64'>;
function expectClose(got: readonly number[], want: readonly number[], tolerance = 1e-13): void {
  expect(got.length).toBe(want.length);
  got.forEach((v, i) => { expect(Math.abs(v - (want[i] ?? NaN)), `element ${i}: ${v} against ${want[i]}`).toBeLessThanOrEqual(tolerance); });
}
describe('what no other file states', () => {
  it('logSigmoid', () => {
    // jax.nn.log_sigmoid (JAX 0.10, float64).
    const v = tensor([-3.2, -1.5, -0.4, 0.3, 0.9, 2.1, 3.7], 'f64');
    expectClose(numbers(nn.logSigmoid(v)), [-3.2399533331624304, -1.7014132779827524, -0.9130152523999525, -0.554355244468527, -0.3411538747320878, -0.11551952317975496, -0.024422845933779157]);
    expect(numbers(nn.logSigmoid(tensor([-1e4, 1e4])))).toEqual([-1e4, -0]);
  });
  // Ba, Kiros, Hinton, "Layer normalization", 2016: each row less its mean, by the root of its variance.
  const normalised = (epsilon: number): number[] => rows.flatMap(row => {
    const variance = mean(row.map(v => (v - mean(row)) ** 2));
    return row.map((v, i) => (v - mean(row)) / Math.sqrt(variance + epsilon) * (numbers(scale)[i] ?? NaN) + (numbers(bias)[i] ?? NaN));
  });
  it('layerNorm', () => { expectClose(numbers(nn.apply(nn.layerNorm, { scale, bias }, x)), normalised(1e-5)); });
  it('layerNormOf', () => { expectClose(numbers(nn.apply(nn.layerNormOf(4, { epsilon: 0.3, dtype: 'f64' }), { scale, bias }, x)), normalised(0.3)); });
  it('batchNormOf', () => {
    const [y] = nn.applyTrain(nn.batchNormOf(4, { dtype: 'f64' }), { scale, bias }, [nn.batchStatistics(4, { dtype: 'f64' })], x);
    expectClose(numbers(y), rows.flatMap(row => row.map((v, i) => {
      const column = rows.map(r => r[i] ?? NaN);
      return (v - mean(column)) / Math.sqrt(mean(column.map(u => (u - mean(column)) ** 2)) + 1e-5) * (numbers(scale)[i] ?? NaN) + (numbers(bias)[i] ?? NaN);
    })));
  });
  it('flatten', () => { expect(nn.flatten(x).jsSync()).toEqual([rows.slice(0, 3).flat(), rows.slice(3).flat()]); });
  it('reshape', () => { expect([nn.reshape([4, 3])(x).shape, numbers(nn.reshape([4, 3])(x))]).toEqual([[2, 4, 3], numbers(x)]); });
  it('permute', () => {
    const y = nn.permute([2, 0, 1])(x).jsSync();
    y.forEach((plane, k) => { plane.forEach((line, i) => { line.forEach((v, j) => { expect(v).toBe(rows[3 * i + j]?.[k]); }); }); });
    expect(y.length).toBe(4);
  });
  it('identity', () => { expect(numbers(nn.identity(x))).toEqual(numbers(x)); });
  it('shortcut', () => { expectClose(numbers(nn.apply(nn.shortcut(nn.tanh, nn.relu), [null, null], x)), numbers(x).map(v => Math.tanh(v) + Math.max(v, 0))); });
  it('fanout', () => {
    const [a, b] = nn.apply(nn.fanout(nn.tanh, nn.relu), [null, null], x);
    expectClose([...numbers(a), ...numbers(b)], [...numbers(x).map(Math.tanh), ...numbers(x).map(v => Math.max(v, 0))]);
  });
  it('parallel', () => {
    const pair: [typeof x, typeof scale] = [x, scale];
    const [a, b] = nn.apply(nn.parallel(nn.tanh, nn.relu), [null, null], pair);
    expectClose([...numbers(a), ...numbers(b)], [...numbers(x).map(Math.tanh), 2, 0, 0.5, 3]);
  });
  it('unembed', () => {
    const table = nn.init(nn.embedding(5, 4, { dtype: 'f64' }), key, np.zeros([1], 'i32'));
    expectClose(numbers(nn.unembed(table, x)), rows.flatMap(row => table.w.jsSync().map(word => word.reduce((s, w, i) => s + w * (row[i] ?? NaN), 0))));
  });
});
