// laws.programs: every law about programs, on random typed ones. laws.program and laws.layer: on a user's function.
// Stands above the predicates; knows no primitive by name.
import type { Primitive } from '../src/ir/primitive.ts';
import { countEqns } from '../src/ir/jaxpr.ts';
import { programs as arbitraryPrograms } from './arbitrary/program.ts';
import { ordinary, programAt } from './elaborate.ts';
import type { Law } from './law.ts';
import type { Point } from './point.ts';
import { vmapIsStackOfMap, vmapOfGradient, vmapOfJvp, vmapsSwap, vmapTakesAnyAxes } from './predicates/batching.ts';
import { chainRule, gradientsKeepTypes, jvpIsDerivative, jvpIsLinear, jvpOfGradient, modesAgree, primalIsValue, reverseIsAdjoint, vjpIsLinear } from './predicates/derivative.ts';
import { formIsAlphaInvariant, formSeesDifferences } from './predicates/form.ts';
import { hessianIsSymmetric, jacobiansAgree, thirdIsSymmetric } from './predicates/second.ts';
import { gradOfJit, jitIsValue, secondCallTracesNothing } from './predicates/staging.ts';
import { linearHalfTransposes, transposeReversesComposition } from './predicates/transpose.ts';
import { Random } from './random.ts';
import { showPoint, type Report } from './report.ts';
import { runLaws, trial, type RunOptions } from './run.ts';

/** Every law about a program at a point. */
export const onPrograms: readonly Law<Point>[] = [
  gradientsKeepTypes, jvpIsDerivative, primalIsValue, reverseIsAdjoint, jvpIsLinear, vjpIsLinear, chainRule, modesAgree,
  linearHalfTransposes, transposeReversesComposition, jvpOfGradient, hessianIsSymmetric, thirdIsSymmetric, jacobiansAgree,
  vmapIsStackOfMap, vmapTakesAnyAxes, vmapsSwap, vmapOfGradient, vmapOfJvp, jitIsValue, gradOfJit, secondCallTracesNothing,
  formIsAlphaInvariant, formSeesDifferences,
];

export interface ProgramOptions extends RunOptions {
  /** The most lines of a program (default 8). */
  readonly length?: number;
}
/** Statistics of the programs themselves. */
export interface ProgramReport extends Report { readonly equations: number }

/**
 * Tries every law about programs on random typed ones, made of the given primitives.
 */
export function programs(primitives: readonly Primitive[], options: ProgramOptions = {}): ProgramReport {
  const used = ordinary(primitives);
  let equations = 0;
  const report = runLaws('random programs', arbitraryPrograms(options.length), choices => {
    const point = programAt(used, choices);
    equations += countEqns(point.jaxpr);
    const random = new Random(choices.seed ^ 0x2545f491);
    return { show: () => showPoint(point), trials: onPrograms.map(l => trial(l, point, random, l === jvpIsDerivative)) };
  }, { runs: 200, ...options });
  return { ...report, equations };
}
