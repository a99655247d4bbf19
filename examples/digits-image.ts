// From a picture of any size and colour to the image that the networks know: 28 x 28, light ink on dark paper. Pure.
// Knows nothing of networks or files.
import type { io } from 'cotangent';
import { CotangentError } from '../src/error.ts';
import { isLeft, left, right, type Either } from '../src/fp.ts';

/** Grey values, row by row: 0 is paper, 1 is ink. */
export interface Grey { readonly height: number; readonly width: number; readonly ink: Float32Array }

/** For each of `to` pixels the weights of the `from` pixels below it: a triangle as wide as a pixel of the coarser of both. */
function weightsOf(from: number, to: number): readonly { readonly first: number; readonly weights: readonly number[] }[] {
  const step = from / to;
  const reach = Math.max(1, step);
  return Array.from({ length: to }, (_, k) => {
    const centre = (k + 0.5) * step;
    const [first, last] = [Math.max(0, Math.floor(centre - reach)), Math.min(from - 1, Math.ceil(centre + reach))];
    const raw = Array.from({ length: last - first + 1 }, (_each, i) => Math.max(0, 1 - Math.abs(first + i + 0.5 - centre) / reach));
    const sum = raw.reduce((a, b) => a + b, 0);
    return { first, weights: raw.map(w => w / sum) };
  });
}

/** The image in another size: interpolated where it grows, averaged where it shrinks. */
export function resized({ height, width, ink }: Grey, toHeight: number, toWidth: number): Grey {
  const columns = weightsOf(width, toWidth);
  const narrow = new Float32Array(height * toWidth);
  for (let y = 0; y < height; y++) {
    columns.forEach(({ first, weights }, x) => { narrow[y * toWidth + x] = weights.reduce((sum, w, i) => sum + w * (ink[y * width + first + i] ?? 0), 0); });
  }
  const out = new Float32Array(toHeight * toWidth);
  weightsOf(height, toHeight).forEach(({ first, weights }, y) => {
    for (let x = 0; x < toWidth; x++) out[y * toWidth + x] = weights.reduce((sum, w, i) => sum + w * (narrow[(first + i) * toWidth + x] ?? 0), 0);
  });
  return { height: toHeight, width: toWidth, ink: out };
}

/** How light each pixel is, 0 to 1 (Rec. 709); what is transparent shows the paper, white or black. */
function lightness({ height, width, channels, data }: io.Image, paper: 0 | 1): Grey {
  const coloured = channels > 2;
  const opaque = channels % 2 === 1;
  const ink = Float32Array.from({ length: height * width }, (_, i) => {
    const at = (k: number): number => (data[i * channels + k] ?? 0) / 255;
    const light = coloured ? 0.2126 * at(0) + 0.7152 * at(1) + 0.0722 * at(2) : at(0);
    return opaque ? light : paper + at(channels - 1) * (light - paper);
  });
  return { height, width, ink };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** An image that a network can be asked about, and what was done to get it. */
export interface Fitted { readonly image: Grey; readonly told: string }

/** The rows and columns that hold ink, as [top, bottom, left, right], ends not included; null where nothing does. */
function boxOf({ height, width, ink }: Grey, least: number): readonly [number, number, number, number] | null {
  let [top, bottom, leftmost, rightmost] = [height, 0, width, 0];
  ink.forEach((v, i) => {
    if (v < least) return;
    const [y, x] = [Math.floor(i / width), i % width];
    [top, bottom, leftmost, rightmost] = [Math.min(top, y), Math.max(bottom, y + 1), Math.min(leftmost, x), Math.max(rightmost, x + 1)];
  });
  return bottom === 0 ? null : [top, bottom, leftmost, rightmost];
}

/** The box of an image, 20 pixels at its longer side, in the middle of 28 x 28 by its centre of mass: as the digits of MNIST were made. */
function centred({ width, ink }: Grey, [top, bottom, leftmost, rightmost]: readonly [number, number, number, number]): Grey {
  const [h, w] = [bottom - top, rightmost - leftmost];
  const cut = Float32Array.from({ length: h * w }, (_, i) => ink[(top + Math.floor(i / w)) * width + leftmost + i % w] ?? 0);
  const scale = 20 / Math.max(h, w);
  const small = resized({ height: h, width: w, ink: cut }, Math.max(1, Math.round(h * scale)), Math.max(1, Math.round(w * scale)));
  const mass = (place: (i: number) => number): number => small.ink.reduce((sum, v, i) => sum + v * place(i), 0) / small.ink.reduce((sum, v) => sum + v, 0);
  const within = (from: number, length: number): number => Math.max(0, Math.min(28 - length, Math.round(14 - 0.5 - from)));
  const down = within(mass(i => Math.floor(i / small.width)), small.height);
  const across = within(mass(i => i % small.width), small.width);
  const out = new Float32Array(784);
  small.ink.forEach((v, i) => { out[(down + Math.floor(i / small.width)) * 28 + across + i % small.width] = v; });
  return { height: 28, width: 28, ink: out };
}

/**
 * The picture as the networks know digits. Whether it is dark on light or light on dark is decided by its edge, which is taken for paper. A picture of
 * 28 x 28 is taken as it is; of any other, the ink is made as dark as can be, cut out, and fitted in.
 *
 * Left, code `data`: a picture without ink.
 */
export function fitted(picture: io.Image, name: string): Either<CotangentError, Fitted> {
  const onWhite = fittedOn(picture, name, 1);
  // White ink on nothing cannot be seen on white paper.
  if (!isLeft(onWhite) || picture.channels % 2 === 1) return onWhite;
  const onBlack = fittedOn(picture, name, 0);
  return isLeft(onBlack) ? onWhite : onBlack;
}
function fittedOn(picture: io.Image, name: string, behind: 0 | 1): Either<CotangentError, Fitted> {
  const light = lightness(picture, behind);
  const { height, width } = light;
  const edge = Array.from(light.ink).filter((_, i) => i < width || i >= (height - 1) * width || i % width === 0 || i % width === width - 1);
  const paper = median(edge);
  const darkOnLight = paper > 0.5;
  const way = darkOnLight ? 'dark on light' : 'light on dark';
  const size = `${width} x ${height}`;
  if (height === 28 && width === 28) {
    const image = { height, width, ink: darkOnLight ? light.ink.map(v => 1 - v) : light.ink };
    if (Math.max(...image.ink) - Math.min(...image.ink) < 0.05) return left(new CotangentError('data', `${name}: holds no digit: its pixels are all alike`));
    return right({ image, told: `${size}, ${way}, taken as it is` });
  }
  const raw = light.ink.map(v => Math.max(0, darkOnLight ? paper - v : v - paper));
  const most = raw.reduce((a, b) => Math.max(a, b), 0);
  if (most < 0.05) return left(new CotangentError('data', `${name}: holds no digit: nothing stands out from its edge`));
  // Paper that is not quite even is no ink.
  const ink = raw.map(v => v / most < 0.15 ? 0 : v / most);
  const box = boxOf({ height, width, ink }, 0.3);
  if (box === null) return left(new CotangentError('data', `${name}: holds no digit`));
  const [top, bottom, leftmost, rightmost] = box;
  return right({ image: centred({ height, width, ink }, box), told: `${size}, ${way}; its ink of ${rightmost - leftmost} x ${bottom - top} pixels fitted into 28 x 28` });
}
