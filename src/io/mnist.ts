// The files of MNIST, and of the sets that are stored like it, as a dataset: which names they have, and how parts are made of them.
// Floor 7, browser-safe: whoever calls brings the bytes, from a disk, a drop or a fetch.

import { datasetOfGreys } from '../data/dataset.ts';
import type { Dataset, GreyImages } from '../data/dataset.ts';
import type { CotangentError } from '../error.ts';
import type { Either } from '../fp.ts';
import { isLeft, right } from '../fp.ts';
import { failure } from './failure.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { readIdx } from './idx.ts';

/** The file that holds e.g. `train-images`, under any of the names in use; undefined if there is none. */
const findIdx = (names: ReadonlySet<string>, stem: string, rank: number): string | undefined =>
  [`${stem}-idx${rank}-ubyte`, `${stem}.idx${rank}-ubyte`, `${stem}-idx${rank}-ubyte.gz`, `${stem}.idx${rank}-ubyte.gz`].find((name) => names.has(name));

type Images = GreyImages & { readonly features: number };
type Read = (name: string) => Promise<Either<CotangentError, Uint8Array>>;

/** What messages say of the files: where they lie, and the name of each; and the name of the dataset. */
interface Naming { readonly where: string; readonly shown: (name: string) => string; readonly name: string }

const readPart = async (imagesName: string, labelsName: string, read: Read, shown: (name: string) => string): Promise<Either<CotangentError, Images>> => {
  const imageBytes = await read(imagesName);
  if (isLeft(imageBytes)) return imageBytes;
  const images = readIdx(imageBytes.right, shown(imagesName));
  if (isLeft(images)) return images;
  const labelBytes = await read(labelsName);
  if (isLeft(labelBytes)) return labelBytes;
  const labels = readIdx(labelBytes.right, shown(labelsName));
  if (isLeft(labels)) return labels;
  const { shape } = images.right;
  if (images.right.dtype !== 'u8' || shape.length !== 3) {
    return failure(shown(imagesName), `expected images as u8[count, height, width], got ${images.right.dtype}[${shape.join(', ')}]`);
  }
  if (labels.right.dtype !== 'u8' || labels.right.shape.length !== 1) {
    return failure(shown(labelsName), `expected labels as u8[count], got ${labels.right.dtype}[${labels.right.shape.join(', ')}]`);
  }
  const [count = 0, height = 0, width = 0] = shape;
  if (labels.right.data.length !== count) return failure(shown(labelsName), `has ${labels.right.data.length} labels for ${count} images`);
  if (images.right.data.length === 0) return failure(shown(imagesName), `holds no pixels, shape [${shape.join(', ')}]`);
  return right({ images: images.right.data, labels: labels.right.data, features: height * width });
};

/** The first `count` images and the rest, in the order of the file. */
const splitAt = ({ images, labels, features }: Images, count: number): readonly [Images, Images] => [
  { images: images.subarray(0, count * features), labels: labels.subarray(0, count), features },
  { images: images.subarray(count * features), labels: labels.subarray(count), features },
];

/** The dataset of those files among `names` that are MNIST's. Only they are read; `read` gives them unpacked. */
export const datasetOfFiles = async (names: ReadonlySet<string>, read: Read, { where, shown, name }: Naming): Promise<Either<CotangentError, Dataset>> => {
  const parts: Images[] = [];
  for (const stem of ['train', 't10k']) {
    const images = findIdx(names, `${stem}-images`, 3);
    if (images === undefined) continue; // labels without their images are of no use
    const labels = findIdx(names, `${stem}-labels`, 1);
    if (labels === undefined) return failure(where, `holds ${images} but no ${stem}-labels-idx1-ubyte (or .gz)`);
    const part = await readPart(images, labels, read, shown);
    if (isLeft(part)) return part;
    parts.push(part.right);
  }
  const [first, second] = parts;
  if (first === undefined) return failure(where, 'holds no train-images-idx3-ubyte and no t10k-images-idx3-ubyte (or .gz)');
  if (second === undefined && first.labels.length < 5) return failure(where, `holds ${first.labels.length} images; at least 5 are needed to set some aside for testing`);
  const [train, test] = second === undefined ? splitAt(first, Math.floor(0.8 * first.labels.length)) : [first, second];
  if (train.features !== test.features) return failure(where, `training images have ${train.features} pixels, test images ${test.features}`);
  return right(datasetOfGreys(train, test, train.features, name));
};

/** The most bytes that a file is unpacked to: ten times MNIST's training images. */
const limit = 2 ** 29;

/**
 * The dataset of MNIST's IDX files, or of others with the same names, given as bytes: files that were fetched, or dropped on a page.
 * They may be packed with gzip. `train-images` and `t10k-images` become the two parts; where only one of them is there, its first 80 %
 * are for training and the rest for testing. Files with other names, and labels whose images are absent, are ignored.
 *
 * Left, code `data`: one line that names the file.
 *
 * @param files by name, without directories: `train-images-idx3-ubyte`, `train-labels-idx1-ubyte.gz` ...
 * @param name of the dataset.
 * @example
 * import { io } from 'cotangent';
 * const none = await io.datasetOfIdx(new Map([['notes.txt', new Uint8Array()]]));
 * none._tag === 'Left' && none.left.message; // -> 'IDX files: holds no train-images-idx3-ubyte and no t10k-images-idx3-ubyte (or .gz)'
 */
export const datasetOfIdx = (files: ReadonlyMap<string, Uint8Array>, name = 'IDX files'): Promise<Either<CotangentError, Dataset>> =>
  datasetOfFiles(new Set(files.keys()), (file) => {
    const bytes = files.get(file) ?? new Uint8Array();
    return isGzip(bytes) ? gunzip(bytes, { name: file, limit }) : Promise.resolve(right(bytes));
  }, { where: name, shown: (file) => file, name });
