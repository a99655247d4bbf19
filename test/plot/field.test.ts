// Histograms, attention maps and decision boundaries: sound pictures, the counts and colours that the numbers say, and what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { io, np, ones, plot, random, tensor, type Tensor } from '../../src/index.ts';
import { viridis } from '../../src/plot/raster.ts';
import { checkPicture, named, words, type Element } from './xml.ts';

const anyNumber = fc.oneof(fc.double(), fc.integer({ min: -20, max: 20 }), fc.constantFrom(0, Infinity, -Infinity, NaN, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE));
const number = (e: Element | undefined, key: string): number => Number(e?.attributes.get(key) ?? Number.NaN);
const image = async (e: Element | undefined): Promise<io.Image> => {
  const read = await io.readPng(Uint8Array.from(atob((e?.attributes.get('href') ?? '').replace(/^.*,/, '')), (c) => c.charCodeAt(0)));
  if (read._tag === 'Left') throw read.left;
  return read.right;
};

describe('plot.histogram', () => {
  it('is sound for any numbers', async () => {
    const sets = fc.dictionary(fc.string(), fc.array(anyNumber, { minLength: 1, maxLength: 40 }), { minKeys: 1, maxKeys: 3 });
    await fc.assert(fc.asyncProperty(sets, fc.constantFrom({}, { bins: 1 }, { bins: 7 }, { range: [-1, 1] as const }), async (values, options) => {
      checkPicture(await plot.histogram(values, options));
    }), { numRuns: 300 });
  });

  it('counts', async () => {
    const root = checkPicture(await plot.histogram([0, 0.5, 1, 1.5, 2, 2.5, 3, 4], { bins: 4, height: 300 }));
    const room = number(named(root, 'svg')[1], 'height');
    // Bins [0,1) [1,2) [2,3) [3,4] of 2 numbers each.
    expect(named(root, 'rect').map((e) => number(e, 'height'))).toEqual([room, room, room, room]);
    const integers = checkPicture(await plot.histogram(tensor([[1, 1], [1, 3]], 'i32')));
    const heights = named(integers, 'rect').map((e) => number(e, 'height'));
    expect(heights.map((h) => Math.round(3 * h / (heights[0] ?? 0)))).toEqual([3, 0, 1]);
  });

  it('says what it leaves out', async () => {
    expect(words(checkPicture(await plot.histogram([1, 2, NaN, 9], { range: [0, 5] })))).toContain('values (1 not finite, 1 outside)');
    expect(words(checkPicture(await plot.histogram([NaN])))).toContain('no finite numbers to draw');
  });

  it.each([
    [() => plot.histogram([]), 'plot.histogram: "values": is empty'],
    [() => plot.histogram({}), 'plot.histogram: no numbers'],
    [() => plot.histogram([1], { bins: 0.5 }), 'bins 0.5; an integer from 1 to 10,000 is wanted'],
    [() => plot.histogram([1], { range: [2, 1] }), 'range [2, 1]'],
  ])('refuses what makes no histogram: %#', async (make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});

describe('plot.attentionMaps', () => {
  it('colours by weight, on one scale for all heads, and leaves holes', async () => {
    const root = checkPicture(await plot.attentionMaps([[[0, 1], [0.25, NaN]], [[0.5, 0.5], [2, 0]]], { queries: ['a', 'b'], keys: ['<c>', 'd'] }));
    const { data } = await image(named(root, 'image')[0]);
    expect([...data]).toEqual([...viridis(0), 255, ...viridis(0.5), 255, ...viridis(0.125), 255, 0, 0, 0, 0]);
    expect(words(root)).toEqual(['head 0', 'a', 'b', '<c>', 'd', 'head 1', 'a', 'b', '<c>', 'd', '2', '0']);
  });

  it('is sound for any weights', async () => {
    const maps = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 })).chain(([n, m]) => fc.array(fc.array(anyNumber, { minLength: m, maxLength: m }), { minLength: n, maxLength: n }));
    await fc.assert(fc.asyncProperty(maps, async (weights) => { checkPicture(await plot.attentionMaps(weights)); }), { numRuns: 60 });
  });

  it.each([
    [[1], {}, 'weights of shape [1]; [queries, keys] or [heads, queries, keys] is wanted'],
    [[[]], {}, 'weights of shape [1, 0] are empty'],
    [[[1]], { keys: ['a', 'b'] }, '2 words for 1 keys'],
    [[[1]], { queries: [] }, '0 words for 1 queries'],
    [[[1]], { columns: 0 }, 'columns 0; a positive integer is wanted'],
  ])('refuses %j', async (weights, options, message) => {
    await expect(plot.attentionMaps(weights, options)).rejects.toThrow(message);
  });
});

describe('plot.decisionBoundary', () => {
  const range = { x: [0, 1], y: [0, 1] } as const;
  /** The colours of the field, row by row from above: red, green, blue, opacity. */
  const field = async (svg: string): Promise<readonly (readonly number[])[]> => {
    const { data } = await image(named(checkPicture(svg), 'image')[0]);
    return Array.from({ length: data.length / 4 }, (_, k) => [...data.subarray(4 * k, 4 * k + 4)]);
  };
  const [blue, orange] = [[0x00, 0x72, 0xb2], [0xd5, 0x5e, 0x00]];

  it('asks each place, the first row above', async () => {
    // The second coordinate: above a half below the threshold is the lower row.
    const pixels = await field(await plot.decisionBoundary((p) => np.subtract(np.take(p, 1, { axis: 1 }), 0.5), { range, resolution: 2 }));
    expect(pixels.map((p) => p.slice(0, 3))).toEqual([orange, orange, blue, blue]);
  });

  it('takes scores of classes, classes, and probabilities', async () => {
    const first = (p: Tensor<[number, 2]>): Tensor<[number]> => np.take(p, 0, { axis: 1 });
    const scores = await field(await plot.decisionBoundary((p) => np.stack([first(p), np.subtract(1, first(p))], 1), { range, resolution: 2 }));
    expect(scores).toEqual([[...orange, 96], [...blue, 96], [...orange, 96], [...blue, 96]]);
    const classes = await field(await plot.decisionBoundary((p) => np.astype(np.round(first(p)), 'i32'), { range, resolution: 2 }));
    expect(classes.map((p) => p.slice(0, 3))).toEqual([blue, orange, blue, orange]);
    const share = await field(await plot.decisionBoundary(first, { range, resolution: 2, threshold: 0.5 }));
    expect(share.map((p) => p.slice(0, 3))).toEqual([blue, orange, blue, orange]);
  });

  it('leaves the field empty where it is NaN', async () => {
    const pixels = await field(await plot.decisionBoundary((p) => np.sqrt(np.subtract(np.take(p, 0, { axis: 1 }), 0.5)), { range, resolution: 2 }));
    expect(pixels.map((p) => p[3] === 0)).toEqual([true, false, true, false]);
  });

  it('draws examples in forms of their classes', async () => {
    const root = checkPicture(await plot.decisionBoundary((p) => np.sum(p, { axis: 1 }), { x: random.normal(random.key(0), [6, 2]), y: [0, 1, 0, 1, 1, 2], resolution: 4, labels: ['a', 'b', 'c'] }));
    // One more of each in the legend.
    expect(['circle', 'polygon', 'rect'].map((name) => named(root, name).length)).toEqual([3, 4, 2]);
    expect(words(root)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
  });

  it.each([
    [() => plot.decisionBoundary(() => ones([3]), { range, resolution: 2 }), 'for points [4, 2] the function returned shape [3]; [4] or [4, classes] is wanted'],
    [() => plot.decisionBoundary((p) => p, { x: [[1, 2, 3]] }), 'examples of shape [1, 3]; [N, 2] is wanted'],
    [() => plot.decisionBoundary((p) => p, { x: [[1, 2]], y: [0, 1] }), '2 classes for 1 examples'],
    [() => plot.decisionBoundary((p) => p, { x: [[1, 2]], y: [-1] }), 'the class of example 0 is -1; an integer from 0 on is wanted'],
    [() => plot.decisionBoundary((p) => p, { resolution: 1 }), 'resolution 1; an integer from 2 to 2000 is wanted'],
    [() => plot.decisionBoundary((p) => p, { range: { x: [0, 0], y: [0, 1] } }), 'range [0, 0]'],
    [() => plot.decisionBoundary((p) => p, { x: [[1, 2]], y: [3], labels: ['a'], resolution: 2 }), '1 labels for 4 classes'],
  ])('refuses what makes no field: %#', async (make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});
