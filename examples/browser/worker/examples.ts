// What the network learns from and is judged by: digits that are drawn here, more of them while it learns, or MNIST's files.
// Cotangent's part of the page; knows nothing of networks, workers or pages.
import { data, io } from 'cotangent';

/** Images of 28 x 28 numbers from 0 to 1, and what they are. */
export interface Batch { readonly images: Float32Array; readonly labels: Int32Array }

export interface Examples {
  readonly name: string;
  /** What stands in the middle of each image. */
  readonly centre: 'box' | 'mass';
  readonly test: Batch;
  /** The next `size` examples to learn from, every one once before any comes again. */
  readonly next: (size: number) => Batch;
}

const pixels = 784;
const tests = 500;
/** Drawing takes a twentieth of a millisecond a digit: a few before the first step, then some at each until there are enough. */
const drawn = { atFirst: 1024, atEachStep: 32, atMost: 8192 } as const;

const written = (count: number): string => count.toLocaleString('en');
const numbers = (greys: Uint8Array): Float32Array => Float32Array.from(greys, grey => grey / 255);

/** Batches in an order that the seed decides; the next round is of all that there are by then. */
function shuffled(seed: number, count: () => number, take: (ids: Uint32Array) => Batch): (size: number) => Batch {
  let [round, at] = [0, 0];
  let order: Uint32Array = new Uint32Array();
  return size => {
    const ids = new Uint32Array(size);
    for (let i = 0; i < size; i++) {
      if (at === order.length) [order, at] = [data.shuffledIndices(count(), seed + round++), 0];
      ids[i] = order[at++] ?? 0;
    }
    return take(ids);
  };
}
const rows = (images: Float32Array, labels: ArrayLike<number>, ids: Uint32Array): Batch => {
  const batch = { images: new Float32Array(ids.length * pixels), labels: new Int32Array(ids.length) };
  ids.forEach((id, row) => {
    batch.images.set(images.subarray(id * pixels, (id + 1) * pixels), row * pixels);
    batch.labels[row] = labels[id] ?? 0;
  });
  return batch;
};

/** Digits of an endless sequence that the seed decides; the test digits come from far beyond those to learn from. */
export function drawnExamples(seed: number): Examples {
  const images = new Float32Array(drawn.atMost * pixels);
  const labels = new Uint8Array(drawn.atMost);
  let count = 0;
  const draw = (more: number): void => {
    const part = data.drawDigits({ count: Math.min(more, drawn.atMost - count), from: count, seed });
    images.set(numbers(part.images), count * pixels);
    labels.set(part.labels, count);
    count += part.labels.length;
  };
  draw(drawn.atFirst);
  const test = data.drawDigits({ count: tests, from: 1_000_000, seed });
  const next = shuffled(seed, () => count, ids => rows(images, labels, ids));
  return {
    name: `Digits that this page draws itself: ${written(drawn.atMost)} to learn from, ${tests} others to be judged by.`,
    centre: 'box',
    test: { images: numbers(test.images), labels: Int32Array.from(test.labels) },
    next: size => { if (count < drawn.atMost) draw(drawn.atEachStep); return next(size); },
  };
}

/** The examples of MNIST's files, or why they are none, in one line. */
export async function filedExamples(files: ReadonlyMap<string, Uint8Array>, seed: number): Promise<Examples | string> {
  const decoded = await io.datasetOfIdx(files, [...files.keys()].join(', '));
  if (decoded._tag === 'Left') return decoded.left.message;
  const { train, test, features, classes } = decoded.right;
  if (features !== pixels || classes > 10) return `images of ${features} pixels and ${classes} classes; 28 x 28 pixels and ten digits are wanted`;
  const judged = Math.min(tests, test.count);
  return {
    name: `The files that you gave: ${written(train.count)} to learn from, ${judged} others to be judged by.`,
    centre: 'mass',
    test: { images: test.x.slice(0, judged * pixels), labels: test.y.slice(0, judged) },
    next: shuffled(seed, () => train.count, ids => rows(train.x, train.y, ids)),
  };
}
