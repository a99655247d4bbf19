// What the tuner can try on a device by itself: an equation of a template, a kernel of the loop IR, running values; each with the candidates that
// it may be compiled by, numbers to compute with, and how near results must be to those of the plainest way. Floor 6: compiles, runs nothing.
import { allocate, dtypeInfo, isFloat, type HostArray } from '../../dtype/dtype.ts';
import { CotangentError } from '../../error.ts';
import type { Kernel } from '../../compile/kernel.ts';
import { mapAlternatives, rowAlternatives, type Alternatives, type Named } from '../../compile/wgsl/alternatives.ts';
import { scanAlternatives } from '../../../kernels/wgsl/scan.ts';
import { sizeOf, type Aval } from '../../ir/aval.ts';
import { Var, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import { compileProgram, planProgram, type Limits, type Planned } from './program.ts';

/** A program to be tried. */
export interface Trial {
  readonly inputs: readonly Aval[];
  readonly outputs: readonly Aval[];
  /** By the candidate of this name; null: the plainest way, which others must equal. Throws where there is no such candidate. */
  planned(name: string | null): { readonly plan: Planned; readonly limits: Limits };
  /** The numbers of an input. */
  numbers(a: Aval, input: number): HostArray;
  near(got: number, want: number, a: Aval): boolean;
  /** How many elements of a result are compared, from its first. */
  readonly compared: number;
}
export interface Found { readonly problem: Alternatives<Named>; readonly trial: Trial }

/** What a program leaves to choose, one of each class, in order. */
export function problemsIn(jaxpr: Jaxpr, limits: Limits): readonly Found[] {
  const found = new Map<string, Found>();
  const note = (problem: Alternatives<Named>, trial: () => Trial): void => {
    const key = JSON.stringify([problem.template, problem.shapeClass]);
    if (!found.has(key)) found.set(key, { problem, trial: trial() });
  };
  const { scan, scheduling } = limits;
  compileProgram(jaxpr, {
    ...limits,
    template(e) {
      const chosen = limits.template(e);
      if (chosen !== null) note(chosen.problem, () => equationTrial(limits, e));
      return chosen;
    },
    scheduling: {
      ...scheduling,
      choose(shape, candidates, kernel) {
        note(rowAlternatives(shape, candidates), () => kernelTrial(limits, kernel));
        return scheduling.choose(shape, candidates, kernel);
      },
      chooseMap(shape, candidates, kernel) {
        note(mapAlternatives(shape, candidates), () => kernelTrial(limits, kernel));
        return scheduling.chooseMap(shape, candidates, kernel);
      },
    },
    ...scan === undefined ? {} : { scan(shape, candidates, e) {
      note(scanAlternatives(shape, candidates), () => runningTrial(limits, e));
      return scan(shape, candidates, e);
    } },
  });
  return [...found.values()];
}
const byName = <C extends Named>({ candidates }: Alternatives<C>, name: string): C => {
  const c = candidates.find(x => x.name === name);
  if (c === undefined) throw new CotangentError('unsupported', `tune: there is no ${name} here`);
  return c;
};

/** The equation as a program of its own. */
function alone(e: Eqn): Jaxpr {
  const inputs = e.inputs.map(a => new Var(a.aval));
  const outputs = e.outputs.map(v => new Var(v.aval));
  return { numConsts: 0, inputs, eqns: [{ ...e, inputs, outputs }], outputs };
}
const avalsOf = (j: Jaxpr): Pick<Trial, 'inputs' | 'outputs'> => ({ inputs: j.inputs.map(v => v.aval), outputs: j.outputs.map(o => o.aval) });
/** Numbers out of an element's place: 0 to `n - 1`. */
const mixed = (i: number, input: number, n: number): number => (Math.imul(i + 7 * input + 1, 0x9e3779b1) >>> 28) % n;
function filled({ shape, dtype }: Aval, f: (i: number) => number): HostArray {
  const data = allocate(dtype, sizeOf(shape));
  for (let i = 0; i < data.length; i++) data[i] = f(i);
  return data;
}
/** Quarters up to 1: a float32 holds sums of a million of their products, so that every order of them has the same bits. */
const quarters = (a: Aval, input: number): HostArray => filled(a, i => (mixed(i, input, 9) - 4) / 4);
/** Numbers above zero, sums of which are divided by: what is counted is many, and little is false. */
const positive = (a: Aval, input: number): HostArray => filled(a, i => isFloat(a.dtype) ? (mixed(i, input, 4) + 1) / 4 : a.dtype === 'bool' ? Math.min(mixed(i, input, 4), 1) : dtypeInfo[a.dtype].max);
/** Likewise, but whole numbers are small: they may be indices. */
const small = (a: Aval, input: number): HostArray => filled(a, i => isFloat(a.dtype) ? (mixed(i, input, 4) + 1) / 4 : mixed(i, input, a.dtype === 'bool' ? 2 : 4));
const within = (got: number, want: number, relative: number): boolean => Object.is(got, want) || got === want || Math.abs(got - want) <= relative * Math.max(1, Math.abs(want));
/** What sums of exponentials may differ by, in any order. */
const rounding = 1e-4;
/** What a driver may make of the same instructions elsewhere, and another order of sums: far from what a missing element does. */
const contracted = 1e-3;
const halves = 4e-3;
const nearly = (got: number, want: number, { dtype }: Aval): boolean => isFloat(dtype) ? within(got, want, dtype === 'f16' ? halves : contracted) : got === want;
/** A kernel may have results of gigabytes; candidates differ everywhere, or at the edges of workgroups. */
const mostCompared = 2 ** 22;

/** By candidates of its template, against the program that it means: the equation without a template, or what the template says. */
function equationTrial(limits: Limits, e: Eqn): Trial {
  const program = alone(e);
  const reference = limits.template(e)?.problem.reference ?? null;
  return {
    ...avalsOf(program), compared: Infinity,
    planned(name) {
      const inside: Limits = {
        ...limits,
        template(x) {
          const found = name === null ? null : limits.template(x);
          return found === null || name === null ? null : { problem: found.problem, candidate: byName(found.problem, name) };
        },
      };
      return { plan: planProgram(name === null ? reference ?? program : program, inside), limits: inside };
    },
    numbers: reference === null ? quarters : positive,
    near: (got, want) => got === want || (reference !== null && within(got, want, rounding)),
  };
}
/** By schedules, against one invocation a row or an element; where that is too slow, against the one by default. */
function kernelTrial(limits: Limits, kernel: Kernel): Trial {
  const { reads, writes } = kernel;
  const inputs = reads.filter(v => !writes.includes(v));
  const program: Jaxpr = { numConsts: 0, inputs, eqns: [], outputs: writes };
  const plan: Planned = {
    source: program, inPlace: new Map(),
    block: { jaxpr: program, steps: [{ kind: 'kernel', kernel }], offsets: new Map(), aliases: new Set(), kept: new Set([...inputs, ...writes]), controls: new Map(), end: 0 },
  };
  const plainest = <C extends Named>(a: Alternatives<C> & { readonly preferred: C }): C => a.candidates.find(c => c.name === 'serial' || c.name === 'elements') ?? a.preferred;
  return {
    ...avalsOf(program), compared: mostCompared,
    planned: name => ({
      plan,
      limits: {
        ...limits,
        scheduling: {
          ...limits.scheduling,
          choose(shape, candidates) { const a = rowAlternatives(shape, candidates); return (name === null ? plainest(a) : byName(a, name)).schedule; },
          chooseMap(shape, candidates) { const a = mapAlternatives(shape, candidates); return (name === null ? plainest(a) : byName(a, name)).schedule; },
        },
      },
    }),
    numbers: small, near: nearly,
  };
}
/** By schedules, against one invocation a line. */
function runningTrial(limits: Limits, e: Eqn): Trial {
  const program = alone(e);
  return {
    ...avalsOf(program), compared: mostCompared,
    planned(name) {
      const inside: Limits = { ...limits, scan: (shape, candidates) => name === null ? 'serial' : byName(scanAlternatives(shape, candidates), name).schedule };
      return { plan: planProgram(program, inside), limits: inside };
    },
    numbers: small, near: nearly,
  };
}
