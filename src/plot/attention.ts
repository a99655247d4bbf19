// Attention maps: how much each query looks at each key. Floor 7: weights in, SVG out.
import { CotangentError, ShapeError } from '../error.ts';
import { showShape } from '../ir/aval.ts';
import { optionsOf } from '../shape/options.ts';
import { extentOf, read, type Numbers } from './numbers.ts';
import { dataUri, viridis } from './raster.ts';
import { label } from './scale.ts';
import { element, fitText, picture, text, textWidth } from './svg.ts';

/** Options of `plot.attentionMaps`. */
export interface AttentionOptions {
  readonly title?: string;
  /** Words of the rows and of the columns. */
  readonly queries?: readonly string[];
  readonly keys?: readonly string[];
  /** How many maps stand in a row. Default: as many as fit 720 pixels. */
  readonly columns?: number;
}

/**
 * Attention weights as coloured maps, a row for each query and a column for each key, as SVG; all heads share one scale of colours, from 0 (or
 * the least weight, where one is negative) to the greatest. Weights that are not finite stay empty.
 *
 * @param weights `[queries, keys]` or `[heads, queries, keys]`.
 * @throws `shape` for other shapes, or words that do not fit them; `value` without weights; `options` for columns that are no positive integer.
 * @example
 * import { plot } from 'cotangent';
 * const svg = await plot.attentionMaps([[1, 0], [0.3, 0.7]], { queries: ['a', 'b'], keys: ['a', 'b'] });
 * svg.includes('data:image/png'); // -> true
 */
export async function attentionMaps(weights: Numbers, options: AttentionOptions = {}): Promise<string> {
  optionsOf('plot.attentionMaps', options, { title: 'text', queries: 'any', keys: 'any', columns: 'number' });
  const { title, queries, keys } = options;
  const { shape, data } = await read(weights, 'plot.attentionMaps');
  if (shape.length !== 2 && shape.length !== 3) throw new ShapeError(`plot.attentionMaps: weights of shape ${showShape(shape)}; [queries, keys] or [heads, queries, keys] is wanted`);
  const [rows = 0, across = 0] = shape.slice(-2);
  const heads = shape.length === 3 ? shape[0] ?? 0 : 1;
  if (data.length === 0) throw new CotangentError('value', `plot.attentionMaps: weights of shape ${showShape(shape)} are empty`);
  if (queries !== undefined && queries.length !== rows) throw new ShapeError(`plot.attentionMaps: ${queries.length} words for ${rows} queries`);
  if (keys !== undefined && keys.length !== across) throw new ShapeError(`plot.attentionMaps: ${keys.length} words for ${across} keys`);
  const wanted = options.columns;
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1)) throw new CotangentError('options', `plot.attentionMaps: columns ${wanted}; a positive integer is wanted`);
  const [least, greatest] = extentOf(data) ?? [0, 1];
  const low = Math.min(0, least);
  const high = greatest > low ? greatest : low + 1;
  const longest = Math.max(rows, across);
  const cell = queries !== undefined || keys !== undefined ? Math.max(15, Math.min(32, 240 / longest)) : Math.max(2, Math.min(28, 200 / longest));
  const size = [across * cell, rows * cell] as const;
  const rowWords = queries?.map((word) => fitText(word, 90, 11)) ?? [];
  const columnWords = keys?.map((word) => fitText(word, 90, 11)) ?? [];
  const widest = (words: readonly string[]): number => words.length === 0 ? 4 : Math.max(...words.map((word) => textWidth(word, 11))) + 8;
  const [left, above] = [widest(rowWords), widest(columnWords) + (heads > 1 ? 18 : 0)];
  const step = [left + size[0] + 16, above + size[1] + 14] as const;
  const columns = Math.min(heads, wanted ?? Math.max(1, Math.floor(720 / step[0])));
  const top = title === undefined ? 8 : 34;
  const maps = await Promise.all(Array.from({ length: heads }, async (_, h) => {
    const pixels = new Uint8Array(rows * across * 4);
    for (let k = 0; k < rows * across; k++) {
      const v = data[h * rows * across + k] ?? Number.NaN;
      if (Number.isFinite(v)) pixels.set([...viridis((v / 2 - low / 2) / (high / 2 - low / 2)), 255], 4 * k);
    }
    const [x, y] = [8 + (h % columns) * step[0] + left, top + Math.floor(h / columns) * step[1] + above];
    return (heads > 1 ? text(x, y - above + 12, `head ${h}`, { class: 'muted' }) : '')
      + element('rect', { class: 'edge', x: x - 0.5, y: y - 0.5, width: size[0] + 1, height: size[1] + 1 })
      + element('image', { x, y, width: size[0], height: size[1], preserveAspectRatio: 'none', href: await dataUri({ height: rows, width: across, channels: 4, data: pixels }) })
      + rowWords.map((word, i) => text(x - 5, y + (i + 0.5) * cell + 4, word, { class: 'small', 'text-anchor': 'end' })).join('')
      + columnWords.map((word, j) => text(0, 0, word, { class: 'small', transform: `translate(${Math.round(x + (j + 0.5) * cell + 4)} ${Math.round(y - 5)}) rotate(-90)` })).join('');
  }));
  const right = 8 + columns * step[0];
  const bar = { x: right, y: top + above, height: Math.max(40, Math.min(160, size[1])) };
  const scale = Uint8Array.from(Array.from({ length: 64 }, (_, k) => viridis(1 - k / 63)).flat());
  const words = [label(high), label(low)];
  const width = right + 24 + Math.max(...words.map((word) => textWidth(word, 11))) + 6;
  const height = Math.max(top + Math.ceil(heads / columns) * step[1], bar.y + bar.height + 12);
  return picture(Math.max(width, title === undefined ? 0 : textWidth(title, 14.5) + 20), height, title ?? 'attention',
    title === undefined ? '' : text(8, 22, title, { class: 'title' }), ...maps,
    element('image', { x: bar.x, y: bar.y, width: 12, height: bar.height, preserveAspectRatio: 'none', href: await dataUri({ height: 64, width: 1, channels: 3, data: scale }) }),
    text(bar.x + 17, bar.y + 9, words[0] ?? '', { class: 'muted small' }), text(bar.x + 17, bar.y + bar.height, words[1] ?? '', { class: 'muted small' }));
}
