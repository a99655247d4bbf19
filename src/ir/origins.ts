// Programs apart from where their equations came from: caches keep structure, and who runs a cached program still learns its own lines.
// Floor 1: knows programs only.
import { CotangentError } from '../error.ts';
import { bodiesOf, mapBodies, noOrigin, type Eqn, type Jaxpr, type Origin } from './jaxpr.ts';

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
    const params = mapBodies(e.params, program);
    return params === e.params && e.origin === noOrigin ? e : { ...e, params, origin: noOrigin };
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

/**
 * The program with each equation's place as its path: whatever passes make of it can still say which equation it was. Who shares an executable
 * finds the lines of its own program there (`placeOf`, then `originAt`).
 */
export function withPlaces(j: Jaxpr, around: EqnPlace = []): Jaxpr {
  return {
    ...j, eqns: j.eqns.map((e, i) => {
      const place = [...around, i];
      let body = 0;
      return { ...e, params: mapBodies(e.params, b => withPlaces(b, [...place, body++])), origin: { path: place.join('.'), source: null } };
    }),
  };
}
/** The place that `withPlaces` wrote; of an equation that a call stands for, the innermost. */
export const placeOf = ({ path }: Origin): EqnPlace => (path.split('/').at(-1) ?? '').split('.').filter(n => n !== '').map(Number);

/** What a run of a program threw, with the line that recorded the equation where that is known. An error of the user passes as it is. */
export function withLine(error: unknown, origin: () => Origin): unknown {
  if (!(error instanceof CotangentError)) return error;
  const { path, source } = origin();
  const where = [path, source?.line].filter(Boolean).join(' at ');
  return where === '' ? error : new CotangentError(error.code, `${error.message} (recorded in ${where})`, { cause: error });
}
