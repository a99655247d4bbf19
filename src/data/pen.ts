// The pen: strokes to line segments, and line segments to ink on a square grid of pixels.
// Only additions, multiplications, divisions and square roots, all exactly rounded, so the ink is the same on every machine.
// Knows nothing of digits or randomness.

import type { Stroke } from './glyphs.ts';

/** A linear map of the plane and a shift: (x, y) -> (xx x + xy y + x0, yx x + yy y + y0). */
export interface Affine {
  readonly xx: number; readonly xy: number; readonly x0: number;
  readonly yx: number; readonly yy: number; readonly y0: number;
}

/** How many straight pieces stand for one span of a smooth curve: enough that no corner shows at 28 pixels. */
const piecesPerSpan = 4;

/** The point at `t` of the span from b to c of the Catmull-Rom curve through a, b, c, d, one coordinate. */
const catmullRom = (a: number, b: number, c: number, d: number, t: number): number =>
  b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

/** Calls `segment` with the straight pieces of a stroke whose points are `points` (x0, y0, x1, y1, ...). */
const eachSegment = (
  smooth: boolean, points: Float64Array, segment: (x0: number, y0: number, x1: number, y1: number) => void,
): void => {
  const count = points.length / 2;
  const closed = points[0] === points[2 * count - 2] && points[1] === points[2 * count - 1];
  // Beyond its ends a curve continues with its first or last point; a closed one goes round.
  const outside = (index: number): number => {
    if (index < 0) return closed ? count - 2 : 0;
    return index < count ? index : closed ? 1 : count - 1;
  };
  const at = (index: number): number => points[index] ?? 0;
  let x0 = at(0);
  let y0 = at(1);
  for (let span = 0; span + 1 < count; span++) {
    const [a, b, c, d] = [2 * outside(span - 1), 2 * span, 2 * span + 2, 2 * outside(span + 2)];
    const pieces = smooth ? piecesPerSpan : 1;
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces;
      const x1 = smooth ? catmullRom(at(a), at(b), at(c), at(d), t) : at(c);
      const y1 = smooth ? catmullRom(at(a + 1), at(b + 1), at(c + 1), at(d + 1), t) : at(c + 1);
      segment(x0, y0, x1, y1);
      x0 = x1;
      y0 = y1;
    }
  }
};

/**
 * Draws strokes with a round pen onto `ink`, a grid of `size` x `size` pixels whose values become the share of the
 * pixel that is covered, in [0, 1]. `place` maps the strokes' points to pixel coordinates (pixel (i, j) has its centre
 * at (j + 0.5, i + 0.5)), `wobble` moves each control point by what it returns, `radius` is the pen's, in pixels.
 */
export const drawStrokes = (
  ink: Float64Array, size: number, strokes: readonly Stroke[], place: Affine, radius: number, wobble: () => number,
): void => {
  const reach = radius + 0.5; // the edge is one pixel wide, half of it outside
  ink.fill(reach * reach); // first the squared distance to the nearest piece, capped
  const stamp = (x0: number, y0: number, x1: number, y1: number): void => {
    const dx = x1 - x0;
    const dy = y1 - y0;
    const length2 = dx * dx + dy * dy;
    const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
    const right = Math.min(size - 1, Math.floor(Math.max(x0, x1) + reach));
    const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
    const bottom = Math.min(size - 1, Math.floor(Math.max(y0, y1) + reach));
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const px = column + 0.5 - x0;
        const py = row + 0.5 - y0;
        const along = length2 > 0 ? Math.min(1, Math.max(0, (px * dx + py * dy) / length2)) : 0;
        const ex = px - along * dx;
        const ey = py - along * dy;
        const distance2 = ex * ex + ey * ey;
        if (distance2 < (ink[row * size + column] ?? 0)) ink[row * size + column] = distance2;
      }
    }
  };
  for (const { smooth, points } of strokes) {
    const placed = new Float64Array(points.length);
    for (let i = 0; i < points.length; i += 2) {
      const x = (points[i] ?? 0) + wobble();
      const y = (points[i + 1] ?? 0) + wobble();
      placed[i] = place.xx * x + place.xy * y + place.x0;
      placed[i + 1] = place.yx * x + place.yy * y + place.y0;
    }
    const last = points.length - 2;
    if (points[0] === points[last] && points[1] === points[last + 1]) placed.copyWithin(last, 0, 2); // a closed stroke stays closed
    eachSegment(smooth, placed, stamp);
  }
  for (let i = 0; i < ink.length; i++) ink[i] = Math.min(1, Math.max(0, reach - Math.sqrt(ink[i] ?? 0)));
};
