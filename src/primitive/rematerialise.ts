// Which residuals of a linearised program are stored, and how the rest is computed again: a cut through the forward program.
// Floor 2: asks records for properties, never for names.
import { inlineCalls } from '../ir/inline.ts';
import { bodiesOf, effectOf, removeDead, Var, type Atom, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import { checkpointNameP } from './checkpointName.ts';

/**
 * What a checkpointed function stores beside its inputs: nothing, everything, the results of contractions (matrix products, convolutions),
 * or the values that `checkpointName` gave one of these names.
 */
export type CheckpointPolicy = 'nothing' | 'everything' | 'dots' | { readonly names: readonly string[] };

const nameOf = (e: Eqn): string | null => e.primitive === checkpointNameP && typeof e.params['name'] === 'string' ? e.params['name'] : null;

function stores(e: Eqn, policy: CheckpointPolicy): boolean {
  // What has an effect happens once.
  if (effectOf(e) !== 'none') return true;
  if (policy === 'nothing') return false;
  if (policy === 'everything') return true;
  if (policy === 'dots') return e.primitive.lowering.kind === 'contraction';
  const name = nameOf(e);
  return name !== null && policy.names.includes(name);
}
/** Whether an equation that expands holds one that the policy stores. */
const holdsStored = (e: Eqn, policy: CheckpointPolicy): boolean =>
  bodiesOf(e.params).some(b => b.eqns.some(inner => stores(inner, policy) || (inner.primitive.properties.expands && holdsStored(inner, policy))));

export interface Rematerialised {
  /** inputs -> results, stored values. */
  readonly forward: Jaxpr;
  /** the inputs at `inputs`, stored values -> residuals. */
  readonly recompute: Jaxpr;
  readonly inputs: readonly number[];
}
/** Splits inputs -> results, residuals after its first `results` outputs. */
export function rematerialise(linearized: Jaxpr, results: number, policy: CheckpointPolicy): Rematerialised {
  const j = inlineCalls(linearized, e => holdsStored(e, policy));
  const stored = new Map<Atom, Var>();
  const maker = new Map<Atom, Eqn>();
  for (const e of j.eqns) {
    for (const v of e.outputs) maker.set(v, e);
    if (!stores(e, policy)) continue;
    for (const v of e.outputs) stored.set(v, v);
    // A name is the identity: storing its result stores its operand.
    const [x] = e.inputs;
    const [y] = e.outputs;
    if (nameOf(e) !== null && x !== undefined && y !== undefined && maker.has(x) && !stored.has(x)) stored.set(x, y);
  }
  const residuals = j.outputs.slice(results);
  const needed = new Set<Eqn>();
  const used = new Set<Atom>();
  const pending: Atom[] = [...residuals];
  for (let a = pending.pop(); a !== undefined; a = pending.pop()) {
    const kept = stored.get(a);
    if (kept !== undefined) { used.add(kept); continue; }
    const e = maker.get(a);
    if (e === undefined) { used.add(a); continue; }
    if (needed.has(e)) continue;
    needed.add(e);
    pending.push(...e.inputs);
  }
  const inputs = j.inputs.flatMap((v, i) => used.has(v) ? [i] : []);
  const saved = [...new Set(stored.values())].filter(v => used.has(v));
  const fresh = new Map<Atom, Var>([...j.inputs.filter(v => used.has(v)), ...saved].map(v => [v, new Var(v.aval)]));
  const rename = (a: Atom): Atom => fresh.get(stored.get(a) ?? a) ?? a;
  return {
    forward: removeDead({ ...j, outputs: [...j.outputs.slice(0, results), ...saved] }),
    recompute: {
      numConsts: 0, inputs: [...fresh.values()],
      eqns: j.eqns.filter(e => needed.has(e)).map(e => ({ ...e, inputs: e.inputs.map(rename) })), outputs: residuals.map(rename),
    },
    inputs,
  };
}
