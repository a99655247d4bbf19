// How many numbers a range has: arange(stop), arange(start, stop), arange(start, stop, step). Floor 0.
import { ShapeError } from '../error.ts';
import type { Add, Compare, Div, IsUnion, Shape, Sub } from './dim.ts';
import { axisIndex, type At, type AxisMessage } from './axis.ts';

/** `natural` for 0, 1, 2 ...; `other` for negative, fractional, huge and unknown numbers, whose ranges are counted at run time. */
type Sort<N extends number> =
  number extends N ? 'other' : IsUnion<N> extends true ? 'other' : `${N}` extends `${string}${'-' | '.' | 'e' | 'Infinity' | 'NaN'}${string}` ? 'other' : 'natural';

export type Arange<Start extends number, Stop extends number, Step extends number = 1> =
  [Step] extends [0] ? 'arange: step is 0'
  : Sort<Start> extends 'natural' ? Sort<Stop> extends 'natural' ? Sort<Step> extends 'natural'
    ? Compare<Start, Stop> extends '<' ? [Div<Add<Sub<Stop, Start>, Sub<Step, 1>>, Step>] : [0]
    : [number] : [number] : [number];

/** The run-time twin of `Arange`. */
export function arange(start: number, stop: number, step = 1): number[] {
  if (step === 0) throw new ShapeError('arange: step is 0');
  const count = Math.ceil((stop - start) / step);
  if (!Number.isFinite(count)) throw new ShapeError(`arange: from ${start} to ${stop} by ${step} is not finite`);
  return [Math.max(0, count)];
}

/** An array of shape `S` that counts along one axis. */
export type Iota<S extends Shape, Axis extends number = 0, K = unknown> =
  At<S, Axis, K> extends readonly [infer _ extends Shape, infer __ extends number, infer ___ extends Shape] ? S : AxisMessage<S, Axis, At<S, Axis, K>, K>;

/** The run-time twin of `Iota`. */
export function iota(shape: Shape, axis = 0): number[] {
  axisIndex(shape, axis);
  return [...shape];
}
