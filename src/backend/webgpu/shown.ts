// What a program shows to the host while it runs: equations that only look become orders to copy what they look at, with their results taken
// for the operands that they are; bodies that are watched (checkNaN) become their equations, each followed by such an order for its operands
// and results. Floor 6: asks records, never names. Programs that show nothing pass unchanged.
import { isFloat } from '../../dtype/dtype.ts';
import { sizeOf } from '../../ir/aval.ts';
import { inlineCalls } from '../../ir/inline.ts';
import { bodiesOf, isJaxpr, mapBodies, noOrigin, Var, type Atom, type Eqn, type Jaxpr, type Origin } from '../../ir/jaxpr.ts';
import type { Looks, NDArray, Primitive, Properties, Watch } from '../../ir/primitive.ts';
import { withFreshVariables } from '../../pass/rewrite.ts';

/** What the host does with values that it is shown. */
export interface Shown {
  /** `turns`: those of the loops around, outermost first. */
  look(values: readonly NDArray[], turns: readonly number[]): void;
  /** Whether it happens for its own sake: not after something went wrong, and where it goes wrong itself the program has no results. */
  readonly effect: boolean;
  /** Of what one watch looks at, only the first thing that goes wrong counts. */
  readonly watch: object;
  /** The results of the program that there are not where it goes wrong, by number; null for all. */
  readonly concerns: readonly number[] | null;
}
const shown = new WeakMap<Primitive, Shown>();
/** What the host does where an equation shows its operands; null where it shows nothing. */
export const shownBy = ({ primitive }: Eqn): Shown | null => shown.get(primitive) ?? null;

const looksOf = ({ primitive: { lowering } }: Eqn): Looks | null => lowering.kind === 'host' ? lowering.looks ?? null : null;
const isWatched = ({ primitive: { lowering } }: Eqn): boolean => lowering.kind === 'host' && lowering.watch !== undefined;
const some = (j: Jaxpr, wanted: (e: Eqn) => boolean): boolean => j.eqns.some(e => wanted(e) || bodiesOf(e.params).some(b => some(b, wanted)));
/** Whether the host looks at something inside. */
export const looks = (j: Jaxpr): boolean => some(j, e => looksOf(e) !== null || isWatched(e));

const plain: Properties = { effect: 'none', elementwise: false, cheap: false, splat: false, zeroPreserving: false, commutative: false, call: false, expands: false, loop: false, barrier: false, namedAxis: false };
/** Records of equations that only backends write: no transform meets them. */
const record = (name: string, own: Pick<Primitive, 'lowering' | 'type'> & { readonly properties?: Partial<Properties> }): Primitive => ({
  name, ulp: 0, linear: null, ...own, properties: { ...plain, ...own.properties },
  evaluate() { /* Only devices run it. */ },
  rules: { kind: 'flat', jvp: () => [], batch: () => ({ outputs: [], batched: [] }) },
  sample: () => ({ operands: [], params: {} }),
});
const lookingRecord = (name: string, own: Looks): Primitive => record(name, { lowering: { kind: 'host', looks: own }, type: () => [], properties: { effect: 'ordered' } });
/** The same values under names of their own: what depends on them is known. */
const sameValues = (primitive: Primitive, inputs: readonly Atom[], origin: Origin): Eqn => ({ primitive, params: {}, inputs, outputs: inputs.map(a => new Var(a.aval)), origin });
const sameValuesRecord = (name: string): Primitive => record(name, { lowering: { kind: 'identity' }, type: x => x });
const result = sameValuesRecord('result');

// ---- before the passes, which move what is looked for

/** A watch, and how it is known after the passes: by the record of its looks, and by that of its results. */
interface Watching { at(steps: readonly string[]): Watch | null; readonly results: Primitive }
const watching = new WeakMap<Primitive, Watching>();

/** Watched bodies expanded, in nested bodies too. */
export function withWatches(j: Jaxpr): Jaxpr {
  if (!some(j, isWatched)) return j;
  const env = new Map<Atom, Atom>();
  const read = (a: Atom): Atom => env.get(a) ?? a;
  const eqns = j.eqns.flatMap((e): readonly Eqn[] => {
    const now: Eqn = { ...e, inputs: e.inputs.map(read), params: mapBodies(e.params, withWatches) };
    const { lowering } = e.primitive;
    const body = now.params['jaxpr'];
    if (lowering.kind !== 'host' || lowering.watch === undefined || !isJaxpr(body)) return [now];
    const watch: Watching = { at: steps => lowering.watch?.(now.params, steps) ?? null, results: sameValuesRecord('watched') };
    const { eqns: inside, outputs } = withFreshVariables(watchedBody(body, watch, []), now.inputs);
    // Passes may take what is computed outside for what is watched, but not for its results.
    const results = sameValues(watch.results, outputs, e.origin);
    results.outputs.forEach((o, i) => { const v = e.outputs[i]; if (v !== undefined) env.set(v, o); });
    return [...inside, results];
  });
  return { ...j, eqns, outputs: j.outputs.map(read) };
}
/** `loops`: the names of those around, within what is watched. */
function watchedBody(body: Jaxpr, watch: Watching, loops: readonly string[]): Jaxpr {
  const flat = inlineCalls(body);
  const eqns = flat.eqns.flatMap((e): readonly Eqn[] => {
    // What a body computes is seen inside.
    if (bodiesOf(e.params).length > 0) return [{ ...e, params: mapBodies(e.params, b => watchedBody(b, watch, e.primitive.properties.loop ? [...loops, e.primitive.name] : loops)) }];
    if (looksOf(e) !== null || !e.outputs.some(v => isFloat(v.aval.dtype) && sizeOf(v.aval.shape) > 0)) return [e];
    return [e, { primitive: watchRecord(e, watch, loops), params: {}, inputs: [...e.inputs, ...e.outputs], outputs: [], origin: e.origin }];
  });
  return { ...flat, eqns };
}
function watchRecord(e: Eqn, watch: Watching, loops: readonly string[]): Primitive {
  const made = lookingRecord('watch', {
    passes: 0,
    look(values, _params, turns) {
      const inner = turns.slice(turns.length - loops.length);
      watch.at(loops.map((loop, i) => `step ${inner[i] ?? 0} of ${loop}`))?.after(e, values.slice(0, e.inputs.length), values.slice(e.inputs.length));
    },
  });
  watching.set(made, watch);
  return made;
}

// ---- after the passes

/** Equations that look show what they see, and have no results: who read those reads the operands. */
export function withShows(j: Jaxpr): Jaxpr {
  if (!some(j, e => looksOf(e) !== null)) return j;
  const env = new Map<Atom, Atom>();
  const eqns = j.eqns.map(e => showing(e, env, acts(e) ? null : dependentsOn(j, e)));
  // A result that is an operand is a value of its own: it may go wrong where the operand does not.
  const outputs = j.outputs.map(o => env.has(o) ? sameValues(result, [env.get(o) ?? o], noOrigin) : o);
  return { ...j, eqns: [...eqns, ...outputs.flatMap(o => 'primitive' in o ? [o] : [])], outputs: outputs.flatMap((o): readonly Atom[] => 'primitive' in o ? o.outputs : [o]) };
}
function showing(e: Eqn, env: Map<Atom, Atom>, concerns: Shown['concerns']): Eqn {
  const now: Eqn = { ...e, inputs: e.inputs.map(a => env.get(a) ?? a), params: mapBodies(e.params, b => showingBody(b, concerns)) };
  const own = looksOf(e);
  if (own === null) return now;
  e.outputs.forEach((v, i) => { const x = now.inputs[own.passes + i]; if (x !== undefined) env.set(v, x); });
  const watch = watching.get(e.primitive);
  // Nobody reads it any more: only an effect keeps it.
  const primitive = lookingRecord(e.primitive.name, own);
  shown.set(primitive, { look: (values, turns) => { own.look(values, e.params, turns); }, effect: acts(e), watch: watch?.results ?? primitive, concerns });
  return { ...now, primitive, inputs: now.inputs.slice(0, own.sees), outputs: [] };
}
function showingBody(j: Jaxpr, concerns: Shown['concerns']): Jaxpr {
  if (!some(j, e => looksOf(e) !== null)) return j;
  const env = new Map<Atom, Atom>();
  const eqns = j.eqns.map(e => showing(e, env, concerns));
  return { ...j, eqns, outputs: j.outputs.map(o => env.get(o) ?? o) };
}
/** Whether something in an equation happens for its own sake. */
const acts = (e: Eqn): boolean => (e.primitive.properties.effect !== 'none' && !watching.has(e.primitive)) || bodiesOf(e.params).some(b => some(b, acts));
/** The results of a program that depend on those of an equation, and of what is watched in it. */
function dependentsOn(j: Jaxpr, of: Eqn): readonly number[] {
  const watched = new Set<Primitive>();
  const visit = (e: Eqn): boolean => { const w = watching.get(e.primitive); if (w !== undefined) watched.add(w.results); return false; };
  some({ ...j, eqns: [of] }, visit);
  const reached = new Set<Atom>();
  for (const e of j.eqns) if (e === of || watched.has(e.primitive) || e.inputs.some(a => reached.has(a))) for (const v of e.outputs) reached.add(v);
  return j.outputs.flatMap((o, i) => reached.has(o) ? [i] : []);
}
