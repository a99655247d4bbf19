// Digits from the file system, for programs that run in Node: a directory of MNIST's IDX files or a CSV file.
// Floor 7, and the only room of src/io that imports Node's modules: no browser-safe module may import it.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Dataset } from '../data/dataset.ts';
import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { readCsvTable } from './csv.ts';
import { failure } from './failure.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { datasetOfTable } from './labelled-table.ts';
import { datasetOfFiles } from './mnist.ts';

/** Options of `loadDigits`. */
export interface LoadOptions {
  /** Orders the rows of a CSV file before the split. Default 0. */
  readonly seed?: number;
}

/** The most bytes of a file, packed or not, that are read: ten times MNIST's training images. */
const limit = 2 ** 29;

const reasons: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or directory'], ['ENOTDIR', 'no such file or directory'], ['EACCES', 'permission denied'], ['EPERM', 'permission denied'],
  ['ELOOP', 'too many symbolic links'], ['ENAMETOOLONG', 'the name is too long'],
]);

const unreadable = (path: string, error: unknown): Either<CotangentError, never> => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return failure(path, reasons.get(code) ?? `cannot be read (${error instanceof Error ? error.message : String(error)})`);
};

/** The bytes of a regular file, unpacked if they are gzip data. */
const readBytes = async (path: string): Promise<Either<CotangentError, Uint8Array>> => {
  let bytes: Uint8Array;
  try {
    const about = await stat(path);
    if (!about.isFile()) return failure(path, 'is not a regular file');
    if (about.size > limit) return failure(path, `has ${about.size} bytes, more than the limit of ${limit}`);
    bytes = await readFile(path);
  } catch (error) {
    return unreadable(path, error);
  }
  return isGzip(bytes) ? gunzip(bytes, { name: path, limit }) : right(bytes);
};

const loadDirectory = async (path: string): Promise<Either<CotangentError, Dataset>> => {
  let entries: ReadonlySet<string>;
  try {
    entries = new Set(await readdir(path));
  } catch (error) {
    return unreadable(path, error);
  }
  return datasetOfFiles(entries, (name) => readBytes(join(path, name)), { where: path, shown: (name) => join(path, name), name: basename(path) });
};

const loadTable = async (path: string, seed: number): Promise<Either<CotangentError, Dataset>> => {
  const bytes = await readBytes(path);
  if (isLeft(bytes)) return bytes;
  if (bytes.right[0] === 0 && bytes.right[1] === 0) return failure(path, 'looks like an IDX file; give the directory that holds images and labels');
  if (bytes.right.subarray(0, 1024).includes(0)) return failure(path, 'is no CSV file in UTF-8 (it holds zero bytes)');
  const table = readCsvTable(bytes.right, { name: path });
  if (isLeft(table)) return table;
  const dataset = datasetOfTable(table.right, { name: path, seed });
  return isLeft(dataset) ? dataset : right({ ...dataset.right, name: basename(path) });
};

/**
 * Reads digits (or any small images) from `path`:
 * - a directory with MNIST's IDX files, packed with gzip or not. `train-images` and `t10k-images` become the two parts;
 *   where only one of them is there, its first 80 % are for training and the rest for testing. Labels whose images are
 *   absent are ignored.
 * - a CSV file, packed or not, with the label in the last column: see `datasetOfTable`.
 *
 * Left, code `data`: one line that names the file, and the row and column where there are any.
 *
 * @example
 * const dataset = await decodeDigits('no-such-directory');
 * dataset._tag === 'Left' && dataset.left.message; // -> 'no-such-directory: no such file or directory'
 */
export const decodeDigits = async (path: string, options: LoadOptions = {}): Promise<Either<CotangentError, Dataset>> => {
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch (error) {
    return unreadable(path, error);
  }
  return isDirectory ? loadDirectory(path) : loadTable(path, options.seed ?? 0);
};

/**
 * `decodeDigits` for programs that would rather catch: the dataset itself, or a thrown CotangentError of code `data`.
 *
 * @example
 * await loadDigits('no-such-file.csv'); // throws no-such-file.csv: no such file or directory
 */
export const loadDigits = async (path: string, options: LoadOptions = {}): Promise<Dataset> => {
  const dataset = await decodeDigits(path, options);
  if (isLeft(dataset)) throw dataset.left;
  return dataset.right;
};
