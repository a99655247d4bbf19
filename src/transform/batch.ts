// vmap, from jaxprs to jaxprs. A batched value carries its batch axis first. Knows primitives only by their records.
import { TransformError } from '../error.ts';
import { avalsOf, bodiesOf, type Atom, type Eqn, type Jaxpr, type Var } from '../ir/jaxpr.ts';
import type { Mask, ProgramTransforms } from '../ir/primitive.ts';
import { addBatchAxis } from '../primitive/broadcast.ts';
import { at } from '../primitive/define.ts';
import { handleOf, type TensorHandle } from '../trace/handle.ts';
import { bind, inheritOrigin, lookup, stage } from '../trace/scope.ts';
import { closed, ofRules } from './differentiate.ts';
import { transforms } from './engine.ts';

export interface BatchedJaxpr { readonly jaxpr: Jaxpr; readonly outBatched: Mask }
/** The program on `size` examples at once. Results that depend on no batched input are computed once, unless `force` asks for copies. */
export function batchJaxpr(j: Jaxpr, size: number, batched: Mask, force: Mask = [], axisName: string | null = null): BatchedJaxpr {
  const bound: ProgramTransforms = { ...transforms(), axisName, batch: (body, n, mask, forced) => batchJaxpr(body, n, mask, forced, axisName) };
  let outBatched: Mask = [];
  const avals = avalsOf(j.inputs).map((a, i) => batched[i] === true ? { shape: [size, ...a.shape], dtype: a.dtype } : a);
  const { jaxpr } = stage('vmap', avals, args => {
    const env = new Map<Var, TensorHandle>();
    const isBatched = new Set<Atom>(j.inputs.filter((_, i) => batched[i] === true));
    j.inputs.forEach((v, i) => env.set(v, at(args, i)));
    const read = lookup(env);
    const before = inheritOrigin(null);
    try {
      for (const e of j.eqns) {
        inheritOrigin(e.origin);
        const x = e.inputs.map(read);
        const mask = e.inputs.map(a => isBatched.has(a));
        const { rules } = e.primitive;
        const out = !mask.includes(true) && !(axisName !== null && usesAxis(e, axisName)) ? { outputs: bind(e.primitive, x, e.params), batched: [] }
          : rules.kind === 'nested' ? rules.batch(x, mask, e.params, size, bound) : rules.batch(x, mask, e.params, size);
        e.outputs.forEach((v, i) => {
          const y = handleOf(at(out.outputs, i));
          const lifted = out.batched[i] === true;
          const want = lifted ? [size, ...v.aval.shape] : v.aval.shape;
          if (y.dtype !== v.aval.dtype || y.shape.length !== want.length || y.shape.some((d, k) => d !== want[k]))
            throw new TransformError('not-differentiable', `${e.primitive.name}: its batching rule gives ${y.dtype}[${y.shape.join(',')}], not ${v.aval.dtype}[${want.join(',')}]`);
          env.set(v, y);
          if (lifted) isBatched.add(v);
        });
      }
    } finally { inheritOrigin(before); }
    outBatched = j.outputs.map((o, i) => isBatched.has(o) || force[i] === true);
    return j.outputs.map((o, i) => outBatched[i] === true && !isBatched.has(o) ? addBatchAxis(read(o), size) : read(o));
  }, ofRules);
  return { jaxpr: closed(jaxpr, 'vmap'), outBatched };
}

/** Whether an equation, or a program inside it, depends on the named axis. */
const usesAxis = (e: Eqn, name: string): boolean =>
  (e.primitive.properties.namedAxis && e.params['axisName'] === name) || bodiesOf(e.params).some(b => b.eqns.some(inner => usesAxis(inner, name)));
