// laws.primitive: every law that applies to one record, on random samples of it.
// Stands above the predicates; knows no primitive by name.
import type { Float } from '../src/dtype/dtype.ts';
import type { Params, Primitive } from '../src/ir/primitive.ts';
import { optionsOf } from '../src/shape/options.ts';
import { applicationOf, type Application } from './application.ts';
import { rawNumbers } from './arbitrary/raw.ts';
import type { Taste } from './array.ts';
import type { Law } from './law.ts';
import type { Point } from './point.ts';
import { reverseOfVmap, sharedAlongAxis, transposeOfVmap, vmapIsStackOfMap, vmapOfGradient, vmapOfJvp, vmapsSwap, vmapTakesAnyAxes } from './predicates/batching.ts';
import { hardPartials, tiedElementsShare, tiesShare } from './predicates/convention.ts';
import { chainRule, gradientsKeepTypes, jvpIsDerivative, jvpIsLinear, jvpOfGradient, modesAgree, primalIsValue, reverseIsAdjoint, vjpIsLinear } from './predicates/derivative.ts';
import { formIsAlphaInvariant, formSeesDifferences, serialFormRoundTrips } from './predicates/form.ts';
import { boundHolds, evaluationKeepsToItsArrays, propertiesAreTrue, transposesAreAdjoint, transposesAreInvolutions } from './predicates/record.ts';
import { hessianIsSymmetric, jacobiansAgree, thirdIsSymmetric } from './predicates/second.ts';
import { gradOfJit, jitIsValue, secondCallTracesNothing } from './predicates/staging.ts';
import { checkpointIsTransparent, stopGradientStops } from './predicates/stop.ts';
import { linearHalfTransposes } from './predicates/transpose.ts';
import { Random } from './random.ts';
import { showPoint, type Report } from './report.ts';
import { runKinds, runLaws, trial, type Case, type RunOptions, type Trial } from './run.ts';

const onRecords: readonly Law<Application>[] = [evaluationKeepsToItsArrays, propertiesAreTrue, transposesAreAdjoint, transposesAreInvolutions, tiesShare, tiedElementsShare];
const onSmoothPoints: readonly Law<Point>[] = [
  gradientsKeepTypes, jvpIsDerivative, primalIsValue, reverseIsAdjoint, jvpIsLinear, vjpIsLinear, modesAgree, linearHalfTransposes,
  jvpOfGradient, hessianIsSymmetric, vmapIsStackOfMap, vmapsSwap, vmapOfGradient, reverseOfVmap, transposeOfVmap, vmapOfJvp, sharedAlongAxis, formIsAlphaInvariant, formSeesDifferences,
];
/** Costlier, and about the transforms more than about the record: on one case in four. */
const onSomePoints: readonly Law<Point>[] = [chainRule, thirdIsSymmetric, jacobiansAgree, vmapTakesAnyAxes, jitIsValue, gradOfJit, secondCallTracesNothing, serialFormRoundTrips, stopGradientStops, checkpointIsTransparent];
/** At ties, kinks and saturated inputs derivatives are finite and right wherever finite differences can tell. */
const onHardPoints: readonly Law<Point>[] = [jvpIsDerivative, primalIsValue, vmapIsStackOfMap];
/** Where elements are equal, both modes and every transpose must choose alike. */
const onTies: readonly Law<Point>[] = [...onHardPoints, reverseIsAdjoint, modesAgree];
/** With NaN and infinities only values are compared. */
const onSpecialPoints: readonly Law<Point>[] = [vmapIsStackOfMap, jitIsValue];

type Kind = 'plain' | 'some' | 'ties' | 'hard' | 'special' | 'f32' | 'f16';
/** Number 0, to which cases shrink, is the plain one. */
const kinds: readonly Kind[] = ['plain', 'some', 'plain', 'f32', 'hard', 'plain', 'special', 'ties', 'f16', 'plain', 'ties', 'plain'];

function caseOf(primitive: Primitive, [kindNumber, ...raw]: readonly number[]): Case {
  const kind = kinds[(kindNumber ?? 0) % kinds.length] ?? 'plain';
  const taste: Taste = kind === 'hard' || kind === 'special' || kind === 'ties' ? kind : 'plain';
  const dtype: Float = kind === 'f32' || kind === 'f16' ? kind : 'f64';
  const application = applicationOf(primitive, raw, taste, dtype);
  const { point } = application;
  const random = new Random(raw.reduce((sum, n) => Math.imul(sum, 31) + n | 0, 7));
  const points = (laws: readonly Law<Point>[]): Trial[] => laws.map(l => trial(l, point, random, dtype === 'f64' && (kind === 'plain' || kind === 'some')));
  const records = onRecords.map(l => trial(l, application, random));
  const show = (): string => showPoint(point);
  switch (kind) {
    case 'plain': return { show, trials: [...records, ...points(onSmoothPoints)] };
    case 'some': return { show, trials: [...records, trial(hardPartials, application, random), ...points(onSmoothPoints), ...points(onSomePoints)] };
    case 'ties': return { show, trials: [...records, ...points(onTies)] };
    case 'hard': return { show, trials: [...records.slice(0, 2), ...points(onHardPoints)] };
    case 'special': return { show, trials: [...records.slice(0, 2), ...points(onSpecialPoints)] };
    case 'f32':
    case 'f16': return { show, trials: [trial(boundHolds, application, random), ...points([gradientsKeepTypes])] };
    default: return kind satisfies never;
  }
}

/**
 * Tries every law that applies to a primitive on random samples of its record: its types and evaluation, its stated properties and error
 * bound, its jvp against finite differences, each transpose, second derivatives, its batching rule for every choice of batched operands,
 * and that jit changes nothing. What a record needs for that is a truthful `sample`.
 *
 * @param options `runs` (default 40), `seed`, `share`, `only` (numbers of laws).
 * @returns what was tried, with the seed.
 * @throws `LawError` with the smallest failing program, its inputs, both results, and the seed that finds it again.
 * @example
 * import { definePrimitive, np, type Float, type Shape, type Tensor } from 'cotangent';
 * import * as laws from 'cotangent/laws';
 * const { primitive } = definePrimitive({
 *   name: 'bump',
 *   decomposition: <S extends Shape, D extends Float>(x: Tensor<S, D>) => np.exp(np.negative(np.multiply(x, x))),
 *   sample: draw => ({ operands: [{ aval: { shape: draw.shape(), dtype: draw.float() } }] }),
 * });
 * laws.primitive(primitive, { runs: 5, seed: 1 }).runs; // -> 5
 */
export function primitive<P extends Params>(p: Primitive<P>, options: RunOptions = {}): Report {
  optionsOf('laws.primitive', options, runKinds);
  return runLaws(p.name, rawNumbers, raw => caseOf(p, raw), { runs: 40, ...options });
}
