// Pad: lengthens axes at both ends and between elements; a negative amount cuts. Floor 0.
import { ShapeError } from '../error.ts';
import { show, type Add, type Compare, type First, type HasDynamic, type IsLiteral, type IsUnion, type Mul, type Shape, type Show, type Sub, listed } from './dim.ts';
import type { Fits, Only } from './same.ts';

/** How much goes before the first element, after the last and, if given, between any two. */
export type Padding = readonly [low: number, high: number] | readonly [low: number, high: number, interior: number];

/** `S` with one padding an axis; axes without one stay as they are. */
export type Pad<S extends Shape, Paddings extends readonly Padding[], K = unknown> =
  number extends Paddings['length'] ? Shape : PadFrom<S, Paddings, S, Paddings, K>;
type PadFrom<S extends Shape, Paddings, S0 extends Shape, P0 extends readonly Padding[], K, Out extends Shape = []> =
  Paddings extends readonly [infer P, ...infer R]
    ? First<S, K> extends readonly [infer d extends number, infer T extends Shape]
      ? P extends readonly [infer lo extends number, infer hi extends number, infer gap extends number]
        ? Next<Padded<Spread<d, gap, Out['length'], S0, K>, lo, hi, Out['length'], S0, K>, T, R, S0, P0, K, Out>
      : P extends readonly [infer lo extends number, infer hi extends number]
        ? Next<Padded<d, lo, hi, Out['length'], S0, K>, T, R, S0, P0, K, Out>
      : Shape
      : First<S, K> extends 'none' ? `pad: ${P0['length']} paddings for ${Show<S0, K>}`
      : HasDynamic<S, K> extends true ? Shape : `pad: axis ${Out['length']} of ${Show<S0, K>} cannot be told: the rank is generic`
    : [...Out, ...S];
type Next<Length, T extends Shape, R, S0 extends Shape, P0 extends readonly Padding[], K, Out extends Shape> =
  Fits<Length, string, K> extends true ? Length : PadFrom<T, R, S0, P0, K, [...Out, Only<Length, number, K>]>;

/** The length with gaps between the elements, or a message. */
type Spread<d extends number, gap extends number, Axis extends number, S extends Shape, K> =
  [gap] extends [0] ? d : number extends gap ? number : IsUnion<gap> extends true ? number
  : `${gap}` extends `-${string}` ? `pad: interior ${gap} on axis ${Axis} of ${Show<S, K>} is negative`
  : [d] extends [0] ? 0 : Add<d, Mul<Sub<d, 1>, gap>>;
type Negatives<A extends number, B extends number> = Add<Below<A>, Below<B>>;
type Below<A extends number> = `${A}` extends `-${infer N extends number}` ? N : 0;
type Above<A extends number> = `${A}` extends `-${string}` ? 0 : A;
/** d + lo + hi, or a message. */
type Padded<d, lo extends number, hi extends number, Axis extends number, S extends Shape, K> =
  Fits<d, number, K> extends true ? Lengthened<Only<d, number, K>, lo, hi, Axis, S, K> : d;
type Lengthened<d extends number, lo extends number, hi extends number, Axis extends number, S extends Shape, K> =
  [lo, hi] extends [0, 0] ? d
  : number extends lo | hi ? number : IsUnion<lo> extends true ? number : IsUnion<hi> extends true ? number
  : IsLiteral<d, K> extends true ? Remains<Add<Add<d, Above<lo>>, Above<hi>>, Negatives<lo, hi>, lo, hi, Axis, S, K>
  : Sub<Add<d, Add<Above<lo>, Above<hi>>>, Negatives<lo, hi>>;
type Remains<have extends number, take extends number, lo extends number, hi extends number, Axis extends number, S extends Shape, K> =
  Compare<have, take> extends '<' ? `pad: [${lo}, ${hi}] takes more than axis ${Axis} of ${Show<S, K>} has` : Sub<have, take>;

/** The run-time twin of `Pad`. */
export function pad(shape: Shape, paddings: readonly Padding[]): number[] {
  // Axis by axis, and only then the count: the order in which the type finds what is wrong.
  listed('pad', 'paddings', paddings).forEach((one) => listed('pad', 'one of the paddings', one));
  const result = shape.map((dim, axis) => {
    const [low, high, interior = 0] = paddings[axis] ?? [0, 0];
    const where = `axis ${axis} of ${show(shape)}`;
    const fraction = [low, high, interior].find((amount) => !Number.isInteger(amount));
    if (fraction !== undefined) throw new ShapeError(`pad: ${fraction} on ${where} is not an integer`);
    if (interior < 0) throw new ShapeError(`pad: interior ${interior} on ${where} is negative`);
    const length = dim + Math.max(dim - 1, 0) * interior + low + high;
    if (length < 0) throw new ShapeError(`pad: [${low}, ${high}] takes more than ${where} has`);
    return length;
  });
  if (paddings.length > shape.length) throw new ShapeError(`pad: ${paddings.length} paddings for ${show(shape)}`);
  return result;
}
