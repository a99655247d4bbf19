// Laws of programs as data: printing, hashing and comparing do not see the names of variables, and see everything else.
// Pure predicates of a program at a point.
import { hashJaxpr, sameJaxpr } from '../../src/ir/hash.ts';
import { deserialise } from '../../src/ir/deserialise.ts';
import { bodiesOf, isJaxpr, Var, type Atom, type Eqn, type Jaxpr } from '../../src/ir/jaxpr.ts';
import { printJaxpr } from '../../src/ir/print.ts';
import type { Param } from '../../src/ir/primitive.ts';
import { serialise } from '../../src/ir/serialise.ts';
import { primitiveByName } from '../../src/primitive/index.ts';
import { both, broken, holds, silent, type Law, type Verdict } from '../law.ts';
import type { Point } from '../point.ts';

/** The same program with other variables, those of its bodies too. Bodies that are one object stay one. */
export function renamed(j: Jaxpr, bodies: Map<Jaxpr, Jaxpr> = new Map()): Jaxpr {
  const before = bodies.get(j);
  if (before !== undefined) return before;
  const names = new Map<Var, Var>();
  const fresh = (v: Var): Var => { const w = new Var(v.aval); names.set(v, w); return w; };
  const read = (a: Atom): Atom => a instanceof Var ? names.get(a) ?? a : { ...a };
  const record = (p: { readonly [key: string]: Param }): { [key: string]: Param } => Object.fromEntries(Object.entries(p).map(([k, q]) => [k, param(q)]));
  const param = (p: Param): Param => p === null || typeof p !== 'object' ? p : isJaxpr(p) ? renamed(p, bodies) : isList(p) ? p.map(param) : record(p);
  const inputs = j.inputs.map(fresh);
  const eqns = j.eqns.map((e): Eqn => ({ ...e, params: record(e.params), inputs: e.inputs.map(read), outputs: e.outputs.map(fresh) }));
  const result = { numConsts: j.numConsts, inputs, eqns, outputs: j.outputs.map(read) };
  bodies.set(j, result);
  return result;
}
const isList = (p: Param): p is readonly Param[] => Array.isArray(p);

const expect = (what: string, holdsHere: boolean, program: Jaxpr): Verdict => holdsHere ? holds : broken({ what, differ: 'it does not hold', program });

export const formIsAlphaInvariant: Law<Point> = {
  number: 31, name: 'print, hash and comparison do not depend on the names of variables',
  holds({ jaxpr }) {
    const other = renamed(jaxpr);
    return both(
      () => expect('the hash of a renamed program is the hash', hashJaxpr(other) === hashJaxpr(jaxpr), jaxpr),
      () => expect('a renamed program is the same program', sameJaxpr(other, jaxpr) && sameJaxpr(jaxpr, other), jaxpr),
      () => expect('a renamed program prints the same text', printJaxpr(other) === printJaxpr(jaxpr), jaxpr),
    );
  },
};

const replace = (atoms: readonly Atom[], k: number, by: Atom): Atom[] => atoms.map((a, i) => i === k ? by : a);
/** The parameter changed a little; as it is where there is nothing that could be changed. */
function changed(p: Param): Param {
  if (typeof p === 'number') return p + 1;
  if (typeof p === 'boolean') return !p;
  if (typeof p === 'string') return `${p}'`;
  if (p === null) return 0;
  if (isJaxpr(p)) return neighbours(p)[0] ?? p;
  if (isList(p)) { const [first, ...rest] = p; return first === undefined ? [0] : [changed(first), ...rest]; }
  const [entry] = Object.entries(p);
  return entry === undefined ? { added: 0 } : { ...p, [entry[0]]: changed(entry[1]) };
}
/** Programs that differ in one place: a result dropped, an equation's input exchanged, a literal or a parameter changed. */
export function neighbours(j: Jaxpr): readonly Jaxpr[] {
  const withEqn = (i: number, change: Partial<Eqn>): Jaxpr => ({ ...j, eqns: j.eqns.map((e, k) => k === i ? { ...e, ...change } : e) });
  return [
    ...j.outputs.length > 1 ? [{ ...j, outputs: j.outputs.slice(1) }] : [],
    ...j.inputs.length > j.numConsts ? [{ ...j, numConsts: j.numConsts + 1 }] : [],
    ...j.eqns.flatMap((e, i) => e.inputs.flatMap((a, k): Jaxpr[] => {
      if (!(a instanceof Var)) return [withEqn(i, { inputs: replace(e.inputs, k, { ...a, value: a.value + 1 }) })];
      const other = j.inputs.find(v => v !== a);
      return other === undefined ? [] : [withEqn(i, { inputs: replace(e.inputs, k, other) })];
    })),
    ...j.eqns.flatMap((e, i) => Object.entries(e.params).flatMap(([k, p]): Jaxpr[] => { const q = changed(p); return q === p ? [] : [withEqn(i, { params: { ...e.params, [k]: q } })]; })),
  ];
}
export const formSeesDifferences: Law<Point> = {
  number: 31, name: 'programs that differ are not the same, and differ in their hash',
  holds: ({ jaxpr }) => both(...neighbours(jaxpr).map(other => () => both(
    () => expect('a changed program is another program', !sameJaxpr(other, jaxpr), other),
    () => expect('a changed program has another hash', hashJaxpr(other) !== hashJaxpr(jaxpr), other),
  ))),
};

export const serialFormRoundTrips: Law<Point> = {
  number: 31, name: 'what was stored is read back as the same program',
  holds({ jaxpr }) {
    const text = serialise({ jaxpr: { ...jaxpr, numConsts: 0 }, consts: [] });
    const read = deserialise(text, primitiveByName);
    if (read._tag === 'Left') return isKnown(jaxpr) ? broken({ what: 'reading back what was stored', differ: read.left.message, program: jaxpr }) : silent;
    const again = serialise(read.right);
    return both(
      () => expect('the program read back is the same program', sameJaxpr(read.right.jaxpr, { ...jaxpr, numConsts: 0 }), read.right.jaxpr),
      () => expect('the program read back is stored as the same text', again === text, jaxpr),
      () => expect('a renamed program is stored as the same text', serialise({ jaxpr: { ...renamed(jaxpr), numConsts: 0 }, consts: [] }) === text, jaxpr),
    );
  },
};
/** Programs of operations that are not registered cannot be read back. */
const isKnown = (j: Jaxpr): boolean => j.eqns.every(e => primitiveByName(e.primitive.name) === e.primitive && bodiesOf(e.params).every(isKnown));
