// Augmentation of images: whole batches at once, each image by its own draw, as pure functions of a key that may be jitted. Floor 7.

import { handleOf } from '../trace/handle.ts';
import type { Float } from '../dtype/dtype.ts';
import { CotangentError, ShapeError } from '../error.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { iota, optimizationBarrier } from '../lax/structural.ts';
import * as np from '../numpy/index.ts';
import { typed } from '../numpy/typed.ts';
import { split, type Key } from '../random/key.ts';
import { normal } from '../random/normal.ts';
import { uniform } from '../random/uniform.ts';
import { show, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';

/** Images as batch, height, width, channels. */
type Images<N extends number, H extends number, W extends number, C extends number, D extends Float> = Tensor<[N, H, W, C], D>;
type Untyped = Tensor<Shape>;
type Mask = Tensor<Shape, 'bool'>;
const loose = (x: AnyTensor): Untyped => typed(x);
const ids = (x: AnyTensor): Tensor<Shape, 'i32'> => typed(x);
const masked = (x: AnyTensor): Mask => typed(x);

interface Dims { readonly n: number; readonly h: number; readonly w: number; readonly c: number }
function dimsOf(images: AnyTensor, where: string): Dims {
  const [n = 0, h = 0, w = 0, c = 0] = handleOf(images, `data.${where}`).shape;
  if (images.shape.length !== 4) throw new ShapeError(`data.${where}: images are [batch, height, width, channels], got ${show(images.shape)}`);
  return { n, h, w, c };
}
const inRange = (what: string, value: number, least: number, most: number): void => {
  if (!(value >= least && value <= most)) throw new CotangentError('value', `data.${what} ${value} is not in [${least}, ${most}]`);
};

/** One number for each image, shaped to broadcast over its pixels. Behind a barrier: else the draw is computed, and compiled, anew inside the loop over pixels. */
const each = (key: Key, n: number, minval: number, maxval: number): Untyped => optimizationBarrier([loose(np.reshape(uniform(key, [n], { minval, maxval }), [n, 1, 1]))])[0];

/**
 * Turns each image round left to right, with the given probability.
 *
 * @param probability default 0.5.
 * @throws `value` where the probability is none.
 * @example
 * import { data, random, tensor } from 'cotangent';
 * data.flipLeftRight(random.key(0), tensor([[[[1], [2]]]]), 1); // -> [[[[2], [1]]]]
 */
export function flipLeftRight<N extends number, H extends number, W extends number, C extends number, D extends Float>(key: Key, images: Images<N, H, W, C, D>, probability = 0.5): Images<N, H, W, C, D> {
  const { n } = dimsOf(images, 'flipLeftRight');
  inRange('flipLeftRight: probability', probability, 0, 1);
  const turned = np.less(loose(np.reshape(uniform(key, [n]), [n, 1, 1, 1])), probability);
  return typed(np.where(turned, loose(np.flip(images, [2])), loose(images)));
}

/** How far each image is moved: every quantity is drawn evenly from minus to plus the given one. */
export interface AffineOptions {
  /** Degrees, anticlockwise as the image is seen. Default 0. */
  readonly rotate?: number;
  /** By which factor: from 1 / (1 + scale) to 1 + scale, evenly in its logarithm. Default 0. */
  readonly scale?: number;
  /** Pixels, along each axis. Default 0. */
  readonly shift?: number;
  /** Degrees of a horizontal shear. Default 0. */
  readonly shear?: number;
}

/** The values of the images at real places, between pixels by the four nearest; 0 outside. */
function sampled(images: Untyped, y: Untyped, x: Untyped, { n, h, w, c }: Dims): Untyped {
  const flat = loose(np.reshape(images, [n * h * w, c]));
  const first = ids(np.reshape(np.multiply(iota('i32', n), h * w), [n, 1, 1]));
  const [y0, x0] = [np.floor(y), np.floor(x)];
  const corner = (dy: number, dx: number): Untyped => {
    const [cy, cx] = [np.add(y0, dy), np.add(x0, dx)];
    const inside = np.logicalAnd(np.logicalAnd(np.greaterEqual(cy, 0), np.less(cy, h)), np.logicalAnd(np.greaterEqual(cx, 0), np.less(cx, w)));
    const place = np.add(np.multiply(np.clip(cy, 0, h - 1), w), np.clip(cx, 0, w - 1));
    const weight = np.multiply(np.subtract(1, np.abs(np.subtract(y, cy))), np.subtract(1, np.abs(np.subtract(x, cx))));
    const value = np.take(flat, ids(np.add(np.astype(loose(place), 'i32'), first)), { axis: 0, mode: 'clip' });
    return np.multiply(loose(value), loose(np.astype(np.expandDims(loose(np.where(masked(inside), loose(weight), 0)), -1), images.dtype)));
  };
  return loose(np.add(np.add(corner(0, 0), corner(0, 1)), np.add(corner(1, 0), corner(1, 1))));
}

/**
 * Rotates, scales, shears and moves each image around its middle, by its own draws; values between pixels are interpolated, those from
 * outside are 0.
 *
 * @throws `value` where an option is negative or not finite.
 * @example
 * import { data, random, tensor } from 'cotangent';
 * data.randomAffine(random.key(0), tensor([[[[1], [2]]]]), {}); // -> [[[[1], [2]]]]
 */
export function randomAffine<N extends number, H extends number, W extends number, C extends number, D extends Float>(key: Key, images: Images<N, H, W, C, D>, options: AffineOptions): Images<N, H, W, C, D> {
  optionsOf('data.randomAffine', options, { rotate: 'number', scale: 'number', shift: 'number', shear: 'number' });
  const { rotate = 0, scale = 0, shift = 0, shear = 0 } = options;
  const dims = dimsOf(images, 'randomAffine');
  const { n, h, w } = dims;
  for (const [what, value] of Object.entries({ rotate, scale, shift, shear })) inRange(`randomAffine: ${what}`, value, 0, Number.MAX_VALUE);
  const [angles, scales, shears, downs, rights] = split(key, 5);
  const angle = each(angles, n, -rotate * Math.PI / 180, rotate * Math.PI / 180);
  const slant = np.tan(each(shears, n, -shear * Math.PI / 180, shear * Math.PI / 180));
  const factor = np.exp(each(scales, n, -Math.log1p(scale), Math.log1p(scale)));
  const [cos, sin] = [np.divide(np.cos(angle), factor), np.divide(np.sin(angle), factor)];
  const count = (m: number, shape: readonly number[]): Untyped => loose(np.reshape(np.subtract(iota('f32', m), (m - 1) / 2), shape));
  // From each place of the result back to the place it comes from.
  const y = np.subtract(count(h, [1, h, 1]), each(downs, n, -shift, shift));
  const straight = np.subtract(count(w, [1, 1, w]), each(rights, n, -shift, shift));
  const x = np.subtract(straight, np.multiply(slant, y));
  const fromY = np.add(np.add(np.multiply(sin, x), np.multiply(cos, y)), (h - 1) / 2);
  const fromX = np.add(np.subtract(np.multiply(cos, x), np.multiply(sin, y)), (w - 1) / 2);
  // Each place is read by four corners.
  const [atY, atX] = optimizationBarrier([loose(fromY), loose(fromX)]);
  return typed(np.astype(sampled(loose(images), atY, atX, dims), images.dtype));
}

/**
 * Moves each image by whole pixels, up to `pixels` along each axis; what comes from outside is 0 (a random crop of the padded image).
 *
 * @throws `value` where `pixels` is no natural number.
 * @example
 * import { data, random, tensor } from 'cotangent';
 * data.randomShift(random.key(0), tensor([[[[1], [2]]]]), 0); // -> [[[[1], [2]]]]
 */
export function randomShift<N extends number, H extends number, W extends number, C extends number, D extends Float>(key: Key, images: Images<N, H, W, C, D>, pixels: number): Images<N, H, W, C, D> {
  const dims = dimsOf(images, 'randomShift');
  if (!Number.isInteger(pixels) || pixels < 0) throw new CotangentError('value', `data.randomShift: ${pixels} pixels; a natural number is wanted`);
  const [downs, rights] = split(key);
  const whole = (k: Key): Untyped => loose(np.floor(each(k, dims.n, -pixels, pixels + 1)));
  const places = (m: number, shape: readonly number[]): Untyped => loose(np.reshape(iota('f32', m), shape));
  const y = np.subtract(places(dims.h, [1, dims.h, 1]), whole(downs));
  const x = np.subtract(places(dims.w, [1, 1, dims.w]), whole(rights));
  return typed(np.astype(sampled(loose(images), loose(np.add(y, np.multiply(x, 0))), loose(np.add(x, np.multiply(y, 0))), dims), images.dtype));
}

/**
 * Sets a square of each image, at its own random place, to 0 (DeVries and Taylor 2017). Squares may reach over the edge.
 *
 * @throws `value` where `size` is no natural number.
 * @example
 * import { data, random, tensor } from 'cotangent';
 * data.cutout(random.key(0), tensor([[[[1], [2]]]]), 3); // -> [[[[0], [0]]]]
 */
export function cutout<N extends number, H extends number, W extends number, C extends number, D extends Float>(key: Key, images: Images<N, H, W, C, D>, size: number): Images<N, H, W, C, D> {
  const { n, h, w } = dimsOf(images, 'cutout');
  if (!Number.isInteger(size) || size < 0) throw new CotangentError('value', `data.cutout: size ${size}; a natural number is wanted`);
  const [downs, rights] = split(key);
  const near = (k: Key, m: number, shape: readonly number[]): Mask => {
    const centre = np.floor(each(k, n, 0, m));
    const place = loose(np.reshape(iota('f32', m), shape));
    // Of an even size, the middle is the lower right one of the four.
    const from = np.subtract(place, np.subtract(centre, Math.floor(size / 2)));
    return typed(np.logicalAnd(np.greaterEqual(from, 0), np.less(from, size)));
  };
  const hit = loose(np.logicalAnd(near(downs, h, [1, h, 1]), near(rights, w, [1, 1, w])));
  return typed(np.where(masked(np.expandDims(hit, -1)), np.zerosLike(loose(images)), loose(images)));
}

/**
 * Adds normal noise to every sample.
 *
 * @throws `value` where the deviation is negative.
 * @example
 * import { data, random, tensor } from 'cotangent';
 * data.addNoise(random.key(0), tensor([[[[1], [2]]]]), 0); // -> [[[[1], [2]]]]
 */
export function addNoise<N extends number, H extends number, W extends number, C extends number, D extends Float>(key: Key, images: Images<N, H, W, C, D>, deviation: number): Images<N, H, W, C, D> {
  dimsOf(images, 'addNoise');
  inRange('addNoise: deviation', deviation, 0, Number.MAX_VALUE);
  return typed(np.add(loose(images), loose(np.multiply(normal(key, images.shape, { dtype: images.dtype }), deviation))));
}
