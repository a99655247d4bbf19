// The confusion matrix: what was taken for what. Floor 7: counts in, SVG out.
import { CotangentError, ShapeError } from '../error.ts';
import { showShape } from '../ir/aval.ts';
import { optionsOf } from '../shape/options.ts';
import { read, type Numbers } from './numbers.ts';
import { label } from './scale.ts';
import { element, fitText, picture, text, textWidth } from './svg.ts';

/** Options of `plot.confusionMatrix`. */
export interface ConfusionOptions {
  readonly title?: string;
  /** Names of the classes. Default: their numbers. */
  readonly labels?: readonly string[];
}

/**
 * A confusion matrix as SVG: a row for each true class, a column for each predicted one. Cells are coloured by their share of the row; the last
 * column is the recall, the share of the row on the diagonal.
 *
 * @param counts `[C, C]`, numbers from 0 on; row i, column j counts examples of class i that were taken for j.
 * @throws `shape` where the counts are not square or the labels are not C; `value` where a count is negative or not finite.
 * @example
 * import { plot } from 'cotangent';
 * const svg = await plot.confusionMatrix([[9, 1], [2, 8]], { labels: ['cat', 'dog'] });
 * svg.includes('90 %'); // -> true
 */
export async function confusionMatrix(counts: Numbers, options: ConfusionOptions = {}): Promise<string> {
  const { title, labels } = optionsOf('plot.confusionMatrix', options, { title: 'text', labels: 'any' });
  const { shape, data } = await read(counts, 'plot.confusionMatrix');
  const [n = 0, columns = 0] = shape;
  if (shape.length !== 2 || n !== columns || n === 0) throw new ShapeError(`plot.confusionMatrix: counts of shape ${showShape(shape)}; [classes, classes] is wanted`);
  if (labels !== undefined && labels.length !== n) throw new ShapeError(`plot.confusionMatrix: ${labels.length} labels for ${n} classes`);
  const bad = data.findIndex((v) => !(v >= 0 && Number.isFinite(v)));
  if (bad >= 0) throw new CotangentError('value', `plot.confusionMatrix: the count at [${Math.floor(bad / n)}, ${bad % n}] is ${data[bad]}; numbers from 0 on are wanted`);
  const names = (labels ?? Array.from({ length: n }, (_, k) => String(k))).map((name) => fitText(name, 110));
  const figures = Array.from(data, (v) => label(v));
  const widest = Math.max(...figures.map((figure) => textWidth(figure, 12)));
  const longest = Math.max(...names.map((name) => textWidth(name)));
  const cell = Math.max(n > 40 ? 10 : n > 20 ? 20 : 30, n <= 20 ? widest + 10 : 0, n <= 6 ? longest + 8 : 0);
  const written = cell >= widest + 2;
  const upright = longest <= cell - 4;
  const left = 26 + longest + 8;
  const top = (title === undefined ? 8 : 34) + 20 + (upright ? 18 : longest + 8);
  const side = n * cell;
  const [width, height] = [Math.max(left + side + 62, title === undefined ? 0 : textWidth(title, 14.5) + 30), top + side + 14];
  const every = Math.ceil(14 / cell);
  const cells = Array.from({ length: n }, (_, i) => {
    const row = data.subarray(i * n, (i + 1) * n);
    const total = row.reduce((sum, v) => sum + v, 0);
    const y = top + i * cell;
    const parts = Array.from(row, (v, j) => {
      const share = total > 0 ? v / total : 0;
      const x = left + j * cell;
      // A little more than its share for what is not nothing, so that single mistakes are seen.
      const depth = v === 0 ? 0.03 : 0.1 + 0.9 * share;
      return element('rect', { class: `fill ${i === j ? 's0' : 's1'}`, x: x + 0.5, y: y + 0.5, width: cell - 1, height: cell - 1, 'fill-opacity': depth })
        + (written ? text(x + cell / 2, y + cell / 2 + 4, figures[i * n + j] ?? '', { class: depth > 0.6 ? 'on' : v === 0 ? 'muted small' : undefined, 'text-anchor': 'middle' }) : '');
    });
    const recall = total === 0 ? '\u2013' : `${Number((100 * (row[i] ?? 0) / total).toPrecision(3))} %`;
    const beside = i % every === 0 ? text(left - 8, y + cell / 2 + 4, names[i] ?? '', { 'text-anchor': 'end' }) + text(left + side + 8, y + cell / 2 + 4, recall, { class: 'muted small' }) : '';
    return parts.join('') + beside;
  });
  const heads = names.map((name, j) => {
    const [x, y] = [left + (j + 0.5) * cell, top - 6];
    if (j % every !== 0) return '';
    return upright ? text(x, y, name, { 'text-anchor': 'middle' }) : text(0, 0, name, { transform: `translate(${Math.round(x + 4)} ${Math.round(y)}) rotate(-90)` });
  });
  return picture(width, height, title ?? 'confusion matrix',
    title === undefined ? '' : text(14, 22, title, { class: 'title' }),
    text(left + side / 2, title === undefined ? 16 : 46, 'predicted', { class: 'muted', 'text-anchor': 'middle' }),
    text(0, 0, 'true', { class: 'muted', 'text-anchor': 'middle', transform: `translate(16 ${Math.round(top + side / 2)}) rotate(-90)` }),
    text(left + side + 8, top - 6, 'recall', { class: 'muted small' }),
    ...heads, ...cells);
}
