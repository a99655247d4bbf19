// Host arrays of given or random types: plain values, ties, hard numbers, and special values.
import fc from 'fast-check';
import { dtypes, type DType } from '../../src/dtype/dtype.ts';
import type { Aval } from '../../src/ir/aval.ts';
import type { NDArray } from '../../src/ir/primitive.ts';
import { valuesIn, type Taste } from '../array.ts';
import { Random } from '../random.ts';
import { shapes } from './shape.ts';

const tastes: readonly Taste[] = ['plain', 'ties', 'hard', 'special'];

/** Any dtype; shrinks towards f32. */
export const anyDType: fc.Arbitrary<DType> = fc.constantFrom(...dtypes);

/**
 * Host arrays of one shape and dtype. `special` ones hold NaN, infinities, -0, subnormal and huge numbers.
 *
 * @param taste which values; any by default.
 * @example
 * import fc from 'fast-check';
 * import { arrays } from 'cotangent/laws';
 * fc.sample(arrays({ shape: [2, 3], dtype: 'f32' }), 2).every(x => x.data.length === 6); // -> true
 */
export const arrays = (a: Aval, taste?: Taste): fc.Arbitrary<NDArray> =>
  fc.tuple(fc.nat(), taste === undefined ? fc.constantFrom(...tastes) : fc.constant(taste)).map(([seed, t]) => valuesIn(a, undefined, new Random(seed), t));
/** Host arrays of any small shape and any dtype. */
export const anyArray: fc.Arbitrary<NDArray> = fc.tuple(shapes(), anyDType).chain(([shape, dtype]) => arrays({ shape, dtype }));
