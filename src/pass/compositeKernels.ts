// Programs that a backend prefers to the decompositions of composites: it registers them by name, and they take their place before
// anything is inlined. Floor 4: knows no composite and no backend.
import { CotangentError } from '../error.ts';
import { sameAval, showAval, type Aval } from '../ir/aval.ts';
import { avalsOf, isJaxpr, mapBodies, type Eqn, type Jaxpr } from '../ir/jaxpr.ts';
import type { Params } from '../ir/primitive.ts';

/** A composite of some operands: its attributes and its meaning. */
export interface CompositeCall {
  readonly attributes: Params;
  readonly inputs: readonly Aval[];
  readonly jaxpr: Jaxpr;
  /** Of a backward half: the inputs, counted among those that are floats, whose cotangents it gives. */
  readonly wanted: readonly number[];
}
/** A program that means what the composite means, from the same inputs to the same results; null where it is no better. */
export type CompositeKernel = (call: CompositeCall) => Jaxpr | null;
/** By name; the halves of a composite with a pair are `name.forward` and `name.backward`. */
export type CompositeKernels = ReadonlyMap<string, CompositeKernel>;

/** The name under which a backend may register a kernel for an equation, or null where it is no composite. */
export function compositeName({ primitive, params: { name, attributes, pulls } }: Eqn): string | null {
  if (!primitive.properties.expands || typeof name !== 'string' || attributes === undefined) return null;
  return pulls === undefined ? name : `${name}.${pulls === true ? 'backward' : 'tangent'}`;
}
/** What a kernel for an equation is told. */
export function compositeCall(e: Eqn): CompositeCall | null {
  const { attributes, jaxpr, active } = e.params;
  if (!isJaxpr(jaxpr) || !isParams(attributes)) return null;
  return { attributes, inputs: avalsOf(e.inputs), jaxpr, wanted: Array.isArray(active) ? active.filter(i => typeof i === 'number') : [] };
}
const isParams = (p: unknown): p is Params => typeof p === 'object' && p !== null && !Array.isArray(p);

/** The program with each composite that has a kernel computed by it, in nested bodies too; `watch` is told their names. */
export function withKernels(j: Jaxpr, kernels: CompositeKernels, watch: (name: string) => void = () => undefined): Jaxpr {
  let changed = false;
  const eqns = j.eqns.map((e): Eqn => {
    const replaced = replacement(e, kernels, watch);
    const params = replaced === null ? mapBodies(e.params, body => withKernels(body, kernels, watch)) : { ...e.params, jaxpr: replaced };
    if (params === e.params) return e;
    changed = true;
    return { ...e, params };
  });
  return changed ? { ...j, eqns } : j;
}
function replacement(e: Eqn, kernels: CompositeKernels, watch: (name: string) => void): Jaxpr | null {
  const name = compositeName(e);
  const kernel = name === null ? undefined : kernels.get(name);
  const call = kernel === undefined ? null : compositeCall(e);
  const program = call === null ? null : kernel?.(call) ?? null;
  if (name === null || call === null || program === null) return null;
  watch(name);
  const [got, want] = [[...program.inputs, ...program.outputs].map(a => a.aval), [...call.jaxpr.inputs, ...call.jaxpr.outputs].map(a => a.aval)];
  if (got.length === want.length && got.every((a, i) => { const w = want[i]; return w !== undefined && sameAval(a, w); })) return program;
  throw new CotangentError('jaxpr', `the kernel of ${name} maps ${got.map(showAval).join(' ')}, the composite ${want.map(showAval).join(' ')}`);
}
