// The frame of a plot with two axes: title, legend, grid, ticks, labels; and the room for marks inside. Floor 7, pure.
import { element, picture, text, textWidth, fitText, dashes, seriesClass } from './svg.ts';
import { linearScale, logScale, type AxisScale, type Scale } from './scale.ts';

/** What every plot with axes may be told. */
export interface FrameOptions {
  readonly title?: string;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** In pixels. Default 640 x 360. */
  readonly width?: number;
  readonly height?: number;
}
export const frameKinds = { title: 'text', xLabel: 'text', yLabel: 'text', width: 'number', height: 'number' } as const;
/** What an axis covers. */
export interface Axis { readonly scale: AxisScale; readonly bounds: readonly [number, number]; readonly nice: boolean; /** Ticks at integers only. */ readonly whole?: boolean }
/** The room for marks: pixels from (0, 0) on, y downwards. */
export interface Room { readonly width: number; readonly height: number; readonly x: Scale; readonly y: Scale }
export interface LegendEntry { readonly name: string; readonly kind: 'line' | 'fill' | 'dot' }

const scaleOf = ({ scale, bounds, nice, whole = false }: Axis, pixels: readonly [number, number], count: number): Scale =>
  scale === 'log' ? logScale(bounds, pixels, { count }) : linearScale(bounds, pixels, { count, nice, whole });

/** The mark beside a name in the legend. */
function sample(kind: LegendEntry['kind'], k: number, x: number, y: number): string {
  if (kind === 'line') return element('line', { class: `line ${seriesClass(k)}`, 'stroke-dasharray': dashes[Math.floor(k / 7) % dashes.length], x1: x, y1: y, x2: x + 18, y2: y });
  return kind === 'fill' ? element('rect', { class: `fill ${seriesClass(k)}`, x: x + 4, y: y - 5, width: 10, height: 10 }) : symbol(k, x + 9, y);
}

/** A point of a class: colour and form, so that neither is needed alone. */
export function symbol(k: number, x: number, y: number, r = 3.5): string {
  const points = (corners: readonly (readonly [number, number])[]): string => corners.map(([dx, dy]) => `${Math.round((x + dx) * 100) / 100},${Math.round((y + dy) * 100) / 100}`).join(' ');
  const attributes = { class: `dot ${seriesClass(k)}` };
  switch (k % 4) {
    case 1: return element('polygon', { ...attributes, points: points([[0, -1.3 * r], [1.2 * r, 0.9 * r], [-1.2 * r, 0.9 * r]]) });
    case 2: return element('rect', { ...attributes, x: x - r, y: y - r, width: 2 * r, height: 2 * r });
    case 3: return element('polygon', { ...attributes, points: points([[0, -1.4 * r], [1.4 * r, 0], [0, 1.4 * r], [-1.4 * r, 0]]) });
    default: return element('circle', { ...attributes, cx: x, cy: y, r });
  }
}

/** Names and their marks, in rows below each other. */
function legend(entries: readonly LegendEntry[], left: number, top: number, width: number): { readonly markup: string; readonly height: number } {
  let [x, y] = [left, top + 8];
  const parts = entries.map(({ name, kind }, k) => {
    const words = fitText(name, width - 40);
    const needed = 24 + textWidth(words) + 16;
    if (x > left && x + needed - 16 > left + width) [x, y] = [left, y + 18];
    const part = sample(kind, k, x, y) + text(x + 24, y + 4, words);
    x += needed;
    return part;
  });
  return { markup: parts.join(''), height: entries.length === 0 ? 0 : y - top + 20 };
}

/** A picture with axes; `marks` draws inside the room, and what leaves it is cut off. */
export function framed(options: FrameOptions, label: string, axes: { readonly x: Axis; readonly y: Axis }, entries: readonly LegendEntry[], marks: (room: Room) => string, { grid = true } = {}): string {
  const { title, xLabel, yLabel, width = 640, height = 360 } = options;
  const top = 12 + (title === undefined ? 0 : 22);
  const right = 18;
  // Labels of the y axis decide its margin; they depend on the height alone.
  const bottom = 26 + (xLabel === undefined ? 0 : 20);
  const probe = scaleOf(axes.y, [0, 1], 6);
  const left = Math.ceil(14 + Math.max(...probe.ticks.map((t) => textWidth(t.label, 11)), 8) + (yLabel === undefined ? 0 : 20));
  const named = legend(entries, left, top, width - left - right);
  const above = top + named.height;
  const room = { width: Math.max(40, width - left - right), height: Math.max(40, height - above - bottom) };
  const y = scaleOf(axes.y, [room.height, 0], room.height < 140 ? 4 : 6);
  const sketch = scaleOf(axes.x, [0, room.width], 8);
  const widest = Math.max(...sketch.ticks.map((t) => textWidth(t.label, 11)), 8) + 14;
  const x = scaleOf(axes.x, [0, room.width], Math.max(2, Math.min(8, Math.floor(room.width / widest))));
  const inside = (scale: Scale, end: number): { at: number; words: string }[] => scale.ticks.flatMap((t) => {
    const at = scale.at(t.value);
    return at === undefined || at < -0.5 || at > end + 0.5 ? [] : [{ at, words: t.label }];
  });
  const parts = [
    title === undefined ? '' : text(left, 22, fitText(title, width - left - right, 14.5), { class: 'title' }),
    named.markup,
    ...inside(y, room.height).map(({ at, words }) => (grid ? element('line', { class: 'grid', x1: left, x2: left + room.width, y1: above + at, y2: above + at }) : '')
      + text(left - 7, above + at + 4, words, { class: 'muted small', 'text-anchor': 'end' })),
    ...inside(x, room.width).map(({ at, words }) => element('line', { class: 'axis', x1: left + at, x2: left + at, y1: above + room.height, y2: above + room.height + 4 })
      + text(left + at, above + room.height + 17, words, { class: 'muted small', 'text-anchor': 'middle' })),
    element('svg', { x: left, y: above, width: room.width, height: room.height, overflow: 'hidden' }, marks({ ...room, x, y })),
    element('line', { class: 'axis', x1: left, x2: left + room.width, y1: above + room.height, y2: above + room.height }),
    xLabel === undefined ? '' : text(left + room.width / 2, height - 8, fitText(xLabel, room.width), { class: 'muted', 'text-anchor': 'middle' }),
    yLabel === undefined ? '' : text(0, 0, fitText(yLabel, room.height), { class: 'muted', 'text-anchor': 'middle', transform: `translate(14 ${Math.round(above + room.height / 2)}) rotate(-90)` }),
  ];
  return picture(width, height, title ?? label, ...parts);
}
