// The examples of the digits example: drawn by the program, or read from files, as images of 28 x 28; a tenth set aside before training.
// Knows nothing of networks.
import { data, fromData, type Tensor } from 'cotangent';
import { CotangentError } from '../src/error.ts';
import { isLeft, left, right, type Either } from '../src/fp.ts';
import { decodeDigits } from '../src/io/node.ts';
import { resized } from './digits-image.ts';
import type { Images } from './digits-models.ts';

/** Images and their classes. */
export interface Batch<N extends number> { readonly x: Images<N>; readonly y: Tensor<[N], 'i32'> }

/** What a run learns from and is judged by. */
export interface Digits {
  /** What they are, for people. */
  readonly name: string;
  readonly classes: number;
  readonly training: data.Source<Batch<number>>;
  /** A tenth of what there is to learn from, set aside: the curves of the report are measured on it. */
  readonly validation: data.Source<Batch<number>>;
  /** Looked at once, after training. */
  readonly test: data.Examples;
}

/** Examples with images of `side` x `side` made 28 x 28. */
const as28 = (examples: data.Examples, side: number): data.Examples => {
  if (side === 28) return examples;
  const x = new Float32Array(examples.count * 784);
  for (let k = 0; k < examples.count; k++) {
    x.set(resized({ height: side, width: side, ink: examples.x.subarray(k * side * side, (k + 1) * side * side) }, 28, 28).ink, k * 784);
  }
  return { ...examples, x };
};

/** Examples as a source of batches. */
export const sourceOf = ({ x, y, count }: data.Examples): data.Source<Batch<number>> => {
  const n: number = count;
  return data.source({ x: fromData(x, [n, 28, 28, 1]), y: fromData(y, [n]) });
};

/**
 * The digits of a file or directory, or 8,000 and 2,000 drawn ones where there is none. The seed decides what is drawn, and which tenth is set aside.
 *
 * Left, code `data`: what `decodeDigits` refuses; images that are not square; fewer than ten to learn from.
 */
export const loadDigits = async (path: string | null, seed: number): Promise<Either<CotangentError, Digits>> => {
  const read = path === null ? right(data.drawnDataset({ train: 8000, test: 2000, seed })) : await decodeDigits(path, { seed });
  if (isLeft(read)) return read;
  const { name, features, classes, train, test } = read.right;
  const side = Math.round(Math.sqrt(features));
  if (side * side !== features) return left(new CotangentError('data', `${path}: ${features} numbers make no square image`));
  if (train.count < 10) return left(new CotangentError('data', `${path}: ${train.count} images to learn from; at least 10 are needed`));
  const all = sourceOf(as28(train, side));
  const order = Int32Array.from(data.shuffledIndices(all.count, seed));
  const aside = Math.floor(all.count / 10);
  return right({
    name: side === 28 ? name : `${name} (${side} x ${side}, made 28 x 28)`, classes,
    training: data.subset(all, order.subarray(aside)), validation: data.subset(all, order.subarray(0, aside)), test: as28(test, side),
  });
};
