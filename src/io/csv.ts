// CSV files: rows of text, or one table of numbers. RFC 4180, with one clear line for whatever is malformed.
// Floor 7, browser-safe: bytes in, rows or typed arrays out. Knows nothing of labels or training.

import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { optionsOf } from '../shape/options.ts';
import { CellScanner } from './csv-cells.ts';
import { excerpt, failure } from './failure.ts';

/** Options of the CSV readers. */
export interface CsvOptions {
  /** The file in messages. Default `csv`. */
  readonly name?: string;
  /** Whether row 1 holds column names. Default `auto`: see `readCsvTable`; `readCsv` takes `auto` as "no". */
  readonly header?: boolean | 'auto';
  /** One ASCII character. Default `,`. */
  readonly separator?: string;
}

/** Rows of text cells, all of the same length. */
export interface CsvRows {
  readonly header: readonly string[] | null;
  readonly rows: readonly (readonly string[])[];
}

/** A table of finite numbers, row-major: row i, column j is `data[i * columns + j]`. */
export interface CsvTable {
  readonly header: readonly string[] | null;
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

const cells = (count: number): string => `${count} ${count === 1 ? 'column' : 'columns'}`;

/** What is wrong with a cell of the current row. */
interface Complaint { readonly column: number; readonly what: string }

/** More columns than any real table has: a guard against files that are no tables. */
const mostColumns = 2 ** 20;

/** Walks over all cells, holding every row to the length of the first; empty lines are allowed only at the end. Right: the number of columns. */
const eachCell = (
  bytes: Uint8Array, options: CsvOptions, visit: (scanner: CellScanner) => Complaint | undefined,
): Either<CotangentError, number> => {
  const { name = 'csv', separator = ',' } = options;
  if (separator.length !== 1 || separator.charCodeAt(0) > 0x7f || /["\r\n]/.test(separator)) {
    return failure(name, `the separator must be one ASCII character other than a quote or line end, got ${excerpt(separator)}`);
  }
  const scanner = new CellScanner(bytes, separator.charCodeAt(0));
  let columns = 0;
  let emptyRow = 0;
  while (!scanner.finished) {
    const broken = scanner.next();
    const { row, column } = scanner;
    if (broken !== undefined) return failure(name, `row ${row}, column ${column}: the cell ${broken}`);
    if (column === 1 && scanner.after !== 'cell' && scanner.start === scanner.end && !scanner.quoted) {
      if (emptyRow === 0) emptyRow = row;
      continue;
    }
    if (emptyRow > 0) return failure(name, `row ${emptyRow} is empty`);
    if (column > mostColumns) return failure(name, `row ${row} has more than ${mostColumns} columns`);
    const surplus = row > 1 && column > columns; // told at the end of the row, with the count
    const complaint = surplus ? undefined : visit(scanner);
    if (complaint !== undefined) return failure(name, `row ${row}, column ${complaint.column}: ${complaint.what}`);
    if (scanner.after === 'cell') continue;
    if (row === 1) columns = column;
    else if (column !== columns) return failure(name, `row ${row} has ${cells(column)}, row 1 has ${columns}`);
  }
  return columns === 0 ? failure(name, 'the file is empty') : right(columns);
};

/**
 * Reads all cells as text. With `header: true` row 1 becomes `header`.
 *
 * Left, code `data`, naming the row and column: rows of different lengths, broken quotes, empty lines between rows, an empty file.
 *
 * @example
 * const bytes = new TextEncoder().encode('name,sex\r\n"Smith, Ada",f\r\n');
 * readCsv(bytes, { header: true }); // -> { _tag: 'Right', right: { header: ['name', 'sex'], rows: [['Smith, Ada', 'f']] } }
 */
export const readCsv = (bytes: Uint8Array, options: CsvOptions = {}): Either<CotangentError, CsvRows> => {
  optionsOf('io.readCsv', options, { name: 'text', header: 'any', separator: 'text' });
  const rows: string[][] = [];
  const columns = eachCell(bytes, options, (scanner) => {
    if (scanner.column === 1) rows.push([]);
    rows[rows.length - 1]?.push(scanner.text());
    return undefined;
  });
  if (isLeft(columns)) return columns;
  const header = options.header === true ? rows.shift() ?? null : null;
  return right({ header, rows });
};

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The finite number that a text stands for in decimal notation, or undefined. */
const finiteNumber = (text: string): number | undefined => {
  if (!decimal.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
};

const notANumber = (text: string): string => (text.trim() === '' ? 'the cell is empty, expected a number' : `${excerpt(text)} is not a finite number`);

/** The current cell as a number, or undefined. Most cells of images are short whole numbers: those are read without making a string. */
const cellNumber = (scanner: CellScanner): number | undefined => {
  const { bytes, start, end } = scanner;
  if (start < end && end - start <= 9) {
    let value = 0;
    let at = start;
    for (; at < end; at++) {
      const digit = (bytes[at] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = 10 * value + digit;
    }
    if (at === end) return value;
  }
  return end - start > 64 ? undefined : finiteNumber(scanner.text());
};

/** Whether row 1 names the columns, when nobody said so: no cell is a number, or the names are distinct, none is empty and the last is no number. */
const looksLikeHeader = (row: readonly string[]): boolean => {
  const isNumber = row.map((text) => finiteNumber(text) !== undefined);
  if (isNumber.every((number) => !number)) return row.some((text) => text.trim() !== '');
  return isNumber.at(-1) === false && new Set(row).size === row.length && row.every((text) => text.trim() !== '');
};

/** A growing Float64Array. */
class Column {
  #data = new Float64Array(1024);
  #length = 0;
  push(value: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.#length++] = value;
  }
  finish(): Float64Array { return this.#data.slice(0, this.#length); }
}

/**
 * Reads a table of numbers. A header is found by itself (`header: 'auto'`): row 1 is one if none of its cells is a
 * number, or if its cells are distinct, none is empty and the last is not a number.
 *
 * Left, code `data`, naming the row and column: cells that are not finite decimal numbers, empty cells, and all that `readCsv` refuses;
 * a file with a header and nothing else.
 *
 * @example
 * const bytes = new TextEncoder().encode('x,y\n1,2.5\n3,4\n');
 * readCsvTable(bytes); // -> { _tag: 'Right', right: { header: ['x', 'y'], rows: 2, columns: 2, data: [1, 2.5, 3, 4] } }
 */
export const readCsvTable = (bytes: Uint8Array, options: CsvOptions = {}): Either<CotangentError, CsvTable> => {
  optionsOf('io.readCsvTable', options, { name: 'text', header: 'any', separator: 'text' });
  const { name = 'csv', header = 'auto' } = options;
  const data = new Column();
  const firstRow: string[] = [];
  let named = false;
  const take = (column: number, text: () => string, value: number | undefined): Complaint | undefined => {
    if (value === undefined) return { column, what: notANumber(text()) };
    data.push(value);
    return undefined;
  };
  const takeFirstRow = (): Complaint | undefined => {
    named = header === 'auto' ? looksLikeHeader(firstRow) : header;
    if (named) return undefined;
    for (const [index, text] of firstRow.entries()) {
      const complaint = take(index + 1, () => text, finiteNumber(text));
      if (complaint !== undefined) return complaint;
    }
    return undefined;
  };
  const columns = eachCell(bytes, options, (scanner) => {
    if (scanner.row > 1) return take(scanner.column, () => scanner.text(), cellNumber(scanner));
    firstRow.push(scanner.text());
    return scanner.after === 'cell' ? undefined : takeFirstRow();
  });
  if (isLeft(columns)) return columns;
  const numbers = data.finish();
  if (numbers.length === 0) return failure(name, 'holds a header and no rows');
  return right({ header: named ? firstRow : null, rows: numbers.length / columns.right, columns: columns.right, data: numbers });
};
