// The public namespace `nn`: layers, their composition, losses. A layer maps a tensor to a network that awaits parameters; a tensor is
// one that awaits none, so every function of tensors is a layer.

export { gelu, leakyRelu, logSoftmax, relu, sigmoid, silu, softmax, softplus, tanh, type AxisOption } from './activation.ts';
export { from, residual, seq } from './compose.ts';
export { dense, denseFrom, type DenseOptions, type DenseParams } from './dense.ts';
export { embedding, type EmbeddingParams } from './embedding.ts';
export { lecunNormal } from './initialize.ts';
export { accuracy, binaryCrossEntropy, crossEntropy, squaredError, type LossOptions, type Reduction } from './loss.ts';
export { apply, countParameters, init, network, type Net, type NetworkSpec } from './net.ts';
export { layerNorm, layerNormOf, type LayerNormOptions, type LayerNormParams } from './normalize.ts';
