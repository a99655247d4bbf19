// Strokes that a person draws, as the image that a classifier of digits expects: scaled, centred, and drawn by the pen of drawDigits.
// Floor 7, browser-safe: numbers in, typed arrays out; knows nothing of tensors, pointers or canvases.

import { CotangentError, ShapeError } from '../error.ts';
import { optionsOf } from '../shape/options.ts';
import { drawStrokes as ink } from './pen.ts';

/** How strokes are drawn. */
export interface StrokesOptions {
  /** Width and height of the image in pixels, at least 8. Default 28. */
  readonly size?: number;
  /** The longer side of the strokes' box, from middle to middle of the line, as a share of the image. Default 18 / 28, as the digits of `drawDigits` on average and those of MNIST. */
  readonly box?: number;
  /** The pen's, in pixels of a 28 x 28 image; default 1.35. */
  readonly radius?: number;
  /** What stands in the middle of the image: that of the strokes' box, as in `drawDigits`, or the centre of mass of the ink, as in MNIST. Default `'box'`. */
  readonly centre?: 'box' | 'mass';
}

/** The least and the greatest of every second number, over all strokes. */
function reach(strokes: readonly ArrayLike<number>[], axis: 0 | 1): readonly [number, number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const stroke of strokes) {
    for (let i = axis; i < stroke.length; i += 2) {
      least = Math.min(least, stroke[i] ?? Number.NaN);
      greatest = Math.max(greatest, stroke[i] ?? Number.NaN);
    }
  }
  return [least, greatest];
}

/** The largest coordinate: far beyond any screen in any unit, and squares of it are numbers. */
const largest = 1e9;

const inRange = (what: string, value: number, least: number, most: number): number => {
  if (value >= least && value <= most) return value;
  throw new CotangentError('value', `data.drawStrokes: ${what} must be from ${least} to ${most}, got ${value}`);
};

/**
 * Draws the strokes of a pen, a finger or a mouse as the digits of `drawDigits` are drawn: scaled so that the longer side of their box
 * has its usual length, moved to the middle of the image, drawn with a round pen and anti-aliased. Where and how large they were drawn
 * makes no difference.
 *
 * @param strokes each as x0, y0, x1, y1, ... in any unit, x to the right, y downwards; consecutive points are joined. A stroke of one point is a dot.
 * @returns `size * size` grey values, row by row: 0 background, 255 ink. Without any point all are 0.
 * @throws `shape` for an odd number of coordinates, `value` for one that is not finite or beyond 1e9, and for an option out of range.
 * @example
 * import { data } from 'cotangent';
 * const image = data.drawStrokes([[10, 10, 10, 90]], { size: 8 }); // a one
 * Array.from(image.subarray(24, 32)); // -> [0, 0, 0, 98, 98, 0, 0, 0]
 */
export function drawStrokes(strokes: readonly ArrayLike<number>[], options: StrokesOptions = {}): Uint8Array {
  optionsOf('data.drawStrokes', options, { size: 'number', box: 'number', radius: 'number', centre: ['box', 'mass'] });
  const { size = 28, centre = 'box' } = options;
  const box = inRange('box', options.box ?? 18 / 28, 0.1, 1);
  const radius = inRange('radius', options.radius ?? 1.35, 0.1, 14) * (size / 28);
  if (!Number.isInteger(size)) throw new CotangentError('value', `data.drawStrokes: size must be an integer, got ${size}`);
  inRange('size', size, 8, 1024);
  strokes.forEach((stroke, k) => {
    if (stroke.length % 2 !== 0) throw new ShapeError(`data.drawStrokes: stroke ${k} has ${stroke.length} coordinates; pairs of x and y are wanted`);
    for (let i = 0; i < stroke.length; i++) {
      if (!(Math.abs(stroke[i] ?? Number.NaN) <= largest)) throw new CotangentError('value', `data.drawStrokes: coordinate ${i} of stroke ${k} is ${stroke[i]}; numbers from -${largest} to ${largest} are wanted`);
    }
  });
  // A stroke of one point has no piece that could be drawn: from itself to itself is one.
  const drawn = strokes.filter(stroke => stroke.length > 0).map(stroke => ({ smooth: false, points: stroke.length === 2 ? [...Array.from(stroke), ...Array.from(stroke)] : Array.from(stroke) }));
  const image = new Uint8Array(size * size);
  if (drawn.length === 0) return image;
  const [[left, right], [top, bottom]] = [reach(strokes, 0), reach(strokes, 1)];
  const longest = Math.max(right - left, bottom - top);
  // What is shorter than the grain of its coordinates is a dot: there is nothing to scale.
  const scale = longest > 1e-9 * Math.max(...[left, right, top, bottom].map(Math.abs)) ? box * size / longest : 0;
  const share = new Float64Array(size * size);
  const draw = (dx: number, dy: number): void => {
    const [x0, y0] = [size / 2 + dx - scale * (left + right) / 2, size / 2 + dy - scale * (top + bottom) / 2];
    ink(share, size, drawn, { xx: scale, xy: 0, x0, yx: 0, yy: scale, y0 }, radius, () => 0);
  };
  draw(0, 0);
  if (centre === 'mass') {
    let [sum, sumX, sumY] = [0, 0, 0];
    share.forEach((v, pixel) => { sum += v; sumX += v * (pixel % size + 0.5); sumY += v * (Math.floor(pixel / size) + 0.5); });
    if (sum > 0) draw(size / 2 - sumX / sum, size / 2 - sumY / sum);
  }
  for (let pixel = 0; pixel < image.length; pixel++) image[pixel] = Math.round(255 * (share[pixel] ?? 0));
  return image;
}
