// Images of other sizes: whole batches resized, or each image cropped at its own random place; pure functions that may be jitted. Floor 7.

import { CotangentError, ShapeError } from '../error.ts';
import type { Float } from '../dtype/dtype.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { iota } from '../lax/structural.ts';
import { fromData } from '../numpy/create.ts';
import * as np from '../numpy/index.ts';
import { typed } from '../numpy/typed.ts';
import { split, type Key } from '../random/key.ts';
import { randint } from '../random/discrete.ts';
import { show, type Shape } from '../shape/dim.ts';
import { optionsOf } from '../shape/options.ts';
import { handleOf } from '../trace/handle.ts';

type Images<N extends number, H extends number, W extends number, C extends number, D extends Float> = Tensor<[N, H, W, C], D>;
type Untyped = Tensor<Shape>;
const loose = (x: AnyTensor): Untyped => typed(x);
const whole = (x: AnyTensor): Tensor<Shape, 'i32'> => typed(x);

function sizesOf(name: string, images: AnyTensor, size: unknown): readonly [n: number, h: number, w: number, c: number, height: number, width: number] {
  const { shape } = handleOf(images, name);
  const [n = 0, h = 0, w = 0, c = 0] = shape;
  if (shape.length !== 4) throw new ShapeError(`${name}: images are [batch, height, width, channels], got ${show(shape)}`);
  const asked: readonly unknown[] = Array.isArray(size) ? size : [];
  const [height, width] = asked;
  if (asked.length !== 2 || typeof height !== 'number' || typeof width !== 'number' || ![height, width].every(m => Number.isSafeInteger(m) && m > 0)) {
    throw new ShapeError(`${name}: the size is ${Array.isArray(size) ? show(size) : String(size)}; write [height, width], positive integers`);
  }
  return [n, h, w, c, height, width];
}

/** How images are resized. */
export interface ResizeOptions {
  /** What stands between pixels: the nearest one, or a mean of those around by lines (the default) or by cubics (Keys, a = -1/2). */
  readonly method?: 'nearest' | 'bilinear' | 'bicubic';
  /** Whether smaller images are means over all pixels that they stand for, rather than samples. Default true; not of `nearest`. */
  readonly antialias?: boolean;
  /** Whether the middles of the corner pixels stay where they are, rather than the outer edges of the image. Default false; for `bilinear` and `bicubic`. */
  readonly alignCorners?: boolean;
}

const kernels = {
  bilinear: (x: number) => Math.max(0, 1 - x),
  // Keys, "Cubic convolution interpolation for digital image processing", 1981.
  bicubic: (x: number) => x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0,
} as const;

/** What each pixel of a line of `to` takes from each of `from`. */
function weights(from: number, to: number, method: keyof typeof kernels, antialias: boolean, corners: boolean): Float64Array {
  const step = corners ? (to === 1 ? 0 : (from - 1) / (to - 1)) : from / to;
  const spread = antialias ? Math.max(1, step) : 1;
  const kernel = kernels[method];
  const table = new Float64Array(to * from);
  for (let i = 0; i < to; i++) {
    const place = corners ? i * step : (i + 0.5) * step - 0.5;
    const row = table.subarray(i * from, (i + 1) * from);
    for (let j = 0; j < from; j++) row[j] = kernel(Math.abs(place - j) / spread);
    // At the edges what would lie outside is shared out among what is inside.
    const sum = row.reduce((a, b) => a + b, 0);
    for (let j = 0; j < from; j++) row[j] = (row[j] ?? 0) / sum;
  }
  return table;
}

/**
 * Images of another height and width. Pixels are squares whose middles lie at half numbers, so the image's outer edges stay where they are:
 * pixel i of the result is at (i + 1/2) old / new - 1/2 of the old ones. This is JAX's and TensorFlow 2's convention, and PyTorch's with
 * `align_corners=False`; `alignCorners` gives the other one, where it is at i (old - 1) / (new - 1). Equal to jax.image.resize, which also
 * takes means where the image becomes smaller (PyTorch and TensorFlow do so only when asked: `antialias: false` is what they do). A function of tensors
 * is a layer, so this stands in a network as `x => data.resize(x, [14, 14])`.
 *
 * @throws `shape` where the images are no [batch, height, width, channels] or the size is not two positive integers, `options` where options contradict each other.
 * @example
 * import { data, tensor } from 'cotangent';
 * const row = tensor([[[[0], [4]]]]);
 * data.resize(row, [1, 4]); // -> [[[[0], [1], [3], [4]]]]
 * data.resize(row, [1, 4], { method: 'nearest' }); // -> [[[[0], [0], [4], [4]]]]
 * data.resize(row, [1, 3], { alignCorners: true }); // -> [[[[0], [2], [4]]]]
 */
export function resize<N extends number, H extends number, W extends number, C extends number, D extends Float, const Height extends number, const Width extends number>(
  images: Images<N, H, W, C, D>, size: readonly [Height, Width], options: ResizeOptions = {},
): Images<N, Height, Width, C, D> {
  const { method = 'bilinear', alignCorners = false, antialias } = optionsOf('data.resize', options, { method: ['nearest', 'bilinear', 'bicubic'], antialias: 'flag', alignCorners: 'flag' });
  const [, h, w, , height, width] = sizesOf('data.resize', images, size);
  if (h === 0 || w === 0) throw new ShapeError(`data.resize: images ${show(images.shape)} have no pixels`);
  if (alignCorners && (method === 'nearest' || antialias === true)) throw new CotangentError('options', `data.resize: alignCorners goes with bilinear or bicubic samples only, not with ${method === 'nearest' ? 'nearest' : 'antialias'}; leave one out`);
  if (method === 'nearest' && antialias === true) throw new CotangentError('options', 'data.resize: nearest takes samples, never means; leave antialias out');
  const along = (x: Untyped, axis: 1 | 2, from: number, to: number): Untyped => {
    if (from === to) return x;
    if (method === 'nearest') return loose(np.take(x, fromData(Int32Array.from({ length: to }, (_, i) => Math.min(from - 1, Math.floor((i + 0.5) * from / to))), [to], 'i32'), { axis }));
    const table = loose(fromData(weights(from, to, method, antialias ?? !alignCorners, alignCorners), [to, from], images.dtype));
    return loose(axis === 1 ? np.einsum('nhwc,oh->nowc', x, table) : np.einsum('nhwc,ow->nhoc', x, table));
  };
  return typed(along(along(loose(images), 1, h, height), 2, w, width));
}

/**
 * A part of the given height and width of each image, at its own random place; with `padding`, of the image with so many zeros on every side.
 *
 * @throws `shape` where the part is larger than the padded image, `options` where the padding is no natural number.
 * @example
 * import { data, random, zeros } from 'cotangent';
 * data.randomCrop(random.key(0), zeros([8, 32, 32, 3]), [28, 28]).shape; // -> [8, 28, 28, 3]
 * data.randomCrop(random.key(0), zeros([8, 32, 32, 3]), [32, 32], { padding: 4 }).shape; // -> [8, 32, 32, 3]
 */
export function randomCrop<N extends number, H extends number, W extends number, C extends number, D extends Float, const Height extends number, const Width extends number>(
  key: Key, images: Images<N, H, W, C, D>, size: readonly [Height, Width], options: { readonly padding?: number } = {},
): Images<N, Height, Width, C, D> {
  const { padding = 0 } = optionsOf('data.randomCrop', options, { padding: 'number' });
  if (!Number.isSafeInteger(padding) || padding < 0) throw new CotangentError('options', `data.randomCrop: padding ${padding} is no natural number`);
  const [n, h, w, c, height, width] = sizesOf('data.randomCrop', images, size);
  const [tall, wide] = [h + 2 * padding, w + 2 * padding];
  if (height > tall || width > wide) throw new ShapeError(`data.randomCrop: a part of ${show([height, width])} does not fit into ${show([tall, wide])}; make it smaller, or pad more`);
  const padded = padding === 0 ? loose(images) : loose(np.pad(loose(images), [[0, 0], [padding, padding], [padding, padding], [0, 0]]));
  const [downs, rights] = split(key);
  const from = (k: Key, room: number): Tensor<Shape, 'i32'> => whole(np.reshape(randint(k, [n], 0, room + 1), [n, 1, 1]));
  const y = np.add(from(downs, tall - height), whole(np.reshape(iota('i32', height), [1, height, 1])));
  const x = np.add(from(rights, wide - width), whole(np.reshape(iota('i32', width), [1, 1, width])));
  const first = whole(np.reshape(np.multiply(iota('i32', n), tall * wide), [n, 1, 1]));
  const place = np.add(np.add(np.multiply(whole(y), wide), whole(x)), first);
  return typed(np.take(loose(np.reshape(padded, [n * tall * wide, c])), whole(place), { axis: 0, mode: 'clip' }));
}
