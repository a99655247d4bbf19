// The names that users of PyTorch look for when they build networks, by module (pytorch/pytorch, 0090342, November 2026); where Cotangent
// says the same in other words. Facts only: the page and its test derive the rest from the code.
import type { Library } from './library.ts';

export const pytorch: Library = {
  library: 'PyTorch',
  source: 'github.com/pytorch/pytorch at 0090342, docs/source/nn.md, nn.functional.md, nn.init.md',
  areas: [
    {
      area: 'torch.nn', face: 'nn',
      names: `
    Buffer Parameter UninitializedParameter UninitializedBuffer Module Sequential ModuleList ModuleDict ParameterList ParameterDict Conv1d
    Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d
    LazyConvTranspose3d Unfold Fold MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d AvgPool1d AvgPool2d AvgPool3d
    FractionalMaxPool2d FractionalMaxPool3d LPPool1d LPPool2d LPPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AdaptiveAvgPool1d
    AdaptiveAvgPool2d AdaptiveAvgPool3d ReflectionPad1d ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d
    ZeroPad1d ZeroPad2d ZeroPad3d ConstantPad1d ConstantPad2d ConstantPad3d CircularPad1d CircularPad2d CircularPad3d MultiheadAttention ELU
    Hardshrink Hardsigmoid Hardtanh Hardswish LeakyReLU LogSigmoid PReLU ReLU ReLU6 RReLU SELU CELU GELU Sigmoid SiLU Mish Softplus Softshrink
    Softsign Tanh Tanhshrink Threshold GLU Softmin Softmax Softmax2d LogSoftmax AdaptiveLogSoftmaxWithLoss BatchNorm1d BatchNorm2d BatchNorm3d
    LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d GroupNorm SyncBatchNorm InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d
    LazyInstanceNorm2d LazyInstanceNorm3d LayerNorm LocalResponseNorm RMSNorm RNNBase RNN LSTM GRU RNNCell LSTMCell GRUCell Transformer
    TransformerEncoder TransformerDecoder TransformerEncoderLayer TransformerDecoderLayer Identity Linear Bilinear LazyLinear Dropout Dropout1d
    Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout Embedding EmbeddingBag CosineSimilarity PairwiseDistance L1Loss MSELoss
    CrossEntropyLoss LinearCrossEntropyLoss CTCLoss NLLLoss PoissonNLLLoss GaussianNLLLoss KLDivLoss BCELoss BCEWithLogitsLoss MarginRankingLoss
    HingeEmbeddingLoss MultiLabelMarginLoss HuberLoss SmoothL1Loss SoftMarginLoss MultiLabelSoftMarginLoss CosineEmbeddingLoss MultiMarginLoss
    TripletMarginLoss TripletMarginWithDistanceLoss LinearCrossEntropyOptions PixelShuffle PixelUnshuffle Upsample UpsamplingNearest2d
    UpsamplingBilinear2d ChannelShuffle Flatten Unflatten DataParallel factory_kwargs`,
      elsewhere: {
    Module: 'nn.network', Sequential: 'nn.seq', Conv1d: 'nn.conv', Conv2d: 'nn.conv', Conv3d: 'nn.conv', ConvTranspose1d: 'nn.convTranspose',
    ConvTranspose2d: 'nn.convTranspose', ConvTranspose3d: 'nn.convTranspose', LazyConv1d: 'nn.conv', LazyConv2d: 'nn.conv',
    LazyConv3d: 'nn.conv', LazyConvTranspose1d: 'nn.convTranspose', LazyConvTranspose2d: 'nn.convTranspose',
    LazyConvTranspose3d: 'nn.convTranspose', MaxPool1d: 'nn.maxPool', MaxPool2d: 'nn.maxPool', MaxPool3d: 'nn.maxPool', AvgPool1d: 'nn.avgPool',
    AvgPool2d: 'nn.avgPool', AvgPool3d: 'nn.avgPool', AdaptiveMaxPool1d: 'nn.adaptiveMaxPool', AdaptiveMaxPool2d: 'nn.adaptiveMaxPool', AdaptiveMaxPool3d: 'nn.adaptiveMaxPool',
    AdaptiveAvgPool1d: 'nn.adaptiveAvgPool', AdaptiveAvgPool2d: 'nn.adaptiveAvgPool',
    AdaptiveAvgPool3d: 'nn.adaptiveAvgPool', ReflectionPad1d: 'np.pad', ReflectionPad2d: 'np.pad', ReflectionPad3d: 'np.pad',
    ReplicationPad1d: 'np.pad', ReplicationPad2d: 'np.pad', ReplicationPad3d: 'np.pad', ZeroPad1d: 'np.pad', ZeroPad2d: 'np.pad',
    ZeroPad3d: 'np.pad', ConstantPad1d: 'np.pad', ConstantPad2d: 'np.pad', ConstantPad3d: 'np.pad', CircularPad1d: 'np.pad',
    CircularPad2d: 'np.pad', CircularPad3d: 'np.pad', MultiheadAttention: 'nn.multiHeadAttention', ELU: 'nn.elu', Hardshrink: 'nn.hardShrink',
    Hardsigmoid: 'nn.hardSigmoid', Hardtanh: 'nn.hardtanh', Hardswish: 'nn.hardSilu', LeakyReLU: 'nn.leakyRelu', LogSigmoid: 'nn.logSigmoid',
    PReLU: 'nn.prelu', ReLU: 'nn.relu', ReLU6: 'nn.relu6', SELU: 'nn.selu', CELU: 'nn.celu', GELU: 'nn.gelu', Sigmoid: 'nn.sigmoid',
    SiLU: 'nn.silu', Mish: 'nn.mish', Softplus: 'nn.softplus', Softshrink: 'nn.softShrink', Softsign: 'nn.softsign', Tanh: 'nn.tanh',
    GLU: 'nn.glu', Softmax: 'nn.softmax', Softmax2d: 'nn.softmax', LogSoftmax: 'nn.logSoftmax', BatchNorm1d: 'nn.batchNorm',
    BatchNorm2d: 'nn.batchNorm', BatchNorm3d: 'nn.batchNorm', LazyBatchNorm1d: 'nn.batchNorm', LazyBatchNorm2d: 'nn.batchNorm',
    LazyBatchNorm3d: 'nn.batchNorm', GroupNorm: 'nn.groupNorm', InstanceNorm1d: 'nn.instanceNorm', InstanceNorm2d: 'nn.instanceNorm',
    InstanceNorm3d: 'nn.instanceNorm', LazyInstanceNorm1d: 'nn.instanceNorm', LazyInstanceNorm2d: 'nn.instanceNorm',
    LazyInstanceNorm3d: 'nn.instanceNorm', LayerNorm: 'nn.layerNorm', RMSNorm: 'nn.rmsNorm', RNN: 'nn.rnn', LSTM: 'nn.lstm', GRU: 'nn.gru',
    RNNCell: 'nn.rnnCell', LSTMCell: 'nn.lstmCell', GRUCell: 'nn.gruCell', TransformerEncoderLayer: 'nn.transformerBlock',
    Identity: 'nn.identity', Linear: 'nn.dense', LazyLinear: 'nn.dense', Dropout: 'nn.dropout', Dropout1d: 'nn.dropout',
    Dropout2d: 'nn.dropout', Dropout3d: 'nn.dropout', AlphaDropout: 'nn.alphaDropout', Embedding: 'nn.embedding',
    CosineSimilarity: 'nn.cosineSimilarity', L1Loss: 'nn.absoluteError', MSELoss: 'nn.squaredError', CrossEntropyLoss: 'nn.crossEntropy',
    NLLLoss: 'nn.negativeLogLikelihood', PoissonNLLLoss: 'nn.poissonNll', KLDivLoss: 'nn.klDivergence',
    BCEWithLogitsLoss: 'nn.binaryCrossEntropy', HuberLoss: 'nn.huber', SmoothL1Loss: 'nn.huber', MultiMarginLoss: 'nn.multiMargin',
    TripletMarginLoss: 'nn.tripletMargin', GaussianNLLLoss: 'nn.gaussianNll', MarginRankingLoss: 'nn.marginRanking', Upsample: 'data.resize', UpsamplingBilinear2d: 'data.resize', Flatten: 'nn.flatten', Unflatten: 'nn.reshape',
    Unfold: 'lax.convGeneralDilatedPatches', UpsamplingNearest2d: 'np.repeat', TransformerEncoder: 'nn.repeat',
      },
      absent: {
        types: `
    Buffer Parameter UninitializedParameter UninitializedBuffer ModuleList ModuleDict ParameterList ParameterDict RNNBase
    LinearCrossEntropyOptions factory_kwargs`,
        devices: `
    SyncBatchNorm DataParallel`,
      },
    },
    {
      area: 'torch.nn.functional', face: 'nn',
      names: `
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d unfold fold avg_pool1d avg_pool2d avg_pool3d max_pool1d max_pool2d
    max_pool3d max_unpool1d max_unpool2d max_unpool3d lp_pool1d lp_pool2d lp_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d fractional_max_pool2d fractional_max_pool3d scaled_dot_product_attention
    gated_delta_rule threshold threshold_ relu relu_ hardtanh hardtanh_ hardswish relu6 elu elu_ selu celu leaky_relu leaky_relu_ prelu rrelu
    rrelu_ glu gelu logsigmoid hardshrink tanhshrink softsign softplus softmin softmax softshrink gumbel_softmax log_softmax tanh sigmoid
    hardsigmoid silu mish batch_norm group_norm instance_norm layer_norm local_response_norm rms_norm normalize linear bilinear dropout
    alpha_dropout feature_alpha_dropout dropout1d dropout2d dropout3d embedding embedding_bag one_hot pairwise_distance cosine_similarity pdist
    binary_cross_entropy binary_cross_entropy_with_logits poisson_nll_loss cosine_embedding_loss cross_entropy ctc_loss gaussian_nll_loss
    hinge_embedding_loss kl_div l1_loss linear_cross_entropy mse_loss margin_ranking_loss multilabel_margin_loss multilabel_soft_margin_loss
    multi_margin_loss nll_loss huber_loss smooth_l1_loss soft_margin_loss triplet_margin_loss triplet_margin_with_distance_loss pixel_shuffle
    pixel_unshuffle pad interpolate upsample upsample_nearest upsample_bilinear grid_sample affine_grid grouped_mm scaled_mm scaled_grouped_mm
    ScalingType SwizzleType`,
      elsewhere: {
    conv1d: 'nn.conv', conv2d: 'nn.conv', conv3d: 'nn.conv', conv_transpose1d: 'nn.convTranspose', conv_transpose2d: 'nn.convTranspose',
    conv_transpose3d: 'nn.convTranspose', avg_pool1d: 'nn.avgPool', avg_pool2d: 'nn.avgPool', avg_pool3d: 'nn.avgPool',
    max_pool1d: 'nn.maxPool', max_pool2d: 'nn.maxPool', max_pool3d: 'nn.maxPool', adaptive_max_pool1d: 'nn.adaptiveMaxPool', adaptive_max_pool2d: 'nn.adaptiveMaxPool', adaptive_max_pool3d: 'nn.adaptiveMaxPool',
    adaptive_avg_pool1d: 'nn.adaptiveAvgPool',
    adaptive_avg_pool2d: 'nn.adaptiveAvgPool', adaptive_avg_pool3d: 'nn.adaptiveAvgPool', scaled_dot_product_attention: 'nn.attention',
    relu_: 'nn.relu', hardtanh_: 'nn.hardtanh', hardswish: 'nn.hardSilu', elu_: 'nn.elu', leaky_relu_: 'nn.leakyRelu',
    logsigmoid: 'nn.logSigmoid', hardshrink: 'nn.hardShrink', softshrink: 'nn.softShrink', hardsigmoid: 'nn.hardSigmoid', linear: 'nn.dense',
    dropout1d: 'nn.dropout', dropout2d: 'nn.dropout', dropout3d: 'nn.dropout', binary_cross_entropy_with_logits: 'nn.binaryCrossEntropy',
    poisson_nll_loss: 'nn.poissonNll', kl_div: 'nn.klDivergence', l1_loss: 'nn.absoluteError', mse_loss: 'nn.squaredError',
    multi_margin_loss: 'nn.multiMargin', nll_loss: 'nn.negativeLogLikelihood', huber_loss: 'nn.huber', smooth_l1_loss: 'nn.huber',
    triplet_margin_loss: 'nn.tripletMargin', gaussian_nll_loss: 'nn.gaussianNll', margin_ranking_loss: 'nn.marginRanking', interpolate: 'data.resize', upsample: 'data.resize', upsample_bilinear: 'data.resize', pad: 'np.pad', one_hot: 'np.oneHot', unfold: 'lax.convGeneralDilatedPatches', upsample_nearest: 'np.repeat',
      },
      absent: {
        python: `
    threshold_ rrelu_`,
        devices: `
    grouped_mm scaled_mm scaled_grouped_mm ScalingType SwizzleType`,
      },
    },
    {
      area: 'torch.nn.init', face: 'nn.initializers',
      names: `
    uniform_ normal_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_ trunc_normal_ orthogonal_ sparse_ calculate_gain constant_
    ones_ zeros_ eye_ dirac_`,
      elsewhere: {
    uniform_: 'nn.initializers.uniform', normal_: 'nn.initializers.normal', xavier_uniform_: 'nn.initializers.glorotUniform',
    xavier_normal_: 'nn.initializers.glorotNormal', kaiming_uniform_: 'nn.initializers.heUniform', kaiming_normal_: 'nn.initializers.heNormal',
    trunc_normal_: 'nn.initializers.truncatedNormal', orthogonal_: 'nn.initializers.orthogonal', constant_: 'nn.initializers.constant',
    ones_: 'nn.initializers.ones', zeros_: 'nn.initializers.zeros',
      },
      absent: {
        python: `
    sparse_ eye_ dirac_`,
      },
    },
  ],
};
