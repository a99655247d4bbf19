// The names that users of Equinox look for when they build networks, by module (patrick-kidger/equinox, 9336d82, November 2026); where Cotangent
// says the same in other words. Facts only: the page and its test derive the rest from the code.
import type { Library } from './library.ts';

export const equinox: Library = {
  library: 'Equinox',
  source: 'github.com/patrick-kidger/equinox at 9336d82, equinox/nn',
  areas: [
    {
      area: 'equinox.nn', face: 'nn',
      names: `
    PReLU MultiheadAttention BatchNorm Conv Conv1d Conv2d Conv3d ConvTranspose ConvTranspose1d ConvTranspose2d ConvTranspose3d Dropout Embedding
    RotaryPositionalEmbedding inference_mode Identity Linear MLP GroupNorm LayerNorm RMSNorm AdaptiveAvgPool1d AdaptiveAvgPool2d
    AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d AdaptivePool AvgPool1d AvgPool2d AvgPool3d MaxPool1d MaxPool2d
    MaxPool3d Pool GRUCell LSTMCell Lambda Sequential StatefulLayer Shared SpectralNorm delete_init_state make_with_state State StateIndex
    WeightNorm`,
      elsewhere: {
    PReLU: 'nn.prelu', MultiheadAttention: 'nn.multiHeadAttention', BatchNorm: 'nn.batchNorm', Conv: 'nn.conv', Conv1d: 'nn.conv',
    Conv2d: 'nn.conv', Conv3d: 'nn.conv', ConvTranspose: 'nn.convTranspose', ConvTranspose1d: 'nn.convTranspose',
    ConvTranspose2d: 'nn.convTranspose', ConvTranspose3d: 'nn.convTranspose', Dropout: 'nn.dropout', Embedding: 'nn.embedding',
    RotaryPositionalEmbedding: 'nn.rotary', inference_mode: 'nn.applyEval', Identity: 'nn.identity', Linear: 'nn.dense',
    GroupNorm: 'nn.groupNorm', LayerNorm: 'nn.layerNorm', RMSNorm: 'nn.rmsNorm', AdaptiveMaxPool1d: 'nn.adaptiveMaxPool', AdaptiveMaxPool2d: 'nn.adaptiveMaxPool', AdaptiveMaxPool3d: 'nn.adaptiveMaxPool',
    AdaptiveAvgPool1d: 'nn.adaptiveAvgPool',
    AdaptiveAvgPool2d: 'nn.adaptiveAvgPool', AdaptiveAvgPool3d: 'nn.adaptiveAvgPool', AvgPool1d: 'nn.avgPool', AvgPool2d: 'nn.avgPool',
    AvgPool3d: 'nn.avgPool', MaxPool1d: 'nn.maxPool', MaxPool2d: 'nn.maxPool', MaxPool3d: 'nn.maxPool', GRUCell: 'nn.gruCell',
    LSTMCell: 'nn.lstmCell', Lambda: 'nn.lambda', Sequential: 'nn.seq', StatefulLayer: 'nn.stateful', Shared: 'nn.tied', Pool: 'lax.reduceWindow',
    AdaptivePool: 'nn.adaptiveAvgPool',
      },
      absent: {
        types: `
    delete_init_state make_with_state State StateIndex`,
      },
    },
  ],
};
