// Digits from the file system, for programs that run in Node: a directory of MNIST's IDX files or a CSV file.
// Floor 7, and the only room of src/io that imports Node's modules: no browser-safe module may import it.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { datasetOfGreys } from '../data/dataset.ts';
import type { Dataset, GreyImages } from '../data/dataset.ts';
import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { readCsvTable } from './csv.ts';
import { failure } from './failure.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { readIdx } from './idx.ts';
import { datasetOfTable } from './labelled-table.ts';

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

/** The file of a directory that holds e.g. `train-images`, under any of the names in use; undefined if there is none. */
const findIdx = (entries: ReadonlySet<string>, stem: string, rank: number): string | undefined =>
  [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`, `${stem}-idx${rank}-ubyte.gz`, `${stem}.idx${rank}-ubyte.gz`].find((name) => entries.has(name));

type Images = GreyImages & { readonly features: number };

const readPart = async (imagesPath: string, labelsPath: string): Promise<Either<CotangentError, Images>> => {
  const imageBytes = await readBytes(imagesPath);
  if (isLeft(imageBytes)) return imageBytes;
  const images = readIdx(imageBytes.right, imagesPath);
  if (isLeft(images)) return images;
  const labelBytes = await readBytes(labelsPath);
  if (isLeft(labelBytes)) return labelBytes;
  const labels = readIdx(labelBytes.right, labelsPath);
  if (isLeft(labels)) return labels;
  const { shape } = images.right;
  if (images.right.dtype !== 'u8' || shape.length !== 3) {
    return failure(imagesPath, `expected images as u8[count, height, width], got ${images.right.dtype}[${shape.join(', ')}]`);
  }
  if (labels.right.dtype !== 'u8' || labels.right.shape.length !== 1) {
    return failure(labelsPath, `expected labels as u8[count], got ${labels.right.dtype}[${labels.right.shape.join(', ')}]`);
  }
  const [count = 0, height = 0, width = 0] = shape;
  if (labels.right.data.length !== count) return failure(labelsPath, `has ${labels.right.data.length} labels for ${count} images`);
  if (images.right.data.length === 0) return failure(imagesPath, `holds no pixels, shape [${shape.join(', ')}]`);
  return right({ images: images.right.data, labels: labels.right.data, features: height * width });
};

/** The first `count` images and the rest, in the order of the file. */
const splitAt = ({ images, labels, features }: Images, count: number): readonly [Images, Images] => [
  { images: images.subarray(0, count * features), labels: labels.subarray(0, count), features },
  { images: images.subarray(count * features), labels: labels.subarray(count), features },
];

const loadDirectory = async (path: string): Promise<Either<CotangentError, Dataset>> => {
  let entries: ReadonlySet<string>;
  try {
    entries = new Set(await readdir(path));
  } catch (error) {
    return unreadable(path, error);
  }
  const parts: Images[] = [];
  for (const stem of ['train', 't10k']) {
    const images = findIdx(entries, `${stem}-images`, 3);
    if (images === undefined) continue; // labels without their images are of no use
    const labels = findIdx(entries, `${stem}-labels`, 1);
    if (labels === undefined) return failure(path, `holds ${images} but no ${stem}-labels-idx1-ubyte (or .gz)`);
    const part = await readPart(join(path, images), join(path, labels));
    if (isLeft(part)) return part;
    parts.push(part.right);
  }
  const [first, second] = parts;
  if (first === undefined) return failure(path, 'holds no train-images-idx3-ubyte and no t10k-images-idx3-ubyte (or .gz)');
  if (second === undefined && first.labels.length < 5) return failure(path, `holds ${first.labels.length} images; at least 5 are needed to set some aside for testing`);
  const [train, test] = second === undefined ? splitAt(first, Math.floor(0.8 * first.labels.length)) : [first, second];
  if (train.features !== test.features) return failure(path, `training images have ${train.features} pixels, test images ${test.features}`);
  return right(datasetOfGreys(train, test, train.features, basename(path)));
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
