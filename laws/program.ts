// laws.programs: every law about programs, on random typed ones. laws.program and laws.layer: on a user's function.
// Stands above the predicates; knows no primitive by name.
import fc from 'fast-check';
import { hashJaxpr } from '../src/ir/hash.ts';
import { countEqns } from '../src/ir/jaxpr.ts';
import type { NDArray, Primitive } from '../src/ir/primitive.ts';
import { apply, init, type Net } from '../src/nn/net.ts';
import { primitives as builtIn } from '../src/primitive/index.ts';
import { key } from '../src/random/index.ts';
import { optionsOf } from '../src/shape/options.ts';
import type { TensorHandle } from '../src/trace/handle.ts';
import { avalsOfTensors, flattenTensors, stageFunction, type AnyFunction } from '../src/transform/staging.ts';
import { programs as arbitraryPrograms } from './arbitrary/program.ts';
import { each, identical } from './close.ts';
import { ordinary, programAt } from './elaborate.ts';
import { agree, both, broken, holds, type Law } from './law.ts';
import { Point } from './point.ts';
import { reverseOfVmap, transposeOfVmap, vmapIsStackOfMap, vmapOfGradient, vmapOfJvp, vmapsSwap, vmapTakesAnyAxes } from './predicates/batching.ts';
import { chainRule, gradientsKeepTypes, jvpIsDerivative, jvpIsLinear, jvpOfGradient, modesAgree, primalIsValue, reverseIsAdjoint, vjpIsLinear } from './predicates/derivative.ts';
import { errorsAreTheSame } from './predicates/errors.ts';
import { effectsHappenOnce, loopsAreUnrolled, rulesAgreeWithBodies } from './predicates/flow.ts';
import { formIsAlphaInvariant, formSeesDifferences, serialFormRoundTrips } from './predicates/form.ts';
import { hessianIsSymmetric, jacobiansAgree, thirdIsSymmetric } from './predicates/second.ts';
import { gradOfJit, jitIsValue, secondCallTracesNothing } from './predicates/staging.ts';
import { checkpointIsTransparent, stopGradientStops } from './predicates/stop.ts';
import { linearHalfTransposes, transposeReversesComposition } from './predicates/transpose.ts';
import { Random } from './random.ts';
import { showPoint, type Report } from './report.ts';
import { runKinds, runLaws, seedOf, trial, type Case, type RunOptions, type Trial } from './run.ts';
import { asTensorFunction, jit, leavesOf } from './untyped.ts';

/** Laws about a program at a point. */
const always: readonly Law<Point>[] = [
  gradientsKeepTypes, jvpIsDerivative, primalIsValue, reverseIsAdjoint, jvpIsLinear, vjpIsLinear, chainRule, modesAgree,
  linearHalfTransposes, transposeReversesComposition, jvpOfGradient, hessianIsSymmetric,
  vmapIsStackOfMap, vmapsSwap, vmapOfGradient, reverseOfVmap, transposeOfVmap, vmapOfJvp, formIsAlphaInvariant,
  loopsAreUnrolled, rulesAgreeWithBodies, effectsHappenOnce,
];
/** Those that stage through the public transforms cost most: of random programs each is tried on one in three. */
const inTurn: readonly Law<Point>[] = [
  jacobiansAgree, gradOfJit, checkpointIsTransparent, jitIsValue, thirdIsSymmetric, vmapTakesAnyAxes, stopGradientStops,
  secondCallTracesNothing, formSeesDifferences, serialFormRoundTrips, errorsAreTheSame,
];
const everyThird = (turn: number): readonly Law<Point>[] => inTurn.filter((_, i) => (i + turn) % 3 === 0);
/** Every law about programs, with its number. */
export const programLaws: readonly { readonly number: number; readonly name: string }[] = [...always, ...inTurn].map(({ number, name }) => ({ number, name }));

/** How random programs are made and run. */
export interface ProgramOptions extends RunOptions {
  /** The most lines of a program (default 8). */
  readonly length?: number;
  /** What programs are made of (default: the built-in primitives). */
  readonly primitives?: readonly Primitive[];
}
/** A report of random programs. */
export interface ProgramReport extends Report {
  /** Of all programs together, nested bodies included. */
  readonly equations: number;
}

/**
 * Tries every law about programs on random typed ones: reused values, unused inputs, integers, bools, literals, views before opaque
 * operations, nested jit, vmap, grad, jvp, vjp, linearize and composites; scan, map, foriLoop, whileLoop, cond, switchCase; customJvp,
 * customVjp, customBatching, linearTranspose, checkpoint, tap; each inside each other.
 *
 * @param options `runs` (default 200), `length`, `primitives`, `seed`, `share`, `only`.
 * @throws `LawError` with the smallest failing program, dead lines removed, its inputs, both results, and the seed that finds it again.
 * @example
 * import * as laws from 'cotangent/laws';
 * laws.programs({ runs: 3, length: 4, seed: 1 }).runs; // -> 3
 */
export function programs(options: ProgramOptions = {}): ProgramReport {
  optionsOf('laws.programs', options, { ...runKinds, length: 'integer', primitives: 'any' });
  const used = ordinary(options.primitives ?? builtIn);
  let equations = 0;
  const report = runLaws('random programs', arbitraryPrograms(options.length), choices => {
    const point = programAt(used, choices);
    equations += countEqns(point.jaxpr);
    return caseAt(point, new Random(choices.seed ^ 0x2545f491), [...always, ...everyThird(choices.seed)]);
  }, { runs: 200, ...options });
  return { ...report, equations };
}
const caseAt = (point: Point, random: Random, laws: readonly Law<Point>[], more: readonly Trial[] = []): Case => ({
  show: () => showPoint(point), trials: [...laws.map(l => trial(l, point, random, l === jvpIsDerivative)), ...more],
});

/** The values of tensors, wherever they live. */
const valuesOf = (xs: readonly TensorHandle[]): NDArray[] => xs.map(x => ({ shape: x.shape, dtype: x.dtype, data: x.dataSync() }));

/** A function that gives another program when it is staged again depends on something outside that changes. */
const stagesOnce = (f: AnyFunction, args: readonly unknown[]): Law<Point> => ({
  number: 23, name: 'staged twice, the function is the same program; jit(f)(x) = f(x) on the current backend',
  holds({ jaxpr }) {
    const { leaves, structure } = flattenTensors(args, 'laws.program');
    const again = stageFunction('laws.program', f, structure, avalsOfTensors(leaves), { numbers: 'literals' }).jaxpr;
    const g = asTensorFunction((...xs: readonly never[]) => f(...xs));
    const handles = args as readonly TensorHandle[];
    return both(
      () => hashJaxpr(again) === hashJaxpr(jaxpr) ? holds : broken({ what: 'the function staged a second time', differ: 'it is another program: it depends on something outside that changes', program: again }),
      () => agree('jit(f) against f', valuesOf(leavesOf(jit(g)(...handles))), valuesOf(leavesOf(g(...handles))), each(identical)),
    );
  },
});

/**
 * As {@link program}, with options.
 *
 * @example
 * import { np, tensor } from 'cotangent';
 * import * as laws from 'cotangent/laws';
 * const f = (x: ReturnType<typeof tensor<[1, 2, 3]>>) => np.exp(x);
 * laws.programWith({ runs: 2, only: [1, 3] }, f, tensor([1, 2, 3])).runs; // -> 2
 */
export function programWith<A extends readonly unknown[]>(options: RunOptions, f: (...args: A) => unknown, ...args: A): Report {
  optionsOf('laws.programWith', options, runKinds);
  const { leaves, structure } = flattenTensors(args, 'laws.program');
  const { jaxpr, consts } = stageFunction('laws.program', f, structure, avalsOfTensors(leaves), { numbers: 'literals' });
  const inputs = valuesOf([...consts, ...leaves]);
  const at = new Point({ jaxpr, inputs });
  const name = f.name === '' ? 'the function' : f.name;
  return runLaws(name, fc.nat(), seed => {
    const random = new Random(seed);
    // The arguments themselves, and some beside them.
    const point = seed % 2 === 0 ? at : new Point({ jaxpr, inputs: at.example(random) });
    return caseAt(point, random, [...always, ...inTurn], [trial(stagesOnce(f, args), at, random)]);
  }, { runs: 6, ...options });
}

/**
 * Tries every law about programs on a function of tensors (or trees of them) at these arguments and beside them: its derivatives of first,
 * second and third order against finite differences and each other, vmap against a loop, jit against itself. float32 functions are
 * judged in float64, on the same arguments.
 *
 * @throws `LawError` with the program, its inputs, both results and the seed; also where finite differences can judge less than 80 % of
 * the derivatives.
 * @example
 * import { np, tensor } from 'cotangent';
 * import * as laws from 'cotangent/laws';
 * const f = (x: ReturnType<typeof tensor<[1, 2, 3]>>) => np.sum(np.tanh(x));
 * laws.program(f, tensor([1, 2, 3])).share.judged > 0; // -> true
 */
export function program<A extends readonly unknown[]>(f: (...args: A) => unknown, ...args: A): Report { return programWith({}, f, ...args); }

/**
 * Tries every law about programs on a layer: initial parameters are drawn for inputs like `x`, and the layer is a function of both.
 *
 * @param layer any network, or any plain function of tensors.
 * @throws as {@link program}.
 * @example
 * import { nn, tensor } from 'cotangent';
 * import * as laws from 'cotangent/laws';
 * const report = laws.layer(nn.seq(nn.dense(2), nn.tanh), tensor([[1, 2, 3]]), { runs: 2 });
 * report.runs; // -> 2
 */
export function layer<X, P, Y>(l: (x: X) => Net<P, Y>, x: X, options: RunOptions = {}): Report {
  optionsOf('laws.layer', options, runKinds);
  const seed = seedOf(options);
  const params = init(l, key(seed), x);
  const named = { [l.name === '' ? 'layer' : l.name]: (p: P, input: X) => apply(l, p, input) };
  const [f] = Object.values(named);
  return f === undefined ? programWith({ ...options, seed }, l, x) : programWith({ ...options, seed }, f, params, x);
}
