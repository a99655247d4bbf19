// Grids of images, with a line of words below each. Floor 7: pixels in, SVG out.
import { CotangentError, ShapeError } from '../error.ts';
import { showShape } from '../ir/aval.ts';
import { optionsOf } from '../shape/options.ts';
import { extentOf, read, type Numbers } from './numbers.ts';
import { dataUri } from './raster.ts';
import { element, fitText, picture, text } from './svg.ts';

/** Options of `plot.imageGrid`. */
export interface ImageGridOptions {
  readonly title?: string;
  /** A line below each image. */
  readonly labels?: readonly string[];
  /** How many stand in a row. Default: a row is about 640 pixels wide. */
  readonly columns?: number;
  /** How many pixels on the screen a pixel of an image is wide. Default: images are about 64 pixels wide. */
  readonly scale?: number;
  /** The numbers that are black and white; what is beyond is shown as the nearer one. Default: [0, 255] for bytes, [0, 1] where all lie in it, else the least and the greatest. */
  readonly range?: readonly [number, number];
}

function rangeOf(range: readonly [number, number] | undefined, bytes: boolean, data: Float64Array): readonly [number, number] {
  if (range !== undefined) {
    if (!(range[0] < range[1] && range.every(Number.isFinite))) throw new CotangentError('options', `plot.imageGrid: range [${range.join(', ')}]; two finite numbers, the lower first, are wanted`);
    return range;
  }
  if (bytes) return [0, 255];
  const [low, high] = extentOf(data) ?? [0, 1];
  return (low >= 0 && high <= 1) || low === high ? [Math.min(0, low), Math.max(1, high)] : [low, high];
}

const positive = (what: string, n: number, whole: boolean): number => {
  if (!(n > 0 && Number.isFinite(n)) || (whole && !Number.isInteger(n))) throw new CotangentError('options', `plot.imageGrid: ${what} ${n}; a positive ${whole ? 'integer' : 'number'} is wanted`);
  return n;
};

/**
 * Images in a grid, as SVG with the pixels inside.
 *
 * @param images `[N, H, W]` (grey), `[N, H, W, C]` with C of 1 (grey), 3 (RGB) or 4 (RGB and opacity).
 * @throws `shape` for other shapes, or labels that are not N; `value` without images, or where a pixel is not finite.
 * @example
 * import { np, plot } from 'cotangent';
 * const svg = await plot.imageGrid(np.zeros([2, 4, 4]), { labels: ['0', '1'] });
 * svg.split('data:image/png').length - 1; // -> 2
 */
export async function imageGrid(images: Numbers, options: ImageGridOptions = {}): Promise<string> {
  optionsOf('plot.imageGrid', options, { title: 'text', labels: 'any', columns: 'number', scale: 'number', range: 'any' });
  const { shape, data, bytes } = await read(images, 'plot.imageGrid');
  const [n = 0, h = 0, w = 0, c = 1] = shape;
  const channels = c === 1 ? 1 : c === 3 ? 3 : c === 4 ? 4 : undefined;
  if ((shape.length !== 3 && shape.length !== 4) || channels === undefined) throw new ShapeError(`plot.imageGrid: images of shape ${showShape(shape)}; [N, H, W] or [N, H, W, C] with C of 1, 3 or 4 is wanted`);
  if (data.length === 0) throw new CotangentError('value', `plot.imageGrid: images of shape ${showShape(shape)} have no pixels`);
  const bad = data.findIndex((v) => !Number.isFinite(v));
  const size = h * w * c;
  if (bad >= 0) throw new CotangentError('value', `plot.imageGrid: a pixel of image ${Math.floor(bad / size)} is ${data[bad]}; finite numbers are wanted`);
  const { title, labels } = options;
  if (labels !== undefined && labels.length !== n) throw new ShapeError(`plot.imageGrid: ${labels.length} labels for ${n} images`);
  const [low, high] = rangeOf(options.range, bytes, data);
  const scale = positive('scale', options.scale ?? Math.max(1, Math.round(64 / w)), false);
  const [across, down] = [w * scale, h * scale];
  const step = Math.max(across + 6, labels === undefined ? 0 : 48);
  const columns = Math.min(n, positive('columns', options.columns ?? Math.max(1, Math.floor(640 / step)), true));
  const rowStep = down + (labels === undefined ? 6 : 22);
  const top = title === undefined ? 8 : 36;
  const figures = await Promise.all(Array.from({ length: n }, async (_, k) => {
    const pixels = Uint8Array.from(data.subarray(k * size, (k + 1) * size), (v) => Math.max(0, Math.min(255, Math.round(255 * (v / 2 - low / 2) / (high / 2 - low / 2)))));
    const [x, y] = [8 + (k % columns) * step + (step - 6 - across) / 2, top + Math.floor(k / columns) * rowStep];
    const words = labels?.[k];
    return element('image', { x, y, width: across, height: down, preserveAspectRatio: 'none', href: await dataUri({ height: h, width: w, channels, data: pixels }) })
      + (words === undefined ? '' : text(x + across / 2, y + down + 13, fitText(words, step - 4, 11), { class: 'small', 'text-anchor': 'middle' }));
  }));
  const width = Math.max(columns * step + 10, title === undefined ? 0 : 8 * title.length + 20);
  return picture(width, top + Math.ceil(n / columns) * rowStep + 4, title ?? `${n} images`, title === undefined ? '' : text(8, 22, title, { class: 'title' }), ...figures);
}
