// One walk that all rewriting passes share: equations in order, each replaced by atoms that exist already, by another equation, or kept.
// Floor 4: knows primitives only by their records.
import { mapBodies, Var, type Atom, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';

/** What becomes of an equation: its results are these atoms, or it is this equation (with the same outputs). */
export type Rewritten = { readonly atoms: readonly Atom[] } | { readonly eqn: Eqn };
export interface Context {
  /** The equation that computes a variable, as rewritten so far; undefined for inputs. */
  definition(a: Atom): Eqn | undefined;
}

/** Applies `step` to each equation after its operands were rewritten, and to the programs inside equations first. */
export function rewrite(j: Jaxpr, makeStep: () => (e: Eqn, context: Context) => Rewritten): Jaxpr {
  const env = new Map<Atom, Atom>();
  const made = new Map<Atom, Eqn>();
  const read = (a: Atom): Atom => env.get(a) ?? a;
  const step = makeStep();
  const context: Context = { definition: a => made.get(a) };
  const eqns: Eqn[] = [];
  let changed = false;
  for (const e of j.eqns) {
    const inputs = e.inputs.some(a => env.has(a)) ? e.inputs.map(read) : e.inputs;
    const params = mapBodies(e.params, body => rewrite(body, makeStep));
    const current: Eqn = inputs === e.inputs && params === e.params ? e : { ...e, inputs, params };
    const out = step(current, context);
    if ('atoms' in out) {
      changed = true;
      e.outputs.forEach((v, i) => { const a = out.atoms[i]; if (a !== undefined) env.set(v, a); });
      continue;
    }
    if (out.eqn !== e) changed = true;
    eqns.push(out.eqn);
    for (const v of out.eqn.outputs) made.set(v, out.eqn);
  }
  return changed ? { ...j, eqns, outputs: j.outputs.map(read) } : j;
}

export const isSplat = (a: Atom | undefined, value: number): boolean => a !== undefined && !(a instanceof Var) && Object.is(a.value, value);

/** The equations of a program with variables of their own, reading the given atoms as its inputs. */
export function withFreshVariables(j: Jaxpr, inputs: readonly Atom[]): { readonly eqns: readonly Eqn[]; readonly outputs: readonly Atom[] } {
  const env = new Map<Atom, Atom>();
  j.inputs.forEach((v, i) => { const a = inputs[i]; if (a !== undefined) env.set(v, a); });
  const read = (a: Atom): Atom => env.get(a) ?? a;
  const eqns = j.eqns.map(e => ({ ...e, inputs: e.inputs.map(read), outputs: e.outputs.map(v => { const w = new Var(v.aval); env.set(v, w); return w; }) }));
  return { eqns, outputs: j.outputs.map(read) };
}
