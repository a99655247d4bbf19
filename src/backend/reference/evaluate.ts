// The meaning of the language: a program is run equation by equation with the records' own evaluation rules.
// Floor 6. `exact` rounds each equation's result to its dtype; `wide` keeps every float in float64.
import { CotangentError } from '../../error.ts';
import { roundF16 } from '../../dtype/dtype.ts';
import { emptyArray, splatArray } from '../../ir/ndarray.ts';
import { bodiesOf, Var, type Atom, type Eqn, type Jaxpr } from '../../ir/jaxpr.ts';
import { originAt, withLine } from '../../ir/origins.ts';
import type { NDArray, RunBody, Watch } from '../../ir/primitive.ts';
import type { Aval } from '../../ir/aval.ts';
import { countExecution } from '../../trace/statistics.ts';

/** How floats are kept between equations. Integers, booleans and bit patterns are the same in both. */
export type ReferenceMode = 'exact' | 'wide';

type Source = { readonly slot: number } | { readonly value: number; readonly aval: Aval };
interface Step { readonly eqn: Eqn; readonly reads: readonly Source[]; readonly writes: readonly number[]; readonly frees: readonly number[] }
/** A program with its variables numbered and their last uses known. */
export interface Prepared { readonly steps: readonly Step[]; readonly inputs: number; readonly outputs: readonly Source[]; readonly slots: number }

export function prepare(j: Jaxpr): Prepared {
  let next = 0;
  const slots = new Map<Var, number>();
  const assign = (v: Var): number => { slots.set(v, next); return next++; };
  const source = (a: Atom): Source => {
    if (!(a instanceof Var)) return a;
    const slot = slots.get(a);
    if (slot === undefined) throw new CotangentError('jaxpr', 'a variable is read before it is written');
    return { slot };
  };
  j.inputs.forEach(assign);
  const lastUse = new Map<number, number>();
  const drafts = j.eqns.map((eqn, i) => {
    const reads = eqn.inputs.map(source);
    const writes = eqn.outputs.map(assign);
    for (const w of writes) lastUse.set(w, i);
    for (const r of reads) if ('slot' in r && r.slot >= j.inputs.length) lastUse.set(r.slot, i);
    return { eqn, reads, writes };
  });
  const outputs = j.outputs.map(source);
  for (const o of outputs) if ('slot' in o) lastUse.delete(o.slot);
  const frees: number[][] = drafts.map(() => []);
  for (const [slot, i] of lastUse) frees[i]?.push(slot);
  return { steps: drafts.map((d, i) => ({ ...d, frees: frees[i] ?? [] })), inputs: j.inputs.length, outputs, slots: next };
}

const preparedBodies = new WeakMap<Jaxpr, Prepared>();
function preparedBody(j: Jaxpr): Prepared {
  let p = preparedBodies.get(j);
  if (p === undefined) preparedBodies.set(j, p = prepare(j));
  return p;
}

/** Throws what `located` reads. */
export function runPrepared(p: Prepared, inputs: readonly NDArray[], mode: ReferenceMode, watch: Watch | null = null): readonly NDArray[] {
  const wide = mode === 'wide';
  const slots: (NDArray | undefined)[] = [...inputs];
  const read = (s: Source): NDArray => {
    if (!('slot' in s)) return splatArray(s.value, s.aval, wide);
    const x = slots[s.slot];
    if (x === undefined) throw new CotangentError('jaxpr', 'a value is read after its last use');
    return x;
  };
  for (const [position, step] of p.steps.entries()) {
    const runBody: RunBody = (body, args, own) => {
      try {
        return runPrepared(preparedBody(body), args, mode, both(own ?? null, watch?.enter(step.eqn, body) ?? null));
      } catch (error) { throw failedAt(bodiesOf(step.eqn.params).indexOf(body), error); }
    };
    const { primitive, params, outputs } = step.eqn;
    countExecution(primitive.name);
    const results = outputs.map(v => emptyArray(v.aval, wide));
    const operands = step.reads.map(read);
    try {
      primitive.evaluate(operands, params, results, runBody);
      if (!wide) results.forEach(roundHalf);
      watch?.after(step.eqn, operands, results);
    } catch (error) { throw failedAt(position, error); }
    results.forEach((r, i) => {
      const slot = step.writes[i];
      if (slot !== undefined) slots[slot] = r;
    });
    for (const f of step.frees) slots[f] = undefined;
  }
  return p.outputs.map(read);
}

function roundHalf({ dtype, data }: NDArray): void {
  if (dtype === 'f16') for (let k = 0; k < data.length; k++) data[k] = roundF16(data[k] ?? 0);
}

/** Runs a program on host values; `watch` sees every equation. */
export function evaluateJaxpr(j: Jaxpr, inputs: readonly NDArray[], mode: ReferenceMode = 'exact', watch: Watch | null = null): readonly NDArray[] {
  try {
    return runPrepared(preparedBody(j), inputs, mode, watch);
  } catch (error) { throw located(error, () => j); }
}

/** Two that look on at once. */
function both(a: Watch | null, b: Watch | null): Watch | null {
  if (a === null || b === null) return a ?? b;
  return {
    after(eqn, inputs, outputs) { b.after(eqn, inputs, outputs); a.after(eqn, inputs, outputs); },
    enter: (eqn, body) => both(a.enter(eqn, body), b.enter(eqn, body)),
  };
}

/** On its way out of a program: what was thrown, and by which equation. */
class EquationFailure extends Error {
  readonly place: number[];
  constructor(cause: unknown, place: number[]) {
    super('an equation failed', { cause });
    this.place = place;
  }
}
function failedAt(index: number, error: unknown): EquationFailure {
  if (!(error instanceof EquationFailure)) return new EquationFailure(error, [index]);
  error.place.unshift(index);
  return error;
}
/** What was thrown, with the line that recorded the equation where `program` knows it. */
export function located(error: unknown, program: () => Jaxpr): unknown {
  if (!(error instanceof EquationFailure)) return error;
  return withLine(error.cause, () => originAt(program(), error.place));
}
