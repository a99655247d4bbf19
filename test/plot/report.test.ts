// Confusion matrices, grids of images, and reports: what they show, that reports load and run nothing, and what is refused.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { io, plot, tensor } from '../../src/index.ts';
import { checkPicture, named, words } from './xml.ts';

describe('plot.confusionMatrix', () => {
  it('shows counts, names and recalls', async () => {
    const shown = words(checkPicture(await plot.confusionMatrix(tensor([[9, 1], [2, 6]], 'i32'), { labels: ['cat', '<dog>'], title: 'Who' })));
    expect(shown).toEqual(['Who', 'predicted', 'true', 'recall', 'cat', '<dog>', '9', '1', 'cat', '90 %', '2', '6', '<dog>', '75 %']);
  });

  it('is sound for any counts', async () => {
    const counts = fc.integer({ min: 1, max: 45 }).chain((n) => fc.array(fc.array(fc.oneof(fc.nat(), fc.double({ min: 0, max: 1e300, noNaN: true })), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }));
    await fc.assert(fc.asyncProperty(counts, async (matrix) => { checkPicture(await plot.confusionMatrix(matrix)); }), { numRuns: 30 });
  });

  it.each([
    [[[1, 2]], {}, 'counts of shape [1, 2]; [classes, classes] is wanted'],
    [[], {}, 'counts of shape [0]; [classes, classes] is wanted'],
    [[[1, 2], [3, -4]], {}, 'the count at [1, 1] is -4; numbers from 0 on are wanted'],
    [[[NaN]], {}, 'the count at [0, 0] is NaN'],
    [[[1]], { labels: ['a', 'b'] }, '2 labels for 1 classes'],
  ])('refuses %j', async (counts, options, message) => {
    await expect(plot.confusionMatrix(counts, options)).rejects.toThrow(message);
  });
});

const pixels = async (href: string | undefined): Promise<readonly number[]> => {
  const read = await io.readPng(Uint8Array.from(atob((href ?? '').replace(/^.*,/, '')), (c) => c.charCodeAt(0)));
  if (read._tag === 'Left') throw read.left;
  return [...read.right.data];
};
const shown = async (svg: string): Promise<readonly (readonly number[])[]> => Promise.all(named(checkPicture(svg), 'image').map((e) => pixels(e.attributes.get('href'))));

describe('plot.imageGrid', () => {
  it('holds the pixels', async () => {
    expect(await shown(await plot.imageGrid([[[0, 1], [0.5, 0.2]], [[0, 0], [0, 0]]]))).toEqual([[0, 255, 128, 51], [0, 0, 0, 0]]);
    expect(await shown(await plot.imageGrid(tensor([[[0, 128, 255]]], 'u8')))).toEqual([[0, 128, 255]]);
    // Numbers beyond [0, 1]: the least is black, the greatest white.
    expect(await shown(await plot.imageGrid([[[-1, 0, 1]]]))).toEqual([[0, 128, 255]]);
    expect(await shown(await plot.imageGrid([[[-1, 0, 3]]], { range: [0, 2] }))).toEqual([[0, 0, 255]]);
    expect(await shown(await plot.imageGrid([[[[1, 0, 0.2]]]]))).toEqual([[255, 0, 51]]);
  });

  it('puts images side by side, with their words', async () => {
    const root = checkPicture(await plot.imageGrid(Array.from({ length: 5 }, () => [[0]]), { columns: 2, labels: ['a', 'b', 'c', 'd', '<e>'] }));
    expect(new Set(named(root, 'image').map((e) => e.attributes.get('x'))).size).toBe(2);
    expect(new Set(named(root, 'image').map((e) => e.attributes.get('y'))).size).toBe(3);
    expect(words(root)).toEqual(['a', 'b', 'c', 'd', '<e>']);
  });

  it.each([
    [[[1]], {}, 'images of shape [1, 1]; [N, H, W] or [N, H, W, C] with C of 1, 3 or 4 is wanted'],
    [[[[[1, 2]]]], {}, 'images of shape [1, 1, 1, 2]'],
    [[[[]]], {}, 'images of shape [1, 1, 0] have no pixels'],
    [[[[0]], [[NaN]]], {}, 'a pixel of image 1 is NaN'],
    [[[[0]]], { labels: [] }, '0 labels for 1 images'],
    [[[[0]]], { columns: 0 }, 'columns 0; a positive integer is wanted'],
    [[[[0]]], { range: [1, 0] as const }, 'range [1, 0]'],
  ])('refuses %j', async (images, options, message) => {
    await expect(plot.imageGrid(images, options)).rejects.toThrow(message);
  });
});

describe('plot.report', () => {
  const whole = async (): Promise<string> => plot.report({
    title: 'A <run>',
    summary: { 'test accuracy': '98 %', seed: 0, seconds: 1.23456789 },
    sections: [
      { title: 'Loss & more', text: '<i>no markup</i>', figures: [{ svg: await plot.curves({ 'src = "x" onload=': [1, 2] }), caption: 'url(x)' }, { svg: await plot.imageGrid([[[1]]], { labels: ['url(x) <script>'] }) }] },
      { title: 'Time', table: { head: ['what', 's'], rows: [['training', 12.5], ['<judging>', 1]] } },
      { title: 'Units', table: { head: ['count', 'share', 'layer', 'blank'], rows: [['1,024', '98.1 %', '2 layers of 3', ''], ['7', '-3.5e-4', 'x', '12 ms']] } },
    ],
  });

  it('says what it was given, escaped', async () => {
    const html = await whole();
    expect(html).toContain('<h1>A &#60;run&#62;</h1>');
    expect(html).toContain('<div><dt>seconds</dt><dd>1.23457</dd></div>');
    expect(html).toContain('<p>&#60;i&#62;no markup&#60;/i&#62;</p>');
    expect(html).toContain('<td>&#60;judging&#62;</td><td class="number">1</td>');
    expect(html).toContain('<td class="number">12.5</td>');
    expect(html).toContain('<td class="number">1,024</td><td class="number">98.1 %</td><td>2 layers of 3</td><td class="number"></td>');
    expect(html.split('<svg').length - 1).toBeGreaterThanOrEqual(2);
  });

  it('loads and runs nothing', async () => {
    const html = await whole();
    const markup = html.replace(/>[^<]*</g, '><').replace(/aria-label="[^"]*"/g, '');
    expect(markup).not.toMatch(/<script|<link|<iframe|\son\w+=|(src|href)="(?!data:image\/png)/i);
    expect([...html.matchAll(/https?:[^"' <]*/g)].map(([address]) => address).filter((address) => address !== 'http://www.w3.org/2000/svg')).toEqual([]);
    expect(html).toContain("default-src 'none'");
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it.each([
    ['no picture', 'is no SVG'],
    ['<svg><script>1</script></svg>', 'an element that loads or runs something'],
    ['<svg><rect onclick="f()"/></svg>', 'an event handler'],
    ['<svg><rect/onclick="f()"/></svg>', 'an event handler'],
    ['<svg><image href="https://example.org/a.png"/></svg>', 'a link'],
    ['<svg><image href=data:image/png;base64,x></svg>', 'a link'],
    ['<svg><rect fill="url(https://example.org)"/></svg>', 'a link to elsewhere'],
    ['<svg><style>@import "x"</style></svg>', 'a link to elsewhere'],
  ])('refuses the figure %s', (svg, message) => {
    expect(() => plot.report({ title: 'a', sections: [{ title: 's', figures: [{ svg }] }] })).toThrow(message);
  });

  it('refuses ragged tables', () => {
    expect(() => plot.report({ title: 'a', sections: [{ title: 's', table: { head: ['a', 'b'], rows: [['1']] } }] })).toThrow('plot.report: section "s": row 0 has 1 cells, the head 2');
  });
});
