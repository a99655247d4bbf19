// Decision boundaries: what a function says of each point of the plane, with the examples it learnt from. Floor 7: a function in, SVG out.
import { CotangentError, ShapeError } from '../error.ts';
import { showShape } from '../ir/aval.ts';
import type { AnyTensor, Tensor } from '../ir/tensor.ts';
import { fromData } from '../numpy/create.ts';
import { optionsOf } from '../shape/options.ts';
import { framed, frameKinds, symbol, type FrameOptions } from './frame.ts';
import { extentOf, read, type Numbers, type Values } from './numbers.ts';
import { dataUri } from './raster.ts';
import { element, seriesColours } from './svg.ts';

/** Options of `plot.decisionBoundary`. */
export interface BoundaryOptions extends FrameOptions {
  /** Examples, `[N, 2]`, drawn as points. */
  readonly x?: Numbers;
  /** The class of each, `[N]`, numbers from 0 on. */
  readonly y?: Numbers;
  /** Names of the classes. */
  readonly labels?: readonly string[];
  /** What part of the plane is asked for. Default: around the examples, or -1 to 1 without them. */
  readonly range?: { readonly x: readonly [number, number]; readonly y: readonly [number, number] };
  /** How many points each axis is asked at. Default 200. */
  readonly resolution?: number;
  /** Scores above it are class 1. Default 0, as for logits; 0.5 suits probabilities. */
  readonly threshold?: number;
}

const rgb = seriesColours.map((c) => [1, 3, 5].map((k) => Number.parseInt(c.slice(k, k + 2), 16)));

/** The class of each point of the field, and how strongly it is coloured, 0 to 255. */
function judged({ shape, data, integer }: Values, points: number, threshold: number): { readonly classOf: (k: number) => number; readonly strength: (k: number) => number } {
  const [n, classes = 1] = shape;
  if (n !== points || shape.length > 2) throw new ShapeError(`plot.decisionBoundary: for points [${points}, 2] the function returned shape ${showShape(shape)}; [${points}] or [${points}, classes] is wanted`);
  const steady = 96;
  if (classes > 1) {
    return {
      classOf: (k) => { let best = 0; for (let c = 1; c < classes; c++) if ((data[k * classes + c] ?? 0) > (data[k * classes + best] ?? 0)) best = c; return best; },
      strength: (k) => data.subarray(k * classes, (k + 1) * classes).every((v) => !Number.isNaN(v)) ? steady : 0,
    };
  }
  if (integer) return { classOf: (k) => Math.max(0, data[k] ?? 0), strength: (k) => (data[k] ?? -1) < 0 ? 0 : steady };
  const [low, high] = extentOf(data) ?? [threshold, threshold];
  const furthest = Math.max(high - threshold, threshold - low) || 1;
  return {
    classOf: (k) => (data[k] ?? 0) > threshold ? 1 : 0,
    strength: (k) => { const v = data[k] ?? Number.NaN; return Number.isNaN(v) ? 0 : 40 + 110 * Math.min(1, Math.abs(v - threshold) / furthest); },
  };
}

function spread(values: readonly number[]): readonly [number, number] {
  const [low, high] = extentOf(values) ?? [-1, 1];
  const room = (high - low) * 0.08 || Math.max(1, Math.abs(low) * 0.1);
  return [low - room, high + room];
}

/**
 * What a function says of points in the plane, as a coloured field with the examples over it, as SVG. It is called once, with all points.
 *
 * @param f takes points `[N, 2]` to scores `[N]` or `[N, 1]` (above the threshold: class 1; stronger colour, further from it), to scores `[N, C]` of
 * classes (the greatest counts), or to integers `[N]`, the classes themselves. Where it is NaN, the field stays empty.
 * @throws `shape` where examples or results do not fit; `value` where a class is no integer from 0 on; `options` for a resolution outside 2 to 2000 or a range without width.
 * @example
 * import { np, plot } from 'cotangent';
 * const svg = await plot.decisionBoundary((points) => np.sum(points, { axis: 1 }), { x: [[1, 1], [-1, 0]], y: [1, 0], resolution: 16 });
 * svg.split('<polygon').length - 1; // -> 2
 */
export async function decisionBoundary(f: (points: Tensor<[number, 2]>) => AnyTensor, options: BoundaryOptions = {}): Promise<string> {
  optionsOf('plot.decisionBoundary', options, { x: 'any', y: 'any', labels: 'any', range: 'any', resolution: 'number', threshold: 'number', ...frameKinds });
  const { resolution = 200, threshold = 0, labels } = options;
  if (!(Number.isInteger(resolution) && resolution >= 2 && resolution <= 2000)) throw new CotangentError('options', `plot.decisionBoundary: resolution ${resolution}; an integer from 2 to 2000 is wanted`);
  if (!Number.isFinite(threshold)) throw new CotangentError('options', `plot.decisionBoundary: threshold ${threshold}; a finite number is wanted`);
  const examples = options.x === undefined ? undefined : await read(options.x, 'plot.decisionBoundary: x');
  if (examples !== undefined && (examples.shape.length !== 2 || examples.shape[1] !== 2)) throw new ShapeError(`plot.decisionBoundary: examples of shape ${showShape(examples.shape)}; [N, 2] is wanted`);
  const count = examples?.shape[0] ?? 0;
  const classes = options.y === undefined ? new Float64Array(count) : (await read(options.y, 'plot.decisionBoundary: y')).data;
  if (classes.length !== count) throw new ShapeError(`plot.decisionBoundary: ${classes.length} classes for ${count} examples`);
  const wrong = classes.findIndex((c) => !(Number.isInteger(c) && c >= 0));
  if (wrong >= 0) throw new CotangentError('value', `plot.decisionBoundary: the class of example ${wrong} is ${classes[wrong]}; an integer from 0 on is wanted`);
  const column = (k: number): number[] => Array.from({ length: count }, (_, i) => examples?.data[2 * i + k] ?? 0);
  const range = options.range ?? { x: spread(column(0)), y: spread(column(1)) };
  for (const [low, high] of [range.x, range.y]) if (!(low < high && Number.isFinite(low) && Number.isFinite(high))) throw new CotangentError('options', `plot.decisionBoundary: range [${low}, ${high}]; two finite numbers, the lower first, are wanted`);

  const points = new Float32Array(2 * resolution * resolution);
  const place = ([low, high]: readonly [number, number], k: number): number => low + (high - low) * (k + 0.5) / resolution;
  for (let k = 0; k < resolution * resolution; k++) points.set([place(range.x, k % resolution), place(range.y, resolution - 1 - Math.floor(k / resolution))], 2 * k);
  const field = await read(f(fromData(points, [resolution * resolution, 2])), 'plot.decisionBoundary: the result');
  const { classOf, strength } = judged(field, resolution * resolution, threshold);
  const pixels = new Uint8Array(4 * resolution * resolution);
  const seen = new Set<number>(classes);
  for (let k = 0; k < resolution * resolution; k++) {
    const alpha = strength(k);
    if (alpha > 0) {
      seen.add(classOf(k));
      pixels.set([...(rgb[classOf(k) % rgb.length] ?? []), alpha], 4 * k);
    }
  }
  const href = await dataUri({ height: resolution, width: resolution, channels: 4, data: pixels });
  const most = [...seen].reduce((a, b) => Math.max(a, b), 0) + 1;
  if (labels !== undefined && labels.length < most) throw new ShapeError(`plot.decisionBoundary: ${labels.length} labels for ${most} classes`);
  const entries = most > 20 ? [] : Array.from({ length: most }, (_, k) => ({ name: labels?.[k] ?? `class ${k}`, kind: 'dot' as const }));
  return framed({ width: 520, height: 460, ...options }, 'decision boundary', {
    x: { scale: 'linear', bounds: range.x, nice: false }, y: { scale: 'linear', bounds: range.y, nice: false },
  }, entries, (room) => element('image', { x: 0, y: 0, width: room.width, height: room.height, preserveAspectRatio: 'none', style: 'image-rendering:auto', href })
    + Array.from(classes, (c, i) => {
      const [x, y] = [room.x.at(examples?.data[2 * i] ?? Number.NaN), room.y.at(examples?.data[2 * i + 1] ?? Number.NaN)];
      return x === undefined || y === undefined || Math.abs(x) > 1e5 || Math.abs(y) > 1e5 ? '' : symbol(c, x, y, count > 400 ? 2.5 : 3.5);
    }).join(''), { grid: false });
}
