// Curves: sound pictures for all numbers there are, ticks that people read, gaps, smoothing, and what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plot, tensor } from '../../src/index.ts';
import { linearScale, logScale } from '../../src/plot/scale.ts';
import { checkPicture, named, words } from './xml.ts';

const anyNumber = fc.oneof(fc.double(), fc.double({ min: -10, max: 10 }), fc.integer(), fc.constantFrom(0, -0, Infinity, -Infinity, NaN, 5e-324, Number.MAX_VALUE, -Number.MAX_VALUE));
const numbers = fc.array(anyNumber, { minLength: 1, maxLength: 30 });
const axis = fc.constantFrom('linear' as const, 'log' as const);

describe('plot.curves', () => {
  it('draws a sound picture of any numbers', async () => {
    await fc.assert(fc.asyncProperty(fc.dictionary(fc.string(), numbers, { minKeys: 1, maxKeys: 9 }), axis, axis, fc.constantFrom(0, 0.9), async (series, xScale, yScale, smoothing) => {
      checkPicture(await plot.curves(series, { xScale, yScale, smoothing, title: Object.keys(series)[0] ?? '' }));
    }), { numRuns: 300 });
  });

  it('is sound where places are any numbers, too', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(anyNumber, anyNumber), { minLength: 1, maxLength: 20 }), axis, async (points, xScale) => {
      checkPicture(await plot.curves([{ name: 'a', x: points.map(([x]) => x), y: points.map(([, y]) => y) }], { xScale }));
    }), { numRuns: 200 });
  });

  it('reads tensors as arrays', async () => {
    expect(await plot.curves({ a: tensor([1, 2, 4]) })).toBe(await plot.curves({ a: [1, 2, 4] }));
  });

  it('covers what it is told to', async () => {
    // What lies in the middle of an axis to 10 is at the end of one to 5; what is far outside stays far outside.
    const path = (svg: string): string | undefined => /<path class="line[^>]* d="([^"]*)"/.exec(svg)?.[1];
    const drawn = (end: number): Promise<string> => plot.curves([{ name: 'a', x: [0, 5, 1e300], y: [1, 1, 1] }], { xRange: [0, end], yRange: [0, 2] });
    const places = (d = ''): number[] => Array.from(d.matchAll(/[ML]([-\d.]+)/g), ([, x]) => Number(x));
    const [at, twice] = [places(path(await drawn(10))), places(path(await drawn(5)))];
    expect(at[0]).toBe(0);
    expect(twice[0]).toBe(0);
    expect(twice[1]).toBeCloseTo(2 * (at[1] ?? 0), 0);
    expect([at[2], twice[2]]).toEqual([10000, 10000]);
  });

  it('is the curve, to the pixel', async () => {
    const root = checkPicture(await plot.curves([{ name: 'a', x: [0, 1, 2], y: [0, 10, 5] }], { width: 200, height: 120 }));
    const [room] = named(root, 'svg').slice(1);
    const [w, h] = [Number(room?.attributes.get('width')), Number(room?.attributes.get('height'))];
    expect(named(root, 'path').map((p) => p.attributes.get('d'))).toEqual([`M0 ${h}L${w / 2} 0L${w} ${h / 2}`]);
  });

  it('leaves gaps where a number is not finite, and points where one stands alone', async () => {
    const root = checkPicture(await plot.curves({ a: [1, 2, NaN, 3, Infinity, 4, 5, 6] }));
    expect(named(root, 'path').map((p) => (p.attributes.get('d') ?? '').match(/[ML]/g)?.join(''))).toEqual(['MLMLL']);
    expect(named(root, 'circle')).toHaveLength(1);
    const log = checkPicture(await plot.curves({ a: [1, 2, 0, 3, -1, 4, 5] }, { yScale: 'log' }));
    expect(named(log, 'path').map((p) => (p.attributes.get('d') ?? '').match(/[ML]/g)?.join(''))).toEqual(['MLML']);
  });

  it('thins long curves and keeps their extremes', async () => {
    const y = Array.from({ length: 100_000 }, (_, k) => k === 54_321 ? 100 : Math.sin(k));
    const svg = await plot.curves({ a: y });
    const root = checkPicture(svg);
    expect(svg.length).toBeLessThan(60_000);
    const [d = ''] = named(root, 'path').map((p) => p.attributes.get('d') ?? '');
    // 100 is the upper end of the axis: pixel 0.
    expect(Math.min(...d.slice(1).split('L').map((p) => Number(p.split(' ')[1])))).toBe(0);
  });

  it('smooths by the exponential mean, corrected for its start', async () => {
    // 0, 4 with weight 0.5: 0 and (0.5 * 0 + 0.5 * 4 - ...) = 2 / 0.75 = 8/3; the axis ends at 4.
    const root = checkPicture(await plot.curves({ a: [0, 4] }, { smoothing: 0.5 }));
    const height = Number(named(root, 'svg')[1]?.attributes.get('height'));
    const [raw, mean] = named(root, 'path');
    expect(raw?.attributes.get('class')).toContain('faint');
    expect(Number(mean?.attributes.get('d')?.split(' ').at(-1))).toBeCloseTo(height / 3, 1);
  });

  it('smooths one curve and leaves another as it is', async () => {
    const lines = named(checkPicture(await plot.curves([{ name: 'a', y: [0, 4, 0], smoothing: 0.5 }, { name: 'b', y: [0, 4, 0] }])), 'path').map((p) => [p.attributes.get('class'), p.attributes.get('d')]);
    expect(lines.map(([of]) => of)).toEqual(['line faint s0', 'line s0', 'line s1']);
    expect(lines[2]?.[1]).toBe(lines[0]?.[1]);
    expect(lines[1]?.[1]).not.toBe(lines[0]?.[1]);
    await expect(plot.curves([{ name: 'a', y: [0], smoothing: 2 }])).rejects.toThrow('plot.curves: series "a": smoothing 2; a number in [0, 1) is wanted');
  });

  it('says when there is nothing to draw', async () => {
    expect(words(checkPicture(await plot.curves({ a: [NaN] })))).toContain('no finite numbers to draw');
    expect(words(checkPicture(await plot.curves({ a: [1] })))).not.toContain('no finite numbers to draw');
  });

  it('keeps words as they are', async () => {
    const title = 'a <b> & "c" \'d\' \u0001';
    expect(words(checkPicture(await plot.curves({ '<script>': [1, 2], b: [1] }, { title })))).toEqual(expect.arrayContaining(['a <b> & "c" \'d\' \uFFFD', '<script>']));
  });

  it.each([
    [() => plot.curves({}), 'plot.curves: no series; at least one is wanted'],
    [() => plot.curves({ a: [] }), 'plot.curves: series "a": is empty; at least one number is wanted'],
    [() => plot.curves({ a: [[1], [2]] }), 'plot.curves: series "a": shape [2, 1]; one axis is wanted'],
    [() => plot.curves({ a: [[1], [2, 3]] }), 'plot.curves: series "a": ragged: [0] has shape [1], [1] has [2]'],
    [() => plot.curves([{ name: 'a', x: [1], y: [1, 2] }]), 'plot.curves: series "a": 1 places x for 2 numbers y'],
    [() => plot.curves({ a: [1] }, { smoothing: 1 }), 'plot.curves: smoothing 1; a number in [0, 1) is wanted'],
    [() => plot.curves({ a: [1] }, { xRange: [2, 2] }), 'plot.curves: xRange [2, 2]; two finite numbers, the lower first, are wanted'],
    [() => plot.curves({ a: [1] }, { yRange: [0, 1], yScale: 'log' }), 'plot.curves: yRange [0, 1]; two finite numbers, the lower first, above 0, are wanted'],
  ])('refuses what makes no curve: %#', async (make, message) => {
    await expect(make()).rejects.toThrow(message);
  });
});

describe('ticks', () => {
  const labels = (low: number, high: number): readonly string[] => linearScale([low, high], [0, 100], { count: 6 }).ticks.map((t) => t.label);
  it('are numbers that people read', () => {
    expect(labels(0, 1)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1.0']);
    expect(labels(0, 3000)).toEqual(['0', '500', '1000', '1500', '2000', '2500', '3000']);
    expect(labels(-1, 1)).toEqual(['-1.0', '-0.5', '0', '0.5', '1.0']);
    expect(labels(0, 1e-4)).toEqual(['0', '2e-5', '4e-5', '6e-5', '8e-5', '1e-4']);
    expect(labels(0, 5e6)).toEqual(['0', '1e6', '2e6', '3e6', '4e6', '5e6']);
    expect(logScale([0.01, 100], [0, 100]).ticks.map((t) => t.label)).toEqual(['0.01', '0.1', '1', '10', '100']);
    expect(logScale([1, 30], [0, 100]).ticks.map((t) => t.label)).toEqual(['1', '2', '5', '10', '20']);
  });

  it('are 1, 2 or 5 times a power of ten apart, at least two and not too many, with labels that differ', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, min: -1e12, max: 1e12 }), fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (low, span) => {
      const { ticks, at } = linearScale([low, low + span], [0, 100], { count: 6, nice: true });
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(14);
      expect(new Set(ticks.map((t) => t.label)).size).toBe(ticks.length);
      for (const { value, label } of ticks) {
        expect(Math.abs(Number(label) - value)).toBeLessThanOrEqual(1e-6 * Math.max(Math.abs(value), span));
        // Ticks are numbers of 14 digits: of a span that is narrow beside its place, the last of them shows in the 100 pixels.
        const rounding = 1e-6 + 100 * 1e-13 * Math.abs(low) / span;
        expect(at(value)).toBeGreaterThanOrEqual(-rounding);
        expect(at(value)).toBeLessThanOrEqual(100 + rounding);
      }
    }));
  });
});

describe('style sheets', () => {
  it('stand once in a page, where pictures come without', async () => {
    const svg = await plot.curves({ a: [1, 2] });
    const bare = plot.withoutStyle(svg);
    expect(svg.length - bare.length).toBe('<style></style>'.length + plot.styleSheet.length);
    expect(svg).toContain(`<style>${plot.styleSheet}</style>`);
    expect(bare).not.toContain('style');
    expect(plot.withoutStyle(bare)).toBe(bare);
  });
});
