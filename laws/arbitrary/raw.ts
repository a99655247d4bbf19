// Raw natural numbers: what every other choice is elaborated from. Shorter and smaller lists are simpler choices.
import fc from 'fast-check';

/** Long enough for any sample: further choices are the simplest ones. */
export const rawNumbers: fc.Arbitrary<number[]> = fc.array(fc.oneof({ weight: 4, arbitrary: fc.nat(1000) }, { weight: 1, arbitrary: fc.nat(0x7fffffff) }), { minLength: 16, maxLength: 28 });
