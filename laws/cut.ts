// A program cut in two: the second half after the first is the whole. Knows programs only.
import { Var, type Jaxpr } from '../src/ir/jaxpr.ts';

/**
 * The first `k` equations and the rest. Between them pass the variables that the rest reads.
 *
 * @param k how many equations the first half takes.
 */
export function cut(j: Jaxpr, k: number): readonly [first: Jaxpr, second: Jaxpr] {
  const made = new Set<Var>([...j.inputs, ...j.eqns.slice(0, k).flatMap(e => e.outputs)]);
  const read = [...j.eqns.slice(k).flatMap(e => e.inputs), ...j.outputs];
  const live = [...new Set(read)].filter((a): a is Var => a instanceof Var && made.has(a));
  return [
    { numConsts: 0, inputs: j.inputs, eqns: j.eqns.slice(0, k), outputs: live },
    { numConsts: 0, inputs: live, eqns: j.eqns.slice(k), outputs: j.outputs },
  ];
}
