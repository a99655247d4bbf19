// A table of numbers with the label in its last column, made into a dataset.
// Floor 7, browser-safe. Knows nothing of files or tensors.

import type { Dataset, Examples } from '../data/dataset.ts';
import { shuffledIndices } from '../data/random-stream.ts';
import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { optionsOf } from '../shape/options.ts';
import type { CsvTable } from './csv.ts';
import { failure } from './failure.ts';

/** The largest label that is taken for a class: a last column of measurements is thereby refused. */
const largestLabel = 999;

/** The label in a table's last column, row by row, or what is wrong with it. */
const labelsOf = (table: CsvTable, name: string): Either<CotangentError, Int32Array> => {
  const labels = new Int32Array(table.rows);
  for (let row = 0; row < table.rows; row++) {
    const label = table.data[(row + 1) * table.columns - 1] ?? Number.NaN;
    if (!(Number.isInteger(label) && label >= 0 && label <= largestLabel)) {
      const fileRow = row + 1 + (table.header === null ? 0 : 1);
      return failure(name, `row ${fileRow}, column ${table.columns}: the label must be an integer from 0 to ${largestLabel}, got ${label}`);
    }
    labels[row] = label;
  }
  return right(labels);
};

/**
 * The dataset of a table with the label in its last column: rows in a random order that depends on `seed`, the first
 * 80 % to learn from. Features are mapped to [0, 1] by the smallest and largest feature of the training part, all
 * columns alike (they are pixels); what lies outside in the test part lands outside [0, 1]. `classes` is one more than the largest label.
 *
 * Left, code `data`: fewer than 5 rows, no feature column, labels that are not integers from 0 to 999 or all the
 * same, a header that names another column `label`, features that are all the same number.
 *
 * @example
 * const table = { header: null, rows: 5, columns: 2, data: Float64Array.of(0, 0, 8, 0, 0, 0, 8, 1, 8, 1) };
 * const dataset = datasetOfTable(table, { name: 'bits', seed: 0 });
 * dataset._tag === 'Right' && dataset.right.train.count; // -> 4
 */
export const datasetOfTable = (table: CsvTable, options: { readonly name: string; readonly seed: number }): Either<CotangentError, Dataset> => {
  const { name, seed } = optionsOf('io.datasetOfTable', options, { name: 'text', seed: 'number' });
  const { rows, columns, header } = table;
  const features = columns - 1;
  if (features < 1) return failure(name, 'has 1 column; expected the features and then the label');
  if (rows < 5) return failure(name, `has ${rows} ${rows === 1 ? 'row' : 'rows'} of data; at least 5 are needed to set some aside for testing`);
  const elsewhere = header?.findIndex((title) => /^(label|class|target)$/i.test(title.trim())) ?? -1;
  if (elsewhere >= 0 && elsewhere < features) return failure(name, `the label is column ${elsewhere + 1} of ${columns}; it must be the last`);
  const labels = labelsOf(table, name);
  if (isLeft(labels)) return labels;
  if (labels.right.every((label) => label === labels.right[0])) {
    return failure(name, `every row has the label ${labels.right[0]}; is the label the last column?`);
  }
  const order = shuffledIndices(rows, seed);
  const trainCount = Math.floor(0.8 * rows);
  let low = Infinity;
  let high = -Infinity;
  for (const row of order.subarray(0, trainCount)) {
    for (const value of table.data.subarray(row * columns, row * columns + features)) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(high > low)) return failure(name, `every feature of the training part is ${low}`);
  const part = (chosen: Uint32Array): Examples => {
    const x = new Float32Array(chosen.length * features);
    const y = new Int32Array(chosen.length);
    for (const [index, row] of chosen.entries()) {
      for (let feature = 0; feature < features; feature++) {
        const value = table.data[row * columns + feature] ?? 0;
        x[index * features + feature] = (value - low) / (high - low);
      }
      y[index] = labels.right[row] ?? 0;
    }
    return { x, y, count: chosen.length };
  };
  const classes = 1 + labels.right.reduce((most, label) => Math.max(most, label), 0);
  return right({ train: part(order.subarray(0, trainCount)), test: part(order.subarray(trainCount)), features, classes, name });
};
