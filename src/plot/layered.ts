// Layered drawings of directed acyclic graphs, top to bottom (Sugiyama, Tagawa and Toda, 1981): layers, order, places. Floor 7, pure.

/** What is placed: a box of some size. */
export interface Box { readonly width: number; readonly height: number }
export interface Place { readonly x: number; readonly y: number }
/** Centres of the boxes, and for each edge the points that it goes through. */
export interface Layout { readonly boxes: readonly Place[]; readonly routes: readonly (readonly Place[])[]; readonly width: number; readonly height: number }
/** From one box to another that comes later in the list. */
export type Edge = readonly [from: number, to: number];

const across = 18;
const down = 30;

interface Slot { readonly layer: number; readonly width: number; readonly height: number; readonly above: number[]; readonly below: number[] }

/** Layers: as far from the sources as the longest path, then sources drawn down to what they feed. */
function layersOf(count: number, edges: readonly Edge[]): number[] {
  const layer = Array.from({ length: count }, () => 0);
  const depth = (k: number): number => layer[k] ?? 0;
  const sorted = [...edges].sort((a, b) => a[0] - b[0]);
  for (const [from, to] of sorted) layer[to] = Math.max(depth(to), depth(from) + 1);
  const fed = new Set(edges.map(([, to]) => to));
  for (let k = 0; k < count; k++) {
    if (fed.has(k)) continue;
    const next = edges.filter(([from]) => from === k).map(([, to]) => depth(to));
    if (next.length > 0) layer[k] = Math.max(0, Math.min(...next) - 1);
  }
  return layer;
}

/** Places of a row near where each wants to be, in order and without overlap: the mean of pushing to the right and to the left. */
function spaced(wanted: readonly number[], widths: readonly number[]): number[] {
  const gap = (k: number): number => ((widths[k - 1] ?? 0) + (widths[k] ?? 0)) / 2 + across;
  const right = [...wanted];
  for (let k = 1; k < right.length; k++) right[k] = Math.max(right[k] ?? 0, (right[k - 1] ?? 0) + gap(k));
  const left = [...wanted];
  for (let k = left.length - 2; k >= 0; k--) left[k] = Math.min(left[k] ?? 0, (left[k + 1] ?? 0) - gap(k + 1));
  return right.map((x, k) => (x + (left[k] ?? x)) / 2);
}

const mean = (xs: readonly number[]): number | undefined => xs.length === 0 ? undefined : xs.reduce((a, b) => a + b, 0) / xs.length;

/** Where boxes and edges go. Boxes are listed so that every edge leads forward. */
export function layered(boxes: readonly Box[], edges: readonly Edge[]): Layout {
  const layer = layersOf(boxes.length, edges);
  const slots: Slot[] = boxes.map(({ width, height }, k) => ({ layer: layer[k] ?? 0, width, height, above: [], below: [] }));
  const join = (from: number, to: number): void => { slots[from]?.below.push(to); slots[to]?.above.push(from); };
  // A long edge holds a narrow place in each layer that it passes.
  const chains = edges.map(([from, to]) => {
    const chain = [from];
    for (let l = (layer[from] ?? 0) + 1; l < (layer[to] ?? 0); l++) {
      slots.push({ layer: l, width: 6, height: 0, above: [], below: [] });
      join(chain.at(-1) ?? from, slots.length - 1);
      chain.push(slots.length - 1);
    }
    join(chain.at(-1) ?? from, to);
    return [...chain, to];
  });
  const rows: number[][] = Array.from({ length: Math.max(0, ...slots.map((s) => s.layer)) + 1 }, () => []);
  slots.forEach((s, k) => rows[s.layer]?.push(k));

  // Order within layers: by the mean place of the neighbours, downwards and upwards in turn.
  const rank = new Map<number, number>();
  const number = (row: readonly number[]): void => row.forEach((k, i) => rank.set(k, i - row.length / 2));
  rows.forEach(number);
  for (let sweep = 0; sweep < 8; sweep++) {
    const side = sweep % 2 === 0 ? 'above' : 'below';
    for (const row of sweep % 2 === 0 ? rows : [...rows].reverse()) {
      const key = new Map(row.map((k) => [k, mean((slots[k]?.[side] ?? []).map((j) => rank.get(j) ?? 0)) ?? rank.get(k) ?? 0]));
      row.sort((a, b) => (key.get(a) ?? 0) - (key.get(b) ?? 0));
      number(row);
    }
  }

  // Places: each near the mean of its neighbours, as far as its row allows.
  const x = slots.map(() => 0);
  const settle = (row: readonly number[], sides: readonly ('above' | 'below')[]): void => {
    const wanted = row.map((k) => mean(sides.flatMap((side) => slots[k]?.[side] ?? []).map((j) => x[j] ?? 0)) ?? x[k] ?? 0);
    spaced(wanted, row.map((k) => slots[k]?.width ?? 0)).forEach((place, i) => { x[row[i] ?? 0] = place; });
  };
  rows.forEach((row) => settle(row, ['above']));
  for (let sweep = 0; sweep < 6; sweep++) {
    [...rows].reverse().forEach((row) => settle(row, ['below']));
    rows.forEach((row) => settle(row, ['above', 'below']));
  }

  const heights = rows.map((row) => Math.max(0, ...row.map((k) => slots[k]?.height ?? 0)));
  const tops: number[] = [];
  for (const [l] of rows.entries()) tops.push(l === 0 ? 0 : (tops[l - 1] ?? 0) + (heights[l - 1] ?? 0) + down);
  const left = Math.min(...slots.map((s, k) => (x[k] ?? 0) - s.width / 2));
  const right = Math.max(...slots.map((s, k) => (x[k] ?? 0) + s.width / 2));
  const placeOf = (k: number): Place => {
    const l = slots[k]?.layer ?? 0;
    return { x: (x[k] ?? 0) - left, y: (tops[l] ?? 0) + (heights[l] ?? 0) / 2 };
  };
  /** Straight down beside the boxes of a layer that an edge passes. */
  const through = (k: number): readonly Place[] => {
    const { x: at, y } = placeOf(k);
    const half = (heights[slots[k]?.layer ?? 0] ?? 0) / 2;
    return k < boxes.length ? [{ x: at, y }] : [{ x: at, y: y - half }, { x: at, y: y + half }];
  };
  return { boxes: boxes.map((_, k) => placeOf(k)), routes: chains.map((chain) => chain.flatMap(through)), width: right - left, height: (tops.at(-1) ?? 0) + (heights.at(-1) ?? 0) };
}
