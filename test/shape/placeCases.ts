// Random questions to the rules of places: diagonals, grids, Kronecker products, moved axes, the greatest, blocks and windows at computed places.
import { spreadImage } from '../../src/shape/conv.ts';
import { diag, diagonal, triangle } from '../../src/shape/diagonal.ts';
import { dynamicSlice, dynamicUpdateSlice } from '../../src/shape/dynamicSlice.ts';
import { gather, scatter } from '../../src/shape/gather.ts';
import { kron } from '../../src/shape/kron.ts';
import { meshgrid, type Indexing } from '../../src/shape/meshgrid.ts';
import { moveaxis } from '../../src/shape/moveaxis.ts';
import { reduceWindow } from '../../src/shape/reduceWindow.ts';
import { topK } from '../../src/shape/topK.ts';
import type { Layout, PerAxis, WindowPadding } from '../../src/shape/window.ts';
import { asking, axis, chance, dim, disturbed, list, pick, shape, smallDim, type Case, type Source } from './cases.ts';

/** The file that each rule's type comes from. */
export const placeHomes: Readonly<Record<string, string>> = {
  'shape/conv.ts': 'Conv, ConvTranspose, SpreadImage',
  'shape/diagonal.ts': 'Diag, Diagonal, Triangle',
  'shape/dynamicSlice.ts': 'DynamicSlice, DynamicUpdateSlice',
  'shape/gather.ts': 'Gather, Scatter',
  'shape/kron.ts': 'Kron',
  'shape/meshgrid.ts': 'Meshgrid',
  'shape/moveaxis.ts': 'MoveAxis',
  'shape/reduceWindow.ts': 'ReduceWindow',
  'shape/topK.ts': 'TopK',
};

const perhaps = (r: Source, s: readonly number[]): number[] => chance(r, 20) ? disturbed(r, s) : [...s];
const ascending = (r: Source, n: number, below: number): number[] => {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(n, below)) chosen.add(r.below(below));
  return [...chosen].sort((a, b) => a - b);
};
const smallShape = (r: Source, most = 3): number[] => list(r.below(most + 1), () => smallDim(r));
const offset = (r: Source): number => r.below(9) - 4;

/** What a gather asks about: mostly well formed, now and then with one list or dim exchanged. */
function gatherParts(r: Source): { readonly s: number[]; readonly ids: number[]; readonly sizes: number[]; readonly window: number[]; readonly collapsed: number[]; readonly map: number[]; readonly offsets: number[]; readonly batch: number[] } {
  const s = [smallDim(r), ...smallShape(r)];
  const collapsed = ascending(r, r.below(s.length + 1), s.length);
  const map = ascending(r, 1 + r.below(s.length), s.length);
  const sizes = s.map((d, i) => collapsed.includes(i) ? 1 : chance(r, 50) ? d : 1 + r.below(d));
  const batch = smallShape(r, 2);
  const window = sizes.filter((_, i) => !collapsed.includes(i));
  const offsets = ascending(r, window.length, window.length + batch.length);
  return { s, ids: [...batch, map.length], sizes, window, collapsed, map, offsets, batch };
}

/** One maker of random questions for each rule. */
export const placeMakers: Readonly<Record<string, (r: Source) => Case>> = {
  SpreadImage(r) {
    const layout: Layout = pick<Layout>(r, ['NHWC', 'NCHW']);
    const space = list(1 + r.below(3), () => dim(r));
    const x = layout === 'NHWC' ? [dim(r), ...space, smallDim(r)] : [dim(r), smallDim(r), ...space];
    const holes: PerAxis = chance(r, 50) ? r.below(4) : list(chance(r, 85) ? space.length : r.below(4), () => chance(r, 90) ? 1 + r.below(3) : 0);
    return asking(r)('SpreadImage', [x, holes, layout], () => spreadImage(x, holes, layout).shape);
  },
  Diag(r) {
    const [s, k] = [chance(r, 15) ? shape(r, 4) : list(1 + r.below(2), () => dim(r)), offset(r)];
    return asking(r)('Diag', [s, k], () => diag(s, k));
  },
  Diagonal(r) {
    const [s, k] = [[dim(r), dim(r), ...shape(r, 2)], offset(r)];
    const [a, b] = chance(r, 40) ? [0, 1] : [axis(r, s.length), axis(r, s.length)];
    return asking(r)('Diagonal', [s, k, a, b], () => diagonal(s, k, a, b));
  },
  Triangle(r) {
    const [s, name] = [shape(r), pick(r, ['tril', 'triu'])];
    return asking(r)('Triangle', [s, name], () => triangle(s, name));
  },
  DynamicSlice(r) {
    const s = shape(r, 3);
    const sizes = perhaps(r, s.map(d => chance(r, 90) ? r.below(d + 1) : d + 1));
    const starts = chance(r, 85) ? s.length : r.below(4);
    return asking(r)('DynamicSlice', [s, starts, sizes], () => dynamicSlice(s, starts, sizes));
  },
  DynamicUpdateSlice(r) {
    const s = shape(r, 3);
    const sizes = perhaps(r, s.map(d => chance(r, 90) ? r.below(d + 1) : d + 1));
    const starts = chance(r, 85) ? s.length : r.below(4);
    return asking(r)('DynamicUpdateSlice', [s, sizes, starts], () => dynamicUpdateSlice(s, sizes, starts));
  },
  Gather(r) {
    const { s, ids, sizes, collapsed, map, offsets } = gatherParts(r);
    const [own, asked, given] = [chance(r, 8) ? disturbed(r, s) : s, chance(r, 8) ? disturbed(r, ids) : ids, chance(r, 8) ? disturbed(r, sizes) : sizes];
    const d = { offsetDims: offsets, collapsedSliceDims: collapsed, startIndexMap: map };
    return asking(r)('Gather', [own, asked, d, given], () => gather(own, asked, d, given));
  },
  Scatter(r) {
    const { s, ids, window, collapsed, map, offsets, batch } = gatherParts(r);
    const [kept, rest] = [[...window], [...batch]];
    const updates = list(window.length + batch.length, i => (offsets.includes(i) ? kept : rest).shift() ?? 1);
    const [other, asked, given] = [chance(r, 8) ? disturbed(r, s) : s, chance(r, 8) ? disturbed(r, ids) : ids, chance(r, 12) ? disturbed(r, updates) : updates];
    // Of fewer axes, the lists would name axes that are not there: what only run time says.
    const own = other.length < s.length ? s : other;
    const d = { updateWindowDims: offsets, insertedWindowDims: collapsed, scatterDimsToOperandDims: map };
    return asking(r)('Scatter', [own, asked, given, d], () => scatter(own, asked, given, d));
  },
  Kron(r) {
    const [a, b] = [shape(r, 3), shape(r, 3)];
    return asking(r)('Kron', [a, b], () => kron(a, b));
  },
  Meshgrid(r) {
    const vectors = list(chance(r, 5) ? 0 : 1 + r.below(4), () => chance(r, 5) ? shape(r, 2) : [dim(r)]);
    const indexing = pick<Indexing>(r, ['xy', 'ij']);
    return asking(r)('Meshgrid', [vectors, indexing], () => meshgrid(vectors, indexing));
  },
  MoveAxis(r) {
    const s = [dim(r), ...shape(r, 3)];
    const [from, to] = [axis(r, s.length), axis(r, s.length)];
    return asking(r)('MoveAxis', [s, from, to], () => moveaxis(s, from, to));
  },
  ReduceWindow(r) {
    const s = list(1 + r.below(3), () => 1 + r.below(12));
    const each = (n: () => number): PerAxis => chance(r, 50) ? n() : list(chance(r, 4) ? s.length + 1 : s.length, n);
    const [window, strides, apart, base] = [each(() => chance(r, 3) ? 0 : 1 + r.below(3)), each(() => 1 + r.below(3)), each(() => 1 + r.below(2)), each(() => 1 + r.below(2))];
    const padding = pick<() => WindowPadding>(r, [() => 'valid', () => 'same', () => r.below(3), () => list(s.length, (): [number, number] => [r.below(3), r.below(3)])])();
    return asking(r)('ReduceWindow', [s, window, strides, padding, apart, base], () => reduceWindow(s, window, { strides, padding, dilation: apart, baseDilation: base }));
  },
  TopK(r) {
    const s = [dim(r), ...shape(r, 3)];
    const [k, a] = [chance(r, 5) ? -1 : r.below(6), axis(r, s.length)];
    return asking(r)('TopK', [s, k, a], () => topK(s, k, a));
  },
};
