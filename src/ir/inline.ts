// Expands calls in place, so that passes, planners and evaluators see one flat program.
// Floor 1: asks the property `expands`, never a name; what expands computes its parameter `jaxpr`.
import { isJaxpr, Var, type Atom, type Eqn, type Jaxpr, type Origin } from './jaxpr.ts';

/** The program with every equation that expands (and that `wanted` wants) replaced by its body's equations, all the way down. */
export function inlineCalls(j: Jaxpr, wanted: (e: Eqn) => boolean = () => true): Jaxpr {
  const expands = (e: Eqn): boolean => e.primitive.properties.expands && wanted(e);
  if (!j.eqns.some(expands)) return j;
  const eqns: Eqn[] = [];
  const visit = (list: readonly Eqn[], env: Map<Var, Atom>, path: string): void => {
    const read = (a: Atom): Atom => a instanceof Var ? env.get(a) ?? a : a;
    for (const e of list) {
      const body = e.params['jaxpr'];
      if (expands(e) && isJaxpr(body)) {
        const inner = new Map<Var, Atom>();
        body.inputs.forEach((v, i) => { const a = e.inputs[i]; if (a !== undefined) inner.set(v, read(a)); });
        visit(body.eqns, inner, joinPaths(path, e.origin.path));
        body.outputs.forEach((o, i) => { const v = e.outputs[i]; if (v !== undefined) env.set(v, o instanceof Var ? inner.get(o) ?? o : o); });
      } else {
        const outputs = e.outputs.map(v => { const fresh = new Var(v.aval); env.set(v, fresh); return fresh; });
        eqns.push({ ...e, inputs: e.inputs.map(read), outputs, origin: withPath(e.origin, path) });
      }
    }
  };
  const env = new Map<Var, Atom>();
  visit(j.eqns, env, '');
  return { ...j, eqns, outputs: j.outputs.map(a => a instanceof Var ? env.get(a) ?? a : a) };
}
/** Bodies that were staged where they are called have the whole path already. */
const joinPaths = (outer: string, inner: string): string =>
  outer === '' || inner === outer || inner.startsWith(`${outer}/`) ? inner : inner === '' ? outer : `${outer}/${inner}`;
const withPath = (o: Origin, outer: string): Origin => outer === '' ? o : { ...o, path: joinPaths(outer, o.path) };
