// Programs apart from where their equations came from: caches keep structure, and who runs a cached program still learns its own lines.
// Floor 1: knows programs only.
import { bodiesOf, isJaxpr, noOrigin, type Eqn, type Jaxpr, type Origin } from './jaxpr.ts';
import type { Param, Params } from './primitive.ts';

/**
 * The program without paths and lines. A captured line holds the functions on its stack, and what those close over, alive: so a cache
 * that outlives them keeps programs without. Gives the program back as it is where there is nothing to drop.
 */
export function withoutOrigins(j: Jaxpr): Jaxpr {
  const done = new Map<Jaxpr, Jaxpr>();
  const program = (p: Jaxpr): Jaxpr => {
    let stripped = done.get(p);
    if (stripped === undefined) {
      const eqns = p.eqns.map(equation);
      done.set(p, stripped = eqns.every((e, i) => e === p.eqns[i]) ? p : { ...p, eqns });
    }
    return stripped;
  };
  const equation = (e: Eqn): Eqn => {
    const params = bodiesOf(e.params).length === 0 ? e.params : changed(e.params);
    return params === e.params && e.origin === noOrigin ? e : { ...e, params, origin: noOrigin };
  };
  const changed = (params: Params): Params => {
    const out: { [name: string]: Param } = {};
    let same = true;
    for (const key of Object.keys(params)) {
      const p = params[key] ?? null;
      const q = isJaxpr(p) ? program(p) : Array.isArray(p) ? p.map((x: Param) => isJaxpr(x) ? program(x) : x) : p;
      same &&= p === q;
      out[key] = q;
    }
    return same ? params : out;
  };
  return program(j);
}

/** Where an equation stands: indices of equations and, between them, of bodies of the equation before, from the outside in. */
export type EqnPlace = readonly number[];
/** Where the equation at a place came from; what it lacks is that of the equations around it. */
export function originAt(j: Jaxpr, place: EqnPlace): Origin {
  let program: Jaxpr | undefined = j;
  let origin = noOrigin;
  for (let i = 0; i < place.length; i += 2) {
    const e: Eqn | undefined = program?.eqns[place[i] ?? -1];
    if (e === undefined) break;
    origin = { path: e.origin.path || origin.path, source: e.origin.source ?? origin.source };
    program = bodiesOf(e.params)[place[i + 1] ?? -1];
  }
  return origin;
}
