// Loop-invariant code motion: what a loop's body computes from captured values alone is computed once, outside.
// Floor 2: knows programs only.
import { effectOf, type Atom, type Eqn, type Jaxpr, Var } from '../ir/jaxpr.ts';

export interface Hoisted {
  /** captured values -> what was hoisted. */
  readonly outside: Jaxpr;
  /** The body, with the hoisted values as further captured inputs after the first `numConsts`. */
  readonly inside: Jaxpr;
}
/** Splits a body whose first `numConsts` inputs are the same at each step. Only what the rest of the body uses is passed. */
export function hoistInvariant(body: Jaxpr, numConsts: number): Hoisted {
  const consts = body.inputs.slice(0, numConsts);
  const invariant = new Set<Var>(consts);
  const isInvariant = (a: Atom): boolean => !(a instanceof Var) || invariant.has(a);
  const moved: Eqn[] = [];
  const kept: Eqn[] = [];
  for (const e of body.eqns) {
    // An equation of literals alone (iota, splats) is cheaper to make again than to pass.
    const depends = e.inputs.some(a => a instanceof Var);
    if (depends && e.inputs.every(isInvariant) && effectOf(e) === 'none' && !e.primitive.properties.barrier) {
      moved.push(e);
      for (const v of e.outputs) invariant.add(v);
    } else kept.push(e);
  }
  const made = new Set<Atom>(moved.flatMap(e => e.outputs));
  const passed = [...new Set([...kept.flatMap(e => e.inputs), ...body.outputs])].filter((a): a is Var => a instanceof Var && made.has(a));
  // The body's variables stay: outside they are results, inside they are inputs of their own.
  const inner = new Map<Atom, Var>(passed.map(v => [v, new Var(v.aval)]));
  const rename = (a: Atom): Atom => inner.get(a) ?? a;
  return {
    outside: { numConsts: 0, inputs: consts, eqns: moved, outputs: passed },
    inside: {
      ...body, inputs: [...consts, ...inner.values(), ...body.inputs.slice(numConsts)],
      eqns: kept.map(e => ({ ...e, inputs: e.inputs.map(rename) })), outputs: body.outputs.map(rename),
    },
  };
}
