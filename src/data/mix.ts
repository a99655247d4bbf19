// Augmentation that mixes examples of a batch with each other, and their labels alike: pure functions of a key that may be jitted. Floor 7.

import type { Float } from '../dtype/dtype.ts';
import { CotangentError, ShapeError } from '../error.ts';
import { showAval } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import * as np from '../numpy/index.ts';
import { typed } from '../numpy/typed.ts';
import { beta } from '../random/gamma.ts';
import { split, type Key } from '../random/key.ts';
import { permutation } from '../random/permutation.ts';
import { uniform } from '../random/uniform.ts';
import type { Shape } from '../shape/dim.ts';
import { avalOf, handleOf } from '../trace/handle.ts';

type Untyped = Tensor<Shape>;
type Mask = Tensor<Shape, 'bool'>;
const loose = (x: AnyTensor): Untyped => typed(x);
const masked = (x: AnyTensor): Mask => typed(x);

/** Examples and what is to be said of them: soft labels, one row for each example (`np.oneHot` makes them of classes). */
type Mixed<N extends number, S extends Shape, C extends number, D extends Float, L extends Float> = [examples: Tensor<[N, ...S], D>, labels: Tensor<[N, C], L>];

function expectPairs(where: string, examples: AnyTensor, labels: AnyTensor, alpha: number): number {
  if (!(alpha > 0 && Number.isFinite(alpha))) throw new CotangentError('value', `data.${where}: alpha ${alpha}; a positive number is wanted`);
  const n = handleOf(examples, `data.${where}`).shape[0];
  if (n === undefined || handleOf(labels, `data.${where}`).shape.length !== 2 || labels.shape[0] !== n) {
    throw new ShapeError(`data.${where}: examples ${showAval(avalOf(examples))} want soft labels [${n ?? 'batch'}, classes], got ${showAval(avalOf(labels))}; of integers make them with np.oneHot`);
  }
  return n;
}
const shaped = (x: AnyTensor, rank: number): Untyped => loose(np.reshape(loose(x), [x.shape[0] ?? 0, ...Array.from({ length: rank - 1 }, () => 1)]));
/** share x + (1 - share) x[partner], by a share for each example. */
function blended(x: AnyTensor, share: AnyTensor, partner: Tensor<[number], 'i32'>): Untyped {
  const weight = loose(np.astype(shaped(share, x.shape.length), x.dtype));
  const other = loose(np.take(loose(x), partner, { axis: 0 }));
  return loose(np.add(np.multiply(weight, loose(x)), np.multiply(np.subtract(1, weight), other)));
}

/**
 * Mixes each example with another one of the batch, by a share drawn from Beta(alpha, alpha), and its labels alike: the network is asked
 * to be linear between examples. Each example draws for itself. H. Zhang, M. Cisse, Y. Dauphin, D. Lopez-Paz, "mixup: Beyond empirical
 * risk minimization", 2018.
 *
 * @param labels soft labels [batch, classes]; of integers make them with `np.oneHot`.
 * @param alpha how strongly: near 0 examples hardly mix, at 1 all shares are as likely. Default 0.2.
 * @throws `value` where alpha is not positive, `shape` where labels do not fit the examples.
 * @example
 * import { data, np, random, tensor } from 'cotangent';
 * const [images, labels] = data.mixup(random.key(0), tensor([[1, 2], [3, 4]]), np.oneHot(tensor([0, 1], 'i32'), 2));
 * np.sum(labels, { axis: 1 }); // -> [1, 1]
 * images.shape; // -> [2, 2]
 */
export function mixup<N extends number, S extends Shape, C extends number, D extends Float, L extends Float>(key: Key, examples: Tensor<[N, ...S], D>, labels: Tensor<[N, C], L>, alpha = 0.2): Mixed<N, S, C, D, L> {
  const n = expectPairs('mixup', examples, labels, alpha);
  const [shares, partners] = split(key);
  const share = beta(shares, alpha, alpha, [n]);
  const partner = permutation(partners, n);
  return typed([blended(examples, share, partner), blended(labels, share, partner)]);
}

/**
 * Puts a rectangle of another image of the batch into each one, at a place of its own, and mixes the labels by the area that stayed. The
 * area is drawn from Beta(alpha, alpha); what reaches over the edge is cut off and not counted. S. Yun and others, "CutMix: Regularization
 * strategy to train strong classifiers with localizable features", 2019.
 *
 * @param labels soft labels [batch, classes]; of integers make them with `np.oneHot`.
 * @param alpha of the areas. Default 1: all are as likely.
 * @throws `value` where alpha is not positive, `shape` where images are not [batch, height, width, channels] or labels do not fit them.
 * @example
 * import { data, np, ones, random, tensor } from 'cotangent';
 * const [images, labels] = data.cutmix(random.key(0), ones([2, 4, 4, 1]), np.oneHot(tensor([0, 1], 'i32'), 2));
 * np.sum(labels, { axis: 1 }); // -> [1, 1]
 * np.min(images); // -> 1
 */
export function cutmix<N extends number, H extends number, W extends number, C extends number, D extends Float, K extends number, L extends Float>(key: Key, images: Tensor<[N, H, W, C], D>, labels: Tensor<[N, K], L>, alpha = 1): Mixed<N, [H, W, C], K, D, L> {
  const n = expectPairs('cutmix', images, labels, alpha);
  const [, h, w] = images.shape;
  if (images.shape.length !== 4) throw new ShapeError(`data.cutmix: images are [batch, height, width, channels], got ${showAval(avalOf(images))}`);
  const [shares, partners, downs, rights] = split(key, 4);
  // A rectangle with the image's proportions and the share 1 - lambda of its area.
  const side = np.sqrt(np.subtract(1, beta(shares, alpha, alpha, [n])));
  /** Which rows, or columns, lie in the rectangle: [n, m]. */
  const within = (k: Key, m: number): Mask => {
    const half = np.multiply(side, m / 2);
    const centre = np.multiply(uniform(k, [n]), m);
    const place = np.reshape(np.add(np.astype(np.arange(m), 'f32'), 0.5), [1, m]);
    const column = (x: Tensor<[number]>): Untyped => loose(np.reshape(x, [n, 1]));
    return masked(np.less(np.abs(np.subtract(loose(place), column(centre))), column(half)));
  };
  const [rows, columns] = [within(downs, h), within(rights, w)];
  const hit = masked(np.logicalAnd(masked(np.expandDims(rows, 2)), masked(np.expandDims(columns, 1))));
  const stayed = np.subtract(1, np.mean(loose(np.astype(hit, 'f32')), { axis: [1, 2] }));
  const partner = permutation(partners, n);
  const other = loose(np.take(loose(images), partner, { axis: 0 }));
  return typed([np.where(masked(np.expandDims(hit, -1)), other, loose(images)), blended(labels, stayed, partner)]);
}
