// Liveness without a plan: the bytes that are alive at once when a program runs in its own order, each value from the equation that
// makes it to the one that reads it last. Laws about memory are stated with it. Floor 1: knows primitives only by their records.
import { bytesOf } from './aval.ts';
import { inlineCalls } from './inline.ts';
import { bodiesOf, type Atom, type Eqn, type Jaxpr, type Var } from './jaxpr.ts';

/**
 * Peak of live bytes: the inputs, which the caller holds throughout, and what is alive beside them. Calls are expanded; a body that is run
 * needs its own peak beside what is alive around it, once however often it runs. A barrier's results are its operands, and own no bytes.
 */
export const peakBytes = (j: Jaxpr): number => j.inputs.reduce((n, v) => n + bytesOf(v.aval), 0) + ownPeak(j);

const known = new WeakMap<Jaxpr, number>();
/** The peak of what the program makes itself. */
function ownPeak(program: Jaxpr): number {
  const before = known.get(program);
  if (before !== undefined) return before;
  const j = inlineCalls(program);
  const owner = new Map<Atom, Atom>();
  const ownerOf = (a: Atom): Atom => owner.get(a) ?? a;
  for (const e of j.eqns) if (e.primitive.properties.barrier) e.outputs.forEach((v, i) => { const x = e.inputs[i]; if (x !== undefined) owner.set(v, ownerOf(x)); });
  const lastRead = new Map<Atom, number>();
  j.eqns.forEach((e, i) => { for (const a of e.inputs) lastRead.set(ownerOf(a), i); });
  for (const o of j.outputs) lastRead.set(ownerOf(o), j.eqns.length);
  const ends: Var[][] = j.eqns.map(() => []);
  let live = 0;
  let peak = 0;
  j.eqns.forEach((e, i) => {
    for (const v of e.outputs) {
      if (owner.has(v)) continue;
      live += bytesOf(v.aval);
      ends[Math.min(lastRead.get(v) ?? i, j.eqns.length)]?.push(v);
    }
    peak = Math.max(peak, live + inside(e));
    for (const v of ends[i] ?? []) live -= bytesOf(v.aval);
  });
  known.set(program, peak);
  return peak;
}
const inside = (e: Eqn): number => bodiesOf(e.params).reduce((most, b) => Math.max(most, ownPeak(b)), 0);
