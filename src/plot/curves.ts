// Curves over steps: several series, linear or logarithmic axes, smoothing. Floor 7: numbers in, SVG out.
import { CotangentError, ShapeError } from '../error.ts';
import { optionsOf } from '../shape/options.ts';
import { framed, frameKinds, type FrameOptions, type Room } from './frame.ts';
import { extentOf, readVector, type Numbers } from './numbers.ts';
import { coordinate, dashes, element, seriesClass, text } from './svg.ts';
import type { AxisScale } from './scale.ts';

/** One curve. Without `x` its numbers stand at 1, 2, 3 ... */
export interface Series { readonly name: string; readonly y: Numbers; readonly x?: Numbers; /** As in the options, for this curve alone: one of few numbers wants none. */ readonly smoothing?: number }

/** Options of `plot.curves`. */
export interface CurvesOptions extends FrameOptions {
  readonly xScale?: AxisScale;
  readonly yScale?: AxisScale;
  /** What the axes cover; what is beyond is cut off. Default: all that is drawn. */
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  /** The weight of what came before, in [0, 1): an exponential mean with its start corrected, over the raw curve, which turns faint. Default 0. */
  readonly smoothing?: number;
}

interface Curve { readonly whole: boolean; readonly smoothing: number; readonly name: string; readonly x: Float64Array; readonly y: Float64Array }

function expectSmoothing(where: string, smoothing: number): void {
  if (!(smoothing >= 0 && smoothing < 1)) throw new CotangentError('options', `${where}: smoothing ${smoothing}; a number in [0, 1) is wanted`);
}

async function curveOf({ name, x, y, smoothing }: Series, common: number): Promise<Curve> {
  const where = `plot.curves: series ${JSON.stringify(name)}`;
  expectSmoothing(where, smoothing ?? common);
  const values = await readVector(y, where);
  if (x === undefined) return { name, smoothing: smoothing ?? common, y: values.data, x: Float64Array.from(values.data, (_, k) => k + 1), whole: true };
  const places = await readVector(x, `${where}: x`);
  if (places.data.length !== values.data.length) throw new ShapeError(`${where}: ${places.data.length} places x for ${values.data.length} numbers y`);
  return { name, smoothing: smoothing ?? common, x: places.data, y: values.data, whole: places.data.every(Number.isInteger) };
}

/** The exponential mean, corrected for its start (as in Adam); what is not finite is passed over, and stays a gap. */
function smooth(y: Float64Array, weight: number): Float64Array {
  let [mean, whole] = [0, 0];
  return y.map((v) => {
    if (!Number.isFinite(v)) return v;
    mean = weight * mean + (1 - weight) * v;
    whole = weight * whole + (1 - weight);
    return mean / whole;
  });
}

/** Where a curve can be drawn, in pixels; null is a gap. */
type Place = readonly [x: number, y: number] | null;

/** Of many points the lowest and the highest of each pixel column, in their order: the same picture from fewer points. */
function thinned(places: readonly Place[], columns: number): readonly Place[] {
  const per = Math.floor(places.length / columns);
  if (per < 4) return places;
  const out: Place[] = [];
  for (let at = 0; at < places.length; at += per) {
    const bucket = places.slice(at, at + per);
    const real = bucket.filter((p) => p !== null);
    const [first] = real;
    if (first !== undefined) {
      let [least, greatest] = [first, first];
      for (const p of real) { if (p[1] < least[1]) least = p; if (p[1] > greatest[1]) greatest = p; }
      const ends = new Set([first, ...(real.indexOf(least) < real.indexOf(greatest) ? [least, greatest] : [greatest, least])]);
      out.push(...ends);
    }
    if (real.length < bucket.length) out.push(null);
  }
  return out;
}

/** Curves have many points: a tenth of a pixel is enough. */
const tenth = (x: number): string => coordinate(Math.round(x * 10) / 10);

const drawn = ({ x, y }: Curve, room: Room, k: number, faint: boolean): string => curvePath(x, y, room, k, faint);
/** The marks of one curve: a path, and a point for each number between two gaps. */
export function curvePath(x: Float64Array, y: Float64Array, room: Room, k: number, faint: boolean): string {
  const near = (p: number): number => Math.max(-1e4, Math.min(1e4, p));
  const places = Array.from(y, (v, i): Place => {
    const [px, py] = [room.x.at(x[i] ?? Number.NaN), room.y.at(v)];
    // Far outside is as good as infinitely far, and SVG has limits.
    return px === undefined || py === undefined ? null : [near(px), near(py)];
  });
  const runs: (readonly [number, number])[][] = [];
  let open = false;
  for (const place of thinned(places, room.width)) {
    if (place === null) { open = false; continue; }
    if (open) runs.at(-1)?.push(place);
    else runs.push([place]);
    open = true;
  }
  const path = runs.filter((run) => run.length > 1).map((run) => `M${run.map(([px, py]) => `${tenth(px)} ${tenth(py)}`).join('L')}`).join('');
  // A number between two gaps makes no line: a point.
  const lone = runs.flatMap((run) => run.length === 1 ? run : []);
  const style = `${faint ? ' faint' : ''} ${seriesClass(k)}`;
  return (path === '' ? '' : element('path', { class: `line${style}`, 'stroke-dasharray': dashes[Math.floor(k / 7) % dashes.length], d: path }))
    + lone.map(([cx, cy]) => element('circle', { class: `fill${style}`, cx, cy, r: 2.5 })).join('');
}

function expectRange(name: string, range: readonly [number, number] | undefined, scale: AxisScale): void {
  if (range === undefined || range[0] < range[1] && range.every(Number.isFinite) && (scale === 'linear' || range[0] > 0)) return;
  throw new CotangentError('options', `plot.curves: ${name} [${range.join(', ')}]; two finite numbers, the lower first${scale === 'log' ? ', above 0' : ''}, are wanted`);
}

/**
 * Curves over steps, as SVG: losses, accuracies, learning rates. Series are given by name, or as a list with places `x` of their own.
 *
 * NaN and infinite numbers leave gaps, and so do numbers from 0 down on a logarithmic axis. Without any number to draw, the frame says so.
 *
 * @throws `value` without series, or where one is empty; `shape` where one is no vector or x and y differ in length; `options` for a smoothing outside [0, 1).
 * @example
 * import { plot } from 'cotangent';
 * const svg = await plot.curves({ training: [2.3, 1.1, 0.6], test: [2.2, 1.3, 0.9] }, { title: 'Loss', yScale: 'log' });
 * svg.startsWith('<svg'); // -> true
 */
export async function curves(series: { readonly [name: string]: Numbers } | readonly Series[], options: CurvesOptions = {}): Promise<string> {
  optionsOf('plot.curves', options, { xScale: ['log', 'linear'], yScale: ['log', 'linear'], xRange: 'any', yRange: 'any', smoothing: 'number', ...frameKinds });
  const { smoothing = 0, xScale = 'linear', yScale = 'linear', xRange, yRange } = options;
  expectSmoothing('plot.curves', smoothing);
  expectRange('xRange', xRange, xScale);
  expectRange('yRange', yRange, yScale);
  const listed: readonly Series[] = isList(series) ? series : Object.entries(series).map(([name, y]) => ({ name, y }));
  if (listed.length === 0) throw new CotangentError('value', 'plot.curves: no series; at least one is wanted');
  const raw = await Promise.all(listed.map(s => curveOf(s, smoothing)));
  const has = (scale: AxisScale, v: number): boolean => Number.isFinite(v) && (scale === 'linear' || v > 0);
  const visible = raw.map(({ x, y }) => Array.from(y, (v, i) => [x[i] ?? Number.NaN, v] as const).filter(([px, py]) => has(xScale, px) && has(yScale, py)));
  const xs = extentOf(visible.flatMap((points) => points.map(([x]) => x)));
  const ys = extentOf(visible.flatMap((points) => points.map(([, y]) => y)));
  return framed(options, 'curves', {
    x: { scale: xScale, bounds: xRange ?? xs ?? [1, 10], nice: false, whole: raw.every(({ whole }) => whole) },
    y: { scale: yScale, bounds: yRange ?? ys ?? [1, 10], nice: yRange === undefined },
  }, raw.length > 1 || options.title === undefined ? raw.map(({ name }) => ({ name, kind: 'line' })) : [], (room) => {
    if (ys === null) return text(room.width / 2, room.height / 2, 'no finite numbers to draw', { class: 'muted', 'text-anchor': 'middle' });
    const faint = raw.map((curve, k) => curve.smoothing > 0 ? drawn(curve, room, k, true) : '');
    return [...faint, ...raw.map((curve, k) => drawn(curve.smoothing > 0 ? { ...curve, y: smooth(curve.y, curve.smoothing) } : curve, room, k, false))].join('');
  });
}

const isList = (series: { readonly [name: string]: Numbers } | readonly Series[]): series is readonly Series[] => Array.isArray(series);
