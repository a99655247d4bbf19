// The picture of a learning-rate range test: losses over rates, the suggestion marked. Floor 7: numbers in, SVG out.
import { CotangentError, ShapeError } from '../error.ts';
import { optionsOf } from '../shape/options.ts';
import { curvePath } from './curves.ts';
import { framed, frameKinds, type FrameOptions } from './frame.ts';
import { extentOf, readVector, type Numbers } from './numbers.ts';
import { element, text, textWidth } from './svg.ts';

/** What `train.findLearningRate` found. */
export interface RateCurve {
  readonly rates: Numbers;
  readonly losses: Numbers;
  readonly smoothed?: Numbers;
  /** The rate to mark; null for none. */
  readonly suggestion?: number | null;
}

/**
 * The losses of a learning-rate range test over its rates (logarithmic), with the suggested rate marked by a line, as SVG.
 *
 * @throws `value` where there is no loss, or a rate is not positive; `shape` where rates and losses differ in length.
 * @example
 * import { plot } from 'cotangent';
 * const svg = await plot.learningRates({ rates: [1e-4, 1e-3, 1e-2, 1e-1], losses: [2.3, 2.1, 1.2, 5], suggestion: 1e-2 });
 * svg.includes('0.01'); // -> true
 */
export async function learningRates(found: RateCurve, options: FrameOptions = {}): Promise<string> {
  optionsOf('plot.learningRates', options, frameKinds);
  const where = 'plot.learningRates';
  const [rates, losses, smoothed] = await Promise.all([readVector(found.rates, `${where}: rates`), readVector(found.losses, `${where}: losses`), found.smoothed === undefined ? null : readVector(found.smoothed, `${where}: smoothed`)]);
  for (const other of [losses, smoothed]) if (other !== null && other.data.length !== rates.data.length) throw new ShapeError(`${where}: ${rates.data.length} rates for ${other.data.length} losses`);
  if (rates.data.some((r) => !(r > 0 && Number.isFinite(r)))) throw new CotangentError('value', `${where}: a rate is not positive`);
  const { suggestion = null } = found;
  const xs = extentOf([...rates.data, ...suggestion === null ? [] : [suggestion]]);
  if (xs === null) throw new CotangentError('value', `${where}: no losses; at least one is wanted`);
  // What ran away at the end must not press the fall to a line: the axis ends a little above the first loss, or the greatest smoothed one before the least.
  const shown = smoothed ?? losses;
  const least = shown.data.indexOf(Math.min(...shown.data));
  const before = extentOf(shown.data.slice(0, least + 1));
  const room = before === null ? 0 : 0.15 * (before[1] - before[0]);
  const y = before === null ? [0, 1] as const : [before[0] - room, before[1] + 3 * room] as const;
  const words = suggestion === null ? 'no rate suggested: the loss does not fall' : `steepest at ${Number(suggestion.toPrecision(2))}`;
  return framed({ xLabel: 'learning rate', yLabel: 'loss', ...options }, 'learning rates', {
    x: { scale: 'log', bounds: xs, nice: false }, y: { scale: 'linear', bounds: y[0] < y[1] ? y : [y[0] - 0.5, y[0] + 0.5], nice: true },
  }, [], (frame) => {
    const at = suggestion === null ? undefined : frame.x.at(suggestion);
    const left = at === undefined ? 0 : Math.max(0, Math.min(at + 6, frame.width - textWidth(words) - 4));
    return (smoothed === null ? '' : curvePath(rates.data, losses.data, frame, 0, true))
      + curvePath(rates.data, shown.data, frame, 0, false)
      + (at === undefined ? '' : element('line', { class: 'line s1', 'stroke-dasharray': '4 3', x1: at, x2: at, y1: 0, y2: frame.height }))
      + text(at === undefined ? 8 : left, 16, words, { class: 'small' });
  });
}
