// The public namespace `nn`: layers, their composition, losses. A layer maps a tensor to a network that awaits parameters; a tensor is
// one that awaits none, so every function of tensors is a layer.

export { gelu, leakyRelu, logSigmoid, logSoftmax, relu, sigmoid, silu, softmax, softplus, tanh, type AxisOption } from './activation.ts';
export { attention, multiHeadAttention, type AttentionMasks, type AttentionOptions, type MultiHeadAttentionOptions, type MultiHeadAttentionParams, type Projection } from './attention.ts';
export { batchNorm, batchNormEval, batchNormOf, batchNormParams, batchNormTrain, batchNormWith, batchStatistics, type BatchNormOptions, type BatchNormParams, type BatchStatistics } from './batchNorm.ts';
export type { Biased, BiasOptions } from './bias.ts';
export { compose, densely, fanout, from, identity, parallel, residual, seq, shortcut } from './compose.ts';
export { conv, convTranspose, depthwiseConv, type ConvLayerOptions, type ConvParams, type GroupedConvOptions } from './conv.ts';
export { dense, denseFrom, type DenseOptions, type DenseParams } from './dense.ts';
export { alphaDropout, drop, dropout, dropPath, gaussianDropout, gaussianNoise, type DropoutOptions } from './dropout.ts';
export { embedding, tied, unembed, type EmbeddingOptions, type EmbeddingParams, type TiedParams } from './embedding.ts';
export { flatten } from './flatten.ts';
export { binaryFocal, dice, focal, tversky, type BinaryFocalOptions, type DiceOptions, type FocalOptions, type TverskyOptions } from './imbalanceLoss.ts';
export { lecunNormal } from './initialize.ts';
export * as initializers from './initializers.ts';
export type { Initializer } from './initializers.ts';
export { accuracy, binaryCrossEntropy, crossEntropy, squaredError, type CrossEntropyOptions, type LossOptions, type Reduction } from './loss.ts';
export {
  contrastive, hinge, infoNce, marginRanking, multiMargin, negativeLogLikelihood, squaredHinge, tripletMargin, type InfoNceOptions, type MarginOptions, type MultiMarginOptions,
} from './marginLoss.ts';
export { calibrationError, confusionMatrix, fBeta, intersectionOverUnion, perplexity, precisionRecallF1, topKAccuracy, type ClassScores } from './metrics.ts';
export {
  absoluteError, cosineDistance, cosineSimilarity, gaussianNll, huber, klDivergence, logCosh, percentageError, poissonNll, squaredLogError,
  type CosineOptions, type GaussianNllOptions, type HuberOptions,
} from './regressionLoss.ts';
export { averagePrecision, binaryAccuracy, rocAuc, rSquared } from './scoreMetrics.ts';
export { l1, l1l2, l2, l2Towards, orthogonalPenalty, type FloatsIn } from './regularize.ts';
export {
  apply, applyEval, applyTrain, countParameters, init, initState, network, stateful, stochastic,
  type Effects, type KeyFor, type Net, type NetworkSpec, type Random, type RandomSpec, type StatefulSpec, type States,
} from './net.ts';
export { layerNorm, layerNormOf, rmsNorm, rmsNormOf, type LayerNormOptions, type LayerNormParams, type RmsNormParams } from './normalize.ts';
export {
  celu, elu, glu, hardShrink, hardSigmoid, hardSilu, hardtanh, mish, prelu, relu6, selu, softShrink, softsign, squareplus, type PreluParams,
} from './moreActivations.ts';
export { adaptiveAvgPool, adaptiveMaxPool, avgPool, globalAvgPool, globalMaxPool, maxPool, type PoolLayerOptions } from './pool.ts';
export { gru, gruCell, lstm, lstmCell, rnn, rnnCell, type GruParams, type LstmParams, type LstmState, type RecurrentOptions, type RnnParams } from './recurrent.ts';
export { repeat, type RepeatOptions } from './repeat.ts';
export type { Stacked } from '../transform/types.ts';
export { summary, type LayerSummary, type Summary } from './summary.ts';
export { groupNorm, instanceNorm } from './groupNorm.ts';
export { learnedPositions, rotary, sinusoidal, sinusoidalTable, type PositionParams, type RotaryOptions } from './positions.ts';
export { bidirectional, highway, lambda, lastStep, permute, reshape, type HighwayParams } from './sequence.ts';
export { attentionCache, crossAttention, multiHeadAttentionStep, type AttentionCache, type CrossAttentionOptions } from './memory.ts';
export { transformerBlock, transformerBlockStep, type TransformerBlockOptions, type TransformerBlockParams, type TransformerStepOptions } from './transformer.ts';
export { layers, type Layer } from './category.ts';
