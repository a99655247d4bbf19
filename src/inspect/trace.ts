// trace: a program stepped through equation by equation, with every value. Floor 7: runs on the reference, whatever the backend.
import { evaluateJaxpr } from '../backend/reference/evaluate.ts';
import type { DType } from '../dtype/dtype.ts';
import { showAval } from '../ir/aval.ts';
import type { Eqn, Jaxpr } from '../ir/jaxpr.ts';
import { Var } from '../ir/jaxpr.ts';
import type { NDArray, Watch } from '../ir/primitive.ts';
import type { Tensor } from '../ir/tensor.ts';
import { optionsOf } from '../shape/options.ts';
import type { TensorHandle } from '../trace/handle.ts';
import { underlying } from '../transform/jit.ts';
import { avalsOfTensors, flattenTensors, stageFunction, type AnyFunction } from '../transform/staging.ts';
import { hostTensor } from '../transform/tap.ts';
import { unflatten } from '../tree/tree.ts';

/** One equation that has run. */
export interface Step {
  /** The primitive, such as `mul`. */
  readonly name: string;
  readonly inputs: readonly Tensor<readonly number[], DType>[];
  readonly outputs: readonly Tensor<readonly number[], DType>[];
  /** 0 for the equations of the function itself, 1 for those of a body (a call, a loop, a branch) that one of them runs, and so on. */
  readonly depth: number;
  /** Which run of each body around it this is, outermost first: `[3]` in the fourth step of a scan. */
  readonly iterations: readonly number[];
  /** The path of `scope`, empty where there is none. */
  readonly path: string;
  /** The line that recorded it, where it is known. */
  readonly line: string | null;
  /** `mul f32[3] [1., 2., 3.] f32[3] [2., 2., 2.] -> f32[3] [2., 4., 6.]` */
  toString(): string;
}

export interface TraceOptions {
  /** How deep to go into bodies; 0 stays in the function itself. Default: all the way. What is not entered is not kept in memory. */
  readonly depth?: number;
}

/**
 * Steps through `f`: an iterator over the equations of its program in the order in which they run, each with the values it read and made.
 * The equations of a body (a loop's step, the branch taken, a call) come before the equation that ran it. `f` may be a transform, such as
 * `grad(g)`. The iterator's return value is what `f` returns. Equations run as they are asked for, on the reference.
 *
 * @throws what the program throws, after the steps before it.
 * @example
 * import { np, tensor, trace } from 'cotangent';
 * const f = (x: ReturnType<typeof tensor<3>>) => np.add(np.multiply(x, x), 1);
 * for (const step of trace(f)(tensor(3))) console.log(String(step));
 * // prints: mul f32[] 3. f32[] 3. -> f32[] 9.
 * //         add f32[] 9. f32[] 1. -> f32[] 10.
 */
export function trace<A extends readonly unknown[], R>(f: (...args: A) => R, options?: TraceOptions): (...args: A) => Generator<Step, R, undefined>;
export function trace(f: AnyFunction, options: TraceOptions = {}): (...args: readonly unknown[]) => Generator<Step, unknown, undefined> {
  const { depth = Infinity } = optionsOf('trace', options, { depth: 'number' });
  return (...args) => {
    const { leaves, structure } = flattenTensors(args, 'trace');
    const { jaxpr, consts, out } = stageFunction('trace', underlying(f), structure, avalsOfTensors(leaves), { numbers: 'literals', sources: true });
    const inputs = [...consts, ...leaves].map(hostArray);
    return (function* (): Generator<Step, unknown, undefined> {
      const results = yield* stepThrough(jaxpr, inputs, depth);
      return unflatten(out, results.map(hostTensor));
    })();
  };
}

/** The value of a concrete tensor; a tracer throws `concretize`. */
function hostArray(x: TensorHandle): NDArray {
  return { shape: x.shape, dtype: x.dtype, data: x.dataSync() };
}

/** Runs one equation at a time as a program of its own. Bodies run at once when their equation does; their steps are handed out after. */
function* stepThrough(j: Jaxpr, inputs: readonly NDArray[], depth: number): Generator<Step, readonly NDArray[], undefined> {
  const values = new Map<Var, NDArray>();
  const set = (vars: readonly Var[], arrays: readonly NDArray[]): void => vars.forEach((v, i) => { const x = arrays[i]; if (x !== undefined) values.set(v, x); });
  set(j.inputs, inputs);
  for (const e of j.eqns) {
    const read = [...new Set(e.inputs.filter(a => a instanceof Var))];
    const steps: Step[] = [];
    try {
      set(e.outputs, evaluateJaxpr({ numConsts: 0, inputs: read, eqns: [e], outputs: e.outputs }, operandsOf(read, values), 'exact', watchInto(steps, depth, 0, [])));
    } finally {
      yield* steps;
    }
  }
  const last = j.outputs.filter(a => a instanceof Var);
  return evaluateJaxpr({ numConsts: 0, inputs: [...new Set(last)], eqns: [], outputs: j.outputs }, operandsOf([...new Set(last)], values));
}
const operandsOf = (vars: readonly Var[], values: ReadonlyMap<Var, NDArray>): NDArray[] => vars.flatMap(v => values.get(v) ?? []);

function watchInto(steps: Step[], limit: number, depth: number, iterations: readonly number[]): Watch {
  const entered = new Map<Eqn, Map<Jaxpr, number>>();
  return {
    after(eqn, inputs, outputs) { steps.push(stepOf(eqn, inputs.map(hostTensor), outputs.map(hostTensor), depth, iterations)); },
    enter(eqn, body) {
      if (depth >= limit) return null;
      const counts = entered.get(eqn) ?? new Map<Jaxpr, number>();
      const n = counts.get(body) ?? 0;
      entered.set(eqn, counts.set(body, n + 1));
      return watchInto(steps, limit, depth + 1, [...iterations, n]);
    },
  };
}

function stepOf(e: Eqn, inputs: readonly TensorHandle[], outputs: readonly TensorHandle[], depth: number, iterations: readonly number[]): Step {
  const show = (xs: readonly TensorHandle[]): string => xs.map(x => x.aval.shape.length < 2 ? String(x) : `${showAval(x.aval)} ...`).join(' ');
  return {
    name: e.primitive.name, inputs, outputs, depth, iterations, path: e.origin.path, line: e.origin.source?.line ?? null,
    toString: () => `${'  '.repeat(depth)}${e.primitive.name}${inputs.length === 0 ? '' : ` ${show(inputs)}`} -> ${show(outputs)}`,
  };
}
