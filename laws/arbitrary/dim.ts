// Dims: mostly small, with 0, 1 and ties among them.
import fc from 'fast-check';

/** A dim of 0 to 5, weighted towards 1, 2 and 3; shrinks towards 1. */
export const dims: fc.Arbitrary<number> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(1) }, { weight: 4, arbitrary: fc.constant(2) }, { weight: 4, arbitrary: fc.constant(3) },
  { weight: 1, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.integer({ min: 4, max: 5 }) },
);
