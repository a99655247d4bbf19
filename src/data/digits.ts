// Handwritten digits that the program draws itself, so that the main example needs no file and no network.
// Floor 7, browser-safe: typed arrays in, typed arrays out; knows nothing of tensors.

import { CotangentError } from '../error.ts';
import { optionsOf } from '../shape/options.ts';
import { RandomStream } from './random-stream.ts';
import type { Glyph } from './glyphs.ts';
import { glyphs } from './glyphs.ts';
import type { Affine } from './pen.ts';
import { drawStrokes } from './pen.ts';

/** What `drawDigits` is asked for. */
export interface DigitsOptions {
  /** How many images. */
  readonly count: number;
  /** Any safe integer; the same seed gives the same bytes on every machine. Default 0. */
  readonly seed?: number;
  /** Width and height of an image in pixels, at least 8. Default 28. */
  readonly size?: number;
  /** The number of the first image in the seed's endless sequence: with `from: 8000` a test part that no training part of 8,000 images contains. Default 0. */
  readonly from?: number;
}

/** Drawn digits: `images` holds count x size x size grey values (0 background, 255 ink), `labels` the digit of each. */
export interface DrawnDigits {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  readonly size: number;
}

/** The spread of each distortion, as standard deviations in units of the glyph's box unless said otherwise. Tuned so that a linear model and nearest neighbours fall short (test/data/digits.test.ts) while people read them. */
const spread = {
  halfTurn: 0.08, // tan of half the angle: a rotation of about 10 degrees
  shear: 0.18,
  scale: [0.58, 0.8], // the glyph's height as a share of the image
  aspect: [0.6, 0.95], // its width as a share of its height
  shift: 0.045, // of the image
  wobble: 0.025, // of each control point
  radius: [0.9, 1.8], // of the pen, in pixels of a 28 x 28 image
  contrast: [0.6, 1],
  grain: 0.05, // of each pixel's grey value, of full ink
} as const;

const chooseGlyph = (stream: RandomStream, label: number): Glyph => {
  const styles = glyphs[label] ?? [];
  return styles[stream.below(styles.length)] ?? [];
};

/** The random placement of the unit box on an image: scale, shear, rotation, shift, in this order. */
const placement = (stream: RandomStream, size: number): Affine => {
  const half = spread.halfTurn * stream.bell();
  const cosine = (1 - half * half) / (1 + half * half);
  const sine = (2 * half) / (1 + half * half);
  const height = size * stream.between(...spread.scale);
  const width = height * stream.between(...spread.aspect);
  const slant = spread.shear * stream.bell() * height;
  const xx = cosine * width;
  const xy = -cosine * slant - sine * height;
  const yx = sine * width;
  const yy = -sine * slant + cosine * height;
  const centreX = size * (0.5 + spread.shift * stream.bell());
  const centreY = size * (0.5 + spread.shift * stream.bell());
  return { xx, xy, yx, yy, x0: centreX - 0.5 * (xx + xy), y0: centreY - 0.5 * (yx + yy) };
};

const wholeNumber = (name: string, value: number, least: number, most: number): number => {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw new CotangentError('value', `drawDigits: ${name} must be an integer from ${least} to ${most}, got ${value}`);
};

/**
 * Draws handwritten digits: a pen follows one of several styles per class, with random shift, rotation, scale, shear,
 * thickness, contrast and grain, anti-aliased onto `size` x `size` grey pixels. Image number i depends on the seed, the
 * size and i only, so a longer draw starts with the shorter one. Classes are drawn uniformly at random.
 *
 * Throws `value` when an option is not an integer in its range.
 *
 * @example
 * const { images, labels } = drawDigits({ count: 100, seed: 1 });
 * images.length; // -> 78400
 * labels.slice(0, 5); // -> [8, 6, 2, 2, 7]
 */
export const drawDigits = (options: DigitsOptions): DrawnDigits => {
  optionsOf('data.drawDigits', options, { count: 'number', seed: 'number', size: 'number', from: 'number' });
  const size = wholeNumber('size', options.size ?? 28, 8, 1024);
  const pixels = size * size;
  const count = wholeNumber('count', options.count, 0, Math.floor(0x7fff_ffff / pixels));
  const seed = wholeNumber('seed', options.seed ?? 0, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const from = wholeNumber('from', options.from ?? 0, 0, 0x7fff_ffff);
  const images = new Uint8Array(count * pixels);
  const labels = new Uint8Array(count);
  const ink = new Float64Array(pixels);
  for (let index = 0; index < count; index++) {
    const stream = new RandomStream(seed, from + index);
    const label = stream.below(glyphs.length);
    const glyph = chooseGlyph(stream, label);
    const place = placement(stream, size);
    const radius = stream.between(...spread.radius) * (size / 28);
    const contrast = 255 * stream.between(...spread.contrast);
    drawStrokes(ink, size, glyph, place, radius, () => spread.wobble * stream.bell());
    const start = index * pixels;
    for (let pixel = 0; pixel < pixels; pixel++) {
      const grey = contrast * (ink[pixel] ?? 0) + 255 * spread.grain * stream.bell();
      images[start + pixel] = Math.min(255, Math.max(0, Math.round(grey)));
    }
    labels[index] = label;
  }
  return { images, labels, size };
};
