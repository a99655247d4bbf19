// Histograms: how numbers are spread. Floor 7: numbers in, SVG out.
import { CotangentError } from '../error.ts';
import { optionsOf } from '../shape/options.ts';
import { framed, frameKinds, type FrameOptions } from './frame.ts';
import { extentOf, read, type Numbers } from './numbers.ts';
import { element, seriesClass, text } from './svg.ts';
import { isTensor } from '../trace/handle.ts';

/** Options of `plot.histogram`. */
export interface HistogramOptions extends FrameOptions {
  /** How many bins of equal width. Default: by the rule of Freedman and Diaconis, 1 to 100; a bin for each integer where all are integers that are near each other. */
  readonly bins?: number;
  /** What the bins cover; numbers outside are left out, and counted in the legend. Default: all finite numbers. */
  readonly range?: readonly [number, number];
}

interface Bins { readonly low: number; readonly width: number; readonly count: number }

/** Freedman and Diaconis (1981): a width of twice the interquartile range over the cube root of the count. */
function binsOf(sorted: Float64Array, [low, high]: readonly [number, number], wanted: number | undefined): Bins {
  if (wanted === undefined && high - low <= 50 && sorted.every(Number.isInteger)) return { low: low - 0.5, width: 1, count: high - low + 1 };
  if (low === high) {
    const room = Math.max(Math.abs(low) * 1e-3, 1e-290);
    const from = Math.max(low - room, -Number.MAX_VALUE);
    return { low: from, width: (Math.min(high + room, Number.MAX_VALUE) - from) / (wanted ?? 1), count: wanted ?? 1 };
  }
  const quartile = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? low;
  const width = (quartile(0.75) / 2 - quartile(0.25) / 2) * 4 / Math.cbrt(sorted.length);
  const rule = width > 0 ? Math.ceil((high / 2 - low / 2) / (width / 2)) : Math.ceil(Math.sqrt(sorted.length));
  const count = wanted ?? Math.max(1, Math.min(100, rule));
  return { low, width: high / count - low / count, count };
}

const isOne = (values: Numbers | { readonly [name: string]: Numbers }): values is Numbers => isTensor(values) || ('length' in values && typeof values.length === 'number');

/**
 * A histogram as SVG, of one set of numbers of any shape, or of several by name over the same bins. A bin holds its lower end, the last one
 * its upper end, too. NaN and infinite numbers are left out, and counted in the legend.
 *
 * @throws `value` without numbers; `options` for bins that are no positive integer up to 10,000, or a range without width.
 * @example
 * import { plot, random } from 'cotangent';
 * const svg = await plot.histogram(random.normal(random.key(0), [1000]), { title: 'Weights', bins: 20 });
 * svg.split('<rect').length - 1; // -> 20
 */
export async function histogram(values: Numbers | { readonly [name: string]: Numbers }, options: HistogramOptions = {}): Promise<string> {
  optionsOf('plot.histogram', options, { bins: 'number', range: 'any', ...frameKinds });
  const { bins, range } = options;
  if (bins !== undefined && !(Number.isInteger(bins) && bins >= 1 && bins <= 10_000)) throw new CotangentError('options', `plot.histogram: bins ${bins}; an integer from 1 to 10,000 is wanted`);
  if (range !== undefined && !(range[0] < range[1] && range.every(Number.isFinite))) throw new CotangentError('options', `plot.histogram: range [${range.join(', ')}]; two finite numbers, the lower first, are wanted`);
  const given = isOne(values) ? [['values', values] as const] : Object.entries(values);
  if (given.length === 0) throw new CotangentError('value', 'plot.histogram: no numbers; at least one set is wanted');
  const sets = await Promise.all(given.map(async ([name, numbers]) => {
    const { data } = await read(numbers, `plot.histogram: ${JSON.stringify(name)}`);
    if (data.length === 0) throw new CotangentError('value', `plot.histogram: ${JSON.stringify(name)}: is empty; at least one number is wanted`);
    const finite = data.filter(Number.isFinite);
    const kept = range === undefined ? finite : finite.filter((v) => v >= range[0] && v <= range[1]);
    const notes = [...(data.length > finite.length ? [`${data.length - finite.length} not finite`] : []), ...(finite.length > kept.length ? [`${finite.length - kept.length} outside`] : [])];
    return { name: notes.length === 0 ? name : `${name} (${notes.join(', ')})`, noted: notes.length > 0, kept };
  }));
  const every = Float64Array.from(sets.flatMap(({ kept }) => Array.from(kept))).sort();
  const bounds = range ?? extentOf(every);
  const { low, width, count } = bounds === null ? { low: 0, width: 1, count: 1 } : binsOf(every, bounds, bins);
  const counts = sets.map(({ kept }) => {
    const heights = new Float64Array(count);
    for (const v of kept) {
      const k = Math.max(0, Math.min(count - 1, Math.floor(v / width - low / width)));
      heights[k] = (heights[k] ?? 0) + 1;
    }
    return heights;
  });
  const most = Math.max(1, ...counts.flatMap((heights) => Array.from(heights)));
  const edge = (k: number): number => k === count && bounds !== null && low === bounds[0] ? bounds[1] : low + k * width;
  return framed({ yLabel: 'count', ...options }, 'histogram', {
    x: { scale: 'linear', bounds: [low, edge(count)], nice: false, whole: width === 1 && every.length > 0 && every.every(Number.isInteger) },
    y: { scale: 'linear', bounds: [0, most], nice: true, whole: true },
  }, sets.length > 1 || sets.some(({ noted }) => noted) ? sets.map(({ name }) => ({ name, kind: 'fill' })) : [], ({ x, y, ...room }) => {
    if (every.length === 0) return text(room.width / 2, room.height / 2, 'no finite numbers to draw', { class: 'muted', 'text-anchor': 'middle' });
    return counts.flatMap((heights, s) => Array.from(heights, (v, k) => {
      const [left = 0, right = 0, top = 0] = [x.at(edge(k)), x.at(edge(k + 1)), y.at(v)];
      const gap = right - left > 4 ? 0.5 : 0;
      return v === 0 && sets.length > 1 ? '' : element('rect', { class: `fill ${seriesClass(s)}`, x: left + gap, y: top, width: Math.max(0, right - left - 2 * gap), height: room.height - top, 'fill-opacity': sets.length > 1 ? 0.55 : undefined });
    })).join('');
  });
}
