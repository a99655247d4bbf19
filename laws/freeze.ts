// Programs as the judge must see them: what derivatives pass over on purpose (stopGradient, the bits of a float) is held at its value.
// Knows those two operations; knows no law.
import { inlineCalls } from '../src/ir/inline.ts';
import { Var, type Atom, type Eqn, type Jaxpr } from '../src/ir/jaxpr.ts';
import { isFloat } from '../src/dtype/dtype.ts';
import { stopGradientP } from '../src/primitive/stopGradient.ts';

/** Finite differences see through these; derivatives do not, by definition. */
const heldBy = (e: Eqn): boolean => e.primitive === stopGradientP
  || (e.primitive.lowering.kind === 'scalar' && e.primitive.lowering.op === 'bitcast' && e.inputs.some(a => isFloat(a.aval.dtype)));

/**
 * `measure` is the program with the held values as further results; `frozen` takes them as further inputs. Null where nothing is held.
 */
export function freeze(jaxpr: Jaxpr): { readonly measure: Jaxpr; readonly frozen: Jaxpr } | null {
  const flat = inlineCalls(jaxpr);
  const held = flat.eqns.filter(heldBy);
  if (held.length === 0) return null;
  const values = held.flatMap(e => e.outputs);
  const inputs = values.map(v => new Var(v.aval));
  const replaced = new Map<Atom, Var>(values.map((v, i) => [v, inputs[i] ?? v]));
  const read = (a: Atom): Atom => replaced.get(a) ?? a;
  return {
    measure: { ...flat, outputs: values },
    frozen: {
      ...flat, inputs: [...flat.inputs, ...inputs], outputs: flat.outputs.map(read),
      eqns: flat.eqns.filter(e => !held.includes(e)).map(e => ({ ...e, inputs: e.inputs.map(read) })),
    },
  };
}
