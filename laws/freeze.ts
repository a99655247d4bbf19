// Programs as the judge must see them: what derivatives pass over on purpose (stopGradient, the bits of a float) is held at its value.
// Knows those two operations; knows no law.
import { inlineCalls } from '../src/ir/inline.ts';
import { bodiesOf, Var, type Atom, type Eqn, type Jaxpr } from '../src/ir/jaxpr.ts';
import type { NDArray } from '../src/ir/primitive.ts';
import { isFloat } from '../src/dtype/dtype.ts';
import { stopGradientP } from '../src/primitive/stopGradient.ts';
import { unrolled } from './unroll.ts';

/** Finite differences see through these; derivatives do not, by definition. */
const heldBy = (e: Eqn): boolean => e.primitive === stopGradientP
  || (e.primitive.lowering.kind === 'scalar' && e.primitive.lowering.op === 'bitcast' && e.inputs.some(a => isFloat(a.aval.dtype)));
const holdsInside = (e: Eqn): boolean => bodiesOf(e.params).some(b => b.eqns.some(inner => heldBy(inner) || holdsInside(inner)));

/**
 * `measure` is the program with the held values as further results; `frozen` takes them as further inputs. Null where nothing is held.
 * Where a loop or a branch holds something, it is written out as it is at `inputs`.
 */
export function freeze(jaxpr: Jaxpr, inputs: readonly NDArray[]): { readonly measure: Jaxpr; readonly frozen: Jaxpr } | null {
  const inlined = inlineCalls(jaxpr);
  const flat = inlined.eqns.some(holdsInside) ? unrolled(inlined, inputs) : inlined;
  const held = flat.eqns.filter(heldBy);
  if (held.length === 0) return null;
  const values = held.flatMap(e => e.outputs);
  const ins = values.map(v => new Var(v.aval));
  const replaced = new Map<Atom, Var>(values.map((v, i) => [v, ins[i] ?? v]));
  const read = (a: Atom): Atom => replaced.get(a) ?? a;
  return {
    measure: { ...flat, outputs: values },
    frozen: {
      ...flat, inputs: [...flat.inputs, ...ins], outputs: flat.outputs.map(read),
      eqns: flat.eqns.filter(e => !held.includes(e)).map(e => ({ ...e, inputs: e.inputs.map(read) })),
    },
  };
}
