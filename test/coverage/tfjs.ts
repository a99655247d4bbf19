// The names that users of TensorFlow.js look for when they build networks, by module (tensorflow/tfjs, 0fc04d9, November 2026); where Cotangent
// says the same in other words. Facts only: the page and its test derive the rest from the code.
import type { Library } from './library.ts';

export const tfjs: Library = {
  library: 'TensorFlow.js',
  source: 'github.com/tensorflow/tfjs at 0fc04d9, tfjs-layers',
  areas: [
    {
      area: 'tf.layers', face: 'nn',
      names: `
    inputLayer elu reLU leakyReLU prelu softmax thresholdedReLU conv1d conv2d conv2dTranspose conv3d conv3dTranspose separableConv2d cropping2D
    upSampling2d depthwiseConv2d activation dense dropout spatialDropout1d flatten repeatVector reshape permute embedding add average
    concatenate maximum minimum multiply dot batchNormalization layerNormalization zeroPadding2d averagePooling1d avgPool1d avgPooling1d
    averagePooling2d avgPool2d avgPooling2d averagePooling3d avgPool3d avgPooling3d globalAveragePooling1d globalAveragePooling2d
    globalMaxPooling1d globalMaxPooling2d maxPooling1d maxPooling2d maxPooling3d gru gruCell lstm lstmCell simpleRNN simpleRNNCell convLstm2d
    convLstm2dCell rnn stackedRNNCells bidirectional timeDistributed globalMaxPool1d globalMaxPool2d maxPool1d maxPool2d gaussianNoise
    gaussianDropout alphaDropout masking rescaling centerCrop resizing categoryEncoding Layer RNN RNNCell input`,
      elsewhere: {
    reLU: 'nn.relu', leakyReLU: 'nn.leakyRelu', conv1d: 'nn.conv', conv2d: 'nn.conv', conv2dTranspose: 'nn.convTranspose', conv3d: 'nn.conv',
    conv3dTranspose: 'nn.convTranspose', cropping2D: 'np.slice', depthwiseConv2d: 'nn.depthwiseConv', activation: 'nn.lambda',
    spatialDropout1d: 'nn.dropout', repeatVector: 'np.repeat', add: 'np.add', concatenate: 'np.concatenate', maximum: 'np.maximum',
    minimum: 'np.minimum', multiply: 'np.multiply', dot: 'np.matmul', batchNormalization: 'nn.batchNorm', layerNormalization: 'nn.layerNorm',
    zeroPadding2d: 'np.pad', upSampling2d: 'data.resize', separableConv2d: 'nn.depthwiseConv', resizing: 'data.resize', average: 'np.mean', rescaling: 'np.multiply', centerCrop: 'np.slice', categoryEncoding: 'np.oneHot',
    averagePooling1d: 'nn.avgPool', avgPool1d: 'nn.avgPool', avgPooling1d: 'nn.avgPool',
    averagePooling2d: 'nn.avgPool', avgPool2d: 'nn.avgPool', avgPooling2d: 'nn.avgPool', averagePooling3d: 'nn.avgPool',
    avgPool3d: 'nn.avgPool', avgPooling3d: 'nn.avgPool', globalAveragePooling1d: 'nn.globalAvgPool', globalAveragePooling2d: 'nn.globalAvgPool',
    globalMaxPooling1d: 'nn.globalMaxPool', globalMaxPooling2d: 'nn.globalMaxPool', maxPooling1d: 'nn.maxPool', maxPooling2d: 'nn.maxPool',
    maxPooling3d: 'nn.maxPool', simpleRNN: 'nn.rnn', simpleRNNCell: 'nn.rnnCell', timeDistributed: 'vmap', globalMaxPool1d: 'nn.globalMaxPool',
    globalMaxPool2d: 'nn.globalMaxPool', maxPool1d: 'nn.maxPool', maxPool2d: 'nn.maxPool', Layer: 'nn.network', RNN: 'nn.rnn',
    RNNCell: 'nn.rnnCell',
      },
      absent: {
        types: `
    inputLayer stackedRNNCells input`,
      },
    },
    {
      area: 'tf.losses', face: 'nn',
      names: `
    absoluteDifference computeWeightedLoss cosineDistance hingeLoss huberLoss logLoss meanSquaredError sigmoidCrossEntropy softmaxCrossEntropy`,
      elsewhere: {
    absoluteDifference: 'nn.absoluteError', hingeLoss: 'nn.hinge', huberLoss: 'nn.huber', meanSquaredError: 'nn.squaredError',
    sigmoidCrossEntropy: 'nn.binaryCrossEntropy', softmaxCrossEntropy: 'nn.crossEntropy',
      },
    },
    {
      area: 'tf.metrics', face: 'nn',
      names: `
    binaryAccuracy binaryCrossentropy sparseCategoricalAccuracy categoricalAccuracy categoricalCrossentropy precision recall cosineProximity
    meanAbsoluteError meanAbsolutePercentageError MAPE mape meanSquaredError MSE mse r2Score`,
      elsewhere: {
    binaryCrossentropy: 'nn.binaryCrossEntropy', sparseCategoricalAccuracy: 'nn.accuracy', categoricalAccuracy: 'nn.accuracy',
    categoricalCrossentropy: 'nn.crossEntropy', precision: 'nn.precisionRecallF1', recall: 'nn.precisionRecallF1',
    cosineProximity: 'nn.cosineDistance', meanAbsoluteError: 'nn.absoluteError', meanSquaredError: 'nn.squaredError', MSE: 'nn.squaredError',
    mse: 'nn.squaredError', r2Score: 'nn.rSquared', meanAbsolutePercentageError: 'nn.percentageError', MAPE: 'nn.percentageError', mape: 'nn.percentageError',
      },
    },
    {
      area: 'tf.initializers', face: 'nn.initializers',
      names: `
    zeros ones constant randomUniform randomNormal truncatedNormal identity varianceScaling glorotUniform glorotNormal heNormal heUniform
    leCunNormal leCunUniform orthogonal`,
      elsewhere: {
    randomUniform: 'nn.initializers.uniform', randomNormal: 'nn.initializers.normal', leCunNormal: 'nn.initializers.lecunNormal',
    leCunUniform: 'nn.initializers.lecunUniform',
      },
    },
    {
      area: 'tf.regularizers', face: 'nn',
      names: `
    l1l2 l1 l2`,
    },
  ],
};
