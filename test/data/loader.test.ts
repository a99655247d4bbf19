import { describe, expect, it } from 'vitest';
import { data, jit, np, random, tensor, zeros, type Tensor } from '../../src/index.ts';

const collect = async <T>(batches: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
};
const numbers = (n: number) => {
  const column = tensor(Array.from({ length: n }, (_, i) => i));
  return data.source({ x: np.stack([column, np.negative(column)], 1), y: np.astype(column, 'i32') });
};
const ys = async (batches: AsyncIterable<{ readonly y: Tensor<[number], 'i32'> }>): Promise<unknown[]> => Promise.all((await collect(batches)).map(({ y }) => y.js()));

describe('batches', () => {
  it('say what is missing, at once', () => {
    const examples = data.source({ x: tensor([1, 2]) });
    const call = (...given: readonly unknown[]) => (): unknown => Reflect.apply(data.batches, null, given);
    expect(call({ x: tensor([1, 2]) }, { size: 1, last: 'drop' })).toThrow('data.batches: the examples are no source; write data.batches(data.source({ x, y }), {');
    expect(call(examples)).toThrow("data.batches: there is no size; write { size: 32, last: 'drop' }");
    expect(call(examples, { size: 1 })).toThrow("data.batches: there is no last; write { size: 32, last: 'drop' }");
  });
  it('have an explicit rule for the last one', async () => {
    expect(await ys(data.batches(numbers(5), { size: 2, last: 'drop' }))).toEqual([[0, 1], [2, 3]]);
    expect(await ys(data.batches(numbers(5), { size: 2, last: 'keep' }))).toEqual([[0, 1], [2, 3], [4]]);
    expect(await ys(data.batches(numbers(5), { size: 2, last: 'wrap' }))).toEqual([[0, 1], [2, 3], [4, 0]]);
    expect(await ys(data.batches(numbers(2), { size: 5, last: 'wrap' }))).toEqual([[0, 1, 0, 1, 0]]);
    expect([data.batches(numbers(5), { size: 2, last: 'drop' }).length, data.batches(numbers(5), { size: 2, last: 'keep' }).length]).toEqual([2, 3]);
    expect(() => data.batches(numbers(3), { size: 4, last: 'drop' })).toThrow("data.batches: 3 examples make no batch of 4; take fewer a batch, or last: 'keep'");
    expect(() => data.batches(numbers(3), { size: 0, last: 'keep' })).toThrow('data.batches: size 0 is no positive integer');
  });
  it('have the type of their size', async () => {
    for await (const { x, y } of data.batches(numbers(4), { size: 2, last: 'drop' })) {
      const rows: Tensor<[2, 2]> = x;
      const labels: Tensor<[2], 'i32'> = y;
      expect([rows.shape, labels.shape]).toEqual([[2, 2], [2]]);
    }
  });
  it('keep their columns together, shuffle every epoch anew, and every epoch the same again', async () => {
    const batches = data.batches(numbers(40), { size: 8, last: 'drop', key: random.key(3) });
    const epochs = await Promise.all([0, 1, 0].map(async k => (await ys(batches.epoch(k))).flat()));
    expect(epochs[2]).toEqual(epochs[0]);
    expect(epochs[1]).not.toEqual(epochs[0]);
    for (const order of epochs) expect([...order].sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 40 }, (_, i) => i));
    for await (const { x, y } of batches) expect(await np.all(np.equal(x, np.stack([np.astype(y, 'f32'), np.negative(np.astype(y, 'f32'))], 1))).item()).toBe(true);
  });
  it('go on in the middle of an epoch', async () => {
    const batches = data.batches(numbers(10), { size: 3, last: 'keep', key: random.key(1) });
    expect(await ys(batches.epoch(4, 2))).toEqual((await ys(batches.epoch(4))).slice(2));
    expect(await ys(batches.epoch(0, 4))).toEqual([]);
    expect(() => batches.epoch(0, 5)).toThrow('data: epoch 0 from batch 5; epochs are 0, 1, ... and have 4 batches');
  });
  it('pass through map, which knows where it is', async () => {
    const mapped = data.map(data.batches(numbers(4), { size: 2, last: 'drop' }), ({ y }, at) => ({ at, y }));
    expect((await collect(mapped.epoch(7, 1))).map(({ at }) => at)).toEqual([{ epoch: 7, batch: 1 }]);
    expect(mapped.length).toBe(2);
  });
});

describe('prefetch', () => {
  const slow = (asked: number[]) => data.map(data.batches(numbers(6), { size: 1, last: 'keep' }), async ({ y }, { batch }) => { asked.push(batch); await Promise.resolve(); return { y }; });
  it('gives the same batches, asked for early', async () => {
    const asked: number[] = [];
    const early = data.prefetch(slow(asked), 3).epoch(0)[Symbol.asyncIterator]();
    expect(await (await early.next()).value?.y.js()).toEqual([0]);
    await new Promise(resolve => { setTimeout(resolve, 20); });
    expect(asked).toEqual([0, 1, 2, 3]);
    expect(await ys(data.prefetch(slow([]), 3))).toEqual([[0], [1], [2], [3], [4], [5]]);
  });
  it('stops asking when its reader stops', async () => {
    const asked: number[] = [];
    for await (const { y } of data.prefetch(slow(asked), 2)) if (await np.sum(y).item() === 1) break;
    const then = asked.length;
    await new Promise(resolve => { setTimeout(resolve, 20); });
    expect(asked.length).toBe(then);
  });
  it('tells of a failure in its turn', async () => {
    const failing = data.map(data.batches(numbers(3), { size: 1, last: 'keep' }), ({ y }, { batch }) => { if (batch === 1) throw new Error('no such image'); return y; });
    const seen: unknown[] = [];
    await expect((async () => { for await (const y of data.prefetch(failing, 3)) seen.push(await y.js()); })()).rejects.toThrow('no such image');
    expect(seen).toEqual([[0]]);
  });
});

describe('sources', () => {
  it('say what is wrong with their columns', () => {
    expect(() => data.source({ x: zeros([3, 2]), y: zeros([2]) })).toThrow('data.source: y has 2 examples, x has 3');
    expect(() => data.source({ x: zeros([]) })).toThrow('data.source: x is a scalar; its first axis must count the examples');
    expect(() => data.source({ x: 3 })).toThrow('data.source: x is the number 3, no tensor; wrap it: tensor(x)');
    expect(() => data.source({})).toThrow('data.source: there is no column');
    expect(() => data.subset(numbers(3), Int32Array.of(3))).toThrow('data: example 3 of 3 is asked for');
  });
  it('divide without losing or repeating an example', async () => {
    const parts = await data.split(numbers(11), [0.5, 0.25, 0.25], random.key(0));
    const all = await Promise.all(parts.map(async part => (await part.take(Int32Array.from({ length: part.count }, (_, i) => i))).y.js()));
    expect(all.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i));
    await expect(data.split(numbers(3), [0.9, 0.2])).rejects.toThrow('data.split: shares [0.9, 0.2] sum to 1.1');
    await expect(data.split(numbers(3), [0.99, 0.01])).rejects.toThrow('data.split: part 1 (0.01 of 3 examples) is empty');
    const folds = await data.kFold(numbers(7), 3, random.key(1));
    const validations = await Promise.all(folds.map(async ({ train, validation }) => {
      expect(train.count + validation.count).toBe(7);
      return (await validation.take(Int32Array.from({ length: validation.count }, (_, i) => i))).y.js();
    }));
    expect(validations.flat().sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    await expect(data.kFold(numbers(3), 4)).rejects.toThrow('data.kFold: 4 parts of 3 examples; an integer from 2 to 3 is wanted');
  });
  it('are read once when cached', async () => {
    let reads = 0;
    const examples = data.cache({ count: 3, take: (ids: Int32Array) => { reads++; return numbers(3).take(ids); } });
    await examples.take(Int32Array.of(1));
    expect(await (await examples.take(Int32Array.of(2, 0))).y.js()).toEqual([2, 0]);
    expect(reads).toBe(1);
  });
  it('window texts', async () => {
    const letters = data.characters('abcabc');
    const pairs = data.windows(await letters.encode('abcab').data(), 2, { stride: 2 });
    expect(pairs.count).toBe(2);
    expect(letters.decode((await (await pairs.take(Int32Array.of(1))).y.data()))).toBe('ab');
    expect(() => letters.encode('abd')).toThrow('data.characters: character 2, "d", is not among the 3 of the vocabulary');
    expect(() => letters.decode([3])).toThrow('data.characters: 3 is no number of the vocabulary of 3');
    expect(() => data.windows(Int32Array.of(1, 2), 2)).toThrow('data.windows: 2 numbers make no window of 2 and the one after it');
  });
});

describe('generators', () => {
  it.each([['moons', data.moons], ['circles', data.circles], ['spirals', data.spirals], ['blobs', data.blobs], ['xor', data.xor]] as const)('%s: finite, of both classes, the same for a key', async (_name, make) => {
    const { x, y } = make(random.key(1), 200);
    expect([x.shape, y.shape]).toEqual([[200, 2], [200]]);
    expect(await np.all(np.isfinite(x)).item()).toBe(true);
    expect(new Set(await y.data()).size).toBeGreaterThan(1);
    expect(await np.all(np.equal(x, make(random.key(1), 200).x)).item()).toBe(true);
    expect(await np.all(np.equal(x, make(random.key(2), 200).x)).item()).toBe(false);
  });
  it('moons lie on their half circles', async () => {
    const { x, y } = data.moons(random.key(0), 50, { noise: 0 });
    const lower = np.astype(y, 'f32');
    const centre = np.stack([lower, np.multiply(lower, 0.5)], 1);
    expect(await np.allclose(np.sum(np.square(np.subtract(x, centre)), { axis: 1 }), np.ones([50]), { atol: 1e-5 }).item()).toBe(true);
  });
  it('the adding problem marks one place in each half', async () => {
    const { x } = data.addingProblem(random.key(0), 64, 9);
    const marks = await np.sum(np.take(x, 1, { axis: 2 }), { axis: 0 }).data();
    expect(marks.slice(0, 4).reduce((a, b) => a + b)).toBe(64);
    expect(marks.every(m => m > 0)).toBe(true);
  });
  it('refuse what makes no points', () => {
    expect(() => data.moons(random.key(0), 0)).toThrow('data.moons: 0 points; a positive integer is wanted');
    expect(() => data.circles(random.key(0), 3, { factor: 1 })).toThrow('data.circles: factor 1; a number in (0, 1) is wanted');
    expect(() => data.moons(random.key(0), 3, { noise: -1 })).toThrow('data.moons: noise -1; a number from 0 on is wanted');
  });
});

describe('scaling', () => {
  it('is fitted on one part and inverted exactly', async () => {
    const train = random.normal(random.key(0), [100, 3]).mul(5).add(2);
    const fitted = data.standardize(train);
    expect(await np.allclose(np.std(fitted.apply(train), { axis: 0 }), np.ones([3]), { atol: 1e-5 }).item()).toBe(true);
    expect(await np.allclose(fitted.invert(fitted.apply(train)), train, { atol: 1e-5 }).item()).toBe(true);
    const images = random.uniform(random.key(1), [4, 2, 2, 3], { dtype: 'f64' });
    expect(data.rescale(images, { axis: [0, 1, 2] }).apply(images).shape).toEqual([4, 2, 2, 3]);
  });
});

describe('augmentation', () => {
  const images = random.uniform(random.key(0), [6, 5, 7, 2]);
  it('moves by whole pixels what it shifts', async () => {
    const moved = await data.randomShift(random.key(1), images, 2).js();
    const original = await images.js();
    const seen = new Set<string>();
    for (const [n, image] of moved.entries()) {
      const fits = (dy: number, dx: number): boolean => image.every((row, y) => row.every((pixel, x) => pixel.every((v, c) => Math.abs(v - (original[n]?.[y - dy]?.[x - dx]?.[c] ?? 0)) < 1e-6)));
      const found = [-2, -1, 0, 1, 2].flatMap(dy => [-2, -1, 0, 1, 2].map(dx => [dy, dx] as const)).filter(([dy, dx]) => fits(dy, dx));
      expect(found.length).toBe(1);
      seen.add(String(found[0]));
    }
    expect(seen.size).toBeGreaterThan(2);
  });
  it('turns, flips and erases', async () => {
    const square = random.uniform(random.key(2), [1, 4, 4, 1], { dtype: 'f64' });
    expect(await np.allclose(data.randomAffine(random.key(0), square, {}), square, { atol: 1e-6 }).item()).toBe(true);
    const flipped = data.flipLeftRight(random.key(0), images);
    const same = await np.all(np.equal(flipped, images), { axis: [1, 2, 3] }).js();
    const turned = await np.all(np.equal(flipped, np.flip(images, [2])), { axis: [1, 2, 3] }).js();
    expect(same.map((s, n) => s !== turned[n])).toEqual(Array.from({ length: 6 }, () => true));
    const erased = await np.sum(np.astype(np.equal(data.cutout(random.key(3), np.ones([20, 8, 8, 1]), 3), 0), 'f32'), { axis: [1, 2, 3] }).js();
    expect(Math.max(...erased)).toBe(9);
    expect(Math.min(...erased)).toBeGreaterThan(3);
  });
  it('rotates anticlockwise by what it says', async () => {
    // A bright pixel to the right of the middle goes up under a quarter turn; one key in a hundred is near enough to +90 degrees of [-90, 90].
    const bright = zeros([400, 5, 5, 1]).add(np.reshape(tensor([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), [1, 5, 5, 1]));
    const turned = await data.randomAffine(random.key(5), bright, { rotate: 90 }).js();
    expect(turned.some(image => (image[0]?.[2]?.[0] ?? 0) > 0.9)).toBe(true);
    expect(turned.some(image => (image[4]?.[2]?.[0] ?? 0) > 0.9)).toBe(true);
    expect(turned.every(image => (image[2]?.[0]?.[0] ?? 0) < 0.1)).toBe(true);
  });
  it('is one jitted function of a key', async () => {
    const augment = jit((key: random.Key, x: typeof images) => {
      const [a, b, c] = random.split(key, 3);
      return data.addNoise(c, data.randomAffine(b, data.flipLeftRight(a, x), { rotate: 10, scale: 0.1, shift: 1, shear: 5 }), 0.01);
    });
    expect(await np.all(np.isfinite(augment(random.key(0), images))).item()).toBe(true);
    expect(() => data.flipLeftRight(random.key(0), images, 2)).toThrow('data.flipLeftRight: probability 2 is not in [0, 1]');
    expect(() => data.randomShift(random.key(0), images, 0.5)).toThrow('data.randomShift: 0.5 pixels; a natural number is wanted');
  });
});
