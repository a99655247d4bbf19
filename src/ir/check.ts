// The checker: every variable is defined before use and once, and every equation's outputs are what its primitive's rule says.
// Run after each transform and pass in tests. Floor 1: knows primitives only by their records.
import { CotangentError } from '../error.ts';
import { sameAval, showAval } from './aval.ts';
import { bodiesOf, Var, type Atom, type Jaxpr } from './jaxpr.ts';
import { printJaxpr } from './print.ts';

/** Throws `jaxpr` with the equation at fault; returns the program otherwise. */
export function checkJaxpr(j: Jaxpr, name = 'jaxpr'): Jaxpr {
  const fail = (what: string): CotangentError => new CotangentError('jaxpr', `${name}: ${what}`);
  const defined = new Set<Var>();
  const define = (v: Var, where: string): void => {
    if (defined.has(v)) throw fail(`${where} defines a variable twice\n${printJaxpr(j)}`);
    defined.add(v);
  };
  const use = (a: Atom, where: string): void => {
    if (a instanceof Var && !defined.has(a)) throw fail(`${where} reads a variable that is not defined\n${printJaxpr(j)}`);
  };
  if (j.numConsts < 0 || j.numConsts > j.inputs.length) throw fail(`numConsts ${j.numConsts} of ${j.inputs.length} inputs`);
  for (const v of j.inputs) define(v, 'the input list');
  j.eqns.forEach((e, i) => {
    const where = `equation ${i} (${e.primitive.name})`;
    for (const a of e.inputs) use(a, where);
    for (const b of bodiesOf(e.params)) checkJaxpr(b, `${name}, ${where}`);
    const avals = e.primitive.type(e.inputs.map(a => a.aval), e.params);
    if (avals.length !== e.outputs.length) throw fail(`${where} has ${e.outputs.length} outputs, its rule says ${avals.length}`);
    e.outputs.forEach((v, k) => {
      const want = avals[k];
      if (want === undefined || !sameAval(v.aval, want)) throw fail(`${where}: output ${k} is ${showAval(v.aval)}, its rule says ${want === undefined ? 'nothing' : showAval(want)}`);
      define(v, where);
    });
  });
  for (const o of j.outputs) use(o, 'the output list');
  return j;
}
