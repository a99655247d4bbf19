// Small problems that are made, not read: points in the plane, waves, sequences. Floor 7: programs of tensors and keys.

import { CotangentError } from '../error.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as np from '../numpy/index.ts';
import { ones } from '../numpy/create.ts';
import { foldIn, split, type Key } from '../random/key.ts';
import { normal } from '../random/normal.ts';
import { bits, uniform } from '../random/uniform.ts';
import { optionsOf } from '../shape/options.ts';

/** Points in the plane and the class of each. */
export interface Points<N extends number> {
  readonly x: Tensor<[N, 2]>;
  readonly y: Tensor<[N], 'i32'>;
}

/** How far points are scattered around where they belong: a standard deviation. */
export interface NoiseOptions { readonly noise?: number }

type Row<N extends number> = Tensor<[N]>;

function checked(n: number, where: string, noise = 0): void {
  if (!Number.isInteger(n) || n < 1) throw new CotangentError('value', `data.${where}: ${n} points; a positive integer is wanted`);
  if (!(noise >= 0)) throw new CotangentError('value', `data.${where}: noise ${noise}; a number from 0 on is wanted`);
}

/** The class of each of n points, in turn. */
const inTurn = <N extends number>(n: N, classes: number): Tensor<[N], 'i32'> => np.remainder(np.subtract(np.cumsum(ones([n], 'i32')), 1), classes);
const scattered = <N extends number>(key: Key, x: Row<N>, y: Row<N>, n: N, noise: number): Tensor<[N, 2]> => {
  const points = np.stack([x, y], 1);
  return noise === 0 ? points : np.add(points, np.multiply(normal(key, [n, 2]), noise));
};

/**
 * Two half circles that reach into each other: class 0 the upper one around (0, 0), class 1 the lower one around (1, 0.5), in turn
 * (scikit-learn's `make_moons`).
 *
 * @throws `value` where n is no positive integer or the noise is negative.
 * @example
 * import { data, random } from 'cotangent';
 * data.moons(random.key(0), 100).x.shape; // -> [100, 2]
 */
export function moons<const N extends number>(key: Key, n: N, options: NoiseOptions = {}): Points<N> {
  const { noise = 0.1 } = optionsOf('data.moons', options, { noise: 'number' });
  checked(n, 'moons', noise);
  const [angles, scatter] = split(key);
  const y = inTurn(n, 2);
  const lower = np.astype(y, 'f32');
  const angle = np.multiply(uniform(angles, [n]), Math.PI);
  const sign = np.subtract(1, np.multiply(lower, 2));
  const x = np.add(np.multiply(sign, np.cos(angle)), lower);
  const height = np.add(np.multiply(sign, np.sin(angle)), np.multiply(lower, 0.5));
  return { x: scattered(scatter, x, height, n, noise), y };
}

/**
 * Two circles around the origin, of radius 1 (class 0) and `factor` (class 1), in turn (scikit-learn's `make_circles`).
 *
 * @throws `value` where n is no positive integer, the noise is negative, or the factor not in (0, 1).
 * @example
 * import { data, np, random } from 'cotangent';
 * const { x } = data.circles(random.key(0), 4, { noise: 0 });
 * np.round(np.multiply(np.sum(np.square(x), { axis: 1 }), 4)); // -> [4, 1, 4, 1]
 */
export function circles<const N extends number>(key: Key, n: N, options: NoiseOptions & { readonly factor?: number } = {}): Points<N> {
  const { noise = 0.05, factor = 0.5 } = optionsOf('data.circles', options, { noise: 'number', factor: 'number' });
  checked(n, 'circles', noise);
  if (!(factor > 0 && factor < 1)) throw new CotangentError('value', `data.circles: factor ${factor}; a number in (0, 1) is wanted`);
  const [angles, scatter] = split(key);
  const y = inTurn(n, 2);
  const radius = np.add(1, np.multiply(np.astype(y, 'f32'), factor - 1));
  const angle = np.multiply(uniform(angles, [n]), 2 * Math.PI);
  return { x: scattered(scatter, np.multiply(radius, np.cos(angle)), np.multiply(radius, np.sin(angle)), n, noise), y };
}

/**
 * Arms that wind out of the origin `turns` times, one for each class, in turn; the radius grows from 0 to 1.
 *
 * @throws `value` where n or `classes` is no positive integer or the noise is negative.
 * @example
 * import { data, random } from 'cotangent';
 * data.spirals(random.key(0), 6, { classes: 3 }).y; // -> [0, 1, 2, 0, 1, 2]
 */
export function spirals<const N extends number>(key: Key, n: N, options: NoiseOptions & { readonly classes?: number; readonly turns?: number } = {}): Points<N> {
  const { noise = 0.02, classes = 2, turns = 1 } = optionsOf('data.spirals', options, { noise: 'number', classes: 'number', turns: 'number' });
  checked(n, 'spirals', noise);
  checked(classes, 'spirals');
  const [lengths, scatter] = split(key);
  const y = inTurn(n, classes);
  // The square root spreads the points evenly along an arm, whose length grows with its radius.
  const radius = np.sqrt(uniform(lengths, [n]));
  const angle = np.multiply(np.add(np.multiply(radius, turns), np.multiply(np.astype(y, 'f32'), 1 / classes)), 2 * Math.PI);
  return { x: scattered(scatter, np.multiply(radius, np.cos(angle)), np.multiply(radius, np.sin(angle)), n, noise), y };
}

/**
 * Round clouds: class k is normal, with standard deviation `spread`, around a centre drawn evenly from [-1, 1) x [-1, 1); in turn.
 *
 * @throws `value` where n or `classes` is no positive integer or the spread is negative.
 * @example
 * import { data, random } from 'cotangent';
 * data.blobs(random.key(0), 6, { classes: 3 }).y; // -> [0, 1, 2, 0, 1, 2]
 */
export function blobs<const N extends number>(key: Key, n: N, options: { readonly classes?: number; readonly spread?: number } = {}): Points<N> {
  const { classes = 3, spread = 0.1 } = optionsOf('data.blobs', options, { classes: 'number', spread: 'number' });
  checked(n, 'blobs', spread);
  checked(classes, 'blobs');
  const [centres, scatter] = split(key);
  const y = inTurn(n, classes);
  const centre = np.take(uniform(centres, [classes, 2], { minval: -1, maxval: 1 }), y, { axis: 0 });
  return { x: np.add(centre, np.multiply(normal(scatter, [n, 2]), spread)), y };
}

/**
 * Points spread evenly over [-1, 1) x [-1, 1): class 1 where exactly one coordinate is positive.
 *
 * @throws `value` where n is no positive integer.
 * @example
 * import { data, np, random } from 'cotangent';
 * const { x, y } = data.xor(random.key(0), 100);
 * np.all(np.equal(np.less(np.prod(x, { axis: 1 }), 0), np.equal(y, 1))); // -> true
 */
export function xor<const N extends number>(key: Key, n: N): Points<N> {
  checked(n, 'xor');
  const x = uniform(key, [n, 2], { minval: -1, maxval: 1 });
  return { x, y: np.astype(np.less(np.prod(x, { axis: 1 }), 0), 'i32') };
}

/**
 * A wave to fit: x even in [-pi, pi), y = sin(x) with normal noise.
 *
 * @throws `value` where n is no positive integer or the noise is negative.
 * @example
 * import { data, np, random } from 'cotangent';
 * const { x, y } = data.sine(random.key(0), 3, { noise: 0 });
 * np.allclose(y, np.sin(x)); // -> true
 */
export function sine<const N extends number>(key: Key, n: N, options: NoiseOptions = {}): { readonly x: Tensor<[N, 1]>; readonly y: Tensor<[N, 1]> } {
  const { noise = 0.1 } = optionsOf('data.sine', options, { noise: 'number' });
  checked(n, 'sine', noise);
  const [places, scatter] = split(key);
  const x = uniform(places, [n, 1], { minval: -Math.PI, maxval: Math.PI });
  return { x, y: np.add(np.sin(x), np.multiply(normal(scatter, [n, 1]), noise)) };
}

/**
 * The adding problem (Hochreiter and Schmidhuber 1997): sequences of pairs, a number in [0, 1) and a mark, which is 1 at two places, one
 * in each half; the target is the sum of the two marked numbers. Only memory solves it; answering 1 always has a squared error of 0.167.
 *
 * @throws `value` where n is no positive integer or the length is under 2.
 * @example
 * import { data, np, random } from 'cotangent';
 * const { x, y } = data.addingProblem(random.key(0), 8, 20);
 * np.allclose(y, np.sum(np.prod(x, { axis: -1 }), { axis: 1 })); // -> true
 */
export function addingProblem<const N extends number, const T extends number>(key: Key, n: N, length: T): { readonly x: Tensor<[N, T, 2]>; readonly y: Tensor<[N]> } {
  checked(n, 'addingProblem');
  checked(length - 1, 'addingProblem');
  const half = Math.floor(length / 2);
  const values = uniform(foldIn(key, 0), [n, length]);
  const place = (which: number, from: number, to: number): Tensor<[N], 'i32'> =>
    np.add(np.astype(np.floor(np.multiply(uniform(foldIn(key, which), [n]), to - from)), 'i32'), from);
  const mark = np.add(np.oneHot(place(1, 0, half), length), np.oneHot(place(2, half, length), length));
  return { x: np.stack([values, mark], 2), y: np.sum(np.multiply(values, mark), { axis: 1 }) };
}

/**
 * Sequences to be remembered: `symbols` of them at random, and the same in reverse as the target.
 *
 * @throws `value` where a count is no positive integer.
 * @example
 * import { data, np, random } from 'cotangent';
 * const { x, y } = data.reversal(random.key(0), 4, 5);
 * np.all(np.equal(np.flip(x, [1]), y)); // -> true
 */
export function reversal<const N extends number, const T extends number>(key: Key, n: N, length: T, options: { readonly symbols?: number } = {}): { readonly x: Tensor<[N, T], 'i32'>; readonly y: Tensor<[N, T], 'i32'> } {
  const { symbols = 10 } = optionsOf('data.reversal', options, { symbols: 'number' });
  checked(n, 'reversal');
  checked(length, 'reversal');
  checked(symbols, 'reversal');
  // A remainder of 31 bits: for the few symbols that anyone uses, even to one part in 10^8.
  const x = np.remainder(np.astype(np.rightShift(bits(key, [n, length]), 1), 'i32'), symbols);
  return { x, y: np.flip(x, [1]) };
}
