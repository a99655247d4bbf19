// laws.shapeLaws: the laws of broadcasting and of moving elements, on random shapes and arrays.
import { optionsOf } from '../src/shape/options.ts';
import fc from 'fast-check';
import { anyDType, arrays } from './arbitrary/tensor.ts';
import { broadcastable, shapes } from './arbitrary/shape.ts';
import { broadcastIsMonoid, cutsUndo, permutationsAct, sumIsTransposeOfBroadcast } from './predicates/shape.ts';
import { Random } from './random.ts';
import type { Report } from './report.ts';
import { runKinds, runLaws, trial, type RunOptions } from './run.ts';
import { showArray } from './show.ts';

/** Three shapes that broadcast, or any three; an array with a target to broadcast to. */
const triples = fc.oneof(broadcastable(3), fc.tuple(shapes(), shapes(), shapes()));
const arrayAndTarget = fc.tuple(broadcastable(1, 4), anyDType, fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }), fc.nat(4)).chain(([[shape = []], dtype, extra, n]) =>
  fc.tuple(arrays({ shape, dtype: dtype === 'f32' ? 'f64' : dtype }, 'plain'), fc.constant([...extra, ...shape.map(d => d === 1 ? n : d)])));

/**
 * Tries the laws of shapes: broadcasting as a monoid whose transpose is the sum, permutations as a group, reshape, pad and slice,
 * concatenate and split.
 *
 * @param options `runs` (default 200), `seed`, `only`.
 * @throws `LawError` with the smallest failing case and its seed.
 * @example
 * import * as laws from 'cotangent/laws';
 * laws.shapeLaws({ runs: 5, seed: 1 }).runs; // -> 5
 */
export function shapeLaws(options: RunOptions = {}): Report {
  optionsOf('laws.shapeLaws', options, runKinds);
  return runLaws('shapes', fc.tuple(triples, arrayAndTarget, shapes(4).chain(shape => anyDType.chain(dtype => arrays({ shape, dtype }))), fc.nat()), ([triple, pair, x, seed]) => {
    const random = new Random(seed);
    const [a = [], b = [], c = []] = triple;
    return {
      show: () => `shapes ${JSON.stringify(triple)}; ${showArray(pair[0])} to ${JSON.stringify(pair[1])}; array ${showArray(x)}`,
      trials: [
        trial(broadcastIsMonoid, [a, b, c] as const, random), trial(sumIsTransposeOfBroadcast, pair, random),
        trial(permutationsAct, x, random), trial(cutsUndo, x, random.split(1)),
      ],
    };
  }, { runs: 200, ...options });
}
