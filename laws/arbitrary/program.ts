// Raw choices of a random program: `{op, a, b, k}` a step. Fewer steps, and smaller numbers, are simpler programs.
import fc from 'fast-check';
import type { ProgramChoices, Step } from '../elaborate.ts';
import { rawNumbers } from './raw.ts';

const step: fc.Arbitrary<Step> = fc.record({ op: fc.nat(9999), a: fc.nat(7), b: fc.nat(7), k: fc.nat(99999) });

/** Programs of up to `length` lines. */
export const programs = (length = 8): fc.Arbitrary<ProgramChoices> =>
  fc.record({ inputs: rawNumbers, steps: fc.array(step, { minLength: 1, maxLength: length, size: 'max' }), seed: fc.nat() });
