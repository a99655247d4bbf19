// The names that users of Keras look for when they build networks, by module (keras-team/keras, 3422977, November 2026); where Cotangent
// says the same in other words. Facts only: the page and its test derive the rest from the code.
import type { Library } from './library.ts';

export const keras: Library = {
  library: 'Keras',
  source: 'github.com/keras-team/keras at 3422977, keras/api',
  areas: [
    {
      area: 'keras.layers', face: 'nn',
      names: `
    TFSMLayer deserialize serialize Activation ELU LeakyReLU PReLU ReLU Softmax AdditiveAttention Attention GroupQueryAttention
    MultiHeadAttention Conv1D Convolution1D Conv1DTranspose Convolution1DTranspose Conv2D Convolution2D Conv2DTranspose Convolution2DTranspose
    Conv3D Convolution3D Conv3DTranspose Convolution3DTranspose DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConvolution1D
    SeparableConv2D SeparableConvolution2D Dense EinsumDense Embedding Identity Input InputLayer Lambda Masking ReversibleEmbedding TernaryDense
    Wrapper InputSpec Layer Add add Average average Concatenate concatenate Dot dot Maximum maximum Minimum minimum Multiply multiply Subtract
    subtract BatchNormalization GroupNormalization LayerNormalization RMSNormalization SpectralNormalization UnitNormalization
    AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D
    AveragePooling1D AvgPool1D AveragePooling2D AvgPool2D AveragePooling3D AvgPool3D GlobalAveragePooling1D GlobalAvgPool1D
    GlobalAveragePooling2D GlobalAvgPool2D GlobalAveragePooling3D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPooling1D GlobalMaxPool2D
    GlobalMaxPooling2D GlobalMaxPool3D GlobalMaxPooling3D MaxPool1D MaxPooling1D MaxPool2D MaxPooling2D MaxPool3D MaxPooling3D CategoryEncoding
    Discretization HashedCrossing Hashing AugMix AutoContrast CenterCrop ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization
    MaxNumBoundingBoxes MixUp RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop
    RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective
    RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom Resizing Solarization
    IntegerLookup MelSpectrogram Normalization Pipeline Rescaling STFTSpectrogram StringLookup TextVectorization ActivityRegularization
    AlphaDropout Dropout GaussianDropout GaussianNoise SpatialDropout1D SpatialDropout2D SpatialDropout3D Cropping1D Cropping2D Cropping3D
    Flatten Permute RepeatVector Reshape UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D Bidirectional
    ConvLSTM1D ConvLSTM2D ConvLSTM3D GRU GRUCell LSTM LSTMCell RNN SimpleRNN SimpleRNNCell StackedRNNCells TimeDistributed FlaxLayer JaxLayer
    TorchModuleWrapper`,
      elsewhere: {
    Activation: 'nn.lambda', ELU: 'nn.elu', LeakyReLU: 'nn.leakyRelu', PReLU: 'nn.prelu', ReLU: 'nn.relu', Softmax: 'nn.softmax',
    Attention: 'nn.attention', MultiHeadAttention: 'nn.multiHeadAttention', Conv1D: 'nn.conv', Convolution1D: 'nn.conv',
    Conv1DTranspose: 'nn.convTranspose', Convolution1DTranspose: 'nn.convTranspose', Conv2D: 'nn.conv', Convolution2D: 'nn.conv',
    Conv2DTranspose: 'nn.convTranspose', Convolution2DTranspose: 'nn.convTranspose', Conv3D: 'nn.conv', Convolution3D: 'nn.conv',
    Conv3DTranspose: 'nn.convTranspose', Convolution3DTranspose: 'nn.convTranspose', DepthwiseConv1D: 'nn.depthwiseConv',
    DepthwiseConv2D: 'nn.depthwiseConv', Dense: 'nn.dense', EinsumDense: 'np.einsum', Embedding: 'nn.embedding', Identity: 'nn.identity',
    Lambda: 'nn.lambda', ReversibleEmbedding: 'nn.tied', Layer: 'nn.network', Add: 'np.add', add: 'np.add', Concatenate: 'np.concatenate',
    concatenate: 'np.concatenate', Dot: 'np.matmul', dot: 'np.matmul', Maximum: 'np.maximum', maximum: 'np.maximum', Minimum: 'np.minimum',
    minimum: 'np.minimum', Multiply: 'np.multiply', multiply: 'np.multiply', Subtract: 'np.subtract', subtract: 'np.subtract',
    BatchNormalization: 'nn.batchNorm', GroupNormalization: 'nn.groupNorm', LayerNormalization: 'nn.layerNorm', RMSNormalization: 'nn.rmsNorm',
    AdaptiveMaxPooling1D: 'nn.adaptiveMaxPool', AdaptiveMaxPooling2D: 'nn.adaptiveMaxPool', AdaptiveMaxPooling3D: 'nn.adaptiveMaxPool',
    AdaptiveAveragePooling1D: 'nn.adaptiveAvgPool', AdaptiveAveragePooling2D: 'nn.adaptiveAvgPool',
    AdaptiveAveragePooling3D: 'nn.adaptiveAvgPool', AveragePooling1D: 'nn.avgPool', AvgPool1D: 'nn.avgPool', AveragePooling2D: 'nn.avgPool',
    AvgPool2D: 'nn.avgPool', AveragePooling3D: 'nn.avgPool', AvgPool3D: 'nn.avgPool', GlobalAveragePooling1D: 'nn.globalAvgPool',
    GlobalAvgPool1D: 'nn.globalAvgPool', GlobalAveragePooling2D: 'nn.globalAvgPool', GlobalAvgPool2D: 'nn.globalAvgPool',
    GlobalAveragePooling3D: 'nn.globalAvgPool', GlobalAvgPool3D: 'nn.globalAvgPool', GlobalMaxPool1D: 'nn.globalMaxPool',
    GlobalMaxPooling1D: 'nn.globalMaxPool', GlobalMaxPool2D: 'nn.globalMaxPool', GlobalMaxPooling2D: 'nn.globalMaxPool',
    GlobalMaxPool3D: 'nn.globalMaxPool', GlobalMaxPooling3D: 'nn.globalMaxPool', MaxPool1D: 'nn.maxPool', MaxPooling1D: 'nn.maxPool',
    MaxPool2D: 'nn.maxPool', MaxPooling2D: 'nn.maxPool', MaxPool3D: 'nn.maxPool', MaxPooling3D: 'nn.maxPool', AlphaDropout: 'nn.alphaDropout',
    Dropout: 'nn.dropout', GaussianDropout: 'nn.gaussianDropout', GaussianNoise: 'nn.gaussianNoise', SpatialDropout1D: 'nn.dropout',
    SpatialDropout2D: 'nn.dropout', SpatialDropout3D: 'nn.dropout', Cropping1D: 'np.slice', Cropping2D: 'np.slice', Cropping3D: 'np.slice',
    Flatten: 'nn.flatten', Permute: 'nn.permute', RepeatVector: 'np.repeat', Reshape: 'nn.reshape', UpSampling1D: 'np.repeat',
    ZeroPadding1D: 'np.pad', ZeroPadding2D: 'np.pad', ZeroPadding3D: 'np.pad', Bidirectional: 'nn.bidirectional', GRU: 'nn.gru',
    GRUCell: 'nn.gruCell', LSTM: 'nn.lstm', LSTMCell: 'nn.lstmCell', RNN: 'nn.rnn', SimpleRNN: 'nn.rnn', SimpleRNNCell: 'nn.rnnCell',
    TimeDistributed: 'vmap', UpSampling2D: 'np.repeat', UpSampling3D: 'np.repeat', CategoryEncoding: 'np.oneHot', Discretization: 'np.digitize',
    CenterCrop: 'np.slice', Rescaling: 'np.multiply', Normalization: 'data.standardize', CutMix: 'data.cutmix', MixUp: 'data.mixup',
    RandomErasing: 'data.cutout', RandomCrop: 'data.randomCrop', Resizing: 'data.resize', SeparableConv1D: 'nn.depthwiseConv', SeparableConvolution1D: 'nn.depthwiseConv', SeparableConv2D: 'nn.depthwiseConv',
    SeparableConvolution2D: 'nn.depthwiseConv', Average: 'np.mean', average: 'np.mean', ActivityRegularization: 'nn.l2', RandomFlip: 'data.flipLeftRight', RandomTranslation: 'data.randomShift', RandomRotation: 'data.randomAffine',
    RandomShear: 'data.randomAffine', RandomZoom: 'data.randomAffine',
      },
      absent: {
        python: `
    TFSMLayer deserialize serialize FlaxLayer JaxLayer TorchModuleWrapper`,
        types: `
    Input InputLayer Wrapper InputSpec StackedRNNCells`,
      },
    },
    {
      area: 'keras.activations', face: 'nn',
      names: `
    deserialize get serialize celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
    log_sigmoid log_softmax mish relu relu6 selu sigmoid silu swish soft_shrink softmax softplus softsign sparse_plus sparse_sigmoid sparsemax
    squareplus tanh tanh_shrink threshold`,
      elsewhere: {
    hard_swish: 'nn.hardSilu', hard_tanh: 'nn.hardtanh', linear: 'nn.identity', swish: 'nn.silu', exponential: 'np.exp',
      },
      absent: {
        python: `
    deserialize get serialize`,
      },
    },
    {
      area: 'keras.losses', face: 'nn',
      names: `
    deserialize get serialize Loss CTC BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy
    CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber KLDivergence LogCosh MeanAbsoluteError
    MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky
    binary_crossentropy binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy categorical_generalized_cross_entropy
    categorical_hinge circle cosine_similarity ctc dice hinge huber kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error
    mean_squared_error mean_squared_logarithmic_error poisson sparse_categorical_crossentropy squared_hinge tversky`,
      elsewhere: {
    BinaryCrossentropy: 'nn.binaryCrossEntropy', CategoricalCrossentropy: 'nn.crossEntropy', CosineSimilarity: 'nn.cosineSimilarity',
    Hinge: 'nn.hinge', Huber: 'nn.huber', KLDivergence: 'nn.klDivergence', LogCosh: 'nn.logCosh', MeanAbsoluteError: 'nn.absoluteError',
    BinaryFocalCrossentropy: 'nn.binaryFocal', binary_focal_crossentropy: 'nn.binaryFocal', CategoricalFocalCrossentropy: 'nn.focal', categorical_focal_crossentropy: 'nn.focal',
    Dice: 'nn.dice', Tversky: 'nn.tversky', SquaredHinge: 'nn.squaredHinge', MeanAbsolutePercentageError: 'nn.percentageError', mean_absolute_percentage_error: 'nn.percentageError',
    MeanSquaredLogarithmicError: 'nn.squaredLogError', mean_squared_logarithmic_error: 'nn.squaredLogError',
    MeanSquaredError: 'nn.squaredError', Poisson: 'nn.poissonNll', SparseCategoricalCrossentropy: 'nn.crossEntropy',
    binary_crossentropy: 'nn.binaryCrossEntropy', categorical_crossentropy: 'nn.crossEntropy', mean_absolute_error: 'nn.absoluteError',
    mean_squared_error: 'nn.squaredError', poisson: 'nn.poissonNll', sparse_categorical_crossentropy: 'nn.crossEntropy',
      },
      absent: {
        python: `
    deserialize get serialize`,
        types: `
    Loss`,
      },
    },
    {
      area: 'keras.metrics', face: 'nn',
      names: `
    binary_crossentropy binary_focal_crossentropy categorical_crossentropy categorical_focal_crossentropy categorical_hinge hinge huber
    kl_divergence log_cosh mean_absolute_error mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error poisson
    sparse_categorical_crossentropy squared_hinge deserialize get serialize Accuracy BinaryAccuracy CategoricalAccuracy
    SparseCategoricalAccuracy SparseTopKCategoricalAccuracy TopKCategoricalAccuracy binary_accuracy categorical_accuracy
    sparse_categorical_accuracy sparse_top_k_categorical_accuracy top_k_categorical_accuracy AUC FalseNegatives FalsePositives Precision
    PrecisionAtRecall Recall RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity TrueNegatives TruePositives
    ConcordanceCorrelation PearsonCorrelation concordance_correlation pearson_correlation F1Score FBetaScore CategoricalHinge Hinge SquaredHinge
    BinaryIoU IoU MeanIoU OneHotIoU OneHotMeanIoU Metric BinaryCrossentropy CategoricalCrossentropy KLDivergence Poisson
    SparseCategoricalCrossentropy Mean MeanMetricWrapper Sum CosineSimilarity LogCoshError MeanAbsoluteError MeanAbsolutePercentageError
    MeanSquaredError MeanSquaredLogarithmicError R2Score RootMeanSquaredError`,
      elsewhere: {
    binary_crossentropy: 'nn.binaryCrossEntropy', categorical_crossentropy: 'nn.crossEntropy', mean_absolute_error: 'nn.absoluteError',
    mean_squared_error: 'nn.squaredError', poisson: 'nn.poissonNll', sparse_categorical_crossentropy: 'nn.crossEntropy',
    Accuracy: 'nn.accuracy', CategoricalAccuracy: 'nn.accuracy', SparseCategoricalAccuracy: 'nn.accuracy',
    SparseTopKCategoricalAccuracy: 'nn.topKAccuracy', TopKCategoricalAccuracy: 'nn.topKAccuracy', categorical_accuracy: 'nn.accuracy',
    sparse_categorical_accuracy: 'nn.accuracy', sparse_top_k_categorical_accuracy: 'nn.topKAccuracy',
    top_k_categorical_accuracy: 'nn.topKAccuracy', Precision: 'nn.precisionRecallF1', Recall: 'nn.precisionRecallF1',
    F1Score: 'nn.precisionRecallF1', Hinge: 'nn.hinge', BinaryCrossentropy: 'nn.binaryCrossEntropy', CategoricalCrossentropy: 'nn.crossEntropy',
    KLDivergence: 'nn.klDivergence', Poisson: 'nn.poissonNll', SparseCategoricalCrossentropy: 'nn.crossEntropy',
    CosineSimilarity: 'nn.cosineSimilarity', LogCoshError: 'nn.logCosh', MeanAbsoluteError: 'nn.absoluteError',
    MeanSquaredError: 'nn.squaredError', TruePositives: 'nn.confusionMatrix', TrueNegatives: 'nn.confusionMatrix',
    FalsePositives: 'nn.confusionMatrix', FalseNegatives: 'nn.confusionMatrix', Mean: 'np.mean', Sum: 'np.sum',
    binary_focal_crossentropy: 'nn.binaryFocal', categorical_focal_crossentropy: 'nn.focal', mean_absolute_percentage_error: 'nn.percentageError', MeanAbsolutePercentageError: 'nn.percentageError',
    mean_squared_logarithmic_error: 'nn.squaredLogError', MeanSquaredLogarithmicError: 'nn.squaredLogError', SquaredHinge: 'nn.squaredHinge', BinaryAccuracy: 'nn.binaryAccuracy', AUC: 'nn.rocAuc',
    PearsonCorrelation: 'np.corrcoef', pearson_correlation: 'np.corrcoef', FBetaScore: 'nn.fBeta', BinaryIoU: 'nn.intersectionOverUnion', IoU: 'nn.intersectionOverUnion', MeanIoU: 'nn.intersectionOverUnion',
    OneHotIoU: 'nn.intersectionOverUnion', OneHotMeanIoU: 'nn.intersectionOverUnion', R2Score: 'nn.rSquared', RootMeanSquaredError: 'nn.squaredError',
      },
      absent: {
        python: `
    deserialize get serialize`,
        types: `
    Metric MeanMetricWrapper`,
      },
    },
    {
      area: 'keras.initializers', face: 'nn.initializers',
      names: `
    deserialize get serialize STFT STFTInitializer stft Constant constant Identity IdentityInitializer identity Ones ones Zeros zeros
    Initializer GlorotNormal glorot_normal GlorotUniform glorot_uniform HeNormal he_normal HeUniform he_uniform LecunNormal lecun_normal
    LecunUniform lecun_uniform Orthogonal OrthogonalInitializer orthogonal RandomNormal random_normal RandomUniform random_uniform
    TruncatedNormal truncated_normal VarianceScaling variance_scaling`,
      elsewhere: {
    Identity: 'nn.initializers.identity', Constant: 'nn.initializers.constant', Ones: 'nn.initializers.ones', Zeros: 'nn.initializers.zeros',
    GlorotNormal: 'nn.initializers.glorotNormal', GlorotUniform: 'nn.initializers.glorotUniform', HeNormal: 'nn.initializers.heNormal',
    HeUniform: 'nn.initializers.heUniform', LecunNormal: 'nn.initializers.lecunNormal', LecunUniform: 'nn.initializers.lecunUniform',
    Orthogonal: 'nn.initializers.orthogonal', OrthogonalInitializer: 'nn.initializers.orthogonal', RandomNormal: 'nn.initializers.normal',
    random_normal: 'nn.initializers.normal', RandomUniform: 'nn.initializers.uniform', random_uniform: 'nn.initializers.uniform',
    TruncatedNormal: 'nn.initializers.truncatedNormal', VarianceScaling: 'nn.initializers.varianceScaling',
      },
      absent: {
        python: `
    deserialize get serialize`,
        types: `
    IdentityInitializer Initializer`,
      },
    },
    {
      area: 'keras.regularizers', face: 'nn',
      names: `
    deserialize get serialize L1 l1 L1L2 l1_l2 L2 l2 OrthogonalRegularizer orthogonal_regularizer Regularizer`,
      elsewhere: {
    OrthogonalRegularizer: 'nn.orthogonalPenalty', orthogonal_regularizer: 'nn.orthogonalPenalty', L1: 'nn.l1', L2: 'nn.l2', L1L2: 'nn.l1l2', l1_l2: 'nn.l1l2',
      },
      absent: {
        python: `
    deserialize get serialize`,
        types: `
    Regularizer`,
      },
    },
  ],
};
