// What the tests of primitives share: host arrays, programs staged from functions and run on them, random samples.
import { allocate, type DType } from '../../src/dtype/dtype.ts';
import { sizeOf, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import type { Domain, Draw, NDArray, Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { evaluateJaxpr } from '../../src/backend/reference/evaluate.ts';
import { bind, stage } from '../../src/trace/scope.ts';
// Ties the transforms to the rules that ask for them.
import '../../src/transform/staging.ts';

export function array(shape: readonly number[], dtype: DType, values: readonly number[] | number): NDArray {
  const data = allocate(dtype, sizeOf(shape));
  if (typeof values === 'number') data.fill(values);
  else data.set(values);
  return { shape, dtype, data };
}
/** 0, 1, 2, ... in the given shape. */
export const counted = (shape: readonly number[], dtype: DType = 'f32'): NDArray => array(shape, dtype, Array.from({ length: sizeOf(shape) }, (_, i) => i));
export const f32 = (shape: readonly number[], values: readonly number[]): NDArray => array(shape, 'f32', values);
export const i32 = (shape: readonly number[], values: readonly number[]): NDArray => array(shape, 'i32', values);
export const values = (x: NDArray | undefined): number[] => Array.from(x?.data ?? []);
export const avalOfArray = (x: NDArray): Aval => ({ shape: x.shape, dtype: x.dtype });

export type Body = (...xs: readonly AnyTensor[]) => AnyTensor | readonly AnyTensor[];
const isList = (x: AnyTensor | readonly AnyTensor[]): x is readonly AnyTensor[] => Array.isArray(x);
export function program(avals: readonly Aval[], f: Body): Jaxpr {
  return stage('test', avals, xs => { const out = f(...xs); return isList(out) ? out : [out]; }, { numbers: 'literals' }).jaxpr;
}
/** Runs a function of tensors on host arrays, without any transform. */
export const run = (f: Body, ...inputs: readonly NDArray[]): readonly NDArray[] => evaluateJaxpr(program(inputs.map(avalOfArray), f), inputs);
export function run1(f: Body, ...inputs: readonly NDArray[]): NDArray {
  const [out] = run(f, ...inputs);
  if (out === undefined) throw new Error('the program has no result');
  return out;
}
/** The names of a program's equations, in order. */
export const namesOf = (j: Jaxpr): string[] => j.eqns.map(e => e.primitive.name);

export class Random implements Draw {
  #state: number;
  constructor(seed: number) { this.#state = seed | 0; }
  /** mulberry32. */
  unit(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  int(lo: number, hi: number): number { return lo + Math.floor(this.unit() * (hi - lo + 1)); }
  pick<A>(xs: readonly [A, ...A[]]): A { return xs[this.int(0, xs.length - 1)] ?? xs[0]; }
  bool(): boolean { return this.unit() < 0.5; }
  dim(): number { return this.pick([1, 2, 3, 2, 3, 4, 5, 0]); }
  shape(maxRank = 3): number[] { return Array.from({ length: this.int(0, maxRank) }, () => this.dim()); }
  float(): DType { return 'f64'; }
  integer(): DType { return this.pick(['i32', 'u32']); }
  array(a: Aval, domain: Domain = { intervals: [[-2, 2]] }): NDArray {
    const out = array(a.shape, a.dtype, 0);
    const whole = a.dtype !== 'f32' && a.dtype !== 'f64';
    for (let i = 0; i < out.data.length; i++) {
      const [lo, hi] = domain.intervals[this.int(0, domain.intervals.length - 1)] ?? [0, 1];
      out.data[i] = whole ? this.int(lo, hi) : lo + this.unit() * (hi - lo);
    }
    return out;
  }
}

export interface Application { readonly jaxpr: Jaxpr; readonly inputs: readonly NDArray[]; readonly domains: readonly (Domain | undefined)[]; readonly linearIn: readonly (readonly number[])[] }
/** A random well-typed application of a primitive, as a program of one equation. */
export function application(p: Primitive, random: Random): Application {
  const { operands, params } = p.sample(random);
  return {
    jaxpr: stage('test', operands.map(o => o.aval), xs => bind(p, xs, params)).jaxpr,
    inputs: operands.map(o => random.array(o.aval, o.domain)),
    domains: operands.map(o => o.domain),
    linearIn: p.linear?.linearIn(operands.length, params) ?? [],
  };
}
