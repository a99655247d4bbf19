// How many windows fit along the spatial axes of a convolution or a pooling: sizes, strides, padding, dilation. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type Add, type Compare, type Div, type First, type IsDynamic, type IsLiteral, type IsUnion, type Mul, type Shape, type Show, type Sub, listed, word } from './dim.ts';
import type { Same, Stop } from './same.ts';

/** One number for all spatial axes, or one for each. */
export type PerAxis = number | readonly number[];
/**
 * `valid`: windows lie inside. `same`: as many windows as strides, the padding shared out, the odd one at the end (as in JAX).
 * Otherwise how much goes before and after each spatial axis: one number for all ends, or a pair for each axis; negative ones cut.
 */
export type WindowPadding = 'valid' | 'same' | number | readonly (readonly [low: number, high: number])[];
/** Where the features stand: last, after the spatial axes, or before them. Of any number of spatial axes. */
export type Layout = 'NHWC' | 'NCHW';

// ---- one axis -----------------------------------------------------------------------------------------------------------

/** A number that the compiler cannot tell. */
export type IsVague<N extends number> = number extends N ? true : IsUnion<N>;
type Below<A extends number> = `${A}` extends `-${infer N extends number}` ? N : 0;
type Above<A extends number> = `${A}` extends `-${string}` ? 0 : A;

/** The length that a window covers. */
type Reach<w extends number, dilation extends number> = dilation extends 1 ? w : Add<Mul<Sub<w, 1>, dilation>, 1>;
/** The strides that `n` elements take: n / stride, rounded up. */
type Strides<n extends number, stride extends number> = stride extends 1 ? n : Div<Add<n, Sub<stride, 1>>, stride>;
type Padded<low extends number, high extends number> = [low, high] extends [0, 0] ? '' : ` padded by [${low}, ${high}]`;

/** The first of the numbers that is not positive, as a stop; null where there is none. */
export type Positive<Op extends string, what extends string, n extends number, Axis extends number, S extends Shape, K> =
  `${n}` extends '0' | `-${string}` ? Stop<`${Op}: ${what} ${n} on axis ${Axis} of ${Show<S, K>} is not positive`> : null;

/** [how many windows fit], or a stop. */
type Fitting<Op extends string, n extends number, w extends number, stride extends number, padding, dilation extends number, Axis extends number, S extends Shape, K> =
  true extends IsVague<stride> | IsVague<dilation> ? [number]
  : [padding] extends ['same'] ? [Strides<n, stride>]
  : padding extends readonly [infer low extends number, infer high extends number]
    ? true extends IsVague<low> | IsVague<high> | IsVague<w> ? [number] : Inside<Op, n, Reach<w, dilation>, stride, low, high, Axis, S, K>
  : [number];
type Inside<Op extends string, n extends number, reach extends number, stride extends number, low extends number, high extends number, Axis extends number, S extends Shape, K> =
  Same<n, number, K> extends true ? [number]
  : IsLiteral<n, K> extends true
    ? Compare<Add<n, Add<Above<low>, Above<high>>>, Add<reach, Add<Below<low>, Below<high>>>> extends '<'
      ? Stop<`${Op}: window ${reach} does not fit into axis ${Axis} of ${Show<S, K>}${Padded<low, high>}`>
      : [Counted<Add<n, Add<Above<low>, Above<high>>>, Add<reach, Add<Below<low>, Below<high>>>, stride>]
  : [Counted<Add<n, Add<Above<low>, Above<high>>>, Add<reach, Add<Below<low>, Below<high>>>, stride>];
/** (have - need) / stride + 1 */
type Counted<have extends number, need extends number, stride extends number> =
  stride extends 1 ? need extends 0 ? Add<have, 1> : Sub<have, Sub<need, 1>> : Add<Div<Sub<have, need>, stride>, 1>;

// ---- all axes -----------------------------------------------------------------------------------------------------------

/** The number for one axis. */
export type On<N, I extends number> = N extends readonly number[] ? number extends N['length'] ? number : N[I] : N;
/** The padding of one axis: 'same', a pair, or unknown. */
type PaddingOn<P, I extends number> =
  [P] extends ['valid'] ? [0, 0] : [P] extends ['same'] ? 'same' : [P] extends [number] ? [P, P]
  : P extends readonly unknown[] ? number extends P['length'] ? 'unknown' : P[I] : 'unknown';
/** A list with another number of entries than there are axes, as a stop; null otherwise. */
export type ExpectEach<Op extends string, what extends string, List, Rank extends number> =
  List extends readonly unknown[] ? number extends List['length'] ? null : List['length'] extends Rank ? null
    : Stop<`${Op}: ${List['length']} ${what} for ${Rank} spatial axes`> : null;

/**
 * [the counts along `Space`], or a stop. `Window` is a list of sizes, one for each axis; `Offset` has as many entries as
 * there are axes before the first spatial one; S is the whole shape, for messages.
 */
export type Windows<
  Op extends string, Space extends Shape, Window extends Shape, Stride, Padding, Dilation, Offset extends readonly unknown[], S extends Shape, K,
  I extends readonly unknown[] = [], Out extends Shape = [],
> =
  First<Space, K> extends readonly [infer n extends number, infer RS extends Shape]
    ? First<Window, K> extends readonly [infer w extends number, infer RW extends Shape]
      ? OneAxis<Op, n, w, On<Stride, I['length']>, PaddingOn<Padding, I['length']>, On<Dilation, I['length']>, [...Offset, ...I]['length'] & number, S, K> extends readonly [infer count extends number]
        ? Windows<Op, RS, RW, Stride, Padding, Dilation, Offset, S, K, [...I, 0], [...Out, count]>
        : OneAxis<Op, n, w, On<Stride, I['length']>, PaddingOn<Padding, I['length']>, On<Dilation, I['length']>, [...Offset, ...I]['length'] & number, S, K>
      : Stop<Shape>
    : First<Space, K> extends 'none' ? [Out]
    : IsDynamic<S, K> extends true ? Stop<Shape> : Stop<`${Op}: the rank of ${Show<S, K>} is generic`>;
type OneAxis<Op extends string, n extends number, w extends number, stride, padding, dilation, Axis extends number, S extends Shape, K> =
  [stride, dilation] extends readonly [infer s extends number, infer d extends number]
    ? Positive<Op, 'window', w, Axis, S, K> extends null
      ? Positive<Op, 'stride', s, Axis, S, K> extends null
        ? Positive<Op, 'dilation', d, Axis, S, K> extends null ? Fitting<Op, n, w, s, padding, d, Axis, S, K>
        : Positive<Op, 'dilation', d, Axis, S, K>
      : Positive<Op, 'stride', s, Axis, S, K>
    : Positive<Op, 'window', w, Axis, S, K>
  : Stop<Shape>;

/** Windows along the spatial axes, with everything about them known. */
export interface SpatialWindows {
  readonly counts: readonly number[];
  readonly strides: readonly number[];
  readonly padding: readonly (readonly [low: number, high: number])[];
  readonly dilation: readonly number[];
}
/** Options as they are given: the same for all spatial axes, or for each. */
export interface WindowOptions {
  readonly strides?: PerAxis | undefined;
  readonly padding?: WindowPadding | undefined;
  readonly dilation?: PerAxis | undefined;
}

/** One number for each of `rank` axes. Throws where a list has another length. */
export function eachAxis(op: string, what: string, given: PerAxis, rank: number): number[] {
  if (typeof given === 'number') return Array.from({ length: rank }, () => given);
  if (listed(op, what, given).length !== rank) throw new ShapeError(`${op}: ${given.length} ${what} for ${rank} spatial axes`);
  return [...given];
}
export function expectPositive(op: string, what: string, n: number, axis: number, shape: Shape): void {
  if (!Number.isInteger(n) || n < 1) throw new ShapeError(`${op}: ${what} ${n} on axis ${axis} of ${show(shape)} is not positive`);
}
/** A padding that is a list has a pair for each axis. */
export function expectPairs(op: string, padding: WindowPadding, rank: number): void {
  const given: unknown = padding;
  if (given === 'valid' || given === 'same' || typeof given === 'number') return;
  if (!Array.isArray(given)) throw new ShapeError(`${op}: padding ${word(given)} is not 'valid', 'same', a number or a list of pairs [low, high]`);
  const pairs: readonly unknown[] = given;
  const odd = pairs.find((pair) => !Array.isArray(pair) || pair.length !== 2);
  if (odd !== undefined) throw new ShapeError(`${op}: padding ${show(given)} holds ${Array.isArray(odd) ? show(odd) : word(odd)}, no pair [low, high]`);
  if (given.length !== rank) throw new ShapeError(`${op}: ${given.length} paddings for ${rank} spatial axes`);
}
/** The padding of one axis as a pair. `same` shares out what the strides need, the odd one at the end. */
function pairOn(padding: WindowPadding, i: number, n: number, reach: number, stride: number): readonly [number, number] {
  if (padding === 'valid') return [0, 0];
  if (typeof padding === 'number') return [padding, padding];
  if (padding !== 'same') return padding[i] ?? [0, 0];
  const total = Math.max(0, (Math.ceil(n / stride) - 1) * stride + reach - n);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
/** The run-time twin of `Windows`: `space` are the spatial dims of `shape`, the first of which is its axis `offset`. */
export function windows(op: string, space: Shape, window: Shape, options: WindowOptions, offset: number, shape: Shape): SpatialWindows {
  const { padding = 'valid' } = options;
  const strides = eachAxis(op, 'strides', options.strides ?? 1, space.length);
  expectPairs(op, padding, space.length);
  const dilation = eachAxis(op, 'dilations', options.dilation ?? 1, space.length);
  const pairs: (readonly [number, number])[] = [];
  const counts = space.map((n, i) => {
    const [w = 1, stride = 1, apart = 1] = [window[i], strides[i], dilation[i]];
    for (const [what, value] of [['window', w], ['stride', stride], ['dilation', apart]] as const) expectPositive(op, what, value, offset + i, shape);
    const reach = (w - 1) * apart + 1;
    const pair = pairOn(padding, i, n, reach, stride);
    const [low, high] = pair;
    pairs.push(pair);
    const where = `axis ${offset + i} of ${show(shape)}`;
    const fraction = pair.find((amount) => !Number.isInteger(amount));
    if (fraction !== undefined) throw new ShapeError(`${op}: padding ${fraction} on ${where} is not an integer`);
    if (padding === 'same') return Math.ceil(n / stride);
    const free = n + low + high - reach;
    if (free < 0) throw new ShapeError(`${op}: window ${reach} does not fit into ${where}${low === 0 && high === 0 ? '' : ` padded by [${low}, ${high}]`}`);
    return Math.floor(free / stride) + 1;
  });
  return { counts, strides, padding: pairs, dilation };
}
