// Questions and small changes to programs: bodies, counts, effects, dead code. What a program is, `primitive.ts` says.
// Floor 1: knows primitives only by their records.
import { showAval, type Aval } from './aval.ts';
import { Var, type Atom, type Effect, type Eqn, type Jaxpr, type Param, type Params } from './primitive.ts';

export { noOrigin, Var } from './primitive.ts';
export type { Atom, Eqn, Jaxpr, Lit, Origin, Source } from './primitive.ts';

export const isJaxpr = (x: unknown): x is Jaxpr => typeof x === 'object' && x !== null && 'eqns' in x && 'numConsts' in x;

/** The programs inside an equation's parameters, in the order of the parameters. */
export function bodiesOf(params: Params): readonly Jaxpr[] {
  let found: Jaxpr[] | null = null;
  for (const key in params) {
    const p = params[key];
    if (isJaxpr(p)) (found ??= []).push(p);
    else if (Array.isArray(p)) for (const q of p) if (isJaxpr(q)) (found ??= []).push(q);
  }
  return found ?? [];
}

/** The params with each program inside replaced; the same object where nothing changed. */
export function mapBodies(params: Params, f: (body: Jaxpr) => Jaxpr): Params {
  if (bodiesOf(params).length === 0) return params;
  let changed = false;
  const one = (p: Param): Param => {
    if (isJaxpr(p)) { const q = f(p); changed ||= q !== p; return q; }
    return Array.isArray(p) ? p.map((x: Param) => one(x)) : p;
  };
  const mapped = Object.fromEntries(Object.entries(params).map(([k, v]) => [k, one(v)]));
  return changed ? mapped : params;
}

/** Equations, those of nested bodies included. */
export const countEqns = (j: Jaxpr): number =>
  j.eqns.reduce((n, e) => n + 1 + bodiesOf(e.params).reduce((m, b) => m + countEqns(b), 0), 0);

const rank: { readonly [E in Effect]: number } = { none: 0, unordered: 1, ordered: 2 };
export const strongest = (a: Effect, b: Effect): Effect => rank[a] >= rank[b] ? a : b;
/** The effect of an operation: its primitive's, and those of its bodies. */
export const effectOf = (e: Pick<Eqn, 'primitive' | 'params'>): Effect => bodiesOf(e.params).reduce<Effect>((all, b) => strongest(all, effectOfJaxpr(b)), e.primitive.properties.effect);
const effects = new WeakMap<Jaxpr, Effect>();
/** The strongest effect in a program. Remembered per program object: each recorded call asks. */
export function effectOfJaxpr(j: Jaxpr): Effect {
  let effect = effects.get(j);
  if (effect === undefined) effects.set(j, effect = j.eqns.reduce<Effect>((all, e) => strongest(all, effectOf(e)), 'none'));
  return effect;
}

/** Drops equations whose results nobody needs and that have no effect. */
export function removeDead(j: Jaxpr): Jaxpr {
  const needed = new Set<Atom>(j.outputs);
  const eqns: Eqn[] = [];
  for (let i = j.eqns.length - 1; i >= 0; i--) {
    const e = j.eqns[i];
    if (e === undefined || (!e.outputs.some(v => needed.has(v)) && effectOf(e) === 'none')) continue;
    for (const a of e.inputs) needed.add(a);
    eqns.push(e);
  }
  return eqns.length === j.eqns.length ? j : { ...j, eqns: eqns.reverse() };
}

export const avalsOf = (xs: readonly { readonly aval: Aval }[]): Aval[] => xs.map(x => x.aval);
export const showAtom = (a: Atom): string => a instanceof Var ? showAval(a.aval) : `${a.value}:${showAval(a.aval)}`;
