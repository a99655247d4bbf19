// Every name of `nn` has its derivative judged by finite differences (law 1) and its reverse mode by its forward mode (law 3); a new one
// without an entry here fails, and so does a stale entry.
import { describe, expect, it } from 'vitest';
import * as laws from '../../laws/index.ts';
import { customJvp, nn, random, tensor, type Tensor } from '../../src/index.ts';

const x = tensor([[0.5, -1.25, 2, 0.75], [-0.4, 1.5, -0.6, 2.75]]);
const t = tensor([[0.25, 1, -0.5, 0.5], [1.25, -0.75, 0.125, -2]]);
const unit = tensor([[0.25, 0.75, 0.125, 0.5], [0.875, 0.375, 0.625, 0.25]]);
const sure = tensor([[-0.1, -2, -1.5, -3], [-2.5, -0.3, -1, -4]]);
const ids = tensor([1, 3], 'i32');
const image = random.normal(random.key(1), [1, 5, 5, 2]);
const words = random.normal(random.key(2), [1, 3, 4]);
const heads = [random.normal(random.key(3), [1, 2, 3, 4]), random.normal(random.key(4), [1, 2, 3, 4]), random.normal(random.key(5), [1, 2, 3, 4])] as const;
const options = { runs: 1, seed: 5, only: [1, 3] } as const;
type Layer = Parameters<typeof laws.layer>[0];
const layer = (net: unknown, at: unknown = x) => (): laws.Report => laws.layer(net as Layer, at as never, options);
const of = (f: unknown, ...at: readonly unknown[]) => (): laws.Report => laws.programWith(options, f as (...xs: readonly unknown[]) => unknown, ...at);
/** In training, as a function of parameters and input, with state and key given. */
const trained = (net: unknown, at: unknown) => (): laws.Report => {
  const n = net as (v: unknown) => nn.Net<unknown, unknown, nn.Effects>;
  const state = nn.initState(n, at);
  return laws.programWith(options, (p: unknown, v: unknown) => nn.applyTrain(n, p, state, v, random.key(7))[0], nn.init(n, random.key(6), at), at);
};
const params = (net: unknown, at: unknown): unknown => nn.init(net as (v: unknown) => nn.Net<unknown, unknown>, random.key(8), at);

const tried: { readonly [name: string]: () => laws.Report } = {
  ...Object.fromEntries(Object.entries({
    relu: nn.relu, relu6: nn.relu6, sigmoid: nn.sigmoid, tanh: nn.tanh, gelu: nn.gelu, silu: nn.silu, softplus: nn.softplus, softmax: nn.softmax, logSoftmax: nn.logSoftmax, logSigmoid: nn.logSigmoid, leakyRelu: nn.leakyRelu, elu: nn.elu, celu: nn.celu, selu: nn.selu, mish: nn.mish, hardtanh: nn.hardtanh, hardSigmoid: nn.hardSigmoid, hardSilu: nn.hardSilu, hardShrink: nn.hardShrink, softShrink: nn.softShrink, softsign: nn.softsign, squareplus: nn.squareplus, glu: nn.glu, prelu: nn.prelu, identity: nn.identity, flatten: nn.flatten, layerNorm: nn.layerNorm, rmsNorm: nn.rmsNorm, lastStep: nn.lastStep,
  }).map(([name, f]) => [name, layer(f, name === 'lastStep' ? words : x)])),
  ...Object.fromEntries(Object.entries({ squaredError: nn.squaredError, absoluteError: nn.absoluteError, huber: nn.huber, logCosh: nn.logCosh, cosineDistance: nn.cosineDistance, cosineSimilarity: nn.cosineSimilarity }).map(([name, f]) => [name, of(f, x, t)])),
  crossEntropy: of((v: typeof x) => nn.crossEntropy(v, ids), x), binaryCrossEntropy: of((v: typeof x) => nn.binaryCrossEntropy(v, unit), x),
  negativeLogLikelihood: of((v: typeof x) => nn.negativeLogLikelihood(v, ids), sure), multiMargin: of((v: typeof x) => nn.multiMargin(v, ids), x),
  hinge: of((v: typeof x) => nn.hinge(v, tensor([[1, -1, 1, 1], [-1, 1, 1, -1]])), x), klDivergence: of((v: typeof x) => nn.klDivergence(v, unit), sure), poissonNll: of((v: typeof x) => nn.poissonNll(v, unit), x),
  contrastive: of((a: typeof x, b: typeof x) => nn.contrastive(a, b, tensor([1, 0])), x, t), tripletMargin: of(nn.tripletMargin, x, t, unit), infoNce: of(nn.infoNce, x, t),
  binaryFocal: of((v: typeof x) => nn.binaryFocal(v, unit, { alpha: 0.3 }), x), focal: of((v: typeof x) => nn.focal(v, ids), x), dice: of((v: typeof x) => nn.dice(v, unit), unit), tversky: of((v: typeof x) => nn.tversky(v, unit, { alpha: 0.3, beta: 0.7 }), unit),
  squaredHinge: of((v: typeof x) => nn.squaredHinge(v, tensor([[1, -1, 1, 1], [-1, 1, 1, -1]])), x), marginRanking: of((v: typeof x) => nn.marginRanking(v, t, tensor([[1, -1, 1, 1], [-1, 1, 1, -1]])), x), gaussianNll: of(nn.gaussianNll, x, t, unit),
  squaredLogError: of(nn.squaredLogError, unit, unit.mul(2)), percentageError: of((v: typeof x) => nn.percentageError(v, t), x),
  l1: of(nn.l1, x), l1l2: of((v: typeof x) => nn.l1l2(v, { l1: 0.3, l2: 2 }), x), l2: of(nn.l2, x), l2Towards: of(nn.l2Towards, x, t), orthogonalPenalty: of((v: typeof x) => nn.orthogonalPenalty(v), x),
  'dense without bias': layer(nn.dense(3, { bias: false })), 'conv without bias': layer(nn.conv(2, 3, { bias: false }), image), 'convTranspose without bias': layer(nn.convTranspose(2, 3, { bias: false }), image), 'depthwiseConv without bias': layer(nn.depthwiseConv(2, 3, { bias: false }), image),
  dense: layer(nn.dense(3)), denseFrom: layer(nn.denseFrom(4, 3)), conv: layer(nn.conv(2, 3, { stride: 2, padding: 'same' }), image), convTranspose: layer(nn.convTranspose(2, 3, { stride: 2 }), image), depthwiseConv: layer(nn.depthwiseConv(2, 3), image),
  maxPool: layer(nn.maxPool(2), image), avgPool: layer(nn.avgPool(2, { padding: 'same' }), image), globalAvgPool: layer(nn.globalAvgPool, image), globalMaxPool: layer(nn.globalMaxPool, image), adaptiveAvgPool: layer(nn.adaptiveAvgPool(2), image), adaptiveMaxPool: layer(nn.adaptiveMaxPool(2), image),
  groupNorm: layer(nn.groupNorm(2), image), instanceNorm: layer(nn.instanceNorm, image), layerNormOf: layer(nn.layerNormOf(4)), rmsNormOf: layer(nn.rmsNormOf(4)),
  batchNorm: trained(nn.batchNorm, image), batchNormWith: trained(nn.batchNormWith({ momentum: 0.5 }), x), batchNormOf: trained(nn.batchNormOf(4), x),
  batchNormTrain: of((v: typeof x) => nn.batchNormTrain(v, nn.batchNormParams(4), nn.batchStatistics(4))[0], x), batchNormEval: of((v: typeof x) => nn.batchNormEval(v, nn.batchNormParams(4), nn.batchStatistics(4)), x),
  highway: layer(nn.highway(nn.denseFrom(4, 4))), seq: layer(nn.seq(nn.dense(3), nn.tanh)), from: layer(nn.from(x, nn.tanh, nn.dense(3))), compose: layer(nn.compose(nn.denseFrom(3, 2) as never, nn.denseFrom(4, 3) as never)), fanout: layer(nn.fanout(nn.dense(3), nn.dense(2))),
  parallel: layer(nn.parallel(nn.dense(3), nn.dense(2)), [x, t]), residual: layer(nn.residual(nn.denseFrom(4, 4))), shortcut: layer(nn.shortcut(nn.dense(3), nn.dense(3))), densely: layer(nn.densely(nn.dense(2))), repeat: layer(nn.repeat(2, nn.denseFrom(4, 4))),
  dropout: trained(nn.dropout(0.5), x), drop: of((v: typeof x) => nn.drop(random.key(1), v, 0.5), x), alphaDropout: trained(nn.alphaDropout(0.3), x), gaussianDropout: trained(nn.gaussianDropout(0.3), x), gaussianNoise: trained(nn.gaussianNoise(0.3), x), dropPath: trained(nn.dropPath(0.3), x),
  embedding: of((p: unknown) => nn.apply(nn.embedding(5, 3), p as never, ids), params(nn.embedding(5, 3), ids)), unembed: of((p: { readonly w: Tensor<[5, 4]> }, v: typeof x) => nn.unembed(p, v), params(nn.embedding(5, 4), ids), x),
  tied: of((p: unknown) => nn.apply(nn.tied(5, 3, nn.layerNormOf(3)), p as never, ids), params(nn.tied(5, 3, nn.layerNormOf(3)), ids)),
  attention: of(nn.attention, ...heads), multiHeadAttention: layer(nn.multiHeadAttention(2, { causal: true }), words), transformerBlock: layer(nn.transformerBlock(4, 2, 8), words),
  rnn: layer(nn.rnn(2), words), gru: layer(nn.gru(2), words), lstm: layer(nn.lstm(2), words), bidirectional: layer(nn.bidirectional(nn.rnn(2), nn.rnn(2)), words),
  rotary: layer(nn.rotary, words), sinusoidal: layer(nn.sinusoidal, words), learnedPositions: layer(nn.learnedPositions(4), words), lambda: layer(nn.lambda('double', (v: typeof x) => v.mul(2))), permute: layer(nn.permute([1, 0])), reshape: layer(nn.reshape([2, 2])),
};
/** With a state or a memory handed in: their values are tested in recurrent.test.ts and sequenceModels.test.ts; what they are steps of is judged here. */
const elsewhere = ['crossAttention', 'gruCell', 'lstmCell', 'rnnCell', 'multiHeadAttentionStep', 'transformerBlockStep'];
/** Without a derivative: they make, run or describe networks, or count. */
const without = [
  'accuracy', 'apply', 'applyEval', 'applyTrain', 'attentionCache', 'averagePrecision', 'batchNormParams', 'batchStatistics', 'binaryAccuracy', 'calibrationError', 'confusionMatrix', 'fBeta', 'intersectionOverUnion', 'rocAuc', 'rSquared', 'countParameters', 'init', 'initState', 'initializers', 'layers', 'lecunNormal', 'network', 'perplexity',
  'precisionRecallF1', 'sinusoidalTable', 'stateful', 'stochastic', 'summary', 'topKAccuracy',
];

it('every name of nn is judged, or said to have no derivative', () => {
  expect([...Object.keys(tried).filter(name => !name.endsWith(' without bias')), ...elsewhere, ...without].sort()).toEqual(Object.keys(nn).sort());
});
describe('derivatives', () => {
  it.each(Object.entries(tried))('%s', (_name, judge) => {
    const report = judge();
    expect(report.share.judged).toBeGreaterThan(0);
  });
});
it('a wrong one is found', () => {
  const wrong = customJvp((v: typeof x) => nn.tanh(v), ([v], [dv]) => [nn.tanh(v), dv]);
  expect(of(wrong, x)).toThrow(/law 1 does not hold/);
});
