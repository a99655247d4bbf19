// The four networks of the digits example, each a function of images [B, 28, 28, 1] to logits [B, classes], and how each is trained.
// Knows nothing of files, options or the loop.
import { np, nn, type Tensor } from 'cotangent';

/** Grey images: 0 is paper, 1 is ink. */
export type Images<B extends number> = Tensor<[B, 28, 28, 1]>;

/** A multi-layer perceptron: two hidden layers over the pixels in a row. */
export const mlp = <const C extends number>(classes: C) => <B extends number>(x: Images<B>) => nn.from(
  x,
  nn.flatten,
  nn.dense(256), nn.relu,
  nn.dense(128), nn.relu,
  nn.dense(classes),
)(x);

/** LeNet-5 with rectifiers and maxima in place of sigmoids and means. LeCun, Bottou, Bengio, Haffner, 1998. */
export const lenet = <const C extends number>(classes: C) => <B extends number>(x: Images<B>) => nn.from(
  x,
  nn.conv(6, 5, { padding: 'same' }), nn.relu, nn.maxPool(2), // [B, 14, 14, 6]
  nn.conv(16, 5), nn.relu, nn.maxPool(2), // [B, 5, 5, 16]
  nn.flatten, // [B, 400]
  nn.dense(120), nn.relu,
  nn.dense(84), nn.relu,
  nn.dense(classes),
)(x);

/** What a residual block adds: two convolutions, each normalised over the batch. The first may halve the image. */
const branch = <const C extends number, const S extends 1 | 2>(channels: C, stride: S) => nn.seq(
  nn.conv(channels, 3, { stride, padding: 'same' }), nn.batchNorm, nn.relu,
  nn.conv(channels, 3, { padding: 'same' }), nn.batchNorm,
);

/** A small residual network; the running statistics of its batch norms are its state. He, Zhang, Ren, Sun, 2016. */
export const resnet = <const C extends number>(classes: C) => <B extends number>(x: Images<B>) => nn.from(
  x,
  nn.conv(16, 3, { stride: 2, padding: 'same' }), nn.batchNorm, nn.relu, // [B, 14, 14, 16]
  nn.shortcut(branch(16, 1), nn.identity), nn.relu,
  nn.shortcut(branch(32, 2), nn.conv(32, 1, { stride: 2, padding: 'same' })), nn.relu, // [B, 7, 7, 32]
  nn.shortcut(branch(64, 2), nn.conv(64, 1, { stride: 2, padding: 'same' })), nn.relu, // [B, 4, 4, 64]
  nn.globalAvgPool, // [B, 64]
  nn.dense(classes),
)(x);

/** A small vision transformer: patches of 7 x 7 pixels are its words. Dosovitskiy et al., "An image is worth 16x16 words", 2021. */
export const vit = <const C extends number>(classes: C) => <B extends number>(x: Images<B>) => nn.from(
  x,
  nn.conv(64, 7, { stride: 7 }), // [B, 4, 4, 64]
  (h: Tensor<[B, 4, 4, 64]>) => np.reshape(h, [x.shape[0], 16, 64]),
  nn.learnedPositions(16),
  nn.repeat(3, nn.transformerBlock(64, 4, 128)),
  nn.layerNorm,
  (h: Tensor<[B, 16, 64]>) => np.mean(h, { axis: 1 }),
  nn.dense(classes),
)(x);

/** How a network is trained. */
export interface Recipe {
  readonly about: string;
  readonly epochs: number;
  /** Examples in a step. */
  readonly batch: number;
  /** The highest learning rate of the run. */
  readonly lr: number;
  readonly weightDecay: number;
}

/** What is trained when nothing else is said; chosen by what the validation part says, never by the test part. */
export const recipes = {
  mlp: { about: 'multi-layer perceptron', epochs: 12, batch: 64, lr: 2e-3, weightDecay: 0.01 },
  lenet: { about: 'LeNet-5', epochs: 12, batch: 64, lr: 4e-3, weightDecay: 0.01 },
  resnet: { about: 'residual network', epochs: 6, batch: 64, lr: 4e-3, weightDecay: 0.01 },
  vit: { about: 'vision transformer', epochs: 12, batch: 64, lr: 2e-3, weightDecay: 0.01 },
} as const satisfies { readonly [name: string]: Recipe };

export type ModelName = keyof typeof recipes;
export const modelNames: readonly ModelName[] = ['mlp', 'lenet', 'resnet', 'vit'];

/** A network from images to logits: parameters `P`, and in `E` the states and draws of its layers. */
export type Classifier<P, C extends number, E extends nn.Effects> = (x: Images<number>) => nn.Net<P, Tensor<[number, C]>, E>;

/** What can be done with a classifier, whatever its parameters are. */
export type Use<C extends number, R> = <P, E extends nn.Effects>(network: Classifier<P, C, E>) => R;

/** Does something with the network of that name, each with its own types. */
export function withModel<const C extends number, R>(name: ModelName, classes: C, use: Use<C, R>): R {
  switch (name) {
    case 'mlp': return use(mlp(classes));
    case 'lenet': return use(lenet(classes));
    case 'resnet': return use(resnet(classes));
    case 'vit': return use(vit(classes));
    default: return name satisfies never;
  }
}
