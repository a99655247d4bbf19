// Shapes, alone and in pairs that broadcast.
import fc from 'fast-check';
import { Choices } from '../draw.ts';
import { dims } from './dim.ts';
import { rawNumbers } from './raw.ts';

/**
 * Shapes of rank 0 to `maxRank` (default 3); repeated dims are common, zeros rare.
 *
 * @example
 * import fc from 'fast-check';
 * import { shapes } from 'cotangent/laws';
 * fc.sample(shapes(2), 3).every(s => s.length <= 2); // -> true
 */
export const shapes = (maxRank = 3): fc.Arbitrary<number[]> => rawNumbers.map(raw => new Choices(raw).shape(maxRank));

/**
 * `count` shapes that broadcast together: each is a suffix of one target, some of its dims 1.
 *
 * @example
 * import fc from 'fast-check';
 * import { broadcastable } from 'cotangent/laws';
 * fc.sample(broadcastable(2), 3).every(pair => pair.length === 2); // -> true
 */
export const broadcastable = (count: number, maxRank = 3): fc.Arbitrary<number[][]> =>
  fc.array(dims, { maxLength: maxRank }).chain(target => fc.array(
    fc.tuple(fc.nat(target.length), fc.array(fc.boolean(), { minLength: target.length, maxLength: target.length }))
      .map(([skip, ones]) => target.slice(skip).map((n, i) => ones[i] === true ? 1 : n)),
    { minLength: count, maxLength: count },
  ));
