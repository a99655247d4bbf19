// Whether a program is smooth at a point in each of its steps. The derivative at a kink is a convention, and conventions do not compose:
// clamp(x, x, hi) is x, but the convention for clamp at its bound is 0. Where some step lies on its kink, nothing is judged.
// Knows the judge; knows no primitive.
import { isFloat } from '../src/dtype/dtype.ts';
import { splatArray } from '../src/ir/ndarray.ts';
import { Var, type Jaxpr } from '../src/ir/jaxpr.ts';
import type { NDArray } from '../src/ir/primitive.ts';
import { evaluateJaxpr } from '../src/backend/reference/evaluate.ts';
import { direction } from './array.ts';
import { linearQuotients } from './judge.ts';
import type { Point } from './point.ts';
import { Random } from './random.ts';
import { unrolled } from './unroll.ts';

/** Costly: a few evaluations for each element of each operand. Asked only where a derivative seems wrong. */
export function isSmooth(p: Point): boolean {
  const flat = unrolled(p.closed(p.jaxpr), p.inputs);
  const vars = [...new Set(flat.eqns.flatMap(e => e.inputs))].filter((a): a is Var => a instanceof Var);
  const values = new Map(evaluateJaxpr({ ...flat, outputs: vars }, p.inputs, 'wide').map((x, i) => [vars[i], x]));
  return flat.eqns.every(e => {
    const inputs = e.inputs.map(a => a instanceof Var ? values.get(a) ?? splatArray(0, a.aval, true) : splatArray(a.value, a.aval, true));
    const ins = e.inputs.map(a => new Var(a.aval));
    // Integers and bools move in jumps; what they are made of is their own steps' business.
    const floats = e.outputs.filter(v => isFloat(v.aval.dtype));
    if (floats.length === 0 || !e.inputs.some(a => a instanceof Var && isFloat(a.aval.dtype))) return true;
    const step: Jaxpr = { numConsts: 0, inputs: ins, eqns: [{ ...e, inputs: ins }], outputs: floats };
    const random = new Random(17);
    const along = e.inputs.map((a, i) => { const x = inputs[i]; return a instanceof Var && x !== undefined && isFloat(a.aval.dtype) ? direction(x, random) : null; });
    const f = (xs: readonly NDArray[]): readonly NDArray[] => evaluateJaxpr(step, xs, 'wide');
    return linearQuotients(f, inputs, along).every(q => q.trusted.every((trusted, i) => trusted || q.finite[i] !== true));
  });
}
