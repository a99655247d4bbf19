// What the page in examples/browser computes, without a browser: its examples, its curves' history, its networks.
import { describe, expect, it } from 'vitest';
import { drawnExamples, filedExamples } from '../../examples/browser/worker/examples.ts';
import { history } from '../../examples/browser/worker/history.ts';
import { batch, learnerOf } from '../../examples/browser/worker/network.ts';
import { isCommand, isReport } from '../../examples/browser/messages.ts';

const sums = (images: Float32Array): number[] => Array.from({ length: images.length / 784 }, (_, k) => images.subarray(784 * k, 784 * k + 784).reduce((a, b) => a + b, 0));
const idx = (shape: readonly number[], bytes: readonly number[]): Uint8Array => Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap(d => [0, 0, d >> 8, d & 255]), ...bytes]);
/** `count` images, number k all of grey k. */
const files = (count: number, side = 28): Map<string, Uint8Array> => new Map([
  ['train-images-idx3-ubyte', idx([count, side, side], Array.from({ length: count * side * side }, (_, p) => Math.floor(p / (side * side))))],
  ['train-labels-idx1-ubyte', idx([count], Array.from({ length: count }, (_, k) => k % 10))],
]);

describe('the examples of the page', () => {
  it('are the same for a seed, each once before any comes again, and none of them is judged by', () => {
    const [a, b, other] = [drawnExamples(3), drawnExamples(3), drawnExamples(4)];
    const round = Array.from({ length: 16 }, () => a.next(64));
    expect(b.next(64)).toEqual(round[0]);
    expect(other.next(64)).not.toEqual(round[0]);
    const seen = round.flatMap(({ images }) => sums(images));
    // Those that are there before the first step are 1024.
    expect(new Set(seen).size).toBe(1024);
    expect(sums(a.test.images).filter(s => seen.includes(s)).length).toBe(0);
    expect([a.test.labels.length, a.centre]).toEqual([500, 'box']);
  });

  it('are those of files, where they are digits', async () => {
    const given = await filedExamples(files(20), 1);
    if (typeof given === 'string') throw new Error(given);
    expect([given.name, given.centre, given.test.labels.length]).toEqual(['The files that you gave: 16 to learn from, 4 others to be judged by.', 'mass', 4]);
    const { images, labels } = given.next(16);
    expect(sums(images).map(s => Math.round(s * 255 / 784)).sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, k) => k));
    sums(images).forEach((s, row) => { expect(Math.round(s * 255 / 784) % 10).toBe(labels[row]); });
    expect(await filedExamples(files(20, 3), 1)).toBe('images of 9 pixels and 10 classes; 28 x 28 pixels and ten digits are wanted');
    expect(await filedExamples(new Map([['x', new Uint8Array()]]), 1)).toBe('x: holds no train-images-idx3-ubyte and no t10k-images-idx3-ubyte (or .gz)');
  });
});

describe('the history of a curve', () => {
  it('stays short, ends where the run is, and keeps the mean', () => {
    const h = history(100);
    for (let k = 1; k <= 6400; k++) h.add(k, k);
    expect(h.x.length).toBeLessThan(100);
    expect(h.x.length).toBeGreaterThanOrEqual(50);
    expect(h.x.at(-1)).toBe(6400);
    // Each number stands for as many steps: the mean of 1 to 6400.
    expect(h.y.reduce((a, b) => a + b, 0) / h.y.length).toBe(3200.5);
    expect(h.x).toEqual([...h.x].sort((a, b) => a - b));
  });
});

describe('the networks of the page', () => {
  it.each(['mlp', 'lenet'] as const)('%s: equal seeds learn equally, to the bit, and the loss falls', async model => {
    const run = async (seed: number): Promise<number[]> => {
      const [learner, examples] = [learnerOf(model, seed), drawnExamples(1)];
      const losses: number[] = [];
      for (let k = 0; k < 12; k++) { const { images, labels } = examples.next(batch); losses.push(await learner.learn(images, labels, 3e-3).item()); }
      const probabilities = await learner.probabilities(examples.test.images.subarray(0, 2 * 784));
      expect(probabilities.length).toBe(20);
      expect(probabilities.subarray(0, 10).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      return losses;
    };
    const [a, b, other] = [await run(1), await run(1), await run(2)];
    expect(a).toEqual(b);
    expect(a).not.toEqual(other);
    expect(a.at(-1)).toBeLessThan((a[0] ?? 0) - 0.2);
  });
});

it('knows its own messages', () => {
  expect([isCommand({ kind: 'run', running: true }), isReport({ kind: 'paused' })]).toEqual([true, true]);
  for (const foreign of [null, 'run', {}, { kind: 1 }, { kind: 'else' }]) expect([isCommand(foreign), isReport(foreign)]).toEqual([false, false]);
});
