// The two networks, and a step of their training as one jitted function: augmentation, loss, gradient, Adam.
// Cotangent's part of the page; knows nothing of workers or pages.
import { data, fromData, jit, nn, optim, random, tensor, valueAndGrad, zeros, type Key, type Scalar, type Tensor } from 'cotangent';
import type { Model } from '../messages.ts';

export const batch = 64;
type Images = Tensor<[number, 28, 28, 1]>;
type Labels = Tensor<[number], 'i32'>;
type Logits = Tensor<[number, 10]>;

const mlp = nn.seq((images: Images) => nn.flatten(images), nn.dense(256), nn.relu, nn.dense(128), nn.relu, nn.dense(10));
/** LeNet-5 (LeCun et al. 1998) as it is built today: rectifiers, and the greatest of each window. */
const lenet = nn.seq(
  nn.conv(8, 5, { padding: 'same' }), nn.relu, nn.maxPool(2), nn.conv(16, 5), nn.relu, nn.maxPool(2),
  nn.flatten, nn.dense(120), nn.relu, nn.dense(84), nn.relu, nn.dense(10),
);

/** A network in training: its parameters change with every step. */
export interface Learner {
  readonly parameters: number;
  /** Learns from a batch: 28 x 28 numbers from 0 to 1 for each label. The loss is on its way. */
  readonly learn: (images: Float32Array, labels: Int32Array, rate: number) => Scalar;
  /** How probable each of the ten digits is, for each image. */
  readonly probabilities: (images: Float32Array) => Promise<Float32Array>;
}

const imagesOf = (pixels: Float32Array): Images => fromData(pixels, [pixels.length / 784, 28, 28, 1]);

/** A network of any parameters P as a learner. */
function learner<P>(initial: P, logits: (params: P, images: Images) => Logits, key: Key): Learner {
  let params = initial;
  let state = optim.adam(tensor(1)).init(params);
  let k = 0;
  const step = jit((p: P, s: typeof state, images: Images, labels: Labels, count: Scalar<'i32'>, rate: Scalar): [P, typeof state, Scalar] => {
    // Nobody writes as upright as the pen of the training digits: each is turned, sheared, scaled and moved a little, anew at every step.
    const varied = data.randomAffine(random.foldIn(key, count), images, { rotate: 12, scale: 0.15, shift: 2, shear: 10 });
    const [loss, gradient] = valueAndGrad((q: P): Scalar => nn.crossEntropy(logits(q, varied), labels))(p);
    const [updates, next] = optim.adam(rate).update(gradient, s, p);
    return [optim.applyUpdates(p, updates), next, loss];
  }, { donate: [0, 1] });
  const classify = jit((p: P, images: Images) => nn.softmax(logits(p, images)));
  return {
    parameters: nn.countParameters(params),
    learn(images, labels, rate) {
      let loss: Scalar;
      [params, state, loss] = step(params, state, imagesOf(images), fromData(labels, [labels.length]), tensor(k++, 'i32'), tensor(rate));
      return loss;
    },
    probabilities: images => classify(params, imagesOf(images)).data(),
  };
}

/** A network that has learned nothing. Equal seeds make equal ones, on every machine. */
export function learnerOf(model: Model, seed: number): Learner {
  const [paramsKey, key] = random.split(random.key(seed));
  const example: Images = zeros([batch, 28, 28, 1]);
  return model === 'mlp'
    ? learner(nn.init(mlp, paramsKey, example), (p, images) => nn.apply(mlp, p, images), key)
    : learner(nn.init(lenet, paramsKey, example), (p, images) => nn.apply(lenet, p, images), key);
}
