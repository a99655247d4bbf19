// Labelled examples for a classifier, as typed arrays: the form that training takes.
// Floor 7, browser-safe. Knows nothing of files or tensors.

import { optionsOf } from '../shape/options.ts';
import type { DigitsOptions, DrawnDigits } from './digits.ts';
import { drawDigits } from './digits.ts';

/** `count` examples: `x` holds count x features numbers in [0, 1], row-major, `y` the class of each. */
export interface Examples {
  readonly x: Float32Array;
  readonly y: Int32Array;
  readonly count: number;
}

/** Examples to learn from and examples to be judged by. Classes are the integers 0 ... classes - 1. */
export interface Dataset {
  readonly train: Examples;
  readonly test: Examples;
  readonly features: number;
  readonly classes: number;
  readonly name: string;
}

/** Grey values 0 ... 255 as numbers in [0, 1]. */
const greyExamples = (images: Uint8Array, labels: Uint8Array): Examples => {
  const x = new Float32Array(images.length);
  for (let index = 0; index < x.length; index++) x[index] = (images[index] ?? 0) / 255;
  return { x, y: Int32Array.from(labels), count: labels.length };
};

/** Grey images (each of `features` bytes) and their labels. */
export interface GreyImages {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

/**
 * The dataset of two sets of grey images. `classes` is one more than the largest label.
 *
 * @example
 * const black = { images: new Uint8Array(4), labels: Uint8Array.of(0) };
 * const white = { images: new Uint8Array(4).fill(255), labels: Uint8Array.of(1) };
 * datasetOfGreys(black, white, 4, 'two images').test; // -> { x: [1, 1, 1, 1], y: [1], count: 1 }
 */
export const datasetOfGreys = (train: GreyImages, test: GreyImages, features: number, name: string): Dataset => {
  const largest = (labels: Uint8Array): number => labels.reduce((most, label) => Math.max(most, label), 0);
  return {
    train: greyExamples(train.images, train.labels),
    test: greyExamples(test.images, test.labels),
    features,
    classes: 1 + Math.max(largest(train.labels), largest(test.labels)),
    name,
  };
};

/** What `drawnDataset` is asked for. */
export interface DrawnDatasetOptions extends Pick<DigitsOptions, 'seed' | 'size'> {
  /** How many images to learn from. Default 8000. */
  readonly train?: number;
  /** How many images to be judged by; none of them is in the other part. Default 2000. */
  readonly test?: number;
}

/**
 * The digits that the program draws itself (`drawDigits`) as a dataset: always 10 classes, `size * size` features in [0, 1].
 *
 * Throws `value` as `drawDigits` does.
 *
 * @example
 * const { train, features } = drawnDataset({ train: 80, test: 20 });
 * [train.x.length, train.count, features]; // -> [62720, 80, 784]
 */
export const drawnDataset = (options: DrawnDatasetOptions = {}): Dataset => {
  optionsOf('data.drawnDataset', options, { train: 'number', test: 'number', seed: 'number', size: 'number' });
  const { train = 8000, test = 2000, seed = 0, size = 28 } = options;
  const part = (count: number, from: number): DrawnDigits => drawDigits({ count, from, seed, size });
  return { ...datasetOfGreys(part(train, 0), part(test, train), size * size, 'drawn digits'), classes: 10 };
};
