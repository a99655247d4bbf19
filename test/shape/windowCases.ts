// Random questions to the rules of convolutions, poolings, attention, repetitions and of what keeps the shape.
import { attention } from '../../src/shape/attention.ts';
import { conv, convTranspose, type TransposePadding } from '../../src/shape/conv.ts';
import { cumulative, flip, roll } from '../../src/shape/cumulative.ts';
import { adaptivePool, pool } from '../../src/shape/pool.ts';
import { takeAlongAxis } from '../../src/shape/takeAlongAxis.ts';
import { repeat, tile } from '../../src/shape/tile.ts';
import type { Layout, PerAxis, WindowPadding } from '../../src/shape/window.ts';
import { asking, axis, chance, dim, disturbed, list, pick, shape, smallDim, stretchable, type Case, type Source } from './cases.ts';

/** The file that each rule's type comes from. */
export const windowHomes: Readonly<Record<string, string>> = {
  'shape/attention.ts': 'Attention',
  'shape/cumulative.ts': 'Cumulative, Flip, Roll',
  'shape/pool.ts': 'AdaptivePool, Pool',
  'shape/takeAlongAxis.ts': 'TakeAlongAxis',
  'shape/tile.ts': 'Repeat, Tile',
};

const length = (r: Source): number => pick(r, [1, 2, 3, 4, 5, 7, 8, 12, 28, 32, 224, r.below(40)]);
/** One number, or one for each of `rank` axes (now and then for another number of axes). */
const perAxis = (r: Source, rank: number, n: () => number): PerAxis => chance(r, 50) ? n() : list(chance(r, 4) ? rank + 1 : rank, n);
const stride = (r: Source): number => chance(r, 2) ? -r.below(2) : 1 + r.below(4);
const dilation = (r: Source): number => chance(r, 2) ? 0 : 1 + (chance(r, 40) ? r.below(4) : 0);
const end = (r: Source): number => r.below(4) - (chance(r, 15) ? 3 : 0);
const pairs = (r: Source, rank: number): [number, number][] => list(chance(r, 4) ? rank + 1 : rank, () => [end(r), end(r)]);
const window = (r: Source): number => pick(r, [1, 1, 2, 3, 3, 5, 7, chance(r, 20) ? 0 : 2]);
const image = (layout: Layout, n: number, space: readonly number[], c: number): number[] => layout === 'NHWC' ? [n, ...space, c] : [n, c, ...space];
const kernel = (layout: Layout, window: readonly number[], c: number, o: number): number[] => layout === 'NHWC' ? [...window, c, o] : [o, c, ...window];
const layoutOf = (r: Source): Layout => pick<Layout>(r, ['NHWC', 'NCHW']);
/** Mostly 1, 2 or 3 spatial axes. */
const spaceOf = (r: Source): number[] => list(chance(r, 4) ? 0 : 1 + r.below(3), () => length(r));
/** Seldom disturbed, so that options are asked about as well. */
const perhaps = (r: Source, s: readonly number[]): number[] => chance(r, 20) ? disturbed(r, s) : [...s];

/** One maker of random questions for each rule. */
export const windowMakers: Readonly<Record<string, (r: Source) => Case>> = {
  Conv(r) {
    const [layout, space, groups] = [layoutOf(r), spaceOf(r), chance(r, 25) ? r.below(4) : 1];
    const [n, c, o] = [dim(r), smallDim(r), chance(r, 85) ? smallDim(r) * (groups || 1) : smallDim(r)];
    const x = perhaps(r, image(layout, n, space, c * (groups || 1)));
    const w = perhaps(r, kernel(layout, space.map(() => window(r)), c, o));
    const [strides, apart] = [perAxis(r, space.length, () => stride(r)), perAxis(r, space.length, () => dilation(r))];
    const padding: WindowPadding = pick<() => WindowPadding>(r, [() => 'valid', () => 'same', () => end(r), () => pairs(r, space.length)])();
    return asking(r)('Conv', [x, w, strides, padding, apart, groups, layout], () => conv(x, w, { strides, padding, dilation: apart, groups, layout }));
  },
  ConvTranspose(r) {
    const [layout, space, c] = [layoutOf(r), spaceOf(r), smallDim(r)];
    const x = perhaps(r, image(layout, dim(r), space, c));
    const w = perhaps(r, kernel(layout, space.map(() => window(r)), c, smallDim(r)));
    const [strides, apart] = [perAxis(r, space.length, () => stride(r)), perAxis(r, space.length, () => dilation(r))];
    const padding: TransposePadding = pick<() => TransposePadding>(r, [() => 'valid', () => 'same', () => pairs(r, space.length)])();
    return asking(r)('ConvTranspose', [x, w, strides, padding, apart, layout], () => convTranspose(x, w, { strides, padding, dilation: apart, layout }));
  },
  Pool(r) {
    const [layout, space] = [layoutOf(r), spaceOf(r)];
    const x = perhaps(r, image(layout, dim(r), space, smallDim(r)));
    const [size, strides, apart] = [perAxis(r, space.length, () => window(r)), chance(r, 30) ? undefined : perAxis(r, space.length, () => stride(r)), perAxis(r, space.length, () => dilation(r))];
    const padding: WindowPadding = pick<() => WindowPadding>(r, [() => 'valid', () => 'same', () => end(r), () => pairs(r, space.length)])();
    return asking(r)('Pool', [x, size, strides, padding, apart, layout], () => pool(x, size, { strides, padding, dilation: apart, layout }));
  },
  AdaptivePool(r) {
    const [layout, space] = [layoutOf(r), spaceOf(r)];
    const x = perhaps(r, image(layout, dim(r), space, smallDim(r)));
    const size = perAxis(r, space.length, () => r.below(9));
    return asking(r)('AdaptivePool', [x, size, layout], () => adaptivePool(x, size, layout));
  },
  Attention(r) {
    const [batch, heads, depth, keys] = [shape(r, 2), smallDim(r), smallDim(r), dim(r)];
    const q = perhaps(r, [...batch, dim(r), heads, depth]);
    const k = perhaps(r, [...batch, keys, heads, depth]);
    const v = perhaps(r, [...batch, keys, heads, smallDim(r)]);
    return asking(r)('Attention', [q, k, v], () => attention(q, k, v));
  },
  Cumulative(r) {
    const s = shape(r);
    if (chance(r, 15)) return asking(r)('Cumulative', [s], () => cumulative(s));
    const a = axis(r, s.length);
    return asking(r)('Cumulative', [s, a], () => cumulative(s, a));
  },
  Flip(r) {
    const s = shape(r);
    const some = list(r.below(3), () => axis(r, s.length));
    const a = pick<number | number[] | undefined>(r, [axis(r, s.length), some, undefined]);
    return asking(r)('Flip', [s, a], () => flip(s, a));
  },
  Roll(r) {
    const s = shape(r);
    const axes = list(r.below(3), () => axis(r, s.length));
    const a = pick<number | number[] | undefined>(r, [axis(r, s.length), axes, axes, undefined]);
    const shift = chance(r, 50) ? r.below(7) - 3 : list(chance(r, 80) ? axes.length : r.below(3), () => r.below(7) - 3);
    return asking(r)('Roll', [s, shift, a], () => roll(s, shift, a));
  },
  Tile(r) {
    const s = shape(r, 3);
    const times = (): number => chance(r, 3) ? -1 : r.below(4);
    const reps = chance(r, 30) ? times() : list(r.below(5), times);
    return asking(r)('Tile', [s, reps], () => tile(s, reps));
  },
  Repeat(r) {
    const [s, n] = [shape(r), chance(r, 4) ? -2 : r.below(5)];
    if (chance(r, 20)) return asking(r)('Repeat', [s, n], () => repeat(s, n));
    const a = axis(r, s.length);
    return asking(r)('Repeat', [s, n, a], () => repeat(s, n, a));
  },
  TakeAlongAxis(r) {
    const s = [dim(r), ...shape(r, 3)];
    const a = axis(r, s.length);
    const at = a < 0 ? a + s.length : a;
    const stretched = stretchable(r, s);
    const ids = (chance(r, 80) && stretched.length <= s.length ? [...list(s.length - stretched.length, () => 1), ...stretched] : stretched).map((d, i) => i === at ? dim(r) : d);
    return asking(r)('TakeAlongAxis', [s, ids, a], () => takeAlongAxis(s, ids, a));
  },
};
