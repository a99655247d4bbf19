// Runs one record on plain numbers, and differentiates scalar programs to any order in both modes.
import { roundF16, type DType } from '../../src/dtype/dtype.ts';
import { aval, type Aval } from '../../src/ir/aval.ts';
import type { Jaxpr } from '../../src/ir/jaxpr.ts';
import { emptyArray } from '../../src/ir/ndarray.ts';
import type { NDArray, Params, Primitive } from '../../src/ir/primitive.ts';
import type { AnyTensor } from '../../src/ir/tensor.ts';
import { evaluateJaxpr, type ReferenceMode } from '../../src/backend/reference/evaluate.ts';
import { at } from '../../src/primitive/define.ts';
import { literal } from '../../src/trace/handle.ts';
import { evalJaxpr, stage } from '../../src/trace/scope.ts';
import { jvpJaxpr, vjpJaxpr } from '../../src/transform/differentiate.ts';
// Installs the transforms that rules of nested programs ask for.
import '../../src/transform/staging.ts';

/** A vector of a dtype, stored as a backend would hand it to a rule. */
export function vector(dtype: DType, values: readonly number[], mode: ReferenceMode = 'exact'): NDArray {
  const x = emptyArray(aval([values.length], dtype), mode === 'wide');
  x.data.set(dtype === 'f16' && mode === 'exact' ? values.map(roundF16) : values);
  return x;
}
/** The first output of a record on vectors, typed by its own rule and rounded as the executor rounds. */
export function applyTo<P extends Params>(record: Primitive<P>, inputs: readonly NDArray[], params: P, mode: ReferenceMode = 'exact'): NDArray {
  const out = emptyArray(at(record.type(inputs.map(x => aval(x.shape, x.dtype)), params), 0), mode === 'wide');
  record.evaluate(inputs, params, [out], () => { throw new Error('elementwise records hold no programs'); });
  if (out.dtype === 'f16' && mode === 'exact') out.data.forEach((v, i) => { out.data[i] = roundF16(v); });
  return out;
}
/** A record without parameters on operands of one dtype. */
export const on = (record: Primitive, dtype: DType, ...operands: readonly (readonly number[])[]): number[] =>
  [...applyTo(record, operands.map(xs => vector(dtype, xs)), {}).data];

export const scalar: Aval = aval([], 'f64');
export type ScalarFunction = (...xs: AnyTensor[]) => AnyTensor;
export const program = (f: ScalarFunction, arity: number): Jaxpr =>
  stage('test', Array.from({ length: arity }, () => scalar), xs => [f(...xs)]).jaxpr;
export const value = (j: Jaxpr, point: readonly number[]): number =>
  evaluateJaxpr(j, point.map(x => ({ shape: [], dtype: 'f64' as const, data: Float64Array.of(x) })))[0]?.data[0] ?? NaN;

export type Direction = 'forward' | 'reverse';
/** The program of the partial derivative with respect to input `i`. Where the result carries no tangent it is 0. */
export function partial(j: Jaxpr, i: number, direction: Direction): Jaxpr {
  const active = j.inputs.map((_, k) => k === i);
  const d = (direction === 'forward' ? jvpJaxpr : vjpJaxpr)(j, active);
  return stage('partial', j.inputs.map(() => scalar), xs => {
    const tangent = d.jaxpr.inputs.length > xs.length ? [literal(1, scalar)] : [];
    return [evalJaxpr(d.jaxpr, [...xs, ...tangent])[1] ?? literal(0, scalar)];
  }).jaxpr;
}
/** The derivative with respect to the inputs listed, one after the other. */
export const derivative = (f: ScalarFunction, point: readonly number[], by: readonly number[], direction: Direction): number =>
  value(by.reduce((j, i) => partial(j, i, direction), program(f, point.length)), point);

/** Central differences at two steps, Richardson-extrapolated: good to about 1e-9 where the function is smooth. */
export function difference(j: Jaxpr, point: readonly number[], i: number): number {
  const slope = (h: number): number => {
    const shifted = (d: number): number[] => point.map((x, k) => k === i ? x + d : x);
    return (value(j, shifted(h)) - value(j, shifted(-h))) / (2 * h);
  };
  const h = 1e-3;
  return (4 * slope(h / 2) - slope(h)) / 3;
}
